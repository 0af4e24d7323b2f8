/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * copies.h - what became of the copies of a page's data: every write of a page's owner makes a
 * stamp that no other has, so that a run can be asked which folios, entries and blocks had it.
 */
#ifndef SWAPSCOPE_REPLAY_CAUSE_COPIES_H
#define SWAPSCOPE_REPLAY_CAUSE_COPIES_H

#include "traces/read/lens.h"

#define COPIES_MAX	16

struct copies {
	uint32_t stamp;
	uint64_t born;			/* the owner's write; 0: before what was looked at */
	uint64_t gone;			/* the last copy that went did so here; 0: none did */
	struct trace_object last;	/* and this is what it was in */
	uint64_t gone_before;		/* the one before it */
	struct trace_object before;
	struct trace_object left[COPIES_MAX];	/* where the stamp still is, and since when */
	uint64_t since[COPIES_MAX];
	unsigned n;
};

/*
 * The copies at position `at` of what the owner of `page` wrote last, be they where a fault looks
 * or not.  A block counts as long as its slot is not freed.  Looks back `most` transitions at
 * most.  Returns 1, 0 when the owner wrote nothing (a page of zeroes has no stamp of its own), or
 * a negative errno.
 */
int copies_at(struct trace *t, uint64_t at, uint32_t page, uint64_t most, struct copies *c);

#endif
