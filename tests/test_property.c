/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Each property can fail: a world made by hand that breaks it, the nearest one that does not,
 * and for each a search that finds it, in a kernel with a rule missing or from a world that
 * is broken already.
 */
#include "tests/check.h"

/* A good world: page 0 is at slot 0, in zswap as entry 1, and T0 is about to load it. */
struct fixture {
	struct mem before, after;
	struct event ev;
};

static void good(struct fixture *f)
{
	struct mem *m = &f->before;

	memset(f, 0, sizeof(*f));
	for (unsigned i = 0; i < MAX_SLOTS; i++)
		m->slot[i].life = 3;
	m->page[0] = (struct vpage){ .pte = PTE_SWAP, .target = 0, .stamp = 7 };
	m->slot[0].swap_map = 1;
	m->slot[0].entry = 1;
	m->entry[1] = (struct zentry){ .state = ENTRY_LIVE, .ref = 1, .stamp = 7, .life = 3 };
	m->folio[1] = (struct folio){ .ref = 1, .holders = 1, .flags = FOLIO_LRU, .content = 7,
				      .src = 1, .src_life = 3 };
	m->lru[0] = 1;
	m->last_stamp = 7;
	f->after = f->before;
}

/* The slot is free: its count, and what it had in zswap, are gone. */
static void free_slot(struct fixture *f)
{
	f->after.slot[0].swap_map = 0;
	f->after.slot[0].entry = 0;
	f->after.entry[1] = (struct zentry){ 0 };
	f->after.lru[0] = 0;
}

static uint32_t check_under(const struct fixture *f, const char *kernel)
{
	const struct machine hw = { .slots = 1, .pages = 2, .entries = 2 };
	struct transition tr = { .hw = &hw, .k = &kernel_find(kernel)->kernel, .task = 0,
				 .before = &f->before, .after = &f->after, .ev = &f->ev };

	return properties_check(&tr);
}

static uint32_t check(const struct fixture *f)
{
	return check_under(f, "v6.9");
}

#define BIT(p) (1u << PROP_##p)

static void test_good(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	assert_int_equal(check(&f), 0);
}

static void test_mapped(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	f.after.page[0] = (struct vpage){ .pte = PTE_PRESENT, .target = 1, .stamp = 7 };
	free_slot(&f);
	f.after.folio[1].mapcount = 1;
	f.after.folio[1].index = 1;
	f.after.folio[1].holders = 0;
	f.ev.set_pte = 1;
	assert_int_equal(check(&f), 0);
	f.after.folio[1].content = 6;
	assert_int_equal(check(&f), BIT(MAPPED));
}

static void test_lost(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	f.after.folio[1] = (struct folio){ 0 };
	assert_int_equal(check(&f), 0);			/* the entry is left */
	f.before.folio[1] = (struct folio){ 0 };
	f.after.entry[1] = (struct zentry){ 0 };
	f.after.lru[0] = 0;
	f.after.slot[0].entry = 0;
	f.after.slot[0].dev = 7;
	f.after.slot[0].dev_life = 3;
	assert_int_equal(check(&f), 0);			/* the block is left */
	f.after.slot[0].dev_life = 2;
	assert_int_equal(check(&f), BIT(LOST));		/* but it is another life's */
	f.after.slot[0].dev = 0;
	assert_int_equal(check(&f), BIT(LOST));
	f.after.page[0].pte = PTE_NONE;			/* nobody refers to it any more */
	f.after.slot[0].swap_map = 0;
	assert_int_equal(check(&f), 0);
}

/* An entry that is out of the tree is a copy as long as somebody works with it. */
static void test_lost_entry_in_hand(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	f.before.folio[1] = f.after.folio[1] = (struct folio){ 0 };
	f.after.slot[0].entry = 0;
	f.after.entry[1].users = 1;
	assert_int_equal(check(&f), 0);
	f.after.entry[1].users = 0;
	assert_int_equal(check(&f), BIT(LOST) | BIT(LEAK));
}

static void test_uaf(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	f.ev.deref = 1;
	assert_int_equal(check(&f), 0);
	f.before.dangling = 2;				/* another task's pointer */
	assert_int_equal(check(&f), 0);
	f.before.dangling = 1;
	assert_int_equal(check(&f), BIT(UAF));
	f.ev.deref = 0;
	assert_int_equal(check(&f), 0);
	f.ev.bad_vma = 1;
	assert_int_equal(check(&f), BIT(UAF));
}

static void test_misused(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	f.ev.misused = 1;
	assert_int_equal(check(&f), BIT(FOLIO));
}

static void test_dfree(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	f.ev.put_dead = 1;
	assert_int_equal(check(&f), BIT(DFREE));
}

static void test_count(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	f.after.slot[0].swap_map = 2;
	assert_int_equal(check(&f), BIT(COUNT));
	f.after.mm[0].ptl = 1;				/* whoever holds it is between the two */
	assert_int_equal(check(&f), 0);
	f.ev.bad_count = 1;
	assert_int_equal(check(&f), BIT(COUNT));
}

static void test_pin(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	f.after.slot[0].swap_map |= SWAP_HAS_CACHE;
	assert_int_equal(check(&f), BIT(PIN));		/* the bit, and no holder */
	f.after.slot[0].holder = HOLD_SYNC;
	assert_int_equal(check(&f), 0);
	f.after.slot[0].cache = 1;
	assert_int_equal(check(&f), BIT(PIN) | 0);	/* a folio, and another holder */
	f.after.slot[0].holder = HOLD_CACHE;
	f.after.folio[1].swp = 1;
	f.after.folio[1].ref = 2;
	assert_int_equal(check(&f), 0);
	f.ev.unpin_other = 1;
	assert_int_equal(check(&f), BIT(PIN));
}

static void test_stale(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	f.ev.adopt = 1;
	f.ev.adopt_slot = 1;
	assert_int_equal(check(&f), 0);
	f.before.folio[1].src_life = 2;
	assert_int_equal(check(&f), BIT(STALE));	/* a fault takes it */
	good(&f);
	f.ev.dev_write = 1;
	f.after.slot[0].dev_life = 2;
	assert_int_equal(check(&f), BIT(STALE));	/* a late write */
	good(&f);
	f.after.slot[0] = (struct slot){ .swap_map = 1 | SWAP_HAS_CACHE, .cache = 1, .entry = 1,
					 .holder = HOLD_CACHE, .life = 3 };
	f.after.folio[1].swp = 1;
	f.after.folio[1].ref = 2;
	f.ev.cached_data = 1;
	assert_int_equal(check(&f), 0);
	f.after.folio[1].src_life = 2;
	assert_int_equal(check(&f), BIT(STALE));	/* the swap cache shows it */
}

static void test_wbold(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	f.after.slot[0] = (struct slot){ .swap_map = 1 | SWAP_HAS_CACHE, .cache = 1, .entry = 1,
					 .holder = HOLD_CACHE, .life = 3 };
	f.after.folio[1].swp = 1;
	f.after.folio[1].ref = 2;
	f.after.folio[1].io_swp = 1;
	f.after.folio[1].io = 7;
	f.ev.wb_submit = 1;
	assert_int_equal(check(&f), 0);
	f.after.folio[1].io = 6;
	assert_int_equal(check(&f), BIT(WBOLD));	/* not the last write */
	f.after.folio[1].io = 7;
	f.after.slot[0].cache = 0;
	f.after.slot[0].holder = HOLD_SYNC;
	f.after.folio[1].ref = 1;
	assert_int_equal(check(&f), BIT(WBOLD));	/* without the pin */
}

static void test_folio(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	f.ev.op_done = 1;
	f.after.folio[1] = (struct folio){ 0 };
	assert_int_equal(check(&f), 0);
	f.after.folio[1] = (struct folio){ .ref = 1, .holders = 1 };
	assert_int_equal(check(&f), BIT(FOLIO));	/* a reference left behind */
	f.after.folio[1] = (struct folio){ .ref = 1, .holders = 2, .lock = 1 };
	assert_int_equal(check(&f), BIT(FOLIO));	/* a lock left behind */
	f.after.folio[1] = (struct folio){ .ref = 2, .holders = 2 };
	assert_int_equal(check(&f), BIT(FOLIO));	/* a reference that nobody has */
}

/* In v7.0 the folio is the pin, and there is no bit. */
static void test_pin_folio(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	f.after.slot[0].cache = 1;
	f.after.slot[0].holder = HOLD_CACHE;
	f.after.folio[1].swp = 1;
	f.after.folio[1].ref = 2;
	assert_int_equal(check_under(&f, "v7.0"), 0);
	assert_int_equal(check_under(&f, "v6.18"), BIT(PIN));
	f.after.slot[0].swap_map |= SWAP_HAS_CACHE;
	assert_int_equal(check_under(&f, "v7.0"), BIT(PIN));
	good(&f);
	f.ev.unpinned_load = 1;
	assert_int_equal(check_under(&f, "v7.3"), BIT(PIN));
}

static void test_lru(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	f.after.lru[0] = 0;
	assert_int_equal(check(&f), BIT(LRU));		/* in the tree, and nobody will find it */
	f.after.entry[1].users = 1;
	assert_int_equal(check(&f), 0);			/* a task has it in hand */
	f.after.entry[1].users = 0;
	f.after.entry[1].reclaim = 2;
	assert_int_equal(check(&f), 0);			/* a shrinker has isolated it */
	good(&f);
	f.after.lru[1] = 2;
	assert_int_equal(check(&f), BIT(LRU));		/* on the LRU, and free */
}

static void test_leak(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	f.after.slot[0].entry = 0;
	assert_int_equal(check(&f), BIT(LEAK));		/* alive, and in no tree */
	f.after.entry[1].users = 1;
	assert_int_equal(check(&f), 0);
	f.after.entry[1].users = 0;
	f.after.entry[1].state = ENTRY_ZOMBIE;
	f.after.entry[1].reclaim = RECLAIM_ZPOOL;	/* zpool will free it */
	f.after.lru[0] = 0;
	assert_int_equal(check(&f), 0);
	f.after.entry[1].reclaim = 0;
	assert_int_equal(check(&f), BIT(LEAK));		/* it is done, and has not */

	good(&f);
	f.after.page[0].pte = PTE_NONE;
	f.after.slot[0].swap_map = 0;
	assert_int_equal(check(&f), BIT(LEAK));		/* of a slot that is free */
	f.after.si[0].lock = 1;
	assert_int_equal(check(&f), 0);			/* a drain is at it */

	good(&f);
	f.after.folio[1].flags = 0;
	assert_int_equal(check(&f), 0);
	f.after.folio[1].holders = 0;
	f.after.folio[1].mapcount = 1;
	assert_int_equal(check(&f), BIT(LEAK));		/* reclaim will not see it */
}

static void test_stuck(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	f.after.lru[0] = 0;
	f.after.entry[1].reclaim = RECLAIM_ISOLATED | 1 << RECLAIM_TASK;
	assert_int_equal(check(&f), 0);
	f.after.folio[1] = (struct folio){ 0 };
	f.ev.op_done = 1;
	assert_int_equal(check(&f), BIT(STUCK));
	f.after.entry[1].reclaim = RECLAIM_ISOLATED | 2 << RECLAIM_TASK;
	assert_int_equal(check(&f), 0);			/* another task has it */

	good(&f);
	f.after.slot[0].swap_map |= SWAP_HAS_CACHE;
	f.after.slot[0].holder = HOLD_SYNC;
	f.after.slot[0].holder_task = 1;
	assert_int_equal(check(&f), 0);
	f.after.folio[1] = (struct folio){ 0 };
	f.ev.op_done = 1;
	assert_int_equal(check(&f), BIT(STUCK));
	f.after.slot[0].holder_task = 2;
	assert_int_equal(check(&f), 0);
}

static void test_sigbus(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	f.ev.unreadable = 1;
	assert_int_equal(check(&f), BIT(SIGBUS));
}

/* Two pages of two address spaces, of one slot or of one folio. */
static void shared(struct fixture *f)
{
	good(f);
	f->after.page[1] = f->after.page[0];
	f->after.page[1].mm = 1;
	f->after.slot[0].swap_map = 2;
}

static void test_excl(void **state)
{
	struct fixture f;

	(void)state;
	shared(&f);
	assert_int_equal(check(&f), 0);
	f.after.page[0].bits = PTE_EXCLUSIVE;
	assert_int_equal(check(&f), BIT(EXCL));		/* two swap PTEs, one of them exclusive */
	shared(&f);
	f.after.slot[0] = (struct slot){ .swap_map = 1 | SWAP_HAS_CACHE, .cache = 1, .entry = 1,
					 .holder = HOLD_CACHE, .life = 3 };
	f.after.folio[1].swp = 1;
	f.after.folio[1].ref = 3;
	f.after.folio[1].mapcount = 1;
	f.after.folio[1].index = 1;
	f.after.page[0] = (struct vpage){ .pte = PTE_PRESENT, .target = 1, .stamp = 7 };
	assert_int_equal(check(&f), 0);
	f.after.page[0].bits = PTE_WRITE;
	assert_int_equal(check(&f), BIT(EXCL));		/* writable, and its slot is a child's */
	f.after.page[0].bits = 0;
	f.after.folio[1].flags = FOLIO_EXCLUSIVE;
	assert_int_equal(check(&f), BIT(EXCL));
	f.after.mm[1].ptl = 1;				/* a PTE on its way to another value */
	assert_int_equal(check(&f) & BIT(EXCL), 0);
}

static void test_rmap(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	f.after.page[0] = (struct vpage){ .pte = PTE_PRESENT, .target = 1, .stamp = 7 };
	free_slot(&f);
	f.after.folio[1].holders = 0;
	f.after.folio[1].mapcount = 1;
	f.after.folio[1].index = 1;
	assert_int_equal(check(&f), 0);
	f.after.folio[1].index = 2;
	assert_int_equal(check(&f), BIT(RMAP));
	f.after.page[0].shmem = 1;			/* a file's folio has another index */
	assert_int_equal(check(&f), 0);
}

static void test_off(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	f.ev.used_device = 1;
	assert_int_equal(check(&f), 0);
	f.before.si[0].flags = SI_GONE;
	assert_int_equal(check(&f), BIT(OFF));
	f.ev.used_device = 2;
	assert_int_equal(check(&f), 0);			/* the other device */
	f.ev.tree_left = 1;
	assert_int_equal(check(&f), BIT(OFF));
}

static void test_listed(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	f.ev.device_freed = 1;
	assert_int_equal(check(&f), 0);
	f.ev.still_listed = 1;
	assert_int_equal(check(&f), BIT(LISTED));
}

static void test_costs(void **state)
{
	struct fixture f;

	(void)state;
	good(&f);
	f.ev.cost = COST_SLEPT;
	assert_int_equal(check(&f), BIT(SLEPT));
	f.ev.cost = COST_DEADWB;
	assert_int_equal(check(&f), BIT(DEADWB));
	f.ev.cost = COST_RETRIED;
	assert_int_equal(check(&f), BIT(RETRIED));
	f.ev.cost = COST_NOMEM;
	assert_int_equal(check(&f), BIT(NOMEM));
	assert_int_equal(properties_costs(), BIT(SLEPT) | BIT(DEADWB) | BIT(RETRIED) | BIT(NOMEM));
	assert_int_equal(properties_costs() & properties_ending(), 0);
}

static void test_deadlock(void **state)
{
	(void)state;
	assert_true(property_deadlock(1, 0));
	assert_false(property_deadlock(1, 1));
	assert_false(property_deadlock(0, 0));
}

/* ---- and the search finds each ---- */

static uint32_t violated(const struct scenario *s, const char *kernel)
{
	struct kernel k = kernel_like(kernel);
	struct exploration x;
	uint32_t bits;

	explore_all(&x, s, &k);
	bits = x.violated;
	exploration_free(&x);
	return bits;
}

static uint32_t violated_in(const char *scenario, const char *kernel)
{
	struct scenario s;
	uint32_t bits;

	load(&s, scenario);
	bits = violated(&s, kernel);
	scenario_free(&s);
	return bits;
}

static void test_missing_rules(void **state)
{
	struct scenario s;

	(void)state;
	assert_true(violated_in("debate", "v6.9 pin=none") & BIT(UAF));
	assert_true(violated_in("debate", "v6.9 pin=none refcount=on") & BIT(MAPPED));
	assert_true(violated_in("aborted-bypass", "v6.9 load=exclusive") & BIT(LOST));
	assert_true(violated_in("aba", "v6.8 pin=none") & BIT(STALE));
	assert_true(violated_in("writeback-race", "v6.8 recheck=off") & BIT(WBOLD));
	assert_true(violated_in("writeback-race", "v6.8 cleanup=off") & BIT(FOLIO));
	assert_true(violated_in("munmap-batch", "v6.12 batch=forgets") & BIT(LEAK));
	/* Without its check, v6.9's writeback trusts a number; stores may be rejected, too. */
	assert_true(violated_in("relisted-swapoff", "v6.9 avail=early") & BIT(LISTED));
	assert_true(violated_in("fork-fails-swapoff", "v6.18 unstable=walked") & BIT(UAF));
	/*
	 * Without its check, v6.9's writeback trusts a number.  Where the slot's next entry has
	 * the same address that is benign; where its store was rejected there is none.
	 */
	load(&s, "writeback-race");
	s.hw.store_fails = 1;
	assert_true(violated(&s, "v6.9 recheck=off") & BIT(UAF));
	assert_int_equal(violated(&s, "v6.9"), 0);
	scenario_free(&s);
}

/* What no switch of a kernel breaks is broken at the start. */
static void test_broken_worlds(void **state)
{
	struct scenario s;

	(void)state;
	load(&s, "writeback-first");
	s.start.mem.slot[0].swap_map = 2;
	assert_true(violated(&s, "v6.9") & BIT(COUNT));
	scenario_free(&s);

	load(&s, "writeback-first");
	s.start.mem.slot[0].swap_map |= SWAP_HAS_CACHE;
	assert_true(violated(&s, "v6.9") & BIT(PIN));
	scenario_free(&s);

	load(&s, "writeback-first");
	s.start.mem.entry[1].state = ENTRY_FREE;
	assert_true(violated(&s, "v6.9") & BIT(DFREE));
	scenario_free(&s);

	load(&s, "writeback-first");
	s.start.mem.lru[0] = 0;
	s.start.mem.entry[1].reclaim = RECLAIM_ISOLATED | 1 << RECLAIM_TASK;
	assert_true(violated(&s, "v6.9") & BIT(STUCK));
	scenario_free(&s);

	/* a folio of the swap cache that nobody reads, and that nobody failed to read */
	load(&s, "stale-folio");
	for (unsigned i = 1; i < MAX_FOLIOS; i++)
		s.start.mem.folio[i].flags &= (uint8_t)~FOLIO_UPTODATE;
	assert_true(violated(&s, "v6.9") & BIT(SIGBUS));
	scenario_free(&s);

	load(&s, "writeback-first");
	s.start.mem.tree_lock = MAX_TASKS;
	assert_int_equal(violated(&s, "v6.9"), BIT(DEADLOCK));
	scenario_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_mapped),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_lost_entry_in_hand),
		cmocka_unit_test(test_uaf),
		cmocka_unit_test(test_misused),
		cmocka_unit_test(test_dfree),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_pin),
		cmocka_unit_test(test_pin_folio),
		cmocka_unit_test(test_lru),
		cmocka_unit_test(test_leak),
		cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_sigbus),
		cmocka_unit_test(test_excl),
		cmocka_unit_test(test_rmap),
		cmocka_unit_test(test_off),
		cmocka_unit_test(test_listed),
		cmocka_unit_test(test_costs),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_wbold),
		cmocka_unit_test(test_folio),
		cmocka_unit_test(test_deadlock),
		cmocka_unit_test(test_missing_rules),
		cmocka_unit_test(test_broken_worlds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
