/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * write.h - runs are written to a trace.
 *
 *	trace_create()
 *		trace_run_begin()  trace_run_step() ..  trace_run_end()
 *		rows_begin()  rows_start() ..  rows_event() ..  rows_end()
 *	trace_close()
 *
 * A writer has its file from create to close.  It has one run open, or none.  Runs of the first
 * kind are of worlds that are small enough to be handed over whole: record.c compares two and makes
 * rows of what differs.  Those of the second kind (rows.h) are of any size, and whoever has their
 * transitions hands over what they changed.  Both come together in rows.c, which keeps the value of
 * every field: keyframes are made of that, and a transition that contradicts it is refused.
 * trace_execution() and trace_graph() write a run from its beginning to its end.
 *
 * What is handed over is copied.  A writer is for one thread at a time.  Its first error sticks:
 * every call after it returns it again and writes nothing, so that it is enough to look at the
 * end.  trace_close() frees in any case.
 *
 * Rows are committed in batches of some 20,000 (80,000 packed transitions), which end between two
 * transitions, and by trace_run_flush(), rows_commit(), rows_end() and trace_close();
 * trace_execution() commits once.  A reader beside the writer sees whole batches; another writer
 * waits for two seconds, and is refused.  A writer that is killed loses the batch it was at: what
 * was committed is in the file or in the log beside it, and whoever opens the file next gets it.
 * The run that it was writing has no end (run.events is NULL) and is as long as its rows: it can
 * be read, and more runs can be added.  A trace that was closed is one file without a log.
 *
 * A file that is not there is made with its schema under another name beside it, and then gets its
 * own: it says what it is from the first moment, and of two who make it at once one adds to the
 * other's.  One that was made and gets no run, because of an error, goes again.  An existing trace
 * is added to when nobody else writes to it; one of format 1 becomes one of today, in one
 * transaction.  Or it is replaced: by a file that is written beside it (trace_file()) and takes its
 * place in trace_close(), if there was no error; until then it is as it was.  What is no trace is
 * left alone.
 */
#ifndef SWAPSCOPE_TRACES_WRITE_WRITE_H
#define SWAPSCOPE_TRACES_WRITE_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/explore/explore.h"
#include "core/scenario/schedule.h"
#include "traces/trace.h"

#pragma GCC visibility push(default)

struct trace_writer;

/* What is said of a run beside its transitions.  Texts may be NULL. */
struct run_meta {
	const char *title;
	const char *kernel_name;	/* "v6.9 load=exclusive" */
	const char *verdict;		/* of the exploration: "shortest UAF, 1234 states, exact" */
	bool repeats;			/* the moves from `loop` on do, for ever; of a whole */
	uint64_t loop;			/* execution only */
};

/* What becomes of a trace file that is there already. */
enum trace_mode {
	TRACE_REPLACE,		/* replaced when the new one is whole.  Where none is there, the
				   new one is there from the beginning, for who follows it */
	TRACE_APPEND,		/* added to */
	TRACE_TOGETHER,		/* added to, in one transaction from create to close: the runs have
				   numbers in a row, another writer waits for all of them, and so
				   does a signal (core/file/output.h) */
	TRACE_SCRATCH,		/* a file of one's own that is soon deleted: nothing
				   waits for a disk, and nobody else may open it for writing */
	TRACE_WHOLE,		/* replaced, or made, when the new one is whole */
};

/*
 * Create `path`; a file that is there and no trace is refused.
 * Returns 0 or a negative errno; err gets one line (TRACE_ERROR_MAX bytes).
 */
int trace_create(struct trace_writer **tw, const char *path, enum trace_mode mode, char *err);

/* Where the file is now: for who reads it while it is written.  Owned by the writer. */
const char *trace_file(const struct trace_writer *tw);

/*
 * A place for a TRACE_SCRATCH of one's own: a new folder in TMPDIR, and in `path` a file in it that
 * is not there yet.  trace_unplace() takes both names away; who has the file open keeps it.
 * Returns 0, or a negative errno and one line in err.
 */
int trace_place(char *path, size_t size, char *err);
void trace_unplace(const char *path);

/*
 * Whether trace_create() could do that, as far as can be known without writing: for who works long
 * before there is something to write.  Returns as trace_create().
 */
int trace_creatable(const char *path, enum trace_mode mode, char *err);

/*
 * A run, transition by transition.  begin writes the scenario, kernel, tasks, steps, source
 * and the world at the start and returns the run's number (1, 2, ..); step writes one
 * transition (before and after are the worlds around it, length the compressed length of every
 * entry after it, MAX_ENTRIES of them, or NULL); note attaches a text to a position; flush
 * commits, so that a reader's trace_refresh() sees all that there is, with the title that the run
 * has by now and the schedule up to here; end commits too.
 * Return a negative errno on failure, and all but begin 0.
 */
int trace_run_begin(struct trace_writer *tw, const struct scenario *s, const struct kernel *k,
		    const struct run_meta *meta, const struct world *start);
int trace_run_step(struct trace_writer *tw, const struct exec_step *step,
		   const struct world *before, const struct world *after, const uint16_t *length);
int trace_run_note(struct trace_writer *tw, uint64_t position, const char *kind, const char *text);
int trace_run_flush(struct trace_writer *tw, const char *title, const char *schedule);
int trace_run_end(struct trace_writer *tw, const char *schedule);

/*
 * A whole execution as one run, which is in the file when this has returned its number, or not at
 * all: where it fails (a negative errno), or the program is killed.
 */
int trace_execution(struct trace_writer *tw, const struct execution *x,
		    const struct run_meta *meta);

/*
 * Every state and transition of an exploration (tables graph_state, graph_field,
 * graph_transition), as a run of no transitions.  Returns 0 or a negative errno: -EFBIG, which does
 * not stick, when it has more than `limit` states.
 */
int trace_graph(struct trace_writer *tw, struct exploration *x, const struct scenario *s,
		const struct kernel *k, uint64_t limit);

/* The last error of a writer, one line; owned by it. */
const char *trace_error(const struct trace_writer *tw);

/*
 * Commit, finish and free.  Returns 0 or the first error that was met.  trace_abandon() instead
 * where what was to replace a file is not whole: nothing is left of it.
 */
int trace_close(struct trace_writer *tw);
void trace_abandon(struct trace_writer *tw);

#pragma GCC visibility pop

#endif
