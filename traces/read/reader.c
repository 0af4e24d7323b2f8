/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Opening a trace: all of it that does not depend on a position is read and checked here.
 */
#include "traces/read/reader.h"

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

int tr_no_memory(struct trace *t)
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

const void *tr_blob(sqlite3_stmt *s, int column, size_t *size)
{
	const void *data = sqlite3_column_blob(s, column);

	*size = (size_t)sqlite3_column_bytes(s, column);
	return data ? data : "";
}

int tr_prepare(struct trace *t, sqlite3_stmt **s, const char *sql)
{
	if (sqlite3_prepare_v3(t->db, sql, -1, SQLITE_PREPARE_PERSISTENT, s, NULL) != SQLITE_OK ||
	    (sqlite3_bind_parameter_count(*s) &&
	     sqlite3_bind_int(*s, 1, t->info.id) != SQLITE_OK))
		return tr_sql(t);
	return 0;
}

int tr_each_row(struct trace *t, const char *sql, int parameter,
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

static const char *keep_text(struct trace *t, const char *text, bool lines)
{
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

const char *tr_keep(struct trace *t, sqlite3_stmt *s, int column, bool lines)
{
	return keep_text(t, (const char *)sqlite3_column_text(s, column), lines);
}

void *tr_grow(void *array, size_t n, size_t size)
{
	if (n & (n - 1))		/* there is room up to the next power of two */
		return array;
	return realloc(array, (n ? 2 * n : 1) * size);
}

void tr_free_texts(struct kept *k)
{
	while (k) {
		struct kept *next = k->next;

		free(k);
		k = next;
	}
}

/* ---- the run ---- */

#define SIZE_MOST	(1u << 26)	/* of anything in a large world */

/* How much of a world a run may use: the model's fits into struct world. */
static bool sizes_fit(struct trace *t, sqlite3_stmt *s)
{
	static const uint64_t of_model[] = { MAX_PAGES, MAX_SLOTS, MAX_FOLIOS, MAX_ENTRIES };
	unsigned *size[] = { &t->info.pages, &t->info.slots, &t->info.folios, &t->info.entries };
	uint64_t n;

	for (int i = 0; i < 4; i++) {
		if (tr_number(t, s, 7 + i, t->info.live ? SIZE_MOST : of_model[i], &n))
			return false;
		*size[i] = (unsigned)n;
		t->info.large |= n > of_model[i];
	}
	return true;
}

static int row_run(struct trace *t, sqlite3_stmt *s)
{
	const char *source = (const char *)sqlite3_column_text(s, 13);
	struct run_info *i = &t->info;
	uint64_t program, packed, slot_cache;

	i->scenario = tr_keep(t, s, 0, false);
	i->scenario_text = tr_keep(t, s, 1, true);
	i->title = tr_keep(t, s, 2, false);
	i->kernel = tr_keep(t, s, 3, false);
	i->verdict = tr_keep(t, s, 4, false);
	i->schedule = tr_keep(t, s, 5, false);
	i->device = tr_keep(t, s, 6, false);
	if (!i->scenario || !i->scenario_text || !i->title || !i->kernel || !i->verdict ||
	    !i->schedule || !i->device)
		return tr_no_memory(t);
	i->live = source && strcmp(source, "model") != 0;
	i->capture = source && !strcmp(source, "capture");
	if (!sizes_fit(t, s) || tr_number(t, s, 11, INT32_MAX, &program) ||
	    tr_number(t, s, 14, 1, &packed) || tr_number(t, s, 15, UINT16_MAX, &slot_cache))
		return tr_bad(t, "a size of the run is out of its range");
	t->program = (int)program;
	i->slot_cache = (unsigned)slot_cache;
	i->packed = packed;
	i->ended = sqlite3_column_type(s, 12) != SQLITE_NULL;
	if (i->ended && tr_number(t, s, 12, INT64_MAX, &i->events))
		return tr_bad(t, "the number of events is out of its range");
	return 0;
}

static int row_length(struct trace *t, sqlite3_stmt *s)
{
	return tr_number(t, s, 0, INT64_MAX, &t->length) ?
	       tr_bad(t, "the number of events is out of its range") : 0;
}

/* A run that was not finished does not say how long it is, its rows do. */
static int read_length(struct trace *t)
{
	int r;

	t->length = 0;
	if (t->info.packed)
		r = tr_each_row(t, "SELECT first + events - 1 FROM block WHERE run = ? "
				"ORDER BY first DESC LIMIT 1", t->info.id, row_length);
	else
		r = tr_each_row(t, "SELECT coalesce(max(seq), 0) FROM event WHERE run = ?",
				t->info.id, row_length);
	if (!r && t->info.ended && t->length != t->info.events)
		r = tr_bad(t, "events are missing");
	t->info.events = t->length;
	return r;
}

static int row_task(struct trace *t, sqlite3_stmt *s)
{
	const char **name = tr_grow(t->info.task_name, t->info.tasks, sizeof(*name));
	uint64_t task, most = t->info.live ? ROWS_TASKS_MAX : MAX_TASKS;

	if (!name)
		return tr_no_memory(t);
	t->info.task_name = name;
	if (tr_number(t, s, 0, most - 1, &task) || task != t->info.tasks)
		return tr_bad(t, "its tasks have no proper numbers");
	name[task] = tr_keep(t, s, 1, false);
	t->info.tasks++;
	t->info.large |= t->info.tasks > MAX_TASKS;
	return name[task] ? 0 : tr_no_memory(t);
}

static int row_switches(struct trace *t, sqlite3_stmt *s)
{
	t->info.switches = tr_keep(t, s, 0, false);
	return t->info.switches ? 0 : tr_no_memory(t);
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

/* What format 2 has more is asked for where it is. */
#define RUN_COLUMNS "scenario, scenario_text, title, kernel, verdict, schedule, device, "	\
		    "pages, slots, folios, entries, program, events, "

static int read_run(struct trace *t, int run)
{
	const char *sql;
	int r = 0;

	t->format = db_format(t->db);
	sql = t->format > 1 ? "SELECT " RUN_COLUMNS "source, packed, slot_cache FROM run "
				   "WHERE id = ?" :
			      "SELECT " RUN_COLUMNS "'model', 0, slot_cache FROM run "
				   "WHERE id = ?";
	t->info.id = run;
	if (!r && run == 0)
		r = tr_each_row(t, "SELECT min(id) FROM run", 0, row_first_run);
	if (!r && !t->info.id) {
		snprintf(t->err, TRACE_ERROR_MAX, "%s holds no run", t->path);
		return -ENOENT;
	}
	if (!r)
		r = tr_each_row(t, sql, t->info.id, row_run);
	if (!r && !t->info.scenario) {
		snprintf(t->err, TRACE_ERROR_MAX, "%s has no run %d", t->path, run);
		return -ENOENT;
	}
	if (!r)
		r = read_length(t);
	if (!r)
		r = tr_each_row(t, "SELECT task, name FROM task WHERE run = ? ORDER BY task",
			     t->info.id, row_task);
	if (!r)
		r = tr_each_row(t, "SELECT group_concat(name || '=' || value, ' ') FROM switch "
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
	return t->step ? 0 : tr_no_memory(t);
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
	step->op = tr_keep(t, s, 1, false);
	step->text = tr_keep(t, s, 2, false);
	step->file = tr_keep(t, s, 3, false);
	return step->op && step->text && step->file ? 0 : tr_no_memory(t);
}

static int row_source(struct trace *t, sqlite3_stmt *s)
{
	struct source *array = tr_grow(t->source, t->sources, sizeof(*array)), *src;
	size_t n = 1;

	if (!array)
		return tr_no_memory(t);
	t->source = array;
	src = &array[t->sources++];
	*src = (struct source){ .name = tr_keep(t, s, 0, false), .text = tr_keep(t, s, 1, true) };
	if (!src->name || !src->text)
		return tr_no_memory(t);
	for (const char *p = src->text; *p; p++)
		n += *p == '\n';
	src->line = malloc((n + 1) * sizeof(src->line[0]));
	if (!src->line)
		return tr_no_memory(t);
	src->line[src->lines++] = 0;
	for (size_t i = 0; src->text[i]; i++)
		if (src->text[i] == '\n')
			src->line[src->lines++] = i + 1;
	if (src->text[src->line[src->lines - 1]])	/* the last line has no newline */
		src->line[src->lines++] = strlen(src->text) + 1;
	src->lines--;
	return 0;
}

static int row_digest(struct trace *t, sqlite3_stmt *s)
{
	const char *text = (const char *)sqlite3_column_text(s, 0);
	char digest[DIGEST_MAX];

	program_digest(digest, sizeof(digest));
	t->info.own = text && !strcmp(text, digest);
	return 0;
}

static int read_program(struct trace *t)
{
	int r = tr_each_row(t, "SELECT min(id), max(id) FROM step WHERE program = ?", t->program,
			 row_step_range);

	if (!r)
		r = tr_each_row(t, "SELECT digest FROM program WHERE id = ?", t->program,
				row_digest);
	if (!r)
		r = tr_each_row(t, "SELECT id, op, text, file, line, kind FROM step "
				"WHERE program = ?", t->program, row_step);
	if (!r)
		r = tr_each_row(t, "SELECT file, text FROM source WHERE program = ? "
			     "LIMIT " SOURCES_MAX, t->program, row_source);
	return r;
}

/* ---- a run that grows ---- */

static int row_clock(struct trace *t, sqlite3_stmt *s)
{
	t->info.clock = sqlite3_column_type(s, 0) != SQLITE_NULL;
	return 0;
}

/* Whether events have a time, the first one tells. */
static int read_clock(struct trace *t)
{
	const struct chunk *c;

	if (!t->info.events || t->format < 2)
		return 0;
	if (!t->info.packed)
		return tr_each_row(t, "SELECT time FROM event WHERE run = ? AND seq = 1",
				   t->info.id, row_clock);
	if (!tr_chunk(t, 1, &c))
		t->info.clock = c->block.clock;
	return 0;		/* a damaged block is told of where it is looked at */
}

static int row_version(struct trace *t, sqlite3_stmt *s)
{
	t->version = sqlite3_column_int64(s, 0);
	return 0;
}

/* Title and schedule of a run that grows: texts that are kept apart, and the last ones freed. */
static int read_texts(struct trace *t, const char *title, const char *schedule)
{
	struct kept *texts = t->kept, *fresh;

	t->kept = NULL;
	title = keep_text(t, title, false);
	schedule = keep_text(t, schedule, false);
	fresh = t->kept;
	t->kept = texts;
	if (!title || !schedule) {
		tr_free_texts(fresh);
		return tr_no_memory(t);
	}
	tr_free_texts(t->renewed);
	t->renewed = fresh;
	t->info.title = title;
	t->info.schedule = schedule;
	return 0;
}

static int row_end(struct trace *t, sqlite3_stmt *s)
{
	uint64_t events, folios;

	if (tr_number(t, s, 3, t->info.large ? SIZE_MOST : MAX_FOLIOS, &folios))
		return tr_bad(t, "a size of the run is out of its range");
	if (read_texts(t, (const char *)sqlite3_column_text(s, 2),
		       (const char *)sqlite3_column_text(s, 4)))
		return -ENOMEM;
	t->info.folios = (unsigned)folios;
	t->info.ended = sqlite3_column_type(s, 0) != SQLITE_NULL;
	if (!t->info.ended)
		return 0;
	t->info.verdict = tr_keep(t, s, 1, false);
	if (!t->info.verdict)
		return tr_no_memory(t);
	if (tr_number(t, s, 0, INT64_MAX, &events))
		return tr_bad(t, "the number of events is out of its range");
	t->info.events = events;
	return 0;
}

static int row_remarks(struct trace *t, sqlite3_stmt *s)
{
	t->remarks_there = (uint64_t)sqlite3_column_int64(s, 0);
	return 0;
}

/* All of it is asked in one transaction: what belongs together was written together. */
static int read_news(struct trace *t)
{
	uint64_t remarks = t->findings + t->notes;
	int r = tr_each_row(t, "SELECT events, verdict, title, folios, schedule FROM run "
			    "WHERE id = ?", t->info.id, row_end);

	if (!r)
		r = read_length(t);
	if (!r)
		r = tr_fields_grow(t);
	if (!r)
		r = tr_each_row(t, "SELECT (SELECT count(*) FROM finding WHERE run = ?1) + "
				"(SELECT count(*) FROM note WHERE run = ?1)", t->info.id,
				row_remarks);
	return r || t->remarks_there == remarks ? r : tr_remarks(t);
}

int trace_refresh(struct trace *t)
{
	uint64_t events = t->info.events, had = t->findings + t->notes;
	int64_t version = t->version;
	int r;

	if (t->info.ended)
		return 0;
	r = tr_each_row(t, "PRAGMA data_version", 0, row_version);
	if (r || (version && version == t->version))
		return r;
	if (sqlite3_exec(t->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
		return tr_sql(t);
	r = read_news(t);
	sqlite3_exec(t->db, "COMMIT", NULL, NULL, NULL);
	if (r)
		return r;
	if (!events && t->info.events)
		read_clock(t);
	return t->info.ended || t->info.events != events || t->findings + t->notes != had;
}

/* ---- open and free ---- */

static int prepare_rows(struct trace *t)
{
	int r = tr_prepare(t, &t->at_events, t->format > 1 ?
			   "SELECT seq, task, step, choice, depth, result, time, waited "
			   "FROM event WHERE run = ? AND seq BETWEEN ? AND ? ORDER BY seq" :
			   "SELECT seq, task, step, choice, depth, result, NULL, NULL "
			   "FROM event WHERE run = ? AND seq BETWEEN ? AND ? ORDER BY seq");

	if (!r)
		r = tr_prepare(t, &t->at_changes, "SELECT seq, field, old, new FROM change "
			       "WHERE run = ? AND seq BETWEEN ? AND ? ORDER BY seq, field");
	if (!r)
		r = tr_prepare(t, &t->frame_before, "SELECT max(seq) FROM keyframe "
			       "WHERE run = ? AND seq <= ?");
	if (!r)
		r = tr_prepare(t, &t->frame_after, "SELECT min(seq) FROM keyframe "
			       "WHERE run = ? AND seq > ?");
	if (!r)
		r = tr_prepare(t, &t->at_frame, "SELECT field, value FROM keyframe "
			       "WHERE run = ? AND seq = ?");
	return r;
}

static int prepare_packed(struct trace *t)
{
	int r = tr_prepare(t, &t->at_block, "SELECT first, events, data FROM block "
			   "WHERE run = ? AND first <= ? ORDER BY first DESC LIMIT 1");

	if (!r)
		r = tr_prepare(t, &t->frame_before, "SELECT max(seq) FROM frame "
			       "WHERE run = ? AND seq <= ?");
	if (!r)
		r = tr_prepare(t, &t->frame_after, "SELECT min(seq) FROM frame "
			       "WHERE run = ? AND seq > ?");
	if (!r)
		r = tr_prepare(t, &t->at_frame, "SELECT data FROM frame "
			       "WHERE run = ? AND seq = ?");
	return r;
}

static int prepare_all(struct trace *t)
{
	int r = tr_prepare(t, &t->at_result, "SELECT text FROM result WHERE id = ?2");

	if (!r)
		r = t->info.packed ? prepare_packed(t) : prepare_rows(t);
	return r;
}

static int read_all(struct trace *t, int run)
{
	int r = read_run(t, run);

	if (!r)
		r = read_program(t);
	if (!r)
		r = tr_names(t);
	if (!r)
		r = tr_fields_open(t);
	if (!r)
		r = tr_remarks(t);
	if (!r)
		r = prepare_all(t);
	return r ? r : read_clock(t);
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
		r = read_all(t, run);
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
	free(t->capture);
	rows_reader_free(t->rows);
	sqlite3_finalize(t->at_events);
	sqlite3_finalize(t->at_changes);
	sqlite3_finalize(t->at_block);
	sqlite3_finalize(t->frame_before);
	sqlite3_finalize(t->frame_after);
	sqlite3_finalize(t->at_frame);
	sqlite3_finalize(t->at_result);
	sqlite3_finalize(t->at_field);
	sqlite3_finalize(t->at_object);
	sqlite3_close(t->db);
	tr_free_texts(t->kept);
	tr_free_texts(t->finding_texts);
	tr_free_texts(t->note_texts);
	tr_free_texts(t->renewed);
	for (unsigned i = 0; i < t->sources; i++)
		free(t->source[i].line);
	free(t->source);
	free(t->step);
	free(t->finding);
	free(t->note);
	free(t->info.task_name);
	tr_fields_free(t);
	tr_chunks_free(t);
	frame_clear(&t->frame);
	free(t->change);
	free(t->path);
	free(t);
}

const char *trace_path(const struct trace *t)
{
	int moved = 0;

	if (sqlite3_file_control(t->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK)
		return NULL;
	return moved ? NULL : t->path;
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
