/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * notes.c - what is said of the runs: their findings, and what somebody noted at a step.
 */
#include <string.h>

#include "ui/panel/panel.h"
#include "ui/text/text.h"

#define NOTES_SHOWN	100	/* of each kind and run */

static int draw_said(const struct view *v, struct grid *g, struct rect r, int y, unsigned side,
		     uint64_t position, const char *kind, const char *text, enum style style)
{
	bool here = position == v->cursor[side];
	char head[NOTE_WORDS_MAX + 4];
	int x = 1 + grid_printf(g, r, y, 0, here ? STYLE_CURSOR : STYLE_DIM, "%c%6llu",
				here ? '>' : ' ', (unsigned long long)position);

	snprintf(head, sizeof(head), "%.180s%s", kind, *text ? ": " : "");
	x += grid_text(g, r, y, x, style == STYLE_PLAIN ? STYLE_TITLE : style, head);
	if (r.w - x < 24) {
		x = 8;
		y++;
	}
	r = (struct rect){ r.y, r.x + x, r.h, r.w - x - 1 };
	return y + draw_wrapped(g, r, y, 8, style, text);
}

static int draw_run_notes(const struct view *v, struct grid *g, struct rect r, int y, unsigned side)
{
	struct trace *t = v->chapter[v->at].run[side];
	char words[NOTE_WORDS_MAX];
	size_t findings, notes;
	const struct trace_finding *f = trace_findings(t, &findings);
	const struct trace_note *note = trace_notes(t, &notes);

	grid_printf(g, r, y++, 0, STYLE_TITLE, "%.80s", trace_info(t)->kernel);
	for (size_t i = 0, k = 0; (i < findings && i < NOTES_SHOWN) ||
	     (k < notes && k < NOTES_SHOWN);) {
		bool finding = k >= notes || k >= NOTES_SHOWN ||
			       (i < findings && i < NOTES_SHOWN &&
				f[i].position <= note[k].position);

		if (finding) {
			y = draw_said(v, g, r, y, side, f[i].position, f[i].property, f[i].text,
				      STYLE_BAD);
			i++;
		} else {
			y = draw_said(v, g, r, y, side, note[k].position,
				      note_words(&note[k], words), note[k].text, STYLE_PLAIN);
			k++;
		}
	}
	if (!findings && !notes)
		grid_text(g, r, y++, 8, STYLE_DIM, "nothing is noted");
	if (findings > NOTES_SHOWN || notes > NOTES_SHOWN)
		grid_printf(g, r, y++, 8, STYLE_DIM, "%zu findings, %zu notes in all", findings,
			    notes);
	return y;
}

int draw_notes(const struct view *v, struct grid *g, struct rect r)
{
	const struct chapter *c = &v->chapter[v->at];
	int y = draw_run_notes(v, g, r, 0, 0);

	if (c->alignment.why[0] && c->run[1])
		y += draw_wrapped(g, (struct rect){ r.y, r.x + 1, r.h, r.w - 2 }, y, 8, STYLE_DIFF,
				  c->alignment.why);
	return c->run[1] ? draw_run_notes(v, g, r, y, 1) : y;
}
