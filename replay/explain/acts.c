/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * acts.c - what a single transition did to the objects that it changed, in words of the field.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "replay/explain/parts.h"
#include "traces/read/rows.h"

#define CHANGES_MAX	96
#define LOOK_BACK	200000	/* transitions, for a task's own */

struct changed_field {
	struct trace_object object;
	const char *name;		/* the trace's */
	uint32_t before, after;
};

struct reading {
	struct trace *t;
	uint64_t at;
	uint32_t task;
	struct changed_field field[CHANGES_MAX];
	unsigned fields;
};

const char *explain_role_name(enum explain_role r)
{
	static const char *const name[EXPLAIN_ROLE_COUNT] = {
#define X(role, text) [EXPLAIN_##role] = text,
		EXPLAIN_ROLES(X)
#undef X
	};

	return (unsigned)r < EXPLAIN_ROLE_COUNT ? name[r] : "?";
}

const char *task_called(struct trace *t, uint32_t task)
{
	const struct run_info *info = trace_info(t);

	return task < info->tasks ? info->task_name[task] : "?";
}

void add_text(char *text, size_t size, const char *format, ...)
{
	size_t used = strlen(text);
	va_list ap;

	va_start(ap, format);
	vsnprintf(text + used, size - used, format, ap);
	va_end(ap);
}

uint64_t last_step_of(struct trace *t, uint32_t task, uint64_t before)
{
	for (uint64_t at = before - 1; at && before - at < LOOK_BACK; at--)
		if (mover(t, at) == task)
			return at;
	return 0;
}

/* Does a transition begin an operation: is it the first step of one that nobody called? */
static bool begins(struct trace *t, uint64_t at)
{
	const struct trace_event *ev = trace_event_at(t, at);
	const struct trace_step *step = ev ? trace_step_at(t, ev->step) : NULL, *before;

	if (!step || ev->depth > 1)
		return false;
	before = ev->step ? trace_step_at(t, ev->step - 1) : NULL;
	return !before || strcmp(before->op, step->op) != 0;
}

uint64_t operation_begun(struct trace *t, uint64_t at)
{
	uint32_t task = mover(t, at);
	uint64_t from = at;

	while (at && !begins(t, at))
		at = from - at < LOOK_BACK ? last_step_of(t, task, at) : 0;
	return at;
}

const char *stamp_words(uint32_t stamp, char buf[16])
{
	if (stamp == STAMP_ZERO || stamp == STAMP_GARBAGE)
		snprintf(buf, 16, "%s", stamp == STAMP_ZERO ? "zeroes" : "garbage");
	else
		snprintf(buf, 16, "v%u", stamp);
	return buf;
}

static enum object_kind kind_named(const char *kind)
{
	for (int i = OBJ_PAGE; i < OBJ_KINDS; i++)
		if (!strcmp(kind, object_kind_name((enum object_kind)i)))
			return (enum object_kind)i;
	return OBJ_NONE;
}

static int read_changes(struct reading *r, struct trace *t, uint64_t at)
{
	const struct trace_change *c;
	int n = trace_changes(t, at, &c);

	*r = (struct reading){ .t = t, .at = at };
	for (int i = 0; i < n && r->fields < CHANGES_MAX; i++) {
		const struct trace_field *f = trace_field_at(t, c[i].id);

		if (f)
			r->field[r->fields++] = (struct changed_field){
				object(kind_named(f->kind), f->idx), f->name, c[i].old_value,
				c[i].new_value };
	}
	r->task = mover(t, at);
	return n < 0 ? n : 0;
}

/* The change of a field of an object, or NULL. */
static const struct changed_field *change_of(const struct reading *r, struct trace_object o,
					     const char *name)
{
	for (unsigned i = 0; i < r->fields; i++)
		if (r->field[i].object.kind == o.kind && r->field[i].object.number == o.number &&
		    !strcmp(r->field[i].name, name))
			return &r->field[i];
	return NULL;
}

static uint32_t now(const struct reading *r, struct trace_object o, const char *name)
{
	return value_at(r->t, r->at, o, name);
}

static uint32_t before(const struct reading *r, struct trace_object o, const char *name)
{
	return value_before(r->t, r->at, o, name);
}

__attribute__((format(printf, 4, 5)))
static void act_is(struct act *a, enum explain_role role, enum weight weight, const char *format,
		   ...)
{
	va_list ap;

	if (weight < a->weight || (weight == a->weight && *a->text))
		return;			/* what it did besides says less */
	a->role = role;
	a->weight = weight;
	va_start(ap, format);
	vsnprintf(a->text, sizeof(a->text), format, ap);
	va_end(ap);
}

/* ---- an object of each kind ---- */

static void act_on_entry(const struct reading *r, struct act *a)
{
	const struct trace_object o = a->object;
	const struct changed_field *state = change_of(r, o, "state"), *c;
	unsigned was = state ? trace_entry_state(r->t, state->before) : 0;
	unsigned is = state ? trace_entry_state(r->t, state->after) : 0;
	bool mine_before = r->task < 32 && before(r, o, "users") >> r->task & 1;
	bool mine = r->task < 32 && now(r, o, "users") >> r->task & 1;
	char stamp[16];

	if (state && is == ENTRY_LIVE && was != ENTRY_LIVE)
		act_is(a, EXPLAIN_STORE, WEIGHT_ACT, "stores %s in entry %u of slot %u",
		       stamp_words(now(r, o, "stamp"), stamp), o.number, now(r, o, "swp"));
	else if (state && was == ENTRY_LIVE)
		act_is(a, EXPLAIN_FREE, WEIGHT_ACT, "frees entry %u of slot %u%s", o.number,
		       before(r, o, "swp"), is == ENTRY_ZOMBIE ?
		       ", which zpool keeps, for it is under reclaim" : "");
	else if (state && is == ENTRY_FREE)
		act_is(a, EXPLAIN_FREE, WEIGHT_ACT, "lets go of freed entry %u", o.number);
	else if ((c = change_of(r, o, "stamp")))
		act_is(a, EXPLAIN_STORE, WEIGHT_ACT, "stores %s in entry %u, over %u",
		       stamp_words(c->after, stamp), o.number, c->before);
	if ((c = change_of(r, o, "ref")) && !state)
		act_is(a, c->after > c->before ? EXPLAIN_REFERENCE : EXPLAIN_PUT, WEIGHT_ACT,
		       "%s a reference on entry %u of slot %u: %u -> %u",
		       c->after > c->before ? "takes" : "gives back", o.number, now(r, o, "swp"),
		       c->before, c->after);
	if (mine && !mine_before && !state)
		act_is(a, EXPLAIN_LOOKUP, WEIGHT_ACT, "finds entry %u of slot %u", o.number,
		       now(r, o, "swp"));
	if ((c = change_of(r, o, "reclaim")) && !state)
		act_is(a, c->after ? EXPLAIN_LOOKUP : EXPLAIN_PUT, WEIGHT_ACT,
		       "%s entry %u of slot %u %s zswap's LRU", c->after ? "takes" : "puts",
		       o.number, now(r, o, "swp"), c->after ? "off" : "back on");
	if ((c = change_of(r, o, "known")) && !state && r->task < 32 &&
	    (c->after & ~c->before) >> r->task & 1)
		act_is(a, EXPLAIN_LOOKUP, WEIGHT_ACT, "picks entry %u of slot %u from zswap's LRU",
		       o.number, now(r, o, "swp"));
}

static void act_on_pin(const struct reading *r, struct act *a)
{
	const struct trace_object o = a->object;
	const struct changed_field *h = change_of(r, o, "holder");
	const struct changed_field *map = change_of(r, o, "swap_map");
	unsigned count_was = 0, count = 0;
	bool freed = change_of(r, o, "life");

	if (map) {
		count_was = map->before & SWAP_MAP_COUNT;
		count = map->after & SWAP_MAP_COUNT;
	}
	if (map && freed)
		act_is(a, EXPLAIN_FREE, WEIGHT_ACT, "frees slot %u", o.number);
	else if (count < count_was)
		act_is(a, EXPLAIN_PUT, WEIGHT_ACT, "gives back %s count of slot %u%s",
		       count ? "a" : "the last", o.number,
		       map->after & ~SWAP_MAP_COUNT ? " (which stays pinned)" : "");
	else if (h && !h->before)
		act_is(a, h->after == HOLD_ALLOC ? EXPLAIN_ALLOCATE : EXPLAIN_PIN, WEIGHT_ACT,
		       h->after == HOLD_ALLOC ? "allocates slot %u" :
		       "pins slot %u (SWAP_HAS_CACHE)", o.number);
	else if (h && !h->after && !freed)
		act_is(a, EXPLAIN_UNPIN, WEIGHT_ACT, "gives the pin of slot %u back", o.number);
	else if (count > count_was)
		act_is(a, EXPLAIN_REFERENCE, WEIGHT_SIDE, "counts slot %u up: %u -> %u", o.number,
		       count_was, count);
	else if (map)
		act_is(a, map->after > map->before ? EXPLAIN_PIN : EXPLAIN_UNPIN, WEIGHT_ACT,
		       map->after > map->before ? "pins slot %u (SWAP_HAS_CACHE)" :
		       "gives the pin of slot %u back", o.number);
}

static void act_on_slot(const struct reading *r, struct act *a)
{
	const struct trace_object o = a->object;
	const struct changed_field *c;
	char stamp[16];

	if ((c = change_of(r, o, "entry")))
		act_is(a, c->after ? EXPLAIN_INSERT : EXPLAIN_ERASE, WEIGHT_ACT, c->after ?
		       "puts entry %u of slot %u into the tree" :
		       "takes entry %u of slot %u out of the tree", c->after ? c->after : c->before,
		       o.number);
	if ((c = change_of(r, o, "dev")) || (c = change_of(r, o, "dev_life"))) {
		if (now(r, o, "dev_life"))
			act_is(a, EXPLAIN_BLOCK, WEIGHT_ACT, "writes %s to the block of slot %u",
			       stamp_words(now(r, o, "dev"), stamp), o.number);
		else
			act_is(a, EXPLAIN_BLOCK, WEIGHT_ACT, "drops the block of slot %u",
			       o.number);
	}
	if ((c = change_of(r, o, "zeromap")))
		act_is(a, EXPLAIN_CHANGE, WEIGHT_ACT, c->after ?
		       "marks slot %u as a page of zeroes" : "clears the zeromap of slot %u",
		       o.number);
	if ((c = change_of(r, o, "cache")))
		act_is(a, c->after ? EXPLAIN_INSERT : EXPLAIN_ERASE, WEIGHT_ACT, c->after ?
		       "puts folio %u of slot %u into the swap cache" :
		       "takes folio %u of slot %u out of the swap cache",
		       c->after ? c->after : c->before, o.number);
	act_on_pin(r, a);
	if ((c = change_of(r, o, "parked")))
		act_is(a, EXPLAIN_CHANGE, WEIGHT_SIDE, c->after ? "parks slot %u" :
		       "takes slot %u out of the slot cache", o.number);
}

/* What is in it now, and where that is from. */
static void act_fills(const struct reading *r, struct act *a)
{
	const struct trace_object o = a->object;
	uint32_t entry = entry_read(r->t, r->at, o.number), slot = read_for(r->t, r->at, o.number);
	char stamp[16];

	stamp_words(now(r, o, "content"), stamp);
	if (entry)
		act_is(a, EXPLAIN_READ, WEIGHT_ACT, "reads entry %u into folio %u: %s", entry,
		       o.number, stamp);
	else if (slot && (reads_block(r->t, r->at) || change_of(r, o, "src")))
		act_is(a, EXPLAIN_READ, WEIGHT_ACT, "reads the block of slot %u into folio %u: %s",
		       slot - 1, o.number, stamp);
	else if (change_of(r, o, "content"))
		act_is(a, EXPLAIN_WRITE, WEIGHT_SIDE, "fills folio %u: %s", o.number, stamp);
}

static void act_on_folio(const struct reading *r, struct act *a)
{
	const struct trace_object o = a->object;
	const struct changed_field *c, *ref = change_of(r, o, "ref");
	const struct changed_field *flags = change_of(r, o, "flags");
	char stamp[16];

	if (ref && ref->before && !ref->after)
		act_is(a, EXPLAIN_FREE, WEIGHT_ACT, "frees folio %u (%s)", o.number,
		       stamp_words(before(r, o, "content"), stamp));
	else if (change_of(r, o, "content") || (change_of(r, o, "src") && now(r, o, "src")) ||
		 (flags && flags->after & ~flags->before & FOLIO_UPTODATE))
		act_fills(r, a);
	if ((c = change_of(r, o, "io_swp")) && c->after)
		act_is(a, EXPLAIN_SUBMIT, WEIGHT_ACT, "submits folio %u, %s, to the block of "
		       "slot %u", o.number, stamp_words(now(r, o, "io"), stamp), c->after - 1);
	if (ref && !ref->before)
		act_is(a, EXPLAIN_ALLOCATE, WEIGHT_LOCK, "allocates folio %u", o.number);
	if ((c = change_of(r, o, "lock")))
		act_is(a, c->after ? EXPLAIN_LOCK : EXPLAIN_UNLOCK, WEIGHT_SIDE, "%s folio %u",
		       c->after ? "locks" : "unlocks", o.number);
	if (ref && ref->before && ref->after)
		act_is(a, ref->after > ref->before ? EXPLAIN_REFERENCE : EXPLAIN_PUT, WEIGHT_LOCK,
		       "%s a reference on folio %u: %u -> %u",
		       ref->after > ref->before ? "takes" : "gives back", o.number, ref->before,
		       ref->after);
	if (flags)
		act_is(a, EXPLAIN_CHANGE, WEIGHT_LOCK, "changes the flags of folio %u", o.number);
}

static void act_on_page(const struct reading *r, struct act *a)
{
	const struct trace_object o = a->object;
	const struct changed_field *pte = change_of(r, o, "pte"), *c;
	unsigned is = trace_pte(r->t, now(r, o, "pte"));
	char stamp[16];

	if ((pte || change_of(r, o, "target")) && is == PTE_PRESENT)
		act_is(a, EXPLAIN_MAP, WEIGHT_ACT, "maps folio %u (%s) as page %u",
		       now(r, o, "target"),
		       stamp_words(now(r, object(OBJ_FOLIO, now(r, o, "target")), "content"),
				   stamp), o.number);
	else if ((pte || change_of(r, o, "target")) && is == PTE_SWAP)
		act_is(a, EXPLAIN_UNMAP, WEIGHT_ACT, "makes the PTE of page %u name slot %u",
		       o.number, now(r, o, "target"));
	else if (pte)
		act_is(a, EXPLAIN_UNMAP, WEIGHT_ACT, "clears the PTE of page %u, which named %s "
		       "%u", o.number, trace_pte(r->t, pte->before) == PTE_SWAP ? "slot" : "folio",
		       before(r, o, "target"));
	if ((c = change_of(r, o, "stamp")))
		act_is(a, EXPLAIN_WRITE, WEIGHT_ACT, "writes %s to page %u",
		       stamp_words(c->after, stamp), o.number);
	if ((c = change_of(r, o, "bits")))
		act_is(a, EXPLAIN_CHANGE, WEIGHT_ACT, "changes the bits of the PTE of page %u",
		       o.number);
}

static void act_on_rest(const struct reading *r, struct act *a)
{
	const struct trace_object o = a->object;
	const struct changed_field *c;

	if (o.kind == OBJ_DEVICE && (c = change_of(r, o, "flags"))) {
		uint32_t set = c->after & ~c->before, gone = c->before & ~c->after;

		act_is(a, EXPLAIN_CHANGE, WEIGHT_ACT, set & SI_GONE ?
		       "frees the map and the tree of swap device %u" : set & SI_DYING ?
		       "marks swap device %u as dying" : gone & SI_WRITEOK ?
		       "lets nobody allocate from swap device %u" :
		       "changes the flags of swap device %u", o.number);
	}
	if (o.kind == OBJ_DEVICE && (c = change_of(r, o, "users")))
		act_is(a, c->after > c->before ? EXPLAIN_REFERENCE : EXPLAIN_PUT, WEIGHT_SIDE,
		       "%s a reference on swap device %u",
		       c->after > c->before ? "takes" : "gives back", o.number);
	if (o.kind == OBJ_ZSWAP && change_of(r, o, "zswap_off"))
		act_is(a, EXPLAIN_CHANGE, WEIGHT_ACT, "switches zswap %s",
		       now(r, o, "zswap_off") ? "off" : "on");
	if (o.kind == OBJ_MM && (c = change_of(r, o, "unborn")))
		act_is(a, EXPLAIN_CHANGE, WEIGHT_ACT, c->after ? "leaves mm %u half made" :
		       "makes mm %u", o.number);
	if ((c = change_of(r, o, "ptl")) || (c = change_of(r, o, "tree_lock")) ||
	    (c = change_of(r, o, "lock")) || (c = change_of(r, o, "mmap_writer")))
		act_is(a, c->after ? EXPLAIN_LOCK : EXPLAIN_UNLOCK, WEIGHT_LOCK, "%s %s",
		       c->after ? "takes" : "gives back", o.kind == OBJ_MM ?
		       (!strcmp(c->name, "ptl") ? "the page table lock" : "the mmap_lock") :
		       o.kind == OBJ_DEVICE ? "si->lock" : "the zswap tree lock");
}

/* " in zswap_load() (found: stays linked)" */
static void say_where(const struct reading *r, struct act *a)
{
	const struct trace_event *ev = trace_event_at(r->t, r->at);
	const struct trace_step *step = step_of(r->t, r->at);
	char did[EXPLAIN_TEXT];

	memcpy(did, a->text, sizeof(did));
	snprintf(a->text, sizeof(a->text), "%.40s %.240s in %.60s()", task_called(r->t, r->task),
		 did, step->op);
	if (ev && *ev->result)
		add_text(a->text, sizeof(a->text), " (%.50s)", ev->result);
}

int acts_of(struct trace *t, uint64_t at, struct act *act)
{
	static void (*const on[OBJ_KINDS])(const struct reading *r, struct act *a) = {
		[OBJ_PAGE] = act_on_page, [OBJ_SLOT] = act_on_slot, [OBJ_FOLIO] = act_on_folio,
		[OBJ_ENTRY] = act_on_entry, [OBJ_MM] = act_on_rest, [OBJ_DEVICE] = act_on_rest,
		[OBJ_ZSWAP] = act_on_rest,
	};
	struct reading r;
	int err = read_changes(&r, t, at), n = 0;

	if (err)
		return err;
	for (unsigned i = 0; i < r.fields && n < ACTS_MAX; i++) {
		const struct trace_object o = r.field[i].object;
		struct act *a = &act[n];
		bool known = false;

		for (int j = 0; j < n; j++)
			known |= act[j].object.kind == o.kind && act[j].object.number == o.number;
		if (known || !on[o.kind])
			continue;
		*a = (struct act){ .object = o };
		on[o.kind](&r, a);
		if (*a->text) {
			say_where(&r, a);
			n++;
		}
	}
	return n;
}

int explain_life(struct trace *t, struct trace_object o, uint64_t from, uint64_t to,
		 int (*event)(void *arg, uint64_t at, enum explain_role role, const char *text),
		 void *arg)
{
	uint32_t id[OBJECT_FIELDS];
	int n = trace_fields_of(t, o, NULL, id), r = n < 0 ? n : 0;
	uint64_t at;

	if (from < 1)
		from = 1;
	while (n > 0 && from <= to && (r = trace_search(t, from, to, id, (size_t)n, &at)) > 0) {
		struct act act[ACTS_MAX], *is = NULL;
		int acts = acts_of(t, at, act);

		for (int i = 0; i < acts; i++)
			if (act[i].object.kind == o.kind && act[i].object.number == o.number)
				is = &act[i];
		r = acts < 0 ? acts : event(arg, at, is ? is->role : EXPLAIN_CHANGE,
					    is ? is->text : "");
		if (r)
			return r;
		from = at + 1;
	}
	return r;
}
