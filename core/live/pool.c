/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/live/pool.h"

#include <errno.h>
#include <stdlib.h>

int pool_new(struct pool *p, unsigned first, unsigned end)
{
	p->size = end - first;
	p->number = malloc((p->size + 1) * sizeof(p->number[0]));
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
	unsigned n = p->keep > 1 ? p->keep / 2 : 1;

	if (!p->n) {
		pthread_mutex_lock(&p->all->lock);
		while (p->n < n && p->all->n)
			p->number[p->n++] = p->all->number[--p->all->n];
		pthread_mutex_unlock(&p->all->lock);
	}
	return p->n ? p->number[p->n - 1] : 0;
}

/* A broken kernel takes objects into use that were not offered: that one may be anywhere. */
void pool_take(struct own_pool *p, unsigned number)
{
	for (unsigned i = p->n; i--;) {
		if (p->number[i] == number) {
			p->number[i] = p->number[--p->n];
			return;
		}
	}
}

void pool_push(struct own_pool *p, unsigned number)
{
	if (!number)			/* NULL, in a world that is broken */
		return;
	p->number[p->n++] = (obj_t)number;
	if (p->n <= p->keep)
		return;
	pthread_mutex_lock(&p->all->lock);
	while (p->n > p->keep / 2) {
		p->n--;
		if (p->all->n < p->all->size)	/* else some are there twice: see above */
			p->all->number[p->all->n++] = p->number[p->n];
	}
	pthread_mutex_unlock(&p->all->lock);
}
