/* SPDX-License-Identifier: GPL-2.0-only */
/* Any text as a scenario file: an error or a scenario that can be explored, never a crash. */
#include <stdlib.h>
#include <string.h>

#include "core/explore/explore.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct explore_options o = { .max_states = 200 };
	char *text = malloc(size + 1);
	struct scenario_error err;
	struct exploration x;
	struct scenario s;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (!scenario_parse(&s, "fuzz", text, &err)) {
		if (!explore(&x, &s, &s.kernel, &o))
			exploration_free(&x);
		scenario_free(&s);
	} else if (!err.text[0]) {
		abort();	/* refused, and no word why */
	}
	free(text);
	return 0;
}
