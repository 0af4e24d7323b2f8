/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the clock of a capture tells of the order of its events: docs/captures.md has the rules.
 */
#include "tests/capture_help.h"
#include "traces/capture/meta.h"

#define EVENT(comm, stamp)	comm stamp ": z_load: (zswap_load+0x4/0xac0) ent=0x5\n"

static uint64_t resolution(const char *text, const char *clock)
{
	struct capture_info info;
	struct trace *t = import_text(text, &info);
	uint64_t is = 77;

	if (clock) {
		trace_free(t);
		snprintf(err, sizeof(err), "INSERT INTO capture_meta VALUES (1, 'clock', '%s')",
			 clock);
		sql(file("text.db"), err);
		t = open_run(file("text.db"), 1);
	}
	assert_int_equal(capture_resolution(t, &is), 0);
	trace_free(t);
	return is;
}

static void test_counter(void **state)
{
	const char *order = EVENT(ONE, "5") EVENT(TWO, "7") EVENT(ONE, "8");
	const char *tie = EVENT(ONE, "5") EVENT(TWO, "5") EVENT(ONE, "8");
	const char *back = EVENT(ONE, "50") EVENT(TWO, "47") EVENT(ONE, "52");

	(void)state;
	assert_int_equal(resolution(order, NULL), 0);
	assert_int_equal(resolution(order, "counter"), 0);
	assert_int_equal(resolution(order, "x86-tsc"), 1000);
	assert_int_equal(resolution(tie, "counter"), 3);	/* the unit of what is seen */
	assert_int_equal(resolution(back, "counter"), 3);
	/* of one CPU that is no tie, and one that begins anew is not back */
	assert_int_equal(resolution(EVENT(ONE, "5") EVENT(ONE, "5") EVENT(TWO, "6"), NULL), 0);
	assert_int_equal(resolution(EVENT(TWO, "70") EVENT(ONE, "80") EVENT(ONE, "3")
				    EVENT(TWO, "4"), NULL), 0);
}

static void test_times(void **state)
{
	const char *us = EVENT(ONE, "1.000005") EVENT(TWO, "1.000006") EVENT(ONE, "1.000008");
	const char *coarse = EVENT(ONE, "1.001") EVENT(TWO, "1.002") EVENT(ONE, "1.005");
	const char *back = EVENT(ONE, "1.000050") EVENT(TWO, "1.000020") EVENT(ONE, "1.000051");

	(void)state;
	assert_int_equal(resolution(us, NULL), 1000);
	assert_int_equal(resolution(us, "global"), 1000);
	assert_int_equal(resolution(us, "mono"), 1000);
	assert_int_equal(resolution(us, "local"), 10000000);
	assert_int_equal(resolution(us, "perf"), 10000000);
	assert_int_equal(resolution(coarse, "global"), 1000000);
	assert_int_equal(resolution(back, "global"), 30000);
	assert_int_equal(resolution(EVENT(ONE, "1.000000001") EVENT(TWO, "1.000000002"), "mono"),
			 1000);
}

/* Which stretches of a slot have an order: from, to, and what may come before that. */
static void test_in_order(void **state)
{
	struct capture_info info;
	struct trace *t = import_text(EVENT(ONE, "1.000005") EVENT(TWO, "1.000050")
				      EVENT(ONE, "1.000051") EVENT(ONE, "1.000052")
				      EVENT(ONE, "1.000090") EVENT(TWO, "1.000091"), &info);

	(void)state;
	assert_int_equal(capture_in_order(t, 1, 1, 1, 1000), 1);
	assert_int_equal(capture_in_order(t, 1, 1, 2, 1000), 0);	/* 3 may be before 2 */
	assert_int_equal(capture_in_order(t, 1, 1, 2, 0), 1);
	assert_int_equal(capture_in_order(t, 1, 3, 4, 1000), 1);
	assert_int_equal(capture_in_order(t, 1, 3, 5, 1000), 0);
	assert_int_equal(capture_in_order(t, 1, 1, 1, 50000), 0);
	assert_int_equal(capture_in_order(t, 2, 1, 6, 50000), 1);	/* there is no such slot */
	trace_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counter), cmocka_unit_test(test_times),
		cmocka_unit_test(test_in_order),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
