/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ledger of copies: where a capture loses data, and where a changed one does.
 */
#include "tests/story_help.h"

/* Had zswap kept its copy, nothing would have been lost, if it had then been found. */
static void test_entry_kept(void **state)
{
	struct told *t;

	(void)state;
	tape_drop(&d, 36);
	tape_drop(&d, 37);
	tape_at(&d, 566)->ret = 1;
	t = tell(&d);
	assert_int_equal(t->losses, 65);
	assert_null(loss_of_page(t, 54, tape_at(&d, 27)->slot));
	told_free(t);
	tape_at(&d, 566)->ret = 0;	/* but it was not there */
	t = tell(&d);
	assert_int_equal(t->losses, 66);
	assert_int_equal(stamp(loss_of_page(t, 54, tape_at(&d, 27)->slot)->event), 571);
	told_free(t);
}

/* Erased after the fault has given up its copy: then it is lost there. */
static void test_erased_later(void **state)
{
	struct capture_event *erase = tape_at(&d, 37), *free = tape_at(&d, 555), swap;
	const struct story_loss *l;
	struct told *t;

	(void)state;
	swap = *erase;
	*erase = *free;
	*free = swap;
	t = tell(&d);
	l = loss_of_page(t, 54, tape_at(&d, 27)->slot);
	assert_int_equal(stamp(l->event), 37);
	assert_int_equal(stamp(l->erase), 37);
	assert_int_equal(l->abort, 0);
	assert_int_equal(t->losses, 66);
	told_free(t);
}

/* What is lost on purpose is no loss: the PTE is zapped before the fault gives up. */
static void test_zapped(void **state)
{
	struct capture_event *mark = tape_at(&d, 40);
	struct told *t;

	(void)state;
	mark->side = SIDE_ENTER;
	mark->function = FN___swap_entry_free_locked;
	mark->mask = HAS_USAGE;
	mark->usage = 1;
	mark->slot = tape_at(&d, 27)->slot;
	t = tell(&d);
	assert_int_equal(stamp(loss_of_page(t, 54, mark->slot)->event), 571);
	told_free(t);
	for (uint64_t s = 569; s <= 573; s++)	/* and nobody maps it */
		tape_drop(&d, s);
	t = tell(&d);
	assert_int_equal(t->losses, 65);
	told_free(t);
}

/* Another copy on the device: nothing is lost. */
static void test_on_device(void **state)
{
	struct capture_event *mark = tape_at(&d, 40);
	struct told *t;

	(void)state;
	mark->side = SIDE_ENTER;
	mark->function = FN___swap_writepage;
	mark->slot = tape_at(&d, 27)->slot;
	t = tell(&d);
	assert_int_equal(t->losses, 65);
	assert_int_equal(t->totals.writebacks, 1);
	told_free(t);
}

/* What was read in one life of a slot is mapped in the next one. */
static void test_stale(void **state)
{
	struct capture_event *mark = tape_at(&d, 40);
	const struct story_loss *l;
	struct told *t;

	(void)state;
	mark->side = SIDE_RETURN;
	mark->function = FN_folio_alloc_swap;
	mark->slot = tape_at(&d, 27)->slot;
	tape_at(&d, 552)->function = FN_swap_free;
	tape_at(&d, 553)->usage = 1;
	t = tell(&d);
	assert_outcome(t, 27, MAPPED, 1);
	l = &t->loss[0];
	assert_int_equal(l->life, 2);
	assert_int_equal(stamp(l->event), 553);
	assert_int_equal(stamp(l->fault), 27);
	assert_non_null(strstr(l->text, "in an earlier life of the slot"));
	told_free(t);
}

/* v6.17 and later: the slot goes from the allocation into the swap cache, and is not returned. */
static void test_allocated_inside(void **state)
{
	struct capture_event *back = tape_at(&d, 7), *add = tape_at(&d, 8);
	struct capture_event *added = tape_at(&d, 9);
	struct capture_event swap = *back;
	struct told *t;

	(void)state;
	*back = *add;			/* alloc, add, added, allocated */
	*add = *added;
	*added = swap;
	back->id--, add->id--, added->id += 2;
	back->call = add->id, add->call = back->id;
	tape_at(&d, 6)->call = added->id;
	added->slot = tape_at(&d, 6)->slot = 0;
	t = tell(&d);
	assert_int_equal(t->losses, 66);
	assert_int_equal(t->totals.lives, 105);
	told_free(t);
	added->slot = tape_at(&d, 27)->slot;
	t = tell(&d);
	assert_int_equal(t->totals.lives, 105);
	told_free(t);
}

/* An event about several slots: what the others hold is not known, and so not lost. */
static void test_several_slots(void **state)
{
	struct capture_event *mark = tape_at(&d, 25);
	struct told *t;

	(void)state;
	mark->side = SIDE_ENTER;
	mark->function = FN_swap_free_nr;
	mark->entry = tape_at(&d, 569)->entry - 3;
	mark->slot = d.info.slots + 1;
	mark->mask = HAS_ENTRY | HAS_NR;
	mark->nr = 4;
	t = tell(&d);
	assert_int_equal(t->losses, 65);
	assert_null(loss_of_page(t, 54, tape_at(&d, 27)->slot));
	told_free(t);
	mark->nr = 3;			/* one less does not reach it */
	t = tell(&d);
	assert_int_equal(t->losses, 66);
	told_free(t);
}

/* Where events were lost, nothing is concluded from what is not there. */
static void test_lost_events(void **state)
{
	struct told *t;

	(void)state;
	d.lost_before = tape_at(&d, 40)->id;
	t = tell(&d);
	assert_int_equal(t->losses, 65);
	assert_outcome(t, 27, "not known (events were lost)", -1);
	assert_outcome(t, 557, MAPPED, 1);
	told_free(t);
}

/* Two loads of one entry, of which the second finds nothing and is mapped first. */
static void test_two_loads(void **state)
{
	struct tape f;
	struct told *t;
	const struct story_loss *l;

	(void)state;
	tape_load(&f, "f-loss-twothreads-6.8-nopin");
	t = tell(&f);
	assert_int_equal(t->losses, 1);
	l = &t->loss[0];
	assert_int_equal(l->page, 82);
	assert_int_equal(l->fault, tape_at(&f, 82230)->id);
	assert_int_equal(l->erase, tape_at(&f, 82239)->id);
	assert_int_equal(l->read, tape_at(&f, 82242)->id);
	assert_int_equal(l->event, tape_at(&f, 82248)->id);
	assert_int_equal(l->mapped, l->event);
	assert_int_equal(l->abort, tape_at(&f, 82254)->id);
	assert_int_equal(l->corrupt, tape_at(&f, 82255)->id);
	told_free(t);
	tape_free(&f);
}

/* The loss of page 0 in a capture of v7.3 that is changed; NULL: no loss at all. */
static const struct story_loss *only_loss(const struct told *t)
{
	assert_in_range(t->losses, 0, 1);
	if (t->losses)
		assert_int_equal(t->loss[0].page, 0);
	return t->losses ? &t->loss[0] : NULL;
}

/* v7.x: a load moves the data into the swap cache. */
static void test_in_swap_cache(void **state)
{
	const struct story_loss *l;
	struct told *t;

	(void)state;
	tape_at(&d, 27)->ret = 0;		/* refused; so it is on the device */
	t = tell(&d);
	assert_null(only_loss(t));
	assert_outcome(t, 248, READ, 1);
	told_free(t);
	tape_at(&d, 27)->ret = 1;

	tape_at(&d, 269)->ret = -2;		/* what it erased it did not read */
	t = tell(&d);
	l = only_loss(t);
	assert_non_null(l);
	assert_int_equal(stamp(l->erase), 268);
	assert_int_equal(stamp(l->event), 269);
	assert_int_equal(stamp(l->mapped), 272);
	told_free(t);
	tape_at(&d, 269)->ret = 0;

	tape_drop(&d, 272);			/* not seen: yet nobody refers to what is freed */
	t = tell(&d);
	assert_null(only_loss(t));
	told_free(t);
	for (uint64_t s = 273; s <= 282; s++)	/* but who reclaims the folio, does not look */
		if (s != 275 && s != 281)
			tape_drop(&d, s);
	t = tell(&d);
	l = only_loss(t);
	assert_non_null(l);
	assert_int_equal(stamp(l->event), 281);
	told_free(t);
}

/* v7.x names the first slot of a large folio, whichever of its pages is unmapped. */
static void test_large_folio(void **state)
{
	struct capture_event *dup;
	const char *text;
	struct told *t;

	(void)state;
	tape_at(&d, 269)->ret = -2;
	dup = tape_at(&d, 21);
	text = dup->text;
	dup->text = "fdup: (folio_dup_swap+0x4/0x90) folio=0xffd400000010f740 ent=0x21 "
		    "sub=0xffd400000010f780";
	t = tell(&d);
	assert_null(only_loss(t));
	told_free(t);
	dup->text = text;
	t = tell(&d);
	assert_non_null(only_loss(t));
	told_free(t);
}

/* Kretprobes miss returns, and say so nowhere: what was not seen is never taken for a loss. */
static void test_missed(void **state)
{
	static const char *const safe[] = {
		"a-disk-writeback-6.1", "b-zram-sync-6.1", "d-fixed-uffdwp-6.8",
		"d-ok-uffdwp-6.12", "f-ok-twothreads-6.8", "two-threads-6.18", "two-threads-7.3",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(safe) / sizeof(safe[0]); i++) {
		struct tape whole, t;

		tape_load(&whole, safe[i]);
		t = whole;
		t.event = malloc(whole.n * sizeof(*t.event));
		assert_non_null(t.event);
		for (uint32_t seed = 3; seed <= 9; seed += 2) {
			struct told *told;

			memcpy(t.event, whole.event, whole.n * sizeof(*t.event));
			random_state = seed;
			for (unsigned j = 0; j < 1u << seed && j < t.n / 40; j++)
				tape_miss(&t, random_below((uint32_t)t.n));
			told = tell(&t);
			if (told->losses)
				fail_msg("%s, seed %u: a loss at %llu", safe[i], seed,
					 (unsigned long long)told->loss[0].event);
			told_free(told);
		}
		free(t.event);
		tape_free(&whole);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_D(test_entry_kept),
		WITH_D(test_erased_later),
		WITH_D(test_zapped),
		WITH_D(test_on_device),
		WITH_D(test_stale),
		WITH_D(test_allocated_inside),
		WITH_D(test_several_slots),
		WITH_D(test_lost_events),
		cmocka_unit_test(test_two_loads),
		WITH_V7(test_in_swap_cache),
		WITH_V7(test_large_folio),
		cmocka_unit_test(test_missed),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
