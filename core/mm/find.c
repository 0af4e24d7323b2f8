/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * find.c - which object it is: what a kernel finds by a free list, a list_head or the rmap is
 * found here by looking at all of a small world.  core/live/find.c is the same for a large one.
 */
#include "core/mm/mm.h"

#include <string.h>

/* ---- free objects ---- */

unsigned find_free_folio(struct step_ctx *c, const struct mem *m)
{
	(void)c;
	for (unsigned i = 1; i < MAX_FOLIOS; i++)
		if (!FOLIO(i)->ref)
			return i;
	return 0;
}

unsigned find_free_entry(struct step_ctx *c, const struct mem *m)
{
	for (unsigned i = 1; i <= c->hw->entries; i++)
		if (ENTRY(i)->state == ENTRY_FREE)
			return i;
	return 0;
}

static bool slot_free(const struct step_ctx *c, const struct mem *m, unsigned swp, unsigned type)
{
	return swp_type(c, swp) == type && !SLOT(swp)->swap_map && !SLOT(swp)->cache;
}

bool find_any_free_slot(const struct step_ctx *c, const struct mem *m, unsigned type)
{
	for (unsigned i = 0; i < c->hw->slots; i++)
		if (slot_free(c, m, i, type))
			return true;
	return false;
}

unsigned find_free_slot(struct step_ctx *c, const struct mem *m, unsigned type)
{
	obj_t found[MAX_SLOTS];
	unsigned n = 0;

	for (unsigned i = 0; i < c->hw->slots; i++)
		if (slot_free(c, m, i, type))
			found[n++] = (obj_t)i;
	return n ? found[n > 1 ? CHOOSE(n) : 0] + 1u : 0;
}

stamp_t new_stamp(struct step_ctx *c, struct mem *m)
{
	(void)c;
	return ++m->last_stamp;
}

/* ---- folios ---- */

unsigned find_lru_folio(struct step_ctx *c, const struct mem *m, bool private_too)
{
	obj_t found[MAX_FOLIOS];
	unsigned n = 0;

	for (unsigned i = 1; i < MAX_FOLIOS; i++)
		if (FOLIO(i)->ref && (FOLIO(i)->flags & FOLIO_LRU) &&
		    (FOLIO(i)->mapcount || FOLIO(i)->swp || private_too))
			found[n++] = (obj_t)i;
	return n == 0 ? 0 : found[n > 1 ? CHOOSE(n) : 0];
}

bool find_any_io(const struct step_ctx *c, const struct mem *m)
{
	(void)c;
	for (unsigned i = 1; i < MAX_FOLIOS; i++)
		if (FOLIO(i)->io_swp)
			return true;
	return false;
}

unsigned find_io(struct step_ctx *c, const struct mem *m)
{
	obj_t pending[MAX_FOLIOS];
	unsigned n = 0;

	for (unsigned i = 1; i < MAX_FOLIOS; i++)
		if (FOLIO(i)->io_swp)
			pending[n++] = (obj_t)i;
	return pending[n > 1 ? CHOOSE(n) : 0];
}

int folio_rmap(const struct mem *m, unsigned folio)
{
	for (int i = 0; i < MAX_PAGES; i++)
		if (PAGE(i)->pte == PTE_PRESENT && PAGE(i)->target == folio &&
		    PAGE(i)->addr + 1 == FOLIO(folio)->index)
			return i;
	return -1;
}

int shmem_page_of(const struct mem *m, unsigned folio)
{
	for (int i = 0; i < MAX_PAGES; i++)
		if (PAGE(i)->shmem && PAGE(i)->pte == PTE_PRESENT && PAGE(i)->target == folio)
			return i;
	return -1;
}

/* ---- slots in the per-CPU slot caches ---- */

unsigned slots_cached(const struct step_ctx *c, const struct mem *m, enum parked kind,
		      unsigned type)
{
	unsigned n = 0;

	for (unsigned i = 0; i < MAX_SLOTS; i++)
		n += SLOT(i)->parked == kind && (type == MAX_DEVICES || type == swp_type(c, i));
	return n;
}

unsigned first_cached(const struct step_ctx *c, const struct mem *m, enum parked kind,
		      unsigned type)
{
	unsigned i = 0;

	while (SLOT(i)->parked != kind || (type != MAX_DEVICES && type != swp_type(c, i)))
		i++;
	return i;
}

void slot_park(struct step_ctx *c, struct mem *m, unsigned swp, enum parked kind)
{
	(void)c;
	SLOT(swp)->parked = (uint8_t)kind;
}

unsigned cache_only_slot(const struct step_ctx *c, const struct mem *m)
{
	for (unsigned i = 0; i < c->hw->slots; i++)
		if (SLOT(i)->cache && !(SLOT(i)->swap_map & SWAP_MAP_COUNT))
			return i + 1;
	return 0;
}

/* ---- zswap's LRU ---- */

unsigned lru_coldest(const struct mem *m)
{
	return m->lru[0];
}

unsigned lru_next(const struct mem *m, unsigned entry)
{
	const uint8_t *at = memchr(m->lru, (int)entry, MAX_ENTRIES - 1);

	return at ? at[1] : 0;
}

bool on_lru(const struct mem *m, unsigned entry)
{
	return memchr(m->lru, (int)entry, MAX_ENTRIES);
}

void lru_unlink(struct mem *m, unsigned entry)
{
	unsigned to = 0;

	for (unsigned i = 0; i < MAX_ENTRIES; i++)
		if (m->lru[i] != entry)
			m->lru[to++] = m->lru[i];
	while (to < MAX_ENTRIES)
		m->lru[to++] = 0;
}

void lru_link(struct mem *m, unsigned entry)
{
	unsigned i = 0;

	while (m->lru[i])
		i++;
	m->lru[i] = (obj_t)entry;
}
