/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/live/worker.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/live/clock.h"

#define STUCK_NS	10000000000u	/* held up for that long: it is a deadlock */
#define LATE_NS		2000000000u	/* .. where something is known to be wrong */
#define NAP_MAX_NS	10000000u

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
		pool_take(&th->own[POOL_FOLIO], index);
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
				pool_take(&th->own[POOL_SLOT], index + 1);
			else if (was && !is)
				pool_push(&th->own[POOL_SLOT], index + 1);
			break;
		case LIVE_ENTRY:
			if (!old_entry->state && new_entry->state)
				pool_take(&th->own[POOL_ENTRY], index);
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
			unsigned zeroes = w->live->o.zeroes && what < 4 ? AUX_ZEROES : 0;

			if (!app_lock(w, page, write))
				continue;
			begin(w, OP_touch_page, page, write ? AUX_WRITE | zeroes : 0);
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

bool is_device(const struct worker *w)
{
	return w->th.id == w->live->o.threads;
}

/* The operation is over; the next one, or nothing. */
void next_operation(struct worker *w)
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

/*
 * A nap is not counted for longer than a loaded machine makes it, because the whole program may
 * have been stopped; nor while a thread waits for whoever takes the events, with all it holds.
 */
static void held_nap(struct worker *w)
{
	uint64_t begin = clock_now(), ns;

	nap(50);
	ns = clock_now() - begin;
	if (!w->live->merge || !log_full(w->live->merge))
		w->held += ns < NAP_MAX_NS ? ns : NAP_MAX_NS;
}

/* Nothing to do now: spin, let another run, sleep. */
static void hold(struct worker *w)
{
	for (unsigned i = 0; i < w->tries % 32; i++)
		relax();
	if (!w->waits)
		w->waits = clock_now();
	if (w->live->merge)
		log_idle(w->live->merge, w->th.id);
	if (++w->tries < 20)
		return;
	if (w->tries < 200)
		sched_yield();
	else
		held_nap(w);
}

/*
 * Whether it waits for what will not come.  The disk has nothing to do for as long as others like;
 * but where they have ended, one of them may have taken with it what the disk needs.
 */
static bool stuck(struct worker *w)
{
	uint64_t limit = atomic_load(&w->live->broken) ? LATE_NS : STUCK_NS;
	char text[200], what[80];

	if (w->held < limit || (is_device(w) && atomic_load(&w->live->working)))
		return false;
	if (!atomic_load(&w->live->broken)) {
		wait_text(w->th.c.wait, w->th.c.wait_index, what, sizeof(what));
		snprintf(text, sizeof(text), "T%u has waited for %s for ten seconds", w->th.id,
			 what);
		found(w, "DEADLOCK", text);
	}
	return true;
}

/* In a world that is broken an operation need not end. */
static bool late(struct worker *w)
{
	if (!atomic_load_explicit(&w->live->broken, memory_order_relaxed))
		return false;
	if (!w->broken)
		w->broken = clock_now();
	return clock_now() - w->broken > LATE_NS;
}

static void step_done(struct worker *w)
{
	struct live *l = w->live;
	struct thread *th = &w->th;
	struct live_event e = { .note = false };

	if (w->waits) {
		uint64_t ns = (th->timed ? th->time : clock_now()) - w->waits;

		e.waited = ns < UINT32_MAX ? (uint32_t)ns : UINT32_MAX;
		w->waits = 0;
		w->held = 0;
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

void *worker_main(void *arg)
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
			if (late(w))
				break;
			continue;
		}
		hold(w);
		if (stuck(w))
			break;
	}
	app_unlock(w);
	w->end = clock_now();
	if (!is_device(w))
		atomic_fetch_sub(&l->working, 1);
	if (l->merge)
		log_end(l->merge, w->th.id);
	return NULL;
}
