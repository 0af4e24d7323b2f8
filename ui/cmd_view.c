/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/cmd.h"

/* "FILE" or "FILE:RUN"; a file whose name has a colon and digits at its end wins. */
static int open_run(struct trace **t, const char *arg)
{
	const char *colon = strrchr(arg, ':');
	char path[4096], err[TRACE_ERROR_MAX];
	uint64_t run = 0;
	FILE *probe;
	int status;

	if (strlen(arg) >= sizeof(path))
		return usage_error("view: a file name is at most %zu bytes", sizeof(path) - 1);
	strcpy(path, arg);
	probe = fopen(path, "r");
	if (probe) {
		fclose(probe);
	} else if (colon) {
		status = number_argument("view: run", colon + 1, INT32_MAX, &run);
		if (status)
			return status;
		path[colon - arg] = '\0';
	}
	if (trace_open(t, path, (int)run, err))
		return usage_error("%s", err);
	return EXIT_OK;
}

static int exec_view(int argc, char **argv)
{
	struct chapter chapter = { 0 };
	const char *files[2];
	unsigned n = 0;
	bool plain = false;
	int status = EXIT_OK;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--plain"))
			plain = true;
		else if (argv[i][0] == '-' || n == 2)
			return usage_error("view: '%s' is too much; 'swapscope --help' shows how",
					   argv[i]);
		else
			files[n++] = argv[i];
	}
	if (!n)
		return usage_error("view: which run? 'swapscope --help' shows how");
	for (unsigned i = 0; i < n && !status; i++)
		status = open_run(&chapter.run[i], files[i]);
	if (!status && n == 2 && align_runs(&chapter.alignment, chapter.run[0], chapter.run[1]))
		status = usage_error("%s and %s cannot be compared: one of them is damaged",
				     files[0], files[1]);
	if (!status)
		status = show_chapters(&chapter, 1, plain);
	alignment_free(&chapter.alignment);
	trace_free(chapter.run[0]);
	trace_free(chapter.run[1]);
	return status;
}

const struct command cmd_view = {
	.name = "view",
	.args = "A.db[:RUN] [B.db[:RUN]] [--plain]",
	.help = "the debugger on one recorded run, or on two side by side",
	.exec = exec_view,
};
