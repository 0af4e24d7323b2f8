/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/explore/meet.h"

#include <string.h>

#include "core/step.h"

/* What becomes of each number; 0, which is none, stays. */
struct names {
	uint8_t folio[MAX_FOLIOS];
	uint8_t entry[MAX_ENTRIES];
};

/* A local has a number, or something else: what is said of struct frame, and of each operation. */
static void rename_frame(struct frame *f, const struct names *n)
{
	switch (f->op) {
	case OP_zap_pte_range:		/* its folio is none: a batch has others */
		return;
	case OP_do_wp_page:
		f->to = n->folio[f->to];
		break;
	case OP_zswap_shrink:
		f->page = n->entry[f->page];
		/* fall through */
	case OP_zswap_writeback_entry:
		f->aux = (aux_t)((f->aux & ~AUX_NUMBER) | n->entry[f->aux & AUX_NUMBER]);
		/* fall through */
	case OP_zswap_load:
	case OP_zswap_store:
		f->entry = n->entry[f->entry];
		break;
	default:
		break;
	}
	f->folio = n->folio[f->folio];
}

static void rename_world(const struct world *from, const struct names *n, struct world *w)
{
	*w = *from;
	for (unsigned i = 0; i < MAX_FOLIOS; i++)
		w->mem.folio[n->folio[i]] = from->mem.folio[i];
	for (unsigned i = 0; i < MAX_ENTRIES; i++) {
		w->mem.entry[n->entry[i]] = from->mem.entry[i];
		w->mem.lru[i] = n->entry[from->mem.lru[i]];
	}
	for (unsigned i = 0; i < MAX_PAGES; i++)
		if (w->mem.page[i].pte == PTE_PRESENT)
			w->mem.page[i].target = n->folio[w->mem.page[i].target];
	for (unsigned i = 0; i < MAX_SLOTS; i++) {
		w->mem.slot[i].cache = n->folio[w->mem.slot[i].cache];
		w->mem.slot[i].entry = n->entry[w->mem.slot[i].entry];
	}
	for (unsigned i = 0; i < MAX_TASKS; i++)
		for (unsigned j = 0; j < w->task[i].depth; j++)
			rename_frame(&w->task[i].frame[j], n);
	mem_canonicalise(&w->mem);
}

/* Objects that may have other numbers in two worlds, and are in use there. */
struct moved {
	uint8_t a[MAX_FOLIOS], b[MAX_FOLIOS];	/* as many of each */
	unsigned n;
};

_Static_assert(MAX_ENTRIES <= MAX_FOLIOS, "entries fit where folios do");

/* False where they are not as many, so that no renaming will do. */
static bool moved_folios(const struct mem *before, const struct mem *a, const struct mem *b,
			 struct moved *m)
{
	unsigned n = 0;

	m->n = 0;
	for (unsigned i = 1; i < MAX_FOLIOS; i++) {
		const bool in_a = a->folio[i].ref, in_b = b->folio[i].ref;

		if (before->folio[i].ref && in_a && in_b)
			continue;
		if (in_a)
			m->a[m->n++] = (uint8_t)i;
		if (in_b)
			m->b[n++] = (uint8_t)i;
	}
	return n == m->n;
}

static bool moved_entries(const struct mem *before, const struct mem *a, const struct mem *b,
			  struct moved *m)
{
	unsigned n = 0;

	m->n = 0;
	for (unsigned i = 1; i < MAX_ENTRIES; i++) {
		const bool in_a = a->entry[i].state != ENTRY_FREE;
		const bool in_b = b->entry[i].state != ENTRY_FREE;

		if ((before->entry[i].state != ENTRY_FREE && in_a && in_b) ||
		    before->entry[i].known || a->entry[i].known || b->entry[i].known)
			continue;
		if (in_a)
			m->a[m->n++] = (uint8_t)i;
		if (in_b)
			m->b[n++] = (uint8_t)i;
	}
	return n == m->n;
}

/*
 * A renaming in which m->a[i] becomes m->b[order[i]].  Those that others leave take what is left
 * over: they are free, and alike.
 */
static void name_moved(uint8_t *to, unsigned max, const struct moved *m, const uint8_t *order)
{
	uint32_t taken = 0, named = 0;

	for (unsigned i = 0; i < m->n; i++) {
		to[m->a[i]] = m->b[order[i]];
		named |= 1u << m->a[i];
		taken |= 1u << m->b[order[i]];
	}
	for (unsigned i = 1; i < max; i++)	/* first whoever can keep his own */
		if (!(named >> i & 1) && !(taken >> i & 1)) {
			to[i] = (uint8_t)i;
			named |= 1u << i;
			taken |= 1u << i;
		}
	for (unsigned i = 1; i < max; i++) {
		if (named >> i & 1)
			continue;
		to[i] = (uint8_t)__builtin_ctz(~(taken | 1));
		taken |= 1u << to[i];
	}
}

static void swap(uint8_t *a, uint8_t *b)
{
	const uint8_t was = *a;

	*a = *b;
	*b = was;
}

/* The next order of n numbers, lexicographically; false behind the last. */
static bool next_order(uint8_t *order, unsigned n)
{
	unsigned i = n, j = n;

	while (i > 1 && order[i - 2] >= order[i - 1])
		i--;
	if (i < 2)
		return false;
	while (order[j - 1] <= order[i - 2])
		j--;
	swap(&order[i - 2], &order[j - 1]);
	for (unsigned k = i - 1, l = n - 1; k < l; k++, l--)
		swap(&order[k], &order[l]);
	return true;
}

static void first_order(uint8_t *order, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		order[i] = (uint8_t)i;
}

bool worlds_alike(const struct mem *before, const struct world *a, const struct world *b)
{
	uint8_t folio_order[MAX_FOLIOS], entry_order[MAX_FOLIOS];
	struct moved folios, entries;
	struct names names = { .folio[0] = 0 };
	struct world w;

	if (!moved_folios(before, &a->mem, &b->mem, &folios) ||
	    !moved_entries(before, &a->mem, &b->mem, &entries))
		return false;
	first_order(folio_order, folios.n);
	do {
		name_moved(names.folio, MAX_FOLIOS, &folios, folio_order);
		first_order(entry_order, entries.n);
		do {
			name_moved(names.entry, MAX_ENTRIES, &entries, entry_order);
			rename_world(a, &names, &w);
			if (!memcmp(&w, b, sizeof(w)))
				return true;
		} while (next_order(entry_order, entries.n));
	} while (next_order(folio_order, folios.n));
	return false;
}
