/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parse.h - what the files share that read a scenario's text.
 */
#ifndef SWAPSCOPE_CORE_SCENARIO_PARSE_H
#define SWAPSCOPE_CORE_SCENARIO_PARSE_H

#include "core/scenario/scenario.h"

/* The parser: inih calls it line by line and tells it no line numbers, so its reader counts. */
struct parser {
	struct scenario *s;
	struct scenario_error *err;
	const char *next;	/* text not read yet */
	unsigned line;
	bool failed;
	bool has_page[MAX_PAGES];
	bool placed[MAX_PAGES];
	bool unborn[MAX_PAGES];
	uint8_t forked[MAX_MMS];	/* how often fork() is to make it */
};

/* Keep the first error, with its line.  Returns 0, which is how an inih handler says so. */
int refuse(struct parser *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * The next word of *text into word; false when there is none.  One that is too long is cut, and
 * so is none of the words that are looked for.
 */
bool parse_word(const char **text, char *word, size_t size);

/* A decimal number from 0 to max, and nothing else.  Whether it is one. */
bool parse_number(const char *text, long max, long *v);

/* The value of key `name`, from min to max.  Returns as an inih handler. */
int parse_between(struct parser *p, const char *name, const char *value, long min, long max,
		  uint8_t *out);

/* [page N] begins: the page is what it is where no line of the section says otherwise. */
void begin_page(struct parser *p, unsigned page);

/* A line of [page N].  Returns as an inih handler. */
int parse_page(struct parser *p, unsigned page, const char *name, const char *value);

/* When all pages are placed: what the devices have in use; all of them take more. */
void parse_devices(struct scenario *s);

#endif
