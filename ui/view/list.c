/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * list.c - screens that are lists: one is begun by its owner, and a key on a row goes back to it.
 */
#include <stdlib.h>
#include <string.h>

#include "ui/view/session.h"

void list_begin(struct view *v, enum list_kind kind, const char *title, const char *keys,
		unsigned rows, const char *const *columns)
{
	bool again = v->screen == SCREEN_LIST && v->list.kind == kind;

	free(v->list.row);
	free(v->list.text);
	v->list = (struct list){ .kind = kind, .title = title, .keys = keys };
	for (unsigned i = 0; i < LIST_COLUMNS && columns[i]; i++)
		v->list.column[i] = columns[i];
	v->list.row = calloc(rows ? rows : 1, sizeof(*v->list.row));
	v->list.rows = v->list.row ? rows : 0;
	v->screen = SCREEN_LIST;
	if (!again)
		v->list_row = v->top = 0;
	if (v->list_row >= v->list.rows)
		v->list_row = v->list.rows ? v->list.rows - 1 : 0;
}

void list_leave(struct view *v)
{
	if (v->screen == SCREEN_LIST)
		v->screen = SCREEN_RUN;
}

/* Its rows are of what is there: nobody is to choose one that is gone. */
void list_again(struct view *v, enum list_kind kind)
{
	enum screen_kind screen = v->screen;

	if (!v->list.row || v->list.kind != kind)
		return;
	if (kind == LIST_RUNS)
		do_RUNS(v, "");
	else if (kind == LIST_NOTES)
		do_NOTE_LIST(v, "");
	else
		do_STOPS(v, "");
	v->screen = screen;
}

static const struct list_row *row(const struct view *v)
{
	return v->list_row < v->list.rows ? &v->list.row[v->list_row] : NULL;
}

void list_act(struct view *v, enum list_act act)
{
	const struct list_row *r = row(v);

	if (!r) {
		view_say(v, "the list is empty");
		return;
	}
	switch (v->list.kind) {
	case LIST_RUNS:		runs_act(v, r->id, act); break;
	case LIST_STOPS:	hand_stop_act(v, r->id, act); break;
	case LIST_SWITCHES:	flip_switch_act(v, r->id, act); break;
	case LIST_KERNELS:	flip_kernel_act(v, r->id, act); break;
	case LIST_MARKS:	mark_act(v, r->id, act); break;
	case LIST_NOTES:	note_act(v, r->id, act); break;
	case LIST_STEPS:	explain_act(v, r->id, act); break;
	}
}
