/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/why/rules.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct rule table[] = {
	/* ---- the pin ---- */
	{ "A fault around the swap cache takes the slot's pin before it reads.",
	  "pin=has_cache|folio|early|short", "late",
	  "mm/memory.c do_swap_page() (13ddaf26be32)", "double-invalidate", "v6.9" },
	{ "It keeps the pin while zswap decompresses.",
	  "pin=has_cache|folio|late|early", "short",
	  "mm/memory.c do_swap_page() (13ddaf26be32)", "double-invalidate", "v6.9" },
	{ "It keeps the pin until set_pte_at(): pte_same() alone cannot tell one life of a slot "
	  "from the next.", "pin=has_cache|folio|late", "early",
	  "mm/memory.c do_swap_page(), label out (13ddaf26be32)", "aba", "v6.9" },
	{ "It gives the pin back on every way out.", "unpin=all", "some",
	  "mm/memory.c do_swap_page(), label out (13ddaf26be32)", "pin-stays", "v6.9" },
	{ "Who finds the pin taken sleeps before the fault is repeated.",
	  "wait=tick|wakeup", "none",
	  "mm/memory.c do_swap_page() (13ddaf26be32, 01626a182302)", "pin-busy", "v6.9" },
	{ "Who waits for SWAP_HAS_CACHE lets lower priorities run.", "relax=sleep", "cond_resched",
	  "mm/swap_state.c __read_swap_cache_async() (029c4628b2eb)", "readahead-livelock",
	  "v6.9" },
	{ "zswap writeback does not wait for SWAP_HAS_CACHE: it may be its own task that has it.",
	  "eexist=skip", "wait", "mm/swap_state.c __read_swap_cache_async() (a65b0e7607cc)",
	  "self-deadlock", "v6.9" },
	{ "A fault that finds SWAP_HAS_CACHE taken looks again, and is not out of memory.",
	  "eexist=skip|wait", "fail", "mm/swap_state.c __read_swap_cache_async()",
	  "readahead-livelock", "v6.9" },
	/* ---- loads ---- */
	{ "A load without the pin counts the entry that it reads.", "refcount=on", "off",
	  "mm/zswap.c zswap_load(), to v6.8 (a230c20e63ef)", "double-invalidate", "v6.5" },
	{ "A load outside the swap cache leaves the entry where it is.",
	  "load=nonexclusive|if-cached", "exclusive", "mm/zswap.c zswap_load() (25cd241408a2)",
	  "uffd-wp", "v6.9" },
	{ "A load that takes the entry makes the folio dirty: it is the only copy.",
	  "load_dirty=on", "off", "mm/zswap.c zswap_load() (b9c91c43412f)", "store-disabled",
	  "v6.9" },
	/* ---- writeback ---- */
	{ "Writeback has nothing of an entry but a number and a copy of its slot when it drops "
	  "the lru_lock.", "swp_copy=on", "off", "mm/zswap.c shrink_memcg_cb() (5878303c5353)",
	  "dead-writeback", "v6.9" },
	{ "Writeback does not touch an entry until it has the slot.", "shrinker=rotate", "isolate",
	  "mm/zswap.c shrink_memcg_cb() (5878303c5353)", "dead-writeback", "v6.9" },
	{ "With the slot pinned, writeback asks the tree whether the entry is still the slot's.",
	  "recheck=on", "off", "mm/zswap.c zswap_writeback_entry() (04fc7816089c)",
	  "writeback-race", "v6.9" },
	{ "It asks after it has the slot, not before.", "recheck=on", "before",
	  "mm/zswap.c zswap_writeback_entry() (04fc7816089c)", "writeback-swapoff", "v6.9" },
	{ "Where it asked in vain it unlocks its folio and puts it.", "cleanup=on", "off",
	  "mm/zswap.c zswap_writeback_entry() (e3b63e966cac)", "writeback-race", "v6.9" },
	{ "A walk of zswap's LRU that dropped the lru_lock begins again.", "walk=retry", "skip",
	  "mm/zswap.c shrink_memcg_cb() (27d3969b47cc)", "walk-skip", "v6.9" },
	/* ---- stores ---- */
	{ "A store that fails leaves no older entry of the slot.",
	  "dup=replace|erase-first", "keep",
	  "mm/zswap.c zswap_store() (ca56489c2fa6)", "store-disabled", "v6.9" },
	{ "While zswap is disabled, too.", "store_off=erase", "keep",
	  "mm/zswap.c zswap_store() (678e54d4bb9a)", "store-disabled", "v6.9" },
	{ "A page of zeroes that is swapped out leaves no older entry of the slot.",
	  "zero_store=erase", "keep", "in no kernel that we know: docs/found.md", "zero-page",
	  "v6.12 zero_store=erase" },
	/* ---- slots ---- */
	{ "A dead slot's entry is dropped.", "invalidate=drain|free", "never",
	  "mm/swapfile.c, zswap_invalidate() (0827a1fb143f)", "pin-stays", "v6.9" },
	{ "And before the slot can be given out again.", "drain_lock=on", "off",
	  "mm/swapfile.c swapcache_free_entries(), si->lock", "zswap-again", "v6.9" },
	{ "A count of 0 is no slot to read: who finds one gives up.", "count_check=on", "off",
	  "mm/swap_state.c __read_swap_cache_async()", "dead-writeback", "v6.5" },
	{ "A slot that a PTE refers to keeps its folio and its entry.", "free_count=on", "off",
	  "mm/swapfile.c folio_free_swap()", "no-memory", "v6.9" },
	{ "A folio under writeback keeps its slot.", "free_writeback=on", "off",
	  "mm/swapfile.c folio_free_swap()", "late-write", "v6.9" },
	{ "A folio that has become dirty again is not dropped.", "remove_dirty=on", "off",
	  "mm/vmscan.c __remove_mapping()", "new-page", "v6.9" },
	/* ---- who looked something up looks again ---- */
	{ "A fault with the page table lock makes sure that the PTE is what it was.",
	  "pte_recheck=on", "off", "mm/memory.c do_swap_page(), pte_same()", "double-invalidate",
	  "v6.9" },
	{ "So does a write fault that has copied.", "cow_recheck=on", "off",
	  "mm/memory.c wp_page_copy(), pte_same()", "two-cow", "v6.9" },
	{ "So does swapoff.", "unuse_recheck=on", "off", "mm/swapfile.c unuse_pte()", "zap-swapoff",
	  "v6.9" },
	{ "But not of the software bits of the PTE.", "unuse_bits=ignored", "compared",
	  "mm/swapfile.c pte_same_as_swp() (099dd6878b9b)", "uffd-swapoff", "v6.9" },
	{ "Who has the lock of a folio that was looked up makes sure that it is still the slot's.",
	  "match=on", "off", "mm/memory.c do_swap_page(), folio_matches_swap_entry()",
	  "writeback-race", "v7.0" },
	{ "So does swapoff.", "unuse_match=on", "off", "mm/swapfile.c unuse_pte() (v6.18)",
	  "unuse-emptied", "v6.18" },
	{ "So does who reclaims a slot that only the swap cache keeps.", "ttrs=folio|entry",
	  "offset", "mm/swapfile.c __try_to_reclaim_swap() (fae859550531)", "reclaim-elsewhere",
	  "v6.18" },
	{ "So does UFFDIO_MOVE.", "move=checked", "rmap",
	  "mm/userfaultfd.c move_pages_pte() (0ea148a79919)", "move-race", "v6.18" },
	{ "A folio that could not be read is not mapped.", "uptodate=on", "off",
	  "mm/memory.c do_swap_page(), mm/shmem.c", "unreadable-shmem", "v7.0" },
	{ "fork() takes the exclusive marker of both PTEs.", "fork_exclusive=on", "off",
	  "mm/memory.c copy_nonpresent_pte()", "fork-after-out", "v6.9" },
	{ "zram drops what has been read only where nobody else counts the slot.",
	  "read_drop=on|off", "blind", "mm/page_io.c swap_slot_free_notify(), to v5.17",
	  "zram-blind", "v6.1.0 read_drop=on" },
	/* ---- swapoff ---- */
	{ "A fault has a reference of the device while it works with a slot.",
	  "fault_ref=on", "off",
	  "mm/memory.c do_swap_page(), get_swap_device()", "relisted-swapoff", "v6.9" },
	{ "So does who frees slots behind a PTE that is gone.", "device_ref=on", "off",
	  "mm/swapfile.c free_swap_and_cache() (82b1c07a0af6)", "zap-swapoff", "v6.9" },
	{ "Readahead has one of each slot's device.", "readahead_ref=each", "target",
	  "mm/swap_state.c swap_vma_readahead() (1c2a936edd71)", "readahead-swapoff", "v6.9" },
	{ "The allocator looks at SWP_WRITEOK under the lock that it allocates under.",
	  "alloc_check=on", "off", "mm/swapfile.c (0ec8bc9e880e)", "alloc-swapoff", "v6.9" },
	{ "swapoff takes the device off the list of those with room under si->lock.",
	  "avail=locked", "early", "mm/swapfile.c swapoff() (6fe7d6b99211)", "zap-swapoff",
	  "v6.9" },
	{ "swapoff has si->lock when it takes the map away: who frees a slot under it may still be "
	  "at work when inuse_pages is 0.", "off_lock=on", "off", "mm/swapfile.c swapoff()",
	  "reclaim-swapoff", "v6.9 invalidate=drain inuse=early" },
	{ "An mm that fork() left half made is left alone.", "unstable=skipped", "walked",
	  "mm/swapfile.c unuse_mm() (1367da7eb875)", "fork-fails-swapoff", "v6.18" },
	{ "What swapoff cannot read becomes a marker.", "unreadable=marker", "kept",
	  "mm/swapfile.c unuse_pte(), mm/shmem.c (9f186f9e5fa9, 6cec2b95dadf)", "unreadable-shmem",
	  "v6.18" },
};

const struct rule *rules(size_t *n)
{
	*n = sizeof(table) / sizeof(table[0]);
	return table;
}

static enum kernel_switch rule_switch(const struct rule *r)
{
	return kernel_switch_named(r->values);
}

bool rule_kept(const struct rule *r, const struct kernel *k)
{
	enum kernel_switch s = rule_switch(r);
	const char *v = strchr(r->values, '=') + 1;
	char value[32];

	switch_value(s, kernel_get(k, s), value, sizeof(value));
	for (; *v; v += strcspn(v, "|"), v += *v == '|')
		if (strcspn(v, "|") == strlen(value) && !strncmp(v, value, strlen(value)))
			return true;
	return false;
}

void rule_kernels(const struct rule *r, struct kernel *with, struct kernel *without)
{
	char word[64], text[KERNEL_SAID_MAX];
	const char *set = r->kernel + strcspn(r->kernel, " ");

	snprintf(word, sizeof(word), "%.*s", (int)(set - r->kernel), r->kernel);
	kernel_named(with, word, text, sizeof(text));
	while (*(set += strspn(set, " "))) {
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(set, " "), set);
		kernel_set(with, word);
		set += strcspn(set, " ");
	}
	*without = *with;
	snprintf(word, sizeof(word), "%s=%s", kernel_switches[rule_switch(r)].name, r->without);
	kernel_set(without, word);
}

int rule_show(const struct rule *r, const struct scenario *s, struct rule_shown *shown)
{
	struct explore_options o = { .livelock = true, .max_states = s->max_states,
				     .max_depth = s->max_depth };
	struct kernel k[2];
	struct exploration x;
	bool safe;

	*shown = (struct rule_shown){ 0 };
	rule_kernels(r, &k[0], &k[1]);
	if (explore(&x, s, &k[0], &o))
		return -ENOMEM;
	safe = x.verdict == VERDICT_SAFE && rule_kept(r, &k[0]);
	shown->states = x.states;
	exploration_free(&x);
	if (explore(&x, s, &k[1], &o))
		return -ENOMEM;
	shown->states += x.states;
	shown->breaks = x.violated;
	shown->length = x.findings ? x.finding[0].schedule.n : 0;
	shown->shown = safe && x.violated && !rule_kept(r, &k[1]);
	exploration_free(&x);
	return 0;
}
