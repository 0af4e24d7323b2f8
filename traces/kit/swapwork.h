/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * swapwork.h - the pages of swapwork, what can be done to them, and its threads.
 */
#ifndef SWAPWORK_H
#define SWAPWORK_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { PAGE = 4096 };
#define ZEROES	(1u << 31)		/* in a version: the page is all zeroes */
enum { EXIT_GOOD, EXIT_CORRUPT, EXIT_BAD_USE, EXIT_NOT_HERE = 77 };

extern struct options {
	unsigned rounds, pages, threads;
	const char *device;
	bool marks, stop;
} opt;

extern char *base;			/* the pages */
extern _Atomic uint32_t *version;	/* of each, as it should be */
extern atomic_bool stopping;
extern bool equally_small;		/* one word of noise in every page */

void die(const char *what);		/* says errno; exit status EXIT_BAD_USE */

/* A line in the trace, with the time behind it; nothing without -m. */
__attribute__((format(printf, 1, 2))) void mark(const char *format, ...);

void map_pages(void);			/* all of them, with version 1 */
void settle(void);			/* before others swap out what this thread has read */
uint64_t *page_at(uint32_t page);

/* Compare what is at p with what page should be; says so and returns false where it differs. */
bool check(const uint64_t *p, uint32_t page, uint32_t v, const char *who, unsigned t);

/* With marks before and after: t is the thread, who the mode. */
void pageout(uint32_t page, uint32_t n);
void dontneed(uint32_t page, uint32_t n);
bool read_page(uint32_t page, const char *who, unsigned t);
void write_page(uint32_t page, unsigned t);	/* the next version */
void write_zeroes(uint32_t page, unsigned t);	/* the same, of zeroes */
void mend(uint32_t page, unsigned t);	/* write what is wrong, so that a loss is reported once */

/* Look at pages that may be dropped meanwhile: all zero, or as they were. */
void peek(uint32_t first, uint32_t n, unsigned t);

/* zswap: can it be watched and set; its limit of the pool; a number that a file has. */
#define ZSWAP_WRITTEN	"/sys/kernel/debug/zswap/written_back_pages"
bool zswap_is_here(void);
void zswap_limit(const char *percent);
long number_in(const char *path);

uint32_t random_below(uint64_t *state, uint32_t n);

struct worker {
	pthread_t thread;
	void (*run)(struct worker *w);
	unsigned t;
	uint32_t first, n;		/* pages, for those that have a range */
	uint64_t random;
};

void start(struct worker *w, unsigned t, void (*run)(struct worker *), uint32_t first, uint32_t n);
void join(struct worker *w);

/* Modes of swapwork_uffd.c: an exit status. */
int mode_uffdwp(void);
int mode_uffdmove(void);

/* Of swapwork_zero.c. */
int mode_zero(void);
int mode_zero_alone(void);
int mode_zero_data(void);
int mode_zero_still(void);

/* Of swapwork_late.c. */
int mode_late(void);
int mode_late_bug(void);

#endif
