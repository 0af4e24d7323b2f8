/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Moves are left out.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/shorten/parts.h"

/*
 * Rounds: where the run comes by a state again, what is between is left out.  From each state it
 * goes on where it was there last.
 */
bool cut_rounds(struct shortening *z)
{
	const struct route *b = &z->best;
	struct store seen = { 0 };
	size_t n = 0;

	if (store_init(&seen, z->g->states.row_size)) {
		z->err = -ENOMEM;
		return false;
	}
	for (size_t i = 0; i < b->n && !z->err; i++) {
		uint32_t number;
		bool added;

		number = store_add(&seen, &b->row[i], store_hash(&seen, &b->row[i]), &added);
		if (number == STORE_NONE)
			z->err = -ENOMEM;
		else
			z->place[number] = i;
	}
	for (size_t i = 0; i < b->n && !z->err; i++) {
		i = z->place[store_find(&seen, &b->row[i], store_hash(&seen, &b->row[i]))];
		z->plan[n++] = b->move[i];
	}
	store_free(&seen);
	return !z->err && n < b->n && route_try(z, n, 0);
}

/* The best run without the moves whose places are in z->place, n of them, in order. */
static bool try_without(struct shortening *z, size_t from, size_t n)
{
	const struct route *b = &z->best;
	size_t kept = 0;

	for (size_t i = 0, next = from; i < b->n; i++) {
		if (next < from + n && z->place[next] == i)
			next++;
		else
			z->plan[kept++] = b->move[i];
	}
	return route_try(z, kept, z->place[from]);
}

/* The places of a task's moves, or of all (task -1).  How many there are. */
static size_t places(struct shortening *z, int task)
{
	size_t n = 0;

	for (size_t i = 0; i < z->best.n; i++)
		if (task < 0 || z->best.move[i].task == task)
			z->place[n++] = i;
	return n;
}

/*
 * Ranges of `size` moves of a task, or of the whole run, each `stride` behind the one before.
 * Where one is left out the next is looked for at the same place.
 */
static bool without_ranges(struct shortening *z, int task, size_t size, size_t stride)
{
	size_t n = places(z, task);
	bool any = false;

	for (size_t at = 0; at + size <= n && !z->err;) {
		if (try_without(z, at, size)) {
			any = true;
			n = places(z, task);
		} else {
			at += stride;
		}
	}
	return any;
}

/* From halves to single moves: what makes a long run short soon. */
static bool halve(struct shortening *z)
{
	bool any = false;

	for (size_t size = z->best.n / 2; size && !z->err; size /= 2) {
		any |= without_ranges(z, -1, size, size);
		for (unsigned task = 0; task < z->s->tasks; task++)
			any |= without_ranges(z, (int)task, size, size);
	}
	return any;
}

/* All ranges of each task's moves: what "locally minimal" says. */
bool leave_out(struct shortening *z)
{
	bool any = halve(z);

	for (unsigned task = 0; task < z->s->tasks && !z->err; task++)
		for (size_t size = places(z, (int)task); size && !z->err; size--)
			any |= without_ranges(z, (int)task, size, 1);
	return any;
}
