/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * loop.h - keys and signals in, screens out.  The only file with libuv.
 *
 * This folder is the terminal and knows nothing of what it shows.  grid.h is a screen as data:
 * whoever draws fills cells in and touches no terminal, so that tests compare whole screens.
 * tty.h paints a grid and reads keys, with ncurses; loop.h waits for what happens and is the
 * only one that calls it:
 *
 *	loop_run(screen)	takes the terminal; then, until screen->left() or a signal:
 *	  render, paint, shown	at the start, after every key, on SIGWINCH and SIGCONT, after
 *				loop_wake(), and when a watched file has `changed`
 *	  key			once for each key that was pressed, by its name
 *	gives the terminal back, whatever ended it.
 *
 * All calls of a screen are made in the thread that called loop_run().  Other threads call
 * loop_wake() and nothing else; `awake` in loop.c says which loop that wakes and is guarded by
 * awake_lock.  The grid is the loop's; a screen keeps no pointer to it.
 */
#ifndef SWAPSCOPE_UI_TERMINAL_LOOP_H
#define SWAPSCOPE_UI_TERMINAL_LOOP_H

#include "ui/terminal/grid.h"

/* Anything that is drawn into a grid and takes keys by name. */
struct screen_ops {
	void (*key)(void *arg, const char *key);
	void (*render)(void *arg, struct grid *g);
	bool (*left)(const void *arg);	/* is it to be left? */
	void *arg;
	void (*shown)(void *arg);	/* may be NULL: called when the screen has been painted */
	/*
	 * A file that another process writes, or NULL: when it or its log (FILE-wal) has changed,
	 * `changed` is called, and the screen drawn again when it says so.  It is called once in
	 * a while without a change too: not every file system tells of them.
	 */
	const char *watch;
	bool (*changed)(void *arg);
};

/*
 * Show it until it is left.  Returns 0, -ENOTTY or -ENOTSUP when there is no terminal to show it
 * on (tty_open()), -EINTR when a signal ended it, -EIO when the terminal went away, or another
 * negative errno.  The terminal is given back as it was, whatever happens.
 */
int loop_run(const struct screen_ops *s);

/* From any thread: the screen that is shown, if one is, is to be drawn again. */
void loop_wake(void);

#endif
