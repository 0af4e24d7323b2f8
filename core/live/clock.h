/* SPDX-License-Identifier: GPL-2.0-only */
/* clock.h - the clock by which steps are ordered, and sleep. */
#ifndef SWAPSCOPE_CORE_LIVE_CLOCK_H
#define SWAPSCOPE_CORE_LIVE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* CLOCK_MONOTONIC in ns. */
static inline uint64_t clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Sleep, in us; less than a second. */
static inline void nap(unsigned us)
{
	const struct timespec t = { .tv_nsec = 1000l * us };

	nanosleep(&t, NULL);
}

#endif
