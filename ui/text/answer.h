/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * answer.h - the rows of a query as text.
 */
#ifndef SWAPSCOPE_UI_TEXT_ANSWER_H
#define SWAPSCOPE_UI_TEXT_ANSWER_H

#include <stdio.h>

#include "traces/query/query.h"

enum answer_mode {
	ANSWER_BOX,		/* a table for people; columns are as wide as the first rows need */
	ANSWER_CSV,		/* RFC 4180 with a header, for programs */
	ANSWER_LIST,		/* values with '|' between them and nothing else, for scripts */
	ANSWER_MODES
};

extern const char *const answer_mode_name[ANSWER_MODES];

/* Begin with zeroes, but for `out`, `mode` and `ascii`. */
struct answer {
	FILE *out;
	enum answer_mode mode;
	bool ascii;		/* the terminal has no lines to draw with */
	int columns;		/* from here on: of the statement that is being answered */
	char **cell;		/* its first rows, that wait for their widths */
	bool *is_number;
	size_t cells, cells_cap;
	size_t *width;		/* NULL until they are known */
};

/* For query_run(): takes a row.  0 or -ENOMEM. */
int answer_row(void *answer, const struct query_row *r);

/* After query_run(): print what waits, and free it. */
void answer_end(struct answer *a);

#endif
