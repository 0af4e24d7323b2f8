/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * live.c - a live run: the world, the threads, and what they do to it.
 */
#include "core/live/live.h"

#include <errno.h>
#include <lz4.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/live/log.h"
#include "core/live/thread.h"

#define AUX_WRITE	0x08	/* touch: a write (core/mm/mm.h) */
#define STUCK_NS	10000000000u	/* held up for that long: it is a deadlock */
#define LATE_NS		2000000000u	/* .. where something is known to be wrong */

/* ---- free objects ---- */

struct pool {
	pthread_mutex_t lock;
	unsigned n;
	obj_t *number;
};

static int pool_new(struct pool *p, unsigned first, unsigned end)
{
	p->number = malloc((end - first + 1) * sizeof(p->number[0]));
	if (!p->number)
		return -ENOMEM;
	pthread_mutex_init(&p->lock, NULL);
	p->n = 0;
	while (end > first)		/* low numbers go first */
		p->number[p->n++] = (obj_t)--end;
	return 0;
}

static void pool_free(struct pool *p)
{
	if (p->number)
		pthread_mutex_destroy(&p->lock);
	free(p->number);
}

unsigned pool_top(struct own_pool *p)
{
	if (!p->n) {
		pthread_mutex_lock(&p->all->lock);
		while (p->n < POOL_OWN / 4 && p->all->n)
			p->number[p->n++] = p->all->number[--p->all->n];
		pthread_mutex_unlock(&p->all->lock);
	}
	return p->n ? p->number[p->n - 1] : 0;
}

void pool_pop(struct own_pool *p)
{
	p->n--;
}

void pool_push(struct own_pool *p, unsigned number)
{
	if (p->n == POOL_OWN) {
		pthread_mutex_lock(&p->all->lock);
		while (p->n > POOL_OWN / 2)
			p->all->number[p->all->n++] = p->number[--p->n];
		pthread_mutex_unlock(&p->all->lock);
	}
	p->number[p->n++] = (obj_t)number;
}

/* ---- what threads share beside the world ---- */

/* Of a virtual page: the application's own lock of it, and who is inside an access to it. */
struct access {
	_Atomic int lock;		/* readers; -1: a writer */
	_Atomic unsigned inside;	/* CPUs that have the translation in their TLB */
};

/* Folios whose bios a disk has yet to complete. */
struct io_queue {
	pthread_mutex_t lock;
	obj_t *folio;
	unsigned size, first, n;
};

struct live {
	struct kernel k;
	struct machine hw;
	struct live_options o;
	struct cells cells;
	struct pages *pages;
	struct pool pool[POOLS];
	struct access *access;
	struct io_queue io;
	struct merge *merge;		/* NULL: nothing is recorded */
	struct worker *worker;
	unsigned tasks;			/* threads, and the device */
	bool *window;			/* a step in whose neighbourhood races are */
	atomic_bool stop;
	atomic_bool broken;
	atomic_uint working;
	_Atomic uint64_t findings;
	pthread_mutex_t lock;		/* of finding */
	char finding[256];
};

struct worker {
	_Alignas(64) struct thread th;
	struct live *live;
	pthread_t thread;
	bool started;
	uint16_t first;			/* where touch_page() begins */
	struct access *locked;		/* the application's lock that it holds */
	bool locked_write;
	unsigned page;			/* of the operation */
	unsigned own, owns;		/* its own pages: the first, and how many */
	unsigned turn;			/* cycle: what comes next */
	uint64_t waits;			/* since when it is held up; 0: it is not */
	unsigned tries;
	uint64_t steps, operations, end;
	char sentence[8][256];		/* what its events say */
	unsigned sentences;
};

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void nap(unsigned us)
{
	const struct timespec t = { .tv_nsec = 1000l * us };

	nanosleep(&t, NULL);
}

/* ---- what goes wrong ---- */

static const char *found(struct worker *w, const char *property, const char *sentence)
{
	struct live *l = w->live;
	char *text = w->sentence[w->sentences];

	if (w->sentences == sizeof(w->sentence) / sizeof(w->sentence[0]))
		return NULL;		/* it has said enough */
	w->sentences++;
	snprintf(text, sizeof(w->sentence[0]), "%s", sentence);
	atomic_fetch_add(&l->findings, 1);
	pthread_mutex_lock(&l->lock);
	if (!l->finding[0])
		snprintf(l->finding, sizeof(l->finding), "%s: %.240s", property, text);
	pthread_mutex_unlock(&l->lock);
	atomic_store(&l->broken, true);
	atomic_store(&l->stop, true);
	return text;
}

/* The application read a page, and it is not what it wrote. */
static void check_bytes(struct worker *w, struct live_event *e)
{
	char text[200];

	if (w->th.bytes.wrong < 0)
		return;
	snprintf(text, sizeof(text), "T%u reads page %u: byte %d is 0x%02x, its owner wrote 0x%02x",
		 w->th.id, w->page, w->th.bytes.wrong, w->th.bytes.got, w->th.bytes.want);
	e->broken = "MAPPED";
	e->sentence = found(w, e->broken, text);
	if (!e->sentence)
		e->broken = NULL;
}

/* What core/mm itself has seen to be wrong; the world is not to be trusted from there on. */
static void check_event(struct worker *w, struct live_event *e)
{
	const char *property = step_breaks(&w->th);
	char text[200];

	if (!property)
		return;
	snprintf(text, sizeof(text), "T%u: %.160s", w->th.id, step_sentence(&w->th, property));
	e->broken = property;
	if (!strcmp(property, "UAF")) {		/* whether it does harm is seen in the bytes */
		if (w->sentences == sizeof(w->sentence) / sizeof(w->sentence[0])) {
			e->broken = NULL;
			return;
		}
		e->note = true;
		e->sentence = w->sentence[w->sentences++];
		snprintf(w->sentence[w->sentences - 1], sizeof(w->sentence[0]), "%s", text);
		return;
	}
	e->sentence = found(w, property, text);
	if (!e->sentence)
		e->broken = NULL;
}

/* ---- after a step ---- */

/* ptep_clear_flush(): who got in by the translation that is gone must be out again. */
static void flush_tlb(struct live *l, const struct thread *th)
{
	for (unsigned i = 0; i < th->mem.views; i++) {
		const struct vpage *old = (const struct vpage *)th->old[i];
		const struct vpage *new = (const struct vpage *)th->mem.view[i].copy;
		struct access *a;

		if (LIVE_KIND(th->mem.view[i].key) != LIVE_PAGE || !th->wrote[i] ||
		    old->pte != PTE_PRESENT ||
		    (new->pte == PTE_PRESENT && new->target == old->target))
			continue;
		a = &l->access[LIVE_INDEX(th->mem.view[i].key)];
		while (atomic_fetch_add(&a->inside, 0))
			sched_yield();
	}
}

static void io_submitted(struct live *l, unsigned folio)
{
	struct io_queue *q = &l->io;

	pthread_mutex_lock(&q->lock);
	q->folio[(q->first + q->n++) % q->size] = (obj_t)folio;
	pthread_mutex_unlock(&q->lock);
}

static void folio_changed(struct live *l, struct thread *th, unsigned index, unsigned i)
{
	const struct folio *old = (const struct folio *)th->old[i];
	const struct folio *new = (const struct folio *)th->mem.view[i].copy;

	if (!old->ref && new->ref)
		pool_pop(&th->own[POOL_FOLIO]);
	else if (old->ref && !new->ref)
		pool_push(&th->own[POOL_FOLIO], index);
	if (l->hw.device == DEVICE_DISK && !old->io_swp && new->io_swp)
		io_submitted(l, index);
}

/* Free objects that the step took are not free any more; those that it freed are. */
static void count_objects(struct live *l, struct thread *th)
{
	for (unsigned i = 0; i < th->mem.views; i++) {
		const struct slot *old = (const struct slot *)th->old[i];
		const struct slot *new = (const struct slot *)th->mem.view[i].copy;
		const struct zentry *old_entry = (const struct zentry *)th->old[i];
		const struct zentry *new_entry = (const struct zentry *)th->mem.view[i].copy;
		unsigned index = LIVE_INDEX(th->mem.view[i].key);
		bool was, is;

		if (!th->wrote[i])
			continue;
		switch (LIVE_KIND(th->mem.view[i].key)) {
		case LIVE_FOLIO:
			folio_changed(l, th, index, i);
			break;
		case LIVE_SLOT:
			was = old->swap_map || old->cache;
			is = new->swap_map || new->cache;
			if (!was && is)
				pool_pop(&th->own[POOL_SLOT]);
			else if (was && !is)
				pool_push(&th->own[POOL_SLOT], index + 1);
			break;
		case LIVE_ENTRY:
			if (!old_entry->state && new_entry->state)
				pool_pop(&th->own[POOL_ENTRY]);
			else if (old_entry->state && !new_entry->state)
				pool_push(&th->own[POOL_ENTRY], index);
			break;
		default:
			break;
		}
	}
}

/* ---- what a thread does ---- */

static bool app_lock(struct worker *w, unsigned page, bool write)
{
	struct access *a = &w->live->access[page];
	int n = atomic_load(&a->lock);

	if (write ? n != 0 : n < 0)
		return false;
	if (!atomic_compare_exchange_strong(&a->lock, &n, write ? -1 : n + 1))
		return false;
	w->locked = a;
	w->locked_write = write;
	return true;
}

static void app_unlock(struct worker *w)
{
	if (!w->locked)
		return;
	if (w->locked_write)
		atomic_store(&w->locked->lock, 0);
	else
		atomic_fetch_sub(&w->locked->lock, 1);
	w->locked = NULL;
}

static void begin(struct worker *w, enum op op, unsigned page, unsigned aux)
{
	w->page = page;
	thread_begin(&w->th, op, page, aux);
	if (op == OP_touch_page)
		w->first = w->th.task.frame[0].pc;
}

/* Mostly a page of its own, else anybody's: threads of one process meet. */
static unsigned any_page(struct worker *w)
{
	if (draw(&w->th, 4))
		return w->own + draw(&w->th, w->owns);
	return draw(&w->th, w->live->hw.pages);
}

/* A store and a load of every page in turn; the first time round the pages are written. */
static void next_in_cycle(struct worker *w)
{
	unsigned page = w->own + w->turn / 2 % w->owns;

	if (w->turn < 2 * w->owns && !(w->turn & 1))
		begin(w, OP_touch_page, page, AUX_WRITE);
	else if (w->turn & 1)
		begin(w, OP_shrink_folio_list, page + 1, 0);
	else
		begin(w, OP_touch_page, page, 0);
	w->turn++;
}

static void next_at_random(struct worker *w)
{
	for (;;) {
		unsigned what = draw(&w->th, 100), page = any_page(w);

		if (what < 60) {
			bool write = what < 14;

			if (!app_lock(w, page, write))
				continue;
			begin(w, OP_touch_page, page, write ? AUX_WRITE : 0);
		} else if (what < 83) {
			begin(w, OP_shrink_folio_list, page + 1, 0);
		} else if (what < 86) {		/* what no page refers to is found by chance */
			begin(w, OP_shrink_folio_list, 0, 0);
		} else if (what < 95) {
			begin(w, OP_zswap_shrink, 0, 0);
		} else if (what < 96) {
			if (!app_lock(w, page, true))
				continue;
			begin(w, OP_zap_pte_range, page, 0);
		} else if (what < 98) {
			begin(w, OP_clear_refs_pte_range, page, 0);
		} else if (what < 99) {
			begin(w, OP_uffd_wp_range, page, 0);
		} else {
			begin(w, OP_isolate_and_lock, 0, 0);
		}
		return;
	}
}

static bool is_device(const struct worker *w)
{
	return w->th.id == w->live->o.threads;
}

/* The operation is over; the next one, or nothing. */
static void next_operation(struct worker *w)
{
	const struct live *l = w->live;

	app_unlock(w);
	if (is_device(w)) {
		begin(w, OP_end_swap_bio, 0, 0);
		return;
	}
	if (w->steps)
		w->operations++;
	if (atomic_load_explicit(&l->stop, memory_order_relaxed) ||
	    (l->o.operations && w->operations >= l->o.operations))
		return;
	if (l->o.cycle)
		next_in_cycle(w);
	else
		next_at_random(w);
}

/* ---- running ---- */

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#endif
}

/* Nothing to do now: spin, let another run, sleep. */
static void hold(struct worker *w)
{
	for (unsigned i = 0; i < w->tries % 32; i++)
		relax();
	if (!w->waits)
		w->waits = now();
	if (w->live->merge)
		log_idle(w->live->merge, w->th.id);
	if (++w->tries < 20)
		return;
	if (w->tries < 200)
		sched_yield();
	else
		nap(50);
}

/* Whether it waits for what will not come. */
static bool stuck(struct worker *w)
{
	uint64_t limit = atomic_load(&w->live->broken) ? LATE_NS : STUCK_NS;
	char text[200], what[80];

	if (w->tries < 1000 || is_device(w) || now() - w->waits < limit)
		return false;
	if (!atomic_load(&w->live->broken)) {
		wait_text(w->th.c.wait, w->th.c.wait_index, what, sizeof(what));
		snprintf(text, sizeof(text), "T%u has waited for %s for ten seconds", w->th.id, what);
		found(w, "DEADLOCK", text);
	}
	return true;
}

static void step_done(struct worker *w)
{
	struct live *l = w->live;
	struct thread *th = &w->th;
	struct live_event e = { .note = false };

	if (w->waits) {
		uint64_t ns = (th->timed ? th->time : now()) - w->waits;

		e.waited = ns < UINT32_MAX ? (uint32_t)ns : UINT32_MAX;
		w->waits = 0;
		w->tries = 0;
	}
	w->steps++;
	check_event(w, &e);
	check_bytes(w, &e);
	count_objects(l, th);
	if (is_device(w) && !th->task.depth) {
		pthread_mutex_lock(&l->io.lock);
		l->io.first = (l->io.first + 1) % l->io.size;
		l->io.n--;
		pthread_mutex_unlock(&l->io.lock);
	}
	if (!th->task.depth)
		next_operation(w);
	if (l->merge)
		log_step(l->merge, th, &e);
}

/* Give others the time that a preempted CPU would. */
static void widen(struct worker *w)
{
	int at = thread_at(&w->th);

	if (at >= 0 && w->live->window[at] && !draw(&w->th, 4)) {
		if (w->live->merge)
			log_idle(w->live->merge, w->th.id);
		nap(20 + draw(&w->th, 200));
	}
}

static void see_io(struct worker *w)
{
	struct io_queue *q = &w->live->io;

	pthread_mutex_lock(&q->lock);
	w->th.pick_io = q->n ? q->folio[q->first] : 0;
	pthread_mutex_unlock(&q->lock);
}

/*
 * One step.  While the CPU is inside an access the page's translation is in its TLB: who takes
 * the PTE away waits for it to leave (flush_tlb()).
 */
static enum made one_step(struct worker *w)
{
	struct thread *th = &w->th;
	const struct frame *f = &th->task.frame[0];
	bool inside = th->task.depth == 1 && f->op == OP_touch_page && f->pc == w->first;
	struct access *a = &w->live->access[f->page];
	enum made made;

	th->bytes.wrong = -1;
	if (inside)
		atomic_fetch_add(&a->inside, 1);
	made = thread_step(th);
	if (made == MADE && th->bytes.moves)
		moves_after(&th->bytes);
	if (inside)
		atomic_fetch_sub(&a->inside, 1);
	if (made == MADE)
		flush_tlb(w->live, th);
	return made;
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	struct live *l = w->live;

	while (w->th.task.depth) {
		if (is_device(w)) {
			see_io(w);
			if (!w->th.pick_io && !atomic_load(&l->working))
				break;
		}
		if (one_step(w) == MADE) {
			step_done(w);
			if (l->o.widen)
				widen(w);
			continue;
		}
		hold(w);
		if (stuck(w))
			break;
	}
	app_unlock(w);
	w->end = now();
	if (!is_device(w))
		atomic_fetch_sub(&l->working, 1);
	if (l->merge)
		log_end(l->merge, w->th.id);
	return NULL;
}

/* ---- the beginning and the end ---- */

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

/* A folio for every page, and one in the swap cache; and for what is on the way. */
void live_world(const struct live_options *o, struct replay_world *w)
{
	unsigned tasks = o->threads + (o->device == DEVICE_DISK);
	unsigned folios = 8 + 4 * tasks + o->pages + (o->slots < o->pages ? o->slots : o->pages);

	*w = (struct replay_world){
		.device = o->device, .tasks = tasks, .pages = o->pages, .slots = o->slots,
		.folios = folios < MAX_FOLIOS ? folios : MAX_FOLIOS,
		.entries = o->entries + 1, .mms = o->threads,
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
		l->merge = merge_new(l->tasks, &l->cells, o->drop, &l->stop);
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
	w->th.cells = &l->cells;
	w->th.mem.cells = &l->cells;
	w->th.bytes.pages = l->pages;
	w->th.c = (struct step_ctx){
		.k = &l->k, .hw = &l->hw, .bytes = &w->th.bytes, .task = (uint8_t)i,
		.thread = &w->th,
	};
	w->th.timed = l->merge;
	w->th.folios = l->cells.count[LIVE_FOLIO];
	/* a pool of half of what the entries could come to, uncompressed */
	w->th.pool_limit = l->o.cycle ? SIZE_MAX : (size_t)l->o.entries * LIVE_PAGE_SIZE / 2;
	for (unsigned j = 0; j < POOLS; j++)
		w->th.own[j].all = &l->pool[j];
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
	uint64_t end = now() + (uint64_t)(l->o.seconds * 1e9);

	while (!atomic_load(&l->stop) && atomic_load(&l->working)) {
		if ((l->o.seconds > 0 && now() >= end) || (l->o.stop && l->o.stop()))
			atomic_store(&l->stop, true);
		nap(1000);
	}
	return NULL;
}

static int start_threads(struct live *l, pthread_t *timer)
{
	int r = pthread_create(timer, NULL, timer_main, l);

	if (r)
		return -r;
	for (unsigned i = 0; i < l->tasks; i++) {
		struct worker *w = &l->worker[i];

		r = pthread_create(&w->thread, NULL, worker_main, w);
		w->started = !r;
		if (w->started)
			continue;
		atomic_store(&l->stop, true);
		if (!is_device(w))
			atomic_fetch_sub(&l->working, 1);
		if (l->merge)
			log_end(l->merge, i);
	}
	return -r;
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
	uint64_t start = now();
	pthread_t timer;
	int err = start_threads(l, &timer), merged = 0;

	if (l->merge)
		merged = merge_run(l->merge, l->o.event, l->o.arg);
	r->drained = (double)(now() - start) * 1e-9;
	for (unsigned i = 0; i < l->tasks; i++)
		if (l->worker[i].started)
			pthread_join(l->worker[i].thread, NULL);
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
