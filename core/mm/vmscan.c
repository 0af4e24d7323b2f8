/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmscan.c - reclaim of an anonymous folio, after mm/vmscan.c and mm/rmap.c.
 */
#include "core/mm/mm.h"

/* One of the folios on the LRU, whichever: those in use only, or private ones too.  0: none. */
static unsigned any_lru_folio(struct step_ctx *c, const struct mem *m, bool private_too)
{
	uint8_t found[MAX_FOLIOS];
	unsigned n = 0;

	for (unsigned i = 1; i < MAX_FOLIOS; i++)
		if (m->folio[i].ref && (m->folio[i].flags & FOLIO_LRU) &&
		    (m->folio[i].mapcount || m->folio[i].swp || private_too))
			found[n++] = (uint8_t)i;
	return n == 0 ? 0 : found[n > 1 ? CHOOSE(n) : 0];
}

/* The folio of a page: mapped, or left in the swap cache.  0: none. */
static unsigned folio_of_page(const struct mem *m, unsigned page)
{
	const struct vpage *p = &m->page[page];

	if (p->pte == PTE_PRESENT)
		return p->target;
	return p->pte == PTE_SWAP ? m->slot[p->target].cache : 0;
}

/*
 * rmap_walk(): a page that maps a folio, or -1.  It is looked for where folio->index says: in
 * every address space at that address.
 */
static int folio_rmap(const struct mem *m, unsigned folio)
{
	for (int i = 0; i < MAX_PAGES; i++)
		if (m->page[i].pte == PTE_PRESENT && m->page[i].target == folio &&
		    m->page[i].addr + 1 == m->folio[folio].index)
			return i;
	return -1;
}

int shmem_page_of(const struct mem *m, unsigned folio)
{
	for (int i = 0; i < MAX_PAGES; i++)
		if (m->page[i].shmem && m->page[i].pte == PTE_PRESENT && m->page[i].target == folio)
			return i;
	return -1;
}

static bool folio_clean_and_cached(const struct folio *f)
{
	return !(f->flags & (FOLIO_DIRTY | FOLIO_WRITEBACK)) && (f->flags & FOLIO_SWAPCACHE);
}

/*
 * shrink_folio_list(), for one folio: into the swap cache, unmapped, written out,
 * dropped.  f->page is the page to reclaim + 1, or 0 for any.
 */
OP(shrink_folio_list)
{
	BEGIN();
	STEP("isolate a folio from the LRU; folio_trylock()");
	f->folio = (uint8_t)(f->page ? folio_of_page(m, f->page - 1u) : any_lru_folio(c, m, false));
	f->page = 0;
	RESULT(!f->folio ? "none" : m->folio[f->folio].lock ? "locked: keep" : "got it");
	if (!f->folio || m->folio[f->folio].lock)
		RETURN(0);
	folio_get(c, m, f->folio);
	folio_lock(c, m, f->folio);
	if (m->folio[f->folio].flags & FOLIO_WRITEBACK) {
		RESULT("under writeback: keep");
		goto keep_locked;
	}
	if (shmem_page_of(m, f->folio) >= 0) {
		f->page = (uint8_t)shmem_page_of(m, f->folio);
		CALL(shmem_writepage, .folio = f->folio, .page = f->page);
		f->page = 0;
		if (c->ret)
			goto keep_locked;
		goto written;
	}
	if (m->folio[f->folio].flags & FOLIO_SWAPCACHE)
		goto unmap;
	CALL(folio_alloc_swap, .folio = f->folio);
	f->swp = (uint8_t)c->ret;
	if (!f->swp)
		goto keep_locked;
	if (k->pin != PIN_FOLIO) {
		STEP("add_to_swap_cache(folio, entry)");
		add_to_swap_cache(m, f->folio, f->swp - 1u);
	}
	m->folio[f->folio].flags |= FOLIO_DIRTY;
	f->swp = 0;
unmap:
	CALL(try_to_unmap_one, .folio = f->folio);
	STEP("folio_mapped()? folio_test_dirty()?");
	if (m->folio[f->folio].mapcount) {
		RESULT("mapped: keep");
		goto keep_locked;
	}
	if (!(m->folio[f->folio].flags & FOLIO_DIRTY)) {
		RESULT("clean");
		goto remove_mapping;
	}
	RESULT(m->folio[f->folio].ref == 2 ? "dirty: pageout()" : "extra reference: keep");
	if (m->folio[f->folio].ref != 2)
		goto keep_locked;
	m->folio[f->folio].flags &= (uint8_t)~FOLIO_DIRTY;
	CALL(swap_writepage, .folio = f->folio, .swp = (uint8_t)(m->folio[f->folio].swp - 1));

written:
	STEP("folio_trylock(folio), still clean, no writeback?");
	if (m->folio[f->folio].lock || !folio_clean_and_cached(&m->folio[f->folio])) {
		RESULT("no: keep");
		goto keep;
	}
	folio_lock(c, m, f->folio);
remove_mapping:
	STEP("__remove_mapping(): folio_ref_freeze(folio, 2)");
	if (m->folio[f->folio].ref != 2 || (m->folio[f->folio].flags & FOLIO_DIRTY)) {
		RESULT("referenced or dirty: keep");
		goto keep_locked;
	}
	RESULT("removed");
	f->swp = (uint8_t)(m->folio[f->folio].swp - 1);
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
	RESULT(folio_rmap(m, f->folio) < 0 ? "not mapped" : "mapped");
	if (folio_rmap(m, f->folio) < 0)
		RETURN(0);
	f->page = (uint8_t)folio_rmap(m, f->folio);
	LOCK("spin_lock(pvmw.ptl)", PTL(f->page), WAIT_PTL, m->page[f->page].mm);
	STEP("ptep_clear_flush(); swap_duplicate(entry); set_pte_at(swap)");
	if (m->page[f->page].pte == PTE_PRESENT && m->page[f->page].target == f->folio) {
		f->swp = (uint8_t)(m->folio[f->folio].swp - 1);
		swap_duplicate(c, m, f->swp);
		m->slot[f->swp].inflight--;
		m->page[f->page].pte = PTE_SWAP;
		m->page[f->page].target = f->swp;
		m->page[f->page].bits &= (uint8_t)~PTE_WRITE;
		if (m->folio[f->folio].flags & FOLIO_EXCLUSIVE)
			m->page[f->page].bits |= PTE_EXCLUSIVE;
		m->folio[f->folio].flags &= (uint8_t)~FOLIO_EXCLUSIVE;
		m->folio[f->folio].mapcount--;
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
	f->folio = (uint8_t)any_lru_folio(c, m, true);
	RESULT(!f->folio ? "none" : m->folio[f->folio].lock ? "locked" : "got it");
	if (!f->folio || m->folio[f->folio].lock)
		RETURN(0);
	folio_get(c, m, f->folio);
	folio_lock(c, m, f->folio);
	STEP("folio_unlock(folio)");
	folio_unlock(c, m, f->folio);
	STEP("folio_putback_lru(folio)");
	folio_put(c, m, f->folio);
	END();
}
