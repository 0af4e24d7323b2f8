/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * db.h - what the writer and the reader share: opening a file that may be anything, and
 * saying in one line what is wrong with it.
 */
#ifndef SWAPSCOPE_TRACES_DB_H
#define SWAPSCOPE_TRACES_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

/* No text of a trace is longer than that. */
#define DB_TEXT_MAX	(1 << 20)

/*
 * What is at `path`: 0 for a trace of a format that is read, -ENOENT for nothing, -ENOTSUP for
 * one of another format, and -EINVAL, -EISDIR .. for what is no trace; err gets one line (may be
 * NULL).
 */
int db_identify(const char *path, char *err);

/*
 * Open an existing trace with SQLITE_OPEN_* flags and check that its schema is made of the
 * tables that it should be: no view or trigger of the file is ever run.  Returns 0 or a
 * negative errno and one line in err.
 */
int db_open(sqlite3 **db, const char *path, int flags, char *err);

/* The same without looking what is in the file.  Either way the caller closes *db. */
int db_open_raw(sqlite3 **db, const char *path, int flags, char *err);

/*
 * Does nobody else write to this trace now?  0, or -EBUSY .. and one line in err.  A writer holds
 * a transaction nearly always.  What a killed one left in its log comes into the file by this.
 */
int db_unused(const char *path, char *err);

/* Remove the logs beside a trace that is to be replaced: they would be taken for the new one's. */
void db_remove_logs(const char *path);

/* The format of an open trace, 1 or 2; 0 when it cannot be read. */
int db_format(sqlite3 *db);

int db_errno(int rc);					/* of an SQLITE_ code */
int db_error(sqlite3 *db, const char *path, char *err);	/* says why, returns -errno */

/*
 * Copy a text of a file: control characters and what is not UTF-8 become '?', so that it can
 * be shown on a terminal.  With `lines`, newlines and tabs stay.  `to` has room for
 * strlen(text) + 1 bytes.
 */
void text_clean(char *to, const char *text, bool lines);

#endif
