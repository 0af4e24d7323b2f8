/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which rules are needed: what is said of a flip, that each mutation of the debate is needed
 * somewhere, that the argument holds where it should and fails where it should.
 */
#include "tests/check.h"

#include "replay/why/proof.h"
#include "replay/why/rules.h"
#include "replay/why/why.h"

static void choose(struct matrix_kernel *k, const char *name)
{
	snprintf(k->head, sizeof(k->head), "%s", name);
	snprintf(k->name, sizeof(k->name), "%s", name);
	k->kernel = kernel_like(name);
}

static void wait_for(struct why *w)
{
	static const struct matrix_options o = { .threads = 2 };

	assert_int_equal(matrix_start(&w->m, &o), 0);
	pthread_mutex_lock(&w->m.lock);
	while (w->m.running)
		pthread_cond_wait(&w->m.changed, &w->m.lock);
	pthread_mutex_unlock(&w->m.lock);
	matrix_stop(&w->m);
	for (size_t i = 1; i < w->m.rows; i++)
		why_judge(w, i);
}

/* "a=b c=d" as flips; "" all of them. */
static void weigh(struct why *w, const char *scenario, const char *kernel, const char *flips)
{
	struct why_flip flip[16];
	struct matrix_kernel k;
	struct scenario s;
	size_t n = 0;
	char copy[200], *save = NULL, *word;

	choose(&k, kernel);
	snprintf(copy, sizeof(copy), "%s", flips);
	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		struct kernel with = k.kernel;
		enum kernel_switch sw = kernel_switch_named(word);

		assert_int_equal(kernel_set(&with, word), 0);
		flip[n++] = (struct why_flip){ .s = sw, .value = (uint8_t)kernel_get(&with, sw) };
	}
	load(&s, scenario);
	assert_int_equal(why_init(w, &s, &k, flip, n), 0);
	wait_for(w);
}

static const struct why_row *row(const struct why *w, const char *name, const char *instead)
{
	for (size_t i = 1; i < w->m.rows; i++)
		if (!strcmp(w->row[i].name, name) && !strcmp(w->row[i].instead, instead))
			return &w->row[i];
	fail_msg("no row %s: %s", name, instead);
	return NULL;
}

#define BIT(p)	(1u << PROP_##p)

/* Under v6.9 the pin is needed and the count not missed; without the pin it is, and not enough. */
static void test_debate(void **state)
{
	const struct why_row *r;
	struct why w;

	(void)state;
	weigh(&w, "aba", "v6.9", "pin=none refcount=on");
	r = row(&w, "pin=has_cache", "none");
	assert_int_equal(r->says, WHY_NEEDED);
	assert_true(r->breaks & BIT(UAF) && r->breaks & BIT(MAPPED) && r->length);
	r = row(&w, "refcount=off", "on");
	assert_int_equal(r->says, WHY_NOT_MISSED);
	assert_true(r->absent && !r->breaks && !r->length);
	why_free(&w);

	weigh(&w, "aba", "v6.9 pin=none", "pin=has_cache refcount=on");
	r = row(&w, "pin=none", "has_cache");
	assert_int_equal(r->says, WHY_MISSED);
	assert_int_equal(r->left | r->breaks, 0);
	r = row(&w, "refcount=off", "on");
	assert_int_equal(r->says, WHY_MISSED);
	assert_true(r->mends & BIT(UAF) && r->left & BIT(MAPPED));
	why_free(&w);
}

/*
 * The mutations that an argument about the debate has to survive: each goes wrong in a shipped
 * scenario, in a kernel where nothing does without it.
 */
static void test_mutations(void **state)
{
	static const struct {
		const char *what, *scenario, *kernel, *flip;
		uint32_t breaks;
	} mutation[] = {
		{ "the drain drops si->lock before it invalidates", "zswap-again", "v6.9",
		  "drain_lock=off", BIT(MAPPED) | BIT(LOST) },
		{ "swapoff without si->lock, inuse_pages first", "reclaim-swapoff", "6.8.3",
		  "off_lock=off", BIT(OFF) },
		{ "the pin is dropped before the decompress ends", "double-invalidate", "v6.9",
		  "pin=short", BIT(UAF) },
		{ "the pin is taken after the read", "double-invalidate", "v6.9", "pin=late",
		  BIT(UAF) },
		{ "the pin is dropped before pte_same()", "aba", "v6.9", "pin=early",
		  BIT(MAPPED) | BIT(LOST) | BIT(STALE) },
		{ "writeback without the re-check", "writeback-race", "v6.9", "recheck=off",
		  BIT(UAF) },
		{ "the re-check before the folio is in the swap cache", "writeback-swapoff", "v6.9",
		  "recheck=before", BIT(OFF) },
		{ "a store that fails keeps the old entry", "store-disabled", "v6.9", "dup=keep",
		  BIT(MAPPED) },
		{ "an exclusive load leaves the folio clean", "store-disabled", "v6.9",
		  "load_dirty=off", BIT(MAPPED) | BIT(LOST) },
		{ "__remove_mapping() drops a dirty folio", "new-page", "v6.9", "remove_dirty=off",
		  BIT(LOST) },
		{ "folio_free_swap() of a folio under writeback", "late-write", "v6.9",
		  "free_writeback=off", BIT(MAPPED) | BIT(LOST) | BIT(STALE) },
		{ "a slot is freed and its entry is not", "pin-stays", "v6.9", "invalidate=never",
		  BIT(LEAK) },
		{ "a folio that was looked up is not looked at again", "writeback-race", "v6.9",
		  "match=off", BIT(SIGBUS) },
		{ "the shrinker reads the entry without the lru_lock", "dead-writeback", "v6.9",
		  "swp_copy=off", BIT(UAF) },
		{ "v7.0 without folio_matches_swap_entry()", "folio-moved", "v7.0", "match=off",
		  BIT(STALE) | BIT(MAPPED) | BIT(LOST) },
		{ "fork leaves the parent's exclusive marker", "fork-after-out", "v6.9",
		  "fork_exclusive=off", BIT(EXCL) },
		{ "-EEXIST is no memory for a fault, too", "readahead-livelock", "v6.9",
		  "eexist=fail", BIT(LIVELOCK) },
		{ "zram drops a block without asking for the count", "zram-blind",
		  "v6.1.0 read_drop=on", "read_drop=blind", BIT(MAPPED) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(mutation) / sizeof(mutation[0]); i++) {
		struct why w;

		weigh(&w, mutation[i].scenario, mutation[i].kernel, mutation[i].flip);
		if (w.row[1].says != WHY_NEEDED && w.row[1].says != WHY_HARMFUL)
			fail_msg("%s: %s; swapscope why %s --kernel %s --rule %s", mutation[i].what,
				 why_name(w.row[1].says), mutation[i].scenario, mutation[i].kernel,
				 mutation[i].flip);
		if ((w.row[1].breaks & mutation[i].breaks) != mutation[i].breaks)
			fail_msg("%s: breaks 0x%x, not 0x%x", mutation[i].what, w.row[1].breaks,
				 mutation[i].breaks);
		why_free(&w);
	}
}

/* A store that publishes its entry early is kept from harm by its folio's lock, in every kernel. */
static void test_locked_store(void **state)
{
	static const char *const kernels[] = { "v6.1.y", "v6.8", "v6.9", "v6.12", "v6.17", "v7.0" };

	(void)state;
	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		struct why w;

		weigh(&w, "dead-writeback", kernels[i], "publish=early");
		assert_false(w.row[1].breaks);
		why_free(&w);
	}
}

/* What a scenario does not put to the test is never called redundant. */
static void test_not_exercised(void **state)
{
	const struct why_row *r;
	struct why w;

	(void)state;
	/* one task: the re-check is made, and what it is for never happens */
	weigh(&w, "tests/scenarios/alone.scn", "v6.9", "");
	r = row(&w, "recheck=on", "off");
	assert_int_equal(r->says, WHY_NOT_EXERCISED);
	assert_int_equal(r->idle, IDLE_ONE_ANSWER);
	assert_string_equal(step_at((size_t)r->step)->text,
			    "zswap_rb_search(tree, offset) == entry?");
	assert_string_equal(r->answer->text, "yes: zswap_rb_erase()");
	r = row(&w, "pte_recheck=on", "off");
	assert_int_equal(r->idle, IDLE_ONE_ANSWER);
	assert_int_equal(r->says, WHY_NOT_EXERCISED);
	r = row(&w, "device_ref=on", "off");
	assert_int_equal(r->says, WHY_NOT_EXERCISED);
	assert_int_equal(r->idle, IDLE_SAME);
	r = row(&w, "load_put=linked", "blind");
	assert_int_equal(r->says, WHY_NOT_EXERCISED);
	assert_int_equal(r->idle, IDLE_MOOT);
	assert_string_equal(r->moot, "refcount=off");
	why_free(&w);
}

/* A bound says nothing of a rule; a violation within it does. */
static void test_bounded(void **state)
{
	struct matrix_options o = { .threads = 1, .max_states = 2000 };
	struct why_flip flip[] = { { SWITCH_pin, PIN_NONE }, { SWITCH_refcount, ON } };
	struct matrix_kernel k;
	struct scenario s;
	struct why w;

	(void)state;
	choose(&k, "v6.9");
	load(&s, "aba");
	assert_int_equal(why_init(&w, &s, &k, flip, 2), 0);
	assert_int_equal(matrix_start(&w.m, &o), 0);
	pthread_mutex_lock(&w.m.lock);
	while (w.m.running)
		pthread_cond_wait(&w.m.changed, &w.m.lock);
	pthread_mutex_unlock(&w.m.lock);
	matrix_stop(&w.m);
	for (size_t i = 1; i < w.m.rows; i++) {
		why_judge(&w, i);
		assert_int_equal(w.row[i].says, WHY_UNKNOWN);
	}
	why_free(&w);
}

/* Rules of which each can go, but not both. */
static void test_pairs(void **state)
{
	const struct why_row *r;
	struct scenario s;
	struct why w, pairs;

	(void)state;
	weigh(&w, "reclaim-swapoff", "v6.9 invalidate=drain",
	      "inuse=early off_lock=off wait=wakeup");
	for (size_t i = 1; i < w.m.rows; i++)
		assert_false(w.row[i].breaks);
	load(&s, "reclaim-swapoff");
	assert_int_equal(why_pairs(&pairs, &s, &w), 0);
	assert_int_equal(pairs.m.rows, 1 + 3);
	wait_for(&pairs);
	r = row(&pairs, "inuse=late off_lock=on", "inuse=early off_lock=off");
	assert_int_equal(r->says, WHY_NEEDED);
	assert_int_equal(r->breaks, BIT(OFF));
	r = row(&pairs, "inuse=late wait=tick", "inuse=early wait=wakeup");
	assert_false(r->breaks);
	why_free(&pairs);
	why_free(&w);
}

/* ---- the argument ---- */

static void prove(struct proof *p, const char *scenario, const char *kernel)
{
	struct kernel k = kernel_like(kernel);
	struct exploration x;
	struct scenario s;

	load(&s, scenario);
	explore_all(&x, &s, &k);
	assert_int_equal(proof_make(p, &x, &s, &k, NULL), 0);
	assert_true(p->complete);
	assert_int_equal(p->states, x.states);
	assert_int_equal(p->transitions, x.transitions);
	exploration_free(&x);
	scenario_free(&s);
}

static const char *const worlds[] = {
	"aborted-bypass", "aba", "double-invalidate", "duplicate-store", "store-disabled",
	"uffd-wp",
	"dead-writeback", "swapoff", "zswap-again", "late-write", "writeback-race", "no-memory",
	"deferred-invalidate", "batch-shared",
};

/* With the pin each step holds wherever it is put to the test, and each is. */
static void test_proof_holds(void **state)
{
	static const char *const kernels[] = { "v6.9", "v7.0" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct proof sum = { 0 };

		for (size_t j = 0; j < sizeof(worlds) / sizeof(worlds[0]); j++) {
			struct proof p;

			prove(&p, worlds[j], kernels[i]);
			proof_add(&sum, &p);
			for (unsigned s = 0; s < PROOF_COUNT; s++)
				if (p.line[s].failed)
					fail_msg("%s fails: swapscope why %s --kernel %s --proof",
						 proof_id(s), worlds[j], kernels[i]);
			proof_free(&p);
		}
		for (unsigned s = 0; s < PROOF_COUNT; s++)
			if (!sum.line[s].tested && !(i && s == PROOF_LOAD))
				fail_msg("%s is never tested: %s", proof_id(s), kernels[i]);
		assert_int_equal(sum.folio, i == 1);
		assert_true(sum.turns > 5);
		proof_free(&sum);
	}
}

/* It fails where a rule that it leans on is taken away: checks can fail. */
static void test_proof_fails(void **state)
{
	static const struct {
		const char *scenario, *kernel;
		enum proof_step step;
	} c[] = {
		{ "aba", "debate-a", PROOF_R1 }, { "aba", "debate-a", PROOF_R2 },
		{ "aba", "debate-a", PROOF_LOAD }, { "aba", "v6.9 pin=short", PROOF_R2 },
		{ "double-invalidate", "v6.9 pin=late", PROOF_R1 },
		{ "writeback-race", "v6.8", PROOF_U3 }, { "writeback-race", "v6.8", PROOF_R5 },
		{ "zero-page", "v6.12", PROOF_R4 },
		{ "zswap-again", "v6.9 invalidate=never", PROOF_R3 },
		{ "dead-writeback", "v6.9 swp_copy=off", PROOF_R5 },
		{ "swapoff", "v7.0 bypass=on", PROOF_PIN },
		{ "swapoff", "v7.0 bypass=on", PROOF_R6 },
		{ "double-invalidate", "v6.5 load=exclusive refcount=off", PROOF_U2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		struct kernel k = kernel_like(c[i].kernel);
		struct exploration x;
		struct scenario s;
		struct execution e;
		struct proof p;

		load(&s, c[i].scenario);
		explore_all(&x, &s, &k);
		assert_int_equal(proof_make(&p, &x, &s, &k, NULL), 0);
		if (!p.line[c[i].step].failed)
			fail_msg("%s does not fail: swapscope why %s --kernel '%s' --proof",
				 proof_id(c[i].step), c[i].scenario, c[i].kernel);
		/* the way to it can be gone */
		assert_int_equal(execution_init(&e, &s, &k), 0);
		assert_int_equal(execution_run(&e, &p.line[c[i].step].way), 0);
		execution_free(&e);
		proof_free(&p);
		exploration_free(&x);
		scenario_free(&s);
	}
}

/* ---- the rules in words ---- */

static void test_rules(void **state)
{
	size_t n;
	const struct rule *r = rules(&n);

	(void)state;
	assert_true(n > 30);
	for (size_t i = 0; i < n; i++) {
		struct rule_shown shown;
		struct scenario s;

		load(&s, r[i].scenario);
		assert_int_equal(rule_show(&r[i], &s, &shown), 0);
		if (!shown.shown)
			fail_msg("'%s' is not shown: swapscope why --rules", r[i].sentence);
		scenario_free(&s);
	}
}

/* A sentence that is not true is not shown: the rule is not in force, or nothing breaks. */
static void test_rules_can_fail(void **state)
{
	static const struct rule wrong[] = {
		{ "nothing breaks", "device_ref=on", "off", "", "aba", "v6.9" },
		{ "it breaks anyway", "pin=none", "has_cache", "", "aba", "v6.9 pin=none" },
		{ "not kept there", "pin=folio", "none", "", "aba", "v6.9" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct rule_shown shown;
		struct scenario s;

		load(&s, wrong[i].scenario);
		assert_int_equal(rule_show(&wrong[i], &s, &shown), 0);
		assert_false(shown.shown);
		scenario_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_debate), cmocka_unit_test(test_mutations),
		cmocka_unit_test(test_locked_store), cmocka_unit_test(test_not_exercised),
		cmocka_unit_test(test_bounded), cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_proof_holds), cmocka_unit_test(test_proof_fails),
		cmocka_unit_test(test_rules), cmocka_unit_test(test_rules_can_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
