/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pair.h - two runs to be looked at side by side: one schedule under two kernels, recorded.
 */
#ifndef SWAPSCOPE_UI_PAIR_H
#define SWAPSCOPE_UI_PAIR_H

#include "core/schedule.h"
#include "traces/trace.h"

struct pair_side {
	const struct kernel *kernel;
	const char *name;	/* of the kernel, with switches */
	const char *verdict;	/* what an exploration of it came to */
};

/*
 * Record the schedule under the left kernel and the same schedule under the right one; where
 * right->kernel is NULL, the left one alone.  run[] gets the numbers of the runs.  Returns 0 or
 * a negative errno.
 */
int pair_record(struct trace_writer *tw, const struct scenario *s, const char *title,
		const struct schedule *schedule, const struct pair_side *left,
		const struct pair_side *right, int run[2]);

#endif
