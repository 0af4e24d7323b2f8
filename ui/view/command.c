/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * command.c - from a key to a command, and from a command's text to what does it.
 */
#include <stdlib.h>
#include <string.h>

#include "ui/text/text.h"
#include "ui/view/session.h"

static void (*const does[CMD_COUNT])(struct view *v, const char *argument) = {
#define X(name, command, arguments, keys, group, help) [CMD_##name] = do_##name,
	COMMANDS(X)
#undef X
};

/* ---- commands ---- */

static bool say_unknown(struct view *v, const char *name, bool several)
{
	const char *names[CMD_COUNT];
	char near[HINT_MAX], which[160] = "";
	size_t n = 0, length = strlen(name);

	for (unsigned i = CMD_NONE + 1; i < CMD_COUNT; i++) {
		names[i - 1] = command_rows[i].name;
		if (several && !strncmp(names[i - 1], name, length) && n < sizeof(which) - 24)
			n += (size_t)snprintf(which + n, sizeof(which) - n, "%s%s", n ? ", " : "",
					      names[i - 1]);
	}
	if (several)
		view_say(v, "'%.24s' can be %s", name, which);
	else
		view_say(v, "there is no command '%.40s'%s", name,
			 hint(near, name, names, CMD_COUNT - 1));
	return false;
}

/* Is there an argument where one is needed, and none where none is taken? */
static bool check_argument(struct view *v, enum command_id command, const char *argument)
{
	const struct command_row *row = &command_rows[command];

	if (*argument && !*row->arguments)
		view_say(v, "%s takes nothing behind it: not '%.60s'", row->name, argument);
	else if (!*argument && *row->arguments && *row->arguments != '[')
		view_say(v, "%s of what?  %s %s", row->name, row->name, row->arguments);
	else
		return true;
	return false;
}

/* Without blanks around it, in buf. */
static const char *trimmed(const char *text, char buf[PROMPT_MAX])
{
	size_t n;

	snprintf(buf, PROMPT_MAX, "%s", text + strspn(text, " \t"));
	for (n = strlen(buf); n && strchr(" \t\r\n", buf[n - 1]); n--)
		buf[n - 1] = '\0';
	return buf;
}

bool view_command(struct view *v, const char *line)
{
	char text[PROMPT_MAX], rest[PROMPT_MAX];
	enum command_id command;
	bool several;
	size_t n;

	v->message[0] = '\0';
	trimmed(line, text);
	if (!*text)
		return true;
	if (*text == '@' || (*text >= '0' && *text <= '9')) {
		do_GOTO(v, text);
		return true;
	}
	n = strcspn(text, " \t");
	trimmed(text + n, rest);
	text[n] = '\0';
	command = command_by_name(text, n, &several);
	if (!command && hand_is_schedule(v, text)) {
		do_CHOOSE(v, trimmed(line, rest));
		return true;
	}
	if (!command)
		return say_unknown(v, text, several);
	if (!check_argument(v, command, rest))
		return false;
	does[command](v, rest);
	return true;
}

bool count_argument(struct view *v, const char *argument, unsigned otherwise, unsigned *n)
{
	char *end;
	unsigned long is = strtoul(argument, &end, 10);

	*n = *argument ? (unsigned)(is < 1000000000 ? is : 1000000000) : otherwise;
	if (*argument && (*end || *argument < '0' || *argument > '9')) {
		view_say(v, "'%.40s' is no number", argument);
		return false;
	}
	return true;
}

/* ---- keys ---- */

/* A key of a command that needs an argument opens the prompt with the command in it. */
static void do_key(struct view *v, const char *line)
{
	size_t n = strcspn(line, " ");
	enum command_id command = command_by_name(line, n, NULL);
	const char *arguments = command_rows[command].arguments;
	char text[PROMPT_MAX];

	if (command && *arguments && *arguments != '[' && !line[n + strspn(line + n, " ")]) {
		snprintf(text, sizeof(text), "%.*s ", (int)n, line);
		prompt_open(v, PROMPT_COMMAND, text);
	} else {
		view_command(v, line);
	}
}

/* The key that a command waited for, which is its argument. */
static void waited_key(struct view *v, const char *key)
{
	char line[PROMPT_MAX];

	snprintf(line, sizeof(line), "%s %s", v->waiting, key);
	v->waiting[0] = '\0';
	if (strcmp(key, "esc") != 0 || !strncmp(line, "describe", 8))
		view_command(v, line);
}

/* Keys that move in a text do it in the help too. */
static bool is_scroll(const char *line)
{
	enum command_id command = line ? command_by_name(line, strcspn(line, " "), NULL) : CMD_NONE;

	return command == CMD_ROW_UP || command == CMD_ROW_DOWN || command == CMD_FORWARD_10 ||
	       command == CMD_BACK_10 || command == CMD_FIRST || command == CMD_LAST;
}

/* Where there are no steps to be made, the blank turns a page, as readers of texts are used to. */
static bool turns_page(struct view *v, const char *key, const char *line)
{
	return !strcmp(key, "space") && line && !strcmp(line, command_rows[CMD_FORWARD].name) &&
	       is_text(v) && scroll_page(v, 1);
}

static void pasted(struct view *v, const char *text)
{
	v->waiting[0] = '\0';
	v->help = false;
	if (!v->prompting)
		prompt_open(v, PROMPT_COMMAND, "");
	prompt_paste(v, text);
}

void view_key(struct view *v, const char *key)
{
	const char *line = key_command(v, key);

	v->message[0] = '\0';
	v->seeking.under_way = false;
	if (!strncmp(key, "paste:", 6))
		pasted(v, key + 6);
	else if (v->prompting)
		prompt_key(v, key);
	else if (v->waiting[0])
		waited_key(v, key);
	else if (turns_page(v, key, line))
		return;
	else if (v->help && !is_scroll(line) && strncmp(key, "wheel-", 6) != 0)
		v->help = false;		/* any key, 'q' too, leaves the help and no more */
	else if (mouse_key(v, key))
		return;
	else if (line)
		do_key(v, line);
	else
		view_say(v, "no command on %.12s: ? shows the keys", key);
}

COMMAND(PROMPT)
{
	prompt_open(v, PROMPT_COMMAND, argument);
}

/* "d = :difference: to the next difference between the runs", of the key or of the command. */
COMMAND(DESCRIBE)
{
	const char *line = key_command(v, argument);
	enum command_id command;
	char keys[KEYS_TEXT_MAX];

	if (!*argument) {
		snprintf(v->waiting, sizeof(v->waiting), "describe");
		view_say(v, "which key?  It is told what it does, and not done");
		return;
	}
	command = command_by_name(line ? line : argument, strcspn(line ? line : argument, " "),
				  NULL);
	if (line)
		view_say(v, "%.24s = :%s: %s", argument, line, command ?
			 command_rows[command].help : "no such command");
	else if (command)
		view_say(v, "%s = :%s %s: %s", *command_keys(v, command, keys) ? keys : "no key",
			 command_rows[command].name, command_rows[command].arguments,
			 command_rows[command].help);
	else
		view_say(v, "%.24s does nothing", argument);
}
