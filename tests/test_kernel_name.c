/* SPDX-License-Identifier: GPL-2.0-only */
/* kernel_named(): the names that kernels have on machines, in branches and in talk. */
#include <errno.h>
#include <string.h>

#include "core/kernel.h"
#include "tests/check.h"

/* What machines and people call a kernel: what it is taken for, or the end of why not. */
static const struct {
	const char *name;
	int err;
	const char *text;
} spoken[] = {
	{ "6.12.117+deb13-amd64", 0, "v6.12.117" },		/* Debian 13 */
	{ "6.12.38-1-cloud-arm64", 0, "v6.12.38" },
	{ "6.12.5-200.fc41.x86_64", 0, "v6.12.5" },		/* Fedora */
	{ "6.12.0-65.fc42.x86_64", 0, "v6.12" },
	{ "6.12.4-arch1-1", 0, "v6.12.4" },			/* Arch */
	{ "6.13.0-arch1-1", 0, "v6.13" },
	{ "6.11.8-1-default", 0, "v6.11.8" },			/* SUSE */
	{ "6.9.0-060900-generic", 0, "v6.9" },			/* Ubuntu's builds of releases */
	{ "6.6.36.3-microsoft-standard-WSL2", 0, "v6.6.36" },
	{ "6.1.115-126.197.amzn2023.x86_64", 0, "v6.1.115" },
	{ "6.9.0+", 0, "v6.9" },
	{ "6.9-dirty", 0, "v6.9" },
	{ "6.9.0-rc1-00017-gabcdef012345", 0, "v6.9-rc1" },
	{ "6.9.0-0.rc1.20240327.fc41.x86_64", 0, "v6.9-rc1" },
	{ "6.6.y", 0, "v6.6.24" },
	{ "6.1.x", 0, "v6.1.y" },
	{ "linux-6.12.y", 0, "v6.12.51" },
	{ "v6.5.y", 0, "v6.5" },
	{ "mainline", 0, "v7.3" },
	{ "next", 0, "v7.3" },
	{ "6.8.3", 0, "6.8.3" },
	{ "debate-a", 0, "debate-a" },
	{ "6.1.0-56-amd64", -ERANGE, "not release 6.1.0; 'uname -v' on Debian and "
	  "/proc/version_signature on Ubuntu say which it is" },
	{ "6.8.0-31-generic", -ERANGE, "say which it is" },
	{ "6.12.0-1-default", -ERANGE, "say which it is" },
	{ "6.12.0-55.9.1.el10_0.x86_64", -ERANGE, "say which it is" },
	{ "v6.9-17-gabcdef0", -ERANGE, "say which it is" },
	{ "v6.9-rc3", -ERANGE, "the one whose it is to have, like v6.9" },
	{ "6.9.0-060900rc3-generic", -ERANGE, "like v6.9" },
	{ "6.12.0-0.rc2.fc42", -ERANGE, "like v6.12" },
	{ "v5.18", -ERANGE, "older than the model, which has v6.1 to v6.19 and v7.0 to v7.3" },
	{ "5.14.0-427.el9.x86_64", -ERANGE, "which has v6.1 to v6.19 and v7.0 to v7.3" },
	{ "5.15.y", -ERANGE, "to v7.3" },
	{ "9.9", -ERANGE, "newer than the model, which has v6.1 to v6.19 and v7.0 to v7.3" },
	{ "6.20", -ERANGE, "v6.19 was followed by v7.0" },
	{ "6.20.y", -ERANGE, "v6.19 was followed by v7.0" },
	{ "v6.", -ENOENT, "debate-c" },
	{ "6.9-", -ENOENT, "debate-c" },
	{ "6.9 ", -ENOENT, "debate-c" },
	{ "6.9.1-\033[31m", -ENOENT, "debate-c" },
	{ "6.9\xc3\xa9", -ENOENT, "debate-c" },
	{ "vv6.9", -ENOENT, "debate-c" },
	{ "", -ENOENT, "debate-c" },
	{ "6.99999999999999999999", -ENOENT, "there are v6.1 to v6.19 and v7.0 to v7.3, v6.1.y, "
	  "v6.9-rc1, debate-a, debate-b, debate-c" },
};

static void test_spoken(void **state)
{
	char text[KERNEL_SAID_MAX];
	struct kernel k, same;

	(void)state;
	for (size_t i = 0; i < sizeof(spoken) / sizeof(spoken[0]); i++) {
		int err = kernel_named(&k, spoken[i].name, text, sizeof(text));
		const char *end = text + strlen(text) - strlen(spoken[i].text);

		if (err != spoken[i].err || strlen(text) < strlen(spoken[i].text) ||
		    strcmp(err ? end : text, spoken[i].text))
			fail_msg("'%s': %d, %s", spoken[i].name, err, text);
		if (err)
			continue;
		assert_int_equal(kernel_named(&same, text, NULL, 0), 0);
		assert_memory_equal(&k, &same, sizeof(k));
	}
	assert_int_equal(kernel_named(&k, "v5.18", text, 8), -ERANGE);
	assert_string_equal(text, "it is o");
}

static void test_hidden(void **state)
{
	static const char *const hidden[] = {
		"6.1.0-56-amd64", "6.8.0-31-generic", "6.12.0-55.9.1.el10_0.x86_64",
	};
	static const char *const told[] = {
		"6.12.117+deb13-amd64", "6.9.0-rc3", "6.9.0-060900-generic", "6.1.0", "6.6.y",
		"x", "",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		assert_true(kernel_hides_release(hidden[i]));
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		assert_false(kernel_hides_release(told[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spoken),
		cmocka_unit_test(test_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
