/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/cause/trail.h"

#include <stdio.h>
#include <string.h>

/* So far back it is looked for the step that read what a folio was marked uptodate for. */
#define READ_STEPS	200000

/* ---- reading the trace ---- */

int last_change(const struct trail *a, uint64_t from, struct trace_object o,
			const char *fields, uint64_t *found)
{
	uint32_t id[OBJECT_FIELDS];
	int n = trace_fields_of(a->t, o, fields, id);

	if (n <= 0 || !from)
		return n < 0 ? n : 0;
	return trace_search(a->t, from, from > a->most ? from - a->most + 1 : 1, id, (size_t)n,
			    found);
}

/* A number of the frame `up` calls above the innermost of the mover, before its step. */
static uint32_t in_frame(struct trace *t, uint64_t at, unsigned up, const char *name)
{
	struct trace_object task = object(OBJ_TASK, mover(t, at));
	uint32_t depth = value_before(t, at, task, "depth");
	char field[24];

	if (up >= depth || depth > MAX_FRAMES)
		return 0;
	snprintf(field, sizeof(field), "frame%u.%s", depth - 1 - up, name);
	return value_before(t, at, task, field);
}

uint32_t named_by_mover(struct trace *t, uint64_t at, enum object_kind kind)
{
	for (unsigned up = 0; up < MAX_FRAMES; up++) {
		uint32_t v = in_frame(t, at, up, object_kind_name(kind));

		if (kind == OBJ_ENTRY && !trace_frame_has_entry(t, in_frame(t, at, up, "op")))
			continue;
		if (v && trace_has_object(t, object(kind, v)))
			return v;
	}
	return 0;
}


/* ---- what is in a folio, and since when ---- */

bool reads_block(struct trace *t, uint64_t at)
{
	const char *text = step_of(t, at)->text;

	return strstr(text, "read the block") || strstr(text, "zeromap(");
}

static bool reads_into(struct trace *t, uint64_t at, uint32_t folio)
{
	return at && reads_block(t, at) && in_frame(t, at, 0, "folio") == folio;
}

/* A folio that is marked uptodate, and has no other content than when it was allocated. */
static uint64_t read_before(struct trace *t, uint64_t uptodate, uint32_t folio)
{
	uint32_t task = mover(t, uptodate);

	for (uint64_t at = uptodate; at && uptodate - at < READ_STEPS; at--)
		if (mover(t, at) == task && reads_into(t, at, folio))
			return at;
	return uptodate;
}

int folio_filled(const struct trail *a, uint64_t at, uint32_t folio, uint64_t *found)
{
	const struct trace_object o = object(OBJ_FOLIO, folio);
	uint64_t p, from = at, uptodate = 0;
	struct trace *t = a->t;
	int r;

	*found = at;
	if (reads_into(t, at, folio))
		return 1;
	for (; (r = last_change(a, from, o, "content src src_life ref flags", &p)) > 0;
	     from = p - 1) {
		bool new = !value_before(t, p, o, "ref");

		if (!new && !value_at(t, p, o, "ref"))
			return 0;
		if (!(value_before(t, p, o, "flags") & FOLIO_UPTODATE) &&
		    (value_at(t, p, o, "flags") & FOLIO_UPTODATE))
			uptodate = p;
		*found = p;
		if (changed(t, p, o, "content") ||
		    (value_at(t, p, o, "src") && (changed(t, p, o, "src") ||
						  changed(t, p, o, "src_life"))))
			return 1;
		if (new || (p == uptodate && reads_block(t, p)))
			break;
	}
	if (r > 0 && uptodate > p)	/* set_pte_at() clears src, which is no reading */
		*found = read_before(t, uptodate, folio);
	return r;
}

/* ---- whose page it is ---- */

static bool page_in_slot(struct trace *t, uint64_t at, uint32_t page, uint32_t slot)
{
	const struct trace_object o = object(OBJ_PAGE, page);

	return trace_has_object(t, o) && trace_pte(t, value_at(t, at, o, "pte")) == PTE_SWAP &&
	       value_at(t, at, o, "target") == slot;
}

/* Is a page in that slot which the fault that makes a step is for? */
static bool faults_in(struct trace *t, uint64_t at, uint32_t slot)
{
	for (unsigned up = 0; up < MAX_FRAMES; up++)
		if (page_in_slot(t, at, in_frame(t, at, up, "page"), slot))
			return true;
	return false;
}

uint32_t read_for(struct trace *t, uint64_t at, uint32_t folio)
{
	const struct trace_object o = object(OBJ_FOLIO, folio);
	uint32_t src = value_at(t, at, o, "src"), slot = in_frame(t, at, 0, "swp");

	if (in_frame(t, at, 0, "folio") == folio && (reads_block(t, at) || src) &&
	    (slot || !src || faults_in(t, at, slot)))
		return slot + 1;
	if (!src)
		src = value_before(t, at, o, "io_swp");
	return src ? src : value_before(t, at, o, "swp");
}

uint32_t page_of_slot(struct trace *t, uint64_t at, uint32_t slot)
{
	for (unsigned up = 0; up < MAX_FRAMES; up++)
		if (page_in_slot(t, at, in_frame(t, at, up, "page"), slot))
			return in_frame(t, at, up, "page");
	for (uint32_t page = 0; page < trace_info(t)->pages; page++)
		if (page_in_slot(t, at, page, slot))
			return page;
	return NO_PAGE;
}

uint32_t page_changed(struct trace *t, uint64_t at)
{
	const struct trace_change *c;
	int n = trace_changes(t, at, &c);

	for (int i = 0; i < n; i++)
		if (trace_object_of(t, c[i].id).kind == OBJ_PAGE)
			return trace_object_of(t, c[i].id).number;
	return NO_PAGE;
}

/* ---- a reading of an entry ---- */

uint32_t entry_read(struct trace *t, uint64_t at, uint32_t folio)
{
	const struct trace_object o = object(OBJ_FOLIO, folio);
	uint32_t entry = named_by_mover(t, at, OBJ_ENTRY), stamp = value_at(t, at, o, "content");
	uint32_t slot = value_at(t, at, o, "src"), life = value_at(t, at, o, "src_life");

	if (!entry || reads_block(t, at))
		return 0;
	if (stamp == STAMP_GARBAGE ||
	    value_before(t, at, object(OBJ_ENTRY, entry), "stamp") == stamp)
		return entry;
	/* v6.1: it was read by the handle that zpool gave, whatever the frame's entry is */
	for (uint32_t i = 1; slot && i < trace_info(t)->entries; i++) {
		const struct trace_object e = object(OBJ_ENTRY, i);

		if (value_before(t, at, e, "stamp") == stamp && value_before(t, at, e, "state") &&
		    value_before(t, at, e, "swp") == slot - 1 &&
		    value_before(t, at, e, "life") == life)
			return i;
	}
	return entry;
}

/* Where the reader got its pointer: the frame has had it for so long. */
static int pointer_since(const struct trail *a, uint64_t at, uint32_t entry, uint64_t *since)
{
	const struct trace_object task = object(OBJ_TASK, mover(a->t, at));
	uint32_t depth = value_before(a->t, at, task, "depth");
	char field[24];

	for (unsigned up = 0; depth <= MAX_FRAMES && up < depth; up++) {
		if (in_frame(a->t, at, up, "entry") != entry)
			continue;
		snprintf(field, sizeof(field), "frame%u.entry", depth - 1 - up);
		return last_change(a, at - 1, task, field, since);
	}
	return 0;
}

/* Where a task's bit of entry.users was set, before it was freed under the task. */
static uint64_t used_since(const struct trail *a, uint64_t freed, uint32_t entry, uint32_t task)
{
	const struct trace_object o = object(OBJ_ENTRY, entry);
	uint64_t from = freed, p = 0;

	if (task >= 32 || !(value_before(a->t, freed, o, "users") >> task & 1))
		return 0;
	while (last_change(a, from - 1, o, "users", &p) > 0) {
		if (!(value_before(a->t, p, o, "users") >> task & 1))
			return p;
		from = p;
	}
	return 0;
}

int freed_under(const struct trail *a, uint64_t at, uint32_t entry, uint64_t *freed,
		       uint64_t *since)
{
	const struct trace_object zswap = object(OBJ_ZSWAP, 0), o = object(OBJ_ENTRY, entry);
	uint32_t task = mover(a->t, at), id[OBJECT_FIELDS];
	uint64_t from = at;
	int n, r;

	while (task < 32 && value_before(a->t, from, zswap, "dangling") >> task & 1) {
		r = last_change(a, from - 1, zswap, "dangling", freed);
		if (r <= 0)
			return r;
		if (!(value_before(a->t, *freed, zswap, "dangling") >> task & 1)) {
			*since = used_since(a, *freed, entry, task);
			return 1;
		}
		from = *freed;
	}
	if (state_at(a->t, at - 1, entry) == ENTRY_ZOMBIE) {	/* and is read all the same */
		last_change(a, at - 1, o, "reclaim", since);
		return last_change(a, at - 1, o, "state", freed);
	}
	r = pointer_since(a, at, entry, since);
	n = r > 0 ? trace_fields_of(a->t, o, "state stamp life", id) : r;
	if (n <= 0 || *since + 1 >= at)
		return n < 0 ? n : 0;
	return trace_search(a->t, *since + 1, at - 1, id, (size_t)n, freed);
}

