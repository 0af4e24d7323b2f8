/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * schedule.h - the choices that make an execution: which task ran, with which outcome.
 *
 * Text form: one word per run of equal moves, "T0*3 W T1/1": task, "*N" for N moves,
 * "/C" for outcome C where a step has several (0 is not written).
 */
#ifndef SWAPSCOPE_CORE_SCENARIO_SCHEDULE_H
#define SWAPSCOPE_CORE_SCENARIO_SCHEDULE_H

#include "core/property.h"
#include "core/scenario/task.h"

#pragma GCC visibility push(default)

struct move {
	uint8_t task;
	uint8_t choice;
};

struct schedule {
	struct move *move;	/* owned */
	size_t n;
	size_t cap;
};

/* Append a move.  0 or -ENOMEM. */
int schedule_add(struct schedule *s, struct move m);

/* The last move first. */
void schedule_reverse(struct schedule *s);
void schedule_free(struct schedule *s);

/* The text form; malloced, NULL when memory is out.  Task names are the scenario's. */
char *schedule_text(const struct scenario *sc, const struct schedule *s);

/*
 * Parse the text form.  Returns 0, -ENOMEM, or -EINVAL and then *at is the offset of the
 * word that is wrong.  A schedule longer than SCHEDULE_MAX is refused with -EINVAL.
 */
#define SCHEDULE_MAX	60000
int schedule_parse(struct schedule *s, const struct scenario *sc, const char *text, size_t *at);

/*
 * One execution, kept: the world at the start and after every move.  An execution
 * re-runs the same operations as the explorer, with bytes beside the stamps.
 */
struct exec_step {
	struct move move;
	int16_t step;		/* the step made (step.h) */
	uint8_t choices;
	uint8_t depth;		/* frames on the task's stack before it */
	const char *result;	/* RESULT() text or NULL */
	struct event ev;
	uint32_t violated;	/* properties, as bits */
	uint32_t costs;		/* of these, those that are costs */
	int byte_error;		/* offset of a wrong byte in the page just mapped, or -1 */
};

struct execution {
	const struct scenario *scenario;	/* not owned */
	struct kernel kernel;
	struct world *world;			/* n + 1 of them; owned */
	uint16_t (*length)[MAX_ENTRIES];	/* n + 1: compressed bytes per entry; owned */
	struct exec_step *step;			/* n; owned */
	size_t n, cap;
	struct bytes *bytes;			/* owned */
};

/* A move that is tried: what it would come to, and where it cannot be made, what is in its way. */
struct move_tried {
	struct world after;
	struct exec_step step;		/* byte_error is not known: -1 */
	bool injected;			/* the outcome is a failure from outside */
	enum wait_kind wait;		/* -EAGAIN: WAIT_NOTHING where the task does not wait */
	unsigned wait_index;
	uint8_t choices;		/* outcomes of the step; 0: the task has finished */
};

/*
 * Try a move in a world, which is not changed, with stamps alone.  Returns 0, -EAGAIN or -ENOSPC,
 * as execution_move(): which makes those moves that can be made here, to these worlds.
 */
int move_try(const struct scenario *s, const struct kernel *k, const struct world *w,
	     struct move m, struct move_tried *tried);

/* An execution at its start.  0 or -ENOMEM. */
int execution_init(struct execution *x, const struct scenario *s, const struct kernel *k);

/*
 * Make one move.  Returns 0, -EAGAIN (the task cannot move that way, or not now), -ENOSPC (the
 * world is too small for what happens), or -ENOMEM.
 */
int execution_move(struct execution *x, struct move m);

/* Make all moves of a schedule; stops at the first that fails and returns its error. */
int execution_run(struct execution *x, const struct schedule *s);
void execution_free(struct execution *x);

/*
 * Of an execution whose moves from `loop` on lead back to where they begin: the tasks, as bits,
 * that have begun an operation and are never done with it there.
 */
uint32_t execution_never_done(const struct execution *x, size_t loop);

/* The world now: x->world[x->n]. */
const struct world *execution_now(const struct execution *x);

#pragma GCC visibility pop

#endif
