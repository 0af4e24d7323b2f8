/* SPDX-License-Identifier: GPL-2.0-only */
/* Any text as a schedule: an error, or moves that are made as far as they can be. */
#include <stdlib.h>
#include <string.h>

#include "core/scenario/schedule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct scenario s;
	struct scenario_error err;
	char *text = malloc(size + 1);
	struct schedule schedule;
	struct execution x;
	size_t at;

	if (!text || (!s.text && scenario_load(&s, "debate", &err)))
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	if (!schedule_parse(&schedule, &s, text, &at)) {
		if (schedule.n < 500 && !execution_init(&x, &s, &s.kernel)) {
			execution_run(&x, &schedule);
			execution_free(&x);
		}
		schedule_free(&schedule);
	} else if (at > strlen(text)) {
		abort();
	}
	free(text);
	return 0;
}
