/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * switches.c - the switches of both runs' kernels side by side, those that differ first.
 */
#include <string.h>

#include "ui/panel/panel.h"

#define SWITCHES_SHOWN	100

struct row {
	char name[24], value[2][24];
	bool differs;
};

/* "pin=none wait=tick": the row of every name, in the order in which they come. */
static unsigned add_switches(struct row *row, unsigned n, const char *text, unsigned side)
{
	for (const char *at = text ? text : ""; *at; at += strspn(at, " ")) {
		size_t length = strcspn(at, " "), name = strcspn(at, "= ");
		unsigned i = 0;

		while (i < n && (strlen(row[i].name) != name || memcmp(row[i].name, at, name)))
			i++;
		if (i < SWITCHES_SHOWN && name && name < length && name < sizeof(row->name)) {
			if (i == n)
				snprintf(row[n++].name, sizeof(row->name), "%.*s", (int)name, at);
			snprintf(row[i].value[side], sizeof(row[i].value[side]), "%.*s",
				 (int)(length - name - 1), at + name + 1);
		}
		at += length;
	}
	return n;
}

/* What a switch of that name means here. */
static const char *meaning(const char *name)
{
	for (unsigned i = 0; i < SWITCH_COUNT; i++)
		if (!strcmp(kernel_switches[i].name, name))
			return kernel_switches[i].text;
	return "";
}

/* What it says is shown whole: beside the values, or below them. */
static int draw_switch_row(const struct view *v, struct grid *g, struct rect r, int y,
			   const struct row *row, bool two)
{
	int x = two ? 44 : 30, below = r.w < x + 20;
	enum style style = row->differs ? STYLE_DIFF : STYLE_PLAIN;
	int rows, indent = below ? 4 : x;

	grid_text(g, r, y, 0, STYLE_DIFF, row->differs ? v->ascii ? "#" : "\u2260" : "");
	grid_text(g, r, y, 2, row->differs ? STYLE_DIFF : STYLE_TITLE, row->name);
	grid_text(g, r, y, 18, style, row->value[0]);
	if (two)
		grid_text(g, r, y, 31, style, row->value[1]);
	rows = below + draw_wrapped(g, (struct rect){ r.y, r.x + indent, r.h, r.w - indent },
				    y + below, 6, row->differs ? STYLE_PLAIN : STYLE_DIM,
				    meaning(row->name));
	return rows ? rows : 1;
}

int draw_switches(const struct view *v, struct grid *g, struct rect r)
{
	const struct chapter *c = &v->chapter[v->at];
	struct row row[SWITCHES_SHOWN] = { 0 };
	unsigned n = 0, differ = 0;
	int y = 1;

	for (unsigned side = 0; side < 2 && c->run[side]; side++)
		n = add_switches(row, n, trace_info(c->run[side])->switches, side);
	for (unsigned i = 0; i < n; i++) {
		row[i].differs = c->run[1] && strcmp(row[i].value[0], row[i].value[1]) != 0;
		differ += row[i].differs;
	}
	if (!n)
		grid_text(g, r, 0, 2, STYLE_DIM, "the rules of this kernel are not known");
	else if (c->run[1])
		grid_printf(g, r, 0, 2, STYLE_TITLE, "%-15s %-12.12s %-12.12s %u differ%s",
			    "switch", trace_info(c->run[0])->kernel, trace_info(c->run[1])->kernel,
			    differ, differ == 1 ? "s" : "");
	else
		grid_printf(g, r, 0, 2, STYLE_TITLE, "%-15s %.60s", "switch",
			    trace_info(c->run[0])->kernel);
	for (int same = 0; same < 2; same++)
		for (unsigned i = 0; i < n && y < r.h; i++)
			if (row[i].differs != same)
				y += draw_switch_row(v, g, r, y, &row[i], c->run[1]);
	return y;
}
