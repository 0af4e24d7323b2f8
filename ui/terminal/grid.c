/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * grid.c - cells, and text that stays inside its rectangle.
 *
 * What is drawn comes from files that anybody may have written.  A cell takes a
 * printable character of one column and nothing else: control characters, combining
 * and wide ones become '?', so that no text can move the cursor of a terminal.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ui/terminal/grid.h"

#define GRID_MAX	4096	/* rows, and columns */

static const char style_letter[STYLE_COUNT] = {
	[STYLE_PLAIN] = '.', [STYLE_DIM] = 'd', [STYLE_TITLE] = 't', [STYLE_BAR] = 'b',
	[STYLE_CURSOR] = 'c', [STYLE_CHANGED] = '*', [STYLE_BAD] = '!', [STYLE_GOOD] = 'g',
	[STYLE_OWNER] = 'o', [STYLE_DIFF] = 'x', [STYLE_RISK] = 'r', [STYLE_SELECTED] = 's',
	[STYLE_POINT] = 'p',
};

static void set_cell(struct cell *cell, enum style style, const char *ch, size_t n)
{
	memcpy(cell->ch, ch, n);
	memset(cell->ch + n, 0, sizeof(cell->ch) - n);
	cell->style = (uint8_t)style;
}

void grid_clear(struct grid *g)
{
	g->spots = 0;
	for (long i = 0; i < (long)g->rows * g->cols; i++)
		set_cell(&g->cell[i], STYLE_PLAIN, " ", 1);
}

int grid_init(struct grid *g, int rows, int cols)
{
	*g = (struct grid){ 0 };
	if (rows < 1 || cols < 1 || rows > GRID_MAX || cols > GRID_MAX)
		return -EINVAL;
	g->cell = calloc((size_t)rows * (size_t)cols, sizeof(*g->cell));
	if (!g->cell)
		return -ENOMEM;
	g->rows = rows;
	g->cols = cols;
	grid_clear(g);
	return 0;
}

void grid_free(struct grid *g)
{
	free(g->cell);
	*g = (struct grid){ 0 };
}

void grid_spot(struct grid *g, struct rect r, unsigned kind, unsigned side, uint64_t value)
{
	if (g->spots < SPOTS_MAX)
		g->spot[g->spots++] = (struct spot){ r, (uint8_t)kind, (uint8_t)side, value };
}

static bool one_column(unsigned long c)
{
	if (c < 0xa0)
		return c >= 0x20 && c < 0x7f;
	if (c < 0x300)
		return c != 0xad;		/* soft hyphen */
	return (c >= 0x2010 && c <= 0x2027) || (c >= 0x2030 && c <= 0x205e) ||
	       (c >= 0x2190 && c <= 0x22ff) || (c >= 0x2500 && c <= 0x25ff);
}

/* The character at *text: its bytes and their number, or "?"; *text moves behind it. */
static size_t next_char(const char **text, const char **ch)
{
	const unsigned char *s = (const unsigned char *)*text;
	size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	unsigned long code = n == 1 ? s[0] : s[0] & (0x7fu >> n);

	*ch = *text;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80) {
			*text += i;
			*ch = "?";
			return 1;
		}
		code = code << 6 | (s[i] & 0x3fu);
	}
	*text += n;
	if (one_column(code))
		return n;
	*ch = s[0] == '\t' ? " " : "?";
	return 1;
}

/* The cell at row y, column x of r, or NULL where there is none. */
static struct cell *cell_at(struct grid *g, struct rect r, int y, int x)
{
	if (y < 0 || y >= r.h || x < 0 || x >= r.w)
		return NULL;
	y += r.y;
	x += r.x;
	if (y < 0 || y >= g->rows || x < 0 || x >= g->cols)
		return NULL;
	return &g->cell[(size_t)y * (size_t)g->cols + (size_t)x];
}

int grid_text(struct grid *g, struct rect r, int y, int x, enum style style, const char *text)
{
	int drawn = 0;

	while (*text && x + drawn < r.w) {
		const char *ch;
		size_t n = next_char(&text, &ch);
		struct cell *cell = cell_at(g, r, y, x + drawn);

		if (cell)
			set_cell(cell, style, ch, n);
		drawn++;
	}
	return drawn;
}

int grid_printf(struct grid *g, struct rect r, int y, int x, enum style style,
		const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return grid_text(g, r, y, x, style, text);
}

void grid_fill(struct grid *g, struct rect r, int y, enum style style)
{
	for (int x = 0; x < r.w; x++) {
		struct cell *cell = cell_at(g, r, y, x);

		if (cell)
			set_cell(cell, style, " ", 1);
	}
}

void grid_restyle(struct grid *g, struct rect r, int y, enum style from, enum style to)
{
	for (int x = 0; x < r.w; x++) {
		struct cell *cell = cell_at(g, r, y, x);

		if (cell && cell->style == from)
			cell->style = (uint8_t)to;
	}
}

void grid_copy(struct grid *g, struct rect r, const struct grid *from, int top)
{
	for (int y = 0; y < r.h && top + y < from->rows; y++) {
		for (int x = 0; x < r.w && x < from->cols; x++) {
			struct cell *cell = cell_at(g, r, y, x);

			if (cell)
				*cell = from->cell[(size_t)(top + y) * (size_t)from->cols +
						   (size_t)x];
		}
	}
	for (unsigned i = 0; i < from->spots; i++) {
		struct spot s = from->spot[i];

		s.r.y += r.y - top;
		s.r.x += r.x;
		if (s.r.y >= r.y && s.r.y < r.y + r.h)
			grid_spot(g, s.r, s.kind, s.side, s.value);
	}
}

void grid_vline(struct grid *g, int x, int y, int h, enum style style, bool ascii)
{
	struct rect all = { .h = g->rows, .w = g->cols };

	for (int i = 0; i < h; i++)
		grid_text(g, all, y + i, x, style, ascii ? "|" : "\u2502");
}

static void print_styles(const struct cell *row, int cols, FILE *out)
{
	while (cols > 0 && row[cols - 1].style == STYLE_PLAIN)
		cols--;
	if (!cols)
		return;
	for (int x = 0; x < cols; x++)
		fputc(style_letter[row[x].style], out);
	fputc('\n', out);
}

void grid_print(const struct grid *g, FILE *out, bool styles)
{
	for (int y = 0; y < g->rows; y++) {
		const struct cell *row = &g->cell[(size_t)y * (size_t)g->cols];
		int cols = g->cols;

		while (cols > 0 && row[cols - 1].ch[0] == ' ')
			cols--;
		for (int x = 0; x < cols; x++)
			fputs(row[x].ch, out);
		fputc('\n', out);
		if (styles)
			print_styles(row, g->cols, out);
	}
}
