/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff.h - what is known about where the two runs of a chapter differ: its alignment, read.
 */
#ifndef SWAPSCOPE_UI_STATE_DIFF_H
#define SWAPSCOPE_UI_STATE_DIFF_H

#include "ui/state/state.h"

/* Is transition `at` of run `side` one that the other run did not make, or with another result? */
bool step_differs(const struct chapter *c, unsigned side, uint64_t at);

/*
 * Is it the one with which the runs part?  The other run may make it too, but later.  Never of
 * runs that are compared by a life.
 */
bool parts_here(const struct chapter *c, unsigned side, uint64_t at);

/* The position of the other run that belongs to position `at` of run `side`. */
uint64_t other_position(const struct chapter *c, unsigned side, uint64_t at);

/* Does one of its runs explain a capture? */
bool of_capture(const struct chapter *c);

/* Are there so many objects in its runs that one of them is looked at? */
bool has_objects(const struct chapter *c);

/* Compare the two runs of a chapter, whichever way they can be: 0, or a negative errno. */
int view_compare(struct chapter *c);

/* Were the two runs compared?  Else each steps alone. */
bool are_aligned(const struct chapter *c);

/* Does the other run do something at or on the way to `at` that this one does not? */
bool differs_here(const struct chapter *c, unsigned side, uint64_t at);

/* Of runs that are compared by a life: is this step none of it? */
bool outside_life(const struct chapter *c, unsigned side, uint64_t at);

/* Where the next difference begins after position `at`, or the one before; 0: there is none. */
uint64_t next_difference(const struct chapter *c, unsigned side, uint64_t at, bool after);

/* The position after which the runs part; UINT64_MAX if they never do. */
uint64_t parted_at(const struct chapter *c, unsigned side);

/* A row of both runs merged: transition at[0] of the left one, at[1] of the right one, or both. */
struct merged_row {
	uint64_t at[2];		/* 0: this run has no part in it */
};
/* The rows around positions pos[], at most `before` up to there and `after` beyond. */
int merged_rows(const struct chapter *c, const uint64_t pos[2], int before, int after,
		struct merged_row *row, int *above);

#endif
