/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * schema.h - the program's own text of the schema (traces/schema.sql), a statement at a time.
 */
#ifndef SWAPSCOPE_TRACES_SCHEMA_H
#define SWAPSCOPE_TRACES_SCHEMA_H

#include <sqlite3.h>
#include <stdbool.h>

extern const char *const trace_schema;

/* Make all views, as TEMP views if `temp`.  Returns 0 or an SQLITE_ code. */
int schema_views(sqlite3 *db, bool temp);

/*
 * Make a file of format 1 one of format 2: new columns, new tables, and the views anew.  In a
 * transaction of its own, which closing the file rolls back when something fails: that leaves
 * the error for sqlite3_errmsg().  Returns 0 or an SQLITE_ code.
 */
int schema_upgrade(sqlite3 *db);

/*
 * Make the tables of format 2, and their indices, that a file may lack because it is older than
 * they are; with `temp` only the tables, empty and TEMP, for who only reads.  No transaction of its
 * own.  Returns as above.
 */
int schema_complete(sqlite3 *db, bool temp);

/* Make the indices of these tables that are not there.  Returns as above. */
int schema_indices(sqlite3 *db);

/* Those tables, up to a NULL. */
extern const char *const schema_later[];

/* X(column of table capture that is a member of struct capture_info too): what was counted */
#define CAPTURE_COUNTS(X)								\
	X(lines) X(events) X(comments) X(not_understood) X(cut) X(lost) X(losses) X(backward)	\
	X(backward_line) X(equal) X(unreturned) X(no_enter) X(pte_agree) X(pte_differ)	\
	X(pte_unknown) X(slots_left_out) X(cpus)

#endif
