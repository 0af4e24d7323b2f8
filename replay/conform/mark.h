/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mark.h - inside of conform.c: what a workload says that it read.  A thread that finds in
 * a page what was written there last, or something else, right after its fault says what the fault
 * has mapped.
 */
#ifndef SWAPSCOPE_REPLAY_CONFORM_MARK_H
#define SWAPSCOPE_REPLAY_CONFORM_MARK_H

#include "replay/conform/slot.h"

#define WRONG_MAX	4096	/* pages that are known to be wrong */

/* The last fault of a thread, and the read that it is for. */
struct reader {
	uint64_t read, fault;		/* addresses of pages; 0: none */
	uint64_t end;			/* the event that the fault returned with */
	uint64_t writes;		/* of anybody, up to then */
	uint32_t slot;
	bool writing;			/* the thread says so */
};

struct readings {
	uint64_t writes;
	unsigned writing;		/* threads */
	struct {			/* pages that were found wrong already */
		uint64_t addr, version;	/* .. of what was written */
	} wrong[WRONG_MAX];
	unsigned wrongs;
};

/* What a mark says of the page that the thread's last fault mapped. */
struct reading {
	uint32_t slot;			/* 0: nothing */
	uint64_t addr, event;		/* the fault's end: no later event of the slot is allowed */
	bool whole;			/* it has what was written last */
};

/* An event of a thread; e is a mark, or of a function. */
void reader_event(struct readings *all, struct reader *r, const struct capture_event *e,
		  struct reading *out);

/* Whether the page can be so in a world.  One that is not mapped any more can. */
bool reading_fits(const struct reading *g, const struct conform_slot *s,
		  const struct cstate *state);

#endif
