/* SPDX-License-Identifier: GPL-2.0-only */
/* check.h - what the tests share. */
#ifndef SWAPSCOPE_TESTS_CHECK_H
#define SWAPSCOPE_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/explore/explore.h"

/* Sanitizers are slow: tests that go through very many cases do some of them there. */
#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) ||	\
	__has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED	1
#else
#define SANITIZED	0
#endif

/* Load a scenario that is known to be good. */
static inline void load(struct scenario *s, const char *name)
{
	struct scenario_error err;

	if (scenario_load(s, name, &err))
		fail_msg("%s:%u: %s", name, err.line, err.text);
}

/* A kernel by name with switches set, "v6.9 load=exclusive". */
static inline struct kernel kernel_like(const char *text)
{
	char copy[128], *save = NULL, *word;
	struct kernel k;

	snprintf(copy, sizeof(copy), "%s", text);
	word = strtok_r(copy, " ", &save);
	assert_int_equal(kernel_named(&k, word, NULL, 0), 0);
	while ((word = strtok_r(NULL, " ", &save)))
		assert_int_equal(kernel_set(&k, word), 0);
	return k;
}

static inline void explore_all(struct exploration *x, const struct scenario *s,
			       const struct kernel *k)
{
	struct explore_options o = { 0 };

	assert_int_equal(explore(x, s, k, &o), 0);
}

#endif
