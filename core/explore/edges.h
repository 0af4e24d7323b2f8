/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * edges.h - the edges of a graph that was explored, for what is asked of the whole of it.
 *
 * A graph keeps states and not what is between them: edges are made again from the effects, which
 * are remembered or executed once more, in order of source, task, outcome.  edges_init() keeps
 * all of them, 5 bytes each, for who goes round in them (count.h, progress.h, outlook.c);
 * graph_transitions() shows one after the other and keeps none.
 */
#ifndef SWAPSCOPE_CORE_EXPLORE_EDGES_H
#define SWAPSCOPE_CORE_EXPLORE_EDGES_H

#include "core/explore/graph.h"

/* Whoever watches, and what is told: the figures of the search that made the graph. */
struct watch {
	/* Called now and then; returning false means that no more is wanted.  May be NULL. */
	bool (*progress)(void *arg, uint64_t states, uint64_t transitions, unsigned depth);
	void *arg;
	uint64_t states, transitions;
	unsigned depth;
};

/* Whether more is wanted. */
static inline bool watch_goes_on(const struct watch *w, unsigned depth)
{
	return !w->progress || w->progress(w->arg, w->states, w->transitions, depth);
}

#define EDGE_TASK	0x07
#define EDGE_DONE	0x08	/* EFFECT_DONE */
#define EDGE_INJECTED	0x10	/* EFFECT_INJECTED */
#define EDGE_VIOLATES	0x20	/* properties that are no costs; edge_effect() says which */
#define EDGE_COST	0x40	/* costs */

_Static_assert(MAX_TASKS <= EDGE_TASK + 1, "a task's number fits");

/* Grouped by source; of one source in order of task, then outcome. */
struct edges {
	uint64_t *first;	/* states + 1 */
	uint32_t *to;		/* STORE_NONE: not followed, the run ends; or, of a graph that was
				   cut short, not there */
	uint8_t *how;		/* EDGE_* */
	uint64_t n, states;
	uint32_t costs;		/* properties_costs() */
};

#define EDGE_BYTES	5	/* of memory, each; and 8 for its source */

/*
 * The edges of the first `states` states of a graph, all of which were expanded; there are
 * w->transitions of them at most.  0, -ENOMEM, or -EINTR when whoever
 * watches wants no more.  Freed by edges_free() in any case.
 */
int edges_init(struct edges *e, struct graph *g, uint64_t states, const struct watch *w);
void edges_free(struct edges *e);

/* The effect that an edge is, until the next of the graph's; or NULL when memory is out. */
const struct effect *edge_effect(struct graph *g, const struct edges *e, uint32_t from,
				 uint64_t edge);

/* The move that an edge is. */
struct move edge_move(struct graph *g, const struct edges *e, uint32_t from, uint64_t edge);

/*
 * Every transition in order of source, task, outcome: `visit` gets the source and target
 * states, the move, the step made, and the properties violated.  A target of UINT64_MAX
 * was not followed.  Stops when visit returns non-zero, and returns that; or -ENOMEM.
 */
int graph_transitions(struct graph *g,
		      int (*visit)(void *arg, uint64_t from, uint64_t to, struct move move,
				   int step, uint32_t violated),
		      void *arg);

#endif
