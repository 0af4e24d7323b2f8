/* SPDX-License-Identifier: GPL-2.0-only */
#include "traces/capture/story_rows.h"

#include <errno.h>
#include <string.h>

#include "traces/capture/capture.h"
#include "traces/db.h"
#include "traces/read/reader.h"
#include "traces/write/writer.h"

/* ---- writing ---- */

#define MAYBE(v, is)	{ .n = (int64_t)(v), .type = (is) ? VALUE_INT : VALUE_TEXT }
#define ID(v)		MAYBE(v, (v) != 0)	/* NULL for none */

int story_erase(struct trace_writer *tw, int run)
{
	tw_row(tw, SQL_NO_TOTALS, INT(run));
	tw_row(tw, SQL_NO_FAULTS, INT(run));
	tw_row(tw, SQL_NO_STORY, INT(run));
	return tw_row(tw, SQL_NO_LOSSES, INT(run));
}

/* A batch is a transaction, as of every other kind of rows. */
static int written(struct trace_writer *tw)
{
	return tw->batch >= BATCH_ROWS ? tw_commit(tw) : tw->error;
}

int story_write_fault(struct trace_writer *tw, int run, const struct story_fault *f)
{
	tw_row(tw, SQL_FAULT_ROW, INT(run), INT(f->fault), INT(f->thread), INT(f->addr),
	       MAYBE(f->page, f->page >= 0), ID(f->slot), INT(f->life), ID(f->first),
	       INT(f->last), TEXT(f->path), TEXT(f->outcome), TEXT(f->why),
	       MAYBE(f->mapped, f->mapped >= 0), MAYBE(f->ret, f->ret >= 0));
	return written(tw);
}

int story_write_line(struct trace_writer *tw, int run, const struct story_line *l)
{
	tw_row(tw, SQL_STORY_ROW, INT(run), INT(l->slot), INT(l->life), INT(l->event),
	       TEXT(l->what), INT(l->thread), TEXT(l->text));
	return written(tw);
}

int story_write_loss(struct trace_writer *tw, int run, const struct story_loss *l)
{
	tw_row(tw, SQL_LOSS_ROW, INT(run), INT(l->slot), INT(l->life),
	       MAYBE(l->page, l->page >= 0), INT(l->event), ID(l->fault), ID(l->erase),
	       ID(l->abort), ID(l->read), ID(l->mapped), ID(l->corrupt), TEXT(l->text));
	return written(tw);
}

int story_write_totals(struct trace_writer *tw, int run, const struct story_totals *n)
{
#define X(name, words) tw_row(tw, SQL_TOTAL_ROW, INT(run), TEXT(words), INT(n->name));
	STORY_TOTALS(X)
#undef X
	return written(tw);
}

/* ---- reading ---- */

/* A query of the run that is read once; the callee of a row gets the reader. */
struct rows_of {
	struct trace *t;
	sqlite3_stmt *s;
	int bad;
	char text[4][STORY_TEXT_MAX];
	unsigned texts;
};

static uint64_t number(struct rows_of *q, int column, uint64_t max)
{
	uint64_t n = 0;

	if (!q->bad && sqlite3_column_type(q->s, column) != SQLITE_NULL)
		q->bad = tr_number(q->t, q->s, column, max, &n);
	return n;
}

static int64_t maybe(struct rows_of *q, int column, uint64_t max)
{
	if (sqlite3_column_type(q->s, column) == SQLITE_NULL)
		return -1;
	return (int64_t)number(q, column, max);
}

static const char *text(struct rows_of *q, int column)
{
	char *to = q->text[q->texts++ % 4];
	char from[STORY_TEXT_MAX];
	size_t size;
	const void *at = tr_blob(q->s, column, &size);

	if (size >= sizeof(from))
		size = sizeof(from) - 1;
	memcpy(from, at, size);
	from[size] = 0;
	text_clean(to, from, false);
	return to;
}

/* Files from before there were captures do not have the table. */
static bool has_table(struct trace *t, const char *name)
{
	static const char sql[] = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?";
	sqlite3_stmt *s = NULL;
	bool has;

	has = sqlite3_prepare_v2(t->db, sql, -1, &s, NULL) == SQLITE_OK &&
	      sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC) == SQLITE_OK &&
	      sqlite3_step(s) == SQLITE_ROW;
	sqlite3_finalize(s);
	return has;
}

static int each(struct trace *t, const char *table, const char *sql, uint32_t slot,
		int (*row)(struct rows_of *q, void *arg), void *arg)
{
	struct rows_of q = { .t = t };
	int r, rc = SQLITE_DONE;

	if (!has_table(t, table))
		return 0;
	r = tr_prepare(t, &q.s, sql);
	if (!r && slot)
		sqlite3_bind_int64(q.s, 2, slot);
	while (!r && (rc = sqlite3_step(q.s)) == SQLITE_ROW)
		r = row(&q, arg);
	if (!r && rc != SQLITE_DONE)
		r = tr_sql(t);
	sqlite3_finalize(q.s);
	return r;
}

struct callee {
	int (*fault)(void *arg, const struct story_fault *f);
	int (*line)(void *arg, const struct story_line *l);
	int (*loss)(void *arg, const struct story_loss *l);
	int (*outcome)(void *arg, const char *outcome, uint64_t faults);
	int (*lost)(void *arg, uint64_t line);
	void *arg;
};

static int fault_row(struct rows_of *q, void *arg)
{
	const struct callee *to = arg;
	const struct story_fault f = {
		.fault = number(q, 0, INT64_MAX), .thread = (uint32_t)number(q, 1, UINT32_MAX),
		.addr = (uint64_t)sqlite3_column_int64(q->s, 2), .page = maybe(q, 3, INT64_MAX),
		.slot = (uint32_t)number(q, 4, UINT32_MAX),
		.life = (uint32_t)number(q, 5, UINT32_MAX), .first = number(q, 6, INT64_MAX),
		.last = number(q, 7, INT64_MAX), .path = text(q, 8), .outcome = text(q, 9),
		.why = text(q, 10), .mapped = (int)maybe(q, 11, 1), .ret = maybe(q, 12, UINT32_MAX),
	};

	return q->bad ? q->bad : to->fault(to->arg, &f);
}

static int line_row(struct rows_of *q, void *arg)
{
	const struct callee *to = arg;
	const struct story_line l = {
		.slot = (uint32_t)number(q, 0, UINT32_MAX),
		.life = (uint32_t)number(q, 1, UINT32_MAX),
		.event = number(q, 2, INT64_MAX), .what = text(q, 3),
		.thread = (uint32_t)number(q, 4, UINT32_MAX), .text = text(q, 5),
	};

	return q->bad ? q->bad : to->line(to->arg, &l);
}

static int loss_row(struct rows_of *q, void *arg)
{
	const struct callee *to = arg;
	const struct story_loss l = {
		.slot = (uint32_t)number(q, 0, UINT32_MAX),
		.life = (uint32_t)number(q, 1, UINT32_MAX),
		.page = maybe(q, 2, INT64_MAX), .event = number(q, 3, INT64_MAX),
		.fault = number(q, 4, INT64_MAX), .erase = number(q, 5, INT64_MAX),
		.abort = number(q, 6, INT64_MAX), .read = number(q, 7, INT64_MAX),
		.mapped = number(q, 8, INT64_MAX), .corrupt = number(q, 9, INT64_MAX),
		.text = text(q, 10),
	};

	return q->bad ? q->bad : to->loss(to->arg, &l);
}

static int outcome_row(struct rows_of *q, void *arg)
{
	const struct callee *to = arg;
	const char *outcome = text(q, 0);
	const uint64_t faults = number(q, 1, INT64_MAX);

	return q->bad ? q->bad : to->outcome(to->arg, outcome, faults);
}

static int lost_row(struct rows_of *q, void *arg)
{
	const struct callee *to = arg;
	const uint64_t line = number(q, 0, INT64_MAX);

	return q->bad ? q->bad : to->lost(to->arg, line);
}

int story_read_faults(struct trace *t, int (*row)(void *arg, const struct story_fault *f),
		      void *arg)
{
	struct callee to = { .fault = row, .arg = arg };

	return each(t, "capture_fault", "SELECT fault, thread, addr, page, slot, life, first, "
		    "last, path, outcome, why, mapped, ret FROM capture_fault WHERE run = ? "
		    "ORDER BY fault", 0, fault_row, &to);
}

int story_read_lines(struct trace *t, uint32_t slot,
		     int (*row)(void *arg, const struct story_line *l), void *arg)
{
	struct callee to = { .line = row, .arg = arg };

	return each(t, "capture_story", slot ? "SELECT slot, life, event, what, thread, text "
		    "FROM capture_story WHERE run = ? AND slot = ? ORDER BY event" :
		    "SELECT slot, life, event, what, thread, text FROM capture_story WHERE run = ? "
		    "ORDER BY event", slot, line_row, &to);
}

int story_read_losses(struct trace *t, int (*row)(void *arg, const struct story_loss *l),
		      void *arg)
{
	struct callee to = { .loss = row, .arg = arg };

	return each(t, "capture_loss", "SELECT slot, life, page, event, fault, erase, abort, read, "
		    "mapped, corrupt, text FROM capture_loss WHERE run = ? ORDER BY event", 0,
		    loss_row, &to);
}

int story_read_outcomes(struct trace *t,
			int (*row)(void *arg, const char *outcome, uint64_t faults), void *arg)
{
	struct callee to = { .outcome = row, .arg = arg };

	return each(t, "capture_fault", "SELECT outcome, count(*) AS n FROM capture_fault "
		    "WHERE run = ? GROUP BY outcome ORDER BY n DESC, outcome", 0, outcome_row, &to);
}

static int total_row(struct rows_of *q, void *arg)
{
	struct story_totals *n = arg;
	const char *what = text(q, 0);
	const uint64_t times = number(q, 1, INT64_MAX);

#define X(name, words) if (!strcmp(what, words)) n->name = times;
	STORY_TOTALS(X)
#undef X
	return q->bad;
}

static int is_there(struct rows_of *q, void *arg)
{
	(void)q;
	*(bool *)arg = true;
	return 0;
}

int story_read_totals(struct trace *t, struct story_totals *n)
{
	bool there = false;
	int r = each(t, "capture_total", "SELECT 1 FROM capture_total WHERE run = ? LIMIT 1", 0,
		     is_there, &there);

	*n = (struct story_totals){ 0 };
	if (!r && !there)
		r = -ENODATA;
	return r ? r : each(t, "capture_total",
			    "SELECT what, times FROM capture_total WHERE run = ?", 0, total_row, n);
}

uint64_t story_stamp(struct trace *t, uint64_t event)
{
	sqlite3_stmt *s = NULL;
	uint64_t stamp = 0;

	if (!event || !has_table(t, "capture_event") ||
	    tr_prepare(t, &s, "SELECT stamp FROM capture_event WHERE run = ? AND id = ?"))
		return 0;
	sqlite3_bind_int64(s, 2, (int64_t)event);
	if (sqlite3_step(s) == SQLITE_ROW && tr_number(t, s, 0, INT64_MAX, &stamp))
		stamp = 0;
	sqlite3_finalize(s);
	return stamp;
}

/* The text is as ftrace writes it: see parse.c. */
int story_read_lost(struct trace *t, int (*row)(void *arg, uint64_t line), void *arg)
{
	struct callee to = { .lost = row, .arg = arg };

	/* of ftrace, perf script; and before a line of bpftrace's, which is an event */
	return each(t, "capture_line", "SELECT line - (why IS NOT NULL) FROM capture_line "
		    "WHERE run = ? AND (why IS NULL AND (text LIKE 'CPU:%[LOST %EVENTS]%' OR "
		    "text LIKE 'CPU:%[%EVENTS DROPPED]%' OR text LIKE '% PERF_RECORD_LOST%') OR "
		    "why LIKE '" CAPTURE_LOST "%') ORDER BY line", 0, lost_row, &to);
}
