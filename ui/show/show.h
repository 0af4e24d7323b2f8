/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * show.h - the debugger on a terminal, in lines, and as text.
 *
 *	show_runs()			on a terminal, the debugger; without one, runs as text
 *	  show_view()		only the terminal, of a view that the caller has
 *	  view_print()		only the text of a chapter
 *	show_by_hand()		a scenario that has no moves yet
 *	show_any()			a screen of another kind, with the same settings
 *	show_lines()		without a screen: commands from standard input, answers in lines
 *
 * A screen that is left gives the terminal back (ui/terminal); what the user's settings say
 * (ui/config) holds for every screen, and settings that are wrong end it before it begins.
 *
 * What is shown is the caller's: chapters with their traces and alignments outlive the call.  What
 * somebody makes by hand meanwhile belongs to a session (ui/view/view.h), which ends with it.
 */
#ifndef SWAPSCOPE_UI_SHOW_SHOW_H
#define SWAPSCOPE_UI_SHOW_SHOW_H

#include <stdio.h>

#include "core/scenario/scenario.h"
#include "ui/terminal/loop.h"
#include "ui/view/view.h"

struct showing {
	struct chapter *chapter;
	unsigned chapters;
	const char *file[2];		/* whose runs are listed; NULL: none */
	bool list;			/* the list of runs is what one sees first */
	bool plain;			/* text, on a terminal too */
	bool lines;			/* commands from standard input, answers in lines */
};

/* Show it until it is left.  Returns an exit status. */
int show_runs(const struct showing *s);

/* Chapters alone. */
int show_chapters(struct chapter *chapters, unsigned n, bool plain);

/*
 * Any screen, with what the user wants otherwise; keys of the user's own are those of `v`, which
 * may be NULL.  An exit status, or -ENOTTY: there is no terminal.
 */
int show_any(const struct screen_ops *s, struct view *v);

/* The debugger as a screen, for one that has it in it. */
struct screen_ops show_ops(struct view *v);

/* A view on the terminal until it is left.  Returns as loop_run(). */
int show_view(struct view *v);

/* A scenario under a kernel, stepped by hand from the end of a schedule (NULL: the start). */
struct by_hand_start {
	const struct scenario *scenario;
	const struct kernel *kernel;
	const char *kernel_name;
	const char *schedule;
	const char *save;		/* where branches go at the end; NULL: nowhere */
	bool lines;
};
int show_by_hand(const struct by_hand_start *s);

#endif
