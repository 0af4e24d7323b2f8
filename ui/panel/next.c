/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * next.c - what can happen next: a line for every task, or, where moves can be made by hand, a
 * row for every move, with what would come of it and whether that can still go wrong.
 */
#include <string.h>

#include "ui/panel/panel.h"

static const char *const ready_text[] = {
	[TASK_READY] = "next", [TASK_WAITS] = "waits", [TASK_MAY_RETRY] = "waits?",
	[TASK_DONE] = "done",
};

static void next_words(struct line *l, const struct moment *mo, unsigned task,
		       enum readiness ready, const char *why)
{
	const struct trace_step *step = moment_next(mo, task);
	char full[112], brief[72];

	if (ready == TASK_DONE)
		return;
	if (ready == TASK_WAITS)
		line_both(l, STYLE_DIFF, false, why, why);
	if (ready == TASK_MAY_RETRY) {
		snprintf(full, sizeof(full), "%.80s, or retries", why);
		line_both(l, STYLE_DIFF, false, full, why);
	}
	snprintf(full, sizeof(full), "%.40s: %.68s", step->op, step->text);
	snprintf(brief, sizeof(brief), "%.70s", step->text);
	if (text_columns(brief) > 30)
		drop_arguments(brief);
	if (ready == TASK_READY)
		line_both(l, STYLE_PLAIN, false, full, brief);
	else
		line_both(l, STYLE_DIM, false, full, "");
}

/* Of one that does nothing: what it begins, in this run. */
static void begin_words(struct line *l, const struct trace_step *step)
{
	char full[112], brief[72];

	if (!step)
		return;
	snprintf(full, sizeof(full), "%.40s: %.68s", step->op, step->text);
	snprintf(brief, sizeof(brief), "%.70s", step->text);
	line_both(l, STYLE_PLAIN, false, full, brief);
}

/* Whether a task is worth a line: one that moves in no run shown is, where there is room. */
static unsigned next_level(const struct pane *p, unsigned place, unsigned task, unsigned next)
{
	const struct trace_event *ev;

	if (p->now->lens.whole)
		return p->tasks >> task & 1 ? 0 : 3;
	ev = trace_event_at(p->now->t, p->now->at);
	if (task == next || (ev && ev->task == task))
		return 0;
	return moment_task_related(p->now, place) ? 1 : 3;
}

/* "T0 next>": the mark is on the task that moves next in this run. */
static void next_lines(const struct pane *p, struct object_list *list)
{
	const struct moment *mo = p->now;
	const struct trace_event *ev = trace_event_at(mo->t, mo->at + 1);
	const struct trace_step *begun = ev ? trace_step_at(mo->t, ev->step) : NULL;
	unsigned next = ev ? ev->task : UINT32_MAX, tasks = moment_places(mo, OBJ_TASK);
	int width = 2;

	memset(list, 0, sizeof(*list));
	for (unsigned i = 0; i < tasks; i++) {
		char name[NAME_WIDTH + 1];
		int columns = text_columns(brief_name(task_name(mo, moment_number(mo, OBJ_TASK, i)),
						      name));

		width = columns > width ? columns : width;
	}
	for (unsigned i = 0; i < tasks; i++) {
		unsigned task = moment_number(mo, OBJ_TASK, i);
		struct line *l = add_line(list, next_level(p, i, task, next), false);
		char why[72], name[NAME_WIDTH + 1];
		enum readiness ready = moment_ready(mo, i, why, sizeof(why));

		line_start(l, task == next ? STYLE_TITLE : STYLE_DIM, "%-*s %s%s", width,
			   brief_name(task_name(mo, task), name),
			   ready == TASK_DONE && mo->info->live ? "idle" : ready_text[ready],
			   task == next ? ">" : "");
		l->label_width = (uint8_t)(width + 1 + (ready == TASK_MAY_RETRY ? 7 : 6));
		next_words(l, mo, i, ready, why);
		if (ready == TASK_DONE && task == next)
			begin_words(l, begun);
	}
}

/* ---- moves by hand ---- */

#define CHANGES_ROWS	4	/* of what a move would change */

/* Moves that can be made at the cursor; NULL: by hand there are none, as in a presentation. */
static const struct by_hand *moves(const struct pane *p)
{
	const struct by_hand *h = &p->v->hand[p->side];

	if (p->v->presenting && !*h->branch)	/* on the path nobody is to choose */
		return NULL;
	return h->possible && h->at == p->now->at && h->choices <= CHOICES_SHOWN ? h : NULL;
}

static bool selected(const struct pane *p, unsigned i)
{
	return p->v->focus == p->side && p->v->row == i;
}

/* What is known of a move in a word or two: "safe", "UAF at once", "can go wrong in 5". */
static void fate_text(const struct choice *c, bool brief, char *buf, size_t size)
{
	*buf = '\0';
	if (c->fate == FATE_UNKNOWN)
		snprintf(buf, size, brief ? "?" : "not known");
	else if (c->fate == FATE_SAFE)
		snprintf(buf, size, "safe");
	else if (c->fate == FATE_BROKEN)
		snprintf(buf, size, "%.40s%s", *c->breaks ? c->breaks : "breaks",
			 brief ? "" : " at once");
	else if (c->fate == FATE_DOOMED && brief)
		snprintf(buf, size, "in %u", c->left);
	else if (c->fate == FATE_DOOMED)
		snprintf(buf, size, c->lost ? "doomed: in %u" : "can go wrong in %u", c->left);
}

/* "T0 /1": a task, and which of several outcomes. */
static void mover_text(const struct choice *c, char *buf, size_t size)
{
	char name[NAME_WIDTH + 1];

	brief_name(c->name, name);
	if (c->outcomes > 1)
		snprintf(buf, size, "%s/%u", name, c->outcome);
	else
		snprintf(buf, size, "%s", name);
}

static int mover_width(const struct by_hand *h)
{
	int width = 2;

	for (unsigned i = 0; i < h->choices; i++) {
		char text[32];

		mover_text(&h->choice[i], text, sizeof(text));
		width = text_columns(text) > width ? text_columns(text) : width;
	}
	return width;
}

/* What the move is, in at most `columns`: the function goes first, then arguments. */
static void move_text(const struct choice *c, int columns, char *buf, size_t size)
{
	const char *colon = strstr(c->step, ": ");

	if (!c->can) {
		snprintf(buf, size, "%s", c->why);
		return;
	}
	snprintf(buf, size, "%s%s%s", c->step, *c->result ? " = " : "", c->result);
	if (text_columns(buf) > columns && colon)
		snprintf(buf, size, "%s%s%s", colon + 2, *c->result ? " = " : "", c->result);
	if (text_columns(buf) > columns)
		drop_arguments(buf);
}

#define LEAST_CHANGES	24	/* columns that are worth to begin what a move would change */

/* Is there room beside a move for all that it would change? */
static bool fits_beside(const struct choice *c, int columns, int width)
{
	int x = 7 + width, end = columns;
	char text[400], fate[80];

	fate_text(c, columns < 70, fate, sizeof(fate));
	end -= *fate ? text_columns(fate) + 1 : 0;
	move_text(c, end - x, text, sizeof(text));
	x += text_columns(text);
	return end - x >= LEAST_CHANGES && text_columns(c->changes) <= end - x - 3;
}

/* One row.  Where there is room, also what the move would change: not where that stands below. */
static void draw_choice(const struct pane *p, struct grid *g, struct rect r, int y,
			const struct choice *c, unsigned i, int width, bool below)
{
	bool brief = r.w < 70, here = selected(p, i);
	enum style fate_style, style = here ? STYLE_SELECTED : c->can ? STYLE_PLAIN : STYLE_DIM;
	const char *mark = fate_mark(c->fate, c->lost, &fate_style);
	char text[400], cut[400], mover[32], fate[80];
	int x, end = r.w;

	grid_spot(g, (struct rect){ r.y + y, r.x, 1, r.w }, SPOT_ROW, p->side, i);
	if (here)
		grid_fill(g, r, y, style);
	mover_text(c, mover, sizeof(mover));
	fate_text(c, brief, fate, sizeof(fate));
	x = grid_printf(g, r, y, 0, style, "%c%2u ", here ? '>' : ' ', i + 1);
	grid_text(g, r, y, x, here ? style : fate_style, c->can ? mark : "-");
	x += 2;
	grid_printf(g, r, y, x, here ? style : c->can ? STYLE_TITLE : STYLE_DIM, "%-*s", width,
		    mover);
	x += width + 1;
	if (*fate && c->can) {
		end -= text_columns(fate) + 1;
		grid_text(g, r, y, end + 1, here ? style : fate_style, fate);
	}
	move_text(c, end - x, text, sizeof(text));
	cut_text(cut, sizeof(cut), text, end - x, p->v->ascii);
	x += grid_text(g, r, y, x, here ? style : c->can ? STYLE_PLAIN : STYLE_DIFF, cut);
	if (!c->can || !*c->changes || end - x < LEAST_CHANGES || below)
		return;
	cut_text(cut, sizeof(cut), c->changes, end - x - 3, p->v->ascii);
	grid_printf(g, r, y, x + 2, here ? style : STYLE_DIM, "%s", cut);
}

/* Rows of what a move would change, under it; where g is NULL they are counted. */
static int draw_changes(struct grid *g, struct rect r, int y, const struct choice *c, int rows,
			int width)
{
	const int indent = 6;
	struct rect room = { r.y, r.x + indent, r.h, r.w - indent };
	char text[300];

	if (!c->can || !*c->changes || fits_beside(c, r.w, width))
		return 0;
	snprintf(text, sizeof(text), "changes %s", c->changes);
	return draw_wrapped(g, room, y, rows, STYLE_DIM, text);
}

static int draw_moves(const struct pane *p, struct grid *g, struct rect r, bool full)
{
	const struct by_hand *h = moves(p);
	unsigned rows = r.h > 0 ? (unsigned)r.h : 0, first = 0, last;
	int width = mover_width(h), y = 0;
	bool room = rows > h->choices;

	if (p->v->focus == p->side && p->v->row < h->choices && p->v->row >= rows)
		first = p->v->row - rows + 1;
	last = h->choices < first + rows || full ? h->choices : first + rows;
	for (unsigned i = full ? 0 : first; i < last && y < r.h; i++) {
		bool below = full || (room && selected(p, i));

		draw_choice(p, g, r, y, &h->choice[i], i, width,
			    below && !fits_beside(&h->choice[i], r.w, width));
		if (!full && i + 1 == last && last - first < h->choices)
			grid_printf(g, r, y, r.w - 14, STYLE_DIM, " %2u-%2u of %2u ", first + 1,
				    last, h->choices);
		y++;
		if (below)
			y += draw_changes(g, r, y, &h->choice[i], full ? CHANGES_ROWS : r.h - y -
					  (int)(last - i - 1), width);
	}
	if (!h->choices)
		grid_text(g, r, y++, 0, STYLE_DIM, "nobody can move: the run is over");
	return y;
}

int next_selected(const struct pane *p, int columns)
{
	const struct by_hand *h = moves(p);
	int y = 0;

	for (unsigned i = 0; h && p->v->focus == p->side && i < p->v->row && i < h->choices; i++)
		y += 1 + draw_changes(NULL, (struct rect){ .w = columns }, 0, &h->choice[i],
				      CHANGES_ROWS, mover_width(h));
	return y;
}

/* ---- both ---- */

#define FEW_TASKS	4

/* Of many tasks, those that have nothing to do with what is looked at are left out first. */
static unsigned tasks_shown(const struct pane *p, const struct object_list *list, int rows,
			    unsigned *level)
{
	unsigned n = 0;

	for (*level = p->v->presenting ? 0 : p->now->lens.whole || list->n <= FEW_TASKS ? 3 : 1;;
	     --*level) {
		n = 0;
		for (unsigned i = 0; i < list->n; i++)
			n += list->level[i] <= *level;
		if (!*level || (int)n <= rows)
			return n;
	}
}

int next_rows(const struct pane *p, bool all)
{
	const struct by_hand *h = moves(p);
	struct object_list list;
	unsigned level;

	if (h)
		return h->choices ? (int)h->choices + 1 : 1;
	next_lines(p, &list);
	return all ? (int)list.n : (int)tasks_shown(p, &list, INT16_MAX, &level);
}

int draw_next(const struct pane *p, struct grid *g, struct rect r, bool full)
{
	struct object_list list;
	char more[32] = "";
	unsigned level, shown;
	int y = 0;

	if (moves(p))
		return draw_moves(p, g, r, full);
	next_lines(p, &list);
	shown = full ? list.n : tasks_shown(p, &list, r.h, &level);
	if (full)
		level = 3;
	if ((int)shown > r.h)
		shown = (unsigned)r.h;
	if (shown < list.n && !p->v->presenting)
		snprintf(more, sizeof(more), " +%u task%s", list.n - shown,
			 list.n - shown == 1 ? "" : "s");
	for (unsigned i = 0; i < list.n && y < (int)shown; i++) {
		struct rect room = r;

		if (list.level[i] > level)
			continue;
		room.w -= y + 1 == (int)shown ? text_columns(more) : 0;
		line_draw(p->v, &list.line[i], g, room, y);
		point_row(p, g, r, y++, list.line[i].label);
	}
	grid_text(g, r, y - 1, r.w - text_columns(more), STYLE_DIM, more);
	return y;
}
