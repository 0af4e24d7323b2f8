/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parts.h - what the files of this folder share.
 */
#ifndef SWAPSCOPE_REPLAY_JUDGE_PARTS_H
#define SWAPSCOPE_REPLAY_JUDGE_PARTS_H

#include "core/explore/graph.h"
#include "replay/judge/judge.h"

/* ---- names.c ---- */

/* "OPERATION: TEXT", or the beginning of a step's text; `length` bytes. */
bool meaning_exact(struct meaning *m, const char *text, size_t length);

/* A function's name, in whatever kernel. */
bool meaning_named(struct meaning *m, const char *name, size_t length);

/* The function whose name is nearest, if one is near. */
bool meaning_near(struct meaning *m, const char *name, size_t length);

/*
 * What a cell can mean: the text of a step, a function that is called in it, a phrase, or (near: it
 * takes a while) a name that is near.  *end gets how much of the text has been understood, *guessed
 * whether it is written otherwise, and `note` (CLAIM_SAID_MAX) what it was taken for, or why not.
 */
bool meaning_of(struct meaning *m, const char *text, bool near, size_t *end, uint8_t *guessed,
		char *note);

/* Is there a call of the function in n bytes of text; or, called = false, its name? */
bool has_name(const char *text, size_t n, const char *name, size_t length, bool called);

/* ---- words.c ---- */

/* What a name of other kernels is here, several with '|' between them; or NULL.  All such names. */
const char *alias_of(const char *name, size_t length);
const char *alias_at(size_t i);

/* The same of a phrase that is in a text. */
const char *phrase_in(const char *text);

/* Behind numbers, bullets and arrows in front, which say nothing. */
const char *skip_bullet(const char *s);

/* Where a comment begins in a line, "/" "*", "//", "<-", "# ": its length where there is none. */
size_t comment_at(const char *s);

/* What is said behind a step of what comes of it, "folio_put() -> data lost"; or "". */
const char *outcome_beside(const char *text);

/* The properties that a text speaks of ("use after free", "LOST"), as bits; 0: none. */
uint32_t outcome_of(const char *text);

/* Is it one of the letters of a name? */
static inline bool name_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* ---- comes.c ---- */

/* A value, any word, or the beginning of a RESULT(), at the beginning of a text. */
bool comes_value(struct comes_to *c, const char *s);
bool comes_word(struct comes_to *c, const char *s);
bool comes_text(struct comes_to *c, const char *s);

/* What is said behind a call, or in the comment beside it, of how it went. */
void comes_of(struct comes_to *c, const char *tail, bool comment);

/* ---- layout.c ---- */

#define CELL_MAX	400

/* A cell of the text: what a column says in a line. */
struct cell {
	unsigned line;
	int column;		/* -1: in none */
	bool with;		/* it says that it has no order with the line above */
	bool prose;		/* a sentence between lines */
	unsigned indent;	/* where its text begins, in the line */
	char text[CELL_MAX];
};

/* A text taken apart. */
struct layout {
	struct claim_column column[CLAIM_COLUMNS];
	unsigned columns;
	struct cell *cell;
	size_t cells, room;
	unsigned too_many;		/* columns: more than a claim has */
	unsigned header;		/* its line; 0: there is none */
	unsigned last;			/* the diagram's last line */
	unsigned second;		/* the line of another diagram that is left out; 0: none */
};

/* Take a text apart, which has `n` lines; 0 or -ENOMEM.  Freed by layout_free(). */
int layout_of(struct layout *l, char *const *line, unsigned n, unsigned first);
void layout_free(struct layout *l);

/* ---- match.c ---- */

/* What a step said it did. */
struct made {
	uint32_t mem;
	uint16_t stack;
	uint8_t task, choice;
	bool known;
	const struct result *result;
	struct probe_calls calls;
};

#define MADE_BITS	13

/* A claim under a kernel, and moves of tasks held against it. */
struct matcher {
	const struct claim_text *c;
	struct graph *g;
	uint8_t opens[CLAIM_EVENTS];	/* enum op: whose call an event begins; or 0 */
	uint16_t entry[OP_COUNT];	/* task_entry() */
	int first[OP_COUNT];		/* the step made first in it, or -1 */
	uint64_t stands;		/* events that are made by being called: the next of their
					   column is the first step */
	uint64_t may[STEP_WORDS * 64];	/* a step: the events that it can be, as it stands there */
	struct made *made;		/* a cache */
};

/* 0 or -ENOMEM; freed by matcher_free(). */
int matcher_init(struct matcher *m, const struct claim_text *c, struct graph *g);
void matcher_free(struct matcher *m);

/* Can the step at which a stack stands be event e, whatever it comes to? */
bool may_be(const struct matcher *m, unsigned e, uint16_t stack);

/* Does the task stand where event e, which is made by standing there, wants it? */
bool stands_at(const struct matcher *m, unsigned e, uint16_t stack);

/*
 * The frame, 1 .., of the call that event e begins, in a stack whose task stands at its first step;
 * 0: none.  And is that call still running, where a move leads from one stack to another?
 */
unsigned frame_of(const struct matcher *m, unsigned e, uint16_t stack);
bool still_running(struct matcher *m, unsigned frame, uint32_t mem, uint16_t from, uint16_t to,
		   unsigned task, unsigned choice);

/* Is a move event e? */
bool is_event(struct matcher *m, unsigned e, uint32_t mem, uint16_t stack, unsigned task,
	      unsigned choice);

/* What the step comes to: NULL, nothing is said. */
const struct result *move_result(struct matcher *m, uint32_t mem, uint16_t stack, unsigned task,
				 unsigned choice);

/* ---- product.c ---- */

/* How far it has come: of every column how many of its events, 8 bits each. */
typedef uint64_t progress_t;

#define BOUND_SEEN	0x80000000u	/* the outcome's property was violated */
#define BIND_BITS	4		/* of a column's task + 1 */

struct node {
	uint32_t state;
	uint32_t bind;
	uint32_t level;			/* of every column the frame of its call, BIND_BITS each */
	uint32_t progress[2];
};

/* A move from a state, and where it leads: STORE_NONE where that is not followed. */
struct successor {
	struct effect e;
	uint32_t state;
	uint8_t task;
	uint8_t unused[3];
};

/* Those of one state. */
struct span {
	uint64_t begin;
	uint16_t n;
	uint8_t known;
	uint8_t dead;		/* DEADLOCK */
};

/* Where a way ends: a node, or a move from it. */
struct way_end {
	uint32_t node;
	uint32_t bind;
	progress_t progress;
	struct move move;
	bool by_move;
};

struct product {
	const struct claim_text *c;
	const struct judge_options *o;
	struct matcher m;
	struct graph *g;
	struct store nodes;		/* struct node */
	struct arena origins;		/* struct origin a node */
	struct arena successors;	/* struct successor */
	struct arena spans;		/* struct span a state */
	uint8_t column_of[CLAIM_COLUMNS][CLAIM_EVENTS];	/* its events, in order */
	unsigned many[CLAIM_COLUMNS];
	unsigned need[CLAIM_EVENTS][CLAIM_COLUMNS];	/* an event: so many of each column first */
	uint32_t can[CLAIM_COLUMNS];	/* tasks that can be this column, as bits */
	uint32_t started;		/* so many nodes are of the start */
	unsigned wanted;		/* events to be made */
	unsigned best;			/* the most that any node has */
	uint32_t best_node;		/* the first such */
	uint32_t cut;			/* properties at which runs ended */
	unsigned cut_best;		/* the most that a run which ended had */
	uint32_t cut_there;		/* what it violated */
	struct way_end cut_end;
	const char *bound;
	bool found, stop;
	struct way_end end;
};

static inline progress_t node_progress(const struct node *n)
{
	return n->progress[0] | (progress_t)n->progress[1] << 32;
}

static inline unsigned progress_of(progress_t p, unsigned column)
{
	return p >> 8 * column & 0xff;
}

static inline int bound_task(uint32_t bind, unsigned column)
{
	return (int)(bind >> BIND_BITS * column & 0xf) - 1;
}

static inline const struct node *product_node(const struct product *p, uint32_t n)
{
	return store_row(&p->nodes, n);
}

/* The event that comes next in a column and may come now, or -1. */
int next_event(const struct product *p, progress_t progress, unsigned column);

unsigned events_done(const struct product *p, progress_t progress);

/* The way to an end: its moves, when each event is made, which task a column is.  0 or -ENOMEM. */
int tell_way(const struct product *p, struct judged *v, const struct way_end *end);

/* The moves to a node, appended to an empty schedule.  0 or -ENOMEM. */
int node_path(const struct product *p, uint32_t node, struct schedule *s);

/* ---- worlds.c ---- */

/* The tasks of a scenario, as bits, that can make every event of a column. */
uint32_t tasks_for(const struct claim_text *c, const struct scenario *s, unsigned column);

/* Is there a task of its own for each column, of those that can be it? */
bool tasks_suffice(const uint32_t *can, unsigned columns);

/* ---- why.c ---- */

/* What is in the way: fills v->why, v->next, v->by and the schedule up to there.  0 or -ENOMEM. */
int judge_why(struct product *p, struct judged *v);

#endif
