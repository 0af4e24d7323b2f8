/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * swapwork_late.c - v6.1 with the re-check of writeback (6.1.30 and later): is an object written
 * back whose slot is another page's by now?  docs/found.md.
 *
 * zbud takes both objects of its coldest page and gives them to zswap one after the other.  While
 * the first is written back, the second one's slot is freed and given to another page, of which
 * zswap stores a new entry: it is that entry which writeback then finds by the slot that is written
 * in the old object.  The device is full but for one slot, so that it is this one which is reused;
 * zswap's work runs on the CPU on which it was asked for, and is stopped there by a real-time
 * thread, after a time that is another in each round.
 *
 * The old object is decompressed as if it were as long as the new one: where it is not, the kernel
 * stops at a BUG_ON (late-bug), and where it is, the new page is read as the old one (late).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "swapwork.h"

enum { OLD = 12, VICTIM = 1, NEW = OLD, POKE, PAGES };
enum { STOP_MAX = 600 };	/* microseconds */

static enum stage { IDLE, WAKE, STOPPED } _Atomic stage;

/* Those of which two have room in a page of zbud's: a fourth is noise, or less. */
static uint32_t page_of(unsigned i)
{
	return i / 8 * 16 + 2 + i % 8;
}

/* Wakes zswap's work on this CPU, lets it run for a while, and stops it until the other is done. */
static void stop_work(struct worker *w)
{
	const struct sched_param first = { .sched_priority = 1 };

	if (sched_setscheduler(0, SCHED_FIFO, &first))
		die("SCHED_FIFO");
	while (!stopping) {
		if (stage != WAKE) {
			usleep(50);
			continue;
		}
		pageout(page_of(POKE), 1);
		usleep(1 + random_below(&w->random, STOP_MAX));
		stage = STOPPED;
		while (stage == STOPPED)
			;
	}
}

static void late_round(void)
{
	for (unsigned i = 0; i < PAGES; i++)
		write_page(page_of(i), 0);
	settle();
	for (unsigned i = 0; i < OLD; i++)
		pageout(page_of(i), 1);
	zswap_limit("0");
	stage = WAKE;
	while (stage != STOPPED)
		;
	zswap_limit("20");
	dontneed(page_of(VICTIM), 1);
	pageout(page_of(NEW), 1);
	stage = IDLE;
	usleep(3000);
	read_page(page_of(NEW), "late", 0);
	for (unsigned i = 0; i < PAGES; i++)
		dontneed(page_of(i), 1);
}

static void late(struct worker *w)
{
	(void)w;
	for (unsigned r = 0; r < opt.rounds && !stopping; r++)
		late_round();
	stopping = true;
}

int mode_late_bug(void)
{
	struct worker w[2];

	if (!zswap_is_here())
		return EXIT_NOT_HERE;
	if (opt.pages < 32)
		opt.pages = 32;
	map_pages();
	start(&w[0], 0, late, 0, opt.pages);
	start(&w[1], 1, stop_work, 0, opt.pages);
	join(&w[0]);
	join(&w[1]);
	printf("written back %ld\n", number_in(ZSWAP_WRITTEN));
	return EXIT_GOOD;
}

int mode_late(void)
{
	equally_small = true;
	return mode_late_bug();
}
