/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * help.c - keys and commands, from the list of both, and what the marks mean.
 */
#include <string.h>

#include "ui/panel/panel.h"

static const struct sign {
	const char *utf8, *ascii, *text;
} signs[] = {
	{ .utf8 = "*", .ascii = "*", .text = "changed by the last step" },
	{ .utf8 = "!!", .ascii = "!!", .text = "a property is violated" },
	{ .utf8 = "\u2260 \u2506", .ascii = "# |", .text = "the runs differ" },
	{ .utf8 = ">", .ascii = ">", .text = "last step made, task next to move" },
	{ .utf8 = "v3", .ascii = "v3", .text = "the third write" },
	{ .utf8 = "num", .ascii = "num", .text = "only a number to that task" },
	{ .utf8 = "ex sd wp", .ascii = "ex sd wp", .text = "exclusive, soft-dirty, uffd-wp" },
	{ .utf8 = "up sc wb rd", .ascii = "up sc wb rd",
	  .text = "uptodate, swapcache, writeback, read" },
	{ .utf8 = "e1 f2 blk L1", .ascii = "e1 f2 blk L1", .text = "entry, folio, block, life" },
};

#define SIGNS	(sizeof(signs) / sizeof(signs[0]))

/* What there is to be told: what concerns one run, or no capture, where that is what is shown. */
static bool is_told(const struct view *v, const struct command_row *row)
{
	const struct chapter *c = &v->chapter[v->at];
	bool of_two = !strcmp(row->group, "panes") || strstr(row->help, "difference");

	return !((of_two && !c->run[1]) || (v->chapters < 2 && !strcmp(row->group, "tour")) ||
		 (!of_capture(c) && !strcmp(row->group, "kernel")));
}

/* Where in a row of the help what stands; narrow ones begin what a command does below it. */
#define AT_COMMAND	18
#define AT_HELP		37
#define HELP_WIDTH	68	/* a column of it, at least, where there are several */

#define HELP_NARROW	60

/* A row of the help, or with g NULL how many rows of the screen it takes. */
static int draw_command(const struct view *v, struct grid *g, struct rect r, int y,
			enum command_id command)
{
	const struct command_row *row = &command_rows[command];
	int below = r.w < HELP_NARROW, x = below ? 2 : AT_HELP;
	struct rect room = { r.y, r.x + x, r.h, r.w - x };
	char keys[KEYS_TEXT_MAX], name[64];

	snprintf(name, sizeof(name), "%s %s", row->name, row->arguments);
	if (text_columns(name) >= AT_HELP - AT_COMMAND)
		snprintf(name, sizeof(name), "%s", row->name);
	if (g) {
		grid_text(g, r, y, 1, STYLE_OWNER, command_keys(v, command, keys));
		grid_text(g, r, y, AT_COMMAND, STYLE_DIM, name);
	}
	return below + draw_wrapped(g, room, y + below, 9, STYLE_PLAIN, row->help);
}

/* From row y on; rows before the first of r, and behind its last, are not drawn. */
static int draw_commands(const struct view *v, struct grid *g, struct rect r, int y)
{
	const char *group = "";

	for (unsigned i = CMD_NONE + 1; i < CMD_COUNT; i++) {
		const struct command_row *row = &command_rows[i];

		if (!is_told(v, row))
			continue;
		if (strcmp(group, row->group) != 0) {
			if (g)
				grid_text(g, r, y, 0, STYLE_TITLE, row->group);
			y++;
		}
		group = row->group;
		y += draw_command(v, g, r, y, i);
	}
	return y;
}

static int draw_signs(const struct view *v, struct grid *g, struct rect r, int y)
{
	if (g)
		grid_text(g, r, y, 0, STYLE_TITLE, "marks");
	y++;
	for (size_t i = 0; i < SIGNS; i++, y++) {
		if (!g)
			continue;
		grid_text(g, r, y, 1, STYLE_OWNER, v->ascii ? signs[i].ascii : signs[i].utf8);
		grid_text(g, r, y, AT_COMMAND, STYLE_PLAIN, signs[i].text);
	}
	return y;
}

/* In as many columns as there is room for; what they do not hold is scrolled over. */
void draw_help(const struct view *v, struct grid *g, struct rect r)
{
	int columns = r.w / HELP_WIDTH > 1 ? r.w / HELP_WIDTH : 1, width = r.w / columns;
	struct rect one = { r.y, r.x + 1, r.h, width - 2 };
	int rows = draw_signs(v, NULL, one, draw_commands(v, NULL, one, 0));
	int last = rows > r.h * columns ? rows - r.h * columns : 0;
	int top = (int)v->top < last ? (int)v->top : last;

	grid_spot(g, r, SPOT_TEXT, 0, (uint64_t)last);
	for (int i = 0; i < columns; i++) {
		draw_signs(v, g, one, draw_commands(v, g, one, -top - i * r.h));
		one.x += width;
	}
	if (top < last)
		grid_text(g, r, r.h - 1, r.w - 6, STYLE_OWNER, v->ascii ? "v more" : "\u2193 more");
}
