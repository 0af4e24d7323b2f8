/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * meet.c - does it matter which of two tasks moves first, while one is in an operation?
 *
 * In every state the next steps of two tasks are looked at, each before and behind the other.  That
 * needs no more than the effects, which are remembered.  Where the two orders differ it may be in
 * the numbers of allocated objects alone: then whole worlds are compared (rename.c).  Of two tasks
 * that have met no more is asked, so that most of this is over after a few states.
 */
#include "core/explore/meet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Where a task stands. */
enum place { PLACE_UNKNOWN, PLACE_START, PLACE_MIDDLE, PLACE_END };

/* Two tasks that were looked at: what other tasks do meanwhile is nothing to them. */
struct looked {
	uint32_t mem;
	uint16_t stack[2];
	uint8_t task[2];
	uint8_t free;		/* who may move, as bits */
	uint8_t known;
};

#define LOOKED	((size_t)1 << 18)	/* a cache: one place for each, the latest stays */

struct meet {
	struct graph *g;
	struct looked *looked;
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

/* The effects of a task's next step behind one of another's; often that has changed nothing. */
static int effects_behind(struct graph *g, const struct state_row *row, const struct effect *first,
			  const struct next *second, struct effect *e, unsigned *n)
{
	if (first->mem != row->mem)
		return effects_of(g, first->mem, row->task[second->task], second->task, e, n);
	*n = second->n;
	memcpy(e, second->e, *n * sizeof(*e));
	return 0;
}

/* What one step and then another, of a second task, come to. */
static int both(struct graph *g, const struct state_row *row, const struct next *first,
		const struct next *second, struct outcomes *all)
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
		if (effects_behind(g, row, &first->e[i], second, e, &n))
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
 * Does a step of `by` keep another task from its next step, or let it make it?  MEETING_NEVER: it
 * would, but may not move itself.
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
		if (effects_behind(g, row, &by->e[i], other, e, &n))
			return -ENOMEM;
		if (!n == !other->n)
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

	if (both(s->g, row, a, b, &ab) || both(s->g, row, b, a, &ba))
		return -ENOMEM;
	return alike(s, row, a->task, b->task, &ab, &ba) ? MEETING_BESIDE : MEETING_MET;
}

/* Does a step, whatever comes of it, leave what tasks share as it was? */
static bool changes_nothing(const struct state_row *row, const struct next *n)
{
	for (unsigned i = 0; i < n->n; i++)
		if (n->e[i].mem != row->mem)
			return false;
	return true;
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
	if (changes_nothing(row, a) && changes_nothing(row, b))
		return MEETING_BESIDE;
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

/* One state, and of each task what was asked. */
struct sight {
	struct state_row row;
	uint32_t preempted;
	uint32_t asked;			/* tasks whose next step is known, as bits */
	struct next next[MAX_TASKS];
};

/* The next step of a task that has one; NULL when memory is out. */
static const struct next *next_of(struct meet *s, struct sight *at, unsigned task)
{
	struct next *n = &at->next[task];
	const uint16_t stack = at->row.task[task];

	if (at->asked >> task & 1)
		return n;
	at->asked |= 1u << task;
	n->task = task;
	n->step = s->g->stack_step[stack];
	n->middle = place_of(s, stack, task) == PLACE_MIDDLE;
	n->free = !(at->preempted >> task & 1);
	n->n = 0;
	return effects_of(s->g, at->row.mem, stack, task, n->e, &n->n) ? NULL : n;
}

/* Was this looked at, not long ago? */
static bool looked_at(struct meet *s, const struct sight *at, unsigned a, unsigned b)
{
	const struct looked now = {
		.mem = at->row.mem, .stack = { at->row.task[a], at->row.task[b] },
		.task = { (uint8_t)a, (uint8_t)b },
		.free = (uint8_t)((~at->preempted >> a & 1) | (~at->preempted >> b & 1) << 1),
		.known = 1,
	};
	uint64_t x = (uint64_t)now.mem << 32 ^ (uint64_t)now.stack[0] << 16 ^ now.stack[1];
	struct looked *was;

	x = (x ^ (uint64_t)a << 56 ^ (uint64_t)b << 60) * 0x9e3779b97f4a7c15u;
	was = &s->looked[(x >> 40) & (LOOKED - 1)];
	if (!memcmp(was, &now, sizeof(now)))
		return true;
	*was = now;
	return false;
}

static int look_at_pair(struct meet *s, struct sight *at, unsigned a, unsigned b, bool *met)
{
	uint8_t *meeting = meeting_of(s, &at->row, a, b);
	const struct next *one, *two;
	int r;

	if (*meeting == MEETING_MET || looked_at(s, at, a, b))
		return 0;
	one = next_of(s, at, a);
	two = one ? next_of(s, at, b) : NULL;
	r = two ? meeting_in(s, &at->row, one, two) : -ENOMEM;
	if (r < 0)
		return r;
	if (r > *meeting)
		*meeting = (uint8_t)r;
	*met |= r == MEETING_MET;
	return 0;
}

/* Does an operation begin?  It stands in the middle, or can move where it stands. */
static int note_begun(struct meet *s, struct sight *at, unsigned task, enum place place)
{
	const struct task *t = store_row(&s->g->stacks, at->row.task[task]);
	const struct next *n;

	if (s->m->begun[task] >> t->item & 1)
		return 0;
	if (place == PLACE_START) {
		n = next_of(s, at, task);
		if (!n)
			return -ENOMEM;
		if (!can_move(n))
			return 0;
	}
	s->m->begun[task] |= (uint8_t)(1u << t->item);
	return 0;
}

/* All pairs in one state.  *met: some operations have met. */
static int look(struct meet *s, uint32_t state, bool *met)
{
	struct graph *g = s->g;
	const unsigned tasks = g->scenario->tasks;
	struct sight at;
	uint32_t there = 0, middle = 0;

	memset(&at.row, 0, sizeof(at.row));
	memcpy(&at.row, graph_row(g, state), g->states.row_size);
	at.preempted = graph_preempted(g, &at.row);
	at.asked = 0;
	for (unsigned task = 0; task < tasks; task++) {
		enum place place;

		if (!(s->wanted >> task & 1))
			continue;
		place = place_of(s, at.row.task[task], task);
		if (place == PLACE_END)
			continue;
		there |= 1u << task;
		middle |= (uint32_t)(place == PLACE_MIDDLE) << task;
		if (note_begun(s, &at, task, place))
			return -ENOMEM;
	}
	for (unsigned a = 0; a < tasks; a++)
		for (unsigned b = a + 1; b < tasks; b++)
			if ((s->open[a] >> b & 1) && (there >> a & 1) && (there >> b & 1) &&
			    ((middle >> a & 1) || (middle >> b & 1)) &&
			    look_at_pair(s, &at, a, b, met))
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
	s.looked = calloc(LOOKED, sizeof(*s.looked));
	if (!g->results || !s.place || !s.looked)
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
	free(s.looked);
	return err;
}
