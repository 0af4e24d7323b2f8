/* SPDX-License-Identifier: GPL-2.0-only */
/* certificate_check.h - certificates of scenarios, and what verify() has to say of them. */
#ifndef SWAPSCOPE_TESTS_CERTIFICATE_CHECK_H
#define SWAPSCOPE_TESTS_CERTIFICATE_CHECK_H

#include "tests/certificate_help.h"
#include "tests/check.h"

/* The verdict on bytes has to be this one, and its reason say so. */
#define expect_verdict(file_, status_, says_) \
	expect_verdict_at(__LINE__, file_, status_, says_)
static inline void expect_verdict_at(int line, const struct bytes_of *file,
				     enum verify_status status, const char *says)
{
	struct verification v;
	enum verify_status got = verify_bytes(&v, file->p, file->n);

	if (got != status || !strstr(v.why, says))
		fail_msg("line %d: status %d, '%s'; wanted %d, '%s'", line, got, v.why, status,
			 says);
	verification_free(&v);
}

/* The same of what was taken apart, under a checksum that is right. */
#define expect_apart(a_, status_, says_) expect_apart_at(__LINE__, a_, status_, says_)
static inline void expect_apart_at(int line, const struct apart *a, enum verify_status status,
			    const char *says)
{
	struct bytes_of file = together(a);

	expect_verdict_at(line, &file, status, says);
	free(file.p);
}

/* The certificate of a scenario under a kernel, whose search is safe. */
static inline struct bytes_of certify_scenario(const char *scenario, const char *kernel)
{
	struct kernel k = kernel_like(kernel);
	struct bytes_of file;
	struct exploration x;
	struct scenario s;

	load(&s, scenario);
	explore_all(&x, &s, &k);
	assert_int_equal(x.verdict, VERDICT_SAFE);
	file = certificate_of(&x, kernel);
	exploration_free(&x);
	scenario_free(&s);
	return file;
}

static inline struct apart certify_apart(const char *scenario, const char *kernel)
{
	struct bytes_of file = certify_scenario(scenario, kernel);
	struct apart a;

	take_apart(&a, file.p, file.n);
	free(file.p);
	return a;
}

#define SMALL	"writeback-first"	/* 260 states */
#define LARGER	"aba"			/* 13,806 */

#endif
