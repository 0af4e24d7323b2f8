/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace_help.h - what the tests of traces share: a scratch folder, and executions to record.
 */
#ifndef SWAPSCOPE_TESTS_TRACE_HELP_H
#define SWAPSCOPE_TESTS_TRACE_HELP_H

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "traces/read/read.h"
#include "traces/write/write.h"

static char dir[256];
static char err[TRACE_ERROR_MAX];

static inline const char *file(const char *name)
{
	static char path[4][320];
	static unsigned n;
	char *p = path[n++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", dir, name);
	return p;
}

/* The sqlite3 shell stands for another program that writes to a trace. */
static inline void sql(const char *path, const char *text)
{
	char command[2048];

	snprintf(command, sizeof(command), "sqlite3 '%s' \"%s\" >'%s/out' 2>&1", path, text, dir);
	if (system(command))
		fail_msg("sqlite3: %s", text);
}

static uint32_t random_state;

static inline uint32_t random_below(uint32_t n)
{
	random_state = random_state * 1664525u + 1013904223u;
	return (random_state >> 8) % n;
}

/* ---- executions to record ---- */

struct recorded {
	struct scenario s;
	struct kernel k;
	struct execution x;
};

static inline void start(struct recorded *r, const char *scenario, const char *kernel)
{
	struct scenario_error e;

	if (scenario_load(&r->s, scenario, &e))
		fail_msg("%s: %s", scenario, e.text);
	assert_int_equal(kernel_named(&r->k, kernel, NULL, 0), 0);
	assert_int_equal(execution_init(&r->x, &r->s, &r->k), 0);
}

/* Random moves, until `steps` were made or nobody can move. */
static inline void walk(struct recorded *r, unsigned steps, uint32_t seed)
{
	unsigned tries = 0;

	random_state = seed;
	while (r->x.n < steps && tries++ < 200) {
		struct move m = { .task = (uint8_t)random_below(r->s.tasks),
				  .choice = (uint8_t)random_below(2) };

		if (!execution_move(&r->x, m))
			tries = 0;
	}
	assert_true(r->x.n > 0);
}

static inline void done(struct recorded *r)
{
	execution_free(&r->x);
	scenario_free(&r->s);
}

static inline int record(const char *path, bool append, const struct recorded *r)
{
	const struct run_meta meta = { .title = "a test", .verdict = "none" };
	struct trace_writer *tw;
	int run;

	if (trace_create(&tw, path, append, err))
		fail_msg("%s", err);
	run = trace_execution(tw, &r->x, &meta);
	if (run < 0)
		fail_msg("%s", trace_error(tw));
	assert_int_equal(trace_close(tw), 0);
	return run;
}

static inline struct trace *open_run(const char *path, int run)
{
	struct trace *t;

	if (trace_open(&t, path, run, err))
		fail_msg("%s", err);
	return t;
}

static inline int make_dir(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(dir, sizeof(dir), "%s/swapscope-trace-XXXXXX", tmp ? tmp : "/tmp");
	return mkdtemp(dir) ? 0 : -1;
}

static inline int remove_dir(void **state)
{
	char command[300];

	(void)state;
	snprintf(command, sizeof(command), "rm -r '%s'", dir);
	return system(command);
}

#endif
