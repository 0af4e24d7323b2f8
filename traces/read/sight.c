/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values of the file as a struct world, through a lens.  Whatever a screen indexes by is checked
 * here: it is a place, or LENS_OUTSIDE.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/read/reader.h"

int lens_place(const struct trace_lens *l, enum object_kind kind, uint32_t number)
{
	unsigned first = shapes[kind].first;

	for (unsigned i = first; i < l->used[kind]; i++)
		if (l->number[kind][i] == number)
			return (int)i;
	return -1;
}

/* ---- values ---- */

/* Objects of a run have 16 bits; so have the numbers + 1 of what can be none. */
static bool in_range(enum field_type type, uint32_t raw)
{
	switch (type) {
	case TYPE_SLOT:
	case TYPE_FOLIO:
	case TYPE_ENTRY:
		return raw <= UINT16_MAX;
	case TYPE_SLOT_1:
		return raw <= UINT16_MAX + 1u;
	case TYPE_TASK_1:
	case TYPE_LOCK:
		return raw <= ROWS_TASKS_MAX;
	default:
		return true;
	}
}

static bool is_index(enum field_type type)
{
	return type == TYPE_SLOT || type == TYPE_SLOT_1 || type == TYPE_FOLIO ||
	       type == TYPE_ENTRY || type == TYPE_TASK_1 || type == TYPE_LOCK;
}

/* A number that has more bits than its field.  A stamp stays a stamp. */
static unsigned cut(const struct field *f, enum field_type type, uint32_t raw)
{
	unsigned most = f->size == 1 ? UINT8_MAX : UINT16_MAX;

	if (raw <= most)
		return raw;
	return type == TYPE_STAMP ? 1 + raw % (STAMP_GARBAGE - 1) : most;
}

static unsigned place_or_outside(const struct trace_lens *l, enum object_kind kind, uint32_t raw)
{
	int place = lens_place(l, kind, raw);

	return place < 0 ? LENS_OUTSIDE : (unsigned)place;
}

/* A bit a task becomes a bit a place; tasks that have none are left out. */
static unsigned tasks_here(const struct trace_lens *l, uint32_t raw)
{
	unsigned mask = 0;

	for (unsigned i = 0; i < l->used[OBJ_TASK]; i++)
		if (l->number[OBJ_TASK][i] < 32 && raw >> l->number[OBJ_TASK][i] & 1)
			mask |= 1u << i;
	return mask;
}

static unsigned translated(const struct trace_lens *l, const struct field *f,
			   enum field_type type, uint32_t raw)
{
	switch (type) {
	case TYPE_SLOT:
		return place_or_outside(l, OBJ_SLOT, raw);
	case TYPE_SLOT_1:
		raw = raw ? place_or_outside(l, OBJ_SLOT, raw - 1) + 1 : 0;
		return raw > LENS_OUTSIDE ? LENS_OUTSIDE : raw;
	case TYPE_FOLIO:
		return raw ? place_or_outside(l, OBJ_FOLIO, raw) : 0;
	case TYPE_ENTRY:
		return raw ? place_or_outside(l, OBJ_ENTRY, raw) : 0;
	case TYPE_LOCK:
		if (raw == LOCKED_BY_DEVICE)
			return raw;
		/* fall through */
	case TYPE_TASK_1:
		raw = raw ? place_or_outside(l, OBJ_TASK, raw - 1) + 1 : 0;
		return raw > LENS_OUTSIDE ? LENS_OUTSIDE : raw;
	case TYPE_TASKS:
		return tasks_here(l, raw);
	default:
		return cut(f, type, raw);
	}
}

/*
 * What a struct world has for a value; l is NULL where places are numbers.  The explorer's
 * values fit their fields.  Threads may have written so often that a stamp does not.
 */
static int checked(struct trace *t, const struct trace_lens *l, const struct field *f,
		   enum field_type type, uint32_t raw, unsigned *v)
{
	bool strict = !t->info.large && (!t->info.live || is_index(type) || !strcmp(f->name, "mm"));

	*v = raw;
	if (type == TYPE_STEP)
		return !raw || trace_step_at(t, raw - 1) ? 0 : tr_bad(t, "no such step");
	if (type_is_enum(type)) {
		*v = raw <= UINT8_MAX ? t->enumerated[type][raw] : 0;
		return 0;
	}
	if (!strcmp(f->name, "depth") && raw > MAX_FRAMES)
		return tr_bad(t, "a value is out of its range");
	if (strict ? !field_valid(f, type, raw) : !in_range(type, raw))
		return tr_bad(t, "a value is out of its range");
	*v = l && !l->whole ? translated(l, f, type, raw) : cut(f, type, raw);
	return 0;
}

int tr_change(struct trace *t, const struct row_change *row, struct trace_change *c)
{
	const struct known *k = tr_known(t, row->field);
	const struct shape *s;

	*c = (struct trace_change){ .id = row->field, .old_value = row->old_value,
				    .new_value = row->new_value };
	if (!k || t->info.large)
		return 0;
	s = &shapes[k->kind];
	if (k->number < s->first || k->number - s->first >= s->places || k->offset >= s->size)
		return 0;
	c->field = t->by_offset[s->base + (k->number - s->first) * s->size + k->offset];
	if (!c->field)
		return 0;
	if (checked(t, NULL, c->field, field_type(c->field), row->old_value, &c->old_value) ||
	    checked(t, NULL, c->field, field_type(c->field), row->new_value, &c->new_value))
		return -EBADMSG;
	return 0;
}

/* ---- objects ---- */

static int see_object(struct trace *t, const struct trace_lens *l, struct trace_sight *s,
		      enum object_kind kind, unsigned place)
{
	const struct shape *shape = &shapes[kind];
	const struct object *o = tr_object(t, kind, l->number[kind][place]);
	size_t base = shape->base + (place - shape->first) * shape->size;

	if (!o)
		return -EBADMSG;
	for (unsigned i = 0; i < t->members[kind]; i++) {
		const struct member *m = &t->member[kind][i];
		uint32_t id = o->id[m->offset], raw = id ? t->value[id] : 0;
		const struct field *f;
		unsigned v;

		if (!m->field) {
			s->length[place] = raw;
			continue;
		}
		if (!id && (l->whole || m->type != TYPE_SLOT))
			continue;	/* 0, as the sight is; but slot 0 may have another place */
		f = t->by_offset[base + m->offset];
		if (checked(t, l, f, m->type, raw, &v))
			return -EBADMSG;
		s->raw[f->offset] = raw;
		field_set(&s->w, f, v);
	}
	return 0;
}

/* What a PTE points to depends on what it is. */
static int see_pte(struct trace *t, const struct trace_lens *l, struct trace_sight *s,
		   unsigned place)
{
	struct vpage *p = &s->w.mem.page[place];
	uint32_t raw = s->raw[(size_t)((char *)&p->target - (char *)&s->w)];

	if (l->whole) {
		if ((p->pte == PTE_SWAP && raw >= MAX_SLOTS) ||
		    (p->pte == PTE_PRESENT && raw >= MAX_FOLIOS))
			return tr_bad(t, "a PTE points to nothing");
		return 0;
	}
	if (raw > UINT16_MAX)
		return tr_bad(t, "a PTE points to nothing");
	if (p->pte == PTE_SWAP)
		p->target = (uint8_t)place_or_outside(l, OBJ_SLOT, raw);
	else if (p->pte == PTE_PRESENT)
		p->target = (uint8_t)place_or_outside(l, OBJ_FOLIO, raw);
	return 0;
}

bool op_has_entry(unsigned op)
{
	return op < OP_COUNT && !strcmp(op_file(op), "mm/zswap.c");
}

/* The others keep something else of their own there: a flag, an entry, a page's number + 1. */
bool op_has_page(unsigned op)
{
	return op < OP_COUNT && op != OP_shrink_folio_list && !op_has_entry(op) &&
	       strcmp(op_file(op), "mm/swapfile.c") != 0;
}

/* So does what the last number of a frame means; for zswap's operations it is an entry. */
static void see_frames(const struct trace_lens *l, struct trace_sight *s, unsigned place)
{
	for (unsigned i = 0; i < MAX_FRAMES; i++) {
		struct frame *f = &s->w.task[place].frame[i];
		const uint32_t *raw = s->raw + ((char *)f - (char *)&s->w);
		uint32_t entry = raw[offsetof(struct frame, entry)];
		uint32_t folio = raw[offsetof(struct frame, folio)];

		f->page = LENS_OUTSIDE;
		if (op_has_page(f->op))
			f->page = (uint8_t)place_or_outside(l, OBJ_PAGE,
							    raw[offsetof(struct frame, page)]);
		f->swp = (uint8_t)place_or_outside(l, OBJ_SLOT, raw[offsetof(struct frame, swp)]);
		f->folio = folio ? (uint8_t)place_or_outside(l, OBJ_FOLIO, folio) : 0;
		if (entry && op_has_entry(f->op))
			f->entry = (uint8_t)place_or_outside(l, OBJ_ENTRY, entry);
	}
}

bool trace_frame_has_entry(const struct trace *t, uint32_t op)
{
	return op <= UINT8_MAX && op_has_entry(t->enumerated[TYPE_OP][op]);
}

unsigned trace_pte(const struct trace *t, uint32_t pte)
{
	return pte <= UINT8_MAX ? t->enumerated[TYPE_PTE][pte] : PTE_NONE;
}

unsigned trace_entry_state(const struct trace *t, uint32_t state)
{
	return state <= UINT8_MAX ? t->enumerated[TYPE_STATE][state] : ENTRY_FREE;
}

unsigned trace_holder(const struct trace *t, uint32_t holder)
{
	return holder <= UINT8_MAX ? t->enumerated[TYPE_HOLDER][holder] : HOLD_NONE;
}

unsigned trace_op(const struct trace *t, uint32_t op)
{
	return op <= UINT8_MAX ? t->enumerated[TYPE_OP][op] : OP_NONE;
}

int trace_see(struct trace *t, uint64_t position, const struct trace_lens *lens,
	      struct trace_sight *s)
{
	int r = tr_place(t, position);

	memset(s, 0, sizeof(*s));
	for (unsigned kind = OBJ_NONE + 1; !r && kind < OBJ_KINDS; kind++)
		for (unsigned i = shapes[kind].first; !r && i < lens->used[kind]; i++)
			r = see_object(t, lens, s, kind, i);
	for (unsigned i = 0; !r && i < lens->used[OBJ_PAGE]; i++)
		r = see_pte(t, lens, s, i);
	for (unsigned i = 0; !r && !lens->whole && i < lens->used[OBJ_TASK]; i++)
		see_frames(lens, s, i);
	return r;
}

int trace_world(struct trace *t, uint64_t position, struct world *w, uint16_t *length)
{
	struct trace_lens lens;
	struct trace_sight s;
	int r = trace_look(t, position, NULL, NULL, &lens);

	if (!r)
		r = trace_see(t, position, &lens, &s);
	if (r)
		return r;
	*w = s.w;
	for (unsigned i = 0; length && i < MAX_ENTRIES; i++)
		length[i] = (uint16_t)s.length[i];
	return 0;
}
