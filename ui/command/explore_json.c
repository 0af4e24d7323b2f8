/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "ui/command/explore.h"
#include "ui/text/text.h"

static void add_schedule(cJSON *o, const struct subject *sub, const struct schedule *schedule)
{
	char *text = schedule_text(sub->s, schedule);

	cJSON_AddNumberToObject(o, "length", (double)schedule->n);
	cJSON_AddStringToObject(o, "schedule", text ? text : "");
	free(text);
}

static void add_findings(cJSON *o, const struct subject *sub, const struct exploration *x)
{
	cJSON *array = cJSON_AddArrayToObject(o, "findings");

	for (unsigned i = 0; i < x->findings; i++) {
		cJSON *f = cJSON_CreateObject();

		cJSON_AddStringToObject(f, "property", properties[x->finding[i].property].name);
		add_schedule(f, sub, &x->finding[i].schedule);
		if (x->finding[i].loop < x->finding[i].schedule.n)
			cJSON_AddNumberToObject(f, "loop", (double)x->finding[i].loop);
		cJSON_AddItemToArray(array, f);
	}
}

static void add_costs(cJSON *o, const struct subject *sub, const struct exploration *x)
{
	cJSON *array = cJSON_AddArrayToObject(o, "costs");

	for (unsigned i = 0; i < x->costs_found; i++) {
		cJSON *c = cJSON_CreateObject();
		enum property p = x->cost[i].property;

		cJSON_AddStringToObject(c, "cost", properties[p].name);
		cJSON_AddNumberToObject(c, "transitions", (double)x->cost_count[p]);
		add_schedule(c, sub, &x->cost[i].schedule);
		cJSON_AddItemToArray(array, c);
	}
}

static void add_one_way(cJSON *o, const struct exploration *x)
{
	cJSON *one_way = cJSON_AddArrayToObject(o, "one_answer");
	char name[160];

	for (size_t i = 0; i < step_count(); i++) {
		const struct result *only = exploration_one_way(x, i);
		cJSON *to;

		if (!only)
			continue;
		cJSON_AddItemToArray(one_way, to = cJSON_CreateObject());
		snprintf(name, sizeof(name), "%s: %s", step_op_name(step_at(i)), step_at(i)->text);
		cJSON_AddStringToObject(to, "step", name);
		cJSON_AddStringToObject(to, "result", only->text);
	}
}

void explore_json(const struct subject *sub, const struct exploration *x)
{
	cJSON *o = cJSON_CreateObject(), *unreached;
	const uint32_t only = sub->args->o.only;
	char *text, name[160];

	cJSON_AddStringToObject(o, "scenario", sub->s->name);
	cJSON_AddStringToObject(o, "kernel", sub->kernel_name);
	cJSON_AddItemToObject(o, "switches", switches_json(sub->k));
	if (sub->args->after)
		add_schedule(cJSON_AddObjectToObject(o, "after"), sub, sub->after);
	cJSON_AddStringToObject(o, "verdict", verdict_name(x->verdict));
	if (x->findings) {
		cJSON_AddStringToObject(o, "property", properties[x->finding[0].property].name);
		add_schedule(o, sub, &x->finding[0].schedule);
	} else {
		cJSON_AddNullToObject(o, "property");
		cJSON_AddNullToObject(o, "length");
		cJSON_AddNullToObject(o, "schedule");
	}
	cJSON_AddItemToObject(o, "certified", sub->proof->verified ?
			      cJSON_CreateBool(certified(sub->proof)) : cJSON_CreateNull());
	cJSON_AddNumberToObject(o, "states", (double)x->states);
	cJSON_AddNumberToObject(o, "transitions", (double)x->transitions);
	cJSON_AddNumberToObject(o, "depth", x->depth);
	cJSON_AddNumberToObject(o, "covered", x->whole);
	cJSON_AddBoolToObject(o, "exact", true);
	cJSON_AddBoolToObject(o, "complete", x->complete);
	cJSON_AddItemToObject(o, "bound",
			      x->bound ? cJSON_CreateString(x->bound) : cJSON_CreateNull());
	cJSON_AddItemToObject(o, "unknown", unknown_json(
		known_properties(x->complete, x->bound) & (only ? only : UINT32_MAX),
		x->violated | x->costs));
	cJSON_AddItemToObject(o, "interleavings", x->interleavings ?
			      cJSON_CreateString(x->interleavings) :
			      x->cyclic ? cJSON_CreateString("unbounded") : cJSON_CreateNull());
	if (x->schedules)
		cJSON_AddStringToObject(o, "schedules", x->schedules);
	if (sub->args->reach) {
		cJSON *r = cJSON_AddObjectToObject(o, "reach");

		cJSON_AddStringToObject(r, "step", sub->args->reach);
		cJSON_AddBoolToObject(r, "reached", x->goal_reached);
		if (x->goal_reached)
			add_schedule(r, sub, &x->goal);
	}
	add_findings(o, sub, x);
	add_costs(o, sub, x);
	unreached = cJSON_AddArrayToObject(o, "steps_not_reached");
	for (size_t i = 0; i < step_count(); i++) {
		const struct step *s = step_at(i);

		if (s->kind == KIND_CALL || x->step_reached[i])
			continue;
		snprintf(name, sizeof(name), "%s: %s", step_op_name(s), s->text);
		cJSON_AddItemToArray(unreached, cJSON_CreateString(name));
	}
	add_one_way(o, x);
	overlaps_json(o, sub->s, x);
	cJSON_AddNumberToObject(o, "bytes_per_state", (double)x->bytes_states / (double)x->states);
	cJSON_AddNumberToObject(o, "seconds", x->seconds);
	text = cJSON_Print(o);
	puts(text);
	free(text);
	cJSON_Delete(o);
}
