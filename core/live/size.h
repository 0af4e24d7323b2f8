/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * size.h - how large a live world can be: core/size.h for real threads.
 *
 * The limits are those of the types; how many of each there are is said when the
 * world is made (live.h), and its memory is allocated then.
 */
#ifndef SWAPSCOPE_CORE_SIZE_H
#define SWAPSCOPE_CORE_SIZE_H

#include <stdint.h>

#define MAX_MMS		64
#define MAX_PAGES	65000
#define MAX_DEVICES	2
#define MAX_SLOTS	65000
#define MAX_FOLIOS	65000
#define MAX_ENTRIES	65000
#define MAX_TASKS	32
#define MAX_FRAMES	12
#define MAX_ITEMS	1	/* a thread's operations are drawn, not written down */

typedef uint16_t obj_t;
typedef uint32_t tasks_t;
typedef uint32_t aux_t;
typedef uint32_t stamp_t;

#define AUX_NUMBER	0xffffu
#define AUX_TOP		0x80000000u

#ifndef MM_API		/* mm.c makes one unit of all of core/mm */
#define MM_API
#endif

#endif
