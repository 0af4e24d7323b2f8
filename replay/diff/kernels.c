/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernels.c - one schedule under two kernels: which one, and what the other makes of it.
 */
#include <errno.h>
#include <string.h>

#include "replay/diff/diff.h"

/* An order of kernels, so that of two that are as good it is always the same one that is taken. */
static unsigned first_kernel(const struct kernel kernel[2])
{
	return memcmp(&kernel[0], &kernel[1], sizeof(kernel[0])) > 0;
}

/* `only`: where the other one can make all of it, no more than that. */
static int make_other(struct kernel_pair *p, const struct scenario *s, const struct kernel *k,
		      bool only)
{
	struct execution *other = &p->run[!p->own];
	int err = execution_init(other, s, k);
	struct parted parted;

	if (!err)
		err = same_schedule_parts(&p->run[p->own], other, &parted);
	if (!err && only && parted.a == p->run[p->own].n)
		other->n = parted.b;
	return err;
}

/* ---- a finding ---- */

/* What a search found, without the states that it saw: they are many. */
struct found {
	struct finding of[PROPERTY_COUNT];
	unsigned n;
	uint32_t bits;
};

static void take(struct found *f, struct finding *from, unsigned n)
{
	for (unsigned i = 0; i < n && f->n < PROPERTY_COUNT; i++) {
		f->of[f->n++] = from[i];
		f->bits |= 1u << from[i].property;
		from[i].schedule = (struct schedule){ 0 };
	}
}

static int search(struct kernel_pair *p, unsigned side, const struct scenario *s,
		  const struct kernel *k, struct found *f)
{
	struct explore_options o = { .max_states = s->max_states, .max_depth = s->max_depth,
				     .livelock = true };
	struct exploration x;
	int err = explore(&x, s, k, &o);

	if (err)
		return err;
	p->search[side].verdict = x.verdict;
	p->search[side].complete = x.complete;
	p->search[side].states = x.states;
	p->search[side].transitions = x.transitions;
	take(f, x.finding, x.findings);
	take(f, x.cost, x.costs_found);
	exploration_free(&x);
	return 0;
}

/* How good a finding is to show how two kernels differ: less is better. */
static uint64_t rank_of(const struct finding *f, uint32_t other)
{
	bool cost = properties_costs() >> f->property & 1;

	return (uint64_t)(other >> f->property & 1) << 63 | (uint64_t)cost << 62 | f->schedule.n;
}

static const struct finding *best_of(const struct found *x, uint32_t other, uint32_t only)
{
	const struct finding *best = NULL;

	for (unsigned i = 0; i < x->n; i++) {
		const struct finding *f = &x->of[i];

		if ((!only || only >> f->property & 1) &&
		    (!best || rank_of(f, other) < rank_of(best, other)))
			best = f;
	}
	return best;
}

static int run_finding(struct kernel_pair *p, const struct scenario *s,
		       const struct kernel kernel[2], const struct found x[2], uint32_t only)
{
	const uint32_t by[2] = { x[0].bits, x[1].bits };
	const struct finding *f[2] = { best_of(&x[0], by[1], only), best_of(&x[1], by[0], only) };
	int err;

	if (!f[0] && !f[1])
		return -ENOENT;
	p->own = !f[0] || (f[1] && rank_of(f[1], by[0]) < rank_of(f[0], by[1]));
	if (f[0] && f[1] && rank_of(f[0], by[1]) == rank_of(f[1], by[0]))
		p->own = first_kernel(kernel);
	p->loop = f[p->own]->loop;
	err = execution_init(&p->run[p->own], s, &kernel[p->own]);
	if (!err)
		err = execution_run(&p->run[p->own], &f[p->own]->schedule);
	return err ? err : make_other(p, s, &kernel[!p->own], false);
}

int pair_by_finding(struct kernel_pair *p, const struct scenario *s, const struct kernel kernel[2],
		    uint32_t only)
{
	struct found x[2] = { 0 };
	int err;

	*p = (struct kernel_pair){ 0 };
	err = search(p, 0, s, &kernel[0], &x[0]);
	if (!err)
		err = search(p, 1, s, &kernel[1], &x[1]);
	if (!err)
		err = run_finding(p, s, kernel, x, only);
	for (unsigned side = 0; side < 2; side++)
		for (unsigned i = 0; i < x[side].n; i++)
			schedule_free(&x[side].of[i].schedule);
	return err;
}

/* ---- a schedule ---- */

static bool violates(const struct execution *x)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < x->n; i++)
		bits |= x->step[i].violated;
	return bits;
}

int pair_by_schedule(struct kernel_pair *p, const struct scenario *s,
		     const struct kernel kernel[2], const struct schedule *schedule)
{
	int err = 0;

	*p = (struct kernel_pair){ 0 };
	for (unsigned side = 0; side < 2 && !err; side++) {
		err = execution_init(&p->run[side], s, &kernel[side]);
		if (!err)
			err = execution_run(&p->run[side], schedule);
		if (err == -EAGAIN || err == -ENOSPC)
			err = 0;
	}
	if (err)
		return err;
	if (p->run[0].n != p->run[1].n)
		p->own = p->run[1].n > p->run[0].n;
	else if (violates(&p->run[0]) != violates(&p->run[1]))
		p->own = violates(&p->run[1]);
	else
		p->own = first_kernel(kernel);
	p->loop = p->run[p->own].n;
	if (p->loop < schedule->n)
		return -EAGAIN;
	execution_free(&p->run[!p->own]);
	return make_other(p, s, &kernel[!p->own], true);
}

void kernel_pair_free(struct kernel_pair *p)
{
	execution_free(&p->run[0]);
	execution_free(&p->run[1]);
}
