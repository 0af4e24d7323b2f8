/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Transitions as rows of numbers: what is written, plain or packed, is scanned again, and nothing
 * that contradicts itself is written.
 */
#include "tests/golden.h"
#include "tests/rows_help.h"

/* ---- blocks ---- */

static void assert_block(const struct block *b, const struct tale *t, size_t n, size_t changes)
{
	size_t first = 0;

	assert_int_equal(b->events, n);
	assert_int_equal(b->changes, changes);
	assert_memory_equal(b->event, t->event, n * sizeof(*b->event));
	assert_memory_equal(b->change, t->change, changes * sizeof(*b->change));
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(b->first_change[i], first);
		first += t->event[i].changes;
	}
	assert_int_equal(b->first_change[n], first);
}

static void test_block(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 50, 4096, 9000 };
	struct block_buffer out = { 0 };
	struct block b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (int clock = 0; clock < 2; clock++) {
			struct tale t;

			tale_make(&t, sizes[i], clock, (uint32_t)i + 1);
			assert_int_equal(block_encode(&out, t.event, t.n, t.change, t.changes,
						      clock), 0);
			assert_int_equal(block_decode(&b, out.data, out.size, t.n), 0);
			assert_int_equal(b.clock, clock);
			assert_block(&b, &t, t.n, t.changes);
			/* the number of events is part of what it says */
			assert_int_equal(block_decode(&b, out.data, out.size, t.n + 1), -EBADMSG);
			assert_int_equal(b.events, 0);
			tale_free(&t);
		}
	block_free(&out);
	block_clear(&b);
}

/* Numbers at the ends of their ranges, and transitions that change nothing. */
static void test_block_ends(void **state)
{
	struct row_event e[4] = {
		{ .time = INT64_MAX, .waited = UINT32_MAX, .task = ROWS_TASKS_MAX - 1,
		  .step = UINT32_MAX, .choice = UINT32_MAX, .depth = UINT32_MAX,
		  .result = UINT32_MAX, .changes = 2 },
		{ 0 },
		{ .time = 5, .changes = 1 },
		{ .changes = 1 },
	};
	struct row_change c[4] = {
		{ 1, 0, UINT32_MAX }, { ROWS_FIELDS_MAX, UINT32_MAX, 0 }, { 1, 7, 0 },
		{ 1, 0x80000000, 0x7fffffff },
	};
	struct block_buffer out = { 0 };
	struct block b = { 0 };

	(void)state;
	assert_int_equal(block_encode(&out, e, 4, c, 4, true), 0);
	assert_int_equal(block_decode(&b, out.data, out.size, 4), 0);
	assert_memory_equal(b.event, e, sizeof(e));
	assert_memory_equal(b.change, c, sizeof(c));
	assert_int_equal(block_encode(&out, e, 4, c, 3, true), -EINVAL);
	assert_int_equal(block_encode(&out, e, 0, c, 0, true), -EINVAL);
	e[1].task = ROWS_TASKS_MAX;
	assert_int_equal(block_encode(&out, e, 4, c, 4, true), -EINVAL);
	block_free(&out);
	block_clear(&b);
}

static void test_frame(void **state)
{
	struct frame_value v[3] = { { 1, 5 }, { 2, UINT32_MAX }, { ROWS_FIELDS_MAX, 1 } };
	struct block_buffer out = { 0 };
	struct frame_rows f = { 0 };

	(void)state;
	assert_int_equal(frame_encode(&out, v, 3), 0);
	assert_int_equal(frame_decode(&f, out.data, out.size), 0);
	assert_int_equal(f.n, 3);
	assert_memory_equal(f.value, v, sizeof(v));
	assert_int_equal(frame_encode(&out, v, 0), 0);
	assert_int_equal(frame_decode(&f, out.data, out.size), 0);
	assert_int_equal(f.n, 0);
	v[1].field = 1;
	assert_int_equal(frame_encode(&out, v, 3), -EINVAL);
	block_free(&out);
	frame_clear(&f);
}

/* The bytes of the first code block after a heading of the format's page: words before a gap. */
static size_t bytes_of_page(const char *heading, uint8_t *to, size_t size)
{
	char *text = read_file("docs/trace-format.md"), *at, *end, *line;
	size_t n = 0;

	assert_non_null(text);
	at = strstr(text, heading);
	assert_non_null(at);
	at = strstr(at, "\n```\n") + 5;
	end = strstr(at, "\n```\n");
	*end = '\0';
	for (line = strtok(at, "\n"); line; line = strtok(NULL, "\n"))
		for (int gap = 0; *line && gap < 3 && n < size;) {
			unsigned byte;

			gap = *line == ' ' ? gap + 1 : 0;
			if (gap) {
				line++;
			} else {
				assert_int_equal(sscanf(line, "%2x", &byte), 1);
				to[n++] = (uint8_t)byte;
				line += 2;
			}
		}
	free(text);
	return n;
}

/* The example of docs/trace-format.md. */
static void test_documented(void **state)
{
	static const struct row_event e[] = {
		{ .time = 1000, .task = 1, .step = 7, .depth = 2, .changes = 2 },
		{ .time = 1500, .task = 0, .step = 9, .depth = 1, .result = 1, .waited = 300,
		  .changes = 1 },
		{ .time = 1600, .task = 1, .step = 7, .depth = 2, .changes = 2 },
	};
	static const struct row_change c[] = {
		{ 4, 0, 1 }, { 6, 10, 12 }, { 4, 1, 0 }, { 4, 0, 1 }, { 6, 12, 14 },
	};
	static const uint8_t keyframe[] = { 1, 6, 2, 4, 2, 1, 0xac, 2 };
	const struct frame_value v[] = { { 4, 1 }, { 6, 300 } };
	struct block_buffer out = { 0 };
	struct block b = { 0 };
	uint8_t bytes[100];
	size_t n = bytes_of_page("\n### An example\n", bytes, sizeof(bytes));

	(void)state;
	assert_int_equal(block_encode(&out, e, 3, c, 5, true), 0);
	assert_int_equal(out.size, n);
	assert_memory_equal(out.data, bytes, n);
	assert_int_equal(block_decode(&b, bytes, n, 3), 0);
	assert_memory_equal(b.change, c, sizeof(c));
	assert_int_equal(frame_encode(&out, v, 2), 0);
	assert_int_equal(out.size, sizeof(keyframe));
	assert_memory_equal(out.data, keyframe, sizeof(keyframe));
	block_free(&out);
	block_clear(&b);
}

/* ---- files ---- */

struct seen {
	const uint32_t *world;
	uint32_t last;
	size_t n;
};

static int check_value(void *arg, uint32_t field, uint32_t value)
{
	struct seen *s = arg;

	assert_true(field > s->last);
	assert_int_equal(value, s->world[field]);
	assert_true(value != 0);
	s->last = field;
	s->n++;
	return 0;
}

static void assert_worlds(struct trace *tr, const struct tale *t)
{
	for (unsigned i = 0; i < 12; i++) {
		uint64_t position = i == 0 ? 0 : i == 1 ? t->n : random_below((uint32_t)t->n + 1);
		uint32_t world[TALE_FIELDS + 1];
		struct seen seen = { .world = world };
		size_t want = 0;

		tale_world(t, position, world);
		for (uint32_t f = 1; f <= TALE_FIELDS; f++)
			want += world[f] != 0;
		assert_int_equal(trace_frame(tr, position, check_value, &seen), 0);
		assert_int_equal(seen.n, want);
	}
	assert_int_equal(trace_frame(tr, t->n + 1, check_value, NULL), -EINVAL);
}

static int stop(void *arg, uint32_t field, uint32_t value)
{
	(void)arg;
	(void)field;
	(void)value;
	return 5;
}

static void test_file(void **state)
{
	const char *path = file("rows.db");
	struct tale t;

	(void)state;
	tale_make(&t, 10000, true, 3);
	for (int packed = 0; packed < 2; packed++) {
		struct tale_check k = { .t = &t, .stop = 3 };
		const struct trace_field *f;
		struct trace *tr;
		uint64_t at;

		tale_file(&t, path, packed, 3000);
		tr = open_run(path, 1);
		assert_int_equal(trace_info(tr)->events, t.n);
		tale_check_scan(tr, &t, 1, UINT64_MAX);
		tale_check_scan(tr, &t, 4096, 4097);
		tale_check_scan(tr, &t, 9999, 10000);
		tale_check_scan(tr, &t, 1, 1);
		assert_int_equal(trace_scan(tr, 1, 10000, tale_check_row, &k), 77);
		assert_int_equal(k.next, 3);
		assert_worlds(tr, &t);
		assert_int_equal(trace_keyframe(tr, 6001, &at, stop, NULL), 5);
		assert_int_equal(at, 6000);
		f = trace_field_at(tr, 5);
		assert_string_equal(f->kind, "slot");
		assert_string_equal(f->name, "swap_map");
		assert_int_equal(f->idx, 1);
		assert_int_equal(f->type, TYPE_NUMBER);
		assert_null(trace_field_at(tr, 0));
		assert_null(trace_field_at(tr, TALE_FIELDS + 1));
		trace_free(tr);
	}
	tale_free(&t);
}

/* Runs of the explorer are scanned too: every change leads to the world that is read. */
static int apply_row(void *arg, uint64_t seq, const struct row_event *e,
		     const struct row_change *c)
{
	uint32_t *world = arg;

	(void)seq;
	for (uint32_t i = 0; i < e->changes; i++) {
		assert_int_equal(world[c[i].field], c[i].old_value);
		world[c[i].field] = c[i].new_value;
	}
	return 0;
}

static int put_value(void *arg, uint32_t field, uint32_t value)
{
	((uint32_t *)arg)[field] = value;
	return 0;
}

static void test_model(void **state)
{
	const char *path = file("model.db");
	uint32_t a[4096] = { 0 }, b[4096] = { 0 };
	struct recorded r;
	struct trace *t;

	(void)state;
	start(&r, "debate", "v6.9");
	walk(&r, 150, 11);
	record(path, false, &r);
	t = open_run(path, 0);
	assert_int_equal(trace_frame(t, 0, put_value, a), 0);
	assert_int_equal(trace_scan(t, 1, UINT64_MAX, apply_row, a), 0);
	assert_int_equal(trace_frame(t, trace_info(t)->events, put_value, b), 0);
	assert_memory_equal(a, b, sizeof(a));
	trace_free(t);
	done(&r);
}

/* Commits end blocks, wherever they come. */
static void test_commits(void **state)
{
	const char *path = file("commits.db");
	const struct row_change *c;
	struct trace_writer *tw;
	struct trace *tr;
	struct tale t;

	(void)state;
	tale_make(&t, 6000, true, 4);
	assert_int_equal(trace_create(&tw, path, TRACE_REPLACE, err), 0);
	assert_int_equal(tale_begin(&t, tw, true, 1000), 1);
	c = t.change;
	for (size_t i = 0; i < t.n; i++) {
		assert_int_equal(rows_event(tw, &t.event[i], c), 0);
		c += t.event[i].changes;
		if (!random_below(300))
			assert_int_equal(rows_commit(tw), 0);
		if (i == 2500) {
			assert_int_equal(rows_finding(tw, 2000, "UAF", "as a test"), 0);
			assert_int_equal(rows_note(tw, 2501, "bookmark", "here"), 0);
			assert_int_equal(rows_commit(tw), 0);
			tr = open_run(path, 1);		/* by somebody else, meanwhile */
			assert_int_equal(trace_info(tr)->events, 2501);
			tale_check_scan(tr, &t, 1, 2501);
			trace_free(tr);
		}
	}
	assert_int_equal(rows_end(tw, NULL, "seen"), 0);
	assert_int_equal(trace_close(tw), 0);
	tr = open_run(path, 1);
	tale_check_scan(tr, &t, 1, 6000);
	assert_worlds(tr, &t);
	assert_string_equal(trace_info(tr)->verdict, "seen");
	trace_free(tr);
	tale_free(&t);
}

/* ---- what is refused ---- */

enum wrong {
	NOTHING, TASK, STEP, RESULT, FIELD, FIELD_0, OLD, SAME, TWICE, LATE_START, NOTE, FINDING,
	TWO_RUNS, TASKS, WRONGS,
};

static int misuse(struct trace_writer *tw, const struct tale *t, enum wrong wrong)
{
	struct row_change c[2] = { { 9, t->start[9], 1000 }, { 3, t->start[3], 2000 } };
	struct row_event e = { .task = 1, .step = (uint32_t)rows_step(tw, 2), .changes = 2 };
	const struct rows_run many = { .tasks = ROWS_TASKS_MAX + 1 };

	switch (wrong) {
	case TASK:
		e.task = TALE_TASKS;
		break;
	case STEP:
		e.step = (uint32_t)rows_step(tw, 0) + (uint32_t)step_count();
		break;
	case RESULT:
		e.result = 4;
		break;
	case FIELD:
		c[0].field = TALE_FIELDS + 1;
		break;
	case FIELD_0:
		c[0].field = 0;
		break;
	case OLD:
		c[1].old_value++;
		break;
	case SAME:
		c[1].new_value = c[1].old_value;
		break;
	case TWICE:
		c[1] = (struct row_change){ 9, 1000, 1001 };
		break;
	case LATE_START:
		rows_event(tw, &e, c);
		return rows_start(tw, 1, 1);
	case NOTE:
		return rows_note(tw, 1, "bookmark", "");
	case FINDING:
		return rows_finding(tw, 1, "UAF", "");
	case TWO_RUNS:
		return rows_begin(tw, &many);
	case TASKS:
		assert_int_equal(rows_end(tw, NULL, NULL), 0);
		return rows_begin(tw, &many);
	case NOTHING:
	case WRONGS:
		break;
	}
	return rows_event(tw, &e, c);
}

static void test_misuse(void **state)
{
	struct trace_writer *tw;
	struct tale t;

	(void)state;
	tale_make(&t, 1, false, 1);
	for (int packed = 0; packed < 2; packed++)
		for (enum wrong w = 0; w < WRONGS; w++) {
			int want = w ? -EINVAL : 0;

			assert_int_equal(trace_create(&tw, file("misuse.db"), TRACE_REPLACE,
						      err), 0);
			assert_int_equal(tale_begin(&t, tw, packed, 64), 1);
			if (misuse(tw, &t, w) != want)
				fail_msg("misuse %d: \"%s\"", w, trace_error(tw));
			assert_int_equal(strlen(trace_error(tw)) > 5, w != 0);
			assert_int_equal(rows_commit(tw), want);	/* it sticks */
			assert_int_equal(rows_field(tw, "slot", 1000, "life", TYPE_NUMBER),
					 w ? -EINVAL : TALE_FIELDS + 1);
			assert_int_equal(trace_close(tw), want);
		}
	tale_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_block),
		cmocka_unit_test(test_block_ends),
		cmocka_unit_test(test_frame),
		cmocka_unit_test(test_documented),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_commits),
		cmocka_unit_test(test_misuse),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
