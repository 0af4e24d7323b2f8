/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every shipped scenario against what its file expects of every kernel, and the exact
 * size of every state space.  The figures are the same for every compiler and level.
 */
#include <stdlib.h>

#include "tests/check.h"

struct size {
	const char *scenario, *kernel;
	uint64_t states, transitions;
	unsigned depth;
};

static const struct size sizes[] = {
#include "tests/sizes.inc"
};

static void kernel_name(const struct expect *e, char *buf, size_t size)
{
	snprintf(buf, size, "%s", e->kernel);
	for (unsigned i = 0; i < e->set_count; i++) {
		size_t n = strlen(buf);

		snprintf(buf + n, size - n, " %s", e->sets[i]);
	}
}

static void check_reached(const struct scenario *s, const struct exploration *x, const char *name)
{
	for (unsigned i = 0; i < s->reaches; i++)
		if (!x->step_reached[scenario_step(s->reach[i])])
			fail_msg("swapscope explore %s --kernel %s: '%s' is never reached", s->name,
				 name, s->reach[i]);
}

/*
 * Each finding replays: it breaks its property at its last step, and no earlier one does.  What
 * repeats for ever breaks it at none.
 */
static void check_findings(const struct scenario *s, const struct kernel *k,
			   const struct exploration *x)
{
	for (unsigned i = 0; i < x->findings; i++) {
		const struct finding *f = &x->finding[i];
		struct execution e;

		assert_int_equal(execution_init(&e, s, k), 0);
		assert_int_equal(execution_run(&e, &f->schedule), 0);
		for (size_t j = 0; j < e.n; j++)
			assert_int_equal(!!(e.step[j].violated & (1u << f->property)),
					 j + 1 == e.n && f->loop == f->schedule.n);
		execution_free(&e);
	}
}

static void check_case(const struct scenario *s, const struct expect *e)
{
	struct explore_options o = { .goal_step = -1, .livelock = true };
	struct exploration x;
	struct kernel k;
	char name[256];

	kernel_name(e, name, sizeof(name));
	expect_kernel(e, &k);
	assert_int_equal(explore(&x, s, &k, &o), 0);
	if (e->safe && x.verdict != VERDICT_SAFE)
		fail_msg("%s:%u: swapscope explore %s --kernel %s is not safe", s->name, e->line,
			 s->name, name);
	if (!expect_met(e, x.violated | x.costs, !x.bound))
		fail_msg("%s:%u: swapscope explore %s --kernel %s finds other properties (%#x)",
			 s->name, e->line, s->name, name, x.violated | x.costs);
	if (e->safe)
		check_reached(s, &x, name);
	check_findings(s, &k, &x);
	exploration_free(&x);
}

static void test_expectations(void **state)
{
	static const char *const own[] = {
		"tests/scenarios/two-mms.scn", "tests/scenarios/two-lives.scn",
		"tests/scenarios/for-ever.scn", "tests/scenarios/zero-page-disk.scn",
	};

	(void)state;
	assert_true(builtin_scenario_count >= 9);
	for (size_t i = 0; i < builtin_scenario_count + sizeof(own) / sizeof(own[0]); i++) {
		struct scenario s;

		load(&s, i < builtin_scenario_count ? builtin_scenarios[i].name :
		     own[i - builtin_scenario_count]);
		assert_true(s.expects > 0);
		for (unsigned j = 0; j < s.expects; j++)
			check_case(&s, &s.expect[j]);
		scenario_free(&s);
	}
}

static void test_sizes(void **state)
{
	const char *update = getenv("SWAPSCOPE_GOLDEN");
	bool write = update && !strcmp(update, "update");
	FILE *out = write ? fopen("tests/sizes.inc", "w") : NULL;

	(void)state;
	if (out)
		fprintf(out, "/* SPDX-License-Identifier: GPL-2.0-only */\n"
			     "/* SWAPSCOPE_GOLDEN=update build/release/tests/test_expect writes "
			     "this. */\n");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const struct size *want = &sizes[i];
		struct kernel k = kernel_like(want->kernel);
		struct exploration x;
		struct scenario s;

		load(&s, want->scenario);
		explore_all(&x, &s, &k);
		if (out)
			fprintf(out, "{ \"%s\", \"%s\", %lu, %lu, %u },\n", want->scenario,
				want->kernel, (unsigned long)x.states, (unsigned long)x.transitions,
				x.depth);
		else if (x.states != want->states || x.transitions != want->transitions ||
			 x.depth != want->depth)
			fail_msg("swapscope explore %s --kernel '%s': %lu states, %lu transitions, "
				 "depth %u; not as tests/sizes.inc says", want->scenario,
				 want->kernel, (unsigned long)x.states,
				 (unsigned long)x.transitions, x.depth);
		exploration_free(&x);
		scenario_free(&s);
	}
	if (out)
		fclose(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expectations),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
