/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run.c - slots and threads of a capture, and how what they do begins and ends.
 */
#include "replay/conform/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PATH_MAX_NODES	65536	/* that are kept before it is asked which of them matter */

/* ---- slots and threads ---- */

static void *grown(void *array, uint32_t *n, uint32_t wanted, size_t size)
{
	uint32_t room = *n ? *n : 64;
	char *p;

	if (wanted < *n)
		return array;
	while (room <= wanted)
		room *= 2;
	p = realloc(array, room * size);
	if (!p)
		return NULL;
	memset(p + *n * size, 0, (room - *n) * size);
	*n = room;
	return p;
}

struct conform_slot *conform_slot_of(struct conform *c, uint32_t number)
{
	struct conform_slot **all = grown(c->slot, &c->slots, number, sizeof(*all));

	if (!all)
		return NULL;
	c->slot = all;
	if (!all[number]) {
		all[number] = calloc(1, sizeof(**all));
		if (all[number]) {
			all[number]->slot = number;
			c->r->slots++;
		}
	}
	return all[number];
}

struct thread *conform_thread_of(struct conform *c, uint32_t number)
{
	struct thread *all = grown(c->thread, &c->threads, number, sizeof(*all));

	if (!all)
		return NULL;
	c->thread = all;
	return &all[number];
}

int conform_remember(struct thread *t, uint32_t slot)
{
	for (unsigned i = 0; i < t->n; i++)
		if (t->slot[i] == slot)
			return 0;
	if (t->n == t->room) {
		unsigned room = t->room ? t->room * 2 : 4;
		uint32_t *p = realloc(t->slot, room * sizeof(*p));

		if (!p)
			return -ENOMEM;
		t->slot = p;
		t->room = room;
	}
	t->slot[t->n++] = slot;
	return 0;
}

static void forget(struct thread *t, uint32_t slot)
{
	for (unsigned i = 0; i < t->n; i++)
		if (t->slot[i] == slot)
			t->slot[i] = t->slot[--t->n];
}

/* ---- the set of a slot ---- */

/* What is kept of a slot that is at rest is small. */
int conform_keep(struct conform_slot *s, const struct state_set *from)
{
	set_free(&s->set);
	for (uint32_t i = 0; i < from->n; i++)
		if (set_add(&s->set, &from->state[i]) < 0)
			return -ENOMEM;
	return 0;
}

int conform_copy(struct state_set *to, const struct state_set *from)
{
	set_clear(to);
	for (uint32_t i = 0; i < from->n; i++)
		if (set_add(to, &from->state[i]) < 0)
			return -ENOMEM;
	return 0;
}

int conform_closure(struct conform *c, struct conform_slot *s, struct state_set *set)
{
	return slot_closure(&c->rules, s, set, &c->may, c->max);
}

static bool thread_idle(const struct conform_slot *s, const struct cstate *st, uint32_t thread)
{
	return slot_task(s, st, thread) < 0;
}

static bool all_idle(const struct conform_slot *s, const struct cstate *st)
{
	for (unsigned i = 0; i < CONFORM_TASKS; i++)
		if (!s->task[i].device && !task_idle(st, i))
			return false;
	for (unsigned i = 1; i < MAX_FOLIOS; i++)
		if (st->w.mem.folio[i].io_swp)
			return false;
	return true;
}

/* ---- beginning and ending ---- */

static void use_tasks(struct conform *c, struct conform_slot *s)
{
	memset(s->task, 0, sizeof(s->task));
	if (c->rules.hw.device == DEVICE_DISK)
		s->task[CONFORM_TASKS - 1] = (struct owner){ .used = true, .device = true };
}

int conform_begin_slot(struct conform *c, struct conform_slot *s, bool from_nothing)
{
	struct act a = { .event = s->event, .slot = s->slot, .kind = ACT_SLOT,
			 .to = c->rules.hw.device };
	const unsigned shared = c->may.fork ? SHARED_COUNT : SHARED_ONCE + 1;
	struct cstate st;

	set_clear(&s->set);
	s->paths.n = 0;
	s->begun = true;
	s->broken = false;
	use_tasks(c, s);
	memset(s->addr, 0, sizeof(s->addr));
	for (unsigned i = 0; i < (from_nothing ? 1 : START_COUNT * shared); i++) {
		memset(&st, 0, sizeof(st));
		a.choice = (uint8_t)(i / shared);
		a.page = (uint8_t)(i % shared);
		if (!act_apply(&c->rules.k, &c->rules.hw, &a, &st.w, NULL))
			continue;
		if (c->rules.hw.device == DEVICE_DISK)
			cstate_begin(&c->rules, &st, CONFORM_TASKS - 1,
				    (struct frame){ .op = OP_end_swap_bio });
		st.frontswap = c->rules.frontswap && st.w.mem.slot[0].entry;
		st.node = path_add(&s->paths, 0, &a);
		if (!st.node || set_add(&s->set, &st) < 0)
			return -ENOMEM;
		/* the bit stays when zswap has written the entry to the device */
		st.frontswap = c->rules.frontswap && a.choice != START_FREE;
		if (set_add(&s->set, &st) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* Tell what led to the worlds of a set, as far as that is certain. */
static int settle(struct conform *c, struct conform_slot *s, struct state_set *set)
{
	return path_settle(&s->paths, set, c->o->act, c->o->arg);
}

/* The same to the end: of several worlds one is as good as the others. */
int conform_settle_one(struct conform *c, struct conform_slot *s, struct state_set *set)
{
	if (set->n > 1)
		set->n = 1;
	return settle(c, s, set);
}

/* Whether slot caches are used is asked when a slot is freed, and not known in between. */
static bool forget_caches(struct conform_slot *s, struct cstate *st)
{
	const struct act a = { .event = s->event, .slot = s->slot, .kind = ACT_CACHES };

	if (!st->w.mem.slot_cache_off)
		return true;
	st->w.mem.slot_cache_off = 0;
	st->node = path_add(&s->paths, st->node, &a);
	return st->node != 0;
}

/* Nothing of it is under way: worlds that behave alike from here on are one. */
int conform_rest(struct conform *c, struct conform_slot *s)
{
	struct state_set *set = &s->set;
	int err;

	for (uint32_t i = 0; i < set->n; i++)
		if (!all_idle(s, &set->state[i]))
			return s->paths.n < PATH_MAX_NODES ? 0 : settle(c, s, set);
	use_tasks(c, s);
	set_clear(&c->next);
	for (uint32_t i = 0; i < set->n; i++) {
		mem_canonicalise(&set->state[i].w.mem);
		if (!forget_caches(s, &set->state[i]) ||
		    set_add(&c->next, &set->state[i]) < 0)
			return -ENOMEM;
	}
	err = conform_keep(s, &c->next);
	return err ? err : settle(c, s, &s->set);
}

/* The slot's worlds in which the thread is in no operation of it, if there are any. */
static int end_thread(struct conform *c, struct conform_slot *s, uint32_t thread, bool *ended)
{
	int err = conform_copy(&c->closed, &s->set);

	*ended = false;
	if (!err)
		err = conform_closure(c, s, &c->closed);
	if (err)
		return err == -E2BIG ? 0 : err;
	set_clear(&c->next);
	for (uint32_t i = 0; i < c->closed.n; i++)
		if (thread_idle(s, &c->closed.state[i], thread) &&
		    set_add(&c->next, &c->closed.state[i]) < 0)
			return -ENOMEM;
	if (!c->next.n)
		return 0;
	*ended = true;
	err = conform_keep(s, &c->next);
	return err ? err : conform_rest(c, s);
}

/* The thread does something else: what it did before is over, if it can be. */
int conform_end_others(struct conform *c, uint32_t thread, uint32_t slot)
{
	struct thread *t = conform_thread_of(c, thread);
	int err = 0;

	if (!t)
		return -ENOMEM;
	for (unsigned i = t->n; i-- > 0 && !err;) {
		struct conform_slot *s = t->slot[i] == slot ? NULL : conform_slot_of(c, t->slot[i]);
		bool ended = true;

		if (batch_has(&t->batch, &c->entries, t->slot[i]))
			continue;

		if (s && !s->broken)
			err = end_thread(c, s, thread, &ended);
		if (s && ended)
			forget(t, t->slot[i]);
	}
	return err;
}
