/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rows.h - transitions and worlds of any size, read as rows of numbers (traces/row.h).  What
 * read.h says of handles holds here.
 */
#ifndef SWAPSCOPE_TRACES_READ_ROWS_H
#define SWAPSCOPE_TRACES_READ_ROWS_H

#include <stdint.h>

#include "traces/row.h"
#include "traces/types.h"

#pragma GCC visibility push(default)

struct trace;

/* A field of the file. */
struct trace_field {
	const char *kind;	/* "slot"; fit to be shown, owned by the trace */
	const char *name;	/* "swap_map" */
	unsigned idx;
	enum field_type type;	/* TYPE_NUMBER where this program does not know it */
};

/*
 * Call `row` with transitions `from` .. `to` of the trace's run (1 .. events; `to` beyond the end
 * is the end), in order, plain or packed; c has e->changes rows, by rising field.  e and c are
 * the callee's until it returns.  A non-zero return of `row` stops the scan and is returned.
 * Keeps a block at most, however long the run is.  Returns 0, or a negative errno; -EBADMSG for a
 * damaged file.  No call of trace_scan() or trace_frame() for the same trace from within `row`.
 *
 * What it gives is checked as numbers (the run has the task, a field's number is within its
 * limit, no transition is missing and none changes a field twice) but a value, a step or a result
 * may be any number, and old values may contradict the world: the caller that keeps one compares.
 */
int trace_scan(struct trace *t, uint64_t from, uint64_t to,
	       int (*row)(void *arg, uint64_t seq, const struct row_event *e,
			  const struct row_change *c), void *arg);

/* Field number `id`, or NULL.  The table is read at the first call. */
const struct trace_field *trace_field_at(struct trace *t, uint32_t id);

/* The text of a row of `result`, "" for 0; good until the next call. */
const char *trace_result_at(struct trace *t, uint32_t id);

/*
 * The keyframe at or before a position: call `value` with every field that is not 0 there, by
 * rising field.  *at (may be NULL) gets its position.  A run without keyframes has an empty one
 * at 0.  Returns 0, what `value` returned if that was not 0, or a negative errno.
 */
int trace_keyframe(struct trace *t, uint64_t position, uint64_t *at,
		   int (*value)(void *arg, uint32_t field, uint32_t value), void *arg);

/*
 * The world at a position: call `value` with every field that is not 0 there, by rising field.
 * Costs a keyframe and the transitions since.  -EBADMSG also where a change does not fit
 * the world that it changes.  Returns as trace_keyframe().
 */
int trace_frame(struct trace *t, uint64_t position,
		int (*value)(void *arg, uint32_t field, uint32_t value), void *arg);

#pragma GCC visibility pop

#endif
