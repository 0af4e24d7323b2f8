/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A recorded run of the model is made again, to go on from any of its positions.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/check.h"
#include "replay/hand/session.h"

/* One more transition of a run, which has to be the one that was recorded. */
static int make_event(struct hand *h, struct hand_run *r, const int *own, unsigned owns)
{
	uint64_t position = r->x.n + 1;
	const struct trace_event *e = trace_event_at(r->t, position);
	const struct exec_step *step;
	struct move m;
	int err;

	if (!e)
		return hand_fail(h, -EBADMSG, "%.300s", *trace_message(r->t) ?
				 trace_message(r->t) : "a transition is damaged");
	if (e->task >= r->s.tasks || e->choice > UINT8_MAX)
		return hand_fail(h, -ENOTSUP, "transition %llu is none of the model: its scenario "
				 "has no such task or outcome", (unsigned long long)position);
	m = (struct move){ .task = (uint8_t)e->task, .choice = (uint8_t)e->choice };
	err = execution_move(&r->x, m);
	if (err == -EAGAIN) {
		char why[HAND_TEXT_MAX];

		hand_why_not(&r->x, r->x.n, m, why);
		return hand_fail(h, -ENOTSUP, "transition %llu is none of the model: %.200s",
				 (unsigned long long)position, why);
	}
	if (err)
		return hand_fail(h, err, "transition %llu: %s", (unsigned long long)position,
				 strerror(-err));
	step = &r->x.step[r->x.n - 1];
	if (e->step < owns && own[e->step] == step->step && e->depth == step->depth &&
	    !strcmp(e->result, step->result ? step->result : ""))
		return 0;
	r->x.n--;
	return hand_fail(h, -ENOTSUP, "transition %llu is another than the model makes: '%.60s: "
			 "%.80s%s%.40s'", (unsigned long long)position,
			 step_op_name(step_at((size_t)step->step)),
			 step_at((size_t)step->step)->text, step->result ? " = " : "",
			 step->result ? step->result : "");
}

/* The transitions that it has and we have not. */
static int make_rest(struct hand *h, struct hand_run *r)
{
	const struct run_info *info = trace_info(r->t);
	unsigned owns;
	int *own, err = 0;

	if (info->events == r->x.n)
		return 0;
	if (info->events > SCHEDULE_MAX)
		return hand_fail(h, -EFBIG, "the run has %llu moves; by hand there are at most %d",
				 (unsigned long long)info->events, SCHEDULE_MAX);
	own = check_steps(r->t, &owns);
	if (!own)
		return hand_no_memory(h);
	while (!err && r->x.n < info->events)
		err = make_event(h, r, own, owns);
	free(own);
	return err;
}

/* Not every run is one of this program's model. */
static int makeable(struct hand *h, struct trace *t, struct kernel *k)
{
	const struct run_info *info = trace_info(t);
	char why[CHECK_TEXT_MAX];

	if (info->capture)
		return hand_fail(h, -ENOTSUP, "no moves can be made in a capture: a real kernel "
				 "was seen to do what it shows");
	if (info->live || info->large)
		return hand_fail(h, -ENOTSUP, "no moves can be made in a run of threads: only in "
				 "one of the model");
	if (check_kernel(t, k, why))
		return hand_fail(h, -ENOTSUP, "no moves can be made in this run: %.250s", why);
	return 0;
}

struct hand_run *run_of(struct hand *h, struct trace *t)
{
	struct hand_run *r = run_known(h, t);
	const struct run_info *info = trace_info(t);
	struct check_report report = { 0 };
	struct kernel k;
	int err;

	if (r)
		return r->tw || !make_rest(h, r) ? r : NULL;
	if (makeable(h, t, &k))
		return NULL;
	r = run_new(h, info->scenario, info->scenario_text, &k, info->kernel);
	if (!r)
		return NULL;
	r->t = t;
	copy_name(r->name, sizeof(r->name), info->title);
	err = make_rest(h, r);
	/* the moves are the same; that the worlds are too the check knows */
	if (!err && check_run(t, &report, NULL, NULL))
		err = hand_fail(h, -ENOTSUP, "no moves can be made in this run: %.250s",
				report.why);
	else if (!err && *report.why)
		err = hand_fail(h, -ENOTSUP, "the run is none of the model: after transition %llu "
				"%.200s", (unsigned long long)report.checked, report.why);
	if (err) {
		run_free(r);
		return NULL;
	}
	return run_keep(h, r) ? NULL : r;
}

int hand_of(struct hand *h, struct trace *t)
{
	struct hand_run *r = run_of(h, t);

	return r ? 0 : -ENOTSUP;
}
