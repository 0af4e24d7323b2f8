/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plain.c - a deck in print: as text, and as Markdown.
 */
#include <errno.h>
#include <string.h>

#include "traces/read/read.h"
#include "ui/panel/panel.h"
#include "ui/present/present.h"
#include "ui/show/show.h"
#include "ui/text/text.h"

#define TEXT_WIDTH	78

int present_screen(const struct presentation *p, unsigned beat, const struct export *e,
		   struct grid *g)
{
	struct chapter c = p->chapter[beat];
	struct view v;
	int error = grid_init(g, e->rows, e->cols);

	if (error)
		return error;
	c.text = NULL;		/* which stands beside the screen */
	view_init(&v, &c, 1);
	view_render(&v, g);
	return 0;
}

/* "left (debate-a): step 19 of 19, T0: zswap_decompress(entry, folio): begin" */
static void print_stand(const struct presentation *p, unsigned beat, FILE *out)
{
	const struct chapter *c = &p->chapter[beat];
	const struct stand *s = &p->stand[beat];
	char line[700];

	for (unsigned side = 0; side < 2 && c->run[side]; side++) {
		const struct run_info *info = trace_info(c->run[side]);
		const struct trace_event *ev = s->at[side] ?
			trace_event_at(c->run[side], s->at[side]) : NULL;
		const struct trace_step *step = ev ? trace_step_at(c->run[side], ev->step) : NULL;

		snprintf(line, sizeof(line), "%s%.80s: step %zu of %llu%s%.40s%s%.160s%s%.90s",
			 !c->run[1] ? "" : side ? "Right: " : "Left: ", info->kernel, s->at[side],
			 (unsigned long long)info->events, step ? ", " : "",
			 step ? info->task_name[ev->task] : "", step ? ": " : "",
			 step ? step->text : "", step && *ev->result ? " = " : "",
			 step ? ev->result : "");
		print_wrapped(out, TEXT_WIDTH, 2, line);
	}
	if (c->point)
		fprintf(out, "Look at %s.\n", c->point);
}

static void print_underlined(const char *title, FILE *out)
{
	size_t n = 0;

	for (const char *ch = title; *ch; ch++)
		n += ((unsigned char)*ch & 0xc0) != 0x80;
	fprintf(out, "%s\n", title);
	while (n--)
		fputc('=', out);
	fputs("\n\n", out);
}

static int written(FILE *out)
{
	return fflush(out) || ferror(out) ? usage_error("the output could not be written: %s",
							strerror(errno)) : EXIT_OK;
}

int present_plain(const struct presentation *p, const struct export *e, FILE *out)
{
	for (unsigned i = 0; i < p->deck.beats; i++) {
		const struct chapter *c = &p->chapter[i];
		bool further = deck_runs_of(&p->deck, i) != i;

		if (i)
			fputc('\n', out);
		if (!further) {
			view_print(c, out);
		} else {
			print_underlined(c->title, out);
			if (c->text) {
				print_wrapped(out, TEXT_WIDTH, 0, c->text);
				fputc('\n', out);
			}
		}
		if (further || c->open[0] || c->open[1] || c->point) {
			fputs(further ? "" : "\n", out);
			print_stand(p, i, out);
		}
		if (e->notes && c->note) {
			fputs("\nNote:\n", out);
			print_wrapped(out, TEXT_WIDTH, 0, c->note);
		}
	}
	return written(out);
}

/* ---- Markdown ---- */

/* A character that would be markup is told to be none. */
static void print_escaped(const char *text, FILE *out)
{
	for (; *text; text++) {
		if (strchr("\\`*_<>[]#|~&", *text))
			fputc('\\', out);
		fputc(*text, out);
	}
}

static void print_markdown_screen(const struct grid *g, FILE *out)
{
	fputs("```text\n", out);
	grid_print(g, out, false);
	fputs("```\n\n", out);
}

static void print_claims(const struct beat *b, FILE *out)
{
	for (unsigned i = 0; i < b->claims; i++)
		fprintf(out, "%s`%s`", i ? ", " : "Checked: ", b->claim[i].text);
	if (b->claims)
		fputs("\n\n", out);
}

int present_markdown(const struct presentation *p, const struct export *e, FILE *out)
{
	struct grid g;

	if (*p->deck.title) {
		fputs("# ", out);
		print_escaped(p->deck.title, out);
		fputs("\n\n", out);
	}
	for (unsigned i = 0; i < p->deck.beats; i++) {
		const struct beat *b = &p->deck.beat[i];

		fprintf(out, "## %u. ", i + 1);
		print_escaped(b->title, out);
		fputs("\n\n", out);
		if (b->text) {
			print_escaped(b->text, out);
			fputs("\n\n", out);
		}
		if (present_screen(p, i, e, &g))
			return usage_error("out of memory");
		print_markdown_screen(&g, out);
		grid_free(&g);
		print_claims(b, out);
		if (e->notes && b->note) {
			fputs("> ", out);
			for (const char *c = b->note; *c; c++)
				if (*c == '\n')
					fputs("\n> ", out);
				else
					print_escaped((char[]){ *c, 0 }, out);
			fputs("\n\n", out);
		}
	}
	return written(out);
}
