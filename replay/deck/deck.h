/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * deck.h - a deck: beats that are shown one after the other, and what each of them claims.  The
 * format is docs/deck-format.md.
 *
 *	deck_parse()		a text becomes beats; no scenario is looked at, no file opened
 *	deck_load()		the same of a shipped deck, by its name, or of a file
 *	deck_run()		the runs of a beat that makes some: one schedule, under one kernel
 *				or two
 *	deck_stand()		where a beat stands in these runs, and what it points at
 *	deck_judge()		is what it claims true there?
 *	deck_runs_free()  deck_free()
 *
 * A beat that names no scenario goes on in the runs of the beat before it: deck_runs_of() says
 * which beat made them.  A beat with two runs is judged by how their positions correspond, which
 * align_runs() (replay/pair/align.h) says of recorded runs; so whoever shows or checks a deck
 * records the runs first, and hands the alignment over.
 *
 * A deck owns its texts; runs own their scenario and point to nothing of the deck.  Claims about
 * every interleaving are answered by a search, which is made when the first of them is judged and
 * kept with the runs.  Runs are for one thread at a time.
 *
 * What is wrong is one line in struct deck_error, with the line of the deck that it is about.
 *
 *	parse.c		the text (parse.h: what the files share)
 *	place.c		positions: parsed, and found in runs
 *	claim.c		claims: parsed, and judged; state.c: those about the world at a position
 *	runs.c		scenarios are loaded, searched, and run
 */
#ifndef SWAPSCOPE_REPLAY_DECK_DECK_H
#define SWAPSCOPE_REPLAY_DECK_DECK_H

#include "replay/pair/align.h"
#include "replay/pair/repair.h"

#define DECK_BEATS		100
#define DECK_CLAIMS		24	/* of a beat */
#define DECK_TITLE_MAX		192
#define DECK_LINE_MAX		200	/* of a value that is no text */
#define DECK_TEXT_MAX		4000	/* of a text or note */

struct deck_error {
	unsigned line;			/* 0: not about a line */
	char text[400];			/* what is wrong and what would be right */
};

/* A step as it is written: "OPERATION: TEXT = RESULT" or a beginning of that, or of TEXT. */
struct step_name {
	char text[DECK_LINE_MAX];
	size_t length;			/* of the step's part */
	size_t result;			/* where the result begins; 0: whatever it comes to */
};

/* `at =`: a position in one of the two runs. */
struct deck_place {
	enum place_kind {
		PLACE_START, PLACE_END, PLACE_NUMBER, PLACE_FINDING, PLACE_DIFFERENCE, PLACE_STEP
	} kind;
	unsigned side;			/* 0: the left run */
	bool says_side;
	size_t number;
	char task[16];
	struct step_name step;
	unsigned line;
};

/* `point =`: an object ("slot", 0), or a task, by name. */
struct pointed {
	char kind[8];			/* "": nothing */
	unsigned number;
	char task[16];
	unsigned line;
};

/* `must =`: something that is so, or is not. */
struct claim {
	enum claim_kind {
		CLAIM_STEP, CLAIM_MADE, CLAIM_LATER, CLAIM_NEXT, CLAIM_FIELD, CLAIM_WAITS,
		CLAIM_DONE, CLAIM_VIOLATES, CLAIM_LENGTH, CLAIM_SAFE, CLAIM_CAN_VIOLATE,
		CLAIM_CAN_REACH, CLAIM_SAME, CLAIM_PARTED, CLAIM_PARTED_AFTER,
		CLAIM_REPAIRED
	} kind;
	unsigned side;
	bool not;
	char text[DECK_LINE_MAX];	/* as it is written */
	char task[16];
	struct step_name step;
	char object[8], field[16], value[64];	/* "slot", 0, "pin", "T0" */
	unsigned number;		/* of the object; of steps */
	uint8_t property;		/* enum property */
	uint8_t rule;			/* enum kernel_switch */
	unsigned line;
};

struct beat {
	unsigned line;
	char title[DECK_TITLE_MAX];
	char *text, *note;		/* owned; paragraphs with "\n\n" between them; NULL: none */
	unsigned minutes;		/* 0: not said */
	/* its runs; without a scenario those of the beat before */
	char scenario[DECK_LINE_MAX];
	unsigned scenario_line;
	struct named_kernel kernel, beside;	/* text "": the scenario's own; none */
	int property;			/* the shortest violation under `kernel`; -1: not that */
	char *schedule;			/* owned; or this; NULL */
	char reach[DECK_LINE_MAX];	/* or the shortest way to this; "" */
	unsigned how_line;
	struct deck_place at;
	struct pointed point;
	struct claim *claim;		/* owned */
	unsigned claims;
};

struct deck {
	char *name;			/* of a shipped deck, or the file's path; owned */
	char title[DECK_TITLE_MAX];
	unsigned minutes;		/* for all of it; 0: the sum of its beats' */
	struct beat *beat;		/* owned */
	unsigned beats;
};

/* Shipped decks, built into the program.  examples/decks/NAME.deck is the source of each. */
extern const struct builtin builtin_decks[];
extern const size_t builtin_deck_count;

/*
 * Parse a text that is called `name` in messages.  Returns 0 and fills *d (free it with
 * deck_free()), or -EINVAL or -ENOMEM and fills *err; then *d needs no freeing.
 */
int deck_parse(struct deck *d, const char *name, const char *text, struct deck_error *err);

/* A shipped deck by name, or a file.  As deck_parse(); -ENOENT when there is neither. */
int deck_load(struct deck *d, const char *name_or_path, struct deck_error *err);
void deck_free(struct deck *d);

/* The beat whose runs a beat stands in: itself, or one before it. */
unsigned deck_runs_of(const struct deck *d, unsigned beat);

/* The minutes that a deck is to take; 0: nobody said. */
unsigned deck_minutes(const struct deck *d);

/* ---- runs ---- */

struct deck_runs {
	struct scenario scenario;
	struct repair pair;		/* broken is the left run, fixed the right one */
	char kernel[2][sizeof(((struct named_kernel *)0)->text)];
	unsigned n;			/* 1, or 2 */
	bool searched;			/* pair.broken has the figures of a search */
	bool compared;			/* and pair.fixed too, and pair.rules */
	struct exploration *all[2];	/* of every property; NULL until somebody asked */
};

/*
 * Make the runs of beat `beat`, which has a scenario.  Returns 0, and *r is freed by
 * deck_runs_free() and stays where it is until then; or -EINVAL and *err: there is no such
 * scenario or task, the schedule cannot be made, the property is not violated ..; or -ENOMEM.
 */
int deck_run(struct deck_runs *r, const struct deck *d, unsigned beat, struct deck_error *err);
void deck_runs_free(struct deck_runs *r);

/* One of the two runs. */
static inline const struct execution *deck_side(const struct deck_runs *r, unsigned side)
{
	return side ? &r->pair.fixed.run : &r->pair.broken.run;
}

/* ---- where a beat stands ---- */

struct stand {
	size_t at[2];			/* positions */
	unsigned side;			/* of the run that the beat speaks of */
	int task;			/* that it points at, or -1 */
};

/*
 * Find a beat's place and what it points at.  `al` compares the two runs, and is NULL where there
 * is one.  Returns 0, or -EINVAL and *err.
 */
int deck_stand(struct stand *s, const struct beat *b, const struct deck_runs *r,
	       const struct alignment *al, struct deck_error *err);

/* ---- claims ---- */

enum truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_UNKNOWN };

struct judgement {
	enum truth truth;
	char is[400];			/* what is so instead, or why it is not known */
	bool search;			/* it is about all interleavings, not about a run */
};

/*
 * Is a claim of a beat true where it stands?  Returns 0 and fills *j, or -EINVAL and *err, where
 * it speaks of what there is not (a task, an object, a second run); or -ENOMEM.
 */
int deck_judge(struct judgement *j, const struct claim *c, struct deck_runs *r,
		const struct alignment *al, const struct stand *s, struct deck_error *err);

#endif
