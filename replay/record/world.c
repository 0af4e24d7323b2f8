/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/record/world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mm/mm.h"
#include "traces/write/rows.h"

/* ---- numbers ---- */

static void sift_up(struct numbers *all, uint32_t i)
{
	for (; i && all->free[(i - 1) / 2] > all->free[i]; i = (i - 1) / 2) {
		uint32_t t = all->free[i];

		all->free[i] = all->free[(i - 1) / 2];
		all->free[(i - 1) / 2] = t;
	}
}

static void sift_down(struct numbers *all)
{
	for (uint32_t i = 0, child; (child = 2 * i + 1) < all->n; i = child) {
		uint32_t t = all->free[i];

		child += child + 1 < all->n && all->free[child + 1] < all->free[child];
		if (all->free[child] >= t)
			return;
		all->free[i] = all->free[child];
		all->free[child] = t;
	}
}

static uint32_t number_new(struct numbers *all)
{
	uint32_t lowest;

	if (!all->n)
		return ++all->next;
	lowest = all->free[0];
	all->free[0] = all->free[--all->n];
	sift_down(all);
	return lowest;
}

void number_free(struct large_world *g, struct numbers *all, uint32_t number)
{
	if (all->n == all->room) {
		uint32_t room = all->room ? 2 * all->room : 64;
		uint32_t *p = realloc(all->free, room * sizeof(*p));

		if (!p) {
			g->error = -ENOMEM;
			return;
		}
		all->free = p;
		all->room = room;
	}
	all->free[all->n] = number;
	sift_up(all, all->n++);
}

uint32_t large_stamp(struct large_world *g, struct slot_world *s, unsigned stamp)
{
	if (stamp == STAMP_ZERO || stamp == STAMP_GARBAGE)
		return stamp;
	if (stamp >= s->stamps) {
		uint32_t n = stamp < 32 ? 64 : 2 * stamp;
		uint32_t *p = realloc(s->stamp, n * sizeof(*p));

		if (!p) {
			g->error = -ENOMEM;
			return 0;
		}
		memset(p + s->stamps, 0, (n - s->stamps) * sizeof(*p));
		s->stamp = p;
		s->stamps = n;
	}
	if (!s->stamp[stamp]) {
		g->stamp += g->stamp + 1 == STAMP_GARBAGE ? 2 : 1;
		s->stamp[stamp] = g->stamp;
	}
	return s->stamp[stamp];
}

/* ---- values ---- */

static int room_for(struct large_world *g, uint32_t id)
{
	uint32_t n = g->values ? g->values : 1024;
	uint32_t *value, *at;

	if (id < g->values)
		return 0;
	while (n <= id)
		n *= 2;
	value = realloc(g->value, n * sizeof(*value));
	if (value)
		g->value = value;
	at = realloc(g->change_at, n * sizeof(*at));
	if (at)
		g->change_at = at;
	if (!value || !at)
		return -ENOMEM;
	memset(value + g->values, 0, (n - g->values) * sizeof(*value));
	memset(at + g->values, 0, (n - g->values) * sizeof(*at));
	g->values = n;
	return 0;
}

static int add_change(struct large_world *g, uint32_t id)
{
	if (g->changes == g->room) {
		uint32_t room = g->room ? 2 * g->room : 256;
		struct row_change *p = realloc(g->change, room * sizeof(*p));

		if (!p)
			return -ENOMEM;
		g->change = p;
		g->room = room;
	}
	g->change[g->changes++] = (struct row_change){ .field = id, .old_value = g->value[id] };
	g->change_at[id] = g->changes;
	return 0;
}

static void put(struct large_world *g, const char *kind, uint32_t number, const char *name,
		uint32_t value)
{
	const struct field f = { .kind = kind, .name = name };
	int id;

	if (g->error)
		return;
	id = rows_field(g->tw, kind, number, name, field_type(&f));
	if (id < 0)
		g->error = id;
	if (!g->error)
		g->error = room_for(g, (uint32_t)id);
	if (g->error || g->value[id] == value)
		return;
	if (!g->change_at[id])
		g->error = add_change(g, (uint32_t)id);
	if (g->error)
		return;
	g->value[id] = value;
	g->change[g->change_at[id] - 1].new_value = value;
}

/* ---- objects by their numbers ---- */

static uint32_t folio_number(const struct slot_world *s, unsigned folio)
{
	return folio < MAX_FOLIOS ? s->folio[folio] : 0;
}

static uint32_t entry_number(const struct slot_world *s, unsigned entry)
{
	return entry < MAX_ENTRIES ? s->entry[entry] : 0;
}

static uint32_t page_number(const struct slot_world *s, unsigned page)
{
	return page < MAX_PAGES && s->page[page] != NO_PAGE ? s->page[page] : 0;
}

/* Slot + 1, of which there is one; task + 1, or the disk. */
static uint32_t slot_1(const struct slot_world *s, unsigned swp)
{
	return swp ? s->slot + 1 : 0;
}

static uint32_t task_1(const struct slot_world *s, unsigned task)
{
	return !task || task > MAX_TASKS ? task : s->task[task - 1] + 1;
}

static uint32_t tasks(const struct slot_world *s, unsigned mask)
{
	uint32_t all = 0;

	for (unsigned i = 0; i < MAX_TASKS; i++)
		if (mask >> i & 1)
			all |= 1u << s->task[i];
	return all;
}

#define PUT(member, value_)	put(g, kind, number, #member, value_)

static void put_page(struct large_world *g, struct slot_world *s, unsigned i)
{
	const struct vpage *p = &s->w.mem.page[i];
	const char *kind = "page";
	uint32_t number = s->page[i];

	if (number == NO_PAGE)
		return;
	PUT(pte, p->pte);
	PUT(target, p->pte == PTE_SWAP ? s->slot : p->pte == PTE_PRESENT ?
	    folio_number(s, p->target) : 0);
	PUT(bits, p->bits);
	PUT(addr, number);
	PUT(stamp, large_stamp(g, s, p->stamp));
}

static void put_slot(struct large_world *g, struct slot_world *s)
{
	const struct slot *p = &s->w.mem.slot[0];
	const char *kind = "slot";
	uint32_t number = s->slot;

	PUT(swap_map, p->swap_map);
	PUT(cache, folio_number(s, p->cache));
	PUT(entry, entry_number(s, p->entry));
	PUT(parked, p->parked);
	PUT(holder, p->holder);
	PUT(holder_task, task_1(s, p->holder_task));
	PUT(inflight, p->inflight);
	PUT(zeromap, p->zeromap);
	PUT(life, p->life);
	PUT(dev, large_stamp(g, s, p->dev));
	PUT(dev_life, p->dev_life);
}

static void put_folio(struct large_world *g, struct slot_world *s, unsigned i)
{
	const struct folio *p = &s->w.mem.folio[i];
	const char *kind = "folio";
	uint32_t number;

	if (p->ref && !s->folio[i])
		s->folio[i] = number_new(&g->folios);
	number = s->folio[i];
	if (!number)
		return;
	PUT(ref, p->ref);
	PUT(mapcount, p->mapcount);
	PUT(lock, p->lock == LOCKED_BY_DEVICE ? p->lock : task_1(s, p->lock));
	PUT(flags, p->flags);
	PUT(swp, slot_1(s, p->swp));
	PUT(holders, tasks(s, p->holders));
	PUT(src, slot_1(s, p->src));
	PUT(io_swp, slot_1(s, p->io_swp));
	PUT(index, p->index ? page_number(s, p->index - 1u) + 1 : 0);
	PUT(holders2, tasks(s, p->holders2));
	PUT(content, large_stamp(g, s, p->content));
	PUT(src_life, p->src_life);
	PUT(io, large_stamp(g, s, p->io));
	PUT(io_life, p->io_life);
	if (p->ref)
		return;
	s->folio[i] = 0;
	number_free(g, &g->folios, number);
}

static void put_entry(struct large_world *g, struct slot_world *s, unsigned i)
{
	const struct zentry *p = &s->w.mem.entry[i];
	const char *kind = "entry";
	uint32_t number;

	if (p->state != ENTRY_FREE && !s->entry[i])
		s->entry[i] = number_new(&g->entries);
	number = s->entry[i];
	if (!number)
		return;
	PUT(state, p->state);
	PUT(ref, p->ref);
	PUT(swp, p->state == ENTRY_FREE ? 0 : s->slot);
	PUT(users, tasks(s, p->users));
	PUT(reclaim, p->reclaim);
	PUT(referenced, p->referenced);
	PUT(stamp, large_stamp(g, s, p->stamp));
	PUT(life, p->life);
	if (p->state != ENTRY_FREE)
		return;
	s->entry[i] = 0;
	number_free(g, &g->entries, number);
}

/* ---- stacks ---- */

static uint32_t frame_page(const struct slot_world *s, const struct frame *f)
{
	if (f->op == OP_shrink_folio_list)
		return f->page ? page_number(s, f->page - 1u) + 1 : 0;
	return f->op == OP_zswap_shrink ? entry_number(s, f->page) : page_number(s, f->page);
}

static uint32_t frame_slot(const struct slot_world *s, const struct frame *f)
{
	switch (f->op) {
	case OP_touch_page:
	case OP_zap_pte_range:
	case OP_try_to_unmap_one:
		return f->swp ? s->slot : 0;
	case OP_shrink_folio_list:
	case OP_folio_alloc_swap:
		return slot_1(s, f->swp);
	default:
		return s->slot;
	}
}

static uint32_t frame_entry(const struct slot_world *s, const struct frame *f)
{
	switch (f->op) {
	case OP_copy_page_range:
		return page_number(s, f->to);
	case OP_do_wp_page:
		return folio_number(s, f->to);
	case OP_zswap_store:
	case OP_zswap_load:
	case OP_zswap_shrink:
	case OP_zswap_writeback_entry:
		return entry_number(s, f->entry);
	default:
		return f->to;
	}
}

static void put_frame(struct large_world *g, const struct slot_world *s, uint32_t number,
		      unsigned i, const struct frame *f)
{
	const char *kind = "task";
	char name[24];
	int step = f->op ? step_id(f->op, f->pc) : -1;
	int row = step < 0 ? -1 : rows_step(g->tw, (unsigned)step);

	snprintf(name, sizeof(name), "frame%u.pc", i);
	put(g, kind, number, name, row < 0 ? 0 : (uint32_t)row + 1);
	snprintf(name, sizeof(name), "frame%u.op", i);
	put(g, kind, number, name, f->op);
	snprintf(name, sizeof(name), "frame%u.page", i);
	put(g, kind, number, name, f->op ? frame_page(s, f) : 0);
	snprintf(name, sizeof(name), "frame%u.swp", i);
	put(g, kind, number, name, f->op ? frame_slot(s, f) : 0);
	snprintf(name, sizeof(name), "frame%u.folio", i);
	put(g, kind, number, name, folio_number(s, f->folio));
	snprintf(name, sizeof(name), "frame%u.entry", i);
	put(g, kind, number, name, frame_entry(s, f));
	snprintf(name, sizeof(name), "frame%u.aux", i);
	put(g, kind, number, name, f->aux);
}

static void put_task(struct large_world *g, const struct slot_world *s, const struct task *was,
		     unsigned i)
{
	const struct task *t = &s->w.task[i];

	put(g, "task", s->task[i], "depth", t->depth);
	for (unsigned j = 0; j < MAX_FRAMES && (j < t->depth || j < was->depth || !j); j++)
		put_frame(g, s, s->task[i], j, &t->frame[j]);
}

/* ---- a world ---- */

static bool differs(const void *a, const void *b, size_t size, bool whole)
{
	return whole || memcmp(a, b, size) != 0;
}

int large_update(struct large_world *g, struct slot_world *s, const struct world *before,
		 bool whole)
{
	const struct mem *m = &s->w.mem, *b = &before->mem;

	/* what others name first: it gets its number; but what goes last, when nothing names it */
	for (unsigned i = 1; i < MAX_FOLIOS; i++)
		if (m->folio[i].ref &&
		    differs(&m->folio[i], &b->folio[i], sizeof(m->folio[i]), whole))
			put_folio(g, s, i);
	for (unsigned i = 1; i < MAX_ENTRIES; i++)
		if (m->entry[i].state &&
		    differs(&m->entry[i], &b->entry[i], sizeof(m->entry[i]), whole))
			put_entry(g, s, i);
	for (unsigned i = 0; i < MAX_PAGES; i++)
		if (differs(&m->page[i], &b->page[i], sizeof(m->page[i]), whole))
			put_page(g, s, i);
	if (differs(&m->slot[0], &b->slot[0], sizeof(m->slot[0]), whole))
		put_slot(g, s);
	for (unsigned i = 0; i < MAX_TASKS; i++)
		if (differs(&s->w.task[i], &before->task[i], sizeof(s->w.task[i]), false))
			put_task(g, s, &before->task[i], i);
	for (unsigned i = 1; i < MAX_FOLIOS; i++)
		if (!m->folio[i].ref && s->folio[i])
			put_folio(g, s, i);
	for (unsigned i = 1; i < MAX_ENTRIES; i++)
		if (!m->entry[i].state && s->entry[i])
			put_entry(g, s, i);
	return g->error;
}

void large_drop(struct large_world *g, struct slot_world *s)
{
	struct world before = s->w;

	memset(&s->w, 0, sizeof(s->w));
	large_update(g, s, &before, true);
	for (unsigned i = 0; i < MAX_PAGES; i++)
		s->page[i] = NO_PAGE;
	s->stamps = s->stamps && s->stamp ? s->stamps : 0;
	if (s->stamp)
		memset(s->stamp, 0, s->stamps * sizeof(*s->stamp));
}

void large_free(struct large_world *g)
{
	free(g->folios.free);
	free(g->entries.free);
	free(g->value);
	free(g->change);
	free(g->change_at);
}
