/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rules.c - which rules part two runs: asked of their schedules, made again.
 *
 * "What the kernels make of it" is the run's schedule under its own kernel, and under the other one
 * (same_schedule()).  A divergence of the two recorded runs that is there too is the kernels'
 * doing; then each switch is set back alone, and it is seen whether the divergence is still there.
 * Both runs are asked, so that it does not matter which is the left one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/step.h"
#include "replay/check.h"
#include "replay/diff/parts.h"
#include "replay/pair/repair.h"

#define ASK_MAX		5000	/* moves of a run that is made again some twenty times */

/* ---- executions as marks ---- */

static struct trace_step *all_steps(void)
{
	struct trace_step *step = calloc(step_count() + 1, sizeof(*step));

	for (size_t i = 0; step && i < step_count(); i++)
		step[i] = (struct trace_step){ .op = step_op_name(step_at(i)),
					       .text = step_at(i)->text };
	return step;
}

static int marks_of(struct marks *m, const struct execution *x, const struct trace_step *step)
{
	*m = (struct marks){ .mark = calloc(x->n + 1, sizeof(*m->mark)), .n = x->n };
	if (!m->mark)
		return -ENOMEM;
	for (size_t i = 0; i < x->n; i++) {
		const struct exec_step *s = &x->step[i];
		struct mark *mark = &m->mark[i];

		mark->task = s->move.task;
		mark->who = mark->role = x->scenario->program[s->move.task].name;
		mark->step = &step[s->step];
		mark->result = strdup(s->result ? s->result : "");
		if (!mark->result)
			return -ENOMEM;
	}
	return 0;
}

/* ---- a run, and what another kernel makes of its schedule ---- */

struct made {
	struct execution x;
	struct marks m;
	struct alignment al;	/* of the run that was asked with this one */
};

static void made_free(struct made *m)
{
	marks_free(&m->m);
	execution_free(&m->x);
	alignment_free(&m->al);
	*m = (struct made){ 0 };
}

/* Steps and worlds compared as diff_runs() does those of files. */
static int align(const struct made *a, struct made *b)
{
	int err;

	b->al.b_of_a = calloc(a->m.n + 1, sizeof(*b->al.b_of_a));
	b->al.a_of_b = calloc(b->m.n + 1, sizeof(*b->al.a_of_b));
	err = b->al.b_of_a && b->al.a_of_b ? match_moves(&b->al, &a->m, &b->m, true) : -ENOMEM;
	return err ? err : find_hunks(&b->al, &a->m, &b->m);
}

/* *b, which is all zeroes, is freed by the caller whatever comes of it. */
static int make_under(const struct made *a, const struct kernel *k, const struct trace_step *step,
		      struct made *b)
{
	int err = execution_init(&b->x, a->x.scenario, k);
	size_t parted;

	if (!err)
		err = same_schedule(&a->x, &b->x, &parted);
	if (!err)
		err = marks_of(&b->m, &b->x, step);
	return err ? err : align(a, b);
}

static bool same_worlds(const struct world *a, const struct world *b)
{
	struct world x = *a, y = *b;

	mem_canonicalise(&x.mem);
	mem_canonicalise(&y.mem);
	return !memcmp(&x, &y, sizeof(x));
}

/* A divergence, with the side of the run that is asked first. */
struct place {
	uint64_t from[2];
	bool effect;
};

/* Do the two part at that step of the run?  `exactly`: and of the other one. */
static bool parts_there(const struct made *a, const struct made *b, const struct place *p,
			bool exactly)
{
	const struct alignment *al = &b->al;
	uint64_t i = p->from[0], j;

	if (p->effect) {
		if (i >= a->m.n || al->b_of_a[i + 1] == al->b_of_a[i])
			return false;
		j = al->b_of_a[i + 1];
		return same_worlds(&a->x.world[i], &b->x.world[j - 1]) &&
		       !same_worlds(&a->x.world[i + 1], &b->x.world[j]);
	}
	for (size_t h = 0; h < al->hunks; h++)
		if (al->hunk[h].from[0] == i && (!exactly || al->hunk[h].from[1] == p->from[1]))
			return true;
	return false;
}

/* ---- asking ---- */

/* One of the two runs, made again, and what the other kernel makes of it. */
struct asked {
	struct scenario s;
	bool parsed;
	struct kernel own, other;
	struct made run, flipped;
	struct trace_step *step;
};

static void asked_free(struct asked *q)
{
	made_free(&q->run);
	made_free(&q->flipped);
	if (q->parsed)
		scenario_free(&q->s);
	free(q->step);
}

static bool as_recorded(const struct marks *m, struct trace *t)
{
	const struct run_info *info = trace_info(t);

	if (m->n != info->events)
		return false;
	for (uint64_t i = 0; i < m->n; i++) {
		const struct trace_event *e = trace_event_at(t, i + 1);
		const struct trace_step *s = e ? trace_step_at(t, e->step) : NULL;

		if (!s || e->task != m->mark[i].task || strcmp(e->result, m->mark[i].result) ||
		    strcmp(s->op, m->mark[i].step->op) || strcmp(s->text, m->mark[i].step->text))
			return false;
	}
	return true;
}

/* 1: it can be asked; 0: it cannot, for it is none that this program makes; or -ENOMEM. */
static int ask(struct asked *q, struct trace *t, struct trace *other)
{
	const struct run_info *info = trace_info(t);
	struct schedule schedule = { 0 };
	struct scenario_error error;
	char why[CHECK_TEXT_MAX];
	size_t where;
	int err;

	*q = (struct asked){ 0 };
	if (info->events > ASK_MAX || check_kernel(t, &q->own, why) ||
	    check_kernel(other, &q->other, why) ||
	    scenario_parse(&q->s, "trace", info->scenario_text, &error))
		return 0;
	q->parsed = true;
	q->step = all_steps();
	if (!q->step)
		return -ENOMEM;
	err = schedule_parse(&schedule, &q->s, info->schedule, &where);
	if (!err)
		err = execution_init(&q->run.x, &q->s, &q->own);
	if (!err)
		err = execution_run(&q->run.x, &schedule);
	if (!err)
		err = marks_of(&q->run.m, &q->run.x, q->step);
	schedule_free(&schedule);
	if (!err && !as_recorded(&q->run.m, t))
		return 0;
	if (!err)
		err = make_under(&q->run, &q->other, q->step, &q->flipped);
	return err == -ENOMEM ? err : !err;
}

/* The switches of which each, set back in the other kernel, answers `asks` with false. */
static uint64_t which_switches(const struct asked *q,
			       bool (*asks)(const struct asked *q, const struct kernel *k,
					    const void *arg), const void *arg)
{
	uint64_t bits = 0;

	for (enum kernel_switch s = 0; s < SWITCH_COUNT; s++) {
		struct kernel k = q->other;

		if (kernel_get(&q->own, s) == kernel_get(&q->other, s))
			continue;
		kernel_put(&k, s, kernel_get(&q->own, s));
		bits |= (uint64_t)!asks(q, &k, arg) << s;
	}
	return bits;
}

static bool still_parts(const struct asked *q, const struct kernel *k, const void *arg)
{
	const struct place *p = arg;
	struct made b = { 0 };
	/* what cannot be made shows nothing */
	bool parts = make_under(&q->run, k, q->step, &b) || parts_there(&q->run, &b, p, false);

	made_free(&b);
	return parts;
}

#define DIVERGENCES_ASKED	32	/* each costs a run a switch */

/* Where a run ends no rule parts it from one that goes on. */
static bool is_end(const struct diff *d, const struct divergence *dv)
{
	return dv->from[0] == d->events[0] || dv->from[1] == d->events[1];
}

static void ask_divergence(struct divergence *dv, const struct asked q[2], const bool can[2])
{
	uint64_t rules[2] = { 0 };

	for (unsigned side = 0; side < 2; side++) {
		struct place p = { { dv->from[side], dv->from[!side] }, dv->kind == DIFF_EFFECT };

		if (!can[side])
			continue;
		dv->asked = true;
		if (!parts_there(&q[side].run, &q[side].flipped, &p, true))
			continue;
		dv->by_kernel = true;
		rules[side] = which_switches(&q[side], still_parts, &p);
	}
	dv->rules = rules[0] & rules[1] ? rules[0] & rules[1] : rules[0] | rules[1];
}

/* ---- what one of them violates ---- */

static bool never_violated(const struct asked *q, const struct kernel *k, const void *arg)
{
	const enum property *p = arg;

	return !schedule_violates(&q->run.x, k, *p);
}

/* A run that repeats for ever, with what it repeats made once more. */
static int repeated(const struct asked *q, const struct trace_finding *f, struct execution *x)
{
	int err = execution_init(x, q->run.x.scenario, &q->own);

	for (size_t i = 0; !err && i < q->run.x.n; i++)
		err = execution_move(x, q->run.x.step[i].move);
	for (size_t i = f->loop; !err && i < q->run.x.n; i++)
		err = execution_move(x, q->run.x.step[i].move);
	return err;
}

/*
 * Which rule does not let it go round once more, or lets something come between?  That is asked of
 * the places where what it repeats and what the other kernel makes of that part.
 */
static int ask_loop(struct diff_finding *found, const struct asked *q,
		    const struct trace_finding *f)
{
	struct asked again = { .own = q->own, .other = q->other, .step = q->step };
	const struct alignment *al = &again.flipped.al;
	int err = repeated(q, f, &again.run.x);

	if (!err)
		err = marks_of(&again.run.m, &again.run.x, q->step);
	if (!err)
		err = make_under(&again.run, &q->other, q->step, &again.flipped);
	for (size_t i = 0; !err && i < al->hunks && !found->rules; i++) {
		struct place p = { .from = { al->hunk[i].from[0], al->hunk[i].from[1] } };

		if (p.from[0] < f->loop || p.from[0] == again.run.m.n ||
		    p.from[1] == again.flipped.m.n)
			continue;
		found->asked = true;
		found->rules = which_switches(&again, still_parts, &p);
	}
	made_free(&again.run);
	made_free(&again.flipped);
	return err == -ENOMEM ? err : 0;
}

static int ask_finding(struct diff_finding *found, const struct asked *q, struct trace *t)
{
	int property = property_find(found->property);
	const struct trace_finding *f;
	enum property p;
	size_t n;

	if (property < 0)
		return 0;
	p = (enum property)property;
	f = trace_findings(t, &n);
	while (n && strcmp(f->property, found->property)) {
		f++;
		n--;
	}
	if (p == PROP_LIVELOCK)
		return n && f->repeats && f->loop < q->run.x.n ? ask_loop(found, q, f) : 0;
	found->asked = !schedule_violates(&q->run.x, &q->other, p);
	if (found->asked)
		found->rules = which_switches(q, never_violated, &p);
	return 0;
}

/* Of costs a file says nothing: they are those of the run that was made again. */
static void find_costs(struct diff *d, const struct asked q[2])
{
	for (unsigned side = 0; side < 2; side++) {
		const struct execution *x = &q[side].run.x, *y = &q[!side].run.x;
		uint32_t other = 0;

		for (size_t i = 0; i < y->n; i++)
			other |= y->step[i].costs;
		for (size_t i = 0; i < x->n; i++)
			for (unsigned p = 0; p < PROPERTY_COUNT; p++) {
				if (!((x->step[i].costs & ~other) >> p & 1))
					continue;
				other |= 1u << p;
				d->finding[d->findings++] = (struct diff_finding){
					.side = side, .property = properties[p].name,
					.position = i + 1 };
			}
	}
}

/* Which of the two can be made again?  0 or -ENOMEM. */
static int ask_both(struct asked q[2], struct trace *const t[2], bool can[2])
{
	can[0] = can[1] = false;
	for (unsigned side = 0; side < 2; side++) {
		int r = ask(&q[side], t[side], t[!side]);

		if (r < 0)
			return r;
		can[side] = r > 0;
	}
	return 0;
}

int find_rules(struct diff *d, struct trace *a, struct trace *b)
{
	struct trace *const t[2] = { a, b };
	struct asked q[2] = { 0 };
	size_t n = 0;
	bool can[2];
	int err;

	if (strcmp(trace_info(a)->scenario_text, trace_info(b)->scenario_text))
		return 0;
	err = ask_both(q, t, can);
	if (!err && can[0] && can[1])
		find_costs(d, q);
	for (size_t i = 0; !err && d->switches && i < d->divergences; i++)
		if (!is_end(d, &d->divergence[i]) && n++ < DIVERGENCES_ASKED)
			ask_divergence(&d->divergence[i], q, can);
	for (size_t i = 0; !err && d->switches && i < d->findings; i++)
		if (can[d->finding[i].side])
			err = ask_finding(&d->finding[i], &q[d->finding[i].side],
					  t[d->finding[i].side]);
	asked_free(&q[0]);
	asked_free(&q[1]);
	return err;
}
