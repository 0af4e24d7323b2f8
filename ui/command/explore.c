/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/file/output.h"
#include "replay/figure/columns.h"
#include "replay/hand/hand.h"
#include "traces/write/write.h"
#include "ui/command/explore.h"
#include "ui/report/junit.h"
#include "ui/report/report.h"

#define GRAPH_LIMIT	100000	/* states that --save-graph writes unless told otherwise */
#define MEET_LIMIT	5000000	/* states up to which is looked for overlaps unasked */
#define COUNT_LIMIT	5000000	/* states up to which interleavings are counted unasked */

static bool progress(void *arg, uint64_t states, uint64_t transitions, unsigned depth)
{
	char a[32], b[COUNTED_MAX];
	static uint64_t shown;

	(void)arg;
	if (states < shown)
		shown = 0;	/* another search */
	if (isatty(STDERR_FILENO) && states - shown > 200000) {
		shown = states;
		fprintf(stderr, "\r%s states, %s transitions, depth %u ", grouped(states, a),
			grouped(transitions, b), depth);
	}
	return !interrupted();
}

static bool verifying(void *arg, uint64_t done, uint64_t of)
{
	char a[32], b[32];

	(void)arg;
	if (isatty(STDERR_FILENO) && done && done % (1 << 18) == 0)
		fprintf(stderr, "\rverifying: %s of %s states ", grouped(done, a), grouped(of, b));
	return !interrupted();
}

/* ---- results as text ---- */

/* A finding's length: "19", or "7 + 12" with those of --after. */
#define LENGTH_TEXT_MAX	48
static const char *length_text(const struct subject *sub, size_t n, char *buf)
{
	if (sub->args->after)
		snprintf(buf, LENGTH_TEXT_MAX, "%zu + %zu steps", sub->after->n, n - sub->after->n);
	else
		snprintf(buf, LENGTH_TEXT_MAX, "%zu step%s", n, n == 1 ? "" : "s");
	return buf;
}

static void print_subject(const struct subject *sub)
{
	print_question(stdout, sub->s, sub->kernel_name, sub->k);
	if (sub->args->after)
		printf("after        %zu moves: %s\n", sub->after->n, sub->args->after);
	putchar('\n');
	fflush(stdout);
}

static void print_unreached(const struct exploration *x)
{
	unsigned n = 0, of = 0, line = 0;

	for (size_t i = 0; i < step_count(); i++) {
		of += step_at(i)->kind != KIND_CALL;
		n += step_at(i)->kind != KIND_CALL && !x->step_reached[i];
	}
	printf("never made   %u of %u steps", n, of);
	for (size_t i = 0, last = 0; i < step_count(); i++) {
		const struct step *s = step_at(i);
		bool any = false, whole = true;

		if (i && step_at(last)->func == s->func)
			continue;
		last = i;
		for (size_t j = i; j < step_count() && step_at(j)->func == s->func; j++) {
			if (step_at(j)->kind == KIND_CALL)
				continue;
			any |= !x->step_reached[j];
			whole &= !x->step_reached[j];
		}
		if (any)
			printf("%s%s%s", line++ % 4 ? ", " : line == 1 ? ": " : ",\n             ",
			       step_op_name(s), whole ? "" : " (partly)");
	}
	putchar('\n');
}

/*
 * Tests that were only ever answered one way: a verdict says nothing about what follows from
 * the other answer.
 */
static void print_one_way(const struct exploration *x)
{
	unsigned n = 0;

	for (size_t i = 0; i < step_count(); i++) {
		const struct result *only = exploration_one_way(x, i);
		const struct step *s = step_at(i);
		char text[400];

		if (!only)
			continue;
		snprintf(text, sizeof(text), "%s: %s: always %s", step_op_name(s), s->text,
			 only->text);
		printf("%s", n++ ? "             " : "one answer   ");
		print_wrapped(stdout, PRINT_WIDTH - 13, 15, text);
	}
}

/* Work that came to nothing: no violation, but somebody waits for it. */
static void print_costs(const struct subject *sub, const struct exploration *x)
{
	char n[32], length[LENGTH_TEXT_MAX];

	for (unsigned i = 0; i < x->costs_found; i++) {
		const struct finding *f = &x->cost[i];

		printf("%s%-7s after %s, in %s of the transitions: %s\n",
		       i ? "             " : "costs        ", properties[f->property].name,
		       length_text(sub, f->schedule.n, length),
		       grouped(x->cost_count[f->property], n),
		       properties[f->property].text);
	}
}

/* Safe, and what that was put to: tasks that are never in each other's way prove little. */
static void print_safe(const struct subject *sub, const struct exploration *x)
{
	char *unmet = x->meeting_bound ? NULL : unmet_text(sub->s, x), *text = NULL;
	const char *none = sub->args->o.only ? "no property asked for" : "no property";
	const char *proved = certified(sub->proof) ? ", certified" : "";

	if (unmet && *unmet)
		text = malloc(strlen(unmet) + 80);
	if (text) {
		sprintf(text, "safe%s, but these overlaps were never reached: %s", proved, unmet);
		printf("verdict      ");
		print_wrapped(stdout, PRINT_WIDTH - 13, 13, text);
		printf("             %s is violated in any interleaving\n", none);
	} else {
		printf("verdict      safe%s: %s is violated in any interleaving\n", proved, none);
	}
	free(text);
	free(unmet);
}

static void print_figures(const struct subject *sub, const struct exploration *x)
{
	char a[32], b[COUNTED_MAX], bound[BOUND_TEXT_MAX];

	switch (x->verdict) {
	case VERDICT_SAFE:
		print_safe(sub, x);
		break;
	case VERDICT_VIOLATED:
		printf("verdict      violated:");
		for (unsigned i = 0; i < x->findings; i++)
			printf(" %s", properties[x->finding[i].property].name);
		puts(sub->args->o.only ? " (the search stopped there)" : "");
		break;
	case VERDICT_BOUNDED:
		printf("verdict      bounded: %s\n", x->complete ?
		       "all states were seen, and no property but LIVELOCK is violated; of that, "
		       "unknown" : "no violation within the bound; beyond it, unknown");
		break;
	}
	if (certified(sub->proof))
		printf("certified    all %s are verified by a second judge; safety only: "
		       "LIVELOCK is not certified\n", counted(x->states, "state", b));
	if (!x->complete && x->bound)
		printf("covered      the first %u steps of every run%s\n", x->whole,
		       sub->args->after ? " from there" : "");
	print_costs(sub, x);
	if (x->bound)
		printf("bound hit    %s\n", bound_text(x->complete, x->bound, sub->args->max_mib,
						       bound));
	printf("states       %s, exact; %s; depth %u\n", grouped(x->states, a),
	       counted(x->transitions, "transition", b), x->depth);
	if (x->interleavings)
		printf("interleavings  %s\n", x->interleavings);
	else if (x->cyclic)
		printf("interleavings  unbounded: retry loops\n");
	if (x->cut) {
		printf("not followed beyond");
		for (unsigned p = 0; x->cut >> p; p++)
			if (x->cut >> p & 1)
				printf(" %s", properties[p].name);
		puts(", where runs end");
	}
	if (sub->args->reach && !x->goal_reached)
		printf("not reached  %s%s\n", sub->args->reach,
		       x->complete ? "" : ", as far as was searched");
	if (x->schedules)
		printf("schedules    %s of %u steps, or fewer where they end\n", x->schedules,
		       sub->args->o.count_depth);
	if (!sub->args->quiet) {
		print_overlaps(stdout, sub->s, x);
		print_unreached(x);
		print_one_way(x);
	}
}

static void print_replay(const struct subject *sub, const char *schedule)
{
	printf("  replay: swapscope run ");
	print_quoted(stdout, sub->args->scenario);
	print_kernel_options(stdout, sub->kernel_name);
	printf(" --schedule '%s'\n", schedule);
}

/* `loop` is where the part begins that repeats, or the schedule's length. */
static int print_schedule(const struct subject *sub, const struct schedule *schedule, size_t loop)
{
	char *text = schedule_text(sub->s, schedule);
	struct execution e;
	int err;

	if (!text)
		return -ENOMEM;
	if (sub->args->quiet) {
		print_replay(sub, text);
		free(text);
		return 0;
	}
	printf("  schedule: %s\n\n", text);
	err = execution_init(&e, sub->s, sub->k);
	if (!err) {
		err = execution_run(&e, schedule);
		if (!err)
			err = figure_execution(stdout, &e, 0, loop, output_width(stdout));
		execution_free(&e);
	}
	putchar('\n');
	print_replay(sub, text);
	free(text);
	return err;
}

static int print_findings(const struct subject *sub, const struct exploration *x)
{
	char length[LENGTH_TEXT_MAX];
	int err = 0;

	for (unsigned i = 0; !err && sub->args->o.only && i < x->costs_found; i++) {
		printf("\n%s, after %s: %s\n", properties[x->cost[i].property].name,
		       length_text(sub, x->cost[i].schedule.n, length),
		       properties[x->cost[i].property].text);
		err = print_schedule(sub, &x->cost[i].schedule, x->cost[i].loop);
	}
	for (unsigned i = 0; !err && i < x->findings; i++) {
		const struct finding *f = &x->finding[i];

		printf("\n%s, %s%s", properties[f->property].name,
		       f->loop < f->schedule.n ? "" : "after ",
		       length_text(sub, f->schedule.n, length));
		if (f->loop < f->schedule.n)
			printf(", of which the last %zu repeat for ever", f->schedule.n - f->loop);
		printf(": it must hold that %s\n", properties[f->property].text);
		err = print_schedule(sub, &f->schedule, f->loop);
	}
	if (!err && x->goal_reached) {
		printf("\nreached after %s: %s\n", length_text(sub, x->goal.n, length),
		       sub->args->reach);
		err = print_schedule(sub, &x->goal, x->goal.n);
	}
	return err;
}

/* ---- saving ---- */

/* Returns the run's number, or a negative errno. */
static int save_run(struct trace_writer *tw, const struct subject *sub, const struct exploration *x,
		    const struct schedule *schedule, size_t loop, const char *what)
{
	char verdict[VERDICT_TEXT_MAX], title[96];
	struct run_meta meta = { .title = title, .kernel_name = sub->kernel_name,
				 .verdict = verdict, .repeats = loop < schedule->n,
				 .loop = loop };
	struct execution e;
	int err = execution_init(&e, sub->s, sub->k);

	if (err)
		return err;
	snprintf(title, sizeof(title), "%s under %s: %s", sub->s->name, sub->kernel_name, what);
	searched_verdict(x->verdict, x->complete, x->states, x->transitions, verdict);
	err = execution_run(&e, schedule);
	if (!err)
		err = trace_execution(tw, &e, &meta);
	execution_free(&e);
	return err;
}

static int save_findings(const char *path, const struct subject *sub, const struct exploration *x)
{
	struct trace_writer *tw;
	char err_text[TRACE_ERROR_MAX];
	int err = trace_create(&tw, path, TRACE_TOGETHER, err_text), first = 0, run = 0;

	if (err)
		return usage_error("%s", err_text);
	for (unsigned i = 0; run >= 0 && i < x->findings; i++) {
		run = save_run(tw, sub, x, &x->finding[i].schedule, x->finding[i].loop,
			       properties[x->finding[i].property].name);
		first = first ? first : run;
	}
	if (run >= 0 && x->goal_reached) {
		run = save_run(tw, sub, x, &x->goal, x->goal.n, sub->args->reach);
		first = first ? first : run;
	}
	if (end_saving(tw, path, run))
		return EXIT_USAGE;
	say_saved(path, first, run);
	return EXIT_OK;
}

static int save_graph(const char *path, const struct subject *sub, struct exploration *x)
{
	struct trace_writer *tw;
	char err_text[TRACE_ERROR_MAX], states[COUNTED_MAX], transitions[COUNTED_MAX];
	char name[SHOWN_MAX];
	int err;

	if (!x->complete)
		return usage_error("%s: the search was cut short: no whole graph", path);
	if (x->states > sub->args->graph_limit)
		return usage_error("%s: the graph has %llu states and --graph-limit is %llu; a "
				   "state takes about 2 KB", path, (unsigned long long)x->states,
				   (unsigned long long)sub->args->graph_limit);
	err = trace_create(&tw, path, TRACE_TOGETHER, err_text);
	if (err)
		return usage_error("%s", err_text);
	err = end_saving(tw, path, trace_graph(tw, x, sub->s, sub->k, sub->args->graph_limit));
	if (!err)
		fprintf(stderr, "saved: %s, a graph of %s and %s (--graph-limit %llu)\n",
			shown(path, name),
			counted(x->states, "state", states),
			counted(x->transitions, "transition", transitions),
			(unsigned long long)sub->args->graph_limit);
	return err;
}

static int save_all(const struct subject *sub, struct exploration *x)
{
	const char *path = sub->args->save;
	int status = EXIT_OK;

	if (path && !x->findings && !x->goal_reached)
		fprintf(stderr, "swapscope: nothing was found, so %s is not written; 'swapscope "
			"run' records a run\n", path);
	else if (path)
		status = save_findings(path, sub, x);
	if (!status && sub->args->save_graph)
		status = save_graph(sub->args->save_graph, sub, x);
	return status;
}

/* What depends on several words, and what the search is asked for. */
static int complete_args(struct explore_args *a)
{
	char why[256];
	struct reach reach;

	if (a->json && a->markdown)
		return usage_error("explore: one of --json and --markdown");
	if (a->expect && (a->markdown || a->save || a->save_graph || a->json ||
			  a->kernel.name || a->kernel.sets ||
			  a->o.only || a->reach || a->o.max_states || a->max_depth || a->max_mib ||
			  a->count_depth || a->graph_limit || a->after || a->overlaps))
		return usage_error("explore: --expect stands alone: the file says the kernels and "
				   "the bounds");
	if (a->after && a->save_graph)
		return usage_error("explore: --after excludes --save-graph: that is of the whole");
	if ((a->certificate || a->certify) && (a->after || a->reach || a->o.only || a->expect))
		return usage_error("explore: %s is about all properties and all states from the "
				   "start: it excludes --%s", a->certify ? "--certify" :
				   "--certificate", a->after ? "after" : a->reach ? "reach" :
				   a->expect ? "expect" : "property");
	if (a->certificate && certificate_writable(a->certificate))
		return EXIT_USAGE;
	a->o.max_depth = (unsigned)a->max_depth;
	a->o.max_bytes = a->max_mib << 20;
	a->o.count_depth = (unsigned)a->count_depth;
	a->o.count = a->o.livelock = a->o.meetings = true;
	a->o.count_max = COUNT_LIMIT;
	a->o.meet_max = a->overlaps ? 0 : MEET_LIMIT;
	a->o.progress = progress;
	if (!a->graph_limit)
		a->graph_limit = GRAPH_LIMIT;
	a->o.goal = a->reach;
	if (a->reach && scenario_reach(a->reach, &reach, why, sizeof(why)))
		return usage_error("--reach: %s", why);
	if (a->reach && reach.during && a->after)
		return usage_error("explore: --after excludes a --reach with 'while', which asks "
				   "what was made before");
	return EXIT_OK;
}

/* Make the moves of --after.  *e and *made are to be freed. */
static int make_after(struct subject *sub, struct schedule *made, struct execution *e)
{
	char why[HAND_TEXT_MAX];

	if (execution_init(e, sub->s, sub->k))
		return usage_error("out of memory");
	if (hand_parse(made, sub->s, sub->args->after, why) || hand_moves(e, made, why))
		return usage_error("--after: %s", why);
	for (size_t i = 0; i < e->n; i++) {
		uint32_t ends = e->step[i].violated & properties_ending();

		if (ends)
			return usage_error("--after: move %zu violates %s: nothing follows",
					   i + 1, properties[__builtin_ctz(ends)].name);
	}
	return EXIT_OK;
}

static struct report report_of(const struct subject *sub, const struct exploration *x)
{
	return (struct report){
		.scenario = sub->args->scenario, .s = sub->s, .k = sub->k,
		.kernel_name = sub->kernel_name, .x = x, .only = sub->args->o.only,
		.after = sub->args->after, .reach = sub->args->reach, .max_mib = sub->args->max_mib,
		.max_states = sub->args->o.max_states, .max_depth = sub->args->o.max_depth,
		.certified = certified(sub->proof), .seconds = x->seconds,
	};
}

/* Every line of [expect], and what came of it as JUnit XML. */
static int expect_all(const struct scenario *s, const struct explore_args *a)
{
	struct junit *junit = a->junit ? junit_new("expect") : NULL;
	int status = check_expectations(s, progress, junit);

	if (a->junit && status != EXIT_USAGE)
		return junit_write(junit, a->junit) ? EXIT_USAGE : status;
	junit_free(junit);
	return status;
}

static int explore_one(struct subject *sub, struct explore_args *a)
{
	struct certifying proof = { .path = a->certificate, .verify = a->certify,
				    .o = { .max_bytes = a->o.max_bytes, .progress = verifying } };
	struct exploration x;
	struct report report;
	int status, proven;

	sub->proof = &proof;
	if (!a->json && !a->markdown)
		print_subject(sub);
	if (explore(&x, sub->s, sub->k, &a->o) || exploration_put_behind(&x, sub->after))
		return usage_error("out of memory");
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	/* first what lasts: whoever reads the text may go away in the middle of it */
	status = save_all(sub, &x);
	proven = certificate_make(&proof, &x, sub->kernel_name, &a->o);
	if (a->certify && isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	status = status ? status : proven;
	report = report_of(sub, &x);
	if (a->junit && report_junit(&report, a->junit))
		status = EXIT_USAGE;
	if (a->json)
		explore_json(sub, &x);
	else if (a->markdown && report_markdown(&report, stdout))
		status = usage_error("a finding could not be run again");
	else if (!a->markdown)
		print_figures(sub, &x);
	if (!a->json && !a->markdown && print_findings(sub, &x))
		status = usage_error("a finding could not be run again");
	if (!status)
		status = x.verdict == VERDICT_VIOLATED ? EXIT_VIOLATED :
			 x.verdict == VERDICT_BOUNDED ? EXIT_UNKNOWN : EXIT_OK;
	certifying_free(&proof);
	exploration_free(&x);
	return status;
}

static int exec_explore(void *args, const struct operands *in)
{
	struct explore_args *a = args;
	char kernel_name[256];
	struct schedule after = { 0 };
	struct subject sub = { .args = a, .kernel_name = kernel_name, .after = &after };
	struct execution e = { 0 };
	struct scenario s;
	struct kernel k;
	int status = complete_args(a);

	a->scenario = in->word[0];
	if (!status)
		status = load_scenario(&s, a->scenario);
	if (status)
		return status;
	heed_interrupt();
	if (a->expect) {
		status = expect_all(&s, a);
	} else {
		status = choose_kernel(&a->kernel, &s, NULL, &k, kernel_name,
				       sizeof(kernel_name));
		sub.s = &s;
		sub.k = &k;
		if (!a->o.max_states)
			a->o.max_states = s.max_states;
		if (!a->o.max_depth)
			a->o.max_depth = s.max_depth;
		if (!status && a->after) {
			status = make_after(&sub, &after, &e);
			a->o.from = status ? NULL : execution_now(&e);
		}
		if (!status)
			status = explore_one(&sub, a);
		execution_free(&e);
		schedule_free(&after);
	}
	scenario_free(&s);
	return status;
}

static const struct option_row options[] = {
	KERNEL_OPTIONS(explore_args, kernel),
	VALUE_OPTION(explore_args, "property", OPT_PROPERTY, o.only, "P",
		     "Look for this property or cost only, and stop at the first that is found. "
		     "May be given several times; 'swapscope list properties' shows them."),
	VALUE_OPTION(explore_args, "reach", OPT_TEXT, reach, "STEP",
		     "Find the shortest way to a step, 'operation: beginning of its text'; "
		     "'swapscope list steps' shows them. 'STEP while OPERATION: STEP .. STEP': "
		     "another task has made the first of these two and not yet the second."),
	VALUE_OPTION(explore_args, "after", OPT_TEXT, after, "SCHEDULE",
		     "Explore only what can follow these moves, 'T0*7 W': can it still go wrong "
		     "from there? Bounds count from there; schedules begin with these moves."),
	NUMBER_OPTION(explore_args, "max-states", o.max_states, UINT32_MAX - 2,
		      "Stop after that many states: the verdict is then bounded, not safe."),
	NUMBER_OPTION(explore_args, "max-depth", max_depth, UINT32_MAX,
		      "Go no deeper than that many steps."),
	{ "max-memory", 0, OPT_NUMBER, offsetof(struct explore_args, max_mib), 1 << 20, "MIB",
	  "Stop before the search takes more memory than that." },
	NUMBER_OPTION(explore_args, "count-depth", count_depth, 10000,
		      "Count the schedules of that many steps."),
	SAVE_OPTION(explore_args, "save", save,
		    "Record the shortest finding of every property, a run each."),
	SAVE_OPTION(explore_args, "save-graph", save_graph,
		    "Write every state and transition, for questions in SQL."),
	NUMBER_OPTION(explore_args, "graph-limit", graph_limit, UINT32_MAX,
		      "The most states that --save-graph writes: 100,000 unless it is given."),
	WRITE_OPTION(explore_args, "certificate", certificate, "FILE",
		     "Where it is safe, write all its states down for 'swapscope verify'."),
	FLAG_OPTION(explore_args, "certify", certify,
		    "Verify the verdict at once, by the certificate. It speaks of safety only, not "
		    "of LIVELOCK."),
	FLAG_OPTION(explore_args, "overlaps", overlaps,
		    "Look in all states for tasks that are in each other's way: in the first "
		    "5,000,000 unless it is given."),
	FLAG_OPTION(explore_args, "expect", expect,
		    "Hold the scenario to its own [expect] section: every case is explored, under "
		    "the kernel that it names."),
	FLAG_OPTION(explore_args, "brief", quiet, "Print no diagrams and no unreached steps."),
	FLAG_OPTION(explore_args, "json", json, "Print the result as JSON."),
	FLAG_OPTION(explore_args, "markdown", markdown,
		    "Print a report as Markdown: the verdict, the properties, each shortest "
		    "schedule, and the commands."),
	JUNIT_OPTION(explore_args, junit),
	{ 0 },
};

const struct command cmd_explore = {
	.name = "explore",
	.brief = "all interleavings: the verdict, and the shortest finding of every property "
		 "violated",
	.about = "Explores every interleaving of a scenario's tasks with every outcome that its "
		 "steps can have, breadth first over exact states, and says whether a property "
		 "can be violated. For each that can it draws the shortest schedule as a "
		 "CPU0/CPU1 diagram and prints the command that runs it again.\n\nA verdict is "
		 "'safe' (every state was seen), 'violated', or 'bounded' (a bound was hit: "
		 "beyond it nothing is known; where all states were seen and memory was short, "
		 "it is LIVELOCK that is not known). Ctrl-C ends the search with the verdict on "
		 "what it has covered: the findings so far, or bounded; a second one ends the "
		 "program. Costs are work that came to nothing; they are "
		 "told and do not change the verdict.\n\nWho doubts the verdict 'safe' can have it "
		 "verified by a part of the program that shares nothing with the search but the "
		 "steps of the model and the properties: --certify, or --certificate and later "
		 "'swapscope verify'.",
	.option = options,
	.operand = { { "SCENARIO", WORD_SCENARIO } },
	.least = 1, .most = 1,
	.needs = "one scenario is needed, the name of a shipped one or a file",
	.status = { "safe, or all expectations met", "a property is violated, or an expectation "
		    "is wrong", "wrong usage or input", "a bound was hit, or it was interrupted: "
		    "unknown" },
	.example = {
		{ "swapscope explore debate --kernel debate-a --save a.db",
		  "the use-after-free without a pin, recorded" },
		{ "swapscope explore debate --kernel v6.8 --set pin=none",
		  "v6.8 with one rule changed" },
	},
	.args_size = sizeof(struct explore_args),
	.exec = exec_explore,
};
