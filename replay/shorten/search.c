/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From positions of the run on: is there a shorter way?
 */
#include <errno.h>
#include <string.h>

#include "core/explore/explore.h"
#include "replay/shorten/parts.h"

static bool watch(void *arg, uint64_t states, uint64_t transitions, unsigned depth)
{
	struct shortening *z = arg;

	(void)transitions;
	(void)depth;
	return !z->o->progress ||
	       z->o->progress(z->o->progress_arg, z->r->runs + states, z->best.n);
}

/* How many steps of every run have to be judged, so that all ways of n steps are known. */
static size_t judged(const struct shortening *z, size_t n)
{
	/* that nobody can move is seen when the state is asked what can follow */
	return z->property == PROP_DEADLOCK ? n + 1 : n;
}

/*
 * Look from position `at`.  True: a shorter way was found and taken.  Else *all says whether it is
 * known that there is none.
 */
static bool look(struct shortening *z, size_t at, bool *all)
{
	const size_t rest = z->best.n - at, less = judged(z, rest - 1);
	struct explore_options o = {
		.max_states = z->o->max_states, .max_depth = less > 2 ? (unsigned)less - 1 : 1,
		.only = 1u << z->property, .progress = watch, .progress_arg = z,
	};
	const struct finding *f;
	struct exploration x;
	struct world from;
	bool found = false;

	*all = rest == 1;
	if (*all || z->err)
		return false;
	route_world(z, &z->best.row[at], &from);
	o.from = &from;
	if (explore(&x, z->s, z->k, &o)) {
		z->err = -ENOMEM;
		return false;
	}
	z->r->searches++;
	z->r->states += x.states;
	if (x.bound && !strcmp(x.bound, "interrupted"))
		z->err = -ECANCELED;
	f = x.findings ? &x.finding[0] : x.costs_found ? &x.cost[0] : NULL;
	*all = !z->err && (x.complete || x.whole >= less);
	if (f && f->schedule.n < rest) {
		memcpy(z->plan, z->best.move, at * sizeof(*z->plan));
		memcpy(z->plan + at, f->schedule.move, f->schedule.n * sizeof(*z->plan));
		found = route_try(z, at + f->schedule.n, at);
		*all = x.whole >= judged(z, f->schedule.n - 1);
	}
	exploration_free(&x);
	return found;
}

/* Nothing from `at` on is shorter, or the way that was found is the shortest. */
static void known_from(struct shortening *z, size_t at)
{
	z->r->searched = at;
	z->r->shortest = !at;
}

/*
 * The end of the run first, then twice as much and so on: what is near to the violation costs
 * least.  Where a search came to its end nothing that begins later needs one; from each position
 * before that one is made in its turn.
 */
bool search_on(struct shortening *z)
{
	const size_t n = z->best.n;
	size_t at = n - 1;
	bool all;

	if (!z->o->max_states || z->r->shortest)
		return false;
	z->r->searched = n;
	for (size_t back = 1;; back *= 2) {
		const size_t next = back < n ? n - back : 0;
		const bool found = look(z, next, &all);

		if (z->err || found) {
			if (found && all && !next)
				known_from(z, 0);
			return found;
		}
		if (all)
			known_from(z, at = next);
		if (!next || !all)
			break;
	}
	while (at-- && !z->err) {
		const bool found = look(z, at, &all);

		if (found) {
			if (all && !at)
				known_from(z, 0);
			return true;
		}
		if (all && !z->err)
			known_from(z, at);
	}
	return false;
}
