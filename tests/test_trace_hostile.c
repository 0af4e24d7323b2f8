/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whatever is no trace is refused in one line, and a damaged one is never worse than an error.
 */
#include "tests/trace_help.h"

/* ---- what is no trace ---- */

static void put_file(const char *path, const void *bytes, size_t n)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	fclose(f);
}

static size_t get_file(const char *path, uint8_t **bytes)
{
	FILE *f = fopen(path, "rb");
	struct stat st;

	assert_non_null(f);
	fstat(fileno(f), &st);
	*bytes = malloc((size_t)st.st_size);
	assert_int_equal(fread(*bytes, 1, (size_t)st.st_size, f), st.st_size);
	fclose(f);
	return (size_t)st.st_size;
}

static void assert_refused(const char *path, int want, const char *text)
{
	struct trace *t;

	assert_int_equal(trace_open(&t, path, 0, err), want);
	assert_null(t);
	if (!strstr(err, text) || !strstr(err, path) || strchr(err, '\n'))
		fail_msg("\"%s\" is not the line about \"%s\"", err, text);
}

/* Nothing but a trace is ever overwritten. */
static void assert_kept(const char *path)
{
	struct trace_writer *tw;
	uint8_t *before = NULL, *after = NULL;
	size_t n = get_file(path, &before);

	assert_true(trace_create(&tw, path, TRACE_REPLACE, err) < 0);
	assert_null(tw);
	assert_null(strchr(err, '\n'));
	assert_true(trace_create(&tw, path, TRACE_APPEND, err) < 0);
	assert_int_equal(get_file(path, &after), n);
	assert_memory_equal(before, after, n);
	free(before);
	free(after);
}

static void test_foreign(void **state)
{
	struct trace_writer *tw;
	const char *path;

	(void)state;
	assert_refused(file("missing.db"), -ENOENT, "No such file");
	assert_refused(dir, -EISDIR, "directory");
	assert_int_equal(trace_create(&tw, dir, TRACE_REPLACE, err), -EISDIR);
	assert_int_equal(trace_create(&tw, file("no/such/folder.db"), TRACE_REPLACE, err), -ENOENT);
	assert_non_null(strstr(err, "folder.db: No such file"));
	path = file("empty.db");
	put_file(path, "", 0);
	assert_refused(path, -EINVAL, "is not a swapscope trace");
	assert_kept(path);
	path = file("text.db");
	put_file(path, "hello\n", 6);
	assert_refused(path, -EINVAL, "is not a swapscope trace");
	assert_kept(path);
	path = file("other.db");
	sql(path, "CREATE TABLE run (id); INSERT INTO run VALUES (1)");
	assert_refused(path, -EINVAL, "is not a swapscope trace");
	assert_kept(path);
	path = file("fifo.db");
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_refused(path, -EINVAL, "is not a file");
}

static void changed(const char *from, const char *to, const char *text)
{
	uint8_t *bytes;
	size_t n = get_file(from, &bytes);

	put_file(to, bytes, n);
	free(bytes);
	sql(to, text);
}

static void test_hostile_schema(void **state)
{
	const char *good = file("good.db"), *bad = file("bad.db");
	struct trace_writer *tw;
	struct recorded r;

	(void)state;
	start(&r, "debate", "v6.9");
	walk(&r, 50, 6);
	record(good, false, &r);
	changed(good, bad, "PRAGMA user_version = 7");
	assert_refused(bad, -ENOTSUP, "has format 7; this program reads 1 to 2");
	assert_int_equal(trace_create(&tw, bad, TRACE_APPEND, err), -ENOTSUP);
	changed(good, bad, "ALTER TABLE event RENAME TO e; CREATE VIEW event AS SELECT * FROM e");
	assert_refused(bad, -EBADMSG, "is damaged: tables are missing");
	changed(good, bad, "DROP TABLE change");
	assert_refused(bad, -EBADMSG, "is damaged: tables are missing");
	changed(good, bad, "CREATE TRIGGER x AFTER INSERT ON event BEGIN DELETE FROM run; END");
	assert_refused(bad, -EBADMSG, "is damaged: its schema");
	assert_int_equal(trace_create(&tw, bad, TRACE_APPEND, err), -EBADMSG);
	changed(good, bad, "DROP TABLE note; CREATE VIRTUAL TABLE note USING fts5(run, seq, kind)");
	assert_refused(bad, -EBADMSG, "is damaged: tables are missing");
	changed(good, bad, "PRAGMA foreign_keys = 0; DELETE FROM run");
	assert_refused(bad, -ENOENT, "holds no run");
	done(&r);
}

/* Numbers that are no numbers of this trace, one at a time. */
static void test_hostile_rows(void **state)
{
	static const struct {
		const char *sql;
		bool opens;		/* only the world or the event there is refused */
	} rows[] = {
		{ "UPDATE run SET slots = 1000", false },
		{ "UPDATE run SET events = 99", false },
		{ "DELETE FROM event WHERE seq = 50", false },
		{ "UPDATE task SET task = 77 WHERE task = 0", false },
		{ "UPDATE step SET id = id + 100000", false },
		{ "UPDATE field SET id = -3 WHERE id = 3; UPDATE field SET id = 9e9 WHERE id = 4",
		  false },
		{ "INSERT INTO finding VALUES (1, 51, 'UAF', '', NULL)", false },
		{ "INSERT INTO finding VALUES (1, 50, 'UAF', '', 50)", false },
		{ "INSERT INTO finding VALUES (1, 50, 'UAF', '', -1)", false },
		{ "INSERT INTO note VALUES (1, 1, -1, '', '')", false },
		{ "DELETE FROM event WHERE seq = 25", true },
		{ "UPDATE event SET task = 200 WHERE seq = 25", true },
		{ "UPDATE event SET step = 60000 WHERE seq = 25", true },
		{ "UPDATE keyframe SET value = 70000 WHERE seq = 0", true },
		{ "UPDATE keyframe SET value = 250 WHERE field IN "
		  "(SELECT id FROM field WHERE kind = 'task' AND name = 'depth')", true },
		{ "UPDATE change SET new = 65535", true },
		{ "UPDATE change SET new = -1", true },
	};
	const char *good = file("good.db"), *bad = file("bad.db");
	struct recorded r;

	(void)state;
	start(&r, "debate", "v6.9");
	walk(&r, 50, 6);
	record(good, false, &r);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trace *t;
		struct world w;
		bool refused = false;

		changed(good, bad, rows[i].sql);
		if (!rows[i].opens) {
			assert_refused(bad, -EBADMSG, "is damaged: ");
			continue;
		}
		t = open_run(bad, 0);
		for (uint64_t p = 1; p <= trace_info(t)->events; p++)
			refused |= !trace_event_at(t, p) || trace_world(t, p, &w, NULL);
		if (!refused)
			fail_msg("nobody noticed: %s", rows[i].sql);
		trace_free(t);
	}
	done(&r);
}

/* ---- damaged files ---- */

/* Read everything there is; the answers do not matter, only that there are some. */
static bool read_all(const char *path)
{
	struct trace *t;
	size_t n, findings, notes;

	if (trace_open(&t, path, 0, err)) {
		if (!err[0] || strchr(err, '\n'))
			fail_msg("not one line: \"%s\"", err);
		return false;
	}
	trace_findings(t, &findings);
	trace_notes(t, &notes);
	for (uint64_t p = 0; p <= trace_info(t)->events && p < 200; p++) {
		const struct trace_change *c;
		struct world w;

		trace_event_at(t, p);
		trace_changes(t, p, &c);
		if (!trace_world(t, p, &w, NULL))
			for (unsigned i = 0; i < MAX_TASKS; i++)
				assert_true(w.task[i].depth <= MAX_FRAMES);
		trace_world(t, trace_info(t)->events - p, &w, NULL);
	}
	for (unsigned i = 0; i < 500; i++) {
		trace_step_at(t, i);
		trace_source_line(t, "mm/zswap.c", i, &n);
	}
	trace_free(t);
	return true;
}

static void test_truncated(void **state)
{
	const char *good = file("whole.db"), *bad = file("cut.db");
	struct recorded r;
	uint8_t *bytes;
	size_t n;

	(void)state;
	start(&r, "debate", "v6.9");
	walk(&r, 100, 8);
	record(good, false, &r);
	n = get_file(good, &bytes);
	put_file(bad, bytes, 60);
	assert_refused(bad, -EBADMSG, "is damaged: ");
	put_file(bad, bytes, n - 1);
	assert_refused(bad, -EBADMSG, "is damaged: its end is missing");
	assert_int_equal(trace_runs(bad, NULL, 0, err), -EBADMSG);
	for (size_t size = 100; size < n; size += n / 60) {
		put_file(bad, bytes, size);
		assert_refused(bad, -EBADMSG, "is damaged: ");
	}
	free(bytes);
	done(&r);
}

static void test_mutated(void **state)
{
	const char *good = file("whole.db"), *bad = file("mutated.db");
	unsigned opened = 0, loops = 500;
	struct recorded r;
	uint8_t *bytes;
	size_t n;

	(void)state;
	start(&r, "debate", "debate-a");
	walk(&r, 80, 9);
	record(good, false, &r);
	/* What is left is what is looked at. */
	sql(good, "DELETE FROM source; DELETE FROM field WHERE kind = 'task' AND idx > 3; VACUUM");
	n = get_file(good, &bytes);
	random_state = 1;
	for (unsigned i = 0; i < loops; i++) {
		size_t place[16];
		uint8_t was[16];
		unsigned changes = 1 + random_below(16);

		for (unsigned j = 0; j < changes; j++) {
			place[j] = random_below((uint32_t)n);
			was[j] = bytes[place[j]];
			bytes[place[j]] ^= (uint8_t)(1u << random_below(8));
		}
		put_file(bad, bytes, n);
		opened += read_all(bad);
		for (unsigned j = changes; j-- > 0;)
			bytes[place[j]] = was[j];
	}
	assert_true(opened > loops / 10 && opened < loops);
	free(bytes);
	done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_hostile_schema),
		cmocka_unit_test(test_hostile_rows),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_mutated),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
