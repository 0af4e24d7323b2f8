/* SPDX-License-Identifier: GPL-2.0-only */
/* Packing keyframes: fields as differences, then values, and both through lz4. */
#include "traces/block/packing.h"

#include <errno.h>
#include <stdlib.h>

int frame_encode(struct block_buffer *out, const struct frame_value *v, size_t n)
{
	uint32_t before = 0;
	uint8_t *p;

	if (n > FRAME_VALUES_MAX)
		return -EINVAL;
	if (packing_reserve(&out->scratch, &out->scratch_cap, 10 + n * 10))
		return -ENOMEM;
	p = put(out->scratch, n);
	for (size_t i = 0; i < n; i++) {
		if (v[i].field <= before || !v[i].value)
			return -EINVAL;
		p = put(p, v[i].field - before);
		before = v[i].field;
	}
	for (size_t i = 0; i < n; i++)
		p = put(p, v[i].value);
	return deflate(out, out->scratch, (size_t)(p - (uint8_t *)out->scratch));
}

static bool read_frame(struct source *s, struct frame_rows *f, size_t n)
{
	uint64_t field = 0, v;

	for (size_t i = 0; i < n; i++) {
		if (!get(s, ROWS_FIELDS_MAX - field, &v) || !v)
			return false;
		field += v;
		f->value[i].field = (uint32_t)field;
	}
	for (size_t i = 0; i < n; i++) {
		if (!get(s, UINT32_MAX, &v) || !v)
			return false;
		f->value[i].value = (uint32_t)v;
	}
	return s->at == s->end;
}

int frame_decode(struct frame_rows *f, const void *data, size_t size)
{
	struct source s;
	uint64_t n;
	int r;

	f->n = 0;
	r = inflate(&s, &f->scratch, &f->scratch_cap, data, size, FRAME_RAW_MAX);
	if (r)
		return r;
	if (!get(&s, FRAME_VALUES_MAX, &n) || n > (size_t)(s.end - s.at))
		return -EBADMSG;
	if (packing_reserve((void **)&f->value, &f->cap, (n + 1) * sizeof(*f->value)))
		return -ENOMEM;
	if (!read_frame(&s, f, n))
		return -EBADMSG;
	f->n = n;
	return 0;
}

void frame_clear(struct frame_rows *f)
{
	free(f->value);
	free(f->scratch);
	*f = (struct frame_rows){ 0 };
}
