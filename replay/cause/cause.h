/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cause.h - from what is wrong back to what made it so.
 *
 * A page has wrong bytes because a folio has.  The folio has them because somebody read them into
 * it, by a step that may have found no data and changed nothing.  Behind that is:
 *
 *	an entry freed under its reader		who freed it (the ghost bits in `users` and
 *						`dangling` say that it was)
 *	a block that was written wrong		who wrote it
 *	a block without data, or an old write	who dropped the last copy of what the owner
 *						wrote; where a copy is left, who took the
 *						entry out of the tree
 *	all of them				who stored it, and who wrote it
 *
 * cause_of() answers one question, of one object at one position; its answer is the position and
 * the object to ask of next, so that a reader goes from one to the other and back.  It asks
 * trail.h about single steps and copies.h about a write: a stamp is written once, so that
 * its copies are the folios, entries and blocks that have it.
 *
 * No index is kept for that: every answer is a search for a change of a few fields, which goes
 * through ten million transitions in half a second (scripts/bench).  Nothing is kept between
 * calls, and the trace is the caller's.  A file may say anything: numbers that no object has are
 * answered with none.
 */
#ifndef SWAPSCOPE_REPLAY_CAUSE_CAUSE_H
#define SWAPSCOPE_REPLAY_CAUSE_CAUSE_H

#include "traces/read/lens.h"

#pragma GCC visibility push(default)

struct cause {
	uint64_t at;			/* the transition that did it */
	struct trace_object object;	/* to which it did it, and whose cause can be asked next */
	char text[240];			/* "T3 frees entry 40 of slot 7 in zswap_load() while .." */
};

/*
 * Why `object` is as it is at a position: the content of a page, folio or slot, the state of an
 * entry.  Where the transition that leads to `at` is itself what made it so, what that
 * transition took it from is asked for: a chain of calls goes back through a run.  Looks at
 * `most` transitions at most.  Returns 1, 0 when there is nothing before (text says what was
 * looked for), or a negative errno.
 */
int cause_of(struct trace *t, uint64_t at, struct trace_object object, uint64_t most,
	     struct cause *c);

#pragma GCC visibility pop

#endif
