/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff_json.c - two compared runs as JSON.  What there is of both is in "left" and "right".
 */
#include <string.h>

#include <cjson/cJSON.h>

#include "ui/compare/diff.h"
#include "ui/moment/moment.h"
#include "ui/text/text.h"

static const char *const side_name[2] = { "left", "right" };

static void add_rules(cJSON *o, const struct diff *d, const char *name, uint64_t rules)
{
	cJSON *list = cJSON_AddObjectToObject(o, name);

	for (enum kernel_switch s = 0; s < SWITCH_COUNT; s++) {
		cJSON *rule;
		char value[32];

		if (!(rules >> s & 1))
			continue;
		rule = cJSON_AddObjectToObject(list, kernel_switches[s].name);
		for (unsigned side = 0; side < 2; side++)
			cJSON_AddStringToObject(rule, side_name[side],
						switch_value(s, (unsigned)d->value[s][side], value,
							     sizeof(value)));
	}
}

static void add_run(cJSON *o, const struct compared *c, unsigned side)
{
	const struct run_info *info = trace_info(c->t[side]);
	cJSON *run = cJSON_AddObjectToObject(o, side_name[side]), *list;
	const struct trace_finding *f;
	char name[SHOWN_MAX];
	size_t n;

	cJSON_AddStringToObject(run, "name", shown(c->name[side], name));
	if (c->files)
		cJSON_AddNumberToObject(run, "run", info->id);
	cJSON_AddStringToObject(run, "scenario", info->scenario);
	cJSON_AddStringToObject(run, "kernel", info->kernel);
	cJSON_AddStringToObject(run, "device", info->device);
	cJSON_AddNumberToObject(run, "steps", (double)info->events);
	list = cJSON_AddArrayToObject(run, "tasks");
	for (unsigned i = 0; i < info->tasks; i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(info->task_name[i]));
	list = cJSON_AddArrayToObject(run, "findings");
	f = trace_findings(c->t[side], &n);
	for (size_t i = 0; i < n; i++) {
		cJSON *one = cJSON_CreateObject();

		cJSON_AddStringToObject(one, "property", f[i].property);
		cJSON_AddNumberToObject(one, "step", (double)f[i].position);
		cJSON_AddItemToArray(list, one);
	}
}

static void add_state(cJSON *o, const struct compared *c, const char *name,
		      const struct diff_state *state)
{
	cJSON *s = cJSON_AddObjectToObject(o, name), *list;
	char text[64];

	cJSON_AddBoolToObject(s, "same", state->same);
	if (state->same)
		return;
	cJSON_AddNumberToObject(s, "fields_that_differ", state->differ);
	list = cJSON_AddArrayToObject(s, "fields");
	for (unsigned i = 0; i < state->differ && i < DIFF_FIELDS; i++) {
		const struct field *f = state->field[i].field;
		cJSON *one = cJSON_CreateObject();

		cJSON_AddStringToObject(one, "kind", f->kind);
		cJSON_AddNumberToObject(one, "number", f->index);
		cJSON_AddStringToObject(one, "field", f->name);
		for (unsigned side = 0; side < 2; side++)
			cJSON_AddStringToObject(one, side_name[side],
						field_text(c->t[side], f,
							   state->field[i].value[side], text,
							   sizeof(text)));
		cJSON_AddItemToArray(list, one);
	}
}

static cJSON *step_json(const struct compared *c, unsigned side, uint64_t at)
{
	const struct trace_event *e = trace_event_at(c->t[side], at);
	const struct trace_step *s = e ? trace_step_at(c->t[side], e->step) : NULL;
	const struct run_info *info = trace_info(c->t[side]);
	cJSON *o = cJSON_CreateObject();

	cJSON_AddNumberToObject(o, "step", (double)at);
	if (!s)
		return o;
	cJSON_AddStringToObject(o, "task", e->task < info->tasks ? info->task_name[e->task] : "?");
	cJSON_AddStringToObject(o, "operation", s->op);
	cJSON_AddStringToObject(o, "text", s->text);
	cJSON_AddStringToObject(o, "result", e->result);
	cJSON_AddNumberToObject(o, "outcome", e->choice);
	return o;
}

static void add_divergence(cJSON *list, const struct compared *c, const struct divergence *d)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "kind", divergence_name(d->kind));
	for (unsigned side = 0; side < 2; side++) {
		cJSON *s = cJSON_AddObjectToObject(o, side_name[side]), *steps;

		cJSON_AddNumberToObject(s, "after", (double)d->from[side]);
		cJSON_AddNumberToObject(s, "to", (double)d->to[side]);
		if (d->again[side] != DIFF_NEVER)
			cJSON_AddNumberToObject(s, "same_state_from", (double)d->again[side]);
		steps = cJSON_AddArrayToObject(s, "steps");
		for (uint64_t at = d->from[side] + 1; at <= d->to[side]; at++)
			cJSON_AddItemToArray(steps, step_json(c, side, at));
	}
	cJSON_AddBoolToObject(o, "by_kernel", d->by_kernel);
	add_rules(o, &c->d, "rules", d->rules);
	add_state(o, c, "state", &d->after);
	cJSON_AddItemToArray(list, o);
}

static void add_findings(cJSON *o, const struct compared *c)
{
	cJSON *list = cJSON_AddArrayToObject(o, "findings_of_one");

	for (size_t i = 0; i < c->d.findings; i++) {
		const struct diff_finding *f = &c->d.finding[i];
		cJSON *one = cJSON_CreateObject(), *at;

		cJSON_AddStringToObject(one, "property", f->property);
		at = cJSON_AddObjectToObject(one, side_name[f->side]);
		cJSON_AddNumberToObject(at, "step", (double)f->position);
		add_rules(one, &c->d, "rules", f->rules);
		cJSON_AddItemToArray(list, one);
	}
}

static void add_life(cJSON *o, const struct compared *c)
{
	const struct alignment *al = &c->d.life;
	cJSON *life = cJSON_AddObjectToObject(o, "life");

	cJSON_AddBoolToObject(life, "same", al->same);
	for (unsigned side = 0; side < 2; side++) {
		cJSON *s = cJSON_AddObjectToObject(life, side_name[side]), *steps;
		const struct life_point *p = al->life[side];

		if (al->page[side] != UINT32_MAX)
			cJSON_AddNumberToObject(s, "page", al->page[side]);
		cJSON_AddNumberToObject(s, "steps", (double)al->points[side]);
		if (!al->same)
			cJSON_AddNumberToObject(s, "after", (double)(side ? al->b_parted :
								     al->a_parted));
		steps = cJSON_AddArrayToObject(s, "alone");
		for (size_t i = 0; i < al->points[side]; i++)
			if (!p[i].partner || !p[i].same)
				cJSON_AddItemToArray(steps, step_json(c, side, p[i].at));
	}
	cJSON_AddStringToObject(life, "why", al->why);
}

static void add_stories(cJSON *o, const struct compared *c)
{
	cJSON *story = cJSON_AddObjectToObject(o, "story");

	for (unsigned side = 0; side < 2; side++) {
		cJSON *s = cJSON_AddObjectToObject(story, side_name[side]);

#define X(member, words) cJSON_AddNumberToObject(s, #member, (double)c->story[side].member);
		STORY_TOTALS(X)
#undef X
	}
}

int print_diff_json(FILE *out, const struct compared *c)
{
	cJSON *o = cJSON_CreateObject(), *list;
	const struct diff *d = &c->d;
	int err;

	cJSON_AddStringToObject(o, "verdict", diff_verdict(d));
	cJSON_AddBoolToObject(o, "same", d->same);
	add_run(o, c, 0);
	add_run(o, c, 1);
	cJSON_AddBoolToObject(o, "same_scenario", !strcmp(trace_info(c->t[0])->scenario_text,
							  trace_info(c->t[1])->scenario_text));
	add_rules(o, d, "switches", d->switches);
	cJSON_AddNumberToObject(o, "common", (double)d->common);
	if (d->scope == DIFF_WHOLE) {
		add_state(o, c, "start", &d->start);
		add_state(o, c, "end", &d->end);
	}
	list = cJSON_AddArrayToObject(o, "divergences");
	for (size_t i = 0; i < d->divergences; i++)
		add_divergence(list, c, &d->divergence[i]);
	add_findings(o, c);
	if (d->scope == DIFF_LIFE)
		add_life(o, c);
	if (c->told[0] && c->told[1])
		add_stories(o, c);
	cJSON_AddStringToObject(o, "not_compared", not_compared(c));
	err = json_print(out, o);
	cJSON_Delete(o);
	return err;
}
