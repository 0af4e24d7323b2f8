/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/explore/edges.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BATCH	64	/* states whose edges are looked up together */

/* Edges of a batch: where they go, before it is known which state that is. */
struct pending {
	struct state_row row[BATCH * 4];
	uint64_t hash[BATCH * 4];
	uint64_t edge[BATCH * 4];
	unsigned n;
};

static void look_up(const struct graph *g, struct edges *e, struct pending *p)
{
	for (unsigned i = 0; i < p->n; i++)
		store_prefetch_row(&g->states, p->hash[i]);
	for (unsigned i = 0; i < p->n; i++)
		e->to[p->edge[i]] = store_find(&g->states, &p->row[i], p->hash[i]);
	p->n = 0;
}

static void add_edge(const struct graph *g, struct edges *e, struct pending *p,
		     const struct state_row *row, unsigned task, const struct effect *effect)
{
	uint64_t what = effect_what(g, effect);
	uint32_t violated = what & EFFECT_VIOLATED;

	e->to[e->n] = STORE_NONE;
	e->how[e->n] = (uint8_t)(task | (what & EFFECT_DONE ? EDGE_DONE : 0) |
				 (what & EFFECT_INJECTED ? EDGE_INJECTED : 0) |
				 (violated & ~e->costs ? EDGE_VIOLATES : 0) |
				 (violated & e->costs ? EDGE_COST : 0));
	if (effect_followed(g, effect)) {
		graph_follow(g, row, task, effect, &p->row[p->n]);
		p->hash[p->n] = store_hash(&g->states, &p->row[p->n]);
		store_prefetch_slot(&g->states, p->hash[p->n]);
		p->edge[p->n++] = e->n;
	}
	e->n++;
	if (p->n == BATCH * 4)
		look_up(g, e, p);
}

static int add_edges(struct graph *g, struct edges *e, struct pending *p, uint32_t from)
{
	struct state_row row = { 0 };
	uint32_t preempted;

	memcpy(&row, graph_row(g, from), g->states.row_size);
	preempted = graph_preempted(g, &row);
	for (unsigned task = 0; task < g->scenario->tasks; task++) {
		const struct effect *effect;
		unsigned n = 0;

		if (g->stack_step[row.task[task]] < 0 || (preempted >> task & 1))
			continue;
		effect = graph_effects(g, row.mem, row.task[task], task, &n);
		if (g->out_of_memory)
			return -ENOMEM;
		for (unsigned i = 0; i < n; i++)
			add_edge(g, e, p, &row, task, &effect[i]);
	}
	return 0;
}

int edges_init(struct edges *e, struct graph *g, uint64_t states, const struct watch *w)
{
	struct pending *p = calloc(1, sizeof(*p));
	int err = 0;

	*e = (struct edges){ .states = states, .costs = properties_costs() };
	e->first = malloc((e->states + 1) * sizeof(*e->first));
	e->to = malloc((w->transitions + 1) * sizeof(*e->to));
	e->how = malloc(w->transitions + 1);
	if (!p || !e->first || !e->to || !e->how)
		err = -ENOMEM;
	for (uint64_t from = 0; !err && from < e->states; from++) {
		e->first[from] = e->n;
		err = add_edges(g, e, p, (uint32_t)from);
		if (!err && from % 65536 == 0 && !watch_goes_on(w, w->depth))
			err = -EINTR;
	}
	if (!err) {
		look_up(g, e, p);
		e->first[e->states] = e->n;
	}
	free(p);
	return err;
}

void edges_free(struct edges *e)
{
	free(e->first);
	free(e->to);
	free(e->how);
	*e = (struct edges){ 0 };
}

const struct effect *edge_effect(struct graph *g, const struct edges *e, uint32_t from,
				 uint64_t edge)
{
	const struct state_row *row = graph_row(g, from);
	unsigned task = e->how[edge] & EDGE_TASK, nth = 0, n = 0;
	const struct effect *effect;

	for (uint64_t i = e->first[from]; i < edge; i++)
		nth += (e->how[i] & EDGE_TASK) == task;
	effect = graph_effects(g, row->mem, row->task[task], task, &n);
	return nth < n ? &effect[nth] : NULL;
}

struct move edge_move(struct graph *g, const struct edges *e, uint32_t from, uint64_t edge)
{
	const struct effect *effect = edge_effect(g, e, from, edge);

	return (struct move){ e->how[edge] & EDGE_TASK,
			      effect ? (uint8_t)effect_choice(effect) : 0 };
}

int graph_transitions(struct graph *g,
		      int (*visit)(void *arg, uint64_t from, uint64_t to, struct move move,
				   int step, uint32_t violated),
		      void *arg)
{
	for (uint32_t from = 0; from < g->states.count; from++) {
		struct state_row row = { 0 }, next;
		uint32_t preempted;

		memcpy(&row, graph_row(g, from), g->states.row_size);
		preempted = graph_preempted(g, &row);
		for (unsigned task = 0; task < g->scenario->tasks; task++) {
			int step = g->stack_step[row.task[task]];
			unsigned n = 0;
			const struct effect *e;

			if (step < 0 || (preempted >> task & 1))
				continue;
			e = graph_effects(g, row.mem, row.task[task], task, &n);
			if (g->out_of_memory)
				return -ENOMEM;
			for (unsigned i = 0; i < n; i++) {
				struct move m = {
					.task = (uint8_t)task,
					.choice = (uint8_t)effect_choice(&e[i]),
				};
				uint32_t to = STORE_NONE;
				int err;

				graph_follow(g, &row, task, &e[i], &next);
				if (effect_followed(g, &e[i]))
					to = store_find(&g->states, &next,
							store_hash(&g->states, &next));
				err = visit(arg, from, to == STORE_NONE ? UINT64_MAX : to, m, step,
					    effect_what(g, &e[i]) & EFFECT_VIOLATED);
				if (err)
					return err;
			}
		}
	}
	return 0;
}
