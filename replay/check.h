/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check.h - is a recorded run one that the model makes?
 *
 * The run is made again, step by step, alone, and every field that a step changes is compared
 * with what was recorded.  What the model leaves open is taken from the record and has to be
 * possible.  Costs the memory of one world, however long the run is.
 *
 * check_run() sees which kind of run it is and calls check_live() (made again by core/live's
 * replay) or check_model() (by the explorer's operations); both begin with check_kernel() and
 * check_steps(), which turn what the file names into this program's, and refuse what it does
 * not have.  The trace and the report are the caller's.  The steps of a run have the numbers of
 * the program that wrote it: nothing but names is taken from a file, and a number that no
 * object has ends the check, not the program.
 *
 * This is the door of replay/, which turns runs into what they mean.  The folders know traces/
 * and core/, and of each other only what is said here:
 *
 *	figure/		a run as data to be drawn, and drawn a column a task
 *	hand/		runs that are made move by move
 *	pair/		two runs side by side, and which rule parts them
 *	cause/		from what is wrong in a run back to what made it so
 *	story/		what the events of a capture come to, without a model
 *	conform/	is a capture a run of the model?
 *	record/		that run, written as the capture's
 *	matrix/		many explorations as a table
 */
#ifndef SWAPSCOPE_REPLAY_CHECK_H
#define SWAPSCOPE_REPLAY_CHECK_H

#include "core/kernel.h"
#include "traces/read/read.h"

#pragma GCC visibility push(default)

#define CHECK_TEXT_MAX	256
#define CHECK_BROKEN	8

struct check_task {
	char name[16];
	char at[128];		/* "zswap_load: zswap_decompress(entry, folio): begin", or "" */
	char waits[96];		/* what it waits for; "" where it can move */
};

struct check_report {
	uint64_t checked;	/* transitions that are as the model makes them */
	uint64_t dropped;	/* the record says that others came after its end */
	bool unfinished;	/* the run was not ended by its writer */

	/* the first impossible transition, checked + 1; else "" */
	char event[CHECK_TEXT_MAX];	/* what was recorded: task, operation, step, result */
	char why[CHECK_TEXT_MAX];	/* what the model has instead */
	struct check_task task[32];	/* where the tasks stand before it */
	unsigned tasks;

	/* properties that the run breaks in the model: where first, and how often */
	struct {
		const char *property;
		uint64_t first, times;
	} broken[CHECK_BROKEN];
	unsigned brokens;
};

/*
 * Check a run.  `progress` (may be NULL) is called now and then; when it returns false the check
 * stops there.  Returns 0, and r says how it went: conforming is an empty r->why.  -ENOTSUP and
 * a text in r->why when this program cannot run it again (its steps or its kernel are another
 * version's), -ECANCELED, or another negative errno and the text of a damaged file in r->why.
 */
int check_run(struct trace *t, struct check_report *r,
	      bool (*progress)(void *arg, uint64_t position), void *arg);

/* The two kinds of runs; check_run() calls the right one. */
int check_live(struct trace *t, struct check_report *r,
	       bool (*progress)(void *arg, uint64_t position), void *arg);
int check_model(struct trace *t, struct check_report *r,
		bool (*progress)(void *arg, uint64_t position), void *arg);

/* The kernel that a run's switches name.  0, or -ENOTSUP and a text (CHECK_TEXT_MAX) in why. */
int check_kernel(const struct trace *t, struct kernel *k, char *why);

/* This program's number of each step of the trace's: -1 where it has none.  Owned by the caller. */
int *check_steps(struct trace *t, unsigned *n);

/* One more that is broken. */
void check_count(struct check_report *r, const char *property, uint64_t position);

#pragma GCC visibility pop

#endif
