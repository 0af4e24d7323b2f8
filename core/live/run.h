/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run.h - what the threads of a live run share beside the world, and each one's own.
 */
#ifndef SWAPSCOPE_CORE_LIVE_RUN_H
#define SWAPSCOPE_CORE_LIVE_RUN_H

#include "core/live/log.h"
#include "core/live/thread.h"

/* Of a virtual page: the application's own lock of it, and who is inside an access to it. */
struct access {
	_Atomic int lock;		/* readers; -1: a writer */
	_Atomic unsigned inside;	/* CPUs that have the translation in their TLB */
};

/* Folios whose bios a disk has yet to complete. */
struct io_queue {
	pthread_mutex_t lock;
	obj_t *folio;
	unsigned size, first, n;
};

struct live {
	struct kernel k;
	struct machine hw;
	struct live_options o;
	struct cells cells;
	struct pages *pages;
	struct pool pool[POOLS];
	struct access *access;
	struct io_queue io;
	struct merge *merge;		/* NULL: nothing is recorded */
	struct worker *worker;
	unsigned tasks;			/* threads, and the device */
	bool *window;			/* a step in whose neighbourhood races are */
	atomic_bool stop;
	atomic_bool broken;
	atomic_uint working;
	_Atomic uint64_t findings;
	pthread_mutex_t lock;		/* of finding */
	char finding[256];
};

struct worker {
	_Alignas(64) struct thread th;
	struct live *live;
	pthread_t thread;
	bool started;
	uint16_t first;			/* where touch_page() begins */
	struct access *locked;		/* the application's lock that it holds */
	bool locked_write;
	unsigned page;			/* of the operation */
	unsigned own, owns;		/* its own pages: the first, and how many */
	unsigned turn;			/* cycle: what comes next */
	uint64_t waits;			/* since when it is held up; 0: it is not */
	uint64_t held;			/* for how long others could have gone on meanwhile, ns */
	uint64_t broken;		/* when it saw that the world is; 0: it is not */
	unsigned tries;
	uint64_t steps, operations, end;
	char sentence[8][256];		/* what its events say */
	unsigned sentences;
};

/* A thread: makes its operations' steps until the run is stopped.  `arg` is its worker. */
void *worker_main(void *arg);

/* Give a worker its next operation, or none: its task's depth is 0 then. */
void next_operation(struct worker *w);

bool is_device(const struct worker *w);

/* CLOCK_MONOTONIC in ns; and sleep, in us. */
uint64_t clock_now(void);
void nap(unsigned us);

#endif
