/* SPDX-License-Identifier: GPL-2.0-only */
/* look.h - what until.c, find.c, met.c and run_on.c share. */
#ifndef SWAPSCOPE_REPLAY_HAND_LOOK_H
#define SWAPSCOPE_REPLAY_HAND_LOOK_H

#include "replay/hand/until.h"

/* Has a field the value, and does a transition give it to it? */
bool value_wanted(const struct until *u, uint32_t value);
bool change_wanted(const struct until *u, uint32_t before, uint32_t after);

/* Is it a step that is waited for, or one of such a function? */
bool step_wanted(const struct until *u, const char *op, const char *text, unsigned kind);

/*
 * What came about with transition n of an execution, or is about to: then `next` moves.  "slot 0
 * pin: none -> sync".
 */
void met_words(const struct until *u, const struct execution *x, size_t n, int next, char *buf,
	       size_t size);

/* The number of the trace's first step. */
unsigned steps_begin(const struct trace *t);

#endif
