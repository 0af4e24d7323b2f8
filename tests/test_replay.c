/* SPDX-License-Identifier: GPL-2.0-only */
/* One schedule under two kernels, the rule that parts them, and positions that correspond. */
#include <stdlib.h>
#include <unistd.h>

#include "replay/figure/columns.h"
#include "replay/pair/align.h"
#include "tests/check.h"
#include "traces/write/write.h"

struct pair {
	struct scenario s;
	struct exploration x;
	struct execution a, b;
	size_t parted;
};

/* The shortest finding of a property under kernel a, and the same schedule under b. */
static void make_pair(struct pair *p, const char *scenario, const char *ka, const char *kb,
		      enum property property)
{
	struct explore_options o = { .only = 1u << property };
	struct kernel a = kernel_like(ka), b = kernel_like(kb);

	load(&p->s, scenario);
	assert_int_equal(explore(&p->x, &p->s, &a, &o), 0);
	assert_int_equal(p->x.findings, 1);
	assert_int_equal(execution_init(&p->a, &p->s, &a), 0);
	assert_int_equal(execution_init(&p->b, &p->s, &b), 0);
	assert_int_equal(execution_run(&p->a, &p->x.finding[0].schedule), 0);
	assert_int_equal(same_schedule(&p->a, &p->b, &p->parted), 0);
}

static void free_pair(struct pair *p)
{
	execution_free(&p->a);
	execution_free(&p->b);
	exploration_free(&p->x);
	scenario_free(&p->s);
}

static const char *text_of(const struct execution *x, size_t i)
{
	return step_at((size_t)x->step[i].step)->text;
}

static uint32_t violated(const struct execution *x)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < x->n; i++)
		bits |= x->step[i].violated;
	return bits;
}

static void test_writeback_turned_away(void **state)
{
	struct pair p;

	(void)state;
	make_pair(&p, "debate", "debate-a", "v6.9", PROP_UAF);
	assert_string_equal(text_of(&p.a, p.parted), "swapcache_prepare(entry)");
	assert_string_equal(p.a.step[p.parted].result, "0");
	/* one step of its own before it: the fault's pin */
	assert_string_equal(text_of(&p.b, p.parted + 1), "swapcache_prepare(entry)");
	assert_string_equal(p.b.step[p.parted + 1].result, "-EEXIST");
	assert_int_equal(violated(&p.b), 0);
	assert_int_equal(parting_switches(&p.a, &p.b.kernel, p.parted), 1u << SWITCH_pin);
	/* those who took part have finished */
	assert_true(task_finished(&execution_now(&p.b)->task[0]));
	assert_true(task_finished(&execution_now(&p.b)->task[2]));
	assert_false(task_finished(&execution_now(&p.b)->task[1]));
	free_pair(&p);
}

static void test_fault_turned_away(void **state)
{
	bool slept = false, hit = false;
	struct pair p;

	(void)state;
	make_pair(&p, "writeback-first", "debate-a", "v6.9", PROP_UAF);
	for (size_t i = 0; i < p.b.n; i++) {
		slept |= !strncmp(text_of(&p.b, i), "schedule_timeout", 16);
		hit |= slept && !strncmp(text_of(&p.b, i), "folio = swap_cache_get_folio", 28) &&
		       !strcmp(p.b.step[i].result, "hit");
	}
	assert_true(slept);
	assert_true(hit);
	assert_int_equal(violated(&p.b), 0);
	assert_int_equal(parting_switches(&p.a, &p.b.kernel, p.parted), 1u << SWITCH_pin);
	free_pair(&p);
}

/* A task that left the path comes back to it: both faults give up, one has lost nothing. */
static void test_rejoins(void **state)
{
	bool gave_up = false;
	struct pair p;

	(void)state;
	make_pair(&p, "aborted-bypass", "v6.9-rc1", "v6.9", PROP_LOST);
	for (size_t i = 0; i < p.b.n; i++)
		gave_up |= p.b.step[i].result && !strcmp(p.b.step[i].result, "VM_FAULT_RETRY");
	assert_true(gave_up);
	assert_int_equal(violated(&p.b), 0);
	assert_int_equal(parting_switches(&p.a, &p.b.kernel, p.parted), 1u << SWITCH_load);
	free_pair(&p);
}

static void test_same_kernel(void **state)
{
	struct pair p;

	(void)state;
	make_pair(&p, "aba", "v6.5", "v6.5", PROP_MAPPED);
	assert_int_equal(p.parted, p.a.n);
	assert_true(p.b.n >= p.a.n);
	for (size_t i = 0; i < p.a.n; i++)
		assert_memory_equal(&p.a.world[i], &p.b.world[i], sizeof(struct world));
	assert_int_equal(parting_switches(&p.a, &p.b.kernel, p.parted), 0);
	free_pair(&p);
}

/* ---- recorded runs ---- */

static void record_pair(const struct pair *p, const char *path, struct trace *t[2])
{
	struct run_meta meta = { .kernel_name = "k" };
	char err[TRACE_ERROR_MAX];
	struct trace_writer *tw;

	assert_int_equal(trace_create(&tw, path, TRACE_REPLACE, err), 0);
	assert_int_equal(trace_execution(tw, &p->a, &meta), 1);
	assert_int_equal(trace_execution(tw, &p->b, &meta), 2);
	assert_int_equal(trace_close(tw), 0);
	assert_int_equal(trace_open(&t[0], path, 1, err), 0);
	assert_int_equal(trace_open(&t[1], path, 2, err), 0);
}

/* Positions only go forward, and each map leads back to where the other began. */
static void check_maps(const struct alignment *al)
{
	for (uint64_t i = 0; i < al->a_events; i++)
		assert_true(al->b_of_a[i] <= al->b_of_a[i + 1]);
	for (uint64_t i = 0; i < al->b_events; i++)
		assert_true(al->a_of_b[i] <= al->a_of_b[i + 1]);
	assert_true(al->b_of_a[al->a_events] <= al->b_events);
	assert_true(al->a_of_b[al->b_events] <= al->a_events);
	for (uint64_t i = 0; i <= al->b_events; i++)
		if (i < al->b_events)
			assert_true(al->b_of_a[al->a_of_b[i]] <= i);
}

static void check_alignment(const char *scenario, const char *ka, const char *kb,
			    enum property property, const char *why)
{
	char path[] = "/tmp/swapscope-replay-XXXXXX";
	struct alignment al;
	struct trace *t[2];
	struct pair p;

	close(mkstemp(path));
	unlink(path);
	make_pair(&p, scenario, ka, kb, property);
	record_pair(&p, path, t);
	assert_int_equal(align_runs(&al, t[0], t[1]), 0);
	check_maps(&al);
	if (why && !strstr(al.why, why))
		fail_msg("%s: '%s' is not in '%s'", scenario, why, al.why);
	if (why)
		assert_int_equal(al.a_parted, p.parted);
	else
		assert_int_equal(al.a_parted, p.a.n);
	alignment_free(&al);
	trace_free(t[0]);
	trace_free(t[1]);
	unlink(path);
	free_pair(&p);
}

static void test_alignment(void **state)
{
	(void)state;
	check_alignment("debate", "debate-a", "v6.9", PROP_UAF,
			"rule pin: none left, has_cache right.  W: swapcache_prepare(entry) = 0 "
			"left, -EEXIST right; SWAP_HAS_CACHE of slot 0, right: T0 (sync)");
	check_alignment("aborted-bypass", "v6.9-rc1", "v6.9", PROP_LOST, "rule load: exclusive");
	check_alignment("writeback-race", "v6.1", "v6.8", PROP_WBOLD, "rule recheck: off");
	check_alignment("aba", "v6.5", "v6.8", PROP_MAPPED, "rule pin: none");
	check_alignment("aba", "v6.5", "v6.5", PROP_MAPPED, NULL);
}

/* ---- diagrams ---- */

/* Words stay whole where they fit on a line, and no line is wider than was asked for. */
static void test_diagram(void **state)
{
	static struct figure_row row[] = {
		{ .at = 1, .task = 2, .depth = 1, .text = "first()", .result = "0", .op = "op",
		  .callers = "", .byte_error = -1 },
		{ .at = 2, .task = 0, .depth = 2, .text = "a step whose text is longer than a "
		  "column can be in a diagram of two", .result = "", .op = "op", .callers = "op",
		  .byte_error = -1 },
		{ .at = 3, .task = 2, .depth = 1, .text = "last()", .finding = "UAF: read",
		  .result = "", .op = "op", .callers = "", .byte_error = 7 },
	};
	static const char *name[] = { "T0", "T1", "W" };
	static const struct figure_run run = { .tasks = 3, .task = name, .row = row, .rows = 3,
					       .first = 1, .last = 3, .events = 3, .command = "" };
	static const struct figure_columns wide = { .width = 100 };
	static const char want[] =
		"     T0                                             W\n"
		"  1                                                 first() = 0\n"
		"  2   a step whose text is longer than a column\n"
		"        can be in a diagram of two\n"
		"  3                                                 last()\n"
		"                                                    !! UAF: read\n"
		"                                                    "
		"!! byte 7 of the page is wrong\n";
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(figure_columns(out, &run, &wide), 0);
	fclose(out);
	assert_string_equal(text, want);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writeback_turned_away),
		cmocka_unit_test(test_fault_turned_away),
		cmocka_unit_test(test_rejoins),
		cmocka_unit_test(test_same_kernel),
		cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_diagram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
