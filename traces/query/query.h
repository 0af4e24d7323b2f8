/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * query.h - questions to a trace in SQL, whether its runs are packed or not.
 *
 *	query_open()	query_run() ..	query_close()
 *
 * A text is run statement by statement, and its rows are handed over as they come; a second
 * query_run() may follow any other, whatever became of that.  A handle is for one thread at a
 * time, but for query_interrupt().
 *
 * Names are found in the TEMP schema first, and that is the program's own.  The tables event,
 * change and keyframe there hold packed runs too (pack/table.h), and the views (who_held_pin ..)
 * are over these; tables that a file lacks because it is older than they are, are there and empty.
 * Of the file itself nothing is run, neither its views nor its triggers.
 *
 * Nothing can be written, attached or loaded: the file is open for reading, and an authorizer
 * refuses every statement that is no question and every PRAGMA that does more than tell.  The text
 * is the user's and is believed no more than the file: it may take long (query_interrupt()), and
 * what is read is checked by SQLite and by the blocks' decoder.  That the blocks of a run follow
 * one another is checked at the beginning, or some rows would be there twice, or not.
 */
#ifndef SWAPSCOPE_TRACES_QUERY_QUERY_H
#define SWAPSCOPE_TRACES_QUERY_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(default)

struct query;

/* Open a trace.  Returns 0 or a negative errno and one line in err (TRACE_ERROR_MAX bytes). */
int query_open(struct query **q, const char *path, char *err);
void query_close(struct query *q);

/* A row of an answer: n columns, their names and their values, NULL for NULL. */
struct query_row {
	int n;
	const char *const *name;
	const char *const *value;	/* fit to be shown; they may have newlines and tabs */
	const bool *is_number;
};

/*
 * Run the statements of a text, one after another, and call `row` with the rows of each: first
 * with value = NULL when a statement has columns, then with its rows.  All are the callee's until
 * it returns; a non-zero return stops and is returned.  Returns 0, or a negative errno and one
 * line in err: -EINVAL for what is wrong with the text, -EPERM for what may not be done, -EINTR
 * after query_interrupt(), -EBADMSG for a damaged file.
 */
int query_run(struct query *q, const char *sql,
	      int (*row)(void *arg, const struct query_row *r), void *arg, char *err);

/* Stop what query_run() is doing.  From a signal handler too. */
void query_interrupt(struct query *q);

/* Does the text end where a statement ends?  Texts, comments and names may have a ';'. */
bool query_complete(const char *text);

/* The text of the schema: all of it, or the statement of one table or view; NULL: there is none. */
const char *query_schema(const char *name, size_t *length);

#pragma GCC visibility pop

#endif
