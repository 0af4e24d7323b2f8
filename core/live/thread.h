/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * thread.h - one thread of a live run: its task, its step, and what it offers the step to choose
 * from.  A replay (replay.c) has threads too, and runs them one step at a time.
 */
#ifndef SWAPSCOPE_CORE_LIVE_THREAD_H
#define SWAPSCOPE_CORE_LIVE_THREAD_H

#include "core/live/mem.h"
#include "core/live/pages.h"
#include "core/live/pool.h"
#include "core/step.h"

struct thread {
	unsigned id;
	bool replay;
	const struct kernel *k;
	const struct machine *hw;
	struct task task;
	struct task before;		/* as it was before the step */
	struct mem mem;
	struct step_ctx c;
	struct bytes bytes;		/* no pages in a replay */
	int at;				/* the step made; a number of core/step.h */
	uint32_t writes;		/* stamps that it has made */
	bool stamped;			/* the step made one */
	uint64_t random;
	uint64_t retries;

	/* what a step may take: of the pools, or (replay) as the event says */
	struct own_pool own[POOLS];
	unsigned pick[POOLS];
	unsigned pick_io;
	size_t pool_limit;		/* bytes of compressed objects */
	unsigned folios;		/* how many there are */
	bool chosen;			/* the step has several outcomes */
	bool no_choice;			/* (replay) but not that one */
	const char *bug;		/* an assertion of core/mm that did not hold */

	/* the moment of the step's commit, where it is asked for */
	bool timed;
	uint32_t clock_ns;		/* the clock is rounded down to that; 0: it is not */
	uint64_t time;
	uint32_t seen[VIEWS];		/* versions that the step saw .. */
	bool wrote[VIEWS];		/* .. and which of the objects it changed */
	uint64_t old[VIEWS][CELL_WORDS];	/* what those were before */
};

/* touch: a write, of zeroes; core/mm/mm.h has them too */
#define AUX_WRITE	0x08
#define AUX_ZEROES	0x10

enum made { MADE, WAITS };

/*
 * Make the step at which the thread's task stands, as one action of all threads together:
 * MADE, and everything in th->before, th->mem and th->c is the step's; or WAITS, nothing has
 * changed, and th->c.wait says what for.  The task's own program is the caller's: an operation
 * that came to its end leaves depth 0.
 */
enum made thread_step(struct thread *th);

/*
 * What is wrong with the step just made, as far as the step itself can tell: a property's name,
 * or NULL; and a sentence on it.
 */
const char *step_breaks(const struct thread *th);
const char *step_sentence(const struct thread *th, const char *property);

/* The page that the step just made mapped to what its owner did not write last, or -1. */
int step_maps_wrong(const struct thread *th);

/* Begin an operation: the task stands at its first step. */
void thread_begin(struct thread *th, enum op op, unsigned page, unsigned aux);

/* The step at which the task stands, or -1. */
int thread_at(const struct thread *th);

/* The bytes of an object that a step changes: 8 .. 8 * CELL_WORDS. */
unsigned object_size(enum live_kind kind);

/* Any number below n. */
static inline uint32_t draw(struct thread *th, uint32_t n)
{
	uint64_t x = th->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	th->random = x;
	return (uint32_t)((x >> 32) * n >> 32);
}

/* CHOOSE(n) of a step: which outcome; replayed, that of the event. */
unsigned live_choose(struct step_ctx *c, unsigned n);

int cells_new(struct cells *cells, const unsigned *count);	/* 0 or -ENOMEM */
void cells_free(struct cells *cells);

/* An object while no thread runs. */
void cell_read(const struct cells *cells, uint32_t key, void *to);
void cell_write(struct cells *cells, uint32_t key, const void *from);

#endif
