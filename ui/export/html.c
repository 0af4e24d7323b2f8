/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * html.c - a run, or two, as one page that steps with the arrow keys.
 *
 * All that it needs is in it, and it may load nothing: the policy at its head allows one script,
 * this program's own, by its hash.  Without JavaScript it is the diagram, findings and notes.
 */
#include <errno.h>
#include <string.h>

#include "ui/export/page.h"
#include "ui/terminal/markup.h"

/* The hash of the script in base 64, which is 44 characters. */
static const char *script_hash(char text[45])
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789+/";
	unsigned bits = 0, have = 0, n = 0;

	for (unsigned i = 0; i < 32; i++) {
		bits = bits << 8 | page_script_sha256[i];
		for (have += 8; have >= 6; have -= 6)
			text[n++] = digit[bits >> (have - 6) & 63];
	}
	text[n++] = digit[bits << (6 - have) & 63];
	text[n++] = '=';
	text[n] = '\0';
	return text;
}

static void put_head(const struct figure_run *r, FILE *out)
{
	char hash[45];

	fprintf(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'unsafe-inline'; script-src 'sha256-%s'; base-uri 'none'; "
		"form-action 'none'\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<title>", script_hash(hash));
	markup_text(*r->title ? r->title : r->scenario, out);
	fputs("</title>\n<style>\n", out);
	markup_sheet(out);
	graphic_diagram_sheet(out, true);
	fputs(page_sheet, out);
	fputs("</style>\n</head>\n", out);
}

static void put_bar(const struct export *e, FILE *out)
{
	static const struct {
		const char *id, *label, *text;
	} button[] = {
		{ "first", "|\u25c0", "to the start (Home)" },
		{ "back", "\u25c0", "one step back (left arrow)" },
		{ "forward", "\u25b6", "one step forward (right arrow)" },
		{ "last", "\u25b6|", "to the end (End)" },
		{ "finding", "finding", "to the next finding (f)" },
		{ "parting", "difference", "to where the runs part (d)" },
	};
	unsigned buttons = e->figure->runs > 1 ? 6 : 5;

	fputs("<nav class=\"bar\" hidden>\n", out);
	for (unsigned i = 0; i < buttons; i++) {
		fprintf(out, "<button id=\"%s\" title=\"%s\">%s</button>\n", button[i].id,
			button[i].text, button[i].label);
	}
	fputs("<output id=\"where\"></output>\n</nav>\n", out);
}

static void put_step_link(unsigned side, uint64_t at, FILE *out)
{
	fprintf(out, "<a href=\"#s%u.%llu\" data-run=\"%u\" data-at=\"%llu\">step %llu</a>", side,
		(unsigned long long)at, side, (unsigned long long)at, (unsigned long long)at);
}

/* What there is to read of a run: what is wrong, what somebody wrote, how to make it again. */
static void put_words(const struct export *e, unsigned side, FILE *out)
{
	const struct figure_run *r = &e->figure->run[side];
	char note[GRAPHIC_NOTE_MAX];

	fprintf(out, "<section class=\"words\" aria-label=\"run %u\">\n<h2>", side + 1);
	markup_text(*r->kernel ? r->kernel : "run", out);
	fputs("</h2>\n<ul>\n", out);
	for (size_t i = 0; i < r->rows; i++) {
		if (!r->row[i].finding)
			continue;
		fprintf(out, "<li class=\"%s\">", r->row[i].cost ? "diff" : "bad");
		put_step_link(side, r->row[i].at, out);
		fputs(": ", out);
		markup_text(r->row[i].finding, out);
		fputs("</li>\n", out);
	}
	for (size_t i = 0; i < r->notes; i++) {
		fputs("<li>", out);
		put_step_link(side, r->note[i].at, out);
		fputs(": ", out);
		markup_text(graphic_note(&r->note[i], note), out);
		fputs("</li>\n", out);
	}
	fputs("</ul>\n", out);
	if (r->rows && r->rows != r->events)
		fprintf(out, "<p class=\"dim\">Steps %llu to %llu of %llu.</p>\n",
			(unsigned long long)r->first, (unsigned long long)r->last,
			(unsigned long long)r->events);
	if (*r->command) {
		fputs("<p>Again: <code>", out);
		markup_text(r->command, out);
		fputs("</code></p>\n", out);
	}
	fputs("</section>\n", out);
}

/* What page.js fills in. */
static void put_pane(const struct export *e, unsigned side, FILE *out)
{
	const struct figure_run *r = &e->figure->run[side];

	fprintf(out, "<section class=\"pane\" id=\"pane%u\" tabindex=\"0\" aria-label=\"", side);
	markup_text(r->kernel, out);
	fputs("\">\n<h2>", out);
	markup_text(r->kernel, out);
	fputs(" <span class=\"at\"></span></h2>\n<p class=\"step\"></p>\n"
	      "<p class=\"wrong bad\"></p>\n<ul class=\"changes\"></ul>\n"
	      "<pre class=\"objects\"></pre>\n<p class=\"file dim\"></p>\n"
	      "<pre class=\"source\"></pre>\n</section>\n", out);
}

static int put_body(struct export *e, struct chapter *c, FILE *out)
{
	const struct figure *f = e->figure;
	int err;

	fprintf(out, "<body class=\"%s\">\n", f->runs > 1 ? "two" : "one");
	put_bar(e, out);
	fputs("<main>\n<div id=\"diagram\" tabindex=\"-1\">\n", out);
	err = graphic_diagram(e, out, true);
	for (unsigned side = 0; side < f->runs; side++)
		put_words(e, side, out);
	fputs("<noscript><p class=\"dim\">Without JavaScript this page does not step."
	      "</p></noscript>\n</div>\n<div id=\"panes\" hidden>\n", out);
	for (unsigned side = 0; side < f->runs; side++)
		put_pane(e, side, out);
	fputs("</div>\n</main>\n<script type=\"application/json\" id=\"data\">", out);
	if (!err)
		err = page_data(e, c, out);
	fprintf(out, "</script>\n<script>%s</script>\n</body>\n</html>\n", page_script);
	return err;
}

static int write_html(struct export *e, FILE *out)
{
	struct chapter c;
	int err = graphic_fits(e, "html", GRAPHIC_STEPS_MAX);

	if (!err)
		err = graphic_chapter(e, &c);
	if (err)
		return err;
	put_head(&e->figure->run[0], out);
	err = put_body(e, &c, out);
	alignment_free(&c.alignment);
	return err;
}

const struct export_format export_html = {
	.name = "html",
	.extension = ".html",
	.brief = "one page that steps with the arrow keys: diagram, values, source",
	.write = write_html,
};
