/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bug.c - the [bug] section of a scenario file: which bug of the kernel it expresses.
 */
#include "core/scenario/scenario.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/property.h"
#include "core/text.h"

/* Where a message goes. */
struct said {
	char *text;
	size_t size;
};

static int wrong(const struct said *said, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Returns -EINVAL, which is what a key's parser returns then. */
static int wrong(const struct said *said, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(said->text, said->size, format, ap);
	va_end(ap);
	return -EINVAL;
}

/*
 * Copy a value for people into out.  It ends up on terminals and in a table, so that control
 * characters and what would end a table's cell are refused.
 */
static int parse_text(const struct said *said, const char *name, const char *value, char *out,
		      size_t size)
{
	if (!*value)
		return wrong(said, "%s = : a text is needed", name);
	if (strlen(value) >= size)
		return wrong(said, "%s: at most %zu characters", name, size - 1);
	if (!text_shows(value) || strchr(value, '|'))
		return wrong(said, "%s: no control character and no '|' may be in it, and it must "
			     "be UTF-8", name);
	strcpy(out, value);
	return 0;
}

static int parse_id(struct bug *b, const char *value, const struct said *said)
{
	size_t n = strlen(value);

	if (!isalpha((unsigned char)*value) || n >= sizeof(b->id))
		n = 0;
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)value[i]))
			n = 0;
	if (!n)
		return wrong(said, "id = %.40s: a letter and up to %zu letters or digits are "
			     "needed", value, sizeof(b->id) - 2);
	strcpy(b->id, value);
	return 0;
}

static int parse_commit(struct bug *b, const char *value, const struct said *said)
{
	size_t n;

	for (value += strspn(value, " ,"); *value; value += n, value += strspn(value, " ,")) {
		n = strcspn(value, " ,");
		if (n < 12 || n > 40 || strspn(value, "0123456789abcdef") < n)
			return wrong(said, "commit = %.*s: 12 to 40 hexadecimal digits are needed",
				     (int)(n < 50 ? n : 50), value);
		if (b->commits == BUG_COMMITS)
			return wrong(said, "at most %d commits", BUG_COMMITS);
		snprintf(b->commit[b->commits++], sizeof(b->commit[0]), "%.*s", (int)n, value);
	}
	return b->commits ? 0 : wrong(said, "commit = : a commit is needed");
}

/* "CVE-2024-26759": a year, and four digits or more. */
static bool is_cve(const char *word, size_t n)
{
	static const char digits[] = "0123456789";

	return n >= 13 && n < sizeof(((struct bug *)0)->cve[0]) && !strncmp(word, "CVE-", 4) &&
	       strspn(word + 4, digits) == 4 && word[8] == '-' && strspn(word + 9, digits) == n - 9;
}

static int parse_cve(struct bug *b, const char *value, const struct said *said)
{
	size_t n;

	for (value += strspn(value, " ,"); *value; value += n, value += strspn(value, " ,")) {
		n = strcspn(value, " ,");
		if (!is_cve(value, n))
			return wrong(said, "cve = %.*s: CVE-YEAR-NUMBER is needed",
				     (int)(n < 50 ? n : 50), value);
		if (b->cves == BUG_CVES)
			return wrong(said, "at most %d CVEs", BUG_CVES);
		snprintf(b->cve[b->cves++], sizeof(b->cve[0]), "%.*s", (int)n, value);
	}
	return b->cves ? 0 : wrong(said, "cve = : a CVE is needed");
}

int named_kernel_parse(struct named_kernel *k, const char *name, const char *value, char *err,
		       size_t size)
{
	const struct said to = { err, size }, *said = &to;
	enum kernel_switch s;
	char copy[sizeof(k->text)], text[KERNEL_SAID_MAX], *save = NULL, *word;

	if (strlen(value) >= sizeof(copy))
		return wrong(said, "%s: at most %zu characters", name, sizeof(copy) - 1);
	strcpy(copy, value);
	word = strtok_r(copy, " \t,", &save);
	if (!word)
		return wrong(said, "%s = : a kernel is needed", name);
	if (kernel_named(&k->kernel, word, text, sizeof(text)))
		return wrong(said, "%s = %.40s: no such kernel: %s", name, word, text);
	snprintf(k->text, sizeof(k->text), "%.*s", (int)sizeof(k->text) - 1, text);
	while ((word = strtok_r(NULL, " \t,", &save))) {
		size_t n = strlen(k->text);

		s = kernel_switch_named(word);
		if (s == SWITCH_COUNT)
			return wrong(said, "no switch in '%.40s'; 'swapscope list switches' shows "
				     "them", word);
		if (kernel_set(&k->kernel, word))
			return wrong(said, "'%.60s': %s is one of %s", word,
				     kernel_switches[s].name, kernel_switches[s].values);
		snprintf(k->text + n, sizeof(k->text) - n, " %s", word);
	}
	return 0;
}

static int parse_property(struct bug *b, const char *value, const struct said *said)
{
	int property = property_find(value);

	if (property < 0)
		return wrong(said, "property = %.40s: no such property; 'swapscope list properties'"
			     " shows them", value);
	b->property = (uint8_t)property;
	return 0;
}

static int parse_tell(struct bug *b, const char *value, const struct said *said)
{
	if (b->tells == BUG_TELLS)
		return wrong(said, "at most %d sentences are told", BUG_TELLS);
	return parse_text(said, "tell", value, b->tell[b->tells++], sizeof(b->tell[0]));
}

enum bug_key {
	KEY_ID, KEY_COMMIT, KEY_SUBJECT, KEY_INTRODUCED, KEY_FIXED, KEY_SHOWS, KEY_PROPERTY,
	KEY_BESIDE, KEY_TELL, KEY_CVE, KEY_COUNT
};

static const char *const keys[KEY_COUNT] = {
	[KEY_ID] = "id", [KEY_COMMIT] = "commit", [KEY_SUBJECT] = "subject",
	[KEY_INTRODUCED] = "introduced", [KEY_FIXED] = "fixed", [KEY_SHOWS] = "shows",
	[KEY_PROPERTY] = "property", [KEY_BESIDE] = "beside", [KEY_TELL] = "tell",
	[KEY_CVE] = "cve",
};

int bug_parse(struct bug *b, const char *name, const char *value, char *err, size_t size)
{
	struct said said = { err, size };
	unsigned key = 0;

	while (key < KEY_COUNT && strcmp(keys[key], name))
		key++;
	if (key < KEY_COUNT && key != KEY_TELL && (b->keys >> key & 1))
		return wrong(&said, "%s stands in [bug] twice", name);
	if (key < KEY_COUNT)
		b->keys |= (uint16_t)(1u << key);
	switch (key) {
	case KEY_ID:
		return parse_id(b, value, &said);
	case KEY_COMMIT:
		return parse_commit(b, value, &said);
	case KEY_SUBJECT:
		return parse_text(&said, name, value, b->subject, sizeof(b->subject));
	case KEY_INTRODUCED:
		return parse_text(&said, name, value, b->introduced, sizeof(b->introduced));
	case KEY_FIXED:
		return parse_text(&said, name, value, b->fixed, sizeof(b->fixed));
	case KEY_SHOWS:
		return named_kernel_parse(&b->shows, name, value, err, size);
	case KEY_PROPERTY:
		return parse_property(b, value, &said);
	case KEY_BESIDE:
		return named_kernel_parse(&b->beside, name, value, err, size);
	case KEY_TELL:
		return parse_tell(b, value, &said);
	case KEY_CVE:
		return parse_cve(b, value, &said);
	}
	return wrong(&said, "no key '%.40s' in [bug]; there are id, commit, cve, subject, "
		     "introduced, fixed, shows, property, beside, tell", name);
}

int bug_check(const struct bug *b, char *err, size_t size)
{
	struct said said = { err, size };

	for (unsigned key = 0; b->present && key < KEY_COUNT; key++)
		if (!(b->keys >> key & 1) && key != KEY_CVE)
			return wrong(&said, "[bug] lacks '%s = ...'", keys[key]);
	return 0;
}
