/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * probe.h - what a probe on a kernel function would see of a step.
 *
 * A capture of a real kernel is a list of calls and returns of functions.  To compare, a step of
 * core/mm says which functions of the kernel it enters and leaves, in order, and with which
 * values: operations by being called and returning (run_to_step.h), the rest by PROBE_ENTER and
 * PROBE_RETURN in the lines of core/mm.  Nobody asks in an exploration or a live run: there
 * step_ctx.calls is NULL.
 */
#ifndef SWAPSCOPE_CORE_PROBE_H
#define SWAPSCOPE_CORE_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(default)

/* Functions that are no operation of core/mm, but part of a step. */
#define PROBE_FUNCTIONS(X)							\
	X(swapcache_prepare)		/* returns 0, -EEXIST, -ENOENT */	\
	X(swapcache_clear)							\
	X(__swap_duplicate)		/* usage; returns as above */		\
	X(swap_free)								\
	X(zswap_evict)			/* v6.1 zswap_writeback_entry() */	\
	X(zswap_frontswap_store)	/* v6.1: after an old entry is gone */	\
	X(__swap_entry_free)							\
	X(__swap_entry_free_locked)	/* usage; returns what is left */	\
	X(swap_range_free)							\
	X(zram_slot_free_notify)						\
	X(swap_cache_get_folio)		/* returns whether there is a folio */	\
	X(add_to_swap_cache)							\
	X(__delete_from_swap_cache)						\
	X(swap_read_folio_bdev_sync)						\
	X(swap_cache_alloc_folio)	/* returns 0, -EEXIST, -ENOENT */	\
	X(zswap_invalidate_entry)						\
	X(zswap_entry_free)							\
	X(shrink_memcg_cb)		/* returns enum probe_lru */

/* Operations have their own numbers, enum op; these follow them. */
enum { PROBE_BASE = 64 };
enum probe_function {
	PROBE_BEFORE_FIRST = PROBE_BASE - 1,
#define X(name) PROBE_##name,
	PROBE_FUNCTIONS(X)
#undef X
	PROBE_COUNT
};

/* What shrink_memcg_cb() returns (enum lru_status), as far as it is told apart. */
enum probe_lru { PROBE_LRU_REMOVED, PROBE_LRU_ROTATE, PROBE_LRU_FAILED };

/* The last two where a compiler may have made one function of it and its caller. */
enum { PROBE_ENTERS, PROBE_RETURNS, PROBE_MAY_ENTER, PROBE_MAY_RETURN };

static inline bool probe_returns(unsigned kind)
{
	return kind & 1;
}

static inline bool probe_maybe(unsigned kind)
{
	return kind & 2;
}

struct probe_call {
	uint8_t function;	/* enum op, or enum probe_function */
	uint8_t kind;		/* PROBE_* */
	int16_t value;		/* what it returns; entered, its `usage` or 0 */
};

#define PROBE_CALLS_MAX 24

struct probe_calls {
	struct probe_call call[PROBE_CALLS_MAX];
	unsigned n;		/* may be more than PROBE_CALLS_MAX: those are lost */
};

static inline void probe_log(struct probe_calls *calls, unsigned function, unsigned kind, int value)
{
	if (calls && calls->n++ < PROBE_CALLS_MAX)
		calls->call[calls->n - 1] = (struct probe_call){
			.function = (uint8_t)function, .kind = (uint8_t)kind,
			.value = (int16_t)value,
		};
}

/* In a line of core/mm: the kernel enters, leaves this function here. */
#define PROBE_ENTER(name, value)	probe_log(c->calls, PROBE_##name, PROBE_ENTERS, value)
#define PROBE_RETURN(name, value)	probe_log(c->calls, PROBE_##name, PROBE_RETURNS, value)

#define PROBE_MAY(name, kind, value) \
	probe_log(c->calls, PROBE_##name, PROBE_MAY_##kind, value)

/* The same of an operation, where it is part of a step. */
#define PROBE_OP(name, kind, value)	probe_log(c->calls, OP_##name, PROBE_##kind, value)

/* "swapcache_prepare"; also of an operation.  NULL: there is none of that number. */
const char *probe_function_name(unsigned function);

#pragma GCC visibility pop

#endif
