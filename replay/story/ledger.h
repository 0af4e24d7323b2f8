/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ledger.h - which copies of a page's data exist while a PTE refers to its slot.
 *
 * There are the folio in the swap cache, zswap's entry, the block of the device, the private folio
 * of a fault that bypasses the swap cache.  Four things are a loss: the last of them goes, a
 * fault maps what it read from nowhere, or what it read before the slot was given to another page,
 * or what zswap kept of an older content and wrote back.
 *
 * What was not seen proves nothing.  A read found nothing only where zswap said so, or had no copy
 * and was not asked; and a life in which something happens that could not, had all been seen, is
 * not looked at any more.
 *
 * An event stands for an effect that came somewhat earlier or later.  So a copy counts from the
 * return of what made it, and also while it is being made; a reference counts from the return of
 * what took it until the call of what drops it: what is reported is lost in every order.
 */
#ifndef SWAPSCOPE_REPLAY_STORY_LEDGER_H
#define SWAPSCOPE_REPLAY_STORY_LEDGER_H

#include "replay/story/state.h"

/* Whether there can be a ledger, by the probes that there are: s->no_ledger says why not. */
void ledger_begin(struct story *s);

/* With this event a life of the slot begins: the folio that is swapped out has the data. */
void ledger_life(struct story *s, struct slot_life *sl, uint64_t event);

/* The next event of a thread; `c` is the call that returns, or NULL. */
void ledger_event(struct story *s, struct thread *h, struct call *c,
		  const struct capture_event *e);

/* The workload read wrong data in the page that a mark names: the page's last loss was seen. */
void ledger_corrupt(struct story *s, const struct capture_event *e, const struct capture_mark *m);

/* Tell the losses that are kept, and forget them.  0, or what the sink returned. */
int ledger_flush(struct story *s);

#endif
