/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a writer promised is there, whatever happens to it: killed, a full disk, a folder that
 * may not be written to, a second writer.  SWAPSCOPE_LONG=1 kills more of them.
 */
#include <grp.h>
#include <sys/resource.h>

#include "tests/rows_help.h"
#include "traces/write/writer.h"

#define COMMIT_EVERY	700

/* ---- kill -9 ---- */

/* Write for ever; say into the pipe what is committed. */
static void write_and_tell(const struct tale *t, const char *path, bool packed, int pipe_fd)
{
	const struct row_change *c = t->change;
	struct trace_writer *tw;

	if (trace_create(&tw, path, TRACE_REPLACE, err) || tale_begin(t, tw, packed, 1500) != 1)
		_exit(1);
	for (uint64_t i = 0; i < t->n; i++) {
		if (rows_event(tw, &t->event[i], c))
			_exit(1);
		c += t->event[i].changes;
		if ((i + 1) % COMMIT_EVERY == 0) {
			uint64_t n = i + 1;

			if (rows_commit(tw) || write(pipe_fd, &n, sizeof(n)) != sizeof(n))
				_exit(1);
		}
	}
	_exit(0);
}

static void assert_committed(const struct tale *t, const char *path, uint64_t committed)
{
	struct trace *tr;

	if (!committed && trace_open(&tr, path, 1, err))
		return;				/* it was not even created */
	else if (committed)
		tr = open_run(path, 1);
	if (trace_info(tr)->events < committed)
		fail_msg("%llu transitions of %llu that were committed",
			 (unsigned long long)trace_info(tr)->events,
			 (unsigned long long)committed);
	if (trace_info(tr)->events)
		tale_check_scan(tr, t, 1, trace_info(tr)->events);
	trace_free(tr);
}

static void test_killed(void **state)
{
	const char *many = getenv("SWAPSCOPE_LONG");
	unsigned loops = many && !strcmp(many, "1") ? 50 : 10, told = 0;
	const char *path = file("killed.db");
	struct tale t;

	(void)state;
	tale_make(&t, 400000, true, 9);
	random_state = (uint32_t)getpid();
	for (unsigned i = 0; i < loops; i++) {
		uint64_t n = 0, committed = 0;
		int fd[2], status;
		pid_t child;

		unlink(path);
		assert_int_equal(pipe(fd), 0);
		child = fork();
		if (!child) {
			close(fd[0]);
			write_and_tell(&t, path, i % 2, fd[1]);
		}
		close(fd[1]);
		usleep(5000 + random_below(i % 2 ? 100000 : 300000));
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
		while (read(fd[0], &n, sizeof(n)) == sizeof(n))
			committed = n;
		close(fd[0]);
		told += committed > 0;
		assert_committed(&t, path, committed);
	}
	assert_true(told > loops / 3);		/* it was about something */
	tale_free(&t);
}

/* ---- a full disk ---- */

/* Write until it fails.  The error is one line; what was committed is there. */
static void fill(const struct tale *t, struct trace_writer *tw, bool packed, uint64_t *committed)
{
	const struct row_change *c = t->change;
	int r = 0;

	*committed = 0;
	assert_int_equal(tale_begin(t, tw, packed, 1500), 1);
	for (uint64_t i = 0; i < t->n && !r; i++) {
		r = rows_event(tw, &t->event[i], c);
		c += t->event[i].changes;
		if (!r && (i + 1) % COMMIT_EVERY == 0) {
			r = rows_commit(tw);
			*committed = r ? *committed : i + 1;
		}
	}
	assert_true(r < 0);
	assert_true(strlen(trace_error(tw)) > 5 && !strchr(trace_error(tw), '\n'));
	assert_int_equal(rows_commit(tw), r);
	assert_int_equal(trace_close(tw), r);
}

static void test_page_limit(void **state)
{
	const char *path = file("full.db");
	struct tale t;

	(void)state;
	tale_make(&t, 200000, true, 10);
	for (int packed = 0; packed < 2; packed++) {
		struct trace_writer *tw;
		uint64_t committed, none;

		unlink(path);
		assert_int_equal(trace_create(&tw, path, TRACE_REPLACE, err), 0);
		assert_int_equal(sqlite3_exec(tw->db, "PRAGMA max_page_count = 400", NULL, NULL,
					      NULL), SQLITE_OK);
		fill(&t, tw, packed, &committed);
		assert_true(committed > 0);
		assert_committed(&t, path, committed);
		/* what was to take its place is gone, and it is there */
		assert_int_equal(trace_create(&tw, path, TRACE_REPLACE, err), 0);
		assert_string_not_equal(trace_file(tw), path);
		assert_int_equal(sqlite3_exec(tw->db, "PRAGMA max_page_count = 200", NULL, NULL,
					      NULL), SQLITE_OK);
		fill(&t, tw, packed, &none);
		assert_committed(&t, path, committed);
	}
	tale_free(&t);
}

static void test_file_limit(void **state)
{
	const char *path = file("limit.db");
	struct tale t;

	(void)state;
	tale_make(&t, 300000, true, 11);
	for (int packed = 0; packed < 2; packed++) {
		uint64_t committed = 0;
		int fd[2], status;
		pid_t child;

		unlink(path);
		assert_int_equal(pipe(fd), 0);
		child = fork();
		if (!child) {
			const struct rlimit limit = { 2000000, 2000000 };
			struct trace_writer *tw;

			signal(SIGXFSZ, SIG_IGN);
			setrlimit(RLIMIT_FSIZE, &limit);
			if (trace_create(&tw, path, TRACE_REPLACE, err))
				_exit(1);
			fill(&t, tw, packed, &committed);
			_exit(write(fd[1], &committed, sizeof(committed)) < 0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_int_equal(status, 0);
		assert_int_equal(read(fd[0], &committed, sizeof(committed)), sizeof(committed));
		close(fd[0]);
		close(fd[1]);
		assert_true(committed > 0);
		assert_committed(&t, path, committed);
	}
	tale_free(&t);
}

/* ---- places and writers ---- */

/* Root may write everywhere: somebody else tries. */
static int as_nobody(const char *path, bool append)
{
	int status;
	pid_t child = fork();

	if (!child) {
		struct trace_writer *tw;
		int r;

		if (!getuid() && (setgroups(0, NULL) || setgid(65534) || setuid(65534)))
			_exit(100);
		r = trace_create(&tw, path, append, err);
		_exit(r == -EACCES && strstr(err, path) && !strchr(err, '\n') ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void test_read_only(void **state)
{
	char folder[300], inside[320];
	struct tale t;

	(void)state;
	snprintf(folder, sizeof(folder), "%s/closed", dir);
	snprintf(inside, sizeof(inside), "%s/a.db", folder);
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(mkdir(folder, 0755), 0);
	tale_make(&t, 10, true, 1);
	tale_file(&t, inside, true, 0);
	assert_int_equal(chmod(inside, 0444), 0);
	assert_int_equal(chmod(folder, 0555), 0);
	assert_int_equal(as_nobody(inside, true), 0);
	assert_int_equal(as_nobody(inside, false), 0);
	snprintf(inside, sizeof(inside), "%s/new.db", folder);
	assert_int_equal(as_nobody(inside, false), 0);
	assert_int_equal(chmod(folder, 0755), 0);
	tale_free(&t);
}

static void test_two_writers(void **state)
{
	const char *path = file("two.db");
	struct trace_writer *a, *b;
	struct tale t;

	(void)state;
	tale_make(&t, 100, true, 1);
	assert_int_equal(trace_create(&a, path, TRACE_REPLACE, err), 0);
	assert_int_equal(tale_begin(&t, a, true, 0), 1);
	assert_int_equal(trace_create(&b, path, TRACE_REPLACE, err), -EBUSY);
	assert_int_equal(trace_create(&b, path, TRACE_APPEND, err), -EBUSY);
	assert_non_null(strstr(err, "in use by another program"));
	assert_int_equal(rows_end(a, NULL, NULL), 0);
	/* between two transactions of one, another may write: both are told what is so */
	assert_int_equal(trace_create(&b, path, TRACE_APPEND, err), 0);
	assert_int_equal(tale_write(&t, b, true, 0), 2);
	assert_int_equal(trace_close(b), 0);
	assert_int_equal(tale_write(&t, a, false, 0), 3);
	assert_int_equal(trace_close(a), 0);
	assert_int_equal(trace_runs(path, NULL, 0, err), 3);
	tale_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_page_limit),
		cmocka_unit_test(test_file_limit),
		cmocka_unit_test(test_read_only),
		cmocka_unit_test(test_two_writers),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
