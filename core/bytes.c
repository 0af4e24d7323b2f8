/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/bytes.h"

#include <lz4.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POISON		0x6b	/* the kernel's POISON_FREE */
#define BUFFER_SIZE	LZ4_COMPRESSBOUND(BYTES_PAGE_SIZE)

struct bytes {
	uint8_t folio[MAX_FOLIOS][BYTES_PAGE_SIZE];
	uint8_t io[MAX_FOLIOS][BYTES_PAGE_SIZE];	/* what a write under way carries */
	uint8_t block[MAX_SLOTS][BYTES_PAGE_SIZE];
	uint8_t object[MAX_ENTRIES][BUFFER_SIZE];
	uint16_t length[MAX_ENTRIES];
};

struct bytes *bytes_new(void)
{
	return calloc(1, sizeof(struct bytes));
}

void bytes_free(struct bytes *b)
{
	free(b);
}

void bytes_fill(uint8_t *page, unsigned stamp)
{
	uint32_t x = stamp * 2654435761u;
	size_t n = 0;

	memset(page, 0, BYTES_PAGE_SIZE);
	if (stamp == STAMP_ZERO)
		return;
	while (n < BYTES_PAGE_SIZE) {
		char word[32];
		int len;

		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		len = snprintf(word, sizeof(word), "version %u word %u; ", stamp, x % 97);
		if ((size_t)len > BYTES_PAGE_SIZE - n)
			len = (int)(BYTES_PAGE_SIZE - n);
		memcpy(page + n, word, (size_t)len);
		n += (size_t)len;
	}
}

static void compress(struct bytes *b, unsigned entry, const uint8_t *page)
{
	b->length[entry] = (uint16_t)LZ4_compress_default((const char *)page,
							  (char *)b->object[entry],
							  BYTES_PAGE_SIZE, BUFFER_SIZE);
}

void bytes_init(struct bytes *b, const struct mem *m)
{
	uint8_t page[BYTES_PAGE_SIZE];

	memset(b, 0, sizeof(*b));
	for (unsigned i = 1; i < MAX_FOLIOS; i++)
		bytes_fill(b->folio[i], m->folio[i].content);
	for (unsigned i = 0; i < MAX_SLOTS; i++)
		bytes_fill(b->block[i], m->slot[i].dev);
	for (unsigned i = 1; i < MAX_ENTRIES; i++) {
		bytes_fill(page, m->entry[i].stamp);
		if (m->entry[i].state != ENTRY_FREE)
			compress(b, i, page);
	}
}

void bytes_zero(struct bytes *b, unsigned folio)
{
	if (b)
		memset(b->folio[folio], 0, BYTES_PAGE_SIZE);
}

void bytes_copy(struct bytes *b, unsigned to, unsigned from)
{
	if (b)
		memcpy(b->folio[to], b->folio[from], BYTES_PAGE_SIZE);
}

void bytes_write(struct bytes *b, unsigned folio, unsigned stamp)
{
	if (b)
		bytes_fill(b->folio[folio], stamp);
}

void bytes_store(struct bytes *b, unsigned entry, unsigned folio)
{
	if (b)
		compress(b, entry, b->folio[folio]);
}

void bytes_load(struct bytes *b, unsigned folio, unsigned entry)
{
	int n;

	if (!b)
		return;
	/* A poisoned object has no length any more; the kernel would still read it. */
	n = LZ4_decompress_safe((const char *)b->object[entry], (char *)b->folio[folio],
				b->length[entry] ? b->length[entry] : BUFFER_SIZE,
				BYTES_PAGE_SIZE);
	if (n != BYTES_PAGE_SIZE)
		memset(b->folio[folio], POISON, BYTES_PAGE_SIZE);
}

void bytes_free_entry(struct bytes *b, unsigned entry, unsigned readers)
{
	(void)readers;
	if (!b)
		return;
	memset(b->object[entry], POISON, BUFFER_SIZE);
	b->length[entry] = 0;
}

void bytes_dev_submit(struct bytes *b, unsigned folio, unsigned slot)
{
	(void)slot;
	if (b)
		memcpy(b->io[folio], b->folio[folio], BYTES_PAGE_SIZE);
}

void bytes_dev_write(struct bytes *b, unsigned slot, unsigned folio)
{
	if (b)
		memcpy(b->block[slot], b->io[folio], BYTES_PAGE_SIZE);
}

void bytes_dev_read(struct bytes *b, unsigned folio, unsigned slot)
{
	if (b)
		memcpy(b->folio[folio], b->block[slot], BYTES_PAGE_SIZE);
}

unsigned bytes_entry_length(const struct bytes *b, unsigned entry)
{
	return b->length[entry];
}

int bytes_page_error(const struct bytes *b, unsigned folio, unsigned stamp)
{
	uint8_t want[BYTES_PAGE_SIZE];

	bytes_fill(want, stamp);
	for (int i = 0; i < BYTES_PAGE_SIZE; i++)
		if (b->folio[folio][i] != want[i])
			return i;
	return -1;
}
