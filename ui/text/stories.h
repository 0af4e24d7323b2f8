/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stories.h - what a capture comes to, in text: replay/story/story.h.
 */
#ifndef SWAPSCOPE_UI_TEXT_STORIES_H
#define SWAPSCOPE_UI_TEXT_STORIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/capture/capture.h"
#include "traces/capture/story_rows.h"

/* A capture, and the names of what is in it. */
struct stories {
	struct trace *trace;
	char (*thread)[80];		/* "kcapwl-90" */
	size_t threads;
	uint64_t *entry;		/* of slot i + 1: type << 58 | offset */
	size_t slots;
	bool json;
};

/* Read them from the run that `t` was opened for.  0 or a negative errno. */
int stories_open(struct stories *s, struct trace *t);
void stories_close(struct stories *s);

const char *stories_thread(const struct stories *s, uint32_t thread);
uint64_t stories_entry(const struct stories *s, uint32_t slot);

/* The table of outcomes and what there was; 0 or a negative errno, as all of these. */
int stories_summary(const struct stories *s);

/* A line a fault. */
int stories_faults(const struct stories *s);

/* What happened to a slot; `page`: to a page, in all slots that it was in. */
int stories_slot(const struct stories *s, uint32_t slot);
int stories_page(const struct stories *s, uint64_t page);

/*
 * Did the kernel lose data?  That is another question than whether it did what the model does: one
 * that conforms may lose data, as the model of it does.  "Kept" is said only where losses were
 * looked for in all of the capture; else it is not known, and `why` says what is in the way.
 */
struct stories_data {
	enum { DATA_KEPT, DATA_LOST, DATA_UNKNOWN } says;
	uint64_t losses;		/* of data, that the story finds */
	uint64_t corrupt;		/* wrong contents that the workload saw */
	uint64_t unordered;		/* lives in which the order of events decides, and the clock
					   does not tell it */
	char why[240];			/* a clause */
};
void stories_data(struct trace *t, struct stories_data *d);
/* "66 times, and the workload saw wrong contents 66 times"; a clause, of any verdict. */
#define STORIES_DATA_TEXT 400
const char *stories_data_text(const struct stories_data *d, char *buf);
extern const char *const stories_data_name[];	/* "kept", "lost", "unknown" */

/*
 * For `import`: make and store the story of run `run` of `path`, which `tw` is writing and has
 * ended: an exit status, what is wrong has been said.  And its summary: 0 or a negative errno,
 * -ENODATA where the run has no story.
 */
int stories_store(struct trace_writer *tw, const char *path, int run);
int stories_say(struct trace *t);

#endif
