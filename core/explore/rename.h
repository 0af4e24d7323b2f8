/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rename.h - worlds that differ in the numbers of folios and zswap entries alone.
 */
#ifndef SWAPSCOPE_CORE_EXPLORE_RENAME_H
#define SWAPSCOPE_CORE_EXPLORE_RENAME_H

#include "core/world.h"

/*
 * Is there a renaming of folios and entries by which world `a` becomes world `b`, both canonical?
 * What was in use in `before` and is in both keeps its number, and so does an entry whose number
 * a task may compare.
 */
bool worlds_alike(const struct mem *before, const struct world *a, const struct world *b);

#endif
