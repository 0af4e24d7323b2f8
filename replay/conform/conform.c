/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * conform.c - the events of a capture in their order, each with its slot.
 */
#include "replay/conform/conform.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/property.h"
#include "replay/conform/run.h"
#include "traces/capture/meta.h"

#define WORLDS_MAX	100000	/* compatible with what was seen, at one event */
#define LOSSES_MAX	4096
#define SWAPOFF_DONE	"sys_swapoff -> 0x0"

/* ---- an event ---- */

static bool has_text(const struct conform_refuted *f, const char *text)
{
	for (unsigned i = 0; i < f->allowed; i++)
		if (!strcmp(f->text[i], text))
			return true;
	return false;
}

static bool same_kind(const struct conform_refuted *a, const struct conform_refuted *b)
{
	bool same = a->function == b->function && a->side == b->side && a->ret == b->ret &&
		    a->allowed == b->allowed;

	for (unsigned i = 0; i < a->allowed && same; i++)
		same = has_text(b, a->text[i]);
	return same;
}

static void refuse(struct conform *c, struct conform_slot *s, const struct capture_event *e)
{
	struct conform_refuted f = {
		.event = e->id, .times = 1, .slot = s->slot, .thread = e->thread,
		.function = e->function, .side = e->side, .ret = e->mask & HAS_RET ? e->ret : 0,
	};
	struct conform_report *r = c->r;
	unsigned i = 0;

	s->broken = true;
	r->refuted++;
	if (e->side == SIDE_MARK)
		snprintf(f.text[f.allowed++], CONFORM_TEXT, "the other: it is what was written "
			 "last, or it is not");
	else
		slot_allowed(&c->rules, s, &c->closed, e->thread, &f);
	f.worlds = c->closed.n;
	while (i < r->kinds && !same_kind(&r->first[i], &f))
		i++;
	if (i < r->kinds) {
		r->first[i].times++;
	} else if (i < CONFORM_REFUTED) {
		if (c->closed.n)
			label_world(&c->closed.state[0].w, f.story, sizeof(f.story));
		r->first[r->kinds++] = f;
	}
}

static int leave(struct conform *c, struct conform_slot *s, const struct capture_event *e)
{
	struct act a = { .event = e->id, .slot = s->slot, .thread = e->thread, .kind = ACT_END };
	int err = conform_settle_one(c, s, &c->closed);

	if (!err && c->o->act)
		err = c->o->act(c->o->arg, &a);
	set_free(&s->set);
	c->stopped = !err && c->o->first_only && c->r->refuted;
	return c->stopped ? 1 : err;
}

/*
 * The slot's worlds have no place for the event.  Where the clock does not tell in which order its
 * events were, that is no more than a wrong guess.
 */
static int impossible(struct conform *c, struct conform_slot *s, const struct capture_event *e)
{
	int known = capture_in_order(c->trace, s->slot, s->since, e->id, c->resolution), err;

	if (known < 0)
		return known;
	if (known) {
		refuse(c, s, e);
		return leave(c, s, e);
	}
	c->r->unordered++;
	s->broken = true;
	err = conform_settle_one(c, s, &c->closed);
	set_free(&s->set);
	return err;
}

/* Tasks that began with this event, in some world, have an owner from now on. */
static void own_tasks(struct conform *c, struct conform_slot *s, const struct capture_event *e)
{
	for (uint32_t i = 0; i < c->begun.n; i++)
		for (unsigned j = 0; j < CONFORM_TASKS; j++)
			if (!s->task[j].used && !task_idle(&c->begun.state[i], j))
				s->task[j] = (struct owner){ .thread = e->thread, .used = true };
}

static int take_all(struct conform *c, struct conform_slot *s, const struct state_set *from,
		    const struct capture_event *e)
{
	for (uint32_t i = 0; i < from->n; i++) {
		struct cstate st = from->state[i];

		if (cstate_take(&c->rules, &c->info, s, &st, e) && set_add(&c->next, &st) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* All worlds after the event, in c->next. */
static int worlds_after(struct conform *c, struct conform_slot *s, const struct capture_event *e)
{
	int err = conform_copy(&c->closed, &s->set);

	set_clear(&c->next);
	set_clear(&c->begun);
	if (!err)
		err = conform_closure(c, s, &c->closed);
	if (!err)
		err = take_all(c, s, &c->closed, e);
	if (!err)
		err = slot_begin(&c->rules, s, &c->closed, &c->begun, e, &c->may);
	if (err || !c->begun.n)
		return err;
	own_tasks(c, s, e);
	err = conform_closure(c, s, &c->begun);
	return err ? err : take_all(c, s, &c->begun, e);
}

static void learn_address(struct conform_slot *s, const struct capture_event *e,
			  const struct state_set *set)
{
	int page = -1;

	if (e->function != FN_do_swap_page || e->side != SIDE_ENTER || !(e->mask & HAS_ADDR))
		return;
	for (uint32_t i = 0; i < set->n; i++) {
		int task = slot_task(s, &set->state[i], e->thread);
		int p = task < 0 ? -1 : set->state[i].w.task[task].frame[0].page;

		if (page >= 0 && p != page)
			return;
		page = p;
	}
	if (page >= 0)
		s->addr[page] = e->addr;
}

static void count_ambiguity(struct conform_report *r, const struct state_set *set)
{
	unsigned bits = 0;

	for (uint32_t i = 1; i < set->n; i++)
		bits |= cstate_differ(&set->state[0], &set->state[i]);
	r->ambiguous += set->n > 1;
	for (unsigned i = 0; i < DIFFER_COUNT; i++)
		r->differ[i] += bits >> i & 1;
}

/* A page whose data is nowhere, or that is mapped to something else. */
static bool has_lost(const struct mem *m)
{
	for (unsigned i = 0; i < MAX_PAGES; i++) {
		const struct vpage *p = &m->page[i];

		if ((p->pte == PTE_SWAP && !page_copies(m, i)) ||
		    (p->pte == PTE_PRESENT && m->folio[p->target].content != p->stamp))
			return true;
	}
	return false;
}

/* Of several worlds only one is told; what is the same in all of them is certain. */
static int tell_lost(struct conform *c, const struct conform_slot *s, const struct state_set *set)
{
	const struct act a = { .event = s->event, .slot = s->slot, .kind = ACT_LOST };

	for (uint32_t i = 0; i < set->n; i++)
		if (!has_lost(&set->state[i].w.mem))
			return 0;
	return c->o->act ? c->o->act(c->o->arg, &a) : 0;
}

static int take_event(struct conform *c, struct conform_slot *s, const struct capture_event *e)
{
	int err = worlds_after(c, s, e);
	struct thread *t;

	if (err == -E2BIG) {
		c->r->gave_up++;
		s->broken = true;
		return leave(c, s, e);
	}
	if (err)
		return err;
	if (c->closed.n > c->r->most_worlds)
		c->r->most_worlds = c->closed.n;
	if (!c->next.n)
		return impossible(c, s, e);
	err = tell_lost(c, s, &c->next);
	if (err)
		return err;
	c->r->checked++;
	count_ambiguity(c->r, &c->next);
	err = conform_keep(s, &c->next);
	if (err)
		return err;
	learn_address(s, e, &s->set);
	t = conform_thread_of(c, e->thread);
	if (!t || conform_remember(t, s->slot) < 0)
		return -ENOMEM;
	return conform_rest(c, s);
}

/* The first that is seen of a slot which is given out. */
static bool begins_life(const struct conform *c, const struct capture_event *e)
{
	static const uint8_t first[] = {
		OP_folio_alloc_swap, PROBE_add_to_swap_cache, OP_zswap_store,
	};
	unsigned f = label_function(&c->rules.k, e);

	for (unsigned i = 0; i < sizeof(first); i++) {
		if (c->rules.seen[0][first[i]])
			return f == first[i] && e->side == SIDE_ENTER;
		if (c->rules.seen[1][first[i]])
			return f == first[i] && e->side == SIDE_RETURN;
	}
	return false;
}

/* The worlds in which the page is as it was read. */
static int take_reading(struct conform *c, const struct reading *g, const struct capture_event *e)
{
	struct conform_slot *s = conform_slot_of(c, g->slot);
	int err = s ? conform_copy(&c->closed, &s->set) : -ENOMEM;

	if (err || !s->begun || s->broken || s->event != g->event)
		return err;
	err = conform_closure(c, s, &c->closed);
	if (err)
		return err == -E2BIG ? 0 : err;
	set_clear(&c->next);
	for (uint32_t i = 0; i < c->closed.n; i++)
		if (reading_fits(g, s, &c->closed.state[i]) &&
		    set_add(&c->next, &c->closed.state[i]) < 0)
			return -ENOMEM;
	c->r->read[g->whole]++;
	if (!c->next.n)
		return impossible(c, s, e);
	err = conform_keep(s, &c->next);
	return err ? err : conform_rest(c, s);
}

/* Whatever was known of slots. */
static int forget_slots(struct conform *c)
{
	int err = 0;

	for (uint32_t i = 0; i < c->slots && !err; i++) {
		struct conform_slot *s = c->slot[i];

		if (!s)
			continue;
		err = conform_settle_one(c, s, &s->set);
		set_free(&s->set);
		s->begun = s->broken = false;
	}
	for (uint32_t i = 0; i < c->threads; i++)
		c->thread[i].n = 0;
	return err;
}

unsigned conform_later_device(struct trace *t, unsigned device)
{
	char value[CAPTURE_TEXT_MAX];

	if (capture_meta_value(t, "device-after-swapoff", value, sizeof(value)) ||
	    device_named(value) == DEVICE_COUNT)
		return device;
	return device_named(value);
}

/* swapoff has taken the device away, and its slots. */
static int other_device(struct conform *c)
{
	c->rules.hw.device = (uint8_t)c->later_device;
	return forget_slots(c);
}

static int mark(struct conform *c, const struct capture_event *e, const struct reading *g)
{
	struct capture_mark m;
	int err = conform_end_others(c, e->thread, 0);

	if (e->side == SIDE_MARK && capture_mark(e->text, &m)) {
		if (m.kind == MARK_UFFD_WP || m.kind == MARK_UFFD_MOVE)
			c->may.thread = e->thread;
		c->may.wp |= m.kind == MARK_UFFD_WP;
		c->may.move |= m.kind == MARK_UFFD_MOVE;
		c->may.caches |= m.kind == MARK_SWAPOFF;
		c->may.fork = m.kind == MARK_FORK || (c->may.fork && m.kind != MARK_START);
	}
	if (!err && e->side == SIDE_SYSCALL_RETURN && !strncmp(e->text, SWAPOFF_DONE,
							       strlen(SWAPOFF_DONE)))
		return other_device(c);
	return !err && g->slot ? take_reading(c, g, e) : err;
}

/* A folio of several pages, whose first slot is named: what becomes of them is not followed. */
static int batch(struct conform *c, const struct capture_event *e)
{
	uint32_t n = 0;
	const struct capture_slot *slot = entries_of(&c->entries, e->entry, e->nr, &n);
	int err = 0;

	for (uint32_t i = 0; i < n && (e->mask & HAS_ENTRY) && !err; i++) {
		struct conform_slot *s = conform_slot_of(c, slot[i].slot);

		if (!s || !s->begun || s->broken)
			continue;
		err = conform_settle_one(c, s, &s->set);
		set_free(&s->set);
		s->broken = true;
		c->r->batched++;
	}
	return err;
}

/* An event of a slot, of a function that the model has. */
static int event_of(struct conform *c, uint32_t number, const struct capture_event *e)
{
	struct conform_slot *s = conform_slot_of(c, number);
	int err = 0;

	if (!s)
		return -ENOMEM;
	c->r->events++;
	c->r->lives += begins_life(c, e);
	if (e->id <= s->until) {
		c->r->before++;
		return 0;
	}
	if (!s->begun || begins_life(c, e))
		s->since = s->event;
	if (!s->begun || s->broken) {
		if (s->begun && !begins_life(c, e)) {
			c->r->skipped++;
			return 0;
		}
		err = conform_begin_slot(c, s, e->function == FN_folio_alloc_swap &&
					e->side == SIDE_ENTER);
	}
	s->event = e->id;
	return err ? err : take_event(c, s, e);
}

/* A call about several slots: each of those that the capture has takes part for itself. */
static int event_of_all(struct conform *c, const struct capture_event *e, uint64_t entry,
			uint32_t nr)
{
	uint32_t n;
	const struct capture_slot *s = entries_of(&c->entries, entry, nr, &n);
	struct capture_event own = *e;
	int err = conform_end_others(c, e->thread, e->slot);

	own.nr = nr;
	own.mask |= HAS_NR;
	for (uint32_t i = 0; i < n && !err; i++) {
		own.slot = s[i].slot;
		err = event_of(c, own.slot, &own);
	}
	return err;
}

static int event(void *arg, const struct capture_event *e)
{
	struct conform *c = arg;
	struct thread *t = conform_thread_of(c, e->thread);
	uint64_t entry;
	uint32_t nr;
	struct reading g;
	int err;

	if (!t)
		return -ENOMEM;
	reader_event(&c->readings, &t->reader, e, &g);
	nr = batch_event(&t->batch, e, &entry);
	if (e->side != SIDE_ENTER && e->side != SIDE_RETURN)
		return mark(c, e, &g);
	if (!e->slot || !label_function(&c->rules.k, e)) {
		c->r->unknown[e->function]++;
		return 0;
	}
	if (nr) {
		err = event_of_all(c, e, entry, nr);
		if (e->side == SIDE_RETURN)
			t->batch.nr = 0;
		return err;
	}
	if ((e->mask & HAS_NR) && e->nr > 1)
		return batch(c, e);
	err = conform_end_others(c, e->thread, e->slot);
	return err ? err : event_of(c, e->slot, e);
}

static int look(void *arg, const struct capture_probe *p)
{
	const struct capture_event e = {
		.function = (uint16_t)p->function, .side = (uint16_t)p->side,
		.variant = (uint8_t)p->variant,
	};
	struct conform *c = arg;
	unsigned f = label_function(&c->rules.k, &e);

	if (f)
		c->rules.seen[p->side == SIDE_RETURN][f] = true;
	if (p->function == FN_free_swap_and_cache_nr)	/* of one slot, or several */
		c->rules.seen[p->side == SIDE_RETURN][OP_free_swap_and_cache_nr] = true;
	c->marks |= p->side == SIDE_MARK;
	c->may.caches |= p->function == FN_unuse_pte_range || p->function == FN_try_to_unuse;
	c->rules.frontswap |= p->variant && (p->function == FN_zswap_store ||
					     p->function == FN_zswap_load ||
					     p->function == FN_zswap_invalidate);
	return 0;
}

/* ---- what a capture does not have the beginning of ---- */

static int count_loss(void *arg, uint64_t line)
{
	struct conform *c = arg;
	uint64_t *all;

	if (c->losses == LOSSES_MAX)
		return 1;
	all = realloc(c->loss, (c->losses + 1) * sizeof(*all));
	if (!all)
		return -ENOMEM;
	c->loss = all;
	all[c->losses++] = line;
	return 0;
}

/*
 * Whether free_swap_slot() frees the slot that it is called for itself: where swap has less room
 * than slot caches are used for, or they are switched off, it does.  A full cache frees others.
 */
static void look_for_caches(struct conform *c, struct thread *t, const struct capture_event *e)
{
	if (e->function == FN_free_swap_slot && e->side == SIDE_ENTER)
		t->freeing = e->slot;
	else if (e->slot != t->freeing || (e->function == FN_free_swap_slot))
		t->freeing = 0;
	else if (label_function(&c->rules.k, e) == PROBE_swap_range_free)
		c->may.caches = true;
	else if (e->function != FN_zswap_invalidate && e->function != FN_zswap_invalidate_entry &&
		 e->function != FN_zswap_entry_free)
		t->freeing = 0;
}

/* Up to which events calls from before have to do with which slots; to the next loss. */
static int look_ahead(void *arg, const struct capture_event *e)
{
	struct conform *c = arg;
	struct thread *t = conform_thread_of(c, e->thread);
	struct conform_slot *s;
	unsigned n;

	if (c->passed < c->losses && e->line > c->loss[c->passed]) {
		c->next_id = e->id;
		c->next_line = e->line;
		return 1;
	}
	if (!t)
		return -ENOMEM;
	look_for_caches(c, t, e);
	n = newcomer_event(&t->before, e);
	for (unsigned i = 0; i < n; i++) {
		s = conform_slot_of(c, t->before.slot[i]);
		if (!s)
			return -ENOMEM;
		s->until = e->id;
	}
	/* whoever was met by it is not seen from its beginning either */
	s = e->slot && e->slot < c->slots ? c->slot[e->slot] : NULL;
	if (s && s->until >= t->before.since)
		s->until = e->id;
	return 0;
}

/* Events were lost: whatever is known of a slot is a guess now. */
static int forget_all(struct conform *c)
{
	for (uint32_t i = 0; i < c->threads; i++)
		c->thread[i].before = (struct newcomer){ 0 };
	return forget_slots(c);
}

/* All events, from one loss to the next. */
static int all_events(struct conform *c, struct trace *t)
{
	uint64_t from = 1;
	int err = 0;

	while (!err && from < UINT64_MAX) {
		c->next_id = UINT64_MAX;
		err = capture_scan_range(t, from, UINT64_MAX, look_ahead, c);
		if (err < 0)
			return err;
		err = capture_scan_range(t, from, c->next_id - 1, event, c);
		from = c->next_id;
		while (c->passed < c->losses && c->loss[c->passed] < c->next_line)
			c->passed++;
		if (!err && from < UINT64_MAX)
			err = forget_all(c);
	}
	return err;
}

int conform_run(struct trace *t, const struct conform_options *o, struct conform_report *r)
{
	struct conform c = { .trace = t, .o = o, .r = r, .rules.k = *o->kernel };
	int err;

	*r = (struct conform_report){ 0 };
	c.rules.unseen = r->unseen;
	c.max = o->worlds_max ? o->worlds_max : WORLDS_MAX;
	conform_machine(&c.rules.hw, o->device);
	c.later_device = conform_later_device(t, o->device);
	err = capture_info_read(t, &c.info);
	if (!err)
		err = capture_resolution(t, &c.resolution);
	if (!err)
		err = entries_read(&c.entries, t);
	if (!err)
		err = capture_probes(t, look, &c);
	c.may.wp |= !c.marks;
	c.may.fork = true;	/* until the workload is seen to begin */
	c.may.move |= !c.marks && o->kernel->move != MOVE_ABSENT;
	memcpy(r->seen, c.rules.seen, sizeof(r->seen));
	if (!err && c.info.losses)
		err = capture_losses(t, count_loss, &c) < 0 ? -EBADMSG : 0;
	if (!err)
		err = all_events(&c, t);
	if (c.stopped)
		err = 0;
	for (uint32_t i = 0; i < c.slots; i++)
		if (c.slot[i]) {
			if (!err && c.slot[i]->set.n)
				err = conform_settle_one(&c, c.slot[i], &c.slot[i]->set);
			set_free(&c.slot[i]->set);
			free(c.slot[i]->paths.node);
			free(c.slot[i]);
		}
	for (uint32_t i = 0; i < c.threads; i++)
		free(c.thread[i].slot);
	entries_free(&c.entries);
	free(c.loss);
	free(c.slot);
	free(c.thread);
	set_free(&c.closed);
	set_free(&c.next);
	set_free(&c.begun);
	return err;
}
