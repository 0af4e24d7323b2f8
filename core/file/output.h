/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * output.h - files that are whole or not there.
 *
 * What a command writes takes the place of the file before only when all of it is written: until
 * then it is in a part, a file of its own in the same folder.  So neither an error, nor a signal,
 * nor a full disk costs what was there before.
 *
 *	output_check()		long before: can it be written, as far as can be known?
 *	output_open()		writes go to o->file
 *	output_commit()		it is whole: on the disk, and has its name
 *	output_drop()		or it is not: nothing is left of it.  After commit: nothing happens
 *
 * A part is named NAME.XXXXXX.part, and is new: one that a killed program has left is in nobody's
 * way, and can be removed.  It gets the mode of the file whose place it takes and, where that is
 * allowed, its owner.  A link stays a link: what it names is replaced, or made.  What is no file
 * (a FIFO, /dev/null, a terminal) is written as it is; so is a descriptor of this process
 * (/dev/stdout, /dev/fd/3), whatever it is of, from where it stands.
 *
 * Signals: a program that installs output_on_signal() leaves no part behind when it is ended by
 * one.  While something is held (output_hold(): rows are being added to a file, which is soon
 * done), the first signal waits for the end of that; a second one does not.
 *
 * Functions that can fail return 0 or a negative errno, and put one line into err, OUTPUT_ERROR_MAX
 * bytes, that names the file and says why.  A part belongs to one thread; parts of several threads
 * may be there at once.
 */
#ifndef SWAPSCOPE_CORE_FILE_OUTPUT_H
#define SWAPSCOPE_CORE_FILE_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#define OUTPUT_ERROR_MAX	512

/* What is written, before it has its name.  Zeroes: there is none. */
struct output_part {
	char *place;		/* the name that it will have, without links; owned */
	char *name;		/* the name that it has; owned */
};

struct output {
	FILE *file;		/* where to write, and read again if it is a file; owned */
	const char *path;	/* as it was named; the caller's */
	struct output_part part;	/* none: it is written as it is */
};

int output_check(const char *path, char *err);

int output_open(struct output *o, const char *path, char *err);
int output_commit(struct output *o, char *err);
void output_drop(struct output *o);

/*
 * The same for who writes a file by its name, as SQLite does (`logs`: it makes files beside it,
 * -wal, -shm, -journal, which go when the part goes).  part_make() makes an empty file, for a
 * `path` that is a file or not there; part_publish() puts it on the disk and renames it;
 * part_drop() removes what is there, and the logs, and frees, as publish does.
 */
int part_make(struct output_part *p, const char *path, bool logs, char *err);
int part_publish(struct output_part *p, const char *path, char *err);
void part_drop(struct output_part *p);

/* The file that `path` is, or will be where it is made: links followed.  free() it; NULL: no
 * memory. */
char *output_place(const char *path);

/* Are both names of one regular file, or (neither is there) of one that would be made? */
bool same_output(const char *a, const char *b);

/*
 * A file of one's own is removed by a signal until output_unmark(): with its logs, and with the
 * folder that it is in.  Parts are marked already.  Where there are too many it is not.
 */
void output_mark(const char *name, bool logs, bool folder);
void output_unmark(const char *name);

/* A handler for SIGINT, SIGTERM, SIGHUP ..: removes what is marked, and ends by the signal. */
void output_on_signal(int signal);
void output_hold(void);
void output_release(void);

#endif
