/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * property.h - what must hold: named checks of a transition.
 *
 * Each property is one sentence, one function, and (in tests/) a world that breaks it.
 */
#ifndef SWAPSCOPE_CORE_PROPERTY_H
#define SWAPSCOPE_CORE_PROPERTY_H

#include "core/step.h"

/*
 * X(name, ends, sentence).  `ends`: a run is not followed beyond the violation, because
 * the kernel's memory or bookkeeping is corrupt from there on and whatever follows would
 * say nothing.
 */
#define PROPERTIES(X)									\
	X(MAPPED, 0, "a PTE is set only to a folio that holds its owner's last write")	\
	X(LOST, 0, "no step drops the last copy of a page that a PTE still refers to")	\
	X(UAF, 1, "nobody reads a zswap entry that has been freed")			\
	X(DFREE, 1, "nothing that is already free is freed or put again")		\
	X(COUNT, 1, "a slot's count is the number of swap PTEs that name it")		\
	X(PIN, 1, "SWAP_HAS_CACHE has exactly one holder, and only its holder drops it") \
	X(STALE, 0, "data of an earlier life of a slot is never visible in its present one") \
	X(WBOLD, 0, "writeback writes the owner's last write, and only while it has the pin") \
	X(FOLIO, 1, "no folio stays locked or referenced by a task that has moved on")	\
	X(DEADLOCK, 1, "while a task has to finish, some task can move")		\
	X(LIVELOCK, 0, "in every fair run every operation that has begun comes to its end")

enum property {
#define X(name, ends, text) PROP_##name,
	PROPERTIES(X)
#undef X
	PROPERTY_COUNT
};

struct property_info {
	const char *name;
	const char *text;
	bool ends;
};
extern const struct property_info properties[PROPERTY_COUNT];

/* A transition: what the shared state was, what it is, and what the step did. */
struct transition {
	const struct machine *hw;
	const struct mem *before;
	const struct mem *after;
	const struct event *ev;
	uint8_t task;
};

/* The properties that a transition violates, as bits 1 << PROP_x.  Never DEADLOCK and LIVELOCK. */
uint32_t properties_check(const struct transition *tr);

/* Properties after whose violation a run is not followed. */
uint32_t properties_ending(void);

/* `unfinished` tasks must still finish, and `movable` tasks can move: none, that is. */
bool property_deadlock(unsigned unfinished, unsigned movable);

/* The property of that name, or -1. */
int property_find(const char *name);

/* How many copies of a page's last write there are: folios, entries, its block. */
unsigned page_copies(const struct mem *m, unsigned page);

/*
 * The page whose swap PTE names a slot, or -1.  While a page table lock is held its PTEs do not
 * count: a fault has given the slot back already when it has yet to set the PTE.
 */
int slot_owner(const struct mem *m, unsigned slot);

#endif
