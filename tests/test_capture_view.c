/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The debugger on captures of real kernels: what the kernel was seen to do, two captures beside
 * each other, and a capture beside the model.
 */
#include "tests/golden.h"
#include "tests/capture_run.h"

#include <errno.h>

#include "replay/pair/align_life.h"
#include "ui/view/act.h"

#define ABORTED								\
	"[scenario]\ntitle = the pte changes under a fault\ndevice = zram\nslots = 1\n"	\
	"pool = 2\nkernel = v6.8\n[page 0]\nat = zswap 0\n[task T0]\nrun = read page 0\n"	\
	"[task C]\nrun = clear_refs page 0\n"
#define TWO_FAULTS							\
	"[scenario]\ntitle = two faults\ndevice = zram\nslots = 1\npool = 2\n"		\
	"kernel = v6.8\n[page 0]\nat = zswap 0\n[task T0]\nrun = read page 0\n"		\
	"[task T1]\nrun = read page 0\n"

enum run { LOSS, FIXED, TWO_LOSS, TWO_OK, WRONG, ZERO, MODEL, MODEL_TWO, RUNS, NOTHING = RUNS };

static struct trace *runs[RUNS + 1];

static int open_all(void **state)
{
	make_dir(state);
	runs[LOSS] = capture_run("d-loss-uffdwp-6.8", "loss.db", NULL);
	runs[FIXED] = capture_run("d-fixed-uffdwp-6.8", "fixed.db", NULL);
	runs[TWO_LOSS] = capture_run("f-loss-twothreads-6.8-nopin", "two.db",
				     "v6.8 load=exclusive pin=none");
	runs[TWO_OK] = capture_run("f-ok-twothreads-6.8", "ok.db", NULL);
	runs[WRONG] = capture_run("d-loss-uffdwp-6.8", "wrong.db", "v6.8");
	runs[ZERO] = capture_run("samples/zero-page-6.12", "zero.db", NULL);
	runs[MODEL] = model_run(ABORTED, "model.db", "v6.8 load=exclusive", PROP_LOST);
	runs[MODEL_TWO] = model_run(TWO_FAULTS, "model2.db", "v6.8 load=exclusive pin=none",
				    PROP_MAPPED);
	return 0;
}

static int close_all(void **state)
{
	for (unsigned i = 0; i < RUNS; i++)
		trace_free(runs[i]);
	return remove_dir(state);
}

static void press_one(void *v, const char *key)
{
	view_key(v, key);
}

static void press(struct view *v, const char *keys)
{
	press_keys(keys, press_one, v);
}

static struct chapter beside(enum run a, enum run b)
{
	struct chapter c = { .run = { runs[a], runs[b] } };

	if (b != NOTHING)
		assert_int_equal(align_lives(&c.alignment, c.run[0], c.run[1]), 0);
	return c;
}

/* ---- screens ---- */

static const struct screen {
	const char *name;
	enum run left, right;
	int cols, rows;
	const char *keys;
} screens[] = {
	{ "capture-200x50", LOSS, NOTHING, 200, 50, "" },
	{ "capture-80x24", LOSS, NOTHING, 80, 24, "" },
	{ "capture-cause-80x24", LOSS, NOTHING, 80, 24, "c" },
	{ "capture-cause2-80x24", LOSS, NOTHING, 80, 24, "c c" },
	{ "capture-cause-200x50", LOSS, NOTHING, 200, 50, "c c c" },
	{ "capture-event-80x24", LOSS, NOTHING, 80, 24, ": @ 5 5 4 enter" },
	{ "capture-help-80x24", LOSS, NOTHING, 80, 24, "?" },
	{ "capture-prompt-80x24", LOSS, NOTHING, 80, 24, ": @ 5" },
	{ "capture-conform-120x40", WRONG, NOTHING, 120, 40, "" },
	{ "capture-conform-80x24", WRONG, NOTHING, 80, 24, "" },
	{ "capture-two-120x40", TWO_LOSS, NOTHING, 120, 40, "" },
	{ "captures-200x50", LOSS, FIXED, 200, 50, "" },
	{ "captures-120x40", LOSS, FIXED, 120, 40, "" },
	{ "captures-lost-80x24", LOSS, FIXED, 80, 24, "f" },
	{ "captures-parted-200x50", LOSS, FIXED, 200, 50, "d" },
	{ "captures-parted-120x40", LOSS, FIXED, 120, 40, "d" },
	{ "captures-overlay-120x40", LOSS, FIXED, 120, 40, "d o" },
	{ "captures-pin-200x50", TWO_LOSS, TWO_OK, 200, 50, "d" },
	{ "capture-model-200x50", LOSS, MODEL, 200, 50, "d" },
	{ "capture-model-two-200x50", TWO_LOSS, MODEL_TWO, 200, 50, "" },
	{ "capture-model-two-overlay-120x40", TWO_LOSS, MODEL_TWO, 120, 40, "f o" },
};

static void test_screens(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(screens) / sizeof(screens[0]); i++) {
		const struct screen *s = &screens[i];
		struct chapter chapter = beside(s->left, s->right);
		char name[64], *is;
		struct grid g;
		struct view v;

		view_init(&v, &chapter, 1);
		press(&v, s->keys);
		assert_int_equal(grid_init(&g, s->rows, s->cols), 0);
		view_render(&v, &g);
		snprintf(name, sizeof(name), "%s.screen", s->name);
		is = grid_drawn(&g, false);
		compare(name, is);
		free(is);
		alignment_free(&chapter.alignment);
	}
}

/* ---- events and steps ---- */

static uint64_t stamp_of_step(struct trace *t, uint64_t at)
{
	bool seen = false;
	uint64_t event = capture_event_of(t, at, &seen);

	assert_true(seen);
	return event;
}

static void test_events(void **state)
{
	struct chapter chapter = { .run = { runs[LOSS] } };
	uint64_t lost, at;
	struct view v;
	bool seen;

	(void)state;
	view_init(&v, &chapter, 1);
	lost = v.cursor[0];
	assert_true(trace_info(runs[LOSS])->capture);
	assert_true(capture_event_of(runs[LOSS], lost, &seen) > 0);
	assert_false(seen);			/* no probe is on folio_put() */
	press(&v, "e");
	at = v.cursor[0];
	assert_true(at > lost);
	assert_true(stamp_of_step(runs[LOSS], at) > 0);
	press(&v, "E E");
	assert_true(v.cursor[0] < lost);
	stamp_of_step(runs[LOSS], v.cursor[0]);
	press(&v, ": @ 5 5 4 enter");
	assert_int_equal(v.cursor[0], at);
	assert_string_equal(v.message, "");
	press(&v, ": @ 9 9 9 9 9 9 9 enter");
	assert_int_equal(v.cursor[0], at);
	assert_non_null(strstr(v.message, "no event of the capture has the stamp @9999999"));
	press(&v, ": @ enter");
	assert_non_null(strstr(v.message, "a stamp of this capture is a number"));
	press(&v, ": @ 1 enter");
	assert_int_equal(v.cursor[0], 0);
	press(&v, "E");
	assert_non_null(strstr(v.message, "no event shows a step before this one"));
	press(&v, "end e");
	assert_non_null(strstr(v.message, "no event shows a step after this one"));
	press(&v, ": g o t o space x enter");
	assert_non_null(strstr(v.message, "the stamp of an event"));
}

/* It opens looking at the page that is wrong, and c goes to what caused it; so f at the others. */
static void check_finding(struct view *v, const char *page, const char *cause)
{
	uint64_t at = v->cursor[0];

	assert_int_equal(v->object[0].kind, OBJ_PAGE);
	assert_true(trace_has_object(runs[ZERO], v->object[0]));
	press(v, "c");
	if (!strstr(v->message, cause) || !strstr(v->message, page))
		fail_msg("'%s' has not '%s' of '%s'", v->message, cause, page);
	press(v, "c");
	assert_true(v->cursor[0] < at);
	press(v, "C C");
	assert_int_equal(v->cursor[0], at);
}

static void test_findings(void **state)
{
	struct chapter zero = { .run = { runs[ZERO] } };
	char page[16];
	struct view v;
	size_t n;

	(void)state;
	for (enum run r = LOSS; r <= TWO_LOSS; r += TWO_LOSS - LOSS) {
		struct chapter chapter = { .run = { runs[r] } };
		uint64_t at;

		view_init(&v, &chapter, 1);
		at = v.cursor[0];
		assert_int_equal(v.object[0].kind, OBJ_PAGE);
		press(&v, "c c");
		assert_true(v.cursor[0] < at);
	}
	view_init(&v, &zero, 1);
	assert_int_equal(v.object[0].number, 4);
	trace_findings(runs[ZERO], &n);
	assert_int_equal(n, 12);
	while (n--) {
		snprintf(page, sizeof(page), "page %u", v.object[0].number);
		check_finding(&v, page, "not zeroes of page");
		press(&v, "f");
	}
	assert_string_equal(v.message, "no finding after this step");
}

/* What shows a step is an event of its own slot, and steps come in the order of the events. */
static void test_links(void **state)
{
	uint64_t last = 0, events = trace_info(runs[LOSS])->events;

	(void)state;
	for (uint64_t at = 1; at <= events; at++) {
		uint64_t event = capture_event_of(runs[LOSS], at, NULL);

		assert_true(event >= last);
		assert_true(capture_step_of(runs[LOSS], event) >= at);
		last = event;
	}
	assert_int_equal(capture_event_of(runs[LOSS], events + 1, NULL), 0);
	assert_int_equal(capture_event_of(runs[MODEL], 1, NULL), 0);
	assert_int_equal(capture_seen_step(runs[MODEL], 1, true), 0);
}

static void test_names(void **state)
{
	static const struct { const char *name, *brief; } names[] = {
		{ "T0", "T0" }, { "kcapwl-90", "kcapw-90" }, { "kcapwl-7", "kcapwl-7" },
		{ "kworker/u8:2-events", "kworker/" }, { "a-long-name-12345", "a--12345" },
		{ "swapper-12345678901", "swapper-" }, { "", "" }, { "-", "-" },
	};
	char buf[NAME_WIDTH + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_string_equal(brief_name(names[i].name, buf), names[i].brief);
}

/* ---- side by side ---- */

static void check_life(const struct alignment *al)
{
	const uint64_t end[2] = { al->a_events, al->b_events };

	for (unsigned side = 0; side < 2; side++) {
		assert_true(al->points[side] > 0);
		for (size_t i = 0; i < al->points[side]; i++) {
			const struct life_point *p = &al->life[side][i], *q;

			assert_in_range(p->at, 1, end[side]);
			assert_in_range(p->other, 0, end[!side]);
			assert_true(!i || (p->at > p[-1].at && p->other >= p[-1].other));
			if (!p->partner)
				continue;
			for (q = al->life[!side]; q->at != p->partner; q++)
				assert_true(q < al->life[!side] + al->points[!side]);
			assert_int_equal(q->partner, p->at);
			assert_int_equal(q->same, p->same);
		}
	}
}

static const char *text_at(struct trace *t, uint64_t at)
{
	return trace_step_at(t, trace_event_at(t, at)->step)->text;
}

/* The same whichever is left: where the fault begins, and at which step the runs part. */
static void check_pair(enum run a, enum run b, const char *step, const char *why)
{
	struct chapter there = beside(a, b), back = beside(b, a);
	const struct alignment *al = &there.alignment;

	check_life(al);
	check_life(&back.alignment);
	assert_int_equal(al->open[0], back.alignment.open[1]);
	assert_int_equal(al->open[1], back.alignment.open[0]);
	assert_int_equal(al->a_parted, back.alignment.b_parted);
	assert_int_equal(al->b_parted, back.alignment.a_parted);
	assert_int_equal(other_position(&there, 0, al->open[0]), al->open[1]);
	assert_int_equal(other_position(&there, 1, al->open[1]), al->open[0]);
	assert_string_equal(text_at(runs[a], al->open[0]), text_at(runs[b], al->open[1]));
	assert_string_equal(text_at(runs[a], al->a_parted + 1), step);
	if (!strstr(al->why, why))
		fail_msg("'%s' is not in '%s'", why, al->why);
	alignment_free(&there.alignment);
	alignment_free(&back.alignment);
}

static void test_pairs(void **state)
{
	(void)state;
	check_pair(LOSS, FIXED, "zswap_entry_put(tree, entry)",
		   "the kernels differ in load: exclusive left, if-cached right");
	check_pair(TWO_LOSS, TWO_OK, "folio = vma_alloc_folio()",
		   "the kernels differ in pin: none left, has_cache right");
	check_pair(LOSS, MODEL, "swapcache_clear(entry)", "");
	check_pair(TWO_LOSS, MODEL_TWO, "spin_lock_irq(&cache->free_lock)", "");
}

/* A run beside itself does the same; where nothing is lost there is nothing to compare. */
static void test_same(void **state)
{
	struct chapter c = beside(LOSS, LOSS);
	struct alignment al;

	(void)state;
	assert_true(c.alignment.same);
	check_life(&c.alignment);
	for (size_t i = 0; i < c.alignment.points[0]; i++)
		assert_int_equal(c.alignment.life[0][i].partner, c.alignment.life[0][i].at);
	alignment_free(&c.alignment);
	assert_int_equal(align_lives(&al, runs[FIXED], runs[TWO_OK]), -ENODATA);
	assert_null(al.life[0]);
}

/* d goes through all differences and D back through the same. */
static void test_differences(void **state)
{
	struct chapter c = beside(LOSS, FIXED);
	uint64_t seen[200];
	struct view v;
	int n = 0;

	(void)state;
	view_init(&v, &c, 1);
	press(&v, "home");
	for (; n < 200 && !strstr(v.message, "no difference"); n++) {
		seen[n] = v.cursor[0];
		view_key(&v, "d");
	}
	assert_in_range(n, 3, 199);
	assert_non_null(strstr(v.message, "no difference after"));
	for (int i = n - 2; i > 0; i--) {
		press(&v, "D");
		assert_int_equal(v.cursor[0], seen[i]);
	}
	alignment_free(&c.alignment);
}

/* Any keys in any order, at any size. */
static void test_random_keys(void **state)
{
	static const char *const keys[] = {
		"right", "left", "home", "end", "pgdn", "pgup", ":", "1", "9", "@", ".", "enter",
		"esc", "f", "F", "c", "C", "[", "]", "t", "u", "/", "s", "p", "e", "E", "4", "o",
		"?", "x", "d", "D", "tab",
	};
	struct chapter two[2] = { beside(LOSS, FIXED), beside(MODEL, LOSS) };
	uint32_t random = 1;
	struct view v;

	(void)state;
	view_init(&v, two, 2);
	for (int i = 0; i < 4000; i++) {
		struct grid g;

		random = random * 1664525u + 1013904223u;
		view_key(&v, i % 600 == 599 ? "n" : keys[(random >> 8) % (sizeof(keys) /
							 sizeof(keys[0]))]);
		for (unsigned side = 0; side < 2; side++)
			assert_in_range(v.cursor[side], 0,
					trace_info(two[v.at].run[side])->events);
		if (i % 8)
			continue;
		assert_int_equal(grid_init(&g, 1 + (int)(random >> 20) % 60,
					   1 + (int)(random >> 10) % 210), 0);
		view_render(&v, &g);
		grid_free(&g);
	}
	alignment_free(&two[0].alignment);
	alignment_free(&two[1].alignment);
}

/* ---- files that mean harm ---- */

static const char *const harm[] = {
	"UPDATE finding SET text = 'page 4294967295 (slot 999999999)'",
	"UPDATE finding SET text = 'page 3 page 4 slot -1', seq = seq + 7000",
	"UPDATE finding SET seq = 1 << 40 WHERE seq = 46",
	"DELETE FROM finding WHERE seq != 46; UPDATE finding SET seq = 1",
	"UPDATE capture_step SET event = -1",
	"UPDATE capture_step SET event = 1 << 62, seen = 77",
	"UPDATE capture_step SET event = 8000 - seq",
	"DROP TABLE capture_step",
	"DROP TABLE capture_event",
	"DROP TABLE capture",
	"DELETE FROM capture",
	"DELETE FROM capture_thread",
	"UPDATE capture SET release = printf('%.*c', 100000, '7')",
	"UPDATE capture_event SET slot = 1 << 40",
	"UPDATE capture_event SET line = 1, at = 1 << 30",
	"UPDATE capture_event SET stamp = 0",
	"UPDATE capture_line SET text = printf('%.*c', 90000, '(')",
	"UPDATE capture_line SET text = ') <- ( +0x'",
	"UPDATE step SET line = 0, op = 'do_swap_page'",
	"UPDATE step SET op = 'do_swap_page', text = 'x', line = 7",
	"UPDATE event SET step = (SELECT min(step) FROM event)",
	"UPDATE event SET task = 0",
	"UPDATE event SET depth = 4000000000",
	"UPDATE change SET new = 4294967295 - new, old = 3",
	"DELETE FROM change WHERE seq % 3 = 0",
	"DELETE FROM keyframe",
	"UPDATE OR IGNORE field SET name = 'depth' WHERE kind = 'slot' AND name = 'swap_map'",
	"UPDATE OR IGNORE field SET idx = idx / 2 WHERE kind = 'page'",
	"UPDATE task SET name = printf('%.*c-9', 500, 'a')",
	"UPDATE switch SET value = 'never'",
	"UPDATE note SET text = printf('%.*c', 100000, 'n'), kind = 'allowed'",
};

static void look_around(struct trace *a, struct trace *b)
{
	struct chapter c = { .run = { a, b } };
	struct grid g;
	struct view v;

	if (b && align_lives(&c.alignment, a, b))
		c.alignment = (struct alignment){ 0 };
	view_init(&v, &c, 1);
	assert_int_equal(grid_init(&g, 24, 120), 0);
	for (const char *key = "..f.c.c.e.E.d.l.o.l.o.D.[.G.g.e"; *key; key++) {
		if (*key != '.')
			view_key(&v, (char[]){ *key, '\0' });
		else
			view_render(&v, &g);
	}
	press(&v, ": @ 5 5 4 enter");
	view_render(&v, &g);
	grid_free(&g);
	alignment_free(&c.alignment);
}

static void test_harm(void **state)
{
	char command[600];

	(void)state;
	for (size_t i = 0; i < sizeof(harm) / sizeof(harm[0]); i++) {
		struct trace *t;

		snprintf(command, sizeof(command), "cp '%s/%s' '%s/harm.db'", dir,
			 strstr(harm[i], "note") ? "wrong.db" : "loss.db", dir);
		assert_int_equal(system(command), 0);
		sql(file("harm.db"), harm[i]);
		if (trace_open(&t, file("harm.db"), 0, err))
			continue;
		look_around(t, NULL);
		look_around(t, runs[FIXED]);
		look_around(runs[FIXED], t);
		trace_free(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_screens),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_findings),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_differences),
		cmocka_unit_test(test_random_keys),
		cmocka_unit_test(test_harm),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
