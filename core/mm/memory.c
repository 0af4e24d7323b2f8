/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory.c - faults and unmapping, after mm/memory.c.
 *
 * do_swap_page() has two ways to the data.  Path A goes through the swap cache.
 * Path B (SWP_SYNCHRONOUS_IO and a count of 1, v4.15 to v6.19) reads into a
 * private folio and leaves the swap cache alone; the debate is about its read.
 */
#include "core/mm/mm.h"

static inline bool pte_same(const struct mem *m, const struct frame *f)
{
	const struct vpage *p = &m->page[f->page];

	return p->pte == PTE_SWAP && p->target == f->swp && p->bits == (f->aux & AUX_PTE_BITS);
}

static inline bool folio_is_cached_at(const struct mem *m, unsigned folio, unsigned swp)
{
	return (m->folio[folio].flags & FOLIO_SWAPCACHE) && m->folio[folio].swp == swp + 1;
}

void set_pte_folio(struct step_ctx *c, struct mem *m, unsigned page, unsigned folio)
{
	struct vpage *p = &m->page[page];

	p->pte = PTE_PRESENT;
	p->target = (uint8_t)folio;
	p->bits &= (uint8_t)~PTE_EXCLUSIVE;		/* of swap PTEs only */
	m->folio[folio].mapcount++;
	m->folio[folio].src = 0;
	m->folio[folio].src_life = 0;
	m->folio[folio].holders &= (uint8_t)~ME;	/* the reference is the mapping's now */
	c->ev.set_pte = (uint8_t)(page + 1);
}

/* The lock is free; or it is not, and the outcome chosen is not to wait for it. */
static inline bool lock_or_retry(struct step_ctx *c, const struct mem *m, unsigned folio)
{
	return !m->folio[folio].lock || INJECT(2) == 1;
}

/* Only this fault and the swap cache refer to the folio of a write fault, or swap is full. */
static inline bool should_try_to_free_swap(const struct step_ctx *c, const struct mem *m,
					   const struct frame *f)
{
	const struct folio *folio = &m->folio[f->folio];

	if (!(folio->flags & FOLIO_SWAPCACHE))
		return false;
	return c->hw->swap_full || ((f->aux & AUX_WRITE) && folio->ref == 2);
}

/* A write reaches the page through its PTE; the PTE's dirty bit is the folio's here. */
static void application_write(struct step_ctx *c, struct mem *m, unsigned page)
{
	struct vpage *p = &m->page[page];
	struct folio *folio = &m->folio[p->target];

	p->stamp = ++m->last_stamp;
	p->bits |= PTE_SOFT_DIRTY;
	folio->content = p->stamp;
	folio->flags |= FOLIO_DIRTY;
	bytes_write(c->bytes, p->target, p->stamp);
}

/*
 * A load or store instruction: the CPU walks the page table, faults, and runs the
 * instruction again after every fault until the PTE is present.
 */
OP(touch_page)
{
	BEGIN();
again:
	STEP("access the page");
	switch (m->page[f->page].pte) {
	case PTE_PRESENT:
		RESULT(f->aux & AUX_WRITE ? "written" : "read");
		if (f->aux & AUX_WRITE)
			application_write(c, m, f->page);
		RETURN(0);
	case PTE_NONE:
		RESULT("pte_none: fault");
		goto anon;
	default:
		RESULT("swap pte: fault");
		f->swp = m->page[f->page].target;
	}
	f->aux = (f->aux & AUX_WRITE) | m->page[f->page].bits;
	CALL(do_swap_page, .page = f->page, .swp = f->swp, .aux = f->aux);
	f->swp = 0;
	f->aux &= AUX_WRITE;
	goto again;
anon:
	LOCK("pte_offset_map_lock()", m->ptl[m->page[f->page].mm], WAIT_PTL, m->page[f->page].mm);
	STEP("do_anonymous_page: set_pte_at()");
	if (m->page[f->page].pte == PTE_NONE) {
		unsigned folio = folio_alloc(c, m);

		if (!folio)
			RETURN(-ENOMEM);
		m->folio[folio].content = STAMP_ZERO;
		m->folio[folio].flags = FOLIO_UPTODATE | FOLIO_DIRTY | FOLIO_LRU;
		bytes_write(c->bytes, folio, STAMP_ZERO);
		m->page[f->page].stamp = STAMP_ZERO;
		set_pte_folio(c, m, f->page, folio);
	}
	UNLOCK("pte_unmap_unlock()", m->ptl[m->page[f->page].mm]);
	goto again;
	END();
}

/*
 * mm/memory.c do_swap_page(), v6.8 shape.  f->aux has the software bits of
 * orig_pte, which was read before the call, and whether the fault is a write.
 */
OP(do_swap_page)
{
	BEGIN();
	STEP("folio = swap_cache_get_folio(entry)");
	f->folio = (uint8_t)swap_cache_get_folio(c, m, f->swp);
	RESULT(f->folio ? "hit" : "miss");
	if (f->folio) {
		f->aux |= AUX_SWAPCACHE;
		goto lock_folio;
	}
	if (!k->bypass || c->hw->device == DEVICE_DISK)
		goto readahead;
	STEP("SWP_SYNCHRONOUS_IO && __swap_count(entry) == 1?");
	RESULT(__swap_count(m, f->swp) == 1 ? "yes: bypass" : "no");
	if (__swap_count(m, f->swp) != 1)
		goto readahead;

	/* Path B: around the swap cache, into a private folio. */
	if (k->pin == PIN_HAS_CACHE) {
		STEP("swapcache_prepare(entry)");
		if (swapcache_prepare(c, m, f->swp, HOLD_SYNC) != 0)
			goto relax;
		f->aux |= AUX_NEED_CLEAR;
	}
	STEP("folio = vma_alloc_folio()");
	f->folio = (uint8_t)folio_alloc(c, m);
	if (!f->folio)
		RETURN(-ENOMEM);
	m->folio[f->folio].lock = (uint8_t)(c->task + 1);
	m->folio[f->folio].flags = FOLIO_LRU;
	CALL(swap_read_folio, .folio = f->folio, .swp = f->swp);
	goto lock_folio;

relax:
	SLEEP("schedule_timeout_uninterruptible(1)");
	RETURN(0);

readahead:
	CALL(__read_swap_cache_async, .swp = f->swp);
	f->folio = (uint8_t)(c->ret & READ_FOLIO);
	if (!f->folio)
		goto no_folio;
	f->aux |= AUX_SWAPCACHE;
	if (c->ret & READ_NEW)
		CALL(swap_read_folio, .folio = f->folio, .swp = f->swp);
	goto lock_folio;

no_folio:
	LOCK("pte_offset_map_lock()", m->ptl[m->page[f->page].mm], WAIT_PTL, m->page[f->page].mm);
	STEP("pte_same(orig_pte)?");
	RESULT(pte_same(m, f) ? "same: no memory, retry" : "changed: retry");
	UNLOCK("pte_unmap_unlock()", m->ptl[m->page[f->page].mm]);
	RETURN(0);

lock_folio:
	/*
	 * A contended lock is waited for, or the fault drops its locks and retries
	 * (FAULT_FLAG_ALLOW_RETRY).  A bypass folio is contended too: it is on the LRU.
	 */
	AWAIT("folio_lock_or_retry(folio)", lock_or_retry(c, m, f->folio), WAIT_FOLIO, f->folio);
	if (m->folio[f->folio].lock) {
		RESULT("VM_FAULT_RETRY");
		goto out_release;
	}
	m->folio[f->folio].lock = (uint8_t)(c->task + 1);

	if (f->aux & AUX_SWAPCACHE) {
		STEP("folio_test_swapcache(folio) && folio->swap == entry?");
		RESULT(folio_is_cached_at(m, f->folio, f->swp) ? "yes" : "no");
		if (!folio_is_cached_at(m, f->folio, f->swp))
			goto out_page;
	}
	LOCK("pte_offset_map_lock()", m->ptl[m->page[f->page].mm], WAIT_PTL, m->page[f->page].mm);
	STEP("pte_same(orig_pte)?");
	RESULT(pte_same(m, f) ? "same" : "changed");
	if (!pte_same(m, f))
		goto out_nomap;

	STEP("swap_free(entry)");
	c->ev.adopt = f->folio;
	c->ev.adopt_slot = (uint8_t)(f->swp + 1);
	if (__swap_entry_free(c, m, f->swp, 1) == 0)
		CALL(free_swap_slot, .swp = f->swp);
	if (f->aux & AUX_SWAPCACHE) {
		STEP("should_try_to_free_swap(folio)?");
		RESULT(should_try_to_free_swap(c, m, f) ? "yes" : "no");
		if (should_try_to_free_swap(c, m, f))
			CALL(folio_free_swap, .folio = f->folio);
	}
	STEP("set_pte_at()");
	set_pte_folio(c, m, f->page, f->folio);
	STEP("folio_unlock(folio)");
	folio_unlock(c, m, f->folio);
	f->folio = 0;
	UNLOCK("pte_unmap_unlock()", m->ptl[m->page[f->page].mm]);
	goto out;

out_nomap:
	UNLOCK("pte_unmap_unlock()", m->ptl[m->page[f->page].mm]);
out_page:
	STEP("folio_unlock(folio)");
	folio_unlock(c, m, f->folio);
out_release:
	STEP("folio_put(folio)");
	folio_put(c, m, f->folio);
	f->folio = 0;
out:
	if (f->aux & AUX_NEED_CLEAR) {
		STEP("swapcache_clear(entry)");
		if (__swap_entry_free(c, m, f->swp, SWAP_HAS_CACHE) == 0)
			CALL(free_swap_slot, .swp = f->swp);
	}
	END();
}

/* MADV_DONTNEED, munmap and exit, for one page: zap_pte_range(). */
OP(zap_pte_range)
{
	BEGIN();
	LOCK("pte_offset_map_lock()", m->ptl[m->page[f->page].mm], WAIT_PTL, m->page[f->page].mm);
	STEP("ptep_get_and_clear()");
	f->swp = m->page[f->page].target;
	f->aux = m->page[f->page].pte;
	m->page[f->page] = (struct vpage){ .mm = m->page[f->page].mm };
	RESULT(f->aux == PTE_SWAP ? "swap pte" : f->aux == PTE_PRESENT ? "present" : "none");
	if (f->aux == PTE_PRESENT) {
		m->folio[f->swp].mapcount--;
		folio_ref_drop(c, m, f->swp);
	}
	if (f->aux == PTE_SWAP)
		CALL(free_swap_and_cache, .swp = f->swp);
	f->swp = 0;
	f->aux = 0;
	UNLOCK("pte_unmap_unlock()", m->ptl[m->page[f->page].mm]);
	END();
}
