/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parse.h - what the files share that read a deck's text, and what a beat says of its runs.
 */
#ifndef SWAPSCOPE_REPLAY_DECK_PARSE_H
#define SWAPSCOPE_REPLAY_DECK_PARSE_H

#include "replay/deck/deck.h"

/* Say what is wrong with a line.  Returns -EINVAL. */
int deck_refuse(struct deck_error *err, unsigned line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The words of a place, of what is pointed at, and of a claim.  0, or -EINVAL and *err. */
int place_parse(struct deck_place *p, const char *text, unsigned line, struct deck_error *err);
int pointed_parse(struct pointed *p, const char *text, unsigned line, struct deck_error *err);
int claim_parse(struct claim *c, const char *text, unsigned line, struct deck_error *err);

/* Take "left:" or "right:" off a text.  Whether it was there. */
bool take_side(const char **text, unsigned *side);

/* Take a word off a text, if it is the next one. */
bool take_word(const char **text, const char *word);

/* Take "TASK:" off a text: letters, digits and '_'.  Whether it was there. */
bool take_task(const char **text, char *task, size_t size);

/* The next word, up to a blank, into `word`.  False where there is none, or it is too long. */
bool next_word(const char **text, char *word, size_t size);

/* A number and nothing else. */
bool whole_number(const char *text, size_t max, size_t *v);

/* A step by its name.  0; -ENOENT: there is none; -EINVAL: it never comes to that. */
int step_name_parse(struct step_name *n, const char *text);

/* Is it that step, with that result?  `result` NULL: it had none. */
bool step_is_named(const struct step_name *n, int step, const char *result);
bool step_begins(const struct step_name *n, const struct step *s);

/* Say in *err why a step's name is none, on `line`.  Returns -EINVAL. */
int step_name_refused(int why, const char *text, unsigned line, struct deck_error *err);

/* Does a run make that step at transition `at` (from 1), by that task (NULL: any)? */
bool run_makes(const struct execution *x, size_t at, int task, const struct step_name *n);

/* The number of a task of that name in the runs, or -1. */
int task_of_runs(const struct deck_runs *r, const char *name);

/* A task is missing: say which there are.  Returns -EINVAL. */
int no_task(const struct deck_runs *r, const char *name, unsigned line, struct deck_error *err);

/* "W: swapcache_prepare(entry) = 0": transition `at`, or that nothing was done yet. */
void transition_text(const struct execution *x, size_t at, char *buf, size_t size);

/* ---- the world at a position (state.c) ---- */

/* Is there such an object, and a field of that name?  0, or -EINVAL and *err. */
int field_known(const struct claim *c, struct deck_error *err);

/* Has the field that value?  0 and *is, and in `buf` what it is; or -EINVAL and *err. */
int field_is(const struct claim *c, const struct execution *x, size_t at, bool *is, char *buf,
	     size_t size, struct deck_error *err);

/* How many objects of a kind the scenario has; -1: there is no such kind. */
int objects_of(const struct scenario *s, const char *kind);

#endif
