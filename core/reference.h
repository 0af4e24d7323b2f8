/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reference.h - the text of core/mm, built into the program: what a trace carries and the
 * debugger shows beside a run.
 */
#ifndef SWAPSCOPE_CORE_REFERENCE_H
#define SWAPSCOPE_CORE_REFERENCE_H

#include <stddef.h>

#pragma GCC visibility push(default)

struct reference {
	const char *name;	/* "mm/zswap.c", as op_file() and steps say it */
	const char *text;
};
extern const struct reference reference_sources[];
extern const size_t reference_source_count;

#pragma GCC visibility pop

#endif
