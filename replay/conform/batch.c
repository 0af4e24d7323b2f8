/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/conform/batch.h"

#include <errno.h>
#include <stdlib.h>

#include "replay/conform/label.h"

static uint64_t entry_of(const struct capture_slot *s)
{
	return (uint64_t)s->type << 58 | s->offset;
}

static int add(void *arg, const struct capture_slot *s)
{
	struct entries *all = arg;

	if (all->n == all->room) {
		uint32_t room = all->room ? all->room * 2 : 64;
		struct capture_slot *slot = realloc(all->slot, room * sizeof(*slot));

		if (!slot)
			return -ENOMEM;
		all->slot = slot;
		all->room = room;
	}
	all->slot[all->n++] = *s;
	return 0;
}

static int by_entry(const void *a, const void *b)
{
	uint64_t x = entry_of(a), y = entry_of(b);

	return x < y ? -1 : x > y;
}

int entries_read(struct entries *all, struct trace *t)
{
	int err = capture_slots(t, add, all);

	if (err)
		return err;
	all->entry = calloc(all->n + 1u, sizeof(*all->entry));
	if (!all->entry)
		return -ENOMEM;
	for (uint32_t i = 0; i < all->n; i++)	/* numbers are 1 .. n, in order */
		all->entry[all->slot[i].slot] = entry_of(&all->slot[i]);
	if (all->n)
		qsort(all->slot, all->n, sizeof(*all->slot), by_entry);
	return 0;
}

void entries_free(struct entries *all)
{
	free(all->slot);
	free(all->entry);
	*all = (struct entries){ 0 };
}

/* How many of them have smaller entries. */
static uint32_t before(const struct entries *all, uint64_t entry)
{
	uint32_t from = 0, to = all->n;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (entry_of(&all->slot[middle]) < entry)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

const struct capture_slot *entries_of(const struct entries *all, uint64_t entry, uint32_t nr,
				      uint32_t *n)
{
	uint32_t from = before(all, entry);

	*n = before(all, entry + nr) - from;
	return all->slot + from;
}

static bool is_several(const struct capture_event *e)
{
	return (e->mask & HAS_NR) && e->nr > 1 && (e->mask & HAS_ENTRY);
}

/* It begins something that is no part of a call about several slots. */
static bool begins_other(const struct batch *b, const struct capture_event *e)
{
	unsigned starters;

	label_starters(e, &starters);
	if (!starters || e->function == FN_swap_range_free ||
	    e->function == FN_swap_entry_range_free)	/* a slot cache is full, and is drained */
		return false;
	return !(e->mask & HAS_ENTRY) || e->entry - b->entry >= b->nr ||
	       e->function == FN_free_swap_and_cache_nr;
}

uint32_t batch_event(struct batch *b, const struct capture_event *e, uint64_t *entry)
{
	if (b->nr && e->id == b->ret) {
		*entry = b->entry;
		return b->nr;
	}
	if ((e->side != SIDE_ENTER && e->side != SIDE_RETURN) ||
	    (b->nr && !b->ret && begins_other(b, e)))
		b->nr = 0;
	if (e->side != SIDE_ENTER || !is_several(e))
		return 0;
	*entry = e->entry;
	if (e->function == FN_free_swap_and_cache_nr)
		*b = (struct batch){ .entry = e->entry, .ret = e->call, .nr = e->nr };
	return e->function == FN_free_swap_and_cache_nr ||
	       e->function == FN_swap_entry_range_free ? e->nr : 0;
}
