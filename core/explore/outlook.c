/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/explore/outlook.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/explore/progress.h"

#define FAR	UINT32_MAX	/* no way is known */

struct outlook {
	struct exploration x;
	struct outlook_options opt;	/* once it is made, nobody watches any more */
	uint32_t asked;			/* properties, as bits */
	uint32_t costs;			/* properties_costs() */
	struct edges edges;
	struct livelocks livelocks;
	uint32_t *distance;		/* of every state */
	uint8_t *saved;			/* and whether a way on breaks nothing; NULL: not known */
	const char *bound;
	uint32_t known;			/* properties that are known to hold where no way is */
	uint64_t exact_to;		/* up to that depth all is known: of a state and its way */
	uint64_t nothing_to;		/* and where no way is known, there is none as short */
	bool has_edges;
};

/* ---- who watches ---- */

static uint32_t asked_for(uint32_t only)
{
	return only ? only : ((1u << PROPERTY_COUNT) - 1) & ~properties_costs();
}

/* The nearest finding of a property that is asked for, or NULL. */
static const struct finding *nearest(const struct outlook *o)
{
	const struct finding *best = NULL;

	for (unsigned i = 0; i < o->x.findings + o->x.costs_found; i++) {
		const struct finding *f = i < o->x.findings ? &o->x.finding[i] :
					  &o->x.cost[i - o->x.findings];

		if ((o->asked >> f->property & 1) &&
		    (!best || f->schedule.n < best->schedule.n))
			best = f;
	}
	return best;
}

static bool watch_search(void *arg, uint64_t states, uint64_t transitions, unsigned depth)
{
	struct outlook *o = arg;

	return !o->opt.progress || o->opt.progress(o->opt.progress_arg, states, transitions, depth,
						   nearest(o));
}

/* ---- distances ---- */

/* What is asked that one edge violates. */
static uint32_t edge_violates(struct outlook *o, uint32_t from, uint64_t edge)
{
	const uint8_t how = o->edges.how[edge];
	const struct effect *e;

	if (!(how & (EDGE_VIOLATES | EDGE_COST)))
		return 0;
	e = edge_effect(o->x.graph, &o->edges, from, edge);
	return e ? (uint32_t)effect_what(o->x.graph, e) & o->asked : 0;
}

/* Can nobody move in a state, though somebody has to finish? */
static bool deadlocked(const struct outlook *o, uint32_t state)
{
	const struct graph *g = o->x.graph;
	const struct state_row *row = graph_row(g, state);
	unsigned unfinished = 0;

	for (unsigned i = 0; i < g->scenario->tasks; i++)
		unfinished += g->scenario->program[i].must_finish &&
			      g->stack_step[row->task[i]] >= 0;
	return property_deadlock(unfinished, o->edges.first[state] != o->edges.first[state + 1]);
}

/* What needs no further state. */
static uint32_t distance_here(struct outlook *o, uint32_t state)
{
	const uint32_t costs = o->asked & o->costs, others = o->asked & ~o->costs;
	const bool all = asked_for(0) == others;

	if ((o->asked >> PROP_LIVELOCK & 1) && o->livelocks.of && o->livelocks.of[state])
		return 0;
	if ((o->asked >> PROP_DEADLOCK & 1) && deadlocked(o, state))
		return 0;
	for (uint64_t i = o->edges.first[state]; i < o->edges.first[state + 1]; i++) {
		const uint8_t how = o->edges.how[i];

		if (all && (how & EDGE_VIOLATES))
			return 1;
		if (((costs && (how & EDGE_COST)) || (others && (how & EDGE_VIOLATES))) &&
		    edge_violates(o, state, i))
			return 1;
	}
	return FAR;
}

/*
 * From the last state to the first, until nothing changes: most edges lead to later states, so
 * that few rounds are needed, and no list of who comes before whom.  False when stopped.
 */
static bool spread(struct outlook *o)
{
	const struct edges *e = &o->edges;
	bool changed = true;

	while (changed) {
		changed = false;
		for (uint64_t s = e->states; s-- > 0;) {
			uint32_t best = o->distance[s];

			for (uint64_t i = e->first[s]; best > 1 && i < e->first[s + 1]; i++)
				if (e->to[i] != STORE_NONE && o->distance[e->to[i]] < best - 1)
					best = o->distance[e->to[i]] + 1;
			changed |= best < o->distance[s];
			o->distance[s] = best;
		}
		if (changed && !watch_search(o, o->x.states, o->x.transitions, o->x.depth))
			return false;
	}
	return true;
}

/* From where one can come to a state after which nothing goes wrong, and break nothing. */
static void find_saved(struct outlook *o)
{
	const struct edges *e = &o->edges;
	bool changed = true;

	o->saved = malloc(e->states);
	for (uint64_t s = 0; o->saved && s < e->states; s++)
		o->saved[s] = o->distance[s] == FAR;
	while (o->saved && changed) {
		changed = false;
		for (uint64_t s = e->states; s-- > 0;) {
			const uint8_t was = o->saved[s];

			for (uint64_t i = e->first[s]; !o->saved[s] && i < e->first[s + 1]; i++)
				o->saved[s] = e->to[i] != STORE_NONE && o->saved[e->to[i]] &&
					      !edge_violates(o, (uint32_t)s, i);
			changed |= o->saved[s] != was;
		}
	}
}

/* The state that a move leads to, STORE_NONE: to none that is known; what it violates. */
static int follow(struct outlook *o, uint32_t from, struct move m, uint32_t *to, uint64_t *what)
{
	struct graph *g = o->x.graph;
	struct state_row row = { 0 }, next;
	const struct effect *e;
	unsigned n = 0, i;

	memcpy(&row, graph_row(g, from), g->states.row_size);
	if (m.task >= g->scenario->tasks || g->stack_step[row.task[m.task]] < 0 ||
	    (graph_preempted(g, &row) >> m.task & 1))
		return -EAGAIN;
	e = graph_effects(g, row.mem, row.task[m.task], m.task, &n);
	for (i = 0; i < n && effect_choice(&e[i]) != m.choice; i++)
		;
	if (i == n)
		return g->out_of_memory ? -ENOMEM : -EAGAIN;
	*what = effect_what(g, &e[i]);
	if (*what & EFFECT_OVERFLOW)
		return -ENOSPC;
	*to = STORE_NONE;
	if (effect_followed(g, &e[i])) {
		graph_follow(g, &row, m.task, &e[i], &next);
		*to = store_find(&g->states, &next, store_hash(&g->states, &next));
	}
	return 0;
}

/*
 * The depth to which nothing goes wrong where no way is known.  A state in which nobody can move is
 * one step deeper than those whose steps were judged.
 */
static uint64_t nothing_to(const struct outlook *o, const struct finding *f)
{
	uint64_t to = o->x.whole;

	if (o->x.complete && !f)
		return UINT64_MAX;
	if (to && (o->asked >> PROP_DEADLOCK & 1))
		to--;
	return f && f->schedule.n && f->schedule.n <= to ? f->schedule.n - 1 : to;
}

/* What is known where there is no more: the way that the search found first. */
static void note_nearest(struct outlook *o)
{
	const struct finding *f = nearest(o);
	uint32_t at = 0, n = f ? (uint32_t)f->schedule.n : 0;
	uint64_t what, whole = o->x.whole;

	for (uint64_t i = 0; i < o->x.states; i++)
		o->distance[i] = FAR;
	/* a search to its end that found nothing needs no distances */
	o->known = f ? 0 : known_properties(o->x.complete, o->x.graph->maybe_cyclic ? "" : NULL);
	o->exact_to = f && n <= whole ? n : 0;
	o->nothing_to = nothing_to(o, f);
	for (uint32_t i = 0; f && i <= n && at != STORE_NONE; i++) {
		o->distance[at] = n - i;
		if (i < n && follow(o, at, f->schedule.move[i], &at, &what))
			return;
	}
}

/* Find the states of livelocks, where they are asked for and can be.  False: that is not known. */
static bool look_round(struct outlook *o, const struct watch *w)
{
	const struct exploration *x = &o->x;
	int err;

	if (!(o->asked >> PROP_LIVELOCK & 1) || !x->complete || !x->graph->maybe_cyclic ||
	    o->livelocks.of)
		return true;
	if (o->opt.max_bytes && x->bytes + livelock_bytes(x->states, x->transitions) +
				4 * x->states > o->opt.max_bytes) {
		o->bound = "memory";
		return false;
	}
	err = livelocks_init(&o->livelocks, x->graph, &o->edges, w);
	if (err) {
		livelocks_free(&o->livelocks);
		o->bound = err == -EINTR ? "interrupted" : "memory";
	}
	return !err;
}

static void set_distances(struct outlook *o)
{
	const struct exploration *x = &o->x;
	const struct watch w = { watch_search, o, x->states, x->transitions, x->depth };
	bool round;

	free(o->saved);
	o->saved = NULL;
	note_nearest(o);
	if (!o->has_edges)
		return;
	o->bound = x->bound;
	round = look_round(o, &w);
	for (uint32_t i = 0; i < o->edges.states; i++)
		o->distance[i] = distance_here(o, i);
	for (uint64_t i = o->edges.states; i < x->states; i++)
		o->distance[i] = FAR;
	if (!spread(o)) {
		note_nearest(o);
		o->bound = "interrupted";
		return;
	}
	o->exact_to = x->complete ? UINT64_MAX : x->whole;
	o->nothing_to = x->complete ? UINT64_MAX : nothing_to(o, NULL);
	o->known = known_properties(x->complete, round ? NULL : o->bound);
	if (o->known == UINT32_MAX)
		find_saved(o);
}

/* The edges of what was searched, if there is room.  Else its findings alone are known. */
static void make_edges(struct outlook *o)
{
	const struct exploration *x = &o->x;
	const struct watch w = { watch_search, o, x->states, x->transitions, x->depth };
	int err = -ENOMEM;

	if (x->graph->out_of_memory || (x->bound && !strcmp(x->bound, "interrupted")))
		return;
	if (!o->opt.max_bytes ||
	    x->bytes + 12 * x->states + EDGE_BYTES * x->transitions <= o->opt.max_bytes)
		err = edges_init(&o->edges, x->graph, x->expanded, &w);
	o->has_edges = !err;
	if (err) {
		edges_free(&o->edges);
		o->bound = err == -EINTR ? "interrupted" : "memory";
	}
}

int outlook_make(struct outlook **made, const struct scenario *s, const struct kernel *k,
		 const struct world *from, const struct outlook_options *opt)
{
	struct outlook *o = calloc(1, sizeof(*o));
	struct explore_options search = {
		.from = from, .max_states = opt->max_states, .max_depth = opt->max_depth,
		.max_bytes = opt->max_bytes, .progress = watch_search, .progress_arg = o,
	};
	int err;

	if (!o)
		return -ENOMEM;
	o->opt = *opt;
	o->costs = properties_costs();
	o->asked = asked_for(opt->only);
	err = explore(&o->x, s, k, &search);
	if (!err)
		o->distance = malloc(o->x.states * sizeof(*o->distance));
	if (err || !o->distance) {
		outlook_free(o);
		return -ENOMEM;
	}
	o->bound = o->x.bound;
	make_edges(o);
	set_distances(o);
	o->opt.progress = NULL;
	*made = o;
	return 0;
}

void outlook_free(struct outlook *o)
{
	if (!o)
		return;
	edges_free(&o->edges);
	livelocks_free(&o->livelocks);
	free(o->distance);
	free(o->saved);
	exploration_free(&o->x);
	free(o);
}

void outlook_figures(const struct outlook *o, struct outlook_figures *f)
{
	*f = (struct outlook_figures){
		.states = o->x.states, .transitions = o->x.transitions, .depth = o->x.depth,
		.bound = o->bound, .complete = o->known == UINT32_MAX,
		.bytes = o->x.bytes + 4 * o->x.states,
	};
	if (o->has_edges)
		f->bytes += 8 * o->edges.states + EDGE_BYTES * o->edges.n;
	if (o->livelocks.of)
		f->bytes += 4 * o->x.states;
}

/* ---- questions ---- */

/* One move of the way from a state, the least of those that are nearest. */
struct stage {
	struct move move;
	uint32_t to;		/* STORE_NONE: here it ends */
	uint32_t violated;	/* what is asked, by the move */
};

static bool next_stage(struct outlook *o, uint32_t at, struct stage *stage)
{
	struct graph *g = o->x.graph;
	const struct state_row *row = graph_row(g, at);

	for (unsigned task = 0; task < g->scenario->tasks; task++) {
		unsigned n = 0;

		if (g->stack_step[row->task[task]] >= 0)
			graph_effects(g, row->mem, row->task[task], task, &n);
		for (unsigned i = 0; i < n; i++) {
			const struct effect *e;
			uint64_t what;

			/* following a move may have asked for other effects meanwhile */
			e = graph_effects(g, row->mem, row->task[task], task, &n);
			stage->move = (struct move){ (uint8_t)task, (uint8_t)effect_choice(&e[i]) };
			if (follow(o, at, stage->move, &stage->to, &what))
				continue;
			stage->violated = (uint32_t)what & o->asked;
			if ((stage->violated && o->distance[at] == 1) ||
			    (stage->to != STORE_NONE &&
			     o->distance[stage->to] == o->distance[at] - 1))
				return true;
		}
	}
	return false;
}

/* Go on to where it goes wrong.  `way` and `end` may be NULL. */
static int walk(struct outlook *o, uint32_t at, struct schedule *way, enum property *property,
		uint32_t *end)
{
	struct stage stage;

	while (o->distance[at]) {
		bool last = o->distance[at] == 1;

		if (!next_stage(o, at, &stage))
			return -ENOMEM;
		if (way && schedule_add(way, stage.move))
			return -ENOMEM;
		if (last && stage.violated) {
			*property = (enum property)__builtin_ctz(stage.violated);
			*end = STORE_NONE;
			return 0;
		}
		at = stage.to;
	}
	*end = at;
	*property = o->livelocks.of && o->livelocks.of[at] && (o->asked >> PROP_LIVELOCK & 1) ?
		    PROP_LIVELOCK : PROP_DEADLOCK;
	return 0;
}

/* What is said of a state, `after` moves from where it is asked. */
static int say(struct outlook *o, uint32_t state, unsigned after, struct outlook_answer *a)
{
	const uint32_t distance = o->distance[state];
	const uint64_t depth = graph_depth(o->x.graph, state);
	uint64_t within = o->nothing_to > depth ? o->nothing_to - depth : 0;
	uint32_t end;

	*a = (struct outlook_answer){ .says = OUTLOOK_SAFE };
	if (distance != FAR) {
		a->says = OUTLOOK_VIOLATES;
		a->steps = distance + after;
		a->exact = depth + distance <= o->exact_to;
		a->lost = o->saved && !o->saved[state];
		return walk(o, state, NULL, &a->property, &end);
	}
	a->unknown = o->asked & ~o->known;
	if (a->unknown) {
		a->says = OUTLOOK_UNKNOWN;
		a->within = within < UINT_MAX - after ? (unsigned)within + after : UINT_MAX;
	}
	return 0;
}

int outlook_at(struct outlook *o, const struct world *w, struct outlook_answer *a)
{
	uint32_t state = graph_find(o->x.graph, w);

	return state == STORE_NONE ? -ENOENT : say(o, state, 0, a);
}

int outlook_after(struct outlook *o, const struct world *w, struct move m,
		  struct outlook_answer *a)
{
	uint32_t state = graph_find(o->x.graph, w), to;
	uint64_t what;
	int err = state == STORE_NONE ? -ENOENT : follow(o, state, m, &to, &what);

	if (err)
		return err;
	if (to != STORE_NONE && !(what & o->asked))
		return say(o, to, 1, a);
	*a = (struct outlook_answer){ .says = OUTLOOK_SAFE, .at_once = (uint32_t)what & o->asked };
	if (a->at_once) {
		a->says = OUTLOOK_VIOLATES;
		a->property = (enum property)__builtin_ctz(a->at_once);
		a->steps = 1;
		a->exact = true;
	} else if (!(what & o->x.graph->ending)) {
		a->says = OUTLOOK_UNKNOWN;
		a->within = 1;
		a->unknown = o->asked;
	}
	return 0;
}

int outlook_way(struct outlook *o, const struct world *w, struct schedule *way, size_t *loop)
{
	uint32_t state = graph_find(o->x.graph, w), end;
	enum property property;
	int err;

	if (state == STORE_NONE || o->distance[state] == FAR)
		return -ENOENT;
	err = walk(o, state, way, &property, &end);
	*loop = way->n;
	if (!err && property == PROP_LIVELOCK)
		err = livelocks_round(&o->livelocks, o->x.graph, &o->edges, end, way);
	return err;
}

int outlook_states(struct outlook *o, const struct world *w, uint64_t *n)
{
	const struct edges *e = &o->edges;
	uint32_t state = graph_find(o->x.graph, w), *queue;
	uint64_t head = 0, tail = 0;
	uint8_t *seen;

	if (state == STORE_NONE)
		return -ENOENT;
	if (!o->has_edges)
		return -EAGAIN;
	queue = malloc(o->x.states * sizeof(*queue));
	seen = calloc(o->x.states, 1);
	if (queue && seen) {
		queue[tail++] = state;
		seen[state] = 1;
		for (; head < tail; head++) {
			uint32_t at = queue[head];

			if (at >= e->states)
				continue;
			for (uint64_t i = e->first[at]; i < e->first[at + 1]; i++)
				if (e->to[i] != STORE_NONE && !seen[e->to[i]]) {
					seen[e->to[i]] = 1;
					queue[tail++] = e->to[i];
				}
		}
		*n = tail;
	}
	free(queue);
	free(seen);
	return tail ? 0 : -ENOMEM;
}

void outlook_ask(struct outlook *o, uint32_t only)
{
	o->asked = asked_for(only);
	set_distances(o);
}
