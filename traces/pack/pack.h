/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pack.h - a trace with its runs packed, or with its runs as rows.  Nothing is lost either way.
 */
#ifndef SWAPSCOPE_TRACES_PACK_PACK_H
#define SWAPSCOPE_TRACES_PACK_PACK_H

#include <stdbool.h>
#include <stdint.h>

/* What a conversion did. */
struct pack_result {
	unsigned runs;			/* that were converted; the others were so already */
	uint64_t events;		/* of these */
	uint64_t bytes_before, bytes_after;	/* the files */
};

/*
 * Write the trace `from` to `to` with all runs packed (or, without `pack`, unpacked); everything
 * else in it is copied as it is, and one of format 1 becomes one of today.  `to` may be a trace,
 * which is replaced, or nothing; anything else is refused, and so is `from` itself.  It gets its
 * name when it is whole: whatever fails or is killed, `to` is what it was.  What a killed one
 * leaves is a file whose name begins with that of `to`, and ends in ".part".
 * Returns 0 or a negative errno and one line in err (TRACE_ERROR_MAX bytes).
 */
int trace_pack(const char *from, const char *to, bool pack, struct pack_result *result, char *err);

#endif
