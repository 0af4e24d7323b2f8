/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Captures as files: long lines, bytes that are no text, damaged traces, traces from before.
 */
#include "tests/capture_help.h"

#define WORK	"        swapwork-129     [001] .....            "
#define HEAD	"          kcapwl-89      [001] .....           27: "

static void write_file(const char *path, const void *data, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_int_equal(fwrite(data, 1, n, f), n);
	fclose(f);
}

static void test_lines(void **state)
{
	static char big[3 * CAPTURE_LINE_MAX];
	const size_t lengths[] = { 0, 1, 16, 65535, 65536, 65537, 131071, 131072, 131073, 196000 };
	struct capture_info info;
	size_t head = strlen(HEAD "x: ");
	char path[320], question[128];

	(void)state;
	snprintf(path, sizeof(path), "%s", file("big"));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		memset(big, 'a', sizeof(big));
		memcpy(big, HEAD "x: ", head);
		if (lengths[i] < head)
			memset(big, ' ', head);
		big[lengths[i]] = '\n';
		memcpy(big + lengths[i] + 1, HEAD "x: y", head + 1);	/* without a newline */
		write_file(path, big, lengths[i] + 1 + head + 1);
		import_into(file("big.db"), path, &info, 0);
		assert_int_equal(info.lines, 2);
		assert_int_equal(info.cut, lengths[i] > CAPTURE_LINE_MAX);
		snprintf(question, sizeof(question), "cut: %zu bytes more\n",
			 lengths[i] - CAPTURE_LINE_MAX);
		assert_answer(file("big.db"), "SELECT why FROM capture_line WHERE line = 1",
			      lengths[i] > CAPTURE_LINE_MAX ? question : "NULL\n");
	}
}

static void test_not_utf8(void **state)
{
	static const char bytes[] = HEAD "x: \xff\xfe\0z\n" HEAD "x: \xc3\xb6\n"
				    HEAD "tracing_mark_write: WL read pg=1\r\n";
	struct capture_info info;
	struct trace *t;

	(void)state;
	write_file(file("bytes"), bytes, sizeof(bytes) - 1);
	import_into(file("bytes.db"), file("bytes"), &info, 0);
	assert_int_equal(info.events, 3);
	assert_answer(file("bytes.db"), "SELECT typeof(text) FROM capture_line",
		      "blob\ntext\ntext\n");
	assert_int_equal(trace_open(&t, file("bytes.db"), 1, err), 0);
	keep_all(t, 0);
	assert_string_equal(kept_text[0], "x: ???z");
	assert_string_equal(kept_text[1], "x: \xc3\xb6");
	assert_string_equal(kept_text[2], "WL read pg=1");
	trace_free(t);
}

static void test_damaged_trace(void **state)
{
	static const char *const damage[] = {
		"UPDATE capture_event SET probe = 99", "UPDATE capture_event SET thread = 7",
		"UPDATE capture_event SET slot = 2000000", "UPDATE capture_event SET stamp = -1",
		"UPDATE capture_event SET id = -id", "UPDATE capture_probe SET side = 'in'",
		"UPDATE capture_probe SET probe = probe + 1", "UPDATE capture_event SET irq = 3",
		"UPDATE capture_event SET at = 70000",
	};
	struct capture_info info;
	struct trace *t;
	int r;

	(void)state;
	for (size_t i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		t = import_text(ONE "1: s: (swap_free+0x0/0x4) ent=0x7\n", &info);
		trace_free(t);
		sql(file("text.db"), damage[i]);
		assert_int_equal(trace_open(&t, file("text.db"), 1, err), 0);
		keeps = 0;
		r = capture_scan(t, 0, keep_event, NULL);
		if (r != -EBADMSG && !(r == 0 && !keeps))
			fail_msg("%s: %d", damage[i], r);
		trace_free(t);
	}
	t = import_text(ONE "1: s: (swap_free+0x0/0x4) ent=0x7\n", &info);
	trace_free(t);
	sql(file("text.db"), "DELETE FROM capture_line; UPDATE capture_event SET ret = 5");
	assert_int_equal(trace_open(&t, file("text.db"), 1, err), 0);
	keep_all(t, 0);
	assert_string_equal(kept_text[0], "");
	assert_int_equal(kept[0].ret, 5);
	trace_free(t);
}

/* A file from before captures is read, asked, and gets the tables when a run is added. */
static void test_older_file(void **state)
{
	const struct rows_run run = { .kernel_name = "", .device = "zram", .source = "capture" };
	struct capture_info info = { 0 };
	struct trace_writer *tw;
	struct trace *t;
	char old[320];

	(void)state;
	snprintf(old, sizeof(old), "%s", file("old.db"));
	assert_int_equal(trace_create(&tw, old, TRACE_REPLACE, err), 0);
	assert_int_equal(rows_begin(tw, &run), 1);
	assert_int_equal(rows_end(tw, NULL, NULL), 0);
	assert_int_equal(trace_close(tw), 0);
	sql(old, "DROP VIEW v_capture_event; DROP TABLE capture_event; DROP TABLE capture_line; "
	    "DROP TABLE capture_probe; DROP TABLE capture_slot; DROP TABLE capture_thread; "
	    "DROP TABLE capture_meta; DROP TABLE capture");
	assert_int_equal(trace_open(&t, old, 1, err), 0);
	assert_int_equal(capture_info_read(t, &info), -ENODATA);
	assert_int_equal(capture_scan(t, 0, keep_event, NULL), -ENODATA);
	trace_free(t);
	assert_answer(old, "SELECT count(*) FROM v_capture_event", "0\n");
	if (trace_create(&tw, old, TRACE_APPEND, err))
		fail_msg("%s", err);
	assert_int_equal(rows_begin(tw, &run), 2);
	assert_int_equal(capture_import(tw, 2, "traces/captures/d-fixed-uffdwp-6.8.trace.zst",
					&info, err), 0);
	assert_int_equal(rows_end(tw, NULL, NULL), 0);
	assert_int_equal(trace_close(tw), 0);
	assert_answer(old, "SELECT count(*), max(run) FROM v_capture_event", "22434|2\n");
	sql(old, "PRAGMA integrity_check; PRAGMA foreign_key_check");
}

/* A trace.dat, as trace-cmd saved it: its records are what the kernel's text would have. */
static void test_dat(void **state)
{
	static const char dat[] = "traces/samples/two-threads-6.1-dat.dat";
	struct capture_info info;
	char command[640], path[320];

	(void)state;
	import_into(file("dat.db"), dat, &info, 0);
	assert_int_equal(info.events, 1474);		/* as trace-cmd report counts them */
	assert_int_equal(info.not_understood + info.unreturned + info.no_enter, 0);
	assert_int_equal(info.pte_agree, 32);
	assert_true(info.counter);
	assert_answer(file("dat.db"), "SELECT text FROM capture_line WHERE line < 6",
		      "# uname: Linux (none) 6.1.0-56-amd64 x86_64\n"
		      WORK "3: tracing_mark_write: WL start mode=same rounds=2 pages=16 threads=2 "
		      "ns=4944735750\n"
		      WORK "4: sys_madvise(start: 7fde271bc000, len_in: 10000, behavior: f)\n"
		      WORK "5: sys_madvise -> 0x0\n"
		      WORK "6: tracing_mark_write: WL map base=7fde271bc000 pages=16 "
		      "ns=4945857080\n");
	assert_answer(file("dat.db"), "SELECT symbol, events FROM capture_probe WHERE "
		      "symbol IN ('do_swap_page', 'zswap_frontswap_load') ORDER BY symbol, probe",
		      "do_swap_page|32\ndo_swap_page|32\nzswap_frontswap_load|30\n"
		      "zswap_frontswap_load|30\n");
	snprintf(path, sizeof(path), "%s", file("packed.zst"));
	snprintf(command, sizeof(command), "zstd -q '%s' -o '%s'", dat, path);
	assert_int_equal(system(command), 0);
	import_into(file("packed.db"), path, &info, 0);
	assert_same_answer(file("dat.db"), file("packed.db"), "SELECT * FROM capture_event", true);
	assert_same_answer(file("dat.db"), file("packed.db"), "SELECT * FROM capture_line", true);
}

/* Any byte of it may be wrong: nothing but an error comes of that. */
static void test_damaged_dat(void **state)
{
	static char bytes[1 << 20];
	FILE *f = fopen("traces/samples/two-threads-6.1-dat.dat", "r");
	size_t n = fread(bytes, 1, sizeof(bytes), f);
	struct capture_info info;
	unsigned failed = 0;

	(void)state;
	fclose(f);
	assert_true(n > 50000 && n < sizeof(bytes));
	random_state = 1;
	for (unsigned i = 0; i < 60; i++) {
		const struct rows_run run = { .kernel_name = "", .device = "zram" };
		size_t at = random_below((uint32_t)(i % 2 ? n : 4096)), size = n;
		char was = bytes[at];
		struct trace_writer *tw;
		int r;

		bytes[at] = (char)(was + 1 + (char)random_below(255));
		if (i % 3 == 0)
			size = random_below((uint32_t)n);
		write_file(file("hurt"), bytes, size);
		bytes[at] = was;
		info = (struct capture_info){ 0 };
		assert_int_equal(trace_create(&tw, file("hurt.db"), TRACE_REPLACE, err), 0);
		assert_int_equal(rows_begin(tw, &run), 1);
		r = capture_import(tw, 1, file("hurt"), &info, err);
		assert_true(r == 0 || r == -EBADMSG || r == -EINVAL);
		failed += r != 0;
		assert_int_equal(rows_end(tw, NULL, NULL), 0);
		assert_int_equal(trace_close(tw), 0);
	}
	assert_true(failed > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines), cmocka_unit_test(test_not_utf8),
		cmocka_unit_test(test_damaged_trace), cmocka_unit_test(test_older_file),
		cmocka_unit_test(test_dat), cmocka_unit_test(test_damaged_dat),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
