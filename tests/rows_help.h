/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rows_help.h - runs of numbers for the tests of packed traces: tasks that work on objects of a
 * world larger than a struct world, the same for a seed.
 */
#ifndef SWAPSCOPE_TESTS_ROWS_HELP_H
#define SWAPSCOPE_TESTS_ROWS_HELP_H

#include "tests/trace_help.h"
#include "traces/block/block.h"
#include "traces/read/read.h"
#include "traces/read/rows.h"
#include "traces/write/rows.h"
#include "traces/write/write.h"

#define TALE_TASKS	5
#define TALE_OBJECTS	200
#define TALE_NAMES	4
#define TALE_FIELDS	(TALE_OBJECTS * TALE_NAMES)

/* Transitions 1 .. n are event[0 .. n - 1]; their changes follow one another. */
struct tale {
	struct row_event *event;
	struct row_change *change;
	size_t n, changes;
	uint32_t start[TALE_FIELDS + 1];	/* the world before, by number of the field */
	bool clock;
};

/* One more transition: a task makes its next step on some object, mostly the one it works on. */
static inline void tale_step(struct tale *t, uint32_t *world, uint32_t *object, uint32_t *step,
			     uint64_t *time)
{
	struct row_event *e = &t->event[t->n];
	uint32_t task = random_below(TALE_TASKS), count = 0, first;

	if (!random_below(20))
		object[task] = random_below(TALE_OBJECTS);
	step[task] = random_below(30) ? (step[task] + 1) % 40 : random_below(40);
	*time += random_below(1000);
	*e = (struct row_event){
		.time = t->clock ? *time : 0, .waited = random_below(10) ? 0 : random_below(90000),
		.task = task, .step = step[task], .choice = !random_below(9),
		.depth = step[task] % 7 + 1, .result = random_below(4) ? 0 : 1 + step[task] % 3,
	};
	first = object[task] * TALE_NAMES + 1;
	for (uint32_t i = 0; i < TALE_NAMES; i++) {
		uint32_t field = first + i, v = random_below(3) ? random_below(200) :
							       random_state;

		if (random_below(2) || v == world[field])
			continue;
		t->change[t->changes++] = (struct row_change){ field, world[field], v };
		world[field] = v;
		count++;
	}
	e->changes = count;
	t->n++;
}

static inline void tale_make(struct tale *t, size_t n, bool clock, uint32_t seed)
{
	uint32_t world[TALE_FIELDS + 1], object[TALE_TASKS] = { 0 }, step[TALE_TASKS] = { 0 };
	uint64_t time = 0;

	random_state = seed;
	*t = (struct tale){ .clock = clock };
	t->event = calloc(n, sizeof(*t->event));
	t->change = calloc(n * TALE_NAMES, sizeof(*t->change));
	assert_true(t->event && t->change);
	for (uint32_t i = 1; i <= TALE_FIELDS; i++)
		t->start[i] = world[i] = random_below(3) ? 0 : random_below(100);
	world[0] = 0;
	while (t->n < n)
		tale_step(t, world, object, step, &time);
}

static inline void tale_free(struct tale *t)
{
	free(t->event);
	free(t->change);
}

/* Begin to write it: fields 1 .. TALE_FIELDS, results 1 .. 3, and the world at the start. */
static inline int tale_begin(const struct tale *t, struct trace_writer *tw, bool packed,
			     uint32_t keyframe_every)
{
	static const char *const name[TALE_NAMES] = { "swap_map", "cache", "entry", "life" };
	static const char *const task[TALE_TASKS] = { "T0", "T1", "T2", "K", "W" };
	static const char *const result[] = { "miss", "hit", "-EEXIST" };
	struct kernel k;
	const struct rows_run run = {
		.scenario = "tale", .title = "a tale", .device = "zram", .source = "live",
		.k = &k, .pages = 4, .slots = 4, .folios = 4, .entries = 4,
		.tasks = TALE_TASKS, .task_name = task, .clock = t->clock, .packed = packed,
		.keyframe_every = keyframe_every,
	};
	int r;

	assert_int_equal(kernel_named(&k, "v6.9", NULL, 0), 0);
	r = rows_begin(tw, &run);
	for (uint32_t i = 0; i < TALE_FIELDS; i++)
		assert_int_equal(rows_field(tw, "slot", i / TALE_NAMES, name[i % TALE_NAMES],
					    TYPE_NUMBER), i + 1);
	for (int i = 0; i < 3; i++)
		assert_int_equal(rows_result(tw, result[i]), i + 1);
	for (uint32_t i = 1; i <= TALE_FIELDS; i++)
		assert_int_equal(rows_start(tw, i, t->start[i]), 0);
	return r;
}

/* Write a run of it.  Returns its number. */
static inline int tale_write(const struct tale *t, struct trace_writer *tw, bool packed,
			     uint32_t keyframe_every)
{
	const struct row_change *c = t->change;
	int run = tale_begin(t, tw, packed, keyframe_every);

	for (size_t i = 0; i < t->n; i++) {
		if (rows_event(tw, &t->event[i], c))
			fail_msg("transition %zu: %s", i + 1, trace_error(tw));
		c += t->event[i].changes;
	}
	assert_int_equal(rows_end(tw, "T0 T1", NULL), 0);
	return run;
}

/* A file with one run of it. */
static inline void tale_file(const struct tale *t, const char *path, bool packed,
			     uint32_t keyframe_every)
{
	struct trace_writer *tw;

	if (trace_create(&tw, path, TRACE_REPLACE, err))
		fail_msg("%s", err);
	assert_int_equal(tale_write(t, tw, packed, keyframe_every), 1);
	assert_int_equal(trace_close(tw), 0);
}

/* Compares a scan with the tale: an argument for trace_scan(). */
struct tale_check {
	const struct tale *t;
	size_t next;			/* event that comes next */
	size_t change;
	size_t stop;			/* stop behind that many; 0: never */
};

static inline int tale_check_row(void *arg, uint64_t seq, const struct row_event *e,
				 const struct row_change *c)
{
	struct tale_check *k = arg;
	const struct row_event *want = &k->t->event[k->next];

	assert_int_equal(seq, k->next + 1);
	assert_true(k->next < k->t->n);
	assert_memory_equal(e, want, sizeof(*e));
	assert_memory_equal(c, k->t->change + k->change, e->changes * sizeof(*c));
	k->change += e->changes;
	k->next++;
	return k->stop && k->next == k->stop ? 77 : 0;
}

/* Where the changes of transition `seq` begin. */
static inline size_t tale_change_at(const struct tale *t, uint64_t seq)
{
	size_t n = 0;

	for (uint64_t i = 1; i < seq; i++)
		n += t->event[i - 1].changes;
	return n;
}

/* Are transitions from .. to of the run those of the tale? */
static inline void tale_check_scan(struct trace *tr, const struct tale *t, uint64_t from,
				   uint64_t to)
{
	struct tale_check k = { .t = t, .next = from - 1, .change = tale_change_at(t, from) };
	int r = trace_scan(tr, from, to, tale_check_row, &k);

	if (r)
		fail_msg("scan of %d .. %d: %d", (int)from, (int)to, r);
	assert_int_equal(k.next, to < t->n ? to : t->n);
}

/* The world of the tale at a position. */
static inline void tale_world(const struct tale *t, uint64_t position, uint32_t *world)
{
	memcpy(world, t->start, sizeof(t->start));
	for (size_t i = 0; i < tale_change_at(t, position + 1); i++)
		world[t->change[i].field] = t->change[i].new_value;
}

#endif
