/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * keys.c - bytes of a terminal to names of keys.
 *
 * What comes may be anything: a sequence that is broken, too long or never finished takes
 * nothing with it but itself, and nothing of it is taken for keys that were pressed.
 */
#include "ui/terminal/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/terminal/grid.h"

#define ESC		27
#define DELETE		127
#define CSI_MAX		48	/* longer ones are no keys */
#define ESC_MS		50	/* until ESC alone is the key; over a slow line bytes come apart */
#define PASTE_MS	3000	/* until a paste that does not end has ended */

static const char paste_end[] = "\033[201~";

/* "\033[5~", "\033[1;2A" and the like: the number, or the last letter. */
static const char *const numbered[] = {
	[1] = "home", [2] = "insert", [3] = "delete", [4] = "end", [5] = "pgup", [6] = "pgdn",
	[7] = "home", [8] = "end", [11] = "F1", [12] = "F2", [13] = "F3", [14] = "F4",
	[15] = "F5", [17] = "F6", [18] = "F7", [19] = "F8", [20] = "F9", [21] = "F10",
	[23] = "F11", [24] = "F12",
};
static const char *const lettered[128] = {
	['A'] = "up", ['B'] = "down", ['C'] = "right", ['D'] = "left", ['H'] = "home",
	['F'] = "end", ['P'] = "F1", ['Q'] = "F2", ['R'] = "F3", ['S'] = "F4", ['Z'] = "backtab",
	['M'] = "enter",	/* of the keypad, behind ESC O */
};
static const char *const others[] = {
	"space", "enter", "tab", "backtab", "esc", "backspace",
};

void keys_init(struct keys *k)
{
	memset(k, 0, sizeof(*k));
	k->pasted = (size_t)snprintf(k->paste, sizeof(k->paste), "paste:");
}

void keys_define(struct keys *k, const char *text, const char *name)
{
	size_t n = strlen(text);

	if (text[0] != ESC || n < 2 || n >= SEQUENCE_MAX || k->definitions == KEYS_DEFINED)
		return;
	memcpy(k->defined[k->definitions].text, text, n + 1);
	k->defined[k->definitions++].name = name;
}

size_t keys_feed(struct keys *k, const char *bytes, size_t n)
{
	size_t room = sizeof(k->in) - k->n;

	n = n < room ? n : room;
	memcpy(k->in + k->n, bytes, n);
	k->n += n;
	return n;
}

static const char *take(struct keys *k, size_t n, const char *name)
{
	k->n -= n;
	memmove(k->in, k->in + n, k->n);
	return name;
}

/* ---- characters ---- */

/* Of the character that begins here: its bytes; 0: more are needed; -1: it is none. */
static int utf8_bytes(const unsigned char *s, size_t n)
{
	int length = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? -1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 :
		     s[0] < 0xf5 ? 4 : -1;

	for (int i = 1; i < length; i++) {
		if ((size_t)i >= n)
			return 0;
		if ((s[i] & 0xc0) != 0x80)
			return -1;
	}
	if ((length == 2 && s[0] == 0xc2 && s[1] < 0xa0) ||		/* controls */
	    (length == 3 && s[0] == 0xe0 && s[1] < 0xa0) ||		/* could be shorter */
	    (length == 3 && s[0] == 0xed && s[1] >= 0xa0) ||		/* surrogates */
	    (length == 4 && s[0] == 0xf0 && s[1] < 0x90) ||
	    (length == 4 && s[0] == 0xf4 && s[1] >= 0x90))
		return -1;
	return length;
}

static const char *next_character(struct keys *k, bool late)
{
	int n = utf8_bytes(k->in, k->n);

	if (!n && !late)
		return NULL;
	if (n <= 0)
		return take(k, 1, KEY_UNKNOWN);
	memcpy(k->name, k->in, (size_t)n);
	k->name[n] = '\0';
	return take(k, (size_t)n, strcmp(k->name, " ") ? k->name : "space");
}

static const char *next_control(struct keys *k)
{
	int c = k->in[0];

	switch (c) {
	case '\r':
	case '\n':
		return take(k, 1, "enter");
	case '\t':
		return take(k, 1, "tab");
	case '\b':
	case DELETE:
		return take(k, 1, "backspace");
	case 0:
		return take(k, 1, "ctrl-space");
	}
	snprintf(k->name, sizeof(k->name), "ctrl-%c", c <= 26 ? c + 'a' - 1 : c + '@');
	return take(k, 1, k->name);
}

/* ---- sequences ---- */

static const char *with_modifiers(struct keys *k, const char *name, unsigned long modifiers)
{
	modifiers = modifiers ? modifiers - 1 : 0;	/* they are counted from 1 */
	if (!name || modifiers > 7)
		return KEY_UNKNOWN;
	snprintf(k->name, sizeof(k->name), "%s%s%s%s", modifiers & 1 ? "shift-" : "",
		 modifiers & 2 ? "alt-" : "", modifiers & 4 ? "ctrl-" : "", name);
	return k->name;
}

static const char *mouse(struct keys *k, unsigned long button, unsigned long x, unsigned long y,
			 bool down)
{
	static const char *const names[128] = {
		[0] = "click", [2] = "right-click", [64] = "wheel-up", [65] = "wheel-down",
	};

	button &= ~(4ul | 8ul | 16ul);		/* with shift, alt, ctrl it is the same */
	if (!down || button >= sizeof(names) / sizeof(names[0]) || !names[button] || !x || !y ||
	    x > 9999 || y > 9999)
		return "";
	snprintf(k->name, sizeof(k->name), "%s %lu %lu", names[button], y - 1, x - 1);
	return k->name;
}

/* All of "\033[..X" is there, n bytes. */
static const char *whole_csi(struct keys *k, size_t n)
{
	unsigned long value[3] = { 0 };
	char text[CSI_MAX + 1], *at = text + 2;
	char last = (char)k->in[n - 1];
	bool of_mouse;

	memcpy(text, k->in, n);
	text[n] = '\0';
	of_mouse = *at == '<';
	at += of_mouse;
	for (int i = 0; i < 3; i++) {
		if (*at >= '0' && *at <= '9')
			value[i] = strtoul(at, &at, 10);
		if (*at != ';')
			break;
		at++;
	}
	take(k, n, NULL);
	if (at != text + n - 1)
		return KEY_UNKNOWN;
	if (of_mouse)
		return last == 'M' || last == 'm' ?
		       mouse(k, value[0], value[1], value[2], last == 'M') : KEY_UNKNOWN;
	if (last == '~' && value[0] == 200) {
		k->state = KEYS_PASTE;
		k->pasted = strlen("paste:");
		return "";
	}
	if (last == '~')
		return with_modifiers(k, value[0] < sizeof(numbered) / sizeof(numbered[0]) ?
				      numbered[value[0]] : NULL, value[1]);
	if (last == 'I' || last == 'O' || (last == 'M' && n == 3))
		return last == 'M' ? KEY_UNKNOWN : "";	/* the window's focus */
	return with_modifiers(k, lettered[(unsigned char)last], value[1]);
}

/* "\033[" and more. */
static const char *next_csi(struct keys *k, bool late)
{
	size_t i = 2;

	if (k->n > 2 && k->in[2] == '[') {		/* F1 to F5 of Linux' console */
		static const char *const console[] = { "F1", "F2", "F3", "F4", "F5" };

		if (k->n < 4)
			return late ? take(k, k->n, KEY_UNKNOWN) : NULL;
		return take(k, 4, k->in[3] >= 'A' && k->in[3] <= 'E' ? console[k->in[3] - 'A'] :
			    KEY_UNKNOWN);
	}
	if (k->n > 2 && k->in[2] == 'M') {		/* the mouse, where a byte is a number */
		if (k->n < 6)
			return late ? take(k, k->n, KEY_UNKNOWN) : NULL;
		i = k->in[3];
		take(k, 3, NULL);
		return take(k, 3, mouse(k, i < 32 ? 3 : i - 32, k->in[1] - 32u, k->in[2] - 32u,
					k->in[1] > 32 && k->in[2] > 32));
	}
	while (i < k->n && i < CSI_MAX && k->in[i] >= 0x20 && k->in[i] < 0x40)
		i++;
	if (i == CSI_MAX) {
		k->state = KEYS_DROP_CSI;
		return take(k, i, KEY_UNKNOWN);
	}
	if (i == k->n) {
		if (!late)
			return NULL;
		return i == 2 ? take(k, 1, "esc") : take(k, i, KEY_UNKNOWN);
	}
	if (k->in[i] < 0x40 || k->in[i] > 0x7e)
		return take(k, i, KEY_UNKNOWN);	/* what broke it is a key of its own */
	return whole_csi(k, i + 1);
}

/* What the terminal's description has: NULL with *partial where it may become one. */
static const char *next_defined(struct keys *k, bool *partial)
{
	const char *name = NULL;
	size_t longest = 0;

	*partial = false;
	for (size_t i = 0; i < k->definitions; i++) {
		size_t n = strlen(k->defined[i].text);

		if (n > k->n)
			*partial = *partial || !memcmp(k->in, k->defined[i].text, k->n);
		else if (n > longest && !memcmp(k->in, k->defined[i].text, n)) {
			name = k->defined[i].name;
			longest = n;
		}
	}
	return name ? take(k, longest, name) : NULL;
}

static const char *next_escape(struct keys *k, bool late)
{
	bool partial;
	const char *name = next_defined(k, &partial);

	if (name)
		return name;
	if ((partial || k->n == 1) && !late)
		return NULL;
	if (k->n == 1)
		return take(k, 1, "esc");
	switch (k->in[1]) {
	case '[':
		return next_csi(k, late);
	case 'O':
		if (k->n == 2)
			return late ? take(k, 1, "esc") : NULL;
		if (k->in[2] < 0x80 && lettered[k->in[2]])
			return take(k, 3, lettered[k->in[2]]);
		return k->in[2] < 0x20 ? take(k, 1, "esc") : take(k, 3, KEY_UNKNOWN);
	case ']':	/* what a terminal answers, and nobody asked for */
	case 'P':
	case '_':
	case '^':
		if (k->n == 2)
			return late ? take(k, 1, "esc") : NULL;
		k->state = KEYS_DROP_STRING;
		return take(k, 2, KEY_UNKNOWN);
	}
	return take(k, 1, "esc");
}

/* Nothing of it is a key. */
static const char *drop(struct keys *k, bool late)
{
	size_t i = 0;

	while (i < k->n) {
		int c = k->in[i++];

		if (k->state == KEYS_DROP_CSI ? c >= 0x40 || c < 0x20 :
		    c == '\a' || (c == '\\' && i > 1 && k->in[i - 2] == ESC)) {
			k->state = KEYS_PLAIN;
			return take(k, i, "");
		}
	}
	if (late) {
		k->state = KEYS_PLAIN;
		return take(k, k->n, "");
	}
	/* the ESC of an end that is not whole yet stays */
	take(k, k->n && k->in[k->n - 1] == ESC ? k->n - 1 : k->n, NULL);
	return NULL;
}

/* ---- pastes ---- */

/* One line that may be shown and typed. */
static const char *clean_paste(struct keys *k)
{
	char *to = k->paste + strlen("paste:");
	const unsigned char *from = (const unsigned char *)to, *end;

	end = (const unsigned char *)k->paste + k->pasted;
	while (from < end) {
		int n = utf8_bytes(from, (size_t)(end - from));

		if (n <= 0) {
			*to++ = '?';
			from++;
			continue;
		}
		memmove(to, from, (size_t)n);
		to += n;
		from += n;
	}
	*to = '\0';
	k->state = KEYS_PLAIN;
	return k->paste[strlen("paste:")] ? k->paste : "";
}

static void add_pasted(struct keys *k, int c)
{
	if (c == '\r' || c == '\n' || c == '\t')
		c = ' ';
	if (c >= ' ' && c != DELETE && k->pasted < sizeof(k->paste) - 1)
		k->paste[k->pasted++] = (char)c;
}

static const char *next_paste(struct keys *k, bool late)
{
	const size_t length = strlen(paste_end);
	size_t i = 0;

	for (; i < k->n; i++) {
		size_t rest = k->n - i, compared = rest < length ? rest : length;

		if (k->in[i] == ESC && !memcmp(k->in + i, paste_end, compared)) {
			if (compared == length) {
				take(k, i + length, NULL);
				return clean_paste(k);
			}
			if (!late)
				break;		/* it may be the end */
		}
		add_pasted(k, k->in[i]);
	}
	take(k, i, NULL);
	return late ? clean_paste(k) : NULL;
}

const char *keys_next(struct keys *k, bool late)
{
	if (k->state == KEYS_PASTE)
		return next_paste(k, late);
	if (k->state != KEYS_PLAIN)
		return drop(k, late);
	if (!k->n)
		return NULL;
	if (k->in[0] == ESC)
		return next_escape(k, late);
	if (k->in[0] < 0x20 || k->in[0] == DELETE)
		return next_control(k);
	return next_character(k, late);
}

unsigned keys_wait(const struct keys *k)
{
	return k->state == KEYS_PASTE ? PASTE_MS : k->n || k->state != KEYS_PLAIN ? ESC_MS : 0;
}

/* ---- names ---- */

static bool is_named(const char *name)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcmp(others[i], name))
			return true;
	for (size_t i = 0; i < sizeof(numbered) / sizeof(numbered[0]); i++)
		if (numbered[i] && !strcmp(numbered[i], name))
			return true;
	for (size_t i = 0; i < sizeof(lettered) / sizeof(lettered[0]); i++)
		if (lettered[i] && !strcmp(lettered[i], name))
			return true;
	return false;
}

static bool is_sent_with_modifiers(const char *name)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcmp(others[i], name))
			return false;
	return is_named(name);
}

bool key_name_known(const char *name)
{
	static const char *const modifiers[] = { "shift-", "alt-", "ctrl-" };
	const char *rest = name;
	size_t n = strlen(name);

	if (n > sizeof(((struct keys *)0)->name) - 1 || !n)
		return false;
	if (utf8_bytes((const unsigned char *)name, n) == (int)n && n <= 4)
		return n > 1 || (name[0] > ' ' && name[0] < DELETE);
	if (!strcmp(name, "ctrl-space") || is_named(name))
		return true;
	if (!strncmp(name, "ctrl-", 5) && n == 6)
		return strchr("abdefgklnoprtuvwxy]^_", name[5]) != NULL;
	for (size_t i = 0; i < 3; i++)
		if (!strncmp(rest, modifiers[i], strlen(modifiers[i])))
			rest += strlen(modifiers[i]);
	return rest != name && is_sent_with_modifiers(rest);
}
