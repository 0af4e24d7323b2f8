/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bytes.h - the same pages as real bytes.
 *
 * Beside the stamps of a world, 4 KiB a page can be kept and moved wherever the
 * model moves content: an application write fills a page, a store compresses it
 * with lz4 into a buffer of the entry's own, a load decompresses that buffer, a
 * device write copies the page to its block.  A freed entry's buffer is poisoned,
 * as the kernel's allocator would.  Where the stamps say that a page is right the
 * bytes must be, and the other way round; bytes_page_error() is the check.
 */
#ifndef SWAPSCOPE_CORE_BYTES_H
#define SWAPSCOPE_CORE_BYTES_H

#include "core/world.h"

#pragma GCC visibility push(default)

#define BYTES_PAGE_SIZE	4096

struct bytes;

/* A fresh set, all pages zero.  NULL when memory is out; freed by bytes_free(). */
struct bytes *bytes_new(void);
void bytes_free(struct bytes *b);

/* Make the bytes agree with a world that has not run yet: every folio, entry and block. */
void bytes_init(struct bytes *b, const struct mem *m);

/* 4096 bytes that a stamp stands for: text-like, so that they compress.  Pure. */
void bytes_fill(uint8_t *page, unsigned stamp);

/* Moves.  All of them do nothing when b is NULL. */
void bytes_zero(struct bytes *b, unsigned folio);
void bytes_copy(struct bytes *b, unsigned to, unsigned from);
void bytes_write(struct bytes *b, unsigned folio, unsigned stamp);	/* by the application */
void bytes_store(struct bytes *b, unsigned entry, unsigned folio);	/* lz4 */
void bytes_load(struct bytes *b, unsigned folio, unsigned entry);	/* lz4 */
void bytes_free_entry(struct bytes *b, unsigned entry, unsigned readers);	/* poison */
void bytes_dev_submit(struct bytes *b, unsigned folio, unsigned slot);
void bytes_dev_write(struct bytes *b, unsigned slot, unsigned folio);
void bytes_dev_read(struct bytes *b, unsigned folio, unsigned slot);

/*
 * What only real threads have to be told (core/live/pages.h): the application reads its page;
 * the task has a pointer to an entry from here on; a decompress begins, which bytes_load() ends.
 */
static inline void bytes_read(struct bytes *b, unsigned folio, unsigned stamp)
{
	(void)b;
	(void)folio;
	(void)stamp;
}

static inline void bytes_use(struct bytes *b, unsigned entry)
{
	(void)b;
	(void)entry;
}

static inline void bytes_begin_load(struct bytes *b, unsigned folio, unsigned entry)
{
	(void)b;
	(void)folio;
	(void)entry;
}

/* Compressed length of an entry in bytes; 0 if it holds nothing. */
unsigned bytes_entry_length(const struct bytes *b, unsigned entry);

/*
 * Offset of the first byte in which a folio differs from what its owner wrote
 * last (a stamp), or -1 if there is none.
 */
int bytes_page_error(const struct bytes *b, unsigned folio, unsigned stamp);

#pragma GCC visibility pop

#endif
