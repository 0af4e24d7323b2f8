/* SPDX-License-Identifier: GPL-2.0-only */
/* golden.h - texts that are compared whole with files in tests/screens. */
#ifndef SWAPSCOPE_TESTS_GOLDEN_H
#define SWAPSCOPE_TESTS_GOLDEN_H

#include <stdlib.h>

#include "tests/check.h"
#include "ui/terminal/grid.h"

static inline char *read_file(const char *path)
{
	FILE *in = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	if (!in)
		return strdup("");
	if (getdelim(&text, &size, '\0', in) < 0 && text)
		text[0] = '\0';
	fclose(in);
	return text;
}

/* A grid as text, malloced; the grid is freed. */
static inline char *grid_drawn(struct grid *g, bool styles)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	grid_print(g, out, styles);
	fclose(out);
	grid_free(g);
	return text;
}

/* Lines that differ, "-" as it should be and "+" as it is. */
static inline unsigned print_diff(const char *want, const char *is)
{
	unsigned differ = 0;

	for (unsigned line = 1; *want || *is; line++) {
		int n = (int)strcspn(want, "\n"), m = (int)strcspn(is, "\n");

		if (n != m || strncmp(want, is, (size_t)n)) {
			differ++;
			fprintf(stderr, "%4u -%.*s\n     +%.*s\n", line, n, want, m, is);
		}
		want += n + (want[n] == '\n');
		is += m + (is[m] == '\n');
	}
	return differ;
}

/* Hold a text to tests/screens/NAME. */
static inline void compare(const char *name, const char *is)
{
	const char *golden = getenv("SWAPSCOPE_GOLDEN");
	char path[128], *want;
	FILE *out;

	snprintf(path, sizeof(path), "tests/screens/%s", name);
	if (golden && !strcmp(golden, "update")) {
		out = fopen(path, "w");
		assert_non_null(out);
		assert_true(fputs(is, out) >= 0);
		assert_int_equal(fclose(out), 0);
		return;
	}
	want = read_file(path);
	if (strcmp(want, is)) {
		print_diff(want, is);
		fail_msg("%s is different.  If that is meant to be:\n"
			 "\tSWAPSCOPE_GOLDEN=update ctest -R test_ in the build's folder", path);
	}
	free(want);
}

/* "right*12 tab :" - keys by name, "*N" for N times, given to `key` one by one. */
static inline void press_keys(const char *keys, void (*key)(void *arg, const char *name), void *arg)
{
	char copy[256], *save = NULL;

	snprintf(copy, sizeof(copy), "%s", keys);
	for (char *name = strtok_r(copy, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
		char *star = strchr(name, '*');
		int n = star ? atoi(star + 1) : 1;

		if (star)
			*star = '\0';
		while (n--)
			key(arg, name);
	}
}

#endif
