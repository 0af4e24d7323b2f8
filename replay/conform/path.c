/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * path.c - the acts that led to the worlds of a slot: a tree, whose leaves are the worlds.
 */
#include "replay/conform/slot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

uint32_t path_add(struct paths *p, uint32_t parent, const struct act *a)
{
	if (p->n == p->room) {
		uint32_t room = p->room ? p->room * 2 : 64;
		struct node *node = realloc(p->node, room * sizeof(*node));

		if (!node)
			return 0;
		p->node = node;
		p->room = room;
	}
	if (!p->n)
		p->n = 1;		/* 0 is where paths begin */
	p->node[p->n] = (struct node){ .parent = parent, .act = *a };
	return p->n++;
}

/* The nodes before and at `node`, the oldest first.  *n gets how many; NULL: no memory. */
static uint32_t *chain(const struct paths *p, uint32_t node, uint32_t *n)
{
	uint32_t *order;

	*n = 0;
	for (uint32_t i = node; i; i = p->node[i].parent)
		++*n;
	order = malloc((*n ? *n : 1) * sizeof(*order));
	for (uint32_t i = node, at = *n; order && i; i = p->node[i].parent)
		order[--at] = i;
	return order;
}

/* How many of the first world's nodes all the others have too. */
static uint32_t shared(const struct paths *p, const struct state_set *set, uint32_t *place)
{
	uint32_t all = UINT32_MAX;

	for (uint32_t i = 0; i < set->n; i++) {
		uint32_t at = set->state[i].node;

		while (at && !place[at])
			at = p->node[at].parent;
		if (place[at] < all)
			all = place[at];
	}
	return all;
}

/* Keep the nodes that lead to a world of the set, but those that were told.  `to` is all 0. */
static void compact(struct paths *p, struct state_set *set, uint32_t *to)
{
	uint32_t n = 1;

	for (uint32_t i = 0; i < set->n; i++)
		for (uint32_t at = set->state[i].node; at && !to[at]; at = p->node[at].parent)
			to[at] = 1;
	for (uint32_t i = 1; i < p->n; i++)
		if (to[i]) {		/* a parent is always before its children */
			p->node[n] = p->node[i];
			p->node[n].parent = to[p->node[n].parent];
			to[i] = n++;
		}
	for (uint32_t i = 0; i < set->n; i++)
		set->state[i].node = to[set->state[i].node];
	p->n = n;
}

int path_settle(struct paths *p, struct state_set *set,
		int (*act)(void *arg, const struct act *a), void *arg)
{
	uint32_t n, told, *order, *place;
	int err = 0;

	if (!set->n || p->n < 2)
		return 0;
	order = chain(p, set->state[0].node, &n);
	place = calloc(p->n, sizeof(*place));
	if (!order || !place) {
		free(order);
		free(place);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < n; i++)
		place[order[i]] = i + 1;
	told = shared(p, set, place);
	for (uint32_t i = 0; i < told && act && !err; i++)
		err = act(arg, &p->node[order[i]].act);
	/* what was told is where paths begin now */
	memset(place, 0, p->n * sizeof(*place));
	for (uint32_t i = 1; i < p->n && told; i++)
		if (p->node[i].parent == order[told - 1])
			p->node[i].parent = 0;
	for (uint32_t i = 0; i < set->n && told; i++)
		if (set->state[i].node == order[told - 1])
			set->state[i].node = 0;
	compact(p, set, place);
	free(order);
	free(place);
	return err;
}
