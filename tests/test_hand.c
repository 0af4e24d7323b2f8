/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs that are made by hand: moves, branches, what stands in their way, flipping a kernel, and
 * every refusal.  Running on is in test_hand_until.c.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hand_help.h"
#include "replay/check.h"
#include "traces/read/rows.h"
#include "traces/write/rows.h"
#include "traces/write/write.h"

#define UAF	"T0*7 W*11 T0"

/* ---- moves and branches ---- */

static int folder_files(const char *path)
{
	DIR *d = opendir(path);
	int n = 0;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void check_branch(const struct bench *b, size_t i, const char *name, const char *parent,
			 uint64_t left, uint64_t length)
{
	struct hand_branch branch = hand_branch(b->h, i);

	assert_string_equal(branch.name, name);
	assert_string_equal(branch.parent, parent);
	assert_int_equal(branch.left, left);
	assert_int_equal(branch.length, length);
	assert_int_equal(trace_info(branch.trace)->events, length);
	assert_string_equal(trace_info(branch.trace)->title, name);
}

/* On, at the end; where the run goes anyway; elsewhere; and from there again. */
static void test_moves(void **state)
{
	struct trace *t, *u, *v;
	struct bench b;
	(void)state;

	start(&b, "debate", "debate-a", "");
	check_branch(&b, 0, "debate", "", 0, 0);
	for (unsigned i = 0; i < 7; i++) {
		assert_int_equal(move(&b, b.t, i, "T0", 0, &t), HAND_LONGER);
		assert_ptr_equal(t, b.t);
		assert_int_equal(trace_info(t)->events, i + 1);
		assert_int_equal(trace_event_at(t, i + 1)->task, task_of(&b.s, "T0"));
	}
	assert_string_equal(trace_info(t)->schedule, "T0*7");
	assert_int_equal(move(&b, b.t, 3, "T0", 0, &t), HAND_NEXT);
	assert_ptr_equal(t, b.t);
	assert_int_equal(hand_branches(b.h), 1);

	hand_idle(b.h, b.t);
	assert_int_equal(move(&b, b.t, 3, "W", 0, &u), HAND_BRANCHED);
	assert_ptr_not_equal(u, b.t);
	check_branch(&b, 0, "debate", "", 0, 7);
	check_branch(&b, 1, "W at 3", "debate", 3, 4);
	assert_string_equal(trace_info(u)->schedule, "T0*3 W");
	assert_int_equal(move(&b, u, 4, "W", 0, &t), HAND_LONGER);
	assert_int_equal(move(&b, u, 2, "K", 0, &v), HAND_BRANCHED);
	check_branch(&b, 2, "K at 2", "W at 3", 2, 3);
	assert_int_equal(move(&b, b.t, 3, "W", 0, &v), HAND_BRANCHED);
	check_branch(&b, 3, "W at 3 (2)", "debate", 3, 4);
	assert_string_equal(trace_info(v)->kernel, "debate-a");
	assert_true(hand_is_branch(b.h, v));
	end(&b);
}

/* What breaks a property is recorded so, and is in the list. */
static void test_finding(void **state)
{
	const struct trace_finding *f;
	struct hand_branch branch;
	struct trace *t;
	struct bench b;
	size_t n;
	(void)state;

	start(&b, "debate", "debate-a", "T0*7 W*11");
	assert_string_equal(hand_branch(b.h, 0).finding, "");
	assert_int_equal(move(&b, b.t, 18, "T0", 0, &t), HAND_LONGER);
	f = trace_findings(t, &n);
	assert_int_equal(n, 1);
	assert_string_equal(f->property, "UAF");
	assert_int_equal(f->position, 19);
	branch = hand_branch(b.h, 0);
	assert_string_equal(branch.finding, "UAF");
	assert_string_equal(branch.kernel, "debate-a");
	end(&b);
}

/* Nothing lies in TMPDIR while there are branches, and one without a folder is told so. */
static void test_no_files(void **state)
{
	char folder[] = "/tmp/test_hand.XXXXXX", missing[64];
	struct trace *t;
	struct bench b;
	(void)state;

	assert_non_null(mkdtemp(folder));
	assert_int_equal(setenv("TMPDIR", folder, 1), 0);
	start(&b, "debate", "debate-a", UAF);
	assert_int_equal(folder_files(folder), 0);
	assert_int_equal(move(&b, b.t, 3, "W", 0, &t), HAND_BRANCHED);
	assert_int_equal(folder_files(folder), 0);
	snprintf(missing, sizeof(missing), "%s/none", folder);
	assert_int_equal(setenv("TMPDIR", missing, 1), 0);
	assert_true(move(&b, b.t, 4, "W", 0, &t) < 0);
	says(&b, "TMPDIR names a folder for branches");
	assert_ptr_equal(t, b.t);
	assert_int_equal(hand_branches(b.h), 2);
	assert_int_equal(unsetenv("TMPDIR"), 0);
	end(&b);
	assert_int_equal(rmdir(folder), 0);
}

/* ---- what cannot be made ---- */

static void refused(const char *scenario, const char *kernel, const char *text, const char *task,
		    unsigned choice, const char *why)
{
	struct trace *t;
	struct bench b;

	start(&b, scenario, kernel, text);
	assert_int_equal(move(&b, b.t, trace_info(b.t)->events, task, choice, &t), -EAGAIN);
	assert_string_equal(hand_why(b.h), why);
	assert_ptr_equal(t, b.t);
	assert_int_equal(hand_branches(b.h), 1);
	end(&b);
}

static void test_refusals(void **state)
{
	struct trace *t;
	struct bench b;
	(void)state;

	refused("debate", "v6.9", "", "W", 5,
		"'W: shrinker: pick the coldest entry of the LRU' has one outcome, 0; there is "
		"no 5");
	refused("no-memory", "v6.1", "T*4", "T", 2, "'T: folio_alloc_mpol(): is there memory?' has "
		"2 outcomes, 0 and 1; there is no 2");
	refused("two-cow", "v6.9", "T0*2 T1", "T1", 0,
		"T1 waits for the page table lock of mm 0, which T0 holds since 2");
	refused("debate", "debate-a", "T0*5 W*5", "W", 0,
		"W waits for the zswap tree lock, which T0 holds since 5");
	refused("debate", "v6.9", "T0*8 W*4", "W", 0,
		"W finished at 12 with -EEXIST: T0 holds SWAP_HAS_CACHE since 4");
	refused("debate", "v6.9", "K", "K", 0, "K finished at 1");
	refused("fork-after-out", "v6.9", "", "C", 0,
		"C waits for mmap_lock of mm 1, which fork() has yet to make");

	start(&b, "debate", "debate-a", UAF);
	assert_int_equal(hand_move(b.h, b.t, 20, (struct move){ 0 }, &t), -EINVAL);
	says(&b, "the run has 19 moves");
	assert_int_equal(hand_move(b.h, b.t, 3, (struct move){ .task = 9 }, &t), -EINVAL);
	says(&b, "there is no task 9: the scenario has 4");
	end(&b);
}

/* The prefix of a schedule that cannot be made is kept; a text that is none makes nothing. */
static void test_text(void **state)
{
	struct trace *t;
	struct bench b;
	char *text;
	(void)state;

	start(&b, "debate", "v6.9", "");
	assert_int_equal(hand_run_text(b.h, &b.s, &b.k, "v6.9", "T0*8 W*9 T0", &t), -EAGAIN);
	says(&b, "move 13: W finished at 12 with -EEXIST: T0 holds SWAP_HAS_CACHE since 4");
	assert_int_equal(trace_info(t)->events, 12);
	assert_string_equal(trace_info(t)->schedule, "T0*8 W*4");
	text = hand_schedule(b.h, t, 9);
	assert_string_equal(text, "T0*8 W");
	free(text);
	assert_int_equal(hand_branches(b.h), 2);
	assert_int_equal(hand_run_text(b.h, &b.s, &b.k, "v6.9", "T0*8 X W", &t), -EINVAL);
	says(&b, "at 'X W': a word is TASK, TASK*N or TASK/OUTCOME, at most 60000 moves in all; "
	     "tasks are T0, T1, W, K");
	assert_int_equal(hand_branches(b.h), 2);
	end(&b);
}

/* A branch has as many moves as a schedule may have, and not one more. */
static void test_longest(void **state)
{
	struct trace *t;
	struct bench b;
	(void)state;

	start(&b, "debate-forever", "debate-a", "W*60000");
	assert_int_equal(trace_info(b.t)->events, SCHEDULE_MAX);
	assert_int_equal(move(&b, b.t, SCHEDULE_MAX, "W", 0, &t), -EFBIG);
	says(&b, "the run has 60000 moves, which is the most");
	assert_int_equal(move(&b, b.t, SCHEDULE_MAX - 1, "T0", 0, &t), HAND_BRANCHED);
	assert_int_equal(trace_info(t)->events, SCHEDULE_MAX);
	end(&b);
}

/* ---- flipping a rule ---- */

/* What the debate is about: with the pin the writeback is turned away. */
static void test_flip(void **state)
{
	const struct kernel v69 = kernel_like("v6.9");
	const struct execution *x;
	char why[HAND_TEXT_MAX];
	struct hand_flip f;
	struct trace *t;
	struct bench b;
	(void)state;

	start(&b, "debate", "debate-a", UAF);
	assert_int_equal(hand_flip(b.h, b.t, &v69, "v6.9", &t, &f), HAND_BRANCHED);
	assert_true(f.parted);
	assert_int_equal(f.same, 10);
	assert_int_equal(f.position, 11);
	assert_true(f.switches == UINT64_C(1) << SWITCH_pin);
	assert_string_equal(f.why, "move 11: 'W: swapcache_prepare(entry)' comes to '-EEXIST', not "
			    "to '0': T0 holds SWAP_HAS_CACHE since 4");
	check_branch(&b, 1, "v6.9", "debate", 0, 32);
	assert_string_equal(trace_event_at(t, 12)->result, "-EEXIST");
	x = hand_execution(b.h, t);
	hand_why_not(x, x->n, (struct move){ .task = 2 }, why);
	assert_string_equal(why, "W finished at 12 with -EEXIST: T0 holds SWAP_HAS_CACHE since 4");

	assert_int_equal(hand_flip(b.h, b.t, &b.k, "again", &t, &f), HAND_BRANCHED);
	assert_false(f.parted);
	assert_string_equal(f.why, "");
	assert_int_equal(f.same, 19);
	assert_int_equal(f.switches, 0);
	end(&b);
}

/* ---- names, keeping, deleting ---- */

static void test_names(void **state)
{
	char long_name[HAND_NAME_MAX + 1];
	struct trace *t, *u;
	struct bench b;
	(void)state;

	memset(long_name, 'x', HAND_NAME_MAX);
	long_name[HAND_NAME_MAX] = '\0';
	start(&b, "debate", "debate-a", UAF);
	assert_int_equal(move(&b, b.t, 3, "W", 0, &t), HAND_BRANCHED);
	assert_int_equal(hand_rename(b.h, b.t, "the debate"), 0);
	check_branch(&b, 0, "the debate", "", 0, 19);
	check_branch(&b, 1, "W at 3", "the debate", 3, 4);
	assert_int_equal(hand_rename(b.h, t, "the debate"), -EEXIST);
	says(&b, "there is a branch named 'the debate' already");
	assert_int_equal(hand_rename(b.h, t, ""), -EINVAL);
	says(&b, "a branch's name has 1 to 63 bytes");
	assert_int_equal(hand_rename(b.h, t, long_name), -EINVAL);
	assert_int_equal(hand_rename(b.h, t, "a\033[2J"), -EINVAL);
	says(&b, "a name has no control characters");
	assert_int_equal(hand_rename(b.h, t, "W at 3"), 0);

	assert_int_equal(hand_keep(b.h, t, true), 0);
	assert_true(hand_branch(b.h, 1).kept);
	assert_int_equal(hand_delete(b.h, t), -EBUSY);
	says(&b, "'W at 3' is kept, and not deleted");
	assert_int_equal(move(&b, t, 2, "K", 0, &u), HAND_BRANCHED);
	assert_int_equal(hand_keep(b.h, t, false), 0);
	assert_int_equal(hand_delete(b.h, t), 0);
	assert_int_equal(hand_branches(b.h), 2);
	check_branch(&b, 1, "K at 2", "W at 3", 2, 3);
	assert_int_equal(move(&b, u, 3, "K", 0, &t), -EAGAIN);
	end(&b);
}

/* ---- files ---- */

static struct trace *open_run(const char *path, int run)
{
	char err[TRACE_ERROR_MAX];
	struct trace *t;

	if (trace_open(&t, path, run, err))
		fail_msg("%s", err);
	return t;
}

static void temporary(char *path, size_t size, const char *name)
{
	snprintf(path, size, "/tmp/test_hand.%d.%s", (int)getpid(), name);
	unlink(path);
}

/* A branch in a file is the run that it is in memory; the file gets it whole. */
static void test_save(void **state)
{
	struct check_report r;
	char path[64], text[64];
	struct trace *t, *u;
	struct bench b;
	FILE *f;
	(void)state;

	temporary(path, sizeof(path), "save.db");
	start(&b, "debate", "debate-a", UAF);
	assert_false(hand_branch(b.h, 0).saved);
	assert_int_equal(hand_save(b.h, b.t, path), 1);
	assert_true(hand_branch(b.h, 0).saved);
	assert_int_equal(move(&b, b.t, 3, "W", 0, &t), HAND_BRANCHED);
	assert_int_equal(hand_rename(b.h, t, "the writeback first"), 0);
	assert_int_equal(hand_save(b.h, t, path), 2);
	assert_true(hand_branch(b.h, 1).saved);
	assert_int_equal(move(&b, t, 4, "W", 0, &u), HAND_LONGER);
	assert_false(hand_branch(b.h, 1).saved);

	u = open_run(path, 2);
	assert_string_equal(trace_info(u)->title, "the writeback first");
	assert_string_equal(trace_info(u)->schedule, "T0*3 W");
	assert_string_equal(trace_info(u)->kernel, "debate-a");
	assert_true(trace_info(u)->ended);
	assert_int_equal(trace_info(u)->folios, trace_info(t)->folios);
	assert_int_equal(check_run(u, &r, NULL, NULL), 0);
	assert_string_equal(r.why, "");
	trace_free(u);
	unlink(path);

	assert_true(hand_save(b.h, t, "/nowhere/at/all.db") < 0);
	says(&b, "/nowhere/at/all.db: No such file or directory");
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs("somebody's text\n", f) >= 0 && !fclose(f));
	assert_true(hand_save(b.h, t, path) < 0);
	says(&b, "is not a swapscope trace; it is left as it is");
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(text, sizeof(text), f));
	assert_string_equal(text, "somebody's text\n");
	fclose(f);
	unlink(path);
	end(&b);
}

static void read_all(const char *path, char **data, size_t *size)
{
	FILE *f = fopen(path, "rb");
	struct stat st;

	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &st), 0);
	*size = (size_t)st.st_size;
	*data = malloc(*size);
	assert_non_null(*data);
	assert_int_equal(fread(*data, 1, *size, f), *size);
	fclose(f);
}

/* A recorded run is gone on from at any position, its end too, and stays as it is. */
static void test_recorded(void **state)
{
	struct hand_option o[32];
	char path[64], *before, *after;
	struct trace *t, *u, *v;
	size_t size, size_after;
	struct bench b;
	int n, recorded = 0;
	(void)state;

	temporary(path, sizeof(path), "recorded.db");
	start(&b, "debate", "debate-a", UAF);
	assert_int_equal(hand_save(b.h, b.t, path), 1);
	read_all(path, &before, &size);
	t = open_run(path, 1);
	assert_int_equal(hand_of(b.h, t), 0);
	assert_false(hand_is_branch(b.h, t));
	assert_int_equal(hand_execution(b.h, t)->n, 19);
	n = hand_options(b.h, t, 7, o, 32);
	for (int i = 0; i < n; i++)
		if (o[i].recorded) {
			recorded++;
			assert_int_equal(o[i].move.task, task_of(&b.s, "W"));
		}
	assert_int_equal(recorded, 1);
	assert_int_equal(move(&b, t, 7, "W", 0, &u), HAND_NEXT);
	assert_ptr_equal(u, t);
	assert_int_equal(move(&b, t, 7, "T0", 0, &u), HAND_BRANCHED);
	check_branch(&b, 1, "T0 at 7", "debate", 7, 8);
	assert_int_equal(move(&b, t, 19, "T0", 0, &v), HAND_BRANCHED);
	check_branch(&b, 2, "T0 at 19", "debate", 19, 20);
	assert_int_equal(hand_rename(b.h, t, "x"), -EINVAL);
	says(&b, "a recorded run is no branch: a move makes one of it");
	assert_int_equal(hand_delete(b.h, t), -EINVAL);
	assert_int_equal(hand_save(b.h, t, path), -EINVAL);
	hand_forget(b.h, t);
	trace_free(t);
	assert_int_equal(move(&b, u, 8, "T0", 0, &v), HAND_LONGER);
	read_all(path, &after, &size_after);
	assert_int_equal(size, size_after);
	assert_memory_equal(before, after, size);
	free(before);
	free(after);
	unlink(path);
	end(&b);
}

/* A run that somebody else still writes: what it has got is taken in. */
static void test_growing(void **state)
{
	char path[64], err[TRACE_ERROR_MAX];
	struct trace_writer *tw;
	struct execution x;
	struct trace *t, *u;
	struct bench b;
	(void)state;

	temporary(path, sizeof(path), "growing.db");
	start(&b, "debate", "debate-a", "");
	assert_int_equal(execution_init(&x, &b.s, &b.k), 0);
	assert_int_equal(trace_create(&tw, path, TRACE_REPLACE, err), 0);
	assert_int_equal(trace_run_begin(tw, &b.s, &b.k, NULL, &x.world[0]), 1);
	assert_int_equal(trace_run_flush(tw, "so far", ""), 0);
	t = open_run(path, 1);
	assert_int_equal(hand_of(b.h, t), 0);
	for (size_t i = 0; i < 7; i++) {
		assert_int_equal(execution_move(&x, (struct move){ 0 }), 0);
		assert_int_equal(trace_run_step(tw, &x.step[i], &x.world[i], &x.world[i + 1],
						x.length[i + 1]), 0);
	}
	assert_int_equal(trace_run_flush(tw, "so far", "T0*7"), 0);
	assert_int_equal(trace_refresh(t), 1);
	assert_string_equal(trace_info(t)->title, "so far");
	assert_string_equal(trace_info(t)->schedule, "T0*7");
	assert_int_equal(move(&b, t, 6, "T0", 0, &u), HAND_NEXT);
	assert_int_equal(move(&b, t, 7, "T0", 0, &u), HAND_BRANCHED);
	assert_int_equal(trace_info(u)->events, 8);
	hand_forget(b.h, t);
	trace_free(t);
	assert_int_equal(trace_close(tw), 0);
	execution_free(&x);
	unlink(path);
	end(&b);
}

static int take_value(void *arg, uint32_t field, uint32_t value)
{
	(void)field;
	*(uint64_t *)arg += value;
	return 0;
}

static int take_row(void *arg, uint64_t seq, const struct row_event *e, const struct row_change *c)
{
	(void)e;
	(void)c;
	*(uint64_t *)arg = seq;
	return seq == 4 ? -ECANCELED : 0;
}

/* Who reads a branch and leaves off in its middle does not keep it from growing. */
static void test_read_while_growing(void **state)
{
	uint64_t seq = 0, sum = 0;
	struct trace *u;
	struct bench b;
	(void)state;

	start(&b, "debate", "debate-a", "T0*9");
	assert_int_equal(trace_scan(b.t, 1, 3, take_row, &seq), 0);
	assert_int_equal(seq, 3);
	assert_int_equal(move(&b, b.t, 9, "T0", 0, &u), HAND_LONGER);
	assert_int_equal(trace_scan(b.t, 1, 9, take_row, &seq), -ECANCELED);
	assert_int_equal(move(&b, b.t, 10, "T0", 0, &u), HAND_LONGER);
	assert_int_equal(trace_frame(b.t, 5, take_value, &sum), 0);
	assert_true(sum > 0);
	assert_int_equal(move(&b, b.t, 11, "T0", 0, &u), HAND_LONGER);
	assert_ptr_equal(u, b.t);
	assert_int_equal(trace_info(b.t)->events, 12);
	end(&b);
}

/* ---- runs in which no moves can be made ---- */

static void no_moves(struct bench *b, const char *path, const char *why)
{
	struct trace *t = open_run(path, 0), *u;
	struct hand_option o[4];

	assert_int_equal(hand_of(b->h, t), -ENOTSUP);
	says(b, why);
	assert_true(hand_move(b->h, t, 0, (struct move){ 0 }, &u) < 0);
	assert_ptr_equal(u, t);
	assert_true(hand_options(b->h, t, 0, o, 4) < 0);
	assert_null(hand_execution(b->h, t));
	assert_null(hand_schedule(b->h, t, 0));
	trace_free(t);
}

/* A trace whose run says of itself what is given here, and has no transition but one. */
static void write_run(const char *path, const char *text, const struct kernel *k, unsigned task,
		      unsigned outcome)
{
	const char *tasks[] = { "T0", "T1", "W", "K" };
	const struct rows_run run = {
		.scenario = "debate", .scenario_text = text, .title = "made up", .device = "zram",
		.k = k, .kernel_name = "v6.9", .pages = 1, .slots = 1, .folios = 8, .entries = 2,
		.tasks = 4, .task_name = tasks,
	};
	char err[TRACE_ERROR_MAX];
	struct trace_writer *tw;
	struct row_event e = { .task = task, .choice = outcome, .depth = 1 };

	assert_int_equal(trace_create(&tw, path, TRACE_REPLACE, err), 0);
	assert_true(rows_begin(tw, &run) > 0);
	e.step = (uint32_t)rows_step(tw, 0);
	assert_int_equal(rows_event(tw, &e, NULL), 0);
	assert_int_equal(rows_end(tw, "T0", NULL), 0);
	assert_int_equal(trace_close(tw), 0);
}

static void test_hostile(void **state)
{
	struct scenario two;
	struct bench b;
	char path[64];
	(void)state;

	temporary(path, sizeof(path), "hostile.db");
	start(&b, "debate", "v6.9", "");
	load(&two, "two-cow");
	no_moves(&b, "tests/data/live-lost.db",
		 "no moves can be made in a run of threads: only in one of the model");
	no_moves(&b, "tests/data/format1.db", "no moves can be made in this run: it was recorded "
		 "under ");
	write_run(path, "this is no scenario", &b.k, 0, 0);
	no_moves(&b, path, "its scenario is none for this program, line 1: ");
	write_run(path, b.s.text, NULL, 0, 0);
	no_moves(&b, path, "it was recorded under 0 switches, this program has ");
	write_run(path, b.s.text, &b.k, 0, 0);
	no_moves(&b, path, "transition 1 is another than the model makes: 'touch_page: access the "
		 "page = swap pte: fault'");
	write_run(path, b.s.text, &b.k, 0, 7);
	no_moves(&b, path, "transition 1 is none of the model: 'T0: access the page' has one "
		 "outcome, 0; there is no 7");
	write_run(path, two.text, &b.k, 3, 0);
	no_moves(&b, path, "transition 1 is none of the model: its scenario has no such task or "
		 "outcome");
	unlink(path);
	scenario_free(&two);
	end(&b);
}

/* ---- previews ---- */

static uint32_t seed = 1;

static uint32_t draw(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

/* What an option says is what then happens. */
static void check_preview(const struct hand_option *o, const struct execution *x)
{
	const struct exec_step *s = &x->step[x->n - 1];
	const struct world *before = &x->world[x->n - 1], *after = &x->world[x->n];
	unsigned changed = 0;
	const struct field *f;
	size_t n;

	assert_int_equal(o->step, s->step);
	assert_int_equal(o->choices, s->choices);
	assert_string_equal(o->result, s->result ? s->result : "");
	assert_int_equal(o->violated, s->violated);
	assert_int_equal(o->costs, s->costs);
	f = world_fields(&n);
	for (size_t i = 0; i < n; i++)
		changed += strcmp(f[i].kind, "task") && strcmp(f[i].name, "last_stamp") &&
			   strcmp(f[i].name, "known") &&
			   field_get(before, &f[i]) != field_get(after, &f[i]);
	assert_int_equal(o->changed, changed);
	for (unsigned i = 0; i < o->changes; i++) {
		assert_int_equal(o->change[i].old_value, field_get(before, o->change[i].field));
		assert_int_equal(o->change[i].new_value, field_get(after, o->change[i].field));
	}
}

/* So many moves by chance, by hand and by the execution alone: they do the same. */
static void walk(const char *name, const char *kernel, unsigned moves)
{
	static struct hand_option o[128];
	struct world w;
	struct execution x;
	struct trace *t;
	struct bench b;

	start(&b, name, kernel, "");
	assert_int_equal(execution_init(&x, &b.s, &b.k), 0);
	for (uint64_t at = 0; at < moves; at++) {
		int n = hand_options(b.h, b.t, at, o, 128), i, r;
		unsigned can = 0;

		assert_in_range(n, b.s.tasks, 128);
		for (i = 0; i < n; i++) {
			can += o[i].can;
			assert_true(o[i].can || *o[i].why);
		}
		if (!can)
			break;
		do
			i = (int)draw((uint32_t)n);
		while (!o[i].can);
		assert_int_equal(execution_move(&x, o[i].move), 0);
		check_preview(&o[i], &x);
		r = hand_move(b.h, b.t, at, o[i].move, &t);
		if (r != HAND_LONGER)
			fail_msg("%s under %s, move %u: %s", name, kernel, (unsigned)at + 1,
				 hand_why(b.h));
	}
	assert_int_equal(hand_execution(b.h, b.t)->n, x.n);
	assert_memory_equal(hand_execution(b.h, b.t)->world, x.world, (x.n + 1) * sizeof(w));
	assert_int_equal(trace_world(b.t, x.n, &w, NULL), 0);
	assert_memory_equal(&w.mem, &x.world[x.n].mem, sizeof(w.mem));
	execution_free(&x);
	end(&b);
}

static void test_walks(void **state)
{
	static const char *const kernel[] = { "v6.1", "debate-a", "v6.9", "v7.0" };
	(void)state;

	for (size_t i = 0; i < builtin_scenario_count; i++)
		for (size_t k = 0; k < 4; k++)
			walk(builtin_scenarios[i].name, kernel[k], 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moves),
		cmocka_unit_test(test_finding),
		cmocka_unit_test(test_no_files),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_flip),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_save),
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_growing),
		cmocka_unit_test(test_read_while_growing),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_walks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
