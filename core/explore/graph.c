/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/explore/graph.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <xxhash.h>

#define STACKS_MAX	UINT16_MAX
#define MEMO_MIN	((uint64_t)1 << 12)
#define MEMO_MAX	((uint64_t)1 << 20)

/* ---- numbers of what a state is made of ---- */

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

/* ---- what a graph has, whatever the numbers ---- */

static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 32) * 0x9e3779b97f4a7c15u;
	return (x ^ x >> 29) * 0xbf58476d1ce4e5b9u;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Its hash, spinlocks and what the kernel does not keep aside. */
static uint64_t unlocked_content(const struct graph *g, uint32_t number)
{
	struct mem m;

	graph_mem(g, number, &m);
	for (unsigned i = 0; i < MAX_SLOTS; i++)
		m.slot[i].holder = m.slot[i].holder_task = m.slot[i].inflight = 0;
	for (unsigned i = 0; i < MAX_FOLIOS; i++) {
		m.folio[i].holders = m.folio[i].holders2 = 0;
		m.folio[i].src = 0;
		m.folio[i].src_life = 0;
	}
	for (unsigned i = 0; i < MAX_ENTRIES; i++)
		m.entry[i].users = m.entry[i].known = 0;
	m.dangling = 0;
	for (unsigned i = 0; i < MAX_MMS; i++)
		m.mm[i].ptl = 0;
	for (unsigned i = 0; i < MAX_DEVICES; i++)
		m.si[i].lock = 0;
	m.tree_lock = m.alloc_lock = m.free_lock = 0;
	return XXH3_64bits(&m, sizeof(m));
}

/* The sum over those that differ. */
static uint64_t sum_distinct(uint64_t *v, size_t n)
{
	uint64_t sum = 0;

	qsort(v, n, sizeof(*v), by_value);
	for (size_t i = 0; i < n; i++)
		if (!i || v[i] != v[i - 1])
			sum += mix(v[i]);
	return sum;
}

static uint64_t mem_content(const struct graph *g, uint32_t number)
{
	const struct mem_row *row = store_row(&g->mems, number);
	uint64_t h = 0;

	for (unsigned i = 0; i < MEM_PARTS; i++)
		h = mix(h ^ store_hash(&g->parts[i], store_row(&g->parts[i], row->part[i])));
	return h;
}

int graph_digest(const struct graph *g, struct digest *d)
{
	uint64_t *mem = malloc((g->mems.count + 1) * sizeof(*mem));
	uint64_t *stack = malloc((g->stacks.count + 1) * sizeof(*stack));

	*d = (struct digest){ 0 };
	for (uint32_t i = 0; mem && i < g->mems.count; i++)
		mem[i] = unlocked_content(g, i);
	if (mem)
		d->mems = sum_distinct(mem, g->mems.count);
	for (uint32_t i = 0; mem && i < g->mems.count; i++)
		mem[i] = mem_content(g, i);
	for (uint32_t i = 0; stack && i < g->stacks.count; i++)
		stack[i] = store_hash(&g->stacks, store_row(&g->stacks, i));
	for (uint32_t i = 0; mem && stack && i < g->states.count; i++) {
		const struct state_row *row = graph_row(g, i);
		uint64_t h = mem[row->mem];

		for (unsigned t = 0; t < g->scenario->tasks; t++)
			h = mix(h ^ stack[row->task[t]]);
		d->states += mix(h);
	}
	free(mem);
	free(stack);
	return mem && stack ? 0 : -ENOMEM;
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

/* ---- executing a step, once if it can be remembered ---- */

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
	int step;

	if (!task_step(c, &m, &t, &g->scenario->program[c->task]))
		return 0;
	step = task_at(stack, stack->depth - 1u);
	if (c->result)
		g->results[(size_t)step * result_count() + c->result->number] = 1;
	tr.after = &m;
	what = c->overflow ? EFFECT_OVERFLOW : properties_check(&tr);
	what |= c->ev.op_done ? EFFECT_DONE : 0;
	what |= c->injected || environment_begins(g, stack, c->task) ? EFFECT_INJECTED : 0;
	what |= goal_met(&g->goal, step, c->result) ? EFFECT_GOAL : 0;
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

const struct effect *graph_execute(struct graph *g, struct memo_row *row, uint32_t mem,
				   uint16_t stack, unsigned task, unsigned *n)
{
	row->mem = mem;
	row->stack = stack;
	row->task = (uint8_t)task;
	return execute_all(g, row, n);
}

const struct result *graph_result(const struct graph *g, uint32_t mem, uint16_t stack,
				  unsigned task, unsigned choice)
{
	struct step_ctx c = { .k = &g->kernel, .hw = &g->scenario->hw, .task = (uint8_t)task,
			      .choice = (obj_t)choice };
	struct task t = *(const struct task *)store_row(&g->stacks, stack);
	struct mem m;

	graph_mem(g, mem, &m);
	return task_step(&c, &m, &t, &g->scenario->program[task]) ? c.result : NULL;
}

uint32_t graph_preempted_now(struct graph *g, const struct state_row *row)
{
	uint32_t preempting = 0;

	for (unsigned task = 0; task < g->scenario->tasks; task++) {
		unsigned n = 0;

		if (!(g->prioritised >> task & 1) ||
		    !task_preempts(store_row(&g->stacks, row->task[task])))
			continue;
		graph_effects(g, row->mem, row->task[task], task, &n);
		if (n)
			preempting |= 1u << task;
	}
	return tasks_preempted(g->scenario, preempting);
}

/* ---- its states ---- */

void graph_state(const struct graph *g, uint64_t id, struct world *w)
{
	const struct state_row *row = graph_row(g, id);

	memset(w, 0, sizeof(*w));
	graph_mem(g, row->mem, &w->mem);
	for (unsigned i = 0; i < g->scenario->tasks; i++)
		w->task[i] = *(const struct task *)store_row(&g->stacks, row->task[i]);
}

bool graph_enter(struct graph *g, const struct world *w, struct state_row *row)
{
	struct mem m = w->mem;

	*row = (struct state_row){ .mem = intern_mem(g, &m, 0, NULL) };
	if (row->mem == STORE_NONE)
		return false;
	for (unsigned i = 0; i < g->scenario->tasks; i++) {
		uint32_t stack = intern_stack(g, &w->task[i]);

		if (stack == STORE_NONE)
			return false;
		row->task[i] = (uint16_t)stack;
	}
	return true;
}

uint32_t graph_find(const struct graph *g, const struct world *w)
{
	struct state_row row = { 0 };
	struct mem_row parts;
	struct mem m = w->mem;
	uint32_t n;

	mem_canonicalise(&m);
	for (unsigned i = 0; i < MEM_PARTS; i++) {
		const uint8_t *part = (const uint8_t *)&m + part_offset[i];

		parts.part[i] = store_find(&g->parts[i], part, store_hash(&g->parts[i], part));
		if (parts.part[i] == STORE_NONE)
			return STORE_NONE;
	}
	row.mem = store_find(&g->mems, &parts, store_hash(&g->mems, &parts));
	if (row.mem == STORE_NONE)
		return STORE_NONE;
	for (unsigned i = 0; i < g->scenario->tasks; i++) {
		n = store_find(&g->stacks, &w->task[i], store_hash(&g->stacks, &w->task[i]));
		if (n >= STACKS_MAX)
			return STORE_NONE;
		row.task[i] = (uint16_t)n;
	}
	return store_find(&g->states, &row, store_hash(&g->states, &row));
}

unsigned graph_depth(const struct graph *g, uint64_t id)
{
	const uint32_t *level = (const uint32_t *)g->levels.p;
	unsigned n = (unsigned)(g->levels.used / sizeof(*level));

	while (n > 1 && level[n - 1] > id)
		n--;
	return n - 1;
}

int graph_path(const struct graph *g, uint32_t state, struct schedule *s)
{
	const struct origin *origin = (const struct origin *)g->origins.p;

	for (; state; state = origin[state].parent)
		if (schedule_add(s, (struct move){ origin[state].task, origin[state].choice }))
			return -ENOMEM;
	schedule_reverse(s);
	return 0;
}

bool graph_begin_level(struct graph *g, uint32_t first)
{
	uint32_t *level = arena_add(&g->levels, sizeof(*level));

	if (level)
		*level = first;
	else
		g->out_of_memory = true;
	return level;
}

/* ---- memory ---- */

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

/* Larger for a larger graph; what it held is soon executed again. */
void graph_widen_memo(struct graph *g)
{
	if (g->states.count > 2 * g->memo_mask && 2 * g->memo_mask < MEMO_MAX)
		memo_size(g, 4 * (g->memo_mask + 1));
}

uint64_t graph_memo_bytes(const struct graph *g)
{
	return (g->memo_mask + 1) * sizeof(struct memo_row);
}

uint64_t graph_state_bytes(const struct graph *g)
{
	uint64_t bytes = store_bytes(&g->states) + store_bytes(&g->mems) +
			 store_bytes(&g->stacks) + g->origins.used;

	for (unsigned i = 0; i < MEM_PARTS; i++)
		bytes += store_bytes(&g->parts[i]);
	return bytes;
}

/* Where it begins: state 0. */
static bool add_start(struct graph *g, const struct world *from)
{
	struct state_row row;
	struct world w;

	if (from)
		w = *from;
	else
		scenario_start(g->scenario, &g->kernel, &w);
	return graph_enter(g, &w, &row) &&
	       graph_add(g, &row, store_hash(&g->states, &row), (struct origin){ 0 }) == 0;
}

static bool stores_init(struct graph *g, unsigned tasks)
{
	for (unsigned i = 0; i < MEM_PARTS; i++)
		if (store_init(&g->parts[i], (uint32_t)(part_offset[i + 1] - part_offset[i])))
			return false;
	return !store_init(&g->mems, sizeof(struct mem_row)) &&
	       !store_init(&g->stacks, sizeof(struct task)) &&
	       !store_init(&g->states, 4 + 2 * ((tasks + 1u) & ~1u));
}

struct graph *graph_new(const struct scenario *s, const struct kernel *k,
			const struct world *from)
{
	struct graph *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->scenario = s;
	g->kernel = *k;
	g->goal.step = -1;
	g->ending = properties_ending();
	g->stack_step = calloc(STACKS_MAX, sizeof(*g->stack_step));
	g->results = calloc(step_count(), result_count());
	g->whats = calloc(EFFECT_INDEX + 1, sizeof(*g->whats));
	g->what_count = 1;
	for (unsigned i = 0; i < s->tasks; i++)
		g->prioritised |= (uint32_t)(s->program[i].priority != 0) << i;
	if (g->stack_step && g->results && g->whats && memo_size(g, MEMO_MIN) &&
	    stores_init(g, s->tasks) && add_start(g, from))
		return g;
	graph_free(g);
	return NULL;
}

void graph_free(struct graph *g)
{
	if (!g)
		return;
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
	free(g->results);
	free(g->whats);
	free(g);
}
