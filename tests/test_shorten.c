/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A hundred failing walks by chance, over shipped scenarios and their kernels, made short: the
 * results are judged by a checker that knows nothing of how they were come by.  It makes whole
 * worlds (move_try()), leaves out every move, every range of a task's moves and every task, and
 * swaps neighbours.
 */
#include <errno.h>
#include <stdlib.h>

#include "replay/shorten/shorten.h"
#include "tests/check.h"

#define WALKS		100
#define TRIES		150	/* walks by chance of a scenario under a kernel, until one fails */
#define STEPS		250
#define SEARCH		(SANITIZED ? 2000 : 20000)
#define SHORTEST	400000	/* states in which the shortest is looked for */

static uint64_t draw(uint64_t *x)
{
	*x ^= *x >> 12;
	*x ^= *x << 25;
	*x ^= *x >> 27;
	return *x * 0x2545f4914f6cdd1dull >> 33;
}

/* ---- an independent judge ---- */

struct naive {
	const struct scenario *s;
	const struct kernel *k;
	enum property property;
};

/* Make the moves, skip what cannot be made; the steps to the violation, 0: there is none. */
static size_t naive_run(const struct naive *c, const struct move *m, size_t n, size_t *switches)
{
	struct world w;
	struct move_tried tried;
	size_t steps = 0;
	int last = -1;

	*switches = 0;
	scenario_start(c->s, c->k, &w);
	for (size_t i = 0; i < n; i++) {
		if (move_try(c->s, c->k, &w, m[i], &tried))
			continue;
		steps++;
		*switches += last >= 0 && last != m[i].task;
		last = m[i].task;
		if ((tried.step.violated | tried.step.costs) >> c->property & 1)
			return steps;
		if (tried.step.violated & properties_ending())
			return 0;
		w = tried.after;
	}
	return 0;
}

static void must_not_be_better(const struct naive *c, const struct shortened *r,
			       const struct move *m, size_t n, const char *what, size_t at)
{
	size_t switches, steps = naive_run(c, m, n, &switches);
	char *text;

	if (!steps || steps > r->schedule.n ||
	    (steps == r->schedule.n && switches >= r->switches))
		return;
	text = schedule_text(c->s, &r->schedule);
	fail_msg("%s: %s: '%s' with %s at %zu is better: %zu steps, %zu switches", c->s->name,
		 properties[c->property].name, text, what, at, steps, switches);
}

/* Every range of one task's moves left out: single ones and all of them are among these. */
static void check_removals(const struct naive *c, const struct shortened *r, unsigned task)
{
	const struct schedule *q = &r->schedule;
	struct move *m = calloc(q->n + 1, sizeof(*m));

	assert_non_null(m);
	for (size_t from = 0; from < q->n; from++)
		for (size_t to = from; to < q->n; to++) {
			size_t n = 0;

			if (q->move[from].task != task || q->move[to].task != task)
				continue;
			for (size_t i = 0; i < q->n; i++)
				if (i < from || i > to || q->move[i].task != task)
					m[n++] = q->move[i];
			must_not_be_better(c, r, m, n, "moves left out", from);
		}
	free(m);
}

/* Neighbouring moves, and neighbouring blocks, swapped. */
static void check_swaps(const struct naive *c, const struct shortened *r)
{
	const struct schedule *q = &r->schedule;
	struct move *m = calloc(q->n + 1, sizeof(*m));

	assert_non_null(m);
	for (size_t i = 0; i + 1 < q->n; i++) {
		memcpy(m, q->move, q->n * sizeof(*m));
		m[i] = q->move[i + 1];
		m[i + 1] = q->move[i];
		must_not_be_better(c, r, m, q->n, "moves swapped", i);
	}
	for (size_t a = 0; a < q->n;) {
		size_t b = a, end, n = 0;

		while (b < q->n && q->move[b].task == q->move[a].task)
			b++;
		for (end = b; end < q->n && q->move[end].task == q->move[b].task;)
			end++;
		memcpy(m, q->move, q->n * sizeof(*m));
		for (size_t i = b; i < end; i++)
			m[a + n++] = q->move[i];
		for (size_t i = a; i < b; i++)
			m[a + n++] = q->move[i];
		must_not_be_better(c, r, m, q->n, "blocks swapped", a);
		a = b;
	}
	free(m);
}

static void check_minimal(const struct naive *c, const struct shortened *r)
{
	size_t switches;

	assert_true(r->minimal);
	assert_true(r->schedule.n <= r->before_steps);
	assert_int_equal(naive_run(c, r->schedule.move, r->schedule.n, &switches), r->schedule.n);
	assert_int_equal(switches, r->switches);
	assert_int_equal(schedule_switches(&r->schedule), switches);
	for (unsigned task = 0; task < c->s->tasks; task++)
		check_removals(c, r, task);
	check_swaps(c, r);
}

/* ---- walks ---- */

/* A walk by chance, up to its first violation, *p; or none. */
static bool walk(const struct scenario *s, const struct kernel *k, uint64_t seed,
		 struct schedule *q, enum property *p)
{
	uint64_t rng = seed * 0x9e3779b97f4a7c15ull | 1;
	struct move_tried tried;
	struct world w;
	unsigned task = 0;

	*q = (struct schedule){ 0 };
	scenario_start(s, k, &w);
	for (unsigned i = 0; i < 4 * STEPS && q->n < STEPS; i++) {
		struct move m;

		if (draw(&rng) % (1 + seed % 5) == 0)	/* the same one may go on */
			task = (unsigned)(draw(&rng) % s->tasks);
		m = (struct move){ (uint8_t)task,
				   draw(&rng) % 4 ? 0 : (uint8_t)(draw(&rng) % 3) };
		if (move_try(s, k, &w, m, &tried)) {
			task = (unsigned)(draw(&rng) % s->tasks);
			continue;
		}
		assert_int_equal(schedule_add(q, m), 0);
		w = tried.after;
		if (tried.step.violated) {
			*p = (enum property)__builtin_ctz(tried.step.violated);
			return true;
		}
	}
	schedule_free(q);
	return false;
}

/* ---- ratios ---- */

struct ratios {
	double with[WALKS], without[WALKS];	/* searches */
	unsigned n, shortest;
	size_t steps_before, steps_after, switches_before, switches_after;
};

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, unsigned n)
{
	qsort(v, n, sizeof(*v), by_size);
	return (v[(n - 1) / 2] + v[n / 2]) / 2;
}

/* The steps of the shortest run that violates a property; 0: not found within the bound. */
static size_t shortest(const struct naive *c)
{
	const struct explore_options o = { .only = 1u << c->property, .max_states = SHORTEST };
	struct exploration x;
	size_t n;

	assert_int_equal(explore(&x, c->s, c->k, &o), 0);
	n = x.findings ? x.finding[0].schedule.n : 0;
	exploration_free(&x);
	return n;
}

static void one_walk(const struct naive *c, const struct schedule *q, size_t least,
		     struct ratios *to)
{
	const struct shorten_options searching = { .max_states = SEARCH }, none = { 0 };
	struct shortened r;

	assert_int_equal(shorten(&r, c->s, c->k, q, c->property, &none), 0);
	check_minimal(c, &r);
	assert_false(r.shortest);
	assert_int_equal(r.searches, 0);
	to->without[to->n] = (double)r.schedule.n / (double)least;
	shortened_free(&r);
	assert_int_equal(shorten(&r, c->s, c->k, q, c->property, &searching), 0);
	check_minimal(c, &r);
	assert_true(r.schedule.n >= least);
	if (r.shortest)
		assert_int_equal(r.schedule.n, least);
	to->with[to->n++] = (double)r.schedule.n / (double)least;
	to->shortest += r.schedule.n == least;
	to->steps_before += r.before_steps;
	to->switches_before += r.before_switches;
	to->steps_after += r.schedule.n;
	to->switches_after += r.switches;
	shortened_free(&r);
}

/* One walk of a scenario under a kernel that fails, of those with the next seeds.  Is there one? */
static bool some_walk(const struct scenario *s, const struct kernel *k, uint64_t seed,
		      struct ratios *to)
{
	for (uint64_t end = seed + TRIES; seed < end; seed++) {
		struct naive c = { .s = s, .k = k };
		struct schedule q;
		size_t least;

		if (!walk(s, k, seed, &q, &c.property))
			continue;
		least = shortest(&c);
		if (least)
			one_walk(&c, &q, least, to);
		schedule_free(&q);
		return least;
	}
	return false;
}

static unsigned round_of_walks(uint64_t seed, struct ratios *to)
{
	unsigned scenarios = 0;

	for (size_t i = 0; i < builtin_scenario_count && to->n < WALKS; i++) {
		const unsigned before = to->n;
		struct scenario s;

		load(&s, builtin_scenarios[i].name);
		for (unsigned e = 0; e < s.expects && to->n < WALKS; e++) {
			struct kernel k;

			expect_kernel(&s.expect[e], &k);
			if (!s.expect[e].safe && s.expect[e].any != 1u << PROP_LIVELOCK)
				some_walk(&s, &k, seed, to);
		}
		scenarios += to->n > before;
		scenario_free(&s);
	}
	return scenarios;
}

static void test_walks(void **state)
{
	struct ratios *to = calloc(1, sizeof(*to));
	unsigned scenarios;
	double with, without;

	(void)state;
	assert_non_null(to);
	scenarios = round_of_walks(1, to);
	for (uint64_t seed = TRIES + 1; seed < 20 * TRIES && to->n < WALKS; seed += TRIES)
		round_of_walks(seed, to);
	with = median(to->with, to->n);
	without = median(to->without, to->n);
	printf("%u walks of %u scenarios, locally minimal: %zu steps, %zu switches -> %zu, %zu; "
	       "%u are the shortest; median of the shortest's length: %.3f with searches of %d "
	       "states (worst %.2f), %.3f without (worst %.2f)\n", to->n, scenarios,
	       to->steps_before, to->switches_before, to->steps_after, to->switches_after,
	       to->shortest, with, SEARCH, to->with[to->n - 1], without, to->without[to->n - 1]);
	assert_int_equal(to->n, WALKS);
	assert_true(scenarios >= 20);
	assert_true(with <= 1.1);
	assert_true(without <= 1.3);
	free(to);
}

/* ---- what is no such run ---- */

static bool stop(void *arg, uint64_t tried, size_t steps)
{
	(void)tried;
	(void)steps;
	return ++*(unsigned *)arg < 2;
}

static void with_schedule(const char *scenario, const char *kernel, const char *text,
			  enum property p, const struct shorten_options *o, int expected,
			  struct shortened *r)
{
	const struct kernel k = kernel_like(kernel);
	struct scenario s;
	struct schedule q;
	size_t at;

	load(&s, scenario);
	assert_int_equal(schedule_parse(&q, &s, text, &at), 0);
	assert_int_equal(shorten(r, &s, &k, &q, p, o), expected);
	schedule_free(&q);
	scenario_free(&s);
}

static void test_refused(void **state)
{
	const struct shorten_options o = { .max_states = 1000 };
	struct shortened r;

	(void)state;
	with_schedule("debate", "debate-a", "T0*7 W*11 T0", PROP_LIVELOCK, &o, -ENOTSUP, &r);
	with_schedule("debate", "debate-a", "T0*7 W*11 T0", PROP_LOST, &o, -ENOENT, &r);
	with_schedule("debate", "debate-a", "", PROP_UAF, &o, -ENOENT, &r);
	with_schedule("debate", "debate-a", "T0/7 T0*7 W*11 T0", PROP_UAF, &o, -EAGAIN, &r);
	with_schedule("debate", "v6.9", "T0*7 W*11 T0", PROP_UAF, &o, -EAGAIN, &r);
}

/* Moves behind the violation are left out; a run that is the shortest stays what it is. */
static void test_kept(void **state)
{
	const struct shorten_options o = { .max_states = 100000 };
	struct shortened r;

	(void)state;
	with_schedule("debate", "debate-a", "T0*7 W*11 T0", PROP_UAF, &o, 0, &r);
	assert_int_equal(r.schedule.n, 19);
	assert_int_equal(r.switches, 2);
	assert_true(r.shortest && r.minimal);
	assert_int_equal(r.searched, 0);
	shortened_free(&r);
}

/* Who watches can stop it: what there is by then fails too, and is not called minimal. */
static void test_stopped(void **state)
{
	unsigned times = 0;
	const struct shorten_options o = { .max_states = 100000000, .progress = stop,
					   .progress_arg = &times };
	struct shortened r;

	(void)state;
	with_schedule("debate", "debate-a", "T1*2 T0*3 T1 T0*4 W*11 T0", PROP_UAF, &o, 0, &r);
	assert_true(times >= 2);
	assert_false(r.minimal);
	assert_false(r.shortest);
	assert_true(r.schedule.n <= 22);
	shortened_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walks),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
