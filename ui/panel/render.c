/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * render.c - the whole screen: bars, and who gets how much room in a pane.
 *
 * From top to bottom a pane answers: which kernel, what happened (schedule), who holds
 * the slot and who owns the data, what everything is, what can happen next, and where
 * that is in the source.
 */
#include <string.h>

#include "ui/panel/panel.h"

#define MIN_COLS	38
#define MIN_ROWS	14
#define MIN_TWO_PANES	68	/* below, only the pane with the focus is shown */

static bool two_runs(const struct view *v)
{
	return v->chapter[v->at].run[1] != NULL;
}

/* ---- panes ---- */

/* What the exploration said, shortened to what it begins with where room is short. */
static void verdict_text(const struct pane *p, int columns, char *buf, size_t size)
{
	const struct run_info *info = p->now->info;
	size_t findings, n;

	trace_findings(p->now->t, &findings);
	snprintf(buf, size, "%s", info->verdict && *info->verdict ? info->verdict :
		 findings ? "" : "no finding");
	if (text_columns(buf) <= columns)
		return;
	n = strcspn(buf, ":");
	buf[n] = '\0';
	if (info->live && findings && !strcmp(buf, "violated"))	/* and what is, stands before it */
		n = *buf = '\0';
	while (text_columns(buf) > columns && n) {
		for (n--; n && buf[n] != ' '; n--)
			;
		buf[n] = '\0';
	}
}

static void draw_pane_header(const struct pane *p, struct grid *g, struct rect r)
{
	const struct moment *mo = p->now;
	bool focus = p->v->focus == p->side && p->c->run[1];
	enum style style = focus ? STYLE_CURSOR : STYLE_TITLE;
	int gap = r.w < 60 ? 1 : 2, x;
	char right[64], left[200], run[300];
	size_t n;
	const struct trace_finding *f = trace_findings(mo->t, &n);

	snprintf(right, sizeof(right), "%llu/%llu", (unsigned long long)mo->at,
		 (unsigned long long)mo->info->events);
	grid_fill(g, r, 0, style);
	run_text(mo, r.w - text_columns(right) - 14, run, sizeof(run));
	cut_text(left, sizeof(left), run, r.w - text_columns(right) - 14, p->v->ascii);
	x = 1 + gap + grid_text(g, r, 0, 1, style, left);
	if (n)
		x += gap + grid_printf(g, r, 0, x, STYLE_BAD, "!! %.12s", f[0].property);
	verdict_text(p, r.w - text_columns(right) - x - 2, left, sizeof(left));
	grid_text(g, r, 0, x, focus ? style : n ? STYLE_PLAIN : STYLE_GOOD, left);
	grid_text(g, r, 0, r.w - text_columns(right) - 1, style, right);
}

static int draw_answers(const struct pane *p, struct grid *g, struct rect r, int y,
			const struct object_list *list)
{
	for (unsigned i = 0; i < list->n; i++) {
		if (list->level[i])
			continue;
		line_draw(p->v, &list->line[i], g, r, y);
		point_row(p, g, r, y++, list->line[i].label);
	}
	return y;
}

static int draw_details(const struct pane *p, struct grid *g, struct rect r, int y,
			const struct object_list *list, const struct layout *lay)
{
	int first = y;
	char more[24] = "";

	if (lay->hidden)
		snprintf(more, sizeof(more), " +%u more", lay->hidden);
	for (unsigned i = 0; i < list->n; i++) {
		struct rect room = r;

		if (!lay->shown[p->side][i])
			continue;
		room.w -= y - first + 1 == lay->details ? text_columns(more) : 0;
		line_draw(p->v, &list->line[i], g, room, y);
		point_row(p, g, r, y++, list->line[i].label);
	}
	if (y > first)
		grid_text(g, r, y - 1, r.w - text_columns(more), STYLE_DIM, more);
	return first + lay->details;
}

/* A line with the event that shows the step just made, or between which events it was made. */
static void draw_seen(const struct pane *p, struct grid *g, struct rect r, int y)
{
	int x = 1 + grid_text(g, r, y, 0, STYLE_PLAIN, "kernel  ");
	char text[400], cut[400];

	seen_text(p->now, r.w - x, text, sizeof(text));
	cut_text(cut, sizeof(cut), text, r.w - x, p->v->ascii);
	grid_text(g, r, y, x - 1, !strncmp(text, "no", 2) ? STYLE_DIM : STYLE_OWNER, cut);
}

/* ---- what else there is room for ---- */

#define LEAST_SOURCE	8	/* with its rule */
#define LEAST_BAND	8
#define WIDE_ENOUGH	90	/* for two views beside each other */

/* A panel that is as long as it is, under a rule. */
static void draw_under_rule(const struct pane *p, struct grid *g, struct rect r, const char *title,
			    int (*draw)(const struct pane *p, struct grid *g, struct rect r))
{
	draw_rule(p->v, g, r, 0, "%s", title);
	draw(p, g, (struct rect){ r.y + 1, r.x, r.h - 1, r.w });
}

/* Where every task stands needs so many rows, with its rule. */
static int band_rows(const struct pane *p, int columns)
{
	struct rect r = { .w = columns >= WIDE_ENOUGH ? columns / 2 : columns };

	return 1 + draw_backtrace(p, NULL, r);
}

/* Below the source: where every task stands, and beside it which copies of the data there were. */
static void draw_band(const struct pane *p, struct grid *g, struct rect r)
{
	bool beside = r.w >= WIDE_ENOUGH;
	struct rect left = { r.y, r.x, r.h, beside ? r.w / 2 - 1 : r.w };
	struct rect right = { r.y, r.x + r.w / 2, r.h, r.w - r.w / 2 };

	if (r.h < 2)
		return;
	draw_under_rule(p, g, left, "where they stand", draw_backtrace);
	if (beside)
		draw_under_rule(p, g, right, "copies of the data", draw_copies);
}

static void draw_run(const struct pane *p, struct grid *g, struct rect r, const struct layout *lay,
		     const struct object_list *objects)
{
	int y = draw_answers(p, g, r, 0, objects);

	if (of_capture(p->c))
		draw_seen(p, g, r, y++);
	y = lay->answers;
	if (lay->rules)
		draw_rule(p->v, g, r, y++, "what happened");
	draw_schedule(p, g, (struct rect){ r.y + y, r.x, lay->schedule, r.w });
	y += lay->schedule;
	if (lay->details && lay->rules)
		draw_rule(p->v, g, r, y, "what is there");
	y += lay->rules;
	y = draw_details(p, g, r, y, objects, lay);
	if (lay->rules && lay->next)
		draw_rule(p->v, g, r, y++, "what can happen next");
	if (lay->next)
		draw_next(p, g, (struct rect){ r.y + y, r.x, lay->next, r.w }, false);
	y += lay->next;
	if (lay->source)
		draw_source(p, g, (struct rect){ r.y + y, r.x, r.h - y - lay->band, r.w });
	draw_band(p, g, (struct rect){ r.y + r.h - lay->band, r.x, lay->band, r.w });
}

/* ---- one view in the lower part of a pane ---- */

int draw_objects(const struct pane *p, struct grid *g, struct rect r)
{
	struct object_list list;

	object_lines(p, &list);
	for (unsigned i = 0; i < list.n && g && (int)i < r.h; i++) {
		line_draw(p->v, &list.line[i], g, r, (int)i);
		point_row(p, g, r, (int)i, list.line[i].label);
	}
	return (int)list.n;
}

static int draw_all_next(const struct pane *p, struct grid *g, struct rect r)
{
	return draw_next(p, g, r, true);
}

static const struct lower {
	const char *title;
	int (*draw)(const struct pane *p, struct grid *g, struct rect r);
	bool scrolls;
} lowers[SCREEN_KINDS] = {
	[SCREEN_OBJECTS] = { "what is there", draw_objects, true },
	[SCREEN_NEXT] = { "what can happen next", draw_all_next, true },
	[SCREEN_BACKTRACE] = { "where every task stands", draw_backtrace, true },
	[SCREEN_COPIES] = { "copies of the data", draw_copies, false },
	[SCREEN_LIFE] = { "its life", draw_life, false },
};

#define SCROLL_ROWS	500	/* of what scrolls there are no more */

/* Rows of `all` from `top` on, or its last ones, and over them a rule that says which. */
static void scroll(const struct view *v, struct grid *g, struct rect r, const struct grid *all,
		   const char *title, int rows, int top)
{
	struct rect rule = { r.y - 1, r.x, 1, r.w };
	char part[40] = "";

	if (top + r.h > rows)
		top = rows > r.h ? rows - r.h : 0;
	if (rows > r.h)
		snprintf(part, sizeof(part), " %d-%d of %d ", top + 1, top + r.h, rows);
	draw_rule(v, g, rule, 0, "%s", title);
	grid_text(g, rule, 0, r.w - text_columns(part), STYLE_DIM, part);
	grid_spot(g, r, SPOT_TEXT, v->focus, rows > r.h ? (uint64_t)(rows - r.h) : 0);
	grid_copy(g, r, all, top);
}

/* What is longer than its room is drawn beside the screen, and a part of that is shown. */
static void draw_scrolled(const struct pane *p, struct grid *g, struct rect r,
			  const struct lower *l)
{
	struct rect room = { r.y + 1, r.x, r.h - 1, r.w };
	int top = (int)(p->v->top < SCROLL_ROWS ? p->v->top : SCROLL_ROWS), rows;
	struct grid all;

	if (room.h < 1 || grid_init(&all, SCROLL_ROWS, room.w))
		return;
	if (p->v->screen == SCREEN_NEXT) {
		top = next_selected(p, room.w) - room.h / 2;
		top = top > 0 ? top : 0;
	}
	rows = l->draw(p, &all, (struct rect){ 0, 0, SCROLL_ROWS, room.w });
	scroll(p->v, g, room, &all, l->title, rows, top);
	grid_free(&all);
}

/* Rows that a view wants with its rule, of those that there are. */
static int lower_wants(const struct pane *p, int columns, int rows)
{
	const struct lower *l = &lowers[p->v->screen];
	struct grid all;
	int wants;

	if (!l->draw || rows < 2 || grid_init(&all, SCROLL_ROWS, columns))
		return rows;
	wants = 1 + l->draw(p, &all, (struct rect){ 0, 0, l->scrolls ? SCROLL_ROWS : rows - 1,
						    columns });
	grid_free(&all);
	return wants < rows ? wants : rows;
}

/* Answers, so many rows of the schedule, and the view. */
static void draw_lower(const struct pane *p, struct grid *g, struct rect r,
		       const struct object_list *objects, const struct layout *lay)
{
	const struct lower *l = &lowers[p->v->screen];
	int y = lay->answers ? draw_answers(p, g, r, 0, objects) : 0;

	draw_schedule(p, g, (struct rect){ r.y + y, r.x, lay->schedule, r.w });
	y += lay->schedule;
	r = (struct rect){ r.y + y, r.x, r.h - y, r.w };
	if (p->v->screen == SCREEN_SOURCE)
		draw_source(p, g, r);
	else if (l->scrolls)
		draw_scrolled(p, g, r, l);
	else if (l->draw)
		draw_under_rule(p, g, r, l->title, l->draw);
}

/* ---- a pane ---- */

static void draw_pane(const struct pane *p, struct grid *g, struct rect r, const struct layout *lay,
		      const struct object_list *objects)
{
	grid_spot(g, r, SPOT_PANE, p->side, 0);
	draw_pane_header(p, g, r);
	r.y++;
	r.h--;
	if (p->now->broken)
		grid_printf(g, r, 1, 1, STYLE_BAD, "the trace is damaged at step %llu",
			    (unsigned long long)p->now->at);
	else if (p->v->screen == SCREEN_RUN)
		draw_run(p, g, r, lay, objects);
	else
		draw_lower(p, g, r, objects, lay);
}

/* The line between the panes; where the objects beside it differ it says so. */
static void draw_separator(const struct view *v, struct grid *g, struct rect r, int x,
			   const struct layout *lay, const struct object_list *objects)
{
	struct rect all = { 0, 0, r.y + r.h, g->cols };
	int answer = r.y + 1;
	int detail = answer + lay->answers + lay->schedule + (lay->rules ? 2 : 0);

	grid_vline(g, x, r.y, r.h, STYLE_DIM, v->ascii);
	for (unsigned i = 0; i < objects->n && v->screen == SCREEN_RUN; i++) {
		int *y = objects->level[i] ? &detail : &answer;

		if (objects->level[i] && !lay->shown[0][i])
			continue;
		if (objects->differs[i])
			grid_text(g, all, *y, x, STYLE_DIFF, v->ascii ? "#" : "\u2260");
		++*y;
	}
}

/* Both panes, or the one with the focus where two have no room. */
struct screen {
	const struct view *v;
	unsigned runs;
	bool both;
	struct moment moment[2];
	struct pane pane[2];
	struct object_list objects[2];
	struct rect half[2];
};

/* The objects of two large worlds have nothing to do with each other. */
static bool comparable(const struct chapter *c)
{
	return c->run[1] && !trace_info(c->run[0])->large && !trace_info(c->run[1])->large;
}

static void read_screen(struct screen *s, const struct view *v, struct rect r)
{
	const struct chapter *c = &v->chapter[v->at];
	int middle = (r.w - 1) / 2;

	s->v = v;
	s->runs = two_runs(v) ? 2 : 1;
	s->both = s->runs == 2 && r.w >= MIN_TWO_PANES;
	for (unsigned i = 0; i < s->runs; i++) {
		moment_read(&s->moment[i], c->run[i], v->cursor[i], v->object[i],
			    v->way_length && i == v->focus ? v->way[0].object :
			    (struct trace_object){ 0 });
		s->pane[i] = (struct pane){ v, c, i, &s->moment[i],
					    comparable(c) ? &s->moment[!i] : NULL,
					    moving_tasks(c, i) };
		s->half[i] = r;
		if (s->both)
			s->half[i].w = middle;
		if (s->both && i)
			s->half[i].x += middle + 1;
	}
	for (unsigned i = 0; i < s->runs; i++)
		object_lines(&s->pane[i], &s->objects[i]);
}

/* Each has objects of its own: the rows are those of the one with fewer. */
static void choose_apart(const struct screen *s, struct layout *l)
{
	memset(l->shown, 0, sizeof(l->shown));
	l->hidden = 0;
	for (unsigned i = 0; i < 2; i++)
		choose_details(l, &s->pane[i], &s->objects[i], l->details, 0);
}

/* The band takes its rows from the source, where that leaves enough of it. */
static void add_band(const struct screen *s, struct layout *l)
{
	int rows = LEAST_BAND;

	for (unsigned i = 0; i < s->runs; i++) {
		int band = band_rows(&s->pane[i], s->half[i].w);

		if ((s->both || i == s->v->focus) && band > rows)
			rows = band;
	}
	if (rows > l->source - LEAST_SOURCE)
		rows = l->source - LEAST_SOURCE;
	l->band = rows >= LEAST_BAND ? rows : 0;
}

/* Lines of two panes that stand at the same height are shown in both or in neither. */
static struct layout shared_layout(const struct screen *s, int rows)
{
	struct layout lay[2];
	unsigned first = s->both ? 0 : s->v->focus;
	int next = next_rows(&s->pane[first], false), other = s->both ?
		   next_rows(&s->pane[1], false) : 0;

	next = other > next ? other : next;
	lay[first] = lay_out(rows, next, &s->objects[first], &s->pane[first]);
	if (s->both) {
		lay[1] = lay_out(rows, next, &s->objects[1], &s->pane[1]);
		first = lay[1].schedule > lay[0].schedule;
	}
	if (s->both && s->pane[0].other)
		memcpy(lay[first].shown[!first], lay[first].shown[first],
		       sizeof(lay[0].shown[0]));
	else if (s->both && !s->v->presenting)
		choose_apart(s, &lay[first]);
	add_band(s, &lay[first]);
	return lay[first];
}

/* A view has the rows that it wants, in both panes the same, and the schedule has the rest. */
static struct layout lower_layout(const struct screen *s, int rows)
{
	struct layout l = { .answers = rows >= 30 ? answer_lines(&s->objects[s->v->focus]) : 0,
			    .schedule = rows >= 30 ? rows / 3 : rows >= 18 ? 6 : rows / 12 * 3 };
	int left = rows - l.answers, wants = 0, steps = 0;

	for (unsigned i = 0; i < s->runs; i++) {
		uint64_t events = s->moment[i].info->events;
		int own;

		if (!s->both && i != s->v->focus)
			continue;
		own = lower_wants(&s->pane[i], s->half[i].w, left - l.schedule);
		wants = own > wants ? own : wants;
		own = events < INT16_MAX ? (int)events + 2 : INT16_MAX;
		steps = own > steps ? own : steps;
	}
	l.schedule = left - wants < steps ? left - wants : steps;
	return l;
}

static void draw_panes(struct screen *s, struct grid *g, struct rect r)
{
	struct layout lay = s->v->screen == SCREEN_RUN ? shared_layout(s, r.h - 1) :
			    lower_layout(s, r.h - 1);

	for (unsigned i = 0; i < s->runs; i++)
		if (s->both || i == s->v->focus)
			draw_pane(&s->pane[i], g, s->half[i], &lay, &s->objects[i]);
	if (s->both)
		draw_separator(s->v, g, r, s->half[1].x - 1, &lay, &s->objects[0]);
}

/* The answers of both runs beside each other, the two schedules merged below. */
static void draw_merged_screen(struct screen *s, struct grid *g, struct rect r)
{
	int y = 0;
	struct layout lay = { .answers = answer_lines(&s->objects[0]) };

	for (unsigned i = 0; i < s->runs; i++) {
		struct rect answers = s->half[i];

		if (!s->both && i != s->v->focus)
			continue;
		draw_pane_header(&s->pane[i], g, answers);
		y = 1 + draw_answers(&s->pane[i], g,
				     (struct rect){ r.y + 1, answers.x, r.h - 1, answers.w }, 0,
				     &s->objects[i]);
	}
	if (s->both)
		draw_separator(s->v, g, (struct rect){ r.y, r.x, y, r.w }, s->half[1].x - 1, &lay,
			       &s->objects[0]);
	draw_overlay(s->v, g, (struct rect){ r.y + y, r.x, r.h - y, r.w });
}

/* ---- the screen ---- */

static void draw_too_small(struct grid *g)
{
	struct rect all = { .h = g->rows, .w = g->cols };
	char text[120];

	snprintf(text, sizeof(text), "swapscope needs %dx%d, better 80x24; this terminal is %dx%d",
		 MIN_COLS, MIN_ROWS, g->cols, g->rows);
	draw_wrapped(g, all, 0, g->rows, STYLE_PLAIN, text);
}

/* What to look for is read at the start; a small screen needs the room afterwards. */
static int text_rows(const struct view *v, int rows)
{
	bool start = !v->cursor[0] && !v->cursor[1];

	if (rows >= 44)
		return 4;
	return rows < 20 ? start : start ? 5 : 0;
}

/* The chapter's text; of a presentation it is large: it has room around it, and stays. */
static int draw_text(const struct view *v, struct grid *g, struct rect r)
{
	const struct chapter *c = &v->chapter[v->at];
	int indent = v->presenting && r.w >= 60 ? 3 : 1, rows = text_rows(v, g->rows), used;
	struct rect room = { r.y + v->presenting, indent, r.h, r.w - 2 * indent };

	if (!c->text || !*c->text)
		return 0;
	if (v->presenting)
		rows = r.h / 3;
	used = draw_wrapped(g, room, 0, rows, v->presenting ? STYLE_TITLE : STYLE_PLAIN, c->text);
	return used + (v->presenting ? 2 : 0);
}

/* For the speaker, in the last rows. */
static int draw_note(const struct view *v, struct grid *g, struct rect r)
{
	const struct chapter *c = &v->chapter[v->at];
	struct rect room = { r.y, 7, r.h, r.w - 8 };
	int rows;

	if (!v->show_note || !c->note || !*c->note)
		return 0;
	rows = draw_wrapped(NULL, room, 0, 3, STYLE_PLAIN, c->note);
	room.y += r.h - rows;
	grid_text(g, (struct rect){ room.y, 1, 1, 6 }, 0, 0, STYLE_DIM, "note:");
	return draw_wrapped(g, room, 0, rows, STYLE_DIM, c->note);
}

/* ---- views without panes ---- */

static const struct {
	const char *title;
	int (*draw)(const struct view *v, struct grid *g, struct rect r);
} wholes[SCREEN_KINDS] = {
	[SCREEN_WORDS] = { "words and marks", draw_words },
	[SCREEN_SWITCHES] = { "switches", draw_switches },
	[SCREEN_NOTES] = { "findings and notes", draw_notes },
};

static void draw_whole_screen(const struct view *v, struct grid *g, struct rect r)
{
	struct rect room = { r.y + 1, r.x, r.h - 1, r.w };
	struct grid all;
	int rows, top = (int)(v->top < SCROLL_ROWS ? v->top : SCROLL_ROWS);

	if (v->help || v->screen == SCREEN_HELP || v->screen >= SCREEN_KINDS) {
		draw_help(v, g, r);
		return;
	}
	if (v->screen == SCREEN_LIST) {
		draw_list(v, g, r);
		return;
	}
	if (grid_init(&all, SCROLL_ROWS, r.w))
		return;
	rows = wholes[v->screen].draw(v, &all, (struct rect){ 0, 0, SCROLL_ROWS, r.w });
	scroll(v, g, room, &all, wholes[v->screen].title, rows, top);
	grid_free(&all);
}

/* Does the screen have no panes? */
static bool fills(enum screen_kind screen)
{
	static const bool of_pane[] = {
#define X(name, command, of_pane_, text) [SCREEN_##name] = of_pane_,
		SCREENS(X)
#undef X
	};

	return screen >= SCREEN_KINDS || !of_pane[screen];
}

/* A pane keeps this: its head, who holds and owns, six rows of the schedule, objects, moves. */
#define LEAST_PANE	14
#define LEAST_TALK	7	/* while it is presented: three steps, and what is spoken of */

/* Rows that the sentences may take: at 80x24 all that any of the shipped bugs needs. */
static int verdict_rows(const struct view *v, int rows)
{
	if (v->screen != SCREEN_RUN)
		return rows >= 32 ? 8 : *v->asked ? 1 : 0;
	if (v->presenting)
		return rows > LEAST_TALK ? rows - LEAST_TALK : 1;
	return rows > LEAST_PANE + 2 ? rows - LEAST_PANE : 1;
}

/* The sentences, in the last rows of r; where they are cut is said where they are whole. */
static int draw_sentences(const struct view *v, struct grid *g, struct rect r)
{
	static const char where[] = " :view notes ";
	struct rect room = { r.y, 1, verdict_rows(v, r.h), r.w - 2 };
	int all = draw_verdict(v, NULL, (struct rect){ 0, 1, r.h, r.w - 2 });

	room.h = draw_verdict(v, NULL, room);
	room.y = r.y + r.h - room.h;
	draw_verdict(v, g, room);
	if (all > room.h && room.h && v->screen == SCREEN_RUN)
		grid_text(g, room, room.h - 1, room.w - (int)strlen(where), STYLE_DIM, where);
	return room.h;
}

void view_render(const struct view *v, struct grid *g)
{
	struct rect all = { .h = g->rows, .w = g->cols }, r = all;
	struct screen s;
	int keys, rows;

	grid_clear(g);
	if (g->rows < MIN_ROWS || g->cols < MIN_COLS) {
		draw_too_small(g);
		return;
	}
	draw_header_bar(v, g, (struct rect){ 0, 0, 1, all.w });
	keys = keys_rows(v, all.w);
	draw_keys_bar(v, g, (struct rect){ all.h - keys, 0, keys, all.w });
	r.y = 1;
	r.h -= 1 + keys;
	if (v->help || fills(v->screen)) {
		draw_whole_screen(v, g, r);
		return;
	}
	r.h -= draw_note(v, g, r);
	if (v->screen == SCREEN_RUN || v->presenting) {
		rows = draw_text(v, g, r);
		r.y += rows;
		r.h -= rows;
	}
	r.h -= draw_sentences(v, g, r);
	read_screen(&s, v, r);
	if (v->overlay && s.runs == 2 && v->screen == SCREEN_RUN)
		draw_merged_screen(&s, g, r);
	else
		draw_panes(&s, g, r);
}

unsigned screen_lines(const struct view *v, int cols)
{
	struct rect r = { .w = cols, .h = SCROLL_ROWS };
	struct screen s;

	if (v->screen == SCREEN_LIST)
		return v->list.rows;
	if (v->screen >= SCREEN_KINDS)
		return 0;
	if (wholes[v->screen].draw) {
		struct grid all;
		int rows = 0;

		if (!grid_init(&all, SCROLL_ROWS, cols)) {
			rows = wholes[v->screen].draw(v, &all, r);
			grid_free(&all);
		}
		return rows > 0 ? (unsigned)rows : 0;
	}
	if (!lowers[v->screen].scrolls)
		return 0;
	read_screen(&s, v, r);
	if (v->screen == SCREEN_NEXT)
		return (unsigned)next_rows(&s.pane[v->focus], true);
	return (unsigned)lowers[v->screen].draw(&s.pane[v->focus], NULL, s.half[v->focus]);
}
