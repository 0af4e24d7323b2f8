/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cause.h - from what is wrong back to what made it so.
 *
 * A page has wrong bytes because a folio has.  The folio has them because somebody read them into
 * it: from an entry that was freed or was another's, from a block that was never written, or
 * was before.  Behind a read of freed memory is who freed it; behind one that found nothing, or
 * something old, is who dropped the last copy of what was to be found, or took it out of the
 * reader's sight; behind all of them who stored it, and who wrote it.
 */
#ifndef SWAPSCOPE_REPLAY_CAUSE_CAUSE_H
#define SWAPSCOPE_REPLAY_CAUSE_CAUSE_H

#include "traces/read/lens.h"

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

#endif
