/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * talk.c - the presenter's screen: what a key does, what is drawn around a beat, and both on a
 * terminal.
 */
#include "ui/present/talk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ui/panel/panel.h"
#include "ui/show/show.h"
#include "ui/text/text.h"

#define MIN_COLS	38
#define MIN_ROWS	14

/* What a key does on the path.  Remote controls send page keys, and some of them arrows. */
static const struct talk_key {
	const char *keys;
	enum talk_action { TALK_NEXT, TALK_BACK, TALK_FIRST, TALK_LAST, TALK_NOTE, TALK_LEAVE,
			   TALK_HELP, TALK_QUIT } action;
	const char *shown, *text;	/* in the last line; NULL: not there */
	const char *help;
} talk_keys[] = {
	{ "n space pgdn right down enter", TALK_NEXT, "n", "next", "the next beat" },
	{ "p backspace pgup left up", TALK_BACK, "p", "back", "the beat before" },
	{ "home g", TALK_FIRST, NULL, NULL, "the first beat" },
	{ "end G", TALK_LAST, NULL, NULL, "the last beat" },
	{ "s", TALK_NOTE, "s", "note", "show or hide the speaker's note" },
	{ "esc", TALK_LEAVE, "esc", "step by hand", "off the path: the debugger, where this beat "
	  "stands; esc leads back" },
	{ "? F1", TALK_HELP, "?", "help", "this help" },
	{ "q", TALK_QUIT, "q", "quit", "leave" },
};
#define TALK_KEYS	(sizeof(talk_keys) / sizeof(talk_keys[0]))

/* ---- keys ---- */

void talk_init(struct talk *t, const struct presentation *p)
{
	*t = (struct talk){ .p = p, .minutes = deck_minutes(&p->deck) };
	view_init(&t->v, p->chapter, p->deck.beats);
	t->v.presenting = true;
}

static void turn(struct talk *t, bool on)
{
	unsigned at = t->v.at;

	if (on ? at + 1 >= t->v.chapters : !at) {
		snprintf(t->message, sizeof(t->message), "this is the %s beat",
			 on ? "last" : "first");
		return;
	}
	enter_chapter(&t->v, on ? at + 1 : at - 1);
}

static void on_path(struct talk *t, enum talk_action action)
{
	switch (action) {
	case TALK_NEXT:
		turn(t, true);
		break;
	case TALK_BACK:
		turn(t, false);
		break;
	case TALK_FIRST:
		enter_chapter(&t->v, 0);
		break;
	case TALK_LAST:
		enter_chapter(&t->v, t->v.chapters - 1);
		break;
	case TALK_NOTE:
		t->v.show_note = t->note = !t->note;
		if (t->note && !t->v.chapter[t->v.at].note)
			snprintf(t->message, sizeof(t->message), "this beat has no note");
		break;
	case TALK_LEAVE:
		t->v.presenting = t->v.show_note = false;
		t->v.message[0] = '\0';
		break;
	case TALK_HELP:
		t->help = true;
		break;
	case TALK_QUIT:
		t->v.quit = true;
		break;
	}
}

/* Off the path, esc closes what is open in the debugger, and when nothing is leads back. */
static bool leads_back(const struct talk *t, const char *key)
{
	return !strcmp(key, "esc") && !t->v.help && !t->v.prompting && !*t->v.waiting &&
	       t->v.screen == SCREEN_RUN && !session_busy(&t->v);
}

void talk_key(struct talk *t, const char *key)
{
	t->message[0] = '\0';
	if (t->help) {
		t->help = false;	/* any key leaves the help and no more */
	} else if (!t->v.presenting && leads_back(t, key)) {
		session_return(&t->v);
		t->v.presenting = true;
		t->v.show_note = t->note;
		enter_chapter(&t->v, t->v.at);
	} else if (!t->v.presenting) {
		view_key(&t->v, key);
		session_look(&t->v);
	} else if (!strchr(key, ' ') && !strchr(key, ':')) {	/* no mouse, no paste */
		for (size_t i = 0; i < TALK_KEYS; i++)
			if (has_key(talk_keys[i].keys, key)) {
				on_path(t, talk_keys[i].action);
				return;
			}
		snprintf(t->message, sizeof(t->message), "no command on %.12s: ? shows the keys",
			 key);
	}
}

/* ---- drawing: the beat is the debugger's, in its large layout; the bars are a talk's ---- */

static void draw_bar(const struct talk *t, struct grid *g, struct rect r)
{
	const char *beat = t->v.chapter[t->v.at].title;
	char right[48], title[200];
	int x;

	grid_fill(g, r, 0, STYLE_BAR);
	x = 1 + grid_printf(g, r, 0, 1, STYLE_BAR, "%u/%u", t->v.at + 1, t->v.chapters) + 2;
	if (t->minutes)
		snprintf(right, sizeof(right), "%u of %u min ", t->elapsed, t->minutes);
	else
		snprintf(right, sizeof(right), "%u min ", t->elapsed);
	cut_text(title, sizeof(title), beat,
		 r.w - x - text_columns(right) - 1, t->v.ascii);
	grid_text(g, r, 0, x, STYLE_BAR, title);
	grid_text(g, r, 0, r.w - text_columns(right), STYLE_BAR, right);
}

static void draw_keys(const struct talk *t, struct grid *g, struct rect r)
{
	int x = 1;

	grid_fill(g, r, 0, STYLE_BAR);
	if (*t->message) {
		grid_text(g, r, 0, 1, STYLE_BAR, t->message);
		return;
	}
	for (size_t i = 0; i < TALK_KEYS; i++)
		if (talk_keys[i].shown)
			x += 2 + grid_printf(g, r, 0, x, STYLE_BAR, "%s %s", talk_keys[i].shown,
					     talk_keys[i].text);
}

static void draw_help_of_talk(struct grid *g, struct rect r)
{
	int y = 1;

	for (size_t i = 0; i < TALK_KEYS; i++) {
		struct rect text = { r.y, r.x + 34, r.h, r.w - 36 };

		grid_text(g, r, y, 2, STYLE_TITLE, talk_keys[i].keys);
		y += draw_wrapped(g, text, y, 2, STYLE_PLAIN, talk_keys[i].help);
	}
}

/* Off the path, over the debugger's first line. */
static void draw_way_back(struct grid *g)
{
	grid_text(g, (struct rect){ .h = g->rows, .w = g->cols }, 0, 0, STYLE_CURSOR,
		  " esc: back ");
}

void talk_render(const struct talk *t, struct grid *g)
{
	struct rect all = { .h = g->rows, .w = g->cols };

	view_render(&t->v, g);
	if (!t->v.presenting)
		draw_way_back(g);
	if (!t->v.presenting || g->rows < MIN_ROWS || g->cols < MIN_COLS)
		return;
	if (t->help) {
		grid_clear(g);
		draw_help_of_talk(g, (struct rect){ 1, 0, all.h - 2, all.w });
	}
	draw_bar(t, g, all);
	draw_keys(t, g, (struct rect){ all.h - 1, 0, 1, all.w });
}

/* ---- on the terminal ---- */

struct terminal {
	struct talk talk;
	struct screen_ops debugger;	/* which has the screen off the path */
	char path[4096];		/* of the state file, or "" */
	struct told told;		/* what stands in it */
	time_t began;
};

/* What the second terminal is to know. */
static void tell(struct terminal *t)
{
	struct told now = { .beat = t->talk.v.at, .off_path = !t->talk.v.presenting,
			    .began = t->began, .pid = getpid() };

	if (!*t->path || (now.beat == t->told.beat && now.off_path == t->told.off_path &&
			  t->told.pid))
		return;
	if (told_write(t->path, &now))
		*t->path = '\0';	/* the talk goes on without */
	t->told = now;
}

static void terminal_key(void *arg, const char *key)
{
	struct terminal *t = arg;

	talk_key(&t->talk, key);
	tell(t);
}

static void terminal_render(void *arg, struct grid *g)
{
	struct terminal *t = arg;

	t->talk.elapsed = (unsigned)((time(NULL) - t->began) / 60);
	if (t->talk.v.presenting) {
		session_look(&t->talk.v);
		talk_render(&t->talk, g);
	} else {	/* which does more than draw: what is copied, where the mouse is */
		t->debugger.render(t->debugger.arg, g);
		draw_way_back(g);
	}
}

static bool terminal_left(const void *arg)
{
	return ((const struct terminal *)arg)->talk.v.quit;
}

static void terminal_shown(void *arg)
{
	struct terminal *t = arg;

	t->debugger.shown(t->debugger.arg);
}

/* The clock on the screen has minutes. */
static unsigned terminal_again(const void *arg)
{
	const struct terminal *t = arg;
	unsigned soon = t->debugger.again(t->debugger.arg);

	return soon ? soon : 1000 * (60 - (unsigned)((time(NULL) - t->began) % 60));
}

int present_talk(const struct presentation *p)
{
	struct terminal *t = calloc(1, sizeof(*t));
	struct screen_ops s = { .key = terminal_key, .render = terminal_render,
				.left = terminal_left, .arg = t, .shown = terminal_shown,
				.again = terminal_again, .mouse = true };
	struct session *session = session_new();
	int status;

	if (!t || !session) {
		free(t);
		session_free(session);
		return usage_error("out of memory");
	}
	talk_init(&t->talk, p);
	session_begin(&t->talk.v, session);
	t->debugger = show_ops(&t->talk.v);
	t->began = time(NULL);
	if (told_path(&p->deck, t->path, sizeof(t->path)))
		*t->path = '\0';
	tell(t);
	status = show_any(&s, &t->talk.v);
	if (*t->path)
		unlink(t->path);
	session_end(&t->talk.v);
	free(t);
	return status;
}
