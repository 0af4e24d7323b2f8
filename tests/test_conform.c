/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Captures of real kernels, and parts of them, are runs of the model of that kernel, and not of
 * another.
 */
#include <glob.h>

#include "tests/trace_help.h"

#include "tests/conform_help.h"

/* ---- whole captures ---- */

static void test_explained(void **state)
{
	static const struct {
		const char *name;
		unsigned events, slots, lives, right, wrong, ambiguous, most;
	} want[] = {
		{ "a", 91337, 2200, 2200, 622, 0, 21075, 24 },
		{ "a-6.12", 113876, 2213, 2200, 1577, 0, 66486, 32 },
		{ "b", 47761, 764, 727, 2054, 0, 18839, 240 },
		{ "c", 109524, 2053, 1858, 732, 0, 89010, 5250 },
		{ "c-6.12", 86896, 2003, 1816, 547, 0, 72088, 8880 },
		{ "d-fixed", 7352, 132, 111, 111, 0, 4715, 25 },
		{ "d-loss", 6213, 124, 105, 39, 66, 3760, 25 },
		{ "d-ok", 3838, 88, 88, 88, 0, 3134, 14 },
		{ "f-loss", 75165, 1661, 1597, 1968, 1, 34218, 80 },
		{ "f-ok", 51638, 1010, 956, 1889, 0, 23365, 25 },
		{ "g", 89967, 149, 1792, 0, 0, 36770, 68750 },
	};
	static struct conform_report r;
	struct captured c;

	(void)state;
	for (size_t i = 0; i < CAPTURES; i++) {
		captured_of(&c, want[i].name);
		captured_open(&c, "whole.db", shipped_path(want[i].name, ""));
		conform(&c, &c.k, false, &r);
		if (r.refuted)
			fail_msg("%s: event %llu is impossible", want[i].name,
				 (unsigned long long)r.first[0].event);
		assert_int_equal(r.events, want[i].events);
		assert_int_equal(r.checked, r.events);
		assert_int_equal(r.skipped + r.before + r.gave_up, 0);
		assert_int_equal(r.slots, want[i].slots);
		assert_int_equal(r.lives, want[i].lives);
		assert_int_equal(r.read[1], want[i].right);
		assert_int_equal(r.read[0], want[i].wrong);
		assert_int_equal(r.ambiguous, want[i].ambiguous);
		assert_int_equal(r.most_worlds, want[i].most);
		captured_close(&c);
	}
}

/* Short ones of more kernels, recorded with the script that `probes` makes. */
static void test_samples(void **state)
{
	static struct conform_report r;
	struct captured c;
	glob_t found;

	(void)state;
	assert_int_equal(glob("traces/samples/*.trace.zst", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		captured_at(&c, found.gl_pathv[i]);
		captured_open(&c, "sample.db", found.gl_pathv[i]);
		conform(&c, &c.k, false, &r);
		if (r.refuted || r.gave_up || r.batched || r.skipped)
			fail_msg("%s: event %llu is impossible, or %llu are too many worlds",
				 found.gl_pathv[i], (unsigned long long)r.first[0].event,
				 (unsigned long long)r.gave_up);
		assert_true(r.checked > 200 && r.checked + r.before == r.events);
		assert_int_equal(r.read[0], strstr(found.gl_pathv[i], "zero-page-6.12") ? 6 : 0);
		captured_close(&c);
	}
	assert_true(found.gl_pathc > 10);
	globfree(&found);
}

static int keep_stamp(void *arg, const struct capture_event *e)
{
	*(uint64_t *)arg = e->stamp;
	return 1;
}

static uint64_t stamp_of(const struct captured *c, uint64_t event)
{
	uint64_t stamp = 0;

	capture_scan_range(c->t, event, event, keep_stamp, &stamp);
	return stamp;
}

static void test_wrong_kernel(void **state)
{
	static const struct {
		const char *name, *set;
		unsigned function, side;
		uint64_t stamp;
		const char *instead;
	} want[] = {
		{ "d-loss", "pin=none", FN_swapcache_prepare, SIDE_ENTER, 30,
		  "swap_read_folio(), in zswap_load: spin_lock(&tree->lock)" },
		{ "d-loss", "load=nonexclusive", FN_zswap_invalidate_entry, SIDE_ENTER, 36,
		  "zswap_load() returns 0x1" },
		{ "d-loss", "refcount=off", FN_zswap_invalidate_entry, SIDE_ENTER, 36,
		  "zswap_entry_free(), in zswap_load: folio_mark_dirty(folio); "
		  "zswap_entry_free(entry)" },
		{ "d-loss", "bypass=off", FN_swap_read_folio, SIDE_ENTER, 34,
		  "add_to_swap_cache(), in __read_swap_cache_async: "
		  "add_to_swap_cache(folio, entry)" },
		{ "a", "load=exclusive", FN_zswap_load, SIDE_RETURN, 38519,
		  "zswap_entry_free(), in zswap_load: zswap_entry_put(tree, entry)" },
		{ "d-fixed", "load=exclusive", FN_zswap_load, SIDE_RETURN, 1885,
		  "zswap_invalidate_entry(), in zswap_load: zswap_entry_put(tree, entry)" },
		{ "d-ok", "invalidate=drain", FN_zswap_invalidate, SIDE_ENTER, 48,
		  "swapcache_clear() returns" },
	};
	static struct conform_report r;
	struct captured c;
	struct kernel k;

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		captured_of(&c, want[i].name);
		captured_open(&c, "whole.db", shipped_path(want[i].name, ""));
		k = c.k;
		assert_int_equal(kernel_set(&k, want[i].set), 0);
		conform(&c, &k, true, &r);
		assert_int_equal(r.refuted, 1);
		assert_int_equal(r.first[0].function, want[i].function);
		assert_int_equal(r.first[0].side, want[i].side);
		assert_int_equal(stamp_of(&c, r.first[0].event), want[i].stamp);
		assert_string_equal(r.first[0].text[0], want[i].instead);
		captured_close(&c);
	}
}

/* A page of zeroes is kept as a bit, and its slot's entry is left: not by another kernel. */
static void test_zeroes(void **state)
{
	static const struct {
		const char *set;
		uint64_t refuted, stamp;
	} want[] = { { "zeromap=off", 12, 1607 }, { "zero_store=erase", 12, 1607 } };
	static struct conform_report r;
	const char *path = "traces/samples/zero-page-6.12.trace.zst";
	struct captured c;
	struct kernel k;

	(void)state;
	captured_at(&c, path);
	captured_open(&c, "zeroes.db", path);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		k = c.k;
		assert_int_equal(kernel_set(&k, want[i].set), 0);
		conform(&c, &k, false, &r);
		assert_int_equal(r.refuted, want[i].refuted);
		assert_int_equal(stamp_of(&c, r.first[0].event), want[i].stamp);
	}
	captured_close(&c);
}

/* ---- parts of captures ---- */

/* Has swapoff taken a device away by then? */
static bool is_off(const char *name, unsigned line)
{
	struct lines l = read_lines(name, 1, line);
	bool off = false;

	for (unsigned i = 0; i < l.n && !off; i++)
		off = strstr(l.line[i], "sys_swapoff -> 0x0");
	free_lines(&l);
	return off;
}

/* Wherever tracing begins and ends: what was under way is not taken for something impossible. */
static void test_parts(void **state)
{
	static const unsigned starts[] = { 3429, 10000, 45000, 87000 };
	static struct judged v;
	uint64_t before = 0, checked = 0;

	(void)state;
	for (size_t i = 0; i < CAPTURES; i++) {
		struct captured c;

		captured_of(&c, captures[i].name);
		for (size_t j = 0; j < sizeof(starts) / sizeof(starts[0]); j++) {
			unsigned from = starts[j];
			struct lines l = read_lines(captures[i].name, from, from + 1500);

			if (l.n < 100) {
				free_lines(&l);
				break;
			}
			if (*c.later && is_off(captures[i].name, from))
				c.device = device_named(c.later);
			conform_lines(&l, &c, &v);
			if (v.r.refuted)
				fail_msg("%s from line %u: event %llu is impossible",
					 captures[i].name, from,
					 (unsigned long long)v.r.first[0].event);
			before += v.r.before;
			checked += v.r.checked;
			free_lines(&l);
		}
	}
	if (!before || checked <= 15 * before)
		fail_msg("%llu events of calls from before, %llu explained",
			 (unsigned long long)before, (unsigned long long)checked);
}

/* Where the kernel says that it lost events nothing is concluded from their absence. */
static void test_lost(void **state)
{
	static const char lost[] = "CPU:1 [LOST 7 EVENTS]";
	static struct judged v;
	unsigned missed = 0, holes = 0;

	(void)state;
	random_state = 7;
	for (size_t i = 0; i < CAPTURES; i++) {
		struct lines l = read_lines(captures[i].name, 1, 2500);
		struct captured c;

		captured_of(&c, captures[i].name);
		for (unsigned n = 0; n < 4; n++) {
			unsigned at = 100 + random_below(2000), many = 2 + random_below(40);
			char *saved[64];

			memcpy(saved, l.line + at, many * sizeof(saved[0]));
			memset(l.line + at, 0, many * sizeof(saved[0]));
			conform_lines(&l, &c, &v);
			missed += v.r.refuted;
			l.line[at] = (char *)lost;
			conform_lines(&l, &c, &v);
			memcpy(l.line + at, saved, many * sizeof(saved[0]));
			assert_int_equal(v.info.losses, 1);
			holes++;
			if (v.r.refuted)
				fail_msg("%s, lost %u at %u: event %llu is impossible",
					 captures[i].name, many, at,
					 (unsigned long long)v.r.first[0].event);
		}
		free_lines(&l);
	}
	/* without that line many holes are seen for what they are */
	assert_true(missed * 4 > holes);
}

/* More worlds than may be followed: said, and not taken for something impossible. */
static void test_bound(void **state)
{
	static struct conform_report r;
	struct conform_options o = { .worlds_max = 8 };
	struct captured c;

	(void)state;
	captured_of(&c, "b");
	captured_open(&c, "whole.db", shipped_path("b", ""));
	o.kernel = &c.k;
	o.device = c.device;
	assert_int_equal(conform_run(c.t, &o, &r), 0);
	assert_int_equal(r.refuted, 0);
	assert_true(r.gave_up > 0 && r.checked > 0);
	assert_true(r.checked < r.events);
	assert_true(r.most_worlds <= 8);
	captured_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_explained),
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_wrong_kernel), cmocka_unit_test(test_zeroes),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_bound),
	};

	quick_dir();
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
