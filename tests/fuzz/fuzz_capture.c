/* SPDX-License-Identifier: GPL-2.0-only */
/* Any bytes as a line of a capture, as a mark, and as the number that a value has. */
#include <stdlib.h>
#include <string.h>

#include "traces/capture/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A part of a line lies within it. */
static void check_span(struct span s, const char *line, size_t n)
{
	if (s.at < line || s.at + s.n > line + n)
		abort();
}

static void check_line(const char *line, size_t n)
{
	struct capture_line l;

	capture_parse(line, n, &l);
	check_span(l.comm, line, n);
	check_span(l.name, line, n);
	check_span(l.symbol, line, n);
	check_span(l.text, line, n);
	if (l.e.function >= FN_COUNT || l.e.side > SIDE_OTHER || l.e.irq > 2 ||
	    l.e.stamp > INT64_MAX || l.pid < 0 || l.lost > INT64_MAX || l.e.mask >> 9 ||
	    (l.kind == LINE_STRANGE) != (l.why != NULL) ||
	    (l.kind == LINE_EVENT && !l.name.n))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size + 1);
	struct capture_mark mark;
	uint64_t v;

	if (!line)
		abort();
	/* in a block of just that size: what reads beyond it is seen */
	if (size)
		memcpy(line, data, size);
	line[size] = '\0';
	capture_mark(line, &mark);
	line = realloc(line, size ? size : 1);
	check_line(line, size);
	capture_number((struct span){ line, size }, &v);
	free(line);
	return 0;
}
