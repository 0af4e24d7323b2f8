/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * config.c - the text of a file of settings, and back.
 */
#include "ui/config/config.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "ui/terminal/keys.h"
#include "ui/text/text.h"

#define BLANKS	" \t"

/* One line, taken apart: "colour bad = white on red". */
struct setting {
	unsigned line;
	char name[CONFIG_LINE_MAX], of[CONFIG_LINE_MAX], value[CONFIG_LINE_MAX];
	char *err;		/* CONFIG_ERROR_MAX */
};

static int wrong(const struct setting *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int wrong(const struct setting *s, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(s->err, CONFIG_ERROR_MAX, format, ap);
	va_end(ap);
	return -EINVAL;
}

void config_init(struct config *c)
{
	memset(c, 0, sizeof(*c));
	c->theme = theme_at(0);
	c->mouse = true;
}

/* ---- settings ---- */

/* It is set for the first time in this line. */
static int once(const struct setting *s, unsigned *line)
{
	if (*line)
		return wrong(s, "%.12s%s%.40s has been set in line %u", s->name, *s->of ? " " : "",
			     s->of, *line);
	*line = s->line;
	return 0;
}

static int set_theme(struct config *c, const struct setting *s)
{
	char list[CONFIG_ERROR_MAX] = "";
	const struct theme *t = theme_named(s->value);

	for (size_t i = 0; theme_at(i); i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s",
			 i ? ", " : "", theme_at(i)->name);
	if (!t)
		return wrong(s, "theme = %.40s: there are %s", s->value, list);
	c->theme = t;
	return once(s, &c->theme_line);
}

static int set_colour(struct config *c, const struct setting *s)
{
	const char *names[STYLE_COUNT], *word;
	char near[HINT_MAX];

	for (unsigned i = 0; i < STYLE_COUNT; i++) {
		names[i] = style_name((enum style)i);
		if (strcmp(names[i], s->of) != 0)
			continue;
		if (look_parse(&c->look[i], s->value, &word))
			return wrong(s, "colour %.8s = .. %.*s: a colour by name or number (0 to "
				     "255), 'on' and another, bold, dim, underline, reverse, or "
				     "plain is needed", s->of, (int)strcspn(word, BLANKS) < 24 ?
				     (int)strcspn(word, BLANKS) : 24, word);
		return once(s, &c->look_line[i]);
	}
	return wrong(s, "colour %.40s: nothing is called so%s; 'swapscope config' shows the names",
		     s->of, hint(near, s->of, names, STYLE_COUNT));
}

static int set_yes_or_no(bool *to, unsigned *line, const struct setting *s)
{
	if (strcmp(s->value, "yes") != 0 && strcmp(s->value, "no") != 0)
		return wrong(s, "%.12s = %.40s: it is yes or no", s->name, s->value);
	*to = !strcmp(s->value, "yes");
	return once(s, line);
}

static int set_ascii(struct config *c, const struct setting *s)
{
	return set_yes_or_no(&c->ascii, &c->ascii_line, s);
}

static int set_mouse(struct config *c, const struct setting *s)
{
	return set_yes_or_no(&c->mouse, &c->mouse_line, s);
}

static int set_author(struct config *c, const struct setting *s)
{
	snprintf(c->author, sizeof(c->author), "%s", s->value);
	return once(s, &c->author_line);
}

static int set_key(struct config *c, const struct setting *s)
{
	if (!key_name_known(s->of))
		return wrong(s, "key %.40s: no key is called so; x, F5, ctrl-r, pgdn, shift-up "
			     "are some", s->of);
	for (unsigned i = 0; i < c->keys; i++)
		if (!strcmp(c->key[i].key, s->of))
			return once(s, &c->key[i].line);
	if (c->keys == CONFIG_KEYS)
		return wrong(s, "more than %d keys", CONFIG_KEYS);
	snprintf(c->key[c->keys].key, sizeof(c->key[0].key), "%.31s", s->of);
	snprintf(c->key[c->keys].command, sizeof(c->key[0].command), "%s", s->value);
	return once(s, &c->key[c->keys++].line);
}

static const struct {
	const char *name;
	const char *of;		/* what stands behind the name; NULL: nothing */
	int (*set)(struct config *c, const struct setting *s);
} settings[] = {
	{ "theme", NULL, set_theme }, { "colour", "STYLE", set_colour },
	{ "color", "STYLE", set_colour }, { "ascii", NULL, set_ascii },
	{ "mouse", NULL, set_mouse }, { "author", NULL, set_author }, { "key", "KEY", set_key },
};
#define SETTINGS	(sizeof(settings) / sizeof(settings[0]))

/* ---- lines ---- */

/* The word of n bytes at *at; *at goes on behind it and blanks. */
static void take_word(char *to, const char **at, size_t n)
{
	memcpy(to, *at, n);
	to[n] = '\0';
	*at += n;
	*at += strspn(*at, BLANKS);
}

/* "NAME = VALUE", or with `of` "NAME OF = VALUE", where a key may be '='; at: behind the name. */
static int take_value(struct setting *s, const char *at, const char *of)
{
	size_t n = strcspn(at, BLANKS "=");

	if (of)
		take_word(s->of, &at, n || !*at ? n : 1);
	if (*at != '=')
		return wrong(s, "%.12s%s%s = VALUE is what is needed", s->name, of ? " " : "",
			     of ? of : "");
	at++;
	at += strspn(at, BLANKS);
	for (n = strlen(at); n && strchr(BLANKS, at[n - 1]);)
		n--;
	take_word(s->value, &at, n);
	return n ? 0 : wrong(s, "%.12s%s%.40s: nothing stands behind '='", s->name,
			     *s->of ? " " : "", s->of);
}

static int take_line(struct config *c, struct setting *s, const char *at)
{
	const char *names[SETTINGS];
	char near[HINT_MAX];
	int err;

	at += strspn(at, BLANKS);
	if (!*at || *at == '#')
		return 0;
	take_word(s->name, &at, strcspn(at, BLANKS "="));
	*s->of = '\0';
	for (size_t i = 0; i < SETTINGS; i++) {
		names[i] = settings[i].name;
		if (strcmp(s->name, settings[i].name) != 0)
			continue;
		err = take_value(s, at, settings[i].of);
		return err ? err : settings[i].set(c, s);
	}
	return wrong(s, "no setting is called '%.40s'%s", s->name,
		     hint(near, s->name, names, SETTINGS));
}

int config_parse(struct config *c, const char *text, size_t n, unsigned *line, char *err)
{
	struct setting s = { .err = err };
	char copy[CONFIG_LINE_MAX];
	int bad = 0;

	config_init(c);
	*err = '\0';
	for (const char *end = text + n; text < end && !bad;) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t length = (size_t)((newline ? newline : end) - text);

		s.line++;
		if (length && text[length - 1] == '\r')
			length--;
		if (length >= sizeof(copy)) {
			bad = wrong(&s, "the line has more than %zu bytes", sizeof(copy) - 1);
			break;
		}
		for (size_t i = 0; i < length && !bad; i++)
			if (((unsigned char)text[i] < ' ' && text[i] != '\t') || text[i] == 127)
				bad = wrong(&s, "there is a control character in the line");
		memcpy(copy, text, length);
		copy[length] = '\0';
		bad = bad ? bad : take_line(c, &s, copy);
		text = newline ? newline + 1 : end;
	}
	*line = s.line;
	if (bad)
		config_init(c);
	return bad;
}

const char *config_command(const struct config *c, const char *key)
{
	for (unsigned i = 0; i < c->keys; i++)
		if (!strcmp(c->key[i].key, key))
			return c->key[i].command;
	return NULL;
}

/* ---- as a file ---- */

void config_print(const struct config *c, FILE *out)
{
	char text[LOOK_TEXT_MAX];

	fputs("# There is:\n", out);
	for (size_t i = 0; theme_at(i); i++)
		fprintf(out, "#   %-13s %s\n", theme_at(i)->name, theme_at(i)->text);
	fprintf(out, "theme = %s\n\n", c->theme->name);
	fputs("# What is not as the theme has it: black, red, green, yellow, blue, magenta, cyan, "
	      "white,\n# the same with bright-, a number of 256, default; on and another; bold, "
	      "dim, underline,\n# reverse; or plain.\n", out);
	for (unsigned i = 0; i < STYLE_COUNT; i++)
		fprintf(out, "%scolour %s = %s\n", c->look_line[i] ? "" : "# ",
			style_name((enum style)i),
			look_text(c->look_line[i] ? &c->look[i] : &c->theme->look[i], text));
	fprintf(out, "\n# yes: no characters but ASCII. no: as the locale has it.\nascii = %s\n\n"
		"# no: the mouse selects text, as it does elsewhere.\nmouse = %s\n\n"
		"# Who writes notes: without it, the login's name.\n%sauthor = %s\n\n"
		"# key KEY = COMMAND: what is typed behind ':' in the debugger.\n",
		c->ascii ? "yes" : "no", c->mouse ? "yes" : "no", c->author_line ? "" : "# ",
		c->author_line ? c->author : "Anna Example");
	if (!c->keys)
		fputs("# key F5 = help\n", out);
	for (unsigned i = 0; i < c->keys; i++)
		fprintf(out, "key %s = %s\n", c->key[i].key, c->key[i].command);
}
