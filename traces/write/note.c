/* SPDX-License-Identifier: GPL-2.0-only */
#include "traces/write/note.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"
#include "traces/db.h"
#include "traces/schema.h"
#include "traces/write/writer.h"

#define WAIT_MS	5000	/* a recorder has its transactions one behind the other */

/* A file with notes to be changed: a transaction is open. */
struct book {
	sqlite3 *db;
	const char *path;
	char *err;
};

static int fail(struct book *b, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int fail(struct book *b, int error, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(b->err, TRACE_ERROR_MAX, format, ap);
	va_end(ap);
	return error;
}

/* ---- what a note can be ---- */

/* Nothing in it is shown otherwise than it was written. */
static bool is_shown_whole(const char *text, bool lines)
{
	for (const unsigned char *s = (const unsigned char *)text; *s;) {
		size_t n = utf8_shown(s);

		if (!n && !(lines && (*s == '\n' || *s == '\t')))
			return false;
		s += n ? n : 1;
	}
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int note_check(const struct note *n, char *err)
{
	struct book b = { .err = err };

	if (n->letter && !is_letter(n->letter))
		return fail(&b, -EINVAL, "a bookmark is a letter, a to z or A to Z");
	if (!n->letter && !n->text[strspn(n->text, " \t\n")])
		return fail(&b, -EINVAL, "a note without a text");
	if (strlen(n->text) > NOTE_TEXT_MAX)
		return fail(&b, -EINVAL, "a note has at most %d bytes, and this one %zu",
			    NOTE_TEXT_MAX, strlen(n->text));
	if (strlen(n->author) > NOTE_AUTHOR_MAX)
		return fail(&b, -EINVAL, "the name of an author has at most %d bytes, and this "
			    "one %zu", NOTE_AUTHOR_MAX, strlen(n->author));
	if (!is_shown_whole(n->text, true))
		return fail(&b, -EINVAL, "a note is text in UTF-8: no control characters but "
			    "newlines and tabulators");
	if (!is_shown_whole(n->author, false))
		return fail(&b, -EINVAL, "the name of an author is one line of UTF-8, without "
			    "control characters");
	return 0;
}

/* ---- rows ---- */

static int sql_failed(struct book *b)
{
	return db_error(b->db, b->path, b->err);
}

static int prepare(struct book *b, sqlite3_stmt **s, const char *sql)
{
	return sqlite3_prepare_v2(b->db, sql, -1, s, NULL) == SQLITE_OK ? 0 : sql_failed(b);
}

/* Make a change, and free the statement. */
static int change(struct book *b, sqlite3_stmt *s)
{
	int r = sqlite3_step(s) == SQLITE_DONE ? 0 : sql_failed(b);

	sqlite3_finalize(s);
	return r;
}

/* The length of a run, which is *run or where that is 0 the first; of none is said so. */
static int find_run(struct book *b, int *run, uint64_t *events)
{
	static const char sql[] =
		"SELECT id, coalesce(events, CASE WHEN packed THEN "
		"(SELECT first + events - 1 FROM block WHERE run = r.id "
		"ORDER BY first DESC LIMIT 1) "
		"ELSE (SELECT max(seq) FROM event WHERE run = r.id) END, 0) FROM run r "
		"WHERE ?1 = 0 OR id = ?1 ORDER BY id LIMIT 1";
	sqlite3_stmt *s = NULL;
	int r = prepare(b, &s, sql), rc = SQLITE_DONE;

	if (!r) {
		sqlite3_bind_int(s, 1, *run);
		rc = sqlite3_step(s);
		if (rc == SQLITE_ROW) {
			*run = sqlite3_column_int(s, 0);
			*events = (uint64_t)sqlite3_column_int64(s, 1);
		} else {
			r = rc == SQLITE_DONE ? -ENOENT : sql_failed(b);
		}
	}
	sqlite3_finalize(s);
	if (r == -ENOENT && *run)
		fail(b, r, "%s has no run %d", b->path, *run);
	else if (r == -ENOENT)
		fail(b, r, "%s holds no run", b->path);
	return r;
}

/* Is a letter free in a run? */
static int check_letter(struct book *b, int run, char letter)
{
	sqlite3_stmt *s = NULL;
	int r = letter ? prepare(b, &s, "SELECT id, seq FROM note JOIN noted ON note = id "
				 "WHERE run = ? AND letter = ? LIMIT 1") : 0;

	if (letter && !r) {
		sqlite3_bind_int(s, 1, run);
		sqlite3_bind_text(s, 2, &letter, 1, SQLITE_TRANSIENT);
		if (sqlite3_step(s) == SQLITE_ROW)
			r = fail(b, -EEXIST, "%s: run %d has a bookmark %c already, note %lld at "
				 "step %lld", b->path, run, letter,
				 (long long)sqlite3_column_int64(s, 0),
				 (long long)sqlite3_column_int64(s, 1));
		else if (sqlite3_errcode(b->db) != SQLITE_DONE)
			r = sql_failed(b);
	}
	sqlite3_finalize(s);
	return r;
}

/* Who wrote a note, and when. */
static int sign(struct book *b, int64_t id, const struct note *n)
{
	sqlite3_stmt *s = NULL;
	int r = prepare(b, &s, "INSERT OR REPLACE INTO noted VALUES (?, ?, ?, ?)");

	if (r)
		return r;
	sqlite3_bind_int64(s, 1, id);
	sqlite3_bind_text(s, 2, n->author, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 3, n->when);
	if (n->letter)
		sqlite3_bind_text(s, 4, &n->letter, 1, SQLITE_TRANSIENT);
	return change(b, s);
}

static int add(struct book *b, int run, const struct note *n, int64_t *id)
{
	sqlite3_stmt *s = NULL;
	uint64_t events = 0;
	int r = find_run(b, &run, &events);

	if (!r && n->position > events)
		r = fail(b, -EINVAL, "%s: run %d has %llu steps: none is number %llu", b->path, run,
			 (unsigned long long)events, (unsigned long long)n->position);
	if (!r)
		r = check_letter(b, run, n->letter);
	if (!r)
		r = prepare(b, &s, "INSERT INTO note (run, seq, kind, text) VALUES (?, ?, ?, ?)");
	if (r)
		return r;
	sqlite3_bind_int(s, 1, run);
	sqlite3_bind_int64(s, 2, (int64_t)n->position);
	sqlite3_bind_text(s, 3, n->letter ? "bookmark" : "note", -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 4, n->text, -1, SQLITE_STATIC);
	r = change(b, s);
	*id = sqlite3_last_insert_rowid(b->db);
	return r ? r : sign(b, *id, n);
}

/* Is it there, and somebody's?  *letter gets its letter. */
static int find_note(struct book *b, int run, int64_t id, char *letter)
{
	sqlite3_stmt *s = NULL;
	const char *text;
	int rc, r = prepare(b, &s, "SELECT kind IN ('note', 'bookmark'), letter FROM note "
			    "LEFT JOIN noted ON note = id WHERE id = ?1 AND (?2 = 0 OR run = ?2)");

	if (r)
		return r;
	sqlite3_bind_int64(s, 1, id);
	sqlite3_bind_int(s, 2, run);
	rc = sqlite3_step(s);
	if (rc == SQLITE_DONE && run)
		r = fail(b, -ENOENT, "%s: run %d has no note %lld", b->path, run, (long long)id);
	else if (rc == SQLITE_DONE)
		r = fail(b, -ENOENT, "%s has no note %lld", b->path, (long long)id);
	else if (rc != SQLITE_ROW)
		r = sql_failed(b);
	else if (!sqlite3_column_int(s, 0))
		r = fail(b, -EPERM, "%s: note %lld is the recorder's own; it stays as it is",
			 b->path, (long long)id);
	text = r ? NULL : (const char *)sqlite3_column_text(s, 1);
	*letter = text && is_letter(*text) && !text[1] ? *text : '\0';
	sqlite3_finalize(s);
	return r;
}

static int edit(struct book *b, int run, int64_t id, const struct note *n)
{
	struct note now = *n;
	sqlite3_stmt *s = NULL;
	int r = find_note(b, run, id, &now.letter);

	if (!r && !now.letter)
		r = note_check(&now, b->err);
	if (!r)
		r = prepare(b, &s, "UPDATE note SET text = ? WHERE id = ?");
	if (r)
		return r;
	sqlite3_bind_text(s, 1, n->text, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 2, id);
	r = change(b, s);
	return r ? r : sign(b, id, &now);
}

static int take_away(struct book *b, int run, int64_t id)
{
	static const char *const sql[] = { "DELETE FROM noted WHERE note = ?",
					   "DELETE FROM note WHERE id = ?" };
	sqlite3_stmt *s;
	char letter;
	int r = find_note(b, run, id, &letter);

	for (int i = 0; !r && i < 2; i++) {
		r = prepare(b, &s, sql[i]);
		if (r)
			break;
		sqlite3_bind_int64(s, 1, id);
		r = change(b, s);
	}
	return r;
}

/* ---- a file ---- */

static int run_sql(struct book *b, const char *sql)
{
	return sqlite3_exec(b->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : sql_failed(b);
}

/* Tables that the file is older than are made in the transaction that needs them. */
static int begin(struct book *b)
{
	int r = run_sql(b, "BEGIN IMMEDIATE");

	if (!r && schema_complete(b->db, false) != SQLITE_OK)
		r = sql_failed(b);
	return r;
}

/* The journal lies beside the file: SQLite opens one that cannot be written all the same. */
static int open_book(struct book *b, const char *path, char *err)
{
	int r = db_identify(path, err);

	*b = (struct book){ .path = path, .err = err };
	if (!r && access(path, W_OK))
		r = fail(b, -errno, "%s cannot be written: %s; a copy of it could be", path,
			 strerror(errno));
	if (!r)
		r = trace_creatable(path, TRACE_APPEND, err);
	if (!r)
		r = db_open(&b->db, path, SQLITE_OPEN_READWRITE, err);
	if (!r)
		sqlite3_busy_timeout(b->db, WAIT_MS);
	if (!r && db_format(b->db) == 1 && schema_upgrade(b->db) != SQLITE_OK)
		r = sql_failed(b);
	return r ? r : begin(b);
}

/* All of it, or where something went wrong nothing. */
static int close_book(struct book *b, int r)
{
	if (!r)
		r = run_sql(b, "COMMIT");
	sqlite3_close(b->db);		/* rolls back what is not committed */
	return r;
}

int note_add(const char *path, int run, const struct note *n, int64_t *id, char *err)
{
	struct book b;
	int r = note_check(n, err);

	if (r)
		return r;
	r = open_book(&b, path, err);
	return close_book(&b, r ? r : add(&b, run, n, id));
}

int note_edit(const char *path, int run, int64_t id, const struct note *n, char *err)
{
	struct note any = *n;
	struct book b;
	int r;

	any.letter = 'a';		/* it may be one: then it needs no text */
	r = note_check(&any, err);
	if (r)
		return r;
	r = open_book(&b, path, err);
	return close_book(&b, r ? r : edit(&b, run, id, n));
}

int note_delete(const char *path, int run, int64_t id, char *err)
{
	struct book b;
	int r = open_book(&b, path, err);

	return close_book(&b, r ? r : take_away(&b, run, id));
}

/* ---- a writer ---- */

/*
 * In the writer's transaction.  That a note cannot be is no error of the writer's; what SQLite says
 * is one, and sticks.
 */
static int writer_begin(struct book *b, struct trace_writer *tw, char *err)
{
	*b = (struct book){ .db = tw->db, .path = "the run", .err = err };
	if (rows_flush(tw) || tw_lock(tw))
		return fail(b, tw->error, "%s", tw->error_text);
	if (!tw->run)
		return fail(b, -EINVAL, "a note of no run");
	return run_sql(b, "SAVEPOINT note");
}

static int writer_end(struct book *b, struct trace_writer *tw, int r)
{
	if (r)
		sqlite3_exec(tw->db, "ROLLBACK TO note", NULL, NULL, NULL);
	sqlite3_exec(tw->db, "RELEASE note", NULL, NULL, NULL);
	if (r && r != -EINVAL && r != -EEXIST && r != -ENOENT && r != -EPERM)
		tw_fail(tw, r, "%s", b->err);
	if (!r && tw_commit(tw))
		r = fail(b, tw->error, "%s", tw->error_text);
	return r;
}

int writer_note(struct trace_writer *tw, const struct note *n, int64_t *id, char *err)
{
	struct book b;
	int r = note_check(n, err);

	if (!r)
		r = writer_begin(&b, tw, err);
	if (r)
		return r;
	return writer_end(&b, tw, add(&b, tw->run, n, id));
}

int writer_note_delete(struct trace_writer *tw, int64_t id, char *err)
{
	struct book b;
	int r = writer_begin(&b, tw, err);

	return r ? r : writer_end(&b, tw, take_away(&b, tw->run, id));
}
