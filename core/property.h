/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * property.h - what must hold: named checks of a transition.
 *
 * Each property is one sentence, one function, and (in tests/) a world that breaks it.
 */
#ifndef SWAPSCOPE_CORE_PROPERTY_H
#define SWAPSCOPE_CORE_PROPERTY_H

#include "core/step.h"

#pragma GCC visibility push(default)

/*
 * X(name, kind, sentence).  HOLDS must hold.  ENDS too, and a run is not followed beyond the
 * violation, because the kernel's memory or bookkeeping is corrupt from there on and whatever
 * follows would say nothing.  A COST is no violation: work that came to nothing, found and
 * counted like one.
 */
enum property_kind { HOLDS, ENDS, COST };

#define PROPERTIES(X)									\
	X(MAPPED, HOLDS, "a page is mapped to, and its slot cached as, its owner's last write")	\
	X(LOST, HOLDS, "no step drops the last copy of a page that a PTE still refers to")	\
	X(UAF, ENDS, "nobody reads a zswap entry that has been freed")			\
	X(DFREE, ENDS, "nothing that is already free is freed or put again")		\
	X(COUNT, ENDS, "a slot's count is the number of swap PTEs that name it")		\
	X(PIN, ENDS, "a slot's pin has exactly one holder, only its holder drops it, and where " \
	  "the kernel asserts that a load has it, it does")				\
	X(STALE, HOLDS, "data of an earlier life of a slot is never visible in its present one") \
	X(WBOLD, HOLDS, "writeback writes the owner's last write, and only while it has the pin") \
	X(LRU, HOLDS, "an entry on zswap's LRU is alive, and one in the tree is on the LRU or in " \
	  "the hands of a task")							\
	X(FOLIO, ENDS, "no folio stays locked or referenced by a task that has moved on, "	\
	  "and who unlocks it has the lock")	\
	X(EXCL, HOLDS, "what one mapping may write without a fault no other mapping refers to")	\
	X(RMAP, HOLDS, "a mapped folio's rmap says the address that it is mapped at")	\
	X(OFF, ENDS, "nobody uses a swap device's map or tree after swapoff has freed them")	\
	X(DEADLOCK, ENDS, "while a task has to finish, some task can move")		\
	X(LIVELOCK, HOLDS, "in every fair run every operation that has begun comes to its end")	\
	X(SLEPT, COST, "a fault sleeps on although what it waits for is free")		\
	X(DEADWB, COST, "the shrinker is sent for the entry of a dead slot that is parked")	\
	X(RETRIED, COST, "a fault gives up because another has the pin, and is repeated")

enum property {
#define X(name, kind, text) PROP_##name,
	PROPERTIES(X)
#undef X
	PROPERTY_COUNT
};

struct property_info {
	const char *name;
	const char *text;
	enum property_kind kind;
};
extern const struct property_info properties[PROPERTY_COUNT];

/* A transition: what the shared state was, what it is, and what the step did. */
struct transition {
	const struct machine *hw;
	const struct kernel *k;
	const struct mem *before;
	const struct mem *after;
	const struct event *ev;
	uint8_t task;
};

/* The properties that a transition violates, as bits 1 << PROP_x.  Never DEADLOCK and LIVELOCK. */
uint32_t properties_check(const struct transition *tr);

/* Properties after whose violation a run is not followed; and those that are costs. */
uint32_t properties_ending(void);
uint32_t properties_costs(void);

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

#pragma GCC visibility pop

#endif
