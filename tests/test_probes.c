/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of probes holds together in every release that there are rules for, and a list of
 * symbols is read for what it says.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/kernel.h"
#include "tests/check.h"
#include "traces/capture/probes.h"

static size_t rows;
static const struct probe *row;

/* The row of an event in a release; NULL: none. */
static const struct probe *row_of(const char *event, unsigned release)
{
	for (size_t i = 0; i < rows; i++)
		if (!strcmp(row[i].event, event) && row[i].since <= release &&
		    release <= row[i].until)
			return &row[i];
	return NULL;
}

/* "key=FETCH:TYPE" words, each key once. */
static void check_arguments(const char *text, bool at_return)
{
	char copy[256], *save = NULL;

	assert_true(strlen(text) < sizeof(copy));
	strcpy(copy, text);
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		const char *fetch = strchr(w, '=') + 1, *type = strchr(w, ':') + 1;
		char key[32];

		assert_int_equal(strspn(w, "abcdefghijklmnopqrstuvwxyz"), fetch - 1 - w);
		snprintf(key, sizeof(key), "%.*s", (int)(fetch - w), w);
		assert_null(strstr(save, key));
		assert_true(strstr(fetch, "$arg") || (at_return && !strncmp(fetch, "$retval:", 8)));
		assert_non_null(strchr("xsu", type[0]));
		assert_true(!strcmp(type + 1, "8") || !strcmp(type + 1, "32") ||
			    !strcmp(type + 1, "64"));
	}
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < rows; i++) {
		const struct probe *r = &row[i];

		assert_true(r->since <= r->until && r->since >= RELEASE(6, 1));
		assert_true(r->enter || r->ret);
		check_arguments(r->enter ? r->enter : "", false);
		check_arguments(r->ret ? r->ret : "", true);
		assert_true(strlen(r->function) + 32 < PROBE_SYMBOL_MAX);
		/* it stands between double quotes in a script */
		assert_true(*r->without && !strpbrk(r->without, "\"$`\\"));
		for (size_t j = 0; j < i; j++) {
			bool apart = row[j].until < r->since || r->until < row[j].since;

			/* one meaning and one set of arguments in a release */
			assert_true(apart || strcmp(row[j].event, r->event));
			assert_true(apart || strcmp(row[j].function, r->function));
		}
		if (!r->instead)
			continue;
		/* the row that it stands in for is defined before it */
		assert_non_null(row_of(r->instead, r->since));
		assert_true(row_of(r->instead, r->since) < r);
	}
}

/* What no story can be told without is there in every kernel that has rules. */
static void check_kernel(const char *kernel)
{
	static const char *const always[] = {
		"fault", "sc_get", "alloc", "sc_add", "sc_del", "wr", "bwr", "z_store", "z_load",
		"z_inv", "z_free", "z_wb",
	};
	unsigned release = probes_release(kernel);

	assert_true(release >= RELEASE(6, 1));
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		if (!row_of(always[i], release))
			fail_msg("%s: no probe '%s'", kernel, always[i]);
	assert_true(row_of("rd", release) || row_of("rdf", release));
	assert_true(!row_of("prep", release) == (release >= RELEASE(7, 0)));
	assert_true(!row_of("rsca", release) == !!row_of("sca", release));
	assert_true(row_of("fsac", release) || row_of("fsac_nr", release) ||
		    row_of("pdirect", release));
	assert_true(row_of("rfree", release) || row_of("erfree", release) ||
		    row_of("esfree", release));
}

static void test_kernels(void **state)
{
	const struct preset *p;
	const struct release *r;
	char name[32];
	size_t n;

	(void)state;
	p = kernel_presets(&n);
	for (size_t i = 0; i < n; i++)
		check_kernel(p[i].name);
	r = kernel_releases(&n);
	for (size_t i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%u.%u.%u", r[i].major, r[i].minor, r[i].patch);
		check_kernel(name);
		assert_int_equal(probes_release(name), RELEASE(r[i].major, r[i].minor));
	}
	assert_int_equal(probes_release("debate-a"), RELEASE(6, 9));
	assert_int_equal(probes_release("v6.9-rc1"), RELEASE(6, 9));
	assert_int_equal(probes_release("v6.1.y"), RELEASE(6, 1));
	assert_int_equal(probes_release("6.8.3"), RELEASE(6, 8));
	assert_int_equal(probes_release("5.4"), 0);
	assert_int_equal(probes_release("x"), 0);
}

/* ---- symbols ---- */

static int read_text(struct probe_symbols *s, const char *text, size_t size)
{
	FILE *in = fmemopen((void *)text, size, "r");
	int err;

	assert_non_null(in);
	err = probe_symbols_read(s, in);
	fclose(in);
	return err;
}

/* The name that was found of a function; "" for none. */
static const char *found(const struct probe_symbols *s, const char *function)
{
	for (size_t i = 0; i < rows; i++)
		if (!strcmp(row[i].function, function))
			return s->name[i];
	return NULL;
}

static void test_symbols(void **state)
{
	static const char text[] =
		"ffffffff81602a90 T do_swap_page\n"
		"ffffffff81602a91 t swap_free.constprop.0.isra.3\r\n"
		"0000000000000000 t zram_slot_free_notify\t[zram]\n"
		"ffffffff81602a92 D swapcache_prepare\n"		/* data */
		"ffffffff81602a93 t zswap_store.cold\n"			/* not where it begins */
		"ffffffff81602a94 t __pfx_zswap_load\n"
		"ffffffff81602a95 t zswap_load_more\n"
		"ffffffff81602a96 t folio_free_swap.isra.\n"
		"add_to_swap_cache\n"
		"shrink_worker [zswap]\n"
		"\n \n ffffffff\n"
		"ffffffff81602a97 t put_swap_folio.part.0\n"
		"ffffffff81602a98 T put_swap_folio";
	struct probe_symbols s;

	(void)state;
	assert_int_equal(read_text(&s, text, sizeof(text) - 1), 0);
	assert_string_equal(found(&s, "do_swap_page"), "do_swap_page");
	assert_string_equal(found(&s, "swap_free"), "swap_free.constprop.0.isra.3");
	assert_string_equal(found(&s, "zram_slot_free_notify"), "zram_slot_free_notify");
	assert_string_equal(found(&s, "add_to_swap_cache"), "add_to_swap_cache");
	assert_string_equal(found(&s, "shrink_worker"), "shrink_worker");
	assert_string_equal(found(&s, "put_swap_folio"), "put_swap_folio");
	assert_string_equal(found(&s, "swapcache_prepare"), "");
	assert_string_equal(found(&s, "zswap_store"), "");
	assert_string_equal(found(&s, "zswap_load"), "");
	assert_string_equal(found(&s, "folio_free_swap"), "");
}

static void test_hostile_symbols(void **state)
{
	static const char tail[] = "\nffffffff T do_swap_page\n";
	const size_t size = 3 << 20;
	char *text = malloc(size);
	struct probe_symbols s;

	(void)state;
	assert_non_null(text);
	assert_int_equal(read_text(&s, "nothing here\n", 13), -ENODATA);
	/* a line of megabytes is passed over, and does not hide the next */
	memset(text, 'a', size);
	memcpy(text + size - sizeof(tail), tail, sizeof(tail));
	assert_int_equal(read_text(&s, text, size), 0);
	/* zero bytes and others */
	for (size_t i = 0; i < size; i++)
		text[i] = (char)(i * 2654435761u >> 7);
	assert_int_equal(read_text(&s, text, size), -ENODATA);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_kernels),
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_hostile_symbols),
	};

	row = probes_all(&rows);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
