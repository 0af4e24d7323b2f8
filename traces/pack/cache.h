/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cache.h - blocks and keyframes of a file that were unpacked, the last few of them.
 */
#ifndef SWAPSCOPE_TRACES_PACK_CACHE_H
#define SWAPSCOPE_TRACES_PACK_CACHE_H

#include <sqlite3.h>

#include "traces/block/block.h"

#define PIECES	16

/* A block, or the keyframe of a position. */
struct piece {
	bool is_frame;
	int64_t run;
	int64_t first;			/* transition or position */
	struct block block;
	struct frame_rows frame;
	unsigned users;			/* who look at it now */
	uint64_t used;			/* when it was asked for last */
};

struct packed_cache {
	sqlite3 *db;			/* not owned */
	int format;
	sqlite3_stmt *is_packed, *block, *frame;
	int64_t run;			/* the last one that was asked about; 0: none */
	bool packed;
	struct piece *piece[PIECES];
	uint64_t time;
};

/* Is the run packed?  0 or an SQLITE_ code. */
int cache_is_packed(struct packed_cache *c, int64_t run, bool *packed);

/*
 * The block of `run` that has transition `seq`, or the keyframe at position `seq`, for somebody to
 * look at until cache_put().  *p is NULL when there is none.  0 or an SQLITE_ code:
 * SQLITE_CORRUPT for one that cannot be unpacked.
 */
int cache_get(struct packed_cache *c, bool is_frame, int64_t run, int64_t seq, struct piece **p);
void cache_put(struct piece *p);

/* Forget all that the database has prepared; and free all. */
void cache_free(struct packed_cache *c);

#endif
