/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace.h - recorded runs in SQLite.  The format is docs/trace-format.md; the
 * schema is traces/schema.sql.
 *
 * A file holds runs; a run has one row a transition and one row a changed field, the
 * whole world at regular positions (keyframes), the step table and the reference source
 * that it ran, its findings and notes.  What is written is enough to show the run again
 * with a later program, or with none but the sqlite3 shell.
 *
 * A position is a number of transitions made: 0 is the start of a run.
 */
#ifndef SWAPSCOPE_TRACES_TRACE_H
#define SWAPSCOPE_TRACES_TRACE_H

#define TRACE_FORMAT		2	/* PRAGMA user_version; format 1 is read too */
#define TRACE_APPLICATION_ID	0x53574150	/* "SWAP" */
#define TRACE_KEYFRAME_EVERY	64
#define TRACE_ERROR_MAX		512	/* bytes of a line that says what is wrong, with its 0 */
#define TRACE_BLOB_MAX		(48u << 20)	/* bytes of a packed keyframe; a block is smaller */

#endif
