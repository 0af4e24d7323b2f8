/* SPDX-License-Identifier: GPL-2.0-only */
/* align_moves.h - two runs of one kernel: only their schedules differ.  Private to replay/pair. */
#ifndef SWAPSCOPE_REPLAY_PAIR_ALIGN_MOVES_H
#define SWAPSCOPE_REPLAY_PAIR_ALIGN_MOVES_H

#include <string.h>

#include "replay/pair/align.h"

/* What is compared of an event.  Texts are the traces'. */
struct mark {
	unsigned task;
	const char *who;	/* the task's name, the trace's */
	const struct trace_step *step;
	char *result;
};

struct marks {
	struct mark *mark;
	uint64_t n;
};

static inline bool same_mark_step(const struct mark *a, const struct mark *b)
{
	return !strcmp(a->step->op, b->step->op) && !strcmp(a->step->text, b->step->text);
}

/* How many first events are the same: who moved, which step, what it came to. */
uint64_t common_moves(const struct marks *a, const struct marks *b);

/*
 * Fill in both maps of *al, which are there and all 0.  `common` events are what both begin with;
 * behind them a step belongs to the other run's where the same task makes the same, in an order
 * that is the same in both.  Whichever run is called a, the pairs are these.  Returns 0 or -ENOMEM.
 */
int match_moves(struct alignment *al, const struct marks *a, const struct marks *b,
		uint64_t common);

#endif
