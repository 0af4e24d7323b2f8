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

unsigned get_swap_page(struct step_ctx *c, struct mem *m)
{
	uint8_t found[MAX_SLOTS];
	unsigned n = 0, swp;

	for (unsigned i = 0; i < c->hw->slots; i++)
		if (!m->slot[i].swap_map)
			found[n++] = (uint8_t)i;
	if (!n)
		return 0;
	swp = found[n > 1 ? CHOOSE(n) : 0];
	m->slot[swp].swap_map = SWAP_HAS_CACHE;
	m->slot[swp].holder = HOLD_ALLOC;
	m->slot[swp].holder_task = (uint8_t)(c->task + 1);
	return swp + 1;
}

int swapcache_prepare(struct step_ctx *c, struct mem *m, unsigned swp, enum holder why)
{
	struct slot *s = &m->slot[swp];

	if (s->swap_map & SWAP_HAS_CACHE) {
		RESULT("-EEXIST");
		return -EEXIST;
	}
	if (!s->swap_map) {
		RESULT("-ENOENT");
		return -ENOENT;
	}
	s->swap_map |= SWAP_HAS_CACHE;
	s->holder = (uint8_t)why;
	s->holder_task = (uint8_t)(c->task + 1);
	RESULT("0");
	return 0;
}

int swap_duplicate(struct mem *m, unsigned swp)
{
	if (!m->slot[swp].swap_map)
		return -ENOENT;
	m->slot[swp].swap_map++;
	return 0;
}

unsigned __swap_entry_free(struct step_ctx *c, struct mem *m, unsigned swp, unsigned usage)
{
	struct slot *s = &m->slot[swp];

	if (usage == SWAP_HAS_CACHE) {
		if (s->holder_task != c->task + 1 || s->holder == HOLD_FREE)
			c->ev.unpin_other = (uint8_t)(swp + 1);
		s->swap_map &= (uint8_t)~SWAP_HAS_CACHE;
		s->holder = HOLD_NONE;
		s->holder_task = 0;
	} else if (s->swap_map & SWAP_MAP_COUNT) {
		s->swap_map--;
	} else {
		c->ev.bad_count = (uint8_t)(swp + 1); /* "Bad swap file entry": nothing is freed */
		return SWAP_HAS_CACHE;
	}
	if (s->swap_map) {
		RESULT(s->swap_map == SWAP_HAS_CACHE ? "remains: SWAP_HAS_CACHE" : "still counted");
		return s->swap_map;
	}
	RESULT("slot is dead");
	s->swap_map = SWAP_HAS_CACHE;
	s->holder = HOLD_FREE;
	s->holder_task = (uint8_t)(c->task + 1);
	return 0;
}

void swap_entry_free(struct step_ctx *c, struct mem *m, unsigned swp)
{
	if (m->slot[swp].swap_map != SWAP_HAS_CACHE)	/* VM_BUG_ON(*map != SWAP_HAS_CACHE) */
		c->ev.put_dead = 1;
	m->slot[swp].swap_map = 0;
	m->slot[swp].holder = HOLD_NONE;
	m->slot[swp].holder_task = 0;
	m->slot[swp].parked = 0;
	m->slot[swp].life++;
}

static unsigned slots_parked(const struct mem *m)
{
	unsigned n = 0;

	for (unsigned i = 0; i < MAX_SLOTS; i++)
		n += m->slot[i].parked;
	return n;
}

static unsigned first_parked(const struct mem *m)
{
	unsigned i = 0;

	while (!m->slot[i].parked)
		i++;
	return i;
}

static bool may_free_swap(const struct mem *m, unsigned folio)
{
	const struct folio *fo = &m->folio[folio];

	return (fo->flags & FOLIO_SWAPCACHE) && !(fo->flags & FOLIO_WRITEBACK) &&
	       !__swap_count(m, fo->swp - 1u);
}

/* put_swap_folio(): the swap cache gives SWAP_HAS_CACHE back. */
OP(put_swap_folio)
{
	BEGIN();
	STEP("put_swap_folio(): swap_map &= ~SWAP_HAS_CACHE");
	if (__swap_entry_free(c, m, f->swp, SWAP_HAS_CACHE) == 0)
		CALL(free_swap_slot, .swp = f->swp);
	END();
}

/* free_swap_slot() (mm/swap_slots.c): park a dead slot, or free it at once. */
OP(free_swap_slot)
{
	BEGIN();
	if (k->invalidate == INVALIDATE_FREE)
		CALL(zswap_invalidate, .swp = f->swp);
	if (!c->hw->slot_cache) {
		CALL(swapcache_free_entries, .swp = f->swp, .aux = 1);
		RETURN(0);
	}
	LOCK("spin_lock_irq(&cache->free_lock)", m->free_lock, WAIT_FREE_LOCK, 0);
	if (slots_parked(m) == c->hw->slot_cache)
		CALL(swapcache_free_entries);
	STEP("cache->slots_ret[cache->n_ret++] = entry");
	m->slot[f->swp].parked = 1;
	m->slot[f->swp].holder_task = 0;
	UNLOCK("spin_unlock_irq(&cache->free_lock)", m->free_lock);
	END();
}

/*
 * swapcache_free_entries(): one dead slot (aux), or all that are parked, become free.
 * The allocator needs si->lock too, so that nobody is given a slot whose zswap entry
 * and device block are still those of its last life.
 */
OP(swapcache_free_entries)
{
	BEGIN();
	LOCK("spin_lock(&si->lock)", m->si_lock, WAIT_SI, 0);
	while (f->aux || slots_parked(m)) {
		if (!f->aux)
			f->swp = (uint8_t)first_parked(m);
		STEP("swap_entry_free(): swap_map[offset] = 0");
		swap_entry_free(c, m, f->swp);
		if (k->invalidate == INVALIDATE_DRAIN)
			CALL(zswap_invalidate, .swp = f->swp);
		if (c->hw->device == DEVICE_ZRAM) {
			STEP("zram_slot_free_notify()");
			m->slot[f->swp].dev = STAMP_ZERO;
			m->slot[f->swp].dev_life = 0;
			bytes_dev_discard(c->bytes, f->swp);
		}
		f->swp = 0;
		f->aux = 0;
	}
	UNLOCK("spin_unlock(&si->lock)", m->si_lock);
	END();
}

/* drain_slots_cache_cpu() (mm/swap_slots.c): free what is parked. */
OP(drain_slots_cache_cpu)
{
	BEGIN();
	LOCK("spin_lock_irq(&cache->free_lock)", m->free_lock, WAIT_FREE_LOCK, 0);
	CALL(swapcache_free_entries);
	UNLOCK("spin_unlock_irq(&cache->free_lock)", m->free_lock);
	END();
}

/* folio_free_swap(): {folio locked} nobody needs the slot any more.  Returns whether it went. */
OP(folio_free_swap)
{
	BEGIN();
	STEP("folio_free_swap(): swapcache, no writeback, count 0?");
	RESULT(may_free_swap(m, f->folio) ? "yes" : "no");
	if (!may_free_swap(m, f->folio))
		RETURN(0);
	CALL(delete_from_swap_cache, .folio = f->folio);
	STEP("folio_set_dirty(folio)");
	m->folio[f->folio].flags |= FOLIO_DIRTY;
	RETURN(1);
	END();
}

/* free_swap_and_cache(): {PTL, PTE cleared} a swap PTE went away. */
OP(free_swap_and_cache)
{
	BEGIN();
	STEP("__swap_entry_free(entry)");
	switch (__swap_entry_free(c, m, f->swp, 1)) {
	case 0:
		goto dead;
	case SWAP_HAS_CACHE:
		break;
	default:
		RETURN(0);
	}
	STEP("__try_to_reclaim_swap(): folio_trylock()");
	f->folio = (uint8_t)swap_cache_get_folio(c, m, f->swp);
	RESULT(!f->folio ? "no folio" : m->folio[f->folio].lock ? "locked" : "got it");
	if (!f->folio)
		RETURN(0);
	if (m->folio[f->folio].lock)
		goto put;
	m->folio[f->folio].lock = (uint8_t)(c->task + 1);
	CALL(folio_free_swap, .folio = f->folio);
	STEP("folio_unlock(folio)");
	folio_unlock(c, m, f->folio);
put:
	STEP("folio_put(folio)");
	folio_put(c, m, f->folio);
	RETURN(0);
dead:
	CALL(free_swap_slot, .swp = f->swp);
	END();
}
