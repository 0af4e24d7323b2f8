/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * figure.h - a run, or two side by side, as data to be drawn.  Every diagram and every export is
 * drawn of this and of nothing else, so that all of them say the same.
 *
 *	figure_of_trace()	a recorded run of any kind, or a part of it
 *	figure_of_execution()	a run in memory
 *	figure_pair()		two recorded ones: where they part, and why
 *	figure_columns()	the writer that draws a column a task (columns.h); the others are in
 *				ui/export
 *	figure_free()
 *
 * A figure owns all its texts (fit to be shown: no control characters) and borrows nothing: the
 * trace or the execution may go before it does.  A part is read by its transitions alone, so that
 * one of a run of millions costs no more than one of a short run; FIGURE_ROWS_MAX is the bound.
 *
 *	figure.c	rows, tasks, findings, notes
 *	changes.c	locks and pins from when to when, and what else transitions change; held.c
 *			reads them off a world
 *	pair.c		which transition of one run is which of the other
 *	reproduce.c	the command line that makes a run again
 *	matter.c	which steps tell the story, for whoever shows no more
 *	columns.c	a column a task; drawing.c where; command.c the command below it
 */
#ifndef SWAPSCOPE_REPLAY_FIGURE_FIGURE_H
#define SWAPSCOPE_REPLAY_FIGURE_FIGURE_H

#include <stdio.h>

#include "core/scenario/schedule.h"
#include "traces/read/read.h"

#pragma GCC visibility push(default)

/* What a step changed that the kernel has too. */
enum {
	TOUCH_PTE = 1, TOUCH_SLOT = 2, TOUCH_FOLIO = 4, TOUCH_ENTRY = 8, TOUCH_LOCK = 16,
	TOUCH_PIN = 32, TOUCH_DEVICE = 64, TOUCH_USER = 128	/* who works with an entry */
};

/* A transition. */
struct figure_row {
	uint64_t at;		/* its number in the run, from 1 */
	unsigned task;		/* index into figure_run.task */
	unsigned depth;		/* of the call, from 1 */
	unsigned kind;		/* enum step_kind (core/step.h) */
	unsigned choice;	/* which of its step's outcomes */
	const char *op;		/* "zswap_load" */
	const char *callers;	/* "touch_page do_swap_page", the outermost one first; "" */
	const char *text;	/* the step */
	const char *result;	/* or "" */
	const char *file;	/* "mm/zswap.c" as the run has it, "" when not known */
	unsigned line;
	unsigned touches;	/* TOUCH_*: what the step changed */
	bool timed;
	uint64_t time;		/* ns since the run began */
	const char *finding;	/* "UAF: nobody ..", several with "; " between them; NULL */
	bool cost;		/* ..., and it is no violation */
	int byte_error;		/* offset of a wrong byte in the page mapped here, or -1 */
	bool other_result;	/* of a pair: the other run made this step with another result */
	uint64_t partner;	/* of a pair: the other run's transition that is this step; 0 */
};

/*
 * A lock or pin that a task has, from the transition that takes it to the one that gives it back.
 */
struct figure_hold {
	const char *what;	/* "SWAP_HAS_CACHE of slot 0", "lock of folio 1" */
	char letter;		/* as the schedule panel has it: 'P', .. */
	unsigned task;		/* index into figure_run.task */
	uint64_t from;		/* transition; 0: it was held before the first row */
	uint64_t to;		/* transition; UINT64_MAX: not given back up to the last row */
};

struct figure_note {
	uint64_t at;		/* position */
	const char *kind, *text;
	const char *author;	/* "" when not known */
	int64_t when;		/* seconds since 1970; 0 when not known */
};

struct figure_run {
	const char *scenario, *title, *kernel, *switches, *verdict, *schedule;	/* or "" */
	const char *command;	/* the command that makes this run again; "" where none does */
	bool live, capture;	/* recorded from threads; and it explains a capture of a kernel */
	unsigned tasks;
	const char **task;	/* names; of a large run only of those that are in the rows */
	struct figure_row *row;
	size_t rows;
	struct figure_hold *hold;	/* by `from`, those of the first rows first */
	size_t holds;
	struct figure_note *note;	/* of the positions that are drawn, in their order */
	size_t notes;
	/*
	 * Rows are of transitions first .. last, of so many in the run.  A row whose number does
	 * not follow the one before it: what is between them was left out.
	 */
	uint64_t first, last, events;
	uint64_t findings;	/* in the whole run */
	bool repeats;		/* LIVELOCK: what is behind position `loop`, for ever */
	uint64_t loop;
	const char *loop_text;	/* what to say of it: sentences, a line each; or NULL */
};

struct figure {
	unsigned runs;		/* 1 or 2 */
	struct figure_run run[2];
	bool same;		/* of a pair: they do the same throughout */
	uint64_t parted[2];	/* position after which they part */
	const char *why;	/* the sentence with the rule; "" */
	struct figure_text *texts;	/* that are owned */
};

/* Which transitions: all of it zero is all of the run. */
struct figure_part {
	uint64_t first, last;	/* 0: from the beginning; to the end */
	const uint64_t *only;	/* these alone: n sorted numbers, without doubles */
	size_t n;
	const char *file;	/* the run as a shell names it, "a.db:2": for figure_run.command, */
				/* where no schedule makes the run again; or NULL */
};

#define FIGURE_ROWS_MAX	SCHEDULE_MAX	/* of a part */
#define FIGURE_WHY_MAX	240

/*
 * All of these return 0, or a negative errno and then a sentence in why (FIGURE_WHY_MAX), and
 * nothing is to be freed: -ENOMEM; -EFBIG for a part with too many rows; -ERANGE for one that the
 * run does not have; -EBADMSG for a damaged file.  part may be NULL.
 */
int figure_of_trace(struct figure *f, struct trace *t, const struct figure_part *part, char *why);

/* What an execution does not say of itself.  Texts are copied, and any may be NULL. */
struct figure_about {
	const char *scenario;	/* as a shell names it; NULL: by its name, if it is a shipped one */
	const char *kernel;	/* "v6.9 load=exclusive" */
	const char *title, *verdict;
	bool repeats;		/* what is behind position `loop`, for ever */
	uint64_t loop;
};
int figure_of_execution(struct figure *f, const struct execution *x,
			const struct figure_about *about, const struct figure_part *part,
			char *why);

/*
 * part is of the left run, and of the right one what belongs to it (`only` is of the left one
 * alone).  Fails as align_runs() does, too.
 */
int figure_pair(struct figure *f, struct trace *a, struct trace *b,
		const struct figure_part *part, char *why);

void figure_free(struct figure *f);

/* Say of a transition that it broke a property, or is a cost, which the run does not say itself. */
int figure_mark(struct figure *f, unsigned r, uint64_t at, const char *finding, bool cost);

/* The first row of a transition, or of one behind it; r->rows where there is none. */
size_t figure_row_from(const struct figure_run *r, uint64_t at);

/*
 * Which rows tell the story: those that have a finding and those of what it is about, locks and
 * pins taken and dropped, calls that fail, switches from one task to another.  keep has a run's
 * rows.
 */
void figure_matter(const struct figure_run *r, bool *keep);

#pragma GCC visibility pop

#endif
