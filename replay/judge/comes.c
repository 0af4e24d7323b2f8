/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * comes.c - what a step is said to come to: "= -EEXIST", "fails", "returns NULL", "miss".
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "replay/judge/parts.h"

static const struct {
	const char *name;
	int value;
} errnos[] = {
	{ "-EEXIST", -EEXIST }, { "-ENOENT", -ENOENT }, { "-ENOMEM", -ENOMEM },
	{ "-EAGAIN", -EAGAIN }, { "-EINVAL", -EINVAL }, { "-EIO", -EIO }, { "-EFAULT", -EFAULT },
	{ "-EBUSY", -EBUSY },
};

static bool word_at(const char *s, const char *word)
{
	size_t n = strlen(word);

	return !strncasecmp(s, word, n) && !name_letter(s[n]);
}

/* Does nothing follow that would make another sentence of it: "no lock is held"? */
static bool alone(const char *s, const char *word)
{
	s += strlen(word);
	s += strspn(s, " \t");
	return !isalnum((unsigned char)*s);
}

bool comes_value(struct comes_to *c, const char *s)
{
	for (size_t i = 0; i < sizeof(errnos) / sizeof(errnos[0]); i++)
		if (word_at(s, errnos[i].name)) {
			*c = (struct comes_to){ .kind = COMES_VALUE,
						.value = (int16_t)errnos[i].value };
			return true;
		}
	if (word_at(s, "0") && s[1] != '.' && alone(s, "0")) {
		*c = (struct comes_to){ .kind = COMES_VALUE };
		return true;
	}
	return false;
}

bool comes_word(struct comes_to *c, const char *s)
{
	static const struct {
		const char *word;
		uint8_t kind;
	} words[] = {
		{ "fail", COMES_FAILS }, { "fails", COMES_FAILS }, { "failed", COMES_FAILS },
		{ "failure", COMES_FAILS }, { "error", COMES_FAILS },
		{ "succeeds", COMES_WELL }, { "success", COMES_WELL }, { "ok", COMES_WELL },
		{ "succeeded", COMES_WELL }, { "passes", COMES_WELL },
		{ "not found", COMES_NULL }, { "NULL", COMES_NULL }, { "miss", COMES_NULL },
		{ "misses", COMES_NULL }, { "false", COMES_NULL }, { "no", COMES_NULL },
		{ "changed", COMES_NULL }, { "none", COMES_NULL },
		{ "found", COMES_THERE }, { "hit", COMES_THERE }, { "hits", COMES_THERE },
		{ "true", COMES_THERE }, { "yes", COMES_THERE }, { "same", COMES_THERE },
	};

	if (comes_value(c, s))
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (word_at(s, words[i].word) &&
		    (words[i].kind == COMES_FAILS || words[i].kind == COMES_WELL ||
		     alone(s, words[i].word))) {
			*c = (struct comes_to){ .kind = words[i].kind };
			return true;
		}
	return false;
}

bool comes_text(struct comes_to *c, const char *s)
{
	size_t n = strlen(s);

	while (n && (s[n - 1] == ' ' || s[n - 1] == '.' || s[n - 1] == ';'))
		n--;
	if (n < 2 || n >= sizeof(c->text))
		return false;
	for (size_t i = 0; i < result_count(); i++)
		if (!strncmp(result_at(i)->text, s, n)) {
			*c = (struct comes_to){ .kind = COMES_TEXT };
			memcpy(c->text, s, n);
			c->text[n] = '\0';
			return true;
		}
	return false;
}

static const char *skip_marks(const char *s)
{
	while (*s && strchr(" \t=:>,-)(*/<#;!'\"`", *s) && strncmp(s, "-E", 2))
		s++;
	return s;
}

/*
 * What is said behind a call, or in the comment beside it, of how it went.  In a comment only what
 * it begins with counts, or "returns ..": more would make results of words.
 */
void comes_of(struct comes_to *c, const char *tail, bool comment)
{
	const char *at = skip_marks(tail), *is;

	*c = (struct comes_to){ 0 };
	for (const char *p = tail; *p; p++) {
		if ((p == tail || !name_letter(p[-1])) &&
		    (word_at(p, "returns") || word_at(p, "return") || word_at(p, "returned"))) {
			at = skip_marks(p + strcspn(p, " "));
			if (comes_word(c, at))
				return;
		}
	}
	at = skip_marks(tail);
	is = at;
	for (const char *p = comment ? "" : tail; *p; p++)
		if (*p == '=' && p[1] == ' ')
			is = p + 1 + strspn(p + 1, " ");
	if (comes_word(c, is) || (is != at && comes_text(c, is)) || comes_word(c, at))
		return;
	for (size_t i = 0; i < sizeof(errnos) / sizeof(errnos[0]); i++)
		if (strstr(tail, errnos[i].name)) {
			*c = (struct comes_to){ .kind = COMES_VALUE,
						.value = (int16_t)errnos[i].value };
			return;
		}
}

static const char *comes_words(const struct comes_to *c, char *buf, size_t size)
{
	static const char *const words[] = {
		[COMES_ANY] = "", [COMES_NULL] = " = NULL", [COMES_THERE] = " = true",
		[COMES_FAILS] = " fails", [COMES_WELL] = " succeeds",
	};

	if (c->kind == COMES_TEXT)
		snprintf(buf, size, " = %s", c->text);
	else if (c->kind == COMES_VALUE)
		snprintf(buf, size, " = 0");
	else
		snprintf(buf, size, "%s", words[c->kind]);
	for (size_t i = 0; i < sizeof(errnos) / sizeof(errnos[0]); i++)
		if (c->kind == COMES_VALUE && errnos[i].value == c->value)
			snprintf(buf, size, " = %s", errnos[i].name);
	return buf;
}

const char *event_text(const struct claim_event *e, char *buf)
{
	char comes[64];

	snprintf(buf, EVENT_TEXT_MAX, "%s%s", e->is.name,
		 comes_words(&e->comes, comes, sizeof(comes)));
	return buf;
}

size_t comment_at(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (!strncmp(s + i, "/*", 2) || !strncmp(s + i, "//", 2) ||
		    (i && s[i - 1] == ' ' &&
		     (!strncmp(s + i, "<-", 2) || !strncmp(s + i, "# ", 2) ||
		      !strncmp(s + i, "-- ", 3) || !strncmp(s + i, "=> ", 3))))
			return i;
	return n;
}

const char *outcome_beside(const char *text)
{
	const char *at = text + comment_at(text), *arrow = strstr(text, " -> ");

	if (outcome_of(at))
		return at;
	return arrow && outcome_of(arrow) ? arrow : "";
}
