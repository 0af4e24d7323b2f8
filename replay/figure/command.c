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

/* Is it of a schedule, whose blanks count as one, and can it stand between double quotes, too? */
static bool can_break(const char *word, size_t n, bool schedule)
{
	for (size_t i = 1; i + 1 < n; i++)
		if (strchr("$`\"\\!'", word[i]))
			return false;
	return schedule && n > 2 && word[0] == '\'' && word[n - 1] == '\'' &&
	       memchr(word, ' ', n);
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

static bool is_schedule(const char *word, size_t n)
{
	static const char option[] = "--schedule";

	return n == strlen(option) && !strncmp(word, option, n);
}

/* Columns that have to be on one line: an option with what it takes, or the first part of that. */
static size_t together(const char *word, size_t n, const char *next, size_t width, bool schedule)
{
	size_t m = shell_word(next), both = n + 1 + m;

	if (n > width && can_break(word, n, schedule))
		return strcspn(word, " ") + 1;
	if (strncmp(word, "--", 2) || !*next)
		return n;
	if (both <= width)
		return both;
	return can_break(next, m, is_schedule(word, n)) ? n + 1 + strcspn(next, " ") + 1 : n;
}

void figure_command(FILE *out, const char *command, unsigned width, unsigned indent)
{
	unsigned at = indent;
	bool first = true, schedule = false;

	fprintf(out, "%*s", (int)indent, "");
	while (*command) {
		size_t n = shell_word(command);
		const char *next = command + n + strspn(command + n, " ");
		size_t whole = together(command, n, next, width - indent - 4, schedule);

		if (!first && at + 1 + whole + 2 > width && at > indent + 2) {
			fprintf(out, " \\\n%*s", (int)indent + 2, "");
			at = indent + 2;
		} else if (!first) {
			fputc(' ', out);
			at++;
		}
		if (at + n > width - (*next ? 2 : 0) && can_break(command, n, schedule)) {
			at = put_parts(out, command, n, at, width, indent + 4);
		} else {
			fprintf(out, "%.*s", (int)n, command);
			at += (unsigned)n;
		}
		first = false;
		schedule = is_schedule(command, n);
		command = next;
	}
	fputc('\n', out);
}
