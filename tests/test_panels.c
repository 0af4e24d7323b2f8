/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every view, whole, at three sizes: in UTF-8 with a row of styles under each (colour), and in
 * ASCII without (monochrome); and that nothing which decides is cut at 80x24, for any bug of the
 * catalog.
 *
 * The screens are tests/screens/panels/VIEW-COLSxROWS.  To write them again:
 * SWAPSCOPE_GOLDEN=update build/tests/test_panels
 */
#include "tests/check.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "replay/pair/align.h"
#include "tests/golden.h"
#include "traces/write/note.h"
#include "traces/write/write.h"
#include "ui/text/catalog.h"
#include "ui/view/view.h"

#define TEXT	"Left, nothing keeps writeback away while the fault decompresses.  Right, the "	\
		"fault holds SWAP_HAS_CACHE, and writeback gets -EEXIST."
#define NOTE	"Ask them what the shrinker has of the entry at this point: a number."

/* ---- two runs ---- */

static struct chapter chapter;
static char path[64], folder[] = "/tmp/swapscope-panels-XXXXXX";

static void write_pair(const struct execution *a, const struct execution *b, const char *title,
		       const char *left, const char *right)
{
	struct run_meta meta[2] = {
		{ .title = title, .kernel_name = left, .verdict = "violated: found by the test" },
		{ .title = title, .kernel_name = right,
		  .verdict = "safe in every interleaving: so says the test" },
	};
	char err[TRACE_ERROR_MAX];
	struct trace_writer *tw;

	unlink(path);
	assert_int_equal(trace_create(&tw, path, false, err), 0);
	assert_int_equal(trace_execution(tw, a, &meta[0]), 1);
	assert_int_equal(trace_execution(tw, b, &meta[1]), 2);
	assert_int_equal(trace_close(tw), 0);
	chapter = (struct chapter){ .title = title };
	assert_int_equal(trace_open(&chapter.run[0], path, 1, err), 0);
	assert_int_equal(trace_open(&chapter.run[1], path, 2, err), 0);
	assert_int_equal(align_runs(&chapter.alignment, chapter.run[0], chapter.run[1]), 0);
}

static void close_pair(void)
{
	alignment_free(&chapter.alignment);
	trace_free(chapter.run[0]);
	trace_free(chapter.run[1]);
}

/* The debate's use-after-free, and the same schedule under v6.9. */
static int make_debate(void **state)
{
	struct explore_options o = { .only = 1u << PROP_UAF };
	struct kernel a = kernel_like("debate-a"), b = kernel_like("v6.9");
	struct execution x = { 0 }, y = { 0 };
	struct exploration e = { 0 };
	struct scenario s;
	size_t parted;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/a.db", folder);
	load(&s, "debate");
	assert_int_equal(explore(&e, &s, &a, &o), 0);
	assert_int_equal(execution_init(&x, &s, &a), 0);
	assert_int_equal(execution_run(&x, &e.finding[0].schedule), 0);
	assert_int_equal(execution_init(&y, &s, &b), 0);
	assert_int_equal(same_schedule(&x, &y, &parted), 0);
	write_pair(&x, &y, "debate", "debate-a", "v6.9");
	chapter.text = TEXT;
	chapter.note = NOTE;
	exploration_free(&e);
	execution_free(&x);
	execution_free(&y);
	scenario_free(&s);
	return 0;
}

static int free_debate(void **state)
{
	(void)state;
	close_pair();
	unlink(path);
	return rmdir(folder);
}

/* ---- whole screens ---- */

static char *draw(const struct view *v, int rows, int cols, bool styles)
{
	struct grid g;

	assert_int_equal(grid_init(&g, rows, cols), 0);
	view_render(v, &g);
	return grid_drawn(&g, styles);
}

/* A list as the debugger's own are, and longer than a screen. */
#define LIST_ROWS	30
static void fill_list(struct view *v)
{
	static struct list_row rows[LIST_ROWS];

	for (unsigned i = 0; i < LIST_ROWS; i++) {
		struct list_row *r = &rows[i];

		*r = (struct list_row){ .chosen = { i == 1, i % 7 == 2 }, .dim = i % 5 == 4,
					.style = i % 3 ? STYLE_PLAIN : STYLE_BAD };
		snprintf(r->cell[0], sizeof(r->cell[0]), "%u", i + 1);
		snprintf(r->cell[1], sizeof(r->cell[1]), "%s", i % 2 ? "debate" : "aborted-bypass");
		snprintf(r->cell[2], sizeof(r->cell[2]), "v6.9%s", i % 4 ? "" :
			 " load=exclusive pin=none");
		snprintf(r->cell[3], sizeof(r->cell[3]), "%s", i % 3 ?
			 "safe in every interleaving: 12,345 states, 67,890 transitions" :
			 "UAF in 19 steps");
		snprintf(r->cell[4], sizeof(r->cell[4]), "%u", 19 + i);
	}
	v->list = (struct list){ .title = "the runs of a.db", .row = rows, .rows = LIST_ROWS,
				 .column = { "run", "scenario", "kernel", "verdict", "steps" },
				 .keys = "enter opens, ctrl-b opens beside, esc leaves" };
	v->screen = SCREEN_LIST;
	v->list_row = 20;
}

static void present(struct view *v)
{
	v->presenting = v->show_note = true;
	v->chapter->point = "slot 0";
}

static void point_at_task(struct view *v)
{
	present(v);
	v->chapter->point = "W";
	v->show_note = false;
}

static void scroll(struct view *v)
{
	v->top = 30;
}

static void look_at_entry(struct view *v)
{
	v->object[0] = v->object[1] = (struct trace_object){ OBJ_ENTRY, 1 };
}

static const struct panel {
	const char *name;
	bool two;			/* both runs, else the first */
	const char *keys;		/* by name, and ":words" for a command */
	void (*then)(struct view *v);
} panels[] = {
	{ "run", true, "f", NULL },
	{ "one-run", false, "f left left", NULL },
	{ "asked", false, "right*10 a", NULL },
	{ "asked-two", true, "right*10 a", NULL },
	{ "doomed", false, "right*12 a right*6", NULL },
	{ "objects", true, "f :view_objects", NULL },
	{ "next", false, "right*12 a :view_next", NULL },
	{ "backtrace", true, "right*16 :view_backtrace", NULL },
	{ "copies", true, "f :view_copies", NULL },
	{ "life", true, "right*12 :view_life", NULL },
	{ "life-entry", false, "f :view_life", look_at_entry },
	{ "source", true, "right*3 :view_source", NULL },
	{ "switches", true, ":view_switches", NULL },
	{ "one-switches", false, ":view_switches", NULL },
	{ "notes", true, "f :view_notes", NULL },
	{ "words", true, ":view_words", NULL },
	{ "words-on", false, ":view_words", scroll },
	{ "list", false, "", fill_list },
	{ "present", true, "right*11", present },
	{ "present-task", true, "f", point_at_task },
};

/* Commands too: ":view_life" with '_' for a blank. */
static void press_one(void *arg, const char *key)
{
	struct view *v = arg;
	char command[256];

	snprintf(command, sizeof(command), "%s", key);
	for (char *p = command; *p; p++)
		*p = *p == '_' ? ' ' : *p;
	if (*key == ':' && key[1])
		assert_true(view_command(v, command + 1));
	else
		view_key(v, key);
	session_look(v);
}

static void press(struct view *v, const char *keys)
{
	press_keys(keys, press_one, v);
}

static void compare_panel(struct view *v, const char *of, bool ascii, int cols, int rows)
{
	char name[80], *is;

	v->ascii = ascii;
	is = draw(v, rows, cols, !ascii);
	snprintf(name, sizeof(name), "panels/%s-%dx%d%s.screen", of, cols, rows,
		 ascii ? "-ascii" : "");
	compare(name, is);
	free(is);
}

/* At every size and scrolled: nothing hangs, nothing is drawn outside. */
static void draw_anyhow(struct view *v)
{
	for (int rows = 1; rows <= 70; rows += rows < 26 ? 5 : 19)
		for (int cols = 1; cols <= 220; cols += cols < 90 ? 17 : 59) {
			free(draw(v, rows, cols, false));
			v->top = (unsigned)(rows * cols) % 97;
			assert_in_range(screen_lines(v, cols), 0, 500);
		}
}

static void test_panels(void **state)
{
	static const int sizes[][2] = { { 80, 24 }, { 120, 40 }, { 200, 60 } };

	(void)state;
	for (size_t i = 0; i < sizeof(panels) / sizeof(panels[0]); i++) {
		const struct panel *p = &panels[i];
		struct chapter c = chapter;
		struct view v;

		if (!p->two) {
			c.run[1] = NULL;
			c.alignment = (struct alignment){ 0 };
		}
		view_init(&v, &c, 1);
		session_begin(&v, session_new());
		press(&v, p->keys);
		if (p->then)
			p->then(&v);
		for (size_t k = 0; k < 3; k++)
			for (int ascii = 0; ascii < 2; ascii++)
				compare_panel(&v, p->name, ascii, sizes[k][0], sizes[k][1]);
		draw_anyhow(&v);
		if (v.screen == SCREEN_LIST)
			v.list.row = NULL;		/* it is the test's */
		session_end(&v);
	}
}

/* ---- notes ---- */

static void read_notes_again(void)
{
	for (int side = 0; side < 2; side++)
		assert_int_equal(trace_notes_again(chapter.run[side]), 0);
}

/* What somebody noted: beside the steps, where one stands, in the list, in the panel. */
static void test_noted(void **state)
{
	static const struct note notes[] = {
		{ .position = 0, .author = "Karl", .when = 1764554400, .text = "of the run" },
		{ .position = 12, .author = "Anna Example", .when = 1764554460, .letter = 'k',
		  .text = "from here on nothing pins the slot:\nthe folio has it, and no task" },
		{ .position = 14, .author = "", .text = "nobody says who" },
	};
	static const struct panel shown[] = {
		{ "noted", true, "right*16", NULL }, { "noted-here", true, "right*12", NULL },
		{ "noted-overlay", true, "right*16 o", NULL },
		{ "noted-list", true, "L", NULL }, { "noted-notes", true, "' k :view_notes", NULL },
	};
	char err[TRACE_ERROR_MAX];
	int64_t id[4];

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(note_add(path, 1, &notes[i], &id[i], err), 0);
	assert_int_equal(note_add(path, 2, &notes[0], &id[3], err), 0);
	read_notes_again();
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		struct chapter c = chapter;
		struct view v;

		view_init(&v, &c, 1);
		session_begin(&v, session_new());
		press(&v, shown[i].keys);
		v.message[0] = '\0';
		compare_panel(&v, shown[i].name, false, 80, 24);
		compare_panel(&v, shown[i].name, true, 120, 40);
		draw_anyhow(&v);
		session_end(&v);
	}
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(note_delete(path, 0, id[i], err), 0);
	read_notes_again();
}

/* ---- nothing that decides is cut ---- */

/* The words of a screen's rows in order, whatever the rows are: blanks and frames are none. */
static char *words_of(const char *screen)
{
	char *words = malloc(strlen(screen) + 2), *to = words;

	for (const char *p = screen; *p; p++)
		if (*p != ' ' && *p != '\n')
			*to++ = *p;
	*to = '\0';
	return words;
}

static void shown_whole(const char *screen, const char *sentence, const char *of)
{
	char *is = words_of(screen), *want = words_of(sentence);

	if (!strstr(is, want)) {
		fputs(screen, stderr);
		fail_msg("%s: not whole at 80x24: %s", of, sentence);
	}
	free(is);
	free(want);
}

/*
 * What a list's columns cut of the row that is selected stands below: every switch and every kernel
 * can be read whole.
 */
static void test_list_details(void **state)
{
	struct chapter c = chapter;
	size_t kernels;
	const struct preset *k = kernel_presets(&kernels);
	struct view v;

	(void)state;
	view_init(&v, &c, 1);
	session_begin(&v, session_new());
	for (int list = 0; list < 2; list++) {
		press(&v, list ? "S" : "s");
		assert_int_equal(v.list.rows, list ? kernels : SWITCH_COUNT);
		for (unsigned i = 0; i < v.list.rows; i++) {
			char *screen;

			v.list_row = i;
			screen = draw(&v, 24, 80, false);
			shown_whole(screen, list ? k[i].text : kernel_switches[i].text,
				    v.list.row[i].cell[0]);
			free(screen);
		}
		press(&v, "esc");
	}
	session_end(&v);
}

/* Rows of what can happen next that are a task's: "W   next>". */
static unsigned task_lines(const char *screen, const char *name)
{
	static const char *const says[] = { "next", "waits", "done" };
	size_t n = strlen(name) < 8 ? strlen(name) : 8;
	unsigned lines = 0;

	for (const char *at = screen; (at = strstr(at, name)); at++) {
		const char *word = at + n + strspn(at + n, " ");

		for (size_t i = 0; i < 3 && word > at + n; i++)
			lines += !strncmp(word, says[i], strlen(says[i]));
	}
	return lines;
}

/* With the finding and why the runs part, a row for every task in both panes. */
static void check_decides(const struct view *v, const char *of)
{
	char *screen = draw(v, 24, 80, false);
	const struct run_info *info = trace_info(v->chapter->run[0]);
	size_t n;
	const struct trace_finding *f = trace_findings(v->chapter->run[0], &n);

	while (n && f[n - 1].position > v->cursor[0])
		n--;
	if (n)
		shown_whole(screen, f[n - 1].text, of);
	if (!v->chapter->alignment.same)
		shown_whole(screen, v->chapter->alignment.why, of);
	for (unsigned i = 0; i < info->tasks; i++) {
		unsigned lines = task_lines(screen, info->task_name[i]);

		if (lines < 2) {
			fputs(screen, stderr);
			fail_msg("%s: no row for %s in one of the panes", of, info->task_name[i]);
		}
	}
	free(screen);
}

static void check_bug(const struct scenario *s)
{
	struct explore_options o = { .only = 1u << s->bug.property, .livelock = true };
	const struct finding *found;
	struct execution a = { 0 }, b = { 0 };
	struct exploration x = { 0 };
	struct view v;
	size_t parted;

	assert_int_equal(explore(&x, s, &s->bug.shows.kernel, &o), 0);
	found = x.findings ? x.finding : x.cost;
	assert_true(x.findings + x.costs_found > 0);
	assert_int_equal(execution_init(&a, s, &s->bug.shows.kernel), 0);
	assert_int_equal(execution_init(&b, s, &s->bug.beside.kernel), 0);
	assert_int_equal(execution_run(&a, &found->schedule), 0);
	assert_int_equal(same_schedule(&a, &b, &parted), 0);
	write_pair(&a, &b, s->name, s->bug.shows.text, s->bug.beside.text);
	view_init(&v, &chapter, 1);
	check_decides(&v, s->name);
	view_key(&v, "f");
	check_decides(&v, s->name);
	view_key(&v, "end");
	check_decides(&v, s->name);
	close_pair();
	execution_free(&a);
	execution_free(&b);
	exploration_free(&x);
}

static void test_nothing_is_cut(void **state)
{
	struct chapter kept = chapter;
	struct catalog c;

	(void)state;
	assert_int_equal(catalog_load(&c), 0);
	assert_true(c.n > 20);
	for (size_t i = 0; i < c.n; i += SANITIZED ? 5 : 1)
		check_bug(&c.of[i]);
	catalog_free(&c);
	chapter = kept;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_panels),
		cmocka_unit_test(test_noted),
		cmocka_unit_test(test_list_details),
		cmocka_unit_test(test_nothing_is_cut),
	};

	return cmocka_run_group_tests(tests, make_debate, free_debate);
}
