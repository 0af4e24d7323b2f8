/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * panel.h - what the panels share: a run at one position, lines that shorten themselves;
 * and the panels.
 */
#ifndef SWAPSCOPE_UI_PANEL_PANEL_H
#define SWAPSCOPE_UI_PANEL_PANEL_H

#include "traces/capture/capture.h"
#include "traces/read/lens.h"
#include "ui/panel/state.h"

/* ---- a run at a position (moment.c) ---- */

/* How far back the taker of a slot is looked for before a screen says that it is further. */
#define SINCE_STEPS	100000
#define SINCE_UNKNOWN	UINT64_MAX

struct moment {
	struct trace *t;
	const struct run_info *info;
	uint64_t at;
	bool broken;			/* the file could not be read there */
	struct trace_lens lens;		/* which objects w and before are of */
	struct world w;
	struct world before;		/* the last step; at the start the same as w */
	uint32_t raw[sizeof(struct world)];		/* the file's numbers: see RAW() */
	uint32_t raw_before[sizeof(struct world)];
	uint32_t length[MAX_ENTRIES];	/* compressed bytes */
	uint8_t related[OBJ_KINDS];	/* bit per place: see find_related() */
	uint64_t since[MAX_SLOTS];	/* step that gave the slot its holder; 0: the start */
	struct capture_info capture;	/* of a run that explains one: info->capture */
};

/* `origin`: what the way of causes to what is looked at began with; it stays on the screen. */
void moment_read(struct moment *mo, struct trace *t, uint64_t at, struct trace_object focus,
		 struct trace_object origin);

/*
 * A field of mo->w or mo->before as the file has it.  What indexes an array is a place in a
 * world and a number here, and only the number is ever shown.
 */
uint32_t moment_raw(const struct moment *mo, const void *field);
#define RAW(mo, field)	moment_raw(mo, &(field))

/* The number of the object at a place, and how many places are to be looked at. */
uint32_t moment_number(const struct moment *mo, enum object_kind kind, unsigned place);
unsigned moment_places(const struct moment *mo, enum object_kind kind);

/* Is it the object that is looked at? */
bool moment_focused(const struct moment *mo, enum object_kind kind, unsigned place);

/* Has it to do with what is looked at, or with the step just made?  All has in a small run. */
bool moment_related(const struct moment *mo, enum object_kind kind, unsigned place);

/* Does the task at a place work with one of those? */
bool moment_task_related(const struct moment *mo, unsigned place);

/* Did the last step change these bytes of mo->w? */
bool moment_changed(const struct moment *mo, const void *field, size_t size);
#define CHANGED(mo, field)	moment_changed(mo, &(field), sizeof(field))

/* Tasks are named by number, and masks of tasks have a bit a number. */
const char *task_name(const struct moment *mo, unsigned task);
char *task_names(const struct moment *mo, unsigned mask, char *buf, size_t size);
char *stamp_text(unsigned stamp, char *buf, size_t size);	/* "v3", "zeroes", "garbage" */

/* A time since the run began, in seconds: "1.234567890", brief "1.234567"; how long a task
 * waited: "12.3 us". */
char *time_text(uint64_t ns, bool brief, char *buf, size_t size);
char *waited_text(const struct run_info *info, uint32_t waited, char *buf, size_t size);

/* The step that the task at a place makes next, or NULL when it has finished. */
const struct trace_step *moment_next(const struct moment *mo, unsigned task);

enum readiness { TASK_READY, TASK_WAITS, TASK_MAY_RETRY, TASK_DONE };

/* Can the task at a place move; if not, buf says what it waits for and who has it. */
enum readiness moment_ready(const struct moment *mo, unsigned task, char *buf, size_t size);

/* Who has a pointer to a zswap entry: working with it, holding its number only, left dangling. */
unsigned entry_users(const struct moment *mo, unsigned entry);
unsigned entry_numbers(const struct moment *mo, unsigned entry);
unsigned entry_dangling(const struct moment *mo, unsigned entry);

/* Where a page's data is: the copy that the next fault would find, and how many are valid. */
enum owner_kind {
	OWNER_NONE, OWNER_MAPPED, OWNER_CACHE, OWNER_ENTRY, OWNER_UNLINKED, OWNER_BLOCK,
	OWNER_PRIVATE, OWNER_LOST, OWNER_UNSEEN
};
struct owner {
	enum owner_kind kind;
	unsigned number;	/* of the folio, entry or slot */
	unsigned holders;	/* of a private folio: the tasks that have it */
	unsigned stamp;		/* what is there */
	bool wrong;		/* and that is not the owner's last write */
	bool unseen;		/* it has no place here: its stamp is not known */
	unsigned copies;
};
/* Of a page of w, which is mo->w or mo->before. */
struct owner page_owner(const struct moment *mo, const struct world *w, unsigned page);

/* ---- what the kernel was seen to do (kernel.c) ---- */

/* What the run is of: "v6.8 load=exclusive", "capture of 6.8.0-kcap, v6.8 load=exclusive", which
 * becomes "capture, v6.8 load=exclusive" in few columns, and the kernel alone in fewer. */
void run_text(const struct moment *mo, int columns, char *buf, size_t size);

/* A line with the event that shows the step just made, or between which events it was made. */
void draw_kernel(const struct view *v, const struct moment *mo, struct grid *g, struct rect r,
		 int y);

/* A stamp of a capture as the capture writes it: "@557", "@12.345678". */
char *capture_stamp_text(const struct capture_info *info, uint64_t stamp, char *buf, size_t size);

/* ---- a line of words that shortens itself (line.c) ---- */

struct word {
	char full[112], brief[72];	/* brief "": left out where room is short */
	uint8_t style;
	bool changed;
};

#define LINE_WORDS	12
struct line {
	char label[24];
	uint8_t label_style;
	uint8_t label_width;		/* 0: that of "entry 1" */
	unsigned n;
	struct word word[LINE_WORDS];
};

void line_start(struct line *l, enum style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A word with a label that is left out where room is short: "life ", "L", value. */
void line_add(struct line *l, enum style style, bool changed, const char *full,
	      const char *brief, const char *format, ...) __attribute__((format(printf, 6, 7)));
/* Both forms given. */
void line_both(struct line *l, enum style style, bool changed, const char *full,
	       const char *brief);
/* Draw at row y; words that do not fit in full are drawn brief, then cut. */
void line_draw(const struct view *v, const struct line *l, struct grid *g, struct rect r, int y);

/* A rule with a title, "-- source --". */
void draw_rule(const struct view *v, struct grid *g, struct rect r, int y, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* Text on several rows, broken at blanks.  Returns the rows used, at most `rows`; draws
 * nothing where g is NULL. */
int draw_wrapped(struct grid *g, struct rect r, int y, int rows, enum style style,
		 const char *text);

/* Copy, cut to `columns` characters with an ellipsis at the end. */
void cut_text(char *to, size_t size, const char *from, int columns, bool ascii);
int text_columns(const char *text);

/* A task's name in eight columns: of "kcapwl-90" the number stays, "kcapw-90". */
#define NAME_WIDTH	8
const char *brief_name(const char *name, char buf[NAME_WIDTH + 1]);
void drop_arguments(char *text);

/* ---- what is known about where two runs differ (diff.c) ---- */

/* Is transition `at` of run `side` one that the other run did not make, or with another result? */
bool step_differs(const struct chapter *c, unsigned side, uint64_t at);

/* The position of the other run that belongs to position `at` of run `side`. */
uint64_t other_position(const struct chapter *c, unsigned side, uint64_t at);

/* Does one of its runs explain a capture? */
bool of_capture(const struct chapter *c);

/* Are there so many objects in its runs that one of them is looked at? */
bool has_objects(const struct chapter *c);

/* Were the two runs compared?  Else each steps alone. */
bool are_aligned(const struct chapter *c);

/* Does the other run do something at or on the way to `at` that this one does not? */
bool differs_here(const struct chapter *c, unsigned side, uint64_t at);

/* Of runs that are compared by a life: is this step none of it? */
bool outside_life(const struct chapter *c, unsigned side, uint64_t at);

/* Where the next difference begins after position `at`, or the one before; 0: there is none. */
uint64_t next_difference(const struct chapter *c, unsigned side, uint64_t at, bool after);

/* The position after which the runs part; UINT64_MAX if they never do. */
uint64_t parted_at(const struct chapter *c, unsigned side);

/* A row of both runs merged: transition at[0] of the left one, at[1] of the right one, or both. */
struct merged_row {
	uint64_t at[2];		/* 0: this run has no part in it */
};
/* The rows around positions pos[], at most `before` up to there and `after` beyond. */
int merged_rows(const struct chapter *c, const uint64_t pos[2], int before, int after,
		struct merged_row *row, int *above);

/* ---- the panels ---- */

struct pane {
	const struct view *v;
	const struct chapter *c;
	unsigned side;
	struct moment *now;		/* of this run */
	struct moment *other;		/* of the other one, or NULL */
	unsigned tasks;			/* bit per task that moves in either run */
};

/* The rows of all objects worth showing; those of two panes stand at the same height. */
#define OBJECT_LINES	48
struct object_list {
	unsigned n;
	struct line line[OBJECT_LINES];
	bool differs[OBJECT_LINES];
	uint8_t level[OBJECT_LINES];	/* 0 is always shown, 3 goes first when room is short */
};
void object_lines(const struct pane *p, struct object_list *list);
void next_lines(const struct pane *p, struct object_list *list);

/* What is violated or noted, and why the runs differ.  Returns the rows, at most `most`; draws
 * nothing where g is NULL. */
int draw_verdict(const struct view *v, struct grid *g, struct rect r, int most);

/* The kernel, what was found, and the position, on the first row of a pane. */
void draw_pane_header(const struct pane *p, struct grid *g, struct rect r);

/* A beat of a presentation: title, text, and of the runs what it speaks of. */
void draw_large(const struct view *v, struct grid *g, struct rect r);

void draw_schedule(const struct pane *p, struct grid *g, struct rect r);
/* The schedules of both runs merged; `answers` rows above are the caller's. */
void draw_overlay(const struct view *v, struct grid *g, struct rect r);
void draw_source(const struct pane *p, struct grid *g, struct rect r);
void draw_help(const struct view *v, struct grid *g, struct rect r);

/* Tasks that have a column, as bits: those that move in a chapter's runs; where tasks of the two
 * have nothing to do with each other, in that one. */
unsigned moving_tasks(const struct chapter *c, unsigned side);

#endif
