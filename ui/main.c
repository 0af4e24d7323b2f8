/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "ui/command/command.h"

static const struct command *const commands[] = {
	&cmd_tour, &cmd_catalog, &cmd_list, &cmd_explore, &cmd_matrix, &cmd_run, &cmd_live,
	&cmd_probes, &cmd_import, &cmd_check, &cmd_findings, &cmd_stories, &cmd_view, &cmd_sql,
	&cmd_pack, &cmd_unpack,
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int help(void)
{
	puts("swapscope: every interleaving of Linux's compressed swap caching, run, logged and "
	     "replayed\n");
	puts("usage: swapscope [COMMAND ...]      without one: the tour\n");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  swapscope %-8s %s\n      %s\n", commands[i]->name, commands[i]->args,
		       commands[i]->help);
	puts("\nSCENARIO is a file or the name of a shipped one.  Exit status: 0 done and nothing "
	     "violated,\n"
	     "1 a property is violated, 2 wrong usage or input, 3 a bound was hit: "
	     "unknown.");
	return EXIT_OK;
}

/* An answer that could not be written is no answer. */
static int finish(int status)
{
	if ((fflush(stdout) || ferror(stdout)) && status != EXIT_USAGE)
		return usage_error("standard output: %s", strerror(errno));
	return status;
}

int main(int argc, char **argv)
{
	const char *names[COMMANDS];
	char near[HINT_MAX];

	setlocale(LC_CTYPE, "");
	if (argc < 2)
		return finish(cmd_tour.exec(1, (char *[]){ (char *)"tour", NULL }));
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return finish(help());
	if (!strcmp(argv[1], "--version")) {
		puts("swapscope " SWAPSCOPE_VERSION);
		return finish(EXIT_OK);
	}
	for (size_t i = 0; i < COMMANDS; i++) {
		names[i] = commands[i]->name;
		if (!strcmp(argv[1], names[i]))
			return finish(commands[i]->exec(argc - 1, argv + 1));
	}
	return usage_error("no command '%s'%s; 'swapscope --help' shows them", argv[1],
			   hint(near, argv[1], names, COMMANDS));
}
