/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * query.h - questions to a trace in SQL, whether its runs are packed or not.
 *
 * The tables event, change and keyframe hold packed runs too, and the views (who_held_pin ..) are
 * the program's own, over these.  Nothing of the file is run: neither its views nor its triggers.
 * Nothing can be written, attached or loaded.
 */
#ifndef SWAPSCOPE_TRACES_QUERY_QUERY_H
#define SWAPSCOPE_TRACES_QUERY_QUERY_H

#include <stdbool.h>
#include <stddef.h>

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

#endif
