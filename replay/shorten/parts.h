/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parts.h - what the files of this folder share.
 */
#ifndef SWAPSCOPE_REPLAY_SHORTEN_PARTS_H
#define SWAPSCOPE_REPLAY_SHORTEN_PARTS_H

#include "core/explore/graph.h"
#include "replay/shorten/shorten.h"

/* A run as moves, and the state at each of its positions. */
struct route {
	struct move *move;		/* n of them */
	struct state_row *row;		/* n + 1 */
	size_t n, switches;
};

struct shortening {
	const struct scenario *s;
	const struct kernel *k;
	const struct shorten_options *o;
	enum property property;
	struct graph *g;
	struct route best, other;	/* room for `cap` moves each */
	struct move *plan;		/* the moves that are tried next: room for as many */
	size_t cap;
	size_t *place;			/* room for as many */
	struct shortened *r;
	int err;			/* -ENOMEM; -ECANCELED: whoever watches said so */
};

/* The world of a state. */
void route_world(const struct shortening *z, const struct state_row *row, struct world *w);

/*
 * Make the n moves of z->plan, the first `same` of which are the best run's, and skip those that
 * cannot be made.  True when the property is violated and the run is better than the best one; it
 * is that then.
 */
bool route_try(struct shortening *z, size_t n, size_t same);

/* Make `run` the best one, up to its violation.  0, -EAGAIN, -ENOENT or -ENOMEM. */
int route_begin(struct shortening *z, const struct schedule *run);
void route_end(struct shortening *z);

/* Each makes the best run better and returns true; false: it cannot, or z->err is set. */
bool cut_rounds(struct shortening *z);
bool leave_out(struct shortening *z);
bool reorder(struct shortening *z);
bool search_on(struct shortening *z);

#endif
