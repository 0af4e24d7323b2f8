/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any bytes as the lines of a capture in any form: what comes of each line is sound, every return
 * that is held comes once, after its call and no later than the end, and stamps that were made up
 * go up.
 */
#include <stdlib.h>
#include <string.h>

#include "traces/import/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t stamp;

static void check_event(const struct capture_line *l)
{
	if (l->e.function >= FN_COUNT || l->e.side > SIDE_OTHER || l->e.irq > 2 ||
	    l->e.stamp > INT64_MAX || l->pid < 0 || l->lost > INT64_MAX || l->e.mask >> 9 ||
	    (l->kind == LINE_STRANGE) != (l->why != NULL) ||
	    (l->kind == LINE_EVENT && (!l->name.n || !l->comm.at)))
		abort();
	if (l->kind == LINE_EVENT && l->graph && l->counter) {
		if (l->e.stamp <= stamp)
			abort();
		stamp = l->e.stamp;
	}
}

static void take_held(struct form *f, struct capture_line *l, uint64_t number)
{
	const struct graph_leaf *leaf;

	while ((leaf = form_held(f, l))) {
		if (!leaf->line || leaf->line > number || (l && leaf->line == number))
			abort();
		check_event(&leaf->l);
	}
}

static void take_line(struct form *f, uint64_t number, const char *text, size_t n)
{
	char *line = malloc(n ? n : 1);		/* of just that size: what reads beyond is seen */
	struct capture_line l;

	if (!line)
		abort();
	if (n)
		memcpy(line, text, n);
	form_line(f, number, line, n, &l);
	if (l.kind == LINE_EVENT && (l.text.at < line || l.text.at + l.text.n > line + n))
		abort();
	take_held(f, &l, number);
	check_event(&l);
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const releases[] = { "", "6.1.192", "v6.8 load=exclusive", "6.18", "9" };
	struct form *f = form_new(releases[size ? *data % 5 : 0]);
	const char *text = (const char *)data;
	uint64_t number = 0;

	if (!f)
		abort();
	stamp = 0;
	while (size) {
		const char *newline = memchr(text, '\n', size);
		size_t n = newline ? (size_t)(newline - text) : size;

		take_line(f, ++number, text, n);
		text += n + (newline != NULL);
		size -= n + (newline != NULL);
	}
	take_held(f, NULL, number);
	if (f->held)
		abort();
	free(f);
	return 0;
}
