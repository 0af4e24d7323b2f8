/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * matrix.c - the matrix as a screen: keys, and drawing.
 */
#include "ui/matrix/matrix.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ui/text/matrix.h"
#include "ui/text/text.h"
#include "ui/panel/panel.h"
#include "ui/view/view.h"

#define MIN_COLS	30
#define MIN_ROWS	6
#define ROW_HEAD_MAX	24
#define GAP		2	/* blanks before a column; the second may be the cursor's mark */

static const struct binding {
	enum matrix_action action;
	const char *keys, *group, *help;
} bindings[] = {
#define X(action_, keys_, group_, help_) \
	{ .action = MATRIX_##action_, .keys = keys_, .group = group_, .help = help_ },
	MATRIX_ACTIONS(X)
#undef X
};
#define BINDINGS (sizeof(bindings) / sizeof(bindings[0]))

void matrix_view_init(struct matrix_view *v, struct matrix *m)
{
	*v = (struct matrix_view){ .m = m, .page = 10 };
}

static size_t row_count(const struct matrix *m)
{
	return m->rows + m->further;
}

static const struct mcell *cell_here(const struct matrix_view *v)
{
	return matrix_cell(v->m, v->row, v->col);
}

static void say(struct matrix_view *v, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct matrix_view *v, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(v->message, sizeof(v->message), format, ap);
	va_end(ap);
}

/* ---- keys ---- */

static bool is_violated(const struct mcell *c)
{
	return c->state == CELL_DONE && c->verdict == VERDICT_VIOLATED;
}

static bool is_wrong(const struct mcell *c)
{
	return c->state == CELL_DONE && c->agreement == CONTRADICTS;
}

/* Go on, row by row and round the end, to a cell that is as wanted. */
static void next_cell(struct matrix_view *v, bool (*wanted)(const struct mcell *c),
		      const char *none)
{
	size_t table = v->m->rows * v->m->cols, n = table + v->m->further;
	size_t at = v->row < v->m->rows ? v->row * v->m->cols + v->col :
		    table + v->row - v->m->rows;

	for (size_t i = 1; i <= n; i++) {
		size_t to = (at + i) % n;
		size_t row = to < table ? to / v->m->cols : v->m->rows + to - table;
		size_t col = to < table ? to % v->m->cols : v->col;

		if (!wanted(matrix_cell(v->m, row, col)))
			continue;
		v->row = row;
		v->col = col;
		return;
	}
	say(v, "%s", none);
}

static void open_cell(struct matrix_view *v)
{
	const struct mcell *c = cell_here(v);

	if (c->state == CELL_DONE)
		v->open = true;
	else
		say(v, "this cell is not explored yet");
}

static void move_row(struct matrix_view *v, size_t by, bool down)
{
	size_t last = row_count(v->m) - 1;

	if (down ? v->row == last : !v->row)
		say(v, "this is the %s row", down ? "last" : "first");
	else if (down)
		v->row = last - v->row < by ? last : v->row + by;
	else
		v->row = v->row < by ? 0 : v->row - by;
}

static void move_col(struct matrix_view *v, bool right)
{
	if (v->row >= v->m->rows)
		say(v, "a further case has no columns");
	else if (right ? v->col + 1 == v->m->cols : !v->col)
		say(v, "this is the %s column", right ? "last" : "first");
	else
		v->col += right ? 1 : (size_t)-1;
}

static void act(struct matrix_view *v, enum matrix_action action)
{
	switch (action) {
	case MATRIX_LEFT:	move_col(v, false); break;
	case MATRIX_RIGHT:	move_col(v, true); break;
	case MATRIX_UP:		move_row(v, 1, false); break;
	case MATRIX_DOWN:	move_row(v, 1, true); break;
	case MATRIX_PAGE_UP:	move_row(v, v->page, false); break;
	case MATRIX_PAGE_DOWN:	move_row(v, v->page, true); break;
	case MATRIX_ROW_START:	v->col = 0; break;
	case MATRIX_ROW_END:	v->col = v->m->cols - 1; break;
	case MATRIX_TOP:	v->row = 0; break;
	case MATRIX_BOTTOM:	v->row = row_count(v->m) - 1; break;
	case MATRIX_NEXT_FINDING:
		next_cell(v, is_violated, "nothing is violated so far");
		break;
	case MATRIX_NEXT_WRONG:
		next_cell(v, is_wrong, "every verdict so far is as its file expects");
		break;
	case MATRIX_OPEN:	open_cell(v); break;
	case MATRIX_HELP:	v->help = true; break;
	case MATRIX_QUIT:	v->quit = true; break;
	default:		break;
	}
}

void matrix_view_key(struct matrix_view *v, const char *key)
{
	enum matrix_action action = MATRIX_NONE;

	for (size_t i = 0; i < BINDINGS && action == MATRIX_NONE; i++)
		if (has_key(bindings[i].keys, key))
			action = bindings[i].action;
	v->message[0] = '\0';
	pthread_mutex_lock(&v->m->lock);
	if (v->help)
		v->help = false;
	else if (action != MATRIX_NONE)
		act(v, action);
	else if (strcmp(key, "esc") != 0)
		say(v, "no command on %.12s: ? shows the keys", key);
	pthread_mutex_unlock(&v->m->lock);
}

/* ---- the table ---- */

static int head_width(const struct matrix_view *v, int cols)
{
	int width = 0, most = cols / 3 < ROW_HEAD_MAX ? cols / 3 : ROW_HEAD_MAX;

	if (v->m->cols == 1)	/* there is room */
		most = cols / 2;

	for (size_t i = 0; i < v->m->rows; i++) {
		int n = text_columns(v->m->row_head[i]);

		width = n > width ? n : width;
	}
	return width < most ? width : most;
}

/* No narrower than most verdicts, so that columns do not move much while cells fill in. */
static int width_of(const struct matrix_view *v, size_t col)
{
	char text[CELL_TEXT_MAX];
	int width = text_columns(v->m->col_head[col]);

	for (size_t i = 0; i < v->m->rows; i++) {
		int n = text_columns(cell_text(matrix_cell(v->m, i, col), text));

		width = n > width ? n : width;
	}
	return GAP + (width < 6 ? 6 : width);
}

/* The first column behind those that fit from v->left on. */
static size_t columns_end(const struct matrix_view *v, int room)
{
	size_t col = v->left;

	for (; col < v->m->cols; col++) {
		room -= width_of(v, col);
		if (room < 0 && col > v->left)
			break;
	}
	return col;
}

/* Lines of the table: the rows; a title and the further cases. */
static size_t line_count(const struct matrix *m)
{
	return m->rows + (m->further ? m->further + 1 : 0);
}

static size_t line_of(const struct matrix *m, size_t row)
{
	return row < m->rows ? row : row + 1;
}

static void scroll(struct matrix_view *v, int rows, int room)
{
	size_t line = line_of(v->m, v->row), lines = line_count(v->m);

	v->page = rows > 0 ? (size_t)rows : 1;
	if (line < v->top)
		v->top = line;
	if (line >= v->top + v->page)
		v->top = line - v->page + 1;
	if (v->top + v->page > lines)	/* after a resize */
		v->top = lines > v->page ? lines - v->page : 0;
	if (v->row >= v->m->rows)
		return;
	if (v->col < v->left)
		v->left = v->col;
	while (v->col >= columns_end(v, room))
		v->left++;
}

static enum style cell_style(const struct mcell *c)
{
	if (c->state != CELL_DONE)
		return STYLE_DIM;
	if (c->agreement == CONTRADICTS || c->refused)
		return STYLE_BAD;
	return c->verdict == VERDICT_SAFE ? STYLE_GOOD :
	       c->verdict == VERDICT_VIOLATED ? STYLE_DIFF : STYLE_OWNER;
}

static void draw_cell(const struct matrix_view *v, struct grid *g, struct rect r, int y, int x,
		      int width, size_t row, size_t col)
{
	const struct mcell *c = matrix_cell(v->m, row, col);
	bool here = row == v->row && col == v->col;
	char text[CELL_TEXT_MAX];

	cell_text(c, text);
	if (here)
		grid_text(g, r, y, x + GAP - 1, STYLE_TITLE, ">");
	grid_printf(g, r, y, x + GAP, here ? STYLE_CURSOR : cell_style(c), "%-*s",
		    here ? width - GAP : 0, text);
}

static void draw_further(const struct matrix_view *v, struct grid *g, struct rect r, int y,
			 size_t row)
{
	const struct mcell *c = matrix_cell(v->m, row, 0);
	bool here = row == v->row;
	char left[160], name[160], text[CELL_TEXT_MAX];
	int at = r.w < 80 ? r.w - 14 : 66;

	snprintf(name, sizeof(name), "%.60s under %.90s", c->scenario[0]->name, c->kernel_name);
	cut_text(left, sizeof(left), name, at - 2, v->ascii);
	grid_text(g, r, y, 1, here ? STYLE_TITLE : STYLE_PLAIN, left);
	if (here)
		grid_text(g, r, y, 0, STYLE_TITLE, ">");
	grid_text(g, r, y, at, here ? STYLE_CURSOR : cell_style(c), cell_text(c, text));
}

static void draw_row(const struct matrix_view *v, struct grid *g, struct rect r, int y, int head,
		     size_t row)
{
	size_t end = columns_end(v, r.w - head - 1);
	char name[80];
	int x = head;

	cut_text(name, sizeof(name), v->m->row_head[row], head, v->ascii);
	grid_text(g, r, y, 0, row == v->row ? STYLE_TITLE : STYLE_PLAIN, name);
	for (size_t col = v->left; col < end; col++) {
		draw_cell(v, g, r, y, x, width_of(v, col), row, col);
		x += width_of(v, col);
	}
	if (v->m->cols == 1 && v->m->about) {
		char about[CELL_ABOUT_MAX], cut[CELL_ABOUT_MAX];

		v->m->about(v->m, row, about);
		cut_text(cut, sizeof(cut), about, r.w - x - 4, v->ascii);
		grid_text(g, r, y, x + 2, STYLE_DIM, cut);
	}
}

static void draw_heads(const struct matrix_view *v, struct grid *g, struct rect r, int head)
{
	size_t end = columns_end(v, r.w - head - 1);
	char more[24];
	int x = head;

	for (size_t col = v->left; col < end; col++) {
		bool here = col == v->col && v->row < v->m->rows;

		grid_text(g, r, 0, x + GAP, here ? STYLE_TITLE : STYLE_DIM, v->m->col_head[col]);
		x += width_of(v, col);
	}
	snprintf(more, sizeof(more), "< %zu", v->left);
	if (v->left)
		grid_text(g, r, 0, 0, STYLE_OWNER, more);
	if (end < v->m->cols)
		grid_text(g, r, 0, r.w - 1, STYLE_OWNER, ">");
}

static void draw_table(struct matrix_view *v, struct grid *g, struct rect r)
{
	int head = head_width(v, r.w);
	size_t lines = line_count(v->m);

	scroll(v, r.h - 1, r.w - head - 1);
	draw_heads(v, g, r, head);
	for (int y = 1; y < r.h && v->top + (size_t)y - 1 < lines; y++) {
		size_t line = v->top + (size_t)y - 1;

		if (line < v->m->rows)
			draw_row(v, g, r, y, head, line);
		else if (line == v->m->rows)
			grid_text(g, r, y, 0, STYLE_DIM,
				  "further cases: kernels with other switches in the files");
		else
			draw_further(v, g, r, y, line - 1);
	}
	if (v->top + v->page < lines)
		grid_text(g, r, r.h - 1, r.w - 1, STYLE_OWNER, "v");
	if (v->top && r.h > 2)
		grid_text(g, r, 1, r.w - 1, STYLE_OWNER, "^");
}

/* ---- what is said of the cell ---- */

static void verdict_line(const struct mcell *c, char *buf, size_t size)
{
	if (c->state != CELL_DONE)
		snprintf(buf, size, c->state == CELL_RUNS ? "being explored" : "not explored yet");
	else if (c->verdict == VERDICT_VIOLATED)
		snprintf(buf, size, "%s after %zu steps: it must hold that %s",
			 properties[c->property].name, c->schedule.n,
			 properties[c->property].text);
	else if (c->verdict == VERDICT_SAFE)
		snprintf(buf, size, "safe in every interleaving%s%s", c->certified ?
			 ", certified by a second judge (not of LIVELOCK)" : c->refused ?
			 ", but NOT CERTIFIED: " : *c->not_certified ? ", not certified: " : "",
			 c->not_certified);
	else
		snprintf(buf, size, "bounded (%s): %s%s%s", c->bound ? c->bound : "?",
			 c->complete ? "safe of all but LIVELOCK, not looked for to the end" :
			 "nothing within the bound", c->scenario[0]->bounded[0] ? "; " : "",
			 c->scenario[0]->bounded);
}

static void expectation_line(const struct matrix_view *v, const struct mcell *c, char *buf,
			     size_t size)
{
	const struct matrix *m = v->m;
	static const char *const text[] = {
		[NOT_EXPECTED] = "the file says nothing about this kernel",
		[AGREES] = "as expected", [UNDECIDED] = "undecided within the bound",
		[CONTRADICTS] = "! NOT as expected",
	};

	*buf = '\0';
	if (m->operations || c->state != CELL_DONE)
		return;
	if (m->about) {
		char about[CELL_ABOUT_MAX];

		snprintf(buf, size, "%s", m->about(m, v->row * m->cols + v->col, about));
		return;
	}
	snprintf(buf, size, "%s%s%s%s", text[c->agreement],
		 c->expectation[0] ? " (" : "", c->expectation, c->expectation[0] ? ")" : "");
}

static void draw_panel(const struct matrix_view *v, struct grid *g, struct rect r)
{
	const struct mcell *c = cell_here(v);
	const struct scenario *s = c->scenario[c->world];
	struct view rules = { .ascii = v->ascii };
	char line[5][1200] = { "" }, a[32], b[32], cut[1300];

	draw_rule(&rules, g, r, 0, "%.50s under %.50s", s->name, c->kernel_name);
	snprintf(line[1], sizeof(line[1]), "%s", s->title);
	verdict_line(c, line[0], sizeof(line[0]));
	if (c->state == CELL_DONE)
		snprintf(line[3], sizeof(line[3]), "%s states, %s transitions, %.3g s%s",
			 grouped(c->states, a), grouped(c->transitions, b), c->seconds,
			 c->complete ? "" : "; not every state was searched");
	expectation_line(v, c, line[2], sizeof(line[2]));
	cell_command(v->m, c, NULL, line[4], sizeof(line[4]));
	for (int i = 0, y = 1; i < 5 && y < r.h; i++) {
		enum style style = i ? i == 4 ? STYLE_DIM : STYLE_PLAIN : cell_style(c);

		if (!line[i][0])
			continue;
		if (i == 2 && c->agreement == CONTRADICTS)
			style = STYLE_BAD;
		cut_text(cut, sizeof(cut), line[i], r.w - 2, v->ascii);
		grid_text(g, r, y++, 1, style, cut);
	}
}

/* ---- bars and the whole ---- */

static void draw_header(const struct matrix_view *v, struct grid *g, struct rect r)
{
	const struct matrix *m = v->m;
	struct matrix_sums s;
	char right[120], left[160];
	int room;

	matrix_sum(m, &s);
	if (m->done < m->todo)
		snprintf(right, sizeof(right), "%zu of %zu ", m->done, m->todo);
	else if (m->operations || m->title)
		snprintf(right, sizeof(right), "%zu safe, %zu violated ", s.safe, s.violated);
	else
		snprintf(right, sizeof(right), "%zu as expected, %zu not ", s.agree,
			 s.contradict);
	grid_fill(g, r, 0, STYLE_BAR);
	if (m->title)
		snprintf(left, sizeof(left), "swapscope  %.140s", m->title);
	else if (m->operations)
		snprintf(left, sizeof(left), "swapscope  operation with operation under %.100s",
			 m->kernel->name);
	else
		snprintf(left, sizeof(left), "swapscope  %zu scenario%s under %zu kernel%s%.90s",
			 m->rows, m->rows == 1 ? "" : "s", m->cols, m->cols == 1 ? "" : "s",
			 m->kernels && strchr(m->kernel->name, ' ') ?
			 strchr(m->kernel->name, ' ') : "");
	room = r.w - text_columns(right) - 3;
	if (room > 4) {
		char cut[200];

		cut_text(cut, sizeof(cut), left, room, v->ascii);
		grid_text(g, r, 0, 1, STYLE_BAR, cut);
	}
	grid_text(g, r, 0, r.w - text_columns(right), STYLE_BAR, right);
}

static void draw_keys(const struct matrix_view *v, struct grid *g, struct rect r)
{
	static const char last[] = "? help  q quit ";
	static const char *const keys[] = {
		"arrows move", "enter open", "f violated", "! not as expected",
	};
	size_t n = sizeof(keys) / sizeof(keys[0]) - !!v->m->title;	/* of what no file speaks */
	int x = 1, end = r.w - (int)strlen(last);

	grid_fill(g, r, 0, STYLE_BAR);
	if (v->message[0]) {
		grid_text(g, r, 0, 1, STYLE_BAR, v->message);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (x + (int)strlen(keys[i]) + 2 > end)
			break;
		x += 2 + grid_text(g, r, 0, x, STYLE_BAR, keys[i]);
	}
	grid_text(g, r, 0, end, STYLE_BAR, last);
}

static void draw_matrix_help(const struct matrix_view *v, struct grid *g, struct rect r)
{
	static const char marks[] =
		"UAF 19: the property violated, and the steps of the shortest way to it.  "
		"!: not as the scenario's file expects.  +: only with a read of the page behind "
		"either operation.  ...: being explored; -: not yet.  >: this cell, or more "
		"columns.";
	const char *group = "";
	int y = 0;

	for (size_t i = 0; i < BINDINGS; i++, y++) {
		char help[120];

		if (strcmp(group, bindings[i].group) != 0)
			grid_text(g, r, y, 1, STYLE_TITLE, bindings[i].group);
		group = bindings[i].group;
		grid_text(g, r, y, 8, STYLE_OWNER, bindings[i].keys);
		cut_text(help, sizeof(help), bindings[i].help, r.w - 19, v->ascii);
		grid_text(g, r, y, 18, STYLE_PLAIN, help);
	}
	draw_wrapped(g, (struct rect){ r.y + y + 1, 1, r.h - y - 1, r.w - 2 }, 0, r.h - y - 1,
		     STYLE_PLAIN, marks);
}

void matrix_view_render(struct matrix_view *v, struct grid *g)
{
	struct rect all = { .h = g->rows, .w = g->cols }, r;
	int panel = g->rows >= 20 ? 6 : g->rows >= 14 ? 3 : g->rows >= 10 ? 2 : 0;

	grid_clear(g);
	if (g->rows < MIN_ROWS || g->cols < MIN_COLS) {
		draw_wrapped(g, all, 0, g->rows, STYLE_PLAIN,
			     "swapscope needs 30x6, better 80x24");
		return;
	}
	pthread_mutex_lock(&v->m->lock);
	draw_header(v, g, (struct rect){ 0, 0, 1, all.w });
	draw_keys(v, g, (struct rect){ all.h - 1, 0, 1, all.w });
	r = (struct rect){ 1, 0, all.h - 2, all.w };
	if (v->help) {
		draw_matrix_help(v, g, r);
	} else {
		r.h -= panel;
		draw_table(v, g, r);
		draw_panel(v, g, (struct rect){ r.y + r.h, 0, panel, all.w });
	}
	pthread_mutex_unlock(&v->m->lock);
}
