/* SPDX-License-Identifier: GPL-2.0-only */
/* parts.h - what the files of replay/diff share. */
#ifndef SWAPSCOPE_REPLAY_DIFF_PARTS_H
#define SWAPSCOPE_REPLAY_DIFF_PARTS_H

#include "replay/diff/diff.h"
#include "replay/pair/align_moves.h"

/* ---- worlds.c ---- */

/* Compare the worlds at a position of each.  Returns 0 or the reader's error. */
int compare_worlds(struct trace *a, uint64_t at, struct trace *b, uint64_t bt,
		   const uint32_t *a_of_b, struct diff_state *s);

/* ---- rules.c ---- */

/* Which rules part the runs at each divergence and turn each finding away. */
int find_rules(struct diff *d, struct trace *a, struct trace *b);

/* ---- large.c ---- */

int diff_large(struct diff *d, struct trace *a, struct trace *b);

/* ---- diff.c ---- */

/* One more; *room as realloc() had it.  Returns 0 or -ENOMEM. */
int add_divergence(struct diff *d, const struct divergence *more, size_t *room);

#endif
