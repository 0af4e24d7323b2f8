/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing runs: what does not change at the start, then a row a transition and a row a
 * changed field.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/types.h"
#include "traces/writer.h"

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

static void write_run(struct trace_writer *tw, const struct scenario *s, const struct kernel *k,
		      const struct run_meta *meta)
{
	const char *title = meta && meta->title ? meta->title : s->title;
	const struct machine *hw = &s->hw;
	char kernel[256], value[32];

	kernel_text(k, kernel, sizeof(kernel));
	if (meta && meta->kernel_name)
		snprintf(kernel, sizeof(kernel), "%s", meta->kernel_name);
	tw_row(tw, SQL_RUN, INT(tw->run), INT(tw->program), TEXT(s->name),
	       TEXT(s->text ? s->text : ""), TEXT(title), TEXT(kernel),
	       TEXT(meta && meta->verdict ? meta->verdict : ""), TEXT(device_name(hw->device)),
	       INT(hw->pages), INT(hw->slots), INT(MAX_FOLIOS), INT(hw->entries + 1),
	       INT(hw->slot_cache), INT(hw->swap_full), INT(hw->store_fails));
	for (enum kernel_switch i = 0; i < SWITCH_COUNT; i++)
		tw_row(tw, SQL_SWITCH, INT(tw->run), TEXT(kernel_switches[i].name),
		       TEXT(switch_value(i, kernel_get(k, i), value, sizeof(value))));
	for (unsigned i = 0; i < s->tasks; i++)
		tw_row(tw, SQL_TASK, INT(tw->run), INT(i), TEXT(s->program[i].name));
	value_names(s, write_name, tw);
}

static void see_folios(struct trace_writer *tw)
{
	for (unsigned i = tw->folios; i < MAX_FOLIOS; i++)
		if (tw->last.mem.folio[i].ref)
			tw->folios = i + 1;
}

static int write_keyframe(struct trace_writer *tw)
{
	for (size_t i = 0; i < tw->fields; i++) {
		unsigned v = field_get(&tw->last, &tw->field[i]);

		if (v)
			tw_row(tw, SQL_KEYFRAME, INT(tw->run), INT(tw->position),
			       INT(tw->field_id[i]), INT(v));
	}
	for (unsigned i = 1; i < MAX_ENTRIES; i++)
		if (tw->length[i])
			tw_row(tw, SQL_KEYFRAME, INT(tw->run), INT(tw->position),
			       INT(tw->length_id[i]), INT(tw->length[i]));
	return tw->error;
}

int tw_run_begin(struct trace_writer *tw, const struct scenario *s, const struct kernel *k,
		 const struct run_meta *meta, const struct world *start, const uint16_t *length)
{
	int64_t run;

	if (tw->error)
		return tw->error;
	if (tw->open)
		return tw_fail(tw, -EINVAL, "run %d has not ended", tw->run);
	if (tw_select(tw, SQL_NEXT_RUN, NULL, 0, &run))
		return tw->error;
	if (run < 1 || run > INT32_MAX)
		return tw_fail(tw, -EFBIG, "%s has no number left for a run", tw->path);
	tw->run = (int)run;
	tw->open = true;
	tw->position = 0;
	tw->folios = 1;
	tw->raw = *start;
	tw_map_world(tw, start, &tw->last);
	memset(tw->length, 0, sizeof(tw->length));
	if (length)
		memcpy(tw->length, length, sizeof(tw->length));
	memset(tw->freed, 0, sizeof(tw->freed));
	memset(tw->task_name, 0, sizeof(tw->task_name));
	for (unsigned i = 0; i < s->tasks && i < MAX_TASKS; i++)
		memcpy(tw->task_name[i], s->program[i].name, sizeof(tw->task_name[i]));
	write_run(tw, s, k, meta);
	see_folios(tw);
	return write_keyframe(tw) ? tw->error : tw->run;
}

int trace_run_begin(struct trace_writer *tw, const struct scenario *s, const struct kernel *k,
		    const struct run_meta *meta, const struct world *start)
{
	return tw_run_begin(tw, s, k, meta, start, NULL);
}

/* ---- transitions ---- */

/* The number of a RESULT() text in the file.  There are few, and they come again and again. */
static int result_id(struct trace_writer *tw, const char *text)
{
	int64_t id = 0;
	char *copy;

	for (unsigned i = 0; i < tw->results; i++)
		if (!strcmp(tw->result[i].text, text))
			return tw->result[i].id;
	tw_row(tw, SQL_RESULT, TEXT(text));
	tw_number(tw, SQL_FIND_RESULT, &id, TEXT(text));
	copy = tw->results < RESULTS_KEPT ? strdup(text) : NULL;
	if (copy) {
		tw->result[tw->results].text = copy;
		tw->result[tw->results++].id = (int)id;
	}
	return (int)id;
}

static void write_change(struct trace_writer *tw, int field, unsigned before, unsigned after)
{
	tw_row(tw, SQL_CHANGE, INT(tw->run), INT(tw->position), INT(field), INT(before),
	       INT(after));
}

/*
 * A row for every field in which `next` differs from tw->last.  Most of the two is equal, so
 * they are compared by eights of bytes; a field of two bytes is aligned and never in two eights.
 */
static void write_changes(struct trace_writer *tw, const struct world *next)
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
			write_change(tw, tw->field_id[tw->at[i] - 1], field_get(&tw->last, f),
				     field_get(next, f));
	}
}

static void write_lengths(struct trace_writer *tw, const uint16_t *length)
{
	for (unsigned i = 1; i < MAX_ENTRIES; i++) {
		if (length[i] != tw->length[i])
			write_change(tw, tw->length_id[i], tw->length[i], length[i]);
		tw->length[i] = length[i];
	}
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
	const struct value none = NIL;
	struct value result = none;
	struct world next;

	if (check_step(tw, step, before))
		return tw->error;
	tw->position++;
	if (step->result)
		result = (struct value)INT(result_id(tw, step->result));
	tw_row(tw, SQL_EVENT, INT(tw->run), INT(tw->position), INT(step->move.task),
	       INT((int)tw->first_step + step->step), INT(step->move.choice), INT(step->depth),
	       result);
	tw_map_world(tw, after, &next);
	write_changes(tw, &next);
	if (length)
		write_lengths(tw, length);
	if (step->violated)
		tw_findings(tw, step, after);
	if (step->ev.freed_entry && step->ev.freed_entry < MAX_ENTRIES)
		tw->freed[step->ev.freed_entry] = (struct freed){
			.position = tw->position, .task = step->move.task, .step = step->step,
		};
	tw->last = next;
	tw->raw = *after;
	see_folios(tw);
	if (tw->position % TRACE_KEYFRAME_EVERY == 0)
		write_keyframe(tw);
	return tw->batch >= BATCH_ROWS ? tw_commit(tw) : tw->error;
}

int trace_run_note(struct trace_writer *tw, uint64_t position, const char *kind, const char *text)
{
	if (tw->error)
		return tw->error;
	if (!tw->run || position > INT64_MAX)
		return tw_fail(tw, -EINVAL, "a note without a run");
	return tw_row(tw, SQL_NOTE, INT(tw->run), INT(position), TEXT(kind), TEXT(text));
}

int trace_run_end(struct trace_writer *tw, const char *schedule)
{
	if (tw->error)
		return tw->error;
	if (!tw->open)
		return tw_fail(tw, -EINVAL, "the end of no run");
	tw->open = false;
	tw_row(tw, SQL_RUN_END, TEXT(schedule ? schedule : ""), INT(tw->position),
	       INT(tw->folios), INT(tw->run));
	return tw_commit(tw);
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
