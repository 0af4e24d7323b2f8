/* SPDX-License-Identifier: GPL-2.0-only */
/* ansi.h - a screen as what a terminal of 256 colours is sent: for recordings. */
#ifndef SWAPSCOPE_UI_TERMINAL_ANSI_H
#define SWAPSCOPE_UI_TERMINAL_ANSI_H

#include "ui/terminal/grid.h"
#include "ui/terminal/theme.h"

/*
 * What makes a terminal of that size show `now`, which shows `before`, of the same size: cells that
 * differ.  `before` NULL: it is cleared, and all is sent.  The cursor is left at the last cell,
 * invisible, and nothing is set.
 */
void ansi_paint(const struct grid *before, const struct grid *now, const struct theme *theme,
		FILE *out);

#endif
