/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reader.h - the parts of a trace reader.
 *
 * A run may have ten million transitions, and a world of seventy thousand fields that are not 0.
 * So a reader keeps one array, `value`, of every field by the file's number, and moves it: from
 * the nearest keyframe on either side or from where it is, forward by new values and backward by
 * old ones (cursor.c).  `placed` says that it is the world at `position`; while it is moved, or
 * after an error, it is not.
 *
 * Transitions come in chunks (chunk.c), a block of a packed run or so many rows of another, and who
 * asks does not see which.  The last sixteen are kept, for what is looked at is near to what was.
 * A search or a long way has a chunk of its own, so as not to push these out; where a field
 * changed (search.c) is asked of a block's table of fields first, which is cheaper than the block.
 * A chunk stays right when the file grows: new transitions are in others, or in a longer one.
 *
 * Only what is looked at is looked up in the dictionary, an object at a time (fields.c), and put
 * into a struct world (sight.c).  Numbers are the file's up to there: enumerations are turned into
 * this program's by their texts when they come into the struct, and nothing is an index before it
 * was checked.
 *
 * scan.c is the other way to read: all transitions in order, with no world and no dictionary.
 * rows.c makes trace_scan() of it, and pack/ reads whole files with it.
 *
 * A function that fails says so in t->err, which is the caller's line while the trace is opened and
 * the trace's own after that.
 */
#ifndef SWAPSCOPE_TRACES_READ_READER_H
#define SWAPSCOPE_TRACES_READ_READER_H

#include <sqlite3.h>

#include "traces/block/block.h"
#include "traces/read/lens.h"
#include "traces/read/read.h"
#include "traces/row.h"
#include "traces/types.h"

/* More of them in a file are not looked at: memory stays bounded. */
#define FINDINGS_MAX	"100000"	/* texts: parts of queries */
#define NOTES_MAX	"100000"
#define NOTE_MAX	"8192"		/* TRACE_NOTE_MAX, and of an author TRACE_AUTHOR_MAX */
#define AUTHOR_MAX	"80"
#define SOURCES_MAX	"256"
#define STEPS_MAX	UINT16_MAX
#define FIELDS_MAX	ROWS_FIELDS_MAX

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

/* ---- the dictionary of fields (fields.c) ---- */

/* Every kind of object in struct world: where its first one is, and how large each. */
struct shape {
	const char *kind;
	uint16_t base, size;		/* bytes of struct world */
	uint8_t first, places;		/* number of the object at `base`; how many there are */
};
extern const struct shape shapes[OBJ_KINDS];

/* The compressed length of an entry is not in struct world: it stands behind the struct. */
#define LENGTH_OFFSET	sizeof(struct zentry)

/* A field of one kind of objects. */
struct member {
	const struct field *field;	/* of the first object; NULL: the length of an entry */
	uint16_t offset;		/* into the object */
	uint8_t type;			/* enum field_type */
};

/* What a number of the file stands for. */
struct known {
	uint8_t asked;			/* 0: not looked up yet */
	uint8_t kind;			/* enum object_kind; OBJ_NONE: unknown here */
	uint16_t offset;
	uint32_t number;
};

/* An object whose fields were looked up. */
struct object {
	uint32_t number;
	uint8_t kind;
	unsigned fields;		/* of the file, when it was asked */
	uint32_t *id;			/* by offset into it; 0: it has no such field */
};

/* ---- transitions (chunk.c) ---- */

#define CHUNKS		16
#define CHUNK_ROWS	256		/* of a run that is stored as rows */
#define BAD_EVENT	1
#define BAD_CHANGES	2

struct chunk {
	uint64_t first;			/* position of the first transition; 0: nothing is here */
	uint32_t events;
	uint64_t used;			/* when it was asked for last */
	const struct row_event *event;
	const uint32_t *first_change;	/* of every event, and one more */
	const struct row_change *change;
	bool damaged;			/* some of `bad` are set */
	uint8_t bad[CHUNK_ROWS];	/* BAD_*: rows only, a packed block is good or it is not */
	struct block block;		/* packed: owns what the pointers point to; else they do */
	struct row_event *own_event;
	uint32_t *own_first;
	struct row_change *own_change;
	size_t own_changes;		/* room for so many */
};

/*
 * What a search backward has seen: none of the transitions low .. high changed these fields, but
 * `low` did, if `hit`.  high 0: nothing.
 */
#define SEEN_FIELDS	2

struct seen {
	uint32_t field[SEEN_FIELDS];
	size_t n;
	uint64_t low, high;
	bool hit;
	uint64_t used;
};

#define SEEN	16
#define RESULTS	256
#define RESULT_TEXT 128

struct trace {
	sqlite3 *db;
	char *path;
	char *err;			/* where what goes wrong is told */
	char unheard[TRACE_ERROR_MAX];
	struct kept *kept;
	int format;			/* PRAGMA user_version */

	struct run_info info;
	uint64_t length;		/* of the run, by its rows */
	int program;
	struct trace_step *step;	/* op is NULL where there is none */
	unsigned first_step, steps;
	struct source *source;
	unsigned sources;
	struct trace_finding *finding;
	size_t findings;
	struct trace_note *note;
	size_t notes;
	bool noted;			/* the file has that table */
	struct kept *finding_texts, *note_texts;
	struct kept *renewed;		/* info.title and .schedule, once they were read again */
	uint8_t enumerated[TYPE_COUNT][256];	/* enumerations: the file's value -> ours */

	struct member *member[OBJ_KINDS];	/* the members of each kind */
	unsigned members[OBJ_KINDS];
	const struct field *by_offset[sizeof(struct world)];
	struct known *known;		/* by the file's number of a field */
	unsigned fields;		/* the greatest of them */
	struct object **object;		/* hashed by kind and number */
	unsigned objects, object_room;	/* in use; a power of two */

	sqlite3_stmt *at_events, *at_changes, *at_block;
	sqlite3_stmt *frame_before, *frame_after, *at_frame;
	sqlite3_stmt *at_result, *at_field, *at_object;
	struct chunk chunk[CHUNKS];
	struct chunk scan;		/* of a search, which must not push out what is shown */
	uint64_t clock;			/* of `used` */
	struct trace_event event;
	struct {
		uint32_t id;
		char text[RESULT_TEXT];
	} result[RESULTS];		/* by id modulo RESULTS */
	struct trace_change *change;
	size_t changes;			/* room for so many */

	struct frame_rows frame;
	bool placed;			/* `value` is the world at `position` */
	uint64_t position;
	uint32_t *value;		/* by the file's number of a field */
	uint8_t *wanted;		/* a bit a field: of trace_search() */
	struct seen seen[SEEN];
	int64_t version;		/* of the file's data, when it was read last; 0: not yet */
	uint64_t remarks_there;		/* findings and notes in the file */

	struct rows_reader *rows;	/* rows.c's; NULL until it is needed */
	struct capture_reader *capture;	/* traces/capture/read.c's, in one piece: freed with all */
};

void rows_reader_free(struct rows_reader *r);

/* Say what is wrong with the file; returns -EBADMSG. */
int tr_bad(struct trace *t, const char *what);

/* Say what SQLite says; returns a negative errno. */
int tr_sql(struct trace *t);

int tr_no_memory(struct trace *t);	/* says so, returns -ENOMEM */

/* A column as a number of 0 .. max; -EBADMSG when it is none. */
int tr_number(struct trace *t, sqlite3_stmt *s, int column, uint64_t max, uint64_t *n);

/* A column as bytes: never NULL, not even where there are none.  Good until the next step. */
const void *tr_blob(sqlite3_stmt *s, int column, size_t *size);

/* Prepare, with the run as parameter 1. */
int tr_prepare(struct trace *t, sqlite3_stmt **s, const char *sql);

/* Call `row` with every row of a query whose first parameter, if it has one, is a number. */
int tr_each_row(struct trace *t, const char *sql, int parameter,
		int (*row)(struct trace *t, sqlite3_stmt *s));

/* A text, made harmless, in t->kept; "" for NULL.  NULL when memory is out. */
const char *tr_keep(struct trace *t, sqlite3_stmt *s, int column, bool lines);
void tr_free_texts(struct kept *k);

/* One more element in an array; NULL when memory is out. */
void *tr_grow(void *array, size_t n, size_t size);

/* Bind positions as parameters 2 and 3 of a statement that is used again. */
void tr_bind(sqlite3_stmt *s, uint64_t a, uint64_t b);

/* ---- remarks.c ---- */

/* Read findings and notes, or read them again. */
int tr_remarks(struct trace *t);

/* ---- fields.c ---- */

/* Set up, and take in that the file has more fields than it had. */
int tr_fields_open(struct trace *t);
int tr_fields_grow(struct trace *t);
void tr_fields_free(struct trace *t);

/* Read what values of enumerations are called: what is in t->enumerated. */
int tr_names(struct trace *t);

/* What a field of the file is; NULL where the file has no such field, or this program not. */
const struct known *tr_known(struct trace *t, uint32_t id);

enum field_type tr_type(const struct trace *t, const struct known *k);

/* The fields of an object, or NULL when memory is out or the file is damaged. */
const struct object *tr_object(struct trace *t, enum object_kind kind, uint32_t number);

/* The number of one of its fields, by offset into the object; 0: it has none. */
uint32_t tr_field(struct trace *t, enum object_kind kind, uint32_t number, size_t offset);

/* Where the trace is placed: a value by object and offset; 0 where there is none. */
uint32_t tr_value(struct trace *t, enum object_kind kind, uint32_t number, size_t offset);
#define VALUE_OF(t, kind, type, number, member)						\
	tr_value(t, kind, number, offsetof(struct type, member))

/* ---- chunk.c ---- */

/* The chunk with transition `position`, into a slot of the cache, or into t->scan. */
int tr_chunk(struct trace *t, uint64_t position, const struct chunk **c);
int tr_scan_chunk(struct trace *t, uint64_t position, const struct chunk **c);

/*
 * The same of a search: *c is NULL where none of t->wanted is changed.  first and events say
 * which transitions the answer is about.
 */
int tr_search_chunk(struct trace *t, uint64_t position, const struct chunk **c, uint64_t *first,
		    uint32_t *events);
void tr_chunks_free(struct trace *t);

/* ---- sight.c ---- */

/* Is the last number of such a frame an entry?  (Else it is whatever the operation likes.) */
bool op_has_entry(unsigned op);
bool op_has_page(unsigned op);

/* A row of changes as a field of struct world; .field is NULL where it is none of a run's. */
int tr_change(struct trace *t, const struct row_change *row, struct trace_change *c);

/* ---- cursor.c ---- */

/* Make t->value the world at a position. */
int tr_place(struct trace *t, uint64_t position);

#endif
