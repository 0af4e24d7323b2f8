/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pack.h - a trace with its runs packed, or with its runs as rows.  Nothing is lost either way.
 *
 * A conversion never touches what it reads.  It copies the file to OUT.db.XXXXXX.part beside the
 * new one, page by page, so that what this program does not know is there too; then, run by run,
 * writes each transition in its other form and deletes the rows that it had; makes the file small,
 * closes and syncs it, and only then gives it its name.  A conversion that fails removes its copy,
 * and one that is killed leaves it.
 *
 * The original may be anybody's: its transitions are read by scan.h, where each is checked, and a
 * run whose blocks overlap or leave gaps is refused.  The copy is written by the statements of a
 * writer (writer.h), which is put together here for a file that is there already.
 *
 * SQL needs no conversion: table.h shows packed runs as tables event, change and keyframe, unpacked
 * block by block as they are asked for, and cache.h keeps the last blocks.
 */
#ifndef SWAPSCOPE_TRACES_PACK_PACK_H
#define SWAPSCOPE_TRACES_PACK_PACK_H

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(default)

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

#pragma GCC visibility pop

#endif
