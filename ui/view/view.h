/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * view.h - how keys and commands change the debugger's state.
 *
 *	view_init()		chapters are the caller's, with their traces; where it opens
 *	view_render()		the state as a grid of any size (ui/panel/panel.h)
 *	view_command()		one command: moves cursors, asks the traces, sets `message`
 *	view_key()		one key, by its name: the command that it is bound to
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

#include "ui/panel/panel.h"
#include "ui/state/state.h"

struct hand;

/*
 * Begin at the start; with a run from threads that broke something, there; with a run that is
 * followed, at its end.
 */
void view_init(struct view *v, struct chapter *chapters, unsigned n);

/* Show chapter `n`, from where it opens. */
void enter_chapter(struct view *v, unsigned n);

/* Of a run that is followed: take in what was written since.  Is there something to draw? */
bool view_refresh(struct view *v);

/*
 * A key by name: "right", "q", "enter", "esc", "7", "ctrl-a", "é".  It does the command that it is
 * bound to; unknown keys set a message.  "paste:TEXT" is text that was pasted, which is never
 * taken for keys.  In a prompt a key is typed, and what was typed is done by enter.
 */
void view_key(struct view *v, const char *key);

/*
 * A command as it is typed behind ':': by its name or a prefix that no other has; a number alone
 * is goto, and so is @ and a stamp.  Returns false, and sets a message, where it is none.
 */
bool view_command(struct view *v, const char *line);

/* What a view is called behind :view, "run"; NULL beyond the last. */
const char *view_screen_name(enum screen_kind screen);

/* What is where on the screen that is shown now: for clicks. */
void view_shown(struct view *v, const struct grid *g);

/* Is what is searched for in the text of a step, or in what one came to? */
bool view_matches(const struct view *v, const struct trace_step *step, const char *result);

/*
 * While a search takes longer than a key may (v->seeking.under_way): a part of it.  Returns
 * whether there was one, and something to draw.
 */
bool view_seek(struct view *v);

/* After the screen was shown: get ready for the next steps. */
void view_read_ahead(const struct view *v);

/* ---- moves by hand (session.h) ---- */

/* What makes them; NULL when memory is out.  A view that gets it frees it in session_end(). */
struct session *session_new(void);
void session_free(struct session *s);	/* of one that no view has */
struct hand *session_hand(const struct session *s);
void session_begin(struct view *v, struct session *s);
void session_end(struct view *v);

/* Back to the chapter as it was before moves were made by hand. */
void session_return(struct view *v);

/* A file whose runs are listed.  0, -ENOMEM, or -ENOSPC: there are too many. */
int session_file(struct view *v, const char *path);

/*
 * Runs that are listed too and do not exist before they are opened: cells of a matrix.  `row` fills
 * in cells 1 to 3 (what, kernel, verdict); `open` makes the run, which then is the session's, or
 * says why not (TRACE_ERROR_MAX bytes) and returns a negative errno.  *source outlives the session.
 */
struct run_source {
	void *arg;
	const char *what;		/* "cell" */
	size_t n;
	void (*row)(void *arg, size_t i, struct list_row *row);
	int (*open)(void *arg, size_t i, struct trace **t, char *why);
};
void session_source(struct view *v, const struct run_source *source);

/* After every key, and when something has come about elsewhere: is there something to draw? */
bool session_look(struct view *v);

/* When nothing else is to be done: the next move by hand is prepared. */
void session_idle(struct view *v);

/* Is something being searched for in the background? */
bool session_busy(const struct view *v);

#endif
