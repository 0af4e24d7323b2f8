/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shorten.h - a failing run made short: locally minimal in steps and in context switches.
 *
 *	shorten()
 *	  leave_out.c	moves are left out: of tasks, pieces of the run, ranges of a task's own
 *	  reorder.c	blocks are moved, so that fewer context switches are left
 *	  search.c	from positions of the run on: is there a shorter way?
 *	  route.c	what a list of moves comes to: each that cannot be made is skipped
 *	shortened_free()
 *
 * A run is better than another when it has fewer steps, or as many and fewer context switches.
 * Each of the three is tried until none finds a better run, and never is one taken that is not
 * better: so the result is not longer than the run that was given, and violates the same property
 * at its last step and not before.  What "locally minimal" says, of a result that is `minimal`:
 *
 *	- whoever leaves out any moves that one task makes in a row (others may come between them;
 *	  a single one, an operation, or all of the task's) and lets the others be made in their
 *	  order, skipping those that cannot be made, gets no better run that violates the property;
 *	- nor who puts any block (moves of one task, without another's between them) at the place
 *	  between two others, or at an end: two neighbours swapped, a block delayed or brought
 *	  forward; nor who swaps two neighbouring moves;
 *	- nor is there a shorter way from any position of the run, as far as a breadth-first search
 *	  of max_states states sees.
 *
 * Where the search from the start came to an end within its bound, the run is `shortest`: no
 * interleaving of the scenario violates the property in fewer steps.  The number of switches is a
 * local minimum there too, and no more.
 *
 * States are rows of the explorer's graph (core/explore/graph.h), so that a move costs a look-up.
 * One call is one thread's; it shares only the scenario.
 */
#ifndef SWAPSCOPE_REPLAY_SHORTEN_SHORTEN_H
#define SWAPSCOPE_REPLAY_SHORTEN_SHORTEN_H

#include "core/scenario/schedule.h"

#pragma GCC visibility push(default)

struct shorten_options {
	uint64_t max_states;	/* of each search; 0: none is made */
	/* Called now and then; returning false stops, with the best run so far.  May be NULL. */
	bool (*progress)(void *arg, uint64_t tried, size_t steps);
	void *progress_arg;
};

struct shortened {
	struct schedule schedule;	/* owned */
	size_t switches;		/* context switches of it */
	size_t before_steps, before_switches;	/* of the run that was given, whole */
	bool minimal;			/* nothing was cut short */
	bool shortest;			/* in steps: no run of the scenario is shorter */
	uint64_t runs;			/* that were tried: moves left out, or in another order */
	unsigned searches;		/* that were made, */
	uint64_t states;		/* and states that they saw together */
	size_t searched;		/* from that position on there is no shorter way at all; the
					   schedule's length: no search came to its end */
};

/*
 * Make a run short that violates `property`, which may be a cost.  0 and a result that
 * shortened_free() frees; -EAGAIN: a move of the run cannot be made; -ENOENT: it does not violate
 * the property; -ENOTSUP: LIVELOCK, which is of runs without end; -ENOMEM.
 */
int shorten(struct shortened *r, const struct scenario *s, const struct kernel *k,
	    const struct schedule *run, enum property property, const struct shorten_options *o);
void shortened_free(struct shortened *r);

/* How often another task moves than moved before. */
size_t schedule_switches(const struct schedule *s);

#pragma GCC visibility pop

#endif
