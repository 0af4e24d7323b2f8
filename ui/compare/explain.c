/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explain.c - the command `explain`: a finding in the steps that convince, or the life of an object.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/explain/explain.h"
#include "traces/capture/capture.h"
#include "traces/capture/story_rows.h"
#include "traces/write/write.h"
#include "ui/command/command.h"
#include "ui/moment/moment.h"

#define LOOK_FOR	2000000ull	/* transitions that an answer is looked for in */
#define LIFE_SHOWN	100		/* events of a life, unless all are asked for */

struct explain_args {
	struct kernel_choice kernel;
	uint32_t only;			/* properties, as bits */
	uint64_t finding;		/* which, from 1; 0: not said */
	uint64_t max_states;
	bool all, json;
};

struct telling {
	const struct explain_args *args;
	const char *name;		/* as it was named, fit to be shown */
	struct trace *t;
	bool capture;
	struct capture_info info;
	bool bounded;			/* of a search that found nothing */
};

/* ---- events of a capture ---- */

struct event_words {
	const struct telling *say;
	char *buf;
	size_t size;
};

static int event_words(void *arg, const struct capture_event *e)
{
	struct event_words *w = arg;
	char stamp[40];

	snprintf(w->buf, w->size, "line %llu, %s", (unsigned long long)e->line,
		 capture_stamp_text(&w->say->info, e->stamp, stamp, sizeof(stamp)));
	return 1;
}

/* "line 566, @552": the event that a step was linked to; "" where there is none. */
static const char *event_of(const struct telling *say, uint64_t at, char *buf, size_t size)
{
	struct event_words w = { say, buf, size };
	uint64_t event = say->capture ? capture_event_of(say->t, at, NULL) : 0;

	*buf = '\0';
	if (event)
		capture_scan_range(say->t, event, event, event_words, &w);
	return buf;
}

static int add_line(void *arg, const struct capture_event *e)
{
	cJSON_AddNumberToObject(arg, "line", (double)e->line);
	cJSON_AddNumberToObject(arg, "stamp", (double)e->stamp);
	return 1;
}

static void event_json(const struct telling *say, uint64_t at, cJSON *o)
{
	uint64_t event = say->capture ? capture_event_of(say->t, at, NULL) : 0;

	if (event)
		capture_scan_range(say->t, event, event, add_line, o);
}

/* ---- a finding ---- */

static void print_indented(int indent, const char *text)
{
	printf("%*s", indent, "");
	print_wrapped(stdout, PRINT_WIDTH - indent, indent, text);
}

static void print_links(const struct telling *say, const struct explanation *e)
{
	for (unsigned i = 0; i < e->links; i++) {
		const struct explain_link *l = &e->link[i];
		char event[80], text[EXPLAIN_TEXT + 240];

		event_of(say, l->at, event, sizeof(event));
		snprintf(text, sizeof(text), "step %llu%s%s: %s%s%s", (unsigned long long)l->at,
			 *event ? ", " : "", event,
			 l->role != EXPLAIN_FINDING ? "" : e->property,
			 l->role != EXPLAIN_FINDING ? "" : ": ", l->text);
		printf(" %2u. ", i + 1);
		print_wrapped(stdout, PRINT_WIDTH - 5, 5, text);
	}
	if (e->bounded)
		puts("     There is more before what was looked at.");
}

static void print_none_needed(const struct explanation *e)
{
	char text[600];

	if (e->preemptions == 1)
		snprintf(text, sizeof(text), "No switch within an operation matters: the run has "
			 "one, and breaks without it all the same.");
	else if (e->preemptions)
		snprintf(text, sizeof(text), "No switch within an operation matters: the run has "
			 "%u, and breaks without them all the same.", e->preemptions);
	else
		snprintf(text, sizeof(text), "No switch within an operation matters: the run has "
			 "none.");
	print_indented(1, text);
}

static void print_switches(const struct explanation *e)
{
	unsigned told = e->switches < EXPLAIN_SWITCHES ? e->switches : EXPLAIN_SWITCHES;
	char text[EXPLAIN_TEXT + 400];
	unsigned others = 0;

	if (e->how == SWITCHES_NOT_ASKED)
		return;
	putchar('\n');
	if (!e->switches) {
		print_none_needed(e);
		return;
	}
	if (e->switches > 1)
		printf(" The %u switches that matter%s:\n", e->switches, told < e->switches ?
		       ", the first of them" : "");
	for (unsigned i = 0; i < told; i++) {
		others += e->needed[i].other;
		snprintf(text, sizeof(text), "%s%s%s.", e->switches > 1 ? "- " :
			 "The switch that matters: ", e->needed[i].text, e->needed[i].other ?
			 " (another can take its place)" : "");
		print_indented(1, text);
	}
	if (e->how == SWITCHES_READ) {
		print_indented(1, "That was read off the steps above: such a run cannot be made "
			       "again with another order.");
		return;
	}
	if (others && others >= told)
		snprintf(text, sizeof(text), "%s", e->switches > 1 ? "None of them alone is "
			 "needed: another can take its place; that was tried." :
			 "It takes such a switch, but not this one alone; that was tried.");
	else
		snprintf(text, sizeof(text), "%s there is no %s, with the rest of the run in its order%s",
		 e->switches < 2 || others >= told ? "Without it" : others ?
		 "Without any one of the others" :
		 "Without any one of them", e->property,
		 e->how == SWITCHES_BOUNDED ? ", as far as that was tried: the run is long." :
		 "; that was tried.");
	if (e->preemptions > e->switches)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 " The run switches %u times within an operation; %s:",
			 e->preemptions, e->switches > 1 ? "these alone are enough" :
			 "this one alone is enough");
	else
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " As a schedule:");
	print_indented(1, text);
	printf("   %s\n", e->shortest);
}

static void print_explanation(const struct telling *say, const struct explanation *e)
{
	const struct run_info *info = trace_info(say->t);
	char scenario[SHOWN_MAX], text[300];

	printf("%s: %s at step %llu of %llu, %s under %s\n", say->name, e->property,
	       (unsigned long long)e->position, (unsigned long long)info->events,
	       shown(info->scenario, scenario), info->kernel);
	if (*e->rule) {
		snprintf(text, sizeof(text), "%s: %s.", e->cost ? "Cost" : "Rule", e->rule);
		print_indented(1, text);
	}
	putchar('\n');
	print_links(say, e);
	if (e->repeats)
		printf("     Steps %llu to %llu repeat for ever.\n", (unsigned long long)e->loop + 1,
		       (unsigned long long)e->position);
	print_switches(e);
}

static cJSON *object_json(struct trace_object o)
{
	cJSON *j = cJSON_CreateObject();

	cJSON_AddStringToObject(j, "kind", object_kind_name(o.kind));
	cJSON_AddNumberToObject(j, "number", o.number);
	return j;
}

static void links_json(const struct telling *say, const struct explanation *e, cJSON *list)
{
	const struct run_info *info = trace_info(say->t);

	for (unsigned i = 0; i < e->links; i++) {
		const struct explain_link *l = &e->link[i];
		const struct trace_event *ev = trace_event_at(say->t, l->at);
		const struct trace_step *step = ev ? trace_step_at(say->t, ev->step) : NULL;
		cJSON *o = cJSON_CreateObject();

		cJSON_AddNumberToObject(o, "step", (double)l->at);
		cJSON_AddStringToObject(o, "task", l->task < info->tasks ?
					info->task_name[l->task] : "?");
		cJSON_AddStringToObject(o, "role", explain_role_name(l->role));
		if (step) {
			cJSON_AddStringToObject(o, "operation", step->op);
			cJSON_AddStringToObject(o, "does", step->text);
			cJSON_AddStringToObject(o, "result", ev->result);
		}
		if (l->object.kind != OBJ_NONE)
			cJSON_AddItemToObject(o, "object", object_json(l->object));
		event_json(say, l->at, o);
		cJSON_AddStringToObject(o, "text", l->text);
		cJSON_AddItemToArray(list, o);
	}
}

static void switches_json_of(const struct telling *say, const struct explanation *e, cJSON *o)
{
	static const char *const how[] = {
		[SWITCHES_TRIED] = "tried", [SWITCHES_READ] = "read off the steps",
		[SWITCHES_BOUNDED] = "bounded", [SWITCHES_NOT_ASKED] = "not asked",
	};
	const struct run_info *info = trace_info(say->t);
	cJSON *list;

	cJSON_AddStringToObject(o, "switches_how", how[e->how]);
	if (e->how == SWITCHES_TRIED || e->how == SWITCHES_BOUNDED)
		cJSON_AddNumberToObject(o, "switches_of_run", e->preemptions);
	if (e->how != SWITCHES_NOT_ASKED)
		cJSON_AddNumberToObject(o, "switches_needed", e->switches);
	list = cJSON_AddArrayToObject(o, "switches");
	for (unsigned i = 0; i < e->switches && i < EXPLAIN_SWITCHES; i++) {
		const struct explain_switch *s = &e->needed[i];
		cJSON *j = cJSON_CreateObject();

		cJSON_AddStringToObject(j, "task", s->from < info->tasks ?
					info->task_name[s->from] : "?");
		if (s->at)
			cJSON_AddNumberToObject(j, "after_step", (double)s->at);
		cJSON_AddStringToObject(j, "to", s->to < info->tasks ?
					info->task_name[s->to] : "?");
		cJSON_AddBoolToObject(j, "others_can_take_its_place", s->other);
		if (s->on)
			cJSON_AddNumberToObject(j, "goes_on_at", (double)s->on);
		cJSON_AddStringToObject(j, "text", s->text);
		cJSON_AddItemToArray(list, j);
	}
	if (e->shortest)
		cJSON_AddStringToObject(o, "schedule", e->shortest);
}

static int print_json(const struct telling *say, const struct explanation *e)
{
	const struct run_info *info = trace_info(say->t);
	cJSON *o = cJSON_CreateObject();
	int r;

	cJSON_AddStringToObject(o, "run", say->name);
	cJSON_AddStringToObject(o, "scenario", info->scenario);
	cJSON_AddStringToObject(o, "kernel", info->kernel);
	cJSON_AddStringToObject(o, "property", e->property);
	cJSON_AddBoolToObject(o, "cost", e->cost);
	cJSON_AddStringToObject(o, "rule", e->rule);
	cJSON_AddStringToObject(o, "finding", e->what);
	cJSON_AddNumberToObject(o, "step", (double)e->position);
	if (e->repeats)
		cJSON_AddNumberToObject(o, "repeats_from", (double)e->loop + 1);
	cJSON_AddBoolToObject(o, "bounded", e->bounded);
	links_json(say, e, cJSON_AddArrayToObject(o, "steps"));
	switches_json_of(say, e, o);
	r = json_print(stdout, o);
	cJSON_Delete(o);
	return r ? usage_error("out of memory") : EXIT_VIOLATED;
}

static int explained(const struct telling *say, struct explanation *e)
{
	int status = e->cost ? EXIT_OK : EXIT_VIOLATED;

	if (say->args->json)
		status = print_json(say, e) == EXIT_USAGE ? EXIT_USAGE : status;
	else
		print_explanation(say, e);
	explanation_free(e);
	return status;
}

static int cannot(const struct telling *say, int r)
{
	if (r == -ENOMEM)
		return usage_error("out of memory");
	return usage_error("explain: %s: %s", say->name, *trace_message(say->t) ?
			   trace_message(say->t) : "the run is damaged");
}

/* The first finding that is asked for, by its number or its property. */
static int tell_finding(const struct telling *say)
{
	const struct explain_args *a = say->args;
	size_t n, i = a->finding ? a->finding - 1 : 0;
	const struct trace_finding *f = trace_findings(say->t, &n);
	struct explanation e;
	int r;

	if (a->finding > n)
		return usage_error("explain: %s has %zu finding%s: --finding is 1 .. %zu", say->name,
				   n, n == 1 ? "" : "s", n);
	while (!a->finding && a->only && i < n &&
	       !(property_find(f[i].property) >= 0 &&
		 a->only >> property_find(f[i].property) & 1))
		i++;
	if (i >= n) {
		bool whole = trace_info(say->t)->ended && !say->bounded;

		printf("%s: nothing is violated in this run%s\n", say->name,
		       whole ? a->only ? ", of what was asked for" : "" :
		       " so far: it has no end yet");
		return whole ? EXIT_OK : EXIT_UNKNOWN;
	}
	r = explain_finding(&e, say->t, i, LOOK_FOR);
	if (r)
		return cannot(say, r);
	r = explained(say, &e);
	if (!a->finding && !a->json && n > 1)
		printf("\n The run has %zu findings: --finding 2 explains the next\n", n);
	return r;
}

/* ---- the life of an object ---- */

struct life {
	const struct telling *say;
	struct trace_object object;
	uint64_t skip, events, told;	/* not shown; so far; shown */
	cJSON *list;
};

static int count_event(void *arg, uint64_t at, enum explain_role role, const char *text)
{
	struct life *l = arg;
	char told[16];

	(void)role;
	(void)text;
	l->events += changes_text(l->say->t, at, l->object, told, sizeof(told)) > 0;
	return 0;
}

static const char *broken_at(struct trace *t, uint64_t at)
{
	size_t n;
	const struct trace_finding *f = trace_findings(t, &n);

	for (size_t i = 0; i < n; i++)
		if (f[i].position == at)
			return f[i].property;
	return NULL;
}

static int tell_event(void *arg, uint64_t at, enum explain_role role, const char *text)
{
	struct life *l = arg;
	const struct trace_event *ev = trace_event_at(l->say->t, at);
	const struct trace_step *step = ev ? trace_step_at(l->say->t, ev->step) : NULL;
	const char *broken = broken_at(l->say->t, at);
	char changes[600], line[1600], event[80], did[EXPLAIN_TEXT];

	if (*text)
		snprintf(did, sizeof(did), "%s", text);
	else
		snprintf(did, sizeof(did), "%.40s in %.60s(): %.200s", ev &&
			 ev->task < trace_info(l->say->t)->tasks ?
			 trace_info(l->say->t)->task_name[ev->task] : "?", step ? step->op : "?",
			 step ? step->text : "?");
	if (!changes_text(l->say->t, at, l->object, changes, sizeof(changes)))
		return 0;
	if (l->told++ < l->skip)
		return 0;
	event_of(l->say, at, event, sizeof(event));
	if (l->list) {
		cJSON *o = cJSON_CreateObject();

		cJSON_AddNumberToObject(o, "step", (double)at);
		cJSON_AddStringToObject(o, "role", explain_role_name(role));
		cJSON_AddStringToObject(o, "text", did);
		cJSON_AddStringToObject(o, "changes", changes);
		if (broken)
			cJSON_AddStringToObject(o, "finding", broken);
		event_json(l->say, at, o);
		cJSON_AddItemToArray(l->list, o);
		return 0;
	}
	printf("%6llu  ", (unsigned long long)at);
	snprintf(line, sizeof(line), "%s%s%s%s%s%s: %s", event, *event ? "  " : "",
		 broken ? "!! " : "", broken ? broken : "", broken ? "  " : "", did, changes);
	print_wrapped(stdout, PRINT_WIDTH - 8, 10, line);
	return 0;
}

static int tell_life(const struct telling *say, struct trace_object o)
{
	const uint64_t end = trace_info(say->t)->events;
	struct life l = { .say = say, .object = o };
	cJSON *all = NULL;
	int r = explain_life(say->t, o, 1, end, count_event, &l);

	if (!r && !say->args->all && !say->args->json && l.events > LIFE_SHOWN)
		l.skip = l.events - LIFE_SHOWN;
	if (say->args->json) {
		all = cJSON_CreateObject();
		cJSON_AddStringToObject(all, "run", say->name);
		cJSON_AddItemToObject(all, "object", object_json(o));
		l.list = cJSON_AddArrayToObject(all, "life");
	} else if (!r) {
		char events[COUNTED_MAX];

		printf("%s: %s %u, changed by %s of %llu\n", say->name, object_kind_name(o.kind),
		       o.number, counted(l.events, "step", events), (unsigned long long)end);
		if (l.skip)
			printf("%6s  the first %llu are left out: --all shows them\n", "..",
			       (unsigned long long)l.skip);
	}
	if (!r)
		r = explain_life(say->t, o, 1, end, tell_event, &l);
	if (!r && all)
		r = json_print(stdout, all);
	cJSON_Delete(all);
	return r ? cannot(say, r) : EXIT_OK;
}

/* The words behind the run's name: "slot 5", "0x313". */
static int named_object(const struct telling *say, const struct operands *in,
			struct trace_object *o)
{
	char text[64];

	snprintf(text, sizeof(text), "%.30s%s%.30s", in->word[1], in->n > 2 ? " " : "",
		 in->n > 2 ? in->word[2] : "");
	*o = object_named(text, OBJ_NONE);
	if (o->kind == OBJ_NONE)
		return usage_error("explain: '%s' is no object: slot 0, entry 1, folio 2, page 3 or "
				   "0x313 is needed", text);
	if (!trace_has_object(say->t, *o))
		return usage_error("explain: %s has no %s %u", say->name,
				   object_kind_name(o->kind), o->number);
	return EXIT_OK;
}

/* ---- a run of a file ---- */

static int tell(struct telling *say, const struct operands *in)
{
	struct trace_object o;
	int status;

	switch (capture_info_read(say->t, &say->info)) {
	case 0:
		say->capture = true;
		break;
	case -ENODATA:
		break;
	default:
		return usage_error("explain: %s: its capture is damaged", say->name);
	}
	if (say->capture && !trace_info(say->t)->events)
		return usage_error("explain: %s: no run of the model explains this capture; "
				   "'swapscope findings' tells the losses that its events show",
				   say->name);
	if (in->n < 2)
		return tell_finding(say);
	status = named_object(say, in, &o);
	return status ? status : tell_life(say, o);
}

static int tell_run(const struct explain_args *a, const struct operands *in)
{
	struct telling say = { .args = a };
	char name[SHOWN_MAX];
	int status = open_run(&say.t, "explain", in->word[0]);

	if (status)
		return status;
	say.name = shown(in->word[0], name);
	status = tell(&say, in);
	trace_free(say.t);
	return status;
}

/* ---- a scenario ---- */

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	interrupted = 1;
	signal(sig, SIG_DFL);
}

static bool go_on(void *arg, uint64_t states, uint64_t transitions, unsigned depth)
{
	(void)arg;
	(void)states;
	(void)transitions;
	(void)depth;
	return !interrupted;
}

/* The finding as a run in a file of our own, which has no name any more when it is open. */
static int record_finding(struct telling *say, const struct execution *x, const struct finding *f,
			  const char *kernel)
{
	struct run_meta meta = { .kernel_name = kernel, .title = x->scenario->title,
				 .repeats = f->loop < f->schedule.n, .loop = f->loop };
	char path[512], err[TRACE_ERROR_MAX];
	struct trace_writer *tw;
	int status = EXIT_OK;

	if (trace_place(path, sizeof(path), err))
		return usage_error("%s", err);
	if (trace_create(&tw, path, TRACE_SCRATCH, err))
		status = usage_error("%s", err);
	if (!status && trace_execution(tw, x, &meta) < 0)
		status = usage_error("%s", trace_error(tw));
	if (!status || tw)
		if (trace_close(tw) && !status)
			status = usage_error("%s could not be finished", path);
	if (!status && trace_open(&say->t, path, 0, err))
		status = usage_error("%s", err);
	trace_unplace(path);
	return status;
}

static int tell_shortest(struct telling *say, const struct operands *in,
			 const struct scenario *s, const struct kernel *k, const char *kernel,
			 const struct finding *f)
{
	struct trace_object o;
	struct explanation e;
	struct execution x;
	int status;

	if (execution_init(&x, s, k))
		return usage_error("out of memory");
	status = execution_run(&x, &f->schedule) ? usage_error("out of memory") :
		 record_finding(say, &x, f, kernel);
	execution_free(&x);
	if (status)
		return status;
	if (in->n > 1) {
		status = named_object(say, in, &o);
		status = status ? status : tell_life(say, o);
	} else if (properties[f->property].kind == COST) {
		status = explain_cost(&e, say->t, properties[f->property].name, LOOK_FOR);
		status = status ? cannot(say, status) : explained(say, &e);
	} else {
		size_t n, i = 0;
		const struct trace_finding *all = trace_findings(say->t, &n);

		while (i < n && strcmp(all[i].property, properties[f->property].name) != 0)
			i++;
		status = explain_finding(&e, say->t, i, LOOK_FOR);
		status = status ? cannot(say, status) : explained(say, &e);
	}
	trace_free(say->t);
	return status;
}

static int search(struct telling *say, const struct operands *in, const struct scenario *s,
		  const struct kernel *k, const char *kernel)
{
	const struct explore_options o = {
		.only = say->args->only, .max_states = say->args->max_states, .livelock = true,
		.progress = go_on,
	};
	const struct finding *f = NULL;
	struct exploration x;
	int status;

	signal(SIGINT, on_interrupt);
	if (explore(&x, s, k, &o))
		return usage_error("out of memory");
	signal(SIGINT, SIG_DFL);
	for (unsigned i = 0; i < x.findings && !f; i++)
		if (!o.only || o.only >> x.finding[i].property & 1)
			f = &x.finding[i];
	for (unsigned i = 0; i < x.costs_found && !f && o.only; i++)
		if (o.only >> x.cost[i].property & 1)
			f = &x.cost[i];
	if (f) {
		status = tell_shortest(say, in, s, k, kernel, f);
	} else if (x.complete && !x.bound) {
		printf("%s under %s: nothing is violated, in any interleaving\n", say->name, kernel);
		status = EXIT_OK;
	} else {
		printf("%s under %s: nothing was found as far as was searched: %s\n", say->name,
		       kernel, x.bound ? x.bound : "stopped");
		status = EXIT_UNKNOWN;
	}
	exploration_free(&x);
	return status;
}

static int tell_scenario(const struct explain_args *a, const struct operands *in)
{
	struct telling say = { .args = a };
	char kernel[KERNEL_TEXT_MAX], name[SHOWN_MAX];
	struct scenario s;
	struct kernel k;
	int status = load_scenario(&s, in->word[0]);

	if (status)
		return status;
	say.name = shown(in->word[0], name);
	status = choose_kernel(&a->kernel, &s, NULL, &k, kernel, sizeof(kernel));
	if (!status)
		status = search(&say, in, &s, &k, kernel);
	scenario_free(&s);
	return status;
}

/* ---- the command ---- */

/* A file that is a trace, or is called like a run of one; a scenario's name is neither. */
static bool names_run(const char *word)
{
	char path[4096];

	switch (file_kind(run_file(word, path, sizeof(path)))) {
	case FILE_SCENARIO:
		return false;
	case FILE_UNKNOWN:
		return strstr(word, ".db");
	default:
		return true;
	}
}

static int exec_explain(void *args, const struct operands *in)
{
	const struct explain_args *a = args;
	bool run = names_run(in->word[0]);

	if (run && (a->kernel.name || a->kernel.sets || a->max_states))
		return usage_error("explain: --kernel, --set and --max-states are for a scenario; "
				   "'%.200s' is a recorded run", in->word[0]);
	if (!run && a->finding)
		return usage_error("explain: --finding is for a recorded run; of a scenario it is "
				   "--property");
	if (a->finding && a->only)
		return usage_error("explain: --finding excludes --property");
	if (in->n > 1 && a->finding)
		return usage_error("explain: a finding or an object, not both");
	return run ? tell_run(a, in) : tell_scenario(a, in);
}

static const struct option_row options[] = {
	KERNEL_OPTIONS(explain_args, kernel),
	VALUE_OPTION(explain_args, "property", OPT_PROPERTY, only, "P",
		     "Explain a finding of this property; of a scenario it may be a cost. "
		     "'swapscope list properties' shows them."),
	NUMBER_OPTION(explain_args, "finding", finding, UINT32_MAX,
		      "Of a recorded run that has several: which, from 1."),
	NUMBER_OPTION(explain_args, "max-states", max_states, UINT32_MAX - 2,
		      "Of a scenario: search no more states than that."),
	FLAG_OPTION(explain_args, "all", all,
		    "All events of an object's life; without it the last hundred."),
	FLAG_OPTION(explain_args, "json", json, "Print it as JSON."),
	{ 0 },
};

const struct command cmd_explain = {
	.name = "explain",
	.brief = "who did it: a finding in the steps that matter, or the life of an object",
	.about = "Tells a finding of a recorded run in the fewest steps that convince: who stored, "
		 "looked up, took, gave back, erased, freed and read what is wrong, and the "
		 "switch from one task to another without which nothing happens. Runs of the "
		 "model, of threads and of captures are told alike; a capture's steps have the "
		 "lines and stamps of its events. Of a scenario the shortest finding is searched "
		 "for and explained.\n\n"
		 "Which switches matter is tried: a task that is preempted within an operation is "
		 "let run on, the rest goes on in its order. Where that still breaks the "
		 "property, the switch is not needed. Runs of threads and captures cannot be made "
		 "again so; there the switch is read off the steps.\n\n"
		 "With an object ('slot 0', 'entry 1', 'folio 2', 'page 3'; a slot also as the "
		 "kernel writes it, 0x313) its life is told, an event a line.",
	.option = options,
	.operand = { { "FILE.db[:RUN]|SCENARIO", WORD_SCENARIO }, { "OBJECT", WORD_ANY } },
	.least = 1, .most = 3,
	.needs = "which run? FILE.db, FILE.db:RUN or a scenario, and then perhaps one object",
	.status = { "nothing is violated, or an object's life was told",
		    "a violation is explained", "wrong usage or input",
		    "nothing was found so far: the run has no end yet, or a bound was hit" },
	.example = {
		{ "swapscope explain debate --kernel debate-a --property UAF",
		  "the debate's use-after-free, step by step" },
		{ "swapscope explain a.db:1 slot 0", "the life of a slot" },
	},
	.args_size = sizeof(struct explain_args),
	.exec = exec_explain,
};
