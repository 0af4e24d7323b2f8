/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * view_help.h - recorded runs to look at in the debugger, keys by name, and screens as text.
 */
#ifndef SWAPSCOPE_TESTS_VIEW_HELP_H
#define SWAPSCOPE_TESTS_VIEW_HELP_H

#include "tests/check.h"

#include <stdlib.h>
#include <unistd.h>

#include "tests/golden.h"
#include "traces/write/write.h"
#include "ui/view/view.h"

/* ---- pairs of recorded runs ---- */

struct pair {
	const char *scenario, *left, *right;	/* right NULL: one run */
	enum property property;			/* that the left one violates */
	const char *text;
	struct chapter chapter;
};

static struct pair pairs[] = {
	{ .scenario = "debate", .left = "debate-a", .right = "v6.9", .property = PROP_UAF,
	  .text = "Left, nothing keeps writeback away while the fault decompresses.  Right, the "
		  "fault holds SWAP_HAS_CACHE, and writeback gets -EEXIST." },
	{ .scenario = "aba", .left = "v6.5", .right = "v6.8", .property = PROP_STALE },
	{ .scenario = "aborted-bypass", .left = "v6.9-rc1", .right = "v6.9",
	  .property = PROP_LOST },
	{ .scenario = "debate", .left = "debate-a", .property = PROP_UAF },
};
#define PAIRS (sizeof(pairs) / sizeof(pairs[0]))

static inline void shortest(struct execution *x, enum property property)
{
	const struct explore_options o = { .only = 1u << property,  0 };
	struct exploration e = { 0 };

	assert_int_equal(explore(&e, x->scenario, &x->kernel, &o), 0);
	assert_true(e.findings > 0);
	assert_int_equal(execution_run(x, &e.finding[0].schedule), 0);
	exploration_free(&e);
}

static inline void record(struct pair *p, const char *path)
{
	struct run_meta left = { .title = p->scenario, .kernel_name = p->left,
				 .verdict = "violated: found by the test" };
	struct run_meta right = { .title = p->scenario, .kernel_name = p->right,
				  .verdict = "safe in every interleaving: so says the test" };
	struct execution a = { 0 }, b = { 0 };
	char err[TRACE_ERROR_MAX];
	struct trace_writer *tw;
	struct scenario s;
	struct kernel k;
	size_t parted;

	load(&s, p->scenario);
	k = kernel_like(p->left);
	assert_int_equal(execution_init(&a, &s, &k), 0);
	shortest(&a, p->property);
	assert_int_equal(trace_create(&tw, path, TRACE_REPLACE, err), 0);
	assert_int_equal(trace_execution(tw, &a, &left), 1);
	if (p->right) {
		k = kernel_like(p->right);
		assert_int_equal(execution_init(&b, &s, &k), 0);
		assert_int_equal(same_schedule(&a, &b, &parted), 0);
		assert_int_equal(trace_execution(tw, &b, &right), 2);
		execution_free(&b);
	}
	assert_int_equal(trace_close(tw), 0);
	execution_free(&a);
	scenario_free(&s);

	p->chapter.title = s.title;
	assert_int_equal(trace_open(&p->chapter.run[0], path, 1, err), 0);
	p->chapter.title = trace_info(p->chapter.run[0])->scenario;
	p->chapter.text = p->text;
	if (!p->right)
		return;
	assert_int_equal(trace_open(&p->chapter.run[1], path, 2, err), 0);
	assert_int_equal(align_runs(&p->chapter.alignment, p->chapter.run[0], p->chapter.run[1]),
			 0);
}

static inline int record_all(void **state)
{
	char folder[] = "/tmp/swapscope-view-XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < PAIRS; i++) {
		snprintf(path, sizeof(path), "%s/%zu.db", folder, i);
		record(&pairs[i], path);
		unlink(path);
	}
	return rmdir(folder);
}

static inline int close_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < PAIRS; i++) {
		alignment_free(&pairs[i].chapter.alignment);
		trace_free(pairs[i].chapter.run[0]);
		if (pairs[i].chapter.run[1])
			trace_free(pairs[i].chapter.run[1]);
	}
	return 0;
}

static inline void press_one(void *v, const char *key)
{
	view_key(v, key);
}

static inline void press(struct view *v, const char *keys)
{
	press_keys(keys, press_one, v);
}

static inline struct view view_of(size_t pair, const char *keys)
{
	struct view v;

	view_init(&v, &pairs[pair].chapter, 1);
	press(&v, keys);
	return v;
}

static inline char *draw(const struct view *v, int rows, int cols, bool styles)
{
	struct grid g;

	assert_int_equal(grid_init(&g, rows, cols), 0);
	view_render(v, &g);
	return grid_drawn(&g, styles);
}

#endif
