/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * packing.h - what blocks and frames are made of: numbers of as few bytes as they need, and lz4.
 * Internal to this folder.
 */
#ifndef SWAPSCOPE_TRACES_BLOCK_PACKING_H
#define SWAPSCOPE_TRACES_BLOCK_PACKING_H

#include <stdbool.h>

#include "traces/block/block.h"

/* Make *p an allocation of at least `size` bytes, *cap of them.  0 or -ENOMEM. */
int packing_reserve(void **p, size_t *cap, size_t size);

/* Write a number (at most 10 bytes), or n of them (at most 5 each).  Returns where it ends. */
uint8_t *put(uint8_t *p, uint64_t v);
uint8_t *put_column(uint8_t *p, const uint32_t *v, size_t n);

/* Bytes to read numbers from. */
struct source {
	const uint8_t *at, *end;
};

/* The next number, or the next n; false beyond the end, and for one that is larger than max. */
bool get(struct source *s, uint64_t max, uint64_t *v);
bool get_column(struct source *s, uint32_t max, uint32_t *v, size_t n);

/* A difference, which wraps around, as a number that is small when it is near 0; and back. */
static inline uint32_t fold(uint32_t d)
{
	return d << 1 ^ (d >> 31 ? UINT32_MAX : 0);
}

static inline uint32_t unfold(uint32_t v)
{
	return v >> 1 ^ (v & 1 ? UINT32_MAX : 0);
}

static inline uint64_t fold64(uint64_t d)
{
	return d << 1 ^ (d >> 63 ? UINT64_MAX : 0);
}

static inline uint64_t unfold64(uint64_t v)
{
	return v >> 1 ^ (v & 1 ? UINT64_MAX : 0);
}

/*
 * A blob of bytes: the layout, how many bytes it is made of, and these through lz4, or as they
 * are where lz4 does not make less of them.  0, -ENOMEM or -EINVAL.
 */
int deflate(struct block_buffer *out, const uint8_t *raw, size_t size);

/*
 * The bytes again, at most `max` of them: in *scratch or in the blob itself.  0, -ENOMEM or
 * -EBADMSG.
 */
int inflate(struct source *raw, void **scratch, size_t *cap, const void *data, size_t size,
	    size_t max);

#endif
