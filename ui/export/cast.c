/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cast.c - a recording for asciinema: the debugger's own screens, one a step, with the times of
 * somebody who reads.  Where something is wrong, and where two runs part, it stays longer, and
 * there is a marker.
 *
 * Versions 2 and 3 of the format differ in the head, and in times: since the beginning, and since
 * the event before.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "ui/export/graphic.h"
#include "ui/panel/panel.h"
#include "ui/state/diff.h"
#include "ui/terminal/ansi.h"

#define STEP_MS		1000	/* how long a step stays, where there is nothing to read */
#define START_MS	2000
#define STOP_MS		4000	/* where there is */
#define COLUMNS		100
#define COLUMNS_PAIR	140
#define ROWS		36
#define LEAST_COLUMNS	40
#define LEAST_ROWS	14
#define MOST		1000	/* of both */

struct cast {
	struct export *e;
	FILE *out;
	struct chapter chapter;
	struct view v;
	struct grid screen[2];
	unsigned shown;			/* screens that were; the last is screen[shown & 1] */
	uint64_t now, last;		/* ms: this event's, the event's before */
	int error;
};

/* ---- events ---- */

static void put_event(struct cast *c, const char *kind, const char *text)
{
	cJSON *s = cJSON_CreateString(text);
	char *printed = s ? cJSON_PrintUnformatted(s) : NULL;
	uint64_t at = c->e->version == 3 ? c->now - c->last : c->now;

	if (printed)
		fprintf(c->out, "[%llu.%03llu, \"%s\", %s]\n", (unsigned long long)(at / 1000),
			(unsigned long long)(at % 1000), kind, printed);
	else
		c->error = -ENOMEM;
	c->last = c->now;
	cJSON_free(printed);
	cJSON_Delete(s);
}

static void pass(struct cast *c, unsigned ms)
{
	c->now += (uint64_t)ms * 100 / c->e->speed;
}

static void put_screen(struct cast *c)
{
	struct grid *now = &c->screen[++c->shown & 1];
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out) {
		c->error = -ENOMEM;
		return;
	}
	view_render(&c->v, now);
	ansi_paint(c->shown > 1 ? &c->screen[!(c->shown & 1)] : NULL, now, theme_at(0), out);
	if (fclose(out))
		c->error = -ENOMEM;
	else
		put_event(c, "o", text);
	free(text);
}

static void put_head(struct cast *c)
{
	const struct figure_run *r = &c->e->figure->run[0];
	const int cols = c->screen[0].cols, rows = c->screen[0].rows;
	cJSON *o = cJSON_CreateObject(), *env = cJSON_CreateObject(), *term;
	bool ok = o && env && cJSON_AddNumberToObject(o, "version", c->e->version);
	char *text;

	if (c->e->version == 3) {
		term = cJSON_AddObjectToObject(o, "term");
		ok = ok && term && cJSON_AddNumberToObject(term, "cols", cols) &&
		     cJSON_AddNumberToObject(term, "rows", rows) &&
		     cJSON_AddStringToObject(term, "type", "xterm-256color");
	} else {
		ok = ok && cJSON_AddNumberToObject(o, "width", cols) &&
		     cJSON_AddNumberToObject(o, "height", rows);
	}
	ok = ok && cJSON_AddStringToObject(o, "title", *r->title ? r->title : r->scenario) &&
	     cJSON_AddStringToObject(env, "TERM", "xterm-256color") &&
	     cJSON_AddItemToObject(o, "env", env);
	if (ok)
		env = NULL;
	text = ok ? cJSON_PrintUnformatted(o) : NULL;
	if (text)
		fprintf(c->out, "%s\n", text);
	else
		c->error = -ENOMEM;
	cJSON_free(text);
	cJSON_Delete(env);
	cJSON_Delete(o);
}

/* ---- steps ---- */

static bool parts_at(const struct cast *c, unsigned side, uint64_t at)
{
	const struct figure *f = c->e->figure;

	return f->runs > 1 && !f->same && at == f->parted[side] + 1;
}

/* What a step is worth a marker for, if it is: what is wrong there, or why runs part. */
static bool marked(const struct cast *c, unsigned side, const struct figure_row *row, char *text,
		   size_t size)
{
	if (row->finding)
		snprintf(text, size, "%.400s", row->finding);
	else if (!side && parts_at(c, side, row->at))
		snprintf(text, size, "the runs part: %.400s", c->e->figure->why);
	return row->finding || (!side && parts_at(c, side, row->at));
}

/* A marker for each note of a step; for those that no row is of, with `at` 0. */
static void put_notes(struct cast *c, unsigned side, uint64_t at)
{
	const struct figure_run *r = &c->e->figure->run[side];

	for (size_t i = 0; i < r->notes; i++) {
		char text[GRAPHIC_NOTE_MAX];

		if (at ? r->note[i].at == at : !graphic_drawn(r, r->note[i].at))
			put_event(c, "m", graphic_note(&r->note[i], text));
	}
}

/* Markers for the rows of a run behind a position, up to another.  Is there something to read? */
static bool put_marks(struct cast *c, unsigned side, uint64_t after, uint64_t to)
{
	const struct figure_run *r = &c->e->figure->run[side];
	bool stop = false;

	for (size_t i = figure_row_from(r, after + 1); i < r->rows && r->row[i].at <= to; i++) {
		char text[500];

		put_notes(c, side, r->row[i].at);
		if (!marked(c, side, &r->row[i], text, sizeof(text)))
			continue;
		put_event(c, "m", text);
		stop = true;
	}
	return stop;
}

/* The row of a run is made; the right pane stands where it belongs to that of the left one. */
static void put_step(struct cast *c, unsigned side, const struct figure_row *row)
{
	uint64_t was = c->v.cursor[1];
	bool stop;

	c->v.cursor[side] = row->at;
	if (!side && c->e->figure->runs > 1)
		c->v.cursor[1] = other_position(&c->chapter, 0, row->at);
	put_screen(c);
	stop = put_marks(c, side, row->at - 1, row->at);
	if (!side && c->e->figure->runs > 1 && put_marks(c, 1, was, c->v.cursor[1]))
		stop = true;
	pass(c, stop ? STOP_MS : STEP_MS);
}

/*
 * The rows of the left run, and what the right one has behind its last; before the first each
 * stands where the part begins.
 */
static void put_steps(struct cast *c)
{
	const struct figure *f = c->e->figure;

	c->v = (struct view){ .chapter = &c->chapter, .chapters = 1, .locked = true };
	for (unsigned side = 0; side < f->runs; side++) {
		c->v.object[side] = graphic_object(c->e, &c->chapter, side);
		c->v.cursor[side] = f->run[side].first ? f->run[side].first - 1 : 0;
	}
	put_screen(c);
	for (unsigned side = 0; side < f->runs; side++)
		put_notes(c, side, 0);
	pass(c, START_MS);
	for (size_t i = 0; i < f->run[0].rows && !c->error; i++)
		put_step(c, 0, &f->run[0].row[i]);
	for (size_t i = 0; f->runs > 1 && i < f->run[1].rows && !c->error; i++)
		if (f->run[1].row[i].at > c->v.cursor[1])
			put_step(c, 1, &f->run[1].row[i]);
	put_event(c, "o", "\033[?25h");
	if (c->e->version == 3)
		put_event(c, "x", "0");
}

static int write_cast(struct export *e, FILE *out)
{
	struct cast c = { .e = e, .out = out };
	unsigned cols = e->width ? e->width : e->figure->runs > 1 ? COLUMNS_PAIR : COLUMNS;
	unsigned rows = e->rows ? e->rows : ROWS;
	int err = graphic_fits(e, "cast", GRAPHIC_STEPS_MAX);

	if (err)
		return err;
	if (cols < LEAST_COLUMNS || cols > MOST || rows < LEAST_ROWS || rows > MOST)
		return graphic_error(e, -EINVAL, "a screen of %ux%u is none that the debugger can "
				     "be drawn on: %ux%u to %ux%u", cols, rows, LEAST_COLUMNS,
				     LEAST_ROWS, MOST, MOST);
	e->version = e->version ? e->version : 2;
	e->speed = e->speed ? e->speed : 100;
	if (e->version != 2 && e->version != 3)
		return graphic_error(e, -EINVAL, "there is no version %u of asciicast here: 2 or 3",
				     e->version);
	err = graphic_chapter(e, &c.chapter);
	if (err)
		return err;
	if (grid_init(&c.screen[0], (int)rows, (int)cols)) {
		err = -ENOMEM;
	} else if (grid_init(&c.screen[1], (int)rows, (int)cols)) {
		grid_free(&c.screen[0]);
		err = -ENOMEM;
	} else {
		put_head(&c);
		put_steps(&c);
		grid_free(&c.screen[0]);
		grid_free(&c.screen[1]);
		err = c.error;
	}
	alignment_free(&c.chapter.alignment);
	return err;
}

const struct export_format export_cast = {
	.name = "cast",
	.extension = ".cast",
	.brief = "the debugger's screens, step by step, as a recording for asciinema",
	.write = write_cast,
};
