/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/property.h"

#include <string.h>

const struct property_info properties[PROPERTY_COUNT] = {
#define X(name_, kind_, text_) [PROP_##name_] = { .name = #name_, .kind = kind_, .text = text_ },
	PROPERTIES(X)
#undef X
};

/* ---- what the properties speak of ---- */

static bool folio_holds(const struct folio *f, uint16_t stamp)
{
	return f->ref && f->content == stamp;
}

/* An entry counts while somebody can still get at it: linked, or in the hands of a task. */
static bool entry_holds(const struct mem *m, unsigned i, uint16_t stamp)
{
	const struct zentry *e = &m->entry[i];

	return e->state != ENTRY_FREE && e->stamp == stamp &&
	       (e->users || e->reclaim || m->slot[e->swp].entry == i);
}

unsigned page_copies(const struct mem *m, unsigned page)
{
	const struct vpage *p = &m->page[page];
	unsigned n = 0;

	for (unsigned i = 1; i < MAX_FOLIOS; i++)
		n += folio_holds(&m->folio[i], p->stamp);
	for (unsigned i = 1; i < MAX_ENTRIES; i++)
		n += entry_holds(m, i, p->stamp);
	for (unsigned i = 0; i < MAX_SLOTS; i++)
		n += m->slot[i].dev_life == m->slot[i].life && m->slot[i].dev == p->stamp;
	return n;
}

int slot_owner(const struct mem *m, unsigned slot)
{
	for (int i = 0; i < MAX_PAGES; i++)
		if (m->page[i].pte == PTE_SWAP && m->page[i].target == slot &&
		    !m->mm[m->page[i].mm].ptl)
			return i;
	return -1;
}

/* ---- the properties: each returns whether it is violated ---- */

/*
 * Where the PTE is set, and ever after; and what the swap cache would give a fault next.  A page
 * whose page table lock is held may be on its way.
 */
static bool violates_MAPPED(const struct transition *tr)
{
	const struct mem *m = tr->after;

	if (tr->ev->set_pte) {
		const struct vpage *p = &m->page[tr->ev->set_pte - 1];

		if (m->folio[p->target].content != p->stamp)
			return true;
	}
	for (unsigned i = 0; i < tr->hw->pages; i++) {
		const struct vpage *p = &m->page[i];
		unsigned folio = p->pte == PTE_PRESENT ? p->target :
				 p->pte == PTE_SWAP ? m->slot[p->target].cache : 0;

		if (folio && !m->mm[p->mm].ptl && (m->folio[folio].flags & FOLIO_UPTODATE) &&
		    m->folio[folio].content != p->stamp)
			return true;
	}
	return false;
}

static bool violates_LOST(const struct transition *tr)
{
	for (unsigned i = 0; i < tr->hw->pages; i++)
		if (tr->after->page[i].pte == PTE_SWAP && tr->after->page[i].stamp != STAMP_ZERO &&
		    !page_copies(tr->after, i) &&
		    tr->before->page[i].stamp == tr->after->page[i].stamp &&
		    page_copies(tr->before, i))
			return true;
	return false;
}

static bool violates_UAF(const struct transition *tr)
{
	return (tr->ev->deref && (tr->before->dangling & (1u << tr->task))) || tr->ev->stale_next ||
	       tr->ev->bad_vma;
}

static bool violates_DFREE(const struct transition *tr)
{
	return tr->ev->put_dead;
}

/* The holder of a page table lock is between the two, so the count is checked without one. */
static bool violates_COUNT(const struct transition *tr)
{
	const struct mem *m = tr->after;

	if (tr->ev->bad_count)
		return true;
	for (unsigned i = 0; i < MAX_MMS; i++)
		if (m->mm[i].ptl)
			return false;
	for (unsigned slot = 0; slot < tr->hw->slots; slot++) {
		unsigned n = m->slot[slot].inflight;

		for (unsigned i = 0; i < tr->hw->pages; i++)
			n += m->page[i].pte == PTE_SWAP && m->page[i].target == slot;
		if (n != (m->slot[slot].swap_map & SWAP_MAP_COUNT))
			return true;
	}
	return false;
}

/* To v6.19 the pin is the bit; in v7.0 it is the folio, and there is no bit. */
static bool violates_PIN(const struct transition *tr)
{
	bool no_bit = tr->k->pin == PIN_FOLIO;

	if (tr->ev->unpin_other || tr->ev->unpinned_load)
		return true;
	for (unsigned i = 0; i < tr->hw->slots; i++) {
		const struct slot *s = &tr->after->slot[i];
		bool pinned = no_bit ? s->cache : s->swap_map & SWAP_HAS_CACHE;

		if (pinned != (s->holder != HOLD_NONE))
			return true;
		if (!s->cache != (s->holder != HOLD_CACHE))
			return true;
		if (no_bit && (s->swap_map & SWAP_HAS_CACHE))
			return true;
	}
	return false;
}

static bool violates_STALE(const struct transition *tr)
{
	const struct event *ev = tr->ev;
	const struct folio *f;

	/* a fault takes a folio for its slot's count */
	f = &tr->before->folio[ev->adopt];
	if (ev->adopt && f->src == ev->adopt_slot &&
	    f->src_life != tr->before->slot[ev->adopt_slot - 1].life)
		return true;
	/* a fault takes what the swap cache had for it, and has no more */
	if (ev->adopt_cached && f->swp != ev->adopt_slot)
		return true;
	/* the swap cache shows it to everybody */
	f = &tr->after->folio[ev->cached_data];
	if (ev->cached_data && f->src && f->src == f->swp &&
	    (tr->after->slot[f->swp - 1].swap_map & SWAP_MAP_COUNT) >
	    tr->after->slot[f->swp - 1].inflight &&
	    f->src_life != tr->after->slot[f->swp - 1].life)
		return true;
	/* a late write reaches the block of a slot that is in use again */
	return ev->dev_write && tr->after->slot[ev->dev_write - 1].swap_map &&
	       tr->after->slot[ev->dev_write - 1].dev_life !=
	       tr->after->slot[ev->dev_write - 1].life;
}

static bool violates_WBOLD(const struct transition *tr)
{
	const struct folio *f = &tr->after->folio[tr->ev->wb_submit];
	unsigned slot;
	int page;

	if (!tr->ev->wb_submit)
		return false;
	slot = f->io_swp - 1u;
	page = slot_owner(tr->after, slot);
	if (tr->after->slot[slot].cache != tr->ev->wb_submit)
		return true;
	return page >= 0 && tr->after->page[page].stamp != f->io;
}

static unsigned bits_set(uint8_t v)
{
	return (unsigned)__builtin_popcount(v);
}

static bool violates_FOLIO(const struct transition *tr)
{
	if (tr->ev->misused)
		return true;
	for (unsigned i = 1; i < MAX_FOLIOS; i++) {
		const struct folio *f = &tr->after->folio[i];
		unsigned cached;

		if (!f->ref && !f->mapcount && !f->holders && !f->lock && !f->swp)
			continue;
		cached = f->swp && tr->after->slot[f->swp - 1].cache == i;

		if (f->ref != cached + f->mapcount + bits_set(f->holders) + bits_set(f->holders2))
			return true;
		if (tr->ev->op_done &&
		    ((f->holders & (1u << tr->task)) || f->lock == tr->task + 1))
			return true;
	}
	return false;
}

/* Two mappings of one page: to its folio, to its slot, or one to each. */
static bool refer_to_same(const struct mem *m, const struct vpage *a, const struct vpage *b)
{
	if (a->pte == PTE_NONE || b->pte == PTE_NONE)
		return false;
	if (a->pte == b->pte)
		return a->target == b->target;
	if (a->pte == PTE_SWAP)
		return m->slot[a->target].cache == b->target;
	return m->slot[b->target].cache == a->target;
}

/* A PTE whose lock is held may name a slot that was given back already (slot_owner()). */
static bool violates_EXCL(const struct transition *tr)
{
	const struct mem *m = tr->after;

	for (unsigned i = 0; i < tr->hw->pages; i++) {
		const struct vpage *p = &m->page[i];
		bool alone = p->pte == PTE_SWAP ? p->bits & PTE_EXCLUSIVE :
			     p->pte == PTE_PRESENT &&
			     ((p->bits & PTE_WRITE) ||
			      (m->folio[p->target].flags & FOLIO_EXCLUSIVE));

		if (m->mm[p->mm].ptl)
			continue;
		for (unsigned j = 0; alone && !p->shmem && j < tr->hw->pages; j++)
			if (j != i && !m->mm[m->page[j].mm].ptl &&
			    refer_to_same(m, p, &m->page[j]))
				return true;
	}
	return false;
}

static bool violates_RMAP(const struct transition *tr)
{
	for (unsigned i = 0; i < tr->hw->pages; i++) {
		const struct vpage *p = &tr->after->page[i];

		if (p->pte == PTE_PRESENT && !p->shmem &&
		    tr->after->folio[p->target].index != p->addr + 1)
			return true;
	}
	return false;
}

static bool on_lru(const struct mem *m, unsigned entry)
{
	return memchr(m->lru, (int)entry, MAX_ENTRIES);
}

static bool violates_LRU(const struct transition *tr)
{
	const struct mem *m = tr->after;

	for (unsigned i = 0; i < MAX_ENTRIES && m->lru[i]; i++)
		if (m->entry[m->lru[i]].state != ENTRY_LIVE)
			return true;
	for (unsigned i = 0; i < tr->hw->slots; i++) {
		unsigned e = m->slot[i].entry;

		if (e && !on_lru(m, e) && !m->entry[e].users && !m->entry[e].reclaim)
			return true;
	}
	return false;
}

/* While si->lock is held a drain may be between a slot and its entry. */
static bool violates_LEAK(const struct transition *tr)
{
	const struct mem *m = tr->after;

	for (unsigned i = 1; i < MAX_ENTRIES; i++) {
		const struct zentry *e = &m->entry[i];

		if (e->state == ENTRY_LIVE && !e->users && m->slot[e->swp].entry != i)
			return true;
		if (e->state == ENTRY_ZOMBIE && !e->reclaim)
			return true;
	}
	for (unsigned i = 0; i < tr->hw->slots; i++) {
		const struct slot *s = &m->slot[i];
		bool second = tr->hw->second && i >= tr->hw->second;

		if (s->entry && !s->swap_map && !s->cache && !m->si[second].lock)
			return true;
	}
	for (unsigned i = 1; i < MAX_FOLIOS; i++)
		if (m->folio[i].ref && !m->folio[i].holders && !(m->folio[i].flags & FOLIO_LRU))
			return true;
	return false;
}

static bool violates_STUCK(const struct transition *tr)
{
	const struct mem *m = tr->after;

	if (!tr->ev->op_done)
		return false;
	for (unsigned i = 1; i < MAX_ENTRIES; i++) {
		const struct zentry *e = &m->entry[i];

		/* one that has left the tree meanwhile is freed by who still works with it */
		if (e->reclaim >> RECLAIM_TASK == tr->task + 1 &&
		    ((e->reclaim & RECLAIM_ZPOOL) || m->slot[e->swp].entry == i))
			return true;
	}
	for (unsigned i = 0; i < tr->hw->slots; i++) {
		const struct slot *s = &m->slot[i];

		if (s->holder != HOLD_NONE && s->holder != HOLD_CACHE && !s->parked &&
		    s->holder_task == tr->task + 1)
			return true;
	}
	return false;
}

static bool violates_SIGBUS(const struct transition *tr)
{
	return tr->ev->unreadable;
}

static bool violates_OFF(const struct transition *tr)
{
	for (unsigned i = 0; i < MAX_DEVICES; i++)
		if ((tr->ev->used_device >> i & 1) && (tr->before->si[i].flags & SI_GONE))
			return true;
	return tr->ev->tree_left;
}

static bool violates_LISTED(const struct transition *tr)
{
	return tr->ev->still_listed;
}

static bool violates_SLEPT(const struct transition *tr)
{
	return tr->ev->cost & COST_SLEPT;
}

static bool violates_DEADWB(const struct transition *tr)
{
	return tr->ev->cost & COST_DEADWB;
}

static bool violates_RETRIED(const struct transition *tr)
{
	return tr->ev->cost & COST_RETRIED;
}

static bool violates_NOMEM(const struct transition *tr)
{
	return tr->ev->cost & COST_NOMEM;
}

bool property_deadlock(unsigned unfinished, unsigned movable)
{
	return unfinished && !movable;
}

/* Seen in the whole state, not in a transition: property_deadlock(). */
static bool violates_DEADLOCK(const struct transition *tr)
{
	(void)tr;
	return false;
}

/* Seen in the whole graph. */
static bool violates_LIVELOCK(const struct transition *tr)
{
	(void)tr;
	return false;
}

uint32_t properties_check(const struct transition *tr)
{
	static bool (*const check[PROPERTY_COUNT])(const struct transition *) = {
#define X(name, kind, text) [PROP_##name] = violates_##name,
		PROPERTIES(X)
#undef X
	};
	uint32_t bits = 0;

	for (unsigned i = 0; i < PROPERTY_COUNT; i++)
		if (check[i](tr))
			bits |= 1u << i;
	return bits;
}

static uint32_t of_kind(enum property_kind kind)
{
	uint32_t bits = 0;

	for (unsigned i = 0; i < PROPERTY_COUNT; i++)
		if (properties[i].kind == kind)
			bits |= 1u << i;
	return bits;
}

uint32_t properties_ending(void)
{
	return of_kind(ENDS);
}

uint32_t properties_costs(void)
{
	return of_kind(COST);
}

int property_find(const char *name)
{
	for (int i = 0; i < PROPERTY_COUNT; i++)
		if (!strcmp(properties[i].name, name))
			return i;
	return -1;
}
