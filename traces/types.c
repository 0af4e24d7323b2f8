/* SPDX-License-Identifier: GPL-2.0-only */
#include "traces/types.h"

#include <stdio.h>
#include <string.h>

#include "core/property.h"

static const char *const type_names[TYPE_COUNT] = {
#define X(type, name) [TYPE_##type] = name,
	TYPES(X)
#undef X
};

const char *type_name(enum field_type t)
{
	return type_names[t];
}

/* ---- fields ---- */

/* Fields that are not plain numbers.  A trailing '*' stands for any rest. */
static const struct {
	const char *kind;
	const char *name;
	enum field_type type;
} field_types[] = {
	{ "page", "pte", TYPE_PTE },
	{ "page", "bits", TYPE_PTE_BITS },
	{ "page", "stamp", TYPE_STAMP },
	{ "slot", "swap_map", TYPE_SWAP_MAP },
	{ "slot", "cache", TYPE_FOLIO },
	{ "slot", "entry", TYPE_ENTRY },
	{ "slot", "holder", TYPE_HOLDER },
	{ "slot", "holder_task", TYPE_TASK_1 },
	{ "slot", "dev", TYPE_STAMP },
	{ "folio", "lock", TYPE_LOCK },
	{ "folio", "flags", TYPE_FOLIO_FLAGS },
	{ "folio", "swp", TYPE_SLOT_1 },
	{ "folio", "holders", TYPE_TASKS },
	{ "folio", "src", TYPE_SLOT_1 },
	{ "folio", "io_swp", TYPE_SLOT_1 },
	{ "folio", "content", TYPE_STAMP },
	{ "folio", "io", TYPE_STAMP },
	{ "entry", "state", TYPE_STATE },
	{ "entry", "swp", TYPE_SLOT },
	{ "entry", "users", TYPE_TASKS },
	{ "entry", "stamp", TYPE_STAMP },
	{ "folio", "holders2", TYPE_TASKS },
	{ "mm", "ptl", TYPE_TASK_1 },
	{ "mm", "mmap_writer", TYPE_TASK_1 },
	{ "device", "lock", TYPE_TASK_1 },
	{ "device", "flags", TYPE_DEVICE_FLAGS },
	{ "zswap", "tree_lock", TYPE_TASK_1 },
	{ "zswap", "dangling", TYPE_TASKS },
	{ "zswap", "lru*", TYPE_ENTRY },
	{ "zswap", "coldest", TYPE_ENTRY },
	{ "zswap", "youngest", TYPE_ENTRY },
	{ "entry", "lru_*", TYPE_ENTRY },
	{ "slot", "park_next", TYPE_SLOT_1 },
	{ "swap", "ret_first", TYPE_SLOT_1 },
	{ "swap", "alloc_first", TYPE_SLOT_1 },
	{ "swap", "alloc_lock", TYPE_TASK_1 },
	{ "swap", "slot_cache_off", TYPE_TASK_1 },
	{ "swap", "free_lock", TYPE_TASK_1 },
	{ "swap", "last_stamp", TYPE_STAMP },
};

static bool name_matches(const char *pattern, const char *name)
{
	size_t n = strcspn(pattern, "*");

	return pattern[n] ? !strncmp(pattern, name, n) : !strcmp(pattern, name);
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && !strcmp(text + n - m, end);
}

enum field_type field_type(const struct field *f)
{
	if (!strcmp(f->kind, "task"))
		return ends_with(f->name, ".pc") ? TYPE_STEP :
		       ends_with(f->name, ".op") ? TYPE_OP : TYPE_NUMBER;
	for (size_t i = 0; i < sizeof(field_types) / sizeof(field_types[0]); i++)
		if (!strcmp(field_types[i].kind, f->kind) &&
		    name_matches(field_types[i].name, f->name))
			return field_types[i].type;
	return TYPE_NUMBER;
}

bool type_is_enum(enum field_type t)
{
	return t == TYPE_PTE || t == TYPE_HOLDER || t == TYPE_STATE || t == TYPE_OP;
}

bool field_valid(const struct field *f, enum field_type t, unsigned v)
{
	if (v > (f->size == 1 ? UINT8_MAX : UINT16_MAX))
		return false;
	switch (t) {
	case TYPE_SLOT:
		return v < MAX_SLOTS;
	case TYPE_SLOT_1:
		return v <= MAX_SLOTS;
	case TYPE_FOLIO:
		return v < MAX_FOLIOS;
	case TYPE_ENTRY:
		return v < MAX_ENTRIES;
	case TYPE_TASK_1:
		return v <= MAX_TASKS;
	case TYPE_LOCK:
		return v <= MAX_TASKS || v == LOCKED_BY_DEVICE;
	default:
		break;
	}
	if (!strcmp(f->name, "depth"))
		return v <= MAX_FRAMES;
	if (!strcmp(f->name, "mm"))
		return v < MAX_MMS;
	return true;
}

/* ---- values ---- */

/* Values whose texts do not depend on a run.  Without a mask, all of the number counts. */
static const struct value_name fixed_names[] = {
	{ TYPE_PTE, 0, PTE_NONE, "none" },
	{ TYPE_PTE, 0, PTE_SWAP, "swap" },
	{ TYPE_PTE, 0, PTE_PRESENT, "present" },
	{ TYPE_PTE_BITS, 0, 0, "none" },
	{ TYPE_PTE_BITS, PTE_SOFT_DIRTY, PTE_SOFT_DIRTY, "soft_dirty" },
	{ TYPE_PTE_BITS, PTE_UFFD_WP, PTE_UFFD_WP, "uffd_wp" },
	{ TYPE_PTE_BITS, PTE_EXCLUSIVE, PTE_EXCLUSIVE, "exclusive" },
	{ TYPE_PTE_BITS, PTE_WRITE, PTE_WRITE, "writable" },
	{ TYPE_DEVICE_FLAGS, 0, 0, "none" },
	{ TYPE_DEVICE_FLAGS, SI_WRITEOK, SI_WRITEOK, "writeok" },
	{ TYPE_DEVICE_FLAGS, SI_DYING, SI_DYING, "dying" },
	{ TYPE_DEVICE_FLAGS, SI_GONE, SI_GONE, "gone" },
	{ TYPE_STAMP, 0, STAMP_GARBAGE, "garbage" },
	{ TYPE_SWAP_MAP, 0, 0, "free" },
	{ TYPE_SWAP_MAP, SWAP_HAS_CACHE, SWAP_HAS_CACHE, "SWAP_HAS_CACHE" },
	{ TYPE_STATE, 0, ENTRY_FREE, "free" },
	{ TYPE_STATE, 0, ENTRY_LIVE, "live" },
	{ TYPE_STATE, 0, ENTRY_ZOMBIE, "zombie" },
	{ TYPE_FOLIO_FLAGS, 0, 0, "none" },
	{ TYPE_FOLIO_FLAGS, FOLIO_UPTODATE, FOLIO_UPTODATE, "uptodate" },
	{ TYPE_FOLIO_FLAGS, FOLIO_DIRTY, FOLIO_DIRTY, "dirty" },
	{ TYPE_FOLIO_FLAGS, FOLIO_SWAPCACHE, FOLIO_SWAPCACHE, "swapcache" },
	{ TYPE_FOLIO_FLAGS, FOLIO_LRU, FOLIO_LRU, "lru" },
	{ TYPE_FOLIO_FLAGS, FOLIO_WRITEBACK, FOLIO_WRITEBACK, "writeback" },
	{ TYPE_FOLIO_FLAGS, FOLIO_READ, FOLIO_READ, "read" },
	{ TYPE_FOLIO_FLAGS, FOLIO_EXCLUSIVE, FOLIO_EXCLUSIVE, "exclusive" },
	{ TYPE_SLOT_1, 0, 0, "none" },
	{ TYPE_FOLIO, 0, 0, "NULL" },
	{ TYPE_ENTRY, 0, 0, "NULL" },
	{ TYPE_TASK_1, 0, 0, "nobody" },
	{ TYPE_LOCK, 0, 0, "nobody" },
	{ TYPE_LOCK, 0, LOCKED_BY_DEVICE, "device" },
	{ TYPE_TASKS, 0, 0, "nobody" },
};

#define WHOLE UINT32_MAX

static int one(int (*visit)(void *arg, const struct value_name *n), void *arg,
	       enum field_type type, unsigned mask, unsigned value, const char *text)
{
	struct value_name n = { .type = type, .mask = mask ? mask : WHOLE, .value = value };

	snprintf(n.text, sizeof(n.text), "%s", text);
	return visit(arg, &n);
}

static int task_names(const char *const *task, unsigned n,
		      int (*visit)(void *arg, const struct value_name *n), void *arg)
{
	int r = 0;

	for (unsigned i = 0; !r && i < n; i++) {
		r = one(visit, arg, TYPE_TASK_1, 0, i + 1, task[i]);
		if (!r)
			r = one(visit, arg, TYPE_LOCK, 0, i + 1, task[i]);
		if (!r && i < 32)
			r = one(visit, arg, TYPE_TASKS, 1u << i, 1u << i, task[i]);
	}
	return r;
}

int value_names(const char *const *task, unsigned n,
		int (*visit)(void *arg, const struct value_name *n), void *arg)
{
	char count[16];
	int r = 0;

	for (size_t i = 0; !r && i < sizeof(fixed_names) / sizeof(fixed_names[0]); i++)
		r = one(visit, arg, fixed_names[i].type, fixed_names[i].mask,
			fixed_names[i].value, fixed_names[i].text);
	for (unsigned i = 1; !r && i <= SWAP_MAP_COUNT; i++) {
		snprintf(count, sizeof(count), "count %u", i);
		r = one(visit, arg, TYPE_SWAP_MAP, SWAP_MAP_COUNT, i, count);
	}
	for (unsigned i = 0; !r && i < HOLD_KINDS; i++)
		r = one(visit, arg, TYPE_HOLDER, 0, i, holder_name(i));
	for (unsigned i = 0; !r && i < OP_COUNT; i++)
		r = one(visit, arg, TYPE_OP, 0, i, op_name(i));
	for (unsigned i = 0; !r && i < PROPERTY_COUNT; i++)
		r = one(visit, arg, TYPE_PROPERTY, 1u << i, 1u << i, properties[i].name);
	return r ? r : task_names(task, n, visit, arg);
}

/* ---- steps ---- */

const char *step_file_name(const struct step *s)
{
	const char *mm = strstr(s->file, "core/");

	return mm ? mm + strlen("core/") : s->file;
}
