/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmd.h - subcommands.  Each is a file cmd_NAME.c that ends in its struct command.
 */
#ifndef SWAPSCOPE_UI_CMD_H
#define SWAPSCOPE_UI_CMD_H

#include <stdio.h>

#include "core/explore/explore.h"
#include "replay/pair/repair.h"
#include "traces/read/read.h"
#include "traces/write/write.h"
#include "ui/view/view.h"

enum exit_status {
	EXIT_OK = 0,		/* done; no violation, and no bound was hit */
	EXIT_VIOLATED = 1,	/* a property is violated */
	EXIT_USAGE = 2,		/* wrong usage or unusable input */
	EXIT_UNKNOWN = 3,	/* no violation found, but a bound stopped the search */
	EXIT_SIGNAL = 130,	/* ended by a signal, as a shell says it */
};

struct command {
	const char *name;
	const char *args;	/* for the usage line */
	const char *help;	/* one line */
	int (*exec)(int argc, char **argv);	/* argv[0] is the name; an exit status */
};

extern const struct command cmd_list, cmd_explore, cmd_run, cmd_view, cmd_tour,
	cmd_catalog, cmd_matrix, cmd_live, cmd_check, cmd_sql, cmd_pack, cmd_unpack, cmd_import,
	cmd_stories, cmd_findings, cmd_probes;

/* One line on standard error, "swapscope: ...".  Returns EXIT_USAGE. */
int usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Load a scenario by name or path and say what is wrong, with the nearest name, when it is
 * not usable.  Returns EXIT_OK or EXIT_USAGE.
 */
int load_scenario(struct scenario *s, const char *name);

/*
 * Open "FILE" or "FILE:RUN" of the command line, for `command`; a file whose name has a colon and
 * digits at its end wins.  EXIT_OK or EXIT_USAGE.
 */
int open_run(struct trace **t, const char *command, const char *arg);

/* A kernel chosen on the command line: --kernel and --set over the scenario's own. */
struct kernel_choice {
	const char *name;	/* NULL: the scenario's */
	const char *set[SWITCH_COUNT * 2];
	unsigned sets;
};

/*
 * Resolve it: *k, and in `text` (size bytes) its name with the switches set.  Where it names none
 * it is the scenario's, or without a scenario (NULL) the one called `other`.  EXIT_*.
 */
int choose_kernel(const struct kernel_choice *c, const struct scenario *s, const char *other,
		  struct kernel *k, char *text, size_t size);
/* Only its switches, over *k that is called `text`; both change.  EXIT_*. */
int choose_switches(const struct kernel_choice *c, struct kernel *k, char *text, size_t size);
int add_set(struct kernel_choice *c, const char *set);

const char *verdict_name(enum verdict v);	/* "safe" */

/*
 * Explore what every line of [expect] says, and print whether it is so.  `progress` as in struct
 * explore_options.  Returns an exit status.
 */
typedef bool (*explore_progress)(void *arg, uint64_t states, uint64_t transitions, unsigned depth);
int check_expectations(const struct scenario *s, explore_progress progress);

/* Words on lines of a width; those after the first begin with `indent` blanks.  A newline. */
#define PRINT_WIDTH 100
void print_wrapped(FILE *out, int width, int indent, const char *text);

/* "refcount=off load=if-cached ...", all of them; buf of KERNEL_TEXT_MAX. */
#define KERNEL_TEXT_MAX	1024
const char *kernel_text(const struct kernel *k, char *buf);

/*
 * "; did you mean 'debate'?" where one of `names` (n of them) is near to what was typed, else "".
 * buf of HINT_MAX; returned.
 */
#define HINT_MAX 96
const char *hint(char *buf, const char *typed, const char *const *names, size_t n);

/* What getopt_long() returned as ':' or '?': a word about it.  Returns EXIT_USAGE. */
int bad_option(const char *command, int opt, const char *word);

/* A number argument; EXIT_USAGE and a message when it is none or more than max. */
int number_argument(const char *option, const char *text, uint64_t max, uint64_t *v);

/* "saved: a.db, runs 5 to 8 ..." on standard error: runs are added to a file that has some. */
void say_saved(const char *path, int first, int last);

/* A word as a shell takes it; and "v6.8 pin=none" as " --kernel v6.8 --set pin=none". */
void print_quoted(FILE *out, const char *word);
void print_kernel_options(FILE *out, const char *name);

/* 12345678 as "12,345,678"; buf of 32. */
const char *grouped(uint64_t v, char *buf);

/* What the two searches of a repair came to, in words. */
#define VERDICT_TEXT_MAX 160
void broken_verdict(const struct repair *r, char *buf);
void fixed_verdict(const struct repair *r, char *buf);

/*
 * Record both runs of a repair, with the names of their kernels; run[0] and run[1] get their
 * numbers.  Returns 0 or a negative errno; trace_error(tw) may say more.
 */
int record_repair(struct trace_writer *tw, const struct repair *r, const char *title,
		  const char *const kernel_name[2], int run[2]);

/*
 * Show chapters: on a terminal in the debugger, elsewhere (or with `plain`) as text.
 * Returns an exit status.
 */
int show_chapters(struct chapter *chapters, unsigned n, bool plain);

#endif
