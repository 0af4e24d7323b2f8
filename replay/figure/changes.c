/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * changes.c - what transitions change: locks and pins, from the one that takes one to the one that
 * gives it back; what a row touches; which calls its task is in.
 *
 * A recorded run is read as numbers, for a large world has more of all this than a struct world:
 * what there is at the beginning, and then what each transition changes, those that are not drawn
 * too.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
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

struct changes {
	struct figure *f;
	struct figure_run *r;
	struct trace *t;
	const unsigned *task_of;
	unsigned tasks;
	struct having *have;	/* sorted by kind and number */
	size_t n, cap, holds_cap;
	struct look *field;	/* by the file's field */
	uint32_t fields;
	uint8_t op[ROWS_TASKS_MAX][MAX_FRAMES];	/* of each task's calls */
	const char *callers[ROWS_TASKS_MAX];	/* the last one's text */
	size_t next;		/* row that is reached */
	int error;
};

/* What is known of a field. */
enum look_kind { LOOK_NEW, LOOK_OTHER, LOOK_HOLDER, LOOK_LOCK, LOOK_OP };
struct look {
	uint8_t kind;		/* enum look_kind */
	uint8_t of;		/* LOOK_LOCK: enum held_kind; LOOK_OP: which call */
	uint8_t touch;		/* TOUCH_* */
};

/* Fields that the kernel has too, and that a story can be about. */
static unsigned touch_of(const char *object, const char *name)
{
	static const struct {
		const char *object, *name;
		unsigned touch;
	} touches[] = {
		{ "page", "pte", TOUCH_PTE }, { "page", "target", TOUCH_PTE },
		{ "page", "bits", TOUCH_PTE }, { "slot", "swap_map", TOUCH_SLOT },
		{ "slot", "cache", TOUCH_SLOT }, { "slot", "entry", TOUCH_SLOT },
		{ "slot", "parked", TOUCH_SLOT }, { "slot", "zeromap", TOUCH_SLOT },
		{ "slot", "dev", TOUCH_SLOT }, { "slot", "dev_life", TOUCH_SLOT },
		{ "slot", "holder_task", TOUCH_PIN }, { "folio", "content", TOUCH_FOLIO },
		{ "folio", "swp", TOUCH_FOLIO }, { "entry", "state", TOUCH_ENTRY },
		{ "entry", "stamp", TOUCH_ENTRY }, { "entry", "users", TOUCH_USER },
		{ "device", "flags", TOUCH_DEVICE },
		{ "mm", "unborn", TOUCH_PTE },
	};

	for (size_t i = 0; i < sizeof(touches) / sizeof(touches[0]); i++)
		if (!strcmp(touches[i].object, object) && !strcmp(touches[i].name, name))
			return touches[i].touch;
	return held_field(object, name) < HELD_KINDS ? TOUCH_LOCK : 0;
}

static struct look look_at(const char *object, const char *name)
{
	struct look l = { .kind = LOOK_OTHER, .touch = (uint8_t)touch_of(object, name) };
	enum held_kind held = held_field(object, name);
	unsigned frame;
	char end;

	if (held < HELD_KINDS) {
		l.kind = LOOK_LOCK;
		l.of = (uint8_t)held;
	} else if (!strcmp(object, "slot") && !strcmp(name, "holder")) {
		l.kind = LOOK_HOLDER;
	} else if (!strcmp(object, "task") && sscanf(name, "frame%2u.o%c", &frame, &end) == 2 &&
		   end == 'p' && frame < MAX_FRAMES) {
		l.kind = LOOK_OP;
		l.of = (uint8_t)frame;
	}
	return l;
}

static void close_hold(struct changes *h, const struct having *a, uint64_t to)
{
	struct figure_run *r = h->r;
	struct figure_hold *hold;
	char text[80];
	size_t i = 0, to_row = r->rows;

	if (a->had - 1 >= h->tasks || h->task_of[a->had - 1] == UINT_MAX)
		return;
	/* one that begins and ends between two rows that are drawn is not seen */
	while (i < to_row) {
		size_t middle = i + (to_row - i) / 2;

		if (r->row[middle].at < a->from)
			i = middle + 1;
		else
			to_row = middle;
	}
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
static void settle(struct changes *h, struct having *a, uint64_t at)
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

static struct having *having(struct changes *h, enum held_kind kind, uint32_t number)
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

/* What is known of a field of the file: its table has room for all that it may name. */
static struct look look(struct changes *h, uint32_t id)
{
	const struct trace_field *f;

	if (id >= h->fields) {
		uint32_t n = id + id / 2 + 256;
		struct look *more = realloc(h->field, n * sizeof(*more));

		if (!more) {
			h->error = -ENOMEM;
			return (struct look){ .kind = LOOK_OTHER };
		}
		memset(more + h->fields, 0, (n - h->fields) * sizeof(*more));
		h->field = more;
		h->fields = n;
	}
	if (h->field[id].kind == LOOK_NEW) {
		f = trace_field_at(h->t, id);
		h->field[id] = f ? look_at(f->kind, f->name) : (struct look){ .kind = LOOK_OTHER };
	}
	return h->field[id];
}

/* A field has a value now.  Returns the lock that it is about, or NULL. */
static struct having *set(struct changes *h, uint32_t id, uint32_t value)
{
	struct look l = look(h, id);
	const struct trace_field *f = l.kind == LOOK_OTHER ? NULL : trace_field_at(h->t, id);
	struct having *a = NULL;

	if (!f)
		return NULL;
	switch (l.kind) {
	case LOOK_HOLDER:
		a = having(h, HELD_PIN, f->idx);
		if (a)
			a->pin = trace_holder(h->t, value);
		break;
	case LOOK_LOCK:
		a = having(h, l.of, f->idx);
		if (a)
			a->holder = value;
		break;
	case LOOK_OP:
		if (f->idx < ROWS_TASKS_MAX)
			h->op[f->idx][l.of] = (uint8_t)trace_op(h->t, value);
		break;
	default:
		break;
	}
	return a;
}

static int set_first(void *arg, uint32_t field, uint32_t value)
{
	struct changes *h = arg;

	set(h, field, value);
	return h->error;
}

/* "touch_page do_swap_page": the calls that a task is in, but for the innermost. */
static const char *callers(struct changes *h, unsigned task, const uint8_t *op, unsigned depth)
{
	char text[MAX_FRAMES * 40] = "";

	for (unsigned i = 0; i + 1 < depth && i < MAX_FRAMES; i++)
		text_append(text, sizeof(text), "%s%s", i ? " " : "",
			    op[i] != OP_NONE && op[i] < OP_COUNT ? op_name(op[i]) : "?");
	if (!h->callers[task] || strcmp(h->callers[task], text))
		h->callers[task] = figure_text(h->f, text);
	if (!h->callers[task])
		h->error = -ENOMEM;
	return h->callers[task];
}

static int take_row(void *arg, uint64_t at, const struct row_event *e, const struct row_change *c)
{
	struct changes *h = arg;
	struct figure_run *r = h->r;
	struct figure_row *row = h->next < r->rows && r->row[h->next].at == at ?
				 &r->row[h->next++] : NULL;

	if (row && e->task < ROWS_TASKS_MAX)
		row->callers = callers(h, e->task, h->op[e->task], row->depth);
	for (uint32_t i = 0; i < e->changes; i++) {
		set(h, c[i].field, c[i].new_value);
		if (row)
			row->touches |= look(h, c[i].field).touch;
	}
	/* the two fields of a pin change together */
	for (uint32_t i = 0; i < e->changes && !h->error; i++) {
		struct having *a = set(h, c[i].field, c[i].new_value);

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
static void finish(struct changes *h)
{
	for (size_t i = 0; i < h->n && !h->error; i++)
		if (h->have[i].had)
			close_hold(h, &h->have[i], UINT64_MAX);
	if (!h->error && h->r->holds)
		qsort(h->r->hold, h->r->holds, sizeof(*h->r->hold), by_from);
	free(h->have);
	free(h->field);
}

int changes_of_trace(struct figure *f, struct figure_run *r, struct trace *t,
		   const unsigned *task_of, unsigned tasks)
{
	struct changes h = { .f = f, .r = r, .t = t, .task_of = task_of, .tasks = tasks };
	int err;

	if (!r->rows)
		return 0;
	memset(h.op, OP_NONE, sizeof(h.op));
	err = trace_frame(t, r->first - 1, set_first, &h);
	for (size_t i = 0; i < h.n && !err; i++)
		settle(&h, &h.have[i], 0);
	if (!err)
		err = trace_scan(t, r->first, r->last, take_row, &h);
	finish(&h);
	return err ? err : h.error;
}

static void execution_row(struct changes *h, struct figure_row *row, const struct execution *x)
{
	const struct world *before = &x->world[row->at - 1], *after = &x->world[row->at];
	uint8_t op[MAX_FRAMES];
	size_t n;
	const struct field *f = world_fields(&n);

	for (unsigned i = 0; i < MAX_FRAMES; i++)
		op[i] = before->task[row->task].frame[i].op;
	row->callers = callers(h, row->task, op, row->depth);
	for (size_t i = 0; i < n; i++)
		if (field_get(before, &f[i]) != field_get(after, &f[i]))
			row->touches |= touch_of(f[i].kind, f[i].name);
}

int changes_of_execution(struct figure *f, struct figure_run *r, const struct execution *x)
{
	unsigned task_of[MAX_TASKS];
	struct changes h = { .f = f, .r = r, .task_of = task_of, .tasks = x->scenario->tasks };
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
	for (size_t i = 0; i < r->rows && !h.error; i++)
		execution_row(&h, &r->row[i], x);
	finish(&h);
	return h.error;
}
