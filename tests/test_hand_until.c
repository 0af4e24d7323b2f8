/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Running on until something comes about, and finding it in recorded runs: what can be asked for,
 * where it stops, and what is said of a text that asks for nothing.
 */
#include <errno.h>
#include <stdlib.h>

#include "hand_help.h"

#define UAF	"T0*7 W*11 T0"

static struct until parse(struct bench *b, const char *text)
{
	char why[UNTIL_WHY_MAX];
	struct until u;

	if (until_parse(&u, b->t, text, why))
		fail_msg("'%s': %s", text, why);
	return u;
}

/* Run on with a task from a position: where it stops, what is said, how many branches there are. */
static struct trace *on(struct bench *b, struct trace *t, uint64_t from, const char *task,
			const char *text, uint64_t to, bool met, const char *why)
{
	const struct until u = parse(b, text);
	struct hand_stop stop;
	struct trace *out;
	int r = hand_run_on(b->h, t, from, task ? (int)task_of(&b->s, task) : -1, &u, &out, &stop);

	if (r < 0 || stop.position != to || stop.met != met || strcmp(stop.why, why))
		fail_msg("%s until '%s': %d, %s at %d: '%s'", task, text, r,
			 stop.met ? "met" : "not met", (int)stop.position,
			 r < 0 ? hand_why(b->h) : stop.why);
	assert_in_range(trace_info(out)->events, to, SCHEDULE_MAX);
	return out;
}

static void test_run_on(void **state)
{
	struct trace *t, *u;
	struct bench b;
	(void)state;

	start(&b, "debate", "debate-a", "");
	t = on(&b, b.t, 0, "T0", "next", 1, true, "T0 made a step");
	t = on(&b, t, 1, "T0", "zswap_load", 4, true, "T0 is about to enter zswap_load");
	t = on(&b, t, 4, "T0", "zswap_decompress(entry, folio): begin", 7, true,
	       "T0 is about to make zswap_decompress(entry, folio): begin");
	t = on(&b, t, 7, "W", "slot 0 pin = cache", 12, true,
	       "slot 0 pin: add -> cache");
	t = on(&b, t, 12, "W", "entry 1 state != live", 18, true,
	       "entry 1 state: live -> free");
	assert_int_equal(hand_branches(b.h), 1);
	u = on(&b, t, 18, "T0", "breaks", 19, true, "UAF is violated");
	assert_ptr_equal(u, t);
	assert_string_equal(trace_info(t)->schedule, UAF);

	/* elsewhere it is a branch; along the run it is none */
	u = on(&b, t, 7, "W", "slot 0 pin = cache", 12, true,
	       "slot 0 pin: add -> cache");
	assert_ptr_equal(u, t);
	u = on(&b, t, 0, NULL, "breaks UAF", 19, true, "UAF is violated");
	assert_ptr_equal(u, t);
	u = on(&b, t, 7, "T0", "end", 26, true, "T0 is done with its operation");
	assert_ptr_not_equal(u, t);
	assert_int_equal(hand_branches(b.h), 2);
	assert_string_equal(trace_info(u)->schedule, "T0*26");
	end(&b);
}

/* It comes to an end also where it is never met, and says why. */
static void test_stops(void **state)
{
	const struct trace_finding *f;
	struct hand_stop stop;
	struct trace *t;
	struct until u;
	struct bench b;
	size_t n;
	(void)state;

	start(&b, "debate", "debate-a", "T0*5 W*4");
	on(&b, b.t, 9, "W", "slot 0 pin = sync", 10, false,
	   "W waits for the zswap tree lock, which T0 holds since 5");
	t = on(&b, b.t, 5, NULL, "slot 0 pin = sync", 10, false, "the run ends here");
	assert_ptr_equal(t, b.t);
	u = parse(&b, "next");
	assert_int_equal(hand_run_on(b.h, b.t, 10, task_of(&b.s, "W"), &u, &t, &stop), -EAGAIN);
	says(&b, "W waits for the zswap tree lock");
	assert_int_equal(hand_run_on(b.h, b.t, 10, -1, &u, &t, &stop), -EAGAIN);
	says(&b, "the run ends here");
	assert_int_equal(hand_run_on(b.h, b.t, 77, -1, &u, &t, &stop), -EINVAL);
	end(&b);

	start(&b, "debate", "debate-a", "T0*7 W*11");
	t = on(&b, b.t, 18, "T0", "slot 0 pin = free", 19, false,
	       "UAF is violated: what follows would say nothing");
	f = trace_findings(t, &n);
	assert_int_equal(n, 1);
	assert_string_equal(f->property, "UAF");
	end(&b);

	start(&b, "debate-forever", "debate-a", "");
	on(&b, b.t, 0, "W", "slot 0 pin = sync", HAND_RUN_ON_MAX, false,
	   "20000 moves were made without 'slot 0 pin = sync'");
	end(&b);
}

/* ---- texts ---- */

static void refused(struct bench *b, const char *text, const char *says)
{
	char why[UNTIL_WHY_MAX] = "";
	struct until u;

	assert_int_equal(until_parse(&u, b->t, text, why), -EINVAL);
	if (!strstr(why, says))
		fail_msg("'%s': '%s' is said, not '%s'", text, why, says);
}

static void test_texts(void **state)
{
	static const char *const good[] = {
		"next", " end ", "breaks", "breaks LOST", "slot 0 pin = none", "slot 0 holder=sync",
		"slot 0 count > 1", "slot 0 swap_map changes", "entry 1 ref", "page 0 stamp = v1",
		"page 0 stamp = garbage", "page 0 pte != present", "folio 3 lock = T0",
		"folio 1 flags = dirty", "zswap tree_lock = W", "zswap 0 tree_lock", "task W depth",
		"task 2 depth = 0", "device 0 users < 2", "zswap_load", "zswap_load()",
		"zswap_load: zswap_dec", "spin_unlock(&tree->lock)", "zswap_lo", "mm 0 ptl == 1",
	};
	char text[UNTIL_TEXT_MAX + 1];
	struct bench b;
	(void)state;

	start(&b, "debate", "debate-a", "");
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		parse(&b, good[i]);
	refused(&b, "", "what is waited for has 1 to 127 bytes");
	memset(text, 'x', UNTIL_TEXT_MAX);
	text[UNTIL_TEXT_MAX] = '\0';
	refused(&b, text, "what is waited for has 1 to 127 bytes");
	refused(&b, "zwap_load", "'zwap_load' is no function, and no step begins so");
	refused(&b, "zswap_load: nothing", "is no function, and no step begins so");
	refused(&b, "breaks UFA", "there is no property 'UFA'");
	refused(&b, "slot pin = none", "a field is 'slot NUMBER FIELD'");
	refused(&b, "slot 0", "a field is 'slot NUMBER FIELD'");
	refused(&b, "slot 1 pin = none", "this run has no slot 1");
	refused(&b, "folio 99 ref", "this run has no folio 99");
	refused(&b, "task X depth", "a field is 'task NUMBER FIELD'");
	refused(&b, "slot 0 pinn = none", "a slot has no field 'pinn': it has pin, count, swap_"
		"map");
	refused(&b, "slot 0 pin = nonne", "'nonne' is no value of slot's holder: a number, or "
		"none, alloc, add, cache, del, sync, free");
	refused(&b, "slot 0 pin none", "behind a field stands =, !=, <, > and a value");
	refused(&b, "slot 0 pin ! none", "behind a field stands =, !=, <, > and a value");
	refused(&b, "slot 0 pin =", "'' is no value of slot's holder");
	end(&b);
}

/* ---- recorded runs ---- */

struct all {
	struct bench *b;
	const struct execution *x;
	const struct until *u;
	int task;
};

/* What until_met() and until_at() say of a position, as until_find() counts. */
static bool here(const struct all *a, uint64_t at)
{
	int next = at < a->x->n ? a->x->step[at].move.task : -1;

	if (a->u->kind >= UNTIL_FUNCTION)
		return next >= 0 && (a->task < 0 || next == a->task) &&
		       until_at(a->u, a->x, at, (unsigned)next);
	return at && (a->task < 0 || a->x->step[at - 1].move.task == a->task) &&
	       until_met(a->u, a->x, at);
}

static bool go_on(void *arg, uint64_t position)
{
	(void)position;
	++*(unsigned *)arg;
	return true;
}

/* Every place, forward and backward, is where the execution itself has it. */
static void compare(const struct all *a)
{
	unsigned asked = 0;

	for (uint64_t from = 0; from <= a->x->n; from++) {
		uint64_t want = from, found = UINT64_MAX;
		int r = until_find(a->b->t, a->u, a->task, from, true, &found, go_on, &asked);

		do
			want++;
		while (want <= a->x->n && !here(a, want));
		if (r < 0 || (r ? found : a->x->n + 1) != want)
			fail_msg("'%s' of %d behind %d: %d at %d, not %d", a->u->text, a->task,
				 (int)from, r, (int)found, (int)want);
		r = until_find(a->b->t, a->u, a->task, from, false, &found, go_on, &asked);
		for (want = from; want && !here(a, want - 1);)
			want--;
		if (r < 0 || (r ? found + 1 : 0) != want)
			fail_msg("'%s' of %d before %d: %d at %d, not %d", a->u->text, a->task,
				 (int)from, r, (int)found, (int)want - 1);
	}
}

/* Moves by chance, of those that can be made. */
static void chance(struct schedule *s, const struct bench *b, unsigned moves, uint32_t seed)
{
	struct execution x;

	assert_int_equal(execution_init(&x, &b->s, &b->k), 0);
	for (unsigned tries = 0; x.n < moves && tries < 20 * moves; tries++) {
		struct move m;

		seed = seed * 1664525 + 1013904223;
		m = (struct move){ (uint8_t)((seed >> 8) % b->s.tasks),
				   (uint8_t)(seed >> 28 ? 0 : (seed >> 24) % 3) };
		if (!execution_move(&x, m))
			assert_int_equal(schedule_add(s, m), 0);
	}
	execution_free(&x);
}

static void test_find(void **state)
{
	static const char *const text[] = {
		"next", "end", "breaks", "breaks MAPPED", "slot 0 pin = none", "slot 0 pin",
		"slot 0 count > 0", "entry 1 ref", "entry 1 state = live", "page 0 pte != swap",
		"folio 1 lock = T0", "folio 1 flags = uptodate", "task 0 depth = 1",
		"zswap tree_lock != 0", "zswap_load", "do_swap_page", "touch_page",
		"spin_unlock(&tree->lock)", "zswap_load: zswap_decompress", "zswap_",
		"__read_swap_cache_async", "try_to_unmap_one", "zswap_store",
	};
	static const char *const name[] = { "debate", "writeback-race", "no-memory", "shmem",
					    "fork", "swapoff", "late-write" };
	static const char *const kernel[] = { "v6.1", "debate-a", "v6.9", "v7.0" };
	(void)state;

	for (unsigned i = 0; i < 7 * 4; i++) {
		struct schedule s = { 0 };
		struct all a;
		struct bench b;
		size_t made;

		start(&b, name[i / 4], kernel[i % 4], "");
		chance(&s, &b, 50, i + 1);
		assert_true(hand_walk(b.h, b.t, 0, &s, &b.t, &made) >= 0);
		assert_int_equal(made, s.n);
		for (size_t j = 0; j < sizeof(text) / sizeof(text[0]); j++) {
			char why[UNTIL_WHY_MAX];
			struct until u;

			if (until_parse(&u, b.t, text[j], why))
				continue;	/* not every scenario has all of them */
			a = (struct all){ .b = &b, .x = hand_execution(b.h, b.t), .u = &u };
			for (a.task = -1; a.task < (int)b.s.tasks; a.task++)
				compare(&a);
		}
		schedule_free(&s);
		end(&b);
	}
}

/* Where operations end and functions are entered, in runs by chance of all that is shipped. */
static void ends(const char *name, const char *kernel, uint32_t seed)
{
	static const char *const text[] = { "end", "touch_page", "do_swap_page", "zswap_" };
	struct schedule s = { 0 };
	struct bench b;
	struct all a;
	size_t made;

	start(&b, name, kernel, "");
	chance(&s, &b, 150, seed);
	assert_true(hand_walk(b.h, b.t, 0, &s, &b.t, &made) >= 0);
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		const struct until u = parse(&b, text[i]);
		uint64_t at = 0, want = 0;

		a = (struct all){ .b = &b, .x = hand_execution(b.h, b.t), .u = &u, .task = -1 };
		while (at <= a.x->n) {
			int r = until_find(b.t, &u, -1, at, true, &at, NULL, NULL);

			at = r == 1 ? at : a.x->n + 1;
			do
				want++;
			while (want <= a.x->n && !here(&a, want));
			if (r < 0 || at != want)
				fail_msg("%s under %s, seed %u, '%s': at %d, not %d", name, kernel,
					 seed, text[i], (int)at, (int)want);
		}
	}
	schedule_free(&s);
	end(&b);
}

static void test_ends(void **state)
{
	static const char *const kernel[] = { "debate-a", "v6.9", "v7.0" };
	(void)state;

	for (size_t i = 0; i < builtin_scenario_count; i++)
		for (uint32_t k = 0; k < 3; k++)
			ends(builtin_scenarios[i].name, kernel[k], k + 1);
}

/* A run of threads, which no move can be made in, is looked through all the same. */
static void test_large(void **state)
{
	static const char *const text[] = { "next", "end", "breaks", "slot 0 pin", "zswap_store",
					    "slot 0 pin = none", "spin_unlock(&tree->lock)" };
	char err[TRACE_ERROR_MAX];
	struct bench b = { 0 };
	unsigned found_any = 0;
	(void)state;

	assert_int_equal(trace_open(&b.t, "tests/data/live-reclaim.db", 0, err), 0);
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		const struct until u = parse(&b, text[i]);
		uint64_t at = 0, last = UINT64_MAX, back;
		unsigned forward = 0, backward = 0;

		while (forward < 100000 && until_find(b.t, &u, -1, at, true, &at, NULL, NULL) == 1)
			forward++, last = at;
		back = last;
		while (forward && until_find(b.t, &u, -1, back, false, &back, NULL, NULL) == 1 &&
		       back)
			backward++;
		if (forward)
			assert_int_equal(backward + 1, forward);
		found_any += forward > 0;
	}
	assert_in_range(found_any, 4, 7);
	trace_free(b.t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run_on),
		cmocka_unit_test(test_stops),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
