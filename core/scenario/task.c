/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/scenario/task.h"

#include <string.h>

#include "core/run_to_step.h"

void task_begin(struct task *t, struct frame f, struct probe_calls *calls)
{
	/* The walk to an operation's first step looks at nothing, so it needs no world. */
	struct step_ctx c = { .k = &(const struct kernel){ 0 }, .calls = calls };

	probe_log(calls, f.op, PROBE_ENTERS, 0);
	t->depth = 1;
	t->frame[0] = f;
	run_to_step(&c, NULL, t);
}

unsigned task_entry(enum op op, const struct kernel *k, const struct machine *hw)
{
	struct step_ctx c = { .k = k, .hw = hw };
	struct task t = { .depth = 1, .frame[0].op = (uint8_t)op };
	struct mem m;

	/* what comes before the first step looks at no world: any is good */
	memset(&m, 0, sizeof(m));
	run_to_step(&c, &m, &t);
	return t.depth ? t.frame[0].pc : 0;
}

static void begin_item(struct task *t, const struct program *p)
{
	const struct item *i = &p->item[t->item];

	task_begin(t, (struct frame){ .op = i->op, .page = i->page, .to = i->to, .aux = i->aux },
		   NULL);
}

/* How often an item runs after its first time; one that runs for ever does not count. */
static uint8_t repeats(const struct item *i)
{
	return i->times == FOR_EVER ? 0 : (uint8_t)(i->times - 1);
}

/* The operation is over: again, or the program's next, or the end. */
static void next_item(struct task *t, const struct program *p)
{
	if (p->item[t->item].times != FOR_EVER) {
		if (t->left) {
			t->left--;
		} else if (++t->item < p->items) {
			t->left = repeats(&p->item[t->item]);
		} else {
			t->item = 0;
			return;
		}
	}
	begin_item(t, p);
}

void task_start(struct task *t, const struct program *p)
{
	memset(t, 0, sizeof(*t));
	if (!p->items)
		return;
	t->left = repeats(&p->item[0]);
	begin_item(t, p);
}

bool task_step(struct step_ctx *c, struct mem *m, struct task *t, const struct program *p)
{
	struct task saved;

	c->result = NULL;
	c->ev = (struct event){ 0 };
	c->ret = 0;
	c->choices = 1;
	c->wait = WAIT_NOTHING;
	c->wait_index = 0;
	c->overflow = 0;
	if (c->calls)
		c->calls->n = 0;
	c->injected = 0;
	if (!t->depth)
		return false;
	saved = *t;
	if (!run_to_step(c, m, t)) {
		*t = saved;
		return false;
	}
	t->begun = p->priority != 0;
	if (!t->depth) {
		mem_forget(m, c->task);
		c->ev.op_done = 1;
		next_item(t, p);
	}
	return true;
}

int task_at(const struct task *t, unsigned level)
{
	if (level >= t->depth)
		return -1;
	return step_id(t->frame[level].op, t->frame[level].pc);
}

bool task_at_start(const struct task *t, const struct program *p)
{
	struct task fresh = { .item = t->item, .left = t->left, .begun = t->begun };

	if (!t->depth)
		return false;
	begin_item(&fresh, p);
	return !memcmp(&fresh, t, sizeof(fresh));
}

bool task_preempts(const struct task *t)
{
	int at;

	if (!t->begun || !t->depth)
		return false;
	at = task_at(t, t->depth - 1u);
	return at < 0 || step_at((size_t)at)->kind != KIND_SLEEP;
}

uint32_t tasks_preempted(const struct scenario *s, uint32_t preempting)
{
	unsigned highest = 0;
	uint32_t bits = 0;

	for (unsigned i = 0; i < s->tasks; i++)
		if ((preempting >> i & 1) && s->program[i].priority > highest)
			highest = s->program[i].priority;
	for (unsigned i = 0; i < s->tasks; i++)
		if (s->program[i].priority && s->program[i].priority < highest)
			bits |= 1u << i;
	return bits;
}

/* Can it move as far as it is concerned? */
static bool able(const struct scenario *s, const struct kernel *k, const struct world *w,
		 unsigned task, enum wait_kind *wait, unsigned *index)
{
	struct step_ctx c = { .k = k, .hw = &s->hw, .task = (uint8_t)task };
	struct mem m;
	struct task t;

	do {
		m = w->mem;
		t = w->task[task];
		if (task_step(&c, &m, &t, &s->program[task]))
			return true;
		c.choice++;
	} while (c.choice < c.choices);
	if (wait)
		*wait = c.wait;
	if (index)
		*index = c.wait_index;
	return false;
}

bool task_preempted(const struct scenario *s, const struct kernel *k, const struct world *w,
		    unsigned task, unsigned *by)
{
	for (unsigned i = 0; i < s->tasks && s->program[task].priority; i++)
		if ((tasks_preempted(s, 1u << i) >> task & 1) && task_preempts(&w->task[i]) &&
		    able(s, k, w, i, NULL, NULL)) {
			if (by)
				*by = i;
			return true;
		}
	return false;
}

bool task_enabled(const struct scenario *s, const struct kernel *k, const struct world *w,
		  unsigned task, enum wait_kind *wait, unsigned *index)
{
	unsigned by;

	if (!able(s, k, w, task, wait, index))
		return false;
	if (!task_preempted(s, k, w, task, &by))
		return true;
	if (wait)
		*wait = WAIT_CPU;
	if (index)
		*index = by;
	return false;
}
