/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The debugger with a session under random commands and keys: moves by hand, flips, questions,
 * lists, branches and files, on screens of any size.  SWAPSCOPE_SEED=N does one of them and prints
 * what it does; SWAPSCOPE_SEEDS=N how many are done.
 */
#include "tests/view_help.h"

#include "ui/state/diff.h"
#include "ui/view/session.h"

#define SEEDS		(SANITIZED ? 6 : 24)
#define COMMANDS_EACH	250
#define FILE_RUNS	70	/* more than are kept open; every third session has them */

/* Worlds of some hundred states: a question is answered at once. */
static struct pair mine[] = {
	{ .scenario = "aborted-bypass", .left = "v6.9-rc1", .right = "v6.9",
	  .property = PROP_LOST, .text = "The fault goes around the swap cache." },
	{ .scenario = "writeback-first", .left = "debate-a", .property = PROP_UAF },
	{ .scenario = "double-swapin", .left = "v6.9 pin=none", .right = "v6.8",
	  .property = PROP_UAF },
};
#define MINE (sizeof(mine) / sizeof(mine[0]))

static char folder[] = "/tmp/swapscope-session-XXXXXX";
static char many[64], saved[64];	/* a file with runs, and one for branches */

static void record_many(void)
{
	struct run_meta meta = { .title = "one of many", .kernel_name = "debate-a" };
	struct execution x = { 0 };
	char err[TRACE_ERROR_MAX];
	struct trace_writer *tw;
	struct scenario s;
	struct kernel k = kernel_like("debate-a");

	load(&s, "writeback-first");
	assert_int_equal(execution_init(&x, &s, &k), 0);
	shortest(&x, PROP_UAF);
	assert_int_equal(trace_create(&tw, many, TRACE_REPLACE, err), 0);
	for (int i = 1; i <= FILE_RUNS; i++)
		assert_int_equal(trace_execution(tw, &x, &meta), i);
	assert_int_equal(trace_close(tw), 0);
	execution_free(&x);
	scenario_free(&s);
}

static int begin(void **state)
{
	char path[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < MINE; i++) {
		snprintf(path, sizeof(path), "%s/%zu.db", folder, i);
		record(&mine[i], path);
		unlink(path);
	}
	snprintf(many, sizeof(many), "%s/many.db", folder);
	snprintf(saved, sizeof(saved), "%s/saved.db", folder);
	record_many();
	return 0;
}

static int finish(void **state)
{
	(void)state;
	for (size_t i = 0; i < MINE; i++) {
		alignment_free(&mine[i].chapter.alignment);
		trace_free(mine[i].chapter.run[0]);
		trace_free(mine[i].chapter.run[1]);
	}
	unlink(many);
	return rmdir(folder);
}

/* ---- what is done ---- */

static uint32_t rng;

static uint32_t draw_number(uint32_t n)
{
	rng = rng * 1664525u + 1013904223u;
	return (rng >> 8) % n;
}

static const char *one_of(const char *const *list, size_t n)
{
	return list[draw_number((uint32_t)n)];
}
#define ONE_OF(list) one_of(list, sizeof(list) / sizeof((list)[0]))

static const char *const conditions[] = {
	"next", "end", "breaks", "UAF", "slot 0 pin", "slot 0 pin = none", "page 0 state",
	"zswap_load", "do_swap_page", "difference", "folio 0 locked", "entry 0", "nothing",
};

static const char *const keys[] = {
	"right", "right", "left", "home", "end", "up", "down", "down", "enter", "enter", "esc",
	"tab", "delete", "ctrl-b", "pgdn", "pgup", "1", "2", "3", "4", "5", ".", ";", "U", "U",
	"ctrl-r", "b", "B", ">", "<", "a", "A", "s", "S", "r", "R", "n", "p", "v", "V", "x", "o",
	"d", "D", "f", "F", "t", "u", "c", "C", "[", "]", "?", "z", "y", "Y", "$", "m", "'", "K",
	"click 12 20", "wheel-down 9 9", "paste:delete", ":", "/", "Z", "e", "w", "G",
};

static const char *const words[] = {
	"undo", "redo", "return", "runs", "stops", "marks", "set", "kernel", "view list",
	"view next", "view run", "view copies", "walk", "delete", "open", "beside", "keep",
	"chapter", "chapter-before", "lock", "overlay", "pane", "continue", "reverse", "quit",
	"copy command", "look slot 0", "view source", "view life", "view objects", "choose",
};

/* The name of a branch; "none" where there is none. */
static const char *a_branch(const struct view *v)
{
	const struct hand *h = v->session->hand;
	size_t n = hand_branches(h);

	return n ? hand_branch(h, draw_number((uint32_t)n)).name : "none";
}

static void a_switch(char *line, size_t size)
{
	unsigned i = draw_number(SWITCH_COUNT);
	char values[200], *at = values, *bar;

	snprintf(values, sizeof(values), "%s", kernel_switches[i].values);
	while ((bar = strchr(at, '|')) && draw_number(2))
		at = bar + 1;
	if (bar)
		*bar = '\0';
	snprintf(line, size, "set %s=%s", kernel_switches[i].name, at);
}

static void draw_line(const struct view *v, char *line, size_t size)
{
	size_t presets;
	const struct preset *p = kernel_presets(&presets);

	switch (draw_number(16)) {
	case 0:
		snprintf(line, size, "until %s", ONE_OF(conditions));
		break;
	case 1:
		snprintf(line, size, "break %s", ONE_OF(conditions));
		break;
	case 2:
		a_switch(line, size);
		break;
	case 3:
		snprintf(line, size, "kernel %s", p[draw_number((uint32_t)presets)].name);
		break;
	case 4:
		snprintf(line, size, draw_number(2) ? "ask" : "ask %s",
			 properties[draw_number(PROPERTY_COUNT)].name);
		break;
	case 5: case 6:
		snprintf(line, size, "%s %u", draw_number(2) ? "open" : "beside",
			 1 + draw_number(rng >> 16 & 1 ? 15 : FILE_RUNS + 20));
		break;
	case 7:
		snprintf(line, size, "%s %s", draw_number(2) ? "open" : "beside", a_branch(v));
		break;
	case 8: case 9:
		snprintf(line, size, "delete %s", a_branch(v));
		break;
	case 10:
		snprintf(line, size, "rename %c", 'a' + (int)draw_number(6));
		break;
	case 11:
		if (draw_number(8))
			snprintf(line, size, "keep %s", a_branch(v));
		else
			snprintf(line, size, "save %s", saved);
		break;
	case 12:
		snprintf(line, size, "goto %u", draw_number(40));
		break;
	case 13:
		snprintf(line, size, "%s %c", draw_number(2) ? "mark" : "to-mark",
			 'a' + (int)draw_number(4));
		break;
	default:
		snprintf(line, size, "%s", ONE_OF(words));
	}
}

/* ---- what always holds ---- */

static void check_map(const uint64_t *map, uint64_t events, uint64_t others)
{
	for (uint64_t i = 0; i <= events; i++) {
		assert_true(map[i] <= others);
		assert_true(!i || map[i] >= map[i - 1]);
	}
	assert_int_equal(map[0], 0);
}

/* An alignment is one of the two runs as they are now. */
static void check_alignment(const struct chapter *c)
{
	const struct alignment *al = &c->alignment;

	if (!c->run[1] || !are_aligned(c))
		return;
	assert_int_equal(al->a_events, trace_info(c->run[0])->events);
	assert_int_equal(al->b_events, trace_info(c->run[1])->events);
	check_map(al->b_of_a, al->a_events, al->b_events);
	check_map(al->a_of_b, al->b_events, al->a_events);
}

/* A run is a chapter's, a branch of the session, or was opened: then it is read. */
static void check_run(const struct view *v, struct trace *t)
{
	if (!t)
		return;
	assert_true(trace_info(t)->events <= SCHEDULE_MAX);
	if (hand_is_branch(v->session->hand, t))
		assert_int_equal(hand_execution(v->session->hand, t)->n, trace_info(t)->events);
}

static void check_shown(const struct view *v, const struct shown *s)
{
	assert_non_null(s->run[0]);
	for (unsigned side = 0; side < 2; side++) {
		check_run(v, s->run[side]);
		if (s->run[side])
			assert_true(s->cursor[side] <= trace_info(s->run[side])->events);
	}
}

static void check_view(const struct view *v)
{
	const struct chapter *c = &v->chapter[v->at];
	const struct session *s = v->session;

	assert_true(v->at < v->chapters);
	assert_non_null(c->run[v->focus]);
	for (unsigned side = 0; side < 2; side++) {
		const struct by_hand *b = &v->hand[side];

		if (!c->run[side])
			continue;
		check_run(v, c->run[side]);
		assert_true(v->cursor[side] <= trace_info(c->run[side])->events);
		assert_int_equal(b->at, v->cursor[side]);
		assert_true(!b->prospects || b->prospects == trace_info(c->run[side])->events + 1);
		assert_true(b->choices <= CHOICES_SHOWN);
	}
	check_alignment(c);
	for (unsigned i = 0; i < s->undos; i++)
		check_shown(v, &s->undo[i]);
	for (unsigned i = 0; i < s->redos; i++)
		check_shown(v, &s->redo[i]);
	assert_true(s->stops <= STOPS_MAX);
	assert_true(!v->list.rows || v->list_row < v->list.rows);
	assert_true(v->prompt_at <= strlen(v->prompt));
}

/* After the way back every chapter is what it was. */
static void check_chapters(struct view *v)
{
	session_return(v);
	for (size_t i = 0; i < MINE; i++) {
		const struct chapter *is = &v->chapter[i], *was = &mine[i].chapter;

		assert_ptr_equal(is->run[0], was->run[0]);
		assert_ptr_equal(is->run[1], was->run[1]);
		assert_ptr_equal(is->text, was->text);
		assert_ptr_equal(is->title, was->title);
		assert_ptr_equal(is->alignment.b_of_a, was->alignment.b_of_a);
	}
}

/* ---- what a list has may be gone ---- */

static struct chapter one;

static struct view opened(const char *typed)
{
	struct view v;

	one = mine[1].chapter;
	view_init(&v, &one, 1);
	session_begin(&v, session_new());
	assert_non_null(v.session);
	press(&v, typed);
	return v;
}

static void command(struct view *v, const char *line)
{
	view_command(v, line);
	session_look(v);
	check_view(v);
}

static void says(const struct view *v, const char *what)
{
	if (!strstr(v->message, what))
		fail_msg("'%s' is said, not '%s'", v->message, what);
}

/* A branch, in the list, that is deleted by its name. */
static void test_stale_runs(void **state)
{
	static const char *const then[] = { "enter", "ctrl-b", "delete" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct view v = opened("");

		command(&v, "choose 2");
		command(&v, "rename gone");
		command(&v, "keep");
		command(&v, "return");
		command(&v, "runs");
		assert_int_equal(v.list.rows, 2);
		press(&v, "end");
		command(&v, "delete gone");
		assert_string_equal(v.message, "deleted");
		press(&v, then[i]);
		session_look(&v);
		check_view(&v);
		command(&v, "view list");
		press(&v, then[i]);
		session_look(&v);
		check_view(&v);
		assert_ptr_equal(v.chapter->run[0], mine[1].chapter.run[0]);
		session_end(&v);
	}
}

static void test_stale_stops(void **state)
{
	static const char *const then[] = { "enter", "delete" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct view v = opened("");

		command(&v, "break slot 0 pin");
		command(&v, "break do_swap_page");
		assert_int_equal(v.session->stops, 2);
		command(&v, "stops");
		press(&v, "end");
		command(&v, "break slot 0 pin");
		command(&v, "break do_swap_page");
		assert_int_equal(v.session->stops, 0);
		press(&v, then[i]);
		check_view(&v);
		command(&v, "view list");
		press(&v, then[i]);
		check_view(&v);
		session_end(&v);
	}
}

/* An answer about one property is none about the others. */
static void test_asked_of_one(void **state)
{
	struct view v = opened("");

	(void)state;
	command(&v, "ask DEADLOCK");
	says(&v, "safe: ");
	command(&v, "ask");
	says(&v, "UAF reachable");
	command(&v, "ask DEADLOCK");
	says(&v, "safe: ");
	session_end(&v);
}

/* ---- and all of it ---- */

static void shown(struct view *v)
{
	struct grid g;

	assert_int_equal(grid_init(&g, 1 + (int)draw_number(60), 1 + (int)draw_number(170)), 0);
	view_render(v, &g);
	view_shown(v, &g);
	grid_free(&g);
}

static void one_step(struct view *v, bool tell)
{
	char line[300];

	if (draw_number(5) < 2) {
		draw_line(v, line, sizeof(line));
		if (tell)
			fprintf(stderr, "  :%s\n", line);
		view_command(v, line);
	} else {
		snprintf(line, sizeof(line), "%s", ONE_OF(keys));
		if (tell)
			fprintf(stderr, "  %s\n", line);
		view_key(v, line);
	}
	session_look(v);
	check_view(v);
	v->quit = false;
	free(v->copy);
	v->copy = NULL;
	if (!draw_number(3))
		shown(v);
	if (!draw_number(8))
		session_idle(v);
}

static void one_session(uint32_t seed, bool tell)
{
	struct chapter all[MINE];
	struct view v;

	rng = seed;
	for (size_t i = 0; i < MINE; i++)
		all[i] = mine[i].chapter;
	view_init(&v, all, MINE);
	session_begin(&v, session_new());
	assert_non_null(v.session);
	if (seed % 3 == 0)
		assert_int_equal(session_file(&v, many), 0);
	for (int i = 0; i < COMMANDS_EACH; i++)
		one_step(&v, tell);
	check_chapters(&v);
	session_look(&v);
	shown(&v);
	session_end(&v);
	unlink(saved);
}

static void test_anything(void **state)
{
	const char *seed = getenv("SWAPSCOPE_SEED"), *seeds = getenv("SWAPSCOPE_SEEDS");
	uint32_t first = seed ? (uint32_t)atoi(seed) : 1;
	uint32_t n = seed ? 1 : seeds ? (uint32_t)atoi(seeds) : SEEDS;

	(void)state;
	for (uint32_t i = first; i < first + n; i++) {
		fprintf(stderr, "replay: SWAPSCOPE_SEED=%u tests/test_session\n", i);
		one_session(i, seed != NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stale_runs),
		cmocka_unit_test(test_stale_stops),
		cmocka_unit_test(test_asked_of_one),
		cmocka_unit_test(test_anything),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
