/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * worker.h - a thread of a live run: which operations it begins, how it makes their steps until
 * the run is stopped, and what it sees that is wrong.
 */
#ifndef SWAPSCOPE_CORE_LIVE_WORKER_H
#define SWAPSCOPE_CORE_LIVE_WORKER_H

#include "core/live/run.h"
#include "core/live/thread.h"

/* All of it is the thread's own while it runs; others see it before and after. */
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

/* Is it the disk, which completes what others have submitted? */
bool is_device(const struct worker *w);

#endif
