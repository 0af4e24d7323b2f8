/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A good trace with some of its bytes changed: pairs of (offset, byte) in the input say which.
 * Whatever opens is walked, compared with itself, and drawn.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "replay/pair/align.h"
#include "replay/pair/align_life.h"
#include "traces/write/write.h"
#include "ui/export/export.h"
#include "ui/view/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[64];
static uint8_t *good;
static size_t good_size;

/* The trace that is damaged: a short run of the debate. */
static void make_good(void)
{
	struct scenario_error err;
	struct trace_writer *tw;
	char text[TRACE_ERROR_MAX];
	struct scenario s;
	struct execution x;
	FILE *in;

	snprintf(path, sizeof(path), "/tmp/swapscope-fuzz-%d.db", (int)getpid());
	if (scenario_load(&s, "writeback-first", &err) || execution_init(&x, &s, &s.kernel))
		abort();
	for (unsigned i = 0; i < 60; i++)
		execution_move(&x, (struct move){ .task = (uint8_t)(i / 3 % 2) });
	if (trace_create(&tw, path, TRACE_REPLACE, text) || trace_execution(tw, &x, NULL) < 0 ||
	    trace_close(tw))
		abort();
	execution_free(&x);
	scenario_free(&s);
	in = fopen(path, "rb");
	good = malloc(1 << 20);
	if (!in || !good)
		abort();
	good_size = fread(good, 1, 1 << 20, in);
	fclose(in);
}

static void damage(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(good_size);
	FILE *out = fopen(path, "wb");

	if (!copy || !out)
		abort();
	memcpy(copy, good, good_size);
	for (size_t i = 0; i + 4 <= size; i += 4)
		copy[(data[i] | data[i + 1] << 8 | data[i + 2] << 16) % good_size] = data[i + 3];
	fwrite(copy, 1, good_size - (size & 3) * (good_size / 8), out);
	fclose(out);
	free(copy);
}

/* In one of the formats, the run alone or beside itself. */
static void export_one(const struct chapter *c, unsigned which)
{
	struct export e = { .run = { c->run[0], which & 1 ? c->run[1] : NULL } };
	unsigned n = 0;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	while (export_formats[n])
		n++;
	export_write(export_formats[which / 2 % n], &e, out);
	fclose(out);
	free(text);
}

/* Every view, narrow and wide, as somebody walks through the run. */
static void draw(struct chapter *c)
{
	static const int sizes[][2] = { { 24, 80 }, { 60, 200 } };
	struct grid g[2];
	struct view v;

	if (grid_init(&g[0], sizes[0][0], sizes[0][1]) ||
	    grid_init(&g[1], sizes[1][0], sizes[1][1]))
		abort();
	view_init(&v, c, 1);
	for (unsigned i = 0; i < SCREEN_KINDS; i++) {
		v.screen = i % SCREEN_KINDS;
		v.presenting = i % 5 == 0;
		v.top = i;
		v.object[0] = (struct trace_object){ OBJ_PAGE + i % 4, i % 3 };
		view_key(&v, "right");
		view_render(&v, &g[i % 6 == 5]);
		if (i % 4 == 3)
			screen_lines(&v, 80);
	}
	grid_free(&g[0]);
	grid_free(&g[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct chapter c = { 0 };
	char err[TRACE_ERROR_MAX];

	if (!good)
		make_good();
	damage(data, size);
	if (!trace_open(&c.run[0], path, 0, err) && !trace_open(&c.run[1], path, 0, err) &&
	    !align_runs(&c.alignment, c.run[0], c.run[1])) {
		export_one(&c, size ? data[size - 1] : 0);
		draw(&c);
		alignment_free(&c.alignment);
		if (!align_lives(&c.alignment, c.run[0], c.run[1]))
			draw(&c);
	}
	alignment_free(&c.alignment);
	trace_free(c.run[0]);
	trace_free(c.run[1]);
	unlink(path);
	return 0;
}
