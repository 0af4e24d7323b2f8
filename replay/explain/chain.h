/* SPDX-License-Identifier: GPL-2.0-only */
/* chain.h - the steps that matter for a finding, while they are looked for. */
#ifndef SWAPSCOPE_REPLAY_EXPLAIN_CHAIN_H
#define SWAPSCOPE_REPLAY_EXPLAIN_CHAIN_H

#include "replay/explain/parts.h"

#define CHAIN_OBJECTS	32
#define CHAIN_SPANS	12

struct candidate {
	uint64_t at;
	enum weight weight;
	bool asks;			/* a question of the task that breaks it */
	struct explain_link link;
};

/* An object, and how long it is the one that is meant: numbers are used again. */
struct subject {
	struct trace_object object;
	uint64_t from, to;
};

struct chain {
	struct trace *t;
	struct again *again;
	uint64_t end;			/* the transition that breaks it */
	uint64_t oldest;		/* the first of its causes */
	uint64_t most;
	struct subject subject[CHAIN_OBJECTS];	/* what it is about */
	unsigned subjects;
	struct {
		uint64_t from, to;
	} span[CHAIN_SPANS];		/* operations that its causes are of, up to there */
	unsigned spans;
	struct candidate *candidate;	/* owned; a position once */
	size_t n, cap;
	char of_end[EXPLAIN_TEXT];	/* what else is to be said of the last step */
	bool bounded;
};

/*
 * The links of *e, whose property, text and position are there.  `again` is the same run made
 * again, or was not made.  0 or a negative errno.
 */
int chain_make(struct explanation *e, struct trace *t, struct again *again, uint64_t most);

/*
 * Where a page has old data: its owner's last write, and where that went, count as causes, without
 * which the rest reads as if it were right.
 */
void chain_weigh_newest(struct chain *c);

/* Where data is lost that a PTE refers to: what was done last to that. */
void chain_weigh_pte(struct chain *c);

#endif
