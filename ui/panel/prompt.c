/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prompt.c - the line that is typed behind ':' and '/', with its cursor, and what may stand there.
 */
#include <string.h>

#include "ui/panel/panel.h"

static const char *const lead[PROMPT_KINDS] = {
	[PROMPT_COMMAND] = ":", [PROMPT_SEARCH] = "/",
};
static const char *const about[PROMPT_KINDS] = {
	[PROMPT_COMMAND] = "a step's number, or a command: tab shows them; esc leaves",
	[PROMPT_SEARCH] = "in a step or what it came to, or an object: page 54, s7; esc leaves",
};

static unsigned next(const char *text, unsigned at)
{
	for (at++; ((unsigned char)text[at] & 0xc0) == 0x80; at++)
		;
	return at;
}

/* The first byte that is shown, so that so many columns reach to the cursor. */
static unsigned first_shown(const struct view *v, int columns)
{
	char before[PROMPT_MAX];
	unsigned from = 0;

	snprintf(before, sizeof(before), "%.*s", (int)v->prompt_at, v->prompt);
	while (from < v->prompt_at && text_columns(before + from) >= columns)
		from = next(before, from);
	return from;
}

/* The character under the cursor is not in the bar's style; behind the last one it is a line. */
void draw_prompt(const struct view *v, struct grid *g, struct rect r)
{
	const char *more = v->completions[0] || v->prompt[0] ? v->completions :
			   about[v->prompting];
	unsigned from = first_shown(v, r.w - 3), behind = v->prompt_at;
	char text[PROMPT_MAX + sizeof(v->completions)];
	int x = 1;

	x += grid_text(g, r, 0, x, STYLE_BAR, lead[v->prompting]);
	snprintf(text, sizeof(text), "%.*s", (int)(v->prompt_at - from), v->prompt + from);
	x += grid_text(g, r, 0, x, STYLE_BAR, text);
	if (v->prompt[behind]) {
		behind = next(v->prompt, behind);
		snprintf(text, sizeof(text), "%.*s", (int)(behind - v->prompt_at),
			 v->prompt + v->prompt_at);
		x += grid_text(g, r, 0, x, STYLE_PLAIN, text);
		x += grid_text(g, r, 0, x, STYLE_BAR, v->prompt + behind);
	} else {
		x += grid_text(g, r, 0, x, STYLE_BAR, "_");
	}
	cut_text(text, sizeof(text), more, r.w - x - 3, v->ascii);
	grid_text(g, r, 0, x + 2, STYLE_BAR, text);
}
