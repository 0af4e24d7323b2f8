/* SPDX-License-Identifier: GPL-2.0-only */
/* command.c - a command line on lines of a width. */
#include <string.h>

#include "replay/figure/columns.h"

/* The length of a word of a shell, quotes and all, as print_quoted() writes them. */
static size_t shell_word(const char *p)
{
	size_t n = 0;
	bool quoted = false;

	for (; p[n] && (quoted || p[n] != ' '); n++) {
		if (p[n] == '\'')
			quoted = !quoted;
		else if (p[n] == '\\' && !quoted && p[n + 1])
			n++;
	}
	return n;
}

/* Can what is quoted stand between double quotes, too, and be broken at its blanks? */
static bool can_break(const char *word, size_t n)
{
	for (size_t i = 1; i + 1 < n; i++)
		if (strchr("$`\"\\!'", word[i]))
			return false;
	return n > 2 && word[0] == '\'' && word[n - 1] == '\'' && memchr(word, ' ', n);
}

/*
 * A quoted word of which each part may be on a line of its own: in double quotes a backslash takes
 * the end of a line away, and blanks count as one where a schedule is read.
 */
static unsigned put_parts(FILE *out, const char *word, size_t n, unsigned at, unsigned width,
			  unsigned indent)
{
	const char *p = word + 1, *end = word + n - 1;

	fputc('"', out);
	at++;
	while (p < end) {
		size_t part = strcspn(p, " ");

		if (part > (size_t)(end - p))
			part = (size_t)(end - p);
		/* " \" or the quote has to fit, too */
		if (at + part + 3 > width && at > indent + 1) {
			fprintf(out, "\\\n%*s", (int)indent, "");
			at = indent;
		}
		fprintf(out, "%.*s", (int)part, p);
		at += (unsigned)part;
		p += part;
		if (p < end) {
			fputc(' ', out);
			at++;
			p++;
		}
	}
	fputc('"', out);
	return at + 1;
}

void figure_command(FILE *out, const char *command, unsigned width, unsigned indent)
{
	unsigned at = indent;
	bool first = true;

	fprintf(out, "%*s", (int)indent, "");
	while (*command) {
		size_t n = shell_word(command);
		const char *next = command + n + strspn(command + n, " ");
		size_t whole = n;

		/* an option and what it takes stay together */
		if (!strncmp(command, "--", 2) && *next)
			whole += 1 + shell_word(next);
		if (!first && at + 1 + (whole > width - indent - 6 ? n + 8 : whole) + 2 > width) {
			fprintf(out, " \\\n%*s", (int)indent + 2, "");
			at = indent + 2;
		} else if (!first) {
			fputc(' ', out);
			at++;
		}
		if (at + n + 2 > width && can_break(command, n)) {
			at = put_parts(out, command, n, at, width, indent + 4);
		} else {
			fprintf(out, "%.*s", (int)n, command);
			at += (unsigned)n;
		}
		first = false;
		command = next;
	}
	fputc('\n', out);
}
