/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * live.h - a live run, written to a trace; and what a trace says of one.
 */
#ifndef SWAPSCOPE_TRACES_WRITE_LIVE_H
#define SWAPSCOPE_TRACES_WRITE_LIVE_H

#include "core/live/live.h"

#pragma GCC visibility push(default)

struct trace_writer;

/* Writes the events of one live run.  All of it is for the thread that runs live_run(). */
struct live_recorder;

/*
 * Begin a run in `tw`, which the recorder does not own: packed, or a row each with `plain`.
 * Returns 0 and the recorder, freed by live_recorder_free(), or a negative errno; trace_error()
 * has the reason.
 */
int live_recorder_new(struct live_recorder **rec, struct trace_writer *tw, const struct kernel *k,
		      const char *kernel_name, const struct live_options *o, bool plain);
void live_recorder_free(struct live_recorder *rec);

/* live_options.start and live_options.event; `rec` is the recorder. */
int live_recorder_start(void *rec, const struct live_change *value);
int live_recorder_event(void *rec, const struct live_event *e);

/* End the run, with what it came to.  0 or a negative errno. */
int live_recorder_end(struct live_recorder *rec, const struct live_result *r);

/* The run's number in the file. */
int live_recorder_run(const struct live_recorder *rec);

#pragma GCC visibility pop

#endif
