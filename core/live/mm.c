/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mm.c - core/mm over a large world, and how a thread makes a step of it.
 *
 * The operations are the same source lines as the explorer's.  They are compiled here as one
 * unit, with the types of core/live/size.h and the objects of core/live/mem.h.
 */
#define MM_API static
#include "core/live/thread.h"

#include <stdlib.h>

#include "core/live/clock.h"
#include "core/operation.h"	/* assert.h, before it is replaced */

/* What must hold in core/mm ends a live run with a message, not the program. */
static void mm_bug(struct step_ctx *c, const char *text)
{
	c->thread->bug = text;
}
#undef assert
#define assert(x)	((x) ? (void)0 : mm_bug(c, #x))

#include "core/mm/folio.c"
#include "core/mm/memory.c"
#include "core/mm/page_io.c"
#include "core/mm/shmem.c"
#include "core/mm/swap_state.c"
#include "core/mm/swapfile.c"
#include "core/mm/swapoff.c"
#include "core/mm/task_mmu.c"
#include "core/mm/userfaultfd.c"
#include "core/mm/vmscan.c"
#include "core/mm/zswap.c"
#include "core/live/find.c"

#include "core/run_to_step.h"

#undef assert
#include <assert.h>

/* ---- objects ---- */

#define WORDS(type)	((sizeof(type) + 7) / 8)

static const uint8_t object_words[LIVE_KINDS] = {
#define X(object_, kind, type) [LIVE_##object_] = WORDS(type),
	OBJECTS(X)
#undef X
};

_Static_assert(WORDS(struct vpage) <= CELL_WORDS && WORDS(struct slot) <= CELL_WORDS &&
	       WORDS(struct folio) <= CELL_WORDS && WORDS(struct zentry) <= CELL_WORDS &&
	       WORDS(struct mm) <= CELL_WORDS && WORDS(struct swap_device) <= CELL_WORDS,
	       "every shared object fits its home");

unsigned object_size(enum live_kind kind)
{
	return 8u * object_words[kind];
}

int cells_new(struct cells *cells, const unsigned *count)
{
	for (unsigned i = 0; i < LIVE_KINDS; i++) {
		size_t size = (count[i] ? count[i] : 1) * sizeof(struct cell);

		cells->count[i] = count[i];
		cells->cell[i] = aligned_alloc(64, size);
		if (!cells->cell[i]) {
			cells_free(cells);
			return -ENOMEM;
		}
		memset(cells->cell[i], 0, size);
	}
	return 0;
}

void cells_free(struct cells *cells)
{
	for (unsigned i = 0; i < LIVE_KINDS; i++) {
		free(cells->cell[i]);
		cells->cell[i] = NULL;
	}
}

void cell_read(const struct cells *cells, uint32_t key, void *to)
{
	const struct cell *cell = &cells->cell[LIVE_KIND(key)][LIVE_INDEX(key)];
	uint64_t *copy = to;

	for (unsigned i = 0; i < object_words[LIVE_KIND(key)]; i++)
		copy[i] = atomic_load(&cell->word[i]);
}

void cell_write(struct cells *cells, uint32_t key, const void *from)
{
	struct cell *cell = &cells->cell[LIVE_KIND(key)][LIVE_INDEX(key)];
	const uint64_t *copy = from;

	for (unsigned i = 0; i < object_words[LIVE_KIND(key)]; i++)
		atomic_store(&cell->word[i], copy[i]);
}

/* A version that nobody has locked, and the words that belong to it. */
static void view_read(struct view *v, unsigned words)
{
	uint32_t version;

	do {
		version = atomic_load_explicit(&v->cell->version, memory_order_acquire);
		for (unsigned i = 0; i < words; i++)
			v->copy[i] = atomic_load_explicit(&v->cell->word[i], memory_order_acquire);
	} while ((version & 1) ||
		 atomic_load_explicit(&v->cell->version, memory_order_relaxed) != version);
	v->version = version;
}

void *object_view(struct mem *m, uint32_t key)
{
	enum live_kind kind = LIVE_KIND(key);
	struct view *v = &m->view[m->views];

	/* Words of several objects that were read while others changed them can name any number. */
	if (LIVE_INDEX(key) >= m->cells->count[kind] || m->views == VIEWS) {
		m->bad = true;
		v = &m->view[VIEWS];
		memset(v->copy, 0, sizeof(v->copy));
		return v->copy;
	}
	v->key = key;
	v->cell = &m->cells->cell[kind][LIVE_INDEX(key)];
	view_read(v, object_words[kind]);
	m->views++;
	return v->copy;
}

/* ---- the end of a step ---- */

/*
 * Views that the step has changed, in the order of their keys; and what they were.  What another
 * is just installing can be the same as what this step makes: acquire, so that lock_views() then
 * sees that it is locked.
 */
static unsigned changed_views(struct thread *th, uint8_t *changed)
{
	struct mem *m = &th->mem;
	unsigned n = 0;

	for (unsigned i = 0; i < m->views; i++) {
		struct view *v = &m->view[i];
		unsigned words = object_words[LIVE_KIND(v->key)], to = n;

		uint64_t differ = 0;

		for (unsigned j = 0; j < words; j++) {
			th->old[i][j] = atomic_load_explicit(&v->cell->word[j],
							     memory_order_acquire);
			differ |= th->old[i][j] ^ v->copy[j];
		}
		th->seen[i] = v->version;
		th->wrote[i] = differ;
		if (!th->wrote[i])
			continue;
		while (to && m->view[changed[to - 1]].key > v->key) {
			changed[to] = changed[to - 1];
			to--;
		}
		changed[to] = (uint8_t)i;
		n++;
	}
	return n;
}

static void unlock_views(struct mem *m, const uint8_t *changed, unsigned n)
{
	while (n--) {
		const struct view *v = &m->view[changed[n]];

		atomic_store_explicit(&v->cell->version, v->version, memory_order_release);
	}
}

static uint64_t clock_ns(const struct thread *th)
{
	uint64_t ns = clock_now();

	return th->clock_ns ? ns - ns % th->clock_ns : ns;
}

/*
 * Lock what has changed, and see that what was only read is as it was.  The step's moment lies
 * between the two: whoever changed what it read had read the clock before, and whoever changes
 * what it has read, or reads what it changes, reads the clock later.
 */
static bool lock_views(struct thread *th, const uint8_t *changed, unsigned n)
{
	struct mem *m = &th->mem;

	for (unsigned i = 0; i < n; i++) {
		struct view *v = &m->view[changed[i]];
		uint32_t version = v->version;

		if (!atomic_compare_exchange_strong(&v->cell->version, &version, version | 1)) {
			unlock_views(m, changed, i);
			return false;
		}
	}
	if (th->timed)
		th->time = clock_ns(th);
	for (unsigned i = 0; n < m->views && i < m->views; i++) {
		if (!th->wrote[i] && atomic_load(&m->view[i].cell->version) != m->view[i].version) {
			unlock_views(m, changed, n);
			return false;
		}
	}
	return true;
}

static bool commit(struct thread *th)
{
	uint8_t changed[VIEWS];
	unsigned n = changed_views(th, changed);

	if (!lock_views(th, changed, n))
		return false;
	if (th->bytes.moves)
		moves_before(&th->bytes);
	for (unsigned i = 0; i < n; i++) {
		struct view *v = &th->mem.view[changed[i]];

		for (unsigned j = 0; j < object_words[LIVE_KIND(v->key)]; j++)
			atomic_store_explicit(&v->cell->word[j], v->copy[j], memory_order_release);
		atomic_store_explicit(&v->cell->version, v->version + 2, memory_order_release);
	}
	return true;
}

/* ---- a step ---- */

static void step_begin(struct thread *th, obj_t choice)
{
	struct step_ctx *c = &th->c;

	th->mem.views = 0;
	th->mem.bad = false;
	th->bytes.moves = 0;
	th->stamped = false;
	th->bug = NULL;
	th->chosen = false;
	th->no_choice = false;
	c->result = NULL;
	c->ev = (struct event){ 0 };
	c->ret = 0;
	c->wait = WAIT_NOTHING;
	c->overflow = 0;
	c->choice = choice;
}

enum made thread_step(struct thread *th)
{
	obj_t choice = th->replay ? th->c.choice : 0;

	th->before = th->task;
	th->at = thread_at(th);
	for (;;) {
		step_begin(th, choice);
		if (!run_to_step(&th->c, &th->mem, &th->task)) {
			th->task = th->before;
			return WAITS;
		}
		if (commit(th))
			break;
		th->task = th->before;
		th->retries++;
	}
	if (th->mem.bad && !th->bug)
		th->bug = "the step asked for an object that there is not";
	th->writes += th->stamped;
	return MADE;
}

int thread_at(const struct thread *th)
{
	const struct task *t = &th->task;

	return t->depth ? step_id(t->frame[t->depth - 1].op, t->frame[t->depth - 1].pc) : -1;
}

void thread_begin(struct thread *th, enum op op, unsigned page, unsigned aux)
{
	struct step_ctx c = { .k = &(const struct kernel){ 0 }, .thread = th };

	th->task.depth = 1;
	th->task.frame[0] = (struct frame){ .op = (uint8_t)op, .page = (obj_t)page, .aux = aux };
	run_to_step(&c, NULL, &th->task);
}

/* ---- outcomes ---- */

unsigned live_choose(struct step_ctx *c, unsigned n)
{
	struct thread *th = c->thread;
	const struct task *t = &th->task;

	th->chosen = true;
	if (th->replay) {
		if (c->choice >= n)
			th->no_choice = true;
		return c->choice < n ? c->choice : 0;
	}
	if (t->frame[t->depth - 1].op == OP_zswap_store)	/* rejected where it is full */
		c->choice = pages_pool_bytes(th->bytes.pages) > th->pool_limit;
	else
		c->choice = (obj_t)draw(th, n);
	return c->choice;
}

/* ---- what is wrong ---- */

/* A folio was filled from an entry that had been freed. */
static bool read_freed(const struct thread *th)
{
	for (unsigned i = 0; i < th->mem.views; i++)
		if (th->wrote[i] && LIVE_KIND(th->mem.view[i].key) == LIVE_FOLIO &&
		    ((const struct folio *)th->mem.view[i].copy)->content == STAMP_GARBAGE &&
		    ((const struct folio *)th->old[i])->content != STAMP_GARBAGE)
			return true;
	return false;
}

const char *step_breaks(const struct thread *th)
{
	const struct event *ev = &th->c.ev;

	if (th->bug || th->c.overflow)
		return "ASSERT";
	if (ev->put_dead)
		return "DFREE";
	if (ev->bad_count)
		return "COUNT";
	if (ev->unpin_other || ev->unpinned_load)
		return "PIN";
	if (ev->misused)
		return "FOLIO";
	if (ev->stale_next || read_freed(th))
		return "UAF";
	return NULL;
}

const char *step_sentence(const struct thread *th, const char *property)
{
	if (th->bug)
		return th->bug;
	if (th->c.overflow)
		return "no folio is left";
	return !strcmp(property, "DFREE") ? "frees or puts what is free already" :
	       !strcmp(property, "COUNT") ? "takes a slot's count below 0" :
	       !strcmp(property, "PIN") ? "drops a pin that it does not hold, or loads without" :
	       !strcmp(property, "FOLIO") ? "drops a lock that it does not hold" :
	       "reads a zswap entry that has been freed";
}

int step_maps_wrong(const struct thread *th)
{
	const struct mem *m = &th->mem;
	unsigned page = th->c.ev.set_pte - 1u;

	if (!th->c.ev.set_pte || PAGE(page)->pte != PTE_PRESENT ||
	    FOLIO(PAGE(page)->target)->content == PAGE(page)->stamp)
		return -1;
	return (int)page;
}
