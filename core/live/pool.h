/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pool.h - numbers of free objects, as a page allocator has them: a few of a thread's own, the
 * rest behind a lock.  What a thread keeps nobody else gets, so it is little where there are few.
 */
#ifndef SWAPSCOPE_CORE_LIVE_POOL_H
#define SWAPSCOPE_CORE_LIVE_POOL_H

#include <pthread.h>

#include "core/size.h"

#define POOL_OWN	16

struct pool {
	pthread_mutex_t lock;
	unsigned n, size;
	obj_t *number;
};

struct own_pool {
	struct pool *all;
	unsigned n, keep;		/* how many there are, and at most after a push */
	obj_t number[POOL_OWN + 1];
};

enum { POOL_FOLIO, POOL_ENTRY, POOL_SLOT, POOLS };

/* The numbers first .. end - 1, low ones first.  0 or -ENOMEM. */
int pool_new(struct pool *p, unsigned first, unsigned end);
void pool_free(struct pool *p);

/*
 * What would be taken next, 0 when there is none; that it was taken; that it is free again.  Slots
 * are slot + 1 there.
 */
unsigned pool_top(struct own_pool *p);
void pool_take(struct own_pool *p, unsigned number);
void pool_push(struct own_pool *p, unsigned number);

#endif
