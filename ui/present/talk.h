/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * talk.h - a deck on a terminal: which beat, which layout, and what a key does.  A function of its
 * state; talk.c runs it on the terminal.
 *
 * On the path, keys turn the beats, those that remote controls send among them.  Off the path the
 * beat is the debugger's chapter and keys are the debugger's, until esc leads back.
 */
#ifndef SWAPSCOPE_UI_PRESENT_TALK_H
#define SWAPSCOPE_UI_PRESENT_TALK_H

#include <sys/types.h>

#include "ui/present/present.h"

struct talk {
	const struct presentation *p;
	struct view v;			/* which beat: v.at; v.presenting: on the path */
	bool help, note;
	unsigned minutes;		/* the budget; 0: there is none */
	unsigned elapsed;		/* minutes since it began, for the screen */
	char message[160];
};

void talk_init(struct talk *t, const struct presentation *p);
void talk_key(struct talk *t, const char *key);
void talk_render(const struct talk *t, struct grid *g);

/* ---- what the second terminal is told (state file) ---- */

struct told {
	unsigned beat;			/* from 0 */
	bool off_path;
	long long began;		/* time() */
	pid_t pid;			/* whose talk it is */
};

/*
 * Where a deck's talk tells what it is at: a file in XDG_RUNTIME_DIR, or else in the user's cache
 * folder, which is made.  EXIT_OK; EXIT_USAGE, without a message: there is no such place.
 */
int told_path(const struct deck *d, char *path, size_t size);

/* Write it, whole or not at all; read it.  0 or a negative errno: -ESRCH where nobody talks. */
int told_write(const char *path, const struct told *t);
int told_read(const char *path, struct told *t);

/* ---- the second terminal: notes ---- */

struct notes {
	const struct deck *deck;
	const char *path;
	struct told told;
	bool live;			/* somebody talks: `told` is what it is at */
	unsigned beat;			/* shown */
	long long now;			/* time() */
	bool quit;
};

/* Take in what is told.  Is there something to draw? */
bool notes_refresh(struct notes *n, long long now);
void notes_key(struct notes *n, const char *key);
void notes_render(const struct notes *n, struct grid *g);

#endif
