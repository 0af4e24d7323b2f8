/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * view.h - the debugger's state, how a key changes it, how it is drawn.
 *
 * What this folder shows is a function of its state and of the recorded runs, and of nothing
 * else: no clock, no terminal, no model.  So a screen is compared whole by a test, and an old
 * trace shows what it showed when it was made.
 *
 *	view_init()		chapters are the caller's, with their traces; where it opens
 *	view_render()		the state as a grid of any size: panel.h has what panels share, and
 *				each is a file (schedule, objects, moment, source, diff ..)
 *	view_key()		one key, by its name: moves cursors, asks the traces, sets `message`
 *	view_read_ahead()	after a screen was shown: what the next steps will ask for
 *	view_refresh()		of a run that another process writes: what came since
 *
 * show.h runs that on a terminal, and prints chapters (view_print()) where there is none.  The
 * matrix of explorations is done the same way: matrix.h, and matrix_screen.c on a terminal.
 *
 * Drawing changes nothing of a view; it does move the traces' cursors, which is why a view and
 * its traces belong to one thread.  Keys are listed once, in ACTIONS() and OBJECT_ACTIONS(): the
 * bindings and the help screen are made of that list.
 */
#ifndef SWAPSCOPE_UI_VIEW_VIEW_H
#define SWAPSCOPE_UI_VIEW_VIEW_H

#include "replay/pair/align.h"
#include "traces/read/lens.h"
#include "traces/read/read.h"
#include "ui/terminal/grid.h"

/* What a key can ask for, once: X(action, keys, group, help).  The help screen, the key
 * bindings and docs derive from this list.  Keys are names separated by spaces. */
#define ACTIONS(X)									\
	X(FORWARD,	"right l space",	"move",	"one step forward")		\
	X(BACK,		"left h backspace",	"move",	"one step back")		\
	X(FIRST,	"home g",		"move",	"to the start")			\
	X(LAST,		"end G",		"move",	"to the end")			\
	X(FORWARD_10,	"pgdn",			"move",	"ten steps forward")		\
	X(BACK_10,	"pgup",			"move",	"ten steps back")		\
	X(GOTO,		":",			"move",	"go to a step by number")	\
	X(NEXT_FINDING,	"f",			"find",	"to the next finding")		\
	X(PREV_FINDING,	"F",			"find",	"to the finding before")	\
	X(NEXT_DIFF,	"d",			"find",	"to the next difference between the runs") \
	X(PREV_DIFF,	"D",			"find",	"to the difference before")	\
	X(OTHER_PANE,	"tab",			"panes", "to the other pane")		\
	X(LOCK,		"x",			"panes", "lock or unlock the two cursors") \
	X(OVERLAY,	"o",			"panes", "both runs side by side, or as one list") \
	X(NEXT_CHAPTER,	"n",			"tour",	"next chapter of the tour")	\
	X(PREV_CHAPTER,	"p",			"tour",	"chapter before")		\
	X(HELP,		"? F1",			"other", "this help")			\
	X(QUIT,		"q",			"other", "leave")

/* And what only runs ask for that were recorded from threads or explain a capture, are large or
 * are being written.
 * These keys come first there, but for those that two runs need. */
#define OBJECT_ACTIONS(X)								\
	X(LOOK_AT,	"/ o",		"object", "look at an object: page 54, s7, e12")	\
	X(TRACK,	"t",		"object", "look at what the last step changed")	\
	X(NO_OBJECT,	"u",		"object", "look at what the tasks are at, no more")	\
	X(PREV_CHANGE,	"[",		"object", "back to where the object changed last")	\
	X(NEXT_CHANGE,	"]",		"object", "on to where it changes next")	\
	X(CAUSE,	"c",		"object", "back to what made it so, and so on")	\
	X(UNCAUSE,	"C",		"object", "return from there")			\
	X(WATCH,	"w",		"object", "stop or go on following a run that grows") \
	X(NEXT_SEEN,	"e",		"kernel", "on to a step that an event shows: @") \
	X(PREV_SEEN,	"E",		"kernel", "back to one; : @557 goes to an event's")

enum action {
	ACT_NONE,
#define X(action, keys, group, help) ACT_##action,
	ACTIONS(X)
	OBJECT_ACTIONS(X)
#undef X
	ACT_COUNT
};

/* A chapter of the tour, or the one thing that `view` shows. */
struct chapter {
	const char *title;	/* may be NULL */
	const char *text;	/* what to look for; may be NULL */
	struct trace *run[2];	/* run[1] may be NULL: one pane */
	struct alignment alignment;	/* with two runs; empty: they were not compared */
	const char *follow;	/* the file of the one run, which is being written; else NULL */
};

#define WAY_MAX	32

struct view {
	struct chapter *chapter;	/* owned by the caller */
	unsigned chapters;
	unsigned at;			/* the chapter shown */
	uint64_t cursor[2];
	unsigned focus;			/* pane 0 or 1 */
	bool locked;
	bool overlay;
	bool help;
	bool ascii;			/* no line drawing characters */
	bool quit;
	struct trace_object object[2];	/* looked at in each run; OBJ_NONE: what the tasks name */
	char prompt[16];		/* what was typed after ':' or '/' */
	bool prompting;
	bool prompting_object;		/* an object, not a step */
	struct {			/* where the cursor came from, by causes */
		uint64_t at;
		struct trace_object object;
	} way[WAY_MAX];
	unsigned way_length;
	bool paused;			/* the cursor does not go along with a run that grows */
	char message[240];		/* a sentence about the last key; "" is none */
};

/*
 * Begin at the start; with a run from threads that broke something, there; with a run that is
 * followed, at its end.
 */
void view_init(struct view *v, struct chapter *chapters, unsigned n);

/* Of a run that is followed: take in what was written since.  Is there something to draw? */
bool view_refresh(struct view *v);

/* A key by name: "right", "q", "enter", "esc", "7".  Unknown keys set a message. */
void view_key(struct view *v, const char *key);

/* Draw everything into g, whatever its size. */
void view_render(const struct view *v, struct grid *g);

/* After the screen was shown: get ready for the next steps. */
void view_read_ahead(const struct view *v);

/* The whole of a chapter as plain text: both runs as CPU diagrams, where they part and why. */
void view_print(const struct chapter *c, FILE *out);

#endif
