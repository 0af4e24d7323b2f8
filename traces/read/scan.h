/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scan.h - the transitions of a run in order, out of rows or out of blocks.  What trace_scan(),
 * pack and unpack share; nothing of a file is believed.
 */
#ifndef SWAPSCOPE_TRACES_READ_SCAN_H
#define SWAPSCOPE_TRACES_READ_SCAN_H

#include <sqlite3.h>

#include "traces/block/block.h"

struct scan {
	sqlite3 *db;			/* not owned; nor are path and err */
	const char *path;
	char *err;			/* one line on failure: TRACE_ERROR_MAX bytes */
	int run;
	bool packed;
	bool clock;			/* of the last transition: its time is not NULL */
	uint64_t events;		/* of the run: as many as there are rows */

	sqlite3_stmt *event, *change;	/* of a plain run */
	sqlite3_stmt *block;		/* of a packed one */
	sqlite3_stmt *frame_at, *frame;
	uint64_t next;			/* the transition that comes next */
	bool waiting;			/* `change` stands at a row that is still to be taken */
	struct row_event row;
	struct row_change *changes;
	size_t changes_cap;
	struct block held;
	uint64_t held_first;		/* the first transition in `held` */
	struct frame_rows keyframe;
};

/*
 * Begin with run `run` of an open trace, at its first transition.  A packed run is refused when
 * its blocks overlap or leave gaps.  Returns 0 or a negative errno; *s is to be closed either way.
 */
int scan_open(struct scan *s, sqlite3 *db, const char *path, int run, char *err);
void scan_close(struct scan *s);

/* Go on with transition `seq`, 1 .. events + 1.  0 or a negative errno. */
int scan_from(struct scan *s, uint64_t seq);

/*
 * The next transition: 1, 0 after the last, or a negative errno.  *e and *c are the scan's and
 * good until the next call.
 */
int scan_next(struct scan *s, uint64_t *seq, const struct row_event **e,
	      const struct row_change **c);

/*
 * Nothing more is asked for now.  What a scan left off in the middle of keeps the file locked: the
 * program that writes it could not commit.
 */
void scan_rest(struct scan *s);

/*
 * The last keyframe at or before a position, in s->keyframe, and where it is: an empty one at 0
 * if there is none.  0 or a negative errno.
 */
int scan_keyframe(struct scan *s, uint64_t position, uint64_t *at);

/* Say what is wrong with the file.  Returns -EBADMSG. */
int scan_bad(const struct scan *s, const char *what);

/* A column of a row as a number of 0 .. max, NULL as 0; false when it is none. */
bool scan_number(sqlite3_stmt *s, int column, uint64_t max, uint64_t *v);

#endif
