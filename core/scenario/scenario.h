/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scenario.h - a scenario file: the world at the start, the tasks, and what is expected of every
 * kernel.  The format is docs/scenario-format.md.
 *
 *	scenario_load()		finds the text of a name or a path; scenario_parse() reads it
 *	scenario_start()	the world with every task at its first step, under a kernel
 *	task_step()		task.h: one task by one step, and on to its next one
 *	execution_run()		schedule.h: a whole schedule, every world kept, bytes beside stamps
 *	scenario_free()
 *
 * A scenario owns its text and nothing else; it is not changed once it is parsed, so that threads
 * may share one.  Explorations and executions point into it and must not outlive it.  The kernel
 * is no part of it: the file names one, the caller may run it under any.
 *
 * A task is a program of operations.  It stands at a step from the beginning (task_begin() needs
 * no world for that, step.h says why), so that where it stands at its start is the same in every
 * run of a scenario, and task_at_start() compares bytes.
 *
 * Who calls whom: scenario.c (files, the start, what is expected) parse.c; that goes through the
 * text section by section and has page.c for [page N] and bug.c for [bug]; both it and page.c
 * read values by value.c.  Between these is parse.h.  task.c and schedule.c know a scenario, and
 * nothing of how it was read.
 */
#ifndef SWAPSCOPE_CORE_SCENARIO_SCENARIO_H
#define SWAPSCOPE_CORE_SCENARIO_SCENARIO_H

#include "core/kernel.h"
#include "core/step.h"

#pragma GCC visibility push(default)

#define SCENARIO_NAME_MAX	64
#define SCENARIO_TEXT_MAX	512
#define SCENARIO_EXPECTS	32
#define SCENARIO_REACHES	12
#define REACH_MAX		200	/* a line is no longer */
#define SCENARIO_SETS		8
#define BUG_ID_MAX		9
#define BUG_COMMITS		6
#define BUG_CVES		4
#define BUG_TELLS		12
#define BUG_TELL_MAX		200

#define FOR_EVER		0	/* an item's `times` */

/* One operation in a task's program. */
struct item {
	uint8_t op;		/* enum op */
	uint8_t page;		/* the operation's page; reclaim: page + 1, 0 for any */
	uint8_t to;		/* fork, move: the other page; swapoff: the device */
	uint8_t aux;		/* touch: AUX_WRITE */
	uint8_t times;		/* FOR_EVER or 1 .. 255 */
};

struct program {
	char name[16];		/* "T0" */
	uint8_t items;
	uint8_t must_finish;	/* nothing in it runs for ever */
	uint8_t environment;	/* it has operations of the environment only */
	uint8_t priority;	/* 1 .. 9: those that have one share a CPU; 0: has none */
	struct item item[MAX_ITEMS];
};

/* One line of [expect]: a kernel, changed switches, and the verdict. */
struct expect {
	char kernel[SCENARIO_NAME_MAX];
	char sets[SCENARIO_SETS][32];	/* "load=exclusive" */
	uint8_t set_count;
	uint8_t safe;
	uint32_t any;			/* properties: one of them at least must be found */
	uint32_t all;			/* costs, of a safe case: each of them must be found */
	uint32_t not;			/* properties, or costs: none of these may be found */
	unsigned line;			/* in the file */
};

/* A kernel as it is written, "v6.5 load=exclusive", and what that stands for. */
struct named_kernel {
	char text[SCENARIO_NAME_MAX * 2];
	struct kernel kernel;
};

/* [bug]: the kernel's bug that a scenario expresses.  Its texts are for people. */
struct bug {
	char id[BUG_ID_MAX];		/* "B7"; "" where the scenario is of no bug */
	char commit[BUG_COMMITS][48];	/* the repair, or the repairs */
	unsigned commits;
	char cve[BUG_CVES][20];		/* "CVE-2024-26759" */
	unsigned cves;
	char subject[160];
	char introduced[160];
	char fixed[160];
	struct named_kernel shows;	/* has the bug */
	struct named_kernel beside;	/* has it no more */
	uint8_t property;		/* enum property: what the bug violates */
	char tell[BUG_TELLS][BUG_TELL_MAX + 1];	/* the narration, a sentence each */
	unsigned tells;
	bool present;			/* there is a [bug] section */
	uint16_t keys;			/* of it: which have been read */
};

struct scenario {
	char name[SCENARIO_NAME_MAX];	/* of the shipped scenario, or the file's path */
	char title[SCENARIO_TEXT_MAX];
	char kernel_name[SCENARIO_NAME_MAX];
	struct kernel kernel;		/* the preset and the switches set in the file */
	struct machine hw;
	struct world start;		/* tasks already stand at their first step */
	struct program program[MAX_TASKS];
	unsigned tasks;			/* the device's own included, where there is one */
	unsigned max_depth;		/* bounds; 0: none */
	uint64_t max_states;
	char bounded[SCENARIO_TEXT_MAX];	/* why a bound may be hit; "" if it may not */
	struct expect expect[SCENARIO_EXPECTS];
	unsigned expects;
	char reach[SCENARIO_REACHES][REACH_MAX];	/* scenario_reach(): where it is safe */
	unsigned reaches;
	struct bug bug;
	char *text;			/* the file, whole; owned by the scenario */
};

struct scenario_error {
	unsigned line;			/* 0: not about a line */
	char text[256];			/* what is wrong and what would be right */
};

/*
 * Parse `text`, which is called `name` in messages.
 * Returns 0 and fills *s (free it with scenario_free), or -EINVAL / -ENOMEM and
 * fills *err; then *s needs no freeing.
 */
int scenario_parse(struct scenario *s, const char *name, const char *text,
		   struct scenario_error *err);

/*
 * Load a shipped scenario by name or a file by path.  A file is at most 256 KiB.
 * Returns as scenario_parse(), or -ENOENT when there is neither.
 */
int scenario_load(struct scenario *s, const char *name_or_path, struct scenario_error *err);
void scenario_free(struct scenario *s);

/* What may stand behind `run =`. */
struct verb {
	const char *name;
	uint8_t op;			/* enum op */
	uint8_t aux;			/* touch: AUX_WRITE */
	enum verb_page { PAGE_NEVER, PAGE_ALWAYS, PAGE_MAY, PAGE_TWO } page;
};

/* All verbs; *n gets their number.  Owned by the library. */
const struct verb *scenario_verbs(size_t *n);

/* The verb of an operation in a program; NULL: the device's own. */
const struct verb *scenario_verb_of(const struct item *i);

/* "read page 0", "fork page 0 to 1", "end_io"; not how often.  buf of ITEM_TEXT_MAX; returned. */
#define ITEM_TEXT_MAX	48
const char *item_text(const struct item *i, char *buf);

/* The kernel of an [expect] line; its names were checked by the parser. */
void expect_kernel(const struct expect *e, struct kernel *k);

/*
 * Whether a search comes to what is expected: what it found, as bits, and of which properties it
 * is known that there is no more (known_properties(), core/explore/explore.h).
 */
bool expect_met(const struct expect *e, uint32_t found, uint32_t known);

/*
 * "KERNEL [SWITCH=VALUE ...]", the value of key `name`.  Returns 0, or -EINVAL and in `err` (size
 * bytes) what is wrong and what would be right.
 */
int named_kernel_parse(struct named_kernel *k, const char *name, const char *value, char *err,
		       size_t size);

/*
 * One "name = value" of [bug].  Returns 0, or -EINVAL and in `err` (size bytes) what is wrong and
 * what would be right.
 */
int bug_parse(struct bug *b, const char *name, const char *value, char *err, size_t size);

/* Whether a [bug] section that was read to its end lacks nothing.  Returns as bug_parse(). */
int bug_check(const struct bug *b, char *err, size_t size);

/*
 * The world at the start: the pages, and every task at its first step.  It is the same under
 * every kernel, but that in v7.0 a folio in the swap cache needs no SWAP_HAS_CACHE.
 */
void scenario_start(const struct scenario *s, const struct kernel *k, struct world *w);

/* The first step named "operation: beginning of its text", or -1. */
int scenario_step(const char *text);

/* Something to be reached: a step, and what it comes to. */
struct goal {
	int step;
	const char *result;	/* the beginning of its text; NULL: whatever it comes to */
	size_t length;		/* of that beginning, which need not be terminated */
};

/*
 * The goal of a text, into which it points: "operation: step", or "operation: step = result".
 * Returns 0; -ENOENT: there is no such step; -EINVAL: it never comes to that.
 */
int scenario_goal(const char *text, struct goal *g);
bool goal_met(const struct goal *g, int step, const struct result *result);

/*
 * What a `reach` says: a goal; with `during` one that a task meets while another has met `from` in
 * its present operation, one of its program, and has not met `to` since.
 */
struct reach {
	struct goal goal;
	bool during;
	struct goal from, to;
};

#define REACH_WHILE	" while "

/*
 * "GOAL", or "GOAL while GOAL .. GOAL", where the last one's operation may be left out: it is that
 * of the one before.  Points into the text.  Returns as scenario_goal(), and in `err` (size bytes)
 * what is wrong and what would be right (NULL, 0: not asked); -EINVAL also where the two steps are
 * not there.
 */
int scenario_reach(const char *text, struct reach *r, char *err, size_t size);

/* Shipped scenarios, built into the program.  examples/NAME.scn is the source of each. */
struct builtin {
	const char *name;
	const char *text;
};
extern const struct builtin builtin_scenarios[];
extern const size_t builtin_scenario_count;

#pragma GCC visibility pop

#endif
