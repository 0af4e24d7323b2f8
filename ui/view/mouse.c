/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mouse.c - what is pointed at on the screen that was shown last.
 */
#include <string.h>

#include "ui/view/act.h"

#define WHEEL	3	/* steps, or rows, that a notch is */

void view_shown(struct view *v, const struct grid *g)
{
	memcpy(v->spot, g->spot, g->spots * sizeof(g->spot[0]));
	v->spots = g->spots;
	v->last_top = v->page = 0;
	for (unsigned i = 0; i < v->spots; i++)
		if (v->spot[i].kind == SPOT_TEXT) {
			v->last_top = (unsigned)v->spot[i].value;
			v->page = (unsigned)v->spot[i].r.h;
		}
}

static bool inside(const struct rect *r, int y, int x)
{
	return y >= r->y && y < r->y + r->h && x >= r->x && x < r->x + r->w;
}

/* The topmost spot there, NULL where none is; of kind SPOT_PANE where `pane` is asked for. */
static const struct spot *spot_at(const struct view *v, int y, int x, bool pane)
{
	for (unsigned i = v->spots; i-- > 0;)
		if (inside(&v->spot[i].r, y, x) && (!pane || v->spot[i].kind == SPOT_PANE))
			return &v->spot[i];
	return NULL;
}

/* A row that is selected already is done by another click. */
static void click_row(struct view *v, const struct spot *s, bool there)
{
	unsigned *row = v->screen == SCREEN_LIST ? &v->list_row : &v->row;
	char line[32];

	if (*row == s->value && there) {
		snprintf(line, sizeof(line), "choose %u", (unsigned)s->value + 1);
		view_command(v, line);
	} else {
		*row = (unsigned)s->value;
	}
}

static void click(struct view *v, int y, int x)
{
	const struct spot *s = spot_at(v, y, x, false);
	bool there;

	if (!s)
		return;
	there = s->side == v->focus;
	if (s->side < 2 && v->chapter[v->at].run[s->side])
		focus_on(v, s->side);
	if (s->kind == SPOT_STEP)
		move_to(v, s->value);
	else if (s->kind == SPOT_OBJECT)
		look_at(v, (struct trace_object){ (enum object_kind)(s->value >> 32),
						  (uint32_t)s->value });
	else if (s->kind == SPOT_ROW)
		click_row(v, s, there);
}

/* A notch steps the run that is pointed at, or scrolls what covers it. */
static void wheel(struct view *v, int y, int x, bool down)
{
	const struct spot *s = spot_at(v, y, x, true);

	if (scroll_rows(v, down ? WHEEL : -WHEEL))
		return;
	if (s && v->chapter[v->at].run[s->side])
		focus_on(v, s->side);
	view_command(v, down ? "forward 3" : "back 3");
}

bool mouse_key(struct view *v, const char *key)
{
	int y, x, n = 0;

	if (sscanf(key, "click %5d %5d%n", &y, &x, &n) == 2 && !key[n])
		click(v, y, x);
	else if (sscanf(key, "wheel-up %5d %5d%n", &y, &x, &n) == 2 && !key[n])
		wheel(v, y, x, false);
	else if (sscanf(key, "wheel-down %5d %5d%n", &y, &x, &n) == 2 && !key[n])
		wheel(v, y, x, true);
	else
		return !strncmp(key, "right-click ", 12) || !strncmp(key, "middle-click ", 13);
	return true;
}
