/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packing and unpacking a file: a copy of it, in which the rows of runs become blocks or the
 * other way round.
 */
#include "traces/pack/pack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "traces/db.h"
#include "traces/read/scan.h"
#include "traces/schema.h"
#include "traces/write/writer.h"

struct conversion {
	sqlite3 *db;			/* what is read */
	const char *from, *to;
	struct output_part part;		/* the copy */
	struct trace_writer *tw;	/* and what writes to it */
	bool pack;
	struct pack_result *result;
	char *err;

	struct scan scan;
	struct row_event *event;	/* what the next block is made of */
	struct row_change *change;
	size_t events, changes;
	bool clock;
	uint64_t first;
	struct block_buffer buffer;
};

static int fail(struct conversion *c, const char *path, int error)
{
	snprintf(c->err, TRACE_ERROR_MAX, "%s: %s", path, strerror(-error));
	return error;
}

/* What went wrong in the copy is told of the file that it was to be. */
static int writer_error(struct conversion *c)
{
	snprintf(c->err, TRACE_ERROR_MAX, "%s", c->tw->error_text);
	return c->tw->error;
}

/* ---- the copy ---- */

/* May `to` be made?  It may be a trace that nobody writes to. */
static int check_way(struct conversion *c)
{
	bool exists;

	if (same_output(c->from, c->to)) {
		snprintf(c->err, TRACE_ERROR_MAX, "%s is what is read; it cannot be written too",
			 c->to);
		return -EINVAL;
	}
	return trace_way(c->to, false, &exists, c->err);
}

static int copy_all(struct conversion *c)
{
	sqlite3_backup *b = sqlite3_backup_init(c->tw->db, "main", c->db, "main");
	int rc;

	if (!b)
		return db_error(c->tw->db, c->to, c->err);
	rc = sqlite3_backup_step(b, -1);
	if (rc != SQLITE_DONE && db_errno(rc) == -EBUSY)
		snprintf(c->err, TRACE_ERROR_MAX, "%s is in use by another program", c->from);
	sqlite3_backup_finish(b);
	if (rc == SQLITE_DONE)
		return 0;
	return db_errno(rc) == -EBUSY ? -EBUSY : db_error(c->tw->db, c->to, c->err);
}

/* Nobody else knows of the copy, and half of it is of no use: it needs no journal. */
static int open_copy(struct conversion *c)
{
	static const char careless[] = "PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF;"
		"PRAGMA synchronous = OFF; PRAGMA cache_size = -16000";
	int r;

	c->tw = calloc(1, sizeof(*c->tw));
	if (!c->tw)
		return fail(c, c->to, -ENOMEM);
	c->tw->path = strdup(c->to);
	if (!c->tw->path)
		return fail(c, c->to, -ENOMEM);
	r = db_open_raw(&c->tw->db, c->part.name, SQLITE_OPEN_READWRITE, c->err);
	if (!r)
		r = copy_all(c);
	if (!r && (sqlite3_exec(c->tw->db, careless, NULL, NULL, NULL) != SQLITE_OK ||
		   (db_format(c->tw->db) == 1 && schema_upgrade(c->tw->db) != SQLITE_OK)))
		r = db_error(c->tw->db, c->to, c->err);
	return r;
}

/* ---- runs ---- */

static int write_block(struct conversion *c)
{
	int r;

	if (!c->events)
		return 0;
	r = block_encode(&c->buffer, c->event, c->events, c->change, c->changes, c->clock);
	if (r)
		return fail(c, c->to, r);
	tw_row(c->tw, SQL_BLOCK, INT(c->scan.run), INT(c->first), INT(c->events),
	       BLOB(c->buffer.data, c->buffer.size));
	c->events = c->changes = 0;
	return c->tw->error ? writer_error(c) : 0;
}

static int pack_event(struct conversion *c, uint64_t seq, const struct row_event *e,
		      const struct row_change *change)
{
	int r = 0;

	if (c->events == BLOCK_EVENTS || c->changes + e->changes > BLOCK_CHANGES ||
	    c->clock != c->scan.clock)
		r = write_block(c);
	if (r)
		return r;
	if (!c->events) {
		c->first = seq;
		c->clock = c->scan.clock;
	}
	c->event[c->events++] = *e;
	memcpy(c->change + c->changes, change, e->changes * sizeof(*change));
	c->changes += e->changes;
	return 0;
}

static int unpack_event(struct conversion *c, uint64_t seq, const struct row_event *e,
			const struct row_change *change)
{
	tw_event_rows(c->tw, c->scan.run, seq, e, change, c->scan.clock);
	return c->tw->error ? writer_error(c) : 0;
}

static int convert_events(struct conversion *c)
{
	const struct row_change *change;
	const struct row_event *e;
	uint64_t seq;
	int r;

	while ((r = scan_next(&c->scan, &seq, &e, &change)) > 0) {
		r = c->pack ? pack_event(c, seq, e, change) : unpack_event(c, seq, e, change);
		if (!r && c->tw->batch >= BATCH_ROWS && tw_commit(c->tw))
			r = writer_error(c);
		if (r)
			return r;
		c->result->events++;
	}
	return r || !c->pack ? r : write_block(c);
}

static int convert_keyframe(struct conversion *c, uint64_t position)
{
	struct trace_writer *tw = c->tw;
	struct scan *s = &c->scan;
	uint64_t at;
	int r = scan_keyframe(s, position, &at);

	if (r)
		return r;
	if (at != position)
		return scan_bad(s, "a keyframe has no proper position");
	if (!c->pack) {
		for (size_t i = 0; i < s->keyframe.n; i++)
			tw_row(tw, SQL_KEYFRAME, INT(s->run), INT(at),
			       INT(s->keyframe.value[i].field), INT(s->keyframe.value[i].value));
	} else {
		r = frame_encode(&c->buffer, s->keyframe.value, s->keyframe.n);
		if (r)
			return fail(c, c->to, r);
		tw_row(tw, SQL_FRAME, INT(s->run), INT(at), BLOB(c->buffer.data, c->buffer.size));
	}
	if (tw->batch >= BATCH_ROWS)
		tw_commit(tw);
	return tw->error ? writer_error(c) : 0;
}

/* Call `each` with the first column of every row; the run is the parameter, if there is one. */
static int each_number(struct conversion *c, const char *sql, int run,
		       int (*each)(struct conversion *c, uint64_t n))
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(c->db, sql, -1, &s, NULL), r = 0;
	uint64_t n;

	if (rc == SQLITE_OK && sqlite3_bind_parameter_count(s))
		sqlite3_bind_int(s, 1, run);
	while (!r && rc == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW) {
		if (!scan_number(s, 0, INT64_MAX, &n)) {
			snprintf(c->err, TRACE_ERROR_MAX,
				 "%s is damaged: a number is out of its range", c->from);
			r = -EBADMSG;
		} else {
			r = each(c, n);
		}
	}
	rc = sqlite3_finalize(s);
	return !r && rc != SQLITE_OK ? db_error(c->db, c->from, c->err) : r;
}

/* The rows that there were before, in the copy. */
static int remove_rows(struct conversion *c)
{
	static const char *const plain[] = { "event", "change", "keyframe", NULL };
	static const char *const packed[] = { "block", "frame", NULL };
	int rc = SQLITE_OK;
	char *sql;

	for (const char *const *t = c->pack ? plain : packed; rc == SQLITE_OK && *t; t++) {
		sql = sqlite3_mprintf("DELETE FROM %s WHERE run = %d", *t, c->scan.run);
		rc = sql ? sqlite3_exec(c->tw->db, sql, NULL, NULL, NULL) : SQLITE_NOMEM;
		sqlite3_free(sql);
	}
	if (rc != SQLITE_OK)
		return db_error(c->tw->db, c->to, c->err);
	tw_row(c->tw, SQL_RUN_PACKED, INT(c->pack), INT(c->scan.run));
	return tw_commit(c->tw) ? writer_error(c) : 0;
}

static int convert_run(struct conversion *c, uint64_t run)
{
	int r;

	if (run > INT32_MAX)
		return fail(c, c->from, -EBADMSG);
	r = scan_open(&c->scan, c->db, c->from, (int)run, c->err);
	if (!r && c->scan.packed != c->pack) {
		c->result->runs++;
		r = convert_events(c);
		if (!r)
			r = each_number(c, c->pack ?
					"SELECT DISTINCT seq FROM keyframe WHERE run = ?" :
					"SELECT seq FROM frame WHERE run = ?", (int)run,
					convert_keyframe);
		if (!r)
			r = remove_rows(c);
	}
	scan_close(&c->scan);
	return r;
}

/* ---- the file ---- */

/* The copy is whole: give it its name. */
static int publish(struct conversion *c)
{
	struct stat a, b;
	int r;

	sqlite3_limit(c->tw->db, SQLITE_LIMIT_ATTACHED, 1);	/* VACUUM is made of one */
	if (sqlite3_exec(c->tw->db, "VACUUM", NULL, NULL, NULL) != SQLITE_OK)
		return db_error(c->tw->db, c->to, c->err);
	r = trace_close(c->tw);
	c->tw = NULL;
	if (!r && (stat(c->from, &a) || stat(c->part.name, &b)))
		r = -errno;
	if (r)
		return fail(c, c->to, r);
	r = trace_publish(&c->part, c->to, c->err);
	if (r)
		return r;
	c->result->bytes_before = (uint64_t)a.st_size;
	c->result->bytes_after = (uint64_t)b.st_size;
	return 0;
}

static int convert(struct conversion *c)
{
	int r = check_way(c);

	if (!r)
		r = db_open(&c->db, c->from, SQLITE_OPEN_READONLY, c->err);
	if (!r)
		r = part_make(&c->part, c->to, true, c->err);
	if (!r)
		r = open_copy(c);
	if (!r)
		r = each_number(c, "SELECT id FROM run ORDER BY id", 0, convert_run);
	return r ? r : publish(c);
}

int trace_pack(const char *from, const char *to, bool pack, struct pack_result *result, char *err)
{
	struct conversion c = { .from = from, .to = to, .pack = pack, .result = result,
				.err = err };
	int r;

	*result = (struct pack_result){ 0 };
	c.event = malloc(BLOCK_EVENTS * sizeof(*c.event));
	c.change = malloc(BLOCK_CHANGES * sizeof(*c.change));
	r = c.event && c.change ? convert(&c) : fail(&c, to, -ENOMEM);
	trace_close(c.tw);
	sqlite3_close(c.db);
	part_drop(&c.part);
	block_free(&c.buffer);
	free(c.event);
	free(c.change);
	return r;
}
