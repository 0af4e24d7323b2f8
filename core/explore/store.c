/* SPDX-License-Identifier: GPL-2.0-only */
#define _GNU_SOURCE	/* mremap */
#include "core/explore/store.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define ARENA_MIN	((size_t)1 << 16)
#define HUGE_FROM	((size_t)4 << 20)

static void *map_bytes(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	if (size >= HUGE_FROM)
		madvise(p, size, MADV_HUGEPAGE);
	return p;
}

void *arena_add(struct arena *a, size_t n)
{
	void *p;

	if (a->used + n > a->size) {
		size_t size = a->size ? a->size + a->size / 2 : ARENA_MIN;

		while (size < a->used + n)
			size *= 2;
		size = (size + ARENA_MIN - 1) & ~(ARENA_MIN - 1);
		p = a->p ? mremap(a->p, a->size, size, MREMAP_MAYMOVE) : map_bytes(size);
		if (!p || p == MAP_FAILED)
			return NULL;
		if (a->p && size >= HUGE_FROM)
			madvise(p, size, MADV_HUGEPAGE);
		a->p = p;
		a->size = size;
	}
	p = a->p + a->used;
	a->used += n;
	return p;
}

void arena_free(struct arena *a)
{
	if (a->p)
		munmap(a->p, a->size);
	*a = (struct arena){ 0 };
}

int store_init(struct store *s, uint32_t row_size)
{
	assert(row_size % 4 == 0);
	*s = (struct store){ .row_size = row_size, .slot_bytes = 1024 * sizeof(uint64_t) };
	s->slot = map_bytes(s->slot_bytes);
	s->mask = s->slot_bytes / sizeof(uint64_t) - 1;
	return s->slot ? 0 : -ENOMEM;
}

void store_free(struct store *s)
{
	arena_free(&s->rows);
	if (s->slot)
		munmap(s->slot, s->slot_bytes);
	*s = (struct store){ 0 };
}

uint64_t store_hash(const struct store *s, const void *row)
{
	/* the usual sizes as constants: the hash is inlined and has no loop */
	switch (s->row_size) {
	case 12:
		return XXH3_64bits(row, 12);
	case 16:
		return XXH3_64bits(row, 16);
	case 20:
		return XXH3_64bits(row, 20);
	default:
		return XXH3_64bits(row, s->row_size);
	}
}

/* Most rows are a few words long: cheaper here than a call of memcmp(). */
static bool same_row(const uint8_t *a, const uint8_t *b, uint32_t n)
{
	uint64_t x, y;
	uint32_t x4, y4;

	if (n > 40)
		return !memcmp(a, b, n);
	for (; n >= 8; n -= 8, a += 8, b += 8) {
		memcpy(&x, a, 8);
		memcpy(&y, b, 8);
		if (x != y)
			return false;
	}
	if (!n)
		return true;
	memcpy(&x4, a, 4);
	memcpy(&y4, b, 4);
	return x4 == y4;
}

uint32_t store_find(const struct store *s, const void *row, uint64_t hash)
{
	for (uint64_t i = hash & s->mask; s->slot[i]; i = (i + 1) & s->mask) {
		uint32_t number = (uint32_t)s->slot[i] - 1;

		if (s->slot[i] >> 32 == hash >> 32 &&
		    same_row(store_row(s, number), row, s->row_size))
			return number;
	}
	return STORE_NONE;
}

static void put_slot(struct store *s, uint64_t hash, uint32_t number)
{
	uint64_t i = hash & s->mask;

	while (s->slot[i])
		i = (i + 1) & s->mask;
	s->slot[i] = (hash >> 32) << 32 | (number + 1);
}

static bool grow(struct store *s)
{
	size_t bytes = 2 * s->slot_bytes;
	uint64_t *slot = map_bytes(bytes);

	if (!slot)
		return false;
	munmap(s->slot, s->slot_bytes);
	s->slot = slot;
	s->slot_bytes = bytes;
	s->mask = bytes / sizeof(uint64_t) - 1;
	/* Rows lie in order, slots do not: fetch ahead of the writes. */
	for (uint32_t at = 0; at < s->count;) {
		uint64_t hash[32];
		uint32_t n = s->count - at < 32 ? s->count - at : 32;

		for (uint32_t i = 0; i < n; i++) {
			hash[i] = store_hash(s, store_row(s, at + i));
			store_prefetch_slot(s, hash[i]);
		}
		for (uint32_t i = 0; i < n; i++)
			put_slot(s, hash[i], at + i);
		at += n;
	}
	return true;
}

uint32_t store_add(struct store *s, const void *row, uint64_t hash, bool *added)
{
	uint32_t number = store_find(s, row, hash);
	void *place;

	*added = false;
	if (number != STORE_NONE)
		return number;
	if (s->count == STORE_NONE - 1)
		return STORE_NONE;
	if (3 * (s->mask + 1) < 4 * (uint64_t)(s->count + 1) && !grow(s))
		return STORE_NONE;
	place = arena_add(&s->rows, s->row_size);
	if (!place)
		return STORE_NONE;
	memcpy(place, row, s->row_size);
	put_slot(s, hash, s->count);
	*added = true;
	return s->count++;
}

size_t store_bytes(const struct store *s)
{
	return s->rows.used + s->slot_bytes;
}
