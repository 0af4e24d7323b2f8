/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scenario.h - a scenario file: the world at the start, the tasks, and what is
 * expected of every kernel.  The format is docs/scenario-format.md.
 */
#ifndef SWAPSCOPE_CORE_SCENARIO_H
#define SWAPSCOPE_CORE_SCENARIO_H

#include "core/kernel.h"
#include "core/step.h"

#define SCENARIO_NAME_MAX	64
#define SCENARIO_TEXT_MAX	512
#define SCENARIO_EXPECTS	24
#define SCENARIO_REACHES	8
#define SCENARIO_SETS		8

#define FOR_EVER		0	/* an item's `times` */

/* One operation in a task's program. */
struct item {
	uint8_t op;		/* enum op */
	uint8_t page;		/* the operation's page; reclaim: page + 1, 0 for any */
	uint8_t aux;		/* touch: AUX_WRITE */
	uint8_t times;		/* FOR_EVER or 1 .. 255 */
};

struct program {
	char name[16];		/* "T0" */
	uint8_t items;
	uint8_t must_finish;	/* nothing in it runs for ever */
	struct item item[MAX_ITEMS];
};

/* One line of [expect]: a kernel, changed switches, and the verdict. */
struct expect {
	char kernel[SCENARIO_NAME_MAX];
	char sets[SCENARIO_SETS][32];	/* "load=exclusive" */
	uint8_t set_count;
	uint8_t safe;
	uint32_t any;			/* properties: one of them at least must be found */
	uint32_t not;			/* properties: none of these may be found */
	unsigned line;			/* in the file */
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
	char reach[SCENARIO_REACHES][96];	/* "operation: step", to be reached where safe */
	unsigned reaches;
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
	enum verb_page { PAGE_NEVER, PAGE_ALWAYS, PAGE_MAY } page;
};

/* All verbs; *n gets their number.  Owned by the library. */
const struct verb *scenario_verbs(size_t *n);

/* The kernel of an [expect] line; its names were checked by the parser. */
void expect_kernel(const struct expect *e, struct kernel *k);

/* The world at the start, under every kernel: the pages, and every task at its first step. */
void scenario_start(const struct scenario *s, struct world *w);

/* The first step named "operation: beginning of its text", or -1. */
int scenario_step(const char *text);

/* Shipped scenarios, built into the program.  examples/NAME.scn is the source of each. */
struct builtin {
	const char *name;
	const char *text;
};
extern const struct builtin builtin_scenarios[];
extern const size_t builtin_scenario_count;

#endif
