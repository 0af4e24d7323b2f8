/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * html.c - a deck as one page of HTML: all that it needs is in it, and it loads nothing.
 */
#include <errno.h>
#include <string.h>

#include "ui/present/present.h"
#include "ui/terminal/markup.h"
#include "ui/text/text.h"

static const char head[] =
	"<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<style>\n";
static const char sheet[] =
	"body { margin: 0 auto; padding: 1em; max-width: 110ch;\n"
	"  font: 1.05rem/1.5 system-ui, sans-serif }\n"
	"section { border-top: 1px solid var(--dim); padding: 1em 0; break-inside: avoid }\n"
	"pre { font: 0.85rem/1.25 ui-monospace, monospace; overflow-x: auto;\n"
	"  border: 1px solid var(--dim); padding: 0.5em }\n"
	"aside { border-left: 3px solid var(--dim); padding-left: 1em; color: var(--dim) }\n"
	".claims { color: var(--dim); font-size: 0.9rem }\n"
	"</style>\n";

static void print_paragraphs(const char *text, FILE *out)
{
	for (const char *end; *text; text = end + strspn(end, "\n")) {
		end = text + strcspn(text, "\n");
		fputs("<p>", out);
		markup_bytes(text, (size_t)(end - text), out);
		fputs("</p>\n", out);
	}
}

static int print_beat(const struct presentation *p, unsigned i, const struct export *e, FILE *out)
{
	const struct beat *b = &p->deck.beat[i];
	struct grid g;

	fprintf(out, "<section id=\"beat%u\">\n<h2>%u. ", i + 1, i + 1);
	markup_text(b->title, out);
	fputs("</h2>\n", out);
	if (b->text)
		print_paragraphs(b->text, out);
	if (present_screen(p, i, e, &g))
		return usage_error("out of memory");
	fputs("<pre>", out);
	for (int y = 0; y < g.rows; y++)
		markup_row(&g.cell[(size_t)y * (size_t)g.cols], g.cols, out);
	fputs("</pre>\n", out);
	grid_free(&g);
	for (unsigned k = 0; k < b->claims; k++) {
		fputs(k ? ", <code>" : "<p class=\"claims\">Checked: <code>", out);
		markup_text(b->claim[k].text, out);
		fputs("</code>", out);
	}
	fputs(b->claims ? "</p>\n" : "", out);
	if (e->notes && b->note) {
		fputs("<aside>\n", out);
		print_paragraphs(b->note, out);
		fputs("</aside>\n", out);
	}
	fputs("<nav>", out);
	if (i)
		fprintf(out, "<a href=\"#beat%u\">back</a> ", i);
	if (i + 1 < p->deck.beats)
		fprintf(out, "<a href=\"#beat%u\">on</a>", i + 2);
	fputs("</nav>\n</section>\n", out);
	return EXIT_OK;
}

int present_html(const struct presentation *p, const struct export *e, FILE *out)
{
	const char *title = *p->deck.title ? p->deck.title : p->deck.name;
	int status = EXIT_OK;

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n", out);
	fputs(head, out);
	markup_sheet(out);
	fputs(sheet, out);
	fputs("<title>", out);
	markup_text(title, out);
	fputs("</title>\n</head>\n<body>\n<h1>", out);
	markup_text(title, out);
	fputs("</h1>\n", out);
	for (unsigned i = 0; i < p->deck.beats && !status; i++)
		status = print_beat(p, i, e, out);
	fputs("</body>\n</html>\n", out);
	if (!status && (fflush(out) || ferror(out)))
		status = usage_error("the output could not be written: %s", strerror(errno));
	return status;
}
