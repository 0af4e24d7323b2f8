/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * align.c - how the positions of two recorded runs correspond, and why they part.
 */
#include "replay/pair/align.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/pair/align_moves.h"
#include "replay/pair/align_words.h"
#include "replay/pair/tasks.h"

void marks_free(struct marks *m)
{
	for (uint64_t i = 0; m->mark && i < m->n; i++)
		free(m->mark[i].result);
	free(m->mark);
}

int marks_load(struct marks *m, struct trace *t, const char *const *role)
{
	const struct run_info *info = trace_info(t);

	m->n = info->events;
	m->mark = calloc(m->n + 1, sizeof(*m->mark));
	if (!m->mark)
		return -ENOMEM;
	for (uint64_t i = 0; i < m->n; i++) {
		const struct trace_event *e = trace_event_at(t, i + 1);

		if (!e)
			return -EINVAL;
		m->mark[i].task = e->task;
		m->mark[i].who = e->task < info->tasks ? info->task_name[e->task] : "?";
		m->mark[i].role = e->task < info->tasks && role[e->task] ? role[e->task] :
				  m->mark[i].who;
		m->mark[i].step = trace_step_at(t, e->step);
		m->mark[i].result = strdup(e->result);
		if (!m->mark[i].result)
			return -ENOMEM;
		if (!m->mark[i].step)
			return -EINVAL;
	}
	return 0;
}

/* ---- in words ---- */

static void say_who(FILE *out, const char *side, const struct run_info *info,
		    const struct slot *s)
{
	if (s->holder == HOLD_NONE)
		return;
	fprintf(out, ", %s: ", side);
	if (s->holder_task && s->holder_task <= info->tasks)
		fprintf(out, "%s (%s)", info->task_name[s->holder_task - 1],
			holder_name(s->holder));
	else
		fputs(holder_name(s->holder), out);
}

/* Who holds SWAP_HAS_CACHE of a slot where the two runs disagree about it. */
static void say_holder(FILE *out, struct trace *a, uint64_t pa, struct trace *b, uint64_t pb)
{
	uint16_t length[MAX_ENTRIES];
	struct world wa, wb;

	if (trace_world(a, pa, &wa, length) || trace_world(b, pb, &wb, length))
		return;
	for (unsigned i = 0; i < MAX_SLOTS; i++) {
		const struct slot *x = &wa.mem.slot[i], *y = &wb.mem.slot[i];

		if (x->holder == y->holder)
			continue;
		fprintf(out, "; SWAP_HAS_CACHE of slot %u", i);
		say_who(out, "left", trace_info(a), x);
		say_who(out, "right", trace_info(b), y);
	}
}

/* "W: swapcache_prepare(entry) = 0 left, -EEXIST right" */
static void say_results(FILE *out, const struct mark *a, const struct mark *b)
{
	say_step(out, a->step, a->result, a->who);
	fprintf(out, "%s left, %s right", a->result[0] ? "" : " goes on",
		b->result[0] ? b->result : "goes on");
}

/* "T0: folio_put(folio) left; right T0: goto out", "left T0: goto out; right W: begin" */
static void say_moves(FILE *out, const struct mark *a, const struct mark *b)
{
	bool one = !strcmp(a->who, b->who);

	if (one && same_mark_step(a, b)) {
		say_results(out, a, b);
		return;
	}
	fputs(one ? "" : "left ", out);
	say_step(out, a->step, a->result, a->who);
	fputs(one ? " left; right " : "; right ", out);
	say_step(out, b->step, b->result, b->who);
}

static void say_end(FILE *out, const char *ends, const char *on, uint64_t steps)
{
	fprintf(out, "the %s run ends there; the %s one goes on for %llu step%s", ends, on,
		(unsigned long long)steps, steps == 1 ? "" : "s");
}

/* Two kernels: the rule; one: the scenarios or the schedules. */
static void say_parting(FILE *out, const struct parting *p, struct trace *a, struct trace *b,
			const struct marks *ma, const struct marks *mb, bool kernels)
{
	const struct run_info *ia = trace_info(a), *ib = trace_info(b);

	if (!kernels && strcmp(ia->scenario_text, ib->scenario_text))
		fputs("the scenarios differ.  ", out);
	if (p->a == ma->n) {
		say_end(out, "left", "right", mb->n - p->b);
		return;
	}
	if (p->b == mb->n) {
		say_end(out, "right", "left", ma->n - p->a);
		return;
	}
	if (kernels)
		say_rules(out, ia, ib, p->a, p->b);
	else
		fputs("the schedules part.  ", out);
	say_moves(out, &ma->mark[p->a], &mb->mark[p->b]);
	if (kernels)
		say_holder(out, a, p->a, b, p->b);
}

static bool too_big(const struct trace *t)
{
	return trace_info(t)->large || trace_info(t)->events > ALIGN_EVENTS_MAX;
}

static int align(struct alignment *al, const struct marks *ma, const struct marks *mb,
		 struct trace *a, struct trace *b)
{
	bool kernels = strcmp(trace_info(a)->switches, trace_info(b)->switches);
	struct parting p = part(ma, mb, kernels);
	FILE *why = fmemopen(al->why, sizeof(al->why), "w");
	bool end = p.a == ma->n && p.b == mb->n;
	int err;

	if (!why)
		return -ENOMEM;
	al->same = end && !p.own;
	if (end && p.own)	/* nothing but steps of their own tells them apart */
		p = part(ma, mb, false);
	al->a_parted = p.a;
	al->b_parted = p.b;
	if (!al->same)
		say_parting(why, &p, a, b, ma, mb, kernels);
	fclose(why);
	al->why[sizeof(al->why) - 1] = '\0';
	err = match_moves(al, ma, mb, kernels);
	return err ? err : find_hunks(al, ma, mb);
}

int align_runs(struct alignment *al, struct trace *a, struct trace *b)
{
	const char *role[2][MAX_TASKS];
	struct marks ma = { 0 }, mb = { 0 };
	int err;

	*al = (struct alignment){ 0 };
	if (too_big(a) || too_big(b))
		return -EFBIG;
	match_tasks(trace_info(a), trace_info(b), al->task_of_b, role);
	err = marks_load(&ma, a, role[0]);
	if (!err)
		err = marks_load(&mb, b, role[1]);
	al->a_events = ma.n;
	al->b_events = mb.n;
	al->b_of_a = calloc(ma.n + 1, sizeof(*al->b_of_a));
	al->a_of_b = calloc(mb.n + 1, sizeof(*al->a_of_b));
	if (!err && (!al->b_of_a || !al->a_of_b))
		err = -ENOMEM;
	if (!err)
		err = align(al, &ma, &mb, a, b);
	marks_free(&ma);
	marks_free(&mb);
	if (err)
		alignment_free(al);
	return err;
}

void alignment_free(struct alignment *al)
{
	free(al->b_of_a);
	free(al->a_of_b);
	free(al->life[0]);
	free(al->life[1]);
	free(al->hunk);
	*al = (struct alignment){ 0 };
}
