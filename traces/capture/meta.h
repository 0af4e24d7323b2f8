/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * meta.h - what is said of a capture beside it: an INI file with a section [capture].
 *
 *	release = Linux version 6.8.0 (gcc ..) #1 SMP ..	/proc/version
 *	kernel = v6.8 load=exclusive	a kernel of `swapscope list kernels`, and switches
 *	device = zram			zram, brd, disk
 *	zswap.exclusive_loads = Y	parameters, by module
 *	clock, made-by, note ..		whatever else is to be kept
 */
#ifndef SWAPSCOPE_TRACES_CAPTURE_META_H
#define SWAPSCOPE_TRACES_CAPTURE_META_H

#include "core/kernel.h"
#include "traces/capture/capture.h"

#pragma GCC visibility push(default)

#define CAPTURE_META_MAX	64	/* keys */

struct capture_meta {
	char path[4096];	/* "" where there is no such file */
	char *key[CAPTURE_META_MAX], *value[CAPTURE_META_MAX];
	unsigned n;
};

/*
 * Read the sidecar at `path`, or if that is NULL the one beside a capture: CAPTURE.meta, or with
 * the capture's suffixes left off one by one (a.trace.zst: a.trace.meta, a.meta).  That there is
 * none is an error of the first only.  Returns 0, or a negative errno and one line in err
 * (TRACE_ERROR_MAX bytes).  capture_meta_free() in either case.
 */
int capture_meta_read(struct capture_meta *m, const char *path, const char *capture, char *err);
void capture_meta_free(struct capture_meta *m);

/* The value of a key; NULL where there is none, or it is empty. */
const char *capture_meta_get(const struct capture_meta *m, const char *key);

/* Another key; what the file says stays.  Returns 0 or a negative errno. */
int capture_meta_add(struct capture_meta *m, const char *key, const char *value);

/* Into the file, beside the capture of a run. */
int capture_meta_write(struct trace_writer *tw, int run, const struct capture_meta *m);

/* The value of a key of the run that t was opened for; "" where there is none. */
int capture_meta_value(struct trace *t, const char *key, char *value, size_t size);

/*
 * Which kernel was captured: as `kernel` says, or by the number in `release` (that of Debian's
 * text, "Debian 6.1.192-2", before that of the version) and zswap.exclusive_loads.  Returns 0: *k,
 * its name ("v6.8 load=exclusive") and in `how` why it is that one; -ENOENT where nothing says it
 * or there are no rules for it, and -EINVAL where `kernel` names none: `how` says so.
 */
#define CAPTURE_HOW_MAX	512
int capture_kernel(const struct capture_meta *m, struct kernel *k, char *name, size_t size,
		   char *how);

#pragma GCC visibility pop

#endif
