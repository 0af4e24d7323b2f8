/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explain.c - the command `explain`: a finding in the steps that convince, or an object's life.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "traces/write/write.h"
#include "ui/compare/explain.h"
#include "ui/moment/moment.h"

#define LOOK_FOR	2000000ull	/* transitions that an answer is looked for in */

/* ---- a finding ---- */

static int explained(const struct telling *say, struct explanation *e)
{
	int status = e->cost ? EXIT_OK : EXIT_VIOLATED;

	if (say->args->json)
		status = print_explanation_json(say, e) ? EXIT_USAGE : status;
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
		return usage_error("explain: %s has %zu finding%s: --finding is 1 .. %zu",
				   say->name, n, n == 1 ? "" : "s", n);
	while (!a->finding && a->only && i < n &&
	       !(property_find(f[i].property) >= 0 &&
		 a->only >> property_find(f[i].property) & 1))
		i++;
	if (i >= n) {
		bool whole = trace_info(say->t)->ended && !say->bounded;
		const char *path = trace_path(say->t);
		char err[TRACE_ERROR_MAX];
		int runs = path ? trace_runs(path, NULL, 0, err) : 1;

		printf("%s: nothing is violated in this run", say->name);
		if (runs > 1)
			printf(" (run %d of a file of %d runs)", trace_info(say->t)->id, runs);
		printf("%s\n", whole ? a->only ? ", of what was asked for" : "" :
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

static int tell_life(const struct telling *say, struct trace_object o)
{
	int r = print_life(say, o);

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
		return usage_error("explain: '%s' is no object: slot 0, entry 1, folio 2, page 3 "
				   "or 0x313 is needed", text);
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
	int status = open_steps(&say.t, "explain", in->word[0]);

	if (status)
		return status;
	say.name = shown(in->word[0], name);
	status = tell(&say, in);
	trace_free(say.t);
	return status;
}

/* ---- a scenario ---- */

/* The finding as a run in a file of our own, which has no name any more when it is open. */
static int record_finding(struct telling *say, const struct execution *x, const struct finding *f,
			  const char *kernel)
{
	struct run_meta meta = { .kernel_name = kernel, .title = x->scenario->title,
				 .repeats = f->loop < f->schedule.n, .loop = f->loop };
	char err[TRACE_ERROR_MAX];

	return record_and_open(&x, &meta, 1, &say->t, err) ? usage_error("%s", err) : EXIT_OK;
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
		.progress = until_interrupted,
	};
	const struct finding *f = NULL;
	struct exploration x;
	int status;

	heed_interrupt();
	if (explore(&x, s, k, &o))
		return usage_error("out of memory");
	signal(SIGINT, output_on_signal);
	for (unsigned i = 0; i < x.findings && !f; i++)
		if (!o.only || o.only >> x.finding[i].property & 1)
			f = &x.finding[i];
	for (unsigned i = 0; i < x.costs_found && !f && o.only; i++)
		if (o.only >> x.cost[i].property & 1)
			f = &x.cost[i];
	if (f) {
		status = tell_shortest(say, in, s, k, kernel, f);
	} else if (x.complete && !x.bound) {
		printf("%s under %s: nothing is violated, in any interleaving%s\n", say->name,
		       kernel, o.only ? ", of what was asked for" : "");
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
