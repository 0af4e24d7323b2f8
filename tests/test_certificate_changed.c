/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * No certificate that was changed is accepted, whatever was changed and whether or not the checksum
 * was made anew; and what was wrong with it is said.
 */
#include <stdlib.h>

#include "tests/certificate_check.h"

/* ---- what is missing ---- */

/* Each depth left out from one on, or one state somewhere: it is seen that they are missing. */
static void test_missing(void **state)
{
	static const char *const scenarios[] = { SMALL, LARGER };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct apart whole = certify_apart(scenarios[i], "v6.9"), a;
		size_t step = i ? whole.states / 40 : 1;

		for (size_t n = 1; n < whole.states; n += step) {
			for (unsigned all = 0; all < 2; all++) {
				a = certify_apart(scenarios[i], "v6.9");
				remove_states(&a, n, all ? a.states - n : 1);
				expect_apart(&a, VERIFY_REFUTED,
					     " leads to a state that is not there");
				apart_free(&a);
			}
		}
		remove_states(&whole, 0, 1);
		expect_apart(&whole, VERIFY_REFUTED, "first state is not the scenario's start");
		apart_free(&whole);
	}
}

/* ---- bytes ---- */

static void test_damage(void **state)
{
	struct bytes_of file = certify_scenario(SMALL, "v6.9");
	struct verification v;

	(void)state;
	expect_verdict(&file, VERIFY_CERTIFIED, "");
	for (size_t i = 0; i < file.n; i += 1 + file.n / 997) {
		file.p[i] ^= (char)(1 << i % 8);
		if (verify_bytes(&v, file.p, file.n) != VERIFY_UNREADABLE)
			fail_msg("bit %zu of byte %zu flipped: '%s'", i % 8, i, v.why);
		verification_free(&v);
		file.p[i] ^= (char)(1 << i % 8);
	}
	for (size_t n = 1; n < file.n; n += 1 + file.n / 499) {
		if (verify_bytes(&v, file.p, n) != VERIFY_UNREADABLE)
			fail_msg("cut after %zu bytes: '%s'", n, v.why);
		verification_free(&v);
	}
	append(&file, "", 1);
	expect_verdict(&file, VERIFY_UNREADABLE, "damaged");
	free(file.p);
	file = (struct bytes_of){ 0 };
	append(&file, "SQLite format 3", 16);
	expect_verdict(&file, VERIFY_UNREADABLE, "no certificate of swapscope");
	free(file.p);
	file = (struct bytes_of){ 0 };
	append(&file, "swapscope certificate 9\n", 24);
	expect_verdict(&file, VERIFY_UNREADABLE, "another format");
	free(file.p);
}

/* Bits of the tables, with a checksum that is right again. */
static void test_flipped(void **state)
{
	struct apart a = certify_apart(SMALL, "v6.9");
	size_t step = SANITIZED ? 997 : 13;

	(void)state;
	for (size_t i = 0; i < a.tables.n; i += step) {
		struct bytes_of file;
		struct verification v;

		a.tables.p[i] ^= (char)(1 << i / step % 8);
		file = together(&a);
		if (verify_bytes(&v, file.p, file.n) == VERIFY_CERTIFIED)
			fail_msg("bit %zu of byte %zu of the tables is flipped, and it is accepted",
				 i / step % 8, i);
		verification_free(&v);
		free(file.p);
		a.tables.p[i] ^= (char)(1 << i / step % 8);
	}
	expect_apart(&a, VERIFY_CERTIFIED, "");
	apart_free(&a);
}

/* ---- the head ---- */

static void change(const char *name, const char *value, enum verify_status status,
		   const char *says)
{
	struct apart a = certify_apart(SMALL, "v6.9");

	set_value(&a, name, value);
	expect_apart(&a, status, says);
	apart_free(&a);
}

/* The value of a line, with one text in it replaced. */
static void replace(const char *name, const char *old, const char *new, const char *says)
{
	struct apart a = certify_apart(SMALL, "v6.9");
	char value[CERTIFICATE_LINE], copy[CERTIFICATE_LINE], *at;

	snprintf(copy, sizeof(copy), "%.*s", (int)strcspn(head_value(&a, name), "\n"),
		 head_value(&a, name));
	at = strstr(copy, old);
	assert_non_null(at);
	*at = '\0';
	snprintf(value, sizeof(value), "%s%s%s", copy, new, at + strlen(old));
	set_value(&a, name, value);
	expect_apart(&a, VERIFY_UNREADABLE, says);
	apart_free(&a);
}

static void test_head(void **state)
{
	(void)state;
	change("program", "9.9", VERIFY_CERTIFIED, "");
	change("scenario", "another", VERIFY_CERTIFIED, "");
	change("layout", "0123456789abcdef", VERIFY_UNREADABLE, "laid out otherwise here");
	/* the kernel */
	change("kernel", "v6.8", VERIFY_UNREADABLE, "is called 'v6.8', which has ");
	change("kernel", "v6.9 pin=none", VERIFY_UNREADABLE,
	       "which has pin=none, and its switches say has_cache");
	change("kernel", "v6.9 pin", VERIFY_UNREADABLE, "'pin' is no rule");
	change("kernel", "debate-c", VERIFY_CERTIFIED, "");	/* the same switches */
	change("kernel", "linux", VERIFY_UNREADABLE, "there is no kernel 'linux'");
	change("kernel", "v6.9 pin=has_cache", VERIFY_CERTIFIED, "");
	replace("switches", "pin=has_cache", "pin=none",
		"which has pin=has_cache, and its switches say none");
	replace("switches", "pin=has_cache", "pin=sometimes", "pin is one of ");
	replace("switches", "pin=has_cache", "pins=none", "no switch 'pins=none'");
	replace("switches", "pin=has_cache ", "", "the switch pin is not there");
	replace("switches", "pin=", "pin=none pin=", "the switch pin stands there twice");
	/* what is claimed */
	replace("properties", " UAF", "", "it does not claim UAF");
	replace("properties", " DEADLOCK", "", "it does not claim DEADLOCK");
	replace("properties", "UAF", "UAE", "there is no property 'UAE'");
	replace("properties", "UAF", "UAF LIVELOCK", "it claims LIVELOCK");
	replace("properties", "UAF", "UAF SLEPT", "it claims SLEPT");
	change("properties", "UAF", VERIFY_UNREADABLE, "it does not claim MAPPED");
	/* numbers and bounds */
	change("transitions", "460", VERIFY_REFUTED, "it says 460 transitions, and there are 461");
	change("transitions", "0461", VERIFY_UNREADABLE, "transitions 0461: ");
	change("states", "-1", VERIFY_UNREADABLE, "states -1: ");
	change("states", "0", VERIFY_UNREADABLE, "states 0: ");
	change("states", "259", VERIFY_UNREADABLE, "more in it");
	change("states", "4294967294", VERIFY_UNREADABLE, "");
	change("memories", "4294967294", VERIFY_UNREADABLE, "");
	change("stacks", "65537", VERIFY_UNREADABLE, "1 .. 65536");
	change("text", "99999999", VERIFY_UNREADABLE, "1 .. 262144");
	change("bounds", "max-states=1000 max-depth=9", VERIFY_CERTIFIED, "");
	change("bounds", "max-states=", VERIFY_UNREADABLE, "not understood");
	change("bounds", "max-memory=9", VERIFY_UNREADABLE, "not understood");
	change("bounds", "=", VERIFY_UNREADABLE, "not understood");
	change("program", "\033[2J", VERIFY_UNREADABLE, "no text");
	change("program", "", VERIFY_UNREADABLE, "'program ..' is missing");
}

/* A line that is missing, one that stands twice. */
static void test_lines(void **state)
{
	static const char *const names[] = {
		"program", "layout", "scenario", "kernel", "switches", "properties", "bounds",
		"memories", "stacks", "states", "transitions",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (unsigned twice = 0; twice < 2; twice++) {
			struct apart a = certify_apart(SMALL, "v6.9");
			char *from = head_value(&a, names[i]) - strlen(names[i]) - 1;
			char *to = strchr(from, '\n') + 1;
			struct bytes_of head = { 0 };

			append(&head, a.head.p, (size_t)((twice ? to : from) - a.head.p));
			append(&head, twice ? from : to,
			       a.head.n - (size_t)((twice ? from : to) - a.head.p));
			free(a.head.p);
			a.head = head;
			expect_apart(&a, VERIFY_UNREADABLE, " ..' is missing: '");
			apart_free(&a);
		}
}

/* ---- states ---- */

/* A state doubled, one that is none, and states in another order. */
static void test_states(void **state)
{
	struct apart a;
	char row[64];
	uint32_t mem;

	(void)state;
	a = certify_apart(SMALL, "v6.9");
	memcpy(row, state_at(&a, 100), a.row);
	append(&a.tables, row, a.row);
	set_count(&a, "states", ++a.states);
	expect_apart(&a, VERIFY_UNREADABLE, "a state stands there twice");
	/* the same but for its memory: nothing leads there */
	memcpy(&mem, state_at(&a, 0), sizeof(mem));
	memcpy(state_at(&a, a.states - 1), &mem, sizeof(mem));
	expect_apart(&a, VERIFY_REFUTED, "state 260: it is not the start, and no state before it");
	mem = (uint32_t)a.mems;
	memcpy(state_at(&a, a.states - 1), &mem, sizeof(mem));
	expect_apart(&a, VERIFY_UNREADABLE, "a state has a part that is not there");
	apart_free(&a);
	/* the last one where the second is */
	a = certify_apart(SMALL, "v6.9");
	memcpy(row, state_at(&a, 1), a.row);
	memcpy(state_at(&a, 1), state_at(&a, a.states - 1), a.row);
	memcpy(state_at(&a, a.states - 1), row, a.row);
	expect_apart(&a, VERIFY_REFUTED, "state 1: it is not the start, and no state before it");
	apart_free(&a);
	/* a memory twice, a part of states */
	a = certify_apart(SMALL, "v6.9");
	memcpy(a.tables.p, a.tables.p + sizeof(struct mem), sizeof(struct mem));
	expect_apart(&a, VERIFY_UNREADABLE, "a part of states stands there twice");
	apart_free(&a);
}

/* Lives and stamps under other names are other bytes: the model never made them. */
static void test_other_form(void **state)
{
	struct apart a = certify_apart(LARGER, "v6.9");

	(void)state;
	for (size_t i = 0; i < a.mems; i++)
		((struct mem *)(void *)a.tables.p)[i].last_stamp++;
	expect_apart(&a, VERIFY_REFUTED, "first state is not the scenario's start");
	apart_free(&a);
}

/* ---- other rules, another scenario ---- */

/*
 * The states of v6.9, claimed of a kernel that has one rule changed: they are accepted where the
 * search comes to the same states and finds nothing, and nowhere else.
 */
static void other_rule(const char *scenario, const struct scenario *s, enum kernel_switch which,
		       unsigned value, unsigned *same, unsigned *refuted)
{
	struct apart a = certify_apart(scenario, "v6.9"), b = { 0 };
	struct kernel k = kernel_like("v6.9");
	char name[VERIFY_TEXT_MAX], switches[CERTIFICATE_LINE] = "", word[32];
	struct bytes_of file, other;
	struct verification v;
	struct exploration x;
	bool equal;

	if (kernel_get(&k, which) == value) {
		apart_free(&a);
		return;
	}
	kernel_put(&k, which, value);
	snprintf(name, sizeof(name), "v6.9 %s=%s", kernel_switches[which].name,
		 switch_value(which, value, word, sizeof(word)));
	for (enum kernel_switch i = 0; i < SWITCH_COUNT; i++) {
		size_t n = strlen(switches);

		snprintf(switches + n, sizeof(switches) - n, "%s%s=%s", n ? " " : "",
			 kernel_switches[i].name,
			 switch_value(i, kernel_get(&k, i), word, sizeof(word)));
	}
	set_value(&a, "kernel", name);
	set_value(&a, "switches", switches);
	file = together(&a);
	verify_bytes(&v, file.p, file.n);
	explore_all(&x, s, &k);
	equal = certificate_verdict(&x) == VERDICT_SAFE;
	if (equal) {
		other = certificate_of(&x, name);
		take_apart(&b, other.p, other.n);
		equal = a.tables.n == b.tables.n && !memcmp(a.tables.p, b.tables.p, a.tables.n);
		free(other.p);
	}
	if (v.status != (equal ? VERIFY_CERTIFIED : VERIFY_REFUTED))
		fail_msg("%s of v6.9, claimed of %s: status %d, '%s'; its states are %s", scenario,
			 name, v.status, v.why, equal ? "the same" : "others");
	*same += equal;
	*refuted += !equal;
	verification_free(&v);
	exploration_free(&x);
	apart_free(&a);
	apart_free(&b);
	free(file.p);
}

static void test_rules(void **state)
{
	static const char *const scenarios[] = { SMALL, "aborted-bypass", "double-swapin" };
	unsigned same = 0, refuted = 0;
	char word[32];

	(void)state;
	for (size_t i = 0; i < (SANITIZED ? 1 : 3); i++) {
		struct scenario s;

		load(&s, scenarios[i]);
		for (enum kernel_switch w = 0; w < SWITCH_COUNT; w++)
			for (unsigned v = 0; *switch_value(w, v, word, sizeof(word)); v++)
				other_rule(scenarios[i], &s, w, v, &same, &refuted);
		scenario_free(&s);
	}
	printf("one rule changed: %u certificates are true all the same, %u are refuted\n", same,
	       refuted);
	assert_true(same > 20 && refuted > 10);
}

/* The pin taken away from v6.9, everything else consistent: the transition is told. */
static void test_pin(void **state)
{
	struct apart a = certify_apart("debate", "v6.9");
	char *pin = strstr(head_value(&a, "switches"), "pin=has_cache");

	(void)state;
	memcpy(pin, "pin=none ", 9);
	memmove(pin + 8, pin + 13, a.head.n - (size_t)(pin + 13 - a.head.p));
	a.head.n -= 5;
	a.head.p[a.head.n] = '\0';
	set_value(&a, "kernel", "v6.9 pin=none");
	expect_apart(&a, VERIFY_REFUTED, "T0: ");
	expect_apart(&a, VERIFY_REFUTED, " leads to a state that is not there");
	apart_free(&a);
}

static void test_scenario(void **state)
{
	struct apart a = certify_apart(SMALL, "v6.9");
	char *text = strdup(strchr(head_value(&a, "text"), '\n') + 1), *at;
	char changed[8192];
	struct bytes_of file;
	struct verification v;

	(void)state;
	/* another title is another text of the same claim, and is what is told */
	at = strstr(text, "title = ");
	snprintf(changed, sizeof(changed), "%.*stitle = nothing happens\n%s", (int)(at - text),
		 text, strchr(at, '\n') + 1);
	set_text(&a, changed);
	file = together(&a);
	assert_int_equal(verify_bytes(&v, file.p, file.n), VERIFY_CERTIFIED);
	assert_string_equal(v.scenario.title, "nothing happens");
	verification_free(&v);
	free(file.p);
	/* another program, other tasks, another machine */
	at = strstr(text, "run = read page 0");
	snprintf(changed, sizeof(changed), "%.*srun = write page 0%s", (int)(at - text), text,
		 at + strlen("run = read page 0"));
	set_text(&a, changed);
	expect_apart(&a, VERIFY_REFUTED, "first state is not the scenario's start");
	at = strstr(text, "pool = 2");
	snprintf(changed, sizeof(changed), "%.*spool = 1%s", (int)(at - text), text,
		 at + strlen("pool = 2"));
	set_text(&a, changed);
	expect_apart(&a, VERIFY_CERTIFIED, "");		/* one entry is all that it has */
	at = strstr(text, "[task T0]");
	snprintf(changed, sizeof(changed), "%.*s[task T1]\nrun = read page 0\n%s",
		 (int)(at - text), text, at);
	set_text(&a, changed);
	expect_apart(&a, VERIFY_UNREADABLE, "");	/* rows of three tasks are larger */
	set_text(&a, "[scenario]\ntitle = none\n");
	expect_apart(&a, VERIFY_UNREADABLE, "of its scenario: ");
	free(text);
	apart_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_other_form),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_pin),
		cmocka_unit_test(test_scenario),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
