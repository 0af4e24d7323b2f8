/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * conform_help.h - shipped captures, whole or as lines that a test may change, and whether the
 * model explains them.  After trace_help.h.
 */
#ifndef SWAPSCOPE_TESTS_CONFORM_HELP_H
#define SWAPSCOPE_TESTS_CONFORM_HELP_H

#include "replay/conform/conform.h"
#include "tests/trace_help.h"
#include "traces/import/input.h"
#include "traces/capture/meta.h"
#include "traces/read/read.h"
#include "traces/write/rows.h"
#include "traces/write/write.h"

struct shipped {
	const char *name;	/* in a table */
	const char *file;	/* traces/captures/FILE.trace.zst */
	bool kernels_only;	/* in the table of switches too it would take an hour */
};

static const struct shipped captures[] = {
	{ "a", "a-disk-writeback-6.1", false },
	{ "a-6.12", "a-disk-writeback-6.12", true },
	{ "b", "b-zram-sync-6.1", false },
	{ "c", "c-invalidate-6.1", true },
	{ "c-6.12", "c-invalidate-6.12", true },
	{ "d-fixed", "d-fixed-uffdwp-6.8", false },
	{ "d-loss", "d-loss-uffdwp-6.8", false },
	{ "d-ok", "d-ok-uffdwp-6.12", false },
	{ "f-loss", "f-loss-twothreads-6.8-nopin", false },
	{ "f-ok", "f-ok-twothreads-6.8", false },
	{ "g", "g-slot-reuse-6.8", true },
};

#define CAPTURES (sizeof(captures) / sizeof(captures[0]))

#define LATER "device-after-swapoff"

/* A capture in a trace file, and what it is of. */
struct captured {
	struct kernel k;
	char kernel[128], release[CAPTURE_TEXT_MAX];
	char later[16];			/* device-after-swapoff */
	unsigned device;
	struct trace *t;
};

static inline const char *shipped_path(const char *name, const char *suffix)
{
	static char path[256];

	for (size_t i = 0; i < CAPTURES; i++)
		if (!strcmp(captures[i].name, name))
			snprintf(path, sizeof(path), "traces/captures/%s.trace.zst%s",
				 captures[i].file, suffix);
	return path;
}

/* Which kernel and device the capture at `path` is of, by its sidecar. */
static inline void captured_at(struct captured *c, const char *path)
{
	static struct capture_meta m;
	char how[CAPTURE_HOW_MAX];
	const char *device, *release, *later;

	if (capture_meta_read(&m, NULL, path, err))
		fail_msg("%s", err);
	if (capture_kernel(&m, &c->k, c->kernel, sizeof(c->kernel), how))
		fail_msg("%s: %s", path, how);
	release = capture_meta_get(&m, "release");
	snprintf(c->release, sizeof(c->release), "%s", release ? release : "");
	later = capture_meta_get(&m, LATER);
	snprintf(c->later, sizeof(c->later), "%s", later ? later : "");
	device = capture_meta_get(&m, "device");
	if (!device || !*device)
		device = "zram";
	for (c->device = 0; strcmp(device, device_name(c->device)); c->device++)
		assert_true(c->device < DEVICE_COUNT - 1);
	capture_meta_free(&m);
	c->t = NULL;
}

/* The same of a shipped one. */
static inline void captured_of(struct captured *c, const char *name)
{
	captured_at(c, shipped_path(name, ""));
}

/* Many small files are made and thrown away: not on a disk, if that can be. */
static inline void quick_dir(void)
{
	if (!access("/dev/shm", W_OK))
		setenv("TMPDIR", "/dev/shm", 0);
}

/* Import a capture's text into file `db` of the scratch folder, made anew, and open it. */
static inline void captured_open(struct captured *c, const char *db, const char *path)
{
	const struct rows_run about = {
		.scenario = "capture", .kernel_name = c->kernel, .k = &c->k, .source = "capture",
		.device = device_name(c->device),
	};
	struct capture_meta m = { .n = 0 };
	struct capture_info info = { 0 };
	struct trace_writer *tw;
	int run;

	if (trace_create(&tw, file(db), TRACE_REPLACE, err))
		fail_msg("%s", err);
	run = rows_begin(tw, &about);
	assert_true(run > 0);
	assert_int_equal(capture_meta_add(&m, LATER, c->later), 0);
	assert_int_equal(capture_meta_write(tw, run, &m), 0);
	capture_meta_free(&m);
	strcpy(info.release, c->release);
	if (capture_import(tw, run, path, &info, err))
		fail_msg("%s", err);
	assert_int_equal(rows_end(tw, NULL, "imported"), 0);
	assert_int_equal(trace_close(tw), 0);
	c->t = open_run(file(db), 0);
}

static inline void captured_close(struct captured *c)
{
	trace_free(c->t);
	c->t = NULL;
}

static inline void conform(const struct captured *c, const struct kernel *k, bool first_only,
			   struct conform_report *r)
{
	const struct conform_options o = {
		.kernel = k, .device = c->device, .first_only = first_only,
	};

	assert_int_equal(conform_run(c->t, &o, r), 0);
}

/* ---- lines ---- */

struct lines {
	char **line;
	unsigned n;
};

/* Lines `from` .. `to` of a shipped capture, 1 ..; what is said before the first event too. */
static inline struct lines read_lines(const char *name, unsigned from, unsigned to)
{
	struct lines l = { calloc(to + 1, sizeof(*l.line)), 0 };
	struct capture_input in;
	const char *line;
	uint64_t more;
	size_t n;

	assert_non_null(l.line);
	assert_int_equal(capture_input_open(&in, shipped_path(name, ""), err), 0);
	for (unsigned i = 1; i <= to && capture_input_line(&in, &line, &n, &more) == 1; i++)
		if (i >= from || *line == '#')
			l.line[l.n++] = strndup(line, n);
	capture_input_close(&in, NULL);
	return l;
}

static inline void free_lines(struct lines *l)
{
	for (unsigned i = 0; i < l->n; i++)
		free(l->line[i]);
	free(l->line);
}

/* What is said of lines that were changed. */
struct judged {
	struct conform_report r;
	struct capture_info info;
};

/* Import lines, and hold them to the kernel that they are of.  A line may be NULL: left out. */
static inline void conform_lines(const struct lines *l, struct captured *c, struct judged *v)
{
	FILE *out = fopen(file("lines"), "w");

	assert_non_null(out);
	for (unsigned i = 0; i < l->n; i++)
		if (l->line[i])
			fprintf(out, "%s\n", l->line[i]);
	assert_int_equal(fclose(out), 0);
	captured_open(c, "lines.db", file("lines"));
	assert_int_equal(capture_info_read(c->t, &v->info), 0);
	conform(c, &c->k, true, &v->r);
	captured_close(c);
}

#endif
