/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * story_rows.h - what a capture's events come to, as rows beside them: faults and their outcomes
 * (capture_fault), what an event means for its slot (capture_story), and where data was lost
 * (capture_loss).  replay/story/story.h makes them of events.
 *
 * Events are known by their ids (capture.h), 0 where there is none.  A life of a slot begins when
 * it is allocated: 1 .., and 0 is what the capture began in.
 */
#ifndef SWAPSCOPE_TRACES_CAPTURE_STORY_ROWS_H
#define SWAPSCOPE_TRACES_CAPTURE_STORY_ROWS_H

#include <stdint.h>

#pragma GCC visibility push(default)

struct trace;
struct trace_writer;

#define STORY_TEXT_MAX	256	/* of a text that is read from a file; the rest is cut */

/* A call of do_swap_page(). */
struct story_fault {
	uint64_t fault;			/* 1 .., in the order in which they ended */
	uint64_t first, last;		/* its entry and its return */
	uint64_t addr;
	int64_t page;			/* the workload's number of the page there; -1: not known */
	int64_t ret;			/* VM_FAULT bits; -1: not known */
	uint32_t thread, slot, life;	/* slot 0: not known */
	int mapped;			/* did it set the PTE?  -1: not known */
	const char *path;		/* "bypass, from zswap" */
	const char *outcome;		/* "bypass, mapped" */
	const char *why;		/* more of it, or "" */
};

/* What an event means for its slot. */
struct story_line {
	uint64_t event;
	uint32_t slot, life, thread;
	const char *what;		/* "loaded from zswap" */
	const char *text;		/* more of it, or "" */
};

/* The data of a page is gone, or a page without it was mapped. */
struct story_loss {
	uint32_t slot, life;
	int64_t page;
	uint64_t event;			/* where: the last copy goes, or the PTE is set */
	uint64_t fault;			/* the entry of the fault that took the copy */
	uint64_t erase;			/* zswap's copy goes */
	uint64_t abort;			/* that fault drops its own */
	uint64_t read;			/* a read finds nothing */
	uint64_t mapped;		/* what it read is mapped */
	uint64_t corrupt;		/* the workload says so */
	uint64_t before;		/* where the life before this one began; no row has it */
	const char *text;
};

/* How much of what there was.  X(member, in words) */
#define STORY_TOTALS(X)								\
	X(slots, "swap slots")							\
	X(lives, "lives of them that began")					\
	X(faults, "faults")							\
	X(stores, "stores in zswap")						\
	X(refused, "stores that zswap refused")					\
	X(loads, "loads from zswap")						\
	X(misses, "loads that found nothing in zswap")				\
	X(device_reads, "reads from the device")				\
	X(device_writes, "writes to the device")				\
	X(writebacks, "of these by writeback from zswap")			\
	X(losses, "losses of data")						\
	X(unordered, "lives whose order of events is not known: is data lost?")	\
	X(corrupt, "wrong contents that the workload saw")

struct story_totals {
#define X(name, words) uint64_t name;
	STORY_TOTALS(X)
#undef X
};

/*
 * Write a row of run `run`, which is there; texts are copied.  As write/rows.h: a negative errno on
 * failure, and the first error sticks.  story_erase() removes what was written of a run before.
 */
int story_erase(struct trace_writer *tw, int run);
int story_write_fault(struct trace_writer *tw, int run, const struct story_fault *f);
int story_write_line(struct trace_writer *tw, int run, const struct story_line *l);
int story_write_loss(struct trace_writer *tw, int run, const struct story_loss *l);
int story_write_totals(struct trace_writer *tw, int run, const struct story_totals *n);

/*
 * Read those of the run that `t` was opened for, in the order of their events, all checked as
 * from a hostile file (-EBADMSG); texts are fit to be shown, and the callee's until it returns.
 * A non-zero return of the callee stops and is returned.  A file without such tables has none.
 */
int story_read_faults(struct trace *t, int (*row)(void *arg, const struct story_fault *f),
		      void *arg);
int story_read_lines(struct trace *t, uint32_t slot,	/* 0: of all slots */
		     int (*row)(void *arg, const struct story_line *l), void *arg);
int story_read_losses(struct trace *t, int (*row)(void *arg, const struct story_loss *l),
		      void *arg);

/* The lines of the capture at which the kernel says that it lost events, in order. */
int story_read_lost(struct trace *t, int (*row)(void *arg, uint64_t line), void *arg);

/* -ENODATA where the run has no story: it is no capture, or it was not told to the end. */
int story_read_totals(struct trace *t, struct story_totals *n);

/* The stamp of an event; 0 where there is none. */
uint64_t story_stamp(struct trace *t, uint64_t event);

/* How many faults came to what, the most frequent first. */
int story_read_outcomes(struct trace *t,
			int (*row)(void *arg, const char *outcome, uint64_t faults), void *arg);

#pragma GCC visibility pop

#endif
