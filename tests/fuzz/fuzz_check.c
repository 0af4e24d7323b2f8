/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Recorded runs with other values in their rows: of the explorer's operations and of real threads.
 * Whatever opens is checked against the model, which finds it impossible or does not, and never
 * does what it cannot.  The first byte chooses the run, every four that follow a value.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "replay/check.h"
#include "traces/write/write.h"

#ifndef SWAPSCOPE_DATA
#define SWAPSCOPE_DATA "tests/data"
#endif

#define VALUES_MAX	4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const scenario[] = {
	"debate", "fork", "shmem", "swapoff", "writeback-race", "move-race", "zap-swapoff",
};

static const char *const live[] = {
	SWAPSCOPE_DATA "/live-freed.db", SWAPSCOPE_DATA "/live-lost.db",
	SWAPSCOPE_DATA "/live-reclaim.db", SWAPSCOPE_DATA "/live-unlinked.db",
};

#define MODELS	(sizeof(scenario) / sizeof(scenario[0]))
#define BASES	(MODELS + sizeof(live) / sizeof(live[0]))

static struct base {
	uint8_t *bytes;
	size_t size;
} base[BASES];
static char path[64], err[TRACE_ERROR_MAX];

/* A run of the scenario: its tasks in turns, each as far as it can. */
static void record(const char *name)
{
	struct scenario_error error;
	struct trace_writer *tw;
	struct scenario s;
	struct execution x;

	if (scenario_load(&s, name, &error) || execution_init(&x, &s, &s.kernel))
		abort();
	for (unsigned i = 0; i < 400 && x.n < 90; i++)
		execution_move(&x, (struct move){ .task = (uint8_t)(i / 7 % 4),
						  .choice = i % 5 == 4 });
	if (trace_create(&tw, path, TRACE_REPLACE, err) || trace_execution(tw, &x, NULL) < 0 ||
	    trace_close(tw))
		abort();
	execution_free(&x);
	scenario_free(&s);
}

static void keep(struct base *b, const char *from)
{
	FILE *in = fopen(from, "rb");

	b->bytes = malloc(1 << 20);
	if (!in || !b->bytes)
		abort();
	b->size = fread(b->bytes, 1, 1 << 20, in);
	fclose(in);
}

static void begin(void)
{
	snprintf(path, sizeof(path), "/dev/shm/swapscope-fuzz-%d.db", (int)getpid());
	for (size_t i = 0; i < BASES; i++) {
		if (i < MODELS)
			record(scenario[i]);
		keep(&base[i], i < MODELS ? path : live[i - MODELS]);
	}
}

/* :s is a position, :n which of its changes, :v the value. */
#define ONE_CHANGE							\
	" WHERE seq = :s AND field IN (SELECT field FROM change WHERE seq = :s LIMIT 1 OFFSET :n)"
#define NTH(column, table, n)	" (SELECT " column " FROM " table " LIMIT 1 OFFSET " n ")"

static const char *const change[] = {
	"UPDATE OR IGNORE change SET new = :v" ONE_CHANGE,
	"UPDATE OR IGNORE change SET old = :v" ONE_CHANGE,
	"UPDATE OR IGNORE change SET field = :v" ONE_CHANGE,
	"UPDATE keyframe SET value = :v WHERE field IN" NTH("field", "keyframe", ":s"),
	"UPDATE event SET choice = :v WHERE seq = :s",
	"UPDATE event SET task = :v WHERE seq = :s",
	"UPDATE event SET depth = :v WHERE seq = :s",
	"UPDATE OR IGNORE event SET step =" NTH("id", "step", ":v") " WHERE seq = :s",
	"UPDATE OR IGNORE event SET result =" NTH("id", "result", ":v") " WHERE seq = :s",
	"UPDATE event SET time = :v, waited = :n WHERE seq = :s",
	"UPDATE run SET pages = :v", "UPDATE run SET slots = :v", "UPDATE run SET folios = :v",
	"UPDATE run SET entries = :v", "UPDATE run SET slot_cache = :v",
	"UPDATE run SET swap_full = :v", "UPDATE run SET store_fails = :v",
	"UPDATE run SET events = :v",
	"UPDATE run SET device = substr('zram brd  disk ', 1 + :v % 3 * 5, 4)",
	"UPDATE switch SET value =" NTH("value", "switch", ":v % 60")
	" WHERE name IN" NTH("name", "switch", ":s % 60"),
	"DELETE FROM change WHERE seq = :s", "DELETE FROM task WHERE task = :v",
	"UPDATE OR IGNORE field SET idx = :v WHERE id = :s", "DELETE FROM field WHERE id = :s",
	"INSERT OR IGNORE INTO change SELECT run.id, :s, f.id, 0, :v FROM run,"
	NTH("id", "field", ":n") " AS f",
};

static void bind(sqlite3_stmt *s, const char *name, int64_t v)
{
	int at = sqlite3_bind_parameter_index(s, name);

	if (at)
		sqlite3_bind_int64(s, at, v);
}

static void apply(sqlite3 *db, const uint8_t *b)
{
	static const int64_t value[] = {
		-1, 255, 256, 65535, 65536, INT32_MAX, INT64_MAX, INT64_MIN,
	};
	sqlite3_stmt *s;

	if (sqlite3_prepare_v2(db, change[b[0] % (sizeof(change) / sizeof(change[0]))], -1, &s,
			       NULL) != SQLITE_OK)
		abort();
	bind(s, ":s", b[1]);
	bind(s, ":n", b[2] % 16);
	bind(s, ":v", b[3] < 240 ? b[3] : value[b[3] % 8]);
	sqlite3_step(s);
	sqlite3_finalize(s);
}

static bool go_on(void *arg, uint64_t position)
{
	(void)arg;
	return position < 10000;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct check_report r;
	struct trace *t;
	sqlite3 *db;
	FILE *out;

	if (!base[0].bytes)
		begin();
	if (size < 5)
		return 0;
	out = fopen(path, "wb");
	if (!out)
		abort();
	fwrite(base[data[0] % BASES].bytes, 1, base[data[0] % BASES].size, out);
	fclose(out);
	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN", NULL,
			 NULL, NULL))
		abort();
	for (size_t i = 1; i + 4 <= size && i < 1 + 4 * VALUES_MAX; i += 4)
		apply(db, data + i);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(db);
	if (!trace_open(&t, path, 0, err)) {
		check_run(t, &r, go_on, NULL);
		trace_free(t);
	}
	unlink(path);
	return 0;
}
