/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * help.c - the keys, from the list of actions, and what the marks mean.
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

#define HELP_ROWS	CMD_COUNT
#define MARKS		(sizeof(signs) / sizeof(signs[0]))

/* One a row where there is room, else one after the other. */
static void draw_marks(const struct view *v, struct grid *g, struct rect r)
{
	char all[600] = "";

	if (r.h > (int)MARKS) {
		grid_text(g, r, 0, 0, STYLE_TITLE, "marks");
		for (size_t i = 0; i < MARKS; i++) {
			grid_text(g, r, (int)i + 1, 0, STYLE_OWNER,
				  v->ascii ? signs[i].ascii : signs[i].utf8);
			grid_text(g, r, (int)i + 1, 14, STYLE_PLAIN, signs[i].text);
		}
		return;
	}
	for (size_t i = 0; i < MARKS; i++) {
		size_t n = strlen(all);

		snprintf(all + n, sizeof(all) - n, "%s%s: %s", i ? "; " : "",
			 v->ascii ? signs[i].ascii : signs[i].utf8, signs[i].text);
	}
	draw_wrapped(g, r, 0, r.h, STYLE_PLAIN, all);
}

/* What there is to be told: what concerns one run, or no capture, where that is what is shown. */
static size_t rows_told(const struct view *v, const struct command_row **told)
{
	const struct chapter *c = &v->chapter[v->at];
	size_t n = 0;

	for (size_t i = CMD_NONE + 1; i < HELP_ROWS; i++) {
		const char *group = command_rows[i].group;
		bool of_two = !strcmp(group, "panes") || strstr(command_rows[i].help, "difference");

		if ((of_two && !c->run[1]) || (v->chapters < 2 && !strcmp(group, "tour")) ||
		    (!of_capture(c) && !strcmp(group, "kernel")))
			continue;
		told[n++] = &command_rows[i];
	}
	return n;
}

void draw_help(const struct view *v, struct grid *g, struct rect r)
{
	const struct command_row *told[HELP_ROWS];
	size_t rows = rows_told(v, told);
	bool beside = r.w >= 130, roomy = r.h >= (int)(rows + MARKS + 8);
	const char *group = "";
	int y = 0;

	for (size_t i = 0; i < rows; i++) {
		char help[120];

		if (strcmp(group, told[i]->group) != 0) {
			y += roomy && i ? 1 : 0;
			grid_text(g, r, y, 1, STYLE_TITLE, told[i]->group);
		}
		group = told[i]->group;
		grid_text(g, r, y, 8, STYLE_OWNER, told[i]->keys);
		cut_text(help, sizeof(help), told[i]->help, r.w - 26, v->ascii);
		grid_text(g, r, y, 26, STYLE_PLAIN, help);
		y++;
	}
	if (beside)
		draw_marks(v, g, (struct rect){ r.y, 94, r.h, r.w - 95 });
	else
		draw_marks(v, g, (struct rect){ r.y + y + roomy, 1, r.h - y - roomy, r.w - 2 });
}
