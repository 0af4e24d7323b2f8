/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The debugger: keys in, whole screens out.
 *
 * The screens of tests/screens are recorded runs drawn at one size after some keys; under
 * each row that has any is a row of styles, one letter a cell (grid.c).  To write them
 * again: SWAPSCOPE_GOLDEN=update build/tests/test_view
 */
#include "tests/view_help.h"
#include "ui/show/show.h"

/* ---- whole screens ---- */

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
	char *text = draw(&v, 110, 110, false);

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
