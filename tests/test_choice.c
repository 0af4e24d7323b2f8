/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which free object an allocation gives: where any may come, and where the first stands for all
 * because nothing compares its number with an old one (docs/model.md).
 */
#include "tests/check.h"

static const char *const kernels[] = { "v6.1.0", "v6.5", "v6.8", "v6.9", "v6.12", "v7.0" };

/* The length of the shortest schedule to each property, 0 where there is none. */
static void lengths(const struct exploration *x, size_t length[PROPERTY_COUNT])
{
	memset(length, 0, PROPERTY_COUNT * sizeof(length[0]));
	for (unsigned i = 0; i < x->findings; i++)
		length[x->finding[i].property] = x->finding[i].schedule.n;
	for (unsigned i = 0; i < x->costs_found; i++)
		length[x->cost[i].property] = x->cost[i].schedule.n;
}

/* Folios: with any of two free ones the states are more and what is found is the same. */
static void compare_folios(struct scenario *s, const char *name, unsigned *compared,
			   unsigned *larger)
{
	struct explore_options o = { .max_states = 20000 };
	struct kernel k = kernel_like(name);
	size_t first[PROPERTY_COUNT], any[PROPERTY_COUNT];
	struct exploration x;
	uint64_t states;

	s->hw.any_folio = 0;
	assert_int_equal(explore(&x, s, &k, &o), 0);
	lengths(&x, first);
	states = x.states;
	if (x.complete) {
		exploration_free(&x);
		s->hw.any_folio = 1;
		o.max_states = 400000;
		assert_int_equal(explore(&x, s, &k, &o), 0);
		lengths(&x, any);
	}
	if (x.complete) {
		for (unsigned p = 0; p < PROPERTY_COUNT; p++)
			if (any[p] != first[p])
				fail_msg("%s under %s: %s after %zu steps, but %zu where any free "
					 "folio may come", s->name, name, properties[p].name,
					 first[p], any[p]);
		++*compared;
		*larger += x.states > states;
	}
	exploration_free(&x);
}

static void test_folios(void **state)
{
	unsigned compared = 0, larger = 0;

	(void)state;
	for (size_t i = 0; i < builtin_scenario_count; i++) {
		struct scenario s;

		load(&s, builtin_scenarios[i].name);
		for (size_t j = 0; j < sizeof(kernels) / sizeof(kernels[0]); j++)
			compare_folios(&s, kernels[j], &compared, &larger);
		scenario_free(&s);
	}
	assert_true(compared > 60 && larger > 30);
}

/* Entries: writeback compares the number that it picked, so that it is no symmetry. */
static void test_entries(void **state)
{
	static const struct {
		const char *kernel;
		uint32_t any, first;	/* what is found where any entry may come, and the first */
	} cases[] = {
		{ "v6.9 recheck=off", 1u << PROP_UAF, 0 },
		{ "v6.9 cleanup=off", 1u << PROP_FOLIO, 0 },
		{ "v6.9", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct kernel k = kernel_like(cases[i].kernel);
		struct scenario s;
		struct exploration x;

		load(&s, "writeback-race");
		explore_all(&x, &s, &k);
		assert_int_equal(x.violated, cases[i].any);
		exploration_free(&x);
		s.hw.any_entry = 0;
		explore_all(&x, &s, &k);
		assert_int_equal(x.violated, cases[i].first);
		exploration_free(&x);
		scenario_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folios),
		cmocka_unit_test(test_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
