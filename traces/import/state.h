/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * state.h - what an import remembers: threads and their open calls, slots, probes.
 */
#ifndef SWAPSCOPE_TRACES_IMPORT_STATE_H
#define SWAPSCOPE_TRACES_IMPORT_STATE_H

#include "traces/import/form.h"
#include "traces/write/writer.h"

#define WAITING		1024	/* events that are not written yet */
#define CALLS_MAX	32	/* open calls of a thread */

struct call {
	uint64_t id;		/* its ENTER */
	uint64_t entry;		/* or of a fault the pte */
	uint32_t pair, slot;
	uint16_t function;
	bool has_entry, has_pte, looked_up;
};

struct thread {
	int32_t pid;
	uint16_t cpu;		/* of an idle thread, else 0 */
	uint16_t last_cpu;
	char comm[20];
	uint64_t events;
	struct call *call;	/* room for CALLS_MAX, from the first on */
	unsigned calls;
};

struct probe {
	uint64_t hash, events;
	uint64_t unreturned;	/* of a pair: calls that were given up */
	uint32_t pair;		/* the first probe on the same function */
	bool returns;		/* of a pair on a function: returns are seen */
};

struct stored_event {
	struct capture_event e;
	uint32_t at;
};

/* Numbers by key: open addressing, 0 is free. */
struct numbers {
	uint64_t *key;
	uint32_t *number;
	size_t room, used;	/* a power of two */
};

struct import {
	struct trace_writer *tw;
	struct capture_info *info;
	int run;
	uint64_t stamp;		/* of the last event, */
	uint16_t cpu;		/* and its CPU */
	struct form *form;	/* how its lines are read */

	struct thread *thread;
	unsigned threads, thread_room;
	struct numbers thread_of, slot_of, probe_of, pair_of;
	unsigned slots;
	uint32_t types;		/* a bit a type of swap entry that a slot has */
	struct probe *probe;	/* room for CAPTURE_PROBES_MAX */
	unsigned probes;

	struct stored_event *wait;	/* room for WAITING: by id - 1 modulo that */
	uint64_t written;		/* events that have their row */
};

/* The next line, of which `more` bytes were cut; the end.  import.c has what comes between. */
int import_line(struct import *m, const char *line, size_t n, uint64_t more);
void import_end(struct import *m, bool whole);

int state_begin(struct import *m);	/* 0 or -ENOMEM */
void state_end(struct import *m);	/* write what is known at the end */
void state_free(struct import *m);

/* The slot of an entry, 0: there is none.  get makes one where the entry can be one. */
uint32_t slot_find(const struct import *m, uint64_t entry);
uint32_t slot_get(struct import *m, uint64_t entry);

/* The thread, and the number of the probe of a line; NULL and 0 beyond what is kept. */
struct thread *thread_get(struct import *m, const struct capture_line *l);
uint32_t probe_get(struct import *m, const struct capture_line *l);

/* Open calls: a new one; the innermost of a pair or function; gone with all in it. */
struct call *thread_push(struct import *m, struct thread *t);
struct call *thread_find(struct thread *t, uint32_t pair);
struct call *thread_call(struct thread *t, unsigned function);
void thread_pop(struct import *m, struct thread *t, struct call *c);

/* Events of a CPU were lost: calls of the threads that ran there are not to be paired. */
void threads_lost(struct import *m, unsigned cpu);

#endif
