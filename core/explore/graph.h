/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * graph.h - states as rows of numbers, the effects of steps, and the way to a state.
 *
 * A state is a row: which shared memory, and for every task which stack.  Both are interned
 * (store.h), so that equal rows are equal worlds.  The effect of a step depends on the shared
 * memory and the task's own stack alone, so effects are remembered, in a cache that forgets.
 * A graph does not know who fills it: explore.c adds states, breadth-first; what is asked of
 * the whole is in edges.h.
 */
#ifndef SWAPSCOPE_CORE_EXPLORE_GRAPH_H
#define SWAPSCOPE_CORE_EXPLORE_GRAPH_H

#include "core/explore/store.h"
#include "core/property.h"
#include "core/scenario/schedule.h"

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
#define EFFECT_GOAL	(1ull << 35)	/* it reaches the graph's goal */

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
	uint8_t *results;	/* step_count() x result_count(): has the step come to it? */
	uint32_t ending;	/* properties_ending() */
	uint32_t prioritised;	/* tasks that have a priority, as bits */
	struct goal goal;	/* what EFFECT_GOAL says; no step: none */
	bool maybe_cyclic;	/* a step led to a state that was not new and not deeper */
	bool out_of_memory;
};

/*
 * A graph of one state: world `from` of an execution of scenario `s` (not owned), or NULL for its
 * start.  NULL: no memory.
 */
struct graph *graph_new(const struct scenario *s, const struct kernel *k,
			const struct world *from);
void graph_free(struct graph *g);

/* State `id` (0 is where it begins, ids are in order of discovery), and its depth. */
void graph_state(const struct graph *g, uint64_t id, struct world *w);
unsigned graph_depth(const struct graph *g, uint64_t id);

/*
 * A world as a row of numbers; what it is made of is there then, a state it need not be.  False
 * when memory is out.
 */
bool graph_enter(struct graph *g, const struct world *w, struct state_row *row);

/* The state that a world of an execution is, or STORE_NONE: it is not there. */
uint32_t graph_find(const struct graph *g, const struct world *w);

/* The shared memory with that number. */
void graph_mem(const struct graph *g, uint32_t number, struct mem *m);

/* Append the moves by which a state was found first to an empty schedule.  0 or -ENOMEM. */
int graph_path(const struct graph *g, uint32_t state, struct schedule *s);

/*
 * The number of a state, added when it was not there: `from` says how it was found.  STORE_NONE
 * when memory is out, and then g->out_of_memory is set.
 */
static inline uint32_t graph_add(struct graph *g, const struct state_row *row, uint64_t hash,
				 struct origin from)
{
	bool added;
	uint32_t number = store_add(&g->states, row, hash, &added);
	struct origin *origin = added ? arena_add(&g->origins, sizeof(*origin)) : NULL;

	if (number == STORE_NONE || (added && !origin)) {
		g->out_of_memory = true;
		return STORE_NONE;
	}
	if (added)
		*origin = from;
	return number;
}

/* States from `first` on are a level deeper.  False when memory is out. */
bool graph_begin_level(struct graph *g, uint32_t first);

/* Room for more remembered effects, where the graph has grown; what was there is forgotten. */
void graph_widen_memo(struct graph *g);

/*
 * The sum of hashes of all states, and of all shared memories (spinlocks and ghosts aside),
 * whatever their numbers: graphs of one scenario that have the same sums have, but for an accident
 * of 1 in 2^64, the same ones.  0 or -ENOMEM.
 */
struct digest {
	uint64_t states, mems;
};
int graph_digest(const struct graph *g, struct digest *d);

/* Bytes in use: states, their index and their parts; the remembered effects. */
uint64_t graph_state_bytes(const struct graph *g);
uint64_t graph_memo_bytes(const struct graph *g);

/* ---- what can happen in a state ---- */

/* What a task's step comes to with an outcome, from a shared memory and its stack; or NULL. */
const struct result *graph_result(const struct graph *g, uint32_t mem, uint16_t stack,
				  unsigned task, unsigned choice);

static inline struct memo_row *graph_memo(const struct graph *g, uint32_t mem, uint16_t stack,
					  unsigned task)
{
	uint64_t x = (uint64_t)mem << 20 ^ (uint64_t)stack << 3 ^ task;

	x *= 0x9e3779b97f4a7c15u;
	return &g->memo[(x ^ x >> 29) & g->memo_mask];
}

/* Make the step with every outcome: what is not remembered in `row`, and is then. */
const struct effect *graph_execute(struct graph *g, struct memo_row *row, uint32_t mem,
				   uint16_t stack, unsigned task, unsigned *n);

/*
 * The effects of a task from a state; *n of them, until the next call.  When memory is out
 * there are none and g->out_of_memory is set.
 */
static inline const struct effect *graph_effects(struct graph *g, uint32_t mem, uint16_t stack,
						 unsigned task, unsigned *n)
{
	struct memo_row *row = graph_memo(g, mem, stack, task);

	if (!row->known || row->mem != mem || row->stack != stack || row->task != task)
		return graph_execute(g, row, mem, stack, task, n);
	*n = row->known - 1u;
	return row->effect;
}

/*
 * The tasks that others of higher priority keep from moving in a state, as bits.  graph_effects()
 * knows nothing of them.
 */
uint32_t graph_preempted_now(struct graph *g, const struct state_row *row);

static inline uint32_t graph_preempted(struct graph *g, const struct state_row *row)
{
	return g->prioritised ? graph_preempted_now(g, row) : 0;
}

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

#endif
