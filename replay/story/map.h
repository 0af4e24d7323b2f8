/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * map.h - numbers by numbers: pages by their addresses, slots by their swap entries.
 */
#ifndef SWAPSCOPE_REPLAY_STORY_MAP_H
#define SWAPSCOPE_REPLAY_STORY_MAP_H

#include <stddef.h>
#include <stdint.h>

struct story_pair {
	uint64_t key;			/* + 1; 0: nothing is here */
	uint64_t value;
};

/* Begin with zeroes; free(map.pair) ends it. */
struct story_map {
	struct story_pair *pair;
	size_t room, pairs;		/* room is a power of two */
};

/* Keep a value, in place of one that the key had.  0 or -ENOMEM; beyond 4 million none are kept. */
int story_map_put(struct story_map *m, uint64_t key, uint64_t value);

/* The value of a key, or `none`. */
uint64_t story_map_get(const struct story_map *m, uint64_t key, uint64_t none);

#endif
