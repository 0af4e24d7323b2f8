/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * matrix.h - many verdicts at once: a table whose cells are explorations.
 *
 * Three kinds.  Scenarios: a row is a scenario, a column a kernel.  Kernels: one scenario, and
 * each cell is a kernel.  Operations: rows and columns are operations, and a cell is what two
 * tasks do to one page, under one kernel; its scenarios are made in memory (pairs.c).
 *
 *	matrix_scenarios(), matrix_kernels(), matrix_operations()	the cells, all CELL_WAITS
 *	matrix_start()				threads take cells and fill them in (run.c)
 *	matrix_stop()				they end soon; CELL_RUNS is CELL_WAITS again
 *	matrix_free()				stops them first
 *
 * A cell waits, runs, and is done: then it does not change any more.  A cell that asks the same as
 * an earlier one is its twin and is never explored.  A thread takes a cell, copies it, explores
 * without the lock, and puts the copy back: what a cell says depends on no other.
 *
 * m->lock is for the cells and the counters from `next` to `running`.  Whoever looks while threads
 * run holds it; on_change() is called without it, in any thread.  What stands before it in
 * the struct is as it was when the threads began, and read without it.  `stop` is atomic.
 *
 * The matrix owns its names, scenarios, kernels, cells and their schedules; what a cell points to
 * is the matrix's.  matrix.c also judges cells, for run.c: the two call each other, by this header.
 */
#ifndef SWAPSCOPE_REPLAY_MATRIX_MATRIX_H
#define SWAPSCOPE_REPLAY_MATRIX_MATRIX_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "core/explore/explore.h"

#pragma GCC visibility push(default)

/*
 * The scenarios of a pair of operations: the page is in zswap at the start, or present; and the
 * same with a read of the page behind either operation.  These two are explored only where the
 * first two are safe: what the operations do to each other is not to be hidden by the reads.
 */
#define PAIR_WORLDS	4
#define PAIR_READS	2		/* from this one on there are reads */
extern const char *const pair_worlds[PAIR_WORLDS];	/* "zswap", "present", "zswap-read", .. */

#define KERNEL_NAME_MAX	256
#define CELL_ABOUT_MAX	400

struct matrix_kernel {
	char head[SCENARIO_NAME_MAX];	/* the column's: "v6.8" */
	char name[KERNEL_NAME_MAX];	/* with the switches set: "v6.8 pin=none" */
	struct kernel kernel;
};

enum cell_state { CELL_WAITS, CELL_RUNS, CELL_DONE };

/* What a scenario's [expect] makes of a verdict; the worst of several lines, in this order. */
enum agreement {
	NOT_EXPECTED,		/* the file says nothing about this kernel */
	AGREES,
	UNDECIDED,		/* a bound was hit before it was known */
	CONTRADICTS
};

/* What a cell's search saw, to be held against another of the same scenario. */
struct cell_witness {
	uint64_t states, mems;		/* exploration_digest() */
	size_t length[PROPERTY_COUNT];	/* of the shortest finding or cost; 0: none */
	uint64_t cost_count[PROPERTY_COUNT];	/* transitions that have it */
	uint8_t *made, *had;		/* as those of the matrix, of this cell; owned */
	uint64_t *count;		/* transitions that make each step, or NULL; owned */
};

struct mcell {
	const struct scenario *scenario[PAIR_WORLDS];	/* one, but for pairs */
	struct kernel kernel;
	const char *kernel_name;
	size_t twin;		/* the cell that is the same: its own number when it is explored */
	enum cell_state state;
	/* from here on: of a cell that is done */
	enum verdict verdict;
	const char *bound;	/* that left something unknown, or NULL: as in an exploration */
	bool complete;		/* every state was found; false where --quick was content */
	uint32_t found;		/* properties, as bits; costs too */
	uint32_t violated;	/* without the costs, which are no violation */
	unsigned world;		/* the scenario[] with the shortest finding */
	enum property property;	/* of the shortest finding */
	struct schedule schedule;	/* the shortest finding; owned */
	size_t loop;			/* of it: as in struct finding */
	uint64_t states, transitions;	/* of all its scenarios */
	double seconds;
	bool every;		/* its text says how many other properties are violated, too */
	struct cell_witness *witness;	/* where the matrix has them, and there was memory; owned */
	/* Where certificates were asked for; a cell has one for each of its scenarios. */
	bool certified;		/* safe, and all of them were accepted by core/verify */
	bool refused;		/* one was not: a defect of the search or of the verifier */
	char not_certified[200];	/* why one is refused or not verified to the end; or "" */
	enum agreement agreement;
	char expectation[340];	/* "line 44 expects safe", and what is missing */
};

/* What to build and how to run it. */
struct matrix_options {
	unsigned threads;
	uint64_t max_states;	/* of a cell; 0: the scenario's own */
	uint64_t max_bytes;	/* of a cell; 0: no limit */
	bool quick;		/* search no deeper than what decides a violated cell */
	bool certify;		/* verify what is safe: core/certificate/certificate.h */
};

/*
 * What operations of two tasks have to do with each other in the cells of a matrix: the most that
 * any cell says.  Numbered like verbs (scenario_verbs()); behind these is the device's end_io.
 */
enum pair_met { PAIR_NONE, PAIR_NEVER, PAIR_BESIDE, PAIR_LOCK, PAIR_MET };	/* meeting + 1 */
#define PAIR_VERBS	24

struct matrix {
	bool operations;
	bool witnesses;		/* cells keep one */
	bool counts;		/* with the transitions that make each step */
	const char *title;	/* what the table is about, or NULL: what its kind says */
	/*
	 * What there is to say of the cell of that number in the light of others, with the lock:
	 * buf, of CELL_ABOUT_MAX.  NULL: what its file expects is said.
	 */
	const char *(*about)(const struct matrix *m, size_t at, char *buf);
	void *about_arg;
	char **row_head;	/* names; owned */
	char **col_head;
	size_t rows, cols;
	struct mcell *cell;	/* rows * cols, then the further cases; owned */
	size_t further;
	struct scenario *scenario;	/* owned */
	size_t scenarios;
	struct matrix_kernel *kernel;	/* owned; operations: one */
	size_t kernels;
	char **note;		/* operations that are left out, and why; owned */
	size_t notes;
	struct matrix_options o;

	pthread_mutex_t lock;	/* for what follows up to running, and for cells */
	pthread_cond_t changed;
	size_t next;		/* cell to be taken */
	size_t todo, done;	/* twins do not count */
	size_t last;		/* cell begun last */
	uint8_t *made;		/* step_count(): was the step made in any cell? owned */
	uint8_t *had;		/* step_count() x result_count(): and came to that; owned */
	uint8_t met[PAIR_VERBS][PAIR_VERBS];	/* enum pair_met: symmetric */
	bool met_bounded;	/* in some cell more of them may have met */
	unsigned running;	/* threads */
	pthread_t *thread;	/* owned */
	unsigned threads;
	atomic_bool stop;
	void (*on_change)(void *arg);	/* called without the lock, in any thread; may be NULL */
	void *arg;
};

/*
 * A matrix of scenarios and kernels; both are copied, and the scenarios' texts are taken over.
 * With `further`, the files' expectations of these kernels with other switches are cells too.
 * An expectation is about a set of switches, by whatever name.  Returns 0 or -ENOMEM.
 */
int matrix_scenarios(struct matrix *m, const struct scenario *s, size_t n,
		     const struct matrix_kernel *k, size_t kernels, bool further);

/*
 * A matrix of one scenario, copied as above, under rows x cols kernels, row by row; heads of
 * rows and columns are copied.  With `witnesses` each cell keeps what its search saw.  0 or
 * -ENOMEM.
 */
int matrix_kernels(struct matrix *m, const struct scenario *s, const struct matrix_kernel *k,
		   const char *const *row_head, size_t rows, const char *const *col_head,
		   size_t cols, bool witnesses);

/* With the lock, or when the threads are done: has a step of any cell come to it? */
bool matrix_had(const struct matrix *m, const struct result *r);

/* How many operations are told apart in m->met, and what one is called. */
size_t pair_verbs(void);
const char *pair_verb_name(size_t number);

/* With the lock: meetings of a scenario that need not be looked for any more; what was found. */
void pairs_known(const struct matrix *m, const struct scenario *s, struct meetings *known);
void pairs_note(struct matrix *m, const struct scenario *s, const struct exploration *x);

/* A matrix of all operations that a scenario can name, under one kernel.  0 or -ENOMEM. */
int matrix_operations(struct matrix *m, const struct matrix_kernel *k);
void matrix_free(struct matrix *m);

/*
 * The scenario of a pair: its text, malloced, NULL when memory is out.  Its name, which is that
 * of a file without ".scn", goes to `name` (size bytes).
 */
char *pair_text(const struct verb *a, const struct verb *b, unsigned world,
		const struct matrix_kernel *k, char *name, size_t size);

/* The cell at a row and column; at row m->rows + i: further case i. */
struct mcell *matrix_cell(const struct matrix *m, size_t row, size_t col);

/* Begin to fill the cells in.  0 or a negative errno. */
int matrix_start(struct matrix *m, const struct matrix_options *o);

/* Stop, wait for the threads; cells that were under way wait again. */
void matrix_stop(struct matrix *m);

/*
 * What explorations of all its scenarios come to: adds x, of scenario[world], to cell c; with the
 * witness that matrix m (may be NULL) wants of it.
 */
void cell_add(struct mcell *c, unsigned world, struct exploration *x, const struct matrix *m);

/* Free what a search made for a copy of a cell that is not to be kept. */
void cell_forget(struct mcell *c);

/* Hold a cell to what its file expects of its kernel; x is the exploration of scenario[0]. */
void cell_judge(struct mcell *c, const struct exploration *x);

/* How many cells are done and ...; twins count. */
struct matrix_sums {
	size_t cells, done, safe, violated, bounded, agree, contradict, undecided;
	size_t unexplained;	/* bounded or undecided, and the file says no reason */
	size_t certified;	/* of those that are safe */
	size_t refused;		/* a certificate was: what the cell says cannot be relied on */
};
void matrix_sum(const struct matrix *m, struct matrix_sums *sums);

/*
 * "safe", "certified", "UAF 19", "bounded", "LIVELOCK?" where nothing else is unknown, "..." while
 * it runs, "-" before; "!" behind what contradicts its file, "+" before what needs the reads of a
 * pair; "REFUSED" where the verdict was safe and its certificate is not accepted.
 * "UAF 19 +2" of a matrix of kernels: two properties more.
 * buf of CELL_TEXT_MAX.
 */
#define CELL_TEXT_MAX 32
const char *cell_text(const struct mcell *c, char *buf);

/* "UAF or LOST, not PIN"; buf is terminated and returned. */
const char *expect_text(const struct expect *e, char *buf, size_t size);

/*
 * The cells to be shown side by side with c: of all those about the same scenarios, the nearest
 * that is safe where c is violated, and the other way round.  Nearest: the fewest switches
 * differ; of those, the first.  NULL if there is none.
 */
const struct mcell *matrix_opposite(const struct matrix *m, const struct mcell *c);

/* Does the search of a cell not have to go on: is everything known that will be shown of it? */
bool cell_settled(const struct mcell *c, const struct exploration *x);

/* How many switches differ. */
unsigned switches_differ(const struct kernel *a, const struct kernel *b);

#pragma GCC visibility pop

#endif
