/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A deck on a terminal: keys in, whole screens out; off the path and back; what the second terminal
 * is told.  The screens are tests/screens/talk-*.
 */
#include "tests/check.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/golden.h"
#include "ui/present/talk.h"
#include "ui/view/view.h"

static struct presentation deck;

static int open_deck(void **state)
{
	struct deck d;

	(void)state;
	assert_int_equal(present_load(&d, "debate"), 0);
	return present_open(&deck, &d, NULL);
}

static int close_deck(void **state)
{
	(void)state;
	present_close(&deck);
	return 0;
}

static void press_one(void *t, const char *key)
{
	talk_key(t, key);
}

static void press(struct talk *t, const char *keys)
{
	press_keys(keys, press_one, t);
}

static char *drawn(const struct talk *t, int rows, int cols)
{
	struct grid g;

	assert_int_equal(grid_init(&g, rows, cols), 0);
	talk_render(t, &g);
	return grid_drawn(&g, true);
}

static void screen(const char *name, int rows, int cols, const char *keys, bool ascii)
{
	struct talk t;
	char *text;

	talk_init(&t, &deck);
	t.v.ascii = ascii;
	t.elapsed = 7;
	press(&t, keys);
	text = drawn(&t, rows, cols);
	compare(name, text);
	free(text);
}

static void test_screens(void **state)
{
	(void)state;
	screen("talk-start-80x24.screen", 24, 80, "", false);
	screen("talk-note-80x24.screen", 24, 80, "n n n s", false);
	screen("talk-note-80x24-ascii.screen", 24, 80, "n n n s", true);
	screen("talk-120x40.screen", 40, 120, "end p p", false);
	screen("talk-200x60.screen", 60, 200, "end", false);
	screen("talk-help-80x24.screen", 24, 80, "?", false);
	screen("talk-by-hand-80x24.screen", 24, 80, "n esc right", false);
	screen("talk-20x5.screen", 5, 20, "n", false);
}

static void test_turning(void **state)
{
	struct talk t;

	(void)state;
	talk_init(&t, &deck);
	press(&t, "n space pgdn right down enter");
	assert_int_equal(t.v.at, 6);
	press(&t, "p backspace pgup left");
	assert_int_equal(t.v.at, 2);
	press(&t, "home up");
	assert_int_equal(t.v.at, 0);
	assert_string_equal(t.message, "this is the first beat");
	press(&t, "end n");
	assert_int_equal(t.v.at, 9);
	assert_string_equal(t.message, "this is the last beat");
	press(&t, "J");
	assert_non_null(strstr(t.message, "no command on J"));
	talk_key(&t, "click 3 4");
	talk_key(&t, "paste:q");
	assert_string_equal(t.message, "");
	assert_false(t.v.quit);
	press(&t, "? q");			/* leaves the help and no more */
	assert_false(t.v.quit || t.help);
	press(&t, "q");
	assert_true(t.v.quit);
}

/* Every beat opens where it stands, and esc leads back there from wherever one went. */
static void test_off_the_path(void **state)
{
	(void)state;
	for (unsigned i = 0; i < deck.deck.beats; i++) {
		struct session *s = session_new();
		struct talk t;

		assert_non_null(s);
		talk_init(&t, &deck);
		session_begin(&t.v, s);
		for (unsigned k = 0; k < i; k++)
			press(&t, "n");
		for (unsigned side = 0; side < 2; side++)
			assert_int_equal(t.v.cursor[side], deck.stand[i].at[side]);
		press(&t, "s esc");
		assert_false(t.v.presenting || t.v.show_note);
		press(&t, "home tab 1 1 2 x end ? esc : f o esc");
		assert_false(t.v.presenting);
		press(&t, "esc");
		assert_true(t.v.presenting && t.v.show_note);
		assert_int_equal(t.v.at, i);
		for (unsigned side = 0; side < 2; side++)
			assert_int_equal(t.v.cursor[side], deck.stand[i].at[side]);
		assert_int_equal(t.v.focus, deck.stand[i].side);
		assert_string_equal(t.v.chapter[i].title, deck.deck.beat[i].title);
		session_end(&t.v);
	}
}

/* ---- the second terminal ---- */

static void test_told(void **state)
{
	char folder[] = "/tmp/swapscope-talk-XXXXXX", path[4096];
	struct told told = { .beat = 3, .off_path = true, .began = 1234, .pid = getpid() }, got;
	FILE *out;

	(void)state;
	assert_non_null(mkdtemp(folder));
	setenv("XDG_RUNTIME_DIR", folder, 1);
	assert_int_equal(told_path(&deck.deck, path, sizeof(path)), 0);
	assert_int_equal(told_read(path, &got), -ESRCH);
	assert_int_equal(told_write(path, &told), 0);
	assert_int_equal(told_read(path, &got), 0);
	assert_int_equal(got.beat, 3);
	assert_true(got.off_path);
	assert_int_equal(got.began, 1234);
	out = fopen(path, "w");
	fputs("swapscope-talk 1 beat 3 off", out);	/* not whole */
	fclose(out);
	assert_int_equal(told_read(path, &got), -EBADMSG);
	unlink(path);
	snprintf(path, sizeof(path), "%s/swapscope", folder);
	rmdir(path);
	assert_int_equal(rmdir(folder), 0);
}

static void test_notes(void **state)
{
	struct notes n = { .deck = &deck.deck, .live = true, .beat = 3, .now = 1000 + 425,
			   .told = { .beat = 3, .began = 1000, .pid = 1 } };
	struct grid g;
	char *text;

	(void)state;
	assert_int_equal(grid_init(&g, 24, 80), 0);
	notes_render(&n, &g);
	text = grid_drawn(&g, true);
	compare("talk-notes-80x24.screen", text);
	free(text);
	notes_key(&n, "n");			/* it follows */
	assert_int_equal(n.beat, 3);
	n.live = false;
	notes_key(&n, "n");
	assert_int_equal(n.beat, 4);
	notes_key(&n, "q");
	assert_true(n.quit);
}

/* The tour of the debugger names keys: they do what it says. */
static void test_keys_of_the_tour(void **state)
{
	static const char *const keys[][2] = {
		{ "right", "forward" }, { "left", "back" }, { "home", "first" }, { "end", "last" },
		{ ":", "prompt" }, { "?", "help" }, { "K", "describe" }, { "d", "difference" },
		{ "D", "difference-before" }, { "tab", "pane" }, { "x", "lock" },
		{ "o", "overlay" }, { "f", "finding" }, { "F", "finding-before" },
		{ "z", "words" }, { "c", "cause" }, { "C", "uncause" }, { "t", "track" },
		{ "[", "change-before" }, { "]", "change" }, { "up", "up" }, { "down", "down" },
		{ "enter", "choose" }, { "1", "choose 1" }, { "U", "undo" }, { ".", "task-step" },
		{ ";", "task-end" }, { "a", "ask" }, { "A", "walk" }, { "s", "set" },
		{ "S", "kernel" }, { "b", "break" }, { ">", "continue" }, { "<", "reverse" },
		{ "B", "stops" }, { "v", "view" }, { "/", "search" }, { "n", "match" },
		{ "N", "match-before" }, { "m", "mark" }, { "'", "to-mark" }, { "r", "runs" },
	};
	struct view v;

	(void)state;
	view_init(&v, deck.chapter, deck.deck.beats);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *command = key_command(&v, keys[i][0]);

		if (!command || strcmp(command, keys[i][1]))
			fail_msg("examples/decks/debugger.deck: %s does '%s', not '%s'",
				 keys[i][0], command ? command : "nothing", keys[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_screens),
		cmocka_unit_test(test_turning),
		cmocka_unit_test(test_off_the_path),
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_keys_of_the_tour),
	};

	return cmocka_run_group_tests(tests, open_deck, close_deck);
}
