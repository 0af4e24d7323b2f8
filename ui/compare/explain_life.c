/* SPDX-License-Identifier: GPL-2.0-only */
/* explain_life.c - what happened to an object, an event a line. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "ui/compare/explain.h"
#include "ui/moment/moment.h"

#define LIFE_SHOWN	100		/* events of a life, unless all are asked for */

struct life {
	const struct telling *say;
	struct trace_object object;
	uint64_t skip, events, told;	/* not shown; so far; shown */
	cJSON *list;
};

static int count_event(void *arg, uint64_t at, enum explain_role role, const char *text)
{
	struct life *l = arg;
	char told[16];

	(void)role;
	(void)text;
	l->events += changes_text(l->say->t, at, l->object, told, sizeof(told)) > 0;
	return 0;
}

static const char *broken_at(struct trace *t, uint64_t at)
{
	size_t n;
	const struct trace_finding *f = trace_findings(t, &n);

	for (size_t i = 0; i < n; i++)
		if (f[i].position == at)
			return f[i].property;
	return NULL;
}

static int tell_event(void *arg, uint64_t at, enum explain_role role, const char *text)
{
	struct life *l = arg;
	const struct trace_event *ev = trace_event_at(l->say->t, at);
	const struct trace_step *step = ev ? trace_step_at(l->say->t, ev->step) : NULL;
	const char *broken = broken_at(l->say->t, at);
	char changes[600], line[1600], event[80], did[EXPLAIN_TEXT];

	if (*text)
		snprintf(did, sizeof(did), "%s", text);
	else
		snprintf(did, sizeof(did), "%.40s in %.60s(): %.200s", ev &&
			 ev->task < trace_info(l->say->t)->tasks ?
			 trace_info(l->say->t)->task_name[ev->task] : "?", step ? step->op : "?",
			 step ? step->text : "?");
	if (!changes_text(l->say->t, at, l->object, changes, sizeof(changes)))
		return 0;
	if (l->told++ < l->skip)
		return 0;
	told_event(l->say, at, event, sizeof(event));
	if (l->list) {
		cJSON *o = cJSON_CreateObject();

		cJSON_AddNumberToObject(o, "step", (double)at);
		cJSON_AddStringToObject(o, "role", explain_role_name(role));
		cJSON_AddStringToObject(o, "text", did);
		cJSON_AddStringToObject(o, "changes", changes);
		if (broken)
			cJSON_AddStringToObject(o, "finding", broken);
		event_json(l->say, at, o);
		cJSON_AddItemToArray(l->list, o);
		return 0;
	}
	printf("%6llu  ", (unsigned long long)at);
	snprintf(line, sizeof(line), "%s%s%s%s%s%s: %s", event, *event ? "  " : "",
		 broken ? "!! " : "", broken ? broken : "", broken ? "  " : "", did, changes);
	print_wrapped(stdout, PRINT_WIDTH - 8, 10, line);
	return 0;
}

int print_life(const struct telling *say, struct trace_object o)
{
	const uint64_t end = trace_info(say->t)->events;
	struct life l = { .say = say, .object = o };
	cJSON *all = NULL;
	int r = explain_life(say->t, o, 1, end, count_event, &l);

	if (!r && !say->args->all && !say->args->json && l.events > LIFE_SHOWN)
		l.skip = l.events - LIFE_SHOWN;
	if (say->args->json) {
		all = cJSON_CreateObject();
		cJSON_AddStringToObject(all, "run", say->name);
		cJSON_AddItemToObject(all, "object", object_json(o));
		l.list = cJSON_AddArrayToObject(all, "life");
	} else if (!r) {
		char events[COUNTED_MAX];

		printf("%s: %s %u, changed by %s of %llu\n", say->name, object_kind_name(o.kind),
		       o.number, counted(l.events, "step", events), (unsigned long long)end);
		if (l.skip)
			printf("%6s  the first %llu are left out: --all shows them\n", "..",
			       (unsigned long long)l.skip);
	}
	if (!r)
		r = explain_life(say->t, o, 1, end, tell_event, &l);
	if (!r && all)
		r = json_print(stdout, all);
	cJSON_Delete(all);
	return r;
}
