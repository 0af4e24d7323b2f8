/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cause.h - from what is wrong back to what made it so.
 *
 * A page has wrong bytes because a folio has; the folio has them because it was filled from an
 * entry or a block; the entry because it was freed, or stored from another folio, before.  Each
 * step of that way is the last transition that changed the object that the content came from.
 */
#ifndef SWAPSCOPE_REPLAY_CAUSE_H
#define SWAPSCOPE_REPLAY_CAUSE_H

#include "traces/lens.h"

struct cause {
	uint64_t at;			/* the transition that did it */
	struct trace_object object;	/* to which it did it, and whose cause can be asked next */
	char text[200];			/* "T3 frees entry 40: zswap_entry_free(entry)" */
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
