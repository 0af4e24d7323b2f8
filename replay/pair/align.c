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

#define RUN_ON_MAX	64

static void marks_free(struct marks *m)
{
	for (uint64_t i = 0; m->mark && i < m->n; i++)
		free(m->mark[i].result);
	free(m->mark);
}

static int marks_load(struct marks *m, struct trace *t)
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
		m->mark[i].step = trace_step_at(t, e->step);
		m->mark[i].result = strdup(e->result);
		if (!m->mark[i].result)
			return -ENOMEM;
		if (!m->mark[i].step)
			return -EINVAL;
	}
	return 0;
}

/* The task of run b that has the name of a's, or MAX_TASKS. */
static unsigned task_like(const struct run_info *a, unsigned task, const struct run_info *b)
{
	for (unsigned i = 0; task < a->tasks && i < b->tasks; i++)
		if (!strcmp(a->task_name[task], b->task_name[i]))
			return i;
	return MAX_TASKS;
}

/* The next event of b's task, from `from` on, that is a's step; b->n if there is none near. */
static uint64_t find_step(const struct marks *b, uint64_t from, unsigned task,
			  const struct mark *step)
{
	unsigned passed = 0;

	for (uint64_t i = from; i < b->n && passed < RUN_ON_MAX; i++) {
		if (b->mark[i].task != task)
			continue;
		if (same_mark_step(&b->mark[i], step))
			return i;
		passed++;
	}
	return b->n;
}

struct parting {
	bool found;
	uint64_t a, b;		/* events (from 0) at which the runs part */
	bool matched;		/* they make the same step, with another result */
};

/* Walk a; note for every position the one of b, and the first difference. */
static void match(struct alignment *al, const struct marks *a, const struct marks *b,
		  const struct run_info *ia, const struct run_info *ib, struct parting *p)
{
	uint64_t next[MAX_TASKS] = { 0 }, reached = 0;

	for (uint64_t i = 0; i < a->n; i++) {
		unsigned task = task_like(ia, a->mark[i].task, ib);
		uint64_t at = b->n;

		if (task < MAX_TASKS)
			at = find_step(b, next[task], task, &a->mark[i]);
		if (at < b->n) {
			next[task] = at + 1;
			reached = at + 1 > reached ? at + 1 : reached;
		}
		if (!p->found && (at == b->n || strcmp(a->mark[i].result, b->mark[at].result)))
			*p = (struct parting){ true, i, at < b->n ? at : reached, at < b->n };
		al->b_of_a[i + 1] = reached;
	}
}

/* ---- in words ---- */

/* Who holds SWAP_HAS_CACHE of a slot where the two runs disagree about it. */
static void say_holder(FILE *out, struct trace *a, uint64_t pa, struct trace *b, uint64_t pb)
{
	const struct run_info *ib = trace_info(b);
	uint16_t length[MAX_ENTRIES];
	struct world wa, wb;

	if (trace_world(a, pa, &wa, length) || trace_world(b, pb, &wb, length))
		return;
	for (unsigned i = 0; i < MAX_SLOTS; i++) {
		const struct slot *x = &wa.mem.slot[i], *y = &wb.mem.slot[i];

		if (x->holder == y->holder || y->holder == HOLD_NONE)
			continue;
		fprintf(out, "; SWAP_HAS_CACHE of slot %u, right: ", i);
		if (y->holder_task && y->holder_task <= ib->tasks)
			fprintf(out, "%s (%s)", ib->task_name[y->holder_task - 1],
				holder_name(y->holder));
		else
			fputs(holder_name(y->holder), out);
	}
}

/* "W: swapcache_prepare(entry) = 0 left, -EEXIST right" */
static void say_results(FILE *out, const struct mark *a, const struct mark *b)
{
	say_step(out, a->step, a->result, a->who);
	fprintf(out, "%s left, %s right", a->result[0] ? "" : " goes on",
		b->result[0] ? b->result : "goes on");
}

/* Runs that no rule parts: who moves, and what comes of it. */
static void say_moves(FILE *out, const struct mark *a, const struct mark *b)
{
	if (!strcmp(a->who, b->who) && same_mark_step(a, b)) {
		say_results(out, a, b);
		return;
	}
	fputs("left ", out);
	say_step(out, a->step, a->result, a->who);
	fputs("; right ", out);
	say_step(out, b->step, b->result, b->who);
}

static void say_end(FILE *out, const char *ends, const char *on, uint64_t steps)
{
	fprintf(out, "the %s run ends there; the %s one goes on for %llu step%s", ends, on,
		(unsigned long long)steps, steps == 1 ? "" : "s");
}

/* Runs whose first `at` events are the same. */
static void say_schedules(FILE *out, const struct run_info *ia, const struct run_info *ib,
			  const struct marks *ma, const struct marks *mb, uint64_t at)
{
	if (strcmp(ia->scenario_text, ib->scenario_text))
		fputs("the scenarios differ.  ", out);
	if (at == ma->n) {
		say_end(out, "left", "right", mb->n - at);
	} else if (at == mb->n) {
		say_end(out, "right", "left", ma->n - at);
	} else {
		fputs("the schedules part.  ", out);
		say_moves(out, &ma->mark[at], &mb->mark[at]);
	}
}

static void say_parting(FILE *out, const struct parting *p, struct trace *a, struct trace *b,
			const struct marks *ma, const struct marks *mb)
{
	const struct run_info *ia = trace_info(a), *ib = trace_info(b);
	const struct mark *m = &ma->mark[p->a];
	uint64_t next;

	say_rules(out, ia, ib, p->a);
	if (p->matched) {
		say_results(out, m, &mb->mark[p->b]);
	} else {
		say_step(out, m->step, m->result, m->who);
		for (next = p->b; next < mb->n; next++)
			if (mb->mark[next].task == task_like(ia, m->task, ib))
				break;
		if (next < mb->n) {
			fprintf(out, " left; right ");
			say_step(out, mb->mark[next].step, mb->mark[next].result, m->who);
		} else {
			fprintf(out, " left; right %s makes no further step", m->who);
		}
	}
	say_holder(out, a, p->a, b, p->b);
}

/*
 * a_of_b: the last position of a that b has caught up with; of several that b reached at once,
 * the first, where a's own steps are still to come.
 */
static void invert(struct alignment *al)
{
	uint64_t last = 0;

	for (uint64_t b = 0; b <= al->b_events; b++) {
		while (last < al->a_events && al->b_of_a[last + 1] <= b)
			last++;
		al->a_of_b[b] = last;
		while (al->b_of_a[last] == b && al->a_of_b[b] &&
		       al->b_of_a[al->a_of_b[b] - 1] == b)
			al->a_of_b[b]--;
	}
	/* at its end everything has happened */
	al->a_of_b[al->b_events] = al->a_events;
}

static bool too_big(const struct trace *t)
{
	return trace_info(t)->large || trace_info(t)->events > ALIGN_EVENTS_MAX;
}

/* Only the schedules differ, or what the tasks do: the runs part at the first move that does. */
static int align_moves(struct alignment *al, const struct marks *ma, const struct marks *mb,
		       const struct run_info *ia, const struct run_info *ib, FILE *why)
{
	uint64_t at = common_moves(ma, mb);

	al->a_parted = al->b_parted = at;
	al->same = at == ma->n && at == mb->n;
	if (!al->same)
		say_schedules(why, ia, ib, ma, mb, at);
	return match_moves(al, ma, mb, at);
}

/* One schedule under two kernels: tasks run on to the steps that they make in the other. */
static void align_kernels(struct alignment *al, const struct marks *ma, const struct marks *mb,
			  struct trace *a, struct trace *b, FILE *why)
{
	struct parting p = { 0 };
	uint64_t at = common_moves(ma, mb);

	match(al, ma, mb, trace_info(a), trace_info(b), &p);
	invert(al);
	al->same = at == ma->n && at == mb->n;
	al->a_parted = p.found ? p.a : ma->n;
	al->b_parted = p.found ? p.b : al->b_of_a[ma->n];
	if (p.found) {
		say_parting(why, &p, a, b, ma, mb);
	} else if (!al->same && al->b_parted < mb->n) {
		say_end(why, "left", "right", mb->n - al->b_parted);
	} else if (!al->same) {		/* every step of a is in b, but not only or not so */
		al->a_parted = al->b_parted = at;
		say_schedules(why, trace_info(a), trace_info(b), ma, mb, at);
	}
}

static int align(struct alignment *al, const struct marks *ma, const struct marks *mb,
		 struct trace *a, struct trace *b)
{
	const struct run_info *ia = trace_info(a), *ib = trace_info(b);
	FILE *why = fmemopen(al->why, sizeof(al->why), "w");
	int err = 0;

	if (!why)
		return -ENOMEM;
	if (strcmp(ia->switches, ib->switches))
		align_kernels(al, ma, mb, a, b, why);
	else
		err = align_moves(al, ma, mb, ia, ib, why);
	fclose(why);
	al->why[sizeof(al->why) - 1] = '\0';
	return err;
}

int align_runs(struct alignment *al, struct trace *a, struct trace *b)
{
	struct marks ma = { 0 }, mb = { 0 };
	int err;

	*al = (struct alignment){ 0 };
	if (too_big(a) || too_big(b))
		return -EFBIG;
	err = marks_load(&ma, a);
	if (!err)
		err = marks_load(&mb, b);
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
	*al = (struct alignment){ 0 };
}
