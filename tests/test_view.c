/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The debugger: keys in, whole screens out.
 *
 * The screens of tests/screens are recorded runs drawn at one size after some keys; under
 * each row that has any is a row of styles, one letter a cell (grid.c).  To write them
 * again: SWAPSCOPE_GOLDEN=update build/tests/test_view
 */
#include "tests/check.h"

#include <stdlib.h>
#include <unistd.h>

#include "tests/golden.h"
#include "traces/write/write.h"
#include "ui/show/show.h"
#include "ui/view/view.h"

/* ---- pairs of recorded runs ---- */

struct pair {
	const char *scenario, *left, *right;	/* right NULL: one run */
	enum property property;			/* that the left one violates */
	const char *text;
	struct chapter chapter;
};

static struct pair pairs[] = {
	{ .scenario = "debate", .left = "debate-a", .right = "v6.9", .property = PROP_UAF,
	  .text = "Left, nothing keeps writeback away while the fault decompresses.  Right, the "
		  "fault holds SWAP_HAS_CACHE, and writeback gets -EEXIST." },
	{ .scenario = "aba", .left = "v6.5", .right = "v6.8", .property = PROP_STALE },
	{ .scenario = "aborted-bypass", .left = "v6.9-rc1", .right = "v6.9",
	  .property = PROP_LOST },
	{ .scenario = "debate", .left = "debate-a", .property = PROP_UAF },
};
#define PAIRS (sizeof(pairs) / sizeof(pairs[0]))

static void shortest(struct execution *x, enum property property)
{
	const struct explore_options o = { .only = 1u << property,  0 };
	struct exploration e = { 0 };

	assert_int_equal(explore(&e, x->scenario, &x->kernel, &o), 0);
	assert_true(e.findings > 0);
	assert_int_equal(execution_run(x, &e.finding[0].schedule), 0);
	exploration_free(&e);
}

static void record(struct pair *p, const char *path)
{
	struct run_meta left = { .title = p->scenario, .kernel_name = p->left,
				 .verdict = "violated: found by the test" };
	struct run_meta right = { .title = p->scenario, .kernel_name = p->right,
				  .verdict = "safe in every interleaving: so says the test" };
	struct execution a = { 0 }, b = { 0 };
	char err[TRACE_ERROR_MAX];
	struct trace_writer *tw;
	struct scenario s;
	struct kernel k;
	size_t parted;

	load(&s, p->scenario);
	k = kernel_like(p->left);
	assert_int_equal(execution_init(&a, &s, &k), 0);
	shortest(&a, p->property);
	assert_int_equal(trace_create(&tw, path, false, err), 0);
	assert_int_equal(trace_execution(tw, &a, &left), 1);
	if (p->right) {
		k = kernel_like(p->right);
		assert_int_equal(execution_init(&b, &s, &k), 0);
		assert_int_equal(same_schedule(&a, &b, &parted), 0);
		assert_int_equal(trace_execution(tw, &b, &right), 2);
		execution_free(&b);
	}
	assert_int_equal(trace_close(tw), 0);
	execution_free(&a);
	scenario_free(&s);

	p->chapter.title = s.title;
	assert_int_equal(trace_open(&p->chapter.run[0], path, 1, err), 0);
	p->chapter.title = trace_info(p->chapter.run[0])->scenario;
	p->chapter.text = p->text;
	if (!p->right)
		return;
	assert_int_equal(trace_open(&p->chapter.run[1], path, 2, err), 0);
	assert_int_equal(align_runs(&p->chapter.alignment, p->chapter.run[0], p->chapter.run[1]),
			 0);
}

static int record_all(void **state)
{
	char folder[] = "/tmp/swapscope-view-XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < PAIRS; i++) {
		snprintf(path, sizeof(path), "%s/%zu.db", folder, i);
		record(&pairs[i], path);
		unlink(path);
	}
	return rmdir(folder);
}

static int close_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < PAIRS; i++) {
		alignment_free(&pairs[i].chapter.alignment);
		trace_free(pairs[i].chapter.run[0]);
		if (pairs[i].chapter.run[1])
			trace_free(pairs[i].chapter.run[1]);
	}
	return 0;
}

/* "right*12 tab :" - keys by name, "*N" for N times. */
static void press(struct view *v, const char *keys)
{
	char copy[256], *save = NULL;

	snprintf(copy, sizeof(copy), "%s", keys);
	for (char *key = strtok_r(copy, " ", &save); key; key = strtok_r(NULL, " ", &save)) {
		char *star = strchr(key, '*');
		int n = star ? atoi(star + 1) : 1;

		if (star)
			*star = '\0';
		while (n--)
			view_key(v, key);
	}
}

static struct view view_of(size_t pair, const char *keys)
{
	struct view v;

	view_init(&v, &pairs[pair].chapter, 1);
	press(&v, keys);
	return v;
}

/* ---- whole screens ---- */

static char *draw(const struct view *v, int rows, int cols, bool styles)
{
	struct grid g;

	assert_int_equal(grid_init(&g, rows, cols), 0);
	view_render(v, &g);
	return grid_drawn(&g, styles);
}

static const struct screen {
	const char *name;
	size_t pair;
	int cols, rows;
	const char *keys;
	bool ascii, styles;
} screens[] = {
	{ "start-80x24", 0, 80, 24, "", false, false },
	{ "pin-80x24", 0, 80, 24, "d", false, false },
	{ "parted-80x24", 0, 80, 24, "d d right", false, true },
	{ "finding-80x24", 0, 80, 24, "f", false, true },
	{ "finding-80x24-ascii", 0, 80, 24, "f", true, false },
	{ "finding-120x40", 0, 120, 40, "f", false, false },
	{ "finding-200x50", 0, 200, 50, "f", false, false },
	{ "end-80x24", 0, 80, 24, "end", false, false },
	{ "overlay-100x30", 0, 100, 30, "f o", false, true },
	{ "narrow-60x20", 0, 60, 20, "f", false, false },
	{ "tiny-38x14", 0, 38, 14, "f", false, false },
	{ "small-20x5", 0, 20, 5, "right", false, false },
	{ "help-80x24", 0, 80, 24, "?", false, false },
	{ "help-140x40", 0, 140, 40, "F1", false, false },
	{ "goto-80x24", 0, 80, 24, ": 1 1", false, false },
	{ "aba-200x60", 1, 200, 60, "f", false, false },
	{ "aba-80x24", 1, 80, 24, "f", false, false },
	{ "lost-80x24", 2, 80, 24, "f", false, true },
	{ "one-run-80x24", 3, 80, 24, "right*12", false, false },
	{ "one-run-160x45", 3, 160, 45, "right*17", false, false },
};

static void test_screens(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(screens) / sizeof(screens[0]); i++) {
		const struct screen *s = &screens[i];
		struct view v = view_of(s->pair, s->keys);
		char name[64], *is;

		v.ascii = s->ascii;
		is = draw(&v, s->rows, s->cols, s->styles);
		snprintf(name, sizeof(name), "%s.screen", s->name);
		compare(name, is);
		free(is);
	}
}

static void test_print(void **state)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	view_print(&pairs[0].chapter, out);
	fclose(out);
	compare("debate.txt", text);
	for (char *p = text; *p; p++)
		assert_true((unsigned char)*p < 0x80);	/* nothing a pipe would choke on */
	free(text);
}

/* Every size, at the places where most is shown: nothing is drawn outside, nothing hangs. */
static void test_sizes(void **state)
{
	static const char *const keys[] = { "", "f", "end", "f o", "?", "tab x right*9", ": 3" };

	(void)state;
	for (size_t p = 0; p < PAIRS; p++) {
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
			struct view v = view_of(p, keys[k]);

			for (int rows = 1; rows <= 60; rows += rows < 26 ? 1 : 7)
				for (int cols = 1; cols <= 200; cols += cols < 90 ? 3 : 23)
					free(draw(&v, rows, cols, true));
		}
	}
}

/* ---- keys ---- */

static void test_there_and_back(void **state)
{
	(void)state;
	for (size_t p = 0; p < PAIRS; p++) {
		struct view v = view_of(p, "");
		uint64_t seen[200][2];
		unsigned n = 0;

		do {
			assert_true(n < 200);
			memcpy(seen[n++], v.cursor, sizeof(v.cursor));
			view_key(&v, "right");
		} while (!v.message[0]);
		assert_string_equal(v.message, "at the end");
		assert_int_equal(v.cursor[0], trace_info(pairs[p].chapter.run[0])->events);
		if (pairs[p].right)
			assert_int_equal(v.cursor[1], trace_info(pairs[p].chapter.run[1])->events);
		while (n--) {
			assert_int_equal(v.cursor[0], seen[n][0]);
			assert_int_equal(v.cursor[1], seen[n][1]);
			view_key(&v, "left");
		}
		assert_string_equal(v.message, "at the start");
	}
}

static void test_finding(void **state)
{
	struct view v = view_of(0, "f");

	(void)state;
	assert_int_equal(v.cursor[0], trace_info(pairs[0].chapter.run[0])->events);
	assert_int_equal(v.focus, 0);
	press(&v, "f");
	assert_string_equal(v.message, "no finding after this step");
	press(&v, "home F");
	assert_string_equal(v.message, "no finding before this step");
	press(&v, "tab f");				/* the finding is in the other run */
	assert_int_equal(v.focus, 0);
	assert_int_equal(v.cursor[0], trace_info(pairs[0].chapter.run[0])->events);
}

static void test_difference(void **state)
{
	const struct alignment *al = &pairs[0].chapter.alignment;
	struct view v = view_of(0, "d");

	(void)state;
	/* T0 takes the pin in the right run only: a difference on the way */
	assert_int_equal(v.cursor[1], v.cursor[0] + 1);
	press(&v, "d");
	assert_int_equal(v.cursor[0], al->a_parted + 1);
	press(&v, "D D");
	assert_int_equal(v.cursor[0], 4);
	press(&v, "D");
	assert_string_equal(v.message, "no difference before this step");
	v = view_of(3, "d");
	assert_string_equal(v.message, "there is one run only: nothing to compare with");
}

static void test_goto(void **state)
{
	struct view v = view_of(0, ": 1 2 backspace");

	(void)state;
	assert_true(v.prompting);
	press(&v, "enter");
	assert_false(v.prompting);
	assert_int_equal(v.cursor[0], 1);
	press(&v, ": 7 esc");
	assert_int_equal(v.cursor[0], 1);
	press(&v, ": 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 enter");
	assert_int_equal(v.cursor[0], trace_info(pairs[0].chapter.run[0])->events);
	assert_true(v.message[0] != '\0');
	press(&v, ": q esc q enter");			/* typed, and no key: it leaves nothing */
	assert_true(v.quit);
	v = view_of(0, ": backspace");
	assert_false(v.prompting);
	press(&v, ": enter");
	assert_false(v.prompting);
}

static void test_panes(void **state)
{
	struct view v = view_of(0, "x right*3");

	(void)state;
	assert_int_equal(v.cursor[0], 3);
	assert_int_equal(v.cursor[1], 0);
	press(&v, "tab right*2");
	assert_int_equal(v.cursor[1], 2);
	press(&v, "x");					/* the other one comes along */
	assert_int_equal(v.cursor[0], 2);
	assert_int_equal(v.cursor[1], 2);
	assert_string_equal(v.message, "both runs step together: the left one came from step "
			    "3 to 2");
	press(&v, "x x");
	assert_string_equal(v.message, "both runs step together");
	press(&v, "x tab right*2 x");
	assert_string_equal(v.message, "both runs step together: the right one came from step "
			    "2 to 5");
	v = view_of(3, "tab");
	assert_string_equal(v.message, "there is one run only");
	assert_int_equal(v.focus, 0);
	press(&v, "o");
	assert_false(v.overlay);
}

static void test_chapters(void **state)
{
	struct chapter two[2] = { pairs[0].chapter, pairs[3].chapter };
	struct view v;

	(void)state;
	view_init(&v, two, 2);
	press(&v, "p");
	assert_string_equal(v.message, "this is the first chapter");
	press(&v, "right*5 o n");
	assert_int_equal(v.at, 1);
	assert_int_equal(v.cursor[0], 0);
	assert_false(v.overlay);
	press(&v, "n");
	assert_string_equal(v.message, "this is the last chapter");
}

/* Any keys in any order: the cursors stay inside their runs, and everything can be drawn. */
static void test_random_keys(void **state)
{
	static const char *const keys[] = {
		"right", "left", "l", "h", "home", "end", "pgdn", "pgup", ":", "1", "9", "enter",
		"esc", "backspace", "f", "F", "d", "D", "tab", "x", "o", "n", "p", "?", "z",
	};
	struct chapter all[PAIRS];
	uint32_t random = 1;
	struct view v;

	(void)state;
	for (size_t i = 0; i < PAIRS; i++)
		all[i] = pairs[i].chapter;
	view_init(&v, all, PAIRS);
	for (int i = 0; i < 20000; i++) {
		random = random * 1664525u + 1013904223u;
		view_key(&v, keys[(random >> 8) % (sizeof(keys) / sizeof(keys[0]))]);
		for (unsigned side = 0; side < 2; side++)
			if (all[v.at].run[side])
				assert_in_range(v.cursor[side], 0,
						trace_info(all[v.at].run[side])->events);
		if (i % 20 == 0)
			free(draw(&v, 24 + (int)(random >> 28), 80, false));
	}
}

static void test_unknown_key(void **state)
{
	struct view v = view_of(0, "Z");

	(void)state;
	assert_string_equal(v.message, "no command on Z: ? shows the keys");
	press(&v, "esc");
	assert_string_equal(v.message, "");
	press(&v, "? q");
	assert_false(v.help);
	assert_false(v.quit);
	press(&v, "q");
	assert_true(v.quit);
}

/* Every command has a row in the help, but for those that have no use here. */
static void test_help(void **state)
{
	struct view v = view_of(0, "?");
	char *text = draw(&v, 50, 160, false);

	(void)state;
#define X(name, command, arguments, keys, group, help)			\
	if (strcmp(group, "tour") != 0 && strcmp(group, "kernel") != 0)	\
		assert_non_null(strstr(text, help));
	COMMANDS(X)
#undef X
	free(text);
}

/* ---- the grid ---- */

static void test_grid_clips(void **state)
{
	struct grid g;
	struct rect r = { .y = 1, .x = 2, .h = 1, .w = 3 };

	(void)state;
	assert_int_equal(grid_init(&g, 3, 8), 0);
	assert_int_equal(grid_text(&g, r, 0, 0, STYLE_BAD, "abcdef"), 3);
	assert_int_equal(grid_text(&g, r, 1, 0, STYLE_BAD, "abc"), 3);
	grid_text(&g, r, 0, -2, STYLE_BAD, "xyz");
	grid_text(&g, (struct rect){ 2, 6, 9, 9 }, 0, 0, STYLE_BAD, "long");
	grid_fill(&g, (struct rect){ -5, -5, 99, 99 }, 0, STYLE_BAD);
	grid_vline(&g, 7, -3, 40, STYLE_DIM, true);
	assert_string_equal(g.cell[8 + 2].ch, "z");
	assert_string_equal(g.cell[8 + 4].ch, "c");
	assert_string_equal(g.cell[8 + 5].ch, " ");
	grid_free(&g);
	assert_int_not_equal(grid_init(&g, 0, 8), 0);
	assert_int_not_equal(grid_init(&g, 3, 100000), 0);
}

/* No text from a file can move the cursor of a terminal. */
static void test_grid_cleans(void **state)
{
	struct grid g;
	struct rect r = { 0, 0, 1, 16 };
	char is[64] = "";

	(void)state;
	assert_int_equal(grid_init(&g, 1, 16), 0);
	grid_text(&g, r, 0, 0, STYLE_PLAIN,
		  "\033[2J\x7f\xc2\x9b\xff\xe2\x80\xae\xe4\xb8\xad\xcc\x81\xe2\x89\xa0\xe2");
	for (int i = 0; i < 16; i++)
		strcat(is, g.cell[i].ch);
	assert_string_equal(is, "?[2J????\u4e2d\u0301\u2260?    ");
	grid_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_screens),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_finding),
		cmocka_unit_test(test_difference),
		cmocka_unit_test(test_goto),
		cmocka_unit_test(test_panes),
		cmocka_unit_test(test_chapters),
		cmocka_unit_test(test_random_keys),
		cmocka_unit_test(test_unknown_key),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_grid_clips),
		cmocka_unit_test(test_grid_cleans),
	};

	return cmocka_run_group_tests(tests, record_all, close_all);
}
