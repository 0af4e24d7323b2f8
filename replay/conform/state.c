/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/conform/state.h"

#include "replay/conform/conform.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define STATE_BYTES	offsetof(struct cstate, node)

_Static_assert(sizeof(struct progress) == 4 + 4 * (CREDIT_MAX + LEAD_MAX + OWED_MAX),
	       "no padding in hashed state");
_Static_assert(STATE_BYTES == sizeof(struct world) + CONFORM_TASKS * sizeof(struct progress) + 4,
	       "no padding in hashed state");

/* ---- steps ---- */

/*
 * mm/frontswap.c (to v6.5) keeps a bit for each slot that zswap took, and asks zswap about no
 * other.  False: the call is not made.
 */
static bool through_frontswap(struct cstate *s, const struct probe_call *call)
{
	if (call->function == OP_zswap_store && probe_returns(call->kind))
		s->frontswap = call->value > 0;
	if (call->function == OP_zswap_load)
		return s->frontswap;
	if (call->function != OP_zswap_invalidate)
		return true;
	if (probe_returns(call->kind) && s->frontswap) {
		s->frontswap = 0;
		return true;
	}
	return s->frontswap;
}

/* What the model knows by two names, of which this kernel has the other. */
static bool other_name(const struct conform_rules *r, const struct probe_call *p)
{
	switch (p->function) {
	case OP_zswap_store:
		return r->frontswap && !probe_returns(p->kind);
	case PROBE_zswap_frontswap_store:
		return !r->frontswap;
	case OP_zswap_writeback_entry:
		return r->k.shrinker == SHRINKER_ZPOOL;
	default:
		return false;
	}
}

static void note_unseen(const struct conform_rules *r, const struct probe_calls *calls)
{
	for (unsigned i = 0; i < calls->n && i < PROBE_CALLS_MAX; i++) {
		const struct probe_call *p = &calls->call[i];

		if (!r->seen[probe_returns(p->kind)][p->function] && !other_name(r, p))
			r->unseen[probe_returns(p->kind)][p->function] = true;
	}
}

/* Those of them that are made and have a probe; false where there were too many. */
static bool keep_seen(const struct conform_rules *r, struct cstate *s, struct probe_calls *calls)
{
	unsigned n = 0;

	if (calls->n > PROBE_CALLS_MAX)
		return false;
	for (unsigned i = 0; i < calls->n; i++)
		if ((!r->frontswap || through_frontswap(s, &calls->call[i])) &&
		    r->seen[probe_returns(calls->call[i].kind)][calls->call[i].function])
			calls->call[n++] = calls->call[i];
	calls->n = n;
	return true;
}

bool cstate_begin(const struct conform_rules *r, struct cstate *s, unsigned task, struct frame f)
{
	struct probe_calls calls = { .n = 0 };

	memset(&s->w.task[task], 0, sizeof(s->w.task[task]));
	task_begin(&s->w.task[task], f, &calls);
	s->at[task] = (struct progress){ .nested = s->at[task].nested };
	if (!keep_seen(r, s, &calls) || calls.n > LEAD_MAX)
		return false;
	memcpy(s->at[task].lead, calls.call, calls.n * sizeof(calls.call[0]));
	s->at[task].leads = (uint8_t)calls.n;
	return true;
}

static bool same_call(const struct probe_call *a, const struct probe_call *b)
{
	return a->function == b->function &&
	       probe_returns(a->kind) == probe_returns(b->kind) &&
	       (a->value == b->value || a->value == 0 || b->value == 0);
}

/*
 * What a step enters before it does anything: lead, and what it says itself first.  Operations are
 * called, and so entered, after what it does.
 */
static unsigned entered_first(const struct progress *at, const struct probe_calls *calls,
			      struct probe_call *out, unsigned room)
{
	unsigned n = 0;

	for (unsigned i = 0; i < at->leads && n < room; i++)
		out[n++] = at->lead[i];
	for (unsigned i = 0; i < calls->n && n < room; i++) {
		if (probe_returns(calls->call[i].kind) ||
		    calls->call[i].function < PROBE_BASE)
			break;
		out[n++] = calls->call[i];
	}
	return n;
}

/* What comes after it is owed; but what it entered on its way to the next step leads to that. */
static bool settle(struct progress *at, const struct probe_calls *calls, unsigned own)
{
	unsigned end = calls->n;

	while (end > own && !probe_returns(calls->call[end - 1].kind))
		end--;
	*at = (struct progress){ .nested = at->nested };
	if (end - own > OWED_MAX || calls->n - end > LEAD_MAX)
		return false;
	for (unsigned i = own; i < end; i++)
		at->owed[at->owes++] = calls->call[i];
	for (unsigned i = end; i < calls->n; i++)
		at->lead[at->leads++] = calls->call[i];
	return true;
}

/* It is blocked: functions that it enters before it waits may be seen to be entered. */
static enum fire waits_outside(const struct progress *at, struct probe_call *wanted)
{
	if (at->credits > at->leads)
		return FIRE_NOT;
	for (unsigned i = 0; i < at->credits; i++)
		if (!same_call(&at->lead[i], &at->credit[i]))
			return FIRE_NOT;
	if (wanted && at->leads > at->credits)
		*wanted = at->lead[at->credits];
	return at->leads > at->credits ? FIRE_WAITS : FIRE_BLOCKED;
}

enum fire cstate_step(const struct conform_rules *r, const struct cstate *from, unsigned task,
		      unsigned choice, struct cstate *to, unsigned *choices,
		      struct probe_call *wanted)
{
	const struct progress *at = &from->at[task];
	struct probe_calls calls = { .n = 0 }, all;
	struct probe_call first[CREDIT_MAX + LEAD_MAX];
	struct step_ctx c = { .k = &r->k, .hw = &r->hw, .calls = &calls,
			      .task = (uint8_t)task, .choice = (obj_t)choice };
	unsigned n, next = 0;

	*choices = 1;
	if (!from->w.task[task].depth || owes_surely(at))
		return FIRE_NOT;
	memcpy(to, from, sizeof(*to));
	if (!conform_step(&c, &to->w)) {
		*choices = c.choices;
		return waits_outside(at, wanted);
	}
	*choices = c.choices;
	all = calls;
	if (c.overflow || c.ev.misused || !keep_seen(r, to, &calls))
		return FIRE_NOT;
	n = entered_first(at, &calls, first, CREDIT_MAX + LEAD_MAX);
	for (unsigned i = 0; i < at->credits; i++) {
		while (next < n && probe_maybe(first[next].kind) &&
		       !same_call(&first[next], &at->credit[i]))
			next++;
		if (next == n || !same_call(&first[next++], &at->credit[i]))
			return FIRE_NOT;
	}
	while (next < n && probe_maybe(first[next].kind))
		next++;
	if (next < n) {
		if (wanted)
			*wanted = first[next];
		return FIRE_WAITS;
	}
	if (!settle(&to->at[task], &calls, n - at->leads))
		return FIRE_NOT;
	if (task_idle(to, task))
		to->at[task].nested = 0;
	note_unseen(r, &all);
	return FIRE_MADE;
}

/* ---- differences ---- */

unsigned cstate_differ(const struct cstate *a, const struct cstate *b)
{
	const struct mem *m = &a->w.mem, *n = &b->w.mem;
	const bool differ[DIFFER_COUNT] = {
		[DIFFER_TASKS] = memcmp(a->w.task, b->w.task, sizeof(a->w.task)) ||
				 memcmp(a->at, b->at, sizeof(a->at)),
		[DIFFER_PAGE] = memcmp(m->page, n->page, sizeof(m->page)),
		[DIFFER_SLOT] = memcmp(m->slot, n->slot, sizeof(m->slot)),
		[DIFFER_FOLIO] = memcmp(m->folio, n->folio, sizeof(m->folio)),
		[DIFFER_ENTRY] = memcmp(m->entry, n->entry, sizeof(m->entry)),
	};
	unsigned bits = 0;

	for (unsigned i = 0; i < DIFFER_COUNT; i++)
		bits |= (unsigned)differ[i] << i;
	return bits ? bits : 1u << DIFFER_OTHER;
}

/* ---- sets ---- */

void set_clear(struct state_set *set)
{
	set->n = 0;
	if (set->table)
		memset(set->table, 0, set->slots * sizeof(set->table[0]));
}

void set_free(struct state_set *set)
{
	free(set->state);
	free(set->table);
	*set = (struct state_set){ 0 };
}

static uint32_t *place(const struct state_set *set, const struct cstate *s)
{
	uint32_t at = (uint32_t)XXH3_64bits(s, STATE_BYTES);

	for (;; at++) {
		uint32_t *slot = &set->table[at & (set->slots - 1)];

		if (!*slot || !memcmp(&set->state[*slot - 1], s, STATE_BYTES))
			return slot;
	}
}

static int grow(struct state_set *set)
{
	uint32_t slots = set->slots ? set->slots * 2 : 4;
	uint32_t *table = calloc(slots, sizeof(*table));
	struct cstate *state = realloc(set->state, slots / 2 * sizeof(*state));

	if (state)
		set->state = state;
	if (!table || !state) {
		free(table);
		return -ENOMEM;
	}
	free(set->table);
	set->table = table;
	set->slots = slots;
	set->room = slots / 2;
	for (uint32_t i = 0; i < set->n; i++)
		*place(set, &set->state[i]) = i + 1;
	return 0;
}

int set_add(struct state_set *set, const struct cstate *s)
{
	uint32_t *slot;

	if (set->n == set->room && grow(set) < 0)
		return -ENOMEM;
	slot = place(set, s);
	if (*slot)
		return 0;
	set->state[set->n] = *s;
	*slot = ++set->n;
	return 1;
}
