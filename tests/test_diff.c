/* SPDX-License-Identifier: GPL-2.0-only */
/* Two runs compared: where they part, by which rule, and where they are in the same state again. */
#include "replay/diff/diff.h"
#include "replay/pair/repair.h"
#include "replay/pair/tasks.h"
#include "tests/check.h"
#include "tests/trace_help.h"
#include "ui/state/diff.h"

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

/* Both runs recorded, in a file that is gone already; `loop` is of the left one. */
static void record_both(const struct execution *a, size_t loop, const struct execution *b,
			struct trace *t[2])
{
	const struct execution *x[2] = { a, b };
	struct trace_writer *tw;
	const char *path = file("d.db");

	assert_int_equal(trace_create(&tw, path, TRACE_SCRATCH, err), 0);
	for (unsigned side = 0; side < 2; side++) {
		struct run_meta meta = { .title = "a test", .verdict = "none",
					 .repeats = !side && loop < a->n, .loop = loop };

		assert_int_equal(trace_execution(tw, x[side], &meta), side + 1);
	}
	assert_int_equal(trace_close(tw), 0);
	t[0] = open_run(path, 1);
	t[1] = open_run(path, 2);
	unlink(path);
}

/* ---- what must be so of every comparison ---- */

static bool same_text(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

static bool same_world(const struct world *a, const struct world *b)
{
	struct world x = *a, y = *b;

	mem_canonicalise(&x.mem);
	mem_canonicalise(&y.mem);
	return !memcmp(&x, &y, sizeof(x));
}

static bool same_step(const struct exec_step *a, const struct exec_step *b)
{
	const struct step *x = step_at((size_t)a->step), *y = step_at((size_t)b->step);

	/* two steps of an operation may be called the same: then the tasks' stacks tell them apart */
	return a->move.task == b->move.task && !strcmp(x->func, y->func) &&
	       !strcmp(x->text, y->text) && same_text(a->result, b->result);
}

/* Asked of the executions themselves: do they do the same, state by state? */
static bool same_runs(const struct execution *a, const struct execution *b)
{
	bool same = a->n == b->n && same_world(&a->world[0], &b->world[0]);

	for (size_t i = 0; same && i < a->n; i++)
		same = same_step(&a->step[i], &b->step[i]) &&
		       same_world(&a->world[i + 1], &b->world[i + 1]);
	return same;
}

/* Between divergences both make the same steps, and are in the same state where that is said. */
static void check_between(const struct diff *d, const struct execution *a,
			  const struct execution *b)
{
	uint64_t at[2] = { 0 }, again = d->start.same ? 0 : DIFF_NEVER;

	for (size_t i = 0; i <= d->divergences; i++) {
		const struct divergence *dv = i < d->divergences ? &d->divergence[i] : NULL;
		uint64_t to[2] = { dv ? dv->from[0] : a->n, dv ? dv->from[1] : b->n };

		assert_int_equal(to[0] - at[0], to[1] - at[1]);
		for (; at[0] <= to[0]; at[0]++, at[1]++) {
			if (at[0] < to[0])
				assert_true(same_step(&a->step[at[0]], &b->step[at[1]]));
			/* a task may stand elsewhere already, where it parts a few steps later */
			if (again != DIFF_NEVER && at[0] >= again)
				assert_int_equal(memcmp(&a->world[at[0]].mem.page,
							&b->world[at[1]].mem.page, 0), 0);
			if (again == at[0])
				assert_true(same_world(&a->world[at[0]], &b->world[at[1]]));
		}
		if (!dv)
			break;
		at[0] = dv->to[0];
		at[1] = dv->to[1];
		again = dv->again[0];
		assert_int_equal(dv->after.same, same_world(&a->world[at[0]], &b->world[at[1]]));
	}
	assert_int_equal(d->end.same, same_world(&a->world[a->n], &b->world[b->n]));
}

static void check_order(const struct divergence *d, const struct execution *a,
			const struct execution *b)
{
	assert_int_equal(d->to[0] - d->from[0], d->to[1] - d->from[1]);
	assert_true(same_world(&a->world[d->to[0]], &b->world[d->to[1]]));
	for (uint8_t task = 0; task < a->scenario->tasks; task++)
		for (uint64_t i = d->from[0], j = d->from[1];; i++, j++) {
			while (i < d->to[0] && a->step[i].move.task != task)
				i++;
			while (j < d->to[1] && b->step[j].move.task != task)
				j++;
			assert_int_equal(i == d->to[0], j == d->to[1]);
			if (i == d->to[0])
				break;
			assert_true(same_step(&a->step[i], &b->step[j]));
		}
}

static void check_state_turned(const struct diff_state *a, const struct diff_state *b)
{
	assert_int_equal(a->same, b->same);
	assert_int_equal(a->stacks, b->stacks);
	assert_int_equal(a->differ, b->differ);
	for (unsigned i = 0; i < a->differ && i < DIFF_FIELDS; i++) {
		assert_ptr_equal(a->field[i].field, b->field[i].field);
		assert_int_equal(a->field[i].value[0], b->field[i].value[1]);
		assert_int_equal(a->field[i].value[1], b->field[i].value[0]);
	}
}

/* The other way round the same is said, left and right exchanged. */
static void check_turned(const struct diff *d, struct trace *a, struct trace *b)
{
	struct diff e;

	if (diff_runs(&e, b, a))
		fail_msg("%s; %s", trace_message(a), trace_message(b));
	assert_int_equal(d->same, e.same);
	assert_int_equal(d->order, e.order);
	assert_int_equal(d->common, e.common);
	assert_true(d->switches == e.switches);
	check_state_turned(&d->start, &e.start);
	check_state_turned(&d->end, &e.end);
	assert_int_equal(d->divergences, e.divergences);
	for (size_t i = 0; i < d->divergences; i++) {
		const struct divergence *x = &d->divergence[i], *y = &e.divergence[i];

		assert_int_equal(x->kind, y->kind);
		for (unsigned side = 0; side < 2; side++) {
			assert_int_equal(x->from[side], y->from[!side]);
			assert_int_equal(x->to[side], y->to[!side]);
			assert_int_equal(x->again[side], y->again[!side]);
		}
		assert_true(x->rules == y->rules);
		assert_int_equal(x->by_kernel, y->by_kernel);
		assert_int_equal(x->asked, y->asked);
		check_state_turned(&x->after, &y->after);
	}
	assert_int_equal(d->findings, e.findings);
	for (size_t i = 0; i < d->findings; i++) {
		size_t j = 0;

		while (j < e.findings && (strcmp(d->finding[i].property, e.finding[j].property) ||
					  d->finding[i].side == e.finding[j].side))
			j++;
		assert_true(j < e.findings);
		assert_true(d->finding[i].rules == e.finding[j].rules);
		assert_int_equal(d->finding[i].position, e.finding[j].position);
	}
	diff_free(&e);
}

/* The debugger's `d` stops where each of them begins, and is at the other run's place there. */
static void check_debugger(const struct diff *d, struct trace *a, struct trace *b)
{
	struct chapter c = { .run = { a, b } };

	assert_int_equal(align_runs(&c.alignment, a, b), 0);
	for (size_t i = 0; i < d->divergences; i++)
		for (unsigned side = 0; side < 2; side++) {
			const struct divergence *dv = &d->divergence[i];
			uint64_t at = dv->from[side];

			if (dv->kind == DIFF_EFFECT || at >= d->events[side])
				continue;
			assert_int_equal(next_difference(&c, side, at, true), at + 1);
			if (dv->kind != DIFF_ORDER)
				assert_int_equal(step_differs(&c, side, at + 1),
						 dv->to[side] > at);
		}
	for (uint64_t at = next_difference(&c, 0, 0, true); at;
	     at = next_difference(&c, 0, at, true)) {
		bool known = at == parted_at(&c, 0) + 1;

		for (size_t i = 0; i < d->divergences && !known; i++)
			known = at == d->divergence[i].from[0] + 1 ||
				(d->divergence[i].kind == DIFF_ORDER &&
				 at > d->divergence[i].from[0] && at <= d->divergence[i].to[0] + 1);
		assert_true(known);
	}
	alignment_free(&c.alignment);
}

/* Compare them and check all that; *d is the caller's to free. */
static void compared(struct diff *d, const struct recorded *a, const struct recorded *b)
{
	struct trace *t[2];

	record_both(&a->x, a->x.n, &b->x, t);
	assert_int_equal(diff_runs(d, t[0], t[1]), 0);
	assert_int_equal(d->scope, DIFF_WHOLE);
	if (!strcmp(a->s.text, b->s.text)) {
		assert_int_equal(d->same, same_runs(&a->x, &b->x));
		check_between(d, &a->x, &b->x);
		for (size_t i = 0; i < d->divergences; i++)
			if (d->divergence[i].kind == DIFF_ORDER)
				check_order(&d->divergence[i], &a->x, &b->x);
	}
	check_turned(d, t[0], t[1]);
	check_debugger(d, t[0], t[1]);
	/* what a finding is called is the trace's: none is looked at behind this */
	trace_free(t[0]);
	trace_free(t[1]);
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
	assert_true(differ > 10 && again > 10 && orders > 0 && rules > 0);
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

/* ---- two kernels ---- */

/* Steps of one kernel alone, and then the same state again. */
static void test_together_again(void **state)
{
	const struct kernel k[2] = { kernel_like("v6.8"), kernel_like("v6.8 refcount=off") };
	bool seen = false;
	struct recorded a = { 0 }, b = { 0 };
	struct kernel_pair p;
	struct schedule schedule = { 0 };
	struct diff d;
	size_t at;

	(void)state;
	load(&a.s, "slept");
	assert_int_equal(schedule_parse(&schedule, &a.s, "T0*20", &at), 0);
	assert_int_equal(pair_by_schedule(&p, &a.s, k, &schedule), 0);
	schedule_free(&schedule);
	load(&b.s, "slept");
	a.x = p.run[0];
	b.x = p.run[1];
	compared(&d, &a, &b);
	for (size_t i = 0; i < d.divergences; i++) {
		const struct divergence *dv = &d.divergence[i];

		if (dv->rules == UINT64_C(1) << SWITCH_refcount && dv->to[0] > dv->from[0] &&
		    dv->to[1] == dv->from[1] && dv->again[0] != DIFF_NEVER)
			seen = true;
	}
	assert_true(seen);
	diff_free(&d);
	kernel_pair_free(&p);
	scenario_free(&a.s);
	scenario_free(&b.s);
}

/* ---- the catalog ---- */

/*
 * The rule that turns the bug away is the repair's, as the search of the repair finds it; and where
 * the runs part by a rule, each divergence that the kernels make is there because of one, or of
 * several together.
 */
static void check_bug(const struct scenario *s)
{
	const char *property = properties[s->bug.property].name;
	struct trace *t[2];
	bool found = false;
	struct repair r;
	struct diff d;

	printf("%s, %s: %s\n", s->bug.id, s->name, property);
	assert_int_equal(repair_make(&r, s, &s->bug.shows.kernel, &s->bug.beside.kernel,
				     s->bug.property), 0);
	assert_true(r.rules != 0);
	record_both(&r.broken.run, r.loop, &r.fixed.run, t);
	assert_int_equal(diff_runs(&d, t[0], t[1]), 0);
	assert_false(d.same);
	assert_true(d.divergences > 0);
	for (size_t i = 0; i < d.findings; i++) {
		if (d.finding[i].side || strcmp(d.finding[i].property, property))
			continue;
		found = true;
		assert_true(d.finding[i].asked);
		assert_true(d.finding[i].rules == r.rules);
	}
	assert_true(found);
	assert_int_equal(r.same >= d.divergence[0].from[0], true);
	check_turned(&d, t[0], t[1]);
	check_debugger(&d, t[0], t[1]);
	diff_free(&d);
	trace_free(t[0]);
	trace_free(t[1]);
	repair_free(&r);
}

static void test_catalog(void **state)
{
	unsigned bugs = 0;

	(void)state;
	for (size_t i = 0; i < builtin_scenario_count; i++) {
		struct scenario s;

		load(&s, builtin_scenarios[i].name);
		if (s.bug.present && (!SANITIZED || i % 5 == 0)) {
			check_bug(&s);
			bugs++;
		}
		scenario_free(&s);
	}
	assert_true(bugs >= (SANITIZED ? 4 : 29));
}

/* Which kernel is called the left one does not matter. */
static void check_pair(const char *scenario, const char *left, const char *right,
		       enum property found)
{
	const struct kernel k[2] = { kernel_like(left), kernel_like(right) }, turned[2] = { k[1], k[0] };
	struct kernel_pair p, q;
	struct scenario s;
	uint32_t bits = 0;

	load(&s, scenario);
	assert_int_equal(pair_by_finding(&p, &s, k, 0), 0);
	assert_int_equal(pair_by_finding(&q, &s, turned, 0), 0);
	assert_int_equal(p.own, !q.own);
	assert_int_equal(p.loop, q.loop);
	for (unsigned side = 0; side < 2; side++) {
		assert_int_equal(p.run[side].n, q.run[!side].n);
		assert_int_equal(p.search[side].states, q.search[!side].states);
		assert_int_equal(p.search[side].verdict, q.search[!side].verdict);
		for (size_t i = 0; i < p.run[side].n; i++)
			assert_true(same_step(&p.run[side].step[i], &q.run[!side].step[i]));
	}
	for (size_t i = 0; i < p.run[p.own].n; i++)
		bits |= p.run[p.own].step[i].violated | p.run[p.own].step[i].costs;
	if (found != PROP_LIVELOCK)
		assert_true(bits >> found & 1);
	assert_int_equal(p.search[p.own].verdict, properties[found].kind == COST ? VERDICT_SAFE :
			 VERDICT_VIOLATED);
	kernel_pair_free(&p);
	kernel_pair_free(&q);
	scenario_free(&s);
}

static void test_kernels(void **state)
{
	const struct kernel safe[2] = { kernel_like("v6.8"), kernel_like("v6.9") };
	struct kernel_pair p;
	struct scenario s;

	(void)state;
	check_pair("aba", "v6.7", "v6.8", PROP_STALE);
	check_pair("aborted-bypass", "v6.9", "v6.9-rc1", PROP_LOST);
	check_pair("slept", "v6.8", "v6.12", PROP_SLEPT);
	check_pair("shmem-livelock", "v6.18", "v6.18 shmem=bypass-wait", PROP_LIVELOCK);
	check_pair("aba", "v6.5", "v6.7", PROP_STALE);		/* both violate it */
	load(&s, "duplicate-store");
	assert_int_equal(pair_by_finding(&p, &s, safe, 1u << PROP_MAPPED), -ENOENT);
	assert_true(p.search[0].complete && p.search[1].complete);
	kernel_pair_free(&p);
	scenario_free(&s);
}

static void check_schedule(const char *text, int want, unsigned own, size_t n)
{
	const struct kernel k[2] = { kernel_like("debate-a"), kernel_like("v6.9") };
	const struct kernel turned[2] = { k[1], k[0] };
	struct schedule schedule = { 0 };
	struct kernel_pair p, q;
	struct scenario s;
	size_t at;

	load(&s, "debate");
	assert_int_equal(schedule_parse(&schedule, &s, text, &at), 0);
	assert_int_equal(pair_by_schedule(&p, &s, k, &schedule), want);
	assert_int_equal(pair_by_schedule(&q, &s, turned, &schedule), want);
	assert_int_equal(p.own, own);
	assert_int_equal(q.own, !own);
	assert_int_equal(p.run[own].n, n);
	assert_int_equal(p.run[!own].n, q.run[own].n);
	kernel_pair_free(&p);
	kernel_pair_free(&q);
	schedule_free(&schedule);
	scenario_free(&s);
}

static void test_schedule(void **state)
{
	(void)state;
	check_schedule("T0*7 W*11 T0", 0, 0, 19);	/* which only the left kernel can make */
	check_schedule("T0*99", -EAGAIN, 1, 28);	/* neither: the one that comes further */
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
	/* fields that say what cannot be: the comparison goes on, or says that the file is damaged */
	sql(file("h.db"), "UPDATE event SET task = 1 WHERE run = 1 AND seq % 3 = 0; "
	    "UPDATE run SET scenario_text = 'nonsense' WHERE id = 2; "
	    "UPDATE switch SET value = 'perhaps' WHERE run = 2 AND name = 'pin'");
	{
		struct trace *x = NULL, *y = NULL;
		struct diff d;

		if (!trace_open(&x, file("h.db"), 1, err) && !trace_open(&y, file("h.db"), 2, err)) {
			if (!diff_runs(&d, x, y))
				assert_false(d.same);
			diff_free(&d);
		}
		trace_free(x);
		trace_free(y);
	}
	free(bytes);
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
		cmocka_unit_test_setup_teardown(test_together_again, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_kernels, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_schedule, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_exchanged, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_by_chance, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_catalog, make_dir, remove_dir),
		cmocka_unit_test_setup_teardown(test_hostile, make_dir, remove_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
