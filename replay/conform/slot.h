/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slot.h - inside of conform.c: a slot, the worlds that it may be in, and how each of
 * them came to be.
 */
#ifndef SWAPSCOPE_REPLAY_CONFORM_SLOT_H
#define SWAPSCOPE_REPLAY_CONFORM_SLOT_H

#include "replay/conform/conform.h"
#include "replay/conform/label.h"
#include "replay/conform/state.h"

/* One act, and the one before it; node 0 is where a path begins. */
struct node {
	uint32_t parent;
	struct act act;
};

struct paths {
	struct node *node;
	uint32_t n, room;
};

/* A task of the small world, and whose it is. */
struct owner {
	uint32_t thread;
	bool used;
	bool device;			/* it completes what the disk was given */
	uint8_t op;
};

struct conform_slot {
	uint32_t slot;
	bool begun, broken;
	uint64_t event;			/* the last that was looked at */
	uint64_t until;			/* not looked at before the event that follows this one */
	uint64_t since;			/* the last before this life, or before it was looked at */
	uint64_t last_begun;		/* the first since all tasks were idle */
	struct state_set set;
	struct paths paths;
	struct owner task[CONFORM_TASKS];
	uint64_t addr[MAX_PAGES];	/* of its pages; 0: not known yet */
};

/* What may happen besides, unseen: what the capture says that it is about. */
struct conform_may {
	bool wp;			/* userfaultfd changes write protection */
	bool move;			/* UFFDIO_MOVE */
	bool fork;			/* pages that are present become another process's too */
	bool caches;			/* swapoff turns the slot caches off and on */
	uint32_t thread;		/* who was the last to ask userfaultfd for anything */
};

/*
 * All worlds that `from` can lead to by steps that no probe shows, or that were seen to begin,
 * `from` included.  Returns 0, -ENOMEM, or -E2BIG beyond `max` of them.
 */
int slot_closure(const struct conform_rules *r, struct conform_slot *s, struct state_set *set,
		 const struct conform_may *may, unsigned max);

/* A node behind `parent`: its number, or 0 where there is no memory. */
uint32_t path_add(struct paths *p, uint32_t parent, const struct act *a);

/*
 * Call `act` (NULL: nobody asks) with what led to all worlds of a set alike, in order, and forget
 * it; and what led to none of them.  What is left is how they differ.  0, what it returned, or
 * -ENOMEM.
 */
int path_settle(struct paths *p, struct state_set *set,
		int (*act)(void *arg, const struct act *a), void *arg);

/*
 * The world after an event, if that can be: a task of its thread was to pass it.  *task gets
 * which.
 */
bool cstate_take(const struct conform_rules *r, const struct capture_info *info,
		const struct conform_slot *s, struct cstate *state,
		const struct capture_event *e);

/* The innermost task of a thread that is not idle in that world; -1: none. */
int slot_task(const struct conform_slot *s, const struct cstate *state, uint32_t thread);

/*
 * Add to `to` the worlds of `from` in which the thread has begun an operation with the event.
 * Returns 0 or -ENOMEM.
 */
int slot_begin(const struct conform_rules *r, struct conform_slot *s, const struct state_set *from,
	       struct state_set *to, const struct capture_event *e,
	       const struct conform_may *may);

/* What the thread could have done instead of the event. */
void slot_allowed(const struct conform_rules *r, const struct conform_slot *s,
		  const struct state_set *set, uint32_t thread, struct conform_refuted *out);

#endif
