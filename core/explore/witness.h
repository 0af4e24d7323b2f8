/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * witness.h - what a green verdict has come by: which tasks were in one another's way, and steps
 * that one makes while another is between two of its own.
 *
 * A task is in the middle of an operation of its program when it has made a step of it and not its
 * last (and does not stand as if it had not begun).  What two tasks have to do with each other
 * while one of them at least is in the middle of an operation is one of four, and the most that
 * any state says:
 *
 *	MEETING_NEVER	no step of one is made while the other is in the middle of its operation
 *	MEETING_BESIDE	some are, but it never matters which of the two moves first: a step of one
 *			never keeps the other from its next step, nor lets it make it, and
 *			whichever of the two steps is made first, they come to the same
 *	MEETING_LOCK	it matters where one waits for a lock that the other takes or drops, and
 *			nowhere else
 *	MEETING_MET	it matters
 *
 * "The same" is the same world but for the numbers of what was allocated: two tasks that take a
 * folio each get them in either order.  That is exact for every state, and a meeting that is told
 * is one.  Not seen is what one leaves to a later step of the other where no state has these two
 * steps next to each other: a third task, or a priority, has put them in order.
 */
#ifndef SWAPSCOPE_CORE_EXPLORE_WITNESS_H
#define SWAPSCOPE_CORE_EXPLORE_WITNESS_H

#include "core/size.h"

#pragma GCC visibility push(default)

enum meeting { MEETING_NEVER, MEETING_BESIDE, MEETING_LOCK, MEETING_MET };

/* Of two tasks a < b and an operation of each one's program. */
struct meetings {
	uint8_t of[MAX_TASKS][MAX_ITEMS][MAX_TASKS][MAX_ITEMS];	/* [a][its item][b][its item] */
	uint8_t begun[MAX_TASKS];	/* operations that made a step, as bits */
};

#pragma GCC visibility pop

#endif
