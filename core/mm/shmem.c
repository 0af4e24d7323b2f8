/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shmem.c - a page of a shmem file in swap, after mm/shmem.c.
 *
 * The mapping's xarray holds the folio, or the swap entry that stands for it, whose count is
 * one.  On the way in SWAP_HAS_CACHE goes before the count, the other way round than for a
 * PTE: the mapping has the folio by then and nobody looks the entry up any more.
 */
#include "core/mm/mm.h"

/* shmem_confirm_swap(): the mapping still has this entry. */
static inline bool shmem_confirm_swap(const struct mem *m, const struct frame *f)
{
	return PAGE(f->page)->pte == PTE_SWAP && PAGE(f->page)->target == f->swp;
}

/* With the folio locked: it is the entry's, and the entry is the mapping's. */
static inline bool still_the_entry(const struct mem *m, const struct frame *f)
{
	return shmem_confirm_swap(m, f) &&
	       (!(f->aux & AUX_SWAPCACHE) || folio_matches_swap_entry(m, f->folio, f->swp));
}

static inline bool folio_in_mapping(const struct mem *m, const struct frame *f)
{
	return PAGE(f->page)->pte == PTE_PRESENT && PAGE(f->page)->target == f->folio;
}

/* A page that was never written: a folio of zeroes. */
static void new_page(struct step_ctx *c, struct mem *m, unsigned page)
{
	unsigned folio = folio_alloc(c, m);

	if (!folio)
		return;
	FOLIO(folio)->flags = FOLIO_UPTODATE | FOLIO_DIRTY | FOLIO_LRU;
	bytes_zero(c->bytes, folio);
	PAGE(page)->stamp = STAMP_ZERO;
	set_pte_folio(c, m, page, folio, 0);
}

/* read() and write() of a page: shmem_get_folio_gfp() and what is done with the folio. */
OP(shmem_get_folio)
{
	BEGIN();
repeat:
	STEP("folio = filemap_get_entry(mapping, index)");
	switch (PAGE(f->page)->pte) {
	case PTE_PRESENT:
		RESULT("folio");
		f->folio = PAGE(f->page)->target;
		folio_get(c, m, f->folio);
		goto lock;
	case PTE_SWAP:
		RESULT("swap entry");
		f->swp = PAGE(f->page)->target;
		break;
	default:
		RESULT("none: a new page");
		new_page(c, m, f->page);
		goto repeat;
	}
	CALL(shmem_swapin_folio, .page = f->page, .swp = f->swp);
	f->swp = 0;
	if (c->ret == -EIO)
		RETURN(-EIO);
	goto repeat;
lock:
	AWAIT("folio_lock(folio)", !FOLIO(f->folio)->lock, WAIT_FOLIO, f->folio);
	folio_lock(c, m, f->folio);
	STEP("folio->mapping == mapping?");
	if (!folio_in_mapping(m, f)) {
		RESULT("no: repeat");
		goto again;
	}
	RESULT(f->aux & AUX_WRITE, "written", "read");
	if (f->aux & AUX_WRITE)
		application_write(c, m, f->page, f->aux & AUX_ZEROES);
	f->aux |= AUX_NEW;
again:
	STEP("folio_unlock(folio); folio_put(folio)");
	folio_unlock(c, m, f->folio);
	folio_put(c, m, f->folio);
	f->folio = 0;
	if (!(f->aux & AUX_NEW))
		goto repeat;
	END();
}

/*
 * shmem_set_folio_swapin_error(): {folio locked} the data cannot be read and is declared lost: a
 * marker takes the entry's place in the mapping, and the slot goes.  Returns whether the entry
 * was still there.
 */
OP(shmem_swapin_error)
{
	BEGIN();
	STEP("shmem_set_folio_swapin_error(): xa_cmpxchg(swap, poisoned)");
	RESULT(still_the_entry(m, f), "poisoned", "-EEXIST");
	if (!still_the_entry(m, f))
		RETURN(0);
	folio_unreadable(c, m, f->folio);
	pte_clear(m, f->page);
	SLOT(f->swp)->inflight++;
	if ((f->aux & AUX_SWAPCACHE) && k->pin != PIN_FOLIO)
		CALL(delete_from_swap_cache, .folio = f->folio);
	STEP("swap_free(swap)");
	SLOT(f->swp)->inflight--;
	SWAP_FREE(f->swp);
	if ((f->aux & AUX_SWAPCACHE) && k->pin == PIN_FOLIO)
		CALL(delete_from_swap_cache, .folio = f->folio);
	RETURN(1);
	END();
}

/* What shmem_swapin_folio() came to, in f->to. */
enum { FAULT_DONE = 1, FAULT_ERROR };

/*
 * shmem_swapin_folio(): the entry's folio, into the mapping.  Returns 0; -EEXIST when another
 * was faster or has the pin, and then the caller begins again; -EIO.
 */
OP(shmem_swapin_folio)
{
	BEGIN();
	STEP("folio = swap_cache_get_folio(swap)");
	if (!get_swap_device(c, m, f->swp)) {
		RESULT("get_swap_device(): swapoff");
		RETURN(-EEXIST);
	}
	f->folio = (obj_t)swap_cache_get_folio(c, m, f->swp);
	RESULT(f->folio, "hit", "miss");
	if (f->folio) {
		f->aux |= AUX_SWAPCACHE;
		goto lock;
	}
	if (k->shmem == SHMEM_CACHE || !sync_device(c))
		goto readahead;
	STEP("shmem_swap_alloc_folio()");
	f->folio = (obj_t)folio_alloc(c, m);
	if (!f->folio)
		RETURN(-ENOMEM);
	STEP("swapcache_prepare(swap)");
	if (swapcache_prepare(c, m, f->swp, HOLD_SYNC) != 0) {
		c->ev.cost |= COST_RETRIED;
		folio_put(c, m, f->folio);
		f->folio = 0;
		goto relax;
	}
	folio_lock(c, m, f->folio);
	FOLIO(f->folio)->flags = FOLIO_LRU;
	f->aux |= AUX_NEED_CLEAR;
	CALL(swap_read_folio, .folio = f->folio, .swp = f->swp);
	goto lock;

relax:
	if (k->shmem == SHMEM_BYPASS_WAIT) {
		SLEEP("schedule_timeout_uninterruptible(1)");
		if (k->wait == WAIT_TICK)
			count_sleep(c, m, f->swp);
	}
exist:
	put_swap_device(c, m, f->swp);
	RETURN(-EEXIST);

readahead:
	while (c->hw->readahead && f->to < c->hw->slots) {
		if (f->to != f->swp && swp_type(c, f->to) == swp_type(c, f->swp))
			CALL(swap_cluster_readahead, .swp = f->to);	/* shmem_swapin_cluster() */
		f->to++;
	}
	f->to = 0;
	CALL(__read_swap_cache_async, .swp = f->swp);
	f->folio = (obj_t)(c->ret & READ_FOLIO);
	if (!f->folio) {
		if (shmem_confirm_swap(m, f) && !(c->ret & READ_NOMEM))
			c->ev.cost |= COST_NOMEM;
		goto exist;
	}
	f->aux |= AUX_SWAPCACHE;
	if (c->ret & READ_NEW)
		CALL(swap_read_folio, .folio = f->folio, .swp = f->swp);
lock:
	AWAIT("folio_lock(folio)", !FOLIO(f->folio)->lock, WAIT_FOLIO, f->folio);
	folio_lock(c, m, f->folio);
	if (k->match) {
		STEP("folio_matches_swap_entry() && shmem_confirm_swap()?");
		f->to = still_the_entry(m, f);
		RESULT(f->to, "yes", "no: -EEXIST");
		if (!f->to)
			goto failed;
	}
	if (k->uptodate && !(FOLIO(f->folio)->flags & FOLIO_UPTODATE))
		goto error;
	FOLIO_WAIT_WRITEBACK(f->folio);
	STEP("shmem_add_to_page_cache(): xa_cmpxchg(swap, folio)");
	RESULT(shmem_confirm_swap(m, f), "added", "-EEXIST");
	if (!shmem_confirm_swap(m, f))
		goto failed;
	c->ev.adopt = f->folio;
	c->ev.adopt_slot = (obj_t)(f->swp + 1);
	c->ev.adopt_cached = (f->aux & AUX_SWAPCACHE) != 0;
	SLOT(f->swp)->inflight++;
	folio_get(c, m, f->folio);
	set_pte_folio(c, m, f->page, f->folio, 0);
	if (f->aux & AUX_NEED_CLEAR) {
		STEP("swapcache_clear(swap)");
		__swap_entry_free(c, m, f->swp, SWAP_HAS_CACHE);
		f->aux &= (aux_t)~AUX_NEED_CLEAR;
	} else if (k->pin != PIN_FOLIO) {
		CALL(delete_from_swap_cache, .folio = f->folio);
	}
	STEP("folio_mark_dirty(folio); swap_free(swap)");
	FOLIO(f->folio)->flags |= FOLIO_DIRTY;
	SLOT(f->swp)->inflight--;
	SWAP_FREE(f->swp);
	if (k->pin == PIN_FOLIO)	/* v7.0: the folio is the pin, and goes last */
		CALL(delete_from_swap_cache, .folio = f->folio);
	f->to = FAULT_DONE;
	goto unlock;

error:
	if (k->unreadable == UNREADABLE_KEPT) {
		f->to = FAULT_ERROR;
		goto clear;
	}
	CALL(shmem_swapin_error, .page = f->page, .swp = f->swp, .folio = f->folio, .aux = f->aux);
	f->to = c->ret ? FAULT_ERROR : 0;
	goto clear;
failed:
	f->to = 0;
clear:
	if (f->aux & AUX_NEED_CLEAR) {
		STEP("swapcache_clear(swap)");
		SWAPCACHE_CLEAR(f->swp);
	}
unlock:
	STEP("folio_unlock(folio); folio_put(folio)");
	folio_unlock(c, m, f->folio);
	folio_put(c, m, f->folio);
	put_swap_device(c, m, f->swp);
	RETURN(f->to == FAULT_DONE ? 0 : f->to == FAULT_ERROR ? -EIO : -EEXIST);
	END();
}

/*
 * shmem_writepage(): {folio locked} the folio goes to the swap cache, its place in the mapping
 * to the swap entry; then it is written.  Returns 0, or not: it stays.
 */
OP(shmem_writepage)
{
	BEGIN();
	CALL(folio_alloc_swap, .folio = f->folio);
	f->swp = (obj_t)c->ret;
	if (!f->swp)
		RETURN(-ENOMEM);
	f->swp--;
	if (k->pin != PIN_FOLIO) {
		STEP("add_to_swap_cache(folio, swap)");
		add_to_swap_cache(c, m, f->folio, f->swp);
	}
	STEP("swap_shmem_alloc(swap); shmem_delete_from_page_cache(folio, swap)");
	f->swp = (obj_t)folio_swap(c, m, f->folio);
	swap_duplicate(c, m, f->swp);
	SLOT(f->swp)->inflight--;
	PAGE(f->page)->pte = PTE_SWAP;
	PAGE(f->page)->target = f->swp;
	FOLIO(f->folio)->mapcount--;
	folio_ref_drop(c, m, f->folio);
	FOLIO(f->folio)->flags &= (uint8_t)~FOLIO_DIRTY;
	CALL(swap_writepage, .folio = f->folio, .swp = f->swp);
	RETURN(0);
	END();
}
