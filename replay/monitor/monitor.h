/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * monitor.h - an order of kernel functions as a deterministic automaton, made of the model.
 *
 *	monitor_make()		explores a scenario under a kernel, and makes the automaton of it
 *	  events.c		which functions are seen in that release, and what they are called
 *	  net.c			the graph of all interleavings, its steps labelled with events
 *	  subset.c		determinised (subsets), minimised (Moore)
 *	  hold.c		another kernel held to it: are its violations noticed?
 *	monitor_begin(), monitor_step()	the monitor as it runs beside a run of the model
 *	monitor_free()
 *
 * What is looked at is one task, or one swap slot.  It is idle before and after each of its
 * operations (a task), or while it is free (a slot): there the automaton begins, and comes back.
 * An event is that a function is entered or returns with some value; a function that begins and
 * ends within one step of the model is one event.  All else is not seen, nor is a value that the
 * function never returned there.
 *
 * The automaton takes every order of events that a run of the scenario can have between two idle
 * moments, whatever came before: moments at which the same is idle are taken for one.  So it takes
 * more than the model makes, and never less: it raises no alarm on a run of the scenario that
 * breaks no property.  Runs that break one (costs aside) are no part of what it is made of, up to
 * the step before the one that does.
 *
 * The search has to be of all states; a part of them would make an automaton that refuses what can
 * happen.  One call is one thread's.  A monitor points to the scenario.
 */
#ifndef SWAPSCOPE_REPLAY_MONITOR_MONITOR_H
#define SWAPSCOPE_REPLAY_MONITOR_MONITOR_H

#include "core/probe.h"
#include "core/scenario/scenario.h"

#pragma GCC visibility push(default)

#define MONITOR_NAME_MAX	32	/* as the kernel's MAX_DA_NAME_LEN */
#define MONITOR_EVENTS_MAX	200
#define MONITOR_STATES_MAX	2000	/* before it is minimised */
#define MONITOR_TEXT_MAX	300

enum monitor_of { MONITOR_TASK, MONITOR_SLOT };

struct monitor_options {
	enum monitor_of of;
	unsigned index;			/* the task, or the slot */
	unsigned release;		/* RELEASE() whose functions are seen (probes.h) */
	const char *functions;		/* "zswap_load,swapcache_clear"; NULL: all */
	uint64_t max_states;
	/* Called now and then; returning false stops.  May be NULL. */
	bool (*progress)(void *arg, uint64_t states, uint64_t transitions, unsigned depth);
	void *progress_arg;
};

struct monitor_event {
	char name[MONITOR_NAME_MAX];	/* a C identifier, "swapcache_prepare_EEXIST" */
	uint8_t function;		/* enum op, or enum probe_function */
	uint8_t returns;
	int16_t value;
};

struct monitor_state {
	char name[MONITOR_NAME_MAX];	/* a C identifier; that of the first is "idle" */
	bool idle;			/* what is looked at may be idle here */
	int16_t next[MONITOR_EVENTS_MAX];	/* the state that an event leads to; -1: an error */
};

struct functions;			/* parts.h */

struct monitor {
	const struct scenario *scenario;
	struct kernel kernel;
	enum monitor_of of;
	unsigned index;
	struct functions *functions;	/* owned, as what follows */
	struct monitor_event *event;	/* by name */
	unsigned events;
	struct monitor_state *state;	/* the first is where it begins */
	unsigned states;
	uint64_t explored, transitions;	/* states of the graph that it was made of */
	unsigned determinised;		/* states before it was minimised */
	uint32_t left_out;		/* properties, as bits, that runs of this kernel violate:
					   these are no part of it */
};

/*
 * Make the monitor.  0; -EINVAL: a function that is named is none, or not seen in that release;
 * -ENODATA: nothing is seen, or the slot is never free; -E2BIG: it would have too many events or
 * states; -EOVERFLOW: not all states were explored; -ECANCELED; -ENOMEM.  `err` (MONITOR_TEXT_MAX)
 * gets a sentence.
 */
int monitor_make(struct monitor *m, const struct scenario *s, const struct kernel *k,
		 const struct monitor_options *o, char *err);
void monitor_free(struct monitor *m);

/* ---- it runs ---- */

#define MONITOR_WAITS	(-2)	/* it has not begun: what it looks at was not idle yet */
#define MONITOR_ERROR	(-1)

/* Where it stands in world `w`, before which it has seen nothing. */
int monitor_begin(const struct monitor *m, const struct world *w);

/*
 * Where it stands behind a step of `task` whose calls are `calls`; `after` is the world then.
 * `at` is where it stood.  After an error it stays there.
 */
int monitor_step(const struct monitor *m, int at, unsigned task, const struct probe_calls *calls,
		 const struct world *after);

/* ---- another kernel is held to it ---- */

struct monitor_held {
	uint64_t states, transitions;	/* explored */
	bool complete;			/* all of them were */
	uint32_t violated;		/* properties, as bits, without costs */
	uint32_t unnoticed;		/* of these: some run comes to the violation, and the
					   monitor has raised no error by then */
	uint32_t noticed;		/* of these: some run has raised one by then */
	uint32_t early;			/* of these: some run comes to it before the monitor has
					   begun, which is none of the two */
	uint32_t untold;		/* violated too, but by no step: DEADLOCK and LIVELOCK are
					   of what comes no more, and not held to the monitor */
	bool rejects;			/* runs that violate nothing raise errors, too */
};

/* All runs of the scenario under kernel `k`, held to the monitor.  0, -ECANCELED or -ENOMEM. */
int monitor_hold(const struct monitor *m, const struct kernel *k, const struct monitor_options *o,
		 struct monitor_held *h);

#pragma GCC visibility pop

#endif
