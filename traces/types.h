/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * types.h - what the numbers in a world mean, for the file's dictionary and for checking
 * what comes out of a file.
 */
#ifndef SWAPSCOPE_TRACES_TYPES_H
#define SWAPSCOPE_TRACES_TYPES_H

#include "core/scenario/scenario.h"
#include "core/world.h"

#pragma GCC visibility push(default)

/* X(type, its name in the file) */
#define TYPES(X)				\
	X(NUMBER,	"number")		\
	X(PTE,		"pte")			\
	X(PTE_BITS,	"pte_bits")		\
	X(STAMP,	"stamp")		\
	X(SWAP_MAP,	"swap_map")		\
	X(HOLDER,	"holder")		\
	X(STATE,	"state")		\
	X(FOLIO_FLAGS,	"folio_flags")		\
	X(DEVICE_FLAGS,	"device_flags")		\
	X(SLOT,		"slot")			\
	X(SLOT_1,	"slot+1")		\
	X(FOLIO,	"folio")		\
	X(ENTRY,	"entry")		\
	X(TASK_1,	"task+1")		\
	X(LOCK,		"lock")			\
	X(TASKS,	"tasks")		\
	X(OP,		"op")			\
	X(STEP,		"step")			\
	X(PROPERTY,	"property")

enum field_type {
#define X(type, name) TYPE_##type,
	TYPES(X)
#undef X
	TYPE_COUNT
};

const char *type_name(enum field_type t);

/* What a field's value means, by its name alone. */
enum field_type field_type(const struct field *f);

/* The values of an enumeration are matched by text when a file is read. */
bool type_is_enum(enum field_type t);

/* Can the value stand in that field?  Everything that indexes an array is bounded here. */
bool field_valid(const struct field *f, enum field_type t, unsigned v);

/* One row of table `name`. */
struct value_name {
	enum field_type type;
	uint32_t mask;
	uint32_t value;
	char text[48];
};

/*
 * Call `visit` with every text there is, for tasks of these names (n of them; may be NULL when
 * there are none).  Numbers of objects have none but for 0.  Stops when visit returns non-zero,
 * and returns that.
 */
int value_names(const char *const *task, unsigned n,
		int (*visit)(void *arg, const struct value_name *n), void *arg);

/* A name for this version of the program: equal when all steps and all source are equal. */
#define DIGEST_MAX 40
void program_digest(char *out, size_t size);

/* A step's file as traces have it: "mm/zswap.c". */
const char *step_file_name(const struct step *s);

#pragma GCC visibility pop

#endif
