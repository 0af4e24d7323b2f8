/* SPDX-License-Identifier: GPL-2.0-only */
#include <limits.h>

#include "ui/command/command.h"

struct help_args {
	bool man, complete;
};

static int exec_help(void *args, const struct operands *in)
{
	const struct help_args *a = args;
	const struct command *c = NULL;

	if (a->complete) {
		complete(stdout, in->n, in->word);
		return EXIT_OK;
	}
	if (in->n > 1)
		return usage_error("help: one command at a time; '%s' is too much", in->word[1]);
	if (in->n && !(c = command_named(in->word[0])))
		return command_unknown(in->word[0]);
	if (a->man)
		help_man(stdout, c);
	else if (c)
		help_command(stdout, c);
	else
		help_overview(stdout);
	return EXIT_OK;
}

static const struct option_row options[] = {
	FLAG_OPTION(help_args, "man", man, "Print the man page, in mdoc(7)."),
	FLAG_OPTION(help_args, "complete", complete,
		    "Print what may stand for the last of the words behind --, for the completion "
		    "of a shell."),
	{ 0 },
};

const struct command cmd_help = {
	.name = "help",
	.brief = "what there is to run, or what one command takes",
	.about = "Prints the commands, or what one of them takes: its options, two examples, and "
		 "what its exit statuses mean. Several words are for --complete alone.",
	.option = options,
	.operand = { { "COMMAND", WORD_COMMAND }, { "WORD", WORD_ANY } },
	.most = INT_MAX,
	.status = { "done", NULL, "no such command, or wrong usage" },
	.example = {
		{ "swapscope help explore", "what explore takes" },
		{ "swapscope help --man view | mandoc -l",
		  "the man page of view, without installing" },
	},
	.args_size = sizeof(struct help_args),
	.exec = exec_help,
};
