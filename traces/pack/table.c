/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Three virtual tables.  A cursor gives the rows of the file's own table first, then those of
 * packed runs, block by block; a question for one run takes only that of the two which the run
 * is in.
 */
#include "traces/pack/table.h"

#include <stdlib.h>
#include <string.h>

enum what { EVENTS, CHANGES, KEYFRAMES, WHATS };

static const struct {
	const char *name;
	const char *declaration;
	const char *columns[2];		/* of the file's table: format 1, and today's */
	const char *order;		/* behind run and seq */
} tables[WHATS] = {
	[EVENTS] = {
		"event", "CREATE TABLE x (run INTEGER, seq INTEGER, task INTEGER, step INTEGER, "
		"choice INTEGER, depth INTEGER, result INTEGER, time INTEGER, waited INTEGER, "
		"PRIMARY KEY (run, seq)) WITHOUT ROWID",
		{ "run, seq, task, step, choice, depth, result, NULL, NULL",
		  "run, seq, task, step, choice, depth, result, time, waited" }, "",
	},
	[CHANGES] = {
		"change", "CREATE TABLE x (run INTEGER, seq INTEGER, field INTEGER, old INTEGER, "
		"new INTEGER, PRIMARY KEY (run, seq, field)) WITHOUT ROWID",
		{ "run, seq, field, old, new", "run, seq, field, old, new" }, ", field",
	},
	[KEYFRAMES] = {
		"keyframe", "CREATE TABLE x (run INTEGER, seq INTEGER, field INTEGER, "
		"value INTEGER, PRIMARY KEY (run, seq, field)) WITHOUT ROWID",
		{ "run, seq, field, value", "run, seq, field, value" }, ", field",
	},
};

struct table {
	sqlite3_vtab base;
	struct packed_cache *cache;
	enum what what;
};

enum { PLAIN, PACKED, ONE, END };		/* where a cursor is */

struct cursor {
	sqlite3_vtab_cursor base;
	sqlite3_stmt *plain[2][2], *list[2][2];	/* one run or all; rising or falling */
	int64_t run[2], seq[2];			/* from, to */
	bool one_run, falling;
	int phase;
	struct piece *piece;			/* the one it is in */
	size_t at;				/* transition in the block */
	size_t sub;				/* change of it, or field of a keyframe */
};

static struct table *table_of(struct cursor *c)
{
	return (struct table *)c->base.pVtab;
}

/* ---- the table ---- */

static int connect(sqlite3 *db, void *aux, int argc, const char *const *argv, sqlite3_vtab **vtab,
		   char **err)
{
	struct table *t = sqlite3_malloc(sizeof(*t));

	(void)err;
	if (!t)
		return SQLITE_NOMEM;
	*t = (struct table){ .cache = aux };
	for (enum what w = 0; w < WHATS; w++)
		if (argc > 2 && !strcmp(argv[2], tables[w].name))
			t->what = w;
	*vtab = &t->base;
	return sqlite3_declare_vtab(db, tables[t->what].declaration);
}

static int disconnect(sqlite3_vtab *vtab)
{
	sqlite3_free(vtab);
	return SQLITE_OK;
}

/* How a question uses the order of rows: what of it is in idxNum, and in which order in argv. */
enum { BY_RUN = 1, FROM_SEQ = 2, TO_SEQ = 4, AT_SEQ = 8, FALLING = 16 };

/* Is the order that is asked for, of one run, the one that there is, or that of seq reversed? */
static bool ordered(const sqlite3_index_info *i, bool *falling)
{
	int due = 1;		/* run, seq, field */

	*falling = false;
	for (int o = 0; o < i->nOrderBy; o++) {
		int column = i->aOrderBy[o].iColumn;

		if (column == 0)
			continue;
		if (column != due || due > 2)
			return false;
		if (i->aOrderBy[o].desc && (column != 1 || i->nOrderBy > o + 1))
			return false;
		*falling |= i->aOrderBy[o].desc != 0;
		due++;
	}
	return true;
}

static void estimate(sqlite3_index_info *i, enum what what, int how)
{
	static const double rows[WHATS] = { [EVENTS] = 1, [CHANGES] = 4, [KEYFRAMES] = 1000 };
	const bool one = how & AT_SEQ;
	double n = rows[what];

	if (!(how & BY_RUN))
		n *= 1e7;
	else if (!one)
		n *= how & (FROM_SEQ | TO_SEQ) ? 1e4 : 1e6;
	if (what == KEYFRAMES && !one)
		n /= 1000;
	i->estimatedRows = (sqlite3_int64)n;
	i->estimatedCost = 20 + n;
	if (one && what == EVENTS && (how & BY_RUN))
		i->idxFlags = SQLITE_INDEX_SCAN_UNIQUE;
}

static int best_index(sqlite3_vtab *vtab, sqlite3_index_info *i)
{
	int run = -1, from = -1, to = -1, how = 0, argc = 0;
	bool falling, one;

	for (int n = 0; n < i->nConstraint; n++) {
		const int op = i->aConstraint[n].op, column = i->aConstraint[n].iColumn;

		if (!i->aConstraint[n].usable)
			continue;
		if (column == 0 && op == SQLITE_INDEX_CONSTRAINT_EQ)
			run = n;
		if (column != 1)
			continue;
		if (op == SQLITE_INDEX_CONSTRAINT_EQ)
			from = to = n;
		if (from == to && from >= 0)
			continue;		/* one position: nothing says more */
		if (op == SQLITE_INDEX_CONSTRAINT_GT || op == SQLITE_INDEX_CONSTRAINT_GE)
			from = n;
		if (op == SQLITE_INDEX_CONSTRAINT_LT || op == SQLITE_INDEX_CONSTRAINT_LE)
			to = n;
	}
	one = from >= 0 && from == to;
	if (run >= 0) {
		how |= BY_RUN;
		i->aConstraintUsage[run].argvIndex = ++argc;
	}
	if (from >= 0) {
		how |= one ? AT_SEQ : FROM_SEQ;
		i->aConstraintUsage[from].argvIndex = ++argc;
	}
	if (to >= 0 && !one) {
		how |= TO_SEQ;
		i->aConstraintUsage[to].argvIndex = ++argc;
	}
	/* SQLite looks at every row again: bounds need not be exact, only wide enough. */
	if (run >= 0 && ordered(i, &falling)) {
		i->orderByConsumed = 1;
		how |= falling ? FALLING : 0;
	}
	i->idxNum = how;
	estimate(i, ((struct table *)vtab)->what, how);
	return SQLITE_OK;
}

/* ---- a cursor's place ---- */

static int open_cursor(sqlite3_vtab *vtab, sqlite3_vtab_cursor **cursor)
{
	struct cursor *c = calloc(1, sizeof(*c));

	(void)vtab;
	if (!c)
		return SQLITE_NOMEM;
	*cursor = &c->base;
	return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *cursor)
{
	struct cursor *c = (struct cursor *)cursor;

	cache_put(c->piece);
	for (int i = 0; i < 4; i++) {
		sqlite3_finalize(c->plain[i / 2][i % 2]);
		sqlite3_finalize(c->list[i / 2][i % 2]);
	}
	free(c);
	return SQLITE_OK;
}

/* Rows of the piece before the first of which the cursor stands: what is in its bounds. */
static bool enter(struct cursor *c)
{
	int64_t first = c->piece->first, last, from = c->seq[0], to = c->seq[1];

	c->sub = 0;
	c->at = 0;
	if (c->piece->is_frame)
		return first >= from && first <= to && c->piece->frame.n;
	last = first + (int64_t)c->piece->block.events - 1;
	if (from > last || to < first)
		return false;
	c->at = (size_t)((c->falling ? (to < last ? to : last) :
			  (from > first ? from : first)) - first);
	return true;
}

/* The next transition of the block; false beyond the bounds. */
static bool step(struct cursor *c)
{
	int64_t seq = c->piece->first + (int64_t)c->at;

	c->sub = 0;
	if (c->falling ? seq <= c->seq[0] || !c->at :
	    seq >= c->seq[1] || c->at + 1 == c->piece->block.events)
		return false;
	c->at += c->falling ? (size_t)-1 : 1;
	return true;
}

/* The next row in the piece, or (`entered`) its first. */
static bool next_in_piece(struct cursor *c, bool entered)
{
	const struct piece *p = c->piece;

	if (entered && !enter(c))
		return false;
	if (p->is_frame)
		return entered || ++c->sub < p->frame.n;
	if (table_of(c)->what == EVENTS)
		return entered || step(c);
	c->sub += !entered;
	while (c->sub >= p->block.event[c->at].changes)
		if (!step(c))
			return false;
	return true;
}

static int prepare(struct cursor *c, sqlite3_stmt **s, char *sql)
{
	int rc = sql ? sqlite3_prepare_v3(table_of(c)->cache->db, sql, -1,
					  SQLITE_PREPARE_PERSISTENT, s, NULL) : SQLITE_NOMEM;

	sqlite3_free(sql);
	return rc;
}

static const char *runs(const struct cursor *c)
{
	return c->one_run ? "= ?1" : "BETWEEN ?1 AND ?2";
}

static void bind(const struct cursor *c, sqlite3_stmt *s, int64_t from)
{
	sqlite3_reset(s);
	sqlite3_bind_int64(s, 1, c->run[0]);
	sqlite3_bind_int64(s, 2, c->run[1]);
	sqlite3_bind_int64(s, 3, from);
	sqlite3_bind_int64(s, 4, c->seq[1]);
}

static int begin_plain(struct cursor *c)
{
	struct table *t = table_of(c);
	sqlite3_stmt **s = &c->plain[c->one_run][c->falling];
	bool today = t->cache->format > 1;
	const char *way = c->falling ? " DESC" : "";
	const char *kind = today && !c->one_run ?
		"AND run NOT IN (SELECT id FROM main.run WHERE packed)" : "";
	int rc = SQLITE_OK;

	c->phase = PLAIN;
	if (!*s)
		rc = prepare(c, s, sqlite3_mprintf(
			"SELECT %s FROM main.%s WHERE run %s AND seq BETWEEN ?3 AND ?4 "
			"%s ORDER BY run%s, seq%s%s", tables[t->what].columns[today],
			tables[t->what].name, runs(c), kind, way, way, tables[t->what].order));
	if (rc == SQLITE_OK)
		bind(c, *s, c->seq[0]);
	return rc;
}

static int begin_packed(struct cursor *c)
{
	sqlite3_stmt **s = &c->list[c->one_run][c->falling];
	const char *way = c->falling ? "DESC" : "";
	const char *kind = c->one_run ? "" :
		"AND run IN (SELECT id FROM main.run WHERE packed)";
	int64_t from = c->seq[0];
	int rc = SQLITE_OK;

	c->phase = table_of(c)->cache->format > 1 ? PACKED : END;
	if (c->phase == END)
		return rc;
	if (!*s && table_of(c)->what == KEYFRAMES)
		rc = prepare(c, s, sqlite3_mprintf(
			"SELECT run, seq FROM main.frame WHERE run %s AND seq BETWEEN ?3 AND ?4 "
			"%s ORDER BY run %s, seq %s", runs(c), kind, way, way));
	else if (!*s)
		rc = prepare(c, s, sqlite3_mprintf(
			"SELECT run, first FROM main.block WHERE run %s AND first BETWEEN ?3 AND "
			"?4 AND first + events > ?5 %s ORDER BY run %s, first %s", runs(c), kind,
			way, way));
	/* the block that `from` is in begins at most that much before it */
	if (table_of(c)->what != KEYFRAMES)
		from = from > BLOCK_EVENTS_MAX ? from - BLOCK_EVENTS_MAX : 0;
	if (rc == SQLITE_OK)
		bind(c, *s, from);
	if (rc == SQLITE_OK && table_of(c)->what != KEYFRAMES)
		sqlite3_bind_int64(*s, 5, c->seq[0]);
	return rc;
}

/* ---- moving it ---- */

/* An error of the file's becomes the question's. */
static int failed(struct cursor *c, int rc)
{
	struct packed_cache *cache = table_of(c)->cache;

	sqlite3_free(c->base.pVtab->zErrMsg);
	c->base.pVtab->zErrMsg = sqlite3_mprintf("%s", rc == SQLITE_CORRUPT ?
						 "a packed block cannot be unpacked" :
						 sqlite3_errmsg(cache->db));
	c->phase = END;
	return rc;
}

/* The next piece of the list that has a row. */
static int next_piece(struct cursor *c)
{
	const bool frames = table_of(c)->what == KEYFRAMES;
	sqlite3_stmt *list = c->list[c->one_run][c->falling];
	int rc;

	while ((rc = sqlite3_step(list)) == SQLITE_ROW) {
		rc = cache_get(table_of(c)->cache, frames, sqlite3_column_int64(list, 0),
			       sqlite3_column_int64(list, 1), &c->piece);
		if (rc == SQLITE_OK && !c->piece)
			rc = SQLITE_CORRUPT;
		if (rc != SQLITE_OK)
			return failed(c, rc);
		if (next_in_piece(c, true))
			return SQLITE_OK;
		cache_put(c->piece);
		c->piece = NULL;
	}
	c->phase = END;
	return rc == SQLITE_DONE ? SQLITE_OK : failed(c, rc);
}

static int next(sqlite3_vtab_cursor *cursor)
{
	struct cursor *c = (struct cursor *)cursor;
	int rc = SQLITE_OK;

	if (c->phase == PLAIN) {
		rc = sqlite3_step(c->plain[c->one_run][c->falling]);
		if (rc == SQLITE_ROW)
			return SQLITE_OK;
		c->phase = END;
		if (rc != SQLITE_DONE)
			return failed(c, rc);
		rc = c->one_run ? SQLITE_OK : begin_packed(c);
		if (rc != SQLITE_OK || c->phase == END)
			return rc == SQLITE_OK ? rc : failed(c, rc);
	}
	if (c->piece) {
		if (next_in_piece(c, false))
			return SQLITE_OK;
		cache_put(c->piece);
		c->piece = NULL;
	}
	if (c->phase == PACKED)
		return next_piece(c);
	c->phase = END;
	return SQLITE_OK;
}

/* The one row, or rows, of one position. */
static int find_one(struct cursor *c)
{
	int rc = cache_get(table_of(c)->cache, table_of(c)->what == KEYFRAMES, c->run[0],
			   c->seq[0], &c->piece);

	c->phase = ONE;
	if (rc != SQLITE_OK)
		return failed(c, rc);
	if (c->piece && next_in_piece(c, true))
		return SQLITE_OK;
	return next(&c->base);
}

/* A bound: false for NULL, which nothing is equal to.  What is no number bounds nothing. */
static bool bound(sqlite3_value *v, int64_t *lower, int64_t *upper)
{
	int type = sqlite3_value_numeric_type(v);
	int64_t n = sqlite3_value_int64(v);

	if (type == SQLITE_INTEGER || type == SQLITE_FLOAT) {
		if (lower)
			*lower = n;
		if (upper)
			*upper = n;
	}
	return type != SQLITE_NULL;
}

static int filter(sqlite3_vtab_cursor *cursor, int how, const char *text, int argc,
		  sqlite3_value **argv)
{
	struct cursor *c = (struct cursor *)cursor;
	bool some = true, packed = false;
	int rc = SQLITE_OK;

	(void)text;
	(void)argc;
	cache_put(c->piece);
	c->piece = NULL;
	c->phase = END;
	c->falling = how & FALLING;
	c->run[0] = c->seq[0] = INT64_MIN;
	c->run[1] = c->seq[1] = INT64_MAX;
	if (how & BY_RUN)
		some &= bound(*argv++, &c->run[0], &c->run[1]);
	if (how & (FROM_SEQ | AT_SEQ))
		some &= bound(*argv++, &c->seq[0], how & AT_SEQ ? &c->seq[1] : NULL);
	if (how & TO_SEQ)
		some &= bound(*argv, NULL, &c->seq[1]);
	if (!some)
		return SQLITE_OK;
	c->one_run = c->run[0] == c->run[1];
	if (c->one_run)
		rc = cache_is_packed(table_of(c)->cache, c->run[0], &packed);
	if (rc == SQLITE_OK && packed && c->seq[0] == c->seq[1])
		return find_one(c);
	if (rc == SQLITE_OK)
		rc = packed ? begin_packed(c) : begin_plain(c);
	return rc == SQLITE_OK ? next(cursor) : failed(c, rc);
}

static int at_end(sqlite3_vtab_cursor *cursor)
{
	return ((struct cursor *)cursor)->phase == END;
}

/* ---- what is at its place ---- */

static void event_column(sqlite3_context *ctx, const struct piece *p, size_t at, int column)
{
	const struct row_event *e = &p->block.event[at];
	const uint32_t plain[] = { e->task, e->step, e->choice, e->depth, e->result };

	if (column < 7 && (column != 6 || e->result))
		sqlite3_result_int64(ctx, plain[column - 2]);
	else if (column == 7 && p->block.clock)
		sqlite3_result_int64(ctx, (int64_t)e->time);
	else if (column == 8 && e->waited)
		sqlite3_result_int64(ctx, e->waited);
}

static int column(sqlite3_vtab_cursor *cursor, sqlite3_context *ctx, int i)
{
	struct cursor *c = (struct cursor *)cursor;
	const struct piece *p = c->piece;

	if (c->phase == PLAIN) {
		sqlite3_result_value(ctx, sqlite3_column_value(
			c->plain[c->one_run][c->falling], i));
	} else if (i == 0) {
		sqlite3_result_int64(ctx, p->run);
	} else if (i == 1) {
		sqlite3_result_int64(ctx, p->first + (p->is_frame ? 0 : (int64_t)c->at));
	} else if (p->is_frame) {
		const struct frame_value *v = &p->frame.value[c->sub];

		sqlite3_result_int64(ctx, i == 2 ? v->field : v->value);
	} else if (table_of(c)->what == EVENTS) {
		event_column(ctx, p, c->at, i);
	} else {
		const struct row_change *v = &p->block.change[p->block.first_change[c->at] +
							      c->sub];

		sqlite3_result_int64(ctx, i == 2 ? v->field : i == 3 ? v->old_value :
				     v->new_value);
	}
	return SQLITE_OK;
}

/* Tables without row ids are not asked for one. */
static int row_id(sqlite3_vtab_cursor *cursor, sqlite3_int64 *id)
{
	(void)cursor;
	*id = 0;
	return SQLITE_OK;
}

int packed_tables(sqlite3 *db, struct packed_cache *cache)
{
	static const sqlite3_module module = {
		.xCreate = connect, .xConnect = connect, .xBestIndex = best_index,
		.xDisconnect = disconnect, .xDestroy = disconnect, .xOpen = open_cursor,
		.xClose = close_cursor, .xFilter = filter, .xNext = next, .xEof = at_end,
		.xColumn = column, .xRowid = row_id,
	};
	int rc = sqlite3_create_module(db, "packed", &module, cache);

	for (enum what w = 0; w < WHATS && rc == SQLITE_OK; w++) {
		char *sql = sqlite3_mprintf("CREATE VIRTUAL TABLE temp.%s USING packed",
					    tables[w].name);

		rc = sql ? sqlite3_exec(db, sql, NULL, NULL, NULL) : SQLITE_NOMEM;
		sqlite3_free(sql);
	}
	return rc;
}
