/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * record.h - a capture as a run of the trace file.
 *
 * conform.h finds, slot by slot, what the model does where the real kernel did what was seen.
 * Put together in the order of the capture that is a run like any other, of a large world: slots
 * have the numbers of their offsets, pages those that the workload gave them, folios and entries
 * any.  The debugger, its causes and its alignments work on it as on every run.
 *
 * capture_record() goes through a capture three times: for the workload's pages, for the acts
 * (conform_run(), which hands them over slot by slot, each when its slot is at rest), and for the
 * text of events that are not explained.  In between merge.c puts the acts in the capture's
 * order, in a temporary file.  Then each act is done to the small world of its slot (act_apply()),
 * properties are asked of it there, and what has changed becomes a transition of the large world
 * (world.c), linked to its event.
 *
 * record.c owns the slots' worlds and which pages they have; world.c the numbers that objects
 * of the large world have while they are in use.  A page is one slot's at a time: whose slot had
 * it before forgets it.  What breaks in all worlds alike is a finding, the rest are notes; so
 * is what is not explained of a capture that does not say what its calls are about.
 */
#ifndef SWAPSCOPE_REPLAY_RECORD_RECORD_H
#define SWAPSCOPE_REPLAY_RECORD_RECORD_H

#include "replay/conform/conform.h"
#include "traces/read/read.h"
#include "traces/write/write.h"

#pragma GCC visibility push(default)

struct capture_record {
	uint64_t steps;			/* transitions that were written */
	uint64_t findings;		/* properties that break in them */
	uint64_t possible;		/* the same, but not in all worlds: notes of that kind */
	char finding[200];		/* the first of them, "LOST: ..."; "" */
};

/*
 * Explain the capture that run `run` of tw's file has (it was imported and committed; `t` is a
 * reader of that run) and write what explains it as the run's transitions and findings.  The run
 * is open, and has none yet.  What is needed beyond a bounded amount of memory is in a temporary
 * file.  Returns 0 and fills *r and *done, or a negative errno; trace_error(tw) or
 * trace_message(t) may say more.
 */
int capture_record(struct trace_writer *tw, struct trace *t, const struct kernel *k,
		   unsigned device, struct conform_report *r, struct capture_record *done);

#pragma GCC visibility pop

#endif
