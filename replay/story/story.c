/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/story/story.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/story/fault.h"
#include "replay/story/ledger.h"
#include "replay/story/words.h"

/*
 * What zswap_load() returns changed in v6.15, and v7.0 has no bypass.  The release may not be
 * known, or not be true: functions that came with a version say which it is at least.
 */
static void find_release(struct story *s)
{
	static const struct { unsigned major, minor; enum capture_function f; } since[] = {
		{ 6, 16, FN_swap_entries_put_map }, { 6, 16, FN_swap_entries_put_cache },
		{ 6, 18, FN_swap_cache_add_folio },
		{ 7, 0, FN_swap_cache_alloc_folio }, { 7, 0, FN_swapin_folio },
		{ 7, 0, FN_folio_dup_swap }, { 7, 0, FN_folio_put_swap },
	};

	for (size_t i = 0; i < sizeof(since) / sizeof(since[0]); i++)
		if (probed(s, since[i].f) &&
		    !capture_since(&s->info, since[i].major, since[i].minor))
			snprintf(s->info.release, sizeof(s->info.release), "%u.%u",
				 since[i].major, since[i].minor);
	s->no_bypass = capture_since(&s->info, 7, 0);
}

struct story *story_new(const struct story_probes *p, const struct capture_info *info,
			const struct story_sink *sink)
{
	struct story *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->probes = *p;
	s->info = *info;
	find_release(s);
	s->sink = *sink;
	ledger_begin(s);
	return s;
}

void story_free(struct story *s)
{
	if (!s)
		return;
	free(s->thread);
	free(s->slot);
	free(s->page.pair);
	free(s->by_entry.pair);
	free(s);
}

const struct story_totals *story_totals(const struct story *s)
{
	return &s->totals;
}

const char *story_no_ledger(const struct story *s)
{
	return s->no_ledger;
}

/* Make an array that has `have` elements have number `want`; new ones are all 0. */
static int grow(void **array, size_t *have, size_t want, size_t size)
{
	size_t n = *have ? *have : 64;
	char *a;

	if (want < *have)
		return 0;
	while (n <= want)
		n *= 2;
	a = realloc(*array, n * size);
	if (!a)
		return -ENOMEM;
	memset(a + *have * size, 0, (n - *have) * size);
	*array = a;
	*have = n;
	return 0;
}

/* ---- calls ---- */

static struct call *call_of(struct thread *h, const struct capture_event *e)
{
	if (e->side != SIDE_RETURN || !e->call)
		return NULL;
	for (unsigned i = h->calls; i-- > 0;)
		if (h->call[i].id == e->call)
			return &h->call[i];
	return NULL;
}

/* Only calls that will return: what is called meanwhile is told from what comes after. */
static void enter(const struct story *s, struct thread *h, const struct capture_event *e)
{
	if (e->side != SIDE_ENTER || !e->call || e->irq || h->calls == CALLS_MAX)
		return;
	h->call[h->calls++] = (struct call){
		.id = e->id, .folio = e->folio, .slot = e->slot, .usage = e->usage, .nr = e->nr,
		.mask = e->mask, .function = e->function,
		.had = s->slot[e->slot].zswap,
	};
}

static void leave(struct thread *h, const struct call *c)
{
	h->calls = (unsigned)(c - h->call);
}

/* ---- faults ---- */

static int fault_over(struct story *s, uint32_t thread, const struct capture_event *back)
{
	struct fault *f = &s->thread[thread].fault;
	char outcome[STORY_TEXT_MAX];
	struct story_fault told;

	if (!f->open)
		return 0;
	fault_tell(s, f, back, &told, outcome);
	told.fault = ++s->totals.faults;
	told.thread = thread;
	f->open = false;
	return s->sink.fault ? s->sink.fault(s->sink.arg, &told) : 0;
}

/* One that began before the capture: what it did until then is not known. */
static int fault_without_begin(struct story *s, const struct capture_event *e)
{
	const struct story_fault told = {
		.fault = ++s->totals.faults, .last = e->id, .page = -1, .mapped = -1,
		.ret = e->mask & HAS_RET ? e->ret & 0xffffffff : -1, .thread = e->thread,
		.slot = e->slot, .path = "", .outcome = "began before the capture", .why = "",
	};

	return s->sink.fault ? s->sink.fault(s->sink.arg, &told) : 0;
}

/* Where events were lost between the two, nobody has paired them. */
static bool returns(const struct fault *f, const struct capture_event *e)
{
	return f->open && (f->first == e->call || (f->gap && !e->call));
}

static int fault_begin(struct story *s, const struct capture_event *e)
{
	struct fault *f = &s->thread[e->thread].fault;
	struct slot_life *sl = e->slot ? &s->slot[e->slot] : NULL;
	int r = fault_over(s, e->thread, NULL);		/* it did not return, or was not seen to */

	*f = (struct fault){
		.open = true, .first = e->id, .last = e->id, .addr = e->addr, .slot = e->slot,
		.life = sl ? sl->life : 0,
		.page = !(e->mask & HAS_ADDR) ? -1 :
			(int64_t)story_map_get(&s->page, e->addr >> PAGE_SHIFT, UINT64_MAX),
	};
	if (sl && f->page >= 0)
		sl->page = f->page;
	return r;
}

/* ---- events ---- */

static int tell_line(struct story *s, struct thread *h, const struct call *c,
		     const struct capture_event *e)
{
	char text[STORY_TEXT_MAX];
	struct story_line l = {
		.event = e->id, .slot = e->slot, .thread = e->thread,
		.life = s->slot[e->slot].life, .text = text,
	};

	text[0] = 0;
	if (!s->sink.line || !story_words(s, h, c, e, &l, text))
		return 0;
	return s->sink.line(s->sink.arg, &l);
}

/*
 * A slot that is given out begins a life.  Its number comes back from folio_alloc_swap(), or (from
 * v6.17 on) goes from there into the swap cache.
 */
static bool begins_life(const struct story *s, struct thread *h, struct call *c,
			const struct capture_event *e)
{
	struct call *alloc = in_call(h, FN_folio_alloc_swap);

	if (e->function == FN_folio_alloc_swap)
		return tells(s, e) && !(c && c->did);
	if (!alloc || alloc->did || e->side != SIDE_ENTER ||
	    (e->function != FN_add_to_swap_cache && e->function != FN_swap_cache_add_folio))
		return false;
	alloc->did = true;
	return true;
}

static int slot_event(struct story *s, struct thread *h, struct call *c,
		      const struct capture_event *e)
{
	struct slot_life *sl = &s->slot[e->slot];
	int r = 0;

	if (e->mask & HAS_ENTRY && e->side == SIDE_ENTER &&
	    capture_function_trust((enum capture_function)e->function) == TRUST_ARGUMENT)
		r = story_map_put(&s->by_entry, e->entry, e->slot);
	if (!sl->seen) {
		s->totals.slots++;
		sl->seen = true;
		sl->page = -1;
	}
	if (begins_life(s, h, c, e)) {
		sl->life++;
		s->totals.lives++;
		ledger_life(s, sl, e->id);
	}
	return r;
}

static int call_event(struct story *s, const struct capture_event *e)
{
	struct thread *h = &s->thread[e->thread];
	struct call *c = call_of(h, e);
	int r = 0;

	if (e->slot)
		r = slot_event(s, h, c, e);
	if (!r && e->function == FN_do_swap_page && e->side == SIDE_ENTER && !e->irq)
		r = fault_begin(s, e);
	fault_event(s, h, c, e);
	ledger_event(s, h, c, e);
	if (!r && e->slot)
		r = tell_line(s, h, c, e);
	if (!r && e->function == FN_do_swap_page && e->side == SIDE_RETURN && !e->irq)
		r = returns(&h->fault, e) ? fault_over(s, e->thread, e) :
					    fault_without_begin(s, e);
	if (c)
		leave(h, c);
	enter(s, h, e);
	return r;
}

static int mark_event(struct story *s, const struct capture_event *e)
{
	struct capture_mark m;

	if (!capture_mark(e->text, &m))
		return 0;
	if (m.kind == MARK_CORRUPT) {
		s->totals.corrupt++;
		ledger_corrupt(s, e, &m);
	}
	if (!m.has_page || !m.has_addr || m.page > INT64_MAX)
		return 0;
	return story_map_put(&s->page, m.addr >> PAGE_SHIFT, m.page);
}

int story_event(struct story *s, const struct capture_event *e)
{
	int r = grow((void **)&s->thread, &s->threads, e->thread, sizeof(*s->thread));

	if (!r)
		r = grow((void **)&s->slot, &s->slots, e->slot, sizeof(*s->slot));
	if (!r && s->losses == LOSSES_MAX)
		r = ledger_flush(s);
	if (r)
		return r;
	if (e->side == SIDE_MARK)
		return mark_event(s, e);
	if (e->function == FN_UNKNOWN || e->function >= FN_COUNT ||
	    (e->side != SIDE_ENTER && e->side != SIDE_RETURN))
		return 0;
	return call_event(s, e);
}

void story_lost(struct story *s)
{
	for (size_t i = 0; i < s->threads; i++) {
		s->thread[i].calls = 0;
		s->thread[i].fault.gap = true;
	}
	for (size_t i = 0; i < s->slots; i++)
		s->slot[i].alive = false;
}

int story_end(struct story *s)
{
	int r = 0;

	for (size_t i = 0; i < s->threads && !r; i++)
		r = fault_over(s, (uint32_t)i, NULL);
	return r ? r : ledger_flush(s);
}
