/* SPDX-License-Identifier: GPL-2.0-only */
/* reproduce.h - the command line that makes a run again. */
#ifndef SWAPSCOPE_REPLAY_FIGURE_REPRODUCE_H
#define SWAPSCOPE_REPLAY_FIGURE_REPRODUCE_H

#include <stdio.h>

#include "traces/read/read.h"

/* A word as a shell takes it; and "v6.8 pin=none" as " --kernel v6.8 --set pin=none". */
void print_quoted(FILE *out, const char *word);
void print_kernel_options(FILE *out, const char *name);

/*
 * The first moves of a run, as core/scenario/schedule.h writes them: "T0*3 W T1/1".  0, or
 * -EBADMSG where the trace is damaged.
 */
int run_schedule_text(struct trace *t, uint64_t moves, FILE *out);

/* Is it of the model, and of a scenario that the program has, with the same text? */
bool can_run_again(const struct run_info *info);

/* "swapscope run debate --kernel debate-a --schedule 'T0*7 W*11 T0'" */
void print_run_command(FILE *out, const char *scenario, const char *kernel, const char *schedule);

#endif
