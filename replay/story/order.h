/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * order.h - is it a loss in every order that the clock allows?
 *
 * A clock of times gives events of two CPUs stamps that may be equal, or the wrong way round.
 * What a story concludes from the order of such two it concludes from nothing.  So the events of
 * the slot are told again, each of them as early and as late as stamps allow, and each CPU as a
 * whole.  What is a loss in all of these orders is one.
 */
#ifndef SWAPSCOPE_REPLAY_STORY_ORDER_H
#define SWAPSCOPE_REPLAY_STORY_ORDER_H

#include "replay/story/story.h"

/*
 * Is the loss, which a story has told of the capture of `t`, one in every order?  Events of two
 * CPUs that are no further apart than `resolution` (capture_resolution()) have none.  1, 0, or a
 * negative errno.
 */
int order_tells(struct trace *t, const struct story_probes *p, const struct capture_info *info,
		uint64_t resolution, const struct story_loss *l);

#endif
