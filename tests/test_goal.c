/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Results: every text that a step can come to is known, one can be a goal, and a test that had one
 * answer only is told.
 */
#include <errno.h>

#include "tests/check.h"

#define RECHECK "zswap_writeback_entry: zswap_rb_search(tree, offset) == entry?"

static void test_list(void **state)
{
	(void)state;
	assert_true(result_count() > 100);
	for (size_t i = 0; i < result_count(); i++) {
		const struct result *r = result_at(i);

		assert_int_equal(r->number, i);
		assert_true(r->text && *r->text);
		for (size_t j = 0; j < i; j++)	/* one record a text of a function's line */
			assert_false(!strcmp(r->func, result_at(j)->func) &&
				     r->line == result_at(j)->line &&
				     !strcmp(r->text, result_at(j)->text));
	}
}

static void test_names(void **state)
{
	struct goal g;

	(void)state;
	assert_int_equal(scenario_goal(RECHECK, &g), 0);
	assert_null(g.result);
	assert_int_equal(scenario_goal(RECHECK " = no", &g), 0);
	assert_string_equal(g.result, "no");
	assert_int_equal(g.step, scenario_step(RECHECK));
	/* " = " in a step's own text */
	assert_int_equal(scenario_goal("zswap_load: entry = zswap_rb_search", &g), 0);
	assert_null(g.result);
	assert_int_equal(scenario_goal("zswap_load: entry = zswap_rb_search = not found", &g), 0);
	assert_string_equal(g.result, "not found");
	/* said by a function that steps call */
	assert_int_equal(scenario_goal("swapin_bypass: swapcache_prepare(entry) = -EEXIST", &g), 0);
	assert_int_equal(scenario_goal(RECHECK " = maybe", &g), -EINVAL);
	assert_string_equal(g.result, "maybe");
	assert_int_equal(scenario_goal("zswap_load: no such step = no", &g), -ENOENT);
	assert_int_equal(scenario_goal("", &g), -ENOENT);
	assert_int_equal(scenario_goal(" = ", &g), -ENOENT);
}

/* The shortest schedule to a result ends in it, and a step comes to it no earlier. */
static void test_goal(void **state)
{
	struct explore_options o = { .goal = RECHECK " = no" };
	struct kernel k = kernel_like("v6.9");
	struct exploration x;
	struct execution e;
	struct scenario s;

	(void)state;
	load(&s, "writeback-race");
	assert_int_equal(explore(&x, &s, &k, &o), 0);
	assert_true(x.goal_reached);
	assert_int_equal(execution_init(&e, &s, &k), 0);
	assert_int_equal(execution_run(&e, &x.goal), 0);
	for (size_t i = 0; i < e.n; i++)
		assert_int_equal(i + 1 == e.n, e.step[i].result &&
				 !strncmp(e.step[i].result, "no: -ENOMEM", 11) &&
				 e.step[i].step == scenario_step(RECHECK));
	execution_free(&e);
	exploration_free(&x);

	o.goal = RECHECK " = yes: stays linked";	/* v6.9 erases it first */
	assert_int_equal(explore(&x, &s, &k, &o), 0);
	assert_false(x.goal_reached);
	exploration_free(&x);
	o.goal = RECHECK " = perhaps";
	assert_int_equal(explore(&x, &s, &k, &o), -EINVAL);
	scenario_free(&s);
}

/* Where the lowest free entry came the re-check was only ever answered with yes. */
static void test_one_way(void **state)
{
	struct kernel k = kernel_like("v6.9");
	size_t recheck = (size_t)scenario_step(RECHECK);
	struct exploration x;
	struct scenario s;

	(void)state;
	load(&s, "writeback-race");
	snprintf(s.reach[s.reaches++], sizeof(s.reach[0]), "%s", RECHECK " = no");
	explore_all(&x, &s, &k);
	assert_null(exploration_one_way(&x, recheck));
	assert_null(exploration_unreached(&x, &s));
	exploration_free(&x);
	s.hw.any_entry = 0;
	explore_all(&x, &s, &k);
	assert_non_null(exploration_one_way(&x, recheck));
	assert_string_equal(exploration_one_way(&x, recheck)->text, "yes: zswap_rb_erase()");
	assert_string_equal(exploration_unreached(&x, &s), RECHECK " = no");
	exploration_free(&x);
	scenario_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_goal),
		cmocka_unit_test(test_one_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
