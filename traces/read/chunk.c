/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Transitions by chunks: a block of a packed run, or so many rows of another.  Who asks does not
 * see the difference.  The last few are kept; what is written to a file later does not change
 * them, it is in others or in a longer one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/db.h"
#include "traces/read/reader.h"

/* ---- a packed block ---- */

/* A block's numbers are its file's: nothing is indexed by them before they were looked at. */
static int check_block(struct trace *t, const struct block *b)
{
	for (size_t i = 0; i < b->changes; i++)
		if (!b->change[i].field || b->change[i].field > t->fields)
			return tr_bad(t, "a change names a field that there is not");
	return 0;
}

/* The row of the block with a transition; its first one and how many it has. */
static int find_block(struct trace *t, uint64_t position, uint64_t *first, uint64_t *events)
{
	sqlite3_stmt *s = t->at_block;

	tr_bind(s, position, 0);
	if (sqlite3_step(s) != SQLITE_ROW)
		return tr_bad(t, "a block is missing");
	if (tr_number(t, s, 0, position, first) || tr_number(t, s, 1, BLOCK_EVENTS_MAX, events))
		return -EBADMSG;
	if (!*first || position - *first >= *events)
		return tr_bad(t, "a block is missing");
	return 0;
}

/* Unpack the block whose row was found. */
static int unpack(struct trace *t, struct chunk *c, uint64_t first, uint64_t events)
{
	size_t size;
	const void *data = tr_blob(t->at_block, 2, &size);
	int r = block_decode(&c->block, data, size, events);

	if (r == -EBADMSG)
		return tr_bad(t, "a block is no block");
	if (!r && check_block(t, &c->block))
		return -EBADMSG;
	if (r)
		return r;
	c->event = c->block.event;
	c->first_change = c->block.first_change;
	c->change = c->block.change;
	c->events = (uint32_t)events;
	c->first = first;
	return 0;
}

/* ---- rows ---- */

static int make_own(struct trace *t, struct chunk *c)
{
	if (!c->own_event)
		c->own_event = calloc(CHUNK_ROWS, sizeof(c->own_event[0]));
	if (!c->own_first)
		c->own_first = calloc(CHUNK_ROWS + 1, sizeof(c->own_first[0]));
	return c->own_event && c->own_first ? 0 : tr_no_memory(t);
}

/* A column of 32 bits, or 0 where it is NULL; cut at what fits. */
static uint32_t optional(sqlite3_stmt *s, int column)
{
	int64_t n = sqlite3_column_int64(s, column);

	return n < 0 ? 0 : n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

static bool row_event(struct trace *t, sqlite3_stmt *s, struct row_event *e)
{
	/* in a large world an outcome is one of thousands: which page, which slot */
	const uint64_t outcomes = t->info.large ? UINT32_MAX : UINT8_MAX;
	uint64_t task, step, choice, depth;

	if (!t->info.tasks || tr_number(t, s, 1, t->info.tasks - 1, &task) ||
	    tr_number(t, s, 2, STEPS_MAX, &step) || tr_number(t, s, 3, outcomes, &choice) ||
	    tr_number(t, s, 4, MAX_FRAMES, &depth))
		return false;
	*e = (struct row_event){
		.task = (uint32_t)task, .step = (uint32_t)step, .choice = (uint32_t)choice,
		.depth = (uint32_t)depth, .result = optional(s, 5), .waited = optional(s, 7),
		.time = sqlite3_column_int64(s, 6) < 0 ? 0 : (uint64_t)sqlite3_column_int64(s, 6),
	};
	return true;
}

static int read_events(struct trace *t, struct chunk *c)
{
	sqlite3_stmt *s = t->at_events;
	uint64_t seq;
	int rc, r = 0;

	memset(c->bad, BAD_EVENT, sizeof(c->bad));	/* until there is a row */
	tr_bind(s, c->first, c->first + c->events - 1);
	while (!r && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		r = tr_number(t, s, 0, INT64_MAX, &seq);
		if (!r && row_event(t, s, &c->own_event[seq - c->first]))
			c->bad[seq - c->first] = 0;
	}
	if (!r && rc != SQLITE_DONE)
		r = tr_sql(t);
	sqlite3_reset(s);
	return r;
}

static int add_change(struct trace *t, struct chunk *c, size_t n, struct row_change row)
{
	struct row_change *array;

	if (n == c->own_changes) {
		array = realloc(c->own_change, (2 * n + 1024) * sizeof(*array));
		if (!array)
			return tr_no_memory(t);
		c->own_change = array;
		c->own_changes = 2 * n + 1024;
	}
	c->own_change[n] = row;
	return 0;
}

/* One row of `change`; fields that are not in the dictionary are left out. */
static int row_change(struct trace *t, struct chunk *c, sqlite3_stmt *s, size_t *n)
{
	uint64_t seq, field, old, new;
	size_t i;

	if (tr_number(t, s, 0, INT64_MAX, &seq))
		return -EBADMSG;
	i = seq - c->first;
	while (c->own_first[CHUNK_ROWS] <= i)
		c->own_first[c->own_first[CHUNK_ROWS]++] = (uint32_t)*n;
	if (tr_number(t, s, 1, UINT32_MAX, &field) || tr_number(t, s, 2, UINT32_MAX, &old) ||
	    tr_number(t, s, 3, UINT32_MAX, &new)) {
		c->bad[i] |= BAD_CHANGES;
		return 0;
	}
	if (!field || field > t->fields)
		return 0;
	return add_change(t, c, (*n)++, (struct row_change){ (uint32_t)field, (uint32_t)old,
							     (uint32_t)new });
}

static int read_changes(struct trace *t, struct chunk *c)
{
	sqlite3_stmt *s = t->at_changes;
	size_t n = 0;
	int rc, r = 0;

	/* While rows come in, the last of them counts the events that have their first change. */
	c->own_first[CHUNK_ROWS] = 0;
	tr_bind(s, c->first, c->first + c->events - 1);
	while (!r && (rc = sqlite3_step(s)) == SQLITE_ROW)
		r = row_change(t, c, s, &n);
	if (!r && rc != SQLITE_DONE)
		r = tr_sql(t);
	sqlite3_reset(s);
	for (size_t i = c->own_first[CHUNK_ROWS]; i <= c->events; i++)
		c->own_first[i] = (uint32_t)n;
	return r;
}

static int read_rows(struct trace *t, struct chunk *c, uint64_t position)
{
	uint64_t first = (position - 1) / CHUNK_ROWS * CHUNK_ROWS + 1;
	uint64_t left = t->info.events - first + 1;
	int r = make_own(t, c);

	if (r)
		return r;
	c->first = first;
	c->events = left < CHUNK_ROWS ? (uint32_t)left : CHUNK_ROWS;
	r = read_events(t, c);
	if (!r)
		r = read_changes(t, c);
	for (uint32_t i = 0; i < c->events; i++) {
		c->damaged |= c->bad[i] != 0;
		c->own_event[i].changes = c->own_first[i + 1] - c->own_first[i];
	}
	c->event = c->own_event;
	c->first_change = c->own_first;
	c->change = c->own_change;
	if (r)
		c->first = 0;
	return r;
}

/* ---- either ---- */

static bool has(const struct chunk *c, uint64_t position)
{
	return c->first && position >= c->first && position - c->first < c->events;
}

static int load(struct trace *t, struct chunk *c, uint64_t position)
{
	uint64_t first, events;
	int r;

	c->first = 0;
	c->damaged = false;
	if (!t->info.packed)
		return read_rows(t, c, position);
	r = find_block(t, position, &first, &events);
	if (!r)
		r = unpack(t, c, first, events);
	sqlite3_reset(t->at_block);
	return r;
}

int tr_chunk(struct trace *t, uint64_t position, const struct chunk **found)
{
	struct chunk *oldest = &t->chunk[0];
	int r;

	for (unsigned i = 0; i < CHUNKS; i++) {
		struct chunk *c = &t->chunk[i];

		if (has(c, position)) {
			c->used = ++t->clock;
			*found = c;
			return 0;
		}
		if (c->used < oldest->used)
			oldest = c;
	}
	r = load(t, oldest, position);
	if (r)
		return r;
	oldest->used = ++t->clock;
	*found = oldest;
	return 0;
}

/* What is at hand already is looked at as it is. */
static const struct chunk *at_hand(const struct trace *t, uint64_t position)
{
	for (unsigned i = 0; i < CHUNKS; i++)
		if (has(&t->chunk[i], position))
			return &t->chunk[i];
	return has(&t->scan, position) ? &t->scan : NULL;
}

int tr_scan_chunk(struct trace *t, uint64_t position, const struct chunk **found)
{
	*found = at_hand(t, position);
	if (*found)
		return 0;
	*found = &t->scan;
	return load(t, &t->scan, position);
}

int tr_search_chunk(struct trace *t, uint64_t position, const struct chunk **c, uint64_t *first,
		    uint32_t *events)
{
	const void *data;
	uint64_t n = 0;
	size_t size;
	int r = 0;

	*c = at_hand(t, position);
	if (!*c && !t->info.packed)
		r = tr_scan_chunk(t, position, c);
	if (r || *c) {
		*first = *c ? (*c)->first : 0;
		*events = *c ? (*c)->events : 0;
		return r;
	}
	r = find_block(t, position, first, &n);
	*events = (uint32_t)n;
	t->scan.first = 0;
	if (!r) {
		data = tr_blob(t->at_block, 2, &size);
		r = block_touches(&t->scan.block, data, size, n, t->wanted, t->fields);
	}
	if (r == 1) {
		r = unpack(t, &t->scan, *first, n);
		*c = &t->scan;
	} else if (r == -EBADMSG) {
		tr_bad(t, "a block is no block");
	}
	sqlite3_reset(t->at_block);
	return r;
}

static void free_chunk(struct chunk *c)
{
	block_clear(&c->block);
	free(c->own_event);
	free(c->own_first);
	free(c->own_change);
}

void tr_chunks_free(struct trace *t)
{
	for (unsigned i = 0; i < CHUNKS; i++)
		free_chunk(&t->chunk[i]);
	free_chunk(&t->scan);
}
