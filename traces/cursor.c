/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading a trace at a position: events, changes, and the world by way of keyframes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/db.h"
#include "traces/reader.h"

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

const struct trace_note *trace_notes(const struct trace *t, size_t *n)
{
	*n = t->notes;
	return t->note;
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

static void bind_positions(sqlite3_stmt *s, uint64_t a, uint64_t b)
{
	sqlite3_reset(s);
	sqlite3_bind_int64(s, 2, (int64_t)a);
	if (sqlite3_bind_parameter_count(s) > 2)
		sqlite3_bind_int64(s, 3, (int64_t)b);
}

static bool read_event(struct trace *t, uint64_t position)
{
	sqlite3_stmt *s = t->at_event;
	uint64_t task, step, choice, depth;
	const char *result;

	if (sqlite3_step(s) != SQLITE_ROW || !t->info.tasks ||
	    tr_number(t, s, 0, t->info.tasks - 1, &task) ||
	    tr_number(t, s, 1, STEPS_MAX, &step) || tr_number(t, s, 2, UINT8_MAX, &choice) ||
	    tr_number(t, s, 3, MAX_FRAMES, &depth) || !trace_step_at(t, (unsigned)step))
		return false;
	result = (const char *)sqlite3_column_text(s, 4);
	t->result[0] = '\0';
	if (result && strlen(result) < sizeof(t->result))
		text_clean(t->result, result, false);
	t->event = (struct trace_event){
		.position = position, .task = (unsigned)task, .step = (unsigned)step,
		.choice = (unsigned)choice, .depth = (unsigned)depth, .result = t->result,
	};
	return true;
}

const struct trace_event *trace_event_at(struct trace *t, uint64_t position)
{
	bool good;

	if (position < 1 || position > t->info.events)
		return NULL;
	bind_positions(t->at_event, position, 0);
	good = read_event(t, position);
	sqlite3_reset(t->at_event);
	return good ? &t->event : NULL;
}

/* ---- values ---- */

/* A column as a value of a field here; what would not fit the field is refused. */
static int read_value(struct trace *t, const struct known *k, sqlite3_stmt *s, int column,
		      unsigned *v)
{
	uint64_t n;

	if (tr_number(t, s, column, UINT16_MAX, &n))
		return -EBADMSG;
	*v = (unsigned)n;
	if (!k->field)
		return 0;
	if (k->type == TYPE_STEP)
		return n == 0 || trace_step_at(t, (unsigned)n - 1) ? 0 : tr_bad(t, "no such step");
	if (type_is_enum(k->type)) {
		*v = n <= UINT8_MAX ? t->value[k->type][n] : 0;
		return 0;
	}
	return field_valid(k->field, k->type, *v) ? 0 : tr_bad(t, "a value is out of its range");
}

/* What a row is about: NULL where this program does not know the field. */
static const struct known *read_field(struct trace *t, sqlite3_stmt *s)
{
	int64_t id = sqlite3_column_int64(s, 0);
	const struct known *k;

	if (id < 0 || id >= (int64_t)t->knowns)
		return NULL;
	k = &t->known[id];
	return k->field || k->length ? k : NULL;
}

static int add_change(struct trace *t, sqlite3_stmt *s, size_t *n)
{
	const struct known *k = read_field(t, s);
	struct trace_change c, *array;

	if (!k || !k->field)
		return 0;
	c.field = k->field;
	if (read_value(t, k, s, 1, &c.old_value) || read_value(t, k, s, 2, &c.new_value))
		return -EBADMSG;
	if (*n == t->changes) {
		array = realloc(t->change, (2 * *n + 16) * sizeof(*array));
		if (!array)
			return -ENOMEM;
		t->change = array;
		t->changes = 2 * *n + 16;
	}
	t->change[(*n)++] = c;
	return 0;
}

int trace_changes(struct trace *t, uint64_t position, const struct trace_change **changes)
{
	size_t n = 0;
	int rc = SQLITE_DONE, r = 0;

	*changes = t->change;
	if (position < 1 || position > t->info.events)
		return 0;
	bind_positions(t->at_changes, position, 0);
	while (!r && (rc = sqlite3_step(t->at_changes)) == SQLITE_ROW)
		r = add_change(t, t->at_changes, &n);
	if (!r && rc != SQLITE_DONE)
		r = tr_sql(t);
	sqlite3_reset(t->at_changes);
	*changes = t->change;
	return r ? r : (int)n;
}

/* ---- the world ---- */

static unsigned value_now(const struct trace *t, const struct known *k)
{
	return k->field ? field_get(&t->world, k->field) : t->length[k->length];
}

static void value_put(struct trace *t, const struct known *k, unsigned v)
{
	if (k->field)
		field_set(&t->world, k->field, v);
	else
		t->length[k->length] = (uint16_t)v;
}

/* Apply rows (field, value before, value after): a world that is not the row's is damage. */
static int apply(struct trace *t, sqlite3_stmt *s, uint64_t a, uint64_t b)
{
	int rc = SQLITE_DONE, r = 0;

	bind_positions(s, a, b);
	while (!r && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		const struct known *k = read_field(t, s);
		unsigned before, after;

		if (!k)
			continue;
		r = read_value(t, k, s, 1, &before);
		if (!r)
			r = read_value(t, k, s, 2, &after);
		if (!r && value_now(t, k) != before)
			r = tr_bad(t, "a change does not fit the world that it changes");
		if (!r)
			value_put(t, k, after);
	}
	if (!r && rc != SQLITE_DONE)
		r = tr_sql(t);
	sqlite3_reset(s);
	return r;
}

/* Position of the last keyframe not beyond `position`; 0 if there is none. */
static int frame_before(struct trace *t, uint64_t position, uint64_t *frame)
{
	int r = 0;

	bind_positions(t->at_frame, position, 0);
	*frame = 0;
	if (sqlite3_step(t->at_frame) != SQLITE_ROW)
		r = tr_sql(t);
	else if (sqlite3_column_type(t->at_frame, 0) != SQLITE_NULL)
		r = tr_number(t, t->at_frame, 0, position, frame);
	sqlite3_reset(t->at_frame);
	return r;
}

static int load_keyframe(struct trace *t, uint64_t position)
{
	sqlite3_stmt *s = t->keyframe;
	int rc = SQLITE_DONE, r = 0;

	memset(&t->world, 0, sizeof(t->world));
	memset(t->length, 0, sizeof(t->length));
	bind_positions(s, position, 0);
	while (!r && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		const struct known *k = read_field(t, s);
		unsigned v;

		if (!k)
			continue;
		r = read_value(t, k, s, 1, &v);
		if (!r)
			value_put(t, k, v);
	}
	if (!r && rc != SQLITE_DONE)
		r = tr_sql(t);
	sqlite3_reset(s);
	t->position = position;
	return r;
}

/* What several fields together say; a reader may index by it. */
static int check_world(struct trace *t)
{
	for (unsigned i = 0; i < MAX_PAGES; i++) {
		const struct vpage *p = &t->world.mem.page[i];

		if ((p->pte == PTE_SWAP && p->target >= MAX_SLOTS) ||
		    (p->pte == PTE_PRESENT && p->target >= MAX_FOLIOS))
			return tr_bad(t, "a PTE points to nothing");
	}
	return 0;
}

int trace_world(struct trace *t, uint64_t position, struct world *w, uint16_t *length)
{
	uint64_t frame, way;
	int r;

	if (position > t->info.events)
		return -EINVAL;
	way = position > t->position ? position - t->position : t->position - position;
	r = frame_before(t, position, &frame);
	if (!r && (!t->placed || position - frame < way))
		r = load_keyframe(t, frame);
	t->placed = false;
	if (!r && position >= t->position)
		r = apply(t, t->forward, t->position, position);
	else if (!r)
		r = apply(t, t->backward, position, t->position);
	if (!r)
		r = check_world(t);
	if (r)
		return r;
	t->placed = true;
	t->position = position;
	*w = t->world;
	if (length)
		memcpy(length, t->length, sizeof(t->length));
	return 0;
}
