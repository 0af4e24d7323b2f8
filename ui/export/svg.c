/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * svg.c - a space-time diagram: a lane a task, time downwards, a row a step.  Beside the lane are
 * bars, which are locks and pins from when to when; an arrow is a switch from one task to another.
 * Two runs stand side by side, what both did at the same height.
 *
 * The font is monospaced and which one is not known, so widths are those of a wide one.  A first
 * pass finds where every row is, a second one draws.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "ui/export/svg.h"
#include "ui/terminal/markup.h"
#include "ui/text/text.h"

#define GAP		5	/* between rows */
#define SWITCH_GAP	15	/* where an arrow crosses */
#define BAR		17
#define DOT		4
#define TEXT_AT		12	/* right of a lane's line */
#define LANE_GAP	16
#define BETWEEN		36	/* of two runs */
#define MARGIN		12
#define LEAST_TEXT	16	/* columns of a lane */
#define WIDEST		5000	/* columns of all */
#define LEAST_NUMBERS	5	/* columns for the numbers of rows */
#define SLOTS		12	/* bars beside each other */

struct lane {
	unsigned task;
	int x;			/* its line */
	unsigned slots;		/* bars left of it */
	const char *op;		/* that was named last */
};

struct side {
	const struct figure_run *r;
	unsigned lanes;
	struct lane *lane;
	unsigned *lane_of;	/* of a task; UINT_MAX: none */
	uint8_t *slot;		/* of each hold */
	int x, width, end;	/* of all of it; where its last row ends */
	int numbers;		/* columns of the rows' numbers */
	int *top, *dot, *height;	/* of each row */
};

struct drawing {
	const struct figure *f;
	FILE *out;
	bool inside;
	int columns;		/* of the text of a lane */
	int width, height;
	unsigned runs;
	struct side side[2];
	struct graphic_pair *pair;
	size_t pairs, parts;
	int top, end;		/* y of the lanes */
	int parted, parting_end;	/* of where the runs part */
};

/* ---- a row ---- */

static bool names_op(const struct side *s, size_t i)
{
	const struct figure_row *row = &s->r->row[i];
	const char *op = s->lane[s->lane_of[row->task]].op;

	return !op || strcmp(op, row->op) != 0;
}

static int put_result(FILE *out, const struct figure_row *row, int x, int y, int columns,
		      int lines, int used)
{
	const char *class = row->other_result ? "diff" : "result";
	char text[400];

	snprintf(text, sizeof(text), "= %.380s", row->result);
	if (lines && used + 1 + grid_columns(text) <= columns) {
		if (out)
			svg_text(out, class, x + svg_pixels(used + 1), y + (lines - 1) * LINE + 11,
				 text, strlen(text));
		return lines;
	}
	return lines + svg_lines(out, class, x + svg_pixels(2), y + lines * LINE, columns - 2, 2,
				 text, NULL);
}

/* What is wrong, on a ground of its own. */
static int put_finding(FILE *out, const struct figure_row *row, int x, int y, int columns)
{
	char wrong[48] = "", text[800];
	int lines;

	if (row->byte_error >= 0)
		snprintf(wrong, sizeof(wrong), "byte %d of the page is wrong", row->byte_error);
	snprintf(text, sizeof(text), "%.700s%s%s", row->finding ? row->finding : "",
		 row->finding && *wrong ? "; " : "", wrong);
	if (!*text)
		return 0;
	lines = svg_lines(NULL, "", x, y, columns, 0, text, NULL);
	if (out)
		fprintf(out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
			"rx=\"3\"/>\n", row->cost ? "on-cost" : "on-bad", x - 4, y,
			svg_pixels(columns) + 8, lines * LINE);
	svg_lines(out, row->cost ? "diff" : "bad", x, y, columns, 0, text, NULL);
	return lines;
}

static int put_notes(FILE *out, const struct side *s, const struct figure_row *row, int x, int y,
		     int columns)
{
	char text[GRAPHIC_NOTE_MAX];
	int lines = 0;

	for (size_t i = 0; i < s->r->notes; i++)
		if (s->r->note[i].at == row->at)
			lines += svg_lines(out, "note", x, y + lines * LINE, columns, 2,
					   graphic_note(&s->r->note[i], text), NULL);
	return lines;
}

/* A step from y on.  Returns its height; where `out` is NULL nothing is drawn. */
static int put_row(FILE *out, const struct drawing *d, const struct side *s, size_t i, int y)
{
	const struct figure_row *row = &s->r->row[i];
	struct lane *lane = &s->lane[s->lane_of[row->task]];
	bool op = names_op(s, i), alone = d->runs > 1 && !row->partner;
	int x = lane->x + TEXT_AT, used = 0, lines = op, first = y;
	char number[40];

	if (op && out) {
		char title[200];
		const char *at = title;

		snprintf(title, sizeof(title), "%.180s()", row->op);
		svg_text(out, "op", x, y + 11, title, graphic_line(&at, d->columns));
	}
	lane->op = row->op;
	y += lines * LINE;
	if (out) {
		snprintf(number, sizeof(number), "%llu", (unsigned long long)row->at);
		fprintf(out, "<text class=\"%s\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s%s"
			"</text>\n", alone ? "diff" : "dim", s->x + svg_pixels(s->numbers), y + 11,
			alone ? "\u2260" : "", number);
	}
	lines = svg_lines(out, "text", x, y, d->columns, 2, row->text, &used);
	if (*row->result)
		lines = put_result(out, row, x, y, d->columns, lines, used);
	if (!lines)
		lines = 1;
	lines += put_finding(out, row, x, y + lines * LINE, d->columns);
	lines += put_notes(out, s, row, x, y + lines * LINE, d->columns);
	if (out)
		fprintf(out, "<circle class=\"%s\" cx=\"%d\" cy=\"%d\" r=\"%d\"/>\n",
			row->finding && !row->cost ? "dot-bad" : alone || row->other_result ?
			"dot-diff" : "dot", lane->x, y + 7, DOT);
	return y + lines * LINE - first;
}

/* ---- where everything is ---- */

static int set_up_lanes(struct side *s)
{
	const struct figure_run *r = s->r;

	s->numbers = snprintf(NULL, 0, "%llu", (unsigned long long)r->last) + 1;
	s->numbers = s->numbers > LEAST_NUMBERS ? s->numbers : LEAST_NUMBERS;
	s->lane = calloc(r->tasks + 1, sizeof(*s->lane));
	s->lane_of = calloc(r->tasks + 1, sizeof(*s->lane_of));
	s->slot = calloc(r->holds + 1, 1);
	s->top = calloc(r->rows + 1, sizeof(*s->top));
	s->dot = calloc(r->rows + 1, sizeof(*s->dot));
	s->height = calloc(r->rows + 1, sizeof(*s->height));
	if (!s->lane || !s->lane_of || !s->slot || !s->top || !s->dot || !s->height)
		return -1;
	for (unsigned task = 0; task < r->tasks; task++)
		s->lane_of[task] = UINT_MAX;
	for (size_t i = 0; i < r->rows; i++)
		s->lane_of[r->row[i].task] = 0;
	for (unsigned task = 0; task < r->tasks; task++)
		if (s->lane_of[task] != UINT_MAX) {
			s->lane[s->lanes].task = task;
			s->lane_of[task] = s->lanes++;
		}
	return 0;
}

/* Each bar beside those that are there at the same time.  Holds are sorted by their beginning. */
static void set_up_bars(struct side *s)
{
	for (unsigned l = 0; l < s->lanes; l++) {
		uint64_t until[SLOTS] = { 0 };

		for (size_t i = 0; i < s->r->holds; i++) {
			const struct figure_hold *h = &s->r->hold[i];
			unsigned slot = 0;

			if (s->lane_of[h->task] != l)
				continue;
			while (slot < SLOTS - 1 && until[slot] > h->from)
				slot++;
			until[slot] = h->to;
			s->slot[i] = (uint8_t)slot;
			if (slot + 1 > s->lane[l].slots)
				s->lane[l].slots = slot + 1;
		}
	}
}

/* From left to right; what of a lane is no text. */
static int fixed_width(const struct side *s)
{
	int px = svg_pixels(s->numbers + 1);

	for (unsigned l = 0; l < s->lanes; l++)
		px += (int)s->lane[l].slots * BAR + DOT + TEXT_AT + LANE_GAP;
	return px;
}

static void place_lanes(struct drawing *d)
{
	int x = MARGIN;

	for (unsigned i = 0; i < d->runs; i++) {
		struct side *s = &d->side[i];

		x += i ? BETWEEN : 0;
		s->x = x;
		x += svg_pixels(s->numbers + 1);
		for (unsigned l = 0; l < s->lanes; l++) {
			x += (int)s->lane[l].slots * BAR + DOT;
			s->lane[l].x = x;
			x += TEXT_AT + svg_pixels(d->columns) + LANE_GAP;
		}
		s->width = x - s->x;
	}
	d->width = x + MARGIN;
}

static int choose_width(struct drawing *d, struct export *e)
{
	unsigned lanes = 0;
	int fixed = 2 * MARGIN + (d->runs > 1 ? BETWEEN : 0);

	for (unsigned i = 0; i < d->runs; i++) {
		lanes += d->side[i].lanes;
		fixed += fixed_width(&d->side[i]);
	}
	if (!lanes)
		lanes = 1;
	d->columns = lanes <= 2 ? 44 : lanes <= 4 ? 32 : 30;
	if (e->width)
		d->columns = svg_columns(svg_pixels((int)(e->width < WIDEST ? e->width : WIDEST)) -
					fixed) / (int)lanes;
	if (d->columns < LEAST_TEXT)
		return graphic_error(e, -EINVAL, "in %u columns there is no room for %u lanes: "
				     "--width %d is the least", e->width, lanes,
				     svg_columns(fixed + (int)lanes * svg_pixels(LEAST_TEXT)) + 2);
	return 0;
}

/* Did another task make the row before? */
static bool switches(const struct side *s, size_t i)
{
	return i != SIZE_MAX && i && s->r->row[i].task != s->r->row[i - 1].task;
}

static bool left_out(const struct side *s, size_t i)
{
	return i != SIZE_MAX && i && s->r->row[i].at != s->r->row[i - 1].at + 1;
}

/* Room above what stands at one height. */
static int room_above(const struct drawing *d, size_t k)
{
	int room = GAP;

	for (unsigned i = 0; i < d->runs; i++) {
		size_t row = d->pair[k].row[i];

		if (left_out(&d->side[i], row))
			return SWITCH_GAP + LINE;
		if (switches(&d->side[i], row))
			room = SWITCH_GAP;
	}
	return room;
}

static int why_lines(FILE *out, const struct drawing *d, int y)
{
	char text[FIGURE_WHY_MAX + 400];

	snprintf(text, sizeof(text), "Here the runs part%s%.600s", *d->f->why ? ": " : "",
		 d->f->why);
	return svg_lines(out, "diff", MARGIN + svg_pixels(1), y,
			 svg_columns(d->width - 2 * MARGIN) - 2, 0, text, NULL);
}

static void forget_ops(struct drawing *d)
{
	for (unsigned i = 0; i < d->runs; i++)
		for (unsigned l = 0; l < d->side[i].lanes; l++)
			d->side[i].lane[l].op = NULL;
}

/* Every row gets its place. */
static void place_rows(struct drawing *d)
{
	int y = d->top + LINE;

	forget_ops(d);
	for (size_t k = 0; k < d->pairs; k++) {
		int height = 0;

		if (k == d->parts) {
			d->parted = y + GAP;
			y += 3 * GAP + LINE * why_lines(NULL, d, y);
			d->parting_end = y - GAP;
		}
		y += room_above(d, k);
		for (unsigned i = 0; i < d->runs; i++) {
			size_t row = d->pair[k].row[i];
			struct side *s = &d->side[i];

			if (row == SIZE_MAX)
				continue;
			s->top[row] = y;
			s->dot[row] = y + (names_op(s, row) ? LINE : 0) + 7;
			s->height[row] = put_row(NULL, d, s, row, y);
			s->end = y + s->height[row] + GAP;
			height = s->height[row] > height ? s->height[row] : height;
		}
		y += height;
	}
	d->end = y + GAP + LINE / 2;
}

static void draw_rows(struct drawing *d)
{
	forget_ops(d);
	for (unsigned i = 0; i < d->runs; i++) {
		struct side *s = &d->side[i];

		for (size_t row = 0; row < s->r->rows; row++) {
			fprintf(d->out, "<g class=\"row\" data-run=\"%u\" data-at=\"%llu\">\n"
				"<rect class=\"here\" x=\"%d\" y=\"%d\" width=\"%d\" "
				"height=\"%d\"/>\n", i, (unsigned long long)s->r->row[row].at,
				s->x, s->top[row] - 2, s->width, s->height[row] + 4);
			put_row(d->out, d, s, row, s->top[row]);
			fputs("</g>\n", d->out);
		}
	}
}

/* ---- what is between rows ---- */

static int y_of(const struct drawing *d, const struct side *s, uint64_t at)
{
	size_t i = figure_row_from(s->r, at);

	if (!at)
		return d->top;
	if (i == s->r->rows)
		return s->end;
	return s->r->row[i].at == at ? s->dot[i] : s->top[i] - GAP;
}

/* "P0": a lock's letter, and the number of its object. */
static char *brief_hold(const struct figure_hold *h, char buf[24])
{
	const char *number = strrchr(h->what, ' ');

	number = number && number[1] >= '0' && number[1] <= '9' ? number + 1 : "";
	snprintf(buf, 24, "%c%.16s", h->letter ? h->letter : '?', number);
	return buf;
}

/* Where the whole text of a bar fits, clear of what is said where the runs part; -1: nowhere. */
static int label_at(const struct drawing *d, int from, int to, const char *text)
{
	int length = grid_columns(text) * 63 / 10 + 10;

	if (d->parted && from + length > d->parted && from < d->parting_end)
		from = d->parting_end;
	return from + length <= to ? from + 5 : -1;
}

static void draw_bar(const struct drawing *d, const struct side *s, size_t i)
{
	const struct figure_hold *h = &s->r->hold[i];
	const struct lane *lane = &s->lane[s->lane_of[h->task]];
	const char *class = h->letter == 'P' ? "pin" : h->letter == 'F' ? "folio" : "lock";
	int x = lane->x - DOT - ((int)s->slot[i] + 1) * BAR + 1, from = y_of(d, s, h->from);
	int to = y_of(d, s, h->to), label;
	char brief[24];

	to = to < from + LINE ? from + LINE : to;
	fputs("<g class=\"hold\"><title>", d->out);
	markup_text(s->r->task[h->task], d->out);
	fputs(": ", d->out);
	markup_text(h->what, d->out);
	if (h->from)
		fprintf(d->out, ", from step %llu", (unsigned long long)h->from);
	else
		fputs(", from before", d->out);
	if (h->to != UINT64_MAX)
		fprintf(d->out, " to %llu", (unsigned long long)h->to);
	fprintf(d->out, "</title><rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
		"rx=\"3\"/>", class, x, from, BAR - 2, to - from);
	label = label_at(d, from, to, h->what);
	if (label >= 0) {
		fprintf(d->out, "<text class=\"held\" transform=\"translate(%d %d) rotate(90)\">",
			x + 4, label);
		markup_text(h->what, d->out);
	} else {
		brief_hold(h, brief);
		if (strlen(brief) > 2)	/* no room for the number */
			brief[1] = '\0';
		fprintf(d->out, "<text class=\"held\" text-anchor=\"middle\" x=\"%d\" y=\"%d\">",
			x + BAR / 2 - 1, from + 11);
		markup_text(brief, d->out);
	}
	fputs("</text></g>\n", d->out);
}

static void draw_arrows(const struct drawing *d, const struct side *s)
{
	for (size_t i = 1; i < s->r->rows; i++) {
		int from = s->lane[s->lane_of[s->r->row[i - 1].task]].x;
		int to = s->lane[s->lane_of[s->r->row[i].task]].x;
		int y = s->top[i] - SWITCH_GAP / 2 - 1;

		if (left_out(s, i)) {
			char text[60], n[32];

			snprintf(text, sizeof(text), "\u22ee %s left out",
				 counted(s->r->row[i].at - s->r->row[i - 1].at - 1, "step", n));
			svg_text(d->out, "dim", s->x + svg_pixels(3), s->top[i] - LINE - 1, text,
				 strlen(text));
		} else if (from != to) {
			fprintf(d->out, "<path class=\"switch\" d=\"M%d %dV%dH%dV%d\" "
				"marker-end=\"url(#arrow)\"/>\n", from, s->dot[i - 1] + DOT, y, to,
				s->dot[i] - DOT - 2);
		}
	}
}

static void draw_lanes(const struct drawing *d, const struct side *s)
{
	for (unsigned l = 0; l < s->lanes; l++) {
		const struct lane *lane = &s->lane[l];
		const char *name = s->r->task[lane->task], *at = name;
		size_t n = graphic_line(&at, d->columns);
		char shown[200];

		snprintf(shown, sizeof(shown), "%.*s", (int)(n < 199 ? n : 199), name);
		fprintf(d->out, "<path class=\"life\" d=\"M%d %dV%d\"/>\n", lane->x, d->top,
			s->end > d->top ? s->end : d->end);
		fprintf(d->out, "<rect class=\"head\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
			"rx=\"4\"/>\n", lane->x - 8, d->top - 22,
			svg_pixels(grid_columns(shown)) + 16, 22);
		svg_text(d->out, "on-head", lane->x, d->top - 7, name, n);
	}
}

static void draw_bars(const struct drawing *d, const struct side *s)
{
	for (size_t i = 0; i < s->r->holds; i++)
		if (s->lane_of[s->r->hold[i].task] != UINT_MAX)
			draw_bar(d, s, i);
}

/* ---- what stands above and below ---- */

static int head(const struct drawing *d, FILE *out, int y)
{
	int most = 0, all = svg_columns(d->width - 2 * MARGIN) - 1;
	const struct figure_run *r = d->side[0].r;

	y += 18 * svg_lines(out, "title", MARGIN, y, all * 12 / 14, 0,
			    *r->title ? r->title : r->scenario, NULL) + 4;
	for (unsigned i = 0; i < d->runs; i++) {
		const struct side *s = &d->side[i];
		int wide = svg_columns(s->width) - 1, at = y;

		at += LINE * svg_lines(out, "op", s->x, at, wide, 0, s->r->kernel, NULL);
		at += LINE * svg_lines(out, s->r->findings ? "bad" : "good", s->x, at, wide, 0,
				       s->r->verdict, NULL);
		most = at > most ? at : most;
	}
	return most + 12 + 22;
}

/* Which locks the bars are: each once. */
static int legend(const struct drawing *d, FILE *out, int y)
{
	char text[4000] = "";
	size_t used = 0;

	for (unsigned i = 0; i < d->runs; i++) {
		const struct figure_run *r = d->side[i].r;

		for (size_t k = 0; k < r->holds; k++) {
			char one[200], brief[24];

			if (d->side[i].lane_of[r->hold[k].task] == UINT_MAX)
				continue;
			snprintf(one, sizeof(one), "%s %.150s; ", brief_hold(&r->hold[k], brief),
				 r->hold[k].what);
			if (strstr(text, one) || used + strlen(one) >= sizeof(text))
				continue;
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s", one);
		}
	}
	if (!used)
		return y;
	text[used - 2] = '\0';
	return y + GAP + LINE * svg_lines(out, "dim", MARGIN, y,
					  svg_columns(d->width - 2 * MARGIN) - 1, 0, text, NULL);
}

/* Notes of positions that no row is of. */
static int other_notes(const struct side *s, FILE *out, int y, int columns)
{
	int height = 0;

	for (size_t i = 0; i < s->r->notes; i++) {
		const struct figure_note *n = &s->r->note[i];
		char text[GRAPHIC_NOTE_MAX];

		if (graphic_drawn(s->r, n->at))
			continue;
		graphic_note(n, text);
		height += LINE * svg_lines(out, "note", s->x, y + height, columns, 2, text, NULL);
	}
	return height;
}

static int foot(const struct drawing *d, FILE *out, int y)
{
	int all = svg_columns(d->width - 2 * MARGIN) - 1;

	for (unsigned i = 0; i < d->runs; i++) {
		const struct side *s = &d->side[i];
		int wide = svg_columns(s->width) - 1;

		y += other_notes(s, out, y, wide);
		if (s->r->loop_text)
			y += LINE * svg_lines(out, "bad", s->x, y, wide, 0, s->r->loop_text, NULL) +
			     GAP;
	}
	y = legend(d, out, y + GAP);
	for (unsigned i = 0; i < d->runs; i++)
		y += LINE * svg_lines(out, "result", MARGIN, y, all, 4, d->side[i].r->command,
				      NULL);
	return y + MARGIN;
}

static void draw_parting(const struct drawing *d)
{
	if (!d->parted)
		return;
	fprintf(d->out, "<path class=\"parts\" d=\"M%d %dH%d\"/>\n", MARGIN, d->parted,
		d->width - MARGIN);
	fprintf(d->out, "<rect class=\"ground\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n",
		MARGIN, d->parted + 2, d->width - 2 * MARGIN,
		d->parting_end - d->parted - 2);
	why_lines(d->out, d, d->parted + GAP);
}

/* ---- the whole ---- */

static void draw(struct drawing *d)
{
	const struct figure_run *r = d->side[0].r;
	int foot_at = d->end + GAP;

	if (!d->inside)
		fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", d->out);
	fprintf(d->out, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"diagram\"%s "
		"width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n<title>",
		d->inside ? "" : " role=\"img\"", d->width, d->height, d->width, d->height);
	markup_text(*r->title ? r->title : r->scenario, d->out);
	fputs("</title>\n", d->out);
	if (!d->inside) {
		fputs("<style>\n", d->out);
		graphic_diagram_sheet(d->out, false);
		fputs("</style>\n", d->out);
	}
	fputs("<defs><marker id=\"arrow\" markerWidth=\"9\" markerHeight=\"8\" refX=\"6\" "
	      "refY=\"4\" orient=\"auto\" markerUnits=\"userSpaceOnUse\"><path class=\"tip\" "
	      "d=\"M0 0L8 4L0 8z\"/></marker></defs>\n", d->out);
	fprintf(d->out, "<rect class=\"ground\" width=\"%d\" height=\"%d\"/>\n", d->width,
		d->height);
	head(d, d->out, MARGIN);
	for (unsigned i = 0; i < d->runs; i++)
		draw_lanes(d, &d->side[i]);
	draw_rows(d);
	for (unsigned i = 0; i < d->runs; i++) {	/* on a row that is lit */
		draw_bars(d, &d->side[i]);
		draw_arrows(d, &d->side[i]);
	}
	draw_parting(d);
	foot(d, d->out, foot_at);
	fputs("</svg>\n", d->out);
}

static int lay_out_all(struct drawing *d, struct export *e)
{
	int err;

	for (unsigned i = 0; i < d->runs; i++) {
		d->side[i].r = &d->f->run[i];
		if (set_up_lanes(&d->side[i]))
			return -ENOMEM;
		set_up_bars(&d->side[i]);
	}
	d->pair = graphic_pairs(d->f, &d->pairs, &d->parts);
	if (!d->pair)
		return -ENOMEM;
	err = choose_width(d, e);
	if (err)
		return err;
	place_lanes(d);
	d->top = head(d, NULL, MARGIN);
	place_rows(d);
	d->height = foot(d, NULL, d->end + GAP);
	return 0;
}

int graphic_diagram(struct export *e, FILE *out, bool inside)
{
	struct drawing d = { .f = e->figure, .out = out, .inside = inside,
			     .runs = e->figure->runs };
	int err = lay_out_all(&d, e);

	if (!err)
		draw(&d);
	free(d.pair);
	for (unsigned i = 0; i < d.runs; i++) {
		free(d.side[i].lane);
		free(d.side[i].lane_of);
		free(d.side[i].slot);
		free(d.side[i].top);
		free(d.side[i].dot);
		free(d.side[i].height);
	}
	return err;
}

static int write_svg(struct export *e, FILE *out)
{
	int err = graphic_fits(e, "svg", GRAPHIC_STEPS_MAX);

	return err ? err : graphic_diagram(e, out, false);
}

const struct export_format export_svg = {
	.name = "svg",
	.extension = ".svg",
	.brief = "a picture: a lane a task, locks as bars, two runs side by side",
	.write = write_svg,
};
