/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any text as a file of settings: an error with a word why, or settings that are printed as a
 * file that says the same.
 */
#include <stdlib.h>
#include <string.h>

#include "ui/config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *print(const struct config *c, size_t *n)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, n);

	if (!out)
		exit(0);
	config_print(c, out);
	fclose(out);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config c;
	char err[CONFIG_ERROR_MAX], *first, *second;
	unsigned line;
	size_t n, m;

	if (config_parse(&c, (const char *)data, size, &line, err)) {
		if (!*err || !line)
			abort();
		return 0;
	}
	first = print(&c, &n);
	if (config_parse(&c, first, n, &line, err))
		abort();
	second = print(&c, &m);
	if (n != m || memcmp(first, second, n))
		abort();
	free(first);
	free(second);
	return 0;
}
