/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * owner.c - where a page's data is: the copy that the next fault finds, and which others are good.
 */
#include <string.h>

#include "ui/moment/moment.h"

/* What a folio is to a page: mapped, in the swap cache of its slot, or in somebody's hands. */
static enum place folio_place(const struct mem *m, const struct vpage *p, unsigned folio)
{
	if (p->pte == PTE_PRESENT)
		return PLACE_MAPPED;
	return p->target < MAX_SLOTS && m->slot[p->target].cache == folio ? PLACE_CACHE :
	       PLACE_PRIVATE;
}

/* Valid copies of a page: what its slot's places hold, and folios read from that life. */
static void count_copies(const struct moment *mo, const struct mem *m, const struct vpage *p,
			 struct owner *o)
{
	uint32_t life = p->target < MAX_SLOTS ? RAW(mo, m->slot[p->target].life) : 0;
	uint32_t stamp = RAW(mo, p->stamp);

	for (unsigned i = 1; i < MAX_FOLIOS; i++) {
		const struct folio *fo = &m->folio[i];
		bool of_page = p->pte == PTE_PRESENT ? p->target == i :
			       fo->swp == p->target + 1 ||
			       (fo->src == p->target + 1 && p->target < MAX_SLOTS &&
				RAW(mo, fo->src_life) == life);

		if (fo->ref && of_page && (fo->flags & FOLIO_UPTODATE) &&
		    RAW(mo, fo->content) == stamp)
			o->valid[folio_place(m, p, i)]++;
	}
	for (unsigned i = 1; i < MAX_ENTRIES && p->pte == PTE_SWAP; i++) {
		const struct zentry *e = &m->entry[i];

		if (p->target < MAX_SLOTS && e->state == ENTRY_LIVE && e->swp == p->target &&
		    RAW(mo, e->stamp) == stamp && RAW(mo, e->life) == life)
			o->valid[PLACE_ZSWAP]++;
	}
	if (p->pte == PTE_SWAP && p->target < MAX_SLOTS && m->slot[p->target].dev_life &&
	    RAW(mo, m->slot[p->target].dev) == stamp)
		o->valid[PLACE_DEVICE]++;
	for (unsigned place = 0; place < PLACES; place++)
		o->copies += o->valid[place];
}

static struct owner in_folio(const struct moment *mo, enum owner_kind kind, const struct mem *m,
			     unsigned i)
{
	return (struct owner){ .kind = kind, .number = moment_number(mo, OBJ_FOLIO, i),
			       .stamp = RAW(mo, m->folio[i].content),
			       .holders = RAW(mo, m->folio[i].holders) };
}

static struct owner in_entry(const struct moment *mo, enum owner_kind kind, const struct mem *m,
			     unsigned i)
{
	return (struct owner){ .kind = kind, .number = moment_number(mo, OBJ_ENTRY, i),
			       .stamp = RAW(mo, m->entry[i].stamp) };
}

/* A copy that no fault would find: in the hands of one task. */
static struct owner hidden_owner(const struct moment *mo, const struct mem *m,
				 const struct vpage *p)
{
	uint32_t stamp = RAW(mo, p->stamp);

	for (unsigned i = 1; i < MAX_ENTRIES; i++) {
		const struct zentry *e = &m->entry[i];

		if (e->state == ENTRY_LIVE && e->swp == p->target && RAW(mo, e->stamp) == stamp)
			return in_entry(mo, OWNER_UNLINKED, m, i);
	}
	for (unsigned i = 1; i < MAX_FOLIOS; i++) {
		const struct folio *fo = &m->folio[i];

		if (fo->ref && RAW(mo, fo->content) == stamp &&
		    (fo->src == p->target + 1 || fo->swp == p->target + 1))
			return in_folio(mo, OWNER_PRIVATE, m, i);
	}
	return (struct owner){ .kind = OWNER_LOST, .wrong = true };
}

static struct owner swapped_owner(const struct moment *mo, const struct mem *m,
				  const struct vpage *p)
{
	const struct slot *s = &m->slot[p->target];
	struct owner hidden = hidden_owner(mo, m, p);
	struct owner block = { .kind = OWNER_BLOCK, .stamp = RAW(mo, s->dev),
			       .number = moment_number(mo, OBJ_SLOT, p->target) };

	if (s->cache && s->cache < MAX_FOLIOS && (m->folio[s->cache].flags & FOLIO_UPTODATE))
		return in_folio(mo, OWNER_CACHE, m, s->cache);
	if (s->cache >= MAX_FOLIOS)
		return (struct owner){ .kind = OWNER_CACHE, .number = RAW(mo, s->cache),
				       .unseen = true };
	if (s->entry && s->entry < MAX_ENTRIES)
		return in_entry(mo, OWNER_ENTRY, m, s->entry);
	if (s->entry >= MAX_ENTRIES)
		return (struct owner){ .kind = OWNER_ENTRY, .number = RAW(mo, s->entry),
				       .unseen = true };
	if (s->dev_life && block.stamp == RAW(mo, p->stamp))
		return block;
	if (hidden.kind != OWNER_LOST)
		return hidden;
	block.wrong = true;
	return s->dev_life ? block : hidden;
}

struct owner page_owner(const struct moment *mo, const struct world *w, unsigned page)
{
	const struct mem *m = &w->mem;
	const struct vpage *p = &m->page[page];
	struct owner o = { .kind = OWNER_NONE };

	if (p->pte == PTE_PRESENT && p->target < MAX_FOLIOS)
		o = in_folio(mo, OWNER_MAPPED, m, p->target);
	else if (p->pte == PTE_SWAP && p->target < MAX_SLOTS)
		o = swapped_owner(mo, m, p);
	else if (p->pte != PTE_NONE)
		o = (struct owner){ .kind = OWNER_UNSEEN, .number = RAW(mo, p->target),
				    .unseen = true };
	count_copies(mo, m, p, &o);
	o.wrong = o.kind == OWNER_LOST ||
		  (o.kind != OWNER_NONE && !o.unseen && o.stamp != RAW(mo, p->stamp));
	return o;
}

enum place owner_place(enum owner_kind kind)
{
	static const enum place places[] = {
		[OWNER_NONE] = PLACES, [OWNER_MAPPED] = PLACE_MAPPED, [OWNER_CACHE] = PLACE_CACHE,
		[OWNER_ENTRY] = PLACE_ZSWAP, [OWNER_UNLINKED] = PLACE_ZSWAP,
		[OWNER_BLOCK] = PLACE_DEVICE, [OWNER_PRIVATE] = PLACE_PRIVATE,
		[OWNER_LOST] = PLACES, [OWNER_UNSEEN] = PLACES,
	};

	return places[kind];
}
