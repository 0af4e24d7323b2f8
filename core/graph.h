/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * graph.h - the explorer's own: states as rows of numbers, and the steps between them.
 */
#ifndef SWAPSCOPE_CORE_GRAPH_H
#define SWAPSCOPE_CORE_GRAPH_H

#include "core/explore.h"
#include "core/store.h"

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
	uint32_t what;		/* properties violated, EFFECT_OVERFLOW, the outcome taken */
};

#define EFFECT_VIOLATED	0x7ffff
#define EFFECT_OVERFLOW	0x80000	/* the world is too small: not followed, not a property */
#define EFFECT_CHOICE	20	/* shift */
#define CHOICES_MAX	16

_Static_assert(1 << PROPERTY_COUNT <= EFFECT_VIOLATED + 1, "properties fit");

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
	int16_t *stack_step;	/* a stack: the step it stands at, -1 when finished */
	uint32_t ending;	/* properties_ending() */
	bool out_of_memory;
};

/*
 * The effects of a task from a state; *n of them, until the next call.  When memory is out
 * there are none and g->out_of_memory is set.
 */
const struct effect *graph_effects(struct graph *g, uint32_t mem, uint16_t stack, unsigned task,
				   unsigned *n);

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

static inline bool effect_followed(const struct graph *g, const struct effect *e)
{
	return !(e->what & (g->ending | EFFECT_OVERFLOW));
}

/*
 * count.c: fills interleavings, cyclic and schedules; leaves out what memory does not suffice
 * for, or what whoever watches does not want to wait for.
 */
void graph_count(struct exploration *x, const struct explore_options *o);

#endif
