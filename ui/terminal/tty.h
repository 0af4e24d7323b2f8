/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tty.h - the terminal: paints a grid, reads keys by name.  The only file with ncurses.
 */
#ifndef SWAPSCOPE_UI_TERMINAL_TTY_H
#define SWAPSCOPE_UI_TERMINAL_TTY_H

#include "ui/terminal/grid.h"

/*
 * Is there a terminal to show a screen on?  Returns 0, -ENOTTY when input or output is none, or
 * -ENOTSUP when TERM is unset or "dumb": the caller prints plain text.
 */
int tty_check(void);

/* Take the terminal.  As tty_check(); -ENOTSUP also when TERM is unknown or has no cursor. */
int tty_open(void);

/* Give it back as it was.  Does nothing when it is not open. */
void tty_close(void);

/* Give it back for a while (ctrl-z), and take it again. */
void tty_suspend(void);
void tty_resume(void);

/* Its size now; asks the terminal again. */
void tty_size(int *rows, int *cols);

/* Draw what changed since the last time. */
void tty_paint(const struct grid *g);

/* A key that was pressed: "right", "pgdn", "enter", "F1", "x"; NULL when there is none. */
const char *tty_key(void);

/* Is the locale one in which line drawing and arrows can be written? */
bool tty_utf8(void);

#endif
