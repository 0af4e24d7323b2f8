/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * held.c - which locks and pins are taken in a world, and by whom.
 */
#include "replay/figure/held.h"

#include <stdio.h>
#include <string.h>

/* The pin, and the locks that the debugger's words explain. */
static const struct {
	char letter;
	const char *what;		/* %u: the object's number */
	const char *object, *field;	/* of a trace: who has it */
} kinds[HELD_KINDS] = {
	[HELD_PIN] = { 'P', "SWAP_HAS_CACHE of slot %u", "slot", "holder_task" },
	[HELD_FOLIO] = { 'F', "lock of folio %u", "folio", "lock" },
	[HELD_PTL] = { 'L', "page table lock of mm %u", "mm", "ptl" },
	[HELD_TREE] = { 'T', "zswap tree lock", "zswap", "tree_lock" },
	[HELD_SI] = { 'S', "si->lock of device %u", "device", "lock" },
	[HELD_MMAP] = { 'M', "mmap_lock of mm %u", "mm", "mmap_writer" },
	[HELD_ALLOC] = { 'A', "alloc_lock of the slot cache", "swap", "alloc_lock" },
	[HELD_FREE] = { 'R', "free_lock of the slot cache", "swap", "free_lock" },
	[HELD_MUTEX] = { 'C', "swap_slots_cache_enable_mutex", "swap", "slot_cache_off" },
};

char held_letter(enum held_kind kind)
{
	return kinds[kind].letter;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
char *held_text(enum held_kind kind, uint32_t number, char *buf, size_t size)
{
	snprintf(buf, size, kinds[kind].what, number);
	return buf;
}
#pragma GCC diagnostic pop

enum held_kind held_field(const char *object, const char *field)
{
	unsigned kind = 0;

	while (kind < HELD_KINDS && (strcmp(kinds[kind].object, object) ||
				     strcmp(kinds[kind].field, field)))
		kind++;
	return kind;
}

bool held_by_task(unsigned holder)
{
	return holder != HOLD_NONE && holder != HOLD_CACHE && holder != HOLD_FREE;
}

void held_in(const struct world *w, const uint32_t *raw, struct held *held)
{
	const struct mem *m = &w->mem;
	unsigned n = 0;

#define HELD(kind_, place_, field) \
	(held[n++] = (struct held){ .kind = (kind_), .place = (place_), \
		.holder = raw ? raw[(const char *)&(field) - (const char *)w] : (field) })
	for (unsigned i = 0; i < MAX_SLOTS; i++) {
		const struct slot *slot = &m->slot[i];

		HELD(HELD_PIN, i, slot->holder_task);
		if (!held_by_task(slot->holder))
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
