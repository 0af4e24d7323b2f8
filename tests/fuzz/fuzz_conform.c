/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Captures of real shape: lives of slots out of the shipped samples, cut, doubled, mixed with each
 * other, their values and functions exchanged; imported, told as a story, compared with the model
 * of some kernel, and now and then recorded as its run.  The input says what is done, four bytes a
 * deed, so that a byte that is changed makes another capture that is nearly real.
 */
#define _GNU_SOURCE	/* memmem() */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "replay/record/record.h"
#include "replay/story/story.h"
#include "traces/import/state.h"
#include "traces/write/rows.h"

#ifndef SWAPSCOPE_SAMPLES
#define SWAPSCOPE_SAMPLES "traces/samples"
#endif

#define LIVES_MAX	4096
#define LIFE_MAX	96	/* events */
#define LINES_MAX	96	/* of a capture */
#define WORLDS_MAX	120	/* real lives need fewer: an input has to be cheap */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct line {
	uint8_t thread, cpu;
	char text[200];
};

struct life {
	struct line *line;
	unsigned n;
	uint64_t entry;
};

static struct life life[LIVES_MAX];
static unsigned lives;
static struct line line[LINES_MAX];
static unsigned lines;
static struct trace_writer *writer;
static struct trace *reader;
static char path[64], err[TRACE_ERROR_MAX];

/* ---- what there is to build from ---- */

static int keep_event(void *arg, const struct capture_event *e)
{
	struct life *l = &life[lives];
	struct line *to;

	(void)arg;
	if (lives == LIVES_MAX - 1)
		return 1;
	if (e->function == FN_folio_alloc_swap && e->side == SIDE_ENTER && l->n)
		l = &life[++lives];
	if (!l->line)
		l->line = calloc(LIFE_MAX, sizeof(*l->line));
	if (l->n == LIFE_MAX)
		return 0;
	to = &l->line[l->n++];
	to->thread = (uint8_t)e->thread;
	to->cpu = (uint8_t)(e->cpu % 4);
	if (e->mask & HAS_ENTRY)
		l->entry = e->entry;
	snprintf(to->text, sizeof(to->text), "%s", e->text);
	return 0;
}

static int begin_run(void)
{
	static const struct kernel none;
	const struct rows_run run = { .scenario = "capture", .device = "zram", .k = &none,
				      .source = "capture", .title = "fuzz" };

	return rows_begin(writer, &run);
}

static void take_sample(const char *sample)
{
	struct capture_info info = { 0 };
	struct trace *t;

	if (trace_create(&writer, path, TRACE_REPLACE, err) || begin_run() != 1 ||
	    capture_import(writer, 1, sample, &info, err) || rows_end(writer, NULL, NULL) ||
	    trace_close(writer) || trace_open(&t, path, 1, err))
		abort();
	for (uint32_t slot = 1; slot <= info.slots && lives < LIVES_MAX - 1; slot += 3) {
		capture_scan(t, slot, keep_event, NULL);
		lives += life[lives].n && lives < LIVES_MAX - 1;
	}
	trace_free(t);
}

static void end(void)
{
	trace_free(reader);
	trace_close(writer);
	unlink(path);
}

static void begin(void)
{
	glob_t samples;

	snprintf(path, sizeof(path), "/dev/shm/swapscope-fuzz-%d.db", (int)getpid());
	if (glob(SWAPSCOPE_SAMPLES "/*.zst", 0, NULL, &samples))
		abort();
	for (size_t i = 0; i < samples.gl_pathc; i++)
		take_sample(samples.gl_pathv[i]);
	globfree(&samples);
	if (!lives || trace_create(&writer, path, TRACE_REPLACE, err) || begin_run() != 1 ||
	    rows_commit(writer) || trace_open(&reader, path, 1, err))
		abort();
	atexit(end);
}

/* ---- a capture, deed by deed ---- */

/* Lives come together in slot 0x313, unless they are to have their own. */
static void add(const struct life *l, unsigned i, bool own, unsigned thread)
{
	char entry[24];
	struct line *to = &line[lines];
	const char *at;

	if (lines == LINES_MAX)
		return;
	*to = l->line[i % l->n];
	to->thread = (uint8_t)(to->thread + thread);
	lines++;
	snprintf(entry, sizeof(entry), "=0x%llx", (unsigned long long)l->entry);
	at = own ? NULL : strstr(to->text, entry);
	if (at && l->entry) {
		const size_t before = (size_t)(at - to->text), n = strlen(entry);
		char rest[sizeof(to->text)];

		if (at[n] && at[n] != ' ')
			return;
		snprintf(rest, sizeof(rest), "%s", at + n);
		snprintf(to->text + before, sizeof(to->text) - before, "=0x313%.*s",
			 (int)(sizeof(to->text) - before - 7), rest);
	}
}

/* The n-th value of a line becomes another. */
static void change_value(struct line *l, unsigned n, uint8_t by)
{
	static const char *const value[] = {
		"0x0", "0x1", "0x2", "0x40", "0x41", "0x3f", "0x80", "-17", "-2", "-12", "0x313",
		"0x314", "0xffffffffffffffff", "0x400", "64", "0x8",
	};
	char *at = l->text, rest[sizeof(l->text)];
	size_t length;

	for (unsigned i = 0; (at = strchr(at, '=')) && i < n; i++)
		at++;
	if (!at)
		return;
	length = strcspn(++at, " ");
	snprintf(rest, sizeof(rest), "%s", at + length);
	snprintf(at, sizeof(l->text) - (size_t)(at - l->text), "%.24s%.150s",
		 value[by % (sizeof(value) / sizeof(value[0]))], rest);
}

static void change_function(struct line *l, uint8_t by)
{
	char *open = strstr(l->text, " <- "), *end, rest[sizeof(l->text)];

	open = open ? open + 4 : strchr(l->text, '(') ? strchr(l->text, '(') + 1 : NULL;
	if (!open)
		return;
	end = open + strcspn(open, "+)");
	snprintf(rest, sizeof(rest), "%s", end);
	snprintf(open, sizeof(l->text) - (size_t)(open - l->text), "%.40s%.120s",
		 capture_function_name((enum capture_function)(1 + by % (FN_COUNT - 1))), rest);
}

static void text_line(unsigned i, const char *format, unsigned page)
{
	snprintf(line[i].text, sizeof(line[i].text), format, page % 4, page % 4 + 7);
}

static void deed(const uint8_t *b)
{
	static const char *const mark[] = {
		"tracing_mark_write: WL read t=1 pg=%u addr=7f756fb9%u000 ver=1",
		"tracing_mark_write: WL read-end t=1 pg=%u ok=1 ver=1",
		"tracing_mark_write: WL CORRUPT pg=%u addr=7f756fb9%u000 want=1 got=0",
		"tracing_mark_write: WL uffd-wp pg=%u addr=7f756fb9%u000",
		"tracing_mark_write: WL uffd-move pg=%u", "tracing_mark_write: WL swapoff",
		"sys_madvise(start: 7f756fb9%u000)", "sys_madvise -> 0x0",
	};
	const struct life *l = &life[(b[1] | b[2] << 8) % lives];
	struct line *at = lines ? &line[lines - 1 - b[1] % lines] : NULL, other;

	switch (b[0] % 12) {
	case 0:
		for (unsigned i = 0; i < l->n; i++)
			add(l, i, b[3] & 1, b[3] >> 6);
		break;
	case 1:
		for (unsigned i = b[3] & 63; i < l->n; i++)
			add(l, i, false, b[3] >> 6);
		break;
	case 2:
		for (unsigned i = 0; i < l->n && i < (b[3] & 63); i++)
			add(l, i, false, b[3] >> 6);
		break;
	case 3:			/* between what there is, one by one */
		for (unsigned i = 0, n = lines; i < l->n && i + 2 < n && lines < LINES_MAX; i++) {
			const unsigned to = i * 2 + b[3] % 8 < lines ? i * 2 + b[3] % 8 : lines;

			add(l, i, false, 1 + (b[3] >> 6));
			other = line[lines - 1];
			memmove(&line[to + 1], &line[to], (lines - 1 - to) * sizeof(*line));
			line[to] = other;
		}
		break;
	case 4:
		if (at)
			change_value(at, b[2] % 4, b[3]);
		break;
	case 5:
		if (at)
			change_function(at, b[2]);
		break;
	case 6:
		if (at)
			memmove(at, at + 1, (size_t)(&line[--lines] - at) * sizeof(*at));
		break;
	case 7:
		if (at) {
			other = *at;
			*at = line[b[2] % lines];
			line[b[2] % lines] = other;
		}
		break;
	case 8:
		if (at) {
			at->thread = b[2] % 6;
			at->cpu = b[3] % 4;
		}
		break;
	case 9:
		for (unsigned i = 0, n = lines; i < n && lines < LINES_MAX; i++)
			line[lines++] = line[i];
		break;
	case 10:
		if (lines < LINES_MAX) {
			line[lines] = (struct line){ .thread = b[1] % 4, .cpu = b[1] % 2 };
			text_line(lines++, mark[b[2] % 8], b[3]);
		}
		break;
	default:		/* events were lost */
		if (at)
			at->text[0] = 0;
		break;
	}
}

static int import_all(uint8_t clock)
{
	static struct capture_info info;
	struct import *m = calloc(1, sizeof(*m));
	char text[400];
	int r = 0;

	info = (struct capture_info){ 0 };
	*m = (struct import){ .tw = writer, .run = 1, .info = &info };
	if (state_begin(m))
		abort();
	tw_row(writer, SQL_CAPTURE, INT(1), TEXT("fuzz"), TEXT(""), TEXT("ns"));
	for (unsigned i = 0; i < lines && !r; i++) {
		const unsigned at = clock % 4 ? (i + 1) / (clock % 4) : i + 1;
		int n;

		if (!line[i].text[0])
			n = snprintf(text, sizeof(text), "CPU:%u [LOST 3 EVENTS]", line[i].cpu);
		else
			n = snprintf(text, sizeof(text), "%16s-%-5u [%03u] ..... %s%05u: %s",
				     "task", 100u + line[i].thread, line[i].cpu,
				     clock % 4 ? "1." : "", at, line[i].text);
		r = import_line(m, text, (size_t)n, 0);
	}
	import_end(m, true);
	state_free(m);
	free(m);
	return r;
}

static void forget(void)
{
	if (sqlite3_exec(writer->db, "DELETE FROM capture; DELETE FROM capture_line;"
			 "DELETE FROM capture_event; DELETE FROM capture_slot;"
			 "DELETE FROM capture_thread; DELETE FROM capture_probe", NULL, NULL, NULL))
		abort();
}

/* The run that explains it, in a file of its own: what the model did it can do again. */
static void record(uint8_t clock, const struct kernel *k, unsigned device)
{
	static struct conform_report report;
	struct trace_writer *own = writer;
	struct capture_record done;
	char other[80];
	struct trace *t;

	snprintf(other, sizeof(other), "%s-run", path);
	if (trace_create(&writer, other, TRACE_REPLACE, err) || begin_run() != 1 ||
	    import_all(clock) ||
	    rows_commit(writer) || trace_open(&t, other, 1, err) ||
	    capture_record(writer, t, k, device, &report, &done))
		abort();
	trace_free(t);
	if (rows_end(writer, NULL, NULL) || trace_close(writer))
		abort();
	unlink(other);
	writer = own;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const kernel[] = {
		"v6.1.y", "v6.8", "v6.9", "v6.12", "v6.18", "v7.0", "v7.3", "v6.6",
	};
	static struct conform_report report;
	struct conform_options o = { .worlds_max = WORLDS_MAX };
	struct story_totals totals;
	struct kernel k;

	if (!lives)
		begin();
	if (size < 7)
		return 0;
	lines = 0;
	for (size_t i = 3; i + 4 <= size && i < 60; i += 4)
		deed(data + i);
	if (kernel_named(&k, kernel[data[0] % 8], err, sizeof(err)))
		abort();
	if (data[0] & 8)
		k.load = LOAD_EXCLUSIVE;
	o.kernel = &k;
	o.device = data[1] % DEVICE_COUNT;
	if (import_all(data[2]) || story_store(reader, writer, 1, &totals, err))
		abort();
	if (conform_run(reader, &o, &report))
		abort();
	forget();
	if (data[1] >= 240)
		record(data[2], &k, o.device);
	return 0;
}
