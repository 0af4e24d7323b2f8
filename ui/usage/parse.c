/* SPDX-License-Identifier: GPL-2.0-only */
#include "ui/usage/usage.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/property.h"

#define OPTIONS_MAX	24
#define NAMES_MAX	64
#define SECONDS_MAX	1000000

const struct command *command_named(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

int command_unknown(const char *name)
{
	const char *names[NAMES_MAX] = { "--help", "--version" };
	char near[HINT_MAX];
	size_t n = 2;

	for (size_t i = 0; commands[i] && n < NAMES_MAX; i++)
		names[n++] = commands[i]->name;
	return usage_error("no command '%s'%s; 'swapscope help' shows them", name,
			   hint(near, name, names, n));
}

/* ---- values ---- */

static int take_property(uint32_t *mask, const char *text)
{
	const char *names[PROPERTY_COUNT];
	char near[HINT_MAX];
	int p = property_find(text);

	if (p >= 0) {
		*mask |= 1u << p;
		return EXIT_OK;
	}
	for (unsigned i = 0; i < PROPERTY_COUNT; i++)
		names[i] = properties[i].name;
	return usage_error("--property %s: no such property%s; 'swapscope list properties' shows "
			   "them", text, hint(near, text, names, PROPERTY_COUNT));
}

static int take_word(const struct option_row *o, const char **to, const char *text)
{
	const size_t n = strlen(text);
	char words[256];
	size_t at = 0;

	for (const char *w = o->value; w; w = strchr(w, '|') ? strchr(w, '|') + 1 : NULL)
		if (strcspn(w, "|") == n && !strncmp(w, text, n)) {
			*to = text;
			return EXIT_OK;
		}
	for (const char *p = o->value; *p && at + 3 < sizeof(words); p++)
		at += (size_t)snprintf(words + at, sizeof(words) - at, "%c%s",
				       *p == '|' ? ',' : *p, *p == '|' ? " " : "");
	return usage_error("--%s %s: it is one of %s", o->name, text, words);
}

static int take_seconds(const struct option_row *o, double *to, const char *text)
{
	char *end;

	*to = strtod(text, &end);
	if (*end || end == text || !(*to > 0) || *to > SECONDS_MAX)
		return usage_error("--%s %s: a number above 0 is needed, and at most %d", o->name,
				   text, SECONDS_MAX);
	return EXIT_OK;
}

static int take_another(const struct option_row *o, struct words *to, const char *text)
{
	for (unsigned i = 0; i < to->n; i++)
		if (!strcmp(to->word[i], text))
			return usage_error("--%s %s stands here twice", o->name, text);
	if (to->n == WORDS_MAX)
		return usage_error("too many --%s options", o->name);
	to->word[to->n++] = text;
	return EXIT_OK;
}

static int take_number(const struct option_row *o, uint64_t *to, const char *text)
{
	char name[64];

	snprintf(name, sizeof(name), "--%s", o->name);
	return number_argument(name, text, o->max, to);
}

static int take(const struct option_row *o, void *args, const char *text)
{
	void *to = (char *)args + o->at;

	if (o->kind >= OPT_FILE && o->kind <= OPT_KERNELS && o->kind != OPT_WORD && !*text)
		return usage_error("--%s: a name is needed", o->name);
	switch ((enum option_kind)o->kind) {
	case OPT_FLAG:
		*(bool *)to = true;
		return EXIT_OK;
	case OPT_NUMBER:
		return take_number(o, to, text);
	case OPT_SECONDS:
		return take_seconds(o, to, text);
	case OPT_TEXT:
	case OPT_FILE:
	case OPT_OUTPUT:
	case OPT_TRACE:
	case OPT_SAVE:
		*(const char **)to = text;
		return EXIT_OK;
	case OPT_WORD:
		return take_word(o, to, text);
	case OPT_KERNEL:
		((struct kernel_choice *)to)->name = text;
		return EXIT_OK;
	case OPT_KERNELS:
		return take_another(o, to, text);
	case OPT_SWITCH:
		return add_set(to, text);
	case OPT_PROPERTY:
		return take_property(to, text);
	}
	return EXIT_USAGE;
}

/* ---- words ---- */

/* "--max" is the beginning of several options: say so.  Whether it is. */
static bool ambiguous(const struct command *c, const char *name)
{
	const size_t n = strlen(name);
	char list[256] = "";
	size_t at = 0;
	int found = 0;

	for (const struct option_row *o = c->option; o && o->name; o++) {
		if (strncmp(o->name, name + 2, n - 2) || at + 2 > sizeof(list))
			continue;
		at += (size_t)snprintf(list + at, sizeof(list) - at, "%s--%s", found++ ? ", " : "",
				       o->name);
	}
	if (found > 1)
		usage_error("%s: '%s' is the beginning of %s", c->name, name, list);
	return found > 1;
}

/* "; --kernel is of explore, run": the commands that have an option, where this one does not. */
static const char *elsewhere(const char *option, char *buf, size_t size)
{
	size_t at = 0;

	*buf = '\0';
	for (const struct command *const *c = commands; *c; c++)
		for (const struct option_row *o = (*c)->option; o && o->name; o++)
			if (!strcmp(o->name, option + strspn(option, "-")) && at < size)
				at += (size_t)snprintf(buf + at, size - at, at ? ", %s" :
						       "; it is one of %s", (*c)->name);
	return buf;
}

/* getopt_long() returned ':' (a value is missing), or '?': no option, or no value that it takes. */
static int bad_option(const struct command *c, int opt, const char *word)
{
	char near[HINT_MAX], where[160], name[64], dashed[OPTIONS_MAX][32];
	const char *value = strchr(word, '='), *names[OPTIONS_MAX + 1] = { "--help" };
	size_t n = 1;

	if (opt == ':')
		return usage_error("%s: %s needs a value", c->name, word);
	if (optopt >= ' ')	/* a letter, which may be one of several behind a hyphen */
		return usage_error("%s: no option '-%c'; 'swapscope help %s' shows how", c->name,
				   optopt, c->name);
	snprintf(name, sizeof(name), "%.*s", (int)(value ? value - word : (int)strlen(word)), word);
	if (strlen(name) > 2 && ambiguous(c, name))
		return EXIT_USAGE;
	for (const struct option_row *o = c->option; o && o->name && n < OPTIONS_MAX; o++) {
		if (value && !strcmp(name + strspn(name, "-"), o->name))
			return usage_error("%s: --%s takes no value", c->name, o->name);
		snprintf(dashed[n], sizeof(dashed[n]), "--%s", o->name);
		names[n] = dashed[n];
		n++;
	}
	if (!*elsewhere(name, where, sizeof(where)))
		hint(near, name, names, n);
	return usage_error("%s: no option '%s'%s; 'swapscope help %s' shows how", c->name, name,
			   *where ? where : near, c->name);
}

/* The rows as getopt wants them: val is the row's number + 1. */
static void getopt_rows(const struct command *c, struct option *rows, char *letters)
{
	int n = 0;

	*letters++ = ':';
	for (const struct option_row *o = c->option; o && o->name && n < OPTIONS_MAX; o++, n++) {
		rows[n] = (struct option){ o->name, o->kind == OPT_FLAG ? no_argument :
					   required_argument, NULL, n + 1 };
		if (o->letter) {
			*letters++ = o->letter;
			if (o->kind != OPT_FLAG)
				*letters++ = ':';
		}
	}
	rows[n] = (struct option){ 0 };
	*letters = '\0';
}

static int lettered(const struct command *c, int opt)
{
	for (int i = 0; c->option && c->option[i].name; i++)
		if (c->option[i].letter == opt)
			return i;
	return opt - 1;
}

static int count_operands(const struct command *c, const struct operands *in)
{
	if (in->n >= c->least && in->n <= c->most)
		return EXIT_OK;
	if (in->n > c->most)
		return usage_error("%s: '%s' is too much%s%s; 'swapscope help %s' shows how",
				   c->name, in->word[c->most], c->needs ? ": " : "",
				   c->needs ? c->needs : "", c->name);
	return usage_error("%s: %s; 'swapscope help %s' shows how", c->name, c->needs, c->name);
}

int usage_parse(const struct command *c, int argc, char **argv, void *args, struct operands *in)
{
	struct option rows[OPTIONS_MAX + 1];
	char letters[2 * OPTIONS_MAX + 2];
	int opt, status = EXIT_OK;

	getopt_rows(c, rows, letters);
	opterr = 0;
	optind = 0;	/* glibc: begin anew, whatever was parsed before */
	while (!status && (opt = getopt_long(argc, argv, letters, rows, NULL)) != -1) {
		if (opt == ':' || opt == '?')
			return bad_option(c, opt, argv[optind - 1]);
		status = take(&c->option[lettered(c, opt)], args, optarg);
	}
	if (status)
		return status;
	*in = (struct operands){ argc - optind, argv + optind };
	return count_operands(c, in);
}

static bool asks_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return true;
	return false;
}

int command_run(const struct command *c, int argc, char **argv)
{
	struct operands in;
	void *args;
	int status;

	if (asks_help(argc, argv)) {
		help_command(stdout, c);
		return EXIT_OK;
	}
	args = calloc(1, c->args_size ? c->args_size : 1);
	if (!args)
		return usage_error("out of memory");
	status = usage_parse(c, argc, argv, args, &in);
	if (!status)
		status = usage_outputs(c, args, &in);
	if (!status)
		status = c->exec(args, &in);
	free(args);
	return status;
}
