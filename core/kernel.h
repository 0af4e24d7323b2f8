/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel.h - which rules are in force: a preset and its switches.
 *
 * A kernel is a set of switches and nothing else; a preset is a name for one
 * set.  Every switch is listed once, in SWITCHES() below, with its values, the
 * place of core/mm where it acts, and what it means.  A switch's value is an
 * index into its list of values.
 */
#ifndef SWAPSCOPE_CORE_KERNEL_H
#define SWAPSCOPE_CORE_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(default)

enum { OFF, ON };
enum { LOAD_EXCLUSIVE, LOAD_NONEXCLUSIVE, LOAD_IF_CACHED, LOAD_ASSERTED };
enum { RECHECK_BEFORE = ON + 1 };
enum { READ_DROP_BLIND = ON + 1 };
enum { ERASE_FOUND, ERASE_DECOMPRESSED };
enum { PIN_NONE, PIN_HAS_CACHE, PIN_FOLIO, PIN_LATE, PIN_EARLY, PIN_SHORT };
enum { WAIT_TICK, WAIT_WAKEUP, WAIT_NONE };
enum { UNPIN_ALL, UNPIN_SOME };
enum { RELAX_SLEEP, RELAX_COND_RESCHED };
enum { UNLINK_LAST, UNLINK_FIRST, UNLINK_DECOMPRESSED };
enum { INVALIDATE_DRAIN, INVALIDATE_FREE, INVALIDATE_NEVER };
enum { FREE_PARKED, FREE_AT_ONCE };
enum { BATCH_OFF, BATCH_ON, BATCH_FORGETS };
enum { INUSE_EARLY, INUSE_LATE };
enum { EEXIST_WAIT, EEXIST_SKIP, EEXIST_FAIL };
enum { PUBLISH_COMPLETE, PUBLISH_EARLY };
enum { SHRINKER_ZPOOL, SHRINKER_ISOLATE, SHRINKER_ROTATE };
enum { WALK_RETRY, WALK_SKIP };
enum { TREE_LOCKED, TREE_XARRAY };
enum { DUP_ERASE_FIRST, DUP_REPLACE, DUP_KEEP };
enum { STORE_OFF_ERASE, STORE_OFF_KEEP };
enum { LOAD_PUT_LINKED, LOAD_PUT_BLIND };
enum { DECOMPRESS_BUG, DECOMPRESS_EIO };
enum { ZERO_STORE_KEEP, ZERO_STORE_ERASE };
enum { AVAIL_EARLY, AVAIL_LOCKED };
enum { UNSTABLE_COPIED, UNSTABLE_WALKED, UNSTABLE_SKIPPED };
enum { UNREADABLE_KEPT, UNREADABLE_MARKER };
enum { UNUSE_COMPARED, UNUSE_IGNORED };
enum { TTRS_FOLIO, TTRS_DEVICE, TTRS_OFFSET, TTRS_ENTRY };
enum { MOVE_ABSENT, MOVE_BLIND, MOVE_RMAP, MOVE_CHECKED };
enum { SHMEM_CACHE, SHMEM_BYPASS, SHMEM_BYPASS_WAIT };
enum { CHARGE_PINNED, CHARGE_BEFORE, CHARGE_CACHED };
enum { READAHEAD_EACH, READAHEAD_TARGET };

/*
 * X(name, values separated by '|', where it acts, where it has no effect (conditions of other
 * switches, "a=b and c=d, or e=f"), what it means and since when).  The last
 * ones are on in every kernel: taking one away shows what it is for.
 */
#define SWITCHES(X)									\
	X(refcount, "off|on", "mm/zswap.c zswap_load", "",				\
	  "entries carry a reference count: a load and a writeback hold one while they " \
	  "decompress (up to v6.8; removed by a230c20e63ef in v6.9)")			\
	X(load, "exclusive|nonexclusive|if-cached|asserted", "mm/zswap.c zswap_load", "", \
	  "whether a load takes the entry out of zswap: always (b9c91c43412f, v6.5, "	\
	  "by parameter; unconditional by c2e2ba770200, v6.9-rc1), never (v6.1, and the " \
	  "default to v6.8), only for a folio in the swap cache (25cd241408a2, v6.9), or " \
	  "always, where any other folio is a bug that is warned of (v7.2)")		\
	X(erase, "found|decompressed", "mm/zswap.c zswap_load",				\
	  "refcount=on, or load=nonexclusive",						\
	  "without a count, a load that takes the entry erases it when it is found (v6.9), " \
	  "or after the decompress (v6.15)")						\
	X(load_put, "linked|blind", "mm/zswap.c zswap_load",				\
	  "refcount=off, or load=nonexclusive",						\
	  "with a count, an exclusive load drops the tree's reference only if the entry is " \
	  "still linked (18a937076c69, v6.5), or whatever happened meanwhile (before it)") \
	X(decompress, "bug|eio", "mm/zswap.c zswap_load", "refcount=on",		\
	  "an object that cannot be decompressed stops the kernel, or is an I/O error and " \
	  "SIGBUS (v6.15)")								\
	X(pin, "none|has_cache|folio|late|early|short", "mm/memory.c swapin_bypass", "", \
	  "what a fault holds from before the read until the PTE is set: nothing, "	\
	  "SWAP_HAS_CACHE (13ddaf26be32, v6.8, 6.1.80), the locked folio in the swap table " \
	  "(v7.0); mutations: the bit from after the read (late), up to pte_same() (early), " \
	  "up to the decompress (short)")						\
	X(wait, "tick|wakeup|none", "mm/memory.c swapin_bypass",			\
	  "bypass=off and shmem=cache, or bypass=off and shmem=bypass" 			\
	  ", or pin=none and shmem=cache, or pin=none and shmem=bypass",		\
	  "a fault that finds the pin taken sleeps a tick, or until a fault releases it if " \
	  "that is sooner (01626a182302, v6.12; shmem, where it waits, has its own queue), or " \
	  "comes back at once (v2 of 13ddaf26be32, in review)")				\
	X(unpin, "all|some", "mm/memory.c do_swap_page", "bypass=off, or pin=none",	\
	  "a fault gives the pin back on every exit, or (v2 of 13ddaf26be32, in review) not " \
	  "where it got no folio and where the folio's lock was contended")		\
	X(relax, "sleep|cond_resched", "mm/swap_state.c __read_swap_cache_async",	\
	  "pin=folio, or eexist=fail",							\
	  "who finds SWAP_HAS_CACHE taken sleeps a tick before it looks again "		\
	  "(029c4628b2eb, v5.17), or lets others run that have its priority (before it)") \
	X(bypass, "off|on", "mm/memory.c do_swap_page", "",				\
	  "a fault on a SWP_SYNCHRONOUS_IO device reads a slot with count 1 into a private " \
	  "folio (0bcac06f27d7, v4.15, to v6.19)")					\
	X(recheck, "off|on|before", "mm/zswap.c zswap_writeback_entry", "",		\
	  "writeback checks that the entry is still the slot's once it holds the slot's " \
	  "cache folio (04fc7816089c, v6.4, 6.1.30); before is a mutation: it checks and " \
	  "takes the folio then")							\
	X(cleanup, "off|on", "mm/zswap.c zswap_writeback_entry",			\
	  "recheck=off and decompress=bug, or recheck=off and refcount=on, or "		\
	  "recheck=before and decompress=bug, or recheck=before and refcount=on",	\
	  "when that check fails the folio is unlocked and put (e3b63e966cac, v6.8)")	\
	X(unlink, "last|first|decompressed", "mm/zswap.c zswap_writeback_entry", "",	\
	  "writeback takes the entry out of the tree after the device write, before the " \
	  "decompress (v6.9), or after it (v6.15)")					\
	X(shrinker, "zpool|isolate|rotate", "mm/zswap.c zswap_shrink", "",		\
	  "how writeback picks its entry: by zpool handle and slot offset (v6.1), taken off " \
	  "zswap's LRU and compared under the tree lock (v6.5), or rotated and remembered " \
	  "only as a number (5878303c5353, v6.9)")					\
	X(walk, "retry|skip", "mm/zswap.c zswap_shrink", "",				\
	  "after a callback that dropped the lru_lock the walk of the LRU begins again, or, " \
	  "where that met a folio in the swap cache, goes on at a neighbour remembered from " \
	  "before (v6.8-rc, until 27d3969b47cc)")					\
	X(second_chance, "off|on", "mm/zswap.c zswap_shrink", "",			\
	  "writeback passes over an entry once (v6.12)")				\
	X(tree, "locked|xarray", "mm/zswap.c zswap_load", "",				\
	  "entries are found in an rb-tree under a lock, or in an xarray by atomic "	\
	  "operations (v6.10)")								\
	X(eexist, "wait|skip|fail", "mm/swap_state.c __read_swap_cache_async",		\
	  "pin=folio",									\
	  "what zswap writeback does while another holds SWAP_HAS_CACHE: sleep and retry, " \
	  "or give up (a65b0e7607cc, v6.8); fail is a mutation: everybody gives up")	\
	X(charge, "pinned|before|cached", "mm/swap_state.c __read_swap_cache_async", "", \
	  "when a new folio is charged, which may reclaim: with SWAP_HAS_CACHE taken and no " \
	  "folio inserted, before the insertion (v7.1), or after it (v7.0, v7.2)")	\
	X(readahead_ref, "each|target", "mm/swap_state.c swap_vma_readahead", "",	\
	  "readahead holds a reference of the device of each slot that it reads, or only of " \
	  "the one that faulted (v6.15, until 1c2a936edd71, v6.18)")			\
	X(invalidate, "drain|free|never", "mm/swapfile.c free_swap_slot", "",		\
	  "the entry of a dead slot is freed when the slot cache is drained, or at once " \
	  "when the slot dies (0827a1fb143f, v6.9); never is a mutation")		\
	X(free, "parked|at-once", "mm/swapfile.c __swap_entry_free", "",		\
	  "a dead slot keeps SWAP_HAS_CACHE until a drain, or is free in the section of " \
	  "ci->lock that drops its last reference (v6.14)")				\
	X(batch, "off|on|forgets", "mm/swapfile.c free_swap_and_cache_nr", "",		\
	  "munmap frees slots that lie side by side, are counted once and not cached, all at " \
	  "once (v6.10), past free_swap_slot(); forgets is a mutation: it leaves zswap's " \
	  "entries to nobody")								\
	X(inuse, "early|late", "mm/swapfile.c swapcache_free_entries",			\
	  "free=at-once",								\
	  "inuse_pages, which swapoff waits for, is lowered before the slot's entry and " \
	  "block are dropped, or after (v6.9)")						\
	X(avail, "early|locked", "mm/swapoff.c swapoff", "",				\
	  "swapoff takes the device off the list of those with free slots before it has " \
	  "si->lock, or under it (6fe7d6b99211, v6.3, 6.1.24, 6.2.11)")			\
	X(device_ref, "off|on", "mm/swapfile.c free_swap_and_cache", "",		\
	  "a zap holds a reference of the device while it frees slots (82b1c07a0af6, v6.9, " \
	  "6.1.84, 6.8.3)")								\
	X(alloc_check, "off|on", "mm/swapfile.c folio_alloc_swap", "",			\
	  "the allocator looks at SWP_WRITEOK under the lock that it allocates under "	\
	  "(not in v6.12-rc, until 0ec8bc9e880e)")					\
	X(unstable, "copied|walked|skipped", "mm/swapoff.c try_to_unuse", "",		\
	  "an mm that a failed fork() left half made has the VMAs that were copied and no " \
	  "other; swapoff walks on into one that is none (v6.8, d24062914837); or leaves the " \
	  "mm alone (1367da7eb875, v6.18, 6.12.51, 6.16.11, 6.17.1)")			\
	X(unreadable, "kept|marker", "mm/swapoff.c unuse_pte",				\
	  "decompress=bug, or refcount=on",						\
	  "a page that swapoff cannot read: the folio is mapped as it is, and a shmem entry " \
	  "stays, so that swapoff never ends (to v5.18); or a marker takes its place "	\
	  "(9f186f9e5fa9, 6cec2b95dadf, v5.19)")					\
	X(unuse_bits, "compared|ignored", "mm/swapoff.c pte_same_as_swp", "",		\
	  "swapoff takes a swap PTE with the uffd-wp bit for another (to v5.12), or for what " \
	  "it is (099dd6878b9b, v5.13)")						\
	X(unuse_match, "off|on", "mm/swapoff.c unuse_pte", "",				\
	  "with the folio lock taken, swapoff makes sure that the folio is still the slot's "	\
	  "(v6.18)")									\
	X(ttrs, "folio|device|offset|entry", "mm/swapfile.c __try_to_reclaim_swap", "",	\
	  "what is locked may have left the slot since it was looked up: it is judged by the " \
	  "slot that it has now (to v6.11), by that offset of the first slot's device (v6.12), " \
	  "or one looks again, unless the offset is the same (fae859550531, v6.15) or the slot " \
	  "is (v6.18)")									\
	X(dup, "erase-first|replace|keep", "mm/zswap.c zswap_store", "",		\
	  "an old entry of the slot is erased before the new one is made (to v6.8), replaced " \
	  "at the insert and erased when the store fails (f576a1e80c3a, v6.9), or kept when " \
	  "the store fails (6.6-rc1, before ca56489c2fa6)")				\
	X(store_off, "erase|keep", "mm/zswap.c zswap_store", "",			\
	  "a store while zswap is disabled erases the slot's old entry, or returns at once " \
	  "(v6.6, until 678e54d4bb9a, v6.8)")						\
	X(zeromap, "off|on", "mm/page_io.c swap_writepage", "",				\
	  "a page of zeroes is a bit and reaches neither zswap nor the device (v6.12)")	\
	X(zero_store, "keep|erase", "mm/page_io.c swap_writepage", "zeromap=off",	\
	  "with zeromap, a page of zeroes that is swapped out leaves the slot's old zswap " \
	  "entry where it is (v6.12), or erases it (a repair, in no kernel that we know)") \
	X(read_drop, "off|on|blind", "mm/page_io.c swap_read_folio", "",		\
	  "zram drops a block as soon as it has been read into the swap cache, where it is " \
	  "counted once (to v5.17, e914d8f00391); blind is a mutation: it does not ask " \
	  "how often")									\
	X(move, "absent|blind|rmap|checked", "mm/userfaultfd.c move_pages_pte", "",	\
	  "UFFDIO_MOVE of a swap PTE: there is none (to v6.7), does not look at the swap " \
	  "cache (v6.8), moves the rmap of the folio that it finds there (c50f8e6053b0, v6.14), " \
	  "and makes sure that it is the slot's (0ea148a79919, v6.16)")			\
	X(move_dirty, "off|on", "mm/userfaultfd.c move_swap_pte", "move=absent",	\
	  "UFFDIO_MOVE sets the soft-dirty bit of a swap PTE (75cb1cca2c88, v6.15, 6.12.30, " \
	  "6.14.8)")									\
	X(shmem, "cache|bypass|bypass-wait", "mm/shmem.c shmem_swapin_folio", "",	\
	  "a read of swapped shmem goes through the swap cache, or on a synchronous device " \
	  "around it (1dd44c0af4fa, v6.14, to v6.19) without waiting where the pin is taken, " \
	  "or with (6.18.39)")								\
	X(match, "off|on", "mm/memory.c do_swap_page", "",				\
	  "with the folio lock taken, a fault makes sure that the folio is still the slot's " \
	  "(folio_matches_swap_entry)")							\
	X(drain_lock, "off|on", "mm/swapfile.c swapcache_free_entries",			\
	  "free=at-once",								\
	  "the drain holds si->lock until the entry of the slot is gone")		\
	X(load_dirty, "off|on", "mm/zswap.c zswap_load", "load=nonexclusive",		\
	  "a load that takes the entry makes the folio dirty")				\
	X(free_writeback, "off|on", "mm/swapfile.c folio_free_swap", "",		\
	  "folio_free_swap() leaves a folio under writeback alone")			\
	X(fork_exclusive, "off|on", "mm/memory.c copy_page_range", "",			\
	  "fork() takes the exclusive marker off the parent's PTE too")			\
	X(off_lock, "off|on", "mm/swapoff.c swapoff", "",				\
	  "swapoff has si->lock when it takes the map and zswap's tree away")		\
	X(swp_copy, "off|on", "mm/zswap.c zswap_shrink", "shrinker=zpool",		\
	  "the shrinker copies the slot's number from the entry while it has the lru_lock") \
	X(publish, "complete|early", "mm/zswap.c zswap_store", "",			\
	  "a store puts its entry into the tree and then on the LRU when its object is " \
	  "complete; early is a mutation: on the LRU first, and both before the object is") \
	X(remove_dirty, "off|on", "mm/vmscan.c shrink_folio_list", "",			\
	  "__remove_mapping() leaves a dirty folio alone")				\
	X(freeze, "off|on", "mm/vmscan.c shrink_folio_list", "",			\
	  "__remove_mapping() leaves a folio alone that somebody else refers to")	\
	X(pte_recheck, "off|on", "mm/memory.c do_swap_page", "",			\
	  "a fault makes sure under the page table lock that the PTE is what it was")	\
	X(cow_recheck, "off|on", "mm/memory.c do_wp_page", "",				\
	  "a write fault that has copied makes sure that the PTE is what it was")	\
	X(unuse_recheck, "off|on", "mm/swapoff.c unuse_pte", "",			\
	  "swapoff makes sure under the page table lock that the PTE names the slot")	\
	X(count_check, "off|on", "mm/swap_state.c __read_swap_cache_async", "",		\
	  "nothing is read into the swap cache for a slot that is counted 0 times")	\
	X(free_count, "off|on", "mm/swapfile.c folio_free_swap", "",			\
	  "folio_free_swap() leaves a slot alone that a PTE refers to")			\
	X(uptodate, "off|on", "mm/memory.c do_swap_page", "",				\
	  "a fault maps no folio that could not be read")				\
	X(fault_ref, "off|on", "mm/memory.c do_swap_page", "",				\
	  "a fault holds a reference of the device while it works with a slot")

struct kernel {
#define X(name, values, where, moot, text) uint8_t name;
	SWITCHES(X)
#undef X
};

enum kernel_switch {
#define X(name, values, where, moot, text) SWITCH_##name,
	SWITCHES(X)
#undef X
	SWITCH_COUNT
};

struct switch_info {
	const char *name;
	const char *values;	/* "off|on" */
	const char *where;	/* file and function of core/mm */
	const char *moot;	/* "free=at-once": where no value of it differs from another; "" */
	const char *text;
};

/* A preset is another one with some switches changed: the list reads as a history. */
struct preset {
	const char *name;
	const char *base;	/* NULL: every switch is in `changes` */
	const char *changes;	/* "load=exclusive pin=none" */
	const char *text;
	struct kernel kernel;
};

extern const struct switch_info kernel_switches[SWITCH_COUNT];

/* All presets, oldest first; *n gets their number.  Owned by the library. */
const struct preset *kernel_presets(size_t *n);

/* The preset of that name, or NULL. */
const struct preset *kernel_find(const char *name);

/*
 * The kernel that a user means: a preset's name; a release ("v6.6", "6.8.3", "6.1.80"), with or
 * without the v, which has the rules of its stable series up to that point; a series ("6.6.y"),
 * which is the newest of it; "mainline" and "next", which are the newest of all; or what
 * `uname -r` says somewhere ("6.12.117+deb13-amd64"), where the release follows from it.
 *
 * Returns 0 and fills *k; `text` (may be NULL) gets the name as it is, or that of the release
 * that it was taken for.  Or -ENOENT, where nothing is called that, or -ERANGE, where it names
 * a release, but none that has rules here; then `text` gets why, and what there is.  At most
 * `size` bytes, always terminated.
 */
#define KERNEL_SAID_MAX	240
int kernel_named(struct kernel *k, const char *name, char *text, size_t size);

/* Is it a name like "6.1.0-56-amd64", whose number behind x.y.0 hides which release it is? */
bool kernel_hides_release(const char *name);

/* A release that is a preset with some switches changed; in order.  *n gets their number. */
struct release {
	uint8_t major, minor, patch;	/* from this stable release of major.minor on */
	const char *preset;
	const char *changes;
};
const struct release *kernel_releases(size_t *n);

/* The rules of a release, by its numbers.  0 and *k, or -ENOENT: its series is not here. */
int kernel_of_release(struct kernel *k, unsigned major, unsigned minor, unsigned patch);

/*
 * Set one switch by its text form, "load=exclusive".
 * Returns 0, -ENOENT (no such switch) or -EINVAL (no such value of it).
 */
int kernel_set(struct kernel *k, const char *assignment);

/* The switch that an assignment, "load=exclusive", names; SWITCH_COUNT if there is none. */
enum kernel_switch kernel_switch_named(const char *assignment);

/* A switch's value, and its name ("has_cache"), in `k`. */
unsigned kernel_get(const struct kernel *k, enum kernel_switch s);
void kernel_put(struct kernel *k, enum kernel_switch s, unsigned value);

/*
 * Copy the condition under which a switch has no effect, whatever its value, into buf if it holds
 * in `k`: "free=at-once".  Returns whether one does.
 */
bool kernel_moot(const struct kernel *k, enum kernel_switch s, char *buf, size_t size);

/*
 * Copy the name of value `v` of a switch into buf (always terminated).
 * Returns buf; an empty text if there is no such value.
 */
const char *switch_value(enum kernel_switch s, unsigned v, char *buf, size_t size);

#pragma GCC visibility pop

#endif
