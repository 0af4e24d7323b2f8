/* SPDX-License-Identifier: GPL-2.0-only */
#include "traces/query/query.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/db.h"
#include "traces/pack/table.h"
#include "traces/schema.h"
#include "traces/trace.h"

#define COLUMNS_MAX	100

struct query {
	sqlite3 *db;
	char *path;
	struct packed_cache cache;
	const char *name[COLUMNS_MAX], *value[COLUMNS_MAX];
	bool is_number[COLUMNS_MAX];
	char *text;			/* of a row's values */
	size_t text_cap;
};

/* ---- open ---- */

/* Is a PRAGMA one that only tells?  Some take the name of a table; a value for others sets them. */
static bool is_harmless(const char *pragma, bool has_value)
{
	static const struct {
		const char *name;
		bool takes;
	} tells[] = {
		{ "table_info", true }, { "table_xinfo", true }, { "table_list", true },
		{ "index_list", true }, { "index_info", true }, { "foreign_key_list", true },
		{ "foreign_key_check", true }, { "integrity_check", true },
		{ "quick_check", true }, { "user_version", false }, { "application_id", false },
		{ "page_size", false }, { "page_count", false }, { "database_list", false },
	};

	for (size_t i = 0; i < sizeof(tells) / sizeof(tells[0]); i++)
		if (!sqlite3_stricmp(pragma, tells[i].name))
			return tells[i].takes || !has_value;
	return false;
}

static int authorize(void *arg, int action, const char *a, const char *b, const char *schema,
		     const char *from)
{
	(void)arg;
	(void)schema;
	(void)from;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_UPDATE:
		/*
		 * SQLite asks itself this when it gets to know a virtual table.  Of anybody else it
		 * is refused further on: the schema is defended, and the file open for reading.
		 */
		return a && !strcmp(a, "sqlite_master") ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_FUNCTION:
		return b && !sqlite3_stricmp(b, "load_extension") ? SQLITE_DENY : SQLITE_OK;
	case SQLITE_PRAGMA:
		return is_harmless(a, b != NULL) ? SQLITE_OK : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

/* What files of format 1 do not have, so that the views can ask for it. */
static const char today[] =
	"CREATE TEMP VIEW run AS SELECT *, 'model' AS source, 0 AS packed, "
	"NULL AS keyframe_every FROM main.run;"
	"CREATE TEMP VIEW block AS SELECT 0 AS run, 0 AS first, 0 AS events, NULL AS data WHERE 0;"
	"CREATE TEMP VIEW frame AS SELECT 0 AS run, 0 AS seq, NULL AS data WHERE 0";

/* Blocks of a run follow one another from 1 on: else some rows would be there twice, or not. */
static int check_blocks(struct query *q, char *err)
{
	sqlite3_stmt *s = NULL;
	int rc, r = 0;

	if (q->cache.format == 1)
		return 0;
	rc = sqlite3_prepare_v2(q->db, "SELECT run FROM (SELECT run, first, events, "
				"lag(first + events, 1, 1) OVER (PARTITION BY run ORDER BY first) "
				"AS due FROM block) WHERE first <> due OR events < 1 LIMIT 1", -1,
				&s, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc == SQLITE_ROW) {
		snprintf(err, TRACE_ERROR_MAX, "%s is damaged: blocks of run %d overlap or leave "
			 "gaps", q->path, sqlite3_column_int(s, 0));
		r = -EBADMSG;
	} else if (rc != SQLITE_DONE) {
		r = db_error(q->db, q->path, err);
	}
	sqlite3_finalize(s);
	return r;
}

static int prepare_all(struct query *q, char *err)
{
	int rc = packed_tables(q->db, &q->cache);

	if (rc == SQLITE_OK && q->cache.format == 1)
		rc = sqlite3_exec(q->db, today, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = schema_complete(q->db, true);
	if (rc == SQLITE_OK)
		rc = schema_views(q->db, true);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(q->db, "PRAGMA query_only = 1", NULL, NULL, NULL);
	sqlite3_limit(q->db, SQLITE_LIMIT_COLUMN, COLUMNS_MAX);
	if (rc == SQLITE_OK)
		rc = sqlite3_set_authorizer(q->db, authorize, NULL);
	return rc == SQLITE_OK ? 0 : db_error(q->db, q->path, err);
}

int query_open(struct query **out, const char *path, char *err)
{
	struct query *q = calloc(1, sizeof(*q));
	int r = 0;

	*out = NULL;
	if (q)
		q->path = strdup(path);
	if (!q || !q->path) {
		snprintf(err, TRACE_ERROR_MAX, "%s: out of memory", path);
		r = -ENOMEM;
	}
	if (!r)
		r = db_open(&q->db, path, SQLITE_OPEN_READONLY, err);
	if (!r) {
		q->cache.db = q->db;
		q->cache.format = db_format(q->db);
		r = check_blocks(q, err);
	}
	if (!r)
		r = prepare_all(q, err);
	if (r)
		query_close(q);
	else
		*out = q;
	return r;
}

void query_close(struct query *q)
{
	if (!q)
		return;
	cache_free(&q->cache);
	sqlite3_close(q->db);
	free(q->text);
	free(q->path);
	free(q);
}

/* ---- run ---- */

static int error_of(struct query *q, int rc, char *err)
{
	switch (rc & 0xff) {
	case SQLITE_AUTH:
	case SQLITE_READONLY:
		snprintf(err, TRACE_ERROR_MAX, "%s: this only reads, and that is not allowed",
			 q->path);
		return -EPERM;
	case SQLITE_INTERRUPT:
		snprintf(err, TRACE_ERROR_MAX, "interrupted");
		return -EINTR;
	case SQLITE_ERROR:
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
	case SQLITE_MISMATCH:
		snprintf(err, TRACE_ERROR_MAX, "%.300s", sqlite3_errmsg(q->db));
		text_clean(err, err, false);
		return -EINVAL;
	default:
		return db_error(q->db, q->path, err);
	}
}

/* The values of a row, copied to q->text as they can be shown. */
static int read_values(struct query *q, sqlite3_stmt *s, int n)
{
	size_t size = 0;
	char *to;

	for (int i = 0; i < n; i++)
		size += (sqlite3_column_text(s, i) ? (size_t)sqlite3_column_bytes(s, i) : 0) + 1;
	if (size > q->text_cap) {
		free(q->text);
		q->text = malloc(size);
		q->text_cap = q->text ? size : 0;
		if (!q->text)
			return -ENOMEM;
	}
	to = q->text;
	for (int i = 0; i < n; i++) {
		int type = sqlite3_column_type(s, i);
		const char *text = (const char *)sqlite3_column_text(s, i);

		q->is_number[i] = type == SQLITE_INTEGER || type == SQLITE_FLOAT;
		q->value[i] = text ? to : NULL;
		if (!text)
			continue;
		text_clean(to, text, true);
		to += strlen(to) + 1;
	}
	return 0;
}

static int give_row(struct query *q, sqlite3_stmt *s, bool values,
		    int (*row)(void *arg, const struct query_row *r), void *arg)
{
	struct query_row r = { sqlite3_column_count(s), q->name, values ? q->value : NULL,
			       q->is_number };

	for (int i = 0; i < r.n; i++) {
		q->name[i] = sqlite3_column_name(s, i);
		q->is_number[i] = false;
		if (!q->name[i])
			return -ENOMEM;
	}
	if (values && read_values(q, s, r.n))
		return -ENOMEM;
	return row(arg, &r);
}

static int run_one(struct query *q, sqlite3_stmt *s,
		   int (*row)(void *arg, const struct query_row *r), void *arg, char *err)
{
	int rc, r = 0;

	if (sqlite3_column_count(s))
		r = give_row(q, s, false, row, arg);
	while (!r && (rc = sqlite3_step(s)) != SQLITE_DONE)
		r = rc == SQLITE_ROW ? give_row(q, s, true, row, arg) : error_of(q, rc, err);
	return r;
}

int query_run(struct query *q, const char *sql,
	      int (*row)(void *arg, const struct query_row *r), void *arg, char *err)
{
	int r = 0;

	err[0] = '\0';
	while (!r && *sql) {
		sqlite3_stmt *s = NULL;
		int rc = sqlite3_prepare_v2(q->db, sql, -1, &s, &sql);

		if (rc != SQLITE_OK)
			r = error_of(q, rc, err);
		else if (s)
			r = run_one(q, s, row, arg, err);
		sqlite3_finalize(s);
	}
	return r;
}

void query_interrupt(struct query *q)
{
	sqlite3_interrupt(q->db);
}

bool query_complete(const char *text)
{
	return sqlite3_complete(text);
}

const char *query_schema(const char *name, size_t *length)
{
	static const char *const start[] = { "\nCREATE TABLE ", "\nCREATE VIEW " };
	const size_t n = name ? strlen(name) : 0;

	*length = strlen(trace_schema);
	if (!name)
		return trace_schema;
	for (size_t i = 0; i < sizeof(start) / sizeof(start[0]); i++)
		for (const char *at = trace_schema; (at = strstr(at, start[i])); at++) {
			const char *word = at + strlen(start[i]), *end = strstr(at, ";\n");

			if (end && !strncmp(word, name, n) && word[n] == ' ') {
				*length = (size_t)(end - at);
				return at + 1;
			}
		}
	return NULL;
}
