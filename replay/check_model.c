/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A run of the explorer, made again by its own operations.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/property.h"
#include "core/scenario/task.h"
#include "replay/check.h"
#include "traces/read/read.h"

#define PROGRESS_EVERY	4096

struct model_check {
	struct trace *t;
	struct check_report *r;
	struct scenario s;
	struct kernel k;
	int *step;			/* this program's number of a step of the trace */
	unsigned steps;
	struct world before, after;	/* as this program has them */
	struct world mapped, recorded;	/* and with steps by this program's number + 1 */
};

static int impossible(struct model_check *c, const char *why)
{
	snprintf(c->r->why, sizeof(c->r->why), "%s", why);
	return 1;
}

/* Frames' pcs as numbers of this program's steps + 1: of a line here, of a step of the trace. */
static void map_own(const struct world *w, struct world *to)
{
	*to = *w;
	for (unsigned i = 0; i < MAX_TASKS; i++)
		for (unsigned j = 0; j < w->task[i].depth; j++)
			to->task[i].frame[j].pc = (uint16_t)(task_at(&w->task[i], j) + 1);
}

static void map_recorded(const struct model_check *c, struct world *w)
{
	for (unsigned i = 0; i < MAX_TASKS; i++) {
		for (unsigned j = 0; j < MAX_FRAMES; j++) {
			uint16_t *pc = &w->task[i].frame[j].pc;

			if (*pc)
				*pc = *pc <= c->steps && c->step[*pc - 1] >= 0 ?
				      (uint16_t)(c->step[*pc - 1] + 1) : UINT16_MAX;
		}
	}
}

/* A task that stands at a step of another version of the program: -ENOTSUP and a text. */
static int known_steps(struct model_check *c)
{
	for (unsigned i = 0; i < MAX_TASKS; i++) {
		for (unsigned j = 0; j < MAX_FRAMES; j++) {
			unsigned pc = c->recorded.task[i].frame[j].pc;
			const struct trace_step *s = pc ? trace_step_at(c->t, pc - 1) : NULL;

			if (!s || pc > c->steps || c->step[pc - 1] >= 0)
				continue;
			snprintf(c->r->why, sizeof(c->r->why), "this program has no step "
				 "'%.60s: %.120s'", s->op, s->text);
			return -ENOTSUP;
		}
	}
	return 0;
}

/* The recorded world at a position is the one that the model has there. */
static int compare(struct model_check *c, const struct world *w, uint64_t position)
{
	const struct field *field;
	size_t n;
	int r = trace_world(c->t, position, &c->recorded, NULL);

	if (!r)
		r = known_steps(c);
	if (r)
		return r;
	map_own(w, &c->mapped);
	map_recorded(c, &c->recorded);
	if (!memcmp(&c->mapped, &c->recorded, sizeof(c->mapped)))
		return 0;
	field = world_fields(&n);
	for (size_t i = 0; i < n; i++) {
		unsigned mine = field_get(&c->mapped, &field[i]);
		unsigned theirs = field_get(&c->recorded, &field[i]);

		if (mine == theirs)
			continue;
		snprintf(c->r->why, sizeof(c->r->why), "%s %u %s is %u in the record, the model "
			 "has %u", field[i].kind, field[i].index, field[i].name, theirs, mine);
		return 1;
	}
	return 0;
}

static void say_step(char *to, size_t size, int step)
{
	if (step >= 0)
		snprintf(to, size, "%s: %s", step_op_name(step_at((size_t)step)),
			 step_at((size_t)step)->text);
}

static void say_tasks(struct model_check *c)
{
	for (unsigned i = 0; i < c->s.tasks; i++) {
		struct check_task *task = &c->r->task[c->r->tasks++];
		const struct task *at = &c->before.task[i];
		enum wait_kind wait;
		unsigned index;

		snprintf(task->name, sizeof(task->name), "%s", c->s.program[i].name);
		if (task_finished(at))
			continue;
		say_step(task->at, sizeof(task->at), task_at(at, at->depth - 1u));
		if (!task_enabled(&c->s, &c->k, &c->before, i, &wait, &index))
			wait_text(wait, index, task->waits, sizeof(task->waits));
	}
}

/* The recorded step is the one at which the task stands, and it can be made with that outcome. */
static int make_step(struct model_check *c, const struct trace_event *e, struct step_ctx *ctx)
{
	const struct task *t = &c->before.task[e->task];
	int at = task_finished(t) ? -1 : task_at(t, t->depth - 1u);

	if (at < 0)
		return impossible(c, "the task has finished");
	if (e->step >= c->steps || c->step[e->step] != at) {
		snprintf(c->r->why, sizeof(c->r->why), "the task stands at ");
		say_step(c->r->why + strlen(c->r->why), sizeof(c->r->why) - strlen(c->r->why), at);
		return 1;
	}
	if (t->depth != e->depth)
		return impossible(c, "the task's stack has another depth");
	if (task_preempted(&c->s, &c->k, &c->before, e->task, NULL))
		return impossible(c, "a task of higher priority has the CPU");
	*ctx = (struct step_ctx){ .k = &c->k, .hw = &c->s.hw, .task = (uint8_t)e->task,
				  .choice = (obj_t)e->choice };
	c->after = c->before;
	if (!task_step(ctx, &c->after.mem, &c->after.task[e->task], &c->s.program[e->task])) {
		char what[96];

		wait_text(ctx->wait, ctx->wait_index, what, sizeof(what));
		snprintf(c->r->why, sizeof(c->r->why), "the task waits for %s", what);
		return 1;
	}
	if (e->choice >= ctx->choices)
		return impossible(c, "the step has no such outcome");
	if (strcmp(ctx->result ? ctx->result->text : "", e->result)) {
		snprintf(c->r->why, sizeof(c->r->why), "the model's result is \"%s\"",
			 ctx->result ? ctx->result->text : "");
		return 1;
	}
	return 0;
}

static int check_event(struct model_check *c, uint64_t position)
{
	const struct trace_event *e = trace_event_at(c->t, position);
	struct step_ctx ctx;
	struct transition tr = { .hw = &c->s.hw, .k = &c->k, .before = &c->before.mem,
				 .after = &c->after.mem, .ev = &ctx.ev };
	const struct trace_step *s;
	uint32_t bits;
	int r;

	if (!e)
		return -EBADMSG;
	if (e->task >= c->s.tasks)
		return impossible(c, "the scenario has no such task");
	s = trace_step_at(c->t, e->step);
	snprintf(c->r->event, sizeof(c->r->event), "%s %s: %s%s%s", c->s.program[e->task].name,
		 s ? s->op : "?", s ? s->text : "?", *e->result ? " -> " : "", e->result);
	tr.task = (uint8_t)e->task;
	r = make_step(c, e, &ctx);
	if (!r)
		r = compare(c, &c->after, position);
	if (r)
		return r;
	*c->r->event = '\0';
	bits = properties_check(&tr) & ~properties_costs();
	for (unsigned i = 0; i < PROPERTY_COUNT; i++)
		if (bits >> i & 1)
			check_count(c->r, properties[i].name, position);
	c->before = c->after;
	c->r->checked = position;
	return 0;
}

static int check_start(struct model_check *c)
{
	const struct run_info *info = trace_info(c->t);
	struct scenario_error err;
	int r = scenario_parse(&c->s, info->scenario, info->scenario_text, &err);

	if (r == -EINVAL) {
		snprintf(c->r->why, sizeof(c->r->why), "its scenario is none for this program, "
			 "line %u: %.150s", err.line, err.text);
		return -ENOTSUP;
	}
	if (r)
		return r;
	scenario_start(&c->s, &c->k, &c->before);
	snprintf(c->r->event, sizeof(c->r->event), "the start");
	r = compare(c, &c->before, 0);
	if (!r)
		*c->r->event = '\0';
	return r;
}

int check_model(struct trace *t, struct check_report *r,
		bool (*progress)(void *arg, uint64_t position), void *arg)
{
	struct model_check *c = calloc(1, sizeof(*c));
	bool started = false;
	int err = -ENOMEM;

	if (!c)
		return err;
	c->t = t;
	c->r = r;
	c->step = check_steps(t, &c->steps);
	if (c->step)
		err = check_kernel(t, &c->k, r->why);
	if (!err) {
		err = check_start(c);
		started = c->s.text;
	}
	for (uint64_t i = 1; !err && i <= trace_info(t)->events; i++) {
		if (i % PROGRESS_EVERY == 0 && progress && !progress(arg, i))
			err = -ECANCELED;
		if (!err)
			err = check_event(c, i);
	}
	if (err > 0)
		say_tasks(c);
	if (err < 0 && !*r->why)
		snprintf(r->why, sizeof(r->why), "%s", trace_message(t));
	if (started)
		scenario_free(&c->s);
	free(c->step);
	free(c);
	return err > 0 ? 0 : err;
}
