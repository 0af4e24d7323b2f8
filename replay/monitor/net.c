/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The graph of all interleavings as a net of events: its states are nodes, its transitions edges
 * that have an event each, or none.  A transition with several goes by nodes of its own.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/explore/edges.h"
#include "replay/monitor/parts.h"

/* The calls of a step, padded: a row of a store. */
struct sequence {
	uint32_t n;
	struct probe_call call[PROBE_CALLS_MAX];
};

/* A node between two events of one transition: events from `at` on are still to come. */
struct between {
	uint32_t sequence, at, to;
};

struct edge {
	uint32_t from, to;
	uint16_t event;
};

struct weaving {
	struct net *net;
	struct monitor *m;
	struct graph *g;
	struct store sequences;		/* struct sequence; the first is none */
	struct store betweens;		/* struct between */
	struct arena moves;		/* struct edge: `event` is the sequence */
	struct arena edges;
	uint8_t *reached;		/* states, without breaking a property */
	struct world from;
	uint64_t from_state;
	uint32_t hub;
	int err;
};

/* ---- transitions and their calls ---- */

/* The calls of a move from w->from, as a sequence's number. */
static uint32_t sequence_of(struct weaving *w, struct move m)
{
	struct probe_calls calls = { .n = 0 };
	struct step_ctx c = {
		.k = &w->m->kernel, .hw = &w->m->scenario->hw, .task = m.task,
		.choice = m.choice, .calls = &calls,
	};
	struct sequence s = { .n = 0 };
	struct mem mem = w->from.mem;
	struct task task = w->from.task[m.task];
	uint32_t number;
	bool added;

	task_step(&c, &mem, &task, &w->m->scenario->program[m.task]);
	if (calls.n > PROBE_CALLS_MAX)
		w->err = -E2BIG;
	s.n = calls.n < PROBE_CALLS_MAX ? calls.n : PROBE_CALLS_MAX;
	memcpy(s.call, calls.call, s.n * sizeof(s.call[0]));
	number = store_add(&w->sequences, &s, store_hash(&w->sequences, &s), &added);
	if (number >= UNSEEN)
		w->err = -ENOMEM;
	return number;
}

static int keep_move(void *arg, uint64_t from, uint64_t to, struct move move, int step,
		     uint32_t violated)
{
	struct weaving *w = arg;
	struct edge *e;

	(void)step;
	violated &= ~properties_costs();
	w->m->left_out |= violated;
	w->m->transitions++;
	if (violated || to == UINT64_MAX)
		return 0;
	if (from != w->from_state)
		graph_state(w->g, from, &w->from);
	w->from_state = from;
	e = arena_add(&w->moves, sizeof(*e));
	if (!e)
		return -ENOMEM;
	*e = (struct edge){ .from = (uint32_t)from, .to = (uint32_t)to };
	if (looks_at(w->m, move.task))
		e->event = (uint16_t)sequence_of(w, move);
	return w->err;
}

/* What is reached without breaking a property.  Moves are in order of their states. */
static int find_reached(struct weaving *w, uint64_t states)
{
	const struct edge *e = (const struct edge *)w->moves.p;
	const size_t n = w->moves.used / sizeof(*e);
	uint64_t *first = calloc(states + 2, sizeof(*first));
	uint32_t *stack = malloc((states + 1) * sizeof(*stack));
	size_t top = 0;

	w->reached = calloc(states, 1);
	if (!first || !stack || !w->reached) {
		free(first);
		free(stack);
		return -ENOMEM;
	}
	for (size_t i = 0; i < n; i++)
		first[e[i].from + 1]++;
	for (uint64_t i = 0; i < states; i++)
		first[i + 1] += first[i];
	w->reached[0] = 1;
	stack[top++] = 0;
	while (top) {
		const uint32_t at = stack[--top];

		for (uint64_t i = first[at]; i < first[at + 1]; i++)
			if (!w->reached[e[i].to]) {
				w->reached[e[i].to] = 1;
				stack[top++] = e[i].to;
			}
	}
	free(first);
	free(stack);
	return 0;
}

/* ---- functions: in one step or two, with one value or several ---- */

static void learn_sequence(struct functions *f, const struct sequence *s, int *value,
			   bool *ends_alone, bool *begins_alone, bool *enters)
{
	for (uint32_t i = 0; i < s->n; i++) {
		const struct probe_call *c = &s->call[i];
		const bool returns = probe_returns(c->kind);
		bool other = false;

		if (c->function >= FUNCTIONS)
			continue;
		for (uint32_t j = 0; j < s->n; j++)
			other |= s->call[j].function == c->function &&
				 probe_returns(s->call[j].kind) != returns &&
				 (returns ? j < i : j > i);
		if (!returns) {
			enters[c->function] = true;
			begins_alone[c->function] |= !other;
			continue;
		}
		ends_alone[c->function] |= !other;
		if (value[c->function] == INT16_MAX)
			value[c->function] = call_value(c);
		f->tells[c->function] |= value[c->function] != call_value(c);
	}
}

static void learn_functions(struct weaving *w)
{
	bool ends_alone[FUNCTIONS] = { false }, begins_alone[FUNCTIONS] = { false };
	bool enters[FUNCTIONS] = { false };
	struct functions *f = w->m->functions;
	int value[FUNCTIONS];

	for (unsigned i = 0; i < FUNCTIONS; i++)
		value[i] = INT16_MAX;
	for (uint32_t i = 0; i < w->sequences.count; i++)
		learn_sequence(f, store_row(&w->sequences, i), value, ends_alone, begins_alone,
			       enters);
	for (unsigned i = 0; i < FUNCTIONS; i++) {
		f->split[i] = ends_alone[i] && begins_alone[i];
		f->tells[i] |= !enters[i];
	}
}

/* ---- nodes and edges ---- */

static void add_edge(struct weaving *w, uint32_t from, uint32_t to, uint16_t event)
{
	struct edge *e = arena_add(&w->edges, sizeof(*e));

	if (e)
		*e = (struct edge){ from, to, event };
	else
		w->err = -ENOMEM;
}

/* The node in which a transition's events from `at` on are still to come. */
static uint32_t node_between(struct weaving *w, uint32_t sequence, uint32_t at, uint32_t to,
			     bool *added)
{
	const struct between b = { sequence, at, to };
	uint32_t n = store_add(&w->betweens, &b, store_hash(&w->betweens, &b), added);

	if (n == STORE_NONE)
		w->err = -ENOMEM;
	return w->hub + 1 + n;
}

/* A transition: by nodes of its own from one event to the next, to where it leads. */
static void weave(struct weaving *w, const struct edge *move)
{
	const struct sequence *s = store_row(&w->sequences, move->event);
	uint32_t from = move->from, left = 0, at = 0;
	bool added = true;

	for (uint32_t i = 0; i < s->n; i++)
		left += call_seen(w->m->functions, &s->call[i]);
	if (!left) {
		add_edge(w, from, move->to, UNSEEN);
		return;
	}
	/* where the rest of the way is there already, it is taken */
	for (; left && added && !w->err; left--, at++) {
		const struct probe_call *c;
		uint32_t to = move->to;

		while (!call_seen(w->m->functions, &s->call[at]))
			at++;
		c = &s->call[at];
		if (left > 1)
			to = node_between(w, move->event, at + 1, move->to, &added);
		add_edge(w, from, to, (uint16_t)event_of(w->m, c));
		if (probe_maybe(c->kind))
			add_edge(w, from, to, UNSEEN);
		from = to;
	}
}

/* All that is idle is one: by way of the hub. */
static int join_idle(struct weaving *w, uint64_t states)
{
	struct net *n = w->net;
	struct world world;

	n->idle = calloc(states, 1);
	if (!n->idle)
		return -ENOMEM;
	for (uint64_t i = 0; i < states && !w->err; i++) {
		if (!w->reached[i])
			continue;
		graph_state(w->g, i, &world);
		n->idle[i] = is_idle(w->m, &world);
		if (!n->idle[i])
			continue;
		n->idle_count++;
		add_edge(w, (uint32_t)i, w->hub, UNSEEN);
		add_edge(w, w->hub, (uint32_t)i, UNSEEN);
	}
	return w->err;
}

/* Edges by the node that they leave. */
static int sort_edges(struct weaving *w)
{
	const struct edge *e = (const struct edge *)w->edges.p;
	const size_t count = w->edges.used / sizeof(*e);
	struct net *n = w->net;

	n->nodes = w->hub + 1 + w->betweens.count;
	n->hub = w->hub;
	n->first = calloc((size_t)n->nodes + 2, sizeof(*n->first));
	n->to = malloc((count + 1) * sizeof(*n->to));
	n->event = malloc((count + 1) * sizeof(*n->event));
	if (!n->first || !n->to || !n->event)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		n->first[e[i].from + 2]++;
	for (uint32_t i = 1; i <= n->nodes; i++)
		n->first[i + 1] += n->first[i];
	for (size_t i = 0; i < count; i++) {
		const uint64_t at = n->first[e[i].from + 1]++;

		n->to[at] = e[i].to;
		n->event[at] = e[i].event;
	}
	return 0;
}

static int weave_all(struct weaving *w, uint64_t states)
{
	const struct edge *move;
	int err = graph_transitions(w->g, keep_move, w);

	if (!err)
		err = find_reached(w, states);
	if (err)
		return err;
	learn_functions(w);
	for (uint32_t i = 0; !err && i < w->sequences.count; i++) {
		const struct sequence *s = store_row(&w->sequences, i);

		err = events_make(w->m, s->call, s->n);
	}
	if (err)
		return err;
	w->hub = (uint32_t)states;
	move = (const struct edge *)w->moves.p;
	for (size_t i = 0; i < w->moves.used / sizeof(*move) && !w->err; i++)
		if (w->reached[move[i].from])
			weave(w, &move[i]);
	if (!w->err)
		w->err = join_idle(w, states);
	return w->err ? w->err : sort_edges(w);
}

/* ---- all ---- */

static int explored(const struct exploration *x, const struct monitor_options *o, char *err)
{
	char n[24];

	if (x->complete)
		return 0;
	if (x->bound && !strcmp(x->bound, "interrupted"))
		return -ECANCELED;
	snprintf(n, sizeof(n), "%llu", (unsigned long long)o->max_states);
	snprintf(err, MONITOR_TEXT_MAX, "not all interleavings were seen (%.60s%s%s): an automaton "
		 "of a part of them would refuse what can happen", x->bound ? x->bound : "?",
		 x->bound && !strcmp(x->bound, "max_states") ? " " : "",
		 x->bound && !strcmp(x->bound, "max_states") ? n : "");
	return -EOVERFLOW;
}

static int make(struct weaving *w, struct exploration *x, const struct monitor_options *o,
		char *err)
{
	const struct sequence none = { .n = 0 };
	bool added;
	int e;

	w->g = x->graph;
	w->from_state = UINT64_MAX;
	w->m->explored = x->states;
	e = explored(x, o, err);
	if (e)
		return e;
	if (store_init(&w->sequences, sizeof(struct sequence)) ||
	    store_init(&w->betweens, sizeof(struct between)) ||
	    store_add(&w->sequences, &none, store_hash(&w->sequences, &none), &added))
		return -ENOMEM;
	e = weave_all(w, x->states);
	if (e == -E2BIG)
		snprintf(err, MONITOR_TEXT_MAX, "there are more than %d events: name the functions "
			 "that count", MONITOR_EVENTS_MAX);
	if (!e && !w->m->events) {
		snprintf(err, MONITOR_TEXT_MAX, "none of the functions is called there");
		return -ENODATA;
	}
	if (!e && !w->net->idle_count) {
		snprintf(err, MONITOR_TEXT_MAX, "the slot is never free in that scenario: its "
			 "order has no beginning");
		return -ENODATA;
	}
	return e;
}

int net_make(struct net *n, struct monitor *m, const struct monitor_options *o, char *err)
{
	const struct explore_options search = {
		.max_states = o->max_states, .progress = o->progress,
		.progress_arg = o->progress_arg,
	};
	struct weaving w = { .net = n, .m = m };
	struct exploration x;
	int e;

	*n = (struct net){ 0 };
	if (explore(&x, m->scenario, &m->kernel, &search))
		return -ENOMEM;
	e = make(&w, &x, o, err);
	if (w.sequences.row_size)
		store_free(&w.sequences);
	if (w.betweens.row_size)
		store_free(&w.betweens);
	arena_free(&w.moves);
	arena_free(&w.edges);
	free(w.reached);
	exploration_free(&x);
	return e;
}

void net_free(struct net *n)
{
	free(n->first);
	free(n->to);
	free(n->event);
	free(n->idle);
}
