/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * swapwork_zero.c - modes of swapwork that swap a page out with data, and again as zeroes: does
 * zswap's entry of the data survive, and does writeback bring it back?  docs/found.md.
 *
 * A round: each page is swapped out while a second thread reads it.  Where that one's fault takes
 * its reference after pageout() has counted them and before __remove_mapping() does, zswap has an
 * entry, and the page is mapped again without a load, with its slot.  From here on there is only
 * one thread.  Zeroes are written, all is swapped out, zswap is made to write back, all is read.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "swapwork.h"

#define STORED	"/sys/kernel/debug/zswap/stored_pages"
#define LIMIT	"/sys/module/zswap/parameters/max_pool_percent"

enum { TRIES = 16, IDLE_MAX = 20, NOBODY = UINT32_MAX };

struct rules {
	bool race, zeroes, writeback;
};

static _Atomic uint32_t target;		/* the page that the other thread reads */
static const struct rules *rules;
static unsigned long left, written;

long number_in(const char *path)
{
	char text[32] = "";
	int fd = open(path, O_RDONLY);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		die(path);
	close(fd);
	return atol(text);
}

void zswap_limit(const char *percent)
{
	int fd = open(LIMIT, O_WRONLY);

	if (fd < 0 || write(fd, percent, strlen(percent)) < 0)
		die(LIMIT);
	close(fd);
}

bool zswap_is_here(void)
{
	if (!access(STORED, R_OK) && !access(LIMIT, W_OK))
		return true;
	fputs("swapwork: no " STORED ", or no leave to write " LIMIT "\n", stderr);
	return false;
}

static void read_target(struct worker *w)
{
	(void)w;
	for (uint32_t page; (page = target) != NOBODY;)
		(void)*(volatile uint64_t *)page_at(page);
	settle();
}

/* Swap a page out and have it back.  Has zswap an entry more than before? */
static bool leave_entry(uint32_t page)
{
	for (unsigned i = 0; i < TRIES; i++) {
		long before = number_in(STORED);

		pageout(page, 1);
		(void)*(volatile uint64_t *)page_at(page);
		if (number_in(STORED) > before)
			return true;
	}
	return false;
}

/*
 * A pool that may have nothing: the next store that it refuses wakes who writes back until it is
 * empty.  An entry gets a second chance first, so that once is not enough.
 */
static void write_back(uint32_t poke)
{
	const long first = number_in(ZSWAP_WRITTEN);
	long now = first, before;

	zswap_limit("0");
	for (unsigned idle = 0; idle < IDLE_MAX && number_in(STORED);) {
		write_page(poke, 0);
		settle();
		pageout(poke, 1);
		usleep(5000);
		before = now;
		now = number_in(ZSWAP_WRITTEN);
		idle = now == before ? idle + 1 : 0;
	}
	zswap_limit("20");
	written += (unsigned long)(now - first);
}

static void zero_round(uint32_t n)
{
	struct worker reader;

	for (uint32_t i = 0; i < n; i++)
		write_page(i, 0);
	settle();
	target = 0;
	if (rules->race)
		start(&reader, 1, read_target, 0, n);
	for (uint32_t i = 0; i < n; i++) {
		target = i;
		left += leave_entry(i);
	}
	target = NOBODY;
	if (rules->race)
		join(&reader);
	for (uint32_t i = 0; i < n; i++) {
		if (rules->zeroes)
			write_zeroes(i, 0);
		else
			write_page(i, 0);
	}
	settle();
	pageout(0, n);
	if (rules->writeback)
		write_back(n);
	for (uint32_t i = 0; i <= n; i++)
		read_page(i, "zero", 0);
	settle();
}

static void zero(struct worker *w)
{
	for (unsigned r = 0; r < opt.rounds && !stopping; r++)
		zero_round(w->n);
}

static int run_zero(const struct rules *of)
{
	struct worker w;

	if (!zswap_is_here())
		return EXIT_NOT_HERE;
	rules = of;
	opt.pages++;			/* one that pokes zswap */
	map_pages();
	start(&w, 0, zero, 0, opt.pages - 1);
	join(&w);
	printf("entries left %lu written back %lu\n", left, written);
	return EXIT_GOOD;
}

int mode_zero(void)
{
	return run_zero(&(const struct rules){ .race = true, .zeroes = true, .writeback = true });
}

int mode_zero_alone(void)
{
	return run_zero(&(const struct rules){ .zeroes = true, .writeback = true });
}

int mode_zero_data(void)
{
	return run_zero(&(const struct rules){ .race = true, .writeback = true });
}

int mode_zero_still(void)
{
	return run_zero(&(const struct rules){ .race = true, .zeroes = true });
}
