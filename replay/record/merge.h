/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * merge.h - the acts of all slots of a capture, in its order.
 *
 * They come slot by slot, each when its slot is at rest, and are as many as the capture's events:
 * they go through a temporary file.
 */
#ifndef SWAPSCOPE_REPLAY_RECORD_MERGE_H
#define SWAPSCOPE_REPLAY_RECORD_MERGE_H

#include <stdio.h>

#include "replay/conform/conform.h"

struct acts {
	FILE *file;
	struct ordered_act {
		struct act act;
		uint64_t order;		/* in which they came */
	} *act;				/* after acts_sort() */
	size_t n;
};

/* 0 or a negative errno.  acts_free() undoes it, whatever came of it. */
int acts_new(struct acts *a);
void acts_free(struct acts *a);

/* conform_options.act; `arg` is the acts. */
int acts_add(void *arg, const struct act *a);

/*
 * In the order of the capture, those of a slot as they came.  Every life of a page knows the
 * address that is learned from a later fault, and steps whether data is certainly lost in the life
 * (ACT_CERTAIN).  0 or a negative errno.
 */
int acts_sort(struct acts *a);

#endif
