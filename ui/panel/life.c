/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * life.c - the life story of an object: every step that changed it, who made it, and what it
 * changed.  In a long run as far from the cursor as it is looked.
 */
#include <stdlib.h>
#include <string.h>

#include "ui/panel/panel.h"

#define LOOK_FOR	100000	/* transitions in either direction */

static struct trace_object of_finding(const struct trace *t)
{
	size_t n;
	const struct trace_finding *f = t ? trace_findings(t, &n) : NULL;

	return f && n ? object_in_text(f[0].text) : (struct trace_object){ 0 };
}

/* What is looked at; else what a finding speaks of, of this run or the other; else a slot. */
static struct trace_object object_of(const struct pane *p)
{
	struct trace_object o = p->v->object[p->side];

	if (!o.kind)
		o = of_finding(p->now->t);
	if (!o.kind)
		o = of_finding(p->c->run[!p->side]);
	if (!o.kind || !trace_has_object(p->now->t, o))
		o = (struct trace_object){ OBJ_SLOT, moment_number(p->now, OBJ_SLOT, 0) };
	return o;
}

/* Positions of its changes from the cursor on, or before and at it, nearest first. */
static unsigned changes_from(const struct pane *p, struct trace_object o, const uint32_t *field,
			     size_t n, bool after, uint64_t *at, unsigned most, bool *more)
{
	uint64_t from = p->now->at + after, last = p->now->info->events;
	uint64_t end = after ? from + LOOK_FOR : from > LOOK_FOR ? from - LOOK_FOR : 1;
	unsigned found = 0;
	char told[16];

	if (after && end > last)
		end = last;
	*more = after ? end < last : end > 1;
	while (found < most && from && (after ? from <= end : from >= end) &&
	       trace_search(p->now->t, from, end, field, n, &at[found]) > 0) {
		from = after ? at[found] + 1 : at[found] - 1;
		found += changes_text(p->now->t, at[found], o, told, sizeof(told)) > 0;
	}
	*more |= found == most;
	return found;
}

/* A change: its step in a row, and behind it, or below, what it changed. */
static int draw_change(const struct pane *p, struct grid *g, struct rect r, int y, uint64_t at,
		       struct trace_object o)
{
	const struct trace_event *ev = trace_event_at(p->now->t, at);
	const struct trace_step *step = ev ? trace_step_at(p->now->t, ev->step) : NULL;
	bool here = at == p->now->at, future = at > p->now->at, wide = r.w >= 100;
	int steps = !wide ? r.w : r.w < 160 ? 54 : 80;	/* columns that the step has */
	enum style style = here ? STYLE_CURSOR : future ? STYLE_DIM : STYLE_PLAIN;
	char changes[600], text[240], cut[240], name[NAME_WIDTH + 1];
	int x, rows;

	snprintf(text, sizeof(text), "%s: %s%s%.60s", ev ? brief_name(task_name(p->now, ev->task),
									   name) : "?",
		 step ? step->text : "?", ev && *ev->result ? " = " : "", ev ? ev->result : "");
	changes_text(p->now->t, at, o, changes, sizeof(changes));
	if (here)
		grid_fill(g, (struct rect){ r.y, r.x, r.h, steps }, y, style);
	x = 1 + grid_printf(g, r, y, 0, style, "%c%6llu", here ? '>' : ' ',
			    (unsigned long long)at);
	if (text_columns(text) > steps - x)
		drop_arguments(text);
	cut_text(cut, sizeof(cut), text, steps - x, p->v->ascii);
	grid_text(g, r, y, x, style, cut);
	x = wide ? steps + 2 : 9;
	r = (struct rect){ r.y, r.x + x, r.h, r.w - x };
	rows = draw_wrapped(g, r, y + !wide, 4, future ? STYLE_DIM : STYLE_CHANGED, changes);
	return wide ? rows > 1 ? rows : 1 : 1 + rows;
}

static void cut_note(struct grid *g, struct rect r, int y, const char *where)
{
	char far[24];

	snprintf(far, sizeof(far), "%d", LOOK_FOR);
	grid_printf(g, r, y, 2, STYLE_DIM, "further %s may be more: ] and [ go there", where);
}

/* Changes in order; where the cursor stands between two of them is said. */
static int draw_changes(const struct pane *p, struct grid *g, struct rect r, struct trace_object o,
			const uint64_t *before, unsigned n, const uint64_t *after, unsigned m)
{
	int y = 0;
	unsigned shown = n;

	/* so many of those before that the cursor stands in the middle */
	while (shown > 1 && (int)shown * (r.w >= 100 ? 1 : 2) > r.h / 2 + 2)
		shown--;
	for (unsigned i = shown; i-- > 0 && y < r.h;)
		y += draw_change(p, g, r, y, before[i], o);
	if ((!n || before[0] != p->now->at) && y < r.h)
		grid_printf(g, r, y++, 0, STYLE_CURSOR, ">%6llu %s ",
			    (unsigned long long)p->now->at,
			    p->now->at ? "(not changed here)" : "start");
	for (unsigned i = 0; i < m && y < r.h; i++)
		y += draw_change(p, g, r, y, after[i], o);
	return y;
}

int draw_life(const struct pane *p, struct grid *g, struct rect r)
{
	struct trace_object o = object_of(p);
	uint32_t id[OBJECT_FIELDS];
	unsigned most = r.h > 1 ? (unsigned)r.h : 1, n = 0, m = 0;
	uint64_t *at = calloc(2 * most, sizeof(*at));
	int fields = trace_fields_of(p->now->t, o, NULL, id), y = 1;
	bool earlier = false, later = false;
	char title[40];

	if (!at)
		return 0;
	if (fields > 0) {
		n = changes_from(p, o, id, (size_t)fields, false, at, most, &earlier);
		m = changes_from(p, o, id, (size_t)fields, true, at + most, most, &later);
	}
	snprintf(title, sizeof(title), "%s %u", object_kind_name(o.kind), o.number);
	grid_text(g, r, 0, 0, STYLE_TITLE, title);
	if (!n && !m)
		grid_text(g, r, 0, text_columns(title) + 2, STYLE_DIM, "nothing changed it here");
	if (earlier && !n)
		cut_note(g, r, y++, "back");
	r = (struct rect){ r.y + y, r.x, r.h - y, r.w };
	y += draw_changes(p, g, r, o, at, n, at + most, m);
	if (later && !m && y < r.h)
		cut_note(g, r, y++, "on");
	free(at);
	return y;
}
