/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * begin.h - inside of conform.c: which events are of calls whose beginning a capture does
 * not have, because they were under way when it began, or when the kernel lost events.
 *
 * A slot is looked at from where no such call has to do with it any more.  Until a thread is seen
 * to come from user space (a mark, a system call, a fault), what it does may be the rest of
 * something: it is, if it returns from a call that is not seen to begin; and so is what it does
 * first, up to where it begins with another slot.
 */
#ifndef SWAPSCOPE_REPLAY_CONFORM_BEGIN_H
#define SWAPSCOPE_REPLAY_CONFORM_BEGIN_H

#include "traces/capture/capture.h"

#define TOUCHED_MAX	128	/* slots: a thread that has had so many is in nothing of before */

struct newcomer {
	bool fresh;			/* what it does is seen from its beginning */
	bool begun;			/* .. unless it returns from what is not */
	bool outside;			/* it does come from user space now and then */
	uint64_t since;			/* what it does now began with this event */
	uint64_t unknown;		/* up to this event it is in a call of a slot not known */
	uint32_t last;			/* the last slot that it had to do with */
	unsigned touched;
	uint32_t slot[TOUCHED_MAX];	/* what it has had to do with before it was fresh */
};

/*
 * The thread's event.  A call that begins something with a slot that is not known is one whose
 * beginning is not seen.  Returns how many slots, n->slot[0] .., have to do with calls from before
 * up to this event.
 */
unsigned newcomer_event(struct newcomer *n, const struct capture_event *e);

#endif
