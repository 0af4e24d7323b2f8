/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * outlook.h - what can still go wrong from a state, and how soon.
 *
 * An outlook is the graph of all continuations of one world, with the distance from each of its
 * states to the nearest violation.  It is made once, by one search (explore.h) that begins at
 * that world, and is then asked about any world that can follow: each position of an execution
 * that goes through it, each move that can be made there.
 *
 *	outlook_make()		searches; whoever watches can stop it, and is told of the first
 *				violation as soon as it is known, long before all is
 *	outlook_at()		can it still go wrong from this world?  in how many moves?
 *	outlook_after()		and after that move?
 *	outlook_way()		the moves; outlook_states() how many states can follow
 *	outlook_ask()		the same of other properties: distances anew, no new search
 *	outlook_free()
 *
 * A world is one of an execution of the scenario under that kernel, as it is there: stamps and
 * lives need not be those of the graph.  Distances are in moves:
 *
 *	n > 0		the n-th move from here violates the property
 *	0		this state does: nobody can move (DEADLOCK), or a run can go round from
 *			here for ever (LIVELOCK); inside of such a loop it stays 0
 *
 * A property that does not end runs can be violated again: after the move that does, the question
 * is asked of what follows.  Behind the violation of one that ends runs nothing is followed: that
 * world is not there (-ENOENT), or the answer is that of an equal one which was come by otherwise.
 *
 * An outlook that is bounded or was stopped knows less and says nothing false: a way that is there
 * goes wrong, and where none is known the answer is OUTLOOK_UNKNOWN, never OUTLOOK_SAFE.
 *
 * One thread at a time may make or ask one; questions use its graph's cache.  It points to the
 * scenario, which must outlive it.
 */
#ifndef SWAPSCOPE_CORE_EXPLORE_OUTLOOK_H
#define SWAPSCOPE_CORE_EXPLORE_OUTLOOK_H

#include "core/explore/explore.h"

#pragma GCC visibility push(default)

struct outlook;

enum outlook_says {
	OUTLOOK_SAFE,		/* no continuation violates what is asked for */
	OUTLOOK_VIOLATES,	/* one does */
	OUTLOOK_UNKNOWN,	/* none that is known does; not all are known */
};

struct outlook_options {
	uint64_t max_states;	/* stop after that many; 0: no limit */
	unsigned max_depth;	/* go no deeper than that many moves; 0: no limit */
	uint64_t max_bytes;	/* of memory, nearly; 0: no limit */
	uint32_t only;		/* these properties, as bits; costs may be among them.  0: all that
				   are no costs */
	/*
	 * Called now and then; returning false stops.  `first` is the shortest violation of what
	 * is asked for as soon as one is known, before that NULL; it belongs to the outlook and
	 * is good until outlook_make() returns.  May be NULL.
	 */
	bool (*progress)(void *arg, uint64_t states, uint64_t transitions, unsigned depth,
			 const struct finding *first);
	void *progress_arg;
};

/* What is said of a world, or of a move. */
struct outlook_answer {
	enum outlook_says says;
	enum property property;	/* VIOLATES: the nearest; of several the first */
	uint32_t at_once;	/* of a move: those, as bits, of what is asked, that it violates */
	unsigned steps;		/* VIOLATES: moves to it, that which is asked about included */
	bool lost;		/* VIOLATES: whatever comes, sooner or later it does; of an
				   outlook that is complete, else false */
	bool exact;		/* VIOLATES: there is no shorter way (but to a LIVELOCK, where that
				   is not known); else `steps` is an upper bound */
	unsigned within;	/* UNKNOWN: but in that many moves nothing goes wrong (LIVELOCK,
				   which no move shows, aside) */
	uint32_t unknown;	/* UNKNOWN: properties, as bits, that are; the others are safe */
};

/* The whole of it. */
struct outlook_figures {
	uint64_t states, transitions;
	unsigned depth;
	const char *bound;	/* which was hit ("interrupted": it was stopped), or NULL */
	bool complete;		/* every state was found and has its distance: nothing is unknown */
	uint64_t bytes;		/* of memory, that it keeps */
};

/*
 * All continuations of world `from` (NULL: the scenario's start) of scenario `s` under kernel `k`.
 * Returns 0 and an outlook that outlook_free() frees, also when it was stopped or a bound was hit;
 * or -ENOMEM, and then there is none.
 */
int outlook_make(struct outlook **o, const struct scenario *s, const struct kernel *k,
		 const struct world *from, const struct outlook_options *opt);
void outlook_free(struct outlook *o);

void outlook_figures(const struct outlook *o, struct outlook_figures *f);

/* What can go wrong from world `w`.  0, or -ENOENT: it is not in the graph. */
int outlook_at(struct outlook *o, const struct world *w, struct outlook_answer *a);

/*
 * What can go wrong when `m` is made in world `w`: with the move, or after it.  0; -ENOENT: `w` is
 * not in the graph; -EAGAIN: the move cannot be made there; -ENOSPC: the world is too small for it.
 */
int outlook_after(struct outlook *o, const struct world *w, struct move m,
		  struct outlook_answer *a);

/*
 * Append the moves that outlook_at() counts to an empty schedule, which the caller frees: the
 * least of the shortest ones.  Where they lead to a LIVELOCK the moves of a loop follow, from
 * *loop on; else *loop is the schedule's length.  0; -ENOENT: `w` is not in the graph, or nothing
 * is known to go wrong from there; -ENOMEM.
 */
int outlook_way(struct outlook *o, const struct world *w, struct schedule *way, size_t *loop);

/*
 * How many states can follow `w`, itself included; of those known, where a bound was hit.
 * 0; -ENOENT; -EAGAIN: it was stopped, or memory was short, before that could be known; -ENOMEM.
 */
int outlook_states(struct outlook *o, const struct world *w, uint64_t *n);

/* Ask for other properties from now on, as bits (0: all that are no costs). */
void outlook_ask(struct outlook *o, uint32_t only);

#pragma GCC visibility pop

#endif
