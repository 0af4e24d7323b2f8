/* SPDX-License-Identifier: GPL-2.0-only */
/* A bug and its repair: which rule it is, how far the runs are the same, the rest's diagram. */
#include <errno.h>
#include <stdlib.h>

#include "replay/figure/columns.h"
#include "replay/pair/repair.h"
#include "tests/check.h"

static void check_rule(const char *scenario, const char *broken, const char *fixed,
		       enum property property, uint64_t rules)
{
	struct kernel a = kernel_like(broken), b = kernel_like(fixed);
	struct scenario s;
	struct repair r;

	load(&s, scenario);
	assert_int_equal(repair_make(&r, &s, &a, &b, property), 0);
	assert_int_equal(r.rules, rules);
	assert_int_equal(r.broken.verdict, VERDICT_VIOLATED);
	assert_int_equal(r.fixed.verdict, VERDICT_SAFE);
	assert_int_equal(r.broken.run.n, r.schedule.n);
	for (size_t i = 0; i < r.fixed.run.n; i++)
		assert_int_equal(r.fixed.run.step[i].violated, 0);
	for (size_t i = 0; i < r.same; i++)
		assert_int_equal(r.broken.run.step[i].step, r.fixed.run.step[i].step);
	repair_free(&r);
	scenario_free(&s);
}

static void test_rules(void **state)
{
	(void)state;
	check_rule("aba", "v6.5", "v6.8", PROP_MAPPED, 1u << SWITCH_pin);
	check_rule("aborted-bypass", "v6.9-rc1", "v6.9", PROP_LOST, 1u << SWITCH_load);
	check_rule("writeback-race", "v6.1", "v6.8", PROP_WBOLD, 1u << SWITCH_recheck);
	check_rule("writeback-cleanup", "v6.5", "v6.8", PROP_FOLIO, 1u << SWITCH_cleanup);
	check_rule("duplicate-store", "v6.8 dup=keep", "v6.9", PROP_MAPPED, 0);
}

static void test_not_so(void **state)
{
	struct kernel k = kernel_like("v6.8");
	struct scenario s;
	struct repair r;

	(void)state;
	load(&s, "aba");
	assert_int_equal(repair_make(&r, &s, &k, &k, PROP_MAPPED), -ENOENT);
	scenario_free(&s);
}

/* The rest of a diagram keeps its numbers; of nothing there is none. */
static void test_rest(void **state)
{
	struct kernel a = kernel_like("v6.5"), b = kernel_like("v6.8");
	struct scenario s;
	struct repair r;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	load(&s, "aba");
	assert_int_equal(repair_make(&r, &s, &a, &b, PROP_MAPPED), 0);
	assert_int_equal(r.same, 3);
	assert_int_equal(figure_execution(out, &r.fixed.run, r.same, r.fixed.run.n, 100), 0);
	fflush(out);
	assert_non_null(strstr(text, "\n  4    swapcache_prepare(entry) = 0\n"));
	assert_null(strstr(text, "\n  3 "));
	fclose(out);
	free(text);
	out = open_memstream(&text, &size);
	assert_int_equal(figure_execution(out, &r.fixed.run, r.fixed.run.n, r.fixed.run.n, 100), 0);
	fclose(out);
	assert_int_equal(size, 0);
	free(text);
	repair_free(&r);
	scenario_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_not_so),
		cmocka_unit_test(test_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
