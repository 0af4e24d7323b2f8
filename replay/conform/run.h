/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run.h - inside of conform.c: what a look through a capture keeps, of slots and threads.
 */
#ifndef SWAPSCOPE_REPLAY_CONFORM_RUN_H
#define SWAPSCOPE_REPLAY_CONFORM_RUN_H

#include "replay/conform/batch.h"
#include "replay/conform/begin.h"
#include "replay/conform/mark.h"

/* A thread, and the slots of which it has operations that no probe shows the end of. */
struct thread {
	uint32_t *slot;
	unsigned n, room;
	struct newcomer before;
	struct reader reader;
	struct batch batch;
	uint32_t freeing;		/* the slot that free_swap_slot() has been called for */
};

struct conform {
	struct trace *trace;
	struct conform_rules rules;
	const struct conform_options *o;
	struct conform_report *r;
	struct capture_info info;
	uint64_t resolution;		/* of its clock */
	struct entries entries;
	struct conform_slot **slot;	/* by number */
	uint32_t slots;
	struct thread *thread;
	uint32_t threads;
	struct state_set closed, next, begun;	/* of the event looked at */
	struct conform_may may;
	unsigned later_device;		/* when swapoff is done */
	bool marks;			/* the workload says what it does */
	unsigned max;
	bool stopped;			/* the first impossible event is enough */
	struct readings readings;
	uint64_t *loss;			/* lines at which events were lost */
	unsigned losses, passed;
	uint64_t next_id, next_line;	/* the first event behind such a line */
};

/* A slot, a thread by its number; NULL: no memory. */
struct conform_slot *conform_slot_of(struct conform *c, uint32_t number);
struct thread *conform_thread_of(struct conform *c, uint32_t number);

/* The thread has begun something with a slot.  0 or -ENOMEM. */
int conform_remember(struct thread *t, uint32_t slot);

/* A set becomes a slot's own; becomes another.  0 or -ENOMEM. */
int conform_keep(struct conform_slot *s, const struct state_set *from);
int conform_copy(struct state_set *to, const struct state_set *from);

/* As slot_closure(). */
int conform_closure(struct conform *c, struct conform_slot *s, struct state_set *set);

/* Nothing is known of the slot; or (`from_nothing`) that nobody has it.  0 or -ENOMEM. */
int conform_begin_slot(struct conform *c, struct conform_slot *s, bool from_nothing);

/* Tell what led to one of the worlds: as good as the others.  As path_settle(). */
int conform_settle_one(struct conform *c, struct conform_slot *s, struct state_set *set);

/* After an event: worlds that behave alike from here on are one.  As path_settle(). */
int conform_rest(struct conform *c, struct conform_slot *s);

/*
 * The thread does something else than with `slot`, or those of its call about several: what it did
 * before is over, if it can be.
 */
int conform_end_others(struct conform *c, uint32_t thread, uint32_t slot);

#endif
