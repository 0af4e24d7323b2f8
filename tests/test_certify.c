/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is said of certificates: of a matrix's cells in text, Markdown and JSON, of a search's file;
 * and what it comes to when the verifier refuses what the search says, which it can be told here.
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/check.h"
#include "ui/certify/certify.h"
#include "ui/text/matrix.h"

/* ---- a verifier that does what it is told ---- */

enum verify_status __real_verify(struct verification *v, FILE *in, const struct verify_options *o);
enum verify_status __wrap_verify(struct verification *v, FILE *in, const struct verify_options *o);
static enum verify_status told;

enum verify_status __wrap_verify(struct verification *v, FILE *in, const struct verify_options *o)
{
	__real_verify(v, in, o);
	assert_int_equal(v->status, VERIFY_CERTIFIED);
	if (told) {
		v->status = told;
		snprintf(v->why, sizeof(v->why), "state 7: it was told so");
	}
	return v->status;
}

/* ---- the matrix ---- */

static void run(struct matrix *m, bool certify)
{
	static const char *const kernels[] = { "v6.9", "debate-a", "v6.8" };
	const struct matrix_options o = { .threads = 2, .certify = certify };
	struct matrix_kernel k[3];
	struct scenario s[2];

	load(&s[0], "writeback-first");
	load(&s[1], "double-swapin");
	for (unsigned i = 0; i < 3; i++) {
		snprintf(k[i].head, sizeof(k[i].head), "%s", kernels[i]);
		snprintf(k[i].name, sizeof(k[i].name), "%s", kernels[i]);
		k[i].kernel = kernel_like(kernels[i]);
	}
	assert_int_equal(matrix_scenarios(m, s, 2, k, 3, false), 0);
	assert_int_equal(matrix_start(m, &o), 0);
	pthread_mutex_lock(&m->lock);
	while (m->running)
		pthread_cond_wait(&m->changed, &m->lock);
	pthread_mutex_unlock(&m->lock);
}

/* A report has, or has not, these words. */
static void report(const struct matrix *m, const char *has, const char *has_not)
{
	const struct matrix_report r = { .m = m, .width = 100 };

	for (unsigned form = 0; form < 3; form++) {
		char *text;
		size_t size;
		FILE *out = open_memstream(&text, &size);

		if (form == 0)
			matrix_print(&r, out);
		else if (form == 1)
			matrix_print_markdown(&r, out);
		else
			assert_int_equal(matrix_print_json(&r, out), 0);
		fclose(out);
		if (!strstr(text, has) || (has_not && form < 2 && strstr(text, has_not)))
			fail_msg("form %u: '%s' is to be there, '%s' not:\n%s", form, has,
				 has_not ? has_not : "", text);
		free(text);
	}
}

static void test_matrix(void **state)
{
	struct matrix_sums sums;
	char text[CELL_TEXT_MAX];
	struct matrix m;

	(void)state;
	told = 0;
	run(&m, false);
	matrix_sum(&m, &sums);
	assert_int_equal(sums.certified, 0);
	report(&m, "safe", "certified");
	matrix_free(&m);

	run(&m, true);
	matrix_sum(&m, &sums);
	assert_int_equal(sums.certified, sums.safe);
	assert_true(sums.safe >= 3);
	assert_int_equal(sums.refused, 0);
	assert_string_equal(cell_text(matrix_cell(&m, 0, 0), text), "certified");
	assert_false(matrix_cell(&m, 0, 1)->certified);
	report(&m, "certified", "NOT CERTIFIED");
	matrix_free(&m);

	told = VERIFY_REFUTED;
	run(&m, true);
	matrix_sum(&m, &sums);
	assert_int_equal(sums.certified, 0);
	assert_int_equal(sums.refused, sums.safe);
	assert_string_equal(cell_text(matrix_cell(&m, 0, 0), text), "REFUSED");
	report(&m, "state 7: it was told so", NULL);
	matrix_free(&m);

	told = VERIFY_UNFINISHED;
	run(&m, true);
	matrix_sum(&m, &sums);
	assert_int_equal(sums.certified, 0);
	assert_int_equal(sums.refused, 0);
	assert_string_equal(cell_text(matrix_cell(&m, 0, 0), text), "safe");
	report(&m, "state 7: it was told so", "NOT CERTIFIED");
	matrix_free(&m);
	told = 0;
}

/* Both operations of a pair, in each of its worlds. */
static void test_operations(void **state)
{
	const struct matrix_options o = { .threads = 2, .certify = true };
	struct matrix_kernel k = { .head = "v6.9", .name = "v6.9", .kernel = kernel_like("v6.9") };
	struct matrix_sums sums;
	struct matrix m;

	(void)state;
	if (SANITIZED)
		return;
	assert_int_equal(matrix_operations(&m, &k), 0);
	assert_int_equal(matrix_start(&m, &o), 0);
	pthread_mutex_lock(&m.lock);
	while (m.running)
		pthread_cond_wait(&m.changed, &m.lock);
	pthread_mutex_unlock(&m.lock);
	matrix_sum(&m, &sums);
	assert_int_equal(sums.certified, sums.cells);
	matrix_free(&m);
}

/* ---- a file ---- */

static char folder[] = "/tmp/swapscope-certify-XXXXXX", path[64];

/* What certificate_make() says of a search under a kernel; there is a file afterwards or not. */
static void make(const char *kernel, uint64_t max_states, bool verify_it, int status, bool there)
{
	struct certifying c = { .path = path, .verify = verify_it };
	const struct explore_options o = { .max_states = max_states };
	struct kernel k = kernel_like(kernel);
	struct exploration x;
	struct scenario s;

	load(&s, "writeback-first");
	assert_int_equal(explore(&x, &s, &k, &o), 0);
	assert_int_equal(certificate_make(&c, &x, kernel, &o), status);
	assert_int_equal(certified(&c), verify_it && status == EXIT_OK);
	assert_int_equal(!access(path, F_OK), there);
	certifying_free(&c);
	exploration_free(&x);
	scenario_free(&s);
}

static void test_file(void **state)
{
	struct verification v;
	struct verify_options o = { 0 };
	FILE *in;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/a.cert", folder);
	told = 0;
	assert_int_equal(certificate_writable(path), EXIT_OK);
	assert_int_not_equal(access(path, F_OK), 0);
	make("debate-a", 0, true, EXIT_VIOLATED, false);
	make("v6.9", 100, true, EXIT_UNKNOWN, false);
	told = VERIFY_REFUTED;
	make("v6.9", 0, true, EXIT_VIOLATED, false);
	told = VERIFY_UNFINISHED;
	make("v6.9", 0, true, EXIT_UNKNOWN, false);
	told = 0;
	make("v6.9", 0, true, EXIT_OK, true);
	make("v6.9", 0, false, EXIT_OK, true);		/* replaced */
	assert_int_equal(certificate_writable(path), EXIT_OK);
	in = fopen(path, "r");
	assert_non_null(in);
	assert_int_equal(verify(&v, in, &o), VERIFY_CERTIFIED);
	verification_free(&v);
	fclose(in);
	/* what is no certificate is left alone */
	in = fopen(path, "w");
	fputs("my own\n", in);
	fclose(in);
	assert_int_equal(certificate_writable(path), EXIT_USAGE);
	assert_int_equal(certificate_writable(folder), EXIT_USAGE);
	assert_int_equal(certificate_writable("/dev/null"), EXIT_USAGE);
	unlink(path);
	assert_int_equal(rmdir(folder), 0);		/* and nothing else lies there */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matrix),
		cmocka_unit_test(test_operations),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
