/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pages.h - the pages of a live run as real bytes: core/bytes.h for real threads.
 *
 * A step decides on copies (mem.h) and may have to be made again, so what it does to bytes is
 * noted while it runs.  What others may see as soon as the step is done is moved just before
 * its changes are installed; what the task has to itself for longer (a folio that it has
 * locked, an entry that is not in the tree yet) is moved when the step is done.
 */
#ifndef SWAPSCOPE_CORE_LIVE_PAGES_H
#define SWAPSCOPE_CORE_LIVE_PAGES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A compressed page, in memory of its own.  `next` is used once it is retired. */
struct compressed {
	uint32_t length;
	struct compressed *next;
	char data[];
};

struct pages;

enum move {
	MOVE_ZERO, MOVE_COPY, MOVE_SUBMIT, MOVE_READ_LATE,	/* before it can be seen */
	MOVE_WRITE, MOVE_READ, MOVE_STORE, MOVE_LOAD, MOVE_FREE, MOVE_DEV_WRITE, MOVE_DEV_READ,
};
#define MOVES_MAX	8

/* What one thread's step does to bytes. */
struct bytes {
	struct pages *pages;
	unsigned moves;
	struct {
		enum move move;
		uint32_t a, b;
		uint32_t stamp;
		struct compressed *object;
	} move[MOVES_MAX];
	struct compressed *used;	/* the entry that the task has a pointer to */
	uint32_t used_entry;
	/* of the page that the application last read: */
	int wrong;		/* offset of the first wrong byte, or -1 */
	uint8_t got, want;
	uint64_t stores, loads;
};

/* 4 KiB a folio, an object an entry, 4 KiB of an unnamed file a slot.  0, -ENOMEM, -errno. */
int pages_new(struct pages **pages, unsigned folios, unsigned entries, unsigned slots,
	      bool late, const char *folder);
void pages_free(struct pages *pages);

/* Carry out the moves of a step: those that must be before its changes are seen, the others. */
void moves_before(struct bytes *b);
void moves_after(struct bytes *b);

/* Compressed bytes in use. */
size_t pages_pool_bytes(const struct pages *pages);

/* The 4 KiB that a stamp stands for; and whether a page is that: offset of a wrong byte, -1. */
void page_fill(uint8_t *page, uint32_t stamp);

/* ---- what core/mm calls ---- */

static inline void note_move(struct bytes *b, enum move move, uint32_t x, uint32_t y,
			     uint32_t stamp)
{
	if (!b)
		return;
	b->move[b->moves].move = move;
	b->move[b->moves].a = x;
	b->move[b->moves].b = y;
	b->move[b->moves++].stamp = stamp;
}

/* The object of an entry, or NULL. */
struct compressed *pages_object(const struct pages *pages, unsigned entry);
/* Whether a disk completes what was submitted later. */
bool pages_late(const struct pages *pages);

static inline void bytes_zero(struct bytes *b, unsigned folio)
{
	note_move(b, MOVE_ZERO, folio, 0, 0);
}

static inline void bytes_copy(struct bytes *b, unsigned to, unsigned from)
{
	note_move(b, MOVE_COPY, to, from, 0);
}

static inline void bytes_write(struct bytes *b, unsigned folio, unsigned stamp)
{
	note_move(b, MOVE_WRITE, folio, 0, stamp);
}

static inline void bytes_read(struct bytes *b, unsigned folio, unsigned stamp)
{
	note_move(b, MOVE_READ, folio, 0, stamp);
}

static inline void bytes_store(struct bytes *b, unsigned entry, unsigned folio)
{
	note_move(b, MOVE_STORE, entry, folio, 0);
}

static inline void bytes_use(struct bytes *b, unsigned entry)
{
	if (!b)
		return;
	b->used = pages_object(b->pages, entry);
	b->used_entry = entry;
}

static inline void bytes_begin_load(struct bytes *b, unsigned folio, unsigned entry)
{
	if (!b)
		return;
	b->move[b->moves].object = b->used_entry == entry ? b->used :
				   pages_object(b->pages, entry);
	note_move(b, MOVE_LOAD, folio, entry, 0);
}

static inline void bytes_load(struct bytes *b, unsigned folio, unsigned entry)
{
	(void)b;	/* it was read between the two steps */
	(void)folio;
	(void)entry;
}

static inline void bytes_free_entry(struct bytes *b, unsigned entry, unsigned readers)
{
	note_move(b, MOVE_FREE, entry, readers, 0);
}

static inline void bytes_dev_submit(struct bytes *b, unsigned folio, unsigned slot)
{
	note_move(b, MOVE_SUBMIT, folio, 0, 0);
	note_move(b, MOVE_DEV_WRITE, folio, slot, 0);
}

static inline void bytes_dev_write(struct bytes *b, unsigned slot, unsigned folio)
{
	(void)b;	/* it was written when it was submitted */
	(void)slot;
	(void)folio;
}

static inline void bytes_dev_read(struct bytes *b, unsigned folio, unsigned slot)
{
	if (b)
		note_move(b, pages_late(b->pages) ? MOVE_READ_LATE : MOVE_DEV_READ, folio, slot, 0);
}

#endif
