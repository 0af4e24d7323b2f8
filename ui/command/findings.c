/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where properties break in a recorded run, and the way back from there: of runs of the model, of
 * threads, and of captures of real kernels, whose events are named beside the steps.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/cause/cause.h"
#include "traces/capture/story_rows.h"
#include "traces/read/read.h"
#include "ui/command/command.h"
#include "ui/report/junit.h"
#include "ui/text/stories.h"
#include "ui/text/stories_print.h"

#define SHOWN		3		/* findings, unless all are asked for */
#define CAUSES		8		/* steps back from each */
#define LOOK_FOR	2000000ull	/* transitions that a cause is looked for in */

struct findings {
	const char *file, *junit;
	struct trace *t;
	struct junit *cases;
	bool all, json;
	bool capture, story;		/* the run is of a capture, and its story is there */
	struct capture_info info;
	struct story_totals totals;
	struct stories_data data;	/* of a capture: was data lost? */
	struct stories names;		/* of the capture's slots, where `story` */
	cJSON *list;
	unsigned shown, causes;
};

/* ---- the events of a capture ---- */

/* The loss that the events tell, alone, of where a finding is. */
struct wanted {
	uint64_t event;
	uint32_t slot;
	struct story_loss loss;
	bool found;
};

static int same_loss(void *arg, const struct story_loss *l)
{
	struct wanted *w = arg;
	uint64_t last = l->corrupt ? l->corrupt : l->mapped ? l->mapped : l->event;
	uint64_t first = l->fault && l->fault < l->event ? l->fault : l->event;

	if (l->slot != w->slot || w->event < first || w->event > last)
		return 0;
	w->loss = *l;
	w->loss.text = NULL;
	w->found = true;
	return 1;
}

static int keep_slot(void *arg, const struct capture_event *e)
{
	*(uint32_t *)arg = e->slot;
	return 0;
}

/* Of the slot that the event is of, the loss that it is a part of. */
static bool find_loss(const struct findings *f, uint64_t event, struct wanted *w)
{
	*w = (struct wanted){ .event = event };
	return f->story && !capture_scan_range(f->t, event, event, keep_slot, &w->slot) &&
	       story_read_losses(f->t, same_loss, w) >= 0 && w->found;
}

struct loss_event {
	const char *what;
	uint64_t event;
};

static int by_order(const void *a, const void *b)
{
	const struct loss_event *x = a, *y = b;

	return (x->event > y->event) - (x->event < y->event);
}

static void print_events(const struct findings *f, const struct story_loss *l)
{
	const char *separator = "    its events, by stamp: ";
	struct loss_event e[] = {
		{ "the fault", l->fault },
		{ "zswap's copy is erased", l->erase },
		{ l->abort == l->event ? "lost: the fault gives its copy up" :
		  "the fault gives its copy up", l->abort },
		{ "a read finds nothing", l->read },
		{ l->mapped == l->event ? "lost: what it found is mapped" :
		  "what it found is mapped", l->mapped },
		{ "the workload sees it", l->corrupt },
		{ "lost", l->event == l->abort || l->event == l->mapped ? 0 :
		  l->event },
	};
	const size_t n = sizeof(e) / sizeof(e[0]);

	qsort(e, n, sizeof(e[0]), by_order);
	for (size_t i = 0; i < n; i++) {
		if (!e[i].event)
			continue;
		printf("%s%s at %llu", separator, e[i].what,
		       (unsigned long long)story_stamp(f->t, e[i].event));
		separator = "; ";
	}
	putchar('\n');
}

static void add_moment(const struct findings *f, cJSON *o, const char *key, uint64_t event)
{
	if (event)
		cJSON_AddNumberToObject(o, key, (double)story_stamp(f->t, event));
}

static void add_events(const struct findings *f, cJSON *to, const struct story_loss *l)
{
	cJSON *o = cJSON_AddObjectToObject(to, "stamps");

	if (l->page >= 0)
		cJSON_AddNumberToObject(o, "page", (double)l->page);
	add_moment(f, o, "lost", l->event);
	add_moment(f, o, "fault", l->fault);
	add_moment(f, o, "erase", l->erase);
	add_moment(f, o, "abort", l->abort);
	add_moment(f, o, "read", l->read);
	add_moment(f, o, "mapped", l->mapped);
	add_moment(f, o, "corrupt", l->corrupt);
}

/* ", stamp 552": of the event that a step was linked to. */
static const char *stamp_text(const struct findings *f, uint64_t step, char *buf, size_t size)
{
	uint64_t event = f->capture ? capture_event_of(f->t, step, NULL) : 0;

	if (event)
		snprintf(buf, size, ", stamp %llu",
			 (unsigned long long)story_stamp(f->t, event));
	else
		*buf = '\0';
	return buf;
}

/* ---- a finding ---- */

/* The way back: each cause's own cause.  `say` gets every one. */
static void each_cause(struct findings *f, const struct trace_finding *finding,
		       void (*say)(struct findings *f, const struct cause *c, cJSON *list),
		       cJSON *list)
{
	struct trace_object o = object_in_text(finding->text);
	uint64_t at = finding->position;

	for (unsigned i = 0; i < CAUSES && o.kind != OBJ_NONE; i++) {
		struct cause c;

		if (cause_of(f->t, at, o, LOOK_FOR, &c) <= 0)
			return;
		say(f, &c, list);
		at = c.at;
		o = c.object;
	}
}

/* What somebody noted at a step that is told of. */
static void print_notes(const struct findings *f, uint64_t at, int indent)
{
	size_t n;
	const struct trace_note *note = trace_notes(f->t, &n);

	for (size_t i = 0; i < n; i++) {
		if (note[i].position != at || !note[i].remark)
			continue;
		printf("%*s", indent, "");
		print_note(stdout, PRINT_WIDTH, indent, &note[i]);
	}
}

static void print_cause(struct findings *f, const struct cause *c, cJSON *list)
{
	char stamp[40];

	(void)list;
	if (!f->causes++)
		puts("    the way back:");
	printf("      step %llu%s: %s\n", (unsigned long long)c->at,
	       stamp_text(f, c->at, stamp, sizeof(stamp)), c->text);
	print_notes(f, c->at, 8);
}

static void add_cause(struct findings *f, const struct cause *c, cJSON *list)
{
	uint64_t event = f->capture ? capture_event_of(f->t, c->at, NULL) : 0;
	cJSON *o = cJSON_CreateObject();

	cJSON_AddNumberToObject(o, "step", (double)c->at);
	add_moment(f, o, "stamp", event);
	cJSON_AddStringToObject(o, "text", c->text);
	cJSON_AddItemToArray(list, o);
}

static void print_finding(struct findings *f, const struct trace_finding *finding)
{
	struct wanted w;
	char stamp[40];
	const char *rule = strstr(finding->text, "  Rule: ");
	int n = rule ? (int)(rule - finding->text) : (int)strlen(finding->text);

	printf("  %s at step %llu%s: %.*s\n", finding->property,
	       (unsigned long long)finding->position,
	       stamp_text(f, finding->position, stamp, sizeof(stamp)), n, finding->text);
	if (f->capture && strcmp(finding->property, "CONFORM") != 0 &&
	    find_loss(f, capture_event_of(f->t, finding->position, NULL), &w))
		print_events(f, &w.loss);
	print_notes(f, finding->position, 4);
	f->causes = 0;
	each_cause(f, finding, print_cause, NULL);
}

static void add_finding(struct findings *f, const struct trace_finding *finding)
{
	uint64_t event = f->capture ? capture_event_of(f->t, finding->position, NULL) : 0;
	cJSON *o = cJSON_CreateObject(), *causes;
	struct wanted w;

	cJSON_AddStringToObject(o, "property", finding->property);
	cJSON_AddNumberToObject(o, "step", (double)finding->position);
	add_moment(f, o, "stamp", event);
	cJSON_AddStringToObject(o, "text", finding->text);
	if (event && strcmp(finding->property, "CONFORM") != 0 && find_loss(f, event, &w))
		add_events(f, o, &w.loss);
	causes = cJSON_AddArrayToObject(o, "causes");
	each_cause(f, finding, add_cause, causes);
	cJSON_AddItemToArray(f->list, o);
}

/* ---- a run ---- */

static void print_counts(const struct trace_finding *finding, size_t n)
{
	const char *separator = "";

	for (size_t i = 0; i < n; i++) {
		size_t times = 0;
		bool before = false;

		for (size_t j = 0; j < n; j++) {
			bool same = !strcmp(finding[i].property, finding[j].property);

			before |= same && j < i;
			times += same;
		}
		if (!before) {
			printf("%s%zu %s", separator, times, finding[i].property);
			separator = ", ";
		}
	}
}

/* A loss that events alone tell, for a capture whose kernel has no rules here. */
static int print_loss(void *arg, const struct story_loss *l)
{
	struct findings *f = arg;

	if (f->shown++ == SHOWN && !f->all)
		return 1;
	printf("  swap 0x%llx", (unsigned long long)stories_entry(&f->names, l->slot));
	if (l->page >= 0)
		printf(", page %lld", (long long)l->page);
	printf(": %s\n", l->text);
	print_events(f, l);
	return 0;
}

static int add_loss(void *arg, const struct story_loss *l)
{
	struct findings *f = arg;
	cJSON *o = cJSON_CreateObject();

	json_entry(o, stories_entry(&f->names, l->slot));
	cJSON_AddStringToObject(o, "text", l->text);
	add_events(f, o, l);
	cJSON_AddItemToArray(f->list, o);
	return 0;
}

static void print_ledger(struct findings *f, bool model)
{
	char a[32];

	if (!f->story)
		return;
	if (!model) {
		printf("%s: not explained by the model; losses of data that its events alone tell: "
		       "%s\n", f->file, grouped(f->totals.losses, a));
		story_read_losses(f->t, print_loss, f);
		return;
	}
	printf("  losses of data that the events alone tell: %s; wrong contents that the "
	       "workload saw: %llu\n", grouped(f->totals.losses, a),
	       (unsigned long long)f->totals.corrupt);
}

/* What is so in the run that is told, but need not be so. */
static void print_possible(const struct trace *t)
{
	size_t n, times = 0;
	const struct trace_note *note = trace_notes(t, &n);

	for (size_t i = 0; i < n; i++)
		times += !strcmp(note[i].kind, "possible");
	if (times)
		printf("  possible, but not certain by what the capture shows: %zu; they are notes "
		       "of the run\n", times);
}

static bool read_to_its_end(const struct findings *f)
{
	return trace_info(f->t)->ended && (!f->capture || f->info.finished);
}

/* All of the capture was explained, and losses were looked for in all of it. */
static bool capture_is_told(const struct findings *f)
{
	const struct run_info *info = trace_info(f->t);

	return info->events && !strcmp(info->verdict, "explained") && f->data.says == DATA_KEPT;
}

/* Of n findings; none is no answer where there may be more. */
static int status_of(const struct findings *f, size_t n)
{
	if (n || (f->capture && f->data.says == DATA_LOST))
		return EXIT_VIOLATED;
	return read_to_its_end(f) && (!f->capture || capture_is_told(f)) ? EXIT_OK : EXIT_UNKNOWN;
}

/* Of a capture: what stands in the way of "none". */
static void print_doubt(const struct findings *f)
{
	char text[STORIES_DATA_TEXT + 4];

	if (f->data.says == DATA_UNKNOWN || *f->data.why) {
		strcpy(text, "  ");
		stories_data_text(&f->data, text + 2);
		print_wrapped(stdout, PRINT_WIDTH, 4, text);
	}
	if (trace_info(f->t)->events && strcmp(trace_info(f->t)->verdict, "explained") != 0)
		puts("  not all of its events are explained: there may be more");
}

static int print_run(struct findings *f)
{
	size_t n, most;
	const struct trace_finding *finding = trace_findings(f->t, &n);
	const struct run_info *info = trace_info(f->t);
	bool model = !f->capture || info->events;
	char a[COUNTED_MAX];

	most = n > SHOWN && !f->all ? SHOWN : n;
	if (model) {
		printf("%s: ", f->file);
		if (n)
			print_counts(finding, n);
		else
			printf("no finding");
		printf(" in %s, under %s\n", counted(info->events, "transition", a),
		       info->kernel);
	}
	for (size_t i = 0; i < most; i++)
		print_finding(f, &finding[i]);
	if (f->capture)
		print_possible(f->t);
	if (n > most)
		printf("  and %zu more: --all shows them\n", n - most);
	if (f->capture) {
		print_ledger(f, model);
		print_doubt(f);
	}
	if (n)
		printf("  see: swapscope view %s\n", f->file);
	if (!read_to_its_end(f))
		puts("  the run was not read to its end: there may be more");
	return status_of(f, n);
}

static int add_run(struct findings *f)
{
	size_t n;
	const struct trace_finding *finding = trace_findings(f->t, &n);
	const struct run_info *info = trace_info(f->t);
	cJSON *o = cJSON_CreateObject();
	char *text;

	cJSON_AddStringToObject(o, "file", f->file);
	cJSON_AddNumberToObject(o, "run", info->id);
	cJSON_AddStringToObject(o, "kernel", info->kernel);
	cJSON_AddNumberToObject(o, "transitions", (double)info->events);
	if (f->story)
		cJSON_AddNumberToObject(o, "losses_told_by_events", (double)f->totals.losses);
	if (f->capture) {
		cJSON_AddStringToObject(o, "data", stories_data_name[f->data.says]);
		cJSON_AddNumberToObject(o, "wrong_contents", (double)f->data.corrupt);
		cJSON_AddStringToObject(o, "losses_doubt", f->data.why);
	}
	f->list = cJSON_AddArrayToObject(o, "findings");
	for (size_t i = 0; i < n; i++)
		add_finding(f, &finding[i]);
	notes_json(cJSON_AddArrayToObject(o, "notes"), f->t);
	if (f->story) {
		f->list = cJSON_AddArrayToObject(o, "losses");
		story_read_losses(f->t, add_loss, f);
	}
	text = cJSON_Print(o);
	cJSON_Delete(o);
	if (!text)
		return usage_error("out of memory");
	puts(text);
	free(text);
	return status_of(f, n);
}

/* A loss that events tell, as a case: they are failures, whatever the model says of them. */
static int add_loss_case(void *arg, const struct story_loss *l)
{
	struct findings *f = arg;
	char name[160];

	snprintf(name, sizeof(name), "loss of data at event %llu",
		 (unsigned long long)l->event);
	junit_case(f->cases, f->file, name, -1);
	junit_result(f->cases, JUNIT_FAILURE, "LOST", l->text, NULL);
	return 0;
}

static int write_junit(struct findings *f, int status)
{
	size_t n;
	const struct trace_finding *finding = trace_findings(f->t, &n);
	char name[160], see[SHOWN_MAX + 40], text[STORIES_DATA_TEXT];

	f->cases = junit_new("findings");
	snprintf(see, sizeof(see), "see: swapscope view %s", f->file);
	for (size_t i = 0; i < n && f->cases; i++) {
		snprintf(name, sizeof(name), "%s at step %llu", finding[i].property,
			 (unsigned long long)finding[i].position);
		junit_case(f->cases, f->file, name, -1);
		junit_result(f->cases, JUNIT_FAILURE, finding[i].property, finding[i].text, see);
	}
	if (!n && f->story && f->cases)
		story_read_losses(f->t, add_loss_case, f);
	if (!n && f->capture && !f->totals.losses && f->data.says == DATA_LOST && f->cases) {
		junit_case(f->cases, f->file, "wrong contents", -1);
		junit_result(f->cases, JUNIT_FAILURE, "wrong contents",
			     stories_data_text(&f->data, text), see);
	}
	if (status != EXIT_VIOLATED && f->cases) {
		junit_case(f->cases, f->file, "no finding", -1);
		if (status == EXIT_UNKNOWN)
			junit_result(f->cases, JUNIT_ERROR, "unknown",
				     !f->capture || !trace_info(f->t)->events ||
				     f->data.says == DATA_KEPT ?
				     "none so far: the run has no end yet, or not all of the "
				     "capture is explained" : stories_data_text(&f->data, text),
				     see);
	}
	return junit_write(f->cases, f->junit) ? EXIT_USAGE : status;
}

static int exec_findings(void *args, const struct operands *in)
{
	struct findings *f = args;
	char name[SHOWN_MAX];
	int status;

	f->file = in->word[0];
	status = open_steps(&f->t, "findings", f->file);
	if (status)
		return status;
	f->file = shown(f->file, name);
	switch (capture_info_read(f->t, &f->info)) {
	case 0:
		f->capture = true;
		f->story = !story_read_totals(f->t, &f->totals);
		stories_data(f->t, &f->data);
		break;
	case -ENODATA:
		break;
	default:
		status = usage_error("findings: %s: its capture is damaged", f->file);
	}
	if (!status && f->story && stories_open(&f->names, f->t))
		status = usage_error("findings: %s: its capture is damaged", f->file);
	if (!status)
		status = f->json ? add_run(f) : print_run(f);
	if (f->junit && status != EXIT_USAGE)
		status = write_junit(f, status);
	stories_close(&f->names);
	trace_free(f->t);
	return status;
}

static const struct option_row options[] = {
	FLAG_OPTION(findings, "all", all, "Tell every finding; without it the first three."),
	FLAG_OPTION(findings, "json", json, "Print them as JSON, all of them."),
	JUNIT_OPTION(findings, junit),
	{ 0 },
};

const struct command cmd_findings = {
	.name = "findings",
	.brief = "where properties break in a recorded run, and what led there",
	.about = "Lists where properties are violated in a run of the model, of real threads, or "
		 "in the run that explains a kernel's capture, and goes back from each by its "
		 "causes: to the step that filled the folio, to the one that dropped the page's "
		 "last copy, to the one that stored it, to its owner's write. Of a capture, the "
		 "events that show these steps stand beside them.",
	.option = options,
	.operand = { { "FILE.db[:RUN]", WORD_FILE } },
	.least = 1, .most = 1,
	.needs = "of which run? FILE.db or FILE.db:RUN is needed",
	.status = { "none", "there are findings", "wrong usage or input",
		    "none so far: the run has no end yet, or the capture does not tell all" },
	.example = {
		{ "swapscope findings a.db:1", "where a recorded run went wrong, and why" },
		{ "swapscope findings c.db --all --json",
		  "all losses of a capture, for a program" },
	},
	.args_size = sizeof(struct findings),
	.exec = exec_findings,
};
