/* SPDX-License-Identifier: GPL-2.0-only */
/* Unpacking transitions: whatever the bytes are. */
#include "traces/block/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool read_header(struct source *s, struct plan *p, bool *clock)
{
	uint64_t tasks, shapes, changes, fields, flag;

	if (!get(s, p->events, &tasks) || !get(s, p->events, &shapes) ||
	    !get(s, BLOCK_CHANGES_MAX, &changes) || !get(s, changes, &fields) ||
	    !get(s, 1, &flag) || tasks > ROWS_TASKS_MAX)
		return false;
	p->tasks = (uint32_t)tasks;
	p->shapes = (uint32_t)shapes;
	p->changes = (uint32_t)changes;
	p->fields = (uint32_t)fields;
	*clock = flag;
	/* each number is a byte at least: no more memory than the block can fill */
	return p->changes <= (size_t)(s->end - s->at);
}

static bool read_tables(struct source *s, struct plan *p)
{
	if (!p->tasks || !p->shapes ||
	    !get_column(s, ROWS_TASKS_MAX - 1, p->task_id, p->tasks) ||
	    !get_column(s, UINT32_MAX, p->shape, (size_t)p->shapes * SHAPE_NUMBERS) ||
	    !get_column(s, ROWS_FIELDS_MAX, p->field_id, p->fields) ||
	    !get_column(s, p->tasks - 1, p->task, p->events))
		return false;
	for (uint32_t i = 0; i < p->fields; i++)
		if (!p->field_id[i])
			return false;
	return plan_places(p);
}

static bool read_times(struct source *s, struct row_event *e, size_t n)
{
	uint64_t time = 0, d;

	for (size_t i = 0; i < n; i++) {
		if (!get(s, UINT64_MAX, &d))
			return false;
		time += unfold64(d);
		e[i].time = time;
	}
	return true;
}

/* The shape of every event, and with it where the changes of each are. */
static bool read_shapes(struct source *s, struct plan *p, struct row_event *e)
{
	uint32_t at = 0;

	memset(p->next, 0, (p->shapes + 1) * sizeof(*p->next));
	if (!get_column(s, p->shapes, p->form, p->events))
		return false;
	for (uint32_t i = 0; i < p->events; i++) {
		uint32_t *guess = plan_next(p, i), event = p->order[i];
		const uint32_t *shape;

		p->form[i] = p->form[i] ? p->form[i] - 1 : *guess;
		*guess = p->form[i];
		shape = &p->shape[p->form[i] * SHAPE_NUMBERS];
		e[event].task = p->task_id[p->task[event]];
		e[event].step = shape[SHAPE_STEP];
		e[event].choice = shape[SHAPE_CHOICE];
		e[event].depth = shape[SHAPE_DEPTH];
		e[event].result = shape[SHAPE_RESULT];
		e[event].changes = shape[SHAPE_CHANGES];
		if (e[event].changes > p->changes - at)
			return false;
		p->start[event] = at;
		at += e[event].changes;
	}
	return at == p->changes;
}

static bool read_waits(struct source *s, const struct plan *p, struct row_event *e)
{
	for (uint32_t i = 0; i < p->events; i++) {
		uint64_t waited;

		if (!get(s, UINT32_MAX, &waited))
			return false;
		e[p->order[i]].waited = (uint32_t)waited;
	}
	return true;
}

/* Which field a code names; NONE for one that there cannot be. */
static uint32_t named_field(struct plan *p, uint32_t place, uint32_t at, uint32_t *seen)
{
	uint32_t *same = &p->guess[0][place], *back = &p->guess[1][place];
	uint32_t code = p->code[at], field = NONE, distance = NONE;

	if (code == FIELD_SAME)
		field = *same;
	else if (code == FIELD_NEW)
		field = *seen < p->fields ? (*seen)++ : NONE;
	else
		distance = code == FIELD_SAME_BACK ? *back : code - FIELD_BACK + 1;
	if (distance != NONE && distance <= at)
		field = p->field[at - distance];
	if (field == NONE)
		return NONE;
	if (p->last[field] != NONE)
		*back = at - p->last[field];
	*same = field;
	p->last[field] = at;
	return field;
}

static bool read_changes(struct source *s, struct plan *p, const struct row_event *e)
{
	uint32_t at = 0, seen = 0;

	if (!get_column(s, UINT32_MAX, p->code, p->changes) ||
	    !get_column(s, UINT32_MAX, p->value, p->changes) ||
	    !get_column(s, UINT32_MAX, p->old, p->changes))
		return false;
	memset(p->last, 0xff, p->fields * sizeof(*p->last));
	plan_forget(p, NONE);
	for (uint32_t i = 0; i < p->events; i++)
		for (uint32_t j = 0; j < e[p->order[i]].changes; j++, at++) {
			p->field[at] = named_field(p, p->place[p->form[i]] + j, at, &seen);
			if (p->field[at] == NONE)
				return false;
		}
	plan_forget(p, 0);
	at = 0;
	for (uint32_t i = 0; i < p->events; i++) {
		uint32_t *guess = &p->guess[0][p->place[p->form[i]]];

		for (uint32_t j = 0; j < e[p->order[i]].changes; j++, at++)
			p->value[at] = guess[j] += unfold(p->value[at]);
	}
	return s->at == s->end;
}

/* The changes in the order of time; false where one is none. */
static bool order_changes(struct plan *p, const uint32_t *form, struct block *b)
{
	uint32_t n = 0;

	memset(p->touched, 0, p->fields * sizeof(*p->touched));
	for (uint32_t i = 0; i < p->events; i++) {
		uint32_t *guess = &p->guess[1][p->place[form[i]]], before = 0;

		b->first_change[i] = n;
		for (uint32_t j = 0; j < b->event[i].changes; j++, n++) {
			uint32_t at = p->start[i] + j, field = p->field[at];
			struct row_change *c = &b->change[n];

			c->field = p->field_id[field];
			c->new_value = p->value[at];
			c->old_value = unfold(p->old[at]) +
				       (p->touched[field] ? p->last[field] : guess[j]);
			guess[j] = c->old_value;
			p->last[field] = c->new_value;
			p->touched[field] = 1;
			if (c->field <= before || c->old_value == c->new_value)
				return false;
			before = c->field;
		}
	}
	b->first_change[p->events] = n;
	return true;
}

/* Everything after the header, which has said how much memory it takes. */
static bool read_columns(struct source *s, struct plan *p, struct arena *a, struct block *b)
{
	uint32_t *count = take(a, ROWS_TASKS_MAX + 1), *form = take(a, p->events);

	if (!read_tables(s, p))
		return false;
	plan_group(p, count);
	for (uint32_t i = 0; i < p->events; i++)
		b->event[i] = (struct row_event){ 0 };
	if ((b->clock && !read_times(s, b->event, p->events)) || !read_shapes(s, p, b->event) ||
	    !read_waits(s, p, b->event) || !read_changes(s, p, b->event))
		return false;
	for (uint32_t i = 0; i < p->events; i++)
		form[p->order[i]] = p->form[i];
	return order_changes(p, form, b);
}

static int decode(struct block *b, const void *data, size_t size, size_t events)
{
	struct plan head = { .events = (uint32_t)events }, p;
	struct source s;
	struct arena a;
	int r;

	if (!events || events > BLOCK_EVENTS_MAX)
		return -EBADMSG;
	r = inflate(&s, &b->scratch[0], &b->scratch_cap[0], data, size, BLOCK_RAW_MAX);
	if (r)
		return r;
	if (!read_header(&s, &head, &b->clock))
		return -EBADMSG;
	if (plan_memory(&p, events, head.changes, ROWS_TASKS_MAX + 1 + events, &b->scratch[1],
			&b->scratch_cap[1], &a) ||
	    packing_reserve((void **)&b->event, &b->events_cap, events * sizeof(*b->event)) ||
	    packing_reserve((void **)&b->first_change, &b->first_cap,
		    (events + 1) * sizeof(*b->first_change)) ||
	    packing_reserve((void **)&b->change, &b->changes_cap,
		    (head.changes + 1) * sizeof(*b->change)))
		return -ENOMEM;
	p.tasks = head.tasks;
	p.shapes = head.shapes;
	p.fields = head.fields;
	if (!read_columns(&s, &p, &a, b))
		return -EBADMSG;
	b->events = events;
	b->changes = p.changes;
	return 0;
}

int block_decode(struct block *b, const void *data, size_t size, size_t events)
{
	b->events = b->changes = 0;
	return decode(b, data, size, events);
}

void block_clear(struct block *b)
{
	free(b->event);
	free(b->first_change);
	free(b->change);
	free(b->scratch[0]);
	free(b->scratch[1]);
	*b = (struct block){ 0 };
}
