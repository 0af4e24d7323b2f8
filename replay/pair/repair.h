/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * repair.h - a bug and its repair: the shortest schedule that violates a property under one
 * kernel, and the same schedule under another.
 */
#ifndef SWAPSCOPE_REPLAY_PAIR_REPAIR_H
#define SWAPSCOPE_REPLAY_PAIR_REPAIR_H

#include "core/explore/explore.h"

#pragma GCC visibility push(default)

/* One of the two: where the bug shows, and where it is repaired. */
struct repair_side {
	struct execution run;
	enum verdict verdict;	/* of the search */
	bool complete;		/* it saw all states */
	uint64_t states, transitions;
};

struct repair {
	enum property property;
	struct schedule schedule;	/* to the violation, under the broken kernel */
	size_t loop;			/* where the part of it begins that repeats, or n */
	struct repair_side broken;	/* searched for the property only */
	struct repair_side fixed;	/* searched for all of them, within the scenario's bounds */
	size_t same;			/* the runs' first moves that are the same, results too */
	uint64_t rules;			/* see repair_make() */
};

/*
 * Explore both kernels and run the schedule under both.  `s` must outlive *r.
 * r->rules gets the bits (1 << SWITCH_x) of the repair's rules: each of those switches, alone set
 * back in `fixed` to what it is in `broken`, lets the same schedule violate the property again
 * (LIVELOCK: some schedule).
 * Returns 0, and then *r is freed by repair_free(); -ENOENT when `broken` does not violate the
 * property, -ENOMEM or -ENOSPC.
 */
int repair_make(struct repair *r, const struct scenario *s, const struct kernel *broken,
		const struct kernel *fixed, enum property property);
void repair_free(struct repair *r);

/*
 * Is the property violated, or the cost met, where the run's schedule is made under another kernel
 * (same_schedule())?  Not to be asked of LIVELOCK, which no single schedule tells.
 */
bool schedule_violates(const struct execution *run, const struct kernel *k,
		       enum property property);

#pragma GCC visibility pop

#endif
