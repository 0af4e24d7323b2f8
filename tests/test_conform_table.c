/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tables of docs/conformance.md: which capture refutes which kernel, and where.
 *
 * All cells take minutes: they are made when the tables are made anew, SWAPSCOPE_GOLDEN=update, or
 * are asked for, SWAPSCOPE_FULL=1.  Else it is some: every 6th refutation, and of the cells where
 * a whole capture is to be explained every 60th.
 */
#include "tests/trace_help.h"

#include "tests/conform_help.h"

#define PAGE	"docs/conformance.md"
#define REFUTED	6
#define EMPTY	60

/* Why no capture that there is can tell a value of a switch. */
static const struct {
	enum kernel_switch s;
	const char *why;
} untold[] = {
	{ SWITCH_refcount, "the count itself has no probe; it shows in which function frees" },
	{ SWITCH_load, "told where a load finds an entry, of kernels that take it otherwise" },
	{ SWITCH_erase, "which of the two is first, within one function" },
	{ SWITCH_load_put, "an entry has to go while it is loaded" },
	{ SWITCH_decompress, "nothing failed to decompress" },
	{ SWITCH_pin, "where no fault goes around the swap cache, or the bit has another name" },
	{ SWITCH_wait, "how long somebody waits is not compared" },
	{ SWITCH_unpin, "a fault with the pin has to get no folio, or not its lock" },
	{ SWITCH_relax, "how long somebody waits is not compared" },
	{ SWITCH_bypass, "told by a device that is synchronous" },
	{ SWITCH_recheck, "an entry has to change while it is written back" },
	{ SWITCH_cleanup, "what happens when the check before it fails, which it did not" },
	{ SWITCH_unlink, "only v6.1 was captured writing back, which has another order" },
	{ SWITCH_shrinker, "only v6.1 was captured writing back" },
	{ SWITCH_walk, "the order of entries is of more than one slot" },
	{ SWITCH_second_chance, "only v6.1 was captured writing back" },
	{ SWITCH_tree, "locks have no probe" },
	{ SWITCH_eexist, "writeback has to meet somebody's pin" },
	{ SWITCH_charge, "what a charge reclaims is another slot" },
	{ SWITCH_readahead_ref, "references of the device have no probe" },
	{ SWITCH_invalidate, "told by the first slot that dies" },
	{ SWITCH_free, "told by the first slot that dies" },
	{ SWITCH_batch, "slots side by side are more than one slot" },
	{ SWITCH_inuse, "counts of the device have no probe" },
	{ SWITCH_avail, "lists of devices have no probe" },
	{ SWITCH_device_ref, "references of the device have no probe" },
	{ SWITCH_alloc_check, "no device was taken away" },
	{ SWITCH_unstable, "no fork failed" },
	{ SWITCH_unreadable, "no device was taken away" },
	{ SWITCH_unuse_bits, "no device was taken away" },
	{ SWITCH_unuse_match, "no device was taken away" },
	{ SWITCH_ttrs, "a folio has to change its slot before it is locked" },
	{ SWITCH_dup, "a slot has to be stored again while zswap has an entry of it" },
	{ SWITCH_store_off, "a slot has to be stored again with zswap switched off" },
	{ SWITCH_zeromap,
	  "no page of zeroes was swapped out; the sample zero-page-6.12 refutes off" },
	{ SWITCH_zero_store,
	  "no page of zeroes was swapped out; the sample zero-page-6.12 refutes it" },
	{ SWITCH_move, "nothing was moved; the sample uffdmove-7.3 refutes absent and blind" },
	{ SWITCH_read_drop, "a block has to be read twice" },
	{ SWITCH_move_dirty, "bits of PTEs have no probe" },
	{ SWITCH_shmem, "no page of a file was swapped" },
	{ SWITCH_match, "a folio has to change its slot under a fault" },
	{ SWITCH_drain_lock, "locks have no probe" },
	{ SWITCH_load_dirty, "flags of folios are not compared" },
	{ SWITCH_free_writeback, "flags of folios are not compared" },
	{ SWITCH_fork_exclusive,
	  "no fork was captured; of the samples fork-7.3 refutes it, and three others" },
	{ SWITCH_off_lock, "no device was taken away" },
	{ SWITCH_swp_copy, "only v6.1 was captured writing back, whose zpool hands the slot over" },
	{ SWITCH_publish, "a slot has to be written back while it is stored" },
	{ SWITCH_remove_dirty, "flags of folios are not compared" },
	{ SWITCH_freeze, "references of folios have no probe" },
	{ SWITCH_pte_recheck, "a PTE has to change under a fault" },
	{ SWITCH_cow_recheck, "a PTE has to change while its page is copied" },
	{ SWITCH_unuse_recheck, "no device was taken away" },
	{ SWITCH_count_check, "a slot has to die while it is looked up" },
	{ SWITCH_free_count, "told by a folio that is freed although its slot is counted" },
	{ SWITCH_uptodate, "nothing failed to be read" },
	{ SWITCH_fault_ref, "references of the device have no probe" },
};

static char *page;		/* as it is */
static struct captured captured[CAPTURES];
static bool of_switches;	/* the table at hand */

static bool shown(size_t i)
{
	return !of_switches || !captures[i].kernels_only;
}

/* How many columns there are before a capture's. */
static size_t columns(size_t before)
{
	size_t n = 0;

	for (size_t i = 0; i < before; i++)
		n += shown(i);
	return n;
}

/* ---- cells ---- */

static int keep_stamp(void *arg, const struct capture_event *e)
{
	*(uint64_t *)arg = e->stamp;
	return 1;
}

/* "swapcache_prepare 30", or "" where the capture is a run of it. */
static void make_cell(const struct captured *c, const struct kernel *k, char *cell, size_t size)
{
	static struct conform_report r;
	const struct conform_refuted *f = &r.first[0];
	uint64_t stamp = 0;

	*cell = '\0';
	conform(c, k, true, &r);
	assert_int_equal(r.gave_up, 0);
	if (!r.refuted)
		return;
	assert_int_equal(capture_scan_range(c->t, f->event, f->event, keep_stamp, &stamp), 1);
	snprintf(cell, size, "%s%s %llu", f->side == SIDE_MARK ? "what was read" :
		 capture_function_name(f->function), f->side == SIDE_RETURN ? " returns" : "",
		 (unsigned long long)stamp);
}

/* The cells of a row of the page as it is, one for each capture; NULL: there is no such row. */
static const char *old_row(const char *row)
{
	char start[96];
	const char *p;
	unsigned cells = 0;

	snprintf(start, sizeof(start), "\n| %s |", row);
	p = strstr(page, start);
	if (!p)
		return NULL;
	p += strlen(start);
	for (const char *at = p; *at && *at != '\n'; at++)
		cells += *at == '|';
	return cells == columns(CAPTURES) ? p : NULL;
}

/* A cell of it, "" where there is no such row. */
static void old_cell(const char *row, size_t column, char *cell, size_t size)
{
	const char *p = old_row(row);

	*cell = '\0';
	if (!p)
		return;
	for (size_t i = 0; i < columns(column); i++)
		p += strcspn(p, "|\n") + 1;
	p += strspn(p, " ");
	snprintf(cell, size, "%.*s", (int)strcspn(p, "|\n"), p);
	while (*cell && cell[strlen(cell) - 1] == ' ')
		cell[strlen(cell) - 1] = '\0';
}

static bool updating(void)
{
	const char *golden = getenv("SWAPSCOPE_GOLDEN");

	return golden && !strcmp(golden, "update");
}

/* The cell as it is in the page where it need not be made now. */
static void cell_of(const char *row, size_t column, const struct kernel *k, char *cell, size_t size)
{
	static unsigned empty, refuted;

	if (!updating() && !getenv("SWAPSCOPE_FULL")) {
		old_cell(row, column, cell, size);
		if (*cell ? refuted++ % REFUTED : empty++ % EMPTY)
			return;
	}
	make_cell(&captured[column], k, cell, size);
}

/* ---- tables ---- */

static void put_head(FILE *out, const char *first)
{
	fprintf(out, "| %s |", first);
	for (size_t i = 0; i < CAPTURES; i++)
		if (shown(i))
			fprintf(out, " %s |", captures[i].name);
	fprintf(out, "\n|");
	for (size_t i = 0; i < columns(CAPTURES) + 1; i++)
		fprintf(out, " --- |");
	fprintf(out, "\n");
}

static void put_kernels(FILE *out)
{
	size_t presets;
	const struct preset *p = kernel_presets(&presets);
	char cell[128];

	put_head(out, "kernel");
	for (size_t i = 0; i < presets; i++) {
		fprintf(out, "| %s |", p[i].name);
		for (size_t j = 0; j < CAPTURES; j++) {
			cell_of(p[i].name, j, &p[i].kernel, cell, sizeof(cell));
			fprintf(out, " %s |", cell);
		}
		fprintf(out, "\n");
	}
}

/* A row of a switch's value; false where no capture refutes it. */
static bool put_value(FILE *out, enum kernel_switch s, unsigned v, const char *row)
{
	char cell[CAPTURES][128];
	bool refuted = false;

	for (size_t i = 0; i < CAPTURES; i++) {
		struct kernel k = captured[i].k;

		if (!shown(i))
			continue;
		if (kernel_get(&k, s) == v) {
			snprintf(cell[i], sizeof(cell[i]), "*its own*");
			continue;
		}
		kernel_put(&k, s, v);
		cell_of(row, i, &k, cell[i], sizeof(cell[i]));
		refuted |= *cell[i] != '\0';
	}
	if (!refuted)
		return false;
	fprintf(out, "| %s |", row);
	for (size_t i = 0; i < CAPTURES; i++)
		if (shown(i))
			fprintf(out, " %s |", cell[i]);
	fprintf(out, "\n");
	return true;
}

static const char *why_untold(enum kernel_switch s)
{
	for (size_t i = 0; i < sizeof(untold) / sizeof(untold[0]); i++)
		if (untold[i].s == s)
			return untold[i].why;
	fail_msg("no capture refutes a value of %s, and there is no reason",
		 kernel_switches[s].name);
	return "";
}

/* All captures have it. */
static bool is_own(enum kernel_switch s, unsigned v)
{
	for (size_t i = 0; i < CAPTURES; i++)
		if (shown(i) && kernel_get(&captured[i].k, s) != v)
			return false;
	return true;
}

static void put_switches(FILE *out)
{
	char value[32], row[96], *text = NULL;
	size_t size;
	FILE *none = open_memstream(&text, &size);
	unsigned told = 0, values = 0;

	of_switches = true;
	put_head(out, "switch");
	fprintf(none, "| switch | why |\n| --- | --- |\n");
	for (enum kernel_switch s = 0; s < SWITCH_COUNT; s++) {
		bool begun = false;

		for (unsigned v = 0; *switch_value(s, v, value, sizeof(value)); v++) {
			snprintf(row, sizeof(row), "%s=%s", kernel_switches[s].name, value);
			if (is_own(s, v))
				continue;
			values++;
			if (put_value(out, s, v, row)) {
				told++;
				continue;
			}
			fprintf(none, "%s%s", begun ? ", " : "| ", row);
			begun = true;
		}
		if (begun)
			fprintf(none, " | %s |\n", why_untold(s));
	}
	fclose(none);
	fprintf(out, "\nOf %u values %u are refuted by one of these seven.  "
		"The others are not:\n\n%s",
		values, told, text);
	free(text);
}

/* ---- the page ---- */

/* What is between two lines of the page, compared or put there. */
static void hold(const char *name, void (*put)(FILE *out))
{
	char begin[96], *text = NULL, *from, *to, *all = NULL;
	size_t size, whole;
	FILE *out = open_memstream(&text, &size);

	put(out);
	fclose(out);
	snprintf(begin, sizeof(begin), "<!-- %s: tests/test_conform_table makes it -->\n\n", name);
	from = strstr(page, begin);
	assert_non_null(from);
	from += strlen(begin);
	to = strstr(from, "\n<!-- end -->");
	assert_non_null(to);
	if (updating()) {
		out = open_memstream(&all, &whole);
		fprintf(out, "%.*s%s%s", (int)(from - page), page, text, to);
		fclose(out);
		free(page);
		page = all;
		out = fopen(PAGE, "w");
		assert_non_null(out);
		assert_true(fputs(page, out) >= 0);
		assert_int_equal(fclose(out), 0);
	} else if (strlen(text) != (size_t)(to - from) || memcmp(text, from, size)) {
		fprintf(stderr, "%s", text);
		fail_msg(PAGE ": %s are different.  If that is meant to be:\n"
			 "\tSWAPSCOPE_GOLDEN=update ctest -R test_conform_table", name);
	}
	free(text);
}

static void test_kernels(void **state)
{
	(void)state;
	hold("kernels", put_kernels);
}

static void test_switches(void **state)
{
	(void)state;
	hold("switches", put_switches);
}

static int open_all(void **state)
{
	size_t size = 0;
	FILE *in = fopen(PAGE, "r");

	quick_dir();
	if (!in || getdelim(&page, &size, '\0', in) < 0 || make_dir(state))
		return -1;
	fclose(in);
	for (size_t i = 0; i < CAPTURES; i++) {
		captured_of(&captured[i], captures[i].name);
		captured_open(&captured[i], captures[i].name, shipped_path(captures[i].name, ""));
	}
	return 0;
}

static int close_all(void **state)
{
	for (size_t i = 0; i < CAPTURES; i++)
		captured_close(&captured[i]);
	free(page);
	return remove_dir(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kernels),
		cmocka_unit_test(test_switches),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
