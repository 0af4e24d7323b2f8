/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mem.h - what a step of a real thread sees of the memory that threads share.
 *
 * A step of core/mm is one atomic action.  On real threads it is a transaction: what it reads
 * is copied, once, with the version that it had; when the step is done, the objects that it
 * changed are locked, the versions of all that it read are compared, and the changes are
 * installed with new versions; or the step is made again.  (Silo's commit, Tu et al., SOSP'13,
 * over objects instead of records.)  An object's version is raised inside its lock and nowhere
 * else, so the versions that a step saw and made are its place in the order of all steps, and
 * there is no counter that all threads share.
 *
 * An object's words are atomics, because they are read without its lock.  What is not here is
 * plain memory, as in the kernel: the pages' content and the compressed objects (pages.h).
 * Nothing but the kernel's own rules - PG_locked, the page table lock, SWAP_HAS_CACHE, the
 * entry's reference count - keeps two threads from using those at once.
 */
#ifndef SWAPSCOPE_CORE_LIVE_MEM_H
#define SWAPSCOPE_CORE_LIVE_MEM_H

#include <stdatomic.h>
#include <string.h>

#include "core/live/live.h"
#include "core/world.h"

/* What has a lock and a version of its own.  Members are those of the compact struct mem. */
struct zswap_tree { uint8_t tree_lock; };
struct zswap_lru { obj_t coldest, youngest; };
struct zswap_param { uint8_t zswap_off; };
struct swap_param { uint8_t slot_cache_off; };

/* A CPU's slot caches (swp_slots); a thread is a CPU. */
struct swap_slots {
	uint8_t alloc_lock, free_lock;
	obj_t ret_count, ret_first;		/* first: a slot + 1 */
	obj_t alloc_count, alloc_first;
};
struct ghost { tasks_t dangling; };

#define CELL_WORDS	5
#define VIEWS		16	/* objects that one step looks at */

/* An object's home, in a cache line of its own.  An odd version: it is locked. */
struct cell {
	_Alignas(64) _Atomic uint32_t version;
	_Atomic uint64_t word[CELL_WORDS];
};

struct view {
	struct cell *cell;
	uint32_t key;			/* kind and index, LIVE_KEY() */
	uint32_t version;		/* when it was read */
	uint64_t copy[CELL_WORDS];	/* what the step makes of it */
};

/* The world: homes of all objects, by kind. */
struct cells {
	struct cell *cell[LIVE_KINDS];
	unsigned count[LIVE_KINDS];
};

struct mem {
	const struct cells *cells;
	unsigned views;
	bool bad;			/* the step asked for an object that there is not */
	struct view view[VIEWS + 1];
};

/* Read an object for the first time in this step. */
void *object_view(struct mem *m, uint32_t key);

/* A step's own copy of an object. */
static inline void *object(const struct mem *cm, enum live_kind kind, unsigned index)
{
	struct mem *m = (struct mem *)cm;
	uint32_t key = LIVE_KEY(kind, index);

	for (unsigned i = 0; i < m->views; i++)
		if (m->view[i].key == key)
			return m->view[i].copy;
	return object_view(m, key);
}

#define PAGE(i)		((struct vpage *)object(m, LIVE_PAGE, i))
#define SLOT(i)		((struct slot *)object(m, LIVE_SLOT, i))
#define FOLIO(i)	((struct folio *)object(m, LIVE_FOLIO, i))
#define ENTRY(i)	((struct zentry *)object(m, LIVE_ENTRY, i))
#define MM(i)		((struct mm *)object(m, LIVE_MM, i))
#define SI(i)		((struct swap_device *)object(m, LIVE_DEVICE, i))
#define SWAP_SLOTS()	((struct swap_slots *)object(m, LIVE_SWAP_SLOTS, c->task))
#define LRU()		((struct zswap_lru *)object(m, LIVE_LRU, 0))

#define M(member)	(M_##member->member)
#define M_tree_lock	((struct zswap_tree *)object(m, LIVE_TREE, 0))
#define M_zswap_off	((struct zswap_param *)object(m, LIVE_PARAM, 0))
#define M_slot_cache_off ((struct swap_param *)object(m, LIVE_SWAP, 0))
#define M_alloc_lock	SWAP_SLOTS()
#define M_free_lock	SWAP_SLOTS()
#define M_dangling	((struct ghost *)object(m, LIVE_GHOST, 0))

#endif
