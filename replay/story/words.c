/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/story/words.h"

#include <inttypes.h>
#include <stdio.h>

#include "replay/story/fault.h"

#define SAY(...) snprintf(text, STORY_TEXT_MAX, __VA_ARGS__)

/* For whom is the slot pinned? */
static const char *pinner(struct thread *h)
{
	if (in_call(h, FN_zswap_writeback_entry))
		return "for writeback";
	if (in_call(h, FN___read_swap_cache_async))
		return "for a read through the swap cache";
	return in_call(h, FN_do_swap_page) ? "for a fault that bypasses the swap cache" : "";
}

static const char *refusal(int64_t ret)
{
	return ret == -17 ? "-17: another has it" : ret == -2 ? "-2: the slot is free" : "";
}

static const char *pin_words(struct thread *h, const struct capture_event *e, char *text)
{
	SAY("%s", e->ret ? refusal(e->ret) : pinner(h));
	return e->ret ? "pin refused" : "pinned";
}

static const char *duplicate_words(struct thread *h, const struct call *c,
				   const struct capture_event *e, char *text)
{
	if (usage_of(c, e) == SWAP_HAS_CACHE)
		return pin_words(h, e, text);
	SAY("%s", e->ret ? refusal(e->ret) : "");
	return e->ret ? "reference refused" : "a PTE refers to it";
}

static const char *left_words(const struct capture_event *e, char *text)
{
	if (!(e->mask & HAS_LEFT))
		return "swap_map went down";
	if (e->left)
		SAY("count %u%s", e->left & SWAP_MAP_COUNT,
		    e->left & SWAP_HAS_CACHE ? ", pinned" : "");
	else
		SAY("nobody refers to it or pins it");
	return "swap_map went down";
}

static const char *number_words(const char *what, const char *or_else, bool done,
				const struct capture_event *e, char *text)
{
	if (!done)
		SAY("%" PRId64, e->ret);
	return done ? what : or_else;
}

static const char *fault_words(const struct story *s, const struct thread *h,
			       const struct capture_event *e, char *text)
{
	char outcome[STORY_TEXT_MAX];
	struct story_fault told;

	if (e->side == SIDE_ENTER) {
		if (h->fault.page >= 0)
			SAY("page %" PRId64 ", address 0x%" PRIx64, h->fault.page, e->addr);
		else
			SAY("address 0x%" PRIx64, e->addr);
		return "fault";
	}
	if (!h->fault.open || h->fault.first != e->call)
		return "fault is over";
	fault_tell(s, &h->fault, e, &told, outcome);
	SAY("%.160s%s%.80s", outcome, *told.why ? ": " : "", told.why);
	return "fault is over";
}

/* What became of a write is told by whom it called; this is of one that called nobody. */
static const char *write_words(const struct story *s, const struct call *c,
			       const struct capture_event *e)
{
	return c && !c->did && !e->ret && s->slot[e->slot].cached && probed(s, FN_zswap_store) &&
	       probed(s, FN___swap_writepage) ? "neither stored nor written: zeroes" : NULL;
}

/* What a function came to: told at its return. */
static const char *result_words(const struct story *s, struct thread *h, const struct call *c,
				const struct capture_event *e, char *text)
{
	switch (e->function) {
	case FN_folio_alloc_swap:
		return "allocated";
	case FN___swap_duplicate:
		return duplicate_words(h, c, e, text);
	case FN_swapcache_prepare:
		return s->probes.back[FN___swap_duplicate] ? NULL : pin_words(h, e, text);
	case FN_folio_dup_swap:
		return "a PTE refers to it";
	case FN_add_to_swap_cache:
	case FN_swap_cache_add_folio:
		return number_words("added to the swap cache", "not added to the swap cache",
				    !e->ret, e, text);
	case FN___delete_from_swap_cache:
		return "removed from the swap cache";
	case FN_swap_cache_get_folio:
		return e->folio ? "found in the swap cache" : "not in the swap cache";
	case FN_zswap_store:
		return number_words("stored in zswap", "refused by zswap",
				    capture_ok(&s->info, e) == 1, e, text);
	case FN_zswap_load:
		return number_words("loaded from zswap", "not in zswap",
				    capture_ok(&s->info, e) == 1, e, text);
	case FN_swap_writepage:
		return write_words(s, c, e);
	case FN_zswap_writeback_entry:
		return number_words("written back", "not written back", !e->ret, e, text);
	case FN___swap_entry_free_locked:
		return left_words(e, text);
	case FN___swap_entry_free:
		return s->probes.back[FN___swap_entry_free_locked] ? NULL : left_words(e, text);
	case FN_swap_entries_put_map:
	case FN_swap_entries_put_cache:
		return "swap_map went down";
	case FN_swap_cache_alloc_folio:
		SAY("%s", is_folio(e->folio) ? "" : refusal((int64_t)e->folio));
		return is_folio(e->folio) ? "has a folio in the swap cache" :
					    "not added to the swap cache";
	case FN_swapin_folio:
		SAY("%s", is_folio(e->folio) ? "" : refusal((int64_t)e->folio));
		return is_folio(e->folio) ? "the fault has its folio" : "no folio for the fault";
	case FN_put_swap_folio:
		return "unpinned: the swap cache is done with it";
	case FN_folio_free_swap:
		return e->ret ? "its folio gives it up" : "its folio keeps it";
	case FN___try_to_reclaim_swap:
		return e->ret > 0 ? "its folio is reclaimed" : NULL;
	default:
		return NULL;
	}
}

/* __swap_cluster_free_entries(): which slots it frees, only what it calls says. */
static bool of_no_slot(const struct call *c)
{
	return c && !c->slot;
}

/* What is told when a function is called. */
static const char *call_words(struct thread *h, const struct capture_event *e, char *text)
{
	switch (e->function) {
	case FN___swap_entry_free:	/* swap_free() itself is inlined there */
		SAY("swapoff maps the page");
		return in_call(h, FN_unuse_pte_range) ? "a PTE lets go of it" : NULL;
	case FN_swap_free:
	case FN_swap_free_nr:
	case FN_folio_put_swap:
		SAY("%s", in_call(h, FN_do_swap_page) ? "the fault maps the page" : "");
		return "a PTE lets go of it";
	case FN_free_swap_and_cache:
	case FN_free_swap_and_cache_nr:
		return "zapped: a PTE lets go of it";
	case FN_swapcache_clear:
		SAY("the fault is done with it");
		return "unpinned";
	case FN_free_swap_slot:
		return "to the free slots of its CPU";
	case FN_swap_range_free:
	case FN_swap_entry_range_free:
	case FN_swap_entry_free:
		return "free";
	case FN_zswap_invalidate:
		if (of_no_slot(in_call(h, FN_swap_entry_range_free)))
			SAY("the slot is free");
		return "zswap is to forget it";
	case FN_zswap_invalidate_entry:
		return "its entry leaves zswap's tree";
	case FN_zswap_entry_free:
		return "its zswap entry is freed";
	case FN_zram_slot_free_notify:
		return "zram drops its block";
	case FN_swap_writepage:
		return "to be written out";
	case FN___swap_writepage:
		SAY("%s", in_call(h, FN_zswap_writeback_entry) ? "writeback from zswap" : "");
		return "written to the device";
	case FN_swap_read_folio_bdev_sync:
		return "read from the device";
	case FN___read_swap_cache_async:
	case FN_swap_cache_alloc_folio:
		return "to be read through the swap cache";
	default:
		return NULL;
	}
}

bool story_words(const struct story *s, struct thread *h, const struct call *c,
		 const struct capture_event *e, struct story_line *l, char *text)
{
	if (e->function == FN_do_swap_page)
		l->what = fault_words(s, h, e, text);
	else if (e->side == SIDE_RETURN)
		l->what = result_words(s, h, c, e, text);
	else
		l->what = call_words(h, e, text);
	return l->what;
}
