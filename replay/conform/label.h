/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * label.h - events of a capture in the words of the model.
 */
#ifndef SWAPSCOPE_REPLAY_CONFORM_LABEL_H
#define SWAPSCOPE_REPLAY_CONFORM_LABEL_H

#include "core/probe.h"
#include "core/step.h"
#include "traces/capture/capture.h"

/*
 * The function of the model that an event is of: enum op, or enum probe_function.  0: there is
 * none, and the event says nothing to the model.
 */
unsigned label_function(const struct kernel *k, const struct capture_event *e);

/* Whether what the model enters or leaves there can be what the event shows. */
bool label_matches(const struct kernel *k, const struct capture_info *info,
		   const struct capture_event *e, const struct probe_call *c);

/* "swapcache_prepare() = -EEXIST", "__swap_duplicate(SWAP_HAS_CACHE)".  Returns buf. */
#define LABEL_MAX 96
const char *label_text(const struct probe_call *c, char *buf);

/* What a slot is like in a world: "swap_map 0x41, .. in zswap; .. swapped out".  size bytes. */
void label_world(const struct world *w, char *buf, size_t size);

/* An operation that begins where an event is the first that is seen of it. */
struct starter {
	uint8_t op;
	bool life;		/* the page is given a slot: a life of the slot begins */
	bool nested;		/* may begin inside another operation of the thread on this slot */
	uint8_t usage;		/* of __swap_duplicate; 0: any */
};

/* The operations that begin with an event; *n gets how many. */
const struct starter *label_starters(const struct capture_event *e, unsigned *n);

/*
 * And where the capture has no probe on the function that an operation begins with (`first`: enum
 * op, enum probe_function), an event may be of any such operation.  Those that every capture of
 * swapping has: of others no probe, and one that is never hit, cannot be told apart.
 */
struct late_starter {
	struct starter starter;
	uint8_t first;
};
const struct late_starter *label_late_starters(unsigned *n);

#endif
