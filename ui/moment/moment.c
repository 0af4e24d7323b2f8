/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * moment.c - a run at one position, and what can be read off it: who waits, who
 * has a pointer to what.
 */
#include <stdio.h>
#include <string.h>

#include "ui/moment/moment.h"

/* The step that changed a slot's holder last: what a bit cannot say, its history can. */
static void find_since(struct moment *mo, unsigned slot)
{
	uint64_t last = mo->at > SINCE_STEPS ? mo->at - SINCE_STEPS + 1 : 1;
	const struct trace_object o = { OBJ_SLOT, moment_number(mo, OBJ_SLOT, slot) };
	uint32_t id[OBJECT_FIELDS];
	int n, found = 0;

	if (!mo->at || mo->w.mem.slot[slot].holder == HOLD_NONE)
		return;
	n = trace_fields_of(mo->t, o, "holder holder_task", id);
	if (n > 0)
		found = trace_search(mo->t, mo->at, last, id, (size_t)n, &mo->since[slot]);
	if (found <= 0)
		mo->since[slot] = last > 1 || found < 0 ? SINCE_UNKNOWN : 0;
}

static void relate(struct moment *mo, enum object_kind kind, unsigned place)
{
	if (place < mo->lens.used[kind])
		mo->related[kind] |= (uint8_t)(1u << place);
}

/* An object, and where its data is; of a slot, the page that is in it. */
static void relate_all(struct moment *mo, enum object_kind kind, unsigned place)
{
	const struct mem *m = &mo->w.mem;

	relate(mo, kind, place);
	if (kind == OBJ_PAGE && m->page[place].pte == PTE_PRESENT)
		relate(mo, OBJ_FOLIO, m->page[place].target);
	else if (kind == OBJ_PAGE && m->page[place].pte == PTE_SWAP &&
		 m->page[place].target < MAX_SLOTS)
		relate_all(mo, OBJ_SLOT, m->page[place].target);
	if (kind == OBJ_ENTRY && m->entry[place].state && m->entry[place].swp < MAX_SLOTS)
		relate(mo, OBJ_SLOT, m->entry[place].swp);
	if (kind == OBJ_FOLIO && m->folio[place].swp)
		relate(mo, OBJ_SLOT, m->folio[place].swp - 1u);
	if (kind != OBJ_SLOT)
		return;
	relate(mo, OBJ_FOLIO, m->slot[place].cache ? m->slot[place].cache : MAX_FOLIOS);
	relate(mo, OBJ_ENTRY, m->slot[place].entry ? m->slot[place].entry : MAX_ENTRIES);
	for (unsigned i = 0; i < mo->lens.used[OBJ_PAGE]; i++)
		if (m->page[i].pte == PTE_SWAP && m->page[i].target == place)
			relate(mo, OBJ_PAGE, i);
}

/*
 * What is looked at, what the last step changed, and what the task names that made it: that is
 * shown first where there is little room.
 */
static void find_related(struct moment *mo)
{
	static const size_t base[] = {
		[OBJ_PAGE] = offsetof(struct world, mem.page),
		[OBJ_SLOT] = offsetof(struct world, mem.slot),
		[OBJ_FOLIO] = offsetof(struct world, mem.folio),
		[OBJ_ENTRY] = offsetof(struct world, mem.entry),
	}, size[] = {
		[OBJ_PAGE] = sizeof(struct vpage), [OBJ_SLOT] = sizeof(struct slot),
		[OBJ_FOLIO] = sizeof(struct folio), [OBJ_ENTRY] = sizeof(struct zentry),
	};
	const struct trace_event *ev = trace_event_at(mo->t, mo->at);
	int mover = ev ? lens_place(&mo->lens, OBJ_TASK, ev->task) : -1;

	for (unsigned kind = OBJ_PAGE; kind <= OBJ_ENTRY; kind++)
		for (unsigned i = 0; i < mo->lens.used[kind]; i++)
			if (moment_focused(mo, kind, i) ||
			    (mo->lens.origin.kind == kind &&
			     mo->lens.origin.number == moment_number(mo, kind, i)))
				relate_all(mo, kind, i);
			else if (moment_changed(mo, (char *)&mo->w + base[kind] + i * size[kind],
						size[kind]))
				relate_all(mo, kind, i);
	/* Its stack before the step: behind the last step of an operation there is another one. */
	for (unsigned i = 0; mover >= 0 && i < mo->before.task[mover].depth && i < MAX_FRAMES;
	     i++) {
		const struct frame *f = &mo->before.task[mover].frame[i];

		if (RAW(mo, f->page) && f->page < MAX_PAGES)
			relate_all(mo, OBJ_PAGE, f->page);
		if (RAW(mo, f->swp) && f->swp < MAX_SLOTS)
			relate_all(mo, OBJ_SLOT, f->swp);
		relate(mo, OBJ_FOLIO, f->folio ? f->folio : MAX_FOLIOS);
		relate(mo, OBJ_ENTRY, f->entry ? f->entry : MAX_ENTRIES);
	}
}

bool moment_related(const struct moment *mo, enum object_kind kind, unsigned place)
{
	return mo->lens.whole || mo->related[kind] >> place & 1;
}

bool moment_task_related(const struct moment *mo, unsigned place)
{
	const struct task *t = &mo->w.task[place];

	for (unsigned i = 0; i < t->depth && i < MAX_FRAMES; i++) {
		const struct frame *f = &t->frame[i];

		if ((RAW(mo, f->page) && f->page < MAX_PAGES &&
		     moment_related(mo, OBJ_PAGE, f->page)) ||
		    (RAW(mo, f->swp) && f->swp < MAX_SLOTS &&
		     moment_related(mo, OBJ_SLOT, f->swp)))
			return true;
	}
	return false;
}

/* Both sights are through the lens of the later one, so that they can be compared. */
void moment_read(struct moment *mo, struct trace *t, uint64_t at, struct trace_object focus,
		 struct trace_object origin)
{
	struct trace_sight s;

	memset(mo, 0, sizeof(*mo));
	mo->t = t;
	mo->info = trace_info(t);
	mo->at = at;
	mo->broken = trace_look(t, at, &focus, &origin, &mo->lens) < 0 ||
		     trace_see(t, at ? at - 1 : 0, &mo->lens, &s) < 0;
	if (mo->broken)
		return;
	mo->before = s.w;
	memcpy(mo->raw_before, s.raw, sizeof(s.raw));
	mo->broken = trace_see(t, at, &mo->lens, &s) < 0;
	mo->w = s.w;
	memcpy(mo->raw, s.raw, sizeof(s.raw));
	memcpy(mo->length, s.length, sizeof(s.length));
	for (unsigned i = 0; i < moment_places(mo, OBJ_SLOT) && !mo->broken; i++)
		find_since(mo, i);
	if (mo->info->capture && capture_info_read(t, &mo->capture))
		mo->capture = (struct capture_info){ 0 };
	if (!mo->broken && !mo->lens.whole)
		find_related(mo);
}

int moment_see(struct moment *mo, uint64_t at)
{
	struct trace_sight s;
	int err = trace_see(mo->t, at, &mo->lens, &s);

	if (err)
		return err;
	mo->at = at;
	mo->w = mo->before = s.w;
	memcpy(mo->raw, s.raw, sizeof(s.raw));
	memcpy(mo->raw_before, s.raw, sizeof(s.raw));
	return 0;
}

uint32_t moment_raw(const struct moment *mo, const void *field)
{
	const char *p = field, *w = (const char *)&mo->w, *before = (const char *)&mo->before;

	if (p >= w && p < w + sizeof(mo->w))
		return mo->raw[p - w];
	return p >= before && p < before + sizeof(mo->before) ? mo->raw_before[p - before] : 0;
}

uint32_t moment_number(const struct moment *mo, enum object_kind kind, unsigned place)
{
	return place < mo->lens.used[kind] ? mo->lens.number[kind][place] : place;
}

/* A run that is seen whole says itself how much of the world it uses. */
unsigned moment_places(const struct moment *mo, enum object_kind kind)
{
	unsigned said = kind == OBJ_PAGE ? mo->info->pages : kind == OBJ_SLOT ? mo->info->slots :
			kind == OBJ_FOLIO ? mo->info->folios :
			kind == OBJ_ENTRY ? mo->info->entries : mo->info->tasks;

	return mo->lens.whole && said < mo->lens.used[kind] ? said : mo->lens.used[kind];
}

bool moment_focused(const struct moment *mo, enum object_kind kind, unsigned place)
{
	return mo->lens.focus.kind == kind &&
	       mo->lens.focus.number == moment_number(mo, kind, place);
}

bool moment_changed(const struct moment *mo, const void *field, size_t size)
{
	size_t at = (size_t)((const char *)field - (const char *)&mo->w);

	return memcmp(field, (const char *)&mo->before + at, size) != 0 ||
	       memcmp(&mo->raw[at], &mo->raw_before[at], size * sizeof(mo->raw[0])) != 0;
}

const char *task_name(const struct moment *mo, unsigned task)
{
	return task < mo->info->tasks ? mo->info->task_name[task] : "?";
}

char *task_names(const struct moment *mo, unsigned mask, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (unsigned i = 0; i < 32; i++)
		if (mask >> i & 1 && used < size)
			used += (size_t)snprintf(buf + used, size - used, "%s%s",
						 used ? "," : "", task_name(mo, i));
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
		return RAW(mo, m->tree_lock);
	case WAIT_SI:
		return RAW(mo, m->si[f->to < MAX_DEVICES ? f->to : 0].lock);
	case WAIT_FREE_LOCK:
		return RAW(mo, m->free_lock);
	case WAIT_ALLOC_LOCK:
		return RAW(mo, m->alloc_lock);
	case WAIT_CACHE_MUTEX:
		return RAW(mo, m->slot_cache_off);
	case WAIT_PTL:
		return RAW(mo, mm_of(m, f)->ptl);
	case WAIT_MMAP:
		return RAW(mo, mm_of(m, f)->mmap_writer);
	case WAIT_FOLIO:
		return f->folio < MAX_FOLIOS ? RAW(mo, m->folio[f->folio].lock) : 0;
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
		snprintf(buf, size, "folio %u locked by %s", RAW(mo, f->folio),
			 holder == LOCKED_BY_DEVICE ? "the device" : task_name(mo, holder - 1));
		return !holder ? TASK_READY :
		       strstr(step->text, "retry") ? TASK_MAY_RETRY : TASK_WAITS;
	}
	if (step->kind == KIND_AWAIT && strstr(step->text, "writeback")) {
		snprintf(buf, size, "folio %u under writeback", RAW(mo, f->folio));
		waits = f->folio < MAX_FOLIOS &&
			(mo->w.mem.folio[f->folio].flags & FOLIO_WRITEBACK);
		return waits ? TASK_WAITS : TASK_READY;
	}
	if (step->kind == KIND_AWAIT && strstr(step->text, "si->comp")) {
		holder = RAW(mo, mo->w.mem.si[f->to < MAX_DEVICES ? f->to : 0].users);
		snprintf(buf, size, "%u users of the device", holder);
		return holder ? TASK_WAITS : TASK_READY;
	}
	return lock_ready(mo, step, f, buf, size);
}

/* ---- who has a pointer to an entry ---- */

static unsigned task_bit(const struct moment *mo, unsigned place)
{
	uint32_t number = moment_number(mo, OBJ_TASK, place);

	return number < 32 ? 1u << number : 0;
}

static unsigned frames_with_entry(const struct moment *mo, unsigned entry)
{
	unsigned mask = 0;

	for (unsigned i = 0; i < MAX_TASKS; i++) {
		const struct task *t = &mo->w.task[i];

		for (unsigned d = 0; d < t->depth && d < MAX_FRAMES; d++)
			if (t->frame[d].entry == entry && t->frame[d].op < OP_COUNT &&
			    !strcmp(op_file(t->frame[d].op), "mm/zswap.c"))
				mask |= task_bit(mo, i);
	}
	return mask;
}

unsigned entry_users(const struct moment *mo, unsigned entry)
{
	return RAW(mo, mo->w.mem.entry[entry].users) & ~RAW(mo, mo->w.mem.dangling);
}

unsigned entry_dangling(const struct moment *mo, unsigned entry)
{
	return frames_with_entry(mo, entry) & RAW(mo, mo->w.mem.dangling);
}

/* The shrinker of v6.9 keeps the entry as a number until the slot's pin is its own. */
unsigned entry_numbers(const struct moment *mo, unsigned entry)
{
	return frames_with_entry(mo, entry) & ~RAW(mo, mo->w.mem.dangling) &
	       ~RAW(mo, mo->w.mem.entry[entry].users);
}
