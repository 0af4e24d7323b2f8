/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/monitor/monitor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "replay/monitor/parts.h"

int monitor_make(struct monitor *m, const struct scenario *s, const struct kernel *k,
		 const struct monitor_options *o, char *err)
{
	struct net net = { 0 };
	int e;

	*m = (struct monitor){ .scenario = s, .kernel = *k, .of = o->of, .index = o->index };
	*err = '\0';
	m->functions = calloc(1, sizeof(*m->functions));
	m->event = calloc(MONITOR_EVENTS_MAX, sizeof(*m->event));
	e = m->functions && m->event ? 0 : -ENOMEM;
	if (!e)
		e = functions_of(m->functions, k, o->release, o->functions, err);
	if (!e)
		e = net_make(&net, m, o, err);
	if (!e)
		e = automaton_make(m, &net, o);
	if (!e && !m->events) {
		e = -ENODATA;
		snprintf(err, MONITOR_TEXT_MAX, "none of the functions is called once it has been "
			 "idle");
	}
	if (e == -E2BIG && !*err)
		snprintf(err, MONITOR_TEXT_MAX, "the automaton has more than %d states: name the "
			 "functions that count", MONITOR_STATES_MAX);
	if (e == -ENOMEM)
		snprintf(err, MONITOR_TEXT_MAX, "out of memory");
	if (e == -ECANCELED)
		snprintf(err, MONITOR_TEXT_MAX, "interrupted");
	net_free(&net);
	if (e)
		monitor_free(m);
	return e;
}

void monitor_free(struct monitor *m)
{
	free(m->functions);
	free(m->event);
	free(m->state);
	*m = (struct monitor){ 0 };
}

int monitor_begin(const struct monitor *m, const struct world *w)
{
	return is_idle(m, w) ? 0 : MONITOR_WAITS;
}

int monitor_step(const struct monitor *m, int at, unsigned task, const struct probe_calls *calls,
		 const struct world *after)
{
	if (at == MONITOR_WAITS)
		return monitor_begin(m, after);
	if (at == MONITOR_ERROR || !looks_at(m, task))
		return at;
	for (unsigned i = 0; i < calls->n && i < PROBE_CALLS_MAX && at >= 0; i++) {
		const struct probe_call *c = &calls->call[i];
		int event;

		/* one that may not be seen: the automaton takes both */
		if (!call_seen(m->functions, c) || probe_maybe(c->kind))
			continue;
		event = event_of(m, c);
		if (event >= 0)
			at = m->state[at].next[event];
	}
	return at;
}
