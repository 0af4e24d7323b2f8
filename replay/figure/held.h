/* SPDX-License-Identifier: GPL-2.0-only */
/* held.h - locks and pins: which are taken in a world, and by whom. */
#ifndef SWAPSCOPE_REPLAY_FIGURE_HELD_H
#define SWAPSCOPE_REPLAY_FIGURE_HELD_H

#include "core/world.h"

/* Outermost first; a pin is the right to a slot's cache state (enum holder), of a task. */
enum held_kind {
	HELD_PIN, HELD_FOLIO, HELD_PTL, HELD_TREE, HELD_SI, HELD_MMAP, HELD_ALLOC, HELD_FREE,
	HELD_MUTEX, HELD_KINDS
};

/* A lock or pin of a world: the object at a place, and who has it. */
#define HELD_MAX	(MAX_SLOTS + MAX_FOLIOS + 2 * MAX_MMS + MAX_DEVICES + 4)
struct held {
	enum held_kind kind;
	unsigned place;
	uint32_t holder;	/* task + 1, LOCKED_BY_DEVICE; 0: nobody */
};

/*
 * All that there are, the same ones in the same order in every world; held[HELD_MAX].  raw has
 * the file's numbers by offset into the world (struct trace_sight), or is NULL: those of w.
 */
void held_in(const struct world *w, const uint32_t *raw, struct held *held);
char held_letter(enum held_kind kind);		/* 'P' */

/* Does a task have the pin of a slot whose holder (enum holder) is that? */
bool held_by_task(unsigned holder);

/* Which kind a field of a trace says the holder of; HELD_KINDS: none. */
enum held_kind held_field(const char *object, const char *field);

/* "SWAP_HAS_CACHE of slot 0"; returned. */
char *held_text(enum held_kind kind, uint32_t number, char *buf, size_t size);

#endif
