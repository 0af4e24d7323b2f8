/* SPDX-License-Identifier: GPL-2.0-only */
/* One schedule under two kernels, compared: the rule that parts them; every bug of the catalog. */
#include "replay/pair/repair.h"
#include "tests/diff_help.h"

/* ---- two kernels ---- */

/* Steps of one kernel alone, and then the same state again. */
static void test_together_again(void **state)
{
	const struct kernel k[2] = { kernel_like("v6.8"), kernel_like("v6.8 refcount=off") };
	bool seen = false;
	struct recorded a = { 0 }, b = { 0 };
	struct kernel_pair p;
	struct schedule schedule = { 0 };
	struct diff d;
	size_t at;

	(void)state;
	load(&a.s, "slept");
	assert_int_equal(schedule_parse(&schedule, &a.s, "T0*20", &at), 0);
	assert_int_equal(pair_by_schedule(&p, &a.s, k, &schedule), 0);
	schedule_free(&schedule);
	load(&b.s, "slept");
	a.x = p.run[0];
	b.x = p.run[1];
	compared(&d, &a, &b);
	for (size_t i = 0; i < d.divergences; i++) {
		const struct divergence *dv = &d.divergence[i];

		if (dv->rules == UINT64_C(1) << SWITCH_refcount && dv->to[0] > dv->from[0] &&
		    dv->to[1] == dv->from[1] && dv->again[0] != DIFF_NEVER)
			seen = true;
	}
	assert_true(seen);
	diff_free(&d);
	kernel_pair_free(&p);
	scenario_free(&a.s);
	scenario_free(&b.s);
}

/* ---- the catalog ---- */

/*
 * The rule that turns the bug away is the repair's, as the search of the repair finds it; and where
 * the runs part by a rule, each divergence that the kernels make is there because of one, or of
 * several together.
 */
static void check_bug(const struct scenario *s)
{
	const char *property = properties[s->bug.property].name;
	struct trace *t[2];
	bool found = false;
	struct repair r;
	struct diff d;

	printf("%s, %s: %s\n", s->bug.id, s->name, property);
	assert_int_equal(repair_make(&r, s, &s->bug.shows.kernel, &s->bug.beside.kernel,
				     s->bug.property), 0);
	assert_true(r.rules != 0);
	record_both(&r.broken.run, r.loop, &r.fixed.run, t);
	assert_int_equal(diff_runs(&d, t[0], t[1]), 0);
	assert_false(d.same);
	assert_true(d.divergences > 0);
	for (size_t i = 0; i < d.findings; i++) {
		if (d.finding[i].side || strcmp(d.finding[i].property, property))
			continue;
		found = true;
		assert_true(d.finding[i].asked);
		assert_true(d.finding[i].rules == r.rules);
	}
	assert_true(found);
	assert_int_equal(r.same >= d.divergence[0].from[0], true);
	check_turned(&d, t[0], t[1]);
	check_debugger(&d, t[0], t[1]);
	diff_free(&d);
	trace_free(t[0]);
	trace_free(t[1]);
	repair_free(&r);
}

static void test_catalog(void **state)
{
	unsigned bugs = 0;

	(void)state;
	for (size_t i = 0; i < builtin_scenario_count; i++) {
		struct scenario s;

		load(&s, builtin_scenarios[i].name);
		if (s.bug.present && (!SANITIZED || i % 5 == 0)) {
			check_bug(&s);
			bugs++;
		}
		scenario_free(&s);
	}
	assert_true(bugs >= (SANITIZED ? 4 : 29));
}

/* Which kernel is called the left one does not matter. */
static void check_pair(const char *scenario, const char *left, const char *right,
		       enum property found)
{
	const struct kernel k[2] = { kernel_like(left), kernel_like(right) };
	const struct kernel turned[2] = { k[1], k[0] };
	struct kernel_pair p, q;
	struct scenario s;
	uint32_t bits = 0;

	load(&s, scenario);
	assert_int_equal(pair_by_finding(&p, &s, k, 0), 0);
	assert_int_equal(pair_by_finding(&q, &s, turned, 0), 0);
	assert_int_equal(p.own, !q.own);
	assert_int_equal(p.loop, q.loop);
	for (unsigned side = 0; side < 2; side++) {
		assert_int_equal(p.run[side].n, q.run[!side].n);
		assert_int_equal(p.search[side].states, q.search[!side].states);
		assert_int_equal(p.search[side].verdict, q.search[!side].verdict);
		for (size_t i = 0; i < p.run[side].n; i++)
			assert_true(same_step(&p.run[side].step[i], &q.run[!side].step[i]));
	}
	for (size_t i = 0; i < p.run[p.own].n; i++)
		bits |= p.run[p.own].step[i].violated | p.run[p.own].step[i].costs;
	if (found != PROP_LIVELOCK)
		assert_true(bits >> found & 1);
	assert_int_equal(p.search[p.own].verdict, properties[found].kind == COST ? VERDICT_SAFE :
			 VERDICT_VIOLATED);
	kernel_pair_free(&p);
	kernel_pair_free(&q);
	scenario_free(&s);
}

static void test_kernels(void **state)
{
	const struct kernel safe[2] = { kernel_like("v6.8"), kernel_like("v6.9") };
	struct kernel_pair p;
	struct scenario s;

	(void)state;
	check_pair("aba", "v6.7", "v6.8", PROP_STALE);
	check_pair("aborted-bypass", "v6.9", "v6.9-rc1", PROP_LOST);
	check_pair("slept", "v6.8", "v6.12", PROP_SLEPT);
	check_pair("shmem-livelock", "v6.18", "v6.18 shmem=bypass-wait", PROP_LIVELOCK);
	check_pair("aba", "v6.5", "v6.7", PROP_STALE);		/* both violate it */
	load(&s, "duplicate-store");
	assert_int_equal(pair_by_finding(&p, &s, safe, 1u << PROP_MAPPED), -ENOENT);
	assert_true(p.search[0].complete && p.search[1].complete);
	kernel_pair_free(&p);
	scenario_free(&s);
}

static void check_schedule(const char *text, int want, unsigned own, size_t n)
{
	const struct kernel k[2] = { kernel_like("debate-a"), kernel_like("v6.9") };
	const struct kernel turned[2] = { k[1], k[0] };
	struct schedule schedule = { 0 };
	struct kernel_pair p, q;
	struct scenario s;
	size_t at;

	load(&s, "debate");
	assert_int_equal(schedule_parse(&schedule, &s, text, &at), 0);
	assert_int_equal(pair_by_schedule(&p, &s, k, &schedule), want);
	assert_int_equal(pair_by_schedule(&q, &s, turned, &schedule), want);
	assert_int_equal(p.own, own);
	assert_int_equal(q.own, !own);
	assert_int_equal(p.run[own].n, n);
	assert_int_equal(p.run[!own].n, q.run[own].n);
	kernel_pair_free(&p);
	kernel_pair_free(&q);
	schedule_free(&schedule);
	scenario_free(&s);
}

static void test_schedule(void **state)
{
	(void)state;
	check_schedule("T0*7 W*11 T0", 0, 0, 19);	/* which only the left kernel can make */
	check_schedule("T0*99", -EAGAIN, 1, 28);	/* neither: the one that comes further */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_together_again, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_kernels, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_schedule, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_catalog, make_dir, remove_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
