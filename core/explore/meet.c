/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * meet.c - does it matter in which order two tasks move, while one is in the middle of an operation?
 *
 * In every state the next steps of two tasks are looked at, each before and behind the other.  That
 * needs no more than the effects, which are remembered.  Where the two orders differ it may be in
 * the numbers of allocated objects alone; then they are compared in a second graph, in which an
 * allocation may give any object.  Of two tasks that have met no more is asked, so that most of
 * this is over after a few states.
 */
#include "core/explore/witness.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/explore/edges.h"

#define LARGE_MEMS	200000	/* of the second graph: it is begun anew */
#define LARGE_STACKS	20000

/* Where a task stands. */
enum place { PLACE_UNKNOWN, PLACE_START, PLACE_MIDDLE, PLACE_END };

struct meet {
	struct graph *g;
	struct meetings *m;
	uint8_t *place;			/* stacks x tasks: enum place */
	uint8_t open[MAX_TASKS];	/* [a]: the b > a that have operations which have not met */
	uint32_t wanted;		/* tasks of these, as bits */
	struct scenario any;		/* the scenario, where any free object may come */
	struct graph *same;		/* the second graph; NULL: not needed yet */
};

/* The next step of a task, with all outcomes. */
struct next {
	struct effect e[CHOICES_MAX];
	unsigned n;
	unsigned task;
	int step;
	bool free;		/* no higher priority keeps it from moving */
	bool middle;
};

/* What two steps came to, one behind the other. */
struct outcome {
	uint32_t mem;		/* STORE_NONE: the run ends */
	uint16_t stack[2];	/* of the two tasks */
	uint64_t what[2];	/* that there is to say of the two steps */
};

#define OUTCOMES_MAX	(CHOICES_MAX * CHOICES_MAX)

struct outcomes {
	struct outcome o[OUTCOMES_MAX];
	unsigned n;
};

static int effects_of(struct graph *g, uint32_t mem, uint16_t stack, unsigned task,
		      struct effect *e, unsigned *n)
{
	const struct effect *now = graph_effects(g, mem, stack, task, n);

	if (g->out_of_memory)
		return -ENOMEM;
	memcpy(e, now, *n * sizeof(*e));
	return 0;
}

/* What is asked is what the step did, not whether it is a goal of somebody's. */
static uint64_t said(const struct graph *g, const struct effect *e)
{
	return effect_what(g, e) & ~EFFECT_GOAL;
}

static bool same_outcome(const struct outcome *a, const struct outcome *b)
{
	return a->mem == b->mem && a->stack[0] == b->stack[0] && a->stack[1] == b->stack[1] &&
	       a->what[0] == b->what[0] && a->what[1] == b->what[1];
}

static bool is_among(const struct outcome *o, const struct outcomes *all)
{
	for (unsigned i = 0; i < all->n; i++)
		if (same_outcome(o, &all->o[i]))
			return true;
	return false;
}

static bool all_among(const struct outcomes *some, const struct outcomes *all)
{
	for (unsigned i = 0; i < some->n; i++)
		if (!is_among(&some->o[i], all))
			return false;
	return true;
}

/* What one step and then another, of a second task that stands at `stack`, come to. */
static int both(struct graph *g, const struct next *first, const struct next *second,
		uint16_t stack, struct outcomes *all)
{
	const unsigned one = first->task > second->task, two = !one;
	struct effect e[CHOICES_MAX];

	all->n = 0;
	for (unsigned i = 0; i < first->n; i++) {
		struct outcome o = { .mem = STORE_NONE };
		unsigned n = 0;

		o.what[one] = said(g, &first->e[i]);
		if (!effect_followed(g, &first->e[i])) {
			all->o[all->n++] = o;
			continue;
		}
		if (effects_of(g, first->e[i].mem, stack, second->task, e, &n))
			return -ENOMEM;
		for (unsigned j = 0; j < n; j++) {
			o.stack[one] = first->e[i].stack;
			o.stack[two] = e[j].stack;
			o.what[two] = said(g, &e[j]);
			o.mem = e[j].mem;
			all->o[all->n] = o;
			if (!effect_followed(g, &e[j])) {	/* it ends, whatever was first */
				all->o[all->n] = (struct outcome){ .mem = STORE_NONE };
				all->o[all->n].what[two] = o.what[two];
			}
			all->n++;
		}
	}
	return 0;
}

/* ---- the numbers of what is allocated ---- */

/* Which free numbers somebody has kept counts only where that decides which may come. */
static void forget_known(struct world *w)
{
	for (unsigned i = 0; i < MAX_ENTRIES; i++)
		w->mem.entry[i].known = 0;
}

/* A graph in which an allocation may give any entry, and either of two folios. */
static struct graph *second_graph(struct meet *s)
{
	if (s->same && (s->same->mems.count > LARGE_MEMS || s->same->stacks.count > LARGE_STACKS)) {
		graph_free(s->same);
		s->same = NULL;
	}
	if (!s->same) {
		s->any = *s->g->scenario;
		s->any.hw.any_entry = 1;
		s->any.hw.any_folio = 1;
		s->same = graph_new(&s->any, &s->g->kernel, NULL);
	}
	return s->same;
}

/* An outcome of the first graph in the numbers of the second one. */
static int translate(const struct meet *s, const struct state_row *row, unsigned a, unsigned b,
		     struct outcome *o)
{
	const struct graph *g = s->g;
	struct state_row to;
	struct world w = { 0 };

	if (o->mem == STORE_NONE)
		return 0;
	graph_mem(g, o->mem, &w.mem);
	for (unsigned i = 0; i < g->scenario->tasks; i++)
		w.task[i] = *(const struct task *)store_row(&g->stacks, i == a ? o->stack[0] :
							    i == b ? o->stack[1] : row->task[i]);
	forget_known(&w);
	if (!graph_enter(s->same, &w, &to))
		return -ENOMEM;
	*o = (struct outcome){ to.mem, { to.task[a], to.task[b] }, { o->what[0], o->what[1] } };
	return 0;
}

/* Is each outcome of one order one of the other, where any object may have come? */
static int among_any(const struct meet *s, const struct state_row *row, const struct next *a,
		     const struct next *b, struct outcomes *some, const struct outcomes *any)
{
	for (unsigned i = 0; i < some->n; i++)
		if (translate(s, row, a->task, b->task, &some->o[i]))
			return -ENOMEM;
	return all_among(some, any);
}

/*
 * Do the two orders, which come to ab and ba, differ in no more than such numbers?  1, 0 or
 * -ENOMEM.
 */
static int alike(struct meet *s, const struct state_row *row, const struct next *a,
		 const struct next *b, struct outcomes *ab, struct outcomes *ba)
{
	struct graph *g2 = second_graph(s);
	struct next a2 = *a, b2 = *b;
	struct outcomes any;
	struct state_row row2;
	struct world w = { 0 };
	int r;

	if (!g2)
		return -ENOMEM;
	graph_mem(s->g, row->mem, &w.mem);
	for (unsigned i = 0; i < s->g->scenario->tasks; i++)
		w.task[i] = *(const struct task *)store_row(&s->g->stacks, row->task[i]);
	forget_known(&w);
	if (!graph_enter(g2, &w, &row2) ||
	    effects_of(g2, row2.mem, row2.task[a->task], a->task, a2.e, &a2.n) ||
	    effects_of(g2, row2.mem, row2.task[b->task], b->task, b2.e, &b2.n) ||
	    both(g2, &b2, &a2, row2.task[a->task], &any))
		return -ENOMEM;
	r = among_any(s, row, a, b, ab, &any);
	if (r <= 0)
		return r;
	if (both(g2, &a2, &b2, row2.task[b->task], &any))
		return -ENOMEM;
	return among_any(s, row, a, b, ba, &any);
}

/* ---- two tasks in a state ---- */

static bool is_lock(int step)
{
	return step_at((size_t)step)->kind == KIND_LOCK;
}

static bool is_unlock(int step)
{
	return step_at((size_t)step)->kind == KIND_UNLOCK;
}

/*
 * Does a step of `by` keep another task from its next step, or let it make it?  That one has to
 * be in the middle to be kept waiting.  MEETING_NEVER: it would, but may not move itself.
 */
static int held_up(struct graph *g, const struct state_row *row, const struct next *by,
		   const struct next *other)
{
	struct effect e[CHOICES_MAX];

	for (unsigned i = 0; i < by->n; i++) {
		unsigned n = 0;
		bool locks;

		if (!effect_followed(g, &by->e[i]))
			continue;
		if (effects_of(g, by->e[i].mem, row->task[other->task], other->task, e, &n))
			return -ENOMEM;
		if (!n == !other->n || (n && !other->middle))
			continue;
		if (!by->free)
			return MEETING_NEVER;
		locks = is_lock(other->step) && (n ? is_unlock(by->step) : is_lock(by->step));
		return locks ? MEETING_LOCK : MEETING_MET;
	}
	return MEETING_BESIDE;
}

/* Do two steps come to the same in either order?  MEETING_BESIDE, MEETING_MET or -ENOMEM. */
static int order_matters(struct meet *s, const struct state_row *row, const struct next *a,
			 const struct next *b)
{
	struct outcomes ab, ba;
	int same = 1;

	if (both(s->g, a, b, row->task[b->task], &ab) || both(s->g, b, a, row->task[a->task], &ba))
		return -ENOMEM;
	if (!all_among(&ab, &ba) || !all_among(&ba, &ab))
		same = alike(s, row, a, b, &ab, &ba);
	return same < 0 ? same : same ? MEETING_BESIDE : MEETING_MET;
}

static bool can_move(const struct next *n)
{
	return n->free && n->n;
}

/* What two tasks have to do with each other in a state. */
static int meeting_in(struct meet *s, const struct state_row *row, const struct next *a,
		      const struct next *b)
{
	int one, two;

	if (!(a->middle && can_move(b)) && !(b->middle && can_move(a)))
		return MEETING_NEVER;
	one = held_up(s->g, row, a, b);
	if (one < 0 || one == MEETING_MET)
		return one;
	two = held_up(s->g, row, b, a);
	if (two < 0 || two > MEETING_BESIDE)
		return two;
	if (one != MEETING_BESIDE || two != MEETING_BESIDE || !a->n || !b->n)
		return one > MEETING_BESIDE ? one : MEETING_BESIDE;
	return order_matters(s, row, a, b);
}

static uint8_t *meeting_of(struct meet *s, const struct state_row *row, unsigned a, unsigned b)
{
	const struct task *ta = store_row(&s->g->stacks, row->task[a]);
	const struct task *tb = store_row(&s->g->stacks, row->task[b]);

	return &s->m->of[a][ta->item][b][tb->item];
}

/* Which tasks have operations that have not met those of others. */
static void find_open(struct meet *s)
{
	const struct scenario *sc = s->g->scenario;

	memset(s->open, 0, sizeof(s->open));
	s->wanted = 0;
	for (unsigned a = 0; a < sc->tasks; a++)
		for (unsigned b = a + 1; b < sc->tasks; b++)
			for (unsigned i = 0; i < sc->program[a].items; i++)
				for (unsigned j = 0; j < sc->program[b].items; j++)
					if (s->m->of[a][i][b][j] < MEETING_MET) {
						s->open[a] |= (uint8_t)(1u << b);
						s->wanted |= 1u << a | 1u << b;
					}
}

static enum place place_of(struct meet *s, uint16_t stack, unsigned task)
{
	uint8_t *place = &s->place[(size_t)stack * MAX_TASKS + task];
	const struct task *t = store_row(&s->g->stacks, stack);

	if (*place == PLACE_UNKNOWN)
		*place = !t->depth ? PLACE_END :
			 task_at_start(t, &s->g->scenario->program[task]) ? PLACE_START :
			 PLACE_MIDDLE;
	return *place;
}

static int look_at_pair(struct meet *s, const struct state_row *row, const struct next *a,
			const struct next *b, bool *met)
{
	uint8_t *meeting = meeting_of(s, row, a->task, b->task);
	int r;

	if (*meeting == MEETING_MET || !(a->middle || b->middle))
		return 0;
	r = meeting_in(s, row, a, b);
	if (r < 0)
		return r;
	if (r > *meeting)
		*meeting = (uint8_t)r;
	*met |= r == MEETING_MET;
	return 0;
}

/* The next step of a task that has one. */
static int next_of(struct meet *s, const struct state_row *row, unsigned task, uint32_t preempted,
		   struct next *n)
{
	const struct task *t = store_row(&s->g->stacks, row->task[task]);

	n->task = task;
	n->step = s->g->stack_step[row->task[task]];
	n->middle = place_of(s, row->task[task], task) == PLACE_MIDDLE;
	n->free = !(preempted >> task & 1);
	if (effects_of(s->g, row->mem, row->task[task], task, n->e, &n->n))
		return -ENOMEM;
	if (can_move(n))
		s->m->begun[task] |= (uint8_t)(1u << t->item);
	return 0;
}

/* All pairs in one state.  *met: some operations have met. */
static int look(struct meet *s, uint32_t state, bool *met)
{
	struct graph *g = s->g;
	struct state_row row = { 0 };
	struct next next[MAX_TASKS];
	unsigned n = 0;
	uint32_t preempted;

	memcpy(&row, graph_row(g, state), g->states.row_size);
	preempted = graph_preempted(g, &row);
	for (unsigned task = 0; task < g->scenario->tasks; task++)
		if ((s->wanted >> task & 1) && place_of(s, row.task[task], task) != PLACE_END &&
		    next_of(s, &row, task, preempted, &next[n++]))
			return -ENOMEM;
	for (unsigned i = 0; i < n; i++)
		for (unsigned j = i + 1; j < n; j++)
			if ((s->open[next[i].task] >> next[j].task & 1) &&
			    look_at_pair(s, &row, &next[i], &next[j], met))
				return -ENOMEM;
	return 0;
}

int graph_meetings(struct graph *g, uint64_t states, const struct watch *w, struct meetings *m)
{
	struct meet s = { .g = g, .m = m };
	uint8_t *results = g->results;
	int err = 0;

	/* a step that a priority keeps a task from is tried here, and was not made */
	g->results = calloc(step_count(), result_count());
	s.place = calloc(g->stacks.count, MAX_TASKS);
	if (!g->results || !s.place)
		err = -ENOMEM;
	find_open(&s);
	for (uint32_t state = 0; !err && s.wanted && state < states; state++) {
		bool met = false;

		err = look(&s, state, &met);
		if (met)
			find_open(&s);
		if (!err && state % 65536 == 65535 && !watch_goes_on(w, w->depth))
			err = -EINTR;
	}
	free(g->results);
	g->results = results;
	free(s.place);
	graph_free(s.same);
	return err;
}
