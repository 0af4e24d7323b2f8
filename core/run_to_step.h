/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run_to_step.h - the only caller of operations.  It is compiled with each world's types: into
 * task.c for the explorer's, into live/mm.c for that of real threads.
 */
#ifndef SWAPSCOPE_CORE_RUN_TO_STEP_H
#define SWAPSCOPE_CORE_RUN_TO_STEP_H

#include "core/operation.h"

typedef enum step_status (*op_body)(struct step_ctx *c, struct mem *m, struct task *t,
				    struct frame *f, const struct kernel *k);

static const op_body bodies[OP_COUNT] = {
#define X(name, file, verb) [OP_##name] = op_##name,
	OPERATIONS(X)
#undef X
};

/*
 * Run the innermost frame, its callees and its callers until the task stands at a step, or has
 * ended.  False when the first step of these cannot be made now: c->wait says what for, and what
 * the walk has changed is the caller's to take back.
 */
static bool run_to_step(struct step_ctx *c, struct mem *m, struct task *t)
{
	while (t->depth) {
		struct frame *f = &t->frame[t->depth - 1];

		switch (bodies[f->op](c, m, t, f, c->k)) {
		case AT_STEP:
			return true;
		case CALLED:
			probe_log(c->calls, t->frame[t->depth - 1].op, PROBE_ENTERS, 0);
			break;
		case RETURNED:
			probe_log(c->calls, f->op, PROBE_RETURNS, c->ret);
			*f = (struct frame){ 0 };
			t->depth--;
			break;
		case BLOCKED:
			return false;
		}
	}
	return true;
}

#endif
