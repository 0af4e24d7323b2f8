/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cells: wide characters take two, marks none, and whatever is written over half of one leaves
 * no half behind.
 */
#include "tests/check.h"

#include <stdlib.h>

#include "ui/terminal/grid.h"

#define WIDE	"\344\270\255"		/* a character of two columns */
#define MARK	"\314\201"		/* an acute accent, on the one before */

static struct grid g;
static const struct rect all = { 0, 0, 1, 8 };

/* The row with '_' for the right half of a wide character. */
static const char *row(void)
{
	static char text[8 * sizeof(g.cell->ch) + 1];

	*text = '\0';
	for (int x = 0; x < g.cols; x++)
		strcat(text, g.cell[x].ch[0] ? g.cell[x].ch : "_");
	return text;
}

static void draws(int x, const char *what, int columns, const char *is)
{
	assert_int_equal(grid_text(&g, all, 0, x, STYLE_PLAIN, what), columns);
	assert_string_equal(row(), is);
}

static void test_wide(void **state)
{
	(void)state;
	assert_int_equal(grid_init(&g, 1, 8), 0);
	draws(1, WIDE "b", 3, " " WIDE "_b    ");
	draws(2, "x", 1, "  xb    ");			/* over its right half */
	draws(1, WIDE, 2, " " WIDE "_b    ");
	draws(0, "yz", 2, "yz b    ");			/* over its left half */
	draws(1, WIDE WIDE, 4, "y" WIDE "_" WIDE "_   ");
	draws(2, WIDE, 2, "y " WIDE "_    ");		/* over a half of each */
	draws(1, WIDE, 2, "y" WIDE "_     ");
	draws(0, "        ", 8, "        ");
	draws(7, WIDE, 1, "        ");			/* there is no room for it */
	draws(-1, WIDE "a", 3, " a      ");
	grid_free(&g);
}

static void test_marks(void **state)
{
	(void)state;
	assert_int_equal(grid_init(&g, 1, 8), 0);
	draws(0, "e" MARK "f", 2, "e" MARK "f      ");
	draws(0, MARK "a", 1, "af      ");		/* there is nothing before it */
	draws(0, "e" MARK MARK MARK MARK MARK MARK "f", 2,
	      "e" MARK MARK MARK MARK "f      ");	/* as many as a cell has room for */
	draws(7, "x" MARK, 1, "e" MARK MARK MARK MARK "f     x" MARK);
	draws(7, "xy" MARK, 1, "e" MARK MARK MARK MARK "f     x");
	grid_free(&g);
}

static void test_columns(void **state)
{
	(void)state;
	assert_int_equal(grid_columns(""), 0);
	assert_int_equal(grid_columns("abc"), 3);
	assert_int_equal(grid_columns(WIDE "e" MARK "\303\244"), 4);
	assert_int_equal(grid_columns("\033\xff\302\233\360\237\231\202"), 4);	/* '?' each */
}

static void test_any(void **state)
{
	uint32_t random = 1;
	char text[24];

	(void)state;
	assert_int_equal(grid_init(&g, 3, 7), 0);
	for (int i = 0; i < 20000; i++) {
		struct rect r;
		int columns;

		for (size_t j = 0; j < sizeof(text) - 1; j++) {
			static const char some[] = "ab\344\270\255\314\201\303\244\xff\033";

			random = random * 1664525u + 1013904223u;
			text[j] = random >> 30 ? some[(random >> 16) % (sizeof(some) - 1)] :
				  (char)(random >> 16);
		}
		text[sizeof(text) - 1] = '\0';
		r = (struct rect){ (int)(random >> 8) % 4 - 1, (int)(random >> 10) % 9 - 1,
				   (int)(random >> 14) % 4, (int)(random >> 16) % 9 };
		columns = grid_text(&g, r, 0, (int)(random >> 20) % 5 - 2, STYLE_BAD, text);
		assert_true(columns <= r.w + 2);
		for (int c = 0; c < g.rows * g.cols; c++) {
			const char *ch = g.cell[c].ch;

			/* a half has the other one on its left */
			assert_true(*ch || (c % g.cols && grid_columns(g.cell[c - 1].ch) == 2));
			assert_true(grid_columns(ch) != 2 || (c % g.cols < g.cols - 1 &&
							      !g.cell[c + 1].ch[0]));
			assert_true(strlen(ch) < sizeof(g.cell->ch));
		}
	}
	grid_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
