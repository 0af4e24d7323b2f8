/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * grid.c - cells, and text that stays inside its rectangle.
 *
 * What is drawn comes from files that anybody may have written.  Of characters only those are
 * let through of which all terminals agree how wide they are; others, and control characters,
 * become '?', so that no text can move the cursor of a terminal.
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

static const struct range { unsigned long first, last; } narrow[] = {
	{ 0x20, 0x7e }, { 0xa0, 0xac }, { 0xae, 0x2ff }, { 0x370, 0x377 }, { 0x37a, 0x37f },
	{ 0x384, 0x38a }, { 0x38e, 0x3a1 }, { 0x3a3, 0x482 }, { 0x48a, 0x52f },
	{ 0x1e00, 0x1eff }, { 0x2010, 0x2027 }, { 0x2030, 0x205e }, { 0x20a0, 0x20bf },
	{ 0x2100, 0x218b }, { 0x2190, 0x22ff }, { 0x2500, 0x25ff },
}, wide[] = {
	{ 0x3001, 0x3029 }, { 0x3041, 0x3096 }, { 0x309b, 0x30ff }, { 0x3400, 0x4dbf },
	{ 0x4e00, 0x9ffc }, { 0xac00, 0xd7a3 }, { 0xff01, 0xff60 },
}, marks[] = {
	{ 0x300, 0x34e }, { 0x350, 0x36f }, { 0x20d0, 0x20dc },
};

#define IN(ranges, c)	in(ranges, sizeof(ranges) / sizeof((ranges)[0]), c)

static bool in(const struct range *r, size_t n, unsigned long c)
{
	for (size_t i = 0; i < n; i++)
		if (c >= r[i].first && c <= r[i].last)
			return true;
	return false;
}

/*
 * The character at *text: its bytes and their number, or "?", and how many columns it takes: 0
 * where it is a mark on the one before; *text moves behind it.
 */
static size_t next_char(const char **text, const char **ch, int *columns)
{
	const unsigned char *s = (const unsigned char *)*text;
	size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
	unsigned long code = n == 1 ? s[0] : s[0] & (0x7fu >> n);

	*ch = *text;
	*columns = 1;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80) {
			*text += i;
			*ch = "?";
			return 1;
		}
		code = code << 6 | (s[i] & 0x3fu);
	}
	*text += n;
	if (IN(narrow, code) || (IN(wide, code) && (*columns = 2)))
		return n;
	if (IN(marks, code)) {
		*columns = 0;
		return n;
	}
	*ch = s[0] == '\t' ? " " : "?";
	return 1;
}

int grid_columns(const char *text)
{
	int all = 0;

	while (*text) {
		const char *ch;
		int columns;

		next_char(&text, &ch, &columns);
		all += columns;
	}
	return all;
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

/* A cell gets something new: of a wide character that was there the other half goes too. */
static void replace(const struct grid *g, struct cell *cell, enum style style, const char *ch,
		    size_t n)
{
	long x = (cell - g->cell) % g->cols;

	if (!cell->ch[0] && x)
		set_cell(cell - 1, (enum style)cell[-1].style, " ", 1);
	if (x + 1 < g->cols && !cell[1].ch[0])
		set_cell(cell + 1, (enum style)cell[1].style, " ", 1);
	set_cell(cell, style, ch, n);
}

static void add_mark(struct cell *cell, const char *ch, size_t n)
{
	size_t has = cell ? strlen(cell->ch) : 0;

	if (has && has + n < sizeof(cell->ch))
		memcpy(cell->ch + has, ch, n);
}

int grid_text(struct grid *g, struct rect r, int y, int x, enum style style, const char *text)
{
	struct cell *last = NULL;
	int drawn = 0, columns;

	while (*text && x + drawn < r.w) {
		const char *ch;
		size_t n = next_char(&text, &ch, &columns);
		struct cell *cell = cell_at(g, r, y, x + drawn), *half;

		if (!columns) {
			add_mark(last, ch, n);
			continue;
		}
		half = columns == 2 ? cell_at(g, r, y, x + drawn + 1) : NULL;
		if (columns == 2 && (!cell || !half)) {	/* half of it is outside */
			ch = " ";
			n = 1;
		}
		if (cell)
			replace(g, cell, style, ch, n);
		if (half)
			replace(g, half, style, cell ? "" : " ", cell ? 0 : 1);
		last = cell;
		drawn += columns;
	}
	/* marks on the last one */
	while (*text && last) {
		const char *ch;
		size_t n = next_char(&text, &ch, &columns);

		if (columns)
			break;
		add_mark(last, ch, n);
	}
	return drawn < r.w - x ? drawn : r.w - x;
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
			replace(g, cell, style, " ", 1);
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
