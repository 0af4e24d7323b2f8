/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * act.h - what the files share that change a view.  Private to ui/view.
 */
#ifndef SWAPSCOPE_UI_VIEW_ACT_H
#define SWAPSCOPE_UI_VIEW_ACT_H

#include "ui/panel/panel.h"
#include "ui/view/view.h"

void view_say(struct view *v, const char *format, ...) __attribute__((format(printf, 2, 3)));
void move_to(struct view *v, uint64_t at);	/* the cursor of the pane with the focus */
void focus_on(struct view *v, unsigned side);

/* ---- lists, texts, and what can happen next (rows.c) ---- */

/* So many rows down a view that is a list or a text; false: it is neither. */
#define SCROLL_ALL	1000000
bool scroll_rows(struct view *v, int rows);

/* And so many screens. */
bool scroll_page(struct view *v, int pages);

/* Does a text cover the runs? */
bool is_text(const struct view *v);

void show_screen(struct view *v, enum screen_kind screen);

/*
 * What a row of COMMANDS() does, in whichever file: `argument` is what stands behind the command,
 * blanks around it gone, "" where nothing does; the dispatch has seen that one that is needed is
 * there, and that there is none where none is taken.  What it came to is told by view_say().
 */
#define COMMAND(name) \
	void do_##name(struct view *v, const char *argument __attribute__((unused)))

#define X(name, command, arguments, keys, group, help) COMMAND(name);
COMMANDS(X)
#undef X

/* ---- commands and keys (command.c) ---- */

/* A number that a command may have; `otherwise` where there is none.  false: it was told. */
bool count_argument(struct view *v, const char *argument, unsigned otherwise, unsigned *n);

/* ---- the line that is typed behind ':' and '/' (prompt.c) ---- */

void prompt_open(struct view *v, enum prompt_kind kind, const char *text);
void prompt_key(struct view *v, const char *key);
void prompt_paste(struct view *v, const char *text);	/* into the one that is open */
void prompt_complete(struct view *v);			/* tab (complete.c) */

/* ---- the mouse (mouse.c) ---- */

bool mouse_key(struct view *v, const char *key);	/* is it one of the mouse? */

/* ---- what is shown, for others (copy.c) ---- */

/* The shell's command that shows the same.  0, -EBADMSG, or -ENOENT where there is none. */
int view_shell(const struct view *v, FILE *out);

/* ---- search (search.c) ---- */

/*
 * The next transition from `from` on, in the run with the focus, that has what is searched for.
 * Returns 1 and where in *at, 0 when there is none, -EAGAIN after `most` of them and in *at where
 * to go on, or -EBADMSG where the trace is damaged.
 */
int view_search(struct view *v, uint64_t from, bool forward, uint64_t most, uint64_t *at);

/* ---- the object that is looked at (object.c) ---- */

/* "page 54", "s7": the kind is OBJ_NONE where the text is none. */
struct trace_object parse_object(const struct view *v, const char *text);
bool look_at(struct view *v, struct trace_object o);	/* says why, where it is not there */

/* Look at what a finding speaks of. */
void look_at_finding(struct view *v, const struct trace_finding *f);

/* ---- what the kernel was seen to do (seen.c) ---- */

/* To the step of the event with a stamp. */
void go_to_stamp(struct view *v, const char *stamp);

#endif
