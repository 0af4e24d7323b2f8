/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * html.c - a deck as one page of HTML: all that it needs is in it, and it loads nothing.
 */
#include <errno.h>
#include <string.h>

#include "ui/present/present.h"
#include "ui/text/text.h"

/* What the styles of a screen look like; text says what they say, so that a print has it too. */
static const char head[] =
	"<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<style>\n"
	":root { color-scheme: light dark; --back: #fff; --fore: #1b1b1b; --dim: #6b6b6b;\n"
	"  --bar: #24415f; --on-bar: #fff; --now: #dbe8f6; --bad: #b3261e; --good: #17653a;\n"
	"  --who: #6a3d9a; --diff: #8a5a00; --new: #004e92 }\n"
	"@media (prefers-color-scheme: dark) { :root { --back: #14171a; --fore: #e3e3e3;\n"
	"  --dim: #9a9a9a; --bar: #2c5178; --now: #27405c; --bad: #ff8a80; --good: #7bd8a0;\n"
	"  --who: #cfaef0; --diff: #f0c060; --new: #8fc7ff } }\n"
	"body { background: var(--back); color: var(--fore); margin: 0 auto; padding: 1em;\n"
	"  max-width: 110ch; font: 1.05rem/1.5 system-ui, sans-serif }\n"
	"section { border-top: 1px solid var(--dim); padding: 1em 0; break-inside: avoid }\n"
	"pre { font: 0.85rem/1.25 ui-monospace, monospace; overflow-x: auto;\n"
	"  border: 1px solid var(--dim); padding: 0.5em }\n"
	"aside { border-left: 3px solid var(--dim); padding-left: 1em; color: var(--dim) }\n"
	".claims { color: var(--dim); font-size: 0.9rem }\n"
	".dim { color: var(--dim) } .title { font-weight: bold }\n"
	".bar { background: var(--bar); color: var(--on-bar) }\n"
	".cursor { background: var(--now); font-weight: bold }\n"
	".changed { color: var(--new); font-weight: bold }\n"
	".bad { color: var(--bad); font-weight: bold } .good { color: var(--good) }\n"
	".owner { color: var(--who) } .diff { color: var(--diff) }\n"
	"</style>\n";

static const char *const class_of[STYLE_COUNT] = {
	[STYLE_DIM] = "dim", [STYLE_TITLE] = "title", [STYLE_BAR] = "bar",
	[STYLE_CURSOR] = "cursor", [STYLE_CHANGED] = "changed", [STYLE_BAD] = "bad",
	[STYLE_GOOD] = "good", [STYLE_OWNER] = "owner", [STYLE_DIFF] = "diff",
};

static void print_char(const char *ch, FILE *out)
{
	switch (*ch) {
	case '<':
		fputs("&lt;", out);
		break;
	case '>':
		fputs("&gt;", out);
		break;
	case '&':
		fputs("&amp;", out);
		break;
	case '"':
		fputs("&quot;", out);
		break;
	default:
		fputs(ch, out);
	}
}

static void print_text(const char *text, FILE *out)
{
	for (; *text; text++)
		print_char((char[]){ *text, 0 }, out);
}

static void print_paragraphs(const char *text, FILE *out)
{
	fputs("<p>", out);
	for (; *text; text++)
		if (*text == '\n') {
			fputs("</p>\n<p>", out);
			text += strspn(text, "\n") - 1;
		} else {
			print_char((char[]){ *text, 0 }, out);
		}
	fputs("</p>\n", out);
}

static void print_row(const struct cell *row, int cols, FILE *out)
{
	const char *open = NULL;

	while (cols > 0 && row[cols - 1].ch[0] == ' ' && row[cols - 1].style == STYLE_PLAIN)
		cols--;
	for (int x = 0; x < cols; x++) {
		const char *is = row[x].style < STYLE_COUNT ? class_of[row[x].style] : NULL;

		if (is != open) {
			fputs(open ? "</span>" : "", out);
			if (is)
				fprintf(out, "<span class=\"%s\">", is);
			open = is;
		}
		print_char(row[x].ch, out);
	}
	fputs(open ? "</span>\n" : "\n", out);
}

static int print_beat(const struct presentation *p, unsigned i, const struct export *e, FILE *out)
{
	const struct beat *b = &p->deck.beat[i];
	struct grid g;

	fprintf(out, "<section id=\"beat%u\">\n<h2>%u. ", i + 1, i + 1);
	print_text(b->title, out);
	fputs("</h2>\n", out);
	if (b->text)
		print_paragraphs(b->text, out);
	if (present_screen(p, i, e, &g))
		return usage_error("out of memory");
	fputs("<pre>", out);
	for (int y = 0; y < g.rows; y++)
		print_row(&g.cell[(size_t)y * (size_t)g.cols], g.cols, out);
	fputs("</pre>\n", out);
	grid_free(&g);
	for (unsigned k = 0; k < b->claims; k++) {
		fputs(k ? ", <code>" : "<p class=\"claims\">Checked: <code>", out);
		print_text(b->claim[k].text, out);
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
	fputs("<title>", out);
	print_text(title, out);
	fputs("</title>\n</head>\n<body>\n<h1>", out);
	print_text(title, out);
	fputs("</h1>\n", out);
	for (unsigned i = 0; i < p->deck.beats && !status; i++)
		status = print_beat(p, i, e, out);
	fputs("</body>\n</html>\n", out);
	if (!status && (fflush(out) || ferror(out)))
		status = usage_error("the output could not be written: %s", strerror(errno));
	return status;
}
