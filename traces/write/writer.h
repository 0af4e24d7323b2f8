/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * writer.h - the parts of a trace writer.
 *
 * struct trace_writer is four things in one: the file with its statements and the open transaction
 * (writer.c); the file's numbers of what this program has names for (dictionary.c: steps, once a
 * file; rows.c: fields and results, when they are first asked for); the run that is open (rows.c);
 * and of a run of the explorer its last world, whole (record.c; finding.c: what is wrong in it).
 *
 * What holds between two calls, unless there is an error:
 *
 *	- `batch` is 0 where no transaction is open.  The first row begins one and tw_commit()
 *	  ends it, and packs before that what waits to be packed: a commit leaves nothing out.
 *	- rows.value is the world at `position`; of a run of the explorer `last` and `raw` are too.
 *	- The keyframe at 0 is written with the first transition, or the first commit
 *	  (rows.started).
 *	- Of a packed run, rows.events transitions up to `position` wait in rows.event.
 *
 * A row of any table goes in by tw_insert(), of those too that captures fill: so there is one
 * transaction, one error, and one list of statements, which are prepared when they are first used.
 * rows.c counts, and commits where a batch is full; who writes rows of other tables does that
 * itself.
 *
 * The first error sticks: everything after it returns it again and writes nothing.
 */
#ifndef SWAPSCOPE_TRACES_WRITE_WRITER_H
#define SWAPSCOPE_TRACES_WRITE_WRITER_H

#include <sqlite3.h>

#include "core/bytes.h"
#include "core/file/output.h"
#include "traces/block/block.h"
#include "traces/schema.h"
#include "traces/write/write.h"

/* Rows of a transaction: what a killed writer can lose. */
#define BATCH_ROWS	20000
#define RESULTS_KEPT	128

#define CAPTURE_SET(name)	#name " = ?, "
#define CAPTURE_END_SQL		"UPDATE capture SET " CAPTURE_COUNTS(CAPTURE_SET)		\
				"clock = ? WHERE run = ?"

/* X(statement, SQL): everything that is written more than once */
#define STATEMENTS(X)									\
	X(META, "INSERT OR IGNORE INTO meta VALUES (?, ?)")				\
	X(PROGRAM, "INSERT INTO program VALUES (?, ?)")					\
	X(STEP, "INSERT INTO step VALUES (?, ?, ?, ?, ?, ?, ?)")			\
	X(SOURCE, "INSERT INTO source VALUES (?, ?, ?)")				\
	X(FIELD, "INSERT INTO field VALUES (?, ?, ?, ?, ?)")				\
	X(RUN, "INSERT INTO run VALUES "						\
	  "(?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")		\
	X(RUN_PACKED, "UPDATE run SET packed = ? WHERE id = ?")				\
	X(RUN_FOLIOS, "UPDATE run SET folios = ? WHERE id = ?")				\
	X(RUN_SO_FAR, "UPDATE run SET title = ?, schedule = ?, folios = ? WHERE id = ?") \
	X(RUN_END, "UPDATE run SET schedule = ?, events = ?, verdict = coalesce(?, verdict) " \
	  "WHERE id = ?")								\
	X(RECORDED, "INSERT OR REPLACE INTO recorded VALUES (?, ?)")			\
	X(SWITCH, "INSERT INTO switch VALUES (?, ?, ?)")				\
	X(TASK, "INSERT INTO task VALUES (?, ?, ?)")					\
	X(NAME, "INSERT OR REPLACE INTO name VALUES (?, ?, ?, ?, ?)")				\
	X(RESULT, "INSERT OR IGNORE INTO result (text) VALUES (?)")			\
	X(EVENT, "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")		\
	X(CHANGE, "INSERT INTO change VALUES (?, ?, ?, ?, ?)")				\
	X(KEYFRAME, "INSERT INTO keyframe VALUES (?, ?, ?, ?)")				\
	X(BLOCK, "INSERT INTO block VALUES (?, ?, ?, ?)")				\
	X(FRAME, "INSERT INTO frame VALUES (?, ?, ?)")					\
	X(FINDING, "INSERT INTO finding VALUES (?, ?, ?, ?, ?)")			\
	X(NOTE, "INSERT INTO note (run, seq, kind, text) VALUES (?, ?, ?, ?)")		\
	X(GRAPH_STATE, "INSERT INTO graph_state VALUES (?, ?, ?)")			\
	X(GRAPH_FIELD, "INSERT INTO graph_field VALUES (?, ?, ?, ?)")			\
	X(GRAPH_TRANSITION, "INSERT INTO graph_transition VALUES (?, ?, ?, ?, ?, ?, ?)") \
	X(CAPTURE, "INSERT INTO capture (run, file, release, clock) VALUES (?, ?, ?, ?)") \
	X(CAPTURE_END, CAPTURE_END_SQL)							\
	X(CAPTURE_CUT, "UPDATE capture SET lines = NULL WHERE run = ?")			\
	X(CAPTURE_UNSORTED, "DROP INDEX IF EXISTS capture_event_slot")			\
	X(CAPTURE_META, "INSERT OR REPLACE INTO capture_meta VALUES (?, ?, ?)")		\
	X(CAPTURE_LINE, "INSERT INTO capture_line VALUES (?, ?, ?, ?)")			\
	X(CAPTURE_EVENT, "INSERT INTO capture_event VALUES "				\
	  "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")		\
	X(CAPTURE_CALL, "UPDATE capture_event SET call = ?, slot = ? "			\
	  "WHERE run = ? AND id = ?")							\
	X(CAPTURE_THREAD, "INSERT INTO capture_thread VALUES (?, ?, ?, ?, ?, NULL)")	\
	X(CAPTURE_THREAD_END, "UPDATE capture_thread SET comm = ?, events = ? "		\
	  "WHERE run = ? AND thread = ?")						\
	X(CAPTURE_SLOT, "INSERT INTO capture_slot VALUES (?, ?, ?, ?)")			\
	X(CAPTURE_PROBE, "INSERT INTO capture_probe VALUES (?, ?, ?, ?, ?, NULL)")	\
	X(CAPTURE_PROBE_END, "UPDATE capture_probe SET events = ? "			\
	  "WHERE run = ? AND probe = ?")						\
	X(CAPTURE_STEP, "INSERT INTO capture_step VALUES (?, ?, ?, ?)")			\
	X(RUN_SIZES, "UPDATE run SET pages = ?, slots = ?, folios = ?, entries = ? "	\
	  "WHERE id = ?")								\
	X(FAULT_ROW, "INSERT INTO capture_fault VALUES "				\
	  "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")					\
	X(STORY_ROW, "INSERT INTO capture_story VALUES (?, ?, ?, ?, ?, ?, ?)")		\
	X(LOSS_ROW, "INSERT INTO capture_loss VALUES "					\
	  "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")					\
	X(TOTAL_ROW, "INSERT INTO capture_total VALUES (?, ?, ?)")			\
	X(NO_TOTALS, "DELETE FROM capture_total WHERE run = ?")				\
	X(NO_FAULTS, "DELETE FROM capture_fault WHERE run = ?")				\
	X(NO_STORY, "DELETE FROM capture_story WHERE run = ?")				\
	X(NO_LOSSES, "DELETE FROM capture_loss WHERE run = ?")				\
	X(FIND_PROGRAM, "SELECT id FROM program WHERE digest = ?")			\
	X(FIND_RESULT, "SELECT id FROM result WHERE text = ?")				\
	X(FIRST_STEP, "SELECT min(id) FROM step WHERE program = ?")			\
	X(LAST_RESULT, "SELECT coalesce(max(id), 0) FROM result")			\
	X(NEXT_STEP, "SELECT coalesce(max(id), -1) + 1 FROM step")			\
	X(NEXT_PROGRAM, "SELECT coalesce(max(id), 0) + 1 FROM program")			\
	X(NEXT_RUN, "SELECT coalesce(max(id), 0) + 1 FROM run")

enum statement {
#define X(name, sql) SQL_##name,
	STATEMENTS(X)
#undef X
	SQL_COUNT
};

/* A column of a row to write. */
struct value {
	int64_t n;		/* or the bytes of a blob, or of a text that is not terminated */
	const void *data;	/* a text of NULL is NULL */
	enum { VALUE_INT, VALUE_TEXT, VALUE_TEXT_N, VALUE_BLOB } type;
};
#define INT(v)	{ .n = (int64_t)(v) }
#define TEXT(v)	{ .data = (v), .type = VALUE_TEXT }
#define BLOB(v, size) { .data = (v), .n = (int64_t)(size), .type = VALUE_BLOB }
#define NIL	{ .type = VALUE_TEXT }

/* How an entry came to be free: what a finding says of it. */
struct freed {
	uint64_t position;	/* 0: it was not */
	unsigned task;
	int step;
};

/* The fields of the file by their names, and transitions that wait to be packed. */
struct rows {
	struct field_name *name;	/* a hash: room for `names`, */
	size_t names, named;		/* and so many are in it */
	uint32_t fields;		/* the highest number of a field */
	uint32_t results;		/* and of a result */

	/* the run being written */
	bool packed, clock;
	bool started;			/* its keyframe at 0 is written */
	unsigned tasks;
	uint32_t keyframe_every;
	uint32_t *value;		/* of each field, at the writer's position */
	size_t values;			/* room for so many */
	struct row_event *event;	/* of a packed run's next block */
	struct row_change *change;
	size_t events, changes;
	struct frame_value *frame;
	size_t frames;			/* room for so many */
	struct block_buffer buffer;
};

struct trace_writer {
	sqlite3 *db;
	char *path;
	int error;
	char error_text[TRACE_ERROR_MAX];
	sqlite3_stmt *stmt[SQL_COUNT];
	unsigned batch;			/* rows in the open transaction; 0: there is none */
	enum trace_mode mode;
	struct output_part part;		/* where the file is until it is whole; or none */
	bool replaces;			/* the part takes the place of `path` when it is closed */
	bool made;			/* the file was not there */
	bool held;			/* a signal waits until it is closed */
	bool whole;			/* of the open run: it is committed at its end only */

	int program;
	unsigned first_step;		/* the file's number of step_at(0) */
	const struct field *field;
	size_t fields;
	uint32_t *field_id;		/* the file's number of each field; 0: not asked yet */
	uint32_t length_id[MAX_ENTRIES];
	uint16_t at[sizeof(struct world)];	/* field + 1 that begins at a byte of a world */
	struct {
		char *text;
		int id;
	} result[RESULTS_KEPT];
	unsigned results;

	/* the run being written */
	int run;			/* 0: none yet */
	bool open;			/* begun and not ended */
	uint64_t position;
	struct rows rows;

	/* and what there is of a world that is small enough to be kept whole (record.c) */
	unsigned folios;		/* seen in use */
	struct scenario scenario;	/* a copy: what owns texts is not looked at */
	struct kernel kernel;
	uint32_t waited[MAX_TASKS];	/* transitions of others since the task was blocked */
	struct row_change *change;	/* of a transition: room for all fields */
	struct world raw;		/* at position, as it was given */
	struct world last;		/* the same as the file has it: steps by number */
	uint16_t length[MAX_ENTRIES];
	struct freed freed[MAX_ENTRIES];
	char task_name[MAX_TASKS][sizeof(((struct program *)0)->name)];
};

/* Remember the first error and its text; returns it. */
int tw_fail(struct trace_writer *tw, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* What SQLite says becomes the error; returns it. */
int tw_sql(struct trace_writer *tw);

/*
 * Write a row: 0, or the first error.  Or ask for a number: 0, -ENOENT where there is no row, which
 * is no error, or the first error.
 */
int tw_insert(struct trace_writer *tw, enum statement st, const struct value *v, int n);
int tw_select(struct trace_writer *tw, enum statement st, const struct value *v, int n,
	      int64_t *result);
#define COLUMNS(...) (const struct value[]){ __VA_ARGS__ },				\
	(int)(sizeof((const struct value[]){ __VA_ARGS__ }) / sizeof(struct value))
#define tw_row(tw, st, ...) tw_insert(tw, st, COLUMNS(__VA_ARGS__))
#define tw_number(tw, st, result, ...) tw_select(tw, st, COLUMNS(__VA_ARGS__), result)

/* Begin a transaction if there is none, waiting for who has one.  0, or the first error. */
int tw_lock(struct trace_writer *tw);

/* Pack what waits to be packed, and end the transaction if there is one: 0, or the first error. */
int tw_commit(struct trace_writer *tw);

/*
 * file.c: make way for a writer: *exists becomes true if there is a trace to add to.  A trace is
 * replaced whatever its format is, if nobody writes to it; nothing else ever is.
 */
int trace_way(const char *path, bool append, bool *exists, char *err);

/* A file with its schema: at its place, or (replaces) beside it. */
int trace_make_file(struct trace_writer *tw, char *err);

/* A part that is whole takes the place of the trace at `path`.  The part is freed in any case. */
int trace_publish(struct output_part *part, const char *path, char *err);

/* A file that was made, and has got no run, goes. */
void trace_unmake(struct trace_writer *tw);

/* The dictionary of the file: this program's steps and source, and the fields that it has. */
int tw_dictionary(struct trace_writer *tw);

/* The file's number of a field of a world, and of the length of an entry. */
uint32_t tw_field(struct trace_writer *tw, size_t field);
uint32_t tw_length_field(struct trace_writer *tw, unsigned entry);

/* A transition and its changes as rows. */
void tw_event_rows(struct trace_writer *tw, int run, uint64_t seq, const struct row_event *e,
		   const struct row_change *c, bool clock);

/* rows.c: write the open block; read the names of the file's fields; free all. */
int rows_flush(struct trace_writer *tw);
int rows_dictionary(struct trace_writer *tw);
void rows_free(struct rows *r);

/* The world as a file has it: a frame's pc is the number of its step + 1. */
void tw_map_world(const struct trace_writer *tw, const struct world *w, struct world *mapped);

/* trace_run_begin() with the lengths of the entries at the start (may be NULL). */
int tw_run_begin(struct trace_writer *tw, const struct scenario *s, const struct kernel *k,
		 const struct run_meta *meta, const struct world *start, const uint16_t *length);

/* Findings of the transition that leads from tw->raw to `after`. */
int tw_findings(struct trace_writer *tw, const struct exec_step *step, const struct world *after);

/* The finding of a run that repeats from position `loop` on. */
int tw_loop(struct trace_writer *tw, const struct execution *x, uint64_t loop);

#endif
