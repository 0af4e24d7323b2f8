/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * words.h - what an event means for its slot, in words.
 */
#ifndef SWAPSCOPE_REPLAY_STORY_WORDS_H
#define SWAPSCOPE_REPLAY_STORY_WORDS_H

#include "replay/story/state.h"

/*
 * The line for an event: fills l->what and in `text` (STORY_TEXT_MAX bytes) what else there is
 * to say.  `c` is the call that returns, or NULL.  False: it is nothing that is worth a line.
 */
bool story_words(const struct story *s, struct thread *h, const struct call *c,
		 const struct capture_event *e, struct story_line *l, char *text);

#endif
