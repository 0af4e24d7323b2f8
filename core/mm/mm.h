/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mm.h - what the files of core/mm offer each other, file by file.
 *
 * A file is named like the kernel's and has that file's functions, under their names: those at
 * which another task can come in between are operations (operation.h), the others are here.  They
 * are one atomic action in the kernel: each runs inside one critical section (in braces in its
 * comment) and therefore inside one step.  Files call each other in both directions, as the
 * kernel's do: a fault frees slots, freeing reclaims folios, zswap reads through the swap cache.
 *
 * Locks, outermost first.  Those in brackets are sections inside a step and are held by nobody.
 *
 *	mmap_lock		of an mm: fork and munmap for writing, a fault for reading
 *	folio lock		PG_locked; under a later lock it is only tried
 *	page table lock		of an mm; fork takes the child's, then the parent's
 *	[xa_lock, ci->lock]	the swap cache; the swap map
 *	slot_cache_off		swapoff's mutex, over the two that follow
 *	alloc_lock, free_lock	of the slot caches (to v6.13); never both
 *	si->lock		of a device: allocation and the drain
 *	tree_lock		zswap's (to v6.9; later each of the tree's operations is atomic)
 *	[lru_lock]		zswap's LRU
 *
 * Three things stand between a zswap entry that is read and who would free it; which of them do is
 * what most switches are about.  tree_lock: while the tree is searched or changed, and never
 * across a decompress.  The folio lock: a folio in the swap cache is read under it, and who finds
 * it there waits.  The pin: SWAP_HAS_CACHE in the swap map, taken by swapcache_prepare(), has one
 * holder and keeps the slot from being freed and from getting another folio in the cache; from
 * v7.0 on the locked folio in the swap table is the pin.  A fault that bypasses the cache has a
 * folio that nobody finds, so that behind tree_lock it has the pin alone, or a count of the entry's
 * own (refcount).
 *
 * The source is compiled twice.  Shared objects are SLOT(i), FOLIO(i), M(tree_lock) ..: elements
 * of struct mem here, a step's own copies on real threads (core/live/mem.h).  So nothing
 * may keep a pointer to an object across a step, or look for an object itself: what the kernel
 * finds by a free list, a list_head or the rmap is a function of find.c, of which core/live has
 * another.  Bytes move by the calls of bytes.h, which threads carry out when a step is certain.
 */
#ifndef SWAPSCOPE_CORE_MM_MM_H
#define SWAPSCOPE_CORE_MM_MM_H

#include <errno.h>

#include "core/operation.h"

#ifdef SWAPSCOPE_LIVE
#include "core/live/pages.h"
#else
#include "core/bytes.h"
#endif

/* Locals of the frame's aux byte. */
#define AUX_PTE_BITS	PTE_BITS	/* software bits of orig_pte */
#define AUX_WRITE	0x08		/* write fault */
#define AUX_ZEROES	0x10		/* touch: what is written is zeroes */
#define AUX_NEED_CLEAR	0x10		/* need_clear_cache: the bypass holds the pin */
#define AUX_SWAPCACHE	0x20		/* the folio came from the swap cache */
#define AUX_SIGBUS	0x80		/* the folio could not be read */
#define AUX_SHRINKER	0x08		/* called by zswap writeback */
#define AUX_NEIGHBOUR	0x10		/* readahead: the fault is about another slot */
#define AUX_NEW		0x20		/* the folio is new */
#define AUX_DEVICE	0x40		/* a reference of the device is held */

/* What __read_swap_cache_async() returns: a folio, and whether it is new. */
#define READ_FOLIO	0x0ffff
#define READ_NEW	0x10000
#define READ_PINNED	0x20000

/*
 * The objects that tasks share: PAGE(f->page)->pte, M(tree_lock).  In a live run each of these
 * is a step's own view of an object, which other threads see when the step is done.
 */
#ifdef SWAPSCOPE_LIVE
#include "core/live/mem.h"
#else
#define PAGE(i)		(&m->page[i])
#define SLOT(i)		(&m->slot[i])
#define FOLIO(i)	(&m->folio[i])
#define ENTRY(i)	(&m->entry[i])
#define MM(i)		(&m->mm[i])
#define SI(i)		(&m->si[i])
#define M(member)	(m->member)
#endif

/* The page table lock of a page. */
#define PTL(page_)	MM(PAGE(page_)->mm)->ptl

/* pte_offset_map_lock() and pte_unmap_unlock() for one page. */
#define PTE_LOCK(page_) \
	LOCK("pte_offset_map_lock()", PTL(page_), WAIT_PTL, PAGE(page_)->mm)
#define PTE_UNLOCK(page_) \
	UNLOCK("pte_unmap_unlock()", PTL(page_))

/* The swap device of a slot. */
static inline unsigned swp_type(const struct step_ctx *c, unsigned swp)
{
	return c->hw->second && swp >= c->hw->second;
}

static inline bool sync_device(const struct step_ctx *c)
{
	return c->hw->device != DEVICE_DISK;	/* SWP_SYNCHRONOUS_IO */
}

/* ---- mm/folio.c ---- */

/* Allocate a folio with one reference, held by this task.  0 and c->overflow if none is left. */
MM_API unsigned folio_alloc(struct step_ctx *c, struct mem *m);

/* Take, and drop, this task's reference.  The last put frees the folio. */
MM_API void folio_get(struct step_ctx *c, struct mem *m, unsigned folio);
MM_API void folio_put(struct step_ctx *c, struct mem *m, unsigned folio);

/* Drop a reference that no task holds (the swap cache's, a mapping's). */
MM_API void folio_ref_drop(struct step_ctx *c, struct mem *m, unsigned folio);

/* Unlock, by its holder. */
MM_API void folio_unlock(struct step_ctx *c, struct mem *m, unsigned folio);

/* The slot of a folio that is in the swap cache: of another it is no slot that counts. */
MM_API unsigned folio_swap(struct step_ctx *c, struct mem *m, unsigned folio);

/* Its data is complete. */
MM_API void folio_mark_uptodate(struct step_ctx *c, struct mem *m, unsigned folio);

#define FOLIO_WAIT_WRITEBACK(folio_) \
	AWAIT("folio_wait_writeback(folio)", no_writeback(m, folio_), WAIT_WRITEBACK, folio_)

static inline bool no_writeback(const struct mem *m, unsigned folio)
{
	return !(FOLIO(folio)->flags & FOLIO_WRITEBACK);
}

/* Take the lock of a folio that nobody has locked. */
MM_API void folio_lock(struct step_ctx *c, struct mem *m, unsigned folio);

/* ---- mm/memory.c ---- */

/*
 * The PTE of a page is set to a folio, and counted in its mapcount; the caller's folio
 * reference becomes the mapping's.  bits: PTE_WRITE, or 0.
 */
MM_API void set_pte_folio(struct step_ctx *c, struct mem *m, unsigned page, unsigned folio,
			  unsigned bits);

/* The PTE names nothing any more, and the page's content is forgotten. */
MM_API void pte_clear(struct mem *m, unsigned page);

/* pte_same(): the PTE is still a swap PTE for swp with these software bits. */
MM_API bool pte_same(const struct mem *m, unsigned page, unsigned swp, unsigned bits);

/* folio_matches_swap_entry(): the locked folio is in the swap cache for this slot. */
MM_API bool folio_matches_swap_entry(const struct mem *m, unsigned folio, unsigned swp);

/* The rest of the application's write: the page has new content, or is a page of zeroes. */
MM_API void application_write(struct step_ctx *c, struct mem *m, unsigned page, bool zeroes);

/* ---- mm/swap_state.c ---- */

/*
 * {xa_lock; v6.18: ci->lock} Insert a locked folio; the holder of SWAP_HAS_CACHE is the folio
 * from here on.
 */
MM_API void add_to_swap_cache(struct step_ctx *c, struct mem *m, unsigned folio, unsigned swp);

/*
 * {xa_lock} Take the folio out; SWAP_HAS_CACHE stays until put_swap_folio().  v7.0, under
 * ci->lock: a slot that nobody counts is freed with it.
 */
MM_API void __delete_from_swap_cache(struct step_ctx *c, struct mem *m, unsigned folio);

/* Lockless lookup; the folio gets a reference.  0: none. */
MM_API unsigned swap_cache_get_folio(struct step_ctx *c, struct mem *m, unsigned swp);

/* ---- mm/swapfile.c ---- */

/* A reference of the slot's device, unless swapoff has killed it.  Whether there is one. */
MM_API bool get_swap_device(struct step_ctx *c, struct mem *m, unsigned swp);
MM_API void put_swap_device(struct step_ctx *c, struct mem *m, unsigned swp);

/* The step uses the slot's part of swap_map, clusters, swap cache or zswap's tree. */
MM_API void use_device(struct step_ctx *c, unsigned swp);

/* {ci->lock} Take SWAP_HAS_CACHE.  0, -EEXIST (somebody has it), -ENOENT (slot is free). */
MM_API int swapcache_prepare(struct step_ctx *c, struct mem *m, unsigned swp, enum holder why);

/* {ci->lock} One more swap PTE; it is the caller's until it has set that.  0 or -ENOENT. */
MM_API int swap_duplicate(struct step_ctx *c, struct mem *m, unsigned swp);

/*
 * {ci->lock} Drop a count (usage 1) or the pin (usage SWAP_HAS_CACHE).  Returns what
 * is left of the map.  Where nothing is left the slot is freed in the same section
 * (v6.14), or parked with SWAP_HAS_CACHE set (holder HOLD_FREE); 0 is returned and the
 * caller must run free_swap_slot().
 */
MM_API unsigned __swap_entry_free(struct step_ctx *c, struct mem *m, unsigned swp, unsigned usage);

/*
 * In a STEP: swap_free(), of the count that the caller's PTE had; and swapcache_clear(), of the
 * pin.  Each frees the slot if nothing is left of it.
 */
#define SWAP_FREE(swp_) do {								\
	PROBE_ENTER(swap_free, 0);							\
	SWAP_FREE_INLINE(swp_);								\
	PROBE_RETURN(swap_free, 0);							\
} while (0)

#define SWAP_FREE_INLINE(swp_) do {							\
	if (__swap_entry_free(c, m, swp_, 1) == 0) {					\
		CALL(free_swap_slot, .swp = swp_);					\
		PROBE_RETURN(__swap_entry_free, 0);					\
	}										\
} while (0)

#define SWAPCACHE_CLEAR(swp_) do {							\
	PROBE_ENTER(swapcache_clear, 0);						\
	if (__swap_entry_free(c, m, swp_, SWAP_HAS_CACHE) == 0)				\
		CALL(free_swap_slot, .swp = swp_);					\
	PROBE_RETURN(swapcache_clear, 0);						\
} while (0)

/* {si->lock, or ci->lock} The slot returns to the allocator: map 0, and a new life begins. */
MM_API void swap_entry_free(struct step_ctx *c, struct mem *m, unsigned swp);

/* {ci->lock} v6.14: entry, block and slot are freed in one section. */
MM_API void swap_entries_free(struct step_ctx *c, struct mem *m, unsigned swp);

/* swap_range_free(), the device's part: zram drops the block. */
MM_API void slot_free_notify(struct step_ctx *c, struct mem *m, unsigned swp);

MM_API unsigned __swap_count(struct step_ctx *c, const struct mem *m, unsigned swp);

/* ---- which object: mm/find.c, or core/live/find.c ---- */

/* A free one: folio, entry; slot + 1 of a device, and whether there is any.  0: none. */
MM_API unsigned find_free_folio(struct step_ctx *c, const struct mem *m);
MM_API unsigned find_free_entry(struct step_ctx *c, const struct mem *m);
MM_API unsigned find_free_slot(struct step_ctx *c, const struct mem *m, unsigned type);
MM_API bool find_any_free_slot(const struct step_ctx *c, const struct mem *m, unsigned type);

/* The content of a write: no page has had it. */
MM_API stamp_t new_stamp(struct step_ctx *c, struct mem *m);

/* One of the folios on the LRU, whichever: those in use only, or private ones too.  0: none. */
MM_API unsigned find_lru_folio(struct step_ctx *c, const struct mem *m, bool private_too);

/* Whether a bio is under way; and one of them: a folio. */
MM_API bool find_any_io(const struct step_ctx *c, const struct mem *m);
MM_API unsigned find_io(struct step_ctx *c, const struct mem *m);

/*
 * rmap_walk(): a page that maps a folio, or -1.  It is looked for where folio->index says: in
 * every address space at that address.
 */
MM_API int folio_rmap(const struct mem *m, unsigned folio);

/* The page whose mapping, a shmem file, has the folio; or -1. */
MM_API int shmem_page_of(const struct mem *m, unsigned folio);

/* The slots parked in a per-CPU cache, of a device (or of any, MAX_DEVICES); the first of them. */
MM_API unsigned slots_cached(const struct step_ctx *c, const struct mem *m, enum parked kind,
		      unsigned type);
MM_API unsigned first_cached(const struct step_ctx *c, const struct mem *m, enum parked kind,
		      unsigned type);

/* {alloc_lock, free_lock} Park a slot in such a cache, or take it out: the first of its kind. */
MM_API void slot_park(struct step_ctx *c, struct mem *m, unsigned swp, enum parked kind);

/* swap_full: a slot that only a folio in the swap cache keeps.  Slot + 1, or 0. */
MM_API unsigned cache_only_slot(const struct step_ctx *c, const struct mem *m);

/* {lru_lock} zswap's LRU: its coldest entry, the next warmer one (0: none), membership. */
MM_API unsigned lru_coldest(const struct mem *m);
MM_API unsigned lru_next(const struct mem *m, unsigned entry);
MM_API bool on_lru(const struct mem *m, unsigned entry);

/* Take an entry off, if it is on; add one that is not, as the youngest. */
MM_API void lru_unlink(struct mem *m, unsigned entry);
MM_API void lru_link(struct mem *m, unsigned entry);

/* ---- mm/zswap.c ---- */

/* Allocate an entry for swp with the content of a folio.  0: the pool is full. */
MM_API unsigned zswap_entry_alloc(struct step_ctx *c, struct mem *m, unsigned swp, unsigned folio);

/* {tree lock} Take the entry of swp, if it has one, out of the tree; the tree's reference goes. */
MM_API void zswap_invalidate_entry(struct step_ctx *c, struct mem *m, unsigned swp);

#endif
