/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "core/file/output.h"
#include "ui/command/command.h"

/* An answer that could not be written is no answer. */
static int finish(int status)
{
	if ((fflush(stdout) || ferror(stdout)) && status != EXIT_USAGE)
		return usage_error("standard output: %s", strerror(errno));
	return status;
}

/* A signal that ends the program leaves no file behind that is not whole. */
static void leave_nothing(void)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (signal(ends[i], output_on_signal) == SIG_IGN)
			signal(ends[i], SIG_IGN);	/* nohup */
}

int main(int argc, char **argv)
{
	static char tour[] = "tour";
	const struct command *c;

	setlocale(LC_CTYPE, "");
	leave_nothing();
	if (argc < 2)
		return finish(command_run(&cmd_tour, 1, (char *[]){ tour, NULL }));
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		puts("swapscope " SWAPSCOPE_VERSION);
		return finish(EXIT_OK);
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return finish(command_run(&cmd_help, argc - 1, argv + 1));
	c = command_named(argv[1]);
	if (!c)
		return finish(command_unknown(argv[1]));
	return finish(command_run(c, argc - 1, argv + 1));
}
