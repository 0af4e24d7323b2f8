/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * state.h - the debugger's state: what is shown, and all that can be asked for.
 *
 *	struct chapter	one run, or two with their alignment, and what is said of them
 *	struct view	chapters, cursors, what fills the screen, what was typed
 *	COMMANDS()	every command with its keys: dispatch, the help screen and docs/debugger.md
 *			are made of that list (keys.c)
 *
 * diff.h reads an alignment; view_print() tells a chapter as text.  Who changes a view is ui/view;
 * ui/panel draws it.  A view owns nothing but its list and what is to be copied: chapters and
 * traces are the caller's.
 */
#ifndef SWAPSCOPE_UI_STATE_STATE_H
#define SWAPSCOPE_UI_STATE_STATE_H

#include "replay/pair/align.h"
#include "traces/read/lens.h"
#include "traces/read/read.h"
#include "ui/terminal/grid.h"

/*
 * What can be asked for, once: X(name, command, arguments, keys, group, help).  The command is what
 * is typed behind ':', keys are names separated by blanks.  Arguments are in the words of the help:
 * "" takes none, "[N]" may have one, "OBJECT" needs one, and a key of such a command asks for it.
 * Commands, keys, the help screen and docs/debugger.md derive from this list; what a row does is
 * COMMAND(name) in ui/view (act.h).
 */
#define COMMANDS(X)									\
	X(FORWARD, "forward", "[N]", "right l space", "move",				\
	  "one step forward, or N")							\
	X(BACK, "back", "[N]", "left h backspace", "move",				\
	  "one step back, or N")							\
	X(FIRST, "first", "", "home g", "move",						\
	  "to the start")								\
	X(LAST, "last", "", "end G", "move",						\
	  "to the end")									\
	X(FORWARD_10, "page-forward", "", "pgdn", "move",				\
	  "ten steps forward; a screen down in a list")					\
	X(BACK_10, "page-back", "", "pgup", "move",					\
	  "ten steps back; a screen up in a list")					\
	X(GOTO, "goto", "N|@STAMP", "", "move",						\
	  "to step N, or an event's: :12 and :@557 do it too")				\
	X(MARK, "mark", "[LETTER [WORDS]]", "m", "move",					\
	  "mark this step with a letter; with words, in the file")			\
	X(TO_MARK, "to-mark", "[LETTER]", "'", "move",					\
	  "to the step with that mark")							\
	X(MARKS, "marks", "", "", "move",						\
	  "which marks there are")							\
	X(ROW_UP, "up", "[N]", "up k", "choose",					\
	  "the row above, of what can happen next or of a list")			\
	X(ROW_DOWN, "down", "[N]", "down j", "choose",					\
	  "the row below")								\
	X(CHOOSE, "choose", "[N]", "enter", "choose",					\
	  "do what the row says, or row N: 1 .. 9 do it too")				\
	X(NEXT_FINDING, "finding", "", "f", "find",					\
	  "to the next finding")							\
	X(PREV_FINDING, "finding-before", "", "F", "find",				\
	  "to the finding before")							\
	X(NEXT_DIFF, "difference", "", "d", "find",					\
	  "to the next difference between the runs")					\
	X(PREV_DIFF, "difference-before", "", "D", "find",				\
	  "to the difference before")							\
	X(SEARCH, "search", "[TEXT]", "/", "find",					\
	  "search steps, results, tasks, properties, objects (page 54, s7)")		\
	X(MATCH, "match", "", "n", "find",						\
	  "to the next match; without a search, the next chapter")			\
	X(MATCH_BEFORE, "match-before", "", "N", "find",				\
	  "to the match before")							\
	X(OTHER_PANE, "pane", "[SIDE]", "tab", "panes",					\
	  "to the other pane, or the left or right one")				\
	X(LOCK, "lock", "", "x", "panes",						\
	  "lock or unlock the two cursors")						\
	X(OVERLAY, "overlay", "", "o", "panes",						\
	  "both runs side by side, or as one list")					\
	X(LOOK_AT, "look", "OBJECT", "", "object",					\
	  "look at an object: page 54, s7, e12, 0x313")					\
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
	X(EXPLAIN, "explain", "[OBJECT]", "i", "object",				\
	  "the steps that matter for the finding, or an object's life")			\
	X(WATCH, "follow", "", "w", "object",						\
	  "stop or go on following a run that grows")					\
	X(NEXT_SEEN, "event", "", "e", "kernel",					\
	  "on to a step that an event shows: @")					\
	X(PREV_SEEN, "event-before", "", "E", "kernel",					\
	  "back to one; : @557 goes to an event's")					\
	X(UNDO, "undo", "", "U", "by hand",						\
	  "take back the last move by hand, or what opened another run")		\
	X(REDO, "redo", "", "ctrl-r", "by hand",					\
	  "make it again")								\
	X(UNTIL, "until", "[CONDITION]", "", "by hand",					\
	  "move the selected task until so: next, end, breaks, slot 0 pin = none")	\
	X(TASK_STEP, "task-step", "", ".", "by hand",					\
	  "to the next step of the selected task")					\
	X(TASK_END, "task-end", "", ";", "by hand",					\
	  "to the end of its operation")						\
	X(BREAK, "break", "[STEP|FIELD]", "b", "by hand",				\
	  "stop at the selected step, or a step, function, field; or no more")		\
	X(STOPS, "stops", "", "B", "by hand",						\
	  "which stops there are")							\
	X(CONTINUE, "continue", "", ">", "by hand",					\
	  "on to the next stop")							\
	X(REVERSE, "reverse", "", "<", "by hand",					\
	  "back to the stop before")							\
	X(ASK, "ask", "[PROPERTY]", "a", "ask",						\
	  "what can still go wrong from here?  esc stops the search")			\
	X(WALK, "walk", "", "A", "ask",							\
	  "a branch with the way to what the answer says")				\
	X(SET, "set", "[SWITCH=VALUE]", "s", "flip",					\
	  "the kernel's switches: the schedule again with one set, beside this")	\
	X(KERNEL, "kernel", "[KERNEL]", "S", "flip",					\
	  "the kernels: the schedule again under one, beside this")			\
	X(SHORTEN, "shorten", "[PROPERTY]", "", "flip",					\
	  "a run with fewer steps and switches and the same violation, beside this")	\
	X(RUNS, "runs", "", "r", "runs",						\
	  "the list of runs: of files, chapters, branches")				\
	X(OPEN, "open", "[RUN]", "", "runs",						\
	  "show a run: its row, FILE.db:RUN, a branch's name")				\
	X(BESIDE, "beside", "[RUN]", "ctrl-b", "runs",					\
	  "show it beside the run with the focus")					\
	X(RENAME, "rename", "NAME", "", "runs",						\
	  "give the branch that is shown another name")					\
	X(KEEP, "keep", "[BRANCH]", "", "runs",						\
	  "keep a branch: it is not deleted by mistake; or no more")				\
	X(DELETE, "delete", "[BRANCH]", "delete", "runs",				\
	  "delete a branch, or the row of a list")					\
	X(SAVE, "save", "[FILE.db]", "", "runs",					\
	  "add the branch that is shown to a file")					\
	X(RETURN, "return", "", "R", "runs",						\
	  "from runs made by hand back to the path")					\
	X(NOTE, "note", "WORDS", "M", "notes",						\
	  "write a note at this step into the file")					\
	X(NOTE_LIST, "note-list", "", "L", "notes",					\
	  "the notes and bookmarks of the runs that are shown")				\
	X(NEXT_NOTE, "note-next", "", "}", "notes",					\
	  "to the next note")								\
	X(PREV_NOTE, "note-before", "", "{", "notes",					\
	  "to the note before")								\
	X(NEXT_CHAPTER, "chapter", "", "", "tour",					\
	  "next chapter: n, where nothing is searched for")				\
	X(PREV_CHAPTER, "chapter-before", "", "p", "tour",				\
	  "chapter before")								\
	X(VIEW, "view", "[VIEW]", "v", "show",						\
	  "the next view, or the one of that name")					\
	X(VIEW_BEFORE, "view-before", "", "V", "show",					\
	  "the view before")								\
	X(WORDS, "words", "", "z", "show",						\
	  "what the words on the screen mean")						\
	X(COPY, "copy", "schedule|diagram|command [FILE]", "", "show",			\
	  "copy the schedule so far (y), diagram (Y), command; or to a file")		\
	X(EXPORT, "export", "FORMAT [A..B] [FILE]", "W", "show",			\
	  "write it for a mail, a page, a slide: cpu, markdown, ..")			\
	X(SHELL, "shell", "", "$", "show",						\
	  "the command line that shows the same")					\
	X(PROMPT, "prompt", "[TEXT]", ":", "other",					\
	  "type a command; tab completes it")						\
	X(DESCRIBE, "describe", "[KEY|COMMAND]", "K", "other",				\
	  "tell what the next key does, and do not do it")				\
	X(CANCEL, "cancel", "", "esc", "other",						\
	  "end the search, leave a view")						\
	X(HELP, "help", "", "? F1", "other",						\
	  "this help")									\
	X(QUIT, "quit", "", "q", "other",						\
	  "leave")

/* Keys that do a command with an argument: X(key, command). */
#define ARGUMENT_KEYS(X)								\
	X("1", "choose 1") X("2", "choose 2") X("3", "choose 3") X("4", "choose 4")	\
	X("5", "choose 5") X("6", "choose 6") X("7", "choose 7") X("8", "choose 8")	\
	X("9", "choose 9") X("y", "copy schedule") X("Y", "copy diagram")

enum command_id {
	CMD_NONE,
#define X(name, command, arguments, keys, group, help) CMD_##name,
	COMMANDS(X)
#undef X
	CMD_COUNT
};

/* A row of COMMANDS(), by enum command_id; that of CMD_NONE is empty. */
struct command_row {
	const char *name, *arguments, *keys, *group, *help;
};
extern const struct command_row command_rows[CMD_COUNT];

/* A key of the user's own, and the command that it does; "": none, whatever it did before. */
struct key_binding {
	char key[32];
	char command[240];
};

/* A chapter of the tour, or the one thing that `view` shows. */
struct chapter {
	const char *title;	/* may be NULL */
	const char *text;	/* what to look for; may be NULL */
	struct trace *run[2];	/* run[1] may be NULL: one pane */
	struct alignment alignment;	/* with two runs; empty: they were not compared */
	const char *follow;	/* the file of the one run, which is being written; else NULL */
	const char *file[2];	/* of each run, "a.db:2" as `view` takes it; may be NULL */
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
	bool lost;			/* with FATE_DOOMED: no way on is without a violation */
	unsigned left;			/* with FATE_DOOMED: steps after the move */
	char name[NAME_MAX_SHOWN];	/* of the task */
	char step[160];			/* "zswap_load: spin_lock(&tree->lock)" */
	char result[96];		/* what it comes to, or "" */
	char why[160];			/* it cannot: what it waits for, and who has that */
	char changes[240];		/* it can: what it would change */
	char breaks[64];		/* the properties that it would break, or "" */
};
#define CHOICES_SHOWN	64

/*
 * What of a run at every position: is it lost already, and how far is it?  Of a run that ends in
 * a violation every position before it is FATE_DOOMED; `lost` says from where on nothing could
 * have saved it.  Where nobody asks for that it is false, and is not shown.
 */
struct prospect {
	uint8_t fate;			/* enum fate */
	bool lost;			/* every way on breaks a property */
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

/* A screen that is a list: runs, switches, breakpoints, marks, steps. */
#define LIST_COLUMNS	7
struct list_row {
	char cell[LIST_COLUMNS][120];
	bool chosen[2];			/* it is in the left, in the right pane */
	bool dim;
	enum style style;
	const char *whole;		/* the text of which the last cell is a part; or NULL */
	int id;				/* the owner's */
};
enum list_kind {
	LIST_RUNS, LIST_STOPS, LIST_SWITCHES, LIST_KERNELS, LIST_MARKS, LIST_NOTES, LIST_STEPS,
};
struct list {
	enum list_kind kind;
	const char *title;		/* a sentence */
	const char *column[LIST_COLUMNS];	/* their heads; NULL ends them */
	const char *keys;		/* what can be done here, for the last line */
	struct list_row *row;		/* owned */
	char *text;			/* owned: of rows' `whole`; or NULL */
	unsigned rows;
};

/*
 * What fills the screen, or the lower part of each pane: X(name, command, of a pane, what it
 * is).  With SCREEN_RUN a pane has of all of them what it has room for.
 */
#define SCREENS(X)								\
	X(RUN, "run", true, "both runs")					\
	X(HELP, "help", false, "the keys")					\
	X(WORDS, "words", false, "what the words and marks of the screens mean") \
	X(LIST, "list", false, "view.list")					\
	X(SWITCHES, "switches", false, "the switches of each run's kernel")	\
	X(NOTES, "notes", false, "findings and notes of the runs")		\
	X(OBJECTS, "objects", true, "what is there: every object")		\
	X(NEXT, "next", true, "what can happen next")				\
	X(BACKTRACE, "backtrace", true, "where every task stands")		\
	X(COPIES, "copies", true, "which copies of the data there are, step by step") \
	X(LIFE, "life", true, "what became of the object that is looked at")	\
	X(SOURCE, "source", true, "the model's source, and where every task stands")

enum screen_kind {
#define X(name, command, of_pane, text) SCREEN_##name,
	SCREENS(X)
#undef X
	SCREEN_KINDS
};

/* What a spot of the screen (grid.h) is, and its value. */
enum spot_kind {
	SPOT_NONE,
	SPOT_PANE,
	SPOT_STEP,		/* a position of the pane's run */
	SPOT_OBJECT,		/* kind << 32 | number */
	SPOT_TEXT,		/* the most that view.top may be; its rows are a page */
	SPOT_ROW,		/* of the list, or of what can happen next: from 0 */
};

enum prompt_kind { PROMPT_NONE, PROMPT_COMMAND, PROMPT_SEARCH, PROMPT_KINDS };

#define WAY_MAX		32
#define PROMPT_MAX	256
#define HISTORY_MAX	32
#define SEARCH_STEPS	25000ull	/* transitions that are gone through at a time */
#define MARKS_MAX	52	/* a letter each */

/* What was typed before, the last line last. */
struct history {
	char line[HISTORY_MAX][PROMPT_MAX];
	unsigned lines;
	unsigned at;		/* the line that is shown; `lines`: the one being typed */
	char typed[PROMPT_MAX];	/* and that one, while another is shown */
};

/* A step that has a letter. */
struct mark {
	char letter;		/* 0: none */
	unsigned chapter, side;
	uint64_t at;
	const struct trace *run;	/* compared with those that are shown, and nothing else */
};

struct session;

struct view {
	struct session *session;	/* moves by hand (ui/view/session.h); NULL: none */
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
	unsigned row;			/* of the choices: the one that is selected */
	unsigned list_row;		/* and of the list */
	unsigned top;			/* of a list or text: the first row shown */
	struct by_hand hand[2];		/* of each pane */
	bool presenting;		/* large: the text, what is pointed at, less detail */
	bool show_note;
	char corner[80];		/* at the right end of the first line: titles give way */
	unsigned answers;		/* questions that were answered, ways that were walked */
	char asked[400];		/* how far it is with a question; "": there is none */
	struct trace_object object[2];	/* looked at in each run; OBJ_NONE: what the tasks name */
	enum prompt_kind prompting;
	char prompt[PROMPT_MAX];	/* what was typed after ':' or '/' */
	unsigned prompt_at;		/* bytes before the prompt's cursor */
	char completions[240];		/* what may stand there: shown behind the prompt */
	struct history history[PROMPT_KINDS];
	char waiting[24];		/* a command: the next key is its argument */
	const struct key_binding *binding;	/* the user's own; owned by the caller */
	unsigned bindings;
	char search[PROMPT_MAX];	/* what n and N go to; "": the chapters */
	struct {			/* how far that is, where it takes longer than a key may */
		bool object;		/* it is for changes of what is looked at */
		bool under_way;		/* and goes on when nothing else is to be done */
		bool forward;
		unsigned side;
		uint64_t from, at;	/* the cursor, and where the next key goes on; 0: there */
	} seeking;
	struct mark mark[MARKS_MAX];
	const char *author;		/* of notes that are written; NULL: nobody knows */
	int64_t to_delete;		/* the note that the next delete takes away; 0: none */
	char *copy;			/* to be copied by whoever shows this, who frees it */
	struct {			/* where the cursor came from, by causes */
		uint64_t at;
		struct trace_object object;
	} way[WAY_MAX];
	unsigned way_length;
	bool paused;			/* the cursor does not go along with a run that grows */
	struct spot spot[SPOTS_MAX];	/* of the screen that was shown last: view_shown() */
	unsigned spots;
	unsigned last_top;		/* and how far `top` may go there */
	unsigned page;			/* rows of a text or list that it showed; 0: none */
	char message[240];		/* a sentence about the last key; "" is none */
};

/* Is a key one of `keys`, which are separated by blanks? */
bool has_key(const char *keys, const char *key);

/* The command that a key does, "choose 1"; NULL: none. */
const char *key_command(const struct view *v, const char *key);

/* The keys of a command, the user's own too, separated by blanks: in buf, returned. */
#define KEYS_TEXT_MAX	64
const char *command_keys(const struct view *v, enum command_id command, char *buf);

/* The command of a name that ends after n bytes, or of a prefix that no other has; else CMD_NONE,
 * and *several (may be NULL) says whether it is the prefix of some. */
enum command_id command_by_name(const char *name, size_t n, bool *several);

/* The whole of a chapter as plain text: both runs as CPU diagrams, where they part and why. */
void view_print(const struct chapter *c, FILE *out);

/*
 * How many lines the screen of a view has to scroll over, at a width of `cols`: view.top is at
 * most that - 1.  0: it does not scroll.
 */
unsigned screen_lines(const struct view *v, int cols);

#endif
