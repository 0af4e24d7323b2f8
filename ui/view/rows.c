/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rows.c - which view fills the screen, and the row that is selected in it: of a list, of a text,
 * or of what can happen next.
 */
#include <string.h>

#include "ui/text/text.h"
#include "ui/view/session.h"

static const struct screen {
	const char *name;
	bool of_pane;
} screens[SCREEN_KINDS] = {
#define X(name_, command, of_pane_, text) \
	[SCREEN_##name_] = { .name = command, .of_pane = of_pane_ },
	SCREENS(X)
#undef X
};

const char *view_screen_name(enum screen_kind screen)
{
	return screen < SCREEN_KINDS ? screens[screen].name : NULL;
}

/* ---- which view ---- */

/* Is there something to be seen in it? */
static bool has_screen(const struct view *v, enum screen_kind screen)
{
	return screen != SCREEN_LIST || v->list.rows;
}

void show_screen(struct view *v, enum screen_kind screen)
{
	v->help = screen == SCREEN_HELP;
	v->top = 0;
	if (v->help || v->screen == screen)
		return;
	v->screen = screen;
	v->row = 0;
}

/* The one beside it in the order of the names; help and words have keys of their own. */
static void turn(struct view *v, bool next)
{
	enum screen_kind screen = v->screen;

	do
		screen = (screen + (next ? 1 : SCREEN_KINDS - 1)) % SCREEN_KINDS;
	while (screen == SCREEN_HELP || screen == SCREEN_WORDS || !has_screen(v, screen));
	show_screen(v, screen);
}

COMMAND(VIEW)
{
	const char *names[SCREEN_KINDS];
	size_t length = strlen(argument);
	char near[HINT_MAX];

	for (unsigned i = 0; length && i < SCREEN_KINDS; i++) {
		names[i] = screens[i].name;
		if (strncmp(names[i], argument, length) != 0)
			continue;
		if (has_screen(v, i))
			show_screen(v, i);
		else
			view_say(v, "there is no list to show");
		return;
	}
	if (length)
		view_say(v, "there is no view '%.40s'%s", argument,
			 hint(near, argument, names, SCREEN_KINDS));
	else
		turn(v, true);
}

COMMAND(VIEW_BEFORE)
{
	turn(v, false);
}

COMMAND(WORDS)
{
	show_screen(v, v->screen == SCREEN_WORDS ? SCREEN_RUN : SCREEN_WORDS);
}

COMMAND(HELP)
{
	show_screen(v, SCREEN_HELP);
}

/* Who kept a branch and did not save it is told once. */
COMMAND(QUIT)
{
	const char *unsaved = runs_unsaved(v);

	v->quit = !unsaved || v->session->told_unsaved;
	if (v->quit)
		return;
	v->session->told_unsaved = true;
	view_say(v, "branch \"%.60s\" is kept and not saved: :save FILE.db does it when it is "
		 "shown; the same again leaves", unsaved);
}

/* From the innermost outwards: a search, then the view that hides the runs. */
COMMAND(CANCEL)
{
	if (v->search[0])
		v->search[0] = '\0';
	else if (session_busy(v))
		ask_stop(v);
	else
		show_screen(v, SCREEN_RUN);
}

/* ---- rows ---- */

bool is_text(const struct view *v)
{
	return v->help || (v->screen != SCREEN_LIST && !screens[v->screen].of_pane);
}

/* `by` added to a row, which stays in 0 .. last. */
static unsigned moved(unsigned row, int by, unsigned last)
{
	if (by < 0)
		return row < (unsigned)-by ? 0 : row - (unsigned)-by;
	return row > last || last - row < (unsigned)by ? last : row + (unsigned)by;
}

/* How far a text scrolls was seen when it was drawn. */
bool scroll_rows(struct view *v, int rows)
{
	if (v->screen == SCREEN_LIST && !v->help)
		v->list_row = moved(v->list_row, rows, v->list.rows ? v->list.rows - 1 : 0);
	else if (is_text(v))
		v->top = moved(v->top, rows, v->last_top);
	else
		return false;
	return true;
}

/* How high a screen of it is was seen too; a row of the one before stays. */
bool scroll_page(struct view *v, int pages)
{
	return scroll_rows(v, pages * (v->page > 2 ? (int)v->page - 1 : 10));
}

static void select_row(struct view *v, const char *argument, bool down)
{
	unsigned n, choices = v->hand[v->focus].choices;

	if (!count_argument(v, argument, 1, &n))
		return;
	n = n < SCROLL_ALL ? n : SCROLL_ALL;
	if (scroll_rows(v, down ? (int)n : -(int)n))
		return;
	if (v->last_top && v->screen != SCREEN_RUN && v->screen != SCREEN_NEXT)
		v->top = moved(v->top, down ? (int)n : -(int)n, v->last_top);
	else if (choices)
		v->row = moved(v->row, down ? (int)n : -(int)n, choices - 1);
	else
		view_say(v, "there are no rows to choose from here");
}

COMMAND(ROW_UP)
{
	select_row(v, argument, false);
}

COMMAND(ROW_DOWN)
{
	select_row(v, argument, true);
}

/* A row of the list by its number; else the move of that number, or of a task, T0/1. */
COMMAND(CHOOSE)
{
	unsigned n;

	if (v->screen != SCREEN_LIST) {
		hand_choose(v, argument);
		return;
	}
	if (!count_argument(v, argument, v->list_row + 1, &n))
		return;
	if (!n || n > v->list.rows) {
		view_say(v, "there are rows 1 to %u", v->list.rows);
		return;
	}
	v->list_row = n - 1;
	list_act(v, LIST_ENTER);
}
