/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/cause/cause.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "replay/cause/copies.h"
#include "replay/cause/trail.h"

/* One question, and its answer. */
struct asking {
	struct trace *t;
	struct trail trail;
	struct cause *c;
};

/* ---- in words ---- */

#define STAMP_TEXT	16

static const char *task_called(struct trace *t, uint32_t task)
{
	const struct run_info *info = trace_info(t);

	return task < info->tasks ? info->task_name[task] : "?";
}

static const char *who(struct trace *t, uint64_t at)
{
	return task_called(t, mover(t, at));
}

static const char *stamp_name(uint32_t stamp, char *buf)
{
	if (stamp == STAMP_ZERO || stamp == STAMP_GARBAGE)
		snprintf(buf, STAMP_TEXT, "%s", stamp == STAMP_ZERO ? "zeroes" : "garbage");
	else
		snprintf(buf, STAMP_TEXT, "v%u", stamp);
	return buf;
}

/* Add to the sentence. */
static void say(struct cause *c, const char *format, ...)
{
	size_t used = strlen(c->text);
	va_list ap;

	va_start(ap, format);
	vsnprintf(c->text + used, sizeof(c->text) - used, format, ap);
	va_end(ap);
}

static int link_to(struct asking *a, uint64_t at, struct trace_object o)
{
	a->c->at = at;
	a->c->object = o;
	return 1;
}

static unsigned long long number(uint64_t position)
{
	return position;
}

/* ---- links ---- */

static int to_stored(struct asking *a, uint64_t from, uint32_t entry)
{
	const struct trace_object o = object(OBJ_ENTRY, entry);
	char stamp[STAMP_TEXT];
	uint64_t p;
	int r;

	while ((r = last_change(&a->trail, from, o, "state", &p)) > 0 &&
	       state_at(a->t, p, entry) != ENTRY_LIVE)
		from = p - 1;
	if (r <= 0) {
		say(a->c, "entry %u was stored before this run began", entry);
		return r;
	}
	say(a->c, "%s stores entry %u of slot %u: %s", who(a->t, p), entry,
	    value_at(a->t, p, o, "swp"), stamp_name(value_at(a->t, p, o, "stamp"), stamp));
	if (named_by_mover(a->t, p, OBJ_FOLIO))
		say(a->c, " of folio %u", named_by_mover(a->t, p, OBJ_FOLIO));
	return link_to(a, p, o);
}

/* The step `at` frees an entry, or takes it from the one who works with it. */
static int to_freed(struct asking *a, uint64_t at, uint64_t since, uint32_t entry, uint32_t reader)
{
	const struct trace_object o = object(OBJ_ENTRY, entry);
	bool frees = state_at(a->t, at, entry) != ENTRY_LIVE;

	say(a->c, "%s %s entry %u of slot %u in %s() while %s %s", who(a->t, at),
	    frees ? "frees" : "stores into", entry, value_before(a->t, at, o, "swp"),
	    step_of(a->t, at)->op, task_called(a->t, reader),
	    state_at(a->t, at, entry) == ENTRY_ZOMBIE ? "has it under reclaim" : "reads it");
	if (since)
		say(a->c, " since step %llu", number(since));
	return link_to(a, at, o);
}

static int to_block_written(struct asking *a, uint64_t at, uint32_t slot)
{
	char stamp[STAMP_TEXT];

	say(a->c, "%s writes the block of slot %u: %s, in %s()", who(a->t, at), slot,
	    stamp_name(value_at(a->t, at, object(OBJ_SLOT, slot), "dev"), stamp),
	    step_of(a->t, at)->op);
	return link_to(a, at, object(OBJ_SLOT, slot));
}

/* Who took a slot's entry out of the tree last.  Returns as trace_search(). */
static int unlinked(const struct asking *a, uint64_t from, uint32_t slot, uint64_t *p)
{
	const struct trace_object o = object(OBJ_SLOT, slot);
	int r;

	while ((r = last_change(&a->trail, from, o, "entry", p)) > 0 &&
	       value_at(a->t, *p, o, "entry"))
		from = *p - 1;
	return r;
}

/* A page of zeroes has no stamp to be followed by; the entry that it was in is known. */
static int to_zeroes(struct asking *a, uint64_t at, uint32_t page, uint32_t slot)
{
	const struct trace_object o = object(OBJ_SLOT, slot);
	uint64_t p;
	int r = unlinked(a, at, slot, &p);

	if (r <= 0) {
		say(a->c, "no copy of what page %u had is known to have been dropped", page);
		return r;
	}
	say(a->c, "%s takes entry %u of slot %u, in which page %u was, out of the tree in %s()",
	    who(a->t, p), value_before(a->t, p, o, "entry"), slot, page, step_of(a->t, p)->op);
	return link_to(a, p, o);
}

/* The entry was out of the tree when it was looked for, or was already in a task's hands. */
static int to_unlinked(struct asking *a, uint64_t at, uint32_t slot, const struct copies *w)
{
	const struct trace_object o = object(OBJ_SLOT, slot);
	char stamp[STAMP_TEXT], left[32];
	uint64_t p;
	int r = unlinked(a, at, slot, &p);

	stamp_name(w->stamp, stamp);
	snprintf(left, sizeof(left), "%s %u", w->left[0].kind == OBJ_SLOT ? "block" :
		 object_kind_name(w->left[0].kind), w->left[0].number);
	if (r <= 0 || p <= w->born) {
		say(a->c, "%s is still in %s, since step %llu: this read looked elsewhere", stamp,
		    left, number(w->since[0]));
		return r < 0 ? r : 0;
	}
	say(a->c, "%s takes entry %u of slot %u out of the tree in %s(): from here on only %s has "
	    "%s, and no fault finds it there", who(a->t, p), value_before(a->t, p, o, "entry"),
	    slot, step_of(a->t, p)->op, left, stamp);
	return link_to(a, p, o);
}

/* Where what a page's owner wrote went: there is no copy of it, or none that was looked at. */
static int to_lost(struct asking *a, uint64_t at, uint32_t page, uint32_t slot)
{
	char stamp[STAMP_TEXT], of[48];
	struct copies w;
	int r = copies_at(a->t, at, page, a->trail.most, &w);

	if (r > 0 && w.n)
		return to_unlinked(a, at, slot, &w);
	if (r < 0)
		return r;
	if (!w.gone)
		return to_zeroes(a, at, page, slot);
	stamp_name(w.stamp, stamp);
	*of = '\0';
	if (w.last.kind == OBJ_ENTRY)
		snprintf(of, sizeof(of), " of slot %u",
			 value_before(a->t, w.gone, w.last, "swp"));
	say(a->c, "%s %s %s %u%s in %s(): the last copy of %s of page %u", who(a->t, w.gone),
	    w.last.kind == OBJ_SLOT ? "drops" : "frees",
	    w.last.kind == OBJ_SLOT ? "the block of slot" : object_kind_name(w.last.kind),
	    w.last.number, of, step_of(a->t, w.gone)->op, stamp, page);
	if (w.gone_before)
		say(a->c, " (%s %u went at step %llu)", w.before.kind == OBJ_SLOT ? "block" :
		    object_kind_name(w.before.kind), w.before.number, number(w.gone_before));
	return link_to(a, w.gone, w.last);
}

/* A folio got its content at `at` by no reading: its owner wrote it, or had it mapped. */
static void say_written(struct asking *a, uint64_t at, uint32_t folio, const char *stamp)
{
	uint32_t page = page_changed(a->t, at);

	if (page == NO_PAGE)
		say(a->c, "%s fills folio %u: %s", who(a->t, at), folio, stamp);
	else if (changed(a->t, at, object(OBJ_PAGE, page), "pte"))
		say(a->c, "%s maps folio %u, all %s, as page %u", who(a->t, at), folio, stamp,
		    page);
	else
		say(a->c, "%s writes %s to page %u, which is in folio %u", who(a->t, at), stamp,
		    page, folio);
}

/* What was read, and from where, when that is wrong: garbage, another page's or an old one. */
static void say_wrong(struct asking *a, uint64_t at, uint32_t folio, uint32_t slot)
{
	const struct trace_object o = object(OBJ_FOLIO, folio), s = object(OBJ_SLOT, slot);
	uint32_t is = value_at(a->t, at, o, "content"), want;
	uint32_t page = page_of_slot(a->t, at, slot);
	uint32_t life = value_at(a->t, at, o, "src_life"), now = value_at(a->t, at, s, "life");
	char text[STAMP_TEXT];

	if (page == NO_PAGE)
		return;
	want = value_at(a->t, at, object(OBJ_PAGE, page), "stamp");
	if (want == is)
		return;
	if (is != STAMP_GARBAGE && value_at(a->t, at, o, "src") == slot + 1 && life != now)
		say(a->c, " of the slot's life %u, which is over", life);
	say(a->c, ", not %s of page %u", stamp_name(want, text), page);
}

/* How a folio got its content at `at`, which is such a step. */
static void say_filled(struct asking *a, uint64_t at, uint32_t folio)
{
	const struct trace_object o = object(OBJ_FOLIO, folio);
	uint32_t slot = read_for(a->t, at, folio), entry = entry_read(a->t, at, folio);
	uint64_t freed, since;
	char is[STAMP_TEXT];

	stamp_name(value_at(a->t, at, o, "content"), is);
	if (entry) {
		bool gone = freed_under(&a->trail, at, entry, &freed, &since) > 0;

		say(a->c, "%s reads entry %u%s into folio %u: %s", who(a->t, at), entry,
		    gone ? ", freed by then," : "", folio, is);
	} else if (slot && (reads_block(a->t, at) || changed(a->t, at, o, "src"))) {
		say(a->c, "%s reads block %u into folio %u%s: %s", who(a->t, at), slot - 1, folio,
		    value_at(a->t, at, o, "src") ? "" : " and finds no data", is);
	} else {
		say_written(a, at, folio, is);
		return;
	}
	if (slot)
		say_wrong(a, at, folio, slot - 1);
}

static int to_filled(struct asking *a, uint64_t from, uint32_t folio)
{
	uint64_t p;
	int r = folio_filled(&a->trail, from, folio, &p);

	if (r <= 0) {
		say(a->c, "nothing filled folio %u before this step", folio);
		return r;
	}
	say_filled(a, p, folio);
	return link_to(a, p, object(OBJ_FOLIO, folio));
}

/* ---- what is behind a link ---- */

/* Behind a read of the device: who wrote it wrong; else where that went which is not there. */
static int behind_block(struct asking *a, uint64_t at, uint32_t folio, uint32_t slot)
{
	const struct trace_object o = object(OBJ_SLOT, slot);
	uint32_t is = value_at(a->t, at, object(OBJ_FOLIO, folio), "content");
	uint32_t page = page_of_slot(a->t, at, slot);
	bool wrong = page != NO_PAGE &&
		     value_at(a->t, at, object(OBJ_PAGE, page), "stamp") != is;
	uint64_t p = 0;
	int r = 0;

	if (value_before(a->t, at, o, "dev_life"))
		r = last_change(&a->trail, at, o, "dev dev_life", &p);
	if (r < 0)
		return r;
	/* What is old was right when it was written: the question is where the new went. */
	if (wrong && (r <= 0 || value_at(a->t, p, object(OBJ_PAGE, page), "stamp") == is ||
		      value_at(a->t, at, o, "life") != value_at(a->t, at, o, "dev_life")))
		return to_lost(a, at, page, slot);
	if (r > 0)
		return to_block_written(a, p, slot);
	say(a->c, "nothing was ever written to block %u: this is where it begins", slot);
	return 0;
}

static int behind_filled(struct asking *a, uint64_t at, uint32_t folio)
{
	uint32_t entry = entry_read(a->t, at, folio), slot = read_for(a->t, at, folio), from;
	bool read = reads_block(a->t, at) || strstr(step_of(a->t, at)->text, "bio");
	uint64_t freed = 0, since = 0;
	char stamp[STAMP_TEXT];
	int r;

	if (entry) {
		r = freed_under(&a->trail, at, entry, &freed, &since);
		if (r > 0)
			return to_freed(a, freed, since, entry, mover(a->t, at));
		return r < 0 ? r : to_stored(a, at, entry);
	}
	if (read && slot)
		return behind_block(a, at, folio, slot - 1);
	from = named_by_mover(a->t, at, OBJ_FOLIO);
	if (from && from != folio)		/* a copy of another */
		return to_filled(a, at - 1, from);
	say(a->c, "this is the beginning: %s is what the page's owner had in it from here on",
	    stamp_name(value_at(a->t, at, object(OBJ_FOLIO, folio), "content"), stamp));
	return 0;
}

static int cause_of_folio(struct asking *a, uint64_t at, uint32_t folio)
{
	const struct trace_object o = object(OBJ_FOLIO, folio);
	uint64_t p;
	int r;

	if (at && !value_at(a->t, at, o, "ref") && value_before(a->t, at, o, "ref"))
		return to_filled(a, at - 1, folio);
	r = folio_filled(&a->trail, at, folio, &p);
	if (r > 0 && p == at)
		return behind_filled(a, at, folio);
	return r < 0 ? r : to_filled(a, at, folio);
}

static int cause_of_entry(struct asking *a, uint64_t at, uint32_t entry)
{
	const struct trace_object o = object(OBJ_ENTRY, entry);
	uint64_t p;
	int r;

	if (at && changed(a->t, at, o, "state") && state_at(a->t, at, entry) == ENTRY_LIVE) {
		uint32_t folio = named_by_mover(a->t, at, OBJ_FOLIO);

		if (folio)
			return to_filled(a, at - 1, folio);
		say(a->c, "it is not known which folio entry %u was stored from", entry);
		return 0;
	}
	if (state_at(a->t, at, entry) == ENTRY_LIVE || (at && changed(a->t, at, o, "state")))
		return to_stored(a, at, entry);
	r = last_change(&a->trail, at, o, "state", &p);
	if (r <= 0) {
		say(a->c, "entry %u was free since the run began", entry);
		return r;
	}
	say(a->c, "%s frees entry %u of slot %u in %s()", who(a->t, p), entry,
	    value_before(a->t, p, o, "swp"), step_of(a->t, p)->op);
	return link_to(a, p, o);
}

static int cause_of_slot(struct asking *a, uint64_t at, uint32_t slot)
{
	const struct trace_object o = object(OBJ_SLOT, slot);
	uint32_t was = value_before(a->t, at, o, "entry"), folio = 0;
	const struct trace_change *c;
	uint64_t p;
	int r;

	if (at && (changed(a->t, at, o, "dev") || changed(a->t, at, o, "dev_life"))) {
		int n = trace_changes(a->t, at, &c);

		for (int i = 0; i < n && !folio; i++) {
			struct trace_object f = trace_object_of(a->t, c[i].id);

			if (f.kind == OBJ_FOLIO &&
			    value_before(a->t, at, f, "io_swp") == slot + 1)
				folio = f.number;
		}
		if (!folio)
			folio = named_by_mover(a->t, at, OBJ_FOLIO);
		if (folio)
			return to_filled(a, at - 1, folio);
	} else if (at && was && !value_at(a->t, at, o, "entry")) {
		return to_stored(a, at - 1, was);
	}
	r = last_change(&a->trail, at ? at - 1 : 0, o, "dev dev_life", &p);
	if (r > 0)
		return to_block_written(a, p, slot);
	say(a->c, "nothing wrote block %u before this step", slot);
	return r;
}

static int cause_of_page(struct asking *a, uint64_t at, uint32_t page)
{
	const struct trace_object o = object(OBJ_PAGE, page);
	uint32_t target = value_at(a->t, at, o, "target"), entry;
	unsigned pte = trace_pte(a->t, value_at(a->t, at, o, "pte"));
	uint64_t mapped = 0;
	int r;

	if (pte == PTE_SWAP) {
		entry = value_at(a->t, at, object(OBJ_SLOT, target), "entry");
		if (entry)
			return to_stored(a, at, entry);
		if (value_at(a->t, at, object(OBJ_SLOT, target), "cache"))
			return to_filled(a, at, value_at(a->t, at, object(OBJ_SLOT, target),
							 "cache"));
		return behind_block(a, at, 0, target);
	}
	if (pte != PTE_PRESENT) {
		say(a->c, "page %u is not mapped: it has nothing that somebody gave it", page);
		return 0;
	}
	r = last_change(&a->trail, at, o, "pte target", &mapped);
	if (r >= 0)
		r = to_filled(a, at, target);
	if (r > 0 && mapped > a->c->at)
		say(a->c, "; mapped at step %llu", number(mapped));
	return r;
}

int cause_of(struct trace *t, uint64_t at, struct trace_object o, uint64_t most, struct cause *c)
{
	struct asking a = { t, { t, most }, c };
	int r;

	memset(c, 0, sizeof(*c));
	switch (o.kind) {
	case OBJ_PAGE:
		r = cause_of_page(&a, at, o.number);
		break;
	case OBJ_FOLIO:
		r = cause_of_folio(&a, at, o.number);
		break;
	case OBJ_ENTRY:
		r = cause_of_entry(&a, at, o.number);
		break;
	case OBJ_SLOT:
		r = cause_of_slot(&a, at, o.number);
		break;
	default:
		return -EINVAL;
	}
	return r;
}
