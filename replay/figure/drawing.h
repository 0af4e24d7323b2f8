/* SPDX-License-Identifier: GPL-2.0-only */
/* drawing.h - columns while they are drawn.  Private to columns.c and drawing.c. */
#ifndef SWAPSCOPE_REPLAY_FIGURE_DRAWING_H
#define SWAPSCOPE_REPLAY_FIGURE_DRAWING_H

#include "replay/figure/columns.h"

#define TASKS		32	/* at most: ROWS_TASKS_MAX */
#define GUTTER		5	/* of numbers, at least */
#define GAP		2	/* between a text and the next column */
#define INDENT_MAX	10	/* of calls */
#define TEXT_MAX	2000
#define TAB		8
#define STICKY		'\x01'	/* a blank at which no line ends */

struct drawing {
	FILE *out;
	const struct figure_run *r;
	const struct figure_columns *c;
	bool used[TASKS], begun[TASKS];	/* it has a row; one is drawn */
	unsigned column[TASKS];		/* which one is a task's */
	unsigned n;			/* of them */
	bool stacked;			/* tasks have no columns: each switch names one */
	bool named;			/* the headings have no room for names */
	unsigned gutter, step;		/* where columns begin: gutter + i * step */
	unsigned room[TASKS];		/* columns that a task's text gets */
	const char *in[TASKS];		/* what was said last of the calls that a task is in */
	const char *held[TASKS];	/* and of what it has; owned */
};

/* ---- words on lines ---- */

unsigned columns_of(const char *text, size_t n);
size_t bytes_of(const char *text, unsigned columns);	/* of the first so many columns */

/* How much of a text goes onto a line of `room` columns, or of `most` where a word needs that. */
size_t fit(const char *text, unsigned room, unsigned most);

/* ---- where what stands ---- */

/* Which tasks have columns, where these begin, and how wide texts may be. */
void drawing_layout(struct drawing *d);
bool drawn(const struct drawing *d, size_t row);
unsigned start(const struct drawing *d, unsigned task);
unsigned indent_of(const struct drawing *d, const struct figure_row *row);

/* ---- what stands there ---- */

/* Is the operation a function of the kernel, and not a part of one or the way into it? */
bool is_function(const char *op, size_t n);

/* Is the step the function's own name?  Then that is not said twice. */
bool is_call(const struct figure_row *row);

/* The line of a row: "swapcache_prepare(entry) = -EEXIST". */
void row_text(const struct drawing *d, const struct figure_row *row, char *buf, size_t size);

/* The next of several findings, "UAF: ..; MAPPED: .."; NULL: it is the last. */
const char *next_finding(const char *finding);

#endif
