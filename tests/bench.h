/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bench.h - what the programs that scripts/bench runs have in common.
 */
#ifndef SWAPSCOPE_TESTS_BENCH_H
#define SWAPSCOPE_TESTS_BENCH_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REPEAT	(quick ? 1 : 3)	/* the best counts: the machine has other work */

/* --quick: every figure, once, of something small.  That it can be made is all it says. */
static bool quick;

/* Take that option away. */
static inline void bench_options(int *argc, char ***argv)
{
	quick = *argc > 1 && !strcmp((*argv)[1], "--quick");
	*argc -= quick;
	*argv += quick;
}

static inline double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

_Noreturn static inline void give_up(const char *why)
{
	fprintf(stderr, "bench: %s\n", why);
	exit(2);
}

#endif
