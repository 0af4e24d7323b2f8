/* SPDX-License-Identifier: GPL-2.0-only */
#include "traces/pack/cache.h"

#include <errno.h>
#include <stdlib.h>

#include "traces/read/scan.h"

static int ask(struct packed_cache *c, sqlite3_stmt **s, const char *sql, int64_t run, int64_t seq)
{
	int rc = SQLITE_OK;

	if (!*s)
		rc = sqlite3_prepare_v3(c->db, sql, -1, SQLITE_PREPARE_PERSISTENT, s, NULL);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(*s, 1, run);
	if (sqlite3_bind_parameter_count(*s) > 1)
		sqlite3_bind_int64(*s, 2, seq);
	return sqlite3_step(*s);
}

int cache_is_packed(struct packed_cache *c, int64_t run, bool *packed)
{
	int rc = SQLITE_DONE;

	if (c->run != run) {
		c->packed = false;
		if (c->format > 1)
			rc = ask(c, &c->is_packed, "SELECT packed FROM main.run WHERE id = ?", run,
				 0);
		if (rc == SQLITE_ROW)
			c->packed = sqlite3_column_int(c->is_packed, 0) != 0;
		sqlite3_reset(c->is_packed);
		if (rc != SQLITE_ROW && rc != SQLITE_DONE)
			return rc;
		c->run = run;
	}
	*packed = c->packed;
	return SQLITE_OK;
}

static bool has(const struct piece *p, bool is_frame, int64_t run, int64_t seq)
{
	if (p->is_frame != is_frame || p->run != run || seq < p->first)
		return false;
	return is_frame ? seq == p->first : (uint64_t)(seq - p->first) < p->block.events;
}

/* The piece that was not asked for for longest, or a new one; NULL when all are looked at. */
static struct piece **oldest(struct packed_cache *c)
{
	struct piece **best = NULL;

	for (unsigned i = 0; i < PIECES; i++) {
		struct piece **p = &c->piece[i];

		if (!*p)
			return p;
		if (!(*p)->users && (!best || (*p)->used < (*best)->used))
			best = p;
	}
	return best;
}

static int decode(struct piece *p, sqlite3_stmt *s)
{
	const void *data = sqlite3_column_blob(s, 2);
	size_t size = (size_t)sqlite3_column_bytes(s, 2);
	uint64_t events;
	int r = -EBADMSG;

	p->first = sqlite3_column_int64(s, 0);
	if (p->is_frame)
		r = frame_decode(&p->frame, data, size);
	else if (scan_number(s, 1, BLOCK_EVENTS_MAX, &events))
		r = block_decode(&p->block, data, size, (size_t)events);
	if (r || p->first < !p->is_frame || p->first > INT64_MAX - BLOCK_EVENTS_MAX)
		return r == -ENOMEM ? SQLITE_NOMEM : SQLITE_CORRUPT;
	return SQLITE_OK;
}

static int load(struct packed_cache *c, bool is_frame, int64_t run, int64_t seq, struct piece **p)
{
	sqlite3_stmt **s = is_frame ? &c->frame : &c->block;
	int rc = ask(c, s, is_frame ?
		     "SELECT seq, 0, data FROM main.frame WHERE run = ? AND seq = ?" :
		     "SELECT first, events, data FROM main.block WHERE run = ? AND first <= ? "
		     "ORDER BY first DESC LIMIT 1", run, seq);
	struct piece **place = oldest(c);

	if (rc != SQLITE_ROW) {
		sqlite3_reset(*s);
		return rc == SQLITE_DONE ? SQLITE_OK : rc;
	}
	if (place && !*place)
		*place = calloc(1, sizeof(**place));
	if (!place || !*place) {
		sqlite3_reset(*s);
		return SQLITE_NOMEM;
	}
	(*place)->is_frame = is_frame;
	(*place)->run = run;
	rc = decode(*place, *s);
	sqlite3_reset(*s);
	if (rc != SQLITE_OK)
		(*place)->run = 0;		/* nobody's */
	else if (has(*place, is_frame, run, seq))
		*p = *place;
	return rc;
}

int cache_get(struct packed_cache *c, bool is_frame, int64_t run, int64_t seq, struct piece **p)
{
	int rc = SQLITE_OK;

	*p = NULL;
	for (unsigned i = 0; i < PIECES && !*p; i++)
		if (c->piece[i] && has(c->piece[i], is_frame, run, seq))
			*p = c->piece[i];
	if (!*p)
		rc = load(c, is_frame, run, seq, p);
	if (*p) {
		(*p)->users++;
		(*p)->used = ++c->time;
	}
	return rc;
}

void cache_put(struct piece *p)
{
	if (p)
		p->users--;
}

void cache_free(struct packed_cache *c)
{
	sqlite3_finalize(c->is_packed);
	sqlite3_finalize(c->block);
	sqlite3_finalize(c->frame);
	for (unsigned i = 0; i < PIECES; i++) {
		if (!c->piece[i])
			continue;
		block_clear(&c->piece[i]->block);
		frame_clear(&c->piece[i]->frame);
		free(c->piece[i]);
	}
	*c = (struct packed_cache){ 0 };
}
