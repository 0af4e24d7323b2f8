/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/explore/explore.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/explore/count.h"
#include "core/explore/edges.h"
#include "core/explore/graph.h"
#include "core/explore/meet.h"
#include "core/explore/progress.h"

#define BATCH	64	/* states whose successors are looked up together */

/* A successor on its way into the visited set. */
struct arrival {
	struct state_row row;
	uint64_t hash;
	uint32_t parent;
	uint8_t task;
	uint8_t choice;
	bool followed;
	bool injected;
};

struct search {
	struct graph *g;
	struct exploration *x;
	const struct explore_options *o;
	struct arena arrivals;
	uint64_t batches;
	uint32_t next;		/* the first state of the next depth */
	uint32_t costs;		/* properties_costs() */
	bool last;		/* no state beyond this depth is wanted */
	bool stop;
};

/* The first violation of a property is its shortest: keep it. */
static void found(struct search *s, enum property p, uint32_t state, const struct move *last)
{
	bool cost = properties[p].kind == COST;
	struct finding *f = cost ? &s->x->cost[s->x->costs_found++] :
				   &s->x->finding[s->x->findings++];

	*(cost ? &s->x->costs : &s->x->violated) |= 1u << p;
	f->property = p;
	if (graph_path(s->g, state, &f->schedule) || (last && schedule_add(&f->schedule, *last)))
		s->g->out_of_memory = true;
	f->loop = f->schedule.n;
	if (s->o->only)
		s->stop = true;
}

static void judge(struct search *s, uint32_t state, unsigned task, const struct effect *e)
{
	struct move m = { .task = (uint8_t)task, .choice = (uint8_t)effect_choice(e) };
	uint64_t what = effect_what(s->g, e);
	uint32_t fresh;

	if (what & EFFECT_OVERFLOW) {
		s->x->bound = "the world has no folio left";
		return;
	}
	for (uint32_t bits = (uint32_t)what & s->costs; bits; bits &= bits - 1)
		s->x->cost_count[__builtin_ctz(bits)]++;
	fresh = (uint32_t)(what & EFFECT_VIOLATED) & ~(s->x->violated | s->x->costs);
	if (s->o->only) {
		s->x->cut |= fresh & s->g->ending & ~s->o->only;
		fresh &= s->o->only;
	}
	for (unsigned p = 0; fresh >> p; p++)
		if (fresh >> p & 1)
			found(s, p, state, &m);
}

static void reach_goal(struct search *s, uint32_t state, unsigned task, const struct effect *e)
{
	struct move m = { (uint8_t)task, (uint8_t)effect_choice(e) };

	if (s->x->goal_reached)
		return;
	s->x->goal_reached = true;
	if (graph_path(s->g, state, &s->x->goal) || schedule_add(&s->x->goal, m))
		s->g->out_of_memory = true;
}

/* One effect: judged, and queued. */
static bool queue(struct search *s, uint32_t state, const struct state_row *row, unsigned task,
		  const struct effect *e)
{
	struct arrival *a = arena_add(&s->arrivals, sizeof(*a));
	struct graph *g = s->g;

	if (!a) {
		g->out_of_memory = true;
		return false;
	}
	s->x->transitions++;
	a->followed = true;
	a->injected = false;
	if (e->what & EFFECT_INDEX) {
		uint64_t what = effect_what(g, e);

		if (what & (EFFECT_VIOLATED | EFFECT_OVERFLOW))
			judge(s, state, task, e);
		a->followed = effect_followed(g, e);
		a->injected = what & EFFECT_INJECTED;
		if (what & EFFECT_GOAL)
			reach_goal(s, state, task, e);
	}
	if (!a->followed)
		return true;
	graph_follow(g, row, task, e, &a->row);
	a->hash = store_hash(&g->states, &a->row);
	a->parent = state;
	a->task = (uint8_t)task;
	a->choice = (uint8_t)effect_choice(e);
	store_prefetch_slot(&g->states, a->hash);
	return true;
}

/* All that can happen in one state: counted, judged, and queued. */
static void expand(struct search *s, uint32_t state)
{
	struct graph *g = s->g;
	struct state_row row = { 0 };
	unsigned unfinished = 0, movable = 0, n;
	uint32_t preempted;

	memcpy(&row, graph_row(g, state), g->states.row_size);
	preempted = graph_preempted(g, &row);
	for (unsigned task = 0; task < g->scenario->tasks; task++) {
		int step = g->stack_step[row.task[task]];
		const struct effect *e;

		if (step < 0)
			continue;
		unfinished += g->scenario->program[task].must_finish;
		if (preempted >> task & 1)
			continue;
		e = graph_effects(g, row.mem, row.task[task], task, &n);
		if (g->out_of_memory)
			return;		/* what can happen here is not known */
		movable += n > 0;
		if (n)
			s->x->step_reached[step] = true;
		for (unsigned i = 0; i < n; i++)
			if (!queue(s, state, &row, task, &e[i]))
				return;
	}
	if (property_deadlock(unfinished, movable) && !(s->x->violated & (1u << PROP_DEADLOCK)) &&
	    (!s->o->only || (s->o->only & (1u << PROP_DEADLOCK))))
		found(s, PROP_DEADLOCK, state, NULL);
}

/* Ask early for what expanding a state will read. */
static void prefetch_effects(const struct graph *g, uint32_t state)
{
	const struct state_row *row = graph_row(g, state);

	for (unsigned task = 0; task < g->scenario->tasks; task++)
		__builtin_prefetch(graph_memo(g, row->mem, row->task[task], task));
}

/* Enter the queued successors, in the order in which they came. */
static void arrive(struct search *s)
{
	struct graph *g = s->g;
	const struct arrival *a = (const struct arrival *)s->arrivals.p;
	size_t n = s->arrivals.used / sizeof(*a);

	for (size_t i = 0; i < n; i++)
		if (a[i].followed)
			store_prefetch_row(&g->states, a[i].hash);
	for (size_t i = 0; i < n; i++) {
		uint32_t number;

		if (!a[i].followed)
			continue;
		if (s->last || (s->o->max_states && g->states.count >= s->o->max_states)) {
			if (store_find(&g->states, &a[i].row, a[i].hash) == STORE_NONE)
				s->x->bound = s->last ? "max_depth" : "max_states";
			continue;
		}
		number = graph_add(g, &a[i].row, a[i].hash,
				   (struct origin){ a[i].parent, a[i].task, a[i].choice, { 0 } });
		if (number == STORE_NONE)
			return;
		/* a cycle has a step that does not lead deeper */
		g->maybe_cyclic |= number < s->next && !a[i].injected;
	}
	s->arrivals.used = 0;
}

/* Bounds, memory, and whoever watches.  Called between batches. */
static void check_limits(struct search *s, unsigned depth)
{
	struct graph *g = s->g;

	if (s->o->max_bytes && graph_state_bytes(g) + graph_memo_bytes(g) > s->o->max_bytes) {
		s->x->bound = "memory";
		s->stop = true;
	}
	if (s->o->progress && !s->o->progress(s->o->progress_arg, g->states.count,
					      s->x->transitions, depth)) {
		s->x->bound = "interrupted";
		s->stop = true;
	}
}

/* All states of one depth; states found meanwhile are the next. */
static void search_level(struct search *s, uint32_t from, uint32_t to, unsigned depth)
{
	s->next = to;
	for (uint32_t at = from; at < to && !s->stop && !s->g->out_of_memory;) {
		uint32_t end = to - at > BATCH ? at + BATCH : to;

		for (uint32_t i = at; i < end; i++)
			prefetch_effects(s->g, i);
		for (uint32_t i = at; i < end && !s->stop && !s->g->out_of_memory; i++)
			expand(s, i);
		arrive(s);
		at = end;
		if (!s->stop && !s->g->out_of_memory)
			s->x->expanded = at;
		if (++s->batches % 256 == 0 || at == to)
			check_limits(s, depth);
	}
}

static void search(struct search *s)
{
	struct graph *g = s->g;
	uint32_t from = 0, to = 1;
	bool cut = false;

	for (unsigned depth = 0; from < to && !s->stop; depth++) {
		if (!graph_begin_level(g, from))
			break;
		s->x->depth = depth;
		s->last = s->o->max_depth && depth == s->o->max_depth;
		search_level(s, from, to, depth);
		/* whether or not there was room for the states that they lead to */
		if (!cut && s->x->expanded == to)
			s->x->whole = depth + 1;
		cut = s->x->bound;
		if (g->out_of_memory)
			break;
		from = to;
		to = g->states.count;
		graph_widen_memo(g);
	}
	if (g->states.count > to) {	/* cut in the middle: the next depth has begun */
		graph_begin_level(g, to);
		s->x->depth++;
	}
	s->x->complete = !s->x->bound && !s->stop && !g->out_of_memory;
}

static int by_length(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->schedule.n != y->schedule.n)
		return x->schedule.n < y->schedule.n ? -1 : 1;
	return (int)x->property - (int)y->property;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Look for a livelock.  One that was not looked for to the end is a bound. */
static void ask_livelock(struct exploration *x, const struct edges *e, const struct watch *w)
{
	struct finding *f = &x->finding[x->findings];
	int r = graph_livelock(x->graph, e, w, &f->schedule, &f->loop);

	if (r > 0) {
		f->property = PROP_LIVELOCK;
		x->violated |= 1u << PROP_LIVELOCK;
		x->findings++;
		return;
	}
	schedule_free(&f->schedule);
	if (r < 0)
		x->bound = r == -EINTR ? "interrupted" : "memory";
}

/* What can only be asked of the whole graph. */
static void ask_whole(struct exploration *x, const struct explore_options *o, double start)
{
	const struct watch w = { o->progress, o->progress_arg, x->states, x->transitions,
				 x->depth };
	bool livelock = o->livelock && x->graph->maybe_cyclic &&
			(!o->only || (o->only & (1u << PROP_LIVELOCK)));
	bool count = o->count && (!o->count_max || x->states <= o->count_max);
	struct edges e = { 0 };
	int err;

	if (livelock && o->max_bytes &&
	    x->bytes + livelock_bytes(x->states, x->transitions) > o->max_bytes) {
		x->bound = "memory";
		livelock = false;
	}
	if (!livelock && !count && !o->count_depth)
		return;
	err = edges_init(&e, x->graph, x->states, &w);
	if (err && livelock)
		x->bound = err == -EINTR ? "interrupted" : "memory";
	if (!err && livelock) {
		ask_livelock(x, &e, &w);
		x->seconds = now() - start;
	}
	if (!err && count)
		x->interleavings = count_interleavings(&e, &x->cyclic, &w);
	if (!err && o->count_depth)
		x->schedules = count_schedules(&e, o->count_depth, &w);
	edges_free(&e);
}

/* The overlap that a schedule is wanted to. */
static int ask_goal(struct exploration *x, const struct reach *r, const struct watch *w)
{
	int found = graph_overlap(x->graph, x->expanded, r, w, &x->goal);

	x->goal_reached = found > 0;
	return found < 0 ? found : 0;
}

/* The overlaps that the scenario demands. */
static int ask_demands(struct exploration *x, const struct scenario *s, const struct watch *w)
{
	struct reach r;
	int found = 0;

	for (unsigned i = 0; found >= 0 && i < s->reaches; i++) {
		if (scenario_reach(s->reach[i], &r, NULL, 0) || !r.during)
			continue;
		found = graph_overlap(x->graph, x->expanded, &r, w, NULL);
		x->overlapped |= (uint16_t)((found > 0) << i);
	}
	return found < 0 ? found : 0;
}

static uint16_t overlaps_demanded(const struct scenario *s)
{
	unsigned bits = 0;

	for (unsigned i = 0; i < s->reaches; i++)
		bits |= (unsigned)(strstr(s->reach[i], REACH_WHILE) != NULL) << i;
	return (uint16_t)bits;
}

/* Goals and demands with a "while". */
static void ask_overlaps(struct exploration *x, const struct scenario *s,
			 const struct explore_options *o, const struct reach *goal,
			 const struct watch *w)
{
	int err = 0;

	if (!goal->during && !x->demanded)
		return;
	if (o->max_bytes && x->bytes + overlap_bytes(x->expanded) > o->max_bytes) {
		x->overlap_bound = "memory";
		return;
	}
	if (goal->during)
		err = ask_goal(x, goal, w);
	if (!err && x->demanded)
		err = ask_demands(x, s, w);
	if (err)
		x->overlap_bound = err == -EINTR ? "interrupted" : "memory";
}

/* Have all operations of two tasks met? */
static bool all_met(const struct scenario *s, const struct meetings *m)
{
	for (unsigned a = 0; a < s->tasks; a++)
		for (unsigned b = a + 1; b < s->tasks; b++)
			for (unsigned i = 0; i < s->program[a].items; i++)
				for (unsigned j = 0; j < s->program[b].items; j++)
					if (m->of[a][i][b][j] != MEETING_MET)
						return false;
	return true;
}

/* Who was in whose way. */
static int ask_meetings(struct exploration *x, const struct scenario *s,
			const struct explore_options *o, const struct watch *w)
{
	const bool some = o->meet_max && x->expanded > o->meet_max;
	int err;

	x->meetings = calloc(1, sizeof(*x->meetings));
	if (!x->meetings)
		return -ENOMEM;
	if (o->known)
		*x->meetings = *o->known;
	err = graph_meetings(x->graph, some ? o->meet_max : x->expanded, w, x->meetings);
	if (err)
		x->meeting_bound = err == -EINTR ? "interrupted" : "memory";
	else if (some && !x->meeting_bound && !all_met(s, x->meetings))
		x->meeting_bound = "meet_max";
	return 0;
}

/* What the verdict has come by.  0 or -ENOMEM. */
static int ask_witness(struct exploration *x, const struct scenario *s,
		       const struct explore_options *o, const struct reach *goal)
{
	const struct watch w = { o->progress, o->progress_arg, x->states, x->transitions,
				 x->depth };

	x->demanded = o->from ? 0 : overlaps_demanded(s);
	x->overlap_bound = x->complete ? NULL : x->bound ? x->bound : "stopped";
	x->meeting_bound = x->overlap_bound;
	if (!x->graph->out_of_memory)
		ask_overlaps(x, s, o, goal, &w);
	return o->meetings ? ask_meetings(x, s, o, &w) : 0;
}

int explore(struct exploration *x, const struct scenario *s, const struct kernel *k,
	    const struct explore_options *o)
{
	struct search search_state = { .x = x, .o = o, .costs = properties_costs() };
	struct reach goal = { .goal.step = -1 };
	double start = now();

	*x = (struct exploration){ 0 };
	x->graph = graph_new(s, k, o->from);
	x->step_reached = calloc(step_count(), sizeof(*x->step_reached));
	if (!x->graph || !x->step_reached) {
		exploration_free(x);
		return -ENOMEM;
	}
	search_state.g = x->graph;
	if (o->goal && (scenario_reach(o->goal, &goal, NULL, 0) ||
			(goal.during && o->from))) {
		exploration_free(x);
		return -EINVAL;
	}
	if (!goal.during)
		x->graph->goal = goal.goal;
	search(&search_state);
	arena_free(&search_state.arrivals);
	if (x->graph->out_of_memory)
		x->bound = "memory";
	x->states = x->graph->states.count;
	x->globals = x->graph->mems.count;
	x->executed = x->graph->executed;
	x->bytes_states = graph_state_bytes(x->graph);
	x->bytes = x->bytes_states + graph_memo_bytes(x->graph);
	/* A search that was cut short has no whole graph to ask. */
	x->seconds = now() - start;
	if (x->complete)
		ask_whole(x, o, start);
	if (ask_witness(x, s, o, &goal)) {
		exploration_free(x);
		return -ENOMEM;
	}
	x->verdict = x->violated ? VERDICT_VIOLATED : x->bound ? VERDICT_BOUNDED : VERDICT_SAFE;
	qsort(x->finding, x->findings, sizeof(x->finding[0]), by_length);
	return 0;
}

static int put_behind(struct schedule *s, const struct schedule *before)
{
	struct schedule whole = { 0 };

	for (size_t i = 0; i < before->n + s->n; i++)
		if (schedule_add(&whole, i < before->n ? before->move[i] :
					 s->move[i - before->n])) {
			schedule_free(&whole);
			return -ENOMEM;
		}
	schedule_free(s);
	*s = whole;
	return 0;
}

int exploration_put_behind(struct exploration *x, const struct schedule *before)
{
	int err = x->goal_reached ? put_behind(&x->goal, before) : 0;

	for (unsigned i = 0; !err && i < x->findings + x->costs_found; i++) {
		struct finding *f = i < x->findings ? &x->finding[i] : &x->cost[i - x->findings];

		err = put_behind(&f->schedule, before);
		f->loop += before->n;
	}
	return err;
}

bool exploration_had(const struct exploration *x, size_t step, const struct result *r)
{
	return x->graph->results[step * result_count() + r->number];
}

int exploration_digest(const struct exploration *x, uint64_t *states, uint64_t *mems)
{
	struct digest d;
	int err = graph_digest(x->graph, &d);

	*states = d.states;
	*mems = d.mems;
	return err;
}

static int count_step(void *arg, uint64_t from, uint64_t to, struct move move, int step,
		      uint32_t violated)
{
	uint64_t *count = arg;

	(void)from;
	(void)to;
	(void)move;
	(void)violated;
	count[step]++;
	return 0;
}

int exploration_step_counts(struct exploration *x, uint64_t *count)
{
	return graph_transitions(x->graph, count_step, count);
}

static bool reached(const struct exploration *x, const struct goal *g)
{
	bool any = !g->result && x->step_reached[g->step];

	for (size_t i = 0; i < result_count() && !any; i++)
		any = goal_met(g, g->step, result_at(i)) &&
		      exploration_had(x, (size_t)g->step, result_at(i));
	return any;
}

const char *exploration_unreached(const struct exploration *x, const struct scenario *s)
{
	for (unsigned i = 0; i < s->reaches; i++) {
		struct reach r;

		if (scenario_reach(s->reach[i], &r, NULL, 0) ||
		    !(r.during ? x->overlapped >> i & 1 : reached(x, &r.goal)))
			return s->reach[i];
	}
	return NULL;
}

const struct result *exploration_one_way(const struct exploration *x, size_t step)
{
	const struct result *only = NULL;
	bool others = false;

	for (size_t i = 0; i < result_count(); i++) {
		if (!exploration_had(x, step, result_at(i)))
			continue;
		if (only)
			return NULL;
		only = result_at(i);
	}
	for (size_t i = 0; i < result_count() && only; i++)
		others |= result_at(i) != only && results_alike(result_at(i), only);
	return others ? only : NULL;
}

uint32_t known_properties(bool complete, const char *bound)
{
	if (!complete)
		return 0;
	return bound ? ~(1u << PROP_LIVELOCK) : UINT32_MAX;
}

void exploration_free(struct exploration *x)
{
	for (unsigned i = 0; i < PROPERTY_COUNT; i++)
		schedule_free(&x->finding[i].schedule);
	for (unsigned i = 0; i < PROPERTY_COUNT; i++)
		schedule_free(&x->cost[i].schedule);
	schedule_free(&x->goal);
	free(x->step_reached);
	free(x->meetings);
	free(x->interleavings);
	free(x->schedules);
	graph_free(x->graph);
	*x = (struct exploration){ 0 };
}
