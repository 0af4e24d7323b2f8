/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an explanation says is so: each of its steps is held to the worlds of the run, the switches
 * that it calls needed to schedules that are made here another way.
 */
#include "tests/check.h"
#include "tests/trace_help.h"

#include "replay/explain/explain.h"

#define STATES_MAX	150000	/* of a search: what is further away is another test's */
#define LOOK_FOR	2000000

static struct trace *recorded_trace(const struct execution *x, bool repeats, uint64_t loop)
{
	const struct run_meta meta = { .title = "a test", .kernel_name = "a kernel",
				       .repeats = repeats, .loop = loop };
	struct trace_writer *tw;
	struct trace *t;

	if (trace_create(&tw, file("explain.db"), TRACE_SCRATCH, err))
		fail_msg("%s", err);
	if (trace_execution(tw, x, &meta) < 0)
		fail_msg("%s", trace_error(tw));
	assert_int_equal(trace_close(tw), 0);
	t = open_run(file("explain.db"), 0);
	unlink(file("explain.db"));
	return t;
}

/* What is being looked at, for a message. */
static char subject[600];

#define CHECK(condition, link)								\
	do {										\
		if (!(condition))							\
			fail_msg("%s, step %llu '%s': not so: %s", subject,		\
				 (unsigned long long)(link)->at, (link)->text, #condition);	\
	} while (0)

/* ---- a step ---- */

static bool object_differs(const struct mem *a, const struct mem *b, struct trace_object o)
{
	switch (o.kind) {
	case OBJ_PAGE:
		return memcmp(&a->page[o.number], &b->page[o.number], sizeof(a->page[0]));
	case OBJ_SLOT:
		return memcmp(&a->slot[o.number], &b->slot[o.number], sizeof(a->slot[0]));
	case OBJ_FOLIO:
		return memcmp(&a->folio[o.number], &b->folio[o.number], sizeof(a->folio[0]));
	case OBJ_ENTRY:
		return memcmp(&a->entry[o.number], &b->entry[o.number], sizeof(a->entry[0]));
	case OBJ_MM:
		return memcmp(&a->mm[o.number], &b->mm[o.number], sizeof(a->mm[0]));
	case OBJ_DEVICE:
		return memcmp(&a->si[o.number], &b->si[o.number], sizeof(a->si[0]));
	default:
		return memcmp(a, b, sizeof(*a));
	}
}

static bool frees(const struct mem *a, const struct mem *b, struct trace_object o)
{
	return o.kind == OBJ_ENTRY ? a->entry[o.number].state != b->entry[o.number].state &&
				     b->entry[o.number].state != ENTRY_LIVE :
	       o.kind == OBJ_FOLIO ? a->folio[o.number].ref && !b->folio[o.number].ref :
	       o.kind == OBJ_SLOT && a->slot[o.number].swap_map && !b->slot[o.number].swap_map;
}

/* An entry comes into the tree, or a folio into the swap cache, perhaps in place of another. */
static bool goes_in(const struct mem *a, const struct mem *b, struct trace_object o)
{
	const struct slot *was = &a->slot[o.number], *is = &b->slot[o.number];

	return o.kind == OBJ_SLOT && ((is->entry && is->entry != was->entry) ||
				      (is->cache && is->cache != was->cache));
}

static void check_role(const struct execution *x, const struct explain_link *l)
{
	const struct mem *a = &x->world[l->at - 1].mem, *b = &x->world[l->at].mem;
	const struct trace_object o = l->object;

	switch (l->role) {
	case EXPLAIN_FREE:
		CHECK(frees(a, b, o), l);
		break;
	case EXPLAIN_STORE:
		CHECK(o.kind == OBJ_ENTRY && b->entry[o.number].state == ENTRY_LIVE, l);
		CHECK(a->entry[o.number].state != ENTRY_LIVE ||
		      a->entry[o.number].stamp != b->entry[o.number].stamp, l);
		break;
	case EXPLAIN_ERASE:
		CHECK(goes_in(b, a, o), l);
		break;
	case EXPLAIN_INSERT:
		CHECK(goes_in(a, b, o), l);
		break;
	case EXPLAIN_MAP:
		CHECK(o.kind == OBJ_PAGE && b->page[o.number].pte == PTE_PRESENT, l);
		CHECK(object_differs(a, b, o), l);
		break;
	case EXPLAIN_UNMAP:
		CHECK(o.kind == OBJ_PAGE && b->page[o.number].pte != PTE_PRESENT, l);
		CHECK(object_differs(a, b, o), l);
		break;
	case EXPLAIN_PIN:
		CHECK(o.kind == OBJ_SLOT && b->slot[o.number].holder != HOLD_NONE, l);
		CHECK(a->slot[o.number].holder == HOLD_NONE, l);
		break;
	case EXPLAIN_UNPIN:
		CHECK(o.kind == OBJ_SLOT && b->slot[o.number].holder == HOLD_NONE, l);
		CHECK(a->slot[o.number].holder != HOLD_NONE, l);
		break;
	case EXPLAIN_READ:	/* a block without data changes nothing */
	case EXPLAIN_LOOKUP:
	case EXPLAIN_WAIT:
	case EXPLAIN_REPEAT:
	case EXPLAIN_FINDING:
		break;
	default:
		CHECK(object_differs(a, b, o), l);
	}
}

static void check_links(const struct execution *x, const struct explanation *e)
{
	for (unsigned i = 0; i < e->links; i++) {
		const struct explain_link *l = &e->link[i];
		const char *who;

		CHECK(l->at >= 1 && l->at <= x->n, l);
		CHECK(!i || l->at > e->link[i - 1].at, l);
		CHECK(l->task == x->step[l->at - 1].move.task, l);
		CHECK(strlen(l->text) > 8 && strlen(l->text) < EXPLAIN_TEXT - 1, l);
		CHECK((l->role == EXPLAIN_FINDING) == (i + 1 == e->links), l);
		who = x->scenario->program[l->task].name;
		if (l->role != EXPLAIN_FINDING)
			CHECK(!strncmp(l->text, who, strlen(who)), l);
		if (l->role != EXPLAIN_LOOKUP || l->object.kind != OBJ_NONE)
			check_role(x, l);
		if (l->role == EXPLAIN_LOOKUP && l->object.kind == OBJ_NONE)
			CHECK(x->step[l->at - 1].result, l);
	}
	assert_true(e->links >= 2 && e->links <= EXPLAIN_LINKS);
	assert_int_equal(e->link[e->links - 1].at, e->position);
}

/* The one who freed what is read: found here by going back through the worlds. */
static void check_uaf(const struct execution *x, const struct explanation *e)
{
	unsigned entry = x->step[x->n - 1].ev.deref;
	size_t at = x->n;
	bool told = false;

	if (!entry)
		return;		/* a VMA, or a walk that went on behind a freed one */
	while (at && !(x->world[at - 1].mem.entry[entry].state == ENTRY_LIVE &&
		       x->world[at].mem.entry[entry].state != ENTRY_LIVE))
		at--;
	assert_true(at > 0);
	for (unsigned i = 0; i < e->links; i++)
		told |= e->link[i].at == at && e->link[i].role == EXPLAIN_FREE &&
			e->link[i].task == x->step[at - 1].move.task;
	if (!told)
		fail_msg("%s: the step %zu that freed entry %u is not told", subject, at, entry);
}

/* ---- switches ---- */

static bool broken(const struct execution *x, uint32_t bit)
{
	return x->n && (x->step[x->n - 1].violated | x->step[x->n - 1].costs) & bit;
}

/* The schedule that is told breaks it, at its end. */
static void check_shortest(const struct execution *x, const struct explanation *e, uint32_t bit)
{
	struct schedule s;
	struct execution y;
	size_t at;

	assert_non_null(e->shortest);
	if (schedule_parse(&s, x->scenario, e->shortest, &at))
		fail_msg("%s: '%s'", subject, e->shortest);
	assert_int_equal(execution_init(&y, x->scenario, &x->kernel), 0);
	if (execution_run(&y, &s) || !broken(&y, bit))
		fail_msg("%s: '%s' does not break it", subject, e->shortest);
	execution_free(&y);
	schedule_free(&s);
}

/*
 * The task that is held up goes on instead, until it is done or waits, and then all others make
 * the moves that they made, those that they can: is it broken?  Made by execution_move() alone.
 */
static bool breaks_without(const struct execution *x, const struct explain_switch *s, uint32_t bit)
{
	size_t used[MAX_TASKS] = { 0 }, own = 0;
	struct execution y;
	bool breaks = false;

	assert_int_equal(execution_init(&y, x->scenario, &x->kernel), 0);
	for (size_t i = 0; i < s->at; i++)
		assert_int_equal(execution_move(&y, x->step[i].move), 0);
	for (int i = 0; i < 200 && !breaks; i++) {
		int r = -EAGAIN;

		for (uint8_t choice = 0; r && choice < 8; choice++)
			r = execution_move(&y, (struct move){ (uint8_t)s->from, choice });
		if (r)
			break;
		own++;
		breaks = broken(&y, bit);
		if (y.step[y.n - 1].ev.op_done)
			break;
	}
	for (size_t i = s->at; i < x->n && !breaks; i++) {
		struct move m = x->step[i].move;

		if (m.task == s->from && used[m.task]++ < own)
			continue;
		if (!execution_move(&y, m))
			breaks = broken(&y, bit);
	}
	execution_free(&y);
	return breaks;
}

static void check_switches(const struct execution *x, const struct explanation *e, uint32_t bit)
{
	if (e->repeats) {
		assert_int_equal(e->how, SWITCHES_NOT_ASKED);
		return;
	}
	assert_int_equal(e->how, SWITCHES_TRIED);
	assert_true(e->switches <= e->preemptions);
	check_shortest(x, e, bit);
	for (unsigned i = 0; i < e->switches && i < EXPLAIN_SWITCHES; i++) {
		const struct explain_switch *s = &e->needed[i];

		assert_true(s->from < x->scenario->tasks && s->to < x->scenario->tasks);
		assert_true(s->from != s->to && *s->text);
		/* of a run that has no other, the switch is one of it as it is */
		if (!s->other && e->switches == e->preemptions && s->at &&
		    breaks_without(x, s, bit))
			fail_msg("%s: it breaks without: %s", subject, s->text);
	}
}

/* ---- all that is shipped ---- */

static unsigned explained;

static void check_finding(const struct scenario *s, const struct kernel *k,
			  const struct finding *f)
{
	const char *name = properties[f->property].name;
	bool cost = properties[f->property].kind == COST;
	bool repeats = f->loop < f->schedule.n;
	struct explanation e;
	struct execution x;
	struct trace *t;
	size_t n, i = 0;
	const struct trace_finding *found;
	int r;

	assert_int_equal(execution_init(&x, s, k), 0);
	assert_int_equal(execution_run(&x, &f->schedule), 0);
	t = recorded_trace(&x, repeats, f->loop);
	found = trace_findings(t, &n);
	while (!cost && i < n && strcmp(found[i].property, name) != 0)
		i++;
	assert_true(cost || i < n);
	r = cost ? explain_cost(&e, t, name, LOOK_FOR) : explain_finding(&e, t, i, LOOK_FOR);
	assert_int_equal(r, 0);
	assert_string_equal(e.property, name);
	assert_true(e.cost == cost && e.repeats == repeats && e.position == x.n);
	check_links(&x, &e);
	if (f->property == PROP_UAF)
		check_uaf(&x, &e);
	check_switches(&x, &e, 1u << f->property);
	explanation_free(&e);
	trace_free(t);
	execution_free(&x);
	explained++;
}

static void check_case(const struct scenario *s, const struct kernel *k, const char *kernel,
		       const struct expect *sets, uint32_t wanted)
{
	for (unsigned p = 0; p < PROPERTY_COUNT; p++) {
		const struct explore_options o = { .only = 1u << p, .max_states = STATES_MAX,
						   .livelock = p == PROP_LIVELOCK };
		struct exploration x;

		if (!(wanted >> p & 1))
			continue;
		snprintf(subject, sizeof(subject), "swapscope explain %.60s --kernel '%.80s' "
			 "--property %s", s->name, kernel, properties[p].name);
		for (unsigned i = 0; sets && i < sets->set_count; i++)
			snprintf(subject + strlen(subject), sizeof(subject) - strlen(subject),
				 " --set %.30s", sets->sets[i]);
		assert_int_equal(explore(&x, s, k, &o), 0);
		for (unsigned i = 0; i < x.findings; i++)
			if (x.finding[i].property == p)
				check_finding(s, k, &x.finding[i]);
		for (unsigned i = 0; i < x.costs_found; i++)
			if (x.cost[i].property == p)
				check_finding(s, k, &x.cost[i]);
		exploration_free(&x);
	}
}

/* What its [bug] says, and every case of [expect] that is of a property. */
static void check_scenario(const char *name)
{
	struct scenario s;

	load(&s, name);
	if (s.bug.present)
		check_case(&s, &s.bug.shows.kernel, s.bug.shows.text, NULL,
			   1u << s.bug.property);
	for (unsigned i = 0; i < s.expects && (!SANITIZED || i < 2); i++) {
		struct kernel k;

		expect_kernel(&s.expect[i], &k);
		check_case(&s, &k, s.expect[i].kernel, &s.expect[i],
			   s.expect[i].any | s.expect[i].all);
	}
	scenario_free(&s);
}

static void test_shipped(void **state)
{
	(void)state;
	for (size_t i = 0; i < builtin_scenario_count; i++)
		check_scenario(builtin_scenarios[i].name);
	assert_true(explained > (SANITIZED ? 50 : 150));
}

/* ---- the switch ---- */

static void explain_schedule(struct explanation *e, struct trace **t, const char *scenario,
			     const char *kernel, const char *schedule)
{
	struct recorded r;
	struct schedule s;
	size_t at;

	start(&r, scenario, kernel);
	assert_int_equal(schedule_parse(&s, &r.s, schedule, &at), 0);
	assert_int_equal(execution_run(&r.x, &s), 0);
	*t = recorded_trace(&r.x, false, 0);
	assert_int_equal(explain_finding(e, *t, 0, LOOK_FOR), 0);
	schedule_free(&s);
	done(&r);
}

/* What a link is about, without numbers of steps. */
static const struct trace_step *step_made(struct trace *t, const struct explain_link *l)
{
	return trace_step_at(t, trace_event_at(t, l->at)->step);
}

static bool has_link(struct trace *t, const struct explanation *e, struct trace *of,
		     const struct explain_link *l)
{
	const struct trace_step *step = step_made(of, l);

	for (unsigned i = 0; i < e->links; i++)
		if (e->link[i].task == l->task && e->link[i].role == l->role &&
		    !strcmp(step_made(t, &e->link[i])->text, step->text))
			return true;
	return false;
}

/* A run with switches that do nothing is explained as the one without. */
static void test_padded(void **state)
{
	static const char *const padded[] = {
		"T0*2 W T0*5 W*10 T0",
		"W*2 T0*7 W*9 T0",
		"T0 W T0 W T0 W T0*4 W*8 T0",
		"T0*3 T1*3 T0*4 W*11 T0",
		"T1*2 T0*7 W*5 T1 W*6 T0",
	};
	struct explanation plain, e;
	struct trace *of, *t;

	(void)state;
	explain_schedule(&plain, &of, "debate", "debate-a", "T0*7 W*11 T0");
	assert_int_equal(plain.switches, 1);
	assert_int_equal(plain.needed[0].at, 7);
	assert_int_equal(plain.needed[0].on, 19);
	for (size_t i = 0; i < sizeof(padded) / sizeof(padded[0]); i++) {
		snprintf(subject, sizeof(subject), "%s", padded[i]);
		explain_schedule(&e, &t, "debate", "debate-a", padded[i]);
		assert_int_equal(e.how, SWITCHES_TRIED);
		if (e.switches != 1)
			fail_msg("%s: %u switches: %s; %s", subject, e.switches, e.needed[0].text,
				 e.needed[1].text);
		if (e.preemptions <= plain.preemptions)
			fail_msg("%s: switches %u times", subject, e.preemptions);
		assert_int_equal(e.needed[0].from, plain.needed[0].from);
		assert_int_equal(e.needed[0].to, plain.needed[0].to);
		/* it is the same place: T0 has its pointer, and goes on to read through it */
		if (e.needed[0].on != e.position || e.needed[0].other)
			fail_msg("%s: %s", subject, e.needed[0].text);
		for (unsigned j = 0; j < plain.links; j++)
			if (!has_link(t, &e, of, &plain.link[j]))
				fail_msg("%s: it is not told that %s", subject,
					 plain.link[j].text);
		explanation_free(&e);
		trace_free(t);
	}
	explanation_free(&plain);
	trace_free(of);
}

/* ---- runs that cannot be made again; lives ---- */

static int count(void *arg, uint64_t at, enum explain_role role, const char *text)
{
	uint64_t *last = arg;

	assert_true(at > *last);
	assert_non_null(explain_role_name(role));
	assert_non_null(text);
	*last = at;
	return 0;
}

static void test_live(void **state)
{
	static const char *const files[] = { "freed", "unlinked", "lost", "reclaim" };

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct explanation e;
		char path[64];
		struct trace *t;
		size_t n;

		snprintf(path, sizeof(path), "tests/data/live-%s.db", files[i]);
		t = open_run(path, 0);
		trace_findings(t, &n);
		for (size_t j = 0; j < n; j++) {
			assert_int_equal(explain_finding(&e, t, j, LOOK_FOR), 0);
			assert_true(e.how == SWITCHES_READ || e.how == SWITCHES_NOT_ASKED);
			assert_null(e.shortest);
			for (unsigned l = 0; l < e.links; l++) {
				const struct trace_event *ev = trace_event_at(t, e.link[l].at);

				assert_non_null(ev);
				assert_int_equal(ev->task, e.link[l].task);
				assert_true(!l || e.link[l].at > e.link[l - 1].at);
			}
			explanation_free(&e);
		}
		assert_int_equal(explain_finding(&e, t, n, LOOK_FOR), -ENOENT);
		for (uint32_t o = 0; o < 60; o++) {
			uint64_t last = 0;

			assert_int_equal(explain_life(t, (struct trace_object){
				OBJ_PAGE + o % 4, 1 + o / 4 }, 1, trace_info(t)->events, count,
				&last), 0);
		}
		trace_free(t);
	}
}

/* A run that its scenario's text does not make: a lock that nobody drops was put into its start. */
static void test_deadlock(void **state)
{
	const struct explore_options o = { .only = 1u << PROP_DEADLOCK };
	struct kernel k = kernel_like("v6.9");
	struct exploration x;
	struct explanation e;
	struct execution run;
	struct scenario s;
	struct trace *t;

	(void)state;
	load(&s, "writeback-first");
	s.start.mem.tree_lock = MAX_TASKS;
	assert_int_equal(explore(&x, &s, &k, &o), 0);
	assert_int_equal(x.findings, 1);
	assert_int_equal(execution_init(&run, &s, &k), 0);
	assert_int_equal(execution_run(&run, &x.finding[0].schedule), 0);
	t = recorded_trace(&run, false, 0);
	assert_int_equal(explain_finding(&e, t, 0, LOOK_FOR), 0);
	assert_string_equal(e.property, "DEADLOCK");
	assert_int_equal(e.position, run.n);
	assert_true(e.links >= 1 && *e.link[e.links - 1].text);
	assert_int_not_equal(e.how, SWITCHES_TRIED);
	explanation_free(&e);
	trace_free(t);
	execution_free(&run);
	exploration_free(&x);
	scenario_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_padded),
		cmocka_unit_test(test_live),
		cmocka_unit_test(test_deadlock),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
