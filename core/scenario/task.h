/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * task.h - running one task by one step.
 */
#ifndef SWAPSCOPE_CORE_SCENARIO_TASK_H
#define SWAPSCOPE_CORE_SCENARIO_TASK_H

#include "core/scenario/scenario.h"
#include "core/step.h"

#pragma GCC visibility push(default)

/* Give the task its program's first operation and bring it to its first step. */
void task_start(struct task *t, const struct program *p);

/*
 * Give the task one operation, whatever it is: `f` is its frame, and it stands at its first step
 * then.  `calls` (may be NULL) gets the operations that are entered on the way, its own first.
 */
void task_begin(struct task *t, struct frame f, struct probe_calls *calls);

/*
 * The line at which a frame of an operation stands when it has been called, under a kernel: its
 * first step, or a call of another operation that comes before any step.  0: it returns at once.
 */
unsigned task_entry(enum op op, const struct kernel *k, const struct machine *hw);

/*
 * Make the step at which a task stands and bring it to its next one, starting the
 * next operation of its program where one ends.  c->k, c->hw, c->bytes, c->task and
 * c->choice are the caller's; the rest of *c is set here.  Changes m and t only.
 * Returns true, or false and leaves both unchanged when the task is finished or the
 * step cannot be made now (c->wait says what it waits for).
 */
bool task_step(struct step_ctx *c, struct mem *m, struct task *t, const struct program *p);

static inline bool task_finished(const struct task *t)
{
	return t->depth == 0;
}

/*
 * Does a task stand where its present operation begins?  One that goes around inside may come
 * by there again.
 */
bool task_at_start(const struct task *t, const struct program *p);

/*
 * Strict priorities.  A task that can move keeps all of lower priority from it, when it has
 * begun (before that nothing has woken it) and does not sleep: task_preempts().  Tasks without
 * a priority have CPUs of their own.  Given the tasks, as bits, that can move and preempt:
 * those that must not.
 */
bool task_preempts(const struct task *t);
uint32_t tasks_preempted(const struct scenario *s, uint32_t preempting);

/* Does a task of higher priority keep this one from moving?  *by (may be NULL) gets it. */
bool task_preempted(const struct scenario *s, const struct kernel *k, const struct world *w,
		    unsigned task, unsigned *by);

/*
 * The step at which frame `level` of a task stands (0 is the outermost); the innermost
 * frame's is the step made next, the others' are calls.  -1 if there is no such frame.
 */
int task_at(const struct task *t, unsigned level);

/*
 * Can the task move, with any outcome, and does none of higher priority keep it?  If not,
 * *wait and *index (may be NULL) say what it waits for.  Works on copies; w is not changed.
 */
bool task_enabled(const struct scenario *s, const struct kernel *k, const struct world *w,
		  unsigned task, enum wait_kind *wait, unsigned *index);

#pragma GCC visibility pop

#endif
