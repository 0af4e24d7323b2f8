/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a workload writes into trace_marker: "WL read t=1 pg=54 addr=7f756fb93000 ver=1".
 */
#define _GNU_SOURCE	/* memmem() of span.h */
#include <stdlib.h>

#include "traces/capture/span.h"

static const struct {
	const char *word;
	enum capture_mark_kind kind;
} kinds[] = {
	{ "start", MARK_START }, { "end", MARK_END }, { "map", MARK_MAP }, { "read", MARK_READ },
	{ "read-end", MARK_READ_END }, { "write", MARK_WRITE }, { "write-end", MARK_WRITE_END },
	{ "pageout", MARK_PAGEOUT }, { "pageout-end", MARK_PAGEOUT_END }, { "fork", MARK_FORK },
	{ "dontneed", MARK_DONTNEED }, { "munmap", MARK_MUNMAP }, { "swapoff", MARK_SWAPOFF },
	{ "uffd-wp", MARK_UFFD_WP }, { "uffd-move", MARK_UFFD_MOVE }, { "CORRUPT", MARK_CORRUPT },
	{ "phase", MARK_PHASE },
};

/* Addresses are hexadecimal, with 0x or without. */
static bool hexadecimal(struct span s, uint64_t *v)
{
	char digits[20], *end;

	if (!s.n || s.n >= sizeof(digits))
		return false;
	memcpy(digits, s.at, s.n);
	digits[s.n] = '\0';
	if (!strchr("0123456789abcdefABCDEF", *digits))
		return false;
	*v = strtoull(digits, &end, 16);
	return !*end;
}

static void take(struct capture_mark *m, struct span key, struct span value)
{
	uint64_t v;

	if (is(key, "addr")) {
		m->has_addr = hexadecimal(value, &m->addr);
		return;
	}
	if (is(key, "base") && hexadecimal(value, &m->base))
		return;
	if (!capture_number(value, &v))
		return;
	if (is(key, "pg")) {
		m->has_page = true;
		m->page = v;
	} else if (is(key, "ver")) {
		m->has_version = true;
		m->version = v;
	} else if (is(key, "ok")) {
		m->has_ok = true;
		m->ok = v != 0;
	} else if (is(key, "n") || is(key, "pages")) {
		m->pages = v;
	} else if (is(key, "want")) {
		m->want = v;
	} else if (is(key, "got")) {
		m->got = v;
	} else if (is(key, "t")) {
		m->thread = v;
	}
}

static struct span next_word(const char **text)
{
	struct span s;

	*text += strspn(*text, " ");
	s = (struct span){ *text, strcspn(*text, " ") };
	*text += s.n;
	return s;
}

bool capture_mark(const char *text, struct capture_mark *m)
{
	struct span word = next_word(&text);

	*m = (struct capture_mark){ .pages = 1 };
	if (!is(word, "WL"))
		return false;
	word = next_word(&text);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (is(word, kinds[i].word))
			m->kind = kinds[i].kind;
	while ((word = next_word(&text)).n) {
		const char *equals = memchr(word.at, '=', word.n);
		size_t key = equals ? (size_t)(equals - word.at) : word.n;

		if (equals)
			take(m, (struct span){ word.at, key },
			     (struct span){ equals + 1, word.n - key - 1 });
	}
	return true;
}
