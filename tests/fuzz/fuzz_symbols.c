/* SPDX-License-Identifier: GPL-2.0-only */
/* Any bytes as a list of symbols: what is found is a name of the table, with suffixes at most. */
#include <stdlib.h>
#include <string.h>

#include "traces/capture/probes.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static struct probe_symbols s;
	const struct probe *row;
	size_t rows, found = 0;
	FILE *in = size ? fmemopen((void *)data, size, "r") : NULL;

	if (!in)
		return 0;
	probe_symbols_read(&s, in);
	fclose(in);
	row = probes_all(&rows);
	for (size_t i = 0; i < rows; i++) {
		size_t n = strlen(row[i].function);

		found += s.name[i][0] != '\0';
		if (!s.name[i][0])
			continue;
		if (strncmp(s.name[i], row[i].function, n) || strpbrk(s.name[i], " '\"$`\\\n;|&") ||
		    (s.name[i][n] && s.name[i][n] != '.'))
			abort();
	}
	if (found != s.found)
		abort();
	return 0;
}
