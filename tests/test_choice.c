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

/*
 * Explored as the scenario is and with more choices: the states are more, and what is found is the
 * same, after as many steps.
 */
static void compare(struct scenario *s, const char *name, uint8_t *choice, uint8_t more,
		    unsigned *compared, unsigned *larger)
{
	struct explore_options o = { .max_states = 20000 };
	struct kernel k = kernel_like(name);
	size_t few[PROPERTY_COUNT], many[PROPERTY_COUNT];
	uint8_t as_it_is = *choice;
	struct exploration x;
	uint64_t states;

	assert_int_equal(explore(&x, s, &k, &o), 0);
	lengths(&x, few);
	states = x.states;
	if (x.complete) {
		exploration_free(&x);
		*choice = more;
		o.max_states = 400000;
		assert_int_equal(explore(&x, s, &k, &o), 0);
		lengths(&x, many);
		*choice = as_it_is;
	}
	if (x.complete) {
		for (unsigned p = 0; p < PROPERTY_COUNT; p++)
			if (many[p] != few[p])
				fail_msg("%s under %s: %s after %zu steps, %zu with all choices",
					 s->name, name, properties[p].name, few[p], many[p]);
		++*compared;
		*larger += x.states > states;
	}
	exploration_free(&x);
}

/* Any of two free folios, where the first stands for all; any entry, known to a task or not. */
static void test_symmetry(void **state)
{
	unsigned folios = 0, more_folios = 0, entries = 0, more_entries = 0;

	(void)state;
	for (size_t i = 0; i < builtin_scenario_count; i++) {
		struct scenario s;

		load(&s, builtin_scenarios[i].name);
		for (size_t j = 0; j < sizeof(kernels) / sizeof(kernels[0]); j++) {
			compare(&s, kernels[j], &s.hw.any_folio, 1, &folios, &more_folios);
			compare(&s, kernels[j], &s.hw.any_entry, 1, &entries, &more_entries);
		}
		scenario_free(&s);
	}
	assert_true(folios > 60 && more_folios > 30);
	assert_true(entries > 60 && more_entries > 10);
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
		cmocka_unit_test(test_symmetry),
		cmocka_unit_test(test_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
