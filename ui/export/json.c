/* SPDX-License-Identifier: GPL-2.0-only */
/* json.c - all of a figure as JSON (docs/export.md). */
#include <cjson/cJSON.h>
#include <errno.h>
#include <string.h>

#include "ui/export/export.h"
#include "ui/text/text.h"

#define FORMAT_VERSION	1

static bool add_text(cJSON *o, const char *name, const char *text)
{
	return cJSON_AddStringToObject(o, name, text ? text : "") != NULL;
}

static bool add_number(cJSON *o, const char *name, uint64_t v)
{
	return cJSON_AddNumberToObject(o, name, (double)v) != NULL;
}

static bool add_flag(cJSON *o, const char *name, bool v)
{
	return cJSON_AddBoolToObject(o, name, v) != NULL;
}

/* Where there is none it is null. */
static bool add_number_or_null(cJSON *o, const char *name, bool has, uint64_t v)
{
	return has ? add_number(o, name, v) : cJSON_AddNullToObject(o, name) != NULL;
}

static cJSON *add_object(cJSON *array)
{
	cJSON *o = array ? cJSON_CreateObject() : NULL;

	if (o && !cJSON_AddItemToArray(array, o)) {
		cJSON_Delete(o);
		o = NULL;
	}
	return o;
}

/* "touch_page do_swap_page" as an array. */
static bool add_words(cJSON *o, const char *name, const char *text)
{
	cJSON *array = cJSON_AddArrayToObject(o, name);
	char word[64];

	while (array && *text) {
		size_t n = strcspn(text, " ");
		cJSON *item;

		snprintf(word, sizeof(word), "%.*s", (int)n, text);
		item = cJSON_CreateString(word);
		if (!item || !cJSON_AddItemToArray(array, item))
			return false;
		text += n + (text[n] == ' ');
	}
	return array != NULL;
}

static bool add_touches(cJSON *o, unsigned touches)
{
	static const char *const names[] = { "pte", "slot", "folio", "entry", "lock", "pin",
					     "device", "user" };
	char text[80] = "";

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (touches >> i & 1)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
				 *text ? " " : "", names[i]);
	return add_words(o, "touches", text);
}

static bool add_row(cJSON *array, const struct figure *f, const struct figure_run *r,
		    const struct figure_row *row)
{
	cJSON *o = add_object(array);
	bool ok = o && add_number(o, "step", row->at) && add_text(o, "task", r->task[row->task]) &&
		  add_text(o, "operation", row->op) && add_text(o, "text", row->text) &&
		  add_text(o, "result", row->result) && add_number(o, "choice", row->choice) &&
		  add_number(o, "depth", row->depth) && add_words(o, "callers", row->callers) &&
		  add_touches(o, row->touches) && add_text(o, "file", row->file) &&
		  add_number(o, "line", row->line);

	ok = ok && (!row->timed || add_number(o, "ns", row->time));
	if (ok && row->finding)
		ok = add_text(o, "finding", row->finding) && add_flag(o, "cost", row->cost);
	if (ok && row->byte_error >= 0)
		ok = add_number(o, "wrong_byte", (uint64_t)row->byte_error);
	if (ok && f->runs > 1)
		ok = add_number_or_null(o, "partner", row->partner != 0, row->partner) &&
		     add_flag(o, "other_result", row->other_result);
	return ok;
}

static bool add_holds(cJSON *o, const struct figure_run *r)
{
	cJSON *array = cJSON_AddArrayToObject(o, "holds");

	for (size_t i = 0; array && i < r->holds; i++) {
		const struct figure_hold *h = &r->hold[i];
		cJSON *hold = add_object(array);

		if (!hold || !add_text(hold, "what", h->what) ||
		    !add_text(hold, "task", r->task[h->task]) ||
		    !add_number_or_null(hold, "from", h->from != 0, h->from) ||
		    !add_number_or_null(hold, "to", h->to != UINT64_MAX, h->to))
			return false;
	}
	return array != NULL;
}

static bool add_notes(cJSON *o, const struct figure_run *r)
{
	cJSON *array = cJSON_AddArrayToObject(o, "notes");

	for (size_t i = 0; array && i < r->notes; i++) {
		const struct figure_note *n = &r->note[i];
		cJSON *note = add_object(array);

		if (!note || !add_number(note, "step", n->at) || !add_text(note, "kind", n->kind) ||
		    !add_text(note, "text", n->text))
			return false;
		if (*n->author && !add_text(note, "author", n->author))
			return false;
		if (n->when && !cJSON_AddNumberToObject(note, "when", (double)n->when))
			return false;
	}
	return array != NULL;
}

static bool add_run(cJSON *array, const struct figure *f, const struct figure_run *r)
{
	cJSON *o = add_object(array), *tasks = o ? cJSON_AddArrayToObject(o, "tasks") : NULL;
	cJSON *steps;
	bool ok = tasks && add_text(o, "scenario", r->scenario) && add_text(o, "title", r->title) &&
		  add_text(o, "kernel", r->kernel) && add_text(o, "switches", r->switches) &&
		  add_text(o, "verdict", r->verdict) && add_text(o, "schedule", r->schedule) &&
		  add_text(o, "command", r->command) &&
		  add_text(o, "kind", r->capture ? "capture" : r->live ? "live" : "model") &&
		  add_number(o, "events", r->events) && add_number(o, "first", r->first) &&
		  add_number(o, "last", r->last) && add_number(o, "findings", r->findings);

	for (unsigned i = 0; ok && i < r->tasks; i++) {
		cJSON *name = cJSON_CreateString(r->task[i]);

		ok = name && cJSON_AddItemToArray(tasks, name);
	}
	if (ok && r->repeats)
		ok = add_number(o, "repeats_after", r->loop);
	steps = ok ? cJSON_AddArrayToObject(o, "steps") : NULL;
	ok = steps != NULL;
	for (size_t i = 0; ok && i < r->rows; i++)
		ok = add_row(steps, f, r, &r->row[i]);
	return ok && add_holds(o, r) && add_notes(o, r);
}

static int write_json(struct export *e, FILE *out)
{
	const struct figure *f = e->figure;
	cJSON *o = cJSON_CreateObject(), *runs;
	bool ok = o && add_text(o, "format", "swapscope export") &&
		  add_number(o, "version", FORMAT_VERSION);

	runs = ok ? cJSON_AddArrayToObject(o, "runs") : NULL;
	ok = runs != NULL;
	for (unsigned i = 0; ok && i < f->runs; i++)
		ok = add_run(runs, f, &f->run[i]);
	if (ok && f->runs > 1) {
		ok = add_flag(o, "same", f->same);
		if (ok && !f->same)
			ok = add_number(o, "left_parts_after", f->parted[0]) &&
			     add_number(o, "right_parts_after", f->parted[1]) &&
			     add_text(o, "why", f->why);
	}
	ok = ok && !json_print(out, o);
	cJSON_Delete(o);
	return ok ? 0 : -ENOMEM;
}

const struct export_format export_json = {
	.name = "json", .extension = ".json",
	.brief = "all that is known of each step, as JSON",
	.write = write_json,
};
