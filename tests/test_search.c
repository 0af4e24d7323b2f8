/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Searches in the debugger: steps, results, tasks, properties and objects.
 */
#include "tests/view_help.h"

#include <errno.h>

#include "ui/view/act.h"

static bool has_text(struct trace *t, uint64_t at, const char *text)
{
	const struct trace_event *ev = trace_event_at(t, at);
	const struct trace_step *step = trace_step_at(t, ev->step);

	return strstr(step->text, text) || strstr(step->op, text) || strstr(ev->result, text);
}

/* Forward through all matches and back through the same. */
static void search_both_ways(const char *text)
{
	struct view v = view_of(0, "");
	struct trace *t = pairs[0].chapter.run[0];
	uint64_t last = trace_info(t)->events, at[64];
	unsigned n = 0, found = 0;
	char line[80];

	for (uint64_t i = 1; i <= last; i++)
		if (has_text(t, i, text))
			at[n++] = i;
	assert_true(n > 1);
	snprintf(line, sizeof(line), "search %s", text);
	view_command(&v, line);
	do {
		assert_int_equal(v.cursor[0], at[found++]);
		view_key(&v, "n");
	} while (!v.message[0]);
	assert_int_equal(found, n);
	assert_non_null(strstr(v.message, "no step after this one has"));
	while (--found) {
		view_key(&v, "N");
		assert_int_equal(v.cursor[0], at[found - 1]);
	}
	view_key(&v, "N");
	assert_non_null(strstr(v.message, "no step before this one has"));
	assert_int_equal(v.cursor[0], at[0]);
}

static void test_search(void **state)
{
	struct view v = view_of(0, "");

	(void)state;
	search_both_ways("folio");
	search_both_ways("zswap_");
	search_both_ways("= ");
	press(&v, "/ F O L I O enter");			/* in whichever case */
	assert_true(v.cursor[0] > 0);
	press(&v, "/ q u i t enter");
	assert_false(v.quit);
	assert_string_equal(v.message, "no step has 'quit'");
	press(&v, "home / u a f enter");		/* what a step broke */
	assert_int_equal(v.cursor[0], 19);
	press(&v, "n");
	assert_string_equal(v.message, "no step after this one has 'uaf'");
	press(&v, "left N");
	assert_string_equal(v.message, "no step before this one has 'uaf': n goes on");
	press(&v, "home / W enter");			/* and who made it */
	assert_string_equal(trace_info(pairs[0].chapter.run[0])->schedule, "T0*7 W*11 T0");
	assert_int_equal(v.cursor[0], 8);
	press(&v, "/ T 0 enter");
	assert_int_equal(v.cursor[0], 19);
	press(&v, "n");
	assert_string_equal(v.message, "no step after this one has 'T0': N goes back");
	press(&v, "N");
	assert_int_equal(v.cursor[0], 7);
	press(&v, "esc n");				/* n is the next chapter again */
	assert_string_equal(v.message, "this is all there is: no other chapter");
	press(&v, "N");
	assert_string_equal(v.message, "nothing is searched for: / does it");
}

static void test_search_object(void **state)
{
	struct view v = view_of(0, "/ s l o t space 0 enter");
	uint64_t first;

	(void)state;
	assert_int_equal(v.object[0].kind, OBJ_SLOT);
	assert_string_equal(v.message, "looking at slot 0");
	press(&v, "n");
	first = v.cursor[0];
	assert_true(first > 0);
	press(&v, "n");
	assert_true(v.cursor[0] > first);
	press(&v, "N");
	assert_int_equal(v.cursor[0], first);
	press(&v, "/ e 1 enter");
	assert_int_equal(v.object[0].kind, OBJ_ENTRY);
	press(&v, "/ 0 x 0 enter");
	assert_int_equal(v.object[0].kind, OBJ_SLOT);
	press(&v, "/ s 9 enter");
	assert_string_equal(v.message, "this run has no slot 9");
	press(&v, "n");					/* it is still what is searched for */
	assert_string_equal(v.message, "this run has no slot 9");
	press(&v, "/ s l o t space 0 enter home t n");
	assert_int_equal(v.cursor[0], first);
	press(&v, "u");
	assert_int_equal(v.object[0].kind, OBJ_NONE);
}

/* In bounded parts, each going on where the last stopped, the same is found. */
static void test_search_parts(void **state)
{
	struct view v = view_of(0, "");
	struct trace *t = pairs[0].chapter.run[0];

	(void)state;
	strcpy(v.search, "zswap_decompress");
	for (uint64_t most = 1; most < 30; most++) {
		uint64_t from = 1, at;
		int r;

		while ((r = view_search(&v, from, true, most, &at)) == -EAGAIN) {
			assert_int_equal(at, from + most);
			from = at;
		}
		assert_int_equal(r, 1);
		assert_true(has_text(t, at, "zswap_decompress"));
		for (uint64_t i = 1; i < at; i++)
			assert_false(has_text(t, i, "zswap_decompress"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_search_object),
		cmocka_unit_test(test_search_parts),
	};

	return cmocka_run_group_tests(tests, record_all, close_all);
}
