/* SPDX-License-Identifier: GPL-2.0-only */
#include "ui/pair.h"

#include "replay/align.h"

int pair_record(struct trace_writer *tw, const struct scenario *s, const char *title,
		const struct schedule *schedule, const struct pair_side *left,
		const struct pair_side *right, int run[2])
{
	struct run_meta meta[2] = {
		{ .title = title, .kernel_name = left->name, .verdict = left->verdict },
		{ .title = title, .kernel_name = right->name, .verdict = right->verdict },
	};
	struct execution a = { 0 }, b = { 0 };
	size_t parted;
	int err = execution_init(&a, s, left->kernel);

	run[0] = run[1] = 0;
	if (!err)
		err = execution_run(&a, schedule);
	if (!err && right->kernel)
		err = execution_init(&b, s, right->kernel);
	if (!err && right->kernel)
		err = same_schedule(&a, &b, &parted);
	if (!err) {
		run[0] = trace_execution(tw, &a, &meta[0]);
		err = run[0] < 0 ? run[0] : 0;
	}
	if (!err && right->kernel) {
		run[1] = trace_execution(tw, &b, &meta[1]);
		err = run[1] < 0 ? run[1] : 0;
	}
	execution_free(&a);
	execution_free(&b);
	return err;
}
