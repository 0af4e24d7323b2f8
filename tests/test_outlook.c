/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What can still go wrong, asked at every position of the shortest schedules of the shipped
 * scenarios, and of worlds on the way of random ones: against fresh searches, against one another,
 * and by going where it is said to go wrong.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "core/explore/outlook.h"
#include "tests/check.h"

#define HUGE_STATES	400000	/* of larger ones, only the first so many */

/* What is being tested, for messages. */
static char about[256];

static void make(struct outlook **o, const struct scenario *s, const struct kernel *k,
		 const struct world *from, const struct outlook_options *opt)
{
	assert_int_equal(outlook_make(o, s, k, from, opt), 0);
}

static const struct outlook_options everything;

/* ---- every shipped scenario ---- */

static struct execution executed(const struct scenario *s, const struct kernel *k,
				 const struct schedule *schedule)
{
	struct execution e;

	assert_int_equal(execution_init(&e, s, k), 0);
	assert_int_equal(execution_run(&e, schedule), 0);
	return e;
}

/* How many moves it is to the violation, from position `at` of its schedule. */
static size_t remaining(const struct finding *f, size_t at)
{
	size_t n = f->property == PROP_LIVELOCK ? f->loop : f->schedule.n;

	return at < n ? n - at : 0;
}

/* Ask at one position, in an outlook that was made there or before. */
static void check_position(struct outlook *o, const struct execution *e, const struct finding *f,
			   size_t at)
{
	struct outlook_answer a;
	int err = outlook_at(o, &e->world[at], &a);

	if (err || a.says != OUTLOOK_VIOLATES || !a.exact || a.steps != remaining(f, at))
		fail_msg("%s: %s at %zu of %zu: error %d, says %u, %u steps%s", about,
			 properties[f->property].name, at, f->schedule.n, err, a.says, a.steps,
			 a.exact ? "" : " at most");
}

/* Go where it is said to go wrong, from position `at` of a schedule, and see that it does. */
static void check_way(struct outlook *o, const struct execution *e, const struct schedule *made,
		      size_t at)
{
	struct outlook_answer a;
	struct schedule way = { 0 };
	struct execution there;
	size_t loop;

	assert_int_equal(outlook_at(o, &e->world[at], &a), 0);
	assert_int_equal(outlook_way(o, &e->world[at], &way, &loop), 0);
	there = executed(e->scenario, &e->kernel,
			 &(const struct schedule){ .move = made->move, .n = at });
	for (size_t i = 0; i < way.n; i++)
		if (execution_move(&there, way.move[i]))
			fail_msg("%s: move %zu of the way from %zu cannot be made", about, i, at);
	assert_int_equal(loop, a.steps);
	if (a.property == PROP_LIVELOCK) {
		struct outlook *round;

		assert_true(way.n > loop);
		assert_true(execution_never_done(&there, at + loop));
		make(&round, e->scenario, &e->kernel, &there.world[at + loop], &everything);
		assert_int_equal(outlook_at(round, execution_now(&there), &a), 0);
		assert_int_equal(a.steps, 0);
		outlook_free(round);
	} else if (a.steps) {
		assert_int_equal(way.n, loop);
		assert_true((there.step[there.n - 1].violated |
			     there.step[there.n - 1].costs) >> a.property & 1);
	} else {
		assert_int_equal(a.property, PROP_DEADLOCK);
	}
	schedule_free(&way);
	execution_free(&there);
}

/* The shortest schedule of one property: the length that remains falls by one a step. */
static void check_finding(struct outlook *o, const struct scenario *s, const struct kernel *k,
			  const struct finding *f, bool fresh)
{
	struct execution e = executed(s, k, &f->schedule);
	const struct outlook_options only = { .only = 1u << f->property };
	struct outlook_answer a;

	outlook_ask(o, only.only);
	for (size_t i = 0; i < e.n; i++)
		check_position(o, &e, f, i);
	for (size_t i = 0; i < e.n; i += 1 + e.n / 3)
		check_way(o, &e, &f->schedule, i);
	if (f->property == PROP_DEADLOCK)
		check_position(o, &e, f, e.n);
	for (size_t i = e.n / 3; fresh && i < e.n; i += 1 + e.n / 3) {
		struct outlook *other;

		make(&other, s, k, &e.world[i], &only);
		for (size_t j = i; j < e.n; j++)
			check_position(other, &e, f, j);
		outlook_free(other);
	}
	/* the move of the schedule is one after which it goes wrong, and sooner than any other */
	for (size_t i = 0; i < e.n && remaining(f, i); i++) {
		assert_int_equal(outlook_after(o, &e.world[i], f->schedule.move[i], &a), 0);
		assert_int_equal(a.says, OUTLOOK_VIOLATES);
		assert_int_equal(a.steps, remaining(f, i));
	}
	outlook_ask(o, 0);
	execution_free(&e);
}

/* One kernel of a scenario's [expect]. */
static void check_case(const struct scenario *s, const struct expect *expect)
{
	const struct outlook_options opt = { .max_states = HUGE_STATES };
	struct explore_options search = { .livelock = true, .max_states = HUGE_STATES };
	struct outlook_figures figures;
	struct outlook_answer a;
	struct exploration x;
	struct outlook *o;
	struct world start;
	struct kernel k;

	expect_kernel(expect, &k);
	scenario_start(s, &k, &start);
	snprintf(about, sizeof(about), "%s under %s, line %u", s->name, expect->kernel,
		 expect->line);
	assert_int_equal(explore(&x, s, &k, &search), 0);
	make(&o, s, &k, NULL, &opt);
	outlook_figures(o, &figures);
	assert_int_equal(figures.states, x.states);
	assert_int_equal(figures.complete, x.complete);
	assert_int_equal(outlook_at(o, &start, &a), 0);
	if (x.findings) {
		assert_int_equal(a.says, OUTLOOK_VIOLATES);
		assert_int_equal(a.steps, remaining(&x.finding[0], 0) < a.steps ? 0 : a.steps);
	} else {
		assert_int_equal(a.says, x.complete ? OUTLOOK_SAFE : OUTLOOK_UNKNOWN);
	}
	for (unsigned i = 0; i < x.findings; i++)
		check_finding(o, s, &k, &x.finding[i], x.states < 20000);
	outlook_free(o);
	exploration_free(&x);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void test_shipped(void **state)
{
	(void)state;
	for (size_t i = 0; i < builtin_scenario_count; i++) {
		struct scenario s;
		double start = now();

		load(&s, builtin_scenarios[i].name);
		for (unsigned j = 0; j < s.expects; j++)
			check_case(&s, &s.expect[j]);
		if (getenv("SLOW"))
			fprintf(stderr, "%6.2f %s\n", now() - start, s.name);
		scenario_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shipped),
	};

	return cmocka_run_group_tests_name("outlook", tests, NULL, NULL);
}
