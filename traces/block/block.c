/* SPDX-License-Identifier: GPL-2.0-only */
/* Packing transitions. */
#include "traces/block/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- for both directions ---- */

int plan_memory(struct plan *p, size_t events, size_t changes, size_t extra, void **scratch,
		size_t *cap, struct arena *a)
{
	const size_t n = events * (SHAPE_NUMBERS + 8) + changes * 9 + 8 + extra;

	if (packing_reserve(scratch, cap, n * sizeof(uint32_t)))
		return -ENOMEM;
	*a = (struct arena){ *scratch };
	*p = (struct plan){ .events = (uint32_t)events, .changes = (uint32_t)changes };
	p->task_id = take(a, events);
	p->shape = take(a, events * SHAPE_NUMBERS);
	p->place = take(a, events + 1);
	p->task = take(a, events);
	p->order = take(a, events);
	p->form = take(a, events);
	p->first = take(a, events + 1);
	p->start = take(a, events);
	p->next = take(a, events + 1);
	p->field_id = take(a, changes);
	p->field = take(a, changes);
	p->value = take(a, changes);
	p->code = take(a, changes);
	p->old = take(a, changes);
	p->last = take(a, changes);
	p->touched = take(a, changes);
	p->guess[0] = take(a, changes);
	p->guess[1] = take(a, changes);
	return 0;
}

void plan_group(struct plan *p, uint32_t *count)
{
	memset(count, 0, (p->tasks + 1) * sizeof(*count));
	for (uint32_t i = 0; i < p->events; i++)
		count[p->task[i] + 1]++;
	for (uint32_t t = 0; t < p->tasks; t++)
		count[t + 1] += count[t];
	for (uint32_t i = 0; i < p->events; i++)
		p->order[count[p->task[i]]++] = i;
}

bool plan_places(struct plan *p)
{
	p->places = 0;
	for (uint32_t i = 0; i < p->shapes; i++) {
		p->place[i] = p->places;
		if (p->shape[i * SHAPE_NUMBERS + SHAPE_CHANGES] > p->changes - p->places)
			return false;
		p->places += p->shape[i * SHAPE_NUMBERS + SHAPE_CHANGES];
	}
	return true;
}

void plan_forget(const struct plan *p, uint32_t value)
{
	for (uint32_t i = 0; i < p->places; i++)
		p->guess[0][i] = p->guess[1][i] = value;
}

uint32_t *plan_next(const struct plan *p, uint32_t grouped)
{
	bool begins = !grouped ||
		      p->task[p->order[grouped]] != p->task[p->order[grouped - 1]];

	return &p->next[begins ? p->shapes : p->form[grouped - 1]];
}

/* ---- encoding ---- */

#define TABLE(n)	((n) < 8 ? 16 : (size_t)1 << (65 - __builtin_clzll(n)))

static bool number_tasks(struct plan *p, const struct row_event *e)
{
	uint16_t known[ROWS_TASKS_MAX] = { 0 };

	for (uint32_t i = 0; i < p->events; i++) {
		if (e[i].task >= ROWS_TASKS_MAX)
			return false;
		if (!known[e[i].task]) {
			p->task_id[p->tasks] = e[i].task;
			known[e[i].task] = (uint16_t)++p->tasks;
		}
		p->task[i] = known[e[i].task] - 1u;
	}
	return true;
}

/* The number of an event's shape.  `table` is a hash of those there are, + 1. */
static uint32_t shape_number(struct plan *p, const struct row_event *e, uint32_t *table,
			     size_t mask)
{
	const uint32_t key[SHAPE_NUMBERS] = { e->step, e->choice, e->depth, e->result,
					      e->changes };
	size_t at = e->step * 31u + e->choice * 7u + e->depth + e->result * 131u +
		    e->changes * 1031u;

	for (;; at++) {
		uint32_t have = table[at & mask];

		if (!have)
			break;
		if (!memcmp(&p->shape[(have - 1) * SHAPE_NUMBERS], key, sizeof(key)))
			return have - 1;
	}
	memcpy(&p->shape[p->shapes * SHAPE_NUMBERS], key, sizeof(key));
	table[at & mask] = ++p->shapes;
	return p->shapes - 1;
}

static bool find_shapes(struct plan *p, const struct row_event *e, uint32_t *table, size_t size)
{
	uint64_t changes = 0;

	memset(table, 0, size * sizeof(*table));
	for (uint32_t i = 0; i < p->events; i++) {
		p->form[i] = shape_number(p, &e[p->order[i]], table, size - 1);
		p->first[i] = (uint32_t)changes;
		changes += e[i].changes;
	}
	p->first[p->events] = (uint32_t)changes;
	return changes == p->changes && plan_places(p);
}

/* The number of a field in this block; those that are new get one. */
static uint32_t field_number(struct plan *p, uint32_t id, uint32_t *table, size_t mask)
{
	size_t at = id;

	for (; table[at & mask]; at++)
		if (p->field_id[table[at & mask] - 1] == id)
			return table[at & mask] - 1;
	p->field_id[p->fields] = id;
	table[at & mask] = ++p->fields;
	p->last[p->fields - 1] = NONE;
	return p->fields - 1;
}

/* What a change has of its field; `at` counts changes, grouped. */
static uint32_t field_code(struct plan *p, uint32_t place, uint32_t at, uint32_t field)
{
	uint32_t *same = &p->guess[0][place], *back = &p->guess[1][place];
	uint32_t distance = p->last[field] == NONE ? NONE : at - p->last[field];
	uint32_t code = *same == field ? FIELD_SAME : distance == NONE ? FIELD_NEW :
			distance == *back ? FIELD_SAME_BACK : FIELD_BACK + distance - 1;

	*same = field;
	if (distance != NONE)
		*back = distance;
	p->last[field] = at;
	return code;
}

static void encode_fields(struct plan *p, const struct row_event *e, const struct row_change *c,
			  uint32_t *table, size_t size)
{
	uint32_t at = 0;

	memset(table, 0, size * sizeof(*table));
	plan_forget(p, NONE);
	for (uint32_t i = 0; i < p->events; i++) {
		uint32_t event = p->order[i], place = p->place[p->form[i]];

		p->start[event] = at;
		for (uint32_t j = 0; j < e[event].changes; j++, at++) {
			const struct row_change *from = &c[p->first[event] + j];

			p->field[at] = field_number(p, from->field, table, size - 1);
			p->code[at] = field_code(p, place + j, at, p->field[at]);
			p->value[at] = from->new_value;
		}
	}
}

/* Grouped values become differences from what their places had before. */
static void encode_values(struct plan *p)
{
	uint32_t at = 0;

	plan_forget(p, 0);
	for (uint32_t i = 0; i < p->events; i++) {
		const uint32_t *shape = &p->shape[p->form[i] * SHAPE_NUMBERS];
		uint32_t *guess = &p->guess[0][p->place[p->form[i]]];

		for (uint32_t j = 0; j < shape[SHAPE_CHANGES]; j++, at++) {
			uint32_t v = p->value[at];

			p->value[at] = fold(v - guess[j]);
			guess[j] = v;
		}
	}
}

/* In time: an old value is what was last written, or else what was old there before. */
static void encode_old(struct plan *p, const uint32_t *form, const struct row_change *c)
{
	memset(p->touched, 0, p->fields * sizeof(*p->touched));
	for (uint32_t i = 0; i < p->events; i++) {
		uint32_t *guess = &p->guess[1][p->place[form[i]]];
		const struct row_change *from = &c[p->first[i]];
		uint32_t n = p->first[i + 1] - p->first[i];

		for (uint32_t j = 0; j < n; j++) {
			uint32_t at = p->start[i] + j, field = p->field[at];

			p->old[at] = fold(from[j].old_value - (p->touched[field] ?
							       p->last[field] : guess[j]));
			guess[j] = from[j].old_value;
			p->last[field] = from[j].new_value;
			p->touched[field] = 1;
		}
	}
}

/* Shapes become 0 where they were guessed. */
static void encode_shapes(struct plan *p, uint32_t *code)
{
	memset(p->next, 0, (p->shapes + 1) * sizeof(*p->next));
	for (uint32_t i = 0; i < p->events; i++) {
		uint32_t *guess = plan_next(p, i);

		code[i] = p->form[i] == *guess ? 0 : p->form[i] + 1;
		*guess = p->form[i];
	}
}

static uint8_t *write_columns(const struct plan *p, const struct row_event *e, const uint32_t *code,
			      bool clock, uint8_t *out)
{
	uint64_t time = 0;

	out = put(put(put(put(put(out, p->tasks), p->shapes), p->changes), p->fields), clock);
	out = put_column(out, p->task_id, p->tasks);
	out = put_column(out, p->shape, (size_t)p->shapes * SHAPE_NUMBERS);
	out = put_column(out, p->field_id, p->fields);
	out = put_column(out, p->task, p->events);
	for (uint32_t i = 0; clock && i < p->events; i++) {
		out = put(out, fold64(e[i].time - time));
		time = e[i].time;
	}
	out = put_column(out, code, p->events);
	for (uint32_t i = 0; i < p->events; i++)
		out = put(out, e[p->order[i]].waited);
	out = put_column(out, p->code, p->changes);
	out = put_column(out, p->value, p->changes);
	return put_column(out, p->old, p->changes);
}

int block_encode(struct block_buffer *out, const struct row_event *e, size_t events,
		 const struct row_change *c, size_t changes, bool clock)
{
	const size_t shapes = TABLE(events), fields = TABLE(changes);
	const size_t words = shapes + fields + 2 * events + ROWS_TASKS_MAX + 1;
	/* no number has more than 5 bytes, but times 10 */
	const size_t bytes = 32 + events * (5 * (SHAPE_NUMBERS + 4) + 10) + changes * 20;
	uint32_t *shape_table, *field_table, *count, *code, *form;
	struct arena a;
	struct plan p;
	uint8_t *raw;

	if (!events || events > BLOCK_EVENTS_MAX || changes > BLOCK_CHANGES_MAX)
		return -EINVAL;
	if (plan_memory(&p, events, changes, words + bytes / 4 + 1, &out->scratch,
			&out->scratch_cap, &a))
		return -ENOMEM;
	shape_table = take(&a, shapes);
	field_table = take(&a, fields);
	count = take(&a, ROWS_TASKS_MAX + 1);
	code = take(&a, events);
	form = take(&a, events);
	raw = (uint8_t *)a.at;
	if (!number_tasks(&p, e))
		return -EINVAL;
	plan_group(&p, count);
	if (!find_shapes(&p, e, shape_table, shapes))
		return -EINVAL;
	encode_fields(&p, e, c, field_table, fields);
	for (uint32_t i = 0; i < p.events; i++)
		form[p.order[i]] = p.form[i];
	encode_values(&p);
	encode_old(&p, form, c);
	encode_shapes(&p, code);
	return deflate(out, raw, (size_t)(write_columns(&p, e, code, clock, raw) - raw));
}

void block_free(struct block_buffer *out)
{
	free(out->data);
	free(out->scratch);
	*out = (struct block_buffer){ 0 };
}
