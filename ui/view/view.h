/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * view.h - how keys and commands change the debugger's state.
 *
 *	view_init()		chapters are the caller's, with their traces; where it opens
 *	view_render()		the state as a grid of any size (ui/panel/state.h)
 *	view_key()		one key, by its name: moves cursors, asks the traces, sets `message`
 *	view_read_ahead()	after a screen was shown: what the next steps will ask for
 *	view_refresh()		of a run that another process writes: what came since
 *
 * Whatever changes a view is in this folder; what is drawn of it, and the list of all that can be
 * asked for, in ui/panel.  A view is one thread's.  Texts, traces and alignments of chapters are
 * the caller's, and outlive it.
 *
 * show.h runs that on a terminal, and prints chapters (view_print()) where there is none.
 */
#ifndef SWAPSCOPE_UI_VIEW_VIEW_H
#define SWAPSCOPE_UI_VIEW_VIEW_H

#include "ui/panel/state.h"

/*
 * Begin at the start; with a run from threads that broke something, there; with a run that is
 * followed, at its end.
 */
void view_init(struct view *v, struct chapter *chapters, unsigned n);

/* Show chapter `n`, from where it opens. */
void view_enter(struct view *v, unsigned n);

/* Of a run that is followed: take in what was written since.  Is there something to draw? */
bool view_refresh(struct view *v);

/* A key by name: "right", "q", "enter", "esc", "7".  Unknown keys set a message. */
void view_key(struct view *v, const char *key);

/* Is a key one of `keys`, which are separated by blanks? */
bool has_key(const char *keys, const char *key);

/* After the screen was shown: get ready for the next steps. */
void view_read_ahead(const struct view *v);

/* The whole of a chapter as plain text: both runs as CPU diagrams, where they part and why. */
void view_print(const struct chapter *c, FILE *out);

#endif
