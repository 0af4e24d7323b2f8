/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/conform/begin.h"

#include "replay/conform/label.h"

/* It was in user space, or at the top of its loop. */
static bool from_outside(const struct capture_event *e)
{
	return e->side == SIDE_MARK || e->side == SIDE_SYSCALL ||
	       (e->side == SIDE_ENTER && (e->function == FN_do_swap_page ||
					  e->function == FN_shrink_worker));
}

/* The first that is done with a slot, whoever does it. */
static bool is_first(const struct capture_event *e)
{
	return e->side == SIDE_ENTER && (e->function == FN_folio_alloc_swap ||
					 e->function == FN_free_swap_and_cache ||
					 e->function == FN_free_swap_and_cache_nr);
}

static void touch(struct newcomer *n, uint32_t slot)
{
	for (unsigned i = 0; i < n->touched; i++)
		if (n->slot[i] == slot)
			return;
	if (n->touched < TOUCHED_MAX)
		n->slot[n->touched++] = slot;
	else
		n->fresh = true;
}

unsigned newcomer_event(struct newcomer *n, const struct capture_event *e)
{
	unsigned starters;
	bool first;

	label_starters(e, &starters);
	first = is_first(e) || (starters && e->slot && n->last && n->last != e->slot);
	n->last = e->slot ? e->slot : n->last;
	n->outside |= from_outside(e);
	if (n->outside ? from_outside(e) : first)
		n->since = e->id;
	n->fresh |= n->outside;
	if (n->unknown == UINT64_MAX && (is_first(e) || from_outside(e)))
		n->unknown = 0;
	if (starters && !e->slot && n->unknown < UINT64_MAX)
		n->unknown = e->call ? e->call : UINT64_MAX;
	if (e->slot && e->id < n->unknown) {
		n->slot[0] = e->slot;
		return 1;
	}
	if (n->fresh)
		return 0;
	n->begun |= first;
	if (e->slot)
		touch(n, e->slot);
	if (e->side == SIDE_RETURN && !e->call)
		return n->touched;
	return n->begun || !e->slot ? 0 : n->touched;
}
