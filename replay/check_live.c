/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A run of real threads, made again by core/live's replay.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/live/live.h"
#include "replay/check.h"
#include "traces/read/read.h"
#include "traces/read/rows.h"

#define PROGRESS_EVERY	65536

/* What a field of the file is in a live world. */
struct known {
	uint32_t key;
	uint16_t field;
	bool is_pc;
	bool there;
};

struct live_check {
	struct trace *t;
	struct check_report *r;
	bool (*progress)(void *arg, uint64_t position);
	void *arg;
	struct live_replay *replay;
	int *step;			/* this program's number of a step of the trace */
	unsigned steps;
	struct known *known;		/* by number of the file; made when first asked for */
	uint32_t knowns;
	const char **result;		/* texts of results, likewise */
	unsigned results;
	struct live_change change[1024];
};

/* ---- what the file's numbers are ---- */

static bool name_field(const struct trace_field *f, struct known *k)
{
	for (unsigned kind = 0; kind < LIVE_KINDS; kind++) {
		const struct live_field *field;
		unsigned n;

		if (strcmp(live_kind_name(kind), f->kind))
			continue;
		field = live_fields(kind, &n);
		for (unsigned i = 0; i < n; i++) {
			if (strcmp(field[i].name, f->name) || f->idx > UINT16_MAX)
				continue;
			k->key = LIVE_KEY(kind, f->idx);
			k->field = (uint16_t)i;
			k->is_pc = kind == LIVE_TASK && strstr(f->name, ".pc");
			return true;
		}
	}
	return false;
}

static const struct known *known_field(struct live_check *c, uint32_t id)
{
	const struct trace_field *f;

	if (id >= c->knowns) {
		uint32_t n = id + id / 2 + 1024;
		struct known *known = realloc(c->known, n * sizeof(known[0]));

		if (!known)
			return NULL;
		memset(known + c->knowns, 0, (n - c->knowns) * sizeof(known[0]));
		c->known = known;
		c->knowns = n;
	}
	if (!c->known[id].there) {
		f = trace_field_at(c->t, id);
		if (!f || !name_field(f, &c->known[id]))
			return NULL;
		c->known[id].there = true;
	}
	return &c->known[id];
}

/* The file's number of a step + 1 is this program's + 1 in an event. */
static uint32_t own_value(const struct live_check *c, const struct known *k, uint32_t v)
{
	if (!k->is_pc || !v)
		return v;
	return v <= c->steps && c->step[v - 1] >= 0 ? (uint32_t)c->step[v - 1] + 1 : UINT32_MAX;
}

/* ---- the run ---- */

static int impossible(struct live_check *c, const char *why)
{
	snprintf(c->r->why, sizeof(c->r->why), "%s", why);
	return 1;
}

/* A step of another version of the program: -ENOTSUP and a text.  What is no step at all: 0. */
static int known_step(struct live_check *c, uint32_t step)
{
	const struct trace_step *s = trace_step_at(c->t, step);

	if (!s || step >= c->steps || c->step[step] >= 0)
		return 0;
	snprintf(c->r->why, sizeof(c->r->why), "this program has no step '%.60s: %.120s'", s->op,
		 s->text);
	return -ENOTSUP;
}

static int known_pc(struct live_check *c, const struct known *k, uint32_t v)
{
	return k->is_pc && v ? known_step(c, v - 1) : 0;
}

static int start_value(void *arg, uint32_t field, uint32_t value)
{
	struct live_check *c = arg;
	const struct known *k = known_field(c, field);
	struct live_change v;

	if (!k)
		return impossible(c, "the start has a field that no live world has");
	if (known_pc(c, k, value))
		return -ENOTSUP;
	v = (struct live_change){ .key = k->key, .field = k->field,
				  .new_value = own_value(c, k, value) };
	if (live_replay_start(c->replay, &v))
		return impossible(c, "the start has an object that there is not");
	return 0;
}

static void say_tasks(struct live_check *c)
{
	const struct run_info *info = trace_info(c->t);

	for (unsigned i = 0; i < info->tasks && i < 32; i++) {
		struct check_task *task = &c->r->task[c->r->tasks++];
		int at = live_replay_at(c->replay, i);

		snprintf(task->name, sizeof(task->name), "%s", info->task_name[i]);
		if (at >= 0)
			snprintf(task->at, sizeof(task->at), "%s: %s",
				 step_op_name(step_at((size_t)at)), step_at((size_t)at)->text);
		live_replay_waits(c->replay, i, task->waits, sizeof(task->waits));
	}
}

static int read_changes(struct live_check *c, const struct row_event *e,
			const struct row_change *change)
{
	if (e->changes > sizeof(c->change) / sizeof(c->change[0]))
		return impossible(c, "no step changes that much");
	for (uint32_t i = 0; i < e->changes; i++) {
		const struct known *k = known_field(c, change[i].field);

		if (!k)
			return impossible(c, "it changes a field that no live world has");
		if (known_pc(c, k, change[i].new_value))
			return -ENOTSUP;
		c->change[i] = (struct live_change){
			.key = k->key, .field = k->field,
			.old_value = own_value(c, k, change[i].old_value),
			.new_value = own_value(c, k, change[i].new_value),
		};
	}
	return 0;
}

static int check_row(void *arg, uint64_t seq, const struct row_event *row,
		     const struct row_change *change)
{
	struct live_check *c = arg;
	const struct run_info *info = trace_info(c->t);
	const struct trace_step *s = trace_step_at(c->t, row->step);
	const char *result = trace_result_at(c->t, row->result), *broken;
	struct live_event e = {
		.task = (uint16_t)row->task, .choice = row->choice, .depth = row->depth,
		.changes = row->changes, .change = c->change, .result = result,
		.step = row->step < c->steps ? (int16_t)c->step[row->step] : (int16_t)-1,
	};
	int r;

	if (seq % PROGRESS_EVERY == 0 && c->progress && !c->progress(c->arg, seq))
		return -ECANCELED;
	r = known_step(c, row->step);
	if (!r)
		r = read_changes(c, row, change);
	if (!r && row->result && !*result)
		r = impossible(c, "its result is not in the file");
	if (!r && live_replay_event(c->replay, &e, &broken, c->r->why, sizeof(c->r->why)))
		r = 1;
	if (r < 0)
		return r;
	if (r) {
		snprintf(c->r->event, sizeof(c->r->event), "%s %s: %s%s%s",
			 row->task < info->tasks ? info->task_name[row->task] : "?",
			 s ? s->op : "?", s ? s->text : "?", *result ? " -> " : "", result);
		say_tasks(c);
		return 1;
	}
	if (broken)
		check_count(c->r, broken, seq);
	c->r->checked = seq;
	return 0;
}

static int make_world(struct live_check *c)
{
	const struct run_info *info = trace_info(c->t);
	struct replay_world w = {
		.tasks = info->tasks, .pages = info->pages, .slots = info->slots,
		.folios = info->folios, .entries = info->entries, .slot_cache = info->slot_cache,
	};
	struct kernel k;
	int r = check_kernel(c->t, &k, c->r->why);

	if (r)
		return r;
	w.device = device_named(info->device);
	/* a disk has a task of its own, the others an address space each */
	w.mms = w.tasks - (w.device == DEVICE_DISK);
	c->replay = live_replay_new(&k, &w);
	if (c->replay)
		return 0;
	snprintf(c->r->why, CHECK_TEXT_MAX, "out of memory, or a size of the run is out of range");
	return -ENOMEM;
}

int check_live(struct trace *t, struct check_report *r,
	       bool (*progress)(void *arg, uint64_t position), void *arg)
{
	struct live_check *c = calloc(1, sizeof(*c));
	int err = -ENOMEM;

	if (!c)
		return err;
	*c = (struct live_check){ .t = t, .r = r, .progress = progress, .arg = arg };
	c->step = check_steps(t, &c->steps);
	if (c->step)
		err = make_world(c);
	snprintf(r->event, sizeof(r->event), "the start");
	if (!err)
		err = trace_keyframe(t, 0, NULL, start_value, c);
	if (!err)
		err = trace_scan(t, 1, trace_info(t)->events, check_row, c);
	if (err < 0 && !*r->why)
		snprintf(r->why, sizeof(r->why), "%s", trace_message(t));
	live_replay_free(c->replay);
	free(c->step);
	free(c->known);
	free(c);
	return err > 0 ? 0 : err;
}
