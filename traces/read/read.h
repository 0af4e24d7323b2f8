/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * read.h - a run is read from a trace.
 *
 *	trace_runs(), trace_list()	which runs a file has, and what they are
 *	trace_open()	one of them: all that does not depend on a position is read now
 *	trace_info(), trace_findings() ..	and is given here
 *	trace_event_at(), trace_changes(), trace_world()	at any position, in any order
 *	trace_refresh()	what a run that is being written has got since
 *	trace_free()
 *
 * lens.h shows worlds that do not fit into a struct world, and searches; rows.h reads transitions
 * in order, as numbers.  All of it takes the same handle, which owns what it gives, is for one
 * thread at a time, and never writes.
 *
 * The file is anybody's, and it is treated as hostile: it is opened with defensive settings, no
 * schema is trusted, every number is checked against its limit, and nothing that is found there
 * makes a reader crash or take memory without bound.  It is refused by trace_open() for what is
 * wrong with its header, its tables, and the run's sizes, steps and remarks.  Transitions and
 * keyframes are checked when they are looked at: a run with a damaged block is good elsewhere, and
 * there a call gives NULL, or fails with -EBADMSG, and trace_message() says why.  So it is with a
 * change whose old value is not what the field had.  What is unknown to this program (a field, a
 * kind of object) is left out; texts are made fit to be shown on a terminal.
 *
 * A run whose writer goes on, or was killed, is as long as its rows, and info->ended is false.  It
 * grows only by trace_refresh(): what was given before it stays good, but for findings, notes,
 * the title and the schedule.
 */
#ifndef SWAPSCOPE_TRACES_READ_READ_H
#define SWAPSCOPE_TRACES_READ_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/world.h"
#include "traces/trace.h"

#pragma GCC visibility push(default)

struct trace;

struct run_info {
	int id;
	uint64_t events;
	const char *scenario;		/* name */
	const char *scenario_text;
	const char *title;
	const char *kernel;		/* "v6.9 load=exclusive" */
	const char *switches;		/* "refcount=off load=if-cached ..." all of them */
	const char *schedule;
	const char *verdict;
	unsigned tasks;
	const char **task_name;
	unsigned pages, slots, folios, entries;	/* in use; folios, entries count their NULL */
	const char *device;
	bool own;			/* recorded by this version of the program */
	unsigned slot_cache;		/* slots in the slot cache; 0: it has none */
	bool large;			/* it does not fit into a struct world: see lens.h */
	bool packed;			/* stored as blocks, not as rows */
	bool live;			/* recorded from threads, not made by the model */
	bool capture;			/* live, and it explains the capture of a real kernel */
	bool clock;			/* its events have a time, and waits are in ns */
	bool ended;			/* its writer said so; else it may go on */
};

/* A step of the program that recorded the run. */
struct trace_step {
	const char *op;			/* "zswap_load" */
	const char *text;
	const char *file;		/* "mm/zswap.c" */
	unsigned line;
	unsigned kind;			/* enum step_kind */
};

struct trace_finding {
	uint64_t position;		/* after the transition that broke it */
	const char *property;
	const char *text;
	bool repeats;			/* what is between position `loop` and this one, for ever */
	uint64_t loop;
};

/*
 * What is noted at a position: by somebody, or by the recorder of a live run or a capture.  Of the
 * latter it is not known who and when.  Texts are cut to their limits.
 */
#define TRACE_NOTE_MAX		8192	/* bytes of a text */
#define TRACE_AUTHOR_MAX	80

struct trace_note {
	uint64_t position;
	const char *kind;		/* "note", "bookmark"; else it is the recorder's */
	const char *text;		/* lines; or "" */
	int64_t id;			/* its number in the file */
	const char *author;		/* one line; "": not known */
	int64_t when;			/* seconds since 1970; 0: not known */
	char letter;			/* of a bookmark, a .. z, A .. Z; '\0': it has none */
	bool remark;			/* somebody's, and no recorder's: it can be changed */
};

/* Transition number `position` (the first is 1) of the run. */
struct trace_event {
	uint64_t position;
	unsigned task;
	unsigned step;			/* number in the step table */
	unsigned choice;
	unsigned depth;			/* of the task's stack before it */
	const char *result;		/* or "" */
	uint64_t time;			/* ns since the run began; 0 where it has no clock */
	uint32_t waited;		/* for that long it could not be made: ns with a clock, */
					/* else transitions of others */
};

/*
 * A field that a transition changed.  `field` is the reader's own (world.h); in a large run
 * (run_info.large) it is NULL, and `id` is a row of the file's dictionary (lens.h, rows.h).
 */
struct trace_change {
	const struct field *field;
	uint32_t id;
	unsigned old_value, new_value;
};

/*
 * Open run `run` (0: the first, or the only one) of a trace file.  Returns 0 or a negative
 * errno and one line in err.  Everything that the functions below return is owned by *t and
 * lives until trace_free(), but for events and changes, which live until the next call.
 */
int trace_open(struct trace **t, const char *path, int run, char *err);
void trace_free(struct trace *t);

/*
 * Take in what was written to the file since it was opened, or since the last call: a run that
 * is not `ended` has become longer, or has ended.  Returns 1 when there is something new, 0 when
 * there is not, or a negative errno.  Findings and notes are read again, and info's title and
 * schedule: what trace_findings() and trace_notes() gave before is freed, and these texts.
 */
int trace_refresh(struct trace *t);

/*
 * Read the notes again, of a run that has ended too: somebody has changed them.  What trace_notes()
 * gave before is freed.  Returns 0 or a negative errno.
 */
int trace_notes_again(struct trace *t);

/*
 * The path that the run was opened by; NULL where that is no more the file that is read: it was
 * deleted, as that of a scratch run is, or replaced.
 */
const char *trace_path(const struct trace *t);

/* The numbers of a file's runs, at most `max`; returns how many there are, or a negative errno. */
int trace_runs(const char *path, int *id, size_t max, char *err);

/* What a run is, for a list of them.  Texts are cut to their room and fit to be shown. */
enum run_kind {
	RUN_MODEL,		/* an execution of the model */
	RUN_LIVE,		/* of threads */
	RUN_CAPTURE,		/* it explains the capture of a real kernel, or no kernel does */
	RUN_GRAPH,		/* no transitions, but all states that there are */
};

struct trace_summary {
	int run;
	enum run_kind kind;
	bool packed;
	bool ended;			/* its writer said so; else it may go on */
	uint64_t events;
	int64_t recorded;		/* when it was begun: seconds since 1970; 0: not known */
	uint64_t findings;
	uint64_t notes;			/* that somebody wrote */
	uint64_t position;		/* of the first finding */
	char property[16];		/* of it; "" where there is none */
	char title[160], scenario[80], kernel[120], verdict[200];
};

/*
 * What the first `max` runs of a file are, by their numbers, without opening any: a query a file,
 * and some look-ups a run.  Returns how many runs there are, which may be more, or a negative
 * errno and one line in err.
 */
int trace_list(const char *path, struct trace_summary *list, size_t max, char *err);

/* "model", "live", "capture", "graph" */
const char *run_kind_name(enum run_kind kind);

/* What was wrong when a function of this trace failed last: one line, owned by the trace. */
const char *trace_message(const struct trace *t);

/* The run; a step of its table, NULL where there is none; *n of each, in order of position. */
const struct run_info *trace_info(const struct trace *t);
const struct trace_step *trace_step_at(const struct trace *t, unsigned step);
const struct trace_finding *trace_findings(const struct trace *t, size_t *n);
const struct trace_note *trace_notes(const struct trace *t, size_t *n);

/* The first that somebody wrote at a position; NULL: nobody did. */
const struct trace_note *trace_remark_at(const struct trace *t, uint64_t position);

/* The first finding at a position or behind it; how many there are, where there is none. */
size_t trace_finding_from(const struct trace *t, uint64_t at);

/* Line `line` (from 1) of a source file in the trace, not terminated by '\n'; "" beyond it. */
const char *trace_source_line(const struct trace *t, const char *file, unsigned line,
			      size_t *length);

/* How many lines the file has; 0 where the trace has no such file. */
unsigned trace_source_lines(const struct trace *t, const char *file);

/* Transition `position`, 1 .. events; NULL beyond, or when the file is broken there. */
const struct trace_event *trace_event_at(struct trace *t, uint64_t position);

/*
 * Read ahead in both directions what the next steps from a position need: for a reader that has
 * nothing else to do now.
 */
void trace_read_ahead(struct trace *t, uint64_t position);

/* What transition `position` changed.  Returns how many, or a negative errno. */
int trace_changes(struct trace *t, uint64_t position, const struct trace_change **changes);

/*
 * The world at a position; of a large run, what trace_look() (lens.h) sees of it without a focus.
 * A frame's pc is not a line there but the number of its step in the trace's own table + 1.
 * length gets the compressed bytes of every entry (MAX_ENTRIES) and may be NULL.
 * Reached from the nearest keyframe or from where the last call was, whichever is nearer.
 * Returns 0 or a negative errno.
 */
int trace_world(struct trace *t, uint64_t position, struct world *w, uint16_t *length);

#pragma GCC visibility pop

#endif
