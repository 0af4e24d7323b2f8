/* SPDX-License-Identifier: GPL-2.0-only */
/* query_help.h - answers of traces/query/query.h, as a text or as one number that stands for it. */
#ifndef SWAPSCOPE_TESTS_QUERY_HELP_H
#define SWAPSCOPE_TESTS_QUERY_HELP_H

#include <xxhash.h>

#include "tests/trace_help.h"
#include "traces/query/query.h"

struct answer_text {
	char text[4096];		/* its beginning: values with '|' and rows with a newline */
	XXH64_hash_t digest;		/* of all of it, in order */
	XXH64_hash_t set;		/* the same for the same rows in any order */
	unsigned long rows;
};

static inline int take_answer(void *arg, const struct query_row *r)
{
	struct answer_text *a = arg;
	XXH64_hash_t row = 0;

	for (int i = 0; r->value && i < r->n; i++) {
		const char *v = r->value[i] ? r->value[i] : "NULL";
		size_t n = strlen(a->text);

		snprintf(a->text + n, sizeof(a->text) - n, "%s%s", v, i + 1 < r->n ? "|" : "\n");
		row = XXH3_64bits_withSeed(v, strlen(v), row + 1);
	}
	a->digest = XXH3_64bits_withSeed(&row, sizeof(row), a->digest);
	a->set += row;
	a->rows += r->value != NULL;
	return 0;
}

/* The answer to a query, which must have one. */
static inline void ask(const char *path, const char *text, struct answer_text *a)
{
	struct query *q;
	int r;

	memset(a, 0, sizeof(*a));
	if (query_open(&q, path, err))
		fail_msg("%s", err);
	r = query_run(q, text, take_answer, a, err);
	query_close(q);
	if (r)
		fail_msg("%s: %s", text, err);
}

static inline void assert_answer(const char *path, const char *text, const char *want)
{
	struct answer_text a;

	ask(path, text, &a);
	assert_string_equal(a.text, want);
}

/* Are the answers of two files the same, in this order or in any, and more than nothing? */
static inline void assert_same_answer(const char *a, const char *b, const char *text, bool order)
{
	struct answer_text x, y;

	ask(a, text, &x);
	ask(b, text, &y);
	if ((order && x.digest != y.digest) || x.set != y.set || x.rows != y.rows || !x.rows)
		fail_msg("%s: %lu and %lu rows:\n%s\n%s", text, x.rows, y.rows, x.text, y.text);
}

#endif
