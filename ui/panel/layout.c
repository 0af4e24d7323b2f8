/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * layout.c - who gets how many rows of a pane, and which objects are shown where not all can be.
 */
#include <string.h>

#include "ui/panel/panel.h"

#define LEAST_SCHEDULE	5	/* the heads, and four steps */

static bool line_changed(const struct line *l)
{
	for (unsigned i = 0; i < l->n; i++)
		if (l->word[i].changed)
			return true;
	return false;
}

int answer_lines(const struct object_list *list)
{
	int n = 0;

	for (unsigned i = 0; i < list->n; i++)
		n += !list->level[i];
	return n;
}

/* Show lines of a level, or of it those that changed or differ, while there is room. */
static int take_lines(struct layout *l, const struct object_list *list, unsigned side,
		      unsigned level, bool all, int room)
{
	int n = 0;

	for (unsigned i = 0; i < list->n && n < room; i++) {
		if (list->level[i] != level || l->shown[side][i] ||
		    (!all && !line_changed(&list->line[i]) && !list->differs[i]))
			continue;
		l->shown[side][i] = true;
		n++;
	}
	return n;
}

/*
 * Level 3 has nothing to do with what is looked at: it is there when nothing is, and where
 * `roomy` rows are left beside it.
 */
int choose_details(struct layout *l, const struct pane *p, const struct object_list *list,
			  int room, int roomy)
{
	const struct moment *mo = p->now;
	bool focused = !mo->lens.whole && mo->lens.focus.kind;
	int n = 0, rest = 0;

	for (unsigned level = 1; level <= 2; level++) {
		n += take_lines(l, list, p->side, level, false, room - n);
		n += take_lines(l, list, p->side, level, true, room - n);
	}
	for (unsigned i = 0; i < list->n; i++) {
		l->hidden += (list->level[i] == 1 || list->level[i] == 2) &&
			     !l->shown[p->side][i];
		rest += list->level[i] == 3;
	}
	if (!focused && !l->hidden && room - n - rest >= roomy)
		n += take_lines(l, list, p->side, 3, true, rest);
	return n;
}

/* In a presentation there are only the objects that are pointed at. */
static int choose_pointed(struct layout *l, const struct pane *p, const struct object_list *list,
			  int room)
{
	int n = 0;

	for (unsigned i = 0; i < list->n && n < room; i++) {
		l->shown[p->side][i] = list->level[i] && is_pointed(p->c, list->line[i].label);
		n += l->shown[p->side][i];
	}
	return n;
}

struct layout lay_out(int rows, int next, const struct object_list *objects,
			     const struct pane *p)
{
	const struct run_info *info = p->now->info;
	struct layout l = { .answers = answer_lines(objects) + of_capture(p->c), .next = next };
	int left = rows - l.answers, wanted, steps = info->events < 4000 ?
		   (int)info->events + 2 : 4000;

	if (left - l.next < LEAST_SCHEDULE)
		l.next = left > LEAST_SCHEDULE + 1 ? left - LEAST_SCHEDULE : 0;
	left -= l.next;
	if (p->v->presenting) {
		l.details = choose_pointed(&l, p, objects, left - LEAST_SCHEDULE);
		l.rules = left - l.details >= 9;
		l.schedule = left - l.details - 3 * l.rules;
		l.schedule = l.schedule > steps ? steps : l.schedule;
		return l;
	}
	wanted = steps < 6 ? steps : 6;
	l.details = choose_details(&l, p, objects, left - wanted, info->large ? 20 : 4);
	left -= l.details;
	l.rules = left >= 10;
	left -= l.rules ? 3 : 0;
	if (left >= 14)
		l.source = left >= 34 ? left * 3 / 5 : left / 2;
	l.schedule = left - l.source;
	if (l.schedule > steps) {
		l.source += l.source ? l.schedule - steps : 0;
		l.schedule = steps;
	}
	return l;
}
