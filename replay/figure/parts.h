/* SPDX-License-Identifier: GPL-2.0-only */
/* parts.h - what the files of replay/figure share.  Private to them. */
#ifndef SWAPSCOPE_REPLAY_FIGURE_PARTS_H
#define SWAPSCOPE_REPLAY_FIGURE_PARTS_H

#include "replay/figure/figure.h"
#include "replay/figure/held.h"

/* A copy that the figure owns; NULL when memory is out. */
const char *figure_text(struct figure *f, const char *text);

/* A sentence for `why`, and the error. */
int figure_error(char *why, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The second run of a pair, into a figure that has the first.  Fails as figure_of_trace() does. */
int figure_read_right(struct figure *f, struct trace *t, const struct figure_part *part, char *why);

/* The row of a transition, or NULL. */
struct figure_row *figure_row_at(const struct figure_run *r, uint64_t at);

/*
 * Of a run's rows: holds, what each touches, and which calls it is in.  task_of[] turns a task's
 * number into an index into run.task, or UINT_MAX; tasks is its size.  0, -ENOMEM, -EBADMSG.
 */
int changes_of_trace(struct figure *f, struct figure_run *r, struct trace *t,
		     const unsigned *task_of, unsigned tasks);
int changes_of_execution(struct figure *f, struct figure_run *r, const struct execution *x);

#endif
