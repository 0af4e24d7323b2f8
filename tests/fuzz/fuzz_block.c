/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any bytes as a block or a keyframe.  What is decoded is what a reader may rely on, and comes
 * out the same when it is packed again.  The first byte says which it is, the next two how many
 * transitions the file says there are; bytes 1 and on of a blob that is not through lz4 are
 * columns, so that the fuzzer reaches these.
 */
#include <stdlib.h>
#include <string.h>

#include "traces/block/block.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_block(const uint8_t *data, size_t size, size_t events)
{
	static struct block_buffer out;
	static struct block b, again;
	size_t n = 0;

	if (block_decode(&b, data, size, events))
		return;
	for (size_t i = 0; i < b.events; i++) {
		uint32_t before = 0;

		if (b.first_change[i] != n || b.event[i].task >= ROWS_TASKS_MAX)
			abort();
		for (uint32_t j = 0; j < b.event[i].changes; j++, n++) {
			if (b.change[n].field <= before || b.change[n].field > ROWS_FIELDS_MAX ||
			    b.change[n].old_value == b.change[n].new_value)
				abort();
			before = b.change[n].field;
		}
	}
	if (n != b.changes || b.events != events ||
	    block_encode(&out, b.event, b.events, b.change, b.changes, b.clock) ||
	    block_decode(&again, out.data, out.size, b.events) || again.changes != b.changes ||
	    memcmp(again.event, b.event, b.events * sizeof(*b.event)) ||
	    (n && memcmp(again.change, b.change, n * sizeof(*b.change))))
		abort();
}

static void check_frame(const uint8_t *data, size_t size)
{
	static struct block_buffer out;
	static struct frame_rows f;

	if (frame_decode(&f, data, size))
		return;
	if (frame_encode(&out, f.value, f.n))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	if (size < 3)
		return 0;
	copy = malloc(size);	/* so that it is seen who reads beyond the end */
	if (!copy)
		return 0;
	memcpy(copy, data, size);
	if (copy[0] & 1)
		check_frame(copy + 3, size - 3);
	else
		check_block(copy + 3, size - 3, (size_t)copy[1] | (size_t)copy[2] << 8);
	free(copy);
	return 0;
}
