/* SPDX-License-Identifier: GPL-2.0-only */
/* Two runs compared: where they part, and where they are in the same state again. */
#include "tests/diff_help.h"

#define WALKS	2	/* pairs of walks of each shipped scenario, and as many of two kernels */
#define STEPS	40

/* ---- runs ---- */

static void begin(struct recorded *r, const char *text, const char *kernel)
{
	struct scenario_error e;

	if (scenario_parse(&r->s, "a test", text, &e))
		fail_msg("%u: %s", e.line, e.text);
	r->k = kernel_like(kernel);
	assert_int_equal(execution_init(&r->x, &r->s, &r->k), 0);
}

static void moves(struct recorded *r, const char *text)
{
	struct schedule schedule = { 0 };
	size_t at;

	assert_int_equal(schedule_parse(&schedule, &r->s, text, &at), 0);
	assert_int_equal(execution_run(&r->x, &schedule), 0);
	schedule_free(&schedule);
}

/* ---- by chance ---- */

static void test_by_chance(void **state)
{
	unsigned orders = 0, differ = 0, again = 0, rules = 0;

	(void)state;
	for (size_t i = 0; i < builtin_scenario_count; i += SANITIZED ? 5 : 1)
		for (unsigned pair = 0; pair < 2 * WALKS; pair++) {
			const char *kernel = pair < WALKS ? "v6.9" : "v6.5";
			struct recorded a, b;
			struct diff d;

			start(&a, builtin_scenarios[i].name, "v6.9");
			start(&b, builtin_scenarios[i].name, kernel);
			walk(&a, STEPS, 100 + pair);
			walk(&b, STEPS, pair == 0 ? 100 : 200 + pair);
			printf("%s, walks %u and %u under v6.9 and %s\n",
			       builtin_scenarios[i].name, 100 + pair, 200 + pair, kernel);
			compared(&d, &a, &b);
			if (pair == 0)
				assert_true(d.same);
			for (size_t j = 0; j < d.divergences; j++) {
				orders += d.divergence[j].kind == DIFF_ORDER;
				again += d.divergence[j].again[0] != DIFF_NEVER;
				rules += d.divergence[j].rules != 0;
			}
			differ += !d.same;
			diff_free(&d);
			done(&a);
			done(&b);
		}
	/* all of it was seen */
	assert_true(differ > 10 && again > 0);
	assert_true(SANITIZED || (again > 10 && orders > 0 && rules > 0));
}

/* A schedule with two neighbours exchanged, wherever that can be: another order, or another run. */
static void test_exchanged(void **state)
{
	unsigned orders = 0;

	(void)state;
	for (uint32_t seed = 1; seed <= (SANITIZED ? 10 : 40); seed++) {
		struct recorded a, b;
		size_t at = seed % 30;
		struct diff d;
		bool made = true;

		start(&a, "debate", "v6.9");
		start(&b, "debate", "v6.9");
		walk(&a, STEPS, seed);
		while (at + 1 < a.x.n && a.x.step[at].move.task == a.x.step[at + 1].move.task)
			at++;
		for (size_t i = 0; i < a.x.n && made; i++) {
			size_t from = i == at ? at + 1 : i == at + 1 ? at : i;

			made = from < a.x.n && !execution_move(&b.x, a.x.step[from].move);
		}
		printf("debate, walk %u, exchanged at %zu\n", seed, at);
		compared(&d, &a, &b);
		if (made && same_world(&a.x.world[at + 2], &b.x.world[at + 2])) {
			assert_true(d.order && d.end.same && !d.same);
			assert_int_equal(d.divergences, 1);
			assert_int_equal(d.divergence[0].kind, DIFF_ORDER);
			assert_int_equal(d.divergence[0].from[0], at);
			assert_int_equal(d.divergence[0].to[0], at + 2);
			orders++;
		}
		diff_free(&d);
		done(&a);
		done(&b);
	}
	assert_true(orders > 5);
}

/* ---- cases ---- */

static void test_order(void **state)
{
	struct recorded a, b;
	struct diff d;

	(void)state;
	start(&a, "debate", "v6.9");
	start(&b, "debate", "v6.9");
	moves(&a, "T0 T1 T0*3");
	moves(&b, "T1 T0*4");
	compared(&d, &a, &b);
	assert_false(d.same);
	assert_true(d.order && d.end.same);
	assert_int_equal(d.divergences, 1);
	assert_int_equal(d.divergence[0].kind, DIFF_ORDER);
	assert_int_equal(d.divergence[0].from[0], 0);
	assert_int_equal(d.divergence[0].to[0], 2);
	assert_int_equal(d.divergence[0].again[1], 2);
	assert_int_equal(d.divergence[0].asked, false);	/* one kernel: there is no rule */
	diff_free(&d);
	done(&a);
	done(&b);
}

static void test_prefix(void **state)
{
	struct recorded a, b;
	struct diff d;

	(void)state;
	start(&a, "debate", "v6.9");
	start(&b, "debate", "v6.9");
	moves(&a, "T0*9");
	moves(&b, "T0*6");
	compared(&d, &a, &b);
	assert_int_equal(d.divergences, 1);
	assert_int_equal(d.divergence[0].kind, DIFF_STEPS);
	assert_int_equal(d.divergence[0].from[0], 6);
	assert_int_equal(d.divergence[0].to[0], 9);
	assert_int_equal(d.divergence[0].to[1], 6);
	assert_false(d.end.same);
	diff_free(&d);
	done(&a);
	done(&b);
}

/* Of nothing and nothing all is the same; of nothing and something it is not. */
static void test_empty(void **state)
{
	struct recorded a, b;
	struct diff d;

	(void)state;
	start(&a, "debate", "v6.9");
	start(&b, "debate", "v6.9");
	compared(&d, &a, &b);
	assert_true(d.same);
	diff_free(&d);
	moves(&b, "T0");
	compared(&d, &a, &b);
	assert_int_equal(d.divergences, 1);
	diff_free(&d);
	done(&a);
	done(&b);
}

/* A run that is open stays readable while one that has more fields is added to its file. */
static void test_added(void **state)
{
	struct recorded a, b;
	struct trace *x, *y;
	struct diff d;

	(void)state;
	start(&a, "debate", "v6.9");
	start(&b, "debate", "v6.9");
	moves(&b, "T0*9");
	x = open_run(file("a.db"), record(file("a.db"), false, &a));
	y = open_run(file("a.db"), record(file("a.db"), true, &b));
	assert_int_equal(diff_runs(&d, x, y), 0);
	assert_int_equal(d.divergences, 1);
	diff_free(&d);
	trace_free(x);
	trace_free(y);
	done(&a);
	done(&b);
}

#define TWO_SLOTS							\
	"[scenario]\ntitle = t\ndevice = zram\nslots = 2\nkernel = v6.9\n"	\
	"[page 0]\nat = present\n"					\
	"[task %s]\nrun = reclaim page 0\n[task %s]\nrun = read page 0\n"

static void begin_two(struct recorded *r, const char *first, const char *second)
{
	char text[400];

	snprintf(text, sizeof(text), TWO_SLOTS, first, second);
	begin(r, text, "v6.9");
}

/* As far as a task comes alone, always with this outcome where there is one. */
static void run_task(struct recorded *r, uint8_t task, uint8_t choice, unsigned steps)
{
	while (r->x.n < steps && (!execution_move(&r->x, (struct move){ task, choice }) ||
				  !execution_move(&r->x, (struct move){ task, 0 })))
		;
}

/* The same steps and results, but another slot: that is seen in the worlds alone. */
static void test_effect(void **state)
{
	struct recorded a, b;
	struct diff d;
	size_t at = 0;

	(void)state;
	begin_two(&a, "K", "T");
	begin_two(&b, "K", "T");
	run_task(&a, 0, 0, 12);
	/* the first step with a second outcome that says no more than the first one */
	while (at < a.x.n && !(a.x.step[at].choices > 1 && a.x.step[at].result &&
			       !strcmp(a.x.step[at].result, "slot found")))
		at++;
	assert_true(at < a.x.n);
	for (size_t i = 0; i < a.x.n; i++) {
		struct move m = a.x.step[i].move;

		m.choice = i == at ? 1 : m.choice;
		assert_int_equal(execution_move(&b.x, m), 0);
	}
	compared(&d, &a, &b);
	assert_false(d.same);
	assert_true(d.divergences >= 1);
	assert_int_equal(d.divergence[0].kind, DIFF_EFFECT);
	assert_int_equal(d.divergence[0].from[0], at);
	assert_false(d.divergence[0].after.same);
	assert_true(d.divergence[0].after.differ > 0);
	diff_free(&d);
	done(&a);
	done(&b);
}

/* The same tasks by other names, and in another order in the file. */
static void test_renamed(void **state)
{
	char text[400];
	struct recorded a, b, c;
	struct diff d;

	(void)state;
	begin_two(&a, "K", "T");
	begin_two(&b, "first", "second");
	run_task(&a, 0, 0, 20);
	run_task(&b, 0, 0, 20);
	compared(&d, &a, &b);
	assert_int_equal(d.task_of_b[0], 0);
	assert_int_equal(d.task_of_b[1], 1);
	assert_true(d.same);
	diff_free(&d);
	snprintf(text, sizeof(text),
		 "[scenario]\ntitle = t\ndevice = zram\nslots = 2\nkernel = v6.9\n"
		 "[page 0]\nat = present\n[task R]\nrun = read page 0\n"
		 "[task K]\nrun = reclaim page 0\n");
	begin(&c, text, "v6.9");
	run_task(&c, 1, 0, 20);
	compared(&d, &a, &c);
	assert_int_equal(d.task_of_b[0], 1);
	assert_int_equal(d.task_of_b[1], 0);
	assert_true(d.same);
	diff_free(&d);
	compared(&d, &b, &c);
	assert_true(d.same);
	diff_free(&d);
	done(&a);
	done(&b);
	done(&c);
}

/* Other scenarios: what is a task of one alone has nothing to be compared with. */
static void test_other_scenario(void **state)
{
	struct recorded a, b;
	struct diff d;

	(void)state;
	start(&a, "debate", "v6.9");
	start(&b, "swapoff", "v6.5");
	walk(&a, STEPS, 3);
	walk(&b, STEPS, 4);
	compared(&d, &a, &b);
	assert_false(d.same);
	assert_false(d.start.same);
	for (size_t i = 0; i < d.divergences; i++)
		assert_false(d.divergence[i].asked);
	diff_free(&d);
	done(&a);
	done(&b);
}

/* ---- files that are anybody's ---- */

static void test_hostile(void **state)
{
	unsigned opened = 0, compared_ok = 0, refused = 0;
	struct recorded a, b;
	struct stat st;
	uint8_t *bytes;
	FILE *f;

	(void)state;
	start(&a, "debate", "v6.9");
	start(&b, "debate", "v6.5");
	walk(&a, STEPS, 5);
	walk(&b, STEPS, 6);
	record(file("h.db"), false, &a);
	record(file("h.db"), true, &b);
	f = fopen(file("h.db"), "rb");
	assert_non_null(f);
	fstat(fileno(f), &st);
	bytes = malloc((size_t)st.st_size);
	assert_int_equal(fread(bytes, 1, (size_t)st.st_size, f), st.st_size);
	fclose(f);
	random_state = 7;
	for (unsigned i = 0; i < (SANITIZED ? 60 : 300); i++) {
		struct trace *x, *y;
		struct diff d;

		f = fopen(file("damaged.db"), "wb");
		assert_int_equal(fwrite(bytes, 1, (size_t)st.st_size, f), st.st_size);
		for (unsigned n = 0; n < 1 + i % 60; n++) {
			fseek(f, 4096 + (long)random_below((uint32_t)st.st_size - 4096), SEEK_SET);
			fputc((int)random_below(256), f);
		}
		fclose(f);
		if (trace_open(&x, file("damaged.db"), 1, err))
			continue;
		if (!trace_open(&y, file("damaged.db"), 2, err)) {
			int r = diff_runs(&d, x, y);

			opened++;
			compared_ok += !r;
			refused += r < 0;
			diff_free(&d);
			trace_free(y);
		}
		trace_free(x);
	}
	printf("%u opened, %u compared, %u refused\n", opened, compared_ok, refused);
	assert_true(compared_ok > 5 && refused > 0);
	free(bytes);
	done(&a);
	done(&b);
}

/* What a file says of its scenario and its kernel is nonsense: then no rule is named. */
static void test_nonsense(void **state)
{
	struct recorded a, b;
	struct trace *x, *y;
	struct diff d;

	(void)state;
	start(&a, "debate", "v6.9");
	start(&b, "debate", "debate-a");
	walk(&a, STEPS, 5);
	walk(&b, STEPS, 5);
	record(file("n.db"), false, &a);
	record(file("n.db"), true, &b);
	sql(file("n.db"), "UPDATE event SET task = 1 WHERE run = 1 AND seq % 3 = 0; "
	    "UPDATE run SET scenario_text = 'nonsense'; "
	    "UPDATE switch SET value = 'perhaps' WHERE run = 2 AND name = 'pin'");
	x = open_run(file("n.db"), 1);
	y = open_run(file("n.db"), 2);
	assert_int_equal(diff_runs(&d, x, y), 0);
	assert_false(d.same || d.kernels);
	assert_true(d.divergences > 0);
	for (size_t i = 0; i < d.divergences; i++)
		assert_true(!d.divergence[i].rules && !d.divergence[i].asked);
	check_turned(&d, x, y);
	diff_free(&d);
	trace_free(x);
	trace_free(y);
	done(&a);
	done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_prefix, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_empty, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_added, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_effect, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_renamed, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_other_scenario, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_exchanged, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_by_chance, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_hostile, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_nonsense, make_dir, remove_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
