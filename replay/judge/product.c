/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * product.c - the search: breadth-first over a state of the world, how far the claim has come in
 * it, and which tasks its columns are.
 *
 * With its columns bound, an event is made by the first move that can be it: a run that has the
 * rest of the claim behind a later one has it behind that one, too.  Which task a column is is
 * decided by its first event, and which call of an operation has what is indented below it by the
 * event that begins the call: there both are tried, to take it and to wait.
 *
 * One move may be several events of its column, one after the other, of different names: what the
 * model does in one step a text may say in several lines.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/judge/parts.h"

#define CHECK_EVERY	1024	/* nodes, between looks at bounds */

/* ---- order of events ---- */

int next_event(const struct product *p, progress_t progress, unsigned column)
{
	unsigned done = progress_of(progress, column), e;

	if (done == p->many[column])
		return -1;
	e = p->column_of[column][done];
	for (unsigned c = 0; c < p->c->columns; c++)
		if (progress_of(progress, c) < p->need[e][c])
			return -1;
	return e < p->wanted ? (int)e : -1;
}

unsigned events_done(const struct product *p, progress_t progress)
{
	unsigned n = 0;

	for (unsigned c = 0; c < p->c->columns; c++)
		n += progress_of(progress, c);
	return n;
}

static void order_events(struct product *p)
{
	const struct claim_text *c = p->c;

	for (unsigned e = 0; e < p->wanted; e++) {
		unsigned column = c->event[e].column;

		p->column_of[column][p->many[column]++] = (uint8_t)e;
		for (unsigned before = 0; before < e; before++)
			if (c->event[before].block < c->event[e].block)
				p->need[e][c->event[before].column]++;
	}
}

/* How far it has come. */
struct reached {
	uint32_t bind, level;
	progress_t progress;
};

/* Is what a column says next part of a call that it has begun? */
static bool in_call(const struct product *p, progress_t progress, unsigned column)
{
	unsigned done = progress_of(progress, column);

	return done < p->many[column] && p->column_of[column][done] < p->wanted &&
	       p->c->event[p->column_of[column][done]].scope >= 0;
}

static unsigned level_of(uint32_t level, unsigned column)
{
	return level >> BIND_BITS * column & 0xf;
}

static void set_level(uint32_t *level, unsigned column, unsigned frame)
{
	*level &= ~(0xfu << BIND_BITS * column);
	*level |= frame << BIND_BITS * column;
}

/* One more event of a column; frame: of the call that it begins. */
static void take(const struct product *p, struct reached *r, unsigned column, unsigned frame)
{
	r->progress += (progress_t)1 << 8 * column;
	if (!in_call(p, r->progress, column))
		set_level(&r->level, column, 0);
	else if (frame)
		set_level(&r->level, column, frame);
}

static bool complete(const struct product *p, progress_t progress, uint32_t bind)
{
	return events_done(p, progress) == p->wanted && (!p->c->outcome || (bind & BOUND_SEEN));
}

/* ---- binding ---- */

static uint32_t tasks_bound(const struct product *p, uint32_t bind)
{
	uint32_t bits = 0;

	for (unsigned c = 0; c < p->c->columns; c++)
		if (bound_task(bind, c) >= 0)
			bits |= 1u << bound_task(bind, c);
	return bits;
}

static uint32_t bind_column(uint32_t bind, unsigned column, unsigned task)
{
	return bind | (task + 1) << BIND_BITS * column;
}

/* ---- nodes ---- */

static void found(struct product *p, struct way_end end)
{
	p->found = p->stop = true;
	p->end = end;
}

static void add_node(struct product *p, uint32_t state, const struct reached *r, struct origin from)
{
	struct node row = { state, r->bind, r->level,
			    { (uint32_t)r->progress, (uint32_t)(r->progress >> 32) } };
	unsigned done = events_done(p, r->progress);
	struct origin *origin;
	uint32_t n;
	bool added;

	n = store_add(&p->nodes, &row, store_hash(&p->nodes, &row), &added);
	if (n != STORE_NONE && !added)
		return;
	origin = n == STORE_NONE ? NULL : arena_add(&p->origins, sizeof(*origin));
	if (!origin) {
		p->bound = "memory";
		p->stop = true;
		return;
	}
	*origin = from;
	if (done > p->best || !n) {
		p->best = done;
		p->best_node = n;
	}
	if (!p->found && complete(p, r->progress, r->bind))
		found(p, (struct way_end){ n, r->bind, r->progress, { 0 }, false });
}

static void arrive(struct product *p, const struct state_row *row, uint32_t state, struct reached r,
		   unsigned from_column, struct origin from);

/* An event that is made by standing there is made, by a task that stands there. */
static void stand(struct product *p, const struct state_row *row, uint32_t state, struct reached r,
		  unsigned column, unsigned e, unsigned task, struct origin from)
{
	if (bound_task(r.bind, column) < 0)
		r.bind = bind_column(r.bind, column, task);
	take(p, &r, column, frame_of(&p->m, e, row->task[task]));
	arrive(p, row, state, r, 0, from);
}

/*
 * In a state: events that are made by standing there are made, of columns from from_column on.
 * Where that begins a call or binds a column, both are tried, to take it and to wait.
 */
static void arrive(struct product *p, const struct state_row *row, uint32_t state, struct reached r,
		   unsigned from_column, struct origin from)
{
	uint32_t bound = tasks_bound(p, r.bind);

	for (unsigned c = from_column; p->m.stands && c < p->c->columns && !p->stop; c++) {
		int e = next_event(p, r.progress, c), task = bound_task(r.bind, c);

		if (e < 0 || !(p->m.stands >> e & 1))
			continue;
		for (unsigned t = 0; t < p->g->scenario->tasks && !p->stop; t++) {
			if ((task >= 0 ? (int)t != task : !((p->can[c] & ~bound) >> t & 1)) ||
			    !stands_at(&p->m, (unsigned)e, row->task[t]))
				continue;
			stand(p, row, state, r, c, (unsigned)e, t, from);
			if (task >= 0 && !p->c->event[e].opens)
				return;
		}
	}
	if (!p->stop)
		add_node(p, state, &r, from);
}

/* ---- a move ---- */

struct step_made {
	const struct node *from;
	const struct state_row *row;
	const struct successor *to;
	uint32_t node;
};

static bool same_name(const struct claim_text *c, const unsigned *taken, unsigned n, unsigned e)
{
	for (unsigned i = 0; i < n; i++)
		if (!strcmp(c->event[taken[i]].is.name, c->event[e].is.name))
			return true;
	return false;
}

/* A run ends here, and is not followed. */
static void cut(struct product *p, struct way_end end, uint32_t ending)
{
	unsigned done = events_done(p, end.progress);

	p->cut |= ending;
	if (done <= p->cut_best && p->cut_there)
		return;
	p->cut_best = done;
	p->cut_there = ending;
	p->cut_end = end;
}

/* The calls that go on with the move; false: one is over, and what belongs to it is not made. */
static bool calls_go_on(struct product *p, const struct step_made *s, struct reached *r)
{
	for (unsigned c = 0; c < p->c->columns; c++) {
		unsigned frame = level_of(r->level, c);

		if (!frame || bound_task(r->bind, c) != s->to->task ||
		    still_running(&p->m, frame, s->row->mem, s->row->task[s->to->task],
				  s->to->e.stack, s->to->task, effect_choice(&s->to->e)))
			continue;
		if (in_call(p, r->progress, c))
			return false;
		set_level(&r->level, c, 0);
	}
	return true;
}

/* Where a move leads, with so much of the claim done. */
static void lead_to(struct product *p, const struct step_made *s, struct reached r)
{
	uint64_t what = effect_what(p->g, &s->to->e);
	uint32_t ending = (uint32_t)what & p->g->ending;
	const struct move m = { s->to->task, (uint8_t)effect_choice(&s->to->e) };
	struct state_row to = { 0 };

	if (((uint32_t)what & p->c->outcome) && r.progress)
		r.bind |= BOUND_SEEN;
	if (!p->found && complete(p, r.progress, r.bind)) {
		found(p, (struct way_end){ s->node, r.bind, r.progress, m, true });
		return;
	}
	if (ending) {
		cut(p, (struct way_end){ s->node, r.bind, r.progress, m, true }, ending);
		return;
	}
	if (r.level && !calls_go_on(p, s, &r))
		return;
	if (p->m.stands)
		memcpy(&to, graph_row(p->g, s->to->state), p->g->states.row_size);
	arrive(p, &to, s->to->state, r, 0, (struct origin){ s->node, m.task, m.choice, { 0 } });
}

/*
 * A move of the task that a column is: events of the column that it is, from the next one on.  One
 * that begins a call may wait for another.
 */
static void follow_as(struct product *p, const struct step_made *s, struct reached r,
		      unsigned column, bool may_wait)
{
	unsigned taken[CLAIM_EVENTS], n = 0;
	uint16_t stack = s->row->task[s->to->task];
	int e;

	while (!p->stop && (e = next_event(p, r.progress, column)) >= 0) {
		if ((p->m.stands >> e & 1) || same_name(p->c, taken, n, (unsigned)e) ||
		    !is_event(&p->m, (unsigned)e, s->row->mem, stack, s->to->task,
			      effect_choice(&s->to->e)))
			break;
		if (p->c->event[e].opens && (n || may_wait))
			lead_to(p, s, r);
		taken[n++] = (unsigned)e;
		take(p, &r, column, frame_of(&p->m, (unsigned)e, stack));
	}
	if (!p->stop && (n || may_wait))
		lead_to(p, s, r);
}

static void follow(struct product *p, const struct step_made *s)
{
	struct reached r = { s->from->bind, s->from->level, node_progress(s->from) };

	if (effect_what(p->g, &s->to->e) & EFFECT_OVERFLOW) {
		p->bound = "the world has no folio left";
		return;
	}
	for (unsigned c = 0; c < p->c->columns; c++)
		if (bound_task(r.bind, c) == s->to->task) {
			follow_as(p, s, r, c, true);
			return;
		}
	for (unsigned c = 0; c < p->c->columns && !p->stop; c++) {
		struct reached as = r;

		if (bound_task(r.bind, c) >= 0 || !(p->can[c] >> s->to->task & 1))
			continue;
		as.bind = bind_column(r.bind, c, s->to->task);
		follow_as(p, s, as, c, false);
	}
	if (!p->stop)
		lead_to(p, s, r);
}

/* ---- a node ---- */

static void deadlock(struct product *p, uint32_t n)
{
	struct node node = *product_node(p, n);

	p->cut |= 1u << PROP_DEADLOCK;
	if (!(p->c->outcome & (1u << PROP_DEADLOCK)) || !node_progress(&node) || p->found)
		return;
	if (complete(p, node_progress(&node), node.bind | BOUND_SEEN))
		found(p, (struct way_end){ n, node.bind | BOUND_SEEN, node_progress(&node), { 0 },
					   false });
}

static void no_memory(struct product *p)
{
	p->bound = "memory";
	p->stop = true;
}

/* The moves of a task in a state, and where they lead. */
static unsigned add_successors(struct product *p, const struct state_row *row, uint32_t state,
			       unsigned task)
{
	struct effect copy[CHOICES_MAX];
	const struct effect *e;
	unsigned n;

	e = graph_effects(p->g, row->mem, row->task[task], task, &n);
	memcpy(copy, e, n * sizeof(*e));
	for (unsigned i = 0; i < n && !p->stop; i++) {
		struct successor *to = arena_add(&p->successors, sizeof(*to));
		struct state_row next = { 0 };

		if (!to || p->g->out_of_memory) {
			no_memory(p);
			return 0;
		}
		*to = (struct successor){ copy[i], STORE_NONE, (uint8_t)task, { 0 } };
		if (!effect_followed(p->g, &copy[i]))
			continue;
		graph_follow(p->g, row, task, &copy[i], &next);
		to->state = graph_add(p->g, &next, store_hash(&p->g->states, &next),
				      (struct origin){ state, (uint8_t)task,
						       (uint8_t)effect_choice(&copy[i]), { 0 } });
		if (to->state == STORE_NONE)
			no_memory(p);
	}
	return n;
}

/* A state is asked once what can follow it, whichever nodes it is part of. */
static struct span span_of(struct product *p, uint32_t state, const struct state_row *row)
{
	const struct scenario *s = p->g->scenario;
	unsigned unfinished = 0, movable = 0;
	struct span span = { .begin = p->successors.used / sizeof(struct successor), .known = 1 };
	uint32_t preempted = graph_preempted(p->g, row);

	for (unsigned task = 0; task < s->tasks && !p->stop; task++) {
		if (p->g->stack_step[row->task[task]] < 0)
			continue;
		unfinished += s->program[task].must_finish;
		if (!(preempted >> task & 1))
			movable += add_successors(p, row, state, task) > 0;
	}
	span.n = (uint16_t)(p->successors.used / sizeof(struct successor) - span.begin);
	span.dead = property_deadlock(unfinished, movable);
	return span;
}

static const struct span *spans_to(struct product *p, uint32_t state)
{
	while (p->spans.used <= state * sizeof(struct span)) {
		struct span *more = arena_add(&p->spans, sizeof(*more));

		if (!more) {
			no_memory(p);
			return NULL;
		}
		*more = (struct span){ 0 };
	}
	return (const struct span *)p->spans.p + state;
}

static void expand(struct product *p, uint32_t n)
{
	struct node node = *product_node(p, n);		/* rows move when the store grows */
	const struct span *known = spans_to(p, node.state);
	struct state_row row = { 0 };
	struct span span;

	if (!known)
		return;
	memcpy(&row, graph_row(p->g, node.state), p->g->states.row_size);
	span = *known;
	if (!span.known) {
		span = span_of(p, node.state, &row);
		((struct span *)p->spans.p)[node.state] = span;
	}
	for (unsigned i = 0; i < span.n && !p->stop; i++) {
		struct successor to = ((const struct successor *)p->successors.p)[span.begin + i];

		follow(p, &(struct step_made){ &node, &row, &to, n });
	}
	if (!p->stop && span.dead)
		deadlock(p, n);
}

static void check_limits(struct product *p)
{
	const struct judge_options *o = p->o;
	uint64_t bytes = graph_state_bytes(p->g) + graph_memo_bytes(p->g) +
			 store_bytes(&p->nodes) + p->origins.used + p->successors.used +
			 p->spans.used;

	if (o->max_states && p->nodes.count >= o->max_states)
		p->bound = "max_states";
	else if (o->max_bytes && bytes > o->max_bytes)
		p->bound = "memory";
	else if (o->progress && !o->progress(o->progress_arg, p->nodes.count))
		p->bound = "interrupted";
	else
		return;
	p->stop = true;
}

static void search(struct product *p)
{
	const struct state_row *row = graph_row(p->g, 0);
	struct state_row start = { 0 };
	uint32_t widened = 1;

	memcpy(&start, row, p->g->states.row_size);
	arrive(p, &start, 0, (struct reached){ 0 }, 0, (struct origin){ 0 });
	p->started = p->nodes.count;
	for (uint32_t n = 0; n < p->nodes.count && !p->stop; n++) {
		if (n % CHECK_EVERY == 0)
			check_limits(p);
		if (p->g->states.count > 4 * widened) {
			widened = p->g->states.count;
			graph_widen_memo(p->g);
		}
		expand(p, n);
	}
}

/* ---- the way ---- */

int node_path(const struct product *p, uint32_t node, struct schedule *s)
{
	const struct origin *origin = (const struct origin *)p->origins.p;

	for (; node >= p->started; node = origin[node].parent)
		if (schedule_add(s, (struct move){ origin[node].task, origin[node].choice }))
			return -ENOMEM;
	schedule_reverse(s);
	return 0;
}

/* ---- the verdict ---- */

static void note_events(const struct product *p, struct judged *v, progress_t progress, size_t at)
{
	for (unsigned c = 0; c < p->c->columns; c++)
		for (unsigned i = 0; i < progress_of(progress, c); i++) {
			unsigned e = p->column_of[c][i];

			v->done += !v->is_done[e];
			v->is_done[e] = true;
			v->made[e] = at;
		}
}

/* What the schedule violates. */
static int note_violations(const struct product *p, struct judged *v)
{
	struct execution x;
	int err = execution_init(&x, p->g->scenario, &p->g->kernel);

	if (err)
		return err;
	err = execution_run(&x, &v->schedule);
	for (size_t i = 0; i < x.n; i++)
		v->violated |= x.step[i].violated & ~properties_costs();
	execution_free(&x);
	return err;
}

int tell_way(const struct product *p, struct judged *v, const struct way_end *end)
{
	const struct origin *origin = (const struct origin *)p->origins.p;
	int err = node_path(p, end->node, &v->schedule);
	uint32_t node = end->node;
	size_t at = v->schedule.n;

	if (!err && end->by_move)
		err = schedule_add(&v->schedule, end->move);
	if (err)
		return err;
	for (unsigned c = 0; c < p->c->columns; c++)
		v->task[c] = bound_task(end->bind, c);
	note_events(p, v, end->progress, v->schedule.n);
	for (;;) {	/* backwards: an event is of the first node that has it */
		note_events(p, v, node_progress(product_node(p, node)), at);
		if (node < p->started)
			break;
		node = origin[node].parent;
		at--;
	}
	return note_violations(p, v);
}

static int tell(struct product *p, struct judged *v)
{
	const struct node *best = product_node(p, p->best_node);
	const struct way_end to_best = { p->best_node, best->bind, node_progress(best), { 0 },
					 false };
	int err;

	v->states = p->nodes.count;
	v->worlds = p->g->states.count;
	v->bound = p->bound;
	v->cut = p->cut;
	v->cut_there = p->cut_there && p->cut_best >= p->best;
	/* it is a property of runs without end, which are not looked at here */
	if (!p->found && !p->bound && (p->c->outcome & 1u << PROP_LIVELOCK) &&
	    p->best == p->wanted)
		v->bound = "LIVELOCK is not looked for here, but by explore";
	v->says = p->found ? JUDGE_POSSIBLE : v->bound || v->cut_there ? JUDGE_UNKNOWN :
		  JUDGE_IMPOSSIBLE;
	if (p->found)
		return tell_way(p, v, &p->end);
	err = tell_way(p, v, v->cut_there ? &p->cut_end : &to_best);
	if (!err && !v->cut_there && !p->o->verdict_only)
		err = judge_why(p, v);
	return err;
}

static int fit_columns(struct product *p, const struct judge_options *o, struct claim_error *err)
{
	const struct claim_text *c = p->c;
	const struct scenario *s = p->g->scenario;
	char name[CLAIM_NAME_MAX];

	for (unsigned i = 0; i < c->columns; i++) {
		p->can[i] = tasks_for(c, s, i);
		for (unsigned t = 0; t < s->tasks && o->bind_names; t++)
			if (!strcmp(s->program[t].name, c->column[i].name) && (p->can[i] >> t & 1))
				p->can[i] = 1u << t;
		if (p->can[i])
			continue;
		snprintf(name, sizeof(name), "%s", c->column[i].name);
		err->line = 0;
		snprintf(err->text, sizeof(err->text), "%.60s has no task that makes all steps of "
			 "column %s", s->name, name);
		return -EINVAL;
	}
	if (tasks_suffice(p->can, c->columns))
		return 0;
	snprintf(err->text, sizeof(err->text), "%.60s has not a task of its own for each of the "
		 "%u columns", s->name, c->columns);
	return -EINVAL;
}

static void product_free(struct product *p)
{
	matcher_free(&p->m);
	store_free(&p->nodes);
	arena_free(&p->origins);
	arena_free(&p->successors);
	arena_free(&p->spans);
	graph_free(p->g);
}

int claim_judge(struct judged *v, const struct claim_text *c, const struct scenario *s,
		const struct kernel *k, const struct judge_options *o, struct claim_error *err)
{
	struct product p = { .c = c, .o = o, .wanted = c->events };
	int e;

	*v = (struct judged){ .next = -1, .by = -1 };
	*err = (struct claim_error){ 0 };
	for (unsigned i = 0; i < CLAIM_COLUMNS; i++)
		v->task[i] = -1;
	/* behind what ends a run there is nothing to be followed */
	if ((c->outcome & properties_ending()) && !(c->outcome & ~properties_ending()) &&
	    c->outcome_after && c->outcome_after < c->events) {
		p.wanted = c->outcome_after;
		v->behind = c->events - p.wanted;
	}
	p.g = graph_new(s, k, NULL);
	e = p.g && !store_init(&p.nodes, sizeof(struct node)) ? matcher_init(&p.m, c, p.g) :
	    -ENOMEM;
	if (!e) {
		order_events(&p);
		e = fit_columns(&p, o, err);
	}
	if (!e) {
		search(&p);
		if (p.g->out_of_memory && !p.bound)
			p.bound = "memory";
		e = tell(&p, v);
	}
	product_free(&p);
	if (e)
		judged_free(v);
	return e;
}

void judged_free(struct judged *v)
{
	schedule_free(&v->schedule);
	*v = (struct judged){ 0 };
}
