/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * value.c - a value of a scenario's text, and what is said where it is none.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/scenario/parse.h"

int refuse(struct parser *p, const char *format, ...)
{
	va_list ap;

	if (p->failed)
		return 0;
	p->failed = true;
	p->err->line = p->line;
	va_start(ap, format);
	vsnprintf(p->err->text, sizeof(p->err->text), format, ap);
	va_end(ap);
	return 0;
}

bool parse_word(const char **text, char *word, size_t size)
{
	size_t n;

	*text += strspn(*text, " \t,");
	n = strcspn(*text, " \t,");
	if (!n)
		return false;
	snprintf(word, size, "%.*s", (int)(n < size ? n : size - 1), *text);
	*text += n;
	return true;
}

bool parse_number(const char *text, long max, long *v)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*v = strtol(text, &end, 10);
	return !errno && !*end && *v <= max;
}

int parse_between(struct parser *p, const char *name, const char *value, long min,
		  long max, uint8_t *out)
{
	long v;

	if (!parse_number(value, max, &v) || v < min)
		return refuse(p, "%s = %.40s: a number from %ld to %ld is needed", name, value, min,
			    max);
	*out = (uint8_t)v;
	return 1;
}
