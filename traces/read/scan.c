/* SPDX-License-Identifier: GPL-2.0-only */
#include "traces/read/scan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/db.h"

/* ---- helpers ---- */

int scan_bad(const struct scan *s, const char *what)
{
	snprintf(s->err, TRACE_ERROR_MAX, "%s is damaged: %s", s->path, what);
	return -EBADMSG;
}

static int no_memory(const struct scan *s)
{
	snprintf(s->err, TRACE_ERROR_MAX, "%s: out of memory", s->path);
	return -ENOMEM;
}

static int say_sql(const struct scan *s)
{
	return db_error(s->db, s->path, s->err);
}

bool scan_number(sqlite3_stmt *s, int column, uint64_t max, uint64_t *v)
{
	int64_t n = sqlite3_column_int64(s, column);
	int type = sqlite3_column_type(s, column);

	*v = (uint64_t)n;
	return type == SQLITE_NULL || (type == SQLITE_INTEGER && n >= 0 && (uint64_t)n <= max);
}

/* Several columns from `column` on, none of them larger than 2^32 - 1, into members of a row. */
static bool numbers(sqlite3_stmt *s, int column, uint32_t *const *to, int n)
{
	for (int i = 0; i < n; i++) {
		uint64_t v;

		if (!scan_number(s, column + i, UINT32_MAX, &v))
			return false;
		*to[i] = (uint32_t)v;
	}
	return true;
}

static int prepare(struct scan *s, sqlite3_stmt **to, const char *sql)
{
	if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, to, NULL) != SQLITE_OK ||
	    sqlite3_bind_int(*to, 1, s->run) != SQLITE_OK)
		return say_sql(s);
	return 0;
}

/* One number of the run; -ENOENT when there is no row. */
static int ask(struct scan *s, const char *sql, uint64_t *v)
{
	sqlite3_stmt *q = NULL;
	int r = prepare(s, &q, sql), rc = r ? SQLITE_ERROR : sqlite3_step(q);

	*v = 0;
	if (rc == SQLITE_ROW && !scan_number(q, 0, INT64_MAX, v))
		r = scan_bad(s, "a number is out of its range");
	else if (rc == SQLITE_DONE)
		r = -ENOENT;
	else if (!r && rc != SQLITE_ROW)
		r = say_sql(s);
	sqlite3_finalize(q);
	return r;
}

/* ---- open and close ---- */

/* Blocks follow one another from 1 on. */
static int check_blocks(struct scan *s)
{
	uint64_t wrong;
	int r = ask(s, "SELECT count(*) FROM (SELECT first, events, lag(first + events, 1, 1) "
		    "OVER (ORDER BY first) AS due FROM block WHERE run = ?) "
		    "WHERE first <> due OR events < 1", &wrong);

	if (!r && wrong)
		r = scan_bad(s, "its blocks overlap or leave gaps");
	return r;
}

static int prepare_all(struct scan *s, int format)
{
	static const char change[] = "SELECT seq, field, old, new FROM change "
		"WHERE run = ? AND seq >= ? ORDER BY seq, field";
	const char *event = format == 1 ?
		"SELECT seq, task, step, choice, depth, result, NULL, NULL FROM event "
		"WHERE run = ? AND seq >= ? ORDER BY seq" :
		"SELECT seq, task, step, choice, depth, result, waited, time FROM event "
		"WHERE run = ? AND seq >= ? ORDER BY seq";
	int r;

	if (s->packed) {
		r = prepare(s, &s->block, "SELECT first, events, data FROM block WHERE run = ? "
			    "AND first <= ? ORDER BY first DESC LIMIT 1");
		if (!r)
			r = prepare(s, &s->frame, "SELECT seq, data FROM frame WHERE run = ? "
				    "AND seq <= ? ORDER BY seq DESC LIMIT 1");
		return r;
	}
	r = prepare(s, &s->event, event);
	if (!r)
		r = prepare(s, &s->change, change);
	if (!r)
		r = prepare(s, &s->frame_at, "SELECT coalesce(max(seq), 0) FROM keyframe "
			    "WHERE run = ? AND seq <= ?");
	if (!r)
		r = prepare(s, &s->frame, "SELECT field, value FROM keyframe WHERE run = ? "
			    "AND seq = ? ORDER BY field");
	return r;
}

int scan_open(struct scan *s, sqlite3 *db, const char *path, int run, char *err)
{
	int format = db_format(db), r = 0;
	uint64_t packed = 0;

	*s = (struct scan){ .db = db, .path = path, .err = err, .run = run };
	if (format > 1)
		r = ask(s, "SELECT packed FROM run WHERE id = ?", &packed);
	if (r == -ENOENT) {
		snprintf(err, TRACE_ERROR_MAX, "%s has no run %d", path, run);
		return r;
	}
	s->packed = packed != 0;
	if (!r)
		r = s->packed ? check_blocks(s) : 0;
	if (!r)
		r = ask(s, s->packed ?
			"SELECT max(first + events - 1) FROM block WHERE run = ?" :
			"SELECT max(seq) FROM event WHERE run = ?", &s->events);
	if (!r)
		r = prepare_all(s, format);
	return r ? r : scan_from(s, 1);
}

void scan_close(struct scan *s)
{
	sqlite3_finalize(s->event);
	sqlite3_finalize(s->change);
	sqlite3_finalize(s->block);
	sqlite3_finalize(s->frame_at);
	sqlite3_finalize(s->frame);
	free(s->changes);
	block_clear(&s->held);
	frame_clear(&s->keyframe);
	*s = (struct scan){ 0 };
}

void scan_rest(struct scan *s)
{
	sqlite3_reset(s->event);
	sqlite3_reset(s->change);
	sqlite3_reset(s->block);
	sqlite3_reset(s->frame_at);
	sqlite3_reset(s->frame);
	s->waiting = false;
}

static void bind(sqlite3_stmt *s, uint64_t seq)
{
	sqlite3_reset(s);
	sqlite3_bind_int64(s, 2, (int64_t)seq);
}

int scan_from(struct scan *s, uint64_t seq)
{
	int rc;

	s->next = seq;
	if (s->packed)
		return 0;
	bind(s->event, seq);
	bind(s->change, seq);
	rc = sqlite3_step(s->change);
	s->waiting = rc == SQLITE_ROW;
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : say_sql(s);
}

/* ---- rows ---- */

static int take_change(struct scan *s)
{
	struct row_change c;
	uint32_t *const to[] = { &c.field, &c.old_value, &c.new_value };
	size_t n = s->row.changes;

	if (!numbers(s->change, 1, to, 3) || !c.field || c.field > ROWS_FIELDS_MAX ||
	    c.old_value == c.new_value || n == ROWS_CHANGES_MAX)
		return scan_bad(s, "a change is none");
	if (n == s->changes_cap) {
		struct row_change *more = realloc(s->changes, (2 * n + 64) * sizeof(*more));

		if (!more)
			return no_memory(s);
		s->changes = more;
		s->changes_cap = 2 * n + 64;
	}
	s->changes[n] = c;
	s->row.changes++;
	return 0;
}

/* All changes of transition s->next.  Those of one that there is not are damage. */
static int take_changes(struct scan *s)
{
	int r = 0;

	s->row.changes = 0;
	while (!r && s->waiting) {
		uint64_t seq;
		int rc;

		if (!scan_number(s->change, 0, INT64_MAX, &seq) || seq < s->next)
			return scan_bad(s, "a change belongs to no transition");
		if (seq > s->next)
			break;
		r = take_change(s);
		rc = sqlite3_step(s->change);
		s->waiting = rc == SQLITE_ROW;
		if (!r && rc != SQLITE_ROW && rc != SQLITE_DONE)
			r = say_sql(s);
	}
	return r;
}

static int next_row(struct scan *s)
{
	struct row_event *e = &s->row;
	uint32_t *const to[] = { &e->task, &e->step, &e->choice, &e->depth, &e->result,
				 &e->waited };
	int rc = sqlite3_step(s->event);
	uint64_t seq;

	if (rc == SQLITE_DONE)
		return s->waiting ? scan_bad(s, "a change belongs to no transition") : 0;
	if (rc != SQLITE_ROW)
		return say_sql(s);
	if (!scan_number(s->event, 0, INT64_MAX, &seq) || seq != s->next)
		return scan_bad(s, "a transition is missing");
	if (!numbers(s->event, 1, to, 6) || !scan_number(s->event, 7, INT64_MAX, &e->time) ||
	    e->task >= ROWS_TASKS_MAX)
		return scan_bad(s, "a transition has a number that is out of its range");
	s->clock = sqlite3_column_type(s->event, 7) != SQLITE_NULL;
	rc = take_changes(s);
	return rc ? rc : 1;
}

/* ---- blocks ---- */

static int load_block(struct scan *s, uint64_t seq)
{
	uint64_t first, events;
	int rc, r;

	s->held.events = 0;
	bind(s->block, seq);
	rc = sqlite3_step(s->block);
	if (rc != SQLITE_ROW)
		return rc == SQLITE_DONE ? scan_bad(s, "a block is missing") : say_sql(s);
	if (!scan_number(s->block, 0, seq, &first) ||
	    !scan_number(s->block, 1, BLOCK_EVENTS_MAX, &events) || seq - first >= events)
		return scan_bad(s, "a block is missing");
	r = block_decode(&s->held, sqlite3_column_blob(s->block, 2),
			 (size_t)sqlite3_column_bytes(s->block, 2), (size_t)events);
	s->held_first = first;
	sqlite3_reset(s->block);
	return r == -ENOMEM ? no_memory(s) : r ? scan_bad(s, "a block cannot be unpacked") : 0;
}

static int next_packed(struct scan *s, const struct row_change **c)
{
	size_t i;
	int r = 0;

	if (s->next > s->events)
		return 0;
	if (s->next < s->held_first || s->next - s->held_first >= s->held.events)
		r = load_block(s, s->next);
	if (r)
		return r;
	i = (size_t)(s->next - s->held_first);
	s->row = s->held.event[i];
	s->clock = s->held.clock;
	*c = s->held.change + s->held.first_change[i];
	return 1;
}

int scan_next(struct scan *s, uint64_t *seq, const struct row_event **e,
	      const struct row_change **c)
{
	int r = s->packed ? next_packed(s, c) : next_row(s);

	if (r <= 0)
		return r;
	if (!s->packed)
		*c = s->changes;
	*e = &s->row;
	*seq = s->next++;
	return 1;
}

/* ---- keyframes ---- */

static int add_value(struct scan *s)
{
	struct frame_rows *f = &s->keyframe;
	struct frame_value v;
	uint32_t *const to[] = { &v.field, &v.value };

	if (!numbers(s->frame, 0, to, 2) || !v.field || v.field > ROWS_FIELDS_MAX)
		return scan_bad(s, "a keyframe has a number that is out of its range");
	if (f->cap < (f->n + 1) * sizeof(v)) {
		size_t cap = (2 * f->n + 64) * sizeof(v);
		struct frame_value *more = realloc(f->value, cap);

		if (!more)
			return no_memory(s);
		f->value = more;
		f->cap = cap;
	}
	if (v.value)
		f->value[f->n++] = v;
	return 0;
}

static int plain_keyframe(struct scan *s, uint64_t position, uint64_t *at)
{
	int rc, r = 0;

	bind(s->frame_at, position);
	rc = sqlite3_step(s->frame_at);
	if (rc != SQLITE_ROW)
		return say_sql(s);
	if (!scan_number(s->frame_at, 0, position, at))
		return scan_bad(s, "a keyframe has no proper position");
	sqlite3_reset(s->frame_at);
	bind(s->frame, *at);
	while (!r && (rc = sqlite3_step(s->frame)) == SQLITE_ROW)
		r = add_value(s);
	if (!r && rc != SQLITE_DONE)
		r = say_sql(s);
	return r;
}

static int packed_keyframe(struct scan *s, uint64_t position, uint64_t *at)
{
	int rc, r;

	bind(s->frame, position);
	rc = sqlite3_step(s->frame);
	*at = 0;
	if (rc != SQLITE_ROW)
		return rc == SQLITE_DONE ? 0 : say_sql(s);
	if (!scan_number(s->frame, 0, position, at))
		return scan_bad(s, "a keyframe has no proper position");
	r = frame_decode(&s->keyframe, sqlite3_column_blob(s->frame, 1),
			 (size_t)sqlite3_column_bytes(s->frame, 1));
	sqlite3_reset(s->frame);
	return r == -ENOMEM ? no_memory(s) : r ? scan_bad(s, "a keyframe cannot be unpacked") : 0;
}

int scan_keyframe(struct scan *s, uint64_t position, uint64_t *at)
{
	s->keyframe.n = 0;
	return s->packed ? packed_keyframe(s, position, at) : plain_keyframe(s, position, at);
}
