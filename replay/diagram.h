/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diagram.h - a run as kernel developers draw it: a column for every task that takes part.
 */
#ifndef SWAPSCOPE_REPLAY_DIAGRAM_H
#define SWAPSCOPE_REPLAY_DIAGRAM_H

#include <stdio.h>

#include "core/scenario/schedule.h"
#include "traces/read/read.h"

#pragma GCC visibility push(default)

/* One line of a diagram.  Texts are borrowed. */
struct diagram_row {
	unsigned task;
	unsigned depth;		/* of the call, from 1 */
	const char *text;	/* the step */
	const char *result;	/* or NULL or "" */
	const char *finding;	/* "UAF" where the run broke a property here, or NULL */
	bool cost;			/* and it is no violation, but a cost */
	int byte_error;		/* offset of a wrong byte in the page mapped here, or -1 */
};

#define DIAGRAM_WIDTH	100	/* columns, unless the tasks need more */

/*
 * Print rows numbered from 1, with a header of the names of those tasks that take part.
 * Steps of a call are indented; a text that is too long for its column goes on below.
 */
void diagram_print(FILE *out, const char *const *task_name, unsigned tasks,
		   const struct diagram_row *row, size_t rows);

/* The same of an execution, and below of a recorded run.  0, -ENOMEM, or the reader's error. */
int diagram_execution(FILE *out, const struct execution *x);

/* Of an execution, without its first `from` moves; the others keep their numbers. */
int diagram_rest(FILE *out, const struct execution *x, size_t from);

/*
 * What to say below an execution whose moves from `loop` on lead back to where they begin: that
 * they repeat, which tasks are never done, and whether the only one that moves waits for itself.
 */
void diagram_loop(FILE *out, const struct execution *x, size_t loop);

int diagram_trace(FILE *out, struct trace *t);

#pragma GCC visibility pop

#endif
