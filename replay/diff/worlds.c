/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * worlds.c - are two worlds the same, and in which fields do they differ?
 */
#include <string.h>

#include "replay/diff/parts.h"
#include "replay/pair/tasks.h"
#include "traces/types.h"

static bool same_tasks(const uint32_t *a_of_b)
{
	for (unsigned i = 0; i < MAX_TASKS; i++)
		if (a_of_b[i] != i && a_of_b[i] != TASK_NONE)
			return false;
	return true;
}

/* A number for each task of b: that of the task of a, or one that no other has. */
static void numbers(const uint32_t *a_of_b, uint8_t number[MAX_TASKS])
{
	bool taken[MAX_TASKS] = { false };
	unsigned next = 0;

	for (unsigned i = 0; i < MAX_TASKS; i++)
		if (a_of_b[i] < MAX_TASKS)
			taken[a_of_b[i]] = true;
	for (unsigned i = 0; i < MAX_TASKS; i++) {
		while (a_of_b[i] >= MAX_TASKS && next < MAX_TASKS && taken[next])
			next++;
		number[i] = (uint8_t)(a_of_b[i] < MAX_TASKS ? a_of_b[i] : next++);
	}
}

/* entry.known is a bit a task too: what a file says of it is that it is a number. */
static enum field_type type_of(const struct field *f)
{
	return !strcmp(f->kind, "entry") && !strcmp(f->name, "known") ? TYPE_TASKS : field_type(f);
}

static unsigned renumbered(enum field_type type, unsigned v, const uint8_t *number)
{
	unsigned mask = 0;

	switch (type) {
	case TYPE_TASK_1:
	case TYPE_LOCK:
		return v && v <= MAX_TASKS ? number[v - 1] + 1u : v;
	case TYPE_TASKS:
		for (unsigned i = 0; i < MAX_TASKS; i++)
			mask |= (v >> i & 1) << number[i];
		return mask;
	default:
		return v;
	}
}

static void renumber_tasks(struct world *w, const uint32_t *a_of_b)
{
	const struct world was = *w;
	uint8_t number[MAX_TASKS];
	const struct field *f;
	size_t n;

	numbers(a_of_b, number);
	f = world_fields(&n);
	for (size_t i = 0; i < n; i++)
		field_set(w, &f[i], renumbered(type_of(&f[i]), field_get(&was, &f[i]), number));
	for (unsigned i = 1; i < MAX_ENTRIES; i++) {
		unsigned reclaim = was.mem.entry[i].reclaim, task = reclaim >> RECLAIM_TASK;

		if (task && task <= MAX_TASKS)
			w->mem.entry[i].reclaim = (uint8_t)((reclaim & RECLAIM_WHY) |
						  (number[task - 1] + 1u) << RECLAIM_TASK);
	}
	for (unsigned i = 0; i < MAX_TASKS; i++)
		w->task[number[i]] = was.task[i];
}

/*
 * Which field to tell of, where two worlds are not the same.  Versions are told as each run numbers
 * them: a block with v1 in both says nothing where the page is at v1 in one and v2 in the other.
 */
static bool tells(const struct field *f, const struct world *a, const struct world *b,
		  const struct world *ca, const struct world *cb)
{
	return field_get(a, f) != field_get(b, f) &&
	       (type_of(f) == TYPE_STAMP || field_get(ca, f) != field_get(cb, f));
}

int compare_worlds(struct trace *a, uint64_t at, struct trace *b, uint64_t bt,
		   const uint32_t *a_of_b, struct diff_state *s)
{
	struct world wa, wb, ca, cb, nb;
	const struct field *f;
	size_t n;
	int err = trace_world(a, at, &wa, NULL);

	*s = (struct diff_state){ 0 };
	if (!err)
		err = trace_world(b, bt, &wb, NULL);
	if (err)
		return err;
	ca = wa;
	nb = wb;
	if (!same_tasks(a_of_b))
		renumber_tasks(&nb, a_of_b);
	cb = nb;
	mem_canonicalise(&ca.mem);
	mem_canonicalise(&cb.mem);
	s->same = !memcmp(&ca, &cb, sizeof(ca));
	s->stacks = memcmp(ca.task, cb.task, sizeof(ca.task)) != 0;
	f = world_fields(&n);
	for (size_t i = 0; i < n && !s->same; i++) {
		if (f[i].offset >= sizeof(struct mem) || !tells(&f[i], &wa, &nb, &ca, &cb))
			continue;
		if (s->differ < DIFF_FIELDS) {
			s->field[s->differ].field = &f[i];
			s->field[s->differ].value[0] = field_get(&wa, &f[i]);
			s->field[s->differ].value[1] = field_get(&wb, &f[i]);
		}
		s->differ++;
	}
	return 0;
}
