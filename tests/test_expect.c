/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every shipped scenario against what its file expects of every kernel.
 */
#include "tests/check.h"

static void kernel_name(const struct expect *e, char *buf, size_t size)
{
	snprintf(buf, size, "%s", e->kernel);
	for (unsigned i = 0; i < e->set_count; i++) {
		size_t n = strlen(buf);

		snprintf(buf + n, size - n, " %s", e->sets[i]);
	}
}

static void check_reached(const struct scenario *s, const struct exploration *x, const char *name)
{
	const char *unreached = exploration_unreached(x, s);

	if (unreached)
		fail_msg("swapscope explore %s --kernel %s: '%s' is never reached", s->name, name,
			 unreached);
}

/*
 * Each finding replays: it breaks its property at its last step, and no earlier one does.  What
 * repeats for ever breaks it at none.
 */
static void check_findings(const struct scenario *s, const struct kernel *k,
			   const struct exploration *x)
{
	for (unsigned i = 0; i < x->findings; i++) {
		const struct finding *f = &x->finding[i];
		struct execution e;

		assert_int_equal(execution_init(&e, s, k), 0);
		assert_int_equal(execution_run(&e, &f->schedule), 0);
		for (size_t j = 0; j < e.n; j++)
			assert_int_equal(!!(e.step[j].violated & (1u << f->property)),
					 j + 1 == e.n && f->loop == f->schedule.n);
		execution_free(&e);
	}
}

static void check_case(const struct scenario *s, const struct expect *e)
{
	struct explore_options o = { .livelock = true };
	struct exploration x;
	struct kernel k;
	char name[256];

	kernel_name(e, name, sizeof(name));
	expect_kernel(e, &k);
	assert_int_equal(explore(&x, s, &k, &o), 0);
	if (e->safe && x.verdict != VERDICT_SAFE)
		fail_msg("%s:%u: swapscope explore %s --kernel %s is not safe", s->name, e->line,
			 s->name, name);
	if (!expect_met(e, x.violated | x.costs, known_properties(x.complete, x.bound)))
		fail_msg("%s:%u: swapscope explore %s --kernel %s finds other properties (%#x)",
			 s->name, e->line, s->name, name, x.violated | x.costs);
	if (e->safe)
		check_reached(s, &x, name);
	check_findings(s, &k, &x);
	exploration_free(&x);
}

static void test_expectations(void **state)
{
	static const char *const own[] = {
		"tests/scenarios/two-mms.scn", "tests/scenarios/two-lives.scn",
		"tests/scenarios/for-ever.scn", "tests/scenarios/zero-page-disk.scn",
		"tests/scenarios/unreadable.scn",
		"tests/scenarios/fork-swapped.scn", "tests/scenarios/fork-mapped.scn",
		"tests/scenarios/fork-fault.scn", "tests/scenarios/munmap-two.scn",
		"tests/scenarios/munmap-shared.scn", "tests/scenarios/munmap-order.scn",
		"tests/scenarios/munmap-devices.scn", "tests/scenarios/devices-full.scn",
		"tests/scenarios/alloc-cache.scn", "tests/scenarios/disk-full.scn",
		"tests/scenarios/shmem-new.scn", "tests/scenarios/shmem-unreadable.scn",
		"tests/scenarios/shmem-swapoff.scn", "tests/scenarios/write-protect.scn",
		"tests/scenarios/move-back.scn", "tests/scenarios/sigbus.scn",
		"tests/scenarios/swapoff-unreadable.scn", "tests/scenarios/devices-drained.scn",
		"tests/scenarios/parked-full.scn", "tests/scenarios/cow-cached.scn",
		"tests/scenarios/cow-zapped.scn", "tests/scenarios/munmap-cached.scn",
		"tests/scenarios/off-twice.scn", "tests/scenarios/move-onto.scn",
		"tests/scenarios/move-shared.scn", "tests/scenarios/move-swapoff.scn",
		"tests/scenarios/shmem-pressed.scn", "tests/scenarios/shmem-and-anon.scn",
		"tests/scenarios/numbers.scn", "tests/scenarios/other-slot.scn",
		"tests/scenarios/shmem-other-slot.scn", "tests/scenarios/fork-none.scn",
		"tests/scenarios/alloc-off.scn", "tests/scenarios/retry.scn",
		"tests/scenarios/fork-write.scn", "tests/scenarios/two-copies.scn",
		"tests/scenarios/write-reclaimed.scn", "tests/scenarios/fork-out.scn",
		"tests/scenarios/fork-back.scn", "tests/scenarios/move-cached.scn",
		"tests/scenarios/zero-again.scn", "tests/scenarios/zero-again-disk.scn",
		"tests/scenarios/written-meanwhile.scn", "tests/scenarios/batch-cached.scn",
		"tests/scenarios/batch-alone.scn", "tests/scenarios/one-by-one.scn",
		"tests/scenarios/shmem-error.scn", "tests/scenarios/fork-broken.scn",
		"tests/scenarios/shmem-zeroes.scn", "tests/scenarios/cache-reclaimed.scn",
		"tests/scenarios/cache-reclaimed-page.scn", "tests/scenarios/shared-write.scn",
		"tests/scenarios/fork-anon.scn", "tests/scenarios/munmap-other.scn",
		"tests/scenarios/full-swapoff.scn", "tests/scenarios/shmem-second.scn",
		"tests/scenarios/load-exclusive.scn", "tests/scenarios/writeback-eio.scn",
		"tests/scenarios/fork-read.scn", "tests/scenarios/two-shrinkers.scn",
		"tests/scenarios/move-reused.scn", "tests/scenarios/slept-unwoken.scn",
		"tests/scenarios/apart-waits.scn", "tests/scenarios/apart-pages.scn",
		"tests/scenarios/apart-priority.scn",
	};

	(void)state;
	assert_true(builtin_scenario_count >= 9);
	for (size_t i = 0; i < builtin_scenario_count + sizeof(own) / sizeof(own[0]); i++) {
		struct scenario s;

		load(&s, i < builtin_scenario_count ? builtin_scenarios[i].name :
		     own[i - builtin_scenario_count]);
		assert_true(s.expects > 0);
		for (unsigned j = 0; j < s.expects; j++)
			check_case(&s, &s.expect[j]);
		scenario_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expectations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
