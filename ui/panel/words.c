/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * words.c - what every word and mark of the screens means.
 */
#include <string.h>

#include "ui/panel/panel.h"

/* A word without a text is a heading. */
static const struct word_row {
	const char *utf8, *ascii, *text;
} word_rows[] = {
	{ "marks of a step", NULL, NULL },
	{ ">", NULL, "the last step made; beside a task, the one that moves next in this run" },
	{ "*", NULL, "changed by that step" },
	{ "!!", NULL, "the step broke a property; which one stands behind it" },
	{ "\u2260", "#", "the two runs differ from here on, or in this row" },
	{ "\u2506", "|", "and here they still do" },
	{ "\u21b3", "\\", "another task moves than before: a switch between CPUs' columns" },
	{ "@", NULL, "an event of the capture shows the step; others are between two events" },
	{ "\" a", NULL, "left of a number: somebody noted something there, or a bookmark" },
	{ "T0: x = y", NULL, "task T0 makes step x, and it comes to y" },
	{ "(waited 3)", NULL, "for so long it could not be made" },

	{ "locks and pins, left of the steps", NULL, NULL },
	{ "P", NULL, "the pin of a slot, held by a task: SWAP_HAS_CACHE, which is a right with "
		     "one holder" },
	{ "F", NULL, "a folio's lock (PG_locked)" },
	{ "L", NULL, "a page table lock (PTL)" },
	{ "T S M", NULL, "zswap's tree lock; si->lock of a device; mmap_lock for writing" },
	{ "A R C", NULL, "slot caches: alloc_lock, free_lock, swap_slots_cache_enable_mutex" },
	{ "\u252c \u2502 \u2534", ". | '", "taken by this step, held, dropped by this step" },
	{ "\u253c", "#", "and here it went from one to another" },

	{ "what can still become of a run", NULL, NULL },
	{ "=", NULL, "safe: nothing can go wrong any more, whatever comes" },
	{ "!", NULL, "something can still go wrong; the number is of steps to the nearest "
		     "violation" },
	{ "#", NULL, "doomed: every way on breaks a property" },
	{ "X", NULL, "the move breaks a property at once" },
	{ "?", NULL, "not known: the search was bounded, or is under way" },
	{ "-", NULL, "the task cannot move now; what it waits for stands behind it" },

	{ "a slot", NULL, NULL },
	{ "1|HAS_CACHE", NULL, "swap_map: one PTE refers to the slot, and SWAP_HAS_CACHE is set" },
	{ "count 1", NULL, "swap_map without the bit" },
	{ "life 2, L2", NULL, "how often the slot was freed: data of an earlier life is stale" },
	{ "e1, f2", NULL, "its zswap entry, its folio of the swap cache; e-, f-: it has none now" },
	{ "blk v1", NULL, "what the device's block of the slot has" },
	{ "parked", NULL, "dead, in the slot cache until a drain; cached: allocated beforehand" },
	{ "zero", NULL, "its bit in the zeromap is set: a page of zeroes" },
	{ "held by T0", NULL, "who has the pin, and what for:" },
	{ "  alloc", NULL, "handed out by the allocator, not in the swap cache yet" },
	{ "  add", NULL, "__read_swap_cache_async() has it, its folio is not inserted yet" },
	{ "  cache", NULL, "a folio is in the swap cache: the folio holds it" },
	{ "  del", NULL, "the folio was removed, the bit is not given back yet" },
	{ "  sync", NULL, "a fault reads around the swap cache (SWP_SYNCHRONOUS_IO)" },
	{ "  free", NULL, "the slot is dead and on its way to be freed" },

	{ "a zswap entry", NULL, NULL },
	{ "lru 1", NULL, "its place on zswap's LRU, 1 is the coldest; no lru: it is off the list" },
	{ "s0 L1", NULL, "the slot that it is of, and which life of it" },
	{ "861 bytes", NULL, "the page compressed" },
	{ "ref 1", NULL, "its reference count, in kernels that have one" },
	{ "used by W", NULL, "W works with a pointer to it" },
	{ "num W", NULL, "only a number to W: it will look whether the entry is still this one "
			 "before it follows the pointer" },
	{ "FREED UNDER T0", NULL, "freed, and T0 still has a pointer to it" },
	{ "unlinked", NULL, "out of the tree: no lookup finds it" },
	{ "zombie", NULL, "freed while zpool has it under reclaim (v6.1): its memory stays "
			  "readable" },
	{ "reclaim", NULL, "taken off the LRU to be written back" },

	{ "a folio", NULL, NULL },
	{ "up sc wb rd", NULL, "uptodate, in the swap cache, under writeback, being read" },
	{ "dirty", NULL, "its content is nowhere else" },
	{ "unread", NULL, "allocated, and nothing was read into it yet" },
	{ "ref 2", NULL, "its references; held by: the tasks that have one" },
	{ "lock T0", NULL, "locked by T0; device: until the I/O is done" },
	{ "map 1", NULL, "mapped by so many PTEs" },
	{ "io 0", NULL, "a write to that block is under way" },

	{ "a page and its PTE", NULL, NULL },
	{ "v3", NULL, "content: the third write; zeroes; garbage: out of freed memory" },
	{ "swap slot 0", NULL, "a swap entry; present folio 1: it is mapped; none" },
	{ "ex sd wp rw", NULL, "exclusive, soft-dirty, uffd-wp, writable" },
	{ "wrote v1", NULL, "what its owner wrote last: a fault has to find that" },
	{ "owned by", NULL, "the copy that the next fault finds; = v1: it has what was written" },
	{ "2 copies", NULL, "so many places have that write; 0 ok: none has" },
	{ "LOST", NULL, "no place has it any more, and a PTE refers to it" },
	{ "M C Z D T", NULL, "copies are mapped, in the swap cache, in zswap, on the device, or "
			     "with a task alone; n is their number" },
	{ "\u25cf \u25cb \u00d7 \u00b7", "@ o x .",
	  "the copy that counts, another one as good, one that counts and is wrong, none" },
	{ "\u25cc", "%", "the copy that counts, and no fault would find it: unlinked, or private" },

	{ "the source", NULL, NULL },
	{ "T0>", NULL, "T0 stands at this line: its step is what it does next" },
	{ "\u00b7", "-", "the switches of this run's kernel never let it come here" },

	{ "tasks", NULL, NULL },
	{ "next", NULL, "it can move; waits: for what, and who has that; done: it has finished" },
	{ "waits?", NULL, "it waits, or gives up and comes back (VM_FAULT_RETRY)" },
	{ "T0/1", NULL, "the outcome number 1 of T0's step: such a step can come to several" },
	{ "#0 #1", NULL, "its calls, the innermost first, with what their locals name; behind it "
			 "the step that the call stands at" },
};

#define WORD_ROWS	(sizeof(word_rows) / sizeof(word_rows[0]))
#define WORD_WIDTH	18

static int draw_word(const struct view *v, struct grid *g, struct rect r, int y,
		     const struct word_row *w)
{
	struct rect room = { r.y, r.x + WORD_WIDTH, r.h, r.w - WORD_WIDTH - 1 };

	if (!w->text) {
		grid_text(g, r, y, 1, STYLE_TITLE, w->utf8);
		return 1;
	}
	grid_text(g, r, y, 2, STYLE_OWNER, v->ascii && w->ascii ? w->ascii : w->utf8);
	return draw_wrapped(g, room, y, 5, STYLE_PLAIN, w->text);
}

/* In two columns where there is room: headings keep what belongs to them. */
int draw_words(const struct view *v, struct grid *g, struct rect r)
{
	int y = 0, tallest = 0;
	bool two = r.w >= 140;
	struct rect half = { r.y, r.x, r.h, two ? r.w / 2 : r.w };

	for (size_t i = 0; i < WORD_ROWS; i++) {
		bool head = !word_rows[i].text;

		if (two && head && half.x == r.x && i > WORD_ROWS / 2 - 6) {
			half.x += r.w / 2;
			tallest = y;
			y = 0;
		}
		y += head && y ? 1 : 0;
		y += draw_word(v, g, half, y, &word_rows[i]);
	}
	return y > tallest ? y : tallest;
}
