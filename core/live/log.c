/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/live/log.h"

#include <errno.h>
#include <stdlib.h>

#include "core/live/clock.h"
#include "core/live/fields.h"

#define RING_WORDS	(1u << 21)	/* 8 MiB a thread */
#define NAP_US		50

/* A record: this, then views (key, version | wrote), then changes. */
struct record {
	uint32_t words;		/* all of it; 0: the rest of the ring is not used */
	uint32_t waited;
	uint64_t time;
	const char *result, *broken, *sentence;
	uint32_t choice;
	int16_t step;
	uint16_t changes;
	uint8_t depth, views, note, unused[5];
};

#define RECORD_WORDS	((uint32_t)(sizeof(struct record) / 4))
#define CHANGE_WORDS	((uint32_t)(sizeof(struct live_change) / 4))

_Static_assert(sizeof(struct record) % 8 == 0 && sizeof(struct live_change) == 16,
	       "records are made of whole words");

struct ring {
	_Alignas(64) _Atomic uint64_t put;	/* words written, ever */
	_Atomic uint64_t idle;			/* no event of this thread is before that time */
	_Atomic bool ended;
	_Alignas(64) _Atomic uint64_t taken;
	uint64_t seen_taken;			/* the thread's copy of it */
	uint64_t seen_put;			/* the reader's */
	uint32_t *word;
	_Atomic uint64_t dropped;
};

struct merge {
	unsigned threads;
	bool drop;
	uint32_t clock_ns;
	atomic_bool *stop;
	atomic_bool abandoned;		/* nobody waits for room any more */
	atomic_uint full;		/* threads that wait for room */
	_Atomic uint64_t end;		/* nothing from this time on is recorded */
	struct ring *ring;
	uint32_t *version[LIVE_KINDS];	/* of every object, where the reader is */
	unsigned count[LIVE_KINDS];
	uint64_t recorded, beyond;
};

struct merge *merge_new(unsigned threads, const struct cells *cells, bool drop,
			atomic_bool *stop, uint32_t clock_ns)
{
	struct merge *g = calloc(1, sizeof(*g));
	bool good = g;

	if (!g)
		return NULL;
	g->threads = threads;
	g->drop = drop;
	g->clock_ns = clock_ns;
	g->stop = stop;
	atomic_store(&g->end, UINT64_MAX);
	g->ring = aligned_alloc(64, threads * sizeof(g->ring[0]));
	good = good && g->ring;
	if (good)
		memset(g->ring, 0, threads * sizeof(g->ring[0]));
	for (unsigned i = 0; good && i < threads; i++) {
		/* aligned for the record's own words */
		g->ring[i].word = aligned_alloc(64, RING_WORDS * sizeof(uint32_t));
		good = g->ring[i].word;
	}
	for (unsigned i = 0; good && i < LIVE_KINDS; i++) {
		g->count[i] = cells->count[i];
		g->version[i] = calloc(g->count[i] + 1u, sizeof(uint32_t));
		good = g->version[i];
	}
	if (good)
		return g;
	merge_free(g);
	return NULL;
}

void merge_free(struct merge *g)
{
	if (!g)
		return;
	for (unsigned i = 0; g->ring && i < g->threads; i++)
		free(g->ring[i].word);
	for (unsigned i = 0; i < LIVE_KINDS; i++)
		free(g->version[i]);
	free(g->ring);
	free(g);
}

/* ---- the threads' side ---- */

/* Words at *put for a record of n; NULL when the reader is too far behind. */
static uint32_t *room(struct ring *r, uint32_t n, uint64_t *put)
{
	uint32_t at, skip;

	*put = atomic_load_explicit(&r->put, memory_order_relaxed);
	at = *put % RING_WORDS;
	skip = at + n > RING_WORDS ? RING_WORDS - at : 0;
	if (*put + skip + n - r->seen_taken > RING_WORDS)
		r->seen_taken = atomic_load_explicit(&r->taken, memory_order_acquire);
	if (*put + skip + n - r->seen_taken > RING_WORDS)
		return NULL;
	if (skip)
		r->word[at] = 0;
	*put += skip;
	return &r->word[*put % RING_WORDS];
}

/* The record ends before the first event that is lost, whichever thread loses it. */
static void lose(struct merge *g, struct ring *r, uint64_t time)
{
	uint64_t end = atomic_load(&g->end);

	while (time < end && !atomic_compare_exchange_weak(&g->end, &end, time))
		;
	atomic_fetch_add(&r->dropped, 1);
}

static uint32_t record_make(const struct thread *th, const struct live_event *e, uint32_t *to)
{
	struct record *rec = (struct record *)to;
	uint32_t *view = to + RECORD_WORDS;
	struct live_change *change = (struct live_change *)(view + 2 * th->mem.views);

	*rec = (struct record){
		.time = th->time, .waited = e->waited, .result = result_text(th->c.result),
		.broken = e->broken, .sentence = e->sentence, .note = e->note,
		.choice = th->c.choice, .step = (int16_t)th->at,
		.depth = th->before.depth, .views = (uint8_t)th->mem.views,
	};
	for (unsigned i = 0; i < th->mem.views; i++) {
		*view++ = th->mem.view[i].key;
		*view++ = th->seen[i] | th->wrote[i];
	}
	rec->changes = (uint16_t)thread_changes(th, change);
	rec->words = RECORD_WORDS + 2u * rec->views + CHANGE_WORDS * rec->changes;
	rec->words += rec->words % 2;
	return rec->words;
}

#define RECORD_MAX	(RECORD_WORDS + 2 * VIEWS + CHANGE_WORDS * CHANGES_MAX + 2)

void log_step(struct merge *g, const struct thread *th, const struct live_event *e)
{
	struct ring *r = &g->ring[th->id];
	uint64_t put;
	uint32_t *to;

	to = room(r, RECORD_MAX, &put);
	if (!to && !g->drop) {
		atomic_fetch_add(&g->full, 1);
		while (!(to = room(r, RECORD_MAX, &put)) && !atomic_load(&g->abandoned))
			nap(NAP_US);
		atomic_fetch_sub(&g->full, 1);
	}
	if (!to) {
		lose(g, r, th->time);
		return;
	}
	if (th->time >= atomic_load_explicit(&g->end, memory_order_relaxed)) {
		lose(g, r, th->time);
		return;
	}
	put += record_make(th, e, to);
	atomic_store_explicit(&r->idle, th->time, memory_order_relaxed);
	atomic_store_explicit(&r->put, put, memory_order_release);
}

bool log_full(const struct merge *g)
{
	return atomic_load_explicit(&g->full, memory_order_relaxed);
}

void log_idle(struct merge *g, unsigned thread)
{
	uint64_t ns = clock_now();

	if (g->clock_ns)
		ns -= ns % g->clock_ns;
	atomic_store_explicit(&g->ring[thread].idle, ns, memory_order_release);
}

void log_end(struct merge *g, unsigned thread)
{
	atomic_store(&g->ring[thread].ended, true);
}

/* ---- the reader's side ---- */

/* The record at *at, which moves over what is not used at the end of the ring. */
static const struct record *record_at(const struct ring *r, uint64_t *at)
{
	if (!r->word[*at % RING_WORDS])
		*at += RING_WORDS - *at % RING_WORDS;
	return (const struct record *)&r->word[*at % RING_WORDS];
}

/* The next record of a ring, or NULL. */
static const struct record *head(struct ring *r)
{
	uint64_t taken = atomic_load_explicit(&r->taken, memory_order_relaxed), at = taken;
	const struct record *rec;

	if (taken == r->seen_put)
		r->seen_put = atomic_load_explicit(&r->put, memory_order_acquire);
	if (taken == r->seen_put)
		return NULL;
	rec = record_at(r, &at);
	if (at != taken)
		atomic_store_explicit(&r->taken, at, memory_order_release);
	return rec;
}

/* Is every object as the step saw it? */
static bool is_next(const struct merge *g, const struct record *rec)
{
	const uint32_t *view = (const uint32_t *)rec + RECORD_WORDS;

	for (unsigned i = 0; i < rec->views; i++, view += 2)
		if (g->version[LIVE_KIND(view[0])][LIVE_INDEX(view[0])] != (view[1] & ~1u))
			return false;
	return true;
}

static int hand_out(struct merge *g, unsigned thread, const struct record *rec,
		    int (*event)(void *arg, const struct live_event *e), void *arg)
{
	struct ring *r = &g->ring[thread];
	const uint32_t *view = (const uint32_t *)rec + RECORD_WORDS;
	struct live_event e = {
		.time = rec->time, .waited = rec->waited, .task = (uint16_t)thread,
		.step = rec->step, .choice = rec->choice, .depth = rec->depth,
		.result = rec->result, .changes = rec->changes, .broken = rec->broken,
		.sentence = rec->sentence, .note = rec->note,
		.change = (const struct live_change *)(view + 2 * rec->views),
	};
	int err;

	for (unsigned i = 0; i < rec->views; i++, view += 2)
		g->version[LIVE_KIND(view[0])][LIVE_INDEX(view[0])] += 2 * (view[1] & 1);
	g->recorded++;
	err = event(arg, &e);
	atomic_fetch_add_explicit(&r->taken, rec->words, memory_order_release);
	return err;
}

static void abandon(struct merge *g)
{
	atomic_store(&g->abandoned, true);
	atomic_store(g->stop, true);
}

/* A record that nobody gets. */
static void skip(struct merge *g, unsigned thread, const struct record *rec)
{
	g->beyond++;
	atomic_fetch_add_explicit(&g->ring[thread].taken, rec->words, memory_order_release);
}

/*
 * Of records with the same time none may be overtaken by one that changes what it saw.  Every
 * record of that time is here when this is asked.
 */
static bool overtakes(struct merge *g, unsigned thread, const struct record *rec)
{
	const uint32_t *mine = (const uint32_t *)rec + RECORD_WORDS;

	for (unsigned i = 0; i < g->threads; i++) {
		struct ring *r = &g->ring[i];
		uint64_t at = atomic_load_explicit(&r->taken, memory_order_relaxed);

		r->seen_put = atomic_load_explicit(&r->put, memory_order_acquire);
		while (i != thread && at < r->seen_put) {
			const struct record *other = record_at(r, &at);
			const uint32_t *view = (const uint32_t *)other + RECORD_WORDS;

			if (other->time > rec->time)
				break;
			for (unsigned j = 0; j < other->views; j++)
				for (unsigned k = 0; k < rec->views; k++)
					if (view[2 * j] == mine[2 * k] && (mine[2 * k + 1] & 1) &&
					    (view[2 * j + 1] | 1) == mine[2 * k + 1])
						return true;
			at += other->words;
		}
	}
	return false;
}

/* What the reader sees of the rings. */
struct heads {
	const struct record *rec[MAX_TASKS];	/* each ring's next record, or NULL */
	bool next[MAX_TASKS];			/* every object is as it saw it */
	uint64_t idle[MAX_TASKS];		/* nothing before that is still to come */
	unsigned records, ended;
};

static void see(struct merge *g, struct heads *h)
{
	h->records = 0;
	h->ended = 0;
	for (unsigned i = 0; i < g->threads; i++) {
		struct ring *r = &g->ring[i];
		bool end = atomic_load(&r->ended);

		/* before its records, so that those up to that time are seen */
		h->idle[i] = end ? UINT64_MAX :
				   atomic_load_explicit(&r->idle, memory_order_acquire);
		h->rec[i] = head(r);
		h->next[i] = h->rec[i] && is_next(g, h->rec[i]);
		h->records += h->rec[i] != NULL;
		h->ended += end && !h->rec[i];
	}
}

/* Could another thread still bring a record of that time, or an earlier one? */
static bool too_early(const struct merge *g, const struct heads *h, unsigned thread)
{
	for (unsigned i = 0; i < g->threads; i++)
		if (i != thread && h->idle[i] <= h->rec[thread]->time)
			return true;
	return false;
}

/* Does another ring begin with a record of that time, or an earlier one that has to wait? */
static bool ties(const struct merge *g, const struct heads *h, unsigned thread)
{
	for (unsigned i = 0; i < g->threads; i++)
		if (i != thread && h->rec[i] && h->rec[i]->time <= h->rec[thread]->time)
			return true;
	return false;
}

/*
 * Which thread's record is next: -1 when one that could be earlier is still to come, -2 when
 * none can be: the order is lost; -3 at the end.
 */
static int choose(struct merge *g, const struct record **next)
{
	struct heads h;
	bool any = false;

	see(g, &h);
	if (h.ended == g->threads)
		return -3;
	for (;;) {
		int best = -1;

		for (unsigned i = 0; i < g->threads; i++)
			if (h.next[i] && (best < 0 || h.rec[i]->time < h.rec[best]->time))
				best = (int)i;
		if (best < 0)
			return any || h.records + h.ended < g->threads ? -1 : -2;
		any = true;
		*next = h.rec[best];
		if (too_early(g, &h, (unsigned)best))
			return -1;
		if (!ties(g, &h, (unsigned)best) || !overtakes(g, (unsigned)best, *next))
			return best;
		h.next[best] = false;
	}
}

/* Take what is there and what still comes.  Whether nothing will come any more. */
static bool drain(struct merge *g)
{
	unsigned ended = 0;

	for (unsigned i = 0; i < g->threads; i++) {
		bool end = atomic_load(&g->ring[i].ended);
		const struct record *rec;

		while ((rec = head(&g->ring[i])))
			skip(g, i, rec);
		ended += end;
	}
	return ended == g->threads;
}

int merge_run(struct merge *g, int (*event)(void *arg, const struct live_event *e), void *arg)
{
	const struct record *rec = NULL;
	bool over = false;
	int err = 0;

	while (!over) {
		int thread = choose(g, &rec);
		uint64_t end = atomic_load(&g->end);

		if (thread == -3)
			return 0;
		if (thread == -1) {
			nap(NAP_US);
			continue;
		}
		/* behind the first event that is lost nothing need be next */
		over = thread == -2 || rec->time >= end;
		if (thread == -2 && end == UINT64_MAX)
			err = -ELNRNG;
		else if (!over)
			err = hand_out(g, (unsigned)thread, rec, event, arg);
		over |= err != 0;
	}
	if (err)
		abandon(g);
	while (!drain(g))
		nap(NAP_US);
	return err;
}

uint64_t merge_recorded(const struct merge *g)
{
	return g->recorded;
}

uint64_t merge_dropped(const struct merge *g)
{
	uint64_t n = g->beyond;

	for (unsigned i = 0; i < g->threads; i++)
		n += atomic_load(&g->ring[i].dropped);
	return n;
}
