/* SPDX-License-Identifier: GPL-2.0-only */
/* explain_json.c - an explanation as JSON. */
#include <cjson/cJSON.h>

#include "ui/compare/explain.h"

static int add_line(void *arg, const struct capture_event *e)
{
	cJSON_AddNumberToObject(arg, "line", (double)e->line);
	cJSON_AddNumberToObject(arg, "stamp", (double)e->stamp);
	return 1;
}

void event_json(const struct telling *say, uint64_t at, cJSON *o)
{
	uint64_t event = say->capture ? capture_event_of(say->t, at, NULL) : 0;

	if (event)
		capture_scan_range(say->t, event, event, add_line, o);
}

cJSON *object_json(struct trace_object o)
{
	cJSON *j = cJSON_CreateObject();

	cJSON_AddStringToObject(j, "kind", object_kind_name(o.kind));
	cJSON_AddNumberToObject(j, "number", o.number);
	return j;
}

static void links_json(const struct telling *say, const struct explanation *e, cJSON *list)
{
	const struct run_info *info = trace_info(say->t);

	for (unsigned i = 0; i < e->links; i++) {
		const struct explain_link *l = &e->link[i];
		const struct trace_event *ev = trace_event_at(say->t, l->at);
		const struct trace_step *step = ev ? trace_step_at(say->t, ev->step) : NULL;
		cJSON *o = cJSON_CreateObject();

		cJSON_AddNumberToObject(o, "step", (double)l->at);
		cJSON_AddStringToObject(o, "task", l->task < info->tasks ?
					info->task_name[l->task] : "?");
		cJSON_AddStringToObject(o, "role", explain_role_name(l->role));
		if (step) {
			cJSON_AddStringToObject(o, "operation", step->op);
			cJSON_AddStringToObject(o, "does", step->text);
			cJSON_AddStringToObject(o, "result", ev->result);
		}
		if (l->object.kind != OBJ_NONE)
			cJSON_AddItemToObject(o, "object", object_json(l->object));
		event_json(say, l->at, o);
		cJSON_AddStringToObject(o, "text", l->text);
		cJSON_AddItemToArray(list, o);
	}
}

static void switches_json_of(const struct telling *say, const struct explanation *e, cJSON *o)
{
	static const char *const how[] = {
		[SWITCHES_TRIED] = "tried", [SWITCHES_READ] = "read off the steps",
		[SWITCHES_BOUNDED] = "bounded", [SWITCHES_NOT_ASKED] = "not asked",
	};
	const struct run_info *info = trace_info(say->t);
	cJSON *list;

	cJSON_AddStringToObject(o, "switches_how", how[e->how]);
	if (e->how == SWITCHES_TRIED || e->how == SWITCHES_BOUNDED)
		cJSON_AddNumberToObject(o, "switches_of_run", e->preemptions);
	if (e->how != SWITCHES_NOT_ASKED)
		cJSON_AddNumberToObject(o, "switches_needed", e->switches);
	list = cJSON_AddArrayToObject(o, "switches");
	for (unsigned i = 0; i < e->switches && i < EXPLAIN_SWITCHES; i++) {
		const struct explain_switch *s = &e->needed[i];
		cJSON *j = cJSON_CreateObject();

		cJSON_AddStringToObject(j, "task", s->from < info->tasks ?
					info->task_name[s->from] : "?");
		if (s->at)
			cJSON_AddNumberToObject(j, "after_step", (double)s->at);
		cJSON_AddStringToObject(j, "to", s->to < info->tasks ?
					info->task_name[s->to] : "?");
		cJSON_AddBoolToObject(j, "others_can_take_its_place", s->other);
		if (s->on)
			cJSON_AddNumberToObject(j, "goes_on_at", (double)s->on);
		cJSON_AddStringToObject(j, "text", s->text);
		cJSON_AddItemToArray(list, j);
	}
	if (e->shortest)
		cJSON_AddStringToObject(o, "schedule", e->shortest);
}

int print_explanation_json(const struct telling *say, const struct explanation *e)
{
	const struct run_info *info = trace_info(say->t);
	cJSON *o = cJSON_CreateObject();
	int r;

	cJSON_AddStringToObject(o, "run", say->name);
	cJSON_AddStringToObject(o, "scenario", info->scenario);
	cJSON_AddStringToObject(o, "kernel", info->kernel);
	cJSON_AddStringToObject(o, "property", e->property);
	cJSON_AddBoolToObject(o, "cost", e->cost);
	cJSON_AddStringToObject(o, "rule", e->rule);
	cJSON_AddStringToObject(o, "finding", e->what);
	cJSON_AddNumberToObject(o, "step", (double)e->position);
	if (e->repeats)
		cJSON_AddNumberToObject(o, "repeats_from", (double)e->loop + 1);
	cJSON_AddBoolToObject(o, "bounded", e->bounded);
	if (*e->beside)
		cJSON_AddStringToObject(o, "repaired", e->beside);
	links_json(say, e, cJSON_AddArrayToObject(o, "steps"));
	switches_json_of(say, e, o);
	r = json_print(stdout, o);
	cJSON_Delete(o);
	return r ? usage_error("out of memory") : EXIT_OK;
}
