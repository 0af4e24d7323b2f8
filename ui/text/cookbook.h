/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cookbook.h - the worked queries of docs/trace-format.md, which is built into the program.
 */
#ifndef SWAPSCOPE_UI_TEXT_COOKBOOK_H
#define SWAPSCOPE_UI_TEXT_COOKBOOK_H

#include <stdbool.h>
#include <stddef.h>

/* A query of the page: "### 3. What is wrong with the run?", and the SQL below. */
struct recipe {
	unsigned number;
	const char *title;		/* so many bytes of the page */
	size_t title_length;
	char *sql;			/* owned by the caller: free() */
};

/* Recipe `number`, 1 ..; false when there is none, or no memory for it. */
bool cookbook_find(unsigned number, struct recipe *r);

#endif
