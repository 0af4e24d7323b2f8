/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/verify/rowset.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_MIN	64

static uint64_t hash(const uint8_t *p, size_t n)
{
	uint64_t h = n, word;

	for (size_t part; n; n -= part, p += part) {
		part = n < sizeof(word) ? n : sizeof(word);
		word = 0;
		memcpy(&word, p, part);
		h = (h ^ word) * 0x9fb21c651e98df25u;
		h ^= h >> 32;
	}
	return h;
}

void rowset_init(struct rowset *s, size_t row_size, uint32_t most, uint64_t *left)
{
	*s = (struct rowset){ .row_size = row_size, .most = most, .left = left };
}

void rowset_free(struct rowset *s)
{
	free(s->row);
	free(s->slot);
	*s = (struct rowset){ 0 };
}

/* The slot that has the row, or the empty one where it would be. */
static size_t slot_of(const struct rowset *s, const void *row)
{
	size_t at = hash(row, s->row_size) & (s->slots - 1);

	while (s->slot[at] && memcmp(rowset_row(s, s->slot[at] - 1), row, s->row_size))
		at = (at + 1) & (s->slots - 1);
	return at;
}

uint32_t rowset_find(const struct rowset *s, const void *row)
{
	return s->slots ? s->slot[slot_of(s, row)] - 1 : ROW_NONE;	/* 0 - 1 is ROW_NONE */
}

static bool take(struct rowset *s, size_t bytes)
{
	if (bytes > *s->left)
		return false;
	*s->left -= bytes;
	return true;
}

/* Room for more rows; never for more than are claimed, and never before they are there. */
static bool grow(struct rowset *s)
{
	uint32_t room = s->room < ROOM_MIN / 2 ? ROOM_MIN : s->room > ROW_NONE / 2 ? ROW_NONE - 1 :
			2 * s->room;
	size_t slots = s->slots ? s->slots : 2 * ROOM_MIN;
	uint8_t *row;

	if (room > s->most)
		room = s->most;
	while (slots / 2 < room)
		slots *= 2;
	if (room <= s->room || !take(s, (room - s->room) * s->row_size))
		return false;
	row = realloc(s->row, room * s->row_size);
	if (!row)
		return false;
	s->row = row;
	s->room = room;
	if (slots == s->slots)
		return true;
	if (!take(s, (slots - s->slots) * sizeof(*s->slot)))
		return false;
	free(s->slot);
	s->slot = calloc(slots, sizeof(*s->slot));
	s->slots = s->slot ? slots : 0;
	for (uint32_t i = 0; i < s->count && s->slot; i++)
		s->slot[slot_of(s, rowset_row(s, i))] = i + 1;
	return s->slot;
}

int rowset_add(struct rowset *s, const void *row)
{
	size_t at;

	if (s->count == s->room && !grow(s))
		return -ENOMEM;
	at = slot_of(s, row);
	if (s->slot[at])
		return -EEXIST;
	memcpy(s->row + s->count * s->row_size, row, s->row_size);
	s->slot[at] = ++s->count;
	return 0;
}
