/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tests/data/format1.db, a trace of format 1, is read, asked and packed, and becomes one of today
 * when something is added to it.  tests/data/README.md says how it was made.
 */
#include "tests/query_help.h"
#include "traces/pack/pack.h"
#include "traces/read/read.h"
#include "traces/read/rows.h"

static const char old[] = "tests/data/format1.db";

/* Read run 1 with every part of the API. */
static void assert_read(const char *path)
{
	const struct trace_finding *f;
	const struct trace_change *c;
	uint16_t length[MAX_ENTRIES];
	struct trace *t = open_run(path, 1);
	struct world w;
	size_t n;

	assert_string_equal(trace_info(t)->scenario, "writeback-first");
	assert_string_equal(trace_info(t)->kernel, "debate-a");
	assert_string_equal(trace_info(t)->schedule, "W*4 T0*2 W T0*5 W*6 T0");
	assert_int_equal(trace_info(t)->events, 19);
	assert_int_equal(trace_info(t)->tasks, 2);
	f = trace_findings(t, &n);
	assert_int_equal(n, 1);
	assert_string_equal(f->property, "UAF");
	assert_int_equal(f->position, 19);
	assert_string_equal(trace_step_at(t, trace_event_at(t, 18)->step)->text,
			    "zswap_entry_free(entry)");
	assert_int_equal(trace_event_at(t, 18)->task, 0);
	assert_true(trace_changes(t, 18, &c) > 4);
	assert_true(trace_source_lines(t, "mm/zswap.c") > 300);
	assert_int_equal(trace_world(t, 17, &w, length), 0);
	assert_int_equal(w.mem.entry[1].state, ENTRY_LIVE);
	assert_true(length[1] > 100);
	assert_int_equal(trace_world(t, 19, &w, length), 0);
	assert_int_equal(w.mem.entry[1].state, ENTRY_FREE);
	assert_int_equal(length[1], 0);
	for (uint64_t p = 20; p-- > 0;)
		assert_int_equal(trace_world(t, p, &w, length), 0);
	trace_free(t);
}

static int count_changes(void *arg, uint64_t seq, const struct row_event *e,
			 const struct row_change *c)
{
	(void)seq;
	(void)c;
	assert_int_equal(e->time, 0);
	assert_int_equal(e->waited, 0);
	*(unsigned *)arg += e->changes;
	return 0;
}

static void assert_scanned(const char *path)
{
	struct trace *t = open_run(path, 2);
	unsigned changes = 0;

	assert_int_equal(trace_scan(t, 1, UINT64_MAX, count_changes, &changes), 0);
	assert_int_equal(changes, 107);
	trace_free(t);
}

static const char *const questions[] = {
	"SELECT * FROM entry_life WHERE run < 3", "SELECT * FROM v_change WHERE run < 3",
	"SELECT * FROM v_world WHERE run = 2 AND seq = 22",
	"SELECT * FROM who_held_pin WHERE run < 3",
	"SELECT * FROM slot_history WHERE run < 3", "SELECT * FROM step_counts WHERE run < 3",
	"SELECT * FROM v_event WHERE run < 3", "SELECT * FROM v_run WHERE run < 3",
	"SELECT * FROM v_stretch WHERE run < 3", "SELECT * FROM v_finding WHERE run < 3",
	"SELECT * FROM event WHERE run < 3", "SELECT * FROM keyframe WHERE run < 3",
};

static void assert_asked(const char *path)
{
	assert_answer(path, "SELECT freed_op, freed_step, freed_by, readers FROM entry_life "
		      "WHERE run = 1 AND entry = 1",
		      "zswap_writeback_entry|zswap_entry_free(entry)|W|T0\n");
	assert_answer(path, "SELECT run, source, events, broken FROM v_run WHERE run < 3",
		      "1|model|19|UAF\n2|model|22|MAPPED\n");
	assert_answer(path, "SELECT since, until, holder, task FROM who_held_pin WHERE run = 1",
		      "4|7|add|W\n7|NULL|cache|folio\n");
	assert_answer(path, "SELECT count(*) FROM blocked_time WHERE run < 3", "0\n");
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		if (!strstr(questions[i], "v_run"))
			assert_same_answer(old, path, questions[i], true);
}

static void test_as_it_is(void **state)
{
	(void)state;
	assert_int_equal(trace_runs(old, NULL, 0, err), 2);
	assert_read(old);
	assert_scanned(old);
	assert_asked(old);
	assert_answer(old, "PRAGMA user_version", "1\n");
}

static void test_upgraded(void **state)
{
	char path[320], command[800];
	struct recorded r;
	struct trace *t;

	(void)state;
	snprintf(path, sizeof(path), "%s/copy.db", dir);
	snprintf(command, sizeof(command), "cp %s '%s'", old, path);
	assert_int_equal(system(command), 0);
	start(&r, "debate", "v6.9");
	walk(&r, 100, 3);
	assert_int_equal(record(path, true, &r), 3);
	assert_read(path);
	assert_scanned(path);
	assert_asked(path);
	assert_answer(path, "PRAGMA user_version", "2\n");
	t = open_run(path, 3);
	assert_int_equal(trace_info(t)->events, r.x.n);
	trace_free(t);
	/* the sqlite3 shell has the views of today, and no others */
	sql(path, "CREATE TEMP TABLE ok (x NOT NULL);"	/* a division by zero is NULL */
		  "INSERT INTO ok SELECT 1 / (count(*) = 0) FROM pragma_foreign_key_check;"
		  "INSERT INTO ok SELECT 1 / (integrity_check = 'ok') FROM pragma_integrity_check;"
		  "INSERT INTO ok SELECT 1 / (readers = 'T0') FROM entry_life WHERE run = 1;"
		  "INSERT INTO ok SELECT 1 / (count(*) > 50) FROM slot_history, v_event;"
		  "INSERT INTO ok SELECT 1 / (count(*) = 0) FROM sqlite_schema"
		  " WHERE name = 'v_who_held_pin'");
	done(&r);
}

static void test_packed(void **state)
{
	struct pack_result r;
	char path[320];

	(void)state;
	snprintf(path, sizeof(path), "%s/packed.db", dir);
	if (trace_pack(old, path, true, &r, err))
		fail_msg("%s", err);
	assert_int_equal(r.runs, 2);
	assert_scanned(path);
	assert_asked(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_it_is),
		cmocka_unit_test(test_upgraded),
		cmocka_unit_test(test_packed),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
