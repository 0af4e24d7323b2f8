/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/pair/align_words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/pair/align.h"

/* The kernel that a run's list of switches says. */
static int kernel_of(const struct run_info *info, struct kernel *k)
{
	char *copy = strdup(info->switches), *save = NULL;
	int err = copy ? 0 : -ENOMEM;

	*k = kernel_find("v6.9")->kernel;
	for (char *w = copy ? strtok_r(copy, " ", &save) : NULL; w && !err;
	     w = strtok_r(NULL, " ", &save))
		err = kernel_set(k, w);
	free(copy);
	return err;
}

/*
 * The switches that part the runs: run a's schedule again and ask.  Where that is not
 * possible (another program wrote the trace), all in which the kernels differ.  *parted_at
 * gets the position of a at which they would; 0 where it is not known.
 */
static uint64_t parting_rules(const struct run_info *ia, const struct run_info *ib,
			      uint64_t *parted_at)
{
	struct execution a = { 0 }, b = { 0 };
	struct schedule schedule = { 0 };
	struct scenario_error err;
	struct scenario s;
	struct kernel ka, kb;
	uint64_t differ = 0, rules = 0;
	size_t at, parted;

	*parted_at = 0;
	if (kernel_of(ia, &ka) || kernel_of(ib, &kb))
		return 0;
	for (enum kernel_switch sw = 0; sw < SWITCH_COUNT; sw++)
		differ |= (uint64_t)(kernel_get(&ka, sw) != kernel_get(&kb, sw)) << sw;
	if (scenario_parse(&s, "trace", ia->scenario_text, &err))
		return differ;
	if (!schedule_parse(&schedule, &s, ia->schedule, &at) && !execution_init(&a, &s, &ka) &&
	    !execution_init(&b, &s, &kb) && !execution_run(&a, &schedule) &&
	    !same_schedule(&a, &b, &parted)) {
		rules = parting_switches(&a, &kb, parted);
		*parted_at = parted;
	}
	execution_free(&a);
	execution_free(&b);
	schedule_free(&schedule);
	scenario_free(&s);
	return rules ? rules : differ;
}

#define RULES_MAX	3	/* what is more is no reason, but a list */

static unsigned count(uint64_t rules)
{
	unsigned n = 0;

	for (; rules; rules &= rules - 1)
		n++;
	return n;
}

void say_rules(FILE *out, const struct run_info *ia, const struct run_info *ib, uint64_t at)
{
	uint64_t parted, rules = parting_rules(ia, ib, &parted);
	struct kernel ka, kb;
	char va[32], vb[32];
	const char *sep = "rule ";

	if (kernel_of(ia, &ka) || kernel_of(ib, &kb))
		return;
	if (parted > at) {
		fputs("the schedules part.  ", out);
		return;
	}
	if (count(rules) > RULES_MAX) {
		fprintf(out, "%u rules differ.  ", count(rules));
		return;
	}
	for (enum kernel_switch s = 0; s < SWITCH_COUNT; s++) {
		if (!(rules >> s & 1))
			continue;
		fprintf(out, "%s%s: %s left, %s right", sep, kernel_switches[s].name,
			switch_value(s, kernel_get(&ka, s), va, sizeof(va)),
			switch_value(s, kernel_get(&kb, s), vb, sizeof(vb)));
		sep = "; ";
	}
	if (rules)
		fputs(".  ", out);
}

void say_step(FILE *out, const struct trace_step *step, const char *result, const char *task)
{
	fprintf(out, "%s: %s", task, step->text);
	if (*result)
		fprintf(out, " = %s", result);
}
