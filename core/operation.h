/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * operation.h - how an operation of core/mm is written.
 *
 * An operation is a C function that can stop at every visible action and be
 * resumed there.  It reads from top to bottom like the kernel function it
 * follows; the macros mark what one line of a CPU0/CPU1 diagram would say:
 *
 *	OP(zswap_invalidate)
 *	{
 *		BEGIN();
 *		LOCK("spin_lock(&tree->lock)", m->tree_lock, WAIT_TREE, 0);
 *		STEP("entry = zswap_rb_search(tree, offset)");
 *		if (m->slot[f->swp].entry)
 *			zswap_invalidate_entry(c, m, f->swp);
 *		UNLOCK("spin_unlock(&tree->lock)", m->tree_lock);
 *		END();
 *	}
 *
 * A task always stands *at* a step: the action of STEP("x") is the code from
 * there to the next step, and it happens when the task is next run.  Nothing
 * before the first step of an operation may look at the world.
 *
 *	STEP(text)		one atomic action
 *	LOCK(text, l, kind, i)	take lock l, or wait while another has it
 *	UNLOCK(text, l)		drop it
 *	AWAIT(text, cond, ..)	wait until cond holds
 *	CALL(op, .field = ..)	run another operation on a frame of its own; what it
 *				RETURNs is in c->ret until the next step
 *	SLEEP(text)		a step at which the task sleeps: until it makes it, tasks of a
 *				lower priority run
 *	CHOOSE(n)		inside a step: one of n outcomes, all of them explored;
 *				at most one a step
 *	INJECT(n)		CHOOSE(n) where every outcome but 0 is a failure from outside,
 *				which happens finitely often
 *	RESULT(text)		inside a step: what it came to, for diagrams
 *	RETURN(v)		leave the operation
 *
 * Rules: one macro a source line, and each on one line, because compilers disagree about
 * the number of a longer one; no switch statement around a step; automatic variables do
 * not live across one (locals live in the frame `f`); a local that is dead is cleared,
 * because it would tell apart worlds that are the same.
 *
 * The parameters of every operation: c, the step being made; m, what tasks
 * share; t, its own task; f, its own frame; k, the kernel's switches.
 */
#ifndef SWAPSCOPE_CORE_OPERATION_H
#define SWAPSCOPE_CORE_OPERATION_H

#include <assert.h>

#include "core/step.h"

#define OP(name)								\
	MM_API enum step_status op_##name(struct step_ctx *c, struct mem *m,		\
				   struct task *t, struct frame *f,		\
				   const struct kernel *k)

#define X(name, file, verb) OP(name);
OPERATIONS(X)
#undef X

/*
 * Each step leaves a pointer to its record in the linker section "steps";
 * pointers, because structs in a section would be padded by the compiler.
 */
#ifdef SWAPSCOPE_LIVE	/* the same lines, which are on the list already */
#define STEP_RECORD_(step_text, step_kind)
#else
#define STEP_RECORD_(step_text, step_kind)					\
	static const struct step step_ = {					\
		.func = __func__, .text = step_text, .file = __FILE__,		\
		.line = __LINE__, .kind = step_kind,				\
	};									\
	static const struct step *const step_ptr_				\
		__attribute__((section("steps"), used)) = &step_
#endif

#define STOP_(step_text, step_kind)						\
	{ STEP_RECORD_(step_text, step_kind); }					\
	f->pc = __LINE__;							\
	return AT_STEP;								\
	case __LINE__:

#define BEGIN()	(void)c; (void)m; (void)t; (void)k; switch (f->pc) { case 0:

#define STEP(text)	do { STOP_(text, KIND_STEP); } while (0)

#define SLEEP(text)	do { STOP_(text, KIND_SLEEP); } while (0)

#define AWAIT(text, cond, kind_, index_) do {					\
	STOP_(text, KIND_AWAIT);						\
	if (!(cond)) {								\
		c->wait = (kind_);						\
		c->wait_index = (obj_t)(index_);				\
		return BLOCKED;							\
	}									\
} while (0)

#define LOCK(text, lock_, kind_, index_) do {					\
	STOP_(text, KIND_LOCK);							\
	if (lock_) {								\
		c->wait = (kind_);						\
		c->wait_index = (obj_t)(index_);				\
		return BLOCKED;							\
	}									\
	(lock_) = (uint8_t)(c->task + 1);					\
} while (0)

#define UNLOCK(text, lock_) do {						\
	STOP_(text, KIND_UNLOCK);						\
	c->ev.misused |= (lock_) != c->task + 1;				\
	(lock_) = 0;								\
} while (0)

#define CALL(name, ...) do {							\
	{ STEP_RECORD_(#name "()", KIND_CALL); }				\
	f->pc = __LINE__;							\
	if (t->depth == MAX_FRAMES) {						\
		c->overflow = 1;						\
		return RETURNED;						\
	}									\
	t->frame[t->depth++] = (struct frame){ .op = OP_##name, __VA_ARGS__ };	\
	return CALLED;								\
	case __LINE__:;								\
} while (0)

#define RETURN(v)	do { c->ret = (v); return RETURNED; } while (0)

#define END()									\
		break;								\
	default:								\
		assert(!"a frame stands at a line that is no step");		\
	}									\
	RETURN(0)

#ifdef SWAPSCOPE_LIVE	/* drawn, or as it was recorded: core/live/thread.h */
#define CHOOSE(n)	live_choose(c, n)
#define INJECT(n)	live_choose(c, n)
#else
#define CHOOSE(n)	chosen(c, n)

#define INJECT(n)	(c->injected = c->choice != 0, chosen(c, n))

/* Of an outcome that the step does not have the runner learns by c->choices, when it is made. */
static inline obj_t chosen(struct step_ctx *c, unsigned n)
{
	c->choices = (uint8_t)n;
	return c->choice < n ? c->choice : 0;
}
#endif

#define RESULT(text)	(c->result = (text))

/* Inside a step, as CHOOSE(): vm_swap_full(). */
#define VM_SWAP_FULL()	(c->hw->swap_full == SWAP_FULL_MAYBE ? CHOOSE(2) : c->hw->swap_full)

/* This task's bit in ghost masks. */
#define ME		((tasks_t)(1u << c->task))

#endif
