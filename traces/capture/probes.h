/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * probes.h - which functions of which Linux tell what its swap path does, and what of each to
 * record.
 *
 * There is no tracepoint in mm/zswap.c, mm/swap_state.c or mm/swapfile.c.  A capture is made of
 * kprobes and kretprobes; this is the list of them.  A row holds for a span of releases: functions
 * come, go and change their arguments, and a function that is there under the same name in all of
 * them may have a row for each form.
 */
#ifndef SWAPSCOPE_TRACES_CAPTURE_PROBES_H
#define SWAPSCOPE_TRACES_CAPTURE_PROBES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#pragma GCC visibility push(default)

/* A release as one number: v6.8 is RELEASE(6, 8).  Stable releases are not told apart. */
#define RELEASE(major, minor)	((major) * 100u + (minor))
#define RELEASE_LAST		RELEASE(99, 99)

enum probe_need {
	PROBE_NEEDED,	/* without it a fault or the life of a slot cannot be followed */
	PROBE_USEFUL,	/* without it something specific is not known */
	PROBE_DETAIL,	/* it bears out what others say */
};

struct probe {
	const char *event;	/* "fault"; that of the return has "_r" behind it */
	const char *function;
	unsigned since, until;	/* RELEASE()s, both included */
	const char *enter;	/* kprobe arguments, may be ""; NULL: the entry is not recorded */
	const char *ret;	/* at the return, the same */
	const char *instead;	/* recorded only where the probe of this event cannot be; or NULL */
	enum probe_need need;
	const char *without;	/* what cannot be concluded where it is missing */
};

/* What a reader of the source would look for, and no probe can be put on. */
struct blind_spot {
	const char *where;
	unsigned since, until;
	const char *without;	/* what follows from that, and what makes up for it */
};

/* The tables, in the order in which they are to be defined and read.  *n gets the length. */
const struct probe *probes_all(size_t *n);
const struct blind_spot *blind_spots(size_t *n);

/*
 * The release whose functions a kernel has: "6.8.3" and "v6.8" are RELEASE(6, 8), and a preset is
 * the release that it was made from.  0: no such kernel.
 */
unsigned probes_release(const char *kernel);

/*
 * Whether the arguments of that release were read in its own source, type information or
 * captures; if not they are those of the releases around it.
 */
bool probes_verified(unsigned release);
#define PROBES_VERIFIED_TEXT "v6.1, v6.8, v6.12 and those from v6.16 to v7.3"

/* ---- which of the functions a kernel really has ---- */

#define PROBE_SYMBOL_MAX	64
#define PROBES_MAX		128

struct probe_symbols {
	size_t found;				/* functions of the table that are there */
	char name[PROBES_MAX][PROBE_SYMBOL_MAX];	/* of probes_all()[i]; "": it is not */
};

/*
 * Read a list of symbols: /proc/kallsyms, a System.map, or available_filter_functions of tracefs.
 * The name that the compiler gave a function may have .isra, .constprop or .part behind it: the
 * plain one is preferred.  Memory does not depend on the file, lines can be of any length.
 * Returns 0, -ENODATA (none of the functions is in it) or the error of the stream.
 */
int probe_symbols_read(struct probe_symbols *s, FILE *in);

#pragma GCC visibility pop

#endif
