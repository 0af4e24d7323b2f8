/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the clock of a capture tells of the order of events of two CPUs: docs/captures.md, "The
 * order of events".
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/capture/meta.h"
#include "traces/db.h"
#include "traces/read/reader.h"

#define CPUS	(UINT16_MAX + 1)

/* Clocks that the kernel keeps in step to a microsecond, and those that may be a jiffy apart. */
#define STEP		1000		/* ns, or cycles */
#define JIFFY		10000000	/* ns, with HZ=100 */

/* What the stamps themselves show. */
struct stamps {
	uint64_t unit;		/* all of them are multiples of this, and something */
	uint64_t back;		/* so far one CPU's may be behind another's */
	bool ties;		/* two CPUs have the same */
};

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* A CPU whose own stamps go back was started anew: what was seen before says nothing of it. */
static int look(struct trace *t, sqlite3_stmt *s, uint64_t *own, struct stamps *out)
{
	uint64_t stamp, cpu, first = 0, latest = 0, last = 0, last_cpu = CPUS;
	int rc;

	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		if (tr_number(t, s, 0, INT64_MAX, &stamp) || tr_number(t, s, 1, CPUS - 1, &cpu))
			return -EBADMSG;
		if (last_cpu == CPUS || stamp < own[cpu]) {
			memset(own, 0, CPUS * sizeof(*own));
			first = last_cpu == CPUS ? stamp : first;
			latest = stamp;
		} else {
			out->ties |= stamp == last && cpu != last_cpu;
			if (latest > stamp && latest - stamp > out->back)
				out->back = latest - stamp;
		}
		out->unit = common_divisor(out->unit, stamp > first ? stamp - first :
					   first - stamp);
		latest = stamp > latest ? stamp : latest;
		own[cpu] = last = stamp;
		last_cpu = cpu;
	}
	return rc == SQLITE_DONE ? 0 : tr_sql(t);
}

static uint64_t rule(const char *clock, bool counter, const struct stamps *s)
{
	uint64_t least = STEP;

	if (counter && (!*clock || !strcmp(clock, "counter")) && !s->ties && !s->back)
		return 0;
	if (!strcmp(clock, "local") || !strcmp(clock, "perf"))
		least = JIFFY;
	else if (counter && strcmp(clock, "x86-tsc") != 0)
		least = 1;
	least = s->unit > least ? s->unit : least;
	return s->back > least ? s->back : least;
}

int capture_resolution(struct trace *t, uint64_t *resolution)
{
	struct stamps seen = { 0 };
	struct capture_info info;
	sqlite3_stmt *s = NULL;
	uint64_t *own;
	char clock[32];
	int r = capture_info_read(t, &info);

	if (!r)
		r = capture_meta_value(t, "clock", clock, sizeof(clock));
	if (r)
		return r;
	own = calloc(CPUS, sizeof(*own));
	if (!own)
		return tr_no_memory(t);
	r = tr_prepare(t, &s, "SELECT stamp, cpu FROM capture_event WHERE run = ? ORDER BY id");
	if (!r)
		r = look(t, s, own, &seen);
	sqlite3_finalize(s);
	free(own);
	if (!r)
		*resolution = rule(clock, info.counter, &seen);
	return r;
}

/* In this order it is enough to look at neighbours: what lies between two is no further apart. */
static int neighbours(struct trace *t, sqlite3_stmt *s, uint64_t to, uint64_t resolution)
{
	uint64_t id, stamp, cpu, apart, last = 0, last_cpu = CPUS, latest = 0;
	int rc;

	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		if (tr_number(t, s, 0, INT64_MAX, &id) || tr_number(t, s, 1, INT64_MAX, &stamp) ||
		    tr_number(t, s, 2, CPUS - 1, &cpu))
			return -EBADMSG;
		if (id > to && stamp > latest && stamp - latest > resolution)
			return 1;
		apart = stamp < last ? last - stamp : stamp - last;
		if (last_cpu != CPUS && cpu != last_cpu && apart <= resolution)
			return 0;
		latest = id <= to && stamp > latest ? stamp : latest;
		last = stamp;
		last_cpu = cpu;
	}
	return rc == SQLITE_DONE ? 1 : tr_sql(t);
}

int capture_in_order(struct trace *t, uint32_t slot, uint64_t from, uint64_t to,
		     uint64_t resolution)
{
	sqlite3_stmt *s = NULL;
	int r;

	if (!resolution)
		return 1;
	r = tr_prepare(t, &s, "SELECT id, stamp, cpu FROM capture_event WHERE run = ? AND slot = ? "
		       "AND id >= ? ORDER BY id");
	if (!r) {
		tr_bind(s, slot, from);
		r = neighbours(t, s, to, resolution);
	}
	sqlite3_finalize(s);
	return r;
}
