/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture_help.h - captures for tests: imported into a scratch file, and their events kept.
 */
#ifndef SWAPSCOPE_TESTS_CAPTURE_HELP_H
#define SWAPSCOPE_TESTS_CAPTURE_HELP_H

#include "tests/query_help.h"
#include "traces/capture/capture.h"
#include "traces/read/read.h"
#include "traces/write/rows.h"
#include "traces/write/write.h"

static inline void import_into(const char *path, const char *capture, struct capture_info *info,
			       int want)
{
	const struct rows_run run = { .scenario = "capture", .kernel_name = "", .device = "zram",
				      .source = "capture" };
	struct trace_writer *tw;
	int id;

	*info = (struct capture_info){ 0 };
	assert_int_equal(trace_create(&tw, path, TRACE_REPLACE, err), 0);
	id = rows_begin(tw, &run);
	assert_int_equal(id, 1);
	err[0] = '\0';
	if (capture_import(tw, id, capture, info, err) != want)
		fail_msg("%s: %s", capture, err);
	assert_int_equal(rows_end(tw, NULL, NULL), 0);
	assert_int_equal(trace_close(tw), 0);
}

static inline struct trace *import_text(const char *text, struct capture_info *info)
{
	const char *capture = file("text");
	FILE *f = fopen(capture, "w");
	struct trace *t;

	fputs(text, f);
	fclose(f);
	import_into(file("text.db"), capture, info, 0);
	assert_int_equal(trace_open(&t, file("text.db"), 1, err), 0);
	return t;
}

static struct capture_event kept[64];
static char kept_text[64][128];
static unsigned keeps;

static inline int keep_event(void *arg, const struct capture_event *e)
{
	(void)arg;
	assert_true(keeps < 64);
	kept[keeps] = *e;
	snprintf(kept_text[keeps++], sizeof(kept_text[0]), "%s", e->text);
	return 0;
}

static inline void keep_all(struct trace *t, uint32_t slot)
{
	keeps = 0;
	assert_int_equal(capture_scan(t, slot, keep_event, NULL), 0);
}

#define ONE	"  one-1 [000] ..... "
#define TWO	"  two-2 [001] ..... "

#endif
