/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mm.h - what the files of core/mm offer each other, file by file.
 *
 * These are the primitives that are one atomic action in the kernel: each runs
 * inside one critical section (named in its comment) and therefore inside one
 * step.  Whatever stops in between is an operation (step.h).
 */
#ifndef SWAPSCOPE_CORE_MM_MM_H
#define SWAPSCOPE_CORE_MM_MM_H

#include <errno.h>

#include "core/bytes.h"
#include "core/step.h"

/* Locals of the frame's aux byte. */
#define AUX_PTE_BITS	PTE_BITS	/* software bits of orig_pte */
#define AUX_WRITE	0x08		/* write fault */
#define AUX_NEED_CLEAR	0x10		/* need_clear_cache: the bypass holds the pin */
#define AUX_SWAPCACHE	0x20		/* the folio came from the swap cache */
#define AUX_SHRINKER	0x08		/* called by zswap writeback */

/* What __read_swap_cache_async() returns: a folio, and whether it is new. */
#define READ_FOLIO	0x0ff
#define READ_NEW	0x100

/* ---- mm/folio.c ---- */

/* Allocate a folio with one reference, held by this task.  0 and c->overflow if none is left. */
unsigned folio_alloc(struct step_ctx *c, struct mem *m);

/* Take, and drop, this task's reference.  The last put frees the folio. */
void folio_get(struct step_ctx *c, struct mem *m, unsigned folio);
void folio_put(struct step_ctx *c, struct mem *m, unsigned folio);

/* Drop a reference that no task holds (the swap cache's, a mapping's). */
void folio_ref_drop(struct step_ctx *c, struct mem *m, unsigned folio);

/* Unlock, by its holder. */
void folio_unlock(struct step_ctx *c, struct mem *m, unsigned folio);

/* Its data is complete. */
void folio_mark_uptodate(struct step_ctx *c, struct mem *m, unsigned folio);

/* ---- mm/memory.c ---- */

/* The PTE of a page is set to a folio; the caller's folio reference becomes the mapping's. */
void set_pte_folio(struct step_ctx *c, struct mem *m, unsigned page, unsigned folio);

/* ---- mm/swap_state.c ---- */

/* {xa_lock} Insert a locked folio; the holder of SWAP_HAS_CACHE is the folio from here on. */
void add_to_swap_cache(struct mem *m, unsigned folio, unsigned swp);

/* {xa_lock} Take the folio out; SWAP_HAS_CACHE stays until put_swap_folio(). */
void __delete_from_swap_cache(struct step_ctx *c, struct mem *m, unsigned folio);

/* Lockless lookup; the folio gets a reference.  0: none. */
unsigned swap_cache_get_folio(struct step_ctx *c, struct mem *m, unsigned swp);

/* ---- mm/swapfile.c ---- */

/* {si->lock} Find a slot whose map is 0 and give it SWAP_HAS_CACHE.  Slot + 1, or 0. */
unsigned get_swap_page(struct step_ctx *c, struct mem *m);

/* {ci->lock} Take SWAP_HAS_CACHE.  0, -EEXIST (somebody has it), -ENOENT (slot is free). */
int swapcache_prepare(struct step_ctx *c, struct mem *m, unsigned swp, enum holder why);

/* {ci->lock} One more swap PTE.  0 or -ENOENT. */
int swap_duplicate(struct mem *m, unsigned swp);

/*
 * {ci->lock} Drop a count (usage 1) or the pin (usage SWAP_HAS_CACHE).  Returns what
 * is left of the map; where nothing is left it parks the slot with SWAP_HAS_CACHE set
 * (holder HOLD_FREE) and the caller must run free_swap_slot().
 */
unsigned __swap_entry_free(struct step_ctx *c, struct mem *m, unsigned swp, unsigned usage);

/*
 * {si->lock} The slot returns to the allocator: map 0, and a new life begins.
 */
void swap_entry_free(struct step_ctx *c, struct mem *m, unsigned swp);

static inline unsigned __swap_count(const struct mem *m, unsigned swp)
{
	return m->slot[swp].swap_map & SWAP_MAP_COUNT;
}

/* ---- mm/zswap.c ---- */

/* Allocate an entry for swp with the content of a folio.  0: the pool is full. */
unsigned zswap_entry_alloc(struct step_ctx *c, struct mem *m, unsigned swp, unsigned folio);

/* {tree lock} Take the entry of swp out of the tree and drop the tree's reference to it. */
void zswap_invalidate_entry(struct step_ctx *c, struct mem *m, unsigned swp);

#endif
