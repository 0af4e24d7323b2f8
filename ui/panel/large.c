/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * large.c - a beat of a presentation, for people who sit far away: its text comes first, then of
 * each run the step that was just made among its neighbours, who holds the slot and who owns the
 * data, and what the beat points at.
 */
#include <string.h>

#include "ui/panel/panel.h"

#define MIN_TWO_PANES	68
#define PANE_ROWS	10	/* of the runs, before the text may have more */
#define MARGIN		2

struct large {
	struct moment moment[2];
	struct pane pane[2];
	struct object_list list[2];	/* what is shown of each run */
	unsigned runs;
	bool both;
};

/* Does a line of the screen speak of what the chapter points at? */
static bool pointed(const struct chapter *c, const struct line *l)
{
	size_t n = c->point ? strlen(c->point) : 0;
	const char *label = l->label;

	if (!n)
		return false;
	if (!strncmp(label, "pte ", 4) && !strncmp(c->point, "page ", 5))
		return !strncmp(label + 4, c->point + 5, n - 5) &&
		       (!label[n - 1] || label[n - 1] == ' ');
	return !strncmp(label, c->point, n) && (!label[n] || label[n] == ' ');
}

/* What holds and owns, and of the rest what is pointed at. */
static void keep(struct object_list *to, const struct chapter *c, const struct object_list *from,
		 bool answers)
{
	for (unsigned i = 0; i < from->n && to->n < OBJECT_LINES; i++) {
		bool here = pointed(c, &from->line[i]);

		if (!here && !(answers && !from->level[i]))
			continue;
		to->line[to->n] = from->line[i];
		to->differs[to->n] = from->differs[i];
		to->level[to->n++] = here;
	}
}

static void read_runs(struct large *l, const struct view *v, struct rect r)
{
	const struct chapter *c = &v->chapter[v->at];
	struct object_list all;

	l->runs = c->run[1] ? 2 : 1;
	l->both = l->runs == 2 && r.w >= MIN_TWO_PANES;
	for (unsigned i = 0; i < l->runs; i++)
		moment_read(&l->moment[i], c->run[i], v->cursor[i], v->object[i],
			    (struct trace_object){ 0 });
	for (unsigned i = 0; i < l->runs; i++) {
		bool alike = l->runs == 2 && !l->moment[0].info->large &&
			     !l->moment[1].info->large;

		l->pane[i] = (struct pane){ v, c, i, &l->moment[i],
					    alike ? &l->moment[!i] : NULL, moving_tasks(c, i) };
		object_lines(&l->pane[i], &all);
		keep(&l->list[i], c, &all, true);
		next_lines(&l->pane[i], &all);
		keep(&l->list[i], c, &all, false);
	}
}

static void draw_run(const struct large *l, unsigned side, struct grid *g, struct rect r, int lines)
{
	const struct object_list *list = &l->list[side];
	const struct pane *p = &l->pane[side];
	struct rect inner = { r.y, r.x + MARGIN, r.h, r.w - MARGIN };

	draw_pane_header(p, g, r);
	if (p->now->broken) {
		grid_printf(g, r, 2, 1, STYLE_BAD, "the trace is damaged at step %llu",
			    (unsigned long long)p->now->at);
		return;
	}
	draw_schedule(p, g, (struct rect){ r.y + 1, r.x, r.h - 1 - lines, r.w });
	for (int i = 0; i < lines && i < (int)list->n; i++) {
		struct line line = list->line[i];
		int y = r.h - lines + i;

		if (list->level[i]) {
			grid_text(g, r, y, 0, STYLE_CURSOR, p->v->ascii ? ">" : "\u25b6");
			line.label_style = STYLE_CURSOR;
		}
		line_draw(p->v, &line, g, inner, y);
	}
}

static void draw_runs(const struct large *l, const struct view *v, struct grid *g, struct rect r)
{
	int middle = (r.w - 1) / 2, lines = 0, most = r.h - 6;

	for (unsigned i = 0; i < l->runs; i++)
		if ((l->both || i == v->focus) && (int)l->list[i].n > lines)
			lines = (int)l->list[i].n;
	if (lines > most)
		lines = most > 0 ? most : 0;
	for (unsigned i = 0; i < l->runs; i++) {
		struct rect half = r;

		if (l->both) {
			half.x += i ? middle + 1 : 0;
			half.w = i ? r.w - middle - 1 : middle;
		}
		if (l->both || i == v->focus)
			draw_run(l, i, g, half, lines);
	}
	if (l->both)
		grid_vline(g, r.x + middle, r.y, r.h, STYLE_DIM, v->ascii);
}

void draw_large(const struct view *v, struct grid *g, struct rect r)
{
	const struct chapter *c = &v->chapter[v->at];
	struct rect text = { r.y, r.x + MARGIN, r.h, r.w - 2 * MARGIN };
	struct large l = { 0 };
	int most = r.h - PANE_ROWS - 3, verdict, y = 0;

	if (c->title)
		y = draw_wrapped(g, text, 0, 2, STYLE_TITLE, c->title);
	if (c->text && most > y)
		y += draw_wrapped(g, text, y, most - y, STYLE_PLAIN, c->text);
	if (r.h - y > PANE_ROWS + 5)
		y++;			/* there is room to breathe */
	verdict = draw_verdict(v, NULL, (struct rect){ 0, 1, 3, r.w - 2 }, r.h > 26 ? 3 : 2);
	draw_verdict(v, g, (struct rect){ r.y + r.h - verdict, 1, verdict, r.w - 2 }, verdict);
	r.y += y;
	r.h -= y + verdict;
	read_runs(&l, v, r);
	draw_runs(&l, v, g, r);
}
