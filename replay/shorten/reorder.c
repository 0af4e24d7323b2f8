/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Blocks of the run are moved.
 */
#include <string.h>

#include "replay/shorten/parts.h"

/* Where blocks begin, into z->place, and behind the last the run's length.  How many there are. */
static size_t blocks(struct shortening *z)
{
	const struct route *b = &z->best;
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		if (!i || b->move[i].task != b->move[i - 1].task)
			z->place[n++] = i;
	z->place[n] = b->n;
	return n;
}

static void append(struct shortening *z, size_t *n, size_t from, size_t to)
{
	memcpy(&z->plan[*n], &z->best.move[from], (to - from) * sizeof(*z->plan));
	*n += to - from;
}

/* The best run with block `i` before block `to`. */
static bool try_moved(struct shortening *z, size_t i, size_t to)
{
	const size_t *p = z->place;
	size_t n = 0;

	if (to < i) {
		append(z, &n, 0, p[to]);
		append(z, &n, p[i], p[i + 1]);
		append(z, &n, p[to], p[i]);
		append(z, &n, p[i + 1], z->best.n);
		return route_try(z, n, p[to]);
	}
	append(z, &n, 0, p[i]);
	append(z, &n, p[i + 1], p[to]);
	append(z, &n, p[i], p[i + 1]);
	append(z, &n, p[to], z->best.n);
	return route_try(z, n, p[i]);
}

/* The best run with the last move of a block behind the first of the next one. */
static bool try_swapped(struct shortening *z, size_t second)
{
	size_t n = 0;

	append(z, &n, 0, second - 1);
	append(z, &n, second, second + 1);
	append(z, &n, second - 1, second);
	append(z, &n, second + 1, z->best.n);
	return route_try(z, n, second - 1);
}

bool reorder(struct shortening *z)
{
	size_t n = blocks(z);
	bool any = false;

	for (size_t i = 0; i < n && !z->err; i++)
		for (size_t to = 0; to <= n && !z->err; to++)
			if (to != i && to != i + 1 && try_moved(z, i, to)) {
				any = true;
				n = blocks(z);
				i = to = 0;
			}
	for (size_t i = 1; i < n && !z->err; i++)
		if (try_swapped(z, z->place[i])) {
			any = true;
			n = blocks(z);
			i = 0;
		}
	return any;
}
