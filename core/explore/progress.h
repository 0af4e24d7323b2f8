/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * progress.h - does every operation that has begun come to its end?
 *
 * A run without end stays, from some point on, inside one strongly connected part of the graph.
 * Edges that are injected are dropped first: there is a last one.  There are two ways to fail:
 *
 *	nobody is done	a part that holds without the edges by which operations end: tasks are
 *			busy, and to no avail
 *	one cannot be	a part from which no end of a task's operation can be reached: it goes
 *			round, or waits, whatever the others do and however often they are done
 *
 * That one task loses each time to another, which is then done, is neither: it is as unlikely as
 * the schedule that it needs.
 *
 * In such a part a task may be able to move and have no edge: a run that stays there for ever
 * would have to be unfair to it, so the states where it can move are left out and the rest is
 * taken apart again (the Streett condition).  What is left is a set of states through which a
 * fair run can go round for ever.
 */
#ifndef SWAPSCOPE_CORE_EXPLORE_PROGRESS_H
#define SWAPSCOPE_CORE_EXPLORE_PROGRESS_H

#include "core/explore/edges.h"

/*
 * Is there a run without end in which nothing is injected any more, every task that can move
 * again and again does, and nobody is ever again done with an operation, or somebody cannot be?
 * Returns 1 and in the empty schedule `s` (the caller frees it) the nearest one, from the start
 * to the end of its loop, which begins with move *loop; 0 when there is none; -ENOMEM, or -EINTR
 * when whoever watches wants no more.
 */
int graph_livelock(struct graph *g, const struct edges *e, const struct watch *w,
		   struct schedule *s, size_t *loop);

/*
 * All states through which such a run can go round, not the nearest ones alone.  All zero is
 * none.
 */
struct livelocks {
	uint32_t *of;		/* of a state: the number of its set; 0: it is in none */
	struct arena sets;	/* by number - 1, what makes it one: opaque */
};

/* 0, -ENOMEM or -EINTR, as above.  Freed by livelocks_free() in any case. */
int livelocks_init(struct livelocks *l, struct graph *g, const struct edges *e,
		   const struct watch *w);
void livelocks_free(struct livelocks *l);

/* Append the moves of a loop from a state of a set and back to it.  0 or -ENOMEM. */
int livelocks_round(const struct livelocks *l, struct graph *g, const struct edges *e,
		    uint32_t state, struct schedule *s);

#define LIVELOCK_BYTES_STATE	32	/* beside the edges, at most */

/* An upper bound of the memory that takes, with the edges. */
static inline uint64_t livelock_bytes(uint64_t states, uint64_t transitions)
{
	return states * (8 + LIVELOCK_BYTES_STATE) + transitions * EDGE_BYTES;
}

#endif
