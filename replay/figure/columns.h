/* SPDX-License-Identifier: GPL-2.0-only */
/* columns.h - a run as kernel developers draw it: a column for every task that takes part. */
#ifndef SWAPSCOPE_REPLAY_FIGURE_COLUMNS_H
#define SWAPSCOPE_REPLAY_FIGURE_COLUMNS_H

#include "replay/figure/figure.h"

#pragma GCC visibility push(default)

#define FIGURE_WIDTH_MIN	40
#define FIGURE_WIDTH_MAX	1000
#define FIGURE_WIDTH_CPU	72	/* of a commit message */

/* How a run is drawn. */
struct figure_columns {
	unsigned width;		/* columns at most, a tab counting up to the next eighth */
	/*
	 * The dress of a commit message: columns headed CPU0, CPU1, .. that begin at tab stops,
	 * steps below the functions that they are in, the locks that a task holds while others
	 * move, and at the end what was found and the command that makes it again.  Else rows
	 * have numbers, and columns the names of tasks.
	 */
	bool cpu;
	const bool *keep;	/* of each row, whether it is drawn; NULL: all are */
};

/*
 * Draw a run.  No word is broken that fits on a line; a text that is too long for its column goes
 * on below.  A task whose column would be too narrow gets none: its rows say its name.  Returns 0
 * or -ENOMEM.
 */
int figure_columns(FILE *out, const struct figure_run *r, const struct figure_columns *c);

/*
 * An execution in the plain dress, without its first `from` moves (the others keep their numbers);
 * of one whose moves from `loop` on lead back to where they begin, also what repeats and who is
 * never done; loop is x->n where none do.  Returns 0 or -ENOMEM.
 */
int figure_execution(FILE *out, const struct execution *x, size_t from, size_t loop,
		     unsigned width);

/*
 * "swapscope run .." on lines of a width, broken by backslashes where a shell allows it; every line
 * begins with `indent` blanks.
 */
void figure_command(FILE *out, const char *command, unsigned width, unsigned indent);

#pragma GCC visibility pop

#endif
