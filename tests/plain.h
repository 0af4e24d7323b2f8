/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plain.h - a made-up run (large.h) written to a file, and beside it all that was written, so that
 * what is read can be compared with a plain array in which the same changes were made.
 */
#ifndef SWAPSCOPE_TESTS_PLAIN_H
#define SWAPSCOPE_TESTS_PLAIN_H

#include "tests/large.h"
#include "tests/trace_help.h"

#define SCALE	300
#define TASKS	12
#define EVENTS	20000
#define BUG_AT	15000

static struct plain {
	struct large l;
	uint32_t *start;		/* values at position 0 */
	size_t values;
	struct row_event *event;
	struct row_change *change;
	size_t events, changes;
	uint32_t *now;			/* values at the position that was asked for last */
} plain;

static inline void keep_rows(void *arg, const struct row_event *e, const struct row_change *c)
{
	struct plain *p = arg;

	if (p->events % 1024 == 0)
		p->event = realloc(p->event, (p->events + 1024) * sizeof(*e));
	p->event[p->events++] = *e;
	for (uint32_t i = 0; i < e->changes; i++) {
		if (p->changes % 4096 == 0)
			p->change = realloc(p->change, (p->changes + 4096) * sizeof(*c));
		p->change[p->changes++] = c[i];
	}
}

/* A file with such a run; *plain has what is in it. */
static inline void plain_write(const char *path, bool packed, uint64_t bug_at)
{
	struct trace_writer *tw;
	struct large *l = &plain.l;

	memset(&plain, 0, sizeof(plain));
	assert_int_equal(trace_create(&tw, path, TRACE_REPLACE, err), 0);
	large_start(l, tw, SCALE, TASKS, bug_at, 2048, packed);
	plain.values = l->values * 4;
	plain.start = calloc(plain.values, sizeof(uint32_t));
	plain.now = calloc(plain.values, sizeof(uint32_t));
	memcpy(plain.start, l->value, l->values * sizeof(uint32_t));
	l->each = keep_rows;
	l->arg = &plain;
	while (l->seq <= EVENTS) {
		large_move(l);
		if (l->seq % 3000 == 0)		/* blocks that are not full */
			assert_int_equal(rows_commit(tw), 0);
	}
	assert_int_equal(rows_end(tw, NULL, "made up"), 0);
	assert_int_equal(trace_close(tw), 0);
	assert_true(l->values <= plain.values);
}

/* The values at a position, by number of the field. */
static inline const uint32_t *plain_at(uint64_t position)
{
	const struct row_change *c = plain.change;

	memcpy(plain.now, plain.start, plain.values * sizeof(uint32_t));
	for (uint64_t i = 0; i < position; i++)
		for (uint32_t j = 0; j < plain.event[i].changes; j++, c++)
			plain.now[c->field] = c->new_value;
	return plain.now;
}

static inline void plain_free(void)
{
	large_free(&plain.l);
	free(plain.start);
	free(plain.now);
	free(plain.event);
	free(plain.change);
}

#endif
