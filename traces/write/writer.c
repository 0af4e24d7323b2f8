/* SPDX-License-Identifier: GPL-2.0-only */
#include "traces/write/writer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/db.h"
#include "traces/schema.h"

/* ---- errors, rows, transactions ---- */

int tw_fail(struct trace_writer *tw, int error, const char *format, ...)
{
	va_list ap;

	if (!tw->error) {
		tw->error = error;
		va_start(ap, format);
		vsnprintf(tw->error_text, sizeof(tw->error_text), format, ap);
		va_end(ap);
	}
	return tw->error;
}

int tw_sql(struct trace_writer *tw)
{
	if (!tw->error)
		tw->error = db_error(tw->db, tw->path, tw->error_text);
	return tw->error;
}

static int sql_exec(struct trace_writer *tw, const char *sql)
{
	if (tw->error)
		return tw->error;
	return sqlite3_exec(tw->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : tw_sql(tw);
}

int tw_commit(struct trace_writer *tw)
{
	rows_flush(tw);
	if (tw->batch && tw->mode != TRACE_TOGETHER) {
		tw->batch = 0;
		return sql_exec(tw, "COMMIT");
	}
	return tw->error;
}

static int prepare(struct trace_writer *tw, enum statement st, const struct value *v, int n)
{
	static const char *const sql[SQL_COUNT] = {
#define X(name, text) [SQL_##name] = text,
		STATEMENTS(X)
#undef X
	};
	sqlite3_stmt *s = tw->stmt[st];

	if (tw->error)
		return tw->error;
	if (!s) {
		if (sqlite3_prepare_v3(tw->db, sql[st], -1, SQLITE_PREPARE_PERSISTENT, &s, NULL))
			return tw_sql(tw);
		tw->stmt[st] = s;
	}
	for (int i = 0; i < n; i++) {
		int rc = v[i].type == VALUE_INT ? sqlite3_bind_int64(s, i + 1, v[i].n) :
			 v[i].type == VALUE_TEXT ?
			 sqlite3_bind_text(s, i + 1, v[i].data, -1, SQLITE_STATIC) :
			 v[i].type == VALUE_TEXT_N ?
			 sqlite3_bind_text(s, i + 1, v[i].data, (int)v[i].n, SQLITE_STATIC) :
			 sqlite3_bind_blob64(s, i + 1, v[i].data, (uint64_t)v[i].n, SQLITE_STATIC);

		if (rc != SQLITE_OK)
			return tw_sql(tw);
	}
	return 0;
}

int tw_lock(struct trace_writer *tw)
{
	if (!tw->batch && sql_exec(tw, "BEGIN IMMEDIATE"))
		return tw->error;
	tw->batch++;
	return 0;
}

int tw_insert(struct trace_writer *tw, enum statement st, const struct value *v, int n)
{
	int rc;

	if (tw_lock(tw))
		return tw->error;
	if (prepare(tw, st, v, n))
		return tw->error;
	rc = sqlite3_step(tw->stmt[st]);
	if (rc != SQLITE_DONE && rc != SQLITE_ROW)
		return tw_sql(tw);
	sqlite3_reset(tw->stmt[st]);
	return 0;
}

int tw_select(struct trace_writer *tw, enum statement st, const struct value *v, int n,
	      int64_t *result)
{
	int rc, found = 0;

	if (prepare(tw, st, v, n))
		return tw->error;
	rc = sqlite3_step(tw->stmt[st]);
	if (rc == SQLITE_ROW) {
		*result = sqlite3_column_int64(tw->stmt[st], 0);
		found = 1;
	} else if (rc != SQLITE_DONE) {
		return tw_sql(tw);
	}
	sqlite3_reset(tw->stmt[st]);
	return found ? 0 : -ENOENT;
}

/* ---- create and close ---- */

/* A trace to add to.  One of format 1 becomes one of today: nothing is lost by that. */
static int open_existing(struct trace_writer *tw, char *err)
{
	int r = db_open(&tw->db, trace_file(tw), SQLITE_OPEN_READWRITE, err);

	if (!r && db_format(tw->db) == 1 && schema_upgrade(tw->db) != SQLITE_OK)
		r = db_error(tw->db, tw->path, err);
	if (!r && schema_complete(tw->db, false) != SQLITE_OK)
		r = db_error(tw->db, tw->path, err);
	return r;
}

static int start_writing(struct trace_writer *tw)
{
	char every[16];

	snprintf(every, sizeof(every), "%d", TRACE_KEYFRAME_EVERY);
	sql_exec(tw, tw->mode == TRACE_SCRATCH ?
		 "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF" :
		 "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
		 "PRAGMA cache_size = -16000");
	/* what is there already is asked with the lock: nobody adds to it meanwhile */
	tw_lock(tw);
	tw_row(tw, SQL_META, TEXT("recorded_by"), TEXT("swapscope"));
	tw_row(tw, SQL_META, TEXT("keyframe_every"), TEXT(every));
	tw_dictionary(tw);
	return tw_commit(tw);
}

const char *trace_file(const struct trace_writer *tw)
{
	return tw->part.name ? tw->part.name : tw->path;
}

int trace_create(struct trace_writer **out, const char *path, enum trace_mode mode, char *err)
{
	struct trace_writer *tw = calloc(1, sizeof(*tw));
	bool exists;
	int r;

	*out = NULL;
	if (tw)
		tw->path = strdup(path);
	if (!tw || !tw->path) {
		free(tw);
		snprintf(err, TRACE_ERROR_MAX, "%s: out of memory", path);
		return -ENOMEM;
	}
	tw->mode = mode;
	tw->held = mode == TRACE_TOGETHER;
	if (tw->held)
		output_hold();
	r = trace_way(tw->path, mode == TRACE_APPEND || mode == TRACE_TOGETHER, &exists, err);
	tw->replaces = mode == TRACE_WHOLE || (mode == TRACE_REPLACE && !access(path, F_OK));
	if (!r && !exists)
		r = trace_make_file(tw, err);
	if (!r)
		r = open_existing(tw, err);
	if (!r && start_writing(tw)) {
		r = tw->error;
		snprintf(err, TRACE_ERROR_MAX, "%s", tw->error_text);
	}
	if (r)
		tw_fail(tw, r, "%s", err);	/* it leaves no file */
	if (r)
		trace_close(tw);
	else
		*out = tw;
	return r;
}

const char *trace_error(const struct trace_writer *tw)
{
	return tw->error_text;
}

void trace_abandon(struct trace_writer *tw)
{
	tw_fail(tw, -ECANCELED, "it is not whole");
	trace_close(tw);
}

/* One file.  A reader that is at it now keeps the log; nothing is lost by that. */
static int one_file(struct trace_writer *tw)
{
	sqlite3_stmt *s = NULL;
	int busy = 1;

	if (!tw->replaces) {
		sqlite3_exec(tw->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
		return 0;
	}
	/* what gets another name has to have everything in it */
	if (sqlite3_prepare_v2(tw->db, "PRAGMA wal_checkpoint(TRUNCATE)", -1, &s, NULL) ==
	    SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
		busy = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	if (busy)
		return tw_fail(tw, -EBUSY, "%s is in use by another program", trace_file(tw));
	sqlite3_exec(tw->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
	return 0;
}

static int close_file(struct trace_writer *tw, int r)
{
	char err[TRACE_ERROR_MAX];

	if (tw->db && !r && tw->mode != TRACE_SCRATCH)
		r = one_file(tw);
	if (tw->db && tw->made && (r || tw->held) && tw->mode != TRACE_SCRATCH)
		trace_unmake(tw);
	sqlite3_close(tw->db);
	if (!tw->part.name)
		return r;
	if (!r)
		return trace_publish(&tw->part, tw->path, err);
	part_drop(&tw->part);
	return r;
}

int trace_close(struct trace_writer *tw)
{
	int r;

	if (!tw)
		return 0;
	if (tw->mode == TRACE_TOGETHER)
		tw->mode = TRACE_APPEND;
	r = tw_commit(tw);
	for (unsigned i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(tw->stmt[i]);
	r = close_file(tw, r);
	if (tw->held)
		output_release();
	for (unsigned i = 0; i < tw->results; i++)
		free(tw->result[i].text);
	rows_free(&tw->rows);
	free(tw->change);
	free(tw->field_id);
	free(tw->path);
	free(tw);
	return r;
}
