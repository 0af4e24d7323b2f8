/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The library in one page: explore a scenario under a kernel, and walk the shortest finding.
 *
 *	shortest debate debate-a
 */
#include <stdio.h>

#include "core/explore/explore.h"

static void walk(const struct scenario *s, const struct kernel *k, const struct schedule *schedule)
{
	struct execution x;

	if (execution_init(&x, s, k) || execution_run(&x, schedule))
		return;
	for (size_t i = 0; i < x.n; i++)
		printf("%3zu %-4s %s %s\n", i + 1, s->program[x.step[i].move.task].name,
		       step_at((size_t)x.step[i].step)->text,
		       x.step[i].result ? x.step[i].result : "");
	execution_free(&x);
}

int main(int argc, char **argv)
{
	struct explore_options options = { 0 };
	const struct preset *preset = argc == 3 ? kernel_find(argv[2]) : NULL;
	struct scenario_error err;
	struct exploration x;
	struct scenario s;

	if (!preset || scenario_load(&s, argv[1], &err)) {
		fprintf(stderr, "usage: shortest SCENARIO KERNEL\n");
		return 2;
	}
	if (explore(&x, &s, &preset->kernel, &options))
		return 2;
	printf("%lu states: %s\n", (unsigned long)x.states,
	       x.findings ? properties[x.finding[0].property].text : "nothing is violated");
	if (x.findings)
		walk(&s, &preset->kernel, &x.finding[0].schedule);
	exploration_free(&x);
	scenario_free(&s);
	return 0;
}
