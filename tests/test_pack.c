/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packing and unpacking lose nothing, answers are the same over both, and whatever goes wrong
 * leaves what was there.
 */
#include <dirent.h>
#include <sys/resource.h>

#include "tests/query_help.h"
#include "tests/rows_help.h"
#include "traces/pack/pack.h"

static char mixed[320], packed[320], plain[320], again[320];

static void name_files(void)
{
	snprintf(mixed, sizeof(mixed), "%s/mixed.db", dir);
	snprintf(packed, sizeof(packed), "%s/packed.db", dir);
	snprintf(plain, sizeof(plain), "%s/plain.db", dir);
	snprintf(again, sizeof(again), "%s/again.db", dir);
}

static void convert(const char *from, const char *to, bool pack, unsigned runs)
{
	struct pack_result r;

	if (trace_pack(from, to, pack, &r, err))
		fail_msg("%s", err);
	assert_int_equal(r.runs, runs);
}

/*
 * A file of all kinds: a run with a clock that is packed, one without, a packed one that has not
 * ended, and one of the explorer.
 */
static void make_mixed(void)
{
	struct tale clock, none;
	struct trace_writer *tw;
	struct recorded r;

	tale_make(&clock, 9000, true, 1);
	tale_make(&none, 5000, false, 2);
	assert_int_equal(trace_create(&tw, mixed, TRACE_REPLACE, err), 0);
	assert_int_equal(tale_write(&clock, tw, true, 2500), 1);
	assert_int_equal(rows_note(tw, 77, "bookmark", "here"), 0);
	assert_int_equal(tale_write(&none, tw, false, 0), 2);
	assert_int_equal(tale_begin(&clock, tw, true, 10), 3);
	for (size_t i = 0, at = 0; i < 60; at += clock.event[i++].changes)
		assert_int_equal(rows_event(tw, &clock.event[i], clock.change + at), 0);
	assert_int_equal(rows_finding(tw, 33, "UAF", "a test"), 0);
	assert_int_equal(trace_close(tw), 0);
	tale_free(&clock);
	tale_free(&none);
	start(&r, "debate", "debate-a");
	walk(&r, 300, 12);
	assert_int_equal(record(mixed, true, &r), 4);
	done(&r);
}

static const char *const everything[] = {
	"SELECT * FROM event ORDER BY run, seq",
	"SELECT * FROM change ORDER BY run, seq, field",
	"SELECT * FROM keyframe ORDER BY run, seq, field",
	("SELECT id, program, scenario_text, title, kernel, schedule, events, source, "
	 "keyframe_every, folios FROM run ORDER BY id"),
	"SELECT * FROM finding UNION ALL SELECT run, seq, kind, text, id FROM note",
	"SELECT * FROM field", "SELECT * FROM name", "SELECT * FROM step", "SELECT * FROM switch",
	"SELECT * FROM source", "SELECT * FROM task", "SELECT * FROM result",
};

static void assert_equal_files(const char *a, const char *b)
{
	for (size_t i = 0; i < sizeof(everything) / sizeof(everything[0]); i++)
		assert_same_answer(a, b, everything[i], true);
}

/* What the sqlite3 shell says of it: whole, and of one kind. */
static void assert_kind(const char *path, bool is_packed)
{
	sql(path, "CREATE TEMP TABLE ok (x NOT NULL);"	/* a division by zero is NULL */
		  "INSERT INTO ok SELECT 1 / (count(*) = 0) FROM pragma_foreign_key_check;"
		  "INSERT INTO ok SELECT 1 / (integrity_check = 'ok') FROM pragma_integrity_check");
	sql(path, is_packed ?
	    "CREATE TEMP TABLE ok (x NOT NULL);"
	    "INSERT INTO ok SELECT 1 / ((SELECT count(*) FROM event) = 0);"
	    "INSERT INTO ok SELECT 1 / ((SELECT count(*) FROM change) = 0);"
	    "INSERT INTO ok SELECT 1 / ((SELECT count(*) FROM keyframe) = 0);"
	    "INSERT INTO ok SELECT 1 / (min(packed) = 1) FROM run" :
	    "CREATE TEMP TABLE ok (x NOT NULL);"
	    "INSERT INTO ok SELECT 1 / ((SELECT count(*) FROM block) = 0);"
	    "INSERT INTO ok SELECT 1 / ((SELECT count(*) FROM frame) = 0);"
	    "INSERT INTO ok SELECT 1 / (max(packed) = 0) FROM run");
}

static void test_lossless(void **state)
{
	(void)state;
	name_files();
	make_mixed();
	convert(mixed, packed, true, 2);
	convert(mixed, plain, false, 2);
	assert_kind(packed, true);
	assert_kind(plain, false);
	assert_equal_files(mixed, packed);
	assert_equal_files(mixed, plain);
	convert(packed, again, false, 4);
	assert_kind(again, false);
	assert_equal_files(mixed, again);
	convert(plain, again, true, 4);
	assert_kind(again, true);
	assert_equal_files(mixed, again);
	convert(packed, again, true, 0);	/* it was so already */
	assert_equal_files(mixed, again);
}

/* Some times are missing; a packed run has rows too, which are not its. */
static void test_foreign_rows(void **state)
{
	char other[320];

	(void)state;
	snprintf(other, sizeof(other), "%s/other.db", dir);
	convert(packed, other, false, 4);
	sql(other, "UPDATE event SET time = NULL WHERE run = 1 AND seq BETWEEN 50 AND 4500");
	convert(other, again, true, 4);
	assert_equal_files(other, again);
	convert(packed, again, true, 0);
	sql(again, "INSERT INTO event VALUES (1, 1, 0, 0, 0, 0, NULL, NULL, NULL);"
		   "INSERT INTO event VALUES (1, 10000, 0, 0, 0, 0, NULL, NULL, NULL);"
		   "INSERT INTO change VALUES (1, 1, 1, 0, 1);"
		   "INSERT INTO keyframe VALUES (1, 1, 1, 1)");
	assert_equal_files(packed, again);
	convert(packed, again, true, 0);
}

/* Every view, and questions for parts, over rows and over blocks. */
static void test_same_answers(void **state)
{
	static const char *const questions[] = {
		"SELECT run, title, switches, events, broken FROM v_run",
		"SELECT * FROM v_event", "SELECT * FROM v_change",
		"SELECT * FROM v_world WHERE run = 4 AND seq = 40",
		"SELECT * FROM v_world WHERE run = 1 AND seq = 8999",
		"SELECT * FROM v_world WHERE run = 2 AND seq IN (0, 64, 65, 4000)",
		"SELECT * FROM who_held_pin", "SELECT * FROM entry_life",
		"SELECT * FROM slot_history", "SELECT * FROM step_counts",
		"SELECT * FROM blocked_time", "SELECT * FROM v_finding", "SELECT * FROM v_stretch",
		"SELECT count(*) FROM entry_readers",
		"SELECT * FROM event WHERE run = 1 AND seq = 4096",
		"SELECT * FROM event WHERE run = 1 AND seq >= 8190 ORDER BY seq DESC LIMIT 7",
		"SELECT * FROM event WHERE run = 1 AND seq < 4099 AND seq > 4094",
		"SELECT * FROM event WHERE run = 1 AND seq BETWEEN 4094.5 AND 4096.5",
		"SELECT * FROM event WHERE seq = 50 ORDER BY run",
		"SELECT count(*) FROM event WHERE run > 1 AND seq < 'a' AND seq > 100",
		"SELECT count(*) FROM event WHERE run = NULL OR run = 9 OR seq = -1 OR seq > 9e18",
		"SELECT * FROM change WHERE run = 1 AND seq = 4097 AND field > 3",
		"SELECT * FROM change WHERE run = 2 ORDER BY seq DESC, field LIMIT 9",
		"SELECT * FROM change WHERE run = 1 AND seq > 8998 ORDER BY seq, field",
		("SELECT * FROM change WHERE run = '1' AND seq = 7 OR run = 4 AND seq = 7 "
		 "ORDER BY run, field"),
		"SELECT max(seq), min(seq), count(*) FROM change GROUP BY run",
		"SELECT DISTINCT run, seq FROM keyframe ORDER BY run, seq DESC",
		"SELECT * FROM keyframe WHERE run = 1 AND seq <= 5100 ORDER BY seq DESC LIMIT 3",
		("SELECT e.seq, count(c.field) FROM event e LEFT JOIN change c USING (run, seq) "
		 "WHERE run = 1 AND seq > 8000 GROUP BY e.seq"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		assert_same_answer(plain, packed, questions[i], true);
		assert_same_answer(plain, mixed, questions[i], strstr(questions[i], "ORDER"));
	}
}

/* ---- what goes wrong ---- */

static void assert_refused(const char *from, const char *to, int want, const char *text)
{
	struct pack_result r;

	assert_int_equal(trace_pack(from, to, true, &r, err), want);
	if (!strstr(err, text) || strchr(err, '\n'))
		fail_msg("\"%s\" is not the line about \"%s\"", err, text);
}

/* Files of conversions that were given up. */
static unsigned parts(void)
{
	struct dirent *e;
	unsigned n = 0;
	DIR *d = opendir(dir);

	assert_non_null(d);
	while ((e = readdir(d)))
		n += strstr(e->d_name, ".part") != NULL;
	closedir(d);
	return n;
}

static void test_refused(void **state)
{
	const char *text = file("hello.txt"), *link = file("link.db");
	FILE *f = fopen(text, "w");

	(void)state;
	fputs("hello\n", f);
	fclose(f);
	assert_refused(mixed, text, -EINVAL, "it is left as it is");
	assert_refused(mixed, mixed, -EINVAL, "is what is read");
	assert_int_equal(symlink(mixed, link), 0);
	assert_refused(mixed, link, -EINVAL, "is what is read");
	assert_refused(mixed, dir, -EISDIR, "directory");
	assert_refused(mixed, file("no/such.db"), -ENOENT, "No such file");
	assert_refused(text, again, -EINVAL, "is not a swapscope trace");
	assert_refused(file("nothing.db"), again, -ENOENT, "No such file");
	assert_int_equal(parts(), 0);
	assert_equal_files(packed, again);	/* as test_lossless() left it */
}

static void test_in_use(void **state)
{
	struct trace_writer *tw;
	struct tale t;

	(void)state;
	tale_make(&t, 1, false, 1);
	assert_int_equal(trace_create(&tw, file("used.db"), TRACE_REPLACE, err), 0);
	assert_int_equal(tale_begin(&t, tw, true, 0), 1);
	assert_refused(mixed, file("used.db"), -EBUSY, "in use by another program");
	assert_int_equal(trace_close(tw), 0);
	tale_free(&t);
}

static void test_full_disk(void **state)
{
	int status;
	pid_t child = fork();

	(void)state;
	if (!child) {
		const struct rlimit limit = { 300000, 300000 };
		struct pack_result r;

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		if (!trace_pack(mixed, again, true, &r, err))
			_exit(1);
		_exit(strchr(err, '\n') || strlen(err) < 5 ? 2 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(parts(), 0);
	assert_equal_files(packed, again);
}

/* Killed at any moment, there is the old file or the new one, and it is whole. */
static void test_killed(void **state)
{
	(void)state;
	random_state = (uint32_t)getpid();
	convert(plain, again, false, 0);
	for (unsigned i = 0; i < 8; i++) {
		pid_t child = fork();
		int status;

		if (!child) {
			struct pack_result r;

			_exit(trace_pack(mixed, again, i % 2, &r, err) != 0);
		}
		usleep(random_below(40000));
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		assert_equal_files(mixed, again);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lossless),
		cmocka_unit_test(test_foreign_rows),
		cmocka_unit_test(test_same_answers),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_in_use),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_killed),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
