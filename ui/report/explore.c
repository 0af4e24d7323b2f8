/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explore.c - one search as JUnit XML, and as Markdown.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/figure/columns.h"
#include "ui/report/junit.h"
#include "ui/report/report.h"
#include "ui/text/text.h"

#define REPORT_WIDTH	100	/* columns of a diagram */

/* ---- what a search says of a property ---- */

enum answer { SAYS_HOLDS, SAYS_VIOLATED, SAYS_UNKNOWN };

static const struct finding *finding_of(const struct exploration *x, unsigned p)
{
	for (unsigned i = 0; i < x->findings; i++)
		if (x->finding[i].property == p)
			return &x->finding[i];
	return NULL;
}

static bool asked(const struct report *r, unsigned p)
{
	return !(properties_costs() >> p & 1) && (!r->only || r->only >> p & 1);
}

static enum answer answer_of(const struct report *r, unsigned p)
{
	if (r->x->violated >> p & 1 || finding_of(r->x, p))
		return SAYS_VIOLATED;
	/* where single properties are asked for, the search stops at the first that is found */
	if (r->only && r->x->verdict == VERDICT_VIOLATED)
		return SAYS_UNKNOWN;
	return known_properties(r->x->complete, r->x->bound) >> p & 1 ? SAYS_HOLDS : SAYS_UNKNOWN;
}

static const char *why_unknown(const struct report *r, char *buf)
{
	if (!r->x->bound)
		return strcpy(buf, "the search stopped at what it found");
	return bound_text(r->x->complete, r->x->bound, r->max_mib, buf);
}

static void print_command(const struct report *r, const char *schedule, FILE *out)
{
	fprintf(out, "swapscope %s ", schedule ? "run" : "explore");
	print_quoted(out, r->scenario);
	print_kernel_options(out, r->kernel_name);
	if (schedule) {
		fputs(" --schedule ", out);
		print_quoted(out, schedule);
	}
	if (!schedule && r->after) {
		fputs(" --after ", out);
		print_quoted(out, r->after);
	}
	if (!schedule && r->reach) {
		fputs(" --reach ", out);
		print_quoted(out, r->reach);
	}
	for (unsigned p = 0; p < PROPERTY_COUNT && !schedule; p++)
		if (r->only >> p & 1)
			fprintf(out, " --property %s", properties[p].name);
	if (!schedule && r->max_states)
		fprintf(out, " --max-states %llu", (unsigned long long)r->max_states);
	if (!schedule && r->max_depth)
		fprintf(out, " --max-depth %u", r->max_depth);
	if (!schedule && r->max_mib)
		fprintf(out, " --max-memory %llu", (unsigned long long)r->max_mib);
	fputc('\n', out);
}

/* The diagram, and what repeats. */
static int print_diagram(const struct report *r, const struct finding *f, FILE *out)
{
	struct execution e;
	int err = execution_init(&e, r->s, r->k);

	if (err)
		return err;
	err = execution_run(&e, &f->schedule);
	if (!err)
		err = figure_execution(out, &e, 0, f->loop, REPORT_WIDTH);
	execution_free(&e);
	return err;
}

/* ---- JUnit ---- */

/* What a failure tells: the schedule, the diagram, the command.  Malloced; NULL: no memory. */
static char *failure_text(const struct report *r, const struct finding *f)
{
	char *schedule = schedule_text(r->s, &f->schedule), *text = NULL;
	size_t size;
	FILE *out = schedule ? open_memstream(&text, &size) : NULL;
	int err = out ? 0 : -ENOMEM;

	if (out) {
		fprintf(out, "schedule: %s\n\n", schedule);
		err = print_diagram(r, f, out);
		fputs("\nagain: ", out);
		print_command(r, schedule, out);
		if (fclose(out))
			err = -ENOMEM;
	}
	free(schedule);
	if (err) {
		free(text);
		text = NULL;
	}
	return text;
}

static int add_violated(const struct report *r, struct junit *j, unsigned p)
{
	const struct finding *f = finding_of(r->x, p);
	char message[300], steps[COUNTED_MAX];
	char *text = f ? failure_text(r, f) : NULL;

	if (f && !text)
		return -ENOMEM;
	snprintf(message, sizeof(message), "%s after %s: it must hold that %s", properties[p].name,
		 f ? counted(f->schedule.n, "step", steps) : "some steps", properties[p].text);
	junit_result(j, JUNIT_FAILURE, properties[p].name, message, text);
	free(text);
	return 0;
}

static void add_unknown(const struct report *r, struct junit *j)
{
	char bound[BOUND_TEXT_MAX], message[BOUND_TEXT_MAX + 40], *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out) {
		fputs("again: ", out);
		print_command(r, NULL, out);
		fclose(out);
	}
	snprintf(message, sizeof(message), "unknown: %s", why_unknown(r, bound));
	junit_result(j, JUNIT_ERROR, "unknown", message, text);
	free(text);
}

int report_junit(const struct report *r, const char *path)
{
	struct junit *j = junit_new("explore");
	char name[KERNEL_TEXT_MAX];
	bool first = true;

	for (unsigned p = 0; j && p < PROPERTY_COUNT; p++) {
		enum answer a = answer_of(r, p);

		if (!asked(r, p))
			continue;
		snprintf(name, sizeof(name), "%.200s: %s", r->kernel_name, properties[p].name);
		junit_case(j, r->s->name, name, first ? r->seconds : 0);
		first = false;
		if (a == SAYS_UNKNOWN)
			add_unknown(r, j);
		if (a == SAYS_VIOLATED && add_violated(r, j, p)) {
			junit_free(j);
			j = NULL;
		}
	}
	return junit_write(j, path);
}

/* ---- Markdown ---- */

/* Text in a cell of a table, or a heading. */
static void markdown(FILE *out, const char *text)
{
	char name[SHOWN_MAX];

	for (const char *p = shown(text, name); *p; p++) {
		if (strchr("\\`*_[]<>|#&", *p))
			fputc('\\', out);
		fputc(*p, out);
	}
}

static void print_head(const struct report *r, FILE *out)
{
	static const char *const verdict[] = {
		[VERDICT_SAFE] = "**safe**: no property is violated in any interleaving",
		[VERDICT_VIOLATED] = "**violated**",
		[VERDICT_BOUNDED] = "**unknown**: a bound was hit",
	};
	char states[COUNTED_MAX], transitions[COUNTED_MAX];
	char bound[BOUND_TEXT_MAX];

	fputs("# ", out);
	markdown(out, r->s->name);
	fputs(" under ", out);
	markdown(out, r->kernel_name);
	fputs("\n\n", out);
	fputs("```\n", out);
	print_question(out, r->s, r->kernel_name, r->k);
	fputs("```\n\n| | |\n| --- | --- |\n", out);
	if (r->after) {
		fputs("| after | ", out);
		markdown(out, r->after);
		fputs(" |\n", out);
	}
	fprintf(out, "| verdict | %s%s |\n", r->only && r->x->verdict == VERDICT_SAFE ?
		"**safe**: no property asked for is violated in any interleaving" :
		verdict[r->x->verdict],
		r->certified ? ", and a second judge agrees (of safety, not of LIVELOCK)" : "");
	fprintf(out, "| states | %s, %s, depth %u |\n", counted(r->x->states, "state", states),
		counted(r->x->transitions, "transition", transitions), r->x->depth);
	if (r->x->cut) {
		fputs("| not followed beyond |", out);
		for (unsigned p = 0; p < PROPERTY_COUNT; p++)
			if (r->x->cut >> p & 1)
				fprintf(out, " %s", properties[p].name);
		fputs(", where runs end |\n", out);
	}
	if (r->reach) {
		fprintf(out, "| %s | ", r->x->goal_reached ? "reached" : "not reached");
		markdown(out, r->reach);
		if (r->x->goal_reached)
			fprintf(out, ", after %s", counted(r->x->goal.n, "step", states));
		fprintf(out, "%s |\n", r->x->goal_reached || r->x->complete ? "" :
			", as far as was searched");
	}
	fprintf(out, "| bounds | %s |\n\n", r->x->bound ?
		bound_text(r->x->complete, r->x->bound, r->max_mib, bound) :
		r->x->complete ? "none was hit: every state was seen" :
		"the search stopped at what it found");
}

static void print_properties(const struct report *r, FILE *out)
{
	char steps[COUNTED_MAX];

	fputs("| property | | it must hold that |\n| --- | --- | --- |\n", out);
	for (unsigned p = 0; p < PROPERTY_COUNT; p++) {
		const struct finding *f = finding_of(r->x, p);
		enum answer a = answer_of(r, p);

		if (!asked(r, p))
			continue;
		fprintf(out, "| %s | %s%s | ", properties[p].name, a == SAYS_HOLDS ? "holds" :
			a == SAYS_UNKNOWN ? "unknown" : "**violated** after ",
			a == SAYS_VIOLATED && f ? counted(f->schedule.n, "step", steps) : "");
		markdown(out, properties[p].text);
		fputs(" |\n", out);
	}
}

static int print_finding(const struct report *r, const struct finding *f, FILE *out)
{
	char *schedule = schedule_text(r->s, &f->schedule), steps[COUNTED_MAX];
	int err;

	if (!schedule)
		return -ENOMEM;
	fprintf(out, "\n## %s after %s\n\n```\n", properties[f->property].name,
		counted(f->schedule.n, "step", steps));
	err = print_diagram(r, f, out);
	fputs("```\n\n    ", out);
	print_command(r, schedule, out);
	free(schedule);
	return err;
}

int report_markdown(const struct report *r, FILE *out)
{
	int err = 0;

	print_head(r, out);
	print_properties(r, out);
	for (unsigned i = 0; i < r->x->findings && !err; i++)
		err = print_finding(r, &r->x->finding[i], out);
	if (!err && r->x->goal_reached) {
		char *schedule = schedule_text(r->s, &r->x->goal);

		if (!schedule)
			return -ENOMEM;
		fputs("\nReached:\n\n    ", out);
		print_command(r, schedule, out);
		free(schedule);
	}
	fputs("\nAgain:\n\n    ", out);
	print_command(r, NULL, out);
	return err;
}
