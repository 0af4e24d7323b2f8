/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parts.h - what the files of this folder share.
 */
#ifndef SWAPSCOPE_REPLAY_MONITOR_PARTS_H
#define SWAPSCOPE_REPLAY_MONITOR_PARTS_H

#include "core/explore/explore.h"
#include "core/explore/graph.h"
#include "replay/monitor/monitor.h"

#define FUNCTIONS	PROBE_COUNT

/* Which functions are seen, and as what. */
struct functions {
	const char *enter[FUNCTIONS];	/* its name in the release; NULL: it has none there */
	const char *ret[FUNCTIONS];
	bool seen[FUNCTIONS];		/* it is asked for */
	bool split[FUNCTIONS];		/* its return comes in another step than its entry */
	bool tells[FUNCTIONS];		/* and comes with several values */
};

/* Fill in the names and which are asked for.  0 or -EINVAL and a sentence. */
int functions_of(struct functions *f, const struct kernel *k, unsigned release, const char *list,
		 char *err);

/* Is this call an event?  Optional ones (PROBE_MAY_*) are, and may be missing. */
bool call_seen(const struct functions *f, const struct probe_call *c);

/* What tells its event from others of the function. */
int16_t call_value(const struct probe_call *c);

/* The number of its event, or -1: the monitor has none such. */
int event_of(const struct monitor *m, const struct probe_call *c);

/* Events from calls, by name.  0 or -E2BIG. */
int events_make(struct monitor *m, const struct probe_call *calls, size_t n);

/* The world is one in which what is looked at is idle. */
bool is_idle(const struct monitor *m, const struct world *w);

/* Do the calls of a task's step belong to what is looked at? */
static inline bool looks_at(const struct monitor *m, unsigned task)
{
	return m->of == MONITOR_SLOT || m->index == task;
}

/* ---- net.c ---- */

#define UNSEEN	UINT16_MAX

/* Edges of a node are first[n] .. first[n + 1]. */
struct net {
	uint64_t *first;
	uint32_t *to;
	uint16_t *event;		/* UNSEEN */
	uint32_t nodes;
	uint32_t hub;			/* where it is idle: all such states are one with it */
	uint8_t *idle;			/* of a state: what is looked at is idle */
	uint32_t idle_count;
};

/* Explore, and make a net of m's events.  Sets m's figures.  0 or an error of monitor_make(). */
int net_make(struct net *n, struct monitor *m, const struct monitor_options *o, char *err);
void net_free(struct net *n);

/* ---- subset.c ---- */

/* The minimal automaton of a net: m->state.  0, -ENOMEM, -E2BIG or -ECANCELED. */
int automaton_make(struct monitor *m, const struct net *n, const struct monitor_options *o);

#endif
