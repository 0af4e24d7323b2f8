/* SPDX-License-Identifier: GPL-2.0-only */
#define _GNU_SOURCE	/* O_TMPFILE */
#include "core/live/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <lz4.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/live/live.h"

#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define FREED_IS_SEEN	1
#else
#define FREED_IS_SEEN	0
#endif
#if FREED_IS_SEEN || defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#define SANITIZED	1
#else
#define SANITIZED	0
#endif

#define POISON		0x6b		/* the kernel's POISON_FREE */
#define TEMPLATES	64
#define SECTOR		512
#define BOUND		LZ4_COMPRESSBOUND(LIVE_PAGE_SIZE)

struct pages {
	int file;
	bool late;
	uint8_t (*folio)[LIVE_PAGE_SIZE];
	uint8_t (*io)[LIVE_PAGE_SIZE];		/* what a write under way carries */
	struct compressed *_Atomic *object;
	unsigned entries;
	atomic_size_t pool;
	struct compressed *_Atomic retired;	/* freed under a reader, kept until the end */
};

/* ---- content ---- */

static uint8_t template[TEMPLATES][LIVE_PAGE_SIZE];

/*
 * Half of them like a heap (pointers into one region, small numbers, hashes), half like a text;
 * made once, so that filling and checking a page costs little beside compressing it.
 */
__attribute__((constructor)) static void templates_make(void)
{
	uint64_t x = 0x9e3779b97f4a7c15u;

	for (unsigned i = 0; i < TEMPLATES; i++) {
		for (unsigned at = 0; at < LIVE_PAGE_SIZE; at += 8) {
			uint64_t word;

			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			if (i % 2)
				word = 0x2020202020202020u | (x & 0x0703010f07031f0fu) << (x >> 62);
			else
				word = at / 8 % 4 == 0 ? 0x00007f3200000000u + (x & 0xfffff0) :
				       at / 8 % 4 == 1 ? x & 0xff : at / 8 % 4 == 2 ? 0 : x;
			memcpy(template[i] + at, &word, sizeof(word));
		}
	}
}

/* What a sector of a page begins with: no two stamps have the same. */
static uint64_t tag(uint32_t stamp, unsigned sector)
{
	return (uint64_t)stamp << 32 | (stamp * 2654435761u + sector);
}

void page_fill(uint8_t *page, uint32_t stamp)
{
	if (!stamp) {
		memset(page, 0, LIVE_PAGE_SIZE);
		return;
	}
	memcpy(page, template[stamp % TEMPLATES], LIVE_PAGE_SIZE);
	for (unsigned i = 0; i < LIVE_PAGE_SIZE / SECTOR; i++) {
		uint64_t t = tag(stamp, i);

		memcpy(page + i * SECTOR, &t, sizeof(t));
	}
}

static void page_check(struct bytes *b, const uint8_t *page, uint32_t stamp)
{
	uint8_t want[LIVE_PAGE_SIZE];

	page_fill(want, stamp);
	b->wrong = -1;
	if (!memcmp(page, want, LIVE_PAGE_SIZE))
		return;
	for (int i = 0; i < LIVE_PAGE_SIZE; i++) {
		if (page[i] != want[i]) {
			b->wrong = i;
			b->got = page[i];
			b->want = want[i];
			return;
		}
	}
}

/* ---- objects ---- */

struct compressed *pages_object(const struct pages *p, unsigned entry)
{
	return atomic_load_explicit(&p->object[entry], memory_order_relaxed);
}

bool pages_late(const struct pages *p)
{
	return p->late;
}

size_t pages_pool_bytes(const struct pages *p)
{
	return atomic_load_explicit(&p->pool, memory_order_relaxed);
}

/* A sanitizer does not see what liblz4 reads and writes; it sees this. */
static void seen_read(const void *from, size_t n)
{
	const volatile char *p = from;

	for (size_t i = 0; SANITIZED && i < n; i++)
		(void)p[i];
}

static void seen_write(void *to, size_t n)
{
	if (SANITIZED)
		memset(to, POISON, n);
}

static void store(struct bytes *b, unsigned entry, unsigned folio)
{
	struct pages *p = b->pages;
	char buffer[BOUND];
	struct compressed *o;
	int n;

	seen_read(p->folio[folio], LIVE_PAGE_SIZE);
	n = LZ4_compress_default((const char *)p->folio[folio], buffer, LIVE_PAGE_SIZE, BOUND);
	o = malloc(sizeof(*o) + (size_t)n);
	b->stores++;
	if (!o) {		/* an entry without an object cannot be loaded: seen as poison */
		atomic_store_explicit(&p->object[entry], NULL, memory_order_relaxed);
		return;
	}
	o->length = (uint32_t)n;
	memcpy(o->data, buffer, (size_t)n);
	atomic_fetch_add_explicit(&p->pool, o->length, memory_order_relaxed);
	atomic_store_explicit(&p->object[entry], o, memory_order_relaxed);
}

/* Reads memory that is freed already where the kernel has that bug: that is what is asked. */
static void load(struct bytes *b, unsigned folio, const struct compressed *o)
{
	char *page = (char *)b->pages->folio[folio];
	int n = -1;

	b->loads++;
	seen_write(page, LIVE_PAGE_SIZE);
	if (o)
		seen_read(o->data, o->length);
	if (o)
		n = LZ4_decompress_safe(o->data, page, (int)o->length, LIVE_PAGE_SIZE);
	if (n != LIVE_PAGE_SIZE)
		memset(page, POISON, LIVE_PAGE_SIZE);
	if (o)
		seen_read(o->data, o->length);
}

/*
 * Poisoned and freed.  Without a sanitizer, an object that another still reads is kept, poisoned,
 * until the end: the bug shall show as wrong bytes, and not end the program.
 */
static void object_free(struct bytes *b, unsigned entry, bool read_by_others)
{
	struct pages *p = b->pages;
	struct compressed *o = atomic_exchange_explicit(&p->object[entry], NULL,
							memory_order_relaxed);

	if (!o)
		return;
	atomic_fetch_sub_explicit(&p->pool, o->length, memory_order_relaxed);
	memset(o->data, POISON, o->length);
	if (!FREED_IS_SEEN && read_by_others) {
		o->next = atomic_load(&p->retired);
		while (!atomic_compare_exchange_weak(&p->retired, &o->next, o))
			;
		return;
	}
	free(o);
}

/* ---- the device ---- */

/* A file that cannot be written or read is found as wrong bytes. */
static void dev_write(struct pages *p, unsigned folio, unsigned slot)
{
	if (pwrite(p->file, p->io[folio], LIVE_PAGE_SIZE, (off_t)slot * LIVE_PAGE_SIZE) !=
	    LIVE_PAGE_SIZE)
		memset(p->io[folio], POISON, LIVE_PAGE_SIZE);
}

static void dev_read(struct pages *p, unsigned folio, unsigned slot)
{
	if (pread(p->file, p->folio[folio], LIVE_PAGE_SIZE, (off_t)slot * LIVE_PAGE_SIZE) !=
	    LIVE_PAGE_SIZE)
		memset(p->folio[folio], POISON, LIVE_PAGE_SIZE);
}

/* ---- moves ---- */

void moves_before(struct bytes *b)
{
	struct pages *p = b->pages;

	for (unsigned i = 0; i < b->moves; i++) {
		unsigned x = b->move[i].a, y = b->move[i].b;

		switch (b->move[i].move) {
		case MOVE_ZERO:
			memset(p->folio[x], 0, LIVE_PAGE_SIZE);
			break;
		case MOVE_COPY:
			memcpy(p->folio[x], p->folio[y], LIVE_PAGE_SIZE);
			break;
		case MOVE_SUBMIT:
			memcpy(p->io[x], p->folio[x], LIVE_PAGE_SIZE);
			break;
		case MOVE_READ_LATE:
			dev_read(p, x, y);
			break;
		default:
			break;
		}
	}
}

void moves_after(struct bytes *b)
{
	struct pages *p = b->pages;

	for (unsigned i = 0; i < b->moves; i++) {
		unsigned x = b->move[i].a, y = b->move[i].b;

		switch (b->move[i].move) {
		case MOVE_WRITE:
			page_fill(p->folio[x], b->move[i].stamp);
			break;
		case MOVE_READ:
			page_check(b, p->folio[x], b->move[i].stamp);
			break;
		case MOVE_STORE:
			store(b, x, y);
			break;
		case MOVE_LOAD:
			load(b, x, b->move[i].object);
			break;
		case MOVE_FREE:
			object_free(b, x, y);
			break;
		case MOVE_DEV_WRITE:
			dev_write(p, x, y);
			break;
		case MOVE_DEV_READ:
			dev_read(p, x, y);
			break;
		default:
			break;
		}
	}
}

/* ---- all of it ---- */

static int swap_file(const char *folder, unsigned slots)
{
	int fd, r;

	if (!folder)
		folder = getenv("TMPDIR");
	if (!folder || !*folder)
		folder = "/tmp";
	fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
		char name[4096];

		if ((size_t)snprintf(name, sizeof(name), "%s/swapscope-swap-XXXXXX", folder) >=
		    sizeof(name))
			return -ENAMETOOLONG;
		fd = mkstemp(name);
		if (fd >= 0)
			unlink(name);
	}
	if (fd < 0)
		return -errno;
	r = posix_fallocate(fd, 0, (off_t)slots * LIVE_PAGE_SIZE);
	if (r) {
		close(fd);
		return -r;
	}
	return fd;
}

int pages_new(struct pages **pages, unsigned folios, unsigned entries, unsigned slots, bool late,
	      const char *folder)
{
	struct pages *p = calloc(1, sizeof(*p));
	int r = -ENOMEM;

	*pages = NULL;
	if (!p)
		return r;
	p->late = late;
	p->entries = entries;
	p->file = -1;
	p->folio = calloc(folios, LIVE_PAGE_SIZE);
	p->io = calloc(folios, LIVE_PAGE_SIZE);
	p->object = calloc(entries, sizeof(p->object[0]));
	if (p->folio && p->io && p->object) {
		p->file = swap_file(folder, slots);
		r = p->file < 0 ? p->file : 0;
	}
	if (r)
		pages_free(p);
	else
		*pages = p;
	return r;
}

void pages_free(struct pages *p)
{
	struct compressed *o, *next;

	if (!p)
		return;
	for (unsigned i = 0; p->object && i < p->entries; i++)
		free(pages_object(p, i));
	for (o = atomic_load(&p->retired); o; o = next) {
		next = o->next;
		free(o);
	}
	if (p->file >= 0)
		close(p->file);
	free(p->folio);
	free(p->io);
	free(p->object);
	free(p);
}

/* ---- lz4 alone ---- */

struct bare {
	pthread_t thread;
	double seconds;
	uint64_t pages;
};

static double clock_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void *bare_main(void *arg)
{
	struct bare *b = arg;
	double end = clock_s() + b->seconds;
	uint8_t page[LIVE_PAGE_SIZE];
	char buffer[BOUND];

	for (uint32_t stamp = 1; stamp % 64 || clock_s() < end; stamp++) {
		int n;

		page_fill(page, stamp);
		n = LZ4_compress_default((const char *)page, buffer, LIVE_PAGE_SIZE, BOUND);
		if (LZ4_decompress_safe(buffer, (char *)page, n, LIVE_PAGE_SIZE) == LIVE_PAGE_SIZE)
			b->pages++;
	}
	return NULL;
}

double live_bare_lz4(unsigned threads, double seconds)
{
	struct bare b[LIVE_THREADS_MAX] = { 0 };
	double begin = clock_s();
	uint64_t pages = 0;

	for (unsigned i = 0; i < threads && i < LIVE_THREADS_MAX; i++) {
		b[i].seconds = seconds;
		if (pthread_create(&b[i].thread, NULL, bare_main, &b[i]))
			b[i].seconds = 0;
	}
	for (unsigned i = 0; i < threads && i < LIVE_THREADS_MAX; i++) {
		if (b[i].seconds > 0)
			pthread_join(b[i].thread, NULL);
		pages += b[i].pages;
	}
	return (double)pages / (clock_s() - begin);
}
