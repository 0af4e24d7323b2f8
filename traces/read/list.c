/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * list.c - what the runs of a file are, asked of all at once.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "traces/db.h"
#include "traces/read/read.h"

#define RUNS_MOST	INT32_MAX

/* What format 1 does not have, and a table that a file of format 2 may lack, are left out. */
static const char sql[] =
	"SELECT id, title, scenario, kernel, verdict, %s, %s, events, "
	"CASE WHEN events IS NOT NULL THEN events WHEN %s THEN "
	"(SELECT first + events - 1 FROM %s WHERE run = r.id ORDER BY first DESC LIMIT 1) "
	"ELSE (SELECT max(seq) FROM event WHERE run = r.id) END, "
	"(SELECT count(*) FROM finding WHERE run = r.id), "
	"(SELECT seq FROM finding WHERE run = r.id ORDER BY seq, property LIMIT 1), "
	"(SELECT property FROM finding WHERE run = r.id ORDER BY seq, property LIMIT 1), "
	"EXISTS (SELECT 1 FROM graph_state WHERE run = r.id), %s, "
	"(SELECT count(*) FROM note WHERE run = r.id AND kind IN ('note', 'bookmark')) "
	"FROM run r ORDER BY id LIMIT ?";

const char *run_kind_name(enum run_kind kind)
{
	static const char *const name[] = {
		[RUN_MODEL] = "model", [RUN_LIVE] = "live", [RUN_CAPTURE] = "capture",
		[RUN_GRAPH] = "graph",
	};

	return name[kind];
}

/* A text of the file into `size` bytes, in whole characters. */
static void keep(char *to, size_t size, sqlite3_stmt *s, int column)
{
	const char *text = (const char *)sqlite3_column_text(s, column);
	size_t n = strlen(text ? text : "");

	if (n >= size)
		n = size - 1;
	while (text && n && (text[n] & 0xc0) == 0x80)	/* it would be cut in two */
		n--;
	memcpy(to, text ? text : "", n);
	to[n] = '\0';
	text_clean(to, to, false);
}
#define KEEP(member, s, column)	keep(member, sizeof(member), s, column)

/* A number of 0 .. max, or of none; false: it is no such number. */
static bool number(sqlite3_stmt *s, int column, int64_t max, uint64_t *n)
{
	int64_t v = sqlite3_column_int64(s, column);
	int type = sqlite3_column_type(s, column);

	*n = (uint64_t)v;
	return type == SQLITE_NULL || (type == SQLITE_INTEGER && v >= 0 && v <= max);
}

static bool row(struct trace_summary *r, sqlite3_stmt *s)
{
	const char *source = (const char *)sqlite3_column_text(s, 5);
	uint64_t run, recorded;

	*r = (struct trace_summary){ 0 };
	if (!number(s, 0, RUNS_MOST, &run) || !number(s, 8, INT64_MAX, &r->events) ||
	    !number(s, 10, INT64_MAX, &r->position) || !number(s, 13, INT64_MAX, &recorded))
		return false;
	if (!run)
		return false;
	r->run = (int)run;
	r->kind = !source || !strcmp(source, "model") ? RUN_MODEL :
		  strcmp(source, "capture") ? RUN_LIVE : RUN_CAPTURE;
	if (!r->events && sqlite3_column_int(s, 12))
		r->kind = RUN_GRAPH;
	r->packed = sqlite3_column_int(s, 6);
	r->ended = sqlite3_column_type(s, 7) != SQLITE_NULL;
	r->findings = (uint64_t)sqlite3_column_int64(s, 9);
	r->recorded = (int64_t)recorded;
	r->notes = (uint64_t)sqlite3_column_int64(s, 14);
	KEEP(r->title, s, 1);
	KEEP(r->scenario, s, 2);
	KEEP(r->kernel, s, 3);
	KEEP(r->verdict, s, 4);
	KEEP(r->property, s, 11);
	return true;
}

static int ask(sqlite3 *db, const char *text, sqlite3_stmt **s)
{
	return sqlite3_prepare_v2(db, text, -1, s, NULL);
}

/* How many rows a query has whose answer is one number; negative where it is no number. */
static int64_t count(sqlite3 *db, const char *text)
{
	sqlite3_stmt *s = NULL;
	int64_t n = -1;

	if (ask(db, text, &s) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
		n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

static int prepare(sqlite3 *db, sqlite3_stmt **s)
{
	static const char later[] = "SELECT count(*) FROM main.sqlite_schema "
				    "WHERE type = 'table' AND name = 'recorded'";
	bool now = db_format(db) > 1;
	char text[sizeof(sql) + 120];

	snprintf(text, sizeof(text), sql, now ? "source" : "'model'", now ? "packed" : "0",
		 now ? "packed" : "0", now ? "block" : "(SELECT 1 AS run, 1 AS first, 1 AS events)",
		 count(db, later) > 0 ? "(SELECT time FROM recorded WHERE run = r.id)" : "NULL");
	return ask(db, text, s);
}

static int list_runs(sqlite3 *db, const char *path, struct trace_summary *list, size_t max,
		     char *err)
{
	sqlite3_stmt *s = NULL;
	int64_t runs = count(db, "SELECT count(*) FROM run");
	int rc = SQLITE_ROW, r = 0;
	size_t n = 0;

	if (runs < 0)
		return db_error(db, path, err);
	if (!max || !runs)
		return (int)(runs < RUNS_MOST ? runs : RUNS_MOST);
	if (prepare(db, &s) != SQLITE_OK ||
	    sqlite3_bind_int64(s, 1, max < RUNS_MOST ? (int64_t)max : RUNS_MOST) != SQLITE_OK)
		r = db_error(db, path, err);
	while (!r && n < max && (rc = sqlite3_step(s)) == SQLITE_ROW)
		if (!row(&list[n++], s)) {
			snprintf(err, TRACE_ERROR_MAX,
				 "%s is damaged: a number of a run is out of its range", path);
			r = -EBADMSG;
		}
	if (!r && rc != SQLITE_ROW && rc != SQLITE_DONE)
		r = db_error(db, path, err);
	sqlite3_finalize(s);
	return r ? r : (int)(runs < RUNS_MOST ? runs : RUNS_MOST);
}

int trace_list(const char *path, struct trace_summary *list, size_t max, char *err)
{
	sqlite3 *db;
	int r = db_open(&db, path, SQLITE_OPEN_READONLY, err);

	if (r)
		return r;
	/* one transaction: rows and their number are of one moment */
	if (sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK)
		r = list_runs(db, path, list, max, err);
	else
		r = db_error(db, path, err);
	sqlite3_close(db);
	return r;
}
