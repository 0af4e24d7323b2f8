/* SPDX-License-Identifier: GPL-2.0-only */
/* read.h - the file: its claim goes to struct verification, its tables to sets. */
#ifndef SWAPSCOPE_CORE_VERIFY_READ_H
#define SWAPSCOPE_CORE_VERIFY_READ_H

#include <stdbool.h>

#include "core/verify/rowset.h"
#include "core/verify/verify.h"

/* A row of `states`: the number of its shared memory, then of each task's stack, without gaps. */
#define ROW_MEM		sizeof(uint32_t)
#define ROW_STACK	sizeof(uint16_t)
#define ROW_MAX		(ROW_MEM + MAX_TASKS * ROW_STACK)

struct tables {
	struct rowset mems;	/* struct mem */
	struct rowset stacks;	/* struct task */
	struct rowset states;
	uint64_t left;		/* of verify_options.max_bytes */
};

/* End with a status and a line that says why.  Returns false. */
bool verify_ends(struct verification *v, enum verify_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Is there time to go on?  Ends with VERIFY_UNFINISHED where there is not. */
bool verify_goes_on(struct verification *v, const struct verify_options *o, uint64_t done);

/*
 * Read all of a file and believe nothing: true, and the claim and the tables are there; or false,
 * and why.  The rows that numbers in `states` name are there.
 */
bool read_certificate(struct verification *v, struct tables *t, FILE *in,
		      const struct verify_options *o);

#endif
