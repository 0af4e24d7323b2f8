/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * words.c - tables: what functions were called in other kernels, phrases for steps and for what
 * goes wrong.
 */
#define _GNU_SOURCE	/* strcasestr() */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "replay/judge/parts.h"

/* A name of other kernels, or of a part: what that is here; several, with '|' between them. */
static const struct {
	const char *name, *is;
} aliases[] = {
	{ "read_swap_cache_async", "__read_swap_cache_async" },
	{ "swap_cache_prepare", "swapcache_prepare" },
	{ "zswap_get_swap_cache_page", "__read_swap_cache_async" },
	{ "swapin_readahead", "__read_swap_cache_async" },
	{ "swap_slot_free_notify", "zram_slot_free_notify" },
	{ "zswap_reclaim_entry", "zswap_shrink" },
	{ "zswap_lru_isolate", "zswap_shrink: shrinker: pick" },
	{ "list_lru_isolate", "zswap_shrink: shrinker: pick" },
	{ "shrink_worker", "zswap_shrink" },
	{ "shrink_memcg", "zswap_shrink" },
	{ "zswap_shrinker_scan", "zswap_shrink" },
	{ "zpool_shrink", "zswap_shrink" },
	{ "zswap_zpool_evict", "zswap_evict" },
	{ "zswap_entry_find_get", "zswap_rb_search" },
	{ "zswap_entry_get", "zswap_rb_search" },
	{ "zswap_search", "zswap_rb_search" },
	{ "xa_load", "zswap_rb_search" },
	{ "xa_erase", "zswap_rb_erase" },
	{ "rb_erase", "zswap_rb_erase" },
	{ "xa_store", "zswap_rb_insert" },
	{ "xa_cmpxchg", "zswap_writeback_entry: zswap_rb_search(tree, offset) == entry?" },
	{ "zswap_tree_search", "zswap_rb_search" },
	{ "zswap_invalidate_entry", "zswap_invalidate_entry" },
	{ "crypto_acomp_decompress", "zswap_decompress" },
	{ "crypto_comp_decompress", "zswap_decompress" },
	{ "__zswap_load", "zswap_decompress" },
	{ "zpool_map_handle", "zswap_decompress" },
	{ "zswap_compress", "zswap_store: compress the folio" },
	{ "zswap_entry_cache_free", "zswap_entry_free" },
	{ "zpool_free", "zswap_entry_free" },
	{ "__frontswap_store", "zswap_store" },
	{ "frontswap_store", "zswap_store" },
	{ "__frontswap_load", "zswap_load" },
	{ "frontswap_load", "zswap_load" },
	{ "__frontswap_invalidate_page", "zswap_invalidate" },
	{ "frontswap_invalidate_page", "zswap_invalidate" },
	{ "add_to_swap", "folio_alloc_swap" },
	{ "get_swap_pages", "folio_alloc_swap: get_swap_pages()" },
	{ "scan_swap_map_slots", "folio_alloc_swap: allocate a slot" },
	{ "scan_swap_map", "folio_alloc_swap: allocate a slot" },
	{ "cluster_alloc_swap_entry", "folio_alloc_swap: allocate a slot" },
	{ "swap_free_nr", "swap_free" },
	{ "folio_put_swap", "swap_free" },
	{ "swap_entries_put_map", "swap_free" },
	{ "__swap_entries_free", "free_swap_and_cache_nr" },
	{ "swap_entries_free", "swap_range_free" },
	{ "swap_entry_range_free", "swap_range_free" },
	{ "swap_entry_free", "swap_range_free" },
	{ "swapcache_free", "put_swap_folio" },
	{ "swap_cache_del_folio", "__delete_from_swap_cache" },
	{ "drain_slots_cache", "drain_slots_cache_cpu" },
	{ "find_get_page", "swap_cache_get_folio|filemap_get_folio" },
	{ "swap_count", "__swap_count|__read_swap_cache_async: swap count of the entry" },
	{ "__swp_swapcount", "__swap_count|__read_swap_cache_async: swap count of the entry" },
	{ "swp_swapcount", "__swap_count|__read_swap_cache_async: swap count of the entry" },
	{ "alloc_swap_folio", "vma_alloc_folio" },
	{ "alloc_page_vma", "vma_alloc_folio" },
	{ "folio_lock", "folio_lock|folio_lock_or_retry" },
	{ "lock_page", "folio_lock|folio_lock_or_retry" },
	{ "lock_page_or_retry", "folio_lock_or_retry" },
	{ "__folio_lock_or_retry", "folio_lock_or_retry" },
	{ "unlock_page", "folio_unlock" },
	{ "trylock_page", "folio_trylock" },
	{ "put_page", "folio_put" },
	{ "free_page", "folio_put" },
	{ "SetPageUptodate", "folio_mark_uptodate" },
	{ "set_page_dirty", "folio_mark_dirty|folio_set_dirty" },
	{ "set_ptes", "set_pte_at" },
	{ "set_pte", "set_pte_at" },
	{ "pte_unmap", "pte_unmap_unlock" },
	{ "try_to_unmap", "try_to_unmap_one" },
	{ "shrink_page_list", "shrink_folio_list" },
	{ "shrink_inactive_list", "shrink_folio_list" },
	{ "reclaim_folio_list", "shrink_folio_list" },
	{ "pageout", "swap_writepage" },
	{ "remove_mapping", "__remove_mapping" },
	{ "handle_mm_fault", "do_swap_page" },
	{ "do_fault", "do_swap_page" },
	{ "swapin_sync", "swapin_bypass" },
	{ "zap_page_range", "zap_pte_range" },
	{ "zap_page_range_single", "zap_pte_range" },
	{ "unmap_page_range", "zap_pte_range" },
	{ "madvise_dontneed", "zap_pte_range" },
	{ "exit_mmap", "unmap_vmas" },
	{ "do_munmap", "unmap_vmas" },
	{ "munmap", "unmap_vmas" },
	{ "copy_pte_range", "copy_page_range" },
	{ "copy_nonpresent_pte", "copy_page_range: copy_nonpresent_pte()" },
	{ "fork", "copy_page_range" },
	{ "unuse_pte_range", "unuse_pte" },
	{ "unuse_mm", "try_to_unuse: unuse_mm()" },
	{ "sys_swapoff", "swapoff" },
	{ "zswap_swapoff", "swapoff: si->swap_map = NULL" },
	{ "userfaultfd_move", "move_pages_pte" },
	{ "move_pages", "move_pages_pte" },
	{ "UFFDIO_MOVE", "move_pages_pte" },
	{ "clear_refs", "clear_refs_pte_range: pte_swp_clear_soft_dirty()" },
	{ "clear_refs_write", "clear_refs_pte_range: pte_swp_clear_soft_dirty()" },
	{ "change_pte_range", "uffd_wp_range: pte_swp_mkuffd_wp()" },
	{ "compact_zone", "isolate_and_lock" },
	{ "isolate_migratepages_block", "isolate_and_lock" },
	{ "end_swap_bio_write", "end_swap_bio" },
	{ "end_swap_bio_read", "end_swap_bio" },
	{ "shmem_swapin", "shmem_swapin_folio" },
	{ "shmem_get_folio_gfp", "shmem_get_folio" },
	{ "shmem_writeout", "shmem_writepage" },
};

#define ALIASES (sizeof(aliases) / sizeof(aliases[0]))

/* Words, in this order, each the beginning of one in the text; and what that is here. */
static const struct {
	const char *words, *is;
} phrases[] = {
	{ "free entry", "zswap_entry_free" }, { "kfree entry", "zswap_entry_free" },
	{ "entry freed", "zswap_entry_free" },
	{ "begin decompress", "zswap_load: zswap_decompress(entry, folio): begin|"
			      "zswap_writeback_entry: zswap_decompress(entry, folio): begin" },
	{ "start decompress", "zswap_load: zswap_decompress(entry, folio): begin|"
			      "zswap_writeback_entry: zswap_decompress(entry, folio): begin" },
	{ "end decompress", "zswap_load: zswap_decompress(entry, folio): end|"
			    "zswap_writeback_entry: zswap_decompress(entry, folio): end" },
	{ "finish decompress", "zswap_load: zswap_decompress(entry, folio): end|"
			       "zswap_writeback_entry: zswap_decompress(entry, folio): end" },
	{ "decompress", "zswap_decompress" },
	{ "pick entry", "zswap_shrink: shrinker: pick" },
	{ "pick coldest", "zswap_shrink: shrinker: pick" },
	{ "isolate entry", "zswap_shrink: shrinker: pick" },
	{ "erase entry", "zswap_rb_erase" }, { "unlink entry", "zswap_rb_erase" },
	{ "remove entry tree", "zswap_rb_erase" },
	{ "invalidate entry", "zswap_invalidate_entry" },
	{ "insert entry", "zswap_rb_insert" }, { "new entry tree", "zswap_rb_insert" },
	{ "look up entry", "zswap_rb_search" }, { "lookup entry", "zswap_rb_search" },
	{ "find entry", "zswap_rb_search" },
	{ "compare entry", "zswap_writeback_entry: zswap_rb_search(tree, offset) == entry?" },
	{ "recheck", "zswap_writeback_entry: zswap_rb_search(tree, offset) == entry?" },
	{ "re-check", "zswap_writeback_entry: zswap_rb_search(tree, offset) == entry?" },
	{ "take swap_has_cache", "swapcache_prepare" },
	{ "set swap_has_cache", "swapcache_prepare" },
	{ "take pin", "swapcache_prepare" }, { "pin slot", "swapcache_prepare" },
	{ "clear swap_has_cache", "swapcache_clear|put_swap_folio" },
	{ "drop swap_has_cache", "swapcache_clear|put_swap_folio" },
	{ "drop pin", "swapcache_clear|put_swap_folio" },
	{ "release pin", "swapcache_clear|put_swap_folio" },
	{ "free slot", "swap_range_free" }, { "slot freed", "swap_range_free" },
	{ "slot free", "swap_range_free" }, { "free swap entry", "swap_range_free" },
	{ "allocate slot", "folio_alloc_swap: allocate a slot" },
	{ "get slot", "folio_alloc_swap: allocate a slot" },
	{ "slot reused", "folio_alloc_swap: allocate a slot" },
	{ "reuse slot", "folio_alloc_swap: allocate a slot" },
	{ "add swap cache", "add_to_swap_cache" }, { "insert swap cache", "add_to_swap_cache" },
	{ "remove swap cache", "__delete_from_swap_cache" },
	{ "look up swap cache", "swap_cache_get_folio" },
	{ "lookup swap cache", "swap_cache_get_folio" },
	{ "read block", "swap_read_folio: read the block|swap_read_folio: submit_bio(READ)" },
	{ "read device", "swap_read_folio: read the block|swap_read_folio: submit_bio(READ)" },
	{ "read zram", "swap_read_folio: read the block" },
	{ "read zero", "swap_read_folio: read the block" },
	{ "write device", "__swap_writepage" }, { "submit write", "__swap_writepage" },
	{ "map page", "set_pte_at" }, { "map folio", "set_pte_at" }, { "map zero", "set_pte_at" },
	{ "set pte", "set_pte_at" }, { "install pte", "set_pte_at" },
	{ "take page table lock", "pte_offset_map_lock" },
	{ "drop page table lock", "pte_unmap_unlock" },
	{ "alloc folio", "vma_alloc_folio" }, { "alloc page", "vma_alloc_folio" },
	{ "allocate folio", "vma_alloc_folio" }, { "allocate page", "vma_alloc_folio" },
	{ "unlock folio", "folio_unlock" }, { "lock folio", "folio_lock" },
	{ "put folio", "folio_put" }, { "drop folio", "folio_put" },
	{ "clear_refs", "clear_refs_pte_range: pte_swp_clear_soft_dirty()" },
	{ "soft-dirty", "clear_refs_pte_range: pte_swp_clear_soft_dirty()" },
	{ "madv_dontneed", "zap_pte_range" }, { "munmap", "unmap_vmas" },
	{ "swap out", "shrink_folio_list" }, { "swapped out", "shrink_folio_list" },
	{ "page out", "shrink_folio_list" }, { "reclaim", "shrink_folio_list" },
	{ "write page", "touch_page: access the page = written" },
	{ "read page", "touch_page: access the page = read" },
	{ "page fault", "do_swap_page" }, { "swapoff", "swapoff" },
	{ "look up zswap", "zswap_rb_search" }, { "lookup zswap", "zswap_rb_search" },
	{ "search tree", "zswap_rb_search" }, { "count == 1", "__swap_count" },
	{ "fault", "do_swap_page" },
};

#define PHRASES (sizeof(phrases) / sizeof(phrases[0]))

const char *alias_of(const char *name, size_t length)
{
	for (size_t i = 0; i < ALIASES; i++)
		if (strlen(aliases[i].name) == length && !strncmp(aliases[i].name, name, length))
			return aliases[i].is;
	return NULL;
}

const char *alias_at(size_t i)
{
	return i < ALIASES ? aliases[i].name : NULL;
}

/* ---- phrases ---- */

/* The word of a text that begins with `word`, in whatever form: "decompresses"; or NULL. */
static const char *word_in(const char *text, const char *word, size_t length)
{
	for (const char *at = text; *at; at++)
		if ((at == text || !isalnum((unsigned char)at[-1])) &&
		    !strncasecmp(at, word, length))
			return at;
	return NULL;
}

static bool says(const char *text, const char *words)
{
	while (*words) {
		size_t n = strcspn(words, " ");

		text = word_in(text, words, n);
		if (!text)
			return false;
		text += n;
		words += n + (words[n] == ' ');
	}
	return true;
}

const char *phrase_in(const char *text)
{
	for (size_t i = 0; i < PHRASES; i++)
		if (says(text, phrases[i].words))
			return phrases[i].is;
	return NULL;
}

/* ---- outcomes ---- */

uint32_t outcome_of(const char *text)
{
#define P(name)	(1u << PROP_##name)
	static const struct {
		const char *words;
		uint32_t is;
	} table[] = {
		{ "null pointer", P(UAF) | P(OFF) },
		{ "use after free", P(UAF) | P(OFF) }, { "use-after-free", P(UAF) | P(OFF) },
		{ "freed memory", P(UAF) | P(OFF) }, { "freed entry", P(UAF) },
		{ "double free", P(DFREE) }, { "double-free", P(DFREE) },
		{ "free twice", P(DFREE) }, { "freed twice", P(DFREE) },
		{ "data loss", P(LOST) | P(MAPPED) }, { "data lost", P(LOST) | P(MAPPED) },
		{ "data is lost", P(LOST) | P(MAPPED) }, { "loses data", P(LOST) | P(MAPPED) },
		{ "lost", P(LOST) | P(MAPPED) },
		{ "page is zero", P(MAPPED) | P(LOST) }, { "zero page", P(MAPPED) | P(LOST) },
		{ "zeroes are mapped", P(MAPPED) | P(LOST) },
		{ "corrupt", P(MAPPED) | P(STALE) | P(WBOLD) | P(LOST) },
		{ "stale", P(MAPPED) | P(STALE) | P(WBOLD) },
		{ "old data", P(MAPPED) | P(STALE) | P(WBOLD) },
		{ "wrong data", P(MAPPED) | P(STALE) | P(WBOLD) },
		{ "leak", P(LEAK) | P(FOLIO) }, { "locked for ever", P(FOLIO) | P(DEADLOCK) },
		{ "locked forever", P(FOLIO) | P(DEADLOCK) }, { "deadlock", P(DEADLOCK) },
		{ "hang", P(DEADLOCK) | P(FOLIO) | P(LIVELOCK) },
		{ "livelock", P(LIVELOCK) }, { "spins for", P(LIVELOCK) },
		{ "never ends", P(LIVELOCK) }, { "softlockup", P(LIVELOCK) },
		{ "soft lockup", P(LIVELOCK) },
		{ "wrong rmap", P(RMAP) }, { "sigbus", P(SIGBUS) },
	};
	const uint32_t any = (1u << PROPERTY_COUNT) - 1;
	uint32_t bits = 0;

	for (unsigned p = 0; p < PROPERTY_COUNT; p++) {
		const char *name = properties[p].name;

		if (has_name(text, strlen(text), name, strlen(name), false))
			bits |= 1u << p;
	}
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]) && !bits; i++)
		if (strcasestr(text, table[i].words))
			bits |= table[i].is;
	if (!bits && (has_name(text, strlen(text), "BUG", 3, false) || strcasestr(text, "crash") ||
		      strcasestr(text, "oops")))
		bits = any & ~properties_costs() & ~P(LIVELOCK);
	return bits;
#undef P
}
