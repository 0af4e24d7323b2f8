/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * graph.h - the explorer's own: states as rows of numbers, and the steps between them.
 */
#ifndef SWAPSCOPE_CORE_EXPLORE_GRAPH_H
#define SWAPSCOPE_CORE_EXPLORE_GRAPH_H

#include "core/explore/explore.h"
#include "core/explore/store.h"

/* A state: which shared memory, and for every task which stack. */
struct state_row {
	uint32_t mem;
	uint16_t task[MAX_TASKS];	/* as many as there are, rounded up to even */
};

/*
 * The shared memory is kept in three parts, each once: few of their combinations differ
 * in all three.
 */
#define MEM_PARTS	3

struct mem_row {
	uint32_t part[MEM_PARTS];
};

/* One effect of a step. */
struct effect {
	uint32_t mem;
	uint16_t stack;
	uint16_t what;		/* the outcome taken; what else there is to say, interned */
};

#define EFFECT_INDEX	0x0fff	/* in graph.whats; 0 is nothing, and most are */
#define EFFECT_CHOICE	12	/* shift */
#define CHOICES_MAX	16

/* What there is to say of an effect: effect_what().  The properties violated are bits below 32. */
#define EFFECT_VIOLATED	0xffffffffu
#define EFFECT_OVERFLOW	(1ull << 32)	/* the world is too small: not followed, no property */
#define EFFECT_DONE	(1ull << 33)	/* the task's operation came to its end */
#define EFFECT_INJECTED	(1ull << 34)	/* an injected failure, or the environment began to act */

_Static_assert(PROPERTY_COUNT <= 32, "properties fit");

/* What a task can do from one shared memory and one stack, remembered. */
#define MEMO_EFFECTS	3

struct memo_row {
	uint32_t mem;
	uint16_t stack;
	uint8_t task;
	uint8_t known;		/* number of effects + 1; 0: nothing is here */
	struct effect effect[MEMO_EFFECTS];
};

/* How a state was found first. */
struct origin {
	uint32_t parent;
	uint8_t task;
	uint8_t choice;
	uint8_t unused[2];
};

struct graph {
	const struct scenario *scenario;
	struct kernel kernel;
	struct store parts[MEM_PARTS];
	struct store mems;	/* struct mem_row */
	struct store stacks;	/* struct task */
	struct store states;	/* struct state_row */
	struct arena origins;	/* struct origin a state */
	struct arena levels;	/* uint32_t: the first state of every depth */
	struct memo_row *memo;	/* a cache: one place for each, the latest stays */
	uint64_t memo_mask;
	uint64_t executed;	/* steps that were not in it */
	struct effect now[CHOICES_MAX];	/* where there are more effects than a row has */
	uint64_t *whats;	/* what there is to say of effects: EFFECT_INDEX + 1 of them */
	unsigned what_count;
	int16_t *stack_step;	/* a stack: the step it stands at, -1 when finished */
	uint32_t ending;	/* properties_ending() */
	uint32_t prioritised;	/* tasks that have a priority, as bits */
	bool maybe_cyclic;	/* a step led to a state that was not new and not deeper */
	bool out_of_memory;
};

/*
 * The effects of a task from a state; *n of them, until the next call.  When memory is out
 * there are none and g->out_of_memory is set.
 */
const struct effect *graph_effects(struct graph *g, uint32_t mem, uint16_t stack, unsigned task,
				   unsigned *n);

/*
 * The tasks that others of higher priority keep from moving in a state, as bits.  graph_effects()
 * knows nothing of them.
 */
uint32_t graph_preempted_now(struct graph *g, const struct state_row *row);

static inline uint32_t graph_preempted(struct graph *g, const struct state_row *row)
{
	return g->prioritised ? graph_preempted_now(g, row) : 0;
}

/* Append the moves by which a state was found first to an empty schedule.  0 or -ENOMEM. */
int graph_path(const struct graph *g, uint32_t state, struct schedule *s);

/* The shared memory with that number. */
void graph_mem(const struct graph *g, uint32_t number, struct mem *m);

static inline const struct state_row *graph_row(const struct graph *g, uint64_t id)
{
	return store_row(&g->states, (uint32_t)id);
}

/* The row of the state that an effect leads to. */
static inline void graph_follow(const struct graph *g, const struct state_row *from,
				unsigned task, const struct effect *e, struct state_row *to)
{
	__builtin_memcpy(to, from, g->states.row_size);
	to->mem = e->mem;
	to->task[task] = e->stack;
}

static inline unsigned effect_choice(const struct effect *e)
{
	return e->what >> EFFECT_CHOICE;
}

/* Properties violated, EFFECT_OVERFLOW .. EFFECT_INJECTED. */
static inline uint64_t effect_what(const struct graph *g, const struct effect *e)
{
	return g->whats[e->what & EFFECT_INDEX];
}

static inline bool effect_followed(const struct graph *g, const struct effect *e)
{
	return !(effect_what(g, e) & (g->ending | EFFECT_OVERFLOW));
}

/* ---- the graph's edges, for what is asked of the whole of it (graph.c) ---- */

#define EDGE_TASK	0x07
#define EDGE_DONE	0x08	/* EFFECT_DONE */
#define EDGE_INJECTED	0x10	/* EFFECT_INJECTED */

_Static_assert(MAX_TASKS <= EDGE_TASK + 1, "a task's number fits");

/* Grouped by source; of one source in order of task, then outcome. */
struct edges {
	uint64_t *first;	/* states + 1 */
	uint32_t *to;		/* STORE_NONE: not followed, the run ends */
	uint8_t *how;		/* EDGE_* */
	uint64_t n, states;
};

/*
 * The edges of a graph that was explored to its end.  0, -ENOMEM, or -EINTR when whoever
 * watches wants no more.  Freed by edges_free() in any case.
 */
int edges_init(struct edges *e, struct exploration *x, const struct explore_options *o);
void edges_free(struct edges *e);

/* The move that an edge is. */
struct move edge_move(struct graph *g, const struct edges *e, uint32_t from, uint64_t edge);

/*
 * count.c: fills interleavings, cyclic and schedules; leaves out what memory does not suffice
 * for, or what whoever watches does not want to wait for.
 */
void graph_count(struct exploration *x, const struct explore_options *o, const struct edges *e);

#define LIVELOCK_BYTES_STATE	32	/* of graph_livelock(), beside the edges, at most */

/*
 * progress.c: is there a run without end in which nothing is injected any more, every task that
 * can move again and again does, and nobody is ever again done with an operation, or somebody
 * cannot be?  Returns 1 and the nearest one, from the start to the end of its loop, which begins
 * with move *loop; 0 when there is none; -ENOMEM, or -EINTR.
 */
int graph_livelock(struct exploration *x, const struct explore_options *o, const struct edges *e,
		   struct schedule *s, size_t *loop);


/* An upper bound of the memory that takes, with the edges. */
static inline uint64_t livelock_bytes(const struct exploration *x)
{
	return x->states * (8 + LIVELOCK_BYTES_STATE) + x->transitions * 5;
}

#endif
