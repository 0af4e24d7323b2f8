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

/* ---- bars ---- */

/* What is said of the run at the right end of the first line. */
static void header_text(const struct view *v, int columns, char *buf, size_t size)
{
	const struct run_info *info = trace_info(v->chapter[v->at].run[0]);
	unsigned long long events = info->events;

	*buf = '\0';
	if (two_runs(v) && columns >= 60)
		snprintf(buf, size, "%s ", v->locked ? "stepping together" :
			 "stepping one run alone");
	else if (two_runs(v))
		snprintf(buf, size, "%s ", v->locked ? "together" : "alone");
	else if (v->chapter[v->at].follow)
		snprintf(buf, size, "%s, %llu transitions ", info->ended ? "ended" :
			 v->paused ? "paused" : "following", events);
}

static void draw_header(const struct view *v, struct grid *g, struct rect r)
{
	const struct chapter *c = &v->chapter[v->at];
	char right[80] = "";
	int x;

	grid_fill(g, r, 0, STYLE_BAR);
	x = grid_text(g, r, 0, 1, STYLE_BAR, "swapscope") + 3;
	if (v->chapters > 1)
		x += grid_printf(g, r, 0, x, STYLE_BAR, "%u/%u  ", v->at + 1, v->chapters);
	header_text(v, r.w, right, sizeof(right));
	if (c->title) {
		char title[200];

		cut_text(title, sizeof(title), c->title, r.w - x - text_columns(right) - 1,
			 v->ascii);
		grid_text(g, r, 0, x, STYLE_BAR, title);
	}
	grid_text(g, r, 0, r.w - text_columns(right), STYLE_BAR, right);
}

static const struct hint {
	const char *utf8, *ascii, *text;
	enum { ALWAYS, TWO_RUNS, CHAPTERS, OBJECTS, FOLLOWED, CAPTURE } need;
} hints[] = {
	{ .utf8 = "\u2192", .ascii = "right", .text = "step" },
	{ .utf8 = "\u2190", .ascii = "left", .text = "back" },
	{ .utf8 = "w", .ascii = "w", .text = "stop, go on", .need = FOLLOWED },
	{ .utf8 = "d", .ascii = "d", .text = "difference", .need = TWO_RUNS },
	{ .utf8 = "f", .ascii = "f", .text = "finding" },
	{ .utf8 = "c", .ascii = "c", .text = "cause", .need = OBJECTS },
	{ .utf8 = "n", .ascii = "n", .text = "chapter", .need = CHAPTERS },
	{ .utf8 = "o", .ascii = "o", .text = "overlay", .need = TWO_RUNS },
	{ .utf8 = "tab", .ascii = "tab", .text = "pane", .need = TWO_RUNS },
	{ .utf8 = "x", .ascii = "x", .text = "lock", .need = TWO_RUNS },
	{ .utf8 = "/", .ascii = "/", .text = "object", .need = OBJECTS },
	{ .utf8 = "[ ]", .ascii = "[ ]", .text = "its changes", .need = OBJECTS },
	{ .utf8 = "e", .ascii = "e", .text = "event", .need = CAPTURE },
	{ .utf8 = ":", .ascii = ":", .text = "go to" },
};

static bool is_needed(const struct view *v, const struct hint *h)
{
	switch (h->need) {
	case TWO_RUNS:
		return two_runs(v);
	case CHAPTERS:
		return v->chapters > 1;
	case OBJECTS:
		return has_objects(&v->chapter[v->at]);
	case CAPTURE:
		return of_capture(&v->chapter[v->at]);
	case FOLLOWED:
		return v->chapter[v->at].follow;
	default:
		return true;
	}
}

static void draw_keys(const struct view *v, struct grid *g, struct rect r)
{
	static const char last[] = "? help  q quit ";
	int x = 1, end = r.w - (int)strlen(last);

	grid_fill(g, r, 0, STYLE_BAR);
	if (v->prompting) {
		grid_printf(g, r, 0, 1, STYLE_BAR, "%s: %s_", v->prompting == PROMPT_SEARCH ?
			    "look at (page 54, s7, f3, e12)" : "go to step", v->prompt);
		return;
	}
	if (v->message[0]) {
		for (int y = 0; y < r.h; y++)
			grid_fill(g, r, y, STYLE_BAR);
		r.x++;
		r.w--;
		draw_wrapped(g, r, 0, r.h, STYLE_BAR, v->message);
		return;
	}
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		const char *key = v->ascii ? hints[i].ascii : hints[i].utf8;
		int width = text_columns(key) + 1 + text_columns(hints[i].text) + 2;

		if (!is_needed(v, &hints[i]))
			continue;
		if (x + width > end)
			break;
		grid_printf(g, r, 0, x, STYLE_BAR, "%s %s", key, hints[i].text);
		x += width;
	}
	grid_text(g, r, 0, end, STYLE_BAR, last);
}

/* The last line; what a key came to may be a longer sentence. */
static int keys_rows(const struct view *v, int columns)
{
	int rows = 1;

	if (v->message[0] && !v->prompting)
		rows = draw_wrapped(NULL, (struct rect){ .w = columns - 1 }, 0, 3, STYLE_BAR,
				    v->message);
	return rows ? rows : 1;
}

/* The finding that the cursor of a run stands at or behind, or NULL. */
static const struct trace_finding *finding_reached(const struct view *v, unsigned side)
{
	const struct trace_finding *best = NULL, *f;
	size_t n;

	if (!v->chapter[v->at].run[side])
		return NULL;
	f = trace_findings(v->chapter[v->at].run[side], &n);
	for (size_t i = 0; i < n; i++)
		if (f[i].position <= v->cursor[side])
			best = &f[i];
	return best;
}

static enum style parting_text(const struct view *v, char *buf, size_t size)
{
	const struct chapter *c = &v->chapter[v->at];
	uint64_t a = parted_at(c, 0), b = parted_at(c, 1);

	if (!two_runs(v))
		return STYLE_PLAIN;
	if (!are_aligned(c)) {
		snprintf(buf, size, "the two runs were not compared");
		return STYLE_PLAIN;
	}
	if (a == UINT64_MAX) {
		snprintf(buf, size, "= the two runs do the same throughout");
		return STYLE_GOOD;
	}
	if (v->cursor[0] > a || v->cursor[1] > b) {
		snprintf(buf, size, "%s parted after step %llu: %s", v->ascii ? "#" : "\u2260",
			 (unsigned long long)a, c->alignment.why);
		return STYLE_DIFF;
	}
	snprintf(buf, size, "= together so far; the runs part after step %llu: %s",
		 (unsigned long long)a, c->alignment.why);
	return STYLE_PLAIN;
}

/* What somebody noted at the cursor of a run, or NULL. */
static const struct trace_note *note_at(const struct view *v, unsigned side)
{
	size_t n;
	const struct trace_note *note = trace_notes(v->chapter[v->at].run[side], &n);

	for (size_t i = 0; i < n; i++)
		if (note[i].position == v->cursor[side])
			return &note[i];
	return NULL;
}

/* What the model would have allowed where a capture is no run of it; "" where nobody noted it. */
static void allowed_text(const struct view *v, unsigned side, char *buf, size_t size)
{
	size_t notes, n = 0;
	const struct trace_note *note = trace_notes(v->chapter[v->at].run[side], &notes);

	*buf = '\0';
	for (size_t i = 0; i < notes && n < size - 1; i++)
		if (note[i].position == v->cursor[side] && !strcmp(note[i].kind, "allowed"))
			n += (size_t)snprintf(buf + n, size - n, "%s%.200s", n ? "; or " :
					      "the model allows: ", note[i].text);
}

int draw_verdict(const struct view *v, struct grid *g, struct rect r, int most)
{
	char text[900] = "";
	enum style style;
	int used = 0;

	for (unsigned side = 0; side < 2 && used < most; side++) {
		const struct trace_finding *f = finding_reached(v, side);
		const struct run_info *info;

		if (!f)
			continue;
		info = trace_info(v->chapter[v->at].run[side]);
		snprintf(text, sizeof(text), "!! %.60s: %.20s at step %llu: %.600s", info->kernel,
			 f->property, (unsigned long long)f->position, f->text);
		used += draw_wrapped(g, r, used, most - used > 2 ? 2 : 1, STYLE_BAD, text);
	}
	allowed_text(v, v->focus, text, sizeof(text));
	if (*text && used < most)
		used += draw_wrapped(g, r, used, most - used, STYLE_PLAIN, text);
	else if (used < most - 1 && note_at(v, v->focus)) {
		snprintf(text, sizeof(text), "%.40s: %.600s", note_at(v, v->focus)->kind,
			 note_at(v, v->focus)->text);
		used += draw_wrapped(g, r, used, 1, STYLE_PLAIN, text);
	}
	text[0] = '\0';
	style = parting_text(v, text, sizeof(text));
	if (*text && used < most)
		used += draw_wrapped(g, r, used, most - used < 3 ? most - used : 3, style, text);
	return used;
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

void draw_pane_header(const struct pane *p, struct grid *g, struct rect r)
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

struct layout {
	int answers, schedule, details, next, source;	/* rows, rules not counted */
	bool rules;
	unsigned level, tasks;			/* lines above it are left out */
};

static int lines_between(const struct object_list *list, unsigned from, unsigned to)
{
	int n = 0;

	for (unsigned i = 0; i < list->n; i++)
		n += list->level[i] >= from && list->level[i] <= to;
	return n;
}

/* Which tasks have a line, when `left` rows are left for the schedule and for them. */
static unsigned tasks_shown(int left, const struct object_list *next)
{
	static const unsigned levels[] = { 3, 1 };

	for (unsigned i = 0; i < 2; i++)
		if (left - lines_between(next, 0, levels[i]) >= (i ? 10 : 12))
			return levels[i];
	return 0;
}

/*
 * What fits into `rows`: the schedule has at least six, details go first, source last comes.  Of a
 * large run, level 3 has nothing to do with what is looked at; it is there when nothing is.
 */
static struct layout lay_out(int rows, const struct object_list *objects,
			     const struct object_list *next, const struct pane *p)
{
	const struct moment *mo = p->now;
	const struct run_info *info = mo->info;
	bool focused = !mo->lens.whole && mo->lens.focus.kind;
	int aim = info->large ? 26 : 10;
	uint64_t events = info->events;
	struct layout l = { .level = focused ? 3 : 4 };
	int left;

	do {
		l.level--;
		l.answers = lines_between(objects, 0, 0) + of_capture(p->c);
		l.details = lines_between(objects, 1, l.level);
		left = rows - l.answers - l.details;
		l.tasks = info->large ? tasks_shown(left, next) : l.level;
		l.next = lines_between(next, 0, l.tasks);
		left -= l.next;
	} while (l.level && left < (l.level == 3 ? aim : 6));
	if (left < 4) {		/* a tiny terminal: what happened, and who holds and owns */
		left += l.next;
		l.next = 0;
	}
	l.rules = left >= 10;
	left -= l.rules ? 3 : 0;
	if (left >= 14)
		l.source = left / 2 - (left >= 20 ? 1 : 2);
	l.schedule = left - l.source - (l.source ? 1 : 0);
	if (l.schedule > 2 && (uint64_t)l.schedule > events + 2) {
		if (l.source)
			l.source += l.schedule - (int)(events + 2);
		l.schedule = (int)(events + 2);
	}
	return l;
}

static int draw_lines(const struct pane *p, struct grid *g, struct rect r, int y,
		      const struct object_list *list, unsigned from, unsigned to)
{
	for (unsigned i = 0; i < list->n; i++)
		if (list->level[i] >= from && list->level[i] <= to)
			line_draw(p->v, &list->line[i], g, r, y++);
	return y;
}

/* Tasks; at the end of the last line, which ends before that in a large run, how many are not. */
static int draw_next(const struct pane *p, struct grid *g, struct rect r, int y,
		     const struct object_list *next, const struct layout *lay)
{
	int hidden = (int)next->n - lay->next, last = y + lay->next - 1;
	char more[24] = "";

	if (hidden > 0)
		snprintf(more, sizeof(more), " +%d task%s", hidden, hidden == 1 ? "" : "s");
	for (unsigned i = 0; i < next->n; i++) {
		struct rect room = r;

		if (next->level[i] > lay->tasks)
			continue;
		if (y == last && p->now->info->large)
			room.w -= text_columns(more);
		line_draw(p->v, &next->line[i], g, room, y++);
	}
	grid_text(g, r, last, r.w - text_columns(more), STYLE_DIM, more);
	return y;
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

static void draw_pane(const struct pane *p, struct grid *g, struct rect r, const struct layout *lay,
		      const struct object_list *objects, const struct object_list *next)
{
	int y;

	draw_pane_header(p, g, r);
	r.y++;
	r.h--;
	if (p->now->broken) {
		grid_printf(g, r, 1, 1, STYLE_BAD, "the trace is damaged at step %llu",
			    (unsigned long long)p->now->at);
		return;
	}
	y = draw_lines(p, g, r, 0, objects, 0, 0);
	if (of_capture(p->c))
		draw_seen(p, g, r, y++);
	if (lay->rules)
		draw_rule(p->v, g, r, y++, "what happened");
	draw_schedule(p, g, (struct rect){ r.y + y, r.x, lay->schedule, r.w });
	y += lay->schedule;
	if (lay->rules)
		draw_rule(p->v, g, r, y++, "what is there");
	y = draw_lines(p, g, r, y, objects, 1, lay->level);
	if (lay->rules && lay->next)
		draw_rule(p->v, g, r, y++, "what can happen next");
	if (lay->next)
		y = draw_next(p, g, r, y, next, lay);
	if (lay->source)
		draw_source(p, g, (struct rect){ r.y + y, r.x, r.h - y, r.w });
}

/* The line between the panes; where the objects beside it differ it says so. */
static void draw_separator(const struct view *v, struct grid *g, struct rect r, int x,
			   const struct layout *lay, const struct object_list *objects)
{
	struct rect all = { 0, 0, r.y + r.h, g->cols };
	int answer = r.y + 1;
	int detail = answer + lay->answers + lay->schedule + (lay->rules ? 2 : 0);

	grid_vline(g, x, r.y, r.h, STYLE_DIM, v->ascii);
	for (unsigned i = 0; i < objects->n; i++) {
		int *y = objects->level[i] ? &detail : &answer;

		if (objects->level[i] > lay->level)
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
	struct object_list objects[2], next[2];
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
	for (unsigned i = 0; i < s->runs; i++) {
		object_lines(&s->pane[i], &s->objects[i]);
		next_lines(&s->pane[i], &s->next[i]);
	}
}

static void draw_panes(struct screen *s, struct grid *g, struct rect r)
{
	struct layout lay = { 0 };

	for (unsigned i = 0; i < s->runs; i++) {
		struct layout mine = lay_out(r.h - 1, &s->objects[i], &s->next[i],
					     &s->pane[i]);

		if (s->both ? !i || mine.schedule > lay.schedule : i == s->v->focus)
			lay = mine;
	}
	for (unsigned i = 0; i < s->runs; i++)
		if (s->both || i == s->v->focus)
			draw_pane(&s->pane[i], g, s->half[i], &lay, &s->objects[i], &s->next[i]);
	if (s->both)
		draw_separator(s->v, g, r, s->half[1].x - 1, &lay, &s->objects[0]);
}

/* The answers of both runs beside each other, the two schedules merged below. */
static void draw_merged_screen(struct screen *s, struct grid *g, struct rect r)
{
	int y = 0;
	struct layout lay = { .answers = lines_between(&s->objects[0], 0, 0) };

	for (unsigned i = 0; i < s->runs; i++) {
		struct rect answers = s->half[i];

		if (!s->both && i != s->v->focus)
			continue;
		draw_pane_header(&s->pane[i], g, answers);
		y = 1 + draw_lines(&s->pane[i], g,
				   (struct rect){ r.y + 1, answers.x, r.h - 1, answers.w }, 0,
				   &s->objects[i], 0, 0);
	}
	if (s->both)
		draw_separator(s->v, g, (struct rect){ r.y, r.x, y, r.w }, s->half[1].x - 1, &lay,
			       &s->objects[0]);
	draw_overlay(s->v, g, (struct rect){ r.y + y, r.x, r.h - y, r.w });
}

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

void view_render(const struct view *v, struct grid *g)
{
	struct rect all = { .h = g->rows, .w = g->cols }, r = all, bottom;
	const struct chapter *c = &v->chapter[v->at];
	struct screen s;
	int keys, verdict, most = g->rows >= 24 ? 4 : g->rows >= 20 ? 2 : 1;

	grid_clear(g);
	if (g->rows < MIN_ROWS || g->cols < MIN_COLS) {
		draw_too_small(g);
		return;
	}
	draw_header(v, g, (struct rect){ 0, 0, 1, all.w });
	keys = keys_rows(v, all.w);
	draw_keys(v, g, (struct rect){ all.h - keys, 0, keys, all.w });
	r.y = 1;
	r.h -= 1 + keys;
	if (v->help) {
		draw_help(v, g, r);
		return;
	}
	if (c->text) {
		int text = draw_wrapped(g, (struct rect){ r.y, 1, r.h, r.w - 2 }, 0,
					text_rows(v, g->rows), STYLE_PLAIN, c->text);
		r.y += text;
		r.h -= text;
	}
	verdict = draw_verdict(v, NULL, (struct rect){ 0, 1, most, r.w - 2 }, most);
	bottom = (struct rect){ r.y + r.h - verdict, 1, verdict, r.w - 2 };
	draw_verdict(v, g, bottom, most);
	r.h -= verdict;
	read_screen(&s, v, r);
	if (v->overlay && s.runs == 2)
		draw_merged_screen(&s, g, r);
	else
		draw_panes(&s, g, r);
}
