/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * complete.c - what may come next on a command line.  The shells' scripts (scripts/completion)
 * ask for it by `swapscope help --complete -- WORD...`, so that a new option, kernel or scenario
 * is completed as soon as the program has it.
 */
#include <string.h>

#include "core/property.h"
#include "replay/deck/deck.h"
#include "replay/judge/judge.h"
#include "ui/text/catalog.h"
#include "ui/usage/usage.h"

#define PREFIX_MAX	96

static bool begins(const char *word, const char *typed)
{
	return !strncmp(word, typed, strlen(typed));
}

/* A candidate, behind `prefix` ("--kernel="), where it begins as what was typed. */
static void offer(FILE *out, const char *prefix, const char *typed, const char *word,
		  const char *text)
{
	if (begins(word, typed))
		fprintf(out, "%s%s%s%s\n", prefix, word, text ? "\t" : "", text ? text : "");
}

/* A path may stand here, behind `prefix`. */
static void offer_files(FILE *out, const char *prefix)
{
	fprintf(out, ":files%s%s\n", *prefix ? "\t" : "", prefix);
}

/* ---- values ---- */

static void offer_kernels(FILE *out, const char *prefix, const char *typed)
{
	size_t n;
	const struct preset *p = kernel_presets(&n);

	for (size_t i = 0; i < n; i++)
		offer(out, prefix, typed, p[i].name, p[i].text);
}

static void offer_words(FILE *out, const char *prefix, const char *typed, const char *words)
{
	char word[64];

	while (*words) {
		size_t n = strcspn(words, "|");

		snprintf(word, sizeof(word), "%.*s", (int)n, words);
		offer(out, prefix, typed, word, NULL);
		words += n + (words[n] == '|');
	}
}

/* "pin=" as long as the switch is typed, "pin=none" behind it. */
static void offer_switches(FILE *out, const char *prefix, const char *typed)
{
	char word[PREFIX_MAX], longer[PREFIX_MAX];

	for (enum kernel_switch s = 0; s < SWITCH_COUNT; s++) {
		snprintf(word, sizeof(word), "%s=", kernel_switches[s].name);
		if (!begins(typed, word)) {
			offer(out, prefix, typed, word, kernel_switches[s].text);
			continue;
		}
		snprintf(longer, sizeof(longer), "%s%s", prefix, word);
		offer_words(out, longer, typed + strlen(word), kernel_switches[s].values);
	}
}

static void offer_value(FILE *out, const struct option_row *o, const char *prefix,
			const char *typed)
{
	switch ((enum option_kind)o->kind) {
	case OPT_KERNEL:
	case OPT_KERNELS:
		offer_kernels(out, prefix, typed);
		break;
	case OPT_SWITCH:
		offer_switches(out, prefix, typed);
		break;
	case OPT_PROPERTY:
		for (unsigned i = 0; i < PROPERTY_COUNT; i++)
			offer(out, prefix, typed, properties[i].name, properties[i].text);
		break;
	case OPT_WORD:
		offer_words(out, prefix, typed, o->value);
		break;
	case OPT_FILE:
	case OPT_OUTPUT:
	case OPT_TRACE:
	case OPT_SAVE:
		offer_files(out, prefix);
		break;
	case OPT_FLAG:
	case OPT_NUMBER:
	case OPT_SECONDS:
	case OPT_TEXT:
		break;
	}
}

/* ---- operands ---- */

static void offer_scenarios(FILE *out, const char *typed, enum operand_kind kind)
{
	bool bugs = kind != WORD_SCENARIO;

	for (size_t i = 0; i < builtin_scenario_count; i++) {
		struct scenario_error err;
		struct scenario s;

		if (!bugs && !begins(builtin_scenarios[i].name, typed))
			continue;
		if (scenario_load(&s, builtin_scenarios[i].name, &err))
			continue;
		if (kind != WORD_DECK)
			offer(out, "", typed, s.name, s.title);
		if (bugs && s.bug.present)
			offer(out, "", typed, s.bug.id, s.bug.subject);
		for (unsigned j = 0; kind == WORD_BUG && j < s.bug.cves; j++)
			offer(out, "", typed, s.bug.cve[j], s.bug.subject);
		scenario_free(&s);
	}
	offer_files(out, "");
}

static void offer_decks(FILE *out, const char *typed)
{
	for (size_t i = 0; i < builtin_deck_count; i++) {
		struct deck_error err;
		struct deck d;

		if (deck_load(&d, builtin_decks[i].name, &err))
			continue;
		offer(out, "", typed, builtin_decks[i].name, d.title);
		deck_free(&d);
	}
	offer_scenarios(out, typed, WORD_DECK);		/* of which the bugs are decks too */
}

static void offer_claims(FILE *out, const char *typed)
{
	for (size_t i = 0; i < builtin_claim_count; i++) {
		struct claim_error err;
		struct claim_text c;

		if (!claim_load(&c, builtin_claims[i].name, &err))
			offer(out, "", typed, builtin_claims[i].name, c.title);
		claim_free(&c);
	}
	offer_files(out, "");
}

static void offer_commands(FILE *out, const char *typed)
{
	for (size_t i = 0; commands[i]; i++)
		offer(out, "", typed, commands[i]->name, commands[i]->brief);
}

static void offer_operand(FILE *out, const struct command *c, int i, const char *typed)
{
	if (i >= c->most)
		return;
	if (i >= OPERAND_KINDS)
		i = OPERAND_KINDS - 1;
	while (i && !c->operand[i].name)
		i--;	/* the last one may stand several times */
	switch (c->operand[i].kind) {
	case WORD_SCENARIO:
	case WORD_BUG:
		offer_scenarios(out, typed, c->operand[i].kind);
		break;
	case WORD_DECK:
		offer_decks(out, typed);
		break;
	case WORD_CLAIM:
		offer_claims(out, typed);
		break;
	case WORD_ONE_OF:
		offer_words(out, "", typed, c->words);
		break;
	case WORD_COMMAND:
		offer_commands(out, typed);
		break;
	case WORD_FILE:
		offer_files(out, "");
		break;
	case WORD_ANY:
		break;
	}
}

/* ---- the line ---- */

/*
 * The option that a word is, as getopt_long() reads it: -o, or --output or a beginning of it that
 * no other one has.  Its value begins at *value where it is in the same word; else that is NULL.
 */
static const struct option_row *option_of(const struct command *c, const char *word,
					  const char **value)
{
	const char *equals = strchr(word, '=');
	size_t n = strcspn(word, "=");
	const struct option_row *found = NULL;
	bool ambiguous = false;

	*value = NULL;
	if (!begins(word, "--")) {
		for (const struct option_row *o = c->option; o && o->name; o++)
			if (o->letter && word[0] == '-' && word[1] == o->letter) {
				*value = word[2] ? word + 2 : NULL;
				return o;
			}
		return NULL;
	}
	*value = equals ? equals + 1 : NULL;
	for (const struct option_row *o = c->option; o && o->name; o++) {
		if (strncmp(word + 2, o->name, n - 2) != 0)
			continue;
		if (strlen(o->name) == n - 2)
			return o;
		if (found)
			ambiguous = true;
		found = o;
	}
	return ambiguous ? NULL : found;
}

static void offer_options(FILE *out, const struct command *c, const char *typed)
{
	char word[64];

	for (const struct option_row *o = c->option; o && o->name; o++) {
		snprintf(word, sizeof(word), "--%s", o->name);
		offer(out, "", typed, word, o->text);
	}
	offer(out, "", typed, "--help", "Print what the command takes.");
}

static void complete_command(FILE *out, const struct command *c, int n, char **word)
{
	const char *typed = word[n - 1], *value;
	const struct option_row *o = NULL;	/* the last word is the value of */
	bool dashes = false;			/* "--": operands only, from there on */
	char prefix[PREFIX_MAX];
	int operands = 0;

	for (int i = 0; i < n - 1; i++) {
		if (dashes || word[i][0] != '-' || !word[i][1]) {
			operands++;
		} else if (!strcmp(word[i], "--")) {
			dashes = true;
		} else {
			o = option_of(c, word[i], &value);
			if (!o || o->kind == OPT_FLAG || value)
				o = NULL;
			else if (++i < n - 1)
				o = NULL;	/* its value is there */
		}
	}
	if (o) {
		offer_value(out, o, "", typed);
	} else if (dashes || *typed != '-') {
		offer_operand(out, c, operands, typed);
	} else if ((o = option_of(c, typed, &value)) && value) {
		if (value - typed < PREFIX_MAX) {
			snprintf(prefix, sizeof(prefix), "%.*s", (int)(value - typed), typed);
			offer_value(out, o, prefix, value);
		}
	} else {
		offer_options(out, c, typed);
	}
}

void complete(FILE *out, int n, char **word)
{
	const struct command *c = n > 1 ? command_named(word[0]) : NULL;

	if (n < 1)
		return;
	if (c) {
		complete_command(out, c, n - 1, word + 1);
	} else if (n == 1) {
		offer_commands(out, word[0]);
		offer(out, "", word[0], "--help", "Print the commands.");
		offer(out, "", word[0], "--version", "Print which version this is.");
	}
}
