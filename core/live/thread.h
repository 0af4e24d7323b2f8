/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * thread.h - one thread of a live run: its task, its step, and what it offers the step to choose
 * from.  A replay (replay.c) has threads too, and runs them one step at a time.
 */
#ifndef SWAPSCOPE_CORE_LIVE_THREAD_H
#define SWAPSCOPE_CORE_LIVE_THREAD_H

#include <pthread.h>

#include "core/live/mem.h"
#include "core/live/pages.h"
#include "core/step.h"

/*
 * Numbers of free objects: a few of a thread's own, the rest behind a lock.  What a thread keeps
 * nobody else gets, so it is little where there are few.
 */
#define POOL_OWN	16

struct pool {
	pthread_mutex_t lock;
	unsigned n, size;
	obj_t *number;
};

struct own_pool {
	struct pool *all;
	unsigned n, keep;		/* how many there are, and at most after a push */
	obj_t number[POOL_OWN + 1];
};

enum { POOL_FOLIO, POOL_ENTRY, POOL_SLOT, POOLS };

/* The numbers first .. end - 1, low ones first.  0 or -ENOMEM. */
int pool_new(struct pool *p, unsigned first, unsigned end);
void pool_free(struct pool *p);

/*
 * What would be taken next, 0 when there is none; that it was taken; that it is free again.  Slots
 * are slot + 1 there.
 */
unsigned pool_top(struct own_pool *p);
void pool_take(struct own_pool *p, unsigned number);
void pool_push(struct own_pool *p, unsigned number);

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

unsigned live_choose(struct step_ctx *c, unsigned n);

int cells_new(struct cells *cells, const unsigned *count);	/* 0 or -ENOMEM */
void cells_free(struct cells *cells);

/* An object while no thread runs. */
void cell_read(const struct cells *cells, uint32_t key, void *to);
void cell_write(struct cells *cells, uint32_t key, const void *from);

/* ---- fields ---- */

/*
 * The fields in which two states of an object differ, at most `max` of them.  Values of frameN.pc
 * are the number of the step + 1.  Returns how many.
 */
unsigned object_changes(uint32_t key, const void *before, const void *after,
			struct live_change *to, unsigned max);

/* Most fields that one step can change. */
#define CHANGES_MAX	160

/* All fields that the step just made has changed, of its task and of objects. */
unsigned thread_changes(const struct thread *th, struct live_change *to);

/* Set a field by its number in live_fields(). */
void object_set(uint32_t key, void *object, unsigned field, uint32_t value);

#endif
