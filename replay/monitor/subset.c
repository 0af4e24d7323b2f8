/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A net made deterministic, and minimal.  Every state takes what comes; an event that none of its
 * nodes has is an error.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "replay/monitor/parts.h"

typedef uint64_t word;

struct subset {
	word *bits;			/* nodes, closed: what is reached unseen is in it */
	uint64_t hash;
	int16_t next[MONITOR_EVENTS_MAX];
	uint16_t kind;			/* while it is minimised: states of one kind do alike */
	bool idle;
};

struct making {
	const struct net *n;
	struct monitor *m;
	struct subset *set;
	unsigned sets;
	size_t words;
	word *to[MONITOR_EVENTS_MAX];	/* where an event leads from the set at hand, or NULL */
	uint32_t *stack;
};

static bool add_bit(word *bits, uint32_t n)
{
	const word bit = (word)1 << (n % 64);
	const bool fresh = !(bits[n / 64] & bit);

	bits[n / 64] |= bit;
	return fresh;
}

/* All that is reached unseen. */
static void close_set(struct making *k, word *bits)
{
	size_t top = 0;

	for (size_t i = 0; i < k->words; i++)
		for (word left = bits[i]; left; left &= left - 1)
			k->stack[top++] = (uint32_t)(i * 64 + (size_t)__builtin_ctzll(left));
	while (top) {
		const uint32_t at = k->stack[--top];

		for (uint64_t e = k->n->first[at]; e < k->n->first[at + 1]; e++)
			if (k->n->event[e] == UNSEEN && add_bit(bits, k->n->to[e]))
				k->stack[top++] = k->n->to[e];
	}
}

/* The number of a set, whose bits it takes; or -E2BIG. */
static int number_of(struct making *k, word *bits)
{
	const size_t size = k->words * sizeof(*bits);
	const uint64_t hash = XXH3_64bits(bits, size);

	for (unsigned i = 0; i < k->sets; i++)
		if (k->set[i].hash == hash && !memcmp(k->set[i].bits, bits, size)) {
			free(bits);
			return (int)i;
		}
	if (k->sets == MONITOR_STATES_MAX) {
		free(bits);
		return -E2BIG;
	}
	k->set[k->sets] = (struct subset){ .bits = bits, .hash = hash };
	k->set[k->sets].idle = bits[k->n->hub / 64] >> (k->n->hub % 64) & 1;
	return (int)k->sets++;
}

/* Where the events of one set lead. */
static int expand(struct making *k, unsigned at)
{
	const word *bits = k->set[at].bits;
	int err = 0;

	for (size_t i = 0; i < k->words; i++)
		for (word left = bits[i]; left; left &= left - 1) {
			const size_t node = i * 64 + (size_t)__builtin_ctzll(left);

			for (uint64_t e = k->n->first[node]; e < k->n->first[node + 1]; e++) {
				word **to;

				if (k->n->event[e] == UNSEEN)
					continue;
				to = &k->to[k->n->event[e]];
				if (!*to)
					*to = calloc(k->words, sizeof(**to));
				if (!*to)
					return -ENOMEM;
				add_bit(*to, k->n->to[e]);
			}
		}
	for (unsigned e = 0; e < k->m->events; e++) {
		int next = -1;

		if (k->to[e] && !err) {
			close_set(k, k->to[e]);
			next = number_of(k, k->to[e]);
			k->to[e] = NULL;
			err = next < 0 ? next : 0;
		}
		k->set[at].next[e] = (int16_t)next;
	}
	return err;
}

static int determinise(struct making *k, const struct monitor_options *o)
{
	word *start = calloc(k->words, sizeof(*start));
	int err = 0;

	if (!start)
		return -ENOMEM;
	add_bit(start, k->n->hub);
	close_set(k, start);
	number_of(k, start);
	for (unsigned i = 0; i < k->sets && !err; i++) {
		if (o->progress && !o->progress(o->progress_arg, k->m->explored,
						k->m->transitions, i))
			err = -ECANCELED;
		if (!err)
			err = expand(k, i);
	}
	return err;
}

/* ---- minimal ---- */

static int kind_behind(const struct making *k, unsigned set, unsigned event)
{
	const int next = k->set[set].next[event];

	return next < 0 ? -1 : k->set[next].kind;
}

static bool alike(const struct making *k, unsigned a, unsigned b)
{
	if (k->set[a].kind != k->set[b].kind)
		return false;
	for (unsigned e = 0; e < k->m->events; e++)
		if (kind_behind(k, a, e) != kind_behind(k, b, e))
			return false;
	return true;
}

/* Moore: kinds are split until states of one kind do alike.  How many there are. */
static unsigned minimise(struct making *k)
{
	uint16_t *fresh = calloc(k->sets, sizeof(*fresh));
	unsigned kinds = 0, before;

	if (!fresh)
		return 0;
	for (unsigned i = 0; i < k->sets; i++)
		k->set[i].kind = k->set[i].idle != k->set[0].idle;
	do {
		before = kinds;
		kinds = 0;
		for (unsigned i = 0; i < k->sets; i++) {
			unsigned j = 0;

			while (j < i && !alike(k, i, j))
				j++;
			fresh[i] = j < i ? fresh[j] : (uint16_t)kinds++;
		}
		for (unsigned i = 0; i < k->sets; i++)
			k->set[i].kind = fresh[i];
	} while (kinds != before);
	free(fresh);
	return kinds;
}

/* ---- names ---- */

/*
 * A state is called by its number and the event that first leads to it: an enum of the kernel has
 * states and events side by side.  States come in the order in which a breadth-first search meets
 * them, so that names are the same wherever the automaton is made.
 */
static void name_states(struct monitor *m)
{
	snprintf(m->state[0].name, sizeof(m->state[0].name), "idle");
	for (unsigned s = 1; s < m->states; s++) {
		const char *event = "";
		char name[64];

		for (unsigned from = m->states; from-- > 0;)
			for (unsigned e = m->events; e-- > 0;)
				if (m->state[from].next[e] == (int)s && from != s)
					event = m->event[e].name;
		snprintf(name, sizeof(name), "s%u_%.31s", s, event);
		memcpy(m->state[s].name, name, MONITOR_NAME_MAX - 1);
	}
}

/* Events that no state has are none of the monitor's: in the file they would have no place. */
static void drop_events(struct monitor *m)
{
	unsigned n = 0;

	for (unsigned e = 0; e < m->events; e++) {
		bool used = false;

		for (unsigned s = 0; s < m->states; s++)
			used |= m->state[s].next[e] >= 0;
		if (!used)
			continue;
		m->event[n] = m->event[e];
		for (unsigned s = 0; s < m->states; s++)
			m->state[s].next[n] = m->state[s].next[e];
		n++;
	}
	m->events = n;
}

/* The automaton of kinds, in the order of a breadth-first search. */
static int keep(struct making *k, unsigned kinds)
{
	struct monitor *m = k->m;
	unsigned *set_of = calloc(kinds, sizeof(*set_of)), n = 1;
	int *place = malloc(kinds * sizeof(*place));

	m->state = calloc(kinds, sizeof(*m->state));
	if (!set_of || !place || !m->state) {
		free(set_of);
		free(place);
		return -ENOMEM;
	}
	for (unsigned i = 0; i < kinds; i++)
		place[i] = -1;
	place[k->set[0].kind] = 0;
	for (unsigned i = 0; i < n; i++) {
		const struct subset *s = &k->set[set_of[i]];

		m->state[i].idle = s->idle;
		for (unsigned e = 0; e < MONITOR_EVENTS_MAX; e++) {
			const int next = e < m->events ? s->next[e] : -1;

			if (next >= 0 && place[k->set[next].kind] < 0) {
				set_of[n] = (unsigned)next;
				place[k->set[next].kind] = (int)n++;
			}
			m->state[i].next[e] = (int16_t)(next < 0 ? -1 : place[k->set[next].kind]);
		}
	}
	m->states = n;
	drop_events(m);
	name_states(m);
	free(set_of);
	free(place);
	return 0;
}

int automaton_make(struct monitor *m, const struct net *n, const struct monitor_options *o)
{
	struct making k = { .n = n, .m = m, .words = n->nodes / 64 + 1 };
	int err = -ENOMEM;
	unsigned kinds;

	k.set = calloc(MONITOR_STATES_MAX, sizeof(*k.set));
	k.stack = malloc(((size_t)n->nodes + 1) * sizeof(*k.stack));
	if (k.set && k.stack)
		err = determinise(&k, o);
	m->determinised = k.sets;
	if (!err) {
		kinds = minimise(&k);
		err = kinds ? keep(&k, kinds) : -ENOMEM;
	}
	for (unsigned i = 0; i < k.sets; i++)
		free(k.set[i].bits);
	for (unsigned e = 0; e < MONITOR_EVENTS_MAX; e++)
		free(k.to[e]);
	free(k.set);
	free(k.stack);
	return err;
}
