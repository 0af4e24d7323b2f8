/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * goal.c - steps and results by name: "operation: beginning of its text = beginning of a result".
 */
#include "core/scenario/scenario.h"

#include <errno.h>
#include <string.h>

/* The first step of that name, of which `length` bytes are the step's; or -1. */
static int step_named(const char *text, size_t length)
{
	size_t op = strcspn(text, ":");
	const char *step = text + op + 1;

	if (op >= length)
		return -1;
	step += strspn(step, " ");
	length -= (size_t)(step - text) < length ? (size_t)(step - text) : length;
	for (size_t i = 0; i < step_count(); i++) {
		const struct step *s = step_at(i);
		const char *name = step_op_name(s);

		if (strlen(name) == op && !strncmp(name, text, op) &&
		    s->kind != KIND_CALL && !strncmp(s->text, step, length))
			return (int)i;
	}
	return -1;
}

int scenario_step(const char *text)
{
	return step_named(text, strlen(text));
}

bool goal_met(const struct goal *g, int step, const struct result *result)
{
	return step == g->step && (!g->result || (result && !strncmp(result->text, g->result,
								     strlen(g->result))));
}

/* A text of a step may have " = " in it: the last one is in front of a result, if any is. */
int scenario_goal(const char *text, struct goal *g)
{
	const char *is = NULL;

	*g = (struct goal){ .step = scenario_step(text) };
	if (g->step >= 0)
		return 0;
	for (const char *p = strstr(text, " = "); p; p = strstr(p + 1, " = "))
		is = p;
	if (is)
		g->step = step_named(text, (size_t)(is - text));
	if (g->step < 0)
		return -ENOENT;
	g->result = is + strlen(" = ");
	for (size_t i = 0; i < result_count(); i++) {
		int step = result_step(result_at(i));

		/* which of the functions that steps call a step calls is not known */
		if ((step < 0 || step == g->step) && goal_met(g, g->step, result_at(i)))
			return 0;
	}
	return -EINVAL;
}
