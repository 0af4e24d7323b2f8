/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hand.h - runs that are made move by move: by hand.
 *
 *	hand_new()
 *		hand_start(), hand_run_text()	a new branch, from the scenario's start
 *		hand_options()			what can happen next, and why the rest cannot
 *		hand_move(), hand_walk(), hand_run_on()	make moves at a position of a run
 *		hand_flip()			the same schedule under another kernel
 *		hand_branch() ..		the branches: listed, renamed, kept, saved, deleted
 *	hand_free()
 *
 * A branch is a run that the session makes.  It is an execution in memory and a record of it, as
 * every run has one, in a file without a name that is gone with the process; whoever shows runs
 * gets a `struct trace` that reads it, and that is brought up to date before a function returns.
 * Traces of branches are the session's: they are good until hand_delete() and hand_free().
 *
 * Everything that takes a trace and a position takes those of a branch, and of any recorded run of
 * the model that this program makes too (hand_of(): it is made again and compared, once).  A
 * recorded run is never changed.  A move goes
 *
 *	where the run has that very move next	nowhere: the caller goes a position on
 *	at the end of a branch			to that branch, which becomes longer
 *	anywhere else				to a new branch, a copy of the run up to there
 *
 * A branch does not become shorter: to undo is to go back a position.  Positions are those of
 * traces: 0 is the start, and transition n leads from n - 1 to n.
 *
 * What a session knows of a recorded run it keeps until hand_forget(), which is to be called before
 * that trace is freed.  Of a run that grows it takes in what is new.
 *
 * Functions that can fail return a negative errno, and hand_why() has one sentence then; moves that
 * cannot be made are -EAGAIN, and the sentence says what is in their way and since when.  A session
 * is for one thread at a time, and so are its traces.
 */
#ifndef SWAPSCOPE_REPLAY_HAND_HAND_H
#define SWAPSCOPE_REPLAY_HAND_HAND_H

#include "core/scenario/schedule.h"
#include "replay/hand/until.h"
#include "traces/read/read.h"

#pragma GCC visibility push(default)

#define HAND_TEXT_MAX		320
#define HAND_NAME_MAX		64
#define HAND_BRANCHES_MAX	200
#define HAND_RUN_ON_MAX		20000	/* moves that hand_run_on() makes at most */

struct hand;

/* NULL when memory is out. */
struct hand *hand_new(void);
void hand_free(struct hand *h);

/* Why the last function that failed did: one sentence, owned by the session. */
const char *hand_why(const struct hand *h);

/* ---- runs ---- */

/*
 * A new branch without a move.  The scenario and the kernel are copied; kernel_name is what is
 * shown of it, "v6.9 load=exclusive".  *t gets the branch's trace.
 */
int hand_start(struct hand *h, const struct scenario *s, const struct kernel *k,
	       const char *kernel_name, struct trace **t);

/*
 * The same, and as many moves of a schedule's text as can be made.  Returns 0 when all are;
 * -EAGAIN when not, and *t has what was made; -EINVAL and no branch when the text is no schedule.
 */
int hand_run_text(struct hand *h, const struct scenario *s, const struct kernel *k,
		  const char *kernel_name, const char *text, struct trace **t);

/*
 * Can moves be made in this run?  It is made again, if it was not yet, and has to be what was
 * recorded.  -ENOTSUP where it cannot be: a capture, a run of threads, another program's model.
 */
int hand_of(struct hand *h, struct trace *t);

/* That run, made again: every world, the scenario and the kernel.  NULL as hand_of() fails. */
const struct execution *hand_execution(struct hand *h, struct trace *t);

/* Forget what is known of a recorded run, which is about to be freed. */
void hand_forget(struct hand *h, const struct trace *t);

/* Is it a branch of this session? */
bool hand_is_branch(const struct hand *h, const struct trace *t);

/*
 * The moves up to a position as `--schedule` takes them.  Owned by the caller, who frees it; NULL
 * as hand_of() fails, or when memory is out.
 */
char *hand_schedule(struct hand *h, struct trace *t, uint64_t position);

/* ---- what can happen next ---- */

#define HAND_CHANGES_MAX 24

/* A move that is thought of at a position. */
struct hand_option {
	struct move move;
	bool can;			/* it can be made */
	bool finished;			/* the task has nothing to do any more */
	bool recorded;			/* it is the run's own next one */
	bool injects;			/* its outcome is a failure from outside */
	unsigned choices;		/* outcomes of the step; the task's options are as many */
	int step;			/* core/step.h; -1: finished */
	const char *op, *text;		/* of the step, "" where there is none */
	const char *result;		/* what it would come to, or "" */
	uint32_t violated, costs;	/* what it would break, as bits 1 << PROP_x */
	struct trace_change change[HAND_CHANGES_MAX];	/* of shared memory, .id is 0 */
	unsigned changes;		/* so many of them are here; */
	unsigned changed;		/* so many there would be */
	/*
	 * One sentence: why it cannot be made, what it waits for and who has that since when; of
	 * one that can be made, who is to blame for its result.  Or "".
	 */
	char why[HAND_TEXT_MAX];
	int by;				/* that task; -1: none, or it is not known */
	uint64_t since;			/* the transition that gave it to it; 0: from the start */
};

/*
 * All options at a position: of every task each outcome of its next step.  Fills at most `max`;
 * returns how many there are, or a negative errno.
 */
int hand_options(struct hand *h, struct trace *t, uint64_t position, struct hand_option *o,
		 size_t max);

/* ---- moves ---- */

enum hand_moved {
	HAND_NEXT,	/* the run has this move next */
	HAND_LONGER,	/* the branch became longer */
	HAND_BRANCHED,	/* there is a new branch */
};

/*
 * Make a move at a position.  Returns an enum hand_moved, and *out is the run in which the move
 * leads from `position` to the next; or a negative errno, and nothing was made.
 */
int hand_move(struct hand *h, struct trace *t, uint64_t position, struct move m,
	      struct trace **out);

/*
 * Make ready for a branch of a run that moves can be made in: to be called where there is nothing
 * else to do, so that the move that begins one need not wait for its file.
 */
void hand_idle(struct hand *h, struct trace *t);

/*
 * Make the moves of a schedule one after another: as many as can be made.  *made is how many, and
 * *out the run that has them.  Returns what the last one made was, or -EAGAIN ..
 */
int hand_walk(struct hand *h, struct trace *t, uint64_t position, const struct schedule *s,
	      struct trace **out, size_t *made);

/* Where running on has come to. */
struct hand_stop {
	uint64_t position;
	bool met;			/* what was asked for has come about */
	char why[HAND_TEXT_MAX];	/* why it stopped, in a sentence */
};

/*
 * Move one task on, with the first outcome of each of its steps that can be made, until what is
 * asked for has come about (until.h); task -1: go on as the run itself does, to its end.  Returns
 * an enum hand_moved, or a negative errno when no move was made.
 */
int hand_run_on(struct hand *h, struct trace *t, uint64_t position, int task,
		const struct until *until, struct trace **out, struct hand_stop *stop);

/* How the schedule of a run went under another kernel. */
struct hand_flip {
	uint64_t same;			/* moves of the run that were made as they were */
	uint64_t position;		/* in the new branch: where the next one was to be made */
	uint64_t switches;		/* 1 << SWITCH_x that part them, each alone (align.h) */
	bool parted;			/* else the two do the same */
	char why[HAND_TEXT_MAX];	/* the first move that went otherwise, and why; or "" */
};

/* The run's schedule under another kernel, re-routed (same_schedule(), align.h), as a branch. */
int hand_flip(struct hand *h, struct trace *t, const struct kernel *k, const char *kernel_name,
	      struct trace **out, struct hand_flip *report);

/* ---- branches ---- */

struct hand_branch {
	struct trace *trace;
	const char *name;
	const char *parent;	/* what it left: a branch's name, or a run's title; "" : none */
	uint64_t left;		/* and at which position */
	const char *kernel;
	uint64_t length;
	const char *finding;	/* the first property that it violates, "UAF", or "" */
	bool kept;		/* it is not to be deleted */
	bool saved;		/* all of it is in a file */
};

/* How many there are; one of them, in order of their beginnings: texts live until it changes. */
size_t hand_branches(const struct hand *h);
struct hand_branch hand_branch(const struct hand *h, size_t i);

/* That of a trace; its .trace is NULL where it is none, and its texts are "" then. */
struct hand_branch hand_branch_of(const struct hand *h, const struct trace *t);

/* -EINVAL where it is no name (empty, too long, control characters), -EEXIST: another has it. */
int hand_rename(struct hand *h, struct trace *t, const char *name);
int hand_keep(struct hand *h, struct trace *t, bool keep);

/* Delete a branch, and free its trace: nobody may show it.  -EBUSY: it is kept. */
int hand_delete(struct hand *h, struct trace *t);

/*
 * Add a branch to a trace file, or make one of it: the run's title is the branch's name.  It is in
 * the file whole, or not at all.  Returns the run's number in the file.
 */
int hand_save(struct hand *h, struct trace *t, const char *path);

/*
 * A note in a branch: it is saved with it, and a branch that is begun from there has it too.  And
 * taken away.  What hand_branch() says of `saved` is false then.
 */
struct note;
int hand_note(struct hand *h, struct trace *t, const struct note *n);
int hand_note_delete(struct hand *h, struct trace *t, int64_t id);

/* ---- of executions, without a session ---- */

/*
 * Why a move cannot be made at position n of an execution: "W waits for the zswap tree lock, which
 * T0 holds since 9".  `why` has HAND_TEXT_MAX bytes.  "" when it can be made.
 */
void hand_why_not(const struct execution *x, size_t n, struct move m, char *why);

/*
 * Make as many moves of a schedule as can be made.  Returns 0, or the error of the first that
 * cannot, and why: "move 14: W waits for ..".
 */
int hand_moves(struct execution *x, const struct schedule *s, char *why);

/* schedule_parse(), with one sentence in `why` where the text is none. */
int hand_parse(struct schedule *s, const struct scenario *sc, const char *text, char *why);

#pragma GCC visibility pop

#endif
