/* SPDX-License-Identifier: GPL-2.0-only */
/* set.h - rows of one size, each once: found by content, named by the order in which they came. */
#ifndef SWAPSCOPE_CORE_VERIFY_SET_H
#define SWAPSCOPE_CORE_VERIFY_SET_H

#include <stddef.h>
#include <stdint.h>

#define SET_NONE	UINT32_MAX

struct set {
	uint8_t *row;
	size_t row_size;
	uint32_t count, room;	/* rows that are there; that there is room for */
	uint32_t most;		/* no more rows will be added */
	uint32_t *slot;		/* number + 1; 0 is empty */
	size_t slots;		/* a power of two, twice as many as rows at least */
	uint64_t *left;		/* bytes that all sets together may still take */
};

void set_init(struct set *s, size_t row_size, uint32_t most, uint64_t *left);
void set_free(struct set *s);

/* The number of a row, or SET_NONE. */
uint32_t set_find(const struct set *s, const void *row);

/* 0, -EEXIST, or -ENOMEM: also where *left is too little, or there are `most` already. */
int set_add(struct set *s, const void *row);

static inline const uint8_t *set_row(const struct set *s, uint32_t number)
{
	return s->row + number * s->row_size;
}

#endif
