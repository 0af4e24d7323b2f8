/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan.h - which probes are to be printed, and how a kernel calls their functions.
 */
#ifndef SWAPSCOPE_UI_CAPTURE_PLAN_H
#define SWAPSCOPE_UI_CAPTURE_PLAN_H

#include "traces/capture/probes.h"
#include "ui/command/command.h"

struct probes_args {
	struct kernel_choice kernel;
	const char *symbols;
	bool dat;
	bool bpftrace;
	bool list;
};

/* What is to be printed: the rows of a release, and what a list of symbols says of them. */
struct plan {
	const struct probes_args *args;
	unsigned release;		/* 0: all of them (--list) */
	bool verified;
	const struct probe *probe;
	size_t probes;
	const struct probe_symbols *symbols;	/* NULL: none were given */
};

/* Is a row with these bounds of the release? */
bool plan_in_release(const struct plan *p, unsigned since, unsigned until);

/* The name that the kernel has for row i, or NULL if there is none in its symbols. */
const char *plan_symbol(const struct plan *p, size_t i);

/* Whether the probe that row i stands in for is to be had. */
bool plan_superseded(const struct plan *p, size_t i);

/* What it is and what it cannot tell, as a comment, each line after `mark`: "#", "//". */
void plan_comment(const struct plan *p, const char *mark);

/* A script for bpftrace: what it prints the importer reads (traces/import/bpf.c). */
void print_bpftrace(const struct plan *p);

#endif
