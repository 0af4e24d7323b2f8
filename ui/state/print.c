/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * print.c - a chapter as plain text, for pipes and for screen readers: no box drawing,
 * nothing that only makes sense beside something else.
 */
#include <string.h>

#include "replay/figure/columns.h"
#include "traces/capture/capture.h"
#include "ui/moment/moment.h"
#include "ui/state/diff.h"
#include "ui/text/text.h"

#define CHAPTER_WIDTH		78
#define PRINT_STEPS_MAX		10000	/* of a diagram */
#define PRINT_PART		200	/* steps of a run that has more */
#define PRINT_FINDINGS_MAX	100
#define PRINT_NOTES_MAX		100

static void print_title(const char *title, char line, FILE *out)
{
	fprintf(out, "%s\n", title);
	for (int i = text_columns(title); i > 0; i--)
		fputc(line, out);
	fputs("\n\n", out);
}

/* A row a transition, up to the first finding or the end. */
static void print_part(struct trace *t, FILE *out)
{
	const struct run_info *info = trace_info(t);
	size_t n;
	const struct trace_finding *f = trace_findings(t, &n);
	uint64_t last = n ? f[0].position : info->events;
	uint64_t first = last > PRINT_PART ? last - PRINT_PART + 1 : 1;
	char time[32], name[NAME_WIDTH + 1];
	bool seen;

	fprintf(out, "Too long or too large for a diagram: steps %llu to %llu%s.\n\n",
		(unsigned long long)first, (unsigned long long)last,
		info->capture ? "; @: an event of the capture shows it" : "");
	for (uint64_t at = first; at <= last; at++) {
		const struct trace_event *ev = trace_event_at(t, at);
		const struct trace_step *step = ev ? trace_step_at(t, ev->step) : NULL;

		if (!step) {
			fprintf(out, "%10llu (not readable)\n", (unsigned long long)at);
			continue;
		}
		seen = false;
		if (info->capture)
			capture_event_of(t, at, &seen);
		fprintf(out, "%10llu %s%s%s%-8s %s: %s%s%s\n", (unsigned long long)at,
			info->clock ? time_text(ev->time, false, time, sizeof(time)) : "",
			info->clock ? " " : "", !info->capture ? "" : seen ? "@ " : "  ",
			brief_name(info->task_name[ev->task], name), step->op, step->text,
			*ev->result ? " = " : "", ev->result);
	}
}

static int print_diagram(struct trace *t, FILE *out)
{
	const struct figure_columns c = { .width = output_width(out) };
	char why[FIGURE_WHY_MAX];
	struct figure f;
	int err = figure_of_trace(&f, t, NULL, why);

	if (!err) {
		err = figure_columns(out, &f.run[0], &c);
		figure_free(&f);
	}
	return err;
}

/* What somebody noted. */
static void print_notes(const struct trace *t, FILE *out)
{
	unsigned printed = 0;
	size_t n;
	const struct trace_note *note = trace_notes(t, &n);

	for (size_t i = 0; i < n && printed < PRINT_NOTES_MAX; i++) {
		if (!note[i].remark)
			continue;
		printed++;
		fprintf(out, "\nStep %llu, ", (unsigned long long)note[i].position);
		print_note(out, CHAPTER_WIDTH, 0, &note[i]);
	}
}

static void print_run(struct trace *t, const char *side, FILE *out)
{
	const struct run_info *info = trace_info(t);
	char title[200], text[2000];
	const struct trace_finding *f;
	size_t n;

	snprintf(title, sizeof(title), "%s%.150s: %llu step%s", side, info->kernel,
		 (unsigned long long)info->events, info->events == 1 ? "" : "s");
	print_title(title, '-', out);
	snprintf(text, sizeof(text), "Switches: %s", info->switches);
	print_wrapped(out, CHAPTER_WIDTH, 0, text);
	if (info->verdict && *info->verdict)
		fprintf(out, "%s: %s\n", info->capture ? "Capture" : "Explored", info->verdict);
	fputc('\n', out);
	if (info->large || info->events > PRINT_STEPS_MAX)
		print_part(t, out);
	else if (print_diagram(t, out))
		fprintf(out, "The trace is damaged: the run cannot be shown.\n");
	f = trace_findings(t, &n);
	if (!n)
		fprintf(out, "\nNothing is violated in this run.\n");
	for (size_t i = 0; i < n && i < PRINT_FINDINGS_MAX; i++) {
		snprintf(text, sizeof(text), "Finding: %.20s at step %llu: %.600s.", f[i].property,
			 (unsigned long long)f[i].position, f[i].text);
		fputc('\n', out);
		print_wrapped(out, CHAPTER_WIDTH, 0, text);
	}
	print_notes(t, out);
}

void view_print(const struct chapter *c, FILE *out)
{
	const struct alignment *al = &c->alignment;

	if (c->title)
		print_title(c->title, '=', out);
	if (c->text) {
		print_wrapped(out, CHAPTER_WIDTH, 0, c->text);
		fputc('\n', out);
	}
	print_run(c->run[0], c->run[1] ? "Left: " : "", out);
	if (!c->run[1])
		return;
	fputc('\n', out);
	print_run(c->run[1], "Right: ", out);
	fputc('\n', out);
	if (!are_aligned(c)) {
		fprintf(out, "The two runs were not compared.\n");
		return;
	}
	if (al->same) {
		fprintf(out, "The two runs do the same throughout.\n");
		return;
	}
	fprintf(out, "The runs part after step %llu (left) and %llu (right):\n",
		(unsigned long long)al->a_parted, (unsigned long long)al->b_parted);
	print_wrapped(out, CHAPTER_WIDTH, 0, al->why);
}
