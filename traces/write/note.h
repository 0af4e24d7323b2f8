/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * note.h - notes are written into a trace that is there: what somebody has to say at a position.
 *
 * Each call opens the file, does what it does in one transaction, and closes it: a note is there
 * whole, or not.  Nothing else of the file changes, but that one of format 1 becomes one of today.
 * A recorder may be writing to the file meanwhile: each waits for the other.
 *
 * Only notes of the kinds "note" and "bookmark" are changed and taken away: others are the
 * recorder's, and `check` goes by them.  A bookmark has a letter, which a run has once.
 */
#ifndef SWAPSCOPE_TRACES_WRITE_NOTE_H
#define SWAPSCOPE_TRACES_WRITE_NOTE_H

#include <stdint.h>

#include "traces/trace.h"
#include "traces/write/write.h"

#pragma GCC visibility push(default)

#define NOTE_TEXT_MAX	8192		/* bytes; a reader takes no more */
#define NOTE_AUTHOR_MAX	80

struct note {
	uint64_t position;
	const char *text;		/* lines and tabulators, UTF-8; "" only with a letter */
	const char *author;		/* one line; "" is nobody */
	int64_t when;			/* seconds since 1970 */
	char letter;			/* it is a bookmark; '\0': it is a note */
};

/* Can that be a note, whatever the run?  0, or -EINVAL and a line that says what is wrong. */
int note_check(const struct note *n, char *err);

/*
 * Add one to run `run` of a file (0: the first).  Returns 0, and *id is its number in the file; or
 * a negative errno and one line in err: -EEXIST where the run has a bookmark of that letter.
 */
int note_add(const char *path, int run, const struct note *n, int64_t *id, char *err);

/*
 * Say something else in note `id` (of that run; 0: of any): the text, and who says so, when.  Where
 * it stands and its letter stay.
 */
int note_edit(const char *path, int run, int64_t id, const struct note *n, char *err);

/* Take it away. */
int note_delete(const char *path, int run, int64_t id, char *err);

/* The same in the run that a writer has written or is writing; what waits is committed. */
int writer_note(struct trace_writer *tw, const struct note *n, int64_t *id, char *err);
int writer_note_delete(struct trace_writer *tw, int64_t id, char *err);

#pragma GCC visibility pop

#endif
