/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which few objects of a large world are looked at.
 *
 * An object comes with what its data is in, as far as there are places: a page with its slot or
 * folio, a slot with its folio of the swap cache, its entry, and the copies that tasks hold of
 * it.  A page whose slot has no place gets none either, unless it was asked for: whether its
 * data is lost could not be told.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/read/reader.h"

#define RECENT_STEPS	256	/* so far back it is asked who moved last */
#define STACKS		64	/* stacks that are looked at */
#define NAMED		256	/* objects that they name */

struct look {
	struct trace *t;
	struct trace_lens *l;
	uint32_t task[STACKS];		/* those that moved last come first */
	unsigned tasks;
	struct trace_object named[NAMED];	/* by their stacks, in that order */
	uint32_t by[NAMED];			/* and which task does */
	unsigned names;
};

/* ---- places ---- */

static bool taken(const struct look *k, enum object_kind kind, uint32_t number)
{
	return lens_place(k->l, kind, number) >= 0;
}

static bool has_room(const struct look *k, enum object_kind kind)
{
	return k->l->used[kind] < shapes[kind].first + shapes[kind].places;
}

static bool take(struct look *k, enum object_kind kind, uint32_t number)
{
	if (taken(k, kind, number))
		return true;
	if (!has_room(k, kind) || !trace_has_object(k->t, (struct trace_object){ kind, number }))
		return false;
	k->l->number[kind][k->l->used[kind]++] = number;
	return true;
}

/* ---- an object and what its data is in ---- */

/* Copies of a slot's data that are in the hands of a task only. */
static void take_held(struct look *k, uint32_t slot)
{
	for (unsigned i = 0; i < k->names; i++) {
		uint32_t n = k->named[i].number;

		if (k->named[i].kind == OBJ_FOLIO &&
		    (VALUE_OF(k->t, OBJ_FOLIO, folio, n, src) == slot + 1 ||
		     VALUE_OF(k->t, OBJ_FOLIO, folio, n, swp) == slot + 1))
			take(k, OBJ_FOLIO, n);
		if (k->named[i].kind == OBJ_ENTRY &&
		    VALUE_OF(k->t, OBJ_ENTRY, zentry, n, state) &&
		    VALUE_OF(k->t, OBJ_ENTRY, zentry, n, swp) == slot)
			take(k, OBJ_ENTRY, n);
	}
}

static bool take_slot(struct look *k, uint32_t slot)
{
	uint32_t folio, entry;

	if (!take(k, OBJ_SLOT, slot))
		return false;
	folio = VALUE_OF(k->t, OBJ_SLOT, slot, slot, cache);
	entry = VALUE_OF(k->t, OBJ_SLOT, slot, slot, entry);
	if (folio)
		take(k, OBJ_FOLIO, folio);
	if (entry)
		take(k, OBJ_ENTRY, entry);
	take_held(k, slot);
	return true;
}

static void take_page(struct look *k, uint32_t page, bool anyway)
{
	uint32_t target = VALUE_OF(k->t, OBJ_PAGE, vpage, page, target);
	unsigned pte = trace_pte(k->t, VALUE_OF(k->t, OBJ_PAGE, vpage, page, pte));
	bool whole = true;

	if (!has_room(k, OBJ_PAGE) && !taken(k, OBJ_PAGE, page))
		return;
	if (pte == PTE_SWAP)
		whole = take_slot(k, target);
	else if (pte == PTE_PRESENT)
		whole = take(k, OBJ_FOLIO, target);
	if (whole || anyway)
		take(k, OBJ_PAGE, page);
}

/* A folio or an entry, with the slot that it is of. */
static void take_copy(struct look *k, enum object_kind kind, uint32_t number)
{
	uint32_t slot = 0;

	if (!take(k, kind, number))
		return;
	if (kind == OBJ_ENTRY && VALUE_OF(k->t, OBJ_ENTRY, zentry, number, state)) {
		take_slot(k, VALUE_OF(k->t, OBJ_ENTRY, zentry, number, swp));
		return;
	}
	if (kind == OBJ_FOLIO)
		slot = VALUE_OF(k->t, OBJ_FOLIO, folio, number, swp);
	if (kind == OBJ_FOLIO && !slot)
		slot = VALUE_OF(k->t, OBJ_FOLIO, folio, number, src);
	if (slot)
		take_slot(k, slot - 1);
}

static void take_object(struct look *k, struct trace_object o, bool anyway)
{
	switch (o.kind) {
	case OBJ_PAGE:
		take_page(k, o.number, anyway);
		break;
	case OBJ_SLOT:
		take_slot(k, o.number);
		break;
	case OBJ_FOLIO:
	case OBJ_ENTRY:
		take_copy(k, o.kind, o.number);
		break;
	default:
		break;
	}
}

/* A page that tasks speak of and that is, or is to be, in one of the slots that are shown. */
static void take_owners(struct look *k)
{
	for (unsigned i = 0; i < k->names; i++) {
		uint32_t n = k->named[i].number, target;

		if (k->named[i].kind != OBJ_PAGE)
			continue;
		target = VALUE_OF(k->t, OBJ_PAGE, vpage, n, target);
		if (VALUE_OF(k->t, OBJ_PAGE, vpage, n, pte) && taken(k, OBJ_SLOT, target))
			take_page(k, n, false);
	}
}

/* ---- tasks ---- */

static void add_task(struct look *k, uint32_t task)
{
	for (unsigned i = 0; i < k->tasks; i++)
		if (k->task[i] == task)
			return;
	if (k->tasks < STACKS && task < k->t->info.tasks)
		k->task[k->tasks++] = task;
}

static int add_mover(struct look *k, uint64_t position)
{
	const struct chunk *c;
	int r = tr_chunk(k->t, position, &c);

	if (!r)
		add_task(k, c->event[position - c->first].task);
	return r;
}

/* The task that moved last, the one that moves next, who moved before, and the others. */
static int order_tasks(struct look *k, uint64_t position)
{
	unsigned all = k->t->info.tasks < STACKS ? k->t->info.tasks : STACKS;
	uint64_t last = position > RECENT_STEPS ? position - RECENT_STEPS : 0;
	int r = position ? add_mover(k, position) : 0;

	if (!r && position < k->t->info.events)
		r = add_mover(k, position + 1);
	for (uint64_t at = position; !r && at > last + 1 && k->tasks < all; at--)
		r = add_mover(k, at - 1);
	for (uint32_t i = 0; i < k->t->info.tasks; i++)
		add_task(k, i);
	return r;
}

/* ---- what stacks name ---- */

static void name(struct look *k, uint32_t task, enum object_kind kind, uint32_t number)
{
	if (k->names == NAMED || !trace_has_object(k->t, (struct trace_object){ kind, number }))
		return;
	k->by[k->names] = task;
	k->named[k->names++] = (struct trace_object){ kind, number };
}

static bool frame_has_page(const struct trace *t, uint32_t op)
{
	return op <= UINT8_MAX && op_has_page(t->enumerated[TYPE_OP][op]);
}

/*
 * Pages and slots have a number 0, which a frame that has none has too: it is believed in the
 * second round, when all the others have been.
 */
static void name_frame(struct look *k, const struct object *o, size_t frame, bool zeroes)
{
	const uint32_t *id = o->id + offsetof(struct task, frame) + frame * sizeof(struct frame);
#define IN_FRAME(member) (id[offsetof(struct frame, member)] ?				\
			  k->t->value[id[offsetof(struct frame, member)]] : 0)
	uint32_t page = IN_FRAME(page), swp = IN_FRAME(swp);

	if (!page == zeroes && frame_has_page(k->t, IN_FRAME(op)))
		name(k, o->number, OBJ_PAGE, page);
	if (!swp == zeroes)
		name(k, o->number, OBJ_SLOT, swp);
	if (!zeroes)
		name(k, o->number, OBJ_FOLIO, IN_FRAME(folio));
	if (!zeroes && trace_frame_has_entry(k->t, IN_FRAME(op)))
		name(k, o->number, OBJ_ENTRY, IN_FRAME(entry));
}

static int name_stacks(struct look *k, bool zeroes)
{
	for (unsigned i = 0; i < k->tasks; i++) {
		const struct object *o = tr_object(k->t, OBJ_TASK, k->task[i]);
		uint32_t depth = VALUE_OF(k->t, OBJ_TASK, task, k->task[i], depth);

		if (!o)
			return -EBADMSG;
		if (depth > MAX_FRAMES)
			return tr_bad(k->t, "a value is out of its range");
		while (depth-- > 0)
			name_frame(k, o, depth, zeroes);
	}
	return 0;
}

/* What the last step changed is to be seen even where no stack names it any more. */
static int take_changed(struct look *k, uint64_t position)
{
	const struct chunk *c;
	const struct row_change *row;
	uint32_t n;
	int r = position ? tr_chunk(k->t, position, &c) : 0;

	if (r || !position)
		return r;
	row = c->change + c->first_change[position - c->first];
	n = c->first_change[position - c->first + 1] - c->first_change[position - c->first];
	for (uint32_t i = 0; i < n && i < NAMED; i++)
		take_object(k, trace_object_of(k->t, row[i].field), false);
	return 0;
}

/* ---- the lens ---- */

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void look_whole(struct trace_lens *l)
{
	for (unsigned kind = OBJ_NONE + 1; kind < OBJ_KINDS; kind++) {
		l->used[kind] = (uint8_t)(shapes[kind].first + shapes[kind].places);
		for (unsigned i = 0; i < l->used[kind]; i++)
			l->number[kind][i] = i;
	}
}

/* Those who have to do with what is in focus come before those who moved lately. */
static void take_tasks(struct look *k)
{
	for (unsigned i = 0; i < k->tasks && i < 2; i++)
		take(k, OBJ_TASK, k->task[i]);
	for (unsigned i = 0; i < k->names; i++)
		if (taken(k, k->named[i].kind, k->named[i].number))
			take(k, OBJ_TASK, k->by[i]);
	for (unsigned i = 0; i < k->tasks; i++)
		take(k, OBJ_TASK, k->task[i]);
}

static int look_around(struct look *k, uint64_t position)
{
	struct trace_lens *l = k->l;
	int r = order_tasks(k, position);

	if (!r)
		r = name_stacks(k, false);
	if (r)
		return r;
	take_object(k, l->focus, true);
	take_object(k, l->origin, true);
	take_owners(k);
	take_tasks(k);
	r = take_changed(k, position);
	for (unsigned i = 0; i < k->names; i++)
		take_object(k, k->named[i], false);
	k->names = 0;
	if (!r)
		r = name_stacks(k, true);
	for (unsigned i = 0; i < k->names; i++)
		take_object(k, k->named[i], false);
	for (unsigned kind = OBJ_PAGE; kind <= OBJ_TASK; kind++)
		qsort(l->number[kind] + shapes[kind].first,
		      (size_t)l->used[kind] - shapes[kind].first, sizeof(uint32_t), by_number);
	return r;
}

int trace_look(struct trace *t, uint64_t position, const struct trace_object *focus,
	       const struct trace_object *origin, struct trace_lens *lens)
{
	struct look k = { .t = t, .l = lens };
	int r;

	memset(lens, 0, sizeof(*lens));
	look_whole(lens);
	lens->whole = !t->info.large;
	if (focus && trace_has_object(t, *focus))
		lens->focus = *focus;
	if (origin && trace_has_object(t, *origin))
		lens->origin = *origin;
	if (lens->whole)
		return position > t->info.events ? -EINVAL : 0;
	for (unsigned kind = OBJ_PAGE; kind <= OBJ_TASK; kind++)
		lens->used[kind] = shapes[kind].first;
	r = tr_place(t, position);
	return r ? r : look_around(&k, position);
}
