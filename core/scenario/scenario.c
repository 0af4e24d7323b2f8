/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/scenario/scenario.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/property.h"
#include "core/scenario/task.h"
#include "core/text.h"

void scenario_start(const struct scenario *s, const struct kernel *k, struct world *w)
{
	if (w != &s->start)
		*w = s->start;
	memset(w->task, 0, sizeof(w->task));
	for (unsigned i = 0; i < s->tasks; i++)
		task_start(&w->task[i], &s->program[i]);
	for (unsigned i = 0; i < MAX_SLOTS && k->pin == PIN_FOLIO; i++)
		w->mem.slot[i].swap_map &= (uint8_t)~SWAP_HAS_CACHE;
}

int scenario_load(struct scenario *s, const char *name, struct scenario_error *err)
{
	char *text;
	int error;

	*err = (struct scenario_error){ 0 };
	for (size_t i = 0; i < builtin_scenario_count; i++)
		if (!strcmp(builtin_scenarios[i].name, name))
			return scenario_parse(s, name, builtin_scenarios[i].text, err);
	text = text_file(name, "a scenario", &error, err->text, sizeof(err->text));
	if (!text)
		return error;
	error = scenario_parse(s, name, text, err);
	free(text);
	return error;
}

void scenario_free(struct scenario *s)
{
	free(s->text);
	s->text = NULL;
}

void expect_kernel(const struct expect *e, struct kernel *k)
{
	kernel_named(k, e->kernel, NULL, 0);
	for (unsigned i = 0; i < e->set_count; i++)
		kernel_set(k, e->sets[i]);
}

bool expect_met(const struct expect *e, uint32_t found, uint32_t known)
{
	/* what was not found within a bound may still be beyond it */
	if ((e->safe ? UINT32_MAX : e->not) & ~known)
		return false;
	if (found & e->not)
		return false;
	if (e->safe)
		return !(found & ~properties_costs()) && (found & e->all) == e->all;
	return found & e->any;
}
