/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * holds.c - locks and pins, from the transition that takes one to the one that gives it back.
 *
 * A recorded run is read as numbers, for a large world has more locks than a struct world: who has
 * what at the beginning, and then what each transition changes, those that are not drawn too.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "replay/figure/parts.h"
#include "traces/read/lens.h"
#include "traces/read/rows.h"

/* Who has a lock now. */
struct having {
	enum held_kind kind;
	uint32_t number;	/* of the object */
	uint32_t holder;	/* task + 1, or LOCKED_BY_DEVICE; 0: nobody */
	unsigned pin;		/* enum holder, of a slot */
	uint32_t had;		/* the task + 1 that really has it, and since when: */
	uint64_t from;
};

struct holds {
	struct figure *f;
	struct figure_run *r;
	struct trace *t;
	const unsigned *task_of;
	unsigned tasks;
	struct having *have;	/* sorted by kind and number */
	size_t n, cap, holds_cap;
	uint8_t *field;		/* by the file's field: LOOK_* */
	uint32_t fields;
	int error;
};

/* What is known of a field of the file. */
enum { LOOK_NEW, LOOK_NO, LOOK_HOLDER, LOOK_LOCK };	/* LOOK_LOCK + kind */

static void close_hold(struct holds *h, const struct having *a, uint64_t to)
{
	struct figure_run *r = h->r;
	struct figure_hold *hold;
	char text[80];
	size_t i = 0;

	if (a->had - 1 >= h->tasks || h->task_of[a->had - 1] == UINT_MAX)
		return;
	/* one that begins and ends between two rows that are drawn is not seen */
	while (i < r->rows && r->row[i].at < a->from)
		i++;
	if (i == r->rows || r->row[i].at > to)
		return;
	if (r->holds == h->holds_cap) {
		size_t cap = h->holds_cap ? 2 * h->holds_cap : 32;
		struct figure_hold *more = realloc(r->hold, cap * sizeof(*more));

		if (!more) {
			h->error = -ENOMEM;
			return;
		}
		r->hold = more;
		h->holds_cap = cap;
	}
	hold = &r->hold[r->holds];
	*hold = (struct figure_hold){
		.what = figure_text(h->f, held_text(a->kind, a->number, text, sizeof(text))),
		.letter = held_letter(a->kind), .task = h->task_of[a->had - 1],
		.from = a->from, .to = to,
	};
	if (!hold->what)
		h->error = -ENOMEM;
	r->holds++;
}

/* What a transition has left: who has it now, if that is another than before. */
static void settle(struct holds *h, struct having *a, uint64_t at)
{
	uint32_t now = a->holder;

	if (a->kind == HELD_PIN && !held_by_task(a->pin))
		now = 0;
	if (now == LOCKED_BY_DEVICE)
		now = 0;
	if (now == a->had)
		return;
	if (a->had)
		close_hold(h, a, at);
	a->had = now;
	a->from = at;
}

static struct having *having(struct holds *h, enum held_kind kind, uint32_t number)
{
	size_t from = 0, to = h->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const struct having *a = &h->have[middle];

		if (a->kind < kind || (a->kind == kind && a->number < number))
			from = middle + 1;
		else
			to = middle;
	}
	if (from < h->n && h->have[from].kind == kind && h->have[from].number == number)
		return &h->have[from];
	if (h->n == h->cap) {
		size_t cap = h->cap ? 2 * h->cap : 64;
		struct having *more = realloc(h->have, cap * sizeof(*more));

		if (!more) {
			h->error = -ENOMEM;
			return NULL;
		}
		h->have = more;
		h->cap = cap;
	}
	memmove(&h->have[from + 1], &h->have[from], (h->n - from) * sizeof(*h->have));
	h->have[from] = (struct having){ .kind = kind, .number = number };
	h->n++;
	return &h->have[from];
}

/* LOOK_* of a field of the file; its table has room for all that it may name. */
static unsigned look(struct holds *h, uint32_t id)
{
	const struct trace_field *f;
	enum held_kind kind;

	if (id >= h->fields) {
		uint32_t n = id + id / 2 + 256;
		uint8_t *more = realloc(h->field, n);

		if (!more) {
			h->error = -ENOMEM;
			return LOOK_NO;
		}
		memset(more + h->fields, LOOK_NEW, n - h->fields);
		h->field = more;
		h->fields = n;
	}
	if (h->field[id] != LOOK_NEW)
		return h->field[id];
	f = trace_field_at(h->t, id);
	kind = f ? held_field(f->kind, f->name) : HELD_KINDS;
	if (kind < HELD_KINDS)
		h->field[id] = (uint8_t)(LOOK_LOCK + kind);
	else
		h->field[id] = f && !strcmp(f->kind, "slot") && !strcmp(f->name, "holder") ?
			       LOOK_HOLDER : LOOK_NO;
	return h->field[id];
}

/* A field has a value now.  Returns what it is about, or NULL. */
static struct having *set(struct holds *h, uint32_t id, uint32_t value)
{
	unsigned what = look(h, id);
	const struct trace_field *f = what == LOOK_NO ? NULL : trace_field_at(h->t, id);
	struct having *a;

	if (!f)
		return NULL;
	if (what == LOOK_HOLDER) {
		a = having(h, HELD_PIN, f->idx);
		if (a)
			a->pin = trace_holder(h->t, value);
		return a;
	}
	a = having(h, what - LOOK_LOCK, f->idx);
	if (a)
		a->holder = value;
	return a;
}

static int set_first(void *arg, uint32_t field, uint32_t value)
{
	struct holds *h = arg;

	set(h, field, value);
	return h->error;
}

static int take_row(void *arg, uint64_t at, const struct row_event *e, const struct row_change *c)
{
	struct holds *h = arg;

	for (uint32_t i = 0; i < e->changes; i++)
		set(h, c[i].field, c[i].new_value);
	/* the two fields of a pin change together */
	for (uint32_t i = 0; i < e->changes; i++) {
		unsigned what = look(h, c[i].field);
		const struct trace_field *f;
		struct having *a;

		if (what == LOOK_NO)
			continue;
		f = trace_field_at(h->t, c[i].field);
		a = f ? having(h, what == LOOK_HOLDER ? HELD_PIN : what - LOOK_LOCK, f->idx) : NULL;
		if (a)
			settle(h, a, at);
	}
	return h->error;
}

static int by_from(const void *a, const void *b)
{
	const struct figure_hold *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return strcmp(x->what, y->what);
}

/* Those that nobody has given back. */
static void finish(struct holds *h)
{
	for (size_t i = 0; i < h->n && !h->error; i++)
		if (h->have[i].had)
			close_hold(h, &h->have[i], UINT64_MAX);
	if (!h->error && h->r->holds)
		qsort(h->r->hold, h->r->holds, sizeof(*h->r->hold), by_from);
	free(h->have);
	free(h->field);
}

int holds_of_trace(struct figure *f, struct figure_run *r, struct trace *t,
		   const unsigned *task_of, unsigned tasks)
{
	struct holds h = { .f = f, .r = r, .t = t, .task_of = task_of, .tasks = tasks };
	int err;

	if (!r->rows)
		return 0;
	err = trace_frame(t, r->first - 1, set_first, &h);
	for (size_t i = 0; i < h.n && !err; i++)
		settle(&h, &h.have[i], 0);
	if (!err)
		err = trace_scan(t, r->first, r->last, take_row, &h);
	finish(&h);
	return err ? err : h.error;
}

int holds_of_execution(struct figure *f, struct figure_run *r, const struct execution *x)
{
	unsigned task_of[MAX_TASKS];
	struct holds h = { .f = f, .r = r, .task_of = task_of, .tasks = x->scenario->tasks };
	struct held held[HELD_MAX];

	if (!r->rows)
		return 0;
	for (unsigned i = 0; i < MAX_TASKS; i++)
		task_of[i] = i;
	for (uint64_t at = r->first - 1; at <= r->last && !h.error; at++) {
		held_in(&x->world[at], NULL, held);
		for (unsigned i = 0; i < HELD_MAX; i++) {
			struct having *a = having(&h, held[i].kind, held[i].place);

			if (!a)
				break;
			a->holder = held[i].holder;
			a->pin = HOLD_ADD;	/* held_in() has asked */
			settle(&h, a, at == r->first - 1 ? 0 : at);
		}
	}
	finish(&h);
	return h.error;
}
