/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Settings: what is taken, what is refused and in which line, and that what is printed says the
 * same.
 */
#include "tests/check.h"

#include <stdlib.h>

#include "ui/config/config.h"

static struct config c;
static char err[CONFIG_ERROR_MAX];
static unsigned line;

static int parse(const char *text)
{
	return config_parse(&c, text, strlen(text), &line, err);
}

static char *print(const struct config *config)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	config_print(config, out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void test_taken(void **state)
{
	(void)state;
	assert_int_equal(parse("# mine\n\n  theme=colour-blind  \r\n"
			       "colour bad = white on red bold underline\n"
			       "color dim = 240\n"
			       "ascii = yes\nmouse = no\n"
			       "key F5 = until UAF\nkey = = goto 5\n"
			       "key ctrl-r=redo # and not undo\n"
			       "key \303\244 = help"), 0);
	assert_string_equal(c.theme->name, "colour-blind");
	assert_true(c.ascii && !c.mouse);
	assert_int_equal(c.look[STYLE_BAD].many, 7);
	assert_int_equal(c.look[STYLE_BAD].many_back, 1);
	assert_int_equal(c.look[STYLE_BAD].attributes, LOOK_BOLD | LOOK_UNDERLINE);
	assert_int_equal(c.look[STYLE_BAD].mono, LOOK_BOLD | LOOK_UNDERLINE | LOOK_REVERSE);
	assert_int_equal(c.look[STYLE_DIM].many, 240);
	assert_int_equal(c.look_line[STYLE_DIM], 5);
	assert_int_equal(c.look_line[STYLE_GOOD], 0);
	assert_string_equal(config_command(&c, "F5"), "until UAF");
	assert_string_equal(config_command(&c, "="), "goto 5");
	assert_string_equal(config_command(&c, "ctrl-r"), "redo # and not undo");
	assert_string_equal(config_command(&c, "\303\244"), "help");
	assert_null(config_command(&c, "F6"));
	assert_int_equal(parse(""), 0);
	assert_string_equal(c.theme->name, "default");
	assert_true(!c.ascii && c.mouse && !c.keys);
}

static void test_refused(void **state)
{
	static const struct { const char *text, *says; unsigned line; } cases[] = {
		{ "teme = dark", "no setting is called 'teme'; did you mean 'theme'?", 1 },
		{ "\n\ntheme = drak\n", "there are default, dark, light, colour-blind, mono", 3 },
		{ "theme", "theme = VALUE is what is needed", 1 },
		{ "theme =  ", "nothing stands behind", 1 },
		{ "= dark", "no setting is called ''", 1 },
		{ "key F5", "key KEY = VALUE is what is needed", 1 },
		{ "key F5 until UAF", "key KEY = VALUE is what is needed", 1 },
		{ "key F13 = quit", "no key is called so", 1 },
		{ "key F5 = a\nkey F5 = b", "key F5 has been set in line 1", 2 },
		{ "mouse = no\nmouse = no", "mouse has been set in line 1", 2 },
		{ "ascii = maybe", "it is yes or no", 1 },
		{ "colour badd = red", "did you mean 'bad'?", 1 },
		{ "colour bad = rde", "colour bad = .. rde: a colour by name", 1 },
		{ "colour bad = red on", "a colour by name", 1 },
		{ "colour bad = red on bold", "a colour by name", 1 },
		{ "colour bad = 256", "a colour by name", 1 },
		{ "colour bad = -1", "a colour by name", 1 },
		{ "colour = red", "colour STYLE = VALUE is what is needed", 1 },
		{ "key F5 = a\033[2J", "control character", 1 },
	};
	char text[CONFIG_LINE_MAX + 100], keys[CONFIG_KEYS * 32] = "";

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_not_equal(parse(cases[i].text), 0);
		if (!strstr(err, cases[i].says) || line != cases[i].line)
			fail_msg("'%s': line %u: %s", cases[i].text, line, err);
		assert_string_equal(c.theme->name, "default");
		assert_int_equal(c.keys, 0);
	}
	assert_int_not_equal(config_parse(&c, "ascii\0= yes", 11, &line, err), 0);
	memset(text, 'x', sizeof(text) - 1);
	text[0] = '#';
	text[sizeof(text) - 1] = '\0';
	assert_int_not_equal(parse(text), 0);
	assert_non_null(strstr(err, "more than"));
	for (unsigned i = 0; i <= CONFIG_KEYS; i++)
		sprintf(keys + strlen(keys), "key %c = help\n", i + '!');
	assert_int_not_equal(parse(keys), 0);
	assert_int_equal(line, CONFIG_KEYS + 1);
}

/* What is printed says the same as what was read. */
static void test_printed(void **state)
{
	static const char *const texts[] = {
		"", "theme = mono\nascii = yes\n",
		"colour bad = bright-red on 17 dim reverse\ncolour plain = plain\n"
		"colour good = default on default\ncolour owner = default on white\n"
		"key q = quit\nkey # = help\nmouse = no\n",
	};
	unsigned of;

	(void)state;
	for (size_t i = 0; theme_at(i); i++) {
		struct config theme;
		char *first, *second;

		config_init(&theme);
		theme.theme = theme_at(i);
		first = print(&theme);
		assert_int_equal(parse(first), 0);
		second = print(&c);
		assert_string_equal(first, second);
		free(first);
		free(second);
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct config before;
		char *first, *second;

		assert_int_equal(parse(texts[i]), 0);
		before = c;
		first = print(&c);
		assert_int_equal(config_parse(&c, first, strlen(first), &of, err), 0);
		second = print(&c);
		assert_string_equal(first, second);
		assert_memory_equal(before.look, c.look, sizeof(c.look));
		free(first);
		free(second);
	}
}

/* In every theme what is bad, a cursor and a bar are told from plain text, without colours too. */
static void test_themes(void **state)
{
	(void)state;
	for (size_t i = 0; theme_at(i); i++) {
		const struct look *look = theme_at(i)->look;

		for (unsigned s = 0; s < STYLE_COUNT; s++) {
			assert_true(look[s].many >= -1 && look[s].many < 256);
			assert_true(look[s].few >= -1 && look[s].few < 8);
			assert_true(look[s].many_back >= -1 && look[s].many_back < 256);
			assert_true(look[s].few_back >= -1 && look[s].few_back < 8);
		}
		assert_true(look[STYLE_BAD].mono && look[STYLE_CURSOR].mono);
		assert_true(look[STYLE_BAR].mono);
		assert_true(look[STYLE_BAD].many_back >= 0 || look[STYLE_BAD].attributes);
		assert_ptr_equal(theme_named(theme_at(i)->name), theme_at(i));
	}
	assert_null(theme_named("blue"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_printed),
		cmocka_unit_test(test_themes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
