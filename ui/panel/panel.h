/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * panel.h - what the panels share: a run at one position, lines that shorten themselves;
 * and the panels.
 */
#ifndef SWAPSCOPE_UI_PANEL_PANEL_H
#define SWAPSCOPE_UI_PANEL_PANEL_H

#include "ui/moment/moment.h"
#include "ui/panel/state.h"

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
/* "=", "!", "X" .. and the style that goes with it; "" of what nobody asked (schedule.c). */
const char *fate_mark(enum fate fate, bool lost, enum style *style);
/* The schedules of both runs merged; `answers` rows above are the caller's. */
void draw_overlay(const struct view *v, struct grid *g, struct rect r);
void draw_source(const struct pane *p, struct grid *g, struct rect r);
void draw_help(const struct view *v, struct grid *g, struct rect r);

/* Tasks that have a column, as bits: those that move in a chapter's runs; where tasks of the two
 * have nothing to do with each other, in that one. */
unsigned moving_tasks(const struct chapter *c, unsigned side);

#endif
