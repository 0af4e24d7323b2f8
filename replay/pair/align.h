/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * align.h - two runs side by side.
 *
 * Runs are compared by what their tasks did: the same task makes steps of the same name.
 * A task of the other run may make steps in between (it "runs on" to the next step of that
 * name); where it never gets there the runs part.  There are three ways to have two runs:
 *
 *	same_schedule()	an execution makes the other: the same tasks make the same steps by
 *			name under another kernel, until they cannot
 *	align_runs()	both are recorded, whole: every position has one in the other run
 *	align_lives()	align_life.h: one is large; compared is one page's life in each
 *
 * align_runs() of two runs of one kernel, whose schedules are two, is stricter: they part at the
 * first move, step or result that differs, at the same position of both.  Under two kernels a task
 * of either run may run on first.  Which run is called a does not matter (align_moves.c).
 *
 * Then why they part: which single switch, set to the left kernel's value, lets them go on
 * together (parting_switches(); of recorded runs too, whose schedules are run again for that:
 * align_words.h).  That switch is the rule that parts them.
 *
 * repair_make() (repair.h) does the first for a bug: it explores both kernels, runs the shortest
 * schedule under both, and asks of each switch in which they differ whether, set back, it lets the
 * schedule violate the property again (of LIVELOCK, whether any does).
 *
 * align_lives() chooses a life of a slot in each run (life.h): that of the first finding, and
 * where there is none the one whose fault is most like the other's, step by step and result by
 * result.  It is read as whole operations of tasks: by searches of the slot's and the page's
 * changes, never by a pass over the run (but for that likeness, which has a bound).  Then
 * operations are paired by what they do and not by who does it, the faults with each other
 * first, then their steps.  Where they part is asked of the faults, then of what is nearest.
 *
 * Traces and executions are the caller's; an alignment owns its arrays and borrows nothing.
 */
#ifndef SWAPSCOPE_REPLAY_PAIR_ALIGN_H
#define SWAPSCOPE_REPLAY_PAIR_ALIGN_H

#include "core/scenario/schedule.h"
#include "traces/read/read.h"

#pragma GCC visibility push(default)

/*
 * The schedule of `a` under another kernel.  For every move of a, b's task runs on to its
 * next step of the same name and makes it with the same outcome; where it blocks, ends or
 * leaves the operation first it goes on to there, and waits until a comes by a step that it can
 * reach, or to its end.  Then those tasks that took part run on in turn until all of them that
 * must finish have finished (at most SAME_SCHEDULE_EXTRA moves).
 * b must have been initialised; *parted gets the number of moves of a before the first that b
 * could not follow or that came to another result there (a->n if there is none).
 * Returns 0, -ENOSPC or -ENOMEM.
 */
#define SAME_SCHEDULE_EXTRA	400
int same_schedule(const struct execution *a, struct execution *b, size_t *parted);

/* The same, and where in b that move was to be made. */
struct parted {
	size_t a;	/* *parted */
	size_t b;	/* moves that b had made before it */
	bool made;	/* b made the step next, and came to another result */
};
int same_schedule_parts(const struct execution *a, struct execution *b, struct parted *p);

/*
 * Which rule parted them: of the switches in which the kernels of a and b differ, the bits
 * (1 << SWITCH_x) of those that alone, set in b's kernel to a's value, let the runs go on
 * together beyond `parted`.  0 when no single one does.
 */
uint64_t parting_switches(const struct execution *a, const struct kernel *b, size_t parted);

/* A step of a run that belongs to the life which is compared (align_life.h). */
struct life_point {
	uint64_t at;		/* the transition */
	uint64_t other;		/* the position of the other run that matches */
	uint64_t partner;	/* the other run's transition that is this step; 0: it made none */
	bool same;		/* with the same result */
	bool key;		/* of the fault that the lives are about */
};

/*
 * A stretch in which the runs differ: steps that one makes and the other does not, or with another
 * result.  Around it both make the same steps; it is of one run alone where the other's is empty.
 * Positions after which it begins, and after which it is over.
 */
struct hunk {
	uint64_t from[2], to[2];
};

/*
 * How the positions of two recorded runs correspond: of all, or of those of a life.  What is not
 * in it stands where the last step before it stands.
 */
struct alignment {
	uint64_t *b_of_a;	/* for position 0 .. a.events: the position of b that matches */
	uint64_t *a_of_b;
	struct life_point *life[2];	/* of a and of b, by .at; NULL where all is compared */
	size_t points[2];
	uint64_t open[2];	/* where the fault begins that they are about */
	uint32_t page[2];	/* what it is about; UINT32_MAX: not known */
	uint32_t task_of_b[MAX_TASKS];	/* which task of a does what one of b does */
	struct hunk *hunk;		/* in order; none of a life */
	size_t hunks;
	uint64_t a_events, b_events;
	bool same;		/* the runs do the same throughout */
	uint64_t a_parted;	/* position in a after which the first difference comes */
	uint64_t b_parted;	/* and in b */
	char why[400];		/* in words: who, at which step, which rule or which lock */
};

/*
 * Compare two runs; free with alignment_free().  Returns 0 or a negative errno; -EFBIG for runs
 * that are too long or whose worlds are too large to be compared (a comparison keeps some 100
 * bytes of every transition).
 */
#define ALIGN_EVENTS_MAX	200000	/* of either run */
int align_runs(struct alignment *al, struct trace *a, struct trace *b);
void alignment_free(struct alignment *al);

#pragma GCC visibility pop

#endif
