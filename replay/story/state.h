/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * state.h - what the parts of a story share: slots, threads, the calls they are in.
 */
#ifndef SWAPSCOPE_REPLAY_STORY_STATE_H
#define SWAPSCOPE_REPLAY_STORY_STATE_H

#include "replay/story/story.h"
#include "replay/story/map.h"

/* swap_map */
#define SWAP_MAP_COUNT		0x3f
#define SWAP_HAS_CACHE		0x40
#define SWAP_MAP_CONTINUED	0x80
#define PAGE_SHIFT	12

#define CALLS_MAX	16	/* deep; beyond that a call is not remembered */
#define LOSSES_MAX	1024	/* kept, until the workload has said what it read */

/* A call that has not returned, and will. */
struct call {
	uint64_t id, folio;
	uint32_t slot, usage, nr, mask;
	uint16_t function;
	bool did;		/* it was done by what it called: the store, the write, the load; */
				/* the slot's life has begun */
	bool asked, answered;	/* of a read: zswap, and what it said is known */
	bool had;		/* of a load: zswap had a copy when it began */
};

/* The private folio of a fault that bypasses the swap cache. */
enum private_copy { PRIVATE_NONE, PRIVATE_DATA, PRIVATE_NOTHING, PRIVATE_DROPPED };

/* A fault that is not over. */
struct fault {
	uint64_t first, last, addr;
	int64_t page;
	uint32_t slot, life;
	bool open;
	bool gap;		/* events were lost since it began */
	bool asked;		/* the swap cache was looked into, */
	bool answer, hit;	/* what came of it is known; it had a folio of another */
	bool tried, pin_known;	/* to pin the slot by itself; whether it could is known */
	int64_t pin;		/* 0, or why not */
	bool own_pin;		/* it is certain that nothing between asked for it */
	bool cached;		/* read through the swap cache */
	bool inserted;		/* into which it has put its folio, */
	int64_t refused;	/* or why it could not (v7.0); 0 */
	uint64_t folio, got;	/* in the swap cache, found or put there; by which call */
	bool read;		/* into a folio of its own, as far as is known */
	bool zswap, device;	/* where the data came from */
	bool put;		/* the PTE's reference was dropped: the page is mapped */
	enum private_copy private;
	uint32_t read_life;	/* of the slot, when it was read */
	uint64_t erase;		/* zswap's copy went while it read */
	uint64_t nothing;	/* a read found nothing */
};

struct thread {
	struct call call[CALLS_MAX];
	unsigned calls;
	struct fault fault;
};

/* A slot in its present life, and the copies of its data that exist. */
struct slot_life {
	uint32_t life;
	bool seen;		/* an event was about it */
	bool alive;		/* its life began in the capture, and nothing hides what is in it */
	bool cached;		/* a folio in the swap cache */
	bool cached_data;	/* that has the data */
	bool zswap, device;
	bool old;		/* what zswap has is of the content before the last write */
	bool cached_old;	/* it was written back: that is what the cached folio has */
	uint32_t refs;		/* PTEs, and what stands for one */
	uint32_t loaders;	/* loads from zswap that are under way */
	uint32_t privates;	/* bypass faults with a copy */
	uint64_t folio;		/* the one that is cached */
	uint64_t left, removed;	/* the last that was, and the event of its removal */
	uint64_t erase, eraser;	/* zswap's copy went; the fault in which it did */
	uint64_t nothing;	/* the cached folio's read found nothing */
	uint64_t begun, before;	/* the events at which this life and the one before it began */
	int64_t page;		/* -1: not known */
	uint32_t loss, batch;	/* row + 1 of story.loss, while batch is story.batch */
};

/* By which functions dropped references are counted: the innermost that is probed. */
enum drop_level { DROP_NONE, DROP_OUTER, DROP_ENTRY, DROP_LOCKED };

struct story {
	struct story_probes probes;
	struct capture_info info;
	struct story_sink sink;
	struct story_totals totals;
	const char *no_ledger;
	bool no_bypass;		/* v7.0: every fault reads through the swap cache */
	struct thread *thread;
	size_t threads;
	struct slot_life *slot;
	size_t slots;
	struct story_map page;		/* the workload's pages by address >> PAGE_SHIFT */
	struct story_map by_entry;	/* slots by swap entry */
	struct story_loss loss[LOSSES_MAX];
	uint32_t losses, batch;
	enum drop_level drop;
};

/* The innermost call of this function that the thread is in; NULL. */
static inline struct call *in_call(struct thread *h, enum capture_function f)
{
	for (unsigned i = h->calls; i-- > 0;)
		if (h->call[i].function == f)
			return &h->call[i];
	return NULL;
}

/* The fault that the event is of, which is about the fault's own slot; NULL. */
static inline struct fault *fault_of(struct thread *h, const struct capture_event *e)
{
	struct fault *f = &h->fault;

	return f->open && !e->irq && f->slot && e->slot == f->slot ? f : NULL;
}

/* Is there any event of the function? */
static inline bool probed(const struct story *s, enum capture_function f)
{
	return s->probes.enter[f] || s->probes.back[f];
}

/* Is it here that one learns what the function did?  At its return, or where none is probed. */
static inline bool tells(const struct story *s, const struct capture_event *e)
{
	return e->side == SIDE_RETURN || (!e->call && !s->probes.back[e->function]);
}

/* Is it one?  NULL and error pointers are none. */
static inline bool is_folio(uint64_t folio)
{
	return folio && folio < UINT64_MAX - 4094;
}

/* An argument: of a RETURN what its call was given. */
static inline uint32_t usage_of(const struct call *c, const struct capture_event *e)
{
	return c && c->mask & HAS_USAGE ? c->usage : e->mask & HAS_USAGE ? e->usage : 0;
}

/* Does it drop the reference of one PTE, or of several at once? */
static inline bool drops_reference(const struct capture_event *e)
{
	switch (e->function) {
	case FN_swap_free:
	case FN_swap_free_nr:
	case FN___swap_entry_free:
	case FN_folio_put_swap:
		return e->side == SIDE_ENTER;
	case FN___swap_entry_free_locked:
		return e->side == SIDE_ENTER && e->mask & HAS_USAGE &&
		       e->usage != SWAP_HAS_CACHE;
	default:
		return false;
	}
}

#endif
