/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * why.h - the command why: rules weighed, the thesis, its proof, the rules in words.
 *
 *	why.c		the command; one scenario, its flips and pairs of them
 *	all.c		every rule over many scenarios
 *	thesis.c	pin x refcount x kind of load; the proof in every transition
 *	table.h, argument.h	these in print
 *	words.c		the rules in words
 *
 * why.c takes the words apart and calls one of the others, which prints by why_print_to() and
 * returns an exit status.
 */
#ifndef SWAPSCOPE_UI_WHY_WHY_H
#define SWAPSCOPE_UI_WHY_WHY_H

#include "replay/why/why.h"
#include "ui/usage/usage.h"

#define MEMORY_MIB	1024	/* of one search, unless told otherwise */
#define ALL_STATES	1000000	/* of one search of --all */
#define FLIPS_MAX	512

struct why_args {
	struct kernel_choice kernel;
	struct words rule;
	char **name;
	int names;
	bool pairs, all, thesis, proof, rules;
	bool text, json, markdown;
	const char *output;
	uint64_t width, threads, max_states, max_mib;
};


/* The flips of --rule; *n of them, FLIPS_MAX at most, and none without --rule.  An exit status. */
int why_choose_flips(const struct why_args *a, const struct kernel *k, struct why_flip *flip,
		     size_t *n);

void why_limits(const struct why_args *a, struct matrix_options *o);
void why_judge_all(struct why *w);

/* Load a scenario, and the kernel that is asked for over it. */
int why_load(const struct why_args *a, const char *name, struct scenario *s,
	     struct matrix_kernel *k);

/* On a terminal, and nothing is asked for that is no screen? */
bool why_wants_screen(const struct why_args *a);

/* A report, by what makes text of it (-ENOMEM, or 0), into the file or standard output. */
int why_print_to(const struct why_args *a,
		 int (*text)(const struct why_args *a, const void *report, FILE *out),
		 const void *report);

int why_all_scenarios(const struct why_args *a);
int why_proof_everywhere(const struct why_args *a);
int why_thesis_and_proof(const struct why_args *a);
int why_show_rules(const struct why_args *a);

#endif
