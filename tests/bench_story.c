/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bench_story.c - what the story of a capture costs, beside its import (scripts/bench).
 */
#include <sys/stat.h>

#include "replay/story/state.h"
#include "tests/bench.h"
#include "traces/read/read.h"
#include "traces/write/rows.h"
#include "traces/write/write.h"

static size_t size_of(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		give_up(path);
	return (size_t)st.st_size;
}

/* The events alone: no model, no story.  Seconds. */
static double import(const char *path, const char *capture, struct capture_info *info)
{
	const struct kernel k = { 0 };
	const struct rows_run run = { .scenario = "capture", .device = "zram", .k = &k,
				      .source = "capture" };
	char err[TRACE_ERROR_MAX];
	struct trace_writer *tw;
	double start = now();

	if (trace_create(&tw, path, TRACE_REPLACE, err))
		give_up(err);
	if (rows_begin(tw, &run) != 1)
		give_up(trace_error(tw));
	if (capture_import(tw, 1, capture, info, err))
		give_up(err);
	if (rows_end(tw, NULL, NULL) || trace_close(tw))
		give_up("a capture cannot be imported");
	return now() - start;
}

static double tell(const char *path)
{
	char err[TRACE_ERROR_MAX];
	struct story_totals totals;
	struct trace_writer *tw;
	struct trace *t;
	double start = now();

	if (trace_create(&tw, path, TRACE_APPEND, err) || trace_open(&t, path, 1, err) ||
	    story_store(t, tw, 1, &totals, err))
		give_up(err);
	trace_free(t);
	if (trace_close(tw))
		give_up("a story cannot be written");
	return now() - start;
}

static int count_line(void *arg, const struct story_line *l)
{
	(void)l;
	++*(unsigned long *)arg;
	return 0;
}

static unsigned long lines_of(const char *path)
{
	char err[TRACE_ERROR_MAX];
	unsigned long n = 0;
	struct trace *t;

	if (trace_open(&t, path, 1, err))
		give_up(err);
	if (story_read_lines(t, 0, count_line, &n))
		give_up(trace_message(t));
	trace_free(t);
	return n;
}

static void bench_story(const char *path, const char *capture)
{
	const char *name = strrchr(capture, '/') ? strrchr(capture, '/') + 1 : capture;
	const char *end = strstr(name, ".trace");
	double imported = 1e9, told = 1e9, t;
	struct capture_info info;
	unsigned long lines;
	size_t events;

	for (int i = 0; i < REPEAT; i++) {
		info = (struct capture_info){ 0 };
		t = import(path, capture, &info);
		imported = t < imported ? t : imported;
		events = size_of(path);
		t = tell(path);
		told = t < told ? t : told;
	}
	lines = lines_of(path);
	printf("%-29.*s %7lu events  as rows %5.2f s, told %5.2f s: %6lu lines of %.0f bytes\n",
	       end ? (int)(end - name) : (int)strlen(name), name,
	       (unsigned long)info.events, imported, told, lines,
	       (double)(size_of(path) - events) / (double)lines);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	char path[512];

	bench_options(&argc, &argv);
	if (argc < 3) {
		fprintf(stderr, "usage: bench_story [--quick] FOLDER (for scratch files) "
				"CAPTURE...\n");
		return 2;
	}
	snprintf(path, sizeof(path), "%s/story.db", argv[1]);
	printf("memory of a story: %zu bytes a thread, %zu a slot\n", sizeof(struct thread),
	       sizeof(struct slot_life));
	for (int i = 2; i < argc; i++)
		bench_story(path, argv[i]);
	return 0;
}
