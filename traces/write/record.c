/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs of worlds that are small enough to be compared whole: what differs between two becomes
 * rows (rows.h).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/types.h"
#include "traces/write/rows.h"
#include "traces/write/writer.h"

/* ---- the start of a run ---- */

static void see_folios(struct trace_writer *tw)
{
	for (unsigned i = tw->folios; i < MAX_FOLIOS; i++)
		if (tw->last.mem.folio[i].ref)
			tw->folios = i + 1;
}

static void write_start(struct trace_writer *tw)
{
	for (size_t i = 0; i < tw->fields; i++) {
		unsigned v = field_get(&tw->last, &tw->field[i]);

		if (v)
			rows_start(tw, tw_field(tw, i), v);
	}
	for (unsigned i = 1; i < MAX_ENTRIES; i++)
		if (tw->length[i])
			rows_start(tw, tw_length_field(tw, i), tw->length[i]);
}

static int begin_rows(struct trace_writer *tw, const struct scenario *s, const struct kernel *k,
		      const struct run_meta *meta)
{
	const struct machine *hw = &s->hw;
	const char *task_name[MAX_TASKS];
	const struct rows_run run = {
		.scenario = s->name, .scenario_text = s->text,
		.title = meta && meta->title ? meta->title : s->title,
		.kernel_name = meta ? meta->kernel_name : NULL,
		.verdict = meta ? meta->verdict : NULL,
		.device = device_name(hw->device), .k = k,
		.pages = hw->pages, .slots = hw->slots, .folios = MAX_FOLIOS,
		.entries = hw->entries + 1u, .slot_cache = hw->slot_cache,
		.swap_full = hw->swap_full, .store_fails = hw->store_fails,
		.tasks = s->tasks, .task_name = task_name,
	};

	for (unsigned i = 0; i < s->tasks; i++)
		task_name[i] = s->program[i].name;
	return rows_begin(tw, &run);
}

int tw_run_begin(struct trace_writer *tw, const struct scenario *s, const struct kernel *k,
		 const struct run_meta *meta, const struct world *start, const uint16_t *length)
{
	int run = begin_rows(tw, s, k, meta);

	if (run < 0)
		return run;
	tw->folios = 1;
	tw->scenario = *s;
	tw->kernel = *k;
	tw->raw = *start;
	tw_map_world(tw, start, &tw->last);
	memset(tw->waited, 0, sizeof(tw->waited));
	memset(tw->length, 0, sizeof(tw->length));
	if (length)
		memcpy(tw->length, length, sizeof(tw->length));
	memset(tw->freed, 0, sizeof(tw->freed));
	memset(tw->task_name, 0, sizeof(tw->task_name));
	for (unsigned i = 0; i < s->tasks && i < MAX_TASKS; i++)
		memcpy(tw->task_name[i], s->program[i].name, sizeof(tw->task_name[i]));
	see_folios(tw);
	write_start(tw);
	return tw->error ? tw->error : tw->run;
}

int trace_run_begin(struct trace_writer *tw, const struct scenario *s, const struct kernel *k,
		    const struct run_meta *meta, const struct world *start)
{
	return tw_run_begin(tw, s, k, meta, start, NULL);
}

/* ---- transitions ---- */

/* A change of the transition that is being made; tw->change has room for every field. */
static void add_change(struct trace_writer *tw, struct row_event *e, uint32_t field,
		       unsigned before, unsigned after)
{
	tw->change[e->changes++] = (struct row_change){ field, before, after };
}

/*
 * Every field in which `next` differs from tw->last.  Most of the two is equal, so they are
 * compared by eights of bytes; a field of two bytes is aligned and never in two eights.
 */
static void find_changes(struct trace_writer *tw, struct row_event *e, const struct world *next)
{
	const uint8_t *a = (const uint8_t *)&tw->last, *b = (const uint8_t *)next;

	for (size_t i = 0; i < sizeof(*next); i++) {
		const struct field *f;

		if (i % 8 == 0 && i + 8 <= sizeof(*next) && !memcmp(a + i, b + i, 8)) {
			i += 7;
			continue;
		}
		if (!tw->at[i])
			continue;
		f = &tw->field[tw->at[i] - 1];
		if (memcmp(a + i, b + i, f->size))
			add_change(tw, e, tw_field(tw, tw->at[i] - 1u), field_get(&tw->last, f),
				   field_get(next, f));
	}
}

static void find_lengths(struct trace_writer *tw, struct row_event *e, const uint16_t *length)
{
	for (unsigned i = 1; i < MAX_ENTRIES; i++) {
		if (length[i] != tw->length[i])
			add_change(tw, e, tw_length_field(tw, i), tw->length[i], length[i]);
		tw->length[i] = length[i];
	}
}

/* Does the task stand where it may have to wait? */
static bool at_wait(const struct trace_writer *tw, unsigned task)
{
	const struct task *t = &tw->last.task[task];
	unsigned pc = t->depth ? t->frame[t->depth - 1].pc : 0, kind;

	if (!pc)
		return false;
	kind = step_at(pc - 1 - tw->first_step)->kind;
	return kind == KIND_LOCK || kind == KIND_AWAIT;
}

/* One more transition, of task `mover`, during which those that are blocked wait. */
static void count_waits(struct trace_writer *tw, unsigned mover)
{
	for (unsigned i = 0; i < tw->scenario.tasks; i++)
		if (i != mover && at_wait(tw, i) &&
		    !task_enabled(&tw->scenario, &tw->kernel, &tw->raw, i, NULL, NULL))
			tw->waited[i]++;
}

static int check_step(struct trace_writer *tw, const struct exec_step *step,
		      const struct world *before)
{
	if (tw->error)
		return tw->error;
	if (!tw->open)
		return tw_fail(tw, -EINVAL, "a transition without a run");
	if (step->step < 0 || (size_t)step->step >= step_count() || step->move.task >= MAX_TASKS)
		return tw_fail(tw, -EINVAL, "transition %llu makes no step",
			       (unsigned long long)tw->position + 1);
	if (memcmp(before, &tw->raw, sizeof(*before)))
		return tw_fail(tw, -EINVAL, "transition %llu does not begin where the last ended",
			       (unsigned long long)tw->position + 1);
	return 0;
}

int trace_run_step(struct trace_writer *tw, const struct exec_step *step,
		   const struct world *before, const struct world *after, const uint16_t *length)
{
	struct row_event e = { .task = step->move.task, .choice = step->move.choice,
			       .depth = step->depth };
	struct world next;
	int result = 0;

	if (check_step(tw, step, before))
		return tw->error;
	count_waits(tw, e.task);
	e.waited = tw->waited[e.task];
	tw->waited[e.task] = 0;
	e.step = tw->first_step + (unsigned)step->step;
	if (step->result)
		result = rows_result(tw, step->result);
	e.result = result < 0 ? 0 : (uint32_t)result;
	tw_map_world(tw, after, &next);
	find_changes(tw, &e, &next);
	if (length)
		find_lengths(tw, &e, length);
	if (rows_event(tw, &e, tw->change))
		return tw->error;
	if (step->violated)
		tw_findings(tw, step, after);
	if (step->ev.freed_entry && step->ev.freed_entry < MAX_ENTRIES)
		tw->freed[step->ev.freed_entry] = (struct freed){
			.position = tw->position, .task = step->move.task, .step = step->step,
		};
	tw->last = next;
	tw->raw = *after;
	see_folios(tw);
	return tw->error;
}

int trace_run_note(struct trace_writer *tw, uint64_t position, const char *kind, const char *text)
{
	return rows_note(tw, position, kind, text);
}

int trace_run_flush(struct trace_writer *tw, const char *title, const char *schedule)
{
	if (tw->error)
		return tw->error;
	if (!tw->open)
		return tw_fail(tw, -EINVAL, "a flush of no run");
	tw_row(tw, SQL_RUN_SO_FAR, TEXT(title), TEXT(schedule), INT(tw->folios), INT(tw->run));
	return tw_commit(tw);
}

int trace_run_end(struct trace_writer *tw, const char *schedule)
{
	if (tw->error)
		return tw->error;
	if (tw->open)
		tw_row(tw, SQL_RUN_FOLIOS, INT(tw->folios), INT(tw->run));
	return rows_end(tw, schedule, NULL);
}

/* ---- a whole execution ---- */

int trace_execution(struct trace_writer *tw, const struct execution *x,
		    const struct run_meta *meta)
{
	struct schedule moves = { 0 };
	char *text = NULL;
	int run, r = 0;

	run = tw_run_begin(tw, x->scenario, &x->kernel, meta, &x->world[0],
			   x->length ? x->length[0] : NULL);
	if (run < 0)
		return run;
	tw->whole = true;
	for (size_t i = 0; !r && i < x->n; i++) {
		r = trace_run_step(tw, &x->step[i], &x->world[i], &x->world[i + 1],
				   x->length ? x->length[i + 1] : NULL);
		if (!r)
			r = schedule_add(&moves, x->step[i].move);
	}
	if (!r && meta && meta->repeats && meta->loop < x->n)
		r = tw_loop(tw, x, meta->loop);
	if (!r) {
		text = schedule_text(x->scenario, &moves);
		r = text ? trace_run_end(tw, text) : -ENOMEM;
	}
	if (r)
		tw_fail(tw, r, "out of memory");
	free(text);
	schedule_free(&moves);
	return r ? r : run;
}
