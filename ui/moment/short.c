/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * short.c - texts of values, and texts in few columns.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/moment/moment.h"

int text_columns(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

void cut_text(char *to, size_t size, const char *from, int columns, bool ascii)
{
	const char *dots = ascii ? "~" : "\u2026";
	size_t n = 0, room = size - strlen(dots) - 1;
	bool cut = text_columns(from) > columns;
	int left = cut ? columns - 1 : columns;

	while (from[n] && n < room) {
		if ((from[n] & 0xc0) != 0x80 && left-- <= 0)
			break;
		to[n] = from[n];
		n++;
	}
	to[n] = '\0';
	if (cut && columns > 0)
		strcat(to, dots);
}

const char *brief_name(const char *name, char buf[NAME_WIDTH + 1])
{
	const char *dash = strrchr(name, '-');
	size_t number = dash && dash[1] && !dash[1 + strspn(dash + 1, "0123456789")] ?
			strlen(dash) : 0;
	int columns = text_columns(name);

	if (columns > NAME_WIDTH && number && number < NAME_WIDTH)
		snprintf(buf, NAME_WIDTH + 1, "%.*s%s", (int)(NAME_WIDTH - number), name, dash);
	else
		snprintf(buf, NAME_WIDTH + 1, "%s", name);
	return buf;
}

/* "zswap_decompress(entry, folio): end" -> "zswap_decompress(): end"; locks keep theirs. */
void drop_arguments(char *text)
{
	char *to = text;

	for (const char *from = text; *from;) {
		size_t n = strspn(from + 1, "abcdefghijklmnopqrstuvwxyz_, ");

		*to++ = *from;
		from += *from == '(' && from[n + 1] == ')' ? n + 1 : 1;
	}
	*to = '\0';
}

char *time_text(uint64_t ns, bool brief, char *buf, size_t size)
{
	snprintf(buf, size, "%llu.%0*llu", (unsigned long long)(ns / 1000000000), brief ? 6 : 9,
		 (unsigned long long)(ns % 1000000000 / (brief ? 1000 : 1)));
	return buf;
}

char *waited_text(const struct run_info *info, uint32_t waited, char *buf, size_t size)
{
	if (!info->clock)
		snprintf(buf, size, "%u step%s", waited, waited == 1 ? "" : "s");
	else if (waited < 1000)
		snprintf(buf, size, "%u ns", waited);
	else if (waited < 1000000)
		snprintf(buf, size, "%u.%u us", waited / 1000, waited / 100 % 10);
	else
		snprintf(buf, size, "%u.%u ms", waited / 1000000, waited / 100000 % 10);
	return buf;
}

char *stamp_text(unsigned stamp, char *buf, size_t size)
{
	if (stamp == STAMP_ZERO)
		snprintf(buf, size, "zeroes");
	else if (stamp == STAMP_GARBAGE)
		snprintf(buf, size, "garbage");
	else
		snprintf(buf, size, "v%u", stamp);
	return buf;
}

struct trace_object object_named(const char *text, enum object_kind otherwise)
{
	struct trace_object o = { otherwise, 0 };
	size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");
	const char *number = text + letters + strspn(text + letters, " ");
	bool hex = number[0] == '0' && number[1] == 'x' && number[2];

	if (letters)
		o.kind = OBJ_NONE;
	else if (hex)
		o.kind = OBJ_SLOT;
	for (unsigned kind = OBJ_PAGE; letters && kind <= OBJ_ENTRY; kind++)
		if (!strncmp(object_kind_name(kind), text, letters))
			o.kind = kind;
	if (*number < '0' || *number > '9' ||
	    number[hex ? 2 + strspn(number + 2, "0123456789abcdef") : strspn(number, "0123456789")])
		o.kind = OBJ_NONE;
	o.number = (uint32_t)strtoul(number, NULL, hex ? 16 : 10);
	return o;
}
