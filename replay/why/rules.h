/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rules.h - the rules in words: sentences that people rely on, each with the switch that it is
 * about, where the kernel has it, and a scenario that goes wrong without it.
 *
 * A sentence claims no more than can be shown: rule_show() explores its scenario with the rule
 * and without it.
 */
#ifndef SWAPSCOPE_REPLAY_WHY_RULES_H
#define SWAPSCOPE_REPLAY_WHY_RULES_H

#include "core/explore/explore.h"

#pragma GCC visibility push(default)

struct rule {
	const char *sentence;
	const char *values;	/* "pin=has_cache|folio": the values that keep it */
	const char *without;	/* "early": the one that does not */
	const char *where;	/* the kernel's file, function, commit */
	const char *scenario;	/* a shipped one */
	const char *kernel;	/* in which it is safe: "v6.1.0 read_drop=on" */
};

const struct rule *rules(size_t *n);

/* Is the rule kept in that kernel? */
bool rule_kept(const struct rule *r, const struct kernel *k);

/* The kernel of a rule's scenario, with the rule and without. */
void rule_kernels(const struct rule *r, struct kernel *with, struct kernel *without);

/* What a rule's scenario, loaded by the caller, shows. */
struct rule_shown {
	bool shown;		/* safe with it, known to be; and violated without */
	uint32_t breaks;	/* properties, as bits */
	size_t length;		/* of the shortest schedule */
	uint64_t states;	/* of both searches */
};
/* 0 or -ENOMEM. */
int rule_show(const struct rule *r, const struct scenario *s, struct rule_shown *shown);

#pragma GCC visibility pop

#endif
