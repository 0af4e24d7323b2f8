/* SPDX-License-Identifier: GPL-2.0-only */
/* align_moves.h - two runs, event by event.  For replay/pair and replay/diff. */
#ifndef SWAPSCOPE_REPLAY_PAIR_ALIGN_MOVES_H
#define SWAPSCOPE_REPLAY_PAIR_ALIGN_MOVES_H

#include <string.h>

#include "replay/pair/align.h"

/* What is compared of an event.  Texts are the traces'. */
struct mark {
	unsigned task;
	const char *who;	/* the task's name, the trace's */
	const char *role;	/* what it is called where the runs are compared: tasks.h */
	const struct trace_step *step;
	char *result;
};

struct marks {
	struct mark *mark;
	uint64_t n;
};

static inline bool same_mark_step(const struct mark *a, const struct mark *b)
{
	return !strcmp(a->step->op, b->step->op) && !strcmp(a->step->text, b->step->text);
}

void marks_free(struct marks *m);

/* Of a run; role[task] outlives *m, and a task that has none is known by its name. */
int marks_load(struct marks *m, struct trace *t, const char *const *role);

/* The same task makes the same step, with the same result. */
static inline bool same_mark(const struct mark *a, const struct mark *b)
{
	return !strcmp(a->role, b->role) && same_mark_step(a, b) && !strcmp(a->result, b->result);
}

/* Where two runs part: how many events of each come before. */
struct parting {
	uint64_t a, b;
	bool made;	/* they make the same step there, with another result */
	bool own;	/* a task made a step in one run only before, on its way to one of both */
};

/*
 * Both go on as long as the next event is the same task's, the same step and the same result.
 * With `own` (of two kernels) a task may make steps in one of the runs first, in one go, if they
 * lead it to the step that is next in the other.  Whichever run is called a, they part there.
 */
struct parting part(const struct marks *a, const struct marks *b, bool own);

/*
 * Fill in both maps of *al, which are there and all 0.  Up to where the runs part their steps are
 * each other's as part() goes; behind it a step belongs to the other run's where the same task
 * makes the same, in an order that is the same in both.  Whichever run is called a, the pairs are
 * these.  Returns 0 or -ENOMEM.
 */
int match_moves(struct alignment *al, const struct marks *a, const struct marks *b, bool own);

/* Of both maps, which match_moves() has filled in: *al's hunks.  Returns 0 or -ENOMEM. */
int find_hunks(struct alignment *al, const struct marks *a, const struct marks *b);

#endif
