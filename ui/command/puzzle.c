/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * puzzle.c - you are the scheduler: break it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ui/command/command.h"
#include "ui/present/puzzle.h"
#include "ui/terminal/tty.h"

struct puzzle_args {
	struct kernel_choice kernel;
	uint32_t properties;
	bool lines;
};

/* A kernel in which there is something to break: its bug's, or one that the file expects so. */
static void breakable(const struct scenario *s, struct kernel *k, char *text, size_t size)
{
	if (s->bug.present) {
		*k = s->bug.shows.kernel;
		snprintf(text, size, "%s", s->bug.shows.text);
		return;
	}
	for (unsigned i = 0; i < s->expects; i++) {
		const struct expect *e = &s->expect[i];
		size_t n;

		if (e->safe)
			continue;
		expect_kernel(e, k);
		n = (size_t)snprintf(text, size, "%s", e->kernel);
		for (unsigned j = 0; j < e->set_count && n < size; j++)
			n += (size_t)snprintf(text + n, size - n, " %s", e->sets[j]);
		return;
	}
	*k = s->kernel;
	snprintf(text, size, "%s", s->kernel_name);
}

static int choose(const struct puzzle_args *a, const struct scenario *s, struct kernel *k,
		  char *text, size_t size)
{
	if (a->kernel.name)
		return choose_kernel(&a->kernel, s, NULL, k, text, size);
	breakable(s, k, text, size);
	return choose_switches(&a->kernel, k, text, size);
}

static int play(const struct puzzle_args *a, const struct scenario *s)
{
	char kernel_name[KERNEL_TEXT_MAX];
	struct puzzle p = { .scenario = s };
	struct kernel k;
	int status = choose(a, s, &k, kernel_name, sizeof(kernel_name));

	if (status)
		return status;
	p.kernel = &k;
	p.kernel_name = kernel_name;
	/* of a LIVELOCK no step is the one that breaks it; a cost breaks nothing */
	p.only = ((1u << PROPERTY_COUNT) - 1) & ~properties_costs() & ~(1u << PROP_LIVELOCK);
	if (a->properties && !(a->properties & p.only))
		return usage_error("puzzle: --property: a cost or a LIVELOCK is no step's");
	if (a->properties)
		p.only &= a->properties;
	status = puzzle_begin(&p);
	if (status)
		return status;
	status = a->lines || tty_check() ? -ENOTTY : puzzle_terminal(&p);
	return status == -ENOTTY ? puzzle_lines(&p, stdin) : status;
}

static int exec_puzzle(void *args, const struct operands *in)
{
	struct scenario s;
	int status = load_scenario(&s, in->n ? in->word[0] : "debate");

	if (status)
		return status;
	status = play(args, &s);
	scenario_free(&s);
	return status;
}

static const struct option_row options[] = {
	KERNEL_OPTIONS(puzzle_args, kernel),
	VALUE_OPTION(puzzle_args, "property", OPT_PROPERTY, properties, "P",
		     "Only this property counts. May be given several times."),
	FLAG_OPTION(puzzle_args, "lines", lines,
		    "Take moves from standard input, one a line, on a terminal too."),
	{ 0 },
};

const struct command cmd_puzzle = {
	.name = "puzzle",
	.brief = "you are the scheduler: break it, in as few steps as you can",
	.about = "A scenario under a kernel that can be broken: you say who moves, step by step, "
		 "until a property is violated. The score is the length of the shortest schedule "
		 "against yours; a hint counts as a step. Without --kernel it is the kernel that "
		 "has the scenario's bug, or the first in which its file expects a violation; "
		 "without a scenario it is the debate.\n\n"
		 "On a terminal it is the debugger, by hand ('swapscope step'): asking what can "
		 "still go wrong (a, A) is a hint. Without one, or with --lines, a line of "
		 "standard input is a move: a task ('T0'), several ('T0*3'), or one with another "
		 "outcome ('T0/1'); undo, hint, help and quit.",
	.option = options,
	.operand = { { "SCENARIO", WORD_SCENARIO } },
	.most = 1,
	.needs = "one scenario at a time",
	.status = { "broken", NULL, "wrong usage or input", "not broken, or it cannot be" },
	.example = {
		{ "swapscope puzzle <<<'T0*7 W*11 T0'",
		  "the debate without the pin; solved in one line" },
		{ "swapscope puzzle aborted-bypass --lines <<<'T0*12 M T0/1 T0 M*2'",
		  "the data loss of March 2024" },
	},
	.args_size = sizeof(struct puzzle_args),
	.exec = exec_puzzle,
};
