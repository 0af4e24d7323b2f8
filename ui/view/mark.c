/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mark.c - steps that have a letter.
 */
#include <string.h>

#include "ui/view/session.h"

static struct mark *mark_of(struct view *v, char letter)
{
	for (unsigned i = 0; i < MARKS_MAX; i++)
		if (v->mark[i].letter == letter)
			return &v->mark[i];
	return NULL;
}

/*
 * The letter that the argument begins with; '\0': there is none, which was told, or the next key is
 * it.  *text gets what stands behind it.
 */
static char letter_of(struct view *v, const char *command, const char *argument, const char **text)
{
	char c = *argument;
	bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

	*text = c ? argument + 1 + strspn(argument + 1, " \t") : "";
	if (!c) {
		snprintf(v->waiting, sizeof(v->waiting), "%s", command);
		view_say(v, "which mark?  a letter");
	} else if (!letter || (argument[1] && *text == argument + 1)) {
		view_say(v, "a mark is a letter, not '%.24s'", argument);
	} else {
		return c;
	}
	return '\0';
}

/* A mark is gone with the screen; one that has words is kept in the file, as a bookmark. */
COMMAND(MARK)
{
	const char *text;
	char letter = letter_of(v, "mark", argument, &text);
	struct mark *m = letter ? mark_of(v, letter) : NULL;

	if (!letter)
		return;
	if (*text) {
		note_write(v, letter, text);
		return;
	}
	if (!m)
		m = mark_of(v, '\0');	/* there are as many as letters */
	*m = (struct mark){ letter, v->at, v->focus, v->cursor[v->focus],
			    v->chapter[v->at].run[v->focus] };
	view_say(v, "step %llu is %c: '%c goes there", (unsigned long long)m->at, letter, letter);
}

/* The side on which a mark's run is shown, or -1. */
static int shown_on(const struct view *v, const struct mark *m)
{
	const struct chapter *c = &v->chapter[v->at];

	return c->run[m->side] == m->run ? (int)m->side : c->run[!m->side] == m->run ?
	       (int)!m->side : -1;
}

/* Runs made by hand are no chapter's: who comes back to its chapter may find the mark's there. */
static void go_to_mark(struct view *v, const struct mark *m)
{
	if (shown_on(v, m) < 0) {
		session_return(v);
		if (m->chapter < v->chapters && m->chapter != v->at)
			enter_chapter(v, m->chapter);
	}
	if (shown_on(v, m) < 0) {
		view_say(v, "the run with mark %c is not shown: r lists the runs", m->letter);
		return;
	}
	focus_on(v, (unsigned)shown_on(v, m));
	move_to(v, m->at);
}

/* One that was set here comes before one of the file. */
COMMAND(TO_MARK)
{
	const struct trace_note *kept;
	const char *text;
	char letter = letter_of(v, "to-mark", argument, &text);
	const struct mark *m = letter ? mark_of(v, letter) : NULL;
	unsigned side;

	if (letter && *text) {
		view_say(v, "a mark is a letter, not '%.24s'", argument);
	} else if (m) {
		go_to_mark(v, m);
	} else if (letter && (kept = note_bookmark(v, letter, &side))) {
		focus_on(v, side);
		move_to(v, kept->position);
	} else if (letter) {
		view_say(v, "no step is marked %c: m %c marks this one", letter, letter);
	}
}

COMMAND(MARKS)
{
	unsigned marks = 0;

	for (unsigned i = 0; i < MARKS_MAX; i++)
		marks += v->mark[i].letter != '\0';
	if (!marks) {
		list_leave(v);
		v->list.rows = v->list.kind == LIST_MARKS ? 0 : v->list.rows;
		view_say(v, "no step is marked: m and a letter does it");
		return;
	}
	list_begin(v, LIST_MARKS, "Steps that are marked", "enter goes there  delete takes it away",
		   marks, (const char *const[]){ "mark", "step", "pane", "chapter", NULL });
	marks = 0;
	for (unsigned i = 0; i < MARKS_MAX && v->list.row; i++) {
		const struct mark *m = &v->mark[i];
		struct list_row *row = &v->list.row[marks];

		if (!m->letter)
			continue;
		marks++;
		row->id = (int)i;
		row->dim = shown_on(v, m) < 0;
		snprintf(row->cell[0], sizeof(row->cell[0]), "%c", m->letter);
		snprintf(row->cell[1], sizeof(row->cell[1]), "%llu", (unsigned long long)m->at);
		snprintf(row->cell[2], sizeof(row->cell[2]), m->side ? "right" : "left");
		snprintf(row->cell[3], sizeof(row->cell[3]), "%u", m->chapter + 1);
	}
}

void mark_act(struct view *v, int id, enum list_act act)
{
	struct mark *m = &v->mark[id];

	if (act == LIST_DELETE) {
		m->letter = '\0';
		do_MARKS(v, "");
		return;
	}
	list_leave(v);
	go_to_mark(v, m);
}
