/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rows.h - transitions are written as rows of numbers (traces/row.h), for worlds of any size.  What
 * write.h says of writers and runs holds here.
 *
 *	rows_begin()	the run has its number, its names and sizes
 *	rows_start() ..	the world at position 0, field by field
 *	rows_event() ..	transitions, and rows_finding(), rows_note() about those that are there
 *	rows_end()
 *
 * Fields, results and steps are asked for by rows_field(), rows_result() and rows_step() at any
 * time; their numbers are good until the writer is closed.  Numbers of fields are given in the
 * order in which they are asked for: asking for those of an object one after another makes packed
 * runs smaller.
 */
#ifndef SWAPSCOPE_TRACES_WRITE_ROWS_H
#define SWAPSCOPE_TRACES_WRITE_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/row.h"
#include "traces/types.h"

#pragma GCC visibility push(default)

struct trace_writer;

/*
 * All of these take a writer from trace_create() and return a negative errno on failure, the first
 * that there was; trace_error() then has one line.
 */

/* What is said of a run before its first transition.  Texts may be NULL ("") except device. */
struct rows_run {
	const char *scenario, *scenario_text, *title;
	const char *kernel_name;	/* "v6.9 load=exclusive"; NULL: made from k */
	const char *verdict;
	const char *device;		/* "zram" */
	const char *source;		/* "model", "live", "capture"; NULL: "model" */
	const struct kernel *k;		/* copied, as all of this is; NULL: not known, and then */
					/* kernel_name is not NULL, and no switch is told */
	unsigned pages, slots;
	unsigned folios, entries;	/* these two count number 0, which is NULL */
	unsigned slot_cache, swap_full, store_fails;
	unsigned tasks;			/* at most ROWS_TASKS_MAX */
	const char *const *task_name;	/* so many */
	bool clock;			/* events have a time, and waits are ns */
	bool packed;
	uint32_t keyframe_every;	/* transitions between keyframes; 0: as the file does */
};

/* Begin a run.  Returns its number in the file, 1 .., or -errno; -EINVAL while another is open. */
int rows_begin(struct trace_writer *tw, const struct rows_run *r);

/*
 * The sizes of the open run (pages, slots, folios, entries of `r`), where they were not known when
 * it was begun; and its tasks, where it has none yet.  0 or a negative errno.
 */
int rows_size(struct trace_writer *tw, const struct rows_run *r);

/*
 * The number (1 ..) of a field, which gets a row when it is new to the file.  `type` says what
 * its values mean.  Costs a hash of the three; a caller that changes a field often keeps the
 * number, which is good until the writer is closed.  -EFBIG beyond ROWS_FIELDS_MAX.
 */
int rows_field(struct trace_writer *tw, const char *kind, unsigned idx, const char *name,
	       enum field_type type);

/* The number (1 ..) of a text that a step came to, "miss".  Cheap when it was asked before. */
int rows_result(struct trace_writer *tw, const char *text);

/* The file's number of step_at(step_index).  -EINVAL when there is no such step. */
int rows_step(struct trace_writer *tw, unsigned step_index);

/*
 * The world at position 0, a field at a time, after rows_begin() and before the first event;
 * fields that are 0 need not be told.  -EINVAL afterwards, or for a field that has no row.
 */
int rows_start(struct trace_writer *tw, uint32_t field, uint32_t value);

/*
 * The next transition: e->changes rows of c, in any order; nothing of them is kept.  It is in the
 * file after the next commit: the writer's own, every so many rows, or rows_commit().
 * -EINVAL when it contradicts itself or what was written before: a task, step, result or field
 * that the run does not have, two rows for one field, an old_value that is not the field's value.
 */
int rows_event(struct trace_writer *tw, const struct row_event *e, const struct row_change *c);

/*
 * A property that transition `seq` of the open run broke, and a remark at position `seq` of the
 * run, also when it has just ended.  Neither beyond what was written: -EINVAL.
 */
int rows_finding(struct trace_writer *tw, uint64_t seq, const char *property, const char *text);
int rows_note(struct trace_writer *tw, uint64_t seq, const char *kind, const char *text);

/*
 * Everything that was given so far is in the file when this returns 0: a writer that is killed
 * afterwards does not lose it.  (One that loses power may: the file stays whole, and is as it was
 * at some earlier commit.)  In a packed run each call ends a block, and small blocks are packed
 * badly: call it every 10,000 transitions or less often.
 */
int rows_commit(struct trace_writer *tw);

/* End the run and commit it.  `schedule` may be NULL (""), `verdict` too: as at the beginning. */
int rows_end(struct trace_writer *tw, const char *schedule, const char *verdict);

#pragma GCC visibility pop

#endif
