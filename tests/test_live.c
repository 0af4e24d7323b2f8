/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Real threads: what they do is what the model allows, under every kernel, however slow the reader
 * and coarse the clock.  SWAPSCOPE_SEED=N runs it with other draws.
 */
#include <pthread.h>

#include "tests/live_help.h"

/* The thread that cannot be started, counted from 1; 0: all can. */
static unsigned no_thread;

int __real_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *arg);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *arg);

int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *arg)
{
	if (no_thread && !--no_thread)
		return EAGAIN;
	return __real_pthread_create(t, a, f, arg);
}

/* Kernels that no scenario finds a wrong page in: nor may threads. */
static bool is_safe(const char *name)
{
	static const char *const safe[] = { "v6.9", "v6.12", "v6.17", "v6.18", "v7.0", "v7.3" };

	for (size_t i = 0; i < sizeof(safe) / sizeof(safe[0]); i++)
		if (!strcmp(safe[i], name))
			return true;
	return false;
}

static void test_every_kernel(void **state)
{
	size_t n;
	const struct preset *p = kernel_presets(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		if (SAFE_ONLY && !is_safe(p[i].name))
			continue;
		for (unsigned device = 0; device < DEVICE_COUNT; device++) {
			struct live_options o = options(3, 400, device);
			struct taken t = { 0 };
			struct live_result r;

			o.widen = device == DEVICE_BRD;
			run(&p[i].kernel, &o, &t, &r);
			assert_true(r.findings || r.operations == 3 * 400);
			if (is_safe(p[i].name) && r.findings)
				fail_msg("%s: %s", p[i].name, r.finding);
			/* a page is wrong only where the model has something wrong before */
			if (r.findings)
				assert_non_null(t.broken);
			taken_free(&t);
		}
	}
}

/* Many threads share few objects: what one keeps for itself another lacks. */
static void test_tiny_worlds(void **state)
{
	static const char *const kernel[] = { "v6.9", "v6.18", "v7.0" };

	(void)state;
	for (unsigned i = 0; i < 12; i++) {
		struct kernel k = kernel_like(kernel[i % 3]);
		struct live_options o = options(2 + i * 29 / 11, 150, i % DEVICE_COUNT);
		struct taken t = { 0 };
		struct live_result r;

		o.pages = 4 * o.threads;
		o.slots = i % 2 ? 2 : o.pages;
		o.entries = i % 4 < 2 ? 1 : o.pages / 3;
		o.seed += i;
		run(&k, &o, &t, &r);
		if (r.findings)
			fail_msg("%u threads, seed %llu: %s", o.threads,
				 (unsigned long long)o.seed, r.finding);
		assert_int_equal(r.operations, o.threads * 150);
		taken_free(&t);
	}
}

/* Clocks that many steps of many threads read alike: versions keep the order. */
static void test_coarse_clock(void **state)
{
	static const uint32_t resolution[] = { 100, 1000, 50000, 4000000 };
	struct kernel k = kernel_like("v7.0");

	(void)state;
	for (size_t i = 0; i < sizeof(resolution) / sizeof(resolution[0]); i++) {
		struct live_options o = options(4, 3000, DEVICE_ZRAM);
		struct taken t = { 0 };
		struct live_result r;

		o.clock_ns = resolution[i];
		run(&k, &o, &t, &r);
		taken_free(&t);
	}
}

/* What it is all about: the broken kernel maps a page that was read from a freed entry. */
static void test_debate(void **state)
{
	struct kernel k = kernel_like("debate-a");
	unsigned found = 0;

	(void)state;
	if (SAFE_ONLY)
		skip();
	for (uint64_t i = 0; i < 20 && !found; i++) {
		struct live_options o = options(4, 20000, DEVICE_ZRAM);
		struct taken t = { 0 };
		struct live_result r;

		o.seed += i;
		o.widen = true;
		run(&k, &o, &t, &r);
		found = r.findings;
		if (found) {
			assert_memory_equal(r.finding, "MAPPED: T", 9);
			assert_true(t.marked);
			assert_non_null(t.broken);
		}
		taken_free(&t);
	}
	assert_true(found);
}

/* ---- who takes the events ---- */

static void test_slow_reader(void **state)
{
	struct kernel k = kernel_like("v6.9");
	struct live_options o = options(3, 8000, DEVICE_ZRAM);
	struct taken t = { 0 };
	struct live_result r;

	(void)state;
	run(&k, &o, &t, &r);		/* threads wait: nothing is lost */
	assert_int_equal(r.operations, 3 * 8000);
	taken_free(&t);

	o.arg = &t;
	o.drop = true;
	o.operations = 0;
	/* slower and slower: a busy machine's threads take longer to fill what the reader leaves */
	for (unsigned times = 1; times <= 64; times *= 4) {
		t = (struct taken){ .nap_us = 100 * times };
		t.replay = replay_of(&k, &o);
		o.seconds = times;
		assert_int_equal(live_run(&k, &o, NULL, &r), 0);
		assert_int_equal(t.wrong, 0);	/* what is there is the beginning, whole */
		assert_int_equal(r.recorded, t.seen);
		assert_int_equal(r.recorded + r.dropped, r.steps);
		taken_free(&t);
		if (r.dropped || SAFE_ONLY)	/* a sanitizer makes threads slow */
			return;
	}
	fail_msg("nothing is dropped");
}

static void test_reader_fails(void **state)
{
	struct kernel k = kernel_like("v6.9");
	struct live_options o = options(3, 0, DEVICE_ZRAM);
	struct taken t = { .fail_at = 1000 };
	struct live_result r;

	(void)state;
	o.seconds = 3600;
	o.arg = &t;
	assert_int_equal(live_run(&k, &o, NULL, &r), -EDOM);
	assert_int_equal(t.seen, 1000);
	taken_free(&t);
	assert_int_equal(live_run(&k, &o, "/no/such/folder", &r), -ENOENT);
}

/* A reader that is away for long is no deadlock of those that wait for it. */
static void test_reader_away(void **state)
{
	struct kernel k = kernel_like("v6.9");
	struct live_options o = options(8, 0, DEVICE_ZRAM);
	struct taken t = { .stall_at = 2000 };
	struct live_result r;

	(void)state;
	if (!getenv("SWAPSCOPE_LONG") || !strcmp(getenv("SWAPSCOPE_LONG"), "0"))
		skip();
	o.pages = 32;
	o.seconds = 13;
	run(&k, &o, &t, &r);
	if (r.findings)
		fail_msg("%s", r.finding);
	taken_free(&t);
}

/* The timer, each of three threads, and the disk. */
static void test_no_thread(void **state)
{
	struct kernel k = kernel_like("v6.9");

	(void)state;
	for (unsigned i = 1; i <= 5; i++) {
		for (unsigned recorded = 0; recorded < 2; recorded++) {
			struct live_options o = options(3, 0, DEVICE_DISK);
			struct taken t = { 0 };
			struct live_result r;

			o.seconds = 3600;
			o.arg = &t;
			if (!recorded)
				o.event = NULL;
			no_thread = i;
			assert_int_equal(live_run(&k, &o, NULL, &r), -EAGAIN);
			assert_int_equal(no_thread, 0);
			taken_free(&t);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kernel),
		cmocka_unit_test(test_tiny_worlds),
		cmocka_unit_test(test_coarse_clock),
		cmocka_unit_test(test_debate),
		cmocka_unit_test(test_slow_reader),
		cmocka_unit_test(test_reader_fails),
		cmocka_unit_test(test_reader_away),
		cmocka_unit_test(test_no_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
