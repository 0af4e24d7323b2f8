/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ansi.c - a screen as what a terminal is sent.
 */
#include "ui/terminal/ansi.h"

#include <string.h>

static void set_style(const struct theme *theme, enum style style, FILE *out)
{
	const struct look *l = &theme->look[style];
	unsigned bits = theme->mono ? l->mono : l->attributes;

	fputs("\033[0", out);
	if (bits & LOOK_BOLD)
		fputs(";1", out);
	if (bits & LOOK_DIM)
		fputs(";2", out);
	if (bits & LOOK_UNDERLINE)
		fputs(";4", out);
	if (bits & LOOK_REVERSE)
		fputs(";7", out);
	if (!theme->mono && l->many != COLOUR_DEFAULT)
		fprintf(out, ";38;5;%d", l->many);
	if (!theme->mono && l->many_back != COLOUR_DEFAULT)
		fprintf(out, ";48;5;%d", l->many_back);
	fputc('m', out);
}

static bool same(const struct cell *a, const struct cell *b)
{
	return a->style == b->style && !strcmp(a->ch, b->ch);
}

/* Both halves of a wide character are sent where one of them is other than it was. */
static bool differs(const struct cell *was, const struct cell *is, int x, int cols)
{
	if (!same(&was[x], &is[x]))
		return true;
	if (x + 1 < cols && !*is[x + 1].ch && !same(&was[x + 1], &is[x + 1]))
		return true;
	return x && !*is[x].ch && !same(&was[x - 1], &is[x - 1]);
}

#define SHORT	6	/* blanks are fewer bytes than a move, up to there */

/* To column x, from `at` or from wherever it is (-1). */
static void move(const struct cell *is, int y, int at, int x, int style, FILE *out)
{
	bool over = at >= 0 && x - at <= SHORT;

	for (int i = at; over && i < x; i++)
		over = is[i].style == style && is[i].ch[0] == ' ';
	if (over)
		fprintf(out, "%*s", x - at, "");
	else
		fprintf(out, "\033[%d;%dH", y + 1, x + 1);
}

void ansi_paint(const struct grid *before, const struct grid *now, const struct theme *theme,
		FILE *out)
{
	static const struct cell blank = { " ", STYLE_PLAIN };
	int style = -1;

	if (!before)
		fputs("\033[?25l\033[0m\033[H\033[2J", out);
	for (int y = 0; y < now->rows; y++) {
		const struct cell *is = &now->cell[(size_t)y * (size_t)now->cols];
		int at = -1;		/* where the cursor is in this row */

		for (int x = 0; x < now->cols; x++) {
			const struct cell *was = before ? &before->cell[(size_t)y *
						 (size_t)now->cols] : NULL;

			if (was ? !differs(was, is, x, now->cols) : same(&is[x], &blank))
				continue;
			if (at != x)
				move(is, y, at, x, style, out);
			if (is[x].style != style) {
				style = is[x].style < STYLE_COUNT ? is[x].style : STYLE_PLAIN;
				set_style(theme, style, out);
			}
			fputs(is[x].ch, out);
			at = x + 1;
		}
	}
	if (style != -1)
		fputs("\033[0m", out);
}
