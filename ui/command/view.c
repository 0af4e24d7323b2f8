/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "traces/read/read.h"
#include "ui/command/command.h"
#include "ui/show/show.h"
#include "ui/terminal/tty.h"

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
		return cannot_open(path, err);
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
	int r = view_compare(c);

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

/* How many runs there are to choose from, where a file was named and no run of it; else 0. */
static int runs_named(const char *file)
{
	char err[TRACE_ERROR_MAX];

	return access(file, F_OK) ? 0 : trace_runs(file, NULL, 0, err);
}

/* Who names a file of several runs is shown the first: which it is, and that there are others. */
static void say_others(const char *file, const struct trace *t)
{
	char name[SHOWN_MAX];
	int runs = runs_named(file);

	if (runs > 1)
		printf("%s: run %d of %d; 'swapscope list runs FILE.db' shows all\n\n",
		       shown(file, name), trace_info(t)->id, runs);
}

struct view_args {
	bool plain, follow, lines;
};

static int exec_view(void *args, const struct operands *in)
{
	const struct view_args *a = args;
	struct chapter chapter = { 0 };
	const char *files[2] = { in->word[0], in->n > 1 ? in->word[1] : NULL };
	char path[2][4096];
	int status = EXIT_OK;

	if (a->plain && a->lines)
		return usage_error("view: --plain prints the runs, --lines reads commands: one "
				   "of the two");
	if (a->follow && in->n != 1)
		return usage_error("view: --follow takes one file");
	if (a->follow)
		status = open_followed(&chapter.run[0], files[0]);
	for (int i = 0; i < in->n && !status && !a->follow; i++)
		status = open_to_view(&chapter.run[i], files[i]);
	chapter.file[0] = files[0];
	chapter.file[1] = files[1];
	chapter.follow = a->follow ? files[0] : NULL;
	if (!status && in->n == 2)
		status = compare(&chapter, files, a->plain);
	for (int i = 0; i < in->n && !status && (a->plain || tty_check()); i++)
		say_others(files[i], chapter.run[i]);
	if (!status)
		status = show_runs(&(struct showing){
			.chapter = &chapter, .chapters = 1, .plain = a->plain, .lines = a->lines,
			.file = { run_file(files[0], path[0], sizeof(path[0])),
				  in->n > 1 ? run_file(files[1], path[1], sizeof(path[1])) : NULL },
			.list = !a->follow && in->n == 1 && runs_named(files[0]) > 1 });
	alignment_free(&chapter.alignment);
	trace_free(chapter.run[0]);
	trace_free(chapter.run[1]);
	return status;
}

static const struct option_row options[] = {
	FLAG_OPTION(view_args, "follow", follow,
		    "Go along with a run that another process is recording."),
	FLAG_OPTION(view_args, "plain", plain, "Print the runs as diagrams, on a terminal too."),
	FLAG_OPTION(view_args, "lines", lines,
		    "Read commands from standard input, one a line, and answer in lines: for "
		    "screen readers and scripts. 'help' lists them."),
	{ 0 },
};

const struct command cmd_view = {
	.name = "view",
	.brief = "the debugger on one recorded run, on two side by side, or on one being recorded",
	.about = "Opens recorded runs in the debugger. Arrows step, d goes to the next difference "
		 "between two runs, f to the next finding, c back to what caused it; ? has the "
		 "rest. Two runs step together where they are the same; where they part, the rule "
		 "that parts them is named.\n\n"
		 "Without a terminal the runs are printed as diagrams. A signal that ends the "
		 "screen is exit status 130; with --lines, a line that was no command makes it 2.",
	.option = options,
	.operand = { { "FILE.db[:RUN]", WORD_FILE } },
	.least = 1, .most = 2,
	.needs = "which run? FILE.db or FILE.db:RUN is needed, or two of them",
	.status = { "done", NULL, "wrong usage or input" },
	.example = {
		{ "swapscope view a.db", "the first run of a file" },
		{ "swapscope view a.db:1 a.db:2", "two runs side by side" },
	},
	.args_size = sizeof(struct view_args),
	.exec = exec_view,
};
