/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * live.c - a live run, from its world to its result.
 */
#include "core/live/live.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/live/clock.h"
#include "core/live/fields.h"
#include "core/live/worker.h"

/* Where an entry's or a slot's protection is argued about. */
static int find_windows(struct live *l)
{
	l->window = calloc(step_count(), sizeof(l->window[0]));
	if (!l->window)
		return -ENOMEM;
	for (size_t i = 0; i < step_count(); i++) {
		const char *op = step_op_name(step_at(i)), *text = step_at(i)->text;

		l->window[i] = !strncmp(text, "zswap_decompress(entry, folio)", 30) ||
			       !strcmp(op, "swapin_bypass") || !strcmp(op, "zswap_shrink") ||
			       !strcmp(text, "pte_same(orig_pte)?");
	}
	return 0;
}

static int live_start(struct live *l)
{
	struct swap_device si = { .flags = SI_WRITEOK };
	uint64_t words[CELL_WORDS] = { 0 };

	for (unsigned i = 0; i < l->hw.pages; i++) {
		struct vpage *p = (struct vpage *)words;

		p->addr = (obj_t)i;
		p->mm = (uint8_t)((uint64_t)i * l->o.threads / l->hw.pages);
		cell_write(&l->cells, LIVE_KEY(LIVE_PAGE, i), words);
	}
	memset(words, 0, sizeof(words));
	((struct slot *)words)->life = 1;	/* 0 is no life at all */
	for (unsigned i = 0; i < l->hw.slots; i++)
		cell_write(&l->cells, LIVE_KEY(LIVE_SLOT, i), words);
	memset(words, 0, sizeof(words));
	memcpy(words, &si, sizeof(si));
	cell_write(&l->cells, LIVE_KEY(LIVE_DEVICE, 0), words);
	return find_windows(l);
}

/*
 * A folio for every page, and for every slot one in the swap cache; what is on the way, and what
 * threads keep of free ones.
 */
void live_world(const struct live_options *o, struct replay_world *w)
{
	unsigned tasks = o->threads + (o->device == DEVICE_DISK);

	*w = (struct replay_world){
		.device = o->device, .tasks = tasks, .pages = o->pages, .slots = o->slots,
		.folios = 8 + (4 + POOL_OWN) * tasks + o->pages + o->slots,
		.entries = o->entries + 1, .mms = o->threads, .slot_cache = LIVE_SLOT_CACHE,
	};
}

static int live_new(struct live *l, const char *folder)
{
	const struct live_options *o = &l->o;
	unsigned count[LIVE_KINDS], folios;
	struct replay_world w;
	int r;

	live_world(o, &w);
	live_counts(&w, count);
	folios = w.folios;
	r = cells_new(&l->cells, count);
	if (!r)
		r = pages_new(&l->pages, folios, o->entries + 1, o->slots,
			      o->device == DEVICE_DISK, folder);
	if (!r)
		r = pool_new(&l->pool[POOL_FOLIO], 1, folios);
	if (!r)
		r = pool_new(&l->pool[POOL_ENTRY], 1, o->entries + 1);
	if (!r)
		r = pool_new(&l->pool[POOL_SLOT], 1, o->slots + 1);
	if (r)
		return r;
	l->access = calloc(o->pages, sizeof(l->access[0]));
	l->io.folio = calloc(folios, sizeof(l->io.folio[0]));
	l->io.size = folios;
	l->worker = aligned_alloc(64, l->tasks * sizeof(l->worker[0]));
	if (o->event)
		l->merge = merge_new(l->tasks, &l->cells, o->drop, &l->stop, o->clock_ns);
	if (!l->access || !l->io.folio || !l->worker || (o->event && !l->merge))
		return -ENOMEM;
	return live_start(l);
}

static void live_end(struct live *l)
{
	merge_free(l->merge);
	pages_free(l->pages);
	cells_free(&l->cells);
	for (unsigned i = 0; i < POOLS; i++)
		pool_free(&l->pool[i]);
	free(l->access);
	free(l->io.folio);
	free(l->worker);
	free(l->window);
	pthread_mutex_destroy(&l->io.lock);
	pthread_mutex_destroy(&l->lock);
}

static void worker_new(struct live *l, unsigned i)
{
	struct worker *w = &l->worker[i];
	uint64_t x = l->o.seed + 0x9e3779b97f4a7c15u * (i + 1);

	memset(w, 0, sizeof(*w));
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	w->live = l;
	w->th.id = i;
	w->th.random = (x ^ x >> 27) | 1;
	w->th.k = &l->k;
	w->th.hw = &l->hw;
	w->th.mem.cells = &l->cells;
	w->th.bytes.pages = l->pages;
	w->th.c = (struct step_ctx){
		.k = &l->k, .hw = &l->hw, .bytes = &w->th.bytes, .task = (uint8_t)i,
		.thread = &w->th,
	};
	w->th.timed = l->merge;
	w->th.clock_ns = l->o.clock_ns;
	w->th.folios = l->cells.count[LIVE_FOLIO];
	/* a pool of half of what the entries could come to, uncompressed */
	w->th.pool_limit = l->o.cycle ? SIZE_MAX : (size_t)l->o.entries * LIVE_PAGE_SIZE / 2;
	for (unsigned j = 0; j < POOLS; j++) {
		struct own_pool *own = &w->th.own[j];

		own->all = &l->pool[j];
		own->keep = l->pool[j].size / (2 * l->tasks);
		if (j == POOL_FOLIO || own->keep > POOL_OWN)
			own->keep = POOL_OWN;
	}
	w->own = (unsigned)((uint64_t)i * l->hw.pages / l->o.threads);
	w->owns = (unsigned)((uint64_t)(i + 1) * l->hw.pages / l->o.threads) - w->own;
	next_operation(w);
}

static int tell_start(const struct live *l)
{
	static const uint64_t nothing[(sizeof(struct task) + 7) / 8];
	struct live_change change[CHANGES_MAX];
	int r = 0;

	for (unsigned kind = 0; !r && kind < LIVE_TASK; kind++) {
		for (unsigned i = 0; !r && i < l->cells.count[kind]; i++) {
			uint64_t words[CELL_WORDS] = { 0 };
			unsigned n;

			cell_read(&l->cells, LIVE_KEY(kind, i), words);
			n = object_changes(LIVE_KEY(kind, i), nothing, words, change, CHANGES_MAX);
			for (unsigned j = 0; !r && j < n; j++)
				r = l->o.start(l->o.arg, &change[j]);
		}
	}
	for (unsigned i = 0; !r && i < l->tasks; i++) {
		unsigned n = object_changes(LIVE_KEY(LIVE_TASK, i), nothing,
					    &l->worker[i].th.task, change, CHANGES_MAX);

		for (unsigned j = 0; !r && j < n; j++)
			r = l->o.start(l->o.arg, &change[j]);
	}
	return r;
}

/* Stops the run in time, or when it is asked to. */
static void *timer_main(void *arg)
{
	struct live *l = arg;
	uint64_t end = clock_now() + (uint64_t)(l->o.seconds * 1e9);

	while (!atomic_load(&l->stop) && atomic_load(&l->working)) {
		if ((l->o.seconds > 0 && clock_now() >= end) || (l->o.stop && l->o.stop()))
			atomic_store(&l->stop, true);
		nap(1000);
	}
	return NULL;
}

/* Threads that did not start have ended; the first error is returned. */
static int start_threads(struct live *l, pthread_t *timer, bool *timed)
{
	int err = pthread_create(timer, NULL, timer_main, l);

	*timed = !err;
	for (unsigned i = 0; i < l->tasks; i++) {
		struct worker *w = &l->worker[i];
		int r = err ? err : pthread_create(&w->thread, NULL, worker_main, w);

		w->started = !r;
		if (w->started)
			continue;
		err = r;
		atomic_store(&l->broken, true);		/* nobody waits long for it */
		atomic_store(&l->stop, true);
		if (!is_device(w))
			atomic_fetch_sub(&l->working, 1);
		if (l->merge)
			log_end(l->merge, i);
	}
	return -err;
}

static void tell_result(const struct live *l, uint64_t start, struct live_result *r)
{
	uint64_t end = start;

	for (unsigned i = 0; i < l->tasks; i++) {
		const struct worker *w = &l->worker[i];

		if (w->end > end)
			end = w->end;
		r->steps += w->steps;
		r->operations += w->operations;
		r->stores += w->th.bytes.stores;
		r->loads += w->th.bytes.loads;
		r->retries += w->th.retries;
	}
	if (l->merge) {
		r->recorded = merge_recorded(l->merge);
		r->dropped = merge_dropped(l->merge);
	}
	r->seconds = (double)(end - start) * 1e-9;
	r->findings = atomic_load(&l->findings);
	memcpy(r->finding, l->finding, sizeof(r->finding));
}

static int run(struct live *l, struct live_result *r)
{
	uint64_t start = clock_now();
	pthread_t timer;
	bool timed;
	int err = start_threads(l, &timer, &timed), merged = 0;

	if (l->merge)
		merged = merge_run(l->merge, l->o.event, l->o.arg);
	r->drained = (double)(clock_now() - start) * 1e-9;
	for (unsigned i = 0; i < l->tasks; i++)
		if (l->worker[i].started)
			pthread_join(l->worker[i].thread, NULL);
	if (timed)
		pthread_join(timer, NULL);
	tell_result(l, start, r);
	return err ? err : merged;
}

int live_run(const struct kernel *k, const struct live_options *o, const char *folder,
	     struct live_result *r)
{
	struct live *l = calloc(1, sizeof(*l));
	int err;

	*r = (struct live_result){ 0 };
	if (!l)
		return -ENOMEM;
	l->k = *k;
	l->o = *o;
	l->tasks = o->threads + (o->device == DEVICE_DISK);
	l->hw = (struct machine){
		.device = (uint8_t)o->device, .pages = (obj_t)o->pages, .slots = (obj_t)o->slots,
		.entries = (obj_t)o->entries, .store_fails = 1,
		.slot_cache = LIVE_SLOT_CACHE, .alloc_cache = LIVE_SLOT_CACHE,
	};
	pthread_mutex_init(&l->lock, NULL);
	pthread_mutex_init(&l->io.lock, NULL);
	err = live_new(l, folder);
	if (!err) {
		atomic_store(&l->working, o->threads);
		for (unsigned i = 0; i < l->tasks; i++)
			worker_new(l, i);
		if (l->merge && o->start)
			err = tell_start(l);
	}
	if (!err)
		err = run(l, r);
	live_end(l);
	free(l);
	return err;
}
