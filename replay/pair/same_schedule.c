/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * same_schedule.c - one schedule under two kernels, and which rule parts them.
 */
#include <errno.h>
#include <string.h>

#include "replay/pair/align.h"

#define RUN_ON_MAX	64	/* steps that a task may make to reach one of the same name */
#define TURN_MAX	40	/* steps of one task's turn after the end of the schedule */

static int step_of(const struct execution *x, unsigned task)
{
	const struct task *t = &execution_now(x)->task[task];

	return t->depth ? task_at(t, t->depth - 1u) : -1;
}

/*
 * How many steps `task` has to make before it stands at `step`, without blocking and without
 * its operation ending; -1 if it does not get there.  Tried on copies.
 */
static int run_on(const struct execution *x, unsigned task, int step)
{
	struct step_ctx c = {
		.k = &x->kernel, .hw = &x->scenario->hw, .task = (uint8_t)task,
	};
	struct mem m = execution_now(x)->mem;
	struct task t = execution_now(x)->task[task];

	for (int n = 0; n < RUN_ON_MAX && t.depth; n++) {
		if (task_at(&t, t.depth - 1u) == step)
			return n;
		if (!task_step(&c, &m, &t, &x->scenario->program[task]) || c.ev.op_done)
			return -1;
	}
	return -1;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* The task leaves a's path: it runs on until its operation returns or it blocks. */
static int leave(struct execution *b, unsigned task)
{
	unsigned depth = execution_now(b)->task[task].depth;
	int err = 0;

	for (int n = 0; !err && n < RUN_ON_MAX; n++) {
		unsigned now = execution_now(b)->task[task].depth;

		if (!now || now < depth || (n && b->step[b->n - 1].ev.op_done))
			break;
		err = execution_move(b, (struct move){ .task = (uint8_t)task });
	}
	return err ? err : -EAGAIN;
}

/*
 * Let b follow one move of a.  0: it did; -EAGAIN: it cannot; else an error.  A task that has
 * left a's path waits where it is until a comes by a step that it can reach again.
 */
static int follow(const struct exec_step *a, struct execution *b, bool *left)
{
	int n = run_on(b, a->move.task, a->step);
	int err = 0;

	if (n < 0 && *left)
		return -EAGAIN;
	*left = n < 0;
	if (n < 0)
		return leave(b, a->move.task);
	while (!err && n--)
		err = execution_move(b, (struct move){ .task = a->move.task });
	return err ? err : execution_move(b, a->move);
}

/* After the end of a: those who took part go on in turn, until all that must have finished. */
static int run_out(struct execution *b, const bool *took_part)
{
	size_t end = b->n + SAME_SCHEDULE_EXTRA;
	bool moved = true;

	while (moved && b->n < end) {
		moved = false;
		for (unsigned task = 0; task < b->scenario->tasks; task++)
			for (int i = 0; i < TURN_MAX && b->n < end; i++) {
				int err;

				if (!took_part[task] || step_of(b, task) < 0 ||
				    (!b->scenario->program[task].must_finish && i))
					break;
				err = execution_move(b, (struct move){ .task = (uint8_t)task });
				if (err == -EAGAIN)
					break;
				if (err)
					return err;
				moved |= b->scenario->program[task].must_finish;
			}
	}
	return 0;
}

int same_schedule_parts(const struct execution *a, struct execution *b, struct parted *p)
{
	bool left[MAX_TASKS] = { false }, took_part[MAX_TASKS] = { false };

	*p = (struct parted){ .a = a->n };
	for (size_t i = 0; i < a->n; i++) {
		const struct exec_step *step = &a->step[i];
		size_t before = b->n;
		int err;

		took_part[step->move.task] = true;
		err = follow(step, b, &left[step->move.task]);
		if (err && err != -EAGAIN)
			return err;
		if (p->a < a->n)
			continue;
		if (err)
			*p = (struct parted){ .a = i, .b = before };
		else if (!same_text(step->result, b->step[b->n - 1].result))
			*p = (struct parted){ .a = i, .b = b->n - 1, .made = true };
	}
	if (p->a == a->n)
		p->b = b->n;
	return run_out(b, took_part);
}

int same_schedule(const struct execution *a, struct execution *b, size_t *parted)
{
	struct parted p;
	int err = same_schedule_parts(a, b, &p);

	*parted = p.a;
	return err;
}

uint64_t parting_switches(const struct execution *a, const struct kernel *kb, size_t parted)
{
	uint64_t bits = 0;

	for (enum kernel_switch s = 0; s < SWITCH_COUNT; s++) {
		struct kernel k = *kb;
		struct execution b;
		size_t later = 0;

		if (kernel_get(&a->kernel, s) == kernel_get(kb, s))
			continue;
		kernel_put(&k, s, kernel_get(&a->kernel, s));
		if (execution_init(&b, a->scenario, &k))
			continue;
		if (!same_schedule(a, &b, &later) && later > parted)
			bits |= UINT64_C(1) << s;
		execution_free(&b);
	}
	return bits;
}
