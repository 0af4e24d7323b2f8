/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packed runs that somebody sent: bytes that no encoder made are refused or give some rows, and
 * blocks that do not follow one another are refused in one line.
 */
#include <lz4.h>

#include "tests/rows_help.h"
#include "traces/pack/pack.h"
#include "traces/query/query.h"

/* ---- bytes ---- */

/* What comes out must be what anything that comes out may rely on. */
static void assert_sane(const struct block *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->events; i++) {
		uint32_t before = 0;

		assert_int_equal(b->first_change[i], n);
		assert_true(b->event[i].task < ROWS_TASKS_MAX);
		for (uint32_t j = 0; j < b->event[i].changes; j++, n++) {
			assert_true(b->change[n].field > before);
			assert_true(b->change[n].field <= ROWS_FIELDS_MAX);
			assert_true(b->change[n].old_value != b->change[n].new_value);
			before = b->change[n].field;
		}
	}
	assert_int_equal(n, b->changes);
}

/* A copy that ends where the bytes end, so that a sanitizer sees who reads on. */
static int decode_copy(struct block *b, const uint8_t *data, size_t size, size_t events)
{
	uint8_t *copy = malloc(size ? size : 1);
	int r;

	assert_non_null(copy);
	memcpy(copy, data, size);
	r = block_decode(b, copy, size, events);
	free(copy);
	if (r)
		assert_int_equal(r, -EBADMSG);
	else
		assert_sane(b);
	return r;
}

static void test_damaged_blocks(void **state)
{
	struct block_buffer out = { 0 };
	unsigned refused = 0, loops = 4000;
	struct block b = { 0 };
	struct tale t;

	(void)state;
	tale_make(&t, 300, true, 8);
	assert_int_equal(block_encode(&out, t.event, t.n, t.change, t.changes, true), 0);
	for (size_t size = 0; size < out.size; size++)
		assert_int_equal(decode_copy(&b, out.data, size, t.n), -EBADMSG);
	random_state = 1;
	for (unsigned i = 0; i < loops; i++) {
		size_t at = random_below((uint32_t)out.size);
		uint8_t was = out.data[at];

		out.data[at] ^= (uint8_t)(1u << random_below(8));
		refused += decode_copy(&b, out.data, out.size, t.n) != 0;
		out.data[at] = was;
	}
	assert_true(refused > loops / 10 && refused < loops);
	assert_int_equal(decode_copy(&b, out.data, out.size, t.n), 0);
	block_free(&out);
	block_clear(&b);
	tale_free(&t);
}

/* The same before lz4, which hides most of what a bit flip does to the columns. */
static void test_damaged_columns(void **state)
{
	struct block_buffer out = { 0 };
	struct block b = { 0 };
	struct tale t;
	uint8_t raw[60000], blob[60000 + 8] = { 1 };
	unsigned refused = 0, loops = 20000;
	size_t size = 0, head = 1;
	int n;

	(void)state;
	tale_make(&t, 300, true, 9);
	assert_int_equal(block_encode(&out, t.event, t.n, t.change, t.changes, true), 0);
	for (unsigned shift = 0; ; shift += 7) {
		size |= (size_t)(out.data[head] & 0x7f) << shift;
		if (out.data[head++] < 0x80)
			break;
	}
	assert_true(size < sizeof(raw));
	n = LZ4_decompress_safe((char *)out.data + head, (char *)raw, (int)(out.size - head),
				sizeof(raw));
	assert_int_equal(n, size);
	memcpy(blob, out.data, head);
	memcpy(blob + head, raw, size);		/* as it is */
	assert_int_equal(decode_copy(&b, blob, head + size, t.n), 0);
	assert_memory_equal(b.event, t.event, t.n * sizeof(*t.event));
	random_state = 2;
	for (unsigned i = 0; i < loops; i++) {
		size_t at = head + random_below(i % 2 ? 200 : (uint32_t)size);
		uint8_t was = blob[at];

		blob[at] = (uint8_t)random_below(256);
		refused += decode_copy(&b, blob, head + size, t.n) != 0;
		blob[at] = was;
	}
	assert_true(refused > loops / 10 && refused < loops);
	/* nothing may follow the columns, and all of a number must be there */
	blob[1]++;
	assert_int_equal(decode_copy(&b, blob, head + size + 1, t.n), -EBADMSG);
	blob[1] -= 2;
	assert_int_equal(decode_copy(&b, blob, head + size - 1, t.n), -EBADMSG);
	block_free(&out);
	block_clear(&b);
	tale_free(&t);
}

/* A few bytes that would be many: refused before there is memory for them. */
static void test_bombs(void **state)
{
	static uint8_t zeroes[8 << 20], packed[1 << 16];
	uint8_t blob[(1 << 16) + 8] = { 1, 0x80, 0x80, 0x80, 0x04 };	/* 8 MiB */
	uint8_t huge[] = { 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0 };
	uint8_t counts[] = { 1, 8, 1, 1, 0xff, 0xff, 0x3f, 0, 0, 0 };
	struct frame_rows f = { 0 };
	struct block b = { 0 };
	int n = LZ4_compress_default((char *)zeroes, (char *)packed, sizeof(zeroes),
				     sizeof(packed));

	(void)state;
	assert_true(n > 0);
	memcpy(blob + 5, packed, (size_t)n);
	assert_int_equal(block_decode(&b, blob, 5 + (size_t)n, 1000), -EBADMSG);
	assert_int_equal(frame_decode(&f, blob, 5 + (size_t)n), -EBADMSG);
	assert_int_equal(block_decode(&b, huge, sizeof(huge), 1000), -EBADMSG);
	assert_int_equal(block_decode(&b, counts, sizeof(counts), 1), -EBADMSG);
	assert_int_equal(block_decode(&b, counts, sizeof(counts), SIZE_MAX), -EBADMSG);
	assert_int_equal(block_decode(&b, counts, sizeof(counts), 0), -EBADMSG);
	block_clear(&b);
	frame_clear(&f);
}

static void test_damaged_frames(void **state)
{
	struct frame_value v[500];
	struct block_buffer out = { 0 };
	struct frame_rows f = { 0 };

	(void)state;
	random_state = 3;
	for (uint32_t i = 0, field = 0; i < 500; i++) {
		field += 1 + random_below(20);
		v[i] = (struct frame_value){ field, 1 + random_below(100000) };
	}
	assert_int_equal(frame_encode(&out, v, 500), 0);
	for (size_t size = 0; size < out.size; size++)
		assert_int_equal(frame_decode(&f, out.data, size), -EBADMSG);
	for (unsigned i = 0; i < 5000; i++) {
		size_t at = random_below((uint32_t)out.size);
		uint8_t was = out.data[at];

		out.data[at] = (uint8_t)random_below(256);
		if (!frame_decode(&f, out.data, out.size))
			for (size_t j = 0; j < f.n; j++)
				assert_true(f.value[j].field && f.value[j].value &&
					    f.value[j].field <= ROWS_FIELDS_MAX &&
					    (!j || f.value[j].field > f.value[j - 1].field));
		out.data[at] = was;
	}
	block_free(&out);
	frame_clear(&f);
}

/* ---- files ---- */

static void copy(const char *from, const char *to)
{
	char command[800];

	snprintf(command, sizeof(command), "cp '%s' '%s'", from, to);
	assert_int_equal(system(command), 0);
}

static int ignore(void *arg, uint64_t seq, const struct row_event *e, const struct row_change *c)
{
	(void)arg;
	(void)seq;
	(void)e;
	(void)c;
	return 0;
}

static int ignore_value(void *arg, uint32_t field, uint32_t value)
{
	(void)arg;
	(void)field;
	(void)value;
	return 0;
}

static int ignore_answer(void *arg, const struct query_row *r)
{
	(void)arg;
	(void)r;
	return 0;
}

/* file() has four names at a time; these are kept. */
static char good[320], bad[320], out_path[320];

static void name_files(void)
{
	snprintf(good, sizeof(good), "%s/good.db", dir);
	snprintf(bad, sizeof(bad), "%s/bad.db", dir);
	snprintf(out_path, sizeof(out_path), "%s/unpacked.db", dir);
}

/* Does each way to read the file refuse it, in one line that names it? */
static void assert_refused(const char *path, const char *text, bool sql_too)
{
	struct pack_result result;
	struct query *q;
	struct trace *t;
	int r = trace_open(&t, path, 1, err);

	if (!r) {
		r = trace_scan(t, 1, UINT64_MAX, ignore, NULL);
		if (!r)
			r = trace_frame(t, 3500, ignore_value, NULL);
		trace_free(t);
		assert_int_equal(r, -EBADMSG);
	}
	r = trace_pack(path, out_path, false, &result, err);
	if (!r || !strstr(err, text) || !strstr(err, path) || strchr(err, '\n'))
		fail_msg("\"%s\" (%d) is not the line about \"%s\"", err, r, text);
	assert_int_not_equal(access(out_path, F_OK), 0);
	r = query_open(&q, path, err);
	if (strstr(text, "overlap")) {
		if (r != -EBADMSG || !strstr(err, text) || !strstr(err, path))
			fail_msg("sql: \"%s\" (%d) is not the line about \"%s\"", err, r, text);
		return;
	}
	assert_int_equal(r, 0);
	if (!sql_too) {
		query_close(q);
		return;
	}
	r = query_run(q, "SELECT count(old) FROM change; SELECT sum(value) FROM keyframe",
		      ignore_answer, NULL, err);
	assert_true(r < 0 && strlen(err) > 5 && !strchr(err, '\n'));
	query_close(q);
}

static void test_hostile_files(void **state)
{
	static const struct {
		const char *sql, *text;
		bool sql_too;
	} wrong[] = {
		{ "DELETE FROM block WHERE first = 4097", "overlap or leave gaps", false },
		{ "DELETE FROM block WHERE first = 1", "overlap or leave gaps", false },
		{ "UPDATE block SET first = 4000 WHERE first = 4097", "overlap or leave gaps",
		  false },
		{ "UPDATE block SET first = 8000 WHERE first = 8193", "overlap or leave gaps",
		  false },
		{ "INSERT INTO block SELECT run, 2, 1, data FROM block WHERE first = 1",
		  "overlap or leave gaps", false },
		{ "UPDATE block SET events = -5 WHERE first = 8193", "", false },
		{ "UPDATE block SET events = events - 1 WHERE first = 8193", "damaged", false },
		{ "UPDATE block SET events = events + 1 WHERE first = 8193", "damaged", true },
		{ "UPDATE block SET events = 70000 WHERE first = 8193", "damaged", true },
		{ "UPDATE block SET data = x'0100' WHERE first = 8193", "cannot be unpacked",
		  true },
		{ "UPDATE block SET data = zeroblob(30000000) WHERE first = 8193",
		  "cannot be unpacked", true },
		{ "UPDATE frame SET data = x'01020102'", "keyframe cannot be unpacked", true },
		{ "UPDATE run SET events = 12", "", false },
	};
	struct tale t;

	(void)state;
	name_files();
	tale_make(&t, 9000, true, 5);
	tale_file(&t, good, true, 3000);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct trace *tr;

		copy(good, bad);
		sql(bad, wrong[i].sql);
		if (wrong[i].text[0]) {
			assert_refused(bad, wrong[i].text, wrong[i].sql_too);
			continue;
		}
		if (trace_open(&tr, bad, 1, err))
			continue;
		assert_int_equal(trace_scan(tr, 1, UINT64_MAX, ignore, NULL), -EBADMSG);
		trace_free(tr);
	}
	tale_free(&t);
}

#define A_CHANGE "WHERE (seq, field) = (SELECT seq, field FROM change WHERE seq > 70 LIMIT 1)"

/* The same of plain runs: rows that are missing, too many, or no rows of a run. */
static void test_hostile_rows(void **state)
{
	static const struct {
		const char *sql, *text;
	} wrong[] = {
		{ "DELETE FROM event WHERE seq = 250", "a transition is missing" },
		{ "DELETE FROM event WHERE seq = 1", "a transition is missing" },
		{ "DELETE FROM event WHERE seq = 500", "belongs to no transition" },
		{ "INSERT INTO change VALUES (1, 0, 1, 0, 1)", "" },
		{ "UPDATE event SET task = 40 WHERE seq = 77", "out of its range" },
		{ "UPDATE event SET step = 5000000000 WHERE seq = 77", "out of its range" },
		{ "UPDATE event SET time = -1 WHERE seq = 77", "out of its range" },
		{ "UPDATE change SET field = 0 " A_CHANGE, "a change is none" },
		{ "UPDATE change SET field = 5000000 " A_CHANGE, "a change is none" },
		{ "UPDATE change SET new = old " A_CHANGE, "a change is none" },
		{ "UPDATE change SET old = old + 1 " A_CHANGE, "" },
		{ "UPDATE keyframe SET value = -7 WHERE seq = 300", "out of its range" },
	};
	struct pack_result result;
	struct tale t;

	(void)state;
	name_files();
	tale_make(&t, 500, true, 5);
	tale_file(&t, good, false, 100);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct trace *tr;
		int r;

		copy(good, bad);
		sql(bad, wrong[i].sql);
		r = trace_open(&tr, bad, 1, err);
		if (!r) {
			r = trace_scan(tr, 1, UINT64_MAX, ignore, NULL);
			for (uint64_t p = 99; !r && p < 500; p += 100)
				r = trace_frame(tr, p, ignore_value, NULL);
			trace_free(tr);
		}
		if (r != -EBADMSG && !strstr(wrong[i].sql, "VALUES (1, 0"))
			fail_msg("nobody noticed: %s", wrong[i].sql);
		if (!wrong[i].text[0])
			continue;
		r = trace_pack(bad, out_path, true, &result, err);
		if (!r || !strstr(err, wrong[i].text) || strchr(err, '\n'))
			fail_msg("\"%s\" (%d) is not the line about \"%s\"", err, r, wrong[i].sql);
	}
	tale_free(&t);
}

/* Bits of a packed file turned around: whatever opens is scanned, asked and unpacked. */
static void test_mutated(void **state)
{
	unsigned loops = 150, opened = 0;
	struct tale t;
	uint8_t *bytes;
	struct stat st;
	FILE *f;

	(void)state;
	name_files();
	tale_make(&t, 800, true, 6);
	tale_file(&t, good, true, 300);
	sql(good, "DELETE FROM source; DELETE FROM step WHERE id > 40; VACUUM");
	assert_int_equal(stat(good, &st), 0);
	bytes = malloc((size_t)st.st_size);
	f = fopen(good, "rb");
	assert_int_equal(fread(bytes, 1, (size_t)st.st_size, f), st.st_size);
	fclose(f);
	random_state = 4;
	for (unsigned i = 0; i < loops; i++) {
		size_t at = random_below((uint32_t)st.st_size);
		struct pack_result result;
		struct query *q;
		struct trace *tr;
		uint8_t was = bytes[at];

		bytes[at] ^= (uint8_t)(1u << random_below(8));
		f = fopen(bad, "wb");
		fwrite(bytes, 1, (size_t)st.st_size, f);
		fclose(f);
		bytes[at] = was;
		if (!trace_open(&tr, bad, 0, err)) {
			opened++;
			trace_scan(tr, 1, UINT64_MAX, ignore, NULL);
			trace_field_at(tr, 1);
			trace_free(tr);
		}
		if (!query_open(&q, bad, err)) {
			query_run(q, "SELECT count(*) FROM v_change;"
				  "SELECT sum(steps) FROM v_stretch", ignore_answer, NULL, err);
			query_close(q);
		}
		trace_pack(bad, out_path, false, &result, err);
	}
	assert_true(opened > loops / 10);
	free(bytes);
	tale_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damaged_blocks),
		cmocka_unit_test(test_damaged_columns),
		cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_damaged_frames),
		cmocka_unit_test(test_hostile_files),
		cmocka_unit_test(test_hostile_rows),
		cmocka_unit_test(test_mutated),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
