/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * runs.c - the runs of a beat: its scenario is loaded, searched, and run.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/deck/parse.h"

/* The scenario of a beat: a shipped one, or a file beside the deck. */
static int load(struct scenario *s, const struct deck *d, const struct beat *b,
		struct deck_error *err)
{
	const char *slash = strrchr(d->name, '/');
	struct scenario_error said;
	char *path = NULL;
	int error = -ENOENT;

	for (size_t i = 0; i < builtin_scenario_count && error; i++)
		if (!strcmp(builtin_scenarios[i].name, b->scenario))
			error = 0;
	if (error && slash && *b->scenario != '/') {
		size_t size = (size_t)(slash - d->name) + strlen(b->scenario) + 2;

		path = malloc(size);
		if (!path)
			return -ENOMEM;
		snprintf(path, size, "%.*s/%s", (int)(slash - d->name), d->name, b->scenario);
	}
	error = scenario_load(s, path ? path : b->scenario, &said);
	free(path);
	if (error == -ENOENT)
		return deck_refuse(err, b->scenario_line, "scenario = %.80s: no shipped scenario, "
				   "and no file beside the deck (%.80s); 'swapscope list "
				   "scenarios' shows the shipped ones", b->scenario, said.text);
	if (error == -EINVAL && said.line)
		return deck_refuse(err, b->scenario_line, "%.80s:%u: %s", b->scenario, said.line,
				   said.text);
	return error == -EINVAL ? deck_refuse(err, b->scenario_line, "%.80s: %s", b->scenario,
					      said.text) : error;
}

static int too_small(const struct deck_runs *r, const struct beat *b, unsigned side, int error,
		     struct deck_error *err)
{
	return error != -ENOSPC ? error :
	       deck_refuse(err, b->how_line, "the world is too small for what happens under %s",
			   r->kernel[side]);
}

/* The moves of the beat's own schedule, or of the shortest way to what it is to reach. */
static int find_schedule(struct deck_runs *r, const struct beat *b, const struct kernel *k,
			 struct deck_error *err)
{
	struct explore_options o = { .goal = b->reach, .max_states = r->scenario.max_states,
				     .max_depth = r->scenario.max_depth };
	struct exploration x;
	size_t at = 0;
	int error;

	if (b->schedule) {
		error = schedule_parse(&r->pair.schedule, &r->scenario, b->schedule, &at);
		if (error == -EINVAL)
			return deck_refuse(err, b->how_line, "schedule: at '%.20s': a word is "
					   "TASK, TASK*N or TASK/OUTCOME", b->schedule + at);
		return error;
	}
	error = explore(&x, &r->scenario, k, &o);
	if (error)
		return error;
	if (x.goal_reached) {
		r->pair.schedule = x.goal;
		x.goal = (struct schedule){ 0 };
	} else {
		error = deck_refuse(err, b->how_line, "reach = %s: no interleaving under %s comes "
				    "to that%s", b->reach, r->kernel[0],
				    x.complete ? "" : " within the scenario's bounds");
	}
	exploration_free(&x);
	return error;
}

/* The shortest violation, where there is no kernel beside it. */
static int find_violation(struct deck_runs *r, const struct kernel *k)
{
	struct explore_options find = { .only = 1u << r->pair.property, .livelock = true };
	struct repair_side *side = &r->pair.broken;
	struct exploration x;
	struct finding *f;
	int error = explore(&x, &r->scenario, k, &find);

	if (error)
		return error;
	side->verdict = x.verdict;
	side->complete = x.complete;
	side->states = x.states;
	side->transitions = x.transitions;
	f = x.findings ? x.finding : x.costs_found ? x.cost : NULL;
	if (f) {
		r->pair.schedule = f->schedule;
		r->pair.loop = f->loop;
		f->schedule = (struct schedule){ 0 };
	}
	exploration_free(&x);
	return f ? 0 : -ENOENT;
}

/* The left run by r->pair.schedule, and the same schedule under the kernel beside it. */
static int run_both(struct deck_runs *r, const struct beat *b, const struct kernel *k,
		    struct deck_error *err)
{
	struct repair *p = &r->pair;
	size_t parted;
	int error = execution_init(&p->broken.run, &r->scenario, k);

	if (!error)
		error = execution_run(&p->broken.run, &p->schedule);
	if (error == -EAGAIN)
		return deck_refuse(err, b->how_line, "schedule: move %zu (%s) cannot be made under "
				   "%s: the task waits, is finished, or its step has no such "
				   "outcome", p->broken.run.n + 1,
				   r->scenario.program[p->schedule.move[p->broken.run.n].task].name,
				   r->kernel[0]);
	if (error || r->n < 2)
		return too_small(r, b, 0, error, err);
	error = execution_init(&p->fixed.run, &r->scenario, &b->beside.kernel);
	if (!error)
		error = same_schedule(&p->broken.run, &p->fixed.run, &parted);
	return too_small(r, b, 1, error, err);
}

static int run_property(struct deck_runs *r, const struct beat *b, const struct kernel *k,
			struct deck_error *err)
{
	int error;

	r->pair.property = (enum property)b->property;
	r->searched = true;
	if (r->n > 1) {
		r->compared = true;
		error = repair_make(&r->pair, &r->scenario, k, &b->beside.kernel,
				    (enum property)b->property);
		if (error)
			r->pair = (struct repair){ 0 };
	} else {
		r->pair.loop = 0;
		error = find_violation(r, k);
		if (!error)
			error = run_both(r, b, k, err);
	}
	if (error == -ENOENT)
		return deck_refuse(err, b->how_line, "property = %s: nothing in %s violates it "
				   "under %s", properties[b->property].name, r->scenario.name,
				   r->kernel[0]);
	return too_small(r, b, 0, error, err);
}

int deck_run(struct deck_runs *r, const struct deck *d, unsigned beat, struct deck_error *err)
{
	const struct beat *b = &d->beat[beat];
	const struct kernel *k;
	int error;

	*r = (struct deck_runs){ .n = *b->beside.text ? 2 : 1 };
	*err = (struct deck_error){ 0 };
	error = load(&r->scenario, d, b, err);
	if (error)
		return error;
	k = *b->kernel.text ? &b->kernel.kernel : &r->scenario.kernel;
	snprintf(r->kernel[0], sizeof(r->kernel[0]), "%s", *b->kernel.text ? b->kernel.text :
		 r->scenario.kernel_name);
	snprintf(r->kernel[1], sizeof(r->kernel[1]), "%s", b->beside.text);
	if (b->property >= 0) {
		error = run_property(r, b, k, err);
	} else {
		error = find_schedule(r, b, k, err);
		r->pair.loop = r->pair.schedule.n;
		if (!error)
			error = run_both(r, b, k, err);
	}
	if (error)
		deck_runs_free(r);
	return error;
}

void deck_runs_free(struct deck_runs *r)
{
	for (unsigned side = 0; side < 2; side++) {
		if (r->all[side])
			exploration_free(r->all[side]);
		free(r->all[side]);
	}
	repair_free(&r->pair);
	scenario_free(&r->scenario);
	*r = (struct deck_runs){ 0 };
}
