/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mutant.h - rules of core/mm that can be broken one at a time.  tests/mutate.py writes core/mm
 * anew with these at every condition, lock and statement; mutant.c runs it.
 */
#ifndef SWAPSCOPE_TESTS_MUTANT_H
#define SWAPSCOPE_TESTS_MUTANT_H

#include <stdlib.h>

#include "core/mm/mm.h"

#define MUTANTS_MAX	8192
#define MUTANT_TURNS	200000000u	/* more is a loop without an end */

extern unsigned mutant;			/* which one is on; 0: none */
extern unsigned mutant_turns;
extern bool mutant_felt[MUTANTS_MAX];	/* where it would have made a difference */
void mutant_endless(void);

static inline bool mutant_is(unsigned n)
{
	if (mutant != n || !n)
		return false;
	if (++mutant_turns > MUTANT_TURNS)
		mutant_endless();
	return true;
}

/* An object that there is not is nobody's: what a mutant finds there is no answer. */
static inline unsigned mutant_index(unsigned i, unsigned n)
{
	if (i >= n)
		abort();
	return i;
}

#undef PAGE
#undef SLOT
#undef SI
#define PAGE(i)		(&m->page[mutant_index((unsigned)(i), MAX_PAGES)])
#define SLOT(i)		(&m->slot[mutant_index((unsigned)(i), MAX_SLOTS)])
#define SI(i)		(&m->si[mutant_index((unsigned)(i), MAX_DEVICES)])

/* A condition, which mutant n turns round. */
static inline bool mutant_not(unsigned n, bool is)
{
	mutant_felt[n] = true;
	return mutant_is(n) ? !is : is;
}

/* What is waited for: mutant n does not wait. */
static inline bool mutant_at_once(unsigned n, bool is)
{
	if (!is)
		mutant_felt[n] = true;
	return mutant_is(n) ? true : is;
}

/* Whether a statement is made. */
static inline bool mutant_do(unsigned n)
{
	mutant_felt[n] = true;
	return !mutant_is(n);
}

/* By hand: whether the text that the list has instead stands here. */
static inline bool mutant_by_hand(unsigned n)
{
	mutant_felt[n] = true;
	return mutant_is(n);
}

/*
 * Locks: a line's mutant leaves out what it does, and the step stays.  One that was not taken can
 * be dropped: what is wrong then is to show in what is guarded.
 */
extern bool mutant_unlocked;

#undef LOCK
#define LOCK(text, lock_, kind_, index_) do {					\
	STOP_(text, KIND_LOCK);							\
	if (!mutant_do(mutant_lock[__LINE__])) {				\
		mutant_unlocked = true;						\
		break;								\
	}									\
	if (lock_) {								\
		c->wait = (kind_);						\
		c->wait_index = (obj_t)(index_);				\
		return BLOCKED;							\
	}									\
	(lock_) = (uint8_t)(c->task + 1);					\
} while (0)

#undef UNLOCK
#define UNLOCK(text, lock_) do {						\
	STOP_(text, KIND_UNLOCK);						\
	if (!mutant_do(mutant_lock[__LINE__]))					\
		break;								\
	c->ev.misused |= (lock_) != c->task + 1 && !mutant_unlocked;		\
	if ((lock_) == c->task + 1)						\
		(lock_) = 0;							\
} while (0)

#endif
