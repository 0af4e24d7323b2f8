/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * panel.h - the debugger drawn: what the panels share, lines that shorten themselves; and the
 * panels, a file each (schedule, objects, source ..).
 *
 * This folder draws, and nothing else.  What it draws is a function of struct view
 * (ui/state/state.h) and of the recorded runs: no clock, no terminal, no model.  So a screen is
 * compared whole by a test, and an old trace shows what it showed when it was made.
 *
 *	view_render()		the state as a grid of any size: render.c has what is on a screen,
 *				layout.c who gets which room
 *
 * Drawing changes nothing of a view; it does move the traces' cursors, which is why a view and
 * its traces belong to one thread.
 */
#ifndef SWAPSCOPE_UI_PANEL_PANEL_H
#define SWAPSCOPE_UI_PANEL_PANEL_H

#include "ui/moment/moment.h"
#include "ui/state/diff.h"
#include "ui/state/state.h"

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

/* ---- the whole ---- */

/* Draw everything into g, whatever its size. */
void view_render(const struct view *v, struct grid *g);

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
struct line *add_line(struct object_list *list, unsigned level, bool differs);
void object_lines(const struct pane *p, struct object_list *list);

/*
 * Panels draw into a rectangle whose first row is theirs.  Those that are as long as they are
 * return the rows used, and draw nothing where g is NULL; they are shown a part at a time.
 */
void draw_schedule(const struct pane *p, struct grid *g, struct rect r);
/* "=", "!", "X" .. and the style that goes with it; "" of what nobody asked (schedule.c). */
const char *fate_mark(enum fate fate, bool lost, enum style *style);
/* The schedules of both runs merged; `answers` rows above are the caller's. */
void draw_overlay(const struct view *v, struct grid *g, struct rect r);
void draw_source(const struct pane *p, struct grid *g, struct rect r);
void draw_prompt(const struct view *v, struct grid *g, struct rect r);
/* What can happen next: rows that it wants, with tasks that move in no run or without. */
int next_rows(const struct pane *p, bool all);
int draw_next(const struct pane *p, struct grid *g, struct rect r, bool full);
int next_selected(const struct pane *p, int columns);	/* the row of `full` that is selected */
int draw_objects(const struct pane *p, struct grid *g, struct rect r);
int draw_backtrace(const struct pane *p, struct grid *g, struct rect r);
int draw_copies(const struct pane *p, struct grid *g, struct rect r);
int draw_life(const struct pane *p, struct grid *g, struct rect r);
int draw_switches(const struct view *v, struct grid *g, struct rect r);
int draw_notes(const struct view *v, struct grid *g, struct rect r);
int draw_words(const struct view *v, struct grid *g, struct rect r);
void draw_list(const struct view *v, struct grid *g, struct rect r);
void draw_help(const struct view *v, struct grid *g, struct rect r);

/* ---- who gets which room (layout.c) ---- */

/*
 * Who gets how many rows of a pane, rules not counted.  In this order: what the pane is of, who
 * holds and owns, what every task can do next, four rows of the schedule, objects (those that just
 * changed first), more of the schedule, and what else there is room for.
 */
struct layout {
	int answers, schedule, details, next;
	int source, band;		/* the latter has the backtrace and the copies */
	bool rules;
	bool shown[2][OBJECT_LINES];	/* of each pane's objects */
	unsigned hidden;		/* objects that are not, though they have to do with it */
};

/* Lines of level 0: who holds and who owns. */
int answer_lines(const struct object_list *list);

/* `next`: the rows that what can happen next wants.  Source and band share a rest: the source has
 * it until render.c gives a part of it to the band. */
struct layout lay_out(int rows, int next, const struct object_list *objects, const struct pane *p);

/* Choose objects for `room` rows; those of no concern only where `roomy` are left beside them. */
int choose_details(struct layout *l, const struct pane *p, const struct object_list *list,
		   int room, int roomy);

/* ---- bars, and the sentences that decide (bars.c) ---- */

void draw_header_bar(const struct view *v, struct grid *g, struct rect r);
int keys_rows(const struct view *v, int columns);
void draw_keys_bar(const struct view *v, struct grid *g, struct rect r);

/* What is violated, asked, noted, and why the runs differ, in at most r.h rows; returns how many.
 * Draws nothing where g is NULL. */
int draw_verdict(const struct view *v, struct grid *g, struct rect r);

/* ---- what a speaker points at ---- */

/* Is a label ("slot 0", "W next>") of what the chapter points at? */
bool is_pointed(const struct chapter *c, const char *label);

/* The row of a label: whoever clicks there means its object; and where that is pointed at, it
 * gets a mark where nothing else stands. */
void point_row(const struct pane *p, struct grid *g, struct rect r, int y, const char *label);

/* Tasks that have a column, as bits: those that move in a chapter's runs; where tasks of the two
 * have nothing to do with each other, in that one. */
unsigned moving_tasks(const struct chapter *c, unsigned side);

#endif
