/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reader.h - the parts of a trace reader.
 */
#ifndef SWAPSCOPE_TRACES_READER_H
#define SWAPSCOPE_TRACES_READER_H

#include <sqlite3.h>

#include "traces/trace.h"
#include "traces/types.h"

/* More of them in a file are not looked at: memory stays bounded. */
#define FINDINGS_MAX	"100000"	/* texts: parts of queries */
#define NOTES_MAX	"100000"
#define SOURCES_MAX	"256"
#define STEPS_MAX	UINT16_MAX
#define FIELDS_MAX	UINT16_MAX

/* A text of the file, kept until the trace is freed. */
struct kept {
	struct kept *next;
	char text[];
};

struct source {
	const char *name;
	const char *text;
	size_t *line;			/* where each begins; one more for the end */
	unsigned lines;
};

/* What a field of the file is here: a field of the world, a length, or unknown. */
struct known {
	const struct field *field;	/* NULL: not a field of the world */
	uint8_t type;			/* enum field_type */
	uint8_t length;			/* entry whose compressed length it is; 0: none */
};

struct trace {
	sqlite3 *db;
	char *path;
	char *err;			/* where what goes wrong is told */
	char unheard[TRACE_ERROR_MAX];
	struct kept *kept;

	struct run_info info;
	int program;
	struct trace_step *step;	/* op is NULL where there is none */
	unsigned first_step, steps;
	struct source *source;
	unsigned sources;
	struct trace_finding *finding;
	size_t findings;
	struct trace_note *note;
	size_t notes;
	struct known *known;		/* by the file's number */
	unsigned knowns;
	uint8_t value[TYPE_COUNT][256];	/* enumerations: the file's value -> ours */

	sqlite3_stmt *at_event, *at_changes, *at_frame, *keyframe, *forward, *backward;
	struct trace_event event;
	char result[128];
	struct trace_change *change;
	size_t changes;			/* room for so many */

	bool placed;			/* the cursor below is valid */
	uint64_t position;
	struct world world;
	uint16_t length[MAX_ENTRIES];

	struct rows_reader *rows;	/* rows_read.c's; NULL until it is needed */
};

void rows_reader_free(struct rows_reader *r);

/* Say what is wrong with the file; returns -EBADMSG. */
int tr_bad(struct trace *t, const char *what);

/* Say what SQLite says; returns a negative errno. */
int tr_sql(struct trace *t);

/* A column as a number of 0 .. max; -EBADMSG when it is none. */
int tr_number(struct trace *t, sqlite3_stmt *s, int column, uint64_t max, uint64_t *n);

/* Prepare, with the run as parameter 1. */
int tr_prepare(struct trace *t, sqlite3_stmt **s, const char *sql);

#endif
