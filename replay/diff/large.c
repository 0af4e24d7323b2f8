/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * large.c - runs of any size: from the first transition on until they are not the same, then one
 * life of a slot in each.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "replay/diff/parts.h"
#include "replay/pair/align_life.h"
#include "traces/capture/capture.h"
#include "traces/read/rows.h"

/* Of a world, a field that is not 0. */
struct value {
	const struct trace_field *field;
	uint32_t value;
};

struct start {
	struct trace *t;
	struct value *value;
	size_t n, room;
};

static int take_value(void *arg, uint32_t field, uint32_t value)
{
	struct start *f = arg;

	if (f->n == f->room) {
		size_t more = f->room ? f->room * 2 : 256;
		struct value *grown = realloc(f->value, more * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		f->value = grown;
		f->room = more;
	}
	/* the table of fields does not move: it was read before */
	f->value[f->n++] = (struct value){ trace_field_at(f->t, field), value };
	return f->value[f->n - 1].field ? 0 : -EBADMSG;
}

static int field_order(const struct trace_field *a, const struct trace_field *b)
{
	int order = strcmp(a->kind, b->kind);

	if (!order)
		order = strcmp(a->name, b->name);
	return order ? order : (a->idx > b->idx) - (a->idx < b->idx);
}

static int value_order(const void *a, const void *b)
{
	return field_order(((const struct value *)a)->field, ((const struct value *)b)->field);
}

/* The worlds at the start: *order gets 0, or which of them comes first, as strcmp() says it. */
static int compare_starts(struct trace *const t[2], int *order)
{
	struct start f[2] = { { .t = t[0] }, { .t = t[1] } };
	int err = 0;

	for (unsigned side = 0; side < 2 && !err; side++) {
		trace_field_at(t[side], 0);
		err = trace_frame(t[side], 0, take_value, &f[side]);
		if (!err && f[side].n)
			qsort(f[side].value, f[side].n, sizeof(*f[side].value), value_order);
	}
	*order = (f[0].n > f[1].n) - (f[0].n < f[1].n);
	for (size_t i = 0; !err && !*order && i < f[0].n; i++) {
		const struct value *a = &f[0].value[i], *b = &f[1].value[i];

		*order = value_order(a, b);
		if (!*order)
			*order = (a->value > b->value) - (a->value < b->value);
	}
	free(f[0].value);
	free(f[1].value);
	return err;
}

/* ---- transitions ---- */

static int number_order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static const char *name_of(struct trace *t, unsigned task)
{
	return task < trace_info(t)->tasks ? trace_info(t)->task_name[task] : "";
}

/* What both changed, in the order of their files' fields: two files of ours have that in common. */
static int compare_changes(struct trace *const t[2], uint64_t at, int *order)
{
	const struct trace_change *c[2];
	int n[2];

	for (unsigned side = 0; side < 2; side++) {
		n[side] = trace_changes(t[side], at, &c[side]);
		if (n[side] < 0)
			return n[side];
	}
	*order = number_order((uint64_t)n[0], (uint64_t)n[1]);
	for (int i = 0; i < n[0] && !*order; i++) {
		const struct trace_field *a = trace_field_at(t[0], c[0][i].id);
		const struct trace_field *b = trace_field_at(t[1], c[1][i].id);

		if (!a || !b)
			return -EBADMSG;
		*order = field_order(a, b);
		if (!*order)
			*order = number_order(c[0][i].old_value, c[1][i].old_value);
		if (!*order)
			*order = number_order(c[0][i].new_value, c[1][i].new_value);
	}
	return 0;
}

/* Transition `at` of both, but for its time. */
static int compare_transition(struct trace *const t[2], uint64_t at, int *order)
{
	const struct trace_event *e[2];
	const struct trace_step *s[2];

	for (unsigned side = 0; side < 2; side++) {
		e[side] = trace_event_at(t[side], at);
		s[side] = e[side] ? trace_step_at(t[side], e[side]->step) : NULL;
		if (!s[side])
			return -EBADMSG;
	}
	*order = strcmp(name_of(t[0], e[0]->task), name_of(t[1], e[1]->task));
	if (!*order)
		*order = number_order(e[0]->task, e[1]->task);
	if (!*order)
		*order = strcmp(s[0]->op, s[1]->op);
	if (!*order)
		*order = strcmp(s[0]->text, s[1]->text);
	if (!*order)
		*order = strcmp(e[0]->result, e[1]->result);
	if (!*order)
		*order = number_order(e[0]->choice, e[1]->choice);
	return *order ? 0 : compare_changes(t, at, order);
}

/*
 * How many transitions are the same from the first on.  *order: 0 where all are, or which of the
 * two runs is the first in an order of all runs.
 */
static int compare_rows(struct diff *d, struct trace *const t[2], int *order)
{
	uint64_t n = d->events[0] < d->events[1] ? d->events[0] : d->events[1];
	int err = compare_starts(t, order);

	d->start.same = !err && !*order;
	while (!err && !*order && d->common < n) {
		err = compare_transition(t, d->common + 1, order);
		d->common += !err && !*order;
	}
	if (!err && !*order)
		*order = number_order(d->events[0], d->events[1]);
	return err;
}

/* ---- events of captures ---- */

static int add_event(void *arg, const struct capture_event *e)
{
	const uint64_t number[] = {
		e->id, e->line, e->stamp, e->call, e->folio, e->pte, e->addr, e->entry,
		(uint64_t)e->ret, e->thread, e->slot, e->mask, e->usage, e->nr, e->left, e->flags,
		e->cpu, e->function, e->side, e->irq, e->variant,
	};

	XXH3_128bits_update(arg, number, sizeof(number));
	XXH3_128bits_update(arg, e->text, strlen(e->text) + 1);
	return 0;
}

/* Are both captures, of the same events?  1, 0, or a negative errno. */
static int same_events(struct trace *const t[2])
{
	XXH3_state_t *state = XXH3_createState();
	XXH128_hash_t hash[2];
	int err = state ? 0 : -ENOMEM;

	for (unsigned side = 0; side < 2 && !err; side++) {
		XXH3_128bits_reset(state);
		err = capture_scan(t[side], 0, add_event, state);
		hash[side] = XXH3_128bits_digest(state);
	}
	XXH3_freeState(state);
	if (err)
		return err == -ENODATA ? 0 : err;
	return XXH128_isEqual(hash[0], hash[1]);
}

/* ---- lives ---- */

static void exchange(uint64_t v[2])
{
	uint64_t was = v[0];

	v[0] = v[1];
	v[1] = was;
}

/* "left" becomes "right", and the other way round. */
static void exchange_words(char *text, size_t size)
{
	char copy[sizeof(((struct alignment *)0)->why)];
	const char *from = copy;
	size_t n = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	while (*from && n + 6 < size) {
		if (!strncmp(from, "left", 4)) {
			n += (size_t)snprintf(text + n, size - n, "right");
			from += 4;
		} else if (!strncmp(from, "right", 5)) {
			n += (size_t)snprintf(text + n, size - n, "left");
			from += 5;
		} else {
			text[n++] = *from++;
		}
	}
	text[n] = '\0';
}

static void exchange_sides(struct alignment *al)
{
	struct life_point *life = al->life[0];
	size_t points = al->points[0];
	uint64_t v[2] = { al->a_events, al->b_events };
	uint32_t page = al->page[0], back[MAX_TASKS];

	al->life[0] = al->life[1];
	al->life[1] = life;
	al->points[0] = al->points[1];
	al->points[1] = points;
	exchange(al->open);
	al->page[0] = al->page[1];
	al->page[1] = page;
	al->a_events = v[1];
	al->b_events = v[0];
	v[0] = al->a_parted;
	al->a_parted = al->b_parted;
	al->b_parted = v[0];
	for (uint32_t i = 0; i < MAX_TASKS; i++)
		back[i] = i;
	for (uint32_t i = 0; i < MAX_TASKS; i++)
		if (al->task_of_b[i] < MAX_TASKS)
			back[al->task_of_b[i]] = i;
	memcpy(al->task_of_b, back, sizeof(back));
	exchange_words(al->why, sizeof(al->why));
}

int diff_large(struct diff *d, struct trace *a, struct trace *b)
{
	struct trace *const t[2] = { a, b };
	bool captures = trace_info(a)->capture && trace_info(b)->capture;
	bool capture = trace_info(a)->capture || trace_info(b)->capture;
	int order, err = compare_rows(d, t, &order), events = !capture;

	if (!err && captures && !order)
		events = same_events(t);
	if (err || events < 0)
		return err ? err : events;
	if (!order && events) {
		d->end.same = true;
		return 0;
	}
	/* which of two choices is made must not depend on which run is the left one */
	err = align_lives(&d->life, order > 0 ? b : a, order > 0 ? a : b);
	if (err && err != -ENODATA)
		return err;
	d->scope = err ? DIFF_START : DIFF_LIFE;
	if (!err && order > 0)
		exchange_sides(&d->life);
	return 0;
}
