/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * text.h - what commands and screens print with: errors, numbers, wrapped words, near misses.
 *
 * This folder makes text of results and knows no terminal: text.h has the words that everything
 * else is made of, names.h what a user can name (a scenario, a kernel, a run of a file), and one
 * file each has what a bug (catalog.h), a capture's story (stories.h), the check of one
 * (check_capture.h), a matrix (matrix.c) and an answer in SQL (answer.h) look like in print.
 *
 * The contract of all of it: results go to the stream that is given, or standard output; what is
 * wrong goes to standard error as one line that says what, where and what would be right, by
 * usage_error() alone, which lets no control character of a name through; functions that can
 * fail for the user's reasons return an exit status, EXIT_OK when they have printed all of it.
 * Whoever calls passes that status on and says nothing more.
 */
#ifndef SWAPSCOPE_UI_TEXT_TEXT_H
#define SWAPSCOPE_UI_TEXT_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/file/output.h"
#include "core/explore/explore.h"
#include "replay/figure/reproduce.h"	/* print_quoted(), which all that print commands need */

enum exit_status {
	EXIT_OK = 0,		/* done; no violation, and no bound was hit */
	EXIT_VIOLATED = 1,	/* a property is violated */
	EXIT_USAGE = 2,		/* wrong usage or unusable input */
	EXIT_UNKNOWN = 3,	/* no violation found, but a bound stopped the search */
	EXIT_SIGNAL = 130,	/* ended by a signal, as a shell says it */
};

/* One line on standard error, "swapscope: ...".  Returns EXIT_USAGE. */
int usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * "; did you mean 'debate'?" where one of `names` (n of them) is near to what was typed, else "".
 * buf of HINT_MAX; returned.
 */
#define HINT_MAX 96
const char *hint(char *buf, const char *typed, const char *const *names, size_t n);

const char *verdict_name(enum verdict v);	/* "safe" */

/*
 * What a search came to, as a run says it: a property's shortest finding, or how much there was.
 * buf of VERDICT_TEXT_MAX.
 */
#define VERDICT_TEXT_MAX 160
void found_verdict(enum property p, size_t steps, uint64_t states, char *buf);
void searched_verdict(enum verdict v, bool complete, uint64_t states, uint64_t transitions,
		      char *buf);

/*
 * Which bound a search hit, and what that leaves unknown where all states were seen.  max_mib:
 * --max-memory, 0 where it was not given.  buf of BOUND_TEXT_MAX; returned.
 */
#define BOUND_TEXT_MAX 120
const char *bound_text(bool complete, const char *bound, uint64_t max_mib, char *buf);

/* The names of properties of which nothing is known; `found` are known to be violated. */
struct cJSON *unknown_json(uint32_t known, uint32_t found);

/*
 * Words on lines of a width; those after the first begin with `indent` blanks.  A newline of the
 * text ends a line, and one is at the end.
 */
#define PRINT_WIDTH 100
void print_wrapped(FILE *out, int width, int indent, const char *text);

/* How wide a diagram is there: as a terminal is, within reason, and else 80 columns. */
unsigned output_width(FILE *out);

/* "refcount=off load=if-cached ...", all of them; buf of KERNEL_TEXT_MAX. */
#define KERNEL_TEXT_MAX	2048
const char *kernel_text(const struct kernel *k, char *buf);

/* The same as JSON. */
struct cJSON *switches_json(const struct kernel *k);

/* Print a value of JSON and a newline.  0 or -ENOMEM. */
int json_print(FILE *out, const struct cJSON *o);

/* What a verdict is about: title, kernel and its switches, machine and tasks, three paragraphs. */
void print_question(FILE *out, const struct scenario *s, const char *kernel_name,
		    const struct kernel *k);

/*
 * Where a command prints: into a file that is whole or not there, or (path NULL) standard output.
 * print_begin() returns NULL where it cannot be written, and has said so.  print_end(): with an
 * `error` nothing is left of the file, and it is returned; else EXIT_OK, or EXIT_USAGE and said.
 */
FILE *print_begin(struct output *o, const char *path);
int print_end(struct output *o, int error);

/*
 * Ctrl-c: after heed_interrupt() the first one makes interrupted() true, for work that then tells
 * how far it came; the next one ends the program, without parts of files.
 */
void heed_interrupt(void);
bool interrupted(void);
/* For struct explore_options: go on until then. */
bool until_interrupted(void *arg, uint64_t states, uint64_t transitions, unsigned depth);

struct trace_writer;

/*
 * Close a writer that runs were saved with; err is what writing them came to, negative where it
 * failed.  0; or EXIT_USAGE, after a line that says what was wrong.
 */
int end_saving(struct trace_writer *tw, const char *path, int err);

/* "saved: a.db, runs 5 to 8 ..." on standard error: runs are added to a file that has some. */
void say_saved(const char *path, int first, int last);

/*
 * The pairs of operations of two tasks that were never in each other's way, or not known to have
 * been: "T0 (read page 0) and W (shrink); ...".  Malloced; "" where all were, NULL when memory is
 * out.  The exploration was asked for meetings, here and in what follows.
 */
char *unmet_text(const struct scenario *s, const struct exploration *x);

/* The same line by line, by what is known of each; and the overlaps that the file demands. */
void print_overlaps(FILE *out, const struct scenario *s, const struct exploration *x);

/* And as JSON: "overlaps_never_reached" and what else there is, into an object. */
void overlaps_json(struct cJSON *o, const struct scenario *s, const struct exploration *x);

/* 12345678 as "12,345,678"; buf of 32. */
const char *grouped(uint64_t v, char *buf);

/*
 * How many there are of something: "1 step", "0 steps", "12,345 losses".  `one` is what a single
 * one is called, its plural ends in s, before " of ": "loss of data".  buf of COUNTED_MAX,
 * returned.
 */
#define COUNTED_MAX 80
const char *counted(uint64_t n, const char *one, char *buf);

/* "2026-12-01 14:05", local time for people; UTC, "2026-12-01T14:05:09Z", for programs. */
#define MOMENT_MAX 32
const char *moment_text(int64_t when, bool utc, char buf[MOMENT_MAX]);

/* Who wrote a note, when: "note by Anna, 2026-12-01 14:05", "bookmark a by ..". */
#define NOTE_WORDS_MAX 512
struct trace_note;
struct trace;
const char *note_words(const struct trace_note *n, char *buf);

/* That on a line, and its text below, two further in: of one that stands `indent` columns in. */
void print_note(FILE *out, int width, int indent, const struct trace_note *n);

/* What somebody noted in a run, each an object that is added to an array. */
void notes_json(struct cJSON *list, const struct trace *t);

/* A name of a file or from one, fit for a terminal, and not endless; buf of SHOWN_MAX, returned. */
#define SHOWN_MAX 512
const char *shown(const char *text, char *buf);

#endif
