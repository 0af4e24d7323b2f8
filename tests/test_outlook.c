/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What can still go wrong, asked at every position of the shortest schedules of the shipped
 * scenarios, and of worlds on the way of random ones: against fresh searches, against one another,
 * and by going where it is said to go wrong.
 */
#include <errno.h>
#include <stdlib.h>

#include "core/explore/outlook.h"
#include "tests/check.h"

#define HUGE_STATES	200000	/* of larger ones, only the first so many */

/* What is being tested, for messages. */
static char about[256];
static unsigned violating, safe;	/* cases that were seen */

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

/* A kernel under which a scenario violates something: each of its findings. */
static void check_violating(struct outlook *o, const struct scenario *s, const struct kernel *k)
{
	struct explore_options search = { .livelock = true, .max_states = HUGE_STATES };
	struct outlook_figures figures;
	struct exploration x;

	assert_int_equal(explore(&x, s, k, &search), 0);
	outlook_figures(o, &figures);
	assert_int_equal(figures.states, x.states);
	assert_int_equal(figures.complete, x.complete);
	assert_true(x.findings || !x.complete);
	for (unsigned i = 0; i < x.findings; i++)
		check_finding(o, s, k, &x.finding[i], x.states < 20000);
	violating += x.findings > 0;
	exploration_free(&x);
}

/* One kernel of a scenario's [expect]. */
static void check_case(const struct scenario *s, const struct expect *expect,
		       const struct kernel *k)
{
	const struct outlook_options opt = { .max_states = HUGE_STATES };
	struct outlook_figures figures;
	struct outlook_answer a;
	struct outlook *o;
	struct world start;

	snprintf(about, sizeof(about), "%s under %s, line %u", s->name, expect->kernel,
		 expect->line);
	scenario_start(s, k, &start);
	make(&o, s, k, NULL, &opt);
	outlook_figures(o, &figures);
	assert_int_equal(outlook_at(o, &start, &a), 0);
	if (!expect->safe)
		check_violating(o, s, k);
	else if (a.says != (figures.complete ? OUTLOOK_SAFE : OUTLOOK_UNKNOWN))
		fail_msg("%s: not safe, but %u", about, a.says);
	safe += a.says == OUTLOOK_SAFE;
	outlook_free(o);
}

static void test_shipped(void **state)
{
	(void)state;
	for (size_t i = 0; i < builtin_scenario_count; i += SANITIZED ? 12 : 1) {
		struct kernel seen[SCENARIO_EXPECTS];
		struct scenario s;

		load(&s, builtin_scenarios[i].name);
		for (unsigned j = 0, same; j < s.expects; j++) {
			expect_kernel(&s.expect[j], &seen[j]);
			for (same = 0; memcmp(&seen[same], &seen[j], sizeof(seen[j])); same++)
				;
			if (same == j)
				check_case(&s, &s.expect[j], &seen[j]);
		}
		scenario_free(&s);
	}
	assert_true(SANITIZED || (violating > 100 && safe > 200));
}

/* ---- against fresh searches ---- */

/* A move made in a world without any graph: what execution_move() would return, and violate. */
static int move_alone(const struct scenario *s, const struct kernel *k, const struct world *w,
		      struct move m, struct world *to, uint32_t *violated)
{
	struct step_ctx c = { .k = k, .hw = &s->hw, .task = m.task, .choice = m.choice };
	struct transition tr = { .hw = c.hw, .k = k, .before = &w->mem, .after = &to->mem,
				 .ev = &c.ev, .task = m.task };

	*to = *w;
	if (task_preempted(s, k, w, m.task, NULL) ||
	    !task_step(&c, &to->mem, &to->task[m.task], &s->program[m.task]) ||
	    m.choice >= c.choices)
		return -EAGAIN;
	if (c.overflow)
		return -ENOSPC;
	*violated = properties_check(&tr) & ~properties_costs();
	return 0;
}

/* Search anew: the moves to the nearest violation, or -1. */
static int search_anew(const struct scenario *s, const struct kernel *k, const struct world *w)
{
	const struct explore_options o = { .livelock = true, .from = w };
	struct exploration x;
	int least = -1;

	assert_int_equal(explore(&x, s, k, &o), 0);
	assert_true(x.complete && !x.bound);
	for (unsigned i = 0; i < x.findings; i++)
		if (least < 0 || (int)remaining(&x.finding[i], 0) < least)
			least = (int)remaining(&x.finding[i], 0);
	exploration_free(&x);
	return least;
}

/* The mark of one move.  *gone counts those that are doomed, and that are not. */
static void check_mark(struct outlook *o, const struct scenario *s, const struct kernel *k,
		       const struct world *w, struct move m, unsigned marks[2])
{
	struct outlook_answer a;
	uint32_t violated;
	struct world to;
	int alone = move_alone(s, k, w, m, &to, &violated), then;

	assert_int_equal(outlook_after(o, w, m, &a), alone);
	if (alone)
		return;
	assert_int_equal(a.at_once, violated);
	then = violated ? 0 : search_anew(s, k, &to);
	marks[then >= 0]++;
	if (then < 0 ? a.says != OUTLOOK_SAFE :
	    a.says != OUTLOOK_VIOLATES || !a.exact || a.steps != (unsigned)then + 1)
		fail_msg("%s: task %u/%u: says %u, %u steps; a search, %d", about, m.task, m.choice,
			 a.says, a.steps, then + 1);
}

static void check_marks(struct outlook *o, const struct scenario *s, const struct kernel *k,
			const struct world *w, unsigned marks[2])
{
	struct outlook_answer here, after;
	unsigned least = UINT32_MAX;
	int anew = search_anew(s, k, w);

	assert_int_equal(outlook_at(o, w, &here), 0);
	assert_int_equal(here.says, anew < 0 ? OUTLOOK_SAFE : OUTLOOK_VIOLATES);
	for (uint8_t task = 0; task < MAX_TASKS; task++)
		for (uint8_t choice = 0; choice < 4; choice++) {
			struct move m = { task, choice };

			if (task >= s->tasks) {
				assert_int_equal(outlook_after(o, w, m, &after), -EAGAIN);
				continue;
			}
			check_mark(o, s, k, w, m, marks);
			if (!outlook_after(o, w, m, &after) && after.says == OUTLOOK_VIOLATES &&
			    after.steps < least)
				least = after.steps;
		}
	if (anew > 0)
		assert_int_equal(least, anew);
	if (anew >= 0)
		assert_int_equal(here.steps, anew);
}

/* A run by chance. */
static void walk_by_chance(struct execution *e, unsigned seed, size_t steps)
{
	uint32_t x = seed;

	for (unsigned tries = 0; tries < 20 * steps && e->n < steps; tries++) {
		struct move m;

		x = x * 1664525u + 1013904223u;
		m = (struct move){ (uint8_t)((x >> 16) % e->scenario->tasks),
				   (x >> 28) == 0 };
		if (!execution_move(e, m) && (e->step[e->n - 1].violated & properties_ending()))
			return;
	}
}

/* With priorities, the environment, injected failures, a device that is slow, and livelocks. */
static const struct {
	const char *scenario, *kernel;
} some[] = {
	{ "writeback-first", "debate-a" }, { "aborted-bypass", "v6.9-rc1" },
	{ "writeback-first", "v6.9" }, { "double-swapin", "v6.5 load=exclusive" },
	{ "pin-busy", "v6.9 wait=none" }, { "pin-busy", "v6.8" },
	{ "readahead-livelock", "v6.9 relax=cond_resched" }, { "shmem-livelock", "v6.17" },
	{ "shmem-livelock", "v6.9" }, { "walk-skip", "v6.8 walk=skip" },
	{ "fork-fails-swapoff", "v6.12" },
};

static void test_marks(void **state)
{
	unsigned marks[2] = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		struct kernel k = kernel_like(some[i].kernel);
		struct scenario s;
		struct outlook *o;

		load(&s, some[i].scenario);
		make(&o, &s, &k, NULL, &everything);
		for (unsigned seed = 1; seed < 8; seed++) {
			struct execution e;

			snprintf(about, sizeof(about), "%s under %s, chance %u", some[i].scenario,
				 some[i].kernel, seed);
			assert_int_equal(execution_init(&e, &s, &k), 0);
			walk_by_chance(&e, seed, 60);
			for (size_t at = 0; at < e.n; at += 3)
				check_marks(o, &s, &k, &e.world[at], marks);
			execution_free(&e);
		}
		outlook_free(o);
		scenario_free(&s);
	}
	/* both were seen, often */
	assert_true(marks[0] > 300 && marks[1] > 300);
}

/* The last safe step of a violating run, and the one that dooms it. */
static void test_doomed(void **state)
{
	const struct explore_options search = { .only = 1u << PROP_UAF };
	struct kernel k = kernel_like("debate-a");
	struct exploration x;
	struct execution e;
	struct scenario s;
	struct outlook *o;
	struct outlook_answer a;
	uint64_t n, all, fewer = 0;

	(void)state;
	load(&s, "writeback-first");
	assert_int_equal(explore(&x, &s, &k, &search), 0);
	e = executed(&s, &k, &x.finding[0].schedule);
	make(&o, &s, &k, NULL, &everything);
	for (size_t i = 0; i < e.n; i++) {
		assert_int_equal(outlook_states(o, &e.world[i], &n), 0);
		if (!i)
			all = n;
		assert_true(n >= 1 && n <= all);
		fewer += n < all;
		assert_int_equal(outlook_after(o, &e.world[i], e.step[i].move, &a), 0);
		assert_int_equal(a.at_once, i + 1 == e.n ? 1u << PROP_UAF : 0);
	}
	assert_true(fewer > 0);
	/* of a world of another scenario, or kernel, nothing is known */
	e.world[0].mem.page[0].addr = 3;
	assert_int_equal(outlook_at(o, &e.world[0], &a), -ENOENT);
	assert_int_equal(outlook_after(o, &e.world[0], (struct move){ 0, 0 }, &a), -ENOENT);
	outlook_free(o);
	execution_free(&e);
	exploration_free(&x);
	scenario_free(&s);
}

/* ---- bounds ---- */

struct patience {
	unsigned calls, most;
	size_t first;		/* length of the first finding, 0: none was told */
	unsigned told_at;
};

static bool watch(void *arg, uint64_t states, uint64_t transitions, unsigned depth,
		  const struct finding *first)
{
	struct patience *p = arg;

	(void)states;
	(void)transitions;
	(void)depth;
	if (first && !p->first) {
		p->first = first->schedule.n;
		p->told_at = p->calls;
	}
	return ++p->calls < p->most;
}

/* What one that was cut short says is so, and it never says safe. */
static void check_cut(struct outlook *o, struct outlook *whole, const struct execution *e,
		      unsigned *known, unsigned *exact)
{
	struct outlook_answer a, b;

	for (size_t i = 0; i <= e->n; i++) {
		int err = outlook_at(o, &e->world[i], &a);

		if (err) {
			assert_int_equal(err, -ENOENT);
			continue;
		}
		assert_int_equal(outlook_at(whole, &e->world[i], &b), 0);
		if (a.says == OUTLOOK_SAFE)
			fail_msg("%s: safe at %zu, which was cut short", about, i);
		if (a.says == OUTLOOK_VIOLATES) {
			struct schedule way = { 0 };
			size_t loop;

			assert_int_equal(b.says, OUTLOOK_VIOLATES);
			if (a.exact && b.property != PROP_LIVELOCK)
				assert_int_equal(a.steps, b.steps);
			assert_true(a.steps >= b.steps || b.property == PROP_LIVELOCK);
			assert_int_equal(outlook_way(o, &e->world[i], &way, &loop), 0);
			assert_int_equal(way.n, a.steps);
			schedule_free(&way);
			*known += 1;
			*exact += a.exact;
		} else {
			assert_int_not_equal(a.unknown, 0);
			if (b.says == OUTLOOK_VIOLATES && b.property != PROP_LIVELOCK &&
			    a.within >= b.steps)
				fail_msg("%s: at %zu nothing within %u, but %u", about, i, a.within,
					 b.steps);
		}
	}
}

static void test_bounds(void **state)
{
	unsigned known = 0, exact = 0, stopped = 0;
	struct patience all = { .most = UINT32_MAX };
	struct outlook_options opt = { .progress = watch, .progress_arg = &all };
	struct kernel k = kernel_like("v6.9 recheck=off");
	struct outlook *whole, *o;
	struct outlook_figures f;
	struct execution e, other;
	struct exploration x;
	struct scenario s;

	(void)state;
	load(&s, "writeback-race");
	make(&whole, &s, &k, NULL, &opt);
	outlook_figures(whole, &f);
	assert_true(f.complete && !f.bound);
	explore_all(&x, &s, &k);
	assert_true(x.findings);
	assert_int_equal(all.first, x.finding[0].schedule.n);
	assert_true(all.told_at < all.calls / 2 + 1);
	e = executed(&s, &k, &x.finding[0].schedule);
	assert_int_equal(execution_init(&other, &s, &k), 0);
	walk_by_chance(&other, 7, 40);
	e.n--;		/* what is behind its violation is not asked */
	other.n -= other.step[other.n - 1].violated != 0;
	for (unsigned cut = 1; cut < 40; cut++) {
		struct patience p = { .most = cut };

		opt = (struct outlook_options){ 0 };
		snprintf(about, sizeof(about), "cut %u", cut);
		if (cut % 4 == 0)
			opt.max_states = 3 + cut * x.states / 44;
		else if (cut % 4 == 1)
			opt.max_depth = cut;
		else if (cut % 4 == 2)
			opt.max_bytes = x.bytes * cut / 38;
		else
			opt = (struct outlook_options){ .progress = watch, .progress_arg = &p };
		make(&o, &s, &k, NULL, &opt);
		outlook_figures(o, &f);
		if (!f.complete) {
			assert_non_null(f.bound);
			check_cut(o, whole, &e, &known, &exact);
			check_cut(o, whole, &other, &known, &exact);
			stopped++;
		}
		outlook_free(o);
	}
	assert_true(stopped > 25 && known > exact && exact > 50);
	e.n++;
	outlook_free(whole);
	execution_free(&e);
	execution_free(&other);
	exploration_free(&x);
	scenario_free(&s);
}

/* The huge one: bounded, and stopped when the first is known. */
static bool until_first(void *arg, uint64_t states, uint64_t transitions, unsigned depth,
			const struct finding *first)
{
	(void)transitions;
	(void)depth;
	*(uint64_t *)arg = states;
	return !first;
}

static void test_stopped(void **state)
{
	uint64_t states = 0;
	const struct outlook_options opt = { .progress = until_first, .progress_arg = &states };
	struct kernel k = kernel_like("debate-a");
	struct outlook_figures f;
	struct outlook_answer a;
	struct schedule way = { 0 };
	struct execution e;
	struct scenario s;
	struct outlook *o;
	uint64_t n;
	size_t loop;

	(void)state;
	load(&s, "debate");
	make(&o, &s, &k, NULL, &opt);
	outlook_figures(o, &f);
	assert_false(f.complete);
	assert_string_equal(f.bound, "interrupted");
	assert_true(f.states < 100000 && states);
	assert_int_equal(execution_init(&e, &s, &k), 0);
	assert_int_equal(outlook_at(o, &e.world[0], &a), 0);
	assert_int_equal(a.says, OUTLOOK_VIOLATES);
	assert_int_equal(a.property, PROP_UAF);
	assert_true(a.exact);
	assert_int_equal(outlook_way(o, &e.world[0], &way, &loop), 0);
	assert_int_equal(way.n, a.steps);
	assert_int_equal(execution_run(&e, &way), 0);
	assert_true(e.step[e.n - 1].violated >> PROP_UAF & 1);
	for (size_t i = 0; i < e.n; i++) {
		assert_int_equal(outlook_at(o, &e.world[i], &a), 0);
		assert_int_equal(a.steps, e.n - i);
		assert_true(a.exact);
	}
	assert_int_equal(outlook_states(o, &e.world[0], &n), -EAGAIN);
	/* a cost is no violation, and can be asked for */
	outlook_ask(o, 1u << PROP_NOMEM);
	assert_int_equal(outlook_at(o, &e.world[0], &a), 0);
	assert_int_equal(a.says, OUTLOOK_UNKNOWN);
	outlook_free(o);
	schedule_free(&way);
	execution_free(&e);
	scenario_free(&s);
}

/* One property: also a cost, and also where a nearer one is of another. */
static void test_one_property(void **state)
{
	struct kernel k = kernel_like("v6.9");
	const struct outlook_options opt = { .only = 1u << PROP_NOMEM };
	struct exploration x;
	struct outlook *o;
	struct scenario s;

	(void)state;
	load(&s, "double-swapin");
	explore_all(&x, &s, &k);
	assert_true(x.costs_found > 1);
	make(&o, &s, &k, NULL, &opt);
	for (unsigned i = 0; i < x.costs_found; i++)
		check_finding(o, &s, &k, &x.cost[i], true);
	outlook_free(o);
	exploration_free(&x);
	scenario_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_doomed),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_one_property),
	};

	return cmocka_run_group_tests_name("outlook", tests, NULL, NULL);
}
