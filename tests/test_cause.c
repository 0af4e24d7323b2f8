/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the wrong byte that real threads read back to who is to blame: runs that were recorded under
 * broken kernels (tests/data/README.md), their chains of causes, and the screens of the finding
 * and of its cause.
 */
#include "tests/golden.h"
#include "tests/trace_help.h"

#include "replay/cause/cause.h"
#include "ui/view/view.h"

#define LINKS	12

static const struct chain {
	const char *file;
	unsigned guilty;		/* the link that is to blame */
	const char *link[LINKS];	/* all of them; the last is where it ends */
} chains[] = {
	{ "freed", 2, {
		"T1 reads entry 5, freed by then, into folio 28: garbage, not v97 of page 7; "
		"mapped at step 481",
		"T0 frees entry 5 of slot 14 in zswap_writeback_entry() while T1 reads it since "
		"step 174",
		"T1 stores entry 5 of slot 14: v97 of folio 15",
		"T1 writes v97 to page 7, which is in folio 15",
		"this is the beginning: v97 is what the page's owner had in it from here on",
	} },
	{ "unlinked", 2, {
		"T2 reads block 11 into folio 46 and finds no data: zeroes, not v130 of page 10; "
		"mapped at step 495",
		"T1 takes entry 4 of slot 11 out of the tree in zswap_writeback_entry(): from here "
		"on only entry 4 has v130, and no fault finds it there",
		"T0 stores entry 4 of slot 11: v130 of folio 11",
		"T2 writes v130 to page 10, which is in folio 11",
		"this is the beginning: v130 is what the page's owner had in it from here on",
	} },
	{ "lost", 2, {
		"T2 reads block 15 into folio 44 and finds no data: zeroes, not v193 of page 7; "
		"mapped at step 1132",
		"T2 frees folio 44 in do_swap_page(): the last copy of v193 of page 7 (entry 5 "
		"went at step 1076)",
		"T2 reads entry 5 into folio 44: v193",
		"T1 stores entry 5 of slot 15: v193 of folio 29",
		"T1 writes v193 to page 7, which is in folio 29",
		"this is the beginning: v193 is what the page's owner had in it from here on",
	} },
	{ "reclaim", 4, {
		"T2 reads block 13 into folio 15: v160, not v194 of page 8; mapped at step 955",
		"T1 writes the block of slot 13: v160, in __swap_writepage()",
		"T1 reads entry 2, freed by then, into folio 15: v160 of the slot's life 1, which "
		"is over, not v194 of page 8",
		"T0 frees entry 2 of slot 13 in zswap_invalidate() while T1 has it under reclaim "
		"since step 588",
		"T0 stores entry 2 of slot 13: v160 of folio 29",
		"T0 writes v160 to page 2, which is in folio 29",
		"this is the beginning: v160 is what the page's owner had in it from here on",
	} },
};

#define CHAINS	(sizeof(chains) / sizeof(chains[0]))

static struct trace *open_chain(const struct chain *x)
{
	static char path[64];

	snprintf(path, sizeof(path), "tests/data/live-%s.db", x->file);
	return open_run(path, 0);
}

static void test_chains(void **state)
{
	(void)state;
	for (size_t i = 0; i < CHAINS; i++) {
		struct trace *t = open_chain(&chains[i]);
		const struct trace_finding *f;
		struct trace_object o;
		struct cause c;
		uint64_t at;
		size_t n;
		int r = 1;

		f = trace_findings(t, &n);
		assert_true(n > 0);
		assert_string_equal(f->property, "MAPPED");
		at = f->position;
		o = object_in_text(f->text);
		assert_int_equal(o.kind, OBJ_PAGE);
		for (unsigned link = 0; r; link++) {
			r = cause_of(t, at, o, trace_info(t)->events, &c);
			assert_true(r >= 0);
			assert_non_null(chains[i].link[link]);
			assert_string_equal(c.text, chains[i].link[link]);
			assert_true(!r || c.at < at);
			assert_true(r || link + 1 == LINKS || !chains[i].link[link + 1]);
			at = c.at;
			o = c.object;
		}
		trace_free(t);
	}
}

/* Any object at any position has a cause, or a sentence why not. */
static void test_everywhere(void **state)
{
	(void)state;
	random_state = 11;
	for (size_t i = 0; i < CHAINS; i++) {
		struct trace *t = open_chain(&chains[i]);
		uint64_t events = trace_info(t)->events;

		for (int j = 0; j < 1500; j++) {
			struct trace_object o = { OBJ_PAGE + random_below(4), random_below(50) };
			uint64_t at = random_below((uint32_t)events + 1);
			struct cause c = { .at = at, .object = o };

			if (!trace_has_object(t, o))
				continue;
			for (int link = 0, r = 1; r; link++) {
				r = cause_of(t, at, o, events, &c);
				assert_true(r == 0 || r == 1);
				assert_true(strlen(c.text) > 10);
				if (link > 200)
					fail_msg("no end: %s", c.text);
				assert_true(!r || link == 0 ? c.at <= at : c.at < at);
				at = c.at;
				o = c.object;
			}
		}
		trace_free(t);
	}
}

static void draw(struct view *v, const char *name)
{
	struct grid g;
	char file_name[64], *is;

	assert_int_equal(grid_init(&g, 24, 80), 0);
	view_render(v, &g);
	snprintf(file_name, sizeof(file_name), "%s.screen", name);
	is = grid_drawn(&g, false);
	compare(file_name, is);
	free(is);
}

static void test_screens(void **state)
{
	(void)state;
	for (size_t i = 0; i < CHAINS; i++) {
		struct chapter chapter = { .title = "a recorded run" };
		uint64_t way[LINKS];
		struct view v;
		char name[64];
		unsigned n = 0;

		chapter.run[0] = open_chain(&chains[i]);
		view_init(&v, &chapter, 1);
		snprintf(name, sizeof(name), "live-%s-80x24", chains[i].file);
		draw(&v, name);
		for (; n < chains[i].guilty; n++) {
			way[n] = v.cursor[0];
			view_key(&v, "c");
		}
		snprintf(name, sizeof(name), "live-%s-cause-80x24", chains[i].file);
		draw(&v, name);
		while (n--) {
			view_key(&v, "C");
			assert_int_equal(v.cursor[0], way[n]);
		}
		assert_int_equal(v.object[0].kind, OBJ_PAGE);
		trace_free(chapter.run[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chains),
		cmocka_unit_test(test_everywhere),
		cmocka_unit_test(test_screens),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
