/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmscan.c - reclaim of an anonymous folio, after mm/vmscan.c and mm/rmap.c.
 */
#include "core/mm/mm.h"

/* The folio of a page: mapped, or left in the swap cache.  0: none. */
static unsigned folio_of_page(const struct mem *m, unsigned page)
{
	const struct vpage *p = PAGE(page);

	if (p->pte == PTE_PRESENT)
		return p->target;
	return p->pte == PTE_SWAP ? SLOT(p->target)->cache : 0;
}

/* What would be lost if it were dropped, for nobody has written it out. */
static inline bool dirty_again(const struct kernel *k, const struct folio *f)
{
	return k->remove_dirty && (f->flags & FOLIO_DIRTY);
}

static bool folio_clean_and_cached(const struct kernel *k, const struct folio *f)
{
	return !dirty_again(k, f) && !(f->flags & FOLIO_WRITEBACK) && (f->flags & FOLIO_SWAPCACHE);
}

/* Nobody but the caller and the swap cache refers to it: folio_ref_freeze(folio, 2). */
static inline bool freezes(const struct kernel *k, const struct folio *f)
{
	return !k->freeze || f->ref == 2;
}

/*
 * shrink_folio_list(), for one folio: into the swap cache, unmapped, written out,
 * dropped.  f->page is the page to reclaim + 1, or 0 for any.
 */
OP(shrink_folio_list)
{
	BEGIN();
	STEP("isolate a folio from the LRU; folio_trylock()");
	f->folio = (obj_t)(f->page ? folio_of_page(m, f->page - 1u) : find_lru_folio(c, m, false));
	f->page = 0;
	RESULT(!f->folio, "none", FOLIO(f->folio)->lock, "locked: keep", "got it");
	if (!f->folio || FOLIO(f->folio)->lock)
		RETURN(0);
	folio_get(c, m, f->folio);
	folio_lock(c, m, f->folio);
	if (FOLIO(f->folio)->flags & FOLIO_WRITEBACK) {
		RESULT("under writeback: keep");
		goto keep_locked;
	}
	if (shmem_page_of(m, f->folio) >= 0) {
		f->page = (obj_t)shmem_page_of(m, f->folio);
		CALL(shmem_writepage, .folio = f->folio, .page = f->page);
		f->page = 0;
		if (c->ret)
			goto keep_locked;
		goto written;
	}
	if (FOLIO(f->folio)->flags & FOLIO_SWAPCACHE)
		goto unmap;
	CALL(folio_alloc_swap, .folio = f->folio);
	f->swp = (obj_t)c->ret;
	if (!f->swp)
		goto keep_locked;
	if (k->pin != PIN_FOLIO) {
		STEP("add_to_swap_cache(folio, entry)");
		add_to_swap_cache(c, m, f->folio, f->swp - 1u);
	}
	FOLIO(f->folio)->flags |= FOLIO_DIRTY;
	f->swp = 0;
unmap:
	CALL(try_to_unmap_one, .folio = f->folio);
	STEP("folio_mapped()? folio_test_dirty()?");
	if (FOLIO(f->folio)->mapcount) {
		RESULT("mapped: keep");
		goto keep_locked;
	}
	if (!(FOLIO(f->folio)->flags & FOLIO_DIRTY)) {
		RESULT("clean");
		goto remove_mapping;
	}
	RESULT(FOLIO(f->folio)->ref == 2, "dirty: pageout()", "extra reference: keep");
	if (FOLIO(f->folio)->ref != 2)
		goto keep_locked;
	FOLIO(f->folio)->flags &= (uint8_t)~FOLIO_DIRTY;
	CALL(swap_writepage, .folio = f->folio, .swp = (obj_t)folio_swap(c, m, f->folio));

written:
	STEP("folio_trylock(folio), still clean, no writeback?");
	if (FOLIO(f->folio)->lock || !folio_clean_and_cached(k, FOLIO(f->folio))) {
		RESULT("no: keep");
		goto keep;
	}
	folio_lock(c, m, f->folio);
remove_mapping:
	STEP("__remove_mapping(): folio_ref_freeze(folio, 2)");
	if (!freezes(k, FOLIO(f->folio)) || dirty_again(k, FOLIO(f->folio))) {
		RESULT("referenced or dirty: keep");
		goto keep_locked;
	}
	RESULT("removed");
	f->swp = (obj_t)folio_swap(c, m, f->folio);
	__delete_from_swap_cache(c, m, f->folio);
	if (k->pin != PIN_FOLIO)
		CALL(put_swap_folio, .swp = f->swp);
	f->swp = 0;
keep_locked:
	STEP("folio_unlock(folio)");
	folio_unlock(c, m, f->folio);
keep:
	STEP("folio_put(folio)");
	folio_put(c, m, f->folio);
	END();
}

/*
 * try_to_unmap() (mm/rmap.c): {folio locked, cached} every PTE that maps the folio becomes a
 * swap entry, exclusive if the folio was.
 */
OP(try_to_unmap_one)
{
	BEGIN();
again:
	STEP("page_vma_mapped_walk()");
	RESULT(folio_rmap(m, f->folio) < 0, "not mapped", "mapped");
	if (folio_rmap(m, f->folio) < 0)
		RETURN(0);
	f->page = (obj_t)folio_rmap(m, f->folio);
	LOCK("spin_lock(pvmw.ptl)", PTL(f->page), WAIT_PTL, PAGE(f->page)->mm);
	STEP("ptep_clear_flush(); swap_duplicate(entry); set_pte_at(swap)");
	if (PAGE(f->page)->pte == PTE_PRESENT && PAGE(f->page)->target == f->folio) {
		f->swp = (obj_t)folio_swap(c, m, f->folio);
		swap_duplicate(c, m, f->swp);
		SLOT(f->swp)->inflight--;
		PAGE(f->page)->pte = PTE_SWAP;
		PAGE(f->page)->target = f->swp;
		PAGE(f->page)->bits &= (uint8_t)~PTE_WRITE;
		if (FOLIO(f->folio)->flags & FOLIO_EXCLUSIVE)
			PAGE(f->page)->bits |= PTE_EXCLUSIVE;
		FOLIO(f->folio)->flags &= (uint8_t)~FOLIO_EXCLUSIVE;
		FOLIO(f->folio)->mapcount--;
		folio_ref_drop(c, m, f->folio);
	}
	f->swp = 0;
	UNLOCK("page_vma_mapped_walk_done()", PTL(f->page));
	f->page = 0;
	goto again;
	END();
}

/*
 * Compaction or another reclaimer takes a folio off the LRU, locks it, and puts it
 * back (isolate_migratepages_block(), folio_trylock()): all that a fault sees of it
 * is a contended folio lock and one more reference.
 */
OP(isolate_and_lock)
{
	BEGIN();
	STEP("folio_isolate_lru(folio); folio_trylock()");
	f->folio = (obj_t)find_lru_folio(c, m, true);
	RESULT(!f->folio, "none", FOLIO(f->folio)->lock, "locked", "got it");
	if (!f->folio || FOLIO(f->folio)->lock)
		RETURN(0);
	folio_get(c, m, f->folio);
	folio_lock(c, m, f->folio);
	STEP("folio_unlock(folio)");
	folio_unlock(c, m, f->folio);
	STEP("folio_putback_lru(folio)");
	folio_put(c, m, f->folio);
	END();
}
