/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * count.h - how many interleavings the explored states stand for, exactly: decimal numbers, which
 * are malloced.
 */
#ifndef SWAPSCOPE_CORE_EXPLORE_COUNT_H
#define SWAPSCOPE_CORE_EXPLORE_COUNT_H

#include "core/explore/edges.h"

/*
 * Runs from the start to an end.  NULL when there is a cycle (*cyclic), so that they are without
 * number, memory is out, or whoever watches does not want to wait.
 */
char *count_interleavings(const struct edges *e, bool *cyclic, const struct watch *w);

/*
 * Schedules of `depth` steps, and those that end earlier.  NULL when memory is out, or whoever
 * watches does not want to wait.
 */
char *count_schedules(const struct edges *e, unsigned depth, const struct watch *w);

#endif
