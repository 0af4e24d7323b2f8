/* SPDX-License-Identifier: GPL-2.0-only */
/* capture_run.h - the shipped captures as runs, and runs of the model beside them. */
#ifndef SWAPSCOPE_TESTS_CAPTURE_RUN_H
#define SWAPSCOPE_TESTS_CAPTURE_RUN_H

#include "tests/check.h"
#include "tests/trace_help.h"

#include "replay/record/record.h"
#include "traces/capture/meta.h"
#include "traces/read/read.h"
#include "traces/write/rows.h"
#include "traces/write/write.h"

/*
 * Import traces/captures/NAME.trace.zst, or traces/NAME.trace.zst where NAME has a folder, into
 * file FILE; `kernel` NULL: as its sidecar says.
 */
static inline struct trace *capture_run(const char *name, const char *to, const char *kernel)
{
	static struct conform_report report;
	char path[128], title[256], how[CAPTURE_HOW_MAX], device[16] = "zram";
	struct rows_run about = { .scenario = "capture", .device = device, .source = "capture",
				  .keyframe_every = 16384, .title = name };
	struct capture_info info = { 0 };
	struct capture_meta meta;
	struct capture_record done;
	struct trace_writer *tw;
	struct kernel k;
	struct trace *t;

	snprintf(path, sizeof(path), "traces/%s%s.trace.zst", strchr(name, '/') ? "" : "captures/",
		 name);
	assert_int_equal(capture_meta_read(&meta, NULL, path, err), 0);
	snprintf(info.release, sizeof(info.release), "%s", capture_meta_get(&meta, "release"));
	if (capture_meta_get(&meta, "device"))
		snprintf(device, sizeof(device), "%s", capture_meta_get(&meta, "device"));
	assert_int_equal(capture_kernel(&meta, &k, title, sizeof(title), how), 0);
	if (kernel) {
		k = kernel_like(kernel);
		snprintf(title, sizeof(title), "%s", kernel);
	}
	capture_meta_free(&meta);
	about.k = &k;
	about.kernel_name = title;
	assert_int_equal(trace_create(&tw, file(to), TRACE_REPLACE, err), 0);
	assert_int_equal(rows_begin(tw, &about), 1);
	assert_int_equal(capture_import(tw, 1, path, &info, err), 0);
	assert_int_equal(rows_commit(tw), 0);
	assert_int_equal(trace_open(&t, file(to), 1, err), 0);
	assert_int_equal(capture_record(tw, t, &k, device_named(device), &report, &done), 0);
	trace_free(t);
	assert_int_equal(rows_end(tw, NULL, report.refuted ? "not explained" : "explained"), 0);
	assert_int_equal(trace_close(tw), 0);
	return open_run(file(to), 1);
}

/* The model's shortest schedule that breaks a property, in a scenario given as text. */
static inline struct trace *model_run(const char *text, const char *to, const char *kernel,
				      enum property property)
{
	const struct explore_options o = { .only = 1u << property,  0 };
	struct run_meta meta = { .title = "model", .kernel_name = kernel, .verdict = "violated" };
	struct scenario_error error;
	struct exploration e = { 0 };
	struct execution x = { 0 };
	struct trace_writer *tw;
	struct scenario s;
	struct kernel k = kernel_like(kernel);

	assert_int_equal(scenario_parse(&s, "test", text, &error), 0);
	assert_int_equal(explore(&e, &s, &k, &o), 0);
	assert_true(e.findings > 0);
	assert_int_equal(execution_init(&x, &s, &k), 0);
	assert_int_equal(execution_run(&x, &e.finding[0].schedule), 0);
	assert_int_equal(trace_create(&tw, file(to), TRACE_REPLACE, err), 0);
	assert_int_equal(trace_execution(tw, &x, &meta), 1);
	assert_int_equal(trace_close(tw), 0);
	execution_free(&x);
	exploration_free(&e);
	scenario_free(&s);
	return open_run(file(to), 1);
}

#endif
