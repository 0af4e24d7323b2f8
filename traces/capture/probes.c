/* SPDX-License-Identifier: GPL-2.0-only */
#include "traces/capture/probes.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "core/kernel.h"

#define LAST		RELEASE_LAST
#define V(major, minor)	RELEASE(major, minor)

/*
 * Fields that are read through a pointer, on 64 bit.  struct folio and struct page: flags at 0,
 * the swap entry (folio->swap, page->private) at 40.  struct vm_fault: address 24, flags 40,
 * orig_pte 64.  struct bio and struct zswap_entry: below, where they changed.
 */
#define FOLIO		"folio=$arg1:x64 ent=+40($arg1):x64"
#define FOLIO_FLAGS	"folio=$arg1:x64 flags=+0($arg1):x64 ent=+40($arg1):x64"
#define ENTRY		"ent=$arg1:x64"
#define RET_INT		"ret=$retval:s32"
#define RET_BOOL	"ret=$retval:u8"

static const struct probe table[] = {
	/* ---- faults ---- */
	{ "fault", "do_swap_page", V(6, 1), LAST,
	  "addr=+24($arg1):x64 fl=+40($arg1):x32 pte=+64($arg1):x64", "ret=$retval:x32", NULL,
	  PROBE_NEEDED, "which page was read back, when, and with what outcome" },
	{ "prep", "swapcache_prepare", V(6, 1), V(6, 19), ENTRY, RET_INT, NULL,
	  PROBE_NEEDED,
	  "who takes SWAP_HAS_CACHE; a fault that was refused it (-17) looks like one whose pte "
	  "had changed" },
	{ "clr", "swapcache_clear", V(6, 1), V(6, 19), "ent=$arg2:x64", "", NULL,
	  PROBE_NEEDED,
	  "when a bypass gives SWAP_HAS_CACHE back (6.1.80, 6.6.19, 6.7.7 and later)" },
	{ "sc_get", "swap_cache_get_folio", V(6, 1), LAST, ENTRY, "folio=$retval:x64", NULL,
	  PROBE_NEEDED,
	  "whether a fault found its folio in the swap cache; the slot of a fault where the pte is "
	  "not in the x86-64 format" },
	{ "swapin", "swapin_folio", V(7, 0), V(7, 1), "ent=$arg1:x64 folio=$arg2:x64",
	  "folio=$retval:x64", NULL,
	  PROBE_USEFUL, "a synchronous fault's own folio, and whether another's was there first" },
	{ "swapin", "swapin_sync", V(7, 2), LAST, ENTRY, "folio=$retval:x64", NULL,
	  PROBE_USEFUL, "a synchronous fault's own folio, and whether another's was there first" },

	/* ---- slots: allocated, counted, freed ---- */
	{ "alloc", "folio_alloc_swap", V(6, 1), V(6, 14), "folio=$arg1:x64", "ent=$retval:x64",
	  NULL,	  PROBE_NEEDED, "when a slot's life begins" },
	/* from v6.9 on a kretprobe can look at what an argument points at when the call is over */
	{ "alloc", "folio_alloc_swap", V(6, 15), LAST, "folio=$arg1:x64",
	  "ret=$retval:s32 folio=$arg1:x64 ent=+40($arg1):x64", NULL,
	  PROBE_NEEDED, "when a slot's life begins" },
	{ "dup", "__swap_duplicate", V(6, 1), V(6, 11), "ent=$arg1:x64 usage=$arg2:x8", RET_INT,
	  NULL, PROBE_NEEDED, "swap_map's count when pages are unmapped and at fork()" },
	{ "dup", "__swap_duplicate", V(6, 12), V(6, 19),
	  "ent=$arg1:x64 usage=$arg2:x8 nr=$arg3:s32", RET_INT, NULL,
	  PROBE_NEEDED, "swap_map's count when pages are unmapped and at fork()" },
	{ "sdup", "swap_duplicate", V(6, 1), V(6, 19), ENTRY, RET_INT, "dup",
	  PROBE_NEEDED, "swap_map's count when pages are unmapped and at fork()" },
	{ "fdup", "folio_dup_swap", V(7, 0), LAST, FOLIO " sub=$arg2:x64", RET_INT, NULL,
	  PROBE_NEEDED, "the slot's count when pages are unmapped" },
	{ "ddup", "swap_dup_entry_direct", V(7, 0), LAST, ENTRY, RET_INT, NULL,
	  PROBE_USEFUL, "the slot's count at fork()" },
	{ "sfree", "swap_free", V(6, 1), V(6, 11), ENTRY, NULL, NULL,
	  PROBE_NEEDED, "that a fault or swapoff gave up a pte's reference" },
	{ "sfree_nr", "swap_free_nr", V(6, 10), V(6, 19), "ent=$arg1:x64 nr=$arg2:s32", NULL, NULL,
	  PROBE_NEEDED, "that a fault or swapoff gave up a pte's reference" },
	{ "fput", "folio_put_swap", V(7, 0), LAST, FOLIO " sub=$arg2:x64", "", NULL,
	  PROBE_NEEDED, "that a fault or swapoff gave up a pte's reference" },
	{ "fsac", "free_swap_and_cache", V(6, 1), V(6, 9), ENTRY, RET_INT, NULL,
	  PROBE_NEEDED, "that munmap, exit or MADV_DONTNEED dropped a swapped page" },
	{ "fsac_nr", "free_swap_and_cache_nr", V(6, 10), V(6, 19), "ent=$arg1:x64 nr=$arg2:s32",
	  NULL, NULL,
	  PROBE_NEEDED, "that munmap, exit or MADV_DONTNEED dropped a swapped page" },
	{ "pdirect", "swap_put_entries_direct", V(7, 0), LAST, "ent=$arg1:x64 nr=$arg2:s32", "",
	  NULL, PROBE_NEEDED, "that munmap, exit or MADV_DONTNEED dropped a swapped page" },
	{ "efree", "__swap_entry_free", V(6, 1), V(6, 14), "ent=$arg2:x64", "usage=$retval:x8",
	  NULL,	  PROBE_USEFUL, "the count that remains when a reference is given up" },
	{ "efree_l", "__swap_entry_free_locked", V(6, 1), V(6, 15),
	  "off=$arg2:x64 usage=$arg3:x8", "left=$retval:x8", NULL,
	  PROBE_USEFUL, "swap_map's value after each change: the check of all others" },
	{ "put_map", "swap_entries_put_map", V(6, 16), V(6, 19),
	  "ent=$arg2:x64 nr=$arg3:s32", RET_BOOL, NULL,
	  PROBE_USEFUL, "when within a call the count goes down" },
	{ "put_cache", "swap_entries_put_cache", V(6, 16), V(6, 19),
	  "ent=$arg2:x64 nr=$arg3:s32", "", NULL,
	  PROBE_USEFUL, "when within put_swap_folio() SWAP_HAS_CACHE goes" },
	{ "put_folio", "put_swap_folio", V(6, 1), V(6, 19), "folio=$arg1:x64 ent=$arg2:x64", "",
	  NULL, PROBE_NEEDED, "when the swap cache gives SWAP_HAS_CACHE back" },
	{ "slotfree", "free_swap_slot", V(6, 1), V(6, 13), ENTRY, NULL, NULL,
	  PROBE_USEFUL, "when a dead slot is parked for the drain" },
	{ "erfree", "swap_entry_range_free", V(6, 10), V(6, 13), "ent=$arg2:x64 nr=$arg3:u32", NULL,
	  NULL, PROBE_NEEDED, "when a slot's life ends" },
	{ "erfree", "swap_entry_range_free", V(6, 14), V(6, 15), "ent=$arg3:x64 nr=$arg4:u32", NULL,
	  NULL, PROBE_NEEDED, "when a slot's life ends" },
	{ "esfree", "swap_entries_free", V(6, 16), V(6, 19), "ent=$arg3:x64 nr=$arg4:u32", NULL,
	  NULL, PROBE_NEEDED, "when a slot's life ends" },
	{ "esfree", "swap_entries_free", V(7, 0), V(7, 0), "off=$arg3:x64 nr=$arg4:u32", NULL, NULL,
	  PROBE_NEEDED, "when a slot's life ends" },
	{ "cfree", "__swap_cluster_free_entries", V(7, 1), LAST,
	  "ci=$arg2:x64 start=$arg3:u32 nr=$arg4:u32", "", NULL,
	  PROBE_DETAIL, "that slots of a cluster are freed; which, z_inv says, which is within" },
	{ "rfree", "swap_range_free", V(6, 1), V(6, 9), "off=$arg2:x64 nr=$arg3:u32", NULL, NULL,
	  PROBE_NEEDED, "when a slot's life ends" },
	{ "rfree", "swap_range_free", V(6, 10), V(6, 15), "off=$arg2:x64 nr=$arg3:u32", NULL,
	  "erfree", PROBE_NEEDED, "when a slot's life ends" },
	{ "rfree", "swap_range_free", V(6, 16), V(7, 0), "off=$arg2:x64 nr=$arg3:u32", NULL,
	  "esfree", PROBE_NEEDED, "when a slot's life ends" },
	{ "rfree", "swap_range_free", V(7, 1), LAST, "off=$arg2:x64 nr=$arg3:u32", NULL, NULL,
	  PROBE_USEFUL, "when a slot's life ends, by itself: zswap_invalidate stands for it" },
	{ "e_free", "swap_entry_free", V(6, 1), V(6, 9), "ent=$arg2:x64", NULL, "rfree",
	  PROBE_NEEDED, "when a slot's life ends" },
	{ "reclaim", "__try_to_reclaim_swap", V(6, 1), LAST, "off=$arg2:x64 fl=$arg3:x64", RET_INT,
	  NULL, PROBE_USEFUL, "that a cached folio nobody needs was taken out with its slot" },
	{ "unuse", "unuse_pte_range", V(6, 1), LAST,
	  "addr=$arg3:x64 end=$arg4:x64 type=$arg5:u32", RET_INT, NULL,
	  PROBE_USEFUL, "which ptes swapoff looked at" },

	/* ---- the swap cache ---- */
	{ "rsca", "__read_swap_cache_async", V(6, 1), V(6, 19), ENTRY, "folio=$retval:x64", NULL,
	  PROBE_NEEDED, "readahead and zswap's writeback bringing a folio into the swap cache" },
	{ "sca", "swap_cache_alloc_folio", V(7, 0), LAST, ENTRY, "folio=$retval:x64", NULL,
	  PROBE_NEEDED, "readahead and zswap's writeback bringing a folio into the swap cache" },
	{ "sc_add", "add_to_swap_cache", V(6, 1), V(6, 17), "folio=$arg1:x64 ent=$arg2:x64",
	  RET_INT, NULL, PROBE_NEEDED, "when a folio enters the swap cache" },
	{ "sc_add", "swap_cache_add_folio", V(6, 18), V(6, 19), "folio=$arg1:x64 ent=$arg2:x64", "",
	  NULL, PROBE_NEEDED, "when a folio enters the swap cache" },
	{ "sc_add", "__swap_cache_add_folio", V(7, 0), LAST, "folio=$arg2:x64 ent=$arg3:x64", "",
	  NULL, PROBE_NEEDED, "when a folio enters the swap cache" },
	{ "sc_del", "__delete_from_swap_cache", V(6, 1), V(6, 17),
	  "folio=$arg1:x64 ent=$arg2:x64", "", NULL,
	  PROBE_NEEDED, "when a folio leaves the swap cache" },
	{ "sc_del", "__swap_cache_del_folio", V(6, 18), LAST, "folio=$arg2:x64 ent=$arg3:x64", "",
	  NULL, PROBE_NEEDED, "when a folio leaves the swap cache" },
	{ "ffs", "folio_free_swap", V(6, 1), LAST, FOLIO_FLAGS, RET_BOOL, NULL,
	  PROBE_USEFUL, "why a folio was taken out of the swap cache" },

	/* ---- reads and writes ---- */
	{ "rd", "swap_readpage", V(6, 1), V(6, 7), FOLIO_FLAGS " sync=$arg2:u8", "", NULL,
	  PROBE_NEEDED, "when a page is read back, from zswap or the device" },
	{ "rdf", "swap_read_folio", V(6, 8), V(7, 2), FOLIO_FLAGS, "", NULL,
	  PROBE_NEEDED, "when a page is read back, from zswap or the device" },
	{ "rdf", "swap_read_folio", V(7, 3), LAST,
	  "folio=$arg2:x64 flags=+0($arg2):x64 ent=+40($arg2):x64", "", NULL,
	  PROBE_NEEDED, "when a page is read back, from zswap or the device" },
	{ "rdsync", "swap_read_folio_bdev_sync", V(6, 8), V(7, 2), FOLIO, NULL, NULL,
	  PROBE_USEFUL, "that zswap did not have it and a synchronous device was read" },
	{ "wr", "swap_writepage", V(6, 1), V(6, 15), FOLIO, RET_INT, NULL,
	  PROBE_NEEDED, "when a page is written out" },
	{ "wr", "swap_writeout", V(6, 16), V(7, 2), FOLIO, RET_INT, NULL,
	  PROBE_NEEDED, "when a page is written out" },
	{ "wr", "swap_writeout", V(7, 3), LAST, "folio=$arg2:x64 ent=+40($arg2):x64", RET_INT, NULL,
	  PROBE_NEEDED, "when a page is written out" },
	{ "bwr", "__swap_writepage", V(6, 1), V(7, 2), FOLIO, "", NULL,
	  PROBE_NEEDED, "that the device, and not zswap, got the page" },
	{ "bwr", "__swap_writepage", V(7, 3), LAST, "folio=$arg2:x64 ent=+40($arg2):x64", "", NULL,
	  PROBE_NEEDED, "that the device, and not zswap, got the page" },
	{ "wr_end", "end_swap_bio_write", V(6, 1), V(6, 19), "sector=+32($arg1):x64", NULL, NULL,
	  PROBE_DETAIL, "when the device was done; in interrupt context, where probes are missed" },
	{ "wr_end", "end_swap_bio_write", V(7, 0), LAST, "sector=+40($arg1):x64", NULL, NULL,
	  PROBE_DETAIL, "when the device was done; in interrupt context, where probes are missed" },
	{ "zr_free", "zram_slot_free_notify", V(6, 1), LAST, "idx=$arg2:x64", NULL, NULL,
	  PROBE_USEFUL, "when zram drops its copy (without the zram module there is none)" },

	/* ---- zswap ---- */
	{ "z_store", "zswap_frontswap_store", V(6, 1), V(6, 5),
	  "type=$arg1:u32 off=$arg2:x64 folio=$arg3:x64", RET_INT, NULL,
	  PROBE_NEEDED, "whether zswap has the page" },
	{ "z_store", "zswap_store", V(6, 6), LAST, FOLIO, RET_BOOL, NULL,
	  PROBE_NEEDED, "whether zswap has the page" },
	{ "z_load", "zswap_frontswap_load", V(6, 1), V(6, 5),
	  "type=$arg1:u32 off=$arg2:x64 folio=$arg3:x64", RET_INT, NULL,
	  PROBE_NEEDED, "where a page that was read back came from" },
	{ "z_load", "zswap_load", V(6, 6), V(6, 14), FOLIO_FLAGS, RET_BOOL, NULL,
	  PROBE_NEEDED, "where a page that was read back came from" },
	{ "z_load", "zswap_load", V(6, 15), LAST, FOLIO_FLAGS, RET_INT, NULL,
	  PROBE_NEEDED, "where a page that was read back came from" },
	{ "z_inv", "zswap_frontswap_invalidate_page", V(6, 1), V(6, 5),
	  "type=$arg1:u32 off=$arg2:x64", "", NULL,
	  PROBE_NEEDED, "when a dead slot's entry goes" },
	{ "z_inva", "zswap_frontswap_invalidate_area", V(6, 1), V(6, 5), "type=$arg1:u32", NULL,
	  NULL, PROBE_DETAIL, "that swapoff took zswap's tree away" },
	{ "z_inv", "zswap_invalidate", V(6, 6), V(6, 8), "type=$arg1:u32 off=$arg2:x64", "", NULL,
	  PROBE_NEEDED, "when a dead slot's entry goes" },
	{ "z_inv", "zswap_invalidate", V(6, 9), V(7, 0), ENTRY, "", NULL,
	  PROBE_NEEDED, "when a dead slot's entry goes" },
	/* called for every slot that is freed, whether zswap has something of it or not */
	{ "z_inv", "zswap_invalidate", V(7, 1), LAST, ENTRY, "", NULL,
	  PROBE_NEEDED, "when a slot's life ends, and its entry goes" },
	/* struct zswap_entry: to v6.9 rb_node first; offset, from v6.5 on entry, at 24 */
	{ "z_invent", "zswap_invalidate_entry", V(6, 5), V(6, 8),
	  "entry=$arg2:x64 ent=+24($arg2):x64", NULL, NULL,
	  PROBE_USEFUL, "when a load or a writeback takes an entry out of the tree" },
	{ "z_free", "zswap_free_entry", V(6, 1), V(6, 4),
	  "entry=$arg1:x64 off=+24($arg1):x64 ref=+32($arg1):s32 len=+36($arg1):u32", NULL, NULL,
	  PROBE_NEEDED, "when an entry is freed, and with that whether a load was exclusive" },
	{ "z_free", "zswap_free_entry", V(6, 5), V(6, 8),
	  "entry=$arg1:x64 ent=+24($arg1):x64 ref=+32($arg1):s32 len=+36($arg1):u32", NULL, NULL,
	  PROBE_NEEDED, "when an entry is freed, and with that whether a load was exclusive" },
	{ "z_free", "zswap_entry_free", V(6, 9), V(6, 9),
	  "entry=$arg1:x64 ent=+24($arg1):x64 len=+32($arg1):u32", NULL, NULL,
	  PROBE_NEEDED, "when an entry is freed, and with that whether a load was exclusive" },
	/* without the rb_node: the entry at 0, the length at 8 */
	{ "z_free", "zswap_entry_free", V(6, 10), LAST,
	  "entry=$arg1:x64 ent=+0($arg1):x64 len=+8($arg1):u32", NULL, NULL,
	  PROBE_NEEDED, "when an entry is freed, and with that whether a load was exclusive" },
	{ "z_wb", "zswap_writeback_entry", V(6, 1), V(6, 4),
	  "handle=$arg2:x64 ent=+0($arg2):x64", RET_INT, NULL,
	  PROBE_NEEDED, "zswap's writeback and its outcome (the slot, with zbud only)" },
	{ "z_wb", "zswap_writeback_entry", V(6, 5), V(6, 8),
	  "entry=$arg1:x64 ent=+24($arg1):x64", RET_INT, NULL,
	  PROBE_NEEDED, "zswap's writeback and its outcome" },
	{ "z_wb", "zswap_writeback_entry", V(6, 9), V(6, 17),
	  "entry=$arg1:x64 ent=$arg2:x64", RET_INT, NULL,
	  PROBE_NEEDED, "zswap's writeback and its outcome" },
	{ "z_wb", "zswap_writeback_entry", V(6, 18), LAST,
	  "entry=$arg1:x64 ent=$arg2:x64", RET_INT, NULL,
	  PROBE_USEFUL, "zswap's writeback by itself: what shrink_memcg_cb returns stands for it" },
	/* the list is in the entry 40 bytes behind its swap entry, in every form that it had */
	{ "z_lru", "shrink_memcg_cb", V(6, 8), V(6, 17), "item=$arg1:x64 ent=-40($arg1):x64",
	  RET_INT, NULL,
	  PROBE_USEFUL, "which entries the shrinker looked at, and passed over" },
	{ "z_lru", "shrink_memcg_cb", V(6, 18), LAST, "item=$arg1:x64 ent=-40($arg1):x64", RET_INT,
	  NULL, PROBE_NEEDED, "zswap's writeback and its outcome" },
	{ "z_shrink", "shrink_worker", V(6, 1), LAST, "", "", NULL,
	  PROBE_DETAIL, "that writeback ran because the pool was full" },
};

_Static_assert(sizeof(table) / sizeof(table[0]) <= PROBES_MAX, "struct probe_symbols holds them");

static const struct blind_spot blind[] = {
	{ "pte_same(), set_pte_at() and every other change of a pte", V(6, 1), LAST,
	  "inlined: that a pte changed is concluded from a fault that gives up, and from marks" },
	{ "copy_nonpresent_pte() (fork), move_swap_pte() (UFFDIO_MOVE)", V(6, 1), LAST,
	  "static, mostly inlined: fork is seen by the counts that go up, UFFDIO_MOVE by marks" },
	{ "try_to_unuse()", V(6, 1), LAST,
	  "inlined in swapoff: unuse_pte_range and the system call stand for it" },
	{ "xa_erase(), xa_cmpxchg(), rb_erase() of zswap's tree", V(6, 1), LAST,
	  "exported, and used by all: when an entry leaves the tree is known only as between the "
	  "entry and the return of the call that does it" },
	{ "zswap_entry_put()", V(6, 5), V(6, 8),
	  "inlined: an entry's count is read when it is freed, not when it changes" },
	{ "zswap_entry_get(), zswap_entry_put()", V(6, 1), V(6, 4),
	  "inlined: an entry's count is read when it is freed, not when it changes" },
	{ "__swap_entry_free(), __swap_entry_free_locked()", V(6, 10), V(6, 15),
	  "often inlined (Debian's 6.12): then no probe returns swap_map's value, and the check is "
	  "by the return of __swap_duplicate only" },
	{ "swap_put_entries_cluster(), swap_dup_entries_cluster()", V(7, 0), LAST,
	  "static: the count in the swap table is not returned by any function" },
	{ "swap_range_free()", V(7, 1), LAST,
	  "mostly inlined, and its caller gets an offset within a cluster: that a slot is free is "
	  "known by zswap_invalidate, which it calls for each" },
	{ "zswap_writeback_entry()", V(6, 18), LAST,
	  "mostly inlined in shrink_memcg_cb, whose return stands for it: 1 written back, 4 or 5 "
	  "tried in vain, 2 passed over" },
	{ "the swap table's lock", V(6, 18), LAST,
	  "inlined: calls that overlap are in no order but the one that their results show" },
};

const struct probe *probes_all(size_t *n)
{
	*n = sizeof(table) / sizeof(table[0]);
	return table;
}

const struct blind_spot *blind_spots(size_t *n)
{
	*n = sizeof(blind) / sizeof(blind[0]);
	return blind;
}

unsigned probes_release(const char *kernel)
{
	const struct preset *p = kernel_find(kernel);
	unsigned major, minor;
	struct kernel k;

	/* a preset that is not called after a release is made from one that is */
	while (p && p->base && sscanf(kernel, "v%u.%u", &major, &minor) != 2) {
		kernel = p->base;
		p = kernel_find(kernel);
	}
	if (kernel_named(&k, kernel, NULL, 0))
		return 0;
	kernel += *kernel == 'v';
	return sscanf(kernel, "%u.%u", &major, &minor) == 2 ? RELEASE(major, minor) : 0;
}

bool probes_verified(unsigned release)
{
	static const unsigned verified[] = {
		V(6, 1), V(6, 8), V(6, 12), V(6, 16), V(6, 17), V(6, 18), V(6, 19), V(7, 0),
		V(7, 1), V(7, 2), V(7, 3),
	};

	for (size_t i = 0; i < sizeof(verified) / sizeof(verified[0]); i++)
		if (verified[i] == release)
			return true;
	return false;
}

/* ---- symbols ---- */

/* "swap_free.constprop.0.isra.0" is swap_free: 0 the plain name, 1 with suffixes, -1 another. */
static int suffixed(const char *symbol, const char *function)
{
	static const char *const suffix[] = { ".isra.", ".constprop.", ".part." };
	size_t n = strlen(function);

	if (strncmp(symbol, function, n))
		return -1;
	symbol += n;
	if (!*symbol)
		return 0;
	while (*symbol) {
		const char *at = symbol;

		for (size_t i = 0; i < 3; i++)
			if (!strncmp(symbol, suffix[i], strlen(suffix[i])))
				at = symbol + strlen(suffix[i]);
		if (at == symbol || !isdigit((unsigned char)*at))
			return -1;
		symbol = at + strspn(at, "0123456789");
	}
	return 1;
}

static void note_symbol(struct probe_symbols *s, const char *symbol)
{
	if (strlen(symbol) >= PROBE_SYMBOL_MAX)
		return;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		int kind = suffixed(symbol, table[i].function);

		if (kind < 0 || (kind && s->name[i][0]))
			continue;
		s->found += !s->name[i][0];
		strcpy(s->name[i], symbol);
	}
}

/* "ffffffff81602a90 T do_swap_page [module]" or "do_swap_page [module]": the function. */
static char *line_function(char *line)
{
	char *save, *word = strtok_r(line, " \t\r", &save), *type, *name;

	if (!word)
		return NULL;
	type = strtok_r(NULL, " \t\r", &save);
	if (!type || *type == '[')
		return word;
	name = strtok_r(NULL, " \t\r", &save);
	if (!name || type[1] || !strchr("tTwW", *type))
		return NULL;
	return name;
}

int probe_symbols_read(struct probe_symbols *s, FILE *in)
{
	char line[256], *function;
	size_t n = 0;
	int c;

	memset(s, 0, sizeof(*s));
	do {
		c = getc(in);
		if (c != '\n' && c != EOF) {
			/* what is longer than any line that we look for is passed over */
			if (n < sizeof(line))
				line[n++] = (char)c;
			continue;
		}
		if (n < sizeof(line)) {
			line[n] = '\0';
			function = line_function(line);
			if (function)
				note_symbol(s, function);
		}
		n = 0;
	} while (c != EOF);
	if (ferror(in))
		return errno ? -errno : -EIO;
	return s->found ? 0 : -ENODATA;
}
