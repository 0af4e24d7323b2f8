/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What can happen next: every outcome of every task's next step, tried.
 */
#include <errno.h>
#include <string.h>

#include "replay/hand/session.h"

/*
 * A field that says something: of what tasks share, and no book-keeping of numbers.  What a task
 * has on its stack is seen by its step.
 */
static bool telling(const struct field *f)
{
	return strcmp(f->kind, "task") && strcmp(f->name, "last_stamp") &&
	       strcmp(f->name, "known");
}

static void find_changes(struct hand_option *o, const struct world *before,
			 const struct world *after)
{
	size_t n;
	const struct field *f = world_fields(&n);

	for (size_t i = 0; i < n; i++) {
		unsigned was = field_get(before, &f[i]), is = field_get(after, &f[i]);

		if (was == is || !telling(&f[i]))
			continue;
		if (o->changed++ < HAND_CHANGES_MAX)
			o->change[o->changes++] = (struct trace_change){
				.field = &f[i], .old_value = was, .new_value = is,
			};
	}
}

/* One outcome.  Returns how many its step has. */
static unsigned try_option(const struct execution *x, size_t n, struct move m,
			   struct hand_option *o)
{
	const struct world *w = &x->world[n];
	const struct task *at = &w->task[m.task];
	struct move_tried t;
	struct blame b;
	int err = move_try(x->scenario, &x->kernel, w, m, &t);

	*o = (struct hand_option){
		.move = m, .can = !err, .finished = !t.choices, .choices = t.choices, .by = -1,
		.step = at->depth ? task_at(at, at->depth - 1u) : -1, .op = "", .text = "",
		.result = "",
	};
	if (o->step >= 0) {
		o->op = step_op_name(step_at((size_t)o->step));
		o->text = step_at((size_t)o->step)->text;
	}
	o->recorded = n < x->n && x->step[n].move.task == m.task &&
		      x->step[n].move.choice == m.choice;
	if (err) {
		why_not(x, n, m, &t, err, &b, o->why);
	} else {
		o->injects = t.injected;
		o->result = t.step.result ? t.step.result : "";
		o->violated = t.step.violated;
		o->costs = t.step.costs;
		find_changes(o, w, &t.after);
		why_result(x, n, m.task, &t.step, &b, o->why);
	}
	o->by = b.by;
	o->since = b.since;
	return t.choices;
}

int hand_options(struct hand *h, struct trace *t, uint64_t position, struct hand_option *o,
		 size_t max)
{
	struct hand_run *r = run_of(h, t);
	struct hand_option spare;
	unsigned choices;
	size_t n = 0;

	if (!r)
		return -ENOTSUP;
	if (position > r->x.n)
		return hand_fail(h, -EINVAL, "the run has %zu moves", r->x.n);
	for (unsigned task = 0; task < r->s.tasks; task++) {
		struct move m = { .task = (uint8_t)task };

		do {
			choices = try_option(&r->x, (size_t)position, m, n < max ? &o[n] : &spare);
			n++;
		} while (++m.choice < choices);
	}
	return (int)n;
}
