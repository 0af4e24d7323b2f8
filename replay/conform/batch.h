/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * batch.h - inside of conform.c: calls about several slots side by side, of which an event names
 * the first.  Each of the slots takes part for itself, and what of the call depends on the others
 * is a choice of its world (machine.neighbours).
 */
#ifndef SWAPSCOPE_REPLAY_CONFORM_BATCH_H
#define SWAPSCOPE_REPLAY_CONFORM_BATCH_H

#include "traces/capture/capture.h"

/* The slots of a capture in the order of their entries; and the entry of each, by number. */
struct entries {
	struct capture_slot *slot;
	uint64_t *entry;
	uint32_t n, room;
};

/* Read them.  0 or a negative errno; entries_free() in either case. */
int entries_read(struct entries *all, struct trace *t);
void entries_free(struct entries *all);

/* The slots that the capture has of nr entries from `entry` on: the first of them, *n of them. */
const struct capture_slot *entries_of(const struct entries *all, uint64_t entry, uint32_t nr,
				      uint32_t *n);

/* What a thread's call is about. */
struct batch {
	uint64_t entry;
	uint64_t ret;		/* the event with which it returns; 0: none shows that */
	uint32_t nr;		/* 0: it is in no such call */
};

/*
 * A thread's event.  Returns how many slots it is about, from *entry on, where its call is one
 * about several that the model has; else 0.  Where no event shows that the call returns, it is
 * over when the thread begins something else.
 */
uint32_t batch_event(struct batch *b, const struct capture_event *e, uint64_t *entry);

/* Is the slot one of those that the thread's call is about? */
static inline bool batch_has(const struct batch *b, const struct entries *all, uint32_t slot)
{
	return b->nr && all->entry[slot] - b->entry < b->nr;
}

#endif
