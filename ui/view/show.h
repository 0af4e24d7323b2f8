/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * show.h - the debugger on the terminal, and as text where there is none.
 */
#ifndef SWAPSCOPE_UI_VIEW_SHOW_H
#define SWAPSCOPE_UI_VIEW_SHOW_H

#include "ui/view/view.h"

/* Show a view until it is left.  Returns as loop_run(). */
int show_view(struct view *v);

/* The exit status, and where one is needed the message, for what loop_run() came to. */
int show_status(int error);

/*
 * Show chapters: on a terminal in the debugger, elsewhere (or with `plain`) as text.  Returns an
 * exit status.
 */
int show_chapters(struct chapter *chapters, unsigned n, bool plain);

#endif
