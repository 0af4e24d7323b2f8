/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff.c - where do two runs part, and why?
 */
#include "ui/compare/diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/hand/hand.h"
#include "traces/write/write.h"
#include "ui/command/command.h"

struct diff_args {
	struct words kernel;
	const char *schedule;
	uint32_t property;
	bool all, json, quiet;
};

/* ---- what came of it ---- */

static void read_stories(struct compared *c)
{
	for (unsigned side = 0; side < 2; side++)
		c->told[side] = trace_info(c->t[side])->capture &&
				!story_read_totals(c->t[side], &c->story[side]);
}

/* Compare the two runs that are open, and print that. */
static int compare(struct compared *c, const struct diff_args *a)
{
	int err = diff_runs(&c->d, c->t[0], c->t[1]), status;

	if (err) {
		const char *why = trace_message(c->t[*trace_message(c->t[0]) ? 0 : 1]);

		diff_free(&c->d);
		return usage_error("diff: they cannot be compared: %s", err == -ENOMEM || !*why ?
				   strerror(-err) : why);
	}
	read_stories(c);
	c->all = a->all;
	status = c->d.same ? EXIT_OK : EXIT_VIOLATED;
	if (a->json && print_diff_json(stdout, c))
		status = usage_error("out of memory");
	else if (!a->json && !a->quiet)
		print_diff(stdout, c);
	diff_free(&c->d);
	return status;
}

/* ---- runs of files ---- */

static int compare_files(const char *left, const char *right, const struct diff_args *a)
{
	struct compared c = { .name = { left, right }, .files = true };
	int status = open_steps(&c.t[0], "diff", left);

	if (!status)
		status = open_steps(&c.t[1], "diff", right);
	if (!status)
		status = compare(&c, a);
	trace_free(c.t[0]);
	trace_free(c.t[1]);
	return status;
}

/* The two runs of a file that has two. */
static int compare_file(const char *file, const struct diff_args *a)
{
	char path[4096], err[TRACE_ERROR_MAX], name[SHOWN_MAX], left[4200], right[4200];
	int id[2], runs;

	if (strcmp(run_file(file, path, sizeof(path)), file))
		return usage_error("diff: %s is one run; which is the other?", shown(file, name));
	runs = trace_runs(file, id, 2, err);
	if (runs < 0)
		return cannot_open(file, err);
	if (runs != 2)
		return usage_error("diff: %s has %d run%s, not two: which are meant? FILE.db:RUN "
				   "FILE.db:RUN", shown(file, name), runs, runs == 1 ? "" : "s");
	snprintf(left, sizeof(left), "%.4095s:%d", file, id[0]);
	snprintf(right, sizeof(right), "%.4095s:%d", file, id[1]);
	return compare_files(left, right, a);
}

/* ---- a scenario under two kernels ---- */

struct question {
	struct scenario s;
	struct kernel kernel[2];
	char name[2][KERNEL_TEXT_MAX];
};

/* "v6.8 pin=none" is a kernel and switches over it. */
static int name_kernel(struct question *q, unsigned side, const char *text)
{
	struct kernel_choice choice = { 0 };
	char *copy = strdup(text), *save = NULL, *word;
	int status = copy ? EXIT_OK : usage_error("out of memory");

	if (status)
		return status;
	choice.name = strtok_r(copy, " ", &save);
	while (!status && (word = strtok_r(NULL, " ", &save)))
		status = add_set(&choice, word);
	if (!status && !choice.name)
		status = usage_error("--kernel: a name is needed");
	if (!status)
		status = choose_kernel(&choice, &q->s, NULL, &q->kernel[side], q->name[side],
				       sizeof(q->name[side]));
	free(copy);
	return status;
}

static int nothing_found(const struct question *q, const struct kernel_pair *p,
			 const struct diff_args *a)
{
	bool whole = p->search[0].complete && p->search[1].complete;

	return usage_error("diff: neither %.100s nor %.100s violates %s in %.100s%s: --schedule "
			   "TEXT says which run is to be compared", q->name[0], q->name[1],
			   a->property ? "that" : "anything", q->s.name,
			   whole ? "" : ", as far as it could be explored");
}

static int pair_runs(struct kernel_pair *p, const struct question *q, const struct diff_args *a)
{
	struct schedule schedule;
	char why[HAND_TEXT_MAX];
	int err;

	if (!a->schedule) {
		err = pair_by_finding(p, &q->s, q->kernel, a->property);
		if (err == -ENOENT)
			return nothing_found(q, p, a);
	} else {
		if (hand_parse(&schedule, &q->s, a->schedule, why))
			return usage_error("--schedule: %s", why);
		err = pair_by_schedule(p, &q->s, q->kernel, &schedule);
		if (err == -EAGAIN)
			hand_why_not(&p->run[p->own], p->run[p->own].n,
				     schedule.move[p->run[p->own].n], why);
		schedule_free(&schedule);
		if (err == -EAGAIN)
			return usage_error("--schedule: move %zu can be made under neither kernel: "
					   "%s", p->run[p->own].n + 1, why);
	}
	if (err == -ENOSPC)
		return usage_error("diff: the world is too small for what one of the kernels does");
	return err ? usage_error("out of memory") : EXIT_OK;
}

/* Both runs in a file of their own, which is gone when they are open. */
static int record_pair(const struct kernel_pair *p, const struct question *q,
		       const struct diff_args *a, struct compared *c)
{
	const struct execution *x[2] = { &p->run[0], &p->run[1] };
	char err[TRACE_ERROR_MAX], verdict[2][VERDICT_TEXT_MAX];
	struct run_meta meta[2];

	for (unsigned side = 0; side < 2; side++) {
		meta[side] = (struct run_meta){
			.title = q->s.title, .kernel_name = q->name[side],
			.repeats = side == p->own && p->loop < p->run[side].n, .loop = p->loop,
		};
		if (a->schedule)
			continue;
		searched_verdict(p->search[side].verdict, p->search[side].complete,
				 p->search[side].states, p->search[side].transitions,
				 verdict[side]);
		meta[side].verdict = verdict[side];
	}
	return record_and_open(x, meta, 2, c->t, err) ? usage_error("%s", err) : EXIT_OK;
}

static int compare_kernels(const char *scenario, const struct diff_args *a)
{
	struct question *q = calloc(1, sizeof(*q));
	struct kernel_pair p = { 0 };
	struct compared c = { 0 };
	int status = q ? load_scenario(&q->s, scenario) : usage_error("out of memory");

	if (status) {
		free(q);
		return status;
	}
	for (unsigned side = 0; side < 2 && !status; side++) {
		status = name_kernel(q, side, a->kernel.word[side]);
		c.name[side] = a->kernel.word[side];
	}
	if (!status)
		status = pair_runs(&p, q, a);
	if (!status)
		status = record_pair(&p, q, a, &c);
	if (!status)
		status = compare(&c, a);
	trace_free(c.t[0]);
	trace_free(c.t[1]);
	kernel_pair_free(&p);
	scenario_free(&q->s);
	free(q);
	return status;
}

/* ---- the command ---- */

static int exec_diff(void *args, const struct operands *in)
{
	const struct diff_args *a = args;
	char path[4096];

	if (a->json && a->quiet)
		return usage_error("diff: --json prints, --quiet does not: one of the two");
	if (a->kernel.n) {
		if (in->n != 1 || a->kernel.n != 2)
			return usage_error("diff: --kernel is given twice, for one scenario: "
					   "swapscope diff SCENARIO --kernel A --kernel B");
		if (a->schedule && a->property)
			return usage_error("diff: --schedule says which run, and --property which "
					   "finding: one of the two");
		return compare_kernels(in->word[0], a);
	}
	if (a->schedule || a->property)
		return usage_error("diff: --schedule and --property are for a scenario under two "
				   "kernels: swapscope diff SCENARIO --kernel A --kernel B");
	if (in->n == 2)
		return compare_files(in->word[0], in->word[1], a);
	if (file_kind(run_file(in->word[0], path, sizeof(path))) == FILE_SCENARIO ||
	    file_kind(path) == FILE_UNKNOWN)
		for (size_t i = 0; i < builtin_scenario_count; i++)
			if (!strcmp(builtin_scenarios[i].name, in->word[0]))
				return usage_error("diff: of a scenario two kernels are needed: "
						   "--kernel A --kernel B");
	return compare_file(in->word[0], a);
}

static const struct option_row options[] = {
	VALUE_OPTION(diff_args, "kernel", OPT_KERNELS, kernel, "NAME",
		     "Twice, of a scenario: the left kernel and the right one, with switches "
		     "over it if need be: 'v6.8 pin=none'."),
	VALUE_OPTION(diff_args, "schedule", OPT_TEXT, schedule, "TEXT",
		     "Of a scenario: the schedule, 'T0*7 W T1/1', instead of the shortest "
		     "finding of one of the kernels."),
	VALUE_OPTION(diff_args, "property", OPT_PROPERTY, property, "NAME",
		     "Of a scenario: the shortest finding of this property only. May be given "
		     "several times."),
	FLAG_OPTION(diff_args, "all", all,
		    "Every difference with all its steps, and every rule in which the kernels "
		    "differ."),
	FLAG_OPTION(diff_args, "json", json, "Print all of it as JSON."),
	FLAG_OPTION(diff_args, "quiet", quiet, "Print nothing: the exit status says it."),
	{ 0 },
};

const struct command cmd_diff = {
	.name = "diff",
	.brief = "where two runs part, by which rule, and where they come together again",
	.about = "Compares two recorded runs, step by step and state by state: each place where "
		 "they part, the rule of the kernels that parts them there, and where they are in "
		 "the same state again. The same steps in another order, with the same end, are "
		 "told from others. A file of two runs needs no numbers.\n\n"
		 "Of a scenario under two kernels it makes the shortest finding of one of them "
		 "under the other, and compares the two.\n\n"
		 "Of runs that are too large, and of captures, the beginning and one life of a "
		 "swap slot are compared; what was not is said.",
	.option = options,
	.operand = { { "FILE.db[:RUN]|SCENARIO", WORD_SCENARIO } },
	.least = 1, .most = 2,
	.needs = "what is compared? two runs, FILE.db:RUN FILE.db:RUN, or a scenario with two "
		 "--kernel",
	.status = { "they are the same", "they differ", "wrong usage or input" },
	.example = {
		{ "swapscope diff a.db:1 a.db:2", "two runs of a file" },
		{ "swapscope diff aba --kernel v6.7 --kernel v6.8",
		  "what v6.8 does otherwise in the schedule that breaks v6.7" },
	},
	.args_size = sizeof(struct diff_args),
	.exec = exec_diff,
};
