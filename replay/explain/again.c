/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * again.c - a recorded run of the model as an execution: what was asked can be asked again, in
 * another world.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/check.h"
#include "replay/explain/parts.h"

static int make_moves(struct again *a, struct trace *t, uint64_t until)
{
	unsigned owns;
	int *own = check_steps(t, &owns), err = own ? 0 : -ENOMEM;

	while (!err && a->x.n < until) {
		const struct trace_event *e = trace_event_at(t, a->x.n + 1);
		const struct exec_step *step;

		if (!e || e->task >= a->s.tasks || e->choice > UINT8_MAX) {
			err = -ENOTSUP;
			break;
		}
		err = execution_move(&a->x, (struct move){ (uint8_t)e->task, (uint8_t)e->choice });
		if (err)
			break;
		step = &a->x.step[a->x.n - 1];
		if (e->step >= owns || own[e->step] != step->step ||
		    strcmp(e->result, step->result ? step->result : "") != 0)
			err = -ENOTSUP;
	}
	free(own);
	return err == -EAGAIN || err == -ENOSPC ? -ENOTSUP : err;
}

int again_make(struct again *a, struct trace *t, uint64_t until)
{
	const struct run_info *info = trace_info(t);
	char why[CHECK_TEXT_MAX];
	struct scenario_error none;
	struct kernel k;
	int err;

	a->made = false;
	if (info->live || info->large || info->capture || until > SCHEDULE_MAX ||
	    check_kernel(t, &k, why))
		return -ENOTSUP;
	err = scenario_parse(&a->s, info->scenario, info->scenario_text, &none);
	if (err)
		return err == -ENOMEM ? err : -ENOTSUP;
	err = execution_init(&a->x, &a->s, &k);
	if (err) {
		scenario_free(&a->s);
		return err;
	}
	a->made = true;
	err = make_moves(a, t, until);
	if (err)
		again_free(a);
	return err;
}

void again_free(struct again *a)
{
	if (!a->made)
		return;
	execution_free(&a->x);
	scenario_free(&a->s);
	a->made = false;
}

/* What the step that was made at `at` comes to in the world of position `then`; NULL: nothing. */
static const char *asked_again(struct again *a, uint64_t at, uint64_t then)
{
	const struct exec_step *was = &a->x.step[at - 1];
	struct move_tried tried;
	struct world w = a->x.world[then];

	a->asked++;
	w.task[was->move.task] = a->x.world[at - 1].task[was->move.task];
	if (move_try(&a->s, &a->x.kernel, &w, was->move, &tried))
		return NULL;
	return tried.step.result ? tried.step.result : "";
}

static bool answers_else(struct again *a, uint64_t at, uint64_t then)
{
	const char *was = a->x.step[at - 1].result, *is = asked_again(a, at, then);

	return is && strcmp(was ? was : "", is) != 0;
}

uint64_t again_stale(struct again *a, uint64_t at, uint64_t then)
{
	uint8_t task;

	if (!a->made || at < 1 || at > then || then > a->x.n || !answers_else(a, at, then))
		return 0;
	task = a->x.step[at - 1].move.task;
	/* since when: before the last transition after which the answer was still the same */
	while (then > at && answers_else(a, at, then - 1))
		then--;
	if (then == at || a->x.step[then - 1].move.task == task)
		return 0;
	for (uint64_t q = at; q < then; q++)	/* who is done with it relies on it no more */
		if (a->x.step[q - 1].move.task == task && a->x.step[q - 1].ev.op_done)
			return 0;
	return then;
}
