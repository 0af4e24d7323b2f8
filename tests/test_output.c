/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts, outputs, and what a signal does with them; tests/outputs.sh has the rest. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/file/output.h"
#include "tests/check.h"

static char dir[] = "/tmp/swapscope-output-XXXXXX";
static char err[OUTPUT_ERROR_MAX];

static const char *file(const char *name)
{
	static char path[4][300];
	static unsigned n;

	snprintf(path[n %= 4], sizeof(path[0]), "%s/%s", dir, name);
	return path[n++];
}

static unsigned files(void)
{
	DIR *d = opendir(dir);
	unsigned n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static void write_to(const char *path, const char *text)
{
	struct output o;

	assert_int_equal(output_open(&o, path, err), 0);
	fputs(text, o.file);
	assert_int_equal(output_commit(&o, err), 0);
}

static void assert_text(const char *path, const char *text)
{
	char is[100] = "";
	FILE *in = fopen(path, "r");

	assert_non_null(in);
	assert_true(fread(is, 1, sizeof(is) - 1, in) > 0);
	fclose(in);
	assert_string_equal(is, text);
}

static void test_whole(void **state)
{
	const char *path = file("text");
	struct output_part p;
	struct output o;

	(void)state;
	assert_int_equal(output_check(path, err), 0);
	write_to(path, "one\n");
	assert_int_equal(output_open(&o, path, err), 0);
	fputs("two\n", o.file);
	fflush(o.file);
	assert_text(path, "one\n");
	assert_int_equal(files(), 2);
	output_drop(&o);
	output_drop(&o);
	assert_text(path, "one\n");
	assert_int_equal(part_make(&p, path, true, err), 0);
	assert_int_equal(files(), 2);
	part_drop(&p);
	part_drop(&p);
	assert_int_equal(files(), 1);
	write_to(path, "three\n");
	assert_text(path, "three\n");
	unlink(path);
}

static void test_refused(void **state)
{
	struct output o;

	(void)state;
	assert_int_equal(output_open(&o, "", err), -ENOENT);
	output_drop(&o);
	assert_int_equal(output_open(&o, file("no/such"), err), -ENOENT);
	assert_int_equal(output_check(file("no/such"), err), -ENOENT);
	assert_int_equal(output_open(&o, dir, err), -EISDIR);
	assert_non_null(strstr(err, dir));
	assert_int_equal(output_check("/dev/fd/199", err), -EBADF);
	assert_true(output_open(&o, "/dev/fd/199", err) < 0);
	assert_int_equal(output_open(&o, "/dev/full", err), 0);
	for (int i = 0; i < 100000; i++)
		fputs("much", o.file);
	assert_int_equal(output_commit(&o, err), -ENOSPC);
	assert_int_equal(files(), 0);
}

static void test_same(void **state)
{
	char other[400];

	(void)state;
	snprintf(other, sizeof(other), "%s/../%s/new", dir, strrchr(dir, '/') + 1);
	assert_true(same_output(file("new"), other));
	assert_false(same_output(file("new"), file("old")));
	write_to(file("new"), "x\n");
	assert_true(same_output(file("new"), other));
	assert_int_equal(symlink("new", file("link")), 0);
	assert_true(same_output(file("new"), file("link")));
	assert_false(same_output("/dev/null", "/dev/null"));
	unlink(file("link"));
	unlink(file("new"));
}

/* What is left when a child is ended: `held`, while rows are added, the first signal waits. */
static void child(bool held, int signals)
{
	struct output_part db;
	struct output o;

	signal(SIGTERM, output_on_signal);
	if (output_open(&o, file("text"), err) || part_make(&db, file("db"), true, err))
		_exit(1);
	if (held)
		output_hold();
	for (int i = 0; i < signals; i++)
		raise(SIGTERM);
	if (!held || signals != 1 || files() != 2)
		_exit(2);
	output_release();
	_exit(3);
}

static void test_signals(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	for (int i = 0; i < 3; i++) {
		pid = fork();
		if (!pid)
			child(i > 0, i == 2 ? 2 : 1);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
		assert_int_equal(files(), 0);
	}
}

/* A child that is ended leaves its parent's parts. */
static void test_parent(void **state)
{
	struct output o;
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(output_open(&o, file("text"), err), 0);
	pid = fork();
	if (!pid) {
		signal(SIGTERM, output_on_signal);
		raise(SIGTERM);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(files(), 1);
	output_drop(&o);
	assert_int_equal(files(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_same), cmocka_unit_test(test_signals),
		cmocka_unit_test(test_parent),
	};
	int r;

	if (!mkdtemp(dir))
		return 1;
	r = cmocka_run_group_tests(tests, NULL, NULL);
	return rmdir(dir) ? 1 : r;
}
