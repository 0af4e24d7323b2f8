/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers with what they count, and names that are fit for a terminal. */
#include "tests/check.h"
#include "ui/text/text.h"

static void test_counted(void **state)
{
	static const struct {
		uint64_t n;
		const char *one, *want;
	} row[] = {
		{ 0, "step", "0 steps" }, { 1, "step", "1 step" }, { 2, "step", "2 steps" },
		{ 12345, "state", "12,345 states" }, { 1, "swap slot", "1 swap slot" },
		{ 3, "swap slot", "3 swap slots" }, { 1, "loss of data", "1 loss of data" },
		{ 0, "loss of data", "0 losses of data" }, { 2, "stretch", "2 stretches" },
		{ UINT64_MAX, "step", "18,446,744,073,709,551,615 steps" },
	};
	char buf[COUNTED_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		assert_string_equal(counted(row[i].n, row[i].one, buf), row[i].want);
}

static void test_verdicts(void **state)
{
	char buf[VERDICT_TEXT_MAX];

	(void)state;
	found_verdict(PROP_UAF, 1, 1, buf);
	assert_string_equal(buf, "violated: shortest UAF, 1 step, found in 1 state");
	searched_verdict(VERDICT_SAFE, true, 1, 0, buf);
	assert_string_equal(buf, "safe in every interleaving: 1 state, 0 transitions, exact");
}

static void test_shown(void **state)
{
	char buf[SHOWN_MAX], longer[SHOWN_MAX + 40];

	(void)state;
	assert_string_equal(shown("a\033[31mb\n\x7f", buf), "a?[31mb??");
	assert_string_equal(shown("\xc2\x9b" "c", buf), "??c");
	assert_string_equal(shown("\xe2\x80\xae" "d", buf), "???d");
	assert_string_equal(shown("\xff\xc3\xa9", buf), "?\xc3\xa9");
	memset(longer, 'x', sizeof(longer));
	memcpy(longer + SHOWN_MAX - 2, "\xc3\xa9", 2);	/* it would be cut in two */
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(strlen(shown(longer, buf)), SHOWN_MAX - 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counted),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
