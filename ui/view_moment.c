/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * view_moment.c - a run at one position, and what can be read off it: who waits, who
 * has a pointer to what, where the data is.  Draws nothing.
 */
#include <stdio.h>
#include <string.h>

#include "ui/panel.h"

/* Which slot's holder a field is, or -1. */
static int holder_slot(const struct field *f)
{
	for (int i = 0; f && i < MAX_SLOTS; i++)
		if (f->offset == offsetof(struct world, mem.slot[i].holder) ||
		    f->offset == offsetof(struct world, mem.slot[i].holder_task))
			return i;
	return -1;
}

/* The step that changed a slot's holder last: what a bit cannot say, its history can. */
static void find_since(struct moment *mo)
{
	unsigned wanted = 0;

	for (unsigned i = 0; i < MAX_SLOTS; i++)
		if (mo->w.mem.slot[i].holder != HOLD_NONE)
			wanted |= 1u << i;
	for (uint64_t p = mo->at; p > 0 && wanted; p--) {
		const struct trace_change *change;
		int n = mo->at - p < SINCE_STEPS ? trace_changes(mo->t, p, &change) : -1;

		for (int i = 0; i < n; i++) {
			int slot = holder_slot(change[i].field);

			if (slot >= 0 && wanted >> slot & 1) {
				mo->since[slot] = p;
				wanted &= ~(1u << slot);
			}
		}
		for (unsigned i = 0; n < 0 && i < MAX_SLOTS; i++)
			if (wanted >> i & 1)
				mo->since[i] = SINCE_UNKNOWN;
		if (n < 0)
			return;
	}
}

void moment_read(struct moment *mo, struct trace *t, uint64_t at)
{
	memset(mo, 0, sizeof(*mo));
	mo->t = t;
	mo->info = trace_info(t);
	mo->at = at;
	mo->broken = trace_world(t, at ? at - 1 : 0, &mo->before, mo->length) < 0 ||
		     trace_world(t, at, &mo->w, mo->length) < 0;
	if (!mo->broken)
		find_since(mo);
}

bool moment_changed(const struct moment *mo, const void *field, size_t size)
{
	size_t at = (size_t)((const char *)field - (const char *)&mo->w);

	return memcmp(field, (const char *)&mo->before + at, size) != 0;
}

const char *task_name(const struct moment *mo, unsigned task)
{
	if (task >= MAX_TASKS || task >= mo->info->tasks || !mo->info->task_name[task])
		return "?";
	return mo->info->task_name[task];
}

char *task_names(const struct moment *mo, unsigned mask, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (unsigned i = 0; i < MAX_TASKS; i++)
		if (mask >> i & 1 && used < size)
			used += (size_t)snprintf(buf + used, size - used, "%s%s",
						 used ? "," : "", task_name(mo, i));
	return buf;
}

char *stamp_text(unsigned stamp, char *buf, size_t size)
{
	if (stamp == STAMP_ZERO)
		snprintf(buf, size, "zeroes");
	else if (stamp == STAMP_GARBAGE)
		snprintf(buf, size, "garbage");
	else
		snprintf(buf, size, "v%u", stamp);
	return buf;
}

/* The innermost frame, or NULL: a file may say anything. */
static const struct frame *top_frame(const struct moment *mo, unsigned task)
{
	const struct task *t;

	if (task >= MAX_TASKS)
		return NULL;
	t = &mo->w.task[task];
	return t->depth && t->depth <= MAX_FRAMES ? &t->frame[t->depth - 1] : NULL;
}

const struct trace_step *moment_next(const struct moment *mo, unsigned task)
{
	const struct frame *f = top_frame(mo, task);

	return f && f->pc ? trace_step_at(mo->t, f->pc - 1u) : NULL;
}

/* ---- who waits ---- */

static const struct lock_text {
	const char *in;		/* found in the step's text */
	enum wait_kind kind;
	const char *name;
} lock_texts[] = {
	{ .in = "tree->lock",	.kind = WAIT_TREE,	.name = "tree lock" },
	{ .in = "si->lock",	.kind = WAIT_SI,	.name = "si->lock" },
	{ .in = "free_lock",	.kind = WAIT_FREE_LOCK,	.name = "free_lock" },
	{ .in = "alloc_lock",	.kind = WAIT_ALLOC_LOCK, .name = "alloc_lock" },
	{ .in = "slots_cache",	.kind = WAIT_CACHE_MUTEX, .name = "slot cache mutex" },
	{ .in = "map_lock",	.kind = WAIT_PTL,	.name = "PTL" },
	{ .in = "ptl",		.kind = WAIT_PTL,	.name = "PTL" },
	{ .in = "mmap_",	.kind = WAIT_MMAP,	.name = "mmap_lock" },
	{ .in = "access ",	.kind = WAIT_MMAP,	.name = "mmap_lock" },
};

#define LOCK_TEXTS (sizeof(lock_texts) / sizeof(lock_texts[0]))

static const struct mm *mm_of(const struct mem *m, const struct frame *f)
{
	static const struct mm none;

	return f->page < MAX_PAGES && m->page[f->page].mm < MAX_MMS ?
	       &m->mm[m->page[f->page].mm] : &none;
}

/* Who has the lock at which a frame stands: task + 1, LOCKED_BY_DEVICE, or 0. */
static unsigned lock_holder(const struct moment *mo, const struct frame *f, enum wait_kind kind)
{
	const struct mem *m = &mo->w.mem;

	switch (kind) {
	case WAIT_TREE:
		return m->tree_lock;
	case WAIT_SI:
		return m->si[f->to < MAX_DEVICES ? f->to : 0].lock;
	case WAIT_FREE_LOCK:
		return m->free_lock;
	case WAIT_ALLOC_LOCK:
		return m->alloc_lock;
	case WAIT_CACHE_MUTEX:
		return m->slot_cache_off;
	case WAIT_PTL:
		return mm_of(m, f)->ptl;
	case WAIT_MMAP:
		return mm_of(m, f)->mmap_writer;
	case WAIT_FOLIO:
		return f->folio < MAX_FOLIOS ? m->folio[f->folio].lock : 0;
	default:
		return 0;
	}
}

static bool io_under_way(const struct mem *m)
{
	for (unsigned i = 1; i < MAX_FOLIOS; i++)
		if (m->folio[i].ref && m->folio[i].io_swp)
			return true;
	return false;
}

static enum readiness lock_ready(const struct moment *mo, const struct trace_step *step,
				 const struct frame *f, char *buf, size_t size)
{
	bool locks = step->kind == KIND_LOCK || step->kind == KIND_AWAIT;
	unsigned holder;

	for (size_t i = 0; locks && i < LOCK_TEXTS; i++) {
		if (!strstr(step->text, lock_texts[i].in))
			continue;
		holder = lock_holder(mo, f, lock_texts[i].kind);
		if (!holder && lock_texts[i].kind == WAIT_MMAP && strstr(step->text, "write") &&
		    mm_of(&mo->w.mem, f)->mmap_readers) {
			snprintf(buf, size, "mmap_lock held by faults");
			return TASK_WAITS;
		}
		if (mm_of(&mo->w.mem, f)->unborn && strstr(step->text, "access ")) {
			snprintf(buf, size, "fork() to come");
			return TASK_WAITS;
		}
		snprintf(buf, size, "%s held by %s", lock_texts[i].name,
			 task_name(mo, holder - 1));
		return holder ? TASK_WAITS : TASK_READY;
	}
	return TASK_READY;
}

enum readiness moment_ready(const struct moment *mo, unsigned task, char *buf, size_t size)
{
	const struct trace_step *step = moment_next(mo, task);
	const struct frame *f = top_frame(mo, task);
	unsigned holder;
	bool waits;

	buf[0] = '\0';
	if (!step)
		return TASK_DONE;
	if (step->kind == KIND_AWAIT && strstr(step->text, "bio")) {
		snprintf(buf, size, "no I/O under way");
		return io_under_way(&mo->w.mem) ? TASK_READY : TASK_WAITS;
	}
	if (step->kind == KIND_AWAIT && strstr(step->text, "folio_lock")) {
		holder = lock_holder(mo, f, WAIT_FOLIO);
		snprintf(buf, size, "folio %u locked by %s", f->folio,
			 holder == LOCKED_BY_DEVICE ? "the device" : task_name(mo, holder - 1));
		return !holder ? TASK_READY :
		       strstr(step->text, "retry") ? TASK_MAY_RETRY : TASK_WAITS;
	}
	if (step->kind == KIND_AWAIT && strstr(step->text, "writeback")) {
		snprintf(buf, size, "folio %u under writeback", f->folio);
		waits = f->folio < MAX_FOLIOS &&
			(mo->w.mem.folio[f->folio].flags & FOLIO_WRITEBACK);
		return waits ? TASK_WAITS : TASK_READY;
	}
	if (step->kind == KIND_AWAIT && strstr(step->text, "si->comp")) {
		holder = mo->w.mem.si[f->to < MAX_DEVICES ? f->to : 0].users;
		snprintf(buf, size, "%u users of the device", holder);
		return holder ? TASK_WAITS : TASK_READY;
	}
	return lock_ready(mo, step, f, buf, size);
}

/* ---- who has a pointer to an entry ---- */

static unsigned frames_with_entry(const struct moment *mo, unsigned entry)
{
	unsigned mask = 0;

	for (unsigned i = 0; i < MAX_TASKS; i++) {
		const struct task *t = &mo->w.task[i];

		for (unsigned d = 0; d < t->depth && d < MAX_FRAMES; d++)
			if (t->frame[d].entry == entry && t->frame[d].op < OP_COUNT &&
			    !strcmp(op_file(t->frame[d].op), "mm/zswap.c"))
				mask |= 1u << i;
	}
	return mask;
}

unsigned entry_users(const struct moment *mo, unsigned entry)
{
	return mo->w.mem.entry[entry].users & ~(unsigned)mo->w.mem.dangling;
}

unsigned entry_dangling(const struct moment *mo, unsigned entry)
{
	return frames_with_entry(mo, entry) & mo->w.mem.dangling;
}

/* The shrinker of v6.9 keeps the entry as a number until the slot's pin is its own. */
unsigned entry_numbers(const struct moment *mo, unsigned entry)
{
	return frames_with_entry(mo, entry) & ~(unsigned)mo->w.mem.dangling &
	       ~(unsigned)mo->w.mem.entry[entry].users;
}

/* ---- where the data is ---- */

/* Valid copies of a page: what its slot's places hold, and folios read from that life. */
static unsigned count_copies(const struct mem *m, const struct vpage *p)
{
	unsigned n = 0;

	for (unsigned i = 1; i < MAX_FOLIOS; i++) {
		const struct folio *fo = &m->folio[i];
		bool of_page = p->pte == PTE_PRESENT ? p->target == i :
			       fo->swp == p->target + 1 ||
			       (fo->src == p->target + 1 && p->target < MAX_SLOTS &&
				fo->src_life == m->slot[p->target].life);

		n += fo->ref && of_page && (fo->flags & FOLIO_UPTODATE) && fo->content == p->stamp;
	}
	if (p->pte != PTE_SWAP || p->target >= MAX_SLOTS)
		return n;
	for (unsigned i = 1; i < MAX_ENTRIES; i++) {
		const struct zentry *e = &m->entry[i];

		n += e->state == ENTRY_LIVE && e->swp == p->target && e->stamp == p->stamp &&
		     e->life == m->slot[p->target].life;
	}
	return n + (m->slot[p->target].dev_life && m->slot[p->target].dev == p->stamp);
}

/* A copy that no fault would find: in the hands of one task. */
static struct owner hidden_owner(const struct mem *m, const struct vpage *p)
{
	for (unsigned i = 1; i < MAX_ENTRIES; i++) {
		const struct zentry *e = &m->entry[i];

		if (e->state == ENTRY_LIVE && e->swp == p->target && e->stamp == p->stamp)
			return (struct owner){ OWNER_UNLINKED, i, e->stamp, false, 0 };
	}
	for (unsigned i = 1; i < MAX_FOLIOS; i++) {
		const struct folio *fo = &m->folio[i];

		if (fo->ref && fo->content == p->stamp &&
		    (fo->src == p->target + 1 || fo->swp == p->target + 1))
			return (struct owner){ OWNER_PRIVATE, i, fo->content, false, 0 };
	}
	return (struct owner){ OWNER_LOST, 0, 0, true, 0 };
}

static struct owner swapped_owner(const struct mem *m, const struct vpage *p)
{
	const struct slot *s = &m->slot[p->target];
	struct owner hidden = hidden_owner(m, p);

	if (s->cache && s->cache < MAX_FOLIOS && (m->folio[s->cache].flags & FOLIO_UPTODATE))
		return (struct owner){ OWNER_CACHE, s->cache, m->folio[s->cache].content, false,
				       0 };
	if (s->entry && s->entry < MAX_ENTRIES)
		return (struct owner){ OWNER_ENTRY, s->entry, m->entry[s->entry].stamp, false, 0 };
	if (s->dev_life && s->dev == p->stamp)
		return (struct owner){ OWNER_BLOCK, p->target, s->dev, false, 0 };
	if (hidden.kind != OWNER_LOST)
		return hidden;
	if (s->dev_life)
		return (struct owner){ OWNER_BLOCK, p->target, s->dev, true, 0 };
	return hidden;
}

struct owner page_owner(const struct world *w, unsigned page)
{
	const struct mem *m = &w->mem;
	const struct vpage *p = &m->page[page];
	struct owner o = { .kind = OWNER_NONE };

	if (p->pte == PTE_PRESENT && p->target < MAX_FOLIOS) {
		o.kind = OWNER_MAPPED;
		o.index = p->target;
		o.stamp = m->folio[p->target].content;
	} else if (p->pte == PTE_SWAP && p->target < MAX_SLOTS) {
		o = swapped_owner(m, p);
	}
	o.copies = count_copies(m, p);
	o.wrong = o.kind == OWNER_LOST || (o.kind != OWNER_NONE && o.stamp != p->stamp);
	return o;
}
