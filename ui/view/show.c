/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * show.c - the debugger on a terminal, or as text where there is none.
 */
#include "ui/view/show.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ui/terminal/loop.h"
#include "ui/terminal/tty.h"
#include "ui/text/text.h"

static void debugger_key(void *arg, const char *key)
{
	view_key(arg, key);
}

static void debugger_render(void *arg, struct grid *g)
{
	view_render(arg, g);
}

static bool debugger_left(const void *arg)
{
	return ((const struct view *)arg)->quit;
}

static void debugger_shown(void *arg)
{
	view_read_ahead(arg);
}

static bool debugger_changed(void *arg)
{
	return view_refresh(arg);
}

int show_view(struct view *v)
{
	struct screen_ops s = { .key = debugger_key, .render = debugger_render,
				.left = debugger_left, .arg = v, .watch = v->chapter[0].follow,
				.changed = debugger_changed, .shown = debugger_shown };

	v->ascii = v->ascii || !tty_utf8();
	return loop_run(&s);
}

static int print_chapters(const struct chapter *chapters, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (i)
			fputc('\n', stdout);
		view_print(&chapters[i], stdout);
	}
	return fflush(stdout) ? usage_error("standard output: %s", strerror(errno)) : EXIT_OK;
}

int show_status(int error)
{
	switch (error) {
	case 0:
		return EXIT_OK;
	case -EINTR:	/* a signal ended it: nothing to say */
	case -EIO:	/* the terminal went away: nobody to say it to */
		return EXIT_SIGNAL;
	default:
		return usage_error("the terminal (TERM=%s) cannot be used: %s",
				   getenv("TERM"), strerror(-error));
	}
}

int show_chapters(struct chapter *chapters, unsigned n, bool plain)
{
	struct view v;
	int err;

	if (plain || tty_check())
		return print_chapters(chapters, n);
	view_init(&v, chapters, n);
	err = show_view(&v);
	return err == -ENOTTY || err == -ENOTSUP ? print_chapters(chapters, n) : show_status(err);
}
