/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stories_print.h - what stories are printed with as JSON.
 */
#ifndef SWAPSCOPE_UI_TEXT_STORIES_PRINT_H
#define SWAPSCOPE_UI_TEXT_STORIES_PRINT_H

#include <cjson/cJSON.h>

#include "ui/text/stories.h"

/* An array that rows are added to. */
struct json_list {
	const struct stories *stories;
	cJSON *array;
};

void json_entry(cJSON *o, uint64_t entry);	/* "swap": "0x313" */

/* The stamp of an event, where there is one. */
void json_stamp(cJSON *o, const char *name, const struct stories *s, uint64_t event);

#endif
