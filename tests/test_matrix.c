/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The matrix: which cells there are, what a verdict is held to, what threads come to, and whole
 * screens.  The verdicts on the screens are made up here, so that they are the same whatever the
 * scenarios and kernels of the program become.
 */
#include "tests/check.h"

#include <stdlib.h>

#include "tests/golden.h"
#include "ui/text/matrix.h"
#include "ui/matrix/matrix.h"

static const char scenario_text[] =
	"[scenario]\ntitle = writeback and a fault, number %d\n"
	"[page 0]\nat = zswap 0\n[task W]\nrun = shrink\n[task T0]\nrun = read page 0\n"
	"[expect]\ncase = debate-a -> UAF\ncase = v6.9 -> safe\ncase = v6.8 -> LOST\n"
	"case = v6.9 pin=none load=exclusive -> UAF or MAPPED\n"
	"case = v6.8 unlink=first -> safe\n%s";

/* Six different ones; "v6.1" is only the head of a column. */
static const char *const kernels[] = {
	"v6.5 recheck=off", "v6.5", "v6.8", "v6.9-rc1", "v6.9", "debate-a"
};
#define KERNELS (sizeof(kernels) / sizeof(kernels[0]))

static void choose(struct matrix_kernel *k, const char *name)
{
	snprintf(k->head, sizeof(k->head), "%s", name);
	snprintf(k->name, sizeof(k->name), "%s", name);
	k->kernel = kernel_like(name);
}

/* n scenarios under the kernels above. */
static void build(struct matrix *m, size_t n, bool further)
{
	struct scenario *s = calloc(n, sizeof(*s));
	struct matrix_kernel k[KERNELS];
	struct scenario_error err;
	char text[1000], name[40];

	for (size_t i = 0; i < n; i++) {
		snprintf(text, sizeof(text), scenario_text, (int)i + 1,
			 i == 1 ? "reach = map_swapin_folio: set_pte_at()\n" : "");
		snprintf(name, sizeof(name), i % 3 == 2 ? "folder/file-%zu.scn" : "scenario-%zu",
			 i + 1);
		assert_int_equal(scenario_parse(&s[i], name, text, &err), 0);
	}
	for (size_t i = 0; i < KERNELS; i++)
		choose(&k[i], kernels[i]);
	strcpy(k[0].head, "v6.1");
	strcpy(k[0].name, "v6.1");
	assert_int_equal(matrix_scenarios(m, s, n, k, KERNELS, further), 0);
	free(s);
}

static void run(struct matrix *m, unsigned threads, bool quick)
{
	const struct matrix_options o = { .threads = threads, .quick = quick };

	assert_int_equal(matrix_start(m, &o), 0);
	pthread_mutex_lock(&m->lock);
	while (m->running)
		pthread_cond_wait(&m->changed, &m->lock);
	pthread_mutex_unlock(&m->lock);
	matrix_stop(m);
	assert_int_equal(m->done, m->todo);
}

/* ---- cells ---- */

static void test_cells(void **state)
{
	struct matrix m;

	(void)state;
	build(&m, 3, true);
	assert_int_equal(m.rows, 3);
	assert_int_equal(m.cols, KERNELS);
	assert_int_equal(m.further, 6);		/* two a file */
	assert_string_equal(m.row_head[2], "file-3");
	assert_string_equal(matrix_cell(&m, 4, 0)->kernel_name, "v6.8 unlink=first");
	matrix_free(&m);
	build(&m, 1, false);
	assert_int_equal(m.further, 0);
	matrix_free(&m);
}

/* A kernel by another name is the same kernel, and explored once. */
static void test_twins(void **state)
{
	struct matrix_kernel k[2];
	struct scenario s;
	struct matrix m;

	(void)state;
	load(&s, "writeback-first");
	choose(&k[0], "v6.9");
	choose(&k[1], "debate-a pin=has_cache");
	assert_int_equal(matrix_scenarios(&m, &s, 1, k, 2, false), 0);
	assert_int_equal(m.todo, 1);
	run(&m, 2, false);
	assert_int_equal(matrix_cell(&m, 0, 1)->agreement, AGREES);
	assert_ptr_equal(matrix_cell(&m, 0, 0), matrix_cell(&m, 0, 1));
	matrix_free(&m);
}

/* The same table from one thread and from many, and as explore() has it. */
static void test_threads(void **state)
{
	struct matrix one, many;

	(void)state;
	build(&one, 4, true);
	build(&many, 4, true);
	run(&one, 1, false);
	run(&many, 8, false);
	for (size_t i = 0; i < one.rows * one.cols + one.further; i++) {
		const struct mcell *a = &one.cell[i], *b = &many.cell[i];
		struct exploration x;

		assert_int_equal(a->states, b->states);
		assert_int_equal(a->transitions, b->transitions);
		assert_int_equal(a->schedule.n, b->schedule.n);
		assert_int_equal(a->agreement, b->agreement);
		assert_string_equal(a->expectation, b->expectation);
		explore_all(&x, a->scenario[0], &a->kernel);
		assert_int_equal(a->states, x.states);
		assert_int_equal(a->found, x.violated | x.costs);
		assert_int_equal(a->verdict == VERDICT_VIOLATED, x.findings > 0);
		if (x.findings) {
			assert_int_equal(a->property, x.finding[0].property);
			assert_int_equal(a->schedule.n, x.finding[0].schedule.n);
		}
		exploration_free(&x);
	}
	matrix_free(&one);
	matrix_free(&many);
}

/* --quick says the same of every cell, and searches no more. */
static void test_quick(void **state)
{
	struct matrix whole, quick;

	(void)state;
	build(&whole, 1, true);
	build(&quick, 1, true);
	run(&whole, 2, false);
	run(&quick, 2, true);
	for (size_t i = 0; i < whole.rows * whole.cols + whole.further; i++) {
		const struct mcell *a = &whole.cell[i], *b = &quick.cell[i];

		assert_int_equal(a->verdict, b->verdict);
		assert_int_equal(a->agreement, b->agreement);
		assert_int_equal(a->schedule.n, b->schedule.n);
		if (a->verdict == VERDICT_VIOLATED)
			assert_int_equal(a->property, b->property);
		assert_true(b->states <= a->states);
		assert_true(a->complete);
	}
	matrix_free(&whole);
	matrix_free(&quick);
}

/* Stopped in the middle: what was found stays, the rest waits, and can be taken up again. */
static void test_stop(void **state)
{
	const struct matrix_options o = { .threads = 2 };
	struct matrix m;

	(void)state;
	build(&m, 40, false);
	assert_int_equal(matrix_start(&m, &o), 0);
	matrix_stop(&m);
	for (size_t i = 0; i < m.rows * m.cols; i++)
		assert_int_not_equal(m.cell[i].state, CELL_RUNS);
	run(&m, 2, false);
	matrix_free(&m);
}

/* ---- what a verdict is held to ---- */

static void test_judge(void **state)
{
	static const struct {
		bool safe;
		const char *any, *not;
		uint32_t violated;
		bool bound;
		bool complete;		/* with a bound: of LIVELOCK alone */
		enum agreement want;
	} cases[] = {
		{ .safe = true, .bound = true, .complete = true, .want = UNDECIDED },
		{ .any = "LIVELOCK", .bound = true, .complete = true, .want = UNDECIDED },
		{ .any = "LIVELOCK", .want = CONTRADICTS },
		{ .any = "UAF", .bound = true, .complete = true, .want = CONTRADICTS },
		{ .any = "UAF", .not = "LIVELOCK", .violated = 1u << PROP_UAF, .bound = true,
		  .complete = true, .want = UNDECIDED },
		{ .any = "UAF", .not = "LOST", .violated = 1u << PROP_UAF, .bound = true,
		  .complete = true, .want = AGREES },
		{ .safe = true, .want = AGREES },
		{ .safe = true, .bound = true, .want = UNDECIDED },
		{ .safe = true, .violated = 1u << PROP_UAF, .want = CONTRADICTS },
		{ .safe = true, .violated = 1u << PROP_UAF, .bound = true, .want = CONTRADICTS },
		{ .any = "UAF", .violated = 1u << PROP_UAF, .want = AGREES },
		{ .any = "UAF", .violated = 1u << PROP_UAF, .bound = true, .want = AGREES },
		{ .any = "UAF", .want = CONTRADICTS },
		{ .any = "UAF", .bound = true, .want = UNDECIDED },
		{ .any = "UAF", .violated = 1u << PROP_LOST, .want = CONTRADICTS },
		{ .any = "UAF", .violated = 1u << PROP_LOST, .bound = true, .want = UNDECIDED },
		{ .any = "UAF", .not = "LOST", .violated = 1u << PROP_UAF, .want = AGREES },
		{ .any = "UAF", .not = "LOST", .violated = 1u << PROP_UAF, .bound = true,
		  .want = UNDECIDED },
		{ .any = "UAF", .not = "LOST", .violated = 1u << PROP_UAF | 1u << PROP_LOST,
		  .want = CONTRADICTS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scenario s = { .expects = 1 };
		struct exploration x = { 0 };
		struct mcell c = { .scenario = { &s }, .kernel = kernel_like("v6.9"),
				   .violated = cases[i].violated, .found = cases[i].violated,
				   .bound = cases[i].bound ? "memory" : NULL,
				   .complete = !cases[i].bound || cases[i].complete };

		strcpy(s.expect[0].kernel, "v6.9");
		s.expect[0].safe = cases[i].safe;
		if (cases[i].any)
			s.expect[0].any = 1u << property_find(cases[i].any);
		if (cases[i].not)
			s.expect[0].not = 1u << property_find(cases[i].not);
		cell_judge(&c, &x);
		assert_int_equal(c.agreement, cases[i].want);
		c.kernel = kernel_like("v6.5");
		cell_judge(&c, &x);
		assert_int_equal(c.agreement, NOT_EXPECTED);
	}
}

static void test_expect_text(void **state)
{
	struct expect e = { .any = 1u << PROP_MAPPED | 1u << PROP_LOST, .not = 1u << PROP_UAF };
	char text[100];

	(void)state;
	assert_string_equal(expect_text(&e, text, sizeof(text)), "MAPPED or LOST, not UAF");
	e = (struct expect){ .safe = 1 };
	assert_string_equal(expect_text(&e, text, sizeof(text)), "safe");
}

/* ---- operations ---- */

/* Every pair parses, is there once, and what is found replays from its saved text. */
static void test_pairs(void **state)
{
	struct matrix_kernel k;
	struct matrix m;
	size_t verbs, found = 0;

	(void)state;
	choose(&k, "debate-a");
	assert_int_equal(matrix_operations(&m, &k), 0);
	scenario_verbs(&verbs);
	assert_int_equal(m.rows + m.notes, verbs);
	assert_int_equal(m.todo, m.rows * (m.rows + 1) / 2);
	run(&m, 2, false);
	for (size_t i = 0; i < m.rows; i++) {
		for (size_t j = 0; j < m.cols; j++) {
			const struct mcell *c = matrix_cell(&m, i, j);
			struct scenario_error err;
			struct exploration x;
			struct scenario s;

			assert_ptr_equal(c, matrix_cell(&m, j, i));
			if (c->verdict != VERDICT_VIOLATED)
				continue;
			found++;
			assert_int_equal(scenario_parse(&s, "saved",
							c->scenario[c->world]->text, &err), 0);
			assert_memory_equal(&s.kernel, &k.kernel, sizeof(k.kernel));
			explore_all(&x, &s, &s.kernel);
			assert_int_equal(x.finding[0].property, c->property);
			assert_int_equal(x.finding[0].schedule.n, c->schedule.n);
			exploration_free(&x);
			scenario_free(&s);
		}
	}
	assert_true(found > 0);
	matrix_free(&m);
}

/* ---- the screen ---- */

/* A verdict out of nothing. */
static void fake(struct mcell *c, size_t i)
{
	static const char *const names[] = { "MAPPED", "LOST", "UAF", "DFREE", "COUNT" };
	struct exploration x = { .states = 1000 + i * 77, .transitions = 2000 + i * 199,
				 .seconds = 0.25, .complete = i % 11 != 10 };
	bool *reached = calloc(step_count(), 1);

	if (c->state == CELL_DONE)
		return;
	memset(reached, 1, step_count());
	x.step_reached = reached;
	if (i % 11 == 10) {
		x.bound = "memory";
	} else if (i % 3 == 0) {
		x.finding[0].property = (enum property)property_find(names[i % 5]);
		x.violated = 1u << x.finding[0].property;
		for (size_t n = 0; n < 10 + i; n++)
			schedule_add(&x.finding[0].schedule, (struct move){ 0 });
		x.findings = 1;
	}
	cell_add(c, 0, &x, NULL);
	cell_judge(c, &x);
	c->state = CELL_DONE;
	schedule_free(&x.finding[0].schedule);
	free(reached);
}

/* The first `done` cells are, the next two run. */
static void fake_all(struct matrix *m, size_t done)
{
	size_t n = m->rows * m->cols + m->further;

	for (size_t i = 0; i < n; i++) {
		struct mcell *c = &m->cell[i];

		if (i < done)
			fake(c, i);
		else if (i < done + 2)
			c->state = CELL_RUNS;
	}
	m->done = done < m->todo ? done : m->todo;
}

static void press_one(void *v, const char *key)
{
	matrix_view_key(v, key);
}

static void press(struct matrix_view *v, const char *keys)
{
	press_keys(keys, press_one, v);
}

static char *draw(struct matrix_view *v, int rows, int cols, bool styles)
{
	struct grid g;

	assert_int_equal(grid_init(&g, rows, cols), 0);
	matrix_view_render(v, &g);
	return grid_drawn(&g, styles);
}

static const struct screen {
	const char *name;
	int cols, rows;
	size_t scenarios, done;
	const char *keys;
	bool ascii, styles;
} screens[] = {
	{ "matrix-start-80x24", 80, 24, 7, 9, "", false, true },
	{ "matrix-80x24", 80, 24, 20, 999, "down*2 right*2", false, true },
	{ "matrix-scrolled-60x20", 60, 20, 20, 999, "down*17 end", false, false },
	{ "matrix-further-80x24-ascii", 80, 24, 20, 999, "G up*3", true, false },
	{ "matrix-wrong-80x24", 80, 24, 7, 999, "!", false, true },
	{ "matrix-160x40", 160, 40, 20, 60, "down right", false, false },
	{ "matrix-40x12", 40, 12, 7, 999, "down*4 right*3", false, false },
	{ "matrix-20x5", 20, 5, 7, 999, "", false, false },
	{ "matrix-help-80x24", 80, 24, 7, 0, "?", false, false },
};

static void test_screens(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(screens) / sizeof(screens[0]); i++) {
		const struct screen *s = &screens[i];
		struct matrix_view v;
		struct matrix m;
		char name[64], *is;

		build(&m, s->scenarios, true);
		fake_all(&m, s->done);
		matrix_view_init(&v, &m);
		v.ascii = s->ascii;
		free(draw(&v, s->rows, s->cols, false));	/* pages have a size now */
		press(&v, s->keys);
		is = draw(&v, s->rows, s->cols, s->styles);
		snprintf(name, sizeof(name), "%s.screen", s->name);
		compare(name, is);
		free(is);
		matrix_free(&m);
	}
}

/* The cursor is always on the screen, whatever was pressed and however large it is. */
static void test_random_keys(void **state)
{
	static const char *const keys[] = {
		"left", "right", "up", "down", "h", "j", "k", "l", "home", "end", "g", "G", "pgup",
		"pgdn", "f", "!", "?", "esc", "z", "enter",
	};
	uint32_t random = 1;
	struct matrix_view v;
	struct matrix m;

	(void)state;
	build(&m, 20, true);
	fake_all(&m, 100);
	matrix_view_init(&v, &m);
	for (int i = 0; i < 5000; i++) {
		int rows, cols;
		char *text;

		random = random * 1664525u + 1013904223u;
		matrix_view_key(&v, keys[(random >> 8) % (sizeof(keys) / sizeof(keys[0]))]);
		rows = 6 + (int)((random >> 20) % 40);
		cols = 30 + (int)((random >> 12) % 120);
		assert_in_range(v.row, 0, m.rows + m.further - 1);
		assert_in_range(v.col, 0, m.cols - 1);
		assert_false(v.quit);
		v.open = false;
		text = draw(&v, rows, cols, false);
		assert_true(v.help || strchr(text, '>') != NULL);
		free(text);
	}
	press(&v, "esc q");
	if (!v.quit)
		press(&v, "q");
	assert_true(v.quit);
	matrix_free(&m);
}

static void test_keys(void **state)
{
	struct matrix_view v;
	struct matrix m;

	(void)state;
	build(&m, 3, true);
	matrix_view_init(&v, &m);
	press(&v, "enter");
	assert_false(v.open);
	assert_string_equal(v.message, "this cell is not explored yet");
	press(&v, "f");
	assert_string_equal(v.message, "nothing is violated so far");
	press(&v, "left");
	assert_string_equal(v.message, "this is the first column");
	press(&v, "G");
	assert_int_equal(v.row, 8);
	press(&v, "right");
	assert_string_equal(v.message, "a further case has no columns");
	fake_all(&m, 999);
	press(&v, "f");
	assert_int_equal(v.row, 0);
	press(&v, "enter");
	assert_true(v.open);
	press(&v, "z");
	assert_string_equal(v.message, "no command on z: ? shows the keys");
	matrix_free(&m);
}

/* ---- reports ---- */

static void test_reports(void **state)
{
	struct matrix m;
	char *text;
	size_t size;

	(void)state;
	build(&m, 5, true);
	fake_all(&m, 34);
	for (int form = 0; form < 2; form++) {
		struct matrix_report r = { .m = &m, .width = 80 };
		FILE *out = open_memstream(&text, &size);

		if (form)
			matrix_print_markdown(&r, out);
		else
			matrix_print(&r, out);
		fclose(out);
		compare(form ? "matrix.md.txt" : "matrix.txt", text);
		free(text);
	}
	matrix_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_quick),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_judge),
		cmocka_unit_test(test_expect_text),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_screens),
		cmocka_unit_test(test_random_keys),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_reports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
