/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * folio.c - references and locks of folios, after include/linux/mm.h and mm/filemap.c.
 */
#include "core/mm/mm.h"

unsigned folio_alloc(struct step_ctx *c, struct mem *m)
{
	for (unsigned i = 1; i < MAX_FOLIOS; i++) {
		if (m->folio[i].ref)
			continue;
		m->folio[i] = (struct folio){ .ref = 1, .holders = ME };
		return i;
	}
	c->overflow = 1;
	return 0;
}

void folio_get(struct step_ctx *c, struct mem *m, unsigned folio)
{
	m->folio[folio].ref++;
	if (m->folio[folio].holders & ME)
		m->folio[folio].holders2 |= ME;
	m->folio[folio].holders |= ME;
}

void folio_ref_drop(struct step_ctx *c, struct mem *m, unsigned folio)
{
	if (!m->folio[folio].ref) {
		c->ev.put_dead = 1;
		return;
	}
	if (--m->folio[folio].ref == 0)
		m->folio[folio] = (struct folio){ 0 };
}

void folio_put(struct step_ctx *c, struct mem *m, unsigned folio)
{
	if (!(m->folio[folio].holders2 & ME))
		m->folio[folio].holders &= (uint8_t)~ME;
	m->folio[folio].holders2 &= (uint8_t)~ME;
	folio_ref_drop(c, m, folio);
}

void folio_lock(struct step_ctx *c, struct mem *m, unsigned folio)
{
	assert(!m->folio[folio].lock);
	m->folio[folio].lock = (uint8_t)(c->task + 1);
}

void folio_unlock(struct step_ctx *c, struct mem *m, unsigned folio)
{
	assert(m->folio[folio].lock == c->task + 1);
	m->folio[folio].lock = 0;
}

void folio_mark_uptodate(struct step_ctx *c, struct mem *m, unsigned folio)
{
	m->folio[folio].flags |= FOLIO_UPTODATE;
	if (m->folio[folio].flags & FOLIO_SWAPCACHE)
		c->ev.cached_data = (uint8_t)folio;
}
