/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "replay/pair/align_life.h"
#include "ui/command/command.h"

#define FOLLOW_TRIES	100	/* five seconds */

/* A run that another process has begun, or is about to begin. */
static int open_followed(struct trace **t, const char *path)
{
	const struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };
	char err[TRACE_ERROR_MAX];
	int *id, runs, r = -ENOENT;

	for (int tries = 0; r && tries < FOLLOW_TRIES; tries++) {
		if (tries)
			nanosleep(&pause, NULL);
		r = trace_open(t, path, 0, err);
		if (r && r != -ENOENT && r != -EINVAL && r != -EBUSY)
			break;
	}
	if (r)
		return usage_error("%s", err);
	/* Of several, the one that is written is the last. */
	runs = trace_runs(path, NULL, 0, err);
	id = runs > 1 ? calloc((size_t)runs, sizeof(*id)) : NULL;
	if (id && trace_runs(path, id, (size_t)runs, err) >= runs) {
		trace_free(*t);
		r = trace_open(t, path, id[runs - 1], err);
	}
	free(id);
	return r ? usage_error("%s", err) : EXIT_OK;
}

/* Two runs that cannot be compared are still shown, if they are whole. */
static int compare(struct chapter *c, const char *const *files, bool plain)
{
	bool capture = trace_info(c->run[0])->capture || trace_info(c->run[1])->capture;
	int r = -ENODATA;

	if (!capture)		/* whose threads are not the other's tasks by name */
		r = align_runs(&c->alignment, c->run[0], c->run[1]);
	if (capture || r == -EFBIG)
		r = align_lives(&c->alignment, c->run[0], c->run[1]);
	if (!r || (r == -ENODATA && !plain))
		return EXIT_OK;
	if (r == -ENODATA)
		return usage_error("%s and %s cannot be compared: one of two large runs, or of "
				   "captures, needs a finding, and the other a fault like it",
				   files[0], files[1]);
	return usage_error("%s and %s cannot be compared: one of them is damaged", files[0],
			   files[1]);
}

static int open_to_view(struct trace **t, const char *file)
{
	int status = open_run(t, "view", file);
	const struct run_info *run = status ? NULL : trace_info(*t);

	if (status || !run->capture || *run->switches)
		return status;
	return usage_error("view: %s: which kernel was captured is not known, so no run of the "
			   "model is there to step through: 'swapscope import CAPTURE -o OUT.db "
			   "--kernel NAME' makes one, 'swapscope stories %s' tells the events",
			   file, file);
}

static int exec_view(int argc, char **argv)
{
	struct chapter chapter = { 0 };
	const char *files[2];
	unsigned n = 0;
	bool plain = false, follow = false;
	int status = EXIT_OK;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--plain"))
			plain = true;
		else if (!strcmp(argv[i], "--follow"))
			follow = true;
		else if (argv[i][0] == '-' || n == 2)
			return usage_error("view: '%s' is too much; 'swapscope --help' shows how",
					   argv[i]);
		else
			files[n++] = argv[i];
	}
	if (!n)
		return usage_error("view: which run? 'swapscope --help' shows how");
	if (follow && n != 1)
		return usage_error("view: --follow takes one file");
	if (follow)
		status = open_followed(&chapter.run[0], files[0]);
	for (unsigned i = 0; i < n && !status && !follow; i++)
		status = open_to_view(&chapter.run[i], files[i]);
	chapter.follow = follow ? files[0] : NULL;
	if (!status && n == 2)
		status = compare(&chapter, files, plain);
	if (!status)
		status = show_chapters(&chapter, 1, plain);
	alignment_free(&chapter.alignment);
	trace_free(chapter.run[0]);
	trace_free(chapter.run[1]);
	return status;
}

const struct command cmd_view = {
	.name = "view",
	.args = "A.db[:RUN] [B.db[:RUN]] [--plain] [--follow]",
	.help = "the debugger on one recorded run, on two side by side, or on one being recorded",
	.exec = exec_view,
};
