/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * keys.h - what a terminal sends, as keys with names.  No terminal here: bytes in, names out.
 *
 *	"x" "ä"		what was typed, one character each; a blank is "space"
 *	"enter" "tab" "backtab" "esc" "backspace" "delete" "insert"
 *	"up" "down" "left" "right" "home" "end" "pgup" "pgdn" "F1" .. "F12"
 *			also with "shift-", "alt-", "ctrl-" before them, in this order
 *	"ctrl-a" ..	but those that are keys above (ctrl-h, -i, -j, -m), and those that are
 *			the terminal's own: ctrl-c, ctrl-z, ctrl-\, ctrl-s, ctrl-q
 *	"click Y X" "right-click Y X" "wheel-up Y X" "wheel-down Y X"
 *			the mouse, where a screen wants it: row and column of the cell, from 0
 *	"paste:TEXT"	what was pasted, of terminals that tell: one line of valid UTF-8 without
 *			control characters, cut at PASTE_MAX bytes
 *	"that key"	anything else
 *
 * A key that is sent as several bytes begins like "esc" does.  Whether it is esc is known when
 * nothing more comes: keys_wait() says how long to wait for that.
 */
#ifndef SWAPSCOPE_UI_TERMINAL_KEYS_H
#define SWAPSCOPE_UI_TERMINAL_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#define PASTE_MAX	32768
#define KEYS_INPUT	1024
#define KEYS_DEFINED	48
#define SEQUENCE_MAX	16
#define KEY_UNKNOWN	"that key"

struct keys {
	unsigned char in[KEYS_INPUT];	/* bytes that are no keys yet */
	size_t n;
	enum {
		KEYS_PLAIN,
		KEYS_PASTE,		/* inside a paste */
		KEYS_DROP_CSI,		/* inside of something too long to be a key */
		KEYS_DROP_STRING,
	} state;
	struct {
		char text[SEQUENCE_MAX];
		const char *name;
	} defined[KEYS_DEFINED];	/* what the terminal's description has */
	size_t definitions;
	char name[32];			/* the last key's */
	char paste[sizeof("paste:") + PASTE_MAX];
	size_t pasted;			/* bytes in it, the prefix too */
};

void keys_init(struct keys *k);

/*
 * This terminal sends `text` for a key.  Nothing happens with one that does not begin with ESC,
 * or is too long.  `name` is kept.
 */
void keys_define(struct keys *k, const char *text, const char *name);

/* Bytes that came.  Returns how many of n there was room for: the rest after keys_next(). */
size_t keys_feed(struct keys *k, const char *bytes, size_t n);

/*
 * The next key, valid until the next call; "" is none that anybody needs to hear of (a button
 * that was let go).  NULL when there is none, or, unless it is `late`, when it is unfinished.
 */
const char *keys_next(struct keys *k, bool late);

/* Milliseconds after which what is unfinished is late; 0: nothing is. */
unsigned keys_wait(const struct keys *k);

/* Can a key have this name?  Of those of the mouse and of pastes none. */
bool key_name_known(const char *name);

#endif
