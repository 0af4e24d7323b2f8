/* SPDX-License-Identifier: GPL-2.0-only */
#include "traces/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/text.h"
#include "traces/schema.h"
#include "traces/trace.h"

#define BUSY_MS		2000
#define HEADER_SIZE	100
#define HEADER_PAGE	16	/* offsets in the header of an SQLite file */
#define HEADER_LOG	18	/* 1: without a write-ahead log */
#define HEADER_PAGES	28
#define HEADER_FORMAT	60
#define HEADER_APP	68

/* ---- errors ---- */

int db_errno(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
		return -EACCES;
	case SQLITE_IOERR:
		return -EIO;
	case SQLITE_TOOBIG:
		return -EFBIG;
	default:
		return -EBADMSG;
	}
}

int db_error(sqlite3 *db, const char *path, char *err)
{
	int rc = sqlite3_errcode(db);
	int r = db_errno(rc), system = sqlite3_system_errno(db);
	char why[TRACE_ERROR_MAX];

	if ((rc & 0xff) == SQLITE_CANTOPEN && system > 0) {
		snprintf(err, TRACE_ERROR_MAX, "%s: %s", path, strerror(system));
		return -system;
	}

	/* What SQLite says of a file can quote the file. */
	snprintf(why, sizeof(why), "%s", sqlite3_errmsg(db));
	text_clean(why, why, false);
	if (r == -EBADMSG || r == -EFBIG)
		snprintf(err, TRACE_ERROR_MAX, "%s is damaged: %.200s", path, why);
	else if (r == -EBUSY)
		snprintf(err, TRACE_ERROR_MAX, "%s is in use by another program", path);
	else
		snprintf(err, TRACE_ERROR_MAX, "%s: %.200s", path, why);
	return r ? r : -EBADMSG;
}

/* ---- what a file is ---- */

static const char magic[16] = "SQLite format 3";

static uint32_t big_endian(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* A finished file has all the pages that it speaks of.  SQLite itself forgives half a page. */
static bool cut_short(const unsigned char *header, off_t size)
{
	uint64_t page = (uint64_t)header[HEADER_PAGE] << 8 | header[HEADER_PAGE + 1];

	if (page == 1)
		page = 65536;
	return header[HEADER_LOG] == 1 && (uint64_t)size < page * big_endian(header + HEADER_PAGES);
}

static bool is_trace(const unsigned char *header)
{
	return !memcmp(header, magic, sizeof(magic)) &&
	       big_endian(header + HEADER_APP) == TRACE_APPLICATION_ID;
}

static int identify_header(const char *path, const unsigned char *header, size_t n, off_t size,
			   char *err)
{
	uint32_t format;

	if (n < sizeof(magic) || memcmp(header, magic, sizeof(magic)) ||
	    (n == HEADER_SIZE && big_endian(header + HEADER_APP) != TRACE_APPLICATION_ID)) {
		snprintf(err, TRACE_ERROR_MAX, "%s is not a swapscope trace", path);
		return -EINVAL;
	}
	if (n < HEADER_SIZE) {
		snprintf(err, TRACE_ERROR_MAX, "%s is damaged: it ends within its header", path);
		return -EBADMSG;
	}
	format = big_endian(header + HEADER_FORMAT);
	if (format < 1 || format > TRACE_FORMAT) {
		snprintf(err, TRACE_ERROR_MAX, "%s has format %u; this program reads 1 to %d", path,
			 format, TRACE_FORMAT);
		return -ENOTSUP;
	}
	if (cut_short(header, size)) {
		snprintf(err, TRACE_ERROR_MAX, "%s is damaged: its end is missing", path);
		return -EBADMSG;
	}
	return 0;
}

/* ---- opening ---- */

/* Nothing in the file may run code, grow beyond reason or be mapped into memory. */
static void harden(sqlite3 *db)
{
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 0, NULL);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, TRACE_BLOB_MAX + DB_TEXT_MAX);
	sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, DB_TEXT_MAX);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_limit(db, SQLITE_LIMIT_TRIGGER_DEPTH, 1);
	sqlite3_busy_timeout(db, BUSY_MS);
}

int db_open_raw(sqlite3 **db, const char *path, int flags, char *err)
{
	char *name = sqlite3_mprintf(path[0] == '/' ? "%s" : "./%s", path);
	int r = 0;

	*db = NULL;
	/* "./" because SQLite gives a meaning to "" and ":memory:". */
	if (!name || sqlite3_open_v2(name, db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		r = *db ? db_error(*db, path, err) : -ENOMEM;
		if (!*db)
			snprintf(err, TRACE_ERROR_MAX, "%s: out of memory", path);
		sqlite3_close(*db);
		*db = NULL;
	}
	sqlite3_free(name);
	if (!r)
		harden(*db);
	return r;
}

/* ---- what a killed writer left ---- */

#define JOURNAL_END	8	/* bytes at the end of a journal of several files: a magic number */

/*
 * Is there a journal beside the file, and one that is not over?  1, 0, or -EBADMSG: it is one of a
 * transaction over several files, which no writer of traces makes; SQLite would follow the names
 * in it.
 */
static int journal_is_hot(const char *path)
{
	static const unsigned char several[JOURNAL_END] = { 0xd9, 0xd5, 0x05, 0xf9,
							    0x20, 0xa1, 0x63, 0xd7 };
	char *real = realpath(path, NULL);
	char *name = sqlite3_mprintf("%s-journal", real ? real : path);
	int fd = name ? open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1, r = 0;
	unsigned char first = 0, end[JOURNAL_END];
	struct stat st;

	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) &&
	    pread(fd, &first, 1, 0) == 1 && first)
		r = st.st_size >= JOURNAL_END &&
		    pread(fd, end, JOURNAL_END, st.st_size - JOURNAL_END) == JOURNAL_END &&
		    !memcmp(end, several, JOURNAL_END) ? -EBADMSG : 1;
	if (fd >= 0)
		close(fd);
	sqlite3_free(name);
	free(real);
	return r;
}

/*
 * A writer that was killed within a transaction leaves a journal of what was there before it.  Who
 * only reads cannot use it: the file becomes what it was, by who may write to it.
 */
static int take_back(const char *path, char *err)
{
	int r = journal_is_hot(path);
	sqlite3 *db;

	if (r < 0)
		snprintf(err, TRACE_ERROR_MAX, "%s is damaged: the journal beside it is of several "
			 "files", path);
	if (r <= 0)
		return r;
	if (access(path, W_OK)) {
		r = -errno;
		snprintf(err, TRACE_ERROR_MAX, "%s: its writer was killed; who may write to the "
			 "file has to open it once", path);
		return r;
	}
	r = db_open_raw(&db, path, SQLITE_OPEN_READWRITE, err);
	if (r)
		return r;
	/* the first look at it does it; what else is wrong is found by who opens it next */
	sqlite3_exec(db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
	sqlite3_close(db);
	return 0;
}

/* The first bytes of a file: how many, and its size; or a negative errno. */
static ssize_t read_header(const char *path, unsigned char *header, off_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = fstat(fd, &st) ? -1 : pread(fd, header, HEADER_SIZE, 0);
	if (n < 0)
		n = -errno;
	else
		*size = st.st_size;
	close(fd);
	return n;
}

int db_identify(const char *path, char *err)
{
	char ignored[TRACE_ERROR_MAX];
	unsigned char header[HEADER_SIZE];
	struct stat st;
	off_t size = 0;
	ssize_t n;
	int r = 0;

	if (!err)
		err = ignored;
	if (stat(path, &st))
		r = -errno;
	else if (S_ISDIR(st.st_mode))
		r = -EISDIR;
	if (r) {
		snprintf(err, TRACE_ERROR_MAX, "%s: %s", path, strerror(-r));
		return r;
	}
	if (!S_ISREG(st.st_mode)) {		/* a FIFO would block */
		snprintf(err, TRACE_ERROR_MAX, "%s is not a file", path);
		return -EINVAL;
	}
	n = read_header(path, header, &size);
	if (n == HEADER_SIZE && is_trace(header)) {
		r = take_back(path, err);
		if (r)
			return r;
		n = read_header(path, header, &size);
	}
	if (n < 0) {
		snprintf(err, TRACE_ERROR_MAX, "%s: %s", path, strerror((int)-n));
		return (int)n;
	}
	return identify_header(path, header, (size_t)n, size, err);
}

/* ---- opening a trace ---- */

static const char *const tables[] = {
	"meta", "program", "step", "source", "run", "switch", "task", "field", "name", "result",
	"event", "change", "keyframe", "finding", "note", "graph_state", "graph_field",
	"graph_transition", "block", "frame",
};

#define TABLES		(sizeof(tables) / sizeof(tables[0]))
#define TABLES_1	(TABLES - 2)	/* of format 1 */

int db_format(sqlite3 *db)
{
	sqlite3_stmt *s = NULL;
	int format = 0;

	if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW)
		format = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return format;
}

/* Every name that we use is a real table (rootpage), and there are no triggers. */
static int check_schema(sqlite3 *db, const char *path, char *err)
{
	static const char careful[] = "PRAGMA cell_size_check = 1; PRAGMA mmap_size = 0";
	static const char sql[] = "SELECT type, name, rootpage FROM sqlite_schema";
	const size_t n = db_format(db) == 1 ? TABLES_1 : TABLES;
	const char *surprise = NULL;
	uint32_t seen = 0;
	sqlite3_stmt *stmt;
	int rc;

	if (sqlite3_exec(db, careful, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		return db_error(db, path, err);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		const char *type = (const char *)sqlite3_column_text(stmt, 0);
		const char *name = (const char *)sqlite3_column_text(stmt, 1);

		if (!type || !name || !strcmp(type, "trigger"))
			surprise = "its schema has what no trace has";
		for (const char *const *t = schema_later; name && type && *t; t++)
			if (!sqlite3_stricmp(name, *t) &&
			    (strcmp(type, "table") || sqlite3_column_int64(stmt, 2) <= 0))
				surprise = "its schema has what no trace has";
		for (size_t i = 0; name && type && i < n; i++)
			if (!sqlite3_stricmp(name, tables[i]) && !strcmp(type, "table") &&
			    sqlite3_column_int64(stmt, 2) > 0)
				seen |= 1u << i;
	}
	if (rc != SQLITE_DONE) {
		rc = db_error(db, path, err);
		sqlite3_finalize(stmt);
		return rc;
	}
	sqlite3_finalize(stmt);
	if (!surprise && seen != (1u << n) - 1)
		surprise = "tables are missing";
	if (surprise)
		snprintf(err, TRACE_ERROR_MAX, "%s is damaged: %s", path, surprise);
	return surprise ? -EBADMSG : 0;
}

int db_open(sqlite3 **db, const char *path, int flags, char *err)
{
	int r;

	*db = NULL;
	r = db_identify(path, err);
	if (!r)
		r = db_open_raw(db, path, flags, err);
	if (r)
		return r;
	r = check_schema(*db, path, err);
	if (r) {
		sqlite3_close(*db);
		*db = NULL;
	}
	return r;
}

int db_unused(const char *path, char *err)
{
	sqlite3 *db;
	int r = db_open_raw(&db, path, SQLITE_OPEN_READWRITE, err);

	if (r)
		return r;
	sqlite3_busy_timeout(db, 0);
	if ((sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) & 0xff) == SQLITE_BUSY)
		r = db_error(db, path, err);
	sqlite3_close(db);
	return r;
}

void db_remove_logs(const char *path)
{
	static const char *const beside[] = { "-wal", "-shm", "-journal" };

	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		char *name = sqlite3_mprintf("%s%s", path, beside[i]);

		if (name)
			unlink(name);
		sqlite3_free(name);
	}
}

/* ---- texts ---- */

void text_clean(char *to, const char *text, bool lines)
{
	const unsigned char *s = (const unsigned char *)text;

	while (*s) {
		size_t n = utf8_shown(s);

		if (n) {
			memmove(to, s, n);
		} else {
			*to = lines && (*s == '\n' || *s == '\t') ? (char)*s : '?';
			n = 1;
		}
		to += n;
		s += n;
	}
	*to = '\0';
}
