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

enum answer {
	UNKNOWN,	/* another program wrote the trace, or it is damaged */
	EARLIER,	/* the rules part them, and had done so before */
	SCHEDULES,	/* the rules let them go on together beyond there */
	THERE,
};

/* Run a's schedule again and under b's kernel: which switches part them, and is it at `at`? */
static enum answer ask(const struct run_info *ia, const struct kernel *ka,
		       const struct kernel *kb, uint64_t at, uint64_t *rules)
{
	struct execution a = { 0 }, b = { 0 };
	struct schedule schedule = { 0 };
	enum answer answer = UNKNOWN;
	struct scenario_error err;
	struct scenario s;
	size_t where, parted;

	*rules = 0;
	if (scenario_parse(&s, "trace", ia->scenario_text, &err))
		return answer;
	if (!schedule_parse(&schedule, &s, ia->schedule, &where) && !execution_init(&a, &s, ka) &&
	    !execution_init(&b, &s, kb) && !execution_run(&a, &schedule) &&
	    !same_schedule(&a, &b, &parted)) {
		answer = parted > at ? SCHEDULES : parted < at ? EARLIER : THERE;
		if (answer != SCHEDULES)
			*rules = parting_switches(&a, kb, parted);
	}
	execution_free(&a);
	execution_free(&b);
	schedule_free(&schedule);
	scenario_free(&s);
	return answer;
}

/* Of both runs' answers the better; where they are as good, it is what both say, or either. */
static enum answer parting_rules(const struct run_info *ia, const struct run_info *ib,
				 const struct kernel *ka, const struct kernel *kb, uint64_t at,
				 uint64_t bt, uint64_t *rules)
{
	uint64_t ra, rb;
	enum answer a = ask(ia, ka, kb, at, &ra), b = ask(ib, kb, ka, bt, &rb);

	if (a == b)
		*rules = ra & rb ? ra & rb : ra | rb;
	else
		*rules = a > b ? ra : rb;
	return a > b ? a : b;
}

#define RULES_MAX	3	/* what is more is no reason, but a list */

static unsigned count(uint64_t rules)
{
	unsigned n = 0;

	for (; rules; rules &= rules - 1)
		n++;
	return n;
}

void say_rules(FILE *out, const struct run_info *ia, const struct run_info *ib, uint64_t at,
	       uint64_t bt)
{
	struct kernel ka, kb;
	char va[32], vb[32];
	const char *sep = "rule ";
	uint64_t rules = 0, differ = 0;

	if (kernel_of(ia, &ka) || kernel_of(ib, &kb))
		return;
	if (at != UINT64_MAX &&
	    parting_rules(ia, ib, &ka, &kb, at, bt, &rules) == SCHEDULES) {
		fputs("the schedules part.  ", out);
		return;
	}
	for (enum kernel_switch sw = 0; sw < SWITCH_COUNT && !rules; sw++)
		differ |= (uint64_t)(kernel_get(&ka, sw) != kernel_get(&kb, sw)) << sw;
	if (!rules) {
		rules = differ;
		sep = "the kernels differ in ";
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
