/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * world.h - the small worlds of slots as one large world.
 *
 * In the world of a slot there is slot 0, and folio 3 is whichever it found free.  Of the large
 * world every object has a number of its own, which this keeps: a slot's, a page's by its
 * address, those of folios and entries for as long as they are in use, a task's by its thread.
 */
#ifndef SWAPSCOPE_REPLAY_RECORD_WORLD_H
#define SWAPSCOPE_REPLAY_RECORD_WORLD_H

#include "replay/conform/conform.h"
#include "traces/row.h"
#include "traces/write/write.h"

#define NO_PAGE	UINT32_MAX

/* Numbers in use; the lowest that is free is given out next. */
struct numbers {
	uint32_t *free;			/* those below `next` that are free, a heap */
	uint32_t n, room, next;
};

/* The world of a slot, and which objects of the large one its own are. */
struct slot_world {
	struct world w;
	uint32_t slot;			/* the large world's number */
	uint32_t page[MAX_PAGES];	/* NO_PAGE: none, or another slot's by now */
	uint32_t folio[MAX_FOLIOS], entry[MAX_ENTRIES];		/* 0: none */
	uint32_t task[MAX_TASKS];
	uint32_t *stamp;		/* by the small world's stamp */
	uint32_t stamps;
	uint32_t broken;		/* properties, in this life */
	uint8_t device;			/* enum device */
};

struct large_world {
	struct trace_writer *tw;
	struct numbers folios, entries;
	uint32_t stamp;			/* the last that was given out */
	uint32_t *value;		/* by number of the field */
	uint32_t values;
	struct row_change *change;	/* since the last transition */
	uint32_t *change_at;		/* by number of the field: its place in `change` + 1 */
	uint32_t changes, room;
	int error;			/* the first; all fails after it */
};

/* What a large world that began as zeroes has; not the world itself. */
void large_free(struct large_world *g);

/* The large world's number of a stamp; a new one where the small world's is new. */
uint32_t large_stamp(struct large_world *g, struct slot_world *s, unsigned stamp);

/*
 * Take in what was changed in the world of a slot since it was `before`; all of it where `whole`.
 * Returns 0 or a negative errno.
 */
int large_update(struct large_world *g, struct slot_world *s, const struct world *before,
		 bool whole);

/* Forget the objects of a slot's world: what it holds is somebody else's, or nobody's. */
void large_drop(struct large_world *g, struct slot_world *s);

/* A number that is in use no more. */
void number_free(struct large_world *g, struct numbers *all, uint32_t number);

#endif
