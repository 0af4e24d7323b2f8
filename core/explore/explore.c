/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/explore/explore.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "core/explore/graph.h"

#define BATCH		64	/* states whose successors are looked up together */
#define STACKS_MAX	UINT16_MAX
#define MEMO_MIN	((uint64_t)1 << 12)
#define MEMO_MAX	((uint64_t)1 << 20)

/* ---- executing a step, once if it can be remembered ---- */

static struct memo_row *memo_row(const struct graph *g, uint32_t mem, uint16_t stack,
				 unsigned task)
{
	uint64_t x = (uint64_t)mem << 20 ^ (uint64_t)stack << 3 ^ task;

	x *= 0x9e3779b97f4a7c15u;
	return &g->memo[(x ^ x >> 29) & g->memo_mask];
}

static bool memo_size(struct graph *g, uint64_t rows)
{
	void *p = mmap(NULL, rows * sizeof(*g->memo), PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return false;
	madvise(p, rows * sizeof(*g->memo), MADV_HUGEPAGE);
	if (g->memo)
		munmap(g->memo, (g->memo_mask + 1) * sizeof(*g->memo));
	g->memo = p;
	g->memo_mask = rows - 1;
	return true;
}

/* Number of a stack; remembers the step that it stands at. */
static uint32_t intern_stack(struct graph *g, const struct task *t)
{
	bool added;
	uint32_t n = store_add(&g->stacks, t, store_hash(&g->stacks, t), &added);

	if (n >= STACKS_MAX)
		return STORE_NONE;
	if (added)
		g->stack_step[n] = t->depth ? (int16_t)task_at(t, t->depth - 1u) : -1;
	return n;
}

/* Page tables and slots; folios; zswap and the locks. */
static const size_t part_offset[MEM_PARTS + 1] = {
	0, offsetof(struct mem, folio), offsetof(struct mem, entry), sizeof(struct mem),
};

/*
 * Number of a shared memory.  `from` is the one that a step began with, `before` its bytes:
 * a step changes little, and a part that is as it was need not be looked for.  NULL: none.
 */
static uint32_t intern_mem(struct graph *g, struct mem *m, uint32_t from, const struct mem *before)
{
	struct mem_row row;
	bool added, same = before;

	mem_canonicalise(m);
	for (unsigned i = 0; i < MEM_PARTS; i++) {
		const uint8_t *part = (const uint8_t *)m + part_offset[i];

		if (before && !memcmp(part, (const uint8_t *)before + part_offset[i],
				      g->parts[i].row_size)) {
			row.part[i] = ((const struct mem_row *)store_row(&g->mems, from))->part[i];
			continue;
		}
		same = false;
		row.part[i] = store_add(&g->parts[i], part, store_hash(&g->parts[i], part), &added);
		if (row.part[i] == STORE_NONE)
			return STORE_NONE;
	}
	if (same)
		return from;
	return store_add(&g->mems, &row, store_hash(&g->mems, &row), &added);
}

void graph_mem(const struct graph *g, uint32_t number, struct mem *m)
{
	const struct mem_row *row = store_row(&g->mems, number);

	for (unsigned i = 0; i < MEM_PARTS; i++)
		memcpy((uint8_t *)m + part_offset[i], store_row(&g->parts[i], row->part[i]),
		       g->parts[i].row_size);
}

/* Number of what there is to say of an effect.  There are few, and the first ones are frequent. */
static unsigned intern_what(struct graph *g, uint64_t what)
{
	for (unsigned i = 0; i < g->what_count; i++)
		if (g->whats[i] == what)
			return i;
	if (g->what_count > EFFECT_INDEX) {
		g->out_of_memory = true;
		return 0;
	}
	g->whats[g->what_count] = what;
	return g->what_count++;
}

/* What the environment does once begun has to go on; that it begins is its choice. */
static bool environment_begins(const struct graph *g, const struct task *t, unsigned task)
{
	return op_is_environment(t->frame[0].op) && task_at_start(t, &g->scenario->program[task]);
}

/* Make one step with one outcome from (mem, stack).  Returns the number of effects, 0 or 1. */
static unsigned execute(struct graph *g, struct step_ctx *c, uint32_t from, const struct mem *mem,
			const struct task *stack, struct effect *effect)
{
	struct transition tr = {
		.hw = c->hw, .k = c->k, .before = mem, .ev = &c->ev, .task = c->task,
	};
	struct mem m = *mem;
	struct task t = *stack;
	uint32_t to_mem, to_stack;
	uint64_t what;

	if (!task_step(c, &m, &t, &g->scenario->program[c->task]))
		return 0;
	tr.after = &m;
	what = c->overflow ? EFFECT_OVERFLOW : properties_check(&tr);
	what |= c->ev.op_done ? EFFECT_DONE : 0;
	what |= c->injected || environment_begins(g, stack, c->task) ? EFFECT_INJECTED : 0;
	to_mem = intern_mem(g, &m, from, mem);
	to_stack = intern_stack(g, &t);
	if (to_mem == STORE_NONE || to_stack == STORE_NONE) {
		g->out_of_memory = true;
		return 0;
	}
	*effect = (struct effect){
		.mem = to_mem, .stack = (uint16_t)to_stack,
		.what = (uint16_t)(intern_what(g, what) | (uint32_t)c->choice << EFFECT_CHOICE),
	};
	return 1;
}

static const struct effect *execute_all(struct graph *g, struct memo_row *row, unsigned *n)
{
	struct step_ctx c = { .k = &g->kernel, .hw = &g->scenario->hw, .task = row->task };
	struct mem mem;
	struct task t = *(const struct task *)store_row(&g->stacks, row->stack);

	graph_mem(g, row->mem, &mem);
	g->executed++;
	*n = 0;
	do {
		assert(*n < CHOICES_MAX);
		*n += execute(g, &c, row->mem, &mem, &t, &g->now[*n]);
		c.choice++;
	} while (c.choice < c.choices);
	row->known = 0;
	if (g->out_of_memory)
		*n = 0;
	if (*n > MEMO_EFFECTS || g->out_of_memory)
		return g->now;
	row->known = (uint8_t)(*n + 1);
	memcpy(row->effect, g->now, sizeof(row->effect));
	return row->effect;
}

const struct effect *graph_effects(struct graph *g, uint32_t mem, uint16_t stack, unsigned task,
				   unsigned *n)
{
	struct memo_row *row = memo_row(g, mem, stack, task);

	if (row->known && row->mem == mem && row->stack == stack && row->task == task) {
		*n = row->known - 1u;
		return row->effect;
	}
	row->mem = mem;
	row->stack = stack;
	row->task = (uint8_t)task;
	return execute_all(g, row, n);
}

/* ---- the search ---- */

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

static void reach_goal(struct search *s, uint32_t state, unsigned task, const struct effect *e)
{
	struct move m = { (uint8_t)task, (uint8_t)effect_choice(e) };

	s->x->goal_reached = true;
	if (graph_path(s->g, state, &s->x->goal) || schedule_add(&s->x->goal, m))
		s->g->out_of_memory = true;
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
		if (n && step == s->o->goal_step && !s->x->goal_reached)
			reach_goal(s, state, task, e);
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
		__builtin_prefetch(memo_row(g, row->mem, row->task[task], task));
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
		struct origin *o;
		uint32_t number;
		bool added;

		if (!a[i].followed)
			continue;
		if (s->last || (s->o->max_states && g->states.count >= s->o->max_states)) {
			if (store_find(&g->states, &a[i].row, a[i].hash) == STORE_NONE)
				s->x->bound = s->last ? "max_depth" : "max_states";
			continue;
		}
		number = store_add(&g->states, &a[i].row, a[i].hash, &added);
		if (number == STORE_NONE)
			g->out_of_memory = true;
		/* a cycle has a step that does not lead deeper */
		g->maybe_cyclic |= number < s->next && !a[i].injected;
		if (!added)
			continue;
		o = arena_add(&g->origins, sizeof(*o));
		if (!o) {
			g->out_of_memory = true;
			return;
		}
		*o = (struct origin){ a[i].parent, a[i].task, a[i].choice, { 0 } };
	}
	s->arrivals.used = 0;
}

static uint64_t memo_bytes(const struct graph *g)
{
	return (g->memo_mask + 1) * sizeof(struct memo_row);
}

static uint64_t state_bytes(const struct graph *g)
{
	uint64_t bytes = store_bytes(&g->states) + store_bytes(&g->mems) +
			 store_bytes(&g->stacks) + g->origins.used;

	for (unsigned i = 0; i < MEM_PARTS; i++)
		bytes += store_bytes(&g->parts[i]);
	return bytes;
}

/* Bounds, memory, and whoever watches.  Called between batches. */
static void check_limits(struct search *s, unsigned depth)
{
	struct graph *g = s->g;

	if (s->o->max_bytes && state_bytes(g) + memo_bytes(g) > s->o->max_bytes) {
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
		if (++s->batches % 256 == 0 || at == to)
			check_limits(s, depth);
	}
}

/* The first state of a depth.  False when memory is out. */
static bool begin_level(struct graph *g, uint32_t first)
{
	uint32_t *level = arena_add(&g->levels, sizeof(*level));

	if (level)
		*level = first;
	else
		g->out_of_memory = true;
	return level;
}

static void search(struct search *s)
{
	struct graph *g = s->g;
	uint32_t from = 0, to = 1;

	for (unsigned depth = 0; from < to && !s->stop; depth++) {
		if (!begin_level(g, from))
			break;
		s->x->depth = depth;
		s->last = s->o->max_depth && depth == s->o->max_depth;
		search_level(s, from, to, depth);
		if (g->out_of_memory)
			break;
		from = to;
		to = g->states.count;
		/* larger for a larger graph; what it held is soon executed again */
		if (to > 2 * g->memo_mask && 2 * g->memo_mask < MEMO_MAX)
			memo_size(g, 4 * (g->memo_mask + 1));
	}
	if (g->states.count > to) {	/* cut in the middle: the next depth has begun */
		begin_level(g, to);
		s->x->depth++;
	}
	s->x->complete = !s->x->bound && !s->stop && !g->out_of_memory;
}

static int graph_init(struct graph *g, const struct scenario *s, const struct kernel *k)
{
	struct world w;
	struct state_row row = { 0 };
	struct origin *origin;
	bool added;

	g->scenario = s;
	g->kernel = *k;
	g->ending = properties_ending();
	g->stack_step = calloc(STACKS_MAX, sizeof(*g->stack_step));
	g->whats = calloc(EFFECT_INDEX + 1, sizeof(*g->whats));
	g->what_count = 1;
	for (unsigned i = 0; i < s->tasks; i++)
		g->prioritised |= (uint32_t)(s->program[i].priority != 0) << i;
	for (unsigned i = 0; i < MEM_PARTS; i++)
		if (store_init(&g->parts[i], (uint32_t)(part_offset[i + 1] - part_offset[i])))
			return -ENOMEM;
	if (!memo_size(g, MEMO_MIN) || !g->stack_step || !g->whats ||
	    store_init(&g->mems, sizeof(struct mem_row)) ||
	    store_init(&g->stacks, sizeof(struct task)) ||
	    store_init(&g->states, 4 + 2 * ((s->tasks + 1u) & ~1u)))
		return -ENOMEM;
	scenario_start(s, k, &w);
	row.mem = intern_mem(g, &w.mem, 0, NULL);
	if (row.mem == STORE_NONE)
		return -ENOMEM;
	for (unsigned i = 0; i < s->tasks; i++) {
		uint32_t stack = intern_stack(g, &w.task[i]);

		if (stack == STORE_NONE)
			return -ENOMEM;
		row.task[i] = (uint16_t)stack;
	}
	origin = arena_add(&g->origins, sizeof(*origin));
	if (!origin ||
	    store_add(&g->states, &row, store_hash(&g->states, &row), &added) == STORE_NONE)
		return -ENOMEM;
	*origin = (struct origin){ 0 };
	return 0;
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
static void ask_livelock(struct exploration *x, const struct explore_options *o,
			 const struct edges *e)
{
	struct finding *f = &x->finding[x->findings];
	int r = graph_livelock(x, o, e, &f->schedule, &f->loop);

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
	bool livelock = o->livelock && x->graph->maybe_cyclic &&
			(!o->only || (o->only & (1u << PROP_LIVELOCK)));
	bool count = o->count_depth ||
		     (o->count && (!o->count_max || x->states <= o->count_max));
	struct edges e = { 0 };
	int err;

	if (livelock && o->max_bytes && x->bytes + livelock_bytes(x) > o->max_bytes) {
		x->bound = "memory";
		livelock = false;
	}
	if (!livelock && !count)
		return;
	err = edges_init(&e, x, o);
	if (err && livelock)
		x->bound = err == -EINTR ? "interrupted" : "memory";
	if (!err && livelock) {
		ask_livelock(x, o, &e);
		x->seconds = now() - start;
	}
	if (!err && count)
		graph_count(x, o, &e);
	edges_free(&e);
}

int explore(struct exploration *x, const struct scenario *s, const struct kernel *k,
	    const struct explore_options *o)
{
	struct search search_state = { .x = x, .o = o, .costs = properties_costs() };
	double start = now();

	*x = (struct exploration){ 0 };
	x->graph = calloc(1, sizeof(*x->graph));
	x->step_reached = calloc(step_count(), sizeof(*x->step_reached));
	if (!x->graph || !x->step_reached || graph_init(x->graph, s, k))
		goto fail;
	search_state.g = x->graph;
	search(&search_state);
	arena_free(&search_state.arrivals);
	if (x->graph->out_of_memory)
		x->bound = "memory";
	x->states = x->graph->states.count;
	x->globals = x->graph->mems.count;
	x->executed = x->graph->executed;
	x->bytes_states = state_bytes(x->graph);
	x->bytes = x->bytes_states + memo_bytes(x->graph);
	/* A search that was cut short has no whole graph to ask. */
	x->seconds = now() - start;
	if (x->complete)
		ask_whole(x, o, start);
	x->verdict = x->violated ? VERDICT_VIOLATED : x->bound ? VERDICT_BOUNDED : VERDICT_SAFE;
	qsort(x->finding, x->findings, sizeof(x->finding[0]), by_length);
	return 0;
fail:
	exploration_free(x);
	return -ENOMEM;
}

void exploration_free(struct exploration *x)
{
	struct graph *g = x->graph;

	for (unsigned i = 0; i < PROPERTY_COUNT; i++)
		schedule_free(&x->finding[i].schedule);
	for (unsigned i = 0; i < PROPERTY_COUNT; i++)
		schedule_free(&x->cost[i].schedule);
	schedule_free(&x->goal);
	free(x->step_reached);
	free(x->interleavings);
	free(x->schedules);
	if (g) {
		for (unsigned i = 0; i < MEM_PARTS; i++)
			store_free(&g->parts[i]);
		store_free(&g->mems);
		store_free(&g->stacks);
		store_free(&g->states);
		arena_free(&g->origins);
		arena_free(&g->levels);
		if (g->memo)
			munmap(g->memo, (g->memo_mask + 1) * sizeof(*g->memo));
		free(g->stack_step);
		free(g->whats);
		free(g);
	}
	*x = (struct exploration){ 0 };
}
