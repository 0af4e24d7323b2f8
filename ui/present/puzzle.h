/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * puzzle.h - you are the scheduler: break it, in as few steps as you can.
 *
 * The score is the length of the shortest schedule against the player's: 100 is the shortest, and
 * each hint counts as a step.
 */
#ifndef SWAPSCOPE_UI_PRESENT_PUZZLE_H
#define SWAPSCOPE_UI_PRESENT_PUZZLE_H

#include <stdio.h>

#include "core/scenario/schedule.h"

struct puzzle {
	const struct scenario *scenario;
	const struct kernel *kernel;
	const char *kernel_name;
	uint32_t only;		/* properties that count, as bits */
	size_t shortest;	/* steps of the shortest schedule that violates one of them */
	unsigned hints;		/* given */
};

/*
 * Look for the shortest way.  EXIT_OK; EXIT_UNKNOWN and a message, where nothing can be broken, or
 * a bound was hit before anything was; EXIT_USAGE and a message where memory is out.
 */
int puzzle_begin(struct puzzle *p);

/* Of 100, for a schedule of so many steps. */
unsigned puzzle_score(const struct puzzle *p, size_t steps);

/*
 * Lines from `in`: a task, 'TASK/1', 'TASK*3', undo, hint, help, quit.  EXIT_OK when it was broken,
 * EXIT_UNKNOWN when not.
 */
int puzzle_lines(struct puzzle *p, FILE *in);

/* In the debugger, by hand.  As puzzle_lines(); -ENOTTY: there is no terminal. */
int puzzle_terminal(struct puzzle *p);

#endif
