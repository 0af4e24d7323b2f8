/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Certificates: every safe case of the shipped scenarios has one that is accepted, and of none that
 * is violated one can be made, by a search that lies either.
 */
#include <errno.h>
#include <glob.h>
#include <stdlib.h>

#include "core/verify/rowset.h"
#include "tests/certificate_check.h"

#define LONG		(getenv("SWAPSCOPE_LONG") && strcmp(getenv("SWAPSCOPE_LONG"), "0"))
#ifdef __OPTIMIZE__
#define QUICKLY		60000u
#else
#define QUICKLY		8000u
#endif
#define STATES_MAX	(LONG ? 8000000u : SANITIZED ? 2000u : QUICKLY)

/* ---- what is true is accepted ---- */

/* Returns whether it was safe and small enough, and then it is certified. */
static bool accept(const struct scenario *s, const struct kernel *k, const char *kernel_name)
{
	const struct explore_options o = { .max_states = STATES_MAX };
	struct verification v;
	struct bytes_of file;
	struct exploration x;

	assert_int_equal(explore(&x, s, k, &o), 0);
	if (certificate_verdict(&x) != VERDICT_SAFE) {
		exploration_free(&x);
		return false;
	}
	file = certificate_of(&x, kernel_name);
	if (verify_bytes(&v, file.p, file.n))
		fail_msg("%s under %s: %s", s->name, kernel_name, v.why);
	assert_int_equal(v.states, x.states);
	assert_int_equal(v.transitions, x.transitions);
	assert_string_equal(v.scenario.text, s->text);
	assert_string_equal(v.scenario.name, s->name);
	assert_string_equal(v.kernel_name, kernel_name);
	assert_memory_equal(&v.kernel, k, sizeof(*k));
	assert_true(v.bytes > x.states);
	verification_free(&v);
	free(file.p);
	exploration_free(&x);
	return true;
}

/* Every case of the shipped scenarios that is expected to be safe, or not: of how many it is so. */
typedef bool (*asked)(const struct scenario *s, const struct kernel *k, const char *kernel_name);
static unsigned for_all_cases(bool safe, asked is)
{
	unsigned so = 0;

	for (size_t i = 0; i < builtin_scenario_count; i++) {
		struct scenario s;

		load(&s, builtin_scenarios[i].name);
		for (unsigned j = 0; j < s.expects; j++) {
			const struct expect *e = &s.expect[j];
			char name[VERIFY_TEXT_MAX];
			struct kernel k;

			if (e->safe != safe)
				continue;
			expect_kernel(e, &k);
			snprintf(name, sizeof(name), "%s", e->kernel);
			for (unsigned n = 0; n < e->set_count; n++)
				strcat(strcat(name, " "), e->sets[n]);
			so += is(&s, &k, name);
		}
		scenario_free(&s);
	}
	return so;
}

static void test_shipped(void **state)
{
	unsigned accepted = for_all_cases(true, accept);

	(void)state;
	printf("%u safe cases certified\n", accepted);
	assert_true(accepted > (SANITIZED ? 100 : 300));
}

/* Priorities, forks, swapoff, two devices, files of shmem: what the tests' own scenarios have. */
static void test_others(void **state)
{
	static const char *const kernels[] = { "v6.8", "v6.9", "v6.17", "v7.0" };
	unsigned accepted = 0;
	glob_t files;

	(void)state;
	assert_int_equal(glob("tests/scenarios/*.scn", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct scenario s;

		load(&s, files.gl_pathv[i]);
		for (size_t j = 0; j < (LONG ? 4 : 1); j++) {
			const char *name = kernels[LONG ? j : i % 4];
			struct kernel k = kernel_like(name);

			accepted += accept(&s, &k, name);
		}
		scenario_free(&s);
	}
	globfree(&files);
	printf("%u of the tests' own scenarios certified\n", accepted);
	assert_true(accepted > (SANITIZED ? 20 : 40));
}

/* Safe and violated by LIVELOCK alone: it says nothing about that. */
static void test_livelock(void **state)
{
	struct explore_options o = { .livelock = true };
	struct kernel k = kernel_like("v6.9 relax=cond_resched");
	struct bytes_of file;
	struct exploration x;
	struct scenario s;
	struct apart a;

	(void)state;
	load(&s, "readahead-livelock");
	assert_int_equal(explore(&x, &s, &k, &o), 0);
	assert_int_equal(x.violated, 1u << PROP_LIVELOCK);
	assert_int_equal(certificate_verdict(&x), VERDICT_SAFE);
	file = certificate_of(&x, "v6.9 relax=cond_resched");
	expect_verdict(&file, VERIFY_CERTIFIED, "");
	take_apart(&a, file.p, file.n);
	*strchr(head_value(&a, "properties"), '\n') = '\0';
	assert_null(strstr(head_value(&a, "properties"), "LIVELOCK"));
	apart_free(&a);
	free(file.p);
	exploration_free(&x);
	scenario_free(&s);
}

/* ---- what a writer refuses, and what comes of a search that lies ---- */

static void test_refused(void **state)
{
	struct kernel k = kernel_like("debate-a"), safe = kernel_like("v6.9");
	struct explore_options o = { 0 };
	FILE *out = fopen("/dev/null", "w"), *full = fopen("/dev/full", "w");
	struct exploration x;
	struct scenario s;

	(void)state;
	load(&s, SMALL);
	explore_all(&x, &s, &k);
	assert_int_equal(certificate_verdict(&x), VERDICT_VIOLATED);
	assert_int_equal(certificate_write(out, &x, "debate-a", &o), -EINVAL);
	exploration_free(&x);
	o.max_states = 100;
	assert_int_equal(explore(&x, &s, &safe, &o), 0);
	assert_int_equal(certificate_verdict(&x), VERDICT_BOUNDED);
	assert_int_equal(certificate_write(out, &x, "v6.9", &o), -EINVAL);
	exploration_free(&x);
	explore_all(&x, &s, &safe);
	o = (struct explore_options){ .only = 1u << PROP_UAF };
	assert_int_equal(certificate_write(out, &x, "v6.9", &o), -EINVAL);
	o = (struct explore_options){ .from = &s.start };
	assert_int_equal(certificate_write(out, &x, "v6.9", &o), -EINVAL);
	o = (struct explore_options){ 0 };
	assert_int_equal(certificate_write(full, &x, "v6.9", &o), -ENOSPC);
	exploration_free(&x);
	scenario_free(&s);
	fclose(out);
	fclose(full);
}

/* A search that finds violations and says that there are none is found out.  Was there one? */
static bool lie(const struct scenario *s, const struct kernel *k, const char *kernel_name)
{
	const struct explore_options o = { .max_states = STATES_MAX };
	const char *says = NULL, *word;
	struct verification v;
	struct bytes_of file;
	struct exploration x;
	uint32_t violated;

	assert_int_equal(explore(&x, s, k, &o), 0);
	violated = x.violated & certificate_properties();
	if (!violated || !x.complete) {
		exploration_free(&x);
		return false;
	}
	x.violated = 0;
	file = certificate_of(&x, kernel_name);
	verify_bytes(&v, file.p, file.n);
	word = strstr(v.why, " violates ");
	for (unsigned p = 0; p < PROPERTY_COUNT && word; p++)
		if ((violated >> p & 1) && strstr(word, properties[p].name))
			says = properties[p].name;
	if (v.status != VERIFY_REFUTED || !says)
		fail_msg("%s under %s, violated %#x: status %d, '%s'", s->name, kernel_name,
			 violated, v.status, v.why);
	verification_free(&v);
	free(file.p);
	exploration_free(&x);
	return true;
}

static void test_lies(void **state)
{
	unsigned lies = for_all_cases(false, lie);

	(void)state;
	printf("%u violated cases refuted\n", lies);
	assert_true(lies > 50);
}

/*
 * The proof once more, over steps that do what no shipped scenario's do: in one state nobody can
 * move, or a step needs more than the world has.  And from worlds in which every stamp and life has
 * another name: that the names do not matter is what search and verifier both rely on.
 */
static unsigned blocked_from, overflows_at, steps_made;
static bool renamed;

static void other_stamp(stamp_t *stamp)
{
	if (*stamp != STAMP_ZERO && *stamp != STAMP_GARBAGE)
		*stamp = (stamp_t)(900 - 11 * *stamp);
}

/* Slot i is in its life 5 + i; what is of one before is of any of those. */
static void other_life(stamp_t *life, unsigned slot, unsigned any)
{
	if (*life)
		*life = (stamp_t)(*life == 2 ? 5 + slot : 1 + any % (4 + slot));
}

static void other_names(struct mem *m)
{
	for (unsigned i = 0; i < MAX_FOLIOS; i++) {
		if (m->folio[i].src)
			other_life(&m->folio[i].src_life, m->folio[i].src - 1u, i);
		if (m->folio[i].io_swp)
			other_life(&m->folio[i].io_life, m->folio[i].io_swp - 1u, i + 1);
		other_stamp(&m->folio[i].content);
		other_stamp(&m->folio[i].io);
	}
	for (unsigned i = 0; i < MAX_ENTRIES; i++) {
		if (m->entry[i].state != ENTRY_FREE)
			other_life(&m->entry[i].life, m->entry[i].swp, i + 2);
		other_stamp(&m->entry[i].stamp);
	}
	for (unsigned i = 0; i < MAX_SLOTS; i++) {
		other_life(&m->slot[i].dev_life, i, i + 3);
		other_stamp(&m->slot[i].dev);
		m->slot[i].life = (stamp_t)(5 + i);
	}
	for (unsigned i = 0; i < MAX_PAGES; i++)
		other_stamp(&m->page[i].stamp);
	m->last_stamp = 2000;
}

static bool injected_step(struct step_ctx *c, struct mem *m, struct task *t,
			  const struct program *p)
{
	bool made;

	steps_made++;
	if (blocked_from && steps_made >= blocked_from)
		return false;
	made = task_step(c, m, t, p);
	c->overflow |= made && overflows_at && steps_made >= overflows_at;
	return made;
}

enum verify_status verify_injected(struct verification *v, FILE *in,
				   const struct verify_options *o);
void verification_free_injected(struct verification *v);
static const uint8_t *injected_row(const struct rowset *s, uint32_t number)
{
	static struct mem m;

	if (!renamed || s->row_size != sizeof(m))
		return rowset_row(s, number);
	memcpy(&m, rowset_row(s, number), sizeof(m));
	other_names(&m);
	return (const uint8_t *)&m;
}
#define rowset_row		injected_row
#define task_step		injected_step
#define verify			verify_injected
#define verification_free	verification_free_injected
#include "core/verify/verify.c"
#undef rowset_row
#undef task_step
#undef verify
#undef verification_free

static void inject(unsigned blocked, unsigned overflow, enum verify_status status, const char *says)
{
	struct bytes_of file = certify_scenario(SMALL, "v6.9");
	FILE *in = fmemopen(file.p, file.n, "r");
	const struct verify_options o = { 0 };
	struct verification v;

	blocked_from = blocked;
	overflows_at = overflow;
	steps_made = 0;
	if (verify_injected(&v, in, &o) != status || !strstr(v.why, says))
		fail_msg("blocked from %u, overflow at %u: status %d, '%s'; wanted '%s'", blocked,
			 overflow, v.status, v.why, says);
	verification_free_injected(&v);
	fclose(in);
	free(file.p);
}

static void test_injected(void **state)
{
	(void)state;
	inject(0, 0, VERIFY_CERTIFIED, "");
	inject(1, 0, VERIFY_REFUTED,
	       "state 0 violates DEADLOCK: 2 tasks have to finish, and none can move");
	for (unsigned i = 2; i < 100; i += 7)
		inject(i, 0, VERIFY_REFUTED, " violates DEADLOCK: ");
	inject(0, 1, VERIFY_REFUTED, "state 0: W: ");
	inject(0, 50, VERIFY_REFUTED, " needs more than the model's world has");
	blocked_from = overflows_at = 0;
}

/* Is a safe case accepted, whatever the names are? */
static bool accept_renamed(const struct scenario *s, const struct kernel *k,
			   const char *kernel_name)
{
	const struct explore_options o = { .max_states = STATES_MAX / 8 };
	const struct verify_options vo = { 0 };
	struct verification v;
	struct bytes_of file;
	struct exploration x;
	FILE *in;

	assert_int_equal(explore(&x, s, k, &o), 0);
	if (certificate_verdict(&x) != VERDICT_SAFE) {
		exploration_free(&x);
		return false;
	}
	file = certificate_of(&x, kernel_name);
	in = fmemopen(file.p, file.n, "r");
	renamed = true;
	if (verify_injected(&v, in, &vo))
		fail_msg("%s under %s, under other names: %s", s->name, kernel_name, v.why);
	renamed = false;
	verification_free_injected(&v);
	fclose(in);
	free(file.p);
	exploration_free(&x);
	return true;
}

static void test_renamed(void **state)
{
	unsigned accepted = for_all_cases(true, accept_renamed);

	(void)state;
	printf("%u safe cases certified under other names of stamps and lives\n", accepted);
	assert_true(accepted > (SANITIZED ? 20 : 100));
}

/* ---- bounds ---- */

static bool never(void *arg, uint64_t done, uint64_t of)
{
	unsigned *calls = arg;

	(void)done;
	(void)of;
	return (*calls)-- > 1;
}

static void test_unfinished(void **state)
{
	struct bytes_of file = certify_scenario(LARGER, "v6.9");
	unsigned finished = 0, stopped = 0;
	struct verification v;

	(void)state;
	for (uint64_t bytes = 1; bytes < 1u << 22; bytes *= 2) {
		const struct verify_options o = { .max_bytes = bytes };
		FILE *in = fmemopen(file.p, file.n, "r");

		if (verify(&v, in, &o) == VERIFY_CERTIFIED) {
			assert_true(v.bytes <= bytes);
			finished++;
		} else {
			assert_int_equal(v.status, VERIFY_UNFINISHED);
			assert_string_equal(v.why, "memory");
		}
		verification_free(&v);
		fclose(in);
	}
	assert_true(finished > 0 && finished < 10);
	for (unsigned i = 1, calls; i < 100; i++) {
		const struct verify_options o = { .progress = never, .progress_arg = &calls };
		FILE *in = fmemopen(file.p, file.n, "r");

		calls = i;
		if (verify(&v, in, &o)) {
			assert_int_equal(v.status, VERIFY_UNFINISHED);
			assert_string_equal(v.why, "interrupted");
			stopped++;
		}
		verification_free(&v);
		fclose(in);
	}
	assert_true(stopped > 5 && stopped < 99);
	free(file.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_livelock),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_injected),
		cmocka_unit_test(test_renamed),
		cmocka_unit_test(test_unfinished),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
