/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lens.h - a world of any size, seen a few objects at a time.
 *
 * The debugger shows a struct world: four pages, four slots, ...  A run may have 65535 of each.
 * A lens says which object stands at which place of the struct; through it a position is read
 * as a sight: the struct, whose indices are places (an object without one is LENS_OUTSIDE), and
 * beside it, by offset into the struct, the values as the file has them, whose indices are the
 * objects' own numbers.  So all runs are looked at in the same struct, and what is shown of an
 * object is its number, which an object that has no place still has.
 *
 * What is in a lens is a function of the position and of what is looked at, not of the way there:
 * both worlds of a screen, before and after a step, are seen through the lens of the later one.
 *
 * A run that fits into the struct is seen whole: every place is its own number.
 */
#ifndef SWAPSCOPE_TRACES_READ_LENS_H
#define SWAPSCOPE_TRACES_READ_LENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/world.h"

#pragma GCC visibility push(default)

struct trace;

enum object_kind {
	OBJ_NONE, OBJ_PAGE, OBJ_SLOT, OBJ_FOLIO, OBJ_ENTRY, OBJ_TASK, OBJ_MM, OBJ_DEVICE,
	OBJ_ZSWAP, OBJ_SWAP, OBJ_KINDS
};

struct trace_object {
	enum object_kind kind;		/* OBJ_NONE: none at all */
	uint32_t number;
};

const char *object_kind_name(enum object_kind kind);	/* "page"; "" of OBJ_NONE */

/*
 * The first object that a text speaks of: "page 54 gets v3 (folio 7), .." is page 54.  Pages,
 * slots, folios and entries are found; OBJ_NONE where there is none.
 */
struct trace_object object_in_text(const char *text);

/* Can the run have that object?  (Number 0 of folios and entries is NULL and is none.) */
bool trace_has_object(const struct trace *t, struct trace_object o);

/* ---- the lens ---- */

#define LENS_PLACES	8
/* In the struct: an object that has no place.  Beyond every size, and not LOCKED_BY_DEVICE. */
#define LENS_OUTSIDE	0xfe

_Static_assert(MAX_PAGES <= LENS_PLACES && MAX_SLOTS <= LENS_PLACES && MAX_TASKS <= LENS_PLACES &&
	       MAX_FOLIOS <= LENS_PLACES && MAX_ENTRIES <= LENS_PLACES, "a lens has room");

struct trace_lens {
	bool whole;				/* every place is its own number */
	struct trace_object focus, origin;	/* as they were asked for */
	uint32_t number[OBJ_KINDS][LENS_PLACES];
	uint8_t used[OBJ_KINDS];		/* places; folios and entries count place 0 */
};

/* The place of an object, or -1. */
int lens_place(const struct trace_lens *l, enum object_kind kind, uint32_t number);

/*
 * What is worth a place at a position: the object in focus, and the one that led to it (either may
 * be NULL), with all that their data is in; what the last step changed; what the stacks of the
 * tasks name, those of the tasks that moved last before the others'.  A function of the run, the
 * position and these objects alone.
 * Objects stand in order of their numbers, so that those which stay keep their order.
 * Returns 0 or a negative errno.
 */
int trace_look(struct trace *t, uint64_t position, const struct trace_object *focus,
	       const struct trace_object *origin, struct trace_lens *lens);

/* A position, seen through a lens. */
struct trace_sight {
	struct world w;				/* places; what does not fit a field is cut */
	uint32_t raw[sizeof(struct world)];	/* by offset into w: the value in the file */
	uint32_t length[MAX_ENTRIES];		/* compressed bytes */
};

/* Returns 0, or a negative errno when the file is damaged on the way there. */
int trace_see(struct trace *t, uint64_t position, const struct trace_lens *lens,
	      struct trace_sight *s);

/* ---- what changed, and when ---- */

#define OBJECT_FIELDS	100

/*
 * The numbers in the file of an object's fields: those in `names`, which are separated by
 * blanks, or all of them (NULL).  A field that was never other than 0 has none.  `id` has room
 * for OBJECT_FIELDS.  Returns how many, or a negative errno.
 */
int trace_fields_of(struct trace *t, struct trace_object o, const char *names, uint32_t *id);

/* What a field of the file belongs to; kind OBJ_NONE where this program does not know it. */
struct trace_object trace_object_of(struct trace *t, uint32_t field);

/*
 * The first transition that changed one of the fields, going from `from` to `to`, both included,
 * in either direction.  Returns 1 and the position in *found, 0 when there is none, or a
 * negative errno.  Transitions are read by blocks: ten million take less than a second.
 */
int trace_search(struct trace *t, uint64_t from, uint64_t to, const uint32_t *field, size_t n,
		 uint64_t *found);

/* The value of a field of an object at a position, by name; 0 where it has none. */
int trace_value(struct trace *t, uint64_t position, struct trace_object o, const char *name,
		uint32_t *value);

/* Values of enumerations, whose numbers are the file's: is a frame's last number an entry, when
 * its op is that; what a page's pte is (enum pte_kind); an entry's state (enum entry_state). */
bool trace_frame_has_entry(const struct trace *t, uint32_t op);
unsigned trace_pte(const struct trace *t, uint32_t pte);
unsigned trace_entry_state(const struct trace *t, uint32_t state);
unsigned trace_holder(const struct trace *t, uint32_t holder);
unsigned trace_op(const struct trace *t, uint32_t op);

#pragma GCC visibility pop

#endif
