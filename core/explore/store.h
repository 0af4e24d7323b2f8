/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * store.h - rows of one size, each kept once: what the explorer remembers.
 *
 * A row is found by content and named by its number, which is the order in which it was
 * added.  Equality is of all bytes: the hash only says where to look.  Memory comes from
 * mmap() with huge pages where the machine has them, and grows in place.
 */
#ifndef SWAPSCOPE_CORE_EXPLORE_STORE_H
#define SWAPSCOPE_CORE_EXPLORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Memory that grows: `used` and `size` in bytes.  All zero is empty. */
struct arena {
	uint8_t *p;
	size_t used, size;
};

/* Room for n more bytes; NULL when memory is out, and then nothing changed. */
void *arena_add(struct arena *a, size_t n);
void arena_free(struct arena *a);

struct store {
	struct arena rows;
	uint64_t *slot;		/* (hash's upper half << 32) | number + 1; 0 is empty */
	size_t slot_bytes;
	uint64_t mask;
	uint32_t count;
	uint32_t row_size;
};

/* row_size is a multiple of 4.  0 or -ENOMEM. */
int store_init(struct store *s, uint32_t row_size);
void store_free(struct store *s);

static inline void *store_row(const struct store *s, uint32_t number)
{
	return s->rows.p + (size_t)number * s->row_size;
}

uint64_t store_hash(const struct store *s, const void *row);

/* Ask for the memory that looking for `hash` will touch: its slot; then its row. */
static inline void store_prefetch_slot(const struct store *s, uint64_t hash)
{
	__builtin_prefetch(&s->slot[hash & s->mask]);
}

static inline void store_prefetch_row(const struct store *s, uint64_t hash)
{
	uint64_t v = s->slot[hash & s->mask];

	if (v >> 32 == hash >> 32)
		__builtin_prefetch(s->rows.p + (size_t)((uint32_t)v - 1) * s->row_size);
}

#define STORE_NONE	UINT32_MAX

/* The number of a row with this hash, or STORE_NONE. */
uint32_t store_find(const struct store *s, const void *row, uint64_t hash);

/*
 * The number of a row, added when it was not there (*added).  STORE_NONE when memory or
 * numbers are out.  The row must not lie in the store.
 */
uint32_t store_add(struct store *s, const void *row, uint64_t hash, bool *added);

/* Bytes in use. */
size_t store_bytes(const struct store *s);

#endif
