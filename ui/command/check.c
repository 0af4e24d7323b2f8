/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "replay/check.h"
#include "traces/capture/capture.h"
#include "ui/text/check_capture.h"

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

static void add_json(cJSON *array, const char *file, const struct trace *t,
		     const struct check_report *r, int status)
{
	cJSON *o = cJSON_CreateObject(), *list;

	cJSON_AddStringToObject(o, "file", file);
	cJSON_AddStringToObject(o, "kind", trace_info(t)->live ? "live" : "model");
	cJSON_AddNumberToObject(o, "run", trace_info(t)->id);
	cJSON_AddStringToObject(o, "verdict", status == EXIT_VIOLATED ? "impossible" :
				status == EXIT_UNKNOWN ? "unknown" : "conforms");
	cJSON_AddStringToObject(o, "kernel", trace_info(t)->kernel);
	cJSON_AddNumberToObject(o, "checked", (double)r->checked);
	cJSON_AddNumberToObject(o, "dropped", (double)r->dropped);
	cJSON_AddBoolToObject(o, "finished", !r->unfinished);
	cJSON_AddStringToObject(o, "event", r->event);
	cJSON_AddStringToObject(o, "why", r->why);
	list = cJSON_AddObjectToObject(o, "broken");
	for (unsigned i = 0; i < r->brokens; i++)
		cJSON_AddNumberToObject(list, r->broken[i].property, (double)r->broken[i].times);
	cJSON_AddItemToArray(array, o);
}

static int check(struct trace *t, const char *file, const struct check_options *o)
{
	bool terminal = isatty(STDERR_FILENO);
	struct check_report r;
	int err, status;

	if (o->kernel.name || o->kernel.sets || o->device)
		return usage_error("check: --kernel, --set and --device are for captures; %s is "
				   "checked under the kernel that it was recorded under", file);
	err = check_run(t, &r, show_progress, terminal ? &terminal : NULL);
	if (terminal && r.checked >= 65536)
		fputs("\r\033[K", stderr);
	if (err)
		return usage_error("check: %s cannot be checked: %s", file,
				   *r.why ? r.why : strerror(-err));
	status = *r.why ? EXIT_VIOLATED : r.dropped || r.unfinished ? EXIT_UNKNOWN : EXIT_OK;
	if (o->json) {
		add_json(o->json, file, t, &r, status);
	} else if (*r.why) {
		print_impossible(file, t, &r);
	} else {
		print_conforming(file, t, &r);
		print_broken(&r);
	}
	return status;
}

static int check_file(const char *file, const struct check_options *o)
{
	struct capture_info info;
	struct trace *t;
	int status = open_run(&t, "check", file);

	if (status)
		return status;
	switch (capture_info_read(t, &info)) {
	case 0:
		status = check_capture(t, file, o);
		break;
	case -ENODATA:
		status = check(t, file, o);
		break;
	default:
		status = usage_error("check: %s: its capture is damaged", file);
	}
	trace_free(t);
	return status;
}

static int parse_args(struct check_options *o, int argc, char **argv)
{
	static const struct option options[] = {
		{ "kernel", required_argument, NULL, 'k' },
		{ "set", required_argument, NULL, 's' },
		{ "device", required_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	struct kernel ignored;
	char text[KERNEL_TEXT_MAX];
	int opt, status = EXIT_OK;

	opterr = 0;
	optind = 1;
	while (!status && (opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (opt == 'k')
			o->kernel.name = optarg;
		else if (opt == 's')
			status = add_set(&o->kernel, optarg);
		else if (opt == 'd')
			o->device = optarg;
		else if (opt == 'j' && !o->json)
			o->json = cJSON_CreateArray();
		else if (opt != 'j')
			return bad_option("check", opt, argv[optind - 1]);
	}
	if (!status && optind == argc)
		return usage_error("check: which trace? 'swapscope --help' shows how");
	/* whatever kernel the sets are over */
	return status ? status : choose_kernel(&o->kernel, NULL, "v6.9", &ignored, text,
					       sizeof(text));
}

static int exec_check(int argc, char **argv)
{
	struct check_options o = { .json = NULL };
	int status = parse_args(&o, argc, argv);

	for (int i = optind; i < argc && status != EXIT_USAGE; i++) {
		int s = check_file(argv[i], &o);

		/* the worst is said: unusable, impossible, not all of it */
		if (s == EXIT_USAGE || s == EXIT_VIOLATED || !status)
			status = s;
	}
	if (o.json && cJSON_GetArraySize(o.json)) {
		char *text = cJSON_Print(o.json);

		if (text)
			puts(text);
		free(text);
	}
	cJSON_Delete(o.json);
	return status;
}

const struct command cmd_check = {
	.name = "check",
	.args = "FILE.db[:RUN]... [--json]\n"
		"          of a capture: [--kernel NAME] [--set SWITCH=VALUE]... [--device NAME]",
	.help = "is a recorded run, or a capture, one that the model makes? else where not",
	.exec = exec_check,
};
