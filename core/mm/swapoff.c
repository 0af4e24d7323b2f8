/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * swapoff.c - taking a swap device away, after sys_swapoff() in mm/swapfile.c.
 *
 * Everything is read back until inuse_pages is 0, then nobody may hold a reference of the
 * device, then its map, its clusters and zswap's tree are freed.  A slot's pin keeps
 * inuse_pages up; what only has the number of a slot needs get_swap_device().
 */
#include "core/mm/mm.h"

/* An mm that a failed fork() left behind: check_stable_address_space() */
static inline bool left_alone(const struct step_ctx *c, const struct mem *m, unsigned page)
{
	return c->k->unstable == UNSTABLE_SKIPPED && MM(PAGE(page)->mm)->unborn == MM_UNSTABLE;
}

/* The first page from f->page on that is in swap on the device; MAX_PAGES: none. */
static unsigned next_swap_page(const struct step_ctx *c, const struct mem *m, unsigned page,
			       unsigned type)
{
	while (page < MAX_PAGES &&
	       (PAGE(page)->pte != PTE_SWAP || swp_type(c, PAGE(page)->target) != type ||
		left_alone(c, m, page)))
		page++;
	return page;
}

/* find_next_to_unuse(): the first slot from `swp` on that is in use; MAX_SLOTS: none. */
static unsigned next_used_slot(const struct step_ctx *c, const struct mem *m, unsigned swp,
			       unsigned type)
{
	while (swp < MAX_SLOTS &&
	       (swp_type(c, swp) != type || !(SLOT(swp)->swap_map || SLOT(swp)->cache)))
		swp++;
	return swp;
}

/* Whatever a task had of the device is memory of nobody's from here on. */
static void device_free(struct step_ctx *c, struct mem *m, unsigned type)
{
	SI(type)->flags |= SI_GONE;
	for (unsigned i = 0; i < MAX_SLOTS; i++) {
		if (swp_type(c, i) != type)
			continue;
		/* to v6.8 it frees them; later the tree has to be empty */
		if (SLOT(i)->entry && c->k->invalidate != INVALIDATE_DRAIN)
			c->ev.tree_left = 1;
		zswap_invalidate_entry(c, m, i);
	}
	c->ev.used_device = 0;
}

/*
 * swapoff(), of device f->to.  swap_avail_heads is not here: who allocates looks for a device that
 * takes pages and has room.  What can be in it and should not is marked.
 */
OP(swapoff)
{
	BEGIN();
	STEP("swapoff(): the device, of swap_active_head");
	if (k->avail == AVAIL_EARLY && (SI(f->to)->flags & SI_WRITEOK)) {
		RESULT("del_from_avail_list(si)");
		SI(f->to)->flags |= SI_DELISTED;
	}
	LOCK("spin_lock(&si->lock)", SI(f->to)->lock, WAIT_SI, f->to);
	STEP("si->flags &= ~SWP_WRITEOK");
	f->aux = SI(f->to)->flags & SI_WRITEOK;
	RESULT(f->aux, "no more allocation", "-EINVAL: off already");
	SI(f->to)->flags &= (uint8_t)~(SI_WRITEOK | SI_DELISTED);
	UNLOCK("spin_unlock(&si->lock)", SI(f->to)->lock);
	if (!f->aux)
		RETURN(-EINVAL);
	f->aux = 0;
	if (k->free == FREE_PARKED) {
		LOCK("disable_swap_slots_cache_lock()", M(slot_cache_off), WAIT_CACHE_MUTEX, 0);
		CALL(drain_slots_cache_cpu);
	}
	CALL(try_to_unuse, .to = f->to);
	if (k->free == FREE_PARKED)
		UNLOCK("reenable_swap_slots_cache_unlock()", M(slot_cache_off));
	STEP("percpu_ref_kill(&si->users)");
	SI(f->to)->flags |= SI_DYING;
	AWAIT("wait_for_completion(&si->comp)", !SI(f->to)->users, WAIT_USERS, f->to);
	if (k->off_lock)
		LOCK("spin_lock(&si->lock)", SI(f->to)->lock, WAIT_SI, f->to);
	STEP("si->swap_map = NULL; zswap_swapoff(type)");
	c->ev.device_freed = (obj_t)(f->to + 1);
	c->ev.still_listed = (SI(f->to)->flags & SI_RELISTED) != 0;
	device_free(c, m, f->to);
	if (k->off_lock)
		UNLOCK("spin_unlock(&si->lock)", SI(f->to)->lock);
	END();
}

/* try_to_unuse(): until no slot of the device is in use */
OP(try_to_unuse)
{
	BEGIN();
retry:
	STEP("try_to_unuse(): si->inuse_pages?");
	RESULT(SI(f->to)->inuse_pages, "in use", "0: done");
	if (!SI(f->to)->inuse_pages)
		RETURN(0);
	f->page = 0;
	while (f->page < MAX_PAGES) {
		STEP("unuse_mm(): the next pte of this device");
		f->page = (obj_t)next_swap_page(c, m, f->page, f->to);
		RESULT(f->page < MAX_PAGES, "swap pte", "no more");
		if (f->page == MAX_PAGES)
			break;
		c->ev.bad_vma = k->unstable == UNSTABLE_WALKED &&
				MM(PAGE(f->page)->mm)->unborn == MM_UNSTABLE;
		if (PAGE(f->page)->shmem)
			CALL(shmem_swapin_folio, .page = f->page, .swp = PAGE(f->page)->target);
		else
			CALL(unuse_pte, .page = f->page, .swp = PAGE(f->page)->target);
		f->page++;
	}
	f->page = 0;
	while (f->swp < MAX_SLOTS) {
		STEP("find_next_to_unuse(si): folio of the next slot");
		f->swp = (obj_t)next_used_slot(c, m, f->swp, f->to);
		RESULT(f->swp < MAX_SLOTS, "slot in use", "no more");
		if (f->swp == MAX_SLOTS)
			break;
		f->folio = (obj_t)swap_cache_get_folio(c, m, f->swp);
		f->swp++;
		if (!f->folio)
			continue;
		AWAIT("folio_lock(folio)", !FOLIO(f->folio)->lock, WAIT_FOLIO, f->folio);
		folio_lock(c, m, f->folio);
		FOLIO_WAIT_WRITEBACK(f->folio);
		CALL(folio_free_swap, .folio = f->folio);
		STEP("folio_unlock(folio); folio_put(folio)");
		folio_unlock(c, m, f->folio);
		folio_put(c, m, f->folio);
		f->folio = 0;
	}
	f->swp = 0;
	goto retry;
	END();
}

/* The page is mapped again, read-only; its slot loses a count. */
static void unuse_map(struct step_ctx *c, struct mem *m, struct frame *f)
{
	if (PAGE(f->page)->bits & PTE_EXCLUSIVE)
		FOLIO(f->folio)->flags |= FOLIO_EXCLUSIVE;
	c->ev.adopt = f->folio;
	c->ev.adopt_slot = (obj_t)(f->swp + 1);
	folio_get(c, m, f->folio);
	set_pte_folio(c, m, f->page, f->folio, 0);
}

/* A marker takes its place: the data is declared lost. */
static void unuse_lost(struct step_ctx *c, struct mem *m, struct frame *f)
{
	folio_unreadable(c, m, f->folio);
	pte_clear(m, f->page);
}

/* pte_same_as_swp(): the software bits do not matter here. */
static inline bool pte_same_as_swp(const struct kernel *k, const struct mem *m,
				   const struct frame *f)
{
	if (!k->unuse_recheck)
		return true;
	if (k->unuse_bits == UNUSE_COMPARED && (PAGE(f->page)->bits & PTE_UFFD_WP))
		return false;
	return PAGE(f->page)->pte == PTE_SWAP && PAGE(f->page)->target == f->swp;
}

/* Its data is there, or nobody asks. */
static inline bool may_map(const struct kernel *k, const struct mem *m, unsigned folio)
{
	return (FOLIO(folio)->flags & FOLIO_UPTODATE) || k->unreadable == UNREADABLE_KEPT;
}

/*
 * unuse_pte_range() and unuse_pte(), for one PTE: always through the swap cache.  The folio that
 * was found there may be out of it when its lock is had: one that zswap writeback gave up was
 * never filled, though the slot's data is where it was.  v6.18 makes sure.
 */
OP(unuse_pte)
{
	BEGIN();
	STEP("folio = swap_cache_get_folio(entry)");
	PROBE_ENTER(swap_cache_get_folio, 0);
	f->folio = (obj_t)swap_cache_get_folio(c, m, f->swp);
	PROBE_RETURN(swap_cache_get_folio, f->folio != 0);
	RESULT(f->folio, "hit", "miss");
	if (!f->folio) {
		CALL(__read_swap_cache_async, .swp = f->swp);
		f->folio = (obj_t)(c->ret & READ_FOLIO);
		if (!f->folio)
			RETURN(0);
		if (c->ret & READ_NEW)
			CALL(swap_read_folio, .folio = f->folio, .swp = f->swp);
	}
	AWAIT("folio_lock(folio)", !FOLIO(f->folio)->lock, WAIT_FOLIO, f->folio);
	folio_lock(c, m, f->folio);
	FOLIO_WAIT_WRITEBACK(f->folio);
	if (k->unuse_match) {
		STEP("folio_matches_swap_entry(folio, entry)?");
		RESULT(folio_matches_swap_entry(m, f->folio, f->swp), "yes", "no");
		if (!folio_matches_swap_entry(m, f->folio, f->swp))
			goto out;
	}
	PTE_LOCK(f->page);
	STEP("pte_same_as_swp(): set_pte_at()");
	f->aux = pte_same_as_swp(k, m, f);
	RESULT(!f->aux, "changed", may_map(k, m, f->folio), "mapped", "not uptodate: poisoned");
	if (f->aux) {
		if (may_map(k, m, f->folio))
			unuse_map(c, m, f);
		else
			unuse_lost(c, m, f);
		STEP("swap_free(entry)");
		PROBE_MAY(swap_free, ENTER, 0);
		SWAP_FREE_INLINE(f->swp);
		PROBE_MAY(swap_free, RETURN, 0);
	}
	PTE_UNLOCK(f->page);
out:
	CALL(folio_free_swap, .folio = f->folio);
	STEP("folio_unlock(folio); folio_put(folio)");
	folio_unlock(c, m, f->folio);
	folio_put(c, m, f->folio);
	END();
}
