/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a run is to come to, looked for in a recorded run of any size.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/hand/look.h"

#define ASK_EVERY	65536
#define CALLER_FAR	100000	/* transitions between two of one task */

unsigned steps_begin(const struct trace *t)
{
	unsigned first = 0;

	while (first < UINT16_MAX && !trace_step_at(t, first))
		first++;
	return first;
}

struct finder {
	struct trace *t;
	const struct until *u;
	int task;
	uint64_t from;
	bool forward;
	bool (*go_on)(void *arg, uint64_t position);
	void *arg;
	uint8_t *step;		/* by number: bits of these */
	unsigned steps;
	struct scenario s;	/* the run's, where this program can read it */
	bool parsed;
};

#define WANTED	1
#define FIRST	2	/* the first of its operation */

/* What is asked of each transition is told by its step. */
static int sort_steps(struct finder *f)
{
	const struct trace_step *s, *last = NULL;
	unsigned first = steps_begin(f->t);

	for (f->steps = first; trace_step_at(f->t, f->steps);)
		f->steps++;
	f->step = calloc(f->steps + 1u, 1);
	if (!f->step)
		return -ENOMEM;
	for (unsigned i = first; i < f->steps; i++) {
		s = trace_step_at(f->t, i);
		if (s->kind == KIND_CALL)
			continue;
		if (f->u->kind >= UNTIL_FUNCTION && step_wanted(f->u, s->op, s->text, s->kind))
			f->step[i] |= WANTED;
		/* they are in order of their lines, and an operation is in one piece */
		if (!last || strcmp(last->op, s->op))
			f->step[i] |= FIRST;
		last = s;
	}
	return 0;
}

static unsigned step_bits(const struct finder *f, unsigned step)
{
	return step < f->steps ? f->step[step] : 0;
}

/* ---- of a transition ---- */

/* Does the task's program have something there that it does for ever? */
static bool for_ever(const struct finder *f, unsigned task, uint32_t item)
{
	const struct program *p = &f->s.program[task < MAX_TASKS ? task : 0];

	return f->parsed && task < f->s.tasks && item < p->items &&
	       p->item[item].times == FOR_EVER;
}

/* Operations that begin again until they have what they want. */
static bool repeats(const struct trace_step *s)
{
	return !strcmp(s->op, "touch_page") || !strcmp(s->op, "shmem_get_folio");
}

/*
 * Its task has finished, or something else of its program begins; where that is the same for ever,
 * it stands at the first step again.
 */
static int ends_operation(const struct finder *f, const struct trace_event *e)
{
	static const char *const name[] = { "depth", "frame0.pc", "item", "left" };
	const struct trace_object o = { OBJ_TASK, e->task };
	const unsigned step = e->step, task = e->task, depth = e->depth;
	const uint64_t at = e->position;
	const struct trace_step *next;
	uint32_t v[4] = { 0 }, before;
	bool other = false;
	int r = 0;

	for (unsigned i = 0; !r && i < 4; i++)
		r = trace_value(f->t, at, o, name[i], &v[i]);
	for (unsigned i = 2; !r && i < 4; i++) {
		r = trace_value(f->t, at - 1, o, name[i], &before);
		other |= before != v[i];
	}
	if (r || !v[0] || other)
		return r ? r : 1;
	if (v[0] != 1 || !v[1] || !(step_bits(f, v[1] - 1) & FIRST) || !for_ever(f, task, v[2]))
		return 0;
	next = trace_step_at(f->t, v[1] - 1);
	return !repeats(next) || (depth == 1 && step_bits(f, step) & FIRST);
}

/* Is it the first that its task makes of the function that it is in? */
static bool enters(const struct finder *f, const struct trace_event *event)
{
	const struct trace_event e = *event, *before;
	uint64_t far = e.position > CALLER_FAR ? e.position - CALLER_FAR : 0;

	for (uint64_t at = e.position - 1; at > far; at--) {
		before = trace_event_at(f->t, at);
		if (!before || before->task != e.task)
			continue;
		if (before->depth > e.depth) {	/* back from a call, or another operation */
			if (ends_operation(f, before) > 0)
				return true;
			continue;
		}
		return before->depth < e.depth ||
		       strcmp(trace_step_at(f->t, before->step)->op,
			      trace_step_at(f->t, e.step)->op) ||
		       (step_bits(f, e.step) & FIRST && ends_operation(f, before) > 0);
	}
	return true;
}

static int comes_about(const struct finder *f, const struct trace_event *e)
{
	switch (f->u->kind) {
	case UNTIL_NEXT:
		return 1;
	case UNTIL_END:
		return ends_operation(f, e);
	case UNTIL_STEP:
		return step_bits(f, e->step) & WANTED;
	default:
		return step_bits(f, e->step) & WANTED && enters(f, e);
	}
}

/* Transition by transition; `ahead`: the position is the one in front of it. */
static int find_event(const struct finder *f, uint64_t *found)
{
	bool ahead = f->u->kind >= UNTIL_FUNCTION;
	uint64_t last = trace_info(f->t)->events;
	uint64_t at = f->forward ? f->from + 1 + ahead : f->from - !ahead;

	for (; at >= 1 && at <= last; f->forward ? at++ : at--) {
		const struct trace_event *e;
		int r;

		if (at % ASK_EVERY == 0 && f->go_on && !f->go_on(f->arg, at))
			return -ECANCELED;
		e = trace_event_at(f->t, at);
		if (!e)
			return -EBADMSG;
		if (f->task >= 0 && e->task != (unsigned)f->task)
			continue;
		r = comes_about(f, e);
		if (r) {
			*found = at - ahead;
			return r < 0 ? r : 1;
		}
	}
	return 0;
}

/* ---- without looking at each ---- */

static bool of_task(const struct finder *f, uint64_t position)
{
	const struct trace_event *e;

	if (f->task < 0)
		return true;
	e = trace_event_at(f->t, position);
	return e && e->task == (unsigned)f->task;
}

static int find_finding(const struct finder *f, uint64_t *found)
{
	size_t n;
	const struct trace_finding *all = trace_findings(f->t, &n);

	for (size_t i = 0; i < n; i++) {
		const struct trace_finding *one = &all[f->forward ? i : n - 1 - i];
		int property = property_find(one->property);

		if (property >= 0 && f->u->properties >> property & 1 &&
		    (f->forward ? one->position > f->from : one->position < f->from) &&
		    of_task(f, one->position)) {
			*found = one->position;
			return 1;
		}
	}
	return 0;
}

static int changes_so(const struct finder *f, uint64_t position, uint32_t id)
{
	const struct trace_change *c;
	int n = trace_changes(f->t, position, &c);

	for (int i = 0; i < n; i++)
		if (c[i].id == id)
			return change_wanted(f->u, c[i].old_value, c[i].new_value);
	return n < 0 ? n : 0;
}

static int find_field(const struct finder *f, uint64_t *found)
{
	uint64_t last = f->forward ? trace_info(f->t)->events : 1;
	uint64_t at = f->from;
	uint32_t id[OBJECT_FIELDS];
	int n = trace_fields_of(f->t, f->u->object, f->u->field, id), r;

	if (n <= 0)		/* a field that was never other than 0 */
		return n;
	for (unsigned asked = 1;; asked++) {
		if (f->forward ? at >= last : at <= last)
			return 0;
		at = f->forward ? at + 1 : at - 1;
		r = trace_search(f->t, at, last, id, 1, &at);
		if (r <= 0)
			return r;
		if (asked % 64 == 0 && f->go_on && !f->go_on(f->arg, at))
			return -ECANCELED;
		r = changes_so(f, at, id[0]);
		if (r < 0)
			return r;
		if (r && of_task(f, at)) {
			*found = at;
			return 1;
		}
	}
}

int until_find(struct trace *t, const struct until *u, int task, uint64_t from, bool forward,
	       uint64_t *found, bool (*go_on)(void *arg, uint64_t position), void *arg)
{
	struct finder f = { .t = t, .u = u, .task = task, .from = from, .forward = forward,
			    .go_on = go_on, .arg = arg };
	const struct run_info *info = trace_info(t);
	struct scenario_error err;
	int r;

	if (from > info->events)
		return -EINVAL;
	if (u->kind == UNTIL_FIELD)
		return find_field(&f, found);
	if (u->kind == UNTIL_BREAKS)
		return find_finding(&f, found);
	r = sort_steps(&f);
	if (!r && u->kind != UNTIL_NEXT && u->kind != UNTIL_STEP)
		f.parsed = !scenario_parse(&f.s, info->scenario, info->scenario_text, &err);
	if (!r)
		r = find_event(&f, found);
	if (f.parsed)
		scenario_free(&f.s);
	free(f.step);
	return r;
}
