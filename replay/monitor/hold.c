/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Another kernel is held to a monitor: every run of the scenario under it, and where the monitor
 * stands beside it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/monitor/parts.h"

/* Where the monitor stands, as a number from 0: it waits, an error, then its states. */
static unsigned place_of(int at)
{
	return (unsigned)(at + 2);
}

struct pair {
	uint32_t state;
	uint32_t place;
};

struct holding {
	const struct monitor *m;
	struct monitor_held *h;
	struct graph *g;
	struct step_ctx c;
	struct probe_calls calls;
	struct store pairs;		/* struct pair, in the order in which they are found */
	struct world from;
	bool err;
};

static void add_pair(struct holding *x, uint32_t state, int at)
{
	const struct pair p = { state, place_of(at) };
	bool added;

	if (store_add(&x->pairs, &p, store_hash(&x->pairs, &p), &added) == STORE_NONE)
		x->err = true;
}

/* One effect of a task's step, beside a monitor that stands at `at`. */
static void follow(struct holding *x, const struct state_row *row, unsigned task, unsigned choice,
		   int at)
{
	struct graph *g = x->g;
	const struct effect *e;
	struct state_row to = { 0 };
	struct world after = x->from;
	uint32_t violated, target;
	unsigned n, i = 0;
	uint64_t what;

	x->c.task = (uint8_t)task;
	x->c.choice = (obj_t)choice;
	task_step(&x->c, &after.mem, &after.task[task], &x->m->scenario->program[task]);
	at = monitor_step(x->m, at, task, &x->calls, &after);
	e = graph_effects(g, row->mem, row->task[task], task, &n);
	while (i < n && effect_choice(&e[i]) != choice)
		i++;
	if (i == n)
		return;
	what = effect_what(g, &e[i]);
	violated = (uint32_t)what & ~properties_costs();
	if (what & EFFECT_OVERFLOW)
		return;
	x->h->violated |= violated;
	*(at == MONITOR_ERROR ? &x->h->noticed : at == MONITOR_WAITS ? &x->h->early :
	  &x->h->unnoticed) |= violated;
	if (at == MONITOR_ERROR && !violated)
		x->h->rejects = true;
	if (violated || !effect_followed(g, &e[i]))
		return;
	graph_follow(g, row, task, &e[i], &to);
	target = store_find(&g->states, &to, store_hash(&g->states, &to));
	if (target != STORE_NONE)
		add_pair(x, target, at);
}

static void from_pair(struct holding *x, struct pair p)
{
	struct graph *g = x->g;
	struct state_row row = { 0 };
	uint32_t preempted;

	memcpy(&row, graph_row(g, p.state), g->states.row_size);
	graph_state(g, p.state, &x->from);
	preempted = graph_preempted(g, &row);
	for (unsigned task = 0; task < g->scenario->tasks; task++) {
		const struct effect *e;
		unsigned n, choice[CHOICES_MAX];

		if (g->stack_step[row.task[task]] < 0 || (preempted >> task & 1))
			continue;
		e = graph_effects(g, row.mem, row.task[task], task, &n);
		for (unsigned i = 0; i < n; i++)
			choice[i] = effect_choice(&e[i]);
		for (unsigned i = 0; i < n && !x->err; i++)
			follow(x, &row, task, choice[i], (int)p.place - 2);
	}
}

static int hold(struct holding *x, const struct monitor_options *o)
{
	if (store_init(&x->pairs, sizeof(struct pair)))
		return -ENOMEM;
	graph_state(x->g, 0, &x->from);
	add_pair(x, 0, monitor_begin(x->m, &x->from));
	for (uint32_t i = 0; i < x->pairs.count && !x->err; i++) {
		struct pair p;

		memcpy(&p, store_row(&x->pairs, i), sizeof(p));
		if (i % 4096 == 0 && o->progress &&
		    !o->progress(o->progress_arg, x->h->states, x->h->transitions, 0))
			return -ECANCELED;
		from_pair(x, p);
	}
	return x->err || x->g->out_of_memory ? -ENOMEM : 0;
}

int monitor_hold(const struct monitor *m, const struct kernel *k, const struct monitor_options *o,
		 struct monitor_held *h)
{
	const struct explore_options search = {
		.max_states = o->max_states, .progress = o->progress,
		.progress_arg = o->progress_arg, .livelock = true,
	};
	struct holding x = { .m = m, .h = h };
	struct exploration e;
	int err;

	*h = (struct monitor_held){ 0 };
	if (explore(&e, m->scenario, k, &search))
		return -ENOMEM;
	h->states = e.states;
	h->transitions = e.transitions;
	h->complete = e.complete && !e.bound;
	h->untold = e.violated & (1u << PROP_DEADLOCK | 1u << PROP_LIVELOCK);
	x.g = e.graph;
	x.c = (struct step_ctx){ .k = k, .hw = &m->scenario->hw, .calls = &x.calls };
	err = hold(&x, o);
	if (e.bound && !strcmp(e.bound, "interrupted"))
		err = -ECANCELED;
	if (x.pairs.row_size)
		store_free(&x.pairs);
	exploration_free(&e);
	return err;
}
