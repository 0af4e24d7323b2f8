/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between a capture's events and the transitions of the run that explains it.
 */
#include <errno.h>

#include "traces/capture/capture.h"
#include "traces/read/reader.h"
#include "traces/write/writer.h"

int capture_link(struct trace_writer *tw, uint64_t seq, uint64_t event, bool seen)
{
	return tw_row(tw, SQL_CAPTURE_STEP, INT(tw->run), INT(seq), INT(event), INT(seen));
}

/* A row of two numbers, asked for by one or two: was there one? */
static bool look_up(struct trace *t, const char *sql, uint64_t p, uint64_t q, uint64_t *a,
		    uint64_t *b)
{
	sqlite3_stmt *s = NULL;
	bool found = false;

	if (!tr_prepare(t, &s, sql)) {
		tr_bind(s, p, q);
		found = sqlite3_step(s) == SQLITE_ROW && !tr_number(t, s, 0, INT64_MAX, a) &&
			!tr_number(t, s, 1, INT64_MAX, b);
	}
	sqlite3_finalize(s);
	return found;
}

uint64_t capture_event_of(struct trace *t, uint64_t seq, bool *seen)
{
	uint64_t event, shown;

	if (!look_up(t, "SELECT event, seen FROM capture_step WHERE run = ? AND seq = ?", seq,
		     0, &event, &shown))
		return 0;
	if (seen)
		*seen = shown != 0;
	return event;
}

uint64_t capture_step_of(struct trace *t, uint64_t event)
{
	uint64_t seq, unused;

	if (!look_up(t, "SELECT seq, 0 FROM capture_step WHERE run = ? AND event <= ? "
		     "ORDER BY event DESC, seq DESC LIMIT 1", event, 0, &seq, &unused))
		return 0;
	return seq;
}

uint64_t capture_seen_step(struct trace *t, uint64_t seq, bool after)
{
	uint64_t found, unused;

	if (!look_up(t, after ? "SELECT seq, 0 FROM capture_step WHERE run = ? AND seq > ? "
				"AND seen ORDER BY seq LIMIT 1" :
				"SELECT seq, 0 FROM capture_step WHERE run = ? AND seq < ? "
				"AND seen ORDER BY seq DESC LIMIT 1", seq, 0, &found, &unused))
		return 0;
	return found;
}

uint64_t capture_event_beside(struct trace *t, uint32_t slot, uint64_t event, bool after)
{
	uint64_t found, unused;

	if (!look_up(t, after ? "SELECT id, 0 FROM capture_event WHERE run = ? AND slot = ? "
				"AND id > ? ORDER BY id LIMIT 1" :
				"SELECT id, 0 FROM capture_event WHERE run = ? AND slot = ? "
				"AND id < ? ORDER BY id DESC LIMIT 1", slot, event, &found,
		     &unused))
		return 0;
	return found;
}

uint64_t capture_event_stamped(struct trace *t, uint64_t stamp, uint64_t *is)
{
	uint64_t found;

	if (!look_up(t, "SELECT id, stamp FROM capture_event WHERE run = ? AND stamp >= ? "
		     "ORDER BY id LIMIT 1", stamp, 0, &found, is))
		return 0;
	return found;
}
