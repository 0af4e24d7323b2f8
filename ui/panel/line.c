/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * line.c - lines that shorten themselves: every word has a full and a brief form,
 * and a line that does not fit in full is drawn brief.  What the last step changed has a
 * '*' before it, so that it shows without colour.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ui/panel/panel.h"

void line_start(struct line *l, enum style style, const char *format, ...)
{
	va_list ap;

	memset(l, 0, sizeof(*l));
	l->label_style = (uint8_t)style;
	va_start(ap, format);
	vsnprintf(l->label, sizeof(l->label), format, ap);
	va_end(ap);
}

void line_both(struct line *l, enum style style, bool changed, const char *full,
	       const char *brief)
{
	struct word *w;

	if (l->n == LINE_WORDS)
		return;
	w = &l->word[l->n++];
	snprintf(w->full, sizeof(w->full), "%s", full);
	snprintf(w->brief, sizeof(w->brief), "%s", brief);
	w->changed = changed;
	w->style = (uint8_t)(changed && (style == STYLE_PLAIN || style == STYLE_DIM) ?
			     STYLE_CHANGED : style);
}

void line_add(struct line *l, enum style style, bool changed, const char *full,
	      const char *brief, const char *format, ...)
{
	char value[64], a[112], b[72];
	va_list ap;

	va_start(ap, format);
	vsnprintf(value, sizeof(value), format, ap);
	va_end(ap);
	snprintf(a, sizeof(a), "%s%s", full, value);
	snprintf(b, sizeof(b), "%s%s", brief, value);
	line_both(l, style, changed, a, b);
}

static int words_width(const struct line *l, bool brief)
{
	int width = 0;

	for (unsigned i = 0; i < l->n; i++) {
		const char *text = brief ? l->word[i].brief : l->word[i].full;

		if (*text)
			width += (brief ? 1 : 2) + text_columns(text) +
				 (l->word[i].changed && brief);
	}
	return width;
}

#define LABEL_WIDTH	8

void line_draw(const struct view *v, const struct line *l, struct grid *g, struct rect r, int y)
{
	int x = l->label_width ? l->label_width : LABEL_WIDTH, end = text_columns(l->label);
	bool brief = words_width(l, false) > r.w - x + 2;

	if (brief && words_width(l, true) > r.w - x + 1 && x > end + 3)
		x = end + 1;		/* the label's blanks go first */
	grid_text(g, r, y, 0, (enum style)l->label_style, l->label);
	for (unsigned i = 0; i < l->n; i++) {
		const struct word *w = &l->word[i];
		char text[160];

		cut_text(text, sizeof(text), brief ? w->brief : w->full, r.w - x, v->ascii);
		if (!*text)
			continue;
		/* The mark stands in the blank before the word, or takes a column of its own. */
		if (w->changed && brief && i)
			x += grid_text(g, r, y, x, STYLE_CHANGED, "*");
		else if (w->changed)
			grid_text(g, r, y, x - 1, STYLE_CHANGED, "*");
		x += grid_text(g, r, y, x, (enum style)w->style, text);
		x += brief ? 1 : 2;
	}
}

void draw_rule(const struct view *v, struct grid *g, struct rect r, int y,
	       const char *format, ...)
{
	const char *dash = v->ascii ? "-" : "\u2500";
	char title[120];
	va_list ap;
	int x;

	va_start(ap, format);
	vsnprintf(title, sizeof(title), format, ap);
	va_end(ap);
	for (x = 0; x < r.w; x++)
		grid_text(g, r, y, x, STYLE_DIM, dash);
	if (*title)
		grid_printf(g, r, y, 2, STYLE_DIM, " %.*s ", r.w > 6 ? r.w - 6 : 0, title);
}

/* Bytes of text that fit into `columns`, broken at a blank where there is one. */
static size_t fitting(const char *text, int columns)
{
	size_t n = 0, fit = 0;
	int used = 0;

	for (; text[n] && text[n] != '\n'; n++) {
		if (text[n] == ' ')
			fit = n;
		if ((text[n] & 0xc0) != 0x80 && ++used > columns)
			return fit ? fit : n;
	}
	return n;
}

int draw_wrapped(struct grid *g, struct rect r, int y, int rows, enum style style,
		 const char *text)
{
	int used = 0;

	while (*text && used < rows && r.w > 4) {
		bool last = used == rows - 1 && text_columns(text) > r.w;
		size_t fit = fitting(text, last ? r.w - 4 : r.w);

		if (g)
			grid_printf(g, r, y + used, 0, style, "%.*s%s", (int)fit, text,
				    last ? " ..." : "");
		used++;
		text += fit;
		text += *text == '\n' ? 1 : strspn(text, " ");
	}
	return used;
}

/* ---- what a speaker points at ---- */

bool is_pointed(const struct chapter *c, const char *label)
{
	size_t n = c->point ? strlen(c->point) : 0;

	return n && !strncmp(label, c->point, n) && (!label[n] || label[n] == ' ');
}

static bool is_blank(const struct grid *g, struct rect r, int y, int x, int n)
{
	if (y < 0 || r.y + y >= g->rows || x < 0 || r.x + x + n > g->cols)
		return false;
	for (const struct cell *c = &g->cell[(r.y + y) * g->cols + r.x + x]; n--; c++)
		if (strcmp(c->ch, " ") != 0)
			return false;
	return true;
}

/* At the right end; where that has something else, behind the label or in front of the row. */
static void draw_point(const struct pane *p, struct grid *g, struct rect r, int y,
		       const char *label)
{
	bool ascii = p->v->ascii;
	int width = text_columns(label);
	bool labelled = !is_blank(g, r, y, 0, 1) && is_blank(g, r, y, width, 1);

	if (is_blank(g, r, y, r.w - 3, 3))
		grid_text(g, r, y, r.w - 2, STYLE_POINT, ascii ? "<<" : "\u25c2\u25c2");
	else if (is_blank(g, r, y, 0, 2))
		grid_text(g, r, y, 0, STYLE_POINT, ascii ? ">>" : "\u25b8\u25b8");
	else if (labelled)
		grid_text(g, r, y, width, STYLE_POINT, ascii ? "<" : "\u25c2");
	else if (is_blank(g, r, y, 1, 1))
		grid_text(g, r, y, 1, STYLE_POINT, ascii ? ">" : "\u25b8");
}

void point_row(const struct pane *p, struct grid *g, struct rect r, int y, const char *label)
{
	struct trace_object o = object_in_text(label);

	if (g && o.kind)
		grid_spot(g, (struct rect){ r.y + y, r.x, 1, r.w }, SPOT_OBJECT, p->side,
			  (uint64_t)o.kind << 32 | o.number);
	if (!g || !is_pointed(p->c, label))
		return;
	grid_restyle(g, r, y, STYLE_PLAIN, STYLE_POINT);
	grid_restyle(g, r, y, STYLE_DIM, STYLE_POINT);
	grid_restyle(g, r, y, STYLE_TITLE, STYLE_POINT);
	grid_restyle(g, r, y, STYLE_OWNER, STYLE_POINT);
	draw_point(p, g, r, y, label);
}
