/* SPDX-License-Identifier: GPL-2.0-only */
#include "traces/write/live.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/step.h"
#include "traces/write/rows.h"
#include "traces/write/write.h"

/* Transitions between keyframes: a large world's is some 100 KB, or 20,000 rows. */
#define KEYFRAME_PACKED	65536
#define KEYFRAME_PLAIN	131072

struct live_recorder {
	struct trace_writer *tw;
	int run;
	uint64_t events;
	uint64_t begin;			/* time 0 of the run: its first event's clock, less 1 */
	uint64_t last_broken;		/* the last event with a finding */
	int *step;			/* the file's number of a step, 0: not asked yet, -1 .. */
	uint32_t *id[LIVE_KINDS];	/* the file's number of each object's fields; 0: none yet */
	unsigned count[LIVE_KINDS];
	struct {
		const char *text;	/* a RESULT() of the program: the same place for it */
		int id;
	} result[512];
	struct row_change change[ROWS_CHANGES_MAX / 64];
};

/* ---- numbers of the file ---- */

static int new_object(struct live_recorder *rec, enum live_kind kind, unsigned index)
{
	unsigned n;
	const struct live_field *f = live_fields(kind, &n);

	for (unsigned i = 0; i < n; i++) {
		const struct field field = { .kind = live_kind_name(kind), .name = f[i].name };
		int id = rows_field(rec->tw, field.kind, index, field.name, field_type(&field));

		if (id < 0)
			return id;
		rec->id[kind][index * n + i] = (uint32_t)id;
	}
	return 0;
}

/* The file's number of a field, or a negative errno. */
static int64_t field_id(struct live_recorder *rec, const struct live_change *c)
{
	enum live_kind kind = LIVE_KIND(c->key);
	unsigned index = LIVE_INDEX(c->key), n;
	uint32_t *id;
	int r;

	live_fields(kind, &n);
	if (index >= rec->count[kind])
		return -EINVAL;
	id = &rec->id[kind][index * n + c->field];
	if (!*id) {
		r = new_object(rec, kind, index);
		if (r)
			return r;
	}
	return *id;
}

static int step_number(struct live_recorder *rec, unsigned step)
{
	if (!rec->step[step])
		rec->step[step] = rows_step(rec->tw, step) + 1;
	return rec->step[step] - 1;
}

static int result_number(struct live_recorder *rec, const char *text)
{
	size_t at = ((uintptr_t)text >> 2) % (sizeof(rec->result) / sizeof(rec->result[0]));

	if (!text)
		return 0;
	if (rec->result[at].text != text) {
		rec->result[at].text = text;
		rec->result[at].id = rows_result(rec->tw, text);
	}
	return rec->result[at].id;
}

/* A frame's pc is the number of its step + 1: ours in an event, the file's in a row. */
static uint32_t value(struct live_recorder *rec, const struct live_change *c, uint32_t v)
{
	unsigned n;

	if (!v || LIVE_KIND(c->key) != LIVE_TASK ||
	    !strstr(live_fields(LIVE_TASK, &n)[c->field].name, ".pc"))
		return v;
	return (uint32_t)step_number(rec, v - 1) + 1;
}

/* ---- a run ---- */

static int begin_run(struct live_recorder *rec, const struct kernel *k, const char *kernel_name,
		     const struct live_options *o, bool plain)
{
	char name[LIVE_THREADS_MAX + 1][12], text[512];
	const char *task_name[LIVE_THREADS_MAX + 1];
	struct replay_world w;
	struct rows_run run = {
		.scenario = "live", .scenario_text = text, .title = "real threads",
		.kernel_name = kernel_name, .device = device_name(o->device), .source = "live",
		.k = k, .task_name = task_name, .clock = true, .packed = !plain,
		.keyframe_every = plain ? KEYFRAME_PLAIN : KEYFRAME_PACKED, .store_fails = 1,
		.slot_cache = LIVE_SLOT_CACHE,
	};

	live_world(o, &w);
	for (unsigned i = 0; i < w.tasks; i++) {
		snprintf(name[i], sizeof(name[i]), "T%u", i);
		task_name[i] = i < o->threads ? name[i] : "disk";
	}
	snprintf(text, sizeof(text), "# swapscope live\nthreads = %u\nseconds = %g\n"
		 "operations = %llu\nseed = %llu\npages = %u\nslots = %u\nentries = %u\n"
		 "widen = %d\nzeroes = %d\ndrop = %d\n", o->threads, o->seconds,
		 (unsigned long long)o->operations, (unsigned long long)o->seed, o->pages,
		 o->slots, o->entries, o->widen, o->zeroes, o->drop);
	run.tasks = w.tasks;
	run.pages = w.pages;
	run.slots = w.slots;
	run.folios = w.folios;
	run.entries = w.entries;
	rec->run = rows_begin(rec->tw, &run);
	return rec->run < 0 ? rec->run : 0;
}

int live_recorder_new(struct live_recorder **out, struct trace_writer *tw, const struct kernel *k,
		      const char *kernel_name, const struct live_options *o, bool plain)
{
	struct live_recorder *rec = calloc(1, sizeof(*rec));
	struct replay_world w;
	bool good = rec;
	int r = -ENOMEM;

	*out = NULL;
	if (!rec)
		return r;
	rec->tw = tw;
	live_world(o, &w);
	live_counts(&w, rec->count);
	for (unsigned i = 0; good && i < LIVE_KINDS; i++) {
		unsigned n;

		live_fields(i, &n);
		rec->id[i] = calloc((size_t)rec->count[i] * n + 1, sizeof(rec->id[i][0]));
		good = rec->id[i];
	}
	rec->step = calloc(step_count(), sizeof(rec->step[0]));
	if (good && rec->step)
		r = begin_run(rec, k, kernel_name, o, plain);
	if (r)
		live_recorder_free(rec);
	else
		*out = rec;
	return r;
}

void live_recorder_free(struct live_recorder *rec)
{
	if (!rec)
		return;
	for (unsigned i = 0; i < LIVE_KINDS; i++)
		free(rec->id[i]);
	free(rec->step);
	free(rec);
}

int live_recorder_run(const struct live_recorder *rec)
{
	return rec->run;
}

int live_recorder_start(void *arg, const struct live_change *v)
{
	struct live_recorder *rec = arg;
	int64_t id = field_id(rec, v);

	return id < 0 ? (int)id : rows_start(rec->tw, (uint32_t)id, value(rec, v, v->new_value));
}

static int say_broken(struct live_recorder *rec, const struct live_event *e)
{
	if (e->note)
		return rows_note(rec->tw, rec->events, e->broken, e->sentence);
	if (rec->last_broken == rec->events)
		return 0;
	rec->last_broken = rec->events;
	return rows_finding(rec->tw, rec->events, e->broken, e->sentence);
}

int live_recorder_event(void *arg, const struct live_event *e)
{
	struct live_recorder *rec = arg;
	struct row_event row = {
		.waited = e->waited, .task = e->task, .choice = e->choice, .depth = e->depth,
		.changes = e->changes,
	};
	int step = e->step < 0 ? -EINVAL : step_number(rec, (unsigned)e->step);
	int result = result_number(rec, e->result), r;

	if (step < 0 || result < 0)
		return step < 0 ? step : result;
	if (!rec->begin)
		rec->begin = e->time - 1;
	row.time = e->time - rec->begin;
	row.step = (uint32_t)step;
	row.result = (uint32_t)result;
	for (unsigned i = 0; i < e->changes; i++) {
		const struct live_change *c = &e->change[i];
		int64_t id = field_id(rec, c);

		if (id < 0)
			return (int)id;
		rec->change[i] = (struct row_change){
			.field = (uint32_t)id, .old_value = value(rec, c, c->old_value),
			.new_value = value(rec, c, c->new_value),
		};
	}
	rec->events++;
	r = rows_event(rec->tw, &row, rec->change);
	return r || !e->broken ? r : say_broken(rec, e);
}

int live_recorder_end(struct live_recorder *rec, const struct live_result *res)
{
	char text[400];
	int r = 0;

	if (res->dropped) {
		snprintf(text, sizeof(text), "%llu transitions that came after are not recorded",
			 (unsigned long long)res->dropped);
		r = rows_note(rec->tw, rec->events, "dropped", text);
	}
	/* what no event says: nobody goes on */
	if (!r && res->findings && !rec->last_broken && rec->events && !res->dropped) {
		size_t n = strcspn(res->finding, ":");

		snprintf(text, sizeof(text), "%.*s", (int)n, res->finding);
		r = rows_finding(rec->tw, rec->events, text,
				 res->finding[n] ? res->finding + n + 2 : "");
	}
	snprintf(text, sizeof(text), "%s%s", res->findings ? "violated: " : "no page was wrong",
		 res->finding);
	return r ? r : rows_end(rec->tw, NULL, text);
}
