/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which fields a block changes, without its changes: the table of them stands near its start.
 * A search through a long run unpacks the few blocks in which there is something to be found.
 */
#include "traces/block/plan.h"

#include <errno.h>

/* Numbers that are not looked at. */
static bool skip(struct source *s, uint64_t n)
{
	while (n && s->at < s->end)
		n -= *s->at++ < 0x80;
	return !n;
}

int block_touches(struct block *b, const void *data, size_t size, size_t events,
		  const uint8_t *wanted, uint32_t last)
{
	uint64_t tasks, shapes, changes, fields, clock, id;
	struct source s;
	int r = inflate(&s, &b->scratch[0], &b->scratch_cap[0], data, size, BLOCK_RAW_MAX);

	b->events = b->changes = 0;
	if (r)
		return r;
	if (!get(&s, events, &tasks) || !get(&s, events, &shapes) ||
	    !get(&s, BLOCK_CHANGES_MAX, &changes) || !get(&s, changes, &fields) ||
	    !get(&s, 1, &clock) || !skip(&s, tasks + shapes * SHAPE_NUMBERS))
		return -EBADMSG;
	for (uint64_t i = 0; i < fields; i++) {
		if (!get(&s, ROWS_FIELDS_MAX, &id))
			return -EBADMSG;
		if (id <= last && wanted[id / 8] >> id % 8 & 1)
			return 1;
	}
	return 0;
}
