/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * objects.c - who holds the slot, who owns the data, what everything is.  Objects that no run
 * of the two uses are not shown; those shown in one pane are shown in the other at the same
 * height, so that the eye can compare.
 */
#include <string.h>

#include "ui/panel/panel.h"

struct line *add_line(struct object_list *list, unsigned level, bool differs)
{
	struct line *l = &list->line[list->n];

	list->level[list->n] = (uint8_t)level;
	list->differs[list->n] = differs;
	if (list->n < OBJECT_LINES - 1)
		list->n++;
	return l;
}

/* Is the same field of the other run's world different? */
static bool other_differs(const struct pane *p, const void *field, size_t size)
{
	size_t at = (size_t)((const char *)field - (const char *)&p->now->w);

	return p->other && memcmp(field, (const char *)&p->other->w + at, size) != 0;
}
#define OTHER_DIFFERS(p, field)	other_differs(p, &(field), sizeof(field))

/* Is any byte of an object set, in either run, now or a step before? */
static bool in_use(const struct pane *p, const void *object, size_t size)
{
	static const char zeroes[sizeof(struct world)];
	size_t at = (size_t)((const char *)object - (const char *)&p->now->w);
	const struct moment *mo[2] = { p->now, p->other };

	for (int i = 0; i < 2 && mo[i]; i++)
		if (memcmp((const char *)&mo[i]->w + at, zeroes, size) != 0 ||
		    memcmp((const char *)&mo[i]->before + at, zeroes, size) != 0)
			return true;
	return false;
}
#define IN_USE(p, object)	in_use(p, &(object), sizeof(object))

/* A slot beyond the first is shown once something was in it. */
static bool slot_shown(const struct pane *p, unsigned i)
{
	bool first = p->now->lens.whole ? !i : moment_focused(p->now, OBJ_SLOT, i);

	return first || in_use(p, &p->now->w.mem.slot[i], offsetof(struct slot, life));
}

/* ---- who holds the slot ---- */

static const char *since_text(const struct moment *mo, unsigned slot, bool brief, char *buf,
			      size_t size)
{
	uint64_t since = mo->since[slot];

	if (since == SINCE_UNKNOWN)
		snprintf(buf, size, brief ? "over %u steps" : "for over %u steps", SINCE_STEPS);
	else if (!since)
		snprintf(buf, size, "%s", brief ? "since 0" : "since the start");
	else
		snprintf(buf, size, brief ? "since %llu" : "since step %llu",
			 (unsigned long long)since);
	return buf;
}

static const char *const holder_kind[HOLD_KINDS] = {
	[HOLD_NONE] = "none", [HOLD_ALLOC] = "alloc", [HOLD_ADD] = "add", [HOLD_CACHE] = "cache",
	[HOLD_DEL] = "del", [HOLD_SYNC] = "sync", [HOLD_FREE] = "free",
};
static const char *const holder_long[HOLD_KINDS] = {
	[HOLD_ALLOC] = "alloc: not in the cache yet", [HOLD_ADD] = "add: folio not inserted yet",
	[HOLD_DEL] = "del: folio removed, bit not given back",
	[HOLD_SYNC] = "sync: fault around the cache",
};

/* What the debate is about: somebody works with the entry of a slot that nobody holds. */
static void unpinned_words(struct line *l, const struct moment *mo, unsigned entry)
{
	char names[64], full[96], brief[64];

	if (!entry || entry >= MAX_ENTRIES || !entry_users(mo, entry))
		return;
	task_names(mo, entry_users(mo, entry), names, sizeof(names));
	snprintf(full, sizeof(full), "while %s uses entry %u", names,
		 moment_number(mo, OBJ_ENTRY, entry));
	snprintf(brief, sizeof(brief), "but %.32s uses e%u", names,
		 moment_number(mo, OBJ_ENTRY, entry));
	line_both(l, STYLE_DIFF, CHANGED(mo, mo->w.mem.entry[entry].users), full, brief);
}

static void holder_words(struct line *l, const struct moment *mo, unsigned i)
{
	const struct slot *s = &mo->w.mem.slot[i];
	bool changed = CHANGED(mo, s->holder) || CHANGED(mo, s->holder_task);
	char since[40], brief_since[32], full[96], brief[64];

	since_text(mo, i, false, since, sizeof(since));
	since_text(mo, i, true, brief_since, sizeof(brief_since));
	if (s->holder == HOLD_NONE || s->holder >= HOLD_KINDS) {
		line_both(l, STYLE_PLAIN, changed, s->swap_map ? "held by nobody" : "free",
			  s->swap_map ? "held by nobody" : "free");
		unpinned_words(l, mo, s->entry);
	} else if (s->holder == HOLD_CACHE) {
		snprintf(full, sizeof(full), "held by the swap cache: folio %u, %.40s",
			 RAW(mo, s->cache), since);
		snprintf(brief, sizeof(brief), "held by cache folio %u %.30s",
			 RAW(mo, s->cache), brief_since);
		line_both(l, STYLE_OWNER, changed, full, brief);
	} else if (s->holder == HOLD_FREE) {
		snprintf(full, sizeof(full), "dead, %s, %s", s->parked ? "parked until the drain" :
			 "being freed", since);
		snprintf(brief, sizeof(brief), "dead%s, %s", s->parked ? ", parked" : "",
			 brief_since);
		line_both(l, STYLE_OWNER, changed, full, brief);
	} else {
		const char *name = task_name(mo, RAW(mo, s->holder_task) - 1);

		snprintf(full, sizeof(full), "held by %s (%s) %s", name, holder_long[s->holder],
			 since);
		snprintf(brief, sizeof(brief), "held by %s (%s) %s", name, holder_kind[s->holder],
			 brief_since);
		line_both(l, STYLE_OWNER, changed, full, brief);
	}
}

/* ---- who owns the data ---- */

static void owner_text(const struct moment *mo, const struct owner *o, char *full, char *brief,
		       size_t size)
{
	char names[64];

	switch (o->kind) {
	case OWNER_MAPPED:
		snprintf(full, size, "owned by folio %u, mapped", o->number);
		snprintf(brief, size, "owned by folio %u", o->number);
		break;
	case OWNER_CACHE:
		snprintf(full, size, "owned by folio %u of the swap cache", o->number);
		snprintf(brief, size, "owned by cache folio %u", o->number);
		break;
	case OWNER_ENTRY:
		snprintf(full, size, "owned by zswap entry %u", o->number);
		snprintf(brief, size, "owned by zswap entry %u", o->number);
		break;
	case OWNER_UNLINKED:
		snprintf(full, size, "owned by zswap entry %u, out of the tree", o->number);
		snprintf(brief, size, "owned by entry %u, unlinked", o->number);
		break;
	case OWNER_BLOCK:
		snprintf(full, size, "owned by the device, block %u", o->number);
		snprintf(brief, size, "owned by device block %u", o->number);
		break;
	case OWNER_PRIVATE:
		task_names(mo, o->holders, names, sizeof(names));
		snprintf(full, size, "in folio %u only, private to %.32s", o->number, names);
		snprintf(brief, size, "only in %.12s's f%u", names, o->number);
		break;
	case OWNER_UNSEEN:
		snprintf(full, size, "in %u, which is not shown", o->number);
		snprintf(brief, size, "in %u, not shown", o->number);
		break;
	default:
		strcpy(full, o->kind == OWNER_NONE ? "not mapped" : "LOST");
		strcpy(brief, full);
	}
}

/* Where the data is wrong it is that which decides: of who owns it a line keeps the least. */
static void shorten_owner(const struct owner *o, char *brief, size_t size)
{
	static const struct { const char *before, *behind; } least[] = {
		[OWNER_MAPPED] = { "f", "" }, [OWNER_CACHE] = { "cache f", "" },
		[OWNER_ENTRY] = { "e", "" }, [OWNER_UNLINKED] = { "e", ", unlinked" },
		[OWNER_BLOCK] = { "block ", "" }, [OWNER_PRIVATE] = { "only f", "" },
	};

	if (o->wrong && o->kind < sizeof(least) / sizeof(least[0]) && least[o->kind].before)
		snprintf(brief, size, "%s%u%s", least[o->kind].before, o->number,
			 least[o->kind].behind);
}

static void owner_words(struct line *l, const struct moment *mo, unsigned i)
{
	const struct vpage *p = &mo->w.mem.page[i];
	struct owner o = page_owner(mo, &mo->w, i), was = page_owner(mo, &mo->before, i);
	bool changed = o.kind != was.kind || o.number != was.number || o.wrong != was.wrong;
	enum style style = o.wrong ? STYLE_BAD : o.kind == OWNER_NONE ? STYLE_DIM : STYLE_OWNER;
	char full[96], brief[64], want[16], is[16];

	owner_text(mo, &o, full, brief, sizeof(brief));
	shorten_owner(&o, brief, sizeof(brief));
	line_both(l, style, changed, full, brief);
	stamp_text(RAW(mo, p->stamp), want, sizeof(want));
	if (o.kind == OWNER_NONE || o.unseen)
		return;
	if (o.kind == OWNER_LOST)
		line_add(l, STYLE_BAD, false, "no copy is left of ", "no copy of ", "%s", want);
	else if (o.wrong)
		line_add(l, STYLE_BAD, o.stamp != was.stamp, "holds ", "= ", "%s, not %s",
			 stamp_text(o.stamp, is, sizeof(is)), want);
	else
		line_add(l, STYLE_OWNER, CHANGED(mo, p->stamp), "= ", "= ", "%s", want);
	if (o.kind == OWNER_PRIVATE && !o.copies && !o.wrong) {
		/* the bytes are there, the flag that says so is not yet */
		line_both(l, STYLE_BAD, o.copies != was.copies, "not yet uptodate", "unread");
	} else if (o.kind != OWNER_LOST) {
		snprintf(full, sizeof(full), "%u %s", o.copies, o.copies == 1 ? "copy" : "copies");
		line_both(l, o.copies ? STYLE_PLAIN : STYLE_BAD, o.copies != was.copies, full,
			  o.copies ? "" : "0 ok");
	}
}

/* ---- what everything is ---- */

static void slot_words(struct line *l, const struct moment *mo, unsigned i)
{
	const struct slot *s = &mo->w.mem.slot[i];
	char stamp[16];

	line_add(l, STYLE_PLAIN, CHANGED(mo, s->swap_map), "swap_map ",
		 s->swap_map & SWAP_HAS_CACHE ? "" : "count ", "%u%s",
		 RAW(mo, s->swap_map) & SWAP_MAP_COUNT,
		 s->swap_map & SWAP_HAS_CACHE ? "|HAS_CACHE" : "");
	line_add(l, STYLE_PLAIN, CHANGED(mo, s->life), "life ", "life ", "%u",
		 RAW(mo, s->life));
	if (s->entry)
		line_add(l, STYLE_PLAIN, CHANGED(mo, s->entry), "zswap entry ", "e", "%u",
			 RAW(mo, s->entry));
	else
		line_both(l, STYLE_PLAIN, CHANGED(mo, s->entry), "zswap -",
			  CHANGED(mo, s->entry) ? "e-" : "");
	if (s->cache)
		line_add(l, STYLE_PLAIN, CHANGED(mo, s->cache), "cache folio ", "f", "%u",
			 RAW(mo, s->cache));
	else
		line_both(l, STYLE_PLAIN, CHANGED(mo, s->cache), "cache -",
			  CHANGED(mo, s->cache) ? "f-" : "");
	stamp_text(RAW(mo, s->dev), stamp, sizeof(stamp));
	if (s->dev_life)
		line_add(l, STYLE_PLAIN, CHANGED(mo, s->dev), "block ", "blk ", "%s", stamp);
	else
		line_both(l, STYLE_PLAIN, CHANGED(mo, s->dev), "block -",
			  CHANGED(mo, s->dev) ? "blk -" : "");
	if (s->dev_life && RAW(mo, s->dev_life) != RAW(mo, s->life))
		line_add(l, STYLE_CHANGED, false, "of life ", "L", "%u", RAW(mo, s->dev_life));
	if (s->parked)
		line_both(l, STYLE_PLAIN, CHANGED(mo, s->parked),
			  s->parked == PARKED_ALLOC ? "in the allocation cache" : "parked",
			  s->parked == PARKED_ALLOC ? "cached" : "parked");
	if (s->zeromap)
		line_both(l, STYLE_PLAIN, CHANGED(mo, s->zeromap), "zeromap", "zero");
}

/* A device is worth a line from when swapoff begins. */
static bool device_gone(const struct swap_device *si)
{
	return !(si->flags & SI_WRITEOK) && (si->flags || si->inuse_pages);
}

static bool device_shown(const struct pane *p, unsigned i)
{
	const struct swap_device *now = &p->now->w.mem.si[i];
	bool first = !i || now->flags;

	return first && (device_gone(now) || CHANGED(p->now, now->flags) ||
			 (p->other && device_gone(&p->other->w.mem.si[i])));
}

static void device_words(struct line *l, const struct moment *mo, unsigned i)
{
	const struct swap_device *si = &mo->w.mem.si[i];
	const char *text = si->flags & SI_GONE ? "map and tree freed" :
			   si->flags & SI_DYING ? "users killed" :
			   si->flags & SI_WRITEOK ? "WRITEOK" : "swapoff: no allocation";

	line_both(l, si->flags & SI_GONE ? STYLE_DIFF : STYLE_PLAIN, CHANGED(mo, si->flags), text,
		  text);
	line_add(l, STYLE_PLAIN, CHANGED(mo, si->inuse_pages), "inuse_pages ", "inuse ", "%u",
		 RAW(mo, si->inuse_pages));
	line_add(l, STYLE_PLAIN, CHANGED(mo, si->users), "users ", "users ", "%u",
		 RAW(mo, si->users));
}

static void pte_words(struct line *l, const struct moment *mo, unsigned i)
{
	const struct vpage *p = &mo->w.mem.page[i];
	bool changed = CHANGED(mo, p->pte) || CHANGED(mo, p->target);
	char stamp[16];

	if (p->pte == PTE_NONE)
		line_both(l, STYLE_PLAIN, changed, "none", "none");
	else if (p->pte == PTE_SWAP)
		line_add(l, STYLE_PLAIN, changed, "swap entry of ", "swap ", "slot %u",
			 RAW(mo, p->target));
	else
		line_add(l, STYLE_PLAIN, changed, "present: ", "present ", "folio %u",
			 RAW(mo, p->target));
	if (p->bits & PTE_WRITE)
		line_both(l, STYLE_PLAIN, CHANGED(mo, p->bits), "writable", "rw");
	if (p->bits & PTE_EXCLUSIVE)
		line_both(l, STYLE_PLAIN, CHANGED(mo, p->bits), "exclusive", "ex");
	if (p->bits & PTE_SOFT_DIRTY)
		line_both(l, STYLE_PLAIN, CHANGED(mo, p->bits), "soft-dirty", "sd");
	if (p->bits & PTE_UFFD_WP)
		line_both(l, STYLE_PLAIN, CHANGED(mo, p->bits), "uffd-wp", "wp");
	if (!p->bits && CHANGED(mo, p->bits))
		line_both(l, STYLE_PLAIN, true, "no soft bits", "");
	line_add(l, STYLE_PLAIN, CHANGED(mo, p->stamp), "last write ", "wrote ", "%s",
		 stamp_text(RAW(mo, p->stamp), stamp, sizeof(stamp)));
}

static void entry_pointers(struct line *l, const struct moment *mo, unsigned i)
{
	const struct zentry *e = &mo->w.mem.entry[i];
	const struct trace_event *ev = trace_event_at(mo->t, mo->at);
	unsigned numbers = entry_numbers(mo, i);
	char names[64];

	if (!mo->lens.whole && CHANGED(mo, e->state) && ev && ev->task < 32)
		numbers &= ~(1u << ev->task);	/* who has freed it this moment forgets it now */
	if (entry_dangling(mo, i))
		line_add(l, STYLE_BAD, CHANGED(mo, mo->w.mem.dangling), "FREED UNDER ",
			 "FREED UNDER ", "%s",
			 task_names(mo, entry_dangling(mo, i), names, sizeof(names)));
	if (entry_users(mo, i))
		line_add(l, STYLE_OWNER, CHANGED(mo, e->users), "used by ", "used by ", "%s",
			 task_names(mo, entry_users(mo, i), names, sizeof(names)));
	if (numbers)
		line_add(l, STYLE_PLAIN, false, "only a number to ", "num ", "%s",
			 task_names(mo, numbers, names, sizeof(names)));
}

static void entry_words(struct line *l, const struct moment *mo, unsigned i)
{
	const struct mem *m = &mo->w.mem;
	const struct zentry *e = &m->entry[i];
	bool linked = e->swp < MAX_SLOTS && m->slot[e->swp].entry == i;
	bool was_linked = e->swp < MAX_SLOTS && mo->before.mem.slot[e->swp].entry == i;
	unsigned lru = 0, was_lru = 0;
	char stamp[16];

	for (unsigned n = 0; n < MAX_ENTRIES; n++) {
		lru = m->lru[n] == i ? n + 1 : lru;
		was_lru = mo->before.mem.lru[n] == i ? n + 1 : was_lru;
	}
	if (e->state == ENTRY_FREE) {
		line_both(l, STYLE_DIM, CHANGED(mo, e->state), "free", "free");
		entry_pointers(l, mo, i);
		return;
	}
	line_both(l, STYLE_PLAIN, CHANGED(mo, e->state) || CHANGED(mo, e->stamp),
		  stamp_text(RAW(mo, e->stamp), stamp, sizeof(stamp)), stamp);
	entry_pointers(l, mo, i);
	if (e->state == ENTRY_ZOMBIE)
		line_both(l, STYLE_BAD, CHANGED(mo, e->state), "zombie", "zombie");
	if (strstr(mo->info->switches, "refcount=on"))
		line_add(l, STYLE_PLAIN, CHANGED(mo, e->ref), "ref ", "ref ", "%u",
			 RAW(mo, e->ref));
	line_both(l, STYLE_PLAIN, linked != was_linked, linked ? "in the tree" : "out of the tree",
		  linked ? "" : "unlinked");
	if (lru)
		line_add(l, STYLE_PLAIN, lru != was_lru, "lru ", "lru ", "%u", lru);
	else if (mo->lens.whole)	/* else its end is all that is known of the lru */
		line_both(l, STYLE_PLAIN, lru != was_lru, "off the lru", "no lru");
	line_add(l, STYLE_PLAIN, CHANGED(mo, e->swp), "slot ", "s", "%u", RAW(mo, e->swp));
	line_add(l, STYLE_PLAIN, CHANGED(mo, e->life), "life ", "L", "%u", RAW(mo, e->life));
	if (e->reclaim)
		line_both(l, STYLE_PLAIN, CHANGED(mo, e->reclaim), "under reclaim", "reclaim");
	if (mo->length[i])
		line_add(l, STYLE_DIM, false, "", "", "%u bytes", mo->length[i]);
}

static const struct folio_flag {
	uint8_t bit;
	const char *full, *brief;
} folio_flags[] = {
	{ .bit = FOLIO_UPTODATE,	.full = "uptodate",	.brief = "up" },
	{ .bit = FOLIO_DIRTY,		.full = "dirty",	.brief = "dirty" },
	{ .bit = FOLIO_SWAPCACHE,	.full = "swapcache",	.brief = "sc" },
	{ .bit = FOLIO_WRITEBACK,	.full = "writeback",	.brief = "wb" },
	{ .bit = FOLIO_READ,		.full = "read",		.brief = "rd" },
};

static void flag_words(struct line *l, const struct moment *mo, const struct folio *fo)
{
	char full[80] = "", brief[48] = "";
	bool changed;
	const struct folio *was = (const struct folio *)((const char *)&mo->before +
					((const char *)fo - (const char *)&mo->w));

	for (size_t i = 0; i < sizeof(folio_flags) / sizeof(folio_flags[0]); i++) {
		if (!(fo->flags & folio_flags[i].bit))
			continue;
		if (*full)
			strcat(full, "|");
		if (*brief)
			strcat(brief, "|");
		strcat(full, folio_flags[i].full);
		strcat(brief, folio_flags[i].brief);
	}
	changed = (fo->flags ^ was->flags) & ~(unsigned)FOLIO_LRU;
	line_both(l, STYLE_PLAIN, changed, *full ? full : "no flags",
		  *brief || !changed ? brief : "-");
}

static void folio_words(struct line *l, const struct moment *mo, unsigned i)
{
	const struct folio *fo = &mo->w.mem.folio[i];
	char text[64];

	if (!fo->ref) {
		line_both(l, STYLE_DIM, CHANGED(mo, fo->ref), "free", "free");
		return;
	}
	if (fo->content == STAMP_ZERO && !(fo->flags & FOLIO_UPTODATE))
		line_both(l, STYLE_PLAIN, false, "not read yet", "unread");
	else
		line_add(l, fo->content == STAMP_GARBAGE ? STYLE_BAD : STYLE_PLAIN,
			 CHANGED(mo, fo->content), "", "", "%s",
			 stamp_text(RAW(mo, fo->content), text, sizeof(text)));
	line_add(l, STYLE_PLAIN, CHANGED(mo, fo->ref), "ref ", "ref ", "%u", RAW(mo, fo->ref));
	if (fo->lock)
		line_add(l, STYLE_OWNER, CHANGED(mo, fo->lock), "locked by ", "lock ", "%s",
			 fo->lock == LOCKED_BY_DEVICE ? "device" :
			 task_name(mo, RAW(mo, fo->lock) - 1));
	else
		line_both(l, STYLE_PLAIN, CHANGED(mo, fo->lock), "unlocked",
			  CHANGED(mo, fo->lock) ? "unlocked" : "");
	flag_words(l, mo, fo);
	if (fo->mapcount)
		line_add(l, STYLE_PLAIN, CHANGED(mo, fo->mapcount), "mapped ", "map ", "%u",
			 RAW(mo, fo->mapcount));
	if (RAW(mo, fo->holders)) {
		char held[80];

		snprintf(held, sizeof(held), "held by %s",
			 task_names(mo, RAW(mo, fo->holders), text, sizeof(text)));
		line_both(l, STYLE_PLAIN, CHANGED(mo, fo->holders), held, "");
	}
	if (fo->io_swp)
		line_add(l, STYLE_PLAIN, CHANGED(mo, fo->io_swp), "I/O with block ", "io ", "%u",
			 RAW(mo, fo->io_swp) - 1);
	if (fo->src && fo->src <= MAX_SLOTS &&
	    RAW(mo, fo->src_life) != RAW(mo, mo->w.mem.slot[fo->src - 1].life))
		line_add(l, STYLE_CHANGED, false, "content of life ", "L", "%u",
			 RAW(mo, fo->src_life));
}

static void lock_word(struct line *l, const struct moment *mo, const uint8_t *lock,
		      const char *name)
{
	char full[64], brief[48];
	bool changed = moment_changed(mo, lock, 1);

	if (!*lock && !changed)
		return;
	snprintf(full, sizeof(full), "%s %s%.32s", name, *lock ? "held by " : "released",
		 *lock ? task_name(mo, RAW(mo, *lock) - 1) : "");
	snprintf(brief, sizeof(brief), "%s %.16s", name,
		 *lock ? task_name(mo, RAW(mo, *lock) - 1) : "free");
	line_both(l, *lock ? STYLE_OWNER : STYLE_PLAIN, changed, full, brief);
}

static bool locks_differ(const struct mem *a, const struct mem *b)
{
	bool differ = a->tree_lock != b->tree_lock || a->alloc_lock != b->alloc_lock ||
		      a->free_lock != b->free_lock;

	for (unsigned i = 0; i < MAX_MMS; i++)
		differ |= a->mm[i].ptl != b->mm[i].ptl ||
			  a->mm[i].mmap_writer != b->mm[i].mmap_writer;
	for (unsigned i = 0; i < MAX_DEVICES; i++)
		differ |= a->si[i].lock != b->si[i].lock;
	return differ;
}

static void lock_words(struct line *l, const struct moment *mo)
{
	const struct mem *m = &mo->w.mem;
	unsigned mms = 1;
	char name[16];

	for (unsigned i = 0; i < moment_places(mo, OBJ_PAGE); i++)
		if (m->page[i].mm >= mms && m->page[i].mm < MAX_MMS)
			mms = m->page[i].mm + 1u;
	for (unsigned i = 0; i < mms; i++) {
		snprintf(name, sizeof(name), mms > 1 ? "PTL %u" : "PTL", i);
		lock_word(l, mo, &m->mm[i].ptl, name);
		snprintf(name, sizeof(name), mms > 1 ? "mmap_lock %u" : "mmap_lock", i);
		lock_word(l, mo, &m->mm[i].mmap_writer, name);
	}
	lock_word(l, mo, &m->tree_lock, "tree lock");
	lock_word(l, mo, &m->si[0].lock, "si->lock");
	lock_word(l, mo, &m->si[1].lock, "si->lock 1");
	lock_word(l, mo, &m->alloc_lock, "alloc_lock");
	lock_word(l, mo, &m->free_lock, "free_lock");
	if (!l->n)
		line_both(l, STYLE_DIM, false, "none held", "none held");
}

/* How many of each there are to show: what either run uses. */
struct sizes { unsigned pages, slots, folios, entries; };

static unsigned larger(const struct pane *p, enum object_kind kind)
{
	unsigned a = moment_places(p->now, kind), b = p->other ? moment_places(p->other, kind) : 0;

	return a > b ? a : b;
}

static struct sizes sizes_shown(const struct pane *p)
{
	return (struct sizes){
		.pages = larger(p, OBJ_PAGE), .slots = larger(p, OBJ_SLOT),
		.folios = larger(p, OBJ_FOLIO), .entries = larger(p, OBJ_ENTRY),
	};
}

/* "slot 0", with room for as many digits as the run's numbers can have. */
static void object_label(const struct pane *p, struct line *l, enum style style,
			 const char *name, enum object_kind kind, unsigned place)
{
	bool focused = moment_focused(p->now, kind, place);

	line_start(l, focused ? STYLE_OWNER : style, "%s %u", name,
		   moment_number(p->now, kind, place));
	if (!p->now->lens.whole)
		l->label_width = 14;
	if (focused)
		strcat(l->label, " <");
}

/* The two questions everything is about come first. */
static void holder_and_owner_lines(const struct pane *p, struct object_list *list)
{
	const struct moment *mo = p->now;
	const struct mem *m = &mo->w.mem;
	struct sizes size = sizes_shown(p);

	for (unsigned i = 0; i < size.slots; i++) {
		struct line *l;

		if (!slot_shown(p, i))
			continue;
		l = add_line(list, moment_related(mo, OBJ_SLOT, i) ? 0 : 3,
			     OTHER_DIFFERS(p, m->slot[i].holder) ||
			     OTHER_DIFFERS(p, m->slot[i].holder_task));
		object_label(p, l, STYLE_TITLE, "slot", OBJ_SLOT, i);
		holder_words(l, mo, i);
	}
	for (unsigned i = 0; i < size.pages; i++) {
		struct owner o = page_owner(mo, &mo->w, i);
		struct owner q = p->other ? page_owner(p->other, &p->other->w, i) : o;
		struct line *l = add_line(list, moment_related(mo, OBJ_PAGE, i) ? 0 : 3,
					  o.kind != q.kind || o.number != q.number ||
					  o.wrong != q.wrong);

		object_label(p, l, STYLE_TITLE, "page", OBJ_PAGE, i);
		owner_words(l, mo, i);
	}
}

static void detail_line(const struct pane *p, struct object_list *list, unsigned level,
			enum object_kind kind, unsigned i, const void *object, size_t size,
			void (*words)(struct line *l, const struct moment *mo, unsigned i))
{
	struct line *l;

	if (!moment_related(p->now, kind, i) && kind != OBJ_DEVICE)
		level = 3;
	l = add_line(list, level, other_differs(p, object, size));

	object_label(p, l, STYLE_DIM, kind == OBJ_PAGE ? "pte" : object_kind_name(kind), kind, i);
	words(l, p->now, i);
}

void object_lines(const struct pane *p, struct object_list *list)
{
	struct sizes size = sizes_shown(p);
	const struct mem *m = &p->now->w.mem;
	const struct mem *other = p->other ? &p->other->w.mem : m;
	struct line *l;

	memset(list, 0, sizeof(*list));
	holder_and_owner_lines(p, list);
	for (unsigned i = 0; i < size.slots; i++)
		if (slot_shown(p, i))
			detail_line(p, list, 1, OBJ_SLOT, i, &m->slot[i], sizeof(m->slot[i]),
				    slot_words);
	for (unsigned i = 1; i < size.entries; i++)
		if (in_use(p, &m->entry[i], offsetof(struct zentry, known)) ||
		    entry_dangling(p->now, i) ||
		    (p->other && entry_dangling(p->other, i)))
			detail_line(p, list, 1, OBJ_ENTRY, i, &m->entry[i],
				    offsetof(struct zentry, known), entry_words);
	for (unsigned i = 1; i < size.folios; i++)
		if (IN_USE(p, m->folio[i]))
			detail_line(p, list, 1, OBJ_FOLIO, i, &m->folio[i], sizeof(m->folio[i]),
				    folio_words);
	for (unsigned i = 0; i < size.pages; i++)
		detail_line(p, list, 2, OBJ_PAGE, i, &m->page[i], sizeof(m->page[i]), pte_words);
	for (unsigned i = 0; i < MAX_DEVICES; i++)
		if (device_shown(p, i))
			detail_line(p, list, 1, OBJ_DEVICE, i, &m->si[i], sizeof(m->si[i]),
				    device_words);
	l = add_line(list, 2, locks_differ(m, other));
	line_start(l, STYLE_DIM, "locks");
	lock_words(l, p->now);
}
