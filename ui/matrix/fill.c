/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fill.c - a matrix is filled in while nobody looks.
 */
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "ui/matrix/matrix.h"
#include "ui/text/text.h"

static void say_progress(struct matrix *m)
{
	static size_t said = SIZE_MAX;
	char name[SHOWN_MAX];
	const struct mcell *c = &m->cell[m->last];

	if (!isatty(STDERR_FILENO) || said == m->last + m->done * 65536)
		return;
	said = m->last + m->done * 65536;
	fprintf(stderr, "\r%zu of %zu: %.40s under %.30s\033[K", m->done, m->todo,
		shown(c->scenario[0]->name, name), c->kernel_name);
}

bool matrix_fill(struct matrix *m)
{
	heed_interrupt();
	pthread_mutex_lock(&m->lock);
	while (m->running && !interrupted()) {
		struct timespec t;

		clock_gettime(CLOCK_REALTIME, &t);
		t.tv_nsec += 100000000;
		t.tv_sec += t.tv_nsec / 1000000000;
		t.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&m->changed, &m->lock, &t);
		say_progress(m);
	}
	pthread_mutex_unlock(&m->lock);
	matrix_stop(m);
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	return !interrupted();
}
