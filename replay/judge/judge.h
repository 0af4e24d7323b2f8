/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * judge.h - claims: interleavings as people write them into mails, read leniently, and judged.
 *
 *	claim_read(), claim_load()	a text becomes events: who (a column) makes which step, in
 *					which order.  What was not understood is said line by line
 *	claim_write()			the reading as an exact file, which reads as the same again
 *	worlds_of()			scenarios whose tasks can make these steps
 *	claim_judge()			is there a run of a scenario under a kernel that has them in
 *					this order, and what becomes of it?
 *	judged_free()  claim_free()
 *
 * An event is a step of the model, or any of several that the text can mean: a set.  Each column
 * is one task of the scenario and two columns are two; which, the search finds out, unless a column
 * is called like a task.  Between two events any other step may come.  Events of one line, and of
 * lines that follow each other and all have several, have no order but that of their columns.  What
 * is indented below an operation is made in that call of it: not in a later one.
 *
 * The search is breadth-first over pairs of a state of the world and how far the claim has come in
 * it, so that the schedule found is the shortest.  It says
 *
 *	possible	a run has all of it; with an outcome, and violates one of its properties
 *	impossible	all pairs were seen and none has all of it.  How far it can be followed, and
 *			what turns it away there, is in the verdict.  Runs that end because a
 *			property of kind ENDS is violated are not followed: judged.cut says so
 *	unknown		a bound was hit; or the claim can be followed to where runs end, and not to
 *			its own end
 *
 * Leaving a line of a claim out makes it weaker: what is impossible without it is impossible.  What
 * is possible is so only as far as it was read.
 *
 *	names.c		what a name or a text can mean; words.c: functions of other kernels, phrases
 *	layout.c	lines and columns: quoting, headers, where a diagram begins and ends
 *	read.c		a cell of it becomes an event, comes.c: what it comes to; keys in front; the
 *			exact form
 *	product.c	the search; match.c: does a move of a task make an event?
 *	why.c		what turned it away; nearly.c: which line of it does
 *	worlds.c	which scenarios, and pairs of operations
 *
 * A claim owns its texts and is not changed once it is read.  Everything here is one thread's.
 */
#ifndef SWAPSCOPE_REPLAY_JUDGE_JUDGE_H
#define SWAPSCOPE_REPLAY_JUDGE_JUDGE_H

#include <stdio.h>

#include "core/scenario/schedule.h"

#define CLAIM_COLUMNS	7
#define CLAIM_EVENTS	48
#define CLAIM_LINES	400	/* that are kept to be told; of others only how many */
#define CLAIM_EXPECTS	32
#define CLAIM_SAID_MAX	120
#define CLAIM_NAME_MAX	24
#define CLAIM_TEXT_MAX	(2 * 1024 * 1024)	/* a file is at most that */

/* Steps, as bits. */
#define STEP_WORDS	8
struct step_set {
	uint64_t word[STEP_WORDS];
};

static inline bool step_in(const struct step_set *s, int step)
{
	return step >= 0 && step < 64 * STEP_WORDS && (s->word[step / 64] >> step % 64 & 1);
}

/* What something has to come to. */
enum outcome_kind {
	COMES_ANY,
	COMES_TEXT,	/* a RESULT() that begins like this */
	COMES_VALUE,	/* it returns this: 0, -EEXIST */
	COMES_NULL,	/* false, NULL, miss, not found, no, changed */
	COMES_THERE,	/* true, a pointer, hit, found, yes, same */
	COMES_FAILS,
	COMES_WELL,	/* it does not fail */
};

struct comes_to {
	uint8_t kind;		/* enum outcome_kind */
	int16_t value;
	char text[44];
};

/* Which moves of a task are an event. */
struct meaning {
	char name[CLAIM_SAID_MAX];	/* "zswap_load()", "zswap_load: zswap_decompress(..): .." */
	struct step_set step;	/* the step made is one of these */
	struct step_set result;	/* or comes to one of these (RESULT() numbers, as bits) */
	uint64_t op;		/* or is the first of one of these operations (bits 1 << OP_x) */
	uint32_t probe;		/* or calls one of these (bits of PROBE_x - PROBE_BASE) */
};

enum guess {
	GUESS_NONE,
	GUESS_NAME,	/* a function whose name is spelt nearly so */
	GUESS_WORDS,	/* what such words usually mean */
};

struct claim_event {
	struct meaning is;
	struct comes_to comes;
	unsigned line;		/* of the text */
	uint16_t block;		/* those of one have no order but that of their columns */
	uint16_t indent;	/* where it begins in its column */
	int8_t scope;		/* the event whose call it is made in; -1: none */
	bool opens;		/* it is such a call, of the operation that it names */
	uint8_t column;
	uint8_t guessed;	/* enum guess: not what is written, but near to it */
	char said[CLAIM_SAID_MAX];	/* as it is written */
};

struct claim_column {
	char name[CLAIM_NAME_MAX];
	char task[16];		/* fixed: the scenario's task; "": found by the search */
};

/* What became of a line of the text. */
struct claim_line {
	unsigned line;
	enum { LINE_EVENT, LINE_HEADER, LINE_OUTCOME, LINE_LEFT_OUT, LINE_PROSE } kind;
	int event;		/* LINE_EVENT */
	char text[CLAIM_SAID_MAX];	/* as it is written, cut; fit for a terminal it is not */
	char note[CLAIM_SAID_MAX];	/* LEFT_OUT: why; EVENT: what was guessed; or "" */
};

struct claim_expect {
	struct named_kernel kernel;
	bool possible;
	unsigned line;
};

struct claim_text {
	char name[SCENARIO_NAME_MAX];	/* of a shipped claim, or the file's path, cut */
	char title[SCENARIO_TEXT_MAX];
	char scenario[SCENARIO_NAME_MAX];	/* "": none is named */
	char kernel[SCENARIO_NAME_MAX * 2];	/* "v6.9 pin=none"; "": none is named */
	struct claim_column column[CLAIM_COLUMNS];
	unsigned columns;
	struct claim_event *event;	/* in order; owned */
	unsigned events;
	uint32_t outcome;		/* any of these properties is to be violated; 0: none */
	unsigned outcome_line;
	unsigned outcome_after;		/* behind so many events */
	struct claim_line *line;	/* owned */
	unsigned lines;
	unsigned untold;		/* lines that were left out, beyond CLAIM_LINES */
	unsigned left_out;		/* lines in the diagram that were not understood */
	unsigned guessed;
	struct claim_expect expect[CLAIM_EXPECTS];
	unsigned expects;
};

struct claim_error {
	unsigned line;			/* 0: not about a line */
	char text[300];			/* what is wrong and what would be right */
};

/*
 * Read a text of `length` bytes that is called `name`.  Returns 0 and fills *c (free it with
 * claim_free()); or -EINVAL: nothing in it is a claim, or a key in front is wrong; or -ENOMEM; and
 * *err.  Where nothing was understood c->line says of each line why, and is to be freed, too.
 */
int claim_read(struct claim_text *c, const char *name, const char *text, size_t length,
	       struct claim_error *err);

/* A shipped claim by name, a file, or "-": standard input.  As claim_read(); -ENOENT. */
int claim_load(struct claim_text *c, const char *name_or_path, struct claim_error *err);
void claim_free(struct claim_text *c);

/* The reading, exactly: a file that claim_read() takes with no guess. */
void claim_write(FILE *out, const struct claim_text *c);

/* An event of it, as claim_write() has it: "zswap_load: zswap_decompress(entry, folio): begin". */
#define EVENT_TEXT_MAX	(CLAIM_SAID_MAX + 64)
const char *event_text(const struct claim_event *e, char *buf);

/* Shipped claims, built into the program.  examples/claims/NAME.claim is the source of each. */
extern const struct builtin builtin_claims[];
extern const size_t builtin_claim_count;

/* ---- the verdict ---- */

enum judge_says { JUDGE_IMPOSSIBLE, JUDGE_POSSIBLE, JUDGE_UNKNOWN };

struct judge_options {
	uint64_t max_states;	/* of pairs; 0: no limit */
	uint64_t max_bytes;	/* of memory, nearly; 0: no limit */
	bool verdict_only;	/* nobody asks what turns it away */
	bool bind_names;	/* a column that is called like a task, which can be it, is that */
	/* Called now and then; returning false stops.  May be NULL. */
	bool (*progress)(void *arg, uint64_t states);
	void *progress_arg;
};

#define JUDGE_WHY_MAX	1600

struct judged {
	enum judge_says says;
	struct schedule schedule;	/* POSSIBLE: the shortest with all of it; else with as much
					   as can be; owned */
	unsigned done;			/* events that it has */
	bool is_done[CLAIM_EVENTS];
	size_t made[CLAIM_EVENTS];	/* the move that made an event, 1 ..; 0: before the first */
	int task[CLAIM_COLUMNS];	/* of the scenario; -1: not known */
	uint32_t violated;		/* along the schedule, as bits; no costs */
	uint32_t cut;			/* IMPOSSIBLE, UNKNOWN: properties at which runs end, which
					   are not followed beyond */
	bool cut_there;			/* and such runs have as much of the claim as any */
	unsigned behind;		/* events behind the outcome, where that ends the run */
	const char *bound;		/* UNKNOWN: which, or NULL */
	int next;			/* not POSSIBLE: the event that does not come; -1: all do,
					   and not the outcome */
	int by;				/* by this task, -1 where several might have made it */
	char why[JUDGE_WHY_MAX];	/* sentences, a line each; numbers are of the schedule */
	uint64_t prefixes;		/* pairs that have as much of the claim as any */
	uint64_t states, worlds;	/* pairs; states of the world */
};

/*
 * Judge a claim.  Returns 0 and *v, freed by judged_free(); -ENOMEM; or -EINVAL and *err: there are
 * fewer tasks than columns, a column is called like no task.
 */
int claim_judge(struct judged *v, const struct claim_text *c, const struct scenario *s,
		const struct kernel *k, const struct judge_options *o, struct claim_error *err);
void judged_free(struct judged *v);

/*
 * A weaker claim, with which what is impossible is impossible: without what was guessed from words,
 * however that is meant; or where what is indented may be of any call.  w->event is the caller's to
 * free, all else is c's.  The number of its events, or -ENOMEM.
 */
enum claim_weaker { WITHOUT_GUESSES, OF_ANY_CALL };
int claim_weaken(struct claim_text *w, const struct claim_text *c, enum claim_weaker how);

/*
 * A claim that is impossible may be nearly possible: without one of its steps, or with two steps of
 * a column that follow each other in the other order.  Which, as lines of the claim.
 */
#define NEAR_MAX	6
struct judge_near {
	struct {
		unsigned line, with;	/* with: these two change places; 0: without `line` */
	} change[NEAR_MAX];
	unsigned changes;
	bool other_tasks;		/* it is, if columns are others than the tasks that they
					   are called like */
	bool other_calls;		/* it is, if what is indented may be of another call */
	bool all;			/* all such changes were tried */
};

/*
 * Try them, in the world and kernel in which it is impossible, the nearest first to the event that
 * is turned away (-1: none is); no further than so many pairs in all (0: no limit).  0 or -ENOMEM.
 */
int claim_nearly(struct judge_near *n, const struct claim_text *c, const struct scenario *s,
		 const struct kernel *k, const struct judge_options *o, int turned_away,
		 uint64_t most);

/* ---- where it might be ---- */

/* Can the tasks of a scenario make the events, as far as calls of operations tell? */
bool claim_fits(const struct claim_text *c, const struct scenario *s);

/*
 * The worlds to try: shipped scenarios, the smallest first, without those that run something for
 * ever, then pairs of operations (of claims with
 * two columns at most).  *n of them, owned by the caller, who frees each and the array; NULL when
 * memory is out.
 */
struct scenario *worlds_of(const struct claim_text *c, size_t *n);

#endif
