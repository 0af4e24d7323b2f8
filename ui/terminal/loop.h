/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * loop.h - keys and signals in, screens out.  The only file with libuv.
 *
 * This folder is the terminal and knows nothing of what it shows.  grid.h is a screen as data:
 * whoever draws fills cells in and touches no terminal, so that tests compare whole screens.
 * keys.h makes names of what a terminal sends, theme.h says what styles look like; both are
 * functions of what they are given.  port.h is the terminal's modes and bytes, tty.h paints a
 * grid with ncurses; loop.h waits for what happens and is the only one that calls these two:
 *
 *	loop_run(screen)	takes the terminal; then, until screen->left() or a signal:
 *	  render, paint, shown	at the start, and once after whatever else happened
 *	  key			once for each key that was pressed, by its name (keys.h); ctrl-l is
 *				the loop's own: everything is painted again
 *	  changed		when a watched file has changed
 *	  again			after painting: when it wants to be drawn without a key
 *	gives the terminal back, whatever ended it.
 *
 * A terminal that does not take what is painted keeps nobody waiting: keys and signals go on, and
 * the screen is painted, as it is then, when there is room.  Nothing runs while nothing happens.
 *
 * Work that takes longer than a key may is a loop_job: loop_work() runs it on a thread of
 * libuv's, where it looks at loop_cancelled() every few milliseconds; when it has returned,
 * `done` is called.  A screen that is left cancels what runs and waits for it, so that of a job
 * whose loop_work() returned 0 `done` is always called, once, before loop_run() returns.  The job
 * is the caller's and stays where it is until then.
 *
 * All calls of a screen, and `done`, are made in the thread that called loop_run(), and all
 * functions here are called in it but loop_wake() and loop_cancelled().  `awake` in loop.c says
 * which loop runs and is guarded by awake_lock.  The grid is the loop's; a screen keeps no
 * pointer to it.
 */
#ifndef SWAPSCOPE_UI_TERMINAL_LOOP_H
#define SWAPSCOPE_UI_TERMINAL_LOOP_H

#include <stdatomic.h>

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
	/* May be NULL: in how many milliseconds it is to be drawn again, whatever happens until
	 * then; 0: when something does.  Asked after each time it was painted. */
	unsigned (*again)(const void *arg);
	bool mouse;			/* it takes keys of the mouse */
};

/*
 * Show it until it is left.  Returns 0, -ENOTTY or -ENOTSUP when there is no terminal to show it
 * on (tty_open()), -EINTR when a signal ended it, -EIO when the terminal went away, or another
 * negative errno.  The terminal is given back as it was, whatever happens.
 */
int loop_run(const struct screen_ops *s);

/* From any thread: the screen that is shown, if one is, is to be drawn again. */
void loop_wake(void);

struct loop_job {
	void (*work)(struct loop_job *job);	/* on another thread */
	void (*done)(struct loop_job *job);	/* may be NULL; the screen is drawn after it */
	void *arg;				/* the caller's */
	atomic_bool cancelled;
	bool running;				/* loop_work() to done() */
};

/*
 * Start it.  0; -EBUSY when it runs already; -ENOTCONN when no screen is shown; -ENOMEM.  With
 * LOOP_JOBS of them running one waits until another is done.
 */
#define LOOP_JOBS	4
int loop_work(struct loop_job *job);

/* It is to end soon; one that has not begun never does.  Of one that does not run: nothing. */
void loop_cancel(struct loop_job *job);

/* To be asked by `work`, and by `done`, which may find that it was in vain. */
static inline bool loop_cancelled(struct loop_job *job)
{
	return atomic_load_explicit(&job->cancelled, memory_order_relaxed);
}

#endif
