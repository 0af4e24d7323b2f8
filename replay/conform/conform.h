/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * conform.h - is a capture of a real kernel a run of the model?
 *
 * A capture says when functions were entered and left, by which thread, and some of the values.
 * What a function does happens somewhere in between; whatever has no probe is not seen at all.
 * So for every swap slot the set of all worlds is carried along that are compatible with what was
 * seen of it: from event to event tasks make the steps that no probe would have seen, and those
 * that were seen to begin; what is seen to return must have been done, with that value.  Where the
 * set becomes empty the model of that kernel has no run that looks like the capture, and the event
 * at which that happens is reported with what would have been possible instead.
 *
 * A slot is looked at by itself, as one slot of a small world with the pages that use it, and the
 * threads that have to do with it (docs/conformance.md says what that leaves out).
 *
 *	conform.c	the events in their order; where a slot's set becomes empty
 *	run.c		slots and threads: how what they do begins, goes on elsewhere, is over
 *	begin.c, mark.c	calls under way when the capture began; what a workload says that it read
 *	slot.c		the set of a slot: what happens unseen, what an event leaves of it
 *	state.c		a world with what was seen of its tasks; sets of them
 *	label.c, act.c	an event in the words of the model; what is done to a slot's world
 *
 * Each knows those below it.  replay/record stands above: it asks conform_run() for the acts and
 * writes them as a run of one large world.
 *
 * An event goes this way: all worlds that the set can lead to unseen (the closure), those of them
 * in which a task passes the event, those in which it begins something; the set is what is left.
 * Worlds remember the acts that led to them as paths with common beginnings.  What led to all of
 * them alike is told (o->act) and forgotten.  A slot is at rest when no task is in it in any of its
 * worlds; so memory is that of the slots' sets, and does not grow with the capture.
 *
 * core/mm takes part by PROBE_ENTER and PROBE_RETURN (core/probe.h).  A new operation is compared
 * with captures as soon as it says so, and a function that is named in label.c.
 *
 * A capture often fits several worlds.  One of them is told; of what it breaks only that is a
 * finding which is so in all of them (ACT_LOST), the rest are notes of the kind "possible".
 */
#ifndef SWAPSCOPE_REPLAY_CONFORM_CONFORM_H
#define SWAPSCOPE_REPLAY_CONFORM_CONFORM_H

#include "core/scenario/task.h"
#include "traces/capture/capture.h"

#pragma GCC visibility push(default)

/* How a page begins a life of the slot. */
#define LIFE_ZEROES	1	/* it is a page of zeroes */
#define LIFE_SHARED	2	/* it was another process's too (fork): not exclusive */

/* What is done to the small world of a slot; the run that explains a capture is a list of these. */
enum act_kind {
	ACT_SLOT,	/* a slot begins; `choice` says with what in it (enum start), `page` who */
			/* has it too (enum shared), `to` on which device (enum device) */
	ACT_LIFE,	/* page `page` is present, and about to be swapped out; `choice`: LIFE_* */
	ACT_BEGIN,	/* task `task` begins operation `op`: `page`, `aux`; thread `thread` */
	ACT_STEP,	/* task `task` makes its step, with outcome `choice` */
	ACT_WRITE,	/* the application writes to page `page`; `choice`: zeroes */
	ACT_BITS,	/* userfaultfd sets, or clears, the write-protect bit of page `page` */
	ACT_MOVE,	/* UFFDIO_MOVE takes the pte of page `page` to page `to` */
	ACT_SHARE,	/* page `page`, which is present, was another process's too (fork) */
	ACT_UNMAP,	/* page `page`, which is present, is unmapped */
	ACT_CACHES,	/* swapoff turns the slot caches off, or on again */
	ACT_LOST,	/* nothing: in all possible worlds the data of a page is lost by then */
	ACT_END,	/* event `event` is not explained: what follows is not of this run */
};

#define ACT_SEEN	1	/* events show the step; else no probe saw it */
#define ACT_CERTAIN	2	/* that data is lost in this life of the slot is (acts_sort()) */

struct act {
	uint64_t event;		/* it is done when this event of its slot is over, and was not */
				/* when the one before it was */
	uint64_t addr;		/* LIFE, BEGIN: of the page; 0: not known */
	uint32_t slot;		/* of the capture */
	uint32_t thread;	/* of the capture, whose task it is */
	uint8_t kind, task, op, page, to, aux, choice;
	uint8_t seen;		/* STEP: ACT_SEEN, ACT_CERTAIN */
};

/* What the slot of ACT_SLOT looks like at first. */
enum start {
	START_FREE,		/* nobody has it */
	START_ZSWAP,		/* page 0 is swapped out: zswap has it */
	START_DEVICE,		/* .. the device has it */
	START_BOTH,
	START_CACHED,		/* swapped out and in the swap cache, clean; zswap has it too */
	START_MAPPED,		/* present, its folio still in the swap cache; zswap has it too */
	START_MAPPED_DEVICE,	/* .. the device has it */
	START_DIRTY,		/* .. and nobody else */
	START_PARKED,		/* dead, in a slot cache */
	START_PARKED_ZSWAP,	/* .. and its entry is still in zswap */
	START_CACHED_DEVICE,	/* as START_CACHED, but the device has it */
	START_CACHED_BOTH,
	START_MAPPED_BOTH,
	START_LOST,		/* page 0 is swapped out, and nobody has it */
	START_COUNT
};

/* Whether its page was another process's too (fork), or is not exclusive for another reason. */
enum shared { SHARED_NOT, SHARED_ONCE, SHARED_SWAPPED, SHARED_MAPPED, SHARED_COUNT };

/* The kernel and machine of a slot's world. */
void conform_machine(struct machine *hw, unsigned device);

/*
 * The device (enum device) that there is when swapoff has taken the first away: the capture's
 * sidecar says so, `device-after-swapoff = disk`; else another of the same kind.
 */
unsigned conform_later_device(struct trace *t, unsigned device);

/*
 * Do it to the world of its slot (act_apply()).  *done (may be NULL) gets what an ACT_STEP was.
 * Returns false where it cannot be done: the list of acts is not one that conform_run() gave.
 */
struct act_done {
	struct event ev;
	const char *result;	/* of the step, or NULL */
	int step;		/* which it was: step_at(), or -1 */
	unsigned depth;		/* frames before it */
};
/*
 * The step of task c->task of a slot's world, with outcome c->choice; the disk, which is a task
 * too, begins again when it has completed something.  As task_step().
 */
bool conform_step(struct step_ctx *c, struct world *w);

/* The frame of the operation that an ACT_BEGIN begins in a world. */
struct frame act_frame(const struct act *a, const struct world *w);

bool act_apply(const struct kernel *k, const struct machine *hw, const struct act *a,
	       struct world *w, struct act_done *done);

/*
 * An event of a slot that the model has no run for; it stands for all of its kind: of the same
 * function, with the same value and the same that would have been possible instead.
 */
#define CONFORM_ALLOWED	12
#define CONFORM_TEXT	160
struct conform_refuted {
	uint64_t event;			/* the first of its kind */
	uint64_t times;			/* how many stretches end in one */
	int64_t ret;			/* RETURN: its value, if it has one */
	uint32_t slot, thread;
	uint16_t function, side;	/* enum capture_function, enum capture_side */
	unsigned worlds;		/* compatible with everything before it */
	char story[2 * CONFORM_TEXT];	/* one of them: what the slot is like */
	unsigned allowed;		/* what would have been possible of this thread instead */
	char text[CONFORM_ALLOWED][CONFORM_TEXT];
};

/* In what worlds differ that are all compatible with what was seen. */
#define CONFORM_DIFFERENCES(X)						\
	X(TASKS, "how far calls under way have come")			\
	X(PAGE, "page table entries")					\
	X(SLOT, "the slot")						\
	X(FOLIO, "folios")						\
	X(ENTRY, "zswap's entry")					\
	X(OTHER, "locks and counts")

enum conform_difference {
#define X(name, text) DIFFER_##name,
	CONFORM_DIFFERENCES(X)
#undef X
	DIFFER_COUNT
};

#define CONFORM_REFUTED	16
struct conform_report {
	uint64_t events;		/* of slots, of functions that the model has */
	uint64_t checked;		/* of these: explained */
	uint64_t skipped;		/* behind a refuted event, up to the next life */
	uint64_t before;		/* of calls that were under way when the capture began, */
					/* or lost events, and of others meanwhile */
	uint64_t unknown[FN_COUNT];	/* events that say nothing to the model, by function */
	uint64_t slots, lives;
	uint64_t refuted;		/* stretches of slots that end in an impossible event */
	unsigned kinds;			/* of them, that are in first[] */
	struct conform_refuted first[CONFORM_REFUTED];	/* of each kind, in order */
	uint64_t read[2];		/* pages that were read, after a fault: wrong, right */
	uint64_t batched;		/* stretches that end in a call about several slots */
	uint64_t unordered;		/* stretches that are impossible in the order of the */
					/* lines, which the clock does not tell */
	uint64_t gave_up;		/* stretches with more worlds than are followed */
	uint64_t most_worlds;		/* at one event */
	uint64_t ambiguous;		/* events after which there was more than one, */
	uint64_t differ[DIFFER_COUNT];	/* and of these, in what they differ */
	bool seen[2][PROBE_COUNT];	/* probes that there are: entered, left */
	bool unseen[2][PROBE_COUNT];	/* the model called it, and there is none */
};

struct conform_options {
	const struct kernel *kernel;
	unsigned device;		/* enum device */
	/* The run that explains it, in the order of the capture; NULL: nobody asks. */
	int (*act)(void *arg, const struct act *a);
	void *arg;
	unsigned worlds_max;		/* 0: the usual bound */
	bool first_only;		/* the first impossible event is enough */
};

/*
 * Look for a run of the model that explains the capture of a trace.  Returns 0 and fills *r,
 * whatever it comes to; what `act` returned if that was not 0; or a negative errno.
 */
int conform_run(struct trace *t, const struct conform_options *o, struct conform_report *r);

#pragma GCC visibility pop

#endif
