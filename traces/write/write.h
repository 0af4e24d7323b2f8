/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * write.h - runs are written to a trace.
 */
#ifndef SWAPSCOPE_TRACES_WRITE_WRITE_H
#define SWAPSCOPE_TRACES_WRITE_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/explore/explore.h"
#include "core/scenario/schedule.h"
#include "traces/trace.h"

struct trace_writer;

/* What is said of a run beside its transitions.  Texts may be NULL. */
struct run_meta {
	const char *title;
	const char *kernel_name;	/* "v6.9 load=exclusive" */
	const char *verdict;		/* of the exploration: "shortest UAF, 1234 states, exact" */
	bool repeats;			/* the moves from `loop` on do, for ever; of a whole */
	uint64_t loop;			/* execution only */
};

/*
 * Create `path`, or add to it when it is a trace file already (append).  Without append an
 * existing trace file is replaced and any other existing file is refused.
 * Returns 0 or a negative errno; err gets one line (TRACE_ERROR_MAX bytes).
 */
int trace_create(struct trace_writer **tw, const char *path, bool append, char *err);

/*
 * A run, transition by transition.  begin writes the scenario, kernel, tasks, steps, source
 * and the world at the start and returns the run's number (1, 2, ..); step writes one
 * transition (before and after are the worlds around it, length the compressed length of every
 * entry after it, MAX_ENTRIES of them, or NULL); note attaches a text to a position; end commits.
 * Rows are committed in batches: a writer that is killed loses at most the last.
 */
int trace_run_begin(struct trace_writer *tw, const struct scenario *s, const struct kernel *k,
		    const struct run_meta *meta, const struct world *start);
int trace_run_step(struct trace_writer *tw, const struct exec_step *step,
		   const struct world *before, const struct world *after, const uint16_t *length);
int trace_run_note(struct trace_writer *tw, uint64_t position, const char *kind, const char *text);
int trace_run_end(struct trace_writer *tw, const char *schedule);

/* A whole execution as one run.  Returns the run's number or a negative errno. */
int trace_execution(struct trace_writer *tw, const struct execution *x,
		    const struct run_meta *meta);

/*
 * Every state and transition of an exploration (tables graph_state, graph_field,
 * graph_transition).  Refused with -EFBIG when it has more than `limit` states.
 */
int trace_graph(struct trace_writer *tw, struct exploration *x, const struct scenario *s,
		const struct kernel *k, uint64_t limit);

/* The last error of a writer, one line; owned by it. */
const char *trace_error(const struct trace_writer *tw);

/* Commit, finish and free.  Returns 0 or the first error that was met. */
int trace_close(struct trace_writer *tw);

#endif
