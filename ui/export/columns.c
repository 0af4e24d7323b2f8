/* SPDX-License-Identifier: GPL-2.0-only */
/* columns.c - runs as columns: for a commit message, as plain text, in Markdown. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/figure/columns.h"
#include "ui/export/export.h"
#include "ui/export/graphic.h"
#include "ui/text/text.h"

#define WIDTH_TEXT	80

/* "step 12 (W: add_to_swap_cache(folio, entry)), note, root, 2026-12-01: .." */
static void put_told(const struct figure_run *r, unsigned width, FILE *out)
{
	if (r->notes)
		fputc('\n', out);
	for (size_t i = 0; i < r->notes; i++) {
		const struct figure_row *row = NULL;
		char note[GRAPHIC_NOTE_MAX], line[GRAPHIC_NOTE_MAX + 400] = "";

		for (size_t j = 0; j < r->rows && !row; j++)
			if (r->row[j].at == r->note[i].at)
				row = &r->row[j];
		if (row)
			snprintf(line, sizeof(line), "step %llu (%.80s: %.200s), ",
				 (unsigned long long)row->at, r->task[row->task], row->text);
		else if (r->note[i].at)
			snprintf(line, sizeof(line), "step %llu, ",
				 (unsigned long long)r->note[i].at);
		snprintf(line + strlen(line), sizeof(line) - strlen(line), "%s",
			 graphic_note(&r->note[i], note));
		for (char *p = line; *p; p++)	/* of a note of several lines */
			if (*p == '\n' || *p == '\t')
				*p = ' ';
		print_wrapped(out, (int)width, 2, line);
	}
}

/* ---- a commit message ---- */

static int write_cpu_run(const struct export *e, unsigned side, FILE *out)
{
	const struct figure_run *r = &e->figure->run[side];
	bool *keep = malloc(r->rows + 1);
	const struct figure_columns c = {
		.width = e->width ? e->width : FIGURE_WIDTH_CPU, .cpu = true,
		.keep = e->whole ? NULL : keep,
	};
	int err = keep ? 0 : -ENOMEM;

	if (!err) {
		if (!e->whole)
			export_short(e, side, keep);
		err = figure_columns(out, r, &c);
	}
	if (!err)
		put_told(r, c.width, out);
	free(keep);
	return err;
}

/* Of two runs each has its kernel above it, and below both is where they part. */
static int write_cpu(struct export *e, FILE *out)
{
	const struct figure *f = e->figure;
	int err = 0;

	for (unsigned i = 0; i < f->runs && !err; i++) {
		if (!e->whole && !e->part.first && !e->part.last && !f->run[i].findings &&
		    f->run[i].rows > GRAPHIC_STEPS_MAX)
			return graphic_error(e, -EFBIG, "nothing is found in these %zu steps, so "
					     "none are known to matter: --steps A..B exports a "
					     "part, --part whole all", f->run[i].rows);
		if (f->runs > 1)
			fprintf(out, "%s%s:\n\n", i ? "\n" : "", f->run[i].kernel);
		err = write_cpu_run(e, i, out);
	}
	if (f->runs > 1 && !err) {
		fputc('\n', out);
		print_wrapped(out, (int)(e->width ? e->width : FIGURE_WIDTH_CPU), 0,
			      f->same ? "The two runs do the same throughout." : f->why);
	}
	return err;
}

const struct export_format export_cpu = {
	.name = "cpu", .extension = ".txt",
	.brief = "CPU0 and CPU1, for a commit message",
	.shortens = true,
	.write = write_cpu,
};

/* ---- plain text ---- */

static int write_columns(const struct export *e, const struct figure_run *r, unsigned width,
			 FILE *out)
{
	const struct figure_columns c = { .width = e->width ? e->width : width };

	return figure_columns(out, r, &c);
}

static int write_text(struct export *e, FILE *out)
{
	const struct figure *f = e->figure;
	int err = 0;

	for (unsigned i = 0; i < f->runs && !err; i++) {
		const struct figure_run *r = &f->run[i];

		fprintf(out, "%s%s under %s\n\n", i ? "\n" : "", r->scenario, r->kernel);
		err = write_columns(e, r, WIDTH_TEXT, out);
		if (!err)
			put_told(r, e->width ? e->width : WIDTH_TEXT, out);
		if (!err && *r->command) {
			fputc('\n', out);
			figure_command(out, r->command, e->width ? e->width : WIDTH_TEXT, 2);
		}
	}
	if (f->runs > 1 && !err) {
		fputc('\n', out);
		if (!f->same)
			fprintf(out, "They part after step %llu (left) and %llu (right):\n",
				(unsigned long long)f->parted[0], (unsigned long long)f->parted[1]);
		print_wrapped(out, (int)(e->width ? e->width : WIDTH_TEXT), 0,
			      f->same ? "They do the same throughout." : f->why);
	}
	return err;
}

const struct export_format export_text = {
	.name = "text", .extension = ".text",
	.brief = "the run in columns, with numbers, as explore prints it",
	.write = write_text,
};

/* ---- Markdown ---- */

/* A text in a sentence: what Markdown would take for its own is marked. */
static void put_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\`*_[]<>#|&~", *text))
			fputc('\\', out);
		fputc(*text == '\n' ? ' ' : *text, out);	/* of a note of several lines */
	}
}

static void put_findings(const struct figure_run *r, FILE *out)
{
	bool any = false;

	for (size_t i = 0; i < r->rows; i++) {
		if (!r->row[i].finding)
			continue;
		if (!any)
			fputs("\n**Findings**\n\n", out);
		any = true;
		fprintf(out, "* step %llu: ", (unsigned long long)r->row[i].at);
		put_escaped(out, r->row[i].finding);
		fputc('\n', out);
	}
	if (!any)
		fputs("\nNothing is violated in these steps.\n", out);
}

static void put_holds(const struct figure_run *r, FILE *out)
{
	if (r->holds)
		fputs("\n**Locks and pins**\n\n| held | by | from step | to step |\n"
		      "| --- | --- | --- | --- |\n", out);
	for (size_t i = 0; i < r->holds; i++) {
		const struct figure_hold *h = &r->hold[i];

		fputs("| ", out);
		put_escaped(out, h->what);
		fputs(" | ", out);
		put_escaped(out, r->task[h->task]);
		fprintf(out, h->from ? " | %llu" : " | before", (unsigned long long)h->from);
		fprintf(out, h->to == UINT64_MAX ? " | - |\n" : " | %llu |\n",
			(unsigned long long)h->to);
	}
}

static void put_notes(const struct figure_run *r, FILE *out)
{
	if (r->notes)
		fputs("\n**Notes**\n\n", out);
	for (size_t i = 0; i < r->notes; i++) {
		const struct figure_note *n = &r->note[i];

		fprintf(out, "* step %llu, ", (unsigned long long)n->at);
		put_escaped(out, n->kind);
		if (*n->author) {
			fputs(", ", out);
			put_escaped(out, n->author);
		}
		fputs(": ", out);
		put_escaped(out, n->text);
		fputc('\n', out);
	}
}

static int write_section(const struct export *e, const struct figure_run *r, FILE *out)
{
	int err;

	fputs("## ", out);
	put_escaped(out, r->scenario);
	fputs(" under ", out);
	put_escaped(out, r->kernel);
	fputs("\n\n", out);
	if (*r->verdict) {
		put_escaped(out, r->verdict);
		fputs(".\n\n", out);
	}
	if (r->first > 1 || r->last < r->events)
		fprintf(out, "Steps %llu to %llu of %llu.\n\n", (unsigned long long)r->first,
			(unsigned long long)r->last, (unsigned long long)r->events);
	fputs("```\n", out);
	err = write_columns(e, r, PRINT_WIDTH, out);
	fputs("```\n", out);
	put_findings(r, out);
	put_notes(r, out);
	put_holds(r, out);
	if (*r->command) {
		fputs("\n```sh\n", out);
		figure_command(out, r->command, e->width ? e->width : PRINT_WIDTH, 0);
		fputs("```\n", out);
	}
	if (*r->switches) {
		fputs("\n<details><summary>switches</summary>\n\n", out);
		put_escaped(out, r->switches);
		fputs("\n\n</details>\n", out);
	}
	return err;
}

static int write_markdown(struct export *e, FILE *out)
{
	const struct figure *f = e->figure;
	int err = 0;

	fputs("# ", out);
	put_escaped(out, f->run[0].title && *f->run[0].title ? f->run[0].title :
		    f->run[0].scenario);
	fputs("\n\n", out);
	for (unsigned i = 0; i < f->runs && !err; i++) {
		if (i)
			fputc('\n', out);
		err = write_section(e, &f->run[i], out);
	}
	if (f->runs > 1 && !err) {
		fputs("\n## Where they part\n\n", out);
		if (f->same)
			fputs("They do the same throughout.", out);
		else
			fprintf(out, "After step %llu (left) and %llu (right): ",
				(unsigned long long)f->parted[0],
				(unsigned long long)f->parted[1]);
		put_escaped(out, f->same ? "" : f->why);
		fputc('\n', out);
	}
	return err;
}

const struct export_format export_markdown = {
	.name = "markdown", .extension = ".md",
	.brief = "a page in Markdown: the diagram, findings, notes, locks, the command",
	.write = write_markdown,
};
