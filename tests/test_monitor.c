/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Monitors made of the model: they take every run that breaks nothing, are minimal, and take what
 * a naive simulation over sets of worlds takes, and nothing else; what is said of another kernel's
 * violations is true of walks by chance.
 */
#include <errno.h>
#include <stdlib.h>

#include "replay/monitor/monitor.h"
#include "core/scenario/schedule.h"
#include "tests/check.h"
#include "traces/capture/probes.h"

#define STEPS		160
#define WALKS		150
#define SMALL		4000	/* worlds of a naive simulation */
#define SEQUENCES	(SANITIZED ? 200 : 2000)
#define LENGTH		40

#define SLOT	"tests/scenarios/slot-forever.scn"
#define PIN	"swapcache_prepare,zswap_load,swapcache_clear"

static char about[200];

static uint64_t draw(uint64_t *x)
{
	*x ^= *x >> 12;
	*x ^= *x << 25;
	*x ^= *x >> 27;
	return *x * 0x2545f4914f6cdd1dull >> 33;
}

static int make(struct monitor *m, const struct scenario *s, const char *kernel, int task,
		const char *functions, uint64_t max_states)
{
	const struct kernel k = kernel_like(kernel);
	char name[64], err[MONITOR_TEXT_MAX];
	const struct monitor_options o = {
		.of = task < 0 ? MONITOR_SLOT : MONITOR_TASK,
		.index = task < 0 ? 0 : (unsigned)task, .functions = functions,
		.max_states = max_states,
		.release = probes_release(strtok(strcpy(name, kernel), " ")),
	};

	snprintf(about, sizeof(about), "%s under %s, task %d, functions %s", s->name, kernel, task,
		 functions ? functions : "all");
	return monitor_make(m, s, &k, &o, err);
}

/* ---- a step and its calls ---- */

static bool step(const struct scenario *s, const struct kernel *k, struct world *w, struct move m,
		 struct probe_calls *calls, uint32_t *violated)
{
	struct step_ctx c = { .k = k, .hw = &s->hw, .task = m.task, .choice = m.choice,
			      .calls = calls };
	struct move_tried tried;

	if (move_try(s, k, w, m, &tried))
		return false;
	*violated = tried.step.violated;
	assert_true(task_step(&c, &w->mem, &w->task[m.task], &s->program[m.task]));
	assert_memory_equal(w, &tried.after, sizeof(*w));
	return true;
}

static struct move some_move(const struct scenario *s, uint64_t *rng)
{
	return (struct move){ (uint8_t)(draw(rng) % s->tasks),
			      draw(rng) % 4 ? 0 : (uint8_t)(draw(rng) % 3) };
}

/* The event of a call, by the monitor's table alone; -1: none. */
static int naive_event(const struct monitor *m, const struct probe_call *c)
{
	const bool returns = c->kind & 1;

	for (unsigned i = 0; i < m->events; i++) {
		const struct monitor_event *e = &m->event[i];
		const bool object = c->function == PROBE_swap_cache_get_folio ||
				    c->function == OP_folio_alloc_swap ||
				    c->function == OP___read_swap_cache_async;

		if (e->function == c->function && e->returns == returns &&
		    (!returns || e->value == (object ? c->value != 0 : c->value)))
			return (int)i;
	}
	return -1;
}

/* ---- walks ---- */

struct counts {
	unsigned walks, events, mutants, refused;
};

/* How far the automaton goes with a sequence, from where it is idle. */
static unsigned accepted(const struct monitor *m, const int *event, unsigned n)
{
	int at = 0;

	for (unsigned i = 0; i < n; i++) {
		at = m->state[at].next[event[i]];
		if (at < 0)
			return i;
	}
	return n;
}

/* One event less, one twice, two swapped. */
static void mutate(const struct monitor *m, const int *event, unsigned n, uint64_t *rng,
		   struct counts *count)
{
	int other[LENGTH + 1];
	const unsigned at = (unsigned)(draw(rng) % n);
	unsigned length = n;

	memcpy(other, event, n * sizeof(*event));
	switch (draw(rng) % 3) {
	case 0:
		memmove(&other[at], &other[at + 1], (n - at - 1) * sizeof(*other));
		length--;
		break;
	case 1:
		memmove(&other[at + 1], &event[at], (n - at) * sizeof(*other));
		length++;
		break;
	default:
		if (at + 1 == n || event[at] == event[at + 1])
			return;
		other[at] = event[at + 1];
		other[at + 1] = event[at];
	}
	count->mutants++;
	count->refused += accepted(m, other, length) < length;
}

/* A walk by chance: the monitor takes it, up to a violation. */
static void walk(const struct monitor *m, uint64_t seed, struct counts *count)
{
	uint64_t rng = seed * 0x9e3779b97f4a7c15ull | 1;
	struct probe_calls calls = { .n = 0 };
	uint32_t violated = 0;
	struct world w;
	int at, seen[LENGTH];
	unsigned n = 0;

	scenario_start(m->scenario, &m->kernel, &w);
	at = monitor_begin(m, &w);
	for (unsigned i = 0; i < STEPS; i++) {
		const struct move move = some_move(m->scenario, &rng);
		const int before = at;

		if (!step(m->scenario, &m->kernel, &w, move, &calls, &violated))
			continue;
		if (violated)
			break;
		at = monitor_step(m, at, move.task, &calls, &w);
		if (at == MONITOR_ERROR)
			fail_msg("%s: walk %llu: an alarm at move %u, from %s", about,
				 (unsigned long long)seed, i,
				 before >= 0 ? m->state[before].name : "?");
		for (unsigned c = 0; c < calls.n && before >= 0 && n < LENGTH; c++)
			if ((m->of == MONITOR_SLOT || move.task == m->index) &&
			    !(calls.call[c].kind & 2) && naive_event(m, &calls.call[c]) >= 0)
				seen[n++] = naive_event(m, &calls.call[c]);
	}
	count->walks++;
	count->events += n;
	for (unsigned i = 0; i < 4 && n; i++)
		mutate(m, seen, n, &rng, count);
}

/* ---- minimal ---- */

static void check_minimal(const struct monitor *m)
{
	const unsigned n = m->states;
	bool *differ = calloc((size_t)n * n, 1), *reached = calloc(n, 1);
	bool changed = true;

	assert_non_null(differ);
	assert_non_null(reached);
	for (unsigned a = 0; a < n; a++)
		for (unsigned b = 0; b < n; b++)
			differ[a * n + b] = m->state[a].idle != m->state[b].idle;
	reached[0] = true;
	while (changed) {
		changed = false;
		for (unsigned a = 0; a < n; a++)
			for (unsigned e = 0; e < m->events; e++) {
				const int x = m->state[a].next[e];

				if (reached[a] && x >= 0 && !reached[x])
					changed = reached[x] = true;
				for (unsigned b = 0; b < n; b++) {
					const int y = m->state[b].next[e];
					const bool none = x < 0 || y < 0;

					if (!differ[a * n + b] && x != y &&
					    (none || differ[(unsigned)x * n + (unsigned)y]))
						changed = differ[a * n + b] = true;
				}
			}
	}
	for (unsigned a = 0; a < n; a++) {
		assert_true(reached[a]);
		for (unsigned b = 0; b < a; b++)
			if (!differ[a * n + b])
				fail_msg("%s: %s and %s are one", about, m->state[a].name,
					 m->state[b].name);
	}
	assert_true(m->state[0].idle);
	for (unsigned e = 0; e < m->events; e++) {
		bool used = false;

		for (unsigned a = 0; a < n; a++)
			used |= m->state[a].next[e] >= 0;
		if (!used)
			fail_msg("%s: %s never comes", about, m->event[e].name);
	}
	free(differ);
	free(reached);
}

/* ---- a naive simulation: sets of worlds ---- */

struct naive_edge {
	uint16_t from, to;
	uint8_t n;
	int8_t event[PROBE_CALLS_MAX];
	bool maybe[PROBE_CALLS_MAX];
};

struct naive {
	const struct monitor *m;
	struct world world[SMALL];
	bool idle[SMALL];
	unsigned worlds, edges;
	struct naive_edge edge[SMALL * 8];
};

static unsigned naive_world(struct naive *x, const struct world *w)
{
	for (unsigned i = x->worlds; i-- > 0;)
		if (!memcmp(&x->world[i], w, sizeof(*w)))
			return i;
	assert_true(x->worlds < SMALL);
	x->world[x->worlds] = *w;
	x->idle[x->worlds] = monitor_begin(x->m, w) == 0;
	return x->worlds++;
}

static void naive_expand(struct naive *x, unsigned from)
{
	const struct scenario *s = x->m->scenario;

	for (uint8_t task = 0; task < s->tasks; task++)
		for (uint8_t choice = 0; choice < 8; choice++) {
			struct world w = x->world[from];
			struct probe_calls calls = { .n = 0 };
			struct naive_edge *e = &x->edge[x->edges];
			uint32_t violated;

			if (!step(s, &x->m->kernel, &w, (struct move){ task, choice }, &calls,
				  &violated))
				continue;
			if (violated)
				continue;
			mem_canonicalise(&w.mem);
			assert_true(x->edges < SMALL * 8);
			*e = (struct naive_edge){ .from = (uint16_t)from,
						  .to = (uint16_t)naive_world(x, &w) };
			x->edges++;
			for (unsigned c = 0; c < calls.n; c++) {
				const int event = naive_event(x->m, &calls.call[c]);

				if (event < 0 || (x->m->of == MONITOR_TASK && task != x->m->index))
					continue;
				e->maybe[e->n] = calls.call[c].kind & 2;
				e->event[e->n++] = (int8_t)event;
			}
		}
}

/*
 * Where a sequence of events can lead: of[i][world], with the first i events behind it.  Edges with
 * several events take several at once.
 */
static bool naive_accepts(const struct naive *x, const int *event, unsigned n,
			  bool (*of)[SMALL])
{
	bool any = false;

	memset(of, 0, (n + PROBE_CALLS_MAX + 1) * sizeof(*of));
	memcpy(of[0], x->idle, sizeof(of[0]));
	for (unsigned i = 0; i <= n; i++) {
		bool changed = true;

		while (changed) {
			bool idle = false;

			changed = false;
			for (unsigned w = 0; w < x->worlds; w++)
				idle |= of[i][w] && x->idle[w];
			for (unsigned w = 0; w < x->worlds && idle; w++)
				if (x->idle[w] && !of[i][w])
					changed = of[i][w] = true;
			for (unsigned j = 0; j < x->edges; j++) {
				const struct naive_edge *e = &x->edge[j];
				/* without and with those that may not be seen: all or none, */
				/* for there is one function of that kind in a step */
				for (int with = 0; with < 2 && of[i][e->from]; with++) {
					unsigned to = i;
					bool fits = true, cut = false;

					for (unsigned c = 0; c < e->n && fits && !cut; c++) {
						if (e->maybe[c] && !with)
							continue;
						cut = to == n;
						fits = cut || event[to] == e->event[c];
						to += fits && !cut;
					}
					/* the sequence may end in the middle of a step */
					any |= fits && to == n;
					if (fits && !cut && !of[to][e->to])
						changed = of[to][e->to] = true;
				}
			}
		}
		for (unsigned w = 0; i == n && w < x->worlds; w++)
			any |= of[n][w];
	}
	return any;
}

static void compare_naive(const struct monitor *m, uint64_t seed, unsigned *yes, unsigned *no)
{
	struct naive *x = calloc(1, sizeof(*x));
	bool (*of)[SMALL] = calloc(LENGTH + PROBE_CALLS_MAX + 2, sizeof(*of));
	uint64_t rng = seed * 0x9e3779b97f4a7c15ull | 1;
	struct world start;

	assert_non_null(x);
	assert_non_null(of);
	x->m = m;
	scenario_start(m->scenario, &m->kernel, &start);
	mem_canonicalise(&start.mem);
	naive_world(x, &start);
	for (unsigned i = 0; i < x->worlds; i++)
		naive_expand(x, i);
	if (!m->left_out)
		assert_int_equal(x->worlds, m->explored);
	for (unsigned i = 0; i < SEQUENCES / 20; i++) {
		int event[16], at = 0;
		unsigned n = 0, length = 1 + (unsigned)(draw(&rng) % 15);
		bool naive, mine;

		/* mostly what is taken, with now and then something else */
		while (n < length) {
			const int e = (int)(draw(&rng) % m->events);

			if (at >= 0 && m->state[at].next[e] < 0 && draw(&rng) % 40)
				continue;
			at = at >= 0 ? m->state[at].next[e] : at;
			event[n++] = e;
		}
		mine = accepted(m, event, n) == n;
		naive = naive_accepts(x, event, n, of);
		if (mine != naive)
			fail_msg("%s: sequence %u of %u events: %s, and naively %s", about, i, n,
				 mine ? "taken" : "refused", naive ? "taken" : "refused");
		*(mine ? yes : no) += 1;
	}
	free(x);
	free(of);
}

/* ---- tests ---- */

static const struct {
	const char *scenario, *kernel;
	int task;		/* -1: the slot */
	const char *functions;
} cases[] = {
	{ "debate", "v6.9", 0, PIN },
	{ "debate", "v6.9", 2, NULL },
	{ "debate", "v7.0", 1, NULL },
	{ SLOT, "v6.9", -1, PIN ",swap_range_free" },
	{ SLOT, "v6.9", -1, NULL },
	{ SLOT, "v7.0", -1, NULL },
	{ "writeback-first", "debate-a", 0, NULL },
	{ "swapoff", "v6.1", 1, NULL },
	{ "shmem", "v6.12", 0, NULL },
	{ "zero-page", "v6.12", 0, NULL },
};

static void test_walks(void **state)
{
	struct counts all = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct counts count = { 0 };
		struct scenario s;
		struct monitor m;

		load(&s, cases[i].scenario);
		assert_int_equal(make(&m, &s, cases[i].kernel, cases[i].task, cases[i].functions,
				      3000000), 0);
		check_minimal(&m);
		for (uint64_t seed = 1; seed <= WALKS; seed++)
			walk(&m, seed, &count);
		if (!count.events || (!SANITIZED && !count.refused))
			fail_msg("%s: %u events, %u mutants refused", about, count.events,
				 count.refused);
		all.walks += count.walks;
		all.events += count.events;
		all.mutants += count.mutants;
		all.refused += count.refused;
		monitor_free(&m);
		scenario_free(&s);
	}
	printf("%u walks of %u events are taken; of %u mutants %u are refused\n", all.walks,
	       all.events, all.mutants, all.refused);
	assert_true(all.refused * 3 > all.mutants);
}

static void test_naive(void **state)
{
	unsigned yes = 0, no = 0, monitors = 0;

	(void)state;
	for (size_t i = 0; i < builtin_scenario_count; i++) {
		struct scenario s;

		load(&s, builtin_scenarios[i].name);
		for (int task = -1; task < (int)s.tasks && monitors < 40; task++) {
			struct monitor m;

			if ((task < 0 && s.hw.slots != 1) ||
			    make(&m, &s, s.kernel_name, task, NULL, SMALL / 4))
				continue;
			check_minimal(&m);
			compare_naive(&m, i + 1, &yes, &no);
			monitors++;
			monitor_free(&m);
		}
		scenario_free(&s);
	}
	printf("%u monitors; of their sequences %u are taken and %u refused, naively too\n",
	       monitors, yes, no);
	assert_true(monitors >= 5);
	assert_true(yes && no);
}

/* What monitor_hold() says of a kernel is true of walks. */
static void check_held(const struct monitor *m, const struct kernel *k,
		       const struct monitor_held *h, uint64_t seed, unsigned *violating)
{
	uint64_t rng = seed * 0x9e3779b97f4a7c15ull | 1;
	struct probe_calls calls = { .n = 0 };
	struct world w;
	int at;

	scenario_start(m->scenario, k, &w);
	at = monitor_begin(m, &w);
	for (unsigned i = 0; i < STEPS; i++) {
		const struct move move = some_move(m->scenario, &rng);
		uint32_t violated;

		if (!step(m->scenario, k, &w, move, &calls, &violated))
			continue;
		at = monitor_step(m, at, move.task, &calls, &w);
		if (at == MONITOR_ERROR && !violated && !h->rejects)
			fail_msg("%s: walk %llu: an error in a run that violates nothing", about,
				 (unsigned long long)seed);
		if (!violated)
			continue;
		++*violating;
		if (violated & ~(at == MONITOR_ERROR ? h->noticed :
				 at == MONITOR_WAITS ? h->early : h->unnoticed))
			fail_msg("%s: walk %llu: %s is %s", about, (unsigned long long)seed,
				 properties[__builtin_ctz(violated)].name,
				 at == MONITOR_ERROR ? "noticed" : "not noticed");
		return;
	}
}

static void test_held(void **state)
{
	static const struct {
		const char *scenario, *kernel, *against;
		int task;
	} held[] = {
		{ "writeback-first", "v6.9", "debate-a", 0 },
		{ "writeback-first", "v6.9", "v6.9", 0 },
		{ "aborted-bypass", "v6.9", "v6.9-rc1", 0 },
		{ SLOT, "v6.9", "debate-a", -1 },
		{ "zero-page", "v6.9", "v6.12", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++) {
		const struct monitor_options o = { .max_states = 3000000 };
		const struct kernel k = kernel_like(held[i].against);
		struct monitor_held h;
		unsigned violating = 0;
		struct scenario s;
		struct monitor m;

		load(&s, held[i].scenario);
		assert_int_equal(make(&m, &s, held[i].kernel, held[i].task, NULL, 3000000), 0);
		assert_int_equal(monitor_hold(&m, &k, &o, &h), 0);
		for (uint64_t seed = 1; seed <= (SANITIZED ? 2 : 10) * WALKS; seed++)
			check_held(&m, &k, &h, seed, &violating);
		assert_int_equal(h.violated, h.noticed | h.unnoticed | h.early);
		printf("%s, held %s: violated %#x, noticed %#x, unnoticed %#x%s; %u walks "
		       "violate\n", about, held[i].against, h.violated, h.noticed, h.unnoticed,
		       h.rejects ? ", others rejected too" : "", violating);
		/* the kernel that it was made of raises nothing */
		if (!strcmp(held[i].kernel, held[i].against))
			assert_false(h.rejects);
		monitor_free(&m);
		scenario_free(&s);
	}
}

/* The use-after-free of the debate: the read has no pin, which the order of v6.9 does not have. */
static void test_debate(void **state)
{
	const struct kernel k = kernel_like("debate-a");
	struct probe_calls calls = { .n = 0 };
	uint32_t violated = 0;
	struct schedule q;
	struct scenario s;
	struct monitor m;
	struct world w;
	size_t where;
	int at;

	(void)state;
	load(&s, "debate");
	assert_int_equal(make(&m, &s, "v6.9", 0, PIN, 3000000), 0);
	assert_int_equal(schedule_parse(&q, &s, "T0*7 W*11 T0", &where), 0);
	scenario_start(&s, &k, &w);
	at = monitor_begin(&m, &w);
	assert_int_equal(at, 0);
	for (size_t i = 0; i < q.n; i++) {
		assert_true(step(&s, &k, &w, q.move[i], &calls, &violated));
		at = monitor_step(&m, at, q.move[i].task, &calls, &w);
		if (i == 2)
			assert_true(at >= 0);
	}
	assert_true(violated >> PROP_UAF & 1);
	assert_int_equal(at, MONITOR_ERROR);
	schedule_free(&q);
	monitor_free(&m);
	scenario_free(&s);
}

static void test_refused(void **state)
{
	struct scenario s;
	struct monitor m;

	(void)state;
	load(&s, "debate");
	assert_int_equal(make(&m, &s, "v6.9", 0, "no_such_function", 100000), -EINVAL);
	assert_int_equal(make(&m, &s, "v6.9", 0, "swapcache_prepare,", 1000), -EOVERFLOW);
	assert_int_equal(make(&m, &s, "v6.9", 2, "zswap_store", 1000000), -ENODATA);
	/* v7.0 has no swapcache_prepare() */
	assert_int_equal(make(&m, &s, "v7.0", 0, "swapcache_prepare", 1000000), -EINVAL);
	scenario_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walks),
		cmocka_unit_test(test_naive),
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_debate),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
