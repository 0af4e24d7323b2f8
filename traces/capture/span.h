/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * span.h - for the readers of lines: parts of a line, by short names.  memmem() needs _GNU_SOURCE.
 */
#ifndef SWAPSCOPE_TRACES_CAPTURE_SPAN_H
#define SWAPSCOPE_TRACES_CAPTURE_SPAN_H

#include <string.h>

#include "traces/capture/parse.h"

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

static inline bool is(struct span s, const char *word)
{
	return s.n == strlen(word) && !memcmp(s.at, word, s.n);
}

static inline bool starts(struct span s, const char *word)
{
	return s.n >= strlen(word) && !memcmp(s.at, word, strlen(word));
}

static inline struct span trim(struct span s)
{
	while (s.n && (*s.at == ' ' || *s.at == '\t')) {
		s.at++;
		s.n--;
	}
	while (s.n && (s.at[s.n - 1] == ' ' || s.at[s.n - 1] == '\t'))
		s.n--;
	return s;
}

static inline size_t blanks(struct span s, size_t i)
{
	while (i < s.n && (s.at[i] == ' ' || s.at[i] == '\t'))
		i++;
	return i;
}

static inline struct span from(struct span s, size_t i)
{
	return (struct span){ s.at + i, s.n - i };
}

/* Where `what` is in s; s.n if it is not. */
static inline size_t find(struct span s, const char *what)
{
	const char *at = s.n ? memmem(s.at, s.n, what, strlen(what)) : NULL;

	return at ? (size_t)(at - s.at) : s.n;
}

/* Decimal digits from s[*i] on, which gets to stand behind them.  False: none, or more than max. */
static inline bool digits(struct span s, size_t *i, uint64_t max, uint64_t *v)
{
	size_t start = *i;

	*v = 0;
	while (*i < s.n && is_digit(s.at[*i])) {
		if (*v > (max - (uint64_t)(s.at[*i] - '0')) / 10)
			return false;
		*v = *v * 10 + (uint64_t)(s.at[(*i)++] - '0');
	}
	return *i > start;
}

#endif
