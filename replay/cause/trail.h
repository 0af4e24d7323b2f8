/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trail.h - what a single step of a recorded run did to the data of a page: the questions that
 * cause.c asks of each link of its chain.  A file may say anything; numbers that no object has
 * are answered with none.
 */
#ifndef SWAPSCOPE_REPLAY_CAUSE_TRAIL_H
#define SWAPSCOPE_REPLAY_CAUSE_TRAIL_H

#include "traces/read/lens.h"
#include "traces/read/read.h"

struct trail {
	struct trace *t;
	uint64_t most;			/* transitions that are looked at for an answer */
};

#define NO_PAGE	UINT32_MAX

/* ---- a value, a step ---- */

static inline struct trace_object object(enum object_kind kind, uint32_t number)
{
	return (struct trace_object){ kind, number };
}

static inline uint32_t value_at(struct trace *t, uint64_t at, struct trace_object o,
				const char *name)
{
	uint32_t v = 0;

	return trace_value(t, at, o, name, &v) ? 0 : v;
}

static inline uint32_t value_before(struct trace *t, uint64_t at, struct trace_object o,
				    const char *name)
{
	return at ? value_at(t, at - 1, o, name) : 0;
}

static inline bool changed(struct trace *t, uint64_t at, struct trace_object o, const char *field)
{
	return value_before(t, at, o, field) != value_at(t, at, o, field);
}

static inline const struct trace_step *step_of(struct trace *t, uint64_t at)
{
	static const struct trace_step none = { .op = "?", .text = "?", .file = "?" };
	const struct trace_event *ev = trace_event_at(t, at);
	const struct trace_step *step = ev ? trace_step_at(t, ev->step) : NULL;

	return step ? step : &none;
}

static inline uint32_t mover(struct trace *t, uint64_t at)
{
	const struct trace_event *ev = trace_event_at(t, at);

	return ev ? ev->task : 0;
}

static inline unsigned state_at(struct trace *t, uint64_t at, uint32_t entry)
{
	return trace_entry_state(t, value_at(t, at, object(OBJ_ENTRY, entry), "state"));
}

/* Who changed one of the fields last, at `from` or before: as trace_search(). */
int last_change(const struct trail *a, uint64_t from, struct trace_object o, const char *fields,
		uint64_t *found);

/* The entry, or the folio, that the innermost frame of the mover which has one names; 0. */
uint32_t named_by_mover(struct trace *t, uint64_t at, enum object_kind kind);

/* The page that a step changed: its owner wrote to it, or it was mapped; NO_PAGE. */
uint32_t page_changed(struct trace *t, uint64_t at);

/* A page that is in a slot: that of the fault that makes the step, or any; NO_PAGE. */
uint32_t page_of_slot(struct trace *t, uint64_t at, uint32_t slot);

/* ---- what is in a folio ---- */

/* The step that gave a folio the content it has at a position.  Returns as trace_search(). */
int folio_filled(const struct trail *a, uint64_t at, uint32_t folio, uint64_t *found);

/* Does the step read a block of the device, or what stands for one? */
bool reads_block(struct trace *t, uint64_t at);

/*
 * The slot that a folio was read for by step `at`, + 1; 0: it was not read.  What its reader says
 * counts, for in src is the slot of the entry: freed memory may be another slot's entry by now.
 */
uint32_t read_for(struct trace *t, uint64_t at, uint32_t folio);

/* The entry that step `at` filled a folio from; 0: not from an entry. */
uint32_t entry_read(struct trace *t, uint64_t at, uint32_t folio);

/*
 * Who freed that entry, or stored another page into it, between the reader's getting its pointer
 * (*since; 0: not known) and its reading at `at`.  Returns as trace_search().
 */
int freed_under(const struct trail *a, uint64_t at, uint32_t entry, uint64_t *freed,
		uint64_t *since);

#endif
