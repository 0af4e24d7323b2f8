/* SPDX-License-Identifier: GPL-2.0-only */
/* hand_help.h - what tests of runs by hand share. */
#ifndef SWAPSCOPE_TESTS_HAND_HELP_H
#define SWAPSCOPE_TESTS_HAND_HELP_H

#include "check.h"
#include "replay/hand/hand.h"

/* A session with one branch. */
struct bench {
	struct hand *h;
	struct scenario s;
	struct kernel k;
	struct trace *t;
};

static inline void start(struct bench *b, const char *scenario, const char *kernel,
			 const char *text)
{
	load(&b->s, scenario);
	b->k = kernel_like(kernel);
	b->h = hand_new();
	assert_non_null(b->h);
	if (hand_run_text(b->h, &b->s, &b->k, kernel, text, &b->t))
		fail_msg("swapscope run %s --kernel '%s' --schedule '%s': %s", scenario, kernel,
			 text, hand_why(b->h));
}

static inline void end(struct bench *b)
{
	hand_free(b->h);
	scenario_free(&b->s);
}

static inline unsigned task_of(const struct scenario *s, const char *name)
{
	unsigned i = 0;

	while (i < s->tasks && strcmp(s->program[i].name, name))
		i++;
	assert_true(i < s->tasks);
	return i;
}

static inline int move(struct bench *b, struct trace *t, uint64_t position, const char *task,
		       unsigned choice, struct trace **out)
{
	struct move m = { (uint8_t)task_of(&b->s, task), (uint8_t)choice };

	return hand_move(b->h, t, position, m, out);
}

/* The session's sentence has this in it. */
static inline void says(const struct bench *b, const char *why)
{
	if (!strstr(hand_why(b->h), why))
		fail_msg("'%s' is said, not '%s'", hand_why(b->h), why);
}

#endif
