/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explain.h - a finding in the fewest steps that convince: who stored, looked up, erased, freed and
 * read what is wrong, and the switch from one task to another without which nothing happens.
 *
 *	explain_finding()	a finding of any recorded run: model, threads, or capture
 *	explain_life()		where an object changed: its life, a step each
 *	explanation_free()
 *
 * A finding speaks of objects.  Behind it are the causes that replay/cause finds, one after the
 * other, and the objects that these are about (chain.c).  A step matters where it changes one of
 * those objects in a way that counts (acts.c: a pointer is taken, a pin, an entry is freed, ..), or
 * where it asked about one and was answered what is no longer so when the run breaks (again.c).
 * Of what matters as many steps are kept as a reader takes in.
 *
 * Which switches are needed is tried (switches.c), in a run of the model: a preempted task is let
 * run on, the rest goes on in the order that it has, and what still breaks needed no such switch.
 * What is left when no more can be taken away is needed, as far as that rest goes.  A run of
 * threads or of a kernel cannot be made again otherwise; there the switch is read off the chain,
 * and `how` says so.
 *
 * Everything is bounded by what the caller lets it look at.  A file may say anything; what it
 * names and does not have is left out.
 */
#ifndef SWAPSCOPE_REPLAY_EXPLAIN_EXPLAIN_H
#define SWAPSCOPE_REPLAY_EXPLAIN_EXPLAIN_H

#include "traces/read/lens.h"
#include "traces/read/read.h"

#pragma GCC visibility push(default)

/* X(role, its name): what a step did, or was there for. */
#define EXPLAIN_ROLES(X)						\
	X(WRITE,	"write")	/* the owner, to its page */	\
	X(ALLOCATE,	"allocate")	/* a folio, a slot */		\
	X(STORE,	"store")	/* into a zswap entry */	\
	X(LOOKUP,	"lookup")	/* finds, or asks */		\
	X(REFERENCE,	"reference")	/* counts one up */		\
	X(PUT,		"put")		/* gives one back */		\
	X(PIN,		"pin")						\
	X(UNPIN,	"unpin")					\
	X(LOCK,		"lock")						\
	X(UNLOCK,	"unlock")					\
	X(INSERT,	"insert")	/* tree, swap cache */		\
	X(ERASE,	"erase")					\
	X(FREE,		"free")		/* entry, folio, slot */	\
	X(READ,		"read")		/* fills a folio */		\
	X(SUBMIT,	"submit")	/* a write of a block */	\
	X(BLOCK,	"block")	/* a block is written, or dropped */ \
	X(MAP,		"map")						\
	X(UNMAP,	"unmap")					\
	X(CHANGE,	"change")	/* any other */			\
	X(WAIT,		"wait")						\
	X(REPEAT,	"repeat")					\
	X(FINDING,	"finding")	/* what breaks the property */

enum explain_role {
#define X(name, text) EXPLAIN_##name,
	EXPLAIN_ROLES(X)
#undef X
	EXPLAIN_ROLE_COUNT
};

const char *explain_role_name(enum explain_role r);

#define EXPLAIN_LINKS	14	/* a reader takes in */
#define EXPLAIN_TEXT	400
#define EXPLAIN_SWITCHES 8

/* A step that matters. */
struct explain_link {
	uint64_t at;			/* the transition, 1 .. */
	uint32_t task;
	struct trace_object object;	/* OBJ_NONE: it is about none */
	enum explain_role role;
	char text[EXPLAIN_TEXT];	/* "T0 finds entry 1 of slot 0 in zswap_load()" */
};

/* After transition `at` task `from` is held up: `to` moves, and it goes on with `on` (or 0). */
struct explain_switch {
	uint64_t at, on;
	uint32_t from, to;		/* tasks */
	bool other;		/* it breaks without this one too: another takes its place */
	char text[EXPLAIN_TEXT];	/* a sentence */
};

enum explain_how {
	SWITCHES_TRIED,		/* without any of them the rest of the run breaks nothing */
	SWITCHES_READ,		/* read off the chain: such a run cannot be made again otherwise */
	SWITCHES_BOUNDED,	/* the run is too long: not all were tried */
	SWITCHES_NOT_ASKED,	/* a run without end, or one that needs another program */
};

struct explanation {
	char property[16];
	char rule[200];			/* its sentence, or "" */
	char what[600];			/* what the run says of it, without the rule */
	uint64_t position;		/* of the finding */
	bool cost;			/* it is no violation */
	bool repeats;			/* transitions loop + 1 to `position`, for ever */
	uint64_t loop;
	struct explain_link *link;	/* in the order of the run; the last one is the finding */
	unsigned links;
	struct explain_switch needed[EXPLAIN_SWITCHES];	/* in the order of the run */
	unsigned switches;		/* how many there are, told or not */
	unsigned preemptions;		/* so many of the run hold a task up */
	enum explain_how how;
	char *shortest;			/* a schedule with these switches alone; NULL: not made */
	char beside[900];		/* the same schedule where the bug is repaired; or "" */
	bool bounded;			/* there may be more before what was looked at */
};

/*
 * Explain finding number `number` (from 0) of a run, looking at `most` transitions for an answer.
 * Returns 0; -ENOENT where the run has no such finding; or a negative errno.
 */
int explain_finding(struct explanation *e, struct trace *t, size_t number, uint64_t most);
void explanation_free(struct explanation *e);

/* A run that has no such finding ends in a cost: explain its last transition, as a cost's. */
int explain_cost(struct explanation *e, struct trace *t, const char *property, uint64_t most);

/*
 * Call `event` with every transition from `from` to `to` that changed an object in a way that is
 * told, in order; `text` is what it came to for it ("T0 takes a pointer to entry 1 .."), "" where
 * only values say it.  A non-zero return of `event` stops and is returned.  0 or a negative errno.
 */
int explain_life(struct trace *t, struct trace_object o, uint64_t from, uint64_t to,
		 int (*event)(void *arg, uint64_t at, enum explain_role role, const char *text),
		 void *arg);

#pragma GCC visibility pop

#endif
