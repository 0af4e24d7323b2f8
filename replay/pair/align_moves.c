/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * align_moves.c - two runs, event by event.
 *
 * Both do the same up to where they part; under two kernels, but for steps that a task makes in
 * one of them on its way to the next step of both.  Behind it, each task's steps are paired with
 * its steps in the other run, in order.  As tasks take turns otherwise there, these pairs cross;
 * kept are the most of them that do not, so that positions only go forward in both runs.
 */
#include "replay/pair/align_moves.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SKIP_MAX	64	/* steps of a task that the other run may lack at one place */
#define RUN_ON_MAX	64	/* steps of a task's own on its way to one of both runs */
#define NONE		UINT64_MAX

static int mark_order(const struct mark *a, const struct mark *b)
{
	int order = strcmp(a->role, b->role);

	if (!order)
		order = strcmp(a->step->op, b->step->op);
	if (!order)
		order = strcmp(a->step->text, b->step->text);
	return order ? order : strcmp(a->result, b->result);
}

static bool same_step(const struct mark *a, const struct mark *b)
{
	return !strcmp(a->role, b->role) && same_mark_step(a, b);
}

/* How many steps the task goes on in m, from `at`, before it makes that one; NONE: it does not. */
static uint64_t run_on(const struct marks *m, uint64_t at, const struct mark *to)
{
	for (uint64_t n = 0; n < RUN_ON_MAX && at + n < m->n; n++) {
		if (same_step(&m->mark[at + n], to))
			return n;
		if (strcmp(m->mark[at + n].role, to->role))
			break;
	}
	return NONE;
}

/* The next pair is *i and *j, or there is none.  Where it could be two it must not be either. */
static bool next_in_step(const struct marks *a, const struct marks *b, bool own, uint64_t *i,
			 uint64_t *j)
{
	uint64_t x, y;

	if (*i == a->n || *j == b->n)
		return false;
	x = run_on(a, *i, &b->mark[*j]);
	y = run_on(b, *j, &a->mark[*i]);
	if (x && (!own || x == y))
		return false;
	*i += x < y ? x : 0;
	*j += y < x ? y : 0;
	return true;
}

/* partner (or NULL) gets the pairs before the runs part. */
static struct parting walk(const struct marks *a, const struct marks *b, bool own,
			   uint64_t *partner)
{
	struct parting p = { 0 };

	for (uint64_t i = 0, j = 0; next_in_step(a, b, own, &i, &j); p.a = ++i, p.b = ++j) {
		p.own |= i != p.a || j != p.b;
		if (strcmp(a->mark[i].result, b->mark[j].result)) {
			p.a = i;
			p.b = j;
			p.made = true;
			break;
		}
		if (partner)
			partner[i] = j;
	}
	return p;
}

struct parting part(const struct marks *a, const struct marks *b, bool own)
{
	return walk(a, b, own, NULL);
}

/* Of a run, behind what is common: the events of each task. */
struct lane {
	const char *role;
	uint64_t *at, n;
};

struct lanes {
	struct lane lane[MAX_TASKS + 2];	/* one whose task has no name; one is empty */
	unsigned n;
	uint64_t *room;		/* what the lanes' arrays are parts of */
};

/* Which lane is a task's in that role; l->n: none. */
static unsigned find_lane(const struct lanes *l, const char *role)
{
	unsigned i = 0;

	while (i < l->n && strcmp(l->lane[i].role, role))
		i++;
	return i;
}

static int lanes_make(struct lanes *l, const struct marks *m, uint64_t from)
{
	uint64_t *at;

	*l = (struct lanes){ .room = calloc(m->n - from + 1, sizeof(*l->room)) };
	at = l->room;
	if (!at)
		return -ENOMEM;
	for (uint64_t i = from; i < m->n; i++) {
		unsigned n = find_lane(l, m->mark[i].role);

		l->lane[n].role = m->mark[i].role;
		l->lane[n].n++;
		l->n += n == l->n;
	}
	for (unsigned i = 0; i < l->n; at += l->lane[i].n, l->lane[i++].n = 0)
		l->lane[i].at = at;
	for (uint64_t i = from; i < m->n; i++) {
		struct lane *lane = &l->lane[find_lane(l, m->mark[i].role)];

		lane->at[lane->n++] = i;
	}
	return 0;
}

/* Move *i and *j on to the nearest two that are the same step; fewest are left out. */
static bool next_pair(const struct lane *a, const struct lane *b, const struct marks *ma,
		      const struct marks *mb, uint64_t *i, uint64_t *j)
{
	for (uint64_t skip = 0; skip <= SKIP_MAX; skip++)
		for (uint64_t x = 0; x <= skip; x++) {
			uint64_t p = *i + x, q = *j + skip - x;

			if (p >= a->n || q >= b->n ||
			    !same_mark_step(&ma->mark[a->at[p]], &mb->mark[b->at[q]]))
				continue;
			*i = p;
			*j = q;
			return true;
		}
	return false;
}

/* partner[i]: which event of b each event of a is from where they part, or NONE. */
static int pair_tasks(const struct marks *a, const struct marks *b, const struct parting *p,
		      uint64_t *partner)
{
	struct lanes la, lb;
	int err = lanes_make(&la, a, p->a);

	lb.room = NULL;
	if (!err)
		err = lanes_make(&lb, b, p->b);
	for (unsigned n = 0; !err && n < la.n; n++) {
		const struct lane *x = &la.lane[n], *y = &lb.lane[find_lane(&lb, x->role)];

		for (uint64_t i = 0, j = 0; next_pair(x, y, a, b, &i, &j); i++, j++)
			partner[x->at[i]] = y->at[j];
	}
	free(la.room);
	free(lb.room);
	return err;
}

/* Of the pairs, keep the longest row that grows in both runs. */
static int keep_row(uint64_t *partner, uint64_t n)
{
	uint64_t *last = calloc(n + 1, sizeof(*last)), *before = calloc(n + 1, sizeof(*before));
	uint64_t length = 0, keep;

	if (!last || !before) {
		free(last);
		free(before);
		return -ENOMEM;
	}
	/* last[k]: where the row of k + 1 pairs ends that ends earliest in b */
	for (uint64_t i = 0; i < n; i++) {
		uint64_t from = 0, to = length;

		if (partner[i] == NONE)
			continue;
		while (from < to) {
			uint64_t middle = from + (to - from) / 2;

			if (partner[last[middle]] < partner[i])
				from = middle + 1;
			else
				to = middle;
		}
		before[i] = from ? last[from - 1] : NONE;
		last[from] = i;
		length += from == length;
	}
	keep = length ? last[length - 1] : NONE;
	for (uint64_t i = n; i--;) {
		if (i == keep)
			keep = before[i];
		else
			partner[i] = NONE;
	}
	free(last);
	free(before);
	return 0;
}

static int match(uint64_t *b_of_a, uint64_t *a_of_b, const struct marks *a, const struct marks *b,
		 bool own)
{
	uint64_t *partner = calloc(a->n + 1, sizeof(*partner)), at = 0;
	int err = partner ? 0 : -ENOMEM;
	struct parting p;

	for (uint64_t i = 0; !err && i < a->n; i++)
		partner[i] = NONE;
	if (!err) {
		p = walk(a, b, own, partner);
		err = pair_tasks(a, b, &p, partner);
	}
	if (!err)
		err = keep_row(partner, a->n);
	for (uint64_t i = 0; !err && i < a->n; i++) {
		if (partner[i] != NONE) {
			at = partner[i] + 1;
			a_of_b[at] = i + 1;
		}
		b_of_a[i + 1] = at;
	}
	for (uint64_t j = 0; !err && j < b->n; j++)
		if (a_of_b[j + 1] < a_of_b[j])
			a_of_b[j + 1] = a_of_b[j];
	free(partner);
	return err;
}

int match_moves(struct alignment *al, const struct marks *a, const struct marks *b, bool own)
{
	struct parting p = part(a, b, own);
	/* Where several choices are as good, it must not matter which run is the left one. */
	bool turn = p.a < a->n && (p.b == b->n || mark_order(&a->mark[p.a], &b->mark[p.b]) > 0);

	return turn ? match(al->a_of_b, al->b_of_a, b, a, own) :
		      match(al->b_of_a, al->a_of_b, a, b, own);
}
