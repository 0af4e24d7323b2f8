/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file of a writer: one that is there and gets more, a new one, or one that takes the place of
 * another when it is whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/db.h"
#include "traces/schema.h"
#include "traces/write/writer.h"

int trace_way(const char *path, bool append, bool *exists, char *err)
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
	return r && r != -ENOTSUP ? r : db_unused(path, err);
}

static int make_schema(struct trace_writer *tw, const char *path, char *err)
{
	static const char begin[] = "PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE";
	int r = db_open_raw(&tw->db, path, SQLITE_OPEN_READWRITE, err);

	if (!r && tw->mode == TRACE_SCRATCH)
		sqlite3_exec(tw->db, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
	if (!r && (sqlite3_exec(tw->db, begin, NULL, NULL, NULL) != SQLITE_OK ||
		   sqlite3_exec(tw->db, trace_schema, NULL, NULL, NULL) != SQLITE_OK ||
		   sqlite3_exec(tw->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK))
		r = db_error(tw->db, tw->path, err);
	sqlite3_close(tw->db);
	tw->db = NULL;
	return r;
}

/*
 * Who changes which file has a name does it with its folder locked: one after the other, because
 * the log that a dead writer left behind must not be taken for the new file's, and is no dead
 * one's where another has just begun.
 */
static int lock_folder(const char *place)
{
	const char *slash = strrchr(place, '/');
	char *folder = sqlite3_mprintf("%.*s.", slash ? (int)(slash - place) + 1 : 0, place);
	int lock = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (lock >= 0)
		flock(lock, LOCK_EX);
	sqlite3_free(folder);
	return lock;
}

/* Give a part that is a trace its name, if nobody has made one there meanwhile. */
static int give_name(struct output_part *part, bool *named)
{
	int lock = lock_folder(part->place), r = 0;

	if (access(part->place, F_OK)) {
		db_remove_logs(part->place);
		/* some filesystems have no second names */
		if (!link(part->name, part->place) || (errno != EEXIST &&
						       !rename(part->name, part->place)))
			*named = true;
		else if (errno != EEXIST)
			r = -errno;
	}
	if (lock >= 0)
		close(lock);
	return r;
}

int trace_make_file(struct trace_writer *tw, char *err)
{
	int r = part_make(&tw->part, tw->path, true, err);

	if (r)
		return r;
	r = make_schema(tw, tw->part.name, err);
	if (r || tw->replaces)
		return r;
	r = give_name(&tw->part, &tw->made);
	part_drop(&tw->part);
	if (r)
		snprintf(err, TRACE_ERROR_MAX, "%s: %s", tw->path, strerror(-r));
	return r;
}

/* All that was committed to a trace is in the file, and not in the log that is removed next. */
static void empty_log(const char *path)
{
	char ignored[TRACE_ERROR_MAX];
	sqlite3 *db;

	if (db_open_raw(&db, path, SQLITE_OPEN_READWRITE, ignored))
		return;
	sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
	sqlite3_close(db);
}

int trace_publish(struct output_part *part, const char *path, char *err)
{
	bool exists;
	int lock = lock_folder(part->place);
	int r = trace_way(path, false, &exists, err);	/* again: it took its time */

	if (!r && !access(part->place, F_OK))
		empty_log(part->place);
	if (!r)
		db_remove_logs(part->place);
	if (!r)
		r = part_publish(part, path, err);
	else
		part_drop(part);
	if (lock >= 0)
		close(lock);
	return r;
}

void trace_unmake(struct trace_writer *tw)
{
	sqlite3_stmt *s = NULL;

	sqlite3_exec(tw->db, "ROLLBACK", NULL, NULL, NULL);
	/* with the lock, for another may have added to it meanwhile */
	if (sqlite3_exec(tw->db, "BEGIN EXCLUSIVE", NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(tw->db, "SELECT 1 FROM run", -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_DONE) {
		char *place = output_place(tw->path);

		if (place && !unlink(place))
			db_remove_logs(place);
		free(place);
	}
	sqlite3_finalize(s);
	sqlite3_exec(tw->db, "ROLLBACK", NULL, NULL, NULL);
}

int trace_creatable(const char *path, enum trace_mode mode, char *err)
{
	bool exists;
	int r = trace_way(path, mode == TRACE_APPEND || mode == TRACE_TOGETHER, &exists, err);

	/* beside a file that is written lies its log */
	return r ? r : output_check(path, err);
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
	if (r)
		return r;
	memcpy(path + n, name, sizeof(name));
	output_mark(path, true, true);
	return 0;
}

void trace_unplace(const char *path)
{
	char *folder = strndup(path, (size_t)(strrchr(path, '/') - path));

	unlink(path);
	if (folder)
		rmdir(folder);
	free(folder);
	output_unmark(path);
}
