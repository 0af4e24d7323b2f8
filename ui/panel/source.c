/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source.c - the reference source that the run carries, with every task's line marked.
 * It follows the task that is selected to move, or moves next; at the end, the one that moved last.
 */
#include <stdlib.h>
#include <string.h>

#include "ui/panel/panel.h"

static const struct trace_step *followed_step(const struct pane *p)
{
	const struct by_hand *h = &p->v->hand[p->side];
	const struct moment *mo = p->now;
	const struct trace_event *ev = trace_event_at(mo->t, mo->at + 1);
	const struct trace_step *selected = NULL;

	if (h->possible && p->side == p->v->focus && p->v->row < h->choices &&
	    h->choice[p->v->row].task < moment_places(mo, OBJ_TASK))
		selected = moment_next(mo, h->choice[p->v->row].task);
	if (selected)
		return selected;
	if (ev)
		return trace_step_at(mo->t, ev->step);
	ev = trace_event_at(mo->t, mo->at);
	return ev ? trace_step_at(mo->t, ev->step) : NULL;
}

#define NAMES_WIDTH	6

/* "T0,W>": the tasks that stand at a line. */
static void tasks_at(const struct moment *mo, const char *file, unsigned line, char *buf,
		     size_t size)
{
	unsigned mask = 0;
	char *dash;

	for (unsigned i = 0; i < moment_places(mo, OBJ_TASK); i++) {
		const struct trace_step *step = moment_next(mo, i);
		uint32_t task = moment_number(mo, OBJ_TASK, i);

		if (step && task < 32 && step->line == line && !strcmp(step->file, file))
			mask |= 1u << task;
	}
	task_names(mo, mask, buf, size - 1);
	if (mask)
		strcat(buf, ">");
	dash = strrchr(buf, '-');
	if (text_columns(buf) > NAMES_WIDTH && dash) {	/* "kcapwl-90>": the number says who */
		dash += !(mask & (mask - 1));
		memmove(buf, dash, strlen(dash) + 1);
	}
}

/* A line with its tabs at `tab` columns. */
static void expand_tabs(char *to, size_t size, const char *from, size_t length, size_t tab)
{
	size_t n = 0, column = 0;

	for (size_t i = 0; i < length && n + tab + 5 < size; i++) {
		if (from[i] != '\t') {
			to[n++] = from[i];
			column += (from[i] & 0xc0) != 0x80;
			continue;
		}
		do {
			to[n++] = ' ';
			column++;
		} while (column % tab);
	}
	to[n] = '\0';
}

/* Which lines of a file this run's kernel never takes; NULL: nothing is known.  To be freed. */
static uint8_t *never_of(const struct moment *mo, const char *file, unsigned lines)
{
	size_t length, first_length;
	const char *text = trace_source_line(mo->t, file, 1, &first_length);
	const char *last = trace_source_line(mo->t, file, lines, &length);
	uint8_t *never = lines ? malloc(lines + 1) : NULL;

	if (never)
		never_lines(text, (size_t)(last + length - text), mo->info->switches ?
			    mo->info->switches : "", never, lines);
	return never;
}

static void draw_source_line(const struct pane *p, struct grid *g, struct rect r, int y,
			     const struct trace_step *step, unsigned number, bool never)
{
	const struct moment *mo = p->now;
	char text[400], cut[400], names[48];
	size_t length;
	const char *line = trace_source_line(mo->t, step->file, number, &length);
	enum style style = never ? STYLE_DIM : STYLE_PLAIN;

	expand_tabs(text, sizeof(text), line, length, r.w >= 90 ? 8 : r.w >= 56 ? 4 : 2);
	tasks_at(mo, step->file, number, names, sizeof(names));
	if (*names)
		style = number == step->line ? STYLE_CURSOR : STYLE_TITLE;
	if (style == STYLE_CURSOR)
		grid_fill(g, r, y, style);
	grid_printf(g, r, y, 0, *names ? STYLE_OWNER : STYLE_DIM, "%6.6s", names);
	grid_printf(g, r, y, 6, STYLE_DIM, "%4u%s", number, never ? p->v->ascii ? "-" : "\u00b7" :
		    "");
	cut_text(cut, sizeof(cut), text, r.w - 11, p->v->ascii);
	grid_text(g, r, y, 11, style, cut);
}

void draw_source(const struct pane *p, struct grid *g, struct rect r)
{
	const struct moment *mo = p->now;
	const struct trace_step *step = followed_step(p);
	unsigned lines, first, rows = r.h > 1 ? (unsigned)r.h - 1 : 0;
	const char *base = step ? strrchr(step->file, '/') : NULL;
	const char *of = r.w < 60 ? "" : p->v->ascii ? "  (-: never in this kernel)" :
			 "  (\u00b7: never in this kernel)";
	uint8_t *never;

	if (!step) {
		draw_rule(p->v, g, r, 0, "source");
		return;
	}
	if (r.w < 60)
		draw_rule(p->v, g, r, 0, "%s %s()", base ? base + 1 : step->file, step->op);
	else
		draw_rule(p->v, g, r, 0, "model of %s %s()%s", step->file, step->op, of);
	lines = trace_source_lines(mo->t, step->file);
	never = never_of(mo, step->file, lines);
	first = step->line > rows / 2 ? step->line - rows / 2 : 1;
	if (first + rows > lines + 1)
		first = lines + 1 > rows ? lines + 1 - rows : 1;
	for (unsigned i = 0; i < rows && first + i <= lines; i++)
		draw_source_line(p, g, r, (int)i + 1, step, first + i, never && never[first + i]);
	free(never);
}
