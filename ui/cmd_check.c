/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "replay/check.h"
#include "ui/cmd.h"

static bool show_progress(void *arg, uint64_t position)
{
	char n[32];

	if (arg)
		fprintf(stderr, "\r%s transitions ", grouped(position, n));
	return true;
}

static void print_broken(const struct check_report *r)
{
	char first[32], times[32];

	for (unsigned i = 0; i < r->brokens; i++)
		printf("%s in the model at transition %s%s%s%s\n", r->broken[i].property,
		       grouped(r->broken[i].first, first), r->broken[i].times > 1 ? ", and " : "",
		       r->broken[i].times > 1 ? grouped(r->broken[i].times - 1, times) : "",
		       r->broken[i].times > 1 ? " later" : "");
}

static void print_impossible(const char *file, const struct trace *t,
			     const struct check_report *r)
{
	char n[32];

	printf("%s: transition %s is impossible\n", file, grouped(r->checked + 1, n));
	if (!trace_info(t)->own)
		puts("  (another version of swapscope recorded it; this one's rules may differ)");
	printf("  recorded: %s\n  but %s\n", r->event, r->why);
	if (r->tasks)
		puts("  before it the model has:");
	for (unsigned i = 0; i < r->tasks; i++) {
		const struct check_task *task = &r->task[i];

		printf("    %-5s %s%s%s\n", task->name, *task->at ? task->at : "finished",
		       *task->waits ? ", waits for " : "", task->waits);
	}
}

/* What was checked, and what was not. */
static void print_conforming(const char *file, const struct trace *t,
			     const struct check_report *r)
{
	char n[32];

	printf("%s: all %s transitions are as the model makes them, under %s\n", file,
	       grouped(r->checked, n), trace_info(t)->kernel);
	if (r->dropped)
		printf("%s transitions that came after were dropped and are not checked\n",
		       grouped(r->dropped, n));
	if (r->unfinished)
		puts("the run was not ended by its writer; what it committed was checked");
}

static int check(struct trace *t, const char *file)
{
	bool terminal = isatty(STDERR_FILENO);
	struct check_report r;
	int err = check_run(t, &r, show_progress, terminal ? &terminal : NULL);

	if (terminal && r.checked >= 65536)
		fputs("\r\033[K", stderr);
	if (err)
		return usage_error("check: %s cannot be checked: %s", file,
				   *r.why ? r.why : strerror(-err));
	if (*r.why) {
		print_impossible(file, t, &r);
		return EXIT_VIOLATED;
	}
	print_conforming(file, t, &r);
	print_broken(&r);
	return r.dropped || r.unfinished ? EXIT_UNKNOWN : EXIT_OK;
}

static int exec_check(int argc, char **argv)
{
	int status = EXIT_OK;

	if (argc < 2)
		return usage_error("check: which trace? 'swapscope --help' shows how");
	for (int i = 1; i < argc; i++) {
		struct trace *t;
		int s;

		if (argv[i][0] == '-' && argv[i][1])
			return usage_error("check: no option '%s'; 'swapscope --help' shows how",
					   argv[i]);
		s = open_run(&t, "check", argv[i]);
		if (!s) {
			s = check(t, argv[i]);
			trace_free(t);
		}
		/* the worst is said: impossible, unusable, not all of it */
		if (s == EXIT_VIOLATED || !status || (status == EXIT_UNKNOWN && s))
			status = s ? s : status;
		if (s == EXIT_USAGE)
			return s;
	}
	return status;
}

const struct command cmd_check = {
	.name = "check",
	.args = "FILE.db[:RUN]...",
	.help = "is a recorded run one that the model makes? else the first impossible transition",
	.exec = exec_check,
};
