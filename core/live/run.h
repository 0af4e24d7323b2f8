/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run.h - what the threads of a live run share beside the world.
 */
#ifndef SWAPSCOPE_CORE_LIVE_RUN_H
#define SWAPSCOPE_CORE_LIVE_RUN_H

#include <pthread.h>

#include "core/live/log.h"
#include "core/live/mem.h"
#include "core/live/pages.h"
#include "core/live/pool.h"
#include "core/step.h"

/* Of a virtual page: the application's own lock of it, and who is inside an access to it. */
struct access {
	_Atomic int lock;		/* readers; -1: a writer */
	_Atomic unsigned inside;	/* CPUs that have the translation in their TLB */
};

/* Folios whose bios a disk has yet to complete. */
struct io_queue {
	pthread_mutex_t lock;		/* of all of it */
	obj_t *folio;
	unsigned size, first, n;
};

struct live {
	/* as it was before the first thread began: read without a lock */
	struct kernel k;
	struct machine hw;
	struct live_options o;
	struct cells cells;		/* where objects are; these have versions, see mem.h */
	struct pages *pages;
	struct merge *merge;		/* NULL: nothing is recorded */
	struct worker *worker;		/* each is its thread's own until that has been joined */
	unsigned tasks;			/* threads, and the device */
	bool *window;			/* a step in whose neighbourhood races are */

	/* each of these has a lock, or is atomic, by itself */
	struct pool pool[POOLS];
	struct access *access;
	struct io_queue io;

	/* set by any thread, seen by all of them at their next step */
	atomic_bool stop;
	atomic_bool broken;
	atomic_uint working;		/* threads that have not ended; not the device */
	_Atomic uint64_t findings;

	/* the first finding; under `lock` */
	pthread_mutex_t lock;
	char finding[256];
};

#endif
