/* SPDX-License-Identifier: GPL-2.0-only */
/* The command export: a run into a mail, a page, a slide. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "replay/figure/columns.h"
#include "traces/read/read.h"
#include "traces/write/write.h"
#include "ui/command/command.h"
#include "ui/export/export.h"

struct export_args {
	struct kernel_choice kernel;
	const char *format, *steps, *part, *out;
	uint64_t width, max_states, version, finding, rows, speed;
	uint32_t property;
};

/* ---- the shortest finding of a scenario, as a run ---- */

static int run_of(const struct scenario *s, const struct kernel *k, const char *kernel_name,
		  const struct exploration *x, const struct finding *f, struct trace **t)
{
	char title[320], verdict[VERDICT_TEXT_MAX], name[SHOWN_MAX], why[TRACE_ERROR_MAX];
	struct run_meta meta = { .title = title, .kernel_name = kernel_name, .verdict = verdict,
				 .repeats = f->loop < f->schedule.n, .loop = f->loop };
	struct execution e;
	int status = EXIT_OK, err = execution_init(&e, s, k);

	if (err)
		return usage_error("out of memory");
	snprintf(title, sizeof(title), "%.80s under %.160s: %s", shown(s->name, name), kernel_name,
		 properties[f->property].name);
	found_verdict(f->property, f->schedule.n, x->states, verdict);
	err = execution_run(&e, &f->schedule);
	if (err)
		status = usage_error("out of memory");
	else
		status = record_and_open(&(const struct execution *){ &e }, &meta, 1, t, why) ?
			 usage_error("%s", why) : EXIT_OK;
	execution_free(&e);
	return status;
}

/* Which properties: the ones that are named, the bug's own, or all that must hold. */
static uint32_t wanted(const struct export_args *a, const struct scenario *s)
{
	uint32_t all = (uint32_t)((1ull << PROPERTY_COUNT) - 1) & ~properties_costs();

	if (a->property)
		return a->property;
	return s->bug.present && !a->kernel.name ? 1u << s->bug.property : all;
}

static int explored(const struct export_args *a, const struct scenario *s, const struct kernel *k,
		    const char *kernel_name, struct export *e)
{
	uint32_t only = wanted(a, s);
	struct explore_options o = {
		.max_states = a->max_states, .only = only, .progress = until_interrupted,
		.livelock = only >> PROP_LIVELOCK & 1,
	};
	struct exploration x;
	char name[SHOWN_MAX];
	int status = EXIT_OK;

	if (explore(&x, s, k, &o))
		return usage_error("out of memory");
	if (x.findings || x.costs_found) {
		const struct finding *f = x.findings ? &x.finding[0] : &x.cost[0];

		status = run_of(s, k, kernel_name, &x, f, &e->run[0]);
		e->cost = x.findings ? NULL : properties[f->property].name;
	} else if (x.verdict == VERDICT_BOUNDED) {
		usage_error("export: %s under %s: nothing was found up to a bound (%s), so there "
			    "is no run to draw", shown(s->name, name), kernel_name,
			    x.bound ? x.bound : "none");
		status = EXIT_UNKNOWN;
	} else {
		status = usage_error("export: %s is safe under %s: there is no finding to draw; "
				     "--kernel names another kernel, and a run that was recorded "
				     "is FILE.db:RUN", shown(s->name, name), kernel_name);
	}
	exploration_free(&x);
	return status;
}

static int find_run(const struct export_args *a, const char *word, struct export *e)
{
	char kernel_name[256];
	struct scenario s;
	struct kernel k;
	int status = load_scenario(&s, word);

	if (status)
		return status;
	if (s.bug.present && !a->kernel.name) {
		k = s.bug.shows.kernel;
		snprintf(kernel_name, sizeof(kernel_name), "%s", s.bug.shows.text);
		status = choose_switches(&a->kernel, &k, kernel_name, sizeof(kernel_name));
	} else {
		status = choose_kernel(&a->kernel, &s, NULL, &k, kernel_name, sizeof(kernel_name));
	}
	heed_interrupt();
	if (!status)
		status = explored(a, &s, &k, kernel_name, e);
	scenario_free(&s);
	return status;
}

/* ---- what is asked for ---- */

static const struct export_format *choose_format(const struct export_args *a)
{
	const struct export_format *f = NULL;
	const char *names[16];
	char near[HINT_MAX], all[200] = "";
	size_t n = 0;

	for (; export_formats[n] && n < 16; n++) {
		names[n] = export_formats[n]->name;
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%.20s", n ? ", " : "",
			 names[n]);
	}
	if (a->format)
		f = export_format_named(a->format);
	else if (a->out)
		f = export_format_of(a->out);
	else
		f = &export_text;
	if (!f && a->format)
		usage_error("export: --format %.40s: it is one of %s%s", a->format, all,
			    hint(near, a->format, names, n));
	else if (!f)
		usage_error("export: no format has files called like %.200s; --format names one: "
			    "%s", a->out, all);
	return f;
}

static int open_runs(const struct export_args *a, const struct operands *in, struct export *e)
{
	char path[4096];
	bool first = file_kind(run_file(in->word[0], path, sizeof(path))) == FILE_TRACE;
	int status = EXIT_OK;

	if (!first && in->n == 1)
		return find_run(a, in->word[0], e);
	if (a->kernel.name || a->kernel.sets || a->property || a->max_states)
		return usage_error("export: --kernel, --set, --property and --max-states are for "
				   "a scenario, which is explored; a file has its runs");
	for (int i = 0; i < in->n && !status; i++)
		status = open_run(&e->run[i], "export", in->word[i]);
	return status;
}

static int check_finding(uint64_t number, const struct trace *t)
{
	size_t n;

	trace_findings(t, &n);
	if (number <= n)
		return EXIT_OK;
	return usage_error("export: --finding %llu: the run has %zu%s", (unsigned long long)number,
			   n, n ? "; 'swapscope findings' numbers them" : "");
}

static int exec_export(void *args, const struct operands *in)
{
	const struct export_args *a = args;
	const struct export_format *format = choose_format(a);
	struct export e = { .width = (unsigned)a->width, .version = (unsigned)a->version,
			    .rows = (unsigned)a->rows, .speed = (unsigned)a->speed,
			    .finding = a->finding,
			    .whole = a->part && !strcmp(a->part, "whole") };
	int status, err;

	if (!format)
		return EXIT_USAGE;
	if (a->width && a->width < FIGURE_WIDTH_MIN)
		return usage_error("export: --width %u: at least %d columns are needed", e.width,
				   FIGURE_WIDTH_MIN);
	if (a->steps && export_steps(a->steps, &e.part))
		return usage_error("export: --steps %.60s: it is no part of a run; 3..19 is one, "
				   "3.. and ..19 are", a->steps);
	status = open_runs(a, in, &e);
	if (!status && a->finding)
		status = check_finding(a->finding, e.run[0]);
	if (!status) {
		e.part.file = in->word[0];
		err = a->out ? export_file(format, &e, a->out) :
			       export_write(format, &e, stdout);
		if (err)
			status = usage_error("export: %s", e.why);
	}
	trace_free(e.run[0]);
	trace_free(e.run[1]);
	return status;
}

static const struct option_row options[] = {
	VALUE_OPTION(export_args, "format", OPT_TEXT, format, "NAME",
		     "cpu: CPU0 and CPU1 as in a commit message, at most 72 columns wide, with "
		     "the locks that are held and the command that makes the run again. text: all "
		     "steps in columns, with numbers. markdown: a page with the diagram, findings, "
		     "notes, locks and the command. json: all that is known of each step. svg: a "
		     "picture, a lane a task. dot: a graph for graphviz. html: one page that steps "
		     "with the arrow keys, with values and source. cast: the debugger's screens as "
		     "a recording for asciinema. kunit: a comment for a KUnit test, with what "
		     "it has to force. Without it the format is the one that the output's name "
		     "ends in, or text."),
	OUTPUT_OPTION(export_args, out, "FILE",
		      "Where it goes; without it to standard output."),
	VALUE_OPTION(export_args, "steps", OPT_TEXT, steps, "A..B",
		     "Only these steps; A.. is to the end, ..B from the beginning. Of two runs "
		     "they are the first one's, and of the second what belongs to them."),
	VALUE_OPTION(export_args, "part", OPT_WORD, part, "short|whole",
		     "Of cpu: short, the default, leaves out what does not matter, and marks it by "
		     "'...'; whole leaves nothing out."),
	NUMBER_OPTION(export_args, "finding", finding, INT32_MAX,
		      "Of cpu, --part short: the steps that explain this finding of the run, 1 for "
		      "the first. Else those of a run of the model are all explained, and of "
		      "others the first."),
	NUMBER_OPTION(export_args, "width", width, FIGURE_WIDTH_MAX,
		      "Columns at most, 40 or more; a tab counts up to the next eighth."),
	NUMBER_OPTION(export_args, "rows", rows, 1000,
		      "Of cast: the height of the screen; its width is --width."),
	NUMBER_OPTION(export_args, "speed", speed, 10000,
		      "Of cast: in percent; 200 is twice as fast as 100, a step a second."),
	NUMBER_OPTION(export_args, "cast-version", version, 3,
		      "Of cast: 2, which every asciinema plays, or 3, for 3.0 and newer."),
	KERNEL_OPTIONS(export_args, kernel),
	{ "property", 0, OPT_PROPERTY, offsetof(struct export_args, property), 0, "NAME",
	  "Of a scenario: the shortest run that violates this one. May be given several times." },
	NUMBER_OPTION(export_args, "max-states", max_states, UINT32_MAX - 2,
		      "Of a scenario: stop the search after so many states."),
	{ 0 },
};

const struct command cmd_export = {
	.name = "export",
	.brief = "a run for a commit message, a mail, a page: as text, a picture, data",
	.about = "Writes a recorded run, or two of them side by side with where they part and why, "
		 "in one of several formats; all of them are made of the same figure, and say the "
		 "same. A scenario instead of a file, by its name, a bug's ID or CVE, is explored, "
		 "and its shortest finding is written: under the kernel that --kernel names, or of "
		 "a bug of the catalog under one that has it.\n\nThe diagram of --format cpu is "
		 "ready for a commit message, and 'swapscope judge' reads it. docs/export.md shows "
		 "the formats.",
	.option = options,
	.operand = { { "FILE.db[:RUN]|SCENARIO", WORD_SCENARIO } },
	.least = 1, .most = 2,
	.needs = "one run or two are needed, each as FILE.db or FILE.db:RUN, or a scenario",
	.status = { "written", NULL,
		    "wrong usage or input, or the scenario is safe: there is nothing to write",
		    "a bound was hit before anything was found" },
	.example = {
		{ "swapscope export --format cpu debate --kernel debate-a",
		  "the debate's use-after-free, for a commit message" },
		{ "swapscope export --format markdown B2 >aba.md",
		  "a bug of the catalog as a page" },
	},
	.args_size = sizeof(struct export_args),
	.exec = exec_export,
};
