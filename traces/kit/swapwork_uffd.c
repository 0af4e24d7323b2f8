/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * swapwork_uffd.c - modes of swapwork in which userfaultfd changes the pte that a fault has read.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/userfaultfd.h>

#include "swapwork.h"

static int uffd = -1;
static atomic_uint round_begun, round_done;
static _Atomic uint32_t target;

/* EXIT_NOT_HERE where this kernel, or this user, has none. */
static int uffd_open(uint64_t features, void *range, uint64_t mode)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	struct uffdio_register reg = { .range = { (unsigned long)range, (size_t)opt.pages * PAGE },
				       .mode = mode };

	uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (uffd < 0)
		uffd = (int)syscall(SYS_userfaultfd,
				    O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);
	if (uffd >= 0 && !ioctl(uffd, UFFDIO_API, &api) && !ioctl(uffd, UFFDIO_REGISTER, &reg))
		return EXIT_GOOD;
	fprintf(stderr, "swapwork: userfaultfd: %s\n", strerror(errno));
	return EXIT_NOT_HERE;
}

/* Begin round r with a page that is swapped out; the reader is let go, and somewhat ahead. */
static uint32_t begin_round(unsigned r, uint64_t *random, uint32_t ahead)
{
	uint32_t page = random_below(random, opt.pages);

	pageout(page, 1);
	target = page;
	round_begun = r;
	for (volatile uint32_t i = random_below(random, ahead); i; i--)
		;
	return page;
}

/* The reader's side of each round. */
static void read_target(struct worker *w)
{
	bool moved = w->n == 0;

	for (unsigned r = 1; r <= opt.rounds; r++) {
		while (round_begun < r && !stopping)
			sched_yield();
		if (stopping)
			return;
		if (moved)
			peek(target, 1, w->t);
		else
			read_page(target, "uffdwp", w->t);
		settle();
		round_done = r;
	}
}

int mode_uffdwp(void)
{
	struct worker reader;
	uint64_t random = 5;

	map_pages();
	if (uffd_open(UFFD_FEATURE_PAGEFAULT_FLAG_WP, base, UFFDIO_REGISTER_MODE_WP))
		return EXIT_NOT_HERE;
	start(&reader, 1, read_target, 0, opt.pages);
	for (unsigned r = 1; r <= opt.rounds && !stopping; r++) {
		uint32_t page = begin_round(r, &random, 400);
		struct uffdio_writeprotect wp = { .range = { (unsigned long)page_at(page), PAGE } };

		for (unsigned n = 0; round_done < r || n % 2; n++) {
			wp.mode = n % 2 ? 0 : UFFDIO_WRITEPROTECT_MODE_WP;
			mark("WL uffd-wp pg=%u on=%d", page, !(n % 2));
			if (ioctl(uffd, UFFDIO_WRITEPROTECT, &wp) && errno != EAGAIN)
				die("UFFDIO_WRITEPROTECT");
		}
		mend(page, 0);
		if (r % 3 == 0)
			write_page(page, 0);
		settle();
	}
	stopping = true;
	join(&reader);
	return EXIT_GOOD;
}

/* The header of an older C library has not got it. */
struct move {
	uint64_t dst, src, len, mode;
	int64_t moved;
};
#define IOCTL_MOVE	_IOWR(UFFDIO, 0x05, struct move)
#define FEATURE_MOVE	(1 << 16)

/* Move a page away and compare it there. */
static void move_page(uint32_t page, char *to)
{
	struct move m = { .dst = (uint64_t)to + (uint64_t)page * PAGE,
			  .src = (uint64_t)page_at(page), .len = PAGE };
	int err, tries = 50;

	do {
		m.moved = 0;
		mark("WL uffd-move pg=%u dst=%lx", page, (unsigned long)m.dst);
		err = ioctl(uffd, IOCTL_MOVE, &m) ? errno : 0;
		mark("WL uffd-move-end pg=%u rc=%d errno=%d", page, err ? -1 : 0, err);
	} while ((err == EAGAIN || err == EBUSY) && --tries);
	if (!err) {
		check((uint64_t *)m.dst, page, version[page], "uffdmove", 0);
		madvise((void *)m.dst, PAGE, MADV_DONTNEED);
	}
}

int mode_uffdmove(void)
{
	struct worker reader;
	uint64_t random = 5;
	char *to = mmap(NULL, (size_t)opt.pages * PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (to == MAP_FAILED)
		die("mmap");
	madvise(to, (size_t)opt.pages * PAGE, MADV_NOHUGEPAGE);
	map_pages();
	if (uffd_open(FEATURE_MOVE, to, UFFDIO_REGISTER_MODE_MISSING))
		return EXIT_NOT_HERE;
	start(&reader, 1, read_target, 0, 0);
	for (unsigned r = 1; r <= opt.rounds && !stopping; r++) {
		uint32_t page = begin_round(r, &random, 3000);

		move_page(page, to);
		while (round_done < r && !stopping)
			sched_yield();
		write_page(page, 0);
		settle();
	}
	stopping = true;
	join(&reader);
	return EXIT_GOOD;
}
