/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * matrix.h - the matrix as a screen: a cursor on a table that fills in, and what there is
 * to say about the cell under it.
 *
 *	matrix_view_init()	the matrix is the caller's, and other threads may be filling it in
 *	matrix_view_key()	a key by name: moves the cursor, asks for a cell to be opened
 *	matrix_view_render()	the state as a grid, as ui/view does it
 *	matrix_screen()		all of that on a terminal, and a cell in the debugger
 *
 * Drawing is a function of the state and of the matrix, whose lock is held meanwhile.  A cell is
 * opened as two runs that are recorded for that: the shortest finding of its row, and the same
 * schedule under the nearest kernel with the other verdict.
 */
#ifndef SWAPSCOPE_UI_MATRIX_MATRIX_H
#define SWAPSCOPE_UI_MATRIX_MATRIX_H

#include "replay/matrix/matrix.h"
#include "ui/terminal/grid.h"

/* X(action, keys, group, help), as ACTIONS() in view.h */
#define MATRIX_ACTIONS(X)								\
	X(LEFT,		"left h",	"move",	"one column to the left")		\
	X(RIGHT,	"right l",	"move",	"one column to the right")		\
	X(UP,		"up k",		"move",	"one row up")				\
	X(DOWN,		"down j",	"move",	"one row down")				\
	X(ROW_START,	"home 0",	"move",	"to the first column")			\
	X(ROW_END,	"end $",	"move",	"to the last column")			\
	X(TOP,		"g",		"move",	"to the first row")			\
	X(BOTTOM,	"G",		"move",	"to the last row")			\
	X(PAGE_UP,	"pgup",		"move",	"a screen up")				\
	X(PAGE_DOWN,	"pgdn",		"move",	"a screen down")			\
	X(NEXT_FINDING,	"f",		"find",	"to the next cell that is violated")	\
	X(NEXT_WRONG,	"!",		"find",	"to the next cell that is not as expected")	\
	X(OPEN,		"enter",	"open",	"in the debugger: the shortest finding, and its " \
						"schedule where it is safe")		\
	X(HELP,		"? F1",		"other", "this help")				\
	X(QUIT,		"q",		"other", "leave")

enum matrix_action {
	MATRIX_NONE,
#define X(action, keys, group, help) MATRIX_##action,
	MATRIX_ACTIONS(X)
#undef X
};

struct matrix_view {
	struct matrix *m;	/* owned by the caller */
	size_t row, col;	/* the cell; from row m->rows on, the further cases */
	size_t top, left;	/* scrolled by so many lines and columns; kept by drawing */
	size_t page;		/* lines of the table on the screen */
	bool help;
	bool ascii;		/* no line drawing characters */
	bool quit;
	bool open;		/* the cell is to be opened in the debugger */
	char message[160];	/* one line about the last key; "" is none */
};

void matrix_view_init(struct matrix_view *v, struct matrix *m);

/* A key by name, as view_key(). */
void matrix_view_key(struct matrix_view *v, const char *key);

/* Draw everything into g, whatever its size. */
void matrix_view_render(struct matrix_view *v, struct grid *g);

/*
 * Wait until a matrix that was started is full, and stop it, with progress on standard error
 * where that is a terminal.  False: ctrl-c came first.
 */
bool matrix_fill(struct matrix *m);

/*
 * Show a matrix that is being filled in until it is left; enter opens the debugger.  Returns as
 * loop_run() does.
 */
int matrix_screen(struct matrix *m);

#endif
