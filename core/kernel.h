/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel.h - which rules are in force: a preset and its switches.
 *
 * A kernel is a set of switches and nothing else; a preset is a name for one
 * set.  Every switch is listed once, in SWITCHES() below, with its values, the
 * place of core/mm where it acts, and what it means.  A switch's value is an
 * index into its list of values.
 */
#ifndef SWAPSCOPE_CORE_KERNEL_H
#define SWAPSCOPE_CORE_KERNEL_H

#include <stddef.h>
#include <stdint.h>

enum { OFF, ON };
enum { LOAD_EXCLUSIVE, LOAD_NONEXCLUSIVE, LOAD_IF_CACHED };
enum { PIN_NONE, PIN_HAS_CACHE };
enum { UNLINK_LAST, UNLINK_FIRST };
enum { INVALIDATE_DRAIN, INVALIDATE_FREE };
enum { EEXIST_WAIT, EEXIST_SKIP };
enum { SHRINKER_ZPOOL, SHRINKER_ISOLATE, SHRINKER_ROTATE };
enum { DUP_ERASE_FIRST, DUP_REPLACE, DUP_KEEP };

/* X(name, values separated by '|', where it acts, what it means and since when) */
#define SWITCHES(X)									\
	X(refcount, "off|on", "mm/zswap.c",						\
	  "entries carry a reference count: a load and a writeback hold one while they "	\
	  "decompress (up to v6.8; removed by a230c20e63ef in v6.9)")			\
	X(load, "exclusive|nonexclusive|if-cached", "mm/zswap.c zswap_load",		\
	  "whether a load takes the entry out of zswap: always (b9c91c43412f, v6.5, "	\
	  "by parameter; unconditional by c2e2ba770200, v6.9-rc1), never (v6.1, and the "	\
	  "default to v6.8), or "								\
	  "only for a folio in the swap cache (25cd241408a2, v6.9)")			\
	X(pin, "none|has_cache", "mm/memory.c do_swap_page",				\
	  "a fault that bypasses the swap cache holds SWAP_HAS_CACHE from before the read " \
	  "until after the PTE is set (13ddaf26be32, v6.8, 6.1.80)")			\
	X(bypass, "off|on", "mm/memory.c do_swap_page",					\
	  "a fault on a SWP_SYNCHRONOUS_IO device reads a slot with count 1 into a private " \
	  "folio (0bcac06f27d7, v4.15, to v6.19)")					\
	X(recheck, "off|on", "mm/zswap.c zswap_writeback_entry",			\
	  "writeback checks that the entry is still the slot's once it holds the slot's "	\
	  "cache folio (04fc7816089c, v6.4, 6.1.30)")					\
	X(cleanup, "off|on", "mm/zswap.c zswap_writeback_entry",			\
	  "when that check fails the folio is unlocked and put (e3b63e966cac, v6.8)")	\
	X(unlink, "last|first", "mm/zswap.c zswap_writeback_entry",			\
	  "writeback takes the entry out of the tree after the device write, or before "	\
	  "the decompress (v6.9)")							\
	X(invalidate, "drain|free", "mm/swapfile.c free_swap_slot",			\
	  "the entry of a dead slot is freed when the slot cache is drained, or at once "	\
	  "when the slot dies (0827a1fb143f, v6.9)")					\
	X(eexist, "wait|skip", "mm/swap_state.c __read_swap_cache_async",		\
	  "what zswap writeback does while another holds SWAP_HAS_CACHE: sleep and retry, " \
	  "or give up (a65b0e7607cc, v6.8)")						\
	X(shrinker, "zpool|isolate|rotate", "mm/zswap.c zswap_writeback_entry",		\
	  "how writeback picks its entry: by zpool handle and slot offset (v6.1), taken off " \
	  "zswap's LRU and compared under the tree lock (v6.5), or rotated and remembered "	\
	  "only as a number (5878303c5353, v6.9)")					\
	X(dup, "erase-first|replace|keep", "mm/zswap.c zswap_store",			\
	  "an old entry of the slot is erased before the new one is made (to v6.8), replaced " \
	  "at the insert and erased when the store fails (f576a1e80c3a, v6.9), or kept when " \
	  "the store fails (6.6-rc1, before ca56489c2fa6)")

struct kernel {
#define X(name, values, where, text) uint8_t name;
	SWITCHES(X)
#undef X
};

enum kernel_switch {
#define X(name, values, where, text) SWITCH_##name,
	SWITCHES(X)
#undef X
	SWITCH_COUNT
};

struct switch_info {
	const char *name;
	const char *values;	/* "off|on" */
	const char *where;	/* file and function of core/mm */
	const char *text;
};

struct preset {
	const char *name;
	const char *text;
	struct kernel kernel;
};

extern const struct switch_info kernel_switches[SWITCH_COUNT];

/* All presets, oldest first; *n gets their number.  Owned by the library. */
const struct preset *kernel_presets(size_t *n);

/* The preset of that name, or NULL. */
const struct preset *kernel_find(const char *name);

/*
 * Set one switch by its text form, "load=exclusive".
 * Returns 0, -ENOENT (no such switch) or -EINVAL (no such value of it).
 */
int kernel_set(struct kernel *k, const char *assignment);

/* The switch that an assignment, "load=exclusive", names; SWITCH_COUNT if there is none. */
enum kernel_switch kernel_switch_named(const char *assignment);

/* A switch's value, and its name ("has_cache"), in `k`. */
unsigned kernel_get(const struct kernel *k, enum kernel_switch s);
void kernel_put(struct kernel *k, enum kernel_switch s, unsigned value);

/*
 * Copy the name of value `v` of a switch into buf (always terminated).
 * Returns buf; an empty text if there is no such value.
 */
const char *switch_value(enum kernel_switch s, unsigned v, char *buf, size_t size);

#endif
