/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * view_diff.c - reading an alignment: which step of one run belongs to which of the other.
 */
#include <string.h>

#include "ui/panel.h"

static uint64_t events_of(const struct chapter *c, unsigned side)
{
	return side ? c->alignment.b_events : c->alignment.a_events;
}

static const uint64_t *map_of(const struct chapter *c, unsigned side)
{
	return side ? c->alignment.a_of_b : c->alignment.b_of_a;
}

bool are_aligned(const struct chapter *c)
{
	return c->run[1] && c->alignment.b_of_a;
}

uint64_t other_position(const struct chapter *c, unsigned side, uint64_t at)
{
	const uint64_t *map = map_of(c, side);
	uint64_t last = events_of(c, side), end = events_of(c, !side);

	if (!c->run[1] || !map)
		return at;
	at = map[at < last ? at : last];
	return at < end ? at : end;
}

uint64_t parted_at(const struct chapter *c, unsigned side)
{
	if (!c->run[1] || c->alignment.same || !map_of(c, side))
		return UINT64_MAX;
	return side ? c->alignment.b_parted : c->alignment.a_parted;
}

/* The same task made the same step with the same result. */
static bool same_step(const struct chapter *c, uint64_t a, uint64_t b)
{
	const struct run_info *x = trace_info(c->run[0]), *y = trace_info(c->run[1]);
	const struct trace_event *ev = trace_event_at(c->run[0], a);
	const struct trace_step *s, *t;
	char result[160];
	unsigned task;

	if (!ev || ev->task >= x->tasks)
		return false;
	task = ev->task;
	s = trace_step_at(c->run[0], ev->step);
	/* an event lives until the next call: keep what is needed of it */
	snprintf(result, sizeof(result), "%s", ev->result);
	ev = trace_event_at(c->run[1], b);
	if (!ev || ev->task >= y->tasks)
		return false;
	t = trace_step_at(c->run[1], ev->step);
	return s && t && !strcmp(x->task_name[task], y->task_name[ev->task]) &&
	       !strcmp(s->text, t->text) && !strncmp(result, ev->result, sizeof(result) - 1);
}

/* The left run's transition with which the right one comes to `b`, or 0.  The map only grows. */
static uint64_t left_of(const struct alignment *al, uint64_t b)
{
	uint64_t from = 0, to = al->a_events;

	while (from < to) {
		uint64_t middle = from + (to - from) / 2;

		if (al->b_of_a[middle] < b)
			from = middle + 1;
		else
			to = middle;
	}
	return al->b_of_a[from] == b ? from : 0;
}

/* The transition of the other run that is the same as this one, or 0. */
static uint64_t same_transition(const struct chapter *c, unsigned side, uint64_t at)
{
	uint64_t a = at, b = at;

	if (!at || at > events_of(c, side))
		return 0;
	if (side)
		a = left_of(&c->alignment, b);
	else
		b = c->alignment.b_of_a[a];
	if (!a || !b || c->alignment.b_of_a[a - 1] >= b || !same_step(c, a, b))
		return 0;
	return side ? a : b;
}

bool step_differs(const struct chapter *c, unsigned side, uint64_t at)
{
	return c->run[1] && map_of(c, side) && at && !same_transition(c, side, at);
}

bool differs_here(const struct chapter *c, unsigned side, uint64_t at)
{
	if (!at || !c->run[1] || !map_of(c, side))
		return false;
	return step_differs(c, side, at) ||
	       other_position(c, side, at) != other_position(c, side, at - 1) + 1;
}

/*
 * The row after positions i, j: steps of the right run alone come first, then those of
 * the left run alone, then what both did.
 */
static bool row_after(const struct chapter *c, uint64_t i, uint64_t j, struct merged_row *row)
{
	bool left = i < events_of(c, 0), right = j < events_of(c, 1);
	bool left_alone = left && step_differs(c, 0, i + 1);
	bool right_alone = right && step_differs(c, 1, j + 1);

	if (!left && !right)
		return false;
	if (right && (right_alone || !left))
		*row = (struct merged_row){ .at = { 0, j + 1 } };
	else if (left_alone || !right)
		*row = (struct merged_row){ .at = { i + 1, 0 } };
	else
		*row = (struct merged_row){ .at = { i + 1, j + 1 } };
	return true;
}

/* The row before them: the other way round. */
static bool row_before(const struct chapter *c, uint64_t i, uint64_t j, struct merged_row *row)
{
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
		i -= row[before - 1 - n].at[0] != 0;
		j -= row[before - 1 - n].at[1] != 0;
		n++;
	}
	memmove(row, row + before - n, (size_t)n * sizeof(*row));
	*above = n;
	i = pos[0];
	j = pos[1];
	while (n < *above + after && row_after(c, i, j, &row[n])) {
		i += row[n].at[0] != 0;
		j += row[n].at[1] != 0;
		n++;
	}
	return n;
}
