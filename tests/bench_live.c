/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bench_live.c - real threads: how much of lz4's own speed is left, with and without a record.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "core/step.h"
#include "replay/check.h"
#include "tests/bench.h"
#include "traces/write/live.h"
#include "traces/write/write.h"

#define SECONDS	(quick ? 0.1 : 1.0)
#define QUICK_OPERATIONS 1000	/* of a thread in a quick run, however slow the machine is */
#define PAGES	(quick ? 64u : 1024u)

struct figures {
	double pages, steps;	/* a second: stored and loaded; made */
	double handed;		/* transitions a second that the writer took */
	double bytes;		/* a transition on disk */
};

static struct figures run(const struct kernel *k, unsigned threads, const char *path, bool plain)
{
	struct live_options o = {
		.threads = threads, .seconds = quick ? 0 : SECONDS,
		.operations = quick ? QUICK_OPERATIONS : 0, .seed = 1, .device = DEVICE_ZRAM,
		.pages = PAGES, .slots = 2 * PAGES, .entries = PAGES, .cycle = true,
	};
	struct live_recorder *rec = NULL;
	struct trace_writer *tw = NULL;
	char err[TRACE_ERROR_MAX];
	struct live_result r;
	struct figures f = { 0 };
	struct stat st;

	if (path) {
		if (trace_create(&tw, path, TRACE_REPLACE, err) ||
		    live_recorder_new(&rec, tw, k, NULL, &o, plain))
			give_up("a trace cannot be made");
		o.event = live_recorder_event;
		o.start = live_recorder_start;
		o.arg = rec;
	}
	if (live_run(k, &o, NULL, &r) || r.findings || !r.loads)
		give_up("a live run failed");
	f.pages = (double)r.loads / r.seconds;
	f.steps = (double)r.steps / r.seconds;
	if (!path)
		return f;
	if (live_recorder_end(rec, &r) || trace_close(tw) || stat(path, &st))
		give_up("the trace could not be finished");
	live_recorder_free(rec);
	f.handed = (double)r.recorded / r.drained;
	f.bytes = (double)st.st_size / (double)r.recorded;
	return f;
}

static struct figures best(const struct kernel *k, unsigned threads, const char *path, bool plain)
{
	struct figures most = { 0 };

	for (int i = 0; i < REPEAT; i++) {
		struct figures f = run(k, threads, path, plain);

		if (f.pages > most.pages)
			most = f;
	}
	return most;
}

static double check_rate(const char *path)
{
	char err[TRACE_ERROR_MAX];
	struct check_report r;
	struct trace *t;
	double start;

	if (trace_open(&t, path, 0, err))
		give_up(err);
	start = now();
	if (check_run(t, &r, NULL, NULL) || *r.why)
		give_up("a live run does not check");
	start = now() - start;
	trace_free(t);
	return (double)r.checked / start;
}

int main(int argc, char **argv)
{
	static const char *const kernels[] = { "v6.9", "v6.12", "v7.0" };
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned threads[] = { 1, cpus > 16 ? 16 : cpus > 1 ? (unsigned)cpus : 2 };
	char path[512];

	bench_options(&argc, &argv);
	if (argc != 2) {
		fprintf(stderr, "usage: bench_live [--quick] FOLDER (for scratch files)\n");
		return 2;
	}
	snprintf(path, sizeof(path), "%s/live.db", argv[1]);
	printf("live: pages a second through store and load, against lz4 alone on as many threads\n"
	       "(the best of %d; aims: 0.8 not logging; 0.5 of it logging, or what the writer "
	       "takes)\n", REPEAT);
	printf("%-7s %7s %9s %9s %6s %9s %6s %8s %8s %6s %8s %6s %5s\n", "kernel", "threads",
	       "lz4/s", "pages/s", "ratio", "logged/s", "ratio", "made M/s", "took M/s", "B/tr",
	       "check", "plain", "size");
	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		struct kernel k;

		if (kernel_named(&k, kernels[i], NULL, 0))
			give_up(kernels[i]);
		for (size_t j = 0; j < 2; j++) {
			double bare = live_bare_lz4(threads[j], SECONDS), check;
			struct figures f = best(&k, threads[j], NULL, false), l, p;

			l = best(&k, threads[j], path, false);
			check = check_rate(path);
			p = run(&k, threads[j], path, true);
			printf("%-7s %7u %9.0f %9.0f %6.3f %9.0f %6.3f %8.3f %8.3f ", kernels[i],
			       threads[j], bare, f.pages, f.pages / bare, l.pages,
			       l.pages / f.pages, f.steps / 1e6, l.handed / 1e6);
			printf("%6.1f %8.3f %6.1f %5.3f\n", l.bytes, check / 1e6, p.bytes,
			       l.bytes / p.bytes);
			fflush(stdout);
		}
	}
	puts("made: steps without logging; took: transitions that the writer took; check: M "
	     "transitions/s\nB/tr: bytes a transition packed, plain: as rows; size: of the "
	     "first in the second");
	return 0;
}
