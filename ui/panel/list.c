/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * list.c - a list on the screen: runs, switches, breakpoints, marks.  The columns that are widest
 * give way where there is little room, and what they do not show of the selected row stands below.
 */
#include <string.h>

#include "ui/panel/panel.h"

#define GAP		2
#define LEAST_COLUMN	4

static unsigned columns_of(const struct list *l)
{
	unsigned n = 0;

	while (n < LIST_COLUMNS && l->column[n])
		n++;
	return n;
}

static void measure(const struct list *l, unsigned columns, int room, int *width)
{
	int all = 0;

	for (unsigned i = 0; i < columns; i++) {
		width[i] = text_columns(l->column[i]);
		for (unsigned k = 0; k < l->rows; k++) {
			int cell = text_columns(l->row[k].cell[i]);

			width[i] = cell > width[i] ? cell : width[i];
		}
		all += width[i] + GAP;
	}
	while (all - GAP > room) {
		unsigned widest = 0;

		for (unsigned i = 1; i < columns; i++)
			widest = width[i] > width[widest] ? i : widest;
		if (width[widest] <= LEAST_COLUMN)
			return;
		width[widest]--;
		all--;
	}
}

/* "l", "r", "lr": the panes that a row is in. */
static void draw_row(const struct view *v, struct grid *g, struct rect r, int y,
		     const struct list_row *row, unsigned columns, const int *width, bool here)
{
	enum style style = here ? STYLE_SELECTED : row->dim ? STYLE_DIM : row->style;
	int x = 5;

	if (here)
		grid_fill(g, r, y, style);
	grid_printf(g, r, y, 0, style, "%c", here ? '>' : ' ');
	grid_printf(g, r, y, 2, here ? style : STYLE_OWNER, "%s%s", row->chosen[0] ? "l" : " ",
		    row->chosen[1] ? "r" : "");
	for (unsigned i = 0; i < columns; i++) {
		char cut[200];

		cut_text(cut, sizeof(cut), row->cell[i], width[i], v->ascii);
		grid_text(g, r, y, x, style, cut);
		x += width[i] + GAP;
	}
}

/* ---- the whole text of a row ---- */

#define DETAIL_ROWS	5

/* All that is cut of a row, "" where nothing is. */
static void detail_text(const struct list_row *row, unsigned columns, const int *width, char *buf,
			size_t size)
{
	const char *whole = row->whole;
	size_t n = 0;

	*buf = '\0';
	for (unsigned i = 0; i < columns && n < size; i++) {
		bool last = whole && i + 1 == columns;

		if (text_columns(row->cell[i]) > width[i] && !(last && !row->dim))
			n += (size_t)snprintf(buf + n, size - n, "%s%s", n ? "; " : "",
					      row->cell[i]);
		if (last && n < size && (row->dim || text_columns(whole) > width[i]))
			n += (size_t)snprintf(buf + n, size - n, "%s%s", n ? "; " : "", whole);
	}
}

/* Rows that the longest of these texts takes, so that nothing jumps from row to row. */
static int detail_rows(const struct list *l, unsigned columns, const int *width, struct rect r)
{
	int most = 0;

	for (unsigned i = 0; i < l->rows && most < DETAIL_ROWS; i++) {
		char text[800];
		int rows;

		detail_text(&l->row[i], columns, width, text, sizeof(text));
		rows = draw_wrapped(NULL, r, 0, DETAIL_ROWS, STYLE_PLAIN, text);
		most = rows > most ? rows : most;
	}
	return r.h >= 12 ? most : 0;
}

static void draw_detail(const struct list *l, unsigned selected, struct grid *g, struct rect r,
			int rows, unsigned columns, const int *width)
{
	char text[800];

	if (!rows || selected >= l->rows)
		return;
	detail_text(&l->row[selected], columns, width, text, sizeof(text));
	draw_wrapped(g, r, r.h - 1 - rows, rows, STYLE_TITLE, text);
}

void draw_list(const struct view *v, struct grid *g, struct rect r)
{
	const struct list *l = &v->list;
	unsigned columns = columns_of(l), top = v->top, rows;
	int width[LIST_COLUMNS], x = 5, y, detail;
	struct rect inner = { r.y, r.x + 1, r.h, r.w - 2 };

	y = draw_wrapped(g, (struct rect){ r.y, r.x + 1, r.h, r.w - 16 }, 0, 2, STYLE_TITLE,
			 l->title ? l->title : "");
	if (l->keys)
		grid_printf(g, r, r.h - 1, 1, STYLE_DIM, "%s", l->keys);
	measure(l, columns, r.w - x - 1, width);
	for (unsigned i = 0; i < columns; i++) {
		char cut[120];

		cut_text(cut, sizeof(cut), l->column[i], width[i], v->ascii);
		grid_text(g, r, y, x, STYLE_DIM, cut);
		x += width[i] + GAP;
	}
	y++;
	detail = detail_rows(l, columns, width, inner);
	rows = r.h > y + 1 + detail ? (unsigned)(r.h - y - 1 - detail) : 1;
	draw_detail(l, v->list_row, g, inner, detail, columns, width);
	if (!l->rows)
		grid_text(g, r, y, 5, STYLE_DIM, "there is none");
	if (top > v->list_row)		/* what is selected is on the screen */
		top = v->list_row;
	if (v->list_row >= rows && top < v->list_row - rows + 1)
		top = v->list_row - rows + 1;
	if (top + rows > l->rows)
		top = l->rows > rows ? l->rows - rows : 0;
	if (l->rows > rows)
		grid_printf(g, r, 0, r.w - 14, STYLE_DIM, " %u-%u of %u", top + 1,
			    top + rows, l->rows);
	grid_spot(g, (struct rect){ r.y + y, r.x, (int)rows, r.w }, SPOT_TEXT, v->focus,
		  l->rows > rows ? l->rows - rows : 0);
	for (unsigned i = 0; i < rows && top + i < l->rows; i++) {
		grid_spot(g, (struct rect){ r.y + y + (int)i, r.x, 1, r.w }, SPOT_ROW, v->focus,
			  top + i);
		draw_row(v, g, r, y + (int)i, &l->row[top + i], columns, width,
			 top + i == v->list_row);
	}
}
