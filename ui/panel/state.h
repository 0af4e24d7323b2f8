/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * state.h - what is shown: the debugger's state, and drawing it.
 *
 * This folder draws, and nothing else.  What it draws is a function of struct view and of the
 * recorded runs: no clock, no terminal, no model.  So a screen is compared whole by a test, and
 * an old trace shows what it showed when it was made.
 *
 *	view_render()		the state as a grid of any size: render.c says who gets which room
 *	panel.h			what the panels share: a run at a position, lines that shorten
 *				themselves; and the panels, a file each (schedule, source ..)
 *
 * Who changes a view is ui/view.  Drawing changes nothing of it; it does move the traces'
 * cursors, which is why a view and its traces belong to one thread.  What can be asked for is
 * listed once, in COMMANDS(): commands, keys and the help screen are made of that list.
 */
#ifndef SWAPSCOPE_UI_PANEL_STATE_H
#define SWAPSCOPE_UI_PANEL_STATE_H

#include "replay/pair/align.h"
#include "traces/read/lens.h"
#include "traces/read/read.h"
#include "ui/terminal/grid.h"

/*
 * What can be asked for, once: X(name, command, arguments, keys, group, help).  The command is what
 * is typed behind ':', keys are names separated by blanks.  Commands, keys, the help screen and
 * docs derive from this list.
 */
#define COMMANDS(X)									\
	X(FORWARD, "forward", "[N]", "right l space", "move",				\
	  "one step forward")								\
	X(BACK, "back", "[N]", "left h backspace", "move",				\
	  "one step back")								\
	X(FIRST, "first", "", "home g", "move",						\
	  "to the start")								\
	X(LAST, "last", "", "end G", "move",						\
	  "to the end")									\
	X(FORWARD_10, "page-forward", "", "pgdn", "move",				\
	  "ten steps forward")								\
	X(BACK_10, "page-back", "", "pgup", "move",					\
	  "ten steps back")								\
	X(GOTO, "goto", "N|@STAMP", ":", "move",					\
	  "go to a step by number")							\
	X(NEXT_FINDING, "finding", "", "f", "find",					\
	  "to the next finding")							\
	X(PREV_FINDING, "finding-before", "", "F", "find",				\
	  "to the finding before")							\
	X(NEXT_DIFF, "difference", "", "d", "find",					\
	  "to the next difference between the runs")					\
	X(PREV_DIFF, "difference-before", "", "D", "find",				\
	  "to the difference before")							\
	X(OTHER_PANE, "pane", "", "tab", "panes",					\
	  "to the other pane")								\
	X(LOCK, "lock", "", "x", "panes",						\
	  "lock or unlock the two cursors")						\
	X(OVERLAY, "overlay", "", "o", "panes",						\
	  "both runs side by side, or as one list")					\
	X(LOOK_AT, "look", "OBJECT", "/", "object",					\
	  "look at an object: page 54, s7, e12")					\
	X(TRACK, "track", "", "t", "object",						\
	  "look at what the last step changed")						\
	X(NO_OBJECT, "look-away", "", "u", "object",					\
	  "look at what the tasks are at, no more")					\
	X(PREV_CHANGE, "change-before", "", "[", "object",				\
	  "back to where the object changed last")					\
	X(NEXT_CHANGE, "change", "", "]", "object",					\
	  "on to where it changes next")						\
	X(CAUSE, "cause", "", "c", "object",						\
	  "back to what made it so, and so on")						\
	X(UNCAUSE, "uncause", "", "C", "object",					\
	  "return from there")								\
	X(WATCH, "follow", "", "w", "object",						\
	  "stop or go on following a run that grows")					\
	X(NEXT_SEEN, "event", "", "e", "kernel",					\
	  "on to a step that an event shows: @")					\
	X(PREV_SEEN, "event-before", "", "E", "kernel",					\
	  "back to one; : @557 goes to an event's")					\
	X(NEXT_CHAPTER, "chapter", "", "n", "tour",					\
	  "next chapter of the tour")							\
	X(PREV_CHAPTER, "chapter-before", "", "p", "tour",				\
	  "chapter before")								\
	X(HELP, "help", "", "? F1", "other",						\
	  "this help")									\
	X(QUIT, "quit", "", "q", "other",						\
	  "leave")

enum command_id {
	CMD_NONE,
#define X(name, command, arguments, keys, group, help) CMD_##name,
	COMMANDS(X)
#undef X
	CMD_COUNT
};

/* A chapter of the tour, or the one thing that `view` shows. */
struct chapter {
	const char *title;	/* may be NULL */
	const char *text;	/* what to look for; may be NULL */
	struct trace *run[2];	/* run[1] may be NULL: one pane */
	struct alignment alignment;	/* with two runs; empty: they were not compared */
	const char *follow;	/* the file of the one run, which is being written; else NULL */
	const char *note;	/* the speaker's; may be NULL */
	const char *point;	/* what to point at: "slot 0", "W"; may be NULL */
	bool opens;		/* at positions open[], not where such a run is best begun */
	uint64_t open[2];
	unsigned open_side;	/* the pane that is spoken of */
};

/* What can still become of a run after a move, or from a position on. */
enum fate {
	FATE_UNASKED,		/* nobody has asked */
	FATE_UNKNOWN,		/* the search was bounded, or is under way */
	FATE_SAFE,		/* nothing can go wrong any more, whatever comes */
	FATE_DOOMED,		/* something can: the shortest way has `left` more steps */
	FATE_BROKEN,		/* the move itself breaks a property */
};

#define NAME_MAX_SHOWN	16

/* One task with one outcome, in "what can happen next". */
struct choice {
	uint8_t task, outcome, outcomes;
	bool can;
	enum fate fate;
	unsigned left;			/* with FATE_DOOMED: steps after the move */
	char name[NAME_MAX_SHOWN];	/* of the task */
	char step[160];			/* "zswap_load: spin_lock(&tree->lock)" */
	char result[96];		/* what it comes to, or "" */
	char why[160];			/* it cannot: what it waits for, and who has that */
	char changes[240];		/* it can: what it would change */
	char breaks[64];		/* the properties that it would break, or "" */
};
#define CHOICES_SHOWN	64

/* What of a run at every position: is it lost already, and how far is it? */
struct prospect {
	uint8_t fate;			/* enum fate */
	uint32_t left;
};

/* What a pane has beside its run, when its run is one of this program's model. */
struct by_hand {
	bool possible;
	char why_not[160];		/* else */
	uint64_t at;			/* position that the choices are of */
	struct choice choice[CHOICES_SHOWN];
	unsigned choices;
	struct prospect *prospect;	/* of positions 0 .. prospects - 1; NULL: nobody asked */
	uint64_t prospects;
	char branch[48];		/* the name of the branch that it is, or "" */
};

/* A screen that is a list: runs, switches, breakpoints, marks. */
#define LIST_COLUMNS	7
struct list_row {
	char cell[LIST_COLUMNS][120];
	bool chosen[2];			/* it is in the left, in the right pane */
	bool dim;
	enum style style;
	int id;				/* the owner's */
};
struct list {
	const char *title;		/* a sentence */
	const char *column[LIST_COLUMNS];	/* their heads; NULL ends them */
	const char *keys;		/* what can be done here, for the last line */
	struct list_row *row;		/* owned */
	unsigned rows;
};

/* What fills the screen, or the lower part of a pane where there is little room. */
enum screen_kind {
	SCREEN_RUN,		/* both panes */
	SCREEN_HELP,
	SCREEN_WORDS,		/* what the words and marks of the screen mean */
	SCREEN_LIST,		/* view.list */
	SCREEN_BACKTRACE,	/* where every task stands */
	SCREEN_COPIES,		/* which copies of the data there are, at every step */
	SCREEN_LIFE,		/* of the object that is looked at */
	SCREEN_SOURCE,
	SCREEN_NOTES,
	SCREEN_KINDS
};

enum prompt_kind { PROMPT_NONE, PROMPT_COMMAND, PROMPT_SEARCH };

#define WAY_MAX		32
#define PROMPT_MAX	256

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
	enum screen_kind screen;
	struct list list;
	unsigned row;			/* of the list; or the choice that is selected */
	unsigned top;			/* of a list or text: the first row shown */
	struct by_hand hand[2];		/* of each pane */
	bool presenting;		/* large: the text, what is pointed at, less detail */
	bool show_note;
	char asked[240];		/* what the last question came to, or how far it is */
	struct trace_object object[2];	/* looked at in each run; OBJ_NONE: what the tasks name */
	enum prompt_kind prompting;
	char prompt[PROMPT_MAX];	/* what was typed after ':' or '/' */
	unsigned prompt_at;		/* bytes before the prompt's cursor */
	struct {			/* where the cursor came from, by causes */
		uint64_t at;
		struct trace_object object;
	} way[WAY_MAX];
	unsigned way_length;
	bool paused;			/* the cursor does not go along with a run that grows */
	char message[240];		/* a sentence about the last key; "" is none */
};

/* Draw everything into g, whatever its size. */
void view_render(const struct view *v, struct grid *g);

#endif
