/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * loop.h - keys and signals in, screens out.  The only file with libuv.
 */
#ifndef SWAPSCOPE_UI_LOOP_H
#define SWAPSCOPE_UI_LOOP_H

#include "ui/view/view.h"

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

/* Show it until it is left; the rest is as of loop_run(). */
int loop_screen(const struct screen_ops *s);

/* From any thread: the screen that is shown, if one is, is to be drawn again. */
void loop_wake(void);

/*
 * Show a view until it is left.  Returns 0, -ENOTTY or -ENOTSUP when there is no terminal to
 * show it on (tty_open()), -EINTR when a signal ended it, or another negative errno.  The
 * terminal is given back as it was, whatever happens.
 */
int loop_run(struct view *v);

#endif
