/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading a capture back from a trace file, which may be anybody's.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/capture/meta.h"
#include "traces/db.h"
#include "traces/read/reader.h"
#include "traces/schema.h"

#define EVENT_COLUMNS								\
	"SELECT e.id, e.line, e.at, e.stamp, e.thread, e.cpu, e.irq, e.probe, e.call, e.slot, "	\
	"e.folio, e.entry, e.pte, e.addr, e.ret, e.usage, e.left, e.nr, e.flags, l.text "	\
	"FROM capture_event e "									\
	"LEFT JOIN capture_line l ON l.run = e.run AND l.line = e.line "

enum column {
	COLUMN_ID, COLUMN_LINE, COLUMN_AT, COLUMN_STAMP, COLUMN_THREAD, COLUMN_CPU, COLUMN_IRQ,
	COLUMN_PROBE, COLUMN_CALL, COLUMN_SLOT, COLUMN_FOLIO, COLUMN_ENTRY, COLUMN_PTE,
	COLUMN_ADDR, COLUMN_RET, COLUMN_USAGE, COLUMN_LEFT, COLUMN_NR, COLUMN_FLAGS, COLUMN_TEXT,
};

/* What scans need beside their rows: kept and freed with the trace, for a slot has few events. */
struct capture_reader {
	int64_t version;	/* of the file's data, when this was read */
	struct capture_probe probe[CAPTURE_PROBES_MAX];	/* by number - 1; names are not kept */
	unsigned probes, threads, slots;
};

struct scan_state {
	struct trace *t;
	const struct capture_reader *reader;
	char text[CAPTURE_LINE_MAX + 1];
};

/* ---- columns ---- */

/* A text of the file as it can be shown, at most size - 1 bytes, from byte `at` on. */
static void shown(sqlite3_stmt *s, int column, uint64_t at, char *to, size_t size)
{
	const char *text = sqlite3_column_blob(s, column);
	size_t n = (size_t)sqlite3_column_bytes(s, column);

	if (!text || at > n)
		n = at = 0;
	n -= at;
	while (n && text[at + n - 1] == '\r')
		n--;
	n = n < size ? n : size - 1;
	for (size_t i = 0; i < n; i++)
		to[i] = text[at + i] ? text[at + i] : '?';
	to[n] = '\0';
	text_clean(to, to, false);
}

static bool is_null(sqlite3_stmt *s, int column)
{
	return sqlite3_column_type(s, column) == SQLITE_NULL;
}

static int side_named(const char *name)
{
	for (int i = 0; i <= SIDE_OTHER; i++)
		if (!strcmp(name, capture_side_name((unsigned)i)))
			return i;
	return -1;
}

/* Files from before captures have none. */
static int has_capture(struct trace *t, const char *table)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(t->db, "SELECT 1 FROM sqlite_schema WHERE name = ?", -1, &s,
				    NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(s, 1, table, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	sqlite3_finalize(s);
	return rc == SQLITE_ROW ? 0 : rc == SQLITE_DONE ? -ENODATA : tr_sql(t);
}

/* Call `row` with every row of a query of this run. */
static int each(struct trace *t, const char *sql, int (*row)(struct trace *t, sqlite3_stmt *s,
		void *arg), void *arg)
{
	sqlite3_stmt *s = NULL;
	int r = has_capture(t, "capture"), rc;

	if (r)
		return r;
	r = tr_prepare(t, &s, sql);
	while (!r && (rc = sqlite3_step(s)) == SQLITE_ROW)
		r = row(t, s, arg);
	if (!r && rc != SQLITE_DONE)
		r = tr_sql(t);
	sqlite3_finalize(s);
	return r;
}

/* ---- what is said of it ---- */

static int info_row(struct trace *t, sqlite3_stmt *s, void *arg)
{
	struct capture_info *info = arg;
	char clock[16];
	uint64_t n;
	int column = 3, r = 0;

	shown(s, 0, 0, info->file, sizeof(info->file));
	shown(s, 1, 0, info->release, sizeof(info->release));
	shown(s, 2, 0, clock, sizeof(clock));
	info->counter = !strcmp(clock, "counter");
	info->finished = !is_null(s, column);
#define X(name)									\
	n = 0;									\
	if (!r && !is_null(s, column))						\
		r = tr_number(t, s, column, INT64_MAX, &n);			\
	info->name = n;								\
	column++;
	CAPTURE_COUNTS(X)
#undef X
	return r ? r : 1;
}

static int count_row(struct trace *t, sqlite3_stmt *s, void *arg)
{
	struct capture_info *info = arg;
	uint64_t n[3];

	for (int i = 0; i < 3; i++)
		if (tr_number(t, s, i, UINT32_MAX, &n[i]))
			return -EBADMSG;
	info->threads = (unsigned)n[0];
	info->slots = (unsigned)n[1];
	info->probes = (unsigned)n[2];
	return 0;
}

int capture_info_read(struct trace *t, struct capture_info *info)
{
#define X(name) ", " #name
	static const char sql[] = "SELECT file, release, clock" CAPTURE_COUNTS(X)
				  " FROM capture WHERE run = ?";
#undef X
	int r;

	*info = (struct capture_info){ 0 };
	r = each(t, sql, info_row, info);
	if (r != 1)
		return r ? r : -ENODATA;
	return each(t, "SELECT coalesce((SELECT max(thread) FROM capture_thread WHERE run = ?1), "
		    "-1) + 1, coalesce((SELECT max(slot) FROM capture_slot WHERE run = ?1), 0), "
		    "coalesce((SELECT max(probe) FROM capture_probe WHERE run = ?1), 0)",
		    count_row, info);
}

/* ---- lists ---- */

struct list {
	int (*slot)(void *arg, const struct capture_slot *s);
	int (*thread)(void *arg, const struct capture_thread *h);
	int (*probe)(void *arg, const struct capture_probe *p);
	int (*line)(void *arg, uint64_t line, const char *why, const char *text);
	int (*loss)(void *arg, uint64_t line);
	void *arg;
	uint64_t next;		/* the number that is due */
	char *text;		/* CAPTURE_LINE_MAX + 1 bytes */
};

/* A number that counts up by one, without a gap. */
static int due(struct trace *t, sqlite3_stmt *s, struct list *l, uint64_t most)
{
	uint64_t n;

	if (tr_number(t, s, 0, most, &n))
		return -EBADMSG;
	return n == l->next++ ? 0 : tr_bad(t, "what its capture numbers has gaps");
}

static int slot_row(struct trace *t, sqlite3_stmt *s, void *arg)
{
	struct list *l = arg;
	struct capture_slot slot = { .slot = (uint32_t)l->next };
	uint64_t type;

	if (due(t, s, l, CAPTURE_SLOTS_MAX) || tr_number(t, s, 1, 63, &type) ||
	    tr_number(t, s, 2, (UINT64_C(1) << 58) - 1, &slot.offset))
		return -EBADMSG;
	slot.type = (unsigned)type;
	return l->slot(l->arg, &slot);
}

static int thread_row(struct trace *t, sqlite3_stmt *s, void *arg)
{
	struct list *l = arg;
	struct capture_thread h = { .thread = (uint32_t)l->next };
	uint64_t pid, cpu;
	char comm[64];

	if (due(t, s, l, CAPTURE_THREADS_MAX) || tr_number(t, s, 1, INT32_MAX, &pid) ||
	    tr_number(t, s, 2, UINT16_MAX, &cpu))
		return -EBADMSG;
	if (!is_null(s, 4) && tr_number(t, s, 4, INT64_MAX, &h.events))
		return -EBADMSG;
	shown(s, 3, 0, comm, sizeof(comm));
	h.pid = (int32_t)pid;
	h.cpu = (unsigned)cpu;
	h.comm = comm;
	return l->thread(l->arg, &h);
}

static int probe_row(struct trace *t, sqlite3_stmt *s, void *arg)
{
	struct list *l = arg;
	struct capture_probe p = { .probe = (uint32_t)l->next };
	char name[256], symbol[256], side[16];
	int kind;

	shown(s, 1, 0, name, sizeof(name));
	shown(s, 2, 0, symbol, sizeof(symbol));
	shown(s, 3, 0, side, sizeof(side));
	kind = side_named(side);
	if (due(t, s, l, CAPTURE_PROBES_MAX) || kind < 0 ||
	    (!is_null(s, 4) && tr_number(t, s, 4, INT64_MAX, &p.events)))
		return tr_bad(t, "a probe of its capture is none");
	p.side = (enum capture_side)kind;
	p.name = name;
	p.symbol = symbol;
	if (kind == SIDE_ENTER || kind == SIDE_RETURN)
		p.function = capture_function_named(symbol, strlen(symbol), &p.variant);
	return l->probe(l->arg, &p);
}

static int line_row(struct trace *t, sqlite3_stmt *s, void *arg)
{
	struct list *l = arg;
	char why[128];
	uint64_t line;

	if (tr_number(t, s, 0, INT64_MAX, &line))
		return -EBADMSG;
	shown(s, 1, 0, why, sizeof(why));
	shown(s, 2, 0, l->text, CAPTURE_LINE_MAX + 1);
	return l->line(l->arg, line, why, l->text);
}

static int loss_row(struct trace *t, sqlite3_stmt *s, void *arg)
{
	struct list *l = arg;
	uint64_t line;

	return tr_number(t, s, 0, INT64_MAX, &line) ? -EBADMSG : l->loss(l->arg, line);
}

int capture_losses(struct trace *t, int (*row)(void *arg, uint64_t line), void *arg)
{
	struct list l = { .loss = row, .arg = arg };

	/* an event's line begins with the name of its thread */
	return each(t, "SELECT line FROM capture_line WHERE run = ? AND "
		    "ltrim(text) LIKE 'CPU:%[%EVENTS%]%' ORDER BY line", loss_row, &l);
}

int capture_slots(struct trace *t, int (*slot)(void *arg, const struct capture_slot *s), void *arg)
{
	struct list l = { .slot = slot, .arg = arg, .next = 1 };

	return each(t, "SELECT slot, type, offset FROM capture_slot WHERE run = ? ORDER BY slot",
		    slot_row, &l);
}

int capture_threads(struct trace *t, int (*thread)(void *arg, const struct capture_thread *h),
		    void *arg)
{
	struct list l = { .thread = thread, .arg = arg };

	return each(t, "SELECT thread, pid, cpu, comm, events FROM capture_thread WHERE run = ? "
		    "ORDER BY thread", thread_row, &l);
}

int capture_probes(struct trace *t, int (*probe)(void *arg, const struct capture_probe *p),
		   void *arg)
{
	struct list l = { .probe = probe, .arg = arg, .next = 1 };

	return each(t, "SELECT probe, name, symbol, side, events FROM capture_probe WHERE run = ? "
		    "ORDER BY probe", probe_row, &l);
}

int capture_strange_lines(struct trace *t, int (*row)(void *arg, uint64_t line, const char *why,
						      const char *text), void *arg)
{
	struct list l = { .line = row, .arg = arg, .text = malloc(CAPTURE_LINE_MAX + 1) };
	int r;

	if (!l.text)
		return tr_no_memory(t);
	r = each(t, "SELECT line, why, text FROM capture_line WHERE run = ? AND why IS NOT NULL "
		 "ORDER BY line", line_row, &l);
	free(l.text);
	return r;
}

uint32_t capture_slot_of(struct trace *t, unsigned type, uint64_t offset)
{
	sqlite3_stmt *s = NULL;
	uint64_t slot = 0;

	if (has_capture(t, "capture_slot") ||
	    tr_prepare(t, &s, "SELECT slot FROM capture_slot WHERE run = ? AND type = ? "
		       "AND offset = ?"))
		return 0;
	tr_bind(s, type, offset);
	if (sqlite3_step(s) != SQLITE_ROW || tr_number(t, s, 0, CAPTURE_SLOTS_MAX, &slot))
		slot = 0;
	sqlite3_finalize(s);
	return (uint32_t)slot;
}

/* ---- events ---- */

static int keep_probe(void *arg, const struct capture_probe *p)
{
	struct capture_reader *c = arg;

	c->probe[c->probes++] = *p;
	return 0;
}

static int data_version(struct trace *t, int64_t *version)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(t->db, "PRAGMA data_version", -1, &s, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		*version = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return rc == SQLITE_ROW ? 0 : tr_sql(t);
}

/* The probes, and how many threads and slots there are: anew where the file has changed. */
static int open_reader(struct trace *t)
{
	struct capture_reader *c = t->capture;
	struct capture_info info;
	int64_t version = 0;
	int r = data_version(t, &version);

	if (r || (c && c->version == version))
		return r;
	free(c);
	c = t->capture = calloc(1, sizeof(*c));
	if (!c)
		return tr_no_memory(t);
	r = capture_info_read(t, &info);
	c->threads = info.threads;
	c->slots = info.slots;
	if (!r)
		r = capture_probes(t, keep_probe, c);
	if (!r)
		c->version = version;
	return r;
}

/* The values that an event may have, each into its member. */
static int optional_values(sqlite3_stmt *s, struct capture_event *e)
{
	static const struct {
		enum column column;
		uint32_t mask;
	} value[] = {
		{ COLUMN_FOLIO, HAS_FOLIO }, { COLUMN_ENTRY, HAS_ENTRY }, { COLUMN_PTE, HAS_PTE },
		{ COLUMN_ADDR, HAS_ADDR }, { COLUMN_RET, HAS_RET }, { COLUMN_USAGE, HAS_USAGE },
		{ COLUMN_LEFT, HAS_LEFT }, { COLUMN_NR, HAS_NR }, { COLUMN_FLAGS, HAS_FLAGS },
	};

	e->mask = 0;
	for (size_t i = 0; i < sizeof(value) / sizeof(value[0]); i++) {
		int type = sqlite3_column_type(s, value[i].column);

		if (type == SQLITE_INTEGER)
			e->mask |= value[i].mask;
		else if (type != SQLITE_NULL)
			return -EBADMSG;
	}
	e->folio = (uint64_t)sqlite3_column_int64(s, COLUMN_FOLIO);
	e->entry = (uint64_t)sqlite3_column_int64(s, COLUMN_ENTRY);
	e->pte = (uint64_t)sqlite3_column_int64(s, COLUMN_PTE);
	e->addr = (uint64_t)sqlite3_column_int64(s, COLUMN_ADDR);
	e->ret = sqlite3_column_int64(s, COLUMN_RET);
	e->usage = (uint32_t)sqlite3_column_int64(s, COLUMN_USAGE);
	e->left = (uint32_t)sqlite3_column_int64(s, COLUMN_LEFT);
	e->nr = (uint32_t)sqlite3_column_int64(s, COLUMN_NR);
	e->flags = (uint32_t)sqlite3_column_int64(s, COLUMN_FLAGS);
	return 0;
}

static int read_event(struct scan_state *c, sqlite3_stmt *s, struct capture_event *e)
{
	static const struct {
		enum column column;
		uint64_t max;
	} number[] = {
		{ COLUMN_ID, INT64_MAX }, { COLUMN_LINE, INT64_MAX }, { COLUMN_STAMP, INT64_MAX },
		{ COLUMN_CALL, INT64_MAX }, { COLUMN_THREAD, CAPTURE_THREADS_MAX - 1 },
		{ COLUMN_SLOT, CAPTURE_SLOTS_MAX }, { COLUMN_PROBE, CAPTURE_PROBES_MAX },
		{ COLUMN_CPU, UINT16_MAX }, { COLUMN_IRQ, 2 }, { COLUMN_AT, CAPTURE_LINE_MAX },
	};
	uint64_t v[COLUMN_TEXT + 1] = { 0 };
	const struct capture_reader *known = c->reader;
	const struct capture_probe *p;

	for (size_t i = 0; i < sizeof(number) / sizeof(number[0]); i++)
		if (tr_number(c->t, s, number[i].column, number[i].max, &v[number[i].column]))
			return tr_bad(c->t, "an event of its capture is none");
	if (!v[COLUMN_ID] || !v[COLUMN_PROBE] || v[COLUMN_PROBE] > known->probes ||
	    v[COLUMN_THREAD] >= known->threads || v[COLUMN_SLOT] > known->slots ||
	    optional_values(s, e))
		return tr_bad(c->t, "an event of its capture is none");
	p = &known->probe[v[COLUMN_PROBE] - 1];
	e->id = v[COLUMN_ID];
	e->line = v[COLUMN_LINE];
	e->stamp = v[COLUMN_STAMP];
	e->call = v[COLUMN_CALL];
	e->thread = (uint32_t)v[COLUMN_THREAD];
	e->slot = (uint32_t)v[COLUMN_SLOT];
	e->probe = (uint32_t)v[COLUMN_PROBE];
	e->cpu = (uint16_t)v[COLUMN_CPU];
	e->irq = (uint16_t)v[COLUMN_IRQ];
	e->function = (uint16_t)p->function;
	e->variant = (uint8_t)p->variant;
	e->side = (uint16_t)p->side;
	shown(s, COLUMN_TEXT, v[COLUMN_AT], c->text, sizeof(c->text));
	e->text = c->text;
	return 0;
}

static int scan(struct trace *t, const char *sql, uint64_t a, uint64_t b,
		int (*event)(void *arg, const struct capture_event *e), void *arg)
{
	struct scan_state *c = malloc(sizeof(*c));
	struct capture_event e = { 0 };
	sqlite3_stmt *s = NULL;
	uint64_t last = 0;
	int r, rc = SQLITE_DONE;

	if (!c)
		return tr_no_memory(t);
	c->t = t;
	r = open_reader(t);
	c->reader = t->capture;
	if (!r)
		r = tr_prepare(t, &s, sql);
	if (!r)
		tr_bind(s, a, b);
	while (!r && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		r = read_event(c, s, &e);
		if (!r && e.id <= last)
			r = tr_bad(t, "events of its capture are not in order");
		last = e.id;
		if (!r)
			r = event(arg, &e);
	}
	if (!r && rc != SQLITE_DONE)
		r = tr_sql(t);
	sqlite3_finalize(s);
	free(c);
	return r;
}

int capture_scan_range(struct trace *t, uint64_t from, uint64_t to,
		       int (*event)(void *arg, const struct capture_event *e), void *arg)
{
	static const char sql[] = EVENT_COLUMNS
		"WHERE e.run = ? AND e.id >= ? AND e.id <= ? ORDER BY e.id";

	return scan(t, sql, from < INT64_MAX ? from : INT64_MAX, to < INT64_MAX ? to : INT64_MAX,
		    event, arg);
}

int capture_scan(struct trace *t, uint32_t slot,
		 int (*event)(void *arg, const struct capture_event *e), void *arg)
{
	static const char sql[] = EVENT_COLUMNS
		"WHERE e.run = ? AND e.slot = ? AND e.id > ? ORDER BY e.id";

	return slot ? scan(t, sql, slot, 0, event, arg) :
		      capture_scan_range(t, 1, INT64_MAX, event, arg);
}

/* ---- the order of events: docs/captures.md ---- */

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
	/* a call about several slots may be about this one */
	r = tr_prepare(t, &s, "SELECT id, stamp, cpu FROM capture_event WHERE run = ? AND "
		       "(slot = ? OR nr > 1) AND id >= ? ORDER BY id");
	if (!r) {
		tr_bind(s, slot, from);
		r = neighbours(t, s, to, resolution);
	}
	sqlite3_finalize(s);
	return r;
}
