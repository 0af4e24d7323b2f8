/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/explain/explain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/explain/chain.h"

/* Steps, then switches; what was made is freed where either cannot be. */
static int explain_at(struct explanation *e, struct trace *t, uint64_t most)
{
	struct again again = { .made = false };
	int r;

	if (!e->position || e->position > trace_info(t)->events)
		return -EBADMSG;
	r = again_make(&again, t, e->position);
	if (r == -ENOMEM)
		return r;
	r = chain_make(e, t, &again, most);
	if (!r && !e->repeats && again.made)
		r = switches_needed(e, t, &again);
	else if (!r && !e->repeats)
		switches_read(e, t);
	if (!r && !e->repeats && again.made)
		r = repaired_beside(e, &again);
	again_free(&again);
	if (r)
		explanation_free(e);
	return r;
}

static void begin(struct explanation *e, const char *property)
{
	int p = property_find(property);

	*e = (struct explanation){ .how = SWITCHES_NOT_ASKED };
	snprintf(e->property, sizeof(e->property), "%.15s", property);
	if (p >= 0) {
		snprintf(e->rule, sizeof(e->rule), "%s", properties[p].text);
		e->cost = properties[p].kind == COST;
	}
}

int explain_finding(struct explanation *e, struct trace *t, size_t number, uint64_t most)
{
	size_t n;
	const struct trace_finding *f = trace_findings(t, &n);
	const char *rule;

	*e = (struct explanation){ 0 };
	if (number >= n)
		return -ENOENT;
	f += number;
	begin(e, f->property);
	e->position = f->position;
	e->repeats = f->repeats;
	e->loop = f->loop;
	rule = strstr(f->text, "Rule: ");
	snprintf(e->what, sizeof(e->what), "%.*s",
		 rule ? (int)(rule - f->text) : (int)strlen(f->text), f->text);
	while (*e->what && strchr(" .", e->what[strlen(e->what) - 1]))
		e->what[strlen(e->what) - 1] = '\0';
	if (!strcmp(e->what, e->rule))	/* it says no more than that it is broken */
		e->what[0] = '\0';
	return explain_at(e, t, most);
}

int explain_cost(struct explanation *e, struct trace *t, const char *property, uint64_t most)
{
	begin(e, property);
	e->position = trace_info(t)->events;
	return explain_at(e, t, most);
}

void explanation_free(struct explanation *e)
{
	free(e->link);
	free(e->shortest);
	e->link = NULL;
	e->shortest = NULL;
	e->links = 0;
}
