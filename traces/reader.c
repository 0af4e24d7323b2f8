/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Opening a trace: all of it that does not depend on a position is read and checked here.
 */
#include "traces/reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/db.h"

/* ---- helpers ---- */

int tr_bad(struct trace *t, const char *what)
{
	snprintf(t->err, TRACE_ERROR_MAX, "%s is damaged: %s", t->path, what);
	return -EBADMSG;
}

int tr_sql(struct trace *t)
{
	return db_error(t->db, t->path, t->err);
}

static int no_memory(struct trace *t)
{
	snprintf(t->err, TRACE_ERROR_MAX, "%s: out of memory", t->path);
	return -ENOMEM;
}

int tr_number(struct trace *t, sqlite3_stmt *s, int column, uint64_t max, uint64_t *n)
{
	int64_t v = sqlite3_column_int64(s, column);

	if (sqlite3_column_type(s, column) != SQLITE_INTEGER || v < 0 || (uint64_t)v > max)
		return tr_bad(t, "a number is out of its range");
	*n = (uint64_t)v;
	return 0;
}

int tr_prepare(struct trace *t, sqlite3_stmt **s, const char *sql)
{
	if (sqlite3_prepare_v3(t->db, sql, -1, SQLITE_PREPARE_PERSISTENT, s, NULL) != SQLITE_OK ||
	    (sqlite3_bind_parameter_count(*s) &&
	     sqlite3_bind_int(*s, 1, t->info.id) != SQLITE_OK))
		return tr_sql(t);
	return 0;
}

/* Call `row` with every row of a query. */
static int each_row(struct trace *t, const char *sql, int parameter,
		    int (*row)(struct trace *t, sqlite3_stmt *s))
{
	sqlite3_stmt *s = NULL;
	int rc = SQLITE_ROW, r = tr_prepare(t, &s, sql);

	if (!r && sqlite3_bind_parameter_count(s))
		sqlite3_bind_int(s, 1, parameter);
	while (!r && (rc = sqlite3_step(s)) == SQLITE_ROW)
		r = row(t, s);
	if (!r && rc != SQLITE_DONE)
		r = tr_sql(t);
	sqlite3_finalize(s);
	return r;
}

/* A text column, made harmless; "" for NULL.  NULL when memory is out. */
static const char *keep(struct trace *t, sqlite3_stmt *s, int column, bool lines)
{
	const char *text = (const char *)sqlite3_column_text(s, column);
	struct kept *k;

	if (!text)
		text = "";
	k = malloc(sizeof(*k) + strlen(text) + 1);
	if (!k)
		return NULL;
	text_clean(k->text, text, lines);
	k->next = t->kept;
	t->kept = k;
	return k->text;
}

/* One more element in an array; NULL when memory is out. */
static void *grow(void *array, size_t n, size_t size)
{
	if (n & (n - 1))		/* there is room up to the next power of two */
		return array;
	return realloc(array, (n ? 2 * n : 1) * size);
}

/* ---- the run ---- */

static int row_run(struct trace *t, sqlite3_stmt *s)
{
	struct run_info *i = &t->info;
	uint64_t pages, slots, folios, entries, program;

	i->scenario = keep(t, s, 0, false);
	i->scenario_text = keep(t, s, 1, true);
	i->title = keep(t, s, 2, false);
	i->kernel = keep(t, s, 3, false);
	i->verdict = keep(t, s, 4, false);
	i->schedule = keep(t, s, 5, false);
	i->device = keep(t, s, 6, false);
	if (!i->scenario || !i->scenario_text || !i->title || !i->kernel || !i->verdict ||
	    !i->schedule || !i->device)
		return no_memory(t);
	if (tr_number(t, s, 7, MAX_PAGES, &pages) || tr_number(t, s, 8, MAX_SLOTS, &slots) ||
	    tr_number(t, s, 9, MAX_FOLIOS, &folios) || tr_number(t, s, 10, MAX_ENTRIES, &entries) ||
	    tr_number(t, s, 11, INT32_MAX, &program))
		return tr_bad(t, "a size of the run is out of its range");
	i->pages = (unsigned)pages;
	i->slots = (unsigned)slots;
	i->folios = (unsigned)folios;
	i->entries = (unsigned)entries;
	t->program = (int)program;
	/* A run that was not finished does not say how long it is, its rows do. */
	if (tr_number(t, s, 13, INT64_MAX, &i->events))
		return tr_bad(t, "the number of events is out of its range");
	if (sqlite3_column_type(s, 12) != SQLITE_NULL &&
	    sqlite3_column_int64(s, 12) != (int64_t)i->events)
		return tr_bad(t, "events are missing");
	return 0;
}

static int row_task(struct trace *t, sqlite3_stmt *s)
{
	uint64_t task;

	if (tr_number(t, s, 0, MAX_TASKS - 1, &task) || task != t->info.tasks)
		return tr_bad(t, "its tasks have no proper numbers");
	t->info.task_name[task] = keep(t, s, 1, false);
	t->info.tasks++;
	return t->info.task_name[task] ? 0 : no_memory(t);
}

static int row_switches(struct trace *t, sqlite3_stmt *s)
{
	t->info.switches = keep(t, s, 0, false);
	return t->info.switches ? 0 : no_memory(t);
}

static int row_first_run(struct trace *t, sqlite3_stmt *s)
{
	uint64_t id;

	if (sqlite3_column_type(s, 0) == SQLITE_NULL)
		return 0;
	if (tr_number(t, s, 0, INT32_MAX, &id))
		return -EBADMSG;
	t->info.id = (int)id;
	return 0;
}

static int read_run(struct trace *t, int run)
{
	static const char sql[] =
		"SELECT scenario, scenario_text, title, kernel, verdict, schedule, device, pages, "
		"slots, folios, entries, program, events, "
		"coalesce((SELECT max(seq) FROM event WHERE run = run.id), 0) "
		"FROM run WHERE id = ?1";
	static const char packed[] =
		"SELECT scenario, scenario_text, title, kernel, verdict, schedule, device, pages, "
		"slots, folios, entries, program, events, "
		"(SELECT coalesce(max(first + events - 1), 0) FROM block WHERE run = ?1) "
		"FROM run WHERE id = ?1 AND packed = 1";
	int r = 0;

	t->info.id = run;
	if (run == 0)
		r = each_row(t, "SELECT min(id) FROM run", 0, row_first_run);
	if (!r && !t->info.id) {
		snprintf(t->err, TRACE_ERROR_MAX, "%s holds no run", t->path);
		return -ENOENT;
	}
	if (!r && db_format(t->db) > 1)
		r = each_row(t, packed, t->info.id, row_run);
	if (!r && !t->info.scenario)
		r = each_row(t, sql, t->info.id, row_run);
	if (!r && !t->info.scenario) {
		snprintf(t->err, TRACE_ERROR_MAX, "%s has no run %d", t->path, run);
		return -ENOENT;
	}
	if (!r)
		r = each_row(t, "SELECT task, name FROM task WHERE run = ? ORDER BY task",
			     t->info.id, row_task);
	if (!r)
		r = each_row(t, "SELECT group_concat(name || '=' || value, ' ') FROM switch "
			     "WHERE run = ?", t->info.id, row_switches);
	return r;
}

/* ---- the program that recorded it ---- */

static int row_step_range(struct trace *t, sqlite3_stmt *s)
{
	uint64_t first, last;

	if (sqlite3_column_type(s, 0) == SQLITE_NULL)
		return 0;			/* a run of no events needs none */
	if (tr_number(t, s, 0, STEPS_MAX - 1, &first) || tr_number(t, s, 1, STEPS_MAX - 1, &last))
		return tr_bad(t, "its steps have no proper numbers");
	t->first_step = (unsigned)first;
	t->steps = (unsigned)(last - first) + 1;
	t->step = calloc(t->steps, sizeof(t->step[0]));
	return t->step ? 0 : no_memory(t);
}

static int row_step(struct trace *t, sqlite3_stmt *s)
{
	const char *kind = (const char *)sqlite3_column_text(s, 5);
	struct trace_step *step;
	uint64_t id, line;

	if (tr_number(t, s, 0, STEPS_MAX - 1, &id) || tr_number(t, s, 4, UINT16_MAX, &line) ||
	    id < t->first_step || id - t->first_step >= t->steps)
		return tr_bad(t, "a step has no proper number");
	step = &t->step[id - t->first_step];
	step->line = (unsigned)line;
	for (unsigned i = KIND_STEP; i <= KIND_SLEEP; i++)
		if (kind && !strcmp(kind, step_kind_name(i)))
			step->kind = i;
	step->op = keep(t, s, 1, false);
	step->text = keep(t, s, 2, false);
	step->file = keep(t, s, 3, false);
	return step->op && step->text && step->file ? 0 : no_memory(t);
}

static int row_source(struct trace *t, sqlite3_stmt *s)
{
	struct source *array = grow(t->source, t->sources, sizeof(*array)), *src;
	size_t n = 1;

	if (!array)
		return no_memory(t);
	t->source = array;
	src = &array[t->sources++];
	*src = (struct source){ .name = keep(t, s, 0, false), .text = keep(t, s, 1, true) };
	if (!src->name || !src->text)
		return no_memory(t);
	for (const char *p = src->text; *p; p++)
		n += *p == '\n';
	src->line = malloc((n + 1) * sizeof(src->line[0]));
	if (!src->line)
		return no_memory(t);
	src->line[src->lines++] = 0;
	for (size_t i = 0; src->text[i]; i++)
		if (src->text[i] == '\n')
			src->line[src->lines++] = i + 1;
	if (src->text[src->line[src->lines - 1]])	/* the last line has no newline */
		src->line[src->lines++] = strlen(src->text) + 1;
	src->lines--;
	return 0;
}

static int read_program(struct trace *t)
{
	int r = each_row(t, "SELECT min(id), max(id) FROM step WHERE program = ?", t->program,
			 row_step_range);

	if (!r)
		r = each_row(t, "SELECT id, op, text, file, line, kind FROM step WHERE program = ?",
			     t->program, row_step);
	if (!r)
		r = each_row(t, "SELECT file, text FROM source WHERE program = ? "
			     "LIMIT " SOURCES_MAX, t->program, row_source);
	return r;
}

/* ---- the dictionary ---- */

static int row_field_count(struct trace *t, sqlite3_stmt *s)
{
	uint64_t max;

	if (tr_number(t, s, 0, FIELDS_MAX, &max))
		return tr_bad(t, "its fields have no proper numbers");
	t->knowns = (unsigned)max + 1;
	t->known = calloc(t->knowns, sizeof(t->known[0]));
	return t->known ? 0 : no_memory(t);
}

static int row_field(struct trace *t, sqlite3_stmt *s)
{
	const char *kind = (const char *)sqlite3_column_text(s, 1);
	const char *name = (const char *)sqlite3_column_text(s, 3);
	struct known *k;
	uint64_t id, index;

	if (tr_number(t, s, 0, FIELDS_MAX, &id) || tr_number(t, s, 2, UINT8_MAX, &index) ||
	    id >= t->knowns || !kind || !name)
		return tr_bad(t, "a field has no proper name");
	k = &t->known[id];
	k->field = field_find(kind, (unsigned)index, name);
	if (k->field)
		k->type = (uint8_t)field_type(k->field);
	else if (!strcmp(kind, "entry") && !strcmp(name, "length") && index < MAX_ENTRIES)
		k->length = (uint8_t)index;
	return 0;
}

struct look_up {
	enum field_type type;
	const char *text;
	unsigned value;
};

static int look_up_name(void *arg, const struct value_name *n)
{
	struct look_up *l = arg;

	if (n->type != l->type || strcmp(n->text, l->text))
		return 0;
	l->value = n->value;
	return 1;
}

/* Enumerations of the program that recorded may be numbered otherwise: their texts count. */
static int row_name(struct trace *t, sqlite3_stmt *s)
{
	const char *type = (const char *)sqlite3_column_text(s, 0);
	struct look_up l = { .text = (const char *)sqlite3_column_text(s, 2) };
	uint64_t value;

	if (!type || !l.text || tr_number(t, s, 1, UINT16_MAX, &value))
		return tr_bad(t, "a name is no proper name");
	while (l.type < TYPE_COUNT && strcmp(type, type_name(l.type)))
		l.type++;
	if (l.type == TYPE_COUNT || !type_is_enum(l.type) || value > UINT8_MAX)
		return 0;
	if (value_names(NULL, 0, look_up_name, &l))
		t->value[l.type][value] = (uint8_t)l.value;
	return 0;
}

static int read_dictionary(struct trace *t)
{
	int r = each_row(t, "SELECT coalesce(max(id), 0) FROM field", 0, row_field_count);

	if (!r)
		r = each_row(t, "SELECT id, kind, idx, name FROM field WHERE id >= 0", 0,
			     row_field);
	if (!r)
		r = each_row(t, "SELECT type, value, text FROM name WHERE run = ? "
			     "AND mask IN (65535, 4294967295)", t->info.id, row_name);
	return r;
}

/* ---- findings and notes ---- */

static int row_finding(struct trace *t, sqlite3_stmt *s)
{
	struct trace_finding *array = grow(t->finding, t->findings, sizeof(*array)), *f;

	if (!array)
		return no_memory(t);
	t->finding = array;
	f = &array[t->findings];
	if (tr_number(t, s, 0, t->info.events, &f->position))
		return tr_bad(t, "a finding is outside of its run");
	f->property = keep(t, s, 1, false);
	f->text = keep(t, s, 2, false);
	f->repeats = sqlite3_column_type(s, 3) != SQLITE_NULL;
	if (f->repeats && (tr_number(t, s, 3, t->info.events, &f->loop) ||
			   f->loop >= f->position))
		return tr_bad(t, "a loop is outside of its run");
	t->findings++;
	return f->property && f->text ? 0 : no_memory(t);
}

static int row_note(struct trace *t, sqlite3_stmt *s)
{
	struct trace_note *array = grow(t->note, t->notes, sizeof(*array)), *n;

	if (!array)
		return no_memory(t);
	t->note = array;
	n = &array[t->notes];
	if (tr_number(t, s, 0, t->info.events, &n->position))
		return tr_bad(t, "a note is outside of its run");
	n->kind = keep(t, s, 1, false);
	n->text = keep(t, s, 2, true);
	t->notes++;
	return n->kind && n->text ? 0 : no_memory(t);
}

static int read_remarks(struct trace *t)
{
	int r = each_row(t, "SELECT seq, property, text, loop FROM finding WHERE run = ? "
			 "ORDER BY seq, property LIMIT " FINDINGS_MAX, t->info.id, row_finding);

	if (!r)
		r = each_row(t, "SELECT seq, kind, text FROM note WHERE run = ? "
			     "ORDER BY seq, id LIMIT " NOTES_MAX, t->info.id, row_note);
	return r;
}

/* ---- open and free ---- */

static int prepare_all(struct trace *t)
{
	int r = tr_prepare(t, &t->at_event,
			   "SELECT e.task, e.step, e.choice, e.depth, r.text FROM event e "
			   "LEFT JOIN result r ON r.id = e.result WHERE e.run = ? AND e.seq = ?");

	if (!r)
		r = tr_prepare(t, &t->at_changes, "SELECT field, old, new FROM change "
			       "WHERE run = ? AND seq = ? ORDER BY field");
	if (!r)
		r = tr_prepare(t, &t->at_frame, "SELECT max(seq) FROM keyframe "
			       "WHERE run = ? AND seq <= ?");
	if (!r)
		r = tr_prepare(t, &t->keyframe, "SELECT field, value FROM keyframe "
			       "WHERE run = ? AND seq = ?");
	if (!r)
		r = tr_prepare(t, &t->forward, "SELECT field, old, new FROM change "
			       "WHERE run = ? AND seq > ? AND seq <= ? ORDER BY seq, field");
	if (!r)
		r = tr_prepare(t, &t->backward, "SELECT field, new, old FROM change WHERE run = ? "
			       "AND seq > ? AND seq <= ? ORDER BY seq DESC, field DESC");
	return r;
}

int trace_open(struct trace **out, const char *path, int run, char *err)
{
	struct trace *t = calloc(1, sizeof(*t));
	int r;

	*out = NULL;
	if (t)
		t->path = strdup(path);
	if (!t || !t->path) {
		free(t);
		snprintf(err, TRACE_ERROR_MAX, "%s: out of memory", path);
		return -ENOMEM;
	}
	t->err = err;
	r = db_open(&t->db, path, SQLITE_OPEN_READONLY, err);
	if (!r)
		r = read_run(t, run);
	if (!r)
		r = read_program(t);
	if (!r)
		r = read_dictionary(t);
	if (!r)
		r = read_remarks(t);
	if (!r)
		r = prepare_all(t);
	t->err = t->unheard;
	if (r)
		trace_free(t);
	else
		*out = t;
	return r;
}

void trace_free(struct trace *t)
{
	if (!t)
		return;
	rows_reader_free(t->rows);
	sqlite3_finalize(t->at_event);
	sqlite3_finalize(t->at_changes);
	sqlite3_finalize(t->at_frame);
	sqlite3_finalize(t->keyframe);
	sqlite3_finalize(t->forward);
	sqlite3_finalize(t->backward);
	sqlite3_close(t->db);
	while (t->kept) {
		struct kept *next = t->kept->next;

		free(t->kept);
		t->kept = next;
	}
	for (unsigned i = 0; i < t->sources; i++)
		free(t->source[i].line);
	free(t->source);
	free(t->step);
	free(t->finding);
	free(t->note);
	free(t->known);
	free(t->change);
	free(t->path);
	free(t);
}

int trace_runs(const char *path, int *id, size_t max, char *err)
{
	sqlite3_stmt *s = NULL;
	sqlite3 *db;
	int rc, n = 0, r = db_open(&db, path, SQLITE_OPEN_READONLY, err);

	if (r)
		return r;
	rc = sqlite3_prepare_v2(db, "SELECT id FROM run ORDER BY id", -1, &s, NULL);
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		rc = sqlite3_step(s);
		if (rc != SQLITE_ROW)
			break;
		if ((size_t)n < max)
			id[n] = sqlite3_column_int(s, 0);
		n++;
	}
	if (rc != SQLITE_DONE)
		n = db_error(db, path, err);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return n;
}
