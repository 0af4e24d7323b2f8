/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * large.h - a run in a large world, made up: tasks that fault pages in, reclaim and write them,
 * by a fixed chance.  It is no model, but its rows are those of one: what the tasks' stacks name
 * exists, data moves from folios to entries and back, and at one place it goes wrong: an entry is
 * freed while a fault reads it, another page's data gets its number, and the fault maps that.
 *
 * Shared by tests and by the benchmark; needs no cmocka.
 */
#ifndef SWAPSCOPE_TESTS_LARGE_H
#define SWAPSCOPE_TESTS_LARGE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/kernel.h"
#include "core/scenario/task.h"
#include "traces/write/rows.h"
#include "traces/write/write.h"

/* The fields that are used, by kind: X(name, type) */
#define LARGE_PAGE(X) X(pte, PTE) X(target, NUMBER) X(stamp, STAMP) X(mm, NUMBER)
#define LARGE_SLOT(X) X(swap_map, SWAP_MAP) X(cache, FOLIO) X(entry, ENTRY) X(holder, HOLDER) \
	X(holder_task, TASK_1) X(life, NUMBER)
#define LARGE_FOLIO(X) X(ref, NUMBER) X(mapcount, NUMBER) X(lock, LOCK) X(flags, FOLIO_FLAGS) \
	X(swp, SLOT_1) X(holders, TASKS) X(content, STAMP) X(src, SLOT_1) X(src_life, NUMBER)
#define LARGE_ENTRY(X) X(state, STATE) X(ref, NUMBER) X(swp, SLOT) X(users, TASKS) \
	X(stamp, STAMP) X(life, NUMBER) X(length, NUMBER)

enum {
#define X(name, type) PAGE_##name,
	LARGE_PAGE(X)
#undef X
	PAGE_FIELDS
};
enum {
#define X(name, type) SLOT_##name,
	LARGE_SLOT(X)
#undef X
	SLOT_FIELDS
};
enum {
#define X(name, type) FOLIO_##name,
	LARGE_FOLIO(X)
#undef X
	FOLIO_FIELDS
};
enum {
#define X(name, type) ENTRY_##name,
	LARGE_ENTRY(X)
#undef X
	ENTRY_FIELDS
};
enum { TASK_depth, FRAME_pc = 1, FRAME_op, FRAME_page, FRAME_swp, FRAME_folio, FRAME_entry,
       FRAME_FIELDS = 6, LARGE_FRAMES = 3, TASK_FIELDS = 1 + FRAME_FIELDS * LARGE_FRAMES };

enum large_kind { LARGE_PAGES, LARGE_SLOTS, LARGE_FOLIOS, LARGE_ENTRIES, LARGE_TASKS, LARGE_KINDS };

static const struct large_field {
	const char *name;
	enum field_type type;
} large_page[] = {
#define X(name, type) { #name, TYPE_##type },
	LARGE_PAGE(X)
}, large_slot[] = {
	LARGE_SLOT(X)
}, large_folio[] = {
	LARGE_FOLIO(X)
}, large_entry[] = {
	LARGE_ENTRY(X)
#undef X
}, large_task[] = {
	{ "depth", TYPE_NUMBER },
#define FRAME(n) { "frame" #n ".pc", TYPE_STEP }, { "frame" #n ".op", TYPE_OP },	\
	{ "frame" #n ".page", TYPE_NUMBER }, { "frame" #n ".swp", TYPE_NUMBER },	\
	{ "frame" #n ".folio", TYPE_NUMBER }, { "frame" #n ".entry", TYPE_NUMBER }
	FRAME(0), FRAME(1), FRAME(2),
#undef FRAME
};

static const struct {
	const char *kind;
	const struct large_field *field;
	unsigned fields;
} large_kinds[LARGE_KINDS] = {
	{ "page", large_page, PAGE_FIELDS }, { "slot", large_slot, SLOT_FIELDS },
	{ "folio", large_folio, FOLIO_FIELDS }, { "entry", large_entry, ENTRY_FIELDS },
	{ "task", large_task, TASK_FIELDS },
};

enum large_work { IDLE, FAULT, RECLAIM, WRITE, WRITEBACK };

struct large_task {
	enum large_work work;
	unsigned at;				/* step of the work that is next */
	uint32_t page, slot, folio, entry;
};

/* Numbers that are free; taken by chance. */
struct large_pool {
	uint32_t *number;
	unsigned n;
};

struct large {
	struct trace_writer *tw;
	unsigned size[LARGE_KINDS];		/* folios and entries count number 0 */
	uint32_t *id[LARGE_KINDS];		/* by number * fields + field; 0: none yet */
	uint32_t *value;			/* by id: the world now */
	size_t values;
	struct large_task task[32];
	uint8_t *busy;				/* pages that a task works on */
	struct large_pool pool[LARGE_KINDS];
	struct row_change change[64];
	unsigned changes, depth;
	uint64_t all_changes;
	uint64_t seq, time, bug_at, finding;	/* finding: the transition with the wrong byte */
	int victim;				/* task that reads a freed entry; -1: none */
	bool bug_done;
	uint32_t stamp, rng;
	char wrong[160];
	/* called with every transition; may be NULL */
	void (*each)(void *arg, const struct row_event *e, const struct row_change *c);
	void *arg;
};

static inline void large_fail(const struct large *l)
{
	fprintf(stderr, "large.h: %s\n", trace_error(l->tw));
	exit(2);
}

static inline uint32_t large_random(struct large *l, uint32_t n)
{
	l->rng = l->rng * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)(l->rng >> 4) * n) >> 28);
}

/* ---- fields ---- */

static inline uint32_t large_id(struct large *l, enum large_kind kind, uint32_t n, unsigned field)
{
	uint32_t *id = &l->id[kind][n * large_kinds[kind].fields + field];
	const struct large_field *f = &large_kinds[kind].field[field];

	if (!*id) {
		int r = rows_field(l->tw, large_kinds[kind].kind, n, f->name, f->type);

		if (r < 0)
			large_fail(l);
		*id = (uint32_t)r;
		if (*id >= l->values) {
			size_t more = l->values ? 2 * l->values : 1024;

			l->value = realloc(l->value, more * sizeof(l->value[0]));
			memset(l->value + l->values, 0, (more - l->values) * sizeof(l->value[0]));
			l->values = more;
		}
	}
	return *id;
}

static inline uint32_t large_get(struct large *l, enum large_kind kind, uint32_t n, unsigned field)
{
	uint32_t id = l->id[kind][n * large_kinds[kind].fields + field];

	return id ? l->value[id] : 0;
}

static inline void large_set(struct large *l, enum large_kind kind, uint32_t n, unsigned field,
			     uint32_t v)
{
	uint32_t id;

	if (large_get(l, kind, n, field) == v)
		return;
	id = large_id(l, kind, n, field);
	if (!l->seq) {
		if (rows_start(l->tw, id, v))
			large_fail(l);
	} else {
		l->change[l->changes++] = (struct row_change){ id, l->value[id], v };
	}
	l->value[id] = v;
}

#define SET_PAGE(n, f, v) large_set(l, LARGE_PAGES, n, PAGE_##f, v)
#define SET_SLOT(n, f, v) large_set(l, LARGE_SLOTS, n, SLOT_##f, v)
#define SET_FOLIO(n, f, v) large_set(l, LARGE_FOLIOS, n, FOLIO_##f, v)
#define SET_ENTRY(n, f, v) large_set(l, LARGE_ENTRIES, n, ENTRY_##f, v)
#define GET_PAGE(n, f) large_get(l, LARGE_PAGES, n, PAGE_##f)
#define GET_SLOT(n, f) large_get(l, LARGE_SLOTS, n, SLOT_##f)
#define GET_FOLIO(n, f) large_get(l, LARGE_FOLIOS, n, FOLIO_##f)
#define GET_ENTRY(n, f) large_get(l, LARGE_ENTRIES, n, ENTRY_##f)

/* ---- steps ---- */

/* Every step that is made, by the beginning of its text; looked up once. */
enum large_step {
	AT_ACCESS, AT_SWAP_PAGE, AT_PIN, AT_SEARCH, AT_BEGIN, AT_END, AT_FREE, AT_MAP, AT_UNLOCK,
	AT_ISOLATE, AT_ALLOC, AT_ADD, AT_UNMAP, AT_COMPRESS, AT_INSERT, AT_REMOVE, AT_PUT,
	AT_WRITEBACK, AT_STEPS
};

static const char *const large_steps[AT_STEPS][2] = {
	[AT_ACCESS] = { "touch_page", "access the page" },
	[AT_SWAP_PAGE] = { "touch_page", "do_swap_page" },
	[AT_PIN] = { "do_swap_page", "swapin_bypass" },
	[AT_SEARCH] = { "zswap_load", "entry = zswap_rb_search" },
	[AT_BEGIN] = { "zswap_load", "zswap_decompress(entry, folio): begin" },
	[AT_END] = { "zswap_load", "zswap_decompress(entry, folio): end" },
	[AT_FREE] = { "zswap_load", "folio_mark_dirty(folio); zswap_entry_free" },
	[AT_MAP] = { "do_swap_page", "map_swapin_folio" },
	[AT_UNLOCK] = { "do_swap_page", "folio_unlock" },
	[AT_ISOLATE] = { "shrink_folio_list", "isolate a folio" },
	[AT_ALLOC] = { "folio_alloc_swap", "allocate a slot" },
	[AT_ADD] = { "shrink_folio_list", "add_to_swap_cache" },
	[AT_UNMAP] = { "shrink_folio_list", "try_to_unmap_one" },
	[AT_COMPRESS] = { "zswap_store", "compress the folio" },
	[AT_INSERT] = { "zswap_store", "zswap_rb_insert" },
	[AT_REMOVE] = { "shrink_folio_list", "__remove_mapping" },
	[AT_PUT] = { "shrink_folio_list", "folio_put" },
	[AT_WRITEBACK] = { "zswap_writeback_entry", "zswap_entry_free" },
};

static inline size_t large_step(enum large_step at)
{
	static size_t known[AT_STEPS];

	for (size_t i = 0; i < step_count() && !known[at]; i++)
		if (!strcmp(step_op_name(step_at(i)), large_steps[at][0]) &&
		    !strncmp(step_at(i)->text, large_steps[at][1], strlen(large_steps[at][1])))
			known[at] = i + 1;
	if (!known[at]) {
		fprintf(stderr, "large.h: no step %s: %s\n", large_steps[at][0],
			large_steps[at][1]);
		exit(2);
	}
	return known[at] - 1;
}

static inline uint32_t large_op(const char *name)
{
	for (uint32_t i = 0; i < OP_COUNT; i++)
		if (!strcmp(op_name(i), name))
			return i;
	return 0;
}

/* A frame of a task stands at a step; AT_STEPS: the frame is gone. */
static inline void large_frame(struct large *l, unsigned task, unsigned frame, enum large_step at,
			       uint32_t page, uint32_t slot, uint32_t folio, uint32_t entry)
{
	bool none = at == AT_STEPS;
	unsigned base = frame * FRAME_FIELDS;
	uint32_t v[] = { none ? 0 : (uint32_t)rows_step(l->tw, (unsigned)large_step(at)) + 1,
			 none ? 0 : large_op(large_steps[at][0]), page, slot, folio, entry };

	for (unsigned i = 0; i < FRAME_FIELDS; i++)
		large_set(l, LARGE_TASKS, task, base + FRAME_pc + i, v[i]);
}

static inline void large_depth(struct large *l, unsigned task, unsigned depth)
{
	large_set(l, LARGE_TASKS, task, TASK_depth, depth);
	for (unsigned i = depth; i < LARGE_FRAMES; i++)
		large_frame(l, task, i, AT_STEPS, 0, 0, 0, 0);
}

static inline uint32_t large_take(struct large *l, enum large_kind kind)
{
	struct large_pool *p = &l->pool[kind];
	uint32_t i = large_random(l, p->n), n = p->number[i];

	p->number[i] = p->number[--p->n];
	return n;
}

static inline void large_give(struct large *l, enum large_kind kind, uint32_t n)
{
	l->pool[kind].number[l->pool[kind].n++] = n;
}

static inline void large_emit(struct large *l, unsigned task, enum large_step at,
			      const char *result)
{
	struct row_event e = {
		.time = l->time += 50 + large_random(l, 400), .task = task,
		.step = (uint32_t)rows_step(l->tw, (unsigned)large_step(at)), .depth = l->depth,
		.waited = large_random(l, 64) ? 0 : 1 + large_random(l, 40000),
		.result = result ? (uint32_t)rows_result(l->tw, result) : 0,
		.changes = l->changes,
	};

	if (rows_event(l->tw, &e, l->change))
		large_fail(l);
	if (l->each)
		l->each(l->arg, &e, l->change);
	l->all_changes += l->changes;
	l->changes = 0;
	l->seq++;
}

/* ---- what tasks do ---- */

static inline enum large_step large_fault(struct large *l, unsigned n, struct large_task *t)
{
	uint32_t bit = 1u << n;

	switch (t->at) {
	case 0:
		large_depth(l, n, 2);
		large_frame(l, n, 0, AT_SWAP_PAGE, t->page, 0, 0, 0);
		large_frame(l, n, 1, AT_PIN, 0, t->slot, 0, 0);
		return AT_SWAP_PAGE;
	case 1:
		SET_SLOT(t->slot, swap_map, 1 | SWAP_HAS_CACHE);
		SET_SLOT(t->slot, holder, HOLD_SYNC);
		SET_SLOT(t->slot, holder_task, n + 1);
		SET_FOLIO(t->folio, ref, 1);
		SET_FOLIO(t->folio, lock, n + 1);
		SET_FOLIO(t->folio, holders, bit);
		SET_FOLIO(t->folio, content, 0);
		large_frame(l, n, 1, AT_PIN, 0, t->slot, t->folio, 0);
		large_frame(l, n, 2, AT_SEARCH, 0, 0, t->folio, 0);
		large_set(l, LARGE_TASKS, n, TASK_depth, 3);
		return AT_PIN;
	case 2:
		t->entry = GET_SLOT(t->slot, entry);
		SET_ENTRY(t->entry, users, GET_ENTRY(t->entry, users) | bit);
		large_frame(l, n, 2, AT_BEGIN, 0, 0, t->folio, t->entry);
		return AT_SEARCH;
	case 3:
		large_frame(l, n, 2, AT_END, 0, 0, t->folio, t->entry);
		return AT_BEGIN;
	case 4:
		SET_FOLIO(t->folio, content, GET_ENTRY(t->entry, stamp));
		SET_FOLIO(t->folio, src, t->slot + 1);
		SET_FOLIO(t->folio, src_life, GET_SLOT(t->slot, life));
		SET_FOLIO(t->folio, flags, FOLIO_UPTODATE);
		large_frame(l, n, 2, AT_FREE, 0, 0, t->folio, t->entry);
		return AT_END;
	case 5:
		if (GET_SLOT(t->slot, entry) == t->entry) {
			SET_SLOT(t->slot, entry, 0);
			SET_ENTRY(t->entry, state, ENTRY_FREE);
			SET_ENTRY(t->entry, users, 0);
			SET_ENTRY(t->entry, ref, 0);
			large_give(l, LARGE_ENTRIES, t->entry);
		}
		large_depth(l, n, 2);
		large_frame(l, n, 1, AT_MAP, 0, t->slot, t->folio, 0);
		return AT_FREE;
	case 6:
		SET_PAGE(t->page, pte, PTE_PRESENT);
		SET_PAGE(t->page, target, t->folio);
		SET_FOLIO(t->folio, mapcount, 1);
		SET_SLOT(t->slot, swap_map, 0);
		SET_SLOT(t->slot, holder, HOLD_NONE);
		SET_SLOT(t->slot, holder_task, 0);
		SET_SLOT(t->slot, life, GET_SLOT(t->slot, life) + 1);
		large_give(l, LARGE_SLOTS, t->slot);
		large_frame(l, n, 1, AT_UNLOCK, 0, 0, t->folio, 0);
		return AT_MAP;
	default:
		SET_FOLIO(t->folio, lock, 0);
		SET_FOLIO(t->folio, holders, 0);
		large_depth(l, n, 0);
		return AT_UNLOCK;
	}
}

static inline enum large_step large_reclaim(struct large *l, unsigned n, struct large_task *t)
{
	switch (t->at) {
	case 0:
		large_depth(l, n, 1);
		large_frame(l, n, 0, AT_ALLOC, 0, 0, t->folio, 0);
		SET_FOLIO(t->folio, lock, n + 1);
		SET_FOLIO(t->folio, holders, 1u << n);
		return AT_ISOLATE;
	case 1:
		SET_SLOT(t->slot, swap_map, SWAP_HAS_CACHE);
		SET_SLOT(t->slot, holder, HOLD_ALLOC);
		SET_SLOT(t->slot, holder_task, n + 1);
		large_frame(l, n, 0, AT_ADD, 0, t->slot, t->folio, 0);
		return AT_ALLOC;
	case 2:
		SET_SLOT(t->slot, cache, t->folio);
		SET_SLOT(t->slot, holder, HOLD_CACHE);
		SET_SLOT(t->slot, holder_task, 0);
		SET_FOLIO(t->folio, swp, t->slot + 1);
		SET_FOLIO(t->folio, ref, 2);
		SET_FOLIO(t->folio, flags, FOLIO_UPTODATE | FOLIO_SWAPCACHE);
		large_frame(l, n, 0, AT_UNMAP, 0, t->slot, t->folio, 0);
		return AT_ADD;
	case 3:
		SET_PAGE(t->page, pte, PTE_SWAP);
		SET_PAGE(t->page, target, t->slot);
		SET_FOLIO(t->folio, mapcount, 0);
		SET_SLOT(t->slot, swap_map, 1 | SWAP_HAS_CACHE);
		large_frame(l, n, 0, AT_REMOVE, 0, t->slot, t->folio, 0);
		large_frame(l, n, 1, AT_COMPRESS, 0, 0, t->folio, 0);
		large_set(l, LARGE_TASKS, n, TASK_depth, 2);
		return AT_UNMAP;
	case 4:
		SET_ENTRY(t->entry, state, ENTRY_LIVE);
		SET_ENTRY(t->entry, ref, 1);
		SET_ENTRY(t->entry, swp, t->slot);
		SET_ENTRY(t->entry, stamp, GET_FOLIO(t->folio, content));
		SET_ENTRY(t->entry, life, GET_SLOT(t->slot, life));
		SET_ENTRY(t->entry, length, 300 + large_random(l, 2000));
		large_frame(l, n, 1, AT_INSERT, 0, 0, t->folio, t->entry);
		return AT_COMPRESS;
	case 5:
		SET_SLOT(t->slot, entry, t->entry);
		large_depth(l, n, 1);
		return AT_INSERT;
	case 6:
		SET_SLOT(t->slot, cache, 0);
		SET_SLOT(t->slot, holder, HOLD_NONE);
		SET_SLOT(t->slot, swap_map, 1);
		SET_FOLIO(t->folio, swp, 0);
		SET_FOLIO(t->folio, flags, FOLIO_UPTODATE);
		SET_FOLIO(t->folio, ref, 1);
		large_frame(l, n, 0, AT_PUT, 0, 0, t->folio, 0);
		return AT_REMOVE;
	default:
		SET_FOLIO(t->folio, ref, 0);
		SET_FOLIO(t->folio, flags, 0);
		SET_FOLIO(t->folio, lock, 0);
		SET_FOLIO(t->folio, holders, 0);
		SET_FOLIO(t->folio, src, 0);
		large_give(l, LARGE_FOLIOS, t->folio);
		large_depth(l, n, 0);
		return AT_PUT;
	}
}

static inline bool large_begin_fault(struct large *l, struct large_task *t, uint32_t page)
{
	uint32_t slot = GET_PAGE(page, target);

	if (GET_PAGE(page, pte) != PTE_SWAP || !l->pool[LARGE_FOLIOS].n ||
	    GET_SLOT(slot, cache) || !GET_SLOT(slot, entry))
		return false;
	*t = (struct large_task){ FAULT, 0, page, slot, large_take(l, LARGE_FOLIOS), 0 };
	return true;
}

static inline bool large_begin_reclaim(struct large *l, struct large_task *t, uint32_t page)
{
	if (GET_PAGE(page, pte) != PTE_PRESENT || !l->pool[LARGE_SLOTS].n ||
	    !l->pool[LARGE_ENTRIES].n)
		return false;
	*t = (struct large_task){ RECLAIM, 0, page, large_take(l, LARGE_SLOTS),
				  GET_PAGE(page, target), 0 };
	t->entry = large_take(l, LARGE_ENTRIES);
	return true;
}

/* An idle task finds something to do, or not. */
static inline bool large_begin(struct large *l, struct large_task *t)
{
	uint32_t page = large_random(l, l->size[LARGE_PAGES]);

	if (l->busy[page])
		return false;
	if (GET_PAGE(page, pte) == PTE_PRESENT && large_random(l, 12))
		*t = (struct large_task){ WRITE, 0, page, 0, GET_PAGE(page, target), 0 };
	else if (!large_begin_fault(l, t, page) && !large_begin_reclaim(l, t, page))
		return false;
	l->busy[page] = 1;
	return true;
}

/* The entry that `victim` is about to read is freed by this task, which then stores into it. */
static inline void large_begin_bug(struct large *l, unsigned n, unsigned victim)
{
	struct large_task *t = &l->task[n];
	uint32_t entry = l->task[victim].entry;

	l->victim = (int)victim;
	l->bug_done = true;
	*t = (struct large_task){ WRITEBACK, 0, 0, l->task[victim].slot, 0, entry };
}

static inline enum large_step large_writeback(struct large *l, unsigned n, struct large_task *t)
{
	uint32_t entry = t->entry, page;

	SET_SLOT(t->slot, entry, 0);
	SET_ENTRY(entry, state, ENTRY_FREE);
	SET_ENTRY(entry, users, 0);
	SET_ENTRY(entry, ref, 0);
	do {
		page = large_random(l, l->size[LARGE_PAGES]);
	} while (l->busy[page] || !large_begin_reclaim(l, t, page));
	large_give(l, LARGE_ENTRIES, t->entry);
	t->entry = entry;
	t->at = UINT32_MAX;		/* and its first step comes next */
	l->busy[page] = 1;
	(void)n;
	return AT_WRITEBACK;
}

static inline const char *large_result(enum large_step at)
{
	return at == AT_SEARCH ? "hit" : at == AT_COMPRESS ? "stored" : NULL;
}

/* The page is mapped: with what was in the folio. */
static inline void large_mapped(struct large *l, const struct large_task *t)
{
	uint32_t got = GET_FOLIO(t->folio, content), want = GET_PAGE(t->page, stamp);

	if (got == want)
		return;
	snprintf(l->wrong, sizeof(l->wrong), "page %u gets v%u (folio %u), its owner wrote v%u "
		 "(first wrong byte at 0).  Rule: a page has what its owner wrote", t->page, got,
		 t->folio, want);
	if (!l->finding)
		l->finding = l->seq - 1;
	if (rows_finding(l->tw, l->seq - 1, "MAPPED", l->wrong))
		large_fail(l);
	l->victim = -1;
}

/* Who moves now: a victim waits until its entry has another's data. */
static inline unsigned large_mover(struct large *l)
{
	for (;;) {
		unsigned n = large_random(l, l->size[LARGE_TASKS]);
		const struct large_task *t = &l->task[n];

		if (l->victim == (int)n && t->at == 4 &&
		    GET_ENTRY(t->entry, stamp) == GET_PAGE(t->page, stamp))
			continue;
		return n;
	}
}

/* One transition. */
static inline void large_move(struct large *l)
{
	unsigned n = large_mover(l);
	struct large_task *t = &l->task[n];
	enum large_step at;

	for (unsigned i = 0; l->bug_at && l->seq >= l->bug_at && !l->bug_done &&
	     i < l->size[LARGE_TASKS]; i++)
		if (l->task[i].work == FAULT && l->task[i].at == 4 && t->work == IDLE && i != n)
			large_begin_bug(l, n, i);
	while (t->work == IDLE && !large_begin(l, t))
		;
	l->depth = large_get(l, LARGE_TASKS, n, TASK_depth);
	switch (t->work) {
	case FAULT:
		at = large_fault(l, n, t);
		break;
	case RECLAIM:
		at = large_reclaim(l, n, t);
		break;
	case WRITEBACK:
		at = large_writeback(l, n, t);
		break;
	default:
		l->stamp++;
		l->stamp += (l->stamp & 0xffff) == STAMP_GARBAGE;
		SET_PAGE(t->page, stamp, l->stamp);
		SET_FOLIO(t->folio, content, l->stamp);
		at = AT_ACCESS;
	}
	large_emit(l, n, at, large_result(at));
	if (t->work == FAULT && t->at == 6)
		large_mapped(l, t);
	if (t->work == WRITE || (t->at == 7 && t->work != IDLE)) {
		l->busy[t->page] = 0;
		t->work = IDLE;
	}
	t->at++;
}

/* ---- a run ---- */

/* Half of the pages are mapped; of the others some are in zswap. */
static inline void large_populate(struct large *l)
{
	for (enum large_kind kind = LARGE_SLOTS; kind <= LARGE_ENTRIES; kind++)
		for (uint32_t i = l->size[kind]; i-- > (kind == LARGE_SLOTS ? 0u : 1u);)
			large_give(l, kind, i);
	for (uint32_t page = 0; page < l->size[LARGE_PAGES]; page++) {
		uint32_t slot, entry, folio;

		SET_PAGE(page, stamp, ++l->stamp);
		SET_PAGE(page, mm, page >= l->size[LARGE_PAGES] / 2);
		if (page % 2 == 0) {
			folio = large_take(l, LARGE_FOLIOS);
			SET_PAGE(page, pte, PTE_PRESENT);
			SET_PAGE(page, target, folio);
			SET_FOLIO(folio, ref, 1);
			SET_FOLIO(folio, mapcount, 1);
			SET_FOLIO(folio, flags, FOLIO_UPTODATE);
			SET_FOLIO(folio, content, l->stamp);
		} else if (l->pool[LARGE_ENTRIES].n > l->size[LARGE_ENTRIES] / 2 ||
			   l->pool[LARGE_ENTRIES].n > 2 * l->size[LARGE_TASKS]) {
			slot = large_take(l, LARGE_SLOTS);
			entry = large_take(l, LARGE_ENTRIES);
			SET_PAGE(page, pte, PTE_SWAP);
			SET_PAGE(page, target, slot);
			SET_SLOT(slot, swap_map, 1);
			SET_SLOT(slot, entry, entry);
			SET_SLOT(slot, life, 1);
			SET_ENTRY(entry, state, ENTRY_LIVE);
			SET_ENTRY(entry, ref, 1);
			SET_ENTRY(entry, swp, slot);
			SET_ENTRY(entry, stamp, l->stamp);
			SET_ENTRY(entry, life, 1);
			SET_ENTRY(entry, length, 400);
		}
	}
	l->seq = 1;		/* of the transition that is next */
}

/* Begin a run of these sizes; the writer lives longer than l.  bug_at 0: nothing goes wrong. */
static inline void large_start(struct large *l, struct trace_writer *tw, unsigned scale,
			       unsigned tasks, uint64_t bug_at, uint32_t keyframe_every,
			       bool packed)
{
	static const char *const names[32] = {
		"T0", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12",
		"T13", "T14", "T15", "T16", "T17", "T18", "T19", "T20", "T21", "T22", "T23", "T24",
		"T25", "T26", "T27", "T28", "T29", "T30", "T31",
	};
	static struct kernel kernel;
	struct rows_run run = {
		.scenario = "made-up", .title = "a made-up run", .verdict = "", .device = "zram",
		.kernel_name = "v6.9", .source = "live", .k = &kernel, .pages = scale,
		.slots = 2 * scale, .folios = 2 * scale + 1, .entries = scale + 1, .tasks = tasks,
		.task_name = names, .clock = true, .packed = packed,
		.keyframe_every = keyframe_every,
	};

	if (kernel_named(&kernel, "v6.9", NULL, 0))
		exit(2);
	l->tw = tw;
	l->size[LARGE_PAGES] = run.pages;
	l->size[LARGE_SLOTS] = run.slots;
	l->size[LARGE_FOLIOS] = run.folios;
	l->size[LARGE_ENTRIES] = run.entries;
	l->size[LARGE_TASKS] = run.tasks;
	for (unsigned i = 0; i < LARGE_KINDS; i++) {
		l->id[i] = calloc(l->size[i] * large_kinds[i].fields, sizeof(l->id[i][0]));
		l->pool[i].number = calloc(l->size[i] + 1, sizeof(uint32_t));
	}
	l->busy = calloc(run.pages, 1);
	l->bug_at = bug_at;
	l->victim = -1;
	l->rng = 1;
	if (rows_begin(tw, &run) < 0)
		large_fail(l);
	large_populate(l);
}

static inline void large_free(struct large *l)
{
	for (unsigned i = 0; i < LARGE_KINDS; i++) {
		free(l->id[i]);
		free(l->pool[i].number);
	}
	free(l->busy);
	free(l->value);
}

/* A file with one such run of so many transitions; *l is left as the world is at its end. */
static inline void large_file(struct large *l, const char *path, unsigned scale, unsigned tasks,
			      uint64_t events, uint64_t bug_at, uint32_t keyframe_every,
			      bool packed)
{
	char error[TRACE_ERROR_MAX];
	struct trace_writer *tw;

	if (trace_create(&tw, path, TRACE_REPLACE, error)) {
		fprintf(stderr, "large.h: %s\n", error);
		exit(2);
	}
	large_start(l, tw, scale, tasks, bug_at, keyframe_every, packed);
	while (l->seq <= events)
		large_move(l);
	if (rows_end(tw, NULL, "one wrong byte") || trace_close(tw))
		large_fail(l);
}

#endif
