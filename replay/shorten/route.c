/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a list of moves comes to.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/shorten/parts.h"

#define WATCH_EVERY	1024

size_t schedule_switches(const struct schedule *s)
{
	size_t n = 0;

	for (size_t i = 1; i < s->n; i++)
		n += s->move[i].task != s->move[i - 1].task;
	return n;
}

void route_world(const struct shortening *z, const struct state_row *row, struct world *w)
{
	memset(w, 0, sizeof(*w));
	graph_mem(z->g, row->mem, &w->mem);
	for (unsigned i = 0; i < z->s->tasks; i++)
		memcpy(&w->task[i], store_row(&z->g->stacks, row->task[i]), sizeof(w->task[i]));
}

/* Can nobody move, though somebody has to finish? */
static bool deadlocked(struct shortening *z, const struct state_row *row)
{
	const uint32_t preempted = graph_preempted(z->g, row);
	unsigned unfinished = 0, movable = 0;

	for (unsigned i = 0; i < z->s->tasks; i++) {
		unsigned n = 0;

		if (z->g->stack_step[row->task[i]] < 0)
			continue;
		unfinished += z->s->program[i].must_finish;
		if (!(preempted >> i & 1))
			graph_effects(z->g, row->mem, row->task[i], i, &n);
		movable += n > 0;
	}
	return property_deadlock(unfinished, movable);
}

/* What a move comes to. */
enum came { MADE, NOT_MADE, VIOLATES, ENDS_OTHERWISE };

static enum came make(struct shortening *z, const struct state_row *from, struct move m,
		      struct state_row *to)
{
	struct graph *g = z->g;
	const struct effect *e;
	unsigned n, i = 0;
	uint64_t what;

	if (m.task >= z->s->tasks || g->stack_step[from->task[m.task]] < 0 ||
	    (graph_preempted(g, from) >> m.task & 1))
		return NOT_MADE;
	e = graph_effects(g, from->mem, from->task[m.task], m.task, &n);
	while (i < n && effect_choice(&e[i]) != m.choice)
		i++;
	if (i == n)
		return NOT_MADE;
	what = effect_what(g, &e[i]);
	if (what & EFFECT_OVERFLOW)
		return NOT_MADE;
	if (what >> z->property & 1)
		return VIOLATES;
	if (!effect_followed(g, &e[i]))
		return ENDS_OTHERWISE;
	memset(to, 0, sizeof(*to));
	graph_follow(g, from, m.task, &e[i], to);
	if (z->property == PROP_DEADLOCK && deadlocked(z, to))
		return VIOLATES;
	return MADE;
}

static void add(struct route *to, struct move m)
{
	to->switches += to->n && to->move[to->n - 1].task != m.task;
	to->move[to->n++] = m;
}

static bool better(const struct route *a, const struct route *b)
{
	return a->n != b->n ? a->n < b->n : a->switches < b->switches;
}

bool route_try(struct shortening *z, size_t n, size_t same)
{
	struct route *to = &z->other, *best = &z->best, swap;
	bool violates = false;

	if (z->err)
		return false;
	if (++z->r->runs % WATCH_EVERY == 0 && z->o->progress &&
	    !z->o->progress(z->o->progress_arg, z->r->runs, best->n)) {
		z->err = -ECANCELED;
		return false;
	}
	to->n = to->switches = 0;
	memcpy(to->row, best->row, (same + 1) * sizeof(*to->row));
	for (size_t i = 0; i < same; i++)
		add(to, z->plan[i]);
	for (size_t i = same; i < n && !violates; i++) {
		enum came came = make(z, &to->row[to->n], z->plan[i], &to->row[to->n + 1]);

		if (z->g->out_of_memory)
			z->err = -ENOMEM;
		if (z->err || came == ENDS_OTHERWISE)
			return false;
		if (came != NOT_MADE)
			add(to, z->plan[i]);
		violates = came == VIOLATES;
	}
	if (!violates || !better(to, best))
		return false;
	swap = *best;
	*best = *to;
	*to = swap;
	return true;
}

/* Room for n moves. */
static bool room(struct route *r, size_t n)
{
	r->move = malloc((n + 1) * sizeof(*r->move));
	r->row = calloc(n + 1, sizeof(*r->row));
	return r->move && r->row;
}

int route_begin(struct shortening *z, const struct schedule *run)
{
	struct route *to = &z->best;
	enum came came = NOT_MADE;

	z->cap = run->n;
	z->plan = malloc((run->n + 1) * sizeof(*z->plan));
	z->place = malloc((run->n + 1) * sizeof(*z->place));
	z->g = graph_new(z->s, z->k, NULL);
	if (!z->g || !z->plan || !z->place || !room(&z->best, run->n) || !room(&z->other, run->n))
		return -ENOMEM;
	memcpy(&to->row[0], graph_row(z->g, 0), z->g->states.row_size);
	for (size_t i = 0; i < run->n && came != VIOLATES; i++) {
		came = make(z, &to->row[to->n], run->move[i], &to->row[to->n + 1]);
		if (z->g->out_of_memory)
			return -ENOMEM;
		if (came == NOT_MADE)
			return -EAGAIN;
		if (came == ENDS_OTHERWISE)
			return -ENOENT;
		add(to, run->move[i]);
	}
	return came == VIOLATES ? 0 : -ENOENT;
}

void route_end(struct shortening *z)
{
	graph_free(z->g);
	free(z->plan);
	free(z->place);
	free(z->best.move);
	free(z->best.row);
	free(z->other.move);
	free(z->other.row);
}
