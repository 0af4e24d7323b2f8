/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stories of captures: what shipped captures tell, and how that changes when they do.
 */
#include "tests/story_help.h"

/* ---- outcomes ---- */

static const struct {
	const char *name;
	struct {
		const char *outcome;
		size_t faults;
	} is[5];
	size_t losses, corrupt;
} captures[] = {
	{ "a-disk-writeback-6.1", { { READ, 786 }, { FOUND, 467 } }, 0, 0 },
	{ "b-zram-sync-6.1", { { REFUSED, 868 }, { MAPPED, 609 }, { FOUND, 574 },
			       { UNMAPPED, 130 } }, 0, 0 },
	{ "d-loss-uffdwp-6.8", { { MAPPED, 105 }, { DISCARDED, 91 } }, 66, 66 },
	{ "d-fixed-uffdwp-6.8", { { DISCARDED, 134 }, { MAPPED, 111 } }, 0, 0 },
	{ "d-ok-uffdwp-6.12", { { MAPPED, 88 }, { DISCARDED, 45 } }, 0, 0 },
	{ "f-loss-twothreads-6.8-nopin", { { MAPPED, 1595 }, { DISCARDED, 1424 }, { FOUND, 67 },
					   { UNMAPPED, 19 } }, 1, 2 },
	{ "f-ok-twothreads-6.8", { { MAPPED, 956 }, { REFUSED, 927 }, { FOUND, 8 },
				   { UNMAPPED, 1 } }, 0, 0 },
	{ "two-threads-6.18", { { MAPPED, 32 }, { REFUSED, 24 }, { DEAD, 1 } }, 0, 0 },
	{ "two-threads-7.3", { { READ, 31 }, { SECOND, 29 }, { FOUND, 3 }, { NOT_ADDED, 2 },
			       { UNMAPPED, 1 } }, 0, 0 },
};

#define CAPTURES (sizeof(captures) / sizeof(captures[0]))

static size_t count(const struct told *t, const char *outcome)
{
	size_t n = 0;

	for (size_t i = 0; i < t->faults; i++)
		n += !strcmp(t->fault[i].outcome, outcome);
	return n;
}

static void test_captures(void **state)
{
	(void)state;
	for (size_t i = 0; i < CAPTURES; i++) {
		struct tape tape;
		struct told *t;
		size_t faults = 0;

		tape_load(&tape, captures[i].name);
		t = tell(&tape);
		for (size_t j = 0; j < 5 && captures[i].is[j].outcome; j++) {
			assert_int_equal(count(t, captures[i].is[j].outcome),
					 captures[i].is[j].faults);
			faults += captures[i].is[j].faults;
		}
		assert_int_equal(t->faults, faults);
		assert_int_equal(t->totals.faults, faults);
		assert_int_equal(t->losses, captures[i].losses);
		assert_int_equal(t->totals.losses, captures[i].losses);
		assert_int_equal(t->totals.corrupt, captures[i].corrupt);
		assert_null(t->no_ledger);
		told_free(t);
		tape_free(&tape);
	}
}

/* ---- a loss, and the same capture changed ---- */

static void test_loss(void **state)
{
	const struct story_loss *l;
	struct told *t = tell(&d);

	(void)state;
	l = loss_of_page(t, 54, tape_at(&d, 27)->slot);
	assert_non_null(l);
	assert_int_equal(stamp(l->fault), 27);
	assert_int_equal(stamp(l->erase), 37);
	assert_int_equal(stamp(l->abort), 552);
	assert_int_equal(stamp(l->event), 552);
	assert_int_equal(stamp(l->read), 566);
	assert_int_equal(stamp(l->mapped), 571);
	assert_int_equal(stamp(l->corrupt), 580);
	for (size_t i = 0; i < t->losses; i++)
		assert_true(t->loss[i].corrupt > t->loss[i].mapped);
	assert_outcome(t, 27, DISCARDED, 0);
	assert_outcome(t, 557, MAPPED, 1);
	assert_string_equal(fault_at(t, 27)->path, "bypass, from zswap");
	assert_string_equal(fault_at(t, 557)->path, "bypass, from the device");
	assert_string_equal(fault_at(t, 557)->why, "the device never had the data");
	assert_int_equal(fault_at(t, 27)->page, 54);
	assert_int_equal(fault_at(t, 27)->life, 1);
	told_free(t);
}

static void test_slot(void **state)
{
	static const struct {
		uint64_t stamp;
		const char *what;
	} want[] = {
		{ 7, "allocated" }, { 9, "added to the swap cache" }, { 11, "a PTE refers to it" },
		{ 12, "to be written out" }, { 14, "its folio keeps it" },
		{ 16, "stored in zswap" },
		{ 19, "removed from the swap cache" }, { 22, "swap_map went down" },
		{ 23, "unpinned: the swap cache is done with it" }, { 27, "fault" },
		{ 29, "not in the swap cache" }, { 32, "pinned" },
		{ 36, "its entry leaves zswap's tree" }, { 37, "its zswap entry is freed" },
		{ 38, "loaded from zswap" }, { 552, "unpinned" }, { 554, "swap_map went down" },
		{ 556, "fault is over" }, { 557, "fault" }, { 559, "not in the swap cache" },
		{ 562, "pinned" }, { 566, "not in zswap" }, { 567, "read from the device" },
		{ 569, "a PTE lets go of it" }, { 572, "swap_map went down" }, { 574, "unpinned" },
		{ 576, "swap_map went down" }, { 577, "to the free slots of its CPU" },
		{ 579, "fault is over" }, { 22541, "free" }, { 22542, "zswap is to forget it" },
		{ 22544, "zram drops its block" },
	};
	const uint32_t slot = tape_at(&d, 27)->slot;
	struct told *t = tell(&d);
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < t->lines; i++) {
		if (t->line[i].slot != slot)
			continue;
		assert_true(n < sizeof(want) / sizeof(want[0]));
		assert_int_equal(stamp(t->line[i].event), want[n].stamp);
		assert_string_equal(t->line[i].what, want[n].what);
		assert_int_equal(t->line[i].life, 1);
		n++;
	}
	assert_int_equal(n, sizeof(want) / sizeof(want[0]));
	told_free(t);
}

/* A slot that is given out twice has two lives. */
static void test_lives(void **state)
{
	const uint32_t slot = tape_at(&d, 27)->slot, next = tape_at(&d, 23773)->slot;
	struct told *t;
	unsigned lives[3] = { 0 };

	(void)state;
	for (size_t i = 0; i < d.n; i++)
		if (d.event[i].slot == next)
			d.event[i].slot = slot;
	t = tell(&d);
	for (size_t i = 0; i < t->lines; i++)
		if (t->line[i].slot == slot) {
			assert_in_range(t->line[i].life, 1, 2);
			assert_int_equal(t->line[i].life, stamp(t->line[i].event) < 23751 ? 1 : 2);
			lives[t->line[i].life]++;
		}
	assert_int_equal(lives[1], 32);
	assert_true(lives[2] > 20);
	assert_int_equal(fault_at(t, 23773)->life, 2);
	told_free(t);
}

/* The fault at 27 with what it does between its lookup and its return changed. */
static void test_refused(void **state)
{
	struct told *t;

	(void)state;
	for (uint64_t s = 34; s <= 39; s++)
		tape_drop(&d, s);
	for (uint64_t s = 552; s <= 555; s++)
		tape_drop(&d, s);
	tape_at(&d, 33)->ret = -17;
	t = tell(&d);
	assert_outcome(t, 27, REFUSED, 0);
	told_free(t);
	tape_at(&d, 33)->ret = -2;
	t = tell(&d);
	assert_outcome(t, 27, "bypass refused (swapcache_prepare -2)", 0);
	assert_string_equal(fault_at(t, 27)->why, "the slot is free");
	told_free(t);
}

/* No probe says whether the slot could be pinned: that is what is told. */
static void test_pin_not_known(void **state)
{
	struct told *t;

	(void)state;
	for (uint64_t s = 34; s <= 39; s++)
		tape_drop(&d, s);
	for (uint64_t s = 552; s <= 555; s++)
		tape_drop(&d, s);
	for (size_t i = 0; i < d.n; i++)
		if (d.event[i].side == SIDE_RETURN &&
		    (d.event[i].function == FN_swapcache_prepare ||
		     d.event[i].function == FN___swap_duplicate))
			tape_drop(&d, d.event[i].stamp);
	t = tell(&d);
	assert_outcome(t, 27, "bypass, not mapped (why is not known: no return of "
			      "swapcache_prepare)", 0);
	assert_outcome(t, 557, MAPPED, 1);
	assert_non_null(t->no_ledger);
	assert_int_equal(t->losses, 0);
	told_free(t);
}

/* Without swap_free and what is in it: was the page mapped?  Who knows. */
static void test_no_swap_free(void **state)
{
	struct told *t;

	(void)state;
	for (size_t i = 0; i < d.n; i++)
		switch (d.event[i].function) {
		case FN_swap_free:
		case FN___swap_entry_free:
		case FN___swap_entry_free_locked:
			tape_drop(&d, d.event[i].stamp);
			break;
		default:
			break;
		}
	t = tell(&d);
	assert_outcome(t, 557, "bypass, mapped or not (no swap_free in the capture)", -1);
	assert_non_null(t->no_ledger);
	told_free(t);
}

static void test_not_mapped(void **state)
{
	struct told *t;

	(void)state;
	for (uint64_t s = 569; s <= 573; s++)
		tape_drop(&d, s);
	t = tell(&d);
	assert_outcome(t, 557, DISCARDED, 0);
	assert_int_equal(t->losses, 66);
	assert_int_equal(loss_of_page(t, 54, tape_at(&d, 27)->slot)->mapped, 0);
	told_free(t);
}

static void test_bad_return(void **state)
{
	struct told *t;

	(void)state;
	tape_at(&d, 556)->ret = 1;
	t = tell(&d);
	assert_outcome(t, 27, "bypass, from zswap, out of memory", 0);
	told_free(t);
	tape_at(&d, 556)->ret = 2;
	t = tell(&d);
	assert_outcome(t, 27, "bypass, from zswap, SIGBUS", 0);
	told_free(t);
	tape_at(&d, 556)->ret = 0x400;
	t = tell(&d);
	assert_outcome(t, 27, "bypass, discarded (VM_FAULT_RETRY)", 0);
	told_free(t);
}

/* A call that does not return is over when its thread faults again, or the capture ends. */
static void test_no_return(void **state)
{
	struct told *t;

	(void)state;
	tape_drop(&d, 556);
	t = tell(&d);
	assert_outcome(t, 27, "not over", -1);
	assert_int_equal(t->faults, 196);
	told_free(t);
	tape_drop(&d, 27);
	tape_at(&d, 579)->call = 0;
	t = tell(&d);
	assert_int_equal(count(t, "began before the capture"), 1);
	told_free(t);
}

/* v7.x: every fault inserts its folio, or finds that of another, or none. */
static void test_insertion(void **state)
{
	struct told *t;

	(void)state;
	t = tell(&d);
	assert_outcome(t, 248, READ, 1);
	assert_string_equal(fault_at(t, 248)->path, "read through the swap cache, from zswap");
	assert_outcome(t, 247, SECOND, 0);
	assert_string_equal(fault_at(t, 247)->path, "swap cache");
	assert_outcome(t, 289, NOT_ADDED, 0);
	assert_string_equal(fault_at(t, 289)->path, "");
	assert_string_equal(fault_at(t, 289)->why, "the slot is free");
	assert_outcome(t, 414, UNMAPPED, 0);	/* another has mapped what it read */
	assert_outcome(t, 437, FOUND, 1);
	told_free(t);

	tape_at(&d, 285)->ret = 0;		/* it got the lock, and was late */
	tape_at(&d, 456)->ret = 0;
	t = tell(&d);
	assert_string_equal(fault_at(t, 247)->why, "not mapped: the folio left the swap cache");
	assert_string_equal(fault_at(t, 414)->why, "the folio left the swap cache");
	told_free(t);

	for (uint64_t s = 272; s <= 282; s++)	/* the same without anybody who mapped it */
		tape_drop(&d, s);
	tape_at(&d, 283)->ret = 0;
	t = tell(&d);
	assert_string_equal(fault_at(t, 247)->why, "not mapped");
	assert_outcome(t, 248, UNMAPPED, 0);
	assert_string_equal(fault_at(t, 248)->why, "pte changed");
	told_free(t);
}

static bool is_insertion(const struct capture_event *e)
{
	return e->function == FN_swap_cache_alloc_folio || e->function == FN_swapin_folio;
}

/* v7.x with fewer probes: there is no bypass, and what is told stays true. */
static void test_insertion_not_seen(void **state)
{
	struct told *t;

	(void)state;
	for (size_t i = 0; i < d.n; i++)
		if (d.event[i].function == FN_swap_cache_get_folio)
			tape_miss(&d, i);
	t = tell(&d);
	assert_outcome(t, 248, READ, 1);
	assert_outcome(t, 247, SECOND, 0);
	assert_outcome(t, 289, NOT_ADDED, 0);
	told_free(t);
	for (size_t i = 0; i < d.n; i++)
		if (is_insertion(&d.event[i]))
			tape_miss(&d, i);
	t = tell(&d);
	assert_outcome(t, 248, READ, 1);
	assert_outcome(t, 247, "not mapped (why is not known)", 0);
	assert_int_equal(t->losses, 0);
	told_free(t);
}

/* What an interrupt does is not the fault's. */
static void test_interrupt(void **state)
{
	struct capture_event *mark = tape_at(&d, 40);
	struct told *t;

	(void)state;
	mark->thread = tape_at(&d, 27)->thread;
	mark->side = SIDE_ENTER;
	mark->function = FN_swap_free;
	mark->slot = tape_at(&d, 27)->slot;
	mark->irq = 1;
	t = tell(&d);
	assert_outcome(t, 27, DISCARDED, 0);
	told_free(t);
	mark->irq = 0;
	t = tell(&d);
	assert_outcome(t, 27, MAPPED, 1);
	told_free(t);
}

/* swapoff drops the references of PTEs by itself, and the story says that it was swapoff. */
static void test_swapoff(void **state)
{
	struct capture_event *fault = tape_at(&d, 557), *back = tape_at(&d, 579);
	struct told *t;
	size_t n = 0;

	(void)state;
	fault->function = back->function = FN_unuse_pte_range;
	fault->slot = back->slot = 0;
	tape_drop(&d, 569);
	t = tell(&d);
	assert_null(fault_at(t, 557));
	for (size_t i = 0; i < t->lines; i++)
		n += stamp(t->line[i].event) == 570 &&
		     !strcmp(t->line[i].text, "swapoff maps the page");
	assert_int_equal(n, 1);
	told_free(t);
}

/* ---- in the file ---- */

static void store(const char *path, struct story_totals *n)
{
	struct trace_writer *tw;
	struct trace *t;

	assert_int_equal(trace_create(&tw, path, TRACE_APPEND, err), 0);
	t = open_run(path, 1);
	if (story_store(t, tw, 1, n, err))
		fail_msg("%s", err);
	trace_free(t);
	assert_int_equal(trace_close(tw), 0);
}

static void assert_told(const struct told *a, const struct told *b)
{
	assert_int_equal(a->faults, b->faults);
	assert_int_equal(a->losses, b->losses);
	assert_int_equal(a->lines, b->lines);
	for (size_t i = 0; i < a->faults; i++) {
		const struct story_fault *x = &a->fault[i], *y = &b->fault[i];

		assert_int_equal(x->fault, y->fault);
		assert_int_equal(x->first, y->first);
		assert_int_equal(x->last, y->last);
		assert_int_equal(x->addr, y->addr);
		assert_int_equal(x->page, y->page);
		assert_int_equal(x->ret, y->ret);
		assert_int_equal(x->slot, y->slot);
		assert_int_equal(x->mapped, y->mapped);
		assert_string_equal(x->path, y->path);
		assert_string_equal(x->outcome, y->outcome);
		assert_string_equal(x->why, y->why);
	}
	for (size_t i = 0; i < a->lines; i++) {
		assert_int_equal(a->line[i].event, b->line[i].event);
		assert_int_equal(a->line[i].life, b->line[i].life);
		assert_string_equal(a->line[i].what, b->line[i].what);
		assert_string_equal(a->line[i].text, b->line[i].text);
	}
	for (size_t i = 0; i < a->losses; i++) {
		assert_int_equal(a->loss[i].event, b->loss[i].event);
		assert_int_equal(a->loss[i].page, b->loss[i].page);
		assert_int_equal(a->loss[i].corrupt, b->loss[i].corrupt);
		assert_string_equal(a->loss[i].text, b->loss[i].text);
	}
}

static struct told *read_back(const char *path, struct story_totals *n)
{
	struct told *b = told_new();
	struct trace *t = open_run(path, 1);

	assert_int_equal(story_read_faults(t, told_fault, b), 0);
	assert_int_equal(story_read_lines(t, 0, told_line, b), 0);
	assert_int_equal(story_read_losses(t, told_loss, b), 0);
	assert_int_equal(story_read_totals(t, n), 0);
	trace_free(t);
	return b;
}

/* What was told is in the file, once, however often it is told. */
static void test_stored(void **state)
{
	const char *path = file("stored.db");
	struct story_totals n, again;
	struct told *a = tell(&d), *b;

	(void)state;
	tape_import(path, "d-loss-uffdwp-6.8");
	for (int i = 0; i < 2; i++) {
		store(path, &n);
		b = read_back(path, &again);
		assert_told(a, b);
		assert_memory_equal(&n, &again, sizeof(n));
		assert_memory_equal(&n, &a->totals, sizeof(n));
		told_free(b);
	}
	told_free(a);
}

/* A file that says nonsense is refused, and one of before is one without stories. */
static void test_hostile(void **state)
{
	static const char *const bad[] = {
		"UPDATE capture_fault SET mapped = 7", "UPDATE capture_fault SET slot = -1",
		"UPDATE capture_fault SET page = -5", "UPDATE capture_fault SET thread = 1 << 40",
		"UPDATE capture_loss SET erase = -1", "UPDATE capture_story SET life = -1",
		"UPDATE capture_total SET times = -1",
	};
	char good[320], copy[700];
	struct story_totals n;
	struct trace *t;

	(void)state;
	snprintf(good, sizeof(good), "%s", file("good.db"));
	tape_import(good, "d-loss-uffdwp-6.8");
	store(good, &n);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *path = file("hostile.db");
		struct told *b = told_new();
		int r;

		snprintf(copy, sizeof(copy), "cp '%s' '%s'", good, path);
		assert_int_equal(system(copy), 0);
		sql(path, bad[i]);
		t = open_run(path, 1);
		r = story_read_faults(t, told_fault, b);
		r = r ? r : story_read_lines(t, 0, told_line, b);
		r = r ? r : story_read_losses(t, told_loss, b);
		r = r ? r : story_read_totals(t, &n);
		assert_int_equal(r, -EBADMSG);
		trace_free(t);
		told_free(b);
	}
	t = open_run("tests/data/format1.db", 1);
	assert_int_equal(story_read_totals(t, &n), -ENODATA);
	assert_int_equal(story_read_faults(t, told_fault, NULL), 0);
	trace_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_captures),
		WITH_D(test_loss),
		WITH_D(test_slot),
		WITH_D(test_lives),
		WITH_D(test_refused),
		WITH_D(test_pin_not_known),
		WITH_D(test_no_swap_free),
		WITH_D(test_not_mapped),
		WITH_D(test_bad_return),
		WITH_D(test_no_return),
		WITH_D(test_swapoff),
		WITH_D(test_interrupt),
		WITH_V7(test_insertion),
		WITH_V7(test_insertion_not_seen),
		WITH_D(test_stored),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
