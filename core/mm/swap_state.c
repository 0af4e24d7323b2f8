/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * swap_state.c - the swap cache, after mm/swap_state.c.
 *
 * To v6.19 a slot's cache goes through these: SWAP_HAS_CACHE is taken first, by whoever is
 * to insert a folio (HOLD_ALLOC, HOLD_ADD); the folio is inserted locked (HOLD_CACHE); it is
 * removed (HOLD_DEL) and only then is the bit given back by put_swap_folio().  Between removal
 * and that, a lookup misses while swapcache_prepare() says -EEXIST: that is what the retry
 * loop below is for.  In v7.0 the folio in the swap table is all of it: inserted locked under
 * ci->lock where the slot is counted and empty, removed in the section that frees a dead slot.
 */
#include "core/mm/mm.h"

/* In v7.0 it may be part of its caller (__swap_cache_add_folio()). */
void add_to_swap_cache(struct step_ctx *c, struct mem *m, unsigned folio, unsigned swp)
{
	if (c->k && c->k->pin == PIN_FOLIO)
		PROBE_MAY(add_to_swap_cache, ENTER, 0);
	else
		PROBE_ENTER(add_to_swap_cache, 0);
	SLOT(swp)->cache = (obj_t)folio;
	SLOT(swp)->holder = HOLD_CACHE;
	SLOT(swp)->holder_task = 0;
	FOLIO(folio)->swp = (obj_t)(swp + 1);
	FOLIO(folio)->flags |= FOLIO_SWAPCACHE;
	FOLIO(folio)->ref++;
	if (c->k && c->k->pin == PIN_FOLIO)
		PROBE_MAY(add_to_swap_cache, RETURN, 0);
	else
		PROBE_RETURN(add_to_swap_cache, 0);
}

void __delete_from_swap_cache(struct step_ctx *c, struct mem *m, unsigned folio)
{
	unsigned swp = folio_swap(c, m, folio);

	PROBE_ENTER(__delete_from_swap_cache, 0);
	use_device(c, swp);
	SLOT(swp)->cache = 0;
	FOLIO(folio)->swp = 0;
	FOLIO(folio)->flags &= (uint8_t)~FOLIO_SWAPCACHE;
	folio_ref_drop(c, m, folio);
	if (c->k->pin == PIN_FOLIO) {
		SLOT(swp)->holder = HOLD_NONE;
		if (!SLOT(swp)->swap_map)
			swap_entries_free(c, m, swp);
	} else {
		SLOT(swp)->holder = HOLD_DEL;
		SLOT(swp)->holder_task = (uint8_t)(c->task + 1);
	}
	PROBE_RETURN(__delete_from_swap_cache, 0);
}

unsigned swap_cache_get_folio(struct step_ctx *c, struct mem *m, unsigned swp)
{
	unsigned folio = SLOT(swp)->cache;

	use_device(c, swp);
	if (folio)
		folio_get(c, m, folio);
	return folio;
}

/* delete_from_swap_cache(): the folio is locked, in the cache, not under writeback. */
OP(delete_from_swap_cache)
{
	BEGIN();
	STEP("__delete_from_swap_cache(folio)");
	f->swp = (obj_t)folio_swap(c, m, f->folio);
	__delete_from_swap_cache(c, m, f->folio);
	if (k->pin != PIN_FOLIO)
		CALL(put_swap_folio, .swp = f->swp);
	END();
}

/* free_swap_cache(): {a reference is held} the slot of a folio that nobody maps any more. */
OP(free_swap_cache)
{
	BEGIN();
	STEP("free_swap_cache(): cached, not mapped, folio_trylock()?");
	f->aux = (FOLIO(f->folio)->flags & FOLIO_SWAPCACHE) && !FOLIO(f->folio)->mapcount &&
		 !FOLIO(f->folio)->lock;
	RESULT(f->aux, "locked", "no");
	if (!f->aux)
		RETURN(0);
	folio_lock(c, m, f->folio);
	CALL(folio_free_swap, .folio = f->folio);
	STEP("folio_unlock(folio)");
	folio_unlock(c, m, f->folio);
	END();
}

/* A new folio of the swap cache, locked. */
static void new_folio(struct step_ctx *c, struct mem *m, struct frame *f)
{
	f->folio = (obj_t)folio_alloc(c, m);
	if (!f->folio)
		return;
	folio_lock(c, m, f->folio);
	FOLIO(f->folio)->flags = FOLIO_LRU;
	add_to_swap_cache(c, m, f->folio, f->swp);
	f->aux |= AUX_NEW;
}

/* v7.0 swap_cache_add_folio(): {ci->lock} -EEXIST for a folio comes before -ENOENT for no count. */
static int swap_cache_add_new(struct step_ctx *c, struct mem *m, struct frame *f)
{
	int ret = SLOT(f->swp)->cache ? -EEXIST : SLOT(f->swp)->swap_map ? 0 : -ENOENT;

	PROBE_ENTER(swap_cache_alloc_folio, 0);
	use_device(c, f->swp);
	RESULT(ret == -EEXIST, "-EEXIST", ret, "-ENOENT", "0: inserted, locked");
	if (!ret)
		new_folio(c, m, f);
	PROBE_RETURN(swap_cache_alloc_folio, ret);
	return ret;
}

/*
 * The device is held over the whole of it.  In v6.15 that became the caller's duty, which
 * readahead over a neighbour of another device than the fault's forgot.
 */
static bool hold_device(struct step_ctx *c, struct mem *m, struct frame *f)
{
	if ((f->aux & AUX_DEVICE) ||
	    (c->k->readahead_ref == READAHEAD_TARGET && (f->aux & AUX_NEIGHBOUR)))
		return true;
	f->aux |= AUX_DEVICE;
	return get_swap_device(c, m, f->swp);
}

/* mem_cgroup_swapin_charge_folio() is here in this kernel, and has to reclaim. */
static inline bool charges(const struct step_ctx *c, const struct frame *f, unsigned when)
{
	return c->hw->charge_reclaims && c->k->charge == when && !(f->aux & AUX_SHRINKER);
}

/*
 * __read_swap_cache_async(), v6.8 (swap_cache_alloc_folio() and swapin_folio() in v7.0): find
 * the slot's folio or insert a new one, locked.  zswap writeback passes skip_if_exists
 * (AUX_SHRINKER).  Returns the folio, with READ_NEW if it has to be filled, or 0.
 */
OP(__read_swap_cache_async)
{
	BEGIN();
again:
	STEP("folio = filemap_get_folio(swapcache, entry)");
	if (!hold_device(c, m, f)) {
		RESULT("get_swap_device(): swapoff");
		RETURN(0);
	}
	if (k->free == FREE_AT_ONCE)	/* filemap_get_folio() to v6.17 */
		PROBE_MAY(swap_cache_get_folio, ENTER, 0);
	f->folio = (obj_t)swap_cache_get_folio(c, m, f->swp);
	if (k->free == FREE_AT_ONCE)
		PROBE_MAY(swap_cache_get_folio, RETURN, f->folio != 0);
	RESULT(f->folio, "hit", "miss");
	if (f->folio)
		goto out;
	if (!k->count_check)
		goto counted;
	STEP("swap count of the entry == 0?");
	RESULT(__swap_count(c, m, f->swp), "no", "yes: return NULL");
	if (!__swap_count(c, m, f->swp)) {
		if (k->pin == PIN_FOLIO) {
			PROBE_ENTER(swap_cache_alloc_folio, 0);
			PROBE_RETURN(swap_cache_alloc_folio, -ENOENT);
		}
		goto out;
	}
counted:
	if (c->hw->alloc_fails) {
		STEP("folio_alloc_mpol(): is there memory?");
		f->folio = (obj_t)INJECT(2);
		RESULT(f->folio, "no: return NULL", "yes");
		if (f->folio && (f->aux & AUX_DEVICE))
			put_swap_device(c, m, f->swp);
		if (f->folio)
			RETURN(READ_NOMEM);
	}
	if (k->pin == PIN_FOLIO) {
		if (charges(c, f, CHARGE_BEFORE))
			CALL(zswap_shrink);	/* mem_cgroup_swapin_charge_folio() reclaims */
		STEP("swap_cache_add_folio(folio, entry)");
		if (swap_cache_add_new(c, m, f) == -EEXIST)
			goto again;
		goto charge;
	}
	STEP("swapcache_prepare(entry)");
	switch (swapcache_prepare(c, m, f->swp, HOLD_ADD)) {
	case 0:
		break;
	case -EEXIST:
		if (k->eexist == EEXIST_FAIL ||
		    ((f->aux & AUX_SHRINKER) && k->eexist == EEXIST_SKIP))
			goto out;
		goto relax;
	default:
		goto out;
	}
	if (charges(c, f, CHARGE_PINNED))
		CALL(zswap_shrink);
	STEP("add_to_swap_cache(folio, entry)");
	new_folio(c, m, f);
	goto out;
relax:
	if (k->relax == RELAX_SLEEP) {
		SLEEP("schedule_timeout_uninterruptible(1)");
		count_sleep(c, m, f->swp);
	} else {
		STEP("cond_resched()");
	}
	goto again;
charge:
	if (f->folio && charges(c, f, CHARGE_CACHED))
		CALL(zswap_shrink);
out:
	if (f->aux & AUX_DEVICE)
		put_swap_device(c, m, f->swp);
	RETURN(f->folio | (f->aux & AUX_NEW ? READ_NEW : 0));
	END();
}

/* The next page of the faulting page's mm that is in swap, from f->to on; MAX_PAGES: none. */
static unsigned next_neighbour(const struct mem *m, const struct frame *f)
{
	unsigned i = f->to;

	while (i < MAX_PAGES && (i == f->page || PAGE(i)->mm != PAGE(f->page)->mm ||
				 PAGE(i)->pte != PTE_SWAP))
		i++;
	return i;
}

/*
 * swap_vma_readahead(), for the pages around the one that faults: PTEs are read without a
 * lock, and what they name is read into the swap cache and left there.
 */
OP(swap_vma_readahead)
{
	BEGIN();
again:
	STEP("pentry = ptep_get_lockless(pte) of a neighbour");
	f->to = (obj_t)next_neighbour(m, f);
	RESULT(f->to < MAX_PAGES, "swap pte", "no more");
	if (f->to == MAX_PAGES)
		RETURN(0);
	f->swp = PAGE(f->to)->target;
	CALL(__read_swap_cache_async, .swp = f->swp, .aux = AUX_NEIGHBOUR);
	f->folio = (obj_t)(c->ret & READ_FOLIO);
	if (c->ret & READ_NEW)
		CALL(swap_read_folio, .folio = f->folio, .swp = f->swp);
	if (f->folio) {
		STEP("folio_put(folio)");
		folio_put(c, m, f->folio);
	}
	f->folio = 0;
	f->swp = 0;
	f->to++;
	goto again;
	END();
}

/*
 * swap_cluster_readahead(), for one slot of those around the one that faults: whatever it is
 * and whoever has it, it is read into the swap cache and left there.
 */
OP(swap_cluster_readahead)
{
	BEGIN();
	CALL(__read_swap_cache_async, .swp = f->swp, .aux = AUX_NEIGHBOUR);
	f->folio = (obj_t)(c->ret & READ_FOLIO);
	if (c->ret & READ_NEW)
		CALL(swap_read_folio, .folio = f->folio, .swp = f->swp);
	if (f->folio) {
		STEP("folio_put(folio)");
		folio_put(c, m, f->folio);
	}
	END();
}
