/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * block.h - packed transitions and packed keyframes, as bytes.  docs/trace-format.md has the
 * layout; this folder is its only implementation, for the writer, the reader and SQL alike.
 *
 * A block is some transitions of a run, one after another.  It can be read alone, and be applied in
 * both directions, for it has old values too; it knows nothing of the world and does not end at a
 * keyframe.  How it becomes small is told in plan.h.  Where it stands in the run, and how many
 * transitions it has, is said by its row and not by its bytes.
 *
 * Whoever encodes keeps a struct block_buffer, whoever decodes a struct block or frame_rows.  They
 * begin as zeroes, own the memory of what was made last and use it again for the next, so the
 * result is good until the next call with the same struct; one call frees it, after which the
 * struct may be used again.  Nothing is kept besides, so that threads with structs of their own do
 * not meet.
 *
 * Encoding is given what its caller has checked: limits, and that changes rise by field.  Decoding
 * takes any bytes: every length, count and number is checked against a limit before it is used,
 * memory is bounded by the limits below, and bytes that no encoder made are refused with -EBADMSG
 * or decoded into some rows.  Their tasks and fields are within the limits of row.h, and changes
 * rise by field and change something.  Whether the file has such a field or step, and whether an
 * old value is what the field had, is for the reader to say.
 */
#ifndef SWAPSCOPE_TRACES_BLOCK_BLOCK_H
#define SWAPSCOPE_TRACES_BLOCK_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/row.h"
#include "traces/trace.h"

#define BLOCK_EVENTS		4096	/* transitions of a block, as they are written */
#define BLOCK_CHANGES		65536	/* a block ends before it has more changes than that */
#define BLOCK_EVENTS_MAX	65536	/* and what a decoder takes */
#define BLOCK_CHANGES_MAX	(1u << 20)
#define BLOCK_RAW_MAX		(32u << 20)	/* bytes of a block before lz4 */
#define FRAME_VALUES_MAX	ROWS_FIELDS_MAX
#define FRAME_RAW_MAX		TRACE_BLOB_MAX	/* and of a frame */

/* Bytes that an encoder made.  Begin with zeroes; reused by every call; free with block_free(). */
struct block_buffer {
	uint8_t *data;		/* the result: `size` bytes */
	size_t size;
	size_t cap;		/* from here on: the encoder's own */
	void *scratch;
	size_t scratch_cap;
};

/* Transitions that a decoder made.  Begin with zeroes; reused; free with block_clear(). */
struct block {
	struct row_event *event;	/* `events` of them */
	uint32_t *first_change;		/* events + 1: changes of event i are first_change[i] .. */
	struct row_change *change;	/* `changes` of them, by rising field in each transition */
	size_t events, changes;
	bool clock;			/* the events have times */
	size_t events_cap, first_cap, changes_cap;	/* from here on: the decoder's own */
	void *scratch[2];
	size_t scratch_cap[2];
};

/* A keyframe that a decoder made: `n` fields that are not 0, rising.  As struct block. */
struct frame_value {
	uint32_t field, value;
};

struct frame_rows {
	struct frame_value *value;
	size_t n;
	size_t cap;			/* from here on: the decoder's own */
	void *scratch;
	size_t scratch_cap;
};

/*
 * Pack 1 .. BLOCK_EVENTS_MAX transitions; event i has e[i].changes rows of c, in turn.  Changes
 * of one transition rise by field.  With `clock` times are kept.  Returns 0, -ENOMEM, or -EINVAL
 * when a limit is exceeded or the changes are not `changes`.
 */
int block_encode(struct block_buffer *out, const struct row_event *e, size_t events,
		 const struct row_change *c, size_t changes, bool clock);

/*
 * Unpack what should be `events` transitions.  Returns 0, -ENOMEM or -EBADMSG; after an error
 * b has no events.
 */
int block_decode(struct block *b, const void *data, size_t size, size_t events);

/*
 * Does a block change one of the fields 1 .. last whose bit is set in `wanted`?  Costs a tenth of
 * unpacking it; b lends its memory and has no events afterwards.  Returns 1, 0, -ENOMEM or
 * -EBADMSG.
 */
int block_touches(struct block *b, const void *data, size_t size, size_t events,
		  const uint8_t *wanted, uint32_t last);

/* Pack n values, rising by field, none 0.  n may be 0.  Returns 0, -ENOMEM or -EINVAL. */
int frame_encode(struct block_buffer *out, const struct frame_value *v, size_t n);

/* Unpack them.  Returns 0, -ENOMEM or -EBADMSG; after an error f has no values. */
int frame_decode(struct frame_rows *f, const void *data, size_t size);

/* Free what they own; the structs can be used again afterwards. */
void block_free(struct block_buffer *out);
void block_clear(struct block *b);
void frame_clear(struct frame_rows *f);

#endif
