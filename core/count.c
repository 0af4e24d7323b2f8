/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * count.c - how many interleavings the explored states stand for, exactly.
 */
#include <errno.h>
#include <gmp.h>
#include <stdlib.h>
#include <string.h>

#include "core/graph.h"

/* The graph's edges, grouped by source. */
struct edges {
	uint64_t *first;	/* states + 1 */
	uint32_t *to;
	uint32_t *ended;	/* of a state: transitions that end the run */
	uint32_t *indegree;
	uint64_t n, states;
	uint64_t last;		/* the source whose edges are coming in */
};

static int add_edge(void *arg, uint64_t from, uint64_t to, struct move move, int step,
		    uint32_t violated)
{
	struct edges *e = arg;

	(void)move;
	(void)step;
	(void)violated;
	while (e->last < from)
		e->first[++e->last] = e->n;
	if (to == UINT64_MAX) {
		e->ended[from]++;
		return 0;
	}
	e->to[e->n++] = (uint32_t)to;
	e->indegree[to]++;
	return 0;
}

static void edges_free(struct edges *e)
{
	free(e->first);
	free(e->to);
	free(e->ended);
	free(e->indegree);
}

static int edges_init(struct edges *e, struct exploration *x)
{
	int err;

	*e = (struct edges){ .states = x->states };
	e->first = calloc(x->states + 1, sizeof(*e->first));
	e->to = malloc((x->transitions + 1) * sizeof(*e->to));
	e->ended = calloc(x->states, sizeof(*e->ended));
	e->indegree = calloc(x->states, sizeof(*e->indegree));
	if (!e->first || !e->to || !e->ended || !e->indegree)
		return -ENOMEM;
	err = graph_transitions(x->graph, add_edge, e);
	while (e->last < e->states)
		e->first[++e->last] = e->n;
	return err;
}

static mpz_t *numbers(uint64_t n)
{
	mpz_t *v = malloc(n * sizeof(*v));

	if (v)
		for (uint64_t i = 0; i < n; i++)
			mpz_init(v[i]);
	return v;
}

static void numbers_free(mpz_t *v, uint64_t n)
{
	if (v)
		for (uint64_t i = 0; i < n; i++)
			mpz_clear(v[i]);
	free(v);
}

/* A state where nothing can follow ends every run that reaches it. */
static bool is_end(const struct edges *e, uint64_t s)
{
	return e->first[s] == e->first[s + 1] && !e->ended[s];
}

/*
 * Runs from the start to an end, in topological order (Kahn).  Returns false, and
 * leaves `total` meaningless, when the graph has a cycle.
 */
static bool count_runs(struct edges *e, mpz_t *runs, uint32_t *queue, mpz_t total)
{
	uint64_t head = 0, tail = 0;

	mpz_set_ui(runs[0], 1);
	if (!e->indegree[0])
		queue[tail++] = 0;
	while (head < tail) {
		uint32_t s = queue[head++];

		mpz_addmul_ui(total, runs[s], e->ended[s] + is_end(e, s));
		for (uint64_t i = e->first[s]; i < e->first[s + 1]; i++) {
			mpz_add(runs[e->to[i]], runs[e->to[i]], runs[s]);
			if (!--e->indegree[e->to[i]])
				queue[tail++] = e->to[i];
		}
		mpz_realloc2(runs[s], 0);	/* not needed any more */
	}
	return head == e->states;
}

/* Schedules of `depth` steps, and those that end earlier. */
static bool count_to_depth(const struct exploration *x, const struct explore_options *o,
			   const struct edges *e, mpz_t total)
{
	unsigned depth = o->count_depth;
	mpz_t *now = numbers(e->states), *next = numbers(e->states);
	bool ok = now && next;

	if (ok)
		mpz_set_ui(now[0], 1);
	for (unsigned d = 0; ok && d < depth; d++) {
		mpz_t *swap = now;

		ok = !o->progress || o->progress(o->progress_arg, x->states, x->transitions, d);
		for (uint64_t s = 0; s < e->states; s++) {
			if (!mpz_sgn(now[s]))
				continue;
			mpz_addmul_ui(total, now[s], e->ended[s] + is_end(e, s));
			for (uint64_t i = e->first[s]; i < e->first[s + 1]; i++)
				mpz_add(next[e->to[i]], next[e->to[i]], now[s]);
			mpz_set_ui(now[s], 0);
		}
		now = next;
		next = swap;
	}
	for (uint64_t s = 0; ok && s < e->states; s++)
		mpz_add(total, total, now[s]);
	numbers_free(now, e->states);
	numbers_free(next, e->states);
	return ok;
}

static void runs_of(struct exploration *x, struct edges *e)
{
	mpz_t *runs = numbers(e->states), total;
	uint32_t *queue = malloc(e->states * sizeof(*queue));

	mpz_init(total);
	if (runs && queue) {
		if (count_runs(e, runs, queue, total))
			x->interleavings = mpz_get_str(NULL, 10, total);
		else
			x->cyclic = true;
	}
	mpz_clear(total);
	numbers_free(runs, e->states);
	free(queue);
}

void graph_count(struct exploration *x, const struct explore_options *o)
{
	bool count = o->count && (!o->count_max || x->states <= o->count_max);
	struct edges e;
	mpz_t total;
	bool ok;

	if (!count && !o->count_depth)
		return;
	ok = !edges_init(&e, x);
	mpz_init(total);
	if (ok && count)
		runs_of(x, &e);
	if (ok && o->count_depth && count_to_depth(x, o, &e, total))
		x->schedules = mpz_get_str(NULL, 10, total);
	mpz_clear(total);
	edges_free(&e);
}
