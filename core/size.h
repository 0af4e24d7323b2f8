/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * size.h - how large a world can be.
 *
 * Small on purpose: every race in this area that we know of shows itself with
 * one or two slots.  The sizes are compile-time constants, so that a world is
 * flat memory; a scenario says how much of it is in use.
 *
 * The operations of core/mm are compiled a second time for real threads, over a
 * world of thousands of pages: core/live/size.h is then in the place of this.
 */
#ifdef SWAPSCOPE_LIVE
#include "core/live/size.h"
#endif

#ifndef SWAPSCOPE_CORE_SIZE_H
#define SWAPSCOPE_CORE_SIZE_H

#include <stdint.h>

#define MAX_MMS		4	/* address spaces; each has one page table lock */
#define MAX_PAGES	4	/* virtual pages, over all mms */
#define MAX_DEVICES	2	/* swap devices */
#define MAX_SLOTS	4	/* swap slots, over all devices */
#define MAX_FOLIOS	8	/* folio 0 does not exist: it is NULL */
#define MAX_ENTRIES	6	/* zswap entries; entry 0 is NULL */
#define MAX_TASKS	8	/* the device, where it is asynchronous, is one of them */
#define MAX_FRAMES	12	/* the deepest call chain of core/mm */
#define MAX_ITEMS	8	/* operations in one task's program */

typedef uint8_t obj_t;		/* the number of a page, slot, folio or entry, or one more */
typedef uint8_t tasks_t;	/* a bit a task */
typedef uint8_t aux_t;		/* an operation's own: bits, or a number */
typedef uint16_t stamp_t;	/* page content; a slot's life */

#define AUX_NUMBER	0x07	/* where aux has both: an entry's number .. */
#define AUX_TOP		0x80	/* .. and bits from the top down */

/* A function of core/mm that its other files use too. */
#define MM_API

#endif
