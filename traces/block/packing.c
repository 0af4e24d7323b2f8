/* SPDX-License-Identifier: GPL-2.0-only */
#include "traces/block/packing.h"

#include <errno.h>
#include <lz4.h>
#include <stdlib.h>
#include <string.h>

#define LAYOUT	1

int packing_reserve(void **p, size_t *cap, size_t size)
{
	void *bigger;

	if (*cap >= size)
		return 0;
	bigger = realloc(*p, size);
	if (!bigger)
		return -ENOMEM;
	*p = bigger;
	*cap = size;
	return 0;
}

/* ---- numbers as bytes ---- */

uint8_t *put(uint8_t *p, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		*p++ = (uint8_t)(v | 0x80);
	*p++ = (uint8_t)v;
	return p;
}

uint8_t *put_column(uint8_t *p, const uint32_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p = put(p, v[i]);
	return p;
}

bool get(struct source *s, uint64_t max, uint64_t *v)
{
	uint64_t n = 0;

	for (unsigned shift = 0; s->at < s->end && shift < 64; shift += 7) {
		uint8_t byte = *s->at++;

		if (shift == 63 && byte > 1)
			return false;
		n |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*v = n;
			return n <= max;
		}
	}
	return false;
}

bool get_column(struct source *s, uint32_t max, uint32_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t x;

		/* most numbers are one byte */
		if (s->at < s->end && *s->at < 0x80)
			x = *s->at++;
		else if (!get(s, UINT32_MAX, &x))
			return false;
		if (x > max)
			return false;
		v[i] = (uint32_t)x;
	}
	return true;
}

/* ---- lz4 ---- */

int deflate(struct block_buffer *out, const uint8_t *raw, size_t size)
{
	uint8_t *p;
	int n;

	if (size > FRAME_RAW_MAX)
		return -EINVAL;
	if (packing_reserve((void **)&out->data, &out->cap,
			    16 + (size_t)LZ4_compressBound((int)size)))
		return -ENOMEM;
	out->data[0] = LAYOUT;
	p = put(out->data + 1, size);
	n = LZ4_compress_default((const char *)raw, (char *)p, (int)size,
				 LZ4_compressBound((int)size));
	if (n <= 0 || (size_t)n >= size) {
		memcpy(p, raw, size);
		n = (int)size;
	}
	out->size = (size_t)(p - out->data) + (size_t)n;
	return 0;
}

int inflate(struct source *raw, void **scratch, size_t *cap, const void *data, size_t size,
	    size_t max)
{
	struct source s = { data, (const uint8_t *)data + size };
	uint64_t n;
	size_t left;

	if (size < 2 || *s.at++ != LAYOUT || !get(&s, max, &n))
		return -EBADMSG;
	left = (size_t)(s.end - s.at);
	if (left == n) {
		*raw = s;
		return 0;
	}
	if (left > n)		/* lz4 is used where it makes less of them */
		return -EBADMSG;
	if (packing_reserve(scratch, cap, (size_t)n))
		return -ENOMEM;
	if (LZ4_decompress_safe((const char *)s.at, *scratch, (int)left, (int)n) != (int)n)
		return -EBADMSG;
	*raw = (struct source){ *scratch, (const uint8_t *)*scratch + n };
	return 0;
}
