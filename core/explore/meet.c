/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * meet.c - does it matter which of two tasks moves first, while one is in an operation?
 *
 * In every state the next steps of two tasks are looked at, each before and behind the other.  That
 * needs no more than the effects, which are remembered.  Where the two orders differ it may be in
 * the numbers of allocated objects alone: then whole worlds are compared (rename.h).  Of two tasks
 * that have met no more is asked, so that most of this is over after a few states.
 */
#include "core/explore/witness.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/explore/edges.h"
#include "core/explore/rename.h"

/* Where a task stands. */
enum place { PLACE_UNKNOWN, PLACE_START, PLACE_MIDDLE, PLACE_END };

struct meet {
	struct graph *g;
	struct meetings *m;
	uint8_t *place;			/* stacks x tasks: enum place */
	uint8_t open[MAX_TASKS];	/* [a]: the b > a that have operations which have not met */
	uint32_t wanted;		/* tasks of these, as bits */
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

/* The world in which two steps from a state leave it. */
static void world_of(const struct graph *g, const struct state_row *row, unsigned a, unsigned b,
		     const struct outcome *o, struct world *w)
{
	memset(w, 0, sizeof(*w));
	graph_mem(g, o->mem, &w->mem);
	for (unsigned i = 0; i < g->scenario->tasks; i++)
		w->task[i] = *(const struct task *)store_row(&g->stacks, i == a ? o->stack[0] :
							     i == b ? o->stack[1] : row->task[i]);
}

/* Is there an outcome that is the same but for numbers? */
static bool renamed_among(const struct meet *s, const struct state_row *row, unsigned a,
			  unsigned b, const struct outcome *o, const struct outcomes *all)
{
	struct mem before;
	struct world w, other;

	if (o->mem == STORE_NONE)
		return is_among(o, all);
	graph_mem(s->g, row->mem, &before);
	world_of(s->g, row, a, b, o, &w);
	for (unsigned i = 0; i < all->n; i++) {
		if (all->o[i].mem == STORE_NONE || all->o[i].what[0] != o->what[0] ||
		    all->o[i].what[1] != o->what[1])
			continue;
		world_of(s->g, row, a, b, &all->o[i], &other);
		if (worlds_alike(&before, &w, &other))
			return true;
	}
	return false;
}

/* Do the two orders come to the same, but for such numbers? */
static bool alike(const struct meet *s, const struct state_row *row, unsigned a, unsigned b,
		  const struct outcomes *ab, const struct outcomes *ba)
{
	for (unsigned i = 0; i < ab->n; i++)
		if (!is_among(&ab->o[i], ba) && !renamed_among(s, row, a, b, &ab->o[i], ba))
			return false;
	for (unsigned i = 0; i < ba->n; i++)
		if (!is_among(&ba->o[i], ab) && !renamed_among(s, row, a, b, &ba->o[i], ab))
			return false;
	return true;
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

	if (both(s->g, a, b, row->task[b->task], &ab) || both(s->g, b, a, row->task[a->task], &ba))
		return -ENOMEM;
	return alike(s, row, a->task, b->task, &ab, &ba) ? MEETING_BESIDE : MEETING_MET;
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
	return err;
}
