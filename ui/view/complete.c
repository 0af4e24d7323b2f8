/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * complete.c - tab in a prompt: what may stand there, by the words that COMMANDS() has for the
 * arguments.
 *
 *	lower-case words	stand for themselves: "schedule|diagram"
 *	KERNEL SWITCH=VALUE	a kernel's name; a switch, and behind the '=' its values
 *	OBJECT FIELD		an object of the run; a field of one
 *	STEP TEXT CONDITION	a function or the text of a step; or an object; or a field
 *	VIEW SIDE LETTER	a view; a pane; a mark
 *	COMMAND PROPERTY	a command's name; a property's
 *	FORMAT			of an export
 *	BRANCH RUN		a branch made by hand
 *
 * Others are not completed.  The last word of the arguments stands for all that follow.
 */
#include <string.h>

#include "core/kernel.h"
#include "core/property.h"
#include "traces/read/rows.h"
#include "ui/export/export.h"
#include "ui/view/session.h"

struct completion {
	struct view *v;
	unsigned from;			/* of the prompt: what is completed begins there */
	const char *typed;
	size_t length;
	char common[PROMPT_MAX];	/* what all that fit begin with */
	unsigned found;
	bool goes_on;			/* the one that fits is no whole word: "pin=", "slot " */
};

static size_t common_length(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	while (n && ((unsigned char)a[n] & 0xc0) == 0x80)	/* no half of a character */
		n--;
	return n;
}

static void offer(struct completion *c, const char *word)
{
	char *list = c->v->completions;
	size_t n = strlen(list), room = sizeof(c->v->completions);

	if (!*word || strncmp(word, c->typed, c->length) != 0)
		return;
	c->goes_on = strchr("= ", word[strlen(word) - 1]) != NULL;
	if (!c->found++)
		snprintf(c->common, sizeof(c->common), "%s", word);
	else
		c->common[common_length(c->common, word)] = '\0';
	if (n + strlen(word) + 3 < room)
		snprintf(list + n, room - n, "%s%s", n ? "  " : "", word);
}

/* ---- what an argument may be ---- */

static void offer_kernels(struct completion *c)
{
	size_t n;
	const struct preset *p = kernel_presets(&n);

	for (size_t i = 0; i < n; i++)
		offer(c, p[i].name);
}

/* Words with '|' between them, each behind `prefix`. */
static void offer_words(struct completion *c, const char *prefix, const char *words)
{
	char word[PROMPT_MAX];

	while (*words) {
		size_t n = strcspn(words, "|] ");

		snprintf(word, sizeof(word), "%s%.*s", prefix, (int)n, words);
		offer(c, word);
		words += n + (words[n] == '|');
		if (*words == ']' || *words == ' ')
			break;
	}
}

static void offer_switches(struct completion *c)
{
	char word[64];

	for (enum kernel_switch s = 0; s < SWITCH_COUNT; s++) {
		snprintf(word, sizeof(word), "%s=", kernel_switches[s].name);
		if (!strncmp(c->typed, word, strlen(word))) {
			offer_words(c, word, kernel_switches[s].values);
		} else {
			offer(c, word);
		}
	}
}

static struct trace *run(const struct completion *c)
{
	return c->v->chapter[c->v->at].run[c->v->focus];
}

/* Of a large world the kinds alone. */
#define OBJECTS_OFFERED	16

/* Each object, with `behind` behind it. */
static void offer_objects(struct completion *c, const char *behind)
{
	char word[40];

	for (unsigned kind = OBJ_PAGE; kind <= OBJ_ENTRY; kind++) {
		if (trace_has_object(run(c), (struct trace_object){ kind, OBJECTS_OFFERED })) {
			snprintf(word, sizeof(word), "%s ", object_kind_name(kind));
			offer(c, word);
			continue;
		}
		for (uint32_t i = 0; i < OBJECTS_OFFERED; i++) {
			snprintf(word, sizeof(word), "%s %u%s", object_kind_name(kind), i, behind);
			if (trace_has_object(run(c), (struct trace_object){ kind, i }))
				offer(c, word);
		}
	}
}

/* "slot 0 " as long as the object is typed, "slot 0 holder" behind it. */
static void offer_fields(struct completion *c)
{
	struct trace_object o = object_in_text(c->typed);
	uint32_t id[OBJECT_FIELDS];
	char word[PROMPT_MAX];
	int n, length;

	length = snprintf(word, sizeof(word), "%s %u ", object_kind_name(o.kind), o.number);
	if (!o.kind || strncmp(c->typed, word, (size_t)length) != 0 ||
	    !trace_has_object(run(c), o)) {
		offer_objects(c, " ");
		return;
	}
	n = trace_fields_of(run(c), o, NULL, id);
	if (o.kind == OBJ_SLOT) {		/* as until.h calls them */
		snprintf(word + length, sizeof(word) - (size_t)length, "pin");
		offer(c, word);
		snprintf(word + length, sizeof(word) - (size_t)length, "count");
		offer(c, word);
	}
	for (int i = 0; i < n; i++) {
		const struct trace_field *f = trace_field_at(run(c), id[i]);

		if (!f)
			continue;
		snprintf(word + length, sizeof(word) - (size_t)length, "%.60s", f->name);
		offer(c, word);
	}
}

/* Each text once: a step stands in the table for every place where it is made. */
static void offer_steps(struct completion *c, bool functions)
{
	const struct trace_step *step, *was;

	for (unsigned i = 0; (step = trace_step_at(run(c), i)) != NULL; i++) {
		bool step_again = false, op_again = !functions;

		for (unsigned j = 0; j < i && (was = trace_step_at(run(c), j)) != NULL; j++) {
			step_again |= !strcmp(was->text, step->text);
			op_again |= !strcmp(was->op, step->op);
		}
		if (!op_again)
			offer(c, step->op);
		if (!step_again)
			offer(c, step->text);
	}
}

static void offer_properties(struct completion *c)
{
	for (unsigned i = 0; i < PROPERTY_COUNT; i++)
		offer(c, properties[i].name);
}

static void offer_branches(struct completion *c)
{
	struct hand *h = c->v->session ? c->v->session->hand : NULL;

	for (size_t i = 0; h && i < hand_branches(h); i++)
		offer(c, hand_branch(h, i).name);
}

static void offer_commands(struct completion *c)
{
	for (unsigned i = CMD_NONE + 1; i < CMD_COUNT; i++)
		offer(c, command_rows[i].name);
}

static void offer_marks(struct completion *c)
{
	for (unsigned i = 0; i < MARKS_MAX; i++)
		if (c->v->mark[i].letter)
			offer(c, (char[]){ c->v->mark[i].letter, '\0' });
}

/* Does an argument's word in the table stand for things of that name? */
static bool is_word(const char *argument, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = argument; *at && *at != ' '; at++)
		if ((at == argument || strchr("[|", at[-1])) && !strncmp(at, word, n) &&
		    strchr("|] ", at[n]))
			return true;
	return false;
}

static void offer_argument(struct completion *c, const char *argument)
{
	const char *first = argument + (*argument == '[');

	if (*first >= 'a' && *first <= 'z')
		offer_words(c, "", first);
	if (is_word(argument, "KERNEL"))
		offer_kernels(c);
	if (is_word(argument, "SWITCH=VALUE"))
		offer_switches(c);
	if (is_word(argument, "CONDITION"))
		offer_words(c, "", "next|end|breaks");
	if (is_word(argument, "OBJECT") || is_word(argument, "TEXT"))
		offer_objects(c, "");
	if (is_word(argument, "FIELD") || is_word(argument, "CONDITION"))
		offer_fields(c);
	if (is_word(argument, "STEP") || is_word(argument, "CONDITION"))
		offer_steps(c, true);
	if (is_word(argument, "TEXT"))
		offer_steps(c, false);
	if (is_word(argument, "PROPERTY"))
		offer_properties(c);
	if (is_word(argument, "BRANCH") || is_word(argument, "RUN"))
		offer_branches(c);
	if (is_word(argument, "VIEW"))
		for (unsigned i = 0; i < SCREEN_KINDS; i++)
			offer(c, view_screen_name(i));
	if (is_word(argument, "SIDE"))
		offer_words(c, "", "left|right");
	if (is_word(argument, "LETTER"))
		offer_marks(c);
	if (is_word(argument, "COMMAND"))
		offer_commands(c);
	if (is_word(argument, "FORMAT"))
		for (size_t i = 0; export_formats[i]; i++)
			offer(c, export_formats[i]->name);
}

/* ---- where one is ---- */

/* Things whose names have blanks begin where the argument does, others behind the last blank. */
static bool has_blanks(const char *argument)
{
	static const char *const words[] = { "OBJECT", "TEXT", "STEP", "FIELD", "CONDITION",
					     "BRANCH", "RUN" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is_word(argument, words[i]))
			return true;
	return false;
}

static void look(struct completion *c)
{
	const char *line = c->v->prompt, *argument;
	size_t at = strcspn(line, " ");
	enum command_id command;

	if (c->v->prompting == PROMPT_SEARCH) {
		offer_argument(c, "TEXT");
		return;
	}
	if (at >= c->v->prompt_at) {
		offer_commands(c);
		return;
	}
	command = command_by_name(line, at, NULL);
	argument = command_rows[command].arguments;
	for (c->from = (unsigned)(at + strspn(line + at, " "));; ) {
		size_t n = strcspn(line + c->from, " ");

		if (has_blanks(argument) || c->from + n >= c->v->prompt_at)
			break;
		c->from += (unsigned)(n + strspn(line + c->from + n, " "));
		n = strcspn(argument, " ");
		argument += argument[n] ? n + 1 : 0;
	}
	if (c->from > c->v->prompt_at)
		c->from = c->v->prompt_at;
	c->typed = line + c->from;
	c->length = c->v->prompt_at - c->from;
	offer_argument(c, argument);
}

void prompt_complete(struct view *v)
{
	struct completion c = { .v = v, .typed = v->prompt, .length = v->prompt_at };
	size_t n;

	v->completions[0] = '\0';
	look(&c);
	n = strlen(c.common);
	if (!c.found)
		snprintf(v->completions, sizeof(v->completions), "nothing begins so");
	if (n > c.length)
		prompt_paste(v, c.common + c.length);
	if (c.found == 1) {
		v->completions[0] = '\0';
		if (!c.goes_on && v->prompting == PROMPT_COMMAND && !v->prompt[v->prompt_at])
			prompt_paste(v, " ");
	}
}
