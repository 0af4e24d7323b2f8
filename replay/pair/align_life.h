/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * align_life.h - two runs of any size side by side, by what happened to one page in each.
 *
 * In each run a life of a swap slot is chosen (life.h): the one that the first finding is about,
 * and in a run without one the life that is most like the other's.  The operations of both lives
 * are paired by what they do, so that who faults stands beside who faults whatever tasks are
 * called, and then their steps.  Everything else of the runs has no counterpart.
 */
#ifndef SWAPSCOPE_REPLAY_PAIR_ALIGN_LIFE_H
#define SWAPSCOPE_REPLAY_PAIR_ALIGN_LIFE_H

#include "replay/pair/align.h"

#pragma GCC visibility push(default)

/*
 * Fill in al->life and the rest; b_of_a and a_of_b stay NULL.  Free with alignment_free().
 * Returns 0; -ENODATA where neither run has a finding, or one has nothing like the other's; or a
 * negative errno.
 */
int align_lives(struct alignment *al, struct trace *a, struct trace *b);

/*
 * All of two runs, or lives where one is large, or explains a capture: whose threads are not the
 * other's tasks by name.  Fails as align_runs() and align_lives() do.
 */
int align_either(struct alignment *al, struct trace *a, struct trace *b);

#pragma GCC visibility pop

#endif
