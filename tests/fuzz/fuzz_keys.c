/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any bytes as what a terminal sends, in pieces: each key has a name that can be shown, and all
 * of them is taken.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ui/terminal/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *name)
{
	size_t n = strlen(name);

	if (n >= sizeof("paste:") + PASTE_MAX || (n > 31 && strncmp(name, "paste:", 6)))
		abort();
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)name[i] < ' ' || name[i] == 127)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct keys k;
	const char *name;
	size_t at = 0;

	keys_init(&k);
	keys_define(&k, "\033[11^", "F1");
	keys_define(&k, "\033A", "up");
	while (at < size) {
		size_t piece = 1 + data[at] % 61;
		size_t n = keys_feed(&k, (const char *)data + at, size - at < piece ? size - at :
				     piece);

		if (!n)
			abort();
		at += n;
		while ((name = keys_next(&k, data[at - 1] % 7 == 0)))
			check(name);
	}
	for (size_t i = 0; keys_wait(&k); i++) {
		if (i > 2 * sizeof(k.in))
			abort();
		name = keys_next(&k, true);
		if (name)
			check(name);
	}
	return 0;
}
