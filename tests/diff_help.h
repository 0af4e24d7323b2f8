/* SPDX-License-Identifier: GPL-2.0-only */
/* diff_help.h - two runs compared, and what must be so of every comparison. */
#ifndef SWAPSCOPE_TESTS_DIFF_HELP_H
#define SWAPSCOPE_TESTS_DIFF_HELP_H

#include "replay/diff/diff.h"
#include "replay/pair/tasks.h"
#include "tests/check.h"
#include "tests/trace_help.h"
#include "ui/state/diff.h"

/* ---- runs ---- */

/* Both runs recorded, in a file that is gone already; `loop` is of the left one. */
static inline void record_both(const struct execution *a, size_t loop, const struct execution *b,
			struct trace *t[2])
{
	const struct execution *x[2] = { a, b };
	struct trace_writer *tw;
	const char *path = file("d.db");

	assert_int_equal(trace_create(&tw, path, TRACE_SCRATCH, err), 0);
	for (unsigned side = 0; side < 2; side++) {
		struct run_meta meta = { .title = "a test", .verdict = "none",
					 .repeats = !side && loop < a->n, .loop = loop };

		assert_int_equal(trace_execution(tw, x[side], &meta), side + 1);
	}
	assert_int_equal(trace_close(tw), 0);
	t[0] = open_run(path, 1);
	t[1] = open_run(path, 2);
	unlink(path);
}

/* ---- what must be so of every comparison ---- */

static inline bool same_text(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

static inline bool same_world(const struct world *a, const struct world *b)
{
	struct world x = *a, y = *b;

	mem_canonicalise(&x.mem);
	mem_canonicalise(&y.mem);
	return !memcmp(&x, &y, sizeof(x));
}

static inline bool same_memory(const struct world *a, const struct world *b)
{
	struct mem x = a->mem, y = b->mem;

	mem_canonicalise(&x);
	mem_canonicalise(&y);
	return !memcmp(&x, &y, sizeof(x));
}

static inline bool same_step(const struct exec_step *a, const struct exec_step *b)
{
	const struct step *x = step_at((size_t)a->step), *y = step_at((size_t)b->step);

	/* two steps of an operation may be called the same: the tasks' stacks tell them apart */
	return a->move.task == b->move.task && !strcmp(x->func, y->func) &&
	       !strcmp(x->text, y->text) && same_text(a->result, b->result);
}

/* Asked of the executions themselves: do they do the same, state by state? */
static inline bool same_runs(const struct execution *a, const struct execution *b)
{
	bool same = a->n == b->n && same_world(&a->world[0], &b->world[0]);

	for (size_t i = 0; same && i < a->n; i++)
		same = same_step(&a->step[i], &b->step[i]) &&
		       same_world(&a->world[i + 1], &b->world[i + 1]);
	return same;
}

/* Between divergences both make the same steps, and are in the same state where that is said. */
static inline void check_between(const struct diff *d, const struct execution *a,
			  const struct execution *b)
{
	uint64_t at[2] = { 0 }, again = d->start.same ? 0 : DIFF_NEVER;

	for (size_t i = 0; i <= d->divergences; i++) {
		const struct divergence *dv = i < d->divergences ? &d->divergence[i] : NULL;
		uint64_t to[2] = { dv ? dv->from[0] : a->n, dv ? dv->from[1] : b->n };

		assert_int_equal(to[0] - at[0], to[1] - at[1]);
		for (; at[0] <= to[0]; at[0]++, at[1]++) {
			if (at[0] < to[0])
				assert_true(same_step(&a->step[at[0]], &b->step[at[1]]));
			/* a task may stand elsewhere already, where it parts a few steps later */
			if (again != DIFF_NEVER && at[0] >= again)
				assert_true(same_memory(&a->world[at[0]], &b->world[at[1]]));
			if (again == at[0])
				assert_true(same_world(&a->world[at[0]], &b->world[at[1]]));
		}
		if (!dv)
			break;
		at[0] = dv->to[0];
		at[1] = dv->to[1];
		again = dv->again[0];
		assert_int_equal(dv->after.same, same_world(&a->world[at[0]], &b->world[at[1]]));
	}
	assert_int_equal(d->end.same, same_world(&a->world[a->n], &b->world[b->n]));
}

static inline void check_order(const struct divergence *d, const struct execution *a,
			const struct execution *b)
{
	assert_int_equal(d->to[0] - d->from[0], d->to[1] - d->from[1]);
	assert_true(same_world(&a->world[d->to[0]], &b->world[d->to[1]]));
	for (uint8_t task = 0; task < a->scenario->tasks; task++)
		for (uint64_t i = d->from[0], j = d->from[1];; i++, j++) {
			while (i < d->to[0] && a->step[i].move.task != task)
				i++;
			while (j < d->to[1] && b->step[j].move.task != task)
				j++;
			assert_int_equal(i == d->to[0], j == d->to[1]);
			if (i == d->to[0])
				break;
			assert_true(same_step(&a->step[i], &b->step[j]));
		}
}

static inline void check_state_turned(const struct diff_state *a, const struct diff_state *b)
{
	assert_int_equal(a->same, b->same);
	assert_int_equal(a->stacks, b->stacks);
	assert_int_equal(a->differ, b->differ);
	for (unsigned i = 0; i < a->differ && i < DIFF_FIELDS; i++) {
		assert_ptr_equal(a->field[i].field, b->field[i].field);
		assert_int_equal(a->field[i].value[0], b->field[i].value[1]);
		assert_int_equal(a->field[i].value[1], b->field[i].value[0]);
	}
}

/* The other way round the same is said, left and right exchanged. */
static inline void check_turned(const struct diff *d, struct trace *a, struct trace *b)
{
	struct diff e;

	if (diff_runs(&e, b, a))
		fail_msg("%s; %s", trace_message(a), trace_message(b));
	assert_int_equal(d->same, e.same);
	assert_int_equal(d->order, e.order);
	assert_int_equal(d->common, e.common);
	assert_true(d->switches == e.switches);
	check_state_turned(&d->start, &e.start);
	check_state_turned(&d->end, &e.end);
	assert_int_equal(d->divergences, e.divergences);
	for (size_t i = 0; i < d->divergences; i++) {
		const struct divergence *x = &d->divergence[i], *y = &e.divergence[i];

		assert_int_equal(x->kind, y->kind);
		for (unsigned side = 0; side < 2; side++) {
			assert_int_equal(x->from[side], y->from[!side]);
			assert_int_equal(x->to[side], y->to[!side]);
			assert_int_equal(x->again[side], y->again[!side]);
		}
		assert_true(x->rules == y->rules);
		assert_int_equal(x->by_kernel, y->by_kernel);
		assert_int_equal(x->asked, y->asked);
		check_state_turned(&x->after, &y->after);
	}
	assert_int_equal(d->findings, e.findings);
	for (size_t i = 0; i < d->findings; i++) {
		size_t j = 0;

		while (j < e.findings && (strcmp(d->finding[i].property, e.finding[j].property) ||
					  d->finding[i].side == e.finding[j].side))
			j++;
		assert_true(j < e.findings);
		assert_true(d->finding[i].rules == e.finding[j].rules);
		assert_int_equal(d->finding[i].position, e.finding[j].position);
	}
	diff_free(&e);
}

/* The debugger's `d` stops where each of them begins, and is at the other run's place there. */
static inline void check_debugger(const struct diff *d, struct trace *a, struct trace *b)
{
	struct chapter c = { .run = { a, b } };

	assert_int_equal(align_runs(&c.alignment, a, b), 0);
	for (size_t i = 0; i < d->divergences; i++)
		for (unsigned side = 0; side < 2; side++) {
			const struct divergence *dv = &d->divergence[i];
			uint64_t at = dv->from[side];

			if (dv->kind == DIFF_EFFECT || at >= d->events[side])
				continue;
			assert_int_equal(next_difference(&c, side, at, true), at + 1);
			if (dv->kind != DIFF_ORDER)
				assert_int_equal(step_differs(&c, side, at + 1),
						 dv->to[side] > at);
		}
	for (uint64_t at = next_difference(&c, 0, 0, true); at;
	     at = next_difference(&c, 0, at, true)) {
		bool known = at == parted_at(&c, 0) + 1;

		for (size_t i = 0; i < d->divergences && !known; i++)
			known = at == d->divergence[i].from[0] + 1 ||
				(d->divergence[i].kind == DIFF_ORDER &&
				 at > d->divergence[i].from[0] && at <= d->divergence[i].to[0] + 1);
		assert_true(known);
	}
	alignment_free(&c.alignment);
}

/* Compare them and check all that; *d is the caller's to free. */
static inline void compared(struct diff *d, const struct recorded *a, const struct recorded *b)
{
	struct trace *t[2];

	record_both(&a->x, a->x.n, &b->x, t);
	assert_int_equal(diff_runs(d, t[0], t[1]), 0);
	assert_int_equal(d->scope, DIFF_WHOLE);
	if (!strcmp(a->s.text, b->s.text)) {
		assert_int_equal(d->same, same_runs(&a->x, &b->x));
		check_between(d, &a->x, &b->x);
		for (size_t i = 0; i < d->divergences; i++)
			if (d->divergence[i].kind == DIFF_ORDER)
				check_order(&d->divergence[i], &a->x, &b->x);
	}
	check_turned(d, t[0], t[1]);
	check_debugger(d, t[0], t[1]);
	/* what a finding is called is the trace's: none is looked at behind this */
	trace_free(t[0]);
	trace_free(t[1]);
}

#endif
