/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * swapfile.c - the swap map and the life of a slot, after mm/swapfile.c.
 *
 * swap_map[e] holds a count of swap PTEs and SWAP_HAS_CACHE.  A slot dies when
 * both are gone, but up to v6.12 the map is then not 0: SWAP_HAS_CACHE is written
 * back (HOLD_FREE) and the slot is parked, until a drain under si->lock makes it 0
 * and the allocator may hand it out again.
 */
#include "core/mm/mm.h"

bool get_swap_device(struct step_ctx *c, struct mem *m, unsigned swp)
{
	struct swap_device *si = SI(swp_type(c, swp));

	if (si->flags & SI_DYING)
		return false;
	si->users += c->hw->counts_users;
	return true;
}

void put_swap_device(struct step_ctx *c, struct mem *m, unsigned swp)
{
	if (!c->hw->counts_users)
		return;
	if (SI(swp_type(c, swp))->users)
		SI(swp_type(c, swp))->users--;
	else
		c->ev.put_dead = 1;
}

void use_device(struct step_ctx *c, unsigned swp)
{
	c->ev.used_device |= (uint8_t)(1u << swp_type(c, swp));
}

unsigned __swap_count(struct step_ctx *c, const struct mem *m, unsigned swp)
{
	use_device(c, swp);
	return SLOT(swp)->swap_map & SWAP_MAP_COUNT;
}

int swapcache_prepare(struct step_ctx *c, struct mem *m, unsigned swp, enum holder why)
{
	struct slot *s = SLOT(swp);
	int ret = s->swap_map & SWAP_HAS_CACHE ? -EEXIST : s->swap_map ? 0 : -ENOENT;

	PROBE_ENTER(swapcache_prepare, 0);
	PROBE_ENTER(__swap_duplicate, SWAP_HAS_CACHE);
	use_device(c, swp);
	RESULT(ret == -EEXIST, "-EEXIST", ret, "-ENOENT", "0");
	if (!ret) {
		s->swap_map |= SWAP_HAS_CACHE;
		s->holder = (uint8_t)why;
		s->holder_task = (uint8_t)(c->task + 1);
	}
	PROBE_RETURN(__swap_duplicate, ret);
	PROBE_RETURN(swapcache_prepare, ret);
	return ret;
}

int swap_duplicate(struct step_ctx *c, struct mem *m, unsigned swp)
{
	int ret = !SLOT(swp)->swap_map && c->k->pin != PIN_FOLIO ? -ENOENT : 0;

	PROBE_ENTER(__swap_duplicate, 1);
	use_device(c, swp);
	if (!ret) {
		SLOT(swp)->swap_map++;
		SLOT(swp)->inflight++;
	}
	PROBE_RETURN(__swap_duplicate, ret);
	return ret;
}

/* __swap_entry_free_locked(): {ci->lock} */
static unsigned entry_free_locked(struct step_ctx *c, struct mem *m, unsigned swp, unsigned usage)
{
	struct slot *s = SLOT(swp);

	use_device(c, swp);
	if (usage == SWAP_HAS_CACHE) {
		if (s->holder_task != c->task + 1 || s->holder == HOLD_FREE)
			c->ev.unpin_other = (obj_t)(swp + 1);
		s->swap_map &= (uint8_t)~SWAP_HAS_CACHE;
		s->holder = HOLD_NONE;
		s->holder_task = 0;
	} else if (s->swap_map & SWAP_MAP_COUNT) {
		s->swap_map--;
	} else {
		c->ev.bad_count = (obj_t)(swp + 1); /* "Bad swap file entry": nothing is freed */
		return SWAP_HAS_CACHE;
	}
	if (s->swap_map) {
		RESULT(s->swap_map == SWAP_HAS_CACHE, "remains: SWAP_HAS_CACHE", "still counted");
		return s->swap_map;
	}
	if (s->cache) {		/* v7.0: it dies with the folio in the table */
		RESULT("remains: the folio");
		return SWAP_HAS_CACHE;
	}
	RESULT("slot is dead");
	if (c->k->free == FREE_AT_ONCE) {
		swap_entries_free(c, m, swp);
		return 0;
	}
	s->swap_map = SWAP_HAS_CACHE;
	s->holder = HOLD_FREE;
	s->holder_task = (uint8_t)(c->task + 1);
	return 0;
}

unsigned __swap_entry_free(struct step_ctx *c, struct mem *m, unsigned swp, unsigned usage)
{
	unsigned left;

	if (usage != SWAP_HAS_CACHE)
		PROBE_ENTER(__swap_entry_free, 0);
	PROBE_ENTER(__swap_entry_free_locked, (int)usage);
	left = entry_free_locked(c, m, swp, usage);
	PROBE_RETURN(__swap_entry_free_locked, (int)left);
	if (usage != SWAP_HAS_CACHE && left)	/* else when free_swap_slot() has run */
		PROBE_RETURN(__swap_entry_free, (int)left);
	return left;
}

/*
 * swap_range_free(): a device that had no room has some, and goes back on the list if its flags
 * are good; swapoff, which takes it off, has not come to these.
 */
static void add_to_avail_list(struct step_ctx *c, struct mem *m, unsigned type)
{
	struct swap_device *si = SI(type);

	if ((si->flags & SI_DELISTED) && !find_any_free_slot(c, m, type))
		si->flags = (uint8_t)((si->flags & ~SI_DELISTED) | SI_RELISTED);
}

void swap_entry_free(struct step_ctx *c, struct mem *m, unsigned swp)
{
	use_device(c, swp);
	add_to_avail_list(c, m, swp_type(c, swp));
	if (SLOT(swp)->swap_map != SWAP_HAS_CACHE)	/* VM_BUG_ON(*map != SWAP_HAS_CACHE) */
		c->ev.put_dead = 1;
	SLOT(swp)->swap_map = 0;
	SLOT(swp)->holder = HOLD_NONE;
	SLOT(swp)->holder_task = 0;
	slot_park(c, m, swp, PARKED_NOT);
	SLOT(swp)->zeromap = 0;
	SLOT(swp)->life++;
}

void slot_free_notify(struct step_ctx *c, struct mem *m, unsigned swp)
{
	if (c->hw->device != DEVICE_ZRAM)
		return;
	SLOT(swp)->dev = STAMP_ZERO;
	SLOT(swp)->dev_life = 0;
}

void swap_entries_free(struct step_ctx *c, struct mem *m, unsigned swp)
{
	SLOT(swp)->swap_map = SWAP_HAS_CACHE;		/* for as long as this section runs */
	PROBE_ENTER(swap_range_free, 0);
	swap_entry_free(c, m, swp);
	if (c->k->invalidate != INVALIDATE_NEVER) {
		PROBE_OP(zswap_invalidate, ENTERS, 0);
		zswap_invalidate_entry(c, m, swp);
		PROBE_OP(zswap_invalidate, RETURNS, 0);
	}
	if (c->hw->device == DEVICE_ZRAM)
		PROBE_ENTER(zram_slot_free_notify, 0);
	slot_free_notify(c, m, swp);
	PROBE_RETURN(swap_range_free, 0);
	SI(swp_type(c, swp))->inuse_pages--;
}

static bool may_free_swap(struct step_ctx *c, const struct mem *m, unsigned folio)
{
	const struct folio *fo = FOLIO(folio);

	if (!(fo->flags & FOLIO_SWAPCACHE))
		return false;
	if (c->k->free_writeback && (fo->flags & FOLIO_WRITEBACK))
		return false;
	return !c->k->free_count || !__swap_count(c, m, fo->swp - 1u);
}

/* ---- allocation ---- */

/* The device that an allocation goes to: the first that takes any.  MAX_DEVICES: none. */
static unsigned avail_device(const struct step_ctx *c, const struct mem *m)
{
	for (unsigned type = 0; type <= !!c->hw->second; type++)
		if ((SI(type)->flags & SI_WRITEOK) && find_any_free_slot(c, m, type))
			return type;
	return MAX_DEVICES;
}

/* {si->lock; v6.12: ci->lock} A free slot of the device gets SWAP_HAS_CACHE.  Slot + 1, or 0. */
static unsigned scan_swap_map(struct step_ctx *c, struct mem *m, unsigned type)
{
	unsigned swp;

	if (c->k->alloc_check && !(SI(type)->flags & SI_WRITEOK))
		return 0;
	swp = find_free_slot(c, m, type);
	if (!swp--)
		return 0;
	use_device(c, swp);
	SLOT(swp)->swap_map = c->k->pin == PIN_FOLIO ? 0 : SWAP_HAS_CACHE;
	SLOT(swp)->holder = HOLD_ALLOC;
	SLOT(swp)->holder_task = (uint8_t)(c->task + 1);
	SI(type)->inuse_pages++;
	return swp + 1;
}

static inline bool slot_caches(const struct step_ctx *c)
{
	return c->hw->alloc_cache && c->k->free == FREE_PARKED;
}

/*
 * folio_alloc_swap(): a slot for the locked folio, with SWAP_HAS_CACHE set (v7.0: with the
 * folio in it).  From the per-CPU cache if there is one, which is filled several at a time.
 * Returns the slot + 1, or 0.
 */
OP(folio_alloc_swap)
{
	BEGIN();
	if (slot_caches(c))
		LOCK("mutex_lock(&cache->alloc_lock)", M(alloc_lock), WAIT_ALLOC_LOCK, 0);
again:
	STEP("get_swap_pages(): a device of swap_avail_heads");
	f->swp = (obj_t)slots_cached(c, m, PARKED_ALLOC, MAX_DEVICES);
	f->to = (obj_t)avail_device(c, m);
	RESULT(f->swp, "not needed: slots are cached", f->to == MAX_DEVICES, "none", "found");
	if (f->swp || f->to == MAX_DEVICES)
		goto take;
	if (k->free == FREE_PARKED)	/* later under ci->lock alone */
		LOCK("spin_lock(&si->lock)", SI(f->to)->lock, WAIT_SI, f->to);
	do {
		STEP("allocate a slot: swap_map[offset] = SWAP_HAS_CACHE");
		f->swp = (obj_t)scan_swap_map(c, m, f->to);
		RESULT(f->swp, "slot found", "no free slot");
		if (f->swp && slot_caches(c))
			slot_park(c, m, f->swp - 1u, PARKED_ALLOC);
	} while (f->swp && slot_caches(c) && !M(slot_cache_off) &&
		 slots_cached(c, m, PARKED_ALLOC, MAX_DEVICES) < c->hw->alloc_cache);
	if (k->pin == PIN_FOLIO && f->swp)
		add_to_swap_cache(c, m, f->folio, f->swp - 1u);
	if (k->free == FREE_PARKED)
		UNLOCK("spin_unlock(&si->lock)", SI(f->to)->lock);
take:
	if (slot_caches(c)) {
		STEP("entry = cache->slots[cache->cur++]");
		if (slots_cached(c, m, PARKED_ALLOC, MAX_DEVICES)) {
			f->swp = (obj_t)(find_parked(c, m, PARKED_ALLOC, MAX_DEVICES) + 1);
			slot_park(c, m, f->swp - 1u, PARKED_NOT);
			SLOT(f->swp - 1)->holder_task = (uint8_t)(c->task + 1);
		}
		UNLOCK("mutex_unlock(&cache->alloc_lock)", M(alloc_lock));
	}
	if (!f->swp && c->hw->swap_full && !f->aux) {
		STEP("vm_swap_full(): a slot that is only cached?");
		f->aux = (aux_t)find_cache_only_slot(c, m);
		RESULT(f->aux, "try to reclaim it", "none");
		if (!f->aux || !get_swap_device(c, m, f->aux - 1u))
			RETURN(0);
		CALL(__try_to_reclaim_swap, .swp = (obj_t)(f->aux - 1));
		put_swap_device(c, m, f->aux - 1u);
		if (slot_caches(c))
			LOCK("mutex_lock(&cache->alloc_lock)", M(alloc_lock), WAIT_ALLOC_LOCK, 0);
		goto again;
	}
	RETURN(f->swp);
	END();
}

/* ---- free ---- */

/* put_swap_folio(): the swap cache gives SWAP_HAS_CACHE back. */
OP(put_swap_folio)
{
	BEGIN();
	STEP("put_swap_folio(): swap_map &= ~SWAP_HAS_CACHE");
	if (__swap_entry_free(c, m, f->swp, SWAP_HAS_CACHE) == 0)
		CALL(free_swap_slot, .swp = f->swp);
	END();
}

/* free_swap_slot() (mm/swap_slots.c, to v6.13): park a dead slot, or free it at once. */
OP(free_swap_slot)
{
	BEGIN();
	if (k->free == FREE_AT_ONCE)
		RETURN(0);	/* swap_entries_free() was in the section that let it die */
	if (k->invalidate == INVALIDATE_FREE)
		CALL(zswap_invalidate, .swp = f->swp);
	if (!c->hw->slot_cache) {
		CALL(swapcache_free_entries, .swp = f->swp, .aux = 1);
		RETURN(0);
	}
	LOCK("spin_lock_irq(&cache->free_lock)", M(free_lock), WAIT_FREE_LOCK, 0);
	if (M(slot_cache_off)) {
		UNLOCK("spin_unlock_irq(&cache->free_lock), the caches are off", M(free_lock));
		CALL(swapcache_free_entries, .swp = f->swp, .aux = 1);
		RETURN(0);
	}
	if (slots_cached(c, m, PARKED_RET, MAX_DEVICES) == c->hw->slot_cache)
		CALL(swapcache_free_entries);
	STEP("cache->slots_ret[cache->n_ret++] = entry");
	slot_park(c, m, f->swp, PARKED_RET);
	SLOT(f->swp)->holder_task = 0;
	UNLOCK("spin_unlock_irq(&cache->free_lock)", M(free_lock));
	END();
}

/* The device whose lock the drain takes next; entries are sorted by device. */
static unsigned drain_device(const struct step_ctx *c, const struct mem *m, const struct frame *f)
{
	if (f->aux)
		return swp_type(c, f->swp);
	if (!slots_cached(c, m, PARKED_RET, MAX_DEVICES))
		return 0;
	return swp_type(c, first_cached(c, m, PARKED_RET, MAX_DEVICES));
}

static uint8_t *drain_lock(const struct step_ctx *c, struct mem *m, const struct frame *f)
{
	return &SI(drain_device(c, m, f))->lock;
}

/*
 * swapcache_free_entries(): one dead slot (aux), or all that are parked, become free.
 * The allocator needs si->lock too, so that nobody is given a slot whose zswap entry
 * and device block are still those of its last life.
 */
OP(swapcache_free_entries)
{
	BEGIN();
again:
	LOCK("spin_lock(&si->lock)", *drain_lock(c, m, f), WAIT_SI, drain_device(c, m, f));
	f->to = (obj_t)drain_device(c, m, f);
	while (f->aux || (!f->page && slots_cached(c, m, PARKED_RET, f->to))) {
		f->page = f->aux;	/* that one, and no other */
		if (!f->aux)
			f->swp = (obj_t)find_parked(c, m, PARKED_RET, f->to);
		STEP("swap_entry_free(): swap_map[offset] = 0");
		PROBE_ENTER(swap_range_free, 0);
		swap_entry_free(c, m, f->swp);
		if (k->inuse == INUSE_EARLY)
			SI(f->to)->inuse_pages--;
		if (!k->drain_lock)
			UNLOCK("spin_unlock(&si->lock), too early", SI(f->to)->lock);
		if (k->invalidate == INVALIDATE_DRAIN)
			CALL(zswap_invalidate, .swp = f->swp);
		if (c->hw->device == DEVICE_ZRAM) {
			STEP("zram_slot_free_notify()");
			PROBE_ENTER(zram_slot_free_notify, 0);
			slot_free_notify(c, m, f->swp);
		}
		if (k->inuse == INUSE_LATE) {
			STEP("si->inuse_pages--");
			SI(f->to)->inuse_pages--;
		}
		if (!k->drain_lock)
			LOCK("spin_lock(&si->lock)", SI(f->to)->lock, WAIT_SI, f->to);
		f->swp = 0;
		f->aux = 0;
	}
	UNLOCK("spin_unlock(&si->lock)", SI(f->to)->lock);
	if (!f->page && c->hw->second && slots_cached(c, m, PARKED_RET, MAX_DEVICES))
		goto again;
	END();
}

/* What was allocated beforehand is given back with what is parked. */
static void return_slots(struct step_ctx *c, struct mem *m)
{
	while (slots_cached(c, m, PARKED_ALLOC, MAX_DEVICES)) {
		unsigned swp = first_cached(c, m, PARKED_ALLOC, MAX_DEVICES);

		SLOT(swp)->holder = HOLD_FREE;
		slot_park(c, m, swp, PARKED_RET);
	}
}

/*
 * drain_slots_cache_cpu() (mm/swap_slots.c): what is parked is freed, and what was allocated
 * beforehand is given back.
 */
OP(drain_slots_cache_cpu)
{
	BEGIN();
	LOCK("mutex_lock(&cache->alloc_lock)", M(alloc_lock), WAIT_ALLOC_LOCK, 0);
	return_slots(c, m);
	UNLOCK("mutex_unlock(&cache->alloc_lock)", M(alloc_lock));
	LOCK("spin_lock_irq(&cache->free_lock)", M(free_lock), WAIT_FREE_LOCK, 0);
	CALL(swapcache_free_entries);
	UNLOCK("spin_unlock_irq(&cache->free_lock)", M(free_lock));
	END();
}

/* folio_free_swap(): {folio locked} nobody needs the slot any more.  Returns whether it went. */
OP(folio_free_swap)
{
	BEGIN();
	STEP("folio_free_swap(): swapcache, no writeback, count 0?");
	RESULT(may_free_swap(c, m, f->folio), "yes", "no");
	if (!may_free_swap(c, m, f->folio))
		RETURN(0);
	CALL(delete_from_swap_cache, .folio = f->folio);
	STEP("folio_set_dirty(folio)");
	FOLIO(f->folio)->flags |= FOLIO_DIRTY;
	RETURN(1);
	END();
}

/* The slot of the device of `swp` that has the offset of `other`, which may be another's. */
static inline unsigned same_offset(const struct step_ctx *c, unsigned swp, unsigned other)
{
	unsigned offset = other - (swp_type(c, other) ? c->hw->second : 0u);

	return offset + (swp_type(c, swp) ? c->hw->second : 0u);
}

/* With the folio locked: does it have to be looked up again? */
static bool ttrs_again(const struct step_ctx *c, const struct mem *m, const struct frame *f)
{
	unsigned has = FOLIO(f->folio)->swp - 1u;

	if (c->k->ttrs == TTRS_ENTRY)
		return !folio_matches_swap_entry(m, f->folio, f->swp);
	return c->k->ttrs == TTRS_OFFSET && (!(FOLIO(f->folio)->flags & FOLIO_SWAPCACHE) ||
					     same_offset(c, f->swp, has) != f->swp);
}

/* v6.12: the map of the device that was asked about, at the offset that the folio has. */
static bool ttrs_freeable(struct step_ctx *c, const struct mem *m, const struct frame *f)
{
	const struct folio *fo = FOLIO(f->folio);
	unsigned at;

	if (!(fo->flags & FOLIO_SWAPCACHE) ||
	    (c->k->free_writeback && (fo->flags & FOLIO_WRITEBACK)))
		return false;
	at = same_offset(c, f->swp, fo->swp - 1u);
	if (at >= c->hw->slots || swp_type(c, at) != swp_type(c, f->swp))
		return false;
	if (c->k->pin == PIN_FOLIO)
		return SLOT(at)->cache && !SLOT(at)->swap_map;
	return SLOT(at)->swap_map == SWAP_HAS_CACHE;
}

/*
 * __try_to_reclaim_swap(): a slot that only its folio in the swap cache keeps is freed, if the
 * folio is unmapped, or swap is full, and nobody has its lock.  Returns whether it went.
 */
OP(__try_to_reclaim_swap)
{
	BEGIN();
again:
	STEP("__try_to_reclaim_swap(): folio = filemap_get_folio(swapcache, entry)");
	if (k->free == FREE_AT_ONCE)	/* filemap_get_folio() to v6.17 */
		PROBE_MAY(swap_cache_get_folio, ENTER, 0);
	f->folio = (obj_t)swap_cache_get_folio(c, m, f->swp);
	if (k->free == FREE_AT_ONCE)
		PROBE_MAY(swap_cache_get_folio, RETURN, f->folio != 0);
	RESULT(f->folio, "hit", "no folio");
	if (!f->folio)
		RETURN(0);
	STEP("folio_trylock(folio)");
	RESULT(FOLIO(f->folio)->lock, "locked", "got it");
	if (FOLIO(f->folio)->lock)
		goto put;
	if (ttrs_again(c, m, f)) {
		RESULT("got it, but it is another's now: again");
		folio_put(c, m, f->folio);
		f->folio = 0;
		goto again;
	}
	folio_lock(c, m, f->folio);
	if (FOLIO(f->folio)->mapcount && !VM_SWAP_FULL())
		goto unlock;
	if (k->ttrs == TTRS_FOLIO) {
		CALL(folio_free_swap, .folio = f->folio);
		f->aux = c->ret != 0;
		goto unlock;
	}
	STEP("swapcache, no writeback, swap_is_has_cache()?");
	f->aux = ttrs_freeable(c, m, f);
	RESULT(f->aux, "yes", "no");
	if (!f->aux)
		goto unlock;
	CALL(delete_from_swap_cache, .folio = f->folio);
	STEP("folio_set_dirty(folio)");
	FOLIO(f->folio)->flags |= FOLIO_DIRTY;
unlock:
	STEP("folio_unlock(folio)");
	folio_unlock(c, m, f->folio);
put:
	STEP("folio_put(folio)");
	folio_put(c, m, f->folio);
	RETURN(f->aux);
	END();
}

/*
 * free_swap_and_cache(): {PTL, PTE cleared} a swap PTE went away.  Without a reference of the
 * device its map may be gone when it is looked at again (82b1c07a0af6).
 */
OP(free_swap_and_cache)
{
	BEGIN();
	STEP("__swap_entry_free(entry)");
	if (k->device_ref && !get_swap_device(c, m, f->swp))
		RETURN(0);
	f->aux = (aux_t)__swap_entry_free(c, m, f->swp, 1);
	if (!f->aux) {
		CALL(free_swap_slot, .swp = f->swp);
		PROBE_RETURN(__swap_entry_free, 0);
	}
	if (f->aux == SWAP_HAS_CACHE) {
		STEP("swap_map[offset] == SWAP_HAS_CACHE?");
		RESULT(__swap_count(c, m, f->swp), "no: in use again", "yes");
		if (!__swap_count(c, m, f->swp))
			CALL(__try_to_reclaim_swap, .swp = f->swp);
	}
	if (k->device_ref)
		put_swap_device(c, m, f->swp);
	END();
}

/*
 * swap_is_last_map(): all of the slots are counted once, and all of them are cached or none.  Of
 * slots that the world does not have nobody knows.
 */
static bool may_free_batch(struct step_ctx *c, const struct mem *m, const struct frame *f)
{
	unsigned first = SLOT(f->swp)->swap_map;

	for (unsigned i = f->swp; i < f->swp + (unsigned)f->to; i++)
		if (SLOT(i)->swap_map != first || !SLOT(i)->cache != !SLOT(f->swp)->cache)
			return false;
	return (first & SWAP_MAP_COUNT) == 1 && !(c->hw->neighbours && CHOOSE(2));
}

/* {ci->lock} All counts go in one section.  The slots are free, or parked for a moment. */
static bool free_counts(struct step_ctx *c, struct mem *m, const struct frame *f)
{
	bool cached = false;

	for (unsigned i = f->swp; i < f->swp + (unsigned)f->to; i++)
		cached |= entry_free_locked(c, m, i, 1) != 0;
	RESULT(cached, "all of them: cached", "all of them");
	return cached;
}

/* swap_entry_range_free(): {si->lock} */
static void free_range(struct step_ctx *c, struct mem *m, const struct frame *f)
{
	PROBE_ENTER(swap_range_free, 0);
	for (unsigned i = f->swp; i < f->swp + (unsigned)f->to; i++) {
		swap_entry_free(c, m, i);
		if (c->hw->device == DEVICE_ZRAM)
			PROBE_ENTER(zram_slot_free_notify, 0);
		slot_free_notify(c, m, i);
		SI(swp_type(c, i))->inuse_pages--;
	}
}

/* The slot is not counted: SWAP_HAS_CACHE is all of it, or (v7.0) a folio. */
static bool may_reclaim(struct step_ctx *c, const struct mem *m, unsigned swp)
{
	if (c->k->pin != PIN_FOLIO)
		return SLOT(swp)->swap_map == SWAP_HAS_CACHE;
	return !__swap_count(c, m, swp);
}

/* Is a slot of the batch, or may one be, left to its folio in the swap cache? */
static bool any_only_cache(struct step_ctx *c, const struct frame *f)
{
	return f->page || (c->hw->neighbours && CHOOSE(2));
}

/*
 * free_swap_and_cache_nr() (v6.10): {PTL, PTEs cleared} f->to slots side by side, from f->swp
 * on.  Where they can go together they do not pass free_swap_slot(), which would have dropped
 * zswap's entries, so that this has to.  Then folios are looked for that alone keep a slot
 * (f->page); if there is one, for all.
 */
OP(free_swap_and_cache_nr)
{
	BEGIN();
	STEP("swap_is_last_map() of all, all cached or none?");
	if (k->device_ref && !get_swap_device(c, m, f->swp))
		RETURN(0);
	f->aux = may_free_batch(c, m, f);
	use_device(c, f->swp);
	if (f->aux)
		f->page = free_counts(c, m, f);
	else
		RESULT("no: one by one");
	if (!f->aux)
		goto one_by_one;
	if (f->page || k->free == FREE_AT_ONCE)
		goto reclaim;
	f->aux = f->swp;
	while (f->aux < f->swp + f->to && k->batch != BATCH_FORGETS) {
		CALL(zswap_invalidate, .swp = f->aux);
		f->aux++;
	}
	LOCK("spin_lock(&si->lock)", SI(swp_type(c, f->swp))->lock, WAIT_SI, swp_type(c, f->swp));
	STEP("swap_entry_range_free()");
	free_range(c, m, f);
	UNLOCK("spin_unlock(&si->lock)", SI(swp_type(c, f->swp))->lock);
	goto out;
one_by_one:
	for (f->aux = f->swp; f->aux < f->swp + f->to; f->aux++) {
		STEP("__swap_entry_free(entry)");
		f->folio = (obj_t)__swap_entry_free(c, m, f->aux, 1);
		f->page |= f->folio == SWAP_HAS_CACHE;
		if (!f->folio) {
			CALL(free_swap_slot, .swp = f->aux);
			PROBE_RETURN(__swap_entry_free, 0);
		}
		f->folio = 0;
	}
reclaim:
	STEP("is any of them only cached?");
	f->page = any_only_cache(c, f);
	RESULT(f->page, "yes", "no");
	for (f->aux = f->swp; f->page && f->aux < f->swp + f->to; f->aux++) {
		STEP("swap_map[offset] == SWAP_HAS_CACHE?");
		RESULT(may_reclaim(c, m, f->aux), "yes", "no");
		if (may_reclaim(c, m, f->aux))
			CALL(__try_to_reclaim_swap, .swp = f->aux);
	}
out:
	if (k->device_ref)
		put_swap_device(c, m, f->swp);
	END();
}
