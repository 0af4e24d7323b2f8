/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * theme.c - the themes, and looks as text.
 */
#include "ui/terminal/theme.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };
#define NONE	COLOUR_DEFAULT
#define B	LOOK_BOLD
#define U	LOOK_UNDERLINE
#define R	LOOK_REVERSE

/* Without colours every theme is the same. */
#define LOOK(style, many, back, few, few_back, attributes, mono)			\
	[STYLE_##style] = { many, back, few, few_back, attributes, mono }
#define COMMON										\
	LOOK(PLAIN,	NONE, NONE,	NONE, NONE,	0,	0),			\
	LOOK(TITLE,	NONE, NONE,	NONE, NONE,	B,	B),			\
	LOOK(CURSOR,	NONE, NONE,	NONE, NONE,	R | B,	R | B),			\
	LOOK(SELECTED,	NONE, NONE,	NONE, NONE,	R,	R)

static const struct theme themes[] = {
	{ "default", "readable on a dark and on a light background", false, { COMMON,
		LOOK(DIM,	244, NONE,	NONE, NONE,	0,	LOOK_DIM),
		LOOK(BAR,	255, 24,	WHITE, BLUE,	0,	R),
		LOOK(CHANGED,	172, NONE,	YELLOW, NONE,	B,	U),
		LOOK(BAD,	231, 160,	WHITE, RED,	B,	B | R),
		LOOK(GOOD,	34, NONE,	GREEN, NONE,	0,	0),
		LOOK(OWNER,	32, NONE,	CYAN, NONE,	B,	B),
		LOOK(RISK,	208, NONE,	YELLOW, NONE,	B,	B),
		LOOK(POINT,	16, 221,	BLACK, YELLOW,	B,	B | U),
		LOOK(DIFF,	133, NONE,	MAGENTA, NONE,	B,	U) } },
	{ "dark", "for a dark background: brighter", false, { COMMON,
		LOOK(DIM,	246, NONE,	NONE, NONE,	0,	LOOK_DIM),
		LOOK(BAR,	231, 60,	WHITE, BLUE,	0,	R),
		LOOK(CHANGED,	221, NONE,	YELLOW, NONE,	B,	U),
		LOOK(BAD,	231, 160,	WHITE, RED,	B,	B | R),
		LOOK(GOOD,	120, NONE,	GREEN, NONE,	0,	0),
		LOOK(OWNER,	117, NONE,	CYAN, NONE,	B,	B),
		LOOK(RISK,	215, NONE,	YELLOW, NONE,	B,	B),
		LOOK(POINT,	16, 221,	BLACK, YELLOW,	B,	B | U),
		LOOK(DIFF,	213, NONE,	MAGENTA, NONE,	B,	U) } },
	{ "light", "for a light background: darker, for projectors", false, { COMMON,
		LOOK(DIM,	240, NONE,	NONE, NONE,	0,	LOOK_DIM),
		LOOK(BAR,	231, 18,	WHITE, BLUE,	0,	R),
		LOOK(CHANGED,	130, NONE,	RED, NONE,	B,	U),
		LOOK(BAD,	231, 124,	WHITE, RED,	B,	B | R),
		LOOK(GOOD,	22, NONE,	BLACK, NONE,	0,	0),
		LOOK(OWNER,	19, NONE,	BLUE, NONE,	B,	B),
		LOOK(RISK,	130, NONE,	RED, NONE,	B,	B),
		LOOK(POINT,	16, 220,	BLACK, YELLOW,	B,	B | U),
		LOOK(DIFF,	90, NONE,	MAGENTA, NONE,	B,	U) } },
	/* Blue and orange, and how light they are: nothing is told by red against green. */
	{ "colour-blind", "blue and orange, none of red and green", false, { COMMON,
		LOOK(DIM,	244, NONE,	NONE, NONE,	0,	LOOK_DIM),
		LOOK(BAR,	255, 24,	WHITE, BLUE,	0,	R),
		LOOK(CHANGED,	172, NONE,	YELLOW, NONE,	B,	U),
		LOOK(BAD,	16, 214,	BLACK, YELLOW,	B,	B | R),
		LOOK(GOOD,	33, NONE,	CYAN, NONE,	0,	0),
		LOOK(OWNER,	33, NONE,	CYAN, NONE,	B,	B),
		LOOK(RISK,	172, NONE,	YELLOW, NONE,	B,	B),
		LOOK(POINT,	16, 117,	BLACK, YELLOW,	B,	B | U),
		LOOK(DIFF,	172, NONE,	YELLOW, NONE,	B | U,	U) } },
	{ "mono", "no colours: bold, underlined and reversed", true, { COMMON,
		LOOK(DIM,	NONE, NONE,	NONE, NONE,	LOOK_DIM, LOOK_DIM),
		LOOK(BAR,	NONE, NONE,	NONE, NONE,	R,	R),
		LOOK(CHANGED,	NONE, NONE,	NONE, NONE,	U,	U),
		LOOK(BAD,	NONE, NONE,	NONE, NONE,	B | R,	B | R),
		LOOK(GOOD,	NONE, NONE,	NONE, NONE,	0,	0),
		LOOK(OWNER,	NONE, NONE,	NONE, NONE,	B,	B),
		LOOK(RISK,	NONE, NONE,	NONE, NONE,	B,	B),
		LOOK(POINT,	NONE, NONE,	NONE, NONE,	B | U,	B | U),
		LOOK(DIFF,	NONE, NONE,	NONE, NONE,	U,	U) } },
};

const struct theme *theme_at(size_t i)
{
	return i < sizeof(themes) / sizeof(themes[0]) ? &themes[i] : NULL;
}

const struct theme *theme_named(const char *name)
{
	for (size_t i = 0; theme_at(i); i++)
		if (!strcmp(themes[i].name, name))
			return &themes[i];
	return NULL;
}

const char *style_name(enum style style)
{
	static const char *const names[STYLE_COUNT] = {
		"plain", "dim", "title", "bar", "cursor", "changed", "bad", "good", "owner", "diff",
		"risk", "selected", "point",
	};

	return names[style];
}

/* ---- looks as text ---- */

static const char *const colours[] = {
	"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
	"bright-black", "bright-red", "bright-green", "bright-yellow", "bright-blue",
	"bright-magenta", "bright-cyan", "bright-white",
};
#define NAMED	((int)(sizeof(colours) / sizeof(colours[0])))

static const struct {
	const char *name;
	unsigned char bit;
} attributes[] = {
	{ "bold", LOOK_BOLD }, { "dim", LOOK_DIM }, { "underline", LOOK_UNDERLINE },
	{ "reverse", LOOK_REVERSE },
};
#define ATTRIBUTES	(sizeof(attributes) / sizeof(attributes[0]))

static bool is_word(const char *at, size_t n, const char *word)
{
	return strlen(word) == n && !memcmp(at, word, n);
}

/* The number of a colour, or -2. */
static int colour_of(const char *at, size_t n)
{
	int number = 0;

	if (is_word(at, n, "default"))
		return COLOUR_DEFAULT;
	for (int i = 0; i < NAMED; i++)
		if (is_word(at, n, colours[i]))
			return i;
	if (!n || n > 3 || strspn(at, "0123456789") < n)
		return -2;
	for (size_t i = 0; i < n; i++)
		number = number * 10 + at[i] - '0';
	return number < 256 ? number : -2;
}

/* The one of eight colours that is nearest: which of red, green and blue it has. */
static short nearest_of_eight(int colour)
{
	int level[3], most;

	if (colour < 8)
		return (short)colour;
	if (colour < 16)
		return (short)(colour - 8);
	if (colour >= 232)
		return colour >= 244 ? WHITE : BLACK;
	colour -= 16;
	level[0] = colour / 36;
	level[1] = colour / 6 % 6;
	level[2] = colour % 6;
	most = level[0] > level[1] ? level[0] : level[1];
	most = most > level[2] ? most : level[2];
	if (most < 2)
		return BLACK;
	return (short)((level[0] * 2 > most) | (level[1] * 2 > most) << 1 |
		       (level[2] * 2 > most) << 2);
}

/* One word; `back`: it stands behind "on".  Whether it is one. */
static bool take_word(struct look *look, const char *at, size_t n, bool back)
{
	int colour = colour_of(at, n);

	if (colour >= COLOUR_DEFAULT) {
		*(back ? &look->many_back : &look->many) = (short)colour;
		*(back ? &look->few_back : &look->few) = nearest_of_eight(colour);
		return true;
	}
	for (size_t i = 0; i < ATTRIBUTES && !back; i++)
		if (is_word(at, n, attributes[i].name)) {
			look->attributes |= attributes[i].bit;
			return true;
		}
	return !back && is_word(at, n, "plain");
}

int look_parse(struct look *look, const char *text, const char **wrong)
{
	struct look l = { NONE, NONE, NONE, NONE, 0, 0 };
	bool back = false;

	*wrong = text;
	if (!text[strspn(text, " \t")])
		return -EINVAL;
	for (const char *at = text + strspn(text, " \t"); *at; at += strspn(at, " \t")) {
		size_t n = strcspn(at, " \t");

		*wrong = at;
		if (!back && is_word(at, n, "on")) {
			back = true;
		} else {
			if (!take_word(&l, at, n, back))
				return -EINVAL;
			back = false;
		}
		at += n;
	}
	if (back)
		return -EINVAL;		/* "red on" */
	/* A background that cannot be shown is shown as well as it can be. */
	l.mono = l.attributes | (l.many_back >= 0 ? LOOK_REVERSE : 0);
	*look = l;
	return 0;
}

static void add_colour(char *buf, const char *before, int colour)
{
	size_t n = strlen(buf);

	if (colour >= NAMED)
		snprintf(buf + n, LOOK_TEXT_MAX - n, "%s%d", before, colour);
	else
		snprintf(buf + n, LOOK_TEXT_MAX - n, "%s%s", before,
			 colour < 0 ? "default" : colours[colour]);
}

const char *look_text(const struct look *look, char *buf)
{
	*buf = '\0';
	if (look->many >= 0 || look->many_back >= 0)
		add_colour(buf, "", look->many);
	if (look->many_back >= 0)
		add_colour(buf, " on ", look->many_back);
	for (size_t i = 0; i < ATTRIBUTES; i++)
		if (look->attributes & attributes[i].bit)
			snprintf(buf + strlen(buf), LOOK_TEXT_MAX - strlen(buf), "%s%s",
				 *buf ? " " : "", attributes[i].name);
	if (!*buf)
		strcpy(buf, "plain");
	return buf;
}
