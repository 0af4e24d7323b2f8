/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/record/record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mm/mm.h"
#include "core/property.h"
#include "replay/record/merge.h"
#include "replay/record/world.h"
#include "traces/write/rows.h"

#define PAGES_MAX	(1u << 24)
#define EVENT_TEXT	160
#define SLOTS_MAX	(1u << 24)	/* above that slots are numbered as they come */

/* Pages that the workload has numbered, from `base` on. */
struct mapping {
	uint64_t base, pages;
	uint32_t first;			/* number of its first page */
};

/* Who has a page: the slot's world that used it last, and its number there. */
struct owner_of {
	uint32_t slot;			/* of the capture; 0: nobody yet */
	unsigned page;
};

struct recorder {
	struct large_world large;
	struct trace_writer *tw;
	struct trace *t;
	const struct kernel *k;
	struct machine hw;		/* with the device of the slot that is at hand */
	bool disk;			/* some slots are on one */
	struct acts acts;
	struct capture_record *done;
	bool little;			/* capture_says_little() */
	const struct conform_report *report;
	struct slot_world **slot;	/* by the capture's number */
	uint32_t *slot_number;		/* the large world's */
	uint32_t slots, slot_limit;
	struct mapping *mapping;
	unsigned mappings;
	struct address { uint64_t addr; uint32_t page; } *address;	/* of no mapping, a hash */
	uint32_t addresses, address_room;
	uint32_t pages;			/* numbered so far */
	struct owner_of *owner;		/* by page */
	uint32_t owners;
	char **thread_name;
	uint32_t threads;
	uint64_t position;
	uint64_t last_end;		/* where the last CONFORM was found */
};

/* ---- pages ---- */

static int add_mapping(void *arg, const struct capture_event *e)
{
	struct recorder *r = arg;
	struct capture_mark m;
	struct mapping *p;

	if (e->side != SIDE_MARK || !capture_mark(e->text, &m) || m.kind != MARK_MAP ||
	    !m.pages || m.pages > PAGES_MAX - r->pages)
		return 0;
	for (unsigned i = 0; i < r->mappings; i++)
		if (r->mapping[i].base == m.base && r->mapping[i].pages >= m.pages)
			return 0;
	p = realloc(r->mapping, (r->mappings + 1) * sizeof(*p));
	if (!p)
		return -ENOMEM;
	r->mapping = p;
	p[r->mappings++] = (struct mapping){ m.base, m.pages, r->pages };
	r->pages += (uint32_t)m.pages;
	return 0;
}

static struct address *place_of(const struct recorder *r, uint64_t addr)
{
	uint32_t at = (uint32_t)((addr >> 12) * 0x9e3779b97f4a7c15u >> 32);

	for (;; at++) {
		struct address *a = &r->address[at & (r->address_room - 1)];

		if (!a->addr || a->addr == addr)
			return a;
	}
}

static int more_addresses(struct recorder *r)
{
	struct recorder old = *r;

	r->address_room = old.address_room ? 2 * old.address_room : 256;
	r->address = calloc(r->address_room, sizeof(*r->address));
	if (!r->address) {
		*r = old;
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < old.address_room; i++)
		if (old.address[i].addr)
			*place_of(r, old.address[i].addr) = old.address[i];
	free(old.address);
	return 0;
}

/* The number of the page at an address; of one whose address is not known, a new one. */
static uint32_t page_at(struct recorder *r, uint64_t addr)
{
	struct address *a;

	for (unsigned i = r->mappings; i-- > 0;)
		if (addr >= r->mapping[i].base &&
		    (addr - r->mapping[i].base) >> 12 < r->mapping[i].pages)
			return r->mapping[i].first +
			       (uint32_t)((addr - r->mapping[i].base) >> 12);
	if (r->pages == PAGES_MAX)
		return NO_PAGE;
	if (!addr)
		return r->pages++;
	if (r->addresses >= r->address_room / 2 && more_addresses(r))
		return NO_PAGE;
	a = place_of(r, addr);
	if (!a->addr) {
		*a = (struct address){ addr, r->pages++ };
		r->addresses++;
	}
	return a->page;
}

static struct owner_of *owner_of(struct recorder *r, uint32_t page)
{
	if (page >= r->owners) {
		uint32_t n = r->owners ? r->owners : 256;
		struct owner_of *p;

		while (n <= page)
			n *= 2;
		p = realloc(r->owner, n * sizeof(*p));
		if (!p)
			return NULL;
		memset(p + r->owners, 0, (n - r->owners) * sizeof(*p));
		r->owner = p;
		r->owners = n;
	}
	return &r->owner[page];
}

/*
 * Local page i of a slot's world is page `number`.  The world that had it last gives it up with
 * the folio that it maps, and that folio is the one that this world maps there now.
 */
static int give_page(struct recorder *r, struct slot_world *s, uint32_t slot, unsigned i,
		     uint32_t number)
{
	struct owner_of *o = number == NO_PAGE ? NULL : owner_of(r, number);
	struct vpage *p = &s->w.mem.page[i], *q;
	struct slot_world *last;

	if (!o)
		return number == NO_PAGE ? -EFBIG : -ENOMEM;
	last = o->slot ? r->slot[o->slot] : NULL;
	if (last && last != s && last->page[o->page] == number) {
		q = &last->w.mem.page[o->page];
		if (q->pte == PTE_PRESENT && p->pte == PTE_PRESENT) {
			const struct folio *f = &last->w.mem.folio[q->target];

			s->folio[p->target] = last->folio[q->target];
			last->folio[q->target] = 0;
			large_stamp(&r->large, s, p->stamp);
			if (f->content == q->stamp && q->stamp && !r->large.error)
				s->stamp[p->stamp] = large_stamp(&r->large, last, q->stamp);
			last->w.mem.folio[q->target] = (struct folio){ 0 };
			*q = (struct vpage){ .mm = q->mm, .addr = q->addr };
		}
		last->page[o->page] = NO_PAGE;
	}
	s->page[i] = number;
	*o = (struct owner_of){ slot, i };
	return r->large.error;
}

/* ---- slots and threads ---- */

static int add_slot(void *arg, const struct capture_slot *c)
{
	struct recorder *r = arg;
	uint64_t number = c->offset;

	if (c->slot >= r->slot_limit)
		return -EBADMSG;
	if (c->type || c->offset >= SLOTS_MAX)
		number = SLOTS_MAX + c->slot;
	r->slot_number[c->slot] = (uint32_t)number;
	if (number >= r->slots)
		r->slots = (uint32_t)number + 1;
	return 0;
}

static int add_thread(void *arg, const struct capture_thread *h)
{
	struct recorder *r = arg;
	char text[64];
	char **p;

	if (h->thread != r->threads)
		return -EBADMSG;
	p = realloc(r->thread_name, (r->threads + 1) * sizeof(*p));
	if (!p)
		return -ENOMEM;
	r->thread_name = p;
	snprintf(text, sizeof(text), "%.20s-%d", h->comm, (int)h->pid);
	p[r->threads] = strdup(text);
	return p[r->threads++] ? 0 : -ENOMEM;
}

static bool has_disk(const struct recorder *r)
{
	return r->disk;
}

/* Threads beyond the tasks that a run can have share the last one. */
static uint32_t task_of(const struct recorder *r, uint32_t thread)
{
	uint32_t most = ROWS_TASKS_MAX - 1u - has_disk(r);

	return thread < most ? thread : most;
}

static uint32_t tasks(const struct recorder *r)
{
	return r->threads ? task_of(r, r->threads - 1) + 1 : 1;
}

static struct slot_world *world_of(struct recorder *r, uint32_t slot)
{
	struct slot_world *s;

	if (slot >= r->slot_limit)
		return NULL;
	if (r->slot[slot])
		return r->slot[slot];
	s = r->slot[slot] = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->slot = r->slot_number[slot];
	for (unsigned i = 0; i < MAX_PAGES; i++)
		s->page[i] = NO_PAGE;
	return s;
}

/* ---- findings ---- */

/* The page that the property is broken of, or -1: it is mapped, cached or written back wrong. */
static int broken_page(const struct mem *m, const struct act_done *done,
		       const struct world *before, unsigned property)
{
	int owner = done->ev.set_pte ? done->ev.set_pte - 1 : slot_owner(m, 0);

	for (int i = 0; i < MAX_PAGES; i++) {
		const struct vpage *p = &m->page[i];
		unsigned folio = p->pte == PTE_SWAP ? m->slot[p->target].cache : 0;

		if (property == PROP_LOST && p->pte == PTE_SWAP && !page_copies(m, (unsigned)i) &&
		    page_copies(&before->mem, (unsigned)i))
			return i;
		if (property == PROP_MAPPED && !done->ev.set_pte && folio &&
		    m->folio[folio].content != p->stamp)
			return i;
	}
	return owner;
}

/* The page comes first: it is what is looked at, and what has a cause. */
static void say_page(const struct recorder *r, const struct slot_world *s, const struct act *a,
		     const struct act_done *done, const struct world *before, unsigned property,
		     char *text, size_t size)
{
	const struct mem *m = &s->w.mem;
	const char *who = r->thread_name[a->thread], *got = "zeroes";
	int page = broken_page(m, done, before, property);
	unsigned folio;

	if (page < 0 || s->page[page] == NO_PAGE) {
		snprintf(text, size, "%s, slot %u", who, s->slot);
		return;
	}
	folio = m->page[page].pte == PTE_SWAP ? m->slot[m->page[page].target].cache :
		m->page[page].target;
	if (m->folio[folio].content)
		got = "old data";
	if (property == PROP_LOST)
		snprintf(text, size, "%s drops the last copy of page %u (slot %u, 0x%x)",
			 who, s->page[page], s->slot, s->slot);
	else if (property == PROP_MAPPED)
		snprintf(text, size, "page %u gets %s%s (slot %u, 0x%x)", s->page[page], got,
			 done->ev.set_pte ? "" : " in the swap cache", s->slot, s->slot);
	else
		snprintf(text, size, "%s, page %u (slot %u, 0x%x)", who, s->page[page], s->slot,
			 s->slot);
}

/*
 * Once in a life of the slot: what is broken stays so.  What is so in the world that is told, and
 * not in all that are possible, is a remark.
 */
static int find(struct recorder *r, struct slot_world *s, const struct act *a,
		const struct act_done *done, const struct world *before)
{
	const struct transition tr = {
		.hw = &r->hw, .k = r->k, .before = &before->mem, .after = &s->w.mem,
		.ev = &done->ev, .task = a->task,
	};
	uint32_t broken = properties_check(&tr) & ~properties_costs() & ~s->broken;
	int err = 0;

	s->broken |= broken;
	for (unsigned i = 0; i < PROPERTY_COUNT && broken && !err; i++) {
		char who[160], text[400];

		if (!(broken >> i & 1))
			continue;
		say_page(r, s, a, done, before, i, who, sizeof(who));
		if (!(a->seen & ACT_CERTAIN)) {
			snprintf(text, sizeof(text), "%s: %s", properties[i].name, who);
			err = rows_note(r->tw, r->position, "possible", text);
			r->done->possible++;
			continue;
		}
		snprintf(text, sizeof(text), "%s.  Rule: %s", who, properties[i].text);
		err = rows_finding(r->tw, r->position, properties[i].name, text);
		if (!r->done->findings++)
			snprintf(r->done->finding, sizeof(r->done->finding), "%s: %s",
				 properties[i].name, who);
	}
	return err;
}

/* ---- acts ---- */

/* What was changed since the last transition, with one of a task. */
static int write_step(struct recorder *r, uint32_t task, int step, const struct act *a,
		      unsigned depth, const char *result)
{
	struct large_world *g = &r->large;
	struct row_event e = { .task = task, .choice = a->choice, .depth = depth };
	int number = step < 0 ? -EINVAL : rows_step(r->tw, (unsigned)step), text, err;
	uint32_t n = 0;

	text = result ? rows_result(r->tw, result) : 0;
	if (number < 0 || text < 0)
		return number < 0 ? number : text;
	for (uint32_t i = 0; i < g->changes; i++) {
		g->change_at[g->change[i].field] = 0;
		if (g->change[i].old_value != g->change[i].new_value)
			g->change[n++] = g->change[i];
	}
	g->changes = 0;
	e.step = (uint32_t)number;
	e.result = (uint32_t)text;
	e.changes = n;
	r->position++;
	err = rows_event(r->tw, &e, g->change);
	return err ? err : capture_link(r->tw, r->position, a->event, a->seen & ACT_SEEN);
}

static int do_step(struct recorder *r, struct slot_world *s, const struct act *a)
{
	const struct world before = s->w;
	uint32_t task = s->task[a->task];
	struct act_done done;
	int err;

	if (!act_apply(r->k, &r->hw, a, &s->w, &done))
		return -EBADMSG;
	err = large_update(&r->large, s, &before, false);
	if (!err)
		err = write_step(r, task, done.step, a, done.depth, done.result);
	return err ? err : find(r, s, a, &done, &before);
}

/* What no task of the small world did is shown as the step of the one who did. */
static int do_other(struct recorder *r, struct slot_world *s, const struct act *a,
		    const char *step, const char *result)
{
	const struct world before = s->w;
	int err;

	if (!act_apply(r->k, &r->hw, a, &s->w, NULL))
		return -EBADMSG;
	err = large_update(&r->large, s, &before, false);
	return err ? err : write_step(r, task_of(r, a->thread), scenario_step(step), a, 0, result);
}

static int do_start(struct recorder *r, struct slot_world *s, const struct act *a)
{
	large_drop(&r->large, s);
	r->hw.device = s->device = a->to;
	if (!act_apply(r->k, &r->hw, a, &s->w, NULL))
		return -EBADMSG;
	if (s->device == DEVICE_DISK) {
		s->task[MAX_TASKS - 1] = tasks(r);
		task_begin(&s->w.task[MAX_TASKS - 1], (struct frame){ .op = OP_end_swap_bio },
			   NULL);
	}
	if (s->w.mem.page[0].pte != PTE_NONE) {
		int err = give_page(r, s, a->slot, 0, page_at(r, a->addr));

		if (err)
			return err;
	}
	return large_update(&r->large, s, &s->w, true);
}

static int do_life(struct recorder *r, struct slot_world *s, const struct act *a)
{
	const struct world before = s->w;
	int err;

	s->broken = 0;
	if (!act_apply(r->k, &r->hw, a, &s->w, NULL))
		return -EBADMSG;
	err = large_update(&r->large, s, &before, false);	/* what it had before has gone */
	if (!err)
		err = give_page(r, s, a->slot, a->page, page_at(r, a->addr));
	return err ? err : large_update(&r->large, s, &s->w, true);
}

static int do_begin(struct recorder *r, struct slot_world *s, const struct act *a)
{
	const struct world before = s->w;

	s->task[a->task] = task_of(r, a->thread);
	if (!act_apply(r->k, &r->hw, a, &s->w, NULL))
		return -EBADMSG;
	if (a->addr && s->page[a->page] == NO_PAGE) {
		s->page[a->page] = page_at(r, a->addr);
		if (s->page[a->page] == NO_PAGE)
			return -EFBIG;
	}
	return large_update(&r->large, s, &before, false);
}

static int keep_text(void *arg, const struct capture_event *e)
{
	snprintf(arg, EVENT_TEXT, "stamp %llu: %s", (unsigned long long)e->stamp, e->text);
	return 0;
}

/* What the model would have done instead, as notes: of the first event of every kind. */
static int note_allowed(struct recorder *r, uint64_t event)
{
	int err = 0;

	for (unsigned i = 0; i < r->report->kinds; i++)
		for (unsigned j = 0; j < r->report->first[i].allowed && !err; j++)
			if (r->report->first[i].event == event)
				err = rows_note(r->tw, r->position, "allowed",
						r->report->first[i].text[j]);
	return err;
}

static int say_end(struct recorder *r, struct slot_world *s, const struct act *a)
{
	char event[EVENT_TEXT] = "", text[2 * EVENT_TEXT];
	int err = capture_scan_range(r->t, a->event, a->event, keep_text, event);

	if (err)
		return err;
	if (r->little) {			/* a call that is not understood may be missing */
		snprintf(text, sizeof(text), "slot %u: it is not explained what %s did at %s",
			 s->slot, r->thread_name[a->thread], event);
		err = rows_note(r->tw, r->position, "unexplained", text);
		return err ? err : note_allowed(r, a->event);
	}
	snprintf(text, sizeof(text), "slot %u: the model cannot do what %s did at %s", s->slot,
		 r->thread_name[a->thread], event);
	if (!r->done->findings++)
		snprintf(r->done->finding, sizeof(r->done->finding), "CONFORM: %.180s", text);
	if (r->position == r->last_end)		/* one finding of a kind at a place, none at 0 */
		return rows_note(r->tw, r->position, "CONFORM", text);
	r->last_end = r->position;
	err = rows_finding(r->tw, r->position, "CONFORM", text);
	return err ? err : note_allowed(r, a->event);
}

/* What is done by no thread, or by one that is not seen. */
static bool of_no_thread(const struct act *a)
{
	return a->kind == ACT_SLOT || a->kind == ACT_BITS || a->kind == ACT_MOVE ||
	       a->kind == ACT_SHARE || a->kind == ACT_UNMAP || a->kind == ACT_CACHES ||
	       a->kind == ACT_LOST;
}

static int do_act(struct recorder *r, const struct act *a)
{
	struct slot_world *s = world_of(r, a->slot);

	if (!s)
		return a->slot < r->slot_limit ? -ENOMEM : -EBADMSG;
	if (a->thread >= r->threads && !of_no_thread(a))
		return -EBADMSG;
	r->hw.device = s->device;
	switch (a->kind) {
	case ACT_SLOT:
		return do_start(r, s, a);
	case ACT_LIFE:
		return do_life(r, s, a);
	case ACT_BEGIN:
		return do_begin(r, s, a);
	case ACT_STEP:
		return do_step(r, s, a);
	case ACT_WRITE:
		return do_other(r, s, a, "touch_page: access", "written");
	case ACT_BITS:
		return do_other(r, s, a, "uffd_wp_range: pte_swp_mkuffd_wp",
				s->w.mem.page[a->page].bits & PTE_UFFD_WP ? "cleared" : "set");
	case ACT_MOVE:
		s->page[a->to] = page_at(r, a->addr);
		return do_other(r, s, a, "move_pages_pte: move_swap_pte", "moved");
	case ACT_SHARE:
		return do_other(r, s, a, "copy_page_range: pte_swp_clear_exclusive", NULL);
	case ACT_UNMAP:
		return do_other(r, s, a, "zap_pte_range: ptep_get_and_clear", NULL);
	case ACT_LOST:
		return 0;
	case ACT_CACHES:
		return act_apply(r->k, &r->hw, a, &s->w, NULL) ? 0 : -EBADMSG;
	default:
		return say_end(r, s, a);
	}
}

/* ---- a capture ---- */

static int describe(struct recorder *r)
{
	const char *name[ROWS_TASKS_MAX];
	uint32_t n = tasks(r), i;

	for (i = 0; i < n; i++)
		name[i] = i < r->threads ? r->thread_name[i] : "";
	if (r->threads > n)
		name[n - 1] = "others";
	if (has_disk(r))
		name[n++] = "disk";
	return rows_size(r->tw, &(const struct rows_run){
		.pages = r->pages ? r->pages : 1, .slots = r->slots, .tasks = n, .task_name = name,
		.folios = r->large.folios.next + 1, .entries = r->large.entries.next + 1,
	});
}

static int explain(struct recorder *r, const struct conform_options *o, struct conform_report *rep)
{
	int err = acts_new(&r->acts);

	if (!err)
		err = conform_run(r->t, o, rep);
	if (!err)
		err = acts_sort(&r->acts);
	return err;
}

static void release(struct recorder *r)
{
	for (uint32_t i = 0; r->slot && i < r->slot_limit; i++)
		if (r->slot[i]) {
			free(r->slot[i]->stamp);
			free(r->slot[i]);
		}
	for (uint32_t i = 0; i < r->threads; i++)
		free(r->thread_name[i]);
	free(r->thread_name);
	free(r->slot);
	free(r->slot_number);
	free(r->mapping);
	free(r->address);
	free(r->owner);
	large_free(&r->large);
	acts_free(&r->acts);
}

int capture_record(struct trace_writer *tw, struct trace *t, const struct kernel *k,
		   unsigned device, struct conform_report *rep, struct capture_record *done)
{
	struct recorder r = { .tw = tw, .t = t, .k = k, .done = done, .report = rep,
			      .large.tw = tw };
	struct capture_info info;
	const struct conform_options o = { .kernel = k, .device = device, .act = acts_add,
					   .arg = &r.acts };
	int err = capture_info_read(t, &info);

	r.little = capture_says_little(t);
	*done = (struct capture_record){ 0 };
	conform_machine(&r.hw, device);
	r.disk = device == DEVICE_DISK || conform_later_device(t, device) == DEVICE_DISK;
	r.slot_limit = info.slots + 1;
	r.slot = calloc(r.slot_limit, sizeof(r.slot[0]));
	r.slot_number = calloc(r.slot_limit, sizeof(r.slot_number[0]));
	if (!err && (!r.slot || !r.slot_number))
		err = -ENOMEM;
	if (!err)
		err = capture_slots(t, add_slot, &r);
	if (!err)
		err = capture_threads(t, add_thread, &r);
	if (!err)
		err = capture_scan(t, 0, add_mapping, &r);
	if (!err)
		err = explain(&r, &o, rep);
	if (!err)
		err = describe(&r);	/* the tasks; sizes are known at the end */
	for (size_t i = 0; i < r.acts.n && !err; i++)
		err = do_act(&r, &r.acts.act[i].act);
	if (!err)
		err = describe(&r);
	done->steps = r.position;
	release(&r);
	return err;
}
