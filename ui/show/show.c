/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * show.c - the debugger on a terminal, or as text where there is none.
 */
#include "ui/show/show.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/hand/hand.h"
#include "ui/config/config.h"
#include "ui/show/lines.h"
#include "ui/terminal/loop.h"
#include "ui/terminal/tty.h"
#include "ui/text/text.h"

/* How often what is being searched for is drawn. */
#define SEARCH_MS	150

static void debugger_key(void *arg, const char *key)
{
	view_key(arg, key);
	session_look(arg);
}

/* What was copied goes to the terminal, or it is said why not. */
static void send_copy(struct view *v)
{
	int err = v->copy ? tty_copy(v->copy) : 0;

	if (err == -E2BIG)
		snprintf(v->message, sizeof(v->message), "%zu bytes are more than a terminal's "
			 "clipboard is given, %d: :copy has a file behind it", strlen(v->copy),
			 COPY_MAX);
	else if (err)
		snprintf(v->message, sizeof(v->message), "this terminal (TERM=%.40s) has no "
			 "clipboard: :copy has a file behind it", getenv("TERM"));
	free(v->copy);
	v->copy = NULL;
}

/* What was answered since the last time is taken in, and what is drawn where, for the mouse. */
static void debugger_render(void *arg, struct grid *g)
{
	view_seek(arg);
	session_look(arg);
	send_copy(arg);
	view_render(arg, g);
	view_shown(arg, g);
}

static bool debugger_left(const void *arg)
{
	return ((const struct view *)arg)->quit;
}

static void debugger_shown(void *arg)
{
	view_read_ahead(arg);
	session_idle(arg);
}

static bool debugger_changed(void *arg)
{
	return view_refresh(arg);
}

static unsigned debugger_again(const void *arg)
{
	const struct view *v = arg;

	return v->seeking.under_way ? 1 : session_busy(v) ? SEARCH_MS : 0;
}

struct screen_ops show_ops(struct view *v)
{
	return (struct screen_ops){ .key = debugger_key, .render = debugger_render,
				    .left = debugger_left, .arg = v,
				    .watch = v->chapter[0].follow, .changed = debugger_changed,
				    .shown = debugger_shown, .again = debugger_again,
				    .mouse = true };
}

int show_view(struct view *v)
{
	const struct screen_ops s = show_ops(v);

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

/* Keys of the user's own.  EXIT_OK, or EXIT_USAGE after a line that says what is no command. */
static int bindings_of(const struct config *c, struct key_binding *b)
{
	char path[CONFIG_PATH_MAX];

	for (unsigned i = 0; i < c->keys; i++) {
		const char *command = c->key[i].command;
		size_t n = strcspn(command, " ");

		snprintf(b[i].key, sizeof(b[i].key), "%s", c->key[i].key);
		snprintf(b[i].command, sizeof(b[i].command), "%s", command);
		if (!n || command_by_name(command, n, NULL) || strchr("0123456789@", *command))
			continue;
		config_path(path);
		return usage_error("%s:%u: key %s: the debugger has no command '%.*s'; "
				   "docs/debugger.md has them", path, c->key[i].line,
				   c->key[i].key, (int)n, command);
	}
	return EXIT_OK;
}

int show_any(const struct screen_ops *s, struct view *v)
{
	struct key_binding binding[CONFIG_KEYS];
	char author[CONFIG_LINE_MAX];
	struct config settings;
	int err;

	if (config_use(&settings))
		return EXIT_USAGE;
	if (v) {
		v->ascii = v->ascii || !tty_utf8();
		if (bindings_of(&settings, binding))
			return EXIT_USAGE;
		v->bindings = settings.keys;
		v->binding = binding;
		v->author = config_author(&settings, author, sizeof(author));
	}
	err = loop_run(s);
	if (v) {
		v->bindings = 0;
		v->author = NULL;
	}
	switch (err) {
	case 0:
		return EXIT_OK;
	case -EINTR:	/* a signal ended it: nothing to say */
	case -EIO:	/* the terminal went away: nobody to say it to */
		return EXIT_SIGNAL;
	case -ENOTTY:
	case -ENOTSUP:
		return -ENOTTY;
	default:
		return usage_error("the terminal (TERM=%s) cannot be used: %s",
				   getenv("TERM"), strerror(-err));
	}
}

static int on_terminal(struct view *v)
{
	const struct screen_ops s = show_ops(v);

	return show_any(&s, v);
}

int show_runs(const struct showing *s)
{
	struct session *session = NULL;
	struct view v;
	int status;

	if (s->plain || (!s->lines && tty_check()))
		return print_chapters(s->chapter, s->chapters);
	session = session_new();
	if (!session)
		return usage_error("out of memory");
	view_init(&v, s->chapter, s->chapters);
	session_begin(&v, session);
	for (int i = 0; i < 2; i++)
		if (s->file[i])
			session_file(&v, s->file[i]);
	if (s->list)
		view_command(&v, "runs");
	status = s->lines ? show_lines(&v) : on_terminal(&v);
	session_end(&v);
	return status == -ENOTTY ? print_chapters(s->chapter, s->chapters) : status;
}

int show_chapters(struct chapter *chapters, unsigned n, bool plain)
{
	return show_runs(&(struct showing){ .chapter = chapters, .chapters = n, .plain = plain });
}

/* ---- by hand ---- */

/* What somebody made is not thrown away: every branch that has a move. */
static int save_branches(struct hand *h, const char *path)
{
	int first = 0, last = 0;

	for (size_t i = 0; i < hand_branches(h); i++) {
		struct hand_branch b = hand_branch(h, i);
		int run = b.length ? hand_save(h, b.trace, path) : 0;

		if (run < 0)
			return usage_error("%s: %s", path, hand_why(h));
		first = first ? first : run;
		last = run ? run : last;
	}
	if (last)
		say_saved(path, first, last);
	return EXIT_OK;
}

int show_by_hand(const struct by_hand_start *s)
{
	struct session *session = session_new();
	struct chapter chapter = { .title = s->scenario->title };
	struct hand *h = session ? session_hand(session) : NULL;
	struct view v;
	int r, status;

	if (!session)
		return usage_error("out of memory");
	r = hand_run_text(h, s->scenario, s->kernel, s->kernel_name,
			  s->schedule ? s->schedule : "", &chapter.run[0]);
	if (r && r != -EAGAIN) {
		status = usage_error("--schedule: %s", hand_why(h));
		session_free(session);
		return status;
	}
	view_init(&v, &chapter, 1);
	session_begin(&v, session);
	v.cursor[0] = trace_info(chapter.run[0])->events;
	if (r)
		snprintf(v.message, sizeof(v.message), "%s", hand_why(h));
	session_look(&v);
	status = s->lines || tty_check() ? show_lines(&v) : on_terminal(&v);
	if (status == -ENOTTY)
		status = show_lines(&v);
	if (s->save) {
		r = save_branches(h, s->save);
		status = status ? status : r;
	}
	session_end(&v);
	return status;
}
