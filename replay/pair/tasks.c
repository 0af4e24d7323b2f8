/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tasks.c - which task of one run is which of another.
 */
#include "replay/pair/tasks.h"

#include <string.h>

#include "core/scenario/scenario.h"

static unsigned tasks_of(const struct run_info *info)
{
	return info->tasks < MAX_TASKS ? info->tasks : MAX_TASKS;
}

/* The one of b that is not yet another's. */
static bool is_free(const uint32_t *a_of_b, unsigned j)
{
	return a_of_b[j] == TASK_NONE;
}

static void match_names(const struct run_info *a, const struct run_info *b, uint32_t *a_of_b,
			bool *taken)
{
	for (unsigned i = 0; i < tasks_of(a); i++)
		for (unsigned j = 0; j < tasks_of(b) && !taken[i]; j++)
			if (is_free(a_of_b, j) && !strcmp(a->task_name[i], b->task_name[j])) {
				a_of_b[j] = i;
				taken[i] = true;
			}
}

/* What a task does, whatever it is called. */
static bool same_program(const struct program *a, const struct program *b)
{
	return a->items && a->items == b->items && a->priority == b->priority &&
	       !memcmp(a->item, b->item, a->items * sizeof(a->item[0]));
}

static void match_programs(const struct run_info *a, const struct run_info *b, uint32_t *a_of_b,
			   bool *taken)
{
	struct scenario_error err;
	struct scenario x, y;

	if (scenario_parse(&x, "left", a->scenario_text, &err))
		return;
	if (!scenario_parse(&y, "right", b->scenario_text, &err)) {
		for (unsigned i = 0; i < tasks_of(a) && i < x.tasks; i++)
			for (unsigned j = 0; j < tasks_of(b) && j < y.tasks && !taken[i]; j++)
				if (is_free(a_of_b, j) &&
				    same_program(&x.program[i], &y.program[j])) {
					a_of_b[j] = i;
					taken[i] = true;
				}
		scenario_free(&y);
	}
	scenario_free(&x);
}

void match_tasks(const struct run_info *a, const struct run_info *b, uint32_t *a_of_b,
		 const char *role[2][MAX_TASKS])
{
	bool taken[MAX_TASKS] = { false };
	bool left = false;

	for (unsigned i = 0; i < MAX_TASKS; i++) {
		a_of_b[i] = TASK_NONE;
		role[0][i] = i < a->tasks ? a->task_name[i] : NULL;
		role[1][i] = i < b->tasks ? b->task_name[i] : NULL;
	}
	match_names(a, b, a_of_b, taken);
	for (unsigned i = 0; i < tasks_of(a); i++)
		left |= !taken[i];
	if (left)
		match_programs(a, b, a_of_b, taken);
	for (unsigned j = 0; j < tasks_of(b); j++) {
		const char *x, *y = b->task_name[j];

		if (is_free(a_of_b, j))
			continue;
		x = a->task_name[a_of_b[j]];
		role[0][a_of_b[j]] = role[1][j] = strcmp(x, y) < 0 ? x : y;
	}
}
