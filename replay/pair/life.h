/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * life.h - of a run of any size, what concerns one life of a swap slot: the operations of tasks
 * that touch the slot or the page that is in it, each from its first step to its last.
 *
 * A run is of thousands of slots, and tasks take turns at every step.  What a reader follows is
 * one page: swapped out by one task, read back by another.  In the middle of a life is a fault;
 * with a finding it is the fault that loses the page.
 */
#ifndef SWAPSCOPE_REPLAY_PAIR_LIFE_H
#define SWAPSCOPE_REPLAY_PAIR_LIFE_H

#include <string.h>

#include "traces/read/lens.h"
#include "traces/read/read.h"

#define LIFE_CALLS	96	/* operations that are kept, those around the fault */
#define LIFE_STEPS	128	/* of one of them; what is longer goes on as the next one */
#define LIFE_RESULT	64

struct life_step {
	uint64_t at;			/* which transition it is */
	const struct trace_step *step;	/* the trace's */
	char result[LIFE_RESULT];
};

/* An operation of a task.  A task that faults again because a fault failed makes two. */
struct life_call {
	uint32_t task;
	unsigned steps;
	bool fault;			/* do_swap_page() is in it, */
	unsigned entry, end;		/* from this step to before that one; else all steps are */
	unsigned depth;			/* of the stack at its entry */
	struct life_step *step;		/* owned */
};

struct life {
	struct trace *t;		/* the caller's */
	struct trace_object page, slot;	/* OBJ_NONE where they are not known */
	unsigned entry;			/* number of the first step of do_swap_page() */
	unsigned calls, key;		/* call[key] is the fault */
	struct life_call call[LIFE_CALLS];	/* in the order in which they begin */
};

/*
 * The life that a finding of the run is about.  *l is undefined before; life_free() it whatever is
 * returned.  Returns 0; -ENODATA where the run has no operation there; or a negative errno.
 */
int life_of_finding(struct life *l, struct trace *t, const struct trace_finding *f);

/*
 * The life of a run whose fault is most like one of another run: the same steps with the same
 * results.  Looks at LIFE_LOOK transitions at most.  Returns as life_of_finding().
 */
#define LIFE_LOOK	20000000ull
int life_like(struct life *l, struct trace *t, const struct life_call *fault);

void life_free(struct life *l);

/*
 * Which step of b each step of a is: partner[i] is an index of b's or -1, and grows with i.  As
 * many as can be are paired, those with the same result first.  Returns how alike they are: more
 * is better, 0 or less is not alike at all.
 */
int life_pair(const struct life_call *a, const struct life_call *b, int partner[LIFE_STEPS]);

static inline bool same_life_step(const struct life_step *a, const struct life_step *b)
{
	return a->step == b->step || (!strcmp(a->step->op, b->step->op) &&
				      !strcmp(a->step->text, b->step->text));
}

#endif
