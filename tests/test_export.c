/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test_export.c - figures of runs, and the texts that are made of them: whole, in part, at any
 * width.
 */
#include <errno.h>

#include "replay/figure/columns.h"
#include "tests/view_help.h"
#include "ui/export/export.h"

/* What is exported, malloced. */
static char *exported(const struct export_format *format, struct export *e)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	if (export_write(format, e, out))
		fail_msg("%s: %s", format->name, e->why);
	fclose(out);
	return text;
}

static struct export of_pair(size_t pair)
{
	const struct chapter *c = &pairs[pair].chapter;

	return (struct export){ .run = { c->run[0], c->run[1] } };
}

/* ---- three shipped runs, in each format ---- */

static void test_golden(void **state)
{
	static const struct export_format *const formats[] = {
		&export_cpu, &export_text, &export_markdown, &export_json,
	};
	static const struct {
		const char *name;
		size_t pair;
	} runs[] = { { "aba", 1 }, { "aborted-bypass", 2 }, { "debate", 3 } };

	(void)state;
	for (size_t i = 0; i < 3; i++)
		for (size_t f = 0; f < 4; f++) {
			struct export e = of_pair(runs[i].pair);
			char name[100], *text = exported(formats[f], &e);

			snprintf(name, sizeof(name), "export/%s.%s", runs[i].name,
				 formats[f]->name);
			compare(name, text);
			free(text);
		}
}

/* ---- lines ---- */

static unsigned columns(const char *line, size_t n)
{
	unsigned at = 0;

	for (size_t i = 0; i < n; i++)
		at = line[i] == '\t' ? (at / 8 + 1) * 8 : at + 1;
	return at;
}

/* The next word; 0: there is none. */
static size_t word(const char **at)
{
	*at += strspn(*at, " \t\n");
	return strcspn(*at, " \t\n");
}

/* The rows of a diagram in a text: behind its heading, up to the blank line. */
static char *body(char *text, bool cpu)
{
	char *at = strstr(text, cpu ? "\n----" : "\n"), *end;

	assert_non_null(at);
	if (cpu)
		at = strchr(at + 1, '\n');
	end = strstr(at, "\n\n");
	if (end)
		*end = '\0';
	return at;
}

static char *drawn_at(const struct figure_run *r, unsigned width, bool cpu)
{
	const struct figure_columns c = { .width = width, .cpu = cpu };
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(figure_columns(out, r, &c), 0);
	fclose(out);
	return text;
}

/*
 * At every width no line is wider, and the words are those of a line without end, in their order:
 * none is broken, lost, or said twice.
 */
static void hold_words(const struct figure_run *r, unsigned width, bool cpu)
{
	char *narrow = drawn_at(r, width, cpu), *wide = drawn_at(r, 1000, cpu);
	const char *a, *b;

	for (const char *line = narrow; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (columns(line, strcspn(line, "\n")) > width)
			fail_msg("%s, width %u: '%.*s'", r->kernel, width,
				 (int)strcspn(line, "\n"), line);
	a = body(narrow, cpu);
	b = body(wide, cpu);
	for (;;) {
		size_t n = word(&a), m = word(&b);

		if (n != m || strncmp(a, b, n))
			fail_msg("%s, width %u: '%.*s' and not '%.*s'", r->kernel, width, (int)n,
				 a, (int)m, b);
		if (!n)
			break;
		a += n;
		b += m;
	}
	free(narrow);
	free(wide);
}

static void test_widths(void **state)
{
	char why[FIGURE_WHY_MAX];
	struct figure f;

	(void)state;
	for (size_t p = 0; p < PAIRS; p++)
		for (unsigned side = 0; side < 2 && pairs[p].chapter.run[side]; side++) {
			assert_int_equal(figure_of_trace(&f, pairs[p].chapter.run[side], NULL,
							 why), 0);
			for (unsigned width = 72; width < 200; width += 1 + width / 20)
				for (unsigned cpu = 0; cpu < 2; cpu++)
					hold_words(&f.run[0], width, cpu);
			figure_free(&f);
		}
}

/* A line that is too narrow for its words breaks them, and is no wider for that. */
static void test_narrow(void **state)
{
	char why[FIGURE_WHY_MAX];
	struct figure f;

	(void)state;
	assert_int_equal(figure_of_trace(&f, pairs[1].chapter.run[0], NULL, why), 0);
	for (unsigned width = FIGURE_WIDTH_MIN; width < 72; width++)
		for (unsigned cpu = 0; cpu < 2; cpu++) {
			char *text = drawn_at(&f.run[0], width, cpu);

			for (const char *line = text; *line; ) {
				size_t n = strcspn(line, "\n");

				/* a command has words that a shell must not see broken */
				if (columns(line, n) > width && !strstr(line, "swapscope run"))
					fail_msg("width %u: '%.*s'", width, (int)n, line);
				line += n + (line[n] == '\n');
			}
			free(text);
		}
	figure_free(&f);
}

/* ---- commands on lines ---- */

static char *broken(const char *command, unsigned width)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	figure_command(out, command, width, 2);
	fclose(out);
	return text;
}

static void test_command(void **state)
{
	static const struct {
		const char *command, *lines;
		unsigned width;
	} t[] = {
		{ "swapscope run a --kernel v6.9", "  swapscope run a --kernel v6.9\n", 72 },
		{ "swapscope run aba --kernel v6.5 --schedule 'T0*10 T1'",
		  "  swapscope run aba --kernel v6.5 \\\n    --schedule 'T0*10 T1'\n", 40 },
		{ "swapscope run aba --schedule 'T0*10 T1*23 K*10 T0*4 T1 T2 T3 T4'",
		  "  swapscope run aba --schedule \"T0*10 \\\n"
		  "      T1*23 K*10 T0*4 T1 T2 T3 T4\"\n",
		  40 },
		{ "swapscope view 'it is.db'", "  swapscope view \\\n    'it is.db'\n", 24 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		char *text = broken(t[i].command, t[i].width);

		assert_string_equal(text, t[i].lines);
		free(text);
	}
}

/* ---- figures ---- */

/* The rows are the run's transitions; of a pair each has its partner, or parts there. */
static void test_rows(void **state)
{
	char why[FIGURE_WHY_MAX];
	struct figure f;

	(void)state;
	for (size_t p = 0; p < 3; p++) {
		const struct chapter *c = &pairs[p].chapter;
		const struct figure_run *left = &f.run[0], *right = &f.run[1];

		assert_int_equal(figure_pair(&f, c->run[0], c->run[1], NULL, why), 0);
		assert_int_equal(f.runs, 2);
		assert_false(f.same);
		assert_non_null(strstr(f.why, "rule "));
		for (size_t i = 0; i < left->rows; i++) {
			const struct figure_row *row = &left->row[i];
			const struct trace_event *e = trace_event_at(c->run[0], i + 1);

			assert_int_equal(row->at, i + 1);
			assert_string_equal(row->result, e->result);
			assert_int_equal(row->depth, e->depth);
			if (i < f.parted[0]) {
				assert_true(row->partner > 0);
				assert_false(row->other_result);
				assert_int_equal(right->row[row->partner - 1].partner, i + 1);
			}
		}
		assert_int_equal(left->rows, trace_info(c->run[0])->events);
		figure_free(&f);
	}
}

/* What a world says of each lock at each position is what the holds say. */
static void test_holds(void **state)
{
	char why[FIGURE_WHY_MAX];
	struct trace *t = pairs[1].chapter.run[0];
	struct figure f;
	struct world w;

	(void)state;
	assert_int_equal(figure_of_trace(&f, t, NULL, why), 0);
	assert_true(f.run[0].holds > 4);
	for (uint64_t at = 0; at <= f.run[0].events; at++) {
		unsigned held = 0, tree = 0;

		assert_int_equal(trace_world(t, at, &w, NULL), 0);
		for (size_t i = 0; i < f.run[0].holds; i++) {
			const struct figure_hold *h = &f.run[0].hold[i];

			if (h->from > at || h->to <= at)
				continue;
			held += h->letter == 'F';
			tree += h->letter == 'T';
			if (h->letter == 'T')
				assert_int_equal(w.mem.tree_lock, h->task + 1);
		}
		for (unsigned i = 0; i < MAX_FOLIOS; i++)
			held -= w.mem.folio[i].lock && w.mem.folio[i].lock != LOCKED_BY_DEVICE;
		assert_int_equal(held, 0);
		assert_int_equal(tree, w.mem.tree_lock != 0);
	}
	figure_free(&f);
}

/* A figure of an execution says what the one of its record says. */
static void test_execution(void **state)
{
	const struct pair *p = &pairs[3];
	const struct figure_about about = { .kernel = p->left };
	char why[FIGURE_WHY_MAX];
	struct figure a, b;
	struct execution x;
	struct scenario s;
	struct kernel k = kernel_like(p->left);

	(void)state;
	load(&s, p->scenario);
	assert_int_equal(execution_init(&x, &s, &k), 0);
	shortest(&x, p->property);
	assert_int_equal(figure_of_execution(&a, &x, &about, NULL, why), 0);
	assert_int_equal(figure_of_trace(&b, p->chapter.run[0], NULL, why), 0);
	assert_string_equal(a.run[0].command, b.run[0].command);
	assert_int_equal(a.run[0].rows, b.run[0].rows);
	assert_int_equal(a.run[0].holds, b.run[0].holds);
	for (size_t i = 0; i < a.run[0].rows; i++) {
		const struct figure_row *r = &a.run[0].row[i], *q = &b.run[0].row[i];

		assert_string_equal(r->text, q->text);
		assert_string_equal(r->result, q->result);
		assert_string_equal(r->callers, q->callers);
		assert_string_equal(r->file, q->file);
		assert_int_equal(r->touches, q->touches);
		assert_int_equal(r->finding != NULL, q->finding != NULL);
	}
	for (size_t i = 0; i < a.run[0].holds; i++) {
		assert_string_equal(a.run[0].hold[i].what, b.run[0].hold[i].what);
		assert_int_equal(a.run[0].hold[i].from, b.run[0].hold[i].from);
		assert_true(a.run[0].hold[i].to == b.run[0].hold[i].to);
	}
	figure_free(&a);
	figure_free(&b);
	execution_free(&x);
	scenario_free(&s);
}

/* ---- parts ---- */

static void test_parts(void **state)
{
	static const uint64_t only[] = { 3, 11, 19 }, beyond[] = { 3, 20 };
	struct figure_part part = { .first = 8, .last = 12 };
	struct trace *t = pairs[3].chapter.run[0];
	char why[FIGURE_WHY_MAX];
	struct figure f;

	(void)state;
	assert_int_equal(figure_of_trace(&f, t, &part, why), 0);
	assert_int_equal(f.run[0].rows, 5);
	assert_int_equal(f.run[0].row[0].at, 8);
	assert_int_equal(f.run[0].events, 19);
	assert_string_equal(f.run[0].row[3].callers, "zswap_shrink zswap_writeback_entry");
	/* T0's folio was locked before the part, and is after it */
	assert_int_equal(f.run[0].hold[0].from, 0);
	assert_true(f.run[0].hold[0].to == UINT64_MAX);
	figure_free(&f);

	part = (struct figure_part){ .only = only, .n = 3 };
	assert_int_equal(figure_of_trace(&f, t, &part, why), 0);
	assert_int_equal(f.run[0].rows, 3);
	assert_int_equal(f.run[0].row[1].at, 11);
	assert_non_null(f.run[0].row[2].finding);
	figure_free(&f);

	part = (struct figure_part){ .only = beyond, .n = 2 };
	assert_int_equal(figure_of_trace(&f, t, &part, why), -ERANGE);
	assert_non_null(strstr(why, "the run has 19"));
	part = (struct figure_part){ .first = 12, .last = 8 };
	assert_int_equal(figure_of_trace(&f, t, &part, why), -ERANGE);
}

static void test_steps(void **state)
{
	static const char *const bad[] = { "", "..", "0", "a", "1..b", "1...3", "-1", "3..0",
					   "1.3", "99999999999999999999", " 1", "1..2 " };
	struct figure_part p;

	(void)state;
	assert_int_equal(export_steps("3..19", &p), 0);
	assert_true(p.first == 3 && p.last == 19);
	assert_int_equal(export_steps("3..", &p), 0);
	assert_true(p.first == 3 && !p.last);
	assert_int_equal(export_steps("..19", &p), 0);
	assert_true(!p.first && p.last == 19);
	assert_int_equal(export_steps("7", &p), 0);
	assert_true(p.first == 7 && p.last == 7);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (export_steps(bad[i], &p) != -EINVAL)
			fail_msg("'%s' is taken for a part", bad[i]);
}

/* A short diagram has the finding, and no more rows than the whole one. */
static void test_short(void **state)
{
	(void)state;
	for (size_t p = 0; p < PAIRS; p++) {
		struct export e = { .run = { pairs[p].chapter.run[0] } };
		char *brief = exported(&export_cpu, &e), *all;

		e.whole = true;
		all = exported(&export_cpu, &e);
		assert_non_null(strstr(brief, " <- "));
		assert_non_null(strstr(brief, properties[pairs[p].property].name));
		assert_non_null(strstr(brief, "\n  swapscope run "));
		assert_null(strstr(all, "...\n"));
		assert_true(strlen(brief) < strlen(all));
		free(brief);
		free(all);
	}
}

/* ---- files that are damaged ---- */

static uint32_t drawn_number(uint64_t *x)
{
	*x ^= *x >> 12;
	*x ^= *x << 25;
	*x ^= *x >> 27;
	return (uint32_t)(*x * 0x2545f4914f6cdd1dull >> 33);
}

/* Whatever can be opened can be exported, or it is said why not. */
static void export_damaged(const char *path, unsigned seed)
{
	static const struct export_format *const formats[] = {
		&export_cpu, &export_text, &export_markdown, &export_json,
	};
	struct export e = { .part = { .first = seed % 3, .last = seed % 5 ? 0 : 9 } };
	char err[TRACE_ERROR_MAX];
	char *text;
	size_t size;
	FILE *out;
	int r;

	if (trace_open(&e.run[0], path, 1, err))
		return;
	for (size_t i = 0; i < 4; i++) {
		e.whole = seed % 2;
		out = open_memstream(&text, &size);
		r = export_write(formats[i], &e, out);
		fclose(out);
		free(text);
		if (r && !*e.why)
			fail_msg("seed %u: %s fails with %d and says nothing", seed,
				 formats[i]->name, r);
	}
	trace_free(e.run[0]);
}

static void test_damaged(void **state)
{
	char path[] = "/tmp/swapscope-export-XXXXXX";
	struct pair p = pairs[3];
	uint8_t *good, *bad;
	long size;
	int fd = mkstemp(path);
	FILE *f;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	unlink(path);
	record(&p, path);
	trace_free(p.chapter.run[0]);
	f = fopen(path, "rb");
	assert_non_null(f);
	fseek(f, 0, SEEK_END);
	size = ftell(f);
	rewind(f);
	good = malloc((size_t)size);
	bad = malloc((size_t)size);
	assert_true(good && bad && fread(good, 1, (size_t)size, f) == (size_t)size);
	fclose(f);
	for (unsigned seed = 1; seed <= 300; seed++) {
		uint64_t x = seed * 0x9e3779b97f4a7c15ull;

		memcpy(bad, good, (size_t)size);
		for (unsigned i = drawn_number(&x) % 12 + 1; i; i--)
			bad[drawn_number(&x) % (unsigned long)size] = (uint8_t)drawn_number(&x);
		f = fopen(path, "wb");
		assert_int_equal(fwrite(bad, 1, (size_t)size, f), size);
		fclose(f);
		export_damaged(path, seed);
	}
	unlink(path);
	free(good);
	free(bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_holds),
		cmocka_unit_test(test_execution),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, record_all, close_all);
}
