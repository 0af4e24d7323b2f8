/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The story of a stored capture, beside it in its file.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/story/order.h"
#include "traces/read/read.h"
#include "traces/write/rows.h"
#include "traces/write/write.h"

#define LOST_MAX	100000	/* places at which events were lost; see add_lost() */

struct store {
	struct story *story;
	struct trace_writer *tw;
	int run;
	uint64_t *lost;			/* lines at which events were lost */
	size_t losts, passed;
	struct story_loss *loss;	/* that the order of the lines tells */
	size_t losses, room;
	uint64_t unordered;		/* of these: not in every order that the clock allows */
};

static int write_fault(void *arg, const struct story_fault *f)
{
	struct store *st = arg;

	return story_write_fault(st->tw, st->run, f);
}

static int write_line(void *arg, const struct story_line *l)
{
	struct store *st = arg;

	return story_write_line(st->tw, st->run, l);
}

static int keep_loss(void *arg, const struct story_loss *l)
{
	struct store *st = arg;

	if (st->losses == st->room) {
		size_t room = st->room ? 2 * st->room : 64;
		void *more = realloc(st->loss, room * sizeof(*st->loss));

		if (!more)
			return -ENOMEM;
		st->loss = more;
		st->room = room;
	}
	st->loss[st->losses++] = *l;
	return 0;
}

/* Those that are losses in every order that the clock allows. */
static int write_losses(struct store *st, struct trace *t, const struct story_probes *p,
			const struct capture_info *info)
{
	uint64_t resolution = 0;
	int r = st->losses ? capture_resolution(t, &resolution) : 0;

	for (size_t i = 0; i < st->losses && !r; i++) {
		const struct story_loss *l = &st->loss[i];
		int told = resolution ? order_tells(t, p, info, resolution, l) : 1;

		st->unordered += !told;
		if (told)
			r = told < 0 ? told : story_write_loss(st->tw, st->run, l);
	}
	return r;
}

/* Beyond so many places the last one stands for all that follow: see take_event(). */
static int add_lost(void *arg, uint64_t line)
{
	struct store *st = arg;

	if (!st->lost)
		st->lost = calloc(LOST_MAX, sizeof(*st->lost));
	if (!st->lost)
		return -ENOMEM;
	if (st->losts < LOST_MAX)
		st->lost[st->losts++] = line;
	return 0;
}

static int take_event(void *arg, const struct capture_event *e)
{
	struct store *st = arg;

	while (st->passed < st->losts && st->lost[st->passed] < e->line) {
		story_lost(st->story);
		st->passed++;
	}
	if (st->passed == LOST_MAX)
		story_lost(st->story);
	return story_event(st->story, e);
}

static int take_probe(void *arg, const struct capture_probe *p)
{
	struct story_probes *probes = arg;

	if (p->function >= FN_COUNT)
		return 0;
	if (p->side == SIDE_ENTER)
		probes->enter[p->function] = true;
	else if (p->side == SIDE_RETURN)
		probes->back[p->function] = true;
	return 0;
}

int story_probes_read(struct trace *t, struct story_probes *p)
{
	memset(p, 0, sizeof(*p));
	return capture_probes(t, take_probe, p);
}

static int tell(struct store *st, struct trace *t, const struct story_probes *p,
		const struct capture_info *info, struct story_totals *totals)
{
	int r = story_erase(st->tw, st->run);

	if (!r && info->losses)
		r = story_read_lost(t, add_lost, st);
	if (!r)
		r = capture_scan(t, 0, take_event, st);
	if (!r)
		r = story_end(st->story);
	if (!r)
		r = write_losses(st, t, p, info);
	*totals = *story_totals(st->story);
	totals->losses -= st->unordered;
	totals->unordered = st->unordered;
	if (!r)
		r = story_write_totals(st->tw, st->run, totals);
	return r ? r : rows_commit(st->tw);
}

int story_store(struct trace *t, struct trace_writer *tw, int run, struct story_totals *totals,
		char *err)
{
	struct store st = { .tw = tw, .run = run };
	const struct story_sink sink = { write_fault, write_line, keep_loss, &st };
	struct story_probes probes;
	struct capture_info info;
	int r = capture_info_read(t, &info);

	if (!r)
		r = story_probes_read(t, &probes);
	if (!r) {
		st.story = story_new(&probes, &info, &sink);
		r = st.story ? tell(&st, t, &probes, &info, totals) : -ENOMEM;
	}
	if (r)
		snprintf(err, TRACE_ERROR_MAX, "%s", *trace_error(tw) ? trace_error(tw) :
			 *trace_message(t) ? trace_message(t) : strerror(-r));
	story_free(st.story);
	free(st.lost);
	free(st.loss);
	return r;
}
