/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explore.h - all interleavings: breadth-first over exact states.
 *
 * A state is a world with stamps and lives renumbered.  The order is fixed (states by discovery,
 * tasks by number, outcomes by number): the first finding of a property is the shortest, and of
 * those the lexicographically least.  LIVELOCK is looked for when all states are known: no
 * transition shows it, and no single schedule.  Its finding is the shortest way to the nearest
 * state of such a run, and from there a loop, which is short and need not be shortest.
 *
 *	explore.c	the search: expands states, judges transitions, keeps bounds; the verdict
 *	outlook.c	a search from any world, and how far every state is from a violation
 *	meet.c		asked of all states: which tasks were in one another's way
 *	overlap.c	asked of all states: a step while another task is between two of its own
 *	progress.c	asked of the whole graph: LIVELOCK
 *	count.c		asked of the whole graph: how many interleavings
 *	edges.c		the edges of a graph, kept for these three
 *	graph.c		states as rows of numbers, effects of steps, the way to a state
 *	store.c		rows of one size, each kept once
 *
 * Each knows those below it and none above: progress.c and count.c are given a graph, its edges,
 * and who watches, and explore.c puts what they say into the exploration.
 *
 * explore() makes the graph (x->graph) and fills it, a depth at a time: effects are asked of the
 * graph, their targets wait in a batch, and are looked up when the memory that this needs has
 * been asked for.  When nothing was cut and something is asked of the whole, edges are made,
 * used, and freed again.  The graph stays with the exploration until exploration_free(), for
 * what shows its states (graph.h) and transitions (edges.h) to traces/; it points to the scenario.
 *
 * One search is one thread's; several may run at once, for they share only the scenario.  When
 * memory is out the graph says so (out_of_memory), the search ends where it is, and that is a
 * bound like max_states: what was found is true, what was not is not known.
 */
#ifndef SWAPSCOPE_CORE_EXPLORE_EXPLORE_H
#define SWAPSCOPE_CORE_EXPLORE_EXPLORE_H

#include "core/explore/witness.h"
#include "core/property.h"
#include "core/scenario/schedule.h"

#pragma GCC visibility push(default)

enum verdict { VERDICT_SAFE, VERDICT_VIOLATED, VERDICT_BOUNDED };

struct explore_options {
	uint64_t max_states;	/* stop after that many; 0: no limit */
	unsigned max_depth;	/* do not go deeper; 0: no limit */
	uint64_t max_bytes;	/* of memory for the search; 0: no limit */
	uint32_t only;		/* look for these properties and stop at the first; 0: all */
	/*
	 * Keep the shortest schedule to this (scenario_reach()), or NULL.  One with a "while" is
	 * looked for when the search is over; not with `from`, before which steps were made.
	 */
	const char *goal;
	bool meetings;		/* say which tasks met (witness.h) */
	const struct meetings *known;	/* but for those that are known to have; or NULL */
	uint64_t meet_max;	/* looking at no more than so many states; 0: at all */
	bool count;		/* count interleavings */
	uint64_t count_max;	/* but not of more states than this; 0: no limit */
	unsigned count_depth;	/* count schedules of that many steps; 0: do not */
	bool livelock;		/* look for LIVELOCK too, when all states are found */
	const struct world *from;	/* explore what can follow this world of an execution,
					   not the scenario's start; NULL: its start */
	/* Called now and then; returning false stops the search.  May be NULL. */
	bool (*progress)(void *arg, uint64_t states, uint64_t transitions, unsigned depth);
	void *progress_arg;
};

struct finding {
	enum property property;
	struct schedule schedule;	/* shortest, lexicographically least; owned */
	size_t loop;			/* its moves from here on lead back to where they begin;
					   schedule.n: there are none */
};

struct exploration {
	enum verdict verdict;
	uint64_t states;
	uint64_t transitions;
	unsigned depth;			/* of the deepest state */
	const char *bound;		/* which bound was hit, or NULL; with `complete`: it left
					   nothing unknown but LIVELOCK */
	bool complete;			/* every state was found and expanded */
	unsigned whole;			/* the first so many steps of every run were judged */
	uint64_t expanded;		/* so many states, the first ones, were expanded */
	uint32_t cut;			/* with `only`: other properties that ended runs */
	uint32_t violated;		/* properties, as bits */
	struct finding finding[PROPERTY_COUNT];
	unsigned findings;		/* in order of length, then of property */
	uint32_t costs;			/* costs that were met, as bits */
	struct finding cost[PROPERTY_COUNT];	/* the shortest way to each */
	unsigned costs_found;
	uint64_t cost_count[PROPERTY_COUNT];	/* transitions that have it */
	bool goal_reached;
	struct schedule goal;
	bool *step_reached;		/* step_count() of them */
	uint16_t demanded;		/* those of the scenario's `reach` with a "while", as bits;
					   none with options.from */
	uint16_t overlapped;		/* of these, those that were reached */
	struct meetings *meetings;	/* owned; NULL: not asked for */
	/* Which bound, of the search or behind it, leaves what was not seen of these unknown. */
	const char *overlap_bound, *meeting_bound;
	char *interleavings;		/* decimal; NULL: there is a cycle, or not counted */
	bool cyclic;			/* with interleavings NULL: "unbounded: retry loops" */
	char *schedules;		/* of count_depth steps, or fewer to an end; decimal */
	uint64_t globals;		/* distinct shared memories */
	uint64_t executed;		/* steps run; the others were remembered */
	uint64_t bytes;			/* memory of the search at its end */
	uint64_t bytes_states;		/* of that: states, their index and their parts */
	double seconds;
	struct graph *graph;		/* all of it, opaque; owned */
};

/*
 * Explore scenario `s` under kernel `k`.  Returns 0 (whatever the verdict), -ENOMEM,
 * or -EINVAL: there is no such goal, or none that may be asked for.  The result is freed by
 * exploration_free().
 */
int explore(struct exploration *x, const struct scenario *s, const struct kernel *k,
	    const struct explore_options *o);
void exploration_free(struct exploration *x);

/*
 * Put the moves that led to where it began (options.from) before those of every finding, cost and
 * goal, so that they are schedules from the start.  0 or -ENOMEM.
 */
int exploration_put_behind(struct exploration *x, const struct schedule *before);

/* Has the step come to that result, somewhere? */
bool exploration_had(const struct exploration *x, size_t step, const struct result *r);

/*
 * Of what an exploration saw, to be held against another of the same scenario: sums of hashes of
 * all its states, and of all its shared memories, spinlocks and ghosts aside.  Equal sums: but for
 * an accident of 1 in 2^64 the same ones.  0 or -ENOMEM.
 */
int exploration_digest(const struct exploration *x, uint64_t *states, uint64_t *mems);

/*
 * How many transitions make each step, into count[step_count()].  0, or -ENOMEM when memory for
 * effects is out.
 */
int exploration_step_counts(struct exploration *x, uint64_t *count);

/* The first of the scenario's goals that was not reached, or NULL. */
const char *exploration_unreached(const struct exploration *x, const struct scenario *s);

/*
 * The only answer that a step ever gave, where there are others: a test that was not put to the
 * test.  NULL: it was not made, gave several, or has one.
 */
const struct result *exploration_one_way(const struct exploration *x, size_t step);

/*
 * Properties, as bits, that are known to hold where they were not found: by `complete` and
 * `bound` of an exploration, or of several.
 */
uint32_t known_properties(bool complete, const char *bound);

#pragma GCC visibility pop

#endif
