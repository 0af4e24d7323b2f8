/* SPDX-License-Identifier: GPL-2.0-only */
/* Two runs, of one kernel or of two: where they part, and which step of one is the other's. */
#include "replay/pair/align.h"
#include "tests/check.h"
#include "tests/trace_help.h"
#include "ui/panel/panel.h"
#include "ui/view/view.h"

#define PAIRS	6	/* of runs of each shipped scenario */
#define STEPS	60

static void made(struct recorded *r, const char *scenario, const char *kernel, const char *moves)
{
	struct schedule schedule = { 0 };
	size_t at;

	start(r, scenario, kernel);
	assert_int_equal(schedule_parse(&schedule, &r->s, moves, &at), 0);
	assert_int_equal(execution_run(&r->x, &schedule), 0);
	schedule_free(&schedule);
}

/* The last run of the file, which is one more then. */
static struct trace *kept(const struct recorded *r)
{
	return open_run(file("a.db"), record(file("a.db"), true, r));
}

static void turned(struct alignment *al)
{
	const struct alignment was = *al;

	al->b_of_a = was.a_of_b;
	al->a_of_b = was.b_of_a;
	al->a_events = was.b_events;
	al->b_events = was.a_events;
	al->a_parted = was.b_parted;
	al->b_parted = was.a_parted;
}

static void check_map(const uint64_t *map, uint64_t n, uint64_t other, uint64_t common)
{
	for (uint64_t i = 0; i <= n; i++) {
		assert_true(map[i] <= other);
		assert_true(!i || map[i - 1] <= map[i]);
		if (i <= common)
			assert_int_equal(map[i], i);
	}
}

static uint64_t common_start(const struct execution *a, const struct execution *b)
{
	size_t i = 0;

	while (i < a->n && i < b->n && a->step[i].move.task == b->step[i].move.task &&
	       a->step[i].step == b->step[i].step &&
	       !strcmp(a->step[i].result ? a->step[i].result : "",
		       b->step[i].result ? b->step[i].result : ""))
		i++;
	return i;
}

/* Steps that stand beside each other are the same task's; the marks begin where they part. */
static void check_marks(const struct chapter *c, uint64_t common)
{
	const struct alignment *al = &c->alignment;
	uint64_t events[] = { al->a_events, al->b_events };

	for (unsigned side = 0; side < 2; side++) {
		uint64_t first = 0;

		assert_int_equal(parted_at(c, side), al->same ? UINT64_MAX : common);
		for (uint64_t at = events[side]; at; at--)
			if (differs_here(c, side, at) || step_differs(c, side, at))
				first = at;
		assert_int_equal(first, events[side] > common ? common + 1 : 0);
		assert_int_equal(next_difference(c, side, 0, true), first);
	}
	for (uint64_t i = 1; i <= al->a_events; i++)
		assert_int_equal(step_differs(c, 0, i), al->b_of_a[i] == al->b_of_a[i - 1] ||
				 step_differs(c, 1, al->b_of_a[i]));
}

static void check_why(const struct alignment *al)
{
	const char *ends = al->a_events == al->a_parted ? "left run ends there" :
			   al->b_events == al->b_parted ? "right run ends there" : NULL;

	if (al->same)
		assert_string_equal(al->why, "");
	else if (!strstr(al->why, ends ? ends : "the schedules part.  "))
		fail_msg("'%s'", al->why);
}

static void check_pair(const struct recorded *a, const struct recorded *b)
{
	struct chapter c = { .run = { kept(a), kept(b) } };
	uint64_t common = common_start(&a->x, &b->x);
	struct alignment *al = &c.alignment, back;

	assert_int_equal(align_runs(al, c.run[0], c.run[1]), 0);
	assert_int_equal(al->same, common == a->x.n && common == b->x.n);
	assert_int_equal(al->a_parted, common);
	assert_int_equal(al->b_parted, common);
	check_map(al->b_of_a, al->a_events, al->b_events, common);
	check_map(al->a_of_b, al->b_events, al->a_events, common);
	check_marks(&c, common);
	check_why(al);
	/* what is not marked is true of the worlds too */
	assert_memory_equal(&a->x.world[common], &b->x.world[common], sizeof(struct world));
	assert_int_equal(align_runs(&back, c.run[1], c.run[0]), 0);
	check_why(&back);
	turned(&back);
	assert_memory_equal(al->b_of_a, back.b_of_a, (al->a_events + 1) * sizeof(uint64_t));
	assert_memory_equal(al->a_of_b, back.a_of_b, (al->b_events + 1) * sizeof(uint64_t));
	alignment_free(al);
	alignment_free(&back);
	trace_free(c.run[0]);
	trace_free(c.run[1]);
}

/* The first moves of one run. */
static void begin_like(struct recorded *r, const struct execution *x, size_t moves)
{
	for (size_t i = 0; i < moves; i++)
		assert_int_equal(execution_move(&r->x, x->step[i].move), 0);
}

static void test_by_chance(void **state)
{
	(void)state;
	for (size_t i = 0; i < builtin_scenario_count; i++)
		for (unsigned n = 0; n < PAIRS; n++) {
			const char *name = builtin_scenarios[i].name;
			const char *kernel = n & 1 ? "debate-a" : "v6.9";
			struct recorded a, b;
			size_t share;

			start(&a, name, kernel);
			walk(&a, 1 + n * STEPS / PAIRS, (uint32_t)(i * PAIRS + n + 1));
			share = random_below((uint32_t)a.x.n + 1);
			start(&b, name, kernel);
			begin_like(&b, &a.x, share);
			if (n % 3)		/* else it ends where they would part */
				walk(&b, (unsigned)share + 1 + random_below(STEPS), n + 77);
			if (b.x.n) {
				print_message("%s, %s, pair %u\n", name, kernel, n);
				check_pair(&a, &b);
			}
			done(&a);
			done(&b);
			unlink(file("a.db"));
		}
}

/* Two runs as they are recorded, left and right, and their alignment. */
static void compared(const struct recorded *left, const struct recorded *right,
		     struct trace *t[2], struct alignment *al)
{
	t[0] = kept(left);
	t[1] = kept(right);
	assert_int_equal(align_runs(al, t[0], t[1]), 0);
}

static void put_away(struct recorded *a, struct recorded *b, struct trace *t[2],
		     struct alignment *al)
{
	alignment_free(al);
	trace_free(t[0]);
	trace_free(t[1]);
	done(a);
	done(b);
	unlink(file("a.db"));
}

/* One schedule lets T0 make two steps more before W is in turn. */
static void test_longer_turn(void **state)
{
	struct recorded a, b;
	struct alignment al;
	struct trace *t[2];

	(void)state;
	made(&a, "debate", "debate-a", "T0*7 W*3");
	made(&b, "debate", "debate-a", "T0*9 W*3");
	check_pair(&a, &b);
	compared(&a, &b, t, &al);
	assert_string_equal(al.why, "the schedules part.  left W: shrinker: pick the coldest entry "
			    "of the LRU = picked; right T0: zswap_decompress(entry, folio): begin");
	assert_int_equal(al.b_of_a[8], 10);
	assert_int_equal(al.a_of_b[9], 7);
	assert_int_equal(al.b_of_a[10], 12);
	put_away(&a, &b, t, &al);
}

static void test_ends_there(void **state)
{
	struct recorded a, b;
	struct alignment al;
	struct trace *t[2];

	(void)state;
	made(&a, "debate", "debate-a", "T0*7");
	made(&b, "debate", "debate-a", "T0*8");
	check_pair(&a, &b);
	check_pair(&a, &a);
	compared(&b, &a, t, &al);
	assert_string_equal(al.why,
			    "the right run ends there; the left one goes on for 1 step");
	put_away(&a, &b, t, &al);
}

/* Two kernels, but it is the schedule by which the runs part: no rule is to blame. */
static void test_no_rule(void **state)
{
	struct recorded a, b;
	struct alignment al;
	struct trace *t[2];

	(void)state;
	made(&a, "debate", "debate-a", "T0*4 W*3");
	made(&b, "debate", "v6.9", "T0*2 W*3");
	compared(&a, &b, t, &al);
	if (strncmp(al.why, "the schedules part.  left T0: ", 30))
		fail_msg("'%s'", al.why);
	alignment_free(&al);
	trace_free(t[0]);
	trace_free(t[1]);
	done(&a);
	done(&b);
}

/* ---- two kernels ---- */

static const struct mover { const char *text; unsigned task; } nobody;

static struct mover step_at_position(const struct recorded *r, uint64_t at)
{
	const struct exec_step *s;

	if (at > r->x.n)
		return nobody;
	s = &r->x.step[at - 1];
	return (struct mover){ step_at((size_t)s->step)->text, s->move.task };
}

/*
 * Before the runs part every step has its counterpart, one after another; what only one of them
 * made leads its task, in one go, to a step of both, and alone has a mark.
 */
static void check_before(const struct chapter *c, unsigned side, const struct recorded *r,
			 const struct recorded *other)
{
	const struct alignment *al = &c->alignment;
	uint64_t parted = side ? al->b_parted : al->a_parted, last = 0;

	for (uint64_t at = 1; at <= parted; at++) {
		uint64_t there = other_position(c, side, at);
		struct mover is = step_at_position(r, at), was;

		assert_false(parts_here(c, side, at));
		if (step_differs(c, side, at)) {
			assert_int_equal(there, last);
			assert_int_equal(step_at_position(r, at + 1).task, is.task);
			continue;
		}
		was = step_at_position(other, there);
		assert_string_equal(is.text, was.text);
		assert_int_equal(is.task, was.task);
		for (uint64_t passed = last + 1; passed < there; passed++)
			assert_true(step_differs(c, !side, passed));
		assert_true(there == last + 1 || differs_here(c, side, at));
		last = there;
	}
}

/* The marks are where the sentence says, d goes there, and each pane shows its own step. */
static void check_parting(struct chapter *c, const struct recorded *a, const struct recorded *b)
{
	const struct alignment *al = &c->alignment;
	uint64_t first[] = { al->a_parted + 1, al->b_parted + 1 };
	uint64_t end[] = { al->a_events, al->b_events };
	struct view v;

	for (unsigned side = 0; side < 2; side++) {
		struct mover is = step_at_position(side ? b : a, first[side]);

		if (!is.text)
			continue;
		assert_true(parts_here(c, side, first[side]));
		assert_int_equal(next_difference(c, side, first[side] - 1, true), first[side]);
		assert_int_equal(next_difference(c, side, first[side] + 1, false), first[side]);
		if (!strstr(al->why, is.text) && !strstr(al->why, "ends there") &&
		    strlen(al->why) + 1 < sizeof(al->why))
			fail_msg("'%s' does not say '%s'", al->why, is.text);
		view_init(&v, c, 1);
		v.focus = side;
		while (v.cursor[side] < first[side])
			view_key(&v, "d");
		assert_int_equal(v.cursor[side], first[side]);
		assert_int_equal(v.cursor[!side], first[!side] < end[!side] ? first[!side] :
				 end[!side]);
		assert_string_equal(v.message, "");
	}
}

static void check_kernels(const struct recorded *a, const struct recorded *b)
{
	struct chapter c = { .run = { kept(a), kept(b) } };
	struct alignment *al = &c.alignment, back;

	assert_int_equal(align_runs(al, c.run[0], c.run[1]), 0);
	check_map(al->b_of_a, al->a_events, al->b_events, 0);
	check_map(al->a_of_b, al->b_events, al->a_events, 0);
	check_before(&c, 0, a, b);
	check_before(&c, 1, b, a);
	assert_int_equal(al->same, !al->why[0]);
	if (!al->same)
		check_parting(&c, a, b);
	assert_int_equal(align_runs(&back, c.run[1], c.run[0]), 0);
	assert_int_equal(back.same, al->same);
	assert_int_equal(!!strstr(al->why, "schedules part"), !!strstr(back.why, "schedules part"));
	assert_int_equal(!!strstr(al->why, "right run ends"), !!strstr(back.why, "left run ends"));
	turned(&back);
	assert_int_equal(al->a_parted, back.a_parted);
	assert_int_equal(al->b_parted, back.b_parted);
	assert_memory_equal(al->b_of_a, back.b_of_a, (al->a_events + 1) * sizeof(uint64_t));
	assert_memory_equal(al->a_of_b, back.a_of_b, (al->b_events + 1) * sizeof(uint64_t));
	alignment_free(al);
	alignment_free(&back);
	trace_free(c.run[0]);
	trace_free(c.run[1]);
}

/* Run b does what a did, as far as it can, or begins so, or does something else. */
static void make_other(const struct recorded *a, struct recorded *b, unsigned how)
{
	size_t parted, share = random_below((uint32_t)a->x.n + 1), i = 0;

	if (how == 0) {
		assert_int_equal(same_schedule(&a->x, &b->x, &parted), 0);
		return;
	}
	while (how == 1 && i < share && !execution_move(&b->x, a->x.step[i].move))
		i++;
	walk(b, (unsigned)b->x.n + 1 + random_below(STEPS), how * 99 + (unsigned)share);
}

static void test_kernels_by_chance(void **state)
{
	static const char *const kernels[][2] = {
		{ "debate-a", "v6.9" }, { "v6.9", "debate-b" }, { "debate-a", "debate-b" },
		{ "v6.9-rc1", "v6.9" }, { "v7.3", "v6.1" },
	};

	(void)state;
	for (size_t i = 0; i < builtin_scenario_count; i++)
		for (unsigned n = 0; n < 5; n++) {
			const char *name = builtin_scenarios[i].name;
			const char *const *k = kernels[n];
			struct recorded a, b;

			start(&a, name, k[0]);
			walk(&a, 4 + n * STEPS / 5, (uint32_t)(i * 5 + n + 1));
			start(&b, name, k[1]);
			make_other(&a, &b, (unsigned)(i + n) % 3);
			if (b.x.n) {
				print_message("%s, %s and %s, pair %u\n", name, k[0], k[1], n);
				check_kernels(&a, &b);
			}
			done(&a);
			done(&b);
			unlink(file("a.db"));
		}
}

/* Two schedules: the runs part where the first move is another's, whichever is left. */
static void test_two_schedules(void **state)
{
	struct recorded a, b;
	struct alignment al;
	struct trace *t[2];

	(void)state;
	made(&a, "debate", "debate-a", "T0*7 W*11 T0");
	made(&b, "debate", "debate-b", "T0*4 W*8 T0*10");
	check_kernels(&a, &b);
	compared(&b, &a, t, &al);
	assert_int_equal(al.a_parted, 4);
	assert_int_equal(al.b_parted, 4);
	assert_string_equal(al.why, "the schedules part.  left W: shrinker: pick the coldest entry "
			    "of the LRU = picked; right T0: spin_lock(&tree->lock)");
	put_away(&a, &b, t, &al);
}

/* The pin of the repaired kernel is a step of its own, and no parting, on either side. */
static void test_own_step(void **state)
{
	struct recorded a, b;
	struct trace *t[2];
	struct alignment al;
	size_t parted;

	(void)state;
	made(&a, "debate", "debate-a", "T0*7 W*11 T0");
	start(&b, "debate", "v6.9");
	assert_int_equal(same_schedule(&a.x, &b.x, &parted), 0);
	check_kernels(&a, &b);
	compared(&b, &a, t, &al);
	assert_int_equal(al.b_parted, parted);
	assert_int_equal(al.a_parted, parted + 1);
	assert_string_equal(al.why, "rule pin: has_cache left, none right.  "
			    "W: swapcache_prepare(entry) = -EEXIST left, 0 right; "
			    "SWAP_HAS_CACHE of slot 0, left: T0 (sync)");
	put_away(&a, &b, t, &al);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_chance),
		cmocka_unit_test(test_longer_turn),
		cmocka_unit_test(test_ends_there),
		cmocka_unit_test(test_no_rule),
		cmocka_unit_test(test_kernels_by_chance),
		cmocka_unit_test(test_two_schedules),
		cmocka_unit_test(test_own_step),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
