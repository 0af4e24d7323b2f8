/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * folio.c - references and locks of folios, after include/linux/mm.h and mm/filemap.c.
 */
#include "core/mm/mm.h"

unsigned folio_alloc(struct step_ctx *c, struct mem *m)
{
	unsigned i = find_free_folio(c, m);

	if (i)
		*FOLIO(i) = (struct folio){ .ref = 1, .holders = ME };
	else
		c->overflow = 1;
	return i;
}

void folio_get(struct step_ctx *c, struct mem *m, unsigned folio)
{
	FOLIO(folio)->ref++;
	if (FOLIO(folio)->holders & ME)
		FOLIO(folio)->holders2 |= ME;
	FOLIO(folio)->holders |= ME;
}

void folio_ref_drop(struct step_ctx *c, struct mem *m, unsigned folio)
{
	if (!FOLIO(folio)->ref) {
		c->ev.put_dead = 1;
		return;
	}
	if (--FOLIO(folio)->ref == 0)
		*FOLIO(folio) = (struct folio){ 0 };
}

void folio_put(struct step_ctx *c, struct mem *m, unsigned folio)
{
	if (!(FOLIO(folio)->holders2 & ME))
		FOLIO(folio)->holders &= (tasks_t)~ME;
	FOLIO(folio)->holders2 &= (tasks_t)~ME;
	folio_ref_drop(c, m, folio);
}

void folio_lock(struct step_ctx *c, struct mem *m, unsigned folio)
{
	c->ev.misused |= FOLIO(folio)->lock != 0;
	FOLIO(folio)->lock = (uint8_t)(c->task + 1);
}

void folio_unlock(struct step_ctx *c, struct mem *m, unsigned folio)
{
	c->ev.misused |= FOLIO(folio)->lock != c->task + 1;
	FOLIO(folio)->lock = 0;
}

unsigned folio_swap(struct step_ctx *c, struct mem *m, unsigned folio)
{
	c->ev.misused |= !FOLIO(folio)->swp;
	return FOLIO(folio)->swp ? FOLIO(folio)->swp - 1u : 0;
}

void folio_mark_uptodate(struct step_ctx *c, struct mem *m, unsigned folio)
{
	FOLIO(folio)->flags |= FOLIO_UPTODATE;
	if (FOLIO(folio)->flags & FOLIO_SWAPCACHE)
		c->ev.cached_data = (obj_t)folio;
}
