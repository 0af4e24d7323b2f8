/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * theme.h - what styles look like.  No style says what the text does not: every theme may make
 * some of them look the same, and "mono" has no colours at all.
 */
#ifndef SWAPSCOPE_UI_TERMINAL_THEME_H
#define SWAPSCOPE_UI_TERMINAL_THEME_H

#include "ui/terminal/grid.h"

#define COLOUR_DEFAULT	(-1)		/* the terminal's own */

enum { LOOK_BOLD = 1, LOOK_DIM = 2, LOOK_UNDERLINE = 4, LOOK_REVERSE = 8 };

/* Colours by number: of 256, and of the 8 where the terminal has no more. */
struct look {
	short many, many_back;
	short few, few_back;
	unsigned char attributes;	/* LOOK_ bits, where there are colours */
	unsigned char mono;		/* and where there are none */
};

struct theme {
	const char *name;
	const char *text;		/* what it is for */
	bool mono;			/* no colours, whatever the looks say */
	struct look look[STYLE_COUNT];
};

/* The themes that there are, of which the first is the default; NULL: there is none. */
const struct theme *theme_at(size_t i);
const struct theme *theme_named(const char *name);

/* "bad", "bar": as the configuration calls a style. */
const char *style_name(enum style style);

/*
 * A look as text: "white on red bold", "244", "default on bright-blue", "plain".  Returns 0, or
 * -EINVAL and in *wrong the word (within text) that is none.
 */
int look_parse(struct look *look, const char *text, const char **wrong);

/* And back; buf of LOOK_TEXT_MAX; returned.  What it looks like in 256 colours. */
#define LOOK_TEXT_MAX	80
const char *look_text(const struct look *look, char *buf);

#endif
