/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * schedule.c - the schedule in kernel-style columns, one per task, and the two
 * schedules laid over each other.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "ui/panel/panel.h"

/* The schedule's text, "T0*3 W T1/1", names every task that moves. */
static unsigned tasks_of_run(const struct run_info *info)
{
	unsigned mask = 0, all = (1u << (info->tasks < MAX_TASKS ? info->tasks : MAX_TASKS)) - 1;

	for (const char *at = info->schedule; at && *at && mask != all;) {
		size_t n = strcspn(at, "*/ ");

		for (unsigned i = 0; i < info->tasks && i < MAX_TASKS; i++)
			if (!strncmp(info->task_name[i], at, n) && !info->task_name[i][n])
				mask |= 1u << i;
		at += strcspn(at, " ");
		at += strspn(at, " ");
	}
	return mask ? mask : all;
}

unsigned moving_tasks(const struct chapter *c, unsigned side)
{
	unsigned own = tasks_of_run(trace_info(c->run[side]));

	if (!c->run[1] || c->alignment.life[0])
		return own;
	return own | tasks_of_run(trace_info(c->run[!side]));
}

static int count_bits(unsigned mask)
{
	int n = 0;

	for (; mask; mask &= mask - 1)
		n++;
	return n;
}

/* Column of a task, among those that move, in a schedule of that width. */
static int task_column(unsigned tasks, unsigned task, int width)
{
	int text = width >= 72 ? 36 : 24;	/* what the last column should have */
	int n = count_bits(tasks);
	int step = n > 1 ? (width - text) / (n - 1) : 0;

	if (n && step > width / n)
		step = width / n;
	return (step < 1 ? 1 : step) * count_bits(tasks & ((1u << (task < 32 ? task : 31)) - 1));
}

/* Of a run with more findings it is not asked where they repeat: it is no model's. */
#define LOOPS_MAX	1000

/* One transition as text: "W: step", and what comes after it: " = -EEXIST !! UAF". */
struct step_row {
	uint64_t at;
	unsigned task, depth;
	const char *op;
	char text[160];
	char tail[160];			/* what it came to */
	char broke[160];		/* and what that means: shown first */
	uint64_t time;
	bool finding, differs, switched, outside;
	bool seen;			/* an event of the capture shows it */
	bool parts;			/* the first of a row of steps that differ */
};

/* What a transition broke, and where a round begins that repeats for ever. */
static void finding_tail(struct trace *t, struct step_row *row)
{
	size_t n, i;
	const struct trace_finding *f = trace_findings(t, &n);

	for (i = 0; i < n && n < LOOPS_MAX; i++)
		if (f[i].repeats && f[i].loop + 1 == row->at &&
		    sizeof(row->broke) - strlen(row->broke) > 24)
			strcat(row->broke, " <- repeats from here");
	for (i = trace_finding_from(t, row->at); i < n && f[i].position == row->at; i++) {
		char *end = row->broke + strlen(row->broke);
		size_t room = sizeof(row->broke) - strlen(row->broke);

		if (room <= 24)
			return;
		sprintf(end, " !! %.16s", f[i].property);
		row->finding = true;
		if (f[i].repeats && room > 72)
			sprintf(end + strlen(end), ": back to step %llu, for ever",
				(unsigned long long)f[i].loop + 1);
	}
}

static bool step_row(const struct chapter *c, unsigned side, uint64_t at, struct step_row *row)
{
	struct trace *t = c->run[side];
	const struct run_info *info = trace_info(t);
	const struct trace_event *ev;
	const struct trace_step *step;
	unsigned before = UINT_MAX;
	char wait[32];

	memset(row, 0, sizeof(*row));
	if (at > 1 && (ev = trace_event_at(t, at - 1)))
		before = ev->task;
	ev = trace_event_at(t, at);
	step = ev ? trace_step_at(t, ev->step) : NULL;
	if (!step)
		return false;
	row->at = at;
	row->task = ev->task;
	row->depth = ev->depth;
	row->time = ev->time;
	row->op = step->op;
	row->switched = ev->task != before;
	snprintf(row->text, sizeof(row->text), "%s", step->text);
	if (ev->result && *ev->result)
		snprintf(row->tail, sizeof(row->tail), " = %.60s", ev->result);
	if (ev->waited && has_objects(c))
		snprintf(row->tail + strlen(row->tail), sizeof(row->tail) - strlen(row->tail),
			 " (waited %s)", waited_text(info, ev->waited, wait, sizeof(wait)));
	row->parts = parts_here(c, side, at);
	row->differs = row->parts || step_differs(c, side, at);
	row->outside = outside_life(c, side, at);
	if (info->capture)
		capture_event_of(t, at, &row->seen);
	row->parts |= row->differs && !step_differs(c, side, at - 1);
	finding_tail(t, row);
	return row->task < info->tasks;
}

/* The operation at the right edge, where nothing is in the way. */
static void draw_operation(struct grid *g, struct rect r, int y, int x, enum style style,
			   const struct step_row *row)
{
	int width = row->op ? text_columns(row->op) : r.w;

	if (r.w >= 84 && x + 2 + width <= r.w)
		grid_text(g, r, y, r.w - width,
			  style == STYLE_CURSOR || style == STYLE_BAD ? style : STYLE_DIM, row->op);
}

/* Text and tail of a step from column x on; the text gives way to the tail. */
static void draw_step(const struct view *v, struct grid *g, struct rect r, int y, int x,
		      enum style style, const struct step_row *row, const char *name)
{
	char step[sizeof(row->text)], text[200], brief[NAME_WIDTH + 1];
	int room = r.w - x, tail, end = text_columns(row->broke);

	if (row->switched && room > 12)
		x += grid_printf(g, r, y, x, style == STYLE_DIM || style == STYLE_PLAIN ?
				 STYLE_TITLE : style, "%s: ", brief_name(name, brief));
	room = r.w - x - end;
	tail = text_columns(row->tail);
	strcpy(step, row->text);
	if (text_columns(step) > room - tail)
		drop_arguments(step);
	cut_text(text, sizeof(text), step, room - tail > 8 ? room - tail : 8, v->ascii);
	x += grid_text(g, r, y, x, style, text);
	cut_text(text, sizeof(text), row->tail, r.w - x - end, v->ascii);
	x += grid_text(g, r, y, x, style, text);
	cut_text(text, sizeof(text), row->broke, r.w - x, v->ascii);
	x += grid_text(g, r, y, x, style, text);
	draw_operation(g, r, y, x, style, row);
}

static const char *row_flag(const struct view *v, const struct step_row *row)
{
	if (row->finding)
		return "!!";
	if (!row->differs)
		return row->seen ? " @" : "";
	if (row->parts)
		return v->ascii ? "#" : "\u2260";
	return v->ascii ? "|" : "\u2506";
}

static enum style row_style(const struct step_row *row, uint64_t cursor)
{
	if (row->finding)
		return STYLE_BAD;
	if (row->at == cursor)
		return STYLE_CURSOR;
	return row->at > cursor || row->outside ? STYLE_DIM : STYLE_PLAIN;
}

/* The heads of the columns; `x` is where the first begins.  Where they would overlap there are
 * none: each switch names its task. */
static void draw_task_names(struct grid *g, struct rect r, int x, const struct run_info *info,
			    unsigned tasks)
{
	char brief[NAME_WIDTH + 1];
	int end = -1;

	for (unsigned i = 0; i < info->tasks && i < MAX_TASKS; i++) {
		int column = task_column(tasks, i, r.w - x);

		if (!(tasks >> i & 1))
			continue;
		if (column <= end)
			return;
		end = column + text_columns(brief_name(info->task_name[i], brief));
	}
	for (unsigned i = 0; i < info->tasks && i < MAX_TASKS; i++)
		if (tasks >> i & 1)
			grid_text(g, r, 0, x + task_column(tasks, i, r.w - x), STYLE_TITLE,
				  brief_name(info->task_name[i], brief));
}

/* Columns are told apart by their indent; where they are wide enough, by a line too. */
static void draw_guides(const struct view *v, struct grid *g, struct rect r, int y, int x,
			unsigned tasks)
{
	for (unsigned i = 0; i < MAX_TASKS; i++) {
		int column = task_column(tasks, i, r.w - x);

		if (tasks >> i & 1 && column >= 4)
			grid_text(g, r, y, x + column - 2, STYLE_DIM, v->ascii ? "|" : "\u2502");
	}
}

/* ---- locks ---- */

/*
 * A lock has a lane while somebody has it: it begins at the step that takes it and ends at the one
 * that drops it, and whose step that is stands beside it.
 */
#define LANES_MAX	8
struct spans {
	uint64_t first;			/* of the rows' positions */
	unsigned rows, lanes;
	uint8_t lane[LANES_MAX];	/* which of the locks */
	struct held (*held)[HELD_MAX];	/* of positions first - 1 .. first + rows - 1 */
};

static const struct held *held_at(const struct spans *s, uint64_t at, unsigned lane)
{
	if (at + 1 < s->first + (s->first == 0) || at >= s->first + s->rows)
		return NULL;
	return &s->held[at + 1 - s->first][s->lane[lane]];
}

static void find_lanes(struct spans *s, unsigned most)
{
	for (unsigned lock = 0; lock < HELD_MAX && s->lanes < most; lock++) {
		bool used = false;

		for (unsigned i = 0; i <= s->rows; i++)
			used |= s->held[i][lock].holder != 0;
		if (used)
			s->lane[s->lanes++] = (uint8_t)lock;
	}
}

/* Of a file that is damaged somewhere there none is shown. */
static void read_spans(struct spans *s, const struct moment *mo, uint64_t first, unsigned rows,
		       int columns)
{
	struct trace_sight sight;

	*s = (struct spans){ .first = first, .rows = rows };
	s->held = calloc(rows + 1, sizeof(*s->held));
	if (!s->held)
		return;
	for (unsigned i = 0; i <= rows; i++) {
		if (!first && !i)
			continue;	/* before the start there is nothing */
		if (trace_see(mo->t, first + i - 1, &mo->lens, &sight) < 0)
			return;
		held_in(&sight.w, sight.raw, s->held[i]);
	}
	find_lanes(s, columns < 56 ? 3 : columns < 90 ? 5 : LANES_MAX);
}

static void draw_span(const struct view *v, const struct spans *s, struct grid *g, struct rect r,
		      int y, int x, uint64_t at, enum style style)
{
	for (unsigned i = 0; i < s->lanes; i++) {
		const struct held *now = held_at(s, at, i);
		const struct held *before = at ? held_at(s, at - 1, i) : NULL;
		bool held = now && now->holder, was = before && before->holder;
		const char *mark = " ";

		if (held && was && now->holder != before->holder)
			mark = v->ascii ? "#" : "\u253c";
		else if (held && was)
			mark = v->ascii ? "|" : "\u2502";
		else if (held)
			mark = v->ascii ? "." : "\u252c";
		else if (was)
			mark = v->ascii ? "'" : "\u2534";
		grid_text(g, r, y, x + (int)i, style == STYLE_PLAIN ? STYLE_OWNER : style, mark);
	}
}

static void draw_span_names(const struct spans *s, struct grid *g, struct rect r, int x)
{
	for (unsigned i = 0; i < s->lanes; i++)
		grid_printf(g, r, 0, x + (int)i, STYLE_OWNER, "%c",
			    held_letter(s->held[s->rows][s->lane[i]].kind));
}

/* ---- what can still become of the run ---- */

static const struct prospect *prospect_at(const struct pane *p, uint64_t at)
{
	const struct by_hand *h = &p->v->hand[p->side];

	return h->prospect && at < h->prospects ? &h->prospect[at] : NULL;
}

static bool has_prospects(const struct pane *p)
{
	return p->v->hand[p->side].prospect && p->v->hand[p->side].prospects;
}

/* 0: nothing can go wrong; 1: something can; 2: it will, or has; -1: nobody knows. */
static int danger(const struct prospect *a)
{
	if (!a || a->fate == FATE_UNASKED || a->fate == FATE_UNKNOWN)
		return -1;
	return a->fate == FATE_SAFE ? 0 : a->fate == FATE_DOOMED && !a->lost ? 1 : 2;
}

/* Where it turns: the last step after which all was well, and the one that changed that. */
static void prospect_text(const struct pane *p, uint64_t at, bool brief, char *buf, size_t size)
{
	const struct prospect *now = prospect_at(p, at), *next = prospect_at(p, at + 1);
	int here = danger(now), before = at ? danger(prospect_at(p, at - 1)) : -1;
	size_t n;
	const struct trace_finding *f = trace_findings(p->now->t, &n);

	*buf = '\0';
	if (at && here > before && before >= 0 && now->fate == FATE_DOOMED && brief)
		snprintf(buf, size, "%s", here == 2 ? "doomed" : "in danger");
	else if (at && here > before && before >= 0 && now->fate == FATE_DOOMED)
		snprintf(buf, size, "%s: %.20s in %u", here == 2 ? "doomed" : "can go wrong",
			 n ? f[0].property : "a violation", now->left);
	else if (here >= 0 && danger(next) > here && next->fate >= FATE_DOOMED)
		snprintf(buf, size, brief ? "last safe" : "last safe step");
}

/* A mark, and the style that goes with it; "" of what nobody asked. */
const char *fate_mark(enum fate fate, bool lost, enum style *style)
{
	switch (fate) {
	case FATE_UNKNOWN:
		*style = STYLE_DIM;
		return "?";
	case FATE_SAFE:
		*style = STYLE_GOOD;
		return "=";
	case FATE_DOOMED:
		*style = lost ? STYLE_BAD : STYLE_RISK;
		return lost ? "#" : "!";
	case FATE_BROKEN:
		*style = STYLE_BAD;
		return "X";
	default:
		*style = STYLE_PLAIN;
		return "";
	}
}

/* ---- rows ---- */

/* Where in a schedule's rows what stands. */
struct columns {
	int width;		/* of numbers */
	int prospect;		/* column of what can become of it; 0: it is not shown */
	int lanes;		/* of locks, where there are any */
	int time;		/* column of the time; 0: it is not shown */
	int time_width;
	int name;		/* of the tasks' names where these have no columns; 0: they have */
	int text;
};

#define TIME_WIDTH	13	/* "123.123456789", or without the nanoseconds */
#define TIME_NARROW	10
#define WIDE_FOR_TIME	64
#define WIDE_FOR_NS	100

/* Columns so narrow that hardly a step fits into one are worse than none. */
#define NARROW_COLUMN	28

/*
 * More tasks than a world has places have no columns of their own: each row names its task.  So
 * it does in a run of threads, which take turns at every step, where columns are narrow.
 */
static struct columns columns_of(const struct pane *p, const struct spans *spans, struct rect r)
{
	const struct run_info *info = p->now->info;
	struct columns c = { .width = (int)text_digits(info->events) };
	int x = 2 + 1 + c.width + 1, widest = 0;

	if (has_prospects(p)) {
		c.prospect = x - 1;
		x++;
	}
	if (spans->lanes) {
		c.lanes = x;
		x += (int)spans->lanes + 1;
	}

	if (info->clock && r.w >= WIDE_FOR_TIME) {
		c.time = x;
		c.time_width = r.w >= WIDE_FOR_NS ? TIME_WIDTH : TIME_NARROW;
		x += c.time_width + 1;
	}
	if (info->tasks > MAX_TASKS ||
	    (info->large && r.w - x < NARROW_COLUMN * (int)info->tasks)) {
		for (unsigned i = 0; i < info->tasks; i++)
			if (text_columns(info->task_name[i]) > widest)
				widest = text_columns(info->task_name[i]);
		c.name = x;
		x += (widest < 8 ? widest : 8) + 2;
	}
	c.text = x;
	return c;
}

static void draw_prospect(const struct pane *p, struct grid *g, struct rect r, int y,
			  const struct columns *c, uint64_t at, bool broken)
{
	const struct prospect *a = prospect_at(p, at);
	enum style style;
	const char *mark = a ? fate_mark(broken ? FATE_BROKEN : a->fate, a->lost, &style) : "";

	if (c->prospect && *mark)
		grid_text(g, r, y, c->prospect, style, mark);
}

/* From another task to this one: a step that may have been hours later. */
static void draw_switch(const struct view *v, struct grid *g, struct rect r, int y, int x,
			enum style style)
{
	grid_text(g, r, y, x - 1, style == STYLE_PLAIN ? STYLE_TITLE : style,
		  v->ascii ? "\\" : "\u21b3");
}

/* Where somebody noted something: a bookmark's letter, or a quotation mark; the cursor hides it. */
static void draw_noted(const struct trace *t, struct grid *g, struct rect r, int y, uint64_t at,
		       uint64_t cursor)
{
	const struct trace_note *n = at == cursor ? NULL : trace_remark_at(t, at);

	if (n)
		grid_printf(g, r, y, 2, STYLE_TITLE, "%c", n->letter ? n->letter : '"');
}

#define LEAST_STEP	20	/* columns that a remark leaves to a step */

/*
 * Where it turns is said behind the step; where that would cut it, in the blank columns in front of
 * it, or in a word or two.  Returns the column where the step begins: it may move into these blank
 * columns too.
 */
static int place_turn(const struct pane *p, struct grid *g, struct rect r, int y, int x, int blank,
		      enum style style, struct step_row *row)
{
	char turn[64], brief[64];
	int step = text_columns(row->text) + text_columns(row->tail) + (row->switched ? 4 : 0);
	int room = r.w - x - text_columns(row->broke) - 4, least, move;

	prospect_text(p, row->at, false, turn, sizeof(turn));
	if (!*turn || sizeof(row->broke) - strlen(row->broke) < sizeof(turn) + 5)
		return x;
	prospect_text(p, row->at, true, brief, sizeof(brief));
	least = step < LEAST_STEP ? step : LEAST_STEP;
	if (room - text_columns(turn) < step && x - blank >= text_columns(turn) + 6) {
		grid_printf(g, r, y, x - text_columns(turn) - 5, style, "%s -> ", turn);
		return x;
	}
	if (room - text_columns(turn) < least)
		memcpy(turn, brief, sizeof(turn));
	sprintf(row->broke + strlen(row->broke), " <- %s", turn);
	move = least - (room - text_columns(turn));
	if (move > x - blank - 2)
		move = x - blank - 2;
	return move > 0 ? x - move : x;
}

static void draw_row(const struct pane *p, struct grid *g, struct rect r, int y,
		     const struct columns *c, const struct spans *spans, struct step_row *row)
{
	uint64_t cursor = p->now->at;
	enum style style = row_style(row, cursor);
	const char *name = p->now->info->task_name[row->task], *point;
	char time[32], brief[NAME_WIDTH + 1], number[32];
	int x = c->text;

	snprintf(number, sizeof(number), "step %llu", (unsigned long long)row->at);
	point = is_pointed(p->c, number) ? number : name;
	if (row->at == cursor)
		grid_fill(g, r, y, style);
	grid_text(g, r, y, 0, row->finding ? STYLE_BAD : row->differs ? STYLE_DIFF : STYLE_DIM,
		  row_flag(p->v, row));
	grid_printf(g, r, y, 2, style, "%c%*llu", row->at == cursor ? '>' : ' ', c->width,
		    (unsigned long long)row->at);
	draw_noted(p->now->t, g, r, y, row->at, cursor);
	if (c->time)
		grid_printf(g, r, y, c->time, style == STYLE_PLAIN ? STYLE_DIM : style, "%*s",
			    c->time_width, time_text(row->time, c->time_width == TIME_NARROW,
						     time, sizeof(time)));
	if (c->name) {
		grid_printf(g, r, y, c->name, style == STYLE_PLAIN && row->switched ?
			    STYLE_TITLE : style, "%s", brief_name(name, brief));
		row->switched = false;
	} else {
		if (row->at != cursor)
			draw_guides(p->v, g, r, y, x, p->tasks);
		x += task_column(p->tasks, row->task, r.w - x);
	}
	x = place_turn(p, g, r, y, x, c->text, style, row);
	if (row->switched)
		draw_switch(p->v, g, r, y, x, style);
	draw_step(p->v, g, r, y, x, style, row, name);
	draw_span(p->v, spans, g, r, y, c->lanes, row->at, style);
	draw_prospect(p, g, r, y, c, row->at, row->finding);
	point_row(p, g, r, y, point);
}

static void draw_start(const struct pane *p, struct grid *g, struct rect r, int y,
		       const struct columns *c, const struct spans *spans)
{
	enum style style = p->now->at ? STYLE_PLAIN : STYLE_CURSOR;
	char turn[64];

	prospect_text(p, 0, false, turn, sizeof(turn));
	grid_printf(g, r, y, 2, style, "%c%*d", p->now->at ? ' ' : '>', c->width, 0);
	draw_noted(p->now->t, g, r, y, 0, p->now->at);
	grid_printf(g, r, y, c->text, style, "start%s%s", *turn ? " <- " : "", turn);
	draw_span(p->v, spans, g, r, y, c->lanes, 0, style);
	draw_prospect(p, g, r, y, c, 0, false);
}

void draw_schedule(const struct pane *p, struct grid *g, struct rect r)
{
	const struct run_info *info = p->now->info;
	uint64_t cursor = p->now->at, rows = r.h > 1 ? (uint64_t)r.h - 1 : 0;
	uint64_t first = cursor > rows / 2 ? cursor - rows / 2 : 0;
	struct columns c;
	struct spans spans;

	if (first + rows > info->events + 1)
		first = info->events + 1 > rows ? info->events + 1 - rows : 0;
	if (rows > info->events + 1 - first)
		rows = info->events + 1 - first;
	read_spans(&spans, p->now, first, (unsigned)rows, r.w);
	c = columns_of(p, &spans, r);
	if (c.name)
		grid_text(g, r, 0, c.name, STYLE_TITLE, "task");
	else
		draw_task_names(g, r, c.text, info, p->tasks);
	draw_span_names(&spans, g, r, c.lanes);
	for (uint64_t i = 0; i < rows; i++) {
		uint64_t at = first + i;
		int y = (int)i + 1;
		struct step_row row;

		grid_spot(g, (struct rect){ r.y + y, r.x, 1, r.w }, SPOT_STEP, p->side, at);
		if (!at)
			draw_start(p, g, r, y, &c, &spans);
		else if (!step_row(p->c, p->side, at, &row))
			grid_printf(g, r, y, 0, STYLE_BAD, "  %c%*llu (not readable)",
				    at == cursor ? '>' : ' ', c.width, (unsigned long long)at);
		else
			draw_row(p, g, r, y, &c, &spans, &row);
	}
	free(spans.held);
}

/* ---- one above the other ---- */

static void draw_merged(const struct view *v, struct grid *g, struct rect r, int y,
			const struct merged_row *at, bool cursor)
{
	const struct chapter *c = &v->chapter[v->at];
	unsigned side = at->at[0] ? 0 : 1;
	const struct run_info *info = trace_info(c->run[side]);
	bool both = at->at[0] && at->at[1];
	char number[2][24] = { "", "" };
	enum style style;
	const char *name;
	struct step_row row;
	int x;

	if (!step_row(c, side, at->at[side], &row))
		return;
	name = info->task_name[row.task];
	if (side && c->alignment.life[1] && row.task < MAX_TASKS)
		row.task = c->alignment.task_of_b[row.task];
	for (int i = 0; i < 2; i++)
		if (at->at[i])
			snprintf(number[i], sizeof(number[i]), "%llu",
				 (unsigned long long)at->at[i]);
	style = row.finding ? STYLE_BAD : cursor ? STYLE_CURSOR : both ? STYLE_PLAIN : STYLE_DIFF;
	grid_spot(g, (struct rect){ r.y + y, r.x, 1, r.w }, SPOT_STEP, side, at->at[side]);
	if (cursor)
		grid_fill(g, r, y, style);
	x = grid_printf(g, r, y, 0, style, "%s%c %5s %5s %c ", row.finding ? "!!" : "  ",
			cursor ? '>' : ' ', number[0], number[1],
			both ? ' ' : side ? '+' : '-');
	if (!cursor)
		draw_noted(c->run[side], g, r, y, at->at[side], UINT64_MAX);
	if (!cursor)
		draw_guides(v, g, r, y, x, moving_tasks(c, 0));
	draw_step(v, g, r, y, x + task_column(moving_tasks(c, 0), row.task, r.w - x), style, &row,
		  name);
}

void draw_overlay(const struct view *v, struct grid *g, struct rect r)
{
	const struct chapter *c = &v->chapter[v->at];
	const struct run_info *a = trace_info(c->run[0]), *b = trace_info(c->run[1]);
	uint64_t pos[2] = { v->cursor[0], v->cursor[1] };
	int rows = r.h - 2, above, n, first;
	struct merged_row *row;

	if (rows < 1)
		return;
	row = calloc((size_t)rows * 2, sizeof(*row));
	if (!row)
		return;
	if (!v->locked)
		pos[!v->focus] = other_position(c, v->focus, pos[v->focus]);
	n = merged_rows(c, pos, rows, rows, row, &above);
	first = above > rows / 2 ? above - rows / 2 : 0;
	if (first + rows > n)
		first = n > rows ? n - rows : 0;
	if (strcmp(a->kernel, b->kernel) != 0)
		draw_rule(v, g, r, 0, "both   - only %.40s   + only %.40s", a->kernel, b->kernel);
	else
		draw_rule(v, g, r, 0, "both   - only left   + only right");
	draw_task_names(g, (struct rect){ r.y + 1, r.x, 1, r.w }, 18, a,
			moving_tasks(c, 0));
	for (int i = 0; i < rows && first + i < n; i++)
		draw_merged(v, g, r, i + 2, &row[first + i], first + i == above - 1);
	free(row);
}
