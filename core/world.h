/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * world.h - the state: everything that one step of one task can read or change.
 *
 * A world is flat, has no pointer and no padding: copying it is a snapshot,
 * comparing its bytes is identity.  It has two parts.  struct mem is what the
 * kernel's tasks share; struct task is what one of them has on its stack.  A step
 * of a task is a function of mem and of its own task, never of another's (step.h).
 *
 * What the kernel itself does not keep, but an argument about it needs, is
 * ghost state and is marked so: who holds SWAP_HAS_CACHE, who reads an entry,
 * which life of a slot some data belongs to.  Nothing that the kernel decides is decided
 * by it; it says what a stale pointer would reach.
 *
 * Page content is a stamp: 0 is a page of zeroes, every application write makes
 * a new one, STAMP_GARBAGE is what comes out of freed memory.
 */
#ifndef SWAPSCOPE_CORE_WORLD_H
#define SWAPSCOPE_CORE_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/size.h"

#pragma GCC visibility push(default)

#pragma GCC diagnostic push
#ifndef SWAPSCOPE_LIVE
#pragma GCC diagnostic error "-Wpadded"
#endif

#define STAMP_ZERO	0
#define STAMP_GARBAGE	0xffff

/* ---- page tables (include/linux/swapops.h, mm/memory.c) ---- */

enum pte_kind { PTE_NONE, PTE_SWAP, PTE_PRESENT };

#define PTE_SOFT_DIRTY	0x01	/* cleared by /proc/pid/clear_refs */
#define PTE_UFFD_WP	0x02	/* set by userfaultfd write-protect */
#define PTE_EXCLUSIVE	0x04	/* anon exclusive marker of a swap PTE (v5.19) */
#define PTE_BITS	0x07	/* the bits of a swap PTE */
#define PTE_WRITE	0x08	/* a present PTE is writable */

/*
 * One virtual page and its PTE, under the page table lock of its mm.  A page of a shmem file
 * is one too: its mapping's slot is the "PTE", the mapping's xa_lock the lock, and being in
 * the page cache counts as being mapped.
 */
struct vpage {
	uint8_t pte;		/* enum pte_kind */
	obj_t target;		/* PTE_SWAP: slot; PTE_PRESENT: folio */
	uint8_t bits;		/* PTE_*: pte_same() compares those of a swap PTE too */
	uint8_t mm;
	obj_t addr;		/* its address: a page and its copy in a child have the same */
	uint8_t shmem;		/* it is a page of a shmem mapping */
	stamp_t stamp;		/* ghost: the owner's last write */
};

#define MM_UNSTABLE	2	/* fork() failed half way, and will undo what it did */

/* An address space, or a shmem mapping. */
struct mm {
	uint8_t ptl;		/* page table lock: task + 1 */
	uint8_t mmap_writer;	/* mmap_lock held for writing: task + 1 */
	uint8_t mmap_readers;	/* faults under way (mmap_lock or VMA lock for reading) */
	uint8_t unborn;		/* fork() has not made it yet; MM_UNSTABLE */
};

/* ---- swap slots (mm/swapfile.c, mm/swap_state.c) ---- */

#define SWAP_MAP_COUNT	0x3f
#define SWAP_HAS_CACHE	0x40

/*
 * Who holds SWAP_HAS_CACHE.  The bit is a right to own the slot's cache state
 * and has one holder at a time, but it cannot say which; this can.
 */
enum holder {
	HOLD_NONE,
	HOLD_ALLOC,		/* handed out by the allocator, not in the cache yet */
	HOLD_ADD,		/* __read_swap_cache_async(), folio not inserted yet */
	HOLD_CACHE,		/* a folio is in the swap cache */
	HOLD_DEL,		/* folio removed, put_swap_folio() still to come */
	HOLD_SYNC,		/* a fault that bypasses the swap cache */
	HOLD_FREE,		/* dead slot, parked or on its way to the drain */
	HOLD_KINDS
};

/* The per-CPU slot caches of mm/swap_slots.c (to v6.14). */
enum parked {
	PARKED_NOT,
	PARKED_RET,		/* slots_ret: dead, waits for a drain */
	PARKED_ALLOC,		/* slots: allocated beforehand, for nobody yet */
};

struct slot {
	uint8_t swap_map;	/* count | SWAP_HAS_CACHE; under the cluster lock */
	obj_t cache;		/* swap cache: folio; under xa_lock */
	obj_t entry;		/* zswap tree: entry; under the tree lock */
	uint8_t parked;		/* enum parked: in a per-CPU slot cache */
	uint8_t holder;		/* ghost: enum holder */
	uint8_t holder_task;	/* ghost: task + 1 that took it; 0: the folio */
	uint8_t inflight;	/* ghost: counts between a PTE and the map */
	uint8_t zeromap;	/* bit: the slot is a page of zeroes (v6.12) */
	stamp_t life;		/* ghost: raised when the slot is freed */
	stamp_t dev;		/* the device's block: stamp */
	stamp_t dev_life;	/* ghost: life that the block's data belongs to; 0: no data */
#ifdef SWAPSCOPE_LIVE
	obj_t park_next;	/* in a slot cache: the next one of its kind + 1 */
#endif
};

/* A swap device (struct swap_info_struct). */
#define SI_WRITEOK	0x01	/* SWP_WRITEOK: slots may be allocated */
#define SI_DYING	0x02	/* percpu_ref_kill(&si->users): get_swap_device() fails */
#define SI_GONE		0x04	/* swap_map, clusters and zswap's tree are freed */
#define SI_DELISTED	0x08	/* not in swap_avail_heads, though its flags are still good */
#define SI_RELISTED	0x10	/* in swap_avail_heads again, which swapoff does not know */

struct swap_device {
	uint8_t lock;		/* si->lock: task + 1 */
	uint8_t flags;		/* SI_* */
	uint8_t users;		/* references of get_swap_device() */
	obj_t inuse_pages;
};

/* ---- folios ---- */

#define FOLIO_UPTODATE	0x01
#define FOLIO_DIRTY	0x02
#define FOLIO_SWAPCACHE	0x04
#define FOLIO_LRU	0x08
#define FOLIO_WRITEBACK	0x10
#define FOLIO_READ	0x20	/* a device read is under way; the device holds the lock */
#define FOLIO_EXCLUSIVE	0x40	/* PG_anon_exclusive */
#define FOLIO_FAILED	0x80	/* ghost: a read of its data failed */

#define LOCKED_BY_DEVICE 0xff

struct folio {
	uint8_t ref;		/* 0: free memory */
	uint8_t mapcount;
	uint8_t lock;		/* PG_locked: task + 1, or LOCKED_BY_DEVICE */
	uint8_t flags;		/* FOLIO_* */
	obj_t swp;		/* folio->swap: slot + 1 while it is set, else 0 */
	tasks_t holders;	/* ghost: bit per task that holds a reference */
	obj_t src;		/* ghost: slot + 1 that the content was read from */
	obj_t io_swp;		/* slot + 1 that a device write under way goes to */
	obj_t index;		/* folio->index: address + 1; 0: it is not anonymous yet */
	tasks_t holders2;	/* ghost: bit per task that holds two references */
	stamp_t content;	/* stamp */
	stamp_t src_life;	/* ghost: life of slot src that the content belongs to */
	stamp_t io;		/* stamp that the write carries */
	stamp_t io_life;	/* ghost: life of slot io_swp when it was submitted */
};

/* ---- zswap (mm/zswap.c) ---- */

enum entry_state {
	ENTRY_FREE,
	ENTRY_LIVE,
	ENTRY_ZOMBIE,		/* freed, but zpool has it under reclaim (v6.1): readable */
};

#define RECLAIM_ZPOOL	0x01	/* zpool's under-reclaim mark (v6.1) */
#define RECLAIM_ISOLATED	0x02	/* ghost: the shrinker has it (v6.5) */
#define RECLAIM_WHY	0x03
#define RECLAIM_TASK	2	/* shift */

struct zentry {
	uint8_t state;		/* enum entry_state */
	uint8_t ref;		/* zswap_entry.refcount; without one, 1 while live */
	obj_t swp;		/* slot */
	tasks_t users;		/* ghost: bit per task that works with a pointer to it */
	uint8_t reclaim;	/* RECLAIM_*: off the LRU; ghost: task + 1 that took it, shifted */
	uint8_t referenced;	/* second chance (v6.12) */
	stamp_t stamp;
	stamp_t life;		/* ghost: life of the slot when it was stored */
	tasks_t known;		/* ghost: bit per task that may compare its number, free or not */
#ifndef SWAPSCOPE_LIVE
	uint8_t unused;
#endif
#ifdef SWAPSCOPE_LIVE
	obj_t lru_prev, lru_next;	/* the compact world has an array instead */
#endif
};

/* ---- what the tasks share ---- */

#ifdef SWAPSCOPE_LIVE
struct mem;			/* a step's view of it: core/live/mem.h */
#else
struct mem {
	struct vpage page[MAX_PAGES];
	struct slot slot[MAX_SLOTS];
	struct folio folio[MAX_FOLIOS];
	struct zentry entry[MAX_ENTRIES];
	uint8_t lru[MAX_ENTRIES];	/* zswap LRU, coldest first; 0 ends it */
	struct mm mm[MAX_MMS];
	struct swap_device si[MAX_DEVICES];
	uint8_t tree_lock;		/* zswap tree */
	uint8_t zswap_off;		/* zswap_enabled is N */
	uint8_t alloc_lock;		/* per-CPU swp_slots.alloc_lock */
	uint8_t free_lock;		/* per-CPU swp_slots.free_lock */
	uint8_t slot_cache_off;		/* swap_slots_cache_enable_mutex; while held they are off */
	uint8_t dangling;		/* ghost: bit per task whose entry pointer is stale */
	uint16_t last_stamp;		/* the newest write */
	uint8_t unused[2];
};
#endif

/* ---- tasks ---- */

/* One call on a task's stack.  A local that is dead is 0. */
struct frame {
	uint16_t pc;		/* line of the step it stands at; 0: not begun */
	uint8_t op;		/* enum op */
	obj_t page;
	obj_t swp;		/* swp_entry_t: a slot */
	obj_t folio;
	union {
		obj_t entry;	/* struct zswap_entry * */
		obj_t to;	/* or a second page, folio or device */
	};
	aux_t aux;		/* the operation's own */
};

struct task {
	uint8_t item;		/* position in its program */
	uint8_t left;		/* repetitions of the item still to begin after this one */
	uint8_t depth;		/* frames in use; 0: finished */
	uint8_t begun;		/* it has made a move; kept only where it has a priority */
	struct frame frame[MAX_FRAMES];
};

#pragma GCC diagnostic pop

#ifndef SWAPSCOPE_LIVE
struct world {
	struct mem mem;
	struct task task[MAX_TASKS];
};

_Static_assert(sizeof(struct vpage) == 8, "no padding in hashed state");
_Static_assert(sizeof(struct slot) == 14, "no padding in hashed state");
_Static_assert(sizeof(struct folio) == 18, "no padding in hashed state");
_Static_assert(sizeof(struct zentry) == 12, "no padding in hashed state");
_Static_assert(sizeof(struct frame) == 8, "no padding in hashed state");
_Static_assert(sizeof(struct task) == 4 + 8 * MAX_FRAMES, "no padding in hashed state");
_Static_assert(sizeof(struct world) == sizeof(struct mem) + MAX_TASKS * sizeof(struct task),
	       "no padding in hashed state");

/*
 * Renumber what only grows (stamps, lives), so that two worlds which behave
 * alike are equal bytes.  A world that runs for ever has a finite closure only
 * after this.  Stamps are numbered in order of first appearance; the life of
 * every slot becomes 2, and data of any earlier life of it gets life 1.
 * Behaviour and properties are the same before and after.
 */
void mem_canonicalise(struct mem *m);

/*
 * A task's operation is over: it compares no entry's number with one of before any more, so that
 * free entries which it knew may be alike again (core/mm/find.c).
 */
void mem_forget(struct mem *m, unsigned task);

/*
 * Every field by name: traces, screens and dumps speak of a world only through
 * this table.  An object is a kind and an index ("slot" 0, "folio" 1, "task" 2);
 * a field of it is an offset into struct world and one or two bytes wide.
 */
struct field {
	const char *kind;	/* page, slot, folio, entry, task, mm, device, ... */
	uint8_t index;		/* of the object; singletons have 0 */
	uint8_t size;		/* bytes: 1 or 2 */
	uint16_t offset;	/* into struct world */
	const char *name;	/* "swap_map", "frame2.folio" */
};

/* All fields, in a fixed order; *n gets their number.  Owned by the library. */
const struct field *world_fields(size_t *n);

/* The value of a field; and its change.  `v` is cut to the field's size. */
unsigned field_get(const struct world *w, const struct field *f);
void field_set(struct world *w, const struct field *f, unsigned v);

/* The field of that name, or NULL. */
const struct field *field_find(const char *kind, unsigned index, const char *name);

#endif

const char *holder_name(enum holder h);		/* "none", "alloc", "add", ... */

#pragma GCC visibility pop

#endif
