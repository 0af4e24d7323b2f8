/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bench.c - what scripts/bench prints: how fast the explorer and the recorder are.
 *
 * Rates of one run are compared with each other, never with a number from elsewhere.
 */
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/certificate/certificate.h"
#include "core/explore/explore.h"
#include "tests/bench.h"
#include "traces/pack/pack.h"
#include "traces/write/rows.h"
#include "traces/write/write.h"

extern const char *const trace_schema;

static void load(struct scenario *s, const char *name)
{
	struct scenario_error err;

	if (scenario_load(s, name, &err)) {
		fprintf(stderr, "bench: %s:%u: %s (run it from the top of the tree)\n", name,
			err.line, err.text);
		exit(2);
	}
}

/* ---- exploring ---- */

static void bench_explore(const char *name, const char *kernel)
{
	struct explore_options o = { .max_states = quick ? 50000 : 0 };
	struct exploration best = { 0 }, whole;
	struct scenario s;
	struct kernel k;

	load(&s, name);
	if (kernel_named(&k, kernel, NULL, 0))
		give_up(kernel);
	for (int i = 0; i < REPEAT; i++) {
		struct exploration x;

		if (explore(&x, &s, &k, &o))
			give_up("out of memory");
		if (!i || x.seconds < best.seconds) {
			exploration_free(&best);
			best = x;
		} else {
			exploration_free(&x);
		}
	}
	o.livelock = true;
	if (explore(&whole, &s, &k, &o))
		give_up("out of memory");
	printf("%-34s %-9s %10lu %11lu %6.3f %7.2f %7.2f %7.1f %7.1f %6.2f\n", name, kernel,
	       (unsigned long)best.states, (unsigned long)best.transitions, best.seconds,
	       (double)best.states / best.seconds / 1e6,
	       (double)best.transitions / best.seconds / 1e6,
	       (double)best.bytes_states / (double)best.states,
	       (double)best.bytes / (double)best.states, whole.seconds / best.seconds);
	exploration_free(&whole);
	fflush(stdout);
	exploration_free(&best);
	scenario_free(&s);
}

/* ---- certificates ---- */

/* The same set of states, proved by the verifier, which remembers no effects. */
static void bench_certificate(const char *name, const char *kernel)
{
	const struct verify_options vo = { 0 };
	struct explore_options o = { 0 };
	double writing = 1e9, verifying = 1e9, start;
	struct verification v;
	struct exploration x;
	struct scenario s;
	struct kernel k;
	long bytes = 0;

	load(&s, name);
	if (kernel_named(&k, kernel, NULL, 0))
		give_up(kernel);
	if (explore(&x, &s, &k, &o))
		give_up("out of memory");
	for (int i = 0; i < REPEAT; i++) {
		FILE *file = tmpfile();

		start = now();
		if (!file || certificate_write(file, &x, kernel, &o))
			give_up("no certificate can be written");
		writing = now() - start < writing ? now() - start : writing;
		bytes = ftell(file);
		start = now();
		if (verify(&v, file, &vo))
			give_up(v.why);
		verifying = now() - start < verifying ? now() - start : verifying;
		if (i + 1 < REPEAT)
			verification_free(&v);
		fclose(file);
	}
	printf("certificate of %s %s: %lu states in %ld bytes, %.1f each; written in %.3f s, "
	       "verified in %.3f s, %.1f times its search (%.3f s); memory %.1f bytes a state, "
	       "%.2f times the search's\n", name, kernel, (unsigned long)v.states, bytes,
	       (double)bytes / (double)v.states, writing, verifying, verifying / x.seconds,
	       x.seconds, (double)v.bytes / (double)v.states, (double)v.bytes / (double)x.bytes);
	verification_free(&v);
	exploration_free(&x);
	scenario_free(&s);
}

/* ---- recording ---- */

/* A long run of tasks that never end, by a fixed chance. */
static void long_run(struct execution *x, const struct scenario *s, size_t steps)
{
	uint32_t rng = 1;

	if (execution_init(x, s, &s->kernel))
		give_up("out of memory");
	while (x->n < steps) {
		struct move m;

		rng = rng * 1664525u + 1013904223u;
		m = (struct move){ (uint8_t)((rng >> 8) % s->tasks), (uint8_t)((rng >> 20) % 2) };
		execution_move(x, m);
	}
}

static double record(const char *path, const struct execution *x, int runs)
{
	char err[TRACE_ERROR_MAX];
	struct trace_writer *tw;
	double start = now();

	if (trace_create(&tw, path, TRACE_REPLACE, err))
		give_up(err);
	for (int i = 0; i < runs; i++)
		if (trace_execution(tw, x, NULL) < 0)
			give_up(trace_error(tw));
	if (trace_close(tw))
		give_up("a trace could not be finished");
	return now() - start;
}

/* The rows of one hot table, read back to be inserted again. */
struct rows {
	const char *select, *insert;
	int columns;
	long long *value;
	size_t n;
};

#define NO_VALUE	(-1)

static void prepare(sqlite3 *db, const char *sql, sqlite3_stmt **q)
{
	if (sqlite3_prepare_v2(db, sql, -1, q, NULL))
		give_up(sqlite3_errmsg(db));
}

static void read_rows(struct rows *r, sqlite3 *db)
{
	sqlite3_stmt *q;
	size_t cap = 0;

	prepare(db, r->select, &q);
	for (r->n = 0; sqlite3_step(q) == SQLITE_ROW; r->n++) {
		if (r->n == cap) {
			cap = cap ? 2 * cap : 4096;
			r->value = realloc(r->value, cap * (size_t)r->columns * sizeof(*r->value));
			if (!r->value)
				give_up("out of memory");
		}
		for (int c = 0; c < r->columns; c++)
			r->value[r->n * (size_t)r->columns + (size_t)c] =
				sqlite3_column_type(q, c) == SQLITE_NULL ?
				NO_VALUE : sqlite3_column_int64(q, c);
	}
	sqlite3_finalize(q);
}

static void insert_row(const struct rows *r, sqlite3_stmt *insert, size_t i)
{
	const long long *v = r->value + i * (size_t)r->columns;

	for (int c = 0; c < r->columns; c++)
		if (v[c] == NO_VALUE)
			sqlite3_bind_null(insert, c + 1);
		else
			sqlite3_bind_int64(insert, c + 1, v[c]);
	if (sqlite3_step(insert) != SQLITE_DONE)
		give_up("the rows of a run cannot be inserted");
	sqlite3_reset(insert);
}

/* The same rows in the same order by nothing but prepared inserts, 20,000 a transaction. */
static double bare_loop(const char *path, const struct rows *r, int tables)
{
	sqlite3_stmt *insert[3];
	size_t at[3] = { 0 }, batch = 0;
	sqlite3 *db;
	double start;

	unlink(path);
	start = now();
	sqlite3_open(path, &db);
	sqlite3_exec(db, trace_schema, NULL, NULL, NULL);
	sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
		     "PRAGMA cache_size=-16000; PRAGMA foreign_keys=OFF; BEGIN", NULL, NULL, NULL);
	for (int k = 0; k < tables; k++)
		prepare(db, r[k].insert, &insert[k]);
	while (at[0] < r[0].n) {
		const long long *event = r[0].value + at[0] * (size_t)r[0].columns;

		for (int k = 0; k < tables; k++)
			for (; at[k] < r[k].n; at[k]++, batch++) {
				const long long *v = r[k].value + at[k] * (size_t)r[k].columns;

				if (v[0] != event[0] || v[1] > event[1])
					break;
				insert_row(&r[k], insert[k], at[k]);
			}
		if (batch >= 20000) {
			sqlite3_exec(db, "COMMIT; BEGIN", NULL, NULL, NULL);
			batch = 0;
		}
	}
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	for (int k = 0; k < tables; k++)
		sqlite3_finalize(insert[k]);
	sqlite3_exec(db, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
	sqlite3_close(db);
	return now() - start;
}

static void bench_record(const char *folder)
{
	struct rows rows[3] = {
		{ "SELECT run, seq, task, step, choice, depth, result, time, waited FROM event "
		  "ORDER BY 1, 2",
		  "INSERT INTO event VALUES(?,?,?,?,?,?,?,?,?)", 9, NULL, 0 },
		{ "SELECT run, seq, field, old, new FROM change ORDER BY 1, 2, 3",
		  "INSERT INTO change VALUES(?,?,?,?,?)", 5, NULL, 0 },
		{ "SELECT run, seq, field, value FROM keyframe ORDER BY 1, 2, 3",
		  "INSERT INTO keyframe VALUES(?,?,?,?)", 4, NULL, 0 },
	};
	char path[512], bare_path[512], err[TRACE_ERROR_MAX];
	struct pack_result small;
	double ours = 1e9, bare = 1e9, t;
	struct execution x;
	struct scenario s;
	size_t all;
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/ours.db", folder);
	snprintf(bare_path, sizeof(bare_path), "%s/bare.db", folder);
	load(&s, "tests/scenarios/for-ever.scn");
	long_run(&x, &s, quick ? 2000 : 50000);
	ours = record(path, &x, 5);
	sqlite3_open(path, &db);
	for (int k = 0; k < 3; k++)
		read_rows(&rows[k], db);
	sqlite3_close(db);
	all = rows[0].n + rows[1].n + rows[2].n;
	for (int i = 0; i < REPEAT; i++) {
		t = record(path, &x, 5);
		ours = t < ours ? t : ours;
		t = bare_loop(bare_path, rows, 3);
		bare = t < bare ? t : bare;
	}
	printf("transitions %zu, changed fields %zu, keyframe rows %zu\n", rows[0].n, rows[1].n,
	       rows[2].n);
	printf("recorded     %8.0f transitions/s  %9.0f rows/s\n", (double)rows[0].n / ours,
	       (double)all / ours);
	printf("bare inserts %8.0f transitions/s  %9.0f rows/s\n", (double)rows[0].n / bare,
	       (double)all / bare);
	printf("ratio        %8.2f  (aim: 0.6)\n", bare / ours);
	if (trace_pack(path, bare_path, true, &small, err))
		give_up(err);
	printf("plain        %8.1f bytes a transition (aim: 150); packed %.1f, %.2f of it\n",
	       (double)small.bytes_before / (double)rows[0].n,
	       (double)small.bytes_after / (double)rows[0].n,
	       (double)small.bytes_after / (double)small.bytes_before);
	for (int k = 0; k < 3; k++)
		free(rows[k].value);
	execution_free(&x);
	scenario_free(&s);
}

/* ---- packed ---- */

#define WORLD_FIELDS	300000	/* of a large world */
#define WORLD_TASKS	16
#define WORLD_STEPS	(quick ? 100000u : 2000000u)
#define OP_STEPS	50	/* that a task works on one object */

static uint32_t below(uint32_t n)
{
	static uint32_t rng = 1;

	rng = rng * 1664525u + 1013904223u;
	return (rng >> 8) % n;
}

/*
 * Transitions as threads would make them in a large world: a task goes through the steps of an
 * operation, each of which changes the task's own place and fields of the object it works on.
 */
static void large_run(struct trace_writer *tw, struct row_event *e, struct row_change *c,
		      size_t *changes)
{
	static uint32_t world[WORLD_FIELDS + 1], at[WORLD_TASKS], object[WORLD_TASKS];
	const uint32_t first = (uint32_t)rows_step(tw, 0);
	uint64_t time = 0;

	*changes = 0;
	for (size_t i = 0; i < WORLD_STEPS; i++) {
		uint32_t task = below(WORLD_TASKS), step = at[task]++ % OP_STEPS, value;
		struct row_change *mine = c + *changes;

		if (!step)
			object[task] = WORLD_TASKS + 1 + below(WORLD_FIELDS / 8 - 5) * 8;
		time += 150 + below(600);
		e[i] = (struct row_event){ .time = time, .task = task, .step = first + step,
					   .waited = below(40) ? 0 : below(5000), .depth = 3 };
		for (uint32_t f = 0; f < 4; f++) {
			uint32_t field = f ? object[task] + (step * 3 + f) % 8 : task + 1;

			value = f ? f == 3 ? object[task] / 8 : (step * 7 + f) % 5 : step + 1;
			if (value == world[field])
				value++;
			mine[e[i].changes++] = (struct row_change){ field, world[field], value };
			world[field] = value;
		}
		*changes += e[i].changes;
	}
}

static void bench_packed(const char *folder)
{
	static const struct rows_run none = { .device = "zram", .tasks = WORLD_TASKS,
					      .clock = true, .packed = true,
					      .keyframe_every = 131072 };
	struct row_event *e = malloc(WORLD_STEPS * sizeof(*e));
	struct row_change *c = malloc(WORLD_STEPS * 4 * sizeof(*c));
	const char *name[WORLD_TASKS] = { NULL };
	char path[512], err[TRACE_ERROR_MAX];
	struct rows_run run = none;
	struct trace_writer *tw;
	double start, seconds;
	struct kernel k;
	struct stat st;
	size_t changes, at = 0;

	snprintf(path, sizeof(path), "%s/packed.db", folder);
	if (!e || !c || kernel_named(&k, "v6.9", NULL, 0))
		give_up("out of memory");
	if (trace_create(&tw, path, TRACE_REPLACE, err))
		give_up(err);
	run.k = &k;
	run.task_name = name;
	if (rows_begin(tw, &run) < 0)
		give_up(trace_error(tw));
	for (unsigned i = 0; i < WORLD_FIELDS; i++)
		rows_field(tw, "slot", i, "swap_map", TYPE_NUMBER);
	large_run(tw, e, c, &changes);
	rows_commit(tw);
	stat(path, &st);
	start = now();
	for (size_t i = 0; i < WORLD_STEPS; at += e[i++].changes)
		if (rows_event(tw, &e[i], c + at))
			give_up(trace_error(tw));
	if (rows_end(tw, NULL, NULL))
		give_up(trace_error(tw));
	seconds = now() - start;
	at = (size_t)st.st_size;
	if (trace_close(tw) || stat(path, &st))
		give_up("a trace could not be finished");
	printf("packed       %8.0f transitions/s, %.1f changes each, of %d tasks and %d fields: "
	       "%.1f bytes (aims: 2,000,000 and 15)\n", WORLD_STEPS / seconds,
	       (double)changes / WORLD_STEPS, WORLD_TASKS, WORLD_FIELDS,
	       (double)((size_t)st.st_size - at) / WORLD_STEPS);
	free(e);
	free(c);
}

int main(int argc, char **argv)
{
	static const char *const sets[][2] = {
		{ "writeback-race", "v6.8" }, { "debate", "v6.9" }, { "debate", "v6.8" },
		{ "debate", "debate-a" }, { "debate", "v6.1" },
		{ "debate", "v7.0" },
		{ "tests/scenarios/for-ever.scn", "v6.9" },
		{ "tests/scenarios/five-tasks.scn", "v6.9" },
	};

	bench_options(&argc, &argv);
	if (argc != 2) {
		fprintf(stderr, "usage: bench [--quick] FOLDER (for scratch files)\n");
		return 2;
	}
	printf("exploring (one thread, exact states; the best of %d)\n", REPEAT);
	printf("a world: shared memory of %zu bytes, a stack of %zu for each task; %d properties "
	       "and costs, %d switches, %zu steps\n", sizeof(struct mem), sizeof(struct task),
	       PROPERTY_COUNT, SWITCH_COUNT, step_count());
	printf("%-34s %-9s %10s %11s %6s %7s %7s %7s %7s %6s\n", "scenario", "kernel", "states",
	       "transitions", "s", "Mst/s", "Mtr/s", "B/state", "+cache", "+live");
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		bench_explore(sets[i][0], sets[i][1]);
	bench_certificate(quick ? "aba" : "debate", "v6.9");
	printf("\nrecording into SQLite (the best of %d)\n", REPEAT);
	bench_record(argv[1]);
	bench_packed(argv[1]);
	return 0;
}
