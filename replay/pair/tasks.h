/* SPDX-License-Identifier: GPL-2.0-only */
/* tasks.h - which task of one run is which of another.  For replay/pair and replay/diff. */
#ifndef SWAPSCOPE_REPLAY_PAIR_TASKS_H
#define SWAPSCOPE_REPLAY_PAIR_TASKS_H

#include "traces/read/read.h"

#define TASK_NONE	UINT32_MAX

/*
 * A task is the other run's of the same name; those that are left are each other's by the programs
 * that they run in their scenarios.  a_of_b[i] (MAX_TASKS) gets which task of a one of b is, or
 * TASK_NONE; role[side][i] what the steps of a task are compared by, which is the same text for
 * both of a pair whichever run is called a, and the runs' or NULL beyond their tasks.
 */
void match_tasks(const struct run_info *a, const struct run_info *b, uint32_t *a_of_b,
		 const char *role[2][MAX_TASKS]);

#endif
