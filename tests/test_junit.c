/* SPDX-License-Identifier: GPL-2.0-only */
/* JUnit XML of any bytes whatever is XML, and says how many cases failed. */
#include <stdlib.h>
#include <unistd.h>

#include "tests/check.h"
#include "ui/report/junit.h"
#include "ui/text/text.h"

static char path[64];

static unsigned random_state = 12345;

static unsigned random_below(unsigned n)
{
	random_state = random_state * 1103515245 + 12345;
	return (random_state >> 8) % n;
}

/* Bytes of all kinds: markup, control characters, cut UTF-8, what XML has no character for. */
static const char *bytes(char *buf, size_t size)
{
	static const char *const odd[] = {
		"<", ">", "&", "\"", "'", "]]>", "<!--", "\x01", "\x1b[0m", "\t", "\n", "\r",
		"\x7f", "\xc3", "\xc3\xa4", "\xef\xbf\xbe", "\xef\xbf\xbf",
		"\xed\xa0\x80",
		"\xf4\x90\x80\x80", "\xf0\x9f\x98\x80", "\xff", "&#0;", "a", " ", "\xc2\x85",
	};
	size_t n = random_below(30), at = 0;

	buf[0] = 'x';
	buf[1] = '\0';
	for (at = 1; n && at + 8 < size; n--)
		at += (size_t)snprintf(buf + at, size - at, "%s",
				       odd[random_below(sizeof(odd) / sizeof(odd[0]))]);
	return buf;
}

static void validate(void)
{
	char command[256];

	snprintf(command, sizeof(command), "xmllint --noout --nonet --schema tests/data/junit.xsd "
		 "%s 2>&1 | grep -v validates", path);
	if (!system(command))
		fail_msg("%s is not valid", path);
}

static void test_any_bytes(void **state)
{
	char a[400], b[400], c[400], d[400];

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		struct junit *j = junit_new(bytes(a, sizeof(a)));

		for (unsigned n = random_below(20); n; n--) {
			junit_case(j, bytes(a, sizeof(a)), bytes(b, sizeof(b)),
				   (int)random_below(3) - 1);
			if (random_below(2))
				junit_result(j, random_below(3), bytes(c, sizeof(c)),
					     bytes(d, sizeof(d)), random_below(2) ? a : NULL);
		}
		assert_int_equal(junit_write(j, path), EXIT_OK);
		validate();
	}
}

/* The first result of a case stays: a failure does not become something milder. */
static void test_first_result(void **state)
{
	struct junit *j = junit_new("s");
	char text[2000] = "";
	FILE *in;

	(void)state;
	junit_result(j, JUNIT_FAILURE, "none", "of no case", NULL);
	junit_case(j, "of", "name", -1);
	junit_result(j, JUNIT_FAILURE, "UAF", "m", "t");
	junit_result(j, JUNIT_SKIPPED, "later", "m", NULL);
	assert_int_equal(junit_write(j, path), EXIT_OK);
	validate();
	in = fopen(path, "r");
	assert_non_null(in);
	assert_true(fread(text, 1, sizeof(text) - 1, in) > 0);
	fclose(in);
	assert_non_null(strstr(text, " tests=\"1\" failures=\"1\" errors=\"0\" skipped="));
	assert_null(strstr(text, "later"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_first_result),
	};
	int r;

	snprintf(path, sizeof(path), "/tmp/swapscope-junit-%d.xml", (int)getpid());
	r = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return r;
}
