/* SPDX-License-Identifier: GPL-2.0-only */
#include "ui/text/cookbook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const char *const trace_format_page;

/* All between "```sql" and "```", up to `end`. */
static char *sql_between(const char *at, const char *end)
{
	static const char fence[] = "\n```sql\n";
	char *sql = calloc(1, (size_t)(end - at) + 1), *to = sql;

	while (sql && (at = strstr(at, fence)) && at < end) {
		const char *first = at + strlen(fence), *last = strstr(first, "\n```");

		if (!last || last > end)
			break;
		memcpy(to, first, (size_t)(last + 1 - first));
		to += last + 1 - first;
		at = last;
	}
	return sql;
}

bool cookbook_find(unsigned number, struct recipe *r)
{
	char heading[32];
	const char *at, *end, *other;

	snprintf(heading, sizeof(heading), "\n### %u. ", number);
	at = strstr(trace_format_page, heading);
	if (!at)
		return false;
	*r = (struct recipe){ .number = number, .title = at + strlen(heading) };
	r->title_length = strcspn(r->title, "\n");
	end = strstr(r->title, "\n### ");
	other = strstr(r->title, "\n## ");
	if (!end || (other && other < end))
		end = other ? other : r->title + strlen(r->title);
	r->sql = sql_between(r->title, end);
	return r->sql != NULL;
}
