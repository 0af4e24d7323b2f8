/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading a trace at a position: events, changes, and the values of all fields, by way of
 * keyframes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/block/block.h"
#include "traces/db.h"
#include "traces/read/reader.h"
#include "traces/read/rows.h"

#define AHEAD	128		/* transitions; more than a screen shows on either side */

/* ---- what was read when the trace was opened ---- */

const struct run_info *trace_info(const struct trace *t)
{
	return &t->info;
}

const struct trace_step *trace_step_at(const struct trace *t, unsigned step)
{
	if (step < t->first_step || step - t->first_step >= t->steps ||
	    !t->step[step - t->first_step].op)
		return NULL;
	return &t->step[step - t->first_step];
}

const struct trace_finding *trace_findings(const struct trace *t, size_t *n)
{
	*n = t->findings;
	return t->finding;
}

size_t trace_finding_from(const struct trace *t, uint64_t at)
{
	size_t low = 0, high = t->findings;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->finding[middle].position < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct trace_note *trace_notes(const struct trace *t, size_t *n)
{
	*n = t->notes;
	return t->note;
}

const struct trace_note *trace_remark_at(const struct trace *t, uint64_t position)
{
	size_t low = 0, high = t->notes;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->note[middle].position < position)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < t->notes && t->note[low].position == position; low++)
		if (t->note[low].remark)
			return &t->note[low];
	return NULL;
}

static const struct source *source_find(const struct trace *t, const char *file)
{
	for (unsigned i = 0; i < t->sources; i++)
		if (!strcmp(t->source[i].name, file))
			return &t->source[i];
	return NULL;
}

const char *trace_source_line(const struct trace *t, const char *file, unsigned line,
			      size_t *length)
{
	const struct source *s = source_find(t, file);

	if (!s || line < 1 || line > s->lines) {
		*length = 0;
		return "";
	}
	*length = s->line[line] - s->line[line - 1] - 1;
	return s->text + s->line[line - 1];
}

unsigned trace_source_lines(const struct trace *t, const char *file)
{
	const struct source *s = source_find(t, file);

	return s ? s->lines : 0;
}

/* ---- events ---- */

void tr_bind(sqlite3_stmt *s, uint64_t a, uint64_t b)
{
	sqlite3_reset(s);
	sqlite3_bind_int64(s, 2, (int64_t)a);
	if (sqlite3_bind_parameter_count(s) > 2)
		sqlite3_bind_int64(s, 3, (int64_t)b);
}

/* What a step came to; kept as long as no other result has its place. */
const char *trace_result_at(struct trace *t, uint32_t id)
{
	uint32_t place = id % RESULTS;
	const char *text;

	if (!id)
		return "";
	if (t->result[place].id == id)
		return t->result[place].text;
	tr_bind(t->at_result, id, 0);
	t->result[place].id = id;
	t->result[place].text[0] = '\0';
	if (sqlite3_step(t->at_result) == SQLITE_ROW) {
		text = (const char *)sqlite3_column_text(t->at_result, 0);
		if (text && strlen(text) < RESULT_TEXT)
			text_clean(t->result[place].text, text, false);
	}
	sqlite3_reset(t->at_result);
	return t->result[place].text;
}

const char *trace_message(const struct trace *t)
{
	return t->err;
}

const struct trace_event *trace_event_at(struct trace *t, uint64_t position)
{
	const struct row_event *e;
	const struct chunk *c;

	if (position < 1 || position > t->info.events || tr_chunk(t, position, &c))
		return NULL;
	e = &c->event[position - c->first];
	if ((c->damaged && c->bad[position - c->first] & BAD_EVENT) ||
	    e->task >= t->info.tasks || e->depth > MAX_FRAMES || !trace_step_at(t, e->step))
		return NULL;
	t->event = (struct trace_event){
		.position = position, .task = e->task, .step = e->step, .choice = e->choice,
		.depth = e->depth, .result = trace_result_at(t, e->result),
		.time = e->time, .waited = e->waited,
	};
	return &t->event;
}

/* A damaged chunk is told of when it is looked at. */
void trace_read_ahead(struct trace *t, uint64_t position)
{
	const struct chunk *c;

	if (position > AHEAD)
		tr_chunk(t, position - AHEAD, &c);
	if (position + AHEAD <= t->info.events)
		tr_chunk(t, position + AHEAD, &c);
}

/* The changes of a transition as the file has them. */
static int changes_at(struct trace *t, uint64_t position, const struct row_change **c, size_t *n)
{
	const struct chunk *chunk;
	int r = tr_chunk(t, position, &chunk);
	size_t i;

	if (r)
		return r;
	i = position - chunk->first;
	if (chunk->damaged && chunk->bad[i] & BAD_CHANGES)
		return tr_bad(t, "a number is out of its range");
	*c = chunk->change + chunk->first_change[i];
	*n = chunk->first_change[i + 1] - chunk->first_change[i];
	return 0;
}

static int make_room(struct trace *t, size_t n)
{
	struct trace_change *array;

	if (n <= t->changes)
		return 0;
	array = realloc(t->change, (2 * n + 16) * sizeof(*array));
	if (!array)
		return tr_no_memory(t);
	t->change = array;
	t->changes = 2 * n + 16;
	return 0;
}

int trace_changes(struct trace *t, uint64_t position, const struct trace_change **changes)
{
	const struct row_change *row = NULL;
	size_t rows = 0;
	int n = 0, r;

	*changes = t->change;
	if (position < 1 || position > t->info.events)
		return 0;
	r = changes_at(t, position, &row, &rows);
	if (!r)
		r = make_room(t, rows);
	for (size_t i = 0; !r && i < rows; i++) {
		struct trace_change *c = &t->change[n];

		r = tr_change(t, &row[i], c);
		if (!r && (c->field || t->info.large))
			n++;
	}
	*changes = t->change;
	return r ? r : n;
}

/* ---- the values of all fields ---- */

/*
 * A value that is not what a change says it was.  Of a field that is unknown here nothing is
 * said; and another program may write several values for the same of an enumeration.
 */
static bool fits(struct trace *t, uint32_t field, uint32_t old)
{
	const struct known *k = tr_known(t, field);
	enum field_type type = k ? tr_type(t, k) : TYPE_NUMBER;
	uint32_t now = t->value[field];

	return !k || (type_is_enum(type) && now <= UINT8_MAX && old <= UINT8_MAX &&
		      t->enumerated[type][now] == t->enumerated[type][old]);
}

/* Apply n changes, forward, or the other way round. */
static int apply(struct trace *t, const struct row_change *c, size_t n, bool forward)
{
	uint32_t *value = t->value;
	bool good = true;

	for (size_t i = 0; i < n && forward; i++) {
		if (value[c[i].field] != c[i].old_value)
			good &= fits(t, c[i].field, c[i].old_value);
		value[c[i].field] = c[i].new_value;
	}
	for (size_t i = n; i-- > 0 && !forward;) {
		if (value[c[i].field] != c[i].new_value)
			good &= fits(t, c[i].field, c[i].new_value);
		value[c[i].field] = c[i].old_value;
	}
	return good ? 0 : tr_bad(t, "a change does not fit the world that it changes");
}

/* Transitions first .. last of a chunk. */
static int apply_part(struct trace *t, const struct chunk *c, uint64_t first, uint64_t last,
		      bool forward)
{
	size_t from = c->first_change[first - c->first];
	size_t to = c->first_change[last - c->first + 1];

	for (uint64_t i = first; c->damaged && i <= last; i++)
		if (c->bad[i - c->first] & BAD_CHANGES)
			return tr_bad(t, "a number is out of its range");
	return apply(t, c->change + from, to - from, forward);
}

/*
 * From where the values are to a position.  Chunks of a long way are not worth keeping, those at
 * its end are.
 */
static int walk(struct trace *t, uint64_t position)
{
	bool forward = position > t->position;
	const struct chunk *c;
	int r = 0;

	while (!r && t->position != position) {
		uint64_t next = forward ? t->position + 1 : t->position, end, last;
		bool near = forward ? position - next < BLOCK_EVENTS :
				      next - position < BLOCK_EVENTS;

		r = near ? tr_chunk(t, next, &c) : tr_scan_chunk(t, next, &c);
		if (r)
			break;
		last = c->first + c->events - 1;
		if (forward) {
			end = position < last ? position : last;
			r = apply_part(t, c, next, end, true);
			t->position = end;
		} else {
			end = position + 1 > c->first ? position + 1 : c->first;
			r = apply_part(t, c, end, next, false);
			t->position = end - 1;
		}
	}
	return r;
}

/* ---- keyframes ---- */

/* The nearest keyframe not beyond a position, or beyond it; false where there is none. */
static int near_frame(struct trace *t, sqlite3_stmt *s, uint64_t position, uint64_t *frame,
		      bool *found)
{
	int rc, r = 0;

	*found = false;
	tr_bind(s, position, 0);
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW && sqlite3_column_type(s, 0) != SQLITE_NULL) {
		r = tr_number(t, s, 0, t->info.events, frame);
		*found = !r;
	} else if (rc != SQLITE_DONE && rc != SQLITE_ROW) {
		r = tr_sql(t);
	}
	sqlite3_reset(s);
	return r;
}

static int packed_values(struct trace *t, sqlite3_stmt *s)
{
	struct frame_rows *f = &t->frame;
	const void *data;
	size_t size;
	int r;

	if (sqlite3_step(s) != SQLITE_ROW)
		return tr_bad(t, "a keyframe is missing");
	data = tr_blob(s, 0, &size);
	r = frame_decode(f, data, size);
	if (r == -EBADMSG)
		return tr_bad(t, "a keyframe is no keyframe");
	for (size_t i = 0; !r && i < f->n; i++) {
		if (!f->value[i].field || f->value[i].field > t->fields)
			return tr_bad(t, "a keyframe names a field that there is not");
		t->value[f->value[i].field] = f->value[i].value;
	}
	return r;
}

static int row_values(struct trace *t, sqlite3_stmt *s)
{
	uint64_t field, value;
	int rc, r = 0;

	while (!r && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		r = tr_number(t, s, 0, UINT32_MAX, &field);
		if (!r && field && field <= t->fields) {
			r = tr_number(t, s, 1, UINT32_MAX, &value);
			t->value[field] = r ? 0 : (uint32_t)value;
		}
	}
	return !r && rc != SQLITE_DONE ? tr_sql(t) : r;
}

static int load_frame(struct trace *t, uint64_t position)
{
	sqlite3_stmt *s = t->at_frame;
	int r;

	memset(t->value, 0, (t->fields + 1u) * sizeof(t->value[0]));
	tr_bind(s, position, 0);
	r = t->info.packed ? packed_values(t, s) : row_values(t, s);
	sqlite3_reset(s);
	t->position = position;
	return r;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

#define NEAR	16	/* as dear as two queries and a row */

/*
 * Go to the keyframe from which a position is nearest, unless it is nearer from where the
 * values are.  A run without keyframes begins with zeroes.
 */
static int start_near(struct trace *t, uint64_t position)
{
	/* what finding and loading a keyframe costs, in transitions */
	uint64_t dear = t->info.packed ? BLOCK_EVENTS : NEAR;
	uint64_t way = t->placed ? distance(t->position, position) : UINT64_MAX;
	uint64_t before = 0, after = 0, at;
	bool has_before, has_after;
	int r;

	if (way <= dear)
		return 0;
	r = near_frame(t, t->frame_before, position, &before, &has_before);
	if (!r)
		r = near_frame(t, t->frame_after, position, &after, &has_after);
	if (r)
		return r;
	if (!has_before && !t->placed && !has_after) {
		memset(t->value, 0, (t->fields + 1u) * sizeof(t->value[0]));
		t->position = 0;
		return 0;
	}
	at = has_after && (!has_before || after - position < position - before) ? after : before;
	if ((has_before || has_after) && distance(at, position) + dear < way)
		return load_frame(t, at);
	return 0;
}

int tr_place(struct trace *t, uint64_t position)
{
	bool placed = t->placed;
	int r;

	if (position > t->info.events)
		return -EINVAL;
	r = start_near(t, position);
	t->placed = false;
	if (!r)
		r = walk(t, position);
	if (r && placed) {	/* what is damaged on that way need not be on a keyframe's */
		r = start_near(t, position);
		if (!r)
			r = walk(t, position);
	}
	t->placed = !r;
	return r;
}
