/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The debugger on large and long runs: screens, keys, and files that grow while they are shown.
 */
#include "tests/golden.h"
#include "tests/plain.h"

#include "replay/pair/align.h"
#include "traces/read/reader.h"
#include "ui/view/act.h"

/* ---- a file that grows ---- */

static void grow(bool packed)
{
	const char *path = file("growing.db");
	struct chapter chapter = { .follow = path };
	struct trace_writer *tw;
	struct large l = { 0 };
	struct trace *t;
	struct view v;

	unlink(path);		/* one that is there would stay until the new one is whole */
	assert_int_equal(trace_create(&tw, path, TRACE_REPLACE, err), 0);
	large_start(&l, tw, SCALE, TASKS, 6000, 2048, packed);
	while (l.seq <= 1000)
		large_move(&l);
	assert_int_equal(rows_commit(tw), 0);
	chapter.run[0] = t = open_run(path, 0);
	assert_false(trace_info(t)->ended);
	assert_int_equal(trace_info(t)->events, 1000);
	view_init(&v, &chapter, 1);
	assert_int_equal(v.cursor[0], 1000);
	view_refresh(&v);
	assert_false(view_refresh(&v));			/* nothing is new */
	while (l.seq <= 5000)
		large_move(&l);
	assert_int_equal(rows_commit(tw), 0);
	assert_true(view_refresh(&v));
	assert_int_equal(v.cursor[0], 5000);
	assert_int_equal(tr_place(t, 5000), 0);
	for (uint32_t id = 1; id <= t->fields; id++)
		assert_int_equal(t->value[id], l.value[id]);
	view_key(&v, "left");				/* whoever looks back stays there */
	while (!l.finding)
		large_move(&l);
	assert_int_equal(rows_commit(tw), 0);
	assert_true(view_refresh(&v));
	assert_int_equal(v.cursor[0], 4999);
	assert_non_null(strstr(v.message, "MAPPED at step"));
	view_key(&v, "w");
	assert_int_equal(v.cursor[0], trace_info(t)->events);
	view_key(&v, "w");
	assert_true(v.paused);
	assert_int_equal(rows_end(tw, NULL, "the end"), 0);
	assert_int_equal(trace_close(tw), 0);
	assert_true(view_refresh(&v));
	assert_true(trace_info(t)->ended);
	assert_string_equal(trace_info(t)->verdict, "the end");
	assert_false(view_refresh(&v));
	assert_int_equal(tr_place(t, trace_info(t)->events), 0);
	for (uint32_t id = 1; id <= t->fields; id++)
		assert_int_equal(t->value[id], l.value[id]);
	trace_free(t);
	large_free(&l);
}

static void test_growing(void **state)
{
	(void)state;
	grow(true);
	grow(false);
}

/* ---- screens ---- */

static void press_one(void *v, const char *key)
{
	view_key(v, key);
}

static void press(struct view *v, const char *keys)
{
	press_keys(keys, press_one, v);
}

static const struct screen {
	const char *name;
	int cols, rows;
	const char *keys;
} screens[] = {
	{ "large-80x24", 80, 24, "" },
	{ "large-200x50", 200, 50, "" },
	{ "large-freed-80x24", 80, 24, "c c" },
	{ "large-freed-200x50", 200, 50, "c c" },
	{ "large-object-80x24", 80, 24, "/ p 5 enter" },
	{ "large-no-object-120x40", 120, 40, "u" },
	{ "large-prompt-80x24", 80, 24, "/ p a g e space 5" },
	{ "large-help-80x24", 80, 24, "?" },
};

static void test_screens(void **state)
{
	const char *path = file("screens.db");
	struct chapter chapter = { .title = "a made-up run" };

	(void)state;
	plain_write(path, true, BUG_AT);
	chapter.run[0] = open_run(path, 0);
	for (size_t i = 0; i < sizeof(screens) / sizeof(screens[0]); i++) {
		char name[64], *is;
		struct grid g;
		struct view v;

		view_init(&v, &chapter, 1);
		assert_int_equal(v.cursor[0], plain.l.finding);
		press(&v, screens[i].keys);
		assert_int_equal(grid_init(&g, screens[i].rows, screens[i].cols), 0);
		view_render(&v, &g);
		snprintf(name, sizeof(name), "%s.screen", screens[i].name);
		is = grid_drawn(&g, false);
		compare(name, is);
		free(is);
	}
	trace_free(chapter.run[0]);
	plain_free();
}

static void test_keys(void **state)
{
	const char *path = file("keys.db");
	struct chapter chapter = { 0 };
	struct view v;
	uint64_t at;

	(void)state;
	plain_write(path, true, BUG_AT);
	chapter.run[0] = open_run(path, 0);
	view_init(&v, &chapter, 1);
	assert_int_equal(v.object[0].kind, OBJ_PAGE);
	at = v.cursor[0];
	press(&v, "c c");
	assert_int_equal(v.object[0].kind, OBJ_ENTRY);
	assert_true(v.cursor[0] < at);
	press(&v, "C C");
	assert_int_equal(v.cursor[0], at);
	assert_int_equal(v.object[0].kind, OBJ_PAGE);
	press(&v, "C");
	assert_non_null(strstr(v.message, "C returns"));
	press(&v, "[");
	assert_true(v.cursor[0] < at);
	press(&v, "]");
	assert_int_equal(v.cursor[0], at);
	press(&v, "/ e 9 9 9 9 enter");
	assert_string_equal(v.message, "this run has no entry 9999");
	press(&v, "/ f o l i o space 7 enter");
	assert_int_equal(v.object[0].kind, OBJ_FOLIO);
	assert_int_equal(v.object[0].number, 7);
	press(&v, "/ 9 enter");				/* of the same kind */
	assert_int_equal(v.object[0].kind, OBJ_FOLIO);
	assert_int_equal(v.object[0].number, 9);
	press(&v, "/ q enter");
	assert_false(v.quit || v.prompting);
	press(&v, "u");
	assert_int_equal(v.object[0].kind, OBJ_NONE);
	press(&v, "[");
	assert_non_null(strstr(v.message, "which object?"));
	press(&v, "t");
	assert_int_not_equal(v.object[0].kind, OBJ_NONE);
	press(&v, "w");
	assert_non_null(strstr(v.message, "--follow"));
	trace_free(chapter.run[0]);
	plain_free();
}

/*
 * A search that is too long for a key goes on when nothing else is done, until a key stops it, and
 * finds what one without parts finds.
 */
static void test_seek(void **state)
{
	const char *path = file("seek.db");
	struct chapter chapter = { 0 };
	uint64_t at, last, parts = 0;
	struct large l = { 0 };
	struct view v;

	(void)state;
	large_file(&l, path, SCALE, TASKS, 4 * SEARCH_STEPS, 2 * SEARCH_STEPS, 65536, true);
	large_free(&l);
	chapter.run[0] = open_run(path, 0);
	view_init(&v, &chapter, 1);
	press(&v, "home");
	view_command(&v, "search no step has this");
	assert_true(v.seeking.under_way);
	assert_non_null(strstr(v.message, "not in 25,000 steps so far"));
	assert_true(view_seek(&v));
	assert_non_null(strstr(v.message, "not in 50,000 steps so far"));
	view_key(&v, "K");				/* another key stops it */
	view_key(&v, "esc");
	assert_false(view_seek(&v));
	view_key(&v, "n");				/* and n takes it up */
	assert_non_null(strstr(v.message, "not in 75,000 steps so far"));
	while (view_seek(&v))
		parts++;
	assert_in_range(parts, 1, 2);
	assert_string_equal(v.message, "no step has 'no step has this'");
	assert_int_equal(v.cursor[0], 0);
	last = trace_info(chapter.run[0])->events;
	view_key(&v, "end");				/* and backwards */
	strcpy(v.search, trace_step_at(chapter.run[0],
				       trace_event_at(chapter.run[0], 1)->step)->text);
	assert_int_equal(view_search(&v, last - 1, false, UINT64_MAX, &at), 1);
	view_key(&v, "N");
	while (view_seek(&v))
		;
	assert_int_equal(v.cursor[0], at);
	trace_free(chapter.run[0]);
}

/* Any keys in any order, at any size. */
static void test_random_keys(void **state)
{
	static const char *const keys[] = {
		"right", "left", "home", "end", "pgdn", "pgup", ":", "1", "9", "enter", "esc", "f",
		"F", "c", "C", "[", "]", "t", "u", "/", "s", "p", "e", "4", "o", "w", "?", "x", "d",
	};
	const char *path = file("random.db");
	struct chapter two[2] = { { 0 }, { 0 } };
	uint32_t random = 1;
	struct view v;

	(void)state;
	plain_write(path, true, BUG_AT);
	two[0].run[0] = two[1].run[0] = open_run(path, 0);
	two[1].run[1] = open_run(path, 0);
	view_init(&v, two, 2);
	for (int i = 0; i < 6000; i++) {
		struct grid g;

		random = random * 1664525u + 1013904223u;
		view_key(&v, i % 600 == 599 ? "n" : i % 600 == 300 ? "p" :
			 keys[(random >> 8) % (sizeof(keys) / sizeof(keys[0]))]);
		for (unsigned side = 0; side < 2; side++)
			assert_in_range(v.cursor[side], 0, EVENTS);
		if (i % 8)
			continue;
		assert_int_equal(grid_init(&g, 1 + (int)(random >> 20) % 60,
					   1 + (int)(random >> 10) % 210), 0);
		view_render(&v, &g);
		grid_free(&g);
	}
	assert_int_equal(align_runs(&two[1].alignment, two[1].run[0], two[1].run[1]), -EFBIG);
	trace_free(two[0].run[0]);
	trace_free(two[1].run[1]);
	plain_free();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_growing),
		cmocka_unit_test(test_screens),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_seek),
		cmocka_unit_test(test_random_keys),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
