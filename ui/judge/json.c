/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json.c - a claim's reading and its verdicts as JSON.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>

#include "ui/judge/report.h"

static void add_names(cJSON *o, const char *key, uint32_t bits)
{
	cJSON *array = cJSON_AddArrayToObject(o, key);

	for (unsigned p = 0; p < PROPERTY_COUNT; p++)
		if (bits >> p & 1)
			cJSON_AddItemToArray(array, cJSON_CreateString(properties[p].name));
}

static void add_shown(cJSON *o, const char *key, const char *text)
{
	char clean[SHOWN_MAX];

	cJSON_AddStringToObject(o, key, shown(text, clean));
}

static void add_reading(cJSON *o, const struct claim_text *c)
{
	static const char *const kinds[] = {
		[LINE_EVENT] = "step", [LINE_HEADER] = "header", [LINE_OUTCOME] = "outcome",
		[LINE_LEFT_OUT] = "left out", [LINE_PROSE] = "comment",
	};
	cJSON *lines = cJSON_AddArrayToObject(o, "lines");

	for (unsigned i = 0; i < c->lines; i++) {
		const struct claim_line *l = &c->line[i];
		cJSON *line = cJSON_CreateObject();
		char text[EVENT_TEXT_MAX];

		cJSON_AddItemToArray(lines, line);
		cJSON_AddNumberToObject(line, "line", l->line);
		cJSON_AddStringToObject(line, "kind", kinds[l->kind]);
		add_shown(line, "text", l->text);
		if (l->kind == LINE_EVENT) {
			const struct claim_event *e = &c->event[l->event];

			add_shown(line, "column", c->column[e->column].name);
			cJSON_AddStringToObject(line, "read", event_text(e, text));
			cJSON_AddBoolToObject(line, "guessed", e->guessed);
		}
		if (*l->note)
			add_shown(line, "note", l->note);
	}
}

static void add_near(cJSON *o, const struct judge_near *n)
{
	cJSON *near = cJSON_AddObjectToObject(o, "nearly"), *array;

	cJSON_AddBoolToObject(near, "with_other_tasks", n->other_tasks);
	cJSON_AddBoolToObject(near, "with_other_calls", n->other_calls);
	array = cJSON_AddArrayToObject(near, "changes");
	for (unsigned i = 0; i < n->changes; i++) {
		cJSON *change = cJSON_CreateObject();

		cJSON_AddItemToArray(array, change);
		cJSON_AddNumberToObject(change, n->change[i].with ? "exchange" : "without",
					n->change[i].line);
		if (n->change[i].with)
			cJSON_AddNumberToObject(change, "with", n->change[i].with);
	}
}

static int add_case(cJSON *array, const struct report *r, const struct judged_case *c)
{
	cJSON *o = cJSON_CreateObject(), *columns, *made;
	char *schedule = schedule_text(c->s, &c->v.schedule);
	char follows[FOLLOWS_MAX];

	if (!schedule)
		return -ENOMEM;
	cJSON_AddItemToArray(array, o);
	add_shown(o, "scenario", c->s->name);
	add_shown(o, "kernel", c->kernel_name);
	cJSON_AddStringToObject(o, "verdict", says_name(c->says));
	cJSON_AddNumberToObject(o, "steps", c->v.done);
	cJSON_AddNumberToObject(o, "length", (double)c->v.schedule.n);
	cJSON_AddStringToObject(o, "schedule", schedule);
	free(schedule);
	columns = cJSON_AddObjectToObject(o, "columns");
	for (unsigned i = 0; i < r->claim->columns; i++)
		if (c->v.task[i] >= 0)
			add_shown(columns, r->claim->column[i].name,
				  c->s->program[c->v.task[i]].name);
	made = cJSON_AddArrayToObject(o, "made");
	for (unsigned e = 0; e < r->claim->events; e++)
		if (c->v.is_done[e]) {
			cJSON *m = cJSON_CreateObject();

			cJSON_AddItemToArray(made, m);
			cJSON_AddNumberToObject(m, "line", r->claim->event[e].line);
			cJSON_AddNumberToObject(m, "at", (double)c->v.made[e]);
		}
	add_names(o, "violated", c->v.violated);
	add_names(o, "not_followed_beyond", c->v.cut);
	if (c->v.says == JUDGE_POSSIBLE)
		cJSON_AddStringToObject(o, "follows", what_follows(c, follows));
	if (c->v.next >= 0)
		cJSON_AddNumberToObject(o, "turned_away", r->claim->event[c->v.next].line);
	if (*c->v.why)
		add_shown(o, "why", c->v.why);
	if (c->v.says == JUDGE_IMPOSSIBLE)
		add_near(o, &c->near);
	cJSON_AddItemToObject(o, "bound", c->v.bound ? cJSON_CreateString(c->v.bound) :
			      cJSON_CreateNull());
	cJSON_AddNumberToObject(o, "states", (double)c->v.states);
	cJSON_AddNumberToObject(o, "tried", c->tried);
	return 0;
}

int json_report(const struct report *r)
{
	cJSON *o = cJSON_CreateObject(), *cases;
	char summary[SUMMARY_MAX], *text;
	int err = 0;

	add_shown(o, "claim", r->claim->name);
	add_shown(o, "title", r->claim->title);
	cJSON_AddNumberToObject(o, "read", r->claim->events);
	cJSON_AddNumberToObject(o, "guessed", r->claim->guessed);
	cJSON_AddNumberToObject(o, "left_out", r->claim->left_out);
	add_names(o, "outcome", r->claim->outcome);
	add_reading(o, r->claim);
	cases = cJSON_AddArrayToObject(o, "cases");
	for (unsigned i = 0; i < r->cases && !err; i++)
		err = add_case(cases, r, &r->c[i]);
	cJSON_AddStringToObject(o, "summary", summary_text(r, summary));
	text = err ? NULL : cJSON_Print(o);
	cJSON_Delete(o);
	if (!text)
		return -ENOMEM;
	puts(text);
	free(text);
	return 0;
}
