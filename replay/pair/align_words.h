/* SPDX-License-Identifier: GPL-2.0-only */
/* align_words.h - why two runs part, in words.  Private to replay/align*.c. */
#ifndef SWAPSCOPE_REPLAY_PAIR_ALIGN_WORDS_H
#define SWAPSCOPE_REPLAY_PAIR_ALIGN_WORDS_H

#include <stdio.h>

#include "traces/read/read.h"

/*
 * "rule pin: none left, has_cache right.  ": the switches that part the runs at position `at` of
 * a and `bt` of b.  Asked is the run whose schedule is what the other one's kernel was given, or
 * either if neither is.  Runs that part before any rule parts them do so by their schedules, and
 * that is said.  Where it cannot be asked, or is not to be (UINT64_MAX), or no rule alone does it:
 * "the kernels differ in pin: none left, has_cache right.  ", which is no reason.
 */
void say_rules(FILE *out, const struct run_info *ia, const struct run_info *ib, uint64_t at,
	       uint64_t bt);

/* "T0: swapcache_prepare(entry) = -EEXIST" */
void say_step(FILE *out, const struct trace_step *step, const char *result, const char *task);

#endif
