/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading a run as rows of numbers, for worlds of any size.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "traces/db.h"
#include "traces/read/reader.h"
#include "traces/read/rows.h"
#include "traces/read/scan.h"

#define TEXTS	256

struct rows_reader {
	struct scan scan;
	bool scans;			/* `scan` is open */
	struct trace_field *field;	/* by number; kind is NULL where there is none */
	uint32_t fields;		/* the highest number */
	bool knows;			/* the fields have been read */
	const char *text[TEXTS];	/* few differ: one of each hash */
	uint32_t *value;		/* of each field, for trace_frame() */
};

static struct rows_reader *rows_of(struct trace *t)
{
	if (!t->rows)
		t->rows = calloc(1, sizeof(*t->rows));
	return t->rows;
}

void rows_reader_free(struct rows_reader *r)
{
	if (!r)
		return;
	if (r->scans)
		scan_close(&r->scan);
	free(r->field);
	free(r->value);
	free(r);
}

/* ---- transitions ---- */

static int scan_of(struct trace *t, struct scan **s)
{
	struct rows_reader *rows = rows_of(t);
	int r;

	if (!rows)
		return -ENOMEM;
	*s = &rows->scan;
	if (rows->scans)
		return 0;
	r = scan_open(&rows->scan, t->db, t->path, t->info.id, t->err);
	if (!r && rows->scan.events != t->info.events)
		r = scan_bad(&rows->scan, "events are missing");
	if (r)
		scan_close(&rows->scan);
	rows->scans = !r;
	return r;
}

int trace_scan(struct trace *t, uint64_t from, uint64_t to,
	       int (*row)(void *arg, uint64_t seq, const struct row_event *e,
			  const struct row_change *c), void *arg)
{
	const struct row_change *c;
	const struct row_event *e;
	struct scan *s = NULL;
	uint64_t seq;
	int r = scan_of(t, &s);

	if (!r)
		r = scan_from(s, from ? from : 1);
	while (!r && s->next <= to) {
		r = scan_next(s, &seq, &e, &c);
		if (r <= 0)
			break;
		r = e->task < t->info.tasks ? row(arg, seq, e, c) :
		    scan_bad(s, "a transition is of no task");
	}
	if (s)
		scan_rest(s);
	return r;
}

/* ---- fields ---- */

/* A text of the file, fit to be shown; the same pointer for the same text, mostly. */
static const char *text_of(struct trace *t, const unsigned char *text)
{
	size_t n = strlen((const char *)text), at = XXH3_64bits(text, n) % TEXTS;
	struct kept *k;

	if (t->rows->text[at] && !strcmp(t->rows->text[at], (const char *)text))
		return t->rows->text[at];
	k = malloc(sizeof(*k) + n + 1);
	if (!k)
		return NULL;
	text_clean(k->text, (const char *)text, false);
	k->next = t->kept;
	t->kept = k;
	t->rows->text[at] = k->text;
	return k->text;
}

static enum field_type type_of(const unsigned char *text)
{
	enum field_type type = TYPE_NUMBER;

	while (type < TYPE_COUNT && strcmp((const char *)text, type_name(type)))
		type++;
	return type < TYPE_COUNT ? type : TYPE_NUMBER;
}

static int read_field(struct trace *t, sqlite3_stmt *s)
{
	const unsigned char *kind = sqlite3_column_text(s, 1), *name = sqlite3_column_text(s, 3);
	const unsigned char *type = sqlite3_column_text(s, 4);
	struct trace_field *f;
	uint64_t id, idx;

	if (!scan_number(s, 0, t->rows->fields, &id) || !scan_number(s, 2, UINT32_MAX, &idx) ||
	    !kind || !name || !type)
		return tr_bad(t, "a field has no proper name");
	f = &t->rows->field[id];
	*f = (struct trace_field){ text_of(t, kind), text_of(t, name), (unsigned)idx,
				   type_of(type) };
	return f->kind && f->name ? 0 : -ENOMEM;
}

static int read_fields(struct trace *t)
{
	struct rows_reader *rows = rows_of(t);
	sqlite3_stmt *s = NULL;
	uint64_t max = 0;
	int rc, r = 0;

	if (!rows)
		return -ENOMEM;
	if (rows->knows)
		return 0;
	rc = sqlite3_prepare_v2(t->db, "SELECT max(id) FROM field", -1, &s, NULL);
	if (rc == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW &&
	    !scan_number(s, 0, ROWS_FIELDS_MAX, &max))
		r = tr_bad(t, "its fields have no proper numbers");
	rc = sqlite3_finalize(s);
	free(rows->field);
	rows->field = calloc((size_t)max + 1, sizeof(*rows->field));
	if (!rows->field)
		return -ENOMEM;
	rows->fields = (uint32_t)max;
	if (!r && rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(t->db, "SELECT id, kind, idx, name, type FROM field "
					"WHERE id > 0", -1, &s, NULL);
	while (!r && rc == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
		r = read_field(t, s);
	if (rc == SQLITE_OK)
		rc = sqlite3_finalize(s);
	if (!r && rc != SQLITE_OK)
		r = tr_sql(t);
	rows->knows = !r;
	return r;
}

const struct trace_field *trace_field_at(struct trace *t, uint32_t id)
{
	if (read_fields(t) || id > t->rows->fields || !t->rows->field[id].kind)
		return NULL;
	return &t->rows->field[id];
}

/* ---- worlds ---- */

int trace_keyframe(struct trace *t, uint64_t position, uint64_t *at,
		   int (*value)(void *arg, uint32_t field, uint32_t value), void *arg)
{
	uint64_t where = 0;
	struct scan *s = NULL;
	int r = scan_of(t, &s);

	if (!r)
		r = scan_keyframe(s, position, &where);
	if (s)
		scan_rest(s);
	if (at)
		*at = where;
	for (size_t i = 0; !r && i < s->keyframe.n; i++)
		r = value(arg, s->keyframe.value[i].field, s->keyframe.value[i].value);
	return r;
}

/* Remembers a value of the world that is being made. */
static int put_value(void *arg, uint32_t field, uint32_t value)
{
	struct trace *t = arg;

	if (field > t->rows->fields)
		return tr_bad(t, "a field has no name");
	t->rows->value[field] = value;
	return 0;
}

static int apply(void *arg, uint64_t seq, const struct row_event *e, const struct row_change *c)
{
	struct trace *t = arg;

	(void)seq;
	for (uint32_t i = 0; i < e->changes; i++) {
		if (c[i].field > t->rows->fields)
			return tr_bad(t, "a field has no name");
		if (t->rows->value[c[i].field] != c[i].old_value)
			return tr_bad(t, "a change does not fit the world that it changes");
		t->rows->value[c[i].field] = c[i].new_value;
	}
	return 0;
}

int trace_frame(struct trace *t, uint64_t position,
		int (*value)(void *arg, uint32_t field, uint32_t value), void *arg)
{
	uint64_t at;
	int r;

	if (position > t->info.events)
		return -EINVAL;
	r = read_fields(t);
	if (r)
		return r;
	free(t->rows->value);
	t->rows->value = calloc((size_t)t->rows->fields + 1, sizeof(*t->rows->value));
	if (!t->rows->value)
		return -ENOMEM;
	r = trace_keyframe(t, position, &at, put_value, t);
	if (!r)
		r = trace_scan(t, at + 1, position, apply, t);
	for (uint32_t id = 1; !r && id <= t->rows->fields; id++)
		if (t->rows->value[id])
			r = value(arg, id, t->rows->value[id]);
	return r;
}
