/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes of terminals as keys: whole, a byte at a time, broken, and any.
 */
#include "tests/check.h"

#include <stdlib.h>

#include "ui/terminal/keys.h"

/* What the bytes are as names, with '|' behind each; `at_once`: bytes that come together. */
static const char *names(const char *bytes, size_t n, size_t at_once)
{
	static struct keys k;
	static char text[512];
	const char *name;

	keys_init(&k);
	keys_define(&k, "\033[11^", "F1");
	keys_define(&k, "\033A", "up");		/* a vt52 */
	keys_define(&k, "\033OP", "F1");
	keys_define(&k, "x", "no sequence");
	*text = '\0';
	for (size_t i = 0; i < n; i += at_once) {
		size_t part = n - i < at_once ? n - i : at_once;

		assert_int_equal(keys_feed(&k, bytes + i, part), part);
		while ((name = keys_next(&k, false)))
			if (*name)
				strcat(strcat(text, name), "|");
	}
	while (keys_wait(&k)) {
		name = keys_next(&k, true);
		if (name && *name)
			strcat(strcat(text, name), "|");
	}
	assert_null(keys_next(&k, true));
	return text;
}

static void test_names(void **state)
{
	static const struct { const char *bytes, *names; } cases[] = {
		{ "aZ ~", "a|Z|space|~|" },
		{ "\303\244\342\202\254\360\237\231\202",
		  "\303\244|\342\202\254|\360\237\231\202|" },
		{ "\r\n\t\b\177", "enter|enter|tab|backspace|backspace|" },
		{ "\001\014\022\033", "ctrl-a|ctrl-l|ctrl-r|esc|" },
		{ "\033[A\033OB\033[C\033[D\033[H\033[F", "up|down|right|left|home|end|" },
		{ "\033[1~\033[2~\033[3~\033[4~\033[5~\033[6~",
		  "home|insert|delete|end|pgup|pgdn|" },
		{ "\033[Z\033[1;2A\033[1;5C\033[3;3~\033[1;8D",
		  "backtab|shift-up|ctrl-right|alt-delete|shift-alt-ctrl-left|" },
		{ "\033OP\033[12~\033[[C\033OS\033[15~\033[17~\033[18~\033[19~\033[20~\033[21~"
		  "\033[23~\033[24~", "F1|F2|F3|F4|F5|F6|F7|F8|F9|F10|F11|F12|" },
		{ "\033[11^\033A", "F1|up|" },
		{ "\033[<0;13;7M\033[<0;13;7m", "click 6 12|" },
		{ "\033[<2;1;1M\033[<64;2;3M\033[<81;200;100M\033[<35;5;5M",
		  "right-click 0 0|wheel-up 2 1|wheel-down 99 199|" },
		{ "\033[M #$\033[M##$\033[M`!!", "click 3 2|wheel-up 0 0|" },
		{ "\033[<0;0;7M\033[<0;99999999999999999999;7M\033[<;;M", "" },
		{ "\033[200~q\r\nx\t\033[31my\033[201~z", "paste:q  x [31my|z|" },
		{ "\033[200~\303\244 \303\033[201~", "paste:\303\244 ?|" },
		{ "\033[200~\033[201~", "" },
		{ "\033[200~never\033[20", "paste:never[20|" },
		{ "\033[I\033[O", "" },				/* the window's focus */
		{ "\033[99~\033[1;99A\033[?62c\033[u", "that key|that key|that key|that key|" },
		{ "\300\200\xff\355\240\200a", "that key|that key|that key|that key|that key|"
					       "that key|a|" },
		{ "\302\233" "1", "that key|that key|1|" },	/* CSI in one byte, in UTF-8 */
		{ "\303", "that key|" },
		{ "\033[1;", "that key|" },
		{ "\033[1\rq", "that key|enter|q|" },		/* what breaks one is a key */
		{ "\033]52;c;?\033\\q", "that key|q|" },
		{ "\033P1$r0m\aq", "that key|q|" },
		{ "\033[", "esc|[|" },
		{ "\033O", "esc|O|" },
		{ "\033]", "esc|]|" },
		{ "\033q\033\033[A", "esc|q|esc|up|" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t at_once = 1; at_once < 20; at_once++)
			assert_string_equal(names(cases[i].bytes, strlen(cases[i].bytes), at_once),
					    cases[i].names);
}

/* Of a sequence longer than any key's nothing is a key. */
static void test_long(void **state)
{
	char bytes[3000];

	(void)state;
	memset(bytes, '1', sizeof(bytes));
	memcpy(bytes, "\033[", 2);
	memcpy(bytes + sizeof(bytes) - 2, "Aq", 2);
	for (size_t at_once = 1; at_once < 600; at_once += 100)
		assert_string_equal(names(bytes, sizeof(bytes), at_once), "that key|q|");
	memcpy(bytes, "\033]", 2);
	memcpy(bytes + sizeof(bytes) - 2, "\aq", 2);
	for (size_t at_once = 1; at_once < 600; at_once += 100)
		assert_string_equal(names(bytes, sizeof(bytes), at_once), "that key|q|");
}

static void test_paste_is_cut(void **state)
{
	static struct keys k;
	const char *name = NULL;
	char part[64];

	(void)state;
	keys_init(&k);
	memset(part, 'x', sizeof(part));
	keys_feed(&k, "\033[200~", 6);
	for (size_t i = 0; i < 2 * PASTE_MAX; i += sizeof(part)) {
		keys_feed(&k, part, sizeof(part));
		while ((name = keys_next(&k, false)))
			assert_string_equal(name, "");
	}
	keys_feed(&k, "\033[201~", 6);
	name = keys_next(&k, false);
	assert_non_null(name);
	assert_int_equal(strlen(name), strlen("paste:") + PASTE_MAX);
	assert_string_equal(name + strlen(name) - 3, "xxx");
	assert_null(keys_next(&k, false));
}

static void test_known(void **state)
{
	static const char *const good[] = { "a", "~", "\303\244", "F1", "F12", "space", "esc",
		"enter", "ctrl-r", "ctrl-]", "ctrl-space", "shift-up", "alt-F3", "ctrl-delete",
		"shift-alt-ctrl-home", "backtab" };
	static const char *const bad[] = { "", "ab", " ", "F13", "F0", "ctrl-", "ctrl-c", "ctrl-i",
		"ctrl-z", "ctrl-R", "shift-enter", "shift-a", "click 1 2", "paste:x", "\303",
		"that key", "Up", "ctrl-shift-up", "a-name-that-is-longer-than-any-key-can-have" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(key_name_known(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(key_name_known(bad[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_paste_is_cut),
		cmocka_unit_test(test_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
