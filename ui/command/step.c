/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * step.c - a scenario stepped by hand: the debugger on a run that has no moves yet.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "replay/hand/hand.h"
#include "ui/command/command.h"
#include "ui/text/names.h"
#include "ui/show/show.h"

struct step_args {
	struct kernel_choice kernel;
	const char *schedule;
	const char *save;
	bool lines;
};

static int exec_step(void *args, const struct operands *in)
{
	const struct step_args *a = args;
	char kernel_text[KERNEL_TEXT_MAX];
	struct scenario s;
	struct kernel k;
	int status = load_scenario(&s, in->word[0]);

	if (status)
		return status;
	status = choose_kernel(&a->kernel, &s, NULL, &k, kernel_text, sizeof(kernel_text));
	if (!status)
		status = show_by_hand(&(struct by_hand_start){
			.scenario = &s, .kernel = &k, .kernel_name = kernel_text,
			.schedule = a->schedule, .save = a->save, .lines = a->lines });
	scenario_free(&s);
	return status;
}

static const struct option_row options[] = {
	KERNEL_OPTIONS(step_args, kernel),
	VALUE_OPTION(step_args, "schedule", OPT_TEXT, schedule, "TEXT",
		     "Moves that are made first, 'T0*3 W T1/1': a task, *N for N moves, /C for "
		     "outcome C. As many as can be made; why the next cannot is told."),
	SAVE_OPTION(step_args, "save", save, "Record every branch when the debugger is left."),
	FLAG_OPTION(step_args, "lines", lines,
		    "Read commands from standard input, one a line, and answer in lines: for "
		    "screen readers and scripts."),
	{ 0 },
};

const struct command cmd_step = {
	.name = "step",
	.brief = "a scenario, stepped by hand: which task moves next, and with which outcome",
	.about = "Opens the debugger on a scenario at its start. What can happen next is listed: "
		 "up and down select, enter makes the move, 1 to 9 make one at once; U undoes. a "
		 "asks what can still go wrong from here, s sets a switch of the kernel and shows "
		 "the same schedule beside. ? has the rest.\n\n"
		 "Without a terminal, or with --lines, commands are read from standard input: "
		 "'help' lists them. A signal that ends the screen is exit status 130.",
	.option = options,
	.operand = { { "SCENARIO", WORD_SCENARIO } },
	.least = 1, .most = 1,
	.needs = "which scenario? 'swapscope list scenarios' shows the shipped ones",
	.status = { "done", NULL, "wrong usage or input; a schedule that cannot be made" },
	.example = {
		{ "swapscope step debate --kernel debate-a", "the debate, without the pin" },
		{ "swapscope step debate --schedule 'T0*9 W*3'", "from a position of it" },
	},
	.args_size = sizeof(struct step_args),
	.exec = exec_step,
};
