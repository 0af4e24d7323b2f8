/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/why/proof.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/explore/graph.h"
#include "core/mm/mm.h"
#include "core/scenario/task.h"

const char *proof_id(enum proof_step s)
{
	static const char *const id[] = {
#define X(name, id_, text) id_,
		PROOF_STEPS(X)
#undef X
	};

	return id[s];
}

const char *proof_text(enum proof_step s)
{
	static const char *const text[] = {
#define X(name, id, text_) text_,
		PROOF_STEPS(X)
#undef X
	};

	return text[s];
}

const char *proof_who_text(enum proof_who w)
{
	static const char *const text[WHO_COUNT] = {
		"a fault around the swap cache", "a read through the swap cache",
		"a page on its way out", "writeback", "swapoff", "who frees slots",
		"another operation", "a folio in the swap cache", "the slot, which is dead",
		"the slot's next life", "the device",
	};

	return text[w];
}

/* A transition that is looked at. */
struct look {
	struct proof *p;
	struct graph *g;
	const struct scenario *s;
	const struct kernel *k;
	uint32_t from;			/* the state's number */
	unsigned task;
	obj_t choice;
	const struct world *before;
	const struct mem *after;
	const struct step_ctx *c;
	const struct step *step;	/* made */
	const struct frame *frame;	/* in which it was made, before */
	int err;
};

/* ---- who ---- */

static const struct frame *frame_of(const struct task *t, enum op op)
{
	for (unsigned i = t->depth; i--; )
		if (t->frame[i].op == op)
			return &t->frame[i];
	return NULL;
}

static enum proof_who who_is(const struct task *t)
{
	if (!t->depth)
		return WHO_OTHER;
	if (frame_of(t, OP_swapoff))
		return WHO_SWAPOFF;
	if (frame_of(t, OP_zswap_shrink))
		return WHO_WRITEBACK;
	if (frame_of(t, OP_shrink_folio_list))
		return WHO_STORE;
	if (frame_of(t, OP_swapin_bypass))
		return WHO_BYPASS;
	if (frame_of(t, OP_do_swap_page))
		return frame_of(t, OP_do_swap_page)->aux & AUX_NEED_CLEAR ? WHO_BYPASS : WHO_CACHED;
	if (frame_of(t, OP_shmem_swapin_folio))
		return frame_of(t, OP_shmem_swapin_folio)->aux & AUX_NEED_CLEAR ? WHO_BYPASS :
		       WHO_CACHED;
	if (frame_of(t, OP_zap_pte_range) || frame_of(t, OP_drain_slots_cache_cpu))
		return WHO_FREE;
	return WHO_OTHER;
}

/* Who has the slot's pin, in the words above. */
static enum proof_who holder_of(const struct world *w, unsigned slot)
{
	const struct slot *s = &w->mem.slot[slot];
	unsigned task = s->holder_task;

	if (s->holder == HOLD_CACHE) {
		if (w->mem.folio[s->cache].lock == LOCKED_BY_DEVICE)
			return WHO_DEVICE;
		task = w->mem.folio[s->cache].lock;
		if (!task)
			return WHO_FOLIO;
	}
	if (s->holder == HOLD_FREE || !task || task > MAX_TASKS)
		return WHO_DEAD;
	return who_is(&w->task[task - 1]);
}

/* ---- the pin ---- */

/* Has the task the slot's pin? */
static bool has_pin(const struct mem *m, unsigned slot, unsigned task)
{
	const struct slot *s = &m->slot[slot];

	if (s->holder == HOLD_CACHE)
		return s->cache && m->folio[s->cache].lock == task + 1;
	return s->holder != HOLD_NONE && s->holder_task == task + 1;
}

/* Nobody counts it, caches it, or has its pin, and nobody can get that: it is parked, or free. */
static bool is_dead(const struct slot *s)
{
	return !(s->swap_map & SWAP_MAP_COUNT) && !s->cache &&
	       (s->holder == HOLD_NONE || s->holder == HOLD_FREE);
}

static bool is_pinned(const struct slot *s)
{
	return s->holder != HOLD_NONE;
}

/* ---- the argument ---- */

static bool in_function(const struct look *l, const char *name)
{
	return !strcmp(step_op_name(l->step), name);
}

static int keep_way(struct look *l, struct proof_line *line)
{
	struct move m = { .task = (uint8_t)l->task, .choice = (uint8_t)l->choice };
	int err = graph_path(l->g, l->from, &line->way);

	return err ? err : schedule_add(&line->way, m);
}

static void test(struct look *l, enum proof_step step, bool holds)
{
	struct proof_line *line = &l->p->line[step];

	line->tested++;
	if (holds)
		return;
	if (!line->failed++ && keep_way(l, line))
		l->err = -ENOMEM;
}

static void look_at_unlink(struct look *l, unsigned slot)
{
	const struct slot *was = &l->before->mem.slot[slot], *is = &l->after->slot[slot];
	bool pin = has_pin(&l->before->mem, slot, l->task);

	if (!was->entry || is->entry == was->entry)
		return;
	if (in_function(l, "swapoff")) {
		;			/* look_at_swapoff() */
	} else if (in_function(l, "zswap_store") || frame_of(&l->before->task[l->task],
							     OP_swap_writepage)) {
		test(l, PROOF_U1, pin);
	} else if (in_function(l, "zswap_load")) {
		test(l, PROOF_U2, pin);
	} else if (frame_of(&l->before->task[l->task], OP_zswap_shrink) &&
		   !in_function(l, "zswap_invalidate") && is->life == was->life) {
		test(l, PROOF_U3, pin);
	} else {
		/* in the section in which it dies, or of a slot that is dead */
		test(l, PROOF_U4, pin || is_dead(was) || !is_pinned(was));
	}
}

/* It frees a device's tree, whatever is in it. */
static void look_at_swapoff(struct look *l)
{
	bool dead = true;

	if (!l->c->ev.device_freed)
		return;
	for (unsigned slot = 0; slot < l->s->hw.slots; slot++)
		if (swp_type(l->c, slot) + 1u == l->c->ev.device_freed)
			dead &= is_dead(&l->before->mem.slot[slot]);
	test(l, PROOF_U5, dead);
}

static void look_at_pin(struct look *l, unsigned slot)
{
	const struct slot *was = &l->before->mem.slot[slot], *is = &l->after->slot[slot];
	bool nobody = !was->holder_task && was->holder != HOLD_CACHE;	/* in a per-CPU cache */

	if (!is_pinned(was) || (was->holder == is->holder && was->holder_task == is->holder_task))
		return;
	test(l, PROOF_PIN, has_pin(&l->before->mem, slot, l->task) || nobody);
	if (is->holder == HOLD_NONE || is->holder == HOLD_FREE)
		test(l, PROOF_R6, !l->c->ev.unpin_other);
}

/* A slot that was free has an owner. */
static void look_at_allocation(struct look *l, unsigned slot)
{
	const struct slot *was = &l->before->mem.slot[slot], *is = &l->after->slot[slot];

	if (!was->swap_map && !was->cache && was->holder == HOLD_NONE && is->holder != HOLD_NONE)
		test(l, PROOF_R3, !was->entry);
}

/* Another is in the middle of a load around the swap cache: the entry is still the slot's. */
static void look_at_load(struct look *l, unsigned other)
{
	const struct task *t = &l->before->task[other];
	const struct frame *f = frame_of(t, OP_zswap_load);
	const struct mem *was = &l->before->mem;

	if (!f || !f->entry || who_is(t) != WHO_BYPASS || was->slot[f->swp].entry != f->entry)
		return;
	test(l, PROOF_LOAD, l->after->slot[f->swp].entry == f->entry);
}

static void look_at_reads(struct look *l)
{
	const struct frame *f = l->frame;
	const struct mem *was = &l->before->mem;

	if (f->op == OP_zswap_load) {
		if (!f->entry && !strncmp(l->step->text, "entry = ", 8))
			test(l, PROOF_R1, has_pin(was, f->swp, l->task));
		if (l->c->ev.deref)
			test(l, PROOF_R2, has_pin(was, f->swp, l->task));
	} else if (l->c->ev.deref && frame_of(&l->before->task[l->task], OP_zswap_shrink)) {
		test(l, PROOF_R5, has_pin(was, f->swp, l->task));
	}
}

/* The page goes to the device, or becomes a bit: zswap must not have an older one. */
static void look_at_swap_out(struct look *l)
{
	const struct frame *f = l->frame, *out = frame_of(&l->before->task[l->task],
							  OP_swap_writepage);

	if (!out)
		return;
	if (f->op == OP___swap_writepage && !strncmp(l->step->text, "folio_start_writeback", 21))
		test(l, PROOF_R4, !l->after->slot[out->swp].entry);
	else if (f->op == OP_swap_writepage && !strcmp(l->step->text, "folio_unlock(folio)") &&
		 l->before->mem.slot[out->swp].zeromap)
		test(l, PROOF_R4, !l->after->slot[out->swp].entry);
}

/* ---- who was turned away ---- */

static void turn(struct proof *p, enum proof_who who, enum proof_who by, const char *how,
		 bool waits, uint64_t times)
{
	unsigned i = 0;

	while (i < p->turns && !(p->turn[i].who == who && p->turn[i].by == by &&
				 !strcmp(p->turn[i].how, how)))
		i++;
	if (i == PROOF_TURNS)
		return;
	if (i == p->turns)
		p->turn[p->turns++] = (struct proof_turn){ .who = who, .by = by, .how = how,
							   .waits = waits };
	p->turn[i].times += times;
}

static void look_at_refusal(struct look *l)
{
	static const char *const refusals[] = {
		"-EEXIST", "-ENOENT", "yes: return NULL", "no: -ENOMEM",
	};
	const struct task *t = &l->before->task[l->task];
	const char *text = result_text(l->c->result);
	bool put = !strcmp(l->step->text, "folio_put(folio): -EEXIST");
	unsigned slot = l->frame->swp;

	for (size_t i = 0; !put && i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (text && !strcmp(text, refusals[i]) && slot < MAX_SLOTS) {
			enum proof_who by = holder_of(l->before, slot);

			/* the count said no, or the tree did: nobody has to be there */
			by = !i ? by : i < 3 ? WHO_DEAD : WHO_NEXT;
			turn(l->p, who_is(t), by, text, false, 1);
			return;
		}
	if (put)
		turn(l->p, who_is(t), holder_of(l->before, slot), "-EEXIST", false, 1);
}

static void look_at_wait(struct proof *p, const struct world *w, unsigned task,
			 const struct step_ctx *c)
{
	unsigned lock;

	if (c->wait != WAIT_FOLIO)
		return;
	lock = w->mem.folio[c->wait_index].lock;
	if (!w->mem.folio[c->wait_index].swp)
		return;		/* not of a slot: it says nothing of the pin */
	turn(p, who_is(&w->task[task]), lock == LOCKED_BY_DEVICE ? WHO_DEVICE :
	     lock && lock <= MAX_TASKS ? who_is(&w->task[lock - 1]) : WHO_FOLIO,
	     "waits for the folio's lock", true, 1);
}

/* ---- all transitions ---- */

static void look_at(struct look *l)
{
	l->p->transitions++;
	for (unsigned slot = 0; slot < l->s->hw.slots; slot++) {
		look_at_unlink(l, slot);
		look_at_pin(l, slot);
		look_at_allocation(l, slot);
	}
	for (unsigned other = 0; other < l->s->tasks; other++)
		if (other != l->task)
			look_at_load(l, other);
	look_at_swapoff(l);
	look_at_reads(l);
	look_at_swap_out(l);
	look_at_refusal(l);
}

/* Every outcome of a task's next step. */
static int look_at_task(struct look *l, const struct world *w, unsigned task)
{
	unsigned choices = 1;
	int step = task_at(&w->task[task], w->task[task].depth - 1u);

	for (unsigned choice = 0; choice < choices; choice++) {
		struct step_ctx c = { .k = l->k, .hw = &l->s->hw, .task = (uint8_t)task,
				      .choice = (obj_t)choice };
		struct mem m = w->mem;
		struct task t = w->task[task];

		bool made = task_step(&c, &m, &t, &l->s->program[task]);

		choices = c.choices;
		if (!made && !choice)
			look_at_wait(l->p, w, task, &c);
		if (!made || c.overflow)
			continue;
		l->task = task;
		l->choice = (obj_t)choice;
		l->before = w;
		l->after = &m;
		l->c = &c;
		l->step = step_at((size_t)step);
		l->frame = &w->task[task].frame[w->task[task].depth - 1];
		look_at(l);
	}
	return l->err;
}

static int by_who(const void *a, const void *b)
{
	const struct proof_turn *x = a, *y = b;

	if (x->who != y->who)
		return (int)x->who - (int)y->who;
	return x->by != y->by ? (int)x->by - (int)y->by : strcmp(x->how, y->how);
}

int proof_make(struct proof *p, struct exploration *x, const struct scenario *s,
	       const struct kernel *k, bool (*stop)(void))
{
	struct look l = { .p = p, .g = x->graph, .s = s, .k = k };

	*p = (struct proof){ .folio = k->pin == PIN_FOLIO, .complete = x->complete, .runs = 1 };
	for (uint64_t id = 0; id < x->expanded && !l.err; id++) {
		const struct state_row *row = graph_row(x->graph, id);
		uint32_t preempted = graph_preempted(x->graph, row);
		struct world w;

		if (stop && id % 4096 == 0 && stop())
			return -EINTR;
		p->states++;
		graph_state(x->graph, id, &w);
		l.from = (uint32_t)id;
		for (unsigned task = 0; task < s->tasks && !l.err; task++)
			if (!task_finished(&w.task[task]) && !(preempted >> task & 1))
				l.err = look_at_task(&l, &w, task);
	}
	qsort(p->turn, p->turns, sizeof(p->turn[0]), by_who);
	return l.err;
}

void proof_add(struct proof *sum, const struct proof *p)
{
	for (unsigned i = 0; i < PROOF_COUNT; i++) {
		sum->line[i].tested += p->line[i].tested;
		sum->line[i].failed += p->line[i].failed;
	}
	for (unsigned i = 0; i < p->turns; i++) {
		const struct proof_turn *t = &p->turn[i];

		turn(sum, t->who, t->by, t->how, t->waits, t->times);
	}
	sum->states += p->states;
	sum->transitions += p->transitions;
	sum->folio = p->folio;
	sum->complete = (!sum->runs || sum->complete) && p->complete;
	sum->runs++;
	qsort(sum->turn, sum->turns, sizeof(sum->turn[0]), by_who);
}

void proof_free(struct proof *p)
{
	for (unsigned i = 0; i < PROOF_COUNT; i++)
		schedule_free(&p->line[i].way);
	*p = (struct proof){ 0 };
}
