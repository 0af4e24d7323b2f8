/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pool.c - numbers of free objects, as a page allocator has them: some with every CPU, the rest
 * behind a lock.
 */
#include <errno.h>
#include <stdlib.h>

#include "core/live/thread.h"

int pool_new(struct pool *p, unsigned first, unsigned end)
{
	p->number = malloc((end - first + 1) * sizeof(p->number[0]));
	if (!p->number)
		return -ENOMEM;
	pthread_mutex_init(&p->lock, NULL);
	p->n = 0;
	while (end > first)		/* low numbers go first */
		p->number[p->n++] = (obj_t)--end;
	return 0;
}

void pool_free(struct pool *p)
{
	if (p->number)
		pthread_mutex_destroy(&p->lock);
	free(p->number);
}

unsigned pool_top(struct own_pool *p)
{
	if (!p->n) {
		pthread_mutex_lock(&p->all->lock);
		while (p->n < POOL_OWN / 4 && p->all->n)
			p->number[p->n++] = p->all->number[--p->all->n];
		pthread_mutex_unlock(&p->all->lock);
	}
	return p->n ? p->number[p->n - 1] : 0;
}

void pool_pop(struct own_pool *p)
{
	p->n--;
}

void pool_push(struct own_pool *p, unsigned number)
{
	if (p->n == POOL_OWN) {
		pthread_mutex_lock(&p->all->lock);
		while (p->n > POOL_OWN / 2)
			p->all->number[p->all->n++] = p->number[--p->n];
		pthread_mutex_unlock(&p->all->lock);
	}
	p->number[p->n++] = (obj_t)number;
}
