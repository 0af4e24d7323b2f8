/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mark.c - steps that have a letter.
 */
#include <string.h>

#include "ui/view/act.h"

static struct mark *mark_of(struct view *v, char letter)
{
	for (unsigned i = 0; i < MARKS_MAX; i++)
		if (v->mark[i].letter == letter)
			return &v->mark[i];
	return NULL;
}

/* The letter that is the argument; '\0': it is none, which was told, or the next key is it. */
static char letter_of(struct view *v, const char *command, const char *argument)
{
	char c = *argument;

	if (!c) {
		snprintf(v->waiting, sizeof(v->waiting), "%s", command);
		view_say(v, "which mark?  a letter");
	} else if (argument[1] || !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) {
		view_say(v, "a mark is a letter, not '%.24s'", argument);
	} else {
		return c;
	}
	return '\0';
}

COMMAND(MARK)
{
	char letter = letter_of(v, "mark", argument);
	struct mark *m = letter ? mark_of(v, letter) : NULL;

	if (!letter)
		return;
	if (!m)
		m = mark_of(v, '\0');	/* there are as many as letters */
	*m = (struct mark){ letter, v->at, v->focus, v->cursor[v->focus] };
	view_say(v, "step %llu is %c: '%c goes there", (unsigned long long)m->at, letter, letter);
}

COMMAND(TO_MARK)
{
	char letter = letter_of(v, "to-mark", argument);
	const struct mark *m = letter ? mark_of(v, letter) : NULL;

	if (!letter)
		return;
	if (!m) {
		view_say(v, "no step is marked %c: m %c marks this one", letter, letter);
		return;
	}
	if (m->chapter != v->at)
		enter_chapter(v, m->chapter);
	if (v->chapter[v->at].run[m->side])
		v->focus = m->side;
	move_to(v, m->at);
}

COMMAND(MARKS)
{
	char text[sizeof(v->message)] = "";
	size_t n = 0;

	for (unsigned i = 0; i < MARKS_MAX && n < sizeof(text) - 40; i++)
		if (v->mark[i].letter)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%c %llu%s",
					      n ? ", " : "", v->mark[i].letter,
					      (unsigned long long)v->mark[i].at,
					      v->mark[i].side ? " (right)" : "");
	if (n)
		view_say(v, "marks: %s", text);
	else
		view_say(v, "no step is marked: m and a letter does it");
}
