/* SPDX-License-Identifier: GPL-2.0-only */
/* What the runs of a file are, in a list: of every kind, of old files, and of hostile ones. */
#include <time.h>

#include "tests/trace_help.h"

#define MANY	2000

static void two_runs(const char *path)
{
	struct recorded r;

	start(&r, "debate", "debate-a");
	walk(&r, 10, 3);
	assert_int_equal(record(path, false, &r), 1);
	walk(&r, 20, 4);
	assert_int_equal(record(path, true, &r), 2);
	done(&r);
}

static void test_all_of_it(void **state)
{
	const char *path = file("two.db");
	struct trace_summary list[3];
	int64_t now = time(NULL);

	(void)state;
	two_runs(path);
	sql(path, "INSERT INTO finding VALUES (2, 7, 'UAF', '', NULL), (2, 5, 'LOST', '', NULL)");
	assert_int_equal(trace_list(path, NULL, 0, err), 2);
	memset(list, 0x5a, sizeof(list));
	assert_int_equal(trace_list(path, list, 1, err), 2);	/* only the first is filled in */
	assert_int_equal(list[0].run, 1);
	assert_int_equal(list[1].run, 0x5a5a5a5a);
	assert_int_equal(trace_list(path, list, 3, err), 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(list[i].run, i + 1);
		assert_int_equal(list[i].events, i ? 20 : 10);
		assert_int_equal(list[i].kind, RUN_MODEL);
		assert_true(list[i].ended);
		assert_false(list[i].packed);
		assert_in_range(list[i].recorded, now - 1, now + 60);
		assert_string_equal(list[i].title, "a test");
		assert_string_equal(list[i].scenario, "debate");
		assert_string_equal(list[i].verdict, "none");
	}
	assert_int_equal(list[0].findings, 0);
	assert_string_equal(list[0].property, "");
	assert_int_equal(list[1].findings, 2);
	assert_string_equal(list[1].property, "LOST");
	assert_int_equal(list[1].position, 5);
}

/* A run that is not ended is as long as its rows. */
static void test_not_ended(void **state)
{
	const char *path = file("open.db");
	struct trace_summary list[2];

	(void)state;
	two_runs(path);
	sql(path, "UPDATE run SET events = NULL, schedule = NULL WHERE id = 2");
	assert_int_equal(trace_list(path, list, 2, err), 2);
	assert_false(list[1].ended);
	assert_int_equal(list[1].events, 20);
	sql(path, "UPDATE run SET packed = 1 WHERE id = 2; INSERT INTO block VALUES "
		  "(2, 1, 4, x''), (2, 5, 2, x'')");
	assert_int_equal(trace_list(path, list, 2, err), 2);
	assert_int_equal(list[1].events, 6);
	assert_true(list[1].packed);
}

static void test_kinds(void **state)
{
	static const enum run_kind want[] = { RUN_LIVE, RUN_CAPTURE, RUN_GRAPH };
	const char *path = file("kinds.db");
	struct trace_summary list[3];
	struct recorded r;

	(void)state;
	two_runs(path);
	start(&r, "debate", "debate-a");
	walk(&r, 1, 4);
	assert_int_equal(record(path, true, &r), 3);
	done(&r);
	sql(path, "UPDATE run SET source = 'live' WHERE id = 1;"
		  "UPDATE run SET source = 'capture' WHERE id = 2;"
		  "UPDATE run SET events = 0 WHERE id = 3;"
		  "INSERT INTO graph_state VALUES (3, 0, 0)");
	assert_int_equal(trace_list(path, list, 3, err), 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(list[i].kind, want[i]);
}

/* Files that are older than the time, and than packed runs, say all the rest. */
static void test_older(void **state)
{
	const char *path = file("older.db");
	struct trace_summary list[2];
	struct recorded r;

	(void)state;
	assert_int_equal(trace_list("tests/data/format1.db", list, 2, err), 2);
	assert_string_equal(list[0].property, "UAF");
	assert_int_equal(list[0].position, 19);
	assert_int_equal(list[0].events, 19);
	assert_int_equal(list[0].recorded, 0);
	two_runs(path);
	sql(path, "DROP TABLE recorded");
	assert_int_equal(trace_list(path, list, 2, err), 2);
	assert_int_equal(list[1].recorded, 0);
	start(&r, "debate", "debate-a");
	walk(&r, 1, 4);
	assert_int_equal(record(path, true, &r), 3);	/* it gets the table */
	done(&r);
	sql(path, "DELETE FROM run WHERE id < 3");
	assert_int_equal(trace_list(path, list, 2, err), 1);
	assert_int_equal(list[0].run, 3);
	assert_true(list[0].recorded > 0);
}

static void refused(const char *change)
{
	const char *path = file("bad.db");
	struct trace_summary list[4];

	two_runs(path);
	sql(path, change);
	if (trace_list(path, list, 4, err) != -EBADMSG || !strstr(err, "is damaged"))
		fail_msg("%s: taken", change);
}

static void test_hostile(void **state)
{
	/* one byte, two, three, and one */
	static const char want[] = "a???????b";
	const char *path = file("odd.db");
	struct trace_summary list[2];

	(void)state;
	refused("UPDATE run SET events = -1");
	refused("UPDATE run SET id = 0 WHERE id = 2");
	refused("UPDATE run SET id = 4294967296 WHERE id = 2");
	refused("UPDATE recorded SET time = -7");
	refused("INSERT INTO finding VALUES (1, -1, 'UAF', '', NULL)");
	refused("DROP TABLE recorded; CREATE VIEW recorded AS SELECT 1 AS run, 2 AS time");
	two_runs(path);
	/* 'e' acute, 2 bytes each, so that the cut is within one; and what a terminal obeys */
	sql(path, "UPDATE run SET title = replace(hex(zeroblob(200)), '00', char(233)),"
		  "scenario = 'a' || char(27, 155, 8238, 10) || 'b',"
		  "kernel = '', verdict = replace(hex(zeroblob(40000)), '00', 'v')");
	assert_int_equal(trace_list(path, list, 2, err), 2);
	assert_int_equal(strlen(list[0].title), sizeof(list[0].title) - 2);
	assert_string_equal(list[0].scenario, want);
	assert_int_equal(strlen(list[0].verdict), sizeof(list[0].verdict) - 1);
}

static void test_many(void **state)
{
	static struct trace_summary list[MANY];
	const char *path = file("many.db");
	struct timespec a, b;

	(void)state;
	two_runs(path);
	sql(path, "WITH n(i) AS (VALUES (3) UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
		  "INSERT INTO run SELECT i, program, scenario, scenario_text, title, kernel,"
		  " verdict, schedule, events, device, pages, slots, folios, entries, slot_cache,"
		  " swap_full, store_fails, source, packed, keyframe_every"
		  " FROM run, n WHERE id = 1");
	clock_gettime(CLOCK_MONOTONIC, &a);
	assert_int_equal(trace_list(path, list, MANY, err), MANY);
	clock_gettime(CLOCK_MONOTONIC, &b);
	assert_int_equal(list[MANY - 1].run, MANY);
	print_message("%d runs in %ld ms\n", MANY, (b.tv_sec - a.tv_sec) * 1000 +
		      (b.tv_nsec - a.tv_nsec) / 1000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_of_it),
		cmocka_unit_test(test_not_ended),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_older),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
