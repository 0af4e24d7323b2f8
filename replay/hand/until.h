/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * until.h - what a run is to come to: for running on, for breakpoints and for watchpoints.
 *
 *	next			one step (of the task that is moved)
 *	end			the end of an operation
 *	breaks, breaks UAF	a property is violated; a cost counts where it is named
 *	slot 0 pin = none	a field gets a value that it had not: =, !=, < or >
 *	entry 1 ref		a field changes
 *	zswap_load		a function is about to be entered
 *	zswap_load: zswap_dec	a step is about to be made, by the beginning of its text; the
 *				operation may be left out
 *
 * Fields have the names that traces have (core/world.h); of a slot `pin` is who holds it, and
 * `count` what its swap_map counts.  Values are numbers, or texts as traces have them: none, sync,
 * live, T0, v3.  All but the last two kinds are events of a transition: the position is the one
 * behind it.  A step that is about to be made is the next of the run: the position is in front.
 *
 * until_parse() needs a trace, whose tasks, steps and objects it knows by name; what comes of it is
 * plain data, good for every run.  until_find() looks for it in any recorded run, however large.
 */
#ifndef SWAPSCOPE_REPLAY_HAND_UNTIL_H
#define SWAPSCOPE_REPLAY_HAND_UNTIL_H

#include "core/scenario/schedule.h"
#include "traces/read/lens.h"
#include "traces/read/read.h"

#pragma GCC visibility push(default)

#define UNTIL_TEXT_MAX	128

enum until_kind { UNTIL_NEXT, UNTIL_END, UNTIL_BREAKS, UNTIL_FIELD, UNTIL_FUNCTION, UNTIL_STEP };

struct until {
	enum until_kind kind;
	uint32_t properties;		/* BREAKS: any of these, 1 << PROP_x */
	struct trace_object object;	/* FIELD */
	char field[24];
	char compare;			/* FIELD: '=', '!', '<', '>', or '*': it changes; */
					/* FUNCTION, STEP: '=' the whole of op, '*' its beginning */
	uint32_t mask, value;		/* of the field's bits */
	char op[48];			/* FUNCTION, STEP: ""  any */
	char step[UNTIL_TEXT_MAX];	/* STEP: the beginning of its text */
	char text[UNTIL_TEXT_MAX];	/* as it was written */
};

/*
 * Read a text.  Returns 0, or -EINVAL and in `why` (256 bytes) what is wrong and what would be
 * right.
 */
#define UNTIL_WHY_MAX 256
int until_parse(struct until *u, struct trace *t, const char *text, char *why);

/*
 * The next position of a recorded run, forward or backward from `from`, where it comes about.
 * task: only transitions of that task, -1: of any.  Returns 1 and *found, 0 when there is none, a
 * negative errno for a damaged file, or -ECANCELED: go_on() (may be NULL) is asked now and then.
 */
int until_find(struct trace *t, const struct until *u, int task, uint64_t from, bool forward,
	       uint64_t *found, bool (*go_on)(void *arg, uint64_t position), void *arg);

/*
 * Has it come about with transition n of an execution?  And is what a task would do at position n
 * the step that is waited for: of the last two kinds, whose position is in front.
 */
bool until_met(const struct until *u, const struct execution *x, size_t n);
bool until_at(const struct until *u, const struct execution *x, size_t n, unsigned task);

#pragma GCC visibility pop

#endif
