/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * session.h - the parts of a session.  session.c has the list of runs, their names and saves them;
 * make.c makes recorded runs again; branch.c has branches and the moves in them, run_on.c moves
 * until something comes about, flip.c goes to another kernel; options.c tries what can be next, and
 * why.c has the sentences.
 */
#ifndef SWAPSCOPE_REPLAY_HAND_SESSION_H
#define SWAPSCOPE_REPLAY_HAND_SESSION_H

#include "replay/hand/hand.h"
#include "traces/write/note.h"
#include "traces/write/write.h"

/* A run of the model: a branch, or a recorded one that was made again. */
struct hand_run {
	struct trace *t;		/* of a branch: owned */
	struct scenario s;		/* owned */
	struct execution x;		/* owned; points to s */
	struct trace_writer *tw;	/* of a branch: owned.  NULL: a recorded run */
	char *kernel_name;
	char name[HAND_NAME_MAX];	/* of a branch; of a recorded run its title, cut */
	char parent[HAND_NAME_MAX];
	uint64_t left;
	size_t written;			/* moves that are in the file */
	size_t saved;			/* moves that were saved, + 1; 0: it never was */
	bool kept;
};

struct hand {
	struct hand_run **run;		/* in order of their beginnings */
	size_t runs, branches;
	struct hand_run *spare;		/* a branch without a name, made ahead; or NULL */
	char why[HAND_TEXT_MAX];
};

/* Set the sentence; returns err. */
int hand_fail(struct hand *h, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int hand_no_memory(struct hand *h);

/* ---- session.c ---- */

/* A run with a scenario and a kernel of its own, at its start; NULL and a sentence. */
struct hand_run *run_new(struct hand *h, const char *scenario_name, const char *scenario_text,
			 const struct kernel *k, const char *kernel_name);
void run_free(struct hand_run *r);

/* Put it into the session's list.  0 or -ENOMEM, and then it is freed. */
int run_keep(struct hand *h, struct hand_run *r);

/* The run of a trace, if it is known. */
struct hand_run *run_known(const struct hand *h, const struct trace *t);

/* A name, cut to size; and one that no branch has: "W at 7", or "W at 7 (2)". */
void copy_name(char *to, size_t size, const char *from);
void name_branch(const struct hand *h, char *name, const char *like);

/* ---- make.c ---- */

/* The run of a trace, made again if it is not known yet or has grown; NULL and a sentence. */
struct hand_run *run_of(struct hand *h, struct trace *t);

/* What somebody noted in a run up to a position, noted in another.  0 or a negative errno. */
int copy_notes(struct hand *h, struct trace_writer *tw, const struct trace *from, uint64_t last);

/* ---- branch.c ---- */

/*
 * A branch of the first n moves of `from`, with a file of its own: NULL and a sentence.  And of
 * what run_new() made, which is freed where that fails: 0 or a negative errno.
 */
struct hand_run *branch_new(struct hand *h, const struct hand_run *from, size_t n,
			    const char *name);
int branch_begin(struct hand *h, struct hand_run *r);

/* Write the moves that are not in its file yet, and bring its trace up to date. */
int branch_write(struct hand *h, struct hand_run *r);

/* Where moves are made: a run that they are in, or become part of, up to a position. */
struct pen {
	struct hand *h;
	struct hand_run *run;
	size_t position;
	int moved;		/* enum hand_moved */
	struct trace *from;	/* what is left, where that is so: its notes go along */
};

int pen_set(struct pen *p, struct hand *h, struct trace *t, uint64_t position);
int pen_move(struct pen *p, struct move m);

/* Write what was made; *out gets the run's trace.  Returns p->moved or an error. */
int pen_lift(struct pen *p, struct trace **out);

/* ---- why.c ---- */

/* Who has what a task waits for, since when: "" and -1 where nothing is known. */
struct blame {
	int by;
	uint64_t since;
};

/* why_not() with who it is; tried is of that move at position n. */
void why_not(const struct execution *x, size_t n, struct move m, const struct move_tried *tried,
	     int err, struct blame *b, char *why);

/* Who holds the slot's pin, where a step of `task` at n asked for it and did not get it; or "". */
void why_result(const struct execution *x, size_t n, unsigned task, const struct exec_step *step,
		struct blame *b, char *why);

#endif
