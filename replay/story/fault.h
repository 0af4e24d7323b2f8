/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fault.h - what a call of do_swap_page() comes to, from what it calls.
 */
#ifndef SWAPSCOPE_REPLAY_STORY_FAULT_H
#define SWAPSCOPE_REPLAY_STORY_FAULT_H

#include "replay/story/state.h"

/* An event of a thread, for the fault that it is in; `c` is the call that returns, or NULL. */
void fault_event(struct story *s, struct thread *h, const struct call *c,
		 const struct capture_event *e);

/*
 * What the fault came to, and in `outcome` (STORY_TEXT_MAX bytes), which *out points to, the
 * words for it.  `back` is its return, or NULL where none was seen.
 */
void fault_tell(const struct story *s, const struct fault *f, const struct capture_event *back,
		struct story_fault *out, char *outcome);

#endif
