/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "replay/check.h"
#include "traces/capture/capture.h"
#include "traces/read/read.h"
#include "ui/command/command.h"
#include "ui/report/junit.h"
#include "ui/text/check_capture.h"

struct check_args {
	struct check_options o;
	const char *junit;
	bool json;
};

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
		printf("it violates %s: in the model at transition %s%s%s%s\n",
		       r->broken[i].property, grouped(r->broken[i].first, first),
		       r->broken[i].times > 1 ? ", and " : "",
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
	char n[COUNTED_MAX];

	if (r->checked == 1)
		printf("%s: its transition is", file);
	else
		printf("%s: all %s transitions are", file, grouped(r->checked, n));
	printf(" as the model makes %s, under %s\n", r->checked == 1 ? "it" : "them",
	       trace_info(t)->kernel);
	if (r->dropped)
		printf("%s that came after %s dropped and %s not checked\n",
		       counted(r->dropped, "transition", n), r->dropped == 1 ? "was" : "were",
		       r->dropped == 1 ? "is" : "are");
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

static void say_both(const struct trace *t, const struct check_report *r, int status,
		     struct check_said *said)
{
	char n[32];

	said->conforms = status;
	said->keeps = r->brokens ? EXIT_VIOLATED : status == EXIT_OK ? EXIT_OK : EXIT_UNKNOWN;
	if (*r->why)
		snprintf(said->conforms_text, CHECK_SAID_MAX, "transition %s is impossible: %.400s",
			 grouped(r->checked + 1, n), r->why);
	else
		snprintf(said->conforms_text, CHECK_SAID_MAX, "%s transitions are as the model "
			 "makes them, under %.200s%s", grouped(r->checked, n),
			 trace_info(t)->kernel, status ? "; the others are not known" : "");
	snprintf(said->keeps_text, CHECK_SAID_MAX, "%s%s%s", r->brokens ? "it violates " :
		 status ? "what was not checked may violate a property" : "no property is violated",
		 r->brokens ? r->broken[0].property : "", r->brokens > 1 ? " and others" : "");
}

static int check(struct trace *t, const char *file, const struct check_options *o,
		 struct check_said *said)
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
	say_both(t, &r, status, said);
	if (o->json) {
		add_json(o->json, file, t, &r, status);
	} else if (*r.why) {
		print_impossible(file, t, &r);
	} else {
		print_conforming(file, t, &r);
	}
	if (!o->json)
		print_broken(&r);
	return r.brokens && !o->conformance ? EXIT_VIOLATED : status;
}

static void add_case(struct junit *junit, const char *file, const char *of, int run, int status,
		     const char *says)
{
	char name[120], command[SHOWN_MAX + 40];

	snprintf(name, sizeof(name), "run %d: %s", run, of);
	snprintf(command, sizeof(command), "again: swapscope check %s", file);
	junit_case(junit, file, name, -1);
	if (status != EXIT_OK)
		junit_result(junit, status == EXIT_VIOLATED ? JUNIT_FAILURE : JUNIT_ERROR,
			     status == EXIT_VIOLATED ? "check" : "unknown", says, command);
}

static int check_file(const char *file, const struct check_options *o, struct junit *junit)
{
	struct check_said said;
	struct capture_info info;
	char name[SHOWN_MAX];
	struct trace *t;
	int status = open_run(&t, "check", file);

	if (status)
		return status;
	file = shown(file, name);
	switch (capture_info_read(t, &info)) {
	case 0:
		status = check_capture(t, file, o, &said);
		break;
	case -ENODATA:
		status = check(t, file, o, &said);
		break;
	default:
		status = usage_error("check: %s: its capture is damaged", file);
	}
	if (junit && status != EXIT_USAGE) {
		add_case(junit, file, "is a run of the model", trace_info(t)->id, said.conforms,
			 said.conforms_text);
		add_case(junit, file, "violates no property, loses no data", trace_info(t)->id,
			 said.keeps, said.keeps_text);
	}
	trace_free(t);
	return status;
}

static int exec_check(void *args, const struct operands *in)
{
	struct check_args *a = args;
	struct kernel ignored = { 0 };
	char text[KERNEL_TEXT_MAX];
	struct junit *junit = a->junit ? junit_new("check") : NULL;
	/* is there such a kernel?  Whatever kernel the sets are over */
	int status = a->o.kernel.name && kernel_named(&ignored, a->o.kernel.name, NULL, 0) ?
		     choose_kernel(&a->o.kernel, NULL, NULL, &ignored, text, sizeof(text)) :
		     check_switches(&a->o.kernel, &ignored);

	if (a->json)
		a->o.json = cJSON_CreateArray();
	for (int i = 0; i < in->n && status != EXIT_USAGE; i++) {
		int s = check_file(in->word[i], &a->o, junit);

		/* the worst is said: unusable, impossible, not all of it */
		if (s == EXIT_USAGE || s == EXIT_VIOLATED || !status)
			status = s;
	}
	if (a->o.json && cJSON_GetArraySize(a->o.json)) {
		char *json = cJSON_Print(a->o.json);

		if (json)
			puts(json);
		free(json);
	}
	cJSON_Delete(a->o.json);
	if (a->junit && status != EXIT_USAGE)
		return junit_write(junit, a->junit) ? EXIT_USAGE : status;
	junit_free(junit);
	return status;
}

static const struct option_row options[] = {
	KERNEL_OPTIONS(check_args, o.kernel),
	VALUE_OPTION(check_args, "device", OPT_WORD, o.device, "zram|brd|disk",
		     "Of a capture: the swap device, where neither the capture nor its sidecar "
		     "says it."),
	FLAG_OPTION(check_args, "conformance", o.conformance,
		    "Let the exit status speak of the model alone: 0 where all of it is a run of "
		    "the model, whatever was lost in it."),
	FLAG_OPTION(check_args, "json", json, "Print what was found as JSON."),
	JUNIT_OPTION(check_args, junit),
	{ 0 },
};

const struct command cmd_check = {
	.name = "check",
	.brief = "is a recorded run, or a capture, one that the model makes? else where not",
	.about = "Makes every transition of a recorded run again in the model, or looks for the "
		 "runs of the model that the events of a kernel's capture can have been, and "
		 "says so, or says which transition or event is impossible and what could have "
		 "been there instead. Whether data was lost in it, or another property "
		 "violated, is a second verdict beside that: a kernel can lose data just as its "
		 "model does. --conformance has the exit status speak of the first "
		 "alone.\n\nA run is checked under the kernel that it was recorded "
		 "under, a capture under the one that it says it is of; for captures --kernel, "
		 "--set and --device say otherwise.",
	.option = options,
	.operand = { { "FILE.db[:RUN]", WORD_FILE } },
	.least = 1, .most = INT_MAX,
	.needs = "which trace? FILE.db or FILE.db:RUN is needed",
	.status = { "all of it is a run of the model, and no data was lost",
		    "it is none, or lost data, or violated a property: printed apart",
		    "wrong usage or input, or the kernel of a capture is not known",
		    "not all of it could be looked at, for one of the two verdicts" },
	.example = {
		{ "swapscope live --kernel v6.9 --seconds 1 -o l.db && swapscope check l.db",
		  "real threads, held to the model" },
		{ "swapscope check c.db --kernel v6.9",
		  "was a capture a run of another kernel's model?" },
	},
	.args_size = sizeof(struct check_args),
	.exec = exec_check,
};
