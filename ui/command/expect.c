/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * expect.c - explore --expect: what a scenario's file expects, line by line.
 */
#include <stdio.h>

#include "ui/command/command.h"

/* One line of [expect]; prints it and whether it is so. */
static bool check_case(const struct scenario *s, const struct expect *e,
		       explore_progress progress)
{
	struct explore_options o = { .goal_step = -1, .max_states = s->max_states,
				     .max_depth = s->max_depth, .progress = progress,
				     .livelock = true };
	const char *unreached = NULL;
	struct exploration x;
	struct kernel k;
	bool ok;

	expect_kernel(e, &k);
	if (explore(&x, s, &k, &o)) {
		usage_error("%s:%u: out of memory", s->name, e->line);
		return false;
	}
	ok = expect_met(e, x.violated | x.costs, !x.bound);
	for (unsigned i = 0; e->safe && i < s->reaches; i++)
		if (!x.step_reached[scenario_step(s->reach[i])])
			unreached = s->reach[i];
	printf("%-5s %s:%u: %s", ok && !unreached ? "ok" : "WRONG", s->name, e->line, e->kernel);
	for (unsigned i = 0; i < e->set_count; i++)
		printf(" %s", e->sets[i]);
	printf(" -> %s", verdict_name(x.verdict));
	for (unsigned i = 0; i < x.findings; i++)
		printf(" %s", properties[x.finding[i].property].name);
	for (unsigned i = 0; i < x.costs_found; i++)
		printf("%s%s", i ? " " : "; costs ", properties[x.cost[i].property].name);
	printf("%s%s\n", unreached ? ", but never made: " : "", unreached ? unreached : "");
	exploration_free(&x);
	return ok && !unreached;
}

int check_expectations(const struct scenario *s, explore_progress progress)
{
	unsigned wrong = 0;

	if (!s->expects)
		return usage_error("%s expects nothing: it has no 'case' in [expect]", s->name);
	for (unsigned i = 0; i < s->expects; i++)
		wrong += !check_case(s, &s->expect[i], progress);
	return wrong ? EXIT_VIOLATED : EXIT_OK;
}
