/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of live runs: one that was changed is impossible, and so is one under other rules; and
 * the names in them.  SWAPSCOPE_SEED=N runs it with other draws.
 */
#include "core/world.h"
#include "tests/golden.h"
#include "tests/live_help.h"

static struct taken keep_run(const struct kernel *k, struct live_options *o)
{
	struct taken t = {
		.event = calloc(EVENTS_MAX, sizeof(struct live_event)),
		.change = calloc((size_t)EVENTS_MAX * CHANGES_PER, sizeof(struct live_change)),
	};
	struct live_result r;

	assert_non_null(t.event);
	assert_non_null(t.change);
	o->arg = &t;
	assert_int_equal(live_run(k, o, NULL, &r), 0);
	assert_int_equal(t.events, r.recorded);
	return t;
}

/* Replay a kept run; the position of the first impossible event, 0: there is none. */
static size_t replay(const struct kernel *k, const struct live_options *o, const struct taken *t,
		     char *why, size_t size)
{
	struct live_replay *replay = replay_of(k, o);
	const char *broken;
	size_t bad = 0;

	for (size_t i = 0; i < t->starts; i++)
		assert_int_equal(live_replay_start(replay, &t->start[i]), 0);
	for (size_t i = 0; i < t->events && !bad; i++)
		if (live_replay_event(replay, &t->event[i], &broken, why, size))
			bad = i + 1;
	live_replay_free(replay);
	return bad;
}

static void test_changed_record(void **state)
{
	struct kernel k = kernel_like("v6.9");
	struct live_options o = options(3, 60, DEVICE_ZRAM);
	struct taken t = keep_run(&k, &o);
	char why[200];

	(void)state;
	assert_int_equal(replay(&k, &o, &t, why, sizeof(why)), 0);
	for (size_t i = 0; i < t.events; i += 37) {
		struct live_event saved = t.event[i], *e = &t.event[i];
		struct live_change *c = (struct live_change *)e->change;

		e->result = "something else";
		assert_int_equal(replay(&k, &o, &t, why, sizeof(why)), i + 1);
		*e = saved;
		e->choice = e->choice ? 0 : 60000;
		assert_int_equal(replay(&k, &o, &t, why, sizeof(why)), i + 1);
		*e = saved;
		e->depth++;
		assert_int_equal(replay(&k, &o, &t, why, sizeof(why)), i + 1);
		*e = saved;
		e->task = (uint16_t)((e->task + 1) % 3);
		assert_true(replay(&k, &o, &t, why, sizeof(why)));
		*e = saved;
		e->task = 17;
		assert_int_equal(replay(&k, &o, &t, why, sizeof(why)), i + 1);
		*e = saved;
		if (e->changes) {
			struct live_change *twice = calloc(e->changes + 1u, sizeof(*twice));

			memcpy(twice, c, e->changes * sizeof(*c));
			twice[e->changes] = c[0];
			twice[e->changes++].new_value++;
			e->change = twice;
			assert_int_equal(replay(&k, &o, &t, why, sizeof(why)), i + 1);
			free(twice);
			*e = saved;
		}
		e->step = (int16_t)((e->step + 1) % (int)step_count());
		assert_int_equal(replay(&k, &o, &t, why, sizeof(why)), i + 1);
		*e = saved;
		for (uint32_t j = 0; j < e->changes; j++) {
			size_t bad;

			c[j].new_value ^= 1;
			bad = replay(&k, &o, &t, why, sizeof(why));
			/* what a task begins next is its own affair, until it does another thing */
			if (LIVE_KIND(c[j].key) != LIVE_TASK)
				assert_int_equal(bad, i + 1);
			else if (i + 1000 < t.events)
				assert_in_range(bad, i + 1, t.events);
			c[j].new_value ^= 1;
		}
		for (uint32_t j = 0; j < e->changes; j++) {
			struct live_change lost = c[j];

			c[j] = c[e->changes - 1];
			e->changes--;
			if (LIVE_KIND(lost.key) != LIVE_TASK)
				assert_int_equal(replay(&k, &o, &t, why, sizeof(why)), i + 1);
			e->changes++;
			c[j] = lost;
		}
	}
	taken_free(&t);
}

/* An outcome that there is not, or not then: it is not taken for another. */
static void test_changed_outcome(void **state)
{
	struct kernel k = kernel_like("v6.9");
	struct live_options o = options(3, 60, DEVICE_ZRAM);
	struct taken t = keep_run(&k, &o);
	char why[200];

	(void)state;
	for (size_t i = 0; i < t.events; i += 3) {
		uint32_t choice = t.event[i].choice;

		t.event[i].choice = choice ? 0 : 1;
		assert_int_equal(replay(&k, &o, &t, why, sizeof(why)), i + 1);
		t.event[i].choice = 60000;
		assert_int_equal(replay(&k, &o, &t, why, sizeof(why)), i + 1);
		t.event[i].choice = choice;
	}
	taken_free(&t);
}

/* An event is missing, or stands before one that it came after. */
static void test_order(void **state)
{
	struct kernel k = kernel_like("v7.0");
	struct live_options o = options(3, 60, DEVICE_ZRAM);
	struct taken t = keep_run(&k, &o);
	size_t n = t.events, swapped = 0;
	char why[200];

	(void)state;
	for (size_t i = 0; i + 1 < n; i += 29) {
		struct live_event saved = t.event[i];

		memmove(&t.event[i], &t.event[i + 1], (n - i - 1) * sizeof(saved));
		t.events = n - 1;
		/* seen when the task moves again, or somebody misses what it did */
		if (i + 2000 < n)
			assert_true(replay(&k, &o, &t, why, sizeof(why)));
		memmove(&t.event[i + 1], &t.event[i], (n - i - 1) * sizeof(saved));
		t.event[i] = saved;
		t.events = n;
		if (t.event[i + 1].task != saved.task)
			continue;
		t.event[i] = t.event[i + 1];
		t.event[i + 1] = saved;
		/* an operation of one step may follow another */
		assert_in_range(replay(&k, &o, &t, why, sizeof(why)), i + 1, i + 2);
		t.event[i + 1] = t.event[i];
		t.event[i] = saved;
		swapped++;
	}
	assert_true(swapped > 10);
	assert_int_equal(replay(&k, &o, &t, why, sizeof(why)), 0);
	taken_free(&t);
}

/* A pass is worth something: under other rules the same record is impossible. */
static void test_wrong_kernel(void **state)
{
	static const char *const wrong[] = {
		"v6.8", "v6.12", "v7.0", "debate-a", "v6.9 pin=none", "v6.9 load=exclusive",
		"v6.9 refcount=on", "v6.9 bypass=off", "v6.9 unlink=last", "v6.9 tree=xarray",
		"v6.9 invalidate=drain", "v6.9 free=at-once", "v6.9 second_chance=on",
		"v6.9 shrinker=isolate", "v6.9 inuse=early", "v6.9 match=off",
	};
	struct kernel k = kernel_like("v6.9");
	struct live_options o = options(3, 400, DEVICE_ZRAM);
	struct taken t = keep_run(&k, &o);
	char why[200];

	(void)state;
	assert_int_equal(replay(&k, &o, &t, why, sizeof(why)), 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct kernel other = kernel_like(wrong[i]);

		if (!replay(&other, &o, &t, why, sizeof(why)))
			fail_msg("a run of v6.9 conforms to %s too", wrong[i]);
	}
	taken_free(&t);
}

/* What the model leaves open must be possible. */
static void test_picks(void **state)
{
	struct kernel k = kernel_like("v6.9");
	struct live_options o = options(2, 60, DEVICE_ZRAM);
	struct taken t = keep_run(&k, &o);
	char why[200];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < t.events && n < 20; i++) {
		struct live_change *c = (struct live_change *)t.event[i].change;

		/* a slot that changes becomes another one */
		for (uint32_t j = 0; j < t.event[i].changes; j++) {
			uint32_t key = c[j].key;

			if (LIVE_KIND(key) != LIVE_SLOT || LIVE_INDEX(key) == 0)
				continue;
			c[j].key = LIVE_KEY(LIVE_SLOT, LIVE_INDEX(key) - 1);
			assert_int_equal(replay(&k, &o, &t, why, sizeof(why)), i + 1);
			c[j].key = LIVE_KEY(LIVE_SLOT, 65000);
			assert_int_equal(replay(&k, &o, &t, why, sizeof(why)), i + 1);
			c[j].key = LIVE_KEY(LIVE_KINDS, 0);
			assert_int_equal(replay(&k, &o, &t, why, sizeof(why)), i + 1);
			c[j].key = key;
			n++;
		}
	}
	assert_true(n >= 20);
	taken_free(&t);
}

/* The fields of a large world are called what they are called in a small one. */
static void test_names(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < LIVE_KINDS; kind++) {
		unsigned n;
		const struct live_field *f = live_fields(kind, &n);
		unsigned index = kind == LIVE_FOLIO || kind == LIVE_ENTRY;

		assert_true(n > 0);
		for (unsigned i = 0; i < n; i++)
			if (!field_find(live_kind_name(kind), index, f[i].name) &&
			    strncmp(f[i].name, "lru_", 4) && strcmp(f[i].name, "park_next") &&
			    kind != LIVE_LRU && strncmp(f[i].name, "ret_", 4) &&
			    strncmp(f[i].name, "alloc_", 6))
				fail_msg("a small world has no %s %s", live_kind_name(kind),
					 f[i].name);
	}
}

/* docs/trace-format.md names them all. */
static void test_page(void **state)
{
	char *text = read_file("docs/trace-format.md");

	(void)state;
	assert_non_null(text);
	for (unsigned kind = 0; kind < LIVE_KINDS; kind++) {
		unsigned n;
		const struct live_field *f = live_fields(kind, &n);

		for (unsigned i = 0; i < n; i++) {
			char name[40];

			if (kind == LIVE_TASK && i > 7)		/* of frames, the first is named */
				break;
			/* `frame0.pc`, then `.op` .. */
			snprintf(name, sizeof(name), "%s`",
				 f[i].name + (kind == LIVE_TASK && i > 1 ? 6 : 0));
			if (!strstr(text, name))
				fail_msg("docs/trace-format.md: no %s", name);
		}
	}
	free(text);
}

static void test_bad_world(void **state)
{
	struct kernel k = kernel_like("v6.9");
	struct replay_world w = { .tasks = 1, .pages = 1, .slots = 1, .folios = 2, .entries = 2,
				  .mms = 1 };
	struct live_change v = { .key = LIVE_KEY(LIVE_PAGE, 1) };
	struct live_event e = { .task = 0, .step = 0 };
	struct live_replay *r = live_replay_new(&k, &w);
	const char *broken;
	char why[100];

	(void)state;
	assert_non_null(r);
	assert_int_equal(live_replay_start(r, &v), -EINVAL);
	v = (struct live_change){ .key = LIVE_KEY(LIVE_TASK, 0), .field = 0, .new_value = 200 };
	assert_int_equal(live_replay_start(r, &v), 0);		/* a stack of 200 frames */
	assert_int_equal(live_replay_at(r, 0), -1);
	assert_int_equal(live_replay_event(r, &e, &broken, why, sizeof(why)), -EINVAL);
	live_replay_free(r);
	w.tasks = 33;
	assert_null(live_replay_new(&k, &w));
	w.tasks = 1;
	w.slots = 70000;
	assert_null(live_replay_new(&k, &w));
}

static void put_frame(struct live_replay *r, unsigned i, int step)
{
	char name[16];
	unsigned n, op = OP_NONE;
	const struct live_field *f = live_fields(LIVE_TASK, &n);

	while (op < OP_COUNT && strcmp(op_name(op), step_op_name(step_at((size_t)step))))
		op++;
	for (unsigned j = 0; j < n; j++) {
		struct live_change v = { .key = LIVE_KEY(LIVE_TASK, 0), .field = j };

		snprintf(name, sizeof(name), "frame%u.", i);
		if (!strncmp(f[j].name, name, strlen(name))) {
			v.new_value = !strcmp(f[j].name + strlen(name), "op") ? op :
				      !strcmp(f[j].name + strlen(name), "pc") ?
				      (unsigned)step + 1 : 0;
			assert_int_equal(live_replay_start(r, &v), 0);
		}
	}
}

/* A full stack of frames that did not call each other would grow beyond its end. */
static void test_deep_stack(void **state)
{
	struct kernel k = kernel_like("v6.9");
	struct replay_world w = { .tasks = 1, .pages = 4, .slots = 4, .folios = 9, .entries = 4,
				  .mms = 1 };
	char why[100];
	const char *broken;

	(void)state;
	for (int i = 0; i < (int)step_count(); i++) {
		struct live_change v = { .key = LIVE_KEY(LIVE_TASK, 0), .new_value = 12 };
		struct live_event e = { .step = (int16_t)i, .depth = 12 };
		struct live_replay *r = live_replay_new(&k, &w);

		assert_int_equal(live_replay_start(r, &v), 0);
		for (unsigned j = 0; j < 12; j++)
			put_frame(r, j, i);
		assert_int_equal(live_replay_at(r, 0), -1);
		assert_int_equal(live_replay_event(r, &e, &broken, why, sizeof(why)), -EINVAL);
		assert_string_equal(why, "the task's stack is none that operations make");
		live_replay_free(r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changed_record),
		cmocka_unit_test(test_changed_outcome),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_wrong_kernel),
		cmocka_unit_test(test_picks),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_page),
		cmocka_unit_test(test_bad_world),
		cmocka_unit_test(test_deep_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
