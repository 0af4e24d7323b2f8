/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The exact size of state spaces.  The figures are the same for every compiler and level.
 */
#include <stdlib.h>

#include "tests/check.h"

struct size {
	const char *scenario, *kernel;
	uint64_t states, transitions;
	unsigned depth;
};

static const struct size sizes[] = {
#include "tests/sizes.inc"
};

static void test_sizes(void **state)
{
	const char *update = getenv("SWAPSCOPE_GOLDEN");
	bool write = update && !strcmp(update, "update");
	FILE *out = write ? fopen("tests/sizes.inc", "w") : NULL;

	(void)state;
	if (out)
		fprintf(out, "/* SPDX-License-Identifier: GPL-2.0-only */\n"
			     "/* SWAPSCOPE_GOLDEN=update build/release/tests/test_sizes writes "
			     "this. */\n");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const struct size *want = &sizes[i];
		struct kernel k = kernel_like(want->kernel);
		struct exploration x;
		struct scenario s;

		load(&s, want->scenario);
		explore_all(&x, &s, &k);
		if (out)
			fprintf(out, "{ \"%s\", \"%s\", %lu, %lu, %u },\n", want->scenario,
				want->kernel, (unsigned long)x.states, (unsigned long)x.transitions,
				x.depth);
		else if (x.states != want->states || x.transitions != want->transitions ||
			 x.depth != want->depth)
			fail_msg("swapscope explore %s --kernel '%s': %lu states, %lu transitions, "
				 "depth %u; not as tests/sizes.inc says", want->scenario,
				 want->kernel, (unsigned long)x.states,
				 (unsigned long)x.transitions, x.depth);
		exploration_free(&x);
		scenario_free(&s);
	}
	if (out)
		fclose(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
