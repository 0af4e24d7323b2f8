/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * why.h - which rules of a kernel a scenario needs: each flipped, one at a time, and explored.
 *
 * A rule is a switch with a value, "recheck=on", and a flip gives it another one.  What the flip
 * breaks, the rule was needed for; what it mends, it would have been needed for.  Where it does
 * neither the rule is redundant, in this world; but only if the scenario put it to the test: a
 * re-check that always found what it looked for has shown nothing, and nor has a rule that no
 * state knows of.
 *
 *	why_init()	the flips: every value of every switch, or those that are given
 *	matrix_start()	explores them: cell 0 of w->m is the kernel as it is, cell i row i's
 *	why_judge()	what is said of a row, in the light of cell 0
 *	why_pairs()	of the flips that alone break nothing: all pairs of them
 *	why_free()
 *
 * w->m is a matrix of kernels (replay/matrix/matrix.h) and is locked, run and stopped like any.
 * What is said holds within the bounds of the scenario and no further.
 */
#ifndef SWAPSCOPE_REPLAY_WHY_WHY_H
#define SWAPSCOPE_REPLAY_WHY_WHY_H

#include "replay/matrix/matrix.h"

#pragma GCC visibility push(default)

struct why_flip {
	enum kernel_switch s;
	uint8_t value;
};

enum why_says {
	WHY_WAITS,		/* it, or the kernel as it is, is not explored yet */
	WHY_NEEDED,		/* without the rule `breaks` are violated */
	WHY_REDUNDANT,		/* in force, put to the test, and not needed */
	WHY_MISSED,		/* the other value mends `mends` */
	WHY_NOT_MISSED,		/* absent, it would have had effects, and is not needed */
	WHY_HARMFUL,		/* absent, and the other value would break `breaks` */
	WHY_NOT_EXERCISED,	/* this scenario cannot say */
	WHY_UNKNOWN,		/* a bound was hit before it could be said, or runs end too soon */
	WHY_SAYS
};

/* Why a rule is not exercised. */
enum why_idle {
	IDLE_MOOT,		/* another switch takes its effect away: `moot` */
	IDLE_SAME,		/* all states and transitions are the same with it and without */
	IDLE_ONE_ANSWER,	/* its test, `step`, is made and always comes to `answer` */
};

#define WHY_FLIPS	2

struct why_row {
	struct why_flip flip[WHY_FLIPS];
	unsigned flips;
	char name[80];		/* "recheck=on", or "recheck=on inuse=late" */
	char instead[80];	/* "off" */
	bool absent;		/* what the kernel has is the absence of a rule: off, none */
	enum why_says says;
	enum why_idle idle;
	char moot[64];
	int step;		/* IDLE_ONE_ANSWER */
	const struct result *answer;
	uint32_t breaks, mends, left;	/* properties, as bits; left: else violated with the flip */
	uint32_t hidden;	/* violated in one search only, and runs of the other end before */
	uint32_t costs_new, costs_gone;	/* costs that are met only with, or only without it */
	unsigned steps_new, steps_gone;	/* steps and results that are, or are not, come to */
	size_t length;		/* of the shortest schedule that shows it: `breaks` with the flip,
				   or `mends` without; 0: none */
};

struct why {
	struct matrix m;	/* row 0: the kernel as it is; then one row a flip */
	struct why_row *row;	/* as many as m.rows; [0] is of no flip */
};

/*
 * The flips of a scenario, which is taken over, under a kernel: those given (`n` of them), or with
 * none every other value of every switch.  0, -ENOMEM, or -EINVAL: a flip is the kernel's own
 * value.  After an error, too, the caller calls why_free().
 */
int why_init(struct why *w, const struct scenario *s, const struct matrix_kernel *k,
	     const struct why_flip *flip, size_t n);

/* Every other value of every switch of a kernel, as flips; their number.  flip may be NULL. */
size_t why_all_flips(const struct kernel *k, struct why_flip *flip);

/*
 * All pairs of those flips of `alone`, whose matrix is done, that break nothing, of different
 * switches.  The scenario is loaded again by the caller, for each matrix owns its own.
 */
int why_pairs(struct why *w, const struct scenario *s, const struct why *alone);
void why_free(struct why *w);

/* Fill in w->row[i], with the matrix's lock where it still runs. */
void why_judge(struct why *w, size_t i);

/* Is this value the absence of a rule: "off", "none", "absent"? */
bool why_absence(enum kernel_switch s, unsigned value);

const char *why_name(enum why_says says);	/* "needed" */

#pragma GCC visibility pop

#endif
