/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/pair/repair.h"

#include <errno.h>
#include <string.h>

#include "replay/pair/align.h"

static void keep_figures(struct repair_side *side, const struct exploration *x)
{
	side->verdict = x->verdict;
	side->complete = x->complete;
	side->states = x->states;
	side->transitions = x->transitions;
}

/* The broken kernel for the property; the other one for anything. */
static int explore_both(struct repair *r, const struct scenario *s, const struct kernel *broken,
			const struct kernel *fixed)
{
	struct explore_options find = { .only = 1u << r->property,
					.livelock = true };
	struct explore_options all = { .max_states = s->max_states,
				       .max_depth = s->max_depth, .livelock = true };
	struct exploration x;
	struct finding *found;
	int err = explore(&x, s, broken, &find);

	if (err)
		return err;
	keep_figures(&r->broken, &x);
	found = x.findings ? x.finding : x.costs_found ? x.cost : NULL;
	if (found) {
		r->schedule = found->schedule;
		r->loop = found->loop;
		found->schedule = (struct schedule){ 0 };
	} else {
		err = -ENOENT;
	}
	exploration_free(&x);
	if (!err)
		err = explore(&x, s, fixed, &all);
	if (err)
		return err;
	keep_figures(&r->fixed, &x);
	exploration_free(&x);
	return 0;
}

/* That something goes on for ever is no matter of one schedule: search. */
static bool livelocks(const struct execution *run, const struct kernel *k)
{
	struct explore_options find = { .only = 1u << PROP_LIVELOCK,
					.livelock = true };
	struct exploration x;
	bool found;

	if (explore(&x, run->scenario, k, &find))
		return false;
	found = x.findings;
	exploration_free(&x);
	return found;
}

bool schedule_violates(const struct execution *run, const struct kernel *k, enum property property)
{
	struct execution x;
	bool violated = false;
	size_t parted;

	if (execution_init(&x, run->scenario, k))
		return false;
	if (!same_schedule(run, &x, &parted))
		for (size_t i = 0; i < x.n; i++)
			violated |= (x.step[i].violated | x.step[i].costs) >> property & 1;
	execution_free(&x);
	return violated;
}

static uint64_t repairing_switches(const struct repair *r, const struct kernel *broken,
				   const struct kernel *fixed)
{
	uint64_t bits = 0;

	for (enum kernel_switch s = 0; s < SWITCH_COUNT; s++) {
		struct kernel k = *fixed;

		if (kernel_get(broken, s) == kernel_get(fixed, s))
			continue;
		kernel_put(&k, s, kernel_get(broken, s));
		if (r->property == PROP_LIVELOCK ? livelocks(&r->broken.run, &k) :
		    schedule_violates(&r->broken.run, &k, r->property))
			bits |= UINT64_C(1) << s;
	}
	return bits;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* How far two runs are the same: who moved, which step, with which result. */
static size_t common(const struct execution *a, const struct execution *b)
{
	size_t i = 0;

	while (i < a->n && i < b->n && a->step[i].move.task == b->step[i].move.task &&
	       a->step[i].step == b->step[i].step &&
	       same_text(a->step[i].result, b->step[i].result))
		i++;
	return i;
}

int repair_make(struct repair *r, const struct scenario *s, const struct kernel *broken,
		const struct kernel *fixed, enum property property)
{
	size_t parted;
	int err;

	*r = (struct repair){ .property = property };
	err = explore_both(r, s, broken, fixed);
	if (!err)
		err = execution_init(&r->broken.run, s, broken);
	if (!err)
		err = execution_init(&r->fixed.run, s, fixed);
	if (!err)
		err = execution_run(&r->broken.run, &r->schedule);
	if (!err)
		err = same_schedule(&r->broken.run, &r->fixed.run, &parted);
	if (err) {
		repair_free(r);
		return err;
	}
	r->same = common(&r->broken.run, &r->fixed.run);
	r->rules = repairing_switches(r, broken, fixed);
	return 0;
}

void repair_free(struct repair *r)
{
	schedule_free(&r->schedule);
	execution_free(&r->broken.run);
	execution_free(&r->fixed.run);
}
