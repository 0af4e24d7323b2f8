/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/story/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS_MAX	65536	/* of two lives, */
#define TOLD_MAX	(1u << 25)	/* and in all of their orders: beyond is not known */

/* The slot's events from the life before the loss on, to where nothing can come before it. */
struct window {
	struct capture_event *event;	/* with texts of their own */
	uint32_t n, room;
	uint32_t thread[256];		/* of the capture, by what they are called here */
	uint32_t threads;
	uint64_t from, to;		/* ids: of the first event, of the last that decides */
	uint64_t latest, resolution;	/* stamps */
	uint32_t life;			/* the number that the loss's life has here */
	bool too_long;
};

static void window_free(struct window *w)
{
	for (uint32_t i = 0; i < w->n; i++)
		free((char *)w->event[i].text);
	free(w->event);
}

static uint32_t thread_of(struct window *w, uint32_t thread)
{
	uint32_t i = 0;

	while (i < w->threads && w->thread[i] != thread)
		i++;
	if (i < w->threads)
		return i;
	if (w->threads == sizeof(w->thread) / sizeof(w->thread[0])) {
		w->too_long = true;
		return 0;
	}
	w->thread[w->threads++] = thread;
	return i;
}

static int keep(struct window *w, const struct capture_event *e)
{
	char *text = strdup(e->text);
	void *more = w->event;

	if (w->n == w->room) {
		w->room = w->room ? 2 * w->room : 256;
		more = realloc(w->event, w->room * sizeof(*w->event));
		w->event = more ? more : w->event;
	}
	if (!text || !more) {
		free(text);
		return -ENOMEM;
	}
	w->event[w->n] = *e;
	w->event[w->n].thread = thread_of(w, e->thread);
	w->event[w->n].slot = 1;	/* a story has room for all up to the highest number */
	w->event[w->n++].text = text;
	w->too_long |= w->n == EVENTS_MAX;
	return w->too_long;
}

static int collect(void *arg, const struct capture_event *e)
{
	struct window *w = arg;

	if (e->id < w->from)
		return 0;
	if (e->id <= w->to)
		w->latest = e->stamp > w->latest ? e->stamp : w->latest;
	else if (e->stamp > w->latest && e->stamp - w->latest > w->resolution)
		return 1;
	return keep(w, e);
}

/* Is it known that event i, which is before event j in the capture, came before it? */
static bool precedes(const struct window *w, uint32_t i, uint32_t j)
{
	const struct capture_event *a = &w->event[i], *b = &w->event[j];
	const uint64_t apart = a->stamp < b->stamp ? b->stamp - a->stamp : a->stamp - b->stamp;

	return a->cpu == b->cpu || apart > w->resolution;
}

/* ---- one order ---- */

struct telling {
	struct story *story;
	uint32_t life;
	bool lost;
};

static int see_loss(void *arg, const struct story_loss *l)
{
	struct telling *t = arg;

	t->lost |= l->life == t->life;
	return 0;
}

/* Tell the events that `which` has `want` for, in the order of the capture. */
static int tell_part(const struct window *w, struct story *s, const uint8_t *part, uint8_t want)
{
	int r = 0;

	for (uint32_t i = 0; i < w->n && !r; i++)
		if (part[i] == want)
			r = story_event(s, &w->event[i]);
	return r;
}

/* Parts 0, 1, 2 after each other.  Is it a loss then?  1, 0, or a negative errno. */
static int lost_in(const struct window *w, const struct story_probes *p,
		   const struct capture_info *info, const uint8_t *part)
{
	struct telling t = { .life = w->life };
	const struct story_sink sink = { .loss = see_loss, .arg = &t };
	struct story *s = story_new(p, info, &sink);
	int r = s ? 0 : -ENOMEM;

	for (uint8_t want = 0; want < 3 && !r; want++)
		r = tell_part(w, s, part, want);
	if (!r)
		r = story_end(s);
	story_free(s);
	return r ? r : t.lost;
}

/* ---- which orders ---- */

/* Event i comes as early as it can, or as late.  False: it has one place. */
static bool move_event(const struct window *w, uint32_t i, bool late, uint8_t *part)
{
	bool moved = false;

	for (uint32_t j = 0; j < w->n; j++) {
		const bool before = j < i && precedes(w, j, i), after = j > i && precedes(w, i, j);

		part[j] = late ? 2 * after : 2 * !before;
		moved |= j != i && !before && !after;
	}
	part[i] = 1;
	return moved;
}

/*
 * All of one CPU as early, or as late, as they can be: by stamps as if its clock were so much
 * behind or before those of the others.
 */
static void move_cpu(const struct window *w, struct window *to, uint16_t cpu, bool late)
{
	uint32_t other = 0, own = 0, n = 0;

	*to = *w;
	to->event = malloc((w->n + 1) * sizeof(*w->event));
	while (to->event && n < w->n) {
		while (other < w->n && w->event[other].cpu == cpu)
			other++;
		while (own < w->n && w->event[own].cpu != cpu)
			own++;
		if (own < w->n && (other == w->n || (late ? other > own && precedes(w, own, other) :
						     own < other || !precedes(w, other, own))))
			to->event[n++] = w->event[own++];
		else
			to->event[n++] = w->event[other++];
	}
}

static int every_event(const struct window *w, const struct story_probes *p,
		       const struct capture_info *info, uint8_t *part)
{
	uint64_t told = 0;
	int r = 1;

	for (uint32_t i = 0; i < 2 * w->n && r == 1; i++) {
		if (!move_event(w, i / 2, i % 2, part))
			continue;
		told += w->n;
		r = told <= TOLD_MAX ? lost_in(w, p, info, part) : 0;
	}
	return r;
}

static int every_cpu(const struct window *w, const struct story_probes *p,
		     const struct capture_info *info, uint8_t *part)
{
	struct window moved;
	uint8_t seen[(UINT16_MAX + 1) / 8] = { 0 };
	int r = 1;

	memset(part, 0, w->n);
	for (uint32_t i = 0; i < w->n && r == 1; i++) {
		const uint16_t cpu = w->event[i].cpu;

		if (seen[cpu / 8] >> cpu % 8 & 1)
			continue;
		seen[cpu / 8] |= (uint8_t)(1 << cpu % 8);
		for (int late = 0; late < 2 && r == 1; late++) {
			move_cpu(w, &moved, cpu, late);
			r = moved.event ? lost_in(&moved, p, info, part) : -ENOMEM;
			free(moved.event);
		}
	}
	return r;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

int order_tells(struct trace *t, const struct story_probes *p, const struct capture_info *info,
		uint64_t resolution, const struct story_loss *l)
{
	struct window w = {
		.from = l->before, .resolution = resolution, .life = l->life > 1 ? 2 : 1,
		.to = later(later(l->event, l->abort), later(l->read, l->mapped)),
	};
	uint8_t *part = NULL;
	int r = capture_scan(t, l->slot, collect, &w);

	if (r >= 0)
		part = calloc(w.n + 1, 1);
	if (r >= 0 && !part)
		r = -ENOMEM;
	if (r >= 0)
		r = w.too_long ? 0 : every_cpu(&w, p, info, part);
	if (r == 1)
		r = every_event(&w, p, info, part);
	window_free(&w);
	free(part);
	return r;
}
