/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/conform/slot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mm/mm.h"

/* ---- what happens unseen ---- */

static int add_behind(struct conform_slot *s, struct state_set *set, struct cstate *state,
		      uint32_t parent, const struct act *a)
{
	int added = set_add(set, state);

	if (added <= 0)
		return added;
	set->state[set->n - 1].node = path_add(&s->paths, parent, a);
	return set->state[set->n - 1].node ? 1 : -ENOMEM;
}

static int close_step(const struct conform_rules *r, struct conform_slot *s, struct state_set *set,
		      uint32_t from, unsigned task)
{
	struct act a = { .event = s->event, .slot = s->slot, .thread = s->task[task].thread,
			 .kind = ACT_STEP, .task = (uint8_t)task };
	struct cstate to;
	unsigned choices = 1;
	int err = 0;

	for (unsigned choice = 0; choice < choices && err >= 0; choice++) {
		if (cstate_step(r, &set->state[from], task, choice, &to, &choices, NULL) !=
		    FIRE_MADE)
			continue;
		a.choice = (uint8_t)choice;
		a.seen = set->state[from].at[task].credits || to.at[task].owes ? ACT_SEEN : 0;
		err = add_behind(s, set, &to, set->state[from].node, &a);
	}
	return err;
}

/* Is a task in an operation of this kind that it has begun with the page? */
static bool is_under_way(const struct cstate *s, enum op op, unsigned page)
{
	for (unsigned i = 0; i < CONFORM_TASKS; i++)
		if (s->w.task[i].depth && s->w.task[i].frame[0].op == op &&
		    s->w.task[i].frame[0].page == page)
			return true;
	return false;
}

/* A page that nothing is known of. */
static int free_page(const struct conform_slot *s, const struct cstate *st)
{
	for (unsigned i = 0; i < MAX_PAGES; i++)
		if (st->w.mem.page[i].pte == PTE_NONE && !s->addr[i] &&
		    !is_under_way(st, OP_do_swap_page, i))
			return (int)i;
	return -1;
}

static int close_act(struct conform_slot *s, struct state_set *set, uint32_t from,
		     const struct act *a)
{
	struct cstate to = set->state[from];

	if (!act_apply(NULL, NULL, a, &to.w, NULL))
		return 0;
	return add_behind(s, set, &to, to.node, a);
}

/* userfaultfd may change the bit, or take the pte away, whenever it can have the lock. */
static int close_pte(struct conform_slot *s, struct state_set *set, uint32_t from,
		     const struct conform_may *may)
{
	struct act a = { .event = s->event, .slot = s->slot, .thread = may->thread };
	int err = 0;

	for (unsigned i = 0; i < MAX_PAGES && err >= 0; i++) {
		const struct cstate *st = &set->state[from];
		const struct vpage *p = &st->w.mem.page[i];
		int to = may->move ? free_page(s, st) : -1;

		if (p->pte == PTE_NONE || st->w.mem.mm[p->mm].ptl ||
		    !is_under_way(st, OP_do_swap_page, i))
			continue;
		a.page = (uint8_t)i;
		if (to >= 0) {
			a.kind = ACT_MOVE;
			a.to = (uint8_t)to;
			err = close_act(s, set, from, &a);
		}
		a.kind = ACT_BITS;
		if (may->wp && err >= 0)
			err = close_act(s, set, from, &a);
	}
	return err;
}

/* Of two processes that have a page the one may be gone, or have a copy. */
static int close_unmap(struct conform_slot *s, struct state_set *set, uint32_t from)
{
	struct act a = { .event = s->event, .slot = s->slot, .kind = ACT_UNMAP };
	int err = 0;

	for (unsigned i = 0; i < MAX_PAGES && err >= 0; i++) {
		const struct mem *m = &set->state[from].w.mem;

		a.page = (uint8_t)i;
		if (m->page[i].pte == PTE_PRESENT && m->folio[m->page[i].target].mapcount > 1)
			err = close_act(s, set, from, &a);
	}
	return err;
}

/* swapoff turns the slot caches off; whether they are is asked here. */
static int close_caches(struct conform_slot *s, struct state_set *set, uint32_t from)
{
	struct act a = { .event = s->event, .slot = s->slot, .kind = ACT_CACHES };
	const struct cstate *st = &set->state[from];

	for (unsigned i = 0; i < CONFORM_TASKS; i++) {
		const struct task *t = &st->w.task[i];

		if (t->depth && t->frame[t->depth - 1].op == OP_free_swap_slot)
			return close_act(s, set, from, &a);
	}
	return 0;
}

int slot_closure(const struct conform_rules *r, struct conform_slot *s, struct state_set *set,
		 const struct conform_may *may, unsigned max)
{
	for (uint32_t i = 0; i < set->n; i++) {
		int err = 0;

		if (set->n > max)
			return -E2BIG;
		for (unsigned task = 0; task < CONFORM_TASKS && err >= 0; task++)
			if (set->state[i].w.task[task].depth)
				err = close_step(r, s, set, i, task);
		if ((may->wp || may->move) && err >= 0)
			err = close_pte(s, set, i, may);
		if (err >= 0)
			err = close_unmap(s, set, i);
		if (may->caches && err >= 0)
			err = close_caches(s, set, i);
		if (err < 0)
			return err;
	}
	return 0;
}

/* ---- events ---- */

int slot_task(const struct conform_slot *s, const struct cstate *state, uint32_t thread)
{
	int found = -1;

	for (unsigned i = 0; i < CONFORM_TASKS; i++)
		if (s->task[i].used && !s->task[i].device && s->task[i].thread == thread &&
		    !task_idle(state, i) && (found < 0 || state->at[i].nested))
			found = (int)i;
	return found;
}

static bool stands_in(const struct task *t, enum op op)
{
	for (unsigned i = 0; i < t->depth; i++)
		if (t->frame[i].op == op)
			return true;
	return false;
}

/* v6.1: __frontswap_store() drops an old entry before the store, if a bit of its own says so. */
static bool before_frontswap_store(const struct capture_event *e, const struct task *t)
{
	return e->function == FN_zswap_invalidate && e->variant &&
	       stands_in(t, OP_swap_writepage);
}

/* The step where it stands, with any outcome, begins as it was seen to. */
static bool can_go_on(const struct conform_rules *r, const struct cstate *state, unsigned task)
{
	struct cstate to;
	unsigned choices = 1;

	for (unsigned choice = 0; choice < choices; choice++)
		if (cstate_step(r, state, task, choice, &to, &choices, NULL) != FIRE_NOT)
			return true;
	return false;
}

/* What was owed first was seen. */
static void pay(struct progress *at)
{
	memmove(&at->owed[0], &at->owed[1], (OWED_MAX - 1) * sizeof(at->owed[0]));
	at->owed[--at->owes] = (struct probe_call){ 0 };
}

/* v6.16 to v6.19: folio_alloc_swap() adds the folio to the swap cache before it returns. */
static bool alloc_adds(const struct kernel *k, const struct progress *at,
		       const struct capture_event *e)
{
	return k->pin == PIN_HAS_CACHE && k->free == FREE_AT_ONCE && at->owes &&
	       at->owed[0].function == OP_folio_alloc_swap && e->side == SIDE_ENTER &&
	       label_function(k, e) == PROBE_add_to_swap_cache;
}

bool cstate_take(const struct conform_rules *r, const struct capture_info *info,
		const struct conform_slot *s, struct cstate *state, const struct capture_event *e)
{
	int task = slot_task(s, state, e->thread);
	struct progress *at;

	if (task < 0)
		return false;
	at = &state->at[task];
	if (before_frontswap_store(e, &state->w.task[task]))
		return true;
	if ((at->nested & LATE_ALLOC) && e->function == FN_folio_alloc_swap &&
	    e->side == SIDE_RETURN) {
		at->nested &= (uint8_t)~LATE_ALLOC;
		return true;
	}
	if (alloc_adds(&r->k, at, e)) {
		pay(at);
		at->nested |= LATE_ALLOC;
	}
	while (at->owes && !label_matches(&r->k, info, e, &at->owed[0])) {
		if (!probe_maybe(at->owed[0].kind))
			return false;
		pay(at);
	}
	if (at->owes) {
		pay(at);
		if (!at->owes && !state->w.task[task].depth)
			at->nested = 0;
		return true;
	}
	if (e->side != SIDE_ENTER || at->credits == CREDIT_MAX)
		return false;
	at->credit[at->credits++] = (struct probe_call){
		.function = (uint8_t)label_function(&r->k, e),
		.value = (int16_t)(e->mask & HAS_USAGE ? e->usage & 0xff : 0),
	};
	return can_go_on(r, state, (unsigned)task);
}

/* ---- beginnings ---- */

static aux_t fault_bits(const struct capture_event *e)
{
	aux_t bits = 0;

	if (e->mask & HAS_PTE)
		bits = (aux_t)((e->pte & 4 ? PTE_UFFD_WP : 0) | (e->pte & 8 ? PTE_EXCLUSIVE : 0));
	else
		bits = PTE_EXCLUSIVE;
	return bits | (aux_t)((e->mask & HAS_FLAGS) && (e->flags & 1) ? AUX_WRITE : 0);
}

static bool idle_in_all(const struct state_set *set, unsigned task)
{
	for (uint32_t i = 0; i < set->n; i++)
		if (!task_idle(&set->state[i], task))
			return false;
	return true;
}

/* A place for a task that no world has in use: nobody's, or of a thread that is done. */
static int free_task(struct conform_slot *s, const struct state_set *set)
{
	for (unsigned i = 0; i < CONFORM_TASKS; i++)
		if (!s->task[i].used && idle_in_all(set, i))
			return (int)i;
	for (unsigned i = 0; i < CONFORM_TASKS; i++)
		if (!s->task[i].device && idle_in_all(set, i)) {
			s->task[i].used = false;
			return (int)i;
		}
	return -1;
}

/* The task of this thread that is idle in this world, or a new one. */
static int task_for(struct conform_slot *s, const struct state_set *set, const struct cstate *st,
		    uint32_t thread)
{
	for (unsigned i = 0; i < CONFORM_TASKS; i++)
		if (s->task[i].used && !s->task[i].device && s->task[i].thread == thread &&
		    task_idle(st, i))
			return (int)i;
	return free_task(s, set);
}

/* Could the page be the one that the operation is about? */
static bool page_fits(const struct conform_slot *s, const struct cstate *st, unsigned page,
		      const struct starter *b, const struct capture_event *e)
{
	const struct vpage *p = &st->w.mem.page[page];

	switch (b->op) {
	case OP_do_swap_page:
		if (!(e->mask & HAS_ADDR))
			return p->pte == PTE_SWAP || page == 0;
		if (s->addr[page])
			return s->addr[page] == e->addr;
		/* its pte was read before; it may be gone already, and its count not yet */
		return p->pte != PTE_NONE || is_under_way(st, OP_zap_pte_range, page);
	case OP_zap_pte_range:
	case OP_unuse_pte:
		return p->pte == PTE_SWAP;
	case OP_shrink_folio_list:
		return p->pte == PTE_PRESENT || (p->pte == PTE_SWAP && st->w.mem.slot[0].cache);
	case OP_touch_page:
		return p->pte == PTE_PRESENT && !(p->bits & PTE_WRITE);
	case OP_copy_page_range:
	case OP_move_pages_pte:
		return p->pte == PTE_SWAP;
	default:
		return page == 0;
	}
}

/* The slot is of no use to the page any more, whatever it was to it. */
static bool done_with(const struct cstate *st, unsigned page)
{
	return st->w.mem.page[page].pte != PTE_SWAP && !is_under_way(st, OP_do_swap_page, page) &&
	       !is_under_way(st, OP_zap_pte_range, page);
}

/* A page for a new life of the slot: one that nothing is known of. */
static unsigned life_page(const struct conform_slot *s, const struct cstate *st)
{
	int page = free_page(s, st);

	for (unsigned i = 0; i < MAX_PAGES && page < 0; i++)
		if (!s->addr[i] && done_with(st, i))
			page = (int)i;
	return page < 0 ? 0 : (unsigned)page;
}

/* Is there one in all worlds?  Else what was known of one is of an earlier life, and forgotten. */
static void forget_page(struct conform_slot *s, const struct state_set *set)
{
	bool done;
	int forget = -1;

	for (unsigned i = 0; i < MAX_PAGES; i++) {
		done = true;
		for (uint32_t j = 0; j < set->n && done; j++)
			done = done_with(&set->state[j], i);
		if (done && !s->addr[i])
			return;
		forget = done ? (int)i : forget;
	}
	if (forget >= 0)
		s->addr[forget] = 0;
}

static int begin_in(const struct conform_rules *r, struct conform_slot *s, struct state_set *to,
		    const struct cstate *from, struct act a, unsigned nested,
		    const struct conform_may *may)
{
	struct cstate st = *from;
	struct act life = a;
	uint32_t node = st.node;

	a.kind = ACT_BEGIN;
	a.choice = 0;
	st.at[a.task].nested = (uint8_t)nested;
	if (life.kind == ACT_MOVE)
		a.page = a.to;
	if (life.kind == ACT_MOVE || life.kind == ACT_BITS)
		life.thread = may->thread;
	if (life.kind != ACT_BEGIN) {
		if (!act_apply(&r->k, &r->hw, &life, &st.w, NULL))
			return 0;
		node = path_add(&s->paths, node, &life);
		if (!node)
			return -ENOMEM;
	}
	if (!cstate_begin(r, &st, a.task, act_frame(&a, &st.w)))
		return 0;
	return add_behind(s, to, &st, node, &a) < 0 ? -ENOMEM : 0;
}

/*
 * What the page was given since: data, or zeroes, where the kernel asks for them.  A folio that was
 * dirty is so after further data.
 */
static int begin_written(const struct conform_rules *r, struct conform_slot *s,
			 struct state_set *to, const struct cstate *st, struct act a,
			 unsigned nested, const struct conform_may *may)
{
	const struct vpage *p = &st->w.mem.page[a.page];
	const struct folio *f = &st->w.mem.folio[p->target];
	int err = 0;

	if (p->pte != PTE_PRESENT || !(f->flags & FOLIO_EXCLUSIVE))
		return 0;
	a.kind = ACT_WRITE;
	if (!(f->flags & FOLIO_DIRTY) || f->content == STAMP_ZERO)
		err = begin_in(r, s, to, st, a, nested, may);
	a.choice = 1;
	if (!err && r->k.zeromap && (!(f->flags & FOLIO_DIRTY) || f->content != STAMP_ZERO))
		err = begin_in(r, s, to, st, a, nested, may);
	return err;
}

/* The page was written to since; or userfaultfd has changed its bit. */
static int begin_variants(const struct conform_rules *r, struct conform_slot *s,
			  struct state_set *to, const struct cstate *st, struct act a,
			  unsigned nested, const struct conform_may *may)
{
	const struct vpage *p = &st->w.mem.page[a.page];
	int err;

	/* whether soft-dirty bits are kept at all depends on how the kernel was configured */
	if (a.op == OP_do_swap_page)
		a.aux |= p->bits & PTE_SOFT_DIRTY;
	err = begin_in(r, s, to, st, a, nested, may);

	if (!err && a.kind == ACT_BEGIN && a.op == OP_shrink_folio_list)
		err = begin_written(r, s, to, st, a, nested, may);
	if (!err && may->fork && a.op == OP_shrink_folio_list && p->pte == PTE_PRESENT &&
	    (st->w.mem.folio[p->target].flags & FOLIO_EXCLUSIVE)) {
		a.kind = ACT_SHARE;
		err = begin_in(r, s, to, st, a, nested, may);
	}
	if (!err && may->wp && a.op == OP_do_swap_page && p->pte == PTE_SWAP &&
	    ((p->bits ^ a.aux) & PTE_UFFD_WP)) {
		a.kind = ACT_BITS;
		err = begin_in(r, s, to, st, a, nested, may);
	}
	return err;
}

/* A fault at an address that no page of the slot is known to have: one was moved there. */
static int begin_moved(const struct conform_rules *r, struct conform_slot *s, struct state_set *to,
		       const struct cstate *st, struct act a, const struct conform_may *may)
{
	int page = free_page(s, st), err = 0;

	a.kind = ACT_MOVE;
	a.to = (uint8_t)page;
	for (unsigned i = 0; page >= 0 && i < MAX_PAGES && !err; i++) {
		a.page = (uint8_t)i;
		if (st->w.mem.page[i].pte == PTE_SWAP && s->addr[i] && s->addr[i] != a.addr)
			err = begin_in(r, s, to, st, a, 0, may);
	}
	return err;
}

/* Operations on two pages: the second is one that was not seen before. */
static bool needs_page(unsigned op)
{
	return op == OP_copy_page_range || op == OP_move_pages_pte;
}

static int begin_page(const struct conform_rules *r, struct conform_slot *s,
		      const struct state_set *from, struct state_set *to, uint32_t index,
		      const struct capture_event *e, const struct starter *b,
		      const struct conform_may *may)
{
	const struct cstate *st = &from->state[index];
	int task = task_for(s, from, st, e->thread), err = 0, page = -1;
	struct act a = { .event = s->event, .slot = s->slot, .thread = e->thread,
			 .kind = b->life ? ACT_LIFE : ACT_BEGIN, .op = b->op };

	if (task < 0)
		return -E2BIG;
	a.task = (uint8_t)task;
	a.aux = b->op == OP_do_swap_page ? fault_bits(e) : b->op == OP_touch_page ? AUX_WRITE : 0;
	a.addr = e->mask & HAS_ADDR ? e->addr : 0;
	if (needs_page(b->op))
		page = free_page(s, st);
	if (b->life) {
		a.page = (uint8_t)life_page(s, st);
		for (unsigned how = 0; how <= (LIFE_ZEROES | LIFE_SHARED) && !err; how++) {
			if ((how & LIFE_ZEROES && !r->k.zeromap) ||
			    (how & LIFE_SHARED && !may->fork))
				continue;
			a.choice = (uint8_t)how;
			err = begin_in(r, s, to, st, a, 0, may);
		}
		return err;
	}
	a.to = (uint8_t)(page < 0 ? 0 : page);
	if (b->op == OP_zap_pte_range)
		a.to = (e->mask & HAS_NR) && e->nr > 1;
	for (unsigned i = 0; i < MAX_PAGES && !err; i++) {
		if (!page_fits(s, st, i, b, e) || (needs_page(b->op) && page < 0))
			continue;
		a.page = (uint8_t)i;
		if (b->op == OP_do_swap_page && !(e->mask & HAS_PTE))
			a.aux = st->w.mem.page[i].bits & PTE_BITS;
		err = begin_variants(r, s, to, st, a, b->nested, may);
	}
	if (!err && may->move && b->op == OP_do_swap_page)
		err = begin_moved(r, s, to, st, a, may);
	return err;
}

/* May the thread begin it in this world? */
static bool may_begin(const struct conform_rules *r, const struct conform_slot *s,
		      const struct cstate *st, const struct starter *b,
		      const struct capture_event *e)
{
	int inside = slot_task(s, st, e->thread);

	if (b->usage && (e->mask & HAS_USAGE) && e->usage != b->usage)
		return false;
	if (b->life && r->seen[0][PROBE_swap_range_free] && st->w.mem.slot[0].swap_map)
		return false;
	if ((b->op == OP_free_swap_cache || b->op == OP_folio_free_swap) &&
	    !st->w.mem.slot[0].cache)
		return false;
	if (inside < 0)
		return true;
	return b->nested && !st->at[inside].nested && !st->at[inside].credits &&
	       !st->at[inside].owes;
}

static int begin_all(const struct conform_rules *r, struct conform_slot *s,
		     const struct state_set *from, struct state_set *to,
		     const struct capture_event *e, const struct starter *b,
		     const struct conform_may *may)
{
	int err = 0;

	if (b->life)
		forget_page(s, from);
	for (uint32_t i = 0; i < from->n && !err; i++)
		if (may_begin(r, s, &from->state[i], b, e))
			err = begin_page(r, s, from, to, i, e, b, may);
	return err;
}

int slot_begin(const struct conform_rules *r, struct conform_slot *s, const struct state_set *from,
	       struct state_set *to, const struct capture_event *e, const struct conform_may *may)
{
	unsigned n, m;
	const struct starter *b = label_starters(e, &n);
	const struct late_starter *late = label_late_starters(&m);
	int err = 0;

	for (unsigned j = 0; j < n && !err; j++)
		err = begin_all(r, s, from, to, e, &b[j], may);
	for (unsigned j = 0; j < m && !err; j++)
		if (!r->seen[0][late[j].first])
			err = begin_all(r, s, from, to, e, &late[j].starter, may);
	return err;
}

/* ---- what would have been possible ---- */

static void say(struct conform_refuted *out, const char *text)
{
	for (unsigned i = 0; i < out->allowed; i++)
		if (!strcmp(out->text[i], text))
			return;
	if (out->allowed < CONFORM_ALLOWED)
		snprintf(out->text[out->allowed++], CONFORM_TEXT, "%s", text);
}

static void say_task(const struct conform_rules *r, const struct cstate *st, unsigned task,
		     struct conform_refuted *out)
{
	const struct task *t = &st->w.task[task];
	struct cstate to;
	struct probe_call wanted;
	unsigned choices = 1;
	char label[LABEL_MAX], text[CONFORM_TEXT];
	int at = t->depth ? task_at(t, t->depth - 1u) : -1;

	if (st->at[task].owes) {
		say(out, label_text(&st->at[task].owed[0], label));
		return;
	}
	for (unsigned choice = 0; choice < choices; choice++)
		if (cstate_step(r, st, task, choice, &to, &choices, &wanted) == FIRE_WAITS) {
			snprintf(text, sizeof(text), "%s, in %s: %s", label_text(&wanted, label),
				 at < 0 ? "?" : step_op_name(step_at((size_t)at)),
				 at < 0 ? "" : step_at((size_t)at)->text);
			say(out, text);
		}
}

void slot_allowed(const struct conform_rules *r, const struct conform_slot *s,
		  const struct state_set *set, uint32_t thread, struct conform_refuted *out)
{
	out->allowed = 0;
	out->worlds = set->n;
	for (uint32_t i = 0; i < set->n; i++) {
		int task = slot_task(s, &set->state[i], thread);

		if (task < 0)
			say(out, "nothing of this slot: the thread is in no operation of it");
		else
			say_task(r, &set->state[i], (unsigned)task, out);
	}
}
