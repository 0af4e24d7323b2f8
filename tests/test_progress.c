/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * LIVELOCK: against a second way to look for one, and that what is found is one.
 *
 * The second way makes the graph anew from whole worlds, guesses the set of tasks that move for
 * ever (2^tasks guesses) and, in the states where nobody else can move, looks for the greatest
 * set from each state of which each of these tasks can be seen to move on a path inside the set
 * (Emerson and Lei).  No connected parts, no order of states.
 */
#include <stdlib.h>
#include <unistd.h>

#include "core/explore/graph.h"
#include "tests/check.h"
#include "traces/read/read.h"
#include "traces/write/write.h"

/* ---- the graph, made anew ---- */

struct edge {
	uint32_t from, to;	/* to: NOWHERE where the run ends */
	uint8_t task;
	bool done;
};

#define NOWHERE	UINT32_MAX

struct model {
	const struct scenario *s;
	const struct kernel *k;
	struct world *world;
	uint32_t *sorted;	/* states by content */
	uint32_t states;
	struct edge *edge;	/* without those that are injected */
	size_t edges, cap;
	uint8_t *can;		/* of a state: tasks that can move */
};

static const struct world *sort_by;

static int by_content(const void *a, const void *b)
{
	return memcmp(&sort_by[*(const uint32_t *)a], &sort_by[*(const uint32_t *)b],
		      sizeof(*sort_by));
}

static uint32_t number_of(const struct model *g, const struct world *w)
{
	uint32_t low = 0, high = g->states;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		int order = memcmp(w, &g->world[g->sorted[mid]], sizeof(*w));

		if (!order)
			return g->sorted[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	fail_msg("a world that the explorer does not have");
	return NOWHERE;
}

static bool begins(const struct scenario *s, const struct world *w, unsigned task)
{
	return task_at_start(&w->task[task], &s->program[task]);
}

/* Is a move, which was made in `c` from w, one that happens finitely often? */
static bool injected(const struct scenario *s, const struct world *w, const struct step_ctx *c)
{
	return c->injected || (op_is_environment(w->task[c->task].frame[0].op) &&
			       begins(s, w, c->task));
}

static void add_moves(struct model *g, uint32_t from, unsigned task)
{
	struct step_ctx c = { .k = g->k, .hw = &g->s->hw, .task = (uint8_t)task };
	const struct world *w = &g->world[from];

	if (task_preempted(g->s, g->k, w, task, NULL))
		return;
	for (; !c.choice || c.choice < c.choices; c.choice++) {
		struct world to = *w;
		struct transition tr = { .hw = c.hw, .k = c.k, .before = &w->mem, .after = &to.mem,
					 .ev = &c.ev, .task = c.task };
		bool ends;

		if (!task_step(&c, &to.mem, &to.task[task], &g->s->program[task]) ||
		    injected(g->s, w, &c))
			continue;
		if (g->edges == g->cap) {
			g->cap = g->cap ? 2 * g->cap : 4096;
			g->edge = realloc(g->edge, g->cap * sizeof(*g->edge));
			assert_non_null(g->edge);
		}
		ends = properties_check(&tr) & properties_ending();
		mem_canonicalise(&to.mem);
		g->can[from] |= (uint8_t)(1u << task);
		g->edge[g->edges++] = (struct edge){
			.from = from, .to = ends ? NOWHERE : number_of(g, &to),
			.task = (uint8_t)task, .done = c.ev.op_done,
		};
	}
}

static void model_init(struct model *g, const struct exploration *x, const struct scenario *s,
		       const struct kernel *k)
{
	*g = (struct model){ .s = s, .k = k, .states = (uint32_t)x->states };
	g->world = calloc(x->states, sizeof(*g->world));
	g->sorted = calloc(x->states, sizeof(*g->sorted));
	g->can = calloc(x->states, 1);
	assert_true(g->world && g->sorted && g->can);
	for (uint32_t i = 0; i < g->states; i++) {
		graph_state(x->graph, i, &g->world[i]);
		g->sorted[i] = i;
	}
	sort_by = g->world;
	qsort(g->sorted, g->states, sizeof(*g->sorted), by_content);
	for (uint32_t i = 0; i < g->states; i++)
		for (unsigned task = 0; task < s->tasks; task++)
			add_moves(g, i, task);
}

static void model_free(struct model *g)
{
	free(g->world);
	free(g->sorted);
	free(g->edge);
	free(g->can);
}

/* ---- Emerson and Lei ---- */

/* A guess: who moves for ever, of whom it is asked, and whether others may be done meanwhile. */
struct guess {
	unsigned movers;
	unsigned t;
	bool others_done;
};

/* May a run take the edge for ever? */
static bool usable(const struct edge *e, const bool *in, const struct guess *q)
{
	return e->to != NOWHERE && in[e->from] && in[e->to] && (q->movers >> e->task & 1) &&
	       (!e->done || (q->others_done && e->task != q->t));
}

/* States from which T can still be done with an operation. */
static bool *can_be_done(const struct model *g, unsigned t)
{
	bool *can = calloc(g->states, 1), again = true;

	assert_non_null(can);
	while (again) {
		again = false;
		for (size_t i = g->edges; i--;) {
			const struct edge *e = &g->edge[i];

			if (!can[e->from] && ((e->done && e->task == t) ||
					      (e->to != NOWHERE && can[e->to])))
				can[e->from] = again = true;
		}
	}
	return can;
}

/* Take from `in` the states that have no path inside it to a move of `task`.  Any taken? */
static bool narrow(const struct model *g, bool *in, unsigned task, const struct guess *q)
{
	bool *reach = calloc(g->states, 1), again = true, changed = false;

	assert_non_null(reach);
	for (size_t i = 0; i < g->edges; i++)
		if (g->edge[i].task == task && usable(&g->edge[i], in, q))
			reach[g->edge[i].from] = true;
	while (again) {
		again = false;
		for (size_t i = g->edges; i--;)
			if (usable(&g->edge[i], in, q) && reach[g->edge[i].to] &&
			    !reach[g->edge[i].from])
				reach[g->edge[i].from] = again = true;
	}
	for (uint32_t i = 0; i < g->states; i++)
		if (in[i] && !reach[i]) {
			in[i] = false;
			changed = true;
		}
	free(reach);
	return changed;
}

/* States from which it can go on like that; `not_here` are left out.  Are there any? */
static bool fair_set(const struct model *g, bool *in, const struct guess *q, const bool *not_here)
{
	bool changed = true, any = false;

	for (uint32_t i = 0; i < g->states; i++)
		in[i] = !(g->can[i] & ~q->movers) && g->world[i].task[q->t].depth &&
			!(q->others_done && not_here[i]) &&
			((q->movers >> q->t & 1) || !begins(g->s, &g->world[i], q->t));
	while (changed) {
		changed = false;
		for (unsigned task = 0; task < g->s->tasks; task++)
			if (q->movers >> task & 1)
				changed |= narrow(g, in, task, q);
	}
	for (uint32_t i = 0; i < g->states; i++)
		any |= in[i];
	return any;
}

/* Is there a livelock: nobody is done for ever, or others are and T cannot be? */
static bool naive_livelock(const struct model *g)
{
	bool *in = calloc(g->states, 1), any = false;

	assert_non_null(in);
	for (unsigned t = 0; t < g->s->tasks; t++) {
		bool *can = can_be_done(g, t);

		for (unsigned i = 2; i < 2u << g->s->tasks && !g->s->program[t].environment; i++) {
			struct guess q = { .movers = i / 2, .t = t, .others_done = i % 2 };

			any |= fair_set(g, in, &q, can);
		}
		free(can);
	}
	free(in);
	return any;
}

/* ---- what is found is one ---- */

static unsigned can_move(const struct scenario *s, const struct kernel *k, const struct world *w)
{
	unsigned can = 0;

	for (unsigned task = 0; task < s->tasks; task++) {
		struct step_ctx c = { .k = k, .hw = &s->hw, .task = (uint8_t)task };

		for (; !c.choice || c.choice < c.choices; c.choice++) {
			struct world to = *w;

			if (task_step(&c, &to.mem, &to.task[task], &s->program[task]) &&
			    !injected(s, w, &c) && !task_preempted(s, k, w, task, NULL))
				can |= 1u << task;
		}
	}
	return can;
}

/* The loop leads back to where it begins, is fair, and some task is never done in it. */
static void check_loop(const struct scenario *s, const struct kernel *k, const struct finding *f)
{
	unsigned moved = 0, done = 0, could = 0, stuck = 0;
	struct world first, last;
	struct execution x;

	assert_true(f->loop < f->schedule.n);
	assert_int_equal(execution_init(&x, s, k), 0);
	assert_int_equal(execution_run(&x, &f->schedule), 0);
	for (size_t i = f->loop; i < x.n; i++) {
		struct step_ctx c = { .k = k, .hw = &s->hw, .task = x.step[i].move.task,
				      .choice = x.step[i].move.choice };
		struct world to = x.world[i];

		could |= can_move(s, k, &x.world[i]);
		moved |= 1u << c.task;
		if (x.step[i].ev.op_done)
			done |= 1u << c.task;
		assert_true(task_step(&c, &to.mem, &to.task[c.task], &s->program[c.task]));
		assert_false(injected(s, &x.world[i], &c));
	}
	assert_int_equal(could & ~moved, 0);
	first = x.world[f->loop];
	last = x.world[x.n];
	for (unsigned t = 0; t < s->tasks; t++)
		stuck |= (unsigned)(first.task[t].depth && !s->program[t].environment &&
				    ((moved >> t & 1) || !begins(s, &first, t))) << t;
	assert_int_not_equal(stuck & ~done, 0);
	mem_canonicalise(&first.mem);
	mem_canonicalise(&last.mem);
	assert_memory_equal(&first, &last, sizeof(first));
	execution_free(&x);
}

/* Explore, and compare where the graph is small.  Is there a livelock? */
static bool livelock(const struct scenario *s, const struct kernel *k, const char *name)
{
	struct explore_options o = { .livelock = true };
	const struct finding *f = NULL;
	struct exploration x;
	struct model g;
	bool found;

	assert_int_equal(explore(&x, s, k, &o), 0);
	assert_true(x.complete && !x.bound);
	for (unsigned i = 0; i < x.findings; i++)
		if (x.finding[i].property == PROP_LIVELOCK)
			f = &x.finding[i];
		else
			assert_int_equal(x.finding[i].loop, x.finding[i].schedule.n);
	found = f;
	assert_int_equal(found, x.violated >> PROP_LIVELOCK & 1);
	if (f)
		check_loop(s, k, f);
	if (x.states < 20000) {
		model_init(&g, &x, s, k);
		if (naive_livelock(&g) != found)
			fail_msg("%s: %s, but the naive search says otherwise", name,
				 found ? "a livelock" : "no livelock");
		model_free(&g);
	}
	exploration_free(&x);
	return found;
}

static bool livelock_of(const char *scenario, const char *kernel)
{
	struct kernel k = kernel_like(kernel);
	struct scenario s;
	char name[160];
	bool found;

	load(&s, scenario);
	snprintf(name, sizeof(name), "%s under %s", scenario, kernel);
	found = livelock(&s, &k, name);
	scenario_free(&s);
	return found;
}

/* ---- tests ---- */

static void test_none(void **state)
{
	static const char *const scenarios[] = {
		"aborted-bypass", "writeback-first", "double-swapin", "writeback-race",
		"tests/scenarios/two-lives.scn", "tests/scenarios/two-mms.scn",
		"tests/scenarios/toggler.scn", "debate",
	};
	static const char *const kernels[] = {
		"v6.8", "v6.9-rc1", "v6.9", "debate-a", "debate-b",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
		for (size_t j = 0; j < sizeof(kernels) / sizeof(kernels[0]); j++)
			if (livelock_of(scenarios[i], kernels[j]))
				fail_msg("%s has a livelock under %s", scenarios[i], kernels[j]);
	assert_false(livelock_of("tests/scenarios/for-ever.scn", "v6.9"));
}

/* A pin that nobody drops: the fault sleeps and tries again.  Others may go on beside it. */
static void test_lost_pin(void **state)
{
	static const char *const others[] = {
		"", "[task T1]\nrun = read page 1, for ever\n",
		"[task T1]\nrun = clear_refs page 0, for ever\n",
		"[task T1]\nrun = write page 1\n[task I]\nrun = isolate, for ever\n",
	};
	const struct kernel *k = &kernel_find("v6.9")->kernel;

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct scenario_error err;
		struct scenario s;
		char text[256];

		snprintf(text, sizeof(text), "[page 0]\nat = zswap 0\n[page 1]\nmm = 1\n"
			 "at = present\n[task T0]\nrun = read page 0\n%s", others[i]);
		assert_int_equal(scenario_parse(&s, "pin", text, &err), 0);
		assert_false(livelock(&s, k, text));
		s.start.mem.slot[0].swap_map |= SWAP_HAS_CACHE;
		s.start.mem.slot[0].holder = HOLD_ADD;
		assert_true(livelock(&s, k, text));
		scenario_free(&s);
	}
}

/* A lock that nobody drops: one waits, the other runs for ever.  Alone it would be a DEADLOCK. */
static void test_starved(void **state)
{
	const struct kernel *k = &kernel_find("v6.9")->kernel;
	static const char text[] =
		"[page 0]\nat = zswap 0\n[page 1]\nmm = 1\nat = present\n"
		"[task T0]\nrun = read page 0\n[task T1]\nrun = read page 1, for ever\n";
	struct scenario_error err;
	struct scenario s;

	(void)state;
	assert_int_equal(scenario_parse(&s, "lock", text, &err), 0);
	assert_false(livelock(&s, k, text));
	s.start.mem.tree_lock = MAX_TASKS;
	assert_true(livelock(&s, k, text));
	scenario_free(&s);
}

static void test_priorities(void **state)
{
	struct scenario_error err;
	struct scenario s;
	char text[1024];

	(void)state;
	assert_true(livelock_of("tests/scenarios/inversion.scn", "v6.9"));
	load(&s, "tests/scenarios/inversion.scn");
	s.program[1].item[0].times = 1;
	assert_false(livelock(&s, &s.kernel, "M comes to its end"));
	s.program[1].item[0].times = FOR_EVER;
	for (unsigned i = 0; i < s.tasks; i++)
		s.program[i].priority = 0;
	assert_false(livelock(&s, &s.kernel, "no priorities"));
	s.program[0].priority = 2;
	s.program[2].priority = 1;
	assert_false(livelock(&s, &s.kernel, "M on another CPU"));
	scenario_free(&s);
	snprintf(text, sizeof(text), "[page 0]\nat = zswap 0\n[task T0]\npriority = 1\n"
		 "run = read page 0\n[task T1]\nrun = read page 0\n");
	assert_int_equal(scenario_parse(&s, "one", text, &err), -22);
	assert_non_null(strstr(err.text, "one task alone"));
}

/* Who has begun keeps the lower ones from moving, in schedules too. */
static void test_preempted(void **state)
{
	const struct move high = { .task = 0 }, low = { .task = 2 };
	struct kernel k = kernel_like("v6.9");
	struct execution x;
	struct scenario s;
	enum wait_kind wait;
	unsigned by;

	(void)state;
	load(&s, "tests/scenarios/inversion.scn");
	assert_int_equal(execution_init(&x, &s, &k), 0);
	for (unsigned i = 0; i < 4; i++)	/* until it has the pin */
		assert_int_equal(execution_move(&x, low), 0);
	assert_int_equal(execution_move(&x, high), 0);
	assert_int_equal(execution_move(&x, low), -11);
	assert_false(task_enabled(&s, &k, execution_now(&x), 2, &wait, &by));
	assert_int_equal(wait, WAIT_CPU);
	assert_int_equal(by, 0);
	while (task_preempts(&execution_now(&x)->task[0]))
		assert_int_equal(execution_move(&x, high), 0);
	assert_int_equal(execution_move(&x, low), 0);		/* while it sleeps */
	execution_free(&x);
	scenario_free(&s);
}

/* A trace keeps where the loop begins. */
static void test_recorded(void **state)
{
	struct explore_options o = { .livelock = true };
	char path[] = "/tmp/test_progress_XXXXXX", err[TRACE_ERROR_MAX];
	int fd = mkstemp(path);
	struct run_meta meta = { .title = "", .kernel_name = "v6.9", .verdict = "" };
	const struct trace_finding *f;
	struct trace_writer *tw;
	struct exploration x;
	struct execution e;
	struct scenario s;
	struct trace *t;
	size_t n;

	(void)state;
	load(&s, "tests/scenarios/inversion.scn");
	assert_int_equal(explore(&x, &s, &s.kernel, &o), 0);
	assert_int_equal(x.findings, 1);
	meta.repeats = true;
	meta.loop = x.finding[0].loop;
	assert_int_equal(execution_init(&e, &s, &s.kernel), 0);
	assert_int_equal(execution_run(&e, &x.finding[0].schedule), 0);
	assert_int_equal(close(fd) | unlink(path), 0);
	assert_int_equal(trace_create(&tw, path, TRACE_REPLACE, err), 0);
	assert_int_equal(trace_execution(tw, &e, &meta), 1);
	assert_int_equal(trace_close(tw), 0);
	assert_int_equal(trace_open(&t, path, 1, err), 0);
	f = trace_findings(t, &n);
	assert_int_equal(n, 1);
	assert_string_equal(f->property, "LIVELOCK");
	assert_true(f->repeats);
	assert_int_equal(f->loop, x.finding[0].loop);
	assert_int_equal(f->position, x.finding[0].schedule.n);
	trace_free(t);
	unlink(path);
	execution_free(&e);
	exploration_free(&x);
	scenario_free(&s);
}

/* Asked for nothing or for something else, it is not looked for. */
static void test_asked(void **state)
{
	struct explore_options o = { 0 };
	struct exploration x;
	struct scenario s;

	(void)state;
	load(&s, "tests/scenarios/inversion.scn");
	assert_int_equal(explore(&x, &s, &s.kernel, &o), 0);
	assert_int_equal(x.violated, 0);
	exploration_free(&x);
	o.livelock = true;
	o.only = 1u << PROP_UAF;
	assert_int_equal(explore(&x, &s, &s.kernel, &o), 0);
	assert_int_equal(x.violated, 0);
	exploration_free(&x);
	o.only = 1u << PROP_LIVELOCK;
	assert_int_equal(explore(&x, &s, &s.kernel, &o), 0);
	assert_int_equal(x.violated, 1u << PROP_LIVELOCK);
	exploration_free(&x);
	scenario_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none), cmocka_unit_test(test_lost_pin),
		cmocka_unit_test(test_starved), cmocka_unit_test(test_priorities),
		cmocka_unit_test(test_preempted), cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
