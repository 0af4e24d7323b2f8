/* SPDX-License-Identifier: GPL-2.0-only */
/* rowset.h - rows of one size, each once: found by content, named by the order of their coming. */
#ifndef SWAPSCOPE_CORE_VERIFY_ROWSET_H
#define SWAPSCOPE_CORE_VERIFY_ROWSET_H

#include <stddef.h>
#include <stdint.h>

#define ROW_NONE	UINT32_MAX

struct rowset {
	uint8_t *row;
	size_t row_size;
	uint32_t count, room;	/* rows that are there; that there is room for */
	uint32_t most;		/* no more rows will be added */
	uint32_t *slot;		/* number + 1; 0 is empty */
	size_t slots;		/* a power of two, twice as many as rows at least */
	uint64_t *left;		/* bytes that all sets together may still take */
};

void rowset_init(struct rowset *s, size_t row_size, uint32_t most, uint64_t *left);
void rowset_free(struct rowset *s);

/* The number of a row, or ROW_NONE. */
uint32_t rowset_find(const struct rowset *s, const void *row);

/* 0, -EEXIST, or -ENOMEM: also where *left is too little, or there are `most` already. */
int rowset_add(struct rowset *s, const void *row);

static inline const uint8_t *rowset_row(const struct rowset *s, uint32_t number)
{
	return s->row + number * s->row_size;
}

#endif
