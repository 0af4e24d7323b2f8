/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/explore/progress.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A set of states: part of an array. */
struct range {
	uint32_t begin, n;
};

/* A state that the depth-first search is in. */
struct frame_of {
	uint32_t state, low;
	uint32_t edge;		/* the next, counted from the state's first */
};

struct search {
	struct graph *g;
	const struct edges *e;
	const struct watch *w;
	uint32_t *mark;		/* of a state: the set that it is in now */
	uint32_t *index;	/* of a state: depth-first number, 0: not seen; or the way back */
	uint32_t *buffer;	/* open states from the left, connected parts from the right */
	uint32_t *member;	/* the states of connected parts of the whole */
	uint32_t marks;		/* the newest mark */
	uint8_t *reach;		/* of a state: tasks that can still be done with an operation */
	uint8_t drop;		/* edges that are not used: EDGE_INJECTED, EDGE_DONE */
	uint32_t suspects;	/* tasks that are looked at */
	struct arena frames;	/* struct frame_of */
	struct arena parts;	/* struct range: what connected() found */
	struct arena todo;	/* struct range in `member` */
	uint32_t *best;		/* the nearest set found; owned */
	uint32_t best_n, best_entry;
	unsigned best_task;
	uint8_t best_drop;
	uint64_t rounds;
	struct livelocks *all;	/* keep all sets and not the nearest one, or NULL */
};

/* What makes a set of states one. */
struct kind {
	unsigned task;
	uint8_t drop;
};

#define DONE_WITH	UINT32_MAX

static bool put_range(struct arena *a, uint32_t begin, uint32_t n)
{
	struct range *r = arena_add(a, sizeof(*r));

	if (r)
		*r = (struct range){ begin, n };
	return r;
}

static uint32_t edge_count(const struct edges *e, uint32_t state)
{
	return (uint32_t)(e->first[state + 1] - e->first[state]);
}

/* An edge that may be taken for ever, and stays in the set. */
static bool inside(const struct search *s, uint64_t edge, uint32_t mark)
{
	return s->e->to[edge] != STORE_NONE && !(s->e->how[edge] & s->drop) &&
	       s->mark[s->e->to[edge]] == mark;
}

/* ---- strongly connected parts (Tarjan) ---- */

struct tarjan {
	uint32_t clock;
	uint32_t open;		/* states in the buffer, from the left */
	uint32_t out;		/* where the parts begin, towards the right */
	uint32_t mark;
	bool no_memory;
};

static struct frame_of *enter(struct search *s, struct tarjan *t, uint32_t state)
{
	struct frame_of *f = arena_add(&s->frames, sizeof(*f));

	if (!f) {
		t->no_memory = true;
		return NULL;
	}
	s->index[state] = ++t->clock;
	s->buffer[t->open++] = state;
	*f = (struct frame_of){ .state = state, .low = t->clock };
	return f;
}

static bool loops_to_itself(const struct search *s, uint32_t state, uint32_t mark)
{
	for (uint64_t i = s->e->first[state]; i < s->e->first[state + 1]; i++)
		if (s->e->to[i] == state && inside(s, i, mark))
			return true;
	return false;
}

/* Whatever a part leads to was closed before it, so that what it can reach is known. */
static void note_reach(struct search *s, const uint32_t *part, uint32_t n)
{
	uint8_t tasks = 0;

	for (uint32_t i = 0; i < n; i++)
		for (uint64_t k = s->e->first[part[i]]; k < s->e->first[part[i] + 1]; k++) {
			uint8_t how = s->e->how[k];

			if (how & EDGE_INJECTED)
				continue;
			if (how & EDGE_DONE)
				tasks |= (uint8_t)(1u << (how & EDGE_TASK));
			if (s->e->to[k] != STORE_NONE)
				tasks |= s->reach[s->e->to[k]];
		}
	for (uint32_t i = 0; i < n; i++)
		s->reach[part[i]] = tasks;
}

/* `state` is the first seen of its part, which is what has been opened since. */
static void close_part(struct search *s, struct tarjan *t, uint32_t state)
{
	uint32_t n = 0;

	do
		s->index[s->buffer[t->open - ++n]] = DONE_WITH;
	while (s->buffer[t->open - n] != state);
	t->open -= n;
	if (!t->mark)		/* the whole graph */
		note_reach(s, &s->buffer[t->open], n);
	if (n == 1 && !loops_to_itself(s, state, t->mark))
		return;
	t->out -= n;
	memmove(&s->buffer[t->out], &s->buffer[t->open], n * sizeof(*s->buffer));
	if (!put_range(&s->parts, t->out, n))
		t->no_memory = true;
}

static void search_from(struct search *s, struct tarjan *t, uint32_t state)
{
	struct frame_of *f = enter(s, t, state);

	while (f) {
		uint64_t edge = s->e->first[f->state] + f->edge;
		struct frame_of *up;
		uint32_t to, low;

		if (f->edge < edge_count(s->e, f->state)) {
			f->edge++;
			if (!inside(s, edge, t->mark))
				continue;
			to = s->e->to[edge];
			if (!s->index[to])
				f = enter(s, t, to);
			else if (s->index[to] < f->low)
				f->low = s->index[to];
			continue;
		}
		low = f->low;
		if (low == s->index[f->state])
			close_part(s, t, f->state);
		s->frames.used -= sizeof(*f);
		if (!s->frames.used || t->no_memory)
			return;
		up = f - 1;
		if (low < up->low)
			up->low = low;
		f = up;
	}
}

/*
 * The connected parts of a set in which one can go round: ranges of s->buffer in s->parts.
 * `set` is NULL for all states.  Its states have `mark`.
 */
static int connected(struct search *s, const uint32_t *set, uint32_t n, uint32_t mark)
{
	struct tarjan t = { .out = n, .mark = mark };

	s->parts.used = 0;
	s->frames.used = 0;
	for (uint32_t i = 0; i < n; i++)
		s->index[set ? set[i] : i] = 0;
	for (uint32_t i = 0; i < n && !t.no_memory; i++) {
		uint32_t state = set ? set[i] : i;

		if (!s->index[state])
			search_from(s, &t, state);
	}
	return t.no_memory ? -ENOMEM : 0;
}

/* ---- fair sets ---- */

static void mark_all(struct search *s, const uint32_t *set, uint32_t n)
{
	s->marks++;
	for (uint32_t i = 0; i < n; i++)
		s->mark[set[i]] = s->marks;
}

/* Tasks that can move in a state, other than by what is injected. */
static uint32_t able(const struct search *s, uint32_t state)
{
	uint32_t tasks = 0;

	for (uint64_t i = s->e->first[state]; i < s->e->first[state + 1]; i++)
		if (!(s->e->how[i] & EDGE_INJECTED))
			tasks |= 1u << (s->e->how[i] & EDGE_TASK);
	return tasks;
}

/* Tasks that can move in a state and stay in the set. */
static uint32_t staying(const struct search *s, uint32_t state, uint32_t mark)
{
	uint32_t tasks = 0;

	for (uint64_t i = s->e->first[state]; i < s->e->first[state + 1]; i++)
		if (inside(s, i, mark))
			tasks |= 1u << (s->e->how[i] & EDGE_TASK);
	return tasks;
}

static const struct task *stack_of(const struct search *s, uint32_t state, unsigned task)
{
	return store_row(&s->g->stacks, graph_row(s->g, state)->task[task]);
}

static bool begun(const struct search *s, uint32_t state, unsigned task)
{
	return !task_at_start(stack_of(s, state, task), &s->g->scenario->program[task]);
}

static uint32_t least(const uint32_t *set, uint32_t n)
{
	uint32_t min = set[0];

	for (uint32_t i = 1; i < n; i++)
		min = set[i] < min ? set[i] : min;
	return min;
}

/* A livelock of a task.  The nearest is kept. */
static int keep(struct search *s, const uint32_t *set, uint32_t n, uint32_t entry, unsigned task)
{
	uint32_t *copy = malloc(n * sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	memcpy(copy, set, n * sizeof(*copy));
	free(s->best);
	s->best = copy;
	s->best_n = n;
	s->best_entry = entry;
	s->best_task = task;
	s->best_drop = s->drop;
	return 0;
}

/*
 * The same where all are kept.  A set is whole in another or apart from it: what goes round
 * without an end of an operation is part of what does with some, and these are looked for first.
 */
static int keep_all(struct search *s, const uint32_t *set, uint32_t n, unsigned task)
{
	struct kind *kind;

	if (s->all->of[set[0]])
		return 0;
	kind = arena_add(&s->all->sets, sizeof(*kind));
	if (!kind)
		return -ENOMEM;
	*kind = (struct kind){ task, s->drop };
	for (uint32_t i = 0; i < n; i++)
		s->all->of[set[i]] = (uint32_t)(s->all->sets.used / sizeof(*kind));
	return 0;
}

/* One connected part: a livelock, or smaller without the states that fairness leaves. */
static int judge(struct search *s, uint32_t *set, struct range r)
{
	uint32_t tasks = 0, stay = 0, left = 0;
	uint32_t entry = least(set, r.n);
	unsigned task;

	if (s->best && entry >= s->best_entry)
		return 0;
	mark_all(s, set, r.n);
	for (uint32_t i = 0; i < r.n; i++) {
		tasks |= able(s, set[i]);
		stay |= staying(s, set[i], s->marks);
	}
	/* one that only waits where its operation begins, all the time, has begun nothing */
	for (task = 0; task < s->g->scenario->tasks; task++)
		if ((s->suspects >> task & 1) &&
		    ((stay >> task & 1) || begun(s, set[0], task)))
			break;
	if (task == s->g->scenario->tasks)
		return 0;
	if (!(tasks & ~stay))
		return s->all ? keep_all(s, set, r.n, task) : keep(s, set, r.n, entry, task);
	for (uint32_t i = 0; i < r.n; i++)
		if (!(able(s, set[i]) & tasks & ~stay))
			set[left++] = set[i];
	return !left || put_range(&s->todo, r.begin, left) ? 0 : -ENOMEM;
}

/* All livelocks of s->suspects in one connected part of the whole. */
static int take_apart(struct search *s, struct range whole)
{
	int err = put_range(&s->todo, whole.begin, whole.n) ? 0 : -ENOMEM;

	while (!err && s->todo.used) {
		struct range r, *part;
		uint32_t at;

		s->todo.used -= sizeof(r);
		memcpy(&r, s->todo.p + s->todo.used, sizeof(r));
		at = r.begin;
		if ((r.n > 4096 || ++s->rounds % 256 == 0) &&
		    !watch_goes_on(s->w, s->w->depth))
			return -EINTR;
		mark_all(s, s->member + r.begin, r.n);
		err = connected(s, s->member + r.begin, r.n, s->marks);
		part = (struct range *)s->parts.p;
		/* the parts take the place of the set, so that each can be taken apart there */
		for (size_t i = 0; !err && i < s->parts.used / sizeof(*part); i++) {
			memcpy(s->member + at, s->buffer + part[i].begin,
			       part[i].n * sizeof(*s->member));
			err = judge(s, s->member + at, (struct range){ at, part[i].n });
			at += part[i].n;
		}
	}
	return err;
}

/* Copy the connected parts of the whole out of the buffer; *n of them. */
static int keep_parts(struct search *s, struct range **whole, size_t *n)
{
	const struct range *part = (const struct range *)s->parts.p;
	uint64_t states = 0;
	uint32_t at = 0;

	*n = s->parts.used / sizeof(*part);
	for (size_t i = 0; i < *n; i++)
		states += part[i].n;
	*whole = malloc((*n + 1) * sizeof(**whole));
	s->member = malloc((states + 1) * sizeof(*s->member));
	if (!*whole || !s->member)
		return -ENOMEM;
	for (size_t i = 0; i < *n; i++) {
		memcpy(s->member + at, s->buffer + part[i].begin, part[i].n * sizeof(*s->member));
		(*whole)[i] = (struct range){ at, part[i].n };
		at += part[i].n;
	}
	return 0;
}

/* Tasks that have something to end, in a state; it is the same everywhere in a part. */
static uint32_t unfinished(const struct search *s, uint32_t state)
{
	uint32_t tasks = 0;

	for (unsigned i = 0; i < s->g->scenario->tasks; i++)
		if (!s->g->scenario->program[i].environment &&
		    !task_finished(stack_of(s, state, i)))
			tasks |= 1u << i;
	return tasks;
}

static int search_all(struct search *s)
{
	struct range *whole = NULL;
	size_t n = 0;
	int err;

	s->drop = EDGE_INJECTED;
	err = connected(s, NULL, (uint32_t)s->e->states, 0);
	if (!err)
		err = keep_parts(s, &whole, &n);
	for (size_t i = 0; !err && i < n; i++) {
		uint32_t state = s->member[whole[i].begin];
		uint32_t tasks = unfinished(s, state);

		s->drop = EDGE_INJECTED;
		s->suspects = tasks & ~(uint32_t)s->reach[state];
		if (s->suspects)
			err = take_apart(s, whole[i]);
		s->drop = EDGE_INJECTED | EDGE_DONE;
		s->suspects = tasks;
		if (!err)
			err = take_apart(s, whole[i]);
	}
	free(whole);
	return err;
}

/* ---- a way round ---- */

/* A walk inside the nearest set. */
struct walk {
	struct schedule *moves;
	uint32_t at;
	uint32_t able;		/* tasks that could move on the way */
	uint32_t moved;		/* and that did */
};

/* The edge of a state that leads to `to`, or is of one of `tasks`; s->e->n: there is none. */
static uint64_t edge_of(const struct search *s, uint32_t state, uint32_t to, uint32_t tasks)
{
	for (uint64_t i = s->e->first[state]; i < s->e->first[state + 1]; i++)
		if (inside(s, i, s->marks) && (s->e->to[i] == to ||
					       tasks >> (s->e->how[i] & EDGE_TASK) & 1))
			return i;
	return s->e->n;
}

static int take(struct search *s, struct walk *w, uint64_t edge)
{
	int err = schedule_add(w->moves, edge_move(s->g, s->e, w->at, edge));

	w->able |= able(s, w->at);
	w->moved |= 1u << (s->e->how[edge] & EDGE_TASK);
	w->at = s->e->to[edge];
	return err;
}

/*
 * Go the shortest way to an edge of one of `tasks`, or that leads to `to` (STORE_NONE: to
 * nowhere in particular), and take it.  The set is connected, so that there is one.
 */
static int go(struct search *s, struct walk *w, uint32_t to, uint32_t tasks)
{
	uint32_t head = 0, tail = 0, n = 0, at;
	int err = 0;

	for (uint32_t i = 0; i < s->best_n; i++)
		s->index[s->best[i]] = DONE_WITH;
	s->index[w->at] = w->at;
	s->buffer[tail++] = w->at;
	while (edge_of(s, at = s->buffer[head++], to, tasks) == s->e->n)
		for (uint64_t i = s->e->first[at]; i < s->e->first[at + 1]; i++)
			if (inside(s, i, s->marks) && s->index[s->e->to[i]] == DONE_WITH) {
				s->index[s->e->to[i]] = at;
				s->buffer[tail++] = s->e->to[i];
			}
	/* the way back, then in order */
	for (uint32_t back = at; back != w->at; back = s->index[back])
		s->buffer[n++] = back;
	while (!err && n)
		err = take(s, w, edge_of(s, w->at, s->buffer[--n], 0));
	return err ? err : take(s, w, edge_of(s, at, to, tasks));
}

/*
 * Round the nearest set.  A task that could move on the way has to.  Each time round another
 * one does that could and has not, so that this ends.
 */
static int go_round(struct search *s, struct schedule *moves)
{
	struct walk w = { .moves = moves, .at = s->best_entry };
	uint32_t must = 0;
	int err = 0;

	s->drop = s->best_drop;
	mark_all(s, s->best, s->best_n);
	/* one that waits where its operation begins shows nothing; it can move somewhere */
	if (!begun(s, w.at, s->best_task))
		must = 1u << s->best_task;
	do {
		w.able |= able(s, w.at);
		if ((w.able | must) & ~w.moved)
			err = go(s, &w, STORE_NONE, (w.able | must) & ~w.moved);
		else
			err = go(s, &w, s->best_entry, 0);
	} while (!err && (w.at != s->best_entry || ((w.able | must) & ~w.moved)));
	return err;
}

/* What a search needs, by the number of states.  0 or -ENOMEM. */
static int search_init(struct search *s)
{
	s->mark = calloc(s->e->states, sizeof(*s->mark));
	s->index = malloc(s->e->states * sizeof(*s->index));
	s->buffer = malloc(s->e->states * sizeof(*s->buffer));
	s->reach = calloc(s->e->states, 1);
	return s->mark && s->index && s->buffer && s->reach ? 0 : -ENOMEM;
}

static void search_free(struct search *s)
{
	free(s->mark);
	free(s->index);
	free(s->buffer);
	free(s->member);
	free(s->reach);
	free(s->best);
	arena_free(&s->frames);
	arena_free(&s->parts);
	arena_free(&s->todo);
}

int graph_livelock(struct graph *g, const struct edges *e, const struct watch *w,
		   struct schedule *schedule, size_t *loop)
{
	struct search s = { .g = g, .e = e, .w = w };
	int err = search_init(&s);

	if (!err)
		err = search_all(&s);
	if (!err && s.best) {
		err = graph_path(g, s.best_entry, schedule);
		*loop = schedule->n;
		if (!err)
			err = go_round(&s, schedule);
	}
	if (!err && g->out_of_memory)
		err = -ENOMEM;
	if (!err)
		err = s.best != NULL;
	search_free(&s);
	return err;
}

int livelocks_init(struct livelocks *l, struct graph *g, const struct edges *e,
		   const struct watch *w)
{
	struct search s = { .g = g, .e = e, .w = w, .all = l };
	int err = search_init(&s);

	*l = (struct livelocks){ .of = calloc(e->states, sizeof(*l->of)) };
	if (!l->of)
		err = -ENOMEM;
	if (!err)
		err = search_all(&s);
	search_free(&s);
	return err;
}

void livelocks_free(struct livelocks *l)
{
	free(l->of);
	arena_free(&l->sets);
	*l = (struct livelocks){ 0 };
}

int livelocks_round(const struct livelocks *l, struct graph *g, const struct edges *e,
		    uint32_t state, struct schedule *schedule)
{
	const struct watch nobody = { 0 };
	struct search s = { .g = g, .e = e, .w = &nobody };
	const struct kind *kind = (const struct kind *)l->sets.p + (l->of[state] - 1);
	int err = search_init(&s);

	s.best = malloc(e->states * sizeof(*s.best));
	if (!s.best)
		err = -ENOMEM;
	for (uint32_t i = 0; !err && i < e->states; i++)
		if (l->of[i] == l->of[state])
			s.best[s.best_n++] = i;
	s.best_entry = state;
	s.best_task = kind->task;
	s.best_drop = kind->drop;
	if (!err)
		err = go_round(&s, schedule);
	if (!err && g->out_of_memory)
		err = -ENOMEM;
	search_free(&s);
	return err;
}
