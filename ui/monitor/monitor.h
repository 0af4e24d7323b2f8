/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * monitor.h - monitors for the kernel's runtime verification, at the command line.
 *
 *	monitor.c	the command: takes what is asked apart, has the monitor made
 *			(replay/monitor/monitor.h), writes it, or holds another kernel to it
 *	dot.c		monitor_dot(): the file that rvgen reads
 *
 * The file goes to standard output, or into the place of the file that is named when it is whole
 * (core/file/output.h); figures go where it does not.  Nothing here knows how a monitor is made.
 *
 * Texts of a monitor are C identifiers, so that nothing in them needs to be quoted; what the user
 * calls things (a scenario's file, a list of functions) stands in comments only, fit to be shown.
 */
#ifndef SWAPSCOPE_UI_MONITOR_MONITOR_H
#define SWAPSCOPE_UI_MONITOR_MONITOR_H

#include <stdio.h>

#include "replay/monitor/monitor.h"

/*
 * A monitor as rvgen of the kernel (tools/verification, formerly dot2k) reads it: the dot file of a
 * deterministic automaton.  `of` says what was made and of what, a line; `command` what makes it
 * again.
 */
void monitor_dot(FILE *out, const struct monitor *m, const char *of, const char *command);

#endif
