/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * table.h - event, change and keyframe as SQLite sees them when runs may be packed: the
 * rows of the file's own tables and, of packed runs, those in its blocks.
 */
#ifndef SWAPSCOPE_TRACES_PACK_TABLE_H
#define SWAPSCOPE_TRACES_PACK_TABLE_H

#include "traces/pack/cache.h"

/*
 * Make the three tables in the TEMP schema, where their names go before those of the file.  A
 * question for one position of a run unpacks one block; some that were unpacked are kept in the
 * cache, which is freed when nobody asks any more and before db is closed.  Returns 0 or an
 * SQLITE_ code.
 */
int packed_tables(sqlite3 *db, struct packed_cache *cache);

#endif
