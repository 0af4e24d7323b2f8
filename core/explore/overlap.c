/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * overlap.c - a step of one task while another is between two of its own.  Where a task stands
 * does not say which steps it has made, so that a run is followed with one bit more than its
 * state: is that other task, one at a time, between the two?
 */
#include "core/explore/meet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NOBODY	UINT32_MAX

/* A state and that bit, in the order in which they are found; and how. */
struct node {
	uint32_t state;
	uint32_t parent;	/* node */
	struct move move;
	uint8_t inside;
};

struct chase {
	struct graph *g;
	uint64_t states;
	const struct reach *r;
	const struct watch *w;
	unsigned other;		/* the task between the two steps */
	struct arena nodes;
	uint8_t *seen;		/* two bits a state */
	uint32_t found;		/* node from which the goal is met, or NOBODY */
	struct move last;	/* by this */
};

uint64_t overlap_bytes(uint64_t states)
{
	return 2 * states * sizeof(struct node) + states / 4 + 1;
}

static int add_node(struct chase *c, uint32_t state, bool inside, uint32_t parent, struct move m)
{
	const uint64_t bit = 2 * (uint64_t)state + inside;
	struct node *n;

	if (c->seen[bit / 8] >> bit % 8 & 1)
		return 0;
	c->seen[bit / 8] |= (uint8_t)(1u << bit % 8);
	n = arena_add(&c->nodes, sizeof(*n));
	if (!n)
		return -ENOMEM;
	*n = (struct node){ state, parent, m, inside };
	return 0;
}

/* Does an effect of a step meet a goal?  What it comes to is not kept, and looked up. */
static bool meets(const struct chase *c, const struct goal *g, const struct state_row *row,
		  struct move m, int step)
{
	if (step != g->step)
		return false;
	return !g->result || goal_met(g, step, graph_result(c->g, row->mem, row->task[m.task],
							    m.task, m.choice));
}

/* Is the other task inside, when it has made a step? */
static bool inside_after(const struct chase *c, const struct state_row *row, struct move m,
			 int step, const struct effect *e, bool inside)
{
	if (meets(c, &c->r->to, row, m, step))
		inside = false;
	if (meets(c, &c->r->from, row, m, step))
		inside = true;
	return inside && !(effect_what(c->g, e) & EFFECT_DONE);
}

/* One effect; true when it meets the goal. */
static bool follow(struct chase *c, uint32_t node, bool inside, const struct state_row *row,
		   unsigned task, const struct effect *e, int *err)
{
	const struct move m = { (uint8_t)task, (uint8_t)effect_choice(e) };
	const int step = c->g->stack_step[row->task[task]];
	struct state_row next;
	uint32_t to;

	if (effect_what(c->g, e) & EFFECT_OVERFLOW)
		return false;
	if (task == c->other)
		inside = inside_after(c, row, m, step, e, inside);
	else if (inside && meets(c, &c->r->goal, row, m, step)) {
		c->found = node;
		c->last = m;
		return true;
	}
	if (!effect_followed(c->g, e))
		return false;
	graph_follow(c->g, row, task, e, &next);
	to = store_find(&c->g->states, &next, store_hash(&c->g->states, &next));
	if (to < c->states)
		*err = add_node(c, to, inside, node, m);
	return false;
}

static int expand(struct chase *c, uint32_t number)
{
	const struct node n = ((const struct node *)c->nodes.p)[number];
	struct graph *g = c->g;
	struct state_row row = { 0 };
	uint32_t preempted;
	int err = 0;

	memcpy(&row, graph_row(g, n.state), g->states.row_size);
	preempted = graph_preempted(g, &row);
	for (unsigned task = 0; task < g->scenario->tasks; task++) {
		struct effect e[CHOICES_MAX];
		const struct effect *now;
		unsigned effects = 0;

		if (g->stack_step[row.task[task]] < 0 || (preempted >> task & 1))
			continue;
		now = graph_effects(g, row.mem, row.task[task], task, &effects);
		if (g->out_of_memory)
			return -ENOMEM;
		memcpy(e, now, effects * sizeof(*e));
		for (unsigned i = 0; i < effects; i++)
			if (follow(c, number, n.inside, &row, task, &e[i], &err) || err)
				return err;
	}
	return 0;
}

/* Breadth-first, as the search was: the first is the shortest, and the least of these. */
static int chase(struct chase *c)
{
	int err;

	c->found = NOBODY;
	c->nodes.used = 0;
	memset(c->seen, 0, c->states / 4 + 1);
	err = add_node(c, 0, false, NOBODY, (struct move){ 0 });
	for (uint32_t i = 0; !err && c->found == NOBODY && i < c->nodes.used / sizeof(struct node);
	     i++) {
		err = expand(c, i);
		if (!err && i % 65536 == 65535 && !watch_goes_on(c->w, c->w->depth))
			err = -EINTR;
	}
	return err;
}

static int way_to(const struct chase *c, struct schedule *s)
{
	const struct node *node = (const struct node *)c->nodes.p;

	if (schedule_add(s, c->last))
		return -ENOMEM;
	for (uint32_t i = c->found; node[i].parent != NOBODY; i = node[i].parent)
		if (schedule_add(s, node[i].move))
			return -ENOMEM;
	schedule_reverse(s);
	return 0;
}

/* Shorter, or as long and lexicographically less? */
static bool before(const struct schedule *a, const struct schedule *b)
{
	if (a->n != b->n)
		return a->n < b->n;
	for (size_t i = 0; i < a->n; i++) {
		if (a->move[i].task != b->move[i].task)
			return a->move[i].task < b->move[i].task;
		if (a->move[i].choice != b->move[i].choice)
			return a->move[i].choice < b->move[i].choice;
	}
	return false;
}

/* The tasks that ever stand at a step, as bits: who cannot need not be chased. */
static uint32_t who_stands_at(const struct graph *g, int step)
{
	uint32_t tasks = 0;

	for (uint32_t i = 0; i < g->stacks.count; i++) {
		const struct task *t = store_row(&g->stacks, i);

		for (unsigned task = 0; g->stack_step[i] == step && task < g->scenario->tasks;
		     task++) {
			const struct program *p = &g->scenario->program[task];

			if (t->item < p->items && p->item[t->item].op == t->frame[0].op)
				tasks |= 1u << task;
		}
	}
	return tasks;
}

static int keep_shorter(const struct chase *c, struct schedule *s)
{
	struct schedule way = { 0 };

	if (way_to(c, &way)) {
		schedule_free(&way);
		return -ENOMEM;
	}
	if (s->n && !before(&way, s)) {
		schedule_free(&way);
		return 0;
	}
	schedule_free(s);
	*s = way;
	return 0;
}

int graph_overlap(struct graph *g, uint64_t states, const struct reach *r, const struct watch *w,
		  struct schedule *s)
{
	const uint32_t others = who_stands_at(g, r->from.step);
	const uint32_t makers = who_stands_at(g, r->goal.step);
	struct chase c = { .g = g, .states = states, .r = r, .w = w };
	bool any = false;
	int err = 0;

	if (states > STORE_NONE / 2)
		return -ENOMEM;		/* nodes have numbers of 32 bits */
	c.seen = malloc(states / 4 + 1);
	if (!c.seen)
		return -ENOMEM;
	for (c.other = 0; !err && (s || !any) && c.other < g->scenario->tasks; c.other++) {
		if (!(others >> c.other & 1) || !(makers & ~(1u << c.other)))
			continue;
		err = chase(&c);
		if (err || c.found == NOBODY)
			continue;
		any = true;
		err = s ? keep_shorter(&c, s) : 0;
	}
	arena_free(&c.nodes);
	free(c.seen);
	return err ? err : any;
}
