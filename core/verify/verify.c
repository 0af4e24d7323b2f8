/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * verify.c - the proof: verify.h says what is proved, and how.
 */
#include "core/verify/verify.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/scenario/task.h"
#include "core/verify/format.h"
#include "core/verify/read.h"

struct proof {
	struct verification *v;
	struct tables t;
	uint32_t claimed;	/* certificate_properties() */
	bool *led_to;		/* of each state: it is the start, or one before it leads to it */
	uint64_t transitions;
	/* the state whose steps are made */
	uint32_t state;
	uint8_t row[ROW_MAX];
	struct world w;
};

/* ---- when two states are one ---- */

/* All stamps of a memory, in the order of the page of the format. */
#define STAMPS	(MAX_PAGES + MAX_SLOTS + MAX_ENTRIES + 2 * MAX_FOLIOS)

static void list_stamps(struct mem *m, stamp_t *stamp[STAMPS])
{
	for (unsigned i = 0; i < MAX_PAGES; i++)
		*stamp++ = &m->page[i].stamp;
	for (unsigned i = 0; i < MAX_SLOTS; i++)
		*stamp++ = &m->slot[i].dev;
	for (unsigned i = 0; i < MAX_ENTRIES; i++)
		*stamp++ = &m->entry[i].stamp;
	for (unsigned i = 0; i < MAX_FOLIOS; i++) {
		*stamp++ = &m->folio[i].content;
		*stamp++ = &m->folio[i].io;
	}
}

/* The first stamp that appears is called 1, the next one that is another 2, and so on. */
static void rename_stamps(struct mem *m)
{
	stamp_t *stamp[STAMPS], was[STAMPS], names = 0;

	list_stamps(m, stamp);
	for (unsigned i = 0, j; i < STAMPS; i++) {
		was[i] = *stamp[i];
		if (was[i] == STAMP_ZERO || was[i] == STAMP_GARBAGE)
			continue;
		for (j = 0; was[j] != was[i];)
			j++;
		*stamp[i] = j < i ? *stamp[j] : ++names;
	}
	m->last_stamp = names;
}

/* Data is of its slot's present life (2), of any before (1), or of none (0). */
static void rename_life(const struct mem *m, unsigned slot, stamp_t *life)
{
	if (*life)
		*life = *life == m->slot[slot].life ? 2 : 1;
}

/* Worlds that are alike but for the names of stamps and lives become the same bytes. */
static void same_form(struct mem *m)
{
	for (unsigned i = 0; i < MAX_FOLIOS; i++) {
		if (m->folio[i].src)
			rename_life(m, m->folio[i].src - 1u, &m->folio[i].src_life);
		if (m->folio[i].io_swp)
			rename_life(m, m->folio[i].io_swp - 1u, &m->folio[i].io_life);
	}
	for (unsigned i = 0; i < MAX_ENTRIES; i++)
		if (m->entry[i].state != ENTRY_FREE)
			rename_life(m, m->entry[i].swp, &m->entry[i].life);
	for (unsigned i = 0; i < MAX_SLOTS; i++) {
		rename_life(m, i, &m->slot[i].dev_life);
		m->slot[i].life = 2;	/* no one else looks at it any more */
	}
	rename_stamps(m);
}

/* ---- states as rows ---- */

static void *part(uint8_t *row, unsigned task)
{
	return row + ROW_MEM + task * ROW_STACK;
}

static bool put_mem(const struct proof *p, uint8_t *row, struct mem *m)
{
	uint32_t number;

	same_form(m);
	number = rowset_find(&p->t.mems, m);
	memcpy(row, &number, ROW_MEM);
	return number != ROW_NONE;
}

static bool put_stack(const struct proof *p, uint8_t *row, unsigned task, const struct task *t)
{
	uint32_t number = rowset_find(&p->t.stacks, t);
	uint16_t small = (uint16_t)number;

	memcpy(part(row, task), &small, ROW_STACK);
	return number != ROW_NONE;
}

/* State n as a world; its tasks' numbers are those of rows that are there (read.c). */
static void get_state(struct proof *p, uint32_t n)
{
	uint32_t mem;
	uint16_t stack;

	p->state = n;
	memcpy(p->row, rowset_row(&p->t.states, n), p->t.states.row_size);
	memcpy(&mem, p->row, ROW_MEM);
	memcpy(&p->w.mem, rowset_row(&p->t.mems, mem), sizeof(p->w.mem));
	for (unsigned i = 0; i < p->v->scenario.tasks; i++) {
		memcpy(&stack, part(p->row, i), ROW_STACK);
		memcpy(&p->w.task[i], rowset_row(&p->t.stacks, stack), sizeof(p->w.task[i]));
	}
}

/* ---- what is wrong ---- */

#define refuted(p, ...)	verify_ends((p)->v, VERIFY_REFUTED, __VA_ARGS__)

/* "state 12: T0: zswap_load: entry = zswap_rb_search() = none (outcome 1) violates UAF" */
static bool wrong_step(struct proof *p, const struct step_ctx *c, const char *what)
{
	const struct task *t = &p->w.task[c->task];
	int at = task_at(t, t->depth - 1u);
	char outcome[32] = "";

	if (c->choices > 1)
		snprintf(outcome, sizeof(outcome), " (outcome %u)", c->choice);
	return refuted(p, "state %" PRIu32 ": %s: %s: %s%s%s%s %s", p->state,
		       p->v->scenario.program[c->task].name, step_op_name(step_at((size_t)at)),
		       step_at((size_t)at)->text, c->result ? " = " : "",
		       c->result ? c->result->text : "", outcome, what);
}

static bool wrong_properties(struct proof *p, const struct step_ctx *c, uint32_t bad)
{
	char what[VERIFY_TEXT_MAX] = "violates";

	for (unsigned i = 0; i < PROPERTY_COUNT; i++)
		if (bad >> i & 1)
			strcat(strcat(what, " "), properties[i].name);
	return wrong_step(p, c, what);
}

/* ---- the induction ---- */

/* A transition from state p->state: it violates nothing, and leads to a state that is there. */
static bool check_transition(struct proof *p, const struct step_ctx *c, struct mem *m,
			     const struct task *t)
{
	const struct transition tr = { .hw = c->hw, .k = c->k, .before = &p->w.mem, .after = m,
				       .ev = &c->ev, .task = c->task };
	uint8_t row[ROW_MAX];
	uint32_t to = ROW_NONE, bad;

	p->transitions++;
	if (c->overflow)
		return wrong_step(p, c, "needs more than the model's world has: unknown beyond");
	bad = properties_check(&tr) & p->claimed;
	if (bad)
		return wrong_properties(p, c, bad);
	memcpy(row, p->row, sizeof(row));
	if (put_mem(p, row, m) && put_stack(p, row, c->task, t))
		to = rowset_find(&p->t.states, row);
	if (to == ROW_NONE)
		return wrong_step(p, c, "leads to a state that is not there");
	p->led_to[to] = true;
	return true;
}

/* Every step that a task can make, with every outcome.  *moves: it can make one. */
static bool check_task(struct proof *p, unsigned task, bool *moves)
{
	const struct verification *v = p->v;
	struct step_ctx c = { .k = &v->kernel, .hw = &v->scenario.hw, .task = (uint8_t)task };

	do {
		struct mem m = p->w.mem;
		struct task t = p->w.task[task];

		if (task_step(&c, &m, &t, &v->scenario.program[task])) {
			*moves = true;
			if (!check_transition(p, &c, &m, &t))
				return false;
		}
		c.choice++;
	} while (c.choice < c.choices);
	return true;
}

static bool check_state(struct proof *p, uint32_t n)
{
	const struct scenario *s = &p->v->scenario;
	unsigned unfinished = 0, movable = 0;

	if (!p->led_to[n])
		return refuted(p, "state %" PRIu32 ": it is not the start, and no state before it "
			       "leads to it", n);
	get_state(p, n);
	for (unsigned task = 0; task < s->tasks; task++) {
		bool moves = false;

		if (task_finished(&p->w.task[task]))
			continue;
		unfinished += s->program[task].must_finish;
		if (task_preempted(s, &p->v->kernel, &p->w, task, NULL))
			continue;
		if (!check_task(p, task, &moves))
			return false;
		movable += moves;
	}
	return !property_deadlock(unfinished, movable) ||
	       refuted(p, "state %" PRIu32 " violates DEADLOCK: %u tasks have to finish, and none "
		       "can move", n, unfinished);
}

/* The scenario's start is state 0. */
static bool check_start(struct proof *p)
{
	uint8_t row[ROW_MAX] = { 0 };
	struct world w;
	bool there;

	scenario_start(&p->v->scenario, &p->v->kernel, &w);
	there = put_mem(p, row, &w.mem);
	for (unsigned i = 0; i < p->v->scenario.tasks; i++)
		there = there && put_stack(p, row, i, &w.task[i]);
	if (!there || rowset_find(&p->t.states, row))
		return refuted(p, "its first state is not the scenario's start");
	p->led_to[0] = true;
	return true;
}

static bool prove(struct proof *p, const struct verify_options *o)
{
	uint64_t states = p->v->states;

	if (states > p->t.left || !(p->led_to = calloc(states, sizeof(*p->led_to))))
		return verify_ends(p->v, VERIFY_UNFINISHED, "memory");
	if (!check_start(p))
		return false;
	for (uint32_t n = 0; n < states; n++)
		if ((n % 4096 == 0 && !verify_goes_on(p->v, o, n)) || !check_state(p, n))
			return false;
	return p->transitions == p->v->transitions ||
	       refuted(p, "it says %" PRIu64 " transitions, and there are %" PRIu64,
		       p->v->transitions, p->transitions);
}

enum verify_status verify(struct verification *v, FILE *in, const struct verify_options *o)
{
	struct proof p = { .v = v, .claimed = certificate_properties() };
	uint64_t all = o->max_bytes ? o->max_bytes : UINT64_MAX;

	*v = (struct verification){ 0 };
	if (read_certificate(v, &p.t, in, o) && prove(&p, o))
		v->status = VERIFY_CERTIFIED;
	v->bytes = all - p.t.left + (p.led_to ? v->states : 0);
	rowset_free(&p.t.mems);
	rowset_free(&p.t.stacks);
	rowset_free(&p.t.states);
	free(p.led_to);
	return v->status;
}

void verification_free(struct verification *v)
{
	scenario_free(&v->scenario);
}
