/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * session.h - what a view has besides what it shows: who makes moves, what was asked, and the runs
 * that can be opened.
 *
 * A view without a session shows recorded runs and no more.  With one, moves can be made at every
 * position of a model's run (replay/hand); what then is shown is no chapter's any more: the view
 * has left the path, and session_return() leads back to it.
 *
 *	session_begin()		gives a view a session; files are named by session_file()
 *	session_show()		one run or two in the panes: the path is left
 *	session_return()	back to the chapter as it was
 *	session_look()		after every key: what can happen next, what was answered
 *	session_end()		back, and everything is freed
 *
 *	hand.c		moves, undo and redo, running on, breakpoints and watchpoints
 *	ask.c		what can still go wrong from here
 *	flip.c		other kernels, other switches
 *	runs.c		the list of runs
 *
 * A session, its traces and its view are one thread's.  What is asked runs in another where there
 * is a loop (loop_work()): that thread has an outlook of its own and nothing else, and the answer
 * is taken over in session_look().
 */
#ifndef SWAPSCOPE_UI_VIEW_SESSION_H
#define SWAPSCOPE_UI_VIEW_SESSION_H

#include "replay/hand/hand.h"
#include "ui/view/act.h"

#define UNDO_MAX	200
#define STOPS_MAX	32
#define FILES_MAX	16

/* What is shown: enough to show it again. */
struct shown {
	struct trace *run[2];
	uint64_t cursor[2];
	unsigned focus;
};

struct ask;
struct runs;

struct session {
	struct hand *hand;
	bool off_path;
	struct chapter path;		/* what the chapter was, while it is left */
	struct shown path_at;
	bool path_locked, path_overlay;
	struct shown undo[UNDO_MAX], redo[UNDO_MAX];
	unsigned undos, redos;
	struct until stop[STOPS_MAX];	/* breakpoints and watchpoints */
	unsigned stops;
	struct hand_option *option;	/* CHOICES_SHOWN of them */
	struct shown seen;		/* what `hand` of the view was made of */
	uint64_t seen_events[2];
	char by_hand_title[120];
	bool told_unsaved;		/* that leaving loses a branch */
	struct ask *ask;
	const struct trace *prospect_of[2];	/* what a pane's prospects were made of */
	unsigned prospect_at[2];
	struct runs *runs;
};

/* ---- session.c ---- */

/* Is there one, and can moves be made in the run with the focus?  Else says why not. */
bool session_can(struct view *v);
struct trace *session_run(const struct view *v);	/* with the focus */

/*
 * Show one run or two (right NULL: one), at these positions.  Traces stay their owners'.  Two that
 * cannot be compared are shown all the same.
 */
void session_show(struct view *v, struct trace *left, struct trace *right, uint64_t at_left,
		  uint64_t at_right);
/* The same in the pane with the focus, or in the other one. */
void session_show_in(struct view *v, unsigned side, struct trace *t, uint64_t at);

/* Nobody may show it any more: it is about to be freed. */
bool session_shows(const struct view *v, const struct trace *t);
void session_forget(struct view *v, const struct trace *t);

/* ---- list.c ---- */

enum list_act { LIST_ENTER, LIST_BESIDE, LIST_DELETE };

/*
 * Begin a list of so many rows, which the caller fills in; heads of columns up to NULL.  Where
 * memory is out it has none.
 */
void list_begin(struct view *v, enum list_kind kind, const char *title, const char *keys,
		unsigned rows, const char *const *columns);
void list_leave(struct view *v);
void list_again(struct view *v, enum list_kind kind);	/* what it is of has changed */
void list_act(struct view *v, enum list_act act);	/* on the row that is selected */

/* ---- hand.c ---- */

void hand_choose(struct view *v, const char *what);	/* "", "3", "W", "W/1" */
bool hand_is_schedule(const struct view *v, const char *text);	/* does it begin with a task? */
void hand_stop_act(struct view *v, int id, enum list_act act);
void hand_fill(struct view *v, unsigned side);
void hand_remember(struct view *v);		/* for undo: what is shown now */

/* ---- ask.c ---- */

void ask_stop(struct view *v);
void ask_fill(struct view *v, unsigned side);
bool ask_take_over(struct view *v);	/* an answer that came, or how far it is: anything new? */
void ask_free(struct session *s);

/* ---- flip.c ---- */

void flip_switch_act(struct view *v, int id, enum list_act act);
void flip_kernel_act(struct view *v, int id, enum list_act act);

/* ---- note.c ---- */

/* Write one at the cursor, a bookmark where there is a letter; what came of it is told. */
void note_write(struct view *v, char letter, const char *text);
/* The bookmark of a letter in a run that is shown, and on which side; NULL: there is none. */
const struct trace_note *note_bookmark(const struct view *v, char letter, unsigned *side);
void note_act(struct view *v, int id, enum list_act act);
void mark_act(struct view *v, int id, enum list_act act);

/* ---- object.c ---- */

void explain_act(struct view *v, int id, enum list_act act);

/* ---- runs.c ---- */

void runs_act(struct view *v, int id, enum list_act act);
const char *runs_unsaved(const struct view *v);	/* the name of a branch, or NULL */
void runs_free(struct session *s);

#endif
