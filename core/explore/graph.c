/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * graph.c - the graph that was explored, for whoever wants all of it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/explore/graph.h"

uint32_t graph_preempted_now(struct graph *g, const struct state_row *row)
{
	uint32_t preempting = 0;

	for (unsigned task = 0; task < g->scenario->tasks; task++) {
		unsigned n = 0;

		if (!(g->prioritised >> task & 1) ||
		    !task_preempts(store_row(&g->stacks, row->task[task])))
			continue;
		graph_effects(g, row->mem, row->task[task], task, &n);
		if (n)
			preempting |= 1u << task;
	}
	return tasks_preempted(g->scenario, preempting);
}

void graph_state(const struct graph *g, uint64_t id, struct world *w)
{
	const struct state_row *row = graph_row(g, id);

	memset(w, 0, sizeof(*w));
	graph_mem(g, row->mem, &w->mem);
	for (unsigned i = 0; i < g->scenario->tasks; i++)
		w->task[i] = *(const struct task *)store_row(&g->stacks, row->task[i]);
}

unsigned graph_depth(const struct graph *g, uint64_t id)
{
	const uint32_t *level = (const uint32_t *)g->levels.p;
	unsigned n = (unsigned)(g->levels.used / sizeof(*level));

	while (n > 1 && level[n - 1] > id)
		n--;
	return n - 1;
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

int graph_path(const struct graph *g, uint32_t state, struct schedule *s)
{
	const struct origin *origin = (const struct origin *)g->origins.p;

	for (; state; state = origin[state].parent)
		if (schedule_add(s, (struct move){ origin[state].task, origin[state].choice }))
			return -ENOMEM;
	for (size_t i = 0, j = s->n; i + 1 < j; i++) {
		struct move m = s->move[i];

		s->move[i] = s->move[--j];
		s->move[j] = m;
	}
	return 0;
}

/* ---- its edges ---- */

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

	e->to[e->n] = STORE_NONE;
	e->how[e->n] = (uint8_t)(task | (what & EFFECT_DONE ? EDGE_DONE : 0) |
				 (what & EFFECT_INJECTED ? EDGE_INJECTED : 0));
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

int edges_init(struct edges *e, struct exploration *x, const struct explore_options *o)
{
	struct pending *p = calloc(1, sizeof(*p));
	int err = 0;

	*e = (struct edges){ .states = x->states };
	e->first = malloc((x->states + 1) * sizeof(*e->first));
	e->to = malloc((x->transitions + 1) * sizeof(*e->to));
	e->how = malloc(x->transitions + 1);
	if (!p || !e->first || !e->to || !e->how)
		err = -ENOMEM;
	for (uint64_t from = 0; !err && from < e->states; from++) {
		e->first[from] = e->n;
		err = add_edges(x->graph, e, p, (uint32_t)from);
		if (!err && from % 65536 == 0 && o->progress &&
		    !o->progress(o->progress_arg, x->states, x->transitions, x->depth))
			err = -EINTR;
	}
	if (!err) {
		look_up(x->graph, e, p);
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

struct move edge_move(struct graph *g, const struct edges *e, uint32_t from, uint64_t edge)
{
	const struct state_row *row = graph_row(g, from);
	unsigned task = e->how[edge] & EDGE_TASK, nth = 0, n = 0;
	const struct effect *effect;

	for (uint64_t i = e->first[from]; i < edge; i++)
		nth += (e->how[i] & EDGE_TASK) == task;
	effect = graph_effects(g, row->mem, row->task[task], task, &n);
	return (struct move){ (uint8_t)task, nth < n ? (uint8_t)effect_choice(&effect[nth]) : 0 };
}
