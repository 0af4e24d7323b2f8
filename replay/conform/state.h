/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * state.h - worlds that are compatible with what was seen of a slot, and sets of them.
 *
 * Of every task is kept, beside its stack, where it is in what was seen of its thread:
 *
 *	credit	functions that were seen to be entered, by a step that it has not made yet
 *	lead	functions that it entered on its way to the step where it stands
 *	owed	what it has passed, and was not seen to pass yet
 *
 * A step may be made when what it enters first (lead, and what it says itself) is what was seen
 * to be entered (credit), and nothing is owed: whoever has not been seen to return has not
 * returned.  What it leaves, and enters after that, is owed from then on.
 */
#ifndef SWAPSCOPE_REPLAY_CONFORM_STATE_H
#define SWAPSCOPE_REPLAY_CONFORM_STATE_H

#include "core/scenario/task.h"

#define CONFORM_TASKS	MAX_TASKS
#define CREDIT_MAX	4
#define LEAD_MAX	4
#define OWED_MAX	8

struct progress {
	uint8_t credits, leads, owes;
	uint8_t nested;			/* begun inside another of its thread; LATE_ALLOC */
	struct probe_call credit[CREDIT_MAX], lead[LEAD_MAX], owed[OWED_MAX];
};

/* In `nested`: folio_alloc_swap() is to return, though the model is past it (cstate_take()). */
#define LATE_ALLOC	2

struct cstate {
	struct world w;
	struct progress at[CONFORM_TASKS];
	uint32_t frontswap;		/* v6.1: the slot's bit, without which zswap is not asked */
	uint32_t node;			/* of the path that led here; not part of what it is */
};

/* What a capture can show, and of which kernel. */
struct conform_rules {
	struct kernel k;
	struct machine hw;
	bool frontswap;			/* the kernel has it */
	bool seen[2][PROBE_COUNT];	/* entered, left: there is a probe on it */
	bool (*unseen)[PROBE_COUNT];	/* likewise: it is called, and there is none */
};

static inline bool task_idle(const struct cstate *s, unsigned task)
{
	return !s->w.task[task].depth && !s->at[task].owes && !s->at[task].credits;
}

/* Is anything owed that is certain to be seen? */
static inline bool owes_surely(const struct progress *at)
{
	for (unsigned i = 0; i < at->owes; i++)
		if (!probe_maybe(at->owed[i].kind))
			return true;
	return false;
}

/* Let a task begin an operation.  False: it says more than can be kept. */
bool cstate_begin(const struct conform_rules *r, struct cstate *s, unsigned task, struct frame f);

enum fire {
	FIRE_NOT,	/* the step cannot be made: what was seen contradicts it */
	FIRE_BLOCKED,	/* not now: it waits for a lock */
	FIRE_WAITS,	/* not before more was seen to be entered: *wanted */
	FIRE_MADE,
};

/*
 * Let a task make its step with an outcome, if what was seen allows it: *to is then the state
 * after it.  *choices gets how many outcomes there are.  For FIRE_WAITS *wanted (may be NULL)
 * gets the function that is to be entered next.
 */
enum fire cstate_step(const struct conform_rules *r, const struct cstate *from, unsigned task,
		      unsigned choice, struct cstate *to, unsigned *choices,
		      struct probe_call *wanted);

/* In what two worlds differ: bits by number of enum conform_difference. */
unsigned cstate_differ(const struct cstate *a, const struct cstate *b);

/* ---- sets ---- */

struct state_set {
	struct cstate *state;
	uint32_t n, room;
	uint32_t *table;		/* 0, or the index of a state + 1 */
	uint32_t slots;			/* of the table: a power of two */
};

/* Empty; and without its memory.  A set begins as zeroes. */
void set_clear(struct state_set *set);
void set_free(struct state_set *set);

/* Add a state that is not there yet.  1: added, 0: it is there, -ENOMEM. */
int set_add(struct state_set *set, const struct cstate *s);

#endif
