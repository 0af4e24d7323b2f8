/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

size_t utf8_shown(const unsigned char *s)
{
	size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : s[0] >= 0xe0 ? 3 :
		   s[0] >= 0xc2 ? 2 : 0;
	uint32_t c = n < 2 ? s[0] : s[0] & (0xffu >> (n + 1));

	if (s[0] >= 0xf5)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (n == 1)
		return c >= 0x20 && c != 0x7f;
	if (c < 0xa0 || (n == 3 && c < 0x800) || (n == 4 && c < 0x10000))
		return 0;		/* C1 controls; overlong forms */
	if ((c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
		return 0;
	/* what turns the direction of a terminal's line around */
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ? 0 : n;
}

bool text_shows(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n;

	while (*s && (n = utf8_shown(s)))
		s += n;
	return !*s;
}

char *text_file(const char *path, const char *what, int *error, char *why, size_t size)
{
	FILE *in = fopen(path, "r");
	struct stat st;
	char *text = NULL;
	size_t n = 0;

	if (!in) {
		*error = -ENOENT;
		snprintf(why, size, "%s", strerror(errno));
		return NULL;
	}
	*error = -EINVAL;
	if (fstat(fileno(in), &st) || S_ISDIR(st.st_mode))
		snprintf(why, size, "not a file");
	else if (!(text = malloc(TEXT_FILE_MAX + 1)))
		*error = -ENOMEM;
	else if ((n = fread(text, 1, TEXT_FILE_MAX + 1, in)) > TEXT_FILE_MAX)
		snprintf(why, size, "%s is at most 256 KiB of text", what);
	else if (memchr(text, 0, n))
		snprintf(why, size, "%s is text", what);
	else if (ferror(in))
		snprintf(why, size, "%s", strerror(errno));
	else
		*error = 0;
	fclose(in);
	if (*error) {
		free(text);
		return NULL;
	}
	text[n] = '\0';
	return text;
}

bool text_line(const char **next, char *buf, size_t size)
{
	size_t n = strcspn(*next, "\n");

	if (n + 2 > size)
		return false;
	memcpy(buf, *next, n);
	buf[n] = '\n';
	buf[n + 1] = '\0';
	*next += n + ((*next)[n] == '\n');
	return true;
}

/* ---- near misses ---- */

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

size_t text_distance(const char *a, const char *b)
{
	size_t row[64], above[64] = { 0 }, na = strlen(a), nb = strlen(b);

	if (na >= 64 || nb >= 64)
		return SIZE_MAX;	/* no near miss, whatever it is */
	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t diagonal = row[0], corner = 0;

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t best = diagonal + !same(a[i - 1], b[j - 1]);

			/* two letters that changed places */
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) &&
			    same(a[i - 2], b[j - 1]) && corner + 1 < best)
				best = corner + 1;
			corner = above[j - 1];
			above[j - 1] = diagonal;
			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[nb];
}

void text_append(char *buf, size_t size, const char *format, ...)
{
	size_t n = strlen(buf);
	va_list ap;

	va_start(ap, format);
	vsnprintf(buf + n, size - n, format, ap);
	va_end(ap);
}

unsigned text_digits(uint64_t n)
{
	unsigned d = 1;

	while (n >= 10) {
		n /= 10;
		d++;
	}
	return d;
}
