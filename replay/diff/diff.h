/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff.h - where do two recorded runs part, and why?
 *
 *	diff_runs()	compares; what it could not compare it says
 *	diff_free()
 *
 * Small runs are compared whole.  Their steps are aligned as in align.h, whose hunks are where they
 * differ; beside that the worlds are compared before and after each of these, and after each step
 * that both make: so two runs of the same steps can still differ, and two of different steps can
 * come to the same state again.  Worlds are the same as the search takes them to be: lives of slots
 * and versions of pages are renumbered (mem_canonicalise()), and a task is the other run's of the
 * same name or program.
 *
 * Then the rules.  A run's schedule is made again under its own kernel and under the other one; a
 * divergence that is there too comes of the kernels, and those switches are its rules of which each
 * alone, given the value that it has in the run whose schedule it is, removes it.  What only one of
 * the runs violates is asked the same way (schedule_violates(), repair.h).
 *
 * Of a run that is too large for that, or explains a capture, two things are compared: transitions
 * from the first on, with all that they change, until they are not the same; and one life of a slot
 * in each (align_life.h).
 *
 * Which run is called a does not matter: the other way round the result is the same, left and right
 * exchanged.  Side 0 is a's, side 1 b's.  Traces are the caller's; *d borrows their texts.
 */
#ifndef SWAPSCOPE_REPLAY_DIFF_DIFF_H
#define SWAPSCOPE_REPLAY_DIFF_DIFF_H

#include "core/explore/explore.h"
#include "replay/pair/align.h"

#pragma GCC visibility push(default)

#define DIFF_NEVER	UINT64_MAX
#define DIFF_FIELDS	6

/* The worlds of two positions. */
struct diff_state {
	bool same;
	bool stacks;		/* what tasks have on their stacks differs */
	unsigned differ;	/* fields of shared memory that tell of it; the first few: */
	struct {
		const struct field *field;
		unsigned value[2];
	} field[DIFF_FIELDS];
};

enum diff_kind {
	DIFF_STEPS,		/* one makes steps, or a step, that the other does not make there */
	DIFF_RESULT,		/* both make the same step first, and come to another result */
	DIFF_EFFECT,		/* the same step and result from the same state, to another state */
	DIFF_ORDER,		/* the same steps in another order, to the same state again */
};

struct divergence {
	enum diff_kind kind;
	uint64_t from[2], to[2];	/* positions: transitions from + 1 .. to are its */
	uint64_t rules;			/* 1 << SWITCH_x: those that part the runs here */
	bool by_kernel;			/* one run's schedule does that under the other kernel */
	bool asked;			/* else that was not tried: no rule differs, a run ends
					   here, none can be made again, or there are too many */
	struct diff_state after;	/* the worlds at `to`; of a life nothing is known */
	uint64_t again[2];		/* from there on, up to the next divergence, both are in
					   the same state; or DIFF_NEVER */
};

/* A property that one of the runs violates and the other does not, or a cost. */
struct diff_finding {
	unsigned side;
	const char *property;
	uint64_t position;
	uint64_t rules;		/* each alone, set back in the other kernel, lets it come about */
	bool asked;		/* else the run cannot be made again, or violates it there too */
};

enum diff_scope {
	DIFF_WHOLE,		/* all of both runs was compared */
	DIFF_LIFE,		/* one life of a slot, and the common beginning */
	DIFF_START,		/* the common beginning alone */
};

struct diff {
	enum diff_scope scope;
	uint64_t events[2];
	uint64_t common;		/* transitions from the first on that are the same: of
					   DIFF_WHOLE the steps, else with all that they change */
	bool same;			/* no difference of any kind */
	bool order;			/* the same steps in another order, and the same end */
	uint64_t switches;		/* in which the kernels differ */
	bool kernels;			/* both kernels are known to this program */
	uint64_t value[SWITCH_COUNT][2];	/* of these switches */
	uint32_t task_of_b[MAX_TASKS];	/* which of a it is; UINT32_MAX: none is */
	struct diff_state start, end;
	struct divergence *divergence;
	size_t divergences;
	struct diff_finding *finding;
	size_t findings;
	struct alignment life;		/* of DIFF_LIFE */
};

/*
 * Compare two runs; free with diff_free(), whatever is returned.  Returns 0 or a negative errno;
 * where one of the files is damaged, trace_message() of it says how.
 */
int diff_runs(struct diff *d, struct trace *a, struct trace *b);
void diff_free(struct diff *d);

/* ---- one schedule under two kernels ---- */

/* Two runs of a scenario, of which one is what the other one's kernel makes of its schedule. */
struct kernel_pair {
	struct execution run[2];
	unsigned own;			/* the side whose schedule it is */
	size_t loop;			/* where what repeats in it for ever begins, or its n */
	struct {
		enum verdict verdict;	/* of the search under that kernel, */
		bool complete;		/* which saw all states */
		uint64_t states, transitions;
	} search[2];
};

/*
 * Explore the scenario under both kernels and make the shortest finding of one of them under the
 * other: of a property that the other kernel does not violate, if there is one.  `only`: of these
 * (1 << PROP_x; 0: any).  Free with kernel_pair_free() whatever is returned; the scenario must
 * outlive it.  Returns 0; -ENOENT: neither kernel violates anything, and the searches say how much
 * they have seen; or -ENOMEM, -ENOSPC.
 */
int pair_by_finding(struct kernel_pair *p, const struct scenario *s, const struct kernel kernel[2],
		    uint32_t only);

/*
 * Make a schedule under that kernel that can make all of it, and what the other one makes of it; of
 * two that can, under the one that violates something.  Returns as above; -EAGAIN: neither can, and
 * run[own] is the longer one.
 */
int pair_by_schedule(struct kernel_pair *p, const struct scenario *s,
		     const struct kernel kernel[2], const struct schedule *schedule);
void kernel_pair_free(struct kernel_pair *p);

#pragma GCC visibility pop

#endif
