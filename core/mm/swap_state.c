/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * swap_state.c - the swap cache, after mm/swap_state.c.
 *
 * States of a slot's cache: SWAP_HAS_CACHE is taken first, by whoever is to
 * insert a folio (HOLD_ALLOC, HOLD_ADD); the folio is inserted locked
 * (HOLD_CACHE); it is removed (HOLD_DEL) and only then is the bit given back by
 * put_swap_folio().  Between removal and that, a lookup misses while
 * swapcache_prepare() says -EEXIST: that is what the retry loop below is for.
 */
#include "core/mm/mm.h"

void add_to_swap_cache(struct mem *m, unsigned folio, unsigned swp)
{
	m->slot[swp].cache = (uint8_t)folio;
	m->slot[swp].holder = HOLD_CACHE;
	m->slot[swp].holder_task = 0;
	m->folio[folio].swp = (uint8_t)(swp + 1);
	m->folio[folio].flags |= FOLIO_SWAPCACHE;
	m->folio[folio].ref++;
}

void __delete_from_swap_cache(struct step_ctx *c, struct mem *m, unsigned folio)
{
	unsigned swp = m->folio[folio].swp - 1u;

	m->slot[swp].cache = 0;
	m->slot[swp].holder = HOLD_DEL;
	m->slot[swp].holder_task = (uint8_t)(c->task + 1);
	m->folio[folio].swp = 0;
	m->folio[folio].flags &= (uint8_t)~FOLIO_SWAPCACHE;
	folio_ref_drop(c, m, folio);
}

unsigned swap_cache_get_folio(struct step_ctx *c, struct mem *m, unsigned swp)
{
	unsigned folio = m->slot[swp].cache;

	if (folio)
		folio_get(c, m, folio);
	return folio;
}

/* delete_from_swap_cache(): the folio is locked, in the cache, not under writeback. */
OP(delete_from_swap_cache)
{
	BEGIN();
	STEP("__delete_from_swap_cache(folio)");
	f->swp = (uint8_t)(m->folio[f->folio].swp - 1);
	__delete_from_swap_cache(c, m, f->folio);
	CALL(put_swap_folio, .swp = f->swp);
	END();
}

/*
 * __read_swap_cache_async(), v6.8: find the slot's folio or insert a new one, locked.
 * zswap writeback passes skip_if_exists (AUX_SHRINKER).  Returns the folio, with
 * READ_NEW if it has to be filled, or 0.
 */
OP(__read_swap_cache_async)
{
	BEGIN();
again:
	STEP("folio = filemap_get_folio(swapcache, entry)");
	f->folio = (uint8_t)swap_cache_get_folio(c, m, f->swp);
	RESULT(f->folio ? "hit" : "miss");
	if (f->folio)
		RETURN(f->folio);
	STEP("swap count of the entry == 0?");
	RESULT(__swap_count(m, f->swp) ? "no" : "yes: return NULL");
	if (!__swap_count(m, f->swp))
		RETURN(0);

	STEP("swapcache_prepare(entry)");
	switch (swapcache_prepare(c, m, f->swp, HOLD_ADD)) {
	case 0:
		goto add;
	case -EEXIST:
		if ((f->aux & AUX_SHRINKER) && k->eexist == EEXIST_SKIP)
			RETURN(0);
		goto relax;
	default:
		RETURN(0);
	}
relax:
	SLEEP("schedule_timeout_uninterruptible(1)");
	goto again;
add:
	STEP("add_to_swap_cache(folio, entry)");
	f->folio = (uint8_t)folio_alloc(c, m);
	if (!f->folio)
		RETURN(0);
	m->folio[f->folio].lock = (uint8_t)(c->task + 1);
	m->folio[f->folio].flags = FOLIO_LRU;
	add_to_swap_cache(m, f->folio, f->swp);
	RETURN(f->folio | READ_NEW);
	END();
}
