/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * act.c - what is done to the world of a slot.
 */
#include "replay/conform/conform.h"

#include <string.h>

#include "core/mm/mm.h"

void conform_machine(struct machine *hw, unsigned device)
{
	*hw = (struct machine){
		.device = (uint8_t)device, .pages = MAX_PAGES, .slots = 1,
		.entries = MAX_ENTRIES - 1, .slot_cache = MAX_SLOTS, .store_fails = 1,
		.neighbours = 1,
		.swap_full = SWAP_FULL_MAYBE,
	};
}

/* ---- worlds ---- */

static unsigned free_folio(const struct mem *m)
{
	unsigned i = 1;

	while (i < MAX_FOLIOS && m->folio[i].ref)
		i++;
	return i;
}

/* A folio with the page's content, that nobody refers to yet. */
static unsigned add_folio(struct mem *m, unsigned page, unsigned flags)
{
	unsigned i = free_folio(m);

	if (i == MAX_FOLIOS)
		return 0;
	m->folio[i] = (struct folio){
		.flags = (uint8_t)(FOLIO_UPTODATE | FOLIO_LRU | flags),
		.index = (obj_t)(page + 1), .content = m->page[page].stamp,
	};
	return i;
}

static void map_folio(struct mem *m, unsigned page, unsigned folio)
{
	m->folio[folio].ref++;
	m->folio[folio].mapcount++;
	m->page[page].pte = PTE_PRESENT;
	m->page[page].target = (obj_t)folio;
}

/* The page is mapped no more; what it maps goes with it if nothing else keeps it. */
static void unmap_page(struct mem *m, unsigned page)
{
	struct folio *f = &m->folio[m->page[page].target];

	if (m->page[page].pte == PTE_PRESENT) {
		f->mapcount--;
		if (--f->ref == 0)
			*f = (struct folio){ 0 };
	}
	m->page[page] = (struct vpage){ .mm = m->page[page].mm, .addr = m->page[page].addr };
}

/* Nobody uses the slot, whatever was in it before tracing began or without being seen. */
static void free_slot(struct mem *m)
{
	unsigned folio = m->slot[0].cache;

	if (folio && --m->folio[folio].ref == 0)
		m->folio[folio] = (struct folio){ 0 };
	m->slot[0] = (struct slot){ .life = (stamp_t)(m->slot[0].life + 1) };
	memset(m->entry, 0, sizeof(m->entry));
	memset(m->lru, 0, sizeof(m->lru));
	m->si[0].inuse_pages = 0;
}

static void zswap_has(struct mem *m)
{
	m->entry[1] = (struct zentry){ .state = ENTRY_LIVE, .ref = 1, .stamp = m->page[0].stamp,
				       .life = m->slot[0].life };
	m->slot[0].entry = 1;
	m->lru[0] = 1;
}

static void device_has(struct mem *m)
{
	m->slot[0].dev = m->page[0].stamp;
	m->slot[0].dev_life = m->slot[0].life;
}

static void cache_has(struct mem *m, unsigned folio)
{
	m->slot[0].cache = (obj_t)folio;
	m->slot[0].swap_map |= SWAP_HAS_CACHE;
	m->slot[0].holder = HOLD_CACHE;
	m->folio[folio].swp = 1;
	m->folio[folio].flags |= FOLIO_SWAPCACHE;
	m->folio[folio].ref++;
}

static void start_world(struct world *w, enum start start)
{
	struct mem *m = &w->mem;
	bool mapped = start == START_MAPPED || start == START_MAPPED_DEVICE ||
		      start == START_MAPPED_BOTH || start == START_DIRTY;
	bool both = start == START_BOTH || start == START_CACHED_BOTH || start == START_MAPPED_BOTH;
	bool cached = start == START_CACHED || start == START_CACHED_DEVICE ||
		      start == START_CACHED_BOTH;

	memset(w, 0, sizeof(*w));
	m->si[0].flags = SI_WRITEOK;
	m->slot[0].life = 1;
	for (unsigned i = 0; i < MAX_PAGES; i++)
		m->page[i] = (struct vpage){ .mm = (uint8_t)i, .addr = (obj_t)i };
	if (start == START_FREE)
		return;
	m->si[0].inuse_pages = 1;
	if (start == START_PARKED || start == START_PARKED_ZSWAP) {
		if (start == START_PARKED_ZSWAP)
			zswap_has(m);
		m->slot[0].swap_map = SWAP_HAS_CACHE;
		m->slot[0].holder = HOLD_FREE;
		m->slot[0].parked = PARKED_RET;
		return;
	}
	m->page[0].stamp = ++m->last_stamp;
	if (start == START_ZSWAP || both || start == START_CACHED || start == START_MAPPED)
		zswap_has(m);
	if (start == START_DEVICE || both || start == START_CACHED_DEVICE ||
	    start == START_MAPPED_DEVICE)
		device_has(m);
	if (mapped || cached)
		cache_has(m, add_folio(m, 0, start == START_DIRTY ? FOLIO_DIRTY : 0));
	if (mapped) {
		map_folio(m, 0, m->slot[0].cache);
		m->folio[m->slot[0].cache].flags |= FOLIO_EXCLUSIVE;
		return;
	}
	m->page[0].pte = PTE_SWAP;
	m->page[0].bits = PTE_EXCLUSIVE;
	m->slot[0].swap_map++;
}

/* The page of the slot was another process's too, which may have it yet: in swap, or mapped. */
static bool start_shared(struct mem *m, enum shared shared)
{
	unsigned folio = m->slot[0].cache;

	if (m->page[0].pte == PTE_NONE || (shared == SHARED_MAPPED && !folio))
		return false;
	m->page[0].bits &= (uint8_t)~PTE_EXCLUSIVE;
	m->folio[folio].flags &= (uint8_t)~FOLIO_EXCLUSIVE;
	m->page[1].stamp = m->page[0].stamp;
	if (shared == SHARED_MAPPED)
		map_folio(m, 1, folio);
	if (shared != SHARED_SWAPPED)
		return true;
	m->page[1].pte = PTE_SWAP;
	m->slot[0].swap_map++;
	return true;
}

/* The page is somebody's again, with content that nothing else has; the slot is free. */
static bool begin_life(struct world *w, unsigned page, bool shared)
{
	struct mem *m = &w->mem;
	unsigned folio;

	unmap_page(m, page);
	if (m->slot[0].swap_map || m->slot[0].cache)
		free_slot(m);
	m->page[page].stamp = ++m->last_stamp;
	folio = add_folio(m, page, FOLIO_DIRTY | (shared ? 0 : FOLIO_EXCLUSIVE));
	if (!folio)
		return false;
	map_folio(m, page, folio);
	m->page[page].bits = shared ? 0 : PTE_WRITE;
	return true;
}

static void write_page(struct mem *m, unsigned page)
{
	struct step_ctx c = { .k = NULL };

	m->page[page].bits |= PTE_WRITE;
	application_write(&c, m, page, false);
	m->page[page].bits &= (uint8_t)~PTE_SOFT_DIRTY;
}

/* move_swap_pte(): the swap entry is at another address from here on. */
static bool move_pte(struct mem *m, unsigned page, unsigned to)
{
	struct vpage *p = &m->page[page], *q = &m->page[to < MAX_PAGES ? to : page];

	if (p == q || p->pte != PTE_SWAP || q->pte != PTE_NONE)
		return false;
	q->pte = p->pte;
	q->target = p->target;
	q->bits = p->bits;
	q->stamp = p->stamp;
	*p = (struct vpage){ .mm = p->mm, .addr = p->addr };
	return true;
}

/* What fork() leaves of a page that the child has not any more. */
static bool share(struct mem *m, unsigned page)
{
	struct vpage *p = &m->page[page];

	if (p->pte != PTE_PRESENT)
		return false;
	m->folio[p->target].flags &= (uint8_t)~FOLIO_EXCLUSIVE;
	p->bits &= (uint8_t)~PTE_WRITE;
	return true;
}

/* ---- acts ---- */

bool conform_step(struct step_ctx *c, struct world *w)
{
	static const struct program once = { .items = 1, .item = { { .times = 1 } } };
	struct task *t = &w->task[c->task];
	bool disk = t->depth && t->frame[0].op == OP_end_swap_bio;

	if (!task_step(c, &w->mem, t, &once))
		return false;
	if (disk && !t->depth)
		task_begin(t, (struct frame){ .op = OP_end_swap_bio }, NULL);
	return true;
}

static bool step(const struct kernel *k, const struct machine *hw, const struct act *a,
		 struct world *w, struct act_done *done)
{
	struct task *t = &w->task[a->task];
	struct step_ctx c = { .k = k, .hw = hw, .task = a->task, .choice = a->choice };

	if (done) {
		done->depth = t->depth;
		done->step = t->depth ? task_at(t, t->depth - 1u) : -1;
	}
	if (!conform_step(&c, w) || c.overflow || c.ev.misused)
		return false;
	if (done) {
		done->ev = c.ev;
		done->result = c.result;
	}
	return true;
}

bool act_apply(const struct kernel *k, const struct machine *hw, const struct act *a,
	       struct world *w, struct act_done *done)
{
	if (a->task >= MAX_TASKS || a->page >= MAX_PAGES)
		return false;
	switch (a->kind) {
	case ACT_SLOT:
		start_world(w, a->choice);
		return a->choice < START_COUNT &&
		       (a->page == SHARED_NOT || start_shared(&w->mem, a->page));
	case ACT_LIFE:
		return begin_life(w, a->page, a->choice);
	case ACT_BEGIN:
		task_begin(&w->task[a->task], act_frame(a, w), NULL);
		return true;
	case ACT_STEP:
		return step(k, hw, a, w, done);
	case ACT_WRITE:
		if (w->mem.page[a->page].pte != PTE_PRESENT)
			return false;
		write_page(&w->mem, a->page);
		return true;
	case ACT_BITS:
		w->mem.page[a->page].bits ^= PTE_UFFD_WP;
		return true;
	case ACT_MOVE:
		return move_pte(&w->mem, a->page, a->to);
	case ACT_SHARE:
		return share(&w->mem, a->page);
	case ACT_UNMAP:
		if (w->mem.page[a->page].pte != PTE_PRESENT)
			return false;
		unmap_page(&w->mem, a->page);
		return true;
	case ACT_CACHES:
		w->mem.slot_cache_off = !w->mem.slot_cache_off;
		return true;
	case ACT_LOST:
	case ACT_END:
		return true;
	default:
		return false;
	}
}

struct frame act_frame(const struct act *a, const struct world *w)
{
	struct frame f = { .op = a->op, .page = a->page, .aux = a->aux, .to = a->to };

	if (a->op == OP_shrink_folio_list)
		f.page++;
	if (a->op == OP_free_swap_cache || a->op == OP_folio_free_swap)
		f = (struct frame){ .op = a->op, .folio = w->mem.slot[0].cache };
	return f;
}
