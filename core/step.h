/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * step.h - steps: what one is made of, what it says it did, and the list of all of them.
 *
 * An operation is a kernel function that can stop at every visible action and be resumed there;
 * what it does from one stop to the next is a step, one line of a CPU0/CPU1 diagram.  How one is
 * written is told in core/operation.h.
 *
 * What whoever runs steps may rely on:
 *
 *	it sees nothing else	A step is a function of the shared memory, its own task, the
 *				kernel and the outcome.  The explorer remembers effects by
 *				that; real threads make a step a transaction.
 *	it begins anywhere	The first step of an operation is the same under every kernel
 *				and in every world: task_begin() walks to it with neither.
 *				Before it there are declarations only; what depends on a
 *				switch (an AWAIT's condition, which lock) comes after a step,
 *				or is the condition of one that is always there.  What is
 *				only called need not keep to this.
 *	waiting is no state	LOCK and AWAIT test their condition when the task is run, and
 *				one that is blocked has changed nothing.  Who waits for what
 *				is asked by trying, on a copy.
 *	it judges nothing	It says in struct event what it did that a property might
 *				object to.  Properties are functions of (memory before,
 *				memory after, event); operations never look at ghost state.
 *
 * This is the door of core/.  Below it are world.h (the state), kernel.h (switches), probe.h (what
 * probes would see of a step) and size.h; beside it property.h (what must hold), bytes.h (real
 * pages) and run_to_step.h, the only caller of operations.  Above, in this order: mm/ writes the
 * operations, scenario/ gives them to tasks, explore/ runs all interleavings; live/ compiles mm/
 * once more for real threads, and size.h and mm/mm.h choose its types there (SWAPSCOPE_LIVE):
 * the one place where includes point up.
 */
#ifndef SWAPSCOPE_CORE_STEP_H
#define SWAPSCOPE_CORE_STEP_H

#include "core/kernel.h"
#include "core/probe.h"
#include "core/world.h"

#pragma GCC visibility push(default)

/* What a task can wait for. */
enum wait_kind {
	WAIT_NOTHING,
	WAIT_PTL,		/* page table lock of mm `index` */
	WAIT_FOLIO,		/* PG_locked of folio `index` */
	WAIT_TREE,		/* the zswap tree lock */
	WAIT_SI,		/* swap_info_struct.lock of device `index` */
	WAIT_FREE_LOCK,		/* the slot cache's free_lock */
	WAIT_ALLOC_LOCK,	/* the slot cache's alloc_lock */
	WAIT_CACHE_MUTEX,	/* swap_slots_cache_enable_mutex */
	WAIT_MMAP,		/* mmap_lock of mm `index` */
	WAIT_WRITEBACK,		/* the write of folio `index` to be done */
	WAIT_USERS,		/* the last reference of swap device `index` */
	WAIT_IO,		/* something for the device to complete */
	WAIT_CPU,		/* the CPU, which task `index` of a higher priority has */
};

enum device { DEVICE_ZRAM, DEVICE_BRD, DEVICE_DISK, DEVICE_COUNT };

const char *device_name(enum device d);	/* "zram" */
enum device device_named(const char *name);	/* DEVICE_COUNT: there is none of that name */

/* The fixed part of a world: what the scenario says it is made of. */
struct machine {
	uint8_t device;		/* enum device; zram and brd are SWP_SYNCHRONOUS_IO */
	obj_t pages;
	obj_t slots;
	obj_t entries;	/* zswap's pool limit */
	uint8_t slot_cache;	/* slots_ret capacity; 0: slots are freed at once */
	uint8_t alloc_cache;	/* slots that an allocation gets beforehand; 0: none */
	obj_t second;		/* first slot of the second device; 0: there is one device */
	uint8_t swap_full;	/* vm_swap_full(): no, yes, or either at any time */
	uint8_t readahead;	/* a fault through the swap cache reads its neighbours too */
	uint8_t charge_reclaims;	/* charging a folio may run the zswap shrinker */
	uint8_t neighbours;	/* a batch of slots is of more than the world has */
	uint8_t store_fails;	/* a store may be rejected at any time */
	uint8_t decompress_fails;	/* an object may turn out to be corrupt */
	/* Which free one is allocated: the first, or any; entries also ANY_KNOWN (find.c). */
	uint8_t any_entry;
	uint8_t any_folio;
	uint8_t alloc_fails;	/* there may be no memory for a folio that swap-in needs */
	uint8_t fork_fails;	/* fork() may fail when it has copied a page */
	/*
	 * Whether a task runs swapoff; fork or munmap.  Else nobody asks how many users a device
	 * has, or how many faults are under way, and it is not counted: as a percpu_ref is not
	 * before it is killed.
	 */
	uint8_t counts_users;
	uint8_t counts_readers;
};

#define SWAP_FULL_MAYBE	2
#define ANY_KNOWN	2	/* any that a task may compare, and the first of the others */

/* What happened in a step, for the properties to judge. */
struct event {
	obj_t set_pte;	/* page + 1 whose PTE was set to a folio */
	obj_t deref;		/* entry that was dereferenced */
	uint8_t put_dead;	/* something was put or freed that was already free */
	obj_t freed_entry;	/* entry that was freed */
	obj_t adopt;		/* folio that a fault takes in exchange for its slot's count */
	obj_t adopt_slot;	/* that slot + 1 */
	uint8_t adopt_cached;	/* and it came from the swap cache */
	obj_t unpin_other;	/* slot + 1 whose pin another than its holder dropped */
	obj_t cached_data;	/* folio of the swap cache that became uptodate */
	obj_t dev_write;	/* slot + 1 whose block a write reached */
	obj_t wb_submit;	/* folio that zswap writeback submitted */
	uint8_t op_done;	/* the task's operation came to its end */
	obj_t bad_count;	/* slot + 1 whose count would have gone below 0 */
	uint8_t used_device;	/* bit per swap device whose map or tree was used */
	uint8_t stale_next;	/* the walk of the LRU went on at an entry that is not on it */
	uint8_t unpinned_load;	/* zswap_load() outside the swap cache, asserted not to be */
	obj_t device_freed;	/* swap device + 1 whose map and tree were freed */
	uint8_t tree_left;	/* and there were entries left, where there should be none */
	uint8_t misused;	/* a lock taken or dropped that is another's, or the slot used */
				/* of a folio that has none */
	uint8_t unreadable;	/* data was given up that nothing had failed to read */
	uint8_t still_listed;	/* and allocation still finds it among those with free slots */
	uint8_t bad_vma;	/* a VMA was read that is none */
	uint8_t cost;		/* COST_*: work that came to nothing */
};

#define COST_SLEPT	0x01	/* slept although the pin had been released */
#define COST_DEADWB	0x02	/* the shrinker was sent for the entry of a dead slot */
#define COST_RETRIED	0x04	/* a fault gave up and will be repeated */
#define COST_NOMEM	0x08	/* it said that memory is out, which is not so */

struct bytes;			/* bytes.h: the same pages as real bytes */

/* One step being made. */
struct step_ctx {
	const struct kernel *k;
	const struct machine *hw;
	struct bytes *bytes;	/* NULL: stamps only */
	struct probe_calls *calls;	/* which functions it enters and leaves; NULL: not asked */
	const struct result *result;	/* RESULT() of the step, or NULL */
	struct event ev;
	int ret;		/* RETURN value of the operation just called */
	uint8_t task;
	obj_t choice;		/* the outcome to take, 0 .. choices - 1 */
	uint8_t choices;	/* how many the step has */
	uint8_t wait;		/* enum wait_kind, where the task is blocked */
	obj_t wait_index;
	uint8_t overflow;	/* the world is too small for what happened */
	uint8_t injected;	/* the outcome taken is an injected failure */
#ifdef SWAPSCOPE_LIVE
	struct thread *thread;	/* whose step it is */
#endif
};

/* ---- operations ---- */

/*
 * X(operation, file, verb) - every operation of core/mm and the kernel file it
 * follows; verb names those that a task can begin with, else "".
 */
#define OPERATIONS(X)						\
	X(touch_page,			"mm/memory.c",		"touch")	\
	X(do_swap_page,			"mm/memory.c",		"")		\
	X(swapin_bypass,		"mm/memory.c",		"")		\
	X(map_swapin_folio,		"mm/memory.c",		"")		\
	X(do_wp_page,			"mm/memory.c",		"")		\
	X(copy_page_range,		"mm/memory.c",		"fork")		\
	X(zap_pte_range,		"mm/memory.c",		"zap")		\
	X(unmap_vmas,			"mm/memory.c",		"munmap")	\
	X(clear_refs_pte_range,		"mm/task_mmu.c",	"clear_refs")	\
	X(uffd_wp_range,		"mm/task_mmu.c",	"uffd_wp")	\
	X(move_pages_pte,		"mm/userfaultfd.c",	"move")		\
	X(swap_vma_readahead,		"mm/swap_state.c",	"")		\
	X(swap_cluster_readahead,	"mm/swap_state.c",	"")		\
	X(free_swap_cache,		"mm/swap_state.c",	"")		\
	X(__read_swap_cache_async,	"mm/swap_state.c",	"")		\
	X(delete_from_swap_cache,	"mm/swap_state.c",	"")		\
	X(folio_alloc_swap,		"mm/swapfile.c",	"")		\
	X(free_swap_and_cache,		"mm/swapfile.c",	"")		\
	X(free_swap_and_cache_nr,	"mm/swapfile.c",	"")		\
	X(__try_to_reclaim_swap,	"mm/swapfile.c",	"")		\
	X(folio_free_swap,		"mm/swapfile.c",	"")		\
	X(put_swap_folio,		"mm/swapfile.c",	"")		\
	X(free_swap_slot,		"mm/swapfile.c",	"")		\
	X(swapcache_free_entries,	"mm/swapfile.c",	"")		\
	X(drain_slots_cache_cpu,	"mm/swapfile.c",	"drain")	\
	X(swapoff,			"mm/swapoff.c",		"swapoff")	\
	X(try_to_unuse,			"mm/swapoff.c",		"")		\
	X(unuse_pte,			"mm/swapoff.c",		"")		\
	X(swap_read_folio,		"mm/page_io.c",		"")		\
	X(swap_writepage,		"mm/page_io.c",		"")		\
	X(__swap_writepage,		"mm/page_io.c",		"")		\
	X(end_swap_bio,			"mm/page_io.c",		"end_io")	\
	X(shrink_folio_list,		"mm/vmscan.c",		"reclaim")	\
	X(try_to_unmap_one,		"mm/vmscan.c",		"")		\
	X(isolate_and_lock,		"mm/vmscan.c",		"isolate")	\
	X(shmem_get_folio,		"mm/shmem.c",		"")		\
	X(shmem_swapin_folio,		"mm/shmem.c",		"")		\
	X(shmem_swapin_error,		"mm/shmem.c",		"")		\
	X(shmem_writepage,		"mm/shmem.c",		"")		\
	X(zswap_store,			"mm/zswap.c",		"")		\
	X(zswap_load,			"mm/zswap.c",		"")		\
	X(zswap_invalidate,		"mm/zswap.c",		"")		\
	X(zswap_writeback_entry,	"mm/zswap.c",		"")		\
	X(zswap_shrink,			"mm/zswap.c",		"shrink")	\
	X(zswap_enabled_param_set,	"mm/zswap.c",		"zswap")

enum op {
	OP_NONE,
#define X(name, file, verb) OP_##name,
	OPERATIONS(X)
#undef X
	OP_COUNT
};

enum step_status { AT_STEP, CALLED, RETURNED, BLOCKED };

/* ---- the steps of the program ---- */

enum step_kind { KIND_STEP, KIND_LOCK, KIND_UNLOCK, KIND_AWAIT, KIND_CALL, KIND_SLEEP };

struct step {
	const char *func;	/* "op_zswap_load" */
	const char *text;
	const char *file;	/* as the compiler saw it: ends in core/mm/... */
	uint16_t line;
	uint8_t kind;		/* enum step_kind */
};

/* What a step can come to: a text that a RESULT() has. */
struct result {
	const char *text;
	const char *func;	/* of the step; or of what several steps call */
	uint16_t line;
	uint16_t number;	/* 0 .. result_count() - 1 */
};

/* The text of one, or NULL where there is none. */
static inline const char *result_text(const struct result *r)
{
	return r ? r->text : NULL;
}

/* Number of texts in the program; the one with that number. */
size_t result_count(void);
const struct result *result_at(size_t number);

/* The number of the step that says it; -1: a function does that several steps call. */
int result_step(const struct result *r);

/* Two answers to one question: of the same step, or of the same function that steps call. */
bool results_alike(const struct result *a, const struct result *b);

/* ---- the list of steps, sorted by file and line ---- */

/* Number of steps in the program. */
size_t step_count(void);

/* The step with that number, 0 .. step_count() - 1. */
const struct step *step_at(size_t id);

/* The number of the step at which a frame of `op` with this pc stands, or -1. */
int step_id(enum op op, unsigned pc);

/* A step's operation, "zswap_load", and its kind, "step". */
const char *step_op_name(const struct step *s);
const char *step_kind_name(unsigned kind);

/* "folio 2 (PG_locked)", "the zswap tree lock": what a wait is for.  Returns buf. */
const char *wait_text(enum wait_kind wait, unsigned index, char *buf, size_t size);

const char *op_name(enum op op);	/* "do_swap_page" */
const char *op_file(enum op op);	/* "mm/memory.c" */
const char *op_verb(enum op op);	/* "reclaim", or "" */

/*
 * Is a task's operation one of the environment: something that may happen at any time and need
 * not?  It begins finitely often where progress is asked for; once begun it goes on as any other.
 */
bool op_is_environment(enum op op);

#pragma GCC visibility pop

#endif
