/* SPDX-License-Identifier: GPL-2.0-only */
/* live_help.h - live runs within a test: taken down, or replayed as they go. */
#ifndef SWAPSCOPE_TESTS_LIVE_HELP_H
#define SWAPSCOPE_TESTS_LIVE_HELP_H

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "core/live/live.h"
#include "core/step.h"
#include "tests/check.h"

/* A sanitizer ends the program where a broken kernel breaks; tests/live.sh asks it to. */
#define SAFE_ONLY	SANITIZED

#define EVENTS_MAX	200000
#define CHANGES_PER	16

/* A run, kept or replayed as it is handed out. */
struct taken {
	struct live_replay *replay;	/* NULL: the events are kept only */
	struct live_change *start;
	size_t starts, starts_cap;
	struct live_event *event;
	struct live_change *change;
	size_t events, changes;
	uint64_t seen, wrong;		/* handed out; position of the first that is impossible */
	uint64_t marked;		/* position of the first that is marked as broken */
	char why[256];
	const char *broken;		/* what the model found first */
	unsigned nap_us;		/* a reader that is slow */
	uint64_t fail_at;
	uint64_t stall_at;		/* .. at which it is away for twelve seconds */
};

static inline uint64_t seed(void)
{
	const char *text = getenv("SWAPSCOPE_SEED");

	return text ? strtoull(text, NULL, 10) : 1;
}

static inline int take_start(void *arg, const struct live_change *v)
{
	struct taken *t = arg;

	if (t->starts == t->starts_cap) {
		t->starts_cap = 2 * t->starts_cap + 1024;
		t->start = realloc(t->start, t->starts_cap * sizeof(t->start[0]));
	}
	t->start[t->starts++] = *v;
	return t->replay ? live_replay_start(t->replay, v) : 0;
}

static inline int take_event(void *arg, const struct live_event *e)
{
	const struct timespec nap = { .tv_nsec = 1000l * ((struct taken *)arg)->nap_us };
	struct taken *t = arg;
	const char *broken = NULL;

	t->seen++;
	if (t->nap_us && t->seen < 3000)
		nanosleep(&nap, NULL);
	if (t->stall_at == t->seen)
		nanosleep(&(const struct timespec){ .tv_sec = 12 }, NULL);
	if (t->fail_at == t->seen)
		return -EDOM;
	if (e->broken && !t->marked)
		t->marked = t->seen;
	if (t->event && t->events < EVENTS_MAX) {
		struct live_event *to = &t->event[t->events];

		if (t->changes + e->changes > (size_t)EVENTS_MAX * CHANGES_PER)
			return 0;
		*to = *e;
		to->change = memcpy(t->change + t->changes, e->change,
				    e->changes * sizeof(e->change[0]));
		t->changes += e->changes;
		t->events++;
	}
	if (t->replay && !t->wrong &&
	    live_replay_event(t->replay, e, &broken, t->why, sizeof(t->why)))
		t->wrong = t->seen;
	if (broken && !t->broken)
		t->broken = broken;
	return 0;
}

static inline struct live_options options(unsigned threads, uint64_t operations, unsigned device)
{
	return (struct live_options){
		.threads = threads, .operations = operations, .device = device, .seed = seed(),
		.pages = 64, .slots = 96, .entries = 24, .event = take_event, .start = take_start,
	};
}

static inline struct live_replay *replay_of(const struct kernel *k, const struct live_options *o)
{
	struct live_replay *replay;
	struct replay_world w;

	live_world(o, &w);
	replay = live_replay_new(k, &w);
	assert_non_null(replay);
	return replay;
}

static inline void taken_free(struct taken *t)
{
	live_replay_free(t->replay);
	free(t->start);
	free(t->event);
	free(t->change);
}

/* Run under `k`, replay under `k` as the events come. */
static inline void run(const struct kernel *k, struct live_options *o, struct taken *t,
		struct live_result *r)
{
	t->replay = replay_of(k, o);
	o->arg = t;
	assert_int_equal(live_run(k, o, NULL, r), 0);
	if (t->wrong)
		fail_msg("seed %llu: event %llu is impossible: %s (SWAPSCOPE_SEED=%llu)",
			 (unsigned long long)o->seed, (unsigned long long)t->wrong, t->why,
			 (unsigned long long)o->seed);
	assert_int_equal(t->seen, r->recorded);
	assert_int_equal(r->dropped, 0);
	assert_int_equal(r->recorded, r->steps);
}

#endif
