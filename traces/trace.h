/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace.h - a trace: recorded runs in an SQLite file.  The format is docs/trace-format.md, the
 * schema traces/schema.sql.
 *
 * A file holds runs.  A run is a world at its start and the transitions made from there, each a
 * step of a task with the fields that it changed (row.h); and what is said of it: the kernel's
 * switches, the scenario, findings, notes.  A position is a number of transitions made: 0 is the
 * start, and transition n leads from n - 1 to n.  At regular positions the file has the whole
 * world, a keyframe, so that none is far from one.
 *
 * Fields, steps and results are numbers of the file, whose texts are in its own tables, and the
 * source that ran is there too.  So what is written is enough to show the run again with a later
 * program, or with none but the sqlite3 shell.
 *
 * A run is plain (a row a transition and a row a change: every SQL tool reads it, some 100 bytes a
 * transition) or packed (blocks of transitions, some 10 bytes).  Both hold the same.
 *
 *	block/		packed transitions and keyframes as bytes
 *	read/		a run is read, at any position, also while it is written
 *	write/		runs are written: there is one writer of a file at a time
 *	pack/		a copy of a file with its runs packed or not; packed runs as SQL tables
 *	query/		questions in SQL
 *	capture/	what a real kernel's ftrace wrote, as events of a run
 *
 * read/ and write/ know nothing of each other, and none knows of those below it.  What is here is
 * for all: db.h opens files, each as if it were anybody's; schema.h has their tables, and makes one
 * of format 1 one of today; types.h says what values mean.
 *
 * Functions that can fail return a negative errno.  Those that take `err` put one line there, which
 * names the file and what is wrong; who has a handle asks trace_error() or trace_message().
 */
#ifndef SWAPSCOPE_TRACES_TRACE_H
#define SWAPSCOPE_TRACES_TRACE_H

#define TRACE_FORMAT		2	/* PRAGMA user_version; format 1 is read too */
#define TRACE_APPLICATION_ID	0x53574150	/* "SWAP" */
#define TRACE_KEYFRAME_EVERY	64
#define TRACE_ERROR_MAX		512	/* bytes of a line that says what is wrong, with its 0 */
#define TRACE_BLOB_MAX		(48u << 20)	/* bytes of a packed keyframe; a block is smaller */

#endif
