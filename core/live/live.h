/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * live.h - the operations of core/mm on real threads, and the same replayed alone.
 *
 * A live run has the compact world's objects by the thousand, threads that run operations
 * drawn at random, pages of 4 KiB that go through lz4 into buffers of their own, and a
 * device that is a file.  Every step that a thread makes is an event; the events of all
 * threads are handed out one by one, in an order in which each could have been made alone.
 *
 * live_run() makes the world (live.c), starts a thread for every worker and one that keeps the
 * time, and hands out events itself until all have ended.  A worker (worker.c) begins an
 * operation, and makes its steps: thread_step() (mm.c) runs one as a transaction, then the
 * worker looks at what was wrong with it, counts free objects, and logs it (log.c).  One
 * that waits spins, yields, sleeps.  A replay (replay.c) has the same threads as structs and
 * makes their steps one after the other, as events say.
 *
 * What guards what:
 *
 *	an object's words	its cell's version, odd while it is locked: inside a commit only, in
 *				the order of keys (mem.h, mm.c)
 *	bytes of a page, a	nothing of ours: the kernel's own locks, the pin, the count,
 *	compressed object	which are words of objects (pages.h)
 *	a pool's numbers	its mutex; a thread's few are its own (pool.h)
 *	a ring of the log	its thread puts, the reader takes: one atomic each (log.c)
 *	the disk's queue	its mutex, live.io.lock; a thread's access to a page: two atomics
 *	the first finding	live.lock; stop, broken, working, findings are atomics (run.h)
 *	a worker		its own thread, until it has been joined
 *
 * No mutex is taken while another is held, or while an object is locked.
 *
 * Arrows: live -> worker -> log -> fields -> thread; worker and replay -> mm -> pool, pages.  The
 * log knows threads and not who runs them.
 *
 * This header is of plain numbers: what is compiled over the large world (core/live, and core/mm
 * with it) has other types under the names of core/world.h, and meets the rest of the program
 * here only.
 */
#ifndef SWAPSCOPE_CORE_LIVE_LIVE_H
#define SWAPSCOPE_CORE_LIVE_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/kernel.h"

#pragma GCC visibility push(default)

#define LIVE_PAGE_SIZE	4096
#define LIVE_THREADS_MAX 31	/* and the device */
#define LIVE_SLOT_CACHE	16	/* slots in a CPU's caches (to v6.13); the kernel has 64 */
#define LIVE_OBJECTS_MAX 65000	/* of a kind */
#define LIVE_PLACES_MAX	64300	/* pages and slots: each can have a folio, and threads some more */

/* ---- objects and their fields ---- */

/* X(object, kind in traces, struct of core/world.h or core/live/mem.h) */
#define OBJECTS(X)						\
	X(PAGE,		"page",		struct vpage)		\
	X(SLOT,		"slot",		struct slot)		\
	X(FOLIO,	"folio",	struct folio)		\
	X(ENTRY,	"entry",	struct zentry)		\
	X(MM,		"mm",		struct mm)		\
	X(DEVICE,	"device",	struct swap_device)	\
	X(TREE,		"zswap",	struct zswap_tree)	\
	X(LRU,		"zswap",	struct zswap_lru)	\
	X(PARAM,	"zswap",	struct zswap_param)	\
	X(GHOST,	"zswap",	struct ghost)		\
	X(SWAP,		"swap",		struct swap_param)	\
	X(SWAP_SLOTS,	"swap",		struct swap_slots)	\
	X(TASK,		"task",		struct task)

enum live_kind {
#define X(object, kind, type) LIVE_##object,
	OBJECTS(X)
#undef X
	LIVE_KINDS
};

#define LIVE_KEY(kind, index)	((uint32_t)(kind) << 16 | (uint32_t)(index))
#define LIVE_KIND(key)	((enum live_kind)((key) >> 16))
#define LIVE_INDEX(key)	((key) & 0xffff)

/* A field of a kind of objects: frame0.pc is one of a task. */
struct live_field {
	const char *name;	/* as world_fields() has it */
	uint16_t offset;	/* into the object */
	uint8_t size;		/* 1, 2 or 4 bytes */
};

/* The fields of a kind; *n gets their number.  Owned by the library. */
const struct live_field *live_fields(enum live_kind kind, unsigned *n);
const char *live_kind_name(enum live_kind kind);	/* "page" */

/* ---- events ---- */

struct live_change {
	uint32_t key;		/* LIVE_KEY() */
	uint32_t field;		/* its number in live_fields() */
	uint32_t old_value, new_value;
};

struct live_event {
	uint64_t time;		/* CLOCK_MONOTONIC, ns */
	uint32_t waited;	/* ns that the thread was held up before it */
	uint16_t task;
	int16_t step;		/* the step made (core/step.h) */
	uint32_t choice;	/* the outcome taken, where it has several */
	uint32_t depth;		/* frames on the task's stack before it */
	const char *result;	/* RESULT() or NULL */
	uint32_t changes;
	const struct live_change *change;
	/* what is wrong, or NULL: a property's name, and a sentence */
	const char *broken;
	const char *sentence;
	bool note;		/* worth a remark, and no finding: the run went on */
};

/* ---- a run ---- */

struct live_options {
	unsigned threads;	/* 1 .. LIVE_THREADS_MAX */
	double seconds;		/* 0: until `operations` */
	uint64_t operations;	/* of each thread; 0: until `seconds` */
	uint64_t seed;
	unsigned device;	/* enum device */
	unsigned pages;		/* of all address spaces; one of these a thread */
	unsigned slots;		/* with the pages at most LIVE_PLACES_MAX */
	unsigned entries;	/* zswap's pool limit */
	bool widen;		/* yield in the windows where races are */
	bool zeroes;		/* some writes are of zeroes */
	bool drop;		/* do not wait for who takes the events: lose them, and count */
	bool cycle;		/* no races sought: every thread swaps its own pages out and in */
	uint32_t clock_ns;	/* make the clock as coarse as that; 0: as fine as it is */
	bool (*stop)(void);	/* asked now and then; NULL: never */

	/*
	 * Gets every event, in order, from one thread; NULL: nothing is recorded.  What is not 0
	 * stops the run and is what live_run() returns.
	 */
	int (*event)(void *arg, const struct live_event *e);
	/* Before the first event: every field of the start that is not 0. */
	int (*start)(void *arg, const struct live_change *value);
	void *arg;
};

struct live_result {
	uint64_t steps, operations;
	uint64_t stores, loads;		/* pages compressed, and decompressed for a fault */
	uint64_t retries;		/* steps made again because of another thread */
	uint64_t recorded;		/* events handed out */
	uint64_t dropped;		/* events lost to `drop` */
	double seconds;			/* until the threads had stopped */
	double drained;			/* until the last event was handed out */
	uint64_t findings;
	char finding[256];		/* the first one's sentence, or "" */
};

/* How large a world is: what a replay needs to know. */
struct replay_world {
	unsigned device, tasks, pages, slots;
	unsigned folios, entries;	/* these two count number 0, which is NULL */
	unsigned mms;
	unsigned slot_cache;		/* slots in each of a CPU's caches; 0: it has none */
};

/* The world of a run; and how many objects of each kind (LIVE_KINDS) a world has. */
void live_world(const struct live_options *o, struct replay_world *w);
void live_counts(const struct replay_world *w, unsigned *count);

/*
 * Run threads over a kernel.  Folios are as many as can be needed.  The swap file is made in
 * `folder` ($TMPDIR where NULL) and has no name.  Returns 0 (whatever was found), -ENOMEM,
 * -errno of the swap file or of a thread, or what `event` returned; -ELNRNG when the order of
 * events was lost, which is a defect of this program.
 */
int live_run(const struct kernel *k, const struct live_options *o, const char *folder,
	     struct live_result *r);

/* The same pages through lz4 alone, on as many threads, for as long: pages a second. */
double live_bare_lz4(unsigned threads, double seconds);

/* ---- a recorded run again, alone ---- */

struct live_replay;

/* A world of that size, all 0.  NULL when memory is out, or a size is beyond its limit. */
struct live_replay *live_replay_new(const struct kernel *k, const struct replay_world *w);
void live_replay_free(struct live_replay *r);

/* Set a field of the start.  0, or -EINVAL when there is no such field. */
int live_replay_start(struct live_replay *r, const struct live_change *value);

/*
 * Make the event's step with the event's outcome, and compare: the step, its result, and every
 * field that it changes.  What the model leaves open (which free object, what a thread begins
 * next) is taken from the event, and must be possible.  Returns 0, or -EINVAL and in `why`
 * (size bytes) what the model would have done; then the world is as it was before.
 * *broken gets the property that the step breaks in the model, or NULL.
 */
int live_replay_event(struct live_replay *r, const struct live_event *e, const char **broken,
		      char *why, size_t size);

/*
 * Where a task stands: a step, or -1; and in `what` (size bytes) what it waits for there, "" where
 * it could move.
 */
int live_replay_at(const struct live_replay *r, unsigned task);
void live_replay_waits(struct live_replay *r, unsigned task, char *what, size_t size);

#pragma GCC visibility pop

#endif
