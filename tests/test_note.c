/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Notes: written into files of every age and kind, whole or not at all; kept by copies, packing and
 * what is added later; and of a file that may be anything, nothing that a terminal would obey.
 */
#include "replay/hand/hand.h"
#include "tests/query_help.h"
#include "tests/rows_help.h"
#include "traces/pack/pack.h"
#include "traces/write/note.h"
#include "traces/write/rows.h"

#define WHEN	1764554400	/* 2025-12-01 02:00:00 UTC */

static const struct note first = { .position = 3, .text = "two\nlines\tof text \xc3\xa9",
				   .author = "Anna Example", .when = WHEN };
static const struct note mark = { .position = 5, .text = "", .author = "", .when = WHEN + 1,
				  .letter = 'Q' };

/* A file with two runs. */
static const char *make_file(const char *name)
{
	const char *path = file(name);
	struct recorded r;

	start(&r, "debate", "debate-a");
	walk(&r, 40, 7);
	record(path, false, &r);
	record(path, true, &r);
	done(&r);
	return path;
}

static int64_t add_note(const char *path, int run, const struct note *n)
{
	int64_t id = 0;

	if (note_add(path, run, n, &id, err))
		fail_msg("%s", err);
	assert_true(id > 0);
	return id;
}

static void assert_refused(int got, int want, const char *text)
{
	if (got != want || !strstr(err, text) || strchr(err, '\n'))
		fail_msg("%d and \"%s\", where %d and \"%s\" are right", got, err, want, text);
}

/* A run has these notes and no others. */
static void assert_noted(const char *path, int run, const struct note *want, size_t n)
{
	struct trace *t = open_run(path, run);
	const struct trace_note *is;
	size_t notes;

	is = trace_notes(t, &notes);
	assert_int_equal(notes, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(is[i].position, want[i].position);
		assert_string_equal(is[i].text, want[i].text);
		assert_string_equal(is[i].author, want[i].author);
		assert_int_equal(is[i].when, want[i].when);
		assert_int_equal(is[i].letter, want[i].letter);
		assert_string_equal(is[i].kind, want[i].letter ? "bookmark" : "note");
		assert_true(is[i].remark);
	}
	trace_free(t);
}

static uint64_t length_of(const char *path, int run)
{
	struct trace *t = open_run(path, run);
	uint64_t events = trace_info(t)->events;

	trace_free(t);
	return events;
}

static void test_written(void **state)
{
	const char *path = make_file("written.db");
	struct note said = { .text = "better", .author = "Karl", .when = WHEN + 9 };
	const struct note changed = { .position = 3, .text = "better", .author = "Karl",
				      .when = WHEN + 9 };
	int64_t id = add_note(path, 0, &first), other;
	struct trace *t;
	size_t n;

	(void)state;
	other = add_note(path, 2, &mark);
	assert_noted(path, 1, &first, 1);
	assert_noted(path, 2, &mark, 1);
	/* of a run that is open it is seen when it is read again */
	t = open_run(path, 1);
	assert_string_equal(trace_path(t), path);
	assert_int_equal(note_edit(path, 1, id, &said, err), 0);
	assert_string_equal(trace_notes(t, &n)->text, first.text);
	assert_int_equal(trace_notes_again(t), 0);
	assert_string_equal(trace_notes(t, &n)->text, "better");
	assert_ptr_equal(trace_remark_at(t, 3), trace_notes(t, &n));
	assert_null(trace_remark_at(t, 2));
	assert_null(trace_remark_at(t, 4));
	assert_noted(path, 1, &changed, 1);
	/* a bookmark keeps its letter, and needs no text */
	said.text = "";
	assert_int_equal(note_edit(path, 2, other, &said, err), 0);
	assert_refused(note_edit(path, 1, id, &said, err), -EINVAL, "without a text");
	assert_int_equal(note_delete(path, 0, id, err), 0);
	assert_int_equal(trace_notes_again(t), 0);
	trace_notes(t, &n);
	assert_int_equal(n, 0);
	trace_free(t);
	assert_answer(path, "SELECT note, run, seq, letter, author, time FROM v_note",
		      "2|2|5|Q|Karl|2025-12-01 02:00:09\n");
	assert_answer(path, "SELECT count(*) FROM noted", "1\n");
	assert_answer(path, "SELECT count(*) FROM pragma_foreign_key_check", "0\n");
}

/* Nothing of the file is another than before where a note is refused. */
static void test_refused(void **state)
{
	const char *path = make_file("refused.db");
	char *huge = malloc(10 << 20);
	struct note n = first;
	int64_t id;
	struct answer_text before, after;

	(void)state;
	add_note(path, 1, &mark);
	ask(path, "SELECT * FROM note LEFT JOIN noted ON note = id", &before);
	n.position = length_of(path, 1);
	add_note(path, 2, &n);
	assert_int_equal(note_delete(path, 2, 2, err), 0);
	n.position++;
	assert_refused(note_add(path, 1, &n, &id, err), -EINVAL, "none is number");
	n.position = UINT64_MAX;
	assert_refused(note_add(path, 1, &n, &id, err), -EINVAL, "none is number");
	n = first;
	memset(huge, 'x', (10 << 20) - 1);
	huge[(10 << 20) - 1] = '\0';
	n.text = huge;
	assert_refused(note_add(path, 1, &n, &id, err), -EINVAL, "at most 8192 bytes");
	huge[NOTE_TEXT_MAX + 1] = '\0';
	assert_refused(note_add(path, 1, &n, &id, err), -EINVAL, "this one 8193");
	n.text = "\x1b[31mred";
	assert_refused(note_add(path, 1, &n, &id, err), -EINVAL, "control characters");
	n.text = "\xff";
	assert_refused(note_add(path, 1, &n, &id, err), -EINVAL, "UTF-8");
	n.text = "\xe2\x80\xae turned";
	assert_refused(note_add(path, 1, &n, &id, err), -EINVAL, "control characters");
	n.text = " \n";
	assert_refused(note_add(path, 1, &n, &id, err), -EINVAL, "without a text");
	n = first;
	n.author = "a\nb";
	assert_refused(note_add(path, 1, &n, &id, err), -EINVAL, "one line");
	huge[NOTE_AUTHOR_MAX + 1] = '\0';
	n.author = huge;
	assert_refused(note_add(path, 1, &n, &id, err), -EINVAL, "at most 80 bytes");
	n = mark;
	n.letter = '1';
	assert_refused(note_add(path, 1, &n, &id, err), -EINVAL, "is a letter");
	assert_refused(note_add(path, 1, &mark, &id, err), -EEXIST, "note 1 at step 5");
	assert_refused(note_add(path, 3, &first, &id, err), -ENOENT, "has no run 3");
	assert_refused(note_delete(path, 1, 77, err), -ENOENT, "no note 77");
	assert_refused(note_delete(path, 2, 1, err), -ENOENT, "run 2 has no note 1");
	assert_refused(note_add(file("none.db"), 1, &first, &id, err), -ENOENT, "No such file");
	ask(path, "SELECT * FROM note LEFT JOIN noted ON note = id", &after);
	assert_string_equal(before.text, after.text);
	free(huge);
}

/* What a recorder noted is not to be changed: `check` goes by it. */
static void test_recorders(void **state)
{
	const char *path = file("recorder.db");
	struct trace_writer *tw;
	struct trace *t;
	struct tale tale;
	size_t n;

	(void)state;
	tale_make(&tale, 30, true, 1);
	assert_int_equal(trace_create(&tw, path, TRACE_REPLACE, err), 0);
	assert_int_equal(tale_write(&tale, tw, true, 0), 1);
	assert_int_equal(rows_note(tw, 7, "dropped", "3 transitions"), 0);
	assert_int_equal(trace_close(tw), 0);
	tale_free(&tale);
	assert_refused(note_delete(path, 1, 1, err), -EPERM, "the recorder's own");
	assert_refused(note_edit(path, 1, 1, &first, err), -EPERM, "the recorder's own");
	add_note(path, 1, &first);		/* in a packed run */
	t = open_run(path, 1);
	assert_false(trace_notes(t, &n)[1].remark);
	assert_string_equal(trace_notes(t, &n)[1].author, "");
	assert_int_equal(trace_notes(t, &n)[1].when, 0);
	assert_null(trace_remark_at(t, 7));
	trace_free(t);
}

static void convert(const char *from, const char *to, bool pack)
{
	struct pack_result r;

	if (trace_pack(from, to, pack, &r, err))
		fail_msg("%s", err);
}

static void test_kept(void **state)
{
	const char *path = make_file("kept.db"), *packed = file("kept-packed.db");
	const char *plain = file("kept-plain.db");
	const struct note both[] = { first, mark };
	struct trace_summary list[3];
	struct recorded r;

	(void)state;
	add_note(path, 1, &mark);
	add_note(path, 1, &first);
	convert(path, packed, true);
	assert_noted(packed, 1, both, 2);
	convert(packed, plain, false);
	assert_noted(plain, 1, both, 2);
	assert_same_answer(path, plain, "SELECT * FROM v_note ORDER BY note", true);
	assert_same_answer(path, packed, "SELECT * FROM v_note ORDER BY note", true);
	/* packed, and noted in */
	add_note(packed, 2, &first);
	assert_noted(packed, 2, &first, 1);
	/* and a run that is added changes nothing */
	start(&r, "writeback-first", "v6.9");
	walk(&r, 30, 2);
	assert_int_equal(record(packed, true, &r), 3);
	done(&r);
	assert_noted(packed, 1, both, 2);
	assert_int_equal(trace_list(packed, list, 3, err), 3);
	assert_int_equal(list[0].notes, 2);
	assert_int_equal(list[1].notes, 1);
	assert_int_equal(list[2].notes, 0);
}

static void test_older(void **state)
{
	const char *path = file("format1.db"), *today = make_file("no-table.db");
	const struct trace_note *n;
	char command[800];
	struct trace *t;
	size_t notes;

	(void)state;
	snprintf(command, sizeof(command), "cp tests/data/format1.db '%s'", path);
	assert_int_equal(system(command), 0);
	assert_noted(path, 1, NULL, 0);
	add_note(path, 1, &first);
	assert_noted(path, 1, &first, 1);
	assert_answer(path, "PRAGMA user_version", "2\n");
	/* format 2 of before there were authors: its notes are read, and asked for */
	sql(today, "DROP VIEW v_note; DROP TABLE noted;"
		   "INSERT INTO note VALUES (1, 1, 2, 'bookmark', 'old')");
	assert_answer(today, "SELECT note, seq, letter, author, time, text FROM v_note",
		      "1|2|NULL|NULL|NULL|old\n");
	t = open_run(today, 1);
	add_note(today, 1, &first);
	assert_int_equal(trace_notes_again(t), 0);
	n = trace_notes(t, &notes);
	assert_int_equal(notes, 2);
	assert_string_equal(n[0].text, "old");
	assert_string_equal(n[0].author, "");
	assert_true(n[0].remark);		/* somebody's: it can be changed */
	assert_string_equal(n[1].author, first.author);
	trace_free(t);
	assert_int_equal(note_delete(today, 1, 1, err), 0);
	assert_noted(today, 1, &first, 1);
}

/* ---- files that may be anything ---- */

static void test_hostile(void **state)
{
	static const char *const harm[] = {
		"UPDATE note SET text = char(27) || '[31m' || char(8238) || 'x', kind = char(7)",
		"UPDATE noted SET author = 'a' || char(10) || char(27) || ']0;x' || char(7)",
		"UPDATE noted SET letter = char(27), time = -5",
		"UPDATE noted SET letter = 'abc', time = 9223372036854775807",
		"UPDATE noted SET author = printf('%.*c', 900000, 'n')",
		"UPDATE note SET text = printf('%.*c', 900000, 'n')",
		"UPDATE noted SET letter = '', author = CAST(x'ff0041' AS TEXT)",
		"UPDATE note SET text = CAST(x'ff00fe' AS TEXT) || 'y'",
	};
	const char *good = make_file("good.db"), *bad = file("bad.db");
	const struct trace_note *n;
	char command[800];
	struct trace *t;
	size_t notes;

	(void)state;
	add_note(good, 1, &mark);
	add_note(good, 1, &first);
	for (size_t i = 0; i < sizeof(harm) / sizeof(harm[0]); i++) {
		snprintf(command, sizeof(command), "cp '%s' '%s'", good, bad);
		assert_int_equal(system(command), 0);
		sql(bad, harm[i]);
		t = open_run(bad, 1);
		n = trace_notes(t, &notes);
		assert_int_equal(notes, 2);
		for (size_t k = 0; k < notes; k++) {
			for (const char *c = n[k].text; *c; c++)
				assert_true(*c == '\n' || *c == '\t' || (unsigned char)*c >= ' ');
			for (const char *c = n[k].author; *c; c++)
				assert_true((unsigned char)*c >= ' ');
			for (const char *c = n[k].kind; *c; c++)
				assert_true((unsigned char)*c >= ' ');
			assert_true(strlen(n[k].text) <= 4 * TRACE_NOTE_MAX);
			assert_true(strlen(n[k].author) <= 4 * TRACE_AUTHOR_MAX);
			assert_true(!n[k].letter || n[k].letter == 'Q');
			assert_true(n[k].when >= 0 && n[k].when < 253402300800);
		}
		trace_free(t);
	}
	/* beyond its run: no such file is read, and none is written to */
	snprintf(command, sizeof(command), "cp '%s' '%s'", good, bad);
	assert_int_equal(system(command), 0);
	sql(bad, "UPDATE note SET seq = 1000000 WHERE id = 1");
	assert_refused(trace_open(&t, bad, 1, err), -EBADMSG, "a note is outside of its run");
	assert_int_equal(note_delete(bad, 1, 1, err), 0);	/* which heals it */
	assert_noted(bad, 1, &first, 1);
	sql(bad, "DROP VIEW v_note; DROP TABLE noted;"
		 "CREATE VIEW noted AS SELECT 1 AS note, 'x' AS author, 1 AS time, 'a' AS letter");
	assert_refused(note_delete(bad, 1, 2, err), -EBADMSG, "is damaged: its schema");
}

/* Killed within a transaction: what was there before it is there. */
static void test_killed(void **state)
{
	const char *path = make_file("killed.db");
	char journal[340];
	struct answer_text a;
	unsigned hot = 0;
	struct trace *t;
	struct stat st;
	FILE *f;

	(void)state;
	snprintf(journal, sizeof(journal), "%s-journal", path);
	random_state = (uint32_t)getpid();
	for (unsigned i = 0; i < 50; i++) {
		pid_t child = fork();

		if (!child) {
			int64_t id;

			for (;;)
				note_add(path, 1, &first, &id, err);
		}
		usleep(500 + random_below(12000));
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
		hot += !stat(journal, &st) && st.st_size;
		t = open_run(path, 1);
		trace_free(t);
		ask(path, "SELECT count(*) FROM note WHERE id NOT IN (SELECT note FROM noted)", &a);
		assert_string_equal(a.text, "0\n");
	}
	ask(path, "SELECT integrity_check FROM pragma_integrity_check", &a);
	assert_string_equal(a.text, "ok\n");
	/* a journal that names other files is not followed */
	f = fopen(journal, "wb");
	assert_non_null(f);
	fwrite("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7 and so on \xd9\xd5\x05\xf9\x20\xa1\x63\xd7",
	       1, 27, f);
	fclose(f);
	assert_refused(trace_open(&t, path, 1, err), -EBADMSG, "of several files");
	unlink(journal);
	assert_true(hot > 0 || getenv("SWAPSCOPE_SANITIZE"));
}

/* A file that cannot be written is told in a line, and is as it was. */
static void test_not_written(void **state)
{
	const char *path = make_file("fixed.db");
	int64_t id;
	int status;
	pid_t child;

	(void)state;
	chmod(path, 0444);
	chmod(dir, 0755);
	child = fork();
	if (!child) {
		if (!geteuid() && setuid(65534))	/* who is root may write to anything */
			_exit(0);
		status = note_add(path, 1, &first, &id, err);
		_exit(status != -EACCES || !strstr(err, "cannot be written"));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	chmod(path, 0644);
	assert_noted(path, 1, NULL, 0);
}

/* ---- runs that are made by hand ---- */

static void test_branch(void **state)
{
	const char *path = make_file("hand.db"), *saved = file("saved.db");
	const struct note both[] = { first, mark };
	struct hand *h = hand_new();
	struct trace *t, *branch, *from;
	struct recorded r;
	size_t notes;
	uint64_t left;

	(void)state;
	start(&r, "debate", "v6.9");
	assert_int_equal(hand_run_text(h, &r.s, &r.k, "v6.9", "T0*6", &t), 0);
	assert_null(trace_path(t));		/* its file has no name */
	assert_int_equal(hand_note(h, t, &first), 0);
	assert_int_equal(hand_note(h, t, &mark), 0);
	assert_int_equal(hand_note(h, t, &mark), -EEXIST);
	assert_string_equal(trace_remark_at(t, 3)->text, first.text);
	assert_int_equal(hand_note(h, t, &(struct note){ .position = 7, .text = "x",
							 .author = "" }), -EINVAL);
	/* it goes on, and what is begun from it has the notes up to there */
	assert_int_equal(hand_move(h, t, 6, (struct move){ .task = 0 }, &branch), HAND_LONGER);
	assert_int_equal(hand_move(h, t, 4, (struct move){ .task = 1 }, &branch), HAND_BRANCHED);
	trace_notes(branch, &notes);
	assert_int_equal(notes, 1);
	assert_string_equal(trace_remark_at(branch, 3)->author, first.author);
	/* saved with it, and saved again where there is more */
	assert_int_equal(hand_save(h, t, saved), 1);
	assert_true(hand_branch_of(h, t).saved);
	assert_noted(saved, 1, both, 2);
	assert_int_equal(hand_note_delete(h, t, trace_remark_at(t, 5)->id), 0);
	assert_false(hand_branch_of(h, t).saved);
	assert_int_equal(hand_save(h, t, saved), 2);
	assert_noted(saved, 2, &first, 1);
	assert_noted(saved, 1, both, 2);
	done(&r);

	/* a recorded run's go along too */
	add_note(path, 1, &first);
	from = open_run(path, 1);
	left = 4;
	for (unsigned task = 0; task < 4; task++) {
		struct move m = { .task = (uint8_t)task };

		if (hand_move(h, from, left, m, &branch) != HAND_BRANCHED)
			continue;
		assert_string_equal(trace_remark_at(branch, 3)->text, first.text);
		left = 0;
		break;
	}
	assert_int_equal(left, 0);
	assert_int_equal(hand_note(h, from, &first), -EINVAL);	/* that is the file's */
	hand_forget(h, from);
	trace_free(from);
	hand_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_recorders),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_older),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_not_written),
		cmocka_unit_test(test_branch),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
