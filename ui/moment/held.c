/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * held.c - which locks and pins are taken in a world, and by whom.
 */
#include "ui/moment/moment.h"

/* Of the pin, and of the locks that words.c explains. */
static const char letters[HELD_KINDS] = {
	[HELD_PIN] = 'P', [HELD_FOLIO] = 'F', [HELD_PTL] = 'L', [HELD_TREE] = 'T', [HELD_SI] = 'S',
	[HELD_MMAP] = 'M', [HELD_ALLOC] = 'A', [HELD_FREE] = 'R', [HELD_MUTEX] = 'C',
};

char held_letter(enum held_kind kind)
{
	return letters[kind];
}

void held_in(const struct trace_sight *s, struct held *held)
{
	const struct mem *m = &s->w.mem;
	unsigned n = 0;

#define HELD(kind_, place_, field) \
	(held[n++] = (struct held){ .kind = (kind_), .place = (place_), \
		.holder = s->raw[(const char *)&(field) - (const char *)&s->w] })
	for (unsigned i = 0; i < MAX_SLOTS; i++) {
		const struct slot *slot = &m->slot[i];

		HELD(HELD_PIN, i, slot->holder_task);
		if (slot->holder == HOLD_NONE || slot->holder == HOLD_CACHE ||
		    slot->holder == HOLD_FREE)
			held[n - 1].holder = 0;
	}
	for (unsigned i = 0; i < MAX_FOLIOS; i++)
		HELD(HELD_FOLIO, i, m->folio[i].lock);
	for (unsigned i = 0; i < MAX_MMS; i++)
		HELD(HELD_PTL, i, m->mm[i].ptl);
	HELD(HELD_TREE, 0, m->tree_lock);
	for (unsigned i = 0; i < MAX_DEVICES; i++)
		HELD(HELD_SI, i, m->si[i].lock);
	for (unsigned i = 0; i < MAX_MMS; i++)
		HELD(HELD_MMAP, i, m->mm[i].mmap_writer);
	HELD(HELD_ALLOC, 0, m->alloc_lock);
	HELD(HELD_FREE, 0, m->free_lock);
	HELD(HELD_MUTEX, 0, m->slot_cache_off);
#undef HELD
}
