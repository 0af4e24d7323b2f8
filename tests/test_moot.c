/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a switch is said to have no effect it has none: in each kernel in which one of its
 * conditions holds, every value of it gives the same search.
 */
#include "tests/check.h"

static const char *const scenarios[] = {
	"double-swapin", "slept", "shmem-slept", "writeback-cleanup", "store-disabled",
	"reclaim-swapoff", "unreadable-swapoff", "unreadable-shmem", "readahead-livelock",
	"move-race", "zero-page",
};

/* Whether two searches are the same in all that a reader sees of them. */
static bool same(const struct exploration *x, const struct exploration *y)
{
	return x->states == y->states && x->transitions == y->transitions &&
	       x->depth == y->depth && x->violated == y->violated && x->costs == y->costs;
}

/* How many kernels were looked at in which the switch is moot. */
static unsigned check_values(const struct scenario *s, struct kernel k, enum kernel_switch w)
{
	const char *name = kernel_switches[w].name;
	struct exploration first, x;
	char where[64], value[32];

	if (!kernel_moot(&k, w, where, sizeof(where)))
		return 0;
	kernel_put(&k, w, 0);
	explore_all(&first, s, &k);
	for (unsigned v = 1; switch_value(w, v, value, sizeof(value))[0]; v++) {
		kernel_put(&k, w, v);
		assert_true(kernel_moot(&k, w, where, sizeof(where)));
		explore_all(&x, s, &k);
		if (!same(&first, &x))
			fail_msg("%s: %s=%s where %s is another search; swapscope explore %s "
				 "--set %s=%s", s->name, name, value, where, s->name, name, value);
		exploration_free(&x);
	}
	exploration_free(&first);
	return 1;
}

/* In the presets in which it is so, and in one in which a condition is made to hold. */
static unsigned check_switch(const struct scenario *s, enum kernel_switch w)
{
	static const char *const of[] = { "v6.1.0", "v6.8", "v6.12", "v6.17", "v7.3" };
	const char *moot = kernel_switches[w].moot;
	unsigned n = 0;

	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		struct kernel k = kernel_find(of[i])->kernel;

		n += check_values(s, k, w);
		for (const char *c = moot; c && *c; c = strchr(c, ' ')) {
			char word[32];

			c += strspn(c, " ");
			snprintf(word, sizeof(word), "%.*s", (int)strcspn(c, " ,"), c);
			if (kernel_switch_named(word) < SWITCH_COUNT)
				assert_int_equal(kernel_set(&k, word), 0);
			if (i == 2)
				n += check_values(s, k, w);
		}
	}
	return n;
}

static void test_moot(void **state)
{
	unsigned looked[SWITCH_COUNT] = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
		struct scenario s;

		load(&s, scenarios[i]);
		for (enum kernel_switch w = 0; w < SWITCH_COUNT; w++)
			looked[w] += check_switch(&s, w);
		scenario_free(&s);
	}
	for (enum kernel_switch w = 0; w < SWITCH_COUNT; w++)
		if (!looked[w] != !kernel_switches[w].moot[0])
			fail_msg("%s: moot in %u kernels", kernel_switches[w].name, looked[w]);
}

/* A switch that is moot does something where it is not, and the condition that holds is named. */
static void test_condition(void **state)
{
	struct kernel k = kernel_find("v6.17")->kernel;
	char where[64];

	(void)state;
	assert_true(kernel_moot(&k, SWITCH_inuse, where, sizeof(where)));
	assert_string_equal(where, "free=at-once");
	assert_false(kernel_moot(&k, SWITCH_wait, where, sizeof(where)));
	k = kernel_like("v6.17 pin=none shmem=cache");
	assert_true(kernel_moot(&k, SWITCH_wait, where, sizeof(where)));
	assert_string_equal(where, "pin=none and shmem=cache");
	k = kernel_find("v6.8")->kernel;
	assert_false(kernel_moot(&k, SWITCH_inuse, where, sizeof(where)));
	assert_false(kernel_moot(&k, SWITCH_refcount, where, sizeof(where)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_condition),
		cmocka_unit_test(test_moot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
