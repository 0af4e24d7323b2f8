/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff.c - reading an alignment: which step of one run belongs to which of the other.
 */
#include <stddef.h>
#include <string.h>

#include "replay/pair/align_life.h"
#include "ui/state/diff.h"

static bool run_has_objects(const struct trace *t)
{
	const struct run_info *info = trace_info(t);

	return info->large || info->packed || info->live || !info->ended;
}

bool has_objects(const struct chapter *c)
{
	return run_has_objects(c->run[0]) || (c->run[1] && run_has_objects(c->run[1]));
}

bool of_capture(const struct chapter *c)
{
	return trace_info(c->run[0])->capture || (c->run[1] && trace_info(c->run[1])->capture);
}

static uint64_t events_of(const struct chapter *c, unsigned side)
{
	return side ? c->alignment.b_events : c->alignment.a_events;
}

static const uint64_t *map_of(const struct chapter *c, unsigned side)
{
	return side ? c->alignment.a_of_b : c->alignment.b_of_a;
}

int view_compare(struct chapter *c)
{
	return align_either(&c->alignment, c->run[0], c->run[1]);
}

bool are_aligned(const struct chapter *c)
{
	return c->run[1] && (c->alignment.b_of_a || c->alignment.life[0]);
}

/* ---- runs that are compared by a life ---- */

/* The last point of a run's life at or before a position, or -1. */
static ptrdiff_t point_at(const struct chapter *c, unsigned side, uint64_t at)
{
	const struct life_point *p = c->alignment.life[side];
	ptrdiff_t from = -1, to = (ptrdiff_t)c->alignment.points[side] - 1;

	while (from < to) {
		ptrdiff_t middle = from + (to - from + 1) / 2;

		if (p[middle].at <= at)
			from = middle;
		else
			to = middle - 1;
	}
	return from;
}

/* The point that is the transition itself, or NULL. */
static const struct life_point *point_of(const struct chapter *c, unsigned side, uint64_t at)
{
	ptrdiff_t i = point_at(c, side, at);
	const struct life_point *p = i < 0 ? NULL : &c->alignment.life[side][i];

	return p && p->at == at ? p : NULL;
}

bool outside_life(const struct chapter *c, unsigned side, uint64_t at)
{
	return c->run[1] && c->alignment.life[side] && !point_of(c, side, at);
}

static uint64_t other_in_life(const struct chapter *c, unsigned side, uint64_t at)
{
	ptrdiff_t i = point_at(c, side, at);

	if (i >= 0)
		return c->alignment.life[side][i].other;
	return c->alignment.points[side] ? c->alignment.life[side][0].other : 0;
}

static bool differs(const struct life_point *p)
{
	return !p->partner || !p->same;
}

/* Does the other run make a step of its own on the way from the point before to this one? */
static bool passes_others(const struct chapter *c, unsigned side, ptrdiff_t i)
{
	const struct life_point *p = &c->alignment.life[side][i];
	uint64_t from = i ? p[-1].other : p->other;

	for (ptrdiff_t j = point_at(c, !side, p->other); j >= 0; j--) {
		const struct life_point *q = &c->alignment.life[!side][j];

		if (q->at <= from)
			return false;
		if (!q->partner)
			return true;
	}
	return false;
}

/* Positions count from 0, where nothing was made yet. */
static bool life_differs(const struct chapter *c, unsigned side, ptrdiff_t i)
{
	return i >= 0 && (differs(&c->alignment.life[side][i]) || passes_others(c, side, i));
}

static uint64_t next_in_life(const struct chapter *c, unsigned side, uint64_t at, bool after)
{
	ptrdiff_t n = (ptrdiff_t)c->alignment.points[side], i = point_at(c, side, at);
	uint64_t parted = parted_at(c, side);

	if (!after && i >= 0 && c->alignment.life[side][i].at == at)
		i--;
	for (i += after; after ? i < n : i >= 0; i += after ? 1 : -1) {
		uint64_t is = c->alignment.life[side][i].at;

		if ((parted != UINT64_MAX && is == parted + 1) ||
		    (life_differs(c, side, i) && !life_differs(c, side, i - 1)))
			return is;
	}
	return 0;
}

uint64_t next_difference(const struct chapter *c, unsigned side, uint64_t at, bool after)
{
	const struct alignment *al = &c->alignment;
	uint64_t last = events_of(c, side), parted = parted_at(c, side), found = 0;

	if (al->life[side])
		return next_in_life(c, side, at, after);
	for (size_t i = 0; i <= al->hunks; i++) {
		uint64_t is = (i < al->hunks ? al->hunk[i].from[side] : parted) + 1;

		if (is && is <= last && (after ? is > at && (!found || is < found) :
					 is < at && is > found))
			found = is;
	}
	return found;
}

/* ---- both ways ---- */

uint64_t other_position(const struct chapter *c, unsigned side, uint64_t at)
{
	const uint64_t *map = map_of(c, side);
	uint64_t last = events_of(c, side), end = events_of(c, !side);

	if (c->run[1] && c->alignment.life[side])
		return other_in_life(c, side, at);
	if (!c->run[1] || !map)
		return at;
	at = map[at < last ? at : last];
	return at < end ? at : end;
}

uint64_t parted_at(const struct chapter *c, unsigned side)
{
	if (c->alignment.same || !are_aligned(c))
		return UINT64_MAX;
	return side ? c->alignment.b_parted : c->alignment.a_parted;
}

bool parts_here(const struct chapter *c, unsigned side, uint64_t at)
{
	return at && !c->alignment.life[side] && at - 1 == parted_at(c, side);
}

/* The stretch in which the runs differ that transition `at` is in, or that its step follows. */
static const struct hunk *hunk_before(const struct chapter *c, unsigned side, uint64_t at)
{
	size_t from = 0, to = c->alignment.hunks;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (c->alignment.hunk[middle].from[side] < at)
			from = middle + 1;
		else
			to = middle;
	}
	return from ? &c->alignment.hunk[from - 1] : NULL;
}

bool step_differs(const struct chapter *c, unsigned side, uint64_t at)
{
	const struct life_point *p;
	const struct hunk *h;

	if (!at || !are_aligned(c))
		return false;
	if (c->alignment.life[side]) {
		p = point_of(c, side, at);
		return p && differs(p);
	}
	h = hunk_before(c, side, at);
	return h && at <= h->to[side];
}

bool differs_here(const struct chapter *c, unsigned side, uint64_t at)
{
	if (!at || !c->run[1] || !map_of(c, side))
		return false;
	return step_differs(c, side, at) ||
	       other_position(c, side, at) != other_position(c, side, at - 1) + 1;
}

/* The transition that a merged list has after position `at`; 0: there is none. */
static uint64_t beyond(const struct chapter *c, unsigned side, uint64_t at)
{
	size_t i;

	if (!c->alignment.life[side])
		return at < events_of(c, side) ? at + 1 : 0;
	i = (size_t)(point_at(c, side, at) + 1);
	return i < c->alignment.points[side] ? c->alignment.life[side][i].at : 0;
}

/* And the last up to there. */
static uint64_t reached(const struct chapter *c, unsigned side, uint64_t at)
{
	ptrdiff_t i;

	if (!c->alignment.life[side])
		return at;
	i = point_at(c, side, at);
	return i < 0 ? 0 : c->alignment.life[side][i].at;
}

/*
 * The row after positions i, j: steps of the right run alone come first, then those of
 * the left run alone, then what both did.
 */
static bool row_after(const struct chapter *c, uint64_t i, uint64_t j, struct merged_row *row)
{
	uint64_t left = beyond(c, 0, i), right = beyond(c, 1, j);

	if (!left && !right)
		return false;
	if (right && (!left || step_differs(c, 1, right)))
		*row = (struct merged_row){ .at = { 0, right } };
	else if (!right || step_differs(c, 0, left))
		*row = (struct merged_row){ .at = { left, 0 } };
	else
		*row = (struct merged_row){ .at = { left, right } };
	return true;
}

/* The row before them: the other way round. */
static bool row_before(const struct chapter *c, uint64_t i, uint64_t j, struct merged_row *row)
{
	i = reached(c, 0, i);
	j = reached(c, 1, j);
	if (!i && !j)
		return false;
	if (i && (step_differs(c, 0, i) || !j))
		*row = (struct merged_row){ .at = { i, 0 } };
	else if (step_differs(c, 1, j) || !i)
		*row = (struct merged_row){ .at = { 0, j } };
	else
		*row = (struct merged_row){ .at = { i, j } };
	return true;
}

int merged_rows(const struct chapter *c, const uint64_t pos[2], int before, int after,
		struct merged_row *row, int *above)
{
	uint64_t i = pos[0], j = pos[1];
	int n = 0;

	while (n < before && row_before(c, i, j, &row[before - 1 - n])) {
		const struct merged_row *last = &row[before - 1 - n++];

		i = last->at[0] ? last->at[0] - 1 : i;
		j = last->at[1] ? last->at[1] - 1 : j;
	}
	memmove(row, row + before - n, (size_t)n * sizeof(*row));
	*above = n;
	i = pos[0];
	j = pos[1];
	while (n < *above + after && row_after(c, i, j, &row[n])) {
		i = row[n].at[0] ? row[n].at[0] : i;
		j = row[n].at[1] ? row[n].at[1] : j;
		n++;
	}
	return n;
}
