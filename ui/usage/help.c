/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * help.c - the tables of commands as text, and as man pages in mdoc(7).
 */
#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "ui/usage/usage.h"

#define HELP_WIDTH	80
#define NAME_COLUMN	25	/* where the text of an option begins */

static const char summary[] =
	"every interleaving of Linux's compressed swap caching, run, logged and replayed";

static const char *const status_default[4] = {
	"done and nothing violated", "a property is violated", "wrong usage or input",
	"a bound was hit: unknown",
};

/* "[LIST]", "FILE.db[:RUN]...": operand i as a synopsis has it; "" where there is none. */
static const char *operand_text(const struct command *c, int i, char *buf, size_t size)
{
	bool last = i + 1 == OPERAND_KINDS || !c->operand[i + 1].name;
	bool many = last && c->most == INT_MAX;

	*buf = '\0';
	if (i < OPERAND_KINDS && c->operand[i].name)
		snprintf(buf, size, "%s%s%s%s", i < c->least ? "" : "[", c->operand[i].name,
			 many ? "..." : "", i < c->least ? "" : "]");
	return buf;
}

/* ---- text ---- */

void help_overview(FILE *out)
{
	char line[256];

	snprintf(line, sizeof(line), "swapscope: %s", summary);
	print_wrapped(out, HELP_WIDTH, 4, line);
	fputs("\nusage: swapscope [COMMAND ...]      without one: the tour\n\n", out);
	for (size_t i = 0; commands[i]; i++) {
		snprintf(line, sizeof(line), "  %-10s%s", commands[i]->name, commands[i]->brief);
		print_wrapped(out, HELP_WIDTH, 12, line);
	}
	fputs("\n'swapscope help COMMAND' or 'swapscope COMMAND --help' tells what one takes;\n"
	      "'swapscope --version' which version this is.\n\n"
	      "SCENARIO is a file or the name of a shipped one.  Exit status: 0 done and\n"
	      "nothing violated, 1 a property is violated, 2 wrong usage or input, 3 a bound\n"
	      "was hit: unknown.\n", out);
}

static void print_option(FILE *out, const struct option_row *o)
{
	char name[96], line[1024];
	int n;

	n = snprintf(name, sizeof(name), "  %c%c --%s%s%s", o->letter ? '-' : ' ',
		     o->letter ? o->letter : ' ', o->name, o->value ? " " : "",
		     o->value ? o->value : "");
	if (n + 1 > NAME_COLUMN) {
		fprintf(out, "%s\n", name);
		*name = '\0';
	}
	snprintf(line, sizeof(line), "%-*s%s", NAME_COLUMN, name, o->text);
	print_wrapped(out, HELP_WIDTH, NAME_COLUMN, line);
}

/* Paragraphs, each wrapped. */
static void print_paragraphs(FILE *out, const char *text)
{
	char one[2048];

	while (*text) {
		const char *end = strstr(text, "\n\n");
		size_t n = end ? (size_t)(end - text) : strlen(text);

		snprintf(one, sizeof(one), "%.*s", (int)n, text);
		print_wrapped(out, HELP_WIDTH, 0, one);
		text += n + (end ? 2 : 0);
		if (*text)
			fputc('\n', out);
	}
}

void help_command(FILE *out, const struct command *c)
{
	char operand[64], line[256];

	snprintf(line, sizeof(line), "swapscope %s: %s", c->name, c->brief);
	print_wrapped(out, HELP_WIDTH, 4, line);
	fprintf(out, "\nusage: swapscope %s%s", c->name, c->option ? " [OPTION]..." : "");
	for (int i = 0; i < OPERAND_KINDS; i++)
		if (*operand_text(c, i, operand, sizeof(operand)))
			fprintf(out, " %s", operand);
	fputs("\n\n", out);
	print_paragraphs(out, c->about);
	fputs("\noptions:\n", out);
	for (const struct option_row *o = c->option; o && o->name; o++)
		print_option(out, o);
	fputs("  -h --help              Print this.\n\nexamples:\n", out);
	for (size_t i = 0; i < sizeof(c->example) / sizeof(c->example[0]); i++)
		fprintf(out, "  %s\n      %s\n", c->example[i].line, c->example[i].text);
	fputs("\nexit status:\n", out);
	for (int i = 0; i < 4; i++)
		if (c->status[i])
			fprintf(out, "  %d  %s\n", i, c->status[i]);
}

/* ---- man pages ---- */

/*
 * Text of a man page: sentences begin lines, no line is longer than 80 bytes, and nothing is a
 * request or an escape that is not meant as one.
 */
static void man_text(FILE *out, const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t n = strcspn(text, " \n");
		bool dashes;

		if (n && column && column + 1 + n > 78) {
			fputc('\n', out);
			column = 0;
		} else if (n && column) {
			fputc(' ', out);
			column++;
		}
		if (n && !column && (*text == '.' || *text == '\''))
			fputs("\\&", out);
		dashes = n == 2 && !strncmp(text, "--", 2);	/* no dash of a sentence */
		for (size_t i = 0; i < n; i++)
			fprintf(out, "%s%s", dashes ? "\\" : "",
				text[i] == '\\' ? "\\e" : (char[]){ text[i], 0 });
		column += n;
		if (n > 1 && strchr(".?!", text[n - 1]) && text[n] && !isdigit(text[n - 2])) {
			fputc('\n', out);	/* a sentence ends */
			column = 0;
		}
		text += n;
		if (!strncmp(text, "\n\n", 2)) {
			fprintf(out, "%s.Pp\n", column ? "\n" : "");
			column = 0;
			text += 2;
		} else if (*text) {
			text++;
		}
	}
	if (column)
		fputc('\n', out);
}

static void man_head(FILE *out, const char *title, const char *name, const char *brief)
{
	fprintf(out, ".\\\" SPDX-License-Identifier: GPL-2.0-only\n.\\\" Made by 'swapscope help "
		"--man'.\n.Dd %s\n.Dt %s 1\n.Os\n.Sh NAME\n.Nm %s\n.Nd %s\n", SWAPSCOPE_DATE,
		title, name, brief);
}

/* In a macro's line: "Fl -max-states Ar N", or of a letter, with no hyphen, "Fl o Ar FILE". */
static void man_flag(FILE *out, const char *hyphen, const char *name, const char *value)
{
	fprintf(out, " Fl %s%s%s%s", hyphen, name, value ? " Ar " : "", value ? value : "");
}

static void man_option(FILE *out, const struct option_row *o)
{
	fputs(".It", out);
	if (o->letter) {
		man_flag(out, "", (char[]){ o->letter, '\0' }, o->value);
		fputs(" ,", out);
	}
	man_flag(out, "-", o->name, o->value);
	fputc('\n', out);
	man_text(out, o->text);
}

static void man_synopsis(FILE *out, const struct command *c)
{
	char operand[64];

	fprintf(out, ".Sh SYNOPSIS\n.Nm swapscope %s\n", c->name);
	for (const struct option_row *o = c->option; o && o->name; o++) {
		fputs(".Op", out);
		man_flag(out, "-", o->name, o->value);
		fputc('\n', out);
	}
	for (int i = 0; i < OPERAND_KINDS; i++) {
		bool last = i + 1 == OPERAND_KINDS || !c->operand[i + 1].name;

		if (!*operand_text(c, i, operand, sizeof(operand)))
			break;
		fprintf(out, ".%sAr %s%s\n", i < c->least ? "" : "Op ", c->operand[i].name,
			last && c->most == INT_MAX ? " ..." : "");
	}
}

static void man_status(FILE *out, const char *const *status)
{
	fputs(".Sh EXIT STATUS\n.Bl -tag -width Ds\n", out);
	for (int i = 0; i < 4; i++)
		if (status[i]) {
			fprintf(out, ".It %d\n", i);
			man_text(out, status[i]);
		}
	fputs(".El\n", out);
}

/* Does a text tell to run this command: "swapscope explore"? */
static bool mentions(const char *text, const char *command)
{
	char words[64];
	const char *at = text;
	size_t n = (size_t)snprintf(words, sizeof(words), "swapscope %s", command);

	while ((at = strstr(at, words))) {
		at += n;
		if (!islower((unsigned char)*at))
			return true;
	}
	return false;
}

static bool refers(const struct command *c, const char *command)
{
	bool any = mentions(c->about, command);

	for (size_t i = 0; i < sizeof(c->example) / sizeof(c->example[0]); i++)
		any |= mentions(c->example[i].line, command);
	for (const struct option_row *o = c->option; o && o->name; o++)
		any |= mentions(o->text, command);
	return any;
}

/* The commands that one tells to run, and those that tell to run it, in order of their names. */
static void man_see_also(FILE *out, const struct command *c)
{
	const char *last = "";

	fputs(".Sh SEE ALSO\n.Xr swapscope 1 ,\n", out);
	for (;;) {
		const struct command *next = NULL;

		for (size_t i = 0; commands[i]; i++)
			if (commands[i] != c && strcmp(commands[i]->name, last) > 0 &&
			    (refers(c, commands[i]->name) || refers(commands[i], c->name)) &&
			    (!next || strcmp(commands[i]->name, next->name) < 0))
				next = commands[i];
		if (!next)
			break;
		fprintf(out, ".Xr swapscope-%s 1 ,\n", next->name);
		last = next->name;
	}
	fputs(".Xr swapscope-certificate 5 ,\n.Xr swapscope-deck 5 ,\n"
	      ".Xr swapscope-scenario 5 ,\n.Xr swapscope-trace 5\n", out);
}

static void man_command(FILE *out, const struct command *c)
{
	char title[64], name[64];

	snprintf(name, sizeof(name), "swapscope-%s", c->name);
	snprintf(title, sizeof(title), "%s", name);
	for (char *p = title; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	man_head(out, title, name, c->brief);
	man_synopsis(out, c);
	fputs(".Sh DESCRIPTION\n", out);
	man_text(out, c->about);
	fputs(".Pp\nThe options are:\n.Bl -tag -width Ds\n", out);
	for (const struct option_row *o = c->option; o && o->name; o++)
		man_option(out, o);
	fputs(".It Fl h , Fl -help\nPrint what the command takes.\n.El\n", out);
	man_status(out, c->status);
	fputs(".Sh EXAMPLES\n.Bl -tag -width Ds\n", out);
	for (size_t i = 0; i < sizeof(c->example) / sizeof(c->example[0]); i++) {
		fprintf(out, ".It Li \"%s\"\n", c->example[i].line);
		man_text(out, c->example[i].text);
	}
	fputs(".El\n", out);
	man_see_also(out, c);
}

static void man_overview(FILE *out)
{
	man_head(out, "SWAPSCOPE", "swapscope", summary);
	fputs(".Sh SYNOPSIS\n.Nm\n.Op Ar command ...\n.Nm\n.Fl h | Fl -help | Fl V | Fl -version\n"
	      ".Sh DESCRIPTION\n.Nm\nis a reference implementation of Linux's compressed swap "
	      "caching\nwith every rule of v6.1 to v7.3 as a switch.\nIt runs all interleavings of "
	      "it, records the runs that it finds into SQLite,\nevery transition a row, and steps "
	      "through two of them side by side.\nIt reads what ftrace recorded in a real kernel, "
	      "and says whether the model\ncan have done that.\n.Pp\n"
	      "Without a command it opens the tour.\nThe commands are:\n"
	      ".Bl -tag -width findings\n", out);
	for (size_t i = 0; commands[i]; i++) {
		fprintf(out, ".It Xr swapscope-%s 1\n", commands[i]->name);
		man_text(out, commands[i]->brief);
	}
	fputs(".El\n.Sh ENVIRONMENT\n.Bl -tag -width Ds\n"
	      ".It Ev TERM\nThe terminal.\nWhere it is unset or dumb, and where there is none, "
	      "what would be a screen\nis printed as text.\n"
	      ".It Ev TMPDIR\nWhere the runs of a deck, and a cell of the matrix, are recorded "
	      "while they are\nlooked at.\n"
	      ".It Ev XDG_RUNTIME_DIR , XDG_CACHE_HOME , HOME\nWhere a presentation tells the "
	      "terminal with its notes where it is:\n.Pa swapscope/talk-*\n"
	      "below the first or the second, or below\n.Pa .cache\nof the third.\n"
	      ".El\n", out);
	man_status(out, status_default);
	fputs(".Sh EXAMPLES\nThe debate's use-after-free, and the bugs of the catalog:\n"
	      ".Dl swapscope explore debate --kernel debate-a --save a.db\n"
	      ".Dl swapscope view a.db\n.Dl swapscope catalog\n"
	      ".Sh SEE ALSO\n.Xr swapscope-certificate 5 ,\n.Xr swapscope-deck 5 ,\n"
	      ".Xr swapscope-scenario 5 ,\n.Xr swapscope-trace 5\n", out);
}

void help_man(FILE *out, const struct command *c)
{
	if (c)
		man_command(out, c);
	else
		man_overview(out);
}
