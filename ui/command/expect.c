/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * expect.c - explore --expect: what a scenario's file expects, line by line.
 */
#include <stdio.h>
#include <string.h>

#include "ui/command/command.h"
#include "ui/report/junit.h"

static void add_case(struct junit *junit, const struct scenario *s, const struct expect *e,
		     const struct exploration *x, bool left, bool ok)
{
	char name[400], message[400];
	size_t at = (size_t)snprintf(name, sizeof(name), "line %u: %s", e->line, e->kernel);

	for (unsigned i = 0; i < e->set_count && at < sizeof(name); i++)
		at += (size_t)snprintf(name + at, sizeof(name) - at, " %s", e->sets[i]);
	junit_case(junit, s->name, name, x->seconds);
	at = (size_t)snprintf(message, sizeof(message), "%s:", verdict_name(x->verdict));
	for (unsigned i = 0; i < x->findings && at < sizeof(message); i++)
		at += (size_t)snprintf(message + at, sizeof(message) - at, " %s",
				       properties[x->finding[i].property].name);
	if (left)
		junit_result(junit, JUNIT_ERROR, "unknown", "interrupted", NULL);
	else if (!ok)
		junit_result(junit, JUNIT_FAILURE, "expectation", message, NULL);
}

/*
 * One line of [expect]; prints it and whether it is so.  EXIT_OK, EXIT_VIOLATED where it is not,
 * EXIT_UNKNOWN where the user did not wait for the answer.
 */
static int check_case(const struct scenario *s, const struct expect *e,
		       explore_progress progress, struct junit *junit)
{
	struct explore_options o = { .max_states = s->max_states,
				     .max_depth = s->max_depth, .progress = progress,
				     .livelock = true };
	const char *unreached;
	char bound[BOUND_TEXT_MAX];
	struct exploration x;
	struct kernel k;
	bool ok, left;
	char name[SHOWN_MAX];

	expect_kernel(e, &k);
	if (explore(&x, s, &k, &o))
		return usage_error("%s:%u: out of memory", s->name, e->line);
	left = x.bound && !strcmp(x.bound, "interrupted");
	ok = expect_met(e, x.violated | x.costs, known_properties(x.complete, x.bound));
	unreached = e->safe ? exploration_unreached(&x, s) : NULL;
	printf("%-5s %s:%u: %s", left ? "left" : ok && !unreached ? "ok" : "WRONG",
	       shown(s->name, name), e->line, e->kernel);
	for (unsigned i = 0; i < e->set_count; i++)
		printf(" %s", e->sets[i]);
	printf(" -> %s", verdict_name(x.verdict));
	for (unsigned i = 0; i < x.findings; i++)
		printf(" %s", properties[x.finding[i].property].name);
	for (unsigned i = 0; i < x.costs_found; i++)
		printf("%s%s", i ? " " : "; costs ", properties[x.cost[i].property].name);
	if (x.bound)
		printf("; bound hit: %s", bound_text(x.complete, x.bound, 0, bound));
	printf("%s%s\n", unreached ? ", but never made: " : "", unreached ? unreached : "");
	if (junit)
		add_case(junit, s, e, &x, left, ok && !unreached);
	exploration_free(&x);
	return left ? EXIT_UNKNOWN : ok && !unreached ? EXIT_OK : EXIT_VIOLATED;
}

int check_expectations(const struct scenario *s, explore_progress progress, struct junit *junit)
{
	int status = EXIT_OK;

	if (!s->expects)
		return usage_error("%s expects nothing: it has no 'case' in [expect]", s->name);
	for (unsigned i = 0; i < s->expects; i++) {
		int one = check_case(s, &s->expect[i], progress, junit);

		if (one == EXIT_USAGE)
			return one;
		/* what is wrong is wrong, whatever is not known */
		if (one == EXIT_UNKNOWN)
			return status ? status : one;
		status = one ? one : status;
	}
	return status;
}
