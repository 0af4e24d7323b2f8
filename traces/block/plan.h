/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan.h - what encoding and decoding keep of a block.  Internal to this folder.
 *
 * A block is columns of numbers, and all of them through lz4.  What makes it small is done before
 * that:
 *
 *   - the columns but two go through one task after another, because a task repeats itself;
 *   - step, choice, depth, result and the number of changes are one number, the event's shape;
 *   - of a field, a value and a next shape is only said how it differs from a guess, which
 *     reader and writer make in the same way.  Most guesses are right, and zeroes in a row
 *     are what lz4 is good at.
 *
 * docs/trace-format.md has the same in the words of a reader of the format.
 */
#ifndef SWAPSCOPE_TRACES_BLOCK_PLAN_H
#define SWAPSCOPE_TRACES_BLOCK_PLAN_H

#include "traces/block/packing.h"

#define NONE		UINT32_MAX

/* How a change names its field; from FIELD_BACK on: that many changes before it. */
enum { FIELD_SAME, FIELD_SAME_BACK, FIELD_NEW, FIELD_BACK };

/* Arrays of numbers, one behind the other in one allocation. */
struct arena {
	uint32_t *at;
};

static inline uint32_t *take(struct arena *a, size_t n)
{
	uint32_t *p = a->at;

	a->at += n;
	return p;
}

enum { SHAPE_STEP, SHAPE_CHOICE, SHAPE_DEPTH, SHAPE_RESULT, SHAPE_CHANGES, SHAPE_NUMBERS };

/*
 * "Grouped" is task by task, in the order in which tasks first appear, and within a task in time.
 * A place is a change of a shape: what is guessed at one is what was there the last time.
 */
struct plan {
	uint32_t events, changes;
	uint32_t tasks, shapes, fields, places;
	uint32_t *task_id;		/* of each task of the block */
	uint32_t *shape;		/* SHAPE_NUMBERS for each */
	uint32_t *place;		/* the first place of each shape */
	uint32_t *task;			/* of each event */
	uint32_t *order;		/* grouped: the event */
	uint32_t *form;			/* grouped: the event's shape */
	uint32_t *first;		/* of each event: its first change; and the end */
	uint32_t *start;		/* of each event: its first change, grouped */
	uint32_t *field_id;		/* of each field of the block */
	uint32_t *field;		/* grouped: of each change, the number of its field here */
	uint32_t *value;		/* grouped: its new value */
	uint32_t *code;			/* grouped: what the file has of it */
	uint32_t *old;			/* grouped: what the file has of its old value */
	uint32_t *last;			/* of each field: the last change of it, or its value */
	uint32_t *touched;		/* of each field: it has such a value */
	uint32_t *guess[2];		/* of each place */
	uint32_t *next;			/* of each shape: what came next */
};

/* Room for all of it and `extra` numbers: in a hostile block everything may be different. */
int plan_memory(struct plan *p, size_t events, size_t changes, size_t extra, void **scratch,
		size_t *cap, struct arena *a);

/* Events in the order of their tasks.  `count` has room for a number for each task and one. */
void plan_group(struct plan *p, uint32_t *count);

/* Number the places of all shapes; false when there are more than changes. */
bool plan_places(struct plan *p);

/* Set all guesses of places. */
void plan_forget(const struct plan *p, uint32_t value);

/* The guess of a task's next shape: what came after its last one the last time. */
uint32_t *plan_next(const struct plan *p, uint32_t grouped);

#endif
