/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/world.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* ---- canonical form ---- */

/* Stamps seen so far, in order: the index is the new number. */
struct renumber {
	uint16_t seen[64];
	unsigned n;
};

static uint16_t stamp_number(struct renumber *r, uint16_t stamp)
{
	if (stamp == STAMP_ZERO || stamp == STAMP_GARBAGE)
		return stamp;
	for (unsigned i = 0; i < r->n; i++)
		if (r->seen[i] == stamp)
			return (uint16_t)(i + 1);
	assert(r->n < 64);
	r->seen[r->n++] = stamp;
	return (uint16_t)r->n;
}

/*
 * A life as data sees it: LIFE_NOW is the slot's present one, LIFE_PAST any before it.  They
 * are in order, because the next free counts on; 0 is no life at all and stays.
 */
enum { LIFE_NONE, LIFE_PAST, LIFE_NOW };

static uint16_t life_number(const struct mem *m, unsigned slot, uint16_t life)
{
	if (!life)
		return LIFE_NONE;
	return life == m->slot[slot].life ? LIFE_NOW : LIFE_PAST;
}

void mem_canonicalise(struct mem *m)
{
	struct renumber r = { .n = 0 };

	for (unsigned i = 0; i < MAX_FOLIOS; i++) {
		struct folio *f = &m->folio[i];

		if (f->src)
			f->src_life = life_number(m, f->src - 1u, f->src_life);
		if (f->io_swp)
			f->io_life = life_number(m, f->io_swp - 1u, f->io_life);
	}
	for (unsigned i = 0; i < MAX_ENTRIES; i++)
		if (m->entry[i].state != ENTRY_FREE)
			m->entry[i].life = life_number(m, m->entry[i].swp, m->entry[i].life);
	for (unsigned i = 0; i < MAX_SLOTS; i++)
		m->slot[i].dev_life = life_number(m, i, m->slot[i].dev_life);
	for (unsigned i = 0; i < MAX_SLOTS; i++)
		m->slot[i].life = LIFE_NOW;

	for (unsigned i = 0; i < MAX_PAGES; i++)
		m->page[i].stamp = stamp_number(&r, m->page[i].stamp);
	for (unsigned i = 0; i < MAX_SLOTS; i++)
		m->slot[i].dev = stamp_number(&r, m->slot[i].dev);
	for (unsigned i = 0; i < MAX_ENTRIES; i++)
		m->entry[i].stamp = stamp_number(&r, m->entry[i].stamp);
	for (unsigned i = 0; i < MAX_FOLIOS; i++) {
		m->folio[i].content = stamp_number(&r, m->folio[i].content);
		m->folio[i].io = stamp_number(&r, m->folio[i].io);
	}
	m->last_stamp = (uint16_t)r.n;
}

void mem_forget(struct mem *m, unsigned task)
{
	for (unsigned i = 1; i < MAX_ENTRIES; i++)
		m->entry[i].known &= (tasks_t)~(1u << task);
}

/* ---- fields by name ---- */

#define MEMBER(kind_, index_, type, array, member)					\
	{ .kind = kind_, .index = index_, .name = #member,				\
	  .size = sizeof(((type *)0)->member),						\
	  .offset = (uint16_t)(offsetof(struct world, array) + (index_) * sizeof(type) +	\
			       offsetof(type, member)) }

#define PAGE(i)										\
	MEMBER("page", i, struct vpage, mem.page, pte),					\
	MEMBER("page", i, struct vpage, mem.page, target),				\
	MEMBER("page", i, struct vpage, mem.page, bits),				\
	MEMBER("page", i, struct vpage, mem.page, mm),					\
	MEMBER("page", i, struct vpage, mem.page, addr),				\
	MEMBER("page", i, struct vpage, mem.page, shmem),				\
	MEMBER("page", i, struct vpage, mem.page, stamp)

#define SLOT(i)										\
	MEMBER("slot", i, struct slot, mem.slot, swap_map),				\
	MEMBER("slot", i, struct slot, mem.slot, cache),				\
	MEMBER("slot", i, struct slot, mem.slot, entry),				\
	MEMBER("slot", i, struct slot, mem.slot, parked),				\
	MEMBER("slot", i, struct slot, mem.slot, holder),				\
	MEMBER("slot", i, struct slot, mem.slot, holder_task),				\
	MEMBER("slot", i, struct slot, mem.slot, inflight),				\
	MEMBER("slot", i, struct slot, mem.slot, zeromap),				\
	MEMBER("slot", i, struct slot, mem.slot, life),					\
	MEMBER("slot", i, struct slot, mem.slot, dev),					\
	MEMBER("slot", i, struct slot, mem.slot, dev_life)

#define FOLIO(i)									\
	MEMBER("folio", i, struct folio, mem.folio, ref),				\
	MEMBER("folio", i, struct folio, mem.folio, mapcount),				\
	MEMBER("folio", i, struct folio, mem.folio, lock),				\
	MEMBER("folio", i, struct folio, mem.folio, flags),				\
	MEMBER("folio", i, struct folio, mem.folio, swp),				\
	MEMBER("folio", i, struct folio, mem.folio, holders),				\
	MEMBER("folio", i, struct folio, mem.folio, src),				\
	MEMBER("folio", i, struct folio, mem.folio, io_swp),				\
	MEMBER("folio", i, struct folio, mem.folio, index),				\
	MEMBER("folio", i, struct folio, mem.folio, holders2),				\
	MEMBER("folio", i, struct folio, mem.folio, content),				\
	MEMBER("folio", i, struct folio, mem.folio, src_life),				\
	MEMBER("folio", i, struct folio, mem.folio, io),				\
	MEMBER("folio", i, struct folio, mem.folio, io_life)

#define ENTRY(i)									\
	MEMBER("entry", i, struct zentry, mem.entry, state),				\
	MEMBER("entry", i, struct zentry, mem.entry, ref),				\
	MEMBER("entry", i, struct zentry, mem.entry, swp),				\
	MEMBER("entry", i, struct zentry, mem.entry, users),				\
	MEMBER("entry", i, struct zentry, mem.entry, reclaim),				\
	MEMBER("entry", i, struct zentry, mem.entry, referenced),			\
	MEMBER("entry", i, struct zentry, mem.entry, stamp),				\
	MEMBER("entry", i, struct zentry, mem.entry, life),				\
	MEMBER("entry", i, struct zentry, mem.entry, known)

#define FRAME_FIELD(i, j, member)							\
	{ .kind = "task", .index = i, .name = "frame" #j "." #member,			\
	  .size = sizeof(((struct frame *)0)->member),					\
	  .offset = (uint16_t)(offsetof(struct world, task) + (i) * sizeof(struct task) +	\
			       offsetof(struct task, frame) + (j) * sizeof(struct frame) +	\
			       offsetof(struct frame, member)) }

#define FRAME(i, j)									\
	FRAME_FIELD(i, j, pc), FRAME_FIELD(i, j, op), FRAME_FIELD(i, j, page),		\
	FRAME_FIELD(i, j, swp), FRAME_FIELD(i, j, folio), FRAME_FIELD(i, j, entry),	\
	FRAME_FIELD(i, j, aux)

#define TASK(i)										\
	MEMBER("task", i, struct task, task, item),					\
	MEMBER("task", i, struct task, task, left),					\
	MEMBER("task", i, struct task, task, depth),					\
	MEMBER("task", i, struct task, task, begun),					\
	FRAME(i, 0), FRAME(i, 1), FRAME(i, 2), FRAME(i, 3),				\
	FRAME(i, 4), FRAME(i, 5), FRAME(i, 6), FRAME(i, 7),				\
	FRAME(i, 8), FRAME(i, 9), FRAME(i, 10), FRAME(i, 11)

#define MM(i)										\
	MEMBER("mm", i, struct mm, mem.mm, ptl),					\
	MEMBER("mm", i, struct mm, mem.mm, mmap_writer),				\
	MEMBER("mm", i, struct mm, mem.mm, mmap_readers),				\
	MEMBER("mm", i, struct mm, mem.mm, unborn)

#define DEVICE(i)									\
	MEMBER("device", i, struct swap_device, mem.si, lock),				\
	MEMBER("device", i, struct swap_device, mem.si, flags),				\
	MEMBER("device", i, struct swap_device, mem.si, users),				\
	MEMBER("device", i, struct swap_device, mem.si, inuse_pages)

#define SINGLE(kind_, index_, member, name_)						\
	{ .kind = kind_, .index = index_, .name = name_,				\
	  .size = sizeof(((struct world *)0)->mem.member),				\
	  .offset = offsetof(struct world, mem.member) }

static const struct field fields[] = {
	PAGE(0), PAGE(1), PAGE(2), PAGE(3),
	SLOT(0), SLOT(1), SLOT(2), SLOT(3),
	FOLIO(1), FOLIO(2), FOLIO(3), FOLIO(4), FOLIO(5), FOLIO(6), FOLIO(7),
	ENTRY(1), ENTRY(2), ENTRY(3), ENTRY(4), ENTRY(5),
	MM(0), MM(1), MM(2), MM(3), DEVICE(0), DEVICE(1),
	SINGLE("zswap", 0, tree_lock, "tree_lock"), SINGLE("zswap", 0, dangling, "dangling"),
	SINGLE("zswap", 0, lru[0], "lru0"), SINGLE("zswap", 0, lru[1], "lru1"),
	SINGLE("zswap", 0, lru[2], "lru2"), SINGLE("zswap", 0, lru[3], "lru3"),
	SINGLE("zswap", 0, lru[4], "lru4"), SINGLE("zswap", 0, lru[5], "lru5"),
	SINGLE("zswap", 0, zswap_off, "zswap_off"),
	SINGLE("swap", 0, alloc_lock, "alloc_lock"), SINGLE("swap", 0, free_lock, "free_lock"),
	SINGLE("swap", 0, slot_cache_off, "slot_cache_off"),
	SINGLE("swap", 0, last_stamp, "last_stamp"),
	TASK(0), TASK(1), TASK(2), TASK(3), TASK(4), TASK(5), TASK(6), TASK(7),
};

_Static_assert(MAX_PAGES == 4 && MAX_SLOTS == 4 && MAX_FOLIOS == 8 && MAX_ENTRIES == 6 &&
	       MAX_MMS == 4 && MAX_TASKS == 8 && MAX_FRAMES == 12 && MAX_DEVICES == 2,
	       "the list of fields names every object");

const struct field *world_fields(size_t *n)
{
	*n = sizeof(fields) / sizeof(fields[0]);
	return fields;
}

unsigned field_get(const struct world *w, const struct field *f)
{
	const uint8_t *p = (const uint8_t *)w + f->offset;
	uint16_t v;

	if (f->size == 1)
		return *p;
	memcpy(&v, p, sizeof(v));
	return v;
}

void field_set(struct world *w, const struct field *f, unsigned v)
{
	uint8_t *p = (uint8_t *)w + f->offset;
	uint16_t v16 = (uint16_t)v;

	if (f->size == 1)
		*p = (uint8_t)v;
	else
		memcpy(p, &v16, sizeof(v16));
}

const struct field *field_find(const char *kind, unsigned index, const char *name)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i].index == index && !strcmp(fields[i].name, name) &&
		    !strcmp(fields[i].kind, kind))
			return &fields[i];
	return NULL;
}

const char *holder_name(enum holder h)
{
	static const char *const name[HOLD_KINDS] = {
		[HOLD_NONE] = "none", [HOLD_ALLOC] = "alloc", [HOLD_ADD] = "add",
		[HOLD_CACHE] = "cache", [HOLD_DEL] = "del", [HOLD_SYNC] = "sync",
		[HOLD_FREE] = "free",
	};

	return h < HOLD_KINDS ? name[h] : "?";
}
