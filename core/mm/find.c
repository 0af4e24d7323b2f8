/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * find.c - which object it is: what a kernel finds by a free list, a list_head or the rmap is
 * found here by looking at all of a small world.  core/live/find.c is the same for a large one.
 */
#include "core/mm/mm.h"

#include <string.h>

/*
 * ---- free objects ----
 *
 * Which of the free ones an allocator gives out is nobody's to know, and where a text compares
 * a number with one that it has kept without a reference it decides: of entries (writeback's
 * re-check) and slots (pte_same()) any may come.  Free entries whose number nobody has are alike,
 * and the first stands for them.  A folio's number is kept with a reference, or under the lock
 * that keeps it mapped, so that folios are alike until they are allocated and the first will
 * do (docs/model.md).  Tests let any come, of both, and find the same.
 */

/* One of the n that were found. */
static unsigned any_of(struct step_ctx *c, const obj_t *found, unsigned n)
{
	return found[n > 1 ? CHOOSE(n) : 0];
}

unsigned find_free_folio(struct step_ctx *c, const struct mem *m)
{
	obj_t found[MAX_FOLIOS] = { 0 };
	unsigned n = 0;

	for (unsigned i = 1; i < MAX_FOLIOS && n < (c->hw->any_folio ? 2u : 1u); i++)
		if (!FOLIO(i)->ref)
			found[n++] = (obj_t)i;
	return any_of(c, found, n);
}

unsigned find_free_entry(struct step_ctx *c, const struct mem *m)
{
	obj_t found[MAX_ENTRIES + 1] = { 0 };
	unsigned n = 0, which = 0;
	bool unknown = false;

	for (unsigned i = 1; i <= c->hw->entries; i++) {
		if (ENTRY(i)->state != ENTRY_FREE || (n && !c->hw->any_entry) ||
		    (unknown && c->hw->any_entry == ANY_KNOWN && !ENTRY(i)->known))
			continue;
		found[n++] = (obj_t)i;
		unknown |= !ENTRY(i)->known;
	}
	if (n && c->hw->store_fails)
		which = CHOOSE_OR_INJECT(n);
	else if (n > 1)
		which = CHOOSE(n);
	return which < n ? found[which] : 0;
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
	return n ? any_of(c, found, n) + 1u : 0;
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
	return n ? any_of(c, found, n) : 0;
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
	return any_of(c, pending, n);
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

unsigned find_parked(struct step_ctx *c, const struct mem *m, enum parked kind, unsigned type)
{
	obj_t found[MAX_SLOTS];
	unsigned n = 0;

	for (unsigned i = 0; i < MAX_SLOTS; i++)
		if (SLOT(i)->parked == kind && (type == MAX_DEVICES || type == swp_type(c, i)))
			found[n++] = (obj_t)i;
	return any_of(c, found, n);
}

unsigned find_cache_only_slot(struct step_ctx *c, const struct mem *m)
{
	obj_t found[MAX_SLOTS];
	unsigned n = 0;

	for (unsigned i = 0; i < c->hw->slots; i++)
		if (SLOT(i)->cache && !(SLOT(i)->swap_map & SWAP_MAP_COUNT))
			found[n++] = (obj_t)i;
	return n ? any_of(c, found, n) + 1u : 0;
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
