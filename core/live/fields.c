/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fields.c - the fields of a large world by name, and what a step has changed of them.
 */
#include "core/live/fields.h"

#define F(type, member) \
	{ .name = #member, .offset = offsetof(type, member), .size = sizeof(((type *)0)->member) }

#define FRAME(i, member)								\
	{ .name = "frame" #i "." #member, .size = sizeof(((struct frame *)0)->member),	\
	  .offset = offsetof(struct task, frame) + (i) * sizeof(struct frame) +		\
		    offsetof(struct frame, member) }
#define FRAMES(i)									\
	FRAME(i, pc), FRAME(i, op), FRAME(i, page), FRAME(i, swp), FRAME(i, folio),	\
	FRAME(i, entry), FRAME(i, aux)

static const struct live_field page_fields[] = {
	F(struct vpage, pte), F(struct vpage, target), F(struct vpage, bits), F(struct vpage, mm),
	F(struct vpage, addr), F(struct vpage, shmem), F(struct vpage, stamp),
};
static const struct live_field slot_fields[] = {
	F(struct slot, swap_map), F(struct slot, cache), F(struct slot, entry),
	F(struct slot, parked), F(struct slot, holder), F(struct slot, holder_task),
	F(struct slot, inflight), F(struct slot, zeromap), F(struct slot, life),
	F(struct slot, dev), F(struct slot, dev_life),
	F(struct slot, park_next),
};
static const struct live_field folio_fields[] = {
	F(struct folio, ref), F(struct folio, mapcount), F(struct folio, lock),
	F(struct folio, flags), F(struct folio, swp), F(struct folio, holders),
	F(struct folio, src), F(struct folio, io_swp), F(struct folio, index),
	F(struct folio, holders2), F(struct folio, content), F(struct folio, src_life),
	F(struct folio, io), F(struct folio, io_life),
};
static const struct live_field entry_fields[] = {
	F(struct zentry, state), F(struct zentry, ref), F(struct zentry, swp),
	F(struct zentry, users), F(struct zentry, reclaim), F(struct zentry, referenced),
	F(struct zentry, stamp), F(struct zentry, life), F(struct zentry, lru_prev),
	F(struct zentry, lru_next),
};
static const struct live_field mm_fields[] = {
	F(struct mm, ptl), F(struct mm, mmap_writer), F(struct mm, mmap_readers),
	F(struct mm, unborn),
};
static const struct live_field device_fields[] = {
	F(struct swap_device, lock), F(struct swap_device, flags),
	F(struct swap_device, users), F(struct swap_device, inuse_pages),
};
static const struct live_field tree_fields[] = { F(struct zswap_tree, tree_lock) };
static const struct live_field lru_fields[] = {
	F(struct zswap_lru, coldest), F(struct zswap_lru, youngest),
};
static const struct live_field param_fields[] = { F(struct zswap_param, zswap_off) };
static const struct live_field ghost_fields[] = { F(struct ghost, dangling) };
static const struct live_field swap_fields[] = { F(struct swap_param, slot_cache_off) };
static const struct live_field swap_slots_fields[] = {
	F(struct swap_slots, alloc_lock), F(struct swap_slots, free_lock),
	F(struct swap_slots, ret_count), F(struct swap_slots, ret_first),
	F(struct swap_slots, alloc_count), F(struct swap_slots, alloc_first),
};
static const struct live_field task_fields[] = {
	F(struct task, depth),
	FRAMES(0), FRAMES(1), FRAMES(2), FRAMES(3), FRAMES(4), FRAMES(5),
	FRAMES(6), FRAMES(7), FRAMES(8), FRAMES(9), FRAMES(10), FRAMES(11),
};
_Static_assert(MAX_FRAMES == 12, "the list of fields names every frame");

#define LIST(object, list) [LIVE_##object] = { list, sizeof(list) / sizeof(list[0]) }

static const struct {
	const struct live_field *field;
	unsigned n;
} fields[LIVE_KINDS] = {
	LIST(PAGE, page_fields), LIST(SLOT, slot_fields), LIST(FOLIO, folio_fields),
	LIST(ENTRY, entry_fields), LIST(MM, mm_fields), LIST(DEVICE, device_fields),
	LIST(TREE, tree_fields), LIST(LRU, lru_fields), LIST(PARAM, param_fields),
	LIST(GHOST, ghost_fields), LIST(SWAP, swap_fields),
	LIST(SWAP_SLOTS, swap_slots_fields), LIST(TASK, task_fields),
};

#define FIELDS_A_FRAME	7

void live_counts(const struct replay_world *w, unsigned *count)
{
	const unsigned counts[LIVE_KINDS] = {
		[LIVE_PAGE] = w->pages, [LIVE_SLOT] = w->slots, [LIVE_FOLIO] = w->folios,
		[LIVE_ENTRY] = w->entries, [LIVE_MM] = w->mms, [LIVE_DEVICE] = 1,
		[LIVE_TREE] = 1, [LIVE_LRU] = 1, [LIVE_PARAM] = 1, [LIVE_GHOST] = 1,
		[LIVE_SWAP] = 1,
		[LIVE_SWAP_SLOTS] = w->tasks,
		[LIVE_TASK] = w->tasks,
	};

	memcpy(count, counts, sizeof(counts));
}

const struct live_field *live_fields(enum live_kind kind, unsigned *n)
{
	*n = fields[kind].n;
	return fields[kind].field;
}

const char *live_kind_name(enum live_kind kind)
{
	static const char *const name[LIVE_KINDS] = {
#define X(object_, kind_, type) [LIVE_##object_] = kind_,
		OBJECTS(X)
#undef X
	};

	return name[kind];
}

static uint32_t value(const void *object_, const struct live_field *f)
{
	const uint8_t *p = (const uint8_t *)object_ + f->offset;
	uint16_t v16;
	uint32_t v32;

	if (f->size == 1)
		return *p;
	if (f->size == 2) {
		memcpy(&v16, p, sizeof(v16));
		return v16;
	}
	memcpy(&v32, p, sizeof(v32));
	return v32;
}

/* frameN.pc: a line of source; in events the number of the step there + 1. */
static bool is_pc(uint32_t key, unsigned field)
{
	return LIVE_KIND(key) == LIVE_TASK && field && (field - 1) % FIELDS_A_FRAME == 0;
}

static uint32_t step_of_pc(const void *task, unsigned field)
{
	const struct task *t = task;
	const struct frame *f = &t->frame[(field - 1) / FIELDS_A_FRAME];

	return f->op ? (uint32_t)(step_id(f->op, f->pc) + 1) : 0;
}

void object_set(uint32_t key, void *object_, unsigned field, uint32_t v)
{
	const struct live_field *f = &fields[LIVE_KIND(key)].field[field];
	uint8_t *p = (uint8_t *)object_ + f->offset;
	uint16_t v16 = (uint16_t)v;

	if (is_pc(key, field))
		v16 = v && v <= step_count() ? step_at(v - 1)->line : 0;
	if (f->size == 1)
		*p = (uint8_t)v;
	else if (f->size == 2)
		memcpy(p, &v16, sizeof(v16));
	else
		memcpy(p, &v, sizeof(v));
}

static unsigned changes(uint32_t key, const void *before, const void *after, unsigned from,
			unsigned to, struct live_change *out, unsigned max)
{
	unsigned n = 0;

	for (unsigned i = from; i < to && n < max; i++) {
		const struct live_field *f = &fields[LIVE_KIND(key)].field[i];
		uint32_t a = value(before, f), b = value(after, f);

		if (is_pc(key, i) && (a || b)) {
			a = step_of_pc(before, i);
			b = step_of_pc(after, i);
		}
		if (a != b)
			out[n++] = (struct live_change){ key, i, a, b };
	}
	return n;
}

unsigned object_changes(uint32_t key, const void *before, const void *after,
			struct live_change *to, unsigned max)
{
	return changes(key, before, after, 0, fields[LIVE_KIND(key)].n, to, max);
}

unsigned thread_changes(const struct thread *th, struct live_change *to)
{
	uint32_t key = LIVE_KEY(LIVE_TASK, th->id);
	unsigned depth = th->before.depth > th->task.depth ? th->before.depth : th->task.depth;
	unsigned n = changes(key, &th->before, &th->task, 0, 1 + depth * FIELDS_A_FRAME, to,
			     CHANGES_MAX);

	for (unsigned i = 0; i < th->mem.views; i++)
		if (th->wrote[i])
			n += object_changes(th->mem.view[i].key, th->old[i], th->mem.view[i].copy,
					    to + n, CHANGES_MAX - n);
	return n;
}
