/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * keys.c - commands and the keys that do them: the program's, and over these the user's own.
 */
#include <stdio.h>
#include <string.h>

#include "ui/state/state.h"

const struct command_row command_rows[CMD_COUNT] = {
	[CMD_NONE] = { .name = "", .arguments = "", .keys = "", .group = "", .help = "" },
#define X(id, command_, arguments_, keys_, group_, help_)				\
	[CMD_##id] = { .name = command_, .arguments = arguments_, .keys = keys_,	\
		       .group = group_, .help = help_ },
	COMMANDS(X)
#undef X
};

static const struct argument_key {
	const char *key, *command;
} argument_keys[] = {
#define X(key_, command_) { .key = key_, .command = command_ },
	ARGUMENT_KEYS(X)
#undef X
};
#define ARGUMENT_KEYS_COUNT (sizeof(argument_keys) / sizeof(argument_keys[0]))

bool has_key(const char *keys, const char *key)
{
	size_t n = strlen(key);

	for (const char *at = keys; n && (at = strstr(at, key)) != NULL; at += n)
		if ((at == keys || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
			return true;
	return false;
}

/* The user's own of a key; the last one said is what counts. */
static const struct key_binding *own_binding(const struct view *v, const char *key)
{
	for (unsigned i = v->bindings; i-- > 0;)
		if (!strcmp(v->binding[i].key, key))
			return &v->binding[i];
	return NULL;
}

const char *key_command(const struct view *v, const char *key)
{
	const struct key_binding *own = own_binding(v, key);

	if (own)
		return *own->command ? own->command : NULL;
	for (size_t i = 0; i < ARGUMENT_KEYS_COUNT; i++)
		if (!strcmp(argument_keys[i].key, key))
			return argument_keys[i].command;
	for (unsigned i = CMD_NONE + 1; i < CMD_COUNT; i++)
		if (has_key(command_rows[i].keys, key))
			return command_rows[i].name;
	return NULL;
}

const char *command_keys(const struct view *v, enum command_id command, char *buf)
{
	const struct command_row *row = &command_rows[command];
	char keys[KEYS_TEXT_MAX], *save = NULL;
	size_t n = 0;

	snprintf(keys, sizeof(keys), "%s", row->keys);
	*buf = '\0';
	for (char *key = strtok_r(keys, " ", &save); key; key = strtok_r(NULL, " ", &save))
		if (!own_binding(v, key))
			n += (size_t)snprintf(buf + n, KEYS_TEXT_MAX - n, "%s%s",
					      n ? " " : "", key);
	for (unsigned i = 0; i < v->bindings; i++) {
		const struct key_binding *b = &v->binding[i];

		if (own_binding(v, b->key) == b && !strcmp(b->command, row->name) &&
		    n + strlen(b->key) + 2 < KEYS_TEXT_MAX)
			n += (size_t)snprintf(buf + n, KEYS_TEXT_MAX - n, "%s%s", n ? " " : "",
					      b->key);
	}
	return buf;
}

/*
 * Of several names that a prefix has, the one that all others begin with is meant: "fin" is
 * "finding", and not "finding-before".
 */
enum command_id command_by_name(const char *name, size_t n, bool *several)
{
	enum command_id found = CMD_NONE;
	bool many = false;

	for (unsigned i = CMD_NONE + 1; i < CMD_COUNT && n; i++) {
		const char *is = command_rows[i].name, *was = command_rows[found].name;

		if (strncmp(is, name, n) != 0)
			continue;
		if (!is[n]) {
			found = i;
			many = false;
			break;
		}
		if (!found || !strncmp(is, was, strlen(is)))
			found = i;
		else if (strncmp(is, was, strlen(was)) != 0)
			many = true;
	}
	if (several)
		*several = many;
	return many ? CMD_NONE : found;
}
