/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * size.h - how large a world can be.
 *
 * Small on purpose: every race in this area that we know of shows itself with
 * one or two slots.  The sizes are compile-time constants, so that a world is
 * flat memory; a scenario says how much of it is in use.
 */
#ifndef SWAPSCOPE_CORE_SIZE_H
#define SWAPSCOPE_CORE_SIZE_H

#define MAX_MMS		4	/* address spaces; each has one page table lock */
#define MAX_PAGES	4	/* virtual pages, over all mms */
#define MAX_DEVICES	2	/* swap devices */
#define MAX_SLOTS	4	/* swap slots, over all devices */
#define MAX_FOLIOS	8	/* folio 0 does not exist: it is NULL */
#define MAX_ENTRIES	6	/* zswap entries; entry 0 is NULL */
#define MAX_TASKS	8	/* the device, where it is asynchronous, is one of them */
#define MAX_FRAMES	12	/* the deepest call chain of core/mm */
#define MAX_ITEMS	8	/* operations in one task's program */

#endif
