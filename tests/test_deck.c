/* SPDX-License-Identifier: GPL-2.0-only */
/* Decks: their text, the runs of beats, where these stand, and that a false claim is found. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/check.h"
#include "ui/present/present.h"

/* ---- the text ---- */

#define BEAT	"[beat]\ntitle = t\nscenario = debate\nkernel = debate-a\nbeside = v6.9\n"	\
		"property = UAF\n"

static void refused(const char *text, unsigned line, const char *part)
{
	struct deck_error err;
	struct deck d;

	assert_int_equal(deck_parse(&d, "x.deck", text, &err), -EINVAL);
	if (!strstr(err.text, part))
		fail_msg("'%s' is not in '%s'", part, err.text);
	assert_int_equal(err.line, line);
}

static void test_refused(void **state)
{
	(void)state;
	refused("", 0, "[beat] at least");
	refused("title = x\n", 1, "before the first [section]");
	refused("[deck]\ntitle = x\n[deck]\n", 3, "once");
	refused("[deck]\nauthor = x\n", 2, "there are title and minutes");
	refused("[scene]\n", 1, "the sections are [deck] and [beat]");
	refused("[beat]\ntitle\n", 2, "a line is");
	refused("[beat]\nscenario = debate\nproperty = UAF\n", 1, "lacks 'title");
	refused("[beat]\ntitle = a\n", 1, "first [beat] needs 'scenario");
	refused("[beat]\ntitle = a\nscenario = debate\n", 3, "how does the run come about");
	refused("[beat]\ntitle = a\ntitle = b\n", 3, "twice");
	refused("[beat]\ntitle = a\001b\n", 2, "control character");
	refused("[beat]\ntitle = a\xc2\x9b" "b\n", 2, "control character");
	refused("[beat]\ncolour = red\n", 2, "there are title, text, note");
	refused(BEAT "[beat]\ntitle = b\nkernel = v6.9\n", 7, "lacks 'scenario");
	refused(BEAT "schedule = T0\n", 7, "one of property, schedule and reach");
	refused("[beat]\ntitle = a\nscenario = debate\nkernel = v5.1\n", 4, "kernel");
	refused("[beat]\ntitle = a\nscenario = debate\nkernel = v6.9 pinn=none\n", 4, "no switch");
	refused("[beat]\ntitle = a\nscenario = debate\nkernel = v6.9 pin=no\n", 4, "pin is one of");
	refused("[beat]\ntitle = a\nscenario = debate\nproperty = UFA\n", 4, "no such property");
	refused("[beat]\ntitle = a\nscenario = debate\nreach = x: y\n", 4, "no such step");
	refused(BEAT "minutes = 0\n", 7, "1 to 600");
	refused(BEAT "at = somewhere\n", 7, "start, end, finding");
	refused(BEAT "at = T0: tickle\n", 7, "no step 'tickle'");
	refused(BEAT "at = T0: swapcache_prepare = blue\n", 7, "comes to that");
	refused(BEAT "point = planet 3\n", 7, "'slot N'");
	refused(BEAT "must = it is good\n", 7, "claims nothing");
	refused(BEAT "must = slot pin = none\n", 7, "which slot");
	refused(BEAT "must = slot 0 pinn = none\n", 7, "there are pin count swap_map");
	refused(BEAT "must = slot 9 pin = none\n", 7, "slot 0 to 3");
	refused(BEAT "must = entry 0 state = live\n", 7, "entry 1 to 5");
	refused(BEAT "must = violates LIVELOCK\n", 7, "can violate LIVELOCK");
	refused(BEAT "must = violates FUA\n", 7, "no property");
	refused(BEAT "must = parted by pinn\n", 7, "no rule");
	refused(BEAT "must = safe here\n", 7, "too much");
	refused(BEAT "must = steps = many\n", 7, "a number of steps");
}

static void test_bounds(void **state)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	for (unsigned i = 0; i <= DECK_BEATS; i++)
		fputs(BEAT, out);
	fclose(out);
	refused(text, 6 * DECK_BEATS + 1, "at most 100 beats");
	free(text);
	out = open_memstream(&text, &size);
	fputs(BEAT, out);
	for (unsigned i = 0; i <= DECK_CLAIMS; i++)
		fputs("must = safe\n", out);
	fclose(out);
	refused(text, 7 + DECK_CLAIMS, "claims a beat");
	free(text);
	out = open_memstream(&text, &size);
	fputs(BEAT "text = a\n", out);
	for (unsigned i = 0; i <= DECK_TEXT_MAX / 100; i++)
		fprintf(out, "    %0100d\n", 1);
	fclose(out);
	refused(text, 7 + DECK_TEXT_MAX / 100, "text: at most 4000");
	free(text);
}

static void test_read(void **state)
{
	struct deck_error err;
	struct deck d;

	(void)state;
	assert_int_equal(deck_parse(&d, "x.deck",
				    "\xef\xbb\xbf; a comment\n[deck]\ntitle = T\n" BEAT
				    "text = one\n    two\ntext = three\nnote = n\nminutes = 2\n"
				    "[beat]\ntitle = b\nminutes = 3\nat = right: 4\npoint = W\n",
				    &err), 0);
	assert_string_equal(d.title, "T");
	assert_int_equal(d.beats, 2);
	assert_string_equal(d.beat[0].text, "one two\n\nthree");
	assert_string_equal(d.beat[0].note, "n");
	assert_string_equal(d.beat[0].beside.text, "v6.9");
	assert_int_equal(d.beat[1].at.side, 1);
	assert_int_equal(d.beat[1].at.number, 4);
	assert_string_equal(d.beat[1].point.task, "W");
	assert_int_equal(deck_runs_of(&d, 1), 0);
	assert_int_equal(deck_minutes(&d), 5);
	deck_free(&d);
}

/* ---- runs, places, claims ---- */

static void open_deck(struct presentation *p, const char *text)
{
	struct deck_error err;
	struct deck d;

	if (deck_parse(&d, "x.deck", text, &err))
		fail_msg("%u: %s", err.line, err.text);
	assert_int_equal(present_open(p, &d, NULL), 0);
}

/* What is wrong with a deck that can be parsed. */
static void not_run(const char *text, unsigned line, const char *part)
{
	struct deck_error err;
	struct deck_runs r;
	struct deck d;

	assert_int_equal(deck_parse(&d, "x.deck", text, &err), 0);
	assert_int_equal(deck_run(&r, &d, 0, &err), -EINVAL);
	if (!strstr(err.text, part) || err.line != line)
		fail_msg("line %u: '%s'", err.line, err.text);
	deck_free(&d);
}

static void test_not_run(void **state)
{
	(void)state;
	not_run("[beat]\ntitle = a\nscenario = nowhere\nproperty = UAF\n", 3, "no file beside");
	not_run("[beat]\ntitle = a\nscenario = debate\nproperty = UAF\n", 4, "nothing in debate");
	not_run("[beat]\ntitle = a\nscenario = debate\nbeside = v6.8\nproperty = UAF\n", 5,
		"nothing in debate");
	not_run("[beat]\ntitle = a\nscenario = debate\nschedule = T0*2 X\n", 4, "at 'X'");
	not_run("[beat]\ntitle = a\nscenario = debate\nschedule = T0*2 W*99\n", 4,
		"cannot be made");
	not_run("[beat]\ntitle = a\nscenario = debate\n"
		"reach = swapin_bypass: vma_alloc_folio(): is there\n", 4,
		"no interleaving under v6.9");
}

static int stand(struct stand *s, const struct presentation *p, const char *line,
		 struct deck_error *err)
{
	struct deck d;
	char text[300];
	int r;

	snprintf(text, sizeof(text), BEAT "%s\n", line);
	assert_int_equal(deck_parse(&d, "x.deck", text, err), 0);
	r = deck_stand(s, d.beat, p->runs, &p->chapter[0].alignment, err);
	deck_free(&d);
	return r;
}

static void stands(const struct presentation *p, const char *at, size_t left, size_t right,
		   unsigned side)
{
	struct deck_error err;
	struct stand s;
	char line[200];

	snprintf(line, sizeof(line), "at = %s", at);
	assert_int_equal(stand(&s, p, line, &err), 0);
	assert_int_equal(s.at[0], left);
	assert_int_equal(s.at[1], right);
	assert_int_equal(s.side, side);
}

static void test_places(void **state)
{
	struct presentation p;

	(void)state;
	open_deck(&p, BEAT);
	stands(&p, "start", 0, 0, 0);
	stands(&p, "end", 19, 32, 0);
	stands(&p, "finding", 19, 13, 0);
	stands(&p, "difference", 11, 12, 0);
	stands(&p, "right: difference", 11, 12, 1);
	stands(&p, "7", 7, 8, 0);
	stands(&p, "right: 8", 7, 8, 1);
	stands(&p, "W: swapcache_prepare", 11, 12, 0);
	stands(&p, "right: W: swapcache_prepare(entry) = -EEXIST", 11, 12, 1);
	stands(&p, "T0: zswap_load: zswap_decompress(entry, folio): begin", 19, 13, 0);
	present_close(&p);
}

static void not_found(const struct presentation *p, const char *line, const char *part)
{
	struct deck_error err;
	struct stand s;

	assert_int_equal(stand(&s, p, line, &err), -EINVAL);
	if (!strstr(err.text, part) || err.line != 7)
		fail_msg("%s: line %u: '%s'", line, err.line, err.text);
}

static void test_not_found(void **state)
{
	struct presentation p;

	(void)state;
	open_deck(&p, BEAT);
	not_found(&p, "at = 20", "has 19 steps");
	not_found(&p, "at = right: finding", "nothing is violated in that run");
	not_found(&p, "at = K: swapcache_prepare", "K does not make");
	not_found(&p, "at = X: swapcache_prepare", "there are T0, T1, W, K");
	not_found(&p, "point = X", "no task 'X'");
	not_found(&p, "point = slot 1", "has 1 of them");
	present_close(&p);
}

/* ---- a claim of each kind, true and false ---- */

static const struct {
	const char *yes, *no;	/* `no` is false and says `is` */
	const char *is;
} pairs[] = {
	{ "W: swapcache_prepare(entry) = 0", "W: swapcache_prepare(entry) = -EEXIST",
	  "at step 11 it is 'W: swapcache_prepare(entry) = 0'" },
	{ "right: W: swapcache_prepare = -EEXIST", "right: T0: swapcache_prepare(entry)",
	  "at step 12 it is 'W: swapcache_prepare(entry) = -EEXIST'" },
	{ "not W: add_to_swap_cache", "not W: swapcache_prepare", "at step 11 it is" },
	{ "made T0: entry = zswap_rb_search", "made W: zswap_entry_free",
	  "W makes no such step up to step 11" },
	{ "right: made T0: swapcache_prepare(entry) = 0",
	  "right: made T0: swapcache_prepare(entry) = -EEXIST", "at step 4 it is" },
	{ "later W: zswap_entry_free", "later W: swapcache_prepare(entry)",
	  "W makes no such step after step 11" },
	{ "next T0: zswap_decompress(entry, folio): begin", "next T0: zswap_decompress(entry, "
	  "folio): end", "T0 stands before 'zswap_decompress(entry, folio): begin'" },
	{ "slot 0 pin = W", "slot 0 pin = T0", "at step 11 slot 0 pin = W (add)" },
	{ "slot 0 pin = add", "slot 0 pin = none", "at step 11 slot 0 pin = W (add)" },
	{ "right: slot 0 pin = T0 (sync)", "right: slot 0 pin = W", "slot 0 pin = T0 (sync)" },
	{ "slot 0 count = 1", "slot 0 count = 0", "at step 11 slot 0 count = 1" },
	{ "page 0 copies = 1", "page 0 copies = 2", "at step 11 page 0 copies = 1" },
	{ "entry 1 state = live", "entry 1 state = free", "at step 11 entry 1 state = live" },
	{ "page 0 pte = swap", "page 0 pte = present", "at step 11 page 0 pte = swap" },
	{ "slot 0 swap_map = SWAP_HAS_CACHE", "slot 0 swap_map = free",
	  "swap_map = SWAP_HAS_CACHE, count 1" },
	{ "zswap tree_lock = nobody", "zswap tree_lock = T0", "zswap tree_lock = nobody" },
	{ "page 0 stamp = v1", "page 0 stamp = v2", "at step 11 page 0 stamp = v1" },
	{ "entry 1 swp = 0", "entry 1 swp = 1", "at step 11 entry 1 swp = 0" },
	{ "right: folio 1 swp = none", "right: folio 1 swp = 0", "folio 1 swp = none" },
	{ "folio 1 ref = 1", "folio 1 ref = 7", "at step 11 folio 1 ref = 1" },
	{ "not T1 waits", "T1 waits", "T1 can move" },
	{ "not K is done", "K is done", "K stands in shrink_folio_list" },
	{ "violates UAF", "violates LOST", "this run violates UAF at step 19" },
	{ "right: not violates UAF", "right: violates UAF", "nothing is violated in this run" },
	{ "steps = 19", "steps = 18", "the run has 19 steps" },
	{ "right: steps = 32", "right: steps = 1", "the run has 32 steps" },
	{ "right: safe", "safe", "UAF is violated after 19 steps" },
	{ "can violate UAF", "right: can violate UAF",
	  "safe in every interleaving: 292818 states" },
	{ "right: never violates MAPPED", "never violates UAF", "UAF is violated after 19 steps" },
	{ "can reach zswap_entry_free(entry)", "can reach swapin_bypass: swapcache_prepare(entry)",
	  "no interleaving comes to it" },
	{ "right: never reaches vma_alloc_folio(): is there memory?",
	  "right: never reaches swapcache_prepare(entry) = -EEXIST", "some interleaving" },
	{ "not same", "same", "they part after step 10 (left) and 11 (right)" },
	{ "parted by pin", "parted by load", "they are parted by pin" },
	{ "parted after 10", "parted after 11", "they part after step 10" },
	{ "right: parted after 11", "right: parted after 10", "they part after step 10" },
	{ "repaired by pin", "repaired by refcount", "it is repaired by pin" },
};

static void judge(struct presentation *p, const char *claim, enum truth truth, const char *is)
{
	struct deck_error err;
	struct judgement j;
	char text[400];
	struct deck d;

	snprintf(text, sizeof(text), BEAT "must = %s\n", claim);
	if (deck_parse(&d, "x.deck", text, &err))
		fail_msg("%s: %s", claim, err.text);
	if (deck_judge(&j, d.beat[0].claim, p->runs, &p->chapter[0].alignment, p->stand, &err))
		fail_msg("%s: %s", claim, err.text);
	if (j.truth != truth || !strstr(j.is, is))
		fail_msg("'%s' is %d: %s", claim, j.truth, j.is);
	deck_free(&d);
}

static void test_claims(void **state)
{
	struct presentation p;

	(void)state;
	open_deck(&p, BEAT "at = difference\n");
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		judge(&p, pairs[i].yes, TRUTH_TRUE, "");
		judge(&p, pairs[i].no, TRUTH_FALSE, pairs[i].is);
	}
	present_close(&p);
}

static void no_claim(struct presentation *p, const char *claim, const char *part)
{
	struct deck_error err;
	struct judgement j;
	char text[400];
	struct deck d;

	snprintf(text, sizeof(text), BEAT "must = %s\n", claim);
	assert_int_equal(deck_parse(&d, "x.deck", text, &err), 0);
	assert_int_equal(deck_judge(&j, d.beat[0].claim, p->runs, NULL, p->stand, &err), -EINVAL);
	if (!strstr(err.text, part) || err.line != 7)
		fail_msg("'%s': line %u: %s", claim, err.line, err.text);
	deck_free(&d);
}

/* What a claim may not speak of is told only when its runs are known. */
static void test_no_claims(void **state)
{
	struct presentation p;

	(void)state;
	open_deck(&p, "[beat]\ntitle = t\nscenario = debate\nkernel = debate-a\nschedule = T0*3\n");
	no_claim(&p, "X waits", "there are T0, T1, W, K");
	no_claim(&p, "right: safe", "no right run");
	no_claim(&p, "same", "one run only");
	no_claim(&p, "slot 0 pin = me", "none, a task, folio");
	no_claim(&p, "slot 1 pin = none", "there is no slot 1");
	no_claim(&p, "page 0 pte = gone", "one of none, swap, present");
	no_claim(&p, "slot 0 count = none", "a number is needed");
	present_close(&p);
}

/* A bound leaves unknown what it leaves unknown. */
static void test_unknown(void **state)
{
	char path[] = "/tmp/swapscope-deck-XXXXXX";
	struct presentation p;
	char text[400];
	FILE *out = fdopen(mkstemp(path), "w");

	(void)state;
	fputs("[scenario]\nmax_states = 10\nbounded = a test\n[page 0]\nat = zswap 0\n"
	      "[task T0]\nrun = read page 0\n[task W]\nrun = shrink\n", out);
	fclose(out);
	snprintf(text, sizeof(text), "[beat]\ntitle = t\nscenario = %s\nkernel = v6.9\n"
		 "schedule = T0\nmust = safe\n", path);
	open_deck(&p, text);
	judge(&p, "safe", TRUTH_UNKNOWN, "bound");
	judge(&p, "not safe", TRUTH_UNKNOWN, "bound");
	judge(&p, "never violates UAF", TRUTH_UNKNOWN, "bound");
	judge(&p, "can reach zswap_entry_free", TRUTH_UNKNOWN, "bound");
	assert_int_equal(present_check(&p, stderr, NULL), 3);
	present_close(&p);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_not_run),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_not_found),
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_no_claims),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
