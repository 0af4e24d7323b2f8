/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/story/fault.h"

#include <stdio.h>
#include <string.h>

/* VM_FAULT_* */
#define FAULT_OOM	0x1
#define FAULT_SIGBUS	0x2
#define FAULT_HWPOISON	0x30
#define FAULT_SIGSEGV	0x40
#define FAULT_RETRY	0x400

static bool drops_are_seen(const struct story *s)
{
	const struct story_probes *p = &s->probes;

	return p->enter[FN_swap_free] || p->enter[FN_swap_free_nr] ||
	       p->enter[FN___swap_entry_free] || p->enter[FN_folio_put_swap] ||
	       p->enter[FN___swap_entry_free_locked];
}

/* The answer to swapcache_prepare(), or where that does not say, to what it is made of. */
static bool is_pin(const struct story *s, const struct call *c, const struct capture_event *e)
{
	if (e->function == FN_swapcache_prepare)
		return true;
	return e->function == FN___swap_duplicate && !s->probes.back[FN_swapcache_prepare] &&
	       usage_of(c, e) == SWAP_HAS_CACHE;
}

/* Where a call returns to: "prep_r: (do_swap_page+0x784/0xa30 <- swapcache_prepare) ret=0". */
static bool returns_to(const struct capture_event *e, const char *function)
{
	const char *at = e->side == SIDE_RETURN ? strchr(e->text, '(') : NULL;
	const size_t n = strlen(function);

	return at && !strncmp(at + 1, function, n) && at[1 + n] == '+';
}

/* The fault itself pins the slot, or what reads through the swap cache does. */
static void pin_event(const struct story *s, struct fault *f, struct thread *h,
		      const struct capture_event *e)
{
	if (in_call(h, FN___read_swap_cache_async))
		return;
	if (returns_to(e, "__read_swap_cache_async")) {
		f->tried = f->pin_known;
		f->cached = true;
		return;
	}
	f->tried = true;
	f->own_pin |= probed(s, FN___read_swap_cache_async) || returns_to(e, "do_swap_page");
	if (e->side == SIDE_RETURN && e->mask & HAS_RET) {
		f->pin_known = true;
		f->pin = e->ret;
	}
}

static void read_event(const struct story *s, struct fault *f, const struct capture_event *e)
{
	if (e->function == FN_zswap_load && e->side == SIDE_RETURN) {
		f->zswap |= capture_ok(&s->info, e) == 1;
	} else if (e->function == FN_swap_read_folio_bdev_sync) {
		f->device = true;
	} else if (e->function == FN_swap_read_folio && e->side == SIDE_RETURN) {
		f->device |= !f->zswap && s->probes.back[FN_zswap_load];
	}
	f->cached |= s->no_bypass;
	f->read |= !f->cached;
	f->inserted |= f->cached;
}

static void got_folio(struct fault *f, const struct capture_event *e)
{
	f->folio = e->folio;
	f->got = e->call ? e->call : e->id;
}

/* After its own folio is there, a fault finds that one. */
static void lookup_event(struct fault *f, const struct capture_event *e)
{
	f->asked = true;
	if (e->side != SIDE_RETURN || !(e->mask & HAS_FOLIO))
		return;
	f->answer = true;
	if (f->hit || f->inserted || f->read || !is_folio(e->folio))
		return;
	f->hit = true;
	got_folio(f, e);
}

/* From v7.0 on: a folio to read into goes into the swap cache, or an error pointer says why not. */
static void insert_event(const struct story *s, struct fault *f, const struct call *c,
			 const struct capture_event *e)
{
	bool given = c && c->mask & HAS_FOLIO;		/* swapin_folio() of v7.0: its own one */

	f->cached = true;
	if (e->side != SIDE_RETURN || !(e->mask & HAS_FOLIO) || f->hit || f->inserted || !e->folio)
		return;
	if (!is_folio(e->folio)) {
		f->refused = (int64_t)e->folio;
		return;
	}
	if (e->function == FN_swapin_folio && !given && !f->refused &&
	    !probed(s, FN_swap_cache_alloc_folio))
		return;					/* whose it is is not known */
	f->hit = e->function == FN_swapin_folio && (!given || c->folio != e->folio);
	f->inserted = !f->hit;
	f->refused = f->hit ? f->refused : 0;
	got_folio(f, e);
}

void fault_event(struct story *s, struct thread *h, const struct call *c,
		 const struct capture_event *e)
{
	struct fault *f = fault_of(h, e);

	if (!f)
		return;
	f->last = e->id;
	if (is_pin(s, c, e))
		pin_event(s, f, h, e);
	f->put |= drops_reference(e);
	switch (e->function) {
	case FN_swap_cache_get_folio:
		lookup_event(f, e);
		break;
	case FN_swap_cache_alloc_folio:
	case FN_swapin_folio:
		insert_event(s, f, c, e);
		break;
	case FN___read_swap_cache_async:
		f->cached = true;
		break;
	case FN_add_to_swap_cache:
	case FN_swap_cache_add_folio:
		f->cached = f->inserted = true;
		break;
	case FN_swapcache_clear:	/* so it had pinned it */
		f->tried = f->pin_known = true;
		break;
	case FN_swap_read_folio:
	case FN_swap_read_folio_bdev_sync:
	case FN_zswap_load:
		read_event(s, f, e);
		break;
	default:
		break;
	}
}

/* ---- in words ---- */

/* `path` alone, or with where the data came from: texts that live for ever. */
static const char *path_words(const struct fault *f)
{
	const int from = f->zswap ? 1 : f->device ? 2 : 0;
	static const char *const cached[] = {
		"read through the swap cache", "read through the swap cache, from zswap",
		"read through the swap cache, from the device",
	};
	static const char *const bypass[] = {
		"bypass", "bypass, from zswap", "bypass, from the device",
	};

	if (f->hit)
		return "swap cache";
	if (f->refused)
		return "";
	if (f->cached)
		return cached[from];
	return f->tried || f->read ? bypass[from] : "";
}

static const char *bad_words(int64_t ret)
{
	if (ret < 0)
		return NULL;
	return ret & FAULT_OOM ? "out of memory" : ret & FAULT_SIGBUS ? "SIGBUS" :
	       ret & FAULT_HWPOISON ? "hardware poison" : ret & FAULT_SIGSEGV ? "SIGSEGV" : NULL;
}

static const char *bypass_words(const struct story *s, const struct fault *f, int64_t ret)
{
	if (f->put)
		return "bypass, mapped";
	if (f->tried && !f->pin_known && !f->read)
		return "bypass, not mapped (why is not known: no return of swapcache_prepare)";
	if (!f->read && probed(s, FN_swap_read_folio))
		return "bypass, not read";
	if (!drops_are_seen(s))
		return "bypass, mapped or not (no swap_free in the capture)";
	return ret >= 0 && ret & FAULT_RETRY ? "bypass, discarded (VM_FAULT_RETRY)" :
					       "bypass, discarded (pte changed)";
}

static const char *other_words(const struct story *s, const struct fault *f)
{
	if (f->put)
		return "mapped (how is not known)";
	if (f->slot && !f->asked && probed(s, FN_swap_cache_get_folio))
		return "not looked up";
	if (!f->slot)
		return "no slot is known";
	return drops_are_seen(s) ? "not mapped (why is not known)" : "nothing is known";
}

static void outcome_words(const struct story *s, const struct fault *f, int64_t ret, char *out)
{
	const char *bad = bad_words(ret), *path = path_words(f);

	if (f->gap && !f->put)
		snprintf(out, STORY_TEXT_MAX, "not known (events were lost)");
	else if (bad)
		snprintf(out, STORY_TEXT_MAX, "%s%s%s", path, *path ? ", " : "", bad);
	else if (f->refused)
		snprintf(out, STORY_TEXT_MAX, "%s (swap_cache_alloc_folio %lld)",
			 f->hit ? "folio found in swap cache" : "refused by the swap cache",
			 (long long)f->refused);
	else if (f->hit)
		snprintf(out, STORY_TEXT_MAX, "folio found in swap cache");
	else if (f->pin_known && f->pin)
		snprintf(out, STORY_TEXT_MAX, "%s (swapcache_prepare %lld)",
			 f->own_pin ? "bypass refused" : "pin refused",
			 (long long)f->pin);
	else if (f->cached)
		snprintf(out, STORY_TEXT_MAX, "read through the swap cache%s",
			 f->put || !drops_are_seen(s) ? "" : ", not mapped");
	else
		snprintf(out, STORY_TEXT_MAX, "%s", f->read || f->tried ?
			 bypass_words(s, f, ret) : other_words(s, f));
}

/* The folio that it found, or put there, is the slot's no more. */
static bool has_left(const struct story *s, const struct fault *f)
{
	const struct slot_life *sl = &s->slot[f->slot];

	return sl->removed > f->got && sl->left == f->folio;
}

static const char *unmapped_words(const struct story *s, const struct fault *f)
{
	if (f->hit)
		return has_left(s, f) ? "not mapped: the folio left the swap cache" : "not mapped";
	return has_left(s, f) ? "the folio left the swap cache" : "pte changed";
}

static const char *why_words(const struct story *s, const struct fault *f, int64_t ret)
{
	if (f->gap)
		return "";
	if ((f->pin_known && f->pin == -2) || (f->refused == -2 && !f->hit))
		return "the slot is free";
	if (ret >= 0 && ret & FAULT_RETRY)
		return "VM_FAULT_RETRY: another has the folio locked";
	if (f->private == PRIVATE_NOTHING && f->put)
		return "the device never had the data";
	if ((f->hit || f->folio) && !f->put && drops_are_seen(s))
		return unmapped_words(s, f);
	if (f->slot && !f->asked && probed(s, FN_swap_cache_get_folio))
		return "the device is gone, or the PTE was no swap entry";
	return "";
}

void fault_tell(const struct story *s, const struct fault *f, const struct capture_event *back,
		struct story_fault *out, char *outcome)
{
	const int64_t ret = back && back->mask & HAS_RET ? back->ret & 0xffffffff : -1;

	*out = (struct story_fault){
		.first = f->first, .last = back ? back->id : f->last, .addr = f->addr,
		.page = f->page, .ret = ret, .slot = f->slot, .life = f->life,
		.mapped = f->put ? 1 : drops_are_seen(s) && back && !f->gap ? 0 : -1,
		.path = path_words(f), .outcome = outcome, .why = why_words(s, f, ret),
	};
	outcome_words(s, f, ret, outcome);
	if (back)
		return;
	out->why = "no return of do_swap_page() was seen";
	if (!f->put)
		snprintf(outcome, STORY_TEXT_MAX, "not over");
}
