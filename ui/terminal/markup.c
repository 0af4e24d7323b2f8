/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * markup.c - texts and screens in HTML and SVG.
 */
#include "ui/terminal/markup.h"

#include <string.h>

/* Length of the UTF-8 sequence at s, which has n bytes, if XML may have that character; else 0. */
static size_t sequence(const unsigned char *s, size_t n)
{
	size_t length = *s < 0x80 ? 1 : *s < 0xc2 ? 0 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 :
			*s < 0xf5 ? 4 : 0;

	if (length > n || (length == 1 && ((*s < ' ' && *s != '\t' && *s != '\n') || *s == 0x7f)))
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if (length < 3)
		return length;
	/* too long a form, halves of pairs, beyond Unicode, and U+FFFE and U+FFFF */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f) ||
	    (s[0] == 0xef && s[1] == 0xbf && s[2] > 0xbd))
		return 0;
	return length;
}

void markup_bytes(const char *text, size_t size, FILE *out)
{
	while (size) {
		size_t n = sequence((const unsigned char *)text, size);

		switch (n ? *text : '?') {
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
			fwrite(n ? text : "?", 1, n ? n : 1, out);
		}
		text += n ? n : 1;
		size -= n ? n : 1;
	}
}

void markup_text(const char *text, FILE *out)
{
	markup_bytes(text, strlen(text), out);
}

/* What the styles of a screen look like; text says what they say, so that a print has it too. */
const struct markup_colour markup_colours[] = {
	{ "back", "#ffffff", "#14171a" }, { "fore", "#1b1b1b", "#e3e3e3" },
	{ "dim", "#6b6b6b", "#9a9a9a" }, { "line", "#b8b8b8", "#4c5157" },
	{ "bar", "#24415f", "#2c5178" }, { "on-bar", "#ffffff", "#ffffff" },
	{ "now", "#dbe8f6", "#27405c" }, { "bad", "#b3261e", "#ff8a80" },
	{ "on-bad", "#fbe3e1", "#4d211e" }, { "good", "#17653a", "#7bd8a0" },
	{ "who", "#6a3d9a", "#cfaef0" }, { "diff", "#8a5a00", "#f0c060" },
	{ "new", "#004e92", "#8fc7ff" }, { "pin", "#a9cdf0", "#2b5783" },
	{ "folio", "#aadbb8", "#245c3b" }, { "lock", "#e8d3a2", "#66501a" },
	{ 0 },
};

static const char *const class_of[STYLE_COUNT] = {
	[STYLE_DIM] = "dim", [STYLE_TITLE] = "title", [STYLE_BAR] = "bar",
	[STYLE_CURSOR] = "cursor", [STYLE_CHANGED] = "changed", [STYLE_BAD] = "bad",
	[STYLE_GOOD] = "good", [STYLE_OWNER] = "owner", [STYLE_DIFF] = "diff",
};

const char *markup_class(enum style style)
{
	return style < STYLE_COUNT ? class_of[style] : NULL;
}

void markup_sheet(FILE *out)
{
	fputs(":root { color-scheme: light dark", out);
	for (const struct markup_colour *c = markup_colours; c->name; c++)
		fprintf(out, "; --%s: %s", c->name, c->light);
	fputs(" }\n@media (prefers-color-scheme: dark) { :root { color-scheme: light dark", out);
	for (const struct markup_colour *c = markup_colours; c->name; c++)
		fprintf(out, "; --%s: %s", c->name, c->dark);
	fputs(" } }\n"
	      "body { background: var(--back); color: var(--fore) }\n"
	      ".dim { color: var(--dim) } .title { font-weight: bold }\n"
	      ".bar { background: var(--bar); color: var(--on-bar) }\n"
	      ".cursor { background: var(--now); font-weight: bold }\n"
	      ".changed { color: var(--new); font-weight: bold }\n"
	      ".bad { color: var(--bad); font-weight: bold } .good { color: var(--good) }\n"
	      ".owner { color: var(--who) } .diff { color: var(--diff) }\n", out);
}

void markup_row(const struct cell *row, int cols, FILE *out)
{
	const char *open = NULL;

	while (cols > 0 && row[cols - 1].ch[0] == ' ' && row[cols - 1].style == STYLE_PLAIN)
		cols--;
	for (int x = 0; x < cols; x++) {
		const char *is = markup_class(row[x].style);

		if (is != open) {
			fputs(open ? "</span>" : "", out);
			if (is)
				fprintf(out, "<span class=\"%s\">", is);
			open = is;
		}
		markup_text(row[x].ch, out);
	}
	fputs(open ? "</span>\n" : "\n", out);
}
