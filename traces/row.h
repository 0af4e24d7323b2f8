/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * row.h - a transition as numbers, whatever the size of the world and whoever made it.
 *
 * A field is known by its row in table `field`, a step by its row in `step`, what a step came
 * to by its row in `result`; values are 0 .. 2^32 - 1.  A field that is not told of is 0.
 */
#ifndef SWAPSCOPE_TRACES_ROW_H
#define SWAPSCOPE_TRACES_ROW_H

#include <stdint.h>

#define ROWS_TASKS_MAX		32	/* of a run: masks of tasks have 32 bits */
#define ROWS_FIELDS_MAX		(1u << 22)	/* of a file: ids are 1 .. that */
#define ROWS_CHANGES_MAX	65536	/* of one transition */

/* One transition. */
struct row_event {
	uint64_t time;		/* ns since the run began; 0 where the run has no clock */
	uint32_t waited;	/* how long the task could not make this step: ns with a clock, */
				/* else transitions of others; UINT32_MAX: that or longer */
	uint32_t task;		/* 0 .. */
	uint32_t step;		/* row of `step`: from rows_step() */
	uint32_t choice;	/* the outcome taken, where a step has several */
	uint32_t depth;		/* frames on the task's stack before it */
	uint32_t result;	/* row of `result`: from rows_result(); 0: none */
	uint32_t changes;	/* how many fields it changed */
};

/* One field that it changed: at most one row a field, and old_value is not new_value. */
struct row_change {
	uint32_t field;		/* row of `field`: from rows_field() */
	uint32_t old_value, new_value;
};

#endif
