/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * moment.h - a run at one position, and what can be read off it.
 *
 * The panels ask; nothing here draws.  All of it is a function of the recorded run: an old trace
 * says what it said when it was made, and of a file that anybody may have written every number is
 * checked before it indexes anything.
 *
 *	moment_read()		both worlds of a screen: at a position, and one step before
 *	moment.c		who waits for whom, who has a pointer to what
 *	owner.c			which copies of a page's data there are, which one counts
 *	never.c			which lines of the recorded source its kernel never takes
 *	fields.c		a change of a field in words
 *	short.c			texts of values, texts in few columns
 *	seen.c			what the kernel was seen to do, where the run explains a capture
 *
 * A moment borrows its trace and owns nothing; what it gives lives as long as it does.  Reading
 * one moves the trace's cursor, which is why a trace belongs to one thread.
 */
#ifndef SWAPSCOPE_UI_MOMENT_MOMENT_H
#define SWAPSCOPE_UI_MOMENT_MOMENT_H

#include <stdio.h>

#include "core/step.h"
#include "replay/figure/held.h"
#include "traces/capture/capture.h"
#include "traces/read/lens.h"
#include "traces/read/read.h"

/* How far back the taker of a slot is looked for before a screen says that it is further. */
#define SINCE_STEPS	100000
#define SINCE_UNKNOWN	UINT64_MAX

struct moment {
	struct trace *t;
	const struct run_info *info;
	uint64_t at;
	bool broken;			/* the file could not be read there */
	struct trace_lens lens;		/* which objects w and before are of */
	struct world w;
	struct world before;		/* the last step; at the start the same as w */
	uint32_t raw[sizeof(struct world)];		/* the file's numbers: see RAW() */
	uint32_t raw_before[sizeof(struct world)];
	uint32_t length[MAX_ENTRIES];	/* compressed bytes */
	uint8_t related[OBJ_KINDS];	/* bit per place: see find_related() */
	uint64_t since[MAX_SLOTS];	/* step that gave the slot its holder; 0: the start */
	struct capture_info capture;	/* of a run that explains one: info->capture */
};

/* `origin`: what the way of causes to what is looked at began with; it stays on the screen. */
void moment_read(struct moment *mo, struct trace *t, uint64_t at, struct trace_object focus,
		 struct trace_object origin);

/*
 * Make of a copy of a moment that of another position, through the same lens: what has no place
 * there is not seen.  Both of its worlds are that one, and nothing is known of `since`.  Returns 0
 * or a negative errno.
 */
int moment_see(struct moment *mo, uint64_t at);

/*
 * A field of mo->w or mo->before as the file has it.  What indexes an array is a place in a
 * world and a number here, and only the number is ever shown.
 */
uint32_t moment_raw(const struct moment *mo, const void *field);
#define RAW(mo, field)	moment_raw(mo, &(field))

/* The number of the object at a place, and how many places are to be looked at. */
uint32_t moment_number(const struct moment *mo, enum object_kind kind, unsigned place);
unsigned moment_places(const struct moment *mo, enum object_kind kind);

/* Is it the object that is looked at? */
bool moment_focused(const struct moment *mo, enum object_kind kind, unsigned place);

/* Has it to do with what is looked at, or with the step just made?  All has in a small run. */
bool moment_related(const struct moment *mo, enum object_kind kind, unsigned place);

/* Does the task at a place work with one of those? */
bool moment_task_related(const struct moment *mo, unsigned place);

/* Did the last step change these bytes of mo->w? */
bool moment_changed(const struct moment *mo, const void *field, size_t size);
#define CHANGED(mo, field)	moment_changed(mo, &(field), sizeof(field))

/* Tasks are named by number, and masks of tasks have a bit a number. */
const char *task_name(const struct moment *mo, unsigned task);
char *task_names(const struct moment *mo, unsigned mask, char *buf, size_t size);

/* The step that the task at a place makes next, or NULL when it has finished. */
const struct trace_step *moment_next(const struct moment *mo, unsigned task);

enum readiness { TASK_READY, TASK_WAITS, TASK_MAY_RETRY, TASK_DONE };

/* Can the task at a place move; if not, buf says what it waits for and who has it. */
enum readiness moment_ready(const struct moment *mo, unsigned task, char *buf, size_t size);

/* Who has a pointer to a zswap entry: working with it, holding its number only, left dangling. */
unsigned entry_users(const struct moment *mo, unsigned entry);
unsigned entry_numbers(const struct moment *mo, unsigned entry);
unsigned entry_dangling(const struct moment *mo, unsigned entry);

/* ---- texts of values, and in few columns (short.c) ---- */

char *stamp_text(unsigned stamp, char *buf, size_t size);	/* "v3", "zeroes", "garbage" */

/* A time since the run began, in seconds: "1.234567890", brief "1.234567"; how long a task
 * waited: "12.3 us". */
char *time_text(uint64_t ns, bool brief, char *buf, size_t size);
char *waited_text(const struct run_info *info, uint32_t waited, char *buf, size_t size);

/* Copy, cut to `columns` characters with an ellipsis at the end. */
void cut_text(char *to, size_t size, const char *from, int columns, bool ascii);
int text_columns(const char *text);

/*
 * The object of "page 54", "p54", "54", "slot 0x927": the first letter says which kind, without one
 * it is `otherwise`, and a slot where the number is written as a kernel does that of one.  OBJ_NONE
 * where it is none.
 */
struct trace_object object_named(const char *text, enum object_kind otherwise);

/* A task's name in eight columns: of "kcapwl-90" the number stays, "kcapw-90". */
#define NAME_WIDTH	8
const char *brief_name(const char *name, char buf[NAME_WIDTH + 1]);
void drop_arguments(char *text);

/* ---- where the data is (owner.c) ---- */

/* Where a page's data is: the copy that the next fault would find, and how many are valid. */
enum owner_kind {
	OWNER_NONE, OWNER_MAPPED, OWNER_CACHE, OWNER_ENTRY, OWNER_UNLINKED, OWNER_BLOCK,
	OWNER_PRIVATE, OWNER_LOST, OWNER_UNSEEN
};
/* Where copies can be: with a PTE, in the swap cache, .., or with whoever is just reading it. */
enum place { PLACE_MAPPED, PLACE_CACHE, PLACE_ZSWAP, PLACE_DEVICE, PLACE_PRIVATE, PLACES };
struct owner {
	enum owner_kind kind;
	unsigned number;	/* of the folio, entry or slot */
	unsigned holders;	/* of a private folio: the tasks that have it */
	unsigned stamp;		/* what is there */
	bool wrong;		/* and that is not the owner's last write */
	bool unseen;		/* it has no place here: its stamp is not known */
	unsigned copies;
	uint8_t valid[PLACES];	/* how many of them where */
};
/* Of a page of w, which is mo->w or mo->before. */
struct owner page_owner(const struct moment *mo, const struct world *w, unsigned page);
enum place owner_place(enum owner_kind kind);	/* PLACES: nowhere, or not known */

/* ---- what a kernel never does (never.c) ---- */

/*
 * Which lines of a source text a kernel with these switches ("pin=none wait=tick ..") never takes:
 * never[1] .. never[lines] become 1 there and 0 elsewhere; it has lines + 1 bytes.  Only what is
 * certain is said.
 */
void never_lines(const char *text, size_t size, const char *switches, uint8_t *never,
		 unsigned lines);

/* ---- changes in words (fields.c): of what is the model's own, known and dangling, none ---- */

/*
 * What transition `at` changed of an object: "holder none -> sync, holder_task none -> T0".
 * Returns how many fields; 0: it changed none of them, or the file is damaged there.
 */
unsigned changes_text(struct trace *t, uint64_t at, struct trace_object o, char *buf, size_t size);

/* A value of a field, as the run's readers know it: "sync", "T0", "1|HAS_CACHE".  Returns buf. */
const char *field_text(struct trace *t, const struct field *f, unsigned v, char *buf, size_t size);

/* Is the field one of the kernel's, and no bookkeeping of the model's own? */
bool field_is_told(const struct field *f);

/* Of one change of a field of the model: "slot 0 holder none -> sync"; else "". */
const char *change_text(struct trace *t, const struct trace_change *c, char *buf, size_t size);

/* ---- what the kernel was seen to do (seen.c) ---- */

/* What the run is of: "v6.8 load=exclusive", "capture of 6.8.0-kcap, v6.8 load=exclusive", which
 * becomes "capture, v6.8 load=exclusive" in few columns, and the kernel alone in fewer. */
void run_text(const struct moment *mo, int columns, char *buf, size_t size);

/* The event that shows the step just made, or between which events it was made. */
void seen_text(const struct moment *mo, int columns, char *buf, size_t size);

/* A stamp of a capture as the capture writes it: "@557", "@12.345678". */
char *capture_stamp_text(const struct capture_info *info, uint64_t stamp, char *buf, size_t size);

#endif
