/* SPDX-License-Identifier: GPL-2.0-only */
#include "traces/schema.h"

#include <stdio.h>
#include <string.h>

#include "traces/db.h"

/* Run a statement of the schema that begins with `start`, which becomes `instead`. */
static int run_statement(sqlite3 *db, const char *at, const char *start, const char *instead)
{
	const char *end = strstr(at, ";\n");
	char *sql;
	int rc;

	if (!end)
		return SQLITE_INTERNAL;
	at += strlen(start);
	sql = sqlite3_mprintf("%s%.*s", instead, (int)(end - at), at);
	if (!sql)
		return SQLITE_NOMEM;
	rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	sqlite3_free(sql);
	return rc;
}

int schema_views(sqlite3 *db, bool temp)
{
	static const char start[] = "\nCREATE VIEW ";
	int rc = SQLITE_OK;

	for (const char *at = trace_schema; !rc && (at = strstr(at, start)); at++)
		rc = run_statement(db, at, start, temp ? "CREATE TEMP VIEW " : "CREATE VIEW ");
	return rc;
}

/* Views of the past, or of whoever wrote the file. */
static int drop_views(sqlite3 *db)
{
	static const char next[] = "SELECT name FROM main.sqlite_schema WHERE type = 'view'";
	sqlite3_stmt *s = NULL;
	char *sql = NULL;
	int rc;

	do {
		rc = sqlite3_prepare_v2(db, next, -1, &s, NULL);
		if (rc)
			return rc;
		rc = sqlite3_step(s);
		if (rc == SQLITE_ROW)
			sql = sqlite3_mprintf("DROP VIEW main.\"%w\"", sqlite3_column_text(s, 0));
		sqlite3_finalize(s);
		if (rc != SQLITE_ROW)
			return rc == SQLITE_DONE ? SQLITE_OK : rc;
		rc = sql ? sqlite3_exec(db, sql, NULL, NULL, NULL) : SQLITE_NOMEM;
		sqlite3_free(sql);
		sql = NULL;
	} while (!rc);
	return rc;
}

static int new_tables(sqlite3 *db)
{
	static const char *const table[] = { "\nCREATE TABLE block (", "\nCREATE TABLE frame (" };
	int rc = SQLITE_OK;

	for (size_t i = 0; !rc && i < sizeof(table) / sizeof(table[0]); i++)
		rc = run_statement(db, strstr(trace_schema, table[i]), "", "");
	return rc;
}

const char *const schema_later[] = {
	"capture", "capture_meta", "capture_line", "capture_thread", "capture_slot",
	"capture_probe", "capture_event", "capture_fault", "capture_story", "capture_loss",
	"capture_total", "recorded", "noted", NULL,
};

static int is_missing(sqlite3 *db, const char *name, bool *missing)
{
	static const char sql[] = "SELECT 1 FROM main.sqlite_schema WHERE name = ?";
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &s, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	*missing = rc == SQLITE_DONE;
	sqlite3_finalize(s);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static const char *const later_indices[] = { "capture_event_slot", NULL };

/* Make those of a kind that are missing. */
static int complete(sqlite3 *db, const char *kind, const char *const *name, const char *instead)
{
	int rc = SQLITE_OK;

	for (; rc == SQLITE_OK && *name; name++) {
		char start[80];
		bool missing;

		rc = is_missing(db, *name, &missing);
		snprintf(start, sizeof(start), "\nCREATE %s %s ", kind, *name);
		if (rc == SQLITE_OK && missing)
			rc = run_statement(db, strstr(trace_schema, start), "\nCREATE ", instead);
	}
	return rc;
}

int schema_indices(sqlite3 *db)
{
	return complete(db, "INDEX", later_indices, "CREATE ");
}

int schema_complete(sqlite3 *db, bool temp)
{
	int rc = complete(db, "TABLE", schema_later, temp ? "CREATE TEMP " : "CREATE ");

	return rc == SQLITE_OK && !temp ? schema_indices(db) : rc;
}

int schema_upgrade(sqlite3 *db)
{
	static const char columns[] =
		"ALTER TABLE run ADD COLUMN source TEXT NOT NULL DEFAULT 'model';"
		"ALTER TABLE run ADD COLUMN packed INTEGER NOT NULL DEFAULT 0;"
		"ALTER TABLE run ADD COLUMN keyframe_every INTEGER;"
		"ALTER TABLE event ADD COLUMN time INTEGER;"
		"ALTER TABLE event ADD COLUMN waited INTEGER;"
		"PRAGMA user_version = 2";
	int rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

	if (rc)
		return rc;
	if (db_format(db) != 1)		/* somebody else was faster */
		return sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	rc = drop_views(db);
	if (!rc)
		rc = sqlite3_exec(db, columns, NULL, NULL, NULL);
	if (!rc)
		rc = new_tables(db);
	if (!rc)
		rc = schema_complete(db, false);
	if (!rc)
		rc = schema_views(db, false);
	if (!rc)
		rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	return rc;
}
