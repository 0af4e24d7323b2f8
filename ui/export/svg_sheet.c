/* SPDX-License-Identifier: GPL-2.0-only */
/* svg_sheet.c - what a diagram looks like: lines of text, and its style sheet, light and dark. */
#include <string.h>

#include "ui/export/svg.h"
#include "ui/terminal/markup.h"

#define COLUMN_TENTHS	74	/* a character, in tenths of a pixel */

int svg_pixels(int columns)
{
	return (columns * COLUMN_TENTHS + 9) / 10;
}

int svg_columns(int px)
{
	return px * 10 / COLUMN_TENTHS;
}

void svg_text(FILE *out, const char *class, int x, int y, const char *text, size_t n)
{
	fprintf(out, "<text class=\"%s\" x=\"%d\" y=\"%d\">", class, x, y);
	markup_bytes(text, n, out);
	fputs("</text>\n", out);
}

int svg_lines(FILE *out, const char *class, int x, int y, int columns, int indent,
	      const char *text, int *used)
{
	int lines = 0;

	for (;;) {
		int in = lines ? indent : 0;
		const char *at = text;
		size_t n = graphic_line(&text, columns - in);
		char line[400];

		if (!n)
			return lines;
		if (out)
			svg_text(out, class, x + svg_pixels(in), y + lines * LINE + 11, at, n);
		snprintf(line, sizeof(line), "%.*s", (int)(n < 399 ? n : 399), at);
		if (used)
			*used = in + grid_columns(line);
		lines++;
	}
}

/* What the classes look like: by the variables of a page, or by themselves, light and dark. */
static void sheet(FILE *out, bool variables, bool dark)
{
	static const struct {
		const char *selector, *property, *colour;
	} rule[] = {
		{ ".ground", "fill", "back" }, { ".text", "fill", "fore" },
		{ ".op", "fill", "fore" }, { ".title", "fill", "fore" },
		{ ".held", "fill", "fore" }, { ".dim", "fill", "dim" },
		{ ".result", "fill", "dim" }, { ".note", "fill", "who" },
		{ ".bad", "fill", "bad" }, { ".good", "fill", "good" }, { ".diff", "fill", "diff" },
		{ ".on-bad", "fill", "on-bad" }, { ".on-cost", "fill", "now" },
		{ ".dot", "fill", "dim" }, { ".dot-bad", "fill", "bad" },
		{ ".dot-diff", "fill", "diff" }, { ".pin", "fill", "pin" },
		{ ".folio", "fill", "folio" }, { ".lock", "fill", "lock" },
		{ ".head", "fill", "bar" }, { ".on-head", "fill", "on-bar" },
		{ ".life", "stroke", "line" }, { ".parts", "stroke", "diff" },
		{ ".switch", "stroke", "new" }, { ".tip", "fill", "new" },
	};

	for (size_t i = 0; i < sizeof(rule) / sizeof(rule[0]); i++) {
		const struct markup_colour *c = markup_colours;

		while (c->name && strcmp(c->name, rule[i].colour))
			c++;
		fprintf(out, "%s.diagram %s { %s: ", dark ? "\t" : "", rule[i].selector,
			rule[i].property);
		fprintf(out, variables ? "var(--%s) }\n" : "%s }\n",
			variables ? rule[i].colour : dark ? c->dark : c->light);
	}
}

void graphic_diagram_sheet(FILE *out, bool variables)
{
	fputs(".diagram text { font: 12px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, "
	      "monospace; white-space: pre }\n"
	      ".diagram .title { font-size: 14px; font-weight: bold }\n"
	      ".diagram .op, .diagram .on-head, .diagram .bad { font-weight: bold }\n"
	      ".diagram .held { font-size: 10px } .diagram .note { font-style: italic }\n"
	      ".diagram path { fill: none } .diagram .tip { stroke: none }\n"
	      ".diagram .parts { stroke-width: 2; stroke-dasharray: 7 4 }\n"
	      ".diagram .switch { stroke-width: 1.4 } .diagram .here { fill: transparent }\n", out);
	sheet(out, variables, false);
	if (variables)
		return;
	fputs("@media (prefers-color-scheme: dark) {\n", out);
	sheet(out, false, true);
	fputs("}\n", out);
}
