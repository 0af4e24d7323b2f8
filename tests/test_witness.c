/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Overlaps: what is said of two tasks, and of a step while another task is between two of its own,
 * against computations that share nothing with it: whole worlds, every step made, nothing kept.
 */
#include <errno.h>
#include <stdlib.h>

#include "core/explore/meet.h"
#include "tests/check.h"

/* ---- names ---- */

#define END	"zswap_load: zswap_decompress(entry, folio): end"
#define PICK	"zswap_shrink: shrinker: pick the coldest entry of the LRU"
#define PIN	"__read_swap_cache_async: swapcache_prepare(entry)"

static void refused(const char *text, int error, const char *why)
{
	struct reach r;
	char err[200];

	assert_int_equal(scenario_reach(text, &r, err, sizeof(err)), error);
	if (!strstr(err, why))
		fail_msg("'%s': '%s' is not in '%s'", text, why, err);
	assert_int_equal(scenario_reach(text, &r, NULL, 0), error);
}

static void test_names(void **state)
{
	struct reach r;
	char err[200];

	(void)state;
	assert_int_equal(scenario_reach(END, &r, err, sizeof(err)), 0);
	assert_false(r.during);
	assert_int_equal(scenario_reach(END " while " PICK " = picked .. " PIN, &r, err,
					sizeof(err)), 0);
	assert_true(r.during);
	assert_int_equal(r.goal.step, scenario_step(END));
	assert_null(r.goal.result);
	assert_int_equal(r.from.step, scenario_step(PICK));
	assert_int_equal(r.from.length, 6);
	assert_memory_equal(r.from.result, "picked", 6);
	assert_int_equal(r.to.step, scenario_step(PIN));
	/* the second one's operation goes without saying; blanks do not matter */
	assert_int_equal(scenario_reach(PIN " = 0  while  zswap_load: zswap_decompress(entry, "
					"folio): begin ..  zswap_decompress(entry, folio): end ",
					&r, err, sizeof(err)), 0);
	assert_int_equal(r.goal.length, 1);
	assert_int_equal(r.to.step, scenario_step(END));
	assert_true(r.from.step < r.to.step);

	refused("zswap_load: dance while " PICK " .. " PIN, -ENOENT, "no step 'zswap_load: dance'");
	refused(END " while zswap_shrink: dance .. " PIN, -ENOENT, "no step 'zswap_shrink: dance'");
	refused(END " while " PICK " .. dance", -ENOENT, "no step 'dance'");
	refused(END " while " PICK " = green .. " PIN, -EINVAL, "no result 'green'");
	refused(END " while " PICK, -EINVAL, "two steps are needed");
	refused(END " while ", -EINVAL, "two steps are needed");
	refused(END " while  .. ", -EINVAL, "two steps are needed");
	refused(" while " PICK " .. " PIN, -ENOENT, "no step ''");
	refused("", -ENOENT, "no step ''");
	/* what stands between parts stands in none */
	for (size_t i = 0; i < step_count(); i++)
		assert_true(!strstr(step_at(i)->text, REACH_WHILE) &&
			    !strstr(step_at(i)->text, " .. "));
	for (size_t i = 0; i < result_count(); i++)
		assert_true(!strstr(result_at(i)->text, REACH_WHILE) &&
			    !strstr(result_at(i)->text, " .. "));
}

/* ---- two tasks, by whole worlds ---- */

/* What a step, or one behind another, can come to. */
struct came {
	struct world w;
	uint64_t what[2];
	bool ends;
};

#define CAME_MAX 300

struct all {
	struct came c[CAME_MAX];
	unsigned n;
};

struct look {
	const struct scenario *s;
	const struct kernel *k;
};

static void try_all(const struct look *l, const struct world *w, unsigned task, unsigned which,
		    const struct came *from, struct all *all)
{
	struct step_ctx c = { .k = l->k, .hw = &l->s->hw, .task = (uint8_t)task };

	do {
		struct came to = *from;
		struct transition tr = { .hw = c.hw, .k = c.k, .ev = &c.ev, .task = c.task,
					 .before = &w->mem, .after = &to.w.mem };
		uint64_t bad;

		to.w = *w;
		if (task_step(&c, &to.w.mem, &to.w.task[task], &l->s->program[task])) {
			bad = c.overflow ? 1ull << 40 : properties_check(&tr);
			to.ends = bad & (properties_ending() | 1ull << 40);
			mem_canonicalise(&to.w.mem);
			if (to.ends)	/* of a run that ends only what ends it is compared */
				memset(&to.w, 0, sizeof(to.w));
			to.what[which] = bad;
			if (to.ends)
				to.what[!which] = 0;
			assert_true(all->n < CAME_MAX);
			all->c[all->n++] = to;
		}
		c.choice++;
	} while (c.choice < c.choices);
}

static void one(const struct look *l, const struct world *w, unsigned task, unsigned which,
		struct all *all)
{
	const struct came none = { 0 };

	all->n = 0;
	try_all(l, w, task, which, &none, all);
}

static void both(const struct look *l, const struct world *w, unsigned first, unsigned second,
		 bool swapped, struct all *all)
{
	static struct all begun;

	one(l, w, first, swapped, &begun);
	all->n = 0;
	for (unsigned i = 0; i < begun.n; i++)
		if (begun.c[i].ends)
			all->c[all->n++] = begun.c[i];
		else
			try_all(l, &begun.c[i].w, second, !swapped, &begun.c[i], all);
}

static uint8_t other(unsigned number, unsigned a, unsigned b)
{
	return (uint8_t)(number == a ? b : number == b ? a : number);
}

/* Two folios change places, and two entries: every number that names one of them. */
static void change_places(struct world *w, unsigned f, unsigned g, unsigned d, unsigned e)
{
	struct folio folio = w->mem.folio[f];
	struct zentry entry = w->mem.entry[d];

	w->mem.folio[f] = w->mem.folio[g];
	w->mem.folio[g] = folio;
	w->mem.entry[d] = w->mem.entry[e];
	w->mem.entry[e] = entry;
	for (unsigned i = 0; i < MAX_ENTRIES; i++)
		w->mem.lru[i] = other(w->mem.lru[i], d, e);
	for (unsigned i = 0; i < MAX_PAGES; i++)
		if (w->mem.page[i].pte == PTE_PRESENT)
			w->mem.page[i].target = other(w->mem.page[i].target, f, g);
	for (unsigned i = 0; i < MAX_SLOTS; i++) {
		w->mem.slot[i].cache = other(w->mem.slot[i].cache, f, g);
		w->mem.slot[i].entry = other(w->mem.slot[i].entry, d, e);
	}
	for (unsigned i = 0; i < MAX_TASKS; i++)
		for (unsigned j = 0; j < MAX_FRAMES; j++) {
			struct frame *fr = &w->task[i].frame[j];

			if (!fr->op)
				continue;
			if (fr->op != OP_zap_pte_range)
				fr->folio = other(fr->folio, f, g);
			if (fr->op == OP_do_wp_page)
				fr->to = other(fr->to, f, g);
			if (!strncmp(op_name(fr->op), "zswap_", 6))
				fr->entry = other(fr->entry, d, e);
			if (fr->op == OP_zswap_shrink)
				fr->page = other(fr->page, d, e);
			if (fr->op == OP_zswap_shrink || fr->op == OP_zswap_writeback_entry)
				fr->aux = (aux_t)((fr->aux & ~AUX_NUMBER) |
						  other(fr->aux & AUX_NUMBER, d, e));
		}
	mem_canonicalise(&w->mem);
}

static bool known(const struct world *w, unsigned entry)
{
	return w->mem.entry[entry].known;
}

/* The same, or the same when two folios, two entries or both have changed places. */
static bool same(const struct came *a, const struct came *b)
{
	if (a->ends != b->ends || a->what[0] != b->what[0] || a->what[1] != b->what[1])
		return false;
	if (!memcmp(&a->w, &b->w, sizeof(a->w)))
		return true;
	for (unsigned f = 1; f < MAX_FOLIOS; f++)
		for (unsigned g = f; g < MAX_FOLIOS; g++)
			for (unsigned d = 1; d < MAX_ENTRIES; d++)
				for (unsigned e = d; e < MAX_ENTRIES; e++) {
					struct world w = a->w;

					if (d != e && (known(&a->w, d) || known(&a->w, e) ||
						       known(&b->w, d) || known(&b->w, e)))
						continue;
					change_places(&w, f, g, d, e);
					if (!memcmp(&w, &b->w, sizeof(w)))
						return true;
				}
	return false;
}

static bool within(const struct all *a, const struct all *b)
{
	for (unsigned i = 0; i < a->n; i++) {
		bool any = false;

		for (unsigned j = 0; j < b->n && !any; j++)
			any = same(&a->c[i], &b->c[j]);
		if (!any)
			return false;
	}
	return true;
}

static enum step_kind kind_of(const struct world *w, unsigned task)
{
	const struct task *t = &w->task[task];

	return step_at((size_t)task_at(t, t->depth - 1u))->kind;
}

/* Does a's step keep b, as it stands, from its next one, or let it make that? */
static enum meeting keeps(const struct look *l, const struct world *w, unsigned a, unsigned b,
			  bool b_middle, bool b_can)
{
	static struct all first, then;

	one(l, w, a, 0, &first);
	for (unsigned i = 0; i < first.n; i++) {
		bool locks;

		if (first.c[i].ends)
			continue;
		one(l, &first.c[i].w, b, 0, &then);
		if (b_can ? then.n : !then.n || !b_middle)
			continue;
		if (task_preempted(l->s, l->k, w, a, NULL))
			return MEETING_NEVER;
		locks = kind_of(w, b) == KIND_LOCK &&
			kind_of(w, a) == (b_can ? KIND_LOCK : KIND_UNLOCK);
		return locks ? MEETING_LOCK : MEETING_MET;
	}
	return MEETING_BESIDE;
}

static enum meeting naive_meeting(const struct look *l, const struct world *w, unsigned a,
				  unsigned b)
{
	static struct all ab, ba;
	const bool mid_a = !task_at_start(&w->task[a], &l->s->program[a]);
	const bool mid_b = !task_at_start(&w->task[b], &l->s->program[b]);
	const bool free_a = task_enabled(l->s, l->k, w, a, NULL, NULL);
	const bool free_b = task_enabled(l->s, l->k, w, b, NULL, NULL);
	enum meeting one_way, other_way;
	bool can_a, can_b;

	if (!(mid_a && free_b) && !(mid_b && free_a))
		return MEETING_NEVER;
	one(l, w, a, 0, &ab);
	one(l, w, b, 0, &ba);
	can_a = ab.n;
	can_b = ba.n;
	one_way = keeps(l, w, a, b, mid_b, can_b);
	other_way = keeps(l, w, b, a, mid_a, can_a);
	if (one_way == MEETING_MET || other_way == MEETING_MET)
		return MEETING_MET;
	if (one_way == MEETING_LOCK || other_way == MEETING_LOCK)
		return MEETING_LOCK;
	if (one_way != MEETING_BESIDE || other_way != MEETING_BESIDE || !can_a || !can_b)
		return MEETING_BESIDE;
	both(l, w, a, b, false, &ab);
	both(l, w, b, a, true, &ba);
	return within(&ab, &ba) && within(&ba, &ab) ? MEETING_BESIDE : MEETING_MET;
}

/* Every state and every pair of tasks.  Counts what was found. */
static void compare(const char *name, const char *kernel, bool priorities, unsigned found[4])
{
	static struct meetings m;
	struct explore_options o = { .meetings = true, .max_states = 4000 };
	struct kernel k = kernel_like(kernel);
	struct scenario s;
	const struct look l = { &s, &k };
	struct exploration x;

	load(&s, name);
	for (unsigned i = 0; priorities && i < s.tasks; i++)
		s.program[i].priority = (uint8_t)(i + 1);
	assert_int_equal(explore(&x, &s, &k, &o), 0);
	memset(&m, 0, sizeof(m));
	for (uint64_t state = 0; state < x.expanded; state++) {
		struct world w;

		graph_state(x.graph, state, &w);
		for (unsigned a = 0; a < s.tasks; a++)
			for (unsigned b = a + 1; b < s.tasks; b++) {
				uint8_t *of = &m.of[a][w.task[a].item][b][w.task[b].item];
				enum meeting now;

				if (!w.task[a].depth || !w.task[b].depth || *of == MEETING_MET)
					continue;
				now = naive_meeting(&l, &w, a, b);
				*of = now > *of ? (uint8_t)now : *of;
			}
	}
	for (unsigned a = 0; a < s.tasks; a++)
		for (unsigned b = a + 1; b < s.tasks; b++)
			for (unsigned i = 0; i < s.program[a].items; i++)
				for (unsigned j = 0; j < s.program[b].items; j++) {
					uint8_t now = m.of[a][i][b][j];

					if (now != x.meetings->of[a][i][b][j])
						fail_msg("%s under %s%s: %s %u and %s %u: %u, and "
							 "%u by worlds", name, kernel,
							 priorities ? ", on one CPU" : "",
							 s.program[a].name, i,
							 s.program[b].name, j,
							 x.meetings->of[a][i][b][j], now);
					found[now]++;
				}
	exploration_free(&x);
	scenario_free(&s);
}

static void test_meetings(void **state)
{
	static const char *const cases[][2] = {
		{ "debate", "v6.9" }, { "debate", "debate-a" }, { "aborted-bypass", "v6.9" },
		{ "aborted-bypass", "v7.0" }, { "writeback-race", "v6.1.0" }, { "fork", "v6.9" },
		{ "writeback-race", "v6.8" }, { "fork-after-out", "v6.9" }, { "walk-skip", "v6.9" },
		{ "store-disabled", "v6.9" }, { "swapoff-twice", "v6.12" }, { "aba", "v6.9" },
		{ "deferred-invalidate", "v6.9" }, { "two-cow", "v6.12" },
		{ "zswap-again", "v6.9" },
		{ "tests/scenarios/apart-waits.scn", "v6.9" },
		{ "tests/scenarios/apart-pages.scn", "v6.9" },
		{ "tests/scenarios/apart-pages.scn", "v7.0" },
		{ "tests/scenarios/apart-priority.scn", "v7.0" },
		{ "tests/scenarios/inversion.scn", "v6.9" },
	};
	unsigned found[4] = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (unsigned priorities = 0; priorities < 2; priorities++)
			compare(cases[i][0], cases[i][1], priorities, found);
	/* and each kind is among them */
	assert_true(found[MEETING_NEVER] && found[MEETING_BESIDE] && found[MEETING_LOCK]);
	assert_true(found[MEETING_MET] > 40);
}

/* What is known need not be found again; and what is asked has no effect on the rest. */
static void test_known(void **state)
{
	struct explore_options o = { .meetings = true };
	struct kernel k = kernel_like("v6.9");
	struct exploration x, plain;
	struct meetings all;
	struct scenario s;

	(void)state;
	load(&s, "tests/scenarios/inversion.scn");
	assert_int_equal(explore(&x, &s, &k, &o), 0);
	explore_all(&plain, &s, &k);
	assert_null(plain.meetings);
	assert_int_equal(plain.states, x.states);
	for (size_t i = 0; i < step_count(); i++)
		for (size_t j = 0; j < result_count(); j++)
			assert_int_equal(exploration_had(&plain, i, result_at(j)),
					 exploration_had(&x, i, result_at(j)));
	exploration_free(&plain);
	exploration_free(&x);
	memset(&all, 0, sizeof(all));
	memset(all.of, MEETING_MET, sizeof(all.of));
	o.known = &all;
	assert_int_equal(explore(&x, &s, &k, &o), 0);
	assert_memory_equal(x.meetings->of, all.of, sizeof(all.of));
	assert_null(x.meeting_bound);
	exploration_free(&x);

	/* some states are too few, and that is said where it matters */
	o = (struct explore_options){ .meetings = true, .meet_max = 3 };
	assert_int_equal(explore(&x, &s, &k, &o), 0);
	assert_string_equal(x.meeting_bound, "meet_max");
	assert_null(x.overlap_bound);
	exploration_free(&x);
	scenario_free(&s);
}

/* ---- a step while another task is between two ---- */

/* Every transition, by number; results are asked of the worlds. */
struct arc {
	uint32_t from, to;
	struct move move;
	int step;
	const struct result *result;
	bool done;
};

struct arcs {
	struct arc *a;
	size_t n, cap;
	struct exploration *x;
	const struct scenario *s;
	const struct kernel *k;
};

static int keep(void *arg, uint64_t from, uint64_t to, struct move move, int step,
		uint32_t violated)
{
	struct arcs *all = arg;
	struct step_ctx c = { .k = all->k, .hw = &all->s->hw, .task = move.task,
			      .choice = move.choice };
	struct world w;

	(void)violated;
	if (from >= all->x->expanded)
		return 0;
	graph_state(all->x->graph, from, &w);
	assert_true(task_step(&c, &w.mem, &w.task[move.task], &all->s->program[move.task]));
	if (all->n == all->cap) {
		all->cap = all->cap ? 2 * all->cap : 4096;
		all->a = realloc(all->a, all->cap * sizeof(*all->a));
		assert_non_null(all->a);
	}
	all->a[all->n++] = (struct arc){ (uint32_t)from, to >= all->x->expanded ? UINT32_MAX :
					 (uint32_t)to, move, step, c.result, c.ev.op_done };
	return 0;
}

/*
 * The length of the shortest run with the overlap, 0: none.  Round by round, every arc of every
 * state that may be reached in so many steps, with its bit.
 */
static unsigned naive_overlap(const struct arcs *all, const struct reach *r, unsigned tasks)
{
	const size_t states = all->x->expanded;
	unsigned best = 0;

	for (unsigned o = 0; o < tasks; o++) {
		uint8_t *now = calloc(states, 1), *next = calloc(states, 1);
		uint8_t *ever = calloc(states, 1);
		bool more = true;

		assert_true(now && next && ever);
		now[0] = ever[0] = 1;		/* 1: outside, 2: inside */
		for (unsigned depth = 1; more && (!best || depth < best); depth++) {
			more = false;
			memset(next, 0, states);
			for (size_t i = 0; i < all->n; i++) {
				const struct arc *a = &all->a[i];
				uint8_t in = now[a->from];

				if (a->move.task != o && (in & 2) &&
				    goal_met(&r->goal, a->step, a->result)) {
					best = depth;
					break;
				}
				if (a->move.task == o && in) {
					if (goal_met(&r->to, a->step, a->result))
						in = 1;
					if (goal_met(&r->from, a->step, a->result))
						in = 2;
					if (a->done)
						in = 1;
				}
				if (a->to != UINT32_MAX)
					next[a->to] |= in & (uint8_t)~ever[a->to];
			}
			for (size_t i = 0; i < states; i++) {
				ever[i] |= next[i];
				more |= next[i];
			}
			memcpy(now, next, states);
		}
		free(now);
		free(next);
		free(ever);
	}
	return best;
}

/* The schedule comes by the overlap at its last step, and not before. */
static void check_schedule(const struct scenario *s, const struct kernel *k, const struct reach *r,
			   const struct schedule *way)
{
	struct execution e;
	uint32_t inside = 0;

	assert_int_equal(execution_init(&e, s, k), 0);
	assert_int_equal(execution_run(&e, way), 0);
	for (size_t i = 0; i < e.n; i++) {
		const struct exec_step *st = &e.step[i];
		const struct result *result = NULL;
		const uint32_t me = 1u << st->move.task;
		bool meets;

		for (size_t j = 0; j < result_count(); j++)
			if (st->result && result_at(j)->text == st->result)
				result = result_at(j);
		meets = goal_met(&r->goal, st->step, result) && (inside & ~me);
		assert_int_equal(meets, i + 1 == e.n);
		if (goal_met(&r->to, st->step, result))
			inside &= ~me;
		if (goal_met(&r->from, st->step, result))
			inside |= me;
		if (st->ev.op_done)
			inside &= ~me;
	}
	execution_free(&e);
}

/* A step that was made, now with a result that was had; drawn by a plain generator. */
static struct goal drawn(const struct arcs *all, uint32_t *seed)
{
	const struct arc *a;

	*seed = *seed * 1664525u + 1013904223u;
	a = &all->a[(*seed >> 8) % all->n];
	return (struct goal){ .step = a->step,
			      .result = a->result && *seed & 0x80 ? a->result->text : NULL,
			      .length = a->result ? strlen(a->result->text) : 0 };
}

static void test_overlaps(void **state)
{
	static const char *const cases[][2] = {
		{ "debate", "v6.9" }, { "aborted-bypass", "v6.9-rc1" }, { "walk-skip", "v6.9" },
		{ "deferred-invalidate", "v6.9" }, { "fork-after-out", "v6.9" },
		{ "tests/scenarios/inversion.scn", "v6.9" },
	};
	const struct watch w = { 0 };
	unsigned yes = 0, no = 0;
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct explore_options o = { .max_states = 3000 };
		struct kernel k = kernel_like(cases[i][1]);
		struct exploration x;
		struct scenario s;
		struct arcs all = { .x = &x, .s = &s, .k = &k };

		load(&s, cases[i][0]);
		assert_int_equal(explore(&x, &s, &k, &o), 0);
		assert_int_equal(graph_transitions(x.graph, keep, &all), 0);
		for (unsigned j = 0; j < (SANITIZED ? 10 : 40); j++) {
			struct reach r = { .during = true, .goal = drawn(&all, &seed),
					   .from = drawn(&all, &seed), .to = drawn(&all, &seed) };
			struct schedule way = { 0 };
			unsigned length = naive_overlap(&all, &r, s.tasks);
			int any = length > 0;

			assert_int_equal(graph_overlap(x.graph, x.expanded, &r, &w, NULL), any);
			assert_int_equal(graph_overlap(x.graph, x.expanded, &r, &w, &way), any);
			if (way.n != length)
				fail_msg("%s under %s: '%s: %s' after %zu steps, %u by worlds",
					 cases[i][0], cases[i][1],
					 step_op_name(step_at((size_t)r.goal.step)),
					 step_at((size_t)r.goal.step)->text, way.n, length);
			if (length)
				check_schedule(&s, &k, &r, &way);
			schedule_free(&way);
			yes += length > 0;
			no += !length;
		}
		free(all.a);
		exploration_free(&x);
		scenario_free(&s);
	}
	assert_true(yes > 10 && no > 10);
}

/* A demand that is met, one that is not, and one that a bound leaves open. */
static void test_demands(void **state)
{
	struct explore_options o = { 0 };
	struct kernel k = kernel_like("v6.9");
	struct exploration x;
	struct scenario s;

	(void)state;
	load(&s, "tests/scenarios/overlap-unreached.scn");
	assert_int_equal(s.reaches, 2);
	explore_all(&x, &s, &k);
	assert_int_equal(x.overlapped, 1);
	assert_string_equal(exploration_unreached(&x, &s), s.reach[1]);
	assert_null(x.overlap_bound);
	exploration_free(&x);

	/* without the pin both are */
	k = kernel_like("v6.9 pin=none");
	explore_all(&x, &s, &k);
	assert_int_equal(x.overlapped, 3);
	exploration_free(&x);

	k = kernel_like("v6.9");
	o.max_states = 20;
	assert_int_equal(explore(&x, &s, &k, &o), 0);
	assert_int_equal(x.overlapped, 0);
	assert_string_equal(x.overlap_bound, "max_states");
	exploration_free(&x);

	/* where it is asked from is not where the run began */
	o = (struct explore_options){ .from = &s.start, .goal = s.reach[0] };
	assert_int_equal(explore(&x, &s, &k, &o), -EINVAL);
	scenario_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_meetings),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_overlaps),
		cmocka_unit_test(test_demands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
