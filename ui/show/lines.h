/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lines.h - the debugger without a screen: commands from standard input, answers in lines.
 */
#ifndef SWAPSCOPE_UI_SHOW_LINES_H
#define SWAPSCOPE_UI_SHOW_LINES_H

#include "ui/view/view.h"

/* Until the input ends or "quit".  An exit status: EXIT_USAGE where a line was no command. */
int show_lines(struct view *v);

#endif
