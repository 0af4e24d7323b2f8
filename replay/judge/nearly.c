/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nearly.c - which line makes a claim impossible: it is judged again without it, and with two lines
 * in the other order.  People get the order of two lines wrong more often than the race.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/judge/parts.h"

/* Its column's next event, which has to follow without another between them; or -1. */
static int follower(const struct claim_text *c, unsigned e)
{
	for (unsigned i = e + 1; i < c->events; i++)
		if (c->event[i].column == c->event[e].column)
			return (int)i;
	return -1;
}

/* What is indented may be of any call. */
static void open_scopes(struct claim_text *c)
{
	for (unsigned e = 0; e < c->events; e++) {
		c->event[e].scope = -1;
		c->event[e].opens = false;
	}
}

static void exchange(struct claim_text *c, unsigned a, unsigned b)
{
	struct claim_event x = c->event[a];

	c->event[a] = c->event[b];
	c->event[b] = x;
	if (x.opens || c->event[a].opens)	/* what is in a call is before it then */
		open_scopes(c);
	x.block = c->event[a].block;
	c->event[a].block = c->event[b].block;
	c->event[b].block = x.block;
}

static void leave_out(struct claim_text *c, unsigned e)
{
	bool opens = c->event[e].opens;

	memmove(&c->event[e], &c->event[e + 1], (c->events - 1 - e) * sizeof(*c->event));
	c->events--;
	for (unsigned i = 0; i < c->events; i++) {
		int scope = c->event[i].scope;

		if (opens && scope == (int)e)
			c->event[i].scope = -1;
		else if (scope > (int)e)
			c->event[i].scope--;
	}
	c->outcome_after -= c->outcome_after > e;
}

int claim_weaken(struct claim_text *w, const struct claim_text *c, enum claim_weaker how)
{
	*w = *c;
	w->event = malloc(CLAIM_EVENTS * sizeof(*w->event));
	if (!w->event)
		return -ENOMEM;
	memcpy(w->event, c->event, CLAIM_EVENTS * sizeof(*w->event));
	if (how == OF_ANY_CALL) {
		open_scopes(w);
		return (int)w->events;
	}
	for (unsigned e = w->events; e--; )
		if (w->event[e].guessed == GUESS_WORDS)
			leave_out(w, e);
	return (int)w->events;
}

/* 1: possible; 0: not; or -ENOMEM. */
static int try(const struct claim_text *c, const struct scenario *s, const struct kernel *k,
	       const struct judge_options *o, uint64_t *left)
{
	struct judge_options limited = *o;
	struct claim_error err;
	struct judged v;
	int e;

	if (*left && (!limited.max_states || limited.max_states > *left))
		limited.max_states = *left;
	limited.verdict_only = true;
	e = claim_judge(&v, c, s, k, &limited, &err);
	if (e)
		return e == -EINVAL ? 0 : e;
	if (*left)
		*left = v.states >= *left ? 0 : *left - v.states;
	e = v.says == JUDGE_POSSIBLE;
	judged_free(&v);
	return e;
}

/* The i-th of the events by their distance from one, those before it first; -1: from the end. */
static unsigned nearest(const struct claim_text *c, int from, unsigned i)
{
	int last = (int)c->events - 1;

	if (from < 0 || from > last)
		from = last;
	for (int d = 0; d <= last; d++) {
		if (from - d >= 0 && !i--)
			return (unsigned)(from - d);
		if (d && from + d <= last && !i--)
			return (unsigned)(from + d);
	}
	return 0;
}

int claim_nearly(struct judge_near *n, const struct claim_text *c, const struct scenario *s,
		 const struct kernel *k, const struct judge_options *o, int turned_away,
		 uint64_t most)
{
	struct claim_event *event = malloc(CLAIM_EVENTS * sizeof(*event));
	struct claim_text other = *c;
	uint64_t left = most;
	bool opens = false;
	int e = event ? 0 : -ENOMEM;

	*n = (struct judge_near){ .all = true };
	if (!e && o->bind_names) {
		struct judge_options any = *o;

		any.bind_names = false;
		e = try(c, s, k, &any, &left);
		n->other_tasks = e > 0;
	}
	for (unsigned i = 0; i < c->events; i++)
		opens |= c->event[i].opens;
	if (e >= 0 && opens) {
		other.event = event;
		memcpy(event, c->event, CLAIM_EVENTS * sizeof(*event));
		open_scopes(&other);
		e = try(&other, s, k, o, &left);
		n->other_calls = e > 0;
	}
	for (unsigned i = 0; e >= 0 && i < 2 * c->events && n->changes < NEAR_MAX; i++) {
		bool swaps = i < c->events;
		unsigned at = nearest(c, turned_away, i % c->events);
		int with = swaps ? follower(c, at) : -1;

		/* that the line itself is in the way has been said */
		if (swaps ? with < 0 : c->events < 2 || (int)at == turned_away)
			continue;
		if (most && !left) {
			n->all = false;
			break;
		}
		other = *c;
		other.event = event;
		memcpy(event, c->event, CLAIM_EVENTS * sizeof(*event));
		if (swaps)
			exchange(&other, at, (unsigned)with);
		else
			leave_out(&other, at);
		e = try(&other, s, k, o, &left);
		if (e > 0) {
			n->change[n->changes].line = c->event[at].line;
			n->change[n->changes++].with = swaps ? c->event[with].line : 0;
		}
	}
	free(event);
	return e < 0 ? e : 0;
}
