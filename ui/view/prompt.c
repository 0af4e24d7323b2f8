/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prompt.c - the line that is typed behind ':' and '/': edited, remembered, completed.
 *
 * Whatever is typed or pasted here is text, in UTF-8, and no command before enter says so.
 */
#include <string.h>

#include "ui/view/act.h"

void prompt_open(struct view *v, enum prompt_kind kind, const char *text)
{
	struct history *h = &v->history[kind];

	v->prompting = kind;
	v->prompt[0] = '\0';
	v->prompt_at = 0;
	v->completions[0] = '\0';
	h->at = h->lines;
	prompt_paste(v, text);
}

/* ---- editing ---- */

static unsigned before(const struct view *v, unsigned at)
{
	if (at)
		at--;
	while (at && ((unsigned char)v->prompt[at] & 0xc0) == 0x80)
		at--;
	return at;
}

static unsigned behind(const struct view *v, unsigned at)
{
	if (v->prompt[at])
		at++;
	while (((unsigned char)v->prompt[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static unsigned word_before(const struct view *v)
{
	unsigned at = v->prompt_at;

	while (at && v->prompt[at - 1] == ' ')
		at--;
	while (at && v->prompt[at - 1] != ' ')
		at--;
	return at;
}

/* Take out what is between two places; the cursor is left there. */
static void cut(struct view *v, unsigned from, unsigned to)
{
	memmove(v->prompt + from, v->prompt + to, strlen(v->prompt + to) + 1);
	v->prompt_at = from;
}

/* Bytes of the character that begins there; 0: it is none. */
static size_t character(const char *text)
{
	unsigned char c = (unsigned char)*text;
	size_t n = c < 0x80 ? 1 : c >= 0xf0 && c < 0xf8 ? 4 : c >= 0xe0 && c < 0xf0 ? 3 :
		   c >= 0xc2 && c < 0xe0 ? 2 : 0;

	for (size_t i = 1; i < n; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

static void insert(struct view *v, const char *text, size_t n)
{
	size_t length = strlen(v->prompt);

	if (length + n >= sizeof(v->prompt))
		return;
	memmove(v->prompt + v->prompt_at + n, v->prompt + v->prompt_at,
		length - v->prompt_at + 1);
	memcpy(v->prompt + v->prompt_at, text, n);
	v->prompt_at += (unsigned)n;
}

/* A line that ends is a blank, and what moves a cursor is nothing. */
void prompt_paste(struct view *v, const char *text)
{
	while (*text) {
		size_t n = character(text);

		if (*text == '\n' || *text == '\r' || *text == '\t')
			insert(v, " ", 1);
		else if (n && (unsigned char)*text >= ' ' && *text != 0x7f)
			insert(v, text, n);
		text += n ? n : 1;
	}
}

/* ---- what was typed before ---- */

static void remember(struct view *v)
{
	struct history *h = &v->history[v->prompting];

	if (h->lines && !strcmp(h->line[h->lines - 1], v->prompt))
		return;
	if (h->lines == HISTORY_MAX)
		memmove(h->line[0], h->line[1], --h->lines * sizeof(h->line[0]));
	memcpy(h->line[h->lines++], v->prompt, sizeof(v->prompt));
}

static void recall(struct view *v, bool older)
{
	struct history *h = &v->history[v->prompting];

	if (older ? !h->at : h->at >= h->lines)
		return;
	if (h->at == h->lines)
		memcpy(h->typed, v->prompt, sizeof(v->prompt));
	h->at += older ? -1u : 1;
	memcpy(v->prompt, h->at == h->lines ? h->typed : h->line[h->at], sizeof(v->prompt));
	v->prompt_at = (unsigned)strlen(v->prompt);
}

/* ---- keys ---- */

static void leave(struct view *v)
{
	v->prompting = PROMPT_NONE;
	v->completions[0] = '\0';
}

static void done(struct view *v)
{
	enum prompt_kind kind = v->prompting;
	char line[PROMPT_MAX];

	if (v->prompt[0])
		remember(v);
	memcpy(line, v->prompt, sizeof(line));
	leave(v);
	if (!*line)
		return;
	if (kind == PROMPT_SEARCH)
		do_SEARCH(v, line);
	else
		view_command(v, line);
}

static void move_key(struct view *v, const char *key)
{
	if (has_key("left ctrl-b", key))
		v->prompt_at = before(v, v->prompt_at);
	else if (has_key("right ctrl-f", key))
		v->prompt_at = behind(v, v->prompt_at);
	else if (has_key("home ctrl-a", key))
		v->prompt_at = 0;
	else if (has_key("end ctrl-e", key))
		v->prompt_at = (unsigned)strlen(v->prompt);
	else if (has_key("up ctrl-p down ctrl-n", key))
		recall(v, has_key("up ctrl-p", key));
}

void prompt_key(struct view *v, const char *key)
{
	v->completions[0] = '\0';
	if (!strcmp(key, "enter"))
		done(v);
	else if (has_key("esc ctrl-c ctrl-g", key) ||
		 (has_key("backspace ctrl-h", key) && !v->prompt[0]))
		leave(v);
	else if (has_key("backspace ctrl-h", key))
		cut(v, before(v, v->prompt_at), v->prompt_at);
	else if (has_key("delete ctrl-d", key))
		cut(v, v->prompt_at, behind(v, v->prompt_at));
	else if (!strcmp(key, "ctrl-w"))
		cut(v, word_before(v), v->prompt_at);
	else if (!strcmp(key, "ctrl-u"))
		cut(v, 0, v->prompt_at);
	else if (!strcmp(key, "ctrl-k"))
		cut(v, v->prompt_at, (unsigned)strlen(v->prompt));
	else if (!strcmp(key, "tab"))
		prompt_complete(v);
	else if (!strcmp(key, "space"))
		insert(v, " ", 1);
	else if (character(key) == strlen(key))
		prompt_paste(v, key);
	else
		move_key(v, key);
}
