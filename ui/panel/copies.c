/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * copies.c - the ownership lane: which copies of a page's data there are step by step, which of
 * them is the one that the next fault finds, and where there is none left.
 *
 * A row is a step that changed any of that, and what it came to; so the way of the data from one
 * place to the next is read from top to bottom.
 */
#include <stdlib.h>
#include <string.h>

#include "ui/panel/panel.h"

/* So far from the cursor it is looked; by search, where the run is large: a search costs a
 * millisecond in 10000 steps, which who asked for this view waits for, and nobody at each step. */
#define LOOK_STEPS	300
#define LOOK_LARGE	100
#define LOOK_ASKED	20000

struct lane_row {
	uint64_t at;
	struct owner owner[MAX_PAGES];
};

struct lanes {
	const struct pane *p;
	struct moment sight;		/* a position, through the lens of the cursor's */
	struct trace_object focus;	/* in a large run: its one page */
	uint32_t number[MAX_PAGES];
	unsigned pages;
	uint32_t field[OBJ_KINDS * LENS_PLACES * 8];
	size_t fields;
	uint64_t low, high;		/* positions that were looked at, both included */
};

/* ---- what is looked at ---- */

static void add_fields(struct lanes *l, enum object_kind kind, const char *names)
{
	const struct moment *mo = l->p->now;
	uint32_t id[OBJECT_FIELDS];

	for (unsigned i = 0; i < mo->lens.used[kind]; i++) {
		const struct trace_object o = { kind, moment_number(mo, kind, i) };
		int n = moment_related(mo, kind, i) ? trace_fields_of(mo->t, o, names, id) : 0;

		for (int k = 0; k < n && l->fields < sizeof(l->field) / sizeof(l->field[0]); k++)
			l->field[l->fields++] = id[k];
	}
}

static void choose_pages(struct lanes *l)
{
	const struct moment *mo = l->p->now;
	bool whole = mo->lens.whole;

	for (unsigned i = 0; i < moment_places(mo, OBJ_PAGE) && i < MAX_PAGES; i++)
		if (whole || moment_focused(mo, OBJ_PAGE, i))
			l->number[l->pages++] = moment_number(mo, OBJ_PAGE, i);
	for (unsigned i = 0; i < moment_places(mo, OBJ_PAGE) && i < MAX_PAGES && !l->pages; i++)
		if (moment_related(mo, OBJ_PAGE, i))
			l->number[l->pages++] = moment_number(mo, OBJ_PAGE, i);
	if (whole)
		return;
	l->focus = (struct trace_object){ OBJ_PAGE, l->number[0] };
	add_fields(l, OBJ_PAGE, "pte target stamp");
	add_fields(l, OBJ_SLOT, "cache entry dev dev_life life");
	add_fields(l, OBJ_FOLIO, "ref flags content src src_life swp");
	add_fields(l, OBJ_ENTRY, "state swp stamp life");
}

/*
 * Of a large run only what is seen then is known then: who has the page's data at a position has
 * a place in the lens of that position and of no other.
 */
static bool see(struct lanes *l, uint64_t at, struct lane_row *row)
{
	struct moment *mo = &l->sight;

	if (!mo->lens.whole && trace_look(mo->t, at, &l->focus, NULL, &mo->lens) < 0)
		return false;
	if (moment_see(mo, at))
		return false;
	row->at = at;
	for (unsigned i = 0; i < l->pages; i++) {
		int place = lens_place(&mo->lens, OBJ_PAGE, l->number[i]);

		row->owner[i] = place < 0 ? (struct owner){ .kind = OWNER_UNSEEN } :
				page_owner(mo, &mo->w, (unsigned)place);
	}
	return true;
}

static bool alike(const struct lanes *l, const struct lane_row *a, const struct lane_row *b)
{
	for (unsigned i = 0; i < l->pages; i++) {
		const struct owner *o = &a->owner[i], *q = &b->owner[i];

		if (o->kind != q->kind || o->number != q->number || o->wrong != q->wrong ||
		    memcmp(o->valid, q->valid, sizeof(o->valid)) != 0)
			return false;
	}
	return true;
}

/* The next position at or behind `at` whose step may have changed something; 0: there is none. */
static uint64_t candidate(struct lanes *l, uint64_t at, bool after)
{
	uint64_t end = after ? l->high : l->low, found;

	if (after ? at > end : at <= end)
		return 0;
	if (l->p->now->lens.whole)
		return at;
	return trace_search(l->p->now->t, at, after ? end : end + 1, l->field, l->fields,
			    &found) > 0 ? found : 0;
}

/* Rows behind the cursor's, at most `most`. */
static unsigned rows_after(struct lanes *l, struct lane_row *row, unsigned most)
{
	struct lane_row last = row[0], now;
	unsigned n = 0;

	for (uint64_t at = last.at; n < most && (at = candidate(l, at + 1, true)) != 0;) {
		if ((last.at != at - 1 && !see(l, at - 1, &last)) || !see(l, at, &now))
			break;
		if (!alike(l, &last, &now))
			row[++n] = now;
		last = now;
	}
	return n;
}

/* Rows before it, the last one at row[-1]. */
static unsigned rows_before(struct lanes *l, struct lane_row *row, unsigned most)
{
	struct lane_row now = row[0], before;
	unsigned n = 0;
	uint64_t at = now.at;

	while (n < most && (at = candidate(l, at, false)) != 0) {
		if ((now.at != at && !see(l, at, &now)) || !see(l, at - 1, &before))
			break;
		if (!alike(l, &before, &now) && at != row[0].at)
			row[-(int)++n] = now;
		now = before;
		at--;
	}
	if (n < most && !l->low && row[0].at && see(l, 0, &now))
		row[-(int)++n] = now;
	return n;
}

/* ---- drawn ---- */

static const char heads[PLACES + 1] = "MCZDT";

static int lane_width(int columns, unsigned pages)
{
	return (columns < 30 + 15 * (int)pages ? PLACES : 2 * PLACES) + 3;
}

static const char *lane_mark(const struct view *v, const struct owner *o, unsigned place,
			     enum style *style)
{
	bool counts = owner_place(o->kind) == (enum place)place;

	*style = counts ? o->wrong ? STYLE_BAD : STYLE_OWNER : STYLE_PLAIN;
	if (counts && o->wrong)
		return v->ascii ? "x" : "\u00d7";
	if (o->kind == OWNER_UNLINKED && counts)	/* no fault would find it */
		return v->ascii ? "%" : "\u25cc";
	if (counts)
		return v->ascii ? "@" : "\u25cf";
	if (o->valid[place])
		return v->ascii ? "o" : "\u25cb";
	*style = STYLE_DIM;
	return v->ascii ? "." : "\u00b7";
}

static void draw_lane(const struct view *v, struct grid *g, struct rect r, int y, int x, int width,
		      const struct owner *o)
{
	int wide = width > PLACES + 3 ? 2 : 1;
	enum style style;

	for (unsigned place = 0; place < PLACES; place++) {
		const char *mark = lane_mark(v, o, place, &style);

		grid_text(g, r, y, x + (int)place * wide, style, mark);
	}
	if (o->kind == OWNER_UNSEEN)
		grid_text(g, r, y, x + PLACES * wide, STYLE_DIM, "?");
	else if (o->kind != OWNER_NONE)
		grid_printf(g, r, y, x + PLACES * wide, o->copies ? STYLE_PLAIN : STYLE_BAD, "%u",
			    o->copies);
}

static void step_text(const struct pane *p, uint64_t at, char *buf, size_t size)
{
	const struct trace_event *ev = trace_event_at(p->now->t, at);
	const struct trace_step *step = ev ? trace_step_at(p->now->t, ev->step) : NULL;
	char name[NAME_WIDTH + 1];

	if (!step)
		snprintf(buf, size, "%s", at ? "?" : "start");
	else
		snprintf(buf, size, "%s: %s%s%.40s",
			 brief_name(task_name(p->now, ev->task), name), step->text,
			 *ev->result ? " = " : "", ev->result);
}

/* Where the data goes for good: a loss says so. */
static bool lost_here(const struct lanes *l, const struct lane_row *row)
{
	for (unsigned i = 0; i < l->pages; i++)
		if (!row->owner[i].copies && row->owner[i].kind == OWNER_LOST)
			return true;
	return false;
}

static void draw_lane_row(const struct lanes *l, struct grid *g, struct rect r, int y,
			  const struct lane_row *row)
{
	const struct pane *p = l->p;
	bool here = row->at == p->now->at, lost = lost_here(l, row);
	enum style style = here ? STYLE_CURSOR : row->at > p->now->at ? STYLE_DIM : STYLE_PLAIN;
	int width = lane_width(r.w, l->pages), x = 9;
	char text[240], cut[240];

	if (here)
		grid_fill(g, r, y, style);
	grid_printf(g, r, y, 0, lost ? STYLE_BAD : style, "%s", lost ? "!!" : "");
	grid_printf(g, r, y, 2, style, "%c%5llu", here ? '>' : ' ', (unsigned long long)row->at);
	for (unsigned i = 0; i < l->pages; i++, x += width)
		draw_lane(p->v, g, r, y, x, width, &row->owner[i]);
	step_text(p, row->at, text, sizeof(text));
	if (text_columns(text) > r.w - x)
		drop_arguments(text);
	cut_text(cut, sizeof(cut), text, r.w - x, p->v->ascii);
	grid_text(g, r, y, x, lost ? STYLE_BAD : style, cut);
}

static void draw_heads(const struct lanes *l, struct grid *g, struct rect r)
{
	int width = lane_width(r.w, l->pages), wide = width > PLACES + 3 ? 2 : 1, x = 9;

	grid_text(g, r, 0, 4, STYLE_TITLE, "step");
	for (unsigned i = 0; i < l->pages; i++, x += width) {
		grid_printf(g, (struct rect){ r.y, r.x, r.h, x + width - 1 }, 0, x, STYLE_TITLE,
			    "%s%u", wide > 1 ? "page " : "p",
			    l->number[i]);
		for (unsigned place = 0; place < PLACES; place++)
			grid_printf(g, r, 1, x + (int)place * wide, STYLE_TITLE, "%c",
				    heads[place]);
		grid_text(g, r, 1, x + PLACES * wide, STYLE_TITLE, "n");
	}
	if (r.w - x >= 28)
		grid_text(g, r, 0, x, STYLE_DIM, l->p->v->ascii ? "@ counts  o as good  x wrong" :
			  "\u25cf counts  \u25cb as good  \u00d7 wrong");
	if (r.w - x >= 28)
		grid_text(g, r, 1, x, STYLE_DIM, r.w - x < 44 ? "mapped cache zswap disk task" :
			  "Mapped, Cache, Zswap, Device, Task's alone");
}

int draw_copies(const struct pane *p, struct grid *g, struct rect r)
{
	uint64_t look = p->now->lens.whole ? LOOK_STEPS : p->v->screen == SCREEN_COPIES ?
			LOOK_ASKED : LOOK_LARGE, at = p->now->at;
	struct lanes l = { .p = p, .sight = *p->now };
	unsigned rows = r.h > 3 ? (unsigned)r.h - 2 : 0, before, after, first;
	struct lane_row *row = calloc(2 * rows + 1, sizeof(*row)), *here = &row[rows];

	choose_pages(&l);
	l.low = at > look ? at - look : 0;
	l.high = at + look < p->now->info->events ? at + look : p->now->info->events;
	if (!row || !rows || !l.pages || !see(&l, at, here)) {
		grid_text(g, r, 0, 0, STYLE_DIM, l.pages ? "" : "no page is looked at");
		free(row);
		return 1;
	}
	before = rows_before(&l, here, rows);
	after = rows_after(&l, here, rows);
	first = rows / 2 < before ? rows / 2 : before;
	if (first + 1 + after < rows)
		first = rows - 1 - after < before ? rows - 1 - after : before;
	draw_heads(&l, g, r);
	for (unsigned i = 0; i < rows && i < first + 1 + after; i++)
		draw_lane_row(&l, g, r, (int)i + 2, here - first + i);
	free(row);
	return (int)(first + 1 + after < rows ? first + 1 + after : rows) + 2;
}
