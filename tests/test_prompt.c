/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The line that is typed behind ':' and '/': editing, history, pastes, completion.
 */
#include "tests/view_help.h"

/* Press keys, and hold what is typed and where the cursor is, "for|ward", to `want`. */
static void typed(struct view *v, const char *keys, const char *want)
{
	char is[PROMPT_MAX + 1];

	press(v, keys);
	assert_int_not_equal(v->prompting, PROMPT_NONE);
	assert_true(v->prompt_at <= strlen(v->prompt));
	snprintf(is, sizeof(is), "%.*s|%s", (int)v->prompt_at, v->prompt, v->prompt + v->prompt_at);
	if (strcmp(is, want))
		fail_msg("after '%s' is typed '%s' and not '%s'", keys, is, want);
}

static void test_editing(void **state)
{
	struct view v = view_of(0, ":");

	(void)state;
	typed(&v, "f o r", "for|");
	typed(&v, "left left", "f|or");
	typed(&v, "x", "fx|or");
	typed(&v, "backspace", "f|or");
	typed(&v, "delete", "f|r");
	typed(&v, "end q ? d", "frq?d|");		/* no key here */
	typed(&v, "home \303\274 \342\202\254", "\303\274\342\202\254|frq?d");
	typed(&v, "left", "\303\274|\342\202\254frq?d");
	typed(&v, "delete", "\303\274|frq?d");
	typed(&v, "backspace", "|frq?d");
	typed(&v, "backspace*3", "|frq?d");
	typed(&v, "right*9", "frq?d|");
	typed(&v, "space a b space space c d ctrl-w", "frq?d ab  |");
	typed(&v, "ctrl-w ctrl-w", "|");
	typed(&v, "x y z ctrl-a right ctrl-k", "x|");
	typed(&v, "y left ctrl-u", "|y");
	typed(&v, "ctrl-e ctrl-a delete F5 that F1", "|");
	press(&v, "backspace");				/* of nothing: leave */
	assert_int_equal(v.prompting, PROMPT_NONE);
	assert_false(v.quit || v.help);
	assert_int_equal(v.cursor[0], 0);
	press(&v, ": a*300");
	assert_int_equal(strlen(v.prompt), PROMPT_MAX - 1);
	press(&v, "\303\274 enter");
	assert_int_equal(v.prompting, PROMPT_NONE);
}

static void test_history(void **state)
{
	struct view v = view_of(0, ": 3 enter : 5 enter : 5 enter / p i n enter");

	(void)state;
	assert_int_equal(v.history[PROMPT_COMMAND].lines, 2);
	typed(&v, ": 1 up", "5|");
	typed(&v, "up", "3|");
	typed(&v, "up", "3|");
	typed(&v, "down", "5|");
	typed(&v, "down", "1|");			/* what was being typed */
	typed(&v, "down", "1|");
	typed(&v, "up up 4", "34|");
	press(&v, "esc / up");
	assert_string_equal(v.prompt, "pin");		/* each has its own */
	press(&v, "esc");
	for (int i = 10; i < 10 + 2 * HISTORY_MAX; i++) {
		char keys[32];

		snprintf(keys, sizeof(keys), ": %d %d enter", i / 10, i % 10);
		press(&v, keys);
	}
	assert_int_equal(v.history[PROMPT_COMMAND].lines, HISTORY_MAX);
	typed(&v, ": up*99", "42|");
}

/* What is pasted is typed, whatever it is, and runs nothing. */
static void test_paste(void **state)
{
	struct view v = view_of(0, "");

	(void)state;
	view_key(&v, "paste:q\nquit\r\nright");
	assert_false(v.quit);
	assert_int_equal(v.cursor[0], 0);
	typed(&v, "", "q quit  right|");
	view_key(&v, "paste:\303\274\xff\x1b[31m\tx");
	typed(&v, "", "q quit  right\303\274[31m x|");
	press(&v, "esc / ctrl-u");
	view_key(&v, "paste:swap_map");
	assert_int_equal(v.prompting, PROMPT_SEARCH);
	typed(&v, "", "swap_map|");
	press(&v, "esc ?");
	view_key(&v, "paste:9");
	typed(&v, "", "9|");
	press(&v, "esc m");
	view_key(&v, "paste:a");
	typed(&v, "", "a|");
	press(&v, "esc right");
	assert_int_equal(v.cursor[0], 1);
	assert_int_equal(v.mark[0].letter, 0);
}

static void test_completion(void **state)
{
	struct view v = view_of(0, "");

	(void)state;
	typed(&v, ": o v tab", "overlay |");
	typed(&v, "ctrl-u f i n tab", "finding|");
	assert_string_equal(v.completions, "finding  finding-before");
	typed(&v, "- tab", "finding-before |");
	typed(&v, "ctrl-u v i e w space s o tab", "view source |");
	typed(&v, "ctrl-u v i e w space tab", "view |");
	assert_non_null(strstr(v.completions, "run  help  words  list"));
	typed(&v, "ctrl-u p a n e space r tab", "pane right |");
	typed(&v, "ctrl-u l o o k space s tab", "look slot 0 |");
	typed(&v, "ctrl-u x y z tab", "xyz|");
	assert_string_equal(v.completions, "nothing begins so");
	typed(&v, "ctrl-u d e s c r i b e space q tab", "describe quit |");
	typed(&v, "ctrl-u l a s t space tab", "last |");
	typed(&v, "ctrl-u k e r n e l space d tab", "kernel debate-|");
	typed(&v, "ctrl-u s e t space p i n tab", "set pin=|");
	typed(&v, "n tab", "set pin=none |");
	typed(&v, "ctrl-u a s k space U tab", "ask UAF |");
	typed(&v, "ctrl-u u n t i l space b r tab", "until breaks |");
	typed(&v, "ctrl-u u n t i l space s l tab", "until slot 0 |");
	typed(&v, "h tab", "until slot 0 holder|");
	typed(&v, "ctrl-u b r e a k space z s w a p _ l o tab", "break zswap_load|");
	typed(&v, "esc / z s w a p _ d tab", "zswap_decompress(entry, folio): |");
	press(&v, "ctrl-u tab");
	assert_non_null(strstr(v.completions, "page 0  slot 0"));
	press(&v, "x");
	assert_string_equal(v.completions, "");
	press(&v, "esc right*3 m a : t o - tab tab");
	assert_string_equal(v.prompt, "to-mark a ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_editing),
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_paste),
		cmocka_unit_test(test_completion),
	};

	return cmocka_run_group_tests(tests, record_all, close_all);
}
