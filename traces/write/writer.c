/* SPDX-License-Identifier: GPL-2.0-only */
#include "traces/write/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
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
	if (tw->batch && !tw->together) {
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

static int remove_trace(const char *path, char *err)
{
	int r = db_unused(path, err);
	char *real;

	if (r)
		return r;
	real = realpath(path, NULL);		/* a link to a trace stays a link */
	if (!real || unlink(real)) {
		r = -errno;
		snprintf(err, TRACE_ERROR_MAX, "%s: %s", path, strerror(-r));
	}
	if (!r)
		db_remove_logs(real);
	free(real);
	return r;
}

/*
 * Make way for a writer: *exists becomes true if there is a trace to add to.  A trace is
 * replaced whatever its format is; nothing else ever is.
 */
static int make_way(const char *path, bool append, bool *exists, char *err)
{
	int r = db_identify(path, err);

	*exists = false;
	if (r == -ENOENT)
		return 0;
	if (r == -EINVAL)
		snprintf(err, TRACE_ERROR_MAX,
			 "%s exists and is not a swapscope trace; it is left as it is", path);
	if (append) {
		*exists = !r;
		return r;
	}
	return r && r != -ENOTSUP ? r : remove_trace(path, err);
}

static int make_schema(struct trace_writer *tw, const char *path, char *err)
{
	static const char begin[] = "PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE";
	int r = db_open_raw(&tw->db, path, SQLITE_OPEN_READWRITE, err);

	if (!r && tw->scratch)
		sql_exec(tw, "PRAGMA synchronous = OFF");
	if (!r && (sql_exec(tw, begin) || sql_exec(tw, trace_schema) || sql_exec(tw, "COMMIT")))
		r = tw->error;
	sqlite3_close(tw->db);
	tw->db = NULL;
	return r;
}

/* Bytes of a path up to its last slash, and that. */
static int folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (int)(slash - path) + 1 : 0;
}

/* Where a file is made: a link to a file that is not there says where.  sqlite3_free() it. */
static char *place_of(const char *path)
{
	char *at = sqlite3_mprintf("%s", path), *next, target[4096];
	ssize_t n;

	for (int links = 0; at && links < 40; links++) {
		n = readlink(at, target, sizeof(target) - 1);
		if (n < 0)
			break;
		target[n] = '\0';
		next = sqlite3_mprintf("%.*s%s", *target == '/' ? 0 : folder_length(at), at,
				       target);
		sqlite3_free(at);
		at = next;
	}
	return at;
}

/*
 * Give a file that is a trace its name, if nobody has made one there meanwhile: one after the
 * other, because the log that a dead writer left behind must not be taken for the new file's, and
 * is no dead one's where another has just begun.
 */
static int give_name(const char *made, const char *place)
{
	char *folder = sqlite3_mprintf("%.*s.", folder_length(place), place);
	int lock = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1, r = 0;

	if (lock >= 0)
		flock(lock, LOCK_EX);
	if (access(place, F_OK)) {
		db_remove_logs(place);
		/* some filesystems have no second names */
		if (link(made, place) && errno != EEXIST && rename(made, place))
			r = -errno;
	}
	if (lock >= 0)
		close(lock);
	sqlite3_free(folder);
	return r;
}

/*
 * The file gets its name when it has its schema: whoever finds it finds a trace.  One that another
 * has made meanwhile is as good.
 */
static int make_file(struct trace_writer *tw, char *err)
{
	char *place = place_of(tw->path), *made = NULL;
	int fd, r = -ENOMEM;

	if (place)
		made = sqlite3_mprintf("%.*s.swapscope-%ld-%p", folder_length(place), place,
				       (long)getpid(), (void *)tw);
	if (made) {
		fd = open(made, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
		r = fd < 0 ? -errno : 0;
		if (fd >= 0)
			close(fd);
	}
	if (!r) {
		r = make_schema(tw, made, err);
		if (!r)
			r = give_name(made, place);
		unlink(made);
	}
	if (r)
		snprintf(err, TRACE_ERROR_MAX, "%s: %s", tw->path, strerror(-r));
	sqlite3_free(place);
	sqlite3_free(made);
	return r;
}

/* A trace to add to.  One of format 1 becomes one of today: nothing is lost by that. */
static int open_existing(struct trace_writer *tw, char *err)
{
	int r = db_open(&tw->db, tw->path, SQLITE_OPEN_READWRITE, err);

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
	sql_exec(tw, tw->scratch ? "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF" :
		 "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
		 "PRAGMA cache_size = -16000");
	/* what is there already is asked with the lock: nobody adds to it meanwhile */
	tw_lock(tw);
	tw_row(tw, SQL_META, TEXT("recorded_by"), TEXT("swapscope"));
	tw_row(tw, SQL_META, TEXT("keyframe_every"), TEXT(every));
	tw_dictionary(tw);
	return tw_commit(tw);
}

int trace_place(char *path, size_t size, char *err)
{
	static const char name[] = "/runs.db";
	const char *tmp = getenv("TMPDIR");
	int n = snprintf(path, size, "%s/swapscope-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	int r = n < 0 || (size_t)n + sizeof(name) > size ? -ENAMETOOLONG : 0;

	if (!r && !mkdtemp(path))
		r = -errno;
	if (r)
		snprintf(err, TRACE_ERROR_MAX, "%.200s: %s", path, strerror(-r));
	else
		memcpy(path + n, name, sizeof(name));
	return r;
}

void trace_unplace(const char *path)
{
	char *folder = strndup(path, (size_t)(strrchr(path, '/') - path));

	unlink(path);
	if (folder)
		rmdir(folder);
	free(folder);
}

int trace_creatable(const char *path, char *err)
{
	char *folder = sqlite3_mprintf("%.*s.", folder_length(path), path);
	bool exists;
	int r = folder ? make_way(path, true, &exists, err) : -ENOMEM;

	/* beside a file that is written lies its log */
	if (!r && (access(folder, W_OK | X_OK) || (exists && access(path, W_OK)))) {
		r = -errno;
		snprintf(err, TRACE_ERROR_MAX, "%s: %s", path, strerror(-r));
	}
	sqlite3_free(folder);
	return r;
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
	tw->together = mode == TRACE_TOGETHER;
	tw->scratch = mode == TRACE_SCRATCH;
	r = make_way(tw->path, mode == TRACE_APPEND || mode == TRACE_TOGETHER, &exists, err);
	if (!r && !exists)
		r = make_file(tw, err);
	if (!r)
		r = open_existing(tw, err);
	if (!r && start_writing(tw)) {
		r = tw->error;
		snprintf(err, TRACE_ERROR_MAX, "%s", tw->error_text);
	}
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

int trace_close(struct trace_writer *tw)
{
	int r;

	if (!tw)
		return 0;
	tw->together = false;
	r = tw_commit(tw);
	for (unsigned i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(tw->stmt[i]);
	/* One file.  A reader that is at it now keeps the log; nothing is lost by that. */
	if (tw->db && !r && !tw->scratch)
		sqlite3_exec(tw->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
	sqlite3_close(tw->db);
	for (unsigned i = 0; i < tw->results; i++)
		free(tw->result[i].text);
	rows_free(&tw->rows);
	free(tw->change);
	free(tw->field_id);
	free(tw->path);
	free(tw);
	return r;
}
