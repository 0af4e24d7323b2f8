/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/conform/label.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"

/* ---- functions ---- */

static const uint8_t functions[FN_COUNT] = {
	[FN_do_swap_page] = OP_do_swap_page,
	[FN_folio_alloc_swap] = OP_folio_alloc_swap,
	[FN___swap_duplicate] = PROBE___swap_duplicate,
	[FN_swapcache_prepare] = PROBE_swapcache_prepare,
	[FN_swapcache_clear] = PROBE_swapcache_clear,
	[FN_swap_free] = PROBE_swap_free,
	[FN_swap_free_nr] = PROBE_swap_free,
	[FN___swap_entry_free] = PROBE___swap_entry_free,
	[FN___swap_entry_free_locked] = PROBE___swap_entry_free_locked,
	[FN_put_swap_folio] = OP_put_swap_folio,
	[FN_free_swap_slot] = OP_free_swap_slot,
	[FN_swap_range_free] = PROBE_swap_range_free,
	[FN_swap_entry_range_free] = PROBE_swap_range_free,
	[FN_free_swap_and_cache] = OP_free_swap_and_cache,
	[FN_free_swap_and_cache_nr] = OP_free_swap_and_cache,
	[FN___try_to_reclaim_swap] = OP___try_to_reclaim_swap,
	[FN___read_swap_cache_async] = OP___read_swap_cache_async,
	[FN_add_to_swap_cache] = PROBE_add_to_swap_cache,
	[FN___delete_from_swap_cache] = PROBE___delete_from_swap_cache,
	[FN_swap_cache_get_folio] = PROBE_swap_cache_get_folio,
	[FN_folio_free_swap] = OP_folio_free_swap,
	[FN_swap_read_folio] = OP_swap_read_folio,
	[FN_swap_read_folio_bdev_sync] = PROBE_swap_read_folio_bdev_sync,
	[FN_swap_writepage] = OP_swap_writepage,
	[FN___swap_writepage] = OP___swap_writepage,
	[FN_zswap_store] = OP_zswap_store,
	[FN_zswap_load] = OP_zswap_load,
	[FN_zswap_invalidate] = OP_zswap_invalidate,
	[FN_zswap_invalidate_entry] = PROBE_zswap_invalidate_entry,
	[FN_zswap_entry_free] = PROBE_zswap_entry_free,
	[FN_zswap_writeback_entry] = OP_zswap_writeback_entry,
	[FN_shrink_memcg_cb] = PROBE_shrink_memcg_cb,
	[FN_zram_slot_free_notify] = PROBE_zram_slot_free_notify,
	/* v6.18, v7.0 */
	[FN_swap_cache_add_folio] = PROBE_add_to_swap_cache,
	[FN_swap_cache_alloc_folio] = PROBE_swap_cache_alloc_folio,
	[FN_folio_dup_swap] = PROBE___swap_duplicate,
	[FN_folio_put_swap] = PROBE_swap_free,
};

/* __swap_cluster_free_entries() is given a cluster, and no event says which. */
static bool of_no_slot(const struct capture_event *e)
{
	return e->function == FN_swap_entry_range_free && e->variant > 1;
}

/* free_swap_and_cache_nr(), and not of one slot, which free_swap_and_cache() was before. */
static bool of_several(const struct capture_event *e)
{
	return e->function == FN_free_swap_and_cache_nr && (e->mask & HAS_NR) && e->nr > 1;
}

unsigned label_function(const struct kernel *k, const struct capture_event *e)
{
	if (e->side != SIDE_ENTER && e->side != SIDE_RETURN)
		return 0;
	/* zswap_frontswap_store() is called when an old entry is gone already. */
	if (e->function == FN_zswap_store && e->variant && e->side == SIDE_ENTER)
		return PROBE_zswap_frontswap_store;
	/* v6.1: it looks the entry up and drops it too, which is its caller's part later. */
	if (e->function == FN_zswap_writeback_entry && k->shrinker == SHRINKER_ZPOOL)
		return PROBE_zswap_evict;
	if (of_no_slot(e))
		return 0;
	if (of_several(e))
		return OP_free_swap_and_cache_nr;
	return e->function < FN_COUNT ? functions[e->function] : 0;
}

/* ---- values ---- */

static enum probe_lru lru_status(int64_t ret)
{
	if (ret == 2)
		return PROBE_LRU_ROTATE;
	return ret == 0 || ret == 1 ? PROBE_LRU_REMOVED : PROBE_LRU_FAILED;
}

static bool usage_matches(const struct capture_event *e, const struct probe_call *c)
{
	return !(e->mask & HAS_USAGE) || !c->value || e->usage == (unsigned)c->value;
}

static bool is_error_pointer(uint64_t folio)
{
	return folio >= UINT64_MAX - 4094;
}

/* Whether a fault read from disk, or wrote (a bit of v6.1), the model does not say. */
static bool fault_matches(unsigned ret, int value)
{
	const unsigned sigbus = 0x2, major = 0x4, write = 0x8, retry = 0x400;

	return !(ret & ~(sigbus | major | write | retry)) && !(ret & sigbus) == (value != -EFAULT);
}

static bool return_matches(const struct capture_info *info, const struct capture_event *e,
			   const struct probe_call *c)
{
	bool yes = c->value != 0;

	switch (c->function) {
	case PROBE_swapcache_prepare:
	case PROBE___swap_duplicate:
	case PROBE_add_to_swap_cache:
	case OP_swap_writepage:
		return !(e->mask & HAS_RET) || e->ret == c->value;
	case PROBE___swap_entry_free:
	case PROBE___swap_entry_free_locked:
		return !(e->mask & HAS_LEFT) || (e->left & 0xff) == (unsigned)c->value;
	case PROBE_swap_cache_alloc_folio:
		return !(e->mask & HAS_FOLIO) || (e->folio && !is_error_pointer(e->folio)) != yes;
	case PROBE_swap_cache_get_folio:
	case OP___read_swap_cache_async:
		return !(e->mask & HAS_FOLIO) || (e->folio && !is_error_pointer(e->folio)) == yes;
	case OP_do_swap_page:
		return !(e->mask & HAS_RET) || fault_matches((unsigned)e->ret, c->value);
	case OP_zswap_store:
	case OP_zswap_load:
		return capture_ok(info, e) < 0 || capture_ok(info, e) == (c->value > 0);
	case OP_folio_alloc_swap:
		return !(e->mask & HAS_ENTRY) || (e->entry != 0) == yes;
	case OP_folio_free_swap:
		return !(e->mask & HAS_RET) || (e->ret != 0) == yes;
	case PROBE_zswap_evict:
	case OP_zswap_writeback_entry:
		return !(e->mask & HAS_RET) || (e->ret != 0) == yes;
	case PROBE_shrink_memcg_cb:
		return !(e->mask & HAS_RET) || lru_status(e->ret) == (enum probe_lru)c->value;
	default:
		return true;
	}
}

bool label_matches(const struct kernel *k, const struct capture_info *info,
		   const struct capture_event *e, const struct probe_call *c)
{
	if (c->function != label_function(k, e) ||
	    probe_returns(c->kind) != (e->side == SIDE_RETURN))
		return false;
	return probe_returns(c->kind) ? return_matches(info, e, c) : usage_matches(e, c);
}

/* ---- texts ---- */

static void value_text(const struct probe_call *c, char *buf, size_t size)
{
	switch (c->value) {
	case -EEXIST:
		snprintf(buf, size, "-EEXIST");
		break;
	case -ENOENT:
		snprintf(buf, size, "-ENOENT");
		break;
	case -ENOMEM:
		snprintf(buf, size, "-ENOMEM");
		break;
	default:
		snprintf(buf, size, c->value < 0 ? "%d" : "%#x", (unsigned)c->value);
	}
}

static bool returns_nothing(unsigned function)
{
	return function == PROBE_swapcache_clear || function == PROBE_swap_free ||
	       function == PROBE_swap_range_free || function == PROBE___delete_from_swap_cache ||
	       function == OP_put_swap_folio || function == OP_swap_read_folio ||
	       function == OP_zswap_invalidate || function == PROBE_zswap_invalidate_entry ||
	       function == PROBE_zswap_entry_free || function == PROBE_zram_slot_free_notify ||
	       function == PROBE_swap_read_folio_bdev_sync;
}

const char *label_text(const struct probe_call *c, char *buf)
{
	const char *name = probe_function_name(c->function);
	char value[24];

	value_text(c, value, sizeof(value));
	if (probe_returns(c->kind) && returns_nothing(c->function))
		snprintf(buf, LABEL_MAX, "%s() returns", name);
	else if (probe_returns(c->kind))
		snprintf(buf, LABEL_MAX, "%s() returns %s", name ? name : "?", value);
	else if (c->value == 0x40)
		snprintf(buf, LABEL_MAX, "%s(SWAP_HAS_CACHE)", name ? name : "?");
	else
		snprintf(buf, LABEL_MAX, "%s()", name ? name : "?");
	return buf;
}

static void append_pages(const struct world *w, char *buf, size_t size)
{
	static const char *const where[] = {
		[PTE_NONE] = "", [PTE_SWAP] = "swapped out", [PTE_PRESENT] = "present",
	};

	for (unsigned i = 0; i < MAX_PAGES; i++) {
		const struct vpage *p = &w->mem.page[i];

		if (p->pte == PTE_NONE)
			continue;
		text_append(buf, size, "; a page of it is %s%s", where[p->pte],
		       p->pte == PTE_SWAP && p->bits & PTE_UFFD_WP ? ", write-protected" : "");
	}
}

void label_world(const struct world *w, char *buf, size_t size)
{
	const struct slot *s = &w->mem.slot[0];
	const struct folio *f = &w->mem.folio[s->cache];

	snprintf(buf, size, "swap_map %#x", s->swap_map);
	if (s->parked)
		text_append(buf, size, ", in a slot cache");
	text_append(buf, size, s->entry ? ", zswap has an entry" : ", zswap has nothing");
	if (s->cache)
		text_append(buf, size, ", the swap cache has a %s%s folio",
		       f->flags & FOLIO_DIRTY ? "dirty" : "clean", f->lock ? ", locked" : "");
	text_append(buf, size, s->dev_life == s->life ? ", the device has data" :
						    ", the device has nothing of it");
	append_pages(w, buf, size);
}

/* ---- what begins with an event ---- */

static const struct starter fault[] = { { .op = OP_do_swap_page } };
static const struct starter alloc[] = { { .op = OP_shrink_folio_list, .life = true } };
static const struct starter duplicate[] = {
	{ .op = OP_shrink_folio_list, .usage = 1 },
	{ .op = OP_copy_page_range, .usage = 1 },
};
static const struct starter reclaim[] = { { .op = OP_shrink_folio_list } };
static const struct starter readahead[] = { { .op = OP_swap_cluster_readahead, .nested = true } };
static const struct starter shrinker[] = { { .op = OP_zswap_shrink } };
static const struct starter lookup[] = {
	{ .op = OP_unuse_pte }, { .op = OP_move_pages_pte },
	{ .op = OP_swap_cluster_readahead, .nested = true },	/* v7.0 */
};
static const struct starter zap[] = { { .op = OP_zap_pte_range } };
static const struct starter drain[] = { { .op = OP_swapcache_free_entries } };
static const struct starter garbage[] = { { .op = OP___try_to_reclaim_swap } };
static const struct starter free_swap[] = {
	{ .op = OP_shrink_folio_list }, { .op = OP_touch_page }, { .op = OP_free_swap_cache },
	{ .op = OP_folio_free_swap },
};

const struct starter *label_starters(const struct capture_event *e, unsigned *n)
{
	static const struct { uint16_t function; const struct starter *s; unsigned n; } table[] = {
#define STARTS(function_, list) { FN_##function_, list, sizeof(list) / sizeof(list[0]) }
		STARTS(do_swap_page, fault),
		STARTS(folio_alloc_swap, alloc),
		STARTS(__swap_duplicate, duplicate),
		STARTS(swap_writepage, reclaim),
		STARTS(__delete_from_swap_cache, reclaim),
		STARTS(folio_free_swap, free_swap),
		STARTS(__read_swap_cache_async, readahead),
		STARTS(zswap_writeback_entry, shrinker),
		STARTS(shrink_memcg_cb, shrinker),
		STARTS(swap_cache_get_folio, lookup),
		STARTS(free_swap_and_cache, zap),
		STARTS(free_swap_and_cache_nr, zap),
		STARTS(__try_to_reclaim_swap, garbage),
		STARTS(swap_range_free, drain),
		STARTS(swap_entry_range_free, drain),
#undef STARTS
	};

	*n = 0;
	if (e->side != SIDE_ENTER || of_no_slot(e))
		return NULL;
	for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].function == e->function) {
			*n = table[i].n;
			return table[i].s;
		}
	return NULL;
}

const struct late_starter *label_late_starters(unsigned *n)
{
	static const struct late_starter late[] = {
		{ { .op = OP_shrink_folio_list, .life = true }, OP_folio_alloc_swap },
		{ { .op = OP_shrink_folio_list }, PROBE___swap_duplicate },
		{ { .op = OP_do_swap_page }, OP_do_swap_page },
		{ { .op = OP_swapcache_free_entries }, PROBE_swap_range_free },
	};

	*n = sizeof(late) / sizeof(late[0]);
	return late;
}
