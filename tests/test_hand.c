/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs that are made by hand: moves, branches, what stands in their way, flipping a kernel, running
 * on, and every refusal.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "replay/check.h"
#include "replay/hand/hand.h"
#include "traces/write/write.h"

#define UAF	"T0*7 W*11 T0"

struct bench {
	struct hand *h;
	struct scenario s;
	struct kernel k;
	struct trace *t;
};

static void start(struct bench *b, const char *scenario, const char *kernel, const char *text)
{
	int err;

	load(&b->s, scenario);
	b->k = kernel_like(kernel);
	b->h = hand_new();
	err = hand_run_text(b->h, &b->s, &b->k, kernel, text, &b->t);
	if (err)
		fail_msg("%s under %s, '%s': %s", scenario, kernel, text, hand_why(b->h));
}

static void end(struct bench *b)
{
	hand_free(b->h);
	scenario_free(&b->s);
}

/* ---- flipping a rule ---- */

/* What the debate is about: with the pin the writeback is turned away. */
static void test_flip(void **state)
{
	const struct kernel v69 = kernel_like("v6.9");
	const struct execution *x;
	char why[HAND_TEXT_MAX];
	struct hand_flip f;
	struct trace *t;
	struct bench b;
	(void)state;

	start(&b, "debate", "debate-a", UAF);
	assert_int_equal(hand_flip(b.h, b.t, &v69, "v6.9", &t, &f), HAND_BRANCHED);
	assert_true(f.parted);
	assert_int_equal(f.same, 10);
	assert_int_equal(f.position, 11);
	assert_true(f.switches == UINT64_C(1) << SWITCH_pin);
	assert_string_equal(f.why, "move 11: 'W: swapcache_prepare(entry)' comes to '-EEXIST', not "
			    "to '0': T0 holds SWAP_HAS_CACHE since 4");
	x = hand_execution(b.h, t);
	hand_why_not(x, x->n, (struct move){ .task = 2 }, why);
	assert_string_equal(why, "W finished at 12 with -EEXIST: T0 holds SWAP_HAS_CACHE since 4");
	end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
