/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Large and long runs: any position of one, compared with a plain array that the same changes
 * were made in; what a lens shows of it; what changed an object; files that are damaged.
 */
#include "tests/plain.h"

#include "replay/cause/cause.h"
#include "traces/read/reader.h"

/* ---- every position ---- */

static void assert_values(struct trace *t, uint64_t position)
{
	const uint32_t *want = plain_at(position);

	assert_int_equal(tr_place(t, position), 0);
	for (uint32_t id = 1; id <= t->fields; id++)
		if (t->value[id] != want[id])
			fail_msg("field %u is %u at %lu, not %u", id, t->value[id],
				 (unsigned long)position, want[id]);
}

static void assert_event(struct trace *t, uint64_t position)
{
	const struct trace_event *ev = trace_event_at(t, position);
	const struct row_event *want = &plain.event[position - 1];
	const struct trace_change *c;

	assert_non_null(ev);
	assert_int_equal(ev->task, want->task);
	assert_int_equal(ev->step, want->step);
	assert_int_equal(ev->depth, want->depth);
	assert_int_equal(ev->time, want->time);
	assert_int_equal(ev->waited, want->waited);
	assert_int_equal(trace_changes(t, position, &c), want->changes);
}

static void test_positions(void **state)
{
	(void)state;
	for (int packed = 0; packed < 2; packed++) {
		const char *path = file("large.db");
		struct trace *t;

		plain_write(path, packed, BUG_AT);
		t = open_run(path, 0);
		assert_int_equal(trace_info(t)->events, EVENTS);
		assert_true(trace_info(t)->large && trace_info(t)->live && trace_info(t)->clock);
		assert_int_equal(trace_info(t)->packed, packed);
		random_state = 7;
		for (int i = 0; i < 60; i++)
			assert_values(t, random_below(EVENTS + 1));
		for (uint64_t p = 8100; p < 8250; p++)		/* over the end of a block */
			assert_values(t, p);
		for (uint64_t p = 8250; p > 8100; p--)
			assert_values(t, p);
		assert_values(t, EVENTS);
		assert_values(t, 0);
		assert_int_equal(tr_place(t, EVENTS + 1), -EINVAL);
		for (int i = 0; i < 2000; i++)
			assert_event(t, 1 + random_below(EVENTS));
		assert_null(trace_event_at(t, 0));
		assert_null(trace_event_at(t, EVENTS + 1));
		trace_free(t);
		plain_free();
	}
}

/* ---- the lens ---- */

static uint32_t value_of(struct trace *t, uint64_t position, enum object_kind kind, uint32_t n,
			 const char *name)
{
	uint32_t v;

	assert_int_equal(trace_value(t, position, (struct trace_object){ kind, n }, name, &v), 0);
	return v;
}

/* A place in a world and the number in the file are the same object, or it has no place. */
static void assert_place(const struct trace_lens *l, enum object_kind kind, unsigned place,
			 uint32_t number)
{
	if (place == LENS_OUTSIDE)
		assert_int_equal(lens_place(l, kind, number), -1);
	else
		assert_int_equal(l->number[kind][place], number);
}

#define RAW_OF(s, field) ((s)->raw[(size_t)((char *)&(field) - (char *)&(s)->w)])

static void assert_sight(struct trace *t, uint64_t at, const struct trace_lens *l,
			 const struct trace_sight *s)
{
	for (unsigned i = 0; i < l->used[OBJ_PAGE]; i++) {
		const struct vpage *p = &s->w.mem.page[i];
		uint32_t target = value_of(t, at, OBJ_PAGE, l->number[OBJ_PAGE][i], "target");

		assert_int_equal(RAW_OF(s, p->target), target);
		assert_int_equal(RAW_OF(s, p->stamp),
				 value_of(t, at, OBJ_PAGE, l->number[OBJ_PAGE][i], "stamp"));
		if (p->pte == PTE_SWAP)
			assert_place(l, OBJ_SLOT, p->target, target);
		if (p->pte == PTE_PRESENT)
			assert_place(l, OBJ_FOLIO, p->target, target);
		assert_true(p->pte == PTE_NONE || p->target != LENS_OUTSIDE);
	}
	for (unsigned i = 0; i < l->used[OBJ_SLOT]; i++) {
		const struct slot *x = &s->w.mem.slot[i];
		uint32_t n = l->number[OBJ_SLOT][i];

		assert_place(l, OBJ_FOLIO, x->cache, value_of(t, at, OBJ_SLOT, n, "cache"));
		assert_place(l, OBJ_ENTRY, x->entry, value_of(t, at, OBJ_SLOT, n, "entry"));
		assert_int_equal(RAW_OF(s, x->life), value_of(t, at, OBJ_SLOT, n, "life"));
	}
	for (unsigned i = 1; i < l->used[OBJ_ENTRY]; i++) {
		uint32_t n = l->number[OBJ_ENTRY][i];

		assert_place(l, OBJ_SLOT, s->w.mem.entry[i].swp,
			     value_of(t, at, OBJ_ENTRY, n, "swp"));
		assert_int_equal(s->length[i], value_of(t, at, OBJ_ENTRY, n, "length"));
	}
	for (unsigned i = 0; i < l->used[OBJ_TASK]; i++) {
		uint32_t n = l->number[OBJ_TASK][i];

		assert_int_equal(s->w.task[i].depth, value_of(t, at, OBJ_TASK, n, "depth"));
		assert_place(l, OBJ_SLOT, s->w.task[i].frame[0].swp,
			     value_of(t, at, OBJ_TASK, n, "frame0.swp"));
	}
}

/* In order, without repetition, within its places. */
static void assert_lens(const struct trace_lens *l)
{
	for (unsigned kind = OBJ_PAGE; kind <= OBJ_TASK; kind++)
		for (unsigned i = shapes[kind].first + 1; i < l->used[kind]; i++)
			assert_true(l->number[kind][i] > l->number[kind][i - 1]);
	assert_true(l->used[OBJ_PAGE] <= MAX_PAGES && l->used[OBJ_SLOT] <= MAX_SLOTS);
	assert_true(l->used[OBJ_FOLIO] <= MAX_FOLIOS && l->used[OBJ_ENTRY] <= MAX_ENTRIES);
	assert_true(l->used[OBJ_TASK] <= MAX_TASKS);
}

static void test_lens(void **state)
{
	const char *path = file("lens.db");
	struct trace *t, *other;

	(void)state;
	plain_write(path, true, BUG_AT);
	t = open_run(path, 0);
	other = open_run(path, 0);
	random_state = 3;
	for (int i = 0; i < 400; i++) {
		uint64_t at = random_below(EVENTS + 1);
		struct trace_object focus = { OBJ_PAGE + random_below(4),
					      1 + random_below(SCALE - 1) };
		struct trace_lens l, again;
		struct trace_sight s;
		const struct trace_event *ev;

		assert_int_equal(trace_look(t, at, &focus, NULL, &l), 0);
		assert_lens(&l);
		assert_true(lens_place(&l, focus.kind, focus.number) >= 0);
		assert_int_equal(trace_see(t, at, &l, &s), 0);
		assert_sight(t, at, &l, &s);
		ev = trace_event_at(t, at);
		assert_true(!ev || lens_place(&l, OBJ_TASK, ev->task) >= 0);
		/* wherever one comes from */
		assert_int_equal(tr_place(other, random_below(EVENTS)), 0);
		assert_int_equal(trace_look(other, at, &focus, NULL, &again), 0);
		assert_memory_equal(&l, &again, sizeof(l));
	}
	trace_free(other);
	trace_free(t);
	plain_free();
}

static void test_object_in_text(void **state)
{
	struct trace_object o = object_in_text("page 54 gets v3 (folio 7), its owner wrote v5");

	(void)state;
	assert_int_equal(o.kind, OBJ_PAGE);
	assert_int_equal(o.number, 54);
	o = object_in_text("T0 reads entry 4001, which W freed at step 18");
	assert_int_equal(o.kind, OBJ_ENTRY);
	assert_int_equal(o.number, 4001);
	assert_int_equal(object_in_text("a homepage 7 of nothing").kind, OBJ_NONE);
	assert_int_equal(object_in_text("page").kind, OBJ_NONE);
}

/* ---- what changed ---- */

static void test_search(void **state)
{
	(void)state;
	for (int packed = 0; packed < 2; packed++) {
		const char *path = file("search.db");
		struct trace *t;

		plain_write(path, packed, 0);
		t = open_run(path, 0);
		random_state = 9;
		for (int i = 0; i < 300; i++) {
			struct trace_object o = { OBJ_PAGE + random_below(4),
						  1 + random_below(SCALE - 1) };
			uint64_t from = 1 + random_below(EVENTS), to = 1 + random_below(EVENTS);
			uint64_t found = 0, want = 0;
			uint32_t id[OBJECT_FIELDS];
			int n = trace_fields_of(t, o, NULL, id), r;
			size_t c = 0;

			assert_true(n >= 0);
			for (uint64_t p = 1; p <= EVENTS; p++)
				for (uint32_t j = 0; j < plain.event[p - 1].changes; j++, c++)
					for (int k = 0; k < n; k++)
						if (plain.change[c].field == id[k] &&
						    (from <= to ? p >= from && p <= to && !want :
						     p <= from && p >= to))
							want = p;
			r = trace_search(t, from, to, id, (size_t)n, &found);
			assert_int_equal(r, want != 0);
			if (want)
				assert_int_equal(found, want);
		}
		trace_free(t);
		plain_free();
	}
}

/* Backward again and again, of few fields: as forward, change by change, where nothing is kept. */
static void test_search_again(void **state)
{
	const char *path = file("again.db");
	struct trace *t;
	uint64_t at = EVENTS / 2;
	int hits = 0;

	(void)state;
	plain_write(path, true, 0);
	t = open_run(path, 0);
	random_state = 11;
	for (int i = 0; i < 1500; i++) {
		struct trace_object o = { OBJ_SLOT, 1 + random_below(24) };
		uint64_t found = 0, want = 0, to, next;
		uint32_t id[OBJECT_FIELDS];
		int n = trace_fields_of(t, o, "holder holder_task", id), r;

		at = i % 16 ? at + random_below(7) - 3 : 100 + random_below(EVENTS - 200);
		to = at - random_below((uint32_t)at);
		for (next = to; next <= at && n > 0; next++) {
			if (trace_search(t, next, at + 1, id, (size_t)n, &next) <= 0 || next > at)
				break;
			want = next;
		}
		r = trace_search(t, at, to, id, (size_t)n, &found);
		assert_int_equal(r, want != 0);
		if (want)
			assert_int_equal(found, want);
		hits += r;
	}
	assert_in_range(hits, 300, 1400);
	trace_free(t);
	plain_free();
}

/* From the wrong byte to the free under the reader, and to who had made the entry. */
static void test_cause(void **state)
{
	const char *path = file("cause.db");
	const struct trace_finding *f;
	struct trace_object page;
	struct cause c;
	struct trace *t;
	uint64_t read;
	size_t n;

	(void)state;
	plain_write(path, true, BUG_AT);
	t = open_run(path, 0);
	f = trace_findings(t, &n);
	assert_int_equal(n, 1);
	assert_int_equal(f->position, plain.l.finding);
	page = object_in_text(f->text);
	assert_int_equal(page.kind, OBJ_PAGE);
	assert_int_equal(cause_of(t, f->position, page, EVENTS, &c), 1);
	assert_int_equal(c.object.kind, OBJ_FOLIO);
	assert_non_null(strstr(c.text, " into folio "));
	read = c.at;
	assert_int_equal(cause_of(t, c.at, c.object, EVENTS, &c), 1);
	assert_int_equal(c.object.kind, OBJ_ENTRY);
	assert_true(c.at < read && c.at >= BUG_AT);
	assert_non_null(strstr(c.text, "frees entry"));
	assert_non_null(strstr(c.text, " while T"));
	assert_int_equal(value_of(t, c.at - 1, OBJ_ENTRY, c.object.number, "state"), ENTRY_LIVE);
	assert_int_equal(value_of(t, c.at, OBJ_ENTRY, c.object.number, "state"), ENTRY_FREE);
	if (cause_of(t, c.at, c.object, EVENTS, &c)) {
		assert_non_null(strstr(c.text, "stores entry"));
		assert_int_equal(value_of(t, c.at, OBJ_ENTRY, c.object.number, "stamp"),
				 value_of(t, f->position, OBJ_PAGE, page.number, "stamp"));
	}
	assert_int_equal(cause_of(t, 0, page, EVENTS, &c), 0);
	trace_free(t);
	plain_free();
}

/* ---- damaged files ---- */

/* Look everywhere; the file is refused at some place, in one line. */
static bool refused(const char *path)
{
	struct trace *t;
	bool bad = false;

	if (trace_open(&t, path, 0, err))
		return true;
	for (uint64_t p = 0; p <= trace_info(t)->events; p += 97) {
		struct trace_lens l;
		struct trace_sight s;

		bad |= p && !trace_event_at(t, p);
		bad |= trace_look(t, p, NULL, NULL, &l) < 0 || trace_see(t, p, &l, &s) < 0;
	}
	if (bad && (!strstr(t->unheard, " is damaged: ") || strchr(t->unheard, '\n')))
		fail_msg("not one line: \"%s\"", t->unheard);
	trace_free(t);
	return bad;
}

static void copy_file(const char *from, const char *to)
{
	char command[800];

	snprintf(command, sizeof(command), "cp '%s' '%s'", from, to);
	assert_int_equal(system(command), 0);
}

static void test_damaged(void **state)
{
	static const char *const damage[] = {
		"UPDATE block SET data = zeroblob(length(data)) WHERE first < 5000",
		"UPDATE block SET data = substr(data, 1, length(data) / 2)",
		"UPDATE block SET data = x''",
		"UPDATE block SET data = zeroblob(1000000)",
		"UPDATE block SET events = events - 1 WHERE first = 1",
		"UPDATE block SET events = 4294967296 WHERE first = 1",
		"UPDATE block SET first = first + 1 WHERE first > 1",
		"DELETE FROM block WHERE first BETWEEN 2 AND 9000",
		"DELETE FROM block WHERE first > 10000",
		"UPDATE frame SET data = x'0102030405' WHERE seq < 9000",
		"UPDATE frame SET data = (SELECT data FROM frame WHERE seq = 2048)",
		"UPDATE run SET pages = 70000000",
		"UPDATE run SET packed = 2",
		"UPDATE run SET packed = 0",
		"DELETE FROM field WHERE id > 100",
		"UPDATE task SET task = task + 40",
	};
	const char *good = file("good.db"), *bad = file("bad.db");

	(void)state;
	plain_write(good, true, 0);
	assert_false(refused(good));
	for (size_t i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		copy_file(good, bad);
		sql(bad, damage[i]);
		if (!refused(bad))
			fail_msg("nobody noticed: %s", damage[i]);
	}
	plain_free();
}

/* Some bytes of a file changed: there may be an answer or an error, and nothing else. */
static void test_mutated(void **state)
{
	const char *good = file("whole.db"), *bad = file("mutated.db");
	unsigned opened = 0;
	struct stat st;
	uint8_t *bytes;
	FILE *f;

	(void)state;
	plain_write(good, true, 0);
	f = fopen(good, "rb");
	assert_int_equal(fstat(fileno(f), &st), 0);
	bytes = malloc((size_t)st.st_size);
	assert_int_equal(fread(bytes, 1, (size_t)st.st_size, f), st.st_size);
	fclose(f);
	random_state = 5;
	for (int i = 0; i < 60; i++) {
		size_t place[40];
		uint8_t was[40];
		struct trace *t;

		for (int j = 0; j < 40; j++) {
			place[j] = random_below((uint32_t)st.st_size);
			was[j] = bytes[place[j]];
			bytes[place[j]] ^= (uint8_t)(1u << random_below(8));
		}
		f = fopen(bad, "wb");
		assert_int_equal(fwrite(bytes, 1, (size_t)st.st_size, f), st.st_size);
		fclose(f);
		for (int j = 40; j-- > 0;)
			bytes[place[j]] = was[j];
		if (trace_open(&t, bad, 0, err)) {
			assert_null(strchr(err, '\n'));
			continue;
		}
		opened++;
		for (int j = 0; j < 50; j++) {
			uint64_t p = random_below((uint32_t)trace_info(t)->events + 1), found;
			struct trace_object o = { OBJ_PAGE + random_below(4), random_below(SCALE) };
			uint32_t id[OBJECT_FIELDS];
			struct trace_lens l;
			struct trace_sight s;
			struct cause c;

			trace_event_at(t, p);
			if (!trace_look(t, p, &o, NULL, &l))
				trace_see(t, p, &l, &s);
			if (p && trace_fields_of(t, o, NULL, id) > 0)
				trace_search(t, p, 1, id, 1, &found);
			if (trace_has_object(t, o))
				cause_of(t, p, o, EVENTS, &c);
		}
		trace_free(t);
	}
	assert_true(opened > 5);
	free(bytes);
	plain_free();
}

/* A row of a run that was written properly but says what no world can have. */
static void test_impossible(void **state)
{
	static const struct {
		const char *kind, *name;
		unsigned idx;
		enum field_type type;
		uint32_t value;
	} rows[] = {
		{ "task", "depth", 0, TYPE_NUMBER, MAX_FRAMES + 1 },
		{ "task", "frame0.pc", 0, TYPE_STEP, 9999999 },
		{ "slot", "cache", 1, TYPE_FOLIO, 70000 },
		{ "slot", "entry", 1, TYPE_ENTRY, UINT32_MAX },
		{ "slot", "holder_task", 1, TYPE_TASK_1, 40000 },
		{ "page", "target", 1, TYPE_NUMBER, 1u << 20 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *path = file("impossible.db");
		const struct trace_object focus[] = { { OBJ_PAGE, 1 }, { OBJ_SLOT, 1 } };
		struct row_event e = { .changes = 1 };
		struct row_change c = { .new_value = rows[i].value };
		struct trace_writer *tw;
		struct large l = { 0 };
		struct trace_lens lens;
		struct trace_sight s;
		struct trace *t;
		int r = 0;

		assert_int_equal(trace_create(&tw, path, TRACE_REPLACE, err), 0);
		large_start(&l, tw, SCALE, TASKS, 0, 2048, true);
		c.field = (uint32_t)rows_field(tw, rows[i].kind, rows[i].idx, rows[i].name,
					       rows[i].type);
		c.old_value = c.field < l.values ? l.value[c.field] : 0;
		e.step = (uint32_t)rows_step(tw, 0);
		assert_int_equal(rows_event(tw, &e, &c), 0);
		assert_int_equal(rows_end(tw, NULL, NULL), 0);
		assert_int_equal(trace_close(tw), 0);
		t = open_run(path, 0);
		for (size_t j = 0; j < 2 && !r; j++) {
			assert_int_equal(trace_look(t, 0, &focus[j], NULL, &lens), 0);
			assert_int_equal(trace_see(t, 0, &lens, &s), 0);
			r = trace_look(t, 1, &focus[j], NULL, &lens);
			if (!r)
				r = trace_see(t, 1, &lens, &s);
		}
		if (r != -EBADMSG)
			fail_msg("nobody noticed %s.%s = %u", rows[i].kind, rows[i].name,
				 rows[i].value);
		trace_free(t);
		large_free(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_positions),
		cmocka_unit_test(test_lens),
		cmocka_unit_test(test_object_in_text),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_search_again),
		cmocka_unit_test(test_cause),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_mutated),
		cmocka_unit_test(test_impossible),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
