/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * config.h - what a user wants otherwise: a file of settings.
 *
 * The file is $XDG_CONFIG_HOME/swapscope/config, or ~/.config/swapscope/config; docs/config.md
 * says what may stand in it.  Only what shows a screen or writes notes reads it, and `swapscope
 * config`, which prints the settings in force as such a file:
 *
 *	config_use()		reads it and gives the terminal (tty.h) its part, before a screen is
 *				shown; what is left, the keys, is the debugger's
 *	  config_load()		which file, and what is in it; none is all defaults
 *	    config_parse()	its text, which may be anything
 *	config_command()	the command of a key
 *
 * A file that is wrong is an error, which says the line; no setting of it is taken then, and
 * the program ends: a key that does something else than one thinks is worse than no screen.  A
 * struct config owns nothing outside itself.
 */
#ifndef SWAPSCOPE_UI_CONFIG_CONFIG_H
#define SWAPSCOPE_UI_CONFIG_CONFIG_H

#include <stdio.h>

#include "ui/terminal/theme.h"

#define CONFIG_SIZE_MAX	65536		/* bytes of a file */
#define CONFIG_LINE_MAX	240		/* and of a line */
#define CONFIG_KEYS	64

struct config {
	const struct theme *theme;
	struct look look[STYLE_COUNT];	/* where its line is not 0: over the theme's */
	bool ascii, mouse;
	unsigned keys;
	struct {
		char key[32];		/* as screens get it */
		char command[CONFIG_LINE_MAX];	/* as it is typed behind ':' */
		unsigned line;
	} key[CONFIG_KEYS];
	char author[CONFIG_LINE_MAX];	/* of notes; "": not set */
	/* 0: not set */
	unsigned theme_line, ascii_line, mouse_line, author_line, look_line[STYLE_COUNT];
};

#define CONFIG_ERROR_MAX 200

/* Nothing set: the defaults. */
void config_init(struct config *c);

/*
 * n bytes of text; *c is made new.  0, or -EINVAL and what is wrong in err (CONFIG_ERROR_MAX
 * bytes) and *line, counted from 1; then *c has the defaults.
 */
int config_parse(struct config *c, const char *text, size_t n, unsigned *line, char *err);

/* Where the file is, which may not be there; "" where nothing says so. */
#define CONFIG_PATH_MAX	4096
void config_path(char *path);

/* Read a file; NULL: the user's, which need not be there.  EXIT_OK, or EXIT_USAGE after a line. */
int config_load(struct config *c, const char *path);

/* config_load() of the user's file, and the terminal gets what is the terminal's. */
int config_use(struct config *c);

/*
 * Who writes notes: $SWAPSCOPE_AUTHOR, or what the settings say (NULL: nothing), or the name of the
 * login.  Into size bytes, returned; "" where nothing says who.
 */
const char *config_author(const struct config *c, char *name, size_t size);

/* What a key is to do, or NULL: nothing was said of it. */
const char *config_command(const struct config *c, const char *key);

/* The settings as a file that says the same. */
void config_print(const struct config *c, FILE *out);

#endif
