/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log.h - from the threads to one row of events.
 *
 * Every thread writes what it did into a ring of its own.  One reader merges the rings by the
 * versions that the steps saw and made (mem.h): a step is next when every object is as it saw
 * it.  Of several that could be, the clock says which was earlier; a step that only read an
 * object must not be overtaken by the one that changes it, and the clock, which each read
 * between locking and comparing, keeps them apart.  Where it is so coarse that it does not, the
 * versions do: all records of a time are here before the first of them is handed out.
 */
#ifndef SWAPSCOPE_CORE_LIVE_LOG_H
#define SWAPSCOPE_CORE_LIVE_LOG_H

#include "core/live/thread.h"

struct merge;

/*
 * A ring a thread and the reader of them.  With `drop` a thread does not wait where its ring is
 * full: the record ends before the first event that is lost.  *stop is set when the events can
 * not be handed out any more.  NULL when memory is out.
 */
struct merge *merge_new(unsigned threads, const struct cells *cells, bool drop,
			atomic_bool *stop, uint32_t clock_ns);
void merge_free(struct merge *g);

/*
 * What a thread's step did, from th->before, th->mem and th->c, and what is wrong with it; e has
 * waited, broken, sentence and note.  `sentence` must stay where it is.
 */
void log_step(struct merge *g, const struct thread *th, const struct live_event *e);

/* Whether a thread waits for the reader: what it has locked is not released meanwhile. */
bool log_full(const struct merge *g);

/* The thread will make no step with a clock before now; and none at all any more. */
void log_idle(struct merge *g, unsigned thread);
void log_end(struct merge *g, unsigned thread);

/*
 * Hand events out until every thread has ended.  Returns 0, what `event` returned, or -ELNRNG.
 */
int merge_run(struct merge *g, int (*event)(void *arg, const struct live_event *e), void *arg);

/* Events handed out; and lost, where the record ended. */
uint64_t merge_recorded(const struct merge *g);
uint64_t merge_dropped(const struct merge *g);

#endif
