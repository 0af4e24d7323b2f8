/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/story/ledger.h"

#include <stdlib.h>
#include <string.h>

#define LOST_DROPPED							\
	"the last copy was dropped by a fault that was given up, while a PTE referred to it"
#define RANGE_MAX	1024	/* slots that one event is about: two clusters */

#define LOST_ERASED	"the last copy went while a PTE referred to it"
#define LOST_STALE	"a fault mapped what it had read in an earlier life of the slot"
#define LOST_OLD	"a fault mapped older content, which zswap had kept and written back"
#define LOST_UNREAD	"a fault mapped what it read from nowhere: another had the only copy"

void ledger_begin(struct story *s)
{
	const struct story_probes *p = &s->probes;

	if (p->enter[FN___swap_entry_free_locked])
		s->drop = DROP_LOCKED;
	else if (p->enter[FN___swap_entry_free])
		s->drop = DROP_ENTRY;
	else if (p->enter[FN_swap_free] || p->enter[FN_swap_free_nr] ||
		 p->enter[FN_folio_put_swap])
		s->drop = DROP_OUTER;
	if (!p->back[FN_folio_alloc_swap])
		s->no_ledger = "no return of folio_alloc_swap: no slot's life is seen to begin";
	else if (!p->back[FN___swap_duplicate] && !p->back[FN_folio_dup_swap])
		s->no_ledger = "no return of __swap_duplicate: references are not known";
	else if (!s->drop)
		s->no_ledger = "no swap_free: it is not known when references go";
	else if (!p->enter[FN_do_swap_page] || !p->back[FN_do_swap_page])
		s->no_ledger = "no do_swap_page, or no return of it";
	else if (!p->enter[FN_swap_writepage] && !p->enter[FN___swap_writepage])
		s->no_ledger = "no swap_writepage: it is not known where a page was written";
}

/* The folio that is swapped out has the data. */
void ledger_life(struct story *s, struct slot_life *sl, uint64_t event)
{
	*sl = (struct slot_life){
		.life = sl->life, .seen = true, .page = -1, .cached_data = true,
		.alive = !s->no_ledger, .left = sl->left, .removed = sl->removed,
		.begun = event, .before = sl->begun,
	};
}

/* ---- losses ---- */

static struct story_loss *loss_of(struct story *s, const struct slot_life *sl)
{
	return sl->loss && sl->batch == s->batch ? &s->loss[sl->loss - 1] : NULL;
}

static struct story_loss *lose(struct story *s, struct slot_life *sl, uint32_t slot, uint64_t event)
{
	struct story_loss *l;

	if (sl->loss || s->losses == LOSSES_MAX)	/* one a life */
		return NULL;
	l = &s->loss[s->losses++];
	*l = (struct story_loss){
		.slot = slot, .life = sl->life, .page = sl->page, .event = event,
		.fault = sl->eraser, .erase = sl->erase, .before = sl->before,
	};
	sl->loss = s->losses;
	sl->batch = s->batch;
	s->totals.losses++;
	return l;
}

/* `f`: the fault that has just given its copy up; NULL. */
static void check(struct story *s, uint32_t slot, struct fault *f, uint64_t event)
{
	struct slot_life *sl = &s->slot[slot];
	struct story_loss *l;

	if (!sl->alive || !sl->refs || sl->zswap || sl->device || sl->cached_data ||
	    sl->privates || sl->loaders)
		return;
	l = lose(s, sl, slot, event);
	if (!l)
		return;
	l->text = f ? LOST_DROPPED : LOST_ERASED;
	if (f) {
		l->abort = event;
		l->fault = f->first;
		l->erase = f->erase ? f->erase : l->erase;
	}
}

/* A fault sets a PTE.  Had what it read from the data? */
static void check_mapped(struct story *s, struct fault *f, const struct capture_event *e)
{
	struct slot_life *sl = &s->slot[e->slot];
	const bool private = f->private == PRIVATE_NOTHING;
	const bool stale = f->private != PRIVATE_NONE && f->read_life != sl->life;
	const bool old = f->private == PRIVATE_NONE && sl->cached_old;
	struct story_loss *l;

	if (!sl->alive ||
	    !(private || stale || old || (sl->cached && !sl->cached_data && sl->nothing)))
		return;
	l = loss_of(s, sl);
	if (!l) {
		l = lose(s, sl, e->slot, e->id);
		if (!l)
			return;
		l->text = stale ? LOST_STALE : old ? LOST_OLD : LOST_UNREAD;
		l->fault = stale || old ? f->first : l->fault;
	}
	if (!l->mapped) {
		l->mapped = e->id;
		l->read = private ? f->nothing : sl->nothing;
	}
}

/* ---- a fault's own folio ---- */

static void private_drop(struct story *s, struct fault *f, uint64_t event)
{
	struct slot_life *sl = &s->slot[f->slot];
	const bool data = f->private == PRIVATE_DATA && f->read_life == sl->life && sl->privates;
	struct story_loss *l;

	if (f->private == PRIVATE_DATA)
		f->private = PRIVATE_DROPPED;
	if (!data)
		return;
	sl->privates--;
	if (f->put)			/* it is the page now */
		return;
	check(s, f->slot, f, event);
	l = loss_of(s, sl);
	if (l && !l->abort && l->erase == f->erase)
		l->abort = event;
}

static void private_read(struct slot_life *sl, struct fault *f, bool found, uint64_t event)
{
	if (!sl->alive || f->private == PRIVATE_DATA || f->private == PRIVATE_DROPPED)
		return;
	f->read_life = sl->life;
	f->private = found ? PRIVATE_DATA : PRIVATE_NOTHING;
	if (found)
		sl->privates++;
	else if (!f->nothing)
		f->nothing = event;
}

/* ---- reads and writes ---- */

/* A folio was read, or there was nothing to read. */
static void read_done(struct story *s, struct thread *h, const struct capture_event *e,
		      uint64_t folio, bool found)
{
	struct slot_life *sl = &s->slot[e->slot];
	struct fault *f = fault_of(h, e);

	if (sl->cached && (!folio || folio == sl->folio)) {
		sl->cached_data |= found;
		if (!sl->cached_data && !sl->nothing)
			sl->nothing = e->id;
	} else if (f && !f->cached) {
		private_read(sl, f, found, e->id);
	} else if (found) {
		sl->alive = false;	/* into what folio was not seen */
	}
}

static void load_event(struct story *s, struct thread *h, const struct call *c,
		       const struct capture_event *e)
{
	struct slot_life *sl = &s->slot[e->slot];
	struct call *read = in_call(h, FN_swap_read_folio);
	int ok;

	if (e->side == SIDE_ENTER) {
		sl->loaders += e->call != 0;
		if (read)
			read->asked = true;
		return;
	}
	ok = capture_ok(&s->info, e);
	s->totals.loads += ok == 1;
	s->totals.misses += ok == 0;
	if (read) {
		read->did |= ok == 1;
		read->answered |= ok >= 0;
	}
	if (!c)
		return;
	if (ok == 1 && !c->had && !sl->zswap)
		sl->alive = false;	/* a store was not seen */
	if (ok >= 0)
		read_done(s, h, e, c->folio, ok || sl->device);
	if (sl->loaders && !--sl->loaders)
		check(s, e->slot, NULL, e->id);
}

/* All of a read is over.  Where zswap has answered, that was told already. */
static void read_event(struct story *s, struct thread *h, const struct call *c,
		       const struct capture_event *e)
{
	const struct slot_life *sl = &s->slot[e->slot];

	if (e->side != SIDE_RETURN || !c)
		return;
	s->totals.device_reads += !c->did && (c->answered || !c->asked) &&
				  s->probes.back[FN_zswap_load];
	if (!c->answered)
		read_done(s, h, e, c->folio, c->asked || sl->zswap || sl->device);
}

/* Of others the return is seen: that of this call was missed, or the capture ends before. */
static bool will_tell(const struct story *s, const struct capture_event *e)
{
	return e->call || !s->probes.back[e->function];
}

static void store_event(struct story *s, struct thread *h, const struct capture_event *e)
{
	struct slot_life *sl = &s->slot[e->slot];
	struct call *write = in_call(h, FN_swap_writepage);
	bool ok;

	sl->old = false;			/* it replaces what there was, or erases it */
	if (e->side == SIDE_ENTER) {		/* what there was is of an older content */
		sl->zswap = sl->device = false;
		sl->alive &= will_tell(s, e);
		return;
	}
	ok = capture_ok(&s->info, e) == 1;
	s->totals.stores += ok;
	s->totals.refused += !ok;
	sl->zswap |= ok;
	if (write)
		write->did |= ok;
}

/*
 * A write that is neither taken by zswap nor seen to go to the device: of a page of zeros, whose
 * slot is only marked, or to a device behind probes that there are not.  What zswap has then, it
 * keeps, until it stores or frees something for the slot.
 */
static void write_event(struct story *s, const struct call *c, const struct capture_event *e)
{
	struct slot_life *sl = &s->slot[e->slot];

	if (e->side == SIDE_ENTER) {
		sl->old |= sl->zswap && probed(s, FN_zswap_store);
		sl->zswap = sl->device = sl->cached_old = false;
		sl->cached_data = true;
		sl->alive &= will_tell(s, e);
	} else if (c && !c->did && !e->ret) {
		sl->device = true;
	}
}

static void device_write(struct story *s, struct thread *h, const struct capture_event *e)
{
	struct slot_life *sl = &s->slot[e->slot];
	struct call *write = in_call(h, FN_swap_writepage);

	if (write)
		write->did = true;
	s->totals.device_writes++;
	s->totals.writebacks += !write;
	sl->device = true;
	sl->cached_data |= sl->cached;
}

/*
 * zswap's copy goes.  To whom?  Nobody, or a load that is under way, or writeback's folio.  In a
 * fault that is in no load that is known, it is in one that is not probed, or was missed.
 */
static void erase_event(struct story *s, struct thread *h, const struct capture_event *e)
{
	struct slot_life *sl = &s->slot[e->slot];
	struct fault *f = fault_of(h, e);
	const bool loading = in_call(h, FN_zswap_load);

	if (e->side != SIDE_ENTER)
		return;
	if (sl->old) {			/* written back into its folio, or just gone */
		sl->old = false;
		sl->cached_old = sl->cached && !sl->cached_data &&
				 in_call(h, FN_zswap_writeback_entry);
		sl->erase = e->id;
	}
	if (!sl->zswap)
		return;
	sl->zswap = false;
	if (sl->cached && !loading)
		sl->cached_data = true;
	else if (!loading && (!f || in_call(h, FN_zswap_invalidate)))
		sl->alive &= in_call(h, FN_swap_writepage) != NULL;
	else if (!loading && f->cached)
		sl->alive = false;		/* into what folio was not seen */
	else if (!loading)
		private_read(sl, f, true, e->id);
	sl->erase = e->id;
	sl->eraser = f ? f->first : 0;
	if (f)
		f->erase = e->id;
	check(s, e->slot, NULL, e->id);
}

static bool is_erase(const struct story *s, const struct capture_event *e)
{
	const bool *p = s->probes.enter;

	return e->function == FN_zswap_entry_free ||
	       (e->function == FN_zswap_invalidate_entry && !p[FN_zswap_entry_free]) ||
	       (e->function == FN_zswap_invalidate && !p[FN_zswap_entry_free] &&
		!p[FN_zswap_invalidate_entry]);
}

/* ---- the swap cache and swap_map ---- */

static void cache_event(struct story *s, const struct call *c, const struct capture_event *e)
{
	struct slot_life *sl = &s->slot[e->slot];

	if (!tells(s, e) || e->ret)
		return;
	sl->cached = true;
	sl->folio = c ? c->folio : e->folio;
	sl->nothing = 0;
	sl->cached_data = !sl->refs;	/* swapped out; else it is to be read in */
	sl->cached_old = false;
}

/* From v7.0 on a folio that is to be read goes in here, or is in already. */
static void alloc_event(struct story *s, const struct capture_event *e)
{
	struct slot_life *sl = &s->slot[e->slot];

	if (e->side != SIDE_RETURN || !is_folio(e->folio) ||
	    (sl->cached && sl->folio == e->folio))
		return;
	sl->cached = true;
	sl->folio = e->folio;
	sl->nothing = 0;
	sl->cached_data = sl->cached_old = false;
}

static void uncache_event(struct story *s, struct thread *h, const struct call *c,
			  const struct capture_event *e)
{
	struct slot_life *sl = &s->slot[e->slot];

	if (!tells(s, e))
		return;
	if (in_call(h, FN_folio_free_swap))	/* it has looked: nobody refers to it */
		sl->refs = 0;
	sl->left = c ? c->folio : e->folio;
	sl->removed = e->id;
	sl->cached = sl->cached_data = sl->cached_old = false;
	check(s, e->slot, NULL, e->id);
}

/*
 * Of an event that is about several slots in a row, a large folio's or a stretch of PTEs', only
 * the first is named.  What the others hold is not known from here on.
 */
static void range_event(struct story *s, const struct capture_event *e)
{
	if (e->nr > RANGE_MAX) {
		for (size_t i = 0; i < s->slots; i++)
			s->slot[i].alive = false;
		return;
	}
	s->slot[e->slot].alive = false;
	for (uint32_t i = 1; i < e->nr; i++) {
		uint64_t slot = story_map_get(&s->by_entry, e->entry + i, 0);

		if (slot)
			s->slot[slot].alive = false;
	}
}

/* folio_dup_swap() of a page of a large folio: whose first slot is named. */
static bool of_other_page(const struct capture_event *e)
{
	const char *at = e->function == FN_folio_dup_swap ? strstr(e->text, " sub=0x") : NULL;
	const uint64_t page = at ? strtoull(at + 5, NULL, 16) : 0;

	return page && page != e->folio;
}

static void reference_event(struct story *s, const struct call *c, const struct capture_event *e)
{
	struct slot_life *sl = &s->slot[e->slot];
	/* swap_dup_entry_direct() is not told for whom: it is for a PTE */
	const bool duplicate = e->function == FN___swap_duplicate && !e->variant;

	if (e->side == SIDE_ENTER && of_other_page(e))
		sl->alive = false;
	if (e->side != SIDE_RETURN || e->ret)
		return;
	if (!c || (duplicate && !(c->mask & HAS_USAGE)))
		sl->alive = false;		/* it is not known what it did */
	else if (!duplicate || c->usage != SWAP_HAS_CACHE)
		sl->refs++;
}

static bool is_drop(const struct story *s, const struct capture_event *e)
{
	if (s->drop == DROP_LOCKED)
		return e->function == FN___swap_entry_free_locked && drops_reference(e);
	if (s->drop == DROP_ENTRY)
		return e->function == FN___swap_entry_free && drops_reference(e);
	return drops_reference(e) || (e->side == SIDE_ENTER &&
	       (e->function == FN_free_swap_and_cache || e->function == FN_free_swap_and_cache_nr));
}

static void drop_event(struct story *s, struct thread *h, const struct capture_event *e)
{
	struct slot_life *sl = &s->slot[e->slot];

	if (fault_of(h, e))
		check_mapped(s, &h->fault, e);
	if (sl->refs)
		sl->refs--;
	else
		sl->alive = false;		/* where it came from was not seen */
}

/* What swap_map says is left.  It may have more, of which no event has told yet. */
static void left_event(struct story *s, const struct capture_event *e)
{
	struct slot_life *sl = &s->slot[e->slot];
	const uint32_t left = e->left & SWAP_MAP_COUNT;

	if (e->side == SIDE_RETURN && e->mask & HAS_LEFT && e->left < SWAP_MAP_CONTINUED &&
	    left < sl->refs)
		sl->refs = left;
}

/*
 * From v7.1 on no probe of what frees a slot names it.  What it calls does: outside of a write
 * zswap and zram forget only what is free.
 */
static void forget_event(struct story *s, struct thread *h, const struct capture_event *e)
{
	if (s->no_bypass && !in_call(h, FN_swap_writepage) &&
	    !in_call(h, FN_zswap_store))
		s->slot[e->slot].alive = false;
}

static void slot_copies(struct story *s, struct thread *h, struct call *c,
			const struct capture_event *e)
{
	switch (e->function) {
	case FN___swap_duplicate:
	case FN_folio_dup_swap:
		reference_event(s, c, e);
		break;
	case FN___swap_entry_free:
	case FN___swap_entry_free_locked:
		left_event(s, e);
		break;
	case FN_add_to_swap_cache:
	case FN_swap_cache_add_folio:
		cache_event(s, c, e);
		break;
	case FN_swap_cache_alloc_folio:
		alloc_event(s, e);
		break;
	case FN___delete_from_swap_cache:
		uncache_event(s, h, c, e);
		break;
	case FN_swap_writepage:
		write_event(s, c, e);
		break;
	case FN_zswap_store:
		store_event(s, h, e);
		break;
	case FN_zswap_load:
		load_event(s, h, c, e);
		break;
	case FN___swap_writepage:
		if (e->side == SIDE_ENTER)
			device_write(s, h, e);
		break;
	case FN_swap_read_folio:
		read_event(s, h, c, e);
		break;
	case FN_zswap_invalidate:
	case FN_zram_slot_free_notify:
		forget_event(s, h, e);
		break;
	case FN_free_swap_slot:		/* without a reference, whatever was seen */
		s->slot[e->slot].refs = 0;
		break;
	case FN_swap_range_free:
	case FN_swap_entry_range_free:
	case FN_swap_entry_free:
		s->slot[e->slot].alive = false;
		break;
	default:
		break;
	}
}

void ledger_event(struct story *s, struct thread *h, struct call *c,
		  const struct capture_event *e)
{
	struct fault *f = fault_of(h, e);

	if (!e->slot)
		return;
	if (e->side == SIDE_ENTER && e->mask & HAS_NR && e->nr > 1)
		range_event(s, e);
	if (is_drop(s, e))
		drop_event(s, h, e);
	if (is_erase(s, e))
		erase_event(s, h, e);
	slot_copies(s, h, c, e);
	if (f && (e->function == FN_do_swap_page ? e->side == SIDE_RETURN :
		  e->function == FN_swapcache_clear && e->side == SIDE_ENTER))
		private_drop(s, f, e->id);
}

/* ---- what the workload saw ---- */

void ledger_corrupt(struct story *s, const struct capture_event *e, const struct capture_mark *m)
{
	for (uint32_t i = s->losses; m->has_page && i-- > 0;)
		if (s->loss[i].page >= 0 && (uint64_t)s->loss[i].page == m->page) {
			if (!s->loss[i].corrupt)
				s->loss[i].corrupt = e->id;
			return;
		}
}

int ledger_flush(struct story *s)
{
	int r = 0;

	for (uint32_t i = 0; i < s->losses && s->sink.loss && !r; i++)
		r = s->sink.loss(s->sink.arg, &s->loss[i]);
	s->losses = 0;
	s->batch++;
	return r;
}
