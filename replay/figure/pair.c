/* SPDX-License-Identifier: GPL-2.0-only */
/* pair.c - two runs: which transition of one is which of the other, where they part, and why. */
#include <errno.h>
#include <string.h>

#include "replay/figure/parts.h"
#include "replay/pair/align.h"
#include "replay/pair/align_life.h"

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

/*
 * The transition of the right run that is the same step of the same task as this one of the left,
 * by the names of both; 0: it made none.
 */
static void pair_rows(struct figure *f, const struct alignment *al)
{
	struct figure_run *left = &f->run[0], *right = &f->run[1];

	for (size_t i = 0; i < right->rows; i++) {
		struct figure_row *y = &right->row[i], *x;
		uint64_t a = left_of(al, y->at);

		x = a && al->b_of_a[a - 1] < y->at ? figure_row_at(left, a) : NULL;
		if (!x || strcmp(left->task[x->task], right->task[y->task]) ||
		    strcmp(x->op, y->op) || strcmp(x->text, y->text))
			continue;
		x->partner = y->at;
		y->partner = x->at;
		x->other_result = y->other_result = strcmp(x->result, y->result) != 0;
	}
}

/* Of runs that are compared by a life: points have partners already. */
static void pair_points(struct figure *f, const struct alignment *al)
{
	for (unsigned side = 0; side < 2; side++)
		for (size_t i = 0; i < al->points[side]; i++) {
			const struct life_point *p = &al->life[side][i];
			struct figure_row *row = figure_row_at(&f->run[side], p->at);

			if (!row)
				continue;
			row->partner = p->partner;
			row->other_result = p->partner && !p->same;
		}
}

static uint64_t mapped(const uint64_t *map, uint64_t at, uint64_t events, uint64_t other_events)
{
	at = map[at < events ? at : events];
	return at < other_events ? at : other_events;
}

/* The right run's part of the left one's. */
static struct figure_part right_part(const struct alignment *al, const struct figure_part *part)
{
	struct figure_part p = { 0 };

	if (!part || (!part->first && !part->last && !part->n) || !al->b_of_a)
		return p;
	p.first = part->n ? part->only[0] : part->first ? part->first : 1;
	p.last = part->n ? part->only[part->n - 1] : part->last ? part->last : al->a_events;
	p.first = mapped(al->b_of_a, p.first - 1, al->a_events, al->b_events) + 1;
	p.last = mapped(al->b_of_a, p.last, al->a_events, al->b_events);
	if (p.last < p.first)	/* it made nothing meanwhile: one step says where that is */
		p.last = p.first = p.last ? p.last : 1;
	return p;
}

/* The rows of a life, where runs are compared by one. */
static int life_part(struct figure_part *p, uint64_t *only, const struct alignment *al,
		     unsigned side, uint64_t first, uint64_t last)
{
	size_t n = 0;

	for (size_t i = 0; i < al->points[side] && n <= FIGURE_ROWS_MAX; i++) {
		uint64_t at = al->life[side][i].at;

		if (at >= first && at <= last && (!n || at > only[n - 1]))
			only[n++] = at;
	}
	if (!n || n > FIGURE_ROWS_MAX)
		return n ? -EFBIG : -ERANGE;
	*p = (struct figure_part){ .only = only, .n = n };
	return 0;
}

/* Runs of which one is large are compared by a life of a slot, and drawn so. */
static int read_lives(struct figure *f, struct trace *a, struct trace *b,
		      const struct figure_part *part, const struct alignment *al, char *why)
{
	static const struct figure_part whole;
	uint64_t only[FIGURE_ROWS_MAX + 1];
	struct figure_part p;
	int err;

	if (!part)
		part = &whole;
	err = life_part(&p, only, al, 0, part->first, part->last ? part->last : UINT64_MAX);
	if (!err) {
		p.file = part->file;
		err = figure_of_trace(f, a, part->n ? part : &p, why);
		if (err)
			return err;
		err = life_part(&p, only, al, 1, 0, UINT64_MAX);
	}
	if (err)
		return figure_error(why, err, err == -EFBIG ? "the lives that are compared are "
				    "too long to be drawn: a part can be asked for" :
				    "no step of what is compared is in this part");
	return figure_read_right(f, b, &p, why);
}

int figure_pair(struct figure *f, struct trace *a, struct trace *b,
		const struct figure_part *part, char *why)
{
	struct figure_part right;
	struct alignment al;
	int err = align_either(&al, a, b);

	*f = (struct figure){ 0 };
	if (err)
		return figure_error(why, err, err == -EFBIG ? "the runs are too long, or their "
				    "worlds too large, to be compared" :
				    err == -ENOMEM ? "out of memory" :
				    err == -ENODATA ? "neither run has a finding, or one has "
				    "nothing like the other's: there is nothing to compare" :
				    "the runs cannot be compared: a trace is damaged");
	if (al.life[0]) {
		err = read_lives(f, a, b, part, &al, why);
	} else {
		right = right_part(&al, part);
		err = figure_of_trace(f, a, part, why);
		if (!err)
			err = figure_read_right(f, b, &right, why);
	}
	if (!err) {
		f->runs = 2;
		f->same = al.same;
		f->parted[0] = al.a_parted;
		f->parted[1] = al.b_parted;
		f->why = figure_text(f, al.same ? "" : al.why);
		if (!f->why)
			err = figure_error(why, -ENOMEM, "out of memory");
	}
	if (!err && al.life[0])
		pair_points(f, &al);
	else if (!err)
		pair_rows(f, &al);
	alignment_free(&al);
	if (err)
		figure_free(f);
	return err;
}
