/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * goal.c - steps and results by name: "operation: beginning of its text = beginning of a result",
 * and one while another task is between two of them.
 */
#include "core/scenario/scenario.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A part of a text: not terminated. */
struct part {
	const char *p;
	size_t n;
};

static struct part whole(const char *text)
{
	return (struct part){ text, strlen(text) };
}

/* Without the blanks around it. */
static struct part trimmed(struct part t)
{
	while (t.n && strchr(" \t", t.p[0])) {
		t.p++;
		t.n--;
	}
	while (t.n && strchr(" \t", t.p[t.n - 1]))
		t.n--;
	return t;
}

/* The last `what` in a text, or NULL. */
static const char *last_of(struct part t, const char *what)
{
	const size_t n = strlen(what);

	for (size_t i = t.n < n ? 0 : t.n - n + 1; i-- > 0;)
		if (!memcmp(t.p + i, what, n))
			return t.p + i;
	return NULL;
}

static bool is_name(const char *name, struct part t)
{
	return strlen(name) == t.n && !memcmp(name, t.p, t.n);
}

/* The first step of an operation whose text begins so; or -1. */
static int step_of(struct part op, struct part step)
{
	step = trimmed(step);
	for (size_t i = 0; i < step_count(); i++) {
		const struct step *s = step_at(i);

		if (is_name(step_op_name(s), op) && s->kind != KIND_CALL &&
		    !strncmp(s->text, step.p, step.n))
			return (int)i;
	}
	return -1;
}

/* A text's operation, and what is behind it; false where there is none in front. */
static bool split(struct part t, struct part *op, struct part *step)
{
	const char *colon = t.n ? memchr(t.p, ':', t.n) : NULL;

	if (!colon)
		return false;
	*op = (struct part){ t.p, (size_t)(colon - t.p) };
	*step = (struct part){ colon + 1, t.n - op->n - 1 };
	return true;
}

static int step_named(struct part t)
{
	struct part op, step;

	return split(t, &op, &step) ? step_of(op, step) : -1;
}

int scenario_step(const char *text)
{
	return step_named(whole(text));
}

bool goal_met(const struct goal *g, int step, const struct result *result)
{
	return step == g->step && (!g->result || (result && !strncmp(result->text, g->result,
								     g->length)));
}

/* Is there a result of the goal's step that begins so? */
static bool comes_to(const struct goal *g)
{
	for (size_t i = 0; i < result_count(); i++) {
		int step = result_step(result_at(i));

		/* which of the functions that steps call a step calls is not known */
		if ((step < 0 || step == g->step) && goal_met(g, g->step, result_at(i)))
			return true;
	}
	return false;
}

/*
 * A text of a step may have " = " in it: the last one is in front of a result, if any is.  With
 * `op` (may be NULL) a text that names no operation is of that one.
 */
static int goal_of(struct part t, const struct part *op, struct goal *g)
{
	const char *is = last_of(t, " = ");

	*g = (struct goal){ .step = op ? step_of(*op, t) : step_named(t) };
	if (g->step >= 0)
		return 0;
	if (is) {
		struct part step = trimmed((struct part){ t.p, (size_t)(is - t.p) });

		g->step = op ? step_of(*op, step) : step_named(step);
	}
	if (g->step < 0)
		return -ENOENT;
	g->result = is + strlen(" = ");
	g->length = t.n - (size_t)(g->result - t.p);
	return comes_to(g) ? 0 : -EINVAL;
}

int scenario_goal(const char *text, struct goal *g)
{
	return goal_of(whole(text), NULL, g);
}

static int refuse(char *err, size_t size, int why, struct part t, const struct goal *g)
{
	if (why == -EINVAL)
		snprintf(err, size, "the step has no result '%.*s'; 'swapscope list steps' shows "
			 "them", g->length < 60 ? (int)g->length : 60, g->result);
	else
		snprintf(err, size, "no step '%.*s'; 'swapscope list steps' shows them as "
			 "'operation: text'", t.n < 80 ? (int)t.n : 80, t.p);
	return why;
}

/* "OPERATION: STEP .. STEP", the second of the same operation where it names none. */
static int window_of(struct part t, struct reach *r, char *err, size_t size)
{
	const char *dots = last_of(t, " .. ");
	struct part from, to, op, step;
	int e;

	if (!dots) {
		snprintf(err, size, "behind 'while' two steps are needed, 'OPERATION: STEP .. "
			 "STEP': another task has made the first and not yet the second");
		return -EINVAL;
	}
	from = trimmed((struct part){ t.p, (size_t)(dots - t.p) });
	to = trimmed((struct part){ dots + 4, t.n - (size_t)(dots + 4 - t.p) });
	e = goal_of(from, NULL, &r->from);
	if (e)
		return refuse(err, size, e, from, &r->from);
	e = goal_of(to, NULL, &r->to);
	if (e == -ENOENT && split(from, &op, &step))
		e = goal_of(to, &op, &r->to);
	return e ? refuse(err, size, e, to, &r->to) : 0;
}

int scenario_reach(const char *text, struct reach *r, char *err, size_t size)
{
	struct part t = whole(text), goal = t;
	const char *during = last_of(t, REACH_WHILE);
	int e;

	*r = (struct reach){ .during = during };
	if (during)
		goal = trimmed((struct part){ t.p, (size_t)(during - t.p) });
	e = goal_of(goal, NULL, &r->goal);
	if (e)
		return refuse(err, size, e, goal, &r->goal);
	if (!during)
		return 0;
	during += strlen(REACH_WHILE);
	return window_of(trimmed((struct part){ during, t.n - (size_t)(during - t.p) }), r, err,
			 size);
}
