/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * grid.h - a screen as data: cells of one character and one style.
 *
 * Views draw into a grid and nothing else.  It is painted by tty.c, printed as text, and
 * compared whole by the tests.  Drawing outside the grid, or outside the clip rectangle of a
 * call, does nothing.  Text is UTF-8; a character takes one cell or, where it is wide, two, and
 * marks that combine with it are in its cell.
 */
#ifndef SWAPSCOPE_UI_TERMINAL_GRID_H
#define SWAPSCOPE_UI_TERMINAL_GRID_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* What a cell means; how it looks is the painter's.  No style says what the text does not. */
enum style {
	STYLE_PLAIN,
	STYLE_DIM,
	STYLE_TITLE,		/* bold */
	STYLE_BAR,		/* header and status bars: reverse */
	STYLE_CURSOR,		/* the current step */
	STYLE_CHANGED,		/* changed by the last step; the text also has a mark */
	STYLE_BAD,		/* a violation */
	STYLE_GOOD,
	STYLE_OWNER,		/* who holds, who owns */
	STYLE_DIFF,		/* where the two runs differ */
	STYLE_RISK,		/* from there it can still go wrong */
	STYLE_SELECTED,		/* the row that a key acts on */
	STYLE_POINT,		/* what a speaker points at */
	STYLE_COUNT
};

struct cell {
	char ch[11];		/* a character and its marks in UTF-8, terminated; "" is the right
				 * half of a wide one */
	uint8_t style;
};

struct rect { int y, x, h, w; };

/* A part of what was drawn, and what it is there: for whoever points at it. */
struct spot {
	struct rect r;		/* on the screen */
	uint8_t kind, side;	/* the drawer's */
	uint64_t value;
};
#define SPOTS_MAX	400

struct grid {
	int rows, cols;
	struct cell *cell;	/* rows * cols; owned */
	struct spot spot[SPOTS_MAX];	/* the later lies on the earlier */
	unsigned spots;
};

int grid_init(struct grid *g, int rows, int cols);	/* blank; 0 or -ENOMEM */
void grid_free(struct grid *g);
void grid_clear(struct grid *g);

/* How many columns a text takes. */
int grid_columns(const char *text);

/* Text at row y, column x of rectangle r, cut at its right edge.  Returns columns drawn. */
int grid_text(struct grid *g, struct rect r, int y, int x, enum style style, const char *text);
int grid_printf(struct grid *g, struct rect r, int y, int x, enum style style,
		const char *format, ...) __attribute__((format(printf, 6, 7)));
void grid_fill(struct grid *g, struct rect r, int y, enum style style);	/* a whole row of r */
/* Cells of a row of r that are in style `from` get another. */
void grid_restyle(struct grid *g, struct rect r, int y, enum style from, enum style to);
/* Rows of another grid, from row `top` on, into r. */
void grid_copy(struct grid *g, struct rect r, const struct grid *from, int top);
void grid_vline(struct grid *g, int x, int y, int h, enum style style, bool ascii);

/* More than fit are left out: who points there points at what is below. */
void grid_spot(struct grid *g, struct rect r, unsigned kind, unsigned side, uint64_t value);

/* The whole grid as text: one line a row, trailing blanks cut.  With `styles`, a second line
 * under each row that has any, one letter a cell, '.' for plain (golden screens). */
void grid_print(const struct grid *g, FILE *out, bool styles);

#endif
