/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * proof.h - why a load needs no reference count: the argument's steps, held in every transition.
 *
 * The argument (v6.9): whoever takes an entry out of zswap's tree has the pin of its slot; the
 * pin has one holder; a load that does not take its entry has the pin until it is done.  So
 * nobody takes away what it reads.  Five may take an entry out: a store, a load, writeback, the
 * freeing of the slot, swapoff.  To v6.19 the pin is SWAP_HAS_CACHE: had by the task that took
 * it, and while a folio is in the swap cache by who has that folio's lock.  From v7.0 on it is
 * the folio in the swap table, had by who has its lock.
 *
 * proof_make() goes through all transitions of an exploration, counts where each step of the
 * argument is put to the test and where it fails, and who was turned away by whom: for an
 * argument that nothing ever tested has shown nothing.  Failing is no violation of a property.
 */
#ifndef SWAPSCOPE_REPLAY_WHY_PROOF_H
#define SWAPSCOPE_REPLAY_WHY_PROOF_H

#include "core/explore/explore.h"

#pragma GCC visibility push(default)

/* X(name, short name, sentence) */
#define PROOF_STEPS(X)									\
	X(U1, "u1", "a store takes the slot's old entry out with the pin")		\
	X(U2, "u2", "a load takes an entry out with the pin")				\
	X(U3, "u3", "writeback takes an entry out with the pin")			\
	X(U4, "u4", "a slot that dies drops its entry where nobody has, or can get, the pin") \
	X(U5, "u5", "swapoff frees the tree when no slot is in use")			\
	X(PIN, "P", "the pin is handed on and dropped by its holder alone")		\
	X(LOAD, "T", "while a fault around the cache reads an entry, nobody else unlinks it") \
	X(R1, "r1", "a load looks for its entry with the pin")				\
	X(R2, "r2", "a load reads its entry with the pin")				\
	X(R3, "r3", "a slot that is given out has no entry")				\
	X(R4, "r4", "a page that is swapped out past zswap leaves no entry behind")	\
	X(R5, "r5", "writeback reads its entry with the pin")				\
	X(R6, "r6", "nobody clears a pin that is another's")

enum proof_step {
#define X(name, id, text) PROOF_##name,
	PROOF_STEPS(X)
#undef X
	PROOF_COUNT
};

struct proof_line {
	uint64_t tested;	/* transitions that put it to the test */
	uint64_t failed;	/* of these */
	struct schedule way;	/* to the first that fails, with it; owned */
};

/* Who: what a task is doing, as far as the argument is concerned. */
enum proof_who {
	WHO_BYPASS,		/* a fault around the swap cache */
	WHO_CACHED,		/* a fault, or readahead, through it */
	WHO_STORE,		/* a page on its way out */
	WHO_WRITEBACK,		/* zswap's shrinker */
	WHO_SWAPOFF,
	WHO_FREE,		/* munmap, MADV_DONTNEED, the drain */
	WHO_OTHER,		/* another operation */
	WHO_FOLIO,		/* nobody: a folio in the swap cache that is not locked */
	WHO_DEAD,		/* nobody: a dead slot */
	WHO_NEXT,		/* nobody: the slot has another entry than before, or none */
	WHO_DEVICE,		/* a device has the folio */
	WHO_COUNT
};

/* One was turned away, or has to wait. */
struct proof_turn {
	enum proof_who who, by;
	const char *how;	/* a result's text, or what it waits for */
	uint64_t times;		/* transitions; of a wait, states in which it waits */
	bool waits;
};
#define PROOF_TURNS	64

struct proof {
	struct proof_line line[PROOF_COUNT];
	struct proof_turn turn[PROOF_TURNS];	/* in order of who, by, how */
	unsigned turns;
	uint64_t states, transitions;
	unsigned runs;		/* explorations that this is of */
	bool folio;		/* the pin is the folio in the swap table */
	bool complete;		/* every state was looked at */
};

const char *proof_id(enum proof_step s);	/* "u1" */
const char *proof_text(enum proof_step s);
const char *proof_who_text(enum proof_who w);	/* "a fault around the swap cache" */

/*
 * The exploration is of scenario `s` under `k`.  0, -ENOMEM, or -EINTR where `stop` (may be NULL)
 * says so; proof_free() in any case.
 */
int proof_make(struct proof *p, struct exploration *x, const struct scenario *s,
	       const struct kernel *k, bool (*stop)(void));
void proof_free(struct proof *p);

/* Add the counts of another exploration, without its schedules, to a sum that began as zeroes. */
void proof_add(struct proof *sum, const struct proof *p);

#pragma GCC visibility pop

#endif
