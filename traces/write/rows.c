/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing runs: what is said of one at its start, then transitions, plain or packed, and the
 * keyframes between them.
 */
#include "traces/write/rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xxhash.h>

#include "traces/write/writer.h"

/* Transitions that a packed run may lose are smaller than rows. */
#define PACKED_AS_ROWS	4

/* ---- names of fields ---- */

/* A digest stands for kind, index and name. */
struct field_name {
	XXH128_hash_t digest;
	uint32_t id;		/* 0: free */
};

static XXH128_hash_t digest(const char *kind, unsigned idx, const char *name)
{
	return XXH3_128bits_withSeed(name, strlen(name),
				     XXH3_64bits_withSeed(kind, strlen(kind), idx));
}

/* Where a name is, or where it would be put: there is always room. */
static struct field_name *find_name(const struct rows *r, XXH128_hash_t d)
{
	size_t at = (size_t)d.low64;

	for (;; at++) {
		struct field_name *n = &r->name[at & (r->names - 1)];

		if (!n->id || XXH128_isEqual(n->digest, d))
			return n;
	}
}

static int more_names(struct trace_writer *tw)
{
	struct rows *r = &tw->rows, old = *r;

	r->names = old.names ? 2 * old.names : 1024;
	r->name = calloc(r->names, sizeof(*r->name));
	if (!r->name) {
		*r = old;
		return tw_fail(tw, -ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < old.names; i++)
		if (old.name[i].id)
			*find_name(r, old.name[i].digest) = old.name[i];
	free(old.name);
	return 0;
}

/* Room for the value of one more field. */
static int more_values(struct trace_writer *tw)
{
	struct rows *r = &tw->rows;
	size_t n = r->values ? 2 * r->values : 1024;
	uint32_t *bigger;

	while (n <= r->fields)
		n *= 2;
	bigger = realloc(r->value, n * sizeof(*bigger));
	if (!bigger)
		return tw_fail(tw, -ENOMEM, "out of memory");
	memset(bigger + r->values, 0, (n - r->values) * sizeof(*bigger));
	r->value = bigger;
	r->values = n;
	return 0;
}

static int add_name(struct trace_writer *tw, XXH128_hash_t d, uint32_t id)
{
	struct rows *r = &tw->rows;

	if (id > r->fields)
		r->fields = id;
	if (r->fields >= r->values && more_values(tw))
		return tw->error;
	if (++r->named > r->names / 4 * 3 && more_names(tw))
		return tw->error;
	*find_name(r, d) = (struct field_name){ d, id };
	return 0;
}

static int read_name(struct trace_writer *tw, sqlite3_stmt *s)
{
	const char *kind = (const char *)sqlite3_column_text(s, 1);
	const char *name = (const char *)sqlite3_column_text(s, 3);
	int64_t id = sqlite3_column_int64(s, 0), idx = sqlite3_column_int64(s, 2);

	if (!kind || !name || id < 1 || id > ROWS_FIELDS_MAX || idx < 0 || idx > UINT32_MAX)
		return tw_fail(tw, -EBADMSG, "%s is damaged: a field has no proper name",
			       tw->path);
	return add_name(tw, digest(kind, (unsigned)idx, name), (uint32_t)id);
}

int rows_dictionary(struct trace_writer *tw)
{
	sqlite3_stmt *s = NULL;
	int64_t results = 0;
	int rc;

	if (tw->error || more_names(tw) || tw_select(tw, SQL_LAST_RESULT, NULL, 0, &results))
		return tw->error;
	tw->rows.results = results < 0 || results > UINT32_MAX ? 0 : (uint32_t)results;
	rc = sqlite3_prepare_v2(tw->db, "SELECT id, kind, idx, name FROM field", -1, &s, NULL);
	while (rc == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW && !read_name(tw, s))
		;
	rc = sqlite3_finalize(s);
	if (rc != SQLITE_OK && !tw->error)
		tw->error = tw_sql(tw);
	return tw->error;
}

int rows_field(struct trace_writer *tw, const char *kind, unsigned idx, const char *name,
	       enum field_type type)
{
	XXH128_hash_t d = digest(kind, idx, name);
	uint32_t id;

	if (tw->error)
		return tw->error;
	id = find_name(&tw->rows, d)->id;
	if (id)
		return (int)id;
	id = tw->rows.fields + 1;
	if (id > ROWS_FIELDS_MAX)
		return tw_fail(tw, -EFBIG, "%s holds too many fields", tw->path);
	tw_row(tw, SQL_FIELD, INT(id), TEXT(kind), INT(idx), TEXT(name), TEXT(type_name(type)));
	return tw->error || add_name(tw, d, id) ? tw->error : (int)id;
}

/* ---- other numbers ---- */

/* There are few texts, and they come again and again. */
int rows_result(struct trace_writer *tw, const char *text)
{
	int64_t id = 0;
	char *copy;

	if (tw->error)
		return tw->error;
	for (unsigned i = 0; i < tw->results; i++)
		if (!strcmp(tw->result[i].text, text))
			return tw->result[i].id;
	tw_row(tw, SQL_RESULT, TEXT(text));
	if (tw_number(tw, SQL_FIND_RESULT, &id, TEXT(text)) || id < 1 || id > INT32_MAX)
		return tw_fail(tw, -EBADMSG, "%s is damaged: a result has no proper number",
			       tw->path);
	if (id > tw->rows.results)
		tw->rows.results = (uint32_t)id;
	copy = tw->results < RESULTS_KEPT ? strdup(text) : NULL;
	if (copy) {
		tw->result[tw->results].text = copy;
		tw->result[tw->results++].id = (int)id;
	}
	return (int)id;
}

int rows_step(struct trace_writer *tw, unsigned step_index)
{
	if (tw->error)
		return tw->error;
	if (step_index >= step_count())
		return tw_fail(tw, -EINVAL, "there is no step %u", step_index);
	return (int)(tw->first_step + step_index);
}

/* ---- the start of a run ---- */

/* "v6.9 load=exclusive": the preset that differs least, and in what. */
static void kernel_text(const struct kernel *k, char *buf, size_t size)
{
	size_t n, best = 0, at;
	unsigned least = SWITCH_COUNT + 1;
	const struct preset *p = kernel_presets(&n);
	char value[32];

	for (size_t i = 0; i < n; i++) {
		unsigned differ = 0;

		for (enum kernel_switch s = 0; s < SWITCH_COUNT; s++)
			differ += kernel_get(&p[i].kernel, s) != kernel_get(k, s);
		if (differ < least) {
			least = differ;
			best = i;
		}
	}
	at = (size_t)snprintf(buf, size, "%s", n ? p[best].name : "");
	for (enum kernel_switch s = 0; s < SWITCH_COUNT && at < size; s++) {
		if (n && kernel_get(&p[best].kernel, s) == kernel_get(k, s))
			continue;
		switch_value(s, kernel_get(k, s), value, sizeof(value));
		at += (size_t)snprintf(buf + at, size - at, " %s=%s", kernel_switches[s].name,
				       value);
	}
}

static int write_name(void *arg, const struct value_name *n)
{
	struct trace_writer *tw = arg;

	return tw_row(tw, SQL_NAME, INT(tw->run), TEXT(type_name(n->type)), INT(n->mask),
		      INT(n->value), TEXT(n->text));
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static int write_tasks(struct trace_writer *tw, const struct rows_run *r)
{
	for (unsigned i = 0; i < r->tasks; i++)
		tw_row(tw, SQL_TASK, INT(tw->run), INT(i), TEXT(or_empty(r->task_name[i])));
	value_names(r->task_name, r->tasks, write_name, tw);
	return tw->error;
}

static int write_run(struct trace_writer *tw, const struct rows_run *r)
{
	const struct value every = INT(r->keyframe_every), none = NIL;
	char kernel[256], value[32];

	if (r->k)
		kernel_text(r->k, kernel, sizeof(kernel));
	tw_row(tw, SQL_RUN, INT(tw->run), INT(tw->program), TEXT(or_empty(r->scenario)),
	       TEXT(or_empty(r->scenario_text)), TEXT(or_empty(r->title)),
	       TEXT(r->kernel_name ? r->kernel_name : kernel), TEXT(or_empty(r->verdict)),
	       TEXT(r->device), INT(r->pages), INT(r->slots), INT(r->folios), INT(r->entries),
	       INT(r->slot_cache), INT(r->swap_full), INT(r->store_fails),
	       TEXT(r->source ? r->source : "model"), INT(r->packed),
	       r->keyframe_every ? every : none);
	tw_row(tw, SQL_RECORDED, INT(tw->run), INT(time(NULL)));
	for (enum kernel_switch i = 0; r->k && i < SWITCH_COUNT; i++)
		tw_row(tw, SQL_SWITCH, INT(tw->run), TEXT(kernel_switches[i].name),
		       TEXT(switch_value(i, kernel_get(r->k, i), value, sizeof(value))));
	return write_tasks(tw, r);
}

int rows_size(struct trace_writer *tw, const struct rows_run *r)
{
	if (tw->error)
		return tw->error;
	if (!tw->open)
		return tw_fail(tw, -EINVAL, "no run is open");
	tw_row(tw, SQL_RUN_SIZES, INT(r->pages), INT(r->slots), INT(r->folios), INT(r->entries),
	       INT(tw->run));
	if (tw->rows.tasks)
		return tw->error;
	if (r->tasks > ROWS_TASKS_MAX)
		return tw_fail(tw, -EINVAL, "a run has at most %d tasks", ROWS_TASKS_MAX);
	tw->rows.tasks = r->tasks;
	return write_tasks(tw, r);
}

int rows_begin(struct trace_writer *tw, const struct rows_run *r)
{
	struct rows *w = &tw->rows;
	int64_t run;

	if (tw->error)
		return tw->error;
	if (tw->open)
		return tw_fail(tw, -EINVAL, "run %d has not ended", tw->run);
	if (r->tasks > ROWS_TASKS_MAX)
		return tw_fail(tw, -EINVAL, "a run has at most %d tasks", ROWS_TASKS_MAX);
	if (tw_lock(tw) || tw_select(tw, SQL_NEXT_RUN, NULL, 0, &run))
		return tw->error;
	if (run < 1 || run > INT32_MAX)
		return tw_fail(tw, -EFBIG, "%s has no number left for a run", tw->path);
	/* once: 900 KiB, of which a plain run touches little */
	if (!w->change)
		w->change = malloc(BLOCK_CHANGES * sizeof(*w->change));
	if (!w->event)
		w->event = malloc(BLOCK_EVENTS * sizeof(*w->event));
	if (!w->change || !w->event)
		return tw_fail(tw, -ENOMEM, "out of memory");
	tw->run = (int)run;
	tw->open = true;
	tw->position = 0;
	w->packed = r->packed;
	w->clock = r->clock;
	w->started = tw->whole = false;
	w->tasks = r->tasks;
	w->keyframe_every = r->keyframe_every ? r->keyframe_every : TRACE_KEYFRAME_EVERY;
	if (w->value)
		memset(w->value, 0, w->values * sizeof(*w->value));
	return write_run(tw, r) ? tw->error : tw->run;
}

int rows_start(struct trace_writer *tw, uint32_t field, uint32_t value)
{
	if (tw->error)
		return tw->error;
	if (!tw->open || tw->rows.started)
		return tw_fail(tw, -EINVAL, "a start where no run starts");
	if (!field || field > tw->rows.fields)
		return tw_fail(tw, -EINVAL, "a start with field %u, which there is not", field);
	tw->rows.value[field] = value;
	return 0;
}

/* ---- keyframes ---- */

static int pack_keyframe(struct trace_writer *tw)
{
	struct rows *w = &tw->rows;
	size_t n = 0;
	int r;

	if (w->frames <= w->fields) {
		free(w->frame);
		w->frames = w->values;
		w->frame = malloc(w->frames * sizeof(*w->frame));
		if (!w->frame) {
			w->frames = 0;
			return tw_fail(tw, -ENOMEM, "out of memory");
		}
	}
	for (uint32_t id = 1; id <= w->fields; id++)
		if (w->value[id])
			w->frame[n++] = (struct frame_value){ id, w->value[id] };
	r = frame_encode(&w->buffer, w->frame, n);
	if (r)
		return tw_fail(tw, r, "a keyframe cannot be packed: %s", strerror(-r));
	return tw_row(tw, SQL_FRAME, INT(tw->run), INT(tw->position),
		      BLOB(w->buffer.data, w->buffer.size));
}

static int write_keyframe(struct trace_writer *tw)
{
	const struct rows *w = &tw->rows;

	if (w->packed)
		return pack_keyframe(tw);
	for (uint32_t id = 1; id <= w->fields; id++)
		if (w->value[id])
			tw_row(tw, SQL_KEYFRAME, INT(tw->run), INT(tw->position), INT(id),
			       INT(w->value[id]));
	return tw->error;
}

static int start_run(struct trace_writer *tw)
{
	if (!tw->open || tw->rows.started)
		return tw->error;
	tw->rows.started = true;
	return write_keyframe(tw);
}

/* ---- transitions ---- */

int rows_flush(struct trace_writer *tw)
{
	struct rows *w = &tw->rows;
	int r;

	if (tw->error || start_run(tw) || !w->events)
		return tw->error;
	r = block_encode(&w->buffer, w->event, w->events, w->change, w->changes, w->clock);
	if (r)
		return tw_fail(tw, r, "a block cannot be packed: %s", strerror(-r));
	tw_row(tw, SQL_BLOCK, INT(tw->run), INT(tw->position - w->events + 1), INT(w->events),
	       BLOB(w->buffer.data, w->buffer.size));
	tw->batch += (unsigned)(w->events / PACKED_AS_ROWS);
	w->events = w->changes = 0;
	return tw->error;
}

static int by_field(const void *a, const void *b)
{
	const struct row_change *x = a, *y = b;

	return x->field < y->field ? -1 : x->field > y->field;
}

/* Most have a handful. */
static void sort_changes(struct row_change *c, size_t n)
{
	if (n > 64) {
		qsort(c, n, sizeof(*c), by_field);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		struct row_change moved = c[i];
		size_t j = i;

		for (; j && c[j - 1].field > moved.field; j--)
			c[j] = c[j - 1];
		c[j] = moved;
	}
}

static int contradiction(struct trace_writer *tw, const char *what, unsigned number)
{
	return tw_fail(tw, -EINVAL, "transition %llu has %s %u",
		       (unsigned long long)tw->position + 1, what, number);
}

static int check_event(struct trace_writer *tw, const struct row_event *e)
{
	const struct rows *w = &tw->rows;

	if (!tw->open)
		return tw_fail(tw, -EINVAL, "a transition without a run");
	if (e->task >= w->tasks)
		return contradiction(tw, "no proper task:", e->task);
	if (e->step < tw->first_step || e->step - tw->first_step >= step_count())
		return contradiction(tw, "no proper step:", e->step);
	if (e->result > w->results)
		return contradiction(tw, "no proper result:", e->result);
	if (e->changes > ROWS_CHANGES_MAX)
		return contradiction(tw, "too many changes:", e->changes);
	if (e->time > INT64_MAX)
		return contradiction(tw, "no proper time, task", e->task);
	return 0;
}

/* The changes by field, each of which must fit the world; which they then change. */
static int take_changes(struct trace_writer *tw, struct row_change *c, size_t n)
{
	struct rows *w = &tw->rows;

	sort_changes(c, n);
	for (size_t i = 0; i < n; i++) {
		if (!c[i].field || c[i].field > w->fields)
			return contradiction(tw, "a change of no field,", c[i].field);
		if (i && c[i].field == c[i - 1].field)
			return contradiction(tw, "two changes of field", c[i].field);
		if (c[i].old_value == c[i].new_value)
			return contradiction(tw, "a change that is none, of field", c[i].field);
		if (c[i].old_value != w->value[c[i].field])
			return contradiction(tw, "another old value than there is, of field",
					     c[i].field);
		w->value[c[i].field] = c[i].new_value;
	}
	return 0;
}

void tw_event_rows(struct trace_writer *tw, int run, uint64_t seq, const struct row_event *e,
		   const struct row_change *c, bool clock)
{
	const struct value result = INT(e->result), time = INT(e->time), waited = INT(e->waited),
			   none = NIL;

	tw_row(tw, SQL_EVENT, INT(run), INT(seq), INT(e->task), INT(e->step), INT(e->choice),
	       INT(e->depth), e->result ? result : none, clock ? time : none,
	       e->waited ? waited : none);
	for (uint32_t i = 0; i < e->changes; i++)
		tw_row(tw, SQL_CHANGE, INT(run), INT(seq), INT(c[i].field), INT(c[i].old_value),
		       INT(c[i].new_value));
}

int rows_event(struct trace_writer *tw, const struct row_event *e, const struct row_change *c)
{
	struct rows *w = &tw->rows;
	struct row_change *mine;

	if (tw->error || check_event(tw, e) || start_run(tw))
		return tw->error;
	if (w->changes + e->changes > BLOCK_CHANGES && rows_flush(tw))
		return tw->error;
	mine = w->change + w->changes;
	if (e->changes)
		memcpy(mine, c, e->changes * sizeof(*c));
	if (take_changes(tw, mine, e->changes))
		return tw->error;
	tw->position++;
	if (w->packed) {
		w->event[w->events] = *e;
		w->event[w->events++].time *= w->clock;
		w->changes += e->changes;
		if (w->events == BLOCK_EVENTS)
			rows_flush(tw);
	} else {
		tw_event_rows(tw, tw->run, tw->position, e, mine, w->clock);
	}
	if (tw->position % w->keyframe_every == 0)
		write_keyframe(tw);
	return tw->batch >= BATCH_ROWS && !tw->whole ? tw_commit(tw) : tw->error;
}

/* ---- remarks, and the end ---- */

int rows_finding(struct trace_writer *tw, uint64_t seq, const char *property, const char *text)
{
	if (tw->error)
		return tw->error;
	if (!tw->open || !seq || seq > tw->position)
		return tw_fail(tw, -EINVAL, "a finding without its transition");
	return tw_row(tw, SQL_FINDING, INT(tw->run), INT(seq), TEXT(property), TEXT(text), NIL);
}

int rows_note(struct trace_writer *tw, uint64_t seq, const char *kind, const char *text)
{
	if (tw->error)
		return tw->error;
	if (!tw->run || seq > tw->position)
		return tw_fail(tw, -EINVAL, "a note without its position");
	return tw_row(tw, SQL_NOTE, INT(tw->run), INT(seq), TEXT(kind), TEXT(text));
}

int rows_commit(struct trace_writer *tw)
{
	return tw_commit(tw);
}

int rows_end(struct trace_writer *tw, const char *schedule, const char *verdict)
{
	if (tw->error)
		return tw->error;
	if (!tw->open)
		return tw_fail(tw, -EINVAL, "the end of no run");
	rows_flush(tw);
	tw->open = false;
	tw_row(tw, SQL_RUN_END, TEXT(or_empty(schedule)), INT(tw->position), TEXT(verdict),
	       INT(tw->run));
	return tw_commit(tw);
}

void rows_free(struct rows *r)
{
	free(r->name);
	free(r->value);
	free(r->event);
	free(r->change);
	free(r->frame);
	block_free(&r->buffer);
}
