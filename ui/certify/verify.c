/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "core/file/output.h"
#include "core/verify/format.h"
#include "ui/certify/certify.h"

struct verify_args {
	uint64_t max_mib;
	bool scenario, json;
};

static bool progress(void *arg, uint64_t done, uint64_t of)
{
	uint64_t *shown_at = arg;
	char a[32], b[32];

	if (isatty(STDERR_FILENO) && done - *shown_at > 200000) {
		*shown_at = done;
		fprintf(stderr, "\r%s of %s states ", grouped(done, a), grouped(of, b));
	}
	return !interrupted();
}

/* Is the text that of the shipped scenario of its name? */
static const char *whose_text(const struct scenario *s)
{
	for (size_t i = 0; i < builtin_scenario_count; i++)
		if (!strcmp(builtin_scenarios[i].name, s->name))
			return strcmp(builtin_scenarios[i].text, s->text) ?
			       "NOT the text of the shipped scenario of that name" :
			       "the shipped scenario of that name";
	return "no shipped scenario";
}

static const char *why(const struct verification *v, const struct verify_args *a, char *buf)
{
	char bound[BOUND_TEXT_MAX];

	if (v->status == VERIFY_UNFINISHED)
		return strcpy(buf, bound_text(false, v->why, a->max_mib, bound));
	return shown(v->why, buf);
}

static void print_text(const struct verification *v, const struct verify_args *a)
{
	char states[COUNTED_MAX], transitions[COUNTED_MAX], line[2 * SHOWN_MAX], name[SHOWN_MAX];
	const struct scenario *s = &v->scenario;

	print_question(stdout, s, v->kernel_name, &v->kernel);
	printf("scenario     %s\n", whose_text(s));
	printf("written by   swapscope %s, a search with bounds: %s\n", v->program, v->bounds);
	switch (v->status) {
	case VERIFY_CERTIFIED:
		snprintf(line, sizeof(line), "certified    safe in all %s, %s of %s under %.200s "
			 "(by the rules of swapscope %s)",
			 counted(v->states, "state", states),
			 counted(v->transitions, "transition", transitions), shown(s->name, name),
			 v->kernel_name, SWAPSCOPE_VERSION);
		print_wrapped(stdout, PRINT_WIDTH, 13, line);
		puts("             safety only: LIVELOCK is not certified");
		break;
	case VERIFY_REFUTED:
		snprintf(line, sizeof(line), "refuted      %s", why(v, a, name));
		print_wrapped(stdout, PRINT_WIDTH, 13, line);
		break;
	default:
		printf("unknown      not verified to the end: %s\n", why(v, a, name));
		break;
	}
	if (a->scenario)
		printf("\n%s", s->text);
}

static void print_json(const struct verification *v, const struct verify_args *a)
{
	cJSON *o = cJSON_CreateObject(), *list;
	char name[SHOWN_MAX], *text;

	cJSON_AddItemToObject(o, "certified", v->status == VERIFY_UNFINISHED ? cJSON_CreateNull() :
			      cJSON_CreateBool(v->status == VERIFY_CERTIFIED));
	cJSON_AddItemToObject(o, "why", *v->why ? cJSON_CreateString(why(v, a, name)) :
			      cJSON_CreateNull());
	cJSON_AddStringToObject(o, "scenario", v->scenario.name);
	cJSON_AddStringToObject(o, "title", v->scenario.title);
	cJSON_AddStringToObject(o, "text", whose_text(&v->scenario));
	cJSON_AddStringToObject(o, "kernel", v->kernel_name);
	cJSON_AddItemToObject(o, "switches", switches_json(&v->kernel));
	list = cJSON_AddArrayToObject(o, "properties");
	for (unsigned p = 0; p < PROPERTY_COUNT; p++)
		if (certificate_properties() >> p & 1)
			cJSON_AddItemToArray(list, cJSON_CreateString(properties[p].name));
	cJSON_AddStringToObject(o, "not_certified", properties[PROP_LIVELOCK].name);
	cJSON_AddNumberToObject(o, "states", (double)v->states);
	cJSON_AddNumberToObject(o, "transitions", (double)v->transitions);
	cJSON_AddStringToObject(o, "bounds", v->bounds);
	cJSON_AddStringToObject(o, "written_by", v->program);
	cJSON_AddStringToObject(o, "verified_by", SWAPSCOPE_VERSION);
	if (a->scenario)
		cJSON_AddStringToObject(o, "scenario_text", v->scenario.text);
	text = cJSON_Print(o);
	puts(text ? text : "null");
	free(text);
	cJSON_Delete(o);
}

static int exec_verify(void *args, const struct operands *in)
{
	static const int status[] = {
		[VERIFY_CERTIFIED] = EXIT_OK, [VERIFY_REFUTED] = EXIT_VIOLATED,
		[VERIFY_UNREADABLE] = EXIT_USAGE, [VERIFY_UNFINISHED] = EXIT_UNKNOWN,
	};
	const struct verify_args *a = args;
	uint64_t shown_at = 0;
	const struct verify_options o = { .max_bytes = a->max_mib << 20, .progress = progress,
					  .progress_arg = &shown_at };
	const char *path = in->word[0];
	struct verification v;
	char name[SHOWN_MAX];
	struct stat st;
	FILE *file;

	if (stat(path, &st))
		return usage_error("%s: %s", path, strerror(errno));
	if (other_file(path, FILE_CERTIFICATE))
		return EXIT_USAGE;
	if (!S_ISREG(st.st_mode))
		return usage_error("%s is no file, and a certificate is read twice", path);
	file = fopen(path, "rb");
	if (!file)
		return usage_error("%s: %s", path, strerror(errno));
	heed_interrupt();
	verify(&v, file, &o);
	fclose(file);
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	if (v.status == VERIFY_UNREADABLE)
		usage_error("%s: %s", path, v.why);
	else if (!v.claim_read)
		fprintf(stderr, "swapscope: %s: not verified: %s\n", shown(path, name), v.why);
	else if (a->json)
		print_json(&v, a);
	else
		print_text(&v, a);
	verification_free(&v);
	return status[v.status];
}

static const struct option_row options[] = {
	{ "max-memory", 0, OPT_NUMBER, offsetof(struct verify_args, max_mib), 1 << 20, "MIB",
	  "Stop before more memory than that is taken." },
	{ "scenario", 0, OPT_FLAG, offsetof(struct verify_args, scenario), 0, NULL,
	  "Print the scenario's text as well: the file has all of it." },
	{ "json", 0, OPT_FLAG, offsetof(struct verify_args, json), 0, NULL,
	  "Print the result as JSON." },
	{ 0 },
};

const struct command cmd_verify = {
	.name = "verify",
	.brief = "is a certificate true? a second judge of \"safe\", which knows nothing of the "
		 "search",
	.about = "Verifies a certificate that 'swapscope explore --certificate' wrote: the set of "
		 "all states of a scenario under a kernel. A part of the program that shares "
		 "nothing with the search but the steps of the model and the properties makes "
		 "every step from every state: the first is the scenario's start, each other is "
		 "led to by one before it, no step leads to a state that is not there, and none "
		 "violates a property. A file is believed nothing: one that was damaged or "
		 "changed, by whoever, is refused, and the step is told that shows it.\n\n"
		 "It is about safety only: LIVELOCK is not certified. What is certified is what "
		 "the scenario's text and the kernel's switches say, and these are printed. The "
		 "format is docs/certificate-format.md.",
	.option = options,
	.operand = { { "FILE", WORD_FILE } },
	.least = 1, .most = 1,
	.needs = "one certificate is needed; 'swapscope explore SCENARIO --certificate FILE' "
		 "writes one",
	.status = { "certified", "refuted: a property is violated, or states are missing",
		    "no certificate, a damaged one, or of another version's states",
		    "memory was out, or it was interrupted: unknown" },
	.example = {
		{ "swapscope verify debate.cert", "v6.9 is safe in the debate, by a second judge" },
		{ "swapscope verify debate.cert --scenario --json",
		  "the claim and the scenario's text, for a program" },
	},
	.args_size = sizeof(struct verify_args),
	.exec = exec_verify,
};
