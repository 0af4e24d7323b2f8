/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * story.h - from the events of a capture, in their order, to what happened: what became of every
 * fault, what each event means for its swap slot, and where data was lost.  docs/captures.md says
 * what the words mean and what cannot be told.
 *
 * Nothing here knows a model, and that is its worth: what it finds and what a search of the model
 * finds in the same capture are two opinions.  Nothing is guessed either: what a missing probe
 * hides is said.  It is a second reading of what import stored, because an event means something
 * else when a probe is missing, and which are there is known at the end of the first.
 *
 *	story_new()	with the probes and the kernel of the capture, and who is told
 *	story_event()	for every event; story_lost() where the kernel lost some
 *	story_end()	faults and losses that are open are told
 *	story_free()
 *
 * story_store() (store.c) is that over a file, and leaves out the losses that depend on an order
 * which the clock does not tell (order.h).  A slot is in a life, from one allocation to the
 * next; a thread is in calls, and at most one fault.  story.c takes an event in this order: the
 * slot's life, which it may begin; the fault that it begins; fault.h, ledger.h and words.h about
 * it; then the call that it ends or begins.  Words ask faults what they come to, and
 * none of the three asks another: what they all need of calls and slots is in state.h.
 *
 * Each field of a life or a fault has one writer: fault.h those of a fault, but for `private` and
 * what follows, which are the ledger's as the copies of a slot are; story.c begins both.
 *
 * Memory is that of the slots, threads and known addresses of the capture, however long it is.
 * One thread runs a story; what it tells lives until the sink returns.
 */
#ifndef SWAPSCOPE_REPLAY_STORY_STORY_H
#define SWAPSCOPE_REPLAY_STORY_STORY_H

#include "traces/capture/capture.h"
#include "traces/capture/story_rows.h"

#pragma GCC visibility push(default)

/* Which sides of which functions the capture has probes on. */
struct story_probes {
	bool enter[FN_COUNT], back[FN_COUNT];
};

/*
 * Who is told.  Each may be NULL; what it is given lives until it returns; a non-zero return ends
 * the story and is what story_event() or story_end() returns.
 */
struct story_sink {
	int (*fault)(void *arg, const struct story_fault *f);
	int (*line)(void *arg, const struct story_line *l);
	int (*loss)(void *arg, const struct story_loss *l);
	void *arg;
};

struct story;

/* A story to be told to `sink`.  `info` says how results are to be read.  NULL: no memory. */
struct story *story_new(const struct story_probes *p, const struct capture_info *info,
			const struct story_sink *sink);
void story_free(struct story *s);

/* The next event.  0, -ENOMEM, or what the sink returned. */
int story_event(struct story *s, const struct capture_event *e);

/*
 * The kernel lost events here.  What slots hold and what threads are in is not known any more:
 * lives that go on are not looked at for losses, and a fault that goes on may stay unknown.
 */
void story_lost(struct story *s);

/* There are no more: faults and losses that are open are told.  As story_event(). */
int story_end(struct story *s);

const struct story_totals *story_totals(const struct story *s);

/* Why losses are not looked for; NULL: they are. */
const char *story_no_ledger(const struct story *s);

/*
 * The whole of it: read the capture of the run that `t` was opened for, and write its story to
 * the same file (tw; what the capture has must be committed).  What was there of an earlier one
 * is replaced.  Returns 0 or a negative errno, one line in err (TRACE_ERROR_MAX bytes).
 */
int story_store(struct trace *t, struct trace_writer *tw, int run, struct story_totals *totals,
		char *err);

/* The probes of the capture of a trace.  0 or a negative errno. */
int story_probes_read(struct trace *t, struct story_probes *p);

#pragma GCC visibility pop

#endif
