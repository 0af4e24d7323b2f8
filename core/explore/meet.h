/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * meet.h - how what witness.h tells of is found in a graph.
 */
#ifndef SWAPSCOPE_CORE_EXPLORE_MEET_H
#define SWAPSCOPE_CORE_EXPLORE_MEET_H

#include "core/explore/edges.h"
#include "core/explore/witness.h"

/*
 * Raise the meetings in `m` to those of the first `states` states of a graph, all of which were
 * expanded.  It ends where all of them have met, so that `begun` is not whole where `m` had some
 * that did.  0, -ENOMEM, or -EINTR when whoever watches wants no more: what is in `m` then is so,
 * and what is not is not known.
 */
int graph_meetings(struct graph *g, uint64_t states, const struct watch *w, struct meetings *m);

/*
 * Is there a run in which a task meets r->goal while another is between r->from and r->to?  Looked
 * for among the first `states` states, as above.  1, and the shortest such schedule, of these the
 * lexicographically least, in `s` (may be NULL); 0; -ENOMEM or -EINTR.
 */
int graph_overlap(struct graph *g, uint64_t states, const struct reach *r, const struct watch *w,
		  struct schedule *s);

/* The most memory that graph_overlap() takes for so many states. */
uint64_t overlap_bytes(uint64_t states);

/*
 * Is there a renaming of folios and entries by which world `a` becomes world `b`, both canonical?
 * What was in use in `before` and is in both keeps its number, and so does an entry whose number
 * a task may compare.
 */
bool worlds_alike(const struct mem *before, const struct world *a, const struct world *b);

#endif
