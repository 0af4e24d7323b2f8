/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When a field changed: transitions are gone through by chunks, as many as it takes, and of
 * packed ones only those that change it are unpacked.  A set of bits says which fields are wanted,
 * so that a change costs a look at one bit.  Who steps asks again and again when the same few
 * fields changed last: what such a search has seen is kept, and the next goes through the rest.
 */
#include <errno.h>
#include <string.h>

#include "traces/read/reader.h"

static bool is_wanted(const struct trace *t, uint32_t field)
{
	return t->wanted[field / 8] >> field % 8 & 1;
}

/* The first event of c in [low, high] that changed what is wanted, from either side; 0: none. */
static uint64_t search_chunk(const struct trace *t, const struct chunk *c, uint64_t low,
			     uint64_t high, bool forward)
{
	size_t from = c->first_change[low - c->first];
	size_t to = c->first_change[high - c->first + 1], hit = to;

	for (size_t i = from; forward && i < to && hit == to; i++)
		if (is_wanted(t, c->change[i].field))
			hit = i;
	for (size_t i = to; !forward && i-- > from && hit == to;)
		if (is_wanted(t, c->change[i].field))
			hit = i;
	if (hit == to)
		return 0;
	while (low < high) {		/* the event whose change it is */
		uint64_t middle = low + (high - low) / 2;

		if (c->first_change[middle - c->first + 1] > hit)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static int search(struct trace *t, uint64_t from, uint64_t to, uint64_t *found)
{
	bool forward = from <= to;
	const struct chunk *c;

	for (;;) {
		uint64_t low, high, first;
		uint32_t events;
		int r = tr_search_chunk(t, from, &c, &first, &events);

		if (r)
			return r;
		low = forward ? from : to > first ? to : first;
		high = !forward ? from : to - first < events ? to : first + events - 1;
		*found = c ? search_chunk(t, c, low, high, forward) : 0;
		if (*found)
			return 1;
		if (forward ? high == to : low == to)
			return 0;
		from = forward ? high + 1 : low - 1;
	}
}

static struct seen *seen_of(struct trace *t, const uint32_t *field, size_t n)
{
	struct seen *oldest = &t->seen[0];

	for (struct seen *s = t->seen; s < t->seen + SEEN; s++) {
		if (s->n == n && !memcmp(s->field, field, n * sizeof(*field)))
			return s;
		if (s->used < oldest->used)
			oldest = s;
	}
	*oldest = (struct seen){ .n = n };
	memcpy(oldest->field, field, n * sizeof(*field));
	return oldest;
}

/* As search(), backward. */
static int search_unseen(struct trace *t, struct seen *s, uint64_t from, uint64_t to,
			 uint64_t *found)
{
	int r = 0;

	s->used = ++t->clock;
	if (!s->high || from < s->low || to > s->high) {
		s->low = from + 1;
		s->high = from;
		s->hit = false;
	}
	if (from > s->high) {		/* made since */
		r = search(t, from, s->high + 1, found);
		s->high = r < 0 ? 0 : from;
		s->low = r > 0 ? *found : s->low;
		s->hit |= r > 0;
	}
	if (!r && !s->hit && to < s->low) {
		r = search(t, s->low - 1, to, found);
		s->high = r < 0 ? 0 : s->high;
		s->low = r > 0 ? *found : to;
		s->hit = r > 0;
	}
	if (r < 0)
		return r;
	*found = s->hit && s->low >= to ? s->low : 0;
	return *found != 0;
}

int trace_search(struct trace *t, uint64_t from, uint64_t to, const uint32_t *field, size_t n,
		 uint64_t *found)
{
	int r;

	if (from < 1 || to < 1 || from > t->info.events || to > t->info.events)
		return -EINVAL;
	for (size_t i = 0; i < n; i++)
		if (field[i] <= t->fields)
			t->wanted[field[i] / 8] |= (uint8_t)(1u << field[i] % 8);
	r = !n ? 0 : n > SEEN_FIELDS || from < to ? search(t, from, to, found) :
	    search_unseen(t, seen_of(t, field, n), from, to, found);
	for (size_t i = 0; i < n; i++)
		if (field[i] <= t->fields)
			t->wanted[field[i] / 8] = 0;
	return r;
}
