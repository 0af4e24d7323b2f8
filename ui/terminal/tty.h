/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tty.h - the terminal: paints a grid, reads keys by name.  The only file with ncurses.
 */
#ifndef SWAPSCOPE_UI_TERMINAL_TTY_H
#define SWAPSCOPE_UI_TERMINAL_TTY_H

#include "ui/terminal/grid.h"
#include "ui/terminal/theme.h"

/* What a user may want otherwise (ui/config). */
struct tty_settings {
	struct theme theme;
	bool ascii;		/* also where the locale has more */
	bool mouse;		/* screens that want the mouse get it */
};

/* From the next tty_open() on; copied.  Without it: the default theme, the locale, the mouse. */
void tty_use(const struct tty_settings *s);

/*
 * Is there a terminal to show a screen on?  Returns 0, -ENOTTY when input or output is none, or
 * -ENOTSUP when TERM is unset or "dumb": the caller prints plain text.
 */
int tty_check(void);

/*
 * Take the terminal; `mouse`: its mouse too, where it has one.  As tty_check(); -ENOTSUP also
 * when TERM is unknown or has no cursor.
 */
int tty_open(bool mouse);

/*
 * Give it back as it was.  Does nothing when it is not open.  What was typed ahead is kept: it is
 * for the screen that opens next, or for nobody.
 */
void tty_close(void);

/* Give it back for a while (ctrl-z), and take it again. */
void tty_suspend(void);
void tty_resume(void);

/* Its size now; asks the terminal again.  At most TTY_ROWS and TTY_COLS: more stays blank. */
#define TTY_ROWS	600
#define TTY_COLS	1600
void tty_size(int *rows, int *cols);

/* Draw what changed since the last time; after tty_redraw() everything. */
void tty_paint(const struct grid *g);
void tty_redraw(void);

/* Has the terminal taken what was drawn?  0, -EAGAIN: not all yet, -EIO: it is gone. */
int tty_flush(void);

/* Take in what was typed.  How many bytes, or -EIO: the terminal is gone. */
int tty_read(void);

/*
 * A key that was pressed, by its name (keys.h); "": nothing to hear of; NULL when there is none.
 * tty_wait(): one is unfinished, and `late` in so many milliseconds; 0: none is.
 */
const char *tty_key(bool late);
unsigned tty_wait(void);

/*
 * Put a text into the terminal's clipboard (OSC 52), through tmux and screen too.  0: it was
 * sent, and whether the terminal lets programs do that is not known; -E2BIG: it is longer than
 * COPY_MAX; -ENOTSUP: this terminal has none; -ENOMEM.  For a screen's render and key: it goes
 * out with what is painted next.
 */
#define COPY_MAX	65536
int tty_copy(const char *text);

/* Can line drawing and arrows be written: is the locale one that has them, and is that wanted? */
bool tty_utf8(void);

#endif
