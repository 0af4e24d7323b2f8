/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hunks.c - where two aligned runs differ, as stretches.
 */
#include <errno.h>
#include <stdlib.h>

#include "replay/pair/align_moves.h"

static int add_hunk(struct alignment *al, const struct hunk *h, size_t *room)
{
	if (al->hunks == *room) {
		size_t more = *room ? *room * 2 : 16;
		struct hunk *grown = realloc(al->hunk, more * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		al->hunk = grown;
		*room = more;
	}
	al->hunk[al->hunks++] = *h;
	return 0;
}

/* Steps at i of a and j of b are the next pair that is the same; false: there is none. */
static bool next_same(const struct alignment *al, const struct marks *a, const struct marks *b,
		      uint64_t *i, uint64_t *j)
{
	for (; *i < a->n; ++*i) {
		if (al->b_of_a[*i + 1] == al->b_of_a[*i])
			continue;		/* no step of b is this one */
		*j = al->b_of_a[*i + 1] - 1;
		if (same_mark(&a->mark[*i], &b->mark[*j]))
			return true;
	}
	return false;
}

int find_hunks(struct alignment *al, const struct marks *a, const struct marks *b)
{
	struct hunk h = { 0 };
	size_t room = 0;
	bool more = true;
	int err = 0;

	while (more && !err) {
		uint64_t i = h.from[0], j = h.from[1];

		more = next_same(al, a, b, &i, &j);
		h.to[0] = more ? i : a->n;
		h.to[1] = more ? j : b->n;
		if (h.to[0] > h.from[0] || h.to[1] > h.from[1])
			err = add_hunk(al, &h, &room);
		h.from[0] = i + 1;
		h.from[1] = j + 1;
	}
	return err;
}
